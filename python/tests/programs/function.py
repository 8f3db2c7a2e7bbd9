"""`torch.autograd.Function`."""


def _leaf(torch):
    return torch.tensor([1.0, 2.0], requires_grad=True)


def forward_and_backward(torch, show):
    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, i):
            result = i.exp()
            ctx.save_for_backward(result)
            return result

        @staticmethod
        def backward(ctx, grad_output):
            (result,) = ctx.saved_tensors
            return grad_output * result

    x = _leaf(torch)
    y = Exp.apply(x)
    show(y)
    show(y.grad_fn.name(), type(y.grad_fn).__name__, y.requires_grad)
    y.sum().backward()
    show(x.grad)


def setup_context(torch, show):
    class Mul(torch.autograd.Function):
        @staticmethod
        def forward(a, b, k):
            return a * b * k

        @staticmethod
        def setup_context(ctx, inputs, output):
            a, b, k = inputs
            ctx.save_for_backward(a, b)
            ctx.k = k

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return g * b * ctx.k, g * a * ctx.k, None

    x, w = _leaf(torch), _leaf(torch)
    Mul.apply(x, w, 3).sum().backward()
    show(x.grad, w.grad)


def needs_input_grad(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, n, b):
            show(ctx.needs_input_grad)
            return a + b

        @staticmethod
        def backward(ctx, g):
            show(ctx.needs_input_grad)
            return g, None, g

    F.apply(_leaf(torch), 3, torch.ones(2)).sum().backward()
    F.apply(torch.ones(2), 3, torch.ones(2))


def attributes_of_ctx(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, shape, *, keyword=None):
            ctx.shape, ctx.list = shape, [1, 2]
            return a.reshape(shape)

        @staticmethod
        def backward(ctx, g):
            show(ctx.shape, ctx.list)
            return g.reshape(2), None

    x = _leaf(torch)
    y = F.apply(x, (2, 1))
    show(y.grad_fn.shape)
    y.sum().backward()
    show(x.grad)


