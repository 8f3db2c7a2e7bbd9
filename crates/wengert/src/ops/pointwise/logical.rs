//! Logic on truth values: logical_and, logical_or, logical_xor, logical_not. Everything that is not 0 is true, NaN too.

use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, bools, floats, ints};
use wengert_kernels::kernels;

static AND: Pointwise = Pointwise {
    name: "logical_and",
    promote: Promote::Logical,
    kernels: kernels! { bool => |a: T, b: T| -> T { a & b } },
    ..Pointwise::DEFAULT
};

/// Are both true? Elementwise with broadcasting, for any dtypes; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn logical_and(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&AND, &[input.into(), other.into()])
}

static OR: Pointwise = Pointwise {
    name: "logical_or",
    promote: Promote::Logical,
    kernels: kernels! { bool => |a: T, b: T| -> T { a | b } },
    ..Pointwise::DEFAULT
};

/// Is at least one true? Elementwise with broadcasting, for any dtypes; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn logical_or(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&OR, &[input.into(), other.into()])
}

static XOR: Pointwise = Pointwise {
    name: "logical_xor",
    promote: Promote::Logical,
    kernels: kernels! { bool => |a: T, b: T| -> T { a ^ b } },
    ..Pointwise::DEFAULT
};

/// Is exactly one true? Elementwise with broadcasting, for any dtypes; gives booleans.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn logical_xor(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(&XOR, &[input.into(), other.into()])
}

static NOT: Pointwise = Pointwise {
    name: "logical_not",
    promote: Promote::Logical,
    kernels: kernels! { bool => |a: T| -> T { !a } },
    ..Pointwise::DEFAULT
};

/// Is it zero? Elementwise, for any dtype; gives booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn logical_not(input: &Tensor) -> Result<Tensor> {
    apply1(&NOT, &[input.into()])
}

in_place! {
    pub fn logical_and_(input: &Tensor, other: &Tensor) -> Result<Tensor> = logical_and, AND;
    pub fn logical_or_(input: &Tensor, other: &Tensor) -> Result<Tensor> = logical_or, OR;
    pub fn logical_xor_(input: &Tensor, other: &Tensor) -> Result<Tensor> = logical_xor, XOR;
    pub fn logical_not_(input: &Tensor) -> Result<Tensor> = logical_not, NOT;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("logical_and(Tensor self, Tensor other) -> Tensor", |a| logical_and(a.tensor(0), a.tensor(1))),
    bind!("Tensor::logical_and_(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| logical_and_(
        a.tensor(0),
        a.tensor(1)
    )),
    bind!("logical_or(Tensor self, Tensor other) -> Tensor", |a| logical_or(a.tensor(0), a.tensor(1))),
    bind!("Tensor::logical_or_(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| logical_or_(
        a.tensor(0),
        a.tensor(1)
    )),
    bind!("logical_xor(Tensor self, Tensor other) -> Tensor", |a| logical_xor(a.tensor(0), a.tensor(1))),
    bind!("Tensor::logical_xor_(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| logical_xor_(
        a.tensor(0),
        a.tensor(1)
    )),
    bind!("logical_not(Tensor self) -> Tensor", |a| logical_not(a.tensor(0))),
    bind!("Tensor::logical_not_(Tensor(a!) self) -> Tensor(a!)", |a| logical_not_(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    const WHY: &str = "its results are booleans";
    let (a, b) = (floats(&[0.0, -0.0, 1.5, f64::NAN], &[4]), ints(2, -1, 2, &[3, 1]));
    let (p, q) = (bools(3, &[2, 3]), bools(4, &[3]));
    let entry = |signature, torch, f: fn(&Tensor, &Tensor) -> Result<Tensor>| {
        Entry::new(signature)
            .not_differentiable(WHY)
            .sample(torch, [a.clone(), b.clone()], move |t| f(&t[0], &t[1]))
            .sample(torch, [p.clone(), q.clone()], move |t| f(&t[0], &t[1]))
    };
    vec![
        entry("logical_and(Tensor input, Tensor other) -> Tensor", "torch.logical_and(a, b)", logical_and),
        entry("logical_or(Tensor input, Tensor other) -> Tensor", "torch.logical_or(a, b)", logical_or),
        entry("logical_xor(Tensor input, Tensor other) -> Tensor", "torch.logical_xor(a, b)", logical_xor),
        Entry::new("logical_not(Tensor input) -> Tensor")
            .not_differentiable(WHY)
            .sample("torch.logical_not(a)", [a.clone()], |t| logical_not(&t[0]))
            .sample("torch.logical_not(a)", [b.clone()], |t| logical_not(&t[0]))
            .sample("torch.logical_not(a)", [p.clone()], |t| logical_not(&t[0])),
    ]
}
