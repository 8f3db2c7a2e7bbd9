"""`torch.func` and `torch.vmap`."""


def _x(torch):
    return torch.arange(6.0).reshape(2, 3), torch.tensor(3.0)


def vmap_over_dimensions(torch, show):
    x, s = _x(torch)

    def f(v):
        return v * 2

    show(torch.vmap(f)(x))
    show(torch.vmap(lambda v: v.sum(), in_dims=-1)(x))
    show(torch.vmap(lambda a, b: a + b, in_dims=(0, None))(x, s))
    show(torch.vmap(lambda a, b: a + b, in_dims=(0, None))(x, 3))
    show(torch.vmap(lambda a, b: (a * b).sum(), in_dims=(0, 1))(x, x.T))
    show(torch.vmap(f)(torch.zeros(0, 3)))


def vmap_of_trees(torch, show):
    x, s = _x(torch)
    show(torch.vmap(lambda d: d["a"], in_dims=({"a": 1},))({"a": x}))
    show(torch.vmap(lambda t: t[0] + t[1], in_dims=((0, None),))((x, s)))
    show(torch.vmap(lambda v: v[0] + v[1])([x, x]))
    show(torch.vmap(lambda a: {"u": a, "v": s})(x))
    show(torch.vmap(lambda a: [a, a], out_dims=[0, 1])(x))
    show(torch.vmap(lambda a: {"a": a}, out_dims={"a": 1})(x))


def vmap_out_dims(torch, show):
    x, s = _x(torch)
    show(torch.vmap(lambda a: (a, a), out_dims=(0, 1))(x))
    show(torch.vmap(lambda a: s, out_dims=None)(x))
    show(torch.vmap(lambda a: s)(x))
    show(torch.vmap(lambda a: a, out_dims=-1)(x))
    show.error(lambda: torch.vmap(lambda a: a, out_dims=None)(x))
    show.error(lambda: torch.vmap(lambda a: (a, a), out_dims=(0, None))(x))
    show.error(lambda: torch.vmap(lambda a: a, out_dims=0.5)(x))
    show.error(lambda: torch.vmap(lambda a: a, out_dims=3)(x))


def vmap_keywords(torch, show):
    x, _ = _x(torch)
    show(torch.vmap(lambda a, *, b: a + b)(x, b=x).shape)


def vmap_in_chunks(torch, show):
    x, s = _x(torch)
    show(torch.vmap(lambda v: v * 2, chunk_size=1)(x))
    show(torch.vmap(lambda v: (v.sum(), v), out_dims=(0, 1), in_dims=1, chunk_size=2)(x))
    show(torch.vmap(lambda v: s, chunk_size=1)(x))
    show.error(lambda: torch.vmap(lambda v: v, chunk_size=0)(x))


def vmap_errors_of_inputs(torch, show):
    x, s = _x(torch)

    def f(v):
        return v * 2

    show.error(lambda: torch.vmap(f)())
    show.error(lambda: torch.vmap(f)(3))
    show.error(lambda: torch.vmap(f, in_dims=None)(x))
    show.error(lambda: torch.vmap(f, in_dims=2)(x))
    show.error(lambda: torch.vmap(f)(s))
    show.error(lambda: torch.vmap(lambda a, b: a + b)(x, x.T))
    show.error(lambda: torch.vmap(f, in_dims="a")(x))
    show.error(lambda: torch.vmap(f, in_dims={"a": 0})({"a": x}))
    show.error(lambda: torch.vmap(f, in_dims=[0])(x))
    show.error(lambda: torch.vmap(lambda a, b: a, in_dims=(None, None))(x, x))


def vmap_errors_of_structure(torch, show):
    x, _ = _x(torch)

    def f(v):
        return v * 2

    for wrong in (lambda: torch.vmap(f, in_dims=(0, 0))(x), lambda: torch.vmap(f, out_dims=(0, 0))(x)):
        try:
            wrong()
        except ValueError as e:
            show(str(e))


def vmap_errors_of_results(torch, show):
    x, _ = _x(torch)

    def three(v):
        return 3

    def nothing(v):
        return None

    show.error(lambda: torch.vmap(three)(x))
    show.error(lambda: torch.vmap(nothing)(x))
    show(torch.vmap(three, out_dims=None)(x))


def vmap_randomness(torch, show):
    x, _ = _x(torch)
    show.error(lambda: torch.vmap(lambda a: a + torch.randn(3))(x))
    show(torch.vmap(lambda a: a * 0 + torch.randn(3), randomness="same")(x))
    show(torch.vmap(lambda a: a * 0 + torch.randn(3), randomness="different")(x))
    show.error(lambda: torch.vmap(lambda a: a, randomness="x"))


def vmap_reads_no_numbers(torch, show):
    x, _ = _x(torch)
    show.error(lambda: torch.vmap(lambda a: a.sum().item())(x))


def vmap_in_vmap(torch, show):
    x, _ = _x(torch)
    show(torch.vmap(torch.vmap(lambda a: a * a))(x))
    show(torch.vmap(lambda u: torch.vmap(lambda v: u * v)(x[0]))(x[1]))


