"""`torch.autograd.functional`."""


def _parts(torch):
    x, s = torch.tensor([1.0, 2.0]), torch.tensor(3.0)
    return torch.autograd.functional, x, s, lambda v: v * v, lambda v: (v * v).sum()


def jacobian_of_vectors(torch, show):
    F, x, s, square, _ = _parts(torch)
    show(F.jacobian(square, x))
    show(F.jacobian(lambda v: (v * 2, v.sum()), x))
    show(F.jacobian(lambda a, b: a * b, (x, s)))
    show(F.jacobian(lambda a, b: (a * b, b), (x, s)))
    show(F.jacobian(lambda v: v.reshape(2, 1) * v, x).shape)


def jacobian_vectorized(torch, show):
    F, x, s, square, _ = _parts(torch)
    show(F.jacobian(square, x, vectorize=True))
    show(F.jacobian(square, x, strategy="forward-mode", vectorize=True))
    show(F.jacobian(lambda a, b: (a * b, b), (x, s), vectorize=True))


def jacobian_of_what_does_not_depend(torch, show):
    F, x, s, _, _ = _parts(torch)
    show(F.jacobian(lambda v: x.clone(), x))
    show(F.jacobian(lambda a, b: a * 2, (x, s)))
    show(F.jacobian(lambda a, b: a * 2, (x, s), vectorize=True))


def jacobian_in_a_graph(torch, show):
    F, x, _, square, _ = _parts(torch)
    w = x.clone().requires_grad_()
    j = F.jacobian(square, w, create_graph=True)
    show(j.requires_grad)
    j.sum().backward()
    show(w.grad)
    show(F.jacobian(square, w).requires_grad)


def jacobian_errors(torch, show):
    F, x, _s, square, _ = _parts(torch)
    show.error(lambda: F.jacobian(square, 3))
    show.error(lambda: F.jacobian(square, (x, 3)))
    show.error(lambda: F.jacobian(lambda v: 3, x))
    show.error(lambda: F.jacobian(lambda v: (v, 3), x))
    show.error(lambda: F.jacobian(square, x, strategy="foo"))
    show.error(lambda: F.jacobian(square, x, strategy="forward-mode"))
    show.error(lambda: F.jacobian(square, x, strategy="forward-mode", vectorize=True, create_graph=True))


def jacobian_strict(torch, show):
    F, x, s, square, _ = _parts(torch)
    show(F.jacobian(square, x, strict=True))
    show.error(lambda: F.jacobian(lambda v: x.clone(), x, strict=True))
    show.error(lambda: F.jacobian(lambda a, b: a * 2, (x, s), strict=True))
    show.error(lambda: F.jacobian(lambda a: a * 2, x, strict=True, create_graph=True))
    show.error(lambda: F.jacobian(lambda a: a * 2, x, strict=True, vectorize=True))


def hessian_of_numbers(torch, show):
    F, x, s, _, total = _parts(torch)
    show(F.hessian(total, x))
    show(F.hessian(lambda a, b: (a * b).sum(), (x, s)))
    show(F.hessian(lambda v: v.sum(), x))
    show(F.hessian(lambda v: (v**3).sum().reshape(1), x))
    show(F.hessian(lambda v: (v.exp() * v.sum()).sum(), x, vectorize=True))


def hessian_errors(torch, show):
    F, x, s, square, total = _parts(torch)
    show.error(lambda: F.hessian(square, x))
    show.error(lambda: F.hessian(lambda v: v.sum(), x, strict=True))
    show.error(lambda: F.hessian(lambda v: (v, v), x))
    show.error(lambda: F.hessian(total, x, outer_jacobian_strategy="forward-mode"))
    show.error(lambda: F.hessian(lambda v: s.clone(), x, strict=True))


def vjp_products(torch, show):
    F, x, s, square, total = _parts(torch)
    show(F.vjp(total, x))
    show(F.vjp(square, x, x))
    show(F.vjp(lambda v: s.clone(), x))
    show(F.vjp(lambda a, b: (a * b, a.sum()), (x, s), (x, s)))


def vjp_errors(torch, show):
    F, x, s, square, _ = _parts(torch)
    show.error(lambda: F.vjp(square, x))
    show.error(lambda: F.vjp(square, x, torch.ones(3)))
    show.error(lambda: F.vjp(square, x, (x, x)))
    show.error(lambda: F.vjp(square, x, 3))
    show.error(lambda: F.vjp(lambda v: s.clone(), x, strict=True))
    show.error(lambda: F.vjp(lambda a, b: a.sum(), (x, s), strict=True))
    show.error(lambda: F.vjp(lambda a: a.sum(), x, strict=True, create_graph=True))


def jvp_products(torch, show):
    F, x, s, square, _ = _parts(torch)
    show(F.jvp(square, s))
    show(F.jvp(square, x, x))
    show(F.jvp(lambda v: s.clone(), x, x))
    show(F.jvp(lambda a, b: (a * b, a.sum()), (x, s), (x, s)))


def jvp_errors(torch, show):
    F, x, s, square, _ = _parts(torch)
    show.error(lambda: F.jvp(square, x))
    show.error(lambda: F.jvp(square, x, torch.ones(3)))
    show.error(lambda: F.jvp(lambda v: s.clone(), x, x, strict=True))
    show.error(lambda: F.jvp(lambda a: a * 2, x, x, strict=True, create_graph=True))
    show.error(lambda: F.jvp(lambda v: v.sum(), (x, s)))


def _hessian_products(F, f, show, torch, x, s):
    show(f(lambda v: (v * v).sum(), x, x))
    show(f(lambda v: v.sum(), x, x))
    show(f(lambda v: s.clone(), x, x))
    show(f(lambda a, b: (a * b).sum(), (x, s), (x, s)))
    show(f(lambda v: v * v, s))
    value, product = f(lambda v: (v**3).sum(), x, x, create_graph=True)
    show(value.requires_grad, product.requires_grad, value.detach(), product.detach())


def hvp_products(torch, show):
    F, x, s, _, _ = _parts(torch)
    _hessian_products(F, F.hvp, show, torch, x, s)


def vhp_products(torch, show):
    F, x, s, _, _ = _parts(torch)
    _hessian_products(F, F.vhp, show, torch, x, s)


def _hessian_errors(f, show, torch, x, s):
    show.error(lambda: f(lambda v: (v * v).sum(), x))
    show.error(lambda: f(lambda v: (v * v).sum(), x, torch.ones(3)))
    show.error(lambda: f(lambda v: v * v, x, x))
    show.error(lambda: f(lambda v: v.sum(), x, x, strict=True))
    show.error(lambda: f(lambda v: s.clone(), x, x, strict=True))
    show.error(lambda: f(lambda v: (v, v), x, x))
    show.error(lambda: f(lambda a, b: (a * a).sum(), (x, s), (x, s), strict=True))


def hvp_errors(torch, show):
    F, x, s, _, _ = _parts(torch)
    _hessian_errors(F.hvp, show, torch, x, s)


def vhp_errors(torch, show):
    F, x, s, _, _ = _parts(torch)
    _hessian_errors(F.vhp, show, torch, x, s)


def inside_no_grad(torch, show):
    F, x, _, square, total = _parts(torch)
    with torch.no_grad():
        show(F.jacobian(square, x))
        show(F.hvp(total, x, x))
        show(torch.is_grad_enabled())
