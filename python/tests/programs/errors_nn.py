"""What is said of mistakes with modules, losses, optimizers, data, files and names."""

from ._common import tensors as _tensors


def losses(torch, show):
    lines = """
        F.mse_loss(x, 1)
        F.mse_loss(x)
        F.mse_loss(x, x, reduction="foo")
        F.mse_loss(x, torch.ones(4))
        F.l1_loss(x, "a")
        F.l1_loss(x, torch.ones(2, 2))
        F.smooth_l1_loss(x, x, beta=-1)
        F.huber_loss(x, x, delta=0)
        F.nll_loss(x, torch.tensor([0, 5]))
        F.nll_loss(x, torch.tensor([0]))
        F.nll_loss(x, torch.tensor([0.0, 1.0]))
        F.nll_loss(x, 1)
        F.nll_loss(x, i, weight=torch.ones(2))
        F.nll_loss(s, i)
        F.cross_entropy(x, torch.tensor([0, 5]))
        F.cross_entropy(x, torch.tensor([0, -1]))
        F.cross_entropy(x, torch.tensor([0]))
        F.cross_entropy(x, torch.tensor([0.0, 1.0]))
        F.cross_entropy(x, "a")
        F.cross_entropy(1, i)
        F.cross_entropy(x)
        F.cross_entropy(x, i, reduction="a")
        F.cross_entropy(x, i, label_smoothing=2.0)
        F.cross_entropy(x, i, weight=torch.ones(2))
        F.cross_entropy(v, i)
        """
    show.errors(lines, _tensors(torch))


def losses_of_probabilities(torch, show):
    lines = """
        F.binary_cross_entropy(x, torch.ones(2))
        F.binary_cross_entropy(x * 2, x)
        F.binary_cross_entropy(x, i)
        F.binary_cross_entropy(x, 1)
        F.binary_cross_entropy_with_logits(x, torch.ones(2))
        F.binary_cross_entropy_with_logits(x, 1)
        F.kl_div(x, 1)
        F.kl_div(x, x, reduction="a")
        F.cosine_embedding_loss(x, x, torch.ones(3, 3))
        F.cosine_embedding_loss(x, x, 1)
        F.margin_ranking_loss(x, v, i)
        F.margin_ranking_loss(1, x, x)
        F.hinge_embedding_loss(x, 1)
        F.hinge_embedding_loss(1, x)
        F.soft_margin_loss(x, 1)
        F.multi_margin_loss(x, torch.tensor([0, 5]))
        F.multi_margin_loss(x, i, p=3)
        F.multilabel_margin_loss(x, i)
        F.multilabel_soft_margin_loss(x, 1)
        F.triplet_margin_loss(x, x, 1)
        F.triplet_margin_loss(x, x, v[:2])
        F.triplet_margin_loss(x, x, x, margin=-1)
        F.poisson_nll_loss(x, 1)
        F.poisson_nll_loss(x, x, reduction="a")
        F.gaussian_nll_loss(x, x, -x)
        F.gaussian_nll_loss(x, x, v[:2])
        F.gaussian_nll_loss(x, x, x, reduction="a")
        """
    show.errors(lines, _tensors(torch))


