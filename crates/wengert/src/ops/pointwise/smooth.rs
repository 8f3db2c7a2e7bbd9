//! Smooth functions of statistics and networks: mish, glu, logit, logaddexp, logaddexp2, sinc, entr, xlog1py.

use super::{
    cos, exp, exp2, float_entry, le, log, log1p, logical_or, lt, masked_fill, mul, sigmoid, sin, softplus, tanh,
    unary_entry, when,
};
use crate::apply::apply1;
use crate::error::{Error, Named, Result};
use crate::ops::{eq, gt, narrow, wrap_dim};
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use std::f64::consts::{LN_2, PI};
use wengert_kernels::{kernels, math};

static MISH: Pointwise = Pointwise {
    name: "mish",
    node: "MishBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let most = if x < 0.0 { 0.0 } else { x };
            x * math::tanh(most + math::log1p(math::exp(-x.abs())))
        };
    },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        let t = tanh(&softplus(x, 1, 20)?)?;
        Ok(Grads::one(Some(&g[0] * (x * sigmoid(x)? * (1 - &t * &t) + t))))
    }),
    ..Pointwise::DEFAULT
};

/// `input * tanh(softplus(input))` (Misra 2019).
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn mish(input: &Tensor) -> Result<Tensor> {
    apply1(&MISH, &[input.into()])
}

/// One half of `input` along `dim` times the [`sigmoid`] of the other half: the gated linear unit (Dauphin et al. 2017).
///
/// # Errors
/// If `dim` is out of range or of odd size.
#[track_caller]
pub fn glu(input: &Tensor, dim: isize) -> Result<Tensor> {
    if input.ndim() == 0 {
        return Err(Error::runtime("glu does not support 0-dimensional tensors")).named("glu");
    }
    let d = wrap_dim(dim, input.ndim()).named("glu")?;
    let size = input.shape()[d];
    if !size.is_multiple_of(2) {
        let text = format!("Halving dimension must be even, but dimension {d} is size {size}");
        return Err(Error::runtime(text)).named("glu");
    }
    let half = size / 2;
    mul(&narrow(input, dim, 0, half)?, &sigmoid(&narrow(input, dim, half as isize, half)?)?)
}

static LOGIT: Pointwise = Pointwise {
    name: "logit",
    node: "LogitBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::log(x / (1.0 - x)) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        let outside = logical_or(&lt(x, 0)?, &gt(x, 1)?)?;
        Ok(Grads::one(Some(masked_fill(&(&g[0] / (x * (1 - x))), &outside, f64::NAN)?)))
    }),
    ..Pointwise::DEFAULT
};

static LOGIT_CLAMPED: Pointwise = Pointwise {
    arguments: "self ~eps",
    kernels: kernels! {
        f32, f64 => |x: T, eps: T| -> T {
            let x = if x < eps { eps } else { x };
            let x = if x > 1.0 - eps { 1.0 - eps } else { x };
            math::log(x / (1.0 - x))
        };
    },
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| {
        let (x, eps) = (s.input(0), s.input(1));
        let outside = logical_or(&lt(x, eps)?, &gt(x, &(1 - eps))?)?;
        Ok(Grads::from([Some(masked_fill(&(&g[0] / (x * (1 - x))), &outside, 0)?), None]))
    }),
    ..LOGIT
};

/// `log(input / (1 - input))`, the inverse of [`sigmoid`]; integers give floats. With `eps`, the input is cut off at `eps` and `1 - eps`
/// first, and the gradient outside is 0; without it, both are NaN outside of 0 to 1.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn logit(input: &Tensor, eps: Option<f64>) -> Result<Tensor> {
    match eps {
        Some(eps) => apply1(&LOGIT_CLAMPED, &[input.into(), eps.into()]),
        None => apply1(&LOGIT, &[input.into()]),
    }
}

