"""Containers: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict."""

from collections import OrderedDict


def _three(torch):
    nn = torch.nn
    return nn.Sequential(nn.ReLU(), nn.Tanh(), nn.Sigmoid())


def sequential_as_a_list(torch, show):
    s = _three(torch)
    show(len(s), s[0], s[-1], s[1:], type(s[1:]), [type(m).__name__ for m in s])
    show.error(lambda: s[3])
    show.error(lambda: s[-4])
    show.error(lambda: s["0"])


def sequential_assignment(torch, show):
    s = _three(torch)
    s[1] = torch.nn.ELU()
    s[-1] = torch.nn.GELU()
    show(s)
    show.error(lambda: s.__setitem__(5, torch.nn.ELU()))


def sequential_deletion(torch, show):
    s = _three(torch)
    del s[0]
    show(s, list(s._modules))
    s = _three(torch)
    del s[1:]
    show(s)
    show(s.pop(0), s)


def sequential_growth(torch, show):
    s = _three(torch)
    show(s.append(torch.nn.ELU()) is s, s.insert(1, torch.nn.Mish()) is s)
    s.insert(-1, torch.nn.CELU())
    s.extend([torch.nn.SiLU()])
    show(s, list(s._modules))
    show.error(lambda: s.insert(99, torch.nn.ReLU()))
    show.error(lambda: s.insert(0, 3), text=False)
    show.error(lambda: s.append(3))


def sequential_sums_and_products(torch, show):
    s = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Tanh())
    show(s + torch.nn.Sequential(torch.nn.ELU()))
    show(s * 2, 2 * s)
    first = s[0]
    show((s * 2)[2] is first)
    s += torch.nn.Sequential(torch.nn.Mish())
    show(s)
    s *= 2
    show(len(s))
    show.error(lambda: s + 3, text=False)
    show.error(lambda: s * 0, text=False)
    show.error(lambda: s * 1.5, text=False)


def sequential_by_name(torch, show):
    s = torch.nn.Sequential(OrderedDict([("first", torch.nn.Linear(2, 1)), ("act", torch.nn.ReLU())]))
    show(s, s.first, s[1])
    show(list(s.state_dict()), [n for n, _ in s.named_children()])
    show(s[:1])


def sequential_computes(torch, show):
    s = _three(torch)
    show(s(torch.tensor([-1.0, 2.0])))
    show(torch.nn.Sequential()(5))


def sequential_refuses(torch, show):
    show.error(lambda: torch.nn.Sequential(3))
    show.error(lambda: torch.nn.Sequential([torch.nn.ReLU()]))


def module_list_as_a_list(torch, show):
    nn = torch.nn
    m = nn.ModuleList([nn.ReLU(), nn.Tanh()])
    m.append(nn.ELU())
    m.extend([nn.Mish()])
    m.insert(1, nn.SiLU())
    m += [nn.CELU()]
    show(m, len(m))
    show(m[0], m[-1], m[1:3], type(m[1:3]))
    m[0] = nn.GELU()
    del m[1]
    del m[-2:]
    show(m, m.pop(0), len(m), [type(x).__name__ for x in m])


def module_list_errors(torch, show):
    nn = torch.nn
    m = nn.ModuleList([nn.ReLU()])
    show.error(lambda: m[1])
    show.error(lambda: m[-2])
    show.error(lambda: m.append(3))
    show.error(lambda: m.extend(3))
    show.error(lambda: m(torch.ones(1)))
    show.error(lambda: nn.ModuleList(nn.ReLU()), text=False)


def module_list_prints_runs(torch, show):
    nn = torch.nn
    show(nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1)]))
    show(nn.ModuleList([nn.Sequential(nn.ReLU(), nn.Tanh()) for _ in range(3)]))
    show(nn.ModuleList(), nn.ModuleList([nn.ReLU()]))


def module_list_adds(torch, show):
    nn = torch.nn
    m = nn.ModuleList([nn.ReLU()])
    show(m + nn.ModuleList([nn.Tanh()]), m.__add__([nn.ELU()]), len(m))
    show(list((m + nn.ModuleList([nn.ELU()])).state_dict()))


def module_list_registers(torch, show):
    m = torch.nn.ModuleList([torch.nn.Linear(1, 2), torch.nn.Linear(2, 1)])
    show([n for n, _ in m.named_parameters()])


