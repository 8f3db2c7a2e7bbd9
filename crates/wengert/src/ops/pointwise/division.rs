//! Division with rounding and its remainders: div_mode, floor_divide, fmod, remainder.

use super::{common_dtype, flat, named, when, zero};
use crate::apply::{apply_in_place, apply1};
use crate::autograd::Options;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::pointwise::Pointwise;
use crate::primitive::{Grads, Saved, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, floats, ints, uniform};
use crate::transforms::of_all_examples;
use wengert_kernels::tile::Kernels;
use wengert_kernels::{kernels, repaired_micro};

/// Kernels for the floats from a function `f(a, b, r)` of the remainder `r` of a division rounded toward zero.
///
/// The vector pass takes `r = a - q * b` with `q = trunc(a / b)`, which is exact with a fused multiply-add while `q` is: only where
/// the quotient was rounded up to the next integer is `q` one too large. Larger quotients, infinities and NaN are done again
/// by the long division of `%`.
macro_rules! by_remainder {
    (|$a:ident, $b:ident, $r:ident| $body:block; $($i64:tt)*) => {
        Kernels {
            f32: Some(by_remainder!(@of f32, |$a, $b, $r| $body)),
            f64: Some(by_remainder!(@of f64, |$a, $b, $r| $body)),
            ..kernels! { $($i64)* }
        }
    };
    (@of $t:ident, |$a:ident, $b:ident, $r:ident| $body:block) => {
        repaired_micro!(|$a: $t, $b: $t| -> $t {
            let q = ($a / $b).trunc();
            let r = (-q).mul_add($b, $a);
            let beyond = ((r < 0.0) & ($a > 0.0)) | ((r > 0.0) & ($a < 0.0));
            let r = if beyond { r + $b.abs().copysign($a) } else { r };
            let $r = r.abs().copysign($a);
            $body
        } where {
            let quotient = ($a / $b).abs();
            quotient.is_nan() | (quotient * $t::EPSILON >= 1.0) | $b.is_infinite()
        } gives {
            let $r = $a % $b;
            $body
        })
    };
}

#[inline(always)]
fn int_mod(a: i64, b: i64) -> i64 {
    let r = a.wrapping_rem(b);
    if r != 0 && (r < 0) != (b < 0) { r + b } else { r }
}

#[inline(always)]
fn int_floor_div(a: i64, b: i64) -> i64 {
    let (q, r) = (a.wrapping_div(b), a.wrapping_rem(b));
    if r != 0 && (r < 0) != (b < 0) { q - 1 } else { q }
}

static DIV_TRUNC: Pointwise = Pointwise {
    name: "div",
    node: "DivBackward2",
    kernels: kernels! {
        f32, f64 => |a: T, b: T| -> T { (a / b).trunc() };
        i64 => |a: T, b: T| -> T { a.wrapping_div(b) };
    },
    kernel_name: "div_trunc_cpu",
    // Not read; but PyTorch saves them, so its graph is freed too.
    saves: Saves::NONE.input(1, &[0, 1]),
    vjp: Some(zero),
    ..Pointwise::DEFAULT
};

static DIV_FLOOR: Pointwise = Pointwise {
    // floor(a / b) alone could be one too large where the quotient rounds up.
    kernels: by_remainder! {
        |a, b, r| {
            let quotient = (a - r) / b;
            let quotient = if (r != 0.0) & ((r < 0.0) != (b < 0.0)) { quotient - 1.0 } else { quotient };
            let floor = quotient.floor();
            let nearest = if quotient - floor > 0.5 { floor + 1.0 } else { floor };
            // A quotient of 0 has the sign of a / b.
            let result = if quotient != 0.0 { nearest } else { (a / b) * 0.0 };
            if b == 0.0 { a / b } else { result }
        };
        i64 => |a: T, b: T| -> T { int_floor_div(a, b) };
    },
    kernel_name: "div_floor_cpu",
    ..DIV_TRUNC
};

