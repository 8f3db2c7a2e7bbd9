"""`torch.cpu`: the CPU asked as if it were an accelerator."""

import contextlib

__all__ = ["current_device", "device_count", "is_available", "is_initialized", "set_device", "stream", "synchronize"]


def is_available():
    """True."""
    return True


is_initialized = is_available


def device_count():
    """1."""
    return 1


def current_device():
    """ "cpu"."""
    return "cpu"


def set_device(device):
    """There is one CPU; nothing changes."""


def synchronize(device=None):
    """Work on the CPU is done when a call returns, or when its numbers are asked for."""


def stream(stream=None):
    """A context that changes nothing."""
    return contextlib.nullcontext()


def current_stream(device=None):
    """None: there are no streams."""
    return None
