"""Optimizers: steps, groups, what is kept, saving, hooks, errors."""

import copy
import pickle
import warnings


def _param(torch, *shape, dtype=None):
    n = torch.Size(shape).numel()
    return torch.nn.Parameter(torch.arange(1.0, 1 + n, dtype=dtype).reshape(shape))


def _rounded(tensor):
    return [float(f"{v:.6g}") for v in tensor.flatten().tolist()]


def _descend(torch, show, make, steps=4):
    """Some steps on a small problem, with a parameter that has no gradient in some of them."""
    w, b, idle = (_param(torch, *shape, dtype=torch.float64) for shape in ((2, 3), (2,), (2,)))
    opt = make([w, b, idle])
    x = torch.tensor([[1.0, -2.0, 0.5], [0.3, 0.7, -1.0]], dtype=torch.float64)
    for i in range(steps):
        opt.zero_grad()
        loss = ((x @ w.t() + b - 1) ** 2).sum()
        if i == 2:
            loss = loss + (idle**3).sum()
        loss.backward()
        opt.step()
    show(_rounded(w), _rounded(b), _rounded(idle))
    state = opt.state_dict()["state"]
    for i in sorted(state):
        show(i, {k: _rounded(v) for k, v in state[i].items()})


def sgd_plain(torch, show):
    _descend(torch, show, lambda p: torch.optim.SGD(p, lr=0.01))


def sgd_momentum(torch, show):
    _descend(torch, show, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9))


def sgd_dampening_and_decay(torch, show):
    _descend(torch, show, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.5, dampening=0.2, weight_decay=0.1))


def sgd_nesterov(torch, show):
    _descend(torch, show, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.01))


def sgd_maximize(torch, show):
    _descend(torch, show, lambda p: torch.optim.SGD(p, lr=0.001, momentum=0.9, maximize=True))


def adam_plain(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adam(p, lr=0.1))


def adam_decay_and_betas(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.4, 0.8), eps=1e-3, weight_decay=0.1))


def adam_amsgrad(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adam(p, lr=0.3, betas=(0.1, 0.2), amsgrad=True))


def adam_maximize(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adam(p, lr=0.1, maximize=True, weight_decay=0.01))


def adam_decoupled(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True))


def adamw_plain(torch, show):
    _descend(torch, show, lambda p: torch.optim.AdamW(p, lr=0.1))


def adamw_amsgrad(torch, show):
    _descend(torch, show, lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.3, amsgrad=True, maximize=True))


def rmsprop_plain(torch, show):
    _descend(torch, show, lambda p: torch.optim.RMSprop(p, lr=0.01))


def rmsprop_momentum(torch, show):
    _descend(torch, show, lambda p: torch.optim.RMSprop(p, lr=0.01, momentum=0.9, weight_decay=0.1, alpha=0.5))


def rmsprop_centered(torch, show):
    _descend(torch, show, lambda p: torch.optim.RMSprop(p, lr=0.01, centered=True, alpha=0.5, eps=1e-3))


def rmsprop_centered_with_momentum(torch, show):
    make = torch.optim.RMSprop
    _descend(torch, show, lambda p: make(p, lr=0.01, centered=True, momentum=0.5, maximize=True, eps=1e-2))


def adagrad_plain(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adagrad(p, lr=0.1))


def adagrad_settings(torch, show):
    make = torch.optim.Adagrad
    _descend(
        torch,
        show,
        lambda p: make(p, lr=0.1, lr_decay=0.3, weight_decay=0.1, initial_accumulator_value=0.5, maximize=True),
    )


def adadelta(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adadelta(p, lr=0.5, weight_decay=0.1))
    _descend(torch, show, lambda p: torch.optim.Adadelta(p, rho=0.5, eps=1e-3, maximize=True))


