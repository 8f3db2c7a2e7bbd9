"""Safetensors: files of named tensors that hold nothing else, so that reading one runs no code.

The functions are those of the package `safetensors` (`safetensors.torch`), and the files are the same: eight bytes with
the header's length, the header (JSON: dtype, shape and place of each tensor), then the numbers.
"""

from wengert import _C
from wengert._C import Tensor, UntypedStorage
from wengert.storage import _memory

__all__ = ["SafetensorError", "load", "load_file", "load_model", "safe_open", "save", "save_file", "save_model"]

# In the order of the file: what needs the widest alignment comes first.
_DTYPES = {
    "I64": _C.int64,
    "F64": _C.float64,
    "C64": _C.complex64,
    "F32": _C.float32,
    "I32": _C.int32,
    "BF16": _C.bfloat16,
    "F16": _C.float16,
    "I16": _C.int16,
    "I8": _C.int8,
    "U8": _C.uint8,
    "BOOL": _C.bool,
}
_LONGEST_HEADER = 100_000_000


class SafetensorError(Exception):
    """The file is no safetensors file, or a damaged one."""


def _prefix(tensors, metadata):
    """The file up to the numbers, and the tensors in their order."""
    import json

    names = {dtype: (i, name) for i, (name, dtype) in enumerate(_DTYPES.items())}
    for t in tensors.values():
        if t.dtype not in names:
            raise ValueError(f"safetensors has no tensors of {t.dtype}")
    order = sorted(tensors, key=lambda name: (names[tensors[name].dtype][0], name))
    header = {"__metadata__": dict(metadata)} if metadata else {}
    at = 0
    for name in order:
        t = tensors[name]
        end = at + t.numel() * t.dtype.itemsize
        header[name] = {"dtype": names[t.dtype][1], "shape": list(t.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text, [tensors[name] for name in order]


def _checked(tensors, metadata):
    if not isinstance(tensors, dict):
        raise ValueError(f"Expected a dict of [str, torch.Tensor] but received {type(tensors)}")
    for name, t in tensors.items():
        if not isinstance(name, str) or not isinstance(t, Tensor):
            raise ValueError(f"Key `{name}` is invalid, expected torch.Tensor but received {type(t)}")
    for key, value in (metadata or {}).items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise TypeError(f"metadata is text by text, but {key!r} is {value!r}")
    sharing = [names for names in _sharing(tensors) if len(names) > 1]
    if sharing:
        raise RuntimeError(
            "\n            Some tensors share memory, this will lead to duplicate memory on disk and potential"
            f" differences when loading them again: {sharing}.\n            A potential way to correctly save your"
            " model is to use `save_model`.\n            More information at"
            " https://huggingface.co/docs/safetensors/torch_shared_tensors\n            "
        )
    for name, t in tensors.items():
        if not t.is_contiguous():
            raise ValueError(
                f"You are trying to save a non contiguous tensor: `{name}` which is not allowed. It either means you"
                " are trying to save tensors which are reference of each other in which case it's recommended to save"
                " only the full tensors, and reslice at load time, or simply call `.contiguous()` on your tensor to"
                " pack it before saving."
            )


def _sharing(tensors):
    """Names of tensors whose memory overlaps, together."""
    by_storage = {}
    for name, t in tensors.items():
        if t.numel():
            size = t.dtype.itemsize
            start = t.storage_offset() * size
            reach = sum((n - 1) * s for n, s in zip(t.shape, t.stride()))
            by_storage.setdefault(t.untyped_storage()._cdata, []).append((start, start + (reach + 1) * size, name))
    for places in by_storage.values():
        group, end = set(), -1
        for start, stop, name in sorted(places):
            if start >= end:
                if group:
                    yield group
                group = set()
            group.add(name)
            end = max(end, stop)
        yield group


def _write(tensors, metadata, write):
    _checked(tensors, metadata)
    prefix, order = _prefix(tensors, metadata)
    write(prefix)
    for t in order:
        size = t.dtype.itemsize
        start = t.storage_offset() * size
        write(_memory(t.untyped_storage())[start : start + t.numel() * size])


def save(tensors, metadata=None):
    """The bytes of a file with these tensors, a dict by name; `metadata` is a dict of texts."""
    parts = []
    _write(tensors, metadata, lambda part: parts.append(bytes(part)))
    return b"".join(parts)


def save_file(tensors, filename, metadata=None):
    """Writes a file with these tensors, a dict by name; `metadata` is a dict of texts."""
    _checked(tensors, metadata)
    with open(filename, "wb") as f:
        _write(tensors, metadata, f.write)


def _header(prefix, total, read):
    """What the header says, after looking whether it can be true: metadata, and dtype, shape and place by name."""
    import json

    if len(prefix) < 8:
        raise SafetensorError("Error while deserializing: header too small")
    n = int.from_bytes(prefix, "little")
    if n > _LONGEST_HEADER:
        raise SafetensorError("Error while deserializing: header too large")
    if n + 8 > total:
        raise SafetensorError("Error while deserializing: invalid header length")
    try:
        header = json.loads(read(n).decode("utf-8"))
    except (ValueError, RecursionError):
        raise SafetensorError("Error while deserializing: invalid JSON in header") from None
    if not isinstance(header, dict):
        raise SafetensorError("Error while deserializing: invalid JSON in header: expected a map")
    metadata = header.pop("__metadata__", None)
    found = {name: _entry(name, entry) for name, entry in header.items()}
    at = 0
    for name, (_, _, start, end) in sorted(found.items(), key=lambda item: item[1][2:]):
        if start != at:
            raise SafetensorError(f"Error while deserializing: invalid offset for tensor `{name}`")
        at = end
    if at + 8 + n != total:
        raise SafetensorError("Error while deserializing: incomplete metadata, file not fully covered")
    return metadata, found, 8 + n


def _is_size(n):
    return type(n) is int and 0 <= n < 1 << 62


def _entry(name, entry):
    try:
        dtype, shape, (start, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        if not (_is_size(start) and _is_size(end) and isinstance(shape, list) and all(map(_is_size, shape))):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise SafetensorError(f"Error while deserializing: invalid JSON in header: tensor `{name}`") from None
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise SafetensorError(f"tensor `{name}` has the dtype {dtype!r}, which there is none of here")
    numel = 1
    for n in shape:
        numel *= n
    if end - start != numel * _DTYPES[dtype].itemsize:
        raise SafetensorError(f"Error while deserializing: invalid shape, data type, or offset for tensor `{name}`")
    return _DTYPES[dtype], shape, start, end


def _tensor(entry, fill):
    dtype, shape, start, end = entry
    storage = UntypedStorage(end - start)
    memory = _memory(storage)
    fill(memory, start)
    if dtype == _C.bool:
        memory[:] = bytes(memory).translate(b"\0" + b"\1" * 255)
    strides, step = [], 1
    for n in reversed(shape):
        strides.insert(0, step)
        step *= max(n, 1)
    return _C._tensor_from_storage(storage, dtype, 0, shape, strides)


def load(data):
    """The tensors, by name, in the bytes of a file."""
    data = memoryview(data).cast("B")
    _, found, at = _header(bytes(data[:8]), len(data), lambda n: bytes(data[8 : 8 + n]))

    def fill(memory, start):
        memory[:] = data[at + start : at + start + len(memory)]

    return {name: _tensor(entry, fill) for name, entry in found.items()}


def load_file(filename, device="cpu"):
    """The tensors, by name, in a file."""
    with safe_open(filename, "pt", device) as f:
        return {name: f.get_tensor(name) for name in f.keys()}  # noqa: SIM118


class safe_open:
    """A file of tensors that are read one by one: `with safe_open(path, framework="pt") as f: f.get_tensor(name)`."""

    def __init__(self, filename, framework="pt", device="cpu"):
        if framework not in ("pt", "torch", "pytorch"):
            raise SafetensorError(f"framework {framework} is invalid")
        self._device = _C.device(device)
        self._file = open(filename, "rb")  # noqa: SIM115
        try:
            total = self._file.seek(0, 2)
            self._file.seek(0)
            self._metadata, self._found, self._at = _header(self._file.read(8), total, self._file.read)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._file.close()

    def keys(self):
        """Names of the tensors, in alphabetical order."""
        return sorted(self._found)

    def offset_keys(self):
        """Names of the tensors in the order of the file."""
        return sorted(self._found, key=lambda name: self._found[name][2])

    def metadata(self):
        """The texts that were saved with the tensors; None if there were none."""
        return self._metadata

    def get_tensor(self, name):
        """One tensor."""
        if name not in self._found:
            raise SafetensorError(f"File does not contain tensor {name}")
        return _tensor(self._found[name], self._fill).to(self._device)

    def get_slice(self, name):
        """One tensor, of which only what is indexed is taken."""
        return _Slice(self.get_tensor(name))

    def _fill(self, memory, start):
        self._file.seek(self._at + start)
        while len(memory):
            n = self._file.readinto(memory)
            if not n:
                raise SafetensorError("the file became shorter while it was read")
            memory = memory[n:]


class _Slice:
    def __init__(self, tensor):
        self._whole = tensor

    def get_shape(self):
        """Sizes of the whole tensor."""
        return list(self._whole.shape)

    def get_dtype(self):
        """The format's name of its dtype."""
        return next(name for name, dtype in _DTYPES.items() if dtype == self._whole.dtype)

    def __getitem__(self, index):
        return self._whole[index]


def save_model(model, filename, metadata=None, force_contiguous=True):
    """Writes a module's parameters and buffers. Of those that share memory, one is written, and the file says which."""
    state, metadata, kept = model.state_dict(), dict(metadata or {}), {}
    for names in _sharing(state):
        keep, *others = sorted(names, key=lambda n: (-state[n].numel(), n))
        for name in others:
            if not _same(state[name], state[keep]):
                raise RuntimeError(
                    f"Error while trying to find names to remove to save state dict: {name} is a part of {keep}"
                )
            metadata.setdefault(name, keep)
            kept[name] = keep
    tensors = {name: t.detach() for name, t in state.items() if name not in kept}
    if force_contiguous:
        tensors = {name: t.contiguous() for name, t in tensors.items()}
    save_file(tensors, filename, metadata or None)


def _same(a, b):
    return a.data_ptr() == b.data_ptr() and a.shape == b.shape and a.stride() == b.stride()


def load_model(model, filename, strict=True, device="cpu"):
    """Reads what `save_model` has written into a module. Gives missing and unexpected names."""
    tensors = load_file(filename, device)
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    # What shares memory with something that was loaded is not missing.
    state = model.state_dict()
    loaded = {state[name].untyped_storage()._cdata for name in tensors if name in state}
    missing = [name for name in missing if state[name].untyped_storage()._cdata not in loaded]
    if strict and (missing or unexpected):
        lines = [f"Error(s) in loading state_dict for {type(model).__name__}:"]
        if missing:
            lines.append("    Missing key(s) in state_dict: " + ", ".join(f'"{k}"' for k in sorted(missing)))
        if unexpected:
            lines.append("    Unexpected key(s) in state_dict: " + ", ".join(f'"{k}"' for k in sorted(unexpected)))
        raise RuntimeError("\n".join(lines))
    return missing, unexpected
