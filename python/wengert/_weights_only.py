"""An unpickler for files that nobody vouches for: it knows the operations that checkpoints use, and calls nothing but
what stands in a list. Names in pickles are those of PyTorch; they stand for what has the same name here.
"""

from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import Counter, OrderedDict
from pickle import UnpicklingError, decode_long
from struct import unpack_from

from wengert import _C, _utils, storage
from wengert._C import Tensor
from wengert._size import Size

_BLOCKED = ("sys", "os", "posix", "nt")

# What users allowed: objects, or pairs of an object and the name it has in pickles.
_allowed_by_user = []


def torch_name(obj):
    """The name under which checkpoints know a class or function."""
    module, name = obj.__module__, obj.__qualname__
    if module == "wengert" or module.startswith("wengert."):
        from wengert.serialization import name_in_torch

        module, name = name_in_torch(module, name)
    return name if module == "builtins" else f"{module}.{name}"


def _bytes(source=b"", *encoding):
    # A number would ask for that much memory.
    if isinstance(source, int):
        raise UnpicklingError("a bytearray is made of bytes")
    return bytearray(source, *encoding)


def _encode(text, encoding="utf-8", errors="strict"):
    if encoding not in ("utf-8", "latin1", "ascii"):
        raise UnpicklingError(f"{encoding} is not an encoding of pickles")
    return text.encode(encoding, errors)


def _empty_tensor(*args):
    if args:
        raise UnpicklingError("a tensor in a pickle begins empty")
    return _C.tensor([])


def _defaults():
    from wengert.nn.parameter import Parameter
    from wengert.serialization import _get_layout

    names = {
        "collections.OrderedDict": OrderedDict,
        "collections.Counter": Counter,
        "set": set,
        "complex": complex,
        "bytearray": bytearray,
        "_codecs.encode": _encode,
        "torch.Size": Size,
        "torch.device": _C.device,
        "torch.Tensor": Tensor,
        "torch.nn.parameter.Parameter": Parameter,
        "torch.serialization._get_layout": _get_layout,
        "torch.storage.TypedStorage": storage.TypedStorage,
        "torch.storage.UntypedStorage": storage.UntypedStorage,
        "torch._tensor._rebuild_from_type_v2": _utils._rebuild_from_type_v2,
        "torch._utils._rebuild_device_tensor_from_numpy": _utils._rebuild_device_tensor_from_numpy,
    }
    for name in ("tensor", "tensor_v2", "tensor_v3", "parameter", "parameter_with_state"):
        names[f"torch._utils._rebuild_{name}"] = getattr(_utils, f"_rebuild_{name}")
    for name, dtype in storage._DTYPES.items():
        names[f"torch.{name}"] = names[f"torch.cuda.{name}"] = storage._CLASSES[name]
        names[str(dtype)] = dtype
        legacy = getattr(_C, name.replace("Storage", "Tensor"), None)
        if legacy is not None:
            names[f"torch.{name.replace('Storage', 'Tensor')}"] = legacy
    return names


# Called in place of what they stand for, where that would take what no checkpoint gives it.
_CAREFUL = {bytearray: _bytes, Tensor: _empty_tensor}
_names = None


def _known():
    global _names
    if _names is None:
        _names = _defaults()
    return _names


def _user_names():
    names = {}
    for entry in _allowed_by_user:
        if isinstance(entry, tuple):
            obj, name = entry
            names[name] = obj
        else:
            names[torch_name(entry)] = entry
    return names


def _dotted(module, name):
    """A pickled name, in Python 3's words and without `builtins.`."""
    module, name = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
    if module == "wengert" or module.startswith("wengert."):
        from wengert.serialization import name_in_torch

        module, name = name_in_torch(module, name)
    return name if module == "builtins" else f"{module}.{name}"


_MARK = object()


