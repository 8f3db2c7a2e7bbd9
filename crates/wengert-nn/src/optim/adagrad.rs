//! Adagrad.

use super::grouped::{Batch, Grouped, Rule, Setting, not_negative};
use wengert::Result;
use wengert_kernels::optim;

/// Adagrad: the gradient divided by the root of the sum of its squares so far.
///
/// With `g` the gradient (negated to maximize) plus `weight_decay · p`, in step `t`: `s ← s + g²`,
/// `p ← p - lr / (1 + (t - 1) · lr_decay) · g / (√s + eps)`. J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online
/// learning and stochastic optimization", 2011. After <https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html>.
pub type Adagrad = Grouped<AdagradOptions>;

/// Settings of [`Adagrad`]; the default is PyTorch's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AdagradOptions {
    /// Learning rate.
    pub lr: f64,
    /// How fast the learning rate decays.
    pub lr_decay: f64,
    /// Weight of the L2 penalty.
    pub weight_decay: f64,
    /// What the sums of squares begin with.
    pub initial_accumulator_value: f64,
    /// Added to the denominator.
    pub eps: f64,
    /// Go up instead of down.
    pub maximize: bool,
}

impl Default for AdagradOptions {
    fn default() -> AdagradOptions {
        AdagradOptions {
            lr: 1e-2,
            lr_decay: 0.0,
            weight_decay: 0.0,
            initial_accumulator_value: 0.0,
            eps: 1e-10,
            maximize: false,
        }
    }
}

impl Rule for AdagradOptions {
    const NAME: &'static str = "Adagrad";
    const COUNTS: bool = true;
    const BUFFERS: &'static [&'static str] = &["sum"];

    fn check(&self) -> Result<()> {
        not_negative("learning rate", self.lr)?;
        not_negative("lr_decay value", self.lr_decay)?;
        not_negative("weight_decay value", self.weight_decay)?;
        not_negative("initial_accumulator_value value", self.initial_accumulator_value)?;
        not_negative("epsilon value", self.eps)
    }

    fn lr(&mut self) -> &mut f64 {
        &mut self.lr
    }

    fn settings(&mut self) -> Vec<(&'static str, Setting<'_>)> {
        vec![
            ("lr", Setting::Number(&mut self.lr)),
            ("lr_decay", Setting::Number(&mut self.lr_decay)),
            ("weight_decay", Setting::Number(&mut self.weight_decay)),
            ("initial_accumulator_value", Setting::Number(&mut self.initial_accumulator_value)),
            ("eps", Setting::Number(&mut self.eps)),
            ("maximize", Setting::Flag(&mut self.maximize)),
        ]
    }

    fn keeps(&self) -> u8 {
        1
    }

    fn update(&self, batch: &Batch) {
        let &AdagradOptions { lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize } = self;
        let start = (batch.kept == 0).then_some(initial_accumulator_value);
        let step = optim::Adagrad { lr, lr_decay, weight_decay, eps, maximize, step: batch.steps + 1, start };
        // SAFETY: a batch's items are valid, with the states in use.
        unsafe { optim::adagrad(batch.dtype, &batch.items, &step) }
    }
}
