//! Activations made of straight pieces: hardtanh, relu6, hardsigmoid, hardswish, hardshrink, softshrink, threshold, prelu.

use super::{float_entry, ge, gt, le, logical_and, logical_or, lt, masked_fill, mul, named, when, where_self};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::reshape;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::kernels;

static HARDTANH: Pointwise = Pointwise {
    name: "hardtanh",
    node: "HardtanhBackward0",
    arguments: "self ~min_val ~max_val",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64, i64 => |x: T, lo: T, hi: T| -> T {
            let y = if x < lo { lo } else { x };
            if y > hi { hi } else { y }
        };
    },
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]).input(2, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        let flat = logical_or(&le(x, s.input(1))?, &ge(x, s.input(2))?)?;
        Ok(Grads::from([Some(masked_fill(&g[0], &flat, 0)?), None, None]))
    }),
    ..Pointwise::DEFAULT
};

fn bounds(input: &Tensor, min_val: Scalar, max_val: Scalar) -> Result<[Operand<'static>; 2]> {
    if input.dtype() == DType::Bool {
        return Err(Error::not_implemented("Bool inputs not supported for hardtanh"));
    }
    if min_val.to_f64() > max_val.to_f64() {
        return Err(
            Error::value("min_val cannot be greater than max_val").hint(format!("they are {min_val} and {max_val}"))
        );
    }
    Ok([Operand::Scalar(min_val), Operand::Scalar(max_val)])
}

/// `input` cut off at `min_val` and `max_val`. Its gradient is 0 at the ends and outside, which is where it differs from `clamp`.
///
/// # Errors
/// For booleans; if `min_val` is above `max_val`.
#[track_caller]
pub fn hardtanh(input: &Tensor, min_val: impl Into<Scalar>, max_val: impl Into<Scalar>) -> Result<Tensor> {
    let [lo, hi] = named("hardtanh", bounds(input, min_val.into(), max_val.into()))?;
    apply1(&HARDTANH, &[input.into(), lo, hi])
}

/// [`hardtanh`] into `input`.
///
/// # Errors
/// Those of [`hardtanh`] and of in-place writes in general.
#[track_caller]
pub fn hardtanh_(input: &Tensor, min_val: impl Into<Scalar>, max_val: impl Into<Scalar>) -> Result<Tensor> {
    let [lo, hi] = named("hardtanh_", bounds(input, min_val.into(), max_val.into()))?;
    apply_in_place(&HARDTANH, "hardtanh_", input, &[lo, hi])?;
    Ok(input.clone())
}

/// [`hardtanh`] from 0 to 6.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn relu6(input: &Tensor) -> Result<Tensor> {
    hardtanh(input, 0, 6)
}

/// PyTorch's, which is of single precision.
const SIXTH: f64 = (1.0f32 / 6.0) as f64;

static HARDSIGMOID: Pointwise = Pointwise {
    name: "hardsigmoid",
    node: "HardsigmoidBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let y = x + 3.0;
            let y = if y < 0.0 { 0.0 } else { y };
            (if y > 6.0 { 6.0 } else { y }) / 6.0
        };
    },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        let steep = logical_and(&gt(x, -3)?, &lt(x, 3)?)?;
        Ok(Grads::one(Some(where_self(&steep, &(&g[0] * SIXTH), 0)?)))
    }),
    ..Pointwise::DEFAULT
};

/// The logistic function by three straight pieces: `relu6(input + 3) / 6`.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn hardsigmoid(input: &Tensor) -> Result<Tensor> {
    apply1(&HARDSIGMOID, &[input.into()])
}

static HARDSWISH: Pointwise = Pointwise {
    name: "hardswish",
    node: "HardswishBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let y = x + 3.0;
            let y = if y < 0.0 { 0.0 } else { y };
            x * (if y > 6.0 { 6.0 } else { y }) / 6.0
        };
    },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(0));
        let middle = where_self(&lt(x, 3)?, &(d * (x / 3 + 0.5)), d)?;
        Ok(Grads::one(Some(masked_fill(&middle, &le(x, -3)?, 0)?)))
    }),
    ..Pointwise::DEFAULT
};

