"""Names of PyTorch's profiler. Blocks that are only named run as they are; nothing is measured."""

from wengert.autograd.grad_mode import _Mode

__all__ = ["emit_itt", "emit_nvtx", "profile", "record_function"]


class record_function(_Mode):
    """A named block. There is no profiler that would show the name."""

    def __init__(self, name, args=None):
        self.name, self.args = name, args

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def clone(self):
        """Another one of the same name."""
        return self.__class__(self.name, self.args)


class _Missing:
    def __init__(self, *args, **kwargs):
        raise NotImplementedError(
            f"torch.autograd.profiler.{type(self).__name__} is not available: wengert has no profiler; cProfile and "
            "perf work, and wengert.ledger(loss) shows what a graph keeps alive"
        )


class profile(_Missing):
    """PyTorch's profiler; fails when it is made."""


class emit_nvtx(_Missing):
    """Marks for NVIDIA's tools; fails when it is made."""


class emit_itt(_Missing):
    """Marks for Intel's tools; fails when it is made."""
