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

    /// Is no element zero? True if there are none. `bool`, but `uint8` for `uint8`.
    #[track_caller]
    pub fn all(&self) -> Tensor {
        or_panic(crate::ops::all(self))
    }

    /// [`all`](Tensor::all) over `dims`, which are dropped or, with `keepdim`, become 1. No dims: each element for itself, as in PyTorch.
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn all_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::all_dim(self, dims, keepdim))
    }

    /// The largest element. Equal ones share the gradient evenly (`amax()`).
    ///
    /// # Panics
    /// If there is no element.
    #[track_caller]
    pub fn amax(&self) -> Tensor {
        or_panic(crate::ops::amax(self))
    }

    /// The largest elements over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with
    /// `keepdim`, become 1. Equal ones share the gradient evenly.
    ///
    /// # Panics
    /// If a dimension is out of range or given twice, or has no element to choose from.
    #[track_caller]
    pub fn amax_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::amax_dim(self, dims, keepdim))
    }

    /// The smallest element. Equal ones share the gradient evenly (`amin()`).
    ///
    /// # Panics
    /// If there is no element.
    #[track_caller]
    pub fn amin(&self) -> Tensor {
        or_panic(crate::ops::amin(self))
    }

    /// The smallest elements over `dims`, as [`amax_dim`](Tensor::amax_dim).
    ///
    /// # Panics
    /// As [`amax_dim`](Tensor::amax_dim).
    #[track_caller]
    pub fn amin_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::amin_dim(self, dims, keepdim))
    }

    /// Is any element not zero? False if there are none. `bool`, but `uint8` for `uint8`.
    #[track_caller]
    pub fn any(&self) -> Tensor {
        or_panic(crate::ops::any(self))
    }

    /// [`any`](Tensor::any) over `dims`, as [`all_dim`](Tensor::all_dim).
    ///
    /// # Panics
    /// As [`all_dim`](Tensor::all_dim).
    #[track_caller]
    pub fn any_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::any_dim(self, dims, keepdim))
    }

    /// The number, in row-major order, of the largest element as `int64`: the first of equal ones; the first NaN wins.
    ///
    /// # Panics
    /// For booleans; if there is no element.
    #[track_caller]
    pub fn argmax(&self) -> Tensor {
        or_panic(crate::ops::argmax(self))
    }

    /// The numbers of the largest elements along `dim`, which is dropped or, with `keepdim`, becomes 1.
    ///
    /// # Panics
    /// For booleans; if `dim` is out of range or has no element to choose from.
    #[track_caller]
    pub fn argmax_dim(&self, dim: isize, keepdim: bool) -> Tensor {
        or_panic(crate::ops::argmax_dim(self, dim, keepdim))
    }

    /// The number, in row-major order, of the smallest element as `int64`, as [`argmax`](Tensor::argmax).
    ///
    /// # Panics
    /// As [`argmax`](Tensor::argmax).
    #[track_caller]
    pub fn argmin(&self) -> Tensor {
        or_panic(crate::ops::argmin(self))
    }

    /// The numbers of the smallest elements along `dim`, as [`argmax_dim`](Tensor::argmax_dim).
    ///
    /// # Panics
    /// As [`argmax_dim`](Tensor::argmax_dim).
    #[track_caller]
    pub fn argmin_dim(&self, dim: isize, keepdim: bool) -> Tensor {
        or_panic(crate::ops::argmin_dim(self, dim, keepdim))
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

    /// How many elements are not zero, as `int64`. A NaN is not zero.
    #[track_caller]
    pub fn count_nonzero(&self) -> Tensor {
        or_panic(crate::ops::count_nonzero(self))
    }

    /// [`count_nonzero`](Tensor::count_nonzero) over `dims`, which are dropped (all of them if empty).
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn count_nonzero_dim(&self, dims: &[isize]) -> Tensor {
        or_panic(crate::ops::count_nonzero_dim(self, dims))
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

    /// `log(sum(exp(self)))` over `dims` (all of them if empty; negative ones count from the end) without overflow. They are
    /// dropped or, with `keepdim`, become 1. No elements give -inf; integers and booleans give the default float.
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn logsumexp(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::logsumexp(self, dims, keepdim))
    }

    /// The largest element. Equal ones share the gradient evenly, and a NaN wins. With indices: [`max_dim`](super::max_dim).
    ///
    /// # Panics
    /// If there is no element.
    #[track_caller]
    pub fn max(&self) -> Tensor {
        or_panic(crate::ops::max(self))
    }

    /// The largest elements along `dim` and their indices (`int64`). `dim` is dropped or, with `keepdim`, becomes 1.
    ///
    /// The first of equal elements is chosen and alone gets the gradient; a NaN wins.
    ///
    /// # Panics
    /// If `dim` is out of range or has no element to choose from.
    #[track_caller]
    pub fn max_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::max_dim(self, dim, keepdim))
    }

    /// The mean of all elements; NaN if there are none.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn mean(&self) -> Tensor {
        or_panic(crate::ops::mean(self))
    }

    /// The mean over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with `keepdim`, become 1.
    ///
    /// # Panics
    /// For integers and booleans; if a dimension is out of range or given twice.
    #[track_caller]
    pub fn mean_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::mean_dim(self, dims, keepdim))
    }

    /// The smallest element. Equal ones share the gradient evenly, and a NaN wins. With indices: [`min_dim`](super::min_dim).
    ///
    /// # Panics
    /// If there is no element.
    #[track_caller]
    pub fn min(&self) -> Tensor {
        or_panic(crate::ops::min(self))
    }

    /// The smallest elements along `dim` and their indices, as [`max_dim`](Tensor::max_dim).
    ///
    /// # Panics
    /// As [`max_dim`](Tensor::max_dim).
    #[track_caller]
    pub fn min_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::min_dim(self, dim, keepdim))
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

    /// The mean of all elements that are not NaN; NaN if there are none.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn nanmean(&self) -> Tensor {
        or_panic(crate::ops::nanmean(self))
    }

    /// The mean of elements that are not NaN over `dims` (all of them if empty; negative ones count from the end), which are
    /// dropped or, with `keepdim`, become 1. [`nansum_dim`](Tensor::nansum_dim) over a count, as in PyTorch.
    ///
    /// # Panics
    /// For integers and booleans; if a dimension is out of range or given twice.
    #[track_caller]
    pub fn nanmean_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::nanmean_dim(self, dims, keepdim))
    }

    /// The sum of all elements that are not NaN. Integers and booleans give `int64`.
    #[track_caller]
    pub fn nansum(&self) -> Tensor {
        or_panic(crate::ops::nansum(self))
    }

    /// The sum of elements that are not NaN over `dims` (all of them if empty; negative ones count from the end), which are
    /// dropped or, with `keepdim`, become 1.
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn nansum_dim(&self, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::nansum_dim(self, dims, keepdim))
    }

    /// `-self`, elementwise.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn neg(&self) -> Tensor {
        or_panic(crate::ops::neg(self))
    }

    /// The Euclidean norm of all elements. Its gradient at zero is zero.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn norm(&self) -> Tensor {
        or_panic(crate::ops::norm(self))
    }

    /// The vector norm of order `p` over `dims` (all of them if empty; negative ones count from the end), which are dropped or,
    /// with `keepdim`, become 1: `sum(|x|^p)^(1/p)`; for 0 how many are not zero, for infinity the largest magnitude, for -infinity the
    /// smallest. Also PyTorch's `linalg.vector_norm`.
    ///
    /// Its gradient is zero where the norm is zero. Elements that tie for the largest or smallest magnitude share it evenly.
    ///
    /// # Panics
    /// For integers and booleans; if a dimension is out of range or given twice; for no elements if `p` is negative or infinite.
    #[track_caller]
    pub fn norm_dim(&self, p: f64, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::norm_dim(self, p, dims, keepdim))
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

    /// The standard deviation of all elements: the square root of [`var`](Tensor::var). Its gradient where it is 0 is 0.
    ///
    /// # Panics
    /// As [`var`](Tensor::var).
    #[track_caller]
    pub fn std(&self) -> Tensor {
        or_panic(crate::ops::std(self))
    }

    /// The standard deviation over `dims`: the square root of [`var_dim`](Tensor::var_dim). Its gradient where it is 0 is 0.
    ///
    /// # Panics
    /// As [`var_dim`](Tensor::var_dim).
    #[track_caller]
    pub fn std_dim(&self, dims: &[isize], correction: f64, keepdim: bool) -> Tensor {
        or_panic(crate::ops::std_dim(self, dims, correction, keepdim))
    }

    /// Standard deviation and mean of all elements in one pass: [`std`](Tensor::std) and [`mean`](super::mean).
    ///
    /// # Panics
    /// As [`var`](Tensor::var).
    #[track_caller]
    pub fn std_mean(&self) -> (Tensor, Tensor) {
        or_panic(crate::ops::std_mean(self))
    }

    /// Standard deviation and mean over `dims` in one pass: [`std_dim`](Tensor::std_dim) and [`mean_dim`](Tensor::mean_dim).
    ///
    /// # Panics
    /// As [`var_dim`](Tensor::var_dim).
    #[track_caller]
    pub fn std_mean_dim(&self, dims: &[isize], correction: f64, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::std_mean_dim(self, dims, correction, keepdim))
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

    /// The variance of all elements with Bessel's correction: divided by one less than their number. NaN for one element or none.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn var(&self) -> Tensor {
        or_panic(crate::ops::var(self))
    }

    /// The variance over `dims` (all of them if empty; negative ones count from the end), which are dropped or, with `keepdim`,
    /// become 1. The divisor is the number of elements less `correction` (1 is Bessel's, 0 the biased variance), or 0 if that is negative.
    ///
    /// # Panics
    /// For integers and booleans; if a dimension is out of range or given twice.
    #[track_caller]
    pub fn var_dim(&self, dims: &[isize], correction: f64, keepdim: bool) -> Tensor {
        or_panic(crate::ops::var_dim(self, dims, correction, keepdim))
    }

    /// Variance and mean of all elements in one pass: [`var`](Tensor::var) and [`mean`](super::mean).
    ///
    /// # Panics
    /// As [`var`](Tensor::var).
    #[track_caller]
    pub fn var_mean(&self) -> (Tensor, Tensor) {
        or_panic(crate::ops::var_mean(self))
    }

    /// Variance and mean over `dims` in one pass: [`var_dim`](Tensor::var_dim) and [`mean_dim`](Tensor::mean_dim).
    ///
    /// # Panics
    /// As [`var_dim`](Tensor::var_dim).
    #[track_caller]
    pub fn var_mean_dim(&self, dims: &[isize], correction: f64, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::var_mean_dim(self, dims, correction, keepdim))
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
