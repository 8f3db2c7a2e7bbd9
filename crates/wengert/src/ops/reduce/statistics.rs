//! Counts and covariances: bincount, histc, cov, corrcoef.

use super::{mean_dim, sum, sum_dim};
use crate::dtype::{DType, int_to_float};
use crate::error::{Error, Named, Result};
use crate::ops::{
    clamp, clamp_max, diag, div, floor, ge, le, logical_and, masked_select, mm, mul, reshape, scatter_add, sqrt,
    squeeze, sub, t, to_dtype, unsqueeze,
};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};

/// How often each number occurs in a list of integers from 0 up, or the sums of their `weights`: at least `minlength` of them.
///
/// # Errors
/// If the input is not a list of integers that are not negative, or the weights are not as many.
#[track_caller]
pub fn bincount(input: &Tensor, weights: Option<&Tensor>, minlength: usize) -> Result<Tensor> {
    let refuse = |text: &str| Err(Error::runtime(text)).named("bincount");
    if input.dtype().is_float() || input.dtype() == DType::Bool {
        let text = format!("\"bincount_cpu\" not implemented for '{}'", input.dtype().scalar_name());
        return Err(Error::not_implemented(text)).named("bincount");
    }
    let index = to_dtype(&input.detach(), DType::I64)?;
    let counted = index.to_vec::<i64>();
    if input.ndim() != 1 || counted.iter().any(|&i| i < 0) {
        return refuse("bincount only supports 1-d non-negative integral inputs.");
    }
    let size = counted.iter().max().map_or(0, |&i| i as usize + 1).max(minlength);
    let weights = match weights {
        Some(w) if w.shape() != input.shape() => {
            return refuse("weights should be 1-d and have the same length as input");
        }
        Some(w) if w.dtype() == DType::F32 => w.detach(),
        Some(w) => to_dtype(&w.detach(), DType::F64)?,
        None => Tensor::full_of(input.shape(), 1, DType::I64),
    };
    scatter_add(&Tensor::full_of(&[size], 0, weights.dtype()), 0, &index, &weights)
}

/// How many elements lie in each of `bins` equal intervals from `min` to `max`, both included; from the smallest to the largest element
/// if both are 0. The counts have the dtype of the input.
///
/// # Errors
/// If there are no bins, `max` is below `min`, or the range is not finite; for integers and booleans.
#[track_caller]
pub fn histc(input: &Tensor, bins: i64, min: impl Into<Scalar>, max: impl Into<Scalar>) -> Result<Tensor> {
    let refuse = |text: String| Err(Error::runtime(text)).named("histc");
    if bins <= 0 {
        return refuse(format!("torch.histogram(): bins must be > 0, but got {bins} for dimension 0"));
    }
    if !input.dtype().is_float() {
        let text = format!("\"histogram_cpu\" not implemented for '{}'", input.dtype().scalar_name());
        return Err(Error::not_implemented(text)).named("histc");
    }
    let x = reshape(&input.detach(), &[input.numel()])?;
    let (mut lo, mut hi) = (min.into().to_f64(), max.into().to_f64());
    if lo == hi && x.numel() > 0 {
        (lo, hi) = (super::amin(&x)?.item(), super::amax(&x)?.item());
    }
    if lo == hi {
        (lo, hi) = (lo - 1.0, hi + 1.0);
    }
    if !(lo.is_finite() && hi.is_finite()) {
        return refuse(format!("torch.histc: range of [{lo}, {hi}] is not finite"));
    }
    if lo > hi {
        return refuse("torch.histc: max must be larger than min".into());
    }
    let x = masked_select(&x, &logical_and(&ge(&x, lo)?, &le(&x, hi)?)?)?;
    let bin = clamp_max(&floor(&mul(&sub(&x, lo)?, bins as f64 / (hi - lo))?)?, (bins - 1) as f64)?;
    to_dtype(&bincount(&to_dtype(&bin, DType::I64)?, None, bins as usize)?, input.dtype())
}

fn length(n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::runtime("minlength should be >= 0"))
}

/// Variables in rows, observations in columns, as floats.
fn observations(input: &Tensor) -> Result<Tensor> {
    if input.ndim() > 2 {
        return Err(Error::runtime(format!(
            "cov(): expected input to have two or fewer dimensions but got an input with {} dimensions",
            input.ndim()
        )));
    }
    let x = to_dtype(input, int_to_float(input.dtype()))?;
    if input.ndim() < 2 { reshape(&x, &[1, input.numel()]) } else { Ok(x) }
}

fn one_for_each(name: &str, weights: Option<&Tensor>, n: usize) -> Result<()> {
    match weights {
        Some(w) if w.ndim() > 1 => Err(Error::runtime(format!(
            "cov(): expected {name} to have one or fewer dimensions but got {name} with {} dimensions",
            w.ndim()
        ))),
        Some(w) if w.numel() != n => Err(Error::runtime(format!(
            "cov(): expected {name} to have the same numel as there are observations in the input but got {} != {n}",
            w.numel()
        ))),
        _ => Ok(()),
    }
}

