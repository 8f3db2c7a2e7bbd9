"""`torch.fft`: discrete Fourier transforms."""

from wengert import _C, _names

__all__ = [_name for _name in dir(getattr(_C, "_fft", None)) if not _name.startswith("_")]
globals().update({_name: getattr(_C._fft, _name) for _name in __all__})
__getattr__ = _names.module_getattr("torch.fft", __all__)
