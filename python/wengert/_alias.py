"""`import torch` gives wengert: a finder on `sys.meta_path`, and the environment that says so to child processes.

The module stands alone: `_site/sitecustomize.py` loads it from its file in every child, before anybody knows whether
wengert will be needed, and wengert itself is imported only when `torch` is.
"""

import os
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder

_HERE = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(_HERE, "_site")
FLAG = "WENGERT_AS_TORCH"


class TorchFinder:
    """Finds `torch` and `torch.x.y`: the very modules `wengert` and `wengert.x.y`."""

    def __init__(self, classic=False):
        self.classic = classic

    def find_spec(self, name, path=None, target=None):
        """A spec that loads the module of the same name below `wengert`; None where there is none."""
        if name == "wengert":
            return self._find_wengert()
        if name != "torch" and not name.startswith("torch."):
            if name.partition(".")[0] in ("torchvision", "torchaudio", "torchtext"):
                raise _foreign_package(name)
            return _find_safetensors(name) if name in ("safetensors", "safetensors.torch") else None
        ours = "wengert" + name[len("torch") :]
        try:
            module = import_module(ours)
        except ModuleNotFoundError as error:
            if error.name != ours:
                raise
            return None
        if self.classic and name == "torch":
            import_module("wengert.classic").activate()
        return ModuleSpec(name, _Loader(module), is_package=hasattr(module, "__path__"))

    def find_distributions(self, context=None):
        """The distribution "torch": `importlib.metadata.version("torch")` is asked by libraries, too."""
        if getattr(context, "name", None) not in (None, "torch"):
            return []
        from importlib.metadata import Distribution

        class TorchIsWengert(Distribution):
            """What is known of torch: its name and version."""

            def read_text(self, filename):
                if filename not in ("METADATA", "PKG-INFO"):
                    return None
                version = str(import_module("wengert.torch_version").__version__)
                return f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\nSummary: wengert in its place\n"

            def locate_file(self, path):
                return os.path.join(os.path.dirname(_HERE), path)

        return [TorchIsWengert()]

    def _find_wengert(self):
        """wengert beside this file, where the child's own path does not lead to it."""
        for finder in sys.meta_path:
            if finder is not self and hasattr(finder, "find_spec"):
                spec = finder.find_spec("wengert", None)
                if spec is not None and spec.origin is not None:
                    return spec
        return PathFinder.find_spec("wengert", [os.path.dirname(_HERE)])


def _find_safetensors(name):
    """`safetensors.torch` is ours; so is `safetensors`, if the package of this name is not there."""
    if name == "safetensors.torch":
        return ModuleSpec(name, _Loader(import_module("wengert.safetensors")))
    if PathFinder.find_spec(name) is not None:
        return None
    ours = import_module("wengert.safetensors")
    package = type(sys)(name)
    package.__spec__ = ModuleSpec(name, None, is_package=True)
    package.__path__ = []
    package.safe_open, package.SafetensorError = ours.safe_open, ours.SafetensorError
    return ModuleSpec(name, _Loader(package), is_package=True)


class _Loader:
    """Hands over a module that is there already, and leaves its `__spec__` as it was."""

    def __init__(self, module):
        self.module = module
        self.spec = module.__spec__

    def create_module(self, spec):
        return self.module

    def exec_module(self, module):
        module.__spec__ = self.spec


def _foreign_package(name):
    return ModuleNotFoundError(
        f"No module named '{name}': {name.partition('.')[0]} is built upon PyTorch's C++ library and cannot run on "
        "wengert. Read the data with numpy or the standard library and make tensors of it with torch.from_numpy",
        name=name,
    )


def _installed():
    return next((f for f in sys.meta_path if type(f).__name__ == "TorchFinder"), None)


def install(classic=False, children=True):
    """See `wengert.install`."""
    loaded = sys.modules.get("torch")
    if loaded is not None and loaded is not sys.modules.get("wengert"):
        where = getattr(loaded, "__file__", None) or "?"
        raise RuntimeError(
            f"PyTorch has been imported in this process already ({where}); call wengert.install() before the first "
            "`import torch`"
        )
    finder = _installed()
    if finder is None:
        finder = TorchFinder()
        sys.meta_path.insert(0, finder)
    if classic and not finder.classic:
        finder.classic = True
        if "wengert" in sys.modules:
            import_module("wengert.classic").activate()
    if children:
        os.environ[FLAG] = "classic" if finder.classic else "1"
        paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        if SITE not in paths:
            os.environ["PYTHONPATH"] = os.pathsep.join([SITE, *filter(None, paths)])


def uninstall():
    """See `wengert.uninstall`."""
    finder = _installed()
    if finder is None:
        return
    sys.meta_path.remove(finder)
    for name in [n for n in sys.modules if n == "torch" or n.startswith("torch.")]:
        del sys.modules[name]
    if finder.classic and "wengert.classic" in sys.modules:
        sys.modules["wengert.classic"].deactivate()
    os.environ.pop(FLAG, None)
    paths = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != SITE]
    if paths:
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    else:
        os.environ.pop("PYTHONPATH", None)


def in_child():
    """What `_site/sitecustomize.py` does in a child process: install, if the environment says so."""
    flag = os.environ.get(FLAG)
    if flag:
        sys.path[:] = [p for p in sys.path if os.path.abspath(p) != SITE]
        install(classic=flag == "classic")
