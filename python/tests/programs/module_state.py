"""What modules keep: state dictionaries, pickles and copies, parameters and buffers."""

import copy
import pickle
from collections import OrderedDict

from .module import _fill, _net


def state_dict_of_nested(torch, show):
    net = _fill(torch, _net(torch))
    state = net.state_dict()
    show(type(state).__name__, [(k, v.shape, v.requires_grad) for k, v in state.items()])
    show(state._metadata)
    show(list(net.state_dict(prefix="model.")))
    show(net.state_dict(keep_vars=True)["a.weight"] is net.a.weight)
    state["a.bias"].zero_()
    show(net.a.bias)


def state_dict_into_a_destination(torch, show):
    d = OrderedDict(x=1)
    show(list(torch.nn.Linear(1, 1).state_dict(destination=d, prefix="l.")), d["x"])
    show(list(torch.nn.Linear(1, 1).state_dict(OrderedDict(), "q.")))


def load_state(torch, show):
    a, b = _fill(torch, _net(torch)), _net(torch)
    show(b.load_state_dict(a.state_dict()))
    show(all(torch.equal(x, y) for x, y in zip(a.parameters(), b.parameters())))
    show(b.a.weight.data_ptr() == a.a.weight.data_ptr(), b.a.weight.requires_grad)


def load_state_with_missing_and_unexpected(torch, show):
    net = _net(torch)
    state = net.state_dict()
    del state["a.weight"], state["count"]
    state["c.weight"] = torch.ones(1)
    state["extra"] = torch.ones(1)
    keys = net.load_state_dict(state, strict=False)
    show(keys)
    show(keys.missing_keys, keys.unexpected_keys)

    def load():
        net.load_state_dict(state)

    try:
        load()
    except RuntimeError as e:
        show(e)


def load_state_of_other_sizes(torch, show):
    net = _net(torch)
    state = net.state_dict()
    state["a.weight"] = torch.ones(3, 1)
    state["b.0.bias"] = 5
    for strict in (True, False):
        try:
            net.load_state_dict(state, strict=strict)
        except RuntimeError as e:
            show(e)
    show.error(lambda: net.load_state_dict(3))


def load_state_casts(torch, show):
    net = torch.nn.Linear(1, 1)
    net.load_state_dict({"weight": torch.ones(1, 1, dtype=torch.float64), "bias": torch.tensor([2])})
    show(net.weight, net.bias)


def load_state_of_a_number(torch, show):
    m = torch.nn.Module()
    m.w = torch.nn.Parameter(torch.tensor(1.0))
    m.load_state_dict({"w": torch.tensor([5.0])})
    show(m.w)
    m = torch.nn.Module()
    m.w = torch.nn.Parameter(torch.ones(1))
    show.error(lambda: m.load_state_dict({"w": torch.tensor(5.0)}), text=False)


def load_state_by_assignment(torch, show):
    net = torch.nn.Linear(1, 1)
    state = {"weight": torch.ones(1, 1, dtype=torch.float64), "bias": torch.nn.Parameter(torch.zeros(1))}
    net.load_state_dict(state, assign=True)
    show(net.weight, type(net.weight), net.bias is state["bias"])
    show(net.weight.data_ptr() == state["weight"].data_ptr())


def load_state_keeps_the_object(torch, show):
    net = torch.nn.Linear(1, 1)
    w = net.weight
    v = w._version
    net.load_state_dict({"weight": torch.full((1, 1), 3.0), "bias": torch.zeros(1)})
    show(net.weight is w, w, w._version - v)