def adamax(torch, show):
    _descend(torch, show, lambda p: torch.optim.Adamax(p, lr=0.1))
    _descend(torch, show, lambda p: torch.optim.Adamax(p, lr=0.1, betas=(0.5, 0.6), weight_decay=0.1, maximize=True))


def nadam(torch, show):
    _descend(torch, show, lambda p: torch.optim.NAdam(p, lr=0.1))
    _descend(torch, show, lambda p: torch.optim.NAdam(p, lr=0.1, weight_decay=0.1, momentum_decay=0.1))
    _descend(torch, show, lambda p: torch.optim.NAdam(p, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True))


def radam(torch, show):
    _descend(torch, show, lambda p: torch.optim.RAdam(p, lr=0.1), steps=8)
    _descend(torch, show, lambda p: torch.optim.RAdam(p, lr=0.1, betas=(0.5, 0.99), weight_decay=0.1), steps=8)
    _descend(torch, show, lambda p: torch.optim.RAdam(p, lr=0.1, weight_decay=0.1, decoupled_weight_decay=True))


def asgd(torch, show):
    _descend(torch, show, lambda p: torch.optim.ASGD(p, lr=0.01, weight_decay=0.1))
    _descend(torch, show, lambda p: torch.optim.ASGD(p, lr=0.01, t0=1, lambd=0.1, alpha=0.5, maximize=True))


def rprop(torch, show):
    _descend(torch, show, lambda p: torch.optim.Rprop(p, lr=0.5), steps=6)
    _descend(torch, show, lambda p: torch.optim.Rprop(p, lr=2, etas=(0.3, 1.5), step_sizes=(0.1, 3)), steps=8)


def lbfgs(torch, show):
    def rosenbrock(x):
        return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2

    for settings in ({}, {"line_search_fn": "strong_wolfe"}, {"line_search_fn": "strong_wolfe", "history_size": 2}):
        x = torch.nn.Parameter(torch.tensor([-1.2, 1.0], dtype=torch.float64))
        opt = torch.optim.LBFGS([x], lr=0.002 if not settings else 1, max_iter=5, **settings)

        def closure(opt=opt, x=x):
            opt.zero_grad()
            loss = rosenbrock(x)
            loss.backward()
            return loss

        for _ in range(4):
            show(opt.step(closure).item())
        show(x, opt.state[x]["func_evals"], opt.state[x]["n_iter"], len(opt.state[x]["old_dirs"]))
        show(sorted(opt.state_dict()["state"][0]))


def lbfgs_of_several_parameters(torch, show):
    w, b = _param(torch, 2, 2), _param(torch, 2)
    opt = torch.optim.LBFGS([w, b], line_search_fn="strong_wolfe")
    x = torch.tensor([[1.0, 2.0], [-1.0, 0.5], [0.1, 0.3]])

    def closure():
        opt.zero_grad()
        loss = ((x @ w + b - torch.tensor([1.0, -1.0])) ** 2).mean() + 0.1 * (w**2).sum()
        loss.backward()
        return loss

    for _ in range(3):
        show(f"{opt.step(closure).item():.4f}")
    show([[round(v, 3) for v in r] for r in w.tolist()], [round(v, 3) for v in b.tolist()])
    show.error(lambda: opt.step())
    show.error(lambda: torch.optim.LBFGS([{"params": [w]}, {"params": [b]}]))
    show.error(lambda: torch.optim.LBFGS([w], line_search_fn="other").step(closure))


def defaults_and_printing(torch, show):
    for name in (
        "SGD",
        "Adam",
        "AdamW",
        "RMSprop",
        "Adagrad",
        "Adadelta",
        "Adamax",
        "NAdam",
        "RAdam",
        "ASGD",
        "Rprop",
        "LBFGS",
    ):
        opt = getattr(torch.optim, name)([_param(torch, 1)])
        show(opt)
        show(opt.defaults)
        show(list(opt.param_groups[0]), opt.state_dict()["param_groups"])


