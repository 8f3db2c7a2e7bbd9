"""no_grad, enable_grad, set_grad_enabled, inference_mode: in `with`, as decorators, of generators and classes."""


def _leaf(torch):
    return torch.tensor([1.0, 2.0], requires_grad=True)


def in_with(torch, show):
    x = _leaf(torch)
    with torch.no_grad():
        show((x * 2).requires_grad, torch.is_grad_enabled())
        with torch.enable_grad():
            show((x * 2).requires_grad, torch.is_grad_enabled())
        show(torch.is_grad_enabled())
    show(torch.is_grad_enabled())


def as_decorators(torch, show):
    x = _leaf(torch)

    @torch.no_grad()
    def with_parentheses(a):
        """Doc."""
        return a * 2

    @torch.no_grad
    def without(a):
        return a * 2

    @torch.enable_grad()
    def on(a):
        return a * 2

    show(with_parentheses(x).requires_grad, without(x).requires_grad, on(x).requires_grad)
    with torch.no_grad():
        show(on(x).requires_grad)
    show(with_parentheses.__name__, with_parentheses.__doc__)


def set_grad_enabled(torch, show):
    x = _leaf(torch)
    with torch.set_grad_enabled(False):
        show((x * 2).requires_grad)
    torch.set_grad_enabled(False)
    show((x * 2).requires_grad)
    torch.set_grad_enabled(True)
    show((x * 2).requires_grad)

    @torch.set_grad_enabled(False)
    def f(a):
        return a * 2

    show(torch.is_grad_enabled(), f(x).requires_grad, torch.is_grad_enabled())
    show(str(torch.set_grad_enabled(True)))


def generators(torch, show):
    x = _leaf(torch)

    @torch.no_grad()
    def gen():
        for _ in range(2):
            got = yield (x * 2).requires_grad
            show("got", got, torch.is_grad_enabled())
        return "end"

    g = gen()
    show(next(g), torch.is_grad_enabled())
    show(g.send("a"), torch.is_grad_enabled())
    try:
        g.send("b")
    except StopIteration as e:
        show(e.value)


def generators_that_fail(torch, show):
    @torch.no_grad()
    def gen():
        try:
            yield 1
        except ValueError:
            yield torch.is_grad_enabled()

    g = gen()
    next(g)
    show(g.throw(ValueError("x")), torch.is_grad_enabled())
    g.close()
    show(torch.is_grad_enabled())


def errors_set_back(torch, show):
    def fail():
        with torch.no_grad():
            raise ValueError("x")

    show.error(fail)
    show(torch.is_grad_enabled())


def classes(torch, show):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")

        @torch.no_grad()
        class A:
            def __init__(self):
                self.mode = torch.is_grad_enabled()

            def ask(self):
                return torch.is_grad_enabled()

    show(A().mode, A().ask(), [w.category.__name__ for w in caught])


def methods(torch, show):
    class A:
        @torch.no_grad()
        def ask(self):
            return torch.is_grad_enabled()

        @staticmethod
        @torch.no_grad()
        def static():
            return torch.is_grad_enabled()

    show(A().ask(), A.static())


def one_object_many_times(torch, show):
    mode = torch.no_grad()
    for _ in range(2):
        with mode:
            show(torch.is_grad_enabled())
        show(torch.is_grad_enabled())


def inference(torch, show):
    x = _leaf(torch)
    with torch.inference_mode():
        show(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
        y = x * 2
        show(y.requires_grad, y.is_inference())
        with torch.enable_grad():
            show((x * 2).requires_grad, torch.is_grad_enabled())
        with torch.inference_mode(False):
            show((x * 2).requires_grad)
    show(torch.is_inference_mode_enabled(), torch.is_grad_enabled())
    show.error(lambda: x * y)
    show.error(lambda: y.add_(1))
    show((x + y).requires_grad, y.clone().is_inference())


def inference_as_decorator(torch, show):
    x = _leaf(torch)

    @torch.inference_mode()
    def f(a):
        return a * 2

    @torch.inference_mode
    def g(a):
        return a * 2

    show(f(x).is_inference(), g(x).is_inference(), torch.is_inference_mode_enabled())


def inside_backward(torch, show):
    x = _leaf(torch)
    x.register_hook(lambda g: show(torch.is_grad_enabled()))
    with torch.enable_grad():
        y = (x * x).sum()
    with torch.no_grad():
        y.backward()
    show(x.grad, torch.is_grad_enabled())


def threads_have_their_own(torch, show):
    import threading

    seen = []
    with torch.no_grad():
        t = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        t.start()
        t.join()
    show(seen)


def autograd_names(torch, show):
    show(torch.autograd.no_grad is torch.no_grad, torch.autograd.grad_mode.no_grad is torch.no_grad)
    show(torch.autograd.set_grad_enabled is torch.set_grad_enabled)
    show(torch.no_grad.__name__, torch.inference_mode.__name__)
