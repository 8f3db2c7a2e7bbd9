"""`torch.functional`: functions of the top level whose arguments are freer than a signature of the table can say
(`einsum("ij,jk", a, b)`, `norm(x, "fro")`), and those made of other operations. They are also `torch.name`, and
`norm`, `split`, `unique` and `unique_consecutive` methods of tensors.
"""

from wengert import _C, _names
from wengert._C import Tensor
from wengert._overridable import all_overridable, overridable
from wengert._size import Size

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "broadcast_shapes",
    "broadcast_tensors",
    "cartesian_prod",
    "cdist",
    "chain_matmul",
    "einsum",
    "meshgrid",
    "norm",
    "split",
    "tensordot",
    "unique",
    "unique_consecutive",
    "unravel_index",
]


def _several(tensors):
    """The tensors of a call with `*tensors` that may also be given as one list."""
    return tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors


def _tensors_only(tensors):
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(tensor).__name__}")
    return list(tensors)


def _each(f, tensors):
    if len(tensors) == 1 and not isinstance(tensors[0], (tuple, list)):
        return f(tensors[0])
    return tuple(f(tensor) for tensor in _several(tensors))


def atleast_1d(*tensors):
    """Each tensor with at least one dimension; a tuple if several are given."""
    return _each(_C.atleast_1d, tensors)


def atleast_2d(*tensors):
    """Each tensor with at least two dimensions, new ones in front; a tuple if several are given."""
    return _each(_C.atleast_2d, tensors)


def atleast_3d(*tensors):
    """Each tensor with at least three dimensions; (n) becomes (1, n, 1) and (m, n) becomes (m, n, 1)."""
    return _each(_C.atleast_3d, tensors)


def broadcast_shapes(*shapes):
    """The shape that tensors of these shapes broadcast to. An integer is a shape of one dimension."""
    result = []
    for index, shape in enumerate(shapes):
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        if any(size < 0 for size in shape):
            raise ValueError("Attempting to broadcast a dimension with negative length!")
        result[:0] = [1] * (len(shape) - len(result))
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] == 1 or shape[i] == result[i]:
                continue
            if result[i] != 1:
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[i]} at {i}! Mismatching argument at index "
                    f"{index} had {shape}; but expected shape should be broadcastable to {result}"
                )
            result[i] = shape[i]
    return Size(result)


def broadcast_tensors(*tensors):
    """Views of the tensors, all of the shape they broadcast to."""
    return tuple(_C.broadcast_tensors(_tensors_only(tensors)))


def cartesian_prod(*tensors):
    """All combinations of one element from each 1-d tensor, one in a row, the last tensor's changing fastest."""
    for tensor in _tensors_only(tensors):
        if tensor.dim() != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    grids = _C.meshgrid(list(tensors), indexing="ij")
    return _C.stack([grid.flatten() for grid in grids], 1)


def block_diag(*tensors):
    """The matrix with these matrices along its diagonal and zeros elsewhere; vectors are rows, numbers 1 by 1."""
    blocks = _tensors_only(tensors)
    for i, block in enumerate(blocks):
        if block.dim() > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input {i} has {block.dim()} dimensions"
            )
    if not blocks:
        return _C.empty([1, 0])
    blocks = [_C.atleast_2d(block) for block in blocks]
    dtype = blocks[0].dtype
    for block in blocks:
        dtype = _C.promote_types(dtype, block.dtype)
    width = sum(block.shape[1] for block in blocks)
    rows, left = [], 0
    for block in blocks:
        right = width - left - block.shape[1]
        rows.append(_C.constant_pad_nd(block.to(dtype), [left, right]))
        left += block.shape[1]
    return _C.cat(rows, 0)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The p-norm distances between the rows of x1 (B x P x M) and of x2 (B x R x M), B x P x R."""
    modes = ["use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"]
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _C.cdist(x1, x2, p)


def chain_matmul(*matrices, out=None):
    """The product of the matrices, in the order of association that needs the fewest multiplications."""
    result = _C.chain_matmul(_tensors_only(_several(matrices)))
    return result if out is None else out.copy_(result)


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(*args):
    """Sums of products in Einstein notation: `einsum("ij,jk->ik", a, b)` or `einsum(a, [0, 1], b, [1, 2], [0, 2])`."""
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one operand and its "
            "subscripts list"
        )
    equation, operands = args[0], args[1:]
    if isinstance(equation, Tensor):
        terms = [_subscripts(of) for of in args[1::2]]
        operands = args[: len(args) - len(args) % 2 : 2]
        equation = ",".join(terms) + ("->" + _subscripts(args[-1]) if len(args) % 2 else "")
    return _C.einsum(equation, list(_several(operands)))


def _subscripts(of):
    text = ""
    for i in of:
        if i is Ellipsis:
            text += "..."
        elif isinstance(i, int) and 0 <= i < len(_LETTERS):
            text += _LETTERS[i]
        elif isinstance(i, int):
            raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")
        else:
            raise ValueError("einsum(): expected subscripts to be integers or Ellipsis")
    return text


def meshgrid(*tensors, indexing=None):
    """Coordinate grids of 1-d tensors: result i has tensor i's values along dimension i ("xy" swaps the first two)."""
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    return tuple(_C.meshgrid(list(_several(tensors)), indexing=indexing or "ij"))


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The p-norm of all elements or along `dim`; "fro" is the 2-norm, "nuc" the sum of a matrix's singular values."""
    if dtype is not None:
        input = input.to(dtype)
    if isinstance(p, str) and p != "fro":
        if dim is None:
            dim = [-2, -1]
        result = _C._linalg.matrix_norm(input, p, [dim] if isinstance(dim, int) else list(dim), keepdim)
    else:
        if not input.dtype.is_floating_point and not input.dtype.is_complex:
            kind = input.type().rpartition(".")[2][: -len("Tensor")]
            raise NotImplementedError(
                f"linalg.vector_norm: Expected a floating point or complex tensor as input. Got {kind}"
            )
        p = 2 if p is None or p == "fro" else p
        if dim is None and not keepdim:
            result = _C.norm(input, p)
        else:
            dims = range(input.dim()) if dim is None else [dim] if isinstance(dim, int) else dim
            result = _C.norm(input, p, list(dims), keepdim)
    return result if out is None else out.copy_(result)


