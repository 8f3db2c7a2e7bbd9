"""Methods of tensors that are easier said in Python: conversions, old names, what belongs to other kinds of tensors.

Importing this module attaches them to `Tensor`.
"""

from wengert import _C
from wengert._C import Tensor
from wengert._overridable import overridable
from wengert._size import Size

_TYPES = {
    "Float": "float32",
    "Double": "float64",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Byte": "uint8",
    "Char": "int8",
    "Short": "int16",
    "Int": "int32",
    "Long": "int64",
    "Bool": "bool",
}
_NAMES = {getattr(_C, dtype): f"torch.{name}Tensor" for name, dtype in _TYPES.items()}


def _type(self, dtype=None, non_blocking=False, **kwargs):
    """The name of the old type (`'torch.FloatTensor'`); with `dtype`, the tensor converted to it.

    `dtype` may be a dtype, the name of an old type or the old type itself.
    """
    if dtype is None:
        return _NAMES.get(self.dtype, f"torch.{self.dtype}")
    if isinstance(dtype, str):
        name = dtype.rpartition(".")[2]
        if dtype.startswith("torch.cuda."):
            raise AssertionError("Torch not compiled with CUDA enabled")
        if (
            not dtype.startswith("torch.")
            or not name.endswith("Tensor")
            or (name != "Tensor" and name[:-6] not in _TYPES)
        ):
            raise ValueError(f"invalid type: '{dtype}'")
        dtype = _C.get_default_dtype() if name == "Tensor" else getattr(_C, _TYPES[name[:-6]])
    elif not isinstance(dtype, _C.dtype):
        if dtype is Tensor:
            dtype = _C.get_default_dtype()
        elif hasattr(dtype, "dtype"):
            dtype = dtype.dtype
        else:
            raise TypeError("dtype must be a type, str, or dtype object")
    return self.to(dtype)


def _cuda(self, device=None, non_blocking=False, memory_format=None):
    """Refused: there is no CUDA device."""
    return self.to("cuda" if device is None else device)


def _new(self, *args, **kwargs):
    """A tensor of this one's dtype: `x.new(2, 3)` of that shape, `x.new([1, 2])` with those numbers."""
    kwargs.pop("device", None)
    return _C._legacy_tensor(self.dtype, tuple(args), None)


