"""Modules: registration, iteration, hooks, conversion, printing."""

import warnings
from functools import partial


def _net(torch):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(2, 3)
            self.b = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
            self.register_buffer("count", torch.zeros(2))

        def forward(self, x):
            return self.b(self.a(x)) + self.count.sum()

    return Net()


def _fill(torch, module):
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(torch.arange(1.0, p.numel() + 1).reshape(p.shape) / 10 + i)
    return module


def parameters_by_name(torch, show):
    net = _net(torch)
    show([(n, tuple(p.shape)) for n, p in net.named_parameters()])
    show([n for n, _ in net.named_parameters(prefix="top")])
    show([n for n, _ in net.named_parameters(recurse=False)])
    show(len(list(net.parameters())), len(list(net.b.parameters())))


def modules_by_name(torch, show):
    net = _net(torch)
    show([n for n, _ in net.named_modules()], [n for n, _ in net.named_modules(prefix="top")])
    show([n for n, _ in net.named_children()], [type(m).__name__ for m in net.children()])
    show([type(m).__name__ for m in net.modules()])


def buffers_by_name(torch, show):
    net = _net(torch)
    net.b.register_buffer("scale", torch.ones(1), persistent=False)
    net.register_buffer("nothing", None)
    show([n for n, _ in net.named_buffers()], [n for n, _ in net.named_buffers(recurse=False)])
    show(list(net.state_dict()), net.nothing)


def shared_parameters_are_given_once(torch, show):
    net = _net(torch)
    net.c = net.a
    net.d = torch.nn.Linear(2, 3)
    net.d.weight = net.a.weight
    show([n for n, _ in net.named_parameters()])
    show([n for n, _ in net.named_parameters(remove_duplicate=False)])
    show([n for n, _ in net.named_modules()], [n for n, _ in net.named_modules(remove_duplicate=False)])
    show(list(net.state_dict()))


def assignment_registers(torch, show):
    m = torch.nn.Module()
    m.w = torch.nn.Parameter(torch.ones(2))
    m.l = torch.nn.Identity()
    m.t = torch.ones(3)
    m.n = 5
    show(list(m._parameters), list(m._modules), list(m._buffers), "t" in m.__dict__, "w" in m.__dict__, m.n)
    m.t = torch.nn.Parameter(torch.ones(1))
    show(list(m._parameters), "t" in m.__dict__)
    m.w = None
    show(m._parameters["w"], m.w, [n for n, _ in m.named_parameters()])
    m.w = torch.nn.Parameter(torch.zeros(1))
    show(m.w)


def assignment_of_other_kinds_is_refused(torch, show):
    m = torch.nn.Module()
    m.w = torch.nn.Parameter(torch.ones(2))
    m.l = torch.nn.Identity()
    m.register_buffer("b", torch.ones(1))
    show.error(lambda: setattr(m, "w", torch.ones(2)))
    show.error(lambda: setattr(m, "w", 3))
    show.error(lambda: setattr(m, "l", 3))
    show.error(lambda: setattr(m, "b", 3))
    show.error(lambda: setattr(m, "l", torch.ones(1)))
    m.b = torch.zeros(2)
    show(list(m._buffers), m.b)
    m.b = None
    show(m.b, list(m.state_dict()))


def a_parameter_replaces_module_and_buffer(torch, show):
    m = torch.nn.Module()
    m.x = torch.nn.Identity()
    m.register_buffer("y", torch.ones(1))
    m.x = torch.nn.Parameter(torch.ones(1))
    m.y = torch.nn.Parameter(torch.ones(1))
    show(list(m._parameters), list(m._modules), list(m._buffers))


def before_init_nothing_can_be_assigned(torch, show):
    nn = torch.nn

    class P(nn.Module):
        def __init__(self):
            self.w = nn.Parameter(torch.ones(1))

    class M(nn.Module):
        def __init__(self):
            self.w = nn.Identity()

    class B(nn.Module):
        def __init__(self):
            self.register_buffer("w", torch.ones(1))

    show.error(P)
    show.error(M)
    show.error(B)


