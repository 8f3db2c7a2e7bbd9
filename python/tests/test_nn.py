"""Of torch.nn, what is ours rather than PyTorch's."""

from __future__ import annotations

import subprocess
import sys

import pytest


def test_layers_are_imported_when_asked_for() -> None:
    code = (
        "import sys, wengert, wengert.nn\n"
        "assert not any(m.startswith('wengert.nn.modules.') for m in sys.modules), 'too early'\n"
        "wengert.nn.Linear(1, 1)\n"
        "assert 'wengert.nn.modules.loss' not in sys.modules\n"
        "assert 'wengert.nn.utils' not in sys.modules\n"
        "for heavy in ('inspect', 'typing', 'dataclasses', 're'):\n"
        "    assert heavy not in sys.modules, heavy\n"
    )
    subprocess.run([sys.executable, "-S", "-c", _with_path(code)], check=True)


def _with_path(code: str) -> str:
    return f"import sys; sys.path[:0] = {[p for p in sys.path if p]!r}\n{code}"


def test_every_listed_name_is_there() -> None:
    from torch import nn

    for module in (nn, nn.functional, nn.modules, nn.init, nn.utils, nn.parameter):
        for name in module.__all__:
            assert getattr(module, name) is not None
            assert name in dir(module)


def test_public_things_have_docstrings() -> None:
    from torch import nn

    for module in (nn.functional, nn.modules, nn.init, nn.utils):
        for name in module.__all__:
            thing = getattr(module, name)
            assert thing.__doc__ or type(thing).__name__ == "builtin_function_or_method", name
            if isinstance(thing, type):
                for method, f in vars(thing).items():
                    if not method.startswith("_") and callable(f):
                        assert f.__doc__, f"{name}.{method}"


def test_devices_that_are_not_there_are_named() -> None:
    from torch import nn

    layer = nn.Linear(1, 1)
    with pytest.raises((AssertionError, RuntimeError), match="CUDA"):
        layer.cuda()
    with pytest.raises((AssertionError, RuntimeError), match=r"CUDA|cuda"):
        layer.to("cuda")
    with pytest.raises(RuntimeError, match="xpu"):
        layer.xpu()
    assert nn.ReLU().xpu() is not None


def test_unknown_names_say_what_is_near() -> None:
    from torch import nn

    with pytest.raises(AttributeError, match="Linear"):
        nn.Liner  # noqa: B018
    with pytest.raises(AttributeError, match="Conv2d yet"):
        nn.Conv2d  # noqa: B018
