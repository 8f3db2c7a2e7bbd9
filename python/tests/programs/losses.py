"""Losses: values, gradients, reductions, printing, errors."""

import warnings


def _data(torch):
    x = torch.tensor([[0.3, -1.2, 2.0], [1.0, 0.1, -0.4]], requires_grad=True)
    y = torch.tensor([[0.0, -1.0, 0.5], [1.0, 2.5, -0.3]])
    return x, y


def _all(torch, show, make, *targets, x=None, reductions=("mean", "sum", "none")):
    for reduction in reductions:
        a = _data(torch)[0] if x is None else x.detach().requires_grad_()
        loss = make(reduction=reduction)
        out = loss(a, *targets)
        (out * torch.arange(1.0, out.numel() + 1).reshape(out.shape)).sum().backward()
        show(loss, reduction, out.detach(), a.grad)


def mse(torch, show):
    _all(torch, show, torch.nn.MSELoss, _data(torch)[1])


def l1(torch, show):
    _all(torch, show, torch.nn.L1Loss, _data(torch)[1])


def smooth_l1(torch, show):
    _all(torch, show, torch.nn.SmoothL1Loss, _data(torch)[1])
    _all(torch, show, lambda reduction: torch.nn.SmoothL1Loss(reduction=reduction, beta=0.3), _data(torch)[1])
    _all(torch, show, lambda reduction: torch.nn.SmoothL1Loss(reduction=reduction, beta=0.0), _data(torch)[1])


def huber(torch, show):
    _all(torch, show, torch.nn.HuberLoss, _data(torch)[1])
    _all(torch, show, lambda reduction: torch.nn.HuberLoss(reduction, 0.3), _data(torch)[1])


def cross_entropy(torch, show):
    _all(torch, show, torch.nn.CrossEntropyLoss, torch.tensor([2, 0]))


def cross_entropy_with_weights_and_ignored(torch, show):
    def make(reduction):
        return torch.nn.CrossEntropyLoss(torch.tensor([1.0, 2.0, 0.5]), ignore_index=1, reduction=reduction)

    _all(torch, show, make, torch.tensor([2, 1]))


def cross_entropy_with_smoothing(torch, show):
    def make(reduction):
        return torch.nn.CrossEntropyLoss(label_smoothing=0.2, reduction=reduction)

    _all(torch, show, make, torch.tensor([2, 0]))
    _all(torch, show, make, torch.tensor([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]]))


def cross_entropy_of_one_and_of_images(torch, show):
    F = torch.nn.functional
    show(F.cross_entropy(torch.tensor([1.0, 2.0, 3.0]), torch.tensor(1)))
    x = torch.arange(24.0).reshape(2, 3, 2, 2).sin()
    show(F.cross_entropy(x, torch.tensor([[[0, 1], [2, 0]], [[1, 1], [0, 2]]]), reduction="none"))


def cross_entropy_errors(torch, show):
    F = torch.nn.functional
    x = _data(torch)[0]
    show.error(lambda: F.cross_entropy(x, torch.tensor([3, 0])), text=False)
    show.error(lambda: F.cross_entropy(x, torch.tensor([1])), text=False)
    show.error(lambda: F.cross_entropy(x, torch.tensor([0, 1]), reduction="average"))


def nll(torch, show):
    _all(torch, show, torch.nn.NLLLoss, torch.tensor([2, 0]))
    _all(torch, show, lambda reduction: torch.nn.NLLLoss(torch.ones(3) * 2, reduction=reduction), torch.tensor([1, 0]))


def bce(torch, show):
    x = torch.tensor([0.1, 0.9, 0.5, 1.0])
    t = torch.tensor([0.0, 1.0, 0.3, 0.0])
    _all(torch, show, torch.nn.BCELoss, t, x=x, reductions=("mean", "sum"))
    w = torch.tensor([1.0, 2.0, 3.0, 0.5])
    show(torch.nn.functional.binary_cross_entropy(x, t, weight=w, reduction="none"), torch.nn.BCELoss(w)(x, t))
    show.error(lambda: torch.nn.BCELoss()(x, t[:2]))


