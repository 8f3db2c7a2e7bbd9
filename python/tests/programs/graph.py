"""Nodes, edges, saved tensors and their hooks."""


def _leaf(torch):
    return torch.tensor([1.0, 2.0], requires_grad=True)


def _names(node):
    return [None if n is None else (n.name(), i) for n, i in node.next_functions]


def nodes(torch, show):
    x = _leaf(torch)
    y = (x * 2).sum()
    show(y.grad_fn.name(), type(y.grad_fn).__name__, x.grad_fn)
    show(str(y.grad_fn).split(" object")[0])
    show(_names(y.grad_fn))
    node = y.grad_fn.next_functions[0][0]
    show(_names(node))
    leaf = node.next_functions[0][0]
    show(leaf.variable is x, type(leaf).__name__, leaf.next_functions)


def nodes_are_one_object(torch, show):
    x = _leaf(torch)
    y = x * 2
    z = y.sum()
    show(y.grad_fn is y.grad_fn, z.grad_fn.next_functions[0][0] is y.grad_fn, y.grad_fn == y.grad_fn)
    show(isinstance(y.grad_fn, torch.autograd.graph.Node), len({y.grad_fn, y.grad_fn, z.grad_fn}))


def names_of_nodes(torch, show):
    x = _leaf(torch)
    m = torch.ones(2, 2, requires_grad=True)
    for y in (x + 1, x - x, -x, x / 2, x**2, x.exp(), x.sin(), x.relu(), x.mean(), x.max(), x[0], x[:1], m.T, m @ x):
        show(y.grad_fn.name())
    for y in (x.reshape(2, 1), x.view(1, 2), x.unsqueeze(0), x.clone(), torch.cat([x, x]), torch.stack([x, x])):
        show(y.grad_fn.name())
    for y in (
        m.mm(m),
        torch.where(x > 1, x, x * 0),
        x.sigmoid(),
        x.softmax(0),
        x.log_softmax(0),
        x.double(),
        x.expand(2, 2),
    ):
        show(y.grad_fn.name())


def next_functions_of_constants(torch, show):
    x = _leaf(torch)
    show(_names((x * torch.ones(2)).grad_fn), _names((torch.ones(2) * x).grad_fn))
    show(_names((x * 3).grad_fn), _names(x.sum().grad_fn), _names(torch.cat([x, torch.ones(1), x]).grad_fn))


def metadata(torch, show):
    y = _leaf(torch) * 2
    y.grad_fn.metadata["a"] = 3
    show(y.grad_fn.metadata, (y + 1).grad_fn.next_functions[0][0].metadata)


def sequence_numbers(torch, show):
    x = _leaf(torch)
    a = x * 2
    b = a * 2
    show(b.grad_fn._sequence_nr() > a.grad_fn._sequence_nr())


def saved_attributes(torch, show):
    x, w = _leaf(torch), torch.tensor([3.0, 4.0], requires_grad=True)
    y = x * w
    show(y.grad_fn._saved_self, y.grad_fn._saved_other)
    show(y.grad_fn._saved_self is x)
    e = x.exp()
    show(e.grad_fn._saved_result.detach(), e.grad_fn._saved_result.grad_fn is e.grad_fn)
    show.error(lambda: y.grad_fn._saved_nothing)
    y.sum().backward()
    show.error(lambda: y.grad_fn._saved_self)


def raw_saved_tensors(torch, show):
    x = _leaf(torch)
    y = x * x
    y.grad_fn._raw_saved_self.register_hooks(lambda t: t * 100, lambda t: t)
    y.sum().backward()
    show(x.grad)


def input_metadata(torch, show):
    y = _leaf(torch).reshape(2, 1)
    show([(tuple(m.shape), m.dtype) for m in y.grad_fn._input_metadata])


def a_graph_outlives_its_tensors(torch, show):
    x = _leaf(torch)
    node = (x * 2).grad_fn
    show(node.name(), _names(node))


def gradient_edges(torch, show):
    from torch.autograd.graph import get_gradient_edge

    x = _leaf(torch)
    h = x * 2
    edge = get_gradient_edge(h)
    show(edge.node is h.grad_fn, edge.output_nr, type(edge).__name__)
    y = (h * h).sum()
    del h
    show(torch.autograd.grad(y, edge, retain_graph=True))
    show(torch.autograd.grad(get_gradient_edge(y), [edge, get_gradient_edge(x)]))
    show.error(lambda: get_gradient_edge(torch.ones(2)))


def saved_tensors_hooks(torch, show):
    x = _leaf(torch)
    seen = []

    def pack(t):
        seen.append(("pack", tuple(t.shape)))
        return t.detach().tolist()

    def unpack(values):
        seen.append("unpack")
        return torch.tensor(values)

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        y = (x * x).exp().sum()
    show(seen)
    y.backward()
    show(seen, x.grad)


def saved_tensors_hooks_that_fail(torch, show):
    x = _leaf(torch)

    def fail(t):
        raise KeyError("mine")

    hooks = torch.autograd.graph.saved_tensors_hooks
    with hooks(fail, lambda t: t):
        show.error(lambda: x * x)
    with hooks(lambda t: t, fail):
        y = x * x
    show.error(lambda: y.sum().backward())
    with hooks(lambda t: t, lambda t: 3):
        y = x * x
    show.error(lambda: y.sum().backward(), text=False)


def saved_tensors_hooks_nested(torch, show):
    x = _leaf(torch)
    hooks = torch.autograd.graph.saved_tensors_hooks
    with hooks(lambda t: show("outer") or t, lambda t: t):
        with hooks(lambda t: show("inner") or t, lambda t: t):
            y = x.exp()
        z = y.exp()
    z.sum().backward()
    show(x.grad)


def save_on_cpu(torch, show):
    x = _leaf(torch)
    with torch.autograd.graph.save_on_cpu():
        y = (x * x).sum()
    y.backward()
    show(x.grad)


def disabled_hooks(torch, show):
    from torch.autograd.graph import disable_saved_tensors_hooks, saved_tensors_hooks

    def within():
        with disable_saved_tensors_hooks("not here"), saved_tensors_hooks(lambda t: t, lambda t: t):
            pass

    def around():
        with saved_tensors_hooks(lambda t: t, lambda t: t), disable_saved_tensors_hooks("not here"):
            pass

    show.error(within)
    show.error(around)
    with saved_tensors_hooks(lambda t: t, lambda t: t):
        show("again")


def increment_version(torch, show):
    x = _leaf(torch)
    h = x * 2
    y = (h * h).sum()
    torch.autograd.graph.increment_version(h)
    show(h._version)
    show.error(lambda: y.backward())


def mutation_is_allowed(torch, show):
    x = _leaf(torch)
    with torch.autograd.graph.allow_mutation_on_saved_tensors():
        h = x * 2
        y = (h * h).sum()
        h.zero_()
        y.backward()
    show(x.grad)


def versions(torch, show):
    x = torch.ones(3)
    show(x._version)
    x.add_(1)
    x[0] = 5
    show(x._version, x.view(3)._version, x.detach()._version, x.clone()._version)
    x.data.add_(1)
    show(x._version)


def tensors_in_ctx_are_freed(torch, show):
    import gc
    import weakref

    class Keep:
        pass

    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.keep = Keep()
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    y = F.apply(_leaf(torch))
    ref = weakref.ref(y.grad_fn.keep)
    show(ref() is not None)
    del y
    gc.collect()
    show(ref() is None)
