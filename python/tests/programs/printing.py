# ruff: noqa: RUF005, UP031 (the older ways to write it are what is tested)
"""What is printed: tensors of every dtype and size, options, and the objects that go with them. Letter by letter."""

import functools

TOLERANCE = 0


def floats(torch, show):
    t = torch.tensor
    show(t([1.0, 2.5, -3.25]), t([0.1, 0.25, 1 / 3]), t([1.0, 2.0, 3.0]), t([-1.0, 10.0, 100.0]), t(3.14159265))
    show(t([1.0]), t([0.0]), t(-0.0), t([-0.0, 0.0]), t([0.5]), t([1e-3, 1.0]), t([999.9999, 0.00012]))
    show(repr(t([1.5])), str(t([1.5])), f"{t([1.5])}", f"{t(1.5)}", f"{t([1, 2])}", "%s" % t([True]))


def exponents(torch, show):
    t = torch.tensor
    show(t([1e-5, 1.0]), t([1e-4, 1.0]), t([1e5, 1.0]), t([1e8, 1.0]), t([99999999.0]), t([1e8]), t([1.5e8]))
    show(t([1e-10]), t([1e10]), t([1e-38, 1e38]), t([1e-45]), t([1234567.0, 0.1]), t([1e4, 1e-4]), t([1e3, 1e-1]))
    show(t([1000.5, 1.0]), t([1001.5, 1.0]), t([100000.0, 0.5]), t([1e5 + 0.5]), t([123456789.0, 1.0]), t(1e-7))
    show(t([-1e-5, 1.0]), t([1e16]), t([1e15, 1.0]).double(), t([1e100], dtype=torch.float64))


def not_finite(torch, show):
    inf, nan, t = float("inf"), float("nan"), torch.tensor
    show(
        t([inf, -inf, nan]), t([1.0, inf]), t([1.5, nan, -2.0]), t(nan), t(inf), t(-inf), t([1e-8, inf]), t([1e9, nan])
    )
    show(t([nan] * 3), t([[1.0, -inf], [nan, 100.0]]), t([0.0, nan]), t([inf, 0.25]), t([-nan]))


def halves(torch, show):
    for dtype in (torch.float16, torch.bfloat16):
        t = functools.partial(torch.tensor, dtype=dtype)
        show(t([1.0, 2.0]), t([0.1, 0.2, 1 / 3]), t([1e-3, 1.0]), t([60000.0, 1.0]), t([1e-4, 10.0]), t(0.1), t([]))
        show(t([float("inf"), float("nan"), -1.5]), t([[1.5, 2], [3, 4]]), t([1e-7]), t([3.14159, 2.71828]))


def doubles(torch, show):
    t = functools.partial(torch.tensor, dtype=torch.float64)
    show(t([1.0, 2.0]), t([0.1, 1 / 3]), t(0.1), t([]), t([[1.0], [2.0]]), t([1e-5, 1.0]), t([12345.678901234]))
    show(t([1.00005]), t([0.00005]), t([123456.123456]), t([2.0**53]), t([1 / 3]) * 1e-3)


def integers(torch, show):
    t = torch.tensor
    show(t([1, 2, 3]), t([-1, 100]), t(7), t([[1, -20], [300, 4]]), t([2**62, -(2**62)]), t(-(2**63)))
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
        show(t([1, 100, 0], dtype=dtype), t(5, dtype=dtype), t([], dtype=dtype), t([[1], [2]], dtype=dtype))
    show(t([255], dtype=torch.uint8), t([-128, 127], dtype=torch.int8), t([10**9, -1], dtype=torch.int32))


def booleans(torch, show):
    t = torch.tensor
    show(t([True, False]), t(True), t([[True], [False]]), t([False]), t([], dtype=torch.bool), t([True] * 20))