def module_dict_as_a_dict(torch, show):
    nn = torch.nn
    d = nn.ModuleDict({"b": nn.ReLU(), "a": nn.Tanh()})
    d["c"] = nn.ELU()
    d.update({"a": nn.Mish()})
    d.update([["d", nn.SiLU()]])
    show(d, len(d), "b" in d, "z" in d)
    show(list(d), list(d.keys()), [type(v).__name__ for v in d.values()], [k for k, _ in d.items()])
    show(d.pop("b"), d["a"])
    del d["a"]
    show(d)
    d.clear()
    show(len(d), d)


def module_dict_errors(torch, show):
    nn = torch.nn
    d = nn.ModuleDict({"a": nn.ReLU()})
    show.error(lambda: d["z"])
    show.error(lambda: d.__setitem__("x", 3))
    show.error(lambda: d.__setitem__(1, nn.ReLU()))
    show.error(lambda: d.__setitem__("keys", nn.ReLU()))
    show.error(lambda: d.__setitem__("a.b", nn.ReLU()))
    show.error(lambda: d.update(3))
    show.error(lambda: d.update([3]))
    show.error(lambda: d.update([["a"]]))
    show.error(lambda: d(1))


def module_dict_of_a_module_dict(torch, show):
    nn = torch.nn
    a = nn.ModuleDict({"x": nn.ReLU()})
    b = nn.ModuleDict(a)
    show(b, b["x"] is a["x"])
    show(list(nn.ModuleDict(OrderedDict([("q", nn.Linear(1, 1))])).state_dict()))


def parameter_list_as_a_list(torch, show):
    nn = torch.nn
    p = nn.ParameterList([torch.ones(2), nn.Parameter(torch.zeros(1, 3))])
    p.append(torch.ones(1))
    p.extend([torch.zeros(2)])
    p += [torch.ones(4)]
    show(p, len(p), [tuple(q.shape) for q in p])
    show(p[0], p[-1], p[1:3])
    p[0] = torch.zeros(5)
    show(type(p[0]), [n for n, _ in p.named_parameters()])


def parameter_list_of_other_things(torch, show):
    p = torch.nn.ParameterList([torch.ones(2), 3, "s"])
    show(p, list(p.state_dict()), p[1])


def parameter_list_errors(torch, show):
    p = torch.nn.ParameterList([torch.ones(2)])
    show.error(lambda: p[1])
    show.error(lambda: p.__setitem__(3, torch.ones(1)))
    show.error(lambda: p(1))
    show.error(lambda: p.extend(3))
    show.error(lambda: p.extend(torch.ones(2)))


def parameter_dict_as_a_dict(torch, show):
    nn = torch.nn
    p = nn.ParameterDict({"b": torch.ones(2), "a": nn.Parameter(torch.zeros(1))})
    p["c"] = torch.ones(1, 2)
    show(p, len(p), "a" in p, list(p))
    show(list(p.keys()), [tuple(v.shape) for v in p.values()], [k for k, _ in p.items()])
    show(p.get("a"), p.get("z"), p.get("z", 4), p.setdefault("d", torch.ones(1)))
    show(p.pop("d"), list(reversed(p)))
    show(p.popitem(), list(p))
    del p["a"]
    show([n for n, _ in p.named_parameters()])
    p.clear()
    show(len(p), p)


def parameter_dict_unions(torch, show):
    nn = torch.nn
    a = nn.ParameterDict({"x": torch.ones(1), "y": torch.ones(2)})
    b = nn.ParameterDict({"y": torch.zeros(3), "z": torch.ones(1)})
    show(a | b)
    c = a.copy()
    c |= b
    show(list(c), list(a), c["x"] is a["x"])
    show(nn.ParameterDict().fromkeys(["p", "q"], 1))
    c.update([("w", torch.ones(1))])
    show(list(c))


def parameter_dict_errors(torch, show):
    p = torch.nn.ParameterDict({"a": torch.ones(1)})
    show.error(lambda: p["z"])
    show.error(lambda: p.__setitem__(1, torch.ones(1)))
    show.error(lambda: p.update(3))
    show.error(lambda: p.update([(1, 2, 3)]))
    show.error(lambda: p(1))
    show.error(lambda: p.__delitem__("z"))


def containers_in_containers(torch, show):
    nn = torch.nn
    net = nn.ModuleDict(
        {
            "body": nn.ModuleList([nn.Sequential(nn.Linear(1, 1), nn.ReLU()), nn.Identity()]),
            "w": nn.Module(),
        }
    )
    net["w"].p = nn.ParameterList([torch.ones(1)])
    show(net)
    show(list(net.state_dict()))
