"""Records how PyTorch prints tensors, for the test of `wengert::print`.

    python record_prints.py OUTPUT              the cases that are checked in
    python record_prints.py OUTPUT --random N   N random ones as well (--seed S to choose which)

The output is a sequence of blocks separated by blank lines. A block describes a tensor, one word and its arguments a
line, and ends with the text, each line of it after `|`:

    case NAME
    shape 2 3
    dtype float32
    default float64              the default dtype, if not float32
    options 4 1000 3 80 auto     precision, threshold, edgeitems, linewidth, sci_mode, if not the usual ones
    values 1.0 -0.0 nan ...      or: linear START STEP, element i being START + STEP * i computed in float64
    leaf                         requires_grad of a leaf
    grad_fn MulBackward0
    device meta
    ^tensor([1.])                the printed tangent
    |tensor([[1., ...

A block of numbers has lines `float BITS TEXT` and `complex BITS BITS TEXT`: what Python's repr says.
"""

import argparse
import math
import random
import struct
import warnings

import torch
import torch.autograd.forward_ad as forward_ad

USUAL = (4, 1000, 3, 80, "auto")
INF, NAN = math.inf, math.nan
F16, BF16, F32, F64 = torch.float16, torch.bfloat16, torch.float32, torch.float64
C64, C128 = torch.complex64, torch.complex128
FLOATS = [F16, BF16, F32, F64]
INTS = [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]


def name_of(dtype):
    return str(dtype).removeprefix("torch.")


def value_text(value):
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, complex):
        return f"{value.real!r},{value.imag!r}"
    return repr(value)


class Recorder:
    def __init__(self):
        self.blocks = []

    def options(self):
        o = torch._tensor_str.PRINT_OPTS
        sci = {None: "auto", True: "always", False: "never"}[o.sci_mode]
        return (o.precision, o.threshold, o.edgeitems, o.linewidth, sci)

    def record(self, name, tensor, source=None, tangent=None):
        """One print. `source` replaces the list of the values."""
        lines = [f"case {name}", " ".join(["shape", *map(str, tensor.shape)]), f"dtype {name_of(tensor.dtype)}"]
        if torch.get_default_dtype() != F32:
            lines.append(f"default {name_of(torch.get_default_dtype())}")
        if self.options() != USUAL:
            lines.append(" ".join(["options", *map(str, self.options())]))
        if source is not None:
            lines.append(source)
        elif tensor.device.type != "meta" and tensor.numel():
            lines.append(" ".join(["values", *map(value_text, tensor.detach().flatten().tolist())]))
        if tensor.grad_fn is not None:
            lines.append(f"grad_fn {tensor.grad_fn.name()}")
        elif tensor.requires_grad:
            lines.append("leaf")
        if tensor.device.type != "cpu":
            lines.append(f"device {tensor.device.type}")
        if tangent is not None:
            lines += ["^" + line for line in tangent.split("\n")]
        lines += ["|" + line for line in repr(tensor).split("\n")]
        self.blocks.append(lines)

    def data(self, name, data, dtype=None, **kw):
        self.record(name, torch.tensor(data, dtype=dtype), **kw)

    def linear(self, name, shape, dtype=F32, start=0.0, step=1.0, grad=False, double=False):
        """A tensor given by a rule."""
        n = math.prod(shape)
        values = torch.arange(n, dtype=F64) * step + start
        tensor = values.to(dtype).reshape(shape)
        if grad:
            tensor.requires_grad_()
        if double:
            tensor = torch.exp2(tensor * 0) * tensor  # the same numbers, made by MulBackward0
        self.record(name, tensor, source=f"linear {start!r} {step!r}")

    def widths(self, name, tensor):
        """Prints on either side of every line width at which the text changes."""
        before = None
        for width in range(1, 101):
            with options(linewidth=width):
                text = repr(tensor)
            if before not in (None, text):
                for w in (width - 1, width):
                    with options(linewidth=w):
                        self.record(f"{name}, linewidth {w}", tensor)
            before = text

    def write(self, path):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write("\n\n".join("\n".join(lines) for lines in self.blocks) + "\n")