def whole_floats(torch, show):
    t = torch.tensor
    show(t([1.0, -2.0, 300.0]), t([[1.0], [10.0]]), t([0.0, 1e7]), t([12345678.0]), t([1.0, 1e8]), t([16777216.0, 2.0]))
    show(t([1.0, 2.0, 1000.0, 10000.0]), t([1e5, 2e5]), torch.zeros(2, 2), torch.ones(3), torch.arange(4.0) * 1000)


def mixed_magnitudes(torch, show):
    t = torch.tensor
    show(t([0.001, 0.5, 20.0]), t([0.001, 1.0]), t([0.0001, 0.05]), t([0.00009, 0.05]), t([1.0, 1001.0, 0.5]))
    show(t([[0.1, 200.0], [-3.0, 4.25]]), t([1.0, 1e-9, 0.0]), t([0.0, 0.0, 1e-3]), t([0.0, 1e6, 0.5]))
    show(t([9.99995]), t([99999.5]), t([0.99999, 9.0]), t([9.99999, 0.5]), t([-0.00001]))


def empty_shapes(torch, show):
    e = torch.empty
    show(e(0), e(0, 3), e(3, 0), e(0, 0), e(2, 0, 3), e(1, 0), e((0,), dtype=torch.int64), e(0, 2, dtype=torch.int32))
    show(torch.tensor([]), torch.tensor([[]]), torch.tensor([[], []]), torch.tensor([], dtype=torch.bool))
    show(e(0, requires_grad=True), e(0, 2, requires_grad=True), e(0, requires_grad=True) * 2, e(0, 2).half())


def zero_dimensional(torch, show):
    t = torch.tensor
    show(t(1), t(1.0), t(0.1), t(True), t(1e-8), t(1e10), t(12345.678), t(-0.5, dtype=torch.float64), t(3).short())
    show(t(1.0, requires_grad=True), t(2.5, requires_grad=True).exp(), t([1.0, 2.0])[1], t([[7]])[0, 0])
    show([t(1), t(2.5)], (t(True),), {"a": t(1.5)})


def nested_three_and_four(torch, show):
    show(torch.arange(8).reshape(2, 2, 2))
    show(torch.arange(16.0).reshape(2, 2, 2, 2))
    show(torch.arange(6).reshape(1, 1, 6), torch.arange(4).reshape(4, 1, 1), torch.ones(1, 1, 1, 1, 1))
    show(torch.arange(12.0).reshape(2, 3, 2) / 8)
    show(torch.arange(32).reshape(2, 2, 2, 2, 2))


def strided(torch, show):
    x = torch.arange(12).reshape(3, 4)
    show(x.t(), x[:, ::2], x[1:, 1:], x.flip(1), x.T[1], torch.ones(1).expand(2, 3), x.as_strided((2, 2), (1, 2)))
    show(x.double().t()[::2], x.diagonal(), x.unfold(1, 2, 2)[0])


def long_vectors_wrap(torch, show):
    show(torch.arange(30))
    show(torch.arange(40.0) / 3)
    show(torch.arange(100, 160))
    show(torch.arange(17.0), torch.arange(18.0))
    show(torch.tensor([True] * 11 + [False]), torch.arange(-20, 20, dtype=torch.int8))


def wide_matrices_wrap(torch, show):
    show(torch.arange(60).reshape(2, 30))
    show(torch.arange(48.0).reshape(2, 24) / 7)
    show(torch.arange(80.0).reshape(2, 2, 20) * 100)


def suffixes_wrap(torch, show):
    show(torch.arange(13.0, dtype=torch.float64))
    for n in range(9, 16):
        show(torch.arange(float(n), requires_grad=True))
        show(torch.arange(float(n), requires_grad=True).exp().log())
        show(torch.arange(n, dtype=torch.int32))
        show((torch.arange(float(n), dtype=torch.float64, requires_grad=True) / 1000).sum(0, keepdim=True).expand(n))
    show(torch.arange(24.0, requires_grad=True).reshape(2, 12) * 1)
    show(torch.zeros(2, 3, 9, dtype=torch.float64, requires_grad=True) / 3)


