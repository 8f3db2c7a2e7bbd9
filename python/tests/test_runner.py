"""`python -m wengert`: the program sees what it would see under `python`, and torch is wengert, in children too."""

from __future__ import annotations

import signal
import sys
import zipfile
from pathlib import Path

import pytest
from running import python, wengert_runs

SHOW = "import sys; print(sys.argv, sys.path[0], __name__, globals().get('__file__'), __spec__)\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def same_as_python(*arguments: object, **how) -> None:
    theirs, ours = python(*arguments, **how), wengert_runs(*arguments, **how)
    assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode)


# What the program sees


def test_a_script_sees_what_python_shows(tmp_path: Path) -> None:
    script = write(tmp_path, "program.py", SHOW)
    same_as_python(script, "a", "-b", "--version")
    same_as_python("program.py", "a", cwd=tmp_path)


def test_text_sees_what_python_shows() -> None:
    same_as_python("-c", SHOW.replace("globals().get('__file__')", "'__file__' in globals()"), "a", "-m")


def test_standard_input_is_a_program(tmp_path: Path) -> None:
    same_as_python("-", "a", stdin=SHOW.replace("globals().get('__file__')", "0"))
    assert wengert_runs(stdin="import torch; print(torch.__name__)").stdout == "wengert\n"


def test_a_module_sees_what_python_shows(tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    write(package, "__init__.py", "")
    write(
        package, "__main__.py", "from package import part; print('main')\n" + SHOW.replace("__spec__", "__spec__.name")
    )
    write(package, "part.py", SHOW.replace("__spec__", "__spec__.name"))
    same_as_python("-m", "package", "x", cwd=tmp_path)
    same_as_python("-m", "package.part", "x", cwd=tmp_path)
    same_as_python("-mpackage.part", "x", cwd=tmp_path)


def test_folders_and_archives_run(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    main = write(folder, "__main__.py", "import sys, other; print(sys.argv[1:], __name__)\n")
    other = write(folder, "other.py", "print('other')\n")
    archive = tmp_path / "program.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(main, "__main__.py")
        file.write(other, "other.py")
    same_as_python(folder, "x")
    same_as_python(archive, "x")


def test_the_encoding_of_a_script_is_heeded(tmp_path: Path) -> None:
    script = tmp_path / "latin.py"
    script.write_bytes("# -*- coding: latin-1 -*-\nprint('\xe4')\n".encode("latin-1"))
    same_as_python(script)


def test_futures_of_the_runner_do_not_reach_the_program(tmp_path: Path) -> None:
    same_as_python("-c", "def f(x: int): pass\nprint(f.__annotations__['x'] is int)")


# How it ends


@pytest.mark.parametrize("code", ["0", "7", "None", "'text'", "True"])
def test_exit_codes(code: str) -> None:
    same_as_python("-c", f"import sys; sys.exit({code})")


def test_an_error_shows_the_programs_lines_only(tmp_path: Path) -> None:
    script = write(
        tmp_path, "program.py", "def f():\n    raise ValueError('x')\n\ntry:\n    1 / 0\nexcept Exception:\n    f()\n"
    )
    same_as_python(script)


def test_a_syntax_error_is_pythons(tmp_path: Path) -> None:
    same_as_python(write(tmp_path, "program.py", "x = 1\nif x\n    y\n"))


def test_an_error_in_a_thread_and_at_exit(tmp_path: Path) -> None:
    same_as_python("-c", "import atexit; atexit.register(print, 'bye'); raise SystemExit(3)")
    same_as_python(write(tmp_path, "p.py", "import atexit; atexit.register(print, 'bye')\n1 / 0\n"))


def test_the_programs_own_excepthook_is_called(tmp_path: Path) -> None:
    text = "import sys\nsys.excepthook = lambda kind, e, tb: print(kind.__name__, tb.tb_lineno, tb.tb_next)\n1 / 0\n"
    same_as_python(write(tmp_path, "p.py", text))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_ends_it_as_python_is_ended() -> None:
    ran = wengert_runs("-c", "raise KeyboardInterrupt")
    assert ran.returncode == -signal.SIGINT
    assert ran.stderr.strip().endswith("KeyboardInterrupt")


def test_a_missing_script_and_module(tmp_path: Path) -> None:
    same_as_python("nowhere.py", cwd=tmp_path)
    same_as_python("-m", "nowhere_at_all", cwd=tmp_path)


def test_the_prompt_comes_after_the_program_with_i(tmp_path: Path) -> None:
    script = write(tmp_path, "p.py", "import torch\nx = 3\n")
    ran = wengert_runs("-i", script, stdin="print(x + 1, torch.__name__)\n")
    assert "4 wengert" in ran.stdout


def test_help_version_and_mistakes() -> None:
    assert wengert_runs("--help").stdout.startswith("usage: python -m wengert")
    assert wengert_runs("--version").stdout.startswith("wengert ")
    ran = wengert_runs("--clasic", "x.py")
    assert ran.returncode == 2 and "unknown option --clasic" in ran.stderr
    assert wengert_runs("-m").returncode == 2


# torch is wengert


def test_every_submodule_is_wengerts_own() -> None:
    text = """
import importlib, pkgutil, sys
import wengert
names = [m.name for m in pkgutil.walk_packages(wengert.__path__, "wengert.") if not m.name.startswith("wengert._")]
assert len(names) > 20
for name in names:
    if name.endswith("__main__"):
        continue
    theirs = importlib.import_module(name.replace("wengert", "torch", 1))
    assert theirs is importlib.import_module(name), name
    assert theirs.__spec__.name == name, name
import torch.nn.functional as F
from torch.autograd import Variable
assert F is wengert.nn.functional and torch is wengert
"""
    ran = wengert_runs("-c", "import torch\n" + text)
    assert ran.returncode == 0, ran.stderr


CHILD = "import sys, torch, torch.nn; sys.stdout.write(torch.__name__ + ' ')"


def test_a_python_process_that_it_starts(tmp_path: Path) -> None:
    write(tmp_path, "sitecustomize.py", "import sys; sys.stdout.write('own ')\n")
    text = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {CHILD!r}], check=True, cwd='/')\n"
    assert wengert_runs("-c", text).stdout == "wengert "
    from running import environment

    paths = environment().get("PYTHONPATH", "") + ":" + str(tmp_path)
    assert "own wengert " in wengert_runs("-c", text, PYTHONPATH=paths).stdout


