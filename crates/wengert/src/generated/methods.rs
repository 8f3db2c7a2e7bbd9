//! One method of [`Tensor`] for each operation. Written by `cargo xtask gen`.
// Long because: one method for each operation.

use crate::dtype::DType;
use crate::error::or_panic;
use crate::ops::Sizes;
use crate::scalar::Operand;
use crate::tensor::Tensor;

impl Tensor {
    /// `self + other`, elementwise with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn add<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::add(self, other))
    }

    /// [`add`](Tensor::add) into `self`.
    ///
    /// # Panics
    /// Those of [`add`](Tensor::add) and of in-place writes in general.
    #[track_caller]
    pub fn add_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::add_(self, other))
    }

    /// A copy of the numbers in memory of its own, in the graph (`torch.clone`; `clone()` on a Rust handle only shares it).
    #[track_caller]
    pub fn clone_tensor(&self) -> Tensor {
        or_panic(crate::ops::clone_tensor(self))
    }

    /// Itself if its elements are dense in row-major order, else a copy that is.
    #[track_caller]
    pub fn contiguous(&self) -> Tensor {
        or_panic(crate::ops::contiguous(self))
    }

    /// Overwrites `self` with `source`, broadcast and cast.
    ///
    /// # Panics
    /// If `source` does not broadcast to the shape; those of in-place writes in general.
    #[track_caller]
    pub fn copy_<'a>(&self, source: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::copy_(self, source))
    }

    /// `self / other`, elementwise with broadcasting; integers give floats.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn div<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::div(self, other))
    }

    /// [`div`](Tensor::div) into `self`.
    ///
    /// # Panics
    /// Those of [`div`](Tensor::div) and of in-place writes in general (integers cannot hold the result).
    #[track_caller]
    pub fn div_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::div_(self, other))
    }

    /// `self` broadcast to `shape`, sharing its memory.
    ///
    /// # Panics
    /// If a size is neither 1 nor that of `shape`.
    #[track_caller]
    pub fn expand(&self, shape: &[usize]) -> Tensor {
        or_panic(crate::ops::expand(self, shape))
    }

    /// Fills `self` with one number.
    ///
    /// # Panics
    /// Those of in-place writes in general.
    #[track_caller]
    pub fn fill_(&self, value: impl Into<crate::Scalar>) -> Tensor {
        or_panic(crate::ops::fill_(self, value))
    }

    /// `self * other`, elementwise with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn mul<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::mul(self, other))
    }

    /// [`mul`](Tensor::mul) into `self`.
    ///
    /// # Panics
    /// Those of [`mul`](Tensor::mul) and of in-place writes in general.
    #[track_caller]
    pub fn mul_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::mul_(self, other))
    }

    /// `-self`, elementwise.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn neg(&self) -> Tensor {
        or_panic(crate::ops::neg(self))
    }

    /// `other / self`; the order of `number / tensor`. PyTorch records it as a reciprocal and a product, and so do we.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn rdiv<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::rdiv(self, other))
    }

    /// `1 / self`; integers give floats.
    #[track_caller]
    pub fn reciprocal(&self) -> Tensor {
        or_panic(crate::ops::reciprocal(self))
    }

    /// Another shape, as a view where strides allow it, else as a copy; one size may be -1.
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape<S: Sizes + ?Sized>(&self, shape: &S) -> Tensor {
        or_panic(crate::ops::reshape(self, shape))
    }

    /// `other - self`; the order of `number - tensor`.
    ///
    /// # Panics
    /// As [`sub`](Tensor::sub).
    #[track_caller]
    pub fn rsub<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::rsub(self, other))
    }

    /// `self - other`, elementwise with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or for booleans.
    #[track_caller]
    pub fn sub<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::sub(self, other))
    }

    /// [`sub`](Tensor::sub) into `self`.
    ///
    /// # Panics
    /// Those of [`sub`](Tensor::sub) and of in-place writes in general.
    #[track_caller]
    pub fn sub_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::sub_(self, other))
    }

    /// The sum of all elements. Integers and booleans give `int64`.
    #[track_caller]
    pub fn sum(&self) -> Tensor {
        or_panic(crate::ops::sum(self))
    }

    /// The sum over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with `keepdim`, become 1.
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn sum_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::sum_dim(self, dims, keepdim))
    }

    /// The transpose of broadcasting: sums over the dimensions in which `self` is larger than `shape` (`sum_to_size`).
    ///
    /// # Panics
    /// If `self` is not `shape` broadcast.
    #[track_caller]
    pub fn sum_to(&self, shape: &[usize]) -> Tensor {
        or_panic(crate::ops::sum_to(self, shape))
    }

    /// The tensor in another dtype; itself if it has that dtype already.
    #[track_caller]
    pub fn to_dtype(&self, dtype: DType) -> Tensor {
        or_panic(crate::ops::to_dtype(self, dtype))
    }

    /// The same memory with another shape; one size may be -1.
    ///
    /// # Panics
    /// If the number of elements differs, or the strides do not allow it ([`reshape`](Tensor::reshape) copies then).
    #[track_caller]
    pub fn view<S: Sizes + ?Sized>(&self, shape: &S) -> Tensor {
        or_panic(crate::ops::view(self, shape))
    }

    /// Fills `self` with zeros.
    ///
    /// # Panics
    /// Those of in-place writes in general.
    #[track_caller]
    pub fn zero_(&self) -> Tensor {
        or_panic(crate::ops::zero_(self))
    }
}
