"""Classes derived from Tensor: what operations give, attributes, parameters, copies, modules."""

import copy
import io
import pickle
from functools import partial

import numpy as np


def _plain(torch):
    class A(torch.Tensor):
        pass

    return A


def results_are_of_the_class(torch, show):
    A = _plain(torch)
    a = torch.tensor([1.0, 2.0]).as_subclass(A)
    show(type(a + 1), type(1 + a), type(a * a), type(-a), type(a == a), type(a @ a), type(torch.ones(2) + a))
    show(type(torch.add(a, 1)), type(torch.sin(a)), type(a.sum()), type(a.exp_()), type(torch.ones(2).add_(a)))
    show(type(torch.stack([a, torch.ones(2)])), type(torch.cat((torch.ones(2), a))), type(torch.ones_like(a)))
    show(type(torch.nn.functional.relu(a)), type(torch.nn.functional.mse_loss(a, torch.ones(2))))
    show(type(torch.matmul(torch.ones(2), a)), type(torch.where(a > 0, a, a)))


def numbers_and_shapes_are_plain(torch, show):
    A = _plain(torch)
    a = torch.tensor([1.0, 2.0]).as_subclass(A)
    show(type(a.shape), type(a.size(0)), type(a.sum().item()), type(a.tolist()), type(a.dtype), type(a.dim()))
    show(len(a), float(a[0]), bool(a[0]), int(a[1]), 1.0 in a, a.numel(), a.stride())
    show(type(a.numpy()), type(np.asarray(a)), type(a.is_contiguous()))


def several_results(torch, show):
    A = _plain(torch)
    a = torch.tensor([3.0, 1.0]).as_subclass(A)
    values, indices = a.sort()
    show(type(values), type(indices), type(a.sort()).__name__)
    show([type(t) for t in a.split(1)], [type(t) for t in a.chunk(2)], [type(t) for t in a.unbind()])
    show([type(t) for t in a], type(a.max(0)).__name__, type(torch.max(a, 0).values))
    show([type(t) for t in torch.broadcast_tensors(a, torch.ones(2))], type(torch.meshgrid(a, a, indexing="ij")[0]))
    show(type(a.unique()), type(torch.einsum("i,i->", a, a)), type(a.norm()))


def views_and_indexing(torch, show):
    A = _plain(torch)
    a = torch.arange(6.0).reshape(2, 3).as_subclass(A)
    show(type(a[0]), type(a[0, 0]), type(a[:, 1:]), type(a[a > 2]), type(a[torch.tensor([0])]), type(a[None, ...]))
    show(type(a.T), type(a.mT), type(a.view(-1)), type(a.t()), type(a.permute(1, 0)), type(a.expand(2, 2, 3)))
    show(type(a.data), type(a.detach()), type(a.clone()), type(a.to(torch.float64)), type(a.real), type(a.double()))
    a[0] = 7
    a[1, 0] = torch.tensor(9.0)
    show(a)
    x = torch.zeros(2, 3)
    x[0] = a[0]
    show(x, type(x), type(x[0][a[0] > 0]))


def in_place_keeps_the_object(torch, show):
    A = _plain(torch)
    a = torch.ones(2).as_subclass(A)
    b = a
    a += 1
    a *= torch.ones(2)
    show(a is b, a, type(a), a.add_(1) is b, a.zero_() is b, torch.ones(2).as_subclass(A).fill_(3))
    x = torch.ones(2)
    y = x
    x += a
    show(type(x), x is y)


def attributes_belong_to_the_object(torch, show):
    A = _plain(torch)
    a = torch.ones(2).as_subclass(A)
    a.tag = "mine"
    show(a.tag, hasattr(a + 1, "tag"), hasattr(a[0], "tag"), a.__dict__)
    a += 1
    show(a.tag)
    show.error(lambda: (a * 2).tag)
    del a.tag
    show(hasattr(a, "tag"))


