//! add, sub, mul, div, neg.

use super::{common_dtype, named};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::kernels;

/// The sum of two gradients without history. In the memory of `sum`, if nobody else sees it and that is less work than a new tensor.
#[inline]
pub(crate) fn add_up(sum: Tensor, new: &Tensor) -> Result<Tensor> {
    if sum.is_unshared() && ADD.pair_into(sum.array(), new.array()) {
        return Ok(sum);
    }
    let is_ready = |t: &Tensor| !t.array().is_pending();
    if sum.numel() >= WORTH_WRITING && is_ready(&sum) && is_ready(new) && sum.owns_its_memory() {
        add_(&sum, new)?;
        return Ok(sum);
    }
    add(&sum, new)
}

/// Smaller sums are made anew, but the smallest: a new tensor costs less than the checks of a write in place.
const WORTH_WRITING: usize = 1 << 16;

static ADD: Pointwise = Pointwise {
    name: "add",
    node: "AddBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { a + b };
        i64 => |a: T, b: T| -> T { a.wrapping_add(b) };
        bool => |a: T, b: T| -> T { a | b };
    },
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || g[0].clone()), s.when(1, || g[0].clone())]))),
    ..Pointwise::DEFAULT
};

/// `input + other`, elementwise with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn add<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&ADD, &[input.into(), other.into()])
}

/// [`add`] into `input`.
///
/// # Errors
/// Those of [`add`] and of in-place writes in general.
#[track_caller]
pub fn add_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply_in_place(&ADD, "add_", input, &[other.into()])?;
    Ok(input.clone())
}

static SUB: Pointwise = Pointwise {
    name: "sub",
    node: "SubBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { a - b };
        i64 => |a: T, b: T| -> T { a.wrapping_sub(b) };
    },
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || g[0].clone()), s.when(1, || -&g[0])]))),
    ..Pointwise::DEFAULT
};

/// `input - other`, elementwise with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast, or for booleans.
#[track_caller]
pub fn sub<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    refuse_bool(input, other)?;
    apply1(&SUB, &[input.into(), other])
}

/// [`sub`] into `input`.
///
/// # Errors
/// Those of [`sub`] and of in-place writes in general.
#[track_caller]
pub fn sub_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    refuse_bool(input, other)?;
    apply_in_place(&SUB, "sub_", input, &[other])?;
    Ok(input.clone())
}

/// `other - input`; the order of `number - tensor`.
///
/// # Errors
/// As [`sub`].
#[track_caller]
pub fn rsub<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    refuse_bool(input, other)?;
    apply1(&RSUB, &[input.into(), other])
}

static RSUB: Pointwise = Pointwise {
    name: "rsub",
    node: "RsubBackward1",
    arguments: "self ~other",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { b - a };
        i64 => |a: T, b: T| -> T { b.wrapping_sub(a) };
    },
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || -&g[0]), s.when(1, || g[0].clone())]))),
    ..Pointwise::DEFAULT
};

fn times(input: &Tensor, alpha: Scalar) -> Result<Tensor> {
    if alpha == ONE { Ok(input.clone()) } else { mul(input, alpha) }
}

static ADD_ALPHA: Pointwise = Pointwise {
    arguments: "self other ~alpha",
    kernels: kernels! {
        f32, f64 => |a: T, b: T, alpha: T| -> T { a + alpha * b };
        i64 => |a: T, b: T, alpha: T| -> T { a.wrapping_add(alpha.wrapping_mul(b)) };
        bool => |a: T, b: T, alpha: T| -> T { a | (alpha & b) };
    },
    saves: Saves::NONE.attribute(2, &[1]),
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || g[0].clone()), s.when(1, || &g[0] * s.input(2)), None]))),
    ..ADD
};

static SUB_ALPHA: Pointwise = Pointwise {
    arguments: "self other ~alpha",
    kernels: kernels! {
        f32, f64 => |a: T, b: T, alpha: T| -> T { a - alpha * b };
        i64 => |a: T, b: T, alpha: T| -> T { a.wrapping_sub(alpha.wrapping_mul(b)) };
    },
    saves: Saves::NONE.attribute(2, &[1]),
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || g[0].clone()), s.when(1, || -(&g[0] * s.input(2))), None]))),
    ..SUB
};

/// The number as a third operand. It does not count in promotion.
fn factor(input: &Tensor, other: Operand, alpha: Scalar) -> Result<Operand<'static>> {
    let dtype = common_dtype(&[input.into(), other]);
    if matches!(alpha, Scalar::Bool(_)) && dtype != DType::Bool {
        return Err(Error::runtime("Boolean alpha only supported for Boolean results."));
    }
    if dtype.is_differentiable() {
        return Ok(Operand::Scalar(alpha));
    }
    if alpha.is_float() {
        return Err(Error::runtime("For integral input tensors, argument alpha must not be a floating point number."));
    }
    Ok(Operand::Scalar(alpha.to_dtype(dtype)))
}

