//! kl_div.

use super::Reduction;
use crate::error::{Error, Named, Result};
use crate::ops::{div, exp, mul, sub, xlogy};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};

/// What becomes of the losses of [`kl_div`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub enum KlDivReduction {
    /// Each for itself.
    None,
    /// Their mean over all elements, which is PyTorch's default though not the divergence of the distributions.
    #[default]
    Mean,
    /// Their sum.
    Sum,
    /// Their sum over the size of the first dimension: the mean divergence.
    BatchMean,
}

impl From<Reduction> for KlDivReduction {
    fn from(r: Reduction) -> Self {
        match r {
            Reduction::None => KlDivReduction::None,
            Reduction::Mean => KlDivReduction::Mean,
            Reduction::Sum => KlDivReduction::Sum,
        }
    }
}

/// `target * (log(target) - input)`, elementwise with broadcasting, reduced: the Kullback-Leibler divergence of `input`, which holds
/// log-probabilities, from `target`, which holds probabilities or, with `log_target`, log-probabilities too.
///
/// # Errors
/// If the shapes do not broadcast; for integers and booleans.
#[track_caller]
pub fn kl_div(
    input: &Tensor,
    target: &Tensor,
    reduction: impl Into<KlDivReduction>,
    log_target: bool,
) -> Result<Tensor> {
    if !input.dtype().is_differentiable() && !target.dtype().is_differentiable() {
        return Err(Error::runtime("kl_div: Integral inputs not supported.")).named("kl_div");
    }
    let losses = if log_target {
        mul(&exp(target)?, &sub(target, input)?)?
    } else {
        sub(&xlogy(target, target)?, &mul(target, input)?)?
    };
    match reduction.into() {
        KlDivReduction::None => Ok(losses),
        KlDivReduction::Mean => Reduction::Mean.of(&losses),
        KlDivReduction::Sum => Reduction::Sum.of(&losses),
        KlDivReduction::BatchMean => {
            let sum = Reduction::Sum.of(&losses)?;
            match input.shape().first() {
                Some(&n) => div(&sum, n),
                None => Ok(sum),
            }
        }
    }
}

impl std::str::FromStr for KlDivReduction {
    type Err = Error;
    fn from_str(s: &str) -> Result<KlDivReduction> {
        if s == "batchmean" { Ok(KlDivReduction::BatchMean) } else { Ok(s.parse::<Reduction>()?.into()) }
    }
}

pub(crate) static BINDINGS: &[Binding] =
    &[bind!("nn::kl_div(Tensor self, Tensor target, str reduction='mean', *, bool log_target=False) -> Tensor", |a| {
        kl_div(a.tensor(0), a.tensor(1), a.str(2).parse::<KlDivReduction>()?, a.bool(3))
    })];

pub(crate) fn entries() -> Vec<Entry> {
    let both = || vec![uniform(1, -3.0, -0.1, &[2, 3]), uniform(2, 0.1, 0.9, &[2, 3])];
    let logs = || vec![uniform(1, -3.0, -0.1, &[2, 3]), uniform(2, -3.0, -0.1, &[3])];
    let kl = |r: KlDivReduction, log| move |t: &[Tensor]| kl_div(&t[0], &t[1], r, log);
    use KlDivReduction::{BatchMean, Mean, None, Sum};
    vec![
        Entry::new("kl_div(Tensor input, Tensor target, str reduction='mean', bool log_target=False) -> Tensor")
            .sample("F.kl_div(a, b)", both(), kl(Mean, false))
            .sample("F.kl_div(a, b, reduction='sum')", both(), kl(Sum, false))
            .sample("F.kl_div(a, b, reduction='none')", both(), kl(None, false))
            .sample("F.kl_div(a, b, reduction='batchmean')", both(), kl(BatchMean, false))
            .sample("F.kl_div(a, b, log_target=True)", logs(), kl(Mean, true))
            .sample("F.kl_div(a, b, reduction='batchmean', log_target=True)", logs(), kl(BatchMean, true))
            .kink(
                "F.kl_div(a, b.detach(), reduction='none')",
                [floats(&[-1.0, -2.0], &[2]), floats(&[0.0, 1.0], &[2])],
                |t| kl_div(&t[0], &t[1].detach(), None, false),
            )
            .error(
                [ints(1, 0, 3, &[2]), ints(1, 0, 3, &[2])],
                kl(Mean, false),
                "kl_div: Integral inputs not supported.",
            ),
    ]
}
