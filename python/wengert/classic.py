"""Programs of PyTorch 0.1 to 0.4, under `python -m wengert --classic` or `wengert.install(classic=True)`.

What today's PyTorch still takes works as there. This module adds what it has dropped, by patches that are put in only
then: `.creator`, `loss.data[0]`, `volatile`, `retain_variables`, gradients that only fit after broadcasting, functions
with non-static `forward`, arithmetic with masks, integer division by `/`, the iterator's `.next()`. Each kind of old
form gives one note on stderr, with the line and the form of today; in Chinese where the locale is.
"""

import functools
import os
import sys

from wengert import _C
from wengert._C import Tensor

#: What is said of each old form: what it is, and how it is written today, in English and Chinese.
_NOTES = {
    "creator": (".creator", "x.grad_fn"),
    "previous_functions": (".previous_functions", "x.grad_fn.next_functions"),
    "data[0]": ("an index of a 0-dim tensor (loss.data[0])", "loss.item()", "对零维张量取下标 (loss.data[0])"),
    "volatile": ("volatile=True", "with torch.no_grad(): ..."),
    "retain_variables": ("backward(retain_variables=True)", "backward(retain_graph=True)"),
    "gradient": (
        "a gradient whose shape is not the output's",
        "one of the same shape: grad_outputs=torch.ones_like(y)",
        "形状与输出不同的梯度",
        "形状相同的梯度: grad_outputs=torch.ones_like(y)",
    ),
    "Function": (
        "an autograd.Function with non-static methods, called as F()(x)",
        "@staticmethod forward(ctx, ...) and backward(ctx, ...), called as F.apply(x)",
        "方法不是静态的 autograd.Function (F()(x))",
        "@staticmethod forward(ctx, ...) 与 backward(ctx, ...), 用 F.apply(x) 调用",
    ),
    "mask": ("1 - mask", "~mask"),
    "division": ("/ of integer tensors, which rounds", "x.div(y, rounding_mode='trunc')", "整数张量的 / (取整除法)"),
    "next": ("loader_iterator.next()", "next(loader_iterator)"),
    "load": (
        "torch.load of a whole pickled object (only from sources you trust)",
        "torch.load(f, weights_only=False)",
        "用 torch.load 读取整个对象 (只应读取可信来源的文件)",
    ),
    "multinomial": ("multinomial() without a number", "multinomial(1)", "不给出个数的 multinomial()"),
}

_told = set()
_undo = []


def _chinese():
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return value.lower().startswith("zh")
    return False


def _note(key):
    """Says once how this old form is written today, with the program's line."""
    if key in _told:
        return
    _told.add(key)
    old, new, *chinese = _NOTES[key]
    here, frame = os.path.dirname(os.path.abspath(__file__)) + os.sep, sys._getframe(1)
    while frame is not None and os.path.abspath(frame.f_code.co_filename).startswith(here):
        frame = frame.f_back
    place = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else "?"
    if _chinese():
        old = chinese[0] if chinese else old
        new = chinese[1] if len(chinese) > 1 else new
        text = f"{place}: wengert --classic: {old} 是 PyTorch 0.1 至 0.4 的写法, 现在写作 {new}"
    else:
        text = f"{place}: wengert --classic: {old} is a form of PyTorch 0.1 to 0.4; today: {new}"
    print(text, file=sys.stderr)


def _patch(owner, name, value):
    _undo.append((owner, name, owner.__dict__.get(name, _undo)))
    setattr(owner, name, value)


def activate():
    """Puts the patches in; twice is once."""
    if _undo:
        return
    from wengert import autograd  # its methods are on tensors then

    _patch_tensor()
    _patch_autograd(autograd)
    _patch_libraries()


def deactivate():
    """Takes the patches out again."""
    while _undo:
        owner, name, before = _undo.pop()
        if before is _undo:
            delattr(owner, name)
        else:
            setattr(owner, name, before)
    _told.clear()


# Tensors