def double_precision(torch, show):
    for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adagrad):
        w = _param(torch, 3, dtype=torch.float64)
        opt = make([w], lr=0.1)
        for _ in range(3):
            opt.zero_grad()
            (w**3).sum().backward()
            opt.step()
        show(make.__name__, [f"{v:.10f}" for v in w.tolist()])
        show({k: v.dtype for k, v in opt.state[w].items()})


def half_precision(torch, show):
    for dtype in (torch.bfloat16, torch.float16):
        for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adagrad):
            w = _param(torch, 3, dtype=dtype)
            opt = make([w], lr=0.125)
            for _ in range(3):
                w.grad = torch.tensor([1.0, -0.5, 2.0], dtype=dtype)
                opt.step()
            show(make.__name__, w.detach(), {k: (v.dtype, v) for k, v in opt.state[w].items()})


def parameters_of_several_dtypes(torch, show):
    ps = [_param(torch, 2), _param(torch, 2, dtype=torch.float64), _param(torch, 3)]
    opt = torch.optim.Adam(ps, lr=0.1)
    for p in ps:
        p.grad = torch.ones_like(p)
    opt.step()
    show([p.detach() for p in ps])


def not_contiguous_parameters_and_gradients(torch, show):
    for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adagrad):
        base = torch.arange(12.0).reshape(3, 4)
        p = base.t()[1:3].requires_grad_()
        opt = make([p], lr=0.5)
        for i in range(2):
            p.grad = torch.full((3, 2), 1.0 + i).t()
            opt.step()
        show(make.__name__, base)


def expanded_gradient(torch, show):
    p = _param(torch, 2, 2)
    opt = torch.optim.Adam([p], lr=0.1)
    (p.sum() * 3).backward()
    opt.step()
    show(p.detach())


def empty_and_0_dim_parameters(torch, show):
    a, b = torch.nn.Parameter(torch.zeros(0, 3)), torch.nn.Parameter(torch.tensor(2.0))
    for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.RMSprop, torch.optim.Adagrad):
        opt = make([a, b], lr=0.1)
        a.grad, b.grad = torch.zeros(0, 3), torch.tensor(1.0)
        opt.step()
        show(a.shape, b)


def step_counts_as_a_write(torch, show):
    w = _param(torch, 2)
    opt = torch.optim.SGD([w], lr=0.1)
    y = (w * w).sum()
    before = w._version
    w.grad = torch.ones(2)
    opt.step()
    show(w._version - before)
    show.error(y.backward)


def steps_are_not_recorded(torch, show):
    w = _param(torch, 2)
    opt = torch.optim.SGD([w], lr=0.1)
    w.grad = torch.ones(2)
    opt.step()
    show(w.is_leaf, w.requires_grad, w.grad_fn)
    show(torch.is_grad_enabled())


def closure(torch, show):
    w = _param(torch, 2)
    opt = torch.optim.Adam([w], lr=0.5)
    modes = []

    def closure():
        modes.append(torch.is_grad_enabled())
        opt.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        show(opt.step(closure))
    show(opt.step(closure), modes)
    show(opt.step(), w)
    show(torch.optim.SGD([w]).step(lambda: 7))


def closure_that_fails(torch, show):
    w = _param(torch, 2)
    opt = torch.optim.SGD([w], lr=0.5)

    def closure():
        raise KeyError("from the closure")

    with torch.no_grad():
        show.error(lambda: opt.step(closure))
        show(torch.is_grad_enabled())
    show(torch.is_grad_enabled())
    show.error(lambda: opt.step(5))
    show.error(lambda: opt.step(None, None))


def groups_with_settings_of_their_own(torch, show):
    a, b = _param(torch, 2), _param(torch, 3)
    opt = torch.optim.SGD([{"params": [a], "lr": 1.0}, {"params": b, "momentum": 0.5}], lr=0.1)
    a.grad, b.grad = torch.ones(2), torch.ones(3)
    opt.step()
    opt.step()
    show(a, b)
    show(opt)
    opt.param_groups[0]["lr"] = 2.0
    opt.step()
    show(a, list(opt.state[a]), list(opt.state[b]))