def summarized_vectors(torch, show):
    show(torch.arange(1000), torch.arange(1001), torch.arange(1001.0), torch.arange(5000) % 7 == 0)
    show(torch.arange(2000.0) / 7, torch.arange(2000.0, requires_grad=True) * 2, torch.zeros(1001, dtype=torch.int32))
    x = torch.zeros(2000)
    x[1000] = 1e9
    show(x, (x + 0.5))


def summarized_matrices(torch, show):
    show(torch.arange(1200).reshape(30, 40))
    show(torch.arange(1200.0).reshape(3, 400) / 3)
    show(torch.arange(1200).reshape(400, 3))
    show(torch.arange(1200).reshape(200, 6), torch.arange(1400).reshape(200, 7))
    show(torch.zeros(1001, 1), torch.zeros(1, 1001))


def summarized_deep(torch, show):
    show(torch.arange(2000).reshape(20, 10, 10))
    show(torch.arange(2000.0).reshape(2, 10, 10, 10) / 16)
    show(torch.zeros(40, 1, 40, dtype=torch.float64))
    show(torch.zeros(2000, 0), torch.zeros(11, 10, 10, requires_grad=True))


def requires_grad(torch, show):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    show(x, x.detach(), x.data, x.double(), x.half(), x[0], x.sum(), x.t(), x.view(2, 1), x.clone(), x.mean())
    show(torch.tensor([1.0], dtype=torch.float64, requires_grad=True), torch.zeros(2, 2, requires_grad=True))
    with torch.no_grad():
        show(x, x * 2)


def nodes_names(torch, show):
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    i = torch.tensor([0, 1])
    show(x + 1, x - 1, x * 2, x / 2, x**2, -x, 2 - x, 2 / x, x @ x, (x / 4).exp(), x.log(), x.sin(), x.abs(), x.sqrt())
    show(x.sum(0), x.mean(0), x.max(), x.max(0).values, x.min(), x.prod(), x.std(), x.var(0), x.norm(), x.cumsum(0))
    show(x.t(), x.view(4), x.reshape(4), x[0], x[:, 0], x[i], x[x > 2], x.permute(1, 0), x.squeeze(), x.unsqueeze(0))
    show(x.expand(2, 2), x.flatten(), x.clone(), x.double(), x.gather(0, i[None]), x.index_select(0, i), x.repeat(1, 2))
    show(torch.cat([x, x]), torch.stack([x, x]), torch.where(x > 1, x, x * 2), torch.relu(x), x.sigmoid(), x.tanh())
    show(x.softmax(0), x.log_softmax(0), x.clamp(1, 2), x.tril(), x.sort().values, x.topk(1).values, x.chunk(2)[0])
    show(x.split(1)[0], x.unbind()[0], x.roll(1), x.flip(0), x.masked_fill(x > 1, 0), x.select(0, 0), x.narrow(0, 0, 1))


def nodes_names_of_nn(torch, show):
    x = torch.ones(2, 2, requires_grad=True)
    F = torch.nn.functional
    show(F.linear(x, x), F.linear(x, x, x[0]), F.mse_loss(x, x + 1), F.cross_entropy(x, torch.tensor([0, 1])))
    show(F.gelu(x), F.silu(x), F.elu(x), F.leaky_relu(x), F.softplus(x), F.layer_norm(x, (2,)), F.dropout(x, 0.0))
    show(F.l1_loss(x, x), F.binary_cross_entropy_with_logits(x, x.detach()), F.embedding(torch.tensor([1]), x))
    show(F.nll_loss(x, torch.tensor([0, 1])), F.smooth_l1_loss(x, x), F.hardtanh(x), F.logsigmoid(x), F.relu6(x))


def nodes_as_objects(torch, show):
    import re

    x = torch.ones(2, requires_grad=True)
    y = (x * 2).sum()

    def plain(o):
        return re.sub("0x[0-9a-f]+", "0x", repr(o))

    show(plain(y.grad_fn), plain(y.grad_fn.next_functions), plain(x.expand_as(x).grad_fn.next_functions[0][0]))
    show(y.grad_fn.name(), x.grad_fn, type(y.grad_fn).__name__, y.grad_fn.next_functions[0][0].name())
    show(plain(torch.autograd.graph.get_gradient_edge(y)))


