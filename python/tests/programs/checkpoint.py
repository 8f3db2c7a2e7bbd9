"""`torch.utils.checkpoint`."""


def _parts(torch):
    import torch.utils.checkpoint as cp

    return cp, torch.tensor([1.0, 2.0], requires_grad=True)


def both_kinds(torch, show):
    cp, x = _parts(torch)
    for kind in (True, False):
        count = []

        def f(a, count=count):
            count.append(1)
            return (a * a).exp()

        y = cp.checkpoint(f, x, use_reentrant=kind)
        show(y.detach(), len(count), y.grad_fn.name())
        y.sum().backward()
        show(x.grad, len(count))
        x.grad = None


def default_kind_warns(torch, show):
    import warnings

    cp, x = _parts(torch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        y = cp.checkpoint(torch.exp, x)
    show(y.grad_fn.name(), [w.category.__name__ for w in caught], str(caught[0].message).split(". ")[0])


def without_gradients(torch, show):
    import warnings

    cp, x = _parts(torch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(cp.checkpoint(torch.exp, x.detach(), use_reentrant=True))
        show(cp.checkpoint(torch.exp, x.detach(), use_reentrant=False))
    show([str(w.message) for w in caught])
    with torch.no_grad():
        show(cp.checkpoint(torch.exp, x, use_reentrant=False), cp.checkpoint(torch.exp, x, use_reentrant=True))


def wrong_arguments(torch, show):
    cp, x = _parts(torch)
    show.error(lambda: cp.checkpoint(torch.exp, x, use_reentrant=True, foo=1))
    show.error(lambda: cp.checkpoint(torch.exp, x, use_reentrant=True, context_fn=lambda: 1))
    show.error(lambda: cp.checkpoint(torch.exp, x, use_reentrant=False, determinism_check="zz"))


def a_second_time(torch, show):
    cp, x = _parts(torch)
    for kind in (True, False):
        y = cp.checkpoint(torch.exp, x, use_reentrant=kind).sum()
        y.backward()
        show.error(lambda y=y: y.backward())
    y = cp.checkpoint(torch.exp, x, use_reentrant=False).sum()
    y.backward(retain_graph=True)
    y.backward()
    show(x.grad)


def reentrant_is_for_leaves(torch, show):
    cp, x = _parts(torch)
    y = cp.checkpoint(torch.exp, x, use_reentrant=True).sum()
    show.error(lambda: torch.autograd.grad(y, x))
    show.error(lambda: y.backward(inputs=[x]))
    z = cp.checkpoint(torch.exp, x, use_reentrant=False).sum()
    (g,) = torch.autograd.grad(z, x, create_graph=True)
    show(g.detach(), torch.autograd.grad(g.sum(), x))


def a_function_that_changes(torch, show):
    cp, x = _parts(torch)
    runs = []

    def more(a):
        runs.append(1)
        return a.sin() if len(runs) % 2 else (a.sin() * a).exp()

    def fewer(a):
        runs.append(1)
        return (a.sin() * a).exp() if len(runs) % 2 else a.sin()

    def other_shapes(a):
        runs.append(1)
        return (a[:1] if len(runs) % 2 else a).exp()

    def run(f, **options):
        runs.clear()
        cp.checkpoint(f, x, use_reentrant=False, **options).sum().backward()

    show.error(lambda: run(more, early_stop=False))
    show.error(lambda: run(fewer))
    show.error(lambda: run(other_shapes))


def early_stop(torch, show):
    cp, x = _parts(torch)
    seen = []

    def f(a):
        y = a.sin()
        seen.append("half")
        y = y.exp()
        seen.append("end")
        return y

    for stop in (True, False):
        seen.clear()
        cp.checkpoint(f, x, use_reentrant=False, early_stop=stop).sum().backward()
        show(seen)
    seen.clear()
    with cp.set_checkpoint_early_stop(False):
        y = cp.checkpoint(f, x, use_reentrant=False)
    y.sum().backward()
    show(seen)


def contexts(torch, show):
    import contextlib

    cp, x = _parts(torch)

    @contextlib.contextmanager
    def say(name):
        show("enter", name)
        yield
        show("exit", name)

    y = cp.checkpoint(torch.exp, x, use_reentrant=False, context_fn=lambda: (say("first"), say("again")))
    y.sum().backward()


def nested(torch, show):
    cp, x = _parts(torch)

    def inner(a):
        return (a * a).exp()

    def outer(a):
        return cp.checkpoint(inner, a.sin(), use_reentrant=False).cos()

    cp.checkpoint(outer, x, use_reentrant=False).sum().backward()
    show(x.grad)


def random_numbers(torch, show):
    cp, _ = _parts(torch)
    for kind in (True, False):
        torch.manual_seed(0)
        x = torch.ones(8, requires_grad=True)
        y = cp.checkpoint(lambda a: torch.nn.functional.dropout(a * 1, 0.5), x, use_reentrant=kind)
        show(torch.rand(1))
        y.sum().backward()
        show(y.detach(), x.grad, torch.rand(1))


def trees_and_keywords(torch, show):
    cp, x = _parts(torch)
    show(cp.checkpoint(lambda a: {"k": a * 2}, x, use_reentrant=False)["k"].detach())
    out = cp.checkpoint(lambda a, b=None: (a * 2, b), x, use_reentrant=False, b=x)
    show(out[1] is x)
    show(cp.checkpoint(lambda a: (a * 2, 3), x, use_reentrant=True)[1])


def sequential(torch, show):
    cp, x = _parts(torch)
    steps = [torch.sin, torch.exp, torch.cos, torch.exp]
    for kind in (True, False):
        y = cp.checkpoint_sequential(steps, 2, x * 1.0, use_reentrant=kind)
        y.sum().backward()
        show(y.detach(), x.grad)
        x.grad = None
    model = torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Sigmoid())
    show(cp.checkpoint_sequential(model, 2, x, use_reentrant=False).detach())


def modules(torch, show):
    cp, x = _parts(torch)
    m = torch.nn.Linear(2, 2)
    with torch.no_grad():
        m.weight.fill_(0.5)
        m.bias.fill_(0.1)
    y = cp.checkpoint(m, x, use_reentrant=False)
    (y * y).sum().backward()
    show(m.weight.grad, m.bias.grad, x.grad)


def an_input_that_was_overwritten(torch, show):
    cp, x = _parts(torch)
    h = x * 2
    y = cp.checkpoint(torch.exp, h, use_reentrant=False)
    h.add_(1)
    show.error(lambda: y.sum().backward(), text=False)
