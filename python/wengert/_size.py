"""The class of shapes."""


def _of(sizes):
    """A `Size` of a tuple: how one comes out of a pickle."""
    return tuple.__new__(Size, sizes)


class Size(tuple):
    """The sizes of a tensor's dimensions: a tuple of integers that knows its product."""

    __slots__ = ()

    def __new__(cls, *sizes, **keywords):
        self = tuple.__new__(cls, *sizes, **keywords)
        for i, size in enumerate(self):
            if type(size) is not int:
                return tuple.__new__(cls, _integers(self, i))
        return self

    def numel(self):
        """The number of elements of a tensor of this size."""
        n = 1
        for size in self:
            n *= size
        return n

    def __repr__(self):
        return f"torch.Size([{', '.join(map(str, self))}])"

    def __getitem__(self, index):
        found = tuple.__getitem__(self, index)
        return _of(found) if type(found) is tuple else found

    def __add__(self, other):
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size(tuple.__add__(self, other))

    def __radd__(self, other):
        if not isinstance(other, tuple):
            raise TypeError(f"can only concatenate tuple (not {type(other).__name__}) to torch.Size")
        return Size(tuple.__add__(other, self))

    def __mul__(self, times):
        return _of(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self):
        return _of, (tuple(self),)


Size.__module__ = "torch"


def _integers(items, start):
    """The items as plain integers; those before `start` are."""
    items = list(items)
    for i in range(start, len(items)):
        size = items[i]
        if isinstance(size, int):
            items[i] = int(size)
            continue
        try:
            # Floats have no `__index__`, nor have tensors of floats one that works.
            items[i] = size.__index__()
        except (AttributeError, TypeError, ValueError, RuntimeError):
            kind = type(size).__name__
            raise TypeError(f"torch.Size() takes an iterable of 'int' (item {i} is '{kind}')") from None
    return items