def own_functions(torch, show):
    class Twice(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    y = Twice.apply(torch.tensor([1.5, 2], requires_grad=True))
    show(y, y.grad_fn.name(), type(y.grad_fn).__name__)


def in_place(torch, show):
    x = torch.tensor([1.0, 4.0], requires_grad=True)
    y = x * 1
    show(y.mul_(2), y.sqrt_(), y.add_(1), y.zero_())
    z = x.clone()
    v = z[0]
    v.mul_(3)
    show(z, v)
    z[1] = 7
    show(z, z.fill_(2), z.copy_(x))


def dtype_suffixes(torch, show):
    t = torch.tensor
    for dtype in (torch.float64, torch.float16):
        torch.set_default_dtype(dtype)
        try:
            show(t([1.0]), t([1.0], dtype=torch.float32), t([1.0], dtype=torch.float64), t([1.0], dtype=torch.float16))
            show(t([1]), t([1], dtype=torch.int32), t([True]), t([]), t([], dtype=torch.float32), torch.zeros(2, 0))
        finally:
            torch.set_default_dtype(torch.float32)
    show(t([]), t([], dtype=torch.int64), t([], dtype=torch.float64), t(1, dtype=torch.int16), t([[]]).long())


def _options(torch, show, values, **options):
    torch.set_printoptions(**options)
    try:
        show(*values)
    finally:
        torch.set_printoptions(profile="default")


def precision(torch, show):
    values = [torch.tensor([1 / 3, 2.0]), torch.tensor(1 / 3), torch.tensor([1e-6, 1.0]), torch.tensor([1.0, 2.0])]
    values += [torch.tensor([1 / 3], dtype=torch.float64), torch.tensor([1e-7]), torch.tensor([1e9, 0.5])]
    for p in (0, 1, 2, 4, 8, 12):
        _options(torch, show, values, precision=p)


def threshold_and_edgeitems(torch, show):
    x = torch.arange(12)
    values = [x, x.reshape(3, 4), x.reshape(2, 3, 2)]
    _options(torch, show, values, threshold=5)
    _options(torch, show, values, threshold=5, edgeitems=1)
    _options(torch, show, values, threshold=11, edgeitems=2)
    _options(torch, show, values, threshold=12, edgeitems=1)
    _options(torch, show, [x.float() / 3], threshold=0, edgeitems=0)


def linewidth(torch, show):
    x = torch.arange(20.0) / 3
    for width in (20, 40, 120, 10):
        _options(torch, show, [x, x.reshape(2, 10), x.double()[:3], torch.arange(30)], linewidth=width)
    y = torch.arange(3.0, requires_grad=True) * 2
    _options(torch, show, [y, torch.zeros(0, 3), y[0]], linewidth=30)


def profiles(torch, show):
    x = torch.arange(1500.0) / 7
    _options(torch, show, [x[:20], x.reshape(30, 50), torch.tensor(1 / 3)], profile="short")
    _options(torch, show, [x.reshape(3, 500)[:, :30], torch.tensor(1 / 3)], profile="full")
    _options(torch, show, [torch.arange(1100)], profile="full")
    _options(torch, show, [x], profile="default")
    _options(torch, show, [x, x / 1e9], profile="short", precision=6, linewidth=60)
    torch.set_printoptions(precision=2, profile="short")
    show(torch.tensor(1 / 3))
    torch.set_printoptions(edgeitems=1)
    show(torch.tensor(1 / 3), torch.arange(2000))
    torch.set_printoptions(profile="default")
    show(torch.tensor(1 / 3), torch.arange(2000))


def sci_mode(torch, show):
    values = [torch.tensor([1.0, 2.5]), torch.tensor([1e-9, 1.0]), torch.tensor([1.0, 2.0]), torch.tensor(12345.678)]
    values += [torch.tensor([1, 2]), torch.tensor([float("nan"), 1.0]), torch.tensor([1e12, 0.5]), torch.tensor([1e12])]
    values += [torch.tensor([True]), torch.tensor([]), torch.tensor([1e12, 1.0])]
    _options(torch, show, values, sci_mode=True)
    _options(torch, show, values, sci_mode=False)
    _options(torch, show, values, sci_mode=True, precision=2)
    _options(torch, show, values, sci_mode=None)


def options_read(torch, show):
    def options():
        o = torch._tensor_str.PRINT_OPTS
        show(o.precision, o.threshold, o.edgeitems, o.linewidth, o.sci_mode)

    options()
    _options(torch, lambda: options(), [], precision=2, sci_mode=False)
    _options(torch, lambda: options(), [], profile="full")
    _options(torch, lambda: options(), [], profile="short", linewidth=100)
    options()
    show(torch._tensor_str.get_printoptions())


def options_within(torch, show):
    from torch._tensor_str import printoptions

    x = torch.tensor([1 / 3])
    with printoptions(precision=2):
        show(x)
    show(x)


def sizes(torch, show):
    x = torch.zeros(2, 3)
    show(
        x.shape,
        x.size(),
        torch.Size([]),
        torch.Size([1]),
        torch.Size((2, 3))[:1],
        (*x.shape, 4),
        x.shape + (4,),
        repr(x.shape),
    )
    show(f"{x.shape}", [x.shape], tuple(x.shape), x.shape[0], list(x.shape), torch.zeros(()).shape, x.stride())
    show(x.shape.numel(), torch.Size([2]) * 2, "%s" % (x.shape,), str(x.shape))


def dtypes(torch, show):
    names = "float16 bfloat16 float32 float64 uint8 int8 int16 int32 int64 bool"
    show(*[getattr(torch, n) for n in names.split()])
    show(
        [torch.float], {"dtype": torch.long}, repr(torch.half), str(torch.double), f"{torch.int}", torch.zeros(1).dtype
    )
    show(torch.strided, torch.contiguous_format, torch.preserve_format, torch.channels_last, repr(torch.strided))
    show(torch.float32.itemsize, torch.float32.is_floating_point, torch.int8.is_signed, type(torch.float32).__name__)


def infos(torch, show):
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        show(torch.finfo(dtype))
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64):
        show(torch.iinfo(dtype))
    show(
        repr(torch.finfo()),
        str(torch.finfo(torch.float32).eps),
        torch.finfo(torch.half).max,
        torch.iinfo(torch.int).min,
    )


