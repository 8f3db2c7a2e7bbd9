//! What operations with index tensors share.

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::to_dtype;
use crate::scalar::Operand;
use crate::tensor::Tensor;
use wengert_kernels::index::IndexError;
use wengert_kernels::tile;

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

/// A source of an operation that may be called in place: read from a copy if it is what is written to.
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
