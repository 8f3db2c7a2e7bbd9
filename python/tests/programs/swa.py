"""Averaged weights."""

import copy


def _layer(torch):
    layer = torch.nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.fill_(1.0)
        layer.bias.fill_(0.5)
    return layer


def averages(torch, show):
    swa = torch.optim.swa_utils
    for settings in (
        {},
        {"avg_fn": swa.get_swa_avg_fn()},
        {"avg_fn": swa.get_ema_avg_fn(0.5)},
        {"multi_avg_fn": swa.get_ema_multi_avg_fn(0.25)},
        {"multi_avg_fn": swa.get_swa_multi_avg_fn()},
        {"avg_fn": lambda average, p, n: average + n * p},
    ):
        model = _layer(torch)
        average = swa.AveragedModel(model, **settings)
        for i in range(4):
            with torch.no_grad():
                model.weight.add_(i)
            average.update_parameters(model)
        show(average.module.weight.detach(), average.n_averaged, average(torch.ones(1, 2)).detach())
    show(average)
    show(list(average.state_dict()), average.module is model, model.weight.detach())


def averages_of_buffers(torch, show):
    class Counts(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.w = torch.nn.Parameter(torch.zeros(1))
            self.register_buffer("seen", torch.zeros(1))

    for use_buffers in (False, True):
        model = Counts()
        average = torch.optim.swa_utils.AveragedModel(model, use_buffers=use_buffers)
        for _ in range(3):
            model.seen += 3
            average.update_parameters(model)
        show(average.module.seen, average.module.w)


def errors_of_averages(torch, show):
    swa = torch.optim.swa_utils
    show.error(lambda: swa.AveragedModel(_layer(torch), avg_fn=len, multi_avg_fn=len))
    show.error(lambda: swa.get_ema_avg_fn(2))
    show.error(lambda: swa.get_ema_multi_avg_fn(-1))


def rates_for_averages(torch, show):
    swa = torch.optim.swa_utils

    def make(swa_lr=0.05, **settings):
        opt = torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
        return swa.SWALR(opt, swa_lr, **settings)

    for settings in ({}, {"anneal_epochs": 3}, {"anneal_epochs": 3, "anneal_strategy": "linear"}, {"anneal_epochs": 0}):
        schedule = make(**settings)
        rates = [schedule.get_last_lr()[0]]
        for _ in range(6):
            schedule.optimizer.step()
            schedule.step()
            rates.append(schedule.get_last_lr()[0])
        show(rates)
        show(schedule.state_dict())
    show.error(lambda: make([0.1, 0.2]))
    show.error(lambda: make(anneal_strategy="other"))
    show.error(lambda: make(anneal_epochs=-1))
    show.error(lambda: make(anneal_epochs=1.5))


def training_with_averages(torch, show):
    torch.manual_seed(3)
    model = torch.nn.Linear(2, 1)
    average = torch.optim.swa_utils.AveragedModel(model)
    opt = torch.optim.SGD(model.parameters(), lr=0.2)
    x = torch.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, -1.0]])
    y = x @ torch.tensor([[2.0], [-1.0]])
    for epoch in range(20):
        opt.zero_grad()
        ((model(x) - y) ** 2).mean().backward()
        opt.step()
        if epoch >= 10:
            average.update_parameters(model)
    torch.optim.swa_utils.update_bn([x], average)
    show(average.n_averaged, [round(v, 3) for v in average.module.weight[0].tolist()])
    other = copy.deepcopy(average)
    show(other.n_averaged, list(dict(other.named_parameters())))
