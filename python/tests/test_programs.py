"""Every program of `programs`, compared with what PyTorch showed."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import programs
import pytest

RECORDED = Path(__file__).parent / "recorded"
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|inf|nan)\b\.?")


def cases() -> list:
    return [pytest.param(c, n, id=f"{c}-{n}") for c in programs.chapters() for n in programs.programs(c)]


def agree(ours: str, theirs: str, tolerance: float) -> bool:
    """Are two lines equal but for the last digits of their numbers?"""
    if ours == theirs or not tolerance:
        return ours == theirs
    if NUMBER.sub("#", ours).split() != NUMBER.sub("#", theirs).split():
        return False
    for a, b in zip(NUMBER.findall(ours), NUMBER.findall(theirs)):
        if a == b:
            continue
        is_int = "." not in a + b and "e" not in a + b
        # `2` is no `2.`; where a number is written with an exponent its point may come and go.
        other_kind = ("." in a) != ("." in b) and not re.search("[en]", a + b)
        if is_int or other_kind or not math.isclose(float(a), float(b), rel_tol=tolerance, abs_tol=tolerance * 1e-2):
            return False
    return True


@pytest.mark.parametrize(("chapter", "name"), cases())
def test_program(chapter: str, name: str) -> None:
    import torch  # wengert, see conftest.py

    program = programs.programs(chapter)[name]
    path = RECORDED / f"{chapter}.json"
    recorded = json.loads(path.read_text())["programs"] if path.exists() else {}
    assert name in recorded, f"nothing is recorded for {chapter}.{name}: cargo xtask reference --only python"
    assert recorded[name]["of"] == programs.fingerprint(program), "what is recorded is of an older program"
    show = programs.run(program, torch)
    expected = recorded[name]["lines"]
    for i, (ours, theirs) in enumerate(zip(show.lines, expected)):
        assert agree(ours, theirs, show.tolerance), f"line {i + 1}:\n  PyTorch: {theirs}\n  wengert: {ours}"
    assert len(show.lines) == len(expected)