def _patch_tensor():
    _patch(Tensor, "creator", property(_creator, doc="The `grad_fn` of old."))
    _patch(Tensor, "volatile", property(_volatile, _set_volatile, doc="Was it made with `volatile=True`?"))
    _patch(Tensor, "__getitem__", _getitem(Tensor.__getitem__))
    _patch(Tensor, "backward", _backward(Tensor.backward))
    for name in ("__sub__", "__rsub__"):
        _patch(Tensor, name, _with_masks(getattr(Tensor, name)))
    _patch(Tensor, "__truediv__", _division(Tensor.__truediv__, lambda x, y: (x, y)))
    _patch(Tensor, "__rtruediv__", _division(Tensor.__rtruediv__, lambda x, y: (y, x)))
    if hasattr(Tensor, "multinomial"):
        _patch(Tensor, "multinomial", _multinomial(Tensor.multinomial))


def _creator(self):
    _note("creator")
    return self.grad_fn


def _volatile(self):
    return getattr(self, "_volatile", False)


def _set_volatile(self, value):
    if value:
        _note("volatile")
    self._volatile = bool(value)


def _getitem(original):
    @functools.wraps(original)
    def __getitem__(self, index):
        if self.dim() == 0 and isinstance(index, int) and index in (0, -1) and not isinstance(index, bool):
            _note("data[0]")
            return self.reshape(1)[0] if self.requires_grad else self.item()
        return original(self, index)

    return __getitem__


def _with_masks(original):
    @functools.wraps(original)
    def subtract(self, other):
        if self.dtype is _C.bool or (isinstance(other, Tensor) and other.dtype is _C.bool):
            _note("mask")
            self = self.to(_C.uint8) if self.dtype is _C.bool else self
            other = other.to(_C.uint8) if isinstance(other, Tensor) and other.dtype is _C.bool else other
        return original(self, other)

    return subtract


def _is_integer(value):
    if isinstance(value, Tensor):
        return not (value.dtype.is_floating_point or value.dtype.is_complex or value.dtype is _C.bool)
    return isinstance(value, int) and not isinstance(value, bool)


def _division(original, order):
    @functools.wraps(original)
    def divide(self, other):
        if _is_integer(self) and _is_integer(other):
            _note("division")
            above, below = order(self, other)
            above = above if isinstance(above, Tensor) else _C.tensor(above)
            return _C.div(above, below, rounding_mode="trunc")
        return original(self, other)

    return divide


def _multinomial(original):
    @functools.wraps(original)
    def multinomial(self, num_samples=None, *args, **kwargs):
        if num_samples is None:
            _note("multinomial")
            num_samples = 1
        return original(self, num_samples, *args, **kwargs)

    return multinomial


# autograd


def _fitted(gradient, output):
    """The gradient in the output's shape, if it has as many elements or broadcasts to it."""
    if not isinstance(gradient, Tensor) or not isinstance(output, Tensor) or gradient.shape == output.shape:
        return gradient
    if gradient.numel() == output.numel():
        _note("gradient")
        return gradient.reshape(output.shape)
    try:
        fitted = gradient.expand(output.shape)
    except RuntimeError:
        return gradient  # the engine says what is wrong with it
    _note("gradient")
    return fitted


def _all_fitted(gradients, outputs):
    if gradients is None:
        return None
    if isinstance(gradients, Tensor):
        return _fitted(gradients, outputs if isinstance(outputs, Tensor) else (*outputs, None)[0])
    outputs = (outputs,) if isinstance(outputs, Tensor) else outputs
    return tuple(_fitted(g, y) for g, y in zip(gradients, outputs)) + tuple(gradients[len(outputs) :])


def _retained(kwargs):
    if "retain_variables" in kwargs:
        _note("retain_variables")
        kwargs["retain_graph"] = kwargs.pop("retain_variables")
    return kwargs


def _backward(original):
    @functools.wraps(original)
    def backward(self, gradient=None, *args, **kwargs):
        return original(self, _fitted(gradient, self), *args, **_retained(kwargs))

    return backward