static LOGADDEXP: Pointwise = Pointwise {
    name: "logaddexp",
    node: "LogaddexpBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T {
            let most = if (a > b) | a.is_nan() { a } else { b };
            let sum = most + math::log1p(math::exp(-(a - b).abs()));
            if a.is_infinite() & (a == b) { a } else { sum }
        };
    },
    kernel_name: "logaddexp_cpu",
    saves: Saves::NONE.input(0, &[0, 1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, a, b) = (&g[0], s.input(0), s.input(1));
        Ok(Grads::from([when(s, 0, || Ok(d / (1 + exp(&(b - a))?)))?, when(s, 1, || Ok(d / (1 + exp(&(a - b))?)))?]))
    }),
    ..Pointwise::DEFAULT
};

/// `log(exp(input) + exp(other))` without overflow, elementwise with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast; for integers and booleans.
#[track_caller]
pub fn logaddexp(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&LOGADDEXP, &[input.into(), other.into()])
}

static LOGADDEXP2: Pointwise = Pointwise {
    name: "logaddexp2",
    node: "Logaddexp2Backward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T {
            let most = if (a > b) | a.is_nan() { a } else { b };
            let sum = most + math::log1p(math::exp2(-(a - b).abs())) / LN_2 as T;
            if a.is_infinite() & (a == b) { a } else { sum }
        };
    },
    kernel_name: "logaddexp2_cpu",
    vjp: Some(|g, s| {
        let (d, a, b) = (&g[0], s.input(0), s.input(1));
        Ok(Grads::from([when(s, 0, || Ok(d / (1 + exp2(&(b - a))?)))?, when(s, 1, || Ok(d / (1 + exp2(&(a - b))?)))?]))
    }),
    ..LOGADDEXP
};

/// [`logaddexp`] to base 2.
///
/// # Errors
/// As [`logaddexp`].
#[track_caller]
pub fn logaddexp2(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&LOGADDEXP2, &[input.into(), other.into()])
}

static SINC: Pointwise = Pointwise {
    name: "sinc",
    node: "SincBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let t = x * PI as T;
            if x == 0.0 { 1.0 } else { math::sin(t) / t }
        };
    },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        let t = x * PI;
        let slope = (&t * cos(&t)? - sin(&t)?) / (&t * x);
        Ok(Grads::one(Some(masked_fill(&(&g[0] * slope), &eq(x, 0)?, 0)?)))
    }),
    ..Pointwise::DEFAULT
};

/// `sin(π input) / (π input)`, and 1 at 0; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sinc(input: &Tensor) -> Result<Tensor> {
    apply1(&SINC, &[input.into()])
}

static ENTR: Pointwise = Pointwise {
    name: "special_entr",
    node: "SpecialEntrBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let inside = -x * math::log(x);
            let inside = if x == 0.0 { 0.0 } else { inside };
            if x < 0.0 { T::NEG_INFINITY } else { inside }
        };
    },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] * (-log(x)? - 1))))
    }),
    ..Pointwise::DEFAULT
};

/// A term of an entropy: `-input log(input)`, 0 at 0, -infinity below; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn entr(input: &Tensor) -> Result<Tensor> {
    apply1(&ENTR, &[input.into()])
}