def test_a_grandchild(tmp_path: Path) -> None:
    inner = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], check=True)"
    text = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}], check=True)"
    assert wengert_runs("-c", text).stdout == "wengert "


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
@pytest.mark.parametrize("as_module", [False, True])
def test_processes_of_multiprocessing(tmp_path: Path, method: str, as_module: bool) -> None:
    write(
        tmp_path,
        "program.py",
        f"""
import torch
import torch.multiprocessing as mp

def double(x):
    return 2 * x, torch.__name__

if __name__ == "__main__":
    with mp.get_context({method!r}).Pool(1) as pool:
        print(pool.map(double, [torch.tensor([1., 2.])]))
""",
    )
    arguments = ["-m", "program"] if as_module else ["program.py"]
    ran = wengert_runs(*arguments, cwd=tmp_path)
    assert ran.stdout == "[(tensor([2., 4.]), 'wengert')]\n", ran.stderr


def test_spawned_functions_and_what_they_raise(tmp_path: Path) -> None:
    script = write(
        tmp_path,
        "program.py",
        """
import torch
import torch.multiprocessing as mp

def work(i, x):
    print(i, (x + i).tolist(), flush=True)
    if i == 1:
        raise ValueError("one")

if __name__ == "__main__":
    mp.spawn(work, args=(torch.ones(2),), nprocs=1)
    try:
        mp.spawn(work, args=(torch.ones(2),), nprocs=2)
    except mp.ProcessRaisedException as error:
        print("Process 1 terminated" in str(error), "ValueError: one" in str(error), error.error_index)
""",
    )
    ran = wengert_runs(script)
    assert ran.stdout.startswith("0 [1.0, 1.0]\n") and ran.stdout.endswith("True True 1\n"), ran.stderr


def test_install_and_uninstall_from_inside() -> None:
    text = f"""
import os, sys
before = dict(os.environ), list(sys.path)
import wengert
wengert.install()
wengert.install()
import torch, torch.nn.functional
import subprocess
subprocess.run([sys.executable, "-c", {CHILD!r}], check=True)
wengert.uninstall()
assert "torch" not in sys.modules and "torch.nn" not in sys.modules
assert (dict(os.environ), list(sys.path)) == before
try:
    import torch
    print("real" if torch is not wengert else "still wengert")
except ModuleNotFoundError:
    print("none")
"""
    ran = python("-c", text)
    assert ran.stdout in ("wengert none\n", "wengert real\n"), ran.stdout + ran.stderr


