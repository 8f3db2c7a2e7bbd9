"""Layers and the functions behind them: values, gradients, printing, errors."""

import math
import warnings

_POINTS = [-4.0, -3.0, -2.5, -1.0, -0.5, 0.0, 0.3, 0.5, 1.0, 2.0, 3.0, 6.0, 7.5]


def _both(torch, show, layer, points=_POINTS):
    """The layer as printed, its values and its gradient, kinks included."""
    x = torch.tensor(points, requires_grad=True)
    y = layer(x)
    show(layer)
    show(y.detach())
    (y * torch.arange(1.0, y.numel() + 1)).sum().backward()
    show(x.grad)


def _fill(torch, module):
    with torch.no_grad():
        for i, p in enumerate(module.parameters()):
            p.copy_(torch.linspace(-1, 1, p.numel()).reshape(p.shape) + 0.1 * i)
    return module


def relu(torch, show):
    _both(torch, show, torch.nn.ReLU())


def relu6(torch, show):
    _both(torch, show, torch.nn.ReLU6())


def leaky_relu(torch, show):
    _both(torch, show, torch.nn.LeakyReLU(0.2))


def elu(torch, show):
    _both(torch, show, torch.nn.ELU(0.5))


def celu(torch, show):
    _both(torch, show, torch.nn.CELU(1.5))


def selu(torch, show):
    _both(torch, show, torch.nn.SELU())


def gelu(torch, show):
    _both(torch, show, torch.nn.GELU())
    _both(torch, show, torch.nn.GELU(approximate="tanh"))


def silu(torch, show):
    _both(torch, show, torch.nn.SiLU())


def mish(torch, show):
    _both(torch, show, torch.nn.Mish())


def sigmoid_and_tanh(torch, show):
    _both(torch, show, torch.nn.Sigmoid())
    _both(torch, show, torch.nn.Tanh())


def log_sigmoid(torch, show):
    _both(torch, show, torch.nn.LogSigmoid())


def softplus(torch, show):
    _both(torch, show, torch.nn.Softplus())
    _both(torch, show, torch.nn.Softplus(2, 5))


def softsign(torch, show):
    _both(torch, show, torch.nn.Softsign())


def tanhshrink(torch, show):
    _both(torch, show, torch.nn.Tanhshrink())


def hardtanh(torch, show):
    _both(torch, show, torch.nn.Hardtanh())
    _both(torch, show, torch.nn.Hardtanh(-2.5, 3.0))
    show.error(lambda: torch.nn.Hardtanh(2, 1), text=False)
    show(torch.nn.Hardtanh(inplace=True))


def hardsigmoid(torch, show):
    _both(torch, show, torch.nn.Hardsigmoid())


def hardswish(torch, show):
    _both(torch, show, torch.nn.Hardswish())


def hardshrink(torch, show):
    _both(torch, show, torch.nn.Hardshrink())
    _both(torch, show, torch.nn.Hardshrink(1.0))


def softshrink(torch, show):
    _both(torch, show, torch.nn.Softshrink())
    _both(torch, show, torch.nn.Softshrink(1.0))
    show.error(lambda: torch.nn.Softshrink(-1.0)(torch.ones(1)))


def threshold(torch, show):
    _both(torch, show, torch.nn.Threshold(0.5, 20))


def prelu(torch, show):
    _both(torch, show, torch.nn.PReLU())
    layer = torch.nn.PReLU(3, init=0.1)
    x = torch.linspace(-3, 3, 12).reshape(2, 3, 2).requires_grad_()
    layer(x).sum().backward()
    show(layer, layer.weight.grad, x.grad)
    show.error(lambda: layer(torch.ones(2, 4)))


def glu(torch, show):
    layer = torch.nn.GLU()
    x = torch.tensor([[1.0, 2.0, 0.5, -1.0], [0.0, -2.0, 3.0, 1.0]], requires_grad=True)
    y = layer(x)
    y.sum().backward()
    show(layer, y.detach(), x.grad)
    show(torch.nn.functional.glu(x.detach(), 0))
    show.error(lambda: layer(torch.ones(3)))