def adding_a_group(torch, show):
    a, b = _param(torch, 2), _param(torch, 3)
    opt = torch.optim.Adam([a], lr=0.1)
    group = {"params": b, "lr": 0.5}
    opt.add_param_group(group)
    show(len(opt.param_groups), opt.param_groups[1] is group, group["betas"], type(group["params"]))
    b.grad = torch.ones(3)
    opt.step()
    show(a, b, opt.state_dict()["param_groups"][1]["params"], list(opt.state_dict()["state"]))


def errors_of_parameters(torch, show):
    p, make = _param(torch, 2), torch.optim.SGD
    show.error(lambda: make([]))
    show.error(lambda: make(p))
    show.error(lambda: make([{}]))
    show.error(lambda: make([1]))
    show.error(lambda: make(["a"]))
    show.error(lambda: make(5))
    show.error(lambda: make())
    show.error(lambda: make([p], foo=1))
    show.error(lambda: make([p * 2]))
    show.error(lambda: make([{"params": [p]}, {"params": [p]}]))
    show.error(lambda: make([{"params": {p}}]))
    show.error(lambda: make([p]).add_param_group(1))
    show.error(lambda: make([p]).add_param_group({"params": [p]}))
    show.error(lambda: make([p]).add_param_group({"lr": 1}))


def warnings_of_parameters(torch, show):
    p = _param(torch, 2)
    for params in ([p, p], {p}):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            torch.optim.SGD(params)
        show([(w.category, w.message) for w in seen])


def errors_of_settings(torch, show):
    p = [_param(torch, 2)]
    o = torch.optim
    for make, settings in (
        (o.SGD, [{"lr": -1}, {"momentum": -1}, {"weight_decay": -1}, {"nesterov": True}]),
        (o.Adam, [{"lr": -1}, {"eps": -1}, {"betas": (1.0, 0)}, {"betas": (0, 1.0)}, {"weight_decay": -1}]),
        (o.AdamW, [{"lr": -1}, {"eps": -1}, {"betas": (1.0, 0)}, {"betas": (0, 1.0)}, {"weight_decay": -1}]),
        (o.RMSprop, [{"lr": -1}, {"eps": -1}, {"momentum": -1}, {"weight_decay": -1}, {"alpha": -1}]),
        (o.Adagrad, [{"lr": -1}, {"lr_decay": -1}, {"weight_decay": -1}, {"initial_accumulator_value": -1}]),
        (o.Adagrad, [{"eps": -1}, {"fused": True, "foreach": True}, {"fused": True, "differentiable": True}]),
        (o.Adadelta, [{"lr": -1}, {"rho": -1}, {"eps": -1}, {"weight_decay": -1}]),
        (o.Adamax, [{"lr": -1}, {"eps": -1}, {"betas": (-1, 0)}, {"betas": (0, -1)}, {"weight_decay": -1}]),
        (o.NAdam, [{"lr": -1}, {"eps": -1}, {"betas": (-1, 0)}, {"weight_decay": -1}, {"momentum_decay": -1}]),
        (o.RAdam, [{"lr": -1}, {"eps": -1}, {"betas": (-1, 0)}, {"weight_decay": -1}]),
        (o.ASGD, [{"lr": -1}, {"weight_decay": -1}]),
        (o.Rprop, [{"lr": -1}, {"etas": (2, 3)}]),
        (o.LBFGS, [{"lr": -1}]),
        (o.SGD, [{"fused": True, "foreach": True}, {"fused": True, "differentiable": True}]),
        (o.Adam, [{"fused": True, "foreach": True}, {"fused": True, "differentiable": True}]),
    ):
        for kw in settings:
            show.error(lambda make=make, kw=kw: make(p, **kw))


