"""Records PyTorch's initial parameters: the reference of the tests of `wengert_nn::init` and of `Linear`.

How to run, from the root of the repository, with a Python that has torch (2.15 wrote the file that is checked in):

    python xtask/python/record_init.py crates/wengert-nn/testdata/init.txt

One line a call, each after `manual_seed(0)`: what was called, `|`, the bits of the float32 results in hexadecimal.
`linear IN OUT` gives weight and bias; the others fill a tensor of shape [6, 4].
"""

import argparse

import torch
from torch import nn

CALLS = {
    "uniform": lambda w: nn.init.uniform_(w, -0.3, 0.7),
    "normal": lambda w: nn.init.normal_(w, 1.0, 0.5),
    "xavier_uniform": lambda w: nn.init.xavier_uniform_(w, gain=nn.init.calculate_gain("tanh")),
    "xavier_normal": lambda w: nn.init.xavier_normal_(w),
    "kaiming_uniform": lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    "kaiming_normal": lambda w: nn.init.kaiming_normal_(w, a=0.2, mode="fan_out"),
}


def bits(*tensors):
    """The elements of float32 tensors as words."""
    words = torch.cat([t.detach().reshape(-1) for t in tensors]).view(torch.int32)
    return " ".join(f"{w & 0xFFFFFFFF:08x}" for w in words.tolist())


def main():
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    file = parser.parse_args().file
    lines = []
    for sizes in [(4, 3), (7, 1), (1, 20)]:
        torch.manual_seed(0)
        layer = nn.Linear(*sizes)
        lines.append(f"linear {sizes[0]} {sizes[1]} | {bits(layer.weight, layer.bias)}")
    for name, call in CALLS.items():
        torch.manual_seed(0)
        lines.append(f"{name} | {bits(call(torch.empty(6, 4)))}")
    with open(file, "w", encoding="ascii") as out:
        out.write(f"# PyTorch {torch.__version__}, written by xtask/python/record_init.py\n")
        out.write("\n".join(lines) + "\n")


main()