def vmap_keeps_the_name(torch, show):
    def mine(v):
        """What it does."""
        return v

    show(torch.vmap(mine).__name__, torch.vmap(mine).__doc__)
    show(torch.func.grad(mine).__name__)


def vmap_of_backward_is_tracked(torch, show):
    x, _ = _x(torch)
    w = torch.ones(3, requires_grad=True)
    y = torch.vmap(lambda v: (v * w).sum())(x)
    y.sum().backward()
    show(w.grad)


def grad_of_arguments(torch, show):
    x, s = _x(torch)
    f = torch.func.grad

    def total(v):
        return (v**2).sum()

    show(f(total)(x))
    show(f(total, argnums=-1)(x))
    show(f(lambda a, b: (a * b).sum(), argnums=(0, 1))(x, s))
    show(f(lambda a, b: (a * b).sum(), argnums=1)(x, s))
    show(f(lambda d: (d["a"] ** 2).sum())({"a": x}))
    show(f(lambda v: s * 2)(x))
    show(f(lambda v, k: (v * k).sum())(x, k=s))


def grad_with_aux(torch, show):
    x, _ = _x(torch)

    def total(v):
        return (v**2).sum()

    show(torch.func.grad(lambda v: (total(v), v), has_aux=True)(x))
    show(torch.func.grad_and_value(total)(x))
    show(torch.func.grad_and_value(lambda v: (total(v), {"k": v + 1}), has_aux=True)(x))
    show.error(lambda: torch.func.grad(total, has_aux=True)(x))
    show.error(lambda: torch.func.grad(lambda v: (total(v), 3), has_aux=True)(x))


def grad_errors(torch, show):
    x, _ = _x(torch)
    f = torch.func.grad

    def total(v):
        return (v**2).sum()

    show.error(lambda: f(lambda v: v * 2)(x))
    show.error(lambda: f(lambda v: 3)(x))
    show.error(lambda: f(total, argnums=1)(x))
    show.error(lambda: f(lambda v: (total(v), total(v)))(x))
    show.error(lambda: f(total)(3))
    show.error(lambda: f(total, argnums="a")(x))
    show.error(lambda: f(total, argnums=(0, 0))(x))
    show.error(lambda: f(total, argnums=())(x))
    show.error(lambda: f(total)(torch.arange(3)))
    show.error(lambda: f(lambda v: total(v).reshape(1))(x))
    show.error(lambda: f(total)())


def grad_of_grad(torch, show):
    s = torch.tensor(2.0)
    f = torch.func.grad
    show(f(f(f(lambda v: v**4)))(s))
    show(f(lambda v: f(lambda u: u * v)(v) * v)(s))
    show(torch.vmap(f(f(lambda v: v.sin())))(torch.arange(3.0)))


def grad_of_a_leaf_outside(torch, show):
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    g = torch.func.grad(lambda v: (v * v * w).sum())(torch.ones(2))
    show(g.requires_grad)
    g.sum().backward()
    show(w.grad)
    show(torch.func.grad(lambda v: (v * v).sum())(torch.ones(2)).requires_grad)


def per_sample_gradients(torch, show):
    x, _ = _x(torch)
    w = torch.tensor([1.0, -1.0, 0.5])

    def loss(w, v):
        return torch.tanh(w @ v)

    show(torch.vmap(torch.func.grad(loss), in_dims=(None, 0))(w, x))


def vjp_of_functions(torch, show):
    x, s = _x(torch)
    out, pull = torch.func.vjp(lambda v: v * 2, x)
    show(out, pull(x))
    out, pull = torch.func.vjp(lambda a, b: (a * b, b), x, s)
    show(out, pull((x, s)))
    out, pull = torch.func.vjp(lambda v: {"a": v}, x)
    show(pull({"a": x}))
    out, pull, aux = torch.func.vjp(lambda v: (v, v + 1), x, has_aux=True)
    show(aux)
    out, pull = torch.func.vjp(lambda v: [v, v], x)
    show(pull([x, x]))


def vjp_errors(torch, show):
    x, s = _x(torch)
    f = torch.func.vjp
    show.error(lambda: f(lambda v: v, x)[1](s))
    show.error(lambda: f(lambda v: v, 3))
    show.error(lambda: f(lambda v: 3, x))
    show.error(lambda: f(lambda v: (v, 3), x))
    show.error(lambda: f(lambda v: {"a": v}, x)[1](x))
    show.error(lambda: f(lambda v: v, x, has_aux=True))
    show.error(lambda: f(lambda v: (), x))
    show.error(lambda: f(lambda v: v.long(), x))
    show.error(lambda: f(lambda v: v, torch.arange(3)))


def jvp_of_functions(torch, show):
    x, s = _x(torch)
    f = torch.func.jvp
    show(f(lambda v: v * 2, (x,), (x,)))
    show(f(lambda a, b: (a * b, {"c": a}), (x, s), (x, s)))
    show(f(lambda v: (v, v + 1), (x,), (x,), has_aux=True))
    show(f(lambda v: s, (x,), (x,)))