static XLOG1PY: Pointwise = Pointwise {
    name: "special_xlog1py",
    node: "SpecialXlog1PyBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! {
        f32, f64 => |x: T, y: T| -> T {
            let product = x * math::log1p(y);
            if y.is_nan() { y } else if x == 0.0 { 0.0 } else { product }
        };
    },
    saves: Saves::NONE.input(0, &[0, 1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, x, y) = (&g[0], s.input(0), s.input(1));
        Ok(Grads::from([
            when(s, 0, || {
                let nothing = super::logical_and(&eq(x, 0)?, &le(y, -1)?)?;
                Ok(d * masked_fill(&log1p(y)?, &nothing, 0)?)
            })?,
            s.when(1, || d * x / (y + 1)),
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input * log1p(other)`, but 0 where `input` is 0 and `other` a number; integers give floats.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn xlog1py<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&XLOG1PY, &[input.into(), other.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("nn::mish(Tensor self) -> Tensor", |a| mish(a.tensor(0))),
    bind!("nn::glu(Tensor self, int dim=-1) -> Tensor", |a| glu(a.tensor(0), a.dim(1))),
    bind!("logit(Tensor self, float? eps=None) -> Tensor", |a| logit(a.tensor(0), a.opt_float(1))),
    bind!("special::logit(Tensor self, float? eps=None) -> Tensor", |a| logit(a.tensor(0), a.opt_float(1))),
    bind!("logaddexp(Tensor self, Tensor other) -> Tensor", |a| logaddexp(a.tensor(0), a.tensor(1))),
    bind!("logaddexp2(Tensor self, Tensor other) -> Tensor", |a| logaddexp2(a.tensor(0), a.tensor(1))),
    bind!("sinc(Tensor self) -> Tensor", |a| sinc(a.tensor(0))),
    bind!("special::sinc(Tensor self) -> Tensor", |a| sinc(a.tensor(0))),
    bind!("special::entr(Tensor self) -> Tensor", |a| entr(a.tensor(0))),
    bind!("special::xlog1py(Tensor self, Tensor other) -> Tensor", |a| xlog1py(a.tensor(0), a.operand(1))),
    bind!("special::xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor", |a| apply1(
        &XLOG1PY,
        &[a.operand(0), a.operand(1)]
    )),
    bind!("special::xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor", |a| xlog1py(a.tensor(0), a.operand(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let inf = f64::INFINITY;
    let special = || {
        let v = [0.0, 1.0, -1.0, 700.0, inf, -inf, f64::NAN];
        vec![floats(&v, &[7, 1]), floats(&v, &[7])]
    };
    let both = || vec![uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3])];
    let unit = || uniform(3, 0.1, 0.9, &[2, 3]);
    vec![
        float_entry("mish(Tensor input) -> Tensor", "F.mish(a)", mish, -2.0, 2.0).kink(
            "F.mish(a)",
            [floats(&[-800.0, -20.0, 30.0, 800.0], &[4])],
            |t| mish(&t[0]),
        ),
        Entry::new("glu(Tensor input, int dim=-1) -> Tensor")
            .sample("F.glu(a)", [uniform(1, -2.0, 2.0, &[2, 4])], |t| glu(&t[0], -1))
            .sample("F.glu(a, 0)", [uniform(1, -2.0, 2.0, &[2, 3])], |t| glu(&t[0], 0))
            .error(
                [uniform(1, -2.0, 2.0, &[2, 3])],
                |t| glu(&t[0], 1),
                "Halving dimension must be even, but dimension 1 is size 3",
            ),
        float_entry("logit(Tensor input, float? eps=None) -> Tensor", "torch.logit(a)", |x| logit(x, None), 0.1, 0.9)
            .sample("torch.logit(a, 1e-3)", [unit()], |t| logit(&t[0], Some(1e-3)))
            .kink("torch.logit(a, 0.1)", [floats(&[-1.0, 0.0, 0.05, 0.5, 0.95, 1.0, 2.0], &[7])], |t| {
                logit(&t[0], Some(0.1))
            }),
        Entry::new("logaddexp(Tensor input, Tensor other) -> Tensor")
            .sample("torch.logaddexp(a, b)", both(), |t| logaddexp(&t[0], &t[1]))
            .kink("torch.logaddexp(a, b)", special(), |t| logaddexp(&t[0], &t[1]))
            .error([ints(1, 0, 3, &[2])], |t| logaddexp(&t[0], &t[0]), "\"logaddexp_cpu\" not implemented for 'Long'"),
        Entry::new("logaddexp2(Tensor input, Tensor other) -> Tensor")
            .sample("torch.logaddexp2(a, b)", both(), |t| logaddexp2(&t[0], &t[1]))
            .kink("torch.logaddexp2(a, b)", special(), |t| logaddexp2(&t[0], &t[1])),
        unary_entry("sinc(Tensor input) -> Tensor", "torch.sinc(a)", sinc, 0.3, 2.0),
        unary_entry("special.entr(Tensor input) -> Tensor", "torch.special.entr(a)", entr, 0.5, 2.0),
        Entry::new("special.xlog1py(Tensor input, Tensor other) -> Tensor")
            .sample("torch.special.xlog1py(a, b)", [unit(), uniform(4, 0.2, 2.0, &[3])], |t| xlog1py(&t[0], &t[1]))
            .kink("torch.special.xlog1py(a, b)", special(), |t| xlog1py(&t[0], &t[1])),
    ]
}
