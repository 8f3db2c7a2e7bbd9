"""`python -m wengert --classic`: programs of PyTorch 0.1 to 0.4, and a note for each old form."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import wengert_runs

HEAD = "import torch\nfrom torch.autograd import Variable\nimport torch.nn as nn\nimport torch.nn.functional as F\n"

#: Old program, what it prints, and what its notes say.
PROGRAMS = {
    "creator": (
        "x = Variable(torch.ones(2), requires_grad=True)\ny = x * 2\nprint(x.creator, y.creator is y.grad_fn)",
        "None True\n",
        ["x.grad_fn"],
    ),
    "loss_data_0": (
        "x = Variable(torch.FloatTensor([1, 2]), requires_grad=True)\nloss = (x * x).sum()\n"
        "total = 0.\ntotal += loss.data[0]\nprint(loss.data[0], total, type(total).__name__)\n"
        "loss[0].backward()\nprint(x.grad.data)",
        "5.0 5.0 float\ntensor([2., 4.])\n",
        ["loss.item()"],
    ),
    "volatile": (
        "net = nn.Linear(2, 1)\nx = Variable(torch.ones(3, 2), volatile=True)\ny = net(x)\n"
        "print(x.volatile, y.volatile, y.requires_grad, net(Variable(torch.ones(2))).volatile)",
        "True True False False\n",
        ["with torch.no_grad()"],
    ),
    "retain_variables": (
        "x = Variable(torch.ones(2), requires_grad=True)\ny = (x * x).sum()\ny.backward(retain_variables=True)\n"
        "y.backward()\nprint(x.grad.data)\nx.grad.data.zero_()\nprint(x.grad.data)",
        "tensor([4., 4.])\ntensor([0., 0.])\n",
        ["retain_graph=True"],
    ),
    "gradient_of_one_element": (
        "x = Variable(torch.ones(2, 2), requires_grad=True)\nout = (3 * (x + 2) * (x + 2)).mean()\n"
        "out.backward(torch.Tensor([1.0]))\nprint(x.grad)",
        "tensor([[4.5000, 4.5000],\n        [4.5000, 4.5000]])\n",
        ["torch.ones_like(y)"],
    ),
    "gradient_that_broadcasts": (
        "x = Variable(torch.ones(2, 3), requires_grad=True)\n(x * x).backward(torch.Tensor([[1, 2, 3]]))\n"
        "print(x.grad)\n"
        "torch.autograd.backward([x * x], [torch.ones(1, 3)])\nprint(x.grad)",
        "tensor([[2., 4., 6.],\n        [2., 4., 6.]])\ntensor([[4., 6., 8.],\n        [4., 6., 8.]])\n",
        ["torch.ones_like(y)"],
    ),
    "functions_with_methods": (
        "class ReLU(torch.autograd.Function):\n    def __init__(self, low):\n        self.low = low\n"
        "    def forward(self, x):\n        self.save_for_backward(x)\n        return x.clamp(min=self.low)\n"
        "    def backward(self, g):\n        x, = self.saved_tensors\n        g = g.clone()\n"
        "        g[x < self.low] = 0\n        return g\n"
        "x = Variable(torch.FloatTensor([-1, 2]), requires_grad=True)\ny = ReLU(0)(x)\ny.sum().backward()\n"
        "print(y.data, x.grad.data)",
        "tensor([0., 2.]) tensor([0., 1.])\n",
        ["F.apply(x)"],
    ),
    "masks": (
        "m = torch.FloatTensor([1, 3]) > 2\nprint((1 - m).sum(), (m == 1).sum())",
        "tensor(1) tensor(1)\n",
        ["~mask"],
    ),
    "division": (
        "n = torch.LongTensor([7, -7])\nprint(n / 2, 15 / n, n.float() / 2)",
        "tensor([ 3, -3]) tensor([ 2, -2]) tensor([ 3.5000, -3.5000])\n",
        ["rounding_mode='trunc'"],
    ),
    "next": (
        "from torch.utils.data import DataLoader, TensorDataset\n"
        "loader = DataLoader(TensorDataset(torch.arange(4)), batch_size=2)\nit = iter(loader)\n"
        "print(it.next(), next(it), len(loader))",
        "[tensor([0, 1])] [tensor([2, 3])] 2\n",
        ["next(loader_iterator)"],
    ),
    "zero_grad": (
        "net = nn.Linear(1, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nnet(torch.ones(1)).sum().backward()\n"
        "opt.zero_grad()\nprint([p.grad.data.sum().item() for p in net.parameters()])",
        "[0.0, 0.0]\n",
        [],
    ),
    "what_todays_pytorch_takes": (
        "x = Variable(torch.Tensor([[1, 2]]), requires_grad=True)\n"
        "loss = F.cross_entropy(x, Variable(torch.LongTensor([0])), size_average=False)\nloss.backward()\n"
        "nn.utils.clip_grad_norm([x], 1.0)\nx.data.add_(-1, x.grad.data)\n"
        "print(F.sigmoid(x).data.sum() > 0, F.softmax(x).size())",
        "tensor(True) torch.Size([1, 2])\n",
        [],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str, tmp_path: Path) -> None:
    source, output, notes = PROGRAMS[name]
    script = tmp_path / f"{name}.py"
    script.write_text(HEAD + source + "\n", encoding="utf-8")
    ran = wengert_runs("--classic", script)
    assert ran.stdout == output, ran.stderr
    told = [line for line in ran.stderr.splitlines() if "wengert --classic" in line]
    assert len(told) == len(notes), ran.stderr
    for note, line in zip(notes, told):
        assert note in line and line.startswith(f"{script}:"), line


GONE = ["creator", "loss_data_0", "retain_variables", "gradient_of_one_element", "next"]


@pytest.mark.parametrize("name", GONE)
def test_todays_program_must_not_use_it(name: str, tmp_path: Path) -> None:
    script = tmp_path / f"{name}.py"
    script.write_text(HEAD + PROGRAMS[name][0] + "\n", encoding="utf-8")
    assert wengert_runs(script).returncode == 1


def test_the_line_is_named_and_told_once(tmp_path: Path) -> None:
    script = tmp_path / "p.py"
    source = "x = torch.ones(1).sum()\nfor i in range(3):\n    x.data[0]\nx.data[0]\n"
    script.write_text(HEAD + source, encoding="utf-8")
    ran = wengert_runs("--classic", script)
    assert ran.stderr.count("wengert --classic") == 1
    assert ran.stderr.startswith(f"{script}:7: ")


def test_notes_are_chinese_where_the_locale_is(tmp_path: Path) -> None:
    ran = wengert_runs("--classic", "-c", "import torch; torch.ones(1).sum().data[0]", LC_ALL="zh_CN.UTF-8")
    assert "现在写作 loss.item()" in ran.stderr


def test_children_are_classic_too() -> None:
    child = "import torch; print(torch.ones(1).sum().data[0])"
    text = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    assert wengert_runs("--classic", "-c", text).stdout == "1.0\n"


def test_patches_come_out_again() -> None:
    text = """
import wengert
before = wengert.Tensor.__getitem__, wengert.autograd.grad, wengert.nn.Module.zero_grad
wengert.install(classic=True)
assert wengert.ones(1).sum()[0] == 1 and hasattr(wengert.Tensor, "creator")
wengert.uninstall()
assert not hasattr(wengert.Tensor, "creator")
assert wengert.autograd.grad is before[1] and wengert.nn.Module.zero_grad is before[2]
try:
    wengert.ones(1).sum()[0]
except IndexError:
    print("ok")
"""
    from running import python

    ran = python("-c", text)
    assert ran.stdout == "ok\n", ran.stderr
