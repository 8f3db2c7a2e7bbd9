//! Comparisons: eq, ne, lt, le, gt, ge. They are done in the common dtype, so `int64` meets a float as that float.

use super::zero;
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints, uniform};
use wengert_kernels::kernels;

static EQ: Pointwise = Pointwise {
    name: "eq",
    promote: Promote::Compare,
    kernels: kernels! { f32, f64, i64, bool => |a: T, b: T| -> bool { a == b } },
    ..Pointwise::DEFAULT
};

/// `input == other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn eq<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&EQ, &[input.into(), other.into()])
}

static NE: Pointwise = Pointwise {
    name: "ne",
    promote: Promote::Compare,
    kernels: kernels! { f32, f64, i64, bool => |a: T, b: T| -> bool { a != b } },
    ..Pointwise::DEFAULT
};

/// `input != other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn ne<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&NE, &[input.into(), other.into()])
}

static LT: Pointwise = Pointwise {
    name: "lt",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64, i64 => |a: T, b: T| -> bool { a < b };
        bool => |a: T, b: T| -> bool { !a & b };
    },
    ..Pointwise::DEFAULT
};

/// `input < other`, elementwise with broadcasting; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn lt<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&LT, &[input.into(), other.into()])
}

static LE: Pointwise = Pointwise {
    name: "le",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64, i64 => |a: T, b: T| -> bool { a <= b };
        bool => |a: T, b: T| -> bool { !a | b };
    },
    ..Pointwise::DEFAULT
};

/// `input <= other`, elementwise with broadcasting; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn le<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&LE, &[input.into(), other.into()])
}

static GT: Pointwise = Pointwise {
    name: "gt",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64, i64 => |a: T, b: T| -> bool { a > b };
        bool => |a: T, b: T| -> bool { a & !b };
    },
    ..Pointwise::DEFAULT
};

/// `input > other`, elementwise with broadcasting; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn gt<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&GT, &[input.into(), other.into()])
}

static GE: Pointwise = Pointwise {
    name: "ge",
    promote: Promote::Compare,
    kernels: kernels! {
        f32, f64, i64 => |a: T, b: T| -> bool { a >= b };
        bool => |a: T, b: T| -> bool { a | !b };
    },
    ..Pointwise::DEFAULT
};

/// `input >= other`, elementwise with broadcasting; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn ge<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&GE, &[input.into(), other.into()])
}

// The in-place forms have a node, whose gradient is zero: the old value is gone.
static EQ_IN_PLACE: Pointwise = Pointwise { node: "EqBackward1", vjp: Some(zero), ..EQ };
static NE_IN_PLACE: Pointwise = Pointwise { node: "NeBackward1", vjp: Some(zero), ..NE };
static LT_IN_PLACE: Pointwise = Pointwise { node: "LtBackward1", vjp: Some(zero), ..LT };
static LE_IN_PLACE: Pointwise = Pointwise { node: "LeBackward1", vjp: Some(zero), ..LE };
static GT_IN_PLACE: Pointwise = Pointwise { node: "GtBackward1", vjp: Some(zero), ..GT };
static GE_IN_PLACE: Pointwise = Pointwise { node: "GeBackward1", vjp: Some(zero), ..GE };

in_place! {
    pub fn eq_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = eq, EQ_IN_PLACE;
    pub fn ne_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = ne, NE_IN_PLACE;
    pub fn lt_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = lt, LT_IN_PLACE;
    pub fn le_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = le, LE_IN_PLACE;
    pub fn gt_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = gt, GT_IN_PLACE;
    pub fn ge_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = ge, GE_IN_PLACE;
}

