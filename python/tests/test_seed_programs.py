"""The tutorials' programs print what they must, run as they are and with one import changed."""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from running import wengert_runs

FOLDER = Path(os.environ.get("WENGERT_SEED_PROGRAMS", Path(__file__).parents[3] / "shared" / "seed_programs"))
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8")) if FOLDER.exists() else {}

pytestmark = pytest.mark.skipif(not EXPECTED, reason=f"no programs at {FOLDER} (set WENGERT_SEED_PROGRAMS)")


def names() -> list[str]:
    return sorted(EXPECTED) or ["none"]


@pytest.fixture
def plots(tmp_path: Path) -> dict[str, str]:
    """Where matplotlib is missing, an empty one: the programs import it and draw nothing."""
    if find_spec("matplotlib") is not None:
        return {}
    (tmp_path / "matplotlib").mkdir()
    (tmp_path / "matplotlib" / "__init__.py").touch()
    (tmp_path / "matplotlib" / "pyplot.py").touch()
    from running import environment

    return {"PYTHONPATH": os.pathsep.join([str(tmp_path), environment().get("PYTHONPATH", "")])}


LONG = re.compile(r"\d\.\d{8,}(?:e-?\d+)?|\d{1,3}\.\d{7,}")


def equal_but_for_rounding(ours: str, theirs: str) -> bool:
    """Equal but for the last bits of float32 numbers that are shown with all the digits of a float64.

    Sums are accumulated in double precision here, and in single precision by PyTorch.
    """
    if LONG.sub("#", ours) != LONG.sub("#", theirs):
        return False
    pairs = zip(map(float, LONG.findall(ours)), map(float, LONG.findall(theirs)))
    return all(abs(a - b) <= 2**-22 * abs(b) for a, b in pairs)


def check(ran, expected: dict) -> None:
    if "error" in expected:
        kind, words = expected["error"]
        assert ran.returncode == 1
        said = [line for line in ran.stderr.splitlines() if line.startswith(kind + ":")]
        assert said and re.search(words, said[0]), ran.stderr
        return
    assert ran.returncode == 0, ran.stderr
    if "stdout" in expected:
        assert ran.stdout == expected["stdout"] or equal_but_for_rounding(ran.stdout, expected["stdout"])
    else:
        lines = ran.stdout.splitlines()
        assert any(
            len(lines) == len(patterns) and all(map(re.fullmatch, patterns, lines))
            for patterns in expected["stdout_regex"]
        ), ran.stdout


@pytest.mark.parametrize("name", names())
def test_as_it_is(name: str, plots: dict[str, str]) -> None:
    check(wengert_runs(FOLDER / f"{name}.py", **plots), EXPECTED[name])


@pytest.mark.parametrize("name", names())
def test_with_one_import_changed(name: str, tmp_path: Path, plots: dict[str, str]) -> None:
    from running import python

    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    source = re.sub(r"^import torch$", "import wengert as torch", source, flags=re.M)
    source = re.sub(r"^(import|from) torch\.", r"\1 wengert.", source, flags=re.M)
    program = tmp_path / f"{name}.py"
    program.write_text(source, encoding="utf-8")
    check(python(program, **plots), EXPECTED[name])


@pytest.mark.parametrize("name", names())
def test_classic_as_well(name: str, plots: dict[str, str]) -> None:
    repaired = {"seed1_level4": "seed1_level4_fixed"}.get(name, name)
    check(wengert_runs("--classic", FOLDER / f"{name}.py", **plots), EXPECTED[repaired])
