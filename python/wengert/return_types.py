"""Tuples with names, for operations with several results: ``torch.return_types.max``."""

from operator import itemgetter

_classes = {}


class _Named(tuple):
    """A tuple whose items are attributes, too."""

    __slots__ = ()
    _fields = ()

    def __repr__(self):
        items = ",\n".join(f"{f}={v!r}" for f, v in zip(self._fields, self))
        return f"torch.return_types.{type(self).__name__}(\n{items})"

    def __reduce__(self):
        return _make, (type(self).__name__, self._fields, tuple(self))


def _make(name, fields, items):
    """A tuple of ``items`` of the class for an operation, which is made the first time."""
    cls = _classes.get((name, fields))
    if cls is None:
        body = {"__slots__": (), "_fields": fields, "__module__": "torch.return_types", "n_fields": len(fields)}
        body.update({f: property(itemgetter(i)) for i, f in enumerate(fields)})
        cls = _classes[name, fields] = type(name, (_Named,), body)
    return tuple.__new__(cls, items)


def __getattr__(name):
    for (known, _), cls in _classes.items():
        if known == name:
            return cls
    raise AttributeError(f"module 'torch.return_types' has no attribute '{name}'")
