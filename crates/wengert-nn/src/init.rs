//! Initial values of parameters: PyTorch's `torch.nn.init`, number for number.
//!
//! Every function writes its tensor in place, without recording, and gives it back. After
//! <https://docs.pytorch.org/docs/stable/nn.init.html>.

use wengert::{Error, Generator, Result, Tensor, no_grad, ops};

/// What follows a layer; decides the recommended gain.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Nonlinearity {
    /// Nothing.
    Linear,
    /// Sigmoid.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// `max(x, 0)`.
    ReLU,
    /// With this slope for negative numbers (0.01 in PyTorch unless given).
    LeakyReLU(f64),
    /// Scaled exponential linear units.
    SELU,
}

/// Which of a layer's two widths keeps its variance: that of the forward pass, or that of the backward pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FanMode {
    /// `fan_in`: inputs of one output.
    #[default]
    In,
    /// `fan_out`: outputs of one input.
    Out,
}

/// The recommended gain: 1, 5/3 for tanh, √2 for ReLU, √(2/(1 + slope²)), 3/4 for SELU.
pub fn calculate_gain(nonlinearity: Nonlinearity) -> f64 {
    match nonlinearity {
        Nonlinearity::Linear | Nonlinearity::Sigmoid => 1.0,
        Nonlinearity::Tanh => 5.0 / 3.0,
        Nonlinearity::ReLU => 2f64.sqrt(),
        Nonlinearity::LeakyReLU(slope) => (2.0 / (1.0 + slope * slope)).sqrt(),
        Nonlinearity::SELU => 0.75,
    }
}

/// Inputs and outputs of a weight `[out, in, ...]`: both times the product of the further dimensions (the receptive field).
///
/// # Errors
/// For tensors of fewer than two dimensions.
pub fn calculate_fan_in_and_fan_out(weight: &Tensor) -> Result<(usize, usize)> {
    let &[fan_out, fan_in, ref field @ ..] = weight.shape() else {
        return Err(Error::value("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"));
    };
    let field: usize = field.iter().product();
    Ok((fan_in * field, fan_out * field))
}

/// Uniform in `[a, b)`.
///
/// # Errors
/// If `a > b`, or for integers.
pub fn uniform_(tensor: &Tensor, a: f64, b: f64, generator: Option<&Generator>) -> Result<Tensor> {
    no_grad(|| tensor.uniform_(a, b, generator))
}

/// Normal with this mean and standard deviation.
///
/// # Errors
/// If `std < 0`, or for integers.
pub fn normal_(tensor: &Tensor, mean: f64, std: f64, generator: Option<&Generator>) -> Result<Tensor> {
    no_grad(|| tensor.normal_(mean, std, generator))
}

/// One number everywhere.
///
/// # Errors
/// If the tensor cannot be written: an expanded one.
pub fn constant_(tensor: &Tensor, value: f64) -> Result<Tensor> {
    no_grad(|| ops::fill_(tensor, value))
}

/// Zeros.
///
/// # Errors
/// As [`constant_`].
pub fn zeros_(tensor: &Tensor) -> Result<Tensor> {
    constant_(tensor, 0.0)
}

/// Ones.
///
/// # Errors
/// As [`constant_`].
pub fn ones_(tensor: &Tensor) -> Result<Tensor> {
    constant_(tensor, 1.0)
}

/// Uniform in `±gain √(6 / (fan_in + fan_out))`.
///
/// X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
///
/// # Errors
/// For tensors of fewer than two dimensions, or of integers.
pub fn xavier_uniform_(tensor: &Tensor, gain: f64, generator: Option<&Generator>) -> Result<Tensor> {
    let bound = 3f64.sqrt() * xavier_std(tensor, gain)?;
    uniform_(tensor, -bound, bound, generator)
}

/// Normal with standard deviation `gain √(2 / (fan_in + fan_out))`; see [`xavier_uniform_`].
///
/// # Errors
/// For tensors of fewer than two dimensions, or of integers.
pub fn xavier_normal_(tensor: &Tensor, gain: f64, generator: Option<&Generator>) -> Result<Tensor> {
    normal_(tensor, 0.0, xavier_std(tensor, gain)?, generator)
}

fn xavier_std(tensor: &Tensor, gain: f64) -> Result<f64> {
    let (fan_in, fan_out) = calculate_fan_in_and_fan_out(tensor)?;
    Ok(gain * (2.0 / (fan_in + fan_out) as f64).sqrt())
}