def softmaxes(torch, show):
    x = torch.tensor([[1.0, 2.0, 3.0], [0.0, -1.0, 5.0]], requires_grad=True)
    for layer in (torch.nn.Softmax(1), torch.nn.Softmin(dim=0), torch.nn.LogSoftmax(-1)):
        x.grad = None
        y = layer(x)
        (y * torch.tensor([1.0, 2.0, 4.0])).sum().backward()
        show(layer, y, x.grad)
    y = torch.nn.Softmax2d()(torch.arange(12.0).reshape(1, 3, 2, 2).log1p())
    show(torch.nn.Softmax2d(), y.sum(1), y)
    show.error(lambda: torch.nn.Softmax2d()(x))


def softmax_without_a_dimension_warns(torch, show):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.nn.functional.softmax(torch.ones(2, 4)), torch.nn.Softmax()(torch.ones(2)))
        show(torch.nn.functional.log_softmax(torch.ones(2, 1, 1)))
    show([str(w.message) for w in caught])
    show(torch.nn.functional.softmax(torch.tensor([1, 2]), 0, dtype=torch.float64))


def rrelu(torch, show):
    layer = torch.nn.RReLU(0.1, 0.3)
    x = torch.tensor([-1.0, 2.0, -3.0, 0.0])
    show(layer, layer.eval()(x))
    layer.train()
    y = layer(x.repeat(100))
    show(bool((y[::4] <= -0.1).all()), bool((y[::4] >= -0.3).all()), y[1::4].sum())


def inplace_activations(torch, show):
    F = torch.nn.functional
    for f in (F.relu, F.relu6, F.hardtanh, F.elu, F.selu, F.celu, F.leaky_relu, F.silu, F.mish, F.hardswish):
        leaf = torch.tensor([-2.0, 0.5, 8.0], requires_grad=True)
        x = leaf * 1
        y = f(x, inplace=True)
        y.sum().backward()
        show(f.__name__, y is x, x.detach(), leaf.grad)
    x = torch.tensor([-2.0, 0.5, 8.0])
    show(F.threshold(x, 1, 7, True) is x, x, F.hardsigmoid(x, True) is x, x)


def inplace_activation_of_a_leaf(torch, show):
    x = torch.ones(2, requires_grad=True)
    show.error(lambda: torch.nn.functional.relu(x, inplace=True))
    show.error(lambda: torch.nn.functional.hardtanh(x, inplace=True))
    show(torch.nn.ReLU(inplace=True), torch.nn.ELU(inplace=True), torch.nn.LeakyReLU(0.1, True))
    show(torch.nn.ReLU6(True), torch.nn.SiLU(True), torch.nn.Threshold(1, 2, True), torch.nn.CELU(1.0, True))


def functions_with_underscores(torch, show):
    F = torch.nn.functional
    for name in ("relu_", "elu_", "selu_", "celu_", "leaky_relu_", "hardtanh_"):
        x = torch.tensor([-2.0, 0.5, 8.0])
        show(name, getattr(F, name)(x) is x, x)
    x = torch.tensor([-2.0, 0.5, 8.0])
    show(F.threshold_(x, 1.0, 0.0), F.logsigmoid(x), F.softplus(x), F.hardshrink(x), F.tanh(x), F.sigmoid(x))


def second_derivatives_of_activations(torch, show):
    F = torch.nn.functional
    for f in (F.silu, F.mish, F.gelu, F.softplus, F.elu, F.logsigmoid, F.tanhshrink, F.softsign, F.hardswish):
        x = torch.tensor([-1.5, 0.4, 2.0], requires_grad=True)
        (g,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
        show(f.__name__, torch.autograd.grad(g.sum(), x)[0])


def gumbel(torch, show):
    F = torch.nn.functional
    x = torch.tensor([[1.0, 2.0, 0.5]], requires_grad=True)
    show(F.gumbel_softmax(x, tau=0.5))
    y = F.gumbel_softmax(x, hard=True)
    show(y.detach(), y.sum())
    y[0, 0].backward()
    show(x.grad.abs().sum() > 0)


def linear(torch, show):
    layer = _fill(torch, torch.nn.Linear(3, 2))
    x = torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]], requires_grad=True)
    y = layer(x)
    y.sum().backward()
    show(layer, y.detach(), x.grad, layer.weight.grad, layer.bias.grad)
    show(layer(torch.ones(3)), layer(torch.ones(2, 1, 3)).shape)
    show(torch.nn.Linear(3, 2, bias=False), torch.nn.Linear(3, 2, bias=False).bias)
    show.error(lambda: layer(torch.ones(2, 4)), text=False)


