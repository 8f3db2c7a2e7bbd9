"""What recorded programs cannot show of autograd: interrupts, threads, memory, and what PyTorch does not have."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import weakref

import pytest
import torch
import wengert


class Keep:
    """Something to refer to weakly."""


def test_the_traceback_leads_into_the_hook() -> None:
    def my_hook(grad):
        raise KeyError("mine")

    x = torch.ones(2, requires_grad=True)
    x.register_hook(my_hook)
    with pytest.raises(KeyError, match="mine") as caught:
        x.sum().backward()
    assert "my_hook" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]


def test_an_interrupt_ends_backward() -> None:
    program = """
        import time, torch
        x = torch.ones(64, 64, requires_grad=True)
        y = x
        for _ in range(2000):
            y = (y @ x) * 1e-3
        loss = y.sum()
        loss.item()
        print("ready", flush=True)
        start = time.time()
        try:
            while True:
                loss.backward(retain_graph=True)
        except KeyboardInterrupt:
            print("interrupted", flush=True)
    """
    command = [sys.executable, "-m", "wengert", "-c", textwrap.dedent(program)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        assert time.monotonic() - start < 5
    finally:
        process.kill()
        process.wait()


def test_other_threads_run_during_backward() -> None:
    x = torch.ones(100, 100, requires_grad=True)
    y = x
    for _ in range(300):
        y = (y @ x) * 1e-3
    loss = y.sum()
    loss.item()
    counts = []
    stop = threading.Event()

    def count() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            time.sleep(0)
        counts.append(n)

    thread = threading.Thread(target=count)
    thread.start()
    loss.backward()
    stop.set()
    thread.join()
    assert counts[0] > 10


def test_backward_of_several_threads_with_hooks() -> None:
    x = torch.ones(64, requires_grad=True)
    calls = []
    x.register_hook(lambda g: calls.append(1))

    def work() -> None:
        for _ in range(50):
            (x * 2).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(timeout=60)
    assert not any(t.is_alive() for t in threads)
    assert len(calls) == 200


def test_a_graph_lets_go_of_hooks_and_contexts() -> None:
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.kept = Keep()
            refs.append(weakref.ref(ctx.kept))
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    refs: list = []
    x = torch.ones(2, requires_grad=True)
    captured = Keep()
    refs.append(weakref.ref(captured))
    y = F.apply(x)
    y.register_hook(lambda g, captured=captured: None)
    del captured
    assert all(r() is not None for r in refs)
    y.sum().backward()
    del y
    assert all(r() is None for r in refs)


def test_arguments_of_functions_are_not_kept() -> None:
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a, other):
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g, None

    other = Keep()
    ref = weakref.ref(other)
    y = F.apply(torch.ones(2, requires_grad=True), other)
    del other
    assert ref() is None
    assert y.requires_grad


def test_attributes_of_a_context_may_form_cycles() -> None:
    class F(torch.autograd.Function):
        @staticmethod
        def forward(ctx, a):
            ctx.kept = Keep()
            ctx.myself = ctx
            refs.append(weakref.ref(ctx.kept))
            return a * 2

        @staticmethod
        def backward(ctx, g):
            return g

    refs: list = []
    F.apply(torch.ones(2, requires_grad=True))
    gc.collect()
    assert refs[0]() is None


def test_packed_values_are_freed_with_the_graph() -> None:
    refs = []

    def pack(t):
        kept = Keep()
        kept.tensor = t
        refs.append(weakref.ref(kept))
        return kept

    x = torch.ones(2, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept.tensor):
        y = (x * x).sum()
    assert all(r() is not None for r in refs)
    y.backward()
    assert refs and all(r() is None for r in refs)


def test_explain_grad() -> None:
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        y = x * 2
    assert "no_grad" in wengert.explain_grad(y)
    assert "test_autograd.py" in wengert.explain_grad(y)
    w = torch.ones(2, requires_grad=True)
    loss = (y * w).sum()
    loss.backward()
    assert "does not depend on the tensor" in wengert.explain_grad(x, loss)
    assert wengert.explain_grad(w) == "the tensor has a gradient"


def test_ledger() -> None:
    x = torch.ones(100, 100, requires_grad=True)
    y = x.exp().sin()
    ledger = wengert.ledger(y)
    assert ledger.bytes == 40_000
    assert {row["operation"] for row in ledger.rows} == {"ExpBackward0", "SinBackward0"}
    assert "test_autograd.py" in str(ledger)


def test_draw_graph(tmp_path) -> None:
    x = torch.ones(2, requires_grad=True)
    picture = wengert.draw_graph(loss=x.exp().sum(), x=x)
    assert picture.svg.startswith("<svg") and "digraph" in picture.dot and "loss" in picture.dot
    picture.save(tmp_path / "graph.svg")
    assert (tmp_path / "graph.svg").read_text() == picture.svg


def test_trap_non_finite() -> None:
    x = torch.tensor([1.0, 0.0])
    with wengert.trap_non_finite(), pytest.raises(RuntimeError, match="log returned infinite values"):
        x.log()
    assert x.log()[1] == float("-inf")
