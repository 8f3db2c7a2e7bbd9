"""Storages: the memory behind tensors, as bytes (`UntypedStorage`) or as numbers of one dtype (`TypedStorage`).

Programs of today meet them as `tensor.untyped_storage()`; checkpoints are made of them.
"""

from wengert import _C
from wengert._C import UntypedStorage

_REMOVAL = (
    "TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class."
    " This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use"
    " tensor.untyped_storage() instead of tensor.storage()"
)
_warned = False


def _warn_typed_storage_removal(stacklevel=3):
    global _warned
    if not _warned:
        import warnings

        _warned = True
        warnings.warn(_REMOVAL, UserWarning, stacklevel=stacklevel + 1)


def _memory(storage):
    """A storage's bytes, to read and to write."""
    return memoryview(storage)


def _as_tensor(storage, dtype=_C.uint8):
    """The numbers of an untyped storage as a tensor that shares its memory."""
    n = storage.nbytes() // dtype.itemsize
    return _C._tensor_from_storage(storage, dtype, 0, (n,), (1,))


def _index(i, n):
    if not -n <= i < n:
        raise IndexError(f"index {i} out of range for storage of size {n}")
    return i + n if i < 0 else i


def _show(storage, kind):
    lines = "\n ".join(str(x) for x in storage.tolist())
    return f" {lines}\n[{kind} of size {len(storage)}]"


class _StorageBase:
    """What both kinds of storages answer to."""

    is_cuda = False
    is_hpu = False
    is_sparse = False
    is_sparse_csr = False

    def __len__(self):
        return self.size()

    def __iter__(self):
        return iter(self.tolist())

    def __sizeof__(self):
        return object.__sizeof__(self) + self.nbytes()

    def __copy__(self):
        return self.clone()

    def get_device(self):
        """-1: it lies in the memory of the processor."""
        return -1

    def cpu(self):
        """The storage itself."""
        return self

    def is_shared(self):
        """Whether other processes see it: no."""
        return False

    def is_pinned(self, device="cuda"):
        """Whether it is locked for transfers to a device: no."""
        return False

    def pin_memory(self, device="cuda"):
        """The storage itself: there is no device to pin it for."""
        return self

    def share_memory_(self):
        """The storage itself. Memory reaches child processes by forking or copying."""
        return self

    def resizable(self):
        """Whether its size can change: no."""
        return False

    def tolist(self):
        """Its numbers."""
        return self._tensor().tolist()

    def fill_(self, value):
        """Sets every number to `value`."""
        self._tensor().fill_(value)
        return self

    def copy_(self, source, non_blocking=None):
        """Overwrites it with another storage of as many numbers."""
        self._tensor().copy_(source._tensor())
        return self

    def _converted(self, dtype):
        return TypedStorage(
            wrap_storage=self._tensor().to(dtype, copy=True).untyped_storage(), dtype=dtype, _internal=True
        )


def _conversion(dtype):
    def convert(self):
        return self._converted(dtype)

    convert.__doc__ = f"A copy as numbers of {dtype}."
    return convert


for _name, _dtype in {
    "bfloat16": _C.bfloat16,
    "bool": _C.bool,
    "byte": _C.uint8,
    "char": _C.int8,
    "complex_double": _C.complex128,
    "complex_float": _C.complex64,
    "double": _C.float64,
    "float": _C.float32,
    "half": _C.float16,
    "int": _C.int32,
    "long": _C.int64,
    "short": _C.int16,
}.items():
    setattr(_StorageBase, _name, _conversion(_dtype))