def functional(torch, show):
    lines = """
        F.linear(x, x.t())
        F.linear(x, v)
        F.linear(x, v[:2])
        F.linear(x, x, torch.ones(5))
        F.linear(x, d)
        F.linear(1, x)
        F.linear(x)
        F.embedding(x, x)
        F.embedding(torch.tensor([5]), x)
        F.embedding(torch.tensor([-1]), x)
        F.embedding(i, v)
        F.embedding(1, x)
        F.embedding(i, 1)
        F.embedding(i, x, padding_idx=5)
        F.embedding(i, x, padding_idx=-5)
        F.one_hot(x)
        F.one_hot(torch.tensor([-1]))
        F.one_hot(torch.tensor([5]), 3)
        F.one_hot(torch.tensor([], dtype=torch.int64))
        F.dropout(x, 2.0)
        F.dropout(x, -0.5)
        F.dropout(1)
        F.dropout(x, "a")
        F.alpha_dropout(x, 2.0)
        F.softmax(x, dim=5)
        F.softmax(x, "a")
        F.softmax(1, 0)
        F.log_softmax(x, dim=2)
        F.softmin(x, 5)
        F.gumbel_softmax(i)
        F.layer_norm(x, (2,))
        F.layer_norm(x, 3)
        F.layer_norm(x, ())
        F.layer_norm(x, (3,), torch.ones(2))
        F.layer_norm(x, (3,), v, torch.ones(2))
        F.normalize(1)
        F.normalize(x, dim=3)
        F.pad(x, (1,))
        F.pad(x, (1, 1, 1, 1, 1, 1))
        F.pad(x, (1, 1), mode="foo")
        F.pad(x, (-5, 0))
        F.pad(x, "a")
        F.cosine_similarity(x, torch.ones(2))
        F.cosine_similarity(x, x, dim=3)
        F.pairwise_distance(x, torch.ones(4))
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def activations(torch, show):
    lines = """
        F.gelu(x, approximate="foo")
        F.gelu(1)
        F.relu(1)
        F.relu("a")
        F.relu6(1)
        F.elu(1)
        F.selu(None)
        F.silu(1)
        F.sigmoid(1)
        F.tanh("a")
        F.softplus("a")
        F.hardtanh(x, 1, -1)
        F.hardtanh(1)
        F.threshold(1, 1, 1)
        F.prelu(x, torch.ones(2))
        F.prelu(x, 1)
        F.glu(x)
        F.glu(x, 5)
        F.leaky_relu(1)
        F.logsigmoid(1)
        F.relu(x, foo=1)
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def layers(torch, show):
    lines = """
        nn.Linear(3, 2)(torch.ones(2, 2))
        nn.Linear(3, 2)(1)
        nn.Linear(3, 2)()
        nn.Linear(3, 2)(x, x)
        nn.Linear(3, 2)(d)
        nn.Linear(3)
        nn.Linear("a", 2)
        nn.Linear(3, 2, foo=1)
        nn.Linear(2.5, 2)
        nn.Linear(-1, 2)
        nn.Embedding(3, 2)(torch.tensor([3]))
        nn.Embedding(3, 2)(v)
        nn.Embedding(3, 2, padding_idx=5)
        nn.Embedding(3)
        nn.Dropout(2)
        nn.Dropout(-1)
        nn.LayerNorm(4)(x)
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def containers(torch, show):
    lines = """
        nn.Sequential(1)
        nn.Sequential(nn.ReLU(), "a")
        nn.Sequential(nn.ReLU())[1]
        nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2))(x)
        nn.Sequential(nn.ReLU()).append(1)
        nn.ModuleList([1])
        nn.ModuleList([nn.ReLU()])[1]
        nn.ModuleList([nn.ReLU()])(x)
        nn.ModuleList(1)
        nn.ModuleDict({"a": 1})
        nn.ModuleDict({1: nn.ReLU()})
        nn.ModuleDict()["a"]
        nn.ModuleDict([1])
        nn.ParameterList([nn.Parameter(v)])[3]
        nn.ParameterDict()["a"]
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def modules_called(torch, show):
    lines = """
        nn.Parameter(1)
        nn.Parameter("a")
        nn.Parameter([1.0])
        nn.Softmax()(1)
        nn.Softmax(5)(x)
        nn.ReLU()(1)
        nn.Module(1)
        nn.Module()(x)
        nn.Flatten(5)(x)
        nn.Unflatten(0, 1)
        nn.MSELoss(reduction="foo")(x, x)
        nn.MSELoss()(x)
        nn.CrossEntropyLoss()(x, torch.tensor([9, 9]))
        nn.NLLLoss(weight=1)
        nn.PReLU("a")
        nn.Identity()()
        nn.Bilinear(1, 2, 3)(x, x)
        nn.GELU(5)(x)
        nn.Threshold(1)
        """
    names = _tensors(torch)
    for line in filter(None, map(str.strip, lines.splitlines())):
        show(line)
        show.error(lambda line=line: eval(line, names))


