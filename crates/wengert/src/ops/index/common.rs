//! What operations with index tensors share.

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::{add, ge, logical_and, lt, movedim, mul, reshape, squeeze_dim, to_dtype, where_self};
use crate::primitive::{Batch, Outs};
use crate::scalar::{Operand, Scalar};
use crate::tensor::Tensor;
use wengert_kernels::index::IndexError;
use wengert_kernels::kernels;
use wengert_kernels::tile::{self, Kernels, Program};

/// An index tensor in the kernels' dtype: `int32` becomes `int64`, others are `error`.
#[track_caller]
pub(crate) fn long_index(index: &Tensor, error: impl FnOnce(DType) -> Error) -> Result<Tensor> {
    match index.dtype() {
        DType::I64 => Ok(index.clone()),
        DType::I32 => to_dtype(index, DType::I64),
        other => Err(error(other)),
    }
}

/// PyTorch's error for an index out of range, which most kernels report as a `RuntimeError`.
pub(crate) fn out_of_range(e: IndexError) -> Error {
    Error::runtime(e.to_string())
}

/// Begins an operation that changes some elements of its first input: `out` holds that input. Called in place it does already.
pub(crate) fn start_from(input: &Array, out: &mut Array) {
    if !input.shares_memory(out) {
        tile::copy(input.view(), &mut out.view_mut());
    }
}

/// An input of an operation that may be called in place: if it is what is written to, it is read from a copy (`x.addmm_(x, x)`).
pub(crate) fn apart(input: &Array, out: &Array) -> Array {
    if input.shares_memory(out) { input.copy_as(input.dtype()) } else { input.clone() }
}

/// Sizes as PyTorch counts them for indexing: a number is a vector of one element.
pub(crate) fn as_vector(shape: &[usize]) -> &[usize] {
    if shape.is_empty() { &[1] } else { shape }
}

/// The dtype of an operand that is a tensor.
pub(crate) fn tensor_dtype(x: Operand) -> Option<DType> {
    x.tensor().map(Tensor::dtype)
}

static TIMES: Kernels = kernels! {
    f32, f64 => |a: T, b: T| -> T { a * b };
    i64 => |a: T, b: T| -> T { a.wrapping_mul(b) };
    bool => |a: T, b: T| -> T { a & b };
};

/// A copy times a number, which counts in the copy's dtype.
pub(crate) fn scaled(input: &Array, by: Scalar) -> Array {
    let dtype = input.dtype();
    let mut out = Array::empty(input.shape(), dtype);
    let mut p = Program::new(input.shape());
    let x = p.load(input.view(), dtype);
    let by = match by {
        Scalar::Float(v) => p.scalar(v, dtype),
        v => p.scalar(v.to_i64(), dtype),
    };
    let micro = dtype.compute().and_then(|c| TIMES.get(c)).expect("real dtypes have a product");
    let y = p.step(micro, &[x, by]);
    p.round(y, dtype);
    p.run(&mut out.view_mut());
    out
}

/// A number operand in another dtype; tensors are as they are.
pub(crate) fn scalar_as(x: &Array, dtype: DType) -> Array {
    if x.as_scalar().is_some() { x.copy_as(dtype) } else { x.clone() }
}

/// Input `i` of a batch as rows: the batch, then dimension `dim`, then the others.
pub(super) fn rows(batch: &Batch, i: usize, dim: usize) -> Result<Tensor> {
    movedim(&batch.front_with_rank(i, 1)?, &[dim as isize + 1], &[1])
}

/// Undoes [`rows`].
pub(super) fn from_rows(batch: &Batch, i: usize, dim: usize, t: &Tensor) -> Result<Tensor> {
    if batch.rank(i) == 0 { squeeze_dim(t, 1) } else { movedim(t, &[1], &[dim as isize + 1]) }
}

/// Input `i`, a vector of row numbers below `n` for each example, as numbers of rows of all examples.
pub(super) fn row_numbers(batch: &Batch, i: usize, n: usize) -> Result<Tensor> {
    row_numbers_of(&batch.front_with_rank(i, 1)?, n)
}

/// Row numbers below `n` for each example as numbers of rows of all examples. What is out of range stays so.
pub(super) fn row_numbers_of(index: &Tensor, n: usize) -> Result<Tensor> {
    let size = index.shape()[0];
    let first = reshape(&mul(&Tensor::arange(size as i64), n as i64)?, &[size, 1])?;
    let fits = logical_and(&ge(index, 0)?, &lt(index, n as i64)?)?;
    where_self(&fits, &add(index, &first)?, &Tensor::full_of(&[], (size * n) as i64, DType::I64))
}

/// A call for a batch of index tensors alone.
pub(super) fn batch_of_index(batch: &Batch, f: impl FnOnce(&Tensor) -> Result<Tensor>) -> Result<Option<Outs>> {
    Batch::one(f(&batch.front(1)?)?)
}
