//! Adagrad.

use super::{Item, Number, Stored, by_dtype, for_parts};
use crate::dtype::{DType, bf16, f16};

/// A step of Adagrad; state 0 is the sum of the gradient's squares.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Adagrad {
    /// Learning rate, before it decays.
    pub lr: f64,
    /// How fast it decays.
    pub lr_decay: f64,
    /// Weight of the L2 penalty.
    pub weight_decay: f64,
    /// Added to the denominator.
    pub eps: f64,
    /// Go up.
    pub maximize: bool,
    /// The number of this step, from 1 on.
    pub step: u64,
    /// What the sum begins with, if there is none yet.
    pub start: Option<f64>,
}

/// A step of Adagrad for each item.
///
/// # Safety
/// That of [`sgd`](super::sgd).
pub unsafe fn adagrad(dtype: DType, items: &[Item], step: &Adagrad) {
    // SAFETY: the contract.
    by_dtype!(dtype, T => unsafe { adagrad_of::<T>(items, step) })
}

struct AdagradNumbers<N> {
    sign: N,
    decay: N,
    decays: bool,
    start: N,
    starts: bool,
    eps: N,
    back: N,
}

// SAFETY: the contract of `adagrad`.
unsafe fn adagrad_of<T: Stored>(items: &[Item], step: &Adagrad) {
    let of = T::Number::of;
    let numbers = AdagradNumbers {
        sign: of(if step.maximize { -1.0 } else { 1.0 }),
        decay: T::stored(of(step.weight_decay)),
        decays: step.weight_decay != 0.0,
        start: T::stored(of(step.start.unwrap_or(0.0))),
        starts: step.start.is_some(),
        eps: of(step.eps),
        back: of(-(step.lr / (1.0 + (step.step as f64 - 1.0) * step.lr_decay))),
    };
    for_parts(items, |item, from, n| {
        // SAFETY: parts lie within their items, which have as many elements.
        unsafe {
            let (p, g) = (item.param.cast::<T>().add(from), item.grad.cast::<T>().add(from));
            adagrad_part(p, g, item.state[0].cast::<T>().add(from), n, &numbers);
        }
    });
}

crate::multiversion! {
    unsafe fn adagrad_part[T: Stored](p: *mut T, g: *const T, s: *mut T, n: usize, c: &AdagradNumbers<T::Number>) =
        adagrad_body;
}

// SAFETY: n elements at p, g and s.
#[inline(always)]
unsafe fn adagrad_body<T: Stored>(p: *mut T, g: *const T, s: *mut T, n: usize, c: &AdagradNumbers<T::Number>) {
    for i in 0..n {
        // SAFETY: the contract.
        unsafe {
            let x = (*p.add(i)).up();
            let g = (*g.add(i)).up() * c.sign;
            let g = if c.decays { T::stored(c.decay.fma(x, g)) } else { g };
            let old = if c.starts { c.start } else { (*s.add(i)).up() };
            let sum = T::stored(g.fma(g, old));
            *s.add(i) = T::down(sum);
            let below = T::stored(T::stored(sum.root()) + c.eps);
            *p.add(i) = T::down(x + c.back * g / below);
        }
    }
}
