"""`save` and `load`: checkpoints in PyTorch's format, which PyTorch reads and writes too.

A checkpoint is an archive (see `_archive.py`) with a pickle, `data.pkl`, and one record for each storage, `data/0` and
so on. In the pickle, classes and functions have PyTorch's names: those of `wengert` are written as `torch`, and read
the other way round.
"""

import io
import os
import pickle
import sys
import threading
from _compat_pickle import REVERSE_IMPORT_MAPPING, REVERSE_NAME_MAPPING
from contextlib import contextmanager

from wengert import _C, _archive
from wengert import _weights_only as _safe
from wengert._size import Size as _Size
from wengert.storage import TypedStorage, UntypedStorage, _class_of, _memory

__all__ = [
    "add_safe_globals",
    "clear_safe_globals",
    "default_restore_location",
    "get_crc32_options",
    "get_safe_globals",
    "get_unsafe_globals_in_checkpoint",
    "load",
    "location_tag",
    "register_package",
    "safe_globals",
    "save",
    "set_crc32_options",
]

_Layout = type(_C.strided)

DEFAULT_PROTOCOL = 2
MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001

_checksums = True

# Names --------------------------------------------------------------------------------------------------------------

# What stands elsewhere in PyTorch: (our module, name) to (its module, name).
_ELSEWHERE = {
    ("wengert._utils", "_rebuild_from_type_v2"): ("torch._tensor", "_rebuild_from_type_v2"),
}
_ELSEWHERE_BACK = {theirs: ours for ours, theirs in _ELSEWHERE.items()}


def name_in_torch(module, name):
    """Module and name that PyTorch has for one of ours."""
    return _ELSEWHERE.get((module, name)) or ("torch" + module[len("wengert") :], name)


def _name_here(module, name):
    """The object that has PyTorch's name: in the module of that name, or else in a package around it."""
    module, name = _ELSEWHERE_BACK.get((module, name), ("wengert" + module[len("torch") :], name))
    import importlib

    around = module
    while around:
        try:
            obj = importlib.import_module(around)
            for part in name.split("."):
                obj = getattr(obj, part)
            return obj
        except (ImportError, AttributeError):
            around = around.rpartition(".")[0]
    raise AttributeError(
        f"Can't get attribute {name!r} of {module!r}: the checkpoint needs it, and there is nothing of that name here"
    )


_naming = threading.RLock()


@contextmanager
def _names_of_torch():
    """Pickles made meanwhile write `wengert` as `torch`.

    Python's pickler renames modules for Python 2, which protocol 2 was made for; its tables get our modules too.
    Classes that say they are of `torch` are looked up there: for the time of the pickling, our modules are found under
    these names.
    """
    with _naming:
        ours = [m for m in list(sys.modules) if m == "wengert" or m.startswith("wengert.")]
        names = {m: "torch" + m[len("wengert") :] for m in ours}
        before = {name: sys.modules.get(name) for name in names.values()}
        sys.modules.update({name: sys.modules[m] for m, name in names.items()})
        REVERSE_IMPORT_MAPPING.update(names)
        REVERSE_NAME_MAPPING.update(_ELSEWHERE)
        try:
            yield
        finally:
            for m in names:
                REVERSE_IMPORT_MAPPING.pop(m, None)
            for m in _ELSEWHERE:
                REVERSE_NAME_MAPPING.pop(m, None)
            for name, module in before.items():
                if module is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = module


class _Functions(type):
    def __getattr__(cls, name):
        return getattr(_C, name)


class _VariableFunctionsClass(metaclass=_Functions):
    """PyTorch's functions are attributes of a class of this name, and are pickled as such."""

    __module__ = "wengert._C"


_C._VariableFunctionsClass = _VariableFunctionsClass


def _as_in_torch(obj):
    """How PyTorch pickles the small objects beside tensors; NotImplemented for all others."""
    if type(obj) is type(_C.add) and obj.__module__ == "wengert._C":
        return getattr, (_VariableFunctionsClass, obj.__name__)
    cls = type(obj)
    if cls is _C.Tensor:
        rebuild, args = obj.__reduce_ex__(DEFAULT_PROTOCOL)
        return rebuild, tuple(cls if arg is None else arg for arg in args)
    if cls is _C.dtype:
        return str(obj).rpartition(".")[2]
    if cls is _Size:
        return cls, (tuple(obj),)
    if cls is _C.device:
        return cls, (obj.type,) if obj.index is None else (obj.type, obj.index)
    if cls is _Layout:
        return _get_layout, (str(obj),)
    return NotImplemented