/// The covariances of variables (rows) over observations (columns), each counted `fweights` times and with weight `aweights`; the divisor
/// is the number of observations less `correction`. One variable gives a number.
///
/// # Errors
/// If there are more dimensions than two, or not as many weights as observations.
#[track_caller]
pub fn cov(input: &Tensor, correction: i64, fweights: Option<&Tensor>, aweights: Option<&Tensor>) -> Result<Tensor> {
    let x = observations(input).named("cov")?;
    let n = x.shape()[1];
    one_for_each("fweights", fweights, n).named("cov")?;
    one_for_each("aweights", aweights, n).named("cov")?;
    let weights = match (fweights, aweights) {
        (Some(f), Some(a)) => Some(mul(f, a)?),
        (f, a) => f.or(a).cloned(),
    };
    let Some(weights) = weights else {
        let centred = sub(&x, &unsqueeze(&mean_dim(&x, &[1], false)?, 1)?)?;
        let divisor = (n as f64 - correction as f64).max(0.0);
        return squeeze(&div(&mm(&centred, &t(&centred)?)?, divisor)?);
    };
    let total = sum(&weights)?;
    let centred = sub(&x, &unsqueeze(&div(&sum_dim(&mul(&x, &weights)?, &[1], false)?, &total)?, 1)?)?;
    let lost = match aweights {
        Some(a) => mul(&div(&sum(&mul(&weights, a)?)?, &total)?, correction)?,
        None => Tensor::try_full(&[], correction, total.dtype())?,
    };
    let divisor = clamp(&sub(&total, &lost)?, Some(Operand::Scalar(0.into())), None)?;
    squeeze(&div(&mm(&centred, &t(&mul(&centred, &weights)?)?)?, &divisor)?)
}

/// The correlations of variables (rows) over observations (columns): [`cov`] divided by both standard deviations.
///
/// # Errors
/// If there are more dimensions than two.
#[track_caller]
pub fn corrcoef(input: &Tensor) -> Result<Tensor> {
    let c = cov(input, 1, None, None)?;
    if c.ndim() == 0 {
        return div(&c, &c);
    }
    let deviation = sqrt(&diag(&c, 0)?)?;
    let r = div(&div(&c, &unsqueeze(&deviation, 1)?)?, &unsqueeze(&deviation, 0)?)?;
    clamp(&r, Some(Operand::Scalar((-1).into())), Some(Operand::Scalar(1.into())))
}

pub(crate) static BINDINGS: &[Binding] =
    &[
        bind!("bincount(Tensor self, Tensor? weights=None, SymInt minlength=0) -> Tensor", |a| bincount(
            a.tensor(0),
            a.opt_tensor(1),
            length(a.int(2))?
        )),
        bind!("histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor", |a| histc(
            a.tensor(0),
            a.int(1),
            a.scalar(2),
            a.scalar(3)
        )),
        bind!(
            "cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor",
            |a| cov(a.tensor(0), a.int(1), a.opt_tensor(2), a.opt_tensor(3))
        ),
        bind!("corrcoef(Tensor self) -> Tensor", |a| corrcoef(a.tensor(0))),
    ];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -2.0, 2.0, &[3, 5]);
    let numbers = || ints(2, 0, 6, &[12]);
    vec![
        Entry::new("bincount(Tensor input, Tensor? weights=None, SymInt minlength=0) -> Tensor")
            .not_differentiable("it counts")
            .sample("torch.bincount(a)", [numbers()], |t| bincount(&t[0], None, 0))
            .skip(crate::testing::Check::Batched, "the values decide on the shape")
            .sample("torch.bincount(a, minlength=9)", [numbers()], |t| bincount(&t[0], None, 9))
            .skip(crate::testing::Check::Batched, "the values decide on the shape")
            .sample("torch.bincount(a, b)", [numbers(), ints(3, 1, 5, &[12])], |t| bincount(&t[0], Some(&t[1]), 0))
            .skip(crate::testing::Check::Batched, "the values decide on the shape")
            .error(
                [ints(2, -5, -1, &[3])],
                |t| bincount(&t[0], None, 0),
                "bincount only supports 1-d non-negative integral inputs.",
            ),
        Entry::new("histc(Tensor input, int bins=100, Scalar min=0, Scalar max=0) -> Tensor")
            .not_differentiable("it counts")
            .sample("torch.histc(a, 4)", [a()], |t| histc(&t[0], 4, 0, 0))
            .skip(crate::testing::Check::Batched, "the values decide on the range")
            .sample("torch.histc(a, 5, -1, 1)", [a()], |t| histc(&t[0], 5, -1, 1))
            .skip(crate::testing::Check::Batched, "the values decide on the counts' places")
            .sample("torch.histc(a, 3)", [floats(&[1.0, 1.0], &[2])], |t| histc(&t[0], 3, 0, 0))
            .skip(crate::testing::Check::Batched, "the values decide on the range")
            .error([a()], |t| histc(&t[0], 4, 3, 1), "torch.histc: max must be larger than min"),
        Entry::new("cov(Tensor input, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor")
            .sample("torch.cov(a)", [a()], |t| cov(&t[0], 1, None, None))
            .sample("torch.cov(a, correction=0)", [uniform(1, -2.0, 2.0, &[6])], |t| cov(&t[0], 0, None, None))
            .sample("torch.cov(a, fweights=b)", [a(), ints(4, 1, 4, &[5])], |t| cov(&t[0], 1, Some(&t[1]), None))
            .sample(
                "torch.cov(a, fweights=b, aweights=c)",
                [a(), ints(4, 1, 4, &[5]), uniform(5, 0.2, 1.0, &[5])],
                |t| cov(&t[0], 1, Some(&t[1]), Some(&t[2])),
            )
            .error(
                [uniform(1, 0.0, 1.0, &[2, 2, 2])],
                |t| cov(&t[0], 1, None, None),
                "cov(): expected input to have two or fewer dimensions but got an input with 3 dimensions",
            ),
        Entry::new("corrcoef(Tensor input) -> Tensor")
            .sample("torch.corrcoef(a)[0]", [a()], |t| crate::ops::select(&corrcoef(&t[0])?, 0, 0)),
    ]
}
