"""Operations of the user's own, with gradients of their own."""

from wengert import _C

__all__ = ["BackwardCFunction", "Function", "FunctionCtx", "FunctionMeta", "InplaceFunction", "NestedIOFunction"]
__all__ += ["VmapInfo", "once_differentiable"]


class FunctionCtx(_C._FunctionBase):
    """What a call keeps for its rules: tensors by `save_for_backward`, anything else as attributes."""


class VmapInfo(tuple):
    """What the staticmethod `vmap` is told: `batch_size`, and what random operations are to do (`randomness`)."""

    __slots__ = ()

    def __new__(cls, batch_size, randomness):
        return tuple.__new__(cls, (batch_size, randomness))

    @property
    def batch_size(self):
        """The number of examples."""
        return self[0]

    @property
    def randomness(self):
        """`error`, `different` or `same`."""
        return self[1]

    def __repr__(self):
        return f"VmapInfo(batch_size={self[0]}, randomness={self[1]!r})"


class BackwardCFunction(FunctionCtx):
    """The `ctx` of a call. Each `Function` has a class of its own for it, `_backward_cls`."""

    def apply(self, *grads):
        """Runs `backward` of the function."""
        cls = self._forward_cls
        if cls.vjp is not Function.vjp:
            if cls.backward is not Function.backward:
                raise RuntimeError(
                    "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only "
                    "implement one of them."
                )
            return cls.vjp(self, *grads)
        return cls.backward(self, *grads)

    def apply_jvp(self, *tangents):
        """Runs `jvp` of the function."""
        return self._forward_cls.jvp(self, *tangents)

    def _run_forward(self, cls, args):
        if cls.setup_context is Function.setup_context:
            return cls.forward(self, *args)
        output = cls.forward(*args)
        cls.setup_context(self, args, output)
        return output

    def _run_vmap(self, cls, size, randomness, in_dims, args):
        return cls.vmap(VmapInfo(size, randomness), in_dims, *args)


class FunctionMeta(type):
    """Makes the class of the function's `ctx`."""

    def __init__(cls, name, bases, attrs):
        made = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})
        made.__module__ = "torch.autograd.function"
        cls._backward_cls = made
        super().__init__(name, bases, attrs)


class Function(metaclass=FunctionMeta):
    """An operation with a gradient of its own. Derive from it, write `forward` and `backward` as static methods, and
    call it by `apply`.

    Either `forward(ctx, *args)` keeps what `backward` needs, or `forward(*args)` only computes and
    `setup_context(ctx, inputs, output)` keeps it. `ctx.save_for_backward` is for tensors that are arguments or results,
    attributes of `ctx` for everything else.
    """

    generate_vmap_rule = False

    def __init__(self, *args, **kwargs):
        import warnings

        warnings.warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all static, so you "
            "should invoke them on the class itself. Instantiating an autograd function will raise an error in a "
            "future version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

    def __call__(self, *args, **kwargs):
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: https://pytorch.org/docs/stable/autograd.html#torch."
            "autograd.Function)"
        )

    @staticmethod
    def forward(*args, **kwargs):
        """Computes the results; nothing is recorded meanwhile."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        """Keeps what the other rules need, if `forward` does not take `ctx`."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        """From the gradients of the results those of the arguments, one for each; None where there is none."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    # Another name of it.
    vjp = backward

    @staticmethod
    def jvp(ctx, *grad_inputs):
        """From the tangents of the arguments those of the results."""
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info, in_dims, *args):
        """The function for a batch: results, and where their batch dimensions are."""
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args):
        """Calls the function, and records the call."""
        return _C._apply_function(cls, *args)

    @classmethod
    def _has_vmap_rule(cls):
        """Has it a rule of its own for batches? If not, its rules must be fit to run on them."""
        own = cls.vmap is not Function.vmap
        if own and cls.generate_vmap_rule:
            raise RuntimeError(
                f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an overridden "
                "vmap staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod "
                "to avoid ambiguity. For more details, please see "
                "https://pytorch.org/docs/main/notes/extending.func.html"
            )
        if not own and cls.setup_context is Function.setup_context:
            raise RuntimeError(
                "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it "
                "must override the setup_context staticmethod. For more details, please see "
                "https://pytorch.org/docs/main/notes/extending.func.html"
            )
        if not own and not cls.generate_vmap_rule:
            raise RuntimeError(
                f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please override and "
                "implement the vmap staticmethod or set generate_vmap_rule=True. For more details, please see "
                "https://pytorch.org/docs/main/notes/extending.func.html"
            )
        return own


def once_differentiable(fn):
    """Marks a `backward` whose result must not be differentiated: it runs without recording, and a second derivative is
    an error."""
    from functools import wraps

    @wraps(fn)
    def once(ctx, *args):
        return fn(ctx, *args)

    once._once_differentiable = True
    return once


class InplaceFunction(Function):
    """The base of functions that can work in place, in old programs."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace


class NestedIOFunction(Function):
    """A name of old PyTorch, for functions with nested arguments. Only the name is here."""
