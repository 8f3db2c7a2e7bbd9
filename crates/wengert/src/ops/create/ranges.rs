//! arange, range, linspace, logspace.

use crate::dtype::{DType, default_dtype};
use crate::error::{Error, Result};
use crate::scalar::Scalar;
use crate::table::{Arg, Args, Binding};
use crate::tensor::Tensor;
use crate::transforms::needs_numbers;

fn arange(start: Scalar, end: Scalar, step: Scalar, dtype: Option<DType>) -> Result<Tensor> {
    refuse("arange_cpu", dtype)?;
    Tensor::arange_of(start, end, step, dtype)
}

fn refuse(kernel: &str, dtype: Option<DType>) -> Result<()> {
    match dtype {
        Some(d) if d == DType::Bool || d.is_complex() => {
            Err(Error::not_implemented(format!("\"{kernel}\" not implemented for '{}'", d.scalar_name())))
        }
        _ => Ok(()),
    }
}

/// [`Tensor::arange_of`] with the end included, in the default dtype even for integers.
fn range(start: Scalar, end: Scalar, step: Scalar, dtype: Option<DType>) -> Result<Tensor> {
    let dtype = dtype.unwrap_or_else(default_dtype);
    refuse("range_cpu", Some(dtype))?;
    let (a, b, s) = (start.to_f64(), end.to_f64(), step.to_f64());
    if s == 0.0 || s.is_nan() {
        return Err(Error::runtime("step must be nonzero"));
    }
    if !a.is_finite() || !b.is_finite() {
        return Err(Error::runtime(format!("unsupported range: {a} -> {b}")));
    }
    if (s > 0.0 && a > b) || (s < 0.0 && a < b) {
        return Err(Error::runtime("upper bound and lower bound inconsistent with step sign"));
    }
    let n = ((b - a) / s).floor() as usize + 1;
    Tensor::from_numbers(&[n], dtype, |i| a + s * i as f64)
}

/// A bound: a number, or a tensor without dimensions.
fn bound(a: &Args, i: usize, function: &str) -> Result<f64> {
    let t = match &a.0[i] {
        Arg::Tensor(t) => t,
        _ => return Ok(a.scalar(i).to_f64()),
    };
    if t.ndim() > 0 {
        let name = if i == 0 { "start" } else { "end" };
        return Err(Error::runtime(format!(
            "{function} only supports 0-dimensional start and end tensors, but got {name} with {} dimension(s).",
            t.ndim()
        )));
    }
    needs_numbers(t)?;
    Ok(t.array().to_vec::<f64>()[0])
}

fn steps(n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::runtime("number of steps must be non-negative"))
}

fn linspace(a: &Args) -> Result<Tensor> {
    let dtype = a.opt_dtype(3).unwrap_or_else(default_dtype);
    refuse("linspace_cpu", Some(dtype))?;
    let (mut start, mut end) = (bound(a, 0, "linspace")?, bound(a, 1, "linspace")?);
    if dtype.is_int() {
        (start, end) = (start.trunc(), end.trunc());
    }
    Ok(Tensor::linspace_of(start, end, steps(a.int(2))?, dtype))
}

/// `base` to the powers [`linspace`] of the exponents, in the precision of the result.
fn logspace(a: &Args) -> Result<Tensor> {
    let dtype = a.opt_dtype(4).unwrap_or_else(default_dtype);
    refuse("logspace_cpu", Some(dtype))?;
    let (mut start, mut end) = (bound(a, 0, "logspace")?, bound(a, 1, "logspace")?);
    if dtype.is_int() {
        (start, end) = (start.trunc(), end.trunc());
    }
    let (steps, base) = (steps(a.int(2))?, a.float(3));
    let double = dtype == DType::F64;
    let exponents = Tensor::linspace_of(start, end, steps, if double { DType::F64 } else { DType::F32 });
    let exponents: Vec<f64> = exponents.array().to_vec();
    Tensor::from_numbers(&[steps], dtype, |i| {
        if double { base.powf(exponents[i]) } else { f64::from((base as f32).powf(exponents[i] as f32)) }
    })
}

pub(crate) static BINDINGS: &[Binding] = &[
    create!("torch::arange(Scalar end, *, ", |a| arange(0.into(), a.scalar(0), 1.into(), a.opt_dtype(1))),
    create!("torch::arange.start(Scalar start, Scalar end, *, ", |a| {
        arange(a.scalar(0), a.scalar(1), 1.into(), a.opt_dtype(2))
    }),
    create!("torch::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ", |a| {
        arange(a.scalar(0), a.scalar(1), a.scalar(2), a.opt_dtype(3))
    }),
    create!("torch::range.step(Scalar start, Scalar end, Scalar step=1, *, ", |a| {
        range(a.scalar(0), a.scalar(1), a.scalar(2), a.opt_dtype(3))
    }),
    create!("torch::linspace.Tensor_Tensor(Tensor start, Tensor end, int steps, *, ", |a| linspace(a)),
    create!("torch::linspace.Scalar_Tensor(Scalar start, Tensor end, int steps, *, ", |a| linspace(a)),
    create!("torch::linspace.Tensor_Scalar(Tensor start, Scalar end, int steps, *, ", |a| linspace(a)),
    create!("torch::linspace(Scalar start, Scalar end, int steps, *, ", |a| linspace(a)),
    create!("torch::logspace.Tensor_Tensor(Tensor start, Tensor end, int steps, float base=10.0, *, ", |a| logspace(a)),
    create!("torch::logspace.Scalar_Tensor(Scalar start, Tensor end, int steps, float base=10.0, *, ", |a| logspace(a)),
    create!("torch::logspace.Tensor_Scalar(Tensor start, Scalar end, int steps, float base=10.0, *, ", |a| logspace(a)),
    create!("torch::logspace(Scalar start, Scalar end, int steps, float base=10.0, *, ", |a| logspace(a)),
];
