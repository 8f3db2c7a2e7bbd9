//! RMSprop.

use super::grouped::{Batch, Grouped, Rule, Setting, not_negative};
use wengert::Result;
use wengert_kernels::optim::{self, RmsProp};

/// RMSprop: the gradient divided by the root of the running mean of its square.
///
/// With `g` the gradient (negated to maximize) plus `weight_decay · p`: `v ← alpha · v + (1 - alpha) · g²`; centered, the square of the
/// running mean of `g` is subtracted from it; `p ← p - lr · g / (√v + eps)`, or `p - lr · b` with `b ← momentum · b + g / (√v + eps)`.
/// G. Hinton, "Neural networks for machine learning", lecture 6, 2012. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html>.
pub type RMSprop = Grouped<RMSpropOptions>;

/// Settings of [`RMSprop`]; the default is PyTorch's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RMSpropOptions {
    /// Learning rate.
    pub lr: f64,
    /// How much of the running means is kept from step to step.
    pub alpha: f64,
    /// Added to the denominator.
    pub eps: f64,
    /// Weight of the L2 penalty.
    pub weight_decay: f64,
    /// How much of the direction is kept.
    pub momentum: f64,
    /// Divide by the root of the variance.
    pub centered: bool,
    /// Go up instead of down.
    pub maximize: bool,
}

impl Default for RMSpropOptions {
    fn default() -> RMSpropOptions {
        RMSpropOptions {
            lr: 1e-2,
            alpha: 0.99,
            eps: 1e-8,
            weight_decay: 0.0,
            momentum: 0.0,
            centered: false,
            maximize: false,
        }
    }
}

impl Rule for RMSpropOptions {
    const NAME: &'static str = "RMSprop";
    const COUNTS: bool = true;
    const BUFFERS: &'static [&'static str] = &["square_avg", "momentum_buffer", "grad_avg"];

    fn check(&self) -> Result<()> {
        not_negative("learning rate", self.lr)?;
        not_negative("epsilon value", self.eps)?;
        not_negative("momentum value", self.momentum)?;
        not_negative("weight_decay value", self.weight_decay)?;
        not_negative("alpha value", self.alpha)
    }

    fn lr(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn settings(&mut self) -> Vec<(&'static str, Setting<'_>)> {
        vec![
            ("lr", Setting::Number(&mut self.lr)),
            ("alpha", Setting::Number(&mut self.alpha)),
            ("eps", Setting::Number(&mut self.eps)),
            ("weight_decay", Setting::Number(&mut self.weight_decay)),
            ("momentum", Setting::Number(&mut self.momentum)),
            ("centered", Setting::Flag(&mut self.centered)),
            ("maximize", Setting::Flag(&mut self.maximize)),
        ]
    }

    fn keeps(&self) -> u8 {
        1 | u8::from(self.momentum > 0.0) << 1 | u8::from(self.centered) << 2
    }

    fn update(&self, batch: &Batch) {
        let &RMSpropOptions { lr, alpha, eps, weight_decay, momentum, centered, maximize } = self;
        let step = RmsProp { lr, alpha, eps, weight_decay, momentum, centered, maximize };
        // SAFETY: a batch's items are valid, with the states in use.
        unsafe { optim::rmsprop(batch.dtype, &batch.items, &step) }
    }
}
