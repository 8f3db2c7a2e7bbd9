# mypy: disable-error-code="no-redef, assignment"
"""Where the names of `wengert` come from, for type checkers: programs find most of them when they first use them."""

import builtins
from typing import Any

from wengert.functional import *  # before `_C`: the first definition counts
from wengert._C import *
from wengert._size import Size as Size
from wengert import (
    _C as _C,
    amp as amp,
    autograd as autograd,
    backends as backends,
    classic as classic,
    compiler as compiler,
    cpu as cpu,
    cuda as cuda,
    fft as fft,
    func as func,
    functional as functional,
    linalg as linalg,
    multiprocessing as multiprocessing,
    nn as nn,
    optim as optim,
    overrides as overrides,
    random as random,
    return_types as return_types,
    safetensors as safetensors,
    serialization as serialization,
    special as special,
    storage as storage,
    testing as testing,
    torch_version as torch_version,
    types as types,
    utils as utils,
    version as version,
)
from wengert._arrays import (
    asarray as asarray,
)
from wengert._explain import (
    draw_graph as draw_graph,
    explain_grad as explain_grad,
    ledger as ledger,
    trap_non_finite as trap_non_finite,
)
from wengert._legacy import (
    set_default_tensor_type as set_default_tensor_type,
)
from wengert._settings import (
    are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled,
    classproperty as classproperty,
    compile as compile,
    compiled_with_cxx11_abi as compiled_with_cxx11_abi,
    e as e,
    get_default_device as get_default_device,
    get_deterministic_debug_mode as get_deterministic_debug_mode,
    get_float32_matmul_precision as get_float32_matmul_precision,
    get_num_interop_threads as get_num_interop_threads,
    has_cuda as has_cuda,
    has_cudnn as has_cudnn,
    has_lapack as has_lapack,
    has_mkl as has_mkl,
    has_mkldnn as has_mkldnn,
    has_mps as has_mps,
    has_openmp as has_openmp,
    has_spectral as has_spectral,
    inf as inf,
    is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled,
    is_distributed as is_distributed,
    is_storage as is_storage,
    is_tensor as is_tensor,
    is_vulkan_available as is_vulkan_available,
    is_warn_always_enabled as is_warn_always_enabled,
    nan as nan,
    newaxis as newaxis,
    pi as pi,
    set_default_device as set_default_device,
    set_deterministic_debug_mode as set_deterministic_debug_mode,
    set_float32_matmul_precision as set_float32_matmul_precision,
    set_flush_denormal as set_flush_denormal,
    set_num_interop_threads as set_num_interop_threads,
    set_warn_always as set_warn_always,
    typename as typename,
    use_deterministic_algorithms as use_deterministic_algorithms,
)
from wengert.amp import (
    GradScaler as GradScaler,
    autocast as autocast,
    is_autocast_cpu_enabled as is_autocast_cpu_enabled,
    is_autocast_enabled as is_autocast_enabled,
)
from wengert.autograd import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from wengert.autograd.anomaly_mode import (
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
    is_anomaly_enabled as is_anomaly_enabled,
    set_anomaly_enabled as set_anomaly_enabled,
)
from wengert.autograd.grad_mode import (
    is_inference as is_inference,
)
from wengert.func import (
    vmap as vmap,
)
from wengert.random import (
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
    thread_safe_generator as thread_safe_generator,
)
from wengert.serialization import (
    load as load,
    save as save,
)
from wengert.storage import (
    Storage as Storage,
    TypedStorage as TypedStorage,
)
from wengert.utils.dlpack import (
    from_dlpack as from_dlpack,
)
from wengert.torch_version import __version__ as __version__

BFloat16Storage: Any
BFloat16Tensor: Any
BoolStorage: Any
BoolTensor: Any
ByteStorage: Any
ByteTensor: Any
CharStorage: Any
CharTensor: Any
ComplexDoubleStorage: Any
ComplexFloatStorage: Any
DoubleStorage: Any
DoubleTensor: Any
FloatStorage: Any
FloatTensor: Any
HalfStorage: Any
HalfTensor: Any
IntStorage: Any
IntTensor: Any
LongStorage: Any
LongTensor: Any
ShortStorage: Any
ShortTensor: Any
UntypedStorage: Any

def install(*, classic: builtins.bool = False, children: builtins.bool = True) -> None: ...
def uninstall() -> None: ...
def __getattr__(name: str) -> Any: ...