def several_results(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2, a * 3, "text", None

        @staticmethod
        def backward(ctx, *grads):
            show(grads)
            return grads[0] * 2 + grads[1] * 3

    x = _leaf(torch)
    u, v, text, none = F.apply(x)
    show(text, none, u.grad_fn is v.grad_fn, u.output_nr, v.output_nr)
    u.sum().backward()
    show(x.grad)


def results_without_gradient(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            values, indices = a.sort()
            ctx.mark_non_differentiable(indices)
            ctx.save_for_backward(indices)
            return values, indices

        @staticmethod
        def backward(ctx, g, g2):
            show(g, g2)
            (indices,) = ctx.saved_tensors
            return torch.zeros(2).index_add(0, indices, g)

    x = torch.tensor([2.0, 1.0], requires_grad=True)
    values, indices = F.apply(x)
    show(values.requires_grad, indices.requires_grad)
    values.sum().backward()
    show(x.grad)


def materialized_gradients(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.set_materialize_grads(False)
            return a.clone(), a.clone()

        @staticmethod
        def backward(ctx, g, h):
            show(g, h)
            return g

    x = _leaf(torch)
    F.apply(x)[0].sum().backward()
    show(x.grad)


def written_in_place(torch, show):
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            a.mul_(2)
            ctx.mark_dirty(a)
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = _leaf(torch)
    h = x * 1
    y = Double.apply(h)
    show(y is h, h.grad_fn.name())
    y.sum().backward()
    show(x.grad)
    show.error(lambda: Double.apply(x))


def dirty_and_not_returned(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.mark_dirty(a)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    show.error(lambda: F.apply(_leaf(torch) * 1))


def an_input_comes_back(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a

        @staticmethod
        def backward(ctx, g):
            return g * 7

    x = _leaf(torch)
    y = F.apply(x)
    show(y is x, y.requires_grad, y.is_leaf)
    y.sum().backward()
    show(x.grad)


def double_backward(torch, show):
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a**3

        @staticmethod
        def backward(ctx, g):
            (a,) = ctx.saved_tensors
            return g * 3 * a**2

    x = _leaf(torch)
    (g,) = torch.autograd.grad(Cube.apply(x).sum(), x, create_graph=True)
    show(g.detach(), g.requires_grad)
    g.sum().backward()
    show(x.grad)


def once_differentiable(torch, show):
    from torch.autograd.function import once_differentiable

    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * a

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            show(torch.is_grad_enabled())
            return g * 2 * ctx.saved_tensors[0]

    x = _leaf(torch)
    F.apply(x).sum().backward()
    show(x.grad)
    (g,) = torch.autograd.grad(F.apply(x).sum(), x, create_graph=True)
    show.error(lambda: g.sum().backward())


def wrong_numbers_of_gradients(torch, show):
    def make(result):
        class Mine(torch.autograd.Function):
            @staticmethod
            def forward(ctx, a, b):
                return a * 2

            @staticmethod
            def backward(ctx, g):
                return result(g)

        return Mine

    x = _leaf(torch)
    show.error(lambda: make(lambda g: g).apply(x, 1).sum().backward())
    show.error(lambda: make(lambda g: (g, g)).apply(x, 1).sum().backward())
    show.error(lambda: make(lambda g: (g, None, g)).apply(x, 1).sum().backward())
    show.error(lambda: make(lambda g: (3, None)).apply(x, 1).sum().backward())
    show.error(lambda: make(lambda g: (torch.ones(3), None)).apply(x, 1).sum().backward())
    x.grad = None
    make(lambda g: (g, None, None, None)).apply(x, 1).sum().backward()
    show(x.grad)
    x.grad = None
    make(lambda g: (None, None)).apply(x, 1).sum().backward()
    show(x.grad)


def not_implemented(torch, show):
    class Nothing(torch.autograd.Function):
        pass

    class NoBackward(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

    x = _leaf(torch)
    show.error(lambda: Nothing.apply(x))
    show.error(lambda: NoBackward.apply(x).sum().backward())
    show.error(lambda: Nothing()(x))


def vjp_is_another_name(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def vjp(ctx, g):
            return g * 5

    class Both(F):
        @staticmethod
        def backward(ctx, g):
            return g

    x = _leaf(torch)
    F.apply(x).sum().backward()
    show(x.grad)
    show.error(lambda: Both.apply(x).sum().backward())


def saving_what_cannot_be_saved(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a, 3)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    show.error(lambda: F.apply(_leaf(torch)))


def saving_none(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(None, a, None)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            show(ctx.saved_tensors)
            return g

    F.apply(_leaf(torch)).sum().backward()


def saved_tensors_are_checked(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.save_for_backward(a)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = _leaf(torch)
    h = x * 1
    y = F.apply(h)
    h.add_(1)
    show.error(lambda: y.sum().backward())
    y = F.apply(x).sum()
    y.backward()
    show.error(lambda: y.backward())


def a_freed_graph_without_saved_tensors(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    x = _leaf(torch)
    y = F.apply(x)
    y.backward(torch.ones(2))
    y.backward(torch.ones(2))
    show(x.grad)


def errors_of_rules_come_out(torch, show):
    class Mine(Exception):
        pass

    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, fail):
            if fail:
                raise Mine("in forward")
            return a * 2

        @staticmethod
        def backward(ctx, g):
            raise Mine("in backward")

    x = _leaf(torch)
    show.error(lambda: F.apply(x, True))
    y = F.apply(x, False).sum()
    show.error(lambda: y.backward())
    show(x.grad)


def nothing_requires_grad(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            show(torch.is_grad_enabled(), a.requires_grad)
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    show(F.apply(torch.ones(2)).requires_grad)
    with torch.no_grad():
        show(F.apply(_leaf(torch)).requires_grad)
    show(F.apply(_leaf(torch)).requires_grad)


def in_forward_nothing_is_recorded(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            inner = a * 2
            show(inner.requires_grad)
            with torch.enable_grad():
                b = a.detach().requires_grad_()
                (g,) = torch.autograd.grad((b * b).sum(), b)
            ctx.save_for_backward(g)
            return inner

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    x = _leaf(torch)
    F.apply(x).sum().backward()
    show(x.grad)


def forward_mode(torch, show):
    import torch.autograd.forward_ad as fw

    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, k):
            result = (a * k).exp()
            ctx.save_for_forward(result)
            ctx.save_for_backward(result)
            ctx.k = k
            return result

        @staticmethod
        def jvp(ctx, t, k):
            show(k)
            (result,) = ctx.saved_tensors
            return t * result * ctx.k

    class Without(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a * 2

    x = torch.tensor([0.0, 1.0])
    with fw.dual_level():
        show(fw.unpack_dual(Exp.apply(fw.make_dual(x, torch.ones(2)), 2)).tangent)
        show.error(lambda: Without.apply(fw.make_dual(x, torch.ones(2))))


def _scaled(torch):
    class Scaled(torch.autograd.Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(a, k):
            return a * a * k

        @staticmethod
        def setup_context(ctx, inputs, output):
            a, k = inputs
            ctx.save_for_backward(a)
            ctx.save_for_forward(a)
            ctx.k = k

        @staticmethod
        def backward(ctx, g):
            return g * 2 * ctx.saved_tensors[0] * ctx.k, None

        @staticmethod
        def jvp(ctx, t, _):
            return 2 * t * ctx.saved_tensors[0] * ctx.k

    return Scaled


def in_transforms(torch, show):
    F = _scaled(torch)
    x = torch.tensor([1.0, 2.0])
    show(torch.func.grad(lambda v: F.apply(v, 3).sum())(x))
    show(torch.vmap(lambda v: F.apply(v, 3))(x))
    show(torch.vmap(torch.func.grad(lambda v: F.apply(v, 3)))(x))
    show(torch.func.jvp(lambda v: F.apply(v, 3), (x,), (torch.ones(2),)))
    show(torch.func.jacrev(lambda v: F.apply(v, 3))(x))
    show(torch.func.jacfwd(lambda v: F.apply(v, 3))(x))
    show(torch.func.grad(torch.func.grad(lambda v: F.apply(v, 3)))(torch.tensor(2.0)))


def vmap_staticmethod(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(a, b):
            return a * b

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, g):
            a, b = ctx.saved_tensors
            return g * b, g * a

        @staticmethod
        def vmap(info, in_dims, a, b):
            show(info.batch_size, info.randomness, in_dims, tuple(a.shape), tuple(b.shape))
            a = a.movedim(in_dims[0], 0)
            return F.apply(a, b), 0

    show(torch.vmap(lambda a: F.apply(a, torch.tensor(3.0)))(torch.arange(3.0)))


def vmap_without_a_rule(torch, show):
    class F(torch.autograd.Function):
        @staticmethod
        def forward(a):
            return a * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, g):
            return g * 2

    show.error(lambda: torch.vmap(F.apply)(torch.ones(3)))


def gradcheck_of_functions(torch, show):
    F = _scaled(torch)
    x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    show(torch.autograd.gradcheck(lambda a: F.apply(a, 3), (x,)))
    show(torch.autograd.gradgradcheck(lambda a: F.apply(a, 3), (x,)))


def as_straight_through(torch, show):
    class Round(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a.round()

        @staticmethod
        def backward(ctx, g):
            return g

    x = torch.tensor([0.4, 0.6], requires_grad=True)
    y = Round.apply(x)
    (y * torch.tensor([2.0, 3.0])).sum().backward()
    show(y.detach(), x.grad)


def names_of_classes(torch, show):
    class Mine(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            show(type(ctx).__name__)
            return a.clone()

        @staticmethod
        def backward(ctx, g):
            return g

    y = Mine.apply(_leaf(torch))
    show(type(y.grad_fn).__name__, y.grad_fn.name())
    show(str(y.sum().grad_fn.next_functions[0][0]).split(" object")[0])
    show(Mine._backward_cls.__name__)


def views_as_results(torch, show):
    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            return a[0]

        @staticmethod
        def backward(ctx, g):
            return torch.stack([g, torch.zeros(())])

    x = _leaf(torch)
    First.apply(x).backward()
    show(x.grad)


def a_leaf_twice(torch, show):
    class Add(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, b):
            return a + b

        @staticmethod
        def backward(ctx, g):
            return g, g * 10

    x = _leaf(torch)
    Add.apply(x, x).sum().backward()
    show(x.grad)


def _writers(torch):
    class AddOne(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 3

    class Times(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            x.mul_(y)
            ctx.mark_dirty(x)
            ctx.save_for_backward(y)
            return x

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y, g * 10

    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.add_(1)
            ctx.mark_dirty(x)
            return x, x * 2

        @staticmethod
        def backward(ctx, g, h):
            return g * 3 + h * 5

    return AddOne, Times, Both


def writing_a_view_in_place(torch, show):
    AddOne, Times, _ = _writers(torch)
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b = a * 2
    v = b[:2]
    r = AddOne.apply(v)
    show(r is v, r.grad_fn.name(), v.grad_fn.name(), b.grad_fn.name(), b._version, r._base is b, r._is_view())
    show(b.detach(), r.detach())
    b.sum().backward()
    show(a.grad)
    b = torch.zeros(3)
    y = torch.ones(2, requires_grad=True)
    r = Times.apply(b[:2], y)
    show(b.requires_grad, r._base is b, b.grad_fn.name())
    b.sum().backward()
    show(y.grad)
    b = torch.zeros(3)
    r = AddOne.apply(b[:2])
    show(r.grad_fn, r._is_view(), b)


def writing_views_among_others(torch, show):
    AddOne, Times, _ = _writers(torch)
    a = torch.arange(6.0, requires_grad=True)
    b = a * 2
    v, w = b.view(2, 3)[0], b[0:3]
    AddOne.apply(v)
    show(w.grad_fn.name(), w.detach())
    (b * b).sum().backward()
    show(a.grad)
    a.grad = None
    b = a * 2
    Times.apply(b[:2], b[2:4])
    b.sum().backward()
    show(a.grad)
    a.grad = None
    b = a * 2
    r = AddOne.apply(b[::2])
    r.mul_(2)
    show(r.grad_fn.name(), b.grad_fn.name())
    b.sum().backward()
    show(a.grad)
    b = a.t() * 2 if a.ndim > 1 else (a * 2).view(2, 3).t()
    AddOne.apply(b[1:])
    (g,) = torch.autograd.grad((b**3).sum(), a, create_graph=True)
    show(g.detach(), torch.autograd.grad(g.sum(), a)[0])


def views_that_a_function_may_not_write(torch, show):
    AddOne, _, Both = _writers(torch)
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    show.error(lambda: AddOne.apply(a))
    show.error(lambda: AddOne.apply(a[:2]))
    show.error(lambda: Both.apply((a * 2)[:2]))
    show.error(lambda: AddOne.apply((a * 2).split(2)[0]))
    show.error(lambda: AddOne.apply((a * 2).unbind()[0]))
    b = a * 2
    with torch.no_grad():
        v = b[:2]
    show.error(lambda: AddOne.apply(v))
    b = a * 2
    r = AddOne.apply(b.detach()[:2])
    show(r.requires_grad, b.grad_fn.name())
    v = b[:2]
    with torch.no_grad():
        r = AddOne.apply(v)
    show(r is v, r.requires_grad, b.grad_fn.name())
