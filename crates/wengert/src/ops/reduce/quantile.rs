//! quantile, nanquantile.

use crate::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{
    all, any_dim, ceil, clamp_min, expand, floor, gather, ge, isnan, le, lerp, logical_and, logical_not, movedim, mul,
    no_halves, reshape, round, sort, squeeze_dim, sub, sum_dim, to_dtype, unsqueeze, where_self,
};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, uniform};

#[track_caller]
fn check(name: &str, input: &Tensor, q: &Tensor, interpolation: &str) -> Result<()> {
    if !matches!(input.dtype(), DType::F32 | DType::F64) {
        return Err(Error::runtime(format!("{name}() input tensor must be either float or double dtype")));
    }
    if input.numel() == 0 {
        return Err(Error::runtime(format!("{name}() input tensor must be non-empty")));
    }
    if q.ndim() > 1 {
        return Err(Error::runtime(format!("{name}() q must be a scalar or 1D tensor")));
    }
    if q.dtype() != input.dtype() {
        return Err(Error::runtime(format!("{name}() q tensor must be same dtype as the input tensor")));
    }
    if !["linear", "lower", "higher", "midpoint", "nearest"].contains(&interpolation) {
        return Err(Error::runtime(format!(
            "{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )));
    }
    let inside = all(&logical_and(&ge(&q.detach(), 0)?, &le(&q.detach(), 1)?)?)?;
    if inside.item() == 0.0 {
        return Err(Error::runtime(format!("{name}() q values must be in the range [0, 1]")));
    }
    Ok(())
}

#[track_caller]
fn of(
    name: &'static str,
    input: &Tensor,
    q: &Tensor,
    dim: Option<isize>,
    keepdim: bool,
    interpolation: &str,
) -> Result<Tensor> {
    check(name, input, q, interpolation).named(name)?;
    let rows = match dim {
        Some(dim) if input.ndim() > 0 => movedim(input, &[dim], &[-1])?,
        _ => reshape(input, &[input.numel()])?,
    };
    let n = rows.size(-1);
    let (sorted, _) = sort(&rows, -1, false, false)?;
    let points = reshape(q, &[q.numel()])?;
    let nan = isnan(&rows.detach())?;
    let rank = if name == "quantile" {
        // NaN stands at the end.
        where_self(&any_dim(&nan, &[-1], true)?, (n - 1) as f64, &mul(&points, (n - 1) as f64)?)?
    } else {
        let count = to_dtype(&sum_dim(&logical_not(&nan)?, &[-1], true)?, input.dtype())?;
        clamp_min(&mul(&points, &sub(&count, 1)?)?, 0)?
    };
    let at = |rank: &Tensor| gather(&sorted, -1, &to_dtype(&rank.detach(), DType::I64)?);
    let mut shape = rows.shape().to_vec();
    *shape.last_mut().expect("one dimension at least") = points.numel();
    let rank = to_dtype(&expand(&rank, &shape[..])?, input.dtype())?;
    let found = match interpolation {
        "lower" => at(&floor(&rank)?)?,
        "higher" => at(&ceil(&rank)?)?,
        "nearest" => at(&round(&rank)?)?,
        "midpoint" => lerp(&at(&floor(&rank)?)?, &at(&ceil(&rank)?)?, 0.5)?,
        _ => {
            let below = floor(&rank)?;
            lerp(&at(&below)?, &at(&ceil(&rank)?)?, &sub(&rank, &below.detach())?)?
        }
    };
    let found = movedim(&found, &[-1], &[0])?;
    let found = match dim {
        _ if !keepdim => found,
        Some(dim) if input.ndim() > 0 => unsqueeze(&found, if dim < 0 { dim } else { dim + 1 })?,
        _ => {
            let mut shape = vec![1; input.ndim() + 1];
            shape[0] = points.numel();
            reshape(&found, &shape)?
        }
    };
    if q.ndim() == 0 { squeeze_dim(&found, 0) } else { Ok(found) }
}

/// The values below which the fractions `q` (a number or several) of the elements lie, along `dim` or of all; between two elements by
/// `interpolation`: `linear`, `lower`, `higher`, `midpoint`, `nearest`. NaN if one is. Several `q` give a dimension in front.
///
/// # Errors
/// If a `q` is not between 0 and 1, the dtypes differ or are not `float32` or `float64`, or there are no elements.
#[track_caller]
pub fn quantile(input: &Tensor, q: &Tensor, dim: Option<isize>, keepdim: bool, interpolation: &str) -> Result<Tensor> {
    of("quantile", input, q, dim, keepdim, interpolation)
}

/// [`quantile`] of the elements that are not NaN.
///
/// # Errors
/// As [`quantile`].
#[track_caller]
pub fn nanquantile(
    input: &Tensor,
    q: &Tensor,
    dim: Option<isize>,
    keepdim: bool,
    interpolation: &str,
) -> Result<Tensor> {
    of("nanquantile", input, q, dim, keepdim, interpolation)
}

/// A number as PyTorch's overload takes it.
fn point(name: &'static str, input: &Tensor, q: f64) -> Result<Tensor> {
    if !(0.0..=1.0).contains(&q) {
        return Err(Error::runtime(format!("{name}() q must be in the range [0, 1] but got {q}"))).named(name);
    }
    Tensor::try_full(&[], q, input.dtype())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        |a| quantile(a.tensor(0), a.tensor(1), a.opt_dim(2), a.bool(3), a.str(4))
    ),
    bind!(
        "quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        |a| quantile(a.tensor(0), &point("quantile", a.tensor(0), a.float(1))?, a.opt_dim(2), a.bool(3), a.str(4))
    ),
    bind!(
        "nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        |a| nanquantile(a.tensor(0), a.tensor(1), a.opt_dim(2), a.bool(3), a.str(4))
    ),
    bind!(
        "nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation=\"linear\") -> Tensor",
        |a| nanquantile(
            a.tensor(0),
            &point("nanquantile", a.tensor(0), a.float(1))?,
            a.opt_dim(2),
            a.bool(3),
            a.str(4)
        )
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    const HOW: [(&str, &str); 4] = [
        ("torch.quantile(a, b, dim=1, interpolation='lower')", "lower"),
        ("torch.quantile(a, b, dim=1, interpolation='higher')", "higher"),
        ("torch.quantile(a, b, dim=1, interpolation='midpoint')", "midpoint"),
        ("torch.quantile(a, b, dim=1, interpolation='nearest')", "nearest"),
    ];
    let a = || uniform(1, -2.0, 2.0, &[3, 5]);
    let q = || floats(&[0.1, 0.45, 0.8], &[3]);
    let gaps = || floats(&[1.0, 3.0, f64::NAN, 2.0, 4.0, 0.25, 7.0, 0.5], &[2, 4]);
    let data_decides = "whether q is in range is asked of its values";
    let mut entry = Entry::new(
        "quantile(Tensor input, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
    )
    .sample("torch.quantile(a, b)", [a(), floats(&[0.3], &[])], |t| quantile(&t[0], &t[1], None, false, "linear"))
    .skip(Check::Batched, data_decides)
    .sample("torch.quantile(a, b, dim=1, keepdim=True)", [a(), q()], |t| {
        quantile(&t[0], &t[1], Some(1), true, "linear")
    })
    .skip(Check::Batched, data_decides)
    .sample("torch.quantile(a, b, keepdim=True)", [a(), q()], |t| quantile(&t[0], &t[1], None, true, "linear"))
    .skip(Check::Batched, data_decides)
    .kink("torch.quantile(a, b, dim=1)", [gaps(), q()], |t| quantile(&t[0], &t[1], Some(1), false, "linear"))
    .skip(Check::Batched, data_decides);
    for (torch, how) in HOW {
        entry = entry
            .kink(torch, [a(), q().detach()], move |t| quantile(&t[0], &t[1].detach(), Some(1), false, how))
            .skip(Check::Batched, data_decides)
            .skip(Check::NotSmall, "q moves nothing");
    }
    let entries = vec![
        entry.error(
            [a(), floats(&[1.5], &[])],
            |t| quantile(&t[0], &t[1], None, false, "linear"),
            "quantile() q values must be in the range [0, 1]",
        ),
        Entry::new(
            "nanquantile(Tensor input, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
        )
        .kink("torch.nanquantile(a, b, dim=1)", [gaps(), q()], |t| nanquantile(&t[0], &t[1], Some(1), false, "linear"))
        .skip(Check::Batched, data_decides)
        .kink("torch.nanquantile(a, b)", [gaps(), q()], |t| nanquantile(&t[0], &t[1], None, false, "linear"))
        .skip(Check::Batched, data_decides),
    ];
    entries.into_iter().map(no_halves).collect()
}
