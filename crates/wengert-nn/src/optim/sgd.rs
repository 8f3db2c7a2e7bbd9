//! Gradient descent.

use super::grouped::{Batch, Grouped, Rule, Setting, not_negative};
use wengert::{Error, Result};
use wengert_kernels::optim::{self, Sgd};

/// Stochastic gradient descent, with momentum if asked for.
///
/// With `g` the gradient (negated to maximize) plus `weight_decay · p`: `b ← momentum · b + (1 - dampening) · g`, where the first `b` is
/// the first `g`; then `p ← p - lr · b`, or `p - lr · (g + momentum · b)` with Nesterov's momentum. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html>.
pub type SGD = Grouped<SGDOptions>;

/// Settings of [`SGD`]; the default is PyTorch's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SGDOptions {
    /// Learning rate.
    pub lr: f64,
    /// How much of the direction is kept from step to step.
    pub momentum: f64,
    /// How much less of the new gradient enters the momentum.
    pub dampening: f64,
    /// Weight of the L2 penalty.
    pub weight_decay: f64,
    /// Nesterov's momentum: look ahead along the new direction.
    pub nesterov: bool,
    /// Go up instead of down.
    pub maximize: bool,
}

impl Default for SGDOptions {
    fn default() -> SGDOptions {
        SGDOptions { lr: 1e-3, momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false, maximize: false }
    }
}

impl Rule for SGDOptions {
    const NAME: &'static str = "SGD";
    const COUNTS: bool = false;
    const BUFFERS: &'static [&'static str] = &["momentum_buffer"];

    fn check(&self) -> Result<()> {
        not_negative("learning rate", self.lr)?;
        not_negative("momentum value", self.momentum)?;
        not_negative("weight_decay value", self.weight_decay)?;
        if self.nesterov && (self.momentum <= 0.0 || self.dampening != 0.0) {
            return Err(Error::value("Nesterov momentum requires a momentum and zero dampening"));
        }
        Ok(())
    }

    fn lr(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn settings(&mut self) -> Vec<(&'static str, Setting<'_>)> {
        vec![
            ("lr", Setting::Number(&mut self.lr)),
            ("momentum", Setting::Number(&mut self.momentum)),
            ("dampening", Setting::Number(&mut self.dampening)),
            ("weight_decay", Setting::Number(&mut self.weight_decay)),
            ("nesterov", Setting::Flag(&mut self.nesterov)),
            ("maximize", Setting::Flag(&mut self.maximize)),
        ]
    }

    fn keeps(&self) -> u8 {
        u8::from(self.momentum != 0.0)
    }

    fn update(&self, batch: &Batch) {
        let &SGDOptions { lr, momentum, dampening, weight_decay, nesterov, maximize } = self;
        let first = batch.kept == 0;
        let step = Sgd { lr, momentum, dampening, weight_decay, nesterov, maximize, first };
        // SAFETY: a batch's items are valid, with the momentum if it is used.
        unsafe { optim::sgd(batch.dtype, &batch.items, &step) }
    }
}
