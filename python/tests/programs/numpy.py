"""numpy, buffers and DLPack: memory shared both ways, conversions, mixed arithmetic, errors."""

import warnings

import numpy as np


def _quietly(f):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return f()


def _warned(show, f):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        f()
    show([w.category.__name__ for w in seen], [str(w.message).split(".")[0] for w in seen])


def numpy_shares_memory(torch, show):
    t = torch.arange(6.0).view(2, 3)
    a = t.numpy()
    show(a.tolist(), str(a.dtype), a.shape, a.strides)
    a[0, 0] = 50
    t[1, 2] = 60
    show(t, a.tolist())


def numpy_of_views(torch, show):
    t = torch.arange(12.0).view(3, 4)
    for v in (t.t(), t[1:, ::2], t[:, 1], t[0, 0], t[0, :1].expand(3)):
        a = v.numpy()
        show(a.tolist(), a.shape, a.strides)
    t[:, 1].numpy()[2] = -1
    show(t)


def numpy_of_dtypes(torch, show):
    names = [
        "bool",
        "uint8",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "float32",
        "float64",
    ]
    for name in names:
        t = torch.tensor([0, 1, 2]).to(getattr(torch, name))
        a = t.numpy()
        show(name, str(a.dtype), a.itemsize, a.tolist(), torch.from_numpy(a).dtype)


def numpy_errors(torch, show):
    x = torch.ones(2, requires_grad=True)
    show.error(lambda: x.numpy())
    show.error(lambda: (x * 2).numpy())
    show.error(lambda: np.asarray(x))
    show.error(lambda: torch.ones(2).bfloat16().numpy())
    show(x.detach().numpy().tolist(), x.numpy(force=True).tolist(), (x * 2).numpy(force=True).tolist())


def a_write_to_shared_memory_is_not_seen_by_results(torch, show):
    x = torch.ones(100_000)
    a = x.numpy()
    y = x * 2
    a[:] = 5
    show(y[0], y.sum(), (x * 2)[0])
    b = np.zeros(100_000)
    z = torch.from_numpy(b)
    w = z + 1
    b[:] = 3
    show(w.sum(), z.sum(), (z + 1).sum())


def results_waiting_are_numbers_for_numpy(torch, show):
    x = torch.ones(100_000)
    y = ((x * 2) + 1).relu()
    show(float(y.numpy().sum()))
    y.numpy()[0] = 9
    show(y[:2])


def numpy_keeps_the_memory_alive(torch, show):
    a = torch.arange(4.0).numpy()
    b = torch.arange(100.0).numpy()
    junk = [torch.zeros(4) for _ in range(20)]
    show(a.tolist(), float(b.sum()), len(junk))


def from_numpy_shares_memory(torch, show):
    a = np.arange(6.0).reshape(2, 3)
    t = torch.from_numpy(a)
    show(t, t.is_leaf, t.requires_grad)
    a[0, 0] = 10
    t[1, 1] = 20
    t.mul_(2)
    show(t, a.tolist())


def from_numpy_keeps_the_array_alive(torch, show):
    t = torch.from_numpy(np.arange(1000.0))
    junk = [np.zeros(1000) for _ in range(20)]
    show(t.sum(), len(junk))


def from_numpy_layouts(torch, show):
    a = np.arange(24.0, dtype=np.float32).reshape(4, 6)
    for v in (
        a.T,
        a[::2, 1::3],
        a[1],
        a[1, 1:2].reshape(()),
        np.asfortranarray(a),
        a[:0],
        np.broadcast_to(a[0], (2, 6)).copy(),
    ):
        t = torch.from_numpy(v)
        show(t, t.shape, t.stride())


def from_numpy_errors(torch, show):
    a = np.arange(3.0)
    show.error(lambda: torch.from_numpy([1]))
    show.error(lambda: torch.from_numpy(None))
    show.error(lambda: torch.from_numpy(np.float64(2)))
    show.error(lambda: torch.from_numpy(a[::-1]))
    show.error(lambda: torch.from_numpy(np.array(["a"])))
    show.error(lambda: torch.from_numpy(np.array([None])))
    show.error(lambda: torch.from_numpy(np.array(["2020-01-01"], dtype="datetime64[D]")))
    show.error(lambda: torch.from_numpy(np.array([1.0], dtype=">f8")))
    show.error(lambda: torch.from_numpy(np.zeros(3, dtype=[("a", "f4"), ("b", "i1")])["a"]))
    show.error(lambda: torch.from_numpy(np.zeros(1, dtype=np.longdouble)))
    show.error(lambda: torch.tensor(a[::-1]))


