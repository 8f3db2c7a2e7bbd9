//! Flatten.

use crate::Module;
use wengert::{Result, Tensor, ops};

/// Makes one dimension of those from `start_dim` to `end_dim`, both included; by default of all but the first, which counts the samples.
/// After <https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html>.
#[derive(Clone, Copy, Debug)]
pub struct Flatten {
    /// First dimension to flatten; negative ones count from the end.
    pub start_dim: isize,
    /// Last one.
    pub end_dim: isize,
}

impl Default for Flatten {
    fn default() -> Flatten {
        Flatten { start_dim: 1, end_dim: -1 }
    }
}

impl Module for Flatten {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::flatten(input, self.start_dim, self.end_dim)
    }
    fn extra_repr(&self) -> String {
        format!("start_dim={}, end_dim={}", self.start_dim, self.end_dim)
    }
}
