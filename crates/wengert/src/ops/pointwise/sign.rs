//! Sign and magnitude: abs, sign, sgn, heaviside.

use super::{flat, named, unary_entry, zero};
use crate::apply::{apply_in_place, apply1};
use crate::autograd::Options;
use crate::error::{Error, Result};
use crate::pointwise::Pointwise;
use crate::primitive::{Grads, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints};
use wengert_kernels::kernels;

static ABS: Pointwise = Pointwise {
    name: "abs",
    node: "AbsBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { x.abs() };
        i64 => |x: T| -> T { x.wrapping_abs() };
    },
    kernel_name: "abs_cpu",
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * sgn(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The absolute value. Its gradient at 0 is 0.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn abs(input: &Tensor) -> Result<Tensor> {
    apply1(&ABS, &[input.into()])
}

static SIGN: Pointwise = Pointwise {
    name: "sign",
    node: "SignBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { (x > 0.0) as u8 as T - (x < 0.0) as u8 as T };
        i64 => |x: T| -> T { x.signum() };
        bool => |x: T| -> T { x };
    },
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

/// -1, 0 or 1 by the sign; 0 for NaN. Its gradient is zero.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sign(input: &Tensor) -> Result<Tensor> {
    apply1(&SIGN, &[input.into()])
}

static SGN: Pointwise = Pointwise { name: "sgn", node: "SgnBackward0", saves: Saves::NONE.input(0, &[0]), ..SIGN };

/// [`sign`] under the name that PyTorch also has for complex numbers.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sgn(input: &Tensor) -> Result<Tensor> {
    apply1(&SGN, &[input.into()])
}

static HEAVISIDE: Pointwise = Pointwise {
    name: "heaviside",
    node: "NotImplemented",
    kernels: kernels! {
        f32, f64 => |x: T, at_zero: T| -> T { if x == 0.0 { at_zero } else { (x > 0.0) as u8 as T } };
        i64 => |x: T, at_zero: T| -> T { if x == 0 { at_zero } else { (x > 0) as T } };
        bool => |x: T, at_zero: T| -> T { x | at_zero };
    },
    vjp: Some(|_, _| Err(Error::runtime("derivative for aten::heaviside is not implemented"))),
    ..Pointwise::DEFAULT
};

/// The step function: 0 below zero and for NaN, 1 above, and `values` at zero. PyTorch has no derivative of it.
///
/// # Errors
/// If the dtypes differ, or the shapes do not broadcast; in backward always.
#[track_caller]
pub fn heaviside(input: &Tensor, values: &Tensor) -> Result<Tensor> {
    named("heaviside", same_dtype(input, values))?;
    apply1(&HEAVISIDE, &[input.into(), values.into()])
}

/// [`heaviside`] into `input`.
///
/// # Errors
/// Those of [`heaviside`] and of in-place writes in general.
#[track_caller]
pub fn heaviside_(input: &Tensor, values: &Tensor) -> Result<Tensor> {
    named("heaviside_", same_dtype(input, values))?;
    apply_in_place(&HEAVISIDE, "heaviside_", input, &[values.into()])?;
    Ok(input.clone())
}

fn same_dtype(a: &Tensor, b: &Tensor) -> Result<()> {
    if a.dtype() == b.dtype() {
        return Ok(());
    }
    Err(Error::runtime("heaviside is not yet implemented for tensors with different dtypes."))
}

in_place! {
    pub fn abs_(input: &Tensor) -> Result<Tensor> = abs, ABS;
    pub fn sign_(input: &Tensor) -> Result<Tensor> = sign, SIGN;
    pub fn sgn_(input: &Tensor) -> Result<Tensor> = sgn, SGN;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("abs(Tensor self) -> Tensor", |a| abs(a.tensor(0))),
    bind!("abs_(Tensor(a!) self) -> Tensor(a!)", |a| abs_(a.tensor(0))),
    bind!("absolute(Tensor self) -> Tensor", |a| abs(a.tensor(0))),
    bind!("Tensor::absolute_(Tensor(a!) self) -> Tensor(a!)", |a| abs_(a.tensor(0))),
    bind!("sign(Tensor self) -> Tensor", |a| sign(a.tensor(0))),
    bind!("Tensor::sign_(Tensor(a!) self) -> Tensor(a!)", |a| sign_(a.tensor(0))),
    bind!("sgn(Tensor self) -> Tensor", |a| sgn(a.tensor(0))),
    bind!("Tensor::sgn_(Tensor(a!) self) -> Tensor(a!)", |a| sgn_(a.tensor(0))),
    bind!("heaviside(Tensor self, Tensor values) -> Tensor", |a| heaviside(a.tensor(0), a.tensor(1))),
    bind!("Tensor::heaviside_(Tensor(a!) self, Tensor values) -> Tensor(a!)", |a| heaviside_(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let steps_entry = |signature, torch, f: fn(&Tensor) -> Result<Tensor>| {
        flat(unary_entry(signature, torch, f, -2.0, 2.0).sample(torch, [bools(3, &[5])], move |t| f(&t[0])))
    };
    let steps = || floats(&[-1.5, 0.0, 2.0, -0.0, f64::NAN], &[5]);
    vec![
        unary_entry("abs(Tensor input) -> Tensor", "torch.abs(a)", abs, -2.0, 2.0)
            .sample("torch.abs(a)", [Tensor::from_slice(&[i8::MIN, -1, 5], &[3])], |t| abs(&t[0]))
            .error([bools(1, &[2])], |t| abs(&t[0]), "\"abs_cpu\" not implemented for 'Bool'"),
        steps_entry("sign(Tensor input) -> Tensor", "torch.sign(a)", sign),
        steps_entry("sgn(Tensor input) -> Tensor", "torch.sgn(a)", sgn),
        Entry::new("heaviside(Tensor input, Tensor values) -> Tensor")
            .not_differentiable("PyTorch has no derivative of it")
            .sample("torch.heaviside(a.detach(), b.detach())", [steps(), floats(&[0.5], &[1])], |t| {
                heaviside(&t[0].detach(), &t[1].detach())
            })
            .sample("torch.heaviside(a, b)", [ints(4, -1, 2, &[2, 3]), ints(5, 5, 9, &[3])], |t| {
                heaviside(&t[0], &t[1])
            })
            .error(
                [steps(), ints(5, 5, 9, &[5])],
                |t| heaviside(&t[0], &t[1]),
                "heaviside is not yet implemented for tensors with different dtypes.",
            )
            .error(
                [steps()],
                |t| {
                    let y = heaviside(&t[0].detach().requires_grad_(true), &t[0])?;
                    y.backward_with(Some(&t[0]), Options::default()).map(|()| y)
                },
                "derivative for aten::heaviside is not implemented",
            ),
    ]
}
