"""`backward` and `grad`: arguments, errors, what is left behind."""


def _leaf(torch):
    return torch.tensor([1.0, 2.0], requires_grad=True)


def backward_of_a_number(torch, show):
    x = _leaf(torch)
    y = (x * x).sum()
    show(y.requires_grad, y.is_leaf, x.is_leaf, x.grad)
    show(y.backward())
    show(x.grad, x.grad.requires_grad)


def gradients_add_up(torch, show):
    x = _leaf(torch)
    (x * 2).sum().backward()
    (x * 3).sum().backward()
    show(x.grad)
    x.grad = None
    show(x.grad)
    x.grad = torch.ones(2)
    x.sum().backward()
    show(x.grad)
    x.grad.zero_()
    show(x.grad)


def weights(torch, show):
    x = _leaf(torch)
    (x * x).backward(torch.tensor([1.0, 10.0]))
    show(x.grad)
    (x * x).backward(gradient=torch.ones(2))
    show(x.grad)
    x.sum().backward(torch.tensor(3.0))
    show(x.grad)


def errors_of_weights(torch, show):
    x = _leaf(torch)
    y = x * x
    show.error(lambda: y.backward())
    show.error(lambda: y.backward(torch.ones(3)))
    show.error(lambda: y.backward(3))
    show.error(lambda: y.backward("a"))
    show.error(lambda: torch.autograd.backward([y, y], [torch.ones(2)]))
    show.error(lambda: torch.ones(2).sum().backward())
    show.error(lambda: torch.autograd.backward([y.sum(), torch.ones(1)]))


def a_graph_runs_once(torch, show):
    x = _leaf(torch)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    show(x.grad)
    show.error(lambda: y.backward())
    z = x.sum()
    z.backward()
    z.backward()
    show(x.grad)


def backward_to_some(torch, show):
    x, w = _leaf(torch), _leaf(torch)
    (x * w).sum().backward(inputs=[x])
    show(x.grad, w.grad)
    (x * w).sum().backward(inputs=w)
    show(x.grad, w.grad)
    h = x * 2
    h.sum().backward(inputs=[h])
    show(h.grad, x.grad)
    show.error(lambda: (x * w).sum().backward(inputs=[]))
    show.error(lambda: (x * w).sum().backward(inputs=[torch.ones(2)]))


def backward_from_several(torch, show):
    x = _leaf(torch)
    torch.autograd.backward([x.sum(), (x * x).sum()])
    show(x.grad)
    torch.autograd.backward((x * 2, x.sum()), (torch.ones(2), None))
    show(x.grad)
    torch.autograd.backward(x.sum(), grad_tensors=torch.tensor(5.0))
    show(x.grad)


def grad_of_inputs(torch, show):
    x, w = _leaf(torch), _leaf(torch)
    show(torch.autograd.grad((x * w).sum(), x))
    show(torch.autograd.grad((x * w).sum(), (x, w)))
    show(torch.autograd.grad([x * w, x], [x], [torch.ones(2), torch.ones(2)]))
    show(torch.autograd.grad(x * w, x, torch.tensor([1.0, 2.0])))
    show(x.grad, w.grad)


def grad_of_a_dictionary(torch, show):
    x, w = _leaf(torch), _leaf(torch)
    grads = torch.autograd.grad((x * w * w).sum(), {"x": x, "w": w})
    show(sorted(grads), grads["x"], grads["w"])


def grad_of_unused(torch, show):
    x, w = _leaf(torch), _leaf(torch)
    grad = torch.autograd.grad
    show.error(lambda: grad(x.sum(), w))
    show(grad(x.sum(), (x, w), allow_unused=True))
    show(grad(x.sum(), (x, w), materialize_grads=True))
    show.error(lambda: grad(x.sum(), (x, w), allow_unused=False, materialize_grads=True))
    show.error(lambda: grad(x.sum(), torch.ones(2)))
    show.error(lambda: grad(torch.ones(2).sum(), x))
    show.error(lambda: grad((x * 2), x))
    show.error(lambda: grad(x.sum(), []))


def grad_of_intermediates(torch, show):
    x = _leaf(torch)
    h = x * 3
    y = (h * h).sum()
    show(torch.autograd.grad(y, h, retain_graph=True))
    show(torch.autograd.grad(y, [h, x]))
    show(torch.autograd.grad(x.sum(), x), torch.autograd.grad(h, h, torch.ones(2)))


def higher_order(torch, show):
    x = torch.tensor(2.0, requires_grad=True)
    y = x**4
    for _ in range(4):
        (y,) = torch.autograd.grad(y, x, create_graph=True)
        show(y.detach(), y.requires_grad)


def backward_creates_a_graph(torch, show):
    x = _leaf(torch)
    (x**3).sum().backward(create_graph=True)
    show(x.grad.requires_grad)
    g = x.grad
    x.grad = None
    g.sum().backward()
    show(x.grad)


def batches_of_weights(torch, show):
    x = _leaf(torch)
    y = x * x
    show(torch.autograd.grad(y, x, torch.eye(2), is_grads_batched=True))


