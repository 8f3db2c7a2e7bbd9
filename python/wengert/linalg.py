"""`torch.linalg`: matrices: decompositions, norms, solutions, inverses."""

from wengert import _C, _names

__all__ = [_name for _name in dir(getattr(_C, "_linalg", None)) if not _name.startswith("_")]
LinAlgError = _C._LinAlgError
__all__ += ["LinAlgError"]
globals().update({_name: getattr(_C._linalg, _name) for _name in __all__[:-1]})
__getattr__ = _names.module_getattr("torch.linalg", __all__)
