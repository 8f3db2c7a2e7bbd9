//! Powers and roots: pow, rpow, square, sqrt, rsqrt.

use super::{common_dtype, eq, ge, log, logical_and, named, unary_entry, when, where_self};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::clone_tensor;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saved, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, floats, ints, uniform};
use wengert_kernels::{kernels, math};

/// A tensor to the power of a number, by the general method. Common exponents have kernels of their own below; they
/// share all but the kernels.
const POW_NUMBER: Pointwise = Pointwise {
    name: "pow",
    node: "PowBackward0",
    arguments: "self ~exponent",
    kernels: kernels! {
        f32, f64 => |x: T, e: T| -> T { math::pow(x, e) };
        i64 => |x: T, e: T| -> T { int_pow(x, e) };
    },
    rounds_numbers: true,
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| {
        let (x, exponent) = (s.input(0), number(s.input(1)));
        // d x⁰ is zero, also where x is.
        if exponent.to_f64() == 0.0 {
            return super::zero(g, s);
        }
        Ok(Grads::from([Some(&g[0] * (pow(x, less_one(exponent))? * exponent)), None]))
    }),
    ..Pointwise::DEFAULT
};

macro_rules! special_powers {
    ($($name:ident = $($k:ident),+ => |$x:ident: T, $e:ident: T| -> T $body:block;)*) => {$(
        static $name: Pointwise =
            Pointwise { kernels: kernels! { $($k),+ => |$x: T, $e: T| -> T $body }, ..POW_NUMBER };
    )*};
}

static POW_ANY: Pointwise = POW_NUMBER;
special_powers! {
    POW_0 = f32, f64, i64 => |_x: T, _e: T| -> T { 1 as T };
    POW_1 = f32, f64, i64 => |x: T, _e: T| -> T { x };
    POW_HALF = f32, f64 => |x: T, _e: T| -> T { math::sqrt(x) };
    POW_MINUS_HALF = f32, f64 => |x: T, _e: T| -> T { 1.0 / math::sqrt(x) };
    POW_3 = f32, f64 => |x: T, _e: T| -> T { x * x * x };
    POW_MINUS_1 = f32, f64 => |x: T, _e: T| -> T { 1.0 / x };
    POW_MINUS_2 = f32, f64 => |x: T, _e: T| -> T { 1.0 / (x * x) };
}
static POW_2: Pointwise = Pointwise {
    kernels: kernels! {
        f32, f64 => |x: T, _e: T| -> T { x * x };
        i64 => |x: T, _e: T| -> T { x.wrapping_mul(x) };
    },
    ..POW_NUMBER
};

/// PyTorch's choice: these exponents give exactly what the simpler operation gives.
fn by_exponent(x: &Tensor, e: Scalar) -> &'static Pointwise {
    let float = x.dtype().is_float() || e.is_float();
    match e.to_f64() {
        0.0 => &POW_0,
        1.0 => &POW_1,
        2.0 => &POW_2,
        3.0 if float => &POW_3,
        0.5 if float => &POW_HALF,
        -0.5 if float => &POW_MINUS_HALF,
        -1.0 if float => &POW_MINUS_1,
        -2.0 if float => &POW_MINUS_2,
        _ => &POW_ANY,
    }
}

static POW: Pointwise = Pointwise {
    name: "pow",
    node: "PowBackward1",
    arguments: "self exponent",
    kernels: POW_NUMBER.kernels,
    saves: Saves::NONE.input(0, &[0, 1]).input(1, &[0, 1]).output(0),
    vjp: Some(|g, s| {
        Ok(Grads::from([when(s, 0, || base_gradient(&g[0], s))?, when(s, 1, || exponent_gradient(&g[0], s))?]))
    }),
    ..Pointwise::DEFAULT
};

fn base_gradient(g: &Tensor, s: &Saved) -> Result<Tensor> {
    let (x, e) = (s.input(0), s.input(1));
    where_self(&eq(e, 0)?, 0, &(g * (e * pow(x, &(e - 1))?)))
}

/// `xᵉ log x`, but 0 where x is 0 and the power exists.
fn exponent_gradient(g: &Tensor, s: &Saved) -> Result<Tensor> {
    let (x, e) = (s.input(0), s.input(1));
    let flat = logical_and(&eq(x, 0)?, &ge(e, 0)?)?;
    Ok(g * where_self(&flat, 0, &(s.output(0) * log(x)?))?)
}

/// A number to the power of a tensor, which is the first input here.
static RPOW: Pointwise = Pointwise {
    name: "pow",
    node: "PowBackward2",
    arguments: "exponent ~self",
    kernels: kernels! {
        f32, f64 => |e: T, x: T| -> T { math::pow(x, e) };
        i64 => |e: T, x: T| -> T { int_pow(x, e) };
    },
    rounds_numbers: true,
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]).output(0),
    vjp: Some(|g, s| {
        let (e, base, y) = (s.input(0), number(s.input(1)).to_f64(), s.output(0));
        let slope = y * base.ln();
        let slope = if base == 0.0 { where_self(&ge(e, 0)?, 0, &slope)? } else { slope };
        Ok(Grads::from([Some(&g[0] * slope), None]))
    }),
    ..Pointwise::DEFAULT
};

