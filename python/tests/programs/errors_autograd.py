"""What is said of mistakes with gradients: leaves, graphs, versions, hooks, functions, transforms."""

from ._common import tensors as _tensors


def grads_required_of_integers(torch, show):
    lines = """
        i.requires_grad_()
        torch.tensor([1], requires_grad=True)
        torch.zeros(2, dtype=torch.bool, requires_grad=True)
        nn.Parameter(i)
        setattr(i, "requires_grad", True)
        setattr(x, "requires_grad", "a")
        setattr(x, "requires_grad", 1)
        setattr(g * 2, "requires_grad", False)
        (g * 2).requires_grad_(False)
        """
    show.errors(lines, _tensors(torch))


def grads_assigned(torch, show):
    lines = """
        setattr(x, "grad", v)
        setattr(x, "grad", 1)
        setattr(x, "grad", "a")
        setattr(x, "grad", x)
        setattr(g, "grad", g)
        setattr(g, "data", 1)
        setattr(g, "data", torch.tensor([1]))
        setattr(g, "data", None)
        delattr(g, "grad")
        """
    show.errors(lines, _tensors(torch))


def backward(torch, show):
    lines = """
        x.backward()
        x.sum().backward()
        (g * 2).backward()
        (g * 2).backward(v)
        (g * 2).backward(1)
        (g * 2).backward("a")
        (g * 2).backward([torch.ones(2, 3)])
        (g * 2).sum().backward(torch.ones(2))
        (g * 2).backward(torch.ones(2, 3, dtype=torch.int64))
        g.detach().backward()
        (g > 1).sum().backward()
        torch.autograd.backward([])
        torch.autograd.backward([g.sum(), g.sum()], [torch.ones(())])
        torch.autograd.backward(g, grad_variables=x, grad_tensors=x)
        torch.autograd.backward(1)
        (g * 2).sum().backward(inputs=[])
        (g * 2).sum().backward(inputs=[x])
        (g * 2).sum().backward(inputs=1)
        """
    show.errors(lines, _tensors(torch))


def backward_twice(torch, show):
    g = torch.ones(2, requires_grad=True)
    y = (g * g).sum()
    y.backward()
    show.raised(lambda: y.backward())
    z = (g.exp()).sum()
    torch.autograd.grad(z, g)
    show.raised(lambda: torch.autograd.grad(z, g))
    show.raised(lambda: z.grad_fn.next_functions[0][0]._saved_result)


def grad(torch, show):
    lines = """
        torch.autograd.grad(x.sum(), x)
        torch.autograd.grad(g.sum(), x)
        torch.autograd.grad(g.sum(), torch.ones(2, requires_grad=True))
        torch.autograd.grad(g * 2, g)
        torch.autograd.grad(g * 2, g, v)
        torch.autograd.grad(g * 2, [])
        torch.autograd.grad([], [g])
        torch.autograd.grad(1, g)
        torch.autograd.grad(g.sum(), 1)
        torch.autograd.grad(g.sum(), [g, 1])
        torch.autograd.grad(g.sum(), g, foo=1)
        torch.autograd.grad(g.sum(), g, allow_unused=False, materialize_grads=True)
        torch.autograd.grad(g * 2, g, torch.ones(3, 2, 3), is_grads_batched=True)[0].shape
        torch.autograd.grad()
        """
    show.errors(lines, _tensors(torch))


def in_place_on_leaves(torch, show):
    lines = """
        g.add_(1)
        g.zero_()
        g.fill_(0)
        g.copy_(x)
        g.t_()
        g[0].add_(1)
        g.view(6).mul_(2)
        g.__setitem__(0, 1.0)
        g.t().add_(1)
        g.expand(2, 2, 3).add_(1)
        g.normal_()
        g.resize_(6)
        torch.add(x, x, out=g)
        torch.exp(g, out=x)
        torch.mm(g, g.t(), out=torch.ones(2, 2))
        g.apply_(float)
        x.add_(g).requires_grad
        g.unbind()[0].add_(1)
        (g * 1).unbind()[0].add_(1)
        (g * 1).split(1)[0].add_(1)
        (g * 1).detach_().requires_grad
        g.view(6).detach_()
        x.expand(4, 2, 3).add_(1)
        x.expand(4, 2, 3).zero_()
        x.expand(4, 2, 3).copy_(torch.ones(4, 2, 3))
        """
    show.errors(lines, _tensors(torch))


