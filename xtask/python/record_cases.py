"""Records what PyTorch shows for the recorded programs ("cases") of crates/wengert/tests/it/cases.

    python record_cases.py PROGRAMS FOLDER

`cargo xtask reference` makes PROGRAMS (one JSON object: `{"CHAPTER/NAME": [FINGERPRINT, PROGRAM], ...}`) and calls
this program. For each chapter FOLDER gets CHAPTER.json, sorted, one line for each case:
`"NAME": [FINGERPRINT, LINE, ...]`.

A program runs in a namespace of its own, with `torch`, `nn`, `F`, `math`, seed 0, PyTorch's default modes, and these
functions:

    show(x, ...)      one line for each value: a tensor (dtype, shape, `grad` if it requires grad, elements), None,
                      a bool, a number, a text, a node of the graph (its name); a tuple or list shows its elements
    with raises():    shows the class and the first line of the exception that must arise inside, or `no error`
    warns(f)          calls f, gives back its result, and shows the first line of the warning, or `no warning`
"""

import contextlib
import json
import math
import os
import sys
import textwrap
import traceback
import warnings

import torch
import torch.nn.functional as F

# The classes that an error of wengert can have; of others the nearest ancestor is shown.
CLASSES = (NotImplementedError, RuntimeError, IndexError, TypeError, ValueError, AssertionError)


def number(value):
    return str(int(value)) if isinstance(value, (bool, int)) else format(value, ".9g")


def tensor(t):
    words = ["tensor", str(t.dtype).removeprefix("torch."), str(list(t.shape))]
    words += ["grad"] if t.requires_grad else []
    return " ".join(words + [number(v) for v in t.detach().reshape(-1).tolist()])


def shown(x):
    if x is None:
        return ["none"]
    if isinstance(x, torch.Tensor):
        return [tensor(x)]
    if isinstance(x, bool):
        return [str(x).lower()]
    if isinstance(x, (int, float)):
        return ["number " + number(x)]
    if isinstance(x, str):
        return ["text " + x]
    if isinstance(x, (tuple, list)):
        return [line for element in x for line in shown(element)]
    if hasattr(x, "next_functions"):
        name = x.name()
        # That of an accumulating node and of a Python function has its namespace in front.
        return ["node " + name.rpartition("::")[2].rpartition(".")[2]]
    raise TypeError(f"show() does not know {type(x).__name__}")


def first_line(e):
    return (str(e).splitlines() or [""])[0]


def run(name, program):
    """The lines that a program shows."""
    lines = []

    def show(*values):
        for x in values:
            lines.extend(shown(x))

    @contextlib.contextmanager
    def raises():
        try:
            yield
        except Exception as e:
            known = next((c.__name__ for c in CLASSES if isinstance(e, c)), type(e).__name__)
            lines.append(f"error {known} {first_line(e)}")
        else:
            lines.append("no error")

    def warns(f):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            result = f()
        lines.append(f"warning {first_line(caught[0].message)}" if caught else "no warning")
        return result

    torch.manual_seed(0)
    names = {"torch": torch, "nn": torch.nn, "F": F, "math": math, "show": show, "raises": raises, "warns": warns}
    exec(compile(textwrap.dedent(program), name, "exec"), {"__name__": name, **names})
    return lines


@contextlib.contextmanager
def default_modes():
    """Whatever a program leaves behind is undone."""
    dtype = torch.get_default_dtype()
    with torch.enable_grad(), torch.autograd.set_detect_anomaly(False), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    torch.set_default_dtype(dtype)


def main():
    programs_path, folder = sys.argv[1:]
    torch.set_num_threads(1)
    with open(programs_path, encoding="utf-8") as file:
        programs = json.load(file)
    chapters, failures = {}, []
    for name, (fingerprint, program) in sorted(programs.items()):
        chapter, _, short = name.partition("/")
        try:
            with default_modes():
                lines = run(name, program)
            chapters.setdefault(chapter, {})[short] = [fingerprint, *lines]
        except Exception:
            failures.append(f"{name}: {traceback.format_exc(limit=-1)}")
    os.makedirs(folder, exist_ok=True)
    for chapter, cases in chapters.items():
        text = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in cases.items())
        with open(os.path.join(folder, chapter + ".json"), "w", encoding="utf-8") as file:
            file.write("{\n" + text + "\n}\n")
    print(f"{len(programs) - len(failures)} of {len(programs)} programs recorded")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
