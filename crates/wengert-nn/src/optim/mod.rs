//! Optimizers, learning-rate schedules and gradient clipping: `torch.optim` and `torch.nn.utils.clip_grad`.
//!
//! ```
//! use wengert::{ops, tensor};
//! use wengert_nn::optim::{Optimizer, SGD, SGDOptions, Scheduler};
//!
//! let x = tensor!([3.0, -2.0]).requires_grad_(true);
//! let mut sgd = SGD::new([x.clone()], SGDOptions { lr: 0.1, ..Default::default() })?;
//! let mut schedule = Scheduler::step_lr(&sgd, 10, 0.5);
//! for _ in 0..20 {
//!     sgd.zero_grad();
//!     ops::sum(&(&x * &x))?.backward();
//!     sgd.step();
//!     schedule.step(&mut sgd);
//! }
//! assert!(ops::sum(&(&x * &x))?.item() < 1e-1);
//! assert_eq!(sgd.lr(0), 0.025);
//! # Ok::<(), wengert::Error>(())
//! ```

mod adagrad;
mod adam;
mod clip;
mod explicit;
mod grouped;
mod rmsprop;
mod schedule;
mod sgd;
mod state;
mod step;

pub use adagrad::{Adagrad, AdagradOptions};
pub use adam::{Adam, AdamOptions, AdamRule, AdamW, AdamWOptions};
pub use clip::{clip_grad_norm_, clip_grad_value_, get_total_norm};
pub use explicit::{Target, step_with};
pub use grouped::{Batch, Grouped, Rule, Setting};
pub use rmsprop::{RMSprop, RMSpropOptions};
pub use schedule::Scheduler;
pub use sgd::{SGD, SGDOptions};
pub use state::State;

use wengert::io::Tensors;
use wengert::{Result, Tensor};

/// Changes parameters by their gradients.
pub trait Optimizer: Send {
    /// One step: every parameter that has a gradient is changed in place, without recording.
    ///
    /// # Panics
    /// If a parameter cannot be written in place (an expanded tensor).
    fn step(&mut self);

    /// Number of parameter groups.
    fn num_groups(&self) -> usize;

    /// Learning rate of a parameter group.
    ///
    /// # Panics
    /// If there is no such group.
    fn lr(&self, group: usize) -> f64;

    /// Sets the learning rate of a parameter group.
    ///
    /// # Panics
    /// If there is no such group.
    fn set_lr(&mut self, group: usize, lr: f64);

    /// All parameters, group by group.
    fn parameters(&self) -> Vec<Tensor>;

    /// Clears the gradients of all parameters.
    fn zero_grad(&self) {
        self.parameters().iter().for_each(Tensor::zero_grad);
    }

    /// Everything that the next steps depend on beside parameters and gradients: settings (`param_groups.0.lr`, ...) and what was
    /// kept for each parameter (`state.0.exp_avg`, ...), to be saved. As in PyTorch the tensors share memory with the optimizer:
    /// training goes on to change them.
    fn state_dict(&self) -> Tensors;

    /// Goes on from a [`state_dict`](Optimizer::state_dict) as if training had never been interrupted.
    ///
    /// # Errors
    /// If it is of another optimizer, or its parameters differ in number or shape. Nothing is changed then.
    fn load_state_dict(&mut self, state: &Tensors) -> Result<()>;
}

#[cfg(test)]
mod tests;