def bce_with_logits(torch, show):
    t = torch.tensor([[0.0, 1.0, 0.3], [1.0, 0.0, 1.0]])
    _all(torch, show, torch.nn.BCEWithLogitsLoss, t)
    p, w = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([[1.0], [0.5]])
    _all(torch, show, lambda reduction: torch.nn.BCEWithLogitsLoss(w, reduction=reduction, pos_weight=p), t)
    show.error(lambda: torch.nn.BCEWithLogitsLoss()(t, t[:1]))


def kl_div(torch, show):
    t = torch.tensor([[0.2, 0.3, 0.5], [0.0, 0.4, 0.6]])
    _all(torch, show, torch.nn.KLDivLoss, t, reductions=("batchmean", "mean", "sum", "none"))
    x = _data(torch)[0].log_softmax(1)
    show(torch.nn.KLDivLoss(reduction="sum", log_target=True)(x, x.detach() * 2))


def poisson_nll(torch, show):
    t = torch.tensor([[0.0, 1.0, 3.0], [2.0, 5.0, 1.0]])
    _all(torch, show, torch.nn.PoissonNLLLoss, t)
    _all(torch, show, lambda reduction: torch.nn.PoissonNLLLoss(full=True, reduction=reduction), t)
    x = torch.tensor([0.5, 2.0])
    show(torch.nn.PoissonNLLLoss(log_input=False)(x, torch.tensor([1.0, 3.0])))


def gaussian_nll(torch, show):
    t, v = _data(torch)[1], torch.tensor([[0.5, 1.0, 2.0], [0.0, 3.0, 1.0]], requires_grad=True)
    _all(torch, show, torch.nn.GaussianNLLLoss, t, v)
    show(v.grad)
    x = _data(torch)[0]
    show(torch.nn.GaussianNLLLoss(full=True)(x, t, torch.ones(2)), torch.nn.GaussianNLLLoss()(x, t, torch.ones(2, 1)))
    show(torch.nn.functional.gaussian_nll_loss(x, t, 0.5))
    show.error(lambda: torch.nn.GaussianNLLLoss()(x, t, torch.ones(3)))
    show.error(lambda: torch.nn.GaussianNLLLoss()(x, t, -torch.ones(2, 3)))


def hinge_embedding(torch, show):
    t = torch.tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])
    _all(torch, show, torch.nn.HingeEmbeddingLoss, t)
    _all(torch, show, lambda reduction: torch.nn.HingeEmbeddingLoss(0.5, reduction=reduction), t)


def margin_ranking(torch, show):
    x, y = _data(torch)
    t = torch.tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]])
    _all(torch, show, torch.nn.MarginRankingLoss, y, t)
    show(torch.nn.MarginRankingLoss(margin=2.0)(x, y, t))
    show.error(lambda: torch.nn.MarginRankingLoss()(x, y, torch.ones(2)))


def cosine_embedding(torch, show):
    x, y = _data(torch)
    _all(torch, show, torch.nn.CosineEmbeddingLoss, y, torch.tensor([1, -1]))
    show(torch.nn.CosineEmbeddingLoss(margin=0.5)(x, y, torch.tensor([-1, -1])))
    show(torch.nn.CosineEmbeddingLoss()(x[0], y[0], torch.tensor(1)))
    show.error(lambda: torch.nn.CosineEmbeddingLoss()(x, y, torch.ones(2, 2)), text=False)


def soft_margin(torch, show):
    _all(torch, show, torch.nn.SoftMarginLoss, torch.tensor([[1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]]))


def multi_label_soft_margin(torch, show):
    t = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    _all(torch, show, torch.nn.MultiLabelSoftMarginLoss, t)
    w = torch.tensor([1.0, 2.0, 0.5])
    _all(torch, show, lambda reduction: torch.nn.MultiLabelSoftMarginLoss(w, reduction=reduction), t)


