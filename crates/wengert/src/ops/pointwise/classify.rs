//! What kind of number it is: isnan, isinf, isposinf, isneginf, isfinite, signbit; and isclose.

use super::{eq, logical_and, logical_or, named};
use crate::apply::apply1;
use crate::error::{Error, Result};
use crate::pointwise::{Pointwise, Promote};
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::kernels;

static ISNAN: Pointwise = Pointwise {
    name: "isnan",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |x: T| -> bool { x.is_nan() };
        i64, bool => |_x: T| -> bool { false };
    },
    ..Pointwise::DEFAULT
};

/// Is it not a number? Elementwise; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn isnan(input: &Tensor) -> Result<Tensor> {
    apply1(&ISNAN, &[input.into()])
}

static ISINF: Pointwise = Pointwise {
    name: "isinf",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |x: T| -> bool { x.is_infinite() };
        i64, bool => |_x: T| -> bool { false };
    },
    ..Pointwise::DEFAULT
};

/// Is it infinite, of either sign? Elementwise; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn isinf(input: &Tensor) -> Result<Tensor> {
    apply1(&ISINF, &[input.into()])
}

static ISPOSINF: Pointwise = Pointwise {
    name: "isposinf",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |x: T| -> bool { x == T::INFINITY };
        i64, bool => |_x: T| -> bool { false };
    },
    ..Pointwise::DEFAULT
};

/// Is it positive infinity? Elementwise; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn isposinf(input: &Tensor) -> Result<Tensor> {
    apply1(&ISPOSINF, &[input.into()])
}

static ISNEGINF: Pointwise = Pointwise {
    name: "isneginf",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |x: T| -> bool { x == T::NEG_INFINITY };
        i64, bool => |_x: T| -> bool { false };
    },
    ..Pointwise::DEFAULT
};

/// Is it negative infinity? Elementwise; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn isneginf(input: &Tensor) -> Result<Tensor> {
    apply1(&ISNEGINF, &[input.into()])
}

static ISFINITE: Pointwise = Pointwise {
    name: "isfinite",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |x: T| -> bool { x.is_finite() };
        i64, bool => |_x: T| -> bool { true };
    },
    ..Pointwise::DEFAULT
};

/// Is it neither infinite nor NaN? Elementwise; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn isfinite(input: &Tensor) -> Result<Tensor> {
    apply1(&ISFINITE, &[input.into()])
}

static SIGNBIT: Pointwise = Pointwise {
    name: "signbit",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |x: T| -> bool { x.is_sign_negative() };
        i64 => |x: T| -> bool { x < 0 };
        bool => |_x: T| -> bool { false };
    },
    ..Pointwise::DEFAULT
};

/// Is its sign negative, also that of zero and NaN? Elementwise; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn signbit(input: &Tensor) -> Result<Tensor> {
    apply1(&SIGNBIT, &[input.into()])
}

static ISCLOSE: Pointwise = Pointwise {
    name: "isclose",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64 => |a: T, b: T, rtol: T, atol: T| -> bool {
            let difference = (a - b).abs();
            (a == b) | (difference.is_finite() & (difference <= atol + (rtol * b).abs()))
        };
    },
    ..Pointwise::DEFAULT
};

/// `|input - other| <= atol + rtol * |other|`, elementwise with broadcasting. Infinities are close to themselves, NaN to itself
/// only if `equal_nan`.
///
/// # Errors
/// If the dtypes differ, a tolerance is negative, or the shapes do not broadcast.
#[track_caller]
pub fn isclose(input: &Tensor, other: &Tensor, rtol: f64, atol: f64, equal_nan: bool) -> Result<Tensor> {
    named("isclose", tolerances(input, other, rtol, atol))?;
    let close = if rtol == 0.0 && atol == 0.0 {
        eq(input, other)?
    } else {
        let tolerance = |v| Scalar::Float(v).into();
        apply1(&ISCLOSE, &[input.into(), other.into(), tolerance(rtol), tolerance(atol)])?
    };
    if equal_nan { logical_or(&close, &logical_and(&isnan(input)?, &isnan(other)?)?) } else { Ok(close) }
}

