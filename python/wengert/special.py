"""`torch.special`: special functions of mathematics."""

from wengert import _C, _names

__all__ = [_name for _name in dir(getattr(_C, "_special", None)) if not _name.startswith("_")]
globals().update({_name: getattr(_C._special, _name) for _name in __all__})
__getattr__ = _names.module_getattr("torch.special", __all__)