const ONE: Scalar = Scalar::Int(1);

/// `input + alpha * other`, elementwise with broadcasting, in one pass.
///
/// # Errors
/// If the shapes do not broadcast; for integers if `alpha` is not an integer.
#[track_caller]
pub fn add_alpha<'a>(input: &Tensor, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Result<Tensor> {
    let (other, alpha) = (other.into(), alpha.into());
    if alpha == ONE {
        return add(input, other);
    }
    apply1(&ADD_ALPHA, &[input.into(), other, named("add", factor(input, other, alpha))?])
}

/// [`add_alpha`] into `input`.
///
/// # Errors
/// Those of [`add_alpha`] and of in-place writes in general.
#[track_caller]
pub fn add_alpha_<'a>(input: &Tensor, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Result<Tensor> {
    let (other, alpha) = (other.into(), alpha.into());
    if alpha == ONE {
        return add_(input, other);
    }
    apply_in_place(&ADD_ALPHA, "add_", input, &[other, named("add_", factor(input, other, alpha))?])?;
    Ok(input.clone())
}

/// `input - alpha * other`, elementwise with broadcasting, in one pass.
///
/// # Errors
/// If the shapes do not broadcast; for booleans; for integers if `alpha` is not an integer.
#[track_caller]
pub fn sub_alpha<'a>(input: &Tensor, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Result<Tensor> {
    let (other, alpha) = (other.into(), alpha.into());
    if alpha == ONE {
        return sub(input, other);
    }
    refuse_bool(input, other)?;
    apply1(&SUB_ALPHA, &[input.into(), other, named("sub", factor(input, other, alpha))?])
}

/// [`sub_alpha`] into `input`.
///
/// # Errors
/// Those of [`sub_alpha`] and of in-place writes in general.
#[track_caller]
pub fn sub_alpha_<'a>(input: &Tensor, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Result<Tensor> {
    let (other, alpha) = (other.into(), alpha.into());
    if alpha == ONE {
        return sub_(input, other);
    }
    refuse_bool(input, other)?;
    apply_in_place(&SUB_ALPHA, "sub_", input, &[other, named("sub_", factor(input, other, alpha))?])?;
    Ok(input.clone())
}

const NO_MASKS: &str = "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";

/// Booleans are not subtracted, and from nothing.
fn refuse_bool(input: &Tensor, other: Operand) -> Result<()> {
    let other = match other {
        Operand::Tensor(t) => t.dtype() == DType::Bool,
        Operand::Scalar(s) => matches!(s, Scalar::Bool(_)),
    };
    match (input.dtype() == DType::Bool, other) {
        (false, false) => Ok(()),
        (true, true) => Err(Error::not_implemented(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
        )),
        _ => Err(Error::not_implemented(NO_MASKS)),
    }
}

static MUL: Pointwise = Pointwise {
    name: "mul",
    node: "MulBackward0",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { a * b };
        i64 => |a: T, b: T| -> T { a.wrapping_mul(b) };
        bool => |a: T, b: T| -> T { a & b };
    },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0]),
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || &g[0] * s.input(1)), s.when(1, || &g[0] * s.input(0))]))),
    ..Pointwise::DEFAULT
};

/// `input * other`, elementwise with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn mul<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&MUL, &[input.into(), other.into()])
}

/// [`mul`] into `input`.
///
/// # Errors
/// Those of [`mul`] and of in-place writes in general.
#[track_caller]
pub fn mul_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply_in_place(&MUL, "mul_", input, &[other.into()])?;
    Ok(input.clone())
}