def tensors_as_settings(torch, show):
    p = _param(torch, 2)
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad"):
        lr = torch.tensor(0.1)
        opt = getattr(torch.optim, name)([p], lr=lr)
        p.grad = torch.ones(2)
        opt.step()
        show(name, p.detach(), opt.param_groups[0]["lr"] is lr)
        show.error(lambda name=name: getattr(torch.optim, name)([p], lr=torch.tensor([0.1, 0.2])))
    opt = torch.optim.Adam([p], lr=torch.tensor(0.1), betas=(torch.tensor(0.5), torch.tensor(0.9)))
    opt.step()
    show(p.detach(), opt)
    show.error(lambda: torch.optim.Adam([p], lr=torch.tensor(0.1), foreach=True))
    show.error(lambda: torch.optim.Adam([p], betas=(torch.tensor(0.1), 0.5)))
    show.error(lambda: torch.optim.Adam([p], betas=(torch.tensor(0.1), torch.tensor(0.1)), foreach=True))


def ways_to_compute(torch, show):
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop", "Adadelta"):
        make = getattr(torch.optim, name)
        for kw in ({"foreach": True}, {"foreach": False}, {"fused": True}):
            if "fused" in kw and name not in ("SGD", "Adam", "AdamW", "Adagrad"):
                continue
            p = _param(torch, 2)
            p.grad = torch.ones(2)
            make([p], **kw).step()
            show(name, kw, p.detach())
        if name not in ("SGD", "Adagrad"):
            p = _param(torch, 2)
            p.grad = torch.ones(2)
            show.error(make([p], capturable=True).step)
        if name != "SGD":
            show.error(make([p], foreach=True, differentiable=True).step)


def differentiable_steps(torch, show):
    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "RAdam", "NAdam"):
        q = _param(torch, 2)
        p = q.clone()
        opt = getattr(torch.optim, name)([p], lr=0.1, differentiable=True)
        for _ in range(2):
            p.grad = 2 * p
            opt.step()
        p.sum().backward()
        show(name, p.detach(), q.grad)


def differentiable_learning_rate(torch, show):
    lr = torch.tensor(0.1, requires_grad=True)
    q = _param(torch, 2)
    p = q.clone()
    opt = torch.optim.SGD([p], lr=lr, differentiable=True)
    for _ in range(2):
        p.grad = 2 * p
        opt.step()
    p.sum().backward()
    show(p.detach(), lr.grad, q.grad)


def named_parameters(torch, show):
    w, b = _param(torch, 2), _param(torch, 3)
    opt = torch.optim.Adam([("w", w), ("b", b)])
    show(opt)
    show(list(opt.param_groups[0]), opt.state_dict())
    show.error(lambda: torch.optim.Adam([("w", w), b]))
    show.error(lambda: torch.optim.Adam([b, ("w", w)]))
    show.error(lambda: torch.optim.Adam([{"params": [("w", w)]}, {"params": [b]}]))
    show.error(lambda: torch.optim.Adam([{"params": [w]}, {"params": [("b", b)]}]))
    opt.add_param_group({"params": [("z", _param(torch, 1))]})
    show(opt.param_groups[1]["param_names"])
    linear = torch.nn.Linear(2, 2)
    show(torch.optim.SGD(linear.named_parameters()).param_groups[0]["param_names"])


def zeroing_gradients(torch, show):
    p, q = _param(torch, 2), _param(torch, 2)
    opt = torch.optim.SGD([p, q])
    p.grad = torch.ones(2)
    opt.zero_grad()
    show(p.grad, q.grad)
    g = p.grad = torch.ones(2)
    opt.zero_grad(set_to_none=False)
    show(p.grad, p.grad is g, q.grad)
    (p**3).sum().backward(create_graph=True)
    show(p.grad.requires_grad)
    opt.zero_grad(set_to_none=False)
    show(p.grad, p.grad.requires_grad, p.grad.grad_fn)


