"""torch.nn.utils: clipping, vectors, parametrizations, normalized weights, functional calls."""

import copy
import pickle


def _lin(torch, n=2, m=2, bias=True):
    lin = torch.nn.Linear(n, m, bias=bias)
    with torch.no_grad():
        lin.weight.copy_(torch.arange(1.0, n * m + 1).reshape(m, n) / 4)
        if bias:
            lin.bias.fill_(0.5)
    return lin


def _graded(torch):
    lin = _lin(torch)
    lin.weight.grad = torch.tensor([[3.0, -4.0], [0.0, 1.0]])
    lin.bias.grad = torch.tensor([1.0, -2.0])
    return lin


def clip_grad_norm(torch, show):
    U = torch.nn.utils
    lin = _graded(torch)
    show(U.clip_grad_norm_(lin.parameters(), 2.0), lin.weight.grad, lin.bias.grad)
    lin = _graded(torch)
    show(U.clip_grad_norm_(lin.parameters(), 100.0), lin.weight.grad)
    for norm_type in (1, 2.0, float("inf"), "inf", 0, 3):
        lin = _graded(torch)
        show(norm_type, U.clip_grad_norm_(lin.parameters(), 1.0, norm_type), lin.weight.grad)


def clip_grad_norm_of_some(torch, show):
    U = torch.nn.utils
    lin = _graded(torch)
    lin.bias.grad = None
    show(U.clip_grad_norm_(lin.parameters(), 1.0), lin.weight.grad, lin.bias.grad)
    lin = _graded(torch)
    show(U.clip_grad_norm_(lin.weight, 1.0), lin.weight.grad, lin.bias.grad)
    show(U.clip_grad_norm_([], 1.0), U.clip_grad_norm_(_lin(torch).parameters(), 1.0))


def clip_grad_norm_of_nan(torch, show):
    U = torch.nn.utils
    lin = _graded(torch)
    lin.bias.grad[0] = float("inf")
    show.error(lambda: U.clip_grad_norm_(lin.parameters(), 1.0, error_if_nonfinite=True))
    show(U.clip_grad_norm_(lin.parameters(), 1.0), lin.weight.grad, lin.bias.grad)


def clip_grad_value(torch, show):
    lin = _graded(torch)
    torch.nn.utils.clip_grad_value_(lin.parameters(), 1.5)
    show(lin.weight.grad, lin.bias.grad)
    torch.nn.utils.clip_grad_value_(lin.weight, 1)
    show(lin.weight.grad)


def total_norms(torch, show):
    U = torch.nn.utils
    show(U.get_total_norm([torch.ones(2), torch.full((3,), 2.0)]), U.get_total_norm([torch.ones(4)], norm_type=1))
    show(U.get_total_norm([]), U.get_total_norm(torch.ones(4)))
    lin = _graded(torch)
    U.clip_grads_with_norm_(lin.parameters(), 1.0, torch.tensor(4.0))
    show(lin.weight.grad)


def vectors(torch, show):
    U = torch.nn.utils
    lin = _lin(torch)
    v = U.parameters_to_vector(lin.parameters())
    show(v)
    U.vector_to_parameters(torch.arange(6.0), lin.parameters())
    show(lin.weight, lin.bias)
    v.sum().backward()
    show(lin.weight.grad)
    show.error(lambda: U.vector_to_parameters(3, lin.parameters()))


def _sym(torch):
    class Symmetric(torch.nn.Module):
        def forward(self, x):
            return x.triu() + x.triu(1).t()

    return Symmetric()


def _exp(torch):
    class Exp(torch.nn.Module):
        def forward(self, x):
            return x.exp()

        def right_inverse(self, x):
            return x.log()

    return Exp()


def parametrization(torch, show):
    P = torch.nn.utils.parametrize
    lin = _lin(torch)
    show(P.register_parametrization(lin, "weight", _sym(torch)) is lin, type(lin), isinstance(lin, torch.nn.Linear))
    show(lin)
    show(lin.weight.detach(), list(lin.state_dict()), [n for n, _ in lin.named_parameters()])
    lin(torch.ones(1, 2)).sum().backward()
    show(lin.parametrizations.weight.original.grad)
    show(P.is_parametrized(lin), P.is_parametrized(lin, "weight"), P.is_parametrized(lin, "bias"))
    show(P.type_before_parametrizations(lin), lin.parametrizations.weight[0], lin.parametrizations["weight"].is_tensor)


