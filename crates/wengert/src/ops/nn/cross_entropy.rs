//! cross_entropy.

use super::{NllLossOptions, Reduction, log_softmax, nll_loss};
use crate::error::{Error, Named, Result};
use crate::ops::{div, eq, gather, logical_not, masked_fill, mul, neg, reshape, sum, sum_dim};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};

/// What [`cross_entropy`] leaves to choose.
#[derive(Clone, Copy, Debug)]
pub struct CrossEntropyOptions<'a> {
    /// What each class counts.
    pub weight: Option<&'a Tensor>,
    /// Targets of this class do not count.
    pub ignore_index: i64,
    /// What becomes of the losses.
    pub reduction: Reduction,
    /// So much of each target is spread evenly over all classes; from 0 to 1.
    pub label_smoothing: f64,
}

impl Default for CrossEntropyOptions<'_> {
    fn default() -> Self {
        CrossEntropyOptions { weight: None, ignore_index: -100, reduction: Reduction::Mean, label_smoothing: 0.0 }
    }
}

/// The cross-entropy of scores: [`log_softmax`] over the classes and then [`nll_loss`], recorded as these two.
///
/// `input` holds scores, `[classes]`, `[n, classes]` or `[n, classes, d1, ...]`. `target` holds either the numbers of classes as
/// `int64`, in the shape without the classes, or the probability of each class, in the shape of `input`.
///
/// # Errors
/// As [`nll_loss`]; an `ignore_index` with probabilities; a smoothing above 1.
#[track_caller]
pub fn cross_entropy(input: &Tensor, target: &Tensor, options: CrossEntropyOptions) -> Result<Tensor> {
    let CrossEntropyOptions { weight, ignore_index, reduction, label_smoothing: smoothing } = options;
    let dim = isize::from(input.ndim() != 1);
    let soft = input.shape() == target.shape();
    check(input, target, options, soft).named("cross_entropy")?;
    let logs = log_softmax(input, dim)?;
    let classes = input.size(dim);
    // One number for each class, along the classes.
    let weights = match weight {
        Some(w) if input.ndim() > 1 && w.ndim() == 1 => {
            let mut shape = vec![1; input.ndim()];
            shape[1] = w.numel();
            Some(reshape(w, &shape[..])?)
        }
        other => other.cloned(),
    };
    let weighted = |x: &Tensor| weights.as_ref().map_or_else(|| Ok(x.clone()), |w| mul(x, w));
    if soft {
        let target = match smoothing > 0.0 {
            true => &(target * (1.0 - smoothing) + smoothing / classes as f64),
            false => target,
        };
        let terms = weighted(&mul(&logs, target)?)?;
        return match reduction {
            Reduction::None => neg(&sum_dim(&terms, &[dim], false)?),
            Reduction::Sum => neg(&sum(&terms)?),
            // Without elements the mean is NaN, as any mean.
            Reduction::Mean => div(&neg(&sum(&terms)?)?, (input.numel() / classes.max(1)) as f64),
        };
    }
    let likelihood = nll_loss(&logs, target, NllLossOptions { weight, ignore_index, reduction })?;
    if smoothing <= 0.0 {
        return Ok(likelihood);
    }
    let ignored = eq(target, ignore_index)?;
    let spread = masked_fill(&neg(&sum_dim(&weighted(&logs)?, &[dim], false)?)?, &ignored, 0)?;
    let spread = match (reduction, weight) {
        (Reduction::None, _) => spread,
        (Reduction::Sum, _) => sum(&spread)?,
        (Reduction::Mean, None) => div(&sum(&spread)?, &sum(&logical_not(&ignored)?)?)?,
        (Reduction::Mean, Some(w)) => {
            let index = reshape(&masked_fill(target, &ignored, 0)?, &[target.numel()])?;
            let counts = masked_fill(&gather(w, 0, &index)?, &reshape(&ignored, &[target.numel()])?, 0)?;
            div(&sum(&spread)?, &sum(&counts)?)?
        }
    };
    Ok(likelihood * (1.0 - smoothing) + spread * (smoothing / classes as f64))
}