def devices(torch, show):
    show(torch.device("cpu"), repr(torch.device("cpu")), torch.device("cpu", 0), repr(torch.device("cpu:0")))
    show(repr(torch.device("cuda")), repr(torch.device("cuda", 1)), str(torch.device("cuda:1")), torch.zeros(1).device)
    show([torch.device("cpu")], repr(torch.device("meta")), repr(torch.device(type="cpu", index=0)))


def return_types(torch, show):
    x = torch.tensor([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0]])
    show(x.max(0))
    show(x.min(1), x.sort(), x.topk(2), x.median(0), x.mode(), x.kthvalue(1), x.cummax(0), x.cummin(1))
    show(torch.max(x, 1, keepdim=True), type(x.max(0)).__name__, type(x.max(0)), x.max(0)._fields if False else "")
    values, indices = x.max(0)
    show(values, indices, x.max(0).values, x.max(0)[1], x.max(0).indices, len(x.max(0)), tuple(x.max(0)))
    show(torch.return_types.max, isinstance(x.max(0), torch.return_types.max), isinstance(x.max(0), tuple))
    show(x.requires_grad_().max(0), [x.max(1)])


def return_types_of_linalg(torch, show):
    a = torch.tensor([[2.0, 0.0], [0.0, 3.0]])
    show(torch.linalg.slogdet(a), torch.slogdet(a), torch.linalg.eigh(a), torch.linalg.svd(a).S, torch.aminmax(a))
    show(torch.var_mean(a), torch.std_mean(a), torch.unique(a, return_counts=True))