def parametrization_with_an_inverse(torch, show):
    P = torch.nn.utils.parametrize
    lin = P.register_parametrization(_lin(torch), "weight", _exp(torch))
    show(lin.weight.detach(), lin.parametrizations.weight.original)
    lin.weight = torch.full((2, 2), 2.0)
    show(lin.weight.detach(), lin.parametrizations.weight.original)
    lin = P.register_parametrization(_lin(torch), "weight", _sym(torch))
    show.error(lambda: setattr(lin, "weight", torch.ones(2, 2)))


def several_parametrizations(torch, show):
    P = torch.nn.utils.parametrize
    lin = P.register_parametrization(_lin(torch), "weight", _exp(torch))
    P.register_parametrization(lin, "weight", _sym(torch))
    P.register_parametrization(lin, "bias", _exp(torch))
    show(lin, lin.weight.detach(), lin.bias.detach(), list(lin.state_dict()))


def removing_parametrizations(torch, show):
    P = torch.nn.utils.parametrize
    lin = P.register_parametrization(_lin(torch), "weight", _exp(torch))
    p = lin.parametrizations.weight.original
    show(P.remove_parametrizations(lin, "weight"), type(lin), lin.weight is p, lin.weight)
    P.register_parametrization(lin, "weight", _exp(torch))
    P.remove_parametrizations(lin, "weight", leave_parametrized=False)
    show(lin.weight, list(lin.state_dict()), hasattr(lin, "parametrizations"))
    show.error(lambda: P.remove_parametrizations(lin, "weight"))


def parametrization_of_two_tensors(torch, show):
    P = torch.nn.utils.parametrize

    class Product(torch.nn.Module):
        def forward(self, a, b):
            return a @ b

        def right_inverse(self, x):
            return x.clone(), torch.eye(x.size(1))

    lin = P.register_parametrization(_lin(torch), "weight", Product())
    show(lin, list(lin.state_dict()), lin.weight.detach(), lin.parametrizations.weight.ntensors)
    show.error(lambda: P.remove_parametrizations(lin, "weight", leave_parametrized=False))
    lin.weight = torch.ones(2, 2)
    show(lin.weight.detach(), P.remove_parametrizations(lin, "weight").weight)


def parametrizations_are_checked(torch, show):
    P, nn = torch.nn.utils.parametrize, torch.nn

    def module(f):
        class M(nn.Module):
            def forward(self, x):
                return f(x)

        return M()

    show.error(lambda: P.register_parametrization(_lin(torch), "weight", module(lambda x: x[:1])))
    show.error(lambda: P.register_parametrization(_lin(torch), "weight", module(lambda x: 3)))
    show.error(lambda: P.register_parametrization(_lin(torch), "weight", module(lambda x: x.double())))
    show.error(lambda: P.register_parametrization(_lin(torch), "nothing", _sym(torch)))
    lin = P.register_parametrization(_lin(torch), "weight", module(lambda x: x[:1]), unsafe=True)
    show(lin.weight.shape)


def parametrizations_once(torch, show):
    P = torch.nn.utils.parametrize
    lin = P.register_parametrization(_lin(torch), "weight", _exp(torch))
    with P.cached():
        show(lin.weight is lin.weight)
    show(lin.weight is lin.weight)


def copies_of_parametrized_modules(torch, show):
    P = torch.nn.utils.parametrize
    lin = P.register_parametrization(_lin(torch), "weight", _exp(torch))
    new = copy.deepcopy(lin)
    show(new, torch.equal(new.weight, lin.weight), new.parametrizations.weight.original is not None)
    show.error(lambda: pickle.dumps(lin))
    other = P.register_parametrization(torch.nn.Linear(2, 2), "weight", _exp(torch))
    show(other.load_state_dict(lin.state_dict()), torch.equal(other.weight, lin.weight))


def weight_norm(torch, show):
    lin = torch.nn.utils.parametrizations.weight_norm(_lin(torch))
    show(lin, lin.state_dict(), lin.weight.detach())
    lin(torch.ones(1, 2)).sum().backward()
    show(lin.parametrizations.weight.original0.grad, lin.parametrizations.weight.original1.grad)
    whole = torch.nn.utils.parametrizations.weight_norm(_lin(torch), dim=None)
    show(whole.parametrizations.weight.original0, whole.weight.detach())
    state = {"bias": torch.zeros(2), "weight_g": torch.ones(2, 1), "weight_v": torch.eye(2)}
    show(lin.load_state_dict(state), lin.weight.detach())