def saving_and_loading(torch, show):
    def train(opt, p, n):
        for _ in range(n):
            opt.zero_grad()
            (p**4).sum().backward()
            opt.step()

    for name in ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop"):
        settings = {"lr": 0.01, "momentum": 0.9} if name in ("SGD", "RMSprop") else {"lr": 0.01}
        make = getattr(torch.optim, name)
        p = _param(torch, 3)
        opt = make([p], **settings)
        train(opt, p, 3)
        q = torch.nn.Parameter(p.detach().clone())
        other = make([q], lr=1.0)
        other.load_state_dict(copy.deepcopy(opt.state_dict()))
        train(opt, p, 3)
        train(other, q, 3)
        show(name, torch.equal(p, q), other.param_groups[0]["lr"], sorted(other.state[q]))


def loaded_state_is_shared_and_cast(torch, show):
    p = _param(torch, 2)
    opt = torch.optim.Adam([p])
    p.grad = torch.ones(2)
    opt.step()
    state = opt.state_dict()
    show(state["state"][0]["exp_avg"] is opt.state[p]["exp_avg"])
    other = torch.optim.Adam([p])
    other.load_state_dict(state)
    show(other.state[p]["exp_avg"] is opt.state[p]["exp_avg"], other.state[p]["step"] is opt.state[p]["step"])
    d = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
    wide = torch.optim.Adam([d])
    wide.load_state_dict(state)
    show({k: (v.dtype, v) for k, v in wide.state[d].items()})


def errors_of_loading(torch, show):
    p, q = _param(torch, 2), _param(torch, 3)
    opt = torch.optim.SGD([p])
    show.error(lambda: opt.load_state_dict({}))
    show.error(lambda: opt.load_state_dict(torch.optim.SGD([{"params": [p]}, {"params": [q]}]).state_dict()))
    show.error(lambda: opt.load_state_dict(torch.optim.SGD([p, q]).state_dict()))


def loading_names(torch, show):
    p = _param(torch, 2)
    plain, named = torch.optim.SGD([p]), torch.optim.SGD([("w", p)])
    other = torch.optim.SGD([("v", p)])
    plain.load_state_dict(named.state_dict())
    show(list(plain.param_groups[0]), plain.param_groups[0]["param_names"])
    named.load_state_dict(other.state_dict())
    show(named.param_groups[0]["param_names"])
    named.load_state_dict(torch.optim.SGD([p]).state_dict())
    show(list(named.param_groups[0]), named.param_groups[0]["param_names"])


def loading_of_older_checkpoints(torch, show):
    for name in ("SGD", "Adam", "RMSprop", "Adagrad", "Adamax", "NAdam", "RAdam", "ASGD", "Rprop", "Adadelta"):
        p = _param(torch, 2)
        p.grad = torch.ones(2)
        opt = getattr(torch.optim, name)([p])
        opt.step()
        state = opt.state_dict()
        state["param_groups"] = [{"params": [0], "lr": 0.1}]
        for s in state["state"].values():
            s.update({k: s[k].item() for k in ("step", "eta", "mu", "mu_product") if k in s})
        opt.load_state_dict(state)
        show(name, {k: v for k, v in opt.param_groups[0].items() if k != "params"})
        show({k: v for k, v in opt.state[p].items() if v.dim() == 0})


def unknown_state_is_kept(torch, show):
    p = _param(torch, 2)
    opt = torch.optim.SGD([p], lr=0.1)
    opt.state["note"] = {"a": 1}
    opt.state[p]["list"] = [torch.ones(1), (torch.zeros(1),), {"b": torch.ones(2)}]
    state = opt.state_dict()
    show(state["state"])
    opt.load_state_dict(state)
    show(opt.state["note"], opt.state[p])