def versions(torch, show):
    def after(change, f):
        x = torch.ones(2, requires_grad=True)
        a = x * 1
        y = f(a)
        change(a, y)
        show.error(lambda: y.sum().backward())

    after(lambda a, y: a.add_(1), lambda a: a * a)
    after(lambda a, y: a.mul_(2), lambda a: a.sin())
    after(lambda a, y: y.mul_(2), lambda a: a.exp())
    after(lambda a, y: y.zero_(), lambda a: a.tanh())
    after(lambda a, y: a[0].zero_(), lambda a: a.pow(3))
    after(lambda a, y: a.zero_(), lambda a: torch.dot(a, a))
    after(lambda a, y: y.add_(1), lambda a: a.softmax(0))
    after(lambda a, y: a.__setitem__(0, 5.0), lambda a: a.log())
    w = torch.ones(3, 2, requires_grad=True)
    h = torch.nn.functional.linear(torch.ones(1, 2), w * 1)
    i = torch.tensor([0, 1])
    e = h.sum() * 2
    z = w.index_select(0, i)
    i.add_(1)
    show.error(lambda: (z.sum() + e).backward())


def inference(torch, show):
    with torch.inference_mode():
        x = torch.ones(2)
    show.raised(lambda: x.add_(torch.ones(2, requires_grad=True)))
    show.raised(lambda: x.requires_grad_())
    show.raised(lambda: x * torch.ones(2, requires_grad=True))
    show.raised(lambda: x.add_(1))
    show.raised(lambda: x._version)
    show.raised(lambda: torch.set_grad_enabled("a"))


def copies(torch, show):
    import copy

    g = torch.ones(2, requires_grad=True)
    show.raised(lambda: copy.deepcopy(g * 2))
    show.raised(lambda: copy.deepcopy([g.sum()]))
    show.raised(lambda: torch.tensor([g * 2, 1.0]))


def hooks(torch, show):
    lines = """
        x.register_hook(print)
        (g * 2).register_post_accumulate_grad_hook(print)
        x.register_post_accumulate_grad_hook(print)
        x.retain_grad()
        g.grad_fn.name()
        nn.Linear(1, 1).register_forward_hook()
        """
    show.errors(lines, _tensors(torch))

    def bad(result):
        y = g * 2
        y.register_hook(lambda grad: result)
        show.raised(lambda: y.sum().backward())

    g = torch.ones(2, requires_grad=True)
    bad(1)
    bad("a")
    bad(torch.ones(3))


def own_functions(torch, show):
    x = torch.ones(2, requires_grad=True)

    def function(forward, backward):
        return type(
            "Mine", (torch.autograd.Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)}
        )

    def run(forward, backward, *args):
        def call():
            out = function(forward, backward).apply(*(args or (x,)))
            out.sum().backward()
            return "done"

        show.raised(call)

    run(lambda ctx, a: a * 2, lambda ctx, g: (g, g))
    run(lambda ctx, a, b: a * 2, lambda ctx, g: g, x, x)
    run(lambda ctx, a: a * 2, lambda ctx, g: torch.ones(3))
    run(lambda ctx, a: a * 2, lambda ctx, g: "a")
    run(lambda ctx, a: a * 2, lambda ctx, g: 1.0)
    run(lambda ctx, a: a * 2, lambda ctx, g: ())
    run(lambda ctx, a: "a", lambda ctx, g: g)
    run(lambda ctx, a: 1, lambda ctx, g: g)
    run(lambda ctx: torch.ones(1), lambda ctx, g: g, x)
    run(lambda ctx, a: ctx.save_for_backward(1) or a * 2, lambda ctx, g: g)
    run(lambda ctx, a: ctx.mark_dirty(1) or a * 2, lambda ctx, g: g)
    run(lambda ctx, a: ctx.save_for_backward(a) or a * 2, lambda ctx, g: g * ctx.saved_tensors[1])
    run(lambda ctx, a: a * 2, lambda ctx, g: g * ctx.missing)
    run(lambda ctx, a: a.mul_(2), lambda ctx, g: g)
    run(lambda ctx, a: 1 / 0, lambda ctx, g: g)
    run(lambda ctx, a: a * 2, lambda ctx, g: 1 / 0)
    show.raised(lambda: torch.autograd.Function.apply(x))
    show.raised(lambda: type("NoForward", (torch.autograd.Function,), {}).apply(x))
    only = type("NoBackward", (torch.autograd.Function,), {"forward": staticmethod(lambda ctx, a: a * 2)})
    show.raised(lambda: only.apply(x).sum().backward())
    show.raised(lambda: only()(x))
    show.raised(lambda: only().apply(x).sum())
    no_jvp = function(lambda ctx, a: a * 2, lambda ctx, g: g * 2)
    show.error(lambda: torch.vmap(no_jvp.apply)(x.detach()))