def names_are_checked(torch, show):
    m = torch.nn.Module()
    p, t = torch.nn.Parameter(torch.ones(1)), torch.ones(1)
    for register, value in (
        (m.register_parameter, p),
        (m.register_buffer, t),
        (m.add_module, torch.nn.Identity()),
    ):
        show.error(partial(register, "a.b", value))
        show.error(partial(register, "", value))
        show.error(partial(register, 3, value))
        show.error(partial(register, "forward", value))
    show.error(lambda: m.register_parameter("a", t))
    show.error(lambda: m.register_buffer("a", 3))
    show.error(lambda: m.add_module("a", 3))
    show.error(lambda: m.register_parameter("a", p * 2), text=False)
    m.register_module("ok", None)
    show(list(m._modules), m.ok, list(m.children()))


def unknown_attributes(torch, show):
    m = torch.nn.Linear(2, 2)
    show.error(lambda: m.nothing)
    show.error(lambda: delattr(m, "nothing"), text=False)
    show(hasattr(m, "weight"), hasattr(m, "wait"))


def deleting(torch, show):
    net = _net(torch)
    del net.b, net.count
    show(list(net._modules), list(net._buffers))
    del net.a.weight
    show(list(net.a._parameters), hasattr(net.a, "weight"))


def what_dir_lists(torch, show):
    net = _net(torch)
    names = dir(net)
    show([n in names for n in ("a", "b", "count", "training", "forward", "nothing")])
    show([n for n in dir(net.b) if n.isdigit()], "weight" in dir(net.a))


def arguments_of_init(torch, show):
    class M(torch.nn.Module):
        pass

    show.error(lambda: M(3))
    show.error(lambda: M(a=3))
    show.error(lambda: torch.nn.Linear(2))


def call_super_init(torch, show):
    log = []

    class Mixin:
        def __init__(self, value):
            log.append(value)

    class M(torch.nn.Module, Mixin):
        call_super_init = True

    m = M(7)
    show(log, list(m.__dict__)[:3])


def forward_must_be_there(torch, show):
    show.error(lambda: torch.nn.Module()(torch.ones(1)))


def repr_of_nested(torch, show):
    show(_net(torch))
    show(torch.nn.Module(), torch.nn.Sequential(), torch.nn.Sequential(torch.nn.Sequential(torch.nn.ReLU())))


