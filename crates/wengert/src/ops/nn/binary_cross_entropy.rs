//! binary_cross_entropy, binary_cross_entropy_with_logits.

use super::element_loss::{ElementLoss, LossDtype, LossRule, Place};
use super::{Reduction, refuse_grad};
use crate::apply::apply1;
use crate::error::{Error, Named, Result};
use crate::ops::{clamp_min, log, log_sigmoid, mul, neg, rsub, sigmoid};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::tile::Kernels;
use wengert_kernels::{kernels, math};

static BCE: LossRule = LossRule {
    name: "binary_cross_entropy",
    node: "BinaryCrossEntropyBackward0",
    kernel_name: "binary_cross_entropy",
    // Logarithms end at -100, so that a certain mistake costs much but not everything.
    kernels: kernels! {
        f32, f64 => |x: T, t: T| -> T {
            let (no, yes) = (math::log1p(-x), math::log(x));
            let no = if no < -100.0 { -100.0 } else { no };
            let yes = if yes < -100.0 { -100.0 } else { yes };
            (t - 1.0) * no - t * yes
        };
    },
    dtype: LossDtype::Same,
    range: Some(kernels! { f32, f64 => |x: T| -> bool { (0.0..=1.0).contains(&x) } }),
    gradient: |p| {
        let (x, t) = (p.input, p.target);
        p.each(
            || Ok(&p.g * (x - t) / clamp_min(&(rsub(x, 1.0)? * x), f64::from(1e-12f32))?),
            || Ok(&p.g * (log(&rsub(x, 1.0)?)? - log(x)?)),
        )
    },
};

/// `-(target * log(input) + (1 - target) * log(1 - input))`, elementwise, times `weight`, reduced; `input` are probabilities.
///
/// Logarithms end at -100. For scores and not probabilities [`binary_cross_entropy_with_logits`] is more accurate.
///
/// # Errors
/// If shapes or dtypes of `input` and `target` differ, an element is not between 0 and 1, `weight` does not broadcast to the
/// shape or requires a gradient.
#[track_caller]
pub fn binary_cross_entropy(
    input: &Tensor,
    target: &Tensor,
    weight: Option<&Tensor>,
    reduction: Reduction,
) -> Result<Tensor> {
    let name = "binary_cross_entropy";
    if input.shape() != target.shape() {
        let size = |t: &Tensor| format!("(torch.Size({:?}))", t.shape());
        return Err(Error::value(format!(
            "Using a target size {} that is different to the input size {} is deprecated. Please ensure they have the same size.",
            size(target),
            size(input)
        )))
        .named(name);
    }
    refuse_grad(name, "weight", weight).named(name)?;
    let op = ElementLoss { weight: weight.is_some(), ..ElementLoss::of(&BCE, reduction) };
    let ins: SmallVec<[Operand; 3]> = [input, target].into_iter().chain(weight).map(Operand::from).collect();
    apply1(op, &ins)
}

/// `log(1 + exp(-x))` without overflow: what a positive costs.
macro_rules! positive_cost {
    ($x:ident) => {{
        let linear = if $x > 0.0 { 0.0 } else { -$x };
        linear + math::log1p(math::exp(-$x.abs()))
    }};
}

const fn with_logits(kernels: Kernels, gradient: fn(&Place) -> Result<[Option<Tensor>; 2]>) -> LossRule {
    LossRule {
        name: "binary_cross_entropy_with_logits",
        node: "BinaryCrossEntropyWithLogitsBackward0",
        kernel_name: "log_sigmoid_cpu",
        kernels,
        dtype: LossDtype::Target,
        range: None,
        gradient,
    }
}

static WITH_LOGITS: LossRule =
    with_logits(kernels! { f32, f64 => |x: T, t: T| -> T { (1.0 - t) * x + positive_cost!(x) } }, |p| {
        p.each(|| mul(&p.g, &(sigmoid(p.input)? - p.target)), || mul(&p.g, &neg(p.input)?))
    });

