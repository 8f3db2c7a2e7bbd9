"""Worker processes of DataLoader: what cannot be recorded from PyTorch, since it is about time, signals and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import wengert
from wengert.utils.data import DataLoader, Dataset, TensorDataset

PACKAGE = str(Path(wengert.__file__).parent.parent)


class Killed(Dataset):
    def __len__(self):
        return 8

    def __getitem__(self, i):
        if i == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return i


class Numbers(Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        return wengert.full((3,), float(i))


def start(program: str, **settings) -> subprocess.Popen:
    """Runs a program in a process group of its own."""
    path = os.pathsep.join([PACKAGE, str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **settings,
    )


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" in status.read_text()


def test_a_killed_worker_is_an_error_at_once():
    before = time.monotonic()
    with pytest.raises(
        RuntimeError, match=r"DataLoader worker \(pid\(s\) \d+\) exited unexpectedly \(killed by SIGKILL"
    ):
        list(DataLoader(Killed(), num_workers=2))
    assert time.monotonic() - before < 20


def test_spawned_workers():
    loader = DataLoader(Numbers(), 2, num_workers=2, multiprocessing_context="spawn", worker_init_fn=os.nice)
    assert [b[:, 0].tolist() for b in loader] == [[0.0, 1.0], [2.0, 3.0], [4.0]]


def test_workers_end_with_the_loop():
    loader = DataLoader(Numbers(), num_workers=2)
    it = iter(loader)
    pids = [w.pid for w in it._workers]
    assert len(list(it)) == 5
    assert all(gone(p) for p in pids)
    it = iter(loader)
    pids = [w.pid for w in it._workers]
    next(it)
    del it
    assert all(gone(p) for p in pids)


def test_results_that_nobody_takes_do_not_block():
    class Large(Dataset):
        def __len__(self):
            return 6

        def __getitem__(self, i):
            return wengert.full((1_000_000,), float(i))

    loader = DataLoader(Large(), None, num_workers=2, persistent_workers=True)
    assert next(iter(loader))[0] == 0
    # The next run begins before the results of the last one were taken.
    assert [b[-1].item() for b in loader] == [0, 1, 2, 3, 4, 5]
    before = time.monotonic()
    del loader
    assert time.monotonic() - before < 10


def test_an_interrupt_ends_quickly_and_quietly():
    process = start("""
        import time, wengert
        from wengert.utils.data import DataLoader, Dataset

        class Slow(Dataset):
            def __len__(self):
                return 100
            def __getitem__(self, i):
                time.sleep(0.05 if i < 2 else 100)
                return i

        try:
            for batch in DataLoader(Slow(), num_workers=2):
                print("batch", flush=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    """)
    assert process.stdout.readline() == "batch\n"
    before = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - before < 20
    assert out.endswith("interrupted\n")
    assert "Traceback" not in err


def test_workers_end_when_their_parent_is_killed():
    process = start("""
        import time, wengert
        from wengert.utils.data import DataLoader, Dataset

        class Numbers(Dataset):
            def __len__(self):
                return 1000
            def __getitem__(self, i):
                return i

        it = iter(DataLoader(Numbers(), num_workers=2))
        next(it)
        print(*[w.pid for w in it._workers], flush=True)
        time.sleep(100)
    """)
    pids = [int(p) for p in process.stdout.readline().split()]
    process.kill()
    process.wait()
    end = time.monotonic() + 60
    while not all(gone(p) for p in pids):
        assert time.monotonic() < end
        time.sleep(0.2)


def test_batches_of_a_tensor_dataset_are_those_of_its_samples():
    x, y = wengert.arange(20.0).reshape(10, 2), wengert.arange(10)

    class Plain(TensorDataset):
        """A subclass is asked sample by sample."""

    for settings in ({"batch_size": 3}, {"batch_size": 4, "shuffle": True}, {"batch_sampler": [[-1, 0], [5]]}):
        wengert.manual_seed(1)
        fast = list(DataLoader(TensorDataset(x, y), **settings))
        wengert.manual_seed(1)
        slow = list(DataLoader(Plain(x, y), **settings))
        assert len(fast) == len(slow)
        for a, b in zip(fast, slow):
            assert type(a) is type(b) is list
            assert [t.tolist() for t in a] == [t.tolist() for t in b]
    with pytest.raises(IndexError):
        list(DataLoader(TensorDataset(x, y), batch_sampler=[[10]]))