def _get_layout(name):
    """The layout that has this name in a pickle."""
    layout = getattr(_C, name.rpartition(".")[2], None)
    if not isinstance(layout, _Layout):
        raise RuntimeError(f"Unknown layout {name}")
    return layout


# Places -------------------------------------------------------------------------------------------------------------

_packages = []


def register_package(priority, tagger, deserializer):
    """Adds a place for storages: `tagger(storage)` names it or gives None, `deserializer(storage, name)` brings a
    storage there or gives None. Lower priorities are asked first."""
    _packages.append((priority, tagger, deserializer))
    _packages.sort(key=lambda p: p[0])


def _cpu(storage, location):
    return storage if location == "cpu" else None


def _cuda(storage, location):
    if location.startswith("cuda"):
        raise RuntimeError(
            "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are"
            " running on a CPU-only machine, please use torch.load with map_location=torch.device('cpu') to map your"
            " storages to the CPU."
        )


register_package(10, lambda storage: "cpu", _cpu)
register_package(20, lambda storage: None, _cuda)


def location_tag(storage):
    """The name of the place where a storage lies."""
    for _, tagger, _ in _packages:
        tag = tagger(storage)
        if tag:
            return tag
    raise RuntimeError(f"don't know how to determine data location of {_typename(storage)}")


def default_restore_location(storage, location):
    """The storage at the place of this name."""
    for _, _, deserializer in _packages:
        found = deserializer(storage, location)
        if found is not None:
            return found
    raise RuntimeError(f"don't know how to restore data location of {_typename(storage)} (tagged with {location})")


def _typename(storage):
    return "torch.storage." + type(storage).__name__


def _placing(map_location):
    if map_location is None:
        return default_restore_location
    if isinstance(map_location, dict):
        return lambda storage, location: default_restore_location(storage, map_location.get(location, location))
    if isinstance(map_location, (str, bytes)):
        place = map_location if isinstance(map_location, str) else map_location.decode("ascii")
        return lambda storage, location: default_restore_location(storage, place)
    if isinstance(map_location, _C.device):
        return lambda storage, location: default_restore_location(storage, str(map_location))

    if not callable(map_location):
        raise TypeError(f"{type(map_location).__name__!r} object is not callable")

    def place(storage, location):
        try:
            found = map_location(storage, location)
        except Exception as e:
            e.of_map_location = True
            raise
        return default_restore_location(storage, location) if found is None else found

    return place


# Files --------------------------------------------------------------------------------------------------------------


def _is_path(f):
    return isinstance(f, (str, os.PathLike))


@contextmanager
def _opened(f, mode):
    if not _is_path(f):
        if mode == "rb":
            _check_seekable(f)
        elif not hasattr(f, "write"):
            raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
        yield f
        return
    if mode == "wb":
        folder = os.path.dirname(os.path.abspath(f))
        if not os.path.isdir(folder):
            raise RuntimeError(f"Parent directory {os.path.dirname(os.fspath(f))} does not exist.")
    with open(f, mode) as opened:
        yield opened


def _check_seekable(f):
    for method in ("seek", "tell", "read"):
        if not hasattr(f, method):
            raise AttributeError(
                f"'{type(f).__name__}' object has no attribute '{method}'. You can only torch.load from a file that"
                " is seekable. Please pre-load the data into a buffer like io.BytesIO and try to load from it"
                " instead."
            )


class _Storages:
    """Storages that a pickle names instead of holding them."""

    def __init__(self):
        self._dtypes = {}
        self.keys = {}

    def describe(self, obj, key_of=None):
        """What names a storage in a pickle: its class, key, place and length; None for other objects."""
        if type(obj) is TypedStorage:
            dtype, storage, cls, n = obj.dtype, obj._untyped_storage, _class_of(obj.dtype), obj.size()
        elif type(obj) is UntypedStorage:
            dtype, storage, cls, n = _C.uint8, obj, UntypedStorage, obj.nbytes()
        else:
            return None
        cdata = storage._cdata
        if n and self._dtypes.setdefault(cdata, dtype) != dtype:
            raise RuntimeError("Cannot save multiple tensors or storages that view the same data as different types")
        # The storage is kept, so that no other gets its address.
        key, _ = self.keys.setdefault(cdata, (str(cdata) if key_of is str else str(len(self.keys)), (storage, dtype)))
        return "storage", cls, key, location_tag(storage), n


