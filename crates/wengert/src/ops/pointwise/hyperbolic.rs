//! Hyperbolic functions and their inverses.

use super::{rsqrt, unary_entry, when};
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::Entry;
use wengert_kernels::{kernels, math};

static SINH: Pointwise = Pointwise {
    name: "sinh",
    node: "SinhBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::sinh(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * cosh(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The hyperbolic sine; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sinh(input: &Tensor) -> Result<Tensor> {
    apply1(&SINH, &[input.into()])
}

static COSH: Pointwise = Pointwise {
    name: "cosh",
    node: "CoshBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::cosh(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * sinh(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The hyperbolic cosine; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn cosh(input: &Tensor) -> Result<Tensor> {
    apply1(&COSH, &[input.into()])
}

static TANH: Pointwise = Pointwise {
    name: "tanh",
    node: "TanhBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::tanh(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(tanh_backward(&g[0], s.output(0))?)))),
    ..Pointwise::DEFAULT
};

/// The hyperbolic tangent; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn tanh(input: &Tensor) -> Result<Tensor> {
    apply1(&TANH, &[input.into()])
}

static ASINH: Pointwise = Pointwise {
    name: "asinh",
    node: "AsinhBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::asinh(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] * rsqrt(&(x * x + 1))?)))
    }),
    ..Pointwise::DEFAULT
};

/// The inverse hyperbolic sine; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn asinh(input: &Tensor) -> Result<Tensor> {
    apply1(&ASINH, &[input.into()])
}

static ACOSH: Pointwise = Pointwise {
    name: "acosh",
    node: "AcoshBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::acosh(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] * rsqrt(&(x * x - 1))?)))
    }),
    ..Pointwise::DEFAULT
};

/// The inverse hyperbolic cosine; NaN below 1, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn acosh(input: &Tensor) -> Result<Tensor> {
    apply1(&ACOSH, &[input.into()])
}

static ATANH: Pointwise = Pointwise {
    name: "atanh",
    node: "AtanhBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::atanh(x) } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| {
        let x = s.input(0);
        Ok(Grads::one(Some(&g[0] / (1 - x * x))))
    }),
    ..Pointwise::DEFAULT
};

/// The inverse hyperbolic tangent; NaN outside of -1 to 1, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn atanh(input: &Tensor) -> Result<Tensor> {
    apply1(&ATANH, &[input.into()])
}

/// The gradient of [`tanh`] from its result, in one pass: `g * (1 - y * y)`.
static TANH_BACKWARD: Pointwise = Pointwise {
    name: "tanh_backward",
    node: "TanhBackwardBackward0",
    kernels: kernels! { f32, f64 => |g: T, y: T| -> T { g * (1.0 - y * y) } },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let d = &g[0];
        Ok(Grads::from([
            when(s, 0, || tanh_backward(d, s.input(1)))?,
            s.when(1, || d * s.input(0) * s.input(1) * -2.0),
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn tanh_backward(g: &Tensor, y: &Tensor) -> Result<Tensor> {
    apply1(&TANH_BACKWARD, &[g.into(), y.into()])
}

in_place! {
    pub fn sinh_(input: &Tensor) -> Result<Tensor> = sinh, SINH;
    pub fn cosh_(input: &Tensor) -> Result<Tensor> = cosh, COSH;
    pub fn tanh_(input: &Tensor) -> Result<Tensor> = tanh, TANH;
    pub fn asinh_(input: &Tensor) -> Result<Tensor> = asinh, ASINH;
    pub fn acosh_(input: &Tensor) -> Result<Tensor> = acosh, ACOSH;
    pub fn atanh_(input: &Tensor) -> Result<Tensor> = atanh, ATANH;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("sinh(Tensor self) -> Tensor", |a| sinh(a.tensor(0))),
    bind!("sinh_(Tensor(a!) self) -> Tensor(a!)", |a| sinh_(a.tensor(0))),
    bind!("cosh(Tensor self) -> Tensor", |a| cosh(a.tensor(0))),
    bind!("cosh_(Tensor(a!) self) -> Tensor(a!)", |a| cosh_(a.tensor(0))),
    bind!("tanh(Tensor self) -> Tensor", |a| tanh(a.tensor(0))),
    bind!("tanh_(Tensor(a!) self) -> Tensor(a!)", |a| tanh_(a.tensor(0))),
    bind!("asinh(Tensor self) -> Tensor", |a| asinh(a.tensor(0))),
    bind!("asinh_(Tensor(a!) self) -> Tensor(a!)", |a| asinh_(a.tensor(0))),
    bind!("arcsinh(Tensor self) -> Tensor", |a| asinh(a.tensor(0))),
    bind!("arcsinh_(Tensor(a!) self) -> Tensor(a!)", |a| asinh_(a.tensor(0))),
    bind!("acosh(Tensor self) -> Tensor", |a| acosh(a.tensor(0))),
    bind!("acosh_(Tensor(a!) self) -> Tensor(a!)", |a| acosh_(a.tensor(0))),
    bind!("arccosh(Tensor self) -> Tensor", |a| acosh(a.tensor(0))),
    bind!("arccosh_(Tensor(a!) self) -> Tensor(a!)", |a| acosh_(a.tensor(0))),
    bind!("atanh(Tensor self) -> Tensor", |a| atanh(a.tensor(0))),
    bind!("atanh_(Tensor(a!) self) -> Tensor(a!)", |a| atanh_(a.tensor(0))),
    bind!("arctanh(Tensor self) -> Tensor", |a| atanh(a.tensor(0))),
    bind!("arctanh_(Tensor(a!) self) -> Tensor(a!)", |a| atanh_(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        unary_entry("sinh(Tensor input) -> Tensor", "torch.sinh(a)", sinh, -2.0, 2.0),
        unary_entry("cosh(Tensor input) -> Tensor", "torch.cosh(a)", cosh, 0.3, 2.0),
        unary_entry("tanh(Tensor input) -> Tensor", "torch.tanh(a)", tanh, -1.5, 1.5),
        unary_entry("asinh(Tensor input) -> Tensor", "torch.asinh(a)", asinh, -2.0, 2.0),
        unary_entry("acosh(Tensor input) -> Tensor", "torch.acosh(a)", acosh, 1.2, 3.0),
        unary_entry("atanh(Tensor input) -> Tensor", "torch.atanh(a)", atanh, -0.8, 0.8),
    ]
}
