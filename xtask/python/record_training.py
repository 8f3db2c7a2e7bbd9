"""Records how PyTorch trains on the digits: the reference of `cargo test -p wengert-nn --test it`.

How to run, from the root of the repository, with a Python that has torch (2.15 wrote the file that is checked in):

    python xtask/python/record_training.py crates/wengert-nn/data/digits.csv.gz crates/wengert-nn/testdata/training.txt

A line is an optimizer and its loss in each step of one epoch: batches of 64 in the order of the file, features
divided by 16, two linear layers (64, 32, 10) with a ReLU between them, made after `manual_seed(0)`.
"""

import argparse
import gzip

import torch
from torch import nn

OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2),
}


def main():
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("digits")
    parser.add_argument("file")
    args = parser.parse_args()
    with gzip.open(args.digits, "rt", encoding="ascii") as lines:
        table = torch.tensor([[int(v) for v in line.split(",")] for line in lines])
    features, labels = table[:, :-1] / 16.0, table[:, -1]
    lines = [f"# PyTorch {torch.__version__}, written by xtask/python/record_training.py"]
    for name, make in OPTIMIZERS.items():
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
        optimizer = make(model.parameters())
        losses = []
        for x, y in zip(features.split(64), labels.split(64)):
            loss = nn.functional.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(f"{loss.item():.7f}")
        lines.append(f"{name} {' '.join(losses)}")
    with open(args.file, "w", encoding="ascii") as out:
        out.write("\n".join(lines) + "\n")


main()