/// `input * relu6(input + 3) / 6`: [`silu`](crate::ops::silu) by pieces.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn hardswish(input: &Tensor) -> Result<Tensor> {
    apply1(&HARDSWISH, &[input.into()])
}

static HARDSHRINK: Pointwise = Pointwise {
    name: "hardshrink",
    node: "HardshrinkBackward0",
    arguments: "self ~lambd",
    promote: Promote::First,
    kernels: kernels! { f32, f64 => |x: T, l: T| -> T { if (x >= -l) & (x <= l) { 0.0 } else { x } } },
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| {
        let (x, l) = (s.input(0), s.input(1));
        let flat = logical_and(&ge(x, &-l)?, &le(x, l)?)?;
        Ok(Grads::from([Some(masked_fill(&g[0], &flat, 0)?), None]))
    }),
    ..Pointwise::DEFAULT
};

/// `input`, but 0 from `-lambd` to `lambd`.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn hardshrink(input: &Tensor, lambd: impl Into<Scalar>) -> Result<Tensor> {
    apply1(&HARDSHRINK, &[input.into(), Operand::Scalar(lambd.into())])
}

static SOFTSHRINK: Pointwise = Pointwise {
    name: "softshrink",
    node: "SoftshrinkBackward0",
    kernels: kernels! {
        f32, f64 => |x: T, l: T| -> T {
            let small = x * 0.0;
            let below = if x < -l { x + l } else { small };
            if x > l { x - l } else { below }
        };
    },
    ..HARDSHRINK
};

/// `input` moved toward 0 by `lambd`, and 0 where it would pass it.
///
/// # Errors
/// If `lambd` is negative; for integers and booleans.
#[track_caller]
pub fn softshrink(input: &Tensor, lambd: impl Into<Scalar>) -> Result<Tensor> {
    let lambd = lambd.into();
    let largest = if input.dtype() == DType::F64 { "1.79769e+308" } else { "3.40282e+38" };
    if lambd.to_f64() < 0.0 {
        let text = format!(
            "lambda must be in range [0, {largest}] for input dtype {}, but found {}",
            input.dtype().scalar_name(),
            lambd.to_f64()
        );
        return named("softshrink", Err(Error::runtime(text)));
    }
    apply1(&SOFTSHRINK, &[input.into(), Operand::Scalar(lambd)])
}

static THRESHOLD: Pointwise = Pointwise {
    name: "threshold",
    node: "ThresholdBackward0",
    arguments: "self ~threshold ~value",
    promote: Promote::First,
    kernels: kernels! { f32, f64, i64 => |x: T, threshold: T, value: T| -> T { if x <= threshold { value } else { x } } },
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| Ok(Grads::from([Some(masked_fill(&g[0], &le(s.input(0), s.input(1))?, 0)?), None, None]))),
    ..Pointwise::DEFAULT
};

/// `input` above `threshold`, `value` elsewhere.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn threshold(input: &Tensor, threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Result<Tensor> {
    apply1(&THRESHOLD, &[input.into(), Operand::Scalar(threshold.into()), Operand::Scalar(value.into())])
}

