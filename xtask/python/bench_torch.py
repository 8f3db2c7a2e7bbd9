"""The workloads of `cargo xtask bench` in PyTorch, asked for one measurement at a time.

Run by `cargo xtask bench --against torch --python PYTHON`, where PYTHON has torch. Reads lines `NAME THREADS`, answers
nanoseconds per unit of work; the Rust twin is crates/wengert-bench/src/work.rs.
"""

import statistics
import sys
import time
import warnings

import torch
from torch import nn
from torch.nn import functional as F

# Anomaly mode says at every step that it is slow.
warnings.filterwarnings("ignore", message="Anomaly Detection")

# A measurement lasts about so many nanoseconds.
SLICE = 60_000_000


def normal(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def timed(f, units=1):
    start = time.perf_counter_ns()
    f()
    return time.perf_counter_ns() - start, units


def each(f):
    """Asks for the memory of what it gives, as who needs the numbers does: where `torch` is wengert, they may wait."""

    def run():
        result = f()
        for t in result if isinstance(result, (list, tuple)) else [result]:
            if isinstance(t, torch.Tensor):
                t.data_ptr()

    return lambda: timed(run)


def op_recorded():
    x = torch.tensor([1.5], requires_grad=True)

    def run():
        for _ in range(10_000):
            x * x

    return lambda: timed(run, 10_000)


def op_unrecorded():
    x = torch.tensor([1.5])

    def run():
        with torch.no_grad():
            for _ in range(10_000):
                x * x

    return lambda: timed(run, 10_000)


def backward_node():
    x = torch.tensor([1.0], requires_grad=True)

    def run():
        y = x * 1.0
        for _ in range(1000):
            y = y * x
        x.grad = None
        return timed(y.backward, 1000)

    return run


def chain():
    x = torch.tensor([1.0], requires_grad=True)

    def run():
        y = x + 0.0
        for _ in range(100_000):
            y = y + 1.0
        x.grad = None
        y.backward()

    return each(run)


def elementwise(n):
    x = normal(n).requires_grad_(True)

    def run():
        x.grad = None
        (x * x.sin() + (-(x * x)).exp()).sum().backward()
        return x.grad

    return each(run)


def elementwise_forward(n):
    x = normal(n)
    return each(lambda: (x * x.sin() + (-(x * x)).exp()).sum().item())


def matmul(n):
    a, b = normal(n, n), normal(n, n)
    return each(lambda: a @ b)


def on_square(f):
    a = normal(4096, 4096)
    return each(lambda: f(a))


def add():
    a, b = normal(10_000_000), normal(10_000_000)
    return each(lambda: a + b)


def there_and_back(leaves, gradient, forward):
    """Forward from some leaves, and backward from there with a given gradient."""

    def run():
        for leaf in leaves:
            leaf.grad = None
        forward(*leaves).backward(gradient)
        return [leaf.grad for leaf in leaves]

    return each(run)


def leaf(*shape):
    return normal(*shape).requires_grad_(True)


def bias_add():
    return there_and_back([leaf(4096, 4096), leaf(4096)], torch.ones(4096, 4096), torch.add)


def transpose_copy():
    a = normal(4096, 4096)
    return each(lambda: a.t().contiguous())


def product(a, b):
    return each(lambda: a @ b)


def layer_norm():
    leaves = [leaf(4096, 1024), leaf(1024), leaf(1024)]
    return there_and_back(leaves, normal(4096, 1024), lambda x, w, b: F.layer_norm(x, (1024,), w, b))


def numbers_below(n, count):
    return torch.randint(0, n, (count,), generator=torch.Generator().manual_seed(0))


def cross_entropy():
    x, classes = leaf(4096, 1000), numbers_below(1000, 4096)

    def run():
        x.grad = None
        F.cross_entropy(x, classes).backward()
        return x.grad

    return each(run)


def embedding():
    table, rows = leaf(10_000, 256), numbers_below(10_000, 4096)
    return there_and_back([table], normal(4096, 256), lambda t: F.embedding(rows, t))


def adam(tensors, size, **options):
    parameters = [leaf(size) for _ in range(tensors)]
    for p in parameters:
        p.grad = normal(size)
    optimizer = torch.optim.Adam(parameters, **options)
    return each(optimizer.step)


def mlp(sizes, batch, classes):
    torch.manual_seed(0)
    layers = []
    for i, (m, n) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(m, n))
        if i + 2 < len(sizes):
            layers.append(nn.ReLU())
    model = nn.Sequential(*layers)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-6, momentum=0.9)
    x = normal(batch, sizes[0])
    target = torch.randint(0, sizes[-1], (batch,)) if classes else normal(batch, sizes[-1])
    loss = F.cross_entropy if classes else F.mse_loss

    def run():
        optimizer.zero_grad()
        loss(model(x), target).backward()
        optimizer.step()

    return each(run)


def trapped(sizes, batch, classes):
    step = mlp(sizes, batch, classes)

    def run():
        with torch.autograd.detect_anomaly():
            return step()

    return run


