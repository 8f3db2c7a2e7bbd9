"""Checkpoints that real PyTorch wrote (`make_checkpoints.py`), the structure of ours, and damaged ones."""

from __future__ import annotations

import io
import pickle
import random
import struct
import zipfile
from pathlib import Path

import pytest
import torch  # wengert, see conftest.py

DATA = Path(__file__).parent / "data"


def saved(obj: object, **options: object) -> bytes:
    f = io.BytesIO()
    torch.save(obj, f, **options)
    return f.getvalue()


def network() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))


@pytest.mark.parametrize("mmap", [False, True])
def test_a_trained_network_goes_on(mmap: bool) -> None:
    checkpoint = torch.load(DATA / "trained.pt", mmap=mmap)
    net = network()
    assert str(net.load_state_dict(checkpoint["model"])) == "<All keys matched successfully>"
    x, y = checkpoint["x"], checkpoint["y"]
    assert torch.allclose(net(x), torch.tensor(checkpoint["out"]), atol=1e-6)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.5)
    optimizer.load_state_dict(checkpoint["optimizer"])
    assert optimizer.param_groups[0]["lr"] == 0.05
    (net(x) - y).square().mean().backward()
    optimizer.step()
    for p, expected in zip(net.parameters(), checkpoint["next"]):
        assert torch.allclose(p, torch.tensor(expected), atol=1e-6)


@pytest.mark.parametrize("name", ["tensors.pt", "tensors_legacy.pt"])
def test_tensors_of_every_kind(name: str) -> None:
    d = torch.load(DATA / name)
    for dtype, t in d["dtypes"].items():
        assert t.dtype == getattr(torch, dtype)
        numbers = t.float() if dtype == "bfloat16" else t
        assert numbers.numpy().tolist() == ([False, True, True] if dtype == "bool" else [0, 1, 2])
    assert d["same"] is d["base"]
    assert d["view"].shape == (5, 2) and d["view"].stride() == (1, 5) and d["view"].storage_offset() == 2
    d["base"][3] = 100
    assert d["view"][1, 0].item() == 100
    assert type(d["parameter"]) is torch.nn.Parameter and d["parameter"].requires_grad
    assert d["leaf"].requires_grad and d["leaf"].is_leaf
    assert d["empty"].shape == (0, 3)
    assert d["noted"].note == "kept"
    if "legacy" in name:
        assert d["conjugate"].numpy().tolist() == [1 - 2j]
    assert d["small"][:3] == [torch.float32, torch.Size([1, 2]), torch.device("cpu")]
    assert str(d["small"][3]) == "cuda:1" and d["small"][4] is torch.strided and d["small"][5] == 1 << 70


def test_a_whole_module() -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"GLOBAL torch\.nn\.modules\.container\.Sequential"):
        torch.load(DATA / "module.pt")
    net = torch.load(DATA / "module.pt", weights_only=False)
    torch.manual_seed(0)
    assert repr(net) == repr(network())
    assert net(torch.ones(1, 2)).shape == (1, 1)
    modules = [torch.nn.Sequential, torch.nn.Linear, torch.nn.Tanh]
    with torch.serialization.safe_globals([*modules, set]):
        again = torch.load(DATA / "module.pt")
    assert torch.equal(again[0].weight, net[0].weight)


@pytest.mark.parametrize("name", ["trained.pt", "tensors.pt"])
def test_what_pytorch_wrote_is_written_again_byte_for_byte(name: str, tmp_path: Path) -> None:
    torch.save(torch.load(DATA / name), tmp_path / name)
    a, b = zipfile.ZipFile(DATA / name), zipfile.ZipFile(tmp_path / name)
    assert a.namelist() == b.namelist()
    for x, y in zip(a.infolist(), b.infolist()):
        if not x.filename.endswith("serialization_id"):
            assert a.read(x) == b.read(y), x.filename


def test_structure_of_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "some.name.pt"
    torch.save({"a": torch.arange(3.0), "b": torch.zeros(0)}, path)
    raw = path.read_bytes()
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    folder = "some.name"
    names = ["data.pkl", ".format_version", ".storage_alignment", "byteorder", "data/0", "data/1", "version"]
    assert archive.namelist() == [f"{folder}/{n}" for n in [*names, ".data/serialization_id"]]
    assert archive.read(f"{folder}/version") == b"3\n"
    assert archive.read(f"{folder}/byteorder") in (b"little", b"big")
    assert archive.read(f"{folder}/.format_version") == b"1" and archive.read(f"{folder}/.storage_alignment") == b"64"
    assert archive.read(f"{folder}/data/0") == struct.pack("=3f", 0, 1, 2)
    for info in archive.infolist():
        assert info.compress_type == zipfile.ZIP_STORED and info.flag_bits == 0x0808
        name, extra = struct.unpack_from("<HH", raw, info.header_offset + 26)
        assert (info.header_offset + 30 + name + extra) % 64 == 0
    assert raw[-22:-18] == b"PK\5\6" and raw[-42:-38] == b"PK\6\7" and raw[-98:-94] == b"PK\6\6"


def test_other_zip_programs_may_have_packed_it() -> None:
    packed = io.BytesIO()
    raw = zipfile.ZipFile(io.BytesIO(saved({"a": torch.arange(300.0)})))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as f:
        for name in raw.namelist():
            f.writestr(name, raw.read(name))
    packed.seek(0)
    assert torch.equal(torch.load(packed)["a"], torch.arange(300.0))