class options:
    """Print options that hold for a while, the others being the usual ones."""

    def __init__(self, **kw):
        self.kw = kw

    def __enter__(self):
        torch.set_printoptions(profile="default")
        torch.set_printoptions(**self.kw)

    def __exit__(self, *_):
        torch.set_printoptions(profile="default")


class default_dtype:
    def __init__(self, dtype):
        self.dtype = dtype

    def __enter__(self):
        torch.set_default_dtype(self.dtype)

    def __exit__(self, *_):
        torch.set_default_dtype(F32)


def numbers(r):
    """One- and zero-dimensional tensors: how numbers are written."""
    r.data("ints", [1, 2, -3])
    r.data("ints of many widths", [1000000, -5, 0])
    r.data("least int64", [-(2**63), 2**63 - 1])
    r.data("uint8", [0, 255, 3], torch.uint8)
    r.data("int8", [-128, 127], torch.int8)
    r.data("int16", [3, -30000], torch.int16)
    r.data("int32", [[1, 2], [-3, 4]], torch.int32)
    r.data("bools", [True, False, True])
    r.data("only false", [False, False])
    r.data("bool matrix", [[True, True], [False, True]])
    scalars = [True, 7, -7, 1.0, 1.5, -0.0, 0.0, 1e10, 1e-10, 16777216.0, NAN, INF, -INF, 1 + 1j, 0.5 - 2j, 123456.789]
    for value in scalars:
        r.data(f"scalar {value}", value)
    r.data("scalar float64", 0.1, F64)
    r.data("scalar uint8", 3, torch.uint8)
    r.data("whole floats", [1.0, 2.0, 3.0])
    r.data("fractions", [1.0, 2.5, -3.25])
    r.data("zero and fraction", [0.0, 0.5])
    r.data("negative zeros", [-0.0, 0.0])
    r.data("negative zero beside a fraction", [0.5, -0.0])
    r.data("ratio just below", [1.0, 1000.0])
    r.data("ratio just above, whole", [1.0, 1001.0])
    r.data("ratio just above, fractions", [1.0, 1000.5])
    r.data("ratio below with fractions", [1.5, 1500.0])
    r.data("hundred million", [1e8])
    r.data("above hundred million", [1e8 + 16])
    r.data("hundred million and a half", [1e8 + 0.5, 1e7], F64)
    r.data("ten thousandth, float32", [1e-4])
    r.data("ten thousandth, float64", [1e-4], F64)
    r.data("above ten thousandth", [1.5e-4, 1e-2])
    r.data("below ten thousandth", [9e-5, 1e-3])
    r.data("tiny", [1e-38, 2.0])
    r.data("subnormal", [1e-45])
    r.data("three digits of exponent", [1e-300, 1e300, -1.0], F64)
    r.data("largest", [3.4028234663852886e38, 1.0])
    r.data("nan with whole numbers", [NAN, 1.0, -1.0])
    r.data("nan with fractions", [NAN, 1.5])
    r.data("nan with large", [NAN, 1e10])
    r.data("only nan", [NAN, NAN])
    r.data("infinities", [INF, -INF])
    r.data("infinities with fractions", [INF, -INF, 0.25])
    r.data("nan, inf and zero", [NAN, INF, 0.0])
    r.data("ties go to even digits", [0.03125, 0.09375, 2.00005, 0.15625, 1.00015], F64)
    r.data("ties in float32", [0.00030517578125, 0.03125, 1.03125, 0.00634765625])
    r.data("ties with an exponent", [1.00005e10, 100015000000.0, 12500500000.0, 1.0], F64)
    r.data("rounded up to another digit", [9.99995, 99.99999, 0.5])
    r.data("rounded up to another exponent", [9.99999e9, 1.0])
    r.data("thirds", [[1 / 3, -2 / 3], [10 / 3, 100 / 3]])
    r.data("float16", [1.5, 0.1, 1000.0], F16)
    r.data("float16 tiny", [6e-8, 1.0], F16)
    r.data("float16 largest", [65504.0, 1.0], F16)
    r.data("bfloat16", [1.5, 0.1, 100.0], BF16)
    r.data("bfloat16 large", [1e30, 1.5], BF16)
    r.data("bfloat16 ten thousandth", [1e-4, 1.0], BF16)
    r.data("float64", [0.1, 0.2], F64)
    r.data("complex whole", [1 + 2j, 3 - 4j])
    r.data("complex mixed", [1 + 2j, 3.5 - 4j])
    r.data("complex fractions", [0.5 + 0.25j, -1.5 - 100.125j])
    r.data("complex with exponents", [1e10 + 1e-5j, 1 + 1j])
    r.data("complex with one exponent", [0.5 + 1e6j, 1 + 1j])
    r.data("complex not finite", [complex(NAN, 1), complex(1e9, -0.0), complex(INF, -INF), complex(0.5, NAN)])
    r.data("complex128", [[1j, 2.5], [-3.0, 1e-7j]], C128)
    r.data("complex zeros", [0j, complex(-0.0, -0.0)])
    r.data("complex lines", [complex(i, -i * i / 4) for i in range(12)])


