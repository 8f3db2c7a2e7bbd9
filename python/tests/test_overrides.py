"""Classes and modes that take calls over, where PyTorch differs or has nothing to compare with."""

import copy

import pytest
import wengert as torch
from wengert.overrides import TorchFunctionMode


class Plain(torch.Tensor):
    pass


def test_torch_dispatch_is_refused():
    with pytest.raises(NotImplementedError, match="does not call __torch_dispatch__"):

        class Dispatching(torch.Tensor):
            @classmethod
            def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
                return func(*args, **(kwargs or {}))


def test_deep_copies_keep_the_class():
    """PyTorch wants a `new_empty` of one's own."""
    a = torch.ones(2).as_subclass(Plain)
    a.tag = [1]
    b = copy.deepcopy(a)
    assert type(b) is Plain
    assert b.tag == [1]
    assert b.tag is not a.tag
    assert b.data_ptr() != a.data_ptr()


def test_every_method_and_attribute_is_seen_by_modes():
    """None of what stands on the class passes them by, but for what PyTorch's does not ask either."""
    seen = []

    class Log(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            seen.append(func)
            return NotImplemented

    x = torch.ones(2, 2)
    missed = []
    needs_arguments = ("register_hook", "register_post_accumulate_grad_hook", "reinforce", "split")
    for name in dir(torch.Tensor):
        if name.startswith("_") or name in ("as_subclass", *needs_arguments):
            continue
        seen.clear()
        with Log():
            try:
                member = getattr(x, name)
                if callable(member):
                    member()
            except (TypeError, RuntimeError, NotImplementedError):
                pass
        if not seen:
            missed.append(name)
    assert missed == []


def test_a_mode_is_left_when_an_error_passes():
    class Nothing(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            return func(*args, **(kwargs or {}))

    with pytest.raises(TypeError), Nothing():
        torch.ones(2) + "s"
    assert torch._C._len_torch_function_stack() == 0
    with pytest.raises(IndexError):
        torch._C._pop_torch_function_stack()