def parameters(torch, show):
    p = torch.nn.Parameter(torch.tensor([1.0, 2.5]))
    show(p, repr(p), p.data, p * 2, torch.nn.Parameter(torch.tensor([1]), requires_grad=False), [p])
    show(
        torch.nn.Parameter(torch.zeros(2, 2).double()),
        torch.nn.Parameter(torch.empty(0)),
        torch.nn.Buffer(torch.ones(1)),
    )
    show(torch.nn.ParameterList([p, torch.zeros(2, 3)]), torch.nn.ParameterList(), torch.nn.ParameterList([1, "a", p]))
    show(torch.nn.ParameterDict({"a": p, "b": torch.nn.Parameter(torch.zeros(3, 1))}), torch.nn.ParameterDict())
    show(dict(torch.nn.Linear(1, 1, bias=False).named_parameters()).keys())


def modules(torch, show):
    nn = torch.nn
    show(nn.Linear(2, 3), nn.Linear(2, 3, bias=False), nn.ReLU(), nn.ReLU(inplace=True), nn.Dropout(0.25), nn.Tanh())
    show(nn.Embedding(10, 3), nn.Embedding(10, 3, padding_idx=0), nn.LayerNorm(4), nn.LayerNorm((2, 3), eps=1e-3))
    show(nn.Softmax(dim=1), nn.Softmax(), nn.LeakyReLU(0.2), nn.GELU(), nn.GELU("tanh"), nn.Flatten(), nn.Identity())
    show(
        nn.MSELoss(),
        nn.CrossEntropyLoss(),
        nn.Module(),
        nn.Bilinear(1, 2, 3),
        nn.ELU(),
        nn.Softplus(),
        nn.Threshold(1, 2),
    )
    show(nn.Unflatten(1, (2, 3)), nn.Hardtanh(), nn.PReLU(), nn.LogSoftmax(-1), nn.SiLU(), nn.CosineSimilarity())
    show(nn.LayerNorm(2, elementwise_affine=False), nn.LayerNorm(2, bias=False), nn.Embedding(2, 2, max_norm=1.0))


def modules_nested(torch, show):
    nn = torch.nn
    show(nn.Sequential(), nn.Sequential(nn.Linear(1, 2), nn.ReLU()), nn.ModuleList(), nn.ModuleDict())
    show(nn.Sequential(nn.Sequential(nn.Linear(1, 1)), nn.Sequential(nn.Sequential(nn.ReLU()))))
    show(nn.ModuleList([nn.Linear(1, 1) for _ in range(3)] + [nn.ReLU()] * 2 + [nn.Linear(1, 1)]))
    show(nn.ModuleDict({"a": nn.Linear(1, 1), "b": nn.Sequential(nn.ReLU())}), [nn.ReLU(), nn.Linear(1, 1)])
    show(nn.ModuleList([nn.Sequential(nn.Linear(1, 1), nn.ReLU()) for _ in range(2)]))
    named = nn.Sequential()
    named.add_module("first", nn.Linear(1, 1))
    named.add_module("second", nn.Tanh())
    show(named)


def modules_of_ones_own(torch, show):
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)
            self.w = nn.Parameter(torch.zeros(3))
            self.register_buffer("b", torch.zeros(2))
            self.nothing = None
            self.drop = nn.Dropout()

        def extra_repr(self):
            return "size=2, kind='a'"

    class Lines(nn.Module):
        def extra_repr(self):
            return "one\ntwo"

    class Inner(Lines):
        def __init__(self):
            super().__init__()
            self.net = Net()

        def _get_name(self):
            return "Renamed"

    show(Net(), Lines(), Inner(), nn.Sequential(Net(), Lines()))


