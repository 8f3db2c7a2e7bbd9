//! RMSprop.

use super::{Item, Number, Stored, by_dtype, for_parts};
use crate::dtype::{DType, bf16, f16};

/// A step of RMSprop; states are the running mean of the gradient's square, the momentum, and the running mean of the gradient.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RmsProp {
    /// Learning rate.
    pub lr: f64,
    /// How much of the running means is kept.
    pub alpha: f64,
    /// Added to the denominator.
    pub eps: f64,
    /// Weight of the L2 penalty.
    pub weight_decay: f64,
    /// How much of the direction is kept; state 1 is not used where it is 0.
    pub momentum: f64,
    /// Divide by the root of the variance; state 2 is not used otherwise.
    pub centered: bool,
    /// Go up.
    pub maximize: bool,
}

/// A step of RMSprop for each item.
///
/// # Safety
/// That of [`sgd`](super::sgd).
pub unsafe fn rmsprop(dtype: DType, items: &[Item], step: &RmsProp) {
    // SAFETY: the contract.
    by_dtype!(dtype, T => unsafe { rmsprop_of::<T>(items, step) })
}

struct RmsPropNumbers<N> {
    sign: N,
    decay: N,
    decays: bool,
    keep: N,
    take: N,
    from_end: N,
    near: bool,
    centered: bool,
    eps: N,
    momentum: N,
    moves: bool,
    back: N,
    back_stored: N,
}

// SAFETY: the contract of `rmsprop`.
unsafe fn rmsprop_of<T: Stored>(items: &[Item], step: &RmsProp) {
    let of = T::Number::of;
    let take = 1.0 - step.alpha;
    let numbers = RmsPropNumbers {
        sign: of(if step.maximize { -1.0 } else { 1.0 }),
        decay: T::stored(of(step.weight_decay)),
        decays: step.weight_decay != 0.0,
        keep: of(step.alpha),
        take: of(take),
        from_end: of(take) - of(1.0),
        near: take.abs() < 0.5,
        centered: step.centered,
        eps: of(step.eps),
        momentum: of(step.momentum),
        moves: step.momentum > 0.0,
        back: of(-step.lr),
        back_stored: T::stored(of(-step.lr)),
    };
    for_parts(items, |item, from, n| {
        let [v, b, m] = item.state.map(|s| s.cast::<T>().wrapping_add(from));
        // SAFETY: parts lie within their items, which have as many elements; states that are not used are not followed.
        unsafe {
            let (p, g) = (item.param.cast::<T>().add(from), item.grad.cast::<T>().add(from));
            rmsprop_part(p, g, v, b, m, n, &numbers);
        }
    });
}

crate::multiversion! {
    unsafe fn rmsprop_part[T: Stored](
        p: *mut T, g: *const T, v: *mut T, b: *mut T, m: *mut T, n: usize, c: &RmsPropNumbers<T::Number>
    ) = rmsprop_body;
}

// SAFETY: n elements at p, g and v, at b and m if they are used.
#[inline(always)]
unsafe fn rmsprop_body<T: Stored>(
    p: *mut T,
    g: *const T,
    v: *mut T,
    b: *mut T,
    m: *mut T,
    n: usize,
    c: &RmsPropNumbers<T::Number>,
) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe {
            let x = (*p.add(i)).up();
            let g = (*g.add(i)).up() * c.sign;
            let g = if c.decays { T::stored(c.decay.fma(x, g)) } else { g };
            let kept = T::stored((*v.add(i)).up() * c.keep);
            let square = T::stored((c.take * g).fma(g, kept));
            *v.add(i) = T::down(square);
            let spread = if c.centered {
                let old = (*m.add(i)).up();
                let way = g - old;
                let mean = T::stored(if c.near { c.take.fma(way, old) } else { c.from_end.fma(way, g) });
                *m.add(i) = T::down(mean);
                T::stored((mean * T::Number::of(-1.0)).fma(mean, square))
            } else {
                square
            };
            let below = T::stored(T::stored(spread.root()) + c.eps);
            *p.add(i) = if c.moves {
                let direction = T::stored(T::stored((*b.add(i)).up() * c.momentum) + g / below);
                *b.add(i) = T::down(direction);
                T::down(c.back_stored.fma(direction, x))
            } else {
                T::down(x + c.back * g / below)
            };
        }
    }
}