def multi_margin(torch, show):
    t = torch.tensor([2, 0])
    _all(torch, show, torch.nn.MultiMarginLoss, t)
    w = torch.tensor([1.0, 2.0, 0.5])
    _all(torch, show, lambda reduction: torch.nn.MultiMarginLoss(2, 0.5, w, reduction=reduction), t)
    show(torch.nn.MultiMarginLoss()(torch.tensor([0.1, 0.9]), torch.tensor(0)))
    show.error(lambda: torch.nn.MultiMarginLoss(p=3))


def multi_label_margin(torch, show):
    t = torch.tensor([[2, 0, -1], [1, -1, 0]])
    _all(torch, show, torch.nn.MultiLabelMarginLoss, t)
    show(torch.nn.MultiLabelMarginLoss()(torch.tensor([0.1, 0.2, 0.4, 0.8]), torch.tensor([3, 0, -1, 1])))


def triplet_margin(torch, show):
    y, z = _data(torch)[1], torch.tensor([[0.1, 0.2, 0.3], [1.0, 1.5, -0.2]])
    _all(torch, show, torch.nn.TripletMarginLoss, y, z)
    _all(torch, show, lambda reduction: torch.nn.TripletMarginLoss(2.0, 1, swap=True, reduction=reduction), y, z)
    show.error(lambda: torch.nn.TripletMarginLoss(margin=-1.0))
    show.error(lambda: torch.nn.TripletMarginLoss()(y, z, z[0]))


def triplet_margin_with_a_distance(torch, show):
    y, z = _data(torch)[1], torch.tensor([[0.1, 0.2, 0.3], [1.0, 1.5, -0.2]])

    def make(reduction):
        return torch.nn.TripletMarginWithDistanceLoss(
            distance_function=lambda a, b: (a - b).abs().sum(-1), margin=0.5, reduction=reduction
        )

    _all(torch, show, make, y, z)
    show(torch.nn.TripletMarginWithDistanceLoss(swap=True)(_data(torch)[0], y, z))


def weighted_elementwise(torch, show):
    F = torch.nn.functional
    x, y = _data(torch)
    w = torch.tensor([[1.0, 2.0, 0.0], [0.5, 1.0, 1.0]])
    for f in (F.mse_loss, F.l1_loss, F.huber_loss):
        show([f(x, y, weight=w, reduction=r).detach() for r in ("mean", "sum", "none")])


def other_sizes_warn(torch, show):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.nn.MSELoss()(torch.ones(3, 1), torch.zeros(3)))
        show(torch.nn.functional.l1_loss(torch.ones(2), torch.zeros(1)))
    show([str(w.message) for w in caught])


def former_arguments_of_reduction(torch, show):
    F = torch.nn.functional
    x, y = _data(torch)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(F.mse_loss(x, y, size_average=False), F.mse_loss(x, y, reduce=False), F.l1_loss(x, y, True))
        loss = torch.nn.MSELoss(size_average=False)
        show(loss.reduction, loss(x, y), torch.nn.CrossEntropyLoss(reduce=False).reduction)
        show(torch.nn.BCELoss(size_average=True, reduce=True).reduction)
    show([str(w.message) for w in caught])
    show.error(lambda: F.mse_loss(x, y, reduction="middle"))
    show.error(lambda: torch.nn.MSELoss(reduction="middle")(x, y))


def states_of_losses(torch, show):
    loss = torch.nn.CrossEntropyLoss(torch.ones(2))
    show(loss.state_dict(), torch.nn.MSELoss().state_dict(), loss.double().weight.dtype)


def losses_have_second_derivatives(torch, show):
    F = torch.nn.functional
    x, y = _data(torch)
    for name, f in {
        "mse": lambda a: F.mse_loss(a, y),
        "cross": lambda a: F.cross_entropy(a, torch.tensor([2, 0])),
        "bce": lambda a: F.binary_cross_entropy_with_logits(a, y.sigmoid()),
        "soft": lambda a: F.soft_margin_loss(a, y.sign()),
    }.items():
        (g,) = torch.autograd.grad(f(x), x, create_graph=True)
        show(name, torch.autograd.grad((g**2).sum(), x)[0])
