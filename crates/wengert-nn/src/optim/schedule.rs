//! Learning-rate schedules.

use super::Optimizer;
use std::fmt;
use wengert::io::Tensors;
use wengert::{Error, Result, Tensor};

/// `(base learning rate, epoch) -> learning rate`.
type Formula = Box<dyn Fn(f64, u64) -> f64 + Send>;

/// Sets the learning rate of each parameter group from epoch to epoch, by a formula of the rate it had at first and the number of the
/// epoch.
///
/// PyTorch's classes are constructors here. Rates are computed by the closed forms, from the first rate and not from the last, so they
/// have no accumulated rounding, and a rate set by hand lasts until the next [`step`](Scheduler::step).
/// After <https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate>.
pub struct Scheduler {
    formula: Formula,
    base_lrs: Vec<f64>,
    last_epoch: u64,
}

impl Scheduler {
    /// `base · factor(epoch)`: PyTorch's `LambdaLR`.
    #[doc(alias = "LambdaLR")]
    pub fn lambda_lr(optimizer: &dyn Optimizer, factor: impl Fn(u64) -> f64 + Send + 'static) -> Scheduler {
        Scheduler::new(optimizer, Box::new(move |base, epoch| base * factor(epoch)))
    }

    /// `base · gamma^⌊epoch / step_size⌋`: PyTorch's `StepLR`.
    ///
    /// # Panics
    /// If `step_size` is 0.
    #[doc(alias = "StepLR")]
    #[track_caller]
    pub fn step_lr(optimizer: &dyn Optimizer, step_size: u64, gamma: f64) -> Scheduler {
        assert!(step_size > 0, "step_lr: step_size is the number of epochs between two changes and cannot be 0");
        Scheduler::lambda_lr(optimizer, move |epoch| gamma.powf((epoch / step_size) as f64))
    }

    /// `eta_min + (base - eta_min) (1 + cos(π epoch / t_max)) / 2`: PyTorch's `CosineAnnealingLR`. After `t_max` epochs the rate rises
    /// again.
    ///
    /// I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", 2016.
    ///
    /// # Panics
    /// If `t_max` is 0.
    #[doc(alias = "CosineAnnealingLR")]
    #[track_caller]
    pub fn cosine_annealing_lr(optimizer: &dyn Optimizer, t_max: u64, eta_min: f64) -> Scheduler {
        assert!(t_max > 0, "cosine_annealing_lr: t_max is the number of epochs down to eta_min and cannot be 0");
        let factor = move |epoch| (1.0 + (std::f64::consts::PI * epoch as f64 / t_max as f64).cos()) / 2.0;
        Scheduler::new(optimizer, Box::new(move |base, epoch| eta_min + (base - eta_min) * factor(epoch)))
    }

    fn new(optimizer: &dyn Optimizer, formula: Formula) -> Scheduler {
        let base_lrs = (0..optimizer.num_groups()).map(|group| optimizer.lr(group)).collect();
        Scheduler { formula, base_lrs, last_epoch: 0 }
    }

    /// Goes to the next epoch and sets the learning rates of the optimizer.
    ///
    /// # Panics
    /// If the optimizer has fewer parameter groups than when the schedule was made.
    pub fn step(&mut self, optimizer: &mut dyn Optimizer) {
        self.last_epoch += 1;
        for (group, lr) in self.last_lr().into_iter().enumerate() {
            optimizer.set_lr(group, lr);
        }
    }

    /// The learning rate of each parameter group in the current epoch, by the formula.
    pub fn last_lr(&self) -> Vec<f64> {
        self.base_lrs.iter().map(|&base| (self.formula)(base, self.last_epoch)).collect()
    }

    /// The current epoch; 0 before the first step.
    pub fn last_epoch(&self) -> u64 {
        self.last_epoch
    }

    /// The current epoch and the first rates, to be saved. The formula is not part of it.
    pub fn state_dict(&self) -> Tensors {
        let base = Tensor::from_slice(&self.base_lrs, &[self.base_lrs.len()]);
        Tensors::from([("base_lrs".into(), base), ("last_epoch".into(), Tensor::full(&[], self.last_epoch as i64))])
    }

    /// Goes on from a [`state_dict`](Scheduler::state_dict). The optimizer's own state dict holds its current rates.
    ///
    /// # Errors
    /// If something is missing, or the number of parameter groups differs.
    pub fn load_state_dict(&mut self, state: &Tensors) -> Result<()> {
        let get = |name: &str| state.get(name).ok_or_else(|| Error::value(format!("'{name}' is missing")));
        let epoch = get("last_epoch")?.item_as::<i64>()?;
        let base = get("base_lrs")?.to_vec::<f64>();
        if base.len() != self.base_lrs.len() {
            return Err(Error::value(format!(
                "the state dict is for {} parameter groups, but the optimizer has {}",
                base.len(),
                self.base_lrs.len()
            )));
        }
        self.last_epoch = u64::try_from(epoch).map_err(|e| Error::value(format!("last_epoch: {e}")))?;
        self.base_lrs = base;
        Ok(())
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Scheduler { base_lrs, last_epoch, .. } = self;
        f.debug_struct("Scheduler").field("base_lrs", base_lrs).field("last_epoch", last_epoch).finish_non_exhaustive()
    }
}
