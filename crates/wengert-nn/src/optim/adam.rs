//! Adam and AdamW.

use super::grouped::{Batch, Grouped, Rule, Setting, not_negative};
use wengert::{Error, Result};
use wengert_kernels::optim;

/// Adam: a step along the running mean of the gradient, divided by the root of the running mean of its square.
///
/// With `g` the gradient (negated to maximize) plus `weight_decay · p`, in step `t`: `m ← β₁ m + (1 - β₁) g`,
/// `v ← β₂ v + (1 - β₂) g²`, `p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + eps)`; with `amsgrad` the largest `v` so far stands
/// under the root. D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2014; S. J. Reddi, S. Kale, S. Kumar, "On the
/// convergence of Adam and beyond", 2018. After <https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html>.
pub type Adam = Grouped<AdamOptions>;

/// [`Adam`] whose weight decay does not pass through the gradient: `p ← p (1 - lr · weight_decay)` before the step.
///
/// I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2017. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html>.
pub type AdamW = Grouped<AdamWOptions>;

/// Settings of [`Adam`]; the default is PyTorch's.
pub type AdamOptions = AdamRule<false>;
/// Settings of [`AdamW`]; the default is PyTorch's, with a weight decay of 0.01.
pub type AdamWOptions = AdamRule<true>;

/// Settings of [`Adam`] and, with decoupled weight decay, of [`AdamW`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdamRule<const DECOUPLED: bool> {
    /// Learning rate.
    pub lr: f64,
    /// How much of the two running means is kept from step to step.
    pub betas: (f64, f64),
    /// Added to the denominator.
    pub eps: f64,
    /// Weight of the decay.
    pub weight_decay: f64,
    /// Divide by the root of the largest running mean so far.
    pub amsgrad: bool,
    /// Go up instead of down.
    pub maximize: bool,
}

impl<const DECOUPLED: bool> Default for AdamRule<DECOUPLED> {
    fn default() -> Self {
        let weight_decay = if DECOUPLED { 1e-2 } else { 0.0 };
        AdamRule { lr: 1e-3, betas: (0.9, 0.999), eps: 1e-8, weight_decay, amsgrad: false, maximize: false }
    }
}

impl<const DECOUPLED: bool> Rule for AdamRule<DECOUPLED> {
    const NAME: &'static str = if DECOUPLED { "AdamW" } else { "Adam" };
    const COUNTS: bool = true;
    const BUFFERS: &'static [&'static str] = &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"];

    fn check(&self) -> Result<()> {
        not_negative("learning rate", self.lr)?;
        not_negative("epsilon value", self.eps)?;
        for (i, beta) in [self.betas.0, self.betas.1].into_iter().enumerate() {
            if !(0.0..1.0).contains(&beta) {
                return Err(Error::value(format!("Invalid beta parameter at index {i}: {beta}")));
            }
        }
        not_negative("weight_decay value", self.weight_decay)
    }

    fn lr(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn settings(&mut self) -> Vec<(&'static str, Setting<'_>)> {
        vec![
            ("lr", Setting::Number(&mut self.lr)),
            ("beta1", Setting::Number(&mut self.betas.0)),
            ("beta2", Setting::Number(&mut self.betas.1)),
            ("eps", Setting::Number(&mut self.eps)),
            ("weight_decay", Setting::Number(&mut self.weight_decay)),
            ("amsgrad", Setting::Flag(&mut self.amsgrad)),
            ("maximize", Setting::Flag(&mut self.maximize)),
        ]
    }

    fn keeps(&self) -> u8 {
        if self.amsgrad { 0b111 } else { 0b11 }
    }

    fn update(&self, batch: &Batch) {
        let &AdamRule { lr, betas, eps, weight_decay, amsgrad, maximize } = self;
        let step = batch.steps + 1;
        let step = optim::Adam { lr, betas, eps, weight_decay, decoupled: DECOUPLED, amsgrad, maximize, step };
        // SAFETY: a batch's items are valid, with the states in use.
        unsafe { optim::adam(batch.dtype, &batch.items, &step) }
    }
}