def retain_grad(torch, show):
    x = _leaf(torch)
    h = x * 2
    show(h.retains_grad)
    h.retain_grad()
    h.retain_grad()
    (h * h).sum().backward()
    show(h.retains_grad, h.grad, x.grad, x.retains_grad)
    x.retain_grad()
    show.error(lambda: torch.ones(2).retain_grad())


def grad_of_a_result_warns(torch, show):
    import warnings

    x = _leaf(torch)
    h = x * 2
    h.sum().backward()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(h.grad)
    show(len(caught), caught[0].category, str(caught[0].message).split(". ")[0])


def requires_grad_flags(torch, show):
    x = torch.ones(2)
    x.requires_grad = True
    show(x.requires_grad)
    x.requires_grad_(False)
    show(x.requires_grad)
    y = x.requires_grad_() * 2

    def off():
        y.requires_grad = False

    show.error(off)
    show.error(lambda: torch.arange(3).requires_grad_())
    show.error(lambda: torch.tensor([1, 2], requires_grad=True))
    show(y.detach().requires_grad, y.data.requires_grad)


def assigned_gradients(torch, show):
    x = _leaf(torch)

    def assign(value):
        x.grad = value

    show.error(lambda: assign(torch.ones(3)))
    show.error(lambda: assign(3))
    show.error(lambda: assign(torch.ones(2, dtype=torch.float64)))
    show.error(lambda: assign(x))
    assign(torch.ones(2))
    show(x.grad)
    del x.grad
    show(x.grad)


def detach_cuts(torch, show):
    x = _leaf(torch)
    y = x * x.detach()
    y.sum().backward()
    show(x.grad)
    z = (x * 2).detach_()
    show(z.requires_grad, z.grad_fn)
    show(z.is_leaf)


def in_place_after_saving(torch, show):
    x = _leaf(torch)
    h = x * 2
    y = h * h
    h.add_(1)
    show.error(lambda: y.sum().backward())
    e = x.exp()
    e.mul_(2)
    show.error(lambda: e.sum().backward())


def in_place_on_leaves(torch, show):
    x = _leaf(torch)
    show.error(lambda: x.add_(1))
    with torch.no_grad():
        x.add_(1)
    show(x, x._version)
    x.data.mul_(2)
    show(x)


def integers_and_mixed_dtypes(torch, show):
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    y = x.float() * torch.tensor([1, 2])
    y.sum().backward()
    show(x.grad, x.grad.dtype)
    show(x.argmax().requires_grad, (x > 1).requires_grad, x.long().requires_grad)


def variables_of_old(torch, show):
    from torch.autograd import Variable

    x = Variable(torch.ones(2), requires_grad=True)
    show(type(x) is torch.Tensor, isinstance(x, Variable), isinstance(3, Variable), x.requires_grad)
    y = Variable(torch.ones(2))
    show(y.requires_grad)
    (x * y).sum().backward()
    show(x.grad, x.grad.data)


def only_inputs_is_ignored(torch, show):
    import warnings

    x = _leaf(torch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.autograd.grad(x.sum(), x, only_inputs=False))
        torch.autograd.backward(x.sum(), grad_variables=torch.tensor(1.0))
    show([w.category.__name__ for w in caught])


def gradcheck(torch, show):
    x = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
    w = torch.tensor([2.0, 3.0], dtype=torch.float64, requires_grad=True)
    check = torch.autograd.gradcheck
    show(check(lambda a: a.sin(), (x,)))
    show(check(lambda a, b: (a * b, a.exp()), (x, w)))
    show(check(lambda a, n: a**n, (x, 2)))
    show(check(torch.sin, x, fast_mode=True))
    show(check(lambda a: a * a.detach(), (x,), raise_exception=False))
    show(torch.autograd.gradgradcheck(lambda a: a.sin() * a, (x,)))
    show.error(lambda: check(lambda a: a * a.detach(), (x,)), text=False)
    show.error(lambda: check(torch.sin, (x.detach(),)))
    show.error(lambda: check(torch.sin, x, check_backward_ad=False))


def anomalies(torch, show):
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        show.error(lambda: (x.sqrt() * 0).sum().backward())
    (x.sqrt() * 0).sum().backward()
    with torch.autograd.set_detect_anomaly(True):
        show.error(lambda: (x.sqrt() * 0).sum().backward())
    torch.autograd.set_detect_anomaly(True)
    show.error(lambda: (x.sqrt() * 0).sum().backward())
    torch.autograd.set_detect_anomaly(False)
    (x.sqrt() * 0).sum().backward()
    with torch.autograd.detect_anomaly(check_nan=False):
        (x.sqrt() * 0).sum().backward()


def exceptions_pass_backward(torch, show):
    class Mine(Exception):
        pass

    def hook(g):
        raise Mine("from a hook")

    x = _leaf(torch)
    y = (x * x).sum()
    handle = x.register_hook(hook)
    show.error(lambda: y.backward(retain_graph=True))
    handle.remove()
    y.backward()
    show(x.grad)


def many_nodes(torch, show):
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(20000):
        y = y + 1
    y.backward()
    show(x.grad)
    del y
