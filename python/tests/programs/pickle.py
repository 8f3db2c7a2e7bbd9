"""save, load, pickle, copy: tensors, storages, modules, what may be loaded and what is said when it may not."""

import collections
import copy
import io
import os
import pickle
import tempfile
import warnings


def _bytes(torch, obj, **options):
    f = io.BytesIO()
    torch.save(obj, f, **options)
    return f.getvalue()


def _again(torch, obj, **options):
    return torch.load(io.BytesIO(_bytes(torch, obj)), **options)


def _old(torch, obj, **options):
    return torch.load(io.BytesIO(_bytes(torch, obj, _use_new_zipfile_serialization=False)), **options)


def save_and_load_tensors(torch, show):
    t = torch.arange(6.0).view(2, 3)
    for v in (t, t.t(), t[1], t[:, 1], t[:0], torch.tensor(3), torch.ones(1).expand(4)):
        r = _again(torch, v)
        show(r, r.shape, r.stride(), r.storage_offset(), r.untyped_storage().nbytes(), r.is_leaf)


def save_and_load_dtypes(torch, show):
    names = [
        "bool",
        "uint8",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
    ]
    for name in names:
        t = torch.tensor([0, 1, 2]).to(getattr(torch, name))
        show(name, _again(torch, t), _old(torch, t))


def save_and_load_containers(torch, show):
    o = {
        "a": [1, 2.5, None, True, "é"],
        "b": (1, (2,), (), (1, 2, 3, 4)),
        3: {"c": torch.ones(2)},
        "big": 1 << 80,
        "n": -5,
    }
    o["s"] = {1, 2}
    o["bytes"] = b"ab", bytearray(b"cd")
    o["complex"] = 1 + 2j
    o["counter"] = collections.Counter("aab")
    o["ordered"] = collections.OrderedDict(x=1, y=[300, 70000, 1 << 40])
    show(_again(torch, o))
    show(_old(torch, o))


def save_and_load_small_objects(torch, show):
    o = [torch.float32, torch.int64, torch.Size([1, 2]), torch.device("cpu"), torch.strided, torch.bool]
    show(_again(torch, o), type(_again(torch, o)[2]).__name__)
    show(_again(torch, o)[0] is torch.float32)


def views_share_memory_after_loading(torch, show):
    t = torch.arange(6.0)
    for load in (_again, _old):
        d = load(torch, {"a": t, "b": t[2:].view(2, 2), "c": t, "d": t.clone()})
        d["a"][3] = 50
        show(d, d["a"] is d["c"])


def the_whole_storage_is_saved(torch, show):
    big = torch.zeros(1000)
    show(_again(torch, big[:2]).untyped_storage().nbytes(), _again(torch, big[:2].clone()).untyped_storage().nbytes())


def requires_grad_is_saved(torch, show):
    x = torch.ones(2, requires_grad=True)
    show(_again(torch, x), _again(torch, x * 2), _again(torch, x * 2).is_leaf, _again(torch, x.detach()).requires_grad)
    x.grad = torch.ones(2)
    show(_again(torch, x).grad)


def parameters_are_saved(torch, show):
    p = torch.nn.Parameter(torch.ones(2))
    q = torch.nn.Parameter(torch.ones(2), requires_grad=False)
    r = _again(torch, [p, q])
    show(r, type(r[0]).__name__, r[1].requires_grad)
    p.note = "x"
    show(_again(torch, p).note, type(_again(torch, p)).__name__)


def attributes_are_saved(torch, show):
    t = torch.ones(2)
    t.note = [1, 2]
    show(_again(torch, t).note, pickle.loads(pickle.dumps(t)).note, copy.deepcopy(t).note, copy.copy(t).note)


def state_dicts_are_saved(torch, show):
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    s = _again(torch, net.state_dict())
    show(type(s).__name__, list(s), [tuple(v.shape) for v in s.values()], s._metadata)
    other = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    show(other.load_state_dict(s))
    x = torch.tensor([[1.0, 2.0]])
    show(bool((net(x) == other(x)).all()))


def optimizers_are_saved(torch, show):
    p = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    opt = torch.optim.Adam([p], lr=0.1)
    for _ in range(2):
        opt.zero_grad()
        (p * p).sum().backward()
        opt.step()
    s = _again(torch, {"opt": opt.state_dict(), "p": p.data, "epoch": 3})
    q = torch.nn.Parameter(s["p"])
    again = torch.optim.Adam([q], lr=0.5)
    again.load_state_dict(s["opt"])
    for o, v in ((opt, p), (again, q)):
        o.zero_grad()
        (v * v).sum().backward()
        o.step()
    show(p, q, again.param_groups[0]["lr"], s["epoch"])


def modules_are_saved_whole(torch, show):
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Tanh())
    r = _again(torch, net, weights_only=False)
    x = torch.tensor([[1.0, 2.0]])
    show(r, bool((net(x) == r(x)).all()), r.training)
    show.error(lambda: _again(torch, net))


