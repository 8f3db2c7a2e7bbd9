//! Normalization layers.

use crate::{Members, Module, Parameter};
use wengert::{Result, Tensor, ops};

/// Moves and scales the last dimensions to mean 0 and variance 1, then by a trained weight and bias.
///
/// J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer Normalization", 2016. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html>.
#[derive(Debug)]
pub struct LayerNorm {
    /// Of the normalized shape; ones at first.
    pub weight: Parameter,
    /// Of the normalized shape; zeros at first.
    pub bias: Parameter,
    /// Added to the variance.
    pub eps: f64,
}

impl LayerNorm {
    /// Over the last dimensions, which have these sizes.
    pub fn new(normalized_shape: &[usize]) -> LayerNorm {
        let (one, zero) = (Tensor::ones(normalized_shape), Tensor::zeros(normalized_shape));
        LayerNorm { weight: Parameter::new(&one), bias: Parameter::new(&zero), eps: 1e-5 }
    }
}

impl Module for LayerNorm {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::layer_norm(input, self.weight.shape(), Some(&self.weight), Some(&self.bias), self.eps)
    }
    fn members(&self) -> Members<'_> {
        Members::new().parameter("weight", &self.weight).parameter("bias", &self.bias)
    }
    fn extra_repr(&self) -> String {
        let sizes: Vec<String> = self.weight.shape().iter().map(usize::to_string).collect();
        let comma = if sizes.len() == 1 { "," } else { "" };
        let eps = wengert::print::python_float_repr(self.eps);
        format!("({}{comma}), eps={eps}, elementwise_affine=True, bias=True", sizes.join(", "))
    }
}
