"""`torch.compiler`: there is no compiler; functions are given back as they are."""

from wengert._settings import compile

__all__ = ["allow_in_graph", "compile", "disable", "is_compiling", "is_dynamo_compiling", "is_exporting", "reset"]


def is_compiling():
    """False."""
    return False


is_dynamo_compiling = is_exporting = is_compiling


def disable(fn=None, recursive=True, *, reason=None):
    """The function itself; a decorator."""
    return fn if fn is not None else lambda fn: fn


def allow_in_graph(fn):
    """The function itself."""
    return fn


def reset():
    """Nothing has been compiled, so nothing is forgotten."""


def cudagraph_mark_step_begin():
    """There are no graphs of a GPU to step through."""


def set_stance(stance="default", **options):
    """Takes every stance; it is also a context manager."""
    import contextlib

    return contextlib.nullcontext()


def list_backends(exclude_tags=()):
    """No backend."""
    return []