def pickles_have_the_names_of_torch(torch, show):
    import pickletools
    import zipfile

    data = zipfile.ZipFile(
        io.BytesIO(_bytes(torch, [torch.nn.Linear(1, 1), torch.Size([1]), torch.float32, torch.ones(1).bool()]))
    )
    names = {arg for op, arg, _ in pickletools.genops(data.read("archive/data.pkl")) if op.name == "GLOBAL"}
    show(sorted(names), data.namelist())


def only_weights_by_default(torch, show):
    show.error(lambda: _again(torch, frozenset()))
    show.error(lambda: _again(torch, os.system))
    show.error(lambda: _again(torch, collections.deque([1])))
    show.error(lambda: _old(torch, range(3)))
    try:
        _again(torch, print)
    except pickle.UnpicklingError as e:
        show([line for line in str(e).split("\n") if "print" in line])
    show(_again(torch, range(3), weights_only=False))
    show.error(lambda: _again(torch, 1, weights_only=True, pickle_module=pickle))


def more_may_be_allowed(torch, show):
    before = torch.serialization.get_safe_globals()
    with torch.serialization.safe_globals([collections.deque, range]):
        show(_again(torch, range(3)))
        show([c.__name__ for c in torch.serialization.get_safe_globals() if c in (range, collections.deque)])
    show.error(lambda: _again(torch, range(3)))
    torch.serialization.add_safe_globals([range])
    show(_again(torch, {"r": range(3)}), range in torch.serialization.get_safe_globals())
    torch.serialization.clear_safe_globals()
    show(torch.serialization.get_safe_globals())
    torch.serialization.add_safe_globals(before)
    show.error(lambda: torch.serialization.add_safe_globals(3))
    unsafe = torch.serialization.get_unsafe_globals_in_checkpoint
    show(unsafe(io.BytesIO(_bytes(torch, torch.nn.Linear(1, 1)))), unsafe(io.BytesIO(_bytes(torch, torch.ones(1)))))


def map_location(torch, show):
    t = torch.ones(2)
    seen = []

    def place(storage, location):
        seen.append((type(storage).__name__, storage.nbytes(), location))
        return storage

    for where in (None, "cpu", torch.device("cpu"), {"cpu": "cpu"}, {"cuda:0": "cpu"}, place, lambda s, where: None):
        show(_again(torch, t, map_location=where), _old(torch, t, map_location=where))
    show(seen)
    for where in ("cuda", "cuda:0", torch.device("cuda:0"), "nowhere", {"cpu": "cuda:0"}, 3):
        show.error(lambda where=where: _again(torch, t, map_location=where))


def files_and_paths(torch, show):
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.b.pt")
        torch.save({"x": torch.arange(3.0)}, path)
        show(torch.load(path), torch.load(Path(path)), torch.load(path, mmap=True))
        with open(path, "rb") as f:
            show(torch.load(f))
        torch.save(torch.arange(2), Path(folder) / "b.pt")
        show(torch.load(os.path.join(folder, "b.pt")))
        with open(path, "wb") as f:
            torch.save(5, f)
        show(torch.load(path))
        show.error(lambda: torch.save(1, os.path.join(folder, "none", "x.pt")), text=False)
        show.error(lambda: torch.load(os.path.join(folder, "none.pt")), text=False)


def mapped_files(torch, show):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.pt")
        torch.save([torch.arange(3.0), torch.ones(2, dtype=torch.bool), torch.zeros(0)], path)
        m = torch.load(path, mmap=True)
        m[0][0] = 7
        show(m, torch.load(path))
        show.error(lambda: torch.load(io.BytesIO(b""), mmap=True))


def two_in_one_stream(torch, show):
    f = io.BytesIO()
    f.write(b"head")
    torch.save([1, torch.ones(2)], f)
    f.seek(4)
    show(torch.load(f))
    f = io.BytesIO()
    torch.save(torch.ones(2), f, _use_new_zipfile_serialization=False)
    torch.save(torch.zeros(2), f, _use_new_zipfile_serialization=False)
    f.seek(0)
    show(torch.load(f), torch.load(f))


def wrong_files(torch, show):
    raw = _bytes(torch, torch.arange(30.0))
    show.error(lambda: torch.load(io.BytesIO(b"")), text=False)
    show.error(lambda: torch.load(io.BytesIO(raw[:1000])))
    show.error(lambda: torch.load(io.BytesIO(pickle.dumps([3], 2))))
    show.error(lambda: torch.load(3))
    show.error(lambda: torch.load([]))
    show.error(lambda: torch.save(1, 3))
    show.error(lambda: torch.save(1, io.StringIO()), text=False)
    show.error(lambda: torch.load(io.BytesIO(b"garbage" * 10)), text=False)


def one_memory_as_two_dtypes_is_refused(torch, show):
    t = torch.arange(4.0)
    s = torch.tensor([], dtype=torch.int32).set_(t.untyped_storage(), 0, (4,), (1,))
    show.error(lambda: _bytes(torch, [t, s]))


