"""Hooks of tensors, leaves and nodes; handles."""


def _leaf(torch):
    return torch.tensor([1.0, 2.0], requires_grad=True)


def hooks_of_tensors(torch, show):
    x = _leaf(torch)
    h = x * 2
    h.register_hook(lambda g: show("h", g))
    x.register_hook(lambda g: show("x", g))
    (h * h).sum().backward()
    show(x.grad)


def hooks_replace_gradients(torch, show):
    x = _leaf(torch)
    x.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g + 1)
    x.sum().backward()
    show(x.grad)


def handles_remove(torch, show):
    x = _leaf(torch)
    handle = x.register_hook(lambda g: g * 10)
    handle.remove()
    handle.remove()
    x.sum().backward()
    show(x.grad)
    with x.register_hook(lambda g: g * 3):
        x.sum().backward()
    x.sum().backward()
    show(x.grad, type(handle))


def handles_have_numbers(torch, show):
    x = _leaf(torch)
    a = x.register_hook(lambda g: None)
    b = x.register_hook(lambda g: None)
    show(b.id > a.id, isinstance(a, torch.utils.hooks.RemovableHandle))


def hooks_need_gradients(torch, show):
    show.error(lambda: torch.ones(2).register_hook(lambda g: g))
    show.error(lambda: torch.ones(2).register_post_accumulate_grad_hook(lambda p: None))
    x = _leaf(torch)
    show.error(lambda: (x * 2).register_post_accumulate_grad_hook(lambda p: None))


def wrong_results_of_hooks(torch, show):
    def larger(g):
        return torch.ones(3)

    def double(g):
        return g.double()

    for hook in (larger, double):
        x = _leaf(torch)
        x.register_hook(hook)
        show.error(lambda x=x: x.sum().backward())


def a_hook_gets_the_tensor_itself(torch, show):
    x = _leaf(torch)
    x.name_of_mine = "mine"
    seen = []
    x.register_post_accumulate_grad_hook(seen.append)
    x.sum().backward()
    show(len(seen), seen[0] is x, seen[0].name_of_mine)


def post_accumulate_hooks(torch, show):
    x = _leaf(torch)

    def step(p):
        show(p.grad)
        with torch.no_grad():
            p -= 0.5 * p.grad
        p.grad = None

    handle = x.register_post_accumulate_grad_hook(step)
    (x * x).sum().backward()
    show(x, x.grad)
    handle.remove()
    (x * x).sum().backward()
    show(x.grad)


def post_accumulate_hooks_return_nothing(torch, show):
    x = _leaf(torch)
    x.register_post_accumulate_grad_hook(lambda p: 3)
    show.error(lambda: x.sum().backward(), text=False)


def hooks_of_nodes(torch, show):
    x = _leaf(torch)
    y = (x * 3).sum()
    y.grad_fn.register_prehook(lambda outs: show("pre", outs))
    y.grad_fn.register_hook(lambda ins, outs: show("post", ins, outs))
    y.backward()
    show(x.grad)


def hooks_of_nodes_replace(torch, show):
    x = _leaf(torch)
    y = x * 3
    y.grad_fn.register_prehook(lambda outs: (outs[0] * 10,))
    handle = y.grad_fn.register_hook(lambda ins, outs: (ins[0] + 1, *ins[1:]))
    y.sum().backward(retain_graph=True)
    show(x.grad)
    handle.remove()
    y.sum().backward()
    show(x.grad)


def wrong_results_of_node_hooks(torch, show):
    def too_many(ins, outs):
        return (*ins, None)

    x = _leaf(torch)
    y = (x * 3).sum()
    y.grad_fn.register_hook(too_many)
    show.error(lambda: y.backward())


def order_of_hooks(torch, show):
    x = _leaf(torch)
    h = x * 2
    h.retain_grad()
    h.register_hook(lambda g: show("tensor 1"))
    h.grad_fn.register_prehook(lambda g: show("pre"))
    h.grad_fn.register_hook(lambda i, o: show("post"))
    h.register_hook(lambda g: show("tensor 2"))
    x.register_post_accumulate_grad_hook(lambda p: show("leaf"))
    x.register_hook(lambda g: show("x"))
    h.sum().backward()
    show(h.grad)


def hooks_after_in_place(torch, show):
    x = _leaf(torch)
    h = x * 2
    h.register_hook(lambda g: show("before", g))
    h.mul_(3)
    h.register_hook(lambda g: show("after", g))
    h.sum().backward()


def hooks_by_autograd_grad(torch, show):
    x = _leaf(torch)
    h = x * 2
    h.register_hook(lambda g: g * 10)
    x.register_hook(lambda g: g * 100)
    y = h.sum()
    show(torch.autograd.grad(y, [h], retain_graph=True))
    show(torch.autograd.grad(y, [x], retain_graph=True))
    show(torch.autograd.grad(y, [x, h]))


def hooks_run_backward_themselves(torch, show):
    x, w = _leaf(torch), _leaf(torch)

    def hook(g):
        with torch.enable_grad():
            (w * g.detach()).sum().backward()

    x.register_hook(hook)
    (x * x).sum().backward()
    show(x.grad, w.grad)


def hooks_of_several_tensors(torch, show):
    from torch.autograd.graph import register_multi_grad_hook

    a, b, c = _leaf(torch), _leaf(torch), _leaf(torch)
    handle = register_multi_grad_hook((a, b, c), lambda grads: show("all", list(grads)))
    (a * b).sum().backward()
    (a * b * c).sum().backward()
    handle.remove()
    (a * b).sum().backward()
    register_multi_grad_hook((a, b), lambda g: show("any", g), mode="any")
    (a * 2 + b * 2).sum().backward()
    show.error(lambda: register_multi_grad_hook((a, b), print, mode="some"))
    show.error(lambda: register_multi_grad_hook((torch.ones(1),), print), text=False)


def hooks_added_while_running(torch, show):
    x = _leaf(torch)

    def first(g):
        show("first")
        x.register_hook(lambda g: show("added"))

    handle = x.register_hook(first)
    x.sum().backward()
    handle.remove()
    x.sum().backward()


def hooks_see_recorded_gradients(torch, show):
    x = _leaf(torch)
    x.register_hook(lambda g: show(g.requires_grad, torch.is_grad_enabled()))
    (x**3).sum().backward(retain_graph=True)
    (x**3).sum().backward(create_graph=True)


def hooks_stay_with_the_node(torch, show):
    x = _leaf(torch)
    h = x * 2
    h.register_hook(lambda g: show("h", g))
    y = h.sum()
    del h
    y.backward()


def callables_as_hooks(torch, show):
    class Hook:
        def __call__(self, g):
            return g * 2

    x = _leaf(torch)
    x.register_hook(Hook())
    x.sum().backward()
    show(x.grad)


def full_backward_hooks_of_modules(torch, show):
    m = torch.nn.Linear(2, 1)
    with torch.no_grad():
        m.weight.fill_(1.0)
    m.register_full_backward_hook(lambda m, ins, outs: show(ins, outs))
    m(torch.ones(1, 2, requires_grad=True)).sum().backward()