def split(tensor, split_size_or_sections, dim=0):
    """Views of the tensor along `dim`: pieces of one size (the last may be smaller), or of the sizes in a list."""
    if isinstance(split_size_or_sections, (tuple, list)):
        return tuple(_C.split_with_sizes(tensor, list(split_size_or_sections), dim))
    return tuple(_C.split(tensor, int(split_size_or_sections), dim))


def tensordot(a, b, dims=2, out=None):
    """The product of a and b summed over `dims`: the last of a with the first of b, or pairs of lists of dimensions."""
    if isinstance(dims, Tensor):
        dims = dims.tolist()
    if isinstance(dims, (tuple, list)):
        if len(dims) != 2:
            raise RuntimeError(f"tensordot expects dims to be two lists of dimensions, but got {len(dims)}")
        dims_a, dims_b = ([d] if isinstance(d, int) else list(d) for d in dims)
    else:
        dims = int(dims)
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = list(range(a.dim() - dims, a.dim())), list(range(dims))
    result = _C.tensordot(a, b, dims_a, dims_b)
    return result if out is None else out.copy_(result)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different elements in ascending order (or slices along `dim`, in lexicographic order).

    With `return_inverse` also where each element of the input went, with `return_counts` how often each is there.
    """
    found = _C.unique(input, sorted, return_inverse, return_counts, dim)
    return found if isinstance(found, Tensor) else tuple(found)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """As `unique`, but only neighbours are compared, and the order stays."""
    found = _C.unique_consecutive(input, return_inverse, return_counts, dim)
    return found if isinstance(found, Tensor) else tuple(found)


def unravel_index(indices, shape):
    """The coordinates, one tensor for each dimension of `shape`, of places in a flattened tensor of this shape."""
    if not isinstance(indices, Tensor):
        raise TypeError(f"expected 'indices' to be integer dtype, but got {type(indices).__name__}")
    if indices.dtype.is_floating_point or indices.dtype.is_complex or indices.dtype is _C.bool:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    shape = [shape] if isinstance(shape, int) else list(shape)
    if any(size < 0 for size in shape):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(shape)}")
    coordinates = []
    for size in reversed(shape):
        coordinates.append(indices % size)
        indices = _C.div(indices, size, rounding_mode="floor")
    return tuple(reversed(coordinates))


def _method_norm(self, p="fro", dim=None, keepdim=False, dtype=None):
    return norm(self, p, dim, keepdim, None, dtype)


def _method_split(self, split_size, dim=0):
    return split(self, split_size, dim)


for _name, _method in {
    "norm": _method_norm,
    "split": _method_split,
    "unique": unique,
    "unique_consecutive": unique_consecutive,
}.items():
    _method.__doc__ = _method.__doc__ or f"See `torch.{_name}`."
    setattr(Tensor, _name, overridable(_method, _name))
all_overridable(globals(), __all__)

_home = [_name for _name in ("istft", "lu", "pca_lowrank", "stft", "svd_lowrank") if hasattr(_C, _name)]
globals().update({_name: getattr(_C, _name) for _name in _home})
__all__ += _home
__getattr__ = _names.module_getattr("torch.functional", __all__)