/// The number that was saved for an input.
fn number(t: &Tensor) -> Scalar {
    t.array().as_scalar().expect("this input is a number")
}

fn less_one(e: Scalar) -> Scalar {
    match e {
        Scalar::Float(f) => Scalar::Float(f - 1.0),
        other => Scalar::Int(other.to_i64() - 1),
    }
}

/// Wraps like repeated multiplication. A negative power of an integer is 0 but for those of 1 and -1.
#[inline(always)]
fn int_pow(x: i64, e: i64) -> i64 {
    if e < 0 {
        return match x {
            1 => 1,
            -1 => 1 - 2 * (e & 1),
            _ => 0,
        };
    }
    let (mut result, mut square, mut e) = (1i64, x, e);
    while e > 0 {
        if e & 1 == 1 {
            result = result.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        e >>= 1;
    }
    result
}

/// `input` to the power `exponent`, elementwise with broadcasting. A number as exponent gives exactly what the simpler
/// operation does for 0, 1, 2, 3, ½, -½, -1, -2: `pow(x, 2)` is `x * x`.
///
/// # Errors
/// If the shapes do not broadcast; for integers to a negative number; for two booleans.
#[track_caller]
pub fn pow<'a>(input: &Tensor, exponent: impl Into<Operand<'a>>) -> Result<Tensor> {
    let exponent = exponent.into();
    // Of booleans PyTorch knows these two powers alone.
    if let (DType::Bool, Operand::Scalar(Scalar::Bool(e))) = (input.dtype(), exponent) {
        return if e { clone_tensor(input) } else { Ok(Tensor::full_of(input.shape(), 1, DType::Bool)) };
    }
    apply1(named("pow", choose(input, exponent))?, &[input.into(), exponent])
}

/// [`pow`] into `input`.
///
/// # Errors
/// Those of [`pow`] and of in-place writes in general.
#[track_caller]
pub fn pow_<'a>(input: &Tensor, exponent: impl Into<Operand<'a>>) -> Result<Tensor> {
    let exponent = exponent.into();
    apply_in_place(named("pow_", choose(input, exponent))?, "pow_", input, &[exponent])?;
    Ok(input.clone())
}

fn choose(input: &Tensor, exponent: Operand) -> Result<&'static Pointwise> {
    let Operand::Scalar(e) = exponent else { return Ok(&POW) };
    if !input.dtype().is_differentiable() && !e.is_float() {
        if e.to_i64() < 0 {
            return Err(Error::runtime("Integers to negative integer powers are not allowed."));
        }
        e.checked_to_dtype(common_dtype(&[input.into(), exponent]))?;
    }
    Ok(by_exponent(input, e))
}

/// `base` to the power `input`: the order of `number ** tensor`.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn rpow(input: &Tensor, base: impl Into<Scalar>) -> Result<Tensor> {
    apply1(&RPOW, &[input.into(), Operand::Scalar(base.into())])
}

/// `input * input`; booleans give integers. It is recorded as a power, as in PyTorch.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn square(input: &Tensor) -> Result<Tensor> {
    pow(input, 2)
}

/// [`square`] into `input`.
///
/// # Errors
/// Those of in-place writes in general.
#[track_caller]
pub fn square_(input: &Tensor) -> Result<Tensor> {
    apply_in_place(&POW_2, "square_", input, &[Operand::Scalar(2.into())])?;
    Ok(input.clone())
}

static SQRT: Pointwise = Pointwise {
    name: "sqrt",
    node: "SqrtBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { math::sqrt(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] / (s.output(0) * 2))))),
    ..Pointwise::DEFAULT
};

/// The square root; NaN below zero, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn sqrt(input: &Tensor) -> Result<Tensor> {
    apply1(&SQRT, &[input.into()])
}

static RSQRT: Pointwise = Pointwise {
    name: "rsqrt",
    node: "RsqrtBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { 1.0 / math::sqrt(x) } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * -0.5 * pow(s.output(0), 3)?)))),
    ..Pointwise::DEFAULT
};

/// One over the square root; NaN below zero, integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn rsqrt(input: &Tensor) -> Result<Tensor> {
    apply1(&RSQRT, &[input.into()])
}

