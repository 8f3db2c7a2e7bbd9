"""The stubs for type checkers name what there is at run time."""

import ast
import os
import types

import pytest
import wengert
from wengert import _C

FOLDER = os.path.dirname(wengert.__file__)


def _names(body):
    """The names that statements of a stub define."""
    out = set()
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            out.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            out.add(node.target.id)
        elif isinstance(node, ast.Assign):
            out.update(target.id for target in node.targets)
        elif isinstance(node, ast.ImportFrom):
            out.update(alias.asname or alias.name for alias in node.names)
    return out


def _stub(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return ast.parse(file.read()).body


def _public(thing):
    return {name for name in dir(thing) if not name.startswith("_")}


def test_functions():
    assert _public(_C) - _names(_stub("_C.pyi")) == set()


@pytest.mark.parametrize("name", ["Tensor", "_nn", "_linalg", "_special", "dtype", "device", "Generator"])
def test_classes(name):
    body = next(node.body for node in _stub("_C.pyi") if isinstance(node, ast.ClassDef) and node.name == name)
    assert _public(getattr(_C, name)) - _names(body) == set()


def test_package():
    named = _names(_stub("__init__.pyi")) | _names(_stub("_C.pyi")) | set(wengert.functional.__all__)
    names = {n for n in _public(wengert) if not isinstance(getattr(wengert, n), types.ModuleType)}
    assert names - named == set()


def test_overloads():
    """A name has as many signatures as the table: `sum(input)` and `sum(input, dim, keepdim)`."""
    defs = [node for node in ast.walk(ast.Module(_stub("_C.pyi"), [])) if isinstance(node, ast.FunctionDef)]
    of_sum = [node for node in defs if node.name == "sum"]
    assert len(defs) > 1000
    assert {len(node.args.args) for node in of_sum} == {1, 3}
