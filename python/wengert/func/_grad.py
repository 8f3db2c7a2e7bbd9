"""Gradients and derivatives of functions: `grad`, `vjp`, `jvp`, `linearize`."""

from wengert import _C
from wengert.func._vmap import like
from wengert.utils._pytree import tree_flatten, tree_unflatten, treespec_pprint

_Tensor = _C.Tensor


def check_argnums(argnums, args):
    """Fails unless `argnums` are places among the arguments, each once."""
    if isinstance(argnums, int):
        _check_argnum(argnums, len(args))
        return
    if not isinstance(argnums, tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if not argnums:
        raise RuntimeError("argnums must be non-empty")
    if not all(isinstance(i, int) for i in argnums):
        raise RuntimeError("argnums elements must be int")
    if len(set(argnums)) != len(argnums):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    for i in argnums:
        _check_argnum(i, len(args))


def _check_argnum(i, n):
    if not -n <= i < n:
        raise RuntimeError(f"Got argnum={i}, but only {n} positional inputs")


def picked(argnums, args):
    """The arguments to differentiate with respect to: one, or a tuple."""
    return args[argnums] if isinstance(argnums, int) else tuple(args[i] for i in argnums)


def replaced(argnums, args, new):
    """The arguments with others in those places."""
    args = list(args)
    if isinstance(argnums, int):
        args[argnums] = new
    else:
        for i, value in zip(argnums, new):
            args[i] = value
    return args


def check_leaves(leaves):
    """Fails unless all are tensors that can have a gradient."""
    for leaf in leaves:
        if not isinstance(leaf, _Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(leaf)}")
        if not (leaf.is_floating_point() or leaf.is_complex()):
            raise RuntimeError("only Tensors of floating point dtype can require gradients")


class Run:
    """A function run once and recorded. `has_aux`: it gives a pair of outputs and something else. `through`: the run
    whose gradients the function computes; what was recorded for them is no graph of anybody else's."""

    def __init__(self, call, leaves, has_aux, check, no_pair, through=None):
        def flat(tensors):
            given = call(tensors)
            self.aux = self.aux_spec = None
            aux = []
            if has_aux:
                if not (isinstance(given, tuple) and len(given) == 2):
                    raise RuntimeError(no_pair)
                given, rest = given
                aux, self.aux_spec = tree_flatten(rest)
                for leaf in aux:
                    if not isinstance(leaf, _Tensor):
                        raise RuntimeError(f"Expected tensors, got unsupported type {type(leaf)}")
            check(given)
            outs, self.spec = tree_flatten(given)
            self.count = len(outs)
            return outs + aux

        self.leaves = leaves
        self.record = _C._record(flat, leaves, through)
        outs = self.record.outputs()
        self.outputs = list(outs[: self.count])
        self.n_aux = len(outs) - self.count
        if has_aux:
            self.aux = tree_unflatten(outs[self.count :], self.aux_spec)

    def pull(self, cotangents, retain):
        """Gradients of the leaves; zeros where nothing arrives."""
        grads = self.record.pull([*cotangents, *[None] * self.n_aux], retain)
        return [_C.zeros_like(x) if g is None else g for g, x in zip(grads, self.leaves)]


def grad_and_value(func, argnums=0, has_aux=False):
    """A function that gives the gradient of `func`, which returns one number, and that number.

    Args:
        argnums: with respect to which arguments; a tuple gives a tuple of gradients.
        has_aux: `func` returns a pair, of the number and of something that is handed on.
    """

    def differentiated(*args, **kwargs):
        check_argnums(argnums, args)
        leaves, spec = tree_flatten(picked(argnums, args))
        check_leaves(leaves)

        def call(tensors):
            return func(*replaced(argnums, args, tree_unflatten(tensors, spec)), **kwargs)

        run = Run(
            call,
            leaves,
            has_aux,
            _check_scalar,
            "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True",
        )
        value = run.outputs[0]
        floating = value.is_floating_point() or value.is_complex()
        grads = run.pull([_C.ones_like(value) if floating else None], False)
        grads = tree_unflatten(grads, spec)
        return (grads, (value, run.aux)) if has_aux else (grads, value)

    return like(func, differentiated)


def _check_scalar(output):
    head = "grad_and_value(f)(*args): Expected f(*args) to return a "
    if not isinstance(output, _Tensor):
        raise RuntimeError(f"{head}Tensor, got {type(output)}")
    if output.dim() != 0:
        raise RuntimeError(
            f"{head}scalar Tensor, got tensor with {output.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs "
            "instead?"
        )


def grad(func, argnums=0, has_aux=False):
    """A function that gives the gradient of `func`, which returns one number. See `grad_and_value`."""
    both = grad_and_value(func, argnums, has_aux)

    def differentiated(*args, **kwargs):
        grads, value = both(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return like(func, differentiated)


def vjp(func, *primals, has_aux=False):
    """The results of `func` and the function from cotangents of the results to those of the arguments."""
    return vjp_of(func, primals, has_aux)


def vjp_of(func, primals, has_aux=False, argnums=None, through=None):
    """`vjp` with respect to some arguments alone. The function then gives them as `argnums` say."""
    wanted = primals if argnums is None else picked(argnums, primals)
    leaves, spec = tree_flatten(wanted)
    check_leaves(leaves)

    def call(tensors):
        new = tree_unflatten(tensors, spec)
        return func(*(new if argnums is None else replaced(argnums, primals, new)))

    no_pair = "vjp(f, *primals): output of function f should be a tuple: (output, aux) if has_aux is True"
    run = Run(call, leaves, has_aux, _check_outputs, no_pair, through)

    def pullback(cotangents, retain_graph=True, create_graph=None):
        given, given_spec = tree_flatten(cotangents)
        if given_spec != run.spec:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {treespec_pprint(given_spec)}, primal output: {treespec_pprint(run.spec)}"
            )
        for i, (g, out) in enumerate(zip(given, run.outputs)):
            if g.shape != out.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has a shape of "
                    f"{out.shape}."
                )
        return tree_unflatten(run.pull(given, True), spec)

    pullback._record = run.record
    output = tree_unflatten(run.outputs, run.spec)
    return (output, pullback, run.aux) if has_aux else (output, pullback)


