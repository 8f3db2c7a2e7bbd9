"""Datasets, samplers, batches, loaders with and without worker processes."""

import collections
import os
import random
import time
import warnings


def tensor_dataset(torch, show):
    data = torch.utils.data
    ds = data.TensorDataset(torch.arange(6.0).reshape(3, 2), torch.tensor([5, 6, 7]))
    show(len(ds), ds[1], ds[-1], ds[0:2], len(ds.tensors))
    show.error(lambda: ds[3])
    show.error(lambda: data.TensorDataset(torch.ones(2), torch.ones(3)))


def datasets_of_ones_own(torch, show):
    data = torch.utils.data

    class Squares(data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            if i >= 4:
                raise IndexError(i)
            return i * i

    show([b.tolist() for b in data.DataLoader(Squares(), batch_size=3)])
    show(list(Squares()), list(Squares() + Squares()))
    show.error(lambda: data.Dataset()[0])
    show.error(lambda: len(data.Dataset()))

    class Typed(data.Dataset[int]):
        pass

    show.error(lambda: Typed()[0])


def concatenation(torch, show):
    data = torch.utils.data
    ds = data.TensorDataset(torch.arange(3)) + data.TensorDataset(torch.arange(10, 12))
    show(type(ds), len(ds), [ds[i][0].item() for i in range(5)], ds[-1], ds.cumulative_sizes)
    show.error(lambda: ds[-6])
    show.error(lambda: ds[5])
    show.error(lambda: data.ConcatDataset([]))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        show(ds.cummulative_sizes, [(w.category, str(w.message)) for w in seen])


def _stream(torch, n, length=None):
    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            info = torch.utils.data.get_worker_info()
            return iter(range(n) if info is None else range(info.id, n, info.num_workers))

    class Sized(Stream):
        def __len__(self):
            return length

    return Stream() if length is None else Sized()


def streams(torch, show):
    data = torch.utils.data
    s = _stream(torch, 5)
    show(list(s), list(s + _stream(torch, 2)), type(s + s))
    show([b.tolist() for b in data.DataLoader(s, batch_size=2)])
    show([b.tolist() for b in data.DataLoader(s, batch_size=2, drop_last=True)])
    show(list(data.DataLoader(s, batch_size=None)))
    show.error(lambda: len(s))
    show.error(lambda: len(data.DataLoader(s)))
    show.error(lambda: s[0])
    show.error(lambda: data.ConcatDataset([s]))
    show.error(lambda: list(data.ChainDataset([data.TensorDataset(torch.ones(1))])))
    show.error(lambda: data.DataLoader(s, shuffle=True))
    show.error(lambda: data.DataLoader(s, sampler=[1]))
    show.error(lambda: data.DataLoader(s, batch_sampler=[[1]]))


def streams_with_a_length(torch, show):
    data = torch.utils.data
    s = _stream(torch, 5, 4)
    show(len(s + s), len(data.DataLoader(s, 3)), len(data.DataLoader(s, 3, drop_last=True)))
    for workers in (0, 1):
        loader = data.DataLoader(s, num_workers=workers)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            show([b.item() for b in loader], len(seen))
            len(loader)
            show([b.item() for b in loader])
        show([str(w.message).split(" object at ")[1].split(" ", 1)[1] for w in seen])


def subsets_and_stacks(torch, show):
    data = torch.utils.data
    ds = data.TensorDataset(torch.arange(5.0), torch.arange(5) * 2)
    sub = data.Subset(ds, [3, 0, 4])
    show(len(sub), sub[0], sub[[0, 2]], sub.__getitems__([1, 0]), sub.indices)
    stack = data.StackDataset(ds, range(5))
    show(len(stack), stack[1], stack.__getitems__([2]))
    named = data.StackDataset(a=ds, b=range(5))
    show(named[1], named.__getitems__([2, 3]))
    show(list(data.DataLoader(named, 5)))
    show.error(lambda: data.StackDataset(ds, range(3)))
    show.error(lambda: data.StackDataset())
    show.error(lambda: data.StackDataset(ds, a=ds))


def splitting(torch, show):
    data = torch.utils.data
    show([list(p.indices) for p in data.random_split(range(10), [3, 7])])
    show([list(p.indices) for p in data.random_split(range(10), [0.3, 0.7])])
    show([len(p) for p in data.random_split(range(11), [0.3, 0.3, 0.4])])
    g = torch.Generator().manual_seed(42)
    show([list(p.indices) for p in data.random_split(range(7), [2, 5], generator=g)], torch.rand(1, generator=g))
    show.error(lambda: data.random_split(range(10), [3, 6]))
    show.error(lambda: data.random_split(range(10), [0.3, 0.9]))
    show.error(lambda: data.random_split(range(10), [-0.3, 1.3]))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        data.random_split(range(1), [0.5, 0.5])
    show([str(w.message) for w in seen])


def samplers(torch, show):
    data = torch.utils.data
    show(list(data.SequentialSampler("abc")), len(data.SequentialSampler("abc")))
    show(list(data.RandomSampler(range(10))), torch.rand(1))
    show(list(data.RandomSampler(range(40), True, 70)), torch.rand(1))
    show(list(data.RandomSampler(range(40), replacement=True, num_samples=64)), torch.rand(1))
    show(list(data.RandomSampler(range(4), num_samples=7)), torch.rand(1))
    show(list(data.SubsetRandomSampler([5, 6, 7])), len(data.SubsetRandomSampler([5, 6, 7])))
    show(list(data.WeightedRandomSampler([0.1, 0.9, 0.4], 5)), torch.rand(1))
    show(list(data.WeightedRandomSampler([0.1, 0.9, 0.4], 2, False)), torch.rand(1))
    show(len(data.RandomSampler(range(4))), len(data.RandomSampler(range(4), num_samples=7)))


def samplers_with_a_generator(torch, show):
    data = torch.utils.data

    def g():
        return torch.Generator().manual_seed(0)

    for make in (
        lambda g: data.RandomSampler(range(40), True, 70, g),
        lambda g: data.RandomSampler(range(4), False, 8, g),
        lambda g: data.SubsetRandomSampler("abc", g),
        lambda g: data.WeightedRandomSampler([0.1, 0.9, 0.4], 5, generator=g),
    ):
        generator = g()
        show(list(make(generator)), torch.rand(1, generator=generator))
    show(torch.rand(1))


def errors_of_samplers(torch, show):
    data = torch.utils.data
    show.error(lambda: data.RandomSampler(range(3), replacement=1))
    show.error(lambda: data.RandomSampler(range(3), num_samples=0))
    show.error(lambda: data.RandomSampler([]))
    show.error(lambda: data.WeightedRandomSampler([1.0], 0))
    show.error(lambda: data.WeightedRandomSampler([1.0], 1, 1))
    show.error(lambda: data.WeightedRandomSampler([[1.0]], 1))
    show.error(lambda: data.BatchSampler([1], 0, False))
    show.error(lambda: data.BatchSampler([1], True, False))
    show.error(lambda: data.BatchSampler([1], 1, 1))
    show.error(lambda: list(data.Sampler()))
    show.error(lambda: data.DataLoader([], shuffle=True))


def batches_of_keys(torch, show):
    data = torch.utils.data
    for drop_last in (False, True):
        s = data.BatchSampler(data.SequentialSampler(range(5)), 2, drop_last)
        show(list(s), len(s))
    show(list(data.BatchSampler("abcd", 4, True)), list(data.BatchSampler([], 2, False)))


def distributed_sampler(torch, show):
    from torch.utils.data.distributed import DistributedSampler

    def make(rank, **settings):
        return DistributedSampler(range(10), num_replicas=3, rank=rank, **settings)

    show([list(make(i)) for i in range(3)])
    show([list(make(i, shuffle=False)) for i in range(3)], len(make(0)))
    show([list(make(i, drop_last=True, shuffle=False)) for i in range(3)])
    show([list(DistributedSampler([5], 3, i)) for i in range(3)])
    s = make(1, seed=7)
    s.set_epoch(3)
    show(list(s), s.num_samples, s.total_size)
    show.error(lambda: make(3))
    show.error(lambda: DistributedSampler(range(3)))


def collating(torch, show):
    collate = torch.utils.data.default_collate
    point = collections.namedtuple("Point", "x y")
    for batch in (
        [1, 2],
        [1.5, 2],
        [True, False],
        ["a", "b"],
        [b"a", b"b"],
        [torch.ones(2), torch.zeros(2)],
        [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
        [(1, 2.0), (3, 4.0)],
        [[1, 2], [3, 4]],
        [point(1, 2), point(3, 4)],
        [[], []],
        [((1, "a"), {"k": [1.0]}), ((2, "b"), {"k": [2.0]})],
        [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
        [torch.tensor(1), torch.tensor(2)],
    ):
        show(collate(batch))
    show(type(collate([collections.OrderedDict(a=1)])), type(collate([point(1, 2)])) is point)


def errors_of_collating(torch, show):
    collate = torch.utils.data.default_collate
    show.error(lambda: collate([(1,), (2, 3)]))
    show.error(lambda: collate([None]))
    show.error(lambda: collate([object()]))
    show.error(lambda: collate([{"a": 1}, {"b": 1}]))
    show.error(lambda: collate([]))
    show.error(lambda: collate([torch.ones(2), torch.ones(3)]))


def collating_numpy(torch, show):
    import numpy as np

    collate, convert = torch.utils.data.default_collate, torch.utils.data.default_convert
    for batch in (
        [np.ones(2), np.zeros(2)],
        [np.ones(2, dtype=np.float32)],
        [np.float64(2), np.float32(3)],
        [np.array(2), np.array(3)],
        [np.int64(2), np.int64(3)],
        [np.bool_(True)],
        [(np.ones(1), 2)],
        [{"a": np.int32(5)}],
    ):
        show(collate(batch))
    show.error(lambda: collate([np.array(["a"])]))
    for value in (np.ones(2), [np.ones(1), 2], {"a": np.ones(1), "b": "x"}, (np.ones(1),), np.float64(2), np.array(3)):
        show(convert(value))
    show(convert(1), convert("a"), convert(np.array(["a"])), convert(torch.ones(1)))


def collating_with_functions_of_ones_own(torch, show):
    from torch.utils.data._utils.collate import collate, default_collate_fn_map

    class Word:
        def __init__(self, text):
            self.text = text

    def words(batch, *, collate_fn_map=None):
        return "-".join(w.text for w in batch)

    functions = {**default_collate_fn_map, Word: words}
    show(collate([(1, Word("a")), (2, Word("b"))], collate_fn_map=functions))
    show.error(lambda: collate([Word("a")], collate_fn_map=default_collate_fn_map), text=False)


def loading_batches(torch, show):
    data = torch.utils.data
    ds = data.TensorDataset(torch.arange(14.0).reshape(7, 2), torch.arange(7))
    for settings in ({}, {"batch_size": 3}, {"batch_size": 3, "drop_last": True}, {"batch_size": None}):
        loader = data.DataLoader(ds, **settings)
        show(len(loader), [[t.tolist() for t in b] for b in loader])
    x, y = next(iter(data.DataLoader(ds, 4)))
    show(x.shape, x.dtype, y.dtype, x.is_contiguous())
    batches = data.DataLoader(ds, batch_sampler=[[1, 2], [6], [0, 0, 0]])
    show(len(batches), [b[1].tolist() for b in batches])
    show([b[1].tolist() for b in data.DataLoader(ds, 2, sampler=[6, 1, 3])])
    show(list(data.DataLoader(ds, 2, collate_fn=len)))
    show(type(next(iter(data.DataLoader(ds, 2)))))


def shuffling(torch, show):
    data = torch.utils.data
    ds = data.TensorDataset(torch.arange(10))
    loader = data.DataLoader(ds, batch_size=4, shuffle=True)
    for _ in range(2):
        show([b[0].tolist() for b in loader], torch.rand(1))
    torch.manual_seed(0)
    show([b[0].tolist() for b in loader])
    loader = data.DataLoader(range(6), 2, shuffle=True, generator=torch.Generator().manual_seed(5))
    show([b.tolist() for b in loader], [b.tolist() for b in loader], torch.rand(1))


def when_random_numbers_are_drawn(torch, show):
    data = torch.utils.data

    class Permutation:
        def __iter__(self):
            return iter(torch.randperm(5).tolist())

        def __len__(self):
            return 5

    for settings in ({"batch_size": None}, {"batch_size": 2}):
        for workers in (0, 1):
            torch.manual_seed(0)
            it = iter(data.DataLoader(range(5), sampler=Permutation(), num_workers=workers, **settings))
            first = torch.rand(1)
            show(settings, workers, [torch.as_tensor(b).tolist() for b in it], first, torch.rand(1))
    torch.manual_seed(0)
    it = iter(data.DataLoader(range(10), 3, shuffle=True))
    show(torch.rand(1), next(it), torch.rand(1))
    torch.manual_seed(0)
    it = iter(data.DataLoader(range(10), 3))
    show(torch.rand(1), next(it), torch.rand(1))


def errors_of_loaders(torch, show):
    data = torch.utils.data
    for settings in (
        {"num_workers": -1},
        {"timeout": -1},
        {"prefetch_factor": 2},
        {"persistent_workers": True},
        {"sampler": [1], "shuffle": True},
        {"batch_sampler": [[1]], "batch_size": 2},
        {"batch_sampler": [[1]], "shuffle": True},
        {"batch_size": None, "drop_last": True},
        {"batch_size": 0},
        {"batch_size": 1.5},
        {"num_workers": 1, "prefetch_factor": -1},
        {"multiprocessing_context": "fork"},
        {"num_workers": 1, "multiprocessing_context": "other"},
        {"num_workers": 1, "multiprocessing_context": 5},
        {"drop_last": 1},
        {"foo": 1},
    ):
        show.error(lambda settings=settings: data.DataLoader(range(3), **settings))
    loader = data.DataLoader(range(3))
    for name in ("batch_size", "sampler", "drop_last", "dataset"):
        show.error(lambda name=name: setattr(loader, name, 2))
    loader.num_workers = 1
    show(loader.num_workers, loader.batch_size, loader.timeout, loader.prefetch_factor)
    show.error(lambda: list(data.DataLoader(range(3), timeout=5)), text=False)


def warnings_of_loaders(torch, show):
    data = torch.utils.data
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        loader = data.DataLoader(range(2), pin_memory=True)
        show([b.tolist() for b in loader], loader.pin_memory)
    show([str(w.message) for w in seen])


def getting_several_at_once(torch, show):
    data = torch.utils.data

    class Tens(data.Dataset):
        def __len__(self):
            return 5

        def __getitems__(self, keys):
            show("keys", keys)
            return [10 * k for k in keys]

    show([b.tolist() for b in data.DataLoader(Tens(), 2)])

    class Half(data.TensorDataset):
        def __getitem__(self, i):
            return super().__getitem__(i)[0] / 2

    show([b.tolist() for b in data.DataLoader(Half(torch.arange(3.0)), 2)])


def gradients_through_batches(torch, show):
    data = torch.utils.data
    x = torch.arange(4.0, requires_grad=True)
    for (b,) in data.DataLoader(data.TensorDataset(x), 3):
        (b * b).sum().backward()
    show(x.grad)


def workers_keep_the_order(torch, show):
    data = torch.utils.data

    class Slow(data.Dataset):
        def __len__(self):
            return 7

        def __getitem__(self, i):
            time.sleep(0.05 if i < 2 else 0)
            return i

    for workers in (1, 2):
        loader = data.DataLoader(Slow(), 2, num_workers=workers)
        show(len(loader), [b.tolist() for b in loader], [b.tolist() for b in loader])
    show(sorted(b.item() for b in data.DataLoader(Slow(), num_workers=2, in_order=False)))


def what_workers_return(torch, show):
    data = torch.utils.data
    point = collections.namedtuple("point", "x y")
    globals()["point"] = point
    point.__module__ = __name__
    samples = [
        (torch.ones(2) * i, {"a": i, "s": "t"}, [i, 1.5], torch.ones(2, 2, dtype=torch.bfloat16)) for i in range(4)
    ]
    for batch in data.DataLoader(samples, 2, num_workers=2):
        show(batch)
    for batch in data.DataLoader([point(1, torch.zeros(0, 3))], None, num_workers=1):
        show(batch.x, batch.y)
    big = next(iter(data.DataLoader([torch.ones(500, 500)] * 4, 4, num_workers=1)))
    show(big.shape, big.sum().item())


def shuffling_with_workers(torch, show):
    data = torch.utils.data
    loader = data.DataLoader(range(8), 3, shuffle=True, num_workers=2)
    for _ in range(2):
        show([b.tolist() for b in loader], torch.rand(1))
    g = torch.Generator().manual_seed(5)
    loader = data.DataLoader(range(6), 2, shuffle=True, num_workers=1, generator=g)
    show([b.tolist() for b in loader], torch.rand(1, generator=g), torch.rand(1))


def random_numbers_in_workers(torch, show):
    data = torch.utils.data

    class Random(data.Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, i):
            info = data.get_worker_info()
            return i, info.id, info.num_workers, info.seed, torch.initial_seed(), random.random(), torch.rand(1).item()

    for _ in range(2):
        for b in data.DataLoader(Random(), 2, num_workers=2, collate_fn=list):
            show(b)


def numpy_numbers_in_workers(torch, show):
    import numpy as np

    data = torch.utils.data

    class Random(data.Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, i):
            return np.random.rand()

    show(list(data.DataLoader(Random(), None, num_workers=2)))


def worker_info(torch, show):
    data = torch.utils.data

    class Info(data.Dataset):
        def __len__(self):
            return 1

        def __getitem__(self, i):
            info = data.get_worker_info()
            try:
                info.id = 5
            except Exception as e:
                error = f"{type(e).__name__}: {e}"
            return info.id, info.num_workers, info.dataset is self, error, torch.get_num_threads()

    show(data.get_worker_info())
    show(list(data.DataLoader(Info(), None, num_workers=1)))


def initializing_workers(torch, show):
    data = torch.utils.data

    class Where(data.Dataset):
        started = None

        def __len__(self):
            return 4

        def __getitem__(self, i):
            return i, self.started

    def init(worker):
        data.get_worker_info().dataset.started = worker * 10

    show(list(data.DataLoader(Where(), None, num_workers=2, worker_init_fn=init)), Where.started)

    def fails(worker):
        raise ValueError("in init")

    show.error(lambda: list(data.DataLoader(range(3), num_workers=1, worker_init_fn=fails)))


def errors_of_workers(torch, show):
    data = torch.utils.data

    class Bad(data.Dataset):
        def __init__(self, error):
            self.error = error

        def __len__(self):
            return 4

        def __getitem__(self, i):
            if i == 2:
                raise self.error
            return i

    def text(error, workers):
        try:
            list(data.DataLoader(Bad(error), 1, num_workers=workers))
        except Exception as e:
            lines = str(e).strip().split("\n")
            show(type(e).__name__, lines[0], lines[-1], any("in __getitem__" in line for line in lines))
        else:
            show("no error")

    for error in (ValueError("hi"), KeyError("k"), IndexError("i"), NotImplementedError()):
        text(error, 0)
        text(error, 2)


def going_on_after_an_error(torch, show):
    data = torch.utils.data

    class Bad(data.Dataset):
        def __len__(self):
            return 5

        def __getitem__(self, i):
            if i == 1:
                raise ValueError("one")
            return i

    it = iter(data.DataLoader(Bad(), None, num_workers=2))
    for _ in range(5):
        show.error(lambda: next(it))
    show.error(lambda: next(it))


def dead_workers(torch, show):
    data = torch.utils.data

    class Dies(data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            if i == 2:
                os._exit(3)
            return i

    for settings in ({}, {"timeout": 20}):
        try:
            list(data.DataLoader(Dies(), 1, num_workers=2, **settings))
        except RuntimeError as e:
            show(str(e).split(" (")[0], "exited unexpectedly" in str(e))


def waiting_too_long(torch, show):
    data = torch.utils.data

    class Slow(data.Dataset):
        def __len__(self):
            return 2

        def __getitem__(self, i):
            time.sleep(0 if i == 0 else 30)
            return i

    it = iter(data.DataLoader(Slow(), 1, num_workers=1, timeout=4))
    show(next(it))
    show.error(lambda: next(it))


def stopping_early(torch, show):
    data = torch.utils.data
    loader = data.DataLoader(range(100), 2, num_workers=2)
    for i, batch in enumerate(loader):
        if i == 3:
            show(batch)
            break
    show(next(iter(loader)))


def workers_that_stay(torch, show):
    data = torch.utils.data
    loader = data.DataLoader(range(6), 2, shuffle=True, num_workers=2, persistent_workers=True)
    for _ in range(3):
        show([b.tolist() for b in loader], torch.rand(1))
    it = iter(loader)
    next(it)
    pids = [w.pid for w in it._workers]
    show([b.tolist() for b in loader], pids == [w.pid for w in iter(loader)._workers])
    loader = data.DataLoader(_stream(torch, 5), 2, num_workers=2, persistent_workers=True)
    show([b.tolist() for b in loader], [b.tolist() for b in loader])


def streams_of_workers(torch, show):
    data = torch.utils.data
    for n, workers, settings in ((11, 2, {}), (11, 2, {"drop_last": True}), (1, 2, {}), (0, 2, {}), (5, 1, {})):
        loader = data.DataLoader(_stream(torch, n), batch_size=2, num_workers=workers, **settings)
        show(n, [b.tolist() for b in loader])
    show(list(data.DataLoader(_stream(torch, 5), None, num_workers=2)))


def length_and_type_of_runs(torch, show):
    data = torch.utils.data
    for workers in (0, 1):
        it = iter(data.DataLoader(range(7), 3, num_workers=workers))
        show(len(it), iter(it) is it, type(it))
        show(len(list(it)))
        show.error(lambda it=it: next(it))


def training_on_batches(torch, show):
    data = torch.utils.data
    x = torch.linspace(-1, 1, 40).reshape(20, 2)
    y = x @ torch.tensor([[2.0], [-3.0]]) + 0.5
    loader = data.DataLoader(data.TensorDataset(x, y), batch_size=8, shuffle=True)
    w, b = torch.zeros(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    opt = torch.optim.SGD([w, b], lr=0.1)
    for epoch in range(3):
        for xb, yb in loader:
            opt.zero_grad()
            loss = ((xb @ w + b - yb) ** 2).mean()
            loss.backward()
            opt.step()
        show(epoch, f"{loss.item():.4f}", [round(v, 3) for v in w.flatten().tolist()], f"{b.item():.3f}")