def pickle_tensors(torch, show):
    t = torch.arange(6.0).view(2, 3).t()
    for protocol in range(2, 6):
        r = pickle.loads(pickle.dumps(t, protocol))
        show(r, r.stride(), r.dtype)
    x = torch.ones(2, requires_grad=True)
    show(
        pickle.loads(pickle.dumps(x)),
        pickle.loads(pickle.dumps(x * 2)),
        pickle.loads(pickle.dumps(torch.nn.Parameter(x))),
    )
    show(pickle.loads(pickle.dumps([torch.float16, torch.Size([2]), torch.device("cpu"), torch.bool])))
    b = pickle.loads(pickle.dumps([t, t]))
    show(b[0] is b[1])


def pickle_modules(torch, show):
    net = torch.nn.Linear(2, 1)
    r = pickle.loads(pickle.dumps(net))
    show(r, bool((r.weight == net.weight).all()), r.weight.requires_grad, type(r.weight).__name__)


def deepcopy_tensors(torch, show):
    t = torch.arange(6.0).view(2, 3)
    d = copy.deepcopy([t, t[0], t])
    d[0][0, 0] = 99
    show(d, d[0] is d[2], t)
    x = torch.ones(3, requires_grad=True)
    x.grad = torch.ones(3)
    y = copy.deepcopy(x)
    show(y, y.grad, y.grad is x.grad, y.data_ptr() == x.data_ptr())
    show(copy.deepcopy(t.t()).stride(), copy.deepcopy(torch.ones(1).expand(3)).stride())
    show(copy.deepcopy(torch.arange(10)[3:5]).untyped_storage().nbytes())
    show.error(lambda: copy.deepcopy(x * 2))
    p = torch.nn.Parameter(torch.ones(2))
    p.grad = torch.zeros(2)
    show(copy.deepcopy(p), copy.deepcopy(p).grad)
    show(copy.deepcopy([torch.float32, torch.Size([1]), torch.device("cpu")]))


def shallow_copies_share(torch, show):
    x = torch.ones(3, requires_grad=True)
    x.grad = torch.ones(3)
    c = copy.copy(x)
    show(c, c.grad, c.data_ptr() == x.data_ptr(), c is x, c.is_leaf, copy.copy(x * 2))


def deepcopy_of_what_waits(torch, show):
    x = torch.ones(100_000)
    y = x * 2 + 1
    d = copy.deepcopy(y)
    y.zero_()
    show(d.sum(), _again(torch, x + 1).sum(), pickle.loads(pickle.dumps(x * 3)).sum())


def hooks_are_not_saved(torch, show):
    x = torch.ones(2, requires_grad=True)
    x.register_hook(lambda g: g * 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = _again(torch, x)
    y.sum().backward()
    show(y.grad)


def untyped_storages(torch, show):
    t = torch.arange(3.0)
    s = t.untyped_storage()
    show(s.nbytes(), len(s), s.size(), s.device, s.is_cuda, s.element_size(), s.tolist(), s[6], s[-1], s[0:2].tolist())
    show(
        s.data_ptr() == t.data_ptr(),
        t[1:].untyped_storage().nbytes(),
        t[1:].storage_offset(),
        s == t[1:].untyped_storage(),
    )
    s[3] = 64
    show(t, s.clone().fill_(1).tolist(), s)
    show.error(lambda: s[99])
    show(torch.UntypedStorage(2).nbytes(), torch.UntypedStorage([1, 2]).tolist(), torch.UntypedStorage(b"ab").tolist())
    show(torch.is_storage(s), torch.is_storage(t))


def typed_storages(torch, show):
    t = torch.arange(3.0)
    s = t.storage()
    show(s, len(s), s.dtype, s[1], s[-1], s.tolist(), s.nbytes(), s.element_size(), s.type(), s.pickle_storage_type())
    s[0] = 5
    show(t, s.double(), s.int().tolist(), s.clone().fill_(1).tolist())
    show.error(lambda: s[99])
    show.error(lambda: s[1:2])
    show(
        torch.FloatStorage([1, 2]),
        torch.LongStorage(3).size(),
        isinstance(s, torch.FloatStorage),
        isinstance(s, torch.IntStorage),
    )
    show(_again(torch, s), _again(torch, t.untyped_storage()).tolist())
    show(copy.deepcopy(s).tolist(), pickle.loads(pickle.dumps(s)).tolist())


def tensors_over_storages(torch, show):
    t = torch.arange(6.0)
    u = torch.tensor([]).set_(t.untyped_storage(), 1, (2, 2), (2, 1))
    u[0, 0] = 50
    show(u, t, torch.tensor([]).set_(t.storage()), torch.tensor([]).set_(t.untyped_storage()))
    show.error(lambda: torch.tensor([]).set_(torch.ones(2, dtype=torch.int32)))


def functions_in_pickles(torch, show):
    F = torch.nn.functional
    functions = (F.relu, F.linear, F.gelu, F.softmax, torch.add, torch.sigmoid, torch.norm, torch.autograd.grad)
    show([pickle.loads(pickle.dumps(f)) is f for f in (*functions, torch.linalg.norm, torch.special.expit)])
    module = torch.nn.Module()
    module.act, module.other = F.relu, torch.tanh
    again = pickle.loads(pickle.dumps(module))
    show(again.act is F.relu, again.other is torch.tanh, copy.deepcopy(module).act is F.relu)