static WITH_POSITIVES: LossRule = with_logits(
    kernels! {
        f32, f64 => |x: T, t: T, positive: T| -> T { (1.0 - t) * x + ((positive - 1.0) * t + 1.0) * positive_cost!(x) };
    },
    |p| {
        let (x, t) = (p.input, p.target);
        let positive = p.positive.expect("this rule has it");
        p.each(
            || {
                let counted = mul(positive, t)?;
                mul(&p.g, &((&counted + 1.0 - t) * sigmoid(x)? - counted))
            },
            || mul(&p.g, &(log_sigmoid(&neg(x)?)? - mul(positive, &log_sigmoid(x)?)?)),
        )
    },
);

/// What [`binary_cross_entropy_with_logits`] leaves to choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct BceWithLogitsOptions<'a> {
    /// What each element counts; broadcast.
    pub weight: Option<&'a Tensor>,
    /// What positives count against negatives, for each class; broadcast.
    pub pos_weight: Option<&'a Tensor>,
    /// What becomes of the losses.
    pub reduction: Reduction,
}

/// The binary cross-entropy of scores: that of `sigmoid(input)` and `target`, without overflow, elementwise, reduced.
///
/// # Errors
/// If the shapes of `input` and `target` differ, a weight does not broadcast to the shape or requires a gradient, or `input` is of
/// integers or booleans.
#[track_caller]
pub fn binary_cross_entropy_with_logits(
    input: &Tensor,
    target: &Tensor,
    options: BceWithLogitsOptions,
) -> Result<Tensor> {
    let name = "binary_cross_entropy_with_logits";
    let BceWithLogitsOptions { weight, pos_weight, reduction } = options;
    if input.shape() != target.shape() {
        return Err(Error::value(format!(
            "Target size (torch.Size({:?})) must be the same as input size (torch.Size({:?}))",
            target.shape(),
            input.shape()
        )))
        .named(name);
    }
    refuse_grad(name, "weight", weight).named(name)?;
    refuse_grad(name, "pos_weight", pos_weight).named(name)?;
    let rule = if pos_weight.is_some() { &WITH_POSITIVES } else { &WITH_LOGITS };
    let op =
        ElementLoss { positive: pos_weight.is_some(), weight: weight.is_some(), ..ElementLoss::of(rule, reduction) };
    let tensors = [input, target].into_iter().chain(pos_weight).chain(weight);
    apply1(op, &tensors.map(Operand::from).collect::<SmallVec<[Operand; 4]>>())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "nn::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, str reduction='mean') -> Tensor",
        |a| binary_cross_entropy(a.tensor(0), a.tensor(1), a.opt_tensor(2), a.str(3).parse()?)
    ),
    bind!(
        "nn::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, str reduction='mean') -> Tensor",
        |a| binary_cross_entropy_with_logits(
            a.tensor(0),
            a.tensor(1),
            BceWithLogitsOptions { weight: a.opt_tensor(2), pos_weight: a.opt_tensor(3), reduction: a.str(4).parse()? }
        )
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let both = || vec![uniform(1, 0.1, 0.9, &[2, 3]), uniform(2, 0.1, 0.9, &[2, 3])];
    let scores = || vec![uniform(1, -3.0, 3.0, &[2, 3]), uniform(2, 0.1, 0.9, &[2, 3])];
    let with = |mut v: Vec<Tensor>, more: &[Tensor]| {
        v.extend_from_slice(more);
        v
    };
    let w = uniform(3, 0.5, 2.0, &[3]);
    let edges = || vec![floats(&[0.0, 1.0, 0.0, 1.0, 0.5], &[5]), floats(&[0.0, 1.0, 1.0, 0.0, 1.0], &[5])];
    let far = || vec![floats(&[800.0, -800.0, 0.0, f64::INFINITY], &[4]), floats(&[0.0, 1.0, 1.0, 0.5], &[4])];
    let (mean, none, sum) = (Reduction::Mean, Reduction::None, Reduction::Sum);
    let bce = |r| move |t: &[Tensor]| binary_cross_entropy(&t[0], &t[1], None, r);
    let logits = |reduction| {
        move |t: &[Tensor]| {
            binary_cross_entropy_with_logits(&t[0], &t[1], BceWithLogitsOptions { reduction, ..Default::default() })
        }
    };
    let weights = |t: &[Tensor], which: [bool; 2], reduction| {
        let w: Vec<Tensor> = t[2..].iter().map(Tensor::detach).collect();
        let mut left = w.iter();
        let weight = if which[0] { left.next() } else { None };
        let pos_weight = if which[1] { left.next() } else { None };
        binary_cross_entropy_with_logits(&t[0], &t[1], BceWithLogitsOptions { weight, pos_weight, reduction })
    };
    let constant = "weights get no gradient";
    vec![
        Entry::new("binary_cross_entropy(Tensor input, Tensor target, Tensor? weight=None, str reduction='mean') -> Tensor")
            .sample("F.binary_cross_entropy(a, b)", both(), bce(mean))
            .sample("F.binary_cross_entropy(a, b, reduction='sum')", both(), bce(sum))
            .sample("F.binary_cross_entropy(a, b, reduction='none')", both(), bce(none))
            .sample("F.binary_cross_entropy(a, b, weight=c.detach())", with(both(), std::slice::from_ref(&w)), move |t| {
                binary_cross_entropy(&t[0], &t[1], Some(&t[2].detach()), mean)
            })
            .skip(Check::NotSmall, constant)
            .kink("F.binary_cross_entropy(a, b, reduction='none')", edges(), bce(none))
            .skip(Check::Gradgradcheck, "infinite at the edges")
            .error([w.clone(), w.clone()], bce(mean), "all elements of input should be between 0 and 1")
            .error([uniform(1, 0.1, 0.9, &[3]), w.clone()], bce(mean), "all elements of target should be between 0 and 1")
            .error([uniform(1, 0.1, 0.9, &[2, 3]), uniform(1, 0.1, 0.9, &[3])], bce(mean), "Using a target size (torch.Size([3])) that is different to the input size (torch.Size([2, 3])) is deprecated. Please ensure they have the same size.")
            .error([uniform(1, 0.1, 0.9, &[3]), ints(1, 0, 2, &[3])], bce(mean), "Found dtype Long but expected Double"),
        Entry::new("binary_cross_entropy_with_logits(Tensor input, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, str reduction='mean') -> Tensor")
            .sample("F.binary_cross_entropy_with_logits(a, b)", scores(), logits(mean))
            .sample("F.binary_cross_entropy_with_logits(a, b, reduction='sum')", scores(), logits(sum))
            .sample("F.binary_cross_entropy_with_logits(a, b, reduction='none')", scores(), logits(none))
            .sample("F.binary_cross_entropy_with_logits(a, b, weight=c.detach())", with(scores(), std::slice::from_ref(&w)), move |t| weights(t, [true, false], mean))
            .skip(Check::NotSmall, constant)
            .sample("F.binary_cross_entropy_with_logits(a, b, pos_weight=c.detach(), reduction='none')", with(scores(), std::slice::from_ref(&w)), move |t| weights(t, [false, true], none))
            .skip(Check::NotSmall, constant)
            .sample("F.binary_cross_entropy_with_logits(a, b, weight=c.detach(), pos_weight=d.detach())", with(scores(), &[uniform(4, 0.5, 2.0, &[2, 1]), w.clone()]), move |t| weights(t, [true, true], mean))
            .skip(Check::NotSmall, constant)
            .kink("F.binary_cross_entropy_with_logits(a, b, reduction='none')", far(), logits(none))
            .error([uniform(1, 0.1, 0.9, &[2, 3]), w.clone()], logits(mean), "Target size (torch.Size([3])) must be the same as input size (torch.Size([2, 3]))")
            .error([ints(1, 0, 2, &[3]), w.clone()], logits(mean), "\"log_sigmoid_cpu\" not implemented for 'Long'")
            .error([w.clone(), ints(1, 0, 2, &[3])], logits(mean), "result type Double can't be cast to the desired output type Long")
            .error(with(scores(), &[uniform(1, 0.5, 2.0, &[4, 2, 3])]), move |t| weights(t, [true, false], mean), "output with shape [2, 3] doesn't match the broadcast shape [4, 2, 3]"),
    ]
}