def pickling_and_copying(torch, show):
    p = _param(torch, 2)
    opt = torch.optim.Adam([p], lr=0.1)
    p.grad = torch.ones(2)
    opt.step()
    for other in (pickle.loads(pickle.dumps(opt)), copy.deepcopy(opt)):
        q = other.param_groups[0]["params"][0]
        show(type(other), q is p, q, list(other.state[q]), other.state[q]["exp_avg"])
        q.grad = torch.ones(2)
        other.step()
        show(q, p)
    show(sorted(opt.__getstate__()))


def step_hooks(torch, show):
    p = _param(torch, 2)
    opt = torch.optim.SGD([p], lr=0.1)
    p.grad = torch.ones(2)
    handles = [
        opt.register_step_pre_hook(lambda o, args, kwargs: show("before", o is opt, len(args), kwargs)),
        opt.register_step_post_hook(lambda o, args, kwargs: show("after", o is opt, len(args), kwargs)),
    ]
    opt.step()
    show(opt.step(lambda: 5))
    show(opt.step(closure=None))
    for h in handles:
        h.remove()
    opt.step()
    h = opt.register_step_pre_hook(lambda o, args, kwargs: (args, {"closure": lambda: 7}))
    show(opt.step())
    h.remove()
    h = opt.register_step_pre_hook(lambda o, args, kwargs: 3)
    show.error(opt.step, text=False)
    h.remove()
    with opt.register_step_post_hook(lambda *a: show("within")):
        opt.step()
    opt.step()