def jvp_errors(torch, show):
    x, s = _x(torch)
    f = torch.func.jvp

    def g(v):
        return v * 2

    show.error(lambda: f(g, x, x))
    show.error(lambda: f(g, [x], [x]))
    show.error(lambda: f(g, (x,), (s,)))
    show.error(lambda: f(g, (), ()))
    show.error(lambda: f(g, (3,), (3,)))
    show.error(lambda: f(lambda v: 3, (x,), (x,)))
    show.error(lambda: f(lambda v: (v, 3), (x,), (x,)))
    show.error(lambda: f(g, (x,), (x,), has_aux=True))
    show.error(lambda: f(lambda v: s, (x,), (x,), strict=True))
    show.error(lambda: f(g, (torch.arange(3),), (torch.arange(3),)))


def jacobians(torch, show):
    x, s = _x(torch)
    for jac in (torch.func.jacrev, torch.func.jacfwd):
        show(jac(lambda v: v * v)(x[0]))
        show(jac(lambda a, b: (a * b, {"q": b}), argnums=(0, 1))(x[0], s))
        show(jac(lambda v: (v * 2, v + 1), has_aux=True)(x[0]))
        show(jac(lambda d: d["a"] * 2)({"a": s}))
        show(jac(lambda v: torch.tensor([1.0, 2.0]))(s))
        show(jac(lambda v: v.sum(0))(x).shape)
    show(torch.func.jacrev(lambda v: v * 2, chunk_size=2)(x[0]))


def jacobian_errors(torch, show):
    x, _ = _x(torch)
    show.error(lambda: torch.func.jacrev(lambda v: v, argnums=1)(x))
    show.error(lambda: torch.func.jacfwd(lambda v: v, argnums=1)(x))
    show.error(lambda: torch.func.jacrev(lambda v: 3)(x))
    show.error(lambda: torch.func.jacfwd(lambda v: 3)(x))
    show.error(lambda: torch.func.jacrev(lambda v: v, chunk_size=0)(x))
    show.error(lambda: torch.func.jacrev(lambda v: v)(3))


def hessians(torch, show):
    x, s = _x(torch)
    show(torch.func.hessian(lambda v: (v**3).sum())(x[0]))
    show(torch.func.hessian(lambda v: v.sin() * s)(s))
    show(torch.func.jacrev(torch.func.jacfwd(lambda v: (v**3).sum()))(x[0]))
    show(torch.vmap(torch.func.hessian(lambda v: (v**3).sum()))(x))


def linearized(torch, show):
    x, s = _x(torch)
    out, push = torch.func.linearize(lambda v: v * v, x)
    show(out, push(x), push(torch.ones(2, 3)))
    out, push = torch.func.linearize(lambda a, b: (a * b, a), x, s)
    show(push(x, s)[0].detach(), push(x, s)[1].detach())
    show.error(lambda: torch.func.linearize(lambda v: v, x)[1](s))
    show.error(lambda: torch.func.linearize(lambda v: v, x)[1](x.double()))


def functionalized(torch, show):
    def f(v):
        v = v.clone()
        v.add_(1)
        return v

    show(torch.func.functionalize(f)(torch.ones(2)))
    show.error(lambda: torch.func.functionalize(f, remove="x"))


def functional_calls(torch, show):
    x, _s = _x(torch)
    m = torch.nn.Linear(3, 1)
    call = torch.func.functional_call
    one, zero = torch.ones(1, 3), torch.zeros(1)
    show(call(m, {"weight": one, "bias": zero}, x))
    show(call(m, [{"weight": one}, {"bias": zero}], (x,)))
    show.error(lambda: call(m, 3, x))
    show.error(lambda: call(m, [{"weight": one}, {"weight": one}], (x,)))
    params = {k: v.detach() for k, v in m.named_parameters()}
    grads = torch.func.grad(lambda p: call(m, p, x).sum())(params)
    show(sorted(grads), grads["bias"], grads["weight"])


def ensembles(torch, show):
    x, _ = _x(torch)
    models = [torch.nn.Linear(3, 1) for _ in range(2)]
    params, buffers = torch.func.stack_module_state(models)
    show([(k, tuple(v.shape), v.requires_grad) for k, v in params.items()], buffers)
    base = models[0]
    out = torch.vmap(lambda p, v: torch.func.functional_call(base, p, (v,)), in_dims=(0, None))(params, x)
    show(out.shape, torch.allclose(out[1], models[1](x)))
    show.error(lambda: torch.func.stack_module_state([]))
    show.error(lambda: torch.func.stack_module_state([torch.nn.Linear(3, 1), torch.nn.ReLU()]))
    show.error(lambda: torch.func.stack_module_state([torch.nn.Linear(3, 1), torch.nn.Linear(3, 1).eval()]))


def batch_norm_without_statistics(torch, show):
    m = torch.nn.Sequential(torch.nn.BatchNorm1d(2), torch.nn.Linear(2, 1))
    show(torch.func.replace_all_batch_norm_modules_(m) is m)
    show(m[0].running_mean, m[0].running_var, m[0].num_batches_tracked, m[0].track_running_stats)
    show(torch.vmap(m[0], randomness="error")(torch.arange(8.0).reshape(2, 2, 2)).detach().shape)
