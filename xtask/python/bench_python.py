"""Python programs on wengert and on PyTorch, measured in turn.

    python bench_python.py --torch PYTHON --wengert PYTHON [--only NAME] [--rounds 7] [--threads 1]

Each library runs in a process of its own, which is asked for one measurement at a time; each figure is the median over
the rounds of the best of three repetitions.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

WORKER = "--worker"


def cases(torch):
    """Name -> (function, calls it makes, how often PyTorch must be slower)."""
    nn = torch.nn
    x = torch.ones(1, requires_grad=True)
    y = torch.full((1,), 2.0, requires_grad=True)
    out = {
        "2*x": (lambda: 2 * x, 1, 5),
        "x*y": (lambda: x * y, 1, 5),
        "x.sin()": (lambda: x.sin(), 1, 5),
        "x[i]": (lambda: x[0], 1, 5),
        "x.sum()": (lambda: x.sum(), 1, 5),
        "torch.add(x, y)": (lambda: torch.add(x, y), 1, None),
        "tensor([1., 2., 3.])": (lambda: torch.tensor([1.0, 2.0, 3.0]), 1, 3),
        "x.reshape(1, 1)": (lambda: x.reshape(1, 1), 1, None),
    }

    def chain():
        z = x
        for _ in range(1000):
            z = z * y
        z.backward()

    def forward():
        z = x
        for _ in range(1000):
            z = z * y
        return z

    kept = []

    def backward():
        kept.pop().backward()

    backward.before = lambda: kept.append(forward())
    out["chain of 1,000, forward and backward"] = (chain, 1, None)
    out["backward of 1,000 nodes"] = (backward, 1, 10)

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
    opt = torch.optim.Adam(model.parameters(), lr=1e-5)
    a, b = torch.randn(64, 32), torch.randn(64, 1)

    def step():
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(a), b)
        loss.backward()
        opt.step()

    out["MLP 32-64-64-1, batch 64, Adam"] = (step, 1, 4)
    big = torch.randn(1_000_000)
    ten = torch.randn(10_000_000)
    mat = torch.randn(512, 512)

    def elementwise(t):
        return lambda: (t * t.sin() + (-t * t).exp()).sum().item()

    out["x*sin(x)+exp(-x*x), 1M"] = (elementwise(big), 1, None)
    out["x*sin(x)+exp(-x*x), 10M"] = (elementwise(ten), 1, None)
    out["add 10M"] = (lambda: (ten + ten)[0].item(), 1, None)
    out["matmul 512"] = (lambda: (mat @ mat)[0, 0].item(), 1, None)
    return out


def measure(case):
    f, _, _ = case
    before = getattr(f, "before", None)
    if before:
        times = []
        for _ in range(30):
            before()
            t = time.perf_counter()
            f()
            times.append(time.perf_counter() - t)
        return statistics.median(times)
    f()
    n = 1
    while True:
        t = time.perf_counter()
        for _ in range(n):
            f()
        took = time.perf_counter() - t
        if took > 0.02:
            break
        n *= 4
    best = took / n
    for _ in range(2):
        t = time.perf_counter()
        for _ in range(n):
            f()
        best = min(best, (time.perf_counter() - t) / n)
    return best


def worker(library, threads):
    torch = __import__(library)
    if library == "wengert":
        import torch.nn
        import torch.optim
    torch.set_num_threads(threads)
    known = cases(torch)
    print(json.dumps({k: v[2] for k, v in known.items()}), flush=True)
    for line in sys.stdin:
        print(measure(known[line.strip()]), flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--torch", required=True, help="a Python that has torch")
    p.add_argument("--wengert", default=sys.executable, help="a Python that has wengert")
    p.add_argument("--only", default="")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--threads", type=int, default=1)
    a = p.parse_args()
    run = {}
    for library, python in (("torch", a.torch), ("wengert", a.wengert)):
        command = [python, __file__, WORKER, library, str(a.threads)]
        run[library] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    wanted, _ = [json.loads(w.stdout.readline()) for w in run.values()]
    print(f"{a.threads} thread(s), median of {a.rounds} rounds\n")
    print("| | PyTorch | wengert | times faster | wanted |\n| --- | ---: | ---: | ---: | ---: |")
    for name in wanted:
        if a.only not in name:
            continue
        times = {library: [] for library in run}
        for _ in range(a.rounds):
            for library, w in run.items():
                w.stdin.write(name + "\n")
                w.stdin.flush()
                times[library].append(float(w.stdout.readline()))
        t, w = (statistics.median(times[k]) for k in ("torch", "wengert"))
        print(f"| `{name}` | {t * 1e6:.2f} us | {w * 1e6:.2f} us | {t / w:.2f} | {wanted[name] or ''} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == [WORKER]:
        library = sys.argv[2]
        if library == "wengert":
            import wengert

            wengert.install()
        worker(library, int(sys.argv[3]))
    else:
        main()
