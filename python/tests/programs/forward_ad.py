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