/// Uniform in `±gain √(3 / fan)`. A tensor without elements stays as it is.
///
/// K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV 2015.
///
/// # Errors
/// For tensors of fewer than two dimensions, or of integers.
pub fn kaiming_uniform_(
    tensor: &Tensor,
    nonlinearity: Nonlinearity,
    mode: FanMode,
    generator: Option<&Generator>,
) -> Result<Tensor> {
    if tensor.shape().contains(&0) {
        return Ok(tensor.clone());
    }
    let bound = 3f64.sqrt() * kaiming_std(tensor, nonlinearity, mode)?;
    uniform_(tensor, -bound, bound, generator)
}

/// Normal with standard deviation `gain / √fan`; see [`kaiming_uniform_`].
///
/// # Errors
/// For tensors of fewer than two dimensions, or of integers.
pub fn kaiming_normal_(
    tensor: &Tensor,
    nonlinearity: Nonlinearity,
    mode: FanMode,
    generator: Option<&Generator>,
) -> Result<Tensor> {
    if tensor.shape().contains(&0) {
        return Ok(tensor.clone());
    }
    normal_(tensor, 0.0, kaiming_std(tensor, nonlinearity, mode)?, generator)
}

fn kaiming_std(tensor: &Tensor, nonlinearity: Nonlinearity, mode: FanMode) -> Result<f64> {
    let (fan_in, fan_out) = calculate_fan_in_and_fan_out(tensor)?;
    let fan = if mode == FanMode::In { fan_in } else { fan_out };
    Ok(calculate_gain(nonlinearity) / (fan as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::{assert_close, assert_same_bits, floats};

    /// What `xtask/python/record_init.py` wrote.
    const RECORDED: &str = include_str!("../testdata/init.txt");

    #[test]
    fn initializers_give_pytorchs_numbers() {
        let lines: Vec<(&str, &str)> = RECORDED.lines().filter_map(|l| l.split_once(" | ")).collect();
        let lines: Vec<_> = lines.into_iter().filter(|(name, _)| !name.starts_with("linear")).collect();
        assert_eq!(lines.len(), 6);
        for (name, words) in lines {
            let w = Tensor::zeros(&[6, 4]).requires_grad_(true);
            let g = Some(&Generator::new(0));
            match name {
                "uniform" => uniform_(&w, -0.3, 0.7, g),
                "normal" => normal_(&w, 1.0, 0.5, g),
                "xavier_uniform" => xavier_uniform_(&w, calculate_gain(Nonlinearity::Tanh), g),
                "xavier_normal" => xavier_normal_(&w, 1.0, g),
                "kaiming_uniform" => kaiming_uniform_(&w, Nonlinearity::ReLU, FanMode::In, g),
                "kaiming_normal" => kaiming_normal_(&w, Nonlinearity::LeakyReLU(0.2), FanMode::Out, g),
                other => panic!("no initializer {other}"),
            }
            .unwrap();
            let expected = floats(words.split(' '));
            if name.contains("normal") {
                // The logarithms and cosines behind these may differ in the last bit from one C library to the next.
                assert_close(&w, &expected, 1e-6, name);
            } else {
                assert_same_bits(&w, &expected, name);
            }
            assert!(w.is_leaf() && w.requires_grad());
        }
    }

    #[test]
    fn gains_and_fans() {
        let gains = [
            (Nonlinearity::Linear, 1.0),
            (Nonlinearity::Sigmoid, 1.0),
            (Nonlinearity::Tanh, 5.0 / 3.0),
            (Nonlinearity::ReLU, 2f64.sqrt()),
            (Nonlinearity::LeakyReLU(0.01), 1.414_142_856_997_835_4),
            (Nonlinearity::SELU, 0.75),
        ];
        for (nonlinearity, gain) in gains {
            assert!((calculate_gain(nonlinearity) - gain).abs() < 1e-15, "{nonlinearity:?}");
        }
        assert_eq!(calculate_fan_in_and_fan_out(&Tensor::zeros(&[8, 4, 3, 5])).unwrap(), (60, 120));
        let e = xavier_uniform_(&Tensor::zeros(&[3]), 1.0, None).unwrap_err();
        assert_eq!(e.message(), "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
        kaiming_uniform_(&Tensor::zeros(&[0, 3]), Nonlinearity::ReLU, FanMode::In, None).unwrap();
    }

    #[test]
    fn constants() {
        let w = Tensor::zeros(&[2]).requires_grad_(true);
        assert_eq!(constant_(&w, 0.5).unwrap().to_vec::<f32>(), [0.5, 0.5]);
        assert_eq!(ones_(&w).unwrap().to_vec::<f32>(), [1.0, 1.0]);
        assert_eq!(zeros_(&w).unwrap().to_vec::<f32>(), [0.0, 0.0]);
        assert!(uniform_(&w, 1.0, 0.0, None).is_err());
        assert!(normal_(&w, 0.0, -1.0, None).is_err());
    }
}