def ways_to_make_one(torch, show):
    A = _plain(torch)
    x = torch.tensor([1.0, 2.0])
    a = x.as_subclass(A)
    b = torch.Tensor._make_subclass(A, x)
    c = torch.Tensor._make_subclass(A, x, True)
    x[0] = 5
    show(a, b, c, c.requires_grad, b.is_leaf, c.is_leaf)
    show(A([1, 2]), A(2).shape, A(), type(A([1.0])), type(torch.Tensor.__new__(A, [3.0])))
    show(type(a.as_subclass(torch.Tensor)), type(torch.tensor(a)), type(torch.as_tensor(a)), type(torch.Tensor(a)))
    show.error(lambda: x.as_subclass(int), text=False)
    show.error(lambda: torch.Tensor._make_subclass(A, 3), text=False)


def as_subclass_stays_in_the_graph(torch, show):
    A = _plain(torch)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    a = (x * 2).as_subclass(A)
    show(a.requires_grad, a.is_leaf, type(a.grad_fn).__name__)
    y = (a * a).sum()
    show(type(y), y)
    y.backward()
    show(x.grad, type(x.grad))


def constructor_with_arguments(torch, show):
    class Named(torch.Tensor):
        @staticmethod
        def __new__(cls, data, name, *args, **kwargs):
            return torch.as_tensor(data, dtype=torch.float32).as_subclass(cls)

        def __init__(self, data, name, scale=1):
            self.name_ = name
            self.scale = scale

    n = Named([1, 2], "n", scale=3)
    show(n, n.name_, n.scale, type(n + 1), hasattr(n + 1, "name_"))
    show.error(lambda: Named([1, 2]), text=False)


def init_with_arguments_and_plain_new(torch, show):
    class Tagged(torch.Tensor):
        def __init__(self, data):
            super().__init__()
            self.tag = len(data)

    t = Tagged([1.0, 2.0, 3.0])
    show(t, t.tag, type(t))


