//! Signatures and documentation of the names of the table. Written by `cargo xtask gen`.
// Long because: one text for each operation.

/// Sorted by name. Texts end with a zero, for callers from C.
pub static DOCS: &[(&str, &str)] = &[
    ("abs", "abs(input) -> Tensor\n\nThe absolute value. Its gradient at 0 is 0.\n\nErrors: For booleans.\0"),
    (
        "abs_",
        "abs_(input) -> Tensor\n\n`abs` into `input`.\n\nErrors: Those of `abs` and of in-place writes in general.\0",
    ),
    ("absolute", "absolute(input) -> Tensor\n\nThe absolute value. Its gradient at 0 is 0.\n\nErrors: For booleans.\0"),
    ("absolute_", "absolute_() -> Tensor\n\n`absolute`, written into the tensor itself.\0"),
    ("acos", "acos(input) -> Tensor\n\nThe arc cosine; NaN outside of -1 to 1, integers give floats.\0"),
    (
        "acos_",
        "acos_(input) -> Tensor\n\n`acos` into `input`.\n\nErrors: Those of `acos` and of in-place writes in general.\0",
    ),
    ("acosh", "acosh(input) -> Tensor\n\nThe inverse hyperbolic cosine; NaN below 1, integers give floats.\0"),
    (
        "acosh_",
        "acosh_(input) -> Tensor\n\n`acosh` into `input`.\n\nErrors: Those of `acosh` and of in-place writes in general.\0",
    ),
    (
        "add",
        "add(input, other, *, alpha=1) -> Tensor\nadd(input, other, alpha=1) -> Tensor\nadd(input, alpha, other) -> Tensor\n\n`input + other`, elementwise with broadcasting.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "add_",
        "add_(other, *, alpha=1) -> Tensor\nadd_(other, alpha=1) -> Tensor\nadd_(alpha, other) -> Tensor\n\n`add` into `input`.\n\nErrors: Those of `add` and of in-place writes in general.\0",
    ),
    (
        "addbmm",
        "addbmm(input, batch1, batch2, *, beta=1, alpha=1) -> Tensor\n\n`beta * input + alpha * (the sum of the products of two batches of matrices)`.\n\nErrors: If shapes or dtypes do not fit.\0",
    ),
    ("addbmm_", "addbmm_(batch1, batch2, *, beta=1, alpha=1) -> Tensor\n\n`addbmm`, written into the tensor itself.\0"),
    (
        "addcdiv",
        "addcdiv(input, tensor1, tensor2, *, value=1) -> Tensor\naddcdiv(input, value, tensor1, tensor2) -> Tensor\n\n`input + value * tensor1 / tensor2`, elementwise with broadcasting.\n\nErrors: If `tensor1` and `tensor2` are both of integers or booleans; if the shapes do not broadcast.\0",
    ),
    (
        "addcdiv_",
        "addcdiv_(tensor1, tensor2, *, value=1) -> Tensor\naddcdiv_(value, tensor1, tensor2) -> Tensor\n\n`addcdiv` into `input`.\n\nErrors: Those of `addcdiv` and of in-place writes in general.\0",
    ),
    (
        "addcmul",
        "addcmul(input, tensor1, tensor2, *, value=1) -> Tensor\naddcmul(input, value, tensor1, tensor2) -> Tensor\n\n`input + value * tensor1 * tensor2`, elementwise with broadcasting. `value` does not count in promotion.\n\nErrors: If the shapes do not broadcast; for booleans.\0",
    ),
    (
        "addcmul_",
        "addcmul_(tensor1, tensor2, *, value=1) -> Tensor\naddcmul_(value, tensor1, tensor2) -> Tensor\n\n`addcmul` into `input`.\n\nErrors: Those of `addcmul` and of in-place writes in general.\0",
    ),
    (
        "addmm",
        "addmm(input, mat1, mat2, *, beta=1, alpha=1) -> Tensor\naddmm(beta, input, alpha, mat1, mat2) -> Tensor\n\n`beta * input + alpha * (mat1 @ mat2)`, where `input` is broadcast to the shape of the product. With a `beta` of 0, NaN in\n`input` does not count.\n\nErrors: If shapes or dtypes do not fit.\0",
    ),
    (
        "addmm_",
        "addmm_(mat1, mat2, *, beta=1, alpha=1) -> Tensor\n\n`addmm` into `input`.\n\nErrors: Those of `addmm` and of in-place writes in general.\0",
    ),
    (
        "addmv",
        "addmv(input, mat, vec, *, beta=1, alpha=1) -> Tensor\n\n`beta * input + alpha * (mat @ vec)`, where `input` is broadcast to the shape of the product.\n\nErrors: If shapes or dtypes do not fit.\0",
    ),
    (
        "addmv_",
        "addmv_(input, mat, vec, *, beta=1, alpha=1) -> Tensor\n\n`addmv` into `input`.\n\nErrors: Those of `addmv` and of in-place writes in general.\0",
    ),
    (
        "addr",
        "addr(input, vec1, vec2, *, beta=1, alpha=1) -> Tensor\n\n`beta * input + alpha * outer(vec1, vec2)`, where `input` is broadcast to the shape of the product.\n\nErrors: If shapes or dtypes do not fit.\0",
    ),
    (
        "addr_",
        "addr_(vec1, vec2, *, beta=1, alpha=1) -> Tensor\n\n`addr` into `input`.\n\nErrors: Those of `addr` and of in-place writes in general.\0",
    ),
    (
        "adjoint",
        "adjoint(input) -> Tensor\n\nThe conjugate transpose of matrices; of real ones, the transpose of the last two dimensions.\n\nErrors: If there is one dimension alone.\0",
    ),
    (
        "all",
        "all(input) -> Tensor\nall(input, dim=None, keepdim=False) -> Tensor\nall(input, dim, keepdim=False) -> Tensor\n\nIs no element zero? True if there are none. `bool`, but `uint8` for `uint8`.\0",
    ),
    (
        "allclose",
        "allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False) -> bool\n\nIs every element within `atol + rtol * |other|` of the other's? PyTorch's `allclose`, as a tensor.\n\nErrors: As `isclose`.\0",
    ),
    (
        "amax",
        "amax(input, dim=[], keepdim=False) -> Tensor\n\nThe largest element. Equal ones share the gradient evenly (`amax()`).\n\nErrors: If there is no element.\0",
    ),
    (
        "amin",
        "amin(input, dim=[], keepdim=False) -> Tensor\n\nThe smallest element. Equal ones share the gradient evenly (`amin()`).\n\nErrors: If there is no element.\0",
    ),
    (
        "aminmax",
        "aminmax(input, *, dim=None, keepdim=False) -> (Tensor min, Tensor max)\n\nThe smallest and the largest element, of all or along `dim`, which is dropped or, with `keepdim`, becomes 1. Gradients are shared\nevenly by equal ones.\n\nErrors: If `dim` is out of range, or there is nothing to choose from.\0",
    ),
    (
        "angle",
        "angle(input) -> Tensor\n\nThe angle of a real number in the complex plane: π below 0, else 0. Its gradient is 0.\0",
    ),
    (
        "any",
        "any(input) -> Tensor\nany(input, dim=None, keepdim=False) -> Tensor\nany(input, dim, keepdim=False) -> Tensor\n\nIs any element not zero? False if there are none. `bool`, but `uint8` for `uint8`.\0",
    ),
    (
        "arange",
        "arange(end, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\narange(start, end, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\narange(start, end, step=1, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\n`0, 1, ..., end - 1` as `int64`.\0",
    ),
    ("arccos", "arccos(input) -> Tensor\n\nThe arc cosine; NaN outside of -1 to 1, integers give floats.\0"),
    ("arccos_", "arccos_(input) -> Tensor\n\n`arccos`, written into the tensor itself.\0"),
    ("arccosh", "arccosh(input) -> Tensor\n\nThe inverse hyperbolic cosine; NaN below 1, integers give floats.\0"),
    ("arccosh_", "arccosh_(input) -> Tensor\n\n`arccosh`, written into the tensor itself.\0"),
    ("arcsin", "arcsin(input) -> Tensor\n\nThe arc sine; NaN outside of -1 to 1, integers give floats.\0"),
    ("arcsin_", "arcsin_(input) -> Tensor\n\n`arcsin`, written into the tensor itself.\0"),
    ("arcsinh", "arcsinh(input) -> Tensor\n\nThe inverse hyperbolic sine; integers give floats.\0"),
    ("arcsinh_", "arcsinh_(input) -> Tensor\n\n`arcsinh`, written into the tensor itself.\0"),
    ("arctan", "arctan(input) -> Tensor\n\nThe arc tangent; integers give floats.\0"),
    (
        "arctan2",
        "arctan2(input, other) -> Tensor\n\nThe angle of the point (`other`, `input`) from the first axis, between -π and π; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("arctan2_", "arctan2_(other) -> Tensor\n\n`arctan2`, written into the tensor itself.\0"),
    ("arctan_", "arctan_(input) -> Tensor\n\n`arctan`, written into the tensor itself.\0"),
    (
        "arctanh",
        "arctanh(input) -> Tensor\n\nThe inverse hyperbolic tangent; NaN outside of -1 to 1, integers give floats.\0",
    ),
    ("arctanh_", "arctanh_(input) -> Tensor\n\n`arctanh`, written into the tensor itself.\0"),
    (
        "argmax",
        "argmax(input, dim=None, keepdim=False) -> Tensor\n\nThe number, in row-major order, of the largest element as `int64`: the first of equal ones; the first NaN wins.\n\nErrors: For booleans; if there is no element.\0",
    ),
    (
        "argmin",
        "argmin(input, dim=None, keepdim=False) -> Tensor\n\nThe number, in row-major order, of the smallest element as `int64`, as `argmax`.\n\nErrors: As `argmax`.\0",
    ),
    (
        "argsort",
        "argsort(input, dim=-1, descending=False) -> Tensor\nargsort(input, *, stable, dim=-1, descending=False) -> Tensor\n\nWhere the elements along `dim` are, in ascending or descending order.\n\nErrors: If `dim` is out of range.\0",
    ),
    ("argwhere", "argwhere(input) -> Tensor\n\n`nonzero` under another name.\0"),
    (
        "as_strided",
        "as_strided(input, size, stride, storage_offset=None) -> Tensor\n\nA view of the input's storage with these sizes and strides (in elements), from `storage_offset` on (by default where the input\nbegins). What it shows depends on how the input lies in memory.\n\nErrors: If the lists differ in length, a stride is negative, or the view would leave the storage.\0",
    ),
    ("asin", "asin(input) -> Tensor\n\nThe arc sine; NaN outside of -1 to 1, integers give floats.\0"),
    (
        "asin_",
        "asin_(input) -> Tensor\n\n`asin` into `input`.\n\nErrors: Those of `asin` and of in-place writes in general.\0",
    ),
    ("asinh", "asinh(input) -> Tensor\n\nThe inverse hyperbolic sine; integers give floats.\0"),
    (
        "asinh_",
        "asinh_(input) -> Tensor\n\n`asinh` into `input`.\n\nErrors: Those of `asinh` and of in-place writes in general.\0",
    ),
    ("atan", "atan(input) -> Tensor\n\nThe arc tangent; integers give floats.\0"),
    (
        "atan2",
        "atan2(input, other) -> Tensor\n\nThe angle of the point (`other`, `input`) from the first axis, between -π and π; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "atan2_",
        "atan2_(other) -> Tensor\n\n`atan2` into `input`.\n\nErrors: Those of `atan2` and of in-place writes in general.\0",
    ),
    (
        "atan_",
        "atan_(input) -> Tensor\n\n`atan` into `input`.\n\nErrors: Those of `atan` and of in-place writes in general.\0",
    ),
    (
        "atanh",
        "atanh(input) -> Tensor\n\nThe inverse hyperbolic tangent; NaN outside of -1 to 1, integers give floats.\0",
    ),
    (
        "atanh_",
        "atanh_(input) -> Tensor\n\n`atanh` into `input`.\n\nErrors: Those of `atanh` and of in-place writes in general.\0",
    ),
    (
        "atleast_1d",
        "atleast_1d(input) -> Tensor\natleast_1d(tensors) -> Tensor[]\n\nWith at least one dimension: a number becomes a vector of one element.\0",
    ),
    (
        "atleast_2d",
        "atleast_2d(input) -> Tensor\natleast_2d(tensors) -> Tensor[]\n\nWith at least two dimensions: a vector becomes a row.\0",
    ),
    (
        "atleast_3d",
        "atleast_3d(input) -> Tensor\natleast_3d(tensors) -> Tensor[]\n\nWith at least three dimensions: a vector becomes `[1, n, 1]`, a matrix `[m, n, 1]`.\0",
    ),
    (
        "baddbmm",
        "baddbmm(input, batch1, batch2, *, beta=1, alpha=1) -> Tensor\n\n`beta * input + alpha * (batch1 @ batch2)`, as `addmm` for each matrix of a batch.\n\nErrors: If shapes or dtypes do not fit.\0",
    ),
    (
        "baddbmm_",
        "baddbmm_(batch1, batch2, *, beta=1, alpha=1) -> Tensor\n\n`baddbmm` into `input`.\n\nErrors: Those of `baddbmm` and of in-place writes in general.\0",
    ),
    (
        "bartlett_window",
        "bartlett_window(window_length, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nbartlett_window(window_length, periodic, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "batch_norm",
        "batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled) -> Tensor\n\nSubtracts from each channel, the second dimension, its mean, and divides by its standard deviation (biased, with `eps` added to the variance); then\nmultiplies by a weight and adds a bias, one for each channel. In training, mean and variance are those of the input, over all other dimensions, and\nthe running ones follow them (the variance unbiased); else the running ones are used.\n\nErrors: If there are fewer than two dimensions, a parameter has not one number for each channel, running statistics are missing in evaluation, or for integers.\0",
    ),
    (
        "bernoulli",
        "bernoulli(input, *, generator=None) -> Tensor\nbernoulli(input, p, *, generator=None) -> Tensor\n\nA copy of the numbers in memory of its own, in the graph (`torch.clone`; `clone()` on a Rust handle only shares it). It keeps the strides\nof a tensor whose elements are dense in any order of dimensions, as a transposed one's are.\0",
    ),
    (
        "bernoulli_",
        "bernoulli_(p, *, generator=None) -> Tensor\nbernoulli_(p=0.5, *, generator=None) -> Tensor\n\n`bernoulli`, written into the tensor itself.\0",
    ),
    ("bfloat16", "bfloat16(*, memory_format=None) -> Tensor\0"),
    (
        "bilinear",
        "bilinear(input1, input2, weight, bias=None) -> Tensor\n\n`x1 W_o x2 + b_o` for each output `o`: `[.., out]` for inputs `[.., in1]` and `[.., in2]` and a weight `[out, in1, in2]`.\n\nErrors: If the shapes do not fit.\0",
    ),
    (
        "binary_cross_entropy",
        "binary_cross_entropy(input, target, weight=None, reduction='mean') -> Tensor\n\n`-(target * log(input) + (1 - target) * log(1 - input))`, elementwise, times `weight`, reduced; `input` are probabilities.\n\nLogarithms end at -100. For scores and not probabilities `binary_cross_entropy_with_logits` is more accurate.\n\nErrors: If shapes or dtypes of `input` and `target` differ, an element is not between 0 and 1, `weight` does not broadcast to the\nshape or requires a gradient.\0",
    ),
    (
        "binary_cross_entropy_with_logits",
        "binary_cross_entropy_with_logits(input, target, weight=None, pos_weight=None, reduction='mean') -> Tensor\n\nThe binary cross-entropy of scores: that of `sigmoid(input)` and `target`, without overflow, elementwise, reduced.\n\nErrors: If the shapes of `input` and `target` differ, a weight does not broadcast to the shape or requires a gradient, or `input` is of\nintegers or booleans.\0",
    ),
    (
        "bincount",
        "bincount(input, weights=None, minlength=0) -> Tensor\n\nHow often each number occurs in a list of integers from 0 up, or the sums of their `weights`: at least `minlength` of them.\n\nErrors: If the input is not a list of integers that are not negative, or the weights are not as many.\0",
    ),
    (
        "bitwise_and",
        "bitwise_and(input, other) -> Tensor\n\nThe bits that both have, elementwise with broadcasting; of integers or booleans.\n\nErrors: If the shapes do not broadcast, or for floats.\0",
    ),
    (
        "bitwise_and_",
        "bitwise_and_(other) -> Tensor\n\n`bitwise_and` into `input`.\n\nErrors: Those of `bitwise_and` and of in-place writes in general.\0",
    ),
    (
        "bitwise_left_shift",
        "bitwise_left_shift(input, other) -> Tensor\n\n`input << other` of integers, elementwise with broadcasting. Bits shifted out are lost; a shift that is negative or by at\nleast the dtype's size gives 0.\n\nErrors: If the shapes do not broadcast, or for floats and booleans.\0",
    ),
    (
        "bitwise_left_shift_",
        "bitwise_left_shift_(other) -> Tensor\n\n`bitwise_left_shift` into `input`.\n\nErrors: Those of `bitwise_left_shift` and of in-place writes in general.\0",
    ),
    (
        "bitwise_not",
        "bitwise_not(input) -> Tensor\n\nEvery bit turned over; of integers or booleans.\n\nErrors: For floats.\0",
    ),
    (
        "bitwise_not_",
        "bitwise_not_() -> Tensor\n\n`bitwise_not` into `input`.\n\nErrors: Those of `bitwise_not` and of in-place writes in general.\0",
    ),
    (
        "bitwise_or",
        "bitwise_or(input, other) -> Tensor\n\nThe bits that at least one has, elementwise with broadcasting; of integers or booleans.\n\nErrors: If the shapes do not broadcast, or for floats.\0",
    ),
    (
        "bitwise_or_",
        "bitwise_or_(other) -> Tensor\n\n`bitwise_or` into `input`.\n\nErrors: Those of `bitwise_or` and of in-place writes in general.\0",
    ),
    (
        "bitwise_right_shift",
        "bitwise_right_shift(input, other) -> Tensor\n\n`input >> other` of integers, elementwise with broadcasting. The sign is kept; a shift that is negative or by at least the\ndtype's size leaves only the sign, 0 or -1.\n\nErrors: If the shapes do not broadcast, or for floats and booleans.\0",
    ),
    (
        "bitwise_right_shift_",
        "bitwise_right_shift_(other) -> Tensor\n\n`bitwise_right_shift` into `input`.\n\nErrors: Those of `bitwise_right_shift` and of in-place writes in general.\0",
    ),
    (
        "bitwise_xor",
        "bitwise_xor(input, other) -> Tensor\n\nThe bits that exactly one has, elementwise with broadcasting; of integers or booleans.\n\nErrors: If the shapes do not broadcast, or for floats.\0",
    ),
    (
        "bitwise_xor_",
        "bitwise_xor_(other) -> Tensor\n\n`bitwise_xor` into `input`.\n\nErrors: Those of `bitwise_xor` and of in-place writes in general.\0",
    ),
    (
        "blackman_window",
        "blackman_window(window_length, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nblackman_window(window_length, periodic, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "block_diag",
        "block_diag(tensors) -> Tensor\n\nA matrix with the given ones along its diagonal and zeros elsewhere. A vector counts as a row, a number as one element.\n\nErrors: If one has more than two dimensions.\0",
    ),
    (
        "bmm",
        "bmm(input, mat2) -> Tensor\n\nThe products of the matrices of two batches, `[b, m, k]` and `[b, k, n]`.\n\nErrors: If they are not batches of matrices, or their shapes or dtypes do not fit.\0",
    ),
    ("bool", "bool(*, memory_format=None) -> Tensor\0"),
    (
        "broadcast_tensors",
        "broadcast_tensors(tensors) -> Tensor[]\n\nAll of `tensors` broadcast to their common shape.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "broadcast_to",
        "broadcast_to(input, size) -> Tensor\n\n`expand` under NumPy's name.\n\nErrors: Those of `expand`.\0",
    ),
    (
        "bucketize",
        "bucketize(input, boundaries, *, out_int32=False, right=False) -> Tensor\n\nFor each element the number of the bucket that it falls in: bucket `i` ends at `boundaries[i]`, which belongs to it, or with `right`\nto the next.\n\nErrors: If `boundaries` is not a vector.\0",
    ),
    ("byte", "byte(*, memory_format=None) -> Tensor\0"),
    ("can_cast", "can_cast(from_, to) -> bool\0"),
    (
        "cartesian_prod",
        "cartesian_prod(tensors) -> Tensor\n\nAll ways to take one element of each vector, in the order of nested loops: `[ways, vectors]`. One vector alone is given back.\n\nErrors: If one is not a vector, or there is none.\0",
    ),
    (
        "cat",
        "cat(tensors, dim=0) -> Tensor\n\nThe tensors one after the other along `dim`, in their common dtype. Vectors without elements are skipped.\n\nErrors: If there are none, one has no dimensions, or the shapes differ in another dimension.\0",
    ),
    ("cauchy_", "cauchy_(median=0.0, sigma=1.0, *, generator=None) -> Tensor\0"),
    (
        "cdist",
        "cdist(x1, x2, p=2.0, compute_mode='use_mm_for_euclid_dist_if_necessary') -> Tensor\n\nThe `p`-norm of the difference between each row of `x1`, `[.., n, d]`, and each row of `x2`, `[.., m, d]`: `[.., n, m]`. The dimensions in front are\nbroadcast. Where rows are equal the gradient is zero.\n\nErrors: If there are fewer than two dimensions, rows differ in length, `p` is negative, or for integers.\0",
    ),
    (
        "ceil",
        "ceil(input) -> Tensor\n\nThe smallest integer that is not below `input`. Its gradient is zero.\n\nErrors: For booleans.\0",
    ),
    (
        "ceil_",
        "ceil_(input) -> Tensor\n\n`ceil` into `input`.\n\nErrors: Those of `ceil` and of in-place writes in general.\0",
    ),
    (
        "celu",
        "celu(input, alpha=1.) -> Tensor\n\n`input` above zero, `alpha * (exp(input / alpha) - 1)` below: smooth for every `alpha`.\n\nErrors: If `alpha` is 0; for integers and booleans.\0",
    ),
    (
        "celu_",
        "celu_(input, alpha=1.) -> Tensor\n\n`celu` into `input`.\n\nErrors: Those of `celu` and of in-place writes in general.\0",
    ),
    (
        "chain_matmul",
        "chain_matmul(matrices) -> Tensor\n\n`multi_dot` of matrices; of one matrix it is that matrix.\n\nErrors: Those of `multi_dot`.\0",
    ),
    (
        "channel_shuffle",
        "channel_shuffle(input, groups) -> Tensor\n\nThe channels, the second dimension, of `groups` groups dealt out in turn: the first of each group, then the second of each, and so on.\n\nErrors: If there are fewer than three dimensions, or the groups do not come out even.\0",
    ),
    ("char", "char(*, memory_format=None) -> Tensor\0"),
    (
        "cholesky",
        "cholesky(input, upper=False) -> Tensor\ncholesky(input, *, upper=False) -> Tensor\n\nThe lower triangular `L` with `L @ L^T = input`, for symmetric matrices that are positive definite; of `input`, the lower triangle is\nread.\n\nErrors: If the matrices are not square or one is not positive definite; for integers, booleans and half precision.\0",
    ),
    ("cholesky_solve", "cholesky_solve(input, input2, upper=False) -> Tensor\0"),
    (
        "chunk",
        "chunk(input, chunks, dim=0) -> Tensor[]\n\nAt most `chunks` pieces of equal size along `dim`, the last of them smaller if it does not come out even: views.\n\nErrors: If `dim` is out of range or `chunks` is 0.\0",
    ),
    (
        "clamp",
        "clamp(input, min=None, max=None) -> Tensor\n\n`input` kept between `min` and `max`, elementwise with broadcasting; NaN stays, and where `min > max` the result is `max`.\nBounds are numbers or tensors. The gradient is zero outside; at a number's bound it is zero too, at a tensor's it is shared.\n\nErrors: If both bounds are `None`, a number is outside of the dtype's range on the wrong side, the shapes do not broadcast; for\nbooleans.\0",
    ),
    (
        "clamp_",
        "clamp_(input, min=None, max=None) -> Tensor\n\n`clamp` into `input`.\n\nErrors: Those of `clamp` and of in-place writes in general.\0",
    ),
    (
        "clamp_max",
        "clamp_max(input, max) -> Tensor\n\n`input`, but at most `max`, elementwise with broadcasting: `clamp` with one bound.\n\nErrors: As `clamp`.\0",
    ),
    (
        "clamp_max_",
        "clamp_max_(input, max) -> Tensor\n\n`clamp_max` into `input`.\n\nErrors: Those of `clamp_max` and of in-place writes in general.\0",
    ),
    (
        "clamp_min",
        "clamp_min(input, min) -> Tensor\n\n`input`, but at least `min`, elementwise with broadcasting: `clamp` with one bound.\n\nErrors: As `clamp`.\0",
    ),
    (
        "clamp_min_",
        "clamp_min_(input, min) -> Tensor\n\n`clamp_min` into `input`.\n\nErrors: Those of `clamp_min` and of in-place writes in general.\0",
    ),
    (
        "clip",
        "clip(input, min=None, max=None) -> Tensor\n\n`input` kept between `min` and `max`, elementwise with broadcasting; NaN stays, and where `min > max` the result is `max`.\nBounds are numbers or tensors. The gradient is zero outside; at a number's bound it is zero too, at a tensor's it is shared.\n\nErrors: If both bounds are `None`, a number is outside of the dtype's range on the wrong side, the shapes do not broadcast; for\nbooleans.\0",
    ),
    ("clip_", "clip_(input, min=None, max=None) -> Tensor\n\n`clip`, written into the tensor itself.\0"),
    (
        "clone",
        "clone(input, *, memory_format=None) -> Tensor\n\nA copy of the numbers in memory of its own, in the graph (`torch.clone`; `clone()` on a Rust handle only shares it). It keeps the strides\nof a tensor whose elements are dense in any order of dimensions, as a transposed one's are.\0",
    ),
    (
        "column_stack",
        "column_stack(tensors) -> Tensor\n\nThe tensors side by side, vectors as columns.\n\nErrors: Those of `cat`.\0",
    ),
    (
        "combinations",
        "combinations(input, r=2, with_replacement=False) -> Tensor\n\nAll ways to take `r` elements of a vector in its order: `[ways, r]`; with `with_replacement` an element may be taken again.\n\nErrors: If `input` is not a vector.\0",
    ),
    ("concat", "concat(tensors, dim=0) -> Tensor\n\n`cat` under another name.\n\nErrors: Those of `cat`.\0"),
    ("concatenate", "concatenate(tensors, dim=0) -> Tensor\n\n`cat` under another name.\n\nErrors: Those of `cat`.\0"),
    ("cond", "cond(input, p=None) -> Tensor\ncond(input, p) -> Tensor\0"),
    (
        "constant_pad_nd",
        "constant_pad_nd(input, pad, value=0) -> Tensor\n\nA copy with `value` around it: `pad` has how many indices come before and after, for the last dimension, then for the one before\nit, and so on. Negative ones cut.\n\nErrors: If there is an odd number of pads or more than two for each dimension, or more is cut than there is.\0",
    ),
    (
        "contiguous",
        "contiguous(*, memory_format=contiguous_format) -> Tensor\n\nItself if its elements are dense in row-major order, else a copy that is.\0",
    ),
    (
        "copy_",
        "copy_(src, non_blocking=False) -> Tensor\n\nOverwrites `input` with `source`, broadcast and cast.\n\nErrors: If `source` does not broadcast to the shape; those of in-place writes in general.\0",
    ),
    (
        "copysign",
        "copysign(input, other) -> Tensor\n\nThe magnitude of `input` with the sign of `other`, elementwise with broadcasting; integers give floats. The gradient at 0 is 0.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("copysign_", "copysign_(other) -> Tensor\n\n`copysign`, written into the tensor itself.\0"),
    (
        "corrcoef",
        "corrcoef(input) -> Tensor\n\nThe correlations of variables (rows) over observations (columns): `cov` divided by both standard deviations.\n\nErrors: If there are more dimensions than two.\0",
    ),
    ("cos", "cos(input) -> Tensor\n\nThe cosine; integers give floats.\0"),
    (
        "cos_",
        "cos_(input) -> Tensor\n\n`cos` into `input`.\n\nErrors: Those of `cos` and of in-place writes in general.\0",
    ),
    ("cosh", "cosh(input) -> Tensor\n\nThe hyperbolic cosine; integers give floats.\0"),
    (
        "cosh_",
        "cosh_(input) -> Tensor\n\n`cosh` into `input`.\n\nErrors: Those of `cosh` and of in-place writes in general.\0",
    ),
    (
        "cosine_similarity",
        "cosine_similarity(x1, x2, dim=1, eps=1e-08) -> Tensor\n\nThe cosine of the angle between vectors along `dim`, which is dropped. Lengths below `eps` count as `eps`. The inputs are broadcast.\n\nErrors: If the shapes do not broadcast, `dim` is out of range, or both are of integers.\0",
    ),
    (
        "count_nonzero",
        "count_nonzero(input, dim) -> Tensor\ncount_nonzero(input, dim=None) -> Tensor\n\nHow many elements are not zero, as `int64`. A NaN is not zero.\0",
    ),
    (
        "cov",
        "cov(input, *, correction=1, fweights=None, aweights=None) -> Tensor\n\nThe covariances of variables (rows) over observations (columns), each counted `fweights` times and with weight `aweights`; the divisor\nis the number of observations less `correction`. One variable gives a number.\n\nErrors: If there are more dimensions than two, or not as many weights as observations.\0",
    ),
    ("cpu", "cpu(*, memory_format=None) -> Tensor\0"),
    (
        "cross",
        "cross(input, other, dim=None) -> Tensor\ncross(input, other, *, dim=-1) -> Tensor\n\nThe vector products of vectors of three elements along `dim`, with broadcasting.\n\nErrors: If the numbers of dimensions differ, or the size along `dim` is not 3.\0",
    ),
    (
        "cross_entropy",
        "cross_entropy(input, target, weight=None, reduction='mean', ignore_index=-100, label_smoothing=0.0) -> Tensor\n\nThe cross-entropy of scores: `log_softmax` over the classes and then `nll_loss`, recorded as these two.\n\n`input` holds scores, `[classes]`, `[n, classes]` or `[n, classes, d1, ...]`. `target` holds either the numbers of classes as\n`int64`, in the shape without the classes, or the probability of each class, in the shape of `input`.\n\nErrors: As `nll_loss`; an `ignore_index` with probabilities; a smoothing above 1.\0",
    ),
    (
        "cummax",
        "cummax(input, dim) -> (Tensor values, Tensor indices)\n\nRunning maxima along `dim` and their indices (`int64`): element `i` is the largest of elements `0..=i`.\n\nThe last of equal elements is chosen and alone gets the gradient; a NaN stays.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "cummin",
        "cummin(input, dim) -> (Tensor values, Tensor indices)\n\nRunning minima along `dim` and their indices, as `cummax`.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "cumprod",
        "cumprod(input, dim, *, dtype=None) -> Tensor\n\nRunning products along `dim`: element `i` is the product of elements `0..=i`. Integers and booleans give `int64`.\n\nThe gradient is right where there are zeros.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "cumprod_",
        "cumprod_(dim, *, dtype=None) -> Tensor\n\n`cumprod` into `input`.\n\nErrors: Those of `cumprod` and of in-place writes in general.\0",
    ),
    (
        "cumsum",
        "cumsum(input, dim, *, dtype=None) -> Tensor\n\nRunning sums along `dim`: element `i` is the sum of elements `0..=i`. Integers and booleans give `int64`.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "cumsum_",
        "cumsum_(dim, *, dtype=None) -> Tensor\n\n`cumsum` into `input`.\n\nErrors: Those of `cumsum` and of in-place writes in general.\0",
    ),
    (
        "cumulative_trapezoid",
        "cumulative_trapezoid(y, x, *, dim=-1) -> Tensor\ncumulative_trapezoid(y, *, dx=1, dim=-1) -> Tensor\n\nThe integrals up to each point: as `trapezoid`, one element fewer along `dim`.\n\nErrors: As `trapezoid`.\0",
    ),
    ("deg2rad", "deg2rad(input) -> Tensor\n\nDegrees to radians; integers give floats.\0"),
    ("deg2rad_", "deg2rad_() -> Tensor\n\n`deg2rad`, written into the tensor itself.\0"),
    (
        "det",
        "det(input) -> Tensor\ndet(A) -> Tensor\n\nThe determinants of square matrices: products of the pivots.\n\nErrors: If the matrices are not square; for integers, booleans and half precision.\0",
    ),
    ("detach", "detach(input) -> Tensor\n\nThe same numbers, outside the graph: shares memory and version.\0"),
    (
        "detach_",
        "detach_(input) -> Tensor\n\nTakes the tensor itself out of its graph: it becomes a leaf that does not require grad.\n\nPanics: If it is a view: use `Tensor.detach`.\0",
    ),
    (
        "diag",
        "diag(input, diagonal=0) -> Tensor\n\nThe diagonal of a matrix as a copy, or for a vector the square matrix that has it on the diagonal and zeros elsewhere.\n\nErrors: If the input has neither one dimension nor two.\0",
    ),
    (
        "diag_embed",
        "diag_embed(input, offset=0, dim1=-2, dim2=-1) -> Tensor\n\nZeros, with the last dimension of `input` on the diagonal of two new dimensions `dim1` and `dim2` of the result.\n\nErrors: If a dimension is out of range, or both are the same.\0",
    ),
    (
        "diagflat",
        "diagflat(input, offset=0) -> Tensor\n\nA matrix with all elements of `input`, in row-major order, on a diagonal.\0",
    ),
    (
        "diagonal",
        "diagonal(input, offset=0, dim1=0, dim2=1) -> Tensor\n\nThe diagonal of the planes of `dim1` and `dim2`, `offset` places to the right of the main one (or below it, if negative), as the\nlast dimension of the result: a view.\n\nErrors: If a dimension is out of range, or both are the same.\0",
    ),
    (
        "diagonal_scatter",
        "diagonal_scatter(input, src, offset=0, dim1=0, dim2=1) -> Tensor\n\nA copy of `input` with `src` on a diagonal (see `diagonal`).\n\nErrors: If a dimension is out of range or given twice, or `src` has not the shape of the diagonal.\0",
    ),
    (
        "diff",
        "diff(input, n=1, dim=-1, prepend=None, append=None) -> Tensor\n\nEach element less the one before it along `dim`, `n` times; `prepend` and `append` are joined to the input first. Of booleans it is\nwhether they differ.\n\nErrors: If the input has no dimensions, `dim` is out of range or `n` negative.\0",
    ),
    (
        "digamma",
        "digamma(input) -> Tensor\n\nThe logarithmic derivative of the gamma function; integers give floats. At negative integers it is NaN.\0",
    ),
    ("digamma_", "digamma_() -> Tensor\n\n`digamma`, written into the tensor itself.\0"),
    ("dim", "dim() -> int\0"),
    (
        "dist",
        "dist(input, other, p=2) -> Tensor\n\nThe `p`-norm of the difference, with broadcasting.\n\nErrors: If the shapes do not broadcast; for integers and booleans.\0",
    ),
    (
        "div",
        "div(input, other) -> Tensor\ndiv(input, other, *, rounding_mode) -> Tensor\n\n`input / other`, elementwise with broadcasting; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "div_",
        "div_(other) -> Tensor\ndiv_(other, *, rounding_mode) -> Tensor\n\n`div` into `input`.\n\nErrors: Those of `div` and of in-place writes in general (integers cannot hold the result).\0",
    ),
    (
        "divide",
        "divide(input, other) -> Tensor\ndivide(input, other, *, rounding_mode) -> Tensor\n\n`input / other`, elementwise with broadcasting; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "divide_",
        "divide_(other) -> Tensor\ndivide_(other, *, rounding_mode) -> Tensor\n\n`divide`, written into the tensor itself.\0",
    ),
    (
        "dot",
        "dot(input, tensor) -> Tensor\n\nThe inner product of two vectors.\n\nErrors: If they are not vectors of one size and dtype.\0",
    ),
    ("double", "double(*, memory_format=None) -> Tensor\0"),
    ("dropout", "dropout(input, p, train) -> Tensor\0"),
    ("dropout_", "dropout_(input, p, train) -> Tensor\n\n`dropout`, written into the tensor itself.\0"),
    (
        "dsplit",
        "dsplit(input, sections) -> Tensor[]\ndsplit(input, indices) -> Tensor[]\n\n`tensor_split` of the third dimension.\n\nErrors: If there are fewer than three dimensions or `sections` does not divide the dimension.\0",
    ),
    (
        "dstack",
        "dstack(tensors) -> Tensor\n\nThe tensors along the third dimension, which they get if they have fewer.\n\nErrors: Those of `cat`.\0",
    ),
    (
        "eigh",
        "eigh(input, UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)\n\nEigenvalues of symmetric matrices in ascending order and their eigenvectors in columns; the lower triangle is read. A vector's sign is\nnot determined: a gradient that depends on it means nothing.\n\nErrors: If the matrices are not square; for integers, booleans and half precision.\0",
    ),
    ("eigvalsh", "eigvalsh(input, UPLO=\"L\") -> Tensor\0"),
    (
        "einsum",
        "einsum(equation, tensors, *, path=None) -> Tensor\n\nSums products of the operands' elements by Einstein's convention: `einsum(\"ij,jk->ik\", [a, b])` is the matrix product.\n\nEach letter is an index; letters that the result (after `->`) does not have are summed over. Without `->` the result has the\nletters that occur once, in alphabetical order. `...` stands for any number of dimensions, which broadcast. A letter that occurs\ntwice in one operand takes its diagonal. The operands are contracted from left to right.\n\nErrors: If the equation is not well formed, or does not fit the operands.\0",
    ),
    (
        "elu",
        "elu(input, alpha=1, scale=1, input_scale=1) -> Tensor\n\n`input` above zero, `alpha * (exp(input) - 1)` below. Its gradient at 0 is `alpha`.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "elu_",
        "elu_(input, alpha=1, scale=1, input_scale=1) -> Tensor\n\n`elu` into `input`.\n\nErrors: Those of `elu` and of in-place writes in general.\0",
    ),
    (
        "embedding",
        "embedding(weight, indices, padding_idx=-1, scale_grad_by_freq=False, sparse=False) -> Tensor\n\nThe rows `input` of the table `weight`: `[.., d]` for indices `[..]` and a table `[n, d]`.\n\nThe row `padding_idx` (negative ones count from the end) is looked up like others, but gets no gradient.\n\nErrors: If `weight` is not a matrix, `input` is not of integers, or an index is out of range.\0",
    ),
    (
        "embedding_bag",
        "embedding_bag(weight, indices, offsets, scale_grad_by_freq=False, mode=0, sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None) -> (Tensor, Tensor, Tensor, Tensor)\n\nThe rows `input` (a vector) of the table `weight`, cut into bags that begin at `offsets`, each bag reduced to one row: `[bags, columns]`.\nEmpty bags give zeros.\n\nErrors: If an index is out of range, `offsets` do not ascend from 0, or weights are given for other than sums.\0",
    ),
    (
        "empty",
        "empty(size, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\n\nA tensor whose contents are zeros today and nobody's promise: `torch.empty`.\0",
    ),
    (
        "empty_like",
        "empty_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\0",
    ),
    (
        "empty_strided",
        "empty_strided(size, stride, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nZeros of the default dtype.\0",
    ),
    (
        "entr",
        "entr(input) -> Tensor\n\nA term of an entropy: `-input log(input)`, 0 at 0, -infinity below; integers give floats.\0",
    ),
    (
        "eq",
        "eq(input, other) -> Tensor\n\n`input == other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("eq_", "eq_(other) -> Tensor\n\n`eq` into `input`.\n\nErrors: Those of `eq` and of in-place writes in general.\0"),
    ("equal", "equal(input, other) -> bool\0"),
    ("erf", "erf(input) -> Tensor\n\nThe error function; integers give floats.\0"),
    (
        "erf_",
        "erf_(input) -> Tensor\n\n`erf` into `input`.\n\nErrors: Those of `erf` and of in-place writes in general.\0",
    ),
    ("erfc", "erfc(input) -> Tensor\n\n`1 - erf(input)`, accurate for large arguments; integers give floats.\0"),
    (
        "erfc_",
        "erfc_(input) -> Tensor\n\n`erfc` into `input`.\n\nErrors: Those of `erfc` and of in-place writes in general.\0",
    ),
    (
        "erfinv",
        "erfinv(input) -> Tensor\n\nThe inverse of `erf`; infinite at -1 and 1, NaN beyond. Integers give floats.\0",
    ),
    ("erfinv_", "erfinv_() -> Tensor\n\n`erfinv`, written into the tensor itself.\0"),
    ("exp", "exp(input) -> Tensor\n\n`e` to the power `input`; integers give floats.\0"),
    ("exp2", "exp2(input) -> Tensor\n\n2 to the power `input`; integers give floats.\0"),
    (
        "exp2_",
        "exp2_(input) -> Tensor\n\n`exp2` into `input`.\n\nErrors: Those of `exp2` and of in-place writes in general.\0",
    ),
    (
        "exp_",
        "exp_(input) -> Tensor\n\n`exp` into `input`.\n\nErrors: Those of `exp` and of in-place writes in general.\0",
    ),
    (
        "expand",
        "expand(size, *, implicit=False) -> Tensor\n\n`input` broadcast to `shape`, sharing its memory; -1 keeps the size of a dimension.\n\nErrors: If a size is neither 1 nor that of `shape`.\0",
    ),
    ("expand_as", "expand_as(other) -> Tensor\n\n`expand` to the sizes of `other`.\n\nErrors: Those of `expand`.\0"),
    ("expit", "expit(input) -> Tensor\n\nThe logistic function, `1 / (1 + exp(-input))`; integers give floats.\0"),
    ("expm1", "expm1(input) -> Tensor\n\n`exp(input) - 1`, accurate near 0; integers give floats.\0"),
    (
        "expm1_",
        "expm1_(input) -> Tensor\n\n`expm1` into `input`.\n\nErrors: Those of `expm1` and of in-place writes in general.\0",
    ),
    ("exponential_", "exponential_(lambd=1.0, *, generator=None) -> Tensor\0"),
    (
        "eye",
        "eye(n, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\neye(n, m, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nThe `n` x `n` identity matrix in the default dtype.\0",
    ),
    (
        "fill",
        "fill(input, value) -> Tensor\n\nFills `input` with one number.\n\nErrors: Those of in-place writes in general.\0",
    ),
    (
        "fill_",
        "fill_(input, value) -> Tensor\n\nFills `input` with one number.\n\nErrors: Those of in-place writes in general.\0",
    ),
    (
        "fill_diagonal_",
        "fill_diagonal_(fill_value, wrap=False) -> Tensor\n\nWrites a number on the main diagonal. With `wrap` a matrix with more rows than columns has it again below, with a row between.\n\nErrors: If there are fewer than two dimensions, or more than two of different sizes; those of in-place writes in general.\0",
    ),
    ("fix", "fix(input) -> Tensor\n\n`input` without its fraction. Its gradient is zero.\n\nErrors: For booleans.\0"),
    ("fix_", "fix_(input) -> Tensor\n\n`fix`, written into the tensor itself.\0"),
    (
        "flatten",
        "flatten(input, start_dim=0, end_dim=-1) -> Tensor\n\nThe dimensions `start_dim` to `end_dim` (included) as one; a view where strides allow it.\n\nErrors: If a dimension is out of range, or `start_dim` comes after `end_dim`.\0",
    ),
    (
        "flip",
        "flip(input, dims) -> Tensor\n\nA copy with the order along `dims` reversed. (PyTorch's views cannot have negative strides, and neither can ours.)\n\nErrors: If a dimension is out of range or given twice.\0",
    ),
    (
        "fliplr",
        "fliplr(input) -> Tensor\n\n`flip` of the second dimension.\n\nErrors: If there are fewer than two dimensions.\0",
    ),
    ("flipud", "flipud(input) -> Tensor\n\n`flip` of the first dimension.\n\nErrors: If there are no dimensions.\0"),
    ("float", "float(*, memory_format=None) -> Tensor\0"),
    (
        "float_power",
        "float_power(input, exponent) -> Tensor\n\n`pow` in double precision, whatever the dtypes are.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("float_power_", "float_power_(exponent) -> Tensor\n\n`float_power`, written into the tensor itself.\0"),
    (
        "floor",
        "floor(input) -> Tensor\n\nThe largest integer that is not above `input`. Its gradient is zero.\n\nErrors: For booleans.\0",
    ),
    (
        "floor_",
        "floor_(input) -> Tensor\n\n`floor` into `input`.\n\nErrors: Those of `floor` and of in-place writes in general.\0",
    ),
    (
        "floor_divide",
        "floor_divide(input, other) -> Tensor\n\n`input / other` rounded down, elementwise with broadcasting, as Python's `//`; integers stay integers. PyTorch has no\nderivative of it; `div_mode` has one.\n\nErrors: If the shapes do not broadcast; for integers by zero; for two booleans; in backward always.\0",
    ),
    (
        "floor_divide_",
        "floor_divide_(other) -> Tensor\n\n`floor_divide` into `input`.\n\nErrors: Those of `floor_divide` and of in-place writes in general.\0",
    ),
    (
        "fmax",
        "fmax(input, other) -> Tensor\n\nThe larger of both, elementwise with broadcasting; a NaN counts as missing.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "fmin",
        "fmin(input, other) -> Tensor\n\nThe smaller of both, elementwise with broadcasting; a NaN counts as missing.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "fmod",
        "fmod(input, other) -> Tensor\n\nWhat is left of `input` after division by `other` rounded toward zero, with the sign of `input`; elementwise with broadcasting.\n\nErrors: If the shapes do not broadcast; for integers by zero; for two booleans.\0",
    ),
    (
        "fmod_",
        "fmod_(other) -> Tensor\n\n`fmod` into `input`.\n\nErrors: Those of `fmod` and of in-place writes in general.\0",
    ),
    (
        "frac",
        "frac(input) -> Tensor\n\nThe fraction of `input`, with its sign.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "frac_",
        "frac_(input) -> Tensor\n\n`frac` into `input`.\n\nErrors: Those of `frac` and of in-place writes in general.\0",
    ),
    (
        "full",
        "full(size, fill_value, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\n`value` everywhere; the dtype is the value's (`int64`, `bool` or the default float).\0",
    ),
    (
        "full_like",
        "full_like(input, fill_value, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\n\n`value` in another tensor's shape and dtype; strides are as for `Tensor.zeros_like`.\0",
    ),
    ("gammaln", "gammaln(input) -> Tensor\n\nThe logarithm of the gamma function's magnitude; integers give floats.\0"),
    (
        "gather",
        "gather(input, dim, index, *, sparse_grad=False) -> Tensor\n\nPicks elements along `dim`: the result has the shape of `index`, and `out[i, j, k] = input[i, index[i, j, k], k]` for `dim` 1.\n\nErrors: If `index` is not of integers, has another number of dimensions, is larger than the input in another dimension, or holds an index\nout of range.\0",
    ),
    (
        "gcd",
        "gcd(input, other) -> Tensor\n\nThe greatest common divisor of integers, elementwise with broadcasting; that of 0 and 0 is 0.\n\nErrors: If the shapes do not broadcast; for floats and booleans.\0",
    ),
    ("gcd_", "gcd_(other) -> Tensor\n\n`gcd`, written into the tensor itself.\0"),
    (
        "ge",
        "ge(input, other) -> Tensor\n\n`input >= other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("ge_", "ge_(other) -> Tensor\n\n`ge` into `input`.\n\nErrors: Those of `ge` and of in-place writes in general.\0"),
    (
        "gelu",
        "gelu(input, *, approximate=\"none\") -> Tensor\n\n`input` times the probability that a normal variable is below it. `approximate` is `\"none\"` or `\"tanh\"`.\n\nErrors: If `approximate` is another word; for integers and booleans.\0",
    ),
    ("geometric_", "geometric_(p, *, generator=None) -> Tensor\0"),
    ("ger", "ger(input, vec2) -> Tensor\n\n`outer` under another name.\n\nErrors: Those of `outer`.\0"),
    (
        "glu",
        "glu(input, dim=-1) -> Tensor\n\nOne half of `input` along `dim` times the `sigmoid` of the other half: the gated linear unit (Dauphin et al. 2017).\n\nErrors: If `dim` is out of range or of odd size.\0",
    ),
    (
        "greater",
        "greater(input, other) -> Tensor\n\n`input > other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("greater_", "greater_(other) -> Tensor\n\n`greater`, written into the tensor itself.\0"),
    (
        "greater_equal",
        "greater_equal(input, other) -> Tensor\n\n`input >= other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("greater_equal_", "greater_equal_(other) -> Tensor\n\n`greater_equal`, written into the tensor itself.\0"),
    (
        "group_norm",
        "group_norm(input, num_groups, weight=None, bias=None, eps=1e-05, cudnn_enabled=True) -> Tensor\n\nCuts the channels, the second dimension, into groups, and normalizes each group of each example to mean 0 and variance 1 (biased, with `eps` added to the\nvariance); then multiplies by a weight and adds a bias, one for each channel.\n\nErrors: If there are fewer than two dimensions, the groups do not come out even, a parameter has not one number for each channel, or for integers.\0",
    ),
    (
        "gt",
        "gt(input, other) -> Tensor\n\n`input > other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("gt_", "gt_(other) -> Tensor\n\n`gt` into `input`.\n\nErrors: Those of `gt` and of in-place writes in general.\0"),
    ("half", "half(*, memory_format=None) -> Tensor\0"),
    (
        "hamming_window",
        "hamming_window(window_length, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nhamming_window(window_length, periodic, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nhamming_window(window_length, periodic, alpha, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nhamming_window(window_length, periodic, alpha, beta, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "hann_window",
        "hann_window(window_length, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nhann_window(window_length, periodic, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "hardshrink",
        "hardshrink(input, lambd=0.5) -> Tensor\n\n`input`, but 0 from `-lambd` to `lambd`.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "hardsigmoid",
        "hardsigmoid(input) -> Tensor\n\nThe logistic function by three straight pieces: `relu6(input + 3) / 6`.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "hardswish",
        "hardswish(input) -> Tensor\n\n`input * relu6(input + 3) / 6`: `silu` by pieces.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "hardtanh",
        "hardtanh(input, min_val=-1, max_val=1) -> Tensor\n\n`input` cut off at `min_val` and `max_val`. Its gradient is 0 at the ends and outside, which is where it differs from `clamp`.\n\nErrors: For booleans; if `min_val` is above `max_val`.\0",
    ),
    (
        "hardtanh_",
        "hardtanh_(input, min_val=-1, max_val=1) -> Tensor\n\n`hardtanh` into `input`.\n\nErrors: Those of `hardtanh` and of in-place writes in general.\0",
    ),
    (
        "heaviside",
        "heaviside(input, values) -> Tensor\n\nThe step function: 0 below zero and for NaN, 1 above, and `values` at zero. PyTorch has no derivative of it.\n\nErrors: If the dtypes differ, or the shapes do not broadcast; in backward always.\0",
    ),
    (
        "heaviside_",
        "heaviside_(values) -> Tensor\n\n`heaviside` into `input`.\n\nErrors: Those of `heaviside` and of in-place writes in general.\0",
    ),
    (
        "histc",
        "histc(input, bins=100, min=0, max=0) -> Tensor\n\nHow many elements lie in each of `bins` equal intervals from `min` to `max`, both included; from the smallest to the largest element\nif both are 0. The counts have the dtype of the input.\n\nErrors: If there are no bins, `max` is below `min`, or the range is not finite; for integers and booleans.\0",
    ),
    (
        "hsplit",
        "hsplit(input, sections) -> Tensor[]\nhsplit(input, indices) -> Tensor[]\n\n`tensor_split` of the second dimension, or of the only one.\n\nErrors: If there are no dimensions or `sections` does not divide the dimension.\0",
    ),
    (
        "hstack",
        "hstack(tensors) -> Tensor\n\nThe tensors side by side: along the second dimension, vectors along their only one.\n\nErrors: Those of `cat`.\0",
    ),
    (
        "huber_loss",
        "huber_loss(input, target, reduction='mean', delta=1.0) -> Tensor\n\nWith d the difference of `input` and `target`, elementwise with broadcasting: d²/2 where |d| <= `delta`, and\n`delta` (|d| - `delta`/2) elsewhere; reduced. The result has the dtype of `input`.\n\nErrors: If `delta` is not positive, the shapes do not broadcast, or `input` is of integers or booleans.\0",
    ),
    (
        "hypot",
        "hypot(input, other) -> Tensor\n\n`sqrt(input² + other²)` without overflow in between.\n\nErrors: If the shapes do not broadcast; for integers and booleans.\0",
    ),
    (
        "hypot_",
        "hypot_(other) -> Tensor\n\n`hypot` into `input`.\n\nErrors: Those of `hypot` and of in-place writes in general.\0",
    ),
    (
        "index_add",
        "index_add(input, dim, index, source, *, alpha=1) -> Tensor\n\nA copy of `input` with `alpha` times the slices of `source` added to its slices `index` of dimension `dim`. Several at one place\nadd up, in their order.\n\nErrors: If `index` is not a vector of integers, or holds one out of range; if shapes or dtypes do not fit.\0",
    ),
    (
        "index_add_",
        "index_add_(dim, index, source, *, alpha=1) -> Tensor\n\n`index_add` into `input`.\n\nErrors: Those of `index_add` and of in-place writes in general.\0",
    ),
    (
        "index_copy",
        "index_copy(input, dim, index, source) -> Tensor\n\nA copy of `input` with the slices of `source` in place of its slices `index` of dimension `dim`. Of several at one place the last\ncounts; gradients are right only if there are none.\n\nErrors: If `index` is not a vector of `int64`, or holds one out of range; if shapes or dtypes do not fit.\0",
    ),
    (
        "index_copy_",
        "index_copy_(dim, index, source) -> Tensor\n\n`index_copy` into `input`.\n\nErrors: Those of `index_copy` and of in-place writes in general.\0",
    ),
    (
        "index_fill",
        "index_fill(input, dim, index, value) -> Tensor\n\nA copy of `input` with one number in all elements of its slices `index` of dimension `dim`. Negative indices count from the end.\n\nErrors: If `index` is not a vector of `int64`, or holds one out of range; if `value` is a tensor with dimensions.\0",
    ),
    (
        "index_fill_",
        "index_fill_(dim, index, value) -> Tensor\n\n`index_fill` into `input`.\n\nErrors: Those of `index_fill` and of in-place writes in general.\0",
    ),
    (
        "index_put",
        "index_put(input, indices, values, accumulate=False) -> Tensor\n\nA copy of `input` with `values` (a number or a tensor, broadcast) at the places of index tensors, or added to what is there. Of\nseveral at one place the last counts, or with `accumulate` all add up, in their order.\n\nErrors: Those of `index`; if `values` does not broadcast to the shape that `index` would give, or is of another dtype.\0",
    ),
    (
        "index_put_",
        "index_put_(input, indices, values, accumulate=False) -> Tensor\n\n`index_put` into `input`.\n\nErrors: Those of `index_put` and of in-place writes in general.\0",
    ),
    (
        "index_reduce",
        "index_reduce(input, dim, index, source, reduce, *, include_self=True) -> Tensor\n\nA copy in which slice `index[i]` of dimension `dim` is reduced with slice `i` of `source`: by `prod`, `mean`, `amax` or `amin`. Without `include_self`\nwhat was there does not count.\n\nErrors: If shapes do not fit, an index is out of range, or there is no such reduction.\0",
    ),
    (
        "index_reduce_",
        "index_reduce_(dim, index, source, reduce, *, include_self=True) -> Tensor\n\n`index_reduce` into `input`.\n\nErrors: Those of `index_reduce` and of in-place writes in general.\0",
    ),
    (
        "index_select",
        "index_select(input, dim, index) -> Tensor\n\nThe slices `index` of dimension `dim`, in that order.\n\nErrors: If `index` is not a vector of integers, or holds one out of range; negative ones are.\0",
    ),
    (
        "inner",
        "inner(input, other) -> Tensor\n\nSums products over the last dimension of both; numbers are multiplied.\n\nErrors: If the last dimensions differ in size.\0",
    ),
    (
        "instance_norm",
        "instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, cudnn_enabled) -> Tensor\n\n`batch_norm` with mean and variance of each channel of each example; with `training` unset, the running ones are used. Running ones follow\nthe mean over the examples.\n\nErrors: Those of `batch_norm`.\0",
    ),
    ("int", "int(*, memory_format=None) -> Tensor\0"),
    (
        "inv",
        "inv(A) -> Tensor\n\nThe inverses of square matrices.\n\nErrors: If the matrices are not square or one is singular; for integers, booleans and half precision.\0",
    ),
    (
        "inverse",
        "inverse(input) -> Tensor\n\nThe inverses of square matrices.\n\nErrors: If the matrices are not square or one is singular; for integers, booleans and half precision.\0",
    ),
    ("is_complex", "is_complex(input) -> bool\0"),
    ("is_floating_point", "is_floating_point(input) -> bool\0"),
    ("is_nonzero", "is_nonzero(input) -> bool\0"),
    ("is_same_size", "is_same_size(input, other) -> bool\0"),
    ("is_signed", "is_signed(input) -> bool\0"),
    (
        "isclose",
        "isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False) -> Tensor\n\n`|input - other| <= atol + rtol * |other|`, elementwise with broadcasting. Infinities are close to themselves, NaN to itself\nonly if `equal_nan`.\n\nErrors: If the dtypes differ, a tolerance is negative, or the shapes do not broadcast.\0",
    ),
    ("isfinite", "isfinite(input) -> Tensor\n\nIs it neither infinite nor NaN? Elementwise; gives booleans.\0"),
    (
        "isin",
        "isin(elements, test_elements, *, assume_unique=False, invert=False) -> Tensor\nisin(element, test_elements, *, assume_unique=False, invert=False) -> Tensor\nisin(elements, test_element, *, assume_unique=False, invert=False) -> Tensor\n\nWhich elements occur in `test_elements` (or, with `invert`, do not), in the shape of `elements`: booleans.\0",
    ),
    ("isinf", "isinf(input) -> Tensor\n\nIs it infinite, of either sign? Elementwise; gives booleans.\0"),
    ("isnan", "isnan(input) -> Tensor\n\nIs it not a number? Elementwise; gives booleans.\0"),
    ("isneginf", "isneginf(input) -> Tensor\n\nIs it negative infinity? Elementwise; gives booleans.\0"),
    ("isposinf", "isposinf(input) -> Tensor\n\nIs it positive infinity? Elementwise; gives booleans.\0"),
    (
        "kl_div",
        "kl_div(input, target, reduction='mean', *, log_target=False) -> Tensor\n\n`target * (log(target) - input)`, elementwise with broadcasting, reduced: the Kullback-Leibler divergence of `input`, which holds\nlog-probabilities, from `target`, which holds probabilities or, with `log_target`, log-probabilities too.\n\nErrors: If the shapes do not broadcast; for integers and booleans.\0",
    ),
    (
        "kron",
        "kron(input, other) -> Tensor\n\nThe Kronecker product: every element of `input` times the whole of `other`.\0",
    ),
    (
        "kthvalue",
        "kthvalue(input, k, dim=-1, keepdim=False) -> (Tensor values, Tensor indices)\n\nThe `k`-th smallest element along `dim`, counted from 1, and where it is.\n\nErrors: If the dimension does not have `k` elements, or `dim` is out of range.\0",
    ),
    (
        "l1_loss",
        "l1_loss(input, target, reduction='mean') -> Tensor\n\nThe absolute difference of `input` and `target`, elementwise with broadcasting, reduced. As in PyTorch it is recorded as\n`sub`, `abs` and the reduction.\n\nErrors: If the shapes do not broadcast; for a mean of integers.\0",
    ),
    (
        "layer_norm",
        "layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-05, cudnn_enable=True) -> Tensor\n\nSubtracts the mean over the last dimensions, whose sizes are `normalized_shape`, divides by the standard deviation (biased, with `eps`\nadded to the variance), and then multiplies by `weight` and adds `bias`, which have that shape.\n\nErrors: If the last sizes of `input` or those of a parameter differ from `normalized_shape`, which must not be empty; if dtypes are mixed\n(but parameters in single precision go with a half-precision `input`) or of integers.\0",
    ),
    (
        "lcm",
        "lcm(input, other) -> Tensor\n\nThe least common multiple of integers, elementwise with broadcasting; that with 0 is 0.\n\nErrors: As `gcd`.\0",
    ),
    ("lcm_", "lcm_(other) -> Tensor\n\n`lcm`, written into the tensor itself.\0"),
    (
        "ldexp",
        "ldexp(input, other) -> Tensor\n\n`input * 2^other`, elementwise with broadcasting; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("ldexp_", "ldexp_(other) -> Tensor\n\n`ldexp`, written into the tensor itself.\0"),
    (
        "le",
        "le(input, other) -> Tensor\n\n`input <= other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("le_", "le_(other) -> Tensor\n\n`le` into `input`.\n\nErrors: Those of `le` and of in-place writes in general.\0"),
    (
        "leaky_relu",
        "leaky_relu(input, negative_slope=0.01) -> Tensor\n\n`input` where it is positive, else `negative_slope * input`. Its gradient at 0 is `negative_slope`.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "leaky_relu_",
        "leaky_relu_(input, negative_slope=0.01) -> Tensor\n\n`leaky_relu` into `input`.\n\nErrors: Those of `leaky_relu` and of in-place writes in general.\0",
    ),
    (
        "lerp",
        "lerp(input, end, weight) -> Tensor\n\n`input + weight * (end - input)`: on the way from `input` to `end`, elementwise with broadcasting. The weight is a number or a\ntensor.\n\nErrors: If the dtypes differ or the shapes do not broadcast; for integers and booleans.\0",
    ),
    (
        "lerp_",
        "lerp_(end, weight) -> Tensor\n\n`lerp` into `input`.\n\nErrors: Those of `lerp` and of in-place writes in general.\0",
    ),
    (
        "less",
        "less(input, other) -> Tensor\n\n`input < other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("less_", "less_(other) -> Tensor\n\n`less`, written into the tensor itself.\0"),
    (
        "less_equal",
        "less_equal(input, other) -> Tensor\n\n`input <= other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("less_equal_", "less_equal_(other) -> Tensor\n\n`less_equal`, written into the tensor itself.\0"),
    ("lgamma", "lgamma(input) -> Tensor\n\nThe logarithm of the gamma function's magnitude; integers give floats.\0"),
    ("lgamma_", "lgamma_() -> Tensor\n\n`lgamma`, written into the tensor itself.\0"),
    (
        "linear",
        "linear(input, weight, bias=None) -> Tensor\n\n`input @ weight^T + bias`: rows of `input`, of size `in`, times the rows of `weight` (`[out, in]`).\n\nErrors: If shapes or dtypes do not fit.\0",
    ),
    (
        "linspace",
        "linspace(start, end, steps, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\n`steps` numbers from `start` to `end`, both included, evenly spaced, in the default dtype.\n\nAs in PyTorch the second half is counted back from `end`, so that the last element is exactly `end`.\0",
    ),
    ("log", "log(input) -> Tensor\n\nThe natural logarithm; NaN below zero, integers give floats.\0"),
    ("log10", "log10(input) -> Tensor\n\nThe logarithm to base 10; NaN below zero, integers give floats.\0"),
    (
        "log10_",
        "log10_(input) -> Tensor\n\n`log10` into `input`.\n\nErrors: Those of `log10` and of in-place writes in general.\0",
    ),
    ("log1p", "log1p(input) -> Tensor\n\n`log(1 + input)`, accurate near 0; NaN below -1, integers give floats.\0"),
    (
        "log1p_",
        "log1p_(input) -> Tensor\n\n`log1p` into `input`.\n\nErrors: Those of `log1p` and of in-place writes in general.\0",
    ),
    ("log2", "log2(input) -> Tensor\n\nThe logarithm to base 2; NaN below zero, integers give floats.\0"),
    (
        "log2_",
        "log2_(input) -> Tensor\n\n`log2` into `input`.\n\nErrors: Those of `log2` and of in-place writes in general.\0",
    ),
    (
        "log_",
        "log_(input) -> Tensor\n\n`log` into `input`.\n\nErrors: Those of `log` and of in-place writes in general.\0",
    ),
    ("log_normal_", "log_normal_(mean=1.0, std=2.0, *, generator=None) -> Tensor\0"),
    (
        "log_sigmoid",
        "log_sigmoid(input) -> Tensor\n\n`log(sigmoid(input))`, accurate on both sides.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "log_softmax",
        "log_softmax(input, dim, dtype=None) -> Tensor\n\nThe logarithm of `softmax` along `dim`, accurate where that is small.\n\nErrors: For integers and booleans; if `dim` is out of range.\0",
    ),
    (
        "logaddexp",
        "logaddexp(input, other) -> Tensor\n\n`log(exp(input) + exp(other))` without overflow, elementwise with broadcasting.\n\nErrors: If the shapes do not broadcast; for integers and booleans.\0",
    ),
    ("logaddexp2", "logaddexp2(input, other) -> Tensor\n\n`logaddexp` to base 2.\n\nErrors: As `logaddexp`.\0"),
    (
        "logcumsumexp",
        "logcumsumexp(input, dim) -> Tensor\n\nRunning logarithms of sums of exponentials along `dim`, without overflow: element `i` is `log(sum(exp(input[0..=i])))`.\n\nErrors: For integers and booleans; if `dim` is out of range.\0",
    ),
    (
        "logdet",
        "logdet(input) -> Tensor\n\nThe logarithms of the determinants; NaN for a negative one.\n\nErrors: As `det`.\0",
    ),
    (
        "logical_and",
        "logical_and(input, other) -> Tensor\n\nAre both true? Elementwise with broadcasting, for any dtypes; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "logical_and_",
        "logical_and_(other) -> Tensor\n\n`logical_and` into `input`.\n\nErrors: Those of `logical_and` and of in-place writes in general.\0",
    ),
    ("logical_not", "logical_not(input) -> Tensor\n\nIs it zero? Elementwise, for any dtype; gives booleans.\0"),
    (
        "logical_not_",
        "logical_not_() -> Tensor\n\n`logical_not` into `input`.\n\nErrors: Those of `logical_not` and of in-place writes in general.\0",
    ),
    (
        "logical_or",
        "logical_or(input, other) -> Tensor\n\nIs at least one true? Elementwise with broadcasting, for any dtypes; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "logical_or_",
        "logical_or_(other) -> Tensor\n\n`logical_or` into `input`.\n\nErrors: Those of `logical_or` and of in-place writes in general.\0",
    ),
    (
        "logical_xor",
        "logical_xor(input, other) -> Tensor\n\nIs exactly one true? Elementwise with broadcasting, for any dtypes; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "logical_xor_",
        "logical_xor_(other) -> Tensor\n\n`logical_xor` into `input`.\n\nErrors: Those of `logical_xor` and of in-place writes in general.\0",
    ),
    (
        "logit",
        "logit(input, eps=None) -> Tensor\n\n`log(input / (1 - input))`, the inverse of `sigmoid`; integers give floats. With `eps`, the input is cut off at `eps` and `1 - eps`\nfirst, and the gradient outside is 0; without it, both are NaN outside of 0 to 1.\0",
    ),
    ("logit_", "logit_(eps=None) -> Tensor\n\n`logit`, written into the tensor itself.\0"),
    (
        "logspace",
        "logspace(start, end, steps, base=10.0, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "logsumexp",
        "logsumexp(input, dim, keepdim=False) -> Tensor\n\n`log(sum(exp(input)))` over `dims` (all of them if empty; negative ones count from the end) without overflow. They are\ndropped or, with `keepdim`, become 1. No elements give -inf; integers and booleans give the default float.\n\nErrors: If a dimension is out of range or given twice.\0",
    ),
    ("long", "long(*, memory_format=None) -> Tensor\0"),
    (
        "lt",
        "lt(input, other) -> Tensor\n\n`input < other`, elementwise with broadcasting; gives booleans.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("lt_", "lt_(other) -> Tensor\n\n`lt` into `input`.\n\nErrors: Those of `lt` and of in-place writes in general.\0"),
    (
        "masked_fill",
        "masked_fill(input, mask, value) -> Tensor\n\n`value` where `mask` holds, `input` elsewhere; input and mask are broadcast, the dtype is that of `input`.\n\nErrors: If the mask is not of booleans, `value` is a tensor with dimensions or a number that `input` cannot hold, or the shapes do not\nbroadcast.\0",
    ),
    (
        "masked_fill_",
        "masked_fill_(mask, value) -> Tensor\n\n`masked_fill` into `input`.\n\nErrors: Those of `masked_fill` and of in-place writes in general.\0",
    ),
    (
        "masked_scatter",
        "masked_scatter(input, mask, source) -> Tensor\n\nA copy of `input` with the elements of `source`, in row-major order, where `mask` is true. Input and mask broadcast.\n\nErrors: If the mask is not of booleans, the shapes do not broadcast, the dtypes differ, or `source` has too few elements.\0",
    ),
    (
        "masked_scatter_",
        "masked_scatter_(mask, source) -> Tensor\n\n`masked_scatter` into `input`.\n\nErrors: Those of `masked_scatter` and of in-place writes in general.\0",
    ),
    (
        "masked_select",
        "masked_select(input, mask) -> Tensor\n\nThe elements where `mask` is true, in row-major order, in one dimension. Input and mask broadcast.\n\nErrors: If the mask is not of booleans, or the shapes do not broadcast.\0",
    ),
    (
        "matmul",
        "matmul(input, other) -> Tensor\n\nThe matrix product, by PyTorch's rule: vectors count as a row on the left and as a column on the right, and dimensions before\nthe last two are a batch and broadcast. Two vectors give their inner product.\n\nErrors: If one has no dimensions, or shapes or dtypes do not fit.\0",
    ),
    (
        "matrix_norm",
        "matrix_norm(input, ord, dim=[-2, -1], keepdim=False, *, dtype=None) -> Tensor\nmatrix_norm(input, ord=\"fro\", dim=[-2, -1], keepdim=False, *, dtype=None) -> Tensor\n\nThe norm of matrices over two dimensions, rows and columns, which are dropped or, with `keepdim`, become 1.\n\nErrors: If there are not two dimensions, or the order is not one of `MatrixOrd`'s; for integers and booleans.\0",
    ),
    (
        "matrix_power",
        "matrix_power(input, n) -> Tensor\n\nSquare matrices to the power `n`, by squaring; a negative power is one of the inverse.\n\nErrors: If the matrices are not square, or have no inverse and `n` is negative.\0",
    ),
    (
        "matrix_rank",
        "matrix_rank(input, *, atol=None, rtol=None, hermitian=False) -> Tensor\n\nHow many singular values are above a threshold, as in `pinv`; or above `atol`.\n\nErrors: As `svd`.\0",
    ),
    (
        "max",
        "max(input) -> Tensor\nmax(input, other) -> Tensor\nmax(input, dim, keepdim=False) -> (Tensor values, Tensor indices)\n\nThe largest element. Equal ones share the gradient evenly, and a NaN wins. With indices: `max_dim`.\n\nErrors: If there is no element.\0",
    ),
    (
        "maximum",
        "maximum(input, other) -> Tensor\n\nThe larger of both, elementwise with broadcasting; NaN if one is NaN. Where they are equal each gets half of the gradient.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "mean",
        "mean(input, *, dtype=None) -> Tensor\nmean(input, dim, keepdim=False, *, dtype=None) -> Tensor\n\nThe mean of all elements; NaN if there are none.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "median",
        "median(input) -> Tensor\nmedian(input, dim, keepdim=False) -> (Tensor values, Tensor indices)\n\nThe median of all elements: the lower one of two in the middle; NaN if one is. Equal elements share the gradient\nevenly.\n\nErrors: For booleans.\0",
    ),
    (
        "meshgrid",
        "meshgrid(tensors) -> Tensor[]\nmeshgrid(tensors, *, indexing) -> Tensor[]\n\nThe grid that vectors span: for each of them a view of the grid's shape that varies along its own dimension only.\n\nWith `indexing` `\"ij\"` vector `k` varies along dimension `k`; with `\"xy\"` the first two dimensions are swapped, as for pictures.\n\nErrors: If a tensor has more than one dimension, the dtypes differ, or `indexing` is neither.\0",
    ),
    (
        "min",
        "min(input) -> Tensor\nmin(input, other) -> Tensor\nmin(input, dim, keepdim=False) -> (Tensor values, Tensor indices)\n\nThe smallest element. Equal ones share the gradient evenly, and a NaN wins. With indices: `min_dim`.\n\nErrors: If there is no element.\0",
    ),
    (
        "minimum",
        "minimum(input, other) -> Tensor\n\nThe smaller of both, elementwise with broadcasting; NaN if one is NaN. Where they are equal each gets half of the gradient.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "mish",
        "mish(input) -> Tensor\n\n`input * tanh(softplus(input))` (Misra 2019).\n\nErrors: For integers and booleans.\0",
    ),
    (
        "mm",
        "mm(input, mat2) -> Tensor\n\nThe product of two matrices.\n\nErrors: If they are not matrices, or their shapes or dtypes do not fit.\0",
    ),
    (
        "mode",
        "mode(input, dim=-1, keepdim=False) -> (Tensor values, Tensor indices)\n\nThe most frequent elements along `dim`, the smallest of several, and where they are last; `dim` is dropped or, with `keepdim`,\nbecomes 1.\n\nErrors: If `dim` is out of range or empty.\0",
    ),
    (
        "moveaxis",
        "moveaxis(input, source, destination) -> Tensor\n\n`movedim` under NumPy's name.\n\nErrors: Those of `movedim`.\0",
    ),
    (
        "movedim",
        "movedim(input, source, destination) -> Tensor\n\nThe dimensions `source` moved to the places `destination`, the others keeping their order: a view.\n\nErrors: If the lists differ in length, repeat a dimension, or have one that is out of range.\0",
    ),
    (
        "mse_loss",
        "mse_loss(input, target, reduction='mean') -> Tensor\n\nThe squared difference of `input` and `target`, elementwise with broadcasting, reduced.\n\nErrors: If the shapes do not broadcast, or both are of integers or booleans.\0",
    ),
    ("msort", "msort(input) -> Tensor\n\nThe elements along the first dimension in ascending order.\0"),
    (
        "mul",
        "mul(input, other) -> Tensor\n\n`input * other`, elementwise with broadcasting.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "mul_",
        "mul_(other) -> Tensor\n\n`mul` into `input`.\n\nErrors: Those of `mul` and of in-place writes in general.\0",
    ),
    (
        "multi_dot",
        "multi_dot(tensors) -> Tensor\n\nThe product of several matrices, in the order of multiplication that costs least. The first tensor may be a vector, which counts as\na row, and the last one, which counts as a column.\n\nErrors: If there are fewer than two, one is not a matrix, or their shapes or dtypes do not fit.\0",
    ),
    (
        "multigammaln",
        "multigammaln(input, p) -> Tensor\n\nThe logarithm of the multivariate gamma function of dimension `p`: the sum of `lgamma(input - j / 2)` for `j` below `p`, plus\n`p (p - 1) / 4 log π`. Integers give floats.\n\nErrors: If `p` is not positive.\0",
    ),
    (
        "multinomial",
        "multinomial(input, num_samples, replacement=False, *, generator=None) -> Tensor\n\nIndices drawn with probabilities in proportion to `input`, for each row if there are two dimensions: `[samples]` or `[rows, samples]` of `int64`\n(`torch.multinomial`).\n\nErrors: If `input` holds no weights, or fewer than are to be drawn without replacement.\0",
    ),
    (
        "multiply",
        "multiply(input, other) -> Tensor\n\n`input * other`, elementwise with broadcasting.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("multiply_", "multiply_(other) -> Tensor\n\n`multiply`, written into the tensor itself.\0"),
    (
        "mv",
        "mv(input, vec) -> Tensor\n\nThe product of a matrix and a vector.\n\nErrors: If they are not a matrix and a vector, or their shapes or dtypes do not fit.\0",
    ),
    (
        "mvlgamma",
        "mvlgamma(input, p) -> Tensor\n\nThe logarithm of the multivariate gamma function of dimension `p`: the sum of `lgamma(input - j / 2)` for `j` below `p`, plus\n`p (p - 1) / 4 log π`. Integers give floats.\n\nErrors: If `p` is not positive.\0",
    ),
    ("mvlgamma_", "mvlgamma_(p) -> Tensor\n\n`mvlgamma`, written into the tensor itself.\0"),
    (
        "nan_to_num",
        "nan_to_num(input, nan=None, posinf=None, neginf=None) -> Tensor\n\nNaN and the infinities replaced: by default with 0 and the largest finite numbers of the dtype.\0",
    ),
    (
        "nan_to_num_",
        "nan_to_num_(input, nan=None, posinf=None, neginf=None) -> Tensor\n\n`nan_to_num` into `input`.\n\nErrors: Those of in-place writes in general.\0",
    ),
    (
        "nanmean",
        "nanmean(input, dim=None, keepdim=False, *, dtype=None) -> Tensor\n\nThe mean of all elements that are not NaN; NaN if there are none.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "nanmedian",
        "nanmedian(input) -> Tensor\nnanmedian(input, dim, keepdim=False) -> (Tensor values, Tensor indices)\n\n`median` of the elements that are not NaN; NaN if there are none.\n\nErrors: For booleans.\0",
    ),
    (
        "nanquantile",
        "nanquantile(input, q, dim=None, keepdim=False, *, interpolation=\"linear\") -> Tensor\n\n`quantile` of the elements that are not NaN.\n\nErrors: As `quantile`.\0",
    ),
    (
        "nansum",
        "nansum(input, dim=None, keepdim=False, *, dtype=None) -> Tensor\n\nThe sum of all elements that are not NaN. Integers and booleans give `int64`.\0",
    ),
    (
        "narrow",
        "narrow(input, dim, start, length) -> Tensor\n\n`length` indices of dimension `dim` from `start` on: a view. A negative `start` counts from the end.\n\nErrors: If the piece does not lie inside the dimension.\0",
    ),
    (
        "narrow_copy",
        "narrow_copy(input, dim, start, length) -> Tensor\n\nA copy of the numbers in memory of its own, in the graph (`torch.clone`; `clone()` on a Rust handle only shares it). It keeps the strides\nof a tensor whose elements are dense in any order of dimensions, as a transposed one's are.\0",
    ),
    ("ndimension", "ndimension() -> int\0"),
    (
        "ndtr",
        "ndtr(input) -> Tensor\n\nThe normal distribution: the probability that a standard normal variable is below `input`. Integers give floats.\0",
    ),
    (
        "ne",
        "ne(input, other) -> Tensor\n\n`input != other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("ne_", "ne_(other) -> Tensor\n\n`ne` into `input`.\n\nErrors: Those of `ne` and of in-place writes in general.\0"),
    ("neg", "neg(input) -> Tensor\n\n`-input`, elementwise.\n\nErrors: For booleans.\0"),
    (
        "neg_",
        "neg_(input) -> Tensor\n\n`neg` into `input`.\n\nErrors: Those of `neg` and of in-place writes in general.\0",
    ),
    ("negative", "negative(input) -> Tensor\n\n`-input`, elementwise.\n\nErrors: For booleans.\0"),
    ("negative_", "negative_(input) -> Tensor\n\n`negative`, written into the tensor itself.\0"),
    ("nelement", "nelement() -> int\0"),
    (
        "new_empty",
        "new_empty(size, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "new_empty_strided",
        "new_empty_strided(size, stride, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "new_full",
        "new_full(size, fill_value, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\n`value` in this tensor's dtype and another shape; within `vmap`, one for each example if this tensor differs from example to\nexample, so that such values can be written into it.\0",
    ),
    (
        "new_ones",
        "new_ones(size, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nOnes in this tensor's dtype and another shape, as `Tensor.new_full`.\0",
    ),
    (
        "new_zeros",
        "new_zeros(size, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nZeros in this tensor's dtype and another shape, as `Tensor.new_full`.\0",
    ),
    (
        "nll_loss",
        "nll_loss(input, target, weight=None, reduction='mean', ignore_index=-100) -> Tensor\n\nThe negative log likelihood: for each target the log-probability of its class, negative and weighted.\n\n`input` holds log-probabilities, `[classes]`, `[n, classes]` or `[n, classes, d1, d2, ...]`; `target` the numbers of classes as\n`int64`, of the same shape without the classes. `Reduction::None` gives the shape of `target`; the mean is over the weights.\n\nErrors: A target out of range (`IndexError`) or not of integers; shapes that do not match; a weight that is not one number for each\nclass or requires a gradient.\0",
    ),
    (
        "nonzero",
        "nonzero(input) -> Tensor\nnonzero(input, *, as_tuple) -> Tensor[]\n\nThe indices of the elements that are not zero, in row-major order: `int64` of shape `[how many, dimensions]`.\0",
    ),
    (
        "norm",
        "norm(input, ord=None, dim=None, keepdim=False, *, dtype=None) -> Tensor\nnorm(input, ord, dim=None, keepdim=False, *, dtype=None) -> Tensor\nnorm(input, p=2, dim=None, keepdim=False, dtype=None) -> Tensor\n\nThe Euclidean norm of all elements. Its gradient at zero is zero.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "normal",
        "normal(mean, std, *, generator=None) -> Tensor\nnormal(mean, std=1.0, *, generator=None) -> Tensor\nnormal(mean, std, size, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "normal_",
        "normal_(mean=0.0, std=1.0, *, generator=None) -> Tensor\n\n`normal`, written into the tensor itself.\0",
    ),
    (
        "not_equal",
        "not_equal(input, other) -> Tensor\n\n`input != other`, elementwise with broadcasting; gives booleans. NaN is equal to nothing.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("not_equal_", "not_equal_(other) -> Tensor\n\n`not_equal`, written into the tensor itself.\0"),
    ("numel", "numel(input) -> int\n\nNumber of elements.\0"),
    (
        "one_hot",
        "one_hot(input, num_classes=-1) -> Tensor\n\nVectors with one 1 at each index and zeros elsewhere: `[.., num_classes]` of `int64`. Without `num_classes` it is one more than the\nlargest index.\n\nErrors: If `input` is not `int64`, or an index is negative or not smaller than `num_classes`.\0",
    ),
    (
        "ones",
        "ones(size, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nOnes of the default dtype.\0",
    ),
    (
        "ones_like",
        "ones_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\n\nOnes of another tensor's shape and dtype; strides are as for `Tensor.zeros_like`.\0",
    ),
    (
        "outer",
        "outer(input, vec2) -> Tensor\n\nThe products of every element of one vector with every element of the other: `[n, m]`.\n\nErrors: If they are not vectors.\0",
    ),
    (
        "pad",
        "pad(input, pad, mode='constant', value=None) -> Tensor\n\n`input` with numbers of its own around it: `pad` has how many indices come before and after, for the last dimension, then for the one before it, and so\non. Negative ones cut. One or two dimensions at the front are left as they are.\n\nErrors: If the number of pads does not fit that of dimensions, or a padding needs more numbers than there are.\0",
    ),
    (
        "pairwise_distance",
        "pairwise_distance(x1, x2, p=2.0, eps=1e-06, keepdim=False) -> Tensor\n\nThe `p`-norm of `x1 - x2 + eps` along the last dimension, which is dropped or, with `keepdim`, becomes 1. The inputs are broadcast.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "pdist",
        "pdist(input, p=2.0) -> Tensor\n\nThe `p`-norm of the difference between each two rows of `[n, d]`, in the order of the upper triangle of `cdist`: `[n (n - 1) / 2]`.\n\nErrors: If `input` is not a matrix of floats, or `p` is negative.\0",
    ),
    (
        "permute",
        "permute(input, dims) -> Tensor\n\nThe dimensions in the order `dims`: a view.\n\nErrors: If `dims` does not name every dimension exactly once.\0",
    ),
    (
        "pinv",
        "pinv(input, *, atol=None, rtol=None, hermitian=False) -> Tensor\n\nThe pseudoinverse (Moore and Penrose): singular values up to `rtol` times the largest count as 0; by default, the larger side times the\ndtype's rounding error.\n\nErrors: As `svd`.\0",
    ),
    (
        "pinverse",
        "pinverse(input, rcond=1e-15) -> Tensor\n\nThe pseudoinverse (Moore and Penrose): singular values up to `rtol` times the largest count as 0; by default, the larger side times the\ndtype's rounding error.\n\nErrors: As `svd`.\0",
    ),
    (
        "pixel_shuffle",
        "pixel_shuffle(input, upscale_factor) -> Tensor\n\n`[.., c r^2, h, w]` as `[.., c, h r, w r]`: each group of `r^2` channels becomes squares of `r` by `r`.\n\nErrors: If there are fewer than three dimensions, or `r^2` does not divide the channels.\0",
    ),
    (
        "pixel_unshuffle",
        "pixel_unshuffle(input, downscale_factor) -> Tensor\n\nThe reverse of `pixel_shuffle`: `[.., c, h r, w r]` as `[.., c r^2, h, w]`.\n\nErrors: If there are fewer than three dimensions, or `r` does not divide height and width.\0",
    ),
    (
        "poisson",
        "poisson(input, generator=None) -> Tensor\n\nPoisson-distributed numbers with the given rates (`torch.poisson`). The gradient is zero.\n\nErrors: If a rate is negative, or for integers.\0",
    ),
    (
        "polygamma",
        "polygamma(n, input) -> Tensor\n\nThe `n`th derivative of `digamma`; integers give floats. PyTorch's `polygamma(n, input)`.\n\nErrors: If `n` is negative.\0",
    ),
    ("polygamma_", "polygamma_(n) -> Tensor\n\n`polygamma`, written into the tensor itself.\0"),
    ("positive", "positive(input) -> Tensor\n\n`input` itself: the `+` before a tensor.\n\nErrors: For booleans.\0"),
    (
        "pow",
        "pow(input, exponent) -> Tensor\n\n`input` to the power `exponent`, elementwise with broadcasting. A number as exponent gives exactly what the simpler\noperation does for 0, 1, 2, 3, ½, -½, -1, -2: `pow(x, 2)` is `x * x`.\n\nErrors: If the shapes do not broadcast; for integers to a negative number; for two booleans.\0",
    ),
    (
        "pow_",
        "pow_(exponent) -> Tensor\n\n`pow` into `input`.\n\nErrors: Those of `pow` and of in-place writes in general.\0",
    ),
    (
        "prelu",
        "prelu(input, weight) -> Tensor\n\n`input` where it is positive, `weight * input` elsewhere; the weight is one number or one for each channel, which dimension 1\ncounts.\n\nErrors: If there are more weights than one and not as many as channels; if the dtypes differ.\0",
    ),
    (
        "prod",
        "prod(input, *, dtype=None) -> Tensor\nprod(input, dim, keepdim=False, *, dtype=None) -> Tensor\n\nThe product of all elements, 1 if there are none. Integers and booleans give `int64`.\n\nThe gradient is right where there are zeros.\0",
    ),
    ("promote_types", "promote_types(type1, type2) -> ScalarType\0"),
    (
        "psi",
        "psi(input) -> Tensor\n\nThe logarithmic derivative of the gamma function; integers give floats. At negative integers it is NaN.\0",
    ),
    (
        "put",
        "put(input, index, source, accumulate=False) -> Tensor\n\nA copy with the elements of `source` at the numbers `index`, counted in row-major order; with `accumulate` they are added to what is there.\n\nErrors: If `index` is not `int64`, has another number of elements than `source`, or holds a number out of range; if dtypes differ.\0",
    ),
    (
        "put_",
        "put_(index, source, accumulate=False) -> Tensor\n\n`put` into `input`.\n\nErrors: Those of `put` and of in-place writes in general.\0",
    ),
    (
        "qr",
        "qr(input, some=True) -> (Tensor Q, Tensor R)\nqr(A, mode=\"reduced\") -> (Tensor Q, Tensor R)\n\nOrthogonal columns `Q` and upper triangular `R` with `Q @ R = input`: as many columns as the smaller side has, or, with `complete`, as\nthere are rows.\n\nErrors: If there are no matrices; for integers, booleans and half precision.\0",
    ),
    (
        "quantile",
        "quantile(input, q, dim=None, keepdim=False, *, interpolation=\"linear\") -> Tensor\n\nThe values below which the fractions `q` (a number or several) of the elements lie, along `dim` or of all; between two elements by\n`interpolation`: `linear`, `lower`, `higher`, `midpoint`, `nearest`. NaN if one is. Several `q` give a dimension in front.\n\nErrors: If a `q` is not between 0 and 1, the dtypes differ or are not `float32` or `float64`, or there are no elements.\0",
    ),
    ("rad2deg", "rad2deg(input) -> Tensor\n\nRadians to degrees; integers give floats.\0"),
    ("rad2deg_", "rad2deg_() -> Tensor\n\n`rad2deg`, written into the tensor itself.\0"),
    (
        "rand",
        "rand(size, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "rand_like",
        "rand_like(input, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\0",
    ),
    (
        "randint",
        "randint(high, size, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\nrandint(low, high, size, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "randint_like",
        "randint_like(input, high, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\nrandint_like(input, low, high, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\0",
    ),
    (
        "randn",
        "randn(size, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "randn_like",
        "randn_like(input, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\0",
    ),
    (
        "random_",
        "random_(to, *, generator=None) -> Tensor\nrandom_(from, to, *, generator=None) -> Tensor\nrandom_(*, generator=None) -> Tensor\0",
    ),
    (
        "randperm",
        "randperm(n, *, generator=None, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "range",
        "range(start, end, step=1, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    ("ravel", "ravel(input) -> Tensor\n\nAll elements in one dimension, in row-major order; a view if they lie so.\0"),
    ("reciprocal", "reciprocal(input) -> Tensor\n\n`1 / input`; integers give floats.\0"),
    (
        "reciprocal_",
        "reciprocal_(input) -> Tensor\n\n`reciprocal` into `input`.\n\nErrors: Those of `reciprocal` and of in-place writes in general.\0",
    ),
    (
        "relu",
        "relu(input) -> Tensor\n\n`input` where it is positive, else 0. Its gradient at 0 is 0.\n\nErrors: For booleans.\0",
    ),
    ("relu6", "relu6(input) -> Tensor\n\n`hardtanh` from 0 to 6.\n\nErrors: For booleans.\0"),
    ("relu6_", "relu6_(input) -> Tensor\n\n`relu6`, written into the tensor itself.\0"),
    (
        "relu_",
        "relu_(input) -> Tensor\n\n`relu` into `input`.\n\nErrors: Those of `relu` and of in-place writes in general.\0",
    ),
    (
        "remainder",
        "remainder(input, other) -> Tensor\n\nWhat is left of `input` after division by `other` rounded down, with the sign of `other`, as Python's `%`; elementwise with\nbroadcasting.\n\nErrors: If the shapes do not broadcast; for integers by zero; for two booleans.\0",
    ),
    (
        "remainder_",
        "remainder_(other) -> Tensor\n\n`remainder` into `input`.\n\nErrors: Those of `remainder` and of in-place writes in general.\0",
    ),
    (
        "renorm",
        "renorm(input, p, dim, maxnorm) -> Tensor\n\n`input` with each slice of dimension `dim` scaled down to the `p`-norm `maxnorm` if it has a larger one.\n\nErrors: If there are fewer than two dimensions, `dim` is out of range, `p` is not positive, or `maxnorm` is negative.\0",
    ),
    ("renorm_", "renorm_(p, dim, maxnorm) -> Tensor\n\n`renorm`, written into the tensor itself.\0"),
    (
        "repeat",
        "repeat(repeats) -> Tensor\n\nCopies side by side: `repeats[d]` of them along dimension `d`. More repeats than dimensions give new leading dimensions.\n\nErrors: If there are fewer repeats than dimensions.\0",
    ),
    (
        "repeat_interleave",
        "repeat_interleave(repeats, *, output_size=None) -> Tensor\nrepeat_interleave(input, repeats, dim=None, *, output_size=None) -> Tensor\n\nEach element `repeats` times in a row, all elements in one dimension.\0",
    ),
    (
        "reshape",
        "reshape(input, shape) -> Tensor\n\nAnother shape, as a view where strides allow it, else as a copy; one size may be -1.\n\nErrors: If the number of elements differs.\0",
    ),
    (
        "reshape_as",
        "reshape_as(other) -> Tensor\n\n`reshape` to the sizes of `other`.\n\nErrors: Those of `reshape`.\0",
    ),
    (
        "result_type",
        "result_type(tensor, other) -> ScalarType\nresult_type(scalar, tensor) -> ScalarType\nresult_type(scalar1, scalar2) -> ScalarType\0",
    ),
    (
        "rms_norm",
        "rms_norm(input, normalized_shape, weight=None, eps=None) -> Tensor\n\nDivides by the root of the mean of squares over the last dimensions, whose sizes are `normalized_shape`, plus `eps` (by default the distance from 1 to the\nnext number of the dtype), and then multiplies by `weight`, which has that shape.\n\nErrors: If the last sizes of `input` or those of `weight` differ from `normalized_shape`, which must not be empty; for integers.\0",
    ),
    (
        "roll",
        "roll(input, shifts, dims=[]) -> Tensor\n\nA copy whose elements are moved by `shifts[i]` places along `dims[i]`, those that fall off one end coming in at the other. Without\ndims, all elements in row-major order are moved by the one shift.\n\nErrors: If there are not as many shifts as dims, or a dimension is out of range.\0",
    ),
    (
        "rot90",
        "rot90(input, k=1, dims=[0,1]) -> Tensor\n\n`input` turned by `k` right angles in the plane of two dimensions, from the first of them towards the second.\n\nErrors: If `dims` are not two different dimensions.\0",
    ),
    (
        "round",
        "round(input) -> Tensor\nround(input, *, decimals) -> Tensor\nround(input, *, decimals=0) -> Tensor\n\nThe nearest integer; a half goes to the even one. Its gradient is zero.\n\nErrors: For booleans.\0",
    ),
    (
        "round_",
        "round_(input) -> Tensor\nround_(input, *, decimals) -> Tensor\n\n`round` into `input`.\n\nErrors: Those of `round` and of in-place writes in general.\0",
    ),
    (
        "row_stack",
        "row_stack(tensors) -> Tensor\n\nThe tensors one under the other, vectors as rows.\n\nErrors: Those of `cat`.\0",
    ),
    ("rsqrt", "rsqrt(input) -> Tensor\n\nOne over the square root; NaN below zero, integers give floats.\0"),
    (
        "rsqrt_",
        "rsqrt_(input) -> Tensor\n\n`rsqrt` into `input`.\n\nErrors: Those of `rsqrt` and of in-place writes in general.\0",
    ),
    (
        "rsub",
        "rsub(input, other, *, alpha=1) -> Tensor\nrsub(input, other, alpha=1) -> Tensor\n\n`other - input`; the order of `number - tensor`.\n\nErrors: As `sub`.\0",
    ),
    (
        "scalar_tensor",
        "scalar_tensor(s, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\0",
    ),
    (
        "scatter",
        "scatter(input, dim, index, src) -> Tensor\nscatter(input, dim, index, src, *, reduce) -> Tensor\nscatter(input, dim, index, value) -> Tensor\nscatter(input, dim, index, value, *, reduce) -> Tensor\n\nA copy of `input` in which the elements of `src` (or one number) stand at the indices along `dim`: `out[i, index[i, j, k], k] =\nsrc[i, j, k]` for `dim` 1. Of several at one place the last counts; gradients are right only if there are none.\n\nErrors: If `index` is not of integers or larger than `src`, or than `input` in another dimension; if dtypes differ; for an index out of\nrange.\0",
    ),
    (
        "scatter_",
        "scatter_(dim, index, src) -> Tensor\nscatter_(dim, index, src, *, reduce) -> Tensor\nscatter_(dim, index, value) -> Tensor\nscatter_(dim, index, value, *, reduce) -> Tensor\n\n`scatter` into `input`.\n\nErrors: Those of `scatter` and of in-place writes in general.\0",
    ),
    (
        "scatter_add",
        "scatter_add(input, dim, index, src) -> Tensor\n\nA copy of `input` with the elements of `src` added at the indices along `dim`: `out[i, index[i, j, k], k] += src[i, j, k]` for\n`dim` 1. Several at one place add up, in their order.\n\nErrors: Those of `scatter`.\0",
    ),
    (
        "scatter_add_",
        "scatter_add_(dim, index, src) -> Tensor\n\n`scatter_add` into `input`.\n\nErrors: Those of `scatter` and of in-place writes in general.\0",
    ),
    (
        "scatter_reduce",
        "scatter_reduce(input, dim, index, src, reduce, *, include_self=True) -> Tensor\n\nA copy of `input` in which the elements of `src` that meet at one place, by the indices along `dim` (see\n`scatter`), are reduced together: `\"sum\"`, `\"prod\"`, `\"mean\"`, `\"amax\"` or `\"amin\"`. With `include_self` what\nwas there counts too.\n\nErrors: If `reduce` is none of these; those of `scatter`.\0",
    ),
    (
        "scatter_reduce_",
        "scatter_reduce_(dim, index, src, reduce, *, include_self=True) -> Tensor\n\n`scatter_reduce` into `input`.\n\nErrors: Those of `scatter_reduce` and of in-place writes in general.\0",
    ),
    (
        "searchsorted",
        "searchsorted(sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None) -> Tensor\n\nFor each of `values` (a tensor or a number) the place in the sorted last dimension of `sorted_sequence` where it could be inserted:\nbefore elements equal to it, or with `right` after them. `sorted_sequence` is one line for all, or has a line for each of values'.\n\nErrors: If the shapes do not fit.\0",
    ),
    (
        "select",
        "select(input, dim, index) -> Tensor\n\n`input` at `index` of dimension `dim`, which is dropped: a view. A negative index counts from the end.\n\nErrors: If `dim` or `index` is out of range.\0",
    ),
    (
        "select_scatter",
        "select_scatter(input, src, dim, index) -> Tensor\n\nA copy of `input` with `src` at `index` of dimension `dim`.\n\nErrors: If `dim` or `index` is out of range, or `src` has not the shape of that part.\0",
    ),
    (
        "selu",
        "selu(input) -> Tensor\n\nThe self-normalizing `elu`: `scale * (input or alpha * (exp(input) - 1))` with fixed numbers.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "selu_",
        "selu_(input) -> Tensor\n\n`selu` into `input`.\n\nErrors: Those of `selu` and of in-place writes in general.\0",
    ),
    ("sgn", "sgn(input) -> Tensor\n\n`sign` under the name that PyTorch also has for complex numbers.\0"),
    ("sgn_", "sgn_() -> Tensor\n\n`sgn` into `input`.\n\nErrors: Those of `sgn` and of in-place writes in general.\0"),
    ("short", "short(*, memory_format=None) -> Tensor\0"),
    ("sigmoid", "sigmoid(input) -> Tensor\n\nThe logistic function, `1 / (1 + exp(-input))`; integers give floats.\0"),
    (
        "sigmoid_",
        "sigmoid_(input) -> Tensor\n\n`sigmoid` into `input`.\n\nErrors: Those of `sigmoid` and of in-place writes in general.\0",
    ),
    ("sign", "sign(input) -> Tensor\n\n-1, 0 or 1 by the sign; 0 for NaN. Its gradient is zero.\0"),
    (
        "sign_",
        "sign_() -> Tensor\n\n`sign` into `input`.\n\nErrors: Those of `sign` and of in-place writes in general.\0",
    ),
    (
        "signbit",
        "signbit(input) -> Tensor\n\nIs its sign negative, also that of zero and NaN? Elementwise; gives booleans.\0",
    ),
    (
        "silu",
        "silu(input) -> Tensor\n\n`input * sigmoid(input)`, also called swish.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "silu_",
        "silu_(input) -> Tensor\n\n`silu` into `input`.\n\nErrors: Those of `silu` and of in-place writes in general.\0",
    ),
    ("sin", "sin(input) -> Tensor\n\nThe sine; integers give floats.\0"),
    (
        "sin_",
        "sin_(input) -> Tensor\n\n`sin` into `input`.\n\nErrors: Those of `sin` and of in-place writes in general.\0",
    ),
    ("sinc", "sinc(input) -> Tensor\n\n`sin(π input) / (π input)`, and 1 at 0; integers give floats.\0"),
    ("sinc_", "sinc_() -> Tensor\n\n`sinc`, written into the tensor itself.\0"),
    ("sinh", "sinh(input) -> Tensor\n\nThe hyperbolic sine; integers give floats.\0"),
    (
        "sinh_",
        "sinh_(input) -> Tensor\n\n`sinh` into `input`.\n\nErrors: Those of `sinh` and of in-place writes in general.\0",
    ),
    (
        "slice_scatter",
        "slice_scatter(input, src, dim=0, start=None, end=None, step=1) -> Tensor\n\nA copy of `input` with `src` at the indices `start..end` of dimension `dim`, every `step`-th of them.\n\nErrors: If `dim` is out of range, `step` is not positive, or `src` has not the shape of that part.\0",
    ),
    (
        "slogdet",
        "slogdet(input) -> (Tensor sign, Tensor logabsdet)\nslogdet(A) -> (Tensor sign, Tensor logabsdet)\n\nThe signs of the determinants of square matrices, and the logarithms of their magnitudes: 0 and -infinity for a singular one.\n\nErrors: As `det`.\0",
    ),
    (
        "smooth_l1_loss",
        "smooth_l1_loss(input, target, reduction='mean', beta=1.0) -> Tensor\n\nWith d the difference of `input` and `target`, elementwise with broadcasting: d²/(2 `beta`) where |d| < `beta`, and\n|d| - `beta`/2 elsewhere; reduced. With `beta` 0 it is `l1_loss`.\n\nErrors: If `beta` is negative, the shapes do not broadcast, or both are of integers or booleans.\0",
    ),
    (
        "softmax",
        "softmax(input, dim, dtype=None) -> Tensor\n\n`exp(input)` over its sum along `dim`, without overflow.\n\nErrors: For integers and booleans; if `dim` is out of range.\0",
    ),
    (
        "softplus",
        "softplus(input, beta=1, threshold=20) -> Tensor\n\n`log(1 + exp(beta * input)) / beta`, a smooth `relu`; `input` itself where `beta * input > threshold`.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "softshrink",
        "softshrink(input, lambd=0.5) -> Tensor\n\n`input` moved toward 0 by `lambd`, and 0 where it would pass it.\n\nErrors: If `lambd` is negative; for integers and booleans.\0",
    ),
    (
        "solve",
        "solve(A, B, *, left=True) -> Tensor\n\n`X` with `input @ X = other`: `other` is a vector, matrices of columns, or a batch of vectors if it has one dimension less than\n`input` and its sizes. Batches are broadcast.\n\nErrors: If the matrices are not square or one is singular, or shapes or dtypes do not fit.\0",
    ),
    ("solve_triangular", "solve_triangular(input, B, *, upper, left=True, unitriangular=False) -> Tensor\0"),
    (
        "sort",
        "sort(input, *, stable, dim=-1, descending=False) -> (Tensor values, Tensor indices)\nsort(input, dim=-1, descending=False) -> (Tensor values, Tensor indices)\n\nThe elements along `dim` in ascending or descending order, and where they were. Equal elements keep their order, with `stable` or\nwithout; NaN is the largest.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "split",
        "split(tensor, split_size_or_sections, dim=0) -> Tensor[]\n\nPieces of `split_size` along `dim`, the last of them smaller if it does not come out even: views.\n\nErrors: If `dim` is out of range, or `split_size` is 0 and the dimension is not empty.\0",
    ),
    (
        "split_with_sizes",
        "split_with_sizes(input, split_sizes, dim=0) -> Tensor[]\n\nPieces of the given sizes along `dim`: views.\n\nErrors: If `dim` is out of range, or the sizes do not add up to its size.\0",
    ),
    ("sqrt", "sqrt(input) -> Tensor\n\nThe square root; NaN below zero, integers give floats.\0"),
    (
        "sqrt_",
        "sqrt_(input) -> Tensor\n\n`sqrt` into `input`.\n\nErrors: Those of `sqrt` and of in-place writes in general.\0",
    ),
    (
        "square",
        "square(input) -> Tensor\n\n`input * input`; booleans give integers. It is recorded as a power, as in PyTorch.\0",
    ),
    ("square_", "square_(input) -> Tensor\n\n`square` into `input`.\n\nErrors: Those of in-place writes in general.\0"),
    (
        "squeeze",
        "squeeze(input) -> Tensor\nsqueeze(input, dim) -> Tensor\n\nWithout all dimensions of size 1: a view.\0",
    ),
    (
        "stack",
        "stack(tensors, dim=0) -> Tensor\n\nThe tensors, all of one shape, along a new dimension `dim` of the result, in their common dtype.\n\nErrors: If there are none, their shapes differ, or `dim` is out of range.\0",
    ),
    (
        "std",
        "std(input, dim, unbiased=True, keepdim=False) -> Tensor\nstd(input, dim=None, *, correction=None, keepdim=False) -> Tensor\nstd(input, unbiased=True) -> Tensor\n\nThe standard deviation of all elements: the square root of `var`. Its gradient where it is 0 is 0.\n\nErrors: As `var`.\0",
    ),
    (
        "std_mean",
        "std_mean(input, dim, unbiased=True, keepdim=False) -> (Tensor, Tensor)\nstd_mean(input, dim=None, *, correction=None, keepdim=False) -> (Tensor, Tensor)\nstd_mean(input, unbiased=True) -> (Tensor, Tensor)\n\nStandard deviation and mean of all elements in one pass: `std`) and `mean`.\n\nErrors: As `var`.\0",
    ),
    (
        "sub",
        "sub(input, other, *, alpha=1) -> Tensor\nsub(input, other, alpha=1) -> Tensor\nsub(input, alpha, other) -> Tensor\n\n`input - other`, elementwise with broadcasting.\n\nErrors: If the shapes do not broadcast, or for booleans.\0",
    ),
    (
        "sub_",
        "sub_(other, *, alpha=1) -> Tensor\nsub_(other, alpha=1) -> Tensor\nsub_(alpha, other) -> Tensor\n\n`sub` into `input`.\n\nErrors: Those of `sub` and of in-place writes in general.\0",
    ),
    (
        "subtract",
        "subtract(input, other, *, alpha=1) -> Tensor\nsubtract(input, other, alpha=1) -> Tensor\n\n`input - alpha * other`, elementwise with broadcasting, in one pass.\n\nErrors: If the shapes do not broadcast; for booleans; for integers if `alpha` is not an integer.\0",
    ),
    (
        "subtract_",
        "subtract_(other, *, alpha=1) -> Tensor\nsubtract_(other, alpha=1) -> Tensor\n\n`subtract`, written into the tensor itself.\0",
    ),
    (
        "sum",
        "sum(input, *, dtype=None) -> Tensor\nsum(input, dim, keepdim=False, *, dtype=None) -> Tensor\n\nThe sum of all elements. Integers and booleans give `int64`.\0",
    ),
    (
        "sum_to_size",
        "sum_to_size(size) -> Tensor\n\nThe transpose of broadcasting: sums over the dimensions in which `input` is larger than `shape` (`sum_to_size`).\n\nErrors: If `input` is not `shape` broadcast.\0",
    ),
    (
        "svd",
        "svd(input, some=True, compute_uv=True) -> (Tensor U, Tensor S, Tensor V)\nsvd(A, full_matrices=True) -> (Tensor U, Tensor S, Tensor Vh)\n\n`U`, singular values in descending order and `V^T` with `U @ diag(S) @ V^T = input`, of the smaller side's size. Signs of the vectors\nare not determined: a gradient that depends on them means nothing.\n\nErrors: If there are no matrices; for integers, booleans and half precision.\0",
    ),
    ("svdvals", "svdvals(A) -> Tensor\n\nSingular values in descending order.\n\nErrors: As `svd`.\0"),
    (
        "swapaxes",
        "swapaxes(input, axis0, axis1) -> Tensor\n\n`transpose` under NumPy's name.\n\nErrors: Those of `transpose`.\0",
    ),
    (
        "swapdims",
        "swapdims(input, dim0, dim1) -> Tensor\n\n`transpose` under another name.\n\nErrors: Those of `transpose`.\0",
    ),
    (
        "t",
        "t(input) -> Tensor\n\nA matrix transposed: a view. Vectors and numbers stay as they are.\n\nErrors: If there are more than two dimensions.\0",
    ),
    (
        "take",
        "take(input, index) -> Tensor\n\nThe elements with the numbers `index` in row-major order, in the shape of `index`. Negative numbers count from the end.\n\nErrors: If `index` is not `int64`, or holds a number out of range.\0",
    ),
    (
        "take_along_dim",
        "take_along_dim(input, indices, dim=None) -> Tensor\n\n`gather` with broadcasting in the other dimensions, for indices as `argsort` and `argmax` give them. An index outside of the\ndimension is taken modulo its size, as in PyTorch.\n\nErrors: If `indices` is not `int64` or has another number of dimensions.\0",
    ),
    ("tan", "tan(input) -> Tensor\n\nThe tangent; integers give floats.\0"),
    (
        "tan_",
        "tan_(input) -> Tensor\n\n`tan` into `input`.\n\nErrors: Those of `tan` and of in-place writes in general.\0",
    ),
    ("tanh", "tanh(input) -> Tensor\n\nThe hyperbolic tangent; integers give floats.\0"),
    (
        "tanh_",
        "tanh_(input) -> Tensor\n\n`tanh` into `input`.\n\nErrors: Those of `tanh` and of in-place writes in general.\0",
    ),
    (
        "tensor_split",
        "tensor_split(input, indices, dim=0) -> Tensor[]\ntensor_split(input, tensor_indices_or_sections, dim=0) -> Tensor[]\ntensor_split(input, sections, dim=0) -> Tensor[]\n\n`sections` pieces along `dim` whose sizes differ by at most one: views.\n\nErrors: If `dim` is out of range or `sections` is 0.\0",
    ),
    (
        "tensordot",
        "tensordot(input, other, dims_self, dims_other) -> Tensor\n\nSums products over pairs of dimensions: `dims_self[i]` of the input with `dims_other[i]` of the other. What is left of the\ninput's dimensions comes first in the result, then what is left of the other's.\n\nErrors: If the lists differ in length, a pair in size, or the dtypes differ.\0",
    ),
    (
        "threshold",
        "threshold(input, threshold, value) -> Tensor\n\n`input` above `threshold`, `value` elsewhere.\n\nErrors: For booleans.\0",
    ),
    (
        "threshold_",
        "threshold_(input, threshold, value) -> Tensor\n\n`threshold` into `input`.\n\nErrors: Those of `threshold` and of in-place writes in general.\0",
    ),
    ("tile", "tile(input, dims) -> Tensor\n\n`repeat`, where missing leading repeats count as 1 (NumPy's `tile`).\0"),
    (
        "to",
        "to(device=None, dtype=None, non_blocking=False, copy=False, *, memory_format=None) -> Tensor\nto(dtype, non_blocking=False, copy=False, *, memory_format=None) -> Tensor\nto(other, non_blocking=False, copy=False, *, memory_format=None) -> Tensor\0",
    ),
    (
        "topk",
        "topk(input, k, dim=-1, largest=True, sorted=True) -> (Tensor values, Tensor indices)\n\nThe `k` largest (or smallest) elements along `dim`, in order, and where they are.\n\nErrors: If `k` is larger than the dimension, or `dim` is out of range.\0",
    ),
    (
        "trace",
        "trace(input) -> Tensor\n\nThe sum of the diagonal of a matrix.\n\nErrors: If the input is not a matrix.\0",
    ),
    (
        "transpose",
        "transpose(input, dim0, dim1) -> Tensor\n\nThe input with two dimensions swapped: a view.\n\nErrors: If a dimension is out of range.\0",
    ),
    (
        "trapezoid",
        "trapezoid(y, x, *, dim=-1) -> Tensor\ntrapezoid(y, *, dx=1, dim=-1) -> Tensor\n\nThe integral of `input` along `dim` by the trapezoidal rule, over points `x` (one list, or as many as values) or at distance 1.\n\nErrors: If `dim` is out of range or the points do not fit.\0",
    ),
    (
        "trapz",
        "trapz(y, x, *, dim=-1) -> Tensor\ntrapz(y, *, dx=1., dim=-1) -> Tensor\n\n`trapezoid` over points at distance `dx`.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "tril",
        "tril(input, diagonal=0) -> Tensor\n\nThe lower triangle of a matrix or of each matrix of a batch: what is right of the `diagonal` becomes zero.\n\nThe main diagonal is 0, those above it are positive.\n\nErrors: If there are fewer than two dimensions.\0",
    ),
    (
        "tril_",
        "tril_(diagonal=0) -> Tensor\n\n`tril` in place.\n\nErrors: Those of `tril` and of in-place writes in general.\0",
    ),
    (
        "tril_indices",
        "tril_indices(row, col, offset=0, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nRows and columns of the elements that `tril` keeps of a `row` x `col` matrix, in row-major order: `int64` of shape `[2, n]`.\0",
    ),
    (
        "triu",
        "triu(input, diagonal=0) -> Tensor\n\nThe upper triangle of a matrix or of each matrix of a batch: what is left of the `diagonal` becomes zero.\n\nErrors: If there are fewer than two dimensions.\0",
    ),
    (
        "triu_",
        "triu_(diagonal=0) -> Tensor\n\n`triu` in place.\n\nErrors: Those of `triu` and of in-place writes in general.\0",
    ),
    (
        "triu_indices",
        "triu_indices(row, col, offset=0, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nRows and columns of the elements that `triu` keeps of a `row` x `col` matrix, in row-major order: `int64` of shape `[2, n]`.\0",
    ),
    (
        "true_divide",
        "true_divide(input, other) -> Tensor\n\n`input / other`, elementwise with broadcasting; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    ("true_divide_", "true_divide_(other) -> Tensor\n\n`true_divide`, written into the tensor itself.\0"),
    (
        "trunc",
        "trunc(input) -> Tensor\n\n`input` without its fraction. Its gradient is zero.\n\nErrors: For booleans.\0",
    ),
    (
        "trunc_",
        "trunc_(input) -> Tensor\n\n`trunc` into `input`.\n\nErrors: Those of `trunc` and of in-place writes in general.\0",
    ),
    ("type_as", "type_as(other) -> Tensor\n\nThe tensor in another dtype; itself if it has that dtype already.\0"),
    (
        "unbind",
        "unbind(input, dim=0) -> Tensor[]\n\nAll indices of dimension `dim`, each without that dimension: views.\n\nErrors: If `dim` is out of range.\0",
    ),
    (
        "unflatten",
        "unflatten(input, dim, sizes) -> Tensor\n\nDimension `dim` as several of the given `sizes`, one of which may be -1: a view.\n\nErrors: If `dim` is out of range, or the sizes do not multiply to its size.\0",
    ),
    (
        "unfold",
        "unfold(dimension, size, step) -> Tensor\n\nAll windows of `size` along `dim`, each `step` after the one before, with their elements in a new last dimension: a view.\n\nErrors: If `dim` is out of range, smaller than `size`, or `step` is 0.\0",
    ),
    ("uniform_", "uniform_(from=0.0, to=1.0, *, generator=None) -> Tensor\0"),
    (
        "unique",
        "unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None) -> Tensor[]\n\nThe different elements in ascending order; with `dim`, the different slices of that dimension in the order of their first elements that\ndiffer. NaN equals nothing and comes last.\n\nErrors: If `dim` is out of range, or another dimension is empty.\0",
    ),
    (
        "unique_consecutive",
        "unique_consecutive(input, return_inverse=False, return_counts=False, dim=None) -> Tensor[]\n\n`unique`, but only neighbours count as equal, and the order stays.\n\nErrors: Those of `unique`.\0",
    ),
    (
        "unravel_index",
        "unravel_index(indices, shape) -> Tensor[]\n\nThe coordinates, one tensor for each dimension of `shape`, of elements numbered in row-major order.\n\nErrors: If `input` is not of integers.\0",
    ),
    (
        "unsqueeze",
        "unsqueeze(input, dim) -> Tensor\n\nWith a new dimension of size 1 at `dim` of the result: a view.\n\nErrors: If `dim` is out of range; the result has one dimension more than the input.\0",
    ),
    (
        "vander",
        "vander(x, N=None, increasing=False) -> Tensor\nvander(x, *, N=None) -> Tensor\n\nThe powers of each element of a vector, from `columns - 1` (by default as many columns as elements) down to 0, or with `increasing` up from 0: `[n, columns]`.\n\nErrors: If `input` is not a vector.\0",
    ),
    (
        "var",
        "var(input, dim, unbiased=True, keepdim=False) -> Tensor\nvar(input, dim=None, *, correction=None, keepdim=False) -> Tensor\nvar(input, unbiased=True) -> Tensor\n\nThe variance of all elements with Bessel's correction: divided by one less than their number. NaN for one element or none.\n\nErrors: For integers and booleans.\0",
    ),
    (
        "var_mean",
        "var_mean(input, dim, unbiased=True, keepdim=False) -> (Tensor, Tensor)\nvar_mean(input, dim=None, *, correction=None, keepdim=False) -> (Tensor, Tensor)\nvar_mean(input, unbiased=True) -> (Tensor, Tensor)\n\nVariance and mean of all elements in one pass: `var` and `mean`.\n\nErrors: As `var`.\0",
    ),
    (
        "vdot",
        "vdot(input, other) -> Tensor\n\nThe inner product of two vectors, the first of them conjugated: for real numbers the same as `dot`.\n\nErrors: If they are not vectors of one size and dtype.\0",
    ),
    (
        "vecdot",
        "vecdot(x, y, *, dim=-1) -> Tensor\n\nThe inner products of vectors along `dim`, with broadcasting.\n\nErrors: If the shapes do not broadcast or `dim` is out of range.\0",
    ),
    (
        "vector_norm",
        "vector_norm(input, ord=2, dim=None, keepdim=False, *, dtype=None) -> Tensor\n\nThe vector norm of order `p` over `dims` (all of them if empty; negative ones count from the end), which are dropped or,\nwith `keepdim`, become 1: `sum(|x|^p)^(1/p)`; for 0 how many are not zero, for infinity the largest magnitude, for -infinity the\nsmallest. Also PyTorch's `linalg.vector_norm`.\n\nIts gradient is zero where the norm is zero. Elements that tie for the largest or smallest magnitude share it evenly.\n\nErrors: For integers and booleans; if a dimension is out of range or given twice; for no elements if `p` is negative or infinite.\0",
    ),
    (
        "view",
        "view(dtype) -> Tensor\nview(size) -> Tensor\n\nThe same memory with another shape; one size may be -1.\n\nErrors: If the number of elements differs, or the strides do not allow it (`reshape` copies then).\0",
    ),
    ("view_as", "view_as(other) -> Tensor\n\n`view` with the sizes of `other`.\n\nErrors: Those of `view`.\0"),
    (
        "vsplit",
        "vsplit(input, sections) -> Tensor[]\nvsplit(input, indices) -> Tensor[]\n\n`tensor_split` of the first dimension.\n\nErrors: If there are fewer than two dimensions or `sections` does not divide the dimension.\0",
    ),
    (
        "vstack",
        "vstack(tensors) -> Tensor\n\nThe tensors one under the other, vectors as rows.\n\nErrors: Those of `cat`.\0",
    ),
    (
        "where",
        "where(condition) -> Tensor[]\nwhere(condition, input, other) -> Tensor\n\n`nonzero` with a vector for each dimension, as index tensors are given.\0",
    ),
    (
        "xlog1py",
        "xlog1py(input, other) -> Tensor\n\n`input * log1p(other)`, but 0 where `input` is 0 and `other` a number; integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "xlogy",
        "xlogy(input, other) -> Tensor\n\n`input * log(other)`, but 0 where `input` is 0 and `other` is not NaN; elementwise with broadcasting. Integers give floats.\n\nErrors: If the shapes do not broadcast.\0",
    ),
    (
        "xlogy_",
        "xlogy_(input, other) -> Tensor\n\n`xlogy` into `input`.\n\nErrors: Those of `xlogy` and of in-place writes in general.\0",
    ),
    ("zero_", "zero_(input) -> Tensor\n\nFills `input` with zeros.\n\nErrors: Those of in-place writes in general.\0"),
    (
        "zeros",
        "zeros(size, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False) -> Tensor\n\nZeros of the default dtype.\0",
    ),
    (
        "zeros_like",
        "zeros_like(input, *, dtype=None, layout=None, device=None, pin_memory=False, requires_grad=False, memory_format=None) -> Tensor\n\nZeros of another tensor's shape and dtype, and of its strides if its elements are dense in any order of dimensions, as a transposed\ntensor's are.\0",
    ),
];
