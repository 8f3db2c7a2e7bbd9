//! Logic on the bits of integers, and on booleans: bitwise_and, bitwise_or, bitwise_xor, bitwise_not, shifts.

use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::Pointwise;
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, ints, uniform};
use wengert_kernels::kernels;

static AND: Pointwise = Pointwise {
    name: "bitwise_and",
    kernels: kernels! { i64, bool => |a: T, b: T| -> T { a & b } },
    kernel_name: "bitwise_and_cpu",
    ..Pointwise::DEFAULT
};

/// The bits that both have, elementwise with broadcasting; of integers or booleans.
///
/// # Errors
/// If the shapes do not broadcast, or for floats.
#[track_caller]
pub fn bitwise_and<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&AND, &[input.into(), other.into()])
}

static OR: Pointwise = Pointwise {
    name: "bitwise_or",
    kernels: kernels! { i64, bool => |a: T, b: T| -> T { a | b } },
    kernel_name: "bitwise_or_cpu",
    ..Pointwise::DEFAULT
};

/// The bits that at least one has, elementwise with broadcasting; of integers or booleans.
///
/// # Errors
/// If the shapes do not broadcast, or for floats.
#[track_caller]
pub fn bitwise_or<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&OR, &[input.into(), other.into()])
}

static XOR: Pointwise = Pointwise {
    name: "bitwise_xor",
    kernels: kernels! { i64, bool => |a: T, b: T| -> T { a ^ b } },
    kernel_name: "bitwise_xor_cpu",
    ..Pointwise::DEFAULT
};

/// The bits that exactly one has, elementwise with broadcasting; of integers or booleans.
///
/// # Errors
/// If the shapes do not broadcast, or for floats.
#[track_caller]
pub fn bitwise_xor<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&XOR, &[input.into(), other.into()])
}

static NOT: Pointwise = Pointwise {
    name: "bitwise_not",
    kernels: kernels! { i64, bool => |a: T| -> T { !a } },
    kernel_name: "bitwise_not_cpu",
    ..Pointwise::DEFAULT
};

/// Every bit turned over; of integers or booleans.
///
/// # Errors
/// For floats.
#[track_caller]
pub fn bitwise_not(input: &Tensor) -> Result<Tensor> {
    apply1(&NOT, &[input.into()])
}

static LEFT: Pointwise = Pointwise {
    name: "bitwise_left_shift",
    kernels: kernels! {
        i64 => |a: T, n: T| -> T { if (n as u64) < 64 { a.wrapping_shl(n as u32) } else { 0 } };
    },
    kernel_name: "lshift_cpu",
    ..Pointwise::DEFAULT
};

/// `input << other` of integers, elementwise with broadcasting. Bits shifted out are lost; a shift that is negative or by at
/// least the dtype's size gives 0.
///
/// # Errors
/// If the shapes do not broadcast, or for floats and booleans.
#[track_caller]
pub fn bitwise_left_shift<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&LEFT, &[input.into(), other.into()])
}

static RIGHT: Pointwise = Pointwise {
    name: "bitwise_right_shift",
    kernels: kernels! {
        i64 => |a: T, n: T| -> T { a >> if (n as u64) < 63 { n } else { 63 } };
    },
    kernel_name: "rshift_cpu",
    ..Pointwise::DEFAULT
};

/// `input >> other` of integers, elementwise with broadcasting. The sign is kept; a shift that is negative or by at least the
/// dtype's size leaves only the sign, 0 or -1.
///
/// # Errors
/// If the shapes do not broadcast, or for floats and booleans.
#[track_caller]
pub fn bitwise_right_shift<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&RIGHT, &[input.into(), other.into()])
}