class Unpickler:
    """Reads pickles out of `data`, one after the other, from `at` on."""

    def __init__(self, data, persistent_load, at=0, encoding="ascii"):
        self._data = data
        self.at = at
        self._encoding = encoding
        self._persistent_load = persistent_load
        of_user = _user_names()
        self._names = {**_known(), **of_user}
        # Storages and old types are named, never made: that would take memory for what the file does not have.
        made = [f for n, f in _known().items() if n == "torch.Tensor" or not n.endswith(("Storage", "Tensor"))]
        self._callable = {id(f) for f in [*made, *of_user.values()] if callable(f)}
        # Classes that users allowed: objects of them can be made and filled.
        self._classes = tuple(c for c in of_user.values() if isinstance(c, type))

    def _global(self, module, name):
        if module.partition(".")[0] in _BLOCKED:
            raise UnpicklingError(
                f"Trying to load unsupported GLOBAL {module}.{name} whose module {module} is blocked."
            )
        dotted = _dotted(module, name)
        if dotted in self._names:
            return self._names[dotted]
        raise UnpicklingError(
            f"Unsupported global: GLOBAL {dotted} was not an allowed global by default. Please use"
            f" `torch.serialization.add_safe_globals([{dotted}])` or the"
            f" `torch.serialization.safe_globals([{dotted}])` context manager to allowlist this global if you trust"
            " this class/function."
        )

    def _take(self, n):
        data = self._data[self.at : self.at + n]
        if len(data) != n:
            raise EOFError("pickle data was truncated")
        self.at += n
        return data

    def _number(self, n):
        return int.from_bytes(self._take(n), "little")

    def _line(self):
        end = self._data.find(b"\n", self.at)
        if end < 0:
            raise EOFError("pickle data was truncated")
        line = self._data[self.at : end].decode("utf-8")
        self.at = end + 1
        return line

    def load(self):
        """The next pickle's object."""
        stack, marks, memo = [], [], {}
        push, pop = stack.append, stack.pop

        def above_mark():
            at = marks.pop()
            items = stack[at:]
            del stack[at:]
            return items

        while True:
            op = self._take(1)[0]
            if op == 0x68:  # BINGET
                push(memo[self._take(1)[0]])
            elif op == 0x71:  # BINPUT
                memo[self._take(1)[0]] = stack[-1]
            elif op == 0x6A:  # LONG_BINGET
                push(memo[self._number(4)])
            elif op == 0x72:  # LONG_BINPUT
                memo[self._number(4)] = stack[-1]
            elif op == 0x28:  # MARK
                marks.append(len(stack))
            elif op == 0x74:  # TUPLE
                push(tuple(above_mark()))
            elif op == 0x58:  # BINUNICODE
                push(bytes(self._take(self._number(4))).decode("utf-8", "surrogatepass"))
            elif op == 0x4B:  # BININT1
                push(self._take(1)[0])
            elif op == 0x4D:  # BININT2
                push(self._number(2))
            elif op == 0x4A:  # BININT
                push(int.from_bytes(self._take(4), "little", signed=True))
            elif op == 0x85:  # TUPLE1
                stack[-1:] = [(stack[-1],)]
            elif op == 0x86:  # TUPLE2
                stack[-2:] = [(stack[-2], stack[-1])]
            elif op == 0x87:  # TUPLE3
                stack[-3:] = [(stack[-3], stack[-2], stack[-1])]
            elif op == 0x52:  # REDUCE
                args = pop()
                stack[-1] = self._reduce(stack[-1], args)
            elif op == 0x51:  # BINPERSID
                push(self._persistent(pop()))
            elif op == 0x89:  # NEWFALSE
                push(False)
            elif op == 0x88:  # NEWTRUE
                push(True)
            elif op == 0x4E:  # NONE
                push(None)
            elif op == 0x29:  # EMPTY_TUPLE
                push(())
            elif op == 0x5D:  # EMPTY_LIST
                push([])
            elif op == 0x7D:  # EMPTY_DICT
                push({})
            elif op == 0x8F:  # EMPTY_SET
                push(set())
            elif op == 0x63:  # GLOBAL
                module = self._line()
                push(self._global(module, self._line()))
            elif op == 0x73:  # SETITEM
                value, key = pop(), pop()
                self._check_dict(stack[-1], "SETITEM")[key] = value
            elif op == 0x75:  # SETITEMS
                items = above_mark()
                target = self._check_dict(stack[-1], "SETITEMS")
                for i in range(0, len(items), 2):
                    target[items[i]] = items[i + 1]
            elif op == 0x61:  # APPEND
                item = pop()
                self._check_list(stack[-1], "append to").append(item)
            elif op == 0x65:  # APPENDS
                items = above_mark()
                self._check_list(stack[-1], "extend").extend(items)
            elif op == 0x47:  # BINFLOAT
                push(unpack_from(">d", self._take(8))[0])
            elif op == 0x8A:  # LONG1
                push(decode_long(self._take(self._take(1)[0])))
            elif op == 0x62:  # BUILD
                state = pop()
                self._build(stack[-1], state)
            elif op == 0x81:  # NEWOBJ
                args = pop()
                stack[-1] = self._new(stack[-1], args)
            elif op in (0x55, 0x54):  # SHORT_BINSTRING, BINSTRING
                text = bytes(self._take(self._number(1 if op == 0x55 else 4)))
                push(text if self._encoding == "bytes" else text.decode(self._encoding))
            elif op == 0x80:  # PROTO
                self._take(1)
            elif op == 0x2E:  # STOP
                return pop()
            else:
                raise UnpicklingError(f"Unsupported operand {op}")

    def _persistent(self, pid):
        if type(pid) is not tuple:
            raise UnpicklingError(f"saved_id must be a tuple, got {type(pid).__name__}")
        kind = pid[0].decode("ascii") if pid and isinstance(pid[0], bytes) else pid[0] if pid else None
        if kind != "storage":
            raise UnpicklingError(f"Only persistent_load of storage is allowed, but got {type(kind)}")
        return self._persistent_load(pid)

    def _reduce(self, f, args):
        if type(f).__hash__ is None or id(f) not in self._callable:
            raise UnpicklingError(f"Trying to call reduce for unrecognized function {f}")
        return _CAREFUL.get(f, f)(*args)

    def _new(self, cls, args):
        if any(cls is c for c in self._classes):
            return cls.__new__(cls, *args)
        if isinstance(cls, type) and id(cls) in self._callable:
            return _CAREFUL.get(cls, cls)(*args)
        raise UnpicklingError(f"Trying to create new object for unrecognized class {cls}")

    def _build(self, obj, state):
        cls = type(obj)
        if issubclass(cls, Tensor):
            obj.__setstate__(state)
        elif cls in (OrderedDict, Counter):
            obj.__dict__.update(state)
        elif cls in self._classes:
            if hasattr(obj, "__setstate__"):
                obj.__setstate__(state)
            else:
                _utils._set_state(obj, state)
        else:
            raise UnpicklingError(
                "Can only build Tensor, Parameter, OrderedDict or types allowlisted via `add_safe_globals`, but got"
                f" {cls}"
            )

    def _check_dict(self, obj, what):
        if type(obj) in (dict, OrderedDict, Counter) or (type(obj) in self._classes and isinstance(obj, dict)):
            return obj
        raise UnpicklingError(
            f"Can only {what} for dict, collections.OrderedDict, collections.Counter, but got {type(obj)}"
        )

    def _check_list(self, obj, what):
        if type(obj) is list or (type(obj) in self._classes and isinstance(obj, list)):
            return obj
        raise UnpicklingError(f"Can only {what} lists, but got {type(obj)}")


