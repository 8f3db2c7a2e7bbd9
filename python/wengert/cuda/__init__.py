"""`torch.cuda` without CUDA: questions have answers, work on a GPU fails as in PyTorch's builds for the CPU."""

from wengert import _foreign, _legacy

__all__ = ["device_count", "is_available", "is_initialized"]

has_half = has_magma = False
default_generators = ()


def _lazy_init(*args, **kwargs):
    """Fails: this is where PyTorch would wake the driver."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def is_available():
    """False."""
    return False


def is_bf16_supported(including_emulation=True):
    """False."""
    return False


is_tf32_supported = is_available
is_initialized = is_available


def device_count():
    """0."""
    return 0


def get_arch_list():
    """No architecture: an empty list."""
    return []


def manual_seed(seed):
    """Seeds nothing, as PyTorch does where there is no GPU."""
    int(seed)


manual_seed_all = manual_seed


def seed():
    """Seeds nothing."""


seed_all = empty_cache = ipc_collect = seed


def _zero(device=None):
    """0: no memory of a GPU is in use."""
    return 0


memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = _zero
memory_cached = max_memory_cached = _zero


def memory_stats(device=None):
    """No statistics: an empty dictionary."""
    return {}


class device:
    """A context in which GPU number `device` would be current; None or a negative number change nothing."""

    def __init__(self, device):
        self.idx = _index(device)

    def __enter__(self):
        if self.idx >= 0:
            _lazy_init()

    def __exit__(self, *details):
        return False


class device_of(device):
    """A context on the GPU of a tensor; nothing changes for one on the CPU."""

    def __init__(self, obj):
        super().__init__(-1)


def _index(device):
    if device is None:
        return -1
    if isinstance(device, int):
        return device
    from wengert._C import device as device_type

    found = device_type(device)
    return -1 if found.type == "cpu" else (found.index or 0)


def set_device(device):
    """Fails, but for a negative number, which changes nothing."""
    if _index(device) >= 0:
        _lazy_init()


class _NeedsCuda:
    """Fails when it is made."""

    def __init__(self, *args, **kwargs):
        _lazy_init()


class Stream(_NeedsCuda):
    """A stream of a GPU; cannot be made."""


class Event(_NeedsCuda):
    """An event on a GPU; cannot be made."""


class CUDAGraph(_NeedsCuda):
    """A recorded graph of a GPU; cannot be made."""


class OutOfMemoryError(RuntimeError):
    """Never raised here; programs catch it."""


class _NoStream:
    """The context of no stream."""

    def __enter__(self):
        return None

    def __exit__(self, *details):
        return False


def stream(stream):
    """The context of `stream`; None changes nothing."""
    if stream is not None:
        _lazy_init()
    return _NoStream()


for _name in [
    "can_device_access_peer",
    "current_blas_handle",
    "current_device",
    "current_stream",
    "default_stream",
    "get_device_capability",
    "get_device_name",
    "get_device_properties",
    "get_rng_state",
    "get_rng_state_all",
    "init",
    "initial_seed",
    "list_gpu_processes",
    "mem_get_info",
    "memory_snapshot",
    "memory_summary",
    "memory_usage",
    "power_draw",
    "reset_accumulated_memory_stats",
    "reset_max_memory_allocated",
    "reset_max_memory_cached",
    "reset_peak_memory_stats",
    "set_per_process_memory_fraction",
    "set_rng_state",
    "set_rng_state_all",
    "set_stream",
    "set_sync_debug_mode",
    "synchronize",
    "temperature",
    "utilization",
]:
    globals()[_name] = _lazy_init

globals().update(_legacy.make("torch.cuda", True))


def __getattr__(name):
    if name in ("amp", "nccl", "nvtx", "profiler", "tunable"):
        from importlib import import_module

        return import_module("wengert.cuda." + name)
    if name.startswith("__"):
        raise AttributeError(f"module 'torch.cuda' has no attribute '{name}'")
    return _foreign.Missing(f"torch.cuda.{name}", "it computes on the CPU")