def optimizers(torch, show):
    p = torch.nn.Parameter(torch.zeros(2))
    q = torch.nn.Parameter(torch.zeros(1))
    show(torch.optim.SGD([p], lr=0.1))
    show(torch.optim.SGD([p], lr=0.1, momentum=0.9, nesterov=True))
    show(torch.optim.Adam([{"params": [p]}, {"params": [q], "lr": 0.5}], lr=1e-3))
    show(torch.optim.AdamW([p]), torch.optim.RMSprop([p]), torch.optim.Adagrad([p]))
    o = torch.optim.SGD([p], lr=0.1)
    torch.optim.lr_scheduler.StepLR(o, 2)
    show(o)


def storages(torch, show):
    show(torch.tensor([1.0, 2.0]).untyped_storage())
    show(torch.tensor([1, 300], dtype=torch.int16).untyped_storage())
    show(torch.tensor([1.5, 2.0]).storage())
    show(torch.tensor([1, 2]).storage(), torch.tensor([]).untyped_storage(), torch.zeros(0).storage())


def containers_of_tensors(torch, show):
    a, b = torch.tensor([1.0, 2.0]), torch.tensor([[1], [2]])
    show([a, b], (a,), {"x": a, "y": [b]}, {1: a.sum()}, [], [a.requires_grad_()], [None, a])
    import collections

    show(collections.OrderedDict(a=a), collections.namedtuple("P", "x y")(a, b))


def formats(torch, show):
    t = torch.tensor
    show(
        f"{t(1.23456):.2f}", f"{t(3):d}", f"{t(3):5d}|", f"{t(1e-9):e}", f"{t(True)}", f"{t(2.5):>8}|", f"{t(0.5):.0%}"
    )
    show(f"{t(1.5, requires_grad=True):.3f}", f"{t(1.5, requires_grad=True)}", f"{t(2.25):.1f}", "%.2f" % t(1.5))
    show(
        "%d" % t(3),
        "%s" % t(3),
        f"{t([1.0])}",
        f"{t(7):x}",
        f"{t([[1.5]])!r}",
        f"{t(1.5)!s}",
        f"{t(5, dtype=torch.uint8)}",
    )
    show(f"{t([5.0]).item():.1f}", round(t(2.567).item(), 2), f"{t(float('nan')):.2f}", f"{t(float('inf'))}")
    show.raised(lambda: f"{t([1.0, 2.0]):.2f}")
    show.raised(lambda: f"{t([1.0]):.2f}")
    show.raised(lambda: f"{t(1.5):d}")


def lists(torch, show):
    t = torch.tensor
    show(t([1.0, 2.5]).tolist(), t([[1], [2]]).tolist(), t(1.5).tolist(), t([True]).tolist(), t([]).tolist())
    show(torch.zeros(2, 0).tolist(), t(0.1).tolist(), t(0.1, dtype=torch.float64).item(), t(0.1).half().item())
    show(t([float("nan"), float("inf")]).tolist(), t(1).item(), t(True).item(), t(2.0).item(), t([[[1.5]]]).item())
    show(
        list(t([1, 2])),
        [*t([[1.0], [2.0]])],
        float(t(1.5)),
        int(t(2.7)),
        bool(t([0.0])),
        list(t([1.0]).requires_grad_()),
    )


def arrays(torch, show):
    t = torch.tensor
    show(
        t([1.0, 2.5]).numpy(),
        repr(t([1, 2]).numpy()),
        t([[True]]).numpy(),
        repr(t(1.5).numpy()),
        t([0.5]).double().numpy(),
    )


def subclasses(torch, show):
    class Mine(torch.Tensor):
        pass

    x = torch.tensor([1.0, 2.0]).as_subclass(Mine)
    show(x, repr(x), [x], str(x), f"{x}", torch.tensor([1, 2], dtype=torch.int32).as_subclass(Mine))
    show(torch.tensor([[1.0, 2.0]] * 2).as_subclass(Mine), torch.zeros(0, 3).as_subclass(Mine))
    show((torch.arange(40.0) / 3).as_subclass(Mine), torch.ones(2, 2, 15).double().as_subclass(Mine))
    show(x.__repr__(tensor_contents="..."), torch.tensor(2.5).as_subclass(Mine), Mine([1.0, 2.0]))

    class Own(torch.Tensor):
        def __repr__(self):
            return "mine: " + super().__repr__()

    show(torch.tensor([1.0]).as_subclass(Own))


