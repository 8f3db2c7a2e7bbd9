"""The recorded programs of autograd that the Rust library is tested with (crates/wengert/tests/it/cases): their
Python texts, run with wengert in the place of torch, must show what PyTorch showed."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
import rust_cases

ROOT = Path(__file__).parents[2]
CASES = ROOT / "crates/wengert/tests/it/cases"
RECORDED = ROOT / "crates/wengert/testdata/cases"
TOLERANCE = 1e-5


def chapters() -> list[str]:
    return sorted(path.stem for path in RECORDED.glob("*.json"))


def programs() -> list:
    found = []
    for chapter in chapters():
        for name, text in sorted(rust_cases.programs(CASES / f"{chapter}.rs").items()):
            found.append(pytest.param(chapter, name, text, id=f"{chapter}-{name}"))
    return found


@pytest.fixture(scope="module")
def recorder():
    """What runs a program and notes the lines that it shows: the module that recorded them."""
    path = ROOT / "xtask/python/record_cases.py"
    spec = importlib.util.spec_from_file_location("record_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def first_sentence(text: str) -> str:
    return re.split(r"\. (?=[A-Z])", text, maxsplit=1)[0]


def same_word(theirs: str, ours: str) -> bool:
    try:
        a, b = float(theirs), float(ours)
    except ValueError:
        return theirs == ours
    return a == b or (a != a and b != b) or abs(a - b) <= TOLERANCE * max(abs(a), 1.0)


def agree(theirs: str, ours: str) -> bool:
    """Errors must be of the same class and begin with PyTorch's first sentence; numbers may differ in the last
    digits."""
    head = re.match(r"error \w+ |warning ", theirs)
    if head:
        return ours.startswith(head[0] + first_sentence(theirs[head.end() :]))
    a, b = theirs.split(" "), ours.split(" ")
    return len(a) == len(b) and all(map(same_word, a, b))


@pytest.mark.parametrize(("chapter", "name", "text"), programs())
def test_case(recorder, chapter: str, name: str, text: str) -> None:
    expected = json.loads((RECORDED / f"{chapter}.json").read_text())[name][1:]
    with recorder.default_modes():
        lines = recorder.run(f"{chapter}/{name}", text)
    for i, (theirs, ours) in enumerate(zip(expected, lines)):
        assert agree(theirs, ours), f"line {i + 1}:\n  PyTorch: {theirs}\n  wengert: {ours}"
    assert len(lines) == len(expected)
