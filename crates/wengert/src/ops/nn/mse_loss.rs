//! mse_loss, l1_loss.

use super::Reduction;
use super::element_loss::{ElementLoss, LossDtype, LossRule};
use crate::apply::apply1;
use crate::error::Result;
use crate::ops::{abs, neg, sub};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::kernels;

static MSE: LossRule = LossRule {
    name: "mse_loss",
    node: "MseLossBackward0",
    kernel_name: "mse_cpu",
    kernels: kernels! { f32, f64 => |x: T, t: T| -> T { (x - t) * (x - t) } },
    dtype: LossDtype::Common,
    range: None,
    gradient: |p| {
        let d = &p.g * 2.0 * (p.input - p.target);
        p.each(|| Ok(d.clone()), || neg(&d))
    },
};

/// The squared difference of `input` and `target`, elementwise with broadcasting, reduced.
///
/// # Errors
/// If the shapes do not broadcast, or both are of integers or booleans.
#[track_caller]
pub fn mse_loss(input: &Tensor, target: &Tensor, reduction: Reduction) -> Result<Tensor> {
    apply1(ElementLoss::of(&MSE, reduction), &[input.into(), target.into()])
}

/// The absolute difference of `input` and `target`, elementwise with broadcasting, reduced. As in PyTorch it is recorded as
/// `sub`, `abs` and the reduction.
///
/// # Errors
/// If the shapes do not broadcast; for a mean of integers.
#[track_caller]
pub fn l1_loss(input: &Tensor, target: &Tensor, reduction: Reduction) -> Result<Tensor> {
    reduction.of(&abs(&sub(input, target)?)?)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("nn::mse_loss(Tensor self, Tensor target, str reduction='mean') -> Tensor", |a| {
        mse_loss(a.tensor(0), a.tensor(1), a.str(2).parse()?)
    }),
    bind!("nn::l1_loss(Tensor self, Tensor target, str reduction='mean') -> Tensor", |a| {
        l1_loss(a.tensor(0), a.tensor(1), a.str(2).parse()?)
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let both = || vec![uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[2, 3])];
    let row = || vec![uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3])];
    let none = || vec![uniform(1, 0.0, 1.0, &[0, 3]), uniform(1, 0.0, 1.0, &[0, 3])];
    let mismatch = || vec![uniform(1, 0.0, 1.0, &[2, 3]), uniform(1, 0.0, 1.0, &[4])];
    let odd = || vec![floats(&[1.0, f64::INFINITY, f64::NAN, 0.0], &[4]), floats(&[1.0, 1.0, 1.0, -0.0], &[4])];
    let mse = |r| move |t: &[Tensor]| mse_loss(&t[0], &t[1], r);
    let l1 = |r| move |t: &[Tensor]| l1_loss(&t[0], &t[1], r);
    let text = "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1";
    vec![
        Entry::new("mse_loss(Tensor input, Tensor target, str reduction='mean') -> Tensor")
            .sample("F.mse_loss(a, b)", both(), mse(Reduction::Mean))
            .sample("F.mse_loss(a, b, reduction='sum')", both(), mse(Reduction::Sum))
            .sample("F.mse_loss(a, b, reduction='none')", both(), mse(Reduction::None))
            .sample("F.mse_loss(a, b)", row(), mse(Reduction::Mean))
            .sample("F.mse_loss(a, b)", [uniform(1, -2.0, 2.0, &[3]), ints(2, -3, 3, &[3])], mse(Reduction::Mean))
            .sample("F.mse_loss(a, b)", none(), mse(Reduction::Mean))
            .kink("F.mse_loss(a, b, reduction='none')", odd(), mse(Reduction::None))
            .error(mismatch(), mse(Reduction::Mean), text)
            .error(
                [ints(1, 0, 3, &[2]), ints(2, 0, 3, &[2])],
                mse(Reduction::None),
                "\"mse_cpu\" not implemented for 'Long'",
            ),
        Entry::new("l1_loss(Tensor input, Tensor target, str reduction='mean') -> Tensor")
            .sample("F.l1_loss(a, b)", both(), l1(Reduction::Mean))
            .sample("F.l1_loss(a, b, reduction='sum')", both(), l1(Reduction::Sum))
            .sample("F.l1_loss(a, b, reduction='none')", row(), l1(Reduction::None))
            .kink("F.l1_loss(a, b, reduction='none')", odd(), l1(Reduction::None))
            .sample("F.l1_loss(a, b)", none(), l1(Reduction::Mean))
            .error(mismatch(), l1(Reduction::Mean), text),
    ]
}