def test_install_after_the_real_torch_is_refused() -> None:
    text = "import sys, types; sys.modules['torch'] = types.ModuleType('torch')\nimport wengert; wengert.install()"
    ran = python("-c", text)
    assert "RuntimeError: PyTorch has been imported in this process already" in ran.stderr


def test_pickles_of_modules_come_back(tmp_path: Path) -> None:
    script = write(
        tmp_path,
        "program.py",
        """
import pickle, torch, torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l = nn.Linear(2, 1)

    def forward(self, x):
        return self.l(x)

net = Net()
x = torch.ones(2)
print(torch.equal(net(x), pickle.loads(pickle.dumps(net))(x)))
""",
    )
    assert wengert_runs(script).stdout == "True\n"


# What is missing


def fails(text: str) -> str:
    ran = wengert_runs("-c", text)
    assert ran.returncode == 1
    return ran.stderr.strip().splitlines()[-1]


def test_unknown_names_have_near_ones() -> None:
    assert fails("import torch; torch.softmx") == (
        "AttributeError: module 'torch' has no attribute 'softmx'. Did you mean: 'softmax'?"
    )
    assert fails("import torch; torch.xyzzy_q") == "AttributeError: module 'torch' has no attribute 'xyzzy_q'"
    assert "does not have torch.lobpcg yet" in fails("import torch; torch.lobpcg")
    assert fails("import torch.foo") == "ModuleNotFoundError: No module named 'torch.foo'"


def test_foreign_modules_import_and_fail_when_used() -> None:
    text = """
import torch
import torch.distributed as dist, torch.distributed.rpc, torch.onnx, torch.fx, torch.jit, torch.cuda.nvtx
from torch.nn.parallel import DistributedDataParallel
from torch.utils.tensorboard import SummaryWriter
from torch.distributed import init_process_group
assert not dist.is_available() and not torch.jit.is_scripting()
assert not isinstance(torch.ones(1), DistributedDataParallel)

@torch.jit.ignore
def f(x):
    return x

@torch.jit.unused
def g(x):
    return x

assert f(1) == g(1) == 1
torch.distributed.init_process_group
"""
    ran = wengert_runs("-c", text)
    assert ran.returncode == 0, ran.stderr
    assert fails(text + "init_process_group('gloo')").startswith(
        "NotImplementedError: wengert does not have torch.distributed.init_process_group: "
    )
    assert "does not have torch.jit.script: TorchScript" in fails("import torch\n@torch.jit.script\ndef f(x): return x")
    assert "does not have torch.jit.ScriptModule" in fails("import torch\nclass A(torch.jit.ScriptModule): pass")
    assert "does not have torch.utils.tensorboard.SummaryWriter" in fails(text + "SummaryWriter('runs')")


def test_packages_upon_pytorch_say_so() -> None:
    assert "torchvision is built upon PyTorch's C++ library" in fails("import torchvision.transforms")
    ran = wengert_runs("-c", "import torchvision")
    assert "_alias.py" not in ran.stderr


def test_there_is_no_cuda() -> None:
    text = """
import torch
print(torch.cuda.is_available(), torch.cuda.device_count(), torch.version.cuda, torch.backends.cudnn.is_available())
torch.cuda.manual_seed_all(1); torch.backends.cudnn.benchmark = True
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
print(torch.ones(1).to(device), isinstance(torch.ones(1), torch.cuda.FloatTensor))
for use in (lambda: torch.ones(1).cuda(), lambda: torch.cuda.FloatTensor(2), lambda: torch.cuda.synchronize()):
    try:
        use()
    except AssertionError as error:
        print(error)
"""
    ran = wengert_runs("-c", text)
    assert ran.stdout == "False 0 None False\ntensor([1.]) False\n" + 3 * "Torch not compiled with CUDA enabled\n", (
        ran.stderr
    )


def test_the_distribution_torch_is_found() -> None:
    text = "from importlib.metadata import version, metadata; print(version('torch'), metadata('torch')['Name'])"
    assert wengert_runs("-c", text).stdout.startswith("2.15.0+wengert")
    assert wengert_runs("-c", "from importlib.metadata import version; version('numpy_x')").returncode == 1


def test_versions_compare() -> None:
    text = """
import torch
v = torch.__version__
assert v >= "1.8" and v > (1, 13) and v >= "2.15.0" and not v < "2.0.1" and v != "2.15.1" and v < "3"
assert isinstance(v, str) and v.split(".")[0] == "2" and "2.15.0a0" < v
assert int(v.split("+")[0].split(".")[1]) == 15
"""
    ran = wengert_runs("-c", text)
    assert ran.returncode == 0, ran.stderr