def shapes(r):
    """Brackets, lines and blank lines, and what is left out."""
    r.linear("2-D", (2, 3), step=0.5)
    r.linear("3-D", (2, 2, 3))
    r.linear("4-D", (2, 2, 2, 2), torch.int64)
    r.linear("5-D", (2, 1, 2, 1, 2), torch.int32)
    r.linear("ones all over", (1, 1, 1, 1))
    r.linear("line that fits exactly", (9,), torch.int64, start=100000, step=1)
    r.linear("wrapped ints", (40,), torch.int64)
    r.linear("wrapped floats", (20,), step=0.25)
    r.linear("wrapped with exponents", (15,), step=12345.678)
    r.linear("wrapped rows", (2, 30), torch.int64)
    r.linear("wrapped rows, 3-D", (1, 2, 25), step=-1.5)
    r.record("wrapped bools", torch.arange(30) % 3 == 0)
    for shape in [(0,), (0, 3), (3, 0), (1, 1, 1, 0)]:
        r.record(f"empty {shape}", torch.empty(shape))
    for dtype in [torch.bool, torch.uint8, torch.int64, F16, F64, C64, C128]:
        r.record(f"empty {name_of(dtype)}", torch.empty(0, dtype=dtype))
    r.record("empty matrix of int64", torch.empty(2, 0, dtype=torch.int64))
    r.record("empty with gradient", torch.empty(0, requires_grad=True))
    r.record("empty matrix with node", torch.empty(2, 0, requires_grad=True) * 2)
    r.record("1000 elements", (torch.arange(1000) % 7 == 0).to(torch.int64))
    r.linear("1001 ints", (1001,), torch.int64)
    r.linear("1001 floats", (1001,))
    r.linear("1002 floats", (1002,))
    r.linear("large matrix", (100, 200), step=0.125)
    r.linear("large column", (2000, 1), torch.int32)
    r.linear("large row", (1, 5000), F64, step=-0.5)
    r.linear("narrow and long", (7, 143))
    r.linear("large 3-D", (8, 9, 30), step=0.01)
    r.linear("large 4-D", (2, 7, 3, 40), torch.int64)
    r.linear("large with edges as wide as the dimension", (6, 300), torch.int64)
    r.linear("large float16", (1500,), F16)
    r.linear("large bfloat16", (1500,), BF16, step=0.25)
    r.linear("large with gradient", (2000,), step=0.001, grad=True)
    r.linear("width of the edges only", (3000,), step=1 / 1024)
    hidden = torch.ones(1100)
    hidden[500] = 123456789.25
    r.record("what is hidden has no say", hidden, source="linear 1.0 0.0")
    r.record("large bool", torch.ones(4000, dtype=torch.bool), source="linear 1.0 0.0")
    r.record("large complex", torch.arange(1002) + 0j, source="linear 0.0 1.0")
    r.record("large complex matrix", (torch.arange(2000) / 4 + 0j).reshape(50, 40), source="linear 0.0 0.25")


