"""Safetensors files, against the package `safetensors` where that is installed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch  # wengert, see conftest.py
from wengert import safetensors

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


def tensors() -> dict[str, torch.Tensor]:
    found = {d: torch.tensor([0, 1, 2]).to(getattr(torch, d)) for d in DTYPES}
    return {**found, "matrix": torch.arange(6.0).view(2, 3), "empty": torch.zeros(2, 0), "number": torch.tensor(3.0)}


def same(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.dtype == b.dtype and a.shape == b.shape and a.tolist() == b.tolist()


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    saved = tensors()
    saved["brain"] = torch.ones(3, dtype=torch.bfloat16)
    loaded = safetensors.load(safetensors.save(saved, {"made": "here"}))
    assert loaded.keys() == saved.keys() and all(same(loaded[n], saved[n]) for n in saved)
    path = tmp_path / "x.safetensors"
    safetensors.save_file(saved, path, {"made": "here"})
    assert path.read_bytes() == safetensors.save(saved, {"made": "here"})
    loaded = safetensors.load_file(path)
    assert all(same(loaded[n], saved[n]) for n in saved)
    with safetensors.safe_open(path, framework="pt") as f:
        assert f.metadata() == {"made": "here"} and f.keys() == sorted(saved)
        assert f.get_slice("matrix")[1:].tolist() == [[3.0, 4.0, 5.0]]
        with pytest.raises(safetensors.SafetensorError):
            f.get_tensor("none")


def test_programs_that_import_the_package(tmp_path: Path) -> None:
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    path = tmp_path / "x.safetensors"
    save_file({"a": torch.ones(2)}, path)
    assert load_file(path)["a"].tolist() == [1.0, 1.0]
    with safe_open(path, framework="pt") as f:
        assert list(f.keys()) == ["a"] and f.get_tensor("a").tolist() == [1.0, 1.0]


def test_a_slice_of_a_tensor_is_what_is_saved() -> None:
    whole = torch.arange(10.0)
    assert safetensors.load(safetensors.save({"a": whole[3:5]}))["a"].tolist() == [3.0, 4.0]


def test_bytes_are_those_of_the_package() -> None:
    package = pytest.importorskip("safetensors.numpy")
    saved = tensors()
    theirs = package.save({n: t.numpy() for n, t in saved.items()}, {"x": 'é"\n'})
    assert safetensors.save(saved, {"x": 'é"\n'}) == theirs
    loaded = safetensors.load(theirs)
    assert all(same(loaded[n], saved[n]) for n in saved)
    for name, array in package.load(safetensors.save(saved)).items():
        assert np.array_equal(array, saved[name].numpy())


def test_what_cannot_be_saved() -> None:
    x = torch.arange(6.0)
    with pytest.raises(RuntimeError, match="Some tensors share memory"):
        safetensors.save({"a": x, "b": x[1:]})
    safetensors.save({"a": x[:3], "b": x[3:]})
    with pytest.raises(ValueError, match="non contiguous tensor: `a`"):
        safetensors.save({"a": x.view(2, 3).t()})
    with pytest.raises(ValueError, match="Expected a dict"):
        safetensors.save([x])
    with pytest.raises(ValueError, match="Key `a` is invalid"):
        safetensors.save({"a": 1})
    with pytest.raises(TypeError, match="metadata"):
        safetensors.save({"a": x}, {"n": 1})


def test_models_with_tied_weights(tmp_path: Path) -> None:
    def model() -> torch.nn.Module:
        net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 2))
        net[1].weight = net[0].weight
        return net

    a, b = model(), model()
    safetensors.save_model(a, tmp_path / "m.safetensors")
    assert sorted(safetensors.load_file(tmp_path / "m.safetensors")) == ["0.bias", "0.weight", "1.bias"]
    assert safetensors.load_model(b, tmp_path / "m.safetensors") == ([], [])
    assert all(same(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))
    with pytest.raises(RuntimeError, match="Missing key"):
        safetensors.load_model(torch.nn.Linear(2, 2), tmp_path / "m.safetensors")


def file(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"\0" * 4,
        b"\xff" * 8,
        file(b"{]"),
        file(b"[]"),
        file(b"\xff\xfe"),
        file({}, b"x"),
        file({"a": 1}),
        file({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 8]}}, bytes(8)),
        file({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, bytes(3)),
        file({"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, bytes(8)),
        file({"a": {"dtype": "F33", "shape": [1], "data_offsets": [0, 4]}}, bytes(4)),
        file({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, -4]}}),
        file({"a": {"dtype": "F32", "shape": [1 << 62, 4], "data_offsets": [0, 0]}}),
        file(
            {
                "a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]},
                "b": {"dtype": "U8", "shape": [2], "data_offsets": [1, 3]},
            },
            b"abc",
        ),
        file(b"[" * 100_000),
    ],
)
def test_damaged_files_are_refused(damaged: bytes) -> None:
    with pytest.raises(safetensors.SafetensorError):
        safetensors.load(damaged)


def test_flipped_bytes_give_tensors_or_errors() -> None:
    raw, rng = safetensors.save(tensors()), random.Random(0)
    for i in range(1000):
        damaged = bytearray(raw)
        for _ in range(rng.choice([1, 2, 5])):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        if i % 4 == 0:
            del damaged[rng.randrange(len(damaged)) :]
        try:
            str(safetensors.load(damaged))
        except safetensors.SafetensorError as e:
            assert str(e)
