//! One method of [`Tensor`] for each operation. Written by `cargo xtask gen`.
// Long because: one method for each operation.

use crate::dtype::DType;
use crate::error::or_panic;
use crate::ops::NllLossOptions;
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

    /// With at least one dimension: a number becomes a vector of one element.
    #[track_caller]
    pub fn atleast_1d(&self) -> Tensor {
        or_panic(crate::ops::atleast_1d(self))
    }

    /// With at least two dimensions: a vector becomes a row.
    #[track_caller]
    pub fn atleast_2d(&self) -> Tensor {
        or_panic(crate::ops::atleast_2d(self))
    }

    /// With at least three dimensions: a vector becomes `[1, n, 1]`, a matrix `[m, n, 1]`.
    #[track_caller]
    pub fn atleast_3d(&self) -> Tensor {
        or_panic(crate::ops::atleast_3d(self))
    }

    /// [`expand`](Tensor::expand) under NumPy's name.
    ///
    /// # Panics
    /// Those of [`expand`](Tensor::expand).
    #[track_caller]
    pub fn broadcast_to<S: Sizes + ?Sized>(&self, shape: &S) -> Tensor {
        or_panic(crate::ops::broadcast_to(self, shape))
    }

    /// At most `chunks` pieces of equal size along `dim`, the last of them smaller if it does not come out even: views.
    ///
    /// # Panics
    /// If `dim` is out of range or `chunks` is 0.
    #[track_caller]
    pub fn chunk(&self, chunks: usize, dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::chunk(self, chunks, dim))
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

    /// Running maxima along `dim` and their indices (`int64`): element `i` is the largest of elements `0..=i`.
    ///
    /// The last of equal elements is chosen and alone gets the gradient; a NaN stays.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn cummax(&self, dim: isize) -> (Tensor, Tensor) {
        or_panic(crate::ops::cummax(self, dim))
    }

    /// Running minima along `dim` and their indices, as [`cummax`](Tensor::cummax).
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn cummin(&self, dim: isize) -> (Tensor, Tensor) {
        or_panic(crate::ops::cummin(self, dim))
    }

    /// Running products along `dim`: element `i` is the product of elements `0..=i`. Integers and booleans give `int64`.
    ///
    /// The gradient is right where there are zeros.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn cumprod(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::cumprod(self, dim))
    }

    /// Running sums along `dim`: element `i` is the sum of elements `0..=i`. Integers and booleans give `int64`.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn cumsum(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::cumsum(self, dim))
    }

    /// The diagonal of a matrix as a copy, or for a vector the square matrix that has it on the diagonal and zeros elsewhere.
    ///
    /// # Panics
    /// If the input has neither one dimension nor two.
    #[track_caller]
    pub fn diag(&self, diagonal: isize) -> Tensor {
        or_panic(crate::ops::diag(self, diagonal))
    }

    /// Zeros, with the last dimension of `self` on the diagonal of two new dimensions `dim1` and `dim2` of the result.
    ///
    /// # Panics
    /// If a dimension is out of range, or both are the same.
    #[track_caller]
    pub fn diag_embed(&self, offset: isize, dim1: isize, dim2: isize) -> Tensor {
        or_panic(crate::ops::diag_embed(self, offset, dim1, dim2))
    }

    /// The diagonal of the planes of `dim1` and `dim2`, `offset` places to the right of the main one (or below it, if negative), as the
    /// last dimension of the result: a view.
    ///
    /// # Panics
    /// If a dimension is out of range, or both are the same.
    #[track_caller]
    pub fn diagonal(&self, offset: isize, dim1: isize, dim2: isize) -> Tensor {
        or_panic(crate::ops::diagonal(self, offset, dim1, dim2))
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

    /// `self` broadcast to `shape`, sharing its memory; -1 keeps the size of a dimension.
    ///
    /// # Panics
    /// If a size is neither 1 nor that of `shape`.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let x = tensor!([[1.0], [2.0]]);
    /// assert_eq!(ops::expand(&x, &[-1, 3])?.to_vec::<f32>(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn expand<S: Sizes + ?Sized>(&self, shape: &S) -> Tensor {
        or_panic(crate::ops::expand(self, shape))
    }

    /// [`expand`](Tensor::expand) to the sizes of `other`.
    ///
    /// # Panics
    /// Those of [`expand`](Tensor::expand).
    #[track_caller]
    pub fn expand_as(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::expand_as(self, other))
    }

    /// Fills `self` with one number.
    ///
    /// # Panics
    /// Those of in-place writes in general.
    #[track_caller]
    pub fn fill_(&self, value: impl Into<crate::Scalar>) -> Tensor {
        or_panic(crate::ops::fill_(self, value))
    }

    /// The dimensions `start_dim` to `end_dim` (included) as one; a view where strides allow it.
    ///
    /// # Panics
    /// If a dimension is out of range, or `start_dim` comes after `end_dim`.
    #[track_caller]
    pub fn flatten(&self, start_dim: isize, end_dim: isize) -> Tensor {
        or_panic(crate::ops::flatten(self, start_dim, end_dim))
    }

    /// A copy with the order along `dims` reversed. (PyTorch's views cannot have negative strides, and neither can ours.)
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn flip(&self, dims: &[isize]) -> Tensor {
        or_panic(crate::ops::flip(self, dims))
    }

    /// [`flip`](Tensor::flip) of the second dimension.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn fliplr(&self) -> Tensor {
        or_panic(crate::ops::fliplr(self))
    }

    /// [`flip`](Tensor::flip) of the first dimension.
    ///
    /// # Panics
    /// If there are no dimensions.
    #[track_caller]
    pub fn flipud(&self) -> Tensor {
        or_panic(crate::ops::flipud(self))
    }

    /// The logarithm of [`softmax`](Tensor::softmax) along `dim`, accurate where that is small.
    ///
    /// # Panics
    /// For integers and booleans; if `dim` is out of range.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::log_softmax(self, dim))
    }

    /// Running logarithms of sums of exponentials along `dim`, without overflow: element `i` is `log(sum(exp(self[0..=i])))`.
    ///
    /// # Panics
    /// For integers and booleans; if `dim` is out of range.
    #[track_caller]
    pub fn logcumsumexp(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::logcumsumexp(self, dim))
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

    /// The last two dimensions swapped (`x.mT`): a view of a matrix, or of each matrix of a batch, transposed.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn matrix_transpose(&self) -> Tensor {
        or_panic(crate::ops::matrix_transpose(self))
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

    /// [`movedim`](Tensor::movedim) under NumPy's name.
    ///
    /// # Panics
    /// Those of [`movedim`](Tensor::movedim).
    #[track_caller]
    pub fn moveaxis(&self, source: &[isize], destination: &[isize]) -> Tensor {
        or_panic(crate::ops::moveaxis(self, source, destination))
    }

    /// The dimensions `source` moved to the places `destination`, the others keeping their order: a view.
    ///
    /// # Panics
    /// If the lists differ in length, repeat a dimension, or have one that is out of range.
    #[track_caller]
    pub fn movedim(&self, source: &[isize], destination: &[isize]) -> Tensor {
        or_panic(crate::ops::movedim(self, source, destination))
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

    /// `length` indices of dimension `dim` from `start` on: a view. A negative `start` counts from the end.
    ///
    /// # Panics
    /// If the piece does not lie inside the dimension.
    #[track_caller]
    pub fn narrow(&self, dim: isize, start: isize, length: usize) -> Tensor {
        or_panic(crate::ops::narrow(self, dim, start, length))
    }

    /// `-self`, elementwise.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn neg(&self) -> Tensor {
        or_panic(crate::ops::neg(self))
    }

    /// The negative log likelihood: for each target the log-probability of its class, negative and weighted.
    ///
    /// `self` holds log-probabilities, `[classes]`, `[n, classes]` or `[n, classes, d1, d2, ...]`; `target` the numbers of classes as
    /// `int64`, of the same shape without the classes. `Reduction::None` gives the shape of `target`; the mean is over the weights.
    ///
    /// # Panics
    /// A target out of range (`IndexError`) or not of integers; shapes that do not match; a weight that is not one number for each
    /// class or requires a gradient.
    #[track_caller]
    pub fn nll_loss(&self, target: &Tensor, options: NllLossOptions) -> Tensor {
        or_panic(crate::ops::nll_loss(self, target, options))
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

    /// The dimensions in the order `dims`: a view.
    ///
    /// # Panics
    /// If `dims` does not name every dimension exactly once.
    ///
    /// ```
    /// use wengert::{Tensor, ops};
    /// let x = Tensor::zeros(&[2, 3, 5]);
    /// assert_eq!(ops::permute(&x, &[2, 0, -2])?.shape(), [5, 2, 3]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn permute(&self, dims: &[isize]) -> Tensor {
        or_panic(crate::ops::permute(self, dims))
    }

    /// The product of all elements, 1 if there are none. Integers and booleans give `int64`.
    ///
    /// The gradient is right where there are zeros.
    #[track_caller]
    pub fn prod(&self) -> Tensor {
        or_panic(crate::ops::prod(self))
    }

    /// The product along `dim`, which is dropped or, with `keepdim`, becomes 1. Integers and booleans give `int64`.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn prod_dim(&self, dim: isize, keepdim: bool) -> Tensor {
        or_panic(crate::ops::prod_dim(self, dim, keepdim))
    }

    /// All elements in one dimension, in row-major order; a view if they lie so.
    #[track_caller]
    pub fn ravel(&self) -> Tensor {
        or_panic(crate::ops::ravel(self))
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

    /// Copies side by side: `repeats[d]` of them along dimension `d`. More repeats than dimensions give new leading dimensions.
    ///
    /// # Panics
    /// If there are fewer repeats than dimensions.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// assert_eq!(ops::repeat(&tensor!([1, 2]), &[2, 2])?.shape(), [2, 4]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn repeat(&self, repeats: &[usize]) -> Tensor {
        or_panic(crate::ops::repeat(self, repeats))
    }

    /// Each element `repeats` times in a row, all elements in one dimension.
    #[track_caller]
    pub fn repeat_interleave(&self, repeats: usize) -> Tensor {
        or_panic(crate::ops::repeat_interleave(self, repeats))
    }

    /// Each index of dimension `dim` `repeats` times in a row.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn repeat_interleave_dim(&self, repeats: usize, dim: isize) -> Tensor {
        or_panic(crate::ops::repeat_interleave_dim(self, repeats, dim))
    }

    /// Another shape, as a view where strides allow it, else as a copy; one size may be -1.
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape<S: Sizes + ?Sized>(&self, shape: &S) -> Tensor {
        or_panic(crate::ops::reshape(self, shape))
    }

    /// [`reshape`](Tensor::reshape) to the sizes of `other`.
    ///
    /// # Panics
    /// Those of [`reshape`](Tensor::reshape).
    #[track_caller]
    pub fn reshape_as(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::reshape_as(self, other))
    }

    /// All dimensions in reverse order (`x.T`): a view.
    #[track_caller]
    pub fn reverse_dims(&self) -> Tensor {
        or_panic(crate::ops::reverse_dims(self))
    }

    /// A copy whose elements are moved by `shifts[i]` places along `dims[i]`, those that fall off one end coming in at the other. Without
    /// dims, all elements in row-major order are moved by the one shift.
    ///
    /// # Panics
    /// If there are not as many shifts as dims, or a dimension is out of range.
    #[track_caller]
    pub fn roll(&self, shifts: &[isize], dims: &[isize]) -> Tensor {
        or_panic(crate::ops::roll(self, shifts, dims))
    }

    /// `other - self`; the order of `number - tensor`.
    ///
    /// # Panics
    /// As [`sub`](Tensor::sub).
    #[track_caller]
    pub fn rsub<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::rsub(self, other))
    }

    /// `self` at `index` of dimension `dim`, which is dropped: a view. A negative index counts from the end.
    ///
    /// # Panics
    /// If `dim` or `index` is out of range.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let x = tensor!([[1, 2, 3], [4, 5, 6]]);
    /// assert_eq!(ops::select(&x, 1, -1)?.to_vec::<i64>(), [3, 6]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn select(&self, dim: isize, index: isize) -> Tensor {
        or_panic(crate::ops::select(self, dim, index))
    }

    /// Indices `start..end` of dimension `dim`, every `step`-th of them: a view, as Python's `x[start:end:step]`.
    ///
    /// Negative bounds count from the end, and bounds outside of the dimension are cut to it; the default is all of it.
    ///
    /// # Panics
    /// If `dim` is out of range or `step` is not positive.
    #[track_caller]
    pub fn slice(&self, dim: isize, start: Option<isize>, end: Option<isize>, step: isize) -> Tensor {
        or_panic(crate::ops::slice(self, dim, start, end, step))
    }

    /// `exp(self)` over its sum along `dim`, without overflow.
    ///
    /// # Panics
    /// For integers and booleans; if `dim` is out of range.
    #[track_caller]
    pub fn softmax(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::softmax(self, dim))
    }

    /// [`softmax`](Tensor::softmax) of `-self`.
    ///
    /// # Panics
    /// As [`softmax`](Tensor::softmax).
    #[track_caller]
    pub fn softmin(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::softmin(self, dim))
    }

    /// Pieces of `split_size` along `dim`, the last of them smaller if it does not come out even: views.
    ///
    /// # Panics
    /// If `dim` is out of range, or `split_size` is 0 and the dimension is not empty.
    ///
    /// ```
    /// use wengert::{Tensor, ops};
    /// let pieces = ops::split(&Tensor::arange(5), 2, 0)?;
    /// assert_eq!(pieces[2].to_vec::<i64>(), [4]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn split(&self, split_size: usize, dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::split(self, split_size, dim))
    }

    /// Pieces of the given sizes along `dim`: views.
    ///
    /// # Panics
    /// If `dim` is out of range, or the sizes do not add up to its size.
    #[track_caller]
    pub fn split_with_sizes(&self, split_sizes: &[usize], dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::split_with_sizes(self, split_sizes, dim))
    }

    /// Without all dimensions of size 1: a view.
    #[track_caller]
    pub fn squeeze(&self) -> Tensor {
        or_panic(crate::ops::squeeze(self))
    }

    /// Without dimension `dim` if its size is 1, else all of it: a view.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn squeeze_dim(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::squeeze_dim(self, dim))
    }

    /// Without those of the dimensions `dims` whose size is 1: a view.
    ///
    /// # Panics
    /// If a dimension is out of range or given twice.
    #[track_caller]
    pub fn squeeze_dims(&self, dims: &[isize]) -> Tensor {
        or_panic(crate::ops::squeeze_dims(self, dims))
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

    /// [`transpose`](Tensor::transpose) under NumPy's name.
    ///
    /// # Panics
    /// Those of [`transpose`](Tensor::transpose).
    #[track_caller]
    pub fn swapaxes(&self, axis0: isize, axis1: isize) -> Tensor {
        or_panic(crate::ops::swapaxes(self, axis0, axis1))
    }

    /// [`transpose`](Tensor::transpose) under another name.
    ///
    /// # Panics
    /// Those of [`transpose`](Tensor::transpose).
    #[track_caller]
    pub fn swapdims(&self, dim0: isize, dim1: isize) -> Tensor {
        or_panic(crate::ops::swapdims(self, dim0, dim1))
    }

    /// A matrix transposed: a view. Vectors and numbers stay as they are.
    ///
    /// # Panics
    /// If there are more than two dimensions.
    #[track_caller]
    pub fn t(&self) -> Tensor {
        or_panic(crate::ops::t(self))
    }

    /// `sections` pieces along `dim` whose sizes differ by at most one: views.
    ///
    /// # Panics
    /// If `dim` is out of range or `sections` is 0.
    #[track_caller]
    pub fn tensor_split(&self, sections: usize, dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::tensor_split(self, sections, dim))
    }

    /// Pieces along `dim` that begin at 0 and at each of `indices`, which are bounds as in [`slice`](Tensor::slice): views.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn tensor_split_indices(&self, indices: &[isize], dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::tensor_split_indices(self, indices, dim))
    }

    /// [`repeat`](Tensor::repeat), where missing leading repeats count as 1 (NumPy's `tile`).
    #[track_caller]
    pub fn tile(&self, dims: &[usize]) -> Tensor {
        or_panic(crate::ops::tile(self, dims))
    }

    /// The tensor in another dtype; itself if it has that dtype already.
    #[track_caller]
    pub fn to_dtype(&self, dtype: DType) -> Tensor {
        or_panic(crate::ops::to_dtype(self, dtype))
    }

    /// The input with two dimensions swapped: a view.
    ///
    /// # Panics
    /// If a dimension is out of range.
    #[track_caller]
    pub fn transpose(&self, dim0: isize, dim1: isize) -> Tensor {
        or_panic(crate::ops::transpose(self, dim0, dim1))
    }

    /// The lower triangle of a matrix or of each matrix of a batch: what is right of the `diagonal` becomes zero.
    ///
    /// The main diagonal is 0, those above it are positive.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn tril(&self, diagonal: isize) -> Tensor {
        or_panic(crate::ops::tril(self, diagonal))
    }

    /// [`tril`](Tensor::tril) in place.
    ///
    /// # Panics
    /// Those of [`tril`](Tensor::tril) and of in-place writes in general.
    #[track_caller]
    pub fn tril_(&self, diagonal: isize) -> Tensor {
        or_panic(crate::ops::tril_(self, diagonal))
    }

    /// The upper triangle of a matrix or of each matrix of a batch: what is left of the `diagonal` becomes zero.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn triu(&self, diagonal: isize) -> Tensor {
        or_panic(crate::ops::triu(self, diagonal))
    }

    /// [`triu`](Tensor::triu) in place.
    ///
    /// # Panics
    /// Those of [`triu`](Tensor::triu) and of in-place writes in general.
    #[track_caller]
    pub fn triu_(&self, diagonal: isize) -> Tensor {
        or_panic(crate::ops::triu_(self, diagonal))
    }

    /// All indices of dimension `dim`, each without that dimension: views.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn unbind(&self, dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::unbind(self, dim))
    }

    /// Dimension `dim` as several of the given `sizes`, one of which may be -1: a view.
    ///
    /// # Panics
    /// If `dim` is out of range, or the sizes do not multiply to its size.
    #[track_caller]
    pub fn unflatten<S: Sizes + ?Sized>(&self, dim: isize, sizes: &S) -> Tensor {
        or_panic(crate::ops::unflatten(self, dim, sizes))
    }

    /// With a new dimension of size 1 at `dim` of the result: a view.
    ///
    /// # Panics
    /// If `dim` is out of range; the result has one dimension more than the input.
    ///
    /// ```
    /// use wengert::{Tensor, ops};
    /// let x = Tensor::zeros(&[2, 3]);
    /// assert_eq!(ops::unsqueeze(&x, -1)?.shape(), [2, 3, 1]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn unsqueeze(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::unsqueeze(self, dim))
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

    /// [`view`](Tensor::view) with the sizes of `other`.
    ///
    /// # Panics
    /// Those of [`view`](Tensor::view).
    #[track_caller]
    pub fn view_as(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::view_as(self, other))
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
