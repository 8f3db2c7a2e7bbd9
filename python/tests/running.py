"""Runs programs in a fresh Python, for the tests of the runner."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import wengert
from wengert import _alias


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what `wengert.install()` has put there (conftest.py)."""
    clean = {k: v for k, v in os.environ.items() if k not in (_alias.FLAG, "PYTHONPATH", "LC_ALL", "PYTHONINSPECT")}
    paths = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != _alias.SITE]
    package = str(Path(wengert.__file__).parents[1])
    if "site-packages" not in package and package not in paths:
        paths.append(package)
    if paths:
        clean["PYTHONPATH"] = os.pathsep.join(paths)
    clean.update(LANG="C.UTF-8", PYTHONIOENCODING="utf-8")
    clean.update(more)
    return clean


def python(*arguments: object, stdin: str = "", cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess:
    """`python arguments...`."""
    command = [sys.executable, *map(str, arguments)]
    how = {"input": stdin, "capture_output": True, "encoding": "utf-8", "cwd": cwd, "timeout": 120}
    return subprocess.run(command, env=environment(**more), **how)


def wengert_runs(*arguments: object, **how) -> subprocess.CompletedProcess:
    """`python -m wengert arguments...`."""
    return python("-m", "wengert", *arguments, **how)