def test_the_other_byte_order() -> None:
    raw = zipfile.ZipFile(io.BytesIO(saved([torch.tensor([1.0, 2.0]), torch.tensor([1, 2], dtype=torch.int16)])))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as f:
        for name in raw.namelist():
            data = raw.read(name)
            if name.endswith("data/0"):
                data = struct.pack(">2f", *struct.unpack("<2f", data))
            if name.endswith("data/1"):
                data = struct.pack(">2h", *struct.unpack("<2h", data))
            f.writestr(name, b"big" if name.endswith("byteorder") else data)
    other.seek(0)
    a, b = torch.load(other)
    assert a.tolist() == [1.0, 2.0] and b.tolist() == [1, 2]


class Evil:
    def __reduce__(self):
        return eval, ("1/0",)


def crafted(*ops: bytes) -> io.BytesIO:
    f = io.BytesIO()
    with zipfile.ZipFile(f, "w") as z:
        z.writestr("archive/data.pkl", b"\x80\x02" + b"".join(ops))
        z.writestr("archive/version", "3\n")
    f.seek(0)
    return f


def test_nothing_is_called_that_is_not_allowed() -> None:
    for obj in (Evil(), [Evil()], {"a": (Evil(),)}):
        for options in ({}, {"_use_new_zipfile_serialization": False}):
            with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
                torch.load(io.BytesIO(saved(obj, **options)))
    for ops in (
        b"cposix\nsystem\n(X\x04\x00\x00\x00trueR.",
        b"cos.path\njoin\n.",
        b"c__builtin__\ngetattr\n.",
        b"ctorch\nload\n.",
        b"ctorch.serialization\nload\n.",
        b"(X\x02\x00\x00\x00idios\nsystem\n.",
        b"ctorch._utils\n_rebuild_tensor_v2\n}X\x01\x00\x00\x00aK\x01sb.",
        b"ccollections\nOrderedDict\n}X\x01\x00\x00\x00aK\x01sb.",
        b"ctorch\nTensor\nK\x05\x85R.",
        b"cbuiltins\nbytearray\nJ\xff\xff\xff\x7f\x85R.",
        b"ctorch\nFloatStorage\nJ\xff\xff\xff\x7f\x85R.",
        b"ctorch.storage\nUntypedStorage\nK\x05\x85R.",
        b"ctorch\nFloatTensor\nK\x05\x85R.",
        b"K\x01K\x02R.",
        b"]K\x01K\x02s.",
        b"h\x09.",
        b".",
        b"",
        b"e.",
        b"\x82\x01.",
    ):
        with pytest.raises((pickle.UnpicklingError, EOFError)):
            torch.load(crafted(ops))


def test_layouts_past_the_storage_are_refused() -> None:
    storage = b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x02tQ"
    for offset, size, stride in ((0, 3, 1), (2, 1, 1), (0, 2, 2), (1, 2, 255)):
        layout = b"K%cK%c\x85K%c\x85" % (offset, size, stride)
        pkl = b"ctorch._utils\n_rebuild_tensor_v2\n" + storage + layout + b"\x89ccollections\nOrderedDict\n)RtR."
        f = crafted(pkl)
        with zipfile.ZipFile(f, "a") as z:
            z.writestr("archive/data/0", bytes(8))
        f.seek(0)
        with pytest.raises(RuntimeError, match="out of bounds"):
            torch.load(f)


@pytest.mark.parametrize("old", [False, True])
def test_damaged_files_give_errors(old: bool) -> None:
    state = {
        "a": torch.arange(3.0),
        "n": network().state_dict(),
        "p": torch.nn.Parameter(torch.ones(2)),
        "b": torch.tensor([True]),
    }
    raw = saved(state, _use_new_zipfile_serialization=not old)
    rng = random.Random(0)
    for i in range(1500):
        damaged = bytearray(raw)
        for _ in range(rng.choice([1, 1, 2, 8])):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        if i % 4 == 0:
            del damaged[rng.randrange(len(damaged)) :]
        try:
            loaded = torch.load(io.BytesIO(bytes(damaged)))
            str(loaded)
        except (RuntimeError, pickle.UnpicklingError, EOFError) as e:
            assert str(e), type(e)


def test_user_classes_by_pair_of_object_and_name() -> None:
    raw = saved(Kept())
    assert torch.serialization.get_unsafe_globals_in_checkpoint(io.BytesIO(raw)) == [f"{__name__}.Kept"]
    with torch.serialization.safe_globals([(Kept, f"{__name__}.Kept")]):
        assert torch.load(io.BytesIO(raw)).x.tolist() == [1.0]


class Kept:
    def __init__(self):
        self.x = torch.ones(1)


def test_nothing_of_ours_stays_behind() -> None:
    import _compat_pickle
    import sys

    modules = set(sys.modules)
    saved(network())
    assert not [m for m in _compat_pickle.REVERSE_IMPORT_MAPPING if "wengert" in m]
    assert set(sys.modules) - modules == set()
    assert b"wengert" not in saved(
        [network(), network().state_dict(), torch.optim.Adam(network().parameters()).state_dict()]
    )


def test_functions_have_pytorchs_names() -> None:
    functions = [torch.sigmoid, torch.nn.functional.relu, torch.nn.functional.linear, torch.add]
    file = io.BytesIO()
    torch.save(functions, file)
    data = file.getvalue()
    assert b"wengert" not in data
    assert b"ctorch._C\n_VariableFunctionsClass" in data
    file.seek(0)
    assert all(a is b for a, b in zip(torch.load(file, weights_only=False), functions))
