"""`torch.__config__`: how wengert was built, as text."""

import platform

from wengert import _C
from wengert.torch_version import OWN, __version__


def show():
    """What this is and runs on."""
    return (
        f"wengert {OWN}, as PyTorch {__version__.partition('+')[0]}\n"
        f"  - Rust, without C++, BLAS, LAPACK or CUDA\n  - {platform.machine()} {platform.system()}\n"
    )


def parallel_info():
    """The number of threads."""
    return f"wengert:\n\tget_num_threads() : {_C.get_num_threads()}\n"
