//! Steps of optimizers over lists of tensors: one pass over parameters, gradients and state together.
//!
//! Every operation of PyTorch's single-tensor optimizers is rounded here as it is there: where its kernels fuse a multiplication with an
//! addition stands `mul_add`, and half types are computed in `f32` and rounded after each operation. (Its square root is MKL's, which is
//! not correctly rounded; ours is.)

use crate::dtype::{DType, Element, bf16, f16};
use crate::narrow::{round_bf16, round_f16};
use crate::parallel;
use std::ops::{Add, Div, Mul, Sub};

/// Tensors of state that an optimizer may keep for one parameter.
pub const STATES: usize = 3;

/// One tensor of a list: where its elements lie, dense and all of one dtype.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// The parameter, read and written.
    pub param: *mut u8,
    /// Its gradient.
    pub grad: *const u8,
    /// What is kept for it; unused ones are never followed.
    pub state: [*mut u8; STATES],
    /// Number of elements.
    pub len: usize,
}

// SAFETY: pointers to plain data; whoever follows them answers for it.
unsafe impl Send for Item {}
// SAFETY: as above.
unsafe impl Sync for Item {}

/// A step of gradient descent; state 0 is the momentum.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sgd {
    /// Learning rate.
    pub lr: f64,
    /// How much of the direction is kept; state 0 is not used where it is 0.
    pub momentum: f64,
    /// How much less of the gradient enters the momentum.
    pub dampening: f64,
    /// Weight of the L2 penalty.
    pub weight_decay: f64,
    /// Look ahead along the new direction.
    pub nesterov: bool,
    /// Go up.
    pub maximize: bool,
    /// There is no momentum yet: it becomes the gradient.
    pub first: bool,
}

/// A step of Adam; states are the running means of the gradient and of its square, and the largest of the latter.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Adam {
    /// Learning rate, before the correction.
    pub lr: f64,
    /// How much of the running means is kept.
    pub betas: (f64, f64),
    /// Added to the denominator.
    pub eps: f64,
    /// Weight of the decay.
    pub weight_decay: f64,
    /// The decay shrinks the parameter and does not pass through the gradient.
    pub decoupled: bool,
    /// Divide by the root of the largest mean so far; state 2 is not used otherwise.
    pub amsgrad: bool,
    /// Go up.
    pub maximize: bool,
    /// The number of this step, from 1 on.
    pub step: u64,
}

/// What is computed with.
trait Number:
    Copy + Sync + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    fn of(x: f64) -> Self;
    fn fma(self, a: Self, b: Self) -> Self;
    fn root(self) -> Self;
}

macro_rules! number {
    ($($t:ty),*) => {$(
        impl Number for $t {
            #[inline(always)]
            fn of(x: f64) -> $t {
                x as $t
            }
            #[inline(always)]
            fn fma(self, a: $t, b: $t) -> $t {
                self.mul_add(a, b)
            }
            #[inline(always)]
            fn root(self) -> $t {
                self.sqrt()
            }
        }
    )*};
}
number!(f32, f64);

/// What is stored.
trait Stored: Element {
    type Number: Number;
    fn up(self) -> Self::Number;
    fn down(x: Self::Number) -> Self;
    /// `x` as it would come back from memory.
    fn round(x: Self::Number) -> Self::Number;
}

macro_rules! stored {
    ($($t:ty, $n:ty, $x:ident => $up:expr, $down:expr, $round:expr;)*) => {$(
        impl Stored for $t {
            type Number = $n;
            #[inline(always)]
            fn up(self) -> $n { let $x = self; $up }
            #[inline(always)]
            fn down($x: $n) -> $t { $down }
            #[inline(always)]
            fn round($x: $n) -> $n { $round }
        }
    )*};
}
stored! {
    f32, f32, x => x, x, x;
    f64, f64, x => x, x, x;
    f16, f32, x => x.to_f32(), <f16 as Element>::from_f32(x), round_f16(x);
    bf16, f32, x => x.to_f32(), <bf16 as Element>::from_f32(x), round_bf16(x);
}

/// Elements that one thread takes at a time: some ten microseconds of work.
const GRAIN: usize = 1 << 15;

