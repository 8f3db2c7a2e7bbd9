"""Looking for NaN: PyTorch's anomaly mode, and a trap for the first number that is not finite."""

from wengert import _C
from wengert.autograd.grad_mode import _check_flag, _Mode

__all__ = ["detect_anomaly", "set_detect_anomaly", "trap_non_finite"]

_NOTHING, _NAN, _NON_FINITE = 0, 1, 2


class detect_anomaly(_Mode):
    """A backward within the `with` that meets a NaN fails, and names the call whose gradient it is."""

    def __init__(self, check_nan=True):
        import warnings

        self.check_nan = check_nan
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self):
        self.prev = _C._set_anomaly(_NAN if self.check_nan else _NOTHING)

    def __exit__(self, *args):
        _C._set_anomaly(self.prev)

    def clone(self):
        """Another one with the same options."""
        other = object.__new__(detect_anomaly)
        other.check_nan = self.check_nan
        return other


class set_detect_anomaly(_Mode):
    """Switches anomaly mode on or off, from the call on; until the `with` ends, if it stands in one."""

    def __init__(self, mode, check_nan=True):
        _check_flag("set_anomaly_enabled", mode)
        self.mode, self.check_nan = mode, check_nan
        self.prev = _C._set_anomaly(_NAN if mode and check_nan else _NOTHING)

    def __enter__(self):
        pass

    def __exit__(self, *args):
        _C._set_anomaly(self.prev)

    def clone(self):
        """Another one with the same options."""
        return self.__class__(self.mode, self.check_nan)


class trap_non_finite(_Mode):
    """The first operation (or node of a backward) within the `with` that makes a NaN or an infinity of finite numbers
    fails, with the numbers. Nothing is deferred meanwhile."""

    def __enter__(self):
        self.prev = _C._set_anomaly(_NON_FINITE)

    def __exit__(self, *args):
        _C._set_anomaly(self.prev)


def is_anomaly_enabled():
    """Is anomaly mode on, on this thread?"""
    return _C._anomaly() == _NAN


def is_anomaly_check_nan_enabled():
    """Does anomaly mode look for NaN? It does nothing else here."""
    return _C._anomaly() == _NAN


def set_anomaly_enabled(enabled, check_nan=True):
    """Switches anomaly mode on or off, for this thread."""
    _C._set_anomaly(_NAN if enabled and check_nan else _NOTHING)