fn tolerances(input: &Tensor, other: &Tensor, rtol: f64, atol: f64) -> Result<()> {
    if input.dtype() != other.dtype() {
        let (a, b) = (input.dtype().scalar_name(), other.dtype().scalar_name());
        return Err(Error::runtime(format!("{a} did not match {b}")).hint("cast one of them with to()"));
    }
    for (name, v) in [("rtol", rtol), ("atol", atol)] {
        if v < 0.0 {
            return Err(Error::runtime(format!("{name} must be greater than or equal to zero, but got {v}")));
        }
    }
    Ok(())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("isnan(Tensor self) -> Tensor", |a| isnan(a.tensor(0))),
    bind!("isinf(Tensor self) -> Tensor", |a| isinf(a.tensor(0))),
    bind!("isposinf(Tensor self) -> Tensor", |a| isposinf(a.tensor(0))),
    bind!("isneginf(Tensor self) -> Tensor", |a| isneginf(a.tensor(0))),
    bind!("isfinite(Tensor self) -> Tensor", |a| isfinite(a.tensor(0))),
    bind!("signbit(Tensor self) -> Tensor", |a| signbit(a.tensor(0))),
    bind!(
        "isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
        |a| isclose(a.tensor(0), a.tensor(1), a.float(2), a.float(3), a.bool(4))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    const WHY: &str = "its results are booleans";
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let special = || floats(&[1.5, -2.0, 0.0, -0.0, inf, -inf, nan], &[7]);
    let entry = |signature, torch, f: fn(&Tensor) -> Result<Tensor>| {
        Entry::new(signature)
            .not_differentiable(WHY)
            .sample(torch, [special()], move |t| f(&t[0]))
            .sample(torch, [ints(1, -3, 3, &[2, 3])], move |t| f(&t[0]))
            .sample(torch, [bools(2, &[3])], move |t| f(&t[0]))
            .sample(torch, [uniform(3, 0.0, 1.0, &[0])], move |t| f(&t[0]))
    };
    let (a, b) = (
        floats(&[1.0, 1.0, 100.0, nan, inf, inf, 0.0], &[7]),
        floats(&[1.0, 1.1, 100.0005, nan, inf, -inf, 1e-9], &[7]),
    );
    let pair = || vec![a.clone(), b.clone()];
    vec![
        entry("isnan(Tensor input) -> Tensor", "torch.isnan(a)", isnan),
        entry("isinf(Tensor input) -> Tensor", "torch.isinf(a)", isinf),
        entry("isposinf(Tensor input) -> Tensor", "torch.isposinf(a)", isposinf),
        entry("isneginf(Tensor input) -> Tensor", "torch.isneginf(a)", isneginf),
        entry("isfinite(Tensor input) -> Tensor", "torch.isfinite(a)", isfinite),
        entry("signbit(Tensor input) -> Tensor", "torch.signbit(a)", signbit),
        Entry::new(
            "isclose(Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
        )
        .not_differentiable(WHY)
        .sample("torch.isclose(a, b)", pair(), |t| isclose(&t[0], &t[1], 1e-5, 1e-8, false))
        .sample("torch.isclose(a, b, rtol=0.2, equal_nan=True)", pair(), |t| isclose(&t[0], &t[1], 0.2, 1e-8, true))
        .sample("torch.isclose(a, b, rtol=0, atol=0)", pair(), |t| isclose(&t[0], &t[1], 0.0, 0.0, false))
        .sample("torch.isclose(a, b, rtol=0.3)", [ints(4, 1, 9, &[2, 3]), ints(5, 1, 9, &[3])], |t| {
            isclose(&t[0], &t[1], 0.3, 1e-8, false)
        })
        .error(
            pair(),
            |t| isclose(&t[0], &t[1], -1.0, 0.0, false),
            "rtol must be greater than or equal to zero, but got -1",
        )
        .error(
            [uniform(1, 0.0, 1.0, &[2]), ints(1, 0, 3, &[2])],
            |t| isclose(&t[0], &t[1], 1e-5, 1e-8, false),
            "Double did not match Long",
        ),
    ]
}