def new_attributes_follow_by_hand(torch, show):
    class Unit(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            out = super().__torch_function__(func, types, args, kwargs or {})
            if isinstance(out, cls):
                units = [a.unit for a in args if isinstance(a, cls) and hasattr(a, "unit")]
                out.unit = units[0] if units else "?"
            return out

    u = torch.tensor([1.0]).as_subclass(Unit)
    u.unit = "m"
    show((u + 1).unit, u[0].unit, torch.sin(u).unit, (2 * u).sum().unit, torch.stack([u]).unit)


def printing(torch, show):
    A = _plain(torch)

    class LongName(torch.Tensor):
        pass

    show(torch.ones(2, 2).as_subclass(A))
    show(torch.arange(4).reshape(2, 2).as_subclass(LongName))
    show(torch.ones(2, requires_grad=True).as_subclass(A) * 2, torch.tensor(1.0).as_subclass(A))
    show(f"{torch.ones(1).as_subclass(A)}", str(torch.tensor([]).as_subclass(A)))
    show(torch.zeros(1, 2, dtype=torch.float64).as_subclass(LongName))


def a_repr_of_ones_own(torch, show):
    class R(torch.Tensor):
        def __repr__(self):
            return f"R<{self.tolist()}>"

    r = torch.tensor([1.0, 2.0]).as_subclass(R)
    show(r, r + 1, [r], str(r))


def methods_and_properties_of_the_class(torch, show):
    class V(torch.Tensor):
        @property
        def length(self):
            return (self * self).sum().sqrt()

        def twice(self):
            return self * 2

        @staticmethod
        def make():
            return torch.tensor([3.0, 4.0]).as_subclass(V)

    v = V.make()
    show(v.length, v.twice(), v.twice().twice().length, (v + 1).twice())


def overridden_methods_are_for_that_call_alone(torch, show):
    class Loud(torch.Tensor):
        def add(self, *args, **kwargs):
            return "add"

        def __mul__(self, other):
            return "mul"

        def __rsub__(self, other):
            return "rsub"

        def sum(self, *args, **kwargs):
            return super().sum(*args, **kwargs) + 1

    v = torch.tensor([1.0, 2.0]).as_subclass(Loud)
    show(v.add(1), v + 1, torch.add(v, 1), v * 2, 2 * v, torch.ones(2) - v, 1 - v, v.sum(), torch.sum(v))


def a_class_of_a_class(torch, show):
    A = _plain(torch)

    class B(A):
        pass

    class C(A):
        pass

    a, b, c = (torch.ones(2).as_subclass(k) for k in (A, B, C))
    show(type(a + b), type(b + a), type(torch.stack([a, b])), type(a + torch.ones(2)), type(b[0]))
    show.error(lambda: b + c)
    show.error(lambda: torch.add(b, c))
    show.error(lambda: b.add(c))
    show.error(lambda: torch.nn.functional.mse_loss(b, c))
    show(isinstance(b, A), isinstance(a, B), issubclass(B, torch.Tensor))


def a_common_class_mixes_two(torch, show):
    class Common(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            with torch._C.DisableTorchFunctionSubclass():
                out = func(*args, **(kwargs or {}))
            return out.as_subclass(Common) if isinstance(out, torch.Tensor) else out

    class B(Common):
        pass

    class C(Common):
        pass

    b, c = torch.ones(2).as_subclass(B), torch.ones(2).as_subclass(C)
    show(type(b + c), b + c, type(torch.cat([b, c])), b.shape, type(c.grad))


def parameters_and_classes(torch, show):
    A = _plain(torch)
    p = torch.nn.Parameter(torch.ones(2))
    a = torch.ones(2).as_subclass(A)
    show(type(p + 1), type(p + a), type(a + p), type(p[0]), type(p.detach()))
    q = torch.nn.Parameter(a)
    show(type(q), isinstance(q, torch.nn.Parameter), isinstance(a, torch.nn.Parameter), q.requires_grad, q.is_leaf)
    m = torch.nn.Module()
    m.q = q
    show([n for n, _ in m.named_parameters()], type(m.q), type(m.state_dict()["q"]))
    (m.q * 2).sum().backward()
    show(m.q.grad, type(m.q.grad))


def a_class_of_parameters(torch, show):
    class P(torch.nn.Parameter):
        def __new__(cls, data=None, requires_grad=True, name="p"):
            self = super().__new__(cls, data, requires_grad)
            self.label = name
            return self

    p = P(torch.ones(2), name="w")
    m = torch.nn.Linear(2, 1, bias=False)
    m.weight = P(torch.ones(1, 2))
    show(type(p), p.label, type(p * 2), [type(q) for q in m.parameters()], isinstance(p, torch.nn.Parameter))
    show(m(torch.ones(2)), type(m(torch.ones(2))), p)
    m(torch.ones(2)).sum().backward()
    show(type(m.weight.grad))


def numpy_and_priority(torch, show):
    A = _plain(torch)
    a = torch.tensor([1.0, 2.0]).as_subclass(A)
    show(A.__array_priority__, a.__array_priority__, type(np.float64(2) * a), np.float64(2) * a, np.sin(a.numpy()))
    show(type(np.add(a, 1)), type(np.asarray(a)), type(a * np.float32(2)))


def grads_and_bases_keep_their_class(torch, show):
    A = _plain(torch)
    a = torch.ones(2).as_subclass(A).requires_grad_()
    (a * 3).sum().backward()
    show(type(a.grad), a.grad, type(a[0]._base), type((a * 1)._base))
    show(len(torch.overrides.get_default_nowrap_functions()))


def pickling(torch, show):
    p = torch.nn.Parameter(torch.ones(2))
    p.tag = "t"
    show(pickle.loads(pickle.dumps(p)).tag)
    a = torch.ones(2).as_subclass(Pickled)
    a.tag = [1, 2]
    b = pickle.loads(pickle.dumps(a))
    show(type(b), b, b.tag, b is a, b.data_ptr() == a.data_ptr())
    f = io.BytesIO()
    torch.save({"a": a, "same": a}, f)
    f.seek(0)
    c = torch.load(f, weights_only=False)
    show(type(c["a"]), c["a"].tag, c["a"] is c["same"] or c["a"].data_ptr() == c["same"].data_ptr())


def copying(torch, show):
    A = _plain(torch)
    a = torch.ones(2).as_subclass(Pickled)
    a.tag = [1]
    b = copy.copy(a)
    show(type(b), b.tag is a.tag, b.data_ptr() == a.data_ptr())

    class Deep(torch.Tensor):
        def new_empty(self, *args, **kwargs):
            return super().new_empty(*args, **kwargs).as_subclass(Deep)

    d = torch.ones(2).as_subclass(Deep)
    d.tag = [1]
    c = copy.deepcopy(d)
    show(type(c), c.tag, c.tag is d.tag, c.data_ptr() == d.data_ptr())
    p = torch.nn.Parameter(torch.ones(2))
    p.tag = [2]
    q = copy.deepcopy(p)
    show(type(q), q.data_ptr() == p.data_ptr())
    x = torch.ones(1, requires_grad=True)
    show.error(lambda: copy.deepcopy((x * 2).as_subclass(A)))


def gradients_through_classes(torch, show):
    A = _plain(torch)
    a = torch.tensor([1.0, 2.0]).as_subclass(A).requires_grad_()
    y = (a.sin() * a).sum()
    show(type(y), a.is_leaf, type(y.detach()))
    y.backward()
    show(a.grad, type(a.grad))
    (g,) = torch.autograd.grad((a**3).sum(), a, create_graph=True)
    show(type(g), g.detach())
    (h,) = torch.autograd.grad(g.sum(), a)
    show(h)
    with torch.no_grad():
        show((a * 2).requires_grad, type(a * 2))


def hooks_on_classes(torch, show):
    A = _plain(torch)
    a = torch.ones(2, requires_grad=True).as_subclass(A)
    a.register_hook(lambda g: show(type(g), g))
    y = a * 2
    y.retain_grad()
    y.sum().backward()
    show(y.grad, type(y.grad))


def functions_on_classes(torch, show):
    A = _plain(torch)

    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            show("forward", type(x))
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    a = torch.ones(2).as_subclass(A).requires_grad_()
    y = Double.apply(a)
    y.sum().backward()
    show(a.grad)


def optimizers_with_classes(torch, show):
    A = _plain(torch)
    w = torch.nn.Parameter(torch.ones(2).as_subclass(A))
    for make in (partial(torch.optim.SGD, momentum=0.9), torch.optim.Adam, torch.optim.RMSprop, torch.optim.Rprop):
        opt = make([w], lr=0.1)
        for _ in range(2):
            opt.zero_grad()
            (w * w).sum().backward()
            opt.step()
        show(w, type(w))


def modules_with_classes(torch, show):
    A = _plain(torch)
    m = torch.nn.Linear(2, 1)
    m.register_buffer("b", torch.ones(1).as_subclass(A))
    show(type(m.b), type(m.state_dict()["b"]), type(m(torch.ones(1, 2).as_subclass(A))))
    m.load_state_dict({k: v.clone() for k, v in m.state_dict().items()})
    show(type(m.b))
    m.double()
    show(type(m.b), m.b.dtype, type(m.weight))


def batches_of_classes(torch, show):
    A = _plain(torch)
    data = [torch.tensor([float(i)]).as_subclass(A) for i in range(4)]
    for batch in torch.utils.data.DataLoader(data, batch_size=2):
        show(type(batch), batch)
    plain = torch.utils.data.TensorDataset(torch.ones(2, 1).as_subclass(A))
    show(type(plain[0][0]))


def instance_checks(torch, show):
    A = _plain(torch)
    a, p = torch.ones(2).as_subclass(A), torch.nn.Parameter(torch.ones(2))
    show(isinstance(a, torch.Tensor), torch.is_tensor(a), isinstance(torch.ones(1), A), isinstance(p, A))
    show(
        isinstance(a, torch.FloatTensor), isinstance(a, torch.LongTensor), isinstance(torch.ones(1), torch.FloatTensor)
    )
    show(issubclass(A, torch.Tensor), issubclass(torch.nn.Parameter, torch.Tensor), A.__mro__[1].__name__)


def slots_and_class_variables(torch, show):
    class S(torch.Tensor):
        scale = 3

        def scaled(self):
            return self * self.scale

    s = torch.ones(1).as_subclass(S)
    show(s.scaled(), S.scale)
    s.scale = 5
    show(s.scaled(), (s + 0).scaled(), S.scale)


class Pickled:
    """Stands for the class below until torch is known: a pickle needs a class that can be imported."""


def _define_pickled():
    import torch

    global Pickled

    class Pickled(torch.Tensor):
        pass

    Pickled.__qualname__ = "Pickled"


_define_pickled()