/// `input / other` rounded toward zero (`"trunc"`) or down (`"floor"`), elementwise with broadcasting; integers stay integers.
/// Its gradient is zero. `torch.div(input, other, rounding_mode=...)`.
///
/// # Errors
/// If the shapes do not broadcast; for integers by zero; for two booleans; for another mode.
#[track_caller]
pub fn div_mode<'a>(input: &Tensor, other: impl Into<Operand<'a>>, rounding_mode: &str) -> Result<Tensor> {
    let other = other.into();
    let op = named("div", rounded_division(input.into(), other, rounding_mode))?;
    apply1(op, &[input.into(), other])
}

/// [`div_mode`] into `input`.
///
/// # Errors
/// Those of [`div_mode`] and of in-place writes in general.
#[track_caller]
pub fn div_mode_<'a>(input: &Tensor, other: impl Into<Operand<'a>>, rounding_mode: &str) -> Result<Tensor> {
    let other = other.into();
    let op = named("div_", rounded_division(input.into(), other, rounding_mode))?;
    apply_in_place(op, "div_", input, &[other])?;
    Ok(input.clone())
}

/// The division that PyTorch's `rounding_mode` asks for.
fn div_maybe_rounded(input: &Tensor, other: Operand, mode: Option<&str>) -> Result<Tensor> {
    mode.map_or_else(|| super::div(input, other), |mode| div_mode(input, other, mode))
}

fn div_maybe_rounded_(input: &Tensor, other: Operand, mode: Option<&str>) -> Result<Tensor> {
    mode.map_or_else(|| super::div_(input, other), |mode| div_mode_(input, other, mode))
}

fn rounded_division(input: Operand, other: Operand, mode: &str) -> Result<&'static Pointwise> {
    refuse_zero(input, other)?;
    match mode {
        "trunc" => Ok(&DIV_TRUNC),
        "floor" => Ok(&DIV_FLOOR),
        _ => Err(Error::runtime(format!(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{mode}'"
        ))),
    }
}

/// PyTorch's error of integer division.
fn refuse_zero(input: Operand, other: Operand) -> Result<()> {
    let dtype = common_dtype(&[input, other]);
    // Booleans are refused later, whatever they are divided by.
    if dtype.is_differentiable() || dtype == DType::Bool {
        return Ok(());
    }
    let zero = match other {
        Operand::Scalar(v) => v.to_i64() == 0,
        Operand::Tensor(t) => of_all_examples(t).to_vec::<i64>().contains(&0),
    };
    if zero { Err(Error::runtime("ZeroDivisionError").hint("integer division by zero")) } else { Ok(()) }
}

static FLOOR_DIVIDE: Pointwise = Pointwise {
    name: "floor_divide",
    node: "NotImplemented",
    saves: Saves::NONE,
    vjp: Some(|_, _| Err(Error::runtime("derivative for aten::floor_divide is not implemented"))),
    ..DIV_FLOOR
};

/// `input / other` rounded down, elementwise with broadcasting, as Python's `//`; integers stay integers. PyTorch has no
/// derivative of it; [`div_mode`] has one.
///
/// # Errors
/// If the shapes do not broadcast; for integers by zero; for two booleans; in backward always.
#[track_caller]
pub fn floor_divide<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    named("floor_divide", refuse_zero(input.into(), other))?;
    apply1(&FLOOR_DIVIDE, &[input.into(), other])
}

/// [`floor_divide`] into `input`.
///
/// # Errors
/// Those of [`floor_divide`] and of in-place writes in general.
#[track_caller]
pub fn floor_divide_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    named("floor_divide_", refuse_zero(input.into(), other))?;
    apply_in_place(&FLOOR_DIVIDE, "floor_divide_", input, &[other])?;
    Ok(input.clone())
}

/// `other / input` rounded down: the order of `number // tensor`.
///
/// # Errors
/// As [`floor_divide`].
#[track_caller]
pub fn rfloor_divide(input: &Tensor, other: impl Into<Scalar>) -> Result<Tensor> {
    let other = Operand::Scalar(other.into());
    named("floor_divide", refuse_zero(other, input.into()))?;
    apply1(&FLOOR_DIVIDE, &[other, input.into()])
}