in_place! {
    pub fn bitwise_and_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = bitwise_and, AND;
    pub fn bitwise_or_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = bitwise_or, OR;
    pub fn bitwise_xor_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = bitwise_xor, XOR;
    pub fn bitwise_not_(input: &Tensor) -> Result<Tensor> = bitwise_not, NOT;
    pub fn bitwise_left_shift_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = bitwise_left_shift, LEFT;
    pub fn bitwise_right_shift_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = bitwise_right_shift, RIGHT;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor", |a| bitwise_and(a.tensor(0), a.operand(1))),
    bind!("bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", |a| bitwise_and(a.tensor(1), a.scalar(0))),
    bind!("bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor", |a| bitwise_and(a.tensor(0), a.operand(1))),
    bind!("Tensor::bitwise_and_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| bitwise_and_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::bitwise_and_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| bitwise_and_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor", |a| bitwise_or(a.tensor(0), a.operand(1))),
    bind!("bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", |a| bitwise_or(a.tensor(1), a.scalar(0))),
    bind!("bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor", |a| bitwise_or(a.tensor(0), a.operand(1))),
    bind!("Tensor::bitwise_or_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| bitwise_or_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::bitwise_or_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| bitwise_or_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor", |a| bitwise_xor(a.tensor(0), a.operand(1))),
    bind!("bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", |a| bitwise_xor(a.tensor(1), a.scalar(0))),
    bind!("bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor", |a| bitwise_xor(a.tensor(0), a.operand(1))),
    bind!("Tensor::bitwise_xor_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| bitwise_xor_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::bitwise_xor_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| bitwise_xor_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor", |a| bitwise_left_shift(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", |a| apply1(
        &LEFT,
        &[a.operand(0), a.operand(1)]
    )),
    bind!("bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor", |a| bitwise_left_shift(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::bitwise_left_shift_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| bitwise_left_shift_(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("Tensor::bitwise_left_shift_.Tensor_Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| {
        bitwise_left_shift_(a.tensor(0), a.operand(1))
    }),
    bind!("bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor", |a| bitwise_right_shift(
        a.tensor(0),
        a.operand(1)
    )),
    bind!("bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", |a| apply1(
        &RIGHT,
        &[a.operand(0), a.operand(1)]
    )),
    bind!("bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor", |a| bitwise_right_shift(
        a.tensor(0),
        a.operand(1)
    )),
    bind!(
        "Tensor::bitwise_right_shift_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)",
        |a| bitwise_right_shift_(a.tensor(0), a.operand(1))
    ),
    bind!("Tensor::bitwise_right_shift_.Tensor_Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| {
        bitwise_right_shift_(a.tensor(0), a.operand(1))
    }),
    bind!("bitwise_not(Tensor self) -> Tensor", |a| bitwise_not(a.tensor(0))),
    bind!("Tensor::bitwise_not_(Tensor(a!) self) -> Tensor(a!)", |a| bitwise_not_(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    const WHY: &str = "its results are integers or booleans";
    let (i, j) = (ints(1, -9, 10, &[2, 3]), ints(2, -9, 10, &[3]));
    let (p, q) = (bools(3, &[2, 3]), bools(4, &[3]));
    let float = || vec![uniform(5, 0.0, 1.0, &[2])];
    let bytes = || Tensor::from_slice(&[200u8, 1, 0], &[3]);
    let logic = |signature, torch, f: fn(&Tensor, &Tensor) -> Result<Tensor>, refusal| {
        Entry::new(signature)
            .not_differentiable(WHY)
            .sample(torch, [i.clone(), j.clone()], move |t| f(&t[0], &t[1]))
            .sample(torch, [p.clone(), q.clone()], move |t| f(&t[0], &t[1]))
            .sample(torch, [p.clone(), j.clone()], move |t| f(&t[0], &t[1]))
            .sample(torch, [bytes(), j.clone()], move |t| f(&t[0], &t[1]))
            .error(float(), move |t| f(&t[0], &t[0]), refusal)
    };
    let far = || Tensor::from_slice(&[0i64, 1, 5, 63, 64, -1], &[6, 1]);
    let shift = |signature, torch, f: fn(&Tensor, &Tensor) -> Result<Tensor>, refusal| {
        Entry::new(signature)
            .not_differentiable(WHY)
            .sample(torch, [i.clone(), ints(6, 0, 5, &[3])], move |t| f(&t[0], &t[1]))
            .sample(torch, [j.clone(), far()], move |t| f(&t[0], &t[1]))
            .sample(torch, [bytes(), Tensor::from_slice(&[1u8, 7, 8], &[3])], move |t| f(&t[0], &t[1]))
            .error(float(), move |t| f(&t[0], &t[0]), refusal)
    };
    vec![
        logic(
            "bitwise_and(Tensor input, Tensor other) -> Tensor",
            "a & b",
            |a, b| bitwise_and(a, b),
            "\"bitwise_and_cpu\" not implemented for 'Double'",
        )
        .sample("a & 300", [bytes()], |t| bitwise_and(&t[0], 300)),
        logic(
            "bitwise_or(Tensor input, Tensor other) -> Tensor",
            "a | b",
            |a, b| bitwise_or(a, b),
            "\"bitwise_or_cpu\" not implemented for 'Double'",
        ),
        logic(
            "bitwise_xor(Tensor input, Tensor other) -> Tensor",
            "a ^ b",
            |a, b| bitwise_xor(a, b),
            "\"bitwise_xor_cpu\" not implemented for 'Double'",
        ),
        Entry::new("bitwise_not(Tensor input) -> Tensor")
            .not_differentiable(WHY)
            .sample("~a", [i.clone()], |t| bitwise_not(&t[0]))
            .sample("~a", [p.clone()], |t| bitwise_not(&t[0]))
            .sample("~a", [bytes()], |t| bitwise_not(&t[0]))
            .error(float(), |t| bitwise_not(&t[0]), "\"bitwise_not_cpu\" not implemented for 'Double'"),
        shift(
            "bitwise_left_shift(Tensor input, Tensor other) -> Tensor",
            "a << b",
            |a, b| bitwise_left_shift(a, b),
            "\"lshift_cpu\" not implemented for 'Double'",
        ),
        shift(
            "bitwise_right_shift(Tensor input, Tensor other) -> Tensor",
            "a >> b",
            |a, b| bitwise_right_shift(a, b),
            "\"rshift_cpu\" not implemented for 'Double'",
        ),
    ]
}
