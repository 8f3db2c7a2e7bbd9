//! Activations that are linear above zero: relu, leaky_relu, elu, selu, celu.

use super::{float_entry, lt, named, unary_entry, when};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::{kernels, math};

static RELU: Pointwise = Pointwise {
    name: "relu",
    node: "ReluBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { if x < 0.0 { 0.0 } else { x } };
        i64 => |x: T| -> T { x.max(0) };
    },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(threshold_backward(&g[0], s.output(0))?)))),
    ..Pointwise::DEFAULT
};

/// The gradient of [`relu`] from its result: `g` where `y > 0` (or NaN).
static THRESHOLD_BACKWARD: Pointwise = Pointwise {
    name: "threshold_backward",
    node: "ThresholdBackwardBackward0",
    kernels: kernels! { f32, f64 => |g: T, y: T| -> T { if y <= 0.0 { 0.0 } else { g } } },
    saves: Saves::NONE.input(1, &[0]),
    vjp: Some(|g, s| {
        let d = &g[0];
        Ok(Grads::from([when(s, 0, || threshold_backward(d, s.input(1)))?, s.when(1, || Tensor::zeros_like(d))]))
    }),
    ..Pointwise::DEFAULT
};

fn threshold_backward(g: &Tensor, y: &Tensor) -> Result<Tensor> {
    apply1(&THRESHOLD_BACKWARD, &[g.into(), y.into()])
}

/// `input` where it is positive, else 0. Its gradient at 0 is 0.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn relu(input: &Tensor) -> Result<Tensor> {
    named("relu", refuse_bool(input))?;
    apply1(&RELU, &[input.into()])
}

/// [`relu`] into `input`.
///
/// # Errors
/// Those of [`relu`] and of in-place writes in general.
#[track_caller]
pub fn relu_(input: &Tensor) -> Result<Tensor> {
    named("relu_", refuse_bool(input))?;
    apply_in_place(&RELU, "relu_", input, &[])?;
    Ok(input.clone())
}

fn refuse_bool(input: &Tensor) -> Result<()> {
    if input.dtype() == DType::Bool {
        return Err(Error::not_implemented("Boolean inputs not supported for relu"));
    }
    Ok(())
}

static LEAKY_RELU: Pointwise = Pointwise {
    name: "leaky_relu",
    node: "LeakyReluBackward0",
    arguments: "self ~negative_slope",
    promote: Promote::First,
    kernels: kernels! { f32, f64 => |x: T, slope: T| -> T { if x > 0.0 { x } else { x * slope } } },
    kernel_name: "leaky_relu_cpu",
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| Ok(Grads::from([Some(leaky_relu_backward(&g[0], s.input(0), s.input(1))?), None]))),
    ..Pointwise::DEFAULT
};

