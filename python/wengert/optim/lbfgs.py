"""L-BFGS."""

from __future__ import annotations

from wengert import _C
from wengert._C import Tensor

from ._common import check_lr, number
from .optimizer import Optimizer

__all__ = ["LBFGS"]


class LBFGS(Optimizer):
    """Quasi-Newton steps: curvature is estimated from the last gradients. Each `step` makes several and calls the
    closure often.

    After M. Schmidt's minFunc; J. Nocedal, S. Wright, "Numerical optimization", 2006, algorithms 7.4, 3.5 and 3.6. See
    https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html.

    Args:
        params: parameters; one group only.
        max_iter: steps made in one call of `step`.
        max_eval: calls of the closure in one call of `step`; `max_iter * 5 // 4` if None.
        tolerance_grad: stop where no element of the gradient is larger.
        tolerance_change: stop where neither parameters nor loss change more.
        history_size: how many gradients are remembered.
        line_search_fn: None (the step size is `lr`), or `"strong_wolfe"`.
    """

    def __init__(
        self,
        params,
        lr=1,
        max_iter=20,
        max_eval=None,
        tolerance_grad=1e-7,
        tolerance_change=1e-9,
        history_size=100,
        line_search_fn=None,
        *,
        maximize=False,
    ):
        check_lr(lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
            "maximize": maximize,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]
        self._numel_cache = None

    def __setstate__(self, state):
        super().__setstate__(state)
        self._params = self.param_groups[0]["params"]
        self._numel_cache = None

    def step(self, closure):
        """Several steps; returns what the first call of `closure` returned."""
        before = _C.is_grad_enabled()
        _C._set_grad_enabled(False)
        try:
            return self._minimize(closure)
        finally:
            _C._set_grad_enabled(before)

    def _minimize(self, closure):
        group = self.param_groups[0]
        lr, search = number(group["lr"]), group["line_search_fn"]
        sign = -1 if group["maximize"] else 1
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)

        def evaluate():
            _C._set_grad_enabled(True)
            try:
                loss = closure()
            finally:
                _C._set_grad_enabled(False)
            return loss

        first = evaluate()
        loss, evals = sign * float(first), 1
        state["func_evals"] += 1
        grad = self._flat_grad(sign)
        if _largest(grad) <= group["tolerance_grad"]:
            return first
        memory = _Memory(state, group["history_size"])
        d, t, last = state.get("d"), state.get("t"), state.get("prev_flat_grad")
        last_loss = state.get("prev_loss")

        for i in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                memory.clear()
                d = -grad
                t = min(1.0, 1.0 / grad.abs().sum().item()) * lr
            else:
                memory.learn(grad - last, d * t)
                d = memory.direction(grad)
                t = lr
            last, last_loss = grad.clone(), loss
            slope = grad.dot(d)
            if slope.item() > -group["tolerance_change"]:
                break
            if search is None:
                self._move(t, d)
                more = 0
                if i != group["max_iter"]:
                    loss, more = sign * float(evaluate()), 1
                    grad = self._flat_grad(sign)
            elif search != "strong_wolfe":
                raise RuntimeError("only 'strong_wolfe' is supported")
            else:
                start = [p.clone() for p in self._params]

                def at(t, start=start, d=d):
                    self._move(t, d)
                    value = sign * float(evaluate())
                    g = self._flat_grad(sign)
                    for p, old in zip(self._params, start):
                        p.copy_(old)
                    return t, value, g, g.dot(d).item()

                most = min(25, group["max_eval"] - evals)
                t, loss, grad, more = _strong_wolfe(at, t, _largest(d), (0, loss, grad, slope.item()), most)
                self._move(t, d)
            evals += more
            state["func_evals"] += more
            if (
                evals >= group["max_eval"]
                or _largest(grad) <= group["tolerance_grad"]
                or _largest(d * t) <= group["tolerance_change"]
                or abs(loss - last_loss) < group["tolerance_change"]
            ):
                break

        state["d"], state["t"] = d, t
        memory.save(state)
        state["prev_flat_grad"], state["prev_loss"] = last, last_loss
        return first

    def _flat_grad(self, sign):
        """All gradients end to end; complex ones as pairs of numbers."""
        parts = []
        for p in self._params:
            g = p.new_zeros(p.numel()) if p.grad is None else p.grad.reshape(-1)
            parts.append(_C.view_as_real(g).reshape(-1) if g.is_complex() else g)
        flat = _C.cat(parts, 0)
        return -flat if sign < 0 else flat

    def _move(self, t, d):
        """Adds `t * d` to the parameters."""
        at = 0
        for p in self._params:
            q = _C.view_as_real(p) if p.is_complex() else p
            n = q.numel()
            q.add_(d[at : at + n].view_as(q), alpha=t)
            at += n