def weight_norm_by_a_hook(torch, show):
    lin = torch.nn.utils.weight_norm(_lin(torch), dim=1)
    show(lin, lin.state_dict(), lin(torch.ones(1, 2)).detach())
    with torch.no_grad():
        lin.weight_g.mul_(2)
    show(lin(torch.ones(1, 2)).detach(), lin.weight.detach())
    show.error(lambda: torch.nn.utils.weight_norm(lin))
    torch.nn.utils.remove_weight_norm(lin)
    show(lin.weight, list(lin.state_dict()))
    show.error(lambda: torch.nn.utils.remove_weight_norm(lin))


def spectral_norm(torch, show):
    lin = torch.nn.utils.parametrizations.spectral_norm(_lin(torch))
    show(lin, lin.state_dict())
    show(lin.weight.detach(), lin.weight.norm())
    lin.eval()
    show(torch.equal(lin.weight, lin.weight))
    lin(torch.ones(1, 2)).sum().backward()
    show(lin.parametrizations.weight.original.grad)


def spectral_norm_by_a_hook(torch, show):
    lin = torch.nn.utils.spectral_norm(_lin(torch))
    show(lin, lin.state_dict())
    for _ in range(3):
        show(lin(torch.ones(1, 2)).detach())
    lin.eval()
    show(lin(torch.ones(1, 2)).detach(), lin.weight_u)
    torch.nn.utils.remove_spectral_norm(lin)
    show(lin.weight, list(lin.state_dict()))


def functional_calls(torch, show):
    call = torch.func.functional_call
    lin = _lin(torch)
    w, b = torch.ones(2, 2), torch.zeros(2)
    x = torch.tensor([1.0, 2.0])
    show(
        call(lin, {"weight": w, "bias": b}, (x,)),
        call(lin, {"weight": w}, x),
        call(lin, ({"weight": w}, {"bias": b}), x),
    )
    show(lin(x), lin.weight)
    show.error(lambda: call(lin, {"weight": w}, x, strict=True))
    show.error(lambda: call(lin, ({"weight": w}, {"weight": w}), x))
    show.error(lambda: call(lin, 3, x), text=False)


def functional_calls_with_gradients(torch, show):
    lin = torch.nn.Sequential(_lin(torch), torch.nn.Tanh(), _lin(torch))
    params = {n: (p * 0.5).detach().requires_grad_() for n, p in lin.named_parameters()}
    torch.func.functional_call(lin, params, torch.ones(1, 2)).sum().backward()
    show({n: p.grad for n, p in params.items()}, [p.grad for p in lin.parameters()])


def functional_calls_with_tied_weights(torch, show):
    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = _lin(torch, bias=False)
            self.b = _lin(torch, bias=False)
            self.b.weight = self.a.weight

        def forward(self, x, scale=1):
            return self.b(self.a(x)) * scale

    net = Tied()
    x = torch.ones(2)
    show(torch.func.functional_call(net, {"a.weight": torch.eye(2)}, x, {"scale": 3}))
    show(torch.func.functional_call(net, {"a.weight": torch.eye(2)}, x, tie_weights=False))
    show(net.b.weight is net.a.weight)


def functional_calls_change_buffers(torch, show):
    bn = torch.nn.BatchNorm1d(2)
    state = {n: t.clone() for n, t in bn.named_buffers()}
    torch.func.functional_call(bn, state, torch.tensor([[1.0, 2.0], [3.0, 6.0]]))
    show(state["running_mean"], bn.running_mean, state["num_batches_tracked"])


def an_error_in_a_functional_call_undoes_it(torch, show):
    lin = _lin(torch)
    w = lin.weight
    show.error(lambda: torch.func.functional_call(lin, {"weight": torch.ones(3, 3)}, torch.ones(2)), text=False)
    show(lin.weight is w)


def skipping_initialization(torch, show):
    lin = torch.nn.utils.skip_init(torch.nn.Linear, 3, 2)
    show(lin, lin.weight.shape)
    show.error(lambda: torch.nn.utils.skip_init(torch.nn.ReLU))