class _Untyped:
    """Methods of UntypedStorage; the class itself, with size, address and the buffer protocol, is compiled."""

    _tensor = _as_tensor
    device = property(lambda self: _C.device("cpu"), doc="The processor.")

    def size(self):
        """Size in bytes."""
        return self.nbytes()

    def element_size(self):
        """1: its elements are bytes."""
        return 1

    def untyped(self):
        """The storage itself."""
        return self

    def type(self, dtype=None, non_blocking=False):
        """Its class's name, or a copy as numbers of a dtype."""
        return "torch.storage.UntypedStorage" if dtype is None else self._converted(_dtype_of(dtype))

    def __getitem__(self, i):
        if isinstance(i, slice):
            if i.step not in (None, 1):
                raise ValueError(f"Trying to slice with a step of {i.step}, but only a step of 1 is supported")
            return _C._storage_from_buffer(_memory(self)[i])
        return _memory(self)[_index(i, self.nbytes())]

    def __setitem__(self, i, value):
        memory = _memory(self)
        if isinstance(i, slice):
            part = memory[i]
            part[:] = bytes([value]) * len(part) if isinstance(value, int) else bytes(value)
        else:
            memory[_index(i, len(memory))] = value

    def __repr__(self):
        return _show(self, f"torch.storage.UntypedStorage(device={self.device})")

    def __str__(self):
        return repr(self)

    @staticmethod
    def from_file(filename, shared=False, nbytes=0):
        """The first `nbytes` bytes of a file, mapped into memory. If `shared`, writes go to the file."""
        import mmap

        with open(filename, "r+b" if shared else "rb") as f:
            if shared and f.seek(0, 2) < nbytes:
                f.truncate(nbytes)
            if nbytes == 0:
                return UntypedStorage(0)
            access = mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY
            return _C._storage_from_buffer(mmap.mmap(f.fileno(), nbytes, access=access))

    def clone(self):
        """A copy."""
        return UntypedStorage(_memory(self))

    def new(self):
        """An empty storage."""
        return UntypedStorage(0)

    def __deepcopy__(self, memo):
        """A copy; one memo copies the memory of all that share it once."""
        copies = memo.setdefault("wengert.storages", {})
        if self._cdata not in copies:
            # The original stays alive as long as its address stands for it.
            copies[self._cdata] = (self.clone(), self)
        return copies[self._cdata][0]

    def __reduce_ex__(self, protocol):
        return _untyped_from_buffer, (_picklable(self, protocol),)

    def _byteswapped(self, itemsize):
        """A copy with the bytes of every element reversed."""
        old, new = bytes(_memory(self)), bytearray(self.nbytes())
        for i in range(itemsize):
            new[i::itemsize] = old[itemsize - 1 - i :: itemsize]
        return UntypedStorage(new)


def _picklable(storage, protocol):
    if protocol >= 5:
        from pickle import PickleBuffer

        return PickleBuffer(_memory(storage))
    return bytes(_memory(storage))


def _untyped_from_buffer(buffer):
    return UntypedStorage(buffer)


def _typed_from_buffer(buffer, dtype):
    return TypedStorage(wrap_storage=UntypedStorage(buffer), dtype=dtype, _internal=True)


def _load_from_bytes(b):
    """A storage out of the bytes that PyTorch's own pickles hold."""
    import io

    from wengert.serialization import load

    return load(io.BytesIO(b), weights_only=False)