_RERUN = (
    "In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to"
    " `True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in"
    " arbitrary code execution. Do it only if you got the file from a trusted source."
)
_DOCS = (
    "\n\nCheck the documentation of torch.load to learn more about types accepted by default with weights_only"
    " https://pytorch.org/docs/stable/generated/torch.load.html."
)


def explained(error):
    """The error of a load, with what its user can do."""
    text = str(error)
    if "is blocked." in text:
        return UnpicklingError(f"Weights only load failed. {_RERUN}\n\n\n{text}{_DOCS}")
    if text.startswith("Unsupported global"):
        return UnpicklingError(
            "Weights only load failed. This file can still be loaded, to do so you have two options, \033[1mdo those"
            f" steps only if you trust the source of the checkpoint\033[0m. \n\t(1) {_RERUN}\n\t(2) Alternatively, to"
            " load with `weights_only=True` please check the recommended steps in the following error"
            f" message.\n\tWeightsUnpickler error: {text}{_DOCS}"
        )
    if not isinstance(error, UnpicklingError):
        text = f"the pickle is damaged: {type(error).__name__}: {text}"
    return UnpicklingError(f"Weights only load failed. {_RERUN}\nWeightsUnpickler error: \n\n{text}{_DOCS}")


def globals_not_allowed(data):
    """Names in a pickle that loading would refuse."""
    import pickletools

    known, found, strings = {**_known(), **_user_names()}, [], []
    for op, arg, _ in pickletools.genops(data):
        if op.name in ("GLOBAL", "INST"):
            module, _, name = arg.partition(" ")
        elif op.name == "STACK_GLOBAL" and len(strings) > 1:
            module, name = strings[-2:]
        else:
            if isinstance(arg, str) and "UNICODE" in op.name:
                strings.append(arg)
            continue
        dotted = _dotted(module, name)
        if dotted not in known and dotted not in found:
            found.append(dotted)
    return found
