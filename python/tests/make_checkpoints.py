"""Writes the checkpoints in `data` with real PyTorch: python make_checkpoints.py."""

import copy
from pathlib import Path

import torch

DATA = Path(__file__).parent / "data"


def network():
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))


def trained():
    """A network after three steps, its optimizer, and what it gives for an input."""
    torch.manual_seed(0)
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    x, y = torch.randn(8, 2), torch.randn(8, 1)
    for _ in range(3):
        optimizer.zero_grad()
        (net(x) - y).square().mean().backward()
        optimizer.step()
    return {
        "model": net.state_dict(),
        "optimizer": optimizer.state_dict(),
        "x": x,
        "y": y,
        "out": net(x).detach().tolist(),
        "next": step(net, optimizer, x, y),
    }


def step(net, optimizer, x, y):
    """The parameters after one more step, which are not those of the checkpoint."""
    net, saved = copy.deepcopy(net), copy.deepcopy(optimizer.state_dict())
    again = torch.optim.Adam(net.parameters(), lr=0.05)
    again.load_state_dict(saved)
    (net(x) - y).square().mean().backward()
    again.step()
    return [p.tolist() for p in net.parameters()]


def tensors():
    """Tensors of all dtypes, views of one storage, small objects."""
    base = torch.arange(12.0)
    names = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]
    names += ["complex64", "complex128"]
    noted = torch.ones(2)
    noted.note = "kept"
    return {
        "dtypes": {n: torch.tensor([0, 1, 2]).to(getattr(torch, n)) for n in names},
        "base": base,
        "view": base[2:].view(2, 5).t(),
        "same": base,
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "leaf": torch.ones(2, requires_grad=True),
        "empty": torch.zeros(0, 3),
        "noted": noted,
        "small": [
            torch.float32,
            torch.Size([1, 2]),
            torch.device("cpu"),
            torch.device("cuda:1"),
            torch.strided,
            1 << 70,
        ],
    }


def main():
    DATA.mkdir(exist_ok=True)
    torch.save(trained(), DATA / "trained.pt")
    torch.save(tensors(), DATA / "tensors.pt")
    # What is read as other numbers than were saved cannot be written again as it was.
    conjugate = {"conjugate": torch.tensor([1 + 2j]).conj()}
    torch.save({**tensors(), **conjugate}, DATA / "tensors_legacy.pt", _use_new_zipfile_serialization=False)
    torch.manual_seed(0)
    torch.save(network(), DATA / "module.pt")


if __name__ == "__main__":
    main()
