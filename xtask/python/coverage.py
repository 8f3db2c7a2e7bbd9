"""Writes docs/coverage.md: which of PyTorch's public names the Python package has.

usage: python xtask/python/coverage.py [--names names.json]

Run it with a Python that can import wengert (the built wheel, or PYTHONPATH=python beside a built `_C`). With --names
it first writes python/wengert/_pytorch_names.txt from a JSON file of {"torch.nn": ["Linear", ...], ...}, the public
names of a PyTorch release; the package asks that list when a name is unknown.
"""

from __future__ import annotations

import argparse
import importlib
import json
import textwrap
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = ROOT / "python" / "wengert" / "_pytorch_names.txt"
PAGE = ROOT / "docs" / "coverage.md"

# What PyTorch's modules happen to import for themselves; not names of theirs.
STRAY = {"Optional", "TYPE_CHECKING", "Tensor"}
# Python gives these to every class, or PyTorch inherits them from its way of binding.
NOT_OURS = {"__annotations__", "__dict__", "__module__", "__weakref__", "__cuda_array_interface__"}


def write_names(json_file: Path) -> None:
    names = json.loads(json_file.read_text(encoding="utf-8"))
    lines = [f"{space}: {' '.join(n for n in of if n not in STRAY)}\n" for space, of in names.items()]
    NAMES.write_text("".join(lines), encoding="ascii")


def read_names() -> dict[str, list[str]]:
    lines = NAMES.read_text(encoding="ascii").splitlines()
    return {space: of.split() for space, _, of in (line.partition(": ") for line in lines)}


def find(space: str) -> object | None:
    """The namespace of ours; None if there is none, or only one whose names are missing."""
    import wengert
    from wengert._foreign import ForeignModule

    space = space.removesuffix(" dunder")
    if space == "torch.Tensor":
        return wengert.Tensor
    try:
        module = importlib.import_module("wengert" + space[len("torch") :])
    except ModuleNotFoundError:
        return None
    return None if isinstance(module, ForeignModule) else module


def has(namespace: object | None, name: str) -> bool:
    from wengert._foreign import ForeignModule, Missing

    if namespace is None:
        return False
    if isinstance(namespace, type):
        return any(name in cls.__dict__ for cls in namespace.__mro__[:-1])
    return not isinstance(getattr(namespace, name, Missing("", "")), (Missing, ForeignModule))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=Path, help="a JSON file of PyTorch's names")
    arguments = parser.parse_args()
    if arguments.names:
        write_names(arguments.names)
    warnings.simplefilter("ignore")
    rows, details, total, there = [], [], 0, 0
    for space, names in read_names().items():
        names = [n for n in names if n not in NOT_OURS]
        namespace = find(space)
        ours = [n for n in names if has(namespace, n)]
        lacking = [n for n in names if n not in set(ours)]
        total, there = total + len(names), there + len(ours)
        rows.append(f"| `{space}` | {len(ours)} | {len(names)} | {100 * len(ours) / len(names):.0f} % |")
        if ours:
            details += [f"## {space}\n", f"There ({len(ours)}):\n{listed(ours)}\n"]
        if ours and lacking:
            details.append(f"Not yet ({len(lacking)}):\n{listed(lacking)}\n")
    page = [
        "# PyTorch's names in the Python package",
        "",
        "Written by `python xtask/python/coverage.py`, which looks up the public names of PyTorch 2.15 in the package.",
        "A name counts if it is there and does more than say that it is missing.",
        "",
        "| Namespace | There | PyTorch | |",
        "| --- | ---: | ---: | ---: |",
        *rows,
        f"| all | {there} | {total} | {100 * there / total:.0f} % |",
        "",
        *details,
    ]
    PAGE.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")
    print(f"{there} of {total} names; {PAGE.relative_to(ROOT)} written")


def listed(names: list[str]) -> str:
    return textwrap.fill(" ".join(f"`{n}`" for n in names), 160)


if __name__ == "__main__":
    main()