def tensor_copies_arrays(torch, show):
    a = np.arange(4, dtype=np.int32).reshape(2, 2)
    t = torch.tensor(a)
    a[:] = 0
    show(t, t.dtype)
    show(torch.tensor(a, dtype=torch.float64), torch.tensor(a.T))
    show(_quietly(lambda: torch.tensor([np.ones(2), np.zeros(2)])))
    show(torch.tensor([np.float32(1), np.float32(2)]), torch.tensor(np.float64(2)), torch.tensor(np.int64(3)).dtype)
    show(torch.tensor(np.array(3.0)), torch.tensor(np.array([True, False])), torch.tensor(np.zeros((0, 2))).shape)


def legacy_constructors_of_arrays(torch, show):
    a = np.array([1.0, 2.0])
    show(torch.Tensor(a), torch.FloatTensor(a), torch.DoubleTensor(a), torch.LongTensor(np.array([1, 2])))
    t = torch.DoubleTensor(a)
    show(t.dtype)


def as_tensor_shares(torch, show):
    a = np.ones(3)
    t = torch.as_tensor(a)
    a[0] = 5
    show(t, torch.as_tensor(a, dtype=torch.float32), torch.as_tensor(t) is t)
    f = torch.as_tensor(a, dtype=torch.float64)
    f[1] = 7
    show(a.tolist(), torch.as_tensor([1, 2]), torch.as_tensor(np.float32(3)))
    show.error(lambda: torch.as_tensor(a[::-1]))


def asarray_shares_or_copies(torch, show):
    a = np.ones(3)
    t = torch.asarray(a)
    t[0] = 5
    c = torch.asarray(a, copy=True)
    c[1] = 7
    show(a.tolist(), c)
    show(torch.asarray([1, 2]), torch.asarray(1.5), torch.asarray(a, dtype=torch.float32))
    show(torch.asarray(bytearray(b"\x01\x02")), torch.asarray([1.0], requires_grad=True))
    x = torch.ones(2)
    show(torch.asarray(x) is x, torch.asarray(x, copy=True) is x, torch.asarray(x, dtype=torch.float64).dtype)
    show.error(lambda: torch.asarray([1, 2], copy=False))
    show.error(lambda: torch.asarray(a, dtype=torch.float32, copy=False))


def array_protocol(torch, show):
    t = torch.arange(4.0).view(2, 2)
    show(t.__array_priority__)
    a = np.asarray(t)
    a[0, 0] = 9
    show(t, str(np.asarray(t, dtype=np.float64).dtype))
    show(_quietly(lambda: np.array([torch.tensor(1.0), torch.tensor(2.0)])).tolist())
    show(float(np.float32(t[1, 1])), _quietly(lambda: np.array(t)).tolist())
    c = _quietly(lambda: np.array(t))
    c[0, 0] = -1
    show(t)


def functions_of_numpy_give_tensors(torch, show):
    t = torch.arange(4.0).view(2, 2)
    show(_quietly(lambda: np.sqrt(t)), _quietly(lambda: np.add(t, 1)))
    show(_quietly(lambda: np.isnan(t)), t.__array_wrap__(np.array([1.0])))
    show(_quietly(lambda: np.concatenate([t, t])).tolist(), _quietly(lambda: np.dot(t, t)).tolist())


def numbers_of_numpy_with_tensors(torch, show):
    t = torch.arange(1.0, 4.0)
    i = torch.tensor([1, 2])
    for s in (np.float64(2), np.float32(2), np.int64(2), np.int32(2)):
        show(s * t, t * s, s + t, t - s, s - t, t / s, s / t, t**s, s**t)
        show(s * i, i * s, i + s)
    show(np.float64(2) < t, t < np.float64(2), t == np.float64(2))