/// Calls `f` for parts (from, length) of items that together cover the list, on several threads if it is long.
fn for_parts(items: &[Item], f: impl Fn(&Item, usize, usize) + Sync) {
    let total: usize = items.iter().map(|i| i.len).sum();
    if total <= GRAIN {
        items.iter().for_each(|i| f(i, 0, i.len));
        return;
    }
    let starts: Vec<usize> = items
        .iter()
        .scan(0, |next, i| {
            *next += i.len;
            Some(*next - i.len)
        })
        .collect();
    parallel::for_ranges(total, GRAIN, |start, end| {
        let first = starts.partition_point(|&s| s <= start) - 1;
        for (item, &at) in items[first..].iter().zip(&starts[first..]).take_while(|(_, at)| **at < end) {
            let from = start.max(at) - at;
            f(item, from, (end - at).min(item.len) - from);
        }
    });
}

macro_rules! by_dtype {
    ($dtype:expr, $T:ident => $call:expr) => {
        match $dtype {
            DType::F16 => {
                type $T = f16;
                $call
            }
            DType::BF16 => {
                type $T = bf16;
                $call
            }
            DType::F32 => {
                type $T = f32;
                $call
            }
            DType::F64 => {
                type $T = f64;
                $call
            }
            other => panic!("no steps for {other}"),
        }
    };
}

/// A step of gradient descent for each item.
///
/// # Safety
/// Every item has `len` elements of `dtype` (one of the floating types) at `param`, `grad` and the states in use. What is written
/// overlaps nothing of another item; within an item the pointers may be equal, but otherwise do not overlap.
pub unsafe fn sgd(dtype: DType, items: &[Item], step: &Sgd) {
    // SAFETY: the contract.
    by_dtype!(dtype, T => unsafe { sgd_of::<T>(items, step) })
}

/// A step of Adam for each item.
///
/// # Safety
/// That of [`sgd`].
pub unsafe fn adam(dtype: DType, items: &[Item], step: &Adam) {
    // SAFETY: the contract.
    by_dtype!(dtype, T => unsafe { adam_of::<T>(items, step) })
}

struct SgdNumbers<N> {
    sign: N,
    decay: N,
    decays: bool,
    keep: N,
    take: N,
    ahead: N,
    nesterov: bool,
    first: bool,
    back: N,
}

// SAFETY: the contract of `sgd`.
unsafe fn sgd_of<T: Stored>(items: &[Item], step: &Sgd) {
    let of = T::Number::of;
    // A weight of `add` is rounded to the dtype of the tensor.
    let weight = |x: f64| T::round(of(x));
    let numbers = SgdNumbers {
        sign: of(if step.maximize { -1.0 } else { 1.0 }),
        decay: weight(step.weight_decay),
        decays: step.weight_decay != 0.0,
        keep: of(step.momentum),
        take: weight(1.0 - step.dampening),
        ahead: weight(step.momentum),
        nesterov: step.nesterov,
        first: step.first,
        back: weight(-step.lr),
    };
    let momentum = step.momentum != 0.0;
    for_parts(items, |item, from, n| {
        let (p, g, b) = (item.param.cast::<T>(), item.grad.cast::<T>(), item.state[0].cast::<T>());
        // SAFETY: parts lie within their items, which have as many elements; the momentum is there if it is used.
        unsafe {
            match momentum {
                true => sgd_momentum(p.add(from), g.add(from), b.add(from), n, &numbers),
                false => sgd_plain(p.add(from), g.add(from), n, &numbers),
            }
        }
    });
}

crate::multiversion! {
    unsafe fn sgd_plain[T: Stored](p: *mut T, g: *const T, n: usize, c: &SgdNumbers<T::Number>) = sgd_plain_body;
}
crate::multiversion! {
    unsafe fn sgd_momentum[T: Stored](p: *mut T, g: *const T, b: *mut T, n: usize, c: &SgdNumbers<T::Number>) =
        sgd_momentum_body;
}

/// The gradient with its sign and the penalty.
#[inline(always)]
fn penalized<T: Stored>(p: T::Number, g: T, c: &SgdNumbers<T::Number>) -> T::Number {
    let g = g.up() * c.sign;
    if c.decays { T::round(c.decay.fma(p, g)) } else { g }
}