def modules(torch, show):
    nn = torch.nn
    m = nn.Linear(2, 2)
    show.raised(lambda: m.foo)
    show.raised(lambda: nn.Module().weight)
    show.raised(lambda: setattr(m, "weight", 1))
    show.raised(lambda: setattr(m, "weight", torch.ones(2, 2)))
    show.raised(lambda: delattr(m, "foo"))
    show.raised(lambda: m.register_parameter("a", 1))
    show.raised(lambda: m.register_parameter("a.b", None))
    show.raised(lambda: m.register_parameter("", None))
    show.raised(lambda: m.register_parameter("weight", None))
    show.raised(lambda: m.register_parameter("forward", None))
    show.raised(lambda: m.register_parameter(1, None))
    show.raised(lambda: m.register_parameter("c", nn.Parameter(torch.ones(1)) * 2))
    show.raised(lambda: m.register_buffer("a", 1))
    show.raised(lambda: m.register_buffer("a.b", None))
    show.raised(lambda: m.register_buffer("weight", None))
    show.raised(lambda: m.register_buffer(1, None))
    show.raised(lambda: m.add_module("a", 1))
    show.raised(lambda: m.add_module("a.b", None))
    show.raised(lambda: m.add_module("weight", None))
    show.raised(lambda: m.add_module(1, None))
    show.raised(lambda: m.get_parameter("a"))
    show.raised(lambda: m.get_parameter("a.b"))
    show.raised(lambda: m.get_submodule("a.b"))
    show.raised(lambda: m.get_submodule("weight"))
    show.raised(lambda: m.get_buffer("weight"))
    show.raised(lambda: m.to(torch.int64))
    show.raised(lambda: m.to("foo"))
    show.raised(lambda: m.train("a"))
    show.raised(lambda: m.requires_grad_("a"))
    show.raised(lambda: m.type("a"))
    show.raised(lambda: m.apply(1))


def modules_half_made(torch, show):
    nn = torch.nn

    class NoSuper(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(1, 1)

    class NoSuperParameter(nn.Module):
        def __init__(self):
            self.w = nn.Parameter(torch.ones(1))

    class NoSuperBuffer(nn.Module):
        def __init__(self):
            self.register_buffer("b", torch.ones(1))

    class NoForward(nn.Module):
        pass

    class BadProperty(nn.Module):
        @property
        def size(self):
            return self.missing

    for make in (NoSuper, NoSuperParameter, NoSuperBuffer):
        show.raised(make)
    show.raised(lambda: NoForward()(torch.ones(1)))
    show.raised(lambda: BadProperty().size)


def state_dicts(torch, show):
    nn = torch.nn
    m = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    show.raised(lambda: m.load_state_dict({}))
    show.raised(lambda: m.load_state_dict({**m.state_dict(), "foo": torch.ones(1), "bar.baz": torch.ones(1)}))
    show.raised(lambda: m.load_state_dict(nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1)).state_dict()))
    show.raised(lambda: m.load_state_dict({"0.weight": torch.ones(1), "x": torch.ones(1)}))
    show.raised(lambda: m.load_state_dict({"0.weight": torch.ones(1)}, strict=False))
    show.raised(lambda: m.load_state_dict(1))
    show.raised(lambda: m.load_state_dict([1]))
    show.raised(lambda: nn.Linear(1, 1).load_state_dict({"weight": 1, "bias": torch.ones(1)}))
    show.raised(lambda: nn.Linear(1, 1).load_state_dict({"weight": [[1.0]], "bias": torch.ones(1)}))
    show(m.load_state_dict({}, strict=False), m.load_state_dict(m.state_dict()))