def linear_with_replaced_weights(torch, show):
    layer = torch.nn.Linear(2, 1)
    layer._parameters["weight"] = torch.ones(1, 2)
    layer.bias = None
    show(layer(torch.ones(2)), layer)
    del layer._parameters["weight"]
    layer.weight = torch.full((1, 2), 2.0)
    show(layer(torch.ones(2)))


def bilinear(torch, show):
    layer = _fill(torch, torch.nn.Bilinear(2, 3, 2))
    a = torch.tensor([[1.0, 2.0], [0.5, -1.0]], requires_grad=True)
    b = torch.tensor([[1.0, 0.0, 1.0], [2.0, 1.0, -1.0]], requires_grad=True)
    y = layer(a, b)
    y.sum().backward()
    show(layer, y.detach(), a.grad, b.grad, layer.weight.grad, layer.bias.grad)
    show.error(lambda: layer(torch.ones(1, 3), torch.ones(1, 3)))
    show.error(lambda: torch.nn.Bilinear(0, 1, 1))


def identity(torch, show):
    layer = torch.nn.Identity(54, unused=True)
    x = torch.ones(2)
    show(layer, layer(x) is x)


def flatten_and_unflatten(torch, show):
    nn = torch.nn
    x = torch.arange(24.0).reshape(2, 3, 4)
    show(nn.Flatten(), nn.Flatten()(x).shape, nn.Flatten(0, 1), nn.Flatten(0, 1)(x).shape)
    show(nn.Unflatten(1, (3, 1)), nn.Unflatten(1, (3, 1))(x).shape, nn.Unflatten(2, [2, -1])(x).shape)
    show.error(lambda: nn.Unflatten(1, 3))
    show.error(lambda: nn.Unflatten(1, (3, "a")))
    show.error(lambda: nn.Unflatten(1, (2, 2))(x), text=False)


def embedding(torch, show):
    layer = _fill(torch, torch.nn.Embedding(4, 3, padding_idx=-1))
    i = torch.tensor([[0, 1], [3, 1]])
    y = layer(i)
    (y * torch.arange(1.0, 4.0)).sum().backward()
    show(layer, layer.padding_idx, y.detach(), layer.weight.grad)
    show.error(lambda: layer(torch.tensor([4])), text=False)
    show.error(lambda: torch.nn.Embedding(3, 2, padding_idx=3), text=False)


def embedding_from_pretrained(torch, show):
    w = torch.arange(6.0).reshape(3, 2)
    layer = torch.nn.Embedding.from_pretrained(w)
    show(layer, layer.weight.requires_grad, layer(torch.tensor(1)))
    w[1, 0] = 50
    show(layer(torch.tensor(1)))
    layer = torch.nn.Embedding.from_pretrained(w, freeze=False, padding_idx=0)
    show(layer, layer.weight.requires_grad, layer.weight)
    show.error(lambda: torch.nn.Embedding.from_pretrained(torch.ones(2)), text=False)


def embedding_with_a_largest_norm(torch, show):
    layer = torch.nn.Embedding.from_pretrained(torch.tensor([[3.0, 4.0], [0.1, 0.1], [6.0, 8.0]]), max_norm=1.0)
    show(layer, layer(torch.tensor([0, 1, 0])))
    show(layer.weight)
    layer = torch.nn.Embedding(2, 2, norm_type=1.0, max_norm=2.0, scale_grad_by_freq=True, sparse=True)
    show(layer)


def embedding_scaled_by_frequency(torch, show):
    layer = _fill(torch, torch.nn.Embedding(3, 2, scale_grad_by_freq=True))
    y = layer(torch.tensor([0, 2, 2]))
    y.sum().backward()
    show(y.detach(), layer.weight.grad)


def one_hot(torch, show):
    F = torch.nn.functional
    show(F.one_hot(torch.tensor([0, 2])), F.one_hot(torch.tensor([[1]]), 4))


