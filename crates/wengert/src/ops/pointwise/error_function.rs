//! erf, erfc.

use super::{exp, unary_entry};
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::Entry;
use std::f64::consts::FRAC_2_SQRT_PI;
use wengert_kernels::{kernels, math};

static ERF: Pointwise = Pointwise {
    name: "erf",
    node: "ErfBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::erf(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * bell(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The error function; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn erf(input: &Tensor) -> Result<Tensor> {
    apply1(&ERF, &[input.into()])
}

static ERFC: Pointwise = Pointwise {
    name: "erfc",
    node: "ErfcBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::erfc(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * -bell(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// `1 - erf(input)`, accurate for large arguments; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn erfc(input: &Tensor) -> Result<Tensor> {
    apply1(&ERFC, &[input.into()])
}

/// The derivative of the error function.
fn bell(x: &Tensor) -> Result<Tensor> {
    Ok(FRAC_2_SQRT_PI * exp(&-(x * x))?)
}

in_place! {
    pub fn erf_(input: &Tensor) -> Result<Tensor> = erf, ERF;
    pub fn erfc_(input: &Tensor) -> Result<Tensor> = erfc, ERFC;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("erf(Tensor self) -> Tensor", |a| erf(a.tensor(0))),
    bind!("erf_(Tensor(a!) self) -> Tensor(a!)", |a| erf_(a.tensor(0))),
    bind!("erfc(Tensor self) -> Tensor", |a| erfc(a.tensor(0))),
    bind!("erfc_(Tensor(a!) self) -> Tensor(a!)", |a| erfc_(a.tensor(0))),
    bind!("special::erf(Tensor self) -> Tensor", |a| erf(a.tensor(0))),
    bind!("special::erfc(Tensor self) -> Tensor", |a| erfc(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        unary_entry("erf(Tensor input) -> Tensor", "torch.erf(a)", erf, -1.5, 1.5),
        unary_entry("erfc(Tensor input) -> Tensor", "torch.erfc(a)", erfc, -1.5, 1.5),
    ]
}
