//! Choosing elements: where_self, masked_fill, nan_to_num.

use super::{common_dtype, isfinite, named, when};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::nonzero_tuple;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar, float_max};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::kernels;

static WHERE: Pointwise = Pointwise {
    name: "where",
    node: "WhereBackward0",
    arguments: "~condition self other",
    promote: Promote::Where,
    kernels: kernels! {
        f32, f64, i64, bool => |condition: bool, a: T, b: T| -> T { if condition { a } else { b } };
    },
    saves: Saves::NONE.input(0, &[1, 2]),
    vjp: Some(|g, s| {
        Ok(Grads::from([
            None,
            when(s, 1, || where_self(s.input(0), &g[0], 0))?,
            when(s, 2, || where_self(s.input(0), 0, &g[0]))?,
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input` where `condition` holds, `other` elsewhere; elementwise with broadcasting (`torch.where`). What is not chosen gets
/// the gradient zero, even where its own is NaN or infinite.
///
/// # Errors
/// If the condition is not of booleans (or, as PyTorch still takes, bytes), the shapes do not broadcast, or a number does not
/// fit the common dtype.
#[track_caller]
pub fn where_self<'a, 'b>(
    condition: &Tensor,
    input: impl Into<Operand<'a>>,
    other: impl Into<Operand<'b>>,
) -> Result<Tensor> {
    let (input, other) = (input.into(), other.into());
    named("where", check_where(condition, input, other))?;
    apply1(&WHERE, &[condition.into(), input, other])
}

fn check_where(condition: &Tensor, input: Operand, other: Operand) -> Result<()> {
    if !matches!(condition.dtype(), DType::Bool | DType::U8) {
        return Err(Error::runtime(format!(
            "where expected condition to be a boolean tensor, but got a tensor with dtype {}",
            condition.dtype().scalar_name()
        )));
    }
    let dtype = common_dtype(&[input, other]);
    for x in [input, other] {
        if let Operand::Scalar(v) = x {
            v.checked_to_dtype(dtype)?;
        }
    }
    Ok(())
}

static MASKED_FILL: Pointwise = Pointwise {
    name: "masked_fill",
    node: "MaskedFillBackward0",
    arguments: "self ~mask ~value",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64, i64, bool => |x: T, mask: bool, value: T| -> T { if mask { value } else { x } };
    },
    saves: Saves::NONE.input(1, &[0, 2]),
    vjp: Some(|g, s| {
        Ok(Grads::from([
            when(s, 0, || masked_fill(&g[0], s.input(1), 0))?,
            None,
            when(s, 2, || where_self(s.input(1), &g[0], 0))?,
        ]))
    }),
    ..Pointwise::DEFAULT
};
static MASKED_FILL_TENSOR: Pointwise =
    Pointwise { node: "MaskedFillBackward1", arguments: "self ~mask value", ..MASKED_FILL };

/// `value` where `mask` holds, `input` elsewhere; input and mask are broadcast, the dtype is that of `input`.
///
/// # Errors
/// If the mask is not of booleans, `value` is a tensor with dimensions or a number that `input` cannot hold, or the shapes do not
/// broadcast.
#[track_caller]
pub fn masked_fill<'a>(input: &Tensor, mask: &Tensor, value: impl Into<Operand<'a>>) -> Result<Tensor> {
    let value = value.into();
    let op = named("masked_fill", filling(input, mask, value))?;
    apply1(op, &[input.into(), mask.into(), value])
}

/// [`masked_fill`] into `input`.
///
/// # Errors
/// Those of [`masked_fill`] and of in-place writes in general.
#[track_caller]
pub fn masked_fill_<'a>(input: &Tensor, mask: &Tensor, value: impl Into<Operand<'a>>) -> Result<Tensor> {
    let value = value.into();
    let op = named("masked_fill_", filling(input, mask, value))?;
    apply_in_place(op, "masked_fill_", input, &[mask.into(), value])?;
    Ok(input.clone())
}

fn filling(input: &Tensor, mask: &Tensor, value: Operand) -> Result<&'static Pointwise> {
    if mask.dtype() != DType::Bool {
        return Err(Error::runtime(format!(
            "masked_fill_ only supports boolean masks, but got mask with dtype {}",
            c_name(mask.dtype())
        )));
    }
    match value {
        Operand::Scalar(v) => v.checked_to_dtype(input.dtype()).map(|_| &MASKED_FILL),
        Operand::Tensor(t) if t.ndim() == 0 => Ok(&MASKED_FILL_TENSOR),
        Operand::Tensor(t) => Err(Error::runtime(format!(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s).",
            t.ndim()
        ))),
    }
}

/// What PyTorch's message about masks calls a dtype.
fn c_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bool",
        DType::U8 => "unsigned char",
        DType::I8 => "signed char",
        DType::I16 => "short int",
        DType::I32 => "int",
        DType::I64 => "long int",
        DType::F16 => "c10::Half",
        DType::BF16 => "c10::BFloat16",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::C64 => "c10::complex<float>",
        DType::C128 => "c10::complex<double>",
    }
}

static NAN_TO_NUM: Pointwise = Pointwise {
    name: "nan_to_num",
    node: "NanToNumBackward0",
    promote: Promote::First,
    kernels: kernels! {
        f32, f64 => |x: T, nan: T, above: T, below: T| -> T {
            let y = if x == T::INFINITY { above } else { x };
            let y = if x == T::NEG_INFINITY { below } else { y };
            if x.is_nan() { nan } else { y }
        };
        i64, bool => |x: T, _nan: T, _above: T, _below: T| -> T { x };
    },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::from([Some(&g[0] * isfinite(s.input(0))?), None, None, None]))),
    ..Pointwise::DEFAULT
};

fn replacements(input: &Tensor, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> [Operand<'static>; 3] {
    let max = float_max(input.dtype());
    [nan.unwrap_or(0.0), posinf.unwrap_or(max), neginf.unwrap_or(-max)].map(|v| Operand::Scalar(Scalar::Float(v)))
}

/// NaN and the infinities replaced: by default with 0 and the largest finite numbers of the dtype.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn nan_to_num(input: &Tensor, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Result<Tensor> {
    let [nan, above, below] = replacements(input, nan, posinf, neginf);
    apply1(&NAN_TO_NUM, &[input.into(), nan, above, below])
}

/// [`nan_to_num`] into `input`.
///
/// # Errors
/// Those of in-place writes in general.
#[track_caller]
pub fn nan_to_num_(input: &Tensor, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Result<Tensor> {
    apply_in_place(&NAN_TO_NUM, "nan_to_num_", input, &replacements(input, nan, posinf, neginf))?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("where(Tensor condition) -> Tensor[]", |a| nonzero_tuple(a.tensor(0))),
    bind!("where.self(Tensor condition, Tensor self, Tensor other) -> Tensor", |a| where_self(
        a.tensor(0),
        a.operand(1),
        a.operand(2)
    )),
    bind!("where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor", |a| where_self(
        a.tensor(0),
        a.operand(1),
        a.operand(2)
    )),
    bind!("where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor", |a| where_self(
        a.tensor(0),
        a.operand(1),
        a.operand(2)
    )),
    bind!("where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor", |a| where_self(
        a.tensor(0),
        a.operand(1),
        a.operand(2)
    )),
    bind!("Tensor::where.self(Tensor self, Tensor condition, Tensor other) -> Tensor", |a| where_self(
        a.tensor(1),
        a.operand(0),
        a.operand(2)
    )),
    bind!("Tensor::where.ScalarOther(Tensor self, Tensor condition, Scalar other) -> Tensor", |a| where_self(
        a.tensor(1),
        a.operand(0),
        a.operand(2)
    )),
    bind!("masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor", |a| masked_fill(
        a.tensor(0),
        a.tensor(1),
        a.operand(2)
    )),
    bind!("masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor", |a| masked_fill(
        a.tensor(0),
        a.tensor(1),
        a.operand(2)
    )),
    bind!("Tensor::masked_fill_.Tensor(Tensor(a!) self, Tensor mask, Tensor value) -> Tensor(a!)", |a| {
        masked_fill_(a.tensor(0), a.tensor(1), a.operand(2))
    }),
    bind!("Tensor::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)", |a| {
        masked_fill_(a.tensor(0), a.tensor(1), a.operand(2))
    }),
    bind!("nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor", |a| {
        nan_to_num(a.tensor(0), a.opt_float(1), a.opt_float(2), a.opt_float(3))
    }),
    bind!("nan_to_num_(Tensor(a!) self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor(a!)", |a| {
        nan_to_num_(a.tensor(0), a.opt_float(1), a.opt_float(2), a.opt_float(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b, c) =
        (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3]), Tensor::from_slice(&[true, false], &[2, 1]));
    let (i, mask) = (ints(3, -5, 6, &[2, 3]), bools(4, &[2, 3]));
    let three = || vec![c.clone(), a.clone(), b.clone()];
    let special = || floats(&[1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0], &[5]);
    vec![
        Entry::new("where(Tensor condition, Tensor input, Tensor other) -> Tensor")
            .sample("torch.where(a, b, c)", three(), |t| where_self(&t[0], &t[1], &t[2]))
            .sample("torch.where(a, b, 2.5)", three(), |t| where_self(&t[0], &t[1], 2.5))
            .sample("torch.where(a, 2, c)", three(), |t| where_self(&t[0], 2, &t[2]))
            .sample("torch.where(a, 1, 2.5)", [mask.clone()], |t| where_self(&t[0], 1, 2.5))
            .sample("torch.where(a, b, c)", [mask.clone(), i.clone(), b.clone()], |t| where_self(&t[0], &t[1], &t[2]))
            .sample("torch.where(a, b, c)", [mask.clone(), i.clone(), mask.clone()], |t| {
                where_self(&t[0], &t[1], &t[2])
            })
            .kink("torch.where(a, b, c)", [c.clone(), special(), floats(&[0.5], &[])], |t| {
                where_self(&t[0], &t[1], &t[2])
            })
            .error(
                [a.clone(), a.clone()],
                |t| where_self(&t[0], &t[1], 0),
                "where expected condition to be a boolean tensor, but got a tensor with dtype Double",
            )
            .error(
                [c.clone(), Tensor::from_slice(&[1i8], &[1])],
                |t| where_self(&t[0], &t[1], 300),
                "value cannot be converted to type int8_t without overflow",
            ),
        Entry::new("masked_fill(Tensor input, Tensor mask, Tensor value) -> Tensor")
            .sample("a.masked_fill(b, 2)", [a.clone(), mask.clone()], |t| masked_fill(&t[0], &t[1], 2))
            .kink("a.masked_fill(b, -float('inf'))", [b.clone(), mask.clone()], |t| {
                masked_fill(&t[0], &t[1], f64::NEG_INFINITY)
            })
            .sample("a.masked_fill(b, c)", [a.clone(), mask.clone(), uniform(5, 0.0, 1.0, &[])], |t| {
                masked_fill(&t[0], &t[1], &t[2])
            })
            .sample("a.masked_fill(b, 2.5)", [i.clone(), mask.clone()], |t| masked_fill(&t[0], &t[1], 2.5))
            .error(
                [a.clone(), i.clone()],
                |t| masked_fill(&t[0], &t[1], 2),
                "masked_fill_ only supports boolean masks, but got mask with dtype long int",
            )
            .error(
                [a.clone(), mask.clone()],
                |t| masked_fill(&t[0], &t[1], &t[0]),
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with 2 dimension(s).",
            )
            .error(
                [i.clone(), mask.clone()],
                |t| masked_fill(&t[0], &t[1], f64::NAN),
                "value cannot be converted to type int64_t without overflow",
            ),
        Entry::new("nan_to_num(Tensor input, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor")
            .sample("torch.nan_to_num(a)", [a.clone()], |t| nan_to_num(&t[0], None, None, None))
            .kink("torch.nan_to_num(a)", [special()], |t| nan_to_num(&t[0], None, None, None))
            .kink("torch.nan_to_num(a, 1.0, 2.0, -3.0)", [special()], |t| {
                nan_to_num(&t[0], Some(1.0), Some(2.0), Some(-3.0))
            })
            .sample("torch.nan_to_num(a)", [i.clone()], |t| nan_to_num(&t[0], None, None, None))
            .sample("torch.nan_to_num(a)", [mask.clone()], |t| nan_to_num(&t[0], None, None, None)),
    ]
}