def optimizers(torch, show):
    p = torch.nn.Parameter(torch.ones(2))
    optim = torch.optim
    show.raised(lambda: optim.SGD([]))
    show.raised(lambda: optim.SGD(p, lr=0.1))
    show.raised(lambda: optim.SGD([1], lr=0.1))
    show.raised(lambda: optim.SGD(["a"], lr=0.1))
    show.raised(lambda: optim.SGD([p * 2], lr=0.1))
    show.raised(lambda: optim.SGD([p, p], lr=0.1) and "made")
    show.raised(lambda: optim.SGD([{"params": [p]}, {"params": [p]}], lr=0.1))
    show.raised(lambda: optim.SGD([p], lr=-1))
    show.raised(lambda: optim.SGD([p], lr=0.1, momentum=-1))
    show.raised(lambda: optim.SGD([p], lr=0.1, weight_decay=-1))
    show.raised(lambda: optim.SGD([p], lr=0.1, nesterov=True))
    show.raised(lambda: optim.SGD([p], lr=0.1, foo=1))
    show.raised(lambda: optim.SGD())
    show.raised(lambda: optim.Adam([p], lr=-1))
    show.raised(lambda: optim.Adam([p], betas=(1.0, 0.9)))
    show.raised(lambda: optim.Adam([p], betas=(0.9, -1)))
    show.raised(lambda: optim.Adam([p], eps=-1))
    show.raised(lambda: optim.Adam([p], weight_decay=-1))
    show.raised(lambda: optim.AdamW([p], lr=-1))
    show.raised(lambda: optim.RMSprop([p], alpha=-1))
    show.raised(lambda: optim.RMSprop([p], momentum=-1))
    show.raised(lambda: optim.Adagrad([p], lr_decay=-1))
    show.raised(lambda: optim.Adagrad([p], initial_accumulator_value=-1))
    show.raised(lambda: optim.SGD([{"foo": [p]}], lr=0.1))
    show.raised(lambda: optim.SGD([{"params": {p}}], lr=0.1))
    show.raised(lambda: optim.SGD({p}, lr=0.1))
    show.raised(lambda: optim.SGD([p], lr=0.1).add_param_group(1))
    show.raised(lambda: optim.SGD([p], lr=0.1).add_param_group({"params": p}))
    show.raised(lambda: optim.SGD([p], lr=0.1).add_param_group({"params": 1}))
    show.raised(lambda: optim.SGD([p], lr=0.1).step(1))
    show.raised(lambda: optim.LBFGS([p], lr=0.1).step())
    show.raised(lambda: optim.LBFGS([{"params": [p]}, {"params": [torch.ones(1)]}]))
    show.raised(lambda: optim.Optimizer([p], {}).step())


def states_of_optimizers(torch, show):
    optim = torch.optim
    p, q = (torch.nn.Parameter(torch.ones(n)) for n in (2, 3))
    one, two = optim.SGD([p], lr=0.1), optim.SGD([p, q], lr=0.1)
    groups = optim.SGD([{"params": [p]}, {"params": [q]}], lr=0.1)
    show.raised(lambda: one.load_state_dict(two.state_dict()))
    show.raised(lambda: one.load_state_dict(groups.state_dict()))
    show.raised(lambda: one.load_state_dict({}))
    show.raised(lambda: optim.lr_scheduler.StepLR(1, 2))
    show.raised(lambda: optim.lr_scheduler.StepLR(one))
    show.raised(lambda: optim.lr_scheduler.LambdaLR(one, [abs, abs]))
    show.raised(lambda: optim.lr_scheduler.StepLR(one, 2, last_epoch=5))
    show.raised(lambda: optim.lr_scheduler.ReduceLROnPlateau(one, mode="a"))
    show.raised(lambda: optim.lr_scheduler.ReduceLROnPlateau(one, factor=1.5))
    show.raised(lambda: optim.lr_scheduler.ReduceLROnPlateau(one, threshold_mode="a"))
    show.raised(lambda: optim.lr_scheduler.ReduceLROnPlateau(one).step())


