"""Learning-rate schedules."""

import copy
import pickle
import warnings


def _sgd(torch, lr=0.1, momentum=0.9, groups=1):
    params = [{"params": [torch.nn.Parameter(torch.ones(2))], "lr": lr * (i + 1)} for i in range(groups)]
    return torch.optim.SGD(params, lr=lr, momentum=momentum)


def _run(schedule, n, *args):
    rates = []
    for _ in range(n):
        schedule.optimizer.step()
        schedule.step(*args)
        rates.append(schedule.get_last_lr()[0])
    return rates


def _makers(torch):
    s = torch.optim.lr_scheduler
    return {
        "StepLR": lambda o, **k: s.StepLR(o, 2, **k),
        "MultiStepLR": lambda o, **k: s.MultiStepLR(o, [2, 4, 4], gamma=0.5, **k),
        "LambdaLR": lambda o, **k: s.LambdaLR(o, lambda e: 0.5**e, **k),
        "MultiplicativeLR": lambda o, **k: s.MultiplicativeLR(o, lambda e: 0.9 - 0.1 * e, **k),
        "ConstantLR": lambda o, **k: s.ConstantLR(o, 0.25, 3, **k),
        "LinearLR": lambda o, **k: s.LinearLR(o, 0.1, 0.8, 4, **k),
        "ExponentialLR": lambda o, **k: s.ExponentialLR(o, 0.5, **k),
        "CosineAnnealingLR": lambda o, **k: s.CosineAnnealingLR(o, 4, 0.02, **k),
        "CosineAnnealingWarmRestarts": lambda o, **k: s.CosineAnnealingWarmRestarts(o, 2, 2, 0.01, **k),
        "PolynomialLR": lambda o, **k: s.PolynomialLR(o, 4, 2.0, **k),
        "CyclicLR": lambda o, **k: s.CyclicLR(o, 0.1, 1.0, 3, 2, **k),
        "OneCycleLR": lambda o, **k: s.OneCycleLR(o, 1.0, 10, **k),
    }


def step_lr(torch, show):
    show(_run(torch.optim.lr_scheduler.StepLR(_sgd(torch), 3), 8))
    show(_run(torch.optim.lr_scheduler.StepLR(_sgd(torch), 1, gamma=0.9), 4))


def multi_step_lr(torch, show):
    schedule = torch.optim.lr_scheduler.MultiStepLR(_sgd(torch), [2, 3, 3, 6], gamma=0.5)
    show(schedule.milestones)
    show(_run(schedule, 8))


def lambda_lr(torch, show):
    s = torch.optim.lr_scheduler
    opt = _sgd(torch, groups=2)
    schedule = s.LambdaLR(opt, [lambda e: 0.5**e, lambda e: 1 / (1 + e)])
    for _ in range(3):
        opt.step()
        schedule.step()
        show(schedule.get_last_lr(), [g["lr"] for g in opt.param_groups])
    show.error(lambda: s.LambdaLR(opt, [lambda e: e]))


def multiplicative_lr(torch, show):
    s = torch.optim.lr_scheduler
    show(_run(s.MultiplicativeLR(_sgd(torch), lambda e: 0.9), 4))
    show(_run(s.MultiplicativeLR(_sgd(torch), lambda e: 1 / e), 4))
    show.error(lambda: s.MultiplicativeLR(_sgd(torch), [lambda e: e, lambda e: e]))


def constant_lr(torch, show):
    s = torch.optim.lr_scheduler
    schedule = s.ConstantLR(_sgd(torch), factor=0.2, total_iters=3)
    show(schedule.get_last_lr(), _run(schedule, 5))
    show.error(lambda: s.ConstantLR(_sgd(torch), factor=2))
    show.error(lambda: s.ConstantLR(_sgd(torch), factor=-1))


def linear_lr(torch, show):
    s = torch.optim.lr_scheduler
    schedule = s.LinearLR(_sgd(torch), start_factor=0.1, end_factor=0.8, total_iters=4)
    show(schedule.get_last_lr(), _run(schedule, 6))
    show(_run(s.LinearLR(_sgd(torch)), 6))
    for bad in ({"start_factor": 2}, {"start_factor": 0}, {"end_factor": 2}, {"end_factor": -1}):
        show.error(lambda bad=bad: s.LinearLR(_sgd(torch), **bad))


def exponential_lr(torch, show):
    show(_run(torch.optim.lr_scheduler.ExponentialLR(_sgd(torch), gamma=0.9), 5))


def cosine_annealing_lr(torch, show):
    s = torch.optim.lr_scheduler
    show(_run(s.CosineAnnealingLR(_sgd(torch), 4), 10))
    show(_run(s.CosineAnnealingLR(_sgd(torch), 3, eta_min=0.05), 10))


