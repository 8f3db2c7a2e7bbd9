//! What operations with index tensors share.

use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::to_dtype;
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