def suffixes(r):
    """What follows the brackets, and where it stands."""
    r.linear("leaf", (3,), grad=True)
    r.linear("node", (3,), grad=True, double=True)
    r.linear("float64 leaf", (2, 2), F64, grad=True)
    r.linear("float64 node", (2, 2), F64, step=0.25, grad=True, double=True)
    r.linear("long node", (100,), grad=True, double=True)
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    r.record("mean", x.mean())
    r.record("own function", Halve.apply(x))
    r.record("addmm", torch.nn.functional.linear(x, torch.ones(3, 2), torch.ones(3)).reshape(1, 3))
    r.record("log_softmax", torch.log_softmax(torch.eye(2, 3, requires_grad=True), 1))
    for n in range(7, 13):
        r.linear(f"suffix beside {n} numbers", (n,), F64, start=100.0)
        r.linear(f"suffixes beside {n} numbers", (n,), F64, start=10.0, grad=True)
    for n in range(17, 28):
        r.linear(f"leaf beside {n} numbers", (n,), step=0.0, grad=True)
    for dtype in [F32, F64, torch.int64, torch.bool, C64]:
        r.record(f"meta {name_of(dtype)}", torch.empty(2, 3, dtype=dtype, device="meta"))
    r.record("meta with gradient", torch.empty(4, device="meta", requires_grad=True))
    r.record("meta scalar", torch.empty((), device="meta"))
    r.record("meta empty", torch.empty(0, 2, device="meta"))
    with forward_ad.dual_level():
        tangent = torch.tensor([3.0, 3.0])
        r.record("tangent", forward_ad.make_dual(torch.ones(2), tangent), tangent=repr(tangent))
        tangent = torch.full((2, 20), 3.5)
        wide = forward_ad.make_dual(torch.ones(2, 20), tangent)
        r.record("wide tangent", wide, tangent=repr(tangent))
    for default in [F64, F16, BF16]:
        with default_dtype(default):
            for dtype in [*FLOATS, C64, C128, torch.int64, torch.int32]:
                name = f"{name_of(dtype)} where {name_of(default)} is the default"
                r.record(name, torch.tensor([1.5]).to(dtype))
            r.record(f"empty where {name_of(default)} is the default", torch.empty(0))
            r.record(f"empty float32 where {name_of(default)} is the default", torch.empty(0, 2, dtype=F32))
            r.record(f"empty complex64 where {name_of(default)} is the default", torch.empty(0, dtype=C64))
            r.record(f"empty complex128 where {name_of(default)} is the default", torch.empty(0, dtype=C128))