def save(
    obj,
    f,
    pickle_module=pickle,
    pickle_protocol=DEFAULT_PROTOCOL,
    _use_new_zipfile_serialization=True,
    _disable_byteorder_record=False,
):
    """Writes an object to a file: tensors, containers of them, modules, whatever can be pickled.

    Args:
        obj: the object. Tensors that share a storage share it again when they are loaded; the whole storage is written.
        f: a path, or a file-like object with `write`.
        pickle_module: what pickles, if it is not `pickle`.
        pickle_protocol: PyTorch reads protocol 2; with a later one the names in the file are our own.
    """
    with _opened(f, "wb") as out:
        if _use_new_zipfile_serialization:
            name = os.path.splitext(os.path.basename(os.fspath(f)))[0] if _is_path(f) else "archive"
            archive = _archive.Writer(out.write, name, checksums=_checksums)
            _save_archive(obj, archive, pickle_module, pickle_protocol, not _disable_byteorder_record)
            archive.close()
        else:
            _save_stream(obj, out, pickle_module, pickle_protocol)


def _pickled(obj, pickle_module, protocol, describe):
    class Pickler(pickle_module.Pickler):
        def persistent_id(self, obj):
            return describe(obj)

        def reducer_override(self, obj):
            return _as_in_torch(obj)

    buffer = io.BytesIO()
    with _names_of_torch():
        Pickler(buffer, protocol).dump(obj)
    return buffer.getvalue()


def _save_archive(obj, archive, pickle_module, protocol, byteorder):
    storages = _Storages()
    archive.record("data.pkl", _pickled(obj, pickle_module, protocol, storages.describe))
    archive.record(".format_version", b"1")
    archive.record(".storage_alignment", b"64")
    if byteorder:
        archive.record("byteorder", sys.byteorder.encode())
    for key, (storage, _) in storages.keys.values():
        archive.record(f"data/{key}", _memory(storage))