def utilities(torch, show):
    nn = torch.nn
    p = nn.Parameter(torch.ones(2))
    p.grad = torch.tensor([float("nan"), 1.0])
    U = nn.utils
    show.error(lambda: U.clip_grad_norm_([p], 1.0, error_if_nonfinite=True))
    show.error(lambda: U.clip_grad_norm_([p], "a"))
    show.error(lambda: U.clip_grad_value_([p], "a"))
    show.error(lambda: U.vector_to_parameters(torch.ones(1), [p]))
    show.error(lambda: U.vector_to_parameters(1, [p]))
    show.error(lambda: U.parametrize.register_parametrization(nn.Linear(1, 1), "foo", nn.ReLU()))
    show.error(lambda: nn.init.xavier_uniform_(torch.ones(2)))
    show.error(lambda: nn.init.kaiming_normal_(torch.ones(2, 2), mode="a"))
    show.error(lambda: nn.init.calculate_gain("foo"))
    show.error(lambda: nn.init.orthogonal_(torch.ones(2)))
    show.error(lambda: nn.init.eye_(torch.ones(2)))
    show.error(lambda: nn.init.sparse_(torch.ones(2), 0.5))
    show.error(lambda: nn.init.dirac_(torch.ones(2)))


def data(torch, show):
    D = torch.utils.data
    x = torch.arange(6.0).reshape(3, 2)
    ds = D.TensorDataset(x)
    show.raised(lambda: D.TensorDataset(x, torch.ones(2)))
    show.raised(lambda: ds[5])
    show.raised(lambda: D.DataLoader(ds, batch_size=0))
    show.raised(lambda: D.DataLoader(ds, batch_size=-1))
    show.raised(lambda: D.DataLoader(ds, batch_size="a"))
    show.raised(lambda: D.DataLoader(ds, num_workers=-1))
    show.raised(lambda: D.DataLoader(ds, timeout=-1))
    show.raised(lambda: D.DataLoader(ds, shuffle=True, sampler=D.SequentialSampler(ds)))
    show.raised(lambda: D.DataLoader(ds, batch_sampler=[[0]], batch_size=2))
    show.raised(lambda: D.DataLoader(ds, batch_size=None, drop_last=True))
    show.raised(lambda: D.DataLoader(ds, prefetch_factor=2))
    show.raised(lambda: D.DataLoader(ds, persistent_workers=True))
    show.raised(lambda: D.DataLoader())
    show.raised(lambda: D.DataLoader(ds, foo=1))
    show.raised(lambda: next(iter(D.DataLoader([torch.ones(1), torch.ones(2)], batch_size=2))))
    show.raised(lambda: next(iter(D.DataLoader([object()], batch_size=1))) and 0)
    show.raised(lambda: next(iter(D.DataLoader([[1], [1, 2]], batch_size=2))))
    show.raised(lambda: D.RandomSampler(ds, replacement="a"))
    show.raised(lambda: D.RandomSampler(ds, num_samples=0))
    show.raised(lambda: D.WeightedRandomSampler([1.0], 0))
    show.raised(lambda: D.BatchSampler([0], 0, False))
    show.raised(lambda: D.BatchSampler([0], 1, "a"))
    show.raised(lambda: D.random_split(ds, [1, 1]))
    show.raised(lambda: D.random_split(ds, [0.5, 0.6]))
    show.raised(lambda: D.Subset(ds, [9])[0])
    show.raised(lambda: D.Dataset()[0])
    show.raised(lambda: setattr(D.DataLoader(ds), "batch_size", 5))