def dropout(torch, show):
    layer = torch.nn.Dropout(0.4)
    x = torch.ones(3, 4, requires_grad=True)
    y = layer(x)
    y.sum().backward()
    show(layer, y.detach())
    show(x.grad)
    layer.eval()
    show(layer(x))
    show(torch.nn.functional.dropout(torch.ones(5), 0.5, training=False), torch.nn.Dropout(0.0)(torch.ones(2)))
    show(torch.nn.Dropout(1.0)(torch.ones(2)), torch.nn.Dropout(inplace=True))
    show.error(lambda: torch.nn.Dropout(1.5))
    show.error(lambda: torch.nn.functional.dropout(x, -1))


def dropout_in_place(torch, show):
    x = torch.ones(6)
    y = torch.nn.Dropout(0.5, inplace=True)(x)
    show(y is x, x)


def dropout_of_channels(torch, show):
    show(torch.nn.Dropout1d(0.5), torch.nn.Dropout1d(0.5)(torch.ones(2, 3, 2)))
    show(torch.nn.Dropout2d(0.5)(torch.ones(2, 3, 2, 2)).sum((2, 3)))
    show(torch.nn.Dropout3d(0.2)(torch.ones(1, 4, 1, 1, 2)).flatten())
    show(torch.nn.Dropout1d(0.5)(torch.ones(4, 2)))
    show.error(lambda: torch.nn.Dropout1d()(torch.ones(2)))


def alpha_dropout(torch, show):
    x = torch.linspace(-1, 1, 8)
    show(torch.nn.AlphaDropout(0.3), torch.nn.AlphaDropout(0.3)(x))
    show(torch.nn.AlphaDropout(0.3).eval()(x))
    show(torch.nn.FeatureAlphaDropout(0.5)(torch.ones(2, 3, 2)))


def layer_norm(torch, show):
    layer = _fill(torch, torch.nn.LayerNorm(4))
    x = torch.tensor([[1.0, 2.0, 3.0, 5.0], [0.0, 0.0, 1.0, -1.0]], requires_grad=True)
    y = layer(x)
    (y * torch.arange(1.0, 5.0)).sum().backward()
    show(layer, y.detach(), x.grad, layer.weight.grad, layer.bias.grad)
    show(torch.nn.LayerNorm((2, 3), eps=0.1, elementwise_affine=False), torch.nn.LayerNorm([3], bias=False))
    show(list(torch.nn.LayerNorm(3, bias=False).state_dict()), torch.nn.LayerNorm(3).state_dict())
    show.error(lambda: layer(torch.ones(2, 3)))


def layer_norm_over_two_dimensions(torch, show):
    x = torch.arange(12.0).reshape(2, 2, 3).sin()
    show(torch.nn.LayerNorm((2, 3))(x).detach(), torch.nn.functional.layer_norm(x, (3,), eps=0.5))


def rms_norm(torch, show):
    layer = _fill(torch, torch.nn.RMSNorm(3))
    x = torch.tensor([[1.0, 2.0, 3.0], [0.0, -0.5, 1.0]], requires_grad=True)
    y = layer(x)
    (y * torch.arange(1.0, 4.0)).sum().backward()
    show(layer, y.detach(), x.grad, layer.weight.grad)
    show(torch.nn.RMSNorm((2, 3), eps=0.1, elementwise_affine=False)(torch.ones(1, 2, 3)))


def group_norm(torch, show):
    layer = _fill(torch, torch.nn.GroupNorm(2, 4))
    x = torch.arange(16.0).reshape(2, 4, 2).sin().requires_grad_()
    y = layer(x)
    (y * torch.arange(1.0, 3.0)).sum().backward()
    show(layer, y.detach(), x.grad, layer.weight.grad, layer.bias.grad)
    show.error(lambda: torch.nn.GroupNorm(3, 4))
    show.error(lambda: torch.nn.functional.group_norm(x, 3))
    show(torch.nn.GroupNorm(2, 4, affine=False)(x).shape)


def batch_norm(torch, show):
    layer = _fill(torch, torch.nn.BatchNorm1d(3))
    x = torch.tensor([[1.0, 2.0, 3.0], [0.0, -0.5, 1.0], [2.0, 3.0, 0.0]], requires_grad=True)
    y = layer(x)
    (y * torch.arange(9.0).reshape(3, 3)).sum().backward()
    show(layer, y.detach(), x.grad, layer.weight.grad, layer.bias.grad)
    show(layer.running_mean, layer.running_var, layer.num_batches_tracked)
    layer.eval()
    show(layer(x).detach(), list(layer.state_dict()))
    show.error(lambda: layer(torch.ones(3)))
    show.error(lambda: torch.nn.BatchNorm1d(3)(torch.ones(1, 3)))


