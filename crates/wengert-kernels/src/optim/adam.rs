//! Adam.

use super::{Item, Number, Stored, by_dtype, for_parts};
use crate::dtype::{DType, bf16, f16};

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

/// A step of Adam for each item.
///
/// # Safety
/// That of [`sgd`](super::sgd).
pub unsafe fn adam(dtype: DType, items: &[Item], step: &Adam) {
    // SAFETY: the contract.
    by_dtype!(dtype, T => unsafe { adam_of::<T>(items, step) })
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
        decay: T::stored(of(step.weight_decay)),
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
            let x = if c.shrinks { T::stored(x * c.shrink) } else { x };
            let g = (*g.add(i)).up() * c.sign;
            let g = if c.decays { T::stored(c.decay.fma(x, g)) } else { g };
            // All is read before anything is written: states that lie at the same place of their pages would wait for each other.
            let (old, old_square) = ((*m.add(i)).up(), (*v.add(i)).up());
            let way = g - old;
            let mean = T::stored(if c.near { c.weight.fma(way, old) } else { c.from_end.fma(way, g) });
            let kept = T::stored(old_square * c.keep);
            let mut square = T::stored((c.take * g).fma(g, kept));
            *m.add(i) = T::down(mean);
            *v.add(i) = T::down(square);
            if c.amsgrad {
                let before = (*largest.add(i)).up();
                // NaN stays.
                #[allow(clippy::eq_op, reason = "NaN alone differs from itself")]
                let stays = before > square || before != before;
                square = if stays { before } else { square };
                *largest.add(i) = T::down(square);
            }
            let below = T::stored(T::stored(T::stored(square.root()) / c.root) + c.eps);
            *p.add(i) = T::down(x + c.back * mean / below);
        }
    }
}