/// What PyTorch checks before it computes.
fn check(input: &Tensor, target: &Tensor, options: CrossEntropyOptions, soft: bool) -> Result<()> {
    let smoothing = options.label_smoothing;
    let too_smooth = || Error::runtime(format!("label_smoothing must be between 0.0 and 1.0. Got: {smoothing}"));
    if !soft {
        return if smoothing > 1.0 { Err(too_smooth()) } else { Ok(()) };
    }
    if !target.dtype().is_differentiable() {
        return Err(Error::runtime(format!(
            "Expected floating point type for target with class probabilities, got {}",
            target.dtype().scalar_name()
        ))
        .hint("numbers of classes have the shape of the input without the classes"));
    }
    if options.ignore_index >= 0 {
        return Err(Error::runtime("ignore_index is not supported for floating point target"));
    }
    let classes = if input.ndim() == 0 { 1 } else { input.size(isize::from(input.ndim() != 1)) };
    if let Some(w) = options.weight
        && *w.shape() != [classes]
    {
        return Err(Error::runtime(format!(
            "cross_entropy: weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape: {:?}",
            w.shape()
        )));
    }
    if smoothing > 1.0 { Err(too_smooth()) } else { Ok(()) }
}

pub(crate) static BINDINGS: &[Binding] = &[bind!(
    "nn::cross_entropy(Tensor self, Tensor target, Tensor? weight=None, str reduction='mean', SymInt ignore_index=-100, float label_smoothing=0.0) -> Tensor",
    |a| cross_entropy(
        a.tensor(0),
        a.tensor(1),
        CrossEntropyOptions {
            weight: a.opt_tensor(2),
            reduction: a.str(3).parse()?,
            ignore_index: a.int(4),
            label_smoothing: a.float(5),
        }
    )
)];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[3, 4]);
    let t = ints(2, 0, 4, &[3]);
    let p = uniform(3, 0.1, 0.9, &[3, 4]);
    let w = uniform(4, 0.5, 2.0, &[4]);
    let (a3, t3, p3) = (uniform(5, -2.0, 2.0, &[2, 4, 3]), ints(6, 0, 4, &[2, 3]), uniform(7, 0.1, 0.9, &[2, 4, 3]));
    let with = |reduction, label_smoothing| {
        move |t: &[Tensor]| {
            let w = t.get(2).map(Tensor::detach);
            let options = CrossEntropyOptions { weight: w.as_ref(), reduction, label_smoothing, ..Default::default() };
            cross_entropy(&t[0], &t[1], options)
        }
    };
    let ignoring = |ignore_index, label_smoothing| {
        move |t: &[Tensor]| {
            let w = t.get(2).map(Tensor::detach);
            let options =
                CrossEntropyOptions { weight: w.as_ref(), ignore_index, label_smoothing, ..Default::default() };
            cross_entropy(&t[0], &t[1], options)
        }
    };
    let (mean, none, sum) = (Reduction::Mean, Reduction::None, Reduction::Sum);
    let hard = || vec![a.clone(), t.clone()];
    let soft = || vec![a.clone(), p.clone()];
    let weighted = || vec![a.clone(), t.clone(), w.clone()];
    let constant = "weights get no gradient";
    vec![
        Entry::new("cross_entropy(Tensor input, Tensor target, Tensor? weight=None, int ignore_index=-100, str reduction='mean', float label_smoothing=0.0) -> Tensor")
            .sample("F.cross_entropy(a, b)", hard(), with(mean, 0.0))
            .sample("F.cross_entropy(a, b, reduction='sum')", hard(), with(sum, 0.0))
            .sample("F.cross_entropy(a, b, reduction='none')", hard(), with(none, 0.0))
            .sample("F.cross_entropy(a, b, weight=c.detach())", weighted(), with(mean, 0.0))
            .skip(Check::NotSmall, constant)
            .sample("F.cross_entropy(a, b, ignore_index=1)", hard(), ignoring(1, 0.0))
            .sample("F.cross_entropy(a, b, label_smoothing=0.1)", hard(), with(mean, 0.1))
            .sample("F.cross_entropy(a, b, label_smoothing=0.1, reduction='none')", hard(), with(none, 0.1))
            .sample("F.cross_entropy(a, b, ignore_index=1, label_smoothing=0.3)", hard(), ignoring(1, 0.3))
            .sample("F.cross_entropy(a, b, weight=c.detach(), ignore_index=1, label_smoothing=0.3)", weighted(), ignoring(1, 0.3))
            .skip(Check::NotSmall, constant)
            .sample("F.cross_entropy(a, b, weight=c.detach(), label_smoothing=0.3, reduction='sum')", weighted(), with(sum, 0.3))
            .skip(Check::NotSmall, constant)
            .sample("F.cross_entropy(a, b)", soft(), with(mean, 0.0))
            .sample("F.cross_entropy(a, b, reduction='none')", soft(), with(none, 0.0))
            .sample("F.cross_entropy(a, b, reduction='sum', label_smoothing=0.2)", soft(), with(sum, 0.2))
            .sample("F.cross_entropy(a, b, weight=c)", [a.clone(), p.clone(), w.clone()], |t| {
                cross_entropy(&t[0], &t[1], CrossEntropyOptions { weight: Some(&t[2]), ..Default::default() })
            })
            .sample("F.cross_entropy(a, b)", [uniform(8, -2.0, 2.0, &[4]), ints(9, 0, 4, &[])], with(mean, 0.0))
            .sample("F.cross_entropy(a, b)", [uniform(8, -2.0, 2.0, &[4]), uniform(9, 0.1, 0.9, &[4])], with(mean, 0.0))
            .sample("F.cross_entropy(a, b)", [a3.clone(), t3.clone()], with(mean, 0.0))
            .sample("F.cross_entropy(a, b, weight=c.detach(), label_smoothing=0.1, reduction='none')", [a3.clone(), t3, w.clone()], with(none, 0.1))
            .skip(Check::NotSmall, constant)
            .sample("F.cross_entropy(a, b, weight=c.detach(), reduction='none')", [a3, p3, w.clone()], with(none, 0.0))
            .skip(Check::NotSmall, constant)
            .sample("F.cross_entropy(a, b)", [uniform(1, 0.0, 1.0, &[0, 4]), ints(1, 0, 4, &[0])], with(mean, 0.0))
            .sample("F.cross_entropy(a, b)", [uniform(1, 0.0, 1.0, &[0, 4]), uniform(1, 0.0, 1.0, &[0, 4])], with(mean, 0.0))
            .error([a.clone(), Tensor::full(&[3], 4)], with(mean, 0.0), "Target 4 is out of bounds.")
            .error([a.clone(), Tensor::full(&[2], 1)], with(mean, 0.0), "Expected input batch_size (3) to match target batch_size (2).")
            .error([a.clone(), uniform(1, 0.0, 1.0, &[3])], with(mean, 0.0), "expected target dtype to be Long or Byte, but got Double")
            .error([a.clone(), Tensor::full(&[3, 4], 1)], with(mean, 0.0), "Expected floating point type for target with class probabilities, got Long")
            .error(soft(), ignoring(2, 0.0), "ignore_index is not supported for floating point target")
            .error(hard(), with(mean, 1.5), "label_smoothing must be between 0.0 and 1.0. Got: 1.5")
            .error([a.clone(), p, uniform(1, 0.0, 1.0, &[2])], with(mean, 0.0), "cross_entropy: weight tensor should be defined either for all 4 classes or no classes but got weight tensor of shape: [2]")
            .error([a, t, uniform(1, 0.0, 1.0, &[2])], with(mean, 0.1), "weight tensor should be defined either for all 4 classes or no classes but got weight tensor of shape: [2]"),
    ]
}