def batch_norm_of_other_shapes(torch, show):
    nn = torch.nn
    x = torch.arange(24.0).reshape(2, 3, 4).cos()
    show(nn.BatchNorm1d(3)(x).detach().sum(2), nn.BatchNorm2d(3)(x.unsqueeze(3)).detach()[0, 0].flatten())
    show(nn.BatchNorm3d(3, affine=False)(x.reshape(2, 3, 2, 2, 1)).shape)
    show(nn.BatchNorm2d(3, momentum=None, track_running_stats=False).eval()(x.unsqueeze(3))[0, 0].flatten())
    show.error(lambda: nn.BatchNorm2d(3)(x))
    show(nn.BatchNorm1d(2, momentum=None, bias=False), nn.BatchNorm1d(2, affine=False).state_dict())


def batch_norm_with_a_plain_mean(torch, show):
    layer = torch.nn.BatchNorm1d(2, momentum=None)
    layer(torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    layer(torch.tensor([[3.0, 2.0], [5.0, 7.0]]))
    show(layer.running_mean, layer.running_var, layer.num_batches_tracked)
    layer.reset_running_stats()
    show(layer.running_mean, layer.num_batches_tracked)


def batch_norm_of_old_states(torch, show):
    layer = torch.nn.BatchNorm1d(2)
    state = dict(layer.state_dict())
    del state["num_batches_tracked"]
    show(layer.load_state_dict(state))


def instance_norm_function(torch, show):
    x = torch.arange(12.0).reshape(2, 2, 3).sin()
    mean, var = torch.zeros(2), torch.ones(2)
    show(torch.nn.functional.instance_norm(x, mean, var), mean, var)
    show(torch.nn.functional.instance_norm(x, weight=torch.tensor([1.0, 2.0]), bias=torch.ones(2)))


def instance_norm(torch, show):
    nn = torch.nn
    x = torch.arange(12.0).reshape(2, 2, 3).sin()
    layer = _fill(torch, nn.InstanceNorm1d(2, affine=True, track_running_stats=True))
    show(layer, layer(x).detach(), layer.running_mean, layer.running_var, layer.num_batches_tracked)
    show(layer.eval()(x[0]).detach(), nn.InstanceNorm2d(2)(x.unsqueeze(3))[0, 0].flatten(), nn.InstanceNorm3d(2))
    show.error(lambda: layer(torch.ones(1, 3, 2)))
    show.error(lambda: layer(torch.ones(2)))
    show.error(lambda: nn.InstanceNorm1d(2).load_state_dict({"running_mean": torch.ones(2)}))


def instance_norm_with_other_features_warns(torch, show):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        show(torch.nn.InstanceNorm1d(3)(torch.arange(6.0).reshape(1, 2, 3)))
    show([str(w.message) for w in caught])


def padding_layers(torch, show):
    nn = torch.nn
    x = torch.arange(8.0).reshape(1, 2, 2, 2)
    for layer in (
        nn.ConstantPad1d(1, 3.5),
        nn.ConstantPad2d((1, 0, 0, 1), 7),
        nn.ZeroPad2d(1),
        nn.ZeroPad1d((0, 1)),
        nn.ReflectionPad2d((1, 0, 1, 1)),
        nn.ReplicationPad2d((1, 0, 0, 2)),
        nn.CircularPad2d((1, 0, 1, 0)),
    ):
        y = layer(x)
        show(layer, y.shape, y[0, 1])
    show(nn.ReplicationPad3d(1)(x.unsqueeze(0)).sum(), nn.ReflectionPad1d(1)(x[0]), nn.CircularPad1d((1, 1))(x[0]))
    show(nn.ConstantPad3d(1, 1.0), nn.ZeroPad3d(2), nn.CircularPad3d(1), nn.ReflectionPad3d(1))
    show.error(lambda: nn.CircularPad1d(1)(x[0, 0, 0]))


def local_response_norm(torch, show):
    x = torch.arange(16.0).reshape(1, 4, 2, 2)
    show(torch.nn.LocalResponseNorm(3), torch.nn.LocalResponseNorm(3, 0.1, 0.5, 2.0)(x).flatten())
    show.error(lambda: torch.nn.functional.local_response_norm(torch.ones(2, 2), 2))


def distances(torch, show):
    nn = torch.nn
    a = torch.tensor([[1.0, 2.0], [0.0, -1.0]], requires_grad=True)
    b = torch.tensor([[2.0, 2.0], [3.0, 3.0]])
    y = nn.CosineSimilarity()(a, b)
    y.sum().backward()
    show(nn.CosineSimilarity(0, 1e-6), y.detach(), a.grad)
    a.grad = None
    y = nn.PairwiseDistance()(a, b)
    y.sum().backward()
    show(nn.PairwiseDistance(), y.detach(), a.grad)
    show(
        nn.PairwiseDistance(1.0, keepdim=True)(a, b).detach(),
        nn.functional.pairwise_distance(a, b, p=math.inf).detach(),
    )
    show(nn.functional.pdist(torch.tensor([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])))
    show(nn.functional.cosine_similarity(torch.zeros(2, 2), b), nn.functional.cosine_similarity(a, b, dim=-1))


def normalize(torch, show):
    F = torch.nn.functional
    x = torch.tensor([[3.0, 4.0], [0.0, 0.0]], requires_grad=True)
    y = F.normalize(x)
    y.sum().backward()
    show(y.detach(), x.grad, F.normalize(x.detach(), p=1.0, dim=0))


def padding(torch, show):
    F = torch.nn.functional
    x = torch.arange(6.0).reshape(1, 2, 3)
    show(F.pad(x, (1, 2)), F.pad(x, (0, 0, 1, 0), value=7.0), F.pad(x, (-1, 0)))
    show(F.pad(x, (2, 1), mode="reflect"), F.pad(x, (1, 2), mode="replicate"), F.pad(x, (2, 1), mode="circular"))
    y = torch.arange(4.0).reshape(1, 1, 2, 2).requires_grad_()
    F.pad(y, (1, 1, 1, 1), mode="reflect").sum().backward()
    show(y.grad)
    show.error(lambda: F.pad(x, (4, 0), mode="reflect"), text=False)
    show.error(lambda: F.pad(x, (1, 1), mode="mirror"), text=False)


def shuffles(torch, show):
    nn = torch.nn
    x = torch.arange(16.0).reshape(1, 4, 2, 2)
    y = nn.PixelShuffle(2)(x)
    show(nn.PixelShuffle(2), y, torch.equal(nn.PixelUnshuffle(2)(y), x), nn.PixelUnshuffle(2))
    show(nn.ChannelShuffle(2), nn.ChannelShuffle(2)(x)[0, :, 0, 0])
    show.error(lambda: nn.PixelShuffle(3)(x))
    show.error(lambda: nn.PixelUnshuffle(3)(x))


def attention(torch, show):
    F = torch.nn.functional
    q = torch.arange(12.0).reshape(1, 3, 4).sin().requires_grad_()
    k, v = torch.arange(12.0).reshape(1, 3, 4).cos(), torch.arange(6.0).reshape(1, 3, 2)
    y = F.scaled_dot_product_attention(q, k, v)
    y.sum().backward()
    show(y.detach(), q.grad)
    show(F.scaled_dot_product_attention(q, k, v, is_causal=True).detach())
    mask = torch.tensor([[True, False, True], [True, True, True], [False, True, False]])
    show(F.scaled_dot_product_attention(q, k, v, attn_mask=mask).detach())
    show(F.scaled_dot_product_attention(q, k, v, attn_mask=torch.ones(3, 3).tril().log(), scale=0.1).detach())


def integers_are_refused(torch, show):
    layer = torch.nn.Linear(2, 1)
    show.error(lambda: layer(torch.tensor([1, 2])), text=False)
    show.error(lambda: torch.nn.functional.elu(torch.tensor([1, 2])), text=False)


def names_of_nn(torch, show):
    show.error(lambda: torch.nn.NoSuchLayer, text=False)
    show.error(lambda: torch.nn.functional.no_such_function, text=False)
    show(torch.nn.modules.linear.Linear is torch.nn.Linear, torch.nn.parameter.Parameter is torch.nn.Parameter)
    show("Linear" in dir(torch.nn), "relu" in dir(torch.nn.functional), "Linear" in torch.nn.modules.__all__)