def extra_state(torch, show):
    class M(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.value = 1

        def get_extra_state(self):
            return {"value": self.value}

        def set_extra_state(self, state):
            self.value = state["value"]

    m = torch.nn.Sequential(M())
    m[0].value = 7
    state = m.state_dict()
    show(state)
    n = torch.nn.Sequential(M())
    show(n.load_state_dict(state), n[0].value)
    show.error(lambda: n.load_state_dict({}))
    show.error(lambda: torch.nn.Sequential(torch.nn.ReLU()).load_state_dict(state))


def versions_of_state(torch, show):
    class M(torch.nn.Module):
        _version = 3

        def _load_from_state_dict(self, state_dict, prefix, local_metadata, *args):
            show(prefix, local_metadata, [type(a).__name__ for a in args])
            super()._load_from_state_dict(state_dict, prefix, local_metadata, *args)

    m = torch.nn.Sequential(M())
    state = m.state_dict()
    show(state._metadata)
    m.load_state_dict(state)
    m.load_state_dict({})


def state_dict_hooks(torch, show):
    m = torch.nn.Linear(1, 1)
    m.register_state_dict_pre_hook(lambda m, prefix, keep: show("pre", prefix, keep))

    def post(module, state, prefix, meta):
        state[prefix + "more"] = 1
        show("post", list(state), meta)

    h = m.register_state_dict_post_hook(post)
    show(list(m.state_dict(prefix="p.")))
    h.remove()
    m._register_state_dict_hook(lambda module, state, prefix, meta: OrderedDict(only=1))
    show(m.state_dict())
    m.register_state_dict_post_hook(lambda module, state, prefix, meta: state)
    show.error(m.state_dict)


def load_state_dict_hooks(torch, show):
    m = torch.nn.Sequential(torch.nn.Linear(1, 1))

    def rename(module, state, prefix, meta, strict, missing, unexpected, errors):
        show(type(module), prefix, strict)
        state[prefix + "bias"] = state.pop(prefix + "b")

    m[0].register_load_state_dict_pre_hook(rename)
    m[0].register_load_state_dict_post_hook(lambda module, keys: show("child", keys))
    h = m.register_load_state_dict_post_hook(lambda module, keys: keys.missing_keys.clear())
    show(m.load_state_dict({"0.b": torch.ones(1)}))
    h.remove()
    show.error(lambda: m.load_state_dict({"0.b": torch.ones(1)}))
    m.register_load_state_dict_post_hook(lambda module, keys: 3)
    show.error(lambda: m.load_state_dict({"0.b": torch.ones(1)}), text=False)


def pickling(torch, show):
    net = _fill(torch, torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.3)))
    net[0].bias.requires_grad_(False)
    net.eval()
    again = pickle.loads(pickle.dumps(net))
    show(again, again.training, [p.requires_grad for p in again.parameters()])
    show(torch.equal(again[0].weight, net[0].weight), again[0].weight.is_leaf, type(again[0].weight))


def deep_copies(torch, show):
    net = _net(torch)
    net.c = net.a
    new = copy.deepcopy(net)
    show(new.c is new.a, new.a.weight is net.a.weight, torch.equal(new.a.weight, net.a.weight))
    show(type(new.a.weight), new.a.weight.requires_grad, len(list(new.parameters())))
    with torch.no_grad():
        new.a.weight.zero_()
    show(bool((net.a.weight == 0).all()))


def shallow_copies(torch, show):
    net = torch.nn.Linear(1, 1)
    new = copy.copy(net)
    show(new.weight is net.weight, new is net, new._parameters is net._parameters)


def parameter_objects(torch, show):
    t = torch.ones(2)
    p = torch.nn.Parameter(t)
    show(p, p.requires_grad, p.is_leaf, isinstance(p, torch.Tensor), type(p))
    t.zero_()
    show(p)
    show(torch.nn.Parameter(), torch.nn.Parameter(torch.ones(1), False))
    show(type(p * 2), type(p.data), type(p.detach()), type(p[0]), (p * 2).grad_fn is not None)
    show.error(lambda: torch.nn.Parameter(torch.tensor([1, 2])))
    q = copy.deepcopy(p)
    show(type(q), q is p, q.requires_grad)
    r = pickle.loads(pickle.dumps(p))
    show(type(r), r)
    with torch.no_grad():
        show(torch.nn.Parameter(torch.ones(1)).requires_grad)


def parameters_of_tensors_with_a_graph(torch, show):
    x = torch.ones(1, requires_grad=True)
    p = torch.nn.Parameter(x * 2)
    show(p.is_leaf, p.grad_fn, p)
    m = torch.nn.Module()
    m.p = p
    (m.p * 3).backward()
    show(m.p.grad, x.grad)


def attributes_of_parameters(torch, show):
    p = torch.nn.Parameter(torch.ones(1))
    p.tag = "mine"
    m = torch.nn.Module()
    m.p = p
    show(next(m.parameters()).tag, m.p is p)
    show(pickle.loads(pickle.dumps(p)).tag)


def buffer_objects(torch, show):
    nn = torch.nn
    m = nn.Module()
    m.a = nn.Buffer(torch.ones(1))
    m.b = nn.Buffer(torch.ones(1), persistent=False)
    show(list(m._buffers), list(m.state_dict()), isinstance(m.a, nn.Buffer), isinstance(torch.ones(1), nn.Buffer))
    show(type(m.a), m.a.persistent)


def old_pickles_get_their_dictionaries(torch, show):
    m = torch.nn.Linear(1, 1)
    state = dict(m.__dict__)
    for name in ("_forward_pre_hooks", "_state_dict_hooks", "_non_persistent_buffers_set", "_is_full_backward_hook"):
        del state[name]
    n = torch.nn.Linear.__new__(torch.nn.Linear)
    n.__setstate__(state)
    show(n(torch.ones(1, 1)).shape, n._forward_pre_hooks, n._non_persistent_buffers_set, list(n.state_dict()))
