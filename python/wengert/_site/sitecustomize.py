"""Python imports this at the start of a child of `python -m wengert`: there, too, `import torch` gives wengert."""

import os
import sys


def _install():
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location("wengert._alias", os.path.join(here, os.pardir, "_alias.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["wengert._alias"] = module
    spec.loader.exec_module(module)
    module.in_child()


def _next():
    """Runs the sitecustomize that this one hides, if there is one."""
    ours = sys.modules.pop("sitecustomize")
    try:
        import sitecustomize  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "sitecustomize":
            raise
    finally:
        sys.modules.setdefault("sitecustomize", ours)


_install()
_next()
