"""Whole Jacobians and Hessians: a product for each element of a basis, all of them in one batch."""

from wengert import _C
from wengert.func._grad import check_argnums, jvp_of, picked, vjp_of
from wengert.func._vmap import like, vmap
from wengert.utils._pytree import tree_flatten, tree_unflatten


def basis(tensors):
    """The identity over all elements of the tensors together, cut into theirs: `(n, *shape)` for each."""
    n = sum(t.numel() for t in tensors)
    out = []
    start = 0
    for t in tensors:
        rows = _C.zeros(n, t.numel(), dtype=t.dtype)
        rows.diagonal(-start).fill_(1)
        start += t.numel()
        out.append(rows.view((n, *t.shape)))
    return out


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    """The Jacobian of `func` by reverse mode, row by row: for each result and each argument a tensor of the result's
    sizes and then the argument's.

    Args:
        chunk_size: so many rows at a time.
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    def jacobian(*args):
        check_argnums(argnums, args)
        output, pullback, *aux = vjp_of(func, args, has_aux, argnums)
        outs, out_spec = tree_flatten(output)
        ins, in_spec = tree_flatten(picked(argnums, args))

        def row(*cotangents):
            return tuple(tree_flatten(pullback(tree_unflatten(cotangents, out_spec)))[0])

        rows = vmap(row, chunk_size=chunk_size)(*basis(outs))
        blocks = []
        start = 0
        for out in outs:
            own = [r.narrow(0, start, out.numel()).reshape((*out.shape, *x.shape)) for r, x in zip(rows, ins)]
            blocks.append(tree_unflatten(own, in_spec))
            start += out.numel()
        result = tree_unflatten(blocks, out_spec)
        return (result, aux[0]) if has_aux else result

    return like(func, jacobian)


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    """The Jacobian of `func` by forward mode, column by column. Shapes as of `jacrev`."""

    def jacobian(*args):
        check_argnums(argnums, args)
        wanted = picked(argnums, args)
        primals = (wanted,) if isinstance(argnums, int) else wanted
        ins, in_spec = tree_flatten(primals)
        found = {}

        def column(*tangents):
            given = jvp_of(func, primals, tree_unflatten(tangents, in_spec), False, has_aux, argnums, args)
            outs, found["spec"] = tree_flatten(given[1])
            aux, found["aux"] = tree_flatten(given[2]) if has_aux else ([], None)
            found["count"] = len(outs)
            return (*outs, *aux)

        columns = vmap(column, out_dims=-1 if not has_aux else 0, randomness=randomness)(*basis(ins))
        n = found["count"]
        blocks = []
        single = tree_flatten(wanted)[1]
        for out in columns[:n]:
            out = out if not has_aux else out.movedim(0, -1)
            start = 0
            own = []
            for x in ins:
                part = out.narrow(-1, start, x.numel())
                own.append(part.reshape((*out.shape[:-1], *x.shape)))
                start += x.numel()
            blocks.append(tree_unflatten(own, single))
        result = tree_unflatten(blocks, found["spec"])
        if has_aux:
            return result, tree_unflatten([t[0] for t in columns[n:]], found["aux"])
        return result

    return like(func, jacobian)


def hessian(func, argnums=0):
    """Second derivatives of `func`: forward mode over reverse mode."""
    return jacfwd(jacrev(func, argnums), argnums)
