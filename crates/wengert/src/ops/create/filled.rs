//! zeros, ones, full, empty, eye, their like-variants and methods.

use crate::dtype::{DType, default_dtype};
use crate::error::{Error, Result};
use crate::ops::{as_strided, keeps_order};
use crate::scalar::Scalar;
use crate::table::{Args, Binding};
use crate::tensor::Tensor;

/// Sizes under the name of a function that words its complaint in its own way.
fn sizes(a: &Args, name: &str) -> Result<Vec<usize>> {
    let sizes = a.ints(0).iter().map(|&n| usize::try_from(n));
    sizes
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| Error::runtime(format!("{name}: Dimension size must be non-negative.")))
}

fn filled(shape: &[usize], value: impl Into<Scalar>, dtype: Option<DType>) -> Result<Tensor> {
    Tensor::try_full(shape, value, dtype.unwrap_or_else(default_dtype))
}

/// `value` in the shape of the first argument. The last argument is a memory format.
fn like(a: &Args, value: impl Into<Scalar>, dtype: Option<DType>) -> Result<Tensor> {
    let other = a.tensor(0);
    let dtype = dtype.unwrap_or(other.dtype());
    match keeps_order(a.opt_name(a.0.len() - 1)) {
        true => other.try_full_like(value, dtype),
        false => other.try_new_full(other.shape(), value, dtype),
    }
}

fn new(a: &Args, value: impl Into<Scalar>, dtype: Option<DType>) -> Result<Tensor> {
    a.tensor(0).try_new_full(&a.sizes(1)?, value, dtype.unwrap_or(a.tensor(0).dtype()))
}

/// `value` as a tensor of `dtype` holds it, if it is in the range.
fn fitting(value: Scalar, dtype: DType) -> Result<Scalar> {
    if dtype.is_complex() { Ok(value) } else { value.checked_to_dtype(dtype) }
}

/// Memory of `other`'s kind in which a tensor of these strides fits.
fn strided(other: &Tensor, shape: &[usize], strides: &[isize], dtype: DType) -> Result<Tensor> {
    let overflow =
        || Error::runtime(format!("Storage size calculation overflowed with sizes={shape:?} and strides={strides:?}"));
    if shape.len() != strides.len() {
        return Err(Error::runtime(format!(
            "dimensionality of sizes ({}) must match dimensionality of strides ({})",
            shape.len(),
            strides.len()
        )));
    }
    let mut extent = 1usize;
    for (&n, &s) in shape.iter().zip(strides) {
        if n == 0 {
            extent = 0;
            break;
        }
        let s = usize::try_from(s).map_err(|_| overflow())?;
        extent = (n - 1).checked_mul(s).and_then(|e| extent.checked_add(e)).ok_or_else(overflow)?;
    }
    as_strided(&other.try_new_full(&[extent], 0, dtype)?, shape, strides, None).map(|t| t.detach())
}

fn eye(n: i64, m: i64, dtype: Option<DType>) -> Result<Tensor> {
    let size = |name, n: i64| {
        usize::try_from(n).map_err(|_| Error::runtime(format!("{name} must be greater or equal to 0, got {n}")))
    };
    let (n, m) = (size("n", n)?, size("m", m)?);
    Tensor::eye_of(n, m, dtype.unwrap_or_else(default_dtype))
}

pub(crate) static BINDINGS: &[Binding] = &[
    create!("torch::empty(SymInt[] size, *, ", like, |a| filled(&a.sizes(0)?, 0, a.opt_dtype(1))),
    create!("torch::zeros(SymInt[] size, *, ", |a| filled(&sizes(a, "zeros")?, 0, a.opt_dtype(1))),
    create!("torch::ones(SymInt[] size, *, ", |a| filled(&a.sizes(0)?, 1, a.opt_dtype(1))),
    create!("torch::full(SymInt[] size, Scalar fill_value, *, ", |a| {
        let dtype = a.opt_dtype(2).unwrap_or(a.scalar(1).dtype());
        Tensor::try_full(&a.sizes(0)?, fitting(a.scalar(1), dtype)?, dtype)
    }),
    create!("torch::scalar_tensor(Scalar s, *, ", |a| filled(&[], a.scalar(0), a.opt_dtype(1))),
    create!("torch::empty_strided(SymInt[] size, SymInt[] stride, *, ", |a| {
        strided(&Tensor::zeros(&[0]), &a.sizes(0)?, a.ints(1), a.opt_dtype(2).unwrap_or_else(default_dtype))
    }),
    create!("torch::empty_like(Tensor self, *, ", like, |a| like(a, 0, a.opt_dtype(1))),
    create!("torch::zeros_like(Tensor self, *, ", like, |a| like(a, 0, a.opt_dtype(1))),
    create!("torch::ones_like(Tensor self, *, ", like, |a| like(a, 1, a.opt_dtype(1))),
    create!("torch::full_like(Tensor self, Scalar fill_value, *, ", like, |a| {
        let dtype = a.opt_dtype(2).unwrap_or(a.tensor(0).dtype());
        like(a, fitting(a.scalar(1), dtype)?, Some(dtype))
    }),
    create!("Tensor::new_empty(Tensor self, SymInt[] size, *, ", |a| new(a, 0, a.opt_dtype(2))),
    create!("Tensor::new_zeros(Tensor self, SymInt[] size, *, ", |a| new(a, 0, a.opt_dtype(2))),
    create!("Tensor::new_ones(Tensor self, SymInt[] size, *, ", |a| new(a, 1, a.opt_dtype(2))),
    create!("Tensor::new_full(Tensor self, SymInt[] size, Scalar fill_value, *, ", |a| {
        let dtype = a.opt_dtype(3).unwrap_or(a.tensor(0).dtype());
        new(a, fitting(a.scalar(2), dtype)?, Some(dtype))
    }),
    create!("Tensor::new_empty_strided(Tensor self, SymInt[] size, SymInt[] stride, *, ", |a| {
        strided(a.tensor(0), &a.sizes(1)?, a.ints(2), a.opt_dtype(3).unwrap_or(a.tensor(0).dtype()))
    }),
    create!("torch::eye(SymInt n, *, ", |a| eye(a.int(0), a.int(0), a.opt_dtype(1))),
    create!("torch::eye.m(SymInt n, SymInt m, *, ", |a| eye(a.int(0), a.int(1), a.opt_dtype(2))),
];
