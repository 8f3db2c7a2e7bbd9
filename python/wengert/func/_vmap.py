"""`vmap`: a function of one example becomes one of a batch."""

from wengert import _C
from wengert.utils._pytree import (
    _broadcast_to_and_flatten,
    tree_flatten,
    tree_leaves,
    tree_structure,
    tree_unflatten,
)

_Tensor = _C.Tensor


def name_of(func):
    """What messages call a function."""
    return getattr(func, "__name__", None) or repr(func)


def like(func, made):
    """Gives `made` the name and the documentation of `func`."""
    from functools import wraps

    return wraps(func)(made)


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    """`func` for batches: each tensor of its arguments has a dimension more, over which it is mapped.

    Args:
        in_dims: which dimension that is; one for all, or a tuple with one for each argument (nested as the arguments
            are). None: the argument is the same for all examples.
        out_dims: where the batch goes in the results; None for a result that does not depend on the example.
        randomness: random operations are an error (`error`), give each example numbers of its own (`different`), or the
            same (`same`).
        chunk_size: so many examples at a time.
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    def mapped(*args, **kwargs):
        return _call(func, in_dims, out_dims, randomness, chunk_size, args, kwargs)

    return like(func, mapped)


def _call(func, in_dims, out_dims, randomness, chunk_size, args, kwargs):
    leaves, spec, dims = _inputs(func, in_dims, args)
    size = _batch_size(leaves, dims)
    places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, _Tensor)]
    tensors = [leaves[i] if dims[i] is None else leaves[i].movedim(dims[i], 0) for i in places]
    flags = [dims[i] is not None for i in places]

    def run(tensors):
        filled = list(leaves)
        for i, tensor in zip(places, tensors):
            filled[i] = tensor
        return func(*tree_unflatten(filled, spec), **kwargs)

    if chunk_size is None or chunk_size >= size:
        return _once(func, run, size, randomness, tensors, flags, out_dims)[0]
    parts = []
    for start in range(0, size, chunk_size):
        count = min(chunk_size, size - start)
        some = [t.narrow(0, start, count) if flag else t for t, flag in zip(tensors, flags)]
        parts.append(_once(func, run, count, randomness, some, flags, out_dims))
    return _joined(parts)


def _inputs(func, in_dims, args):
    """The leaves of the arguments, their structure, and for each leaf the dimension to map over or None."""
    name = name_of(func)
    head = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): "
    if not isinstance(in_dims, (int, tuple)):
        raise ValueError(
            f"{head}expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
            "function with no inputs. The latter is unsupported."
        )
    leaves, spec = tree_flatten(args)
    dims = _broadcast_to_and_flatten(in_dims, spec)
    if dims is None:
        raise ValueError(
            f"{head}in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{tree_structure(in_dims)} but inputs has structure {spec}."
        )
    for i, (leaf, dim) in enumerate(zip(leaves, dims)):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(leaf, _Tensor):
            raise ValueError(
                f"{head}Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        ndim = leaf.dim()
        if dim < -ndim or dim >= ndim:
            raise ValueError(
                f"{head}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {ndim} so "
                f"expected in_dim to satisfy -{ndim} <= in_dim < {ndim}."
            )
        if dim < 0:
            dims[i] = dim + ndim
    return leaves, spec, dims


def _batch_size(leaves, dims):
    sizes = [leaf.shape[dim] for leaf, dim in zip(leaves, dims) if dim is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(size != sizes[0] for size in sizes):
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return sizes[0]


def _once(func, run, size, randomness, tensors, flags, out_dims):
    """One call for `size` examples: its result, the dimension of each leaf, the structure."""
    given = None

    def flat(tensors):
        nonlocal given
        given = tree_flatten(run(tensors))
        return [leaf for leaf in given[0] if isinstance(leaf, _Tensor)]

    outs, mapped = _C._vmap_call(flat, size, randomness, tensors, flags)
    leaves, spec = given
    dims = _out_dims(func, out_dims, spec)
    found = iter(zip(outs, mapped))
    placed = [_placed(func, leaf, dim, size, found) for leaf, dim in zip(leaves, dims)]
    return tree_unflatten(placed, spec), dims, spec


def _out_dims(func, out_dims, spec):
    name = name_of(func)
    dims = _broadcast_to_and_flatten(out_dims, spec)
    if dims is None and isinstance(out_dims, tuple) and len(out_dims) == 1 and spec.is_leaf():
        dims = list(out_dims)
    if dims is None:
        raise ValueError(
            f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of "
            f"`outputs`. out_dims has structure {tree_structure(out_dims)} but outputs has structure {spec}."
        )
    for dim in tree_leaves(out_dims):
        if dim is not None and not isinstance(dim, int):
            raise ValueError(
                f"vmap({name}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of "
                "ints representing where in the outputs the vmapped dimension should appear."
            )
    return dims


def _placed(func, leaf, dim, size, found):
    """A result with its batch at `dim`."""
    name = name_of(func)
    if not isinstance(leaf, _Tensor):
        if dim is None:
            return leaf
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(leaf)}. Did you mean to set "
            "out_dims= to None for output?"
        )
    out, mapped = next(found)
    if dim is None:
        if mapped:
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return out
    if not mapped:
        out = out.unsqueeze(0).expand(size, *out.shape)
    return out if dim == 0 else out.movedim(0, dim)


def _joined(parts):
    """The results of all chunks, one behind the other."""
    leaves = [tree_leaves(tree) for tree, _, _ in parts]
    _, dims, spec = parts[0]
    joined = [pieces[0] if dim is None else _C.cat(list(pieces), dim) for dim, pieces in zip(dims, zip(*leaves))]
    return tree_unflatten(joined, spec)
