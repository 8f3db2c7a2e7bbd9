//! Rounding: floor, ceil, round, trunc, frac.

use super::{flat, float_entry, unary_entry, zero};
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::Grads;
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints};
use wengert_kernels::kernels;

static FLOOR: Pointwise = Pointwise {
    name: "floor",
    node: "FloorBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { x.floor() };
        i64 => |x: T| -> T { x };
    },
    kernel_name: "floor_vml_cpu",
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// The largest integer that is not above `input`. Its gradient is zero.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn floor(input: &Tensor) -> Result<Tensor> {
    apply1(&FLOOR, &[input.into()])
}

static CEIL: Pointwise = Pointwise {
    name: "ceil",
    node: "CeilBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { x.ceil() };
        i64 => |x: T| -> T { x };
    },
    kernel_name: "ceil_vml_cpu",
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// The smallest integer that is not below `input`. Its gradient is zero.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn ceil(input: &Tensor) -> Result<Tensor> {
    apply1(&CEIL, &[input.into()])
}

static TRUNC: Pointwise = Pointwise {
    name: "trunc",
    node: "TruncBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { x.trunc() };
        i64 => |x: T| -> T { x };
    },
    kernel_name: "trunc_vml_cpu",
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// `input` without its fraction. Its gradient is zero.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn trunc(input: &Tensor) -> Result<Tensor> {
    apply1(&TRUNC, &[input.into()])
}

static FRAC: Pointwise = Pointwise {
    name: "frac",
    node: "FracBackward0",
    kernels: kernels! { f32, f64 => |x: T| -> T { x - x.trunc() } },
    kernel_name: "frac_cpu",
    vjp: Some(|g, _| Ok(Grads::one(Some(g[0].clone())))),
    ..Pointwise::DEFAULT
};

/// The fraction of `input`, with its sign.
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn frac(input: &Tensor) -> Result<Tensor> {
    apply1(&FRAC, &[input.into()])
}

static ROUND: Pointwise = Pointwise {
    name: "round",
    node: "RoundBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { x.round_ties_even() };
        i64 => |x: T| -> T { x };
    },
    kernel_name: "round_vml_cpu",
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// The nearest integer; a half goes to the even one. Its gradient is zero.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn round(input: &Tensor) -> Result<Tensor> {
    apply1(&ROUND, &[input.into()])
}

