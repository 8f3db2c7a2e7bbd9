//! Changes of unit, sign and scale: deg2rad, rad2deg, copysign, ldexp, float_power, angle, positive; whole numbers: gcd, lcm.

use super::{eq, exp2, flat, masked_fill, mul, named, pow, rpow, unary_entry, when, zero};
use crate::apply::apply1;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::to_dtype;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, floats, ints, uniform};
use std::f64::consts::{LN_2, PI};
use wengert_kernels::{kernels, math};

static DEG2RAD: Pointwise = Pointwise {
    name: "deg2rad",
    node: "Deg2RadBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { x * (PI / 180.0) as T } },
    vjp: Some(|g, _| Ok(Grads::one(Some(deg2rad(&g[0])?)))),
    ..Pointwise::DEFAULT
};

/// Degrees to radians; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn deg2rad(input: &Tensor) -> Result<Tensor> {
    apply1(&DEG2RAD, &[input.into()])
}

static RAD2DEG: Pointwise = Pointwise {
    name: "rad2deg",
    node: "Rad2DegBackward0",
    kernels: kernels! { f32, f64 => |x: T| -> T { x * (180.0 / PI) as T } },
    vjp: Some(|g, _| Ok(Grads::one(Some(rad2deg(&g[0])?)))),
    ..DEG2RAD
};

/// Radians to degrees; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn rad2deg(input: &Tensor) -> Result<Tensor> {
    apply1(&RAD2DEG, &[input.into()])
}

static COPYSIGN: Pointwise = Pointwise {
    name: "copysign",
    node: "CopysignBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T, sign: T| -> T { x.copysign(sign) } },
    saves: Saves::NONE.input(0, &[0]).output(0),
    vjp: Some(|g, s| {
        Ok(Grads::from([
            when(s, 0, || {
                let x = s.input(0);
                Ok(&g[0] * masked_fill(&(s.output(0) / x), &eq(x, 0)?, 0)?)
            })?,
            s.when(1, || Tensor::zeros_like(&g[0])),
        ]))
    }),
    ..Pointwise::DEFAULT
};
static COPYSIGN_NUMBER: Pointwise = Pointwise { node: "CopysignBackward1", arguments: "self ~other", ..COPYSIGN };

/// The magnitude of `input` with the sign of `other`, elementwise with broadcasting; integers give floats. The gradient at 0 is 0.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn copysign<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    apply1(if other.tensor().is_some() { &COPYSIGN } else { &COPYSIGN_NUMBER }, &[input.into(), other])
}

static LDEXP: Pointwise = Pointwise {
    name: "ldexp",
    node: "LdexpBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T, e: T| -> T { x * math::pow(2.0 as T, e) } },
    saves: Saves::NONE.input(1, &[0]).output(0),
    vjp: Some(|g, s| {
        Ok(Grads::from([when(s, 0, || Ok(&g[0] * exp2(s.input(1))?))?, s.when(1, || &g[0] * (s.output(0) * LN_2))]))
    }),
    ..Pointwise::DEFAULT
};

/// `input * 2^other`, elementwise with broadcasting; integers give floats.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn ldexp(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&LDEXP, &[input.into(), other.into()])
}

/// [`pow`] in double precision, whatever the dtypes are.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn float_power<'a>(input: &Tensor, exponent: impl Into<Operand<'a>>) -> Result<Tensor> {
    let base = to_dtype(input, DType::F64)?;
    match exponent.into() {
        Operand::Tensor(e) => pow(&base, &to_dtype(e, DType::F64)?),
        Operand::Scalar(e) => pow(&base, e.to_f64()),
    }
}

static ANGLE: Pointwise = Pointwise {
    name: "angle",
    node: "AngleBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let positive = if x.is_nan() { x } else { 0.0 };
            if x < 0.0 { PI as T } else { positive }
        };
    },
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// The angle of a real number in the complex plane: π below 0, else 0. Its gradient is 0.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn angle(input: &Tensor) -> Result<Tensor> {
    apply1(&ANGLE, &[input.into()])
}

/// `input` itself: the `+` before a tensor.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn positive(input: &Tensor) -> Result<Tensor> {
    if input.dtype() == DType::Bool {
        return named("positive", Err(Error::not_implemented("The `+` operator, on a bool tensor is not supported.")));
    }
    Ok(input.clone())
}

static GCD: Pointwise = Pointwise {
    name: "gcd",
    kernels: kernels! { i64 => |a: T, b: T| -> T { common_divisor(a, b) } },
    kernel_name: "gcd_cpu",
    ..Pointwise::DEFAULT
};

fn common_divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a as i64
}

/// The greatest common divisor of integers, elementwise with broadcasting; that of 0 and 0 is 0.
///
/// # Errors
/// If the shapes do not broadcast; for floats and booleans.
#[track_caller]
pub fn gcd(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&GCD, &[input.into(), other.into()])
}

