"""`torch.autograd.forward_ad`."""


def _fw(torch):
    import torch.autograd.forward_ad as fw

    return fw, torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.5])


def a_level(torch, show):
    fw, x, t = _fw(torch)
    with fw.dual_level():
        d = fw.make_dual(x, t)
        y = d.sin() * 2
        show(fw.unpack_dual(y))
        show(fw.unpack_dual(y).primal, fw.unpack_dual(y).tangent)
        show(fw.unpack_dual(x))
    show(fw.unpack_dual(y))


def levels_by_hand(torch, show):
    fw, x, t = _fw(torch)
    level = fw.enter_dual_level()
    show(level)
    d = fw.make_dual(x, t)
    show(fw.unpack_dual((d * d).sum()))
    fw.exit_dual_level()
    show.error(lambda: fw.exit_dual_level(level=3))


def errors(torch, show):
    fw, x, t = _fw(torch)
    show.error(lambda: fw.make_dual(x, t))
    with fw.dual_level():
        show.error(lambda: fw.make_dual(x, torch.ones(3)))
        show.error(lambda: fw.make_dual(torch.arange(2), torch.arange(2)))
        show.error(lambda: fw.make_dual(x, torch.arange(2)))


def with_modules(torch, show):
    fw, _, t = _fw(torch)
    m = torch.nn.Linear(2, 1)
    with torch.no_grad():
        m.weight.fill_(2.0)
        m.bias.fill_(0.0)
    with fw.dual_level():
        y = m(fw.make_dual(torch.ones(1, 2), t.reshape(1, 2)))
        show(fw.unpack_dual(y).tangent.detach())


def constants_have_none(torch, show):
    fw, x, t = _fw(torch)
    with fw.dual_level():
        d = fw.make_dual(x, t)
        show(fw.unpack_dual(x * 2).tangent, fw.unpack_dual(d.detach()).tangent is None)
        show(fw.unpack_dual(d > 1).tangent)


def views_and_indices(torch, show):
    fw, x, t = _fw(torch)
    with fw.dual_level():
        d = fw.make_dual(x, t)
        show(fw.unpack_dual(d[0]), fw.unpack_dual(d.reshape(2, 1).T))


def in_place(torch, show):
    fw, x, t = _fw(torch)
    with fw.dual_level():
        d = fw.make_dual(x, t)
        z = torch.zeros(2)
        z.add_(d)
        show(fw.unpack_dual(z).tangent)


def names(torch, show):
    fw, x, _ = _fw(torch)
    show(type(fw.unpack_dual(x)).__name__, fw.UnpackedDualTensor._fields)


def _both(fw, g):
    pair = fw.unpack_dual(g)
    return pair.primal.detach(), pair.tangent.detach(), pair.tangent.requires_grad


def gradients_have_tangents(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()
    with fw.dual_level():
        d = fw.make_dual(x, t)
        for f in (lambda v: v**3, torch.exp, torch.sigmoid, lambda v: v * v * v, lambda v: v.sin().cumsum(0)):
            y = f(d).sum()
            for of in (x, d):
                (g,) = torch.autograd.grad(y, of, create_graph=True)
                show(*_both(fw, g))
                show(g.requires_grad)
        m = fw.make_dual(torch.ones(2, 2), torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        (g,) = torch.autograd.grad((m @ d).tanh().sum(), x, create_graph=True)
        show(*_both(fw, g))
    show(fw.unpack_dual(g).tangent, g.detach(), g.grad_fn is None, g.requires_grad)


def the_graph_of_tensors_with_tangents(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()
    with fw.dual_level():
        y = fw.make_dual(x, t) * 2
        show(y.grad_fn.name(), y.is_leaf, y.output_nr, y.requires_grad)
    show(y, y.is_leaf)
    y.sum().backward()
    show(x.grad)


def gradients_have_tangents_without_create_graph(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()
    with fw.dual_level():
        d = fw.make_dual(x, t)
        (g,) = torch.autograd.grad((d**3).sum(), x)
        show(*_both(fw, g))
        show(g.requires_grad)
        (d.exp() * d).sum().backward()
        show(x.grad, fw.unpack_dual(x.grad).tangent)
        (d * d).sum().backward()
    show(x.grad, x.grad.requires_grad)


def gradients_of_several_inputs_have_tangents(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    with fw.dual_level():
        d = fw.make_dual(x, t)
        y = (d * d * w).sum()
        gx, gw = torch.autograd.grad(y, (x, w), create_graph=True)
        show(*_both(fw, gx))
        show(*_both(fw, gw))
        tangent = fw.unpack_dual(gx).tangent
        show(torch.autograd.grad(tangent.sum(), (x, w), retain_graph=True, allow_unused=True)[1].detach())
        show(torch.autograd.grad(fw.unpack_dual(y).tangent, w, retain_graph=True)[0].detach())
        hw = torch.autograd.grad(gx.sum(), w, create_graph=True)[0]
        show(*_both(fw, hw)[:2])


def hessian_times_vector_by_hand(torch, show):
    fw, _, _ = _fw(torch)
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.arange(1.0, p.numel() + 1).reshape(p.shape) / 10)
    x = torch.tensor([[0.3, -0.2], [0.1, 0.5]], requires_grad=True)
    v = torch.tensor([[1.0, 2.0], [-1.0, 0.5]])
    with fw.dual_level():
        y = net(fw.make_dual(x, v)).pow(2).sum()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        show(*_both(fw, g))
    show(torch.autograd.functional.hvp(lambda x: net(x).pow(2).sum(), x, v)[1])


def tangents_of_weights(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()
    with fw.dual_level():
        (g,) = torch.autograd.grad(x * x, x, fw.make_dual(torch.ones(2), t), create_graph=True)
        show(*_both(fw, g))


def a_function_of_the_users_own_forward_over_reverse(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x**3

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])
            ctx.save_for_forward(inputs[0])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return 3 * x * x * g

        @staticmethod
        def jvp(ctx, t):
            (x,) = ctx.saved_tensors
            return 3 * x * x * t

    with fw.dual_level():
        y = Cube.apply(fw.make_dual(x, t)).sum()
        (g,) = torch.autograd.grad(y, x, create_graph=True)
        show(*_both(fw, g))


def memory_after_a_level(torch, show):
    import gc
    import weakref

    fw, x, t = _fw(torch)
    x.requires_grad_()
    gc.disable()
    try:
        with fw.dual_level():
            y = fw.make_dual(x, t).exp()
            kept = weakref.ref(y)
            z = y.sum()
        del y, z
        show(kept() is None)
    finally:
        gc.enable()


def writes_in_place_forward_over_reverse(torch, show):
    fw, x, t = _fw(torch)
    x.requires_grad_()
    with fw.dual_level():
        y = fw.make_dual(x, t) * 1
        y.mul_(3)
        y[0].exp_()
        (g,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
        show(*_both(fw, g))
