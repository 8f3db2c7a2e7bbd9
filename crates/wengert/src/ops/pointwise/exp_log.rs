//! Exponentials and logarithms.

use super::unary_entry;
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::Entry;
use std::f64::consts::{LN_2, LN_10};
use wengert_kernels::{kernels, math};

static EXP: Pointwise = Pointwise {
    name: "exp",
    node: "ExpBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::exp(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * s.output(0))))),
    ..Pointwise::DEFAULT
};

/// `e` to the power `input`; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn exp(input: &Tensor) -> Result<Tensor> {
    apply1(&EXP, &[input.into()])
}

static EXP2: Pointwise = Pointwise {
    name: "exp2",
    node: "Exp2Backward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::exp2(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * s.output(0) * LN_2)))),
    ..Pointwise::DEFAULT
};

/// 2 to the power `input`; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn exp2(input: &Tensor) -> Result<Tensor> {
    apply1(&EXP2, &[input.into()])
}

static EXPM1: Pointwise = Pointwise {
    name: "expm1",
    node: "Expm1Backward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::expm1(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * (s.output(0) + 1))))),
    ..Pointwise::DEFAULT
};

/// `exp(input) - 1`, accurate near 0; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn expm1(input: &Tensor) -> Result<Tensor> {
    apply1(&EXPM1, &[input.into()])
}

static LOG: Pointwise = Pointwise {
    name: "log",
    node: "LogBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::log(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] / s.input(0))))),
    ..Pointwise::DEFAULT
};

/// The natural logarithm; NaN below zero, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn log(input: &Tensor) -> Result<Tensor> {
    apply1(&LOG, &[input.into()])
}

static LOG2: Pointwise = Pointwise {
    name: "log2",
    node: "Log2Backward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::log2(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] / (s.input(0) * LN_2))))),
    ..Pointwise::DEFAULT
};

/// The logarithm to base 2; NaN below zero, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn log2(input: &Tensor) -> Result<Tensor> {
    apply1(&LOG2, &[input.into()])
}

static LOG10: Pointwise = Pointwise {
    name: "log10",
    node: "Log10Backward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::log10(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] / (s.input(0) * LN_10))))),
    ..Pointwise::DEFAULT
};

/// The logarithm to base 10; NaN below zero, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn log10(input: &Tensor) -> Result<Tensor> {
    apply1(&LOG10, &[input.into()])
}

static LOG1P: Pointwise = Pointwise {
    name: "log1p",
    node: "Log1PBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::log1p(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] / (s.input(0) + 1))))),
    ..Pointwise::DEFAULT
};

/// `log(1 + input)`, accurate near 0; NaN below -1, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn log1p(input: &Tensor) -> Result<Tensor> {
    apply1(&LOG1P, &[input.into()])
}

in_place! {
    pub fn exp_(input: &Tensor) -> Result<Tensor> = exp, EXP;
    pub fn exp2_(input: &Tensor) -> Result<Tensor> = exp2, EXP2;
    pub fn expm1_(input: &Tensor) -> Result<Tensor> = expm1, EXPM1;
    pub fn log_(input: &Tensor) -> Result<Tensor> = log, LOG;
    pub fn log2_(input: &Tensor) -> Result<Tensor> = log2, LOG2;
    pub fn log10_(input: &Tensor) -> Result<Tensor> = log10, LOG10;
    pub fn log1p_(input: &Tensor) -> Result<Tensor> = log1p, LOG1P;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("exp(Tensor self) -> Tensor", |a| exp(a.tensor(0))),
    bind!("exp_(Tensor(a!) self) -> Tensor(a!)", |a| exp_(a.tensor(0))),
    bind!("exp2(Tensor self) -> Tensor", |a| exp2(a.tensor(0))),
    bind!("exp2_(Tensor(a!) self) -> Tensor(a!)", |a| exp2_(a.tensor(0))),
    bind!("expm1(Tensor self) -> Tensor", |a| expm1(a.tensor(0))),
    bind!("expm1_(Tensor(a!) self) -> Tensor(a!)", |a| expm1_(a.tensor(0))),
    bind!("log(Tensor self) -> Tensor", |a| log(a.tensor(0))),
    bind!("log_(Tensor(a!) self) -> Tensor(a!)", |a| log_(a.tensor(0))),
    bind!("log2(Tensor self) -> Tensor", |a| log2(a.tensor(0))),
    bind!("log2_(Tensor(a!) self) -> Tensor(a!)", |a| log2_(a.tensor(0))),
    bind!("log10(Tensor self) -> Tensor", |a| log10(a.tensor(0))),
    bind!("log10_(Tensor(a!) self) -> Tensor(a!)", |a| log10_(a.tensor(0))),
    bind!("log1p(Tensor self) -> Tensor", |a| log1p(a.tensor(0))),
    bind!("log1p_(Tensor(a!) self) -> Tensor(a!)", |a| log1p_(a.tensor(0))),
    bind!("special::exp2(Tensor self) -> Tensor", |a| exp2(a.tensor(0))),
    bind!("special::expm1(Tensor self) -> Tensor", |a| expm1(a.tensor(0))),
    bind!("special::log1p(Tensor self) -> Tensor", |a| log1p(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        unary_entry("exp(Tensor input) -> Tensor", "torch.exp(a)", exp, -2.0, 2.0),
        unary_entry("exp2(Tensor input) -> Tensor", "torch.exp2(a)", exp2, -2.0, 2.0),
        unary_entry("expm1(Tensor input) -> Tensor", "torch.expm1(a)", expm1, -2.0, 2.0),
        unary_entry("log(Tensor input) -> Tensor", "torch.log(a)", log, 0.2, 4.0),
        unary_entry("log2(Tensor input) -> Tensor", "torch.log2(a)", log2, 0.2, 4.0),
        unary_entry("log10(Tensor input) -> Tensor", "torch.log10(a)", log10, 0.2, 4.0),
        unary_entry("log1p(Tensor input) -> Tensor", "torch.log1p(a)", log1p, -0.8, 4.0),
    ]
}