class Halve(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 0.5

    @staticmethod
    def backward(ctx, grad):
        return grad * 0.5


def with_options(r):
    """Print options other than the usual ones."""
    for precision in [0, 1, 2, 8, 17]:
        with options(precision=precision):
            r.data(f"precision {precision}", [1.5, 2.5, 0.125, -0.75])
            r.data(f"precision {precision}, exponents", [1e9, 1.5])
            r.data(f"precision {precision}, whole", [1.0, 2.0])
    for sci in [True, False]:
        with options(sci_mode=sci):
            word = "always" if sci else "never"
            r.data(f"exponents {word}, fractions", [1.5e-9, 100.25, -3.0])
            r.data(f"exponents {word}, whole", [1.0, 2.0, -3e10])
            r.data(f"exponents {word}, ints", [1, 2, 30000])
            r.data(f"exponents {word}, zeros", [0.0, 0.0])
            r.data(f"exponents {word}, not finite", [NAN, 1.0, INF])
            r.data(f"exponents {word}, complex", [1e10 + 1j, -1.5 + 0j])
            r.linear(f"exponents {word}, wrapped", (30,), F32)
            r.linear(f"exponents {word}, wrapped large", (10,), F64, step=1e10)
    for width in [1, 10, 20, 40, 79, 120, 200]:
        with options(linewidth=width):
            r.linear(f"linewidth {width}", (12,), step=0.5)
            r.linear(f"linewidth {width}, 2-D", (2, 5), F64, grad=True)
            r.linear(f"linewidth {width}, large", (1001,), torch.int64)
    r.widths("one line and a type", torch.ones(2, dtype=F64))
    r.widths("one line and two suffixes", torch.ones(2, dtype=F64, requires_grad=True))
    r.widths("two lines and a node", torch.ones(2, 2, requires_grad=True) * 2)
    r.widths("two lines and two suffixes", torch.ones(2, 2, dtype=F64, requires_grad=True) * 2)
    r.widths("complex", torch.tensor([1.5 + 2.5j, -10.25 - 100.5j, 3.0, 4j, 5.0]))
    r.widths("meta", torch.ones(2, dtype=F64, requires_grad=True, device="meta"))
    with options(threshold=5, edgeitems=2):
        r.linear("low threshold", (2, 30), torch.int64)
        r.linear("low threshold, column", (30, 2), torch.int64)
        r.linear("low threshold, too small to leave out", (2, 4))
        r.linear("at the threshold", (5,))
        r.linear("above the threshold", (6,))
        r.linear("low threshold, 3-D", (5, 5, 5), torch.int64)
        r.linear("low threshold, large numbers", (100000,))
    with options(threshold=5, edgeitems=1, linewidth=20):
        r.linear("narrow 4-D", (2, 5, 1, 3))
        r.linear("narrow numbers", (10,), torch.int64, step=10**11)
    with options(threshold=0):
        r.data("threshold 0", [1.0, 2.0])
        r.data("threshold 0, scalar", 2.5)
        r.linear("threshold 0, seven", (7,), torch.int64)
        r.record("threshold 0, empty", torch.empty(0))
    with options(threshold=20, edgeitems=10):
        r.linear("edges that meet", (20,))
        r.linear("edges that leave one out", (21,))
        r.linear("long edges", (25, 2))
    for threshold in [1000, 0]:
        with options(threshold=threshold, edgeitems=0):
            r.data(f"no edges {threshold}", [1, 20, 300])
            r.data(f"no edges {threshold}, 2-D", [[1.5, 2.0], [3.0, 4.0]], F64)
            r.data(f"no edges {threshold}, scalar", 3.5)
            r.record(f"no edges {threshold}, empty", torch.empty(0))
            r.record(f"no edges {threshold}, empty matrix", torch.empty(2, 0))
            r.linear(f"no edges {threshold}, large", (1001,), torch.int8, step=0.0, start=1.0)
    for profile in ["short", "full"]:
        with options(profile=profile):
            r.data(f"profile {profile}", [1.0, 2.5, -3.25])
            r.linear(f"profile {profile}, large", (26, 40), torch.int64, step=0.0)


def python_numbers(r, rng, count):
    """What Python says of floats and complex numbers."""

    def bits(x):
        return struct.pack(">d", x).hex()

    floats = [0.0, -0.0, 1.0, -1.5, 0.1, 1e15, 1e16, 123456789012345680.0, 9999999999999998.0, 1e-4, 1e-5, 0.00012345]
    floats += [1e22, 1e23, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, INF, -INF, NAN, 1e100, -1e-100]
    floats += [struct.unpack("f", struct.pack("f", x))[0] for x in [0.1, 3.14159, 1e10, 1e-10]]
    floats += [2.0**k for k in [-1074, -1022, -44, -14, 53, 63, 64, 1000]] + [9007199254740993.0, 0.3, 2 / 3]
    # Exactly between two shortest texts.
    floats += [-92581284705668.625, 608299596474465.25, 9224898108635.5625, 1.5 * 2.0**89, 2.0**89, 2.0**-1073]
    for _ in range(count):
        floats.append(rng.choice([1, -1]) * rng.random() * 10.0 ** rng.randint(-8, 20))
        floats.append(struct.unpack(">d", rng.randbytes(8))[0])
    lines = [f"float {bits(x)} {x!r}" for x in floats]
    parts = [0.0, -0.0, 1.0, 2.5, -3.0, 1e16, 1e-7, INF, NAN]
    lines += [f"complex {bits(a)} {bits(b)} {complex(a, b)!r}" for a in parts for b in parts]
    r.blocks.append(lines)


def random_values(rng, n, dtype):
    if dtype == torch.bool:
        return [rng.random() < rng.choice([0.1, 0.9]) for _ in range(n)]
    if dtype in INTS:
        info = torch.iinfo(dtype)
        top = min(info.max, 10 ** rng.randint(0, 18))
        return [rng.randint(max(info.min, -top) if rng.random() < 0.5 else 0, top) for _ in range(n)]
    scale, spread = 10.0 ** rng.uniform(-6, 10), rng.choice([0, 0, 1, 2, 3, 4, 8])
    digits = rng.choice([0, 0, 1, 2, 5, 17])
    odd = [NAN, INF, -INF, 0.0, -0.0] if rng.random() < 0.2 else [0.0]

    def one():
        if rng.random() < 0.1:
            return rng.choice(odd)
        x = rng.uniform(-1, 1) if negative else rng.random()
        return round(x * scale * 10.0 ** rng.uniform(0, spread), digits)

    negative = rng.random() < 0.5
    if dtype in (C64, C128):
        return [complex(one(), one()) for _ in range(n)]
    return [one() for _ in range(n)]


def random_cases(r, rng, count):
    for i in range(count):
        usual = rng.random() < 0.4
        edge = rng.choice([0, 1, 2, 3, 3, 5])
        kw = {}
        if not usual:
            kw = {
                "precision": rng.choice([0, 1, 2, 3, 4, 4, 6, 10]),
                "threshold": rng.choice([0, 3, 10, 50, 1000]),
                "edgeitems": edge,
                "linewidth": rng.choice([1, 10, 20, 30, 50, 60, 70, 75, 76, 77, 78, 79, 80, 81, 100, 150]),
                "sci_mode": rng.choice([None, None, True, False]),
            }
        dims = rng.choice([0, 1, 1, 1, 2, 2, 3, 4])
        most = {0: 1, 1: 60, 2: 14, 3: 9, 4: 5}[dims]
        shape = [rng.randint(0 if rng.random() < 0.1 else 1, most) for _ in range(dims)]
        dtype = rng.choice([torch.bool, *INTS, *FLOATS, F32, F32, F32, F64, C64, C64, C128])
        tensor = torch.tensor(random_values(rng, math.prod(shape), dtype), dtype=dtype).reshape(shape)
        if (dtype.is_floating_point or dtype.is_complex) and rng.random() < 0.5:
            tensor.requires_grad_()
            if rng.random() < 0.5:
                tensor = rng.choice([torch.clone, lambda t: t.view_as(t), torch.atleast_1d, torch.exp])(tensor)
        with options(**kw), default_dtype(rng.choice([F32, F32, F32, F32, F64, BF16])):
            r.record(f"random {i}", tensor)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    rng = random.Random(arguments.seed)
    r = Recorder()
    numbers(r)
    shapes(r)
    suffixes(r)
    with_options(r)
    python_numbers(r, rng, 20 + arguments.random)
    random_cases(r, rng, arguments.random)
    r.write(arguments.output)


if __name__ == "__main__":
    main()
