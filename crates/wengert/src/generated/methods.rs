//! One method of [`Tensor`] for each operation. Written by `cargo xtask gen`.
// Long because: one method for each operation.

use crate::dtype::DType;
use crate::error::or_panic;
use crate::ops::BatchNormOptions;
use crate::ops::BceWithLogitsOptions;
use crate::ops::CrossEntropyOptions;
use crate::ops::EmbeddingBagOptions;
use crate::ops::KlDivReduction;
use crate::ops::MatrixOrd;
use crate::ops::NllLossOptions;
use crate::ops::PadMode;
use crate::ops::Reduction;
use crate::ops::Sizes;
use crate::ops::Unique;
use crate::random::Generator;
use crate::scalar::Operand;
use crate::scalar::Scalar;
use crate::tensor::Tensor;

impl Tensor {
    /// The absolute value. Its gradient at 0 is 0.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn abs(&self) -> Tensor {
        or_panic(crate::ops::abs(self))
    }

    /// [`abs`](Tensor::abs) into `self`.
    ///
    /// # Panics
    /// Those of [`abs`](Tensor::abs) and of in-place writes in general.
    #[track_caller]
    pub fn abs_(&self) -> Tensor {
        or_panic(crate::ops::abs_(self))
    }

    /// The arc cosine; NaN outside of -1 to 1, integers give floats.
    #[track_caller]
    pub fn acos(&self) -> Tensor {
        or_panic(crate::ops::acos(self))
    }

    /// [`acos`](Tensor::acos) into `self`.
    ///
    /// # Panics
    /// Those of [`acos`](Tensor::acos) and of in-place writes in general.
    #[track_caller]
    pub fn acos_(&self) -> Tensor {
        or_panic(crate::ops::acos_(self))
    }

    /// The inverse hyperbolic cosine; NaN below 1, integers give floats.
    #[track_caller]
    pub fn acosh(&self) -> Tensor {
        or_panic(crate::ops::acosh(self))
    }

    /// [`acosh`](Tensor::acosh) into `self`.
    ///
    /// # Panics
    /// Those of [`acosh`](Tensor::acosh) and of in-place writes in general.
    #[track_caller]
    pub fn acosh_(&self) -> Tensor {
        or_panic(crate::ops::acosh_(self))
    }

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

    /// `self + alpha * other`, elementwise with broadcasting, in one pass.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers if `alpha` is not an integer.
    #[track_caller]
    pub fn add_alpha<'a>(&self, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::add_alpha(self, other, alpha))
    }

    /// [`add_alpha`](Tensor::add_alpha) into `self`.
    ///
    /// # Panics
    /// Those of [`add_alpha`](Tensor::add_alpha) and of in-place writes in general.
    #[track_caller]
    pub fn add_alpha_<'a>(&self, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::add_alpha_(self, other, alpha))
    }

    /// `beta * self + alpha * (the sum of the products of two batches of matrices)`.
    ///
    /// # Panics
    /// If shapes or dtypes do not fit.
    #[track_caller]
    pub fn addbmm(
        &self,
        batch1: &Tensor,
        batch2: &Tensor,
        beta: impl Into<Scalar>,
        alpha: impl Into<Scalar>,
    ) -> Tensor {
        or_panic(crate::ops::addbmm(self, batch1, batch2, beta, alpha))
    }

    /// `self + value * tensor1 / tensor2`, elementwise with broadcasting.
    ///
    /// # Panics
    /// If `tensor1` and `tensor2` are both of integers or booleans; if the shapes do not broadcast.
    #[track_caller]
    pub fn addcdiv(&self, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addcdiv(self, tensor1, tensor2, value))
    }

    /// [`addcdiv`](Tensor::addcdiv) into `self`.
    ///
    /// # Panics
    /// Those of [`addcdiv`](Tensor::addcdiv) and of in-place writes in general.
    #[track_caller]
    pub fn addcdiv_(&self, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addcdiv_(self, tensor1, tensor2, value))
    }

    /// `self + value * tensor1 * tensor2`, elementwise with broadcasting. `value` does not count in promotion.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for booleans.
    #[track_caller]
    pub fn addcmul(&self, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addcmul(self, tensor1, tensor2, value))
    }

    /// [`addcmul`](Tensor::addcmul) into `self`.
    ///
    /// # Panics
    /// Those of [`addcmul`](Tensor::addcmul) and of in-place writes in general.
    #[track_caller]
    pub fn addcmul_(&self, tensor1: &Tensor, tensor2: &Tensor, value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addcmul_(self, tensor1, tensor2, value))
    }

    /// `beta * self + alpha * (mat1 @ mat2)`, where `self` is broadcast to the shape of the product. With a `beta` of 0, NaN in
    /// `self` does not count.
    ///
    /// # Panics
    /// If shapes or dtypes do not fit.
    #[track_caller]
    pub fn addmm(&self, mat1: &Tensor, mat2: &Tensor, beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addmm(self, mat1, mat2, beta, alpha))
    }

    /// [`addmm`](Tensor::addmm) into `self`.
    ///
    /// # Panics
    /// Those of [`addmm`](Tensor::addmm) and of in-place writes in general.
    #[track_caller]
    pub fn addmm_(&self, mat1: &Tensor, mat2: &Tensor, beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addmm_(self, mat1, mat2, beta, alpha))
    }

    /// `beta * self + alpha * (mat @ vec)`, where `self` is broadcast to the shape of the product.
    ///
    /// # Panics
    /// If shapes or dtypes do not fit.
    #[track_caller]
    pub fn addmv(&self, mat: &Tensor, vec: &Tensor, beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addmv(self, mat, vec, beta, alpha))
    }

    /// [`addmv`](Tensor::addmv) into `self`.
    ///
    /// # Panics
    /// Those of [`addmv`](Tensor::addmv) and of in-place writes in general.
    #[track_caller]
    pub fn addmv_(&self, mat: &Tensor, vec: &Tensor, beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addmv_(self, mat, vec, beta, alpha))
    }

    /// `beta * self + alpha * outer(vec1, vec2)`, where `self` is broadcast to the shape of the product.
    ///
    /// # Panics
    /// If shapes or dtypes do not fit.
    #[track_caller]
    pub fn addr(&self, vec1: &Tensor, vec2: &Tensor, beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addr(self, vec1, vec2, beta, alpha))
    }

    /// [`addr`](Tensor::addr) into `self`.
    ///
    /// # Panics
    /// Those of [`addr`](Tensor::addr) and of in-place writes in general.
    #[track_caller]
    pub fn addr_(&self, vec1: &Tensor, vec2: &Tensor, beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::addr_(self, vec1, vec2, beta, alpha))
    }

    /// The conjugate transpose of matrices; of real ones, the transpose of the last two dimensions.
    ///
    /// # Panics
    /// If there is one dimension alone.
    #[track_caller]
    pub fn adjoint(&self) -> Tensor {
        or_panic(crate::ops::adjoint(self))
    }

    /// Another tensor of the same memory: a view of all of it, as `x[...]` gives it.
    #[track_caller]
    pub fn alias(&self) -> Tensor {
        or_panic(crate::ops::alias(self))
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

    /// Is every element within `atol + rtol * |other|` of the other's? PyTorch's `allclose`, as a tensor.
    ///
    /// # Panics
    /// As [`isclose`](Tensor::isclose).
    #[track_caller]
    pub fn allclose(&self, other: &Tensor, rtol: f64, atol: f64, equal_nan: bool) -> Tensor {
        or_panic(crate::ops::allclose(self, other, rtol, atol, equal_nan))
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

    /// The smallest and the largest element, of all or along `dim`, which is dropped or, with `keepdim`, becomes 1. Gradients are shared
    /// evenly by equal ones.
    ///
    /// # Panics
    /// If `dim` is out of range, or there is nothing to choose from.
    #[track_caller]
    pub fn aminmax(&self, dim: Option<isize>, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::aminmax(self, dim, keepdim))
    }

    /// The angle of a real number in the complex plane: π below 0, else 0. Its gradient is 0.
    #[track_caller]
    pub fn angle(&self) -> Tensor {
        or_panic(crate::ops::angle(self))
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

    /// Where the elements along `dim` are, in ascending or descending order.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn argsort(&self, dim: isize, descending: bool, stable: bool) -> Tensor {
        or_panic(crate::ops::argsort(self, dim, descending, stable))
    }

    /// [`nonzero`](Tensor::nonzero) under another name.
    #[track_caller]
    pub fn argwhere(&self) -> Tensor {
        or_panic(crate::ops::argwhere(self))
    }

    /// A view of the input's storage with these sizes and strides (in elements), from `storage_offset` on (by default where the input
    /// begins). What it shows depends on how the input lies in memory.
    ///
    /// # Panics
    /// If the lists differ in length, a stride is negative, or the view would leave the storage.
    #[track_caller]
    pub fn as_strided(&self, size: &[usize], stride: &[isize], storage_offset: Option<usize>) -> Tensor {
        or_panic(crate::ops::as_strided(self, size, stride, storage_offset))
    }

    /// The arc sine; NaN outside of -1 to 1, integers give floats.
    #[track_caller]
    pub fn asin(&self) -> Tensor {
        or_panic(crate::ops::asin(self))
    }

    /// [`asin`](Tensor::asin) into `self`.
    ///
    /// # Panics
    /// Those of [`asin`](Tensor::asin) and of in-place writes in general.
    #[track_caller]
    pub fn asin_(&self) -> Tensor {
        or_panic(crate::ops::asin_(self))
    }

    /// The inverse hyperbolic sine; integers give floats.
    #[track_caller]
    pub fn asinh(&self) -> Tensor {
        or_panic(crate::ops::asinh(self))
    }

    /// [`asinh`](Tensor::asinh) into `self`.
    ///
    /// # Panics
    /// Those of [`asinh`](Tensor::asinh) and of in-place writes in general.
    #[track_caller]
    pub fn asinh_(&self) -> Tensor {
        or_panic(crate::ops::asinh_(self))
    }

    /// The arc tangent; integers give floats.
    #[track_caller]
    pub fn atan(&self) -> Tensor {
        or_panic(crate::ops::atan(self))
    }

    /// The angle of the point (`other`, `self`) from the first axis, between -π and π; integers give floats.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn atan2(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::atan2(self, other))
    }

    /// [`atan2`](Tensor::atan2) into `self`.
    ///
    /// # Panics
    /// Those of [`atan2`](Tensor::atan2) and of in-place writes in general.
    #[track_caller]
    pub fn atan2_(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::atan2_(self, other))
    }

    /// [`atan`](Tensor::atan) into `self`.
    ///
    /// # Panics
    /// Those of [`atan`](Tensor::atan) and of in-place writes in general.
    #[track_caller]
    pub fn atan_(&self) -> Tensor {
        or_panic(crate::ops::atan_(self))
    }

    /// The inverse hyperbolic tangent; NaN outside of -1 to 1, integers give floats.
    #[track_caller]
    pub fn atanh(&self) -> Tensor {
        or_panic(crate::ops::atanh(self))
    }

    /// [`atanh`](Tensor::atanh) into `self`.
    ///
    /// # Panics
    /// Those of [`atanh`](Tensor::atanh) and of in-place writes in general.
    #[track_caller]
    pub fn atanh_(&self) -> Tensor {
        or_panic(crate::ops::atanh_(self))
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

    /// `beta * self + alpha * (batch1 @ batch2)`, as [`addmm`](Tensor::addmm) for each matrix of a batch.
    ///
    /// # Panics
    /// If shapes or dtypes do not fit.
    #[track_caller]
    pub fn baddbmm(
        &self,
        batch1: &Tensor,
        batch2: &Tensor,
        beta: impl Into<Scalar>,
        alpha: impl Into<Scalar>,
    ) -> Tensor {
        or_panic(crate::ops::baddbmm(self, batch1, batch2, beta, alpha))
    }

    /// [`baddbmm`](Tensor::baddbmm) into `self`.
    ///
    /// # Panics
    /// Those of [`baddbmm`](Tensor::baddbmm) and of in-place writes in general.
    #[track_caller]
    pub fn baddbmm_(
        &self,
        batch1: &Tensor,
        batch2: &Tensor,
        beta: impl Into<Scalar>,
        alpha: impl Into<Scalar>,
    ) -> Tensor {
        or_panic(crate::ops::baddbmm_(self, batch1, batch2, beta, alpha))
    }

    /// Subtracts from each channel, the second dimension, its mean, and divides by its standard deviation (biased, with `eps` added to the variance); then
    /// multiplies by a weight and adds a bias, one for each channel. In training, mean and variance are those of the input, over all other dimensions, and
    /// the running ones follow them (the variance unbiased); else the running ones are used.
    ///
    /// # Panics
    /// If there are fewer than two dimensions, a parameter has not one number for each channel, running statistics are missing in evaluation, or for integers.
    #[track_caller]
    pub fn batch_norm(&self, options: BatchNormOptions) -> Tensor {
        or_panic(crate::ops::batch_norm(self, options))
    }

    /// `-(target * log(self) + (1 - target) * log(1 - self))`, elementwise, times `weight`, reduced; `self` are probabilities.
    ///
    /// Logarithms end at -100. For scores and not probabilities [`binary_cross_entropy_with_logits`](Tensor::binary_cross_entropy_with_logits) is more accurate.
    ///
    /// # Panics
    /// If shapes or dtypes of `self` and `target` differ, an element is not between 0 and 1, `weight` does not broadcast to the
    /// shape or requires a gradient.
    #[track_caller]
    pub fn binary_cross_entropy(&self, target: &Tensor, weight: Option<&Tensor>, reduction: Reduction) -> Tensor {
        or_panic(crate::ops::binary_cross_entropy(self, target, weight, reduction))
    }

    /// The binary cross-entropy of scores: that of `sigmoid(self)` and `target`, without overflow, elementwise, reduced.
    ///
    /// # Panics
    /// If the shapes of `self` and `target` differ, a weight does not broadcast to the shape or requires a gradient, or `self` is of
    /// integers or booleans.
    #[track_caller]
    pub fn binary_cross_entropy_with_logits(&self, target: &Tensor, options: BceWithLogitsOptions) -> Tensor {
        or_panic(crate::ops::binary_cross_entropy_with_logits(self, target, options))
    }

    /// How often each number occurs in a list of integers from 0 up, or the sums of their `weights`: at least `minlength` of them.
    ///
    /// # Panics
    /// If the input is not a list of integers that are not negative, or the weights are not as many.
    #[track_caller]
    pub fn bincount(&self, weights: Option<&Tensor>, minlength: usize) -> Tensor {
        or_panic(crate::ops::bincount(self, weights, minlength))
    }

    /// The bits that both have, elementwise with broadcasting; of integers or booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or for floats.
    #[track_caller]
    pub fn bitwise_and<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_and(self, other))
    }

    /// [`bitwise_and`](Tensor::bitwise_and) into `self`.
    ///
    /// # Panics
    /// Those of [`bitwise_and`](Tensor::bitwise_and) and of in-place writes in general.
    #[track_caller]
    pub fn bitwise_and_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_and_(self, other))
    }

    /// `self << other` of integers, elementwise with broadcasting. Bits shifted out are lost; a shift that is negative or by at
    /// least the dtype's size gives 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or for floats and booleans.
    #[track_caller]
    pub fn bitwise_left_shift<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_left_shift(self, other))
    }

    /// [`bitwise_left_shift`](Tensor::bitwise_left_shift) into `self`.
    ///
    /// # Panics
    /// Those of [`bitwise_left_shift`](Tensor::bitwise_left_shift) and of in-place writes in general.
    #[track_caller]
    pub fn bitwise_left_shift_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_left_shift_(self, other))
    }

    /// Every bit turned over; of integers or booleans.
    ///
    /// # Panics
    /// For floats.
    #[track_caller]
    pub fn bitwise_not(&self) -> Tensor {
        or_panic(crate::ops::bitwise_not(self))
    }

    /// [`bitwise_not`](Tensor::bitwise_not) into `self`.
    ///
    /// # Panics
    /// Those of [`bitwise_not`](Tensor::bitwise_not) and of in-place writes in general.
    #[track_caller]
    pub fn bitwise_not_(&self) -> Tensor {
        or_panic(crate::ops::bitwise_not_(self))
    }

    /// The bits that at least one has, elementwise with broadcasting; of integers or booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or for floats.
    #[track_caller]
    pub fn bitwise_or<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_or(self, other))
    }

    /// [`bitwise_or`](Tensor::bitwise_or) into `self`.
    ///
    /// # Panics
    /// Those of [`bitwise_or`](Tensor::bitwise_or) and of in-place writes in general.
    #[track_caller]
    pub fn bitwise_or_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_or_(self, other))
    }

    /// `self >> other` of integers, elementwise with broadcasting. The sign is kept; a shift that is negative or by at least the
    /// dtype's size leaves only the sign, 0 or -1.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or for floats and booleans.
    #[track_caller]
    pub fn bitwise_right_shift<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_right_shift(self, other))
    }

    /// [`bitwise_right_shift`](Tensor::bitwise_right_shift) into `self`.
    ///
    /// # Panics
    /// Those of [`bitwise_right_shift`](Tensor::bitwise_right_shift) and of in-place writes in general.
    #[track_caller]
    pub fn bitwise_right_shift_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_right_shift_(self, other))
    }

    /// The bits that exactly one has, elementwise with broadcasting; of integers or booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or for floats.
    #[track_caller]
    pub fn bitwise_xor<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_xor(self, other))
    }

    /// [`bitwise_xor`](Tensor::bitwise_xor) into `self`.
    ///
    /// # Panics
    /// Those of [`bitwise_xor`](Tensor::bitwise_xor) and of in-place writes in general.
    #[track_caller]
    pub fn bitwise_xor_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::bitwise_xor_(self, other))
    }

    /// The products of the matrices of two batches, `[b, m, k]` and `[b, k, n]`.
    ///
    /// # Panics
    /// If they are not batches of matrices, or their shapes or dtypes do not fit.
    #[track_caller]
    pub fn bmm(&self, mat2: &Tensor) -> Tensor {
        or_panic(crate::ops::bmm(self, mat2))
    }

    /// [`expand`](Tensor::expand) under NumPy's name.
    ///
    /// # Panics
    /// Those of [`expand`](Tensor::expand).
    #[track_caller]
    pub fn broadcast_to<S: Sizes + ?Sized>(&self, shape: &S) -> Tensor {
        or_panic(crate::ops::broadcast_to(self, shape))
    }

    /// For each element the number of the bucket that it falls in: bucket `i` ends at `boundaries[i]`, which belongs to it, or with `right`
    /// to the next.
    ///
    /// # Panics
    /// If `boundaries` is not a vector.
    #[track_caller]
    pub fn bucketize(&self, boundaries: &Tensor, out_int32: bool, right: bool) -> Tensor {
        or_panic(crate::ops::bucketize(self, boundaries, out_int32, right))
    }

    /// The smallest integer that is not below `self`. Its gradient is zero.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn ceil(&self) -> Tensor {
        or_panic(crate::ops::ceil(self))
    }

    /// [`ceil`](Tensor::ceil) into `self`.
    ///
    /// # Panics
    /// Those of [`ceil`](Tensor::ceil) and of in-place writes in general.
    #[track_caller]
    pub fn ceil_(&self) -> Tensor {
        or_panic(crate::ops::ceil_(self))
    }

    /// `self` above zero, `alpha * (exp(self / alpha) - 1)` below: smooth for every `alpha`.
    ///
    /// # Panics
    /// If `alpha` is 0; for integers and booleans.
    #[track_caller]
    pub fn celu(&self, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::celu(self, alpha))
    }

    /// [`celu`](Tensor::celu) into `self`.
    ///
    /// # Panics
    /// Those of [`celu`](Tensor::celu) and of in-place writes in general.
    #[track_caller]
    pub fn celu_(&self, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::celu_(self, alpha))
    }

    /// The channels, the second dimension, of `groups` groups dealt out in turn: the first of each group, then the second of each, and so on.
    ///
    /// # Panics
    /// If there are fewer than three dimensions, or the groups do not come out even.
    #[track_caller]
    pub fn channel_shuffle(&self, groups: usize) -> Tensor {
        or_panic(crate::ops::channel_shuffle(self, groups))
    }

    /// The lower triangular `L` with `L @ L^T = self`, for symmetric matrices that are positive definite; of `self`, the lower triangle is
    /// read.
    ///
    /// # Panics
    /// If the matrices are not square or one is not positive definite; for integers, booleans and half precision.
    #[track_caller]
    pub fn cholesky(&self) -> Tensor {
        or_panic(crate::ops::cholesky(self))
    }

    /// At most `chunks` pieces of equal size along `dim`, the last of them smaller if it does not come out even: views.
    ///
    /// # Panics
    /// If `dim` is out of range or `chunks` is 0.
    #[track_caller]
    pub fn chunk(&self, chunks: usize, dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::chunk(self, chunks, dim))
    }

    /// `self` kept between `min` and `max`, elementwise with broadcasting; NaN stays, and where `min > max` the result is `max`.
    /// Bounds are numbers or tensors. The gradient is zero outside; at a number's bound it is zero too, at a tensor's it is shared.
    ///
    /// # Panics
    /// If both bounds are `None`, a number is outside of the dtype's range on the wrong side, the shapes do not broadcast; for
    /// booleans.
    #[track_caller]
    pub fn clamp<'a>(&self, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::clamp(self, min, max))
    }

    /// [`clamp`](Tensor::clamp) into `self`.
    ///
    /// # Panics
    /// Those of [`clamp`](Tensor::clamp) and of in-place writes in general.
    #[track_caller]
    pub fn clamp_<'a>(&self, min: Option<Operand<'a>>, max: Option<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::clamp_(self, min, max))
    }

    /// `self`, but at most `max`, elementwise with broadcasting: [`clamp`](Tensor::clamp) with one bound.
    ///
    /// # Panics
    /// As [`clamp`](Tensor::clamp).
    #[track_caller]
    pub fn clamp_max<'a>(&self, max: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::clamp_max(self, max))
    }

    /// [`clamp_max`](Tensor::clamp_max) into `self`.
    ///
    /// # Panics
    /// Those of [`clamp_max`](Tensor::clamp_max) and of in-place writes in general.
    #[track_caller]
    pub fn clamp_max_<'a>(&self, max: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::clamp_max_(self, max))
    }

    /// `self`, but at least `min`, elementwise with broadcasting: [`clamp`](Tensor::clamp) with one bound.
    ///
    /// # Panics
    /// As [`clamp`](Tensor::clamp).
    #[track_caller]
    pub fn clamp_min<'a>(&self, min: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::clamp_min(self, min))
    }

    /// [`clamp_min`](Tensor::clamp_min) into `self`.
    ///
    /// # Panics
    /// Those of [`clamp_min`](Tensor::clamp_min) and of in-place writes in general.
    #[track_caller]
    pub fn clamp_min_<'a>(&self, min: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::clamp_min_(self, min))
    }

    /// A copy of the numbers in memory of its own, in the graph (`torch.clone`; `clone()` on a Rust handle only shares it). It keeps the strides
    /// of a tensor whose elements are dense in any order of dimensions, as a transposed one's are.
    #[track_caller]
    pub fn clone_tensor(&self) -> Tensor {
        or_panic(crate::ops::clone_tensor(self))
    }

    /// All ways to take `r` elements of a vector in its order: `[ways, r]`; with `with_replacement` an element may be taken again.
    ///
    /// # Panics
    /// If `self` is not a vector.
    #[track_caller]
    pub fn combinations(&self, r: usize, with_replacement: bool) -> Tensor {
        or_panic(crate::ops::combinations(self, r, with_replacement))
    }

    /// A copy with `value` around it: `pad` has how many indices come before and after, for the last dimension, then for the one before
    /// it, and so on. Negative ones cut.
    ///
    /// # Panics
    /// If there is an odd number of pads or more than two for each dimension, or more is cut than there is.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let x = ops::constant_pad_nd(&tensor!([[1, 2]]), &[1, 0, 0, 1], 9)?;
    /// assert_eq!(x.to_vec::<i64>(), [9, 1, 2, 9, 9, 9]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn constant_pad_nd(&self, pad: &[isize], value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::constant_pad_nd(self, pad, value))
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

    /// The magnitude of `self` with the sign of `other`, elementwise with broadcasting; integers give floats. The gradient at 0 is 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn copysign<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::copysign(self, other))
    }

    /// The correlations of variables (rows) over observations (columns): [`cov`](Tensor::cov) divided by both standard deviations.
    ///
    /// # Panics
    /// If there are more dimensions than two.
    #[track_caller]
    pub fn corrcoef(&self) -> Tensor {
        or_panic(crate::ops::corrcoef(self))
    }

    /// The cosine; integers give floats.
    #[track_caller]
    pub fn cos(&self) -> Tensor {
        or_panic(crate::ops::cos(self))
    }

    /// [`cos`](Tensor::cos) into `self`.
    ///
    /// # Panics
    /// Those of [`cos`](Tensor::cos) and of in-place writes in general.
    #[track_caller]
    pub fn cos_(&self) -> Tensor {
        or_panic(crate::ops::cos_(self))
    }

    /// The hyperbolic cosine; integers give floats.
    #[track_caller]
    pub fn cosh(&self) -> Tensor {
        or_panic(crate::ops::cosh(self))
    }

    /// [`cosh`](Tensor::cosh) into `self`.
    ///
    /// # Panics
    /// Those of [`cosh`](Tensor::cosh) and of in-place writes in general.
    #[track_caller]
    pub fn cosh_(&self) -> Tensor {
        or_panic(crate::ops::cosh_(self))
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

    /// The covariances of variables (rows) over observations (columns), each counted `fweights` times and with weight `aweights`; the divisor
    /// is the number of observations less `correction`. One variable gives a number.
    ///
    /// # Panics
    /// If there are more dimensions than two, or not as many weights as observations.
    #[track_caller]
    pub fn cov(&self, correction: i64, fweights: Option<&Tensor>, aweights: Option<&Tensor>) -> Tensor {
        or_panic(crate::ops::cov(self, correction, fweights, aweights))
    }

    /// The vector products of vectors of three elements along `dim`, with broadcasting.
    ///
    /// # Panics
    /// If the numbers of dimensions differ, or the size along `dim` is not 3.
    #[track_caller]
    pub fn cross(&self, other: &Tensor, dim: isize) -> Tensor {
        or_panic(crate::ops::cross(self, other, dim))
    }

    /// The cross-entropy of scores: [`log_softmax`](Tensor::log_softmax) over the classes and then [`nll_loss`](Tensor::nll_loss), recorded as these two.
    ///
    /// `self` holds scores, `[classes]`, `[n, classes]` or `[n, classes, d1, ...]`. `target` holds either the numbers of classes as
    /// `int64`, in the shape without the classes, or the probability of each class, in the shape of `self`.
    ///
    /// # Panics
    /// As [`nll_loss`](Tensor::nll_loss); an `ignore_index` with probabilities; a smoothing above 1.
    #[track_caller]
    pub fn cross_entropy(&self, target: &Tensor, options: CrossEntropyOptions) -> Tensor {
        or_panic(crate::ops::cross_entropy(self, target, options))
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

    /// [`cumprod`](Tensor::cumprod) into `self`.
    ///
    /// # Panics
    /// Those of [`cumprod`](Tensor::cumprod) and of in-place writes in general.
    #[track_caller]
    pub fn cumprod_(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::cumprod_(self, dim))
    }

    /// Running sums along `dim`: element `i` is the sum of elements `0..=i`. Integers and booleans give `int64`.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn cumsum(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::cumsum(self, dim))
    }

    /// [`cumsum`](Tensor::cumsum) into `self`.
    ///
    /// # Panics
    /// Those of [`cumsum`](Tensor::cumsum) and of in-place writes in general.
    #[track_caller]
    pub fn cumsum_(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::cumsum_(self, dim))
    }

    /// The integrals up to each point: as [`trapezoid`](Tensor::trapezoid), one element fewer along `dim`.
    ///
    /// # Panics
    /// As [`trapezoid`](Tensor::trapezoid).
    #[track_caller]
    pub fn cumulative_trapezoid(&self, x: Option<&Tensor>, dim: isize) -> Tensor {
        or_panic(crate::ops::cumulative_trapezoid(self, x, dim))
    }

    /// [`cumulative_trapezoid`](Tensor::cumulative_trapezoid) over points at distance `dx`.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn cumulative_trapezoid_dx(&self, dx: impl Into<Scalar>, dim: isize) -> Tensor {
        or_panic(crate::ops::cumulative_trapezoid_dx(self, dx, dim))
    }

    /// Degrees to radians; integers give floats.
    #[track_caller]
    pub fn deg2rad(&self) -> Tensor {
        or_panic(crate::ops::deg2rad(self))
    }

    /// The determinants of square matrices: products of the pivots.
    ///
    /// # Panics
    /// If the matrices are not square; for integers, booleans and half precision.
    #[track_caller]
    pub fn det(&self) -> Tensor {
        or_panic(crate::ops::det(self))
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

    /// A matrix with all elements of `self`, in row-major order, on a diagonal.
    #[track_caller]
    pub fn diagflat(&self, offset: isize) -> Tensor {
        or_panic(crate::ops::diagflat(self, offset))
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

    /// A copy of `self` with `src` on a diagonal (see [`diagonal`](crate::ops::diagonal)).
    ///
    /// # Panics
    /// If a dimension is out of range or given twice, or `src` has not the shape of the diagonal.
    #[track_caller]
    pub fn diagonal_scatter(&self, src: &Tensor, offset: isize, dim1: isize, dim2: isize) -> Tensor {
        or_panic(crate::ops::diagonal_scatter(self, src, offset, dim1, dim2))
    }

    /// Each element less the one before it along `dim`, `n` times; `prepend` and `append` are joined to the input first. Of booleans it is
    /// whether they differ.
    ///
    /// # Panics
    /// If the input has no dimensions, `dim` is out of range or `n` negative.
    #[track_caller]
    pub fn diff(&self, n: i64, dim: isize, prepend: Option<&Tensor>, append: Option<&Tensor>) -> Tensor {
        or_panic(crate::ops::diff(self, n, dim, prepend, append))
    }

    /// The logarithmic derivative of the gamma function; integers give floats. At negative integers it is NaN.
    #[track_caller]
    pub fn digamma(&self) -> Tensor {
        or_panic(crate::ops::digamma(self))
    }

    /// The `p`-norm of the difference, with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers and booleans.
    #[track_caller]
    pub fn dist(&self, other: &Tensor, p: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::dist(self, other, p))
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

    /// `self / other` rounded toward zero (`"trunc"`) or down (`"floor"`), elementwise with broadcasting; integers stay integers.
    /// Its gradient is zero. `torch.div(self, other, rounding_mode=...)`.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers by zero; for two booleans; for another mode.
    #[track_caller]
    pub fn div_mode<'a>(&self, other: impl Into<Operand<'a>>, rounding_mode: &str) -> Tensor {
        or_panic(crate::ops::div_mode(self, other, rounding_mode))
    }

    /// [`div_mode`](Tensor::div_mode) into `self`.
    ///
    /// # Panics
    /// Those of [`div_mode`](Tensor::div_mode) and of in-place writes in general.
    #[track_caller]
    pub fn div_mode_<'a>(&self, other: impl Into<Operand<'a>>, rounding_mode: &str) -> Tensor {
        or_panic(crate::ops::div_mode_(self, other, rounding_mode))
    }

    /// The inner product of two vectors.
    ///
    /// # Panics
    /// If they are not vectors of one size and dtype.
    #[track_caller]
    pub fn dot(&self, tensor: &Tensor) -> Tensor {
        or_panic(crate::ops::dot(self, tensor))
    }

    /// [`tensor_split`](Tensor::tensor_split) of the third dimension.
    ///
    /// # Panics
    /// If there are fewer than three dimensions or `sections` does not divide the dimension.
    #[track_caller]
    pub fn dsplit(&self, sections: usize) -> Vec<Tensor> {
        or_panic(crate::ops::dsplit(self, sections))
    }

    /// Eigenvalues of symmetric matrices in ascending order and their eigenvectors in columns; the lower triangle is read. A vector's sign is
    /// not determined: a gradient that depends on it means nothing.
    ///
    /// # Panics
    /// If the matrices are not square; for integers, booleans and half precision.
    #[track_caller]
    pub fn eigh(&self) -> (Tensor, Tensor) {
        or_panic(crate::ops::eigh(self))
    }

    /// `self` above zero, `alpha * (exp(self) - 1)` below. Its gradient at 0 is `alpha`.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn elu(&self, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::elu(self, alpha))
    }

    /// [`elu`](Tensor::elu) into `self`.
    ///
    /// # Panics
    /// Those of [`elu`](Tensor::elu) and of in-place writes in general.
    #[track_caller]
    pub fn elu_(&self, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::elu_(self, alpha))
    }

    /// The rows `self` of the table `weight`: `[.., d]` for indices `[..]` and a table `[n, d]`.
    ///
    /// The row `padding_idx` (negative ones count from the end) is looked up like others, but gets no gradient.
    ///
    /// # Panics
    /// If `weight` is not a matrix, `self` is not of integers, or an index is out of range.
    #[track_caller]
    pub fn embedding(&self, weight: &Tensor, padding_idx: Option<isize>) -> Tensor {
        or_panic(crate::ops::embedding(self, weight, padding_idx))
    }

    /// The rows `self` (a vector) of the table `weight`, cut into bags that begin at `offsets`, each bag reduced to one row: `[bags, columns]`.
    /// Empty bags give zeros.
    ///
    /// # Panics
    /// If an index is out of range, `offsets` do not ascend from 0, or weights are given for other than sums.
    #[track_caller]
    pub fn embedding_bag(&self, weight: &Tensor, offsets: &Tensor, options: EmbeddingBagOptions) -> Tensor {
        or_panic(crate::ops::embedding_bag(self, weight, offsets, options))
    }

    /// A term of an entropy: `-self log(self)`, 0 at 0, -infinity below; integers give floats.
    #[track_caller]
    pub fn entr(&self) -> Tensor {
        or_panic(crate::ops::entr(self))
    }

    /// `self == other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn eq<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::eq(self, other))
    }

    /// [`eq`](Tensor::eq) into `self`.
    ///
    /// # Panics
    /// Those of [`eq`](Tensor::eq) and of in-place writes in general.
    #[track_caller]
    pub fn eq_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::eq_(self, other))
    }

    /// The error function; integers give floats.
    #[track_caller]
    pub fn erf(&self) -> Tensor {
        or_panic(crate::ops::erf(self))
    }

    /// [`erf`](Tensor::erf) into `self`.
    ///
    /// # Panics
    /// Those of [`erf`](Tensor::erf) and of in-place writes in general.
    #[track_caller]
    pub fn erf_(&self) -> Tensor {
        or_panic(crate::ops::erf_(self))
    }

    /// `1 - erf(self)`, accurate for large arguments; integers give floats.
    #[track_caller]
    pub fn erfc(&self) -> Tensor {
        or_panic(crate::ops::erfc(self))
    }

    /// [`erfc`](Tensor::erfc) into `self`.
    ///
    /// # Panics
    /// Those of [`erfc`](Tensor::erfc) and of in-place writes in general.
    #[track_caller]
    pub fn erfc_(&self) -> Tensor {
        or_panic(crate::ops::erfc_(self))
    }

    /// The inverse of [`erf`](crate::ops::erf); infinite at -1 and 1, NaN beyond. Integers give floats.
    #[track_caller]
    pub fn erfinv(&self) -> Tensor {
        or_panic(crate::ops::erfinv(self))
    }

    /// `e` to the power `self`; integers give floats.
    #[track_caller]
    pub fn exp(&self) -> Tensor {
        or_panic(crate::ops::exp(self))
    }

    /// 2 to the power `self`; integers give floats.
    #[track_caller]
    pub fn exp2(&self) -> Tensor {
        or_panic(crate::ops::exp2(self))
    }

    /// [`exp2`](Tensor::exp2) into `self`.
    ///
    /// # Panics
    /// Those of [`exp2`](Tensor::exp2) and of in-place writes in general.
    #[track_caller]
    pub fn exp2_(&self) -> Tensor {
        or_panic(crate::ops::exp2_(self))
    }

    /// [`exp`](Tensor::exp) into `self`.
    ///
    /// # Panics
    /// Those of [`exp`](Tensor::exp) and of in-place writes in general.
    #[track_caller]
    pub fn exp_(&self) -> Tensor {
        or_panic(crate::ops::exp_(self))
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

    /// `exp(self) - 1`, accurate near 0; integers give floats.
    #[track_caller]
    pub fn expm1(&self) -> Tensor {
        or_panic(crate::ops::expm1(self))
    }

    /// [`expm1`](Tensor::expm1) into `self`.
    ///
    /// # Panics
    /// Those of [`expm1`](Tensor::expm1) and of in-place writes in general.
    #[track_caller]
    pub fn expm1_(&self) -> Tensor {
        or_panic(crate::ops::expm1_(self))
    }

    /// Fills `self` with one number.
    ///
    /// # Panics
    /// Those of in-place writes in general.
    #[track_caller]
    pub fn fill_(&self, value: impl Into<crate::Scalar>) -> Tensor {
        or_panic(crate::ops::fill_(self, value))
    }

    /// Writes a number on the main diagonal. With `wrap` a matrix with more rows than columns has it again below, with a row between.
    ///
    /// # Panics
    /// If there are fewer than two dimensions, or more than two of different sizes; those of in-place writes in general.
    #[track_caller]
    pub fn fill_diagonal_(&self, value: impl Into<Scalar>, wrap: bool) -> Tensor {
        or_panic(crate::ops::fill_diagonal_(self, value, wrap))
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

    /// [`pow`](Tensor::pow) in double precision, whatever the dtypes are.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn float_power<'a>(&self, exponent: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::float_power(self, exponent))
    }

    /// The largest integer that is not above `self`. Its gradient is zero.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn floor(&self) -> Tensor {
        or_panic(crate::ops::floor(self))
    }

    /// [`floor`](Tensor::floor) into `self`.
    ///
    /// # Panics
    /// Those of [`floor`](Tensor::floor) and of in-place writes in general.
    #[track_caller]
    pub fn floor_(&self) -> Tensor {
        or_panic(crate::ops::floor_(self))
    }

    /// `self / other` rounded down, elementwise with broadcasting, as Python's `//`; integers stay integers. PyTorch has no
    /// derivative of it; [`div_mode`](Tensor::div_mode) has one.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers by zero; for two booleans; in backward always.
    #[track_caller]
    pub fn floor_divide<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::floor_divide(self, other))
    }

    /// [`floor_divide`](Tensor::floor_divide) into `self`.
    ///
    /// # Panics
    /// Those of [`floor_divide`](Tensor::floor_divide) and of in-place writes in general.
    #[track_caller]
    pub fn floor_divide_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::floor_divide_(self, other))
    }

    /// The larger of both, elementwise with broadcasting; a NaN counts as missing.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn fmax(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::fmax(self, other))
    }

    /// The smaller of both, elementwise with broadcasting; a NaN counts as missing.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn fmin(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::fmin(self, other))
    }

    /// What is left of `self` after division by `other` rounded toward zero, with the sign of `self`; elementwise with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers by zero; for two booleans.
    #[track_caller]
    pub fn fmod<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::fmod(self, other))
    }

    /// [`fmod`](Tensor::fmod) into `self`.
    ///
    /// # Panics
    /// Those of [`fmod`](Tensor::fmod) and of in-place writes in general.
    #[track_caller]
    pub fn fmod_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::fmod_(self, other))
    }

    /// The fraction of `self`, with its sign.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn frac(&self) -> Tensor {
        or_panic(crate::ops::frac(self))
    }

    /// [`frac`](Tensor::frac) into `self`.
    ///
    /// # Panics
    /// Those of [`frac`](Tensor::frac) and of in-place writes in general.
    #[track_caller]
    pub fn frac_(&self) -> Tensor {
        or_panic(crate::ops::frac_(self))
    }

    /// Picks elements along `dim`: the result has the shape of `index`, and `out[i, j, k] = self[i, index[i, j, k], k]` for `dim` 1.
    ///
    /// # Panics
    /// If `index` is not of integers, has another number of dimensions, is larger than the input in another dimension, or holds an index
    /// out of range.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let x = tensor!([[1, 2, 3], [4, 5, 6]]);
    /// assert_eq!(ops::gather(&x, 1, &tensor!([[2], [0]]))?.to_vec::<i64>(), [3, 4]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn gather(&self, dim: isize, index: &Tensor) -> Tensor {
        or_panic(crate::ops::gather(self, dim, index))
    }

    /// The greatest common divisor of integers, elementwise with broadcasting; that of 0 and 0 is 0.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for floats and booleans.
    #[track_caller]
    pub fn gcd(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::gcd(self, other))
    }

    /// `self >= other`, elementwise with broadcasting; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn ge<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::ge(self, other))
    }

    /// [`ge`](Tensor::ge) into `self`.
    ///
    /// # Panics
    /// Those of [`ge`](Tensor::ge) and of in-place writes in general.
    #[track_caller]
    pub fn ge_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::ge_(self, other))
    }

    /// `self` times the probability that a normal variable is below it. `approximate` is `"none"` or `"tanh"`.
    ///
    /// # Panics
    /// If `approximate` is another word; for integers and booleans.
    #[track_caller]
    pub fn gelu(&self, approximate: &str) -> Tensor {
        or_panic(crate::ops::gelu(self, approximate))
    }

    /// [`outer`](Tensor::outer) under another name.
    ///
    /// # Panics
    /// Those of [`outer`](Tensor::outer).
    #[track_caller]
    pub fn ger(&self, vec2: &Tensor) -> Tensor {
        or_panic(crate::ops::ger(self, vec2))
    }

    /// One half of `self` along `dim` times the [`sigmoid`](Tensor::sigmoid) of the other half: the gated linear unit (Dauphin et al. 2017).
    ///
    /// # Panics
    /// If `dim` is out of range or of odd size.
    #[track_caller]
    pub fn glu(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::glu(self, dim))
    }

    /// Cuts the channels, the second dimension, into groups, and normalizes each group of each example to mean 0 and variance 1 (biased, with `eps` added to the
    /// variance); then multiplies by a weight and adds a bias, one for each channel.
    ///
    /// # Panics
    /// If there are fewer than two dimensions, the groups do not come out even, a parameter has not one number for each channel, or for integers.
    #[track_caller]
    pub fn group_norm(&self, num_groups: usize, weight: Option<&Tensor>, bias: Option<&Tensor>, eps: f64) -> Tensor {
        or_panic(crate::ops::group_norm(self, num_groups, weight, bias, eps))
    }

    /// `self > other`, elementwise with broadcasting; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn gt<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::gt(self, other))
    }

    /// [`gt`](Tensor::gt) into `self`.
    ///
    /// # Panics
    /// Those of [`gt`](Tensor::gt) and of in-place writes in general.
    #[track_caller]
    pub fn gt_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::gt_(self, other))
    }

    /// `self`, but 0 from `-lambd` to `lambd`.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn hardshrink(&self, lambd: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::hardshrink(self, lambd))
    }

    /// The logistic function by three straight pieces: `relu6(self + 3) / 6`.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn hardsigmoid(&self) -> Tensor {
        or_panic(crate::ops::hardsigmoid(self))
    }

    /// `self * relu6(self + 3) / 6`: [`silu`](crate::ops::silu) by pieces.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn hardswish(&self) -> Tensor {
        or_panic(crate::ops::hardswish(self))
    }

    /// `self` cut off at `min_val` and `max_val`. Its gradient is 0 at the ends and outside, which is where it differs from `clamp`.
    ///
    /// # Panics
    /// For booleans; if `min_val` is above `max_val`.
    #[track_caller]
    pub fn hardtanh(&self, min_val: impl Into<Scalar>, max_val: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::hardtanh(self, min_val, max_val))
    }

    /// [`hardtanh`](Tensor::hardtanh) into `self`.
    ///
    /// # Panics
    /// Those of [`hardtanh`](Tensor::hardtanh) and of in-place writes in general.
    #[track_caller]
    pub fn hardtanh_(&self, min_val: impl Into<Scalar>, max_val: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::hardtanh_(self, min_val, max_val))
    }

    /// The step function: 0 below zero and for NaN, 1 above, and `values` at zero. PyTorch has no derivative of it.
    ///
    /// # Panics
    /// If the dtypes differ, or the shapes do not broadcast; in backward always.
    #[track_caller]
    pub fn heaviside(&self, values: &Tensor) -> Tensor {
        or_panic(crate::ops::heaviside(self, values))
    }

    /// [`heaviside`](Tensor::heaviside) into `self`.
    ///
    /// # Panics
    /// Those of [`heaviside`](Tensor::heaviside) and of in-place writes in general.
    #[track_caller]
    pub fn heaviside_(&self, values: &Tensor) -> Tensor {
        or_panic(crate::ops::heaviside_(self, values))
    }

    /// How many elements lie in each of `bins` equal intervals from `min` to `max`, both included; from the smallest to the largest element
    /// if both are 0. The counts have the dtype of the input.
    ///
    /// # Panics
    /// If there are no bins, `max` is below `min`, or the range is not finite; for integers and booleans.
    #[track_caller]
    pub fn histc(&self, bins: i64, min: impl Into<Scalar>, max: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::histc(self, bins, min, max))
    }

    /// [`tensor_split`](Tensor::tensor_split) of the second dimension, or of the only one.
    ///
    /// # Panics
    /// If there are no dimensions or `sections` does not divide the dimension.
    #[track_caller]
    pub fn hsplit(&self, sections: usize) -> Vec<Tensor> {
        or_panic(crate::ops::hsplit(self, sections))
    }

    /// With d the difference of `self` and `target`, elementwise with broadcasting: d²/2 where |d| <= `delta`, and
    /// `delta` (|d| - `delta`/2) elsewhere; reduced. The result has the dtype of `self`.
    ///
    /// # Panics
    /// If `delta` is not positive, the shapes do not broadcast, or `self` is of integers or booleans.
    #[track_caller]
    pub fn huber_loss(&self, target: &Tensor, reduction: Reduction, delta: f64) -> Tensor {
        or_panic(crate::ops::huber_loss(self, target, reduction, delta))
    }

    /// `sqrt(input² + other²)` without overflow in between.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers and booleans.
    #[track_caller]
    pub fn hypot(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::hypot(self, other))
    }

    /// [`hypot`](Tensor::hypot) into `self`.
    ///
    /// # Panics
    /// Those of [`hypot`](Tensor::hypot) and of in-place writes in general.
    #[track_caller]
    pub fn hypot_(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::hypot_(self, other))
    }

    /// The elements at index tensors, one for each dimension from the first on; `None` takes all of a dimension (`x[i, :, j]`).
    ///
    /// Index tensors of integers broadcast to one shape, which takes the place of the dimensions that they index, or comes first if those
    /// are not neighbours. Negative indices count from the end. A mask of booleans stands for the indices where it is true, and for as
    /// many dimensions as it has.
    ///
    /// # Panics
    /// If there are more indices than dimensions, their shapes do not broadcast, a mask has another shape, or for an index out of range.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let x = tensor!([[1, 2], [3, 4]]);
    /// assert_eq!(ops::index(&x, &[Some(&tensor!([0, 1])), Some(&tensor!([1, 0]))])?.to_vec::<i64>(), [2, 3]);
    /// assert_eq!(ops::index(&x, &[None, Some(&tensor!([1]))])?.to_vec::<i64>(), [2, 4]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn index(&self, indices: &[Option<&Tensor>]) -> Tensor {
        or_panic(crate::ops::index(self, indices))
    }

    /// A copy of `self` with `alpha` times the slices of `source` added to its slices `index` of dimension `dim`. Several at one place
    /// add up, in their order.
    ///
    /// # Panics
    /// If `index` is not a vector of integers, or holds one out of range; if shapes or dtypes do not fit.
    #[track_caller]
    pub fn index_add(&self, dim: isize, index: &Tensor, source: &Tensor, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::index_add(self, dim, index, source, alpha))
    }

    /// [`index_add`](Tensor::index_add) into `self`.
    ///
    /// # Panics
    /// Those of [`index_add`](Tensor::index_add) and of in-place writes in general.
    #[track_caller]
    pub fn index_add_(&self, dim: isize, index: &Tensor, source: &Tensor, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::index_add_(self, dim, index, source, alpha))
    }

    /// A copy of `self` with the slices of `source` in place of its slices `index` of dimension `dim`. Of several at one place the last
    /// counts; gradients are right only if there are none.
    ///
    /// # Panics
    /// If `index` is not a vector of `int64`, or holds one out of range; if shapes or dtypes do not fit.
    #[track_caller]
    pub fn index_copy(&self, dim: isize, index: &Tensor, source: &Tensor) -> Tensor {
        or_panic(crate::ops::index_copy(self, dim, index, source))
    }

    /// [`index_copy`](Tensor::index_copy) into `self`.
    ///
    /// # Panics
    /// Those of [`index_copy`](Tensor::index_copy) and of in-place writes in general.
    #[track_caller]
    pub fn index_copy_(&self, dim: isize, index: &Tensor, source: &Tensor) -> Tensor {
        or_panic(crate::ops::index_copy_(self, dim, index, source))
    }

    /// A copy of `self` with one number in all elements of its slices `index` of dimension `dim`. Negative indices count from the end.
    ///
    /// # Panics
    /// If `index` is not a vector of `int64`, or holds one out of range; if `value` is a tensor with dimensions.
    #[track_caller]
    pub fn index_fill<'a>(&self, dim: isize, index: &Tensor, value: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::index_fill(self, dim, index, value))
    }

    /// [`index_fill`](Tensor::index_fill) into `self`.
    ///
    /// # Panics
    /// Those of [`index_fill`](Tensor::index_fill) and of in-place writes in general.
    #[track_caller]
    pub fn index_fill_<'a>(&self, dim: isize, index: &Tensor, value: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::index_fill_(self, dim, index, value))
    }

    /// A copy of `self` with `values` (a number or a tensor, broadcast) at the places of index tensors, or added to what is there. Of
    /// several at one place the last counts, or with `accumulate` all add up, in their order.
    ///
    /// # Panics
    /// Those of [`index`](Tensor::index); if `values` does not broadcast to the shape that [`index`](Tensor::index) would give, or is of another dtype.
    #[track_caller]
    pub fn index_put<'a>(
        &self,
        indices: &[Option<&Tensor>],
        values: impl Into<Operand<'a>>,
        accumulate: bool,
    ) -> Tensor {
        or_panic(crate::ops::index_put(self, indices, values, accumulate))
    }

    /// [`index_put`](Tensor::index_put) into `self`.
    ///
    /// # Panics
    /// Those of [`index_put`](Tensor::index_put) and of in-place writes in general.
    #[track_caller]
    pub fn index_put_<'a>(
        &self,
        indices: &[Option<&Tensor>],
        values: impl Into<Operand<'a>>,
        accumulate: bool,
    ) -> Tensor {
        or_panic(crate::ops::index_put_(self, indices, values, accumulate))
    }

    /// A copy in which slice `index[i]` of dimension `dim` is reduced with slice `i` of `source`: by `prod`, `mean`, `amax` or `amin`. Without `include_self`
    /// what was there does not count.
    ///
    /// # Panics
    /// If shapes do not fit, an index is out of range, or there is no such reduction.
    #[track_caller]
    pub fn index_reduce(
        &self,
        dim: isize,
        index: &Tensor,
        source: &Tensor,
        reduce: &str,
        include_self: bool,
    ) -> Tensor {
        or_panic(crate::ops::index_reduce(self, dim, index, source, reduce, include_self))
    }

    /// [`index_reduce`](Tensor::index_reduce) into `self`.
    ///
    /// # Panics
    /// Those of [`index_reduce`](Tensor::index_reduce) and of in-place writes in general.
    #[track_caller]
    pub fn index_reduce_(
        &self,
        dim: isize,
        index: &Tensor,
        source: &Tensor,
        reduce: &str,
        include_self: bool,
    ) -> Tensor {
        or_panic(crate::ops::index_reduce_(self, dim, index, source, reduce, include_self))
    }

    /// The slices `index` of dimension `dim`, in that order.
    ///
    /// # Panics
    /// If `index` is not a vector of integers, or holds one out of range; negative ones are.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let x = tensor!([[1, 2], [3, 4], [5, 6]]);
    /// assert_eq!(ops::index_select(&x, 0, &tensor!([2, 0, 2]))?.to_vec::<i64>(), [5, 6, 1, 2, 5, 6]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn index_select(&self, dim: isize, index: &Tensor) -> Tensor {
        or_panic(crate::ops::index_select(self, dim, index))
    }

    /// Sums products over the last dimension of both; numbers are multiplied.
    ///
    /// # Panics
    /// If the last dimensions differ in size.
    #[track_caller]
    pub fn inner(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::inner(self, other))
    }

    /// [`batch_norm`](Tensor::batch_norm) with mean and variance of each channel of each example; with `training` unset, the running ones are used. Running ones follow
    /// the mean over the examples.
    ///
    /// # Panics
    /// Those of [`batch_norm`](Tensor::batch_norm).
    #[track_caller]
    pub fn instance_norm(&self, options: BatchNormOptions) -> Tensor {
        or_panic(crate::ops::instance_norm(self, options))
    }

    /// The inverses of square matrices.
    ///
    /// # Panics
    /// If the matrices are not square or one is singular; for integers, booleans and half precision.
    #[track_caller]
    pub fn inv(&self) -> Tensor {
        or_panic(crate::ops::inv(self))
    }

    /// `|self - other| <= atol + rtol * |other|`, elementwise with broadcasting. Infinities are close to themselves, NaN to itself
    /// only if `equal_nan`.
    ///
    /// # Panics
    /// If the dtypes differ, a tolerance is negative, or the shapes do not broadcast.
    #[track_caller]
    pub fn isclose(&self, other: &Tensor, rtol: f64, atol: f64, equal_nan: bool) -> Tensor {
        or_panic(crate::ops::isclose(self, other, rtol, atol, equal_nan))
    }

    /// Is it neither infinite nor NaN? Elementwise; gives booleans.
    #[track_caller]
    pub fn isfinite(&self) -> Tensor {
        or_panic(crate::ops::isfinite(self))
    }

    /// Is it infinite, of either sign? Elementwise; gives booleans.
    #[track_caller]
    pub fn isinf(&self) -> Tensor {
        or_panic(crate::ops::isinf(self))
    }

    /// Is it not a number? Elementwise; gives booleans.
    #[track_caller]
    pub fn isnan(&self) -> Tensor {
        or_panic(crate::ops::isnan(self))
    }

    /// Is it negative infinity? Elementwise; gives booleans.
    #[track_caller]
    pub fn isneginf(&self) -> Tensor {
        or_panic(crate::ops::isneginf(self))
    }

    /// Is it positive infinity? Elementwise; gives booleans.
    #[track_caller]
    pub fn isposinf(&self) -> Tensor {
        or_panic(crate::ops::isposinf(self))
    }

    /// `target * (log(target) - self)`, elementwise with broadcasting, reduced: the Kullback-Leibler divergence of `self`, which holds
    /// log-probabilities, from `target`, which holds probabilities or, with `log_target`, log-probabilities too.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers and booleans.
    #[track_caller]
    pub fn kl_div(&self, target: &Tensor, reduction: impl Into<KlDivReduction>, log_target: bool) -> Tensor {
        or_panic(crate::ops::kl_div(self, target, reduction, log_target))
    }

    /// The Kronecker product: every element of `self` times the whole of `other`.
    #[track_caller]
    pub fn kron(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::kron(self, other))
    }

    /// The `k`-th smallest element along `dim`, counted from 1, and where it is.
    ///
    /// # Panics
    /// If the dimension does not have `k` elements, or `dim` is out of range.
    #[track_caller]
    pub fn kthvalue(&self, k: usize, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::kthvalue(self, k, dim, keepdim))
    }

    /// The absolute difference of `self` and `target`, elementwise with broadcasting, reduced. As in PyTorch it is recorded as
    /// `sub`, `abs` and the reduction.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for a mean of integers.
    #[track_caller]
    pub fn l1_loss(&self, target: &Tensor, reduction: Reduction) -> Tensor {
        or_panic(crate::ops::l1_loss(self, target, reduction))
    }

    /// Subtracts the mean over the last dimensions, whose sizes are `normalized_shape`, divides by the standard deviation (biased, with `eps`
    /// added to the variance), and then multiplies by `weight` and adds `bias`, which have that shape.
    ///
    /// # Panics
    /// If the last sizes of `self` or those of a parameter differ from `normalized_shape`, which must not be empty; if dtypes are mixed
    /// (but parameters in single precision go with a half-precision `self`) or of integers.
    #[track_caller]
    pub fn layer_norm(
        &self,
        normalized_shape: &[usize],
        weight: Option<&Tensor>,
        bias: Option<&Tensor>,
        eps: f64,
    ) -> Tensor {
        or_panic(crate::ops::layer_norm(self, normalized_shape, weight, bias, eps))
    }

    /// The least common multiple of integers, elementwise with broadcasting; that with 0 is 0.
    ///
    /// # Panics
    /// As [`gcd`](Tensor::gcd).
    #[track_caller]
    pub fn lcm(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::lcm(self, other))
    }

    /// `self * 2^other`, elementwise with broadcasting; integers give floats.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn ldexp(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::ldexp(self, other))
    }

    /// `self <= other`, elementwise with broadcasting; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn le<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::le(self, other))
    }

    /// [`le`](Tensor::le) into `self`.
    ///
    /// # Panics
    /// Those of [`le`](Tensor::le) and of in-place writes in general.
    #[track_caller]
    pub fn le_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::le_(self, other))
    }

    /// `self` where it is positive, else `negative_slope * self`. Its gradient at 0 is `negative_slope`.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn leaky_relu(&self, negative_slope: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::leaky_relu(self, negative_slope))
    }

    /// [`leaky_relu`](Tensor::leaky_relu) into `self`.
    ///
    /// # Panics
    /// Those of [`leaky_relu`](Tensor::leaky_relu) and of in-place writes in general.
    #[track_caller]
    pub fn leaky_relu_(&self, negative_slope: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::leaky_relu_(self, negative_slope))
    }

    /// `self + weight * (end - self)`: on the way from `self` to `end`, elementwise with broadcasting. The weight is a number or a
    /// tensor.
    ///
    /// # Panics
    /// If the dtypes differ or the shapes do not broadcast; for integers and booleans.
    #[track_caller]
    pub fn lerp<'a>(&self, end: &Tensor, weight: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::lerp(self, end, weight))
    }

    /// [`lerp`](Tensor::lerp) into `self`.
    ///
    /// # Panics
    /// Those of [`lerp`](Tensor::lerp) and of in-place writes in general.
    #[track_caller]
    pub fn lerp_<'a>(&self, end: &Tensor, weight: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::lerp_(self, end, weight))
    }

    /// The logarithm of the gamma function's magnitude; integers give floats.
    #[track_caller]
    pub fn lgamma(&self) -> Tensor {
        or_panic(crate::ops::lgamma(self))
    }

    /// `self @ weight^T + bias`: rows of `self`, of size `in`, times the rows of `weight` (`[out, in]`).
    ///
    /// # Panics
    /// If shapes or dtypes do not fit.
    #[track_caller]
    pub fn linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        or_panic(crate::ops::linear(self, weight, bias))
    }

    /// The natural logarithm; NaN below zero, integers give floats.
    #[track_caller]
    pub fn log(&self) -> Tensor {
        or_panic(crate::ops::log(self))
    }

    /// The logarithm to base 10; NaN below zero, integers give floats.
    #[track_caller]
    pub fn log10(&self) -> Tensor {
        or_panic(crate::ops::log10(self))
    }

    /// [`log10`](Tensor::log10) into `self`.
    ///
    /// # Panics
    /// Those of [`log10`](Tensor::log10) and of in-place writes in general.
    #[track_caller]
    pub fn log10_(&self) -> Tensor {
        or_panic(crate::ops::log10_(self))
    }

    /// `log(1 + self)`, accurate near 0; NaN below -1, integers give floats.
    #[track_caller]
    pub fn log1p(&self) -> Tensor {
        or_panic(crate::ops::log1p(self))
    }

    /// [`log1p`](Tensor::log1p) into `self`.
    ///
    /// # Panics
    /// Those of [`log1p`](Tensor::log1p) and of in-place writes in general.
    #[track_caller]
    pub fn log1p_(&self) -> Tensor {
        or_panic(crate::ops::log1p_(self))
    }

    /// The logarithm to base 2; NaN below zero, integers give floats.
    #[track_caller]
    pub fn log2(&self) -> Tensor {
        or_panic(crate::ops::log2(self))
    }

    /// [`log2`](Tensor::log2) into `self`.
    ///
    /// # Panics
    /// Those of [`log2`](Tensor::log2) and of in-place writes in general.
    #[track_caller]
    pub fn log2_(&self) -> Tensor {
        or_panic(crate::ops::log2_(self))
    }

    /// [`log`](Tensor::log) into `self`.
    ///
    /// # Panics
    /// Those of [`log`](Tensor::log) and of in-place writes in general.
    #[track_caller]
    pub fn log_(&self) -> Tensor {
        or_panic(crate::ops::log_(self))
    }

    /// `log(sigmoid(self))`, accurate on both sides.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn log_sigmoid(&self) -> Tensor {
        or_panic(crate::ops::log_sigmoid(self))
    }

    /// The logarithm of [`softmax`](Tensor::softmax) along `dim`, accurate where that is small.
    ///
    /// # Panics
    /// For integers and booleans; if `dim` is out of range.
    #[track_caller]
    pub fn log_softmax(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::log_softmax(self, dim))
    }

    /// `log(exp(self) + exp(other))` without overflow, elementwise with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers and booleans.
    #[track_caller]
    pub fn logaddexp(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logaddexp(self, other))
    }

    /// [`logaddexp`](Tensor::logaddexp) to base 2.
    ///
    /// # Panics
    /// As [`logaddexp`](Tensor::logaddexp).
    #[track_caller]
    pub fn logaddexp2(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logaddexp2(self, other))
    }

    /// Running logarithms of sums of exponentials along `dim`, without overflow: element `i` is `log(sum(exp(self[0..=i])))`.
    ///
    /// # Panics
    /// For integers and booleans; if `dim` is out of range.
    #[track_caller]
    pub fn logcumsumexp(&self, dim: isize) -> Tensor {
        or_panic(crate::ops::logcumsumexp(self, dim))
    }

    /// The logarithms of the determinants; NaN for a negative one.
    ///
    /// # Panics
    /// As [`det`](Tensor::det).
    #[track_caller]
    pub fn logdet(&self) -> Tensor {
        or_panic(crate::ops::logdet(self))
    }

    /// Are both true? Elementwise with broadcasting, for any dtypes; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_and(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logical_and(self, other))
    }

    /// [`logical_and`](Tensor::logical_and) into `self`.
    ///
    /// # Panics
    /// Those of [`logical_and`](Tensor::logical_and) and of in-place writes in general.
    #[track_caller]
    pub fn logical_and_(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logical_and_(self, other))
    }

    /// Is it zero? Elementwise, for any dtype; gives booleans.
    #[track_caller]
    pub fn logical_not(&self) -> Tensor {
        or_panic(crate::ops::logical_not(self))
    }

    /// [`logical_not`](Tensor::logical_not) into `self`.
    ///
    /// # Panics
    /// Those of [`logical_not`](Tensor::logical_not) and of in-place writes in general.
    #[track_caller]
    pub fn logical_not_(&self) -> Tensor {
        or_panic(crate::ops::logical_not_(self))
    }

    /// Is at least one true? Elementwise with broadcasting, for any dtypes; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_or(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logical_or(self, other))
    }

    /// [`logical_or`](Tensor::logical_or) into `self`.
    ///
    /// # Panics
    /// Those of [`logical_or`](Tensor::logical_or) and of in-place writes in general.
    #[track_caller]
    pub fn logical_or_(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logical_or_(self, other))
    }

    /// Is exactly one true? Elementwise with broadcasting, for any dtypes; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn logical_xor(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logical_xor(self, other))
    }

    /// [`logical_xor`](Tensor::logical_xor) into `self`.
    ///
    /// # Panics
    /// Those of [`logical_xor`](Tensor::logical_xor) and of in-place writes in general.
    #[track_caller]
    pub fn logical_xor_(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::logical_xor_(self, other))
    }

    /// `log(self / (1 - self))`, the inverse of [`sigmoid`](Tensor::sigmoid); integers give floats. With `eps`, the input is cut off at `eps` and `1 - eps`
    /// first, and the gradient outside is 0; without it, both are NaN outside of 0 to 1.
    #[track_caller]
    pub fn logit(&self, eps: Option<f64>) -> Tensor {
        or_panic(crate::ops::logit(self, eps))
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

    /// `self < other`, elementwise with broadcasting; gives booleans.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn lt<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::lt(self, other))
    }

    /// [`lt`](Tensor::lt) into `self`.
    ///
    /// # Panics
    /// Those of [`lt`](Tensor::lt) and of in-place writes in general.
    #[track_caller]
    pub fn lt_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::lt_(self, other))
    }

    /// `value` where `mask` holds, `self` elsewhere; input and mask are broadcast, the dtype is that of `self`.
    ///
    /// # Panics
    /// If the mask is not of booleans, `value` is a tensor with dimensions or a number that `self` cannot hold, or the shapes do not
    /// broadcast.
    #[track_caller]
    pub fn masked_fill<'a>(&self, mask: &Tensor, value: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::masked_fill(self, mask, value))
    }

    /// [`masked_fill`](Tensor::masked_fill) into `self`.
    ///
    /// # Panics
    /// Those of [`masked_fill`](Tensor::masked_fill) and of in-place writes in general.
    #[track_caller]
    pub fn masked_fill_<'a>(&self, mask: &Tensor, value: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::masked_fill_(self, mask, value))
    }

    /// A copy of `self` with the elements of `source`, in row-major order, where `mask` is true. Input and mask broadcast.
    ///
    /// # Panics
    /// If the mask is not of booleans, the shapes do not broadcast, the dtypes differ, or `source` has too few elements.
    #[track_caller]
    pub fn masked_scatter(&self, mask: &Tensor, source: &Tensor) -> Tensor {
        or_panic(crate::ops::masked_scatter(self, mask, source))
    }

    /// [`masked_scatter`](Tensor::masked_scatter) into `self`.
    ///
    /// # Panics
    /// Those of [`masked_scatter`](Tensor::masked_scatter) and of in-place writes in general.
    #[track_caller]
    pub fn masked_scatter_(&self, mask: &Tensor, source: &Tensor) -> Tensor {
        or_panic(crate::ops::masked_scatter_(self, mask, source))
    }

    /// The elements where `mask` is true, in row-major order, in one dimension. Input and mask broadcast.
    ///
    /// # Panics
    /// If the mask is not of booleans, or the shapes do not broadcast.
    #[track_caller]
    pub fn masked_select(&self, mask: &Tensor) -> Tensor {
        or_panic(crate::ops::masked_select(self, mask))
    }

    /// The matrix product, by PyTorch's rule: vectors count as a row on the left and as a column on the right, and dimensions before
    /// the last two are a batch and broadcast. Two vectors give their inner product.
    ///
    /// # Panics
    /// If one has no dimensions, or shapes or dtypes do not fit.
    ///
    /// ```
    /// use wengert::{Tensor, ops};
    /// let (x, w) = (Tensor::ones(&[5, 1, 2, 3]), Tensor::ones(&[4, 3, 7]));
    /// assert_eq!(ops::matmul(&x, &w)?.shape(), [5, 4, 2, 7]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::matmul(self, other))
    }

    /// The norm of matrices over two dimensions, rows and columns, which are dropped or, with `keepdim`, become 1.
    ///
    /// # Panics
    /// If there are not two dimensions, or the order is not one of [`MatrixOrd`]'s; for integers and booleans.
    #[track_caller]
    pub fn matrix_norm(&self, ord: MatrixOrd, dims: &[isize], keepdim: bool) -> Tensor {
        or_panic(crate::ops::matrix_norm(self, ord, dims, keepdim))
    }

    /// Square matrices to the power `n`, by squaring; a negative power is one of the inverse.
    ///
    /// # Panics
    /// If the matrices are not square, or have no inverse and `n` is negative.
    #[track_caller]
    pub fn matrix_power(&self, n: i64) -> Tensor {
        or_panic(crate::ops::matrix_power(self, n))
    }

    /// How many singular values are above a threshold, as in [`pinv`](Tensor::pinv); or above `atol`.
    ///
    /// # Panics
    /// As [`svd`](Tensor::svd).
    #[track_caller]
    pub fn matrix_rank(&self, atol: Option<f64>, rtol: Option<f64>) -> Tensor {
        or_panic(crate::ops::matrix_rank(self, atol, rtol))
    }

    /// The last two dimensions swapped (`x.mT`): a view of a matrix, or of each matrix of a batch, transposed.
    ///
    /// # Panics
    /// If there are fewer than two dimensions.
    #[track_caller]
    pub fn matrix_transpose(&self) -> Tensor {
        or_panic(crate::ops::matrix_transpose(self))
    }

    /// The largest element. Equal ones share the gradient evenly, and a NaN wins. With indices: [`max_dim`](crate::ops::max_dim).
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

    /// The larger of both, elementwise with broadcasting; NaN if one is NaN. Where they are equal each gets half of the gradient.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn maximum(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::maximum(self, other))
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

    /// The median of all elements: the lower one of two in the middle; NaN if one is. Equal elements share the gradient
    /// evenly.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn median(&self) -> Tensor {
        or_panic(crate::ops::median(self))
    }

    /// The medians along `dim`, and where they are; `dim` is dropped or, with `keepdim`, becomes 1. As [`median`](Tensor::median).
    ///
    /// # Panics
    /// For booleans; if `dim` is out of range or empty.
    #[track_caller]
    pub fn median_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::median_dim(self, dim, keepdim))
    }

    /// The smallest element. Equal ones share the gradient evenly, and a NaN wins. With indices: [`min_dim`](crate::ops::min_dim).
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

    /// The smaller of both, elementwise with broadcasting; NaN if one is NaN. Where they are equal each gets half of the gradient.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn minimum(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::minimum(self, other))
    }

    /// `self * tanh(softplus(self))` (Misra 2019).
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn mish(&self) -> Tensor {
        or_panic(crate::ops::mish(self))
    }

    /// The product of two matrices.
    ///
    /// # Panics
    /// If they are not matrices, or their shapes or dtypes do not fit.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let (a, b) = (tensor!([[1, 2], [3, 4]]), tensor!([[0, 1], [1, 0]]));
    /// assert_eq!(ops::mm(&a, &b)?.to_vec::<i64>(), [2, 1, 4, 3]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn mm(&self, mat2: &Tensor) -> Tensor {
        or_panic(crate::ops::mm(self, mat2))
    }

    /// The most frequent elements along `dim`, the smallest of several, and where they are last; `dim` is dropped or, with `keepdim`,
    /// becomes 1.
    ///
    /// # Panics
    /// If `dim` is out of range or empty.
    #[track_caller]
    pub fn mode(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::mode(self, dim, keepdim))
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

    /// The squared difference of `self` and `target`, elementwise with broadcasting, reduced.
    ///
    /// # Panics
    /// If the shapes do not broadcast, or both are of integers or booleans.
    #[track_caller]
    pub fn mse_loss(&self, target: &Tensor, reduction: Reduction) -> Tensor {
        or_panic(crate::ops::mse_loss(self, target, reduction))
    }

    /// The elements along the first dimension in ascending order.
    #[track_caller]
    pub fn msort(&self) -> Tensor {
        or_panic(crate::ops::msort(self))
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

    /// Indices drawn with probabilities in proportion to `self`, for each row if there are two dimensions: `[samples]` or `[rows, samples]` of `int64`
    /// (`torch.multinomial`).
    ///
    /// # Panics
    /// If `self` holds no weights, or fewer than are to be drawn without replacement.
    #[track_caller]
    pub fn multinomial(&self, num_samples: usize, replacement: bool, generator: Option<&Generator>) -> Tensor {
        or_panic(crate::ops::multinomial(self, num_samples, replacement, generator))
    }

    /// The product of a matrix and a vector.
    ///
    /// # Panics
    /// If they are not a matrix and a vector, or their shapes or dtypes do not fit.
    #[track_caller]
    pub fn mv(&self, vec: &Tensor) -> Tensor {
        or_panic(crate::ops::mv(self, vec))
    }

    /// The logarithm of the multivariate gamma function of dimension `p`: the sum of `lgamma(self - j / 2)` for `j` below `p`, plus
    /// `p (p - 1) / 4 log π`. Integers give floats.
    ///
    /// # Panics
    /// If `p` is not positive.
    #[track_caller]
    pub fn mvlgamma(&self, p: i64) -> Tensor {
        or_panic(crate::ops::mvlgamma(self, p))
    }

    /// NaN and the infinities replaced: by default with 0 and the largest finite numbers of the dtype.
    #[track_caller]
    pub fn nan_to_num(&self, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Tensor {
        or_panic(crate::ops::nan_to_num(self, nan, posinf, neginf))
    }

    /// [`nan_to_num`](Tensor::nan_to_num) into `self`.
    ///
    /// # Panics
    /// Those of in-place writes in general.
    #[track_caller]
    pub fn nan_to_num_(&self, nan: Option<f64>, posinf: Option<f64>, neginf: Option<f64>) -> Tensor {
        or_panic(crate::ops::nan_to_num_(self, nan, posinf, neginf))
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

    /// [`median`](Tensor::median) of the elements that are not NaN; NaN if there are none.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn nanmedian(&self) -> Tensor {
        or_panic(crate::ops::nanmedian(self))
    }

    /// [`median_dim`](Tensor::median_dim) of the elements that are not NaN.
    ///
    /// # Panics
    /// As [`median_dim`](Tensor::median_dim).
    #[track_caller]
    pub fn nanmedian_dim(&self, dim: isize, keepdim: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::nanmedian_dim(self, dim, keepdim))
    }

    /// [`quantile`](Tensor::quantile) of the elements that are not NaN.
    ///
    /// # Panics
    /// As [`quantile`](Tensor::quantile).
    #[track_caller]
    pub fn nanquantile(&self, q: &Tensor, dim: Option<isize>, keepdim: bool, interpolation: &str) -> Tensor {
        or_panic(crate::ops::nanquantile(self, q, dim, keepdim, interpolation))
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

    /// The normal distribution: the probability that a standard normal variable is below `self`. Integers give floats.
    #[track_caller]
    pub fn ndtr(&self) -> Tensor {
        or_panic(crate::ops::ndtr(self))
    }

    /// `self != other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn ne<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::ne(self, other))
    }

    /// [`ne`](Tensor::ne) into `self`.
    ///
    /// # Panics
    /// Those of [`ne`](Tensor::ne) and of in-place writes in general.
    #[track_caller]
    pub fn ne_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::ne_(self, other))
    }

    /// `-self`, elementwise.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn neg(&self) -> Tensor {
        or_panic(crate::ops::neg(self))
    }

    /// [`neg`](Tensor::neg) into `self`.
    ///
    /// # Panics
    /// Those of [`neg`](Tensor::neg) and of in-place writes in general.
    #[track_caller]
    pub fn neg_(&self) -> Tensor {
        or_panic(crate::ops::neg_(self))
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

    /// The indices of the elements that are not zero, in row-major order: `int64` of shape `[how many, dimensions]`.
    #[track_caller]
    pub fn nonzero(&self) -> Tensor {
        or_panic(crate::ops::nonzero(self))
    }

    /// [`nonzero`](Tensor::nonzero) with a vector for each dimension, as index tensors are given.
    #[track_caller]
    pub fn nonzero_tuple(&self) -> Vec<Tensor> {
        or_panic(crate::ops::nonzero_tuple(self))
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

    /// Vectors with one 1 at each index and zeros elsewhere: `[.., num_classes]` of `int64`. Without `num_classes` it is one more than the
    /// largest index.
    ///
    /// # Panics
    /// If `self` is not `int64`, or an index is negative or not smaller than `num_classes`.
    #[track_caller]
    pub fn one_hot(&self, num_classes: Option<usize>) -> Tensor {
        or_panic(crate::ops::one_hot(self, num_classes))
    }

    /// The products of every element of one vector with every element of the other: `[n, m]`.
    ///
    /// # Panics
    /// If they are not vectors.
    #[track_caller]
    pub fn outer(&self, vec2: &Tensor) -> Tensor {
        or_panic(crate::ops::outer(self, vec2))
    }

    /// `self` with numbers of its own around it: `pad` has how many indices come before and after, for the last dimension, then for the one before it, and so
    /// on. Negative ones cut. One or two dimensions at the front are left as they are.
    ///
    /// # Panics
    /// If the number of pads does not fit that of dimensions, or a padding needs more numbers than there are.
    ///
    /// ```
    /// use wengert::ops::{PadMode, pad};
    /// let x = wengert::tensor!([[1, 2, 3]]);
    /// assert_eq!(pad(&x, &[2, 1], PadMode::Reflect)?.to_vec::<i64>(), [3, 2, 1, 2, 3, 2]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn pad(&self, pad: &[isize], mode: PadMode) -> Tensor {
        or_panic(crate::ops::pad(self, pad, mode))
    }

    /// The `p`-norm of the difference between each two rows of `[n, d]`, in the order of the upper triangle of [`cdist`](crate::ops::cdist): `[n (n - 1) / 2]`.
    ///
    /// # Panics
    /// If `self` is not a matrix of floats, or `p` is negative.
    #[track_caller]
    pub fn pdist(&self, p: f64) -> Tensor {
        or_panic(crate::ops::pdist(self, p))
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

    /// The pseudoinverse (Moore and Penrose): singular values up to `rtol` times the largest count as 0; by default, the larger side times the
    /// dtype's rounding error.
    ///
    /// # Panics
    /// As [`svd`](Tensor::svd).
    #[track_caller]
    pub fn pinv(&self, rtol: Option<f64>) -> Tensor {
        or_panic(crate::ops::pinv(self, rtol))
    }

    /// `[.., c r^2, h, w]` as `[.., c, h r, w r]`: each group of `r^2` channels becomes squares of `r` by `r`.
    ///
    /// # Panics
    /// If there are fewer than three dimensions, or `r^2` does not divide the channels.
    #[track_caller]
    pub fn pixel_shuffle(&self, upscale_factor: usize) -> Tensor {
        or_panic(crate::ops::pixel_shuffle(self, upscale_factor))
    }

    /// The reverse of [`pixel_shuffle`](Tensor::pixel_shuffle): `[.., c, h r, w r]` as `[.., c r^2, h, w]`.
    ///
    /// # Panics
    /// If there are fewer than three dimensions, or `r` does not divide height and width.
    #[track_caller]
    pub fn pixel_unshuffle(&self, downscale_factor: usize) -> Tensor {
        or_panic(crate::ops::pixel_unshuffle(self, downscale_factor))
    }

    /// Poisson-distributed numbers with the given rates (`torch.poisson`). The gradient is zero.
    ///
    /// # Panics
    /// If a rate is negative, or for integers.
    #[track_caller]
    pub fn poisson(&self, generator: Option<&Generator>) -> Tensor {
        or_panic(crate::ops::poisson(self, generator))
    }

    /// The `n`th derivative of [`digamma`](Tensor::digamma); integers give floats. PyTorch's `polygamma(n, self)`.
    ///
    /// # Panics
    /// If `n` is negative.
    #[track_caller]
    pub fn polygamma(&self, n: i64) -> Tensor {
        or_panic(crate::ops::polygamma(self, n))
    }

    /// `self` itself: the `+` before a tensor.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn positive(&self) -> Tensor {
        or_panic(crate::ops::positive(self))
    }

    /// `self` to the power `exponent`, elementwise with broadcasting. A number as exponent gives exactly what the simpler
    /// operation does for 0, 1, 2, 3, ½, -½, -1, -2: `pow(x, 2)` is `x * x`.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers to a negative number; for two booleans.
    #[track_caller]
    pub fn pow<'a>(&self, exponent: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::pow(self, exponent))
    }

    /// [`pow`](Tensor::pow) into `self`.
    ///
    /// # Panics
    /// Those of [`pow`](Tensor::pow) and of in-place writes in general.
    #[track_caller]
    pub fn pow_<'a>(&self, exponent: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::pow_(self, exponent))
    }

    /// `self` where it is positive, `weight * self` elsewhere; the weight is one number or one for each channel, which dimension 1
    /// counts.
    ///
    /// # Panics
    /// If there are more weights than one and not as many as channels; if the dtypes differ.
    #[track_caller]
    pub fn prelu(&self, weight: &Tensor) -> Tensor {
        or_panic(crate::ops::prelu(self, weight))
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

    /// A copy with the elements of `source` at the numbers `index`, counted in row-major order; with `accumulate` they are added to what is there.
    ///
    /// # Panics
    /// If `index` is not `int64`, has another number of elements than `source`, or holds a number out of range; if dtypes differ.
    #[track_caller]
    pub fn put(&self, index: &Tensor, source: &Tensor, accumulate: bool) -> Tensor {
        or_panic(crate::ops::put(self, index, source, accumulate))
    }

    /// [`put`](Tensor::put) into `self`.
    ///
    /// # Panics
    /// Those of [`put`](Tensor::put) and of in-place writes in general.
    #[track_caller]
    pub fn put_(&self, index: &Tensor, source: &Tensor, accumulate: bool) -> Tensor {
        or_panic(crate::ops::put_(self, index, source, accumulate))
    }

    /// Orthogonal columns `Q` and upper triangular `R` with `Q @ R = self`: as many columns as the smaller side has, or, with `complete`, as
    /// there are rows.
    ///
    /// # Panics
    /// If there are no matrices; for integers, booleans and half precision.
    #[track_caller]
    pub fn qr(&self, complete: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::qr(self, complete))
    }

    /// The values below which the fractions `q` (a number or several) of the elements lie, along `dim` or of all; between two elements by
    /// `interpolation`: `linear`, `lower`, `higher`, `midpoint`, `nearest`. NaN if one is. Several `q` give a dimension in front.
    ///
    /// # Panics
    /// If a `q` is not between 0 and 1, the dtypes differ or are not `float32` or `float64`, or there are no elements.
    #[track_caller]
    pub fn quantile(&self, q: &Tensor, dim: Option<isize>, keepdim: bool, interpolation: &str) -> Tensor {
        or_panic(crate::ops::quantile(self, q, dim, keepdim, interpolation))
    }

    /// Radians to degrees; integers give floats.
    #[track_caller]
    pub fn rad2deg(&self) -> Tensor {
        or_panic(crate::ops::rad2deg(self))
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

    /// [`reciprocal`](Tensor::reciprocal) into `self`.
    ///
    /// # Panics
    /// Those of [`reciprocal`](Tensor::reciprocal) and of in-place writes in general.
    #[track_caller]
    pub fn reciprocal_(&self) -> Tensor {
        or_panic(crate::ops::reciprocal_(self))
    }

    /// `self` where it is positive, else 0. Its gradient at 0 is 0.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn relu(&self) -> Tensor {
        or_panic(crate::ops::relu(self))
    }

    /// [`hardtanh`](Tensor::hardtanh) from 0 to 6.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn relu6(&self) -> Tensor {
        or_panic(crate::ops::relu6(self))
    }

    /// [`relu`](Tensor::relu) into `self`.
    ///
    /// # Panics
    /// Those of [`relu`](Tensor::relu) and of in-place writes in general.
    #[track_caller]
    pub fn relu_(&self) -> Tensor {
        or_panic(crate::ops::relu_(self))
    }

    /// What is left of `self` after division by `other` rounded down, with the sign of `other`, as Python's `%`; elementwise with
    /// broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for integers by zero; for two booleans.
    #[track_caller]
    pub fn remainder<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::remainder(self, other))
    }

    /// [`remainder`](Tensor::remainder) into `self`.
    ///
    /// # Panics
    /// Those of [`remainder`](Tensor::remainder) and of in-place writes in general.
    #[track_caller]
    pub fn remainder_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::remainder_(self, other))
    }

    /// `self` with each slice of dimension `dim` scaled down to the `p`-norm `maxnorm` if it has a larger one.
    ///
    /// # Panics
    /// If there are fewer than two dimensions, `dim` is out of range, `p` is not positive, or `maxnorm` is negative.
    #[track_caller]
    pub fn renorm(&self, p: f64, dim: isize, maxnorm: f64) -> Tensor {
        or_panic(crate::ops::renorm(self, p, dim, maxnorm))
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

    /// Each element of `self` as many times in a row as `repeats` says for it, all elements in one dimension.
    ///
    /// # Panics
    /// As [`repeat_interleave_tensor_dim`](Tensor::repeat_interleave_tensor_dim).
    #[track_caller]
    pub fn repeat_interleave_tensor(&self, repeats: &Tensor) -> Tensor {
        or_panic(crate::ops::repeat_interleave_tensor(self, repeats))
    }

    /// Each index of dimension `dim` as many times in a row as `repeats` says for it, or for all of them if it has one element.
    ///
    /// # Panics
    /// If `dim` is out of range; if `repeats` is not of integers, holds a negative one, or has not the size of the dimension.
    #[track_caller]
    pub fn repeat_interleave_tensor_dim(&self, repeats: &Tensor, dim: isize) -> Tensor {
        or_panic(crate::ops::repeat_interleave_tensor_dim(self, repeats, dim))
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

    /// `other / self` rounded down: the order of `number // tensor`.
    ///
    /// # Panics
    /// As [`floor_divide`](Tensor::floor_divide).
    #[track_caller]
    pub fn rfloor_divide(&self, other: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::rfloor_divide(self, other))
    }

    /// Divides by the root of the mean of squares over the last dimensions, whose sizes are `normalized_shape`, plus `eps` (by default the distance from 1 to the
    /// next number of the dtype), and then multiplies by `weight`, which has that shape.
    ///
    /// # Panics
    /// If the last sizes of `self` or those of `weight` differ from `normalized_shape`, which must not be empty; for integers.
    #[track_caller]
    pub fn rms_norm(&self, normalized_shape: &[usize], weight: Option<&Tensor>, eps: Option<f64>) -> Tensor {
        or_panic(crate::ops::rms_norm(self, normalized_shape, weight, eps))
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

    /// `self` turned by `k` right angles in the plane of two dimensions, from the first of them towards the second.
    ///
    /// # Panics
    /// If `dims` are not two different dimensions.
    #[track_caller]
    pub fn rot90(&self, k: i64, dims: &[isize]) -> Tensor {
        or_panic(crate::ops::rot90(self, k, dims))
    }

    /// The nearest integer; a half goes to the even one. Its gradient is zero.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn round(&self) -> Tensor {
        or_panic(crate::ops::round(self))
    }

    /// [`round`](Tensor::round) into `self`.
    ///
    /// # Panics
    /// Those of [`round`](Tensor::round) and of in-place writes in general.
    #[track_caller]
    pub fn round_(&self) -> Tensor {
        or_panic(crate::ops::round_(self))
    }

    /// [`round`](Tensor::round) to `decimals` digits behind the point, or before it if negative (`torch.round(self, decimals=...)`).
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn round_decimals(&self, decimals: i64) -> Tensor {
        or_panic(crate::ops::round_decimals(self, decimals))
    }

    /// [`round_decimals`](Tensor::round_decimals) into `self`.
    ///
    /// # Panics
    /// Those of [`round_decimals`](Tensor::round_decimals) and of in-place writes in general.
    #[track_caller]
    pub fn round_decimals_(&self, decimals: i64) -> Tensor {
        or_panic(crate::ops::round_decimals_(self, decimals))
    }

    /// `base` to the power `self`: the order of `number ** tensor`.
    #[track_caller]
    pub fn rpow(&self, base: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::rpow(self, base))
    }

    /// What is left of `other` after division by `self`: the order of `number % tensor`.
    ///
    /// # Panics
    /// As [`remainder`](Tensor::remainder).
    #[track_caller]
    pub fn rremainder(&self, other: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::rremainder(self, other))
    }

    /// One over the square root; NaN below zero, integers give floats.
    #[track_caller]
    pub fn rsqrt(&self) -> Tensor {
        or_panic(crate::ops::rsqrt(self))
    }

    /// [`rsqrt`](Tensor::rsqrt) into `self`.
    ///
    /// # Panics
    /// Those of [`rsqrt`](Tensor::rsqrt) and of in-place writes in general.
    #[track_caller]
    pub fn rsqrt_(&self) -> Tensor {
        or_panic(crate::ops::rsqrt_(self))
    }

    /// `other - self`; the order of `number - tensor`.
    ///
    /// # Panics
    /// As [`sub`](Tensor::sub).
    #[track_caller]
    pub fn rsub<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::rsub(self, other))
    }

    /// A copy of `self` in which the elements of `src` (or one number) stand at the indices along `dim`: `out[i, index[i, j, k], k] =
    /// src[i, j, k]` for `dim` 1. Of several at one place the last counts; gradients are right only if there are none.
    ///
    /// # Panics
    /// If `index` is not of integers or larger than `src`, or than `self` in another dimension; if dtypes differ; for an index out of
    /// range.
    #[track_caller]
    pub fn scatter<'a>(&self, dim: isize, index: &Tensor, src: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::scatter(self, dim, index, src))
    }

    /// [`scatter`](Tensor::scatter) into `self`.
    ///
    /// # Panics
    /// Those of [`scatter`](Tensor::scatter) and of in-place writes in general.
    #[track_caller]
    pub fn scatter_<'a>(&self, dim: isize, index: &Tensor, src: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::scatter_(self, dim, index, src))
    }

    /// A copy of `self` with the elements of `src` added at the indices along `dim`: `out[i, index[i, j, k], k] += src[i, j, k]` for
    /// `dim` 1. Several at one place add up, in their order.
    ///
    /// # Panics
    /// Those of [`scatter`](Tensor::scatter).
    #[track_caller]
    pub fn scatter_add(&self, dim: isize, index: &Tensor, src: &Tensor) -> Tensor {
        or_panic(crate::ops::scatter_add(self, dim, index, src))
    }

    /// [`scatter_add`](Tensor::scatter_add) into `self`.
    ///
    /// # Panics
    /// Those of [`scatter`](Tensor::scatter) and of in-place writes in general.
    #[track_caller]
    pub fn scatter_add_(&self, dim: isize, index: &Tensor, src: &Tensor) -> Tensor {
        or_panic(crate::ops::scatter_add_(self, dim, index, src))
    }

    /// A copy of `self` in which the elements of `src` that meet at one place, by the indices along `dim` (see
    /// [`scatter`](crate::ops::scatter)), are reduced together: `"sum"`, `"prod"`, `"mean"`, `"amax"` or `"amin"`. With `include_self` what
    /// was there counts too.
    ///
    /// # Panics
    /// If `reduce` is none of these; those of [`scatter`](crate::ops::scatter).
    #[track_caller]
    pub fn scatter_reduce(&self, dim: isize, index: &Tensor, src: &Tensor, reduce: &str, include_self: bool) -> Tensor {
        or_panic(crate::ops::scatter_reduce(self, dim, index, src, reduce, include_self))
    }

    /// [`scatter_reduce`](Tensor::scatter_reduce) into `self`.
    ///
    /// # Panics
    /// Those of [`scatter_reduce`](Tensor::scatter_reduce) and of in-place writes in general.
    #[track_caller]
    pub fn scatter_reduce_(
        &self,
        dim: isize,
        index: &Tensor,
        src: &Tensor,
        reduce: &str,
        include_self: bool,
    ) -> Tensor {
        or_panic(crate::ops::scatter_reduce_(self, dim, index, src, reduce, include_self))
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

    /// A copy of `self` with `src` at `index` of dimension `dim`.
    ///
    /// # Panics
    /// If `dim` or `index` is out of range, or `src` has not the shape of that part.
    #[track_caller]
    pub fn select_scatter(&self, src: &Tensor, dim: isize, index: isize) -> Tensor {
        or_panic(crate::ops::select_scatter(self, src, dim, index))
    }

    /// The self-normalizing [`elu`](Tensor::elu): `scale * (self or alpha * (exp(self) - 1))` with fixed numbers.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn selu(&self) -> Tensor {
        or_panic(crate::ops::selu(self))
    }

    /// [`selu`](Tensor::selu) into `self`.
    ///
    /// # Panics
    /// Those of [`selu`](Tensor::selu) and of in-place writes in general.
    #[track_caller]
    pub fn selu_(&self) -> Tensor {
        or_panic(crate::ops::selu_(self))
    }

    /// [`sign`](Tensor::sign) under the name that PyTorch also has for complex numbers.
    #[track_caller]
    pub fn sgn(&self) -> Tensor {
        or_panic(crate::ops::sgn(self))
    }

    /// [`sgn`](Tensor::sgn) into `self`.
    ///
    /// # Panics
    /// Those of [`sgn`](Tensor::sgn) and of in-place writes in general.
    #[track_caller]
    pub fn sgn_(&self) -> Tensor {
        or_panic(crate::ops::sgn_(self))
    }

    /// The logistic function, `1 / (1 + exp(-self))`; integers give floats.
    #[track_caller]
    pub fn sigmoid(&self) -> Tensor {
        or_panic(crate::ops::sigmoid(self))
    }

    /// [`sigmoid`](Tensor::sigmoid) into `self`.
    ///
    /// # Panics
    /// Those of [`sigmoid`](Tensor::sigmoid) and of in-place writes in general.
    #[track_caller]
    pub fn sigmoid_(&self) -> Tensor {
        or_panic(crate::ops::sigmoid_(self))
    }

    /// -1, 0 or 1 by the sign; 0 for NaN. Its gradient is zero.
    #[track_caller]
    pub fn sign(&self) -> Tensor {
        or_panic(crate::ops::sign(self))
    }

    /// [`sign`](Tensor::sign) into `self`.
    ///
    /// # Panics
    /// Those of [`sign`](Tensor::sign) and of in-place writes in general.
    #[track_caller]
    pub fn sign_(&self) -> Tensor {
        or_panic(crate::ops::sign_(self))
    }

    /// Is its sign negative, also that of zero and NaN? Elementwise; gives booleans.
    #[track_caller]
    pub fn signbit(&self) -> Tensor {
        or_panic(crate::ops::signbit(self))
    }

    /// `self * sigmoid(self)`, also called swish.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn silu(&self) -> Tensor {
        or_panic(crate::ops::silu(self))
    }

    /// [`silu`](Tensor::silu) into `self`.
    ///
    /// # Panics
    /// Those of [`silu`](Tensor::silu) and of in-place writes in general.
    #[track_caller]
    pub fn silu_(&self) -> Tensor {
        or_panic(crate::ops::silu_(self))
    }

    /// The sine; integers give floats.
    #[track_caller]
    pub fn sin(&self) -> Tensor {
        or_panic(crate::ops::sin(self))
    }

    /// [`sin`](Tensor::sin) into `self`.
    ///
    /// # Panics
    /// Those of [`sin`](Tensor::sin) and of in-place writes in general.
    #[track_caller]
    pub fn sin_(&self) -> Tensor {
        or_panic(crate::ops::sin_(self))
    }

    /// `sin(π self) / (π self)`, and 1 at 0; integers give floats.
    #[track_caller]
    pub fn sinc(&self) -> Tensor {
        or_panic(crate::ops::sinc(self))
    }

    /// The hyperbolic sine; integers give floats.
    #[track_caller]
    pub fn sinh(&self) -> Tensor {
        or_panic(crate::ops::sinh(self))
    }

    /// [`sinh`](Tensor::sinh) into `self`.
    ///
    /// # Panics
    /// Those of [`sinh`](Tensor::sinh) and of in-place writes in general.
    #[track_caller]
    pub fn sinh_(&self) -> Tensor {
        or_panic(crate::ops::sinh_(self))
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

    /// A copy of `self` with `src` at the indices `start..end` of dimension `dim`, every `step`-th of them.
    ///
    /// # Panics
    /// If `dim` is out of range, `step` is not positive, or `src` has not the shape of that part.
    #[track_caller]
    pub fn slice_scatter(
        &self,
        src: &Tensor,
        dim: isize,
        start: Option<isize>,
        end: Option<isize>,
        step: isize,
    ) -> Tensor {
        or_panic(crate::ops::slice_scatter(self, src, dim, start, end, step))
    }

    /// The signs of the determinants of square matrices, and the logarithms of their magnitudes: 0 and -infinity for a singular one.
    ///
    /// # Panics
    /// As [`det`](Tensor::det).
    #[track_caller]
    pub fn slogdet(&self) -> (Tensor, Tensor) {
        or_panic(crate::ops::slogdet(self))
    }

    /// With d the difference of `self` and `target`, elementwise with broadcasting: d²/(2 `beta`) where |d| < `beta`, and
    /// |d| - `beta`/2 elsewhere; reduced. With `beta` 0 it is [`l1_loss`](Tensor::l1_loss).
    ///
    /// # Panics
    /// If `beta` is negative, the shapes do not broadcast, or both are of integers or booleans.
    #[track_caller]
    pub fn smooth_l1_loss(&self, target: &Tensor, reduction: Reduction, beta: f64) -> Tensor {
        or_panic(crate::ops::smooth_l1_loss(self, target, reduction, beta))
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

    /// `log(1 + exp(beta * self)) / beta`, a smooth [`relu`](crate::ops::relu); `self` itself where `beta * self > threshold`.
    ///
    /// # Panics
    /// For integers and booleans.
    #[track_caller]
    pub fn softplus(&self, beta: impl Into<Scalar>, threshold: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::softplus(self, beta, threshold))
    }

    /// `self` moved toward 0 by `lambd`, and 0 where it would pass it.
    ///
    /// # Panics
    /// If `lambd` is negative; for integers and booleans.
    #[track_caller]
    pub fn softshrink(&self, lambd: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::softshrink(self, lambd))
    }

    /// `X` with `self @ X = other`: `other` is a vector, matrices of columns, or a batch of vectors if it has one dimension less than
    /// `self` and its sizes. Batches are broadcast.
    ///
    /// # Panics
    /// If the matrices are not square or one is singular, or shapes or dtypes do not fit.
    #[track_caller]
    pub fn solve(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::solve(self, other))
    }

    /// The elements along `dim` in ascending or descending order, and where they were. Equal elements keep their order, with `stable` or
    /// without; NaN is the largest.
    ///
    /// # Panics
    /// If `dim` is out of range.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let (values, indices) = ops::sort(&tensor!([3, 1, 2]), -1, true, false)?;
    /// assert_eq!(values.to_vec::<i64>(), [3, 2, 1]);
    /// assert_eq!(indices.to_vec::<i64>(), [0, 2, 1]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn sort(&self, dim: isize, descending: bool, stable: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::sort(self, dim, descending, stable))
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

    /// The square root; NaN below zero, integers give floats.
    #[track_caller]
    pub fn sqrt(&self) -> Tensor {
        or_panic(crate::ops::sqrt(self))
    }

    /// [`sqrt`](Tensor::sqrt) into `self`.
    ///
    /// # Panics
    /// Those of [`sqrt`](Tensor::sqrt) and of in-place writes in general.
    #[track_caller]
    pub fn sqrt_(&self) -> Tensor {
        or_panic(crate::ops::sqrt_(self))
    }

    /// `self * self`; booleans give integers. It is recorded as a power, as in PyTorch.
    #[track_caller]
    pub fn square(&self) -> Tensor {
        or_panic(crate::ops::square(self))
    }

    /// [`square`](Tensor::square) into `self`.
    ///
    /// # Panics
    /// Those of in-place writes in general.
    #[track_caller]
    pub fn square_(&self) -> Tensor {
        or_panic(crate::ops::square_(self))
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

    /// Standard deviation and mean of all elements in one pass: [`std`](crate::ops::std()) and [`mean`](crate::ops::mean).
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

    /// `self - alpha * other`, elementwise with broadcasting, in one pass.
    ///
    /// # Panics
    /// If the shapes do not broadcast; for booleans; for integers if `alpha` is not an integer.
    #[track_caller]
    pub fn sub_alpha<'a>(&self, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::sub_alpha(self, other, alpha))
    }

    /// [`sub_alpha`](Tensor::sub_alpha) into `self`.
    ///
    /// # Panics
    /// Those of [`sub_alpha`](Tensor::sub_alpha) and of in-place writes in general.
    #[track_caller]
    pub fn sub_alpha_<'a>(&self, other: impl Into<Operand<'a>>, alpha: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::sub_alpha_(self, other, alpha))
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

    /// `U`, singular values in descending order and `V^T` with `U @ diag(S) @ V^T = self`, of the smaller side's size. Signs of the vectors
    /// are not determined: a gradient that depends on them means nothing.
    ///
    /// # Panics
    /// If there are no matrices; for integers, booleans and half precision.
    #[track_caller]
    pub fn svd(&self) -> Vec<Tensor> {
        or_panic(crate::ops::svd(self))
    }

    /// Singular values in descending order.
    ///
    /// # Panics
    /// As [`svd`](Tensor::svd).
    #[track_caller]
    pub fn svdvals(&self) -> Tensor {
        or_panic(crate::ops::svdvals(self))
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

    /// The elements with the numbers `index` in row-major order, in the shape of `index`. Negative numbers count from the end.
    ///
    /// # Panics
    /// If `index` is not `int64`, or holds a number out of range.
    #[track_caller]
    pub fn take(&self, index: &Tensor) -> Tensor {
        or_panic(crate::ops::take(self, index))
    }

    /// The elements with these numbers in row-major order, in one dimension (`take_along_dim` without a dimension).
    ///
    /// # Panics
    /// If `indices` is not of integers, or holds a number out of range.
    #[track_caller]
    pub fn take_along_all(&self, indices: &Tensor) -> Tensor {
        or_panic(crate::ops::take_along_all(self, indices))
    }

    /// [`gather`](Tensor::gather) with broadcasting in the other dimensions, for indices as `argsort` and `argmax` give them. An index outside of the
    /// dimension is taken modulo its size, as in PyTorch.
    ///
    /// # Panics
    /// If `indices` is not `int64` or has another number of dimensions.
    #[track_caller]
    pub fn take_along_dim(&self, indices: &Tensor, dim: isize) -> Tensor {
        or_panic(crate::ops::take_along_dim(self, indices, dim))
    }

    /// The tangent; integers give floats.
    #[track_caller]
    pub fn tan(&self) -> Tensor {
        or_panic(crate::ops::tan(self))
    }

    /// [`tan`](Tensor::tan) into `self`.
    ///
    /// # Panics
    /// Those of [`tan`](Tensor::tan) and of in-place writes in general.
    #[track_caller]
    pub fn tan_(&self) -> Tensor {
        or_panic(crate::ops::tan_(self))
    }

    /// The hyperbolic tangent; integers give floats.
    #[track_caller]
    pub fn tanh(&self) -> Tensor {
        or_panic(crate::ops::tanh(self))
    }

    /// [`tanh`](Tensor::tanh) into `self`.
    ///
    /// # Panics
    /// Those of [`tanh`](Tensor::tanh) and of in-place writes in general.
    #[track_caller]
    pub fn tanh_(&self) -> Tensor {
        or_panic(crate::ops::tanh_(self))
    }

    /// `sections` pieces along `dim` whose sizes differ by at most one: views.
    ///
    /// # Panics
    /// If `dim` is out of range or `sections` is 0.
    #[track_caller]
    pub fn tensor_split(&self, sections: usize, dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::tensor_split(self, sections, dim))
    }

    /// Pieces along `dim` that begin at 0 and at each of `indices`, which are bounds as in [`slice`](fn@crate::ops::slice): views.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn tensor_split_indices(&self, indices: &[isize], dim: isize) -> Vec<Tensor> {
        or_panic(crate::ops::tensor_split_indices(self, indices, dim))
    }

    /// Sums products over pairs of dimensions: `dims_self[i]` of the input with `dims_other[i]` of the other. What is left of the
    /// input's dimensions comes first in the result, then what is left of the other's.
    ///
    /// # Panics
    /// If the lists differ in length, a pair in size, or the dtypes differ.
    #[track_caller]
    pub fn tensordot(&self, other: &Tensor, dims_self: &[isize], dims_other: &[isize]) -> Tensor {
        or_panic(crate::ops::tensordot(self, other, dims_self, dims_other))
    }

    /// `self` above `threshold`, `value` elsewhere.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn threshold(&self, threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::threshold(self, threshold, value))
    }

    /// [`threshold`](Tensor::threshold) into `self`.
    ///
    /// # Panics
    /// Those of [`threshold`](Tensor::threshold) and of in-place writes in general.
    #[track_caller]
    pub fn threshold_(&self, threshold: impl Into<Scalar>, value: impl Into<Scalar>) -> Tensor {
        or_panic(crate::ops::threshold_(self, threshold, value))
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

    /// The `k` largest (or smallest) elements along `dim`, in order, and where they are.
    ///
    /// # Panics
    /// If `k` is larger than the dimension, or `dim` is out of range.
    #[track_caller]
    pub fn topk(&self, k: usize, dim: isize, largest: bool) -> (Tensor, Tensor) {
        or_panic(crate::ops::topk(self, k, dim, largest))
    }

    /// The sum of the diagonal of a matrix.
    ///
    /// # Panics
    /// If the input is not a matrix.
    #[track_caller]
    pub fn trace(&self) -> Tensor {
        or_panic(crate::ops::trace(self))
    }

    /// The input with two dimensions swapped: a view.
    ///
    /// # Panics
    /// If a dimension is out of range.
    #[track_caller]
    pub fn transpose(&self, dim0: isize, dim1: isize) -> Tensor {
        or_panic(crate::ops::transpose(self, dim0, dim1))
    }

    /// The integral of `self` along `dim` by the trapezoidal rule, over points `x` (one list, or as many as values) or at distance 1.
    ///
    /// # Panics
    /// If `dim` is out of range or the points do not fit.
    #[track_caller]
    pub fn trapezoid(&self, x: Option<&Tensor>, dim: isize) -> Tensor {
        or_panic(crate::ops::trapezoid(self, x, dim))
    }

    /// [`trapezoid`](Tensor::trapezoid) over points at distance `dx`.
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[track_caller]
    pub fn trapezoid_dx(&self, dx: impl Into<Scalar>, dim: isize) -> Tensor {
        or_panic(crate::ops::trapezoid_dx(self, dx, dim))
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

    /// `self` without its fraction. Its gradient is zero.
    ///
    /// # Panics
    /// For booleans.
    #[track_caller]
    pub fn trunc(&self) -> Tensor {
        or_panic(crate::ops::trunc(self))
    }

    /// [`trunc`](Tensor::trunc) into `self`.
    ///
    /// # Panics
    /// Those of [`trunc`](Tensor::trunc) and of in-place writes in general.
    #[track_caller]
    pub fn trunc_(&self) -> Tensor {
        or_panic(crate::ops::trunc_(self))
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

    /// All windows of `size` along `dim`, each `step` after the one before, with their elements in a new last dimension: a view.
    ///
    /// # Panics
    /// If `dim` is out of range, smaller than `size`, or `step` is 0.
    ///
    /// ```
    /// use wengert::{Tensor, ops};
    /// let windows = ops::unfold(&Tensor::arange(5), 0, 3, 2)?;
    /// assert_eq!(windows.to_vec::<i64>(), [0, 1, 2, 2, 3, 4]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn unfold(&self, dim: isize, size: usize, step: usize) -> Tensor {
        or_panic(crate::ops::unfold(self, dim, size, step))
    }

    /// The different elements in ascending order; with `dim`, the different slices of that dimension in the order of their first elements that
    /// differ. NaN equals nothing and comes last.
    ///
    /// # Panics
    /// If `dim` is out of range, or another dimension is empty.
    ///
    /// ```
    /// use wengert::{ops, tensor};
    /// let found = ops::unique(&tensor!([3, 1, 3]), None)?;
    /// assert_eq!(found.values.to_vec::<i64>(), [1, 3]);
    /// assert_eq!(found.inverse.to_vec::<i64>(), [1, 0, 1]);
    /// # Ok::<(), wengert::Error>(())
    /// ```
    #[track_caller]
    pub fn unique(&self, dim: Option<isize>) -> Unique {
        or_panic(crate::ops::unique(self, dim))
    }

    /// [`unique`](Tensor::unique), but only neighbours count as equal, and the order stays.
    ///
    /// # Panics
    /// Those of [`unique`](Tensor::unique).
    #[track_caller]
    pub fn unique_consecutive(&self, dim: Option<isize>) -> Unique {
        or_panic(crate::ops::unique_consecutive(self, dim))
    }

    /// The coordinates, one tensor for each dimension of `shape`, of elements numbered in row-major order.
    ///
    /// # Panics
    /// If `self` is not of integers.
    #[track_caller]
    pub fn unravel_index(&self, shape: &[usize]) -> Vec<Tensor> {
        or_panic(crate::ops::unravel_index(self, shape))
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

    /// The powers of each element of a vector, from `columns - 1` (by default as many columns as elements) down to 0, or with `increasing` up from 0: `[n, columns]`.
    ///
    /// # Panics
    /// If `self` is not a vector.
    #[track_caller]
    pub fn vander(&self, columns: Option<usize>, increasing: bool) -> Tensor {
        or_panic(crate::ops::vander(self, columns, increasing))
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

    /// Variance and mean of all elements in one pass: [`var`](crate::ops::var) and [`mean`](crate::ops::mean).
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

    /// The inner product of two vectors, the first of them conjugated: for real numbers the same as [`dot`](Tensor::dot).
    ///
    /// # Panics
    /// If they are not vectors of one size and dtype.
    #[track_caller]
    pub fn vdot(&self, other: &Tensor) -> Tensor {
        or_panic(crate::ops::vdot(self, other))
    }

    /// The inner products of vectors along `dim`, with broadcasting.
    ///
    /// # Panics
    /// If the shapes do not broadcast or `dim` is out of range.
    #[track_caller]
    pub fn vecdot(&self, other: &Tensor, dim: isize) -> Tensor {
        or_panic(crate::ops::vecdot(self, other, dim))
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

    /// The same memory read as numbers of another dtype; where its size is another, the last dimension grows or shrinks by that factor. Writes to either are seen by both. The
    /// result is not in the graph.
    ///
    /// # Panics
    /// If the last dimension does not lie in memory in one piece that comes out even, where sizes differ.
    #[track_caller]
    pub fn view_dtype(&self, dtype: DType) -> Tensor {
        or_panic(crate::ops::view_dtype(self, dtype))
    }

    /// [`tensor_split`](Tensor::tensor_split) of the first dimension.
    ///
    /// # Panics
    /// If there are fewer than two dimensions or `sections` does not divide the dimension.
    #[track_caller]
    pub fn vsplit(&self, sections: usize) -> Vec<Tensor> {
        or_panic(crate::ops::vsplit(self, sections))
    }

    /// `self * log1p(other)`, but 0 where `self` is 0 and `other` a number; integers give floats.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn xlog1py<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::xlog1py(self, other))
    }

    /// `self * log(other)`, but 0 where `self` is 0 and `other` is not NaN; elementwise with broadcasting. Integers give floats.
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn xlogy<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::xlogy(self, other))
    }

    /// [`xlogy`](Tensor::xlogy) into `self`.
    ///
    /// # Panics
    /// Those of [`xlogy`](Tensor::xlogy) and of in-place writes in general.
    #[track_caller]
    pub fn xlogy_<'a>(&self, other: impl Into<Operand<'a>>) -> Tensor {
        or_panic(crate::ops::xlogy_(self, other))
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
