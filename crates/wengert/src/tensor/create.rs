//! Tensors from nothing: filled, ranges, the identity, and their like-variants.

pub use super::data::{Literal, from_literal};

use super::Tensor;
use crate::array::Array;
use crate::dtype::{DType, Element, default_dtype};
use crate::error::{Error, Result, or_panic};
use crate::scalar::Scalar;
use crate::transforms::{Role, Wrapper, batched, living, with_batch};
use wengert_kernels::dispatch;
use wengert_kernels::tile::Program;

/// A contiguous array filled with one value.
fn filled(shape: &[usize], value: Scalar, dtype: DType) -> Result<Array> {
    fill(Array::try_empty(shape, refuse_complex(dtype)?)?, value)
}

fn refuse_complex(dtype: DType) -> Result<DType> {
    if dtype.is_complex() { Err(Error::not_implemented(format!("tensors of {dtype}"))) } else { Ok(dtype) }
}

fn fill(mut out: Array, value: Scalar) -> Result<Array> {
    let dtype = out.dtype();
    let mut p = Program::new(out.shape());
    match value {
        Scalar::Float(v) => p.scalar(v, dtype),
        v => p.scalar(v.to_i64(), dtype),
    };
    p.run(&mut out.view_mut());
    Ok(out)
}

/// `f(i)` for each row-major index `i`, in the given dtype.
fn from_fn(shape: &[usize], dtype: DType, f: impl FnMut(usize) -> f64) -> Tensor {
    let n = shape.iter().product();
    let data: Vec<f64> = (0..n).map(f).collect();
    let flat = Array::from_slice(&data).copy_as(dtype);
    Tensor::from_array(flat.into_shape(shape))
}