def files(torch, show):
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.pt")
        show.raised(lambda: torch.load("no_such_file.pt"))
        for content in (b"", b"PK\x03\x04garbage", b"\x80\x02garbage"):
            with open(path, "wb") as f:
                f.write(content)
            show.error(lambda: torch.load(path), text=content[:1] == b"\x80")
        torch.save({"a": object}, path)
        show.error(lambda: torch.load(path))
        show.raised(lambda: torch.save(torch.ones(1)))
        show.raised(lambda: torch.save(torch.ones(1), 1))
        show.error(lambda: torch.save(torch.ones(1), os.path.join(folder, "no", "such", "folder.pt")), text=False)
        show.error(lambda: torch.save(lambda: 1, path), text=False)
        torch.save(torch.ones(1), path)
        show.raised(lambda: torch.load(path, foo=1))
        show.raised(lambda: torch.load(path, mmap=1))


def names_that_do_not_exist(torch, show):
    show.error(lambda: torch.foobarbaz)
    show.error(lambda: torch.nn.Foobarbaz)
    show.error(lambda: torch.nn.functional.foobarbaz)
    show.error(lambda: torch.optim.Foobarbaz)
    show.error(lambda: torch.linalg.foobarbaz)
    show.error(lambda: torch.ones(1).foobarbaz)
    show.error(lambda: torch.float32.foobarbaz)
    show.error(lambda: torch.device("cpu").foobarbaz)
    show.error(lambda: torch.finfo(torch.float32).foobarbaz)
    show.error(lambda: torch.utils.data.foobarbaz)
    show.error(lambda: torch.autograd.foobarbaz)


def imports_that_fail(torch, show):
    def run(text):
        def call():
            exec(text, {})

        show.error(call)

    run("import torch.foobarbaz")
    run("import torch.nn.foobarbaz")
    run("from torch.foobarbaz import x")


def exceptions_of_datasets_come_out(torch, show):
    class Bad(torch.utils.data.Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, i):
            raise KeyError(f"item {i}")

    show.raised(lambda: list(torch.utils.data.DataLoader(Bad())))
    show.raised(lambda: torch.utils.data.Subset(Bad(), [1])[0])
    show.raised(lambda: list(torch.utils.data.DataLoader([torch.ones(1)], collate_fn=lambda b: 1 / 0)))


def exceptions_in_modules_come_out(torch, show):
    class Net(torch.nn.Module):
        def forward(self, x):
            return self.nowhere(x)

    m = torch.nn.Linear(1, 1)
    m.register_forward_hook(lambda module, args, out: 1 / 0)
    show.raised(lambda: m(torch.ones(1)))
    show.raised(lambda: Net()(1))
    show.raised(lambda: Net()(1, 2))
    show.raised(lambda: torch.nn.Sequential(Net())(1))


def closures_fail(torch, show):
    p = torch.nn.Parameter(torch.ones(1))
    for make in (torch.optim.SGD, torch.optim.Adam):
        show.raised(lambda make=make: make([p], lr=0.1).step(lambda: 1 / 0))
    show(p.data)


def errors_can_be_caught_by_class(torch, show):
    def caught(f, *classes):
        for c in classes:
            try:
                f()
            except c as e:
                show(c.__name__, type(e).__name__)

    caught(lambda: torch.ones(2) + torch.ones(3), RuntimeError, Exception)
    caught(lambda: torch.ones(2)[5], IndexError, LookupError)
    caught(lambda: torch.ones(2).sum(5), IndexError)
    caught(lambda: torch.tensor([1, 2]).mean(), RuntimeError)
    caught(lambda: torch.linalg.inv(torch.zeros(1, 1)), torch.linalg.LinAlgError, RuntimeError)
    caught(lambda: torch.nn.Linear(1, 1).foo, AttributeError)
    caught(lambda: torch.nn.functional.one_hot(torch.tensor([-1])), RuntimeError)
    caught(lambda: ~torch.ones(1), TypeError)