// SAFETY: n elements at p and g.
#[inline(always)]
unsafe fn sgd_plain_body<T: Stored>(p: *mut T, g: *const T, n: usize, c: &SgdNumbers<T::Number>) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe {
            let x = (*p.add(i)).up();
            *p.add(i) = T::down(c.back.fma(penalized(x, *g.add(i), c), x));
        }
    }
}

// SAFETY: n elements at p, g and b.
#[inline(always)]
unsafe fn sgd_momentum_body<T: Stored>(p: *mut T, g: *const T, b: *mut T, n: usize, c: &SgdNumbers<T::Number>) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe {
            let x = (*p.add(i)).up();
            let g = penalized(x, *g.add(i), c);
            let old = (*b.add(i)).up();
            let new = if c.first { g } else { T::round(c.take.fma(g, T::round(old * c.keep))) };
            *b.add(i) = T::down(new);
            let direction = if c.nesterov { T::round(c.ahead.fma(new, g)) } else { new };
            *p.add(i) = T::down(c.back.fma(direction, x));
        }
    }
}

struct AdamNumbers<N> {
    sign: N,
    decay: N,
    decays: bool,
    shrink: N,
    shrinks: bool,
    /// Weights of the step of the mean, from its start or (where the weight is large) from its end.
    weight: N,
    from_end: N,
    near: bool,
    keep: N,
    take: N,
    amsgrad: bool,
    root: N,
    eps: N,
    back: N,
}

// SAFETY: the contract of `adam`.
unsafe fn adam_of<T: Stored>(items: &[Item], step: &Adam) {
    let of = T::Number::of;
    let correction = |beta: f64| 1.0 - beta.powf(step.step as f64);
    let weight = 1.0 - step.betas.0;
    let numbers = AdamNumbers {
        sign: of(if step.maximize { -1.0 } else { 1.0 }),
        decay: T::round(of(step.weight_decay)),
        decays: step.weight_decay != 0.0 && !step.decoupled,
        shrink: of(1.0 - step.lr * step.weight_decay),
        shrinks: step.weight_decay != 0.0 && step.decoupled,
        weight: of(weight),
        from_end: of(weight) - of(1.0),
        near: weight.abs() < 0.5,
        keep: of(step.betas.1),
        take: of(1.0 - step.betas.1),
        amsgrad: step.amsgrad,
        root: of(correction(step.betas.1).sqrt()),
        eps: of(step.eps),
        back: of(-(step.lr / correction(step.betas.0))),
    };
    for_parts(items, |item, from, n| {
        let [m, v, largest] = item.state.map(|s| s.cast::<T>());
        // SAFETY: parts lie within their items, which have as many elements. The largest mean may be missing, and is not followed then.
        unsafe {
            let (p, g) = (item.param.cast::<T>().add(from), item.grad.cast::<T>().add(from));
            adam_part(p, g, m.add(from), v.add(from), largest.wrapping_add(from), n, &numbers);
        }
    });
}

crate::multiversion! {
    unsafe fn adam_part[T: Stored](
        p: *mut T, g: *const T, m: *mut T, v: *mut T, largest: *mut T, n: usize, c: &AdamNumbers<T::Number>
    ) = adam_body;
}

