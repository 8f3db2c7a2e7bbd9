//! smooth_l1_loss, huber_loss.

use super::element_loss::{ElementLoss, LossDtype, LossRule};
use super::{Reduction, l1_loss};
use crate::apply::apply1;
use crate::error::{Error, Named, Result};
use crate::ops::{abs, ge, mul, neg, sign, where_self};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::kernels;

static SMOOTH_L1: LossRule = LossRule {
    name: "smooth_l1_loss",
    node: "SmoothL1LossBackward0",
    kernel_name: "smooth_l1_cpu",
    kernels: kernels! {
        f32, f64 => |x: T, t: T, beta: T| -> T {
            let d = (x - t).abs();
            if d < beta { 0.5 * d * d / beta } else { d - 0.5 * beta }
        };
    },
    dtype: LossDtype::Common,
    range: None,
    gradient: |p| {
        let d = p.input - p.target;
        let slope = where_self(&ge(&abs(&d)?, p.number)?, &sign(&d)?, &(&d / p.number))?;
        let d = mul(&p.g, &slope)?;
        p.each(|| Ok(d.clone()), || neg(&d))
    },
};

/// With d the difference of `input` and `target`, elementwise with broadcasting: d²/(2 `beta`) where |d| < `beta`, and
/// |d| - `beta`/2 elsewhere; reduced. With `beta` 0 it is [`l1_loss`].
///
/// # Errors
/// If `beta` is negative, the shapes do not broadcast, or both are of integers or booleans.
#[track_caller]
pub fn smooth_l1_loss(input: &Tensor, target: &Tensor, reduction: Reduction, beta: f64) -> Result<Tensor> {
    if beta < 0.0 {
        let e = Error::runtime("smooth_l1_loss does not support negative values for beta.");
        return Err(e).named("smooth_l1_loss");
    }
    if beta == 0.0 {
        return l1_loss(input, target, reduction);
    }
    let op = ElementLoss { number: Some(beta), ..ElementLoss::of(&SMOOTH_L1, reduction) };
    apply1(op, &[input.into(), target.into()])
}

static HUBER: LossRule = LossRule {
    name: "huber_loss",
    node: "HuberLossBackward0",
    kernel_name: "huber_cpu",
    kernels: kernels! {
        f32, f64 => |x: T, t: T, delta: T| -> T {
            let d = (x - t).abs();
            if d <= delta { 0.5 * d * d } else { delta * (d - 0.5 * delta) }
        };
    },
    dtype: LossDtype::Input,
    range: None,
    gradient: |p| {
        let d = p.input - p.target;
        let slope = where_self(&ge(&abs(&d)?, p.number)?, &mul(&sign(&d)?, p.number)?, &d)?;
        let d = mul(&p.g, &slope)?;
        p.each(|| Ok(d.clone()), || neg(&d))
    },
};

/// With d the difference of `input` and `target`, elementwise with broadcasting: d²/2 where |d| <= `delta`, and
/// `delta` (|d| - `delta`/2) elsewhere; reduced. The result has the dtype of `input`.
///
/// # Errors
/// If `delta` is not positive, the shapes do not broadcast, or `input` is of integers or booleans.
#[track_caller]
pub fn huber_loss(input: &Tensor, target: &Tensor, reduction: Reduction, delta: f64) -> Result<Tensor> {
    if delta <= 0.0 {
        let e = Error::runtime("huber_loss does not support non-positive values for delta.");
        return Err(e).named("huber_loss");
    }
    let op = ElementLoss { number: Some(delta), ..ElementLoss::of(&HUBER, reduction) };
    apply1(op, &[input.into(), target.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("nn::smooth_l1_loss(Tensor self, Tensor target, str reduction='mean', float beta=1.0) -> Tensor", |a| {
        smooth_l1_loss(a.tensor(0), a.tensor(1), a.str(2).parse()?, a.float(3))
    }),
    bind!("nn::huber_loss(Tensor self, Tensor target, str reduction='mean', float delta=1.0) -> Tensor", |a| {
        huber_loss(a.tensor(0), a.tensor(1), a.str(2).parse()?, a.float(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let both = || vec![uniform(1, -2.0, 2.0, &[3, 3]), uniform(2, -2.0, 2.0, &[3, 3])];
    let row = || vec![uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3])];
    // On both sides of the borders and on them.
    let edges = || vec![floats(&[0.0, 1.0, -1.0, 3.0, -3.0, f64::NAN, f64::INFINITY], &[7]), floats(&[0.0; 7], &[7])];
    let whole = || vec![ints(1, 0, 3, &[2]), ints(2, 0, 3, &[2])];
    let smooth = |r, beta| move |t: &[Tensor]| smooth_l1_loss(&t[0], &t[1], r, beta);
    let huber = |r, delta| move |t: &[Tensor]| huber_loss(&t[0], &t[1], r, delta);
    let (mean, none, sum) = (Reduction::Mean, Reduction::None, Reduction::Sum);
    vec![
        Entry::new("smooth_l1_loss(Tensor input, Tensor target, str reduction='mean', float beta=1.0) -> Tensor")
            .sample("F.smooth_l1_loss(a, b)", both(), smooth(mean, 1.0))
            .sample("F.smooth_l1_loss(a, b, reduction='sum', beta=0.5)", both(), smooth(sum, 0.5))
            .sample("F.smooth_l1_loss(a, b, reduction='none', beta=2.0)", row(), smooth(none, 2.0))
            .sample("F.smooth_l1_loss(a, b, beta=0.0)", both(), smooth(mean, 0.0))
            .kink("F.smooth_l1_loss(a, b, reduction='none')", edges(), smooth(none, 1.0))
            .error(both(), smooth(mean, -1.0), "smooth_l1_loss does not support negative values for beta.")
            .error(whole(), smooth(mean, 1.0), "\"smooth_l1_cpu\" not implemented for 'Long'"),
        Entry::new("huber_loss(Tensor input, Tensor target, str reduction='mean', float delta=1.0) -> Tensor")
            .sample("F.huber_loss(a, b)", both(), huber(mean, 1.0))
            .sample("F.huber_loss(a, b, reduction='sum', delta=0.5)", both(), huber(sum, 0.5))
            .sample("F.huber_loss(a, b, reduction='none', delta=2.0)", row(), huber(none, 2.0))
            .kink("F.huber_loss(a, b, reduction='none')", edges(), huber(none, 1.0))
            .error(both(), huber(mean, 0.0), "huber_loss does not support non-positive values for delta.")
            .error(
                [ints(1, 0, 3, &[2]), uniform(2, 0.0, 1.0, &[2])],
                huber(mean, 1.0),
                "result type Double can't be cast to the desired output type Long",
            )
            .error(whole(), huber(mean, 1.0), "\"huber_cpu\" not implemented for 'Long'"),
    ]
}
