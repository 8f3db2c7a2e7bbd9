//! Gradient descent.

use super::{Item, Number, Stored, by_dtype, for_parts};
use crate::dtype::{DType, bf16, f16};

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

/// A step of gradient descent for each item.
///
/// # Safety
/// Every item has `len` elements of `dtype` (one of the floating types) at `param`, `grad` and the states in use. What is written
/// overlaps nothing of another item; within an item the pointers may be equal, but otherwise do not overlap.
pub unsafe fn sgd(dtype: DType, items: &[Item], step: &Sgd) {
    // SAFETY: the contract.
    by_dtype!(dtype, T => unsafe { sgd_of::<T>(items, step) })
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
    let weight = |x: f64| T::stored(of(x));
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
    if c.decays { T::stored(c.decay.fma(p, g)) } else { g }
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
            let new = if c.first { g } else { T::stored(c.take.fma(g, T::stored(old * c.keep))) };
            *b.add(i) = T::down(new);
            let direction = if c.nesterov { T::stored(c.ahead.fma(new, g)) } else { new };
            *p.add(i) = T::down(c.back.fma(direction, x));
        }
    }
}