static LCM: Pointwise = Pointwise {
    name: "lcm",
    kernels: kernels! {
        i64 => |a: T, b: T| -> T {
            let divisor = common_divisor(a, b);
            if divisor == 0 { 0 } else { (a / divisor).wrapping_mul(b).wrapping_abs() }
        };
    },
    kernel_name: "lcm_cpu",
    ..Pointwise::DEFAULT
};

/// The least common multiple of integers, elementwise with broadcasting; that with 0 is 0.
///
/// # Errors
/// As [`gcd`].
#[track_caller]
pub fn lcm(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&LCM, &[input.into(), other.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("deg2rad(Tensor self) -> Tensor", |a| deg2rad(a.tensor(0))),
    bind!("rad2deg(Tensor self) -> Tensor", |a| rad2deg(a.tensor(0))),
    bind!("copysign.Tensor(Tensor self, Tensor other) -> Tensor", |a| copysign(a.tensor(0), a.operand(1))),
    bind!("copysign.Scalar(Tensor self, Scalar other) -> Tensor", |a| copysign(a.tensor(0), a.operand(1))),
    bind!("ldexp.Tensor(Tensor self, Tensor other) -> Tensor", |a| ldexp(a.tensor(0), a.tensor(1))),
    bind!("float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", |a| float_power(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("float_power.Scalar(Scalar self, Tensor exponent) -> Tensor", |a| rpow(
        &to_dtype(a.tensor(1), DType::F64)?,
        Scalar::Float(a.scalar(0).to_f64())
    )),
    bind!("float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", |a| float_power(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("angle(Tensor self) -> Tensor", |a| angle(a.tensor(0))),
    bind!("positive(Tensor(a) self) -> Tensor(a)", |a| positive(a.tensor(0))),
    bind!("gcd(Tensor self, Tensor other) -> Tensor", |a| gcd(a.tensor(0), a.tensor(1))),
    bind!("lcm(Tensor self, Tensor other) -> Tensor", |a| lcm(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let both = || vec![uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3])];
    let special = || floats(&[0.0, -0.0, 1.0, -2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN], &[7]);
    let whole = || vec![ints(3, -12, 12, &[2, 6]), ints(4, -9, 9, &[6])];
    vec![
        unary_entry("deg2rad(Tensor input) -> Tensor", "torch.deg2rad(a) * 57", |x| mul(&deg2rad(x)?, 57), -90.0, 90.0),
        unary_entry("rad2deg(Tensor input) -> Tensor", "torch.rad2deg(a)", rad2deg, -2.0, 2.0),
        Entry::new("copysign(Tensor input, Tensor other) -> Tensor")
            .sample("torch.copysign(a, b)", both(), |t| copysign(&t[0], &t[1]))
            .skip(Check::NotSmall, "the derivative in the sign is zero")
            .sample("torch.copysign(a, -2.0)", [uniform(1, -2.0, 2.0, &[2, 3])], |t| copysign(&t[0], -2.0))
            .kink("torch.copysign(a, b)", [special(), floats(&[-0.0, 1.0], &[2, 1])], |t| copysign(&t[0], &t[1]))
            .skip(Check::NotSmall, "as above")
            .sample("torch.copysign(a, b)", whole(), |t| copysign(&t[0], &t[1])),
        Entry::new("ldexp(Tensor input, Tensor other) -> Tensor")
            .sample("torch.ldexp(a, b)", both(), |t| ldexp(&t[0], &t[1]))
            .sample("torch.ldexp(a, b)", [uniform(1, -2.0, 2.0, &[3]), ints(3, -3, 4, &[3])], |t| ldexp(&t[0], &t[1])),
        Entry::new("float_power(Tensor input, Tensor exponent) -> Tensor")
            .sample("torch.float_power(a, b)", [uniform(5, 0.3, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3])], |t| {
                float_power(&t[0], &t[1])
            })
            .sample("torch.float_power(a, 3)", [ints(3, -3, 4, &[4])], |t| float_power(&t[0], 3)),
        flat(unary_entry("angle(Tensor input) -> Tensor", "torch.angle(a)", angle, -2.0, 2.0)),
        Entry::new("positive(Tensor input) -> Tensor")
            .sample("torch.positive(a) * 2", [uniform(1, -2.0, 2.0, &[2, 3])], |t| mul(&positive(&t[0])?, 2))
            .error([bools(1, &[2])], |t| positive(&t[0]), "The `+` operator, on a bool tensor is not supported."),
        Entry::new("gcd(Tensor input, Tensor other) -> Tensor")
            .not_differentiable("it is of integers")
            .sample("torch.gcd(a, b)", whole(), |t| gcd(&t[0], &t[1]))
            .error([uniform(1, 0.0, 1.0, &[2])], |t| gcd(&t[0], &t[0]), "\"gcd_cpu\" not implemented for 'Double'"),
        Entry::new("lcm(Tensor input, Tensor other) -> Tensor").not_differentiable("it is of integers").sample(
            "torch.lcm(a, b)",
            whole(),
            |t| lcm(&t[0], &t[1]),
        ),
    ]
}