def hooks_of_all_optimizers(torch, show):
    from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

    class Mine(torch.optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": 1.0})

        def step(self, closure=None):
            show("step of mine")

    a = register_optimizer_step_pre_hook(lambda o, args, kwargs: show("pre", type(o)))
    b = register_optimizer_step_post_hook(lambda o, args, kwargs: show("post", type(o)))
    mine, adam = Mine([_param(torch, 1)]), torch.optim.Adam([_param(torch, 1)])
    mine.register_step_pre_hook(lambda *a: show("own pre"))
    mine.register_step_post_hook(lambda *a: show("own post"))
    mine.step()
    adam.step()
    a.remove()
    b.remove()
    adam.step()


def state_dict_hooks(torch, show):
    p = _param(torch, 2)
    opt = torch.optim.SGD([p], lr=0.1)
    opt.register_state_dict_pre_hook(lambda o: show("pre 1"))
    opt.register_state_dict_pre_hook(lambda o: show("pre 2"), prepend=True)
    opt.register_state_dict_post_hook(lambda o, d: {**d, "extra": 1})
    opt.register_state_dict_post_hook(lambda o, d: show("post", sorted(d)))
    state = opt.state_dict()
    show(sorted(state))
    opt.register_load_state_dict_pre_hook(lambda o, d: show("load", sorted(d)))
    opt.register_load_state_dict_pre_hook(lambda o, d: {k: v for k, v in d.items() if k != "extra"}, prepend=True)
    opt.register_load_state_dict_post_hook(lambda o: show("loaded", o is opt))
    opt.load_state_dict(state)


def optimizer_of_ones_own(torch, show):
    class Signs(torch.optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        @torch.no_grad()
        def step(self, closure=None):
            loss = None
            if closure is not None:
                with torch.enable_grad():
                    loss = closure()
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        state = self.state[p]
                        state["n"] = state.get("n", 0) + 1
                        p.add_(p.grad.sign(), alpha=-group["lr"])
            return loss

    p = _param(torch, 2)
    opt = Signs([p])

    def closure():
        opt.zero_grad()
        loss = ((p - 3) ** 2).sum()
        loss.backward()
        return loss

    show(opt.step(closure), opt.step(closure), p)
    show(opt)
    show(opt.state_dict())
    show.error(lambda: torch.optim.Optimizer([p], {}).step())
    show(torch.optim.Optimizer([p], {"lr": 1}))


def required_settings(torch, show):
    from torch.optim.optimizer import required

    show(required)
    p = _param(torch, 2)
    show.error(lambda: torch.optim.Optimizer([p], {"lr": required}))
    show(torch.optim.Optimizer([{"params": [p], "lr": 1}], {"lr": required}).param_groups[0]["lr"])


def subclass_of_an_optimizer(torch, show):
    class Clipped(torch.optim.SGD):
        def step(self, closure=None):
            for group in self.param_groups:
                torch.nn.utils.clip_grad_value_(group["params"], 0.5)
            return super().step(closure)

    p = _param(torch, 2)
    opt = Clipped([p], lr=1.0)
    opt.register_step_post_hook(lambda *a: show("after"))
    p.grad = torch.tensor([3.0, -0.1])
    opt.step()
    show(p, repr(opt).split("\n")[0])


def state_is_kept_by_the_parameter(torch, show):
    p, q = _param(torch, 2), _param(torch, 2)
    opt = torch.optim.Adam([p, q])
    show(type(opt.state), len(opt.state))
    p.grad = torch.ones(2)
    opt.step()
    show(len(opt.state), p in opt.state, q in opt.state, opt.state[p]["step"])
    opt.state.clear()
    opt.step()
    show(opt.state[p]["step"], p)


def changed_state_is_used(torch, show):
    p = _param(torch, 2)
    opt = torch.optim.SGD([p], lr=1.0, momentum=0.5)
    p.grad = torch.ones(2)
    opt.step()
    opt.state[p]["momentum_buffer"].mul_(10)
    opt.step()
    show(p)
    opt.state[p]["momentum_buffer"] = torch.full((2,), 100.0)
    opt.step()
    show(p)
    opt.state[p] = {}
    opt.step()
    show(p, opt.state[p])


def shared_memory_of_parameters(torch, show):
    base = torch.arange(4.0)
    a, b = base[:3].requires_grad_(), base[1:].requires_grad_()
    opt = torch.optim.SGD([a, b], lr=1.0)
    a.grad, b.grad = torch.ones(3), torch.ones(3)
    opt.step()
    show(base)
    c = base.view(2, 2)[0].requires_grad_()
    adam = torch.optim.Adam([a, c], lr=1.0)
    c.grad = torch.ones(2)
    adam.step()
    show(base)


def frozen_parameters(torch, show):
    p, q = _param(torch, 2), _param(torch, 2).requires_grad_(False)
    opt = torch.optim.Adam([p, q], lr=0.1, weight_decay=0.1)
    (p * q).sum().backward()
    opt.step()
    show(p, q, len(opt.state))
    x = torch.ones(2)
    x.grad = torch.ones(2)
    torch.optim.SGD([x], lr=0.1).step()
    show(x)


def default_dtype_of_counts(torch, show):
    p = torch.nn.Parameter(torch.ones(2, dtype=torch.float64))
    p.grad = torch.ones_like(p)
    torch.set_default_dtype(torch.float64)
    try:
        opt = torch.optim.Adam([p], lr=0.1)
        opt.step()
        opt.step()
    finally:
        torch.set_default_dtype(torch.float32)
    show(opt.state[p]["step"].dtype, opt.state[p]["step"].item(), p)


def adam_after_many_steps(torch, show):
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    opt = torch.optim.Adam(model.parameters(), lr=0.05)
    x = torch.linspace(-1, 1, 24).reshape(8, 3)
    y = (x**2).sum(1, keepdim=True)
    for i in range(60):
        opt.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        opt.step()
        if i % 20 == 19:
            show(f"{loss.item():.4f}")


def sgd_trains_a_layer(torch, show):
    torch.manual_seed(1)
    layer = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
    x = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, -1.0]])
    y = x @ torch.tensor([[2.0], [-1.0]]) + 0.5
    for _ in range(30):
        opt.zero_grad()
        loss = ((layer(x) - y) ** 2).mean()
        loss.backward()
        opt.step()
    show(f"{loss.item():.3f}", [round(v, 2) for v in layer.weight[0].tolist()])