static DIV: Pointwise = Pointwise {
    name: "div",
    node: "DivBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |a: T, b: T| -> T { a / b } },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let by = |y: &Tensor| &g[0] / y;
        Ok(Grads::from([
            s.when(0, || by(s.input(1))),
            // d/dy x/y = -x/y², in the order that does not overflow for large y.
            s.when(1, || -by(s.input(1)) * (s.input(0) / s.input(1))),
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input / other`, elementwise with broadcasting; integers give floats.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn div<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&DIV, &[input.into(), other.into()])
}

/// [`div`] into `input`.
///
/// # Errors
/// Those of [`div`] and of in-place writes in general (integers cannot hold the result).
#[track_caller]
pub fn div_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply_in_place(&DIV, "div_", input, &[other.into()])?;
    Ok(input.clone())
}

/// `other / input`; the order of `number / tensor`. PyTorch records it as a reciprocal and a product, and so do we.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn rdiv<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    mul(&reciprocal(input)?, other)
}

static RECIPROCAL: Pointwise = Pointwise {
    name: "reciprocal",
    node: "ReciprocalBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { 1.0 / x } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || -&g[0] * (s.output(0) * s.output(0)))]))),
    ..Pointwise::DEFAULT
};

/// `1 / input`; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn reciprocal(input: &Tensor) -> Result<Tensor> {
    apply1(&RECIPROCAL, &[input.into()])
}

static NEG: Pointwise = Pointwise {
    name: "neg",
    node: "NegBackward0",
    kernels: kernels! {
        f32, f64 => |x: T| -> T { -x };
        i64 => |x: T| -> T { x.wrapping_neg() };
    },
    vjp: Some(|g, s| Ok(Grads::from([s.when(0, || -&g[0])]))),
    ..Pointwise::DEFAULT
};

/// `-input`, elementwise.
///
/// # Errors
/// For booleans.
#[track_caller]
pub fn neg(input: &Tensor) -> Result<Tensor> {
    refuse_negation(input)?;
    apply1(&NEG, &[input.into()])
}

fn refuse_negation(input: &Tensor) -> Result<()> {
    if input.dtype() == DType::Bool {
        return Err(Error::not_implemented(
            "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
        ));
    }
    Ok(())
}

/// [`neg`] into `input`.
///
/// # Errors
/// Those of [`neg`] and of in-place writes in general.
#[track_caller]
pub fn neg_(input: &Tensor) -> Result<Tensor> {
    refuse_negation(input)?;
    apply_in_place(&NEG, "neg_", input, &[])?;
    Ok(input.clone())
}

in_place! {
    pub fn reciprocal_(input: &Tensor) -> Result<Tensor> = reciprocal, RECIPROCAL;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", |a| add_alpha(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", |a| add_alpha(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("add.deprecated(Tensor self, Scalar alpha, Tensor other) -> Tensor", |a| add_alpha(
        a.tensor(0),
        a.operand(2),
        a.scalar(1)
    )),
    bind!("Tensor::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", |a| add_alpha_(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("Tensor::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", |a| add_alpha_(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("Tensor::add_.deprecated(Tensor(a!) self, Scalar alpha, Tensor other) -> Tensor(a!)", |a| add_alpha_(
        a.tensor(0),
        a.operand(2),
        a.scalar(1)
    )),
    bind!("sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", |a| sub_alpha(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", |a| sub_alpha(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("sub.deprecated(Tensor self, Scalar alpha, Tensor other) -> Tensor", |a| sub_alpha(
        a.tensor(0),
        a.operand(2),
        a.scalar(1)
    )),
    bind!("Tensor::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", |a| sub_alpha_(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("Tensor::sub_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", |a| sub_alpha_(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("Tensor::sub_.deprecated(Tensor(a!) self, Scalar alpha, Tensor other) -> Tensor(a!)", |a| sub_alpha_(
        a.tensor(0),
        a.operand(2),
        a.scalar(1)
    )),
    bind!("subtract.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", |a| sub_alpha(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", |a| sub_alpha(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("Tensor::subtract_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", |a| sub_alpha_(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("Tensor::subtract_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", |a| sub_alpha_(
        a.tensor(0),
        a.operand(1),
        a.scalar(2)
    )),
    bind!("torch::rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", |a| rsub(
        &times(a.tensor(0), a.scalar(2))?,
        a.operand(1)
    )),
    bind!("torch::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", |a| rsub(
        &times(a.tensor(0), a.scalar(2))?,
        a.operand(1)
    )),
    bind!("mul.Tensor(Tensor self, Tensor other) -> Tensor", |a| mul(a.tensor(0), a.operand(1))),
    bind!("mul.Scalar(Tensor self, Scalar other) -> Tensor", |a| mul(a.tensor(0), a.operand(1))),
    bind!("Tensor::mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| mul_(a.tensor(0), a.operand(1))),
    bind!("Tensor::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| mul_(a.tensor(0), a.operand(1))),
    bind!("multiply.Tensor(Tensor self, Tensor other) -> Tensor", |a| mul(a.tensor(0), a.operand(1))),
    bind!("multiply.Scalar(Tensor self, Scalar other) -> Tensor", |a| mul(a.tensor(0), a.operand(1))),
    bind!("Tensor::multiply_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| mul_(a.tensor(0), a.operand(1))),
    bind!("Tensor::multiply_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| mul_(a.tensor(0), a.operand(1))),
    bind!("true_divide.Tensor(Tensor self, Tensor other) -> Tensor", |a| div(a.tensor(0), a.operand(1))),
    bind!("true_divide.Scalar(Tensor self, Scalar other) -> Tensor", |a| div(a.tensor(0), a.operand(1))),
    bind!("Tensor::true_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| div_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::true_divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| div_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("neg(Tensor self) -> Tensor", |a| neg(a.tensor(0))),
    bind!("neg_(Tensor(a!) self) -> Tensor(a!)", |a| neg_(a.tensor(0))),
    bind!("negative(Tensor self) -> Tensor", |a| neg(a.tensor(0))),
    bind!("negative_(Tensor(a!) self) -> Tensor(a!)", |a| neg_(a.tensor(0))),
    bind!("reciprocal(Tensor self) -> Tensor", |a| reciprocal(a.tensor(0))),
    bind!("reciprocal_(Tensor(a!) self) -> Tensor(a!)", |a| reciprocal_(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, 0.5, 2.0, &[3]));
    let (i, j) = (ints(3, -5, 6, &[2, 3]), ints(4, 1, 7, &[2, 3]));
    let both = || vec![a.clone(), b.clone()];
    let whole = || vec![i.clone(), j.clone()];
    let mismatch = || vec![uniform(1, 0.0, 1.0, &[2, 3]), uniform(1, 0.0, 1.0, &[4])];
    vec![
        Entry::new("add(Tensor input, Tensor other, *, Scalar alpha=1) -> Tensor")
            .sample("a + b", both(), |t| add(&t[0], &t[1]))
            .sample("a + b", whole(), |t| add(&t[0], &t[1]))
            .sample("a + 2.5", [i.clone()], |t| add(&t[0], 2.5))
            .sample("torch.add(a, b, alpha=-1.5)", both(), |t| add_alpha(&t[0], &t[1], -1.5))
            .sample("torch.add(a, b, alpha=3)", whole(), |t| add_alpha(&t[0], &t[1], 3))
            .sample("torch.add(a, b, alpha=2)", [i.clone(), b.clone()], |t| add_alpha(&t[0], &t[1], 2))
            .sample("torch.add(a > 0, b > 1, alpha=False)", both(), |t| {
                add_alpha(&super::gt(&t[0], 0)?, &super::gt(&t[1], 1)?, false)
            })
            .error(
                whole(),
                |t| add_alpha(&t[0], &t[1], 1.5),
                "For integral input tensors, argument alpha must not be a floating point number.",
            )
            .error(both(), |t| add_alpha(&t[0], &t[1], true), "Boolean alpha only supported for Boolean results.")
            .sample("(a > 0) + (b > 1)", both(), |t| add(&super::gt(&t[0], 0)?, &super::gt(&t[1], 1)?))
            .error(
                mismatch(),
                |t| add(&t[0], &t[1]),
                "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
            ),
        Entry::new("sub(Tensor input, Tensor other, *, Scalar alpha=1) -> Tensor")
            .sample("a - b", both(), |t| sub(&t[0], &t[1]))
            .sample("a - b", whole(), |t| sub(&t[0], &t[1]))
            .sample("torch.sub(a, b, alpha=2.5)", both(), |t| sub_alpha(&t[0], &t[1], 2.5))
            .sample("torch.sub(a, b, alpha=2)", whole(), |t| sub_alpha(&t[0], &t[1], 2))
            .error(
                both(),
                |t| sub(&super::gt(&t[0], 0)?, &super::gt(&t[1], 0)?),
                "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
            )
            .error(both(), |t| sub(&t[0], &super::gt(&t[1], 0)?), NO_MASKS),
        Entry::new("rsub(Tensor input, Scalar other, Scalar alpha=1) -> Tensor")
            .sample("3 - a", [a.clone()], |t| rsub(&t[0], 3))
            .error([a.clone()], |t| rsub(&super::gt(&t[0], 0)?, 1), NO_MASKS),
        Entry::new("mul(Tensor input, Tensor other) -> Tensor")
            .sample("a * b", both(), |t| mul(&t[0], &t[1]))
            .sample("a * a", [a.clone()], |t| mul(&t[0], &t[0]))
            .sample("a * b", whole(), |t| mul(&t[0], &t[1]))
            .sample("a * 3", [b.clone()], |t| mul(&t[0], 3)),
        Entry::new("div(Tensor input, Tensor other) -> Tensor")
            .sample("a / b", both(), |t| div(&t[0], &t[1]))
            .sample("a / b", whole(), |t| div(&t[0], &t[1]))
            .sample("a / b", [floats(&[1.0, -1.0, 0.0], &[3]), floats(&[0.0], &[1])], |t| div(&t[0], &t[1]))
            .skip(crate::testing::Check::Gradcheck, "the gradient at a division by zero is infinite")
            .skip(crate::testing::Check::Gradgradcheck, "as above"),
        Entry::new("reciprocal(Tensor input) -> Tensor")
            .sample("torch.reciprocal(a)", [b.clone()], |t| reciprocal(&t[0])),
        Entry::new("neg(Tensor input) -> Tensor").sample("-a", [a.clone()], |t| neg(&t[0])),
    ]
}