def _save_stream(obj, out, pickle_module, protocol):
    """The format before PyTorch 1.6: pickles one after the other, then the storages."""
    storages = _Storages()

    def describe(obj):
        found = storages.describe(obj, str)
        return None if found is None else (*found, None)

    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": PROTOCOL_VERSION, "little_endian": sys.byteorder == "little", "type_sizes": sizes}
    for header in (MAGIC_NUMBER, PROTOCOL_VERSION, system):
        out.write(pickle.dumps(header, protocol))
    out.write(_pickled(obj, pickle_module, protocol, describe))
    records = dict(sorted(storages.keys.values(), key=lambda item: item[0]))
    out.write(pickle.dumps(list(records), protocol))
    for storage, dtype in records.values():
        out.write((storage.nbytes() // dtype.itemsize).to_bytes(8, "little"))
        out.write(_memory(storage))


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    """Reads what `save`, ours or PyTorch's, has written.

    Args:
        f: a path, or a file-like object that can seek.
        map_location: where storages go: a name, a device, a dict of names, or a function of (storage, name).
        pickle_module: what unpickles; only with `weights_only=False`.
        weights_only: True, the default, takes tensors, numbers and containers and refuses everything else; False runs
            what the file says, which may be anything.
        mmap: leaves the storages in the file at the path `f` until they are used. Writing to them does not change it.

    Raises:
        pickle.UnpicklingError: the file holds what `weights_only` forbids, or is no checkpoint.
        RuntimeError: the archive is damaged.
    """
    safe = weights_only if weights_only is not None else pickle_module is None
    if safe and pickle_module is not None:
        raise RuntimeError("Can not safely load weights when explicit pickle_module is specified")
    wrong = [name for name in pickle_load_args if name not in ("encoding", "errors", "fix_imports", "buffers")]
    if wrong:
        raise TypeError(f"Unpickler.__init__() got an unexpected keyword argument '{wrong[0]}'")
    pickle_load_args.setdefault("encoding", "utf-8")
    unpickle = _unpickling(None if safe else pickle_module or pickle, pickle_load_args)
    with _opened(f, "rb") as file:
        at = file.tell()
        head = file.read(4)
        file.seek(at)
        if head == b"PK\x03\x04":
            if mmap and not _is_path(f):
                raise ValueError("f must be a file path in order to use the mmap argument")
            return _load_archive(_archive.Reader(file), file, _placing(map_location), unpickle, mmap)
        if mmap:
            name = f"{os.fspath(f)}, " if _is_path(f) else ""
            raise RuntimeError(
                f"mmap can only be used with files saved with `torch.save({name}"
                "_use_new_zipfile_serialization=True), please torch.save your checkpoint with this option in order"
                " to use mmap."
            )
        return _load_stream(file, _placing(map_location), unpickle)


def _unpickling(pickle_module, args):
    """A function of (data, where a pickle begins, persistent_load) that gives the object and where the pickle ends."""
    if pickle_module is None:

        def unpickle(data, at, persistent_load):
            try:
                reader = _safe.Unpickler(data, persistent_load, at, args["encoding"])
                return reader.load(), reader.at
            except _Corrupt as e:
                raise RuntimeError(*e.args) from None
            except RuntimeError:
                raise
            except Exception as e:
                if hasattr(e, "of_map_location"):
                    raise
                raise _safe.explained(e) from None

        return unpickle

    class Unpickler(pickle_module.Unpickler):
        def find_class(self, module, name):
            if module == "torch" or module.startswith("torch."):
                return _name_here(module, name)
            return super().find_class(module, name)

    def unpickle(data, at, persistent_load):
        stream = io.BytesIO(data)
        stream.seek(at)
        reader = Unpickler(stream, **args)
        reader.persistent_load = persistent_load
        return reader.load(), stream.tell()

    return unpickle


class _Corrupt(Exception):
    """The file is damaged: no advice on trusting it is needed."""


def _text(x):
    return x.decode("ascii") if isinstance(x, bytes) else x


def _checked(pid):
    """Dtype, key, place and bytes of a storage that a pickle names."""
    if not isinstance(pid, tuple) or len(pid) < 5 or _text(pid[0]) != "storage":
        raise _Corrupt(f"Unknown typename for persistent_load, expected 'storage' but got '{pid}'")
    cls, key, location, n = pid[1], _text(pid[2]), _text(pid[3]), pid[4]
    dtype = _C.uint8 if cls is UntypedStorage else getattr(cls, "dtype", None)
    if not isinstance(n, int) or n < 0 or not isinstance(dtype, _C.dtype) or not isinstance(location, str):
        raise _Corrupt(f"Invalid storage in a pickle; corrupt file? {pid}")
    return dtype, key, location, n * dtype.itemsize


def _clean_bools(storage):
    """Makes every byte 0 or 1: others are no bools of ours."""
    memory = _memory(storage)
    memory[:] = bytes(memory).translate(b"\0" + b"\1" * 255)


def _typed(storage, dtype):
    return TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)


def _load_archive(archive, file, place, unpickle, mmap):
    if "version" not in archive and ".data/version" not in archive:
        raise RuntimeError(
            'Expected hasRecord("version") to be true, but got false. It is a zip file, but no checkpoint.'
        )
    if "constants.pkl" in archive:
        raise RuntimeError(
            "Cannot use ``weights_only=True`` with TorchScript archives passed to ``torch.load``: use torch.jit.load"
        )
    swap = "byteorder" in archive and archive.read("byteorder") != sys.byteorder.encode()
    pages, loaded = None, {}
    if mmap:
        import mmap as _mmap

        pages = memoryview(_mmap.mmap(file.fileno(), 0, access=_mmap.ACCESS_COPY))

    def read(record, nbytes):
        if archive.size(record) != nbytes:
            raise _Corrupt(
                f"record {record} has {archive.size(record)} bytes, but the pickle says {nbytes}; corrupt file?"
            )
        at = archive.place(record)
        if pages is not None and at is not None and at % 16 == 0:
            return _C._storage_from_buffer(pages[at : at + nbytes])
        storage = UntypedStorage(nbytes)
        archive.read_into(record, _memory(storage))
        return storage

    def persistent_load(pid):
        dtype, key, location, nbytes = _checked(pid)
        if key not in loaded:
            storage = read(f"data/{key}", nbytes)
            if swap:
                storage = storage._byteswapped(dtype.itemsize)
            if dtype == _C.bool:
                _clean_bools(storage)
            loaded[key] = place(storage, location)
        return _typed(loaded[key], dtype)

    return unpickle(archive.read("data.pkl"), 0, persistent_load)[0]


def _load_stream(file, place, unpickle):
    start = file.tell()
    data = file.read()
    if not data:
        raise EOFError("Ran out of input")
    loaded, views = {}, {}

    def persistent_load(pid):
        kind = _text(pid[0]) if isinstance(pid, tuple) and pid else None
        if kind == "module":
            return pid[1]
        dtype, key, location, nbytes = _checked(pid)
        if key not in loaded:
            if nbytes > len(data):
                raise _Corrupt(
                    f"unexpected EOF, expected {nbytes - len(data)} more bytes. The file might be corrupted."
                )
            storage = UntypedStorage(nbytes)
            # A tagged place may be another storage than the one that is filled later.
            loaded[key] = (storage, dtype, place(storage, location))
        found = loaded[key][2]
        view = pid[5] if len(pid) > 5 else None
        if view is not None:
            name, offset, n = view
            size = dtype.itemsize
            found = views.setdefault(name, found[offset * size : (offset + n) * size])
        return _typed(found, dtype)

    magic, at = unpickle(data, 0, persistent_load)
    if magic != MAGIC_NUMBER:
        raise RuntimeError("Invalid magic number; corrupt file?")
    version, at = unpickle(data, at, persistent_load)
    if version != PROTOCOL_VERSION:
        raise RuntimeError(f"Invalid protocol version: {version}")
    system, at = unpickle(data, at, persistent_load)
    begin = at
    result, end = unpickle(data, begin, persistent_load)
    keys, at = unpickle(data, end, persistent_load)
    swap = isinstance(system, dict) and system.get("little_endian", True) != (sys.byteorder == "little")
    for key in keys if isinstance(keys, list) else ():
        if _text(key) not in loaded:
            raise RuntimeError("Invalid storage key; corrupt file?")
        storage, dtype, _ = loaded[_text(key)]
        n, at = int.from_bytes(data[at : at + 8], sys.byteorder), at + 8
        nbytes = storage.nbytes()
        if n * dtype.itemsize != nbytes:
            raise RuntimeError(
                f"a storage has {n} elements, but the pickle says {nbytes // dtype.itemsize}; corrupt file?"
            )
        if at + nbytes > len(data):
            raise RuntimeError(
                f"unexpected EOF, expected {at + nbytes - len(data)} more bytes. The file might be corrupted."
            )
        memory = _memory(storage)
        memory[:] = data[at : at + nbytes]
        if swap:
            memory[:] = _memory(storage._byteswapped(dtype.itemsize))
        if dtype == _C.bool:
            _clean_bools(storage)
        at += nbytes
    file.seek(start + at)
    # What is copied when it is rebuilt must be built again from what the storages hold by now.
    return unpickle(data, begin, persistent_load)[0] if b"conj" in data[begin:end] else result


# What may be loaded -------------------------------------------------------------------------------------------------


def add_safe_globals(safe_globals):
    """Allows these classes and functions, or pairs of one and its name in files, when `weights_only` is true."""
    _safe._allowed_by_user.extend(g for g in list(safe_globals) if g not in _safe._allowed_by_user)


def get_safe_globals():
    """What `add_safe_globals` has allowed."""
    return list(_safe._allowed_by_user)


def clear_safe_globals():
    """Allows nothing any more that is not allowed by default."""
    _safe._allowed_by_user.clear()


class safe_globals:
    """Within the block, these classes and functions are allowed when `weights_only` is true."""

    def __init__(self, safe_globals):
        self.safe_globals = safe_globals

    def __enter__(self):
        self._before = get_safe_globals()
        add_safe_globals(self.safe_globals)

    def __exit__(self, *exception):
        _safe._allowed_by_user[:] = self._before


def get_unsafe_globals_in_checkpoint(f):
    """Names in a checkpoint that `weights_only` does not allow."""
    with _opened(f, "rb") as file:
        if file.read(4) != b"PK\x03\x04":
            raise ValueError("Expected input to be a checkpoint returned by torch.save")
        file.seek(-4, 1)
        return _safe.globals_not_allowed(_archive.Reader(file).read("data.pkl"))


def get_crc32_options():
    """Whether `save` computes checksums."""
    return _checksums


def set_crc32_options(compute_crc32):
    """Whether `save` computes checksums. Without them other programs cannot tell that a file is damaged."""
    global _checksums
    _checksums = compute_crc32