def parameters(sizes):
    shapes = [s for a, b in zip(sizes, sizes[1:]) for s in ((b, a), (b,))]
    return [normal(*s) / s[-1] ** 0.5 if len(s) == 2 else normal(*s) * 0.1 for s in shapes]


def loss(p, x, y):
    h = x
    for i in range(0, len(p), 2):
        h = F.linear(h, p[i], p[i + 1])
        if i + 2 < len(p):
            h = h.tanh()
    return F.mse_loss(h, y)


def hessian():
    x, y, p = normal(32, 8), normal(32), normal(200) * 0.3

    def f(p):
        w, b, v = p[:160].view(8, 20), p[160:180], p[180:]
        out = torch.tanh(x @ w + b) @ v
        return ((out - y) ** 2).mean()

    h = torch.func.hessian(f)
    return each(lambda: h(p))


def per_sample():
    p, x, y = parameters([32, 64, 64, 1]), normal(64, 32), normal(64, 1)
    grads = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))
    return each(lambda: grads(p, x, y))


def gradient(product):
    p, x, y = parameters([32, 64, 64, 1]), normal(64, 32), normal(64, 1)
    v = [normal(*t.shape) for t in p]
    grad = torch.func.grad(lambda p: loss(p, x, y))
    if product:
        # Forward mode over reverse mode fails in PyTorch 2.15: its mse_loss writes to a tensor of zeros without memory.
        return each(lambda: torch.func.vjp(grad, p)[1](v))
    return each(lambda: grad(p))


WORK = {
    "op_recorded_1": op_recorded,
    "op_unrecorded_1": op_unrecorded,
    "backward_node": backward_node,
    "chain_100k": chain,
    "elementwise_10k": lambda: elementwise(10_000),
    "elementwise_1m": lambda: elementwise(1_000_000),
    "elementwise_10m": lambda: elementwise(10_000_000),
    "elementwise_fwd_10m": lambda: elementwise_forward(10_000_000),
    "add_10m": add,
    "bias_add_4096": bias_add,
    "transpose_copy_4096": transpose_copy,
    **{f"matmul_{n}": (lambda n=n: matmul(n)) for n in (128, 256, 512, 1024, 2048)},
    "matmul_nt_128x512x784": lambda: product(normal(128, 784), normal(512, 784).t()),
    "matmul_tn_512x784x128": lambda: product(normal(128, 512).t(), normal(128, 784)),
    "matmul_nn_512x16x4608": lambda: product(normal(512, 4608), normal(4608, 16)),
    "matvec_4096": lambda: product(normal(4096, 4096), normal(4096)),
    "sum_dim0_4096": lambda: on_square(lambda a: a.sum(0)),
    "sum_dim1_4096": lambda: on_square(lambda a: a.sum(1)),
    "softmax_dim0_4096": lambda: on_square(lambda a: a.softmax(0)),
    "softmax_dim1_4096": lambda: on_square(lambda a: a.softmax(1)),
    "softmax_4096x1024": lambda: there_and_back([leaf(4096, 1024)], normal(4096, 1024), lambda x: x.softmax(1)),
    "layer_norm_4096x1024": layer_norm,
    "cross_entropy_4096x1000": cross_entropy,
    "embedding_10000x256": embedding,
    "mlp_32_64_64_1_b1": lambda: mlp([32, 64, 64, 1], 1, False),
    "mlp_32_64_64_1_b64": lambda: mlp([32, 64, 64, 1], 64, False),
    "mlp_784_512_256_10_b128": lambda: mlp([784, 512, 256, 10], 128, True),
    "mlp_32_64_64_1_b64_trap": lambda: trapped([32, 64, 64, 1], 64, False),
    "mlp_784_512_256_10_b128_trap": lambda: trapped([784, 512, 256, 10], 128, True),
    "hessian_200": hessian,
    "per_sample_mlp_b64": per_sample,
    "mlp_gradient": lambda: gradient(False),
    "mlp_hvp": lambda: gradient(True),
    "adam_1000x100": lambda: adam(1000, 100),
    "adam_1000x100_fused": lambda: adam(1000, 100, fused=True),
    "adam_100x10000": lambda: adam(100, 10_000),
    "adam_100x10000_fused": lambda: adam(100, 10_000, fused=True),
}


def measure(run):
    """The median of as many runs as fit in a slice; the first counts only if there is no time for another."""
    samples, (total, units) = [], run()
    first = total / units
    while total < SLICE and len(samples) < 1000:
        elapsed, units = run()
        total += elapsed
        samples.append(elapsed / units)
    return statistics.median(samples or [first])


def main():
    prepared = {}
    for line in sys.stdin:
        name, _, threads = line.strip().partition(" ")
        if name == "version":
            print(torch.__version__, flush=True)
            continue
        if name not in WORK:
            print(f"error no workload {name}", flush=True)
            continue
        torch.set_num_threads(int(threads))
        if name not in prepared:
            prepared.clear()
            prepared = {name: WORK[name]()}
            prepared[name]()
        print(measure(prepared[name]), flush=True)


if __name__ == "__main__":
    main()
