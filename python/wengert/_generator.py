"""States of generators as tensors."""

from wengert import _C
from wengert._C import Generator, Tensor


def _get_state(self):
    """The state, a tensor of bytes as PyTorch writes it."""
    return _C.frombuffer(bytearray(self._state_bytes()), dtype=_C.uint8)


def _set_state(self, new_state):
    """Goes back to a state that `get_state` gave."""
    if not isinstance(new_state, Tensor):
        raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
    if new_state.dtype is not _C.uint8:
        raise TypeError("RNG state must be a torch.ByteTensor")
    self._set_state_bytes(bytes(new_state.tolist()))
    return self


if not hasattr(Generator, "get_state"):
    Generator.get_state = _get_state
    Generator.set_state = _set_state