def _new_tensor(self, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """A tensor with the numbers of `data`, of this one's dtype unless another is asked for."""
    if isinstance(data, Tensor):
        data = data.detach()
        return data.to(self.dtype if dtype is None else dtype, copy=True).requires_grad_(requires_grad)
    dtype = self.dtype if dtype is None else dtype
    return _C.tensor(data, dtype=dtype, device=device, requires_grad=requires_grad)


def _get_device(self):
    """The number of its device: -1, the CPU has none."""
    return -1


def _apply(self, callable):
    """Replaces each element by what `callable` gives for it, in place. Slow: one call of Python for each."""
    if self.requires_grad:
        raise RuntimeError("Can't call apply_() on Variable that requires grad. Use var.detach().apply_() instead.")
    values = [callable(v) for v in self.reshape(-1).tolist()]
    return self.copy_(_C.tensor(values, dtype=self.dtype).reshape(self.shape))


def _map(self, tensor, callable):
    """Replaces each element by what `callable` gives for it and that of `tensor`, in place."""
    if self.requires_grad:
        raise RuntimeError("Can't call map_() on Variable that requires grad. Use var.detach().map_() instead.")
    other = tensor.expand_as(self).reshape(-1).tolist()
    values = [callable(a, b) for a, b in zip(self.reshape(-1).tolist(), other)]
    return self.copy_(_C.tensor(values, dtype=self.dtype).reshape(self.shape))


def _map2(self, x, y, callable):
    """Replaces each element by what `callable` gives for it and those of `x` and `y`, in place."""
    lists = [self.reshape(-1).tolist(), x.expand_as(self).reshape(-1).tolist(), y.expand_as(self).reshape(-1).tolist()]
    values = [callable(*v) for v in zip(*lists)]
    return self.copy_(_C.tensor(values, dtype=self.dtype).reshape(self.shape))


def _same(self, *args, **kwargs):
    """The tensor itself: it is already so."""
    return self


def _is_pinned(self, device=None):
    """False: there is no device that memory would be pinned for."""
    return False


def _reversed(self):
    """Its rows from the last to the first."""
    return self if self.dim() == 0 else self.flip(0)


def _of_others(name):
    def method(self, *args, **kwargs):
        """Refused: no tensor of ours is of that kind."""
        raise NotImplementedError(f"wengert has dense tensors on the CPU; Tensor.{name} is for others")

    return method


def _dir(self):
    """Its attributes, without those of other kinds of tensors."""
    return sorted(set(object.__dir__(self)))


def _resize(self, *sizes):
    """Refused in place of a graph: use `reshape` or `resize_`."""
    raise RuntimeError("Tensor.resize is gone; use Tensor.reshape for another shape or Tensor.resize_ for another size")


def _repr(self, *, tensor_contents=None):
    """Its numbers, and what is not as usual; with `tensor_contents`, this text in the place of the numbers."""
    text = self._shown(tensor_contents)
    # A Parameter of a class of one's own is both.
    return f"Parameter({text})" if type(self) is not Tensor and getattr(self, "_is_param", False) else text


def _init_subclass(cls, **arguments):
    """Refuses `__torch_dispatch__`, which nobody would call."""
    super(Tensor, cls).__init_subclass__(**arguments)
    if "__torch_dispatch__" in cls.__dict__:
        raise NotImplementedError(
            f"wengert does not call __torch_dispatch__ (class {cls.__name__}): there are no operations below autograd "
            "to take over. __torch_function__ takes over the functions of torch."
        )


def _rdiv(self, other):
    """`other / self`."""
    return self.__rtruediv__(other)


def _false(self):
    """False."""
    return False


def _none(self):
    return None


def _attach():
    methods = {
        "type": _type,
        "cuda": _cuda,
        "new": _new,
        "new_tensor": _new_tensor,
        "get_device": _get_device,
        "apply_": _apply,
        "map_": _map,
        "map2_": _map2,
        "pin_memory": _same,
        "share_memory_": _same,
        "resolve_conj": _same,
        "resolve_neg": _same,
        "conj": _same,
        "conj_physical": _same,
        "conj_physical_": _same,
        "is_pinned": _is_pinned,
        "is_shared": _false,
        "is_conj": _is_pinned,
        "is_neg": _is_pinned,
        "is_distributed": _is_pinned,
        "is_coalesced": _is_pinned,
        "resize": _resize,
        "to_dense": _same,
        "__reversed__": _reversed,
        "__div__": Tensor.__truediv__,
        "__idiv__": Tensor.__itruediv__,
        "__dir__": _dir,
        "__repr__": _repr,
        "__rdiv__": _rdiv,
    }
    for name, method in methods.items():
        as_given = name in ("type", "cuda", "new", "new_tensor", "get_device", "apply_", "map_", "map2_")
        setattr(Tensor, name, overridable(method, name, as_given))
    Tensor.__init_subclass__ = classmethod(_init_subclass)
    kinds = "cuda sparse sparse_csr quantized meta mps mkldnn xpu ipu xla vulkan nested mtia maia"
    for kind in kinds.split():
        _C._add_attribute("is_" + kind, _false, f"False: see `torch.Tensor.is_{kind}`.")
    _C._add_attribute("_grad", lambda self: self.grad, "Its gradient.")
    _C._add_attribute("volatile", _false, "False: of PyTorch before 0.4.")
    _C._add_attribute("name", _none, "None: tensors have no names.")
    others = (
        "to_sparse to_sparse_csr to_sparse_csc to_sparse_bsr to_sparse_bsc to_mkldnn coalesce indices values "
        "crow_indices col_indices ccol_indices row_indices qscheme q_scale q_zero_point dequantize int_repr"
    )
    for name in others.split():
        if not hasattr(Tensor, name):
            setattr(Tensor, name, overridable(_of_others(name), name))
    plain = (_C.dtype, _C.device, type(_C.strided), type(_C.preserve_format), _C.Generator, Size)
    _C._set_plain_classes(plain)


_attach()