static LEAKY_RELU_BACKWARD: Pointwise = Pointwise {
    name: "leaky_relu_backward",
    node: "LeakyReluBackwardBackward0",
    promote: Promote::First,
    kernels: kernels! { f32, f64 => |g: T, x: T, slope: T| -> T { if x > 0.0 { g } else { g * slope } } },
    saves: Saves::NONE.input(1, &[0]).input(2, &[0]),
    vjp: Some(|g, s| {
        let d = &g[0];
        Ok(Grads::from([
            when(s, 0, || leaky_relu_backward(d, s.input(1), s.input(2)))?,
            s.when(1, || Tensor::zeros_like(d)),
            None,
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn leaky_relu_backward(g: &Tensor, x: &Tensor, slope: &Tensor) -> Result<Tensor> {
    apply1(&LEAKY_RELU_BACKWARD, &[g.into(), x.into(), slope.into()])
}

/// `input` where it is positive, else `negative_slope * input`. Its gradient at 0 is `negative_slope`.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn leaky_relu(input: &Tensor, negative_slope: impl Into<Scalar>) -> Result<Tensor> {
    apply1(&LEAKY_RELU, &[input.into(), Operand::Scalar(negative_slope.into())])
}

/// [`leaky_relu`] into `input`.
///
/// # Errors
/// Those of [`leaky_relu`] and of in-place writes in general.
#[track_caller]
pub fn leaky_relu_(input: &Tensor, negative_slope: impl Into<Scalar>) -> Result<Tensor> {
    apply_in_place(&LEAKY_RELU, "leaky_relu_", input, &[Operand::Scalar(negative_slope.into())])?;
    Ok(input.clone())
}

/// `above * x` above zero, `below * (e^(inner * x) - 1)` below: the numbers are inputs 1 to 3.
static ELU: Pointwise = Pointwise {
    name: "elu",
    node: "EluBackward0",
    arguments: "self ~alpha ~scale ~input_scale",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64 => |x: T, below: T, above: T, inner: T| -> T {
            let negative = math::expm1(x * inner) * below;
            if x < 0.0 { negative } else { x * above }
        };
    },
    kernel_name: "elu_cpu",
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]).input(2, &[0]).input(3, &[0]),
    vjp: Some(|g, s| {
        let numbers = [s.input(1), s.input(2), s.input(3)];
        Ok(Grads::from([Some(elu_backward(&g[0], s.input(0), numbers)?), None, None, None]))
    }),
    ..Pointwise::DEFAULT
};

static CELU: Pointwise = Pointwise { name: "celu", node: "CeluBackward0", ..ELU };

static ELU_BACKWARD: Pointwise = Pointwise {
    name: "elu_backward",
    node: "EluBackwardBackward0",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64 => |g: T, x: T, below: T, above: T, inner: T| -> T {
            let negative = g * inner * below * math::exp(x * inner);
            if x <= 0.0 { negative } else { g * above }
        };
    },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]).input(2, &[0, 1]).input(3, &[0, 1]).input(4, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(1));
        let numbers = [s.input(2), s.input(3), s.input(4)];
        Ok(Grads::from([
            when(s, 0, || elu_backward(d, x, numbers))?,
            when(s, 1, || Ok(elu_backward(&(d * s.input(0) * s.input(4)), x, numbers)? * lt(x, 0)?))?,
            None,
            None,
            None,
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn elu_backward(g: &Tensor, x: &Tensor, [below, above, inner]: [&Tensor; 3]) -> Result<Tensor> {
    apply1(&ELU_BACKWARD, &[g.into(), x.into(), below.into(), above.into(), inner.into()])
}

fn elu_numbers(alpha: f64, scale: f64, input_scale: f64) -> [Operand<'static>; 3] {
    [alpha * scale, scale, input_scale].map(|v| Operand::Scalar(Scalar::Float(v)))
}

fn elu_of(op: &'static Pointwise, input: &Tensor, [below, above, inner]: [Operand; 3]) -> Result<Tensor> {
    apply1(op, &[input.into(), below, above, inner])
}

/// `input` above zero, `alpha * (exp(input) - 1)` below. Its gradient at 0 is `alpha`.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn elu(input: &Tensor, alpha: impl Into<Scalar>) -> Result<Tensor> {
    elu_of(&ELU, input, elu_numbers(alpha.into().to_f64(), 1.0, 1.0))
}

/// [`elu`] into `input`.
///
/// # Errors
/// Those of [`elu`] and of in-place writes in general.
#[track_caller]
pub fn elu_(input: &Tensor, alpha: impl Into<Scalar>) -> Result<Tensor> {
    elu_with_(input, elu_numbers(alpha.into().to_f64(), 1.0, 1.0))
}

fn elu_with_(input: &Tensor, numbers: [Operand; 3]) -> Result<Tensor> {
    apply_in_place(&ELU, "elu_", input, &numbers)?;
    Ok(input.clone())
}

/// The scale and alpha with which a network keeps mean 0 and variance 1 (Klambauer, Unterthiner, Mayr, Hochreiter 2017).
fn selu_numbers() -> [Operand<'static>; 3] {
    elu_numbers(1.673_263_242_354_377_2, 1.050_700_987_355_480_5, 1.0)
}

/// The self-normalizing [`elu`]: `scale * (input or alpha * (exp(input) - 1))` with fixed numbers.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn selu(input: &Tensor) -> Result<Tensor> {
    elu_of(&ELU, input, selu_numbers())
}

/// [`selu`] into `input`.
///
/// # Errors
/// Those of [`selu`] and of in-place writes in general.
#[track_caller]
pub fn selu_(input: &Tensor) -> Result<Tensor> {
    apply_in_place(&ELU, "selu_", input, &selu_numbers())?;
    Ok(input.clone())
}

fn celu_numbers(alpha: Scalar) -> Result<[Operand<'static>; 3]> {
    let alpha = alpha.to_f64();
    if alpha == 0.0 {
        return Err(Error::runtime("ZeroDivisionError: alpha cannot be 0 for CELU"));
    }
    Ok(elu_numbers(alpha, 1.0, 1.0 / alpha))
}

/// `input` above zero, `alpha * (exp(input / alpha) - 1)` below: smooth for every `alpha`.
///
/// # Errors
/// If `alpha` is 0; for integers and booleans.
#[track_caller]
pub fn celu(input: &Tensor, alpha: impl Into<Scalar>) -> Result<Tensor> {
    elu_of(&CELU, input, named("celu", celu_numbers(alpha.into()))?)
}

/// [`celu`] into `input`.
///
/// # Errors
/// Those of [`celu`] and of in-place writes in general.
#[track_caller]
pub fn celu_(input: &Tensor, alpha: impl Into<Scalar>) -> Result<Tensor> {
    apply_in_place(&CELU, "celu_", input, &named("celu_", celu_numbers(alpha.into()))?)?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("relu(Tensor self) -> Tensor", |a| relu(a.tensor(0))),
    bind!("relu_(Tensor(a!) self) -> Tensor(a!)", |a| relu_(a.tensor(0))),
    bind!("nn::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor", |a| leaky_relu(
        a.tensor(0),
        a.scalar(1)
    )),
    bind!("nn::leaky_relu_(Tensor(a!) self, Scalar negative_slope=0.01) -> Tensor(a!)", |a| leaky_relu_(
        a.tensor(0),
        a.scalar(1)
    )),
    bind!("nn::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor", |a| elu_of(
        &ELU,
        a.tensor(0),
        elu_numbers(a.scalar(1).to_f64(), a.scalar(2).to_f64(), a.scalar(3).to_f64())
    )),
    bind!("nn::elu_(Tensor(a!) self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor(a!)", |a| {
        elu_with_(a.tensor(0), elu_numbers(a.scalar(1).to_f64(), a.scalar(2).to_f64(), a.scalar(3).to_f64()))
    }),
    bind!("torch::selu(Tensor self) -> Tensor", |a| selu(a.tensor(0))),
    bind!("torch::selu_(Tensor(a!) self) -> Tensor(a!)", |a| selu_(a.tensor(0))),
    bind!("torch::celu(Tensor self, Scalar alpha=1.) -> Tensor", |a| celu(a.tensor(0), a.scalar(1))),
    bind!("torch::celu_(Tensor(a!) self, Scalar alpha=1.) -> Tensor(a!)", |a| celu_(a.tensor(0), a.scalar(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let whole = || ints(1, -3, 4, &[5]);
    vec![
        unary_entry("relu(Tensor input) -> Tensor", "torch.relu(a)", relu, -2.0, 2.0).error(
            [bools(1, &[2])],
            |t| relu(&t[0]),
            "Boolean inputs not supported for relu",
        ),
        float_entry(
            "leaky_relu(Tensor input, Scalar negative_slope=0.01) -> Tensor",
            "F.leaky_relu(a)",
            |x| leaky_relu(x, 0.01),
            -2.0,
            2.0,
        )
        .sample("F.leaky_relu(a, 0.3)", [uniform(4, -2.0, 2.0, &[2, 3])], |t| leaky_relu(&t[0], 0.3))
        .error([whole()], |t| leaky_relu(&t[0], 2), "\"leaky_relu_cpu\" not implemented for 'Long'"),
        float_entry("elu(Tensor input, Scalar alpha=1) -> Tensor", "F.elu(a)", |x| elu(x, 1), -2.0, 2.0)
            .kink("F.elu(a, 2.5)", [floats(&[0.0, -0.0, -1.0, 3.0], &[4])], |t| elu(&t[0], 2.5))
            .sample("F.elu(a, 0.7)", [uniform(4, -2.0, 2.0, &[2, 3])], |t| elu(&t[0], 0.7))
            .error([whole()], |t| elu(&t[0], 1), "\"elu_cpu\" not implemented for 'Long'"),
        float_entry("selu(Tensor input) -> Tensor", "torch.selu(a)", selu, -2.0, 2.0),
        float_entry("celu(Tensor input, Scalar alpha=1.0) -> Tensor", "torch.celu(a)", |x| celu(x, 1.0), -2.0, 2.0)
            .sample("torch.celu(a, 0.5)", [uniform(4, -2.0, 2.0, &[2, 3])], |t| celu(&t[0], 0.5))
            .error([uniform(4, -2.0, 2.0, &[2])], |t| celu(&t[0], 0), "alpha cannot be 0 for CELU"),
    ]
}