def cosine_annealing_warm_restarts(torch, show):
    s = torch.optim.lr_scheduler
    show(_run(s.CosineAnnealingWarmRestarts(_sgd(torch), 3), 8))
    show(_run(s.CosineAnnealingWarmRestarts(_sgd(torch), 2, T_mult=2, eta_min=0.01), 10))
    schedule = s.CosineAnnealingWarmRestarts(_sgd(torch), 2, T_mult=3)
    for epoch in (0.5, 1.5, 2, 2.5, 7.9, 8, 20):
        schedule.step(epoch)
        show(schedule.last_epoch, schedule.T_cur, schedule.T_i, schedule.get_last_lr())
    show.error(lambda: s.CosineAnnealingWarmRestarts(_sgd(torch), 0))
    show.error(lambda: s.CosineAnnealingWarmRestarts(_sgd(torch), 1.5))
    show.error(lambda: s.CosineAnnealingWarmRestarts(_sgd(torch), 1, 0))
    show.error(lambda: schedule.step(-1))


def polynomial_lr(torch, show):
    s = torch.optim.lr_scheduler
    show(_run(s.PolynomialLR(_sgd(torch), 4, 2.0), 6))
    show(_run(s.PolynomialLR(_sgd(torch)), 6))


def cyclic_lr(torch, show):
    s = torch.optim.lr_scheduler
    for settings in ({}, {"mode": "triangular2"}, {"mode": "exp_range", "gamma": 0.9}):
        schedule = s.CyclicLR(_sgd(torch), 0.1, 1.0, step_size_up=3, step_size_down=2, **settings)
        show(_run(schedule, 12), schedule.optimizer.param_groups[0]["momentum"])
    schedule = s.CyclicLR(_sgd(torch), 0.1, 1.0, 2, scale_fn=lambda x: 0.9**x, scale_mode="iterations")
    show(_run(schedule, 6))
    schedule = s.CyclicLR(_sgd(torch), 0.1, 1.0, 2, scale_fn=lambda x: 1 / x, cycle_momentum=False)
    show(_run(schedule, 10), schedule.optimizer.param_groups[0]["momentum"])


def cyclic_lr_of_adam(torch, show):
    opt = torch.optim.Adam([torch.nn.Parameter(torch.ones(1))])
    schedule = torch.optim.lr_scheduler.CyclicLR(opt, 0.1, 1.0, 3, base_momentum=0.7)
    for _ in range(4):
        opt.step()
        schedule.step()
        show(opt.param_groups[0]["lr"], opt.param_groups[0]["betas"])


def errors_of_cyclic_lr(torch, show):
    s = torch.optim.lr_scheduler
    show.error(lambda: s.CyclicLR(_sgd(torch), [0.1, 0.1], 1))
    show.error(lambda: s.CyclicLR(_sgd(torch), 0.1, [1, 2]))
    show.error(lambda: s.CyclicLR(_sgd(torch), 0.1, 1, mode="other"))
    show.error(lambda: s.CyclicLR(torch.optim.Adagrad([torch.ones(1)]), 0.1, 1))
    show.error(lambda: s.CyclicLR(5, 0.1, 1))


def one_cycle_lr(torch, show):
    s = torch.optim.lr_scheduler
    for settings in ({}, {"anneal_strategy": "linear"}, {"three_phase": True}, {"pct_start": 0.5, "div_factor": 2.0}):
        schedule = s.OneCycleLR(_sgd(torch), 1.0, total_steps=10, **settings)
        show(schedule.get_last_lr(), schedule.optimizer.param_groups[0]["momentum"])
        show(_run(schedule, 9), schedule.optimizer.param_groups[0]["momentum"])
    show(_run(s.OneCycleLR(_sgd(torch), [2.0], epochs=2, steps_per_epoch=3, cycle_momentum=False), 5))


def one_cycle_lr_of_adam(torch, show):
    opt = torch.optim.Adam([torch.nn.Parameter(torch.ones(1))])
    schedule = torch.optim.lr_scheduler.OneCycleLR(opt, 1.0, total_steps=6)
    for _ in range(5):
        opt.step()
        schedule.step()
        show(opt.param_groups[0]["lr"], opt.param_groups[0]["betas"])