def contents_given(torch, show):
    x = torch.arange(3.0, requires_grad=True)
    show(x.__repr__(tensor_contents="..."), (x * 2).__repr__(tensor_contents="abc"))
    show(torch._tensor_str._str(x), torch._tensor_str._str(x.detach(), tensor_contents="hello"))


def transforms_of_tangents(torch, show):
    def f(x):
        show(x, x * 2, x.sum())
        return (x * x).sum()

    x = torch.tensor([1.0, 2.5])
    torch.func.jvp(f, (x,), (torch.tensor([1.0, 0.5]),))
    torch.func.jvp(lambda y: torch.func.jvp(f, (y,), (x,))[1], (x,), (x,))


def transforms_of_batches(torch, show):
    def f(x):
        show(x, x + 1, x.sum(), x.shape, torch.ones(1))
        return x

    torch.vmap(f)(torch.tensor([[1.0, 2.0], [3.0, 4.5]]))
    torch.vmap(f)(torch.tensor([1.0, 2.0]))
    torch.vmap(torch.vmap(f))(torch.ones(2, 2, 1))
    torch.vmap(f)(torch.tensor([[True], [False]]).repeat(1, 40).int())
    kept = []
    torch.vmap(lambda x: kept.append(x) or x * 2)(torch.ones(2, 2))
    show(repr(kept[0]).split("value=")[1])


def transforms_of_both(torch, show):
    def f(x):
        show(x, x + 1, x.sum(), x.shape)
        return x.sum()

    x = torch.tensor([[1.0, 2.0]])
    torch.vmap(torch.func.grad(f))(x)
    torch.vmap(lambda y: torch.func.jvp(f, (y,), (y,))[1])(x)
    torch.func.jvp(torch.vmap(f), (x,), (x,))


def duals(torch, show):
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        d = fw.make_dual(torch.tensor([1.0, 2.0]), torch.tensor([0.5, 1.0]))
        show(d, d * 2, d.sum(), fw.unpack_dual(d), fw.unpack_dual(torch.ones(1)), d.double(), (d * 0.1).sum())
        show(fw.make_dual(torch.zeros(2, 2).double(), torch.ones(2, 2).double()), torch.ones(2))
        p, t = fw.unpack_dual(d)
        show(p, t)
    show(d)


def exceptions(torch, show):
    try:
        torch.ones(2) + torch.ones(3)
    except RuntimeError as e:
        show(str(e), repr(e), e.args)
    try:
        torch.ones(2)[5]
    except IndexError as e:
        show(str(e), repr(e))


def modes_and_settings(torch, show):
    show(
        torch.no_grad,
        torch.enable_grad,
        torch.is_grad_enabled(),
        torch.get_default_dtype(),
        torch.typename(torch.ones(1)),
    )
    show(
        torch.ones(1).type(),
        torch.ones(1, dtype=torch.uint8).type(),
        torch.ones(1).layout,
        torch.Tensor,
        type(torch.ones(1)),
    )
    show(repr(torch.Tensor), repr(torch.Size), repr(torch.dtype), repr(torch.device), repr(torch.Generator))
    show(repr(type(torch.ones(1))), repr(torch.finfo), repr(torch.iinfo), repr(torch.FloatTensor))


def distributions_of_values(torch, show):
    show(torch.randn(3), torch.rand(2, 2), torch.randint(0, 10, (3,)), torch.randperm(4), torch.randn(3) * 1e-5)
    show(
        torch.linspace(0, 1, 5),
        torch.logspace(-3, 3, 3),
        torch.eye(2),
        torch.tensor([1.0, 2.0]).exp(),
        torch.arange(0, 1, 0.3),
    )