def _largest(x: Tensor) -> float:
    return x.abs().max().item()


class _Memory:
    """The last changes of gradient (`y`) and of place (`s`), and the inverse Hessian that they tell of."""

    def __init__(self, state, size):
        self.size = size
        self.y, self.s = state.get("old_dirs", []), state.get("old_stps", [])
        self.ro, self.scale = state.get("ro", []), state.get("H_diag", 1)
        self.al = state.get("al")

    def clear(self):
        self.y, self.s, self.ro, self.scale = [], [], [], 1

    def learn(self, y, s):
        ys = y.dot(s)
        if ys.item() <= 1e-10:
            return
        if len(self.y) == self.size:
            for kept in (self.y, self.s, self.ro):
                kept.pop(0)
        self.y.append(y)
        self.s.append(s)
        self.ro.append(1.0 / ys)
        self.scale = ys / y.dot(y)

    def direction(self, grad):
        """Minus the inverse Hessian times the gradient: the recursion in two loops."""
        if self.al is None:
            self.al = [None] * self.size
        d = -grad
        for i in reversed(range(len(self.y))):
            self.al[i] = self.s[i].dot(d) * self.ro[i]
            d.sub_(self.al[i] * self.y[i])
        d = d * self.scale
        for i in range(len(self.y)):
            be = self.y[i].dot(d) * self.ro[i]
            d.add_((self.al[i] - be) * self.s[i])
        return d

    def save(self, state):
        if self.al is not None:
            state["al"] = self.al
        state["old_dirs"], state["old_stps"], state["ro"], state["H_diag"] = self.y, self.s, self.ro, self.scale


def _between(a, b, bounds=None):
    """The minimum of the cubic through two points (t, value, gradient, slope), within bounds."""
    (x1, f1, _, g1), (x2, f2, _, g2) = a, b
    low, high = bounds if bounds is not None else (min(x1, x2), max(x1, x2))
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1 * d1 - g1 * g2
    if not square >= 0:
        return (low + high) / 2.0
    d2 = square**0.5
    if x1 <= x2:
        x = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        x = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(x, low), high)


def _strong_wolfe(at, t, reach, start, most, c1=1e-4, c2=0.9, tolerance=1e-9):
    """A step size that fulfils the strong Wolfe conditions: its value and gradient, and how often `at` was called
    (`most` times after the first).

    Points are (t, value, gradient, slope). A bracket is found first, then it is made smaller.
    """
    _, f, _, slope = start

    def too_high(point):
        return point[1] > f + c1 * point[0] * slope

    def flat(point):
        return abs(point[3]) <= -c2 * slope

    last, point, calls = start, at(t), 1
    ends, done = None, False
    for i in range(most):
        if too_high(point) or (i > 1 and point[1] >= last[1]):
            ends = [last, point]
        elif flat(point):
            ends, done = [point], True
        elif point[3] >= 0:
            ends = [last, point]
        if ends is not None:
            break
        t = point[0]
        t = _between(last, point, (t + 0.01 * (t - last[0]), t * 10))
        last, point = point, at(t)
        calls += 1
    else:
        i = most
        ends = [start, point]

    low = 0 if ends[0][1] <= ends[-1][1] else 1
    stuck = False
    while not done and i < most:
        a, b = min(e[0] for e in ends), max(e[0] for e in ends)
        if (b - a) * reach < tolerance:
            break
        t = _between(ends[0], ends[1])
        # Close to an end twice, or outside: move away from it.
        margin = 0.1 * (b - a)
        if min(b - t, t - a) < margin:
            if stuck or t >= b or t <= a:
                t = b - margin if abs(t - b) < abs(t - a) else a + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        point = at(t)
        calls += 1
        i += 1
        if too_high(point) or point[1] >= ends[low][1]:
            ends[1 - low] = point
            low = 0 if ends[0][1] <= ends[1][1] else 1
        else:
            if flat(point):
                done = True
            elif point[3] * (ends[1 - low][0] - ends[low][0]) >= 0:
                ends[1 - low] = ends[low]
            ends[low] = point
    t, value, grad, _ = ends[low if len(ends) > 1 else 0]
    return t, value, grad, calls