/// Scales up, rounds, scales down: [`round_decimals`] for positive numbers of decimals.
static ROUND_DECIMALS: Pointwise = Pointwise {
    name: "round",
    node: "RoundBackward1",
    promote: Promote::First,
    kernels: kernels! { f32, f64 => |x: T, scale: T| -> T { (x * scale).round_ties_even() / scale } },
    kernel_name: "round_cpu",
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// The same for negative numbers of decimals.
static ROUND_TENS: Pointwise = Pointwise {
    kernels: kernels! { f32, f64 => |x: T, scale: T| -> T { (x / scale).round_ties_even() * scale } },
    ..ROUND_DECIMALS
};

/// [`round`] to `decimals` digits behind the point, or before it if negative (`torch.round(input, decimals=...)`).
///
/// # Errors
/// For integers and booleans.
#[track_caller]
pub fn round_decimals(input: &Tensor, decimals: i64) -> Result<Tensor> {
    let (op, scale) = scaling(decimals);
    apply1(op, &[input.into(), scale])
}

/// [`round_decimals`] into `input`.
///
/// # Errors
/// Those of [`round_decimals`] and of in-place writes in general.
#[track_caller]
pub fn round_decimals_(input: &Tensor, decimals: i64) -> Result<Tensor> {
    let (op, scale) = scaling(decimals);
    apply_in_place(op, "round_", input, &[scale])?;
    Ok(input.clone())
}

fn scaling(decimals: i64) -> (&'static Pointwise, Operand<'static>) {
    let op = if decimals < 0 { &ROUND_TENS } else { &ROUND_DECIMALS };
    (op, Operand::Scalar(Scalar::Int(10i64.saturating_pow(decimals.unsigned_abs() as u32))))
}

in_place! {
    pub fn floor_(input: &Tensor) -> Result<Tensor> = floor, FLOOR;
    pub fn ceil_(input: &Tensor) -> Result<Tensor> = ceil, CEIL;
    pub fn trunc_(input: &Tensor) -> Result<Tensor> = trunc, TRUNC;
    pub fn frac_(input: &Tensor) -> Result<Tensor> = frac, FRAC;
    pub fn round_(input: &Tensor) -> Result<Tensor> = round, ROUND;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("floor(Tensor self) -> Tensor", |a| floor(a.tensor(0))),
    bind!("floor_(Tensor(a!) self) -> Tensor(a!)", |a| floor_(a.tensor(0))),
    bind!("ceil(Tensor self) -> Tensor", |a| ceil(a.tensor(0))),
    bind!("ceil_(Tensor(a!) self) -> Tensor(a!)", |a| ceil_(a.tensor(0))),
    bind!("trunc(Tensor self) -> Tensor", |a| trunc(a.tensor(0))),
    bind!("trunc_(Tensor(a!) self) -> Tensor(a!)", |a| trunc_(a.tensor(0))),
    bind!("fix(Tensor self) -> Tensor", |a| trunc(a.tensor(0))),
    bind!("fix_(Tensor(a!) self) -> Tensor(a!)", |a| trunc_(a.tensor(0))),
    bind!("frac(Tensor self) -> Tensor", |a| frac(a.tensor(0))),
    bind!("frac_(Tensor(a!) self) -> Tensor(a!)", |a| frac_(a.tensor(0))),
    bind!("round(Tensor self) -> Tensor", |a| round(a.tensor(0))),
    bind!("round.decimals(Tensor self, *, int decimals) -> Tensor", |a| round_decimals(a.tensor(0), a.int(1))),
    bind!("round_(Tensor(a!) self) -> Tensor(a!)", |a| round_(a.tensor(0))),
    bind!("round_.decimals(Tensor(a!) self, *, int decimals) -> Tensor(a!)", |a| round_decimals_(
        a.tensor(0),
        a.int(1)
    )),
    bind!("special::round(Tensor self, *, int decimals=0) -> Tensor", |a| round_decimals(a.tensor(0), a.int(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let entry = |signature, torch, f: fn(&Tensor) -> Result<Tensor>, refusal| {
        flat(
            unary_entry(signature, torch, f, -2.9, 2.9)
                .kink(torch, [floats(&[2.5, 3.5, -2.5, -0.4, 0.5, 1e300], &[6])], move |t| f(&t[0]))
                .error([bools(1, &[2])], move |t| f(&t[0]), refusal),
        )
    };
    let digits = || floats(&[2.555, 1234.5, -0.123, 0.0, f64::NAN, f64::INFINITY], &[6]);
    vec![
        entry("floor(Tensor input) -> Tensor", "torch.floor(a)", floor, "\"floor_vml_cpu\" not implemented for 'Bool'"),
        entry("ceil(Tensor input) -> Tensor", "torch.ceil(a)", ceil, "\"ceil_vml_cpu\" not implemented for 'Bool'"),
        entry("trunc(Tensor input) -> Tensor", "torch.trunc(a)", trunc, "\"trunc_vml_cpu\" not implemented for 'Bool'"),
        entry("round(Tensor input) -> Tensor", "torch.round(a)", round, "\"round_vml_cpu\" not implemented for 'Bool'"),
        flat(
            Entry::new("round_decimals(Tensor input, int decimals) -> Tensor")
                .kink("torch.round(a, decimals=2)", [digits()], |t| round_decimals(&t[0], 2))
                .kink("torch.round(a, decimals=-2)", [digits()], |t| round_decimals(&t[0], -2))
                .error([ints(2, 0, 9, &[3])], |t| round_decimals(&t[0], 2), "\"round_cpu\" not implemented for 'Long'"),
        ),
        float_entry("frac(Tensor input) -> Tensor", "torch.frac(a)", frac, -0.9, 0.9).error(
            [ints(2, 0, 9, &[3])],
            |t| frac(&t[0]),
            "\"frac_cpu\" not implemented for 'Long'",
        ),
    ]
}