impl Tensor {
    /// Zeros of the default dtype.
    pub fn zeros(shape: &[usize]) -> Tensor {
        Tensor::full_of(shape, 0, default_dtype())
    }
    /// Ones of the default dtype.
    pub fn ones(shape: &[usize]) -> Tensor {
        Tensor::full_of(shape, 1, default_dtype())
    }
    /// `value` everywhere; the dtype is the value's (`int64`, `bool` or the default float).
    pub fn full(shape: &[usize], value: impl Into<Scalar>) -> Tensor {
        let value = value.into();
        Tensor::full_of(shape, value, value.dtype())
    }
    /// `value` everywhere, in a given dtype.
    #[track_caller]
    pub fn full_of(shape: &[usize], value: impl Into<Scalar>, dtype: DType) -> Tensor {
        or_panic(Tensor::try_full(shape, value, dtype))
    }
    /// [`Tensor::full_of`] with a `Result`.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn try_full(shape: &[usize], value: impl Into<Scalar>, dtype: DType) -> Result<Tensor> {
        Ok(Tensor::from_array(filled(shape, value.into(), dtype)?))
    }
    /// A tensor whose contents are zeros today and nobody's promise: `torch.empty`.
    pub fn empty(shape: &[usize]) -> Tensor {
        Tensor::zeros(shape)
    }
    /// Zeros of another tensor's shape and dtype, and of its strides if its elements are dense in any order of dimensions, as a transposed
    /// tensor's are.
    #[track_caller]
    pub fn zeros_like(other: &Tensor) -> Tensor {
        Tensor::full_like(other, 0)
    }
    /// Ones of another tensor's shape and dtype; strides are as for [`Tensor::zeros_like`].
    #[track_caller]
    pub fn ones_like(other: &Tensor) -> Tensor {
        Tensor::full_like(other, 1)
    }
    /// `value` in another tensor's shape and dtype; strides are as for [`Tensor::zeros_like`].
    #[track_caller]
    pub fn full_like(other: &Tensor, value: impl Into<Scalar>) -> Tensor {
        or_panic(other.try_full_like(value, other.dtype()))
    }
    /// [`Tensor::full_like`] in a dtype of its own, with a `Result`.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn try_full_like(&self, value: impl Into<Scalar>, dtype: DType) -> Result<Tensor> {
        let layout = self.array().layout();
        if self.is_wrapped() || layout.is_row_major() {
            return self.try_new_full(self.shape(), value, dtype);
        }
        let out = Array::try_laid_out(layout.alike(), refuse_complex(dtype)?)?;
        Ok(Tensor::from_array(fill(out, value.into())?))
    }

    /// `value` in this tensor's dtype and another shape; within `vmap`, one for each example if this tensor differs from example to
    /// example, so that such values can be written into it.
    #[track_caller]
    pub fn new_full(&self, shape: &[usize], value: impl Into<Scalar>) -> Tensor {
        or_panic(self.try_new_full(shape, value, self.dtype()))
    }
    /// [`Tensor::new_full`] in a dtype of its own, with a `Result`.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn try_new_full(&self, shape: &[usize], value: impl Into<Scalar>, dtype: DType) -> Result<Tensor> {
        let value = value.into();
        match living(self) {
            Some(Wrapper { level, inner, role: Role::Batched }) => {
                let whole = with_batch(inner.shape()[0], shape);
                Ok(batched(level, inner.try_new_full(&whole, value, dtype)?))
            }
            Some(w) => w.inner.try_new_full(shape, value, dtype),
            None => Tensor::try_full(shape, value, dtype),
        }
    }
    /// Zeros in this tensor's dtype and another shape, as [`Tensor::new_full`].
    pub fn new_zeros(&self, shape: &[usize]) -> Tensor {
        self.new_full(shape, 0)
    }
    /// Ones in this tensor's dtype and another shape, as [`Tensor::new_full`].
    pub fn new_ones(&self, shape: &[usize]) -> Tensor {
        self.new_full(shape, 1)
    }

    /// `0, 1, ..., end - 1` as `int64`.
    pub fn arange(end: i64) -> Tensor {
        or_panic(Tensor::arange_of(0, end, 1, None))
    }

    /// `start, start + step, ...` up to but without `end`. Without a dtype it is `int64` for integers, the default float otherwise.
    ///
    /// # Errors
    /// If `step` is zero or leads away from `end`.
    pub fn arange_of(
        start: impl Into<Scalar>,
        end: impl Into<Scalar>,
        step: impl Into<Scalar>,
        dtype: Option<DType>,
    ) -> Result<Tensor> {
        let (start, end, step) = (start.into(), end.into(), step.into());
        let float = start.is_float() || end.is_float() || step.is_float();
        let dtype = dtype.unwrap_or(if float { default_dtype() } else { DType::I64 });
        let (a, b, s) = (start.to_f64(), end.to_f64(), step.to_f64());
        if s == 0.0 || s.is_nan() {
            return Err(Error::runtime("step must be nonzero"));
        }
        if !a.is_finite() || !b.is_finite() {
            let shown = |x: f64| if x.is_nan() { "nan".to_string() } else { x.to_string() };
            return Err(Error::runtime(format!("unsupported range: {} -> {}", shown(a), shown(b))));
        }
        if (s > 0.0 && a > b) || (s < 0.0 && a < b) {
            return Err(Error::runtime("upper bound and lower bound inconsistent with step sign"));
        }
        if float {
            return Tensor::from_numbers(&[((b - a) / s).ceil() as usize], dtype, |i| a + s * i as f64);
        }
        let (a, b, s) = (start.to_i64(), end.to_i64(), step.to_i64());
        let n = a.abs_diff(b).div_ceil(s.unsigned_abs());
        Array::try_empty(&[n as usize], DType::I64)?;
        let data: Vec<i64> = (0..n as i64).map(|i| a + s * i).collect();
        Ok(Tensor::from_array(Array::from_slice(&data).copy_as(dtype)))
    }

    /// `steps` numbers from `start` to `end`, both included, evenly spaced, in the default dtype.
    ///
    /// As in PyTorch the second half is counted back from `end`, so that the last element is exactly `end`.
    pub fn linspace(start: f64, end: f64, steps: usize) -> Tensor {
        Tensor::linspace_of(start, end, steps, default_dtype())
    }

    /// [`Tensor::linspace`] in a given dtype, computed in that precision.
    pub fn linspace_of(start: f64, end: f64, steps: usize, dtype: DType) -> Tensor {
        if steps == 1 {
            return from_fn(&[1], dtype, |_| start);
        }
        if dtype == DType::F64 {
            let step = (end - start) / (steps as f64 - 1.0);
            return from_fn(&[steps], dtype, |i| {
                if i < steps / 2 { start + step * i as f64 } else { end - step * (steps - i - 1) as f64 }
            });
        }
        let (start, end) = (start as f32, end as f32);
        let step = (end - start) / (steps as f32 - 1.0);
        from_fn(&[steps], dtype, |i| {
            let v = if i < steps / 2 { start + step * i as f32 } else { end - step * (steps - i - 1) as f32 };
            v as f64
        })
    }

    /// The `n` x `n` identity matrix in the default dtype.
    #[track_caller]
    pub fn eye(n: usize) -> Tensor {
        or_panic(Tensor::eye_of(n, n, default_dtype()))
    }

    /// The first `n` rows and `m` columns of the identity in a given dtype.
    ///
    /// # Errors
    /// If there is not so much memory.
    pub fn eye_of(n: usize, m: usize, dtype: DType) -> Result<Tensor> {
        let mut out = filled(&[n, m], Scalar::Int(0), dtype)?;
        dispatch!(dtype, T => {
            let mut view = out.view_mut();
            let data = view.as_slice_mut::<T>().expect("a new array is dense");
            (0..n.min(m)).for_each(|i| data[i * m + i] = T::from_i64(1));
        }, else => unreachable!("complex tensors were refused"));
        Ok(Tensor::from_array(out))
    }

    /// `f(i)` for each row-major index `i`.
    pub(crate) fn from_numbers(shape: &[usize], dtype: DType, f: impl FnMut(usize) -> f64) -> Result<Tensor> {
        Array::try_empty(shape, dtype)?;
        Ok(from_fn(shape, dtype, f))
    }
}