def once_differentiable(torch, show):
    from torch.autograd.function import once_differentiable

    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0]

    x = torch.ones(2, requires_grad=True)
    (g,) = torch.autograd.grad(Once.apply(x).sum(), x, create_graph=True)
    show.raised(lambda: g.sum().backward())


def checks_of_gradients(torch, show):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 3

    gradcheck = torch.autograd.gradcheck
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    show.error(lambda: gradcheck(Wrong.apply, x))
    show(gradcheck(Wrong.apply, x, raise_exception=False))
    show.error(lambda: gradcheck(torch.sin, x.detach()))
    show.error(lambda: gradcheck(lambda x: x.detach(), x))
    show.error(lambda: gradcheck(torch.sin, 1))
    show.error(lambda: torch.autograd.gradgradcheck(Wrong.apply, x))


def anomalies(torch, show):
    x = torch.zeros(2, requires_grad=True)
    with torch.autograd.detect_anomaly():
        show.error(lambda: (x / x).sum().backward() or "done")
        show.error(lambda: (x.sqrt() * 0).sum().backward())
    show.raised(lambda: torch.autograd.set_detect_anomaly("a"))


def functional_api(torch, show):
    A = torch.autograd.functional
    x = torch.ones(2)
    show.error(lambda: A.jacobian(lambda x: 1, x))
    show.error(lambda: A.jacobian(lambda x: x, 1))
    show.error(lambda: A.hessian(lambda x: x, x))
    show.error(lambda: A.hvp(lambda x: x, x, x))
    show.error(lambda: A.vjp(lambda x: x * 2, x))
    show.error(lambda: A.vjp(lambda x: x * 2, x, torch.ones(3)))
    show.error(lambda: A.jvp(lambda x: x * 2, x))
    show.error(lambda: A.jacobian(lambda x: x.detach(), x, strict=True))
    show.error(lambda: A.jacobian(lambda x: torch.ones(2), x, strict=True))
    show.error(lambda: A.jacobian(lambda x: x, x, strategy="a"))


def transforms(torch, show):
    F, x = torch.func, torch.ones(2)
    show.error(lambda: F.grad(lambda x: x)(x))
    show.error(lambda: F.grad(lambda x: 1)(x))
    show.error(lambda: F.grad(lambda x: x.sum())(1))
    show.error(lambda: F.grad(lambda x: x.sum(), argnums=1)(x))
    show.error(lambda: F.grad(lambda x: x.sum(), argnums="a")(x))
    show.error(lambda: F.grad(lambda x: x.sum())(torch.tensor([1, 2])))
    show.error(lambda: F.vjp(lambda x: x * 2, x)[1](torch.ones(3)))
    show.error(lambda: F.jvp(lambda x: x, x, x))
    show.error(lambda: F.jvp(lambda x: x, (x,), (torch.ones(3),)))
    show.error(lambda: F.jvp(lambda x: x, (x,), (x, x)))
    show.error(lambda: F.jvp(lambda x: x, (), ()))
    show.error(lambda: F.jacrev(lambda x: x, chunk_size=0)(x))
    show.error(lambda: F.hessian(lambda x: x.sum())(1))
    show.error(lambda: F.functional_call(torch.nn.Linear(1, 1), {"foo": x}, x, strict=True))