/// One comparison on ties, NaN, integers, booleans, numbers and mixed dtypes.
fn entry(
    signature: &'static str,
    torch: [&'static str; 4],
    f: fn(&Tensor, &Tensor) -> Result<Tensor>,
    with: fn(&Tensor, f64) -> Result<Tensor>,
) -> Entry {
    let inf = f64::INFINITY;
    let (a, b) = (floats(&[1.0, 2.0, f64::NAN, inf, 0.0], &[5]), floats(&[1.0, 1.5, 0.0, inf, -0.0, -inf], &[6, 1]));
    let (i, j) = (ints(1, -2, 3, &[2, 3]), ints(2, -2, 3, &[3]));
    let [tensors, number, huge, bool] = torch;
    Entry::new(signature)
        .not_differentiable("its results are booleans")
        .sample(tensors, [a.clone(), b], move |t| f(&t[0], &t[1]))
        .sample(tensors, [i.clone(), j], move |t| f(&t[0], &t[1]))
        .sample(tensors, [i.clone(), uniform(3, -2.0, 2.0, &[])], move |t| f(&t[0], &t[1]))
        .sample(bool, [bools(4, &[2, 3]), bools(5, &[2, 3])], move |t| f(&t[0], &t[1]))
        .sample(number, [a], move |t| with(&t[0], 1.5))
        .sample(number, [i], move |t| with(&t[0], 1.5))
        .sample(huge, [Tensor::from_slice(&[16_777_217i64, 1], &[2])], move |t| with(&t[0], 16_777_216.0))
        .error(
            [uniform(1, 0.0, 1.0, &[2]), uniform(1, 0.0, 1.0, &[3])],
            move |t| f(&t[0], &t[1]),
            "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
        )
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("eq.Tensor(Tensor self, Tensor other) -> Tensor", |a| eq(a.tensor(0), a.operand(1))),
    bind!("eq.Scalar(Tensor self, Scalar other) -> Tensor", |a| eq(a.tensor(0), a.operand(1))),
    bind!("Tensor::eq_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| eq_(a.tensor(0), a.operand(1))),
    bind!("Tensor::eq_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| eq_(a.tensor(0), a.operand(1))),
    bind!("ne.Tensor(Tensor self, Tensor other) -> Tensor", |a| ne(a.tensor(0), a.operand(1))),
    bind!("ne.Scalar(Tensor self, Scalar other) -> Tensor", |a| ne(a.tensor(0), a.operand(1))),
    bind!("Tensor::ne_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| ne_(a.tensor(0), a.operand(1))),
    bind!("Tensor::ne_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| ne_(a.tensor(0), a.operand(1))),
    bind!("not_equal.Tensor(Tensor self, Tensor other) -> Tensor", |a| ne(a.tensor(0), a.operand(1))),
    bind!("not_equal.Scalar(Tensor self, Scalar other) -> Tensor", |a| ne(a.tensor(0), a.operand(1))),
    bind!("Tensor::not_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| ne_(a.tensor(0), a.operand(1))),
    bind!("Tensor::not_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| ne_(a.tensor(0), a.operand(1))),
    bind!("lt.Tensor(Tensor self, Tensor other) -> Tensor", |a| lt(a.tensor(0), a.operand(1))),
    bind!("lt.Scalar(Tensor self, Scalar other) -> Tensor", |a| lt(a.tensor(0), a.operand(1))),
    bind!("Tensor::lt_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| lt_(a.tensor(0), a.operand(1))),
    bind!("Tensor::lt_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| lt_(a.tensor(0), a.operand(1))),
    bind!("less.Tensor(Tensor self, Tensor other) -> Tensor", |a| lt(a.tensor(0), a.operand(1))),
    bind!("less.Scalar(Tensor self, Scalar other) -> Tensor", |a| lt(a.tensor(0), a.operand(1))),
    bind!("Tensor::less_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| lt_(a.tensor(0), a.operand(1))),
    bind!("Tensor::less_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| lt_(a.tensor(0), a.operand(1))),
    bind!("le.Tensor(Tensor self, Tensor other) -> Tensor", |a| le(a.tensor(0), a.operand(1))),
    bind!("le.Scalar(Tensor self, Scalar other) -> Tensor", |a| le(a.tensor(0), a.operand(1))),
    bind!("Tensor::le_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| le_(a.tensor(0), a.operand(1))),
    bind!("Tensor::le_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| le_(a.tensor(0), a.operand(1))),
    bind!("less_equal.Tensor(Tensor self, Tensor other) -> Tensor", |a| le(a.tensor(0), a.operand(1))),
    bind!("less_equal.Scalar(Tensor self, Scalar other) -> Tensor", |a| le(a.tensor(0), a.operand(1))),
    bind!("Tensor::less_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| le_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::less_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| le_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("gt.Tensor(Tensor self, Tensor other) -> Tensor", |a| gt(a.tensor(0), a.operand(1))),
    bind!("gt.Scalar(Tensor self, Scalar other) -> Tensor", |a| gt(a.tensor(0), a.operand(1))),
    bind!("Tensor::gt_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| gt_(a.tensor(0), a.operand(1))),
    bind!("Tensor::gt_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| gt_(a.tensor(0), a.operand(1))),
    bind!("greater.Tensor(Tensor self, Tensor other) -> Tensor", |a| gt(a.tensor(0), a.operand(1))),
    bind!("greater.Scalar(Tensor self, Scalar other) -> Tensor", |a| gt(a.tensor(0), a.operand(1))),
    bind!("Tensor::greater_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| gt_(a.tensor(0), a.operand(1))),
    bind!("Tensor::greater_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| gt_(a.tensor(0), a.operand(1))),
    bind!("ge.Tensor(Tensor self, Tensor other) -> Tensor", |a| ge(a.tensor(0), a.operand(1))),
    bind!("ge.Scalar(Tensor self, Scalar other) -> Tensor", |a| ge(a.tensor(0), a.operand(1))),
    bind!("Tensor::ge_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| ge_(a.tensor(0), a.operand(1))),
    bind!("Tensor::ge_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| ge_(a.tensor(0), a.operand(1))),
    bind!("greater_equal.Tensor(Tensor self, Tensor other) -> Tensor", |a| ge(a.tensor(0), a.operand(1))),
    bind!("greater_equal.Scalar(Tensor self, Scalar other) -> Tensor", |a| ge(a.tensor(0), a.operand(1))),
    bind!("Tensor::greater_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| ge_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::greater_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| ge_(
        a.tensor(0),
        a.operand(1)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        entry(
            "eq(Tensor input, Tensor other) -> Tensor",
            ["a == b", "a == 1.5", "a == 16777216.0", "torch.eq(a, b)"],
            |a, b| eq(a, b),
            |a, v| eq(a, v),
        ),
        entry(
            "ne(Tensor input, Tensor other) -> Tensor",
            ["a != b", "a != 1.5", "a != 16777216.0", "torch.ne(a, b)"],
            |a, b| ne(a, b),
            |a, v| ne(a, v),
        ),
        entry(
            "lt(Tensor input, Tensor other) -> Tensor",
            ["a < b", "a < 1.5", "a < 16777216.0", "torch.lt(a, b)"],
            |a, b| lt(a, b),
            |a, v| lt(a, v),
        ),
        entry(
            "le(Tensor input, Tensor other) -> Tensor",
            ["a <= b", "a <= 1.5", "a <= 16777216.0", "torch.le(a, b)"],
            |a, b| le(a, b),
            |a, v| le(a, v),
        ),
        entry(
            "gt(Tensor input, Tensor other) -> Tensor",
            ["a > b", "a > 1.5", "a > 16777216.0", "torch.gt(a, b)"],
            |a, b| gt(a, b),
            |a, v| gt(a, v),
        ),
        entry(
            "ge(Tensor input, Tensor other) -> Tensor",
            ["a >= b", "a >= 1.5", "a >= 16777216.0", "torch.ge(a, b)"],
            |a, b| ge(a, b),
            |a, v| ge(a, v),
        ),
    ]
}
