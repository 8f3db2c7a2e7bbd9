"""`torch.types`: names for annotations."""

import os
from collections.abc import Sequence
from typing import IO, Any, Union

from wengert._C import Tensor, device, dtype, layout
from wengert._size import Size

__all__ = ["Device", "FileLike", "Number", "Tensor"]

_bool, _bytes, _complex, _float, _int, _str = bool, bytes, complex, float, int, str
_device, _dtype, _layout = device, dtype, layout
_size = Union[Size, "list[int]", "tuple[int, ...]"]
_TensorOrTensors = Union[Tensor, Sequence[Tensor]]
_TensorOrOptionalTensors = Union[Tensor, Sequence[Union[Tensor, None]]]
Number = Union[int, float, bool]
_Number = (int, float, bool)
Device = Union[device, str, int, None]
FileLike = Union[str, "os.PathLike[str]", IO[bytes]]
IntLikeType = int
FloatLikeType = float
BoolLikeType = bool


def __getattr__(name):
    if name == "Storage":
        from wengert.storage import UntypedStorage

        return UntypedStorage
    if name == "Any":
        return Any
    raise AttributeError(f"module 'torch.types' has no attribute '{name}'")
