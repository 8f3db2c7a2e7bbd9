"""`torch.testing`: comparison of tensors for tests, and tensors to test with."""

from wengert import _names

__all__ = ["assert_allclose", "assert_close", "make_tensor"]


def __getattr__(name):
    if name in ("assert_close", "assert_allclose"):
        from wengert.testing import _close as home
    elif name == "make_tensor":
        from wengert.testing import _make as home
    else:
        raise _names.unknown("torch.testing", name, () if name.startswith("__") else __all__)
    globals()[name] = value = getattr(home, name)
    return value
