"""`__torch_function__` of classes derived from Tensor and of others, modes, `torch.overrides`."""

import copy
import operator
from collections import namedtuple
from functools import partial

import numpy as np

from .subclassing import _plain


def _logging(torch, log):
    class L(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            log.append((func.__name__, [t.__name__ for t in types], len(args), sorted(kwargs or ())))
            return super().__torch_function__(func, types, args, kwargs or {})

    return L


def _duck(torch, log=None, answer=None):
    class Duck:
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if log is not None:
                log.append((func.__name__, [t.__name__ for t in types], len(args), sorted(kwargs or ())))
            return answer

        def __repr__(self):
            return "Duck()"

    return Duck


def _mode(torch, log):
    class M(torch.overrides.TorchFunctionMode):
        def __init__(self, name="m"):
            super().__init__()
            self.name = name

        def __torch_function__(self, func, types, args=(), kwargs=None):
            log.append((self.name, func.__name__))
            return func(*args, **(kwargs or {}))

    return M


def names_of_operators(torch, show):
    log = []
    L = _logging(torch, log)
    for name in ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq", "ne", "lt", "le", "gt", "ge"]:
        for left, right in ((1, 0), (0, 1), (1, 1), (1, 2), (2, 1)):
            operands = [(2.0, torch.ones(2).as_subclass(L), torch.ones(2))[k] for k in (left, right)]
            getattr(operator, name)(*operands)
        show(name, log)
        log.clear()


def names_of_in_place_operators(torch, show):
    log = []
    L = _logging(torch, log)
    for name in ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow"]:
        getattr(operator, name)(torch.ones(2).as_subclass(L), 2.0)
        getattr(operator, name)(torch.ones(2), torch.ones(2).as_subclass(L))
        show(name, log)
        log.clear()


def names_of_operators_of_integers(torch, show):
    log = []
    L = _logging(torch, log)
    i = torch.tensor([1, 2]).as_subclass(L)
    for name in ["and_", "or_", "xor", "lshift", "rshift"]:
        getattr(operator, name)(i, 2)
        getattr(operator, name)(2, i)
        show(name, log)
        log.clear()
    for name in ["neg", "pos", "abs", "invert"]:
        getattr(operator, name)(i)
    f = torch.ones(2).as_subclass(L)
    f @ f
    torch.ones(2) @ f
    show(log)


def names_of_what_python_asks(torch, show):
    log = []
    L = _logging(torch, log)
    x = torch.tensor([1.0, 2.0]).as_subclass(L)
    i = torch.tensor(1).as_subclass(L)
    for f in (len, list, repr, iter, reversed, hash, lambda v: 1.0 in v, copy.copy, lambda v: v.__reduce_ex__(2)):
        f(x)
        show(log)
        log.clear()
    for f in (bool, float, int, complex, operator.index):
        f(i)
        show(log)
        log.clear()
    x[0], x[0:1], x[i], torch.ones(2)[i]
    x[0] = 1
    torch.ones(2)[0] = i
    show(log)


def names_of_attributes(torch, show):
    log = []
    L = _logging(torch, log)
    x = torch.ones(2, 2).as_subclass(L)
    for name in [
        "shape",
        "grad",
        "is_leaf",
        "requires_grad",
        "dtype",
        "device",
        "grad_fn",
        "data",
        "T",
        "mT",
        "ndim",
        "itemsize",
        "layout",
        "is_cuda",
    ]:
        getattr(x, name)
        show(name, log)
        log.clear()
    x.requires_grad = True
    x.grad = torch.ones(2, 2)
    x.data = torch.zeros(2, 2)
    del x.grad
    x.mine = 3
    show(x.mine, log)


def attributes_have_getters(torch, show):
    seen = []

    class L(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.ones(2).as_subclass(L)
    _ = x.shape, x.grad, x.requires_grad, x.T
    x.requires_grad = True
    T = torch.Tensor
    show(seen[0] == T.shape.__get__, seen[1] == T.grad.__get__, seen[2] == T.requires_grad.__get__)
    show(seen[3] == T.T.__get__, seen[4] == T.requires_grad.__set__, seen[0] == T.grad.__get__, seen[0] in {seen[0]: 1})
    show(T.shape.__get__(torch.ones(3)), T.grad.__get__(torch.ones(3)), T.is_leaf.__get__(x))


def names_of_methods(torch, show):
    log = []
    L, x = _logging(torch, log), torch.ones(2)
    calls = {
        "detach": (),
        "clone": (),
        "tolist": (),
        "numpy": (),
        "size": (),
        "dim": (),
        "stride": (),
        "numel": (),
        "zero_": (),
        "is_floating_point": (),
        "data_ptr": (),
        "storage_offset": (),
        "contiguous": (),
        "requires_grad_": (),
        "float": (),
        "cpu": (),
        "sort": (),
        "max": (),
        "view": (-1,),
        "reshape": (-1,),
        "split": (1,),
        "chunk": (2,),
        "norm": (),
        "unique": (),
        "expand_as": (x,),
        "new_ones": (2,),
        "new_tensor": ([1.0],),
        "type_as": (x,),
        "masked_fill": (x > 0, 0.0),
        "pow": (2,),
        "to": (torch.float64,),
        "type": (),
        "apply_": (abs,),
        "is_contiguous": (),
        "__rsub__": (2,),
        "__rpow__": (2,),
        "__rdiv__": (2,),
        "is_shared": (),
        "__len__": (),
    }
    for name, args in calls.items():
        getattr(torch.ones(2).as_subclass(L), name)(*args)
        show(name, log)
        log.clear()


def names_of_functions(torch, show):
    log = []
    L = _logging(torch, log)
    x, v = torch.ones(2), torch.ones(2).as_subclass(L)
    calls = (
        lambda: torch.add(v, x, alpha=2),
        lambda: torch.add(1, x, out=v),
        lambda: torch.sum(input=v, dim=0, keepdim=True),
        lambda: torch.stack([x, v]),
        lambda: torch.cat((v, x)),
        lambda: torch.where(x > 0, v, x),
        lambda: torch.max(v, 0),
        lambda: torch.ones_like(v),
        lambda: torch.numel(v),
        lambda: torch.is_floating_point(v),
        lambda: torch.equal(v, v),
        lambda: torch.allclose(v, v),
        lambda: torch.result_type(v, v),
        lambda: torch.norm(v),
        lambda: torch.split(v, 1),
        lambda: torch.einsum("i,i", v, v),
        lambda: torch.tensordot(v, v, 1),
        lambda: torch.broadcast_tensors(v, x),
        lambda: torch.meshgrid(v, v, indexing="ij"),
        lambda: torch.atleast_2d(v),
        lambda: torch.block_diag(v, v),
        lambda: torch.unique(v),
        lambda: torch.is_tensor(v),
        lambda: torch.tensor(v),
        lambda: torch.as_tensor(v),
    )
    for f in calls:
        f()
        show(log)
        log.clear()


def names_of_functions_of_nn(torch, show):
    log = []
    L = _logging(torch, log)
    F = torch.nn.functional
    x, v = torch.full((2,), 0.5), torch.full((2,), 0.5).as_subclass(L)
    calls = (
        lambda: F.relu(v),
        lambda: F.relu(v, inplace=True),
        lambda: F.leaky_relu(v, 0.2),
        lambda: F.elu(v),
        lambda: F.gelu(v),
        lambda: F.silu(v),
        lambda: F.softplus(v),
        lambda: F.softsign(v),
        lambda: F.softmax(v, dim=0),
        lambda: F.log_softmax(v, 0),
        lambda: F.dropout(v, training=False),
        lambda: F.normalize(v, dim=0),
        lambda: F.mse_loss(v, x),
        lambda: F.mse_loss(x, v, reduction="sum"),
        lambda: F.l1_loss(v, x),
        lambda: F.binary_cross_entropy(v, x),
        lambda: F.binary_cross_entropy_with_logits(v, x),
        lambda: F.linear(v, torch.ones(3, 2)),
        lambda: F.linear(x, torch.ones(1, 2), bias=torch.ones(1).as_subclass(L)),
        lambda: F.layer_norm(v, (2,)),
        lambda: F.pad(v, (1, 1)),
        lambda: F.cosine_similarity(v, x, dim=0),
        lambda: torch.nn.Linear(2, 1)(v),
        lambda: torch.nn.ReLU()(v),
    )
    for f in calls:
        f()
        show([(n, t, a, [k for k in kw if k not in ("weight", "_stacklevel")]) for n, t, a, kw in log])
        log.clear()


def duck_types(torch, show):
    log = []
    Duck = _duck(torch, log, answer="quack")
    d, x = Duck(), torch.ones(2)
    calls = (
        lambda: torch.add(d, 1),
        lambda: torch.add(1, d, alpha=2),
        lambda: torch.sum(d, dim=0),
        lambda: torch.stack([x, d]),
        lambda: torch.cat((d, d)),
        lambda: x + d,
        lambda: d + x,
        lambda: x @ d,
        lambda: x.add(d),
        lambda: x.add_(d),
        lambda: torch.nn.functional.relu(d),
        lambda: torch.nn.functional.linear(x, d),
        lambda: torch.nn.functional.mse_loss(d, x),
        lambda: torch.add(x, x, out=d),
        lambda: torch.split(d, 1),
        lambda: torch.where(x > 0, d, x),
        lambda: x == d,
        lambda: x < d,
        lambda: d**x,
        lambda: d - x,
        lambda: x // d,
        lambda: torch.exp(d),
    )
    for f in calls:
        show(f(), log)
        log.clear()


def duck_types_that_refuse(torch, show):
    Duck = _duck(torch, answer=NotImplemented)
    d, x = Duck(), torch.ones(2)
    for f in (
        lambda: torch.add(d, 1),
        lambda: torch.cat([d, d]),
        lambda: x.add(d),
        lambda: torch.sin(d),
        lambda: x + d,
        lambda: d * x,
        lambda: x @ d,
        lambda: x**d,
        lambda: x < d,
        lambda: x == d,
    ):
        show.error(f)
    try:
        torch.nn.functional.relu(d)
    except TypeError as e:
        show(str(e).partition(": [")[0])


def duck_types_without_the_method(torch, show):
    class Nothing:
        pass

    show.error(lambda: torch.sin(Nothing()))
    show.error(lambda: torch.ones(2) + Nothing())
    show.error(lambda: torch.stack([Nothing()]))


def two_duck_types(torch, show):
    first = _duck(torch, answer=NotImplemented)
    second = _duck(torch, answer="second")

    class Third(second):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return "third", [t.__name__ for t in types]

    show(torch.add(first(), second()), torch.add(second(), Third()), torch.stack([first(), second()]))


def an_instance_method(torch, show):
    class Own:
        def __init__(self, value):
            self.value = value

        def __torch_function__(self, func, types, args=(), kwargs=None):
            return self.value, func.__name__

    show(torch.add(Own(3), 1), torch.ones(1) + Own(4))


def kwargs_are_handed_over_only_if_there_are_some(torch, show):
    class E:
        @classmethod
        def __torch_function__(cls, func, types, args="none", kwargs="none"):
            return args[1:], kwargs

    e = E()
    show(torch.add(e, 1), torch.add(e, 1, alpha=2), torch.nn.functional.relu(e), torch.split(e, 2))


def scalars_that_record(torch, show):
    Diagonal = namedtuple("Diagonal", "n value")
    handled = {}

    def implements(function):
        def register(f):
            handled[function] = f
            return f

        return register

    class ScalarTensor(Diagonal):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func not in handled or not all(issubclass(t, (torch.Tensor, cls)) for t in types):
                return NotImplemented
            return handled[func](*args, **(kwargs or {}))

        def tensor(self):
            return self.value * torch.eye(self.n)

    @implements(torch.mean)
    def mean(x):
        return x.value / x.n

    @implements(torch.add)
    def add(a, b):
        return torch.add(*(t.tensor() if isinstance(t, ScalarTensor) else t for t in (a, b)))

    @implements(torch.nn.functional.relu)
    def relu(x, inplace=False):
        return ScalarTensor(x.n, max(x.value, 0))

    @implements(torch.Tensor.add)
    def method(a, b):
        return torch.add(a, b)

    s = ScalarTensor(2, -4.0)
    show(torch.mean(s), torch.add(s, torch.ones(2, 2)), torch.nn.functional.relu(s), torch.ones(2, 2) + s)
    show.error(lambda: torch.mul(s, 2))


def metadata_tensor(torch, show):
    class MetadataTensor:
        def __init__(self, data, metadata=None):
            self._t = torch.as_tensor(data)
            self._metadata = metadata

        def __repr__(self):
            return f"Metadata:{self._metadata} data:{self._t}"

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            args = [getattr(a, "_t", a) for a in args]
            ret = func(*args, **(kwargs or {}))
            return MetadataTensor(ret, metadata="from " + func.__name__)

    m = MetadataTensor([[1.0], [2.0]], metadata={"owner": "me"})
    t = torch.tensor([[1.0, 2.0]])
    show(torch.add(t, m), torch.mul(t, m), torch.nn.functional.softplus(m), t - m)


def disabled_is_treated_as_a_tensor(torch, show):
    class D(torch.Tensor):
        __torch_function__ = torch._C._disabled_torch_function_impl

    d = torch.ones(2).as_subclass(D)
    show(type(d + 1), type(torch.sin(d)), type(d[0]), type(d.detach()), type(d.add_(1)), d, type(d.view(2)))
    show(torch.overrides.has_torch_function((d,)), type(d.T), type(torch.nn.functional.relu(d)))


def subclass_functions_can_be_switched_off(torch, show):
    log = []
    L = _logging(torch, log)
    v = torch.ones(2).as_subclass(L)
    with torch._C.DisableTorchFunctionSubclass():
        show(type(v + 1), type(v.sum()), v.shape, torch.overrides.has_torch_function((v,)), log)
    with torch._C.DisableTorchFunction():
        show(type(v + 1), log)
    show(torch.overrides.has_torch_function((v,)), type(v + 1), log)


def modes_see_calls(torch, show):
    log = []
    M = _mode(torch, log)
    x = torch.ones(2)
    with M() as m:
        show(m.name, type(m).__name__)
        log.clear()
        y = x + 1
        y.mul_(2)
        torch.sin(y)
        torch.ones(2)
        torch.tensor([1.0])
        torch.nn.functional.relu(y)
        y[0]
        y.sum()
        torch.rand(1)
        torch.stack([x, y])
        2 - x
    show(log)
    log.clear()
    x + 1
    show(log)


def modes_see_attributes_and_conversions(torch, show):
    log = []
    M = _mode(torch, log)
    x = torch.ones(2, requires_grad=True)
    with M():
        _ = x.shape, x.dtype, x.grad
        len(x)
        x.sum().item()
        x.size()
        x.dim()
        repr(x)
        bool(x[0] > 0)
        (x * 2).sum().backward()
        x.requires_grad = False
    show(log)


def modes_nest(torch, show):
    log = []
    M = _mode(torch, log)
    x = torch.ones(2)
    with M("outer"), M("inner"):
        x + 1
        log.append("-")
        with M("third"):
            torch.sin(x)
    show(log)


def modes_change_results(torch, show):
    class Swap(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            if func is torch.add:
                func = torch.mul
            elif func is torch.Tensor.sub:
                return "no subtraction"
            return func(*args, **(kwargs or {}))

    x = torch.tensor([2.0, 3.0])
    with Swap():
        show(torch.add(x, x), x - x, torch.sub(x, x))
    show(torch.add(x, x))


def modes_that_make_tensors(torch, show):
    class Double(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            kwargs = dict(kwargs or {})
            if func in (torch.ones, torch.zeros, torch.tensor):
                kwargs.setdefault("dtype", torch.float64)
            return func(*args, **kwargs)

    with Double():
        show(torch.ones(1).dtype, torch.tensor([1.0]).dtype, torch.zeros(1, dtype=torch.int64).dtype)
        show(torch.full((1,), 1.0).dtype)


def modes_and_subclasses(torch, show):
    log = []
    M, L = _mode(torch, log), _logging(torch, log)
    v = torch.ones(2).as_subclass(L)
    with M():
        y = v + 1
    show(type(y), log)


def modes_that_refuse(torch, show):
    class No(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return NotImplemented

    Duck = _duck(torch, answer="quack")
    with No():
        answer = torch.add(Duck(), 1)
        try:
            torch.cos(torch.Tensor())
        except TypeError as e:
            error = e
        try:
            torch.sin(1.0)
        except TypeError as e:
            other = type(e)
    show(answer, str(error).partition(";")[0], other)


def modes_that_fail_are_left(torch, show):
    class Fail(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            raise ValueError("in the mode")

    x = torch.ones(2)

    def call():
        with Fail():
            x + 1

    show.error(call)
    show.error(call)
    show(x + 1)
    m = torch.overrides.TorchFunctionMode()

    def plain():
        with m:
            x + 1

    show.error(plain)


def modes_are_reusable(torch, show):
    log = []
    m = _mode(torch, log)()
    x = torch.ones(1)
    with m:
        x + 1
        with m:
            x * 1
    with m:
        x - 1
    show(log)


def modes_around_modules(torch, show):
    count = {}

    class Count(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            count[func.__name__] = count.get(func.__name__, 0) + 1
            return func(*args, **(kwargs or {}))

    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    x = torch.ones(1, 2)
    with Count():
        net(x)
    show(sorted(count.items()))


def modes_of_their_thread(torch, show):
    import threading

    log = []
    M = _mode(torch, log)
    x = torch.ones(1)
    with M():
        thread = threading.Thread(target=lambda: x + 1)
        thread.start()
        thread.join()
    show(log)


def has_torch_function(torch, show):
    ov, A, Duck = torch.overrides, _plain(torch), _duck(torch)
    x, a, p = torch.ones(1), torch.ones(1).as_subclass(A), torch.nn.Parameter(torch.ones(1))
    show([ov.has_torch_function((v,)) for v in (x, a, p, Duck(), 3, None, "s", np.ones(1))])
    show(ov.has_torch_function((x, 1)), ov.has_torch_function([x, a]), ov.has_torch_function(()))
    show([ov.is_tensor_like(v) for v in (x, a, p, Duck(), 3, [x])], ov.is_tensor_like(Duck))


def handle_torch_function(torch, show):
    ov = torch.overrides
    log = []

    def scaled(x, factor=2):
        if ov.has_torch_function((x,)):
            return ov.handle_torch_function(scaled, (x,), x, factor=factor)
        return x * factor

    L, Duck = _logging(torch, log), _duck(torch, log, "quack")
    show(scaled(torch.ones(1)), scaled(Duck(), factor=3), scaled(torch.ones(1).as_subclass(L)))
    show(log)


def wrap_torch_function(torch, show):
    ov = torch.overrides

    @ov.wrap_torch_function(lambda x, y=None: (x, y))
    def f(x, y=None):
        """Adds."""
        return x if y is None else x + y

    log = []
    Duck = _duck(torch, log, "quack")
    show(f(torch.ones(1)), f(Duck()), f(torch.ones(1), y=Duck()), f.__name__, f.__doc__, log)


def resolved_names(torch, show):
    name, F = torch.overrides.resolve_name, torch.nn.functional
    show(name(torch.add), name(torch.Tensor.add), name(F.relu), name(F.linear), name(torch.linalg.norm))
    show(name(torch.Tensor.shape.__get__), name(torch.Tensor.grad.__set__), name(torch.Tensor.__getitem__))
    show(name(F.mse_loss), name(torch.Tensor.backward), name(torch.special.expit), name(torch.norm))
    show(name(len), name(torch.nn.Linear), name(_plain))
    of_tensor = torch.overrides.is_tensor_method_or_property
    show(
        [of_tensor(f) for f in (torch.Tensor.add, torch.add, torch.Tensor.shape.__get__, F.relu, torch.Tensor.__len__)]
    )


def overridable_functions(torch, show):
    found = torch.overrides.get_overridable_functions()
    show(torch.add in found[torch], torch.nn.functional.relu in found[torch.nn.functional])
    show(torch.Tensor.add in found[torch.Tensor], torch.tensor in torch.overrides.get_ignored_functions())
    overrides = torch.overrides.get_testing_overrides()
    show(torch.add in overrides, overrides[torch.add](1, 2), torch.Tensor.sin in overrides, torch.ones in overrides)


def a_counter_of_calls(torch, show):
    class Counter(torch.Tensor):
        count = 0

        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            Counter.count += 1
            return super().__torch_function__(func, types, args, kwargs)

    c = torch.ones(2).as_subclass(Counter)
    y = torch.sin(c) + c * 2
    y = y.sum()
    show(Counter.count, type(y))
    y.tolist()
    show(Counter.count)


def the_default_by_hand(torch, show):
    A = _plain(torch)
    x, a = torch.ones(2), torch.ones(2).as_subclass(A)
    f = torch.Tensor.__torch_function__
    show(f(torch.add, (), (x, 1)), type(A.__torch_function__(torch.add, (A,), (x, 1))))
    show(f(torch.add, (A,), (a, 1)), type(A.__torch_function__(torch.add, (torch.Tensor,), (x, 1), {"alpha": 2})))
    show(A.__torch_function__(torch.split, (A,), (x, 1)))


def operands_that_nobody_knows(torch, show):
    A = _plain(torch)
    for x in (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]).as_subclass(A)):
        show(x == "s", x == None, x != None, x != "s")  # noqa: E711
        for name in ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "lt", "ge", "iadd", "imul"]:
            show.error(partial(getattr(operator, name), x, "s"))
            show.error(partial(getattr(operator, name), x, None))
        show.error(lambda x=x: "s" + x)
        show.error(lambda x=x: [1] - x)
        show.error(lambda x=x: x @ 2)


def errors_of_arithmetic(torch, show):
    x = torch.ones(2)
    for name in ["add", "sub", "mul", "div", "add_", "mul_"]:
        for wrong in ("s", None, [1]):
            show.error(partial(getattr(x, name), wrong))
        show.error(getattr(x, name))
    show.error(lambda: torch.add(x, "s"))
    show.error(lambda: torch.div(x, "s"))


def conversions_that_fail(torch, show):
    A = _plain(torch)
    for x in (torch.ones(2), torch.tensor([]), torch.ones(2).as_subclass(A)):
        for f in (float, int, complex, bool, operator.index):
            show.error(partial(f, x))
        show.error(x.item)
    show.error(lambda: ~torch.ones(2))
    show.error(lambda: torch.ones(2).imag)
    show.error(lambda: torch.ones(2).float_power_(2))