def arrays_with_tensors(torch, show):
    t = torch.arange(1.0, 4.0)
    a = np.array([1.0, 2.0, 3.0])
    show(_quietly(lambda: t * a), _quietly(lambda: t + a), _quietly(lambda: a == t), _quietly(lambda: t == a))
    show.error(lambda: _quietly(lambda: a * t))
    show.error(lambda: _quietly(lambda: a @ t))


def arrays_as_indices(torch, show):
    t = torch.arange(6.0).view(3, 2)
    show(t[np.array([0, 2])], t[np.array([True, False, True])], t[np.int64(1)], t[np.array([0, 1]), np.array([1, 0])])
    u = t.clone()
    u[np.array([0, 2])] = 7
    show(u, t[torch.tensor(1).numpy()])


def sizes_from_numpy(torch, show):
    show(torch.zeros(np.int64(2), np.int64(1)).shape, torch.ones(2, 3).view(tuple(np.array([3, 2]))).shape)
    show(torch.ones(2, 3).reshape(np.int64(3), -1).shape, torch.arange(np.int64(3)), torch.full((2,), np.float64(3)))
    show(torch.ones(2, 3).sum(np.int64(0)))


def frombuffer(torch, show):
    b = bytearray(range(16))
    t = torch.frombuffer(b, dtype=torch.uint8)
    b[0] = 200
    t[1] = 100
    show(t, b[1])
    show(torch.frombuffer(b, dtype=torch.int16, count=2, offset=4), torch.frombuffer(b, dtype=torch.int32, offset=8))
    show(torch.frombuffer(np.arange(3.0), dtype=torch.float64, requires_grad=True))


def frombuffer_errors(torch, show):
    b = bytearray(8)
    show.error(lambda: torch.frombuffer(bytearray(7), dtype=torch.float32))
    show.error(lambda: torch.frombuffer(b, dtype=torch.float32, count=3))
    show.error(lambda: torch.frombuffer(bytearray(0), dtype=torch.float32))
    show.error(lambda: torch.frombuffer(b, dtype=torch.float32, offset=-1))
    show.error(lambda: torch.frombuffer(b, dtype=torch.float32, offset=8))
    show.error(lambda: torch.frombuffer(b, dtype=torch.float32, count=0))
    show.error(lambda: torch.frombuffer([1], dtype=torch.uint8))


def warnings_of_memory_that_cannot_be_written(torch, show):
    a = np.ones(2)
    a.flags.writeable = False
    _warned(show, lambda: torch.from_numpy(a))
    _warned(show, lambda: torch.from_numpy(a))
    _warned(show, lambda: torch.tensor(a))


def dlpack_with_numpy(torch, show):
    t = torch.arange(6.0).view(2, 3)
    a = np.from_dlpack(t)
    show(a.tolist(), a.strides, np.from_dlpack(t.t()).strides)
    n = np.arange(6.0).reshape(2, 3)
    u = torch.from_dlpack(n)
    n[0, 0] = 9
    u[1, 1] = 8
    show(u, n.tolist(), torch.from_dlpack(n[::2, ::2]).stride(), torch.from_dlpack(np.array([True, False])))


def dlpack_with_itself(torch, show):
    t = torch.arange(4.0)
    u = torch.from_dlpack(t)
    u[0] = 9
    show(t, t.__dlpack_device__(), torch.from_dlpack(torch.ones(2).bfloat16()), u.data_ptr() == t.data_ptr())
    for dtype in (torch.bool, torch.uint8, torch.int8, torch.int64, torch.float16):
        show(torch.from_dlpack(torch.ones(2, 1).to(dtype)))
    c = torch.from_dlpack(t, copy=True)
    c[1] = 50
    show(t)


def dlpack_capsules(torch, show):
    t = torch.arange(3.0)
    capsule = torch.utils.dlpack.to_dlpack(t)
    show("dltensor" in repr(capsule), torch.utils.dlpack.from_dlpack(capsule))
    show.error(lambda: torch.utils.dlpack.from_dlpack(capsule))
    show("dltensor_versioned" in repr(t.__dlpack__(max_version=(1, 0))))
    show.error(lambda: torch.from_dlpack([1]))
    show.error(lambda: t.requires_grad_().__dlpack__())
    show.error(lambda: t.detach().__dlpack__(stream=1))
