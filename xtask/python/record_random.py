"""Records what PyTorch's CPU random streams give: the reference of `cargo test -p wengert-kernels --test random`.

How to run, from the root of the repository, with a Python that has torch (2.15 wrote the file that is checked in):

    python xtask/python/record_random.py crates/wengert-kernels/testdata/random.txt

Each line is one call: seed (or `-` to go on with the generator of the line before), operation, dtype, length,
arguments, a hash of all results and some of them (all of a short result). Values are hexadecimal: bits of floats,
integers modulo 2**64. The line `state` hashes the generator's state.
"""

import argparse
import warnings

import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")

DTYPES = {
    "bool": torch.bool,
    "u8": torch.uint8,
    "i8": torch.int8,
    "i16": torch.int16,
    "i32": torch.int32,
    "i64": torch.int64,
    "f16": torch.float16,
    "bf16": torch.bfloat16,
    "f32": torch.float32,
    "f64": torch.float64,
}
FLOATS = ["f32", "f64", "f16", "bf16"]
SEEDS = [0, 1, 42, 2**40 + 7]
MASK = 2**64 - 1


def ramp(n, mod, scale, offset, dtype):
    """(i mod `mod`) * scale + offset: exact in every floating type for the arguments used here."""
    i = torch.arange(n)
    return ((i % mod).double() * scale + offset).to(dtype)