/// `a - b * (a / b rounded)`: the gradient of `b` is minus the rounded quotient.
fn remainder_gradients(g: &Grads, s: &Saved, rounding_mode: &str) -> Result<Grads> {
    let other = when(s, 1, || Ok(-&g[0] * div_mode(s.input(0), s.input(1), rounding_mode)?))?;
    Ok(Grads::from([s.when(0, || g[0].clone()), other]))
}

static FMOD: Pointwise = Pointwise {
    name: "fmod",
    node: "FmodBackward1",
    kernels: by_remainder! {
        |a, b, r| { r };
        i64 => |a: T, b: T| -> T { a.wrapping_rem(b) };
    },
    kernel_name: "fmod_cpu",
    rounds_numbers: true,
    saves: Saves::NONE.input(0, &[1]).input(1, &[1]),
    vjp: Some(|g, s| remainder_gradients(g, s, "trunc")),
    ..Pointwise::DEFAULT
};
static FMOD_NUMBER: Pointwise = Pointwise { node: "FmodBackward0", arguments: "self ~other", ..FMOD };

static REMAINDER: Pointwise = Pointwise {
    name: "remainder",
    node: "RemainderBackward1",
    kernels: by_remainder! {
        |a, b, r| { if (r != 0.0) & ((r < 0.0) != (b < 0.0)) { r + b } else { r } };
        i64 => |a: T, b: T| -> T { int_mod(a, b) };
    },
    kernel_name: "remainder_cpu",
    vjp: Some(|g, s| remainder_gradients(g, s, "floor")),
    ..FMOD
};
static REMAINDER_NUMBER: Pointwise = Pointwise { node: "RemainderBackward0", arguments: "self ~other", ..REMAINDER };

fn by_operand(other: Operand, number: &'static Pointwise, tensor: &'static Pointwise) -> &'static Pointwise {
    if other.tensor().is_some() { tensor } else { number }
}

/// What is left of `input` after division by `other` rounded toward zero, with the sign of `input`; elementwise with broadcasting.
///
/// # Errors
/// If the shapes do not broadcast; for integers by zero; for two booleans.
#[track_caller]
pub fn fmod<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    if input.dtype() == DType::Bool && other.tensor().is_some_and(|t| t.dtype() == DType::Bool) {
        return Err(Error::not_implemented("\"fmod_cpu\" not implemented for 'Bool'"));
    }
    named("fmod", refuse_zero(input.into(), other))?;
    apply1(by_operand(other, &FMOD_NUMBER, &FMOD), &[input.into(), other])
}

/// [`fmod`] into `input`.
///
/// # Errors
/// Those of [`fmod`] and of in-place writes in general.
#[track_caller]
pub fn fmod_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    named("fmod_", refuse_zero(input.into(), other))?;
    apply_in_place(by_operand(other, &FMOD_NUMBER, &FMOD), "fmod_", input, &[other])?;
    Ok(input.clone())
}

/// What is left of `input` after division by `other` rounded down, with the sign of `other`, as Python's `%`; elementwise with
/// broadcasting.
///
/// # Errors
/// If the shapes do not broadcast; for integers by zero; for two booleans.
#[track_caller]
pub fn remainder<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    named("remainder", refuse_zero(input.into(), other))?;
    apply1(by_operand(other, &REMAINDER_NUMBER, &REMAINDER), &[input.into(), other])
}

/// [`remainder`] into `input`.
///
/// # Errors
/// Those of [`remainder`] and of in-place writes in general.
#[track_caller]
pub fn remainder_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    let other = other.into();
    named("remainder_", refuse_zero(input.into(), other))?;
    apply_in_place(by_operand(other, &REMAINDER_NUMBER, &REMAINDER), "remainder_", input, &[other])?;
    Ok(input.clone())
}