def repr_with_lines_of_ones_own(torch, show):
    class M(torch.nn.Module):
        def extra_repr(self):
            return "first=1\nsecond=2"

    class N(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.child = M()

        def extra_repr(self):
            return "extra"

        def _get_name(self):
            return "Renamed"

    show(M())
    show(N())


def train_and_eval(torch, show):
    net = _net(torch)
    show([m.training for m in net.modules()])
    show(net.eval() is net, [m.training for m in net.modules()])
    net.b.train()
    show([m.training for m in net.modules()])
    show.error(lambda: net.train("yes"))
    show(net.train(True) is net, net.training)


def apply_goes_children_first(torch, show):
    net = _net(torch)
    seen = []
    show(net.apply(lambda m: seen.append(type(m).__name__)) is net, seen)


def apply_initializes(torch, show):
    def init(m):
        if type(m) is torch.nn.Linear:
            torch.nn.init.constant_(m.weight, 0.5)
            m.bias.data.fill_(0.01)

    net = _net(torch).apply(init)
    show(net.a.weight, net.b[0].bias)


def paths(torch, show):
    net = _net(torch)
    show(net.get_submodule("b.1"), net.get_submodule("") is net)
    show(net.get_parameter("b.0.weight").shape, net.get_buffer("count"))
    show.error(lambda: net.get_submodule("b.7"))
    show.error(lambda: net.get_submodule("a.weight"))
    show.error(lambda: net.get_parameter("a.nothing"))
    show.error(lambda: net.get_parameter("count"))
    show.error(lambda: net.get_buffer("a"))
    show.error(lambda: net.get_buffer("nothing"))


def set_submodule(torch, show):
    net = _net(torch)
    net.set_submodule("b.1", torch.nn.Tanh())
    net.set_submodule("a", torch.nn.Identity())
    net.set_submodule("new", torch.nn.ELU())
    show(net)
    show.error(lambda: net.set_submodule("", torch.nn.Tanh()))
    show.error(lambda: net.set_submodule("a.b.c", torch.nn.Tanh()))
    show.error(lambda: net.set_submodule("other", torch.nn.Tanh(), strict=True))
    show.error(lambda: net.set_submodule("b.1", 3), text=False)


def gradients_to_none_or_zero(torch, show):
    net = _net(torch)
    net(torch.ones(1, 2)).sum().backward()
    show(net.a.bias.grad is None)
    net.zero_grad(set_to_none=False)
    show(net.a.bias.grad)
    net.zero_grad()
    show(net.a.bias.grad, [p.grad for p in net.parameters()])


def requires_grad_of_all(torch, show):
    net = _net(torch)
    show(net.a.requires_grad_(False) is net.a, [p.requires_grad for p in net.parameters()])
    net(torch.ones(1, 2)).sum().backward()
    show([p.grad is None for p in net.parameters()])


def to_other_dtypes(torch, show):
    net = _net(torch)
    net.register_buffer("n", torch.tensor([1, 2]))
    w = net.a.weight
    show(net.double() is net, net.a.weight is w, w.dtype, net.count.dtype, net.n.dtype)
    show(net.half().a.weight.dtype, net.bfloat16().a.weight.dtype, net.float().a.weight.dtype)
    show(net.to(torch.float64).a.weight.dtype, net.to("cpu").a.weight.dtype, net.to("cpu", torch.float32).n.dtype)
    show(net.to(torch.zeros(1, dtype=torch.float64)).a.weight.dtype)
    show(net.type(torch.float32).n.dtype)
    show(net.to(device=torch.device("cpu"), dtype=torch.float64).count.dtype)
    show.error(lambda: net.to(torch.int32))


def to_keeps_gradients(torch, show):
    net = torch.nn.Linear(2, 1, bias=False)
    net(torch.ones(1, 2)).sum().backward()
    w = net.weight
    net.double()
    show(net.weight is w, w.dtype, w.grad, w.is_leaf, w.requires_grad)


def no_cuda(torch, show):
    try:
        torch.nn.Linear(1, 1).cuda()
    except (AssertionError, RuntimeError):  # depends on how PyTorch was built
        show("refused")
    show(torch.nn.ReLU().cuda())
    show(torch.nn.Linear(1, 1).cpu().weight.device)


def share_memory(torch, show):
    net = _net(torch)
    show(net.share_memory() is net)


def forward_hooks(torch, show):
    net = _fill(torch, torch.nn.Linear(2, 1))
    log = []
    h1 = net.register_forward_hook(lambda m, a, out: log.append((type(m).__name__, len(a), tuple(out.shape))))
    h2 = net.register_forward_hook(lambda m, a, out: out * 2)
    show(net(torch.ones(1, 2)), log)
    h1.remove()
    show(net(torch.ones(1, 2)), len(log))
    h2.remove()
    h2.remove()
    show(net(torch.ones(1, 2)), len(net._forward_hooks))


def forward_pre_hooks(torch, show):
    net = _fill(torch, torch.nn.Linear(2, 1))
    with net.register_forward_pre_hook(lambda m, args: (args[0] + 1,)):
        show(net(torch.zeros(1, 2)))
        with net.register_forward_pre_hook(lambda m, args: args[0] * 2):
            show(net(torch.zeros(1, 2)))
    show(net(torch.zeros(1, 2)))


def hooks_in_front(torch, show):
    net = torch.nn.Identity()
    log = []
    net.register_forward_hook(lambda m, a, out: log.append("f1"))
    net.register_forward_hook(lambda m, a, out: log.append("f2"), prepend=True)
    net.register_forward_pre_hook(lambda m, a: log.append("p1"))
    net.register_forward_pre_hook(lambda m, a: log.append("p2"), prepend=True)
    net(1)
    show(log)


def hooks_with_keyword_arguments(torch, show):
    class M(torch.nn.Module):
        def forward(self, x, *, scale=1):
            return x * scale

    m = M()
    m.register_forward_pre_hook(lambda m, a, k: (a, {"scale": k["scale"] + 1}), with_kwargs=True)
    m.register_forward_hook(lambda m, a, k, out: (out, k), with_kwargs=True)
    show(m(torch.ones(2), scale=2))
    m.register_forward_pre_hook(lambda m, a, k: 3, with_kwargs=True)
    show.error(lambda: m(torch.ones(2), scale=2))


def hooks_that_are_always_called(torch, show):
    class M(torch.nn.Module):
        def forward(self, x):
            raise ValueError("no")

    log = []
    m = M()
    m.register_forward_hook(lambda m, a, out: log.append(("plain", out)))
    m.register_forward_hook(lambda m, a, out: log.append(("always", out)), always_call=True)
    show.error(lambda: m(1))
    show(log)

    def bad(m, a, out):
        log.append("bad")
        raise RuntimeError("in hook")

    n = torch.nn.Identity()
    n.register_forward_hook(bad)
    n.register_forward_hook(lambda m, a, out: log.append(("later", out)), always_call=True)
    show.error(lambda: n(1))
    show(log[1:])


def an_error_in_an_always_called_hook_warns(torch, show):
    class M(torch.nn.Module):
        def forward(self, x):
            raise ValueError("no")

    def bad(m, a, out):
        raise RuntimeError("in hook")

    m = M()
    m.register_forward_hook(bad, always_call=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show.error(lambda: m(1))
    show([str(w.message) for w in caught])


def full_backward_hooks(torch, show):
    net = _fill(torch, torch.nn.Linear(2, 2))
    net.register_full_backward_hook(lambda m, gi, go: show(type(m), gi, go))
    x = torch.ones(1, 2, requires_grad=True)
    net(x).sum().backward()
    show(x.grad, net.bias.grad)


def full_backward_hooks_replace_gradients(torch, show):
    net = _fill(torch, torch.nn.Linear(2, 2))
    x = torch.ones(1, 2, requires_grad=True)
    net.register_full_backward_hook(lambda m, gi, go: (gi[0] * 10,))
    net.register_full_backward_pre_hook(lambda m, go: (go[0] * 2,))
    net(x).sum().backward()
    show(x.grad, net.bias.grad)
    show.error(lambda: net.register_backward_hook(lambda m, gi, go: None))


def full_backward_hooks_without_grad_of_inputs(torch, show):
    net = _fill(torch, torch.nn.Linear(2, 2))
    h = net.register_full_backward_hook(lambda m, gi, go: show(gi, go))
    net(torch.ones(1, 2)).sum().backward()
    h.remove()
    net(torch.ones(1, 2)).sum().backward()
    net.register_full_backward_hook(lambda m, gi, go: (torch.ones(1, 2),))
    show.error(lambda: net(torch.ones(1, 2)).sum().backward(), text=False)


def full_backward_hooks_of_several_inputs_and_outputs(torch, show):
    class M(torch.nn.Module):
        def forward(self, x, n, y):
            return x * y, n, x + y

    m = M()
    m.register_full_backward_hook(lambda m, gi, go: show(gi, go))
    x, y = torch.tensor([2.0], requires_grad=True), torch.tensor([3.0], requires_grad=True)
    a, n, b = m(x, 5, y)
    (a + 10 * b).backward()
    show(x.grad, y.grad, n)


def full_backward_hook_returns_too_many(torch, show):
    net = torch.nn.Identity()
    net.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
    x = torch.ones(1, requires_grad=True)
    show.error(lambda: net(x).sum().backward())


def old_backward_hooks(torch, show):
    net = torch.nn.ReLU()
    net.register_backward_hook(lambda m, gi, go: show(type(m), gi, go))
    x = torch.tensor([1.0, -1.0], requires_grad=True)
    net(x).sum().backward()
    show(x.grad)
    show.error(lambda: net.register_full_backward_hook(lambda m, gi, go: None))


def no_hooks_without_grad_mode(torch, show):
    net = torch.nn.Linear(2, 2)
    net.register_full_backward_hook(lambda m, gi, go: show("called"))
    with torch.no_grad():
        y = net(torch.ones(1, 2, requires_grad=True))
    show(y.requires_grad)


def hooks_of_all_modules(torch, show):
    from torch.nn.modules import module as M

    log = []
    handles = [
        M.register_module_forward_pre_hook(lambda m, a: log.append(("pre", type(m).__name__))),
        M.register_module_forward_hook(lambda m, a, out: log.append(("post", type(m).__name__))),
    ]
    net = torch.nn.Sequential(torch.nn.Identity(), torch.nn.ReLU())
    net.register_forward_hook(lambda m, a, out: log.append("own"))
    net(torch.ones(1))
    for h in handles:
        h.remove()
    net(torch.ones(1))
    show(log)


def backward_hooks_of_all_modules(torch, show):
    from torch.nn.modules import module as M

    log = []
    h = M.register_module_full_backward_hook(lambda m, gi, go: log.append((type(m).__name__, gi[0].tolist())))
    x = torch.ones(2, requires_grad=True)
    torch.nn.Sequential(torch.nn.Tanh(), torch.nn.ReLU())(x).sum().backward()
    h.remove()
    show([name for name, _ in log], [[round(v, 4) for v in g] for _, g in log])


def registration_hooks(torch, show):
    from torch.nn.modules import module as M

    log = []
    handles = [
        M.register_module_parameter_registration_hook(lambda m, n, p: log.append(("p", n))),
        M.register_module_buffer_registration_hook(lambda m, n, b: log.append(("b", n))),
        M.register_module_module_registration_hook(lambda m, n, s: log.append(("m", n))),
    ]
    m = torch.nn.Module()
    m.w = torch.nn.Parameter(torch.ones(1))
    m.register_buffer("c", torch.ones(1))
    m.s = torch.nn.Identity()
    m.add_module("t", torch.nn.Identity())
    for h in handles:
        h.remove()
    m.u = torch.nn.Identity()
    show(log)


def users_overrides(torch, show):
    class M(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.p = torch.nn.Parameter(torch.ones(1))
            self._scale = 2

        @property
        def scale(self):
            return self._scale

        def __getattr__(self, name):
            if name == "magic":
                return 42
            return super().__getattr__(name)

        def __setattr__(self, name, value):
            if name == "locked":
                raise TypeError("locked")
            super().__setattr__(name, value)

    m = M()
    show(m.scale, m.magic, m.p)
    show.error(lambda: setattr(m, "locked", 1))
    show.error(lambda: m.other)


def training_a_small_net(torch, show):
    net = torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    x = torch.randn(8, 2)
    y = (x[:, :1] - x[:, 1:]) * 0.5
    for step in range(20):
        loss = torch.nn.functional.mse_loss(net(x), y)
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.2 * p.grad
        if step % 5 == 0:
            show(loss.item())
    show(loss.item())


def second_call_of_a_module_in_one_graph(torch, show):
    lin = _fill(torch, torch.nn.Linear(1, 1))
    y = lin(lin(torch.ones(1, 1)))
    y.backward()
    show(y, lin.weight.grad, lin.bias.grad)


def modules_are_keys(torch, show):
    a, b = torch.nn.ReLU(), torch.nn.ReLU()
    show(a == b, a == a, len({a, b, a}), len({a: 1, b: 2}))