def call(op, name, n, args):
    """The results of one call as a flat tensor."""
    dtype = DTYPES[name]
    if op == "rand":
        return torch.rand(n, dtype=dtype)
    if op == "randn":
        return torch.randn(n, dtype=dtype)
    if op == "normal_serial":
        return torch.empty(2 * n, dtype=dtype)[::2].normal_(*args)
    if op == "randint":
        return torch.randint(*args, (n,), dtype=dtype)
    if op == "random":
        return torch.empty(n, dtype=dtype).random_()
    if op == "random_from":
        return torch.empty(n, dtype=dtype).random_(args[0], None)
    if op == "randperm":
        return torch.randperm(n, dtype=dtype)
    if op.startswith("bernoulli_p_"):
        p = ramp(n, 65, 1 / 64, 0, DTYPES[op.removeprefix("bernoulli_p_")])
        return torch.empty(n, dtype=dtype).bernoulli_(p)
    if op == "dropout":
        return F.dropout(torch.ones(n, dtype=dtype), args[0], training=True)
    if op == "normal_tensor":
        return torch.normal(ramp(n, 17, 1, -8, dtype), ramp(n, 5, 0.5, 0, dtype))
    if op == "multinomial":
        rows, columns, replacement = args
        weights = ramp(rows * columns, 101, 1 / 128, 1 / 128, dtype).view(rows, columns)
        return torch.multinomial(weights, n // rows, bool(replacement)).flatten()
    # uniform, normal, exponential, cauchy, log_normal, geometric, bernoulli
    return getattr(torch.empty(n, dtype=dtype), op + "_")(*args)


def bits(t):
    t = t.detach().contiguous()
    if t.is_floating_point():
        size = t.element_size()
        t = t.view({2: torch.int16, 4: torch.int32, 8: torch.int64}[size])
        return [v & (2 ** (8 * size) - 1) for v in t.tolist()]
    return [int(v) & MASK for v in t.tolist()]


def digest(values):
    h = 0xCBF29CE484222325
    for v in values:
        h = ((h ^ v) * 0x100000001B3) & MASK
    return h


def line(seed, op, name="-", n=0, *args):
    if seed is not None:
        torch.manual_seed(seed)
    values = torch.get_rng_state().tolist() if op == "state" else bits(call(op, name, n, args))
    shown = [] if op == "state" else values if n <= 17 else values[:2] + values[-2:]
    return " ".join(
        [
            "-" if seed is None else str(seed),
            op,
            name,
            str(n),
            ",".join(repr(a) for a in args) or "-",
            f"{digest(values):x}",
            ",".join(f"{v:x}" for v in shown) or "-",
        ]
    )


def cases():
    for s in SEEDS:
        yield line(s, "state")
        for name in FLOATS:
            for n in [1, 15, 16, 17, 1000, 100000]:
                yield line(s, "rand", name, n)
                yield line(s, "randn", name, n)
            yield line(None, "state")
        # Mixed calls on one generator: cached samples, positions across a block of 624.
        first = True
        for op, name, n, *args in [
            ("randn", "f32", 3), ("rand", "f32", 2), ("randn", "f32", 20), ("randn", "f64", 1), ("state", "-", 0),
            ("randint", "i64", 7, -5, 100), ("randn", "bf16", 5), ("state", "-", 0), ("randperm", "i64", 10),
            ("bernoulli", "f32", 9, 0.3), ("rand", "f64", 611), ("randn", "f16", 33), ("dropout", "f32", 12, 0.5),
            ("log_normal", "f32", 3, 0.0, 1.0), ("state", "-", 0), ("randn", "f32", 1), ("randn", "f64", 16),
            ("randn", "f64", 2), ("exponential", "f32", 4, 1.0), ("random", "i64", 3), ("state", "-", 0),
        ]:  # fmt: skip
            yield line(s if first else None, op, name, n, *args)
            first = False
        for n in [1, 10, 1000, 30000]:
            yield line(s, "randperm", "i64", n)
        yield line(s, "randperm", "i32", 100)
        yield line(s, "randperm", "f32", 100)
        for n in [1, 10, 1000, 100000]:
            for p in [0.0, 0.25, 0.7, 1.0]:
                yield line(s, "bernoulli", "f32", n, p)
            for p_name in FLOATS:
                yield line(s, "bernoulli_p_" + p_name, "f32", n)
            for p in [0.1, 0.5]:
                for name in FLOATS:
                    yield line(s, "dropout", name, n, p)
    s = 42
    for name in FLOATS:
        for n in [10, 1000]:
            for a, b in [(-0.3, 0.7), (0.1, 3.3), (-5.0, 5.0), (2.0, 2.0)]:
                yield line(s, "uniform", name, n, a, b)
            for mean, std in [(0.3, 1.7), (-2.0, 0.01), (5.0, 0.0)]:
                yield line(s, "normal", name, n, mean, std)
            yield line(s, "normal_serial", name, n, 0.3, 1.7)
            yield line(s, "exponential", name, n, 2.5)
            yield line(s, "cauchy", name, n, 0.5, 2.2)
            yield line(s, "log_normal", name, n, 0.5, 1.3)
            yield line(s, "geometric", name, n, 0.1)
            yield line(s, "normal_tensor", name, n)
    yield line(s, "geometric", "i64", 1000, 0.3)
    for name in DTYPES:
        yield line(s, "random", name, 100)
        yield line(s, "random_from", name, 100, 1)
        yield line(s, "bernoulli", name, 100, 0.4)
        yield line(s, "randint", name, 100, 0, 2 if name == "bool" else 100)
    for name, low, high in [
        ("u8", 3, 256), ("i8", -128, 128), ("i8", -7, 5), ("i16", -(2**15), 2**15), ("i32", -(2**31), 2**31),
        ("i32", 0, 2**28 - 1), ("i32", 0, 2**28), ("i64", -(2**63), 2**63 - 1), ("i64", -(2**40), 3), ("i64", 5, 6),
        ("i64", -10, -3), ("f32", -5, 5), ("f32", 2**24 - 1, 2**24 + 3), ("f32", -(2**40) - 7, 2**40 + 7),
        ("f64", -(2**60) - 1, 2**60 + 3), ("f16", 0, 65504), ("f16", -65000, 2049), ("bf16", -300, 1001),
    ]:  # fmt: skip
        yield line(s, "randint", name, 100, low, high)
    for name, low in [
        ("i64", -(2**63)), ("i64", -(2**62)), ("i32", -(2**31)), ("f32", -(2**63)), ("f32", -(2**30) - 5),
        ("f16", -300), ("f64", -(2**63)),
    ]:  # fmt: skip
        yield line(s, "random_from", name, 100, low)
    for name in ["f32", "f64"]:
        for rows, columns, samples in [(1, 1, 1), (1, 10, 1), (3, 10, 4), (1, 1000, 500), (5, 100, 1)]:
            for replacement in [0, 1]:
                yield line(s, "multinomial", name, rows * samples, rows, columns, replacement)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", help="the file to write")
    output = parser.parse_args().output
    lines = [f"# torch {torch.__version__}, written by xtask/python/record_random.py"]
    lines += cases()
    with open(output, "w", encoding="ascii") as f:
        f.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