/// What is left of `other` after division by `input`: the order of `number % tensor`.
///
/// # Errors
/// As [`remainder`].
#[track_caller]
pub fn rremainder(input: &Tensor, other: impl Into<Scalar>) -> Result<Tensor> {
    let other = Operand::Scalar(other.into());
    named("remainder", refuse_zero(other, input.into()))?;
    apply1(&REMAINDER, &[other, input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("div.Tensor(Tensor self, Tensor other) -> Tensor", |a| super::div(a.tensor(0), a.operand(1))),
    bind!("div.Scalar(Tensor self, Scalar other) -> Tensor", |a| super::div(a.tensor(0), a.operand(1))),
    bind!("div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor", |a| div_maybe_rounded(
        a.tensor(0),
        a.operand(1),
        a.opt_str(2)
    )),
    bind!("div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor", |a| div_maybe_rounded(
        a.tensor(0),
        a.operand(1),
        a.opt_str(2)
    )),
    bind!("Tensor::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| super::div_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| super::div_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::div_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)", |a| {
        div_maybe_rounded_(a.tensor(0), a.operand(1), a.opt_str(2))
    }),
    bind!("Tensor::div_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)", |a| {
        div_maybe_rounded_(a.tensor(0), a.operand(1), a.opt_str(2))
    }),
    bind!("divide.Tensor(Tensor self, Tensor other) -> Tensor", |a| super::div(a.tensor(0), a.operand(1))),
    bind!("divide.Scalar(Tensor self, Scalar other) -> Tensor", |a| super::div(a.tensor(0), a.operand(1))),
    bind!("divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor", |a| div_maybe_rounded(
        a.tensor(0),
        a.operand(1),
        a.opt_str(2)
    )),
    bind!("divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor", |a| div_maybe_rounded(
        a.tensor(0),
        a.operand(1),
        a.opt_str(2)
    )),
    bind!("Tensor::divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| super::div_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| super::div_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::divide_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)", |a| {
        div_maybe_rounded_(a.tensor(0), a.operand(1), a.opt_str(2))
    }),
    bind!("Tensor::divide_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)", |a| {
        div_maybe_rounded_(a.tensor(0), a.operand(1), a.opt_str(2))
    }),
    bind!("floor_divide(Tensor self, Tensor other) -> Tensor", |a| floor_divide(a.tensor(0), a.operand(1))),
    bind!("floor_divide.Scalar(Tensor self, Scalar other) -> Tensor", |a| floor_divide(a.tensor(0), a.operand(1))),
    bind!("Tensor::floor_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| floor_divide_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::floor_divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| floor_divide_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("fmod.Tensor(Tensor self, Tensor other) -> Tensor", |a| fmod(a.tensor(0), a.operand(1))),
    bind!("fmod.Scalar(Tensor self, Scalar other) -> Tensor", |a| fmod(a.tensor(0), a.operand(1))),
    bind!("Tensor::fmod_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| fmod_(a.tensor(0), a.operand(1))),
    bind!("Tensor::fmod_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| fmod_(a.tensor(0), a.operand(1))),
    bind!("remainder.Tensor(Tensor self, Tensor other) -> Tensor", |a| remainder(a.tensor(0), a.operand(1))),
    bind!("remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", |a| rremainder(a.tensor(1), a.scalar(0))),
    bind!("remainder.Scalar(Tensor self, Scalar other) -> Tensor", |a| remainder(a.tensor(0), a.operand(1))),
    bind!("Tensor::remainder_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| remainder_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::remainder_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| remainder_(
        a.tensor(0),
        a.operand(1)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    type Call = fn(&Tensor, &Tensor) -> Result<Tensor>;
    let inf = f64::INFINITY;
    // Quotients stay away from integers.
    let pair = || vec![floats(&[5.3, -4.1, 3.6, -7.7, 0.4, 9.2], &[2, 3]), floats(&[2.0, -1.5, 1.3], &[3])];
    let special = || {
        let a = floats(&[-7.0, 7.0, inf, 5.0, -5.0, 0.0, -0.0, f64::NAN], &[8, 1]);
        vec![a, floats(&[3.0, -3.0, inf, -inf, 0.0, -0.0, f64::NAN], &[7])]
    };
    let whole = || vec![ints(1, -9, 10, &[2, 3]), Tensor::from_slice(&[3i64, -2, 4], &[3])];
    let narrow = || vec![Tensor::from_slice(&[i8::MIN, 7, -7], &[3]), Tensor::from_slice(&[-1i8, 3, 3], &[3])];
    let entry = |signature, torch, f: Call, refusal| {
        Entry::new(signature)
            .sample(torch, pair(), move |t| f(&t[0], &t[1]))
            .kink(torch, special(), move |t| f(&t[0], &t[1]))
            .sample(torch, whole(), move |t| f(&t[0], &t[1]))
            .sample(torch, narrow(), move |t| f(&t[0], &t[1]))
            .error([ints(1, 1, 5, &[2]), ints(1, 0, 1, &[2])], move |t| f(&t[0], &t[1]), "ZeroDivisionError")
            .error([bools(1, &[2])], move |t| f(&t[0], &Tensor::ones_like(&t[0])), refusal)
    };
    let no_derivative = "PyTorch has no derivative of it";
    vec![
        flat(entry(
            "div_mode(Tensor input, Tensor other, str rounding_mode) -> Tensor",
            "torch.div(a, b, rounding_mode='floor')",
            |a, b| div_mode(a, b, "floor"),
            "\"div_floor_cpu\" not implemented for 'Bool'",
        )),
        flat(entry(
            "div_mode(Tensor input, Tensor other, str rounding_mode) -> Tensor",
            "torch.div(a, b, rounding_mode='trunc')",
            |a, b| div_mode(a, b, "trunc"),
            "\"div_trunc_cpu\" not implemented for 'Bool'",
        ))
        .error(
            pair(),
            |t| div_mode(&t[0], 2, "up"),
            "rounding_mode to be one of None, 'trunc', or 'floor' but found 'up'",
        ),
        entry(
            "floor_divide(Tensor input, Tensor other) -> Tensor",
            "a.detach() // b.detach()",
            |a, b| floor_divide(&a.detach(), &b.detach()),
            "\"div_floor_cpu\" not implemented for 'Bool'",
        )
        .sample("a // 2", [bools(2, &[3])], |t| floor_divide(&t[0], 2))
        .sample("a // 2.5", [ints(3, -9, 10, &[5])], |t| floor_divide(&t[0], 2.5))
        .error(
            [pair()[0].clone()],
            |t| {
                let y = floor_divide(&t[0].detach().requires_grad_(true), 2)?;
                y.backward_with(Some(&t[0]), Options::default()).map(|()| y)
            },
            "derivative for aten::floor_divide is not implemented",
        )
        .not_differentiable(no_derivative),
        Entry::new("rfloor_divide(Tensor input, Scalar other) -> Tensor")
            .not_differentiable(no_derivative)
            .sample("7 // a", [whole()[1].clone()], |t| rfloor_divide(&t[0], 7))
            .sample("7.5 // a", [whole()[1].clone()], |t| rfloor_divide(&t[0], 7.5)),
        entry(
            "fmod(Tensor input, Tensor other) -> Tensor",
            "torch.fmod(a, b)",
            |a, b| fmod(a, b),
            "\"fmod_cpu\" not implemented for 'Bool'",
        )
        .sample("torch.fmod(a, 1.7)", pair()[..1].to_vec(), |t| fmod(&t[0], 1.7))
        .sample("torch.fmod(a, 2.5)", [ints(3, -9, 10, &[5])], |t| fmod(&t[0], 2.5))
        .error([ints(3, -9, 10, &[5])], |t| fmod(&t[0], 0), "ZeroDivisionError"),
        entry(
            "remainder(Tensor input, Tensor other) -> Tensor",
            "a % b",
            |a, b| remainder(a, b),
            "\"remainder_cpu\" not implemented for 'Bool'",
        )
        .sample("a % 1.7", pair()[..1].to_vec(), |t| remainder(&t[0], 1.7))
        .sample("a % -2.5", [ints(3, -9, 10, &[5])], |t| remainder(&t[0], -2.5)),
        Entry::new("rremainder(Tensor input, Scalar other) -> Tensor")
            .sample("7.25 % a", [uniform(4, 1.1, 1.4, &[2, 3])], |t| rremainder(&t[0], 7.25))
            .skip(Check::Reference, "PyTorch has no derivative of a number modulo a tensor")
            .sample("7 % a", [whole()[1].clone()], |t| rremainder(&t[0], 7)),
    ]
}