in_place! {
    pub fn sqrt_(input: &Tensor) -> Result<Tensor> = sqrt, SQRT;
    pub fn rsqrt_(input: &Tensor) -> Result<Tensor> = rsqrt, RSQRT;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", |a| pow(a.tensor(0), a.operand(1))),
    bind!("pow.Scalar(Scalar self, Tensor exponent) -> Tensor", |a| rpow(a.tensor(1), a.scalar(0))),
    bind!("pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", |a| pow(a.tensor(0), a.operand(1))),
    bind!("Tensor::pow_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)", |a| pow_(a.tensor(0), a.operand(1))),
    bind!("Tensor::pow_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)", |a| pow_(a.tensor(0), a.operand(1))),
    bind!("square(Tensor self) -> Tensor", |a| square(a.tensor(0))),
    bind!("square_(Tensor(a!) self) -> Tensor(a!)", |a| square_(a.tensor(0))),
    bind!("sqrt(Tensor self) -> Tensor", |a| sqrt(a.tensor(0))),
    bind!("sqrt_(Tensor(a!) self) -> Tensor(a!)", |a| sqrt_(a.tensor(0))),
    bind!("rsqrt(Tensor self) -> Tensor", |a| rsqrt(a.tensor(0))),
    bind!("rsqrt_(Tensor(a!) self) -> Tensor(a!)", |a| rsqrt_(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let a = uniform(1, 0.3, 2.0, &[2, 3]);
    let signed = || uniform(2, -2.0, 2.0, &[2, 3]);
    let special = || floats(&[0.0, -0.0, 1.0, -1.0, 2.0, -2.5, inf, -inf, nan], &[9]);
    let mut pow_entry = Entry::new("pow(Tensor input, Tensor exponent) -> Tensor");
    for (torch, e) in [
        ("a ** 2", Scalar::Int(2)),
        ("a ** 3", Scalar::Int(3)),
        ("a ** 1", Scalar::Int(1)),
        ("a ** -1", Scalar::Int(-1)),
        ("a ** -2", Scalar::Int(-2)),
        ("a ** 5", Scalar::Int(5)),
        ("a ** 0.5", Scalar::Float(0.5)),
        ("a ** -0.5", Scalar::Float(-0.5)),
        ("a ** 2.7", Scalar::Float(2.7)),
        ("a ** -1.3", Scalar::Float(-1.3)),
    ] {
        pow_entry = pow_entry
            .sample(torch, [a.clone()], move |t| pow(&t[0], e))
            .kink(torch, [special()], move |t| pow(&t[0], e));
    }
    let pow_entry = pow_entry
        .sample("a ** 3", [signed()], |t| pow(&t[0], 3))
        .sample("a ** 0", [signed()], |t| pow(&t[0], 0))
        .skip(Check::NotSmall, "the derivative of a constant")
        .kink("a ** 0", [special()], |t| pow(&t[0], 0))
        .skip(Check::NotSmall, "the derivative of a constant")
        .sample("a ** b", [a.clone(), uniform(3, -2.0, 2.0, &[3])], |t| pow(&t[0], &t[1]))
        .sample("a ** b", [uniform(4, 0.3, 2.0, &[]), uniform(3, -2.0, 2.0, &[3])], |t| pow(&t[0], &t[1]))
        .kink("a ** b", [special(), floats(&[0.0, 2.0, -1.0, 0.5, inf, nan], &[6, 1])], |t| pow(&t[0], &t[1]))
        .sample("a ** 3", [ints(5, -4, 5, &[5])], |t| pow(&t[0], 3))
        .sample("a ** 2", [bools(6, &[5])], |t| pow(&t[0], 2))
        .sample("a ** 2.0", [ints(5, -4, 5, &[5])], |t| pow(&t[0], 2.0))
        .sample("a ** b", [ints(5, -2, 3, &[5, 1]), ints(6, -2, 4, &[6])], |t| pow(&t[0], &t[1]))
        .sample("a ** b", [Tensor::from_slice(&[3u8, 2, 255], &[3]), Tensor::from_slice(&[6u8, 8, 3], &[3])], |t| {
            pow(&t[0], &t[1])
        })
        .error([ints(5, 1, 4, &[3])], |t| pow(&t[0], -1), "Integers to negative integer powers are not allowed.")
        .error(
            [Tensor::from_slice(&[2i8], &[1])],
            |t| pow(&t[0], 300),
            "value cannot be converted to type int8_t without overflow",
        )
        .error([bools(1, &[2])], |t| pow(&t[0], &t[0]), "\"pow\" not implemented for 'Bool'");
    vec![
        pow_entry,
        Entry::new("rpow(Tensor input, Scalar base) -> Tensor")
            .sample("2.5 ** a", [signed()], |t| rpow(&t[0], 2.5))
            .kink("2.5 ** a", [special()], |t| rpow(&t[0], 2.5))
            .kink("0 ** a", [special()], |t| rpow(&t[0], 0))
            .kink("(-2) ** a", [special()], |t| rpow(&t[0], -2))
            .sample("3 ** a", [ints(7, -1, 5, &[5])], |t| rpow(&t[0], 3)),
        unary_entry("square(Tensor input) -> Tensor", "torch.square(a)", square, -2.0, 2.0).sample(
            "torch.square(a)",
            [bools(6, &[5])],
            |t| square(&t[0]),
        ),
        unary_entry("sqrt(Tensor input) -> Tensor", "torch.sqrt(a)", sqrt, 0.3, 3.0),
        unary_entry("rsqrt(Tensor input) -> Tensor", "torch.rsqrt(a)", rsqrt, 0.3, 3.0),
    ]
}
