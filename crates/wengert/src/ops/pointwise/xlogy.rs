//! xlogy.

use super::{eq, le, logical_and, masked_fill, when};
use crate::apply::{apply_in_place, apply1};
use crate::error::Result;
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use wengert_kernels::{kernels, math};

static XLOGY: Pointwise = Pointwise {
    name: "xlogy",
    node: "XlogyBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! {
        f32, f64 => |x: T, y: T| -> T {
            let product = if x == 0.0 { 0.0 } else { x * math::log(y) };
            if y.is_nan() { y } else { product }
        };
    },
    saves: Saves::NONE.input(0, &[0, 1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        Ok(Grads::from([
            when(s, 0, || {
                let (x, y) = (s.input(0), s.input(1));
                masked_fill(&xlogy(&g[0], y)?, &logical_and(&eq(x, 0)?, &le(y, 0)?)?, 0)
            })?,
            s.when(1, || &g[0] * s.input(0) / s.input(1)),
        ]))
    }),
    ..Pointwise::DEFAULT
};

/// `input * log(other)`, but 0 where `input` is 0 and `other` is not NaN; elementwise with broadcasting. Integers give floats.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn xlogy<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> {
    apply1(&XLOGY, &[input.into(), other.into()])
}

in_place! {
    pub fn xlogy_<'a>(input: &Tensor, other: impl Into<Operand<'a>>) -> Result<Tensor> = xlogy, XLOGY;
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("xlogy.Tensor(Tensor self, Tensor other) -> Tensor", |a| xlogy(a.tensor(0), a.operand(1))),
    bind!("xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor", |a| apply1(&XLOGY, &[a.operand(0), a.operand(1)])),
    bind!("xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor", |a| xlogy(a.tensor(0), a.operand(1))),
    bind!("xlogy_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", |a| xlogy_(a.tensor(0), a.operand(1))),
    bind!("xlogy_.Scalar_Other(Tensor(a!) self, Scalar other) -> Tensor(a!)", |a| xlogy_(a.tensor(0), a.operand(1))),
    bind!("special::xlogy(Tensor self, Tensor other) -> Tensor", |a| xlogy(a.tensor(0), a.operand(1))),
    bind!("special::xlogy.self_scalar(Scalar self, Tensor other) -> Tensor", |a| apply1(
        &XLOGY,
        &[a.operand(0), a.operand(1)]
    )),
    bind!("special::xlogy.other_scalar(Tensor self, Scalar other) -> Tensor", |a| xlogy(a.tensor(0), a.operand(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, 0.5, 3.0, &[3]));
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    vec![
        Entry::new("xlogy(Tensor input, Tensor other) -> Tensor")
            .sample("torch.xlogy(a, b)", [a.clone(), b.clone()], |t| xlogy(&t[0], &t[1]))
            .sample("torch.xlogy(a, 2.5)", [a], |t| xlogy(&t[0], 2.5))
            .sample("torch.xlogy(a, b)", [ints(3, 0, 3, &[3]), b], |t| xlogy(&t[0], &t[1]))
            .kink(
                "torch.xlogy(a, b)",
                [
                    floats(&[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, nan], &[7]),
                    floats(&[0.0, -1.0, inf, nan, 2.0, 0.0, 1.0], &[7]),
                ],
                |t| xlogy(&t[0], &t[1]),
            )
            .skip(Check::Gradgradcheck, "infinite at zero"),
    ]
}