def _patch_autograd(autograd):
    original_grad, original_backward, original_variable = autograd.grad, autograd.backward, autograd.Variable

    @functools.wraps(original_grad)
    def grad(outputs, inputs, grad_outputs=None, *args, **kwargs):
        return original_grad(outputs, inputs, _all_fitted(grad_outputs, outputs), *args, **_retained(kwargs))

    @functools.wraps(original_backward)
    def backward(tensors, grad_tensors=None, *args, **kwargs):
        return original_backward(tensors, _all_fitted(grad_tensors, tensors), *args, **_retained(kwargs))

    class VariableMeta(type):
        def __instancecheck__(cls, instance):
            return isinstance(instance, Tensor)

        def __call__(cls, data=None, requires_grad=False, volatile=False):
            made = original_variable(data, requires_grad and not volatile)
            if volatile:
                made.volatile = True
            return made

    class Variable(metaclass=VariableMeta):
        """A tensor; `volatile` keeps the modules that are called with it from recording."""

    Variable.__module__ = "torch.autograd"
    _patch(autograd, "grad", grad)
    _patch(autograd, "backward", backward)
    _patch(autograd, "Variable", Variable)
    module = sys.modules.get("wengert.autograd.variable")
    if module is not None:
        _patch(module, "Variable", Variable)
    _patch_function(autograd.Function)


def _patch_function(function):
    """An object of a function whose methods are not static can be called; it has then what is now the context's."""
    for name in ("save_for_backward", "mark_dirty", "mark_non_differentiable"):
        _patch(function, name, _of_context(name))
    for name in ("saved_tensors", "saved_variables", "needs_input_grad"):
        _patch(function, name, property(lambda self, name=name: getattr(self._ctx, name)))
    _patch(function, "__init__", lambda self, *args, **kwargs: None)
    _patch(function, "__call__", _call_function(function))


def _of_context(name):
    return lambda self, *args: getattr(self._ctx, name)(*args)


def _call_function(function):
    def __call__(self, *inputs):
        _note("Function")
        old = type(self)

        def forward(ctx, *inputs):
            self._ctx = ctx
            return old.forward(self, *inputs)

        def backward(ctx, *gradients):
            self._ctx = ctx
            return old.backward(self, *gradients)

        steps = {"forward": staticmethod(forward), "backward": staticmethod(backward)}
        return type(old.__name__, (function,), steps).apply(*inputs)

    return __call__


# nn, optim, data, load: patched when the program has them


def _patch_libraries():
    from pickle import UnpicklingError

    import wengert
    from wengert import nn, optim
    from wengert.utils import data

    _patch(nn.Module, "__call__", _without_recording(nn.Module.__call__))
    for owner in (nn.Module, optim.Optimizer):
        _patch(owner, "zero_grad", _zeros(owner.zero_grad))
    _patch(data.DataLoader, "__iter__", _with_next(data.DataLoader.__iter__))

    def load(*args, **kwargs):
        """`torch.load`, of whole objects too."""
        from wengert.serialization import load

        if kwargs.get("weights_only") is None:
            try:
                return load(*args, **kwargs)
            except UnpicklingError:
                _note("load")
                kwargs["weights_only"] = False
                if args and hasattr(args[0], "seek"):
                    args[0].seek(0)
        return load(*args, **kwargs)

    _patch(wengert, "load", load)


def _without_recording(original):
    """A call of a module with a volatile argument records nothing, and its result is volatile."""

    @functools.wraps(original)
    def __call__(self, *args, **kwargs):
        if not any(isinstance(x, Tensor) and getattr(x, "_volatile", False) for x in args):
            return original(self, *args, **kwargs)
        from wengert.autograd import no_grad

        with no_grad():
            result = original(self, *args, **kwargs)
        for x in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(x, Tensor):
                x._volatile = True
        return result

    return __call__


def _zeros(original):
    """`zero_grad` sets zeros, as it did: programs then read `p.grad.data`."""

    @functools.wraps(original)
    def zero_grad(self, set_to_none=False):
        return original(self, set_to_none=set_to_none)

    return zero_grad


def _with_next(original):
    @functools.wraps(original)
    def __iter__(self):
        iterator = original(self)
        return iterator if hasattr(iterator, "next") else _Iterator(iterator)

    return __iter__


class _Iterator:
    """An iterator with Python 2's `next` method."""

    def __init__(self, iterator):
        self._iterator = iterator

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._iterator)

    def __len__(self):
        return len(self._iterator)

    def __getattr__(self, name):
        return getattr(self._iterator, name)

    def next(self):
        """The next batch."""
        _note("next")
        return next(self._iterator)