def _check_outputs(output):
    leaves = tree_flatten(output)[0]
    for leaf in leaves:
        if not isinstance(leaf, _Tensor):
            raise RuntimeError(
                f"vjp(f, *primals): expected f(*primals) to return only tensors, got unsupported type {type(leaf)}"
            )
    if not leaves:
        raise RuntimeError(
            f"vjp(f, *primals): Expected f to be a function that has non-empty output (got output = {leaves})"
        )
    for leaf in leaves:
        if not (leaf.is_floating_point() or leaf.is_complex()):
            raise RuntimeError(
                "vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype "
                f"{leaf.dtype}"
            )


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    """The results of `func` at `primals`, and their derivatives along `tangents` (both are tuples)."""
    return jvp_of(func, primals, tangents, strict, has_aux)


def jvp_of(func, primals, tangents, strict=False, has_aux=False, argnums=None, args=()):
    """`jvp` with respect to some of `args` alone: `primals` take their places."""
    head = "jvp(f, primals, tangents): "
    if not isinstance(primals, tuple):
        raise RuntimeError(f"{head}Expected primals to be a tuple. E.g. it should be valid to call f(*primals).")
    leaves, spec = tree_flatten(primals)
    moves, moves_spec = tree_flatten(tangents)
    if spec != moves_spec:
        raise RuntimeError(
            f"{head}Expected primals and tangents to have the same python structure. For example, if primals is a "
            f"tuple of 3 tensors, tangents also must be. Got primals with structure {spec} and tangents with structure "
            f"{moves_spec}"
        )
    for what, values in (("primals", leaves), ("tangents", moves)):
        if not values:
            raise RuntimeError(f"{head}Expected {what} to contain at least one Tensor.")
        for value in values:
            if not isinstance(value, _Tensor):
                raise RuntimeError(f"{head}Expected {what} to only contain Tensors, got {type(value)}")
    for x in leaves:
        if not (x.is_floating_point() or x.is_complex()):
            raise ValueError(f"Expected primal to be floating point or complex, but got: {x.dtype}")
    found = {}

    def flat(tensors):
        new = tree_unflatten(tensors, spec)
        if argnums is not None:
            new = replaced(argnums, args, new[0] if isinstance(argnums, int) else new)
        given = func(*new)
        aux = []
        if has_aux:
            if not (isinstance(given, tuple) and len(given) == 2):
                raise RuntimeError(f"{head}output of function f should be a tuple: (output, aux) if has_aux is True")
            given, rest = given
            aux, found["aux"] = tree_flatten(rest)
            for leaf in aux:
                if not isinstance(leaf, _Tensor):
                    raise RuntimeError(f"Expected tensors, got unsupported type {type(leaf)}")
        outs, found["out"] = tree_flatten(given)
        for leaf in outs:
            if not isinstance(leaf, _Tensor):
                raise RuntimeError(
                    f"{head}expected f(*primals) to return only tensors, got unsupported type {type(leaf)}"
                )
        found["count"] = len(outs)
        return outs + aux

    outs, derivatives = _C._along(flat, leaves, moves)
    n = found["count"]
    if strict and any(t is None for t in derivatives[:n]):
        raise RuntimeError(
            "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not "
            "allowed with strict=True."
        )
    derivatives = [_C.zeros_like(out) if t is None else t for out, t in zip(outs, derivatives[:n])]
    output = tree_unflatten(outs[:n], found["out"])
    derivative = tree_unflatten(derivatives, found["out"])
    if has_aux:
        return output, derivative, tree_unflatten(outs[n:], found["aux"])
    return output, derivative


def linearize(func, *primals):
    """The results of `func` at `primals`, and its derivative there as a linear function that does not run `func` again:
    the transpose of the vector-Jacobian product, recorded once."""
    leaves, spec = tree_flatten(primals)
    output, pullback = vjp_of(func, primals)
    outs, out_spec = tree_flatten(output)

    def transposed(*us):
        return tuple(tree_flatten(pullback(tree_unflatten(us, out_spec)))[0])

    _, push = vjp_of(transposed, tuple(_C.zeros_like(out) for out in outs), through=pullback._record)

    def derivative(*tangents):
        moves, moves_spec = tree_flatten(tangents)
        if moves_spec != spec:
            raise RuntimeError(f"Expected the tangents {moves_spec} to have the same argspec as the primals {spec}")
        for i, (t, x) in enumerate(zip(moves, leaves)):
            for what in ("shape", "dtype"):
                if getattr(t, what) != getattr(x, what):
                    raise RuntimeError(
                        f"tangent:{i} with {what} {getattr(t, what)} in flattened pytree doesn't match the {what} "
                        f"{getattr(x, what)} of the corresponding primal."
                    )
        return tree_unflatten(push(tuple(moves)), out_spec)

    return output, derivative