/// [`threshold`] into `input`.
///
/// # Errors
/// Those of [`threshold`] and of in-place writes in general.
#[track_caller]
pub fn threshold_(input: &Tensor, threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Result<Tensor> {
    let numbers = [Operand::Scalar(threshold.into()), Operand::Scalar(value.into())];
    apply_in_place(&THRESHOLD, "threshold_", input, &numbers)?;
    Ok(input.clone())
}

static PRELU: Pointwise = Pointwise {
    name: "prelu",
    node: "PreluKernelBackward0",
    arguments: "self weight",
    kernels: kernels! { f32, f64 => |x: T, w: T| -> T { if x > 0.0 { x } else { w * x } } },
    saves: Saves::NONE.input(0, &[0, 1]).input(1, &[0]),
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(0));
        let positive = gt(x, 0)?;
        Ok(Grads::from([
            when(s, 0, || where_self(&positive, d, &mul(d, s.input(1))?))?,
            when(s, 1, || masked_fill(&mul(d, x)?, &positive, 0))?,
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input` where it is positive, `weight * input` elsewhere; the weight is one number or one for each channel, which dimension 1
/// counts.
///
/// # Errors
/// If there are more weights than one and not as many as channels; if the dtypes differ.
#[track_caller]
pub fn prelu(input: &Tensor, weight: &Tensor) -> Result<Tensor> {
    let weight = named("prelu", by_channel(input, weight))?;
    apply1(&PRELU, &[input.into(), (&weight).into()])
}

fn by_channel(input: &Tensor, weight: &Tensor) -> Result<Tensor> {
    if input.dtype() != weight.dtype() {
        return Err(Error::runtime(format!(
            "prelu: Type promoting not supported. Got {} and {}",
            input.dtype().scalar_name(),
            weight.dtype().scalar_name()
        )));
    }
    if weight.numel() != 1 {
        let n = input.ndim();
        if n == 0 {
            return Err(Error::runtime("Not allow zero-dim input tensor."));
        }
        let channels = if n > 1 { input.shape()[1] } else { 1 };
        if weight.numel() != channels {
            return Err(Error::runtime(format!(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = {} and channel size = {channels}.",
                weight.numel()
            )));
        }
    }
    if weight.ndim() > 1 {
        return Err(Error::runtime(format!(
            "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {}",
            weight.ndim()
        )));
    }
    if input.ndim() == weight.ndim() {
        return Ok(weight.clone());
    }
    let mut shape = vec![1; input.ndim()];
    if input.ndim() > 1 {
        shape[1] = weight.numel();
    }
    reshape(weight, &shape)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("nn::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor", |a| hardtanh(
        a.tensor(0),
        a.scalar(1),
        a.scalar(2)
    )),
    bind!("nn::hardtanh_(Tensor(a!) self, Scalar min_val=-1, Scalar max_val=1) -> Tensor(a!)", |a| hardtanh_(
        a.tensor(0),
        a.scalar(1),
        a.scalar(2)
    )),
    bind!("nn::relu6(Tensor self) -> Tensor", |a| relu6(a.tensor(0))),
    bind!("nn::relu6_(Tensor(a!) self) -> Tensor(a!)", |a| hardtanh_(a.tensor(0), 0, 6)),
    bind!("nn::hardsigmoid(Tensor self) -> Tensor", |a| hardsigmoid(a.tensor(0))),
    bind!("nn::hardswish(Tensor self) -> Tensor", |a| hardswish(a.tensor(0))),
    bind!("hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor", |a| hardshrink(a.tensor(0), a.scalar(1))),
    bind!("nn::softshrink(Tensor self, Scalar lambd=0.5) -> Tensor", |a| softshrink(a.tensor(0), a.scalar(1))),
    bind!("torch::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor", |a| threshold(
        a.tensor(0),
        a.scalar(1),
        a.scalar(2)
    )),
    bind!("torch::threshold_(Tensor(a!) self, Scalar threshold, Scalar value) -> Tensor(a!)", |a| threshold_(
        a.tensor(0),
        a.scalar(1),
        a.scalar(2)
    )),
    bind!("prelu(Tensor self, Tensor weight) -> Tensor", |a| prelu(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let ends = || floats(&[-6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 7.0], &[10]);
    let whole = || ints(1, -9, 9, &[6]);
    let wide = || uniform(4, -6.0, 6.0, &[3, 4]);
    vec![
        float_entry(
            "hardtanh(Tensor input, Scalar min_val=-1, Scalar max_val=1) -> Tensor",
            "F.hardtanh(a)",
            |x| hardtanh(x, -1, 1),
            -0.9,
            0.9,
        )
        .kink("F.hardtanh(a)", [ends()], |t| hardtanh(&t[0], -1, 1))
        .sample("F.hardtanh(a, -2.5, 4.0)", [wide()], |t| hardtanh(&t[0], -2.5, 4.0))
        .sample("F.hardtanh(a, -2, 3)", [whole()], |t| hardtanh(&t[0], -2, 3))
        .error([wide()], |t| hardtanh(&t[0], 2, 1), "min_val cannot be greater than max_val"),
        float_entry("relu6(Tensor input) -> Tensor", "F.relu6(a)", relu6, 0.2, 4.0)
            .kink("F.relu6(a)", [ends()], |t| relu6(&t[0])),
        float_entry("hardsigmoid(Tensor input) -> Tensor", "F.hardsigmoid(a)", hardsigmoid, -2.0, 2.0)
            .kink("F.hardsigmoid(a)", [ends()], |t| hardsigmoid(&t[0])),
        float_entry("hardswish(Tensor input) -> Tensor", "F.hardswish(a)", hardswish, -1.0, 2.0)
            .sample("F.hardswish(a)", [wide()], |t| hardswish(&t[0]))
            .kink("F.hardswish(a)", [ends()], |t| hardswish(&t[0])),
        float_entry(
            "hardshrink(Tensor input, Scalar lambd=0.5) -> Tensor",
            "F.hardshrink(a)",
            |x| hardshrink(x, 0.5),
            0.6,
            2.0,
        )
        .sample("F.hardshrink(a, 2.0)", [wide()], |t| hardshrink(&t[0], 2.0))
        .kink("F.hardshrink(a)", [ends()], |t| hardshrink(&t[0], 0.5)),
        float_entry(
            "softshrink(Tensor input, Scalar lambd=0.5) -> Tensor",
            "F.softshrink(a)",
            |x| softshrink(x, 0.5),
            0.6,
            2.0,
        )
        .sample("F.softshrink(a, 2.0)", [wide()], |t| softshrink(&t[0], 2.0))
        .kink("F.softshrink(a)", [ends()], |t| softshrink(&t[0], 0.5))
        .error([wide()], |t| softshrink(&t[0], -1), "lambda must be in range [0, 1.79769e+308] for input dtype Double, but found -1"),
        float_entry(
            "threshold(Tensor input, Scalar threshold, Scalar value) -> Tensor",
            "F.threshold(a, 0.1, 20)",
            |x| threshold(x, 0.1, 20),
            0.2,
            2.0,
        )
        .sample("F.threshold(a, -1, 2)", [whole()], |t| threshold(&t[0], -1, 2))
        .sample("F.threshold(a, 1.0, -2.0)", [wide()], |t| threshold(&t[0], 1.0, -2.0))
        .kink("F.threshold(a, 0.5, 20)", [ends()], |t| threshold(&t[0], 0.5, 20)),
        Entry::new("prelu(Tensor input, Tensor weight) -> Tensor")
            .sample("F.prelu(a, b)", [wide(), floats(&[0.25], &[1])], |t| prelu(&t[0], &t[1]))
            .sample("F.prelu(a, b)", [wide(), uniform(5, 0.1, 0.9, &[4])], |t| prelu(&t[0], &t[1]))
            .sample("F.prelu(a, b)", [uniform(6, -2.0, 2.0, &[2, 3, 4]), uniform(5, 0.1, 0.9, &[3])], |t| {
                prelu(&t[0], &t[1])
            })
            .kink("F.prelu(a, b)", [ends(), floats(&[0.25], &[1])], |t| prelu(&t[0], &t[1]))
            .error(
                [wide(), uniform(5, 0.1, 0.9, &[3])],
                |t| prelu(&t[0], &t[1]),
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = 3 and channel size = 4.",
            ),
    ]
}
