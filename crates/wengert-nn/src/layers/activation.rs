//! Activation functions as modules.

use crate::Module;
use wengert::{Result, Tensor, ops};

/// `max(x, 0)`, elementwise. After <https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html>.
#[derive(Clone, Copy, Default, Debug)]
pub struct ReLU;

impl Module for ReLU {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::relu(input)
    }
}

/// The hyperbolic tangent, elementwise. After <https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html>.
#[derive(Clone, Copy, Default, Debug)]
pub struct Tanh;

impl Module for Tanh {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::tanh(input)
    }
}

/// `1 / (1 + exp(-x))`, elementwise. After <https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html>.
#[derive(Clone, Copy, Default, Debug)]
pub struct Sigmoid;

impl Module for Sigmoid {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::sigmoid(input)
    }
}

/// `x Φ(x)`, elementwise, with the distribution function Φ of the standard normal distribution (D. Hendrycks, K. Gimpel, "Gaussian Error
/// Linear Units", 2016). After <https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html>.
#[derive(Clone, Copy, Default, Debug)]
pub struct GELU {
    /// Approximate Φ by a hyperbolic tangent, as `nn.GELU("tanh")` does.
    pub tanh: bool,
}

impl Module for GELU {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::gelu(input, if self.tanh { "tanh" } else { "none" })
    }
    fn extra_repr(&self) -> String {
        format!("approximate='{}'", if self.tanh { "tanh" } else { "none" })
    }
}
