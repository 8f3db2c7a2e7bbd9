"""`torch.version`: which PyTorch is followed, and what it was built with (no accelerator)."""

from wengert.torch_version import OWN
from wengert.torch_version import __version__ as _version

__all__ = ["__version__", "cuda", "debug", "git_version", "hip", "rocm", "xpu"]

__version__ = str(_version)
wengert = OWN
debug = False
cuda = None
hip = None
rocm = None
xpu = None
git_version = "Unknown"
