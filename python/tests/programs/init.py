"""Initial values: the numbers that PyTorch draws."""

import math
import warnings


def linear_layers_draw_pytorchs_numbers(torch, show):
    show(torch.nn.Linear(3, 2).state_dict())
    show(torch.nn.Linear(20, 3).weight.flatten()[:5], torch.nn.Linear(20, 3, bias=False).weight.sum())
    show(torch.nn.Linear(2, 2, dtype=torch.float64).weight)


def a_net_draws_pytorchs_numbers(torch, show):
    nn = torch.nn
    net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    for p in net.parameters():
        show(p.flatten()[:4].tolist(), p.sum().item())


def other_layers_draw_pytorchs_numbers(torch, show):
    nn = torch.nn
    show(nn.Bilinear(2, 3, 2).state_dict())
    show(nn.Embedding(3, 4, padding_idx=1).weight)
    show(nn.PReLU(2).weight, nn.LayerNorm(2).state_dict())


def uniform(torch, show):
    w = torch.empty(2, 3)
    show(torch.nn.init.uniform_(w) is w, w)
    show(torch.nn.init.uniform_(w, -2, 5))
    show.error(lambda: torch.nn.init.uniform_(w, 3, 1))
    show(torch.nn.init.uniform_(torch.empty(5, 5), 0, 1, torch.Generator().manual_seed(3)).sum())


def normal(torch, show):
    show(torch.nn.init.normal_(torch.empty(2, 3)))
    show(torch.nn.init.normal_(torch.empty(5, 7), 2.0, 0.1)[0])
    show.error(lambda: torch.nn.init.normal_(torch.empty(1), 0, -1))


def truncated_normal(torch, show):
    init = torch.nn.init
    show(init.trunc_normal_(torch.empty(5)))
    show(init.trunc_normal_(torch.empty(4, 10), std=0.02).flatten()[:6])
    show(init.trunc_normal_(torch.empty(5), 0.0, 1.0, -0.5, 1.0))
    show(init.trunc_normal_(torch.empty(6), 1.0, 2.0, -0.5, 0.5))
    show(torch.rand(1))


def truncated_normal_far_out(torch, show):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.nn.init.trunc_normal_(torch.empty(8), 0.0, 1.0, 4.0, 5.0))
    show([str(w.message) for w in caught])
    show(torch.rand(1))


def constants(torch, show):
    init = torch.nn.init
    w = torch.empty(2, 2)
    show(init.constant_(w, 0.3), init.ones_(w), init.zeros_(w))
    show(init.eye_(torch.empty(2, 3)))
    show.error(lambda: init.eye_(torch.empty(3)))


def dirac(torch, show):
    init = torch.nn.init
    show(init.dirac_(torch.empty(3, 2, 3)))
    show(init.dirac_(torch.empty(4, 2, 3, 3), 2).nonzero())
    show.error(lambda: init.dirac_(torch.empty(2, 2)))
    show.error(lambda: init.dirac_(torch.empty(3, 2, 2), 2))


def xavier(torch, show):
    init = torch.nn.init
    show(init.xavier_uniform_(torch.empty(3, 4)))
    show(init.xavier_normal_(torch.empty(3, 4), gain=2.0))
    show(init.xavier_uniform_(torch.empty(2, 3, 5)).sum(), init.xavier_normal_(torch.empty(20, 10)).std())
    show.error(lambda: init.xavier_uniform_(torch.empty(3)))


def kaiming(torch, show):
    init = torch.nn.init
    show(init.kaiming_uniform_(torch.empty(3, 4)))
    show(init.kaiming_normal_(torch.empty(3, 4), mode="fan_out", nonlinearity="relu"))
    show(init.kaiming_uniform_(torch.empty(2, 3, 3, 3), a=math.sqrt(5)).sum())
    show(init.kaiming_normal_(torch.empty(16, 8), nonlinearity="tanh")[0])
    show.error(lambda: init.kaiming_uniform_(torch.empty(2, 2), mode="both"))
    show.error(lambda: init.kaiming_uniform_(torch.empty(2, 2), nonlinearity="mish"))
    show.error(lambda: init.kaiming_normal_(torch.empty(2)))


def orthogonal(torch, show):
    init = torch.nn.init
    show.tolerance = 1e-3
    show(init.orthogonal_(torch.empty(3, 3)))
    show(init.orthogonal_(torch.empty(4, 2)))
    show(init.orthogonal_(torch.empty(2, 4), gain=3))
    show(init.orthogonal_(torch.empty(2, 2, 2)))
    show.error(lambda: init.orthogonal_(torch.empty(3)))


def orthogonal_is_orthogonal(torch, show):
    q = torch.nn.init.orthogonal_(torch.empty(30, 20))
    show(bool((q.t() @ q - torch.eye(20)).abs().max() < 1e-5), q.dtype)
    q = torch.nn.init.orthogonal_(torch.empty(5, 9, dtype=torch.float64), gain=2.0)
    show(bool((q @ q.t() - 4 * torch.eye(5)).abs().max() < 1e-6), q.dtype)


def sparse(torch, show):
    init = torch.nn.init
    show(init.sparse_(torch.empty(6, 3), 0.5))
    w = init.sparse_(torch.empty(10, 4), 0.25, std=1.0)
    show((w == 0).sum(0))
    show.error(lambda: init.sparse_(torch.empty(3), 0.1))


def gains(torch, show):
    gain = torch.nn.init.calculate_gain
    show([gain(n) for n in ("linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu")])
    show(gain("leaky_relu", 0.2), gain("leaky_relu", 1))
    show.error(lambda: gain("swish"))
    show.error(lambda: gain("leaky_relu", "x"))
    show.error(lambda: gain("leaky_relu", True))


def empty_tensors(torch, show):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.nn.init.kaiming_uniform_(torch.empty(0, 3)))
        show(torch.nn.Linear(0, 2).bias)
    show([str(w.message) for w in caught])


def initializers_do_not_record(torch, show):
    w = torch.nn.Parameter(torch.empty(2, 2))
    torch.nn.init.xavier_uniform_(w)
    torch.nn.init.orthogonal_(w)
    torch.nn.init.eye_(w)
    show(w, w.is_leaf, w.requires_grad, w.grad_fn)


def former_names_warn(torch, show):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.nn.init.constant(torch.empty(2), 3))
    show([(w.category.__name__, str(w.message)) for w in caught])


def reset_parameters_draws_again(torch, show):
    lin = torch.nn.Linear(2, 2)
    first = lin.weight.clone()
    lin.reset_parameters()
    show(bool((first == lin.weight).any()), lin.weight)
    torch.manual_seed(0)
    lin.reset_parameters()
    show(torch.equal(first, lin.weight))


def after_initialization_the_stream_goes_on(torch, show):
    torch.nn.Linear(7, 5)
    show(torch.rand(2))
    torch.nn.Embedding(4, 5)
    show(torch.randn(2))
    torch.nn.init.orthogonal_(torch.empty(3, 5))
    show(torch.rand(2))