def errors_of_one_cycle_lr(torch, show):
    make = torch.optim.lr_scheduler.OneCycleLR
    for settings in (
        {},
        {"total_steps": -1},
        {"total_steps": 1.5},
        {"epochs": -1, "steps_per_epoch": 2},
        {"epochs": 1, "steps_per_epoch": -2},
        {"total_steps": 5, "pct_start": 2},
        {"total_steps": 5, "anneal_strategy": "other"},
    ):
        show.error(lambda settings=settings: make(_sgd(torch), 1, **settings))
    show.error(lambda: make(_sgd(torch), [1, 2], 5))
    show.error(lambda: make(torch.optim.Adagrad([torch.ones(1)]), 1, 5))
    show.error(lambda: _run(make(_sgd(torch), 1, 2), 5))


def reduce_on_plateau(torch, show):
    opt = _sgd(torch)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=1, cooldown=1)
    for metric in [5, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, float("nan"), torch.tensor(1.0)]:
        schedule.step(metric)
        show(schedule.last_epoch, opt.param_groups[0]["lr"], schedule.best, schedule.num_bad_epochs)
        show(schedule.cooldown_counter, schedule.in_cooldown, schedule.get_last_lr())


def reduce_on_plateau_modes(torch, show):
    make = torch.optim.lr_scheduler.ReduceLROnPlateau
    for mode in ("min", "max"):
        for threshold_mode in ("rel", "abs"):
            opt = _sgd(torch)
            schedule = make(opt, mode, factor=0.5, patience=0, threshold=0.1, threshold_mode=threshold_mode)
            rates = []
            for metric in (1.0, 1.05, 1.2, 1.0, 0.95, 0.7, 0.7, -1.0, -1.05, -2):
                schedule.step(metric)
                rates.append(opt.param_groups[0]["lr"])
            show(mode, threshold_mode, rates)


def reduce_on_plateau_limits(torch, show):
    make = torch.optim.lr_scheduler.ReduceLROnPlateau
    opt = _sgd(torch, groups=2)
    schedule = make(opt, patience=0, factor=0.5, min_lr=[0.05, 0.001])
    for _ in range(5):
        schedule.step(1)
        show(schedule.get_last_lr())
    opt.add_param_group({"params": [torch.nn.Parameter(torch.ones(1))], "lr": 0.4})
    show.error(lambda: schedule.step(1))
    schedule = make(_sgd(torch), patience=0, factor=0.5, eps=0.03)
    show([schedule.step(1) or schedule.get_last_lr()[0] for _ in range(4)])
    schedule = make(opt, patience=0, factor=0.5, min_lr=0.3)
    for _ in range(3):
        schedule.step(1)
    show(schedule.get_last_lr(), schedule.min_lrs)


def errors_of_reduce_on_plateau(torch, show):
    make = torch.optim.lr_scheduler.ReduceLROnPlateau
    show.error(lambda: make(_sgd(torch), factor=1.0))
    show.error(lambda: make(5))
    show.error(lambda: make(_sgd(torch), min_lr=[1, 2]))
    show.error(lambda: make(_sgd(torch), "other"))
    show.error(lambda: make(_sgd(torch), threshold_mode="other"))
    show.error(lambda: make(_sgd(torch)).step())


def one_after_the_other(torch, show):
    s = torch.optim.lr_scheduler
    opt = _sgd(torch)
    schedules = [s.LinearLR(opt, 0.1, 1.0, 3), s.CosineAnnealingLR(opt, 4), s.ConstantLR(opt, 0.5, 2)]
    schedule = s.SequentialLR(opt, schedules, milestones=[3, 6])
    show(opt.param_groups[0]["lr"], schedule.get_last_lr(), _run(schedule, 10), schedule.last_epoch)
    opt = _sgd(torch)
    schedule = s.SequentialLR(opt, [s.ExponentialLR(opt, 0.9), s.CosineAnnealingWarmRestarts(opt, 2)], [2])
    show(_run(schedule, 7))


def one_after_the_other_within_another(torch, show):
    s = torch.optim.lr_scheduler
    opt = _sgd(torch)
    inner = s.SequentialLR(opt, [s.ConstantLR(opt, 0.1, 1), s.ExponentialLR(opt, 0.9)], [2])
    schedule = s.SequentialLR(opt, [inner, s.CosineAnnealingLR(opt, 4)], [4])
    show(opt.param_groups[0]["lr"], _run(schedule, 9))


def errors_of_one_after_the_other(torch, show):
    s = torch.optim.lr_scheduler
    a, b = _sgd(torch), _sgd(torch)
    show.error(lambda: s.SequentialLR(a, [], []))
    show.error(lambda: s.SequentialLR(a, [s.ConstantLR(b)], []))
    show.error(lambda: s.SequentialLR(a, [s.ConstantLR(a)], [1]))
    show.error(lambda: s.SequentialLR(a, [s.ConstantLR(a), s.ReduceLROnPlateau(a)], [1]))
    show.error(lambda: s.SequentialLR(a, [5], []))


