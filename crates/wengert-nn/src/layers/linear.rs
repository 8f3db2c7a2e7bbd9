//! The affine layer.

use crate::init::{self, FanMode, Nonlinearity};
use crate::{Members, Module, Parameter};
use wengert::dtype::default_dtype;
use wengert::{DType, Generator, Result, Tensor, ops};

/// `x Wᵀ + b`: input `[..., in_features]`, output `[..., out_features]`.
///
/// A new one has weight and bias uniform in `±1/√in_features`, drawn in PyTorch's order: after `manual_seed(0)` the numbers are those of
/// `torch.manual_seed(0); nn.Linear(...)`. After <https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html>.
#[derive(Debug)]
pub struct Linear {
    /// `[out_features, in_features]`.
    pub weight: Parameter,
    /// `[out_features]`.
    pub bias: Option<Parameter>,
}

/// What [`Linear::with_options`] leaves to choose; the default is PyTorch's.
#[derive(Clone, Debug)]
pub struct LinearOptions {
    /// Add a bias.
    pub bias: bool,
    /// Dtype of the parameters; `None`: the default one.
    pub dtype: Option<DType>,
    /// Where the random numbers come from; `None`: the default generator.
    pub generator: Option<Generator>,
}

impl Default for LinearOptions {
    fn default() -> LinearOptions {
        LinearOptions { bias: true, dtype: None, generator: None }
    }
}

impl Linear {
    /// A layer with bias, of the default dtype.
    pub fn new(in_features: usize, out_features: usize) -> Linear {
        Linear::with_options(in_features, out_features, &LinearOptions::default())
    }

    /// A layer without bias, of the default dtype.
    pub fn without_bias(in_features: usize, out_features: usize) -> Linear {
        Linear::with_options(in_features, out_features, &LinearOptions { bias: false, ..LinearOptions::default() })
    }

    /// A layer by its options.
    ///
    /// # Panics
    /// If the dtype is not a floating one.
    #[track_caller]
    pub fn with_options(in_features: usize, out_features: usize, options: &LinearOptions) -> Linear {
        let dtype = options.dtype.unwrap_or_else(default_dtype);
        assert!(dtype.is_float(), "the parameters of a linear layer are floating point numbers, not {dtype}");
        let generator = options.generator.as_ref();
        let weight = Tensor::full_of(&[out_features, in_features], 0, dtype);
        // With slope √5 the bound √3 · gain / √fan is 1/√fan: PyTorch's way to write it, and so its rounding.
        let slope = Nonlinearity::LeakyReLU(5f64.sqrt());
        init::kaiming_uniform_(&weight, slope, FanMode::In, generator).expect("a float matrix can be filled");
        let bias = options.bias.then(|| {
            let bound = if in_features > 0 { 1.0 / (in_features as f64).sqrt() } else { 0.0 };
            let bias = Tensor::full_of(&[out_features], 0, dtype);
            Parameter::new(&init::uniform_(&bias, -bound, bound, generator).expect("a float vector can be filled"))
        });
        Linear { weight: Parameter::new(&weight), bias }
    }

    /// Size of the input's last dimension.
    pub fn in_features(&self) -> usize {
        self.weight.shape()[1]
    }

    /// Size of the output's last dimension.
    pub fn out_features(&self) -> usize {
        self.weight.shape()[0]
    }
}

impl Module for Linear {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        ops::linear(input, &self.weight, self.bias.as_deref())
    }
    fn members(&self) -> Members<'_> {
        Members::new().parameter("weight", &self.weight).parameter("bias", self.bias.as_ref())
    }
    fn extra_repr(&self) -> String {
        let bias = if self.bias.is_some() { "True" } else { "False" };
        format!("in_features={}, out_features={}, bias={bias}", self.in_features(), self.out_features())
    }
}
