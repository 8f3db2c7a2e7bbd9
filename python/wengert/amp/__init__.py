"""`torch.amp`: mixed precision is for GPUs. For "cuda" it is switched off with PyTorch's warning, for the CPU it is
missing; the loss scaler passes everything through.
"""

import functools

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


def is_autocast_available(device_type):
    """False: operations compute in the dtype of their inputs."""
    return False


def is_autocast_enabled(device_type=None):
    """False: a block of autocast changes nothing."""
    return False


is_autocast_cpu_enabled = is_autocast_enabled


def _warn(text):
    import warnings

    warnings.warn(text, UserWarning, stacklevel=3)


class autocast:
    """A context manager or decorator that PyTorch lets choose dtypes for operations; here they stay as they are.

    `enabled` for "cuda" is taken back with a warning, as in PyTorch without a GPU. For the CPU NotImplementedError.
    """

    def __init__(self, device_type, dtype=None, enabled=True, cache_enabled=None):
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        self.device = device_type
        self.fast_dtype = dtype
        if enabled and device_type != "cpu":
            _warn(
                f"User provided device_type of '{device_type}', but {device_type.upper()} is not available. Disabling"
            )
        elif enabled:
            raise NotImplementedError(
                "wengert does not have torch.autocast('cpu') yet: operations compute in the dtype of their inputs; "
                "use enabled=False, or convert with x.to(torch.bfloat16)"
            )
        self._enabled = False

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return False

    def __call__(self, func):
        @functools.wraps(func)
        def inside(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

        return inside


class GradScaler:
    """A scaler of losses that is off, as PyTorch's is without a GPU: `scale` gives what it gets, `step` steps."""

    def __init__(
        self,
        device="cuda",
        init_scale=65536.0,
        growth_factor=2.0,
        backoff_factor=0.5,
        growth_interval=2000,
        enabled=True,
    ):
        self._device = device
        if enabled and device == "cpu":
            raise NotImplementedError(
                "wengert does not have torch.amp.GradScaler('cpu') yet: without autocast to half precision losses need "
                "no scaling; use enabled=False"
            )
        if enabled:
            _warn(f"torch.{device}.amp.GradScaler is enabled, but {device.upper()} is not available.  Disabling.")

    def is_enabled(self):
        """False."""
        return False

    def scale(self, outputs):
        """The outputs."""
        return outputs

    def unscale_(self, optimizer):
        """Leaves the gradients as they are."""

    def step(self, optimizer, *args, **kwargs):
        """`optimizer.step(*args, **kwargs)`."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale=None):
        """Changes nothing."""

    def get_scale(self):
        """1.0."""
        return 1.0

    def state_dict(self):
        """Empty."""
        return {}

    def load_state_dict(self, state_dict):
        """Takes anything: there is no state."""


def _decorator(fwd=None, **kwargs):
    return fwd if fwd is not None else lambda fwd: fwd


def custom_fwd(fwd=None, *, device_type="cuda", cast_inputs=None):
    """Marks the forward of a Function for autocast, which is off: the function itself."""
    return _decorator(fwd)


def custom_bwd(bwd=None, *, device_type="cuda"):
    """Marks the backward of a Function for autocast, which is off: the function itself."""
    return _decorator(bwd)