def all_at_once(torch, show):
    s = torch.optim.lr_scheduler
    opt = _sgd(torch)
    schedule = s.ChainedScheduler([s.ConstantLR(opt, 0.1, 3), s.ExponentialLR(opt, 0.5), s.StepLR(opt, 2)])
    show(opt.param_groups[0]["lr"], schedule.get_last_lr(), _run(schedule, 6))
    other = _sgd(torch)
    show.error(lambda: s.ChainedScheduler([]))
    show.error(lambda: s.ChainedScheduler([s.ConstantLR(opt), s.ConstantLR(other)]))
    show.error(lambda: s.ChainedScheduler([s.ConstantLR(opt)], other))
    show.error(lambda: s.ChainedScheduler([5]))


def states(torch, show):
    for name, make in _makers(torch).items():
        schedule = make(_sgd(torch))
        show(name, schedule.state_dict())
        show(list(schedule.optimizer.param_groups[0]))
    s = torch.optim.lr_scheduler
    show(s.ReduceLROnPlateau(_sgd(torch)).state_dict())
    opt = _sgd(torch)
    schedule = s.SequentialLR(opt, [s.ConstantLR(opt), s.ExponentialLR(opt, 0.5)], [2])
    show(schedule.state_dict())
    opt = _sgd(torch)
    show(s.ChainedScheduler([s.ConstantLR(opt), s.ExponentialLR(opt, 0.5)]).state_dict())


def going_on_from_a_state(torch, show):
    for name, make in _makers(torch).items():
        opt = _sgd(torch)
        schedule = make(opt)
        _run(schedule, 3)
        saved = copy.deepcopy((schedule.state_dict(), opt.state_dict()))
        expected = _run(schedule, 4)
        opt = _sgd(torch, lr=5.0)
        schedule = make(opt)
        schedule.load_state_dict(saved[0])
        opt.load_state_dict(saved[1])
        show(name, expected == _run(schedule, 4), schedule.last_epoch)


def going_on_from_a_state_of_several(torch, show):
    s = torch.optim.lr_scheduler

    def make(opt):
        schedules = [s.LinearLR(opt, 0.1, 1.0, 3), s.ExponentialLR(opt, 0.5)]
        return s.SequentialLR(opt, schedules, [3])

    opt = _sgd(torch)
    schedule = make(opt)
    _run(schedule, 2)
    saved = copy.deepcopy((schedule.state_dict(), opt.state_dict()))
    expected = _run(schedule, 4)
    opt = _sgd(torch)
    schedule = make(opt)
    schedule.load_state_dict(saved[0])
    opt.load_state_dict(saved[1])
    show(expected == _run(schedule, 4))
    chained = s.ChainedScheduler([s.StepLR(opt, 2), s.ExponentialLR(opt, 0.5)])
    state = chained.state_dict()
    state["_schedulers"][0]["step_size"] = 7
    chained.load_state_dict(state)
    show(chained._schedulers[0].step_size)


def state_of_callable_objects(torch, show):
    class Halve:
        def __init__(self, base):
            self.base = base

        def __call__(self, epoch):
            return self.base**epoch

    s = torch.optim.lr_scheduler
    for make in (
        lambda f: s.LambdaLR(_sgd(torch), f),
        lambda f: s.MultiplicativeLR(_sgd(torch), f),
        lambda f: s.CyclicLR(_sgd(torch), 0.1, 1.0, 3, scale_fn=f),
    ):
        state = make(Halve(0.5)).state_dict()
        show(state)
        f = Halve(0.25)
        make(f).load_state_dict(state)
        show(f.base)
    show.error(lambda: s.LambdaLR(_sgd(torch), Halve(0.5)).load_state_dict({"last_epoch": 3}))


def resuming_after_an_epoch(torch, show):
    for name, make in _makers(torch).items():
        if name == "OneCycleLR":
            continue
        for last_epoch in (0, 1, 3, 4):
            opt = _sgd(torch, lr=0.07)
            opt.param_groups[0]["initial_lr"] = 0.1
            schedule = make(opt, last_epoch=last_epoch)
            show(name, schedule.last_epoch, schedule.get_last_lr(), _run(schedule, 3))
        show.error(lambda make=make: make(_sgd(torch), last_epoch=3))


def giving_the_epoch(torch, show):
    for name, make in _makers(torch).items():
        schedule = make(_sgd(torch))
        out = []
        for epoch in (3, 4, 1, 7):
            schedule.step(epoch)
            out.append((schedule.last_epoch, schedule.get_last_lr()[0]))
        show(name, out)