class TypedStorage(_StorageBase):
    """Memory as numbers of one dtype: `TypedStorage(n, dtype=...)`, `TypedStorage(numbers, dtype=...)`, or
    `TypedStorage(wrap_storage=untyped, dtype=...)`, which shares."""

    def __new__(cls, *args, wrap_storage=None, dtype=None, device=None, _internal=False):
        self = object.__new__(TypedStorage)
        if cls is not TypedStorage:
            if dtype is not None:
                raise RuntimeError(f"{cls.__name__}.__new__() got an unexpected keyword argument 'dtype'")
            dtype = cls.dtype
        if len(args) > 1:
            raise TypeError(f"{cls.__name__}() takes at most 1 positional argument ({len(args)} given)")
        self.dtype = _C.float32 if dtype is None else dtype
        if wrap_storage is not None:
            if args or not isinstance(wrap_storage, UntypedStorage):
                raise TypeError(f"Argument 'wrap_storage' must be UntypedStorage, but got {type(wrap_storage)}")
            self._untyped_storage = wrap_storage
        elif args and not hasattr(args[0], "__index__"):
            self._untyped_storage = _C.tensor(list(args[0]), dtype=self.dtype).untyped_storage()
        else:
            self._untyped_storage = UntypedStorage((int(args[0]) if args else 0) * self.dtype.itemsize)
        return self

    def __init__(self, *args, **kwargs):
        pass

    device = property(lambda self: self._untyped_storage.device, doc="The processor.")
    _cdata = property(lambda self: self._untyped_storage._cdata)

    def _tensor(self):
        return _as_tensor(self._untyped_storage, self.dtype)

    def untyped(self):
        """The same memory as bytes."""
        return self._untyped_storage

    def size(self):
        """How many numbers it has."""
        return self._untyped_storage.nbytes() // self.dtype.itemsize

    _size = size

    def nbytes(self):
        """Size in bytes."""
        return self._untyped_storage.nbytes()

    def element_size(self):
        """Bytes of a number."""
        return self.dtype.itemsize

    def data_ptr(self):
        """Address of the first number."""
        return self._untyped_storage.data_ptr()

    def pickle_storage_type(self):
        """Name of the class that stands for its dtype in checkpoints."""
        return _class_of(self.dtype).__name__

    def type(self, dtype=None, non_blocking=False):
        """Its legacy class's name, or a copy as numbers of a dtype."""
        return f"torch.{self.pickle_storage_type()}" if dtype is None else self._converted(_dtype_of(dtype))

    def clone(self):
        """A copy."""
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype, _internal=True)

    def new(self):
        """An empty storage of the same dtype."""
        return TypedStorage(0, dtype=self.dtype)

    def _at(self, i):
        if isinstance(i, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        if not hasattr(i, "__index__"):
            raise TypeError(f"can't index a {type(self)} with {type(i)}")
        return _index(i, self.size())

    def __getitem__(self, i):
        return self._tensor()[self._at(i)].item()

    def __setitem__(self, i, value):
        if isinstance(i, slice):
            self._tensor()[i] = value
        else:
            self._tensor()[self._at(i)] = value

    def __eq__(self, other):
        if not isinstance(other, TypedStorage):
            return NotImplemented
        return self._cdata == other._cdata and self.dtype == other.dtype

    def __hash__(self):
        return hash(self._cdata)

    def __repr__(self):
        return _show(self, f"torch.storage.TypedStorage(dtype={self.dtype}, device={self.device})")

    def __deepcopy__(self, memo):
        return TypedStorage(wrap_storage=self._untyped_storage.__deepcopy__(memo), dtype=self.dtype, _internal=True)

    def __reduce_ex__(self, protocol):
        return _typed_from_buffer, (_picklable(self._untyped_storage, protocol), self.dtype)


class _LegacyStorageMeta(type):
    def __instancecheck__(cls, instance):
        if cls is _LegacyStorage:
            return isinstance(instance, TypedStorage)
        return type(instance) is TypedStorage and instance.dtype == cls.dtype


class _LegacyStorage(TypedStorage, metaclass=_LegacyStorageMeta):
    """Base of `FloatStorage` and the like: calling one makes a TypedStorage of its dtype."""


_DTYPES = {
    "BFloat16Storage": _C.bfloat16,
    "BoolStorage": _C.bool,
    "ByteStorage": _C.uint8,
    "CharStorage": _C.int8,
    "ComplexDoubleStorage": _C.complex128,
    "ComplexFloatStorage": _C.complex64,
    "DoubleStorage": _C.float64,
    "FloatStorage": _C.float32,
    "HalfStorage": _C.float16,
    "IntStorage": _C.int32,
    "LongStorage": _C.int64,
    "ShortStorage": _C.int16,
}


def _legacy_class(name, dtype):
    doc = f"TypedStorage of {dtype}; checkpoints name it."
    return _LegacyStorageMeta(name, (_LegacyStorage,), {"dtype": dtype, "__doc__": doc, "__module__": "wengert"})


_CLASSES = {name: _legacy_class(name, dtype) for name, dtype in _DTYPES.items()}
globals().update(_CLASSES)
Storage = _CLASSES["FloatStorage"]


def _class_of(dtype):
    for name, d in _DTYPES.items():
        if d == dtype:
            return _CLASSES[name]
    raise KeyError(f"no storage class holds {dtype}")


def _dtype_of(dtype):
    """The dtype that a dtype, a storage class or such a class's name stands for."""
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", "")
    return _DTYPES.get(name.rpartition(".")[2], dtype)


for _base in (_StorageBase, _Untyped):
    for _name, _method in vars(_base).items():
        if _name not in ("__module__", "__doc__", "__dict__", "__weakref__"):
            setattr(UntypedStorage, _name, _method)