// SAFETY: n elements at p, g, m and v, and at largest if it is used.
#[inline(always)]
unsafe fn adam_body<T: Stored>(
    p: *mut T,
    g: *const T,
    m: *mut T,
    v: *mut T,
    largest: *mut T,
    n: usize,
    c: &AdamNumbers<T::Number>,
) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe {
            let x = (*p.add(i)).up();
            let x = if c.shrinks { T::round(x * c.shrink) } else { x };
            let g = (*g.add(i)).up() * c.sign;
            let g = if c.decays { T::round(c.decay.fma(x, g)) } else { g };
            let old = (*m.add(i)).up();
            let way = g - old;
            let mean = T::round(if c.near { c.weight.fma(way, old) } else { c.from_end.fma(way, g) });
            *m.add(i) = T::down(mean);
            let kept = T::round((*v.add(i)).up() * c.keep);
            let mut square = T::round((c.take * g).fma(g, kept));
            *v.add(i) = T::down(square);
            if c.amsgrad {
                let before = (*largest.add(i)).up();
                // NaN stays.
                #[allow(clippy::eq_op)]
                let stays = before > square || before != before;
                square = if stays { before } else { square };
                *largest.add(i) = T::down(square);
            }
            let below = T::round(T::round(T::round(square.root()) / c.root) + c.eps);
            *p.add(i) = T::down(x + c.back * mean / below);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Adam = Adam {
        lr: 0.1,
        betas: (0.9, 0.99),
        eps: 1e-8,
        weight_decay: 0.01,
        decoupled: true,
        amsgrad: true,
        maximize: false,
        step: 3,
    };

    /// Some numbers, reproducible.
    fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let next = |s: &mut u32| {
            *s = s.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some((*s >> 8) as f32 / (1 << 24) as f32)
        };
        std::iter::repeat(()).scan(seed, |s, ()| next(s)).take(n).collect()
    }

    fn items(arrays: &mut [Vec<f32>; 5], sizes: &[usize]) -> Vec<Item> {
        let mut at = 0;
        let [p, g, m, v, x] = arrays.each_mut().map(|a| a.as_mut_ptr());
        let item = |&len: &usize| {
            let start = at;
            at += len;
            let [param, grad, m, v, x] = [p, g, m, v, x].map(|a| a.wrapping_add(start).cast::<u8>());
            Item { param, grad, state: [m, v, x], len }
        };
        sizes.iter().map(item).collect()
    }

    #[test]
    fn cutting_changes_nothing() {
        // Sizes with pieces that end inside of tensors, empty tensors, and more than one piece in a tensor.
        let sizes = [0, 100, 1, GRAIN - 50, 0, 2 * GRAIN + 7, 31, 0];
        let n = sizes.iter().sum();
        let start: [Vec<f32>; 5] = std::array::from_fn(|i| numbers(n, i as u32));
        let (mut whole, mut parts) = (start.clone(), start.clone());
        // SAFETY: the arrays have as many elements as the items together, and do not overlap.
        unsafe {
            adam(DType::F32, &items(&mut parts, &sizes), &STEP);
            for item in items(&mut whole, &[n]) {
                let c = &STEP;
                // One element at a time, on this thread.
                for i in 0..n {
                    let one = |p: *mut u8| p.cast::<f32>().wrapping_add(i).cast::<u8>();
                    let item = Item {
                        param: one(item.param),
                        grad: one(item.grad.cast_mut()),
                        state: item.state.map(one),
                        len: 1,
                    };
                    adam(DType::F32, &[item], c);
                }
            }
        }
        assert_ne!(start[0], whole[0]);
        for (a, b) in whole.iter().zip(&parts) {
            assert!(a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }

    #[test]
    fn a_gradient_may_be_the_parameter() {
        let step = Sgd {
            lr: 0.25,
            momentum: 0.0,
            dampening: 0.0,
            weight_decay: 0.0,
            nesterov: false,
            maximize: false,
            first: false,
        };
        let mut x: Vec<f64> = (0..37).map(f64::from).collect();
        let at = x.as_mut_ptr().cast::<u8>();
        let item = Item { param: at, grad: at, state: [std::ptr::null_mut(); STATES], len: 37 };
        // SAFETY: equal pointers to 37 elements.
        unsafe { sgd(DType::F64, &[item], &step) };
        assert!(x.iter().enumerate().all(|(i, &x)| x == i as f64 * 0.75));
    }

    #[test]
    fn half_types_are_rounded_after_each_operation() {
        let step = Sgd {
            lr: 0.1,
            momentum: 0.9,
            dampening: 0.5,
            weight_decay: 0.3,
            nesterov: true,
            maximize: true,
            first: false,
        };
        let r = |x: f32| round_bf16(x);
        let (p, g, b) = (r(1.2345), r(-0.3456), r(0.777));
        let mut arrays = [p, g, b].map(<bf16 as Element>::from_f32);
        let [pp, gp, bp] = arrays.each_mut().map(|x| std::ptr::from_mut(x).cast::<u8>());
        let null = std::ptr::null_mut();
        // SAFETY: one element at each pointer.
        unsafe { sgd(DType::BF16, &[Item { param: pp, grad: gp, state: [bp, null, null], len: 1 }], &step) };
        let d = r(r(0.3).mul_add(p, -g));
        let new = r(0.5f32.mul_add(d, r(b * 0.9)));
        let expected = r(r(-0.1).mul_add(r(r(0.9).mul_add(new, d)), p));
        assert_eq!(arrays.map(|x| x.to_f32()), [expected, g, new]);
    }
}