def warnings_of_the_order(torch, show):
    def seen(f):
        with warnings.catch_warnings(record=True) as all_seen:
            warnings.simplefilter("always")
            f()
        show([(w.category, str(w.message)) for w in all_seen])

    s = torch.optim.lr_scheduler
    schedule = s.StepLR(_sgd(torch), 2)
    seen(schedule.step)
    seen(schedule.step)
    seen(lambda: schedule.step(5))
    seen(schedule.get_lr)
    opt = _sgd(torch)
    schedule = s.StepLR(opt, 2)
    opt.step()
    seen(schedule.step)
    opt = _sgd(torch)
    schedule = s.StepLR(opt, 2)
    opt.step = lambda: None
    seen(schedule.step)
    seen(lambda: s.ReduceLROnPlateau(_sgd(torch)).step(1, epoch=3))
    seen(s.CosineAnnealingWarmRestarts(_sgd(torch), 2).step)


def get_lr_outside_of_a_step(torch, show):
    for name, make in _makers(torch).items():
        show(name, make(_sgd(torch)).get_lr())
    show.error(torch.optim.lr_scheduler.ReduceLROnPlateau(_sgd(torch)).get_lr)


def tensors_as_rates(torch, show):
    for name, make in _makers(torch).items():
        if name == "CyclicLR":
            continue
        lr = torch.tensor(0.1)
        opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=lr, momentum=0.5)
        schedule = make(opt)
        show(name, _run(schedule, 3), opt.param_groups[0]["lr"] is lr, lr, schedule.base_lrs)
    opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=torch.tensor(0.1))
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(opt, patience=0)
    schedule.step(1)
    schedule.step(1)
    show(schedule.get_last_lr(), opt.param_groups[0]["lr"])


def schedule_of_ones_own(torch, show):
    class Half(torch.optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [group["lr"] * 0.5 for group in self.optimizer.param_groups]

    opt = _sgd(torch, groups=2)
    schedule = Half(opt)
    show(schedule.get_last_lr())
    opt.step()
    schedule.step()
    show(schedule.get_last_lr(), schedule.base_lrs, schedule.last_epoch, schedule.state_dict())

    class Old(torch.optim.lr_scheduler._LRScheduler):
        def get_lr(self):
            return [base / (1 + self.last_epoch) for base in self.base_lrs]

    show(_run(Old(_sgd(torch)), 3), isinstance(Old(_sgd(torch)), torch.optim.lr_scheduler.LRScheduler))

    class TooMany(torch.optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            return [1.0, 2.0]

    show.error(lambda: TooMany(_sgd(torch)))
    show.error(lambda: torch.optim.lr_scheduler.LRScheduler(_sgd(torch)))


def errors_of_all(torch, show):
    s = torch.optim.lr_scheduler
    show.error(lambda: s.StepLR(5, 2))
    show.error(lambda: s.StepLR(_sgd(torch)))
    show.error(lambda: s.StepLR(_sgd(torch), 2, verbose=True))
    show.error(lambda: s.StepLR(_sgd(torch), 2, last_epoch=3))


def two_schedules_of_one_optimizer(torch, show):
    s = torch.optim.lr_scheduler
    opt = _sgd(torch)
    first, second = s.ExponentialLR(opt, 0.9), s.StepLR(opt, 2)
    for _ in range(5):
        opt.step()
        first.step()
        second.step()
        show(first.get_last_lr(), second.get_last_lr())
    constant = s.ConstantLR(opt, 0.5, 2)
    show(constant.base_lrs, opt.param_groups[0]["initial_lr"], opt.param_groups[0]["lr"])


def pickling(torch, show):
    schedule = torch.optim.lr_scheduler.StepLR(_sgd(torch), 2)
    other = pickle.loads(pickle.dumps(schedule))
    show(other.state_dict(), type(other.optimizer), other.optimizer.param_groups[0]["lr"])
    other = copy.deepcopy(schedule)
    show(_run(other, 3), schedule.last_epoch, schedule.optimizer.param_groups[0]["lr"])


def steps_still_work_under_a_schedule(torch, show):
    p = torch.nn.Parameter(torch.ones(2))
    opt = torch.optim.SGD([p], lr=1.0)
    schedule = torch.optim.lr_scheduler.ExponentialLR(opt, 0.5)
    opt.register_step_post_hook(lambda *a: show("after"))
    for _ in range(3):
        p.grad = torch.ones(2)
        show(opt.step(lambda: 5))
        schedule.step()
        show(p.detach(), schedule.get_last_lr())
    show(opt.step.__name__, opt._opt_called)