def vmap(torch, show):
    x, s = torch.ones(2, 3), torch.tensor(1.0)
    v = torch.vmap
    show.error(lambda: v(lambda x: x)(s))
    show.error(lambda: v(lambda x: x)(1))
    show.error(lambda: v(lambda x: x)())
    show.error(lambda: v(lambda x, y: x)(x, torch.ones(3)))
    show.error(lambda: v(lambda x: x, in_dims=2)(x))
    show.error(lambda: v(lambda x: x, in_dims="a")(x))
    show.error(lambda: v(lambda x: x, in_dims=(0, 0))(x))
    show.error(lambda: v(lambda x: x, in_dims=None)(x))
    show.error(lambda: v(lambda x: x, out_dims=5)(x))
    show.error(lambda: v(lambda x: x, out_dims=None)(x))
    show.error(lambda: v(lambda x: 1)(x))
    show.error(lambda: v(lambda x: x.item())(torch.ones(2)))
    show.error(lambda: v(lambda x: float(x))(torch.ones(2)))
    show.error(lambda: v(lambda x: x if x > 0 else -x)(torch.ones(2)))
    show.error(lambda: v(lambda x: torch.rand(2))(x))
    show.error(lambda: v(lambda x: x + torch.randn_like(x), randomness="foo")(x))
    show.error(lambda: v(lambda x: x, chunk_size=0)(x))
    show.error(lambda: v(lambda x: x.tolist())(x))
    show.error(lambda: v(lambda x: x.numpy())(x))
    show.error(lambda: v(lambda x: f"{x:.2f}")(torch.ones(2)))
    show.error(lambda: v(lambda x: x.data_ptr())(x))


def forward_mode(torch, show):
    fw = torch.autograd.forward_ad
    x = torch.ones(2)
    show.raised(lambda: fw.make_dual(x, x))
    show.raised(lambda: fw.exit_dual_level())
    with fw.dual_level():
        show.raised(lambda: fw.make_dual(x, torch.ones(3)))
        show.raised(lambda: fw.make_dual(torch.tensor([1]), torch.tensor([1])))
        show.raised(lambda: fw.make_dual(x, 1))
        show.raised(lambda: fw.make_dual(fw.make_dual(x, x), x))
        show.raised(lambda: fw.unpack_dual(1))


def checkpoints(torch, show):
    c = torch.utils.checkpoint
    x = torch.ones(2, requires_grad=True)
    show.error(lambda: c.checkpoint(torch.sin, x, use_reentrant=False, foo=1))
    show.error(lambda: c.checkpoint(1, x, use_reentrant=False))
    n = [0]

    def changing(x):
        n[0] += 1
        return x.sin() if n[0] == 1 else x

    y = c.checkpoint(changing, x, use_reentrant=False)
    show.error(lambda: y.sum().backward())


def exceptions_of_ones_own_come_out(torch, show):
    def fail(*args):
        raise KeyError("mine")

    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            raise KeyError("in backward")

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(fail)
    show.raised(lambda: y.sum().backward())
    show.raised(lambda: Fails.apply(x).sum().backward())
    show.raised(lambda: torch.vmap(fail)(torch.ones(2)))
    show.raised(lambda: torch.func.grad(fail)(torch.ones(2)))
    show.raised(lambda: torch.func.jvp(fail, (torch.ones(2),), (torch.ones(2),)))
    show.raised(lambda: torch.autograd.functional.jacobian(fail, torch.ones(2)))
    show.raised(lambda: torch.utils.checkpoint.checkpoint(fail, x, use_reentrant=False))
    z = x.sum()
    z.backward()
    show(x.grad)


def modes_end_when_something_is_raised(torch, show):
    def inside(mode):
        try:
            with mode:
                raise ValueError("a")
        except ValueError as e:
            show(e, torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_anomaly_enabled())

    inside(torch.no_grad())
    inside(torch.inference_mode())
    inside(torch.set_grad_enabled(False))
    inside(torch.autograd.detect_anomaly())
    show.error(lambda: torch.vmap(lambda x: x.item())(torch.ones(2)))
    show(torch.ones(2) + 1)
