"""`torch.random`: the generator that every sampler without one of its own draws from."""

import contextlib

from wengert import _generator  # noqa: F401
from wengert._C import default_generator

__all__ = ["fork_rng", "get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state", "thread_safe_generator"]


def manual_seed(seed):
    """Seeds the default generator; the numbers that follow are PyTorch's. Gives the generator.

    Negative seeds count from the top: -1 is 2**64 - 1.
    """
    seed = int(seed)
    if not -(2**63) <= seed < 2**64:
        raise ValueError("Overflow when unpacking long long")
    return default_generator.manual_seed(seed)


def seed():
    """Seeds the default generator with a number that the system gives, and tells it."""
    return default_generator.seed()


def initial_seed():
    """The seed that the default generator has been given."""
    return default_generator.initial_seed()


def get_rng_state():
    """The state of the default generator, a tensor of bytes as PyTorch writes it."""
    return default_generator.get_state()


def set_rng_state(new_state):
    """Sets the state that `get_rng_state` gave."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices=None, enabled=True, _caller="fork_rng", _devices_kw="devices", device_type=None):
    """What the block draws from the default generator leaves its state outside as it was."""
    if not enabled:
        yield
        return
    state = default_generator.get_state()
    try:
        yield
    finally:
        default_generator.set_state(state)


def thread_safe_generator():
    """None: a worker of a DataLoader that is a thread has no generator of its own."""
    return None
