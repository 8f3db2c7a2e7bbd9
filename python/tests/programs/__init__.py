"""Programs of PyTorch, by chapter: see README.md."""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import pkgutil
import re
import sys
import types
import warnings
from typing import Callable


class Show:
    """Collects what a program shows."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        #: How far numbers may be apart, relative to the larger one. 0: lines must be equal letter by letter.
        self.tolerance = 1e-4

    def __call__(self, *values: object) -> None:
        self.lines.append(" ".join(v.__name__ if isinstance(v, type) else str(v) for v in values))

    def raised(self, f: Callable[[], object]) -> None:
        """Shows all that `f` raises says: for texts of several sentences or lines."""
        try:
            result = f()
        except Exception as e:
            self(f"{type(e).__name__}: {e}")
        else:
            self(f"no error: {result}")

    def errors(self, text: str, names: dict[str, object]) -> None:
        """Shows for each line of `text`, an expression, all that it raises."""
        for line in filter(None, map(str.strip, text.splitlines())):
            self(line)
            self.raised(functools.partial(eval, line, names))

    def error(self, f: Callable[[], object], text: bool = True) -> None:
        """Shows what `f` raises: the class, and the first sentence unless `text` is False."""
        try:
            result = f()
        except Exception as e:
            self(_sentence(e) if text else type(e).__name__)
        else:
            self(f"no error: {result}")

    def each(self, text: str, **names: object) -> None:
        """Shows each line of `text`, an expression, with its value or what it raises."""
        for line in filter(None, map(str.strip, text.splitlines())):
            self(line, "is", _outcome(lambda line=line: eval(line, names)))

    def after(self, text: str, make: Callable[[], dict[str, object]], *shown: str) -> None:
        """Runs each line of `text`, a statement, with new names from `make`; shows what it raises and `shown`."""
        for line in filter(None, map(str.strip, text.splitlines())):
            names = make()
            raised = _outcome(lambda line=line, names=names: exec(line, names))
            self(line, "gives", *([] if raised is None else [raised]), *(eval(s, names) for s in shown))


def _outcome(f: Callable[[], object]) -> object:
    """What `f` gives, or the class and the first sentence of what it raises."""
    try:
        return f()
    except Exception as e:
        return _sentence(e)


def _sentence(e: Exception) -> str:
    message = str(e).strip().split("\n")[0]
    return f"{type(e).__name__}: " + re.split(r"(?<=[.!?])\s", message)[0]


def chapters() -> list[str]:
    """The names of all chapters."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def programs(chapter: str) -> dict[str, types.FunctionType]:
    """The programs of a chapter, in their order."""
    module = importlib.import_module(f"{__name__}.{chapter}")
    found = {n: f for n, f in vars(module).items() if isinstance(f, types.FunctionType) and not n.startswith("_")}
    return {n: f for n, f in found.items() if list(inspect.signature(f).parameters) == ["torch", "show"]}


def fingerprint(program: types.FunctionType) -> str:
    """Changes with the text of a program."""
    return hashlib.sha256(inspect.getsource(program).encode()).hexdigest()[:12]


def run(program: types.FunctionType, torch: types.ModuleType) -> Show:
    """Runs a program from a known state of the random numbers."""
    show = Show()
    show.tolerance = getattr(sys.modules[program.__module__], "TOLERANCE", show.tolerance)
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program(torch, show)
    return show
