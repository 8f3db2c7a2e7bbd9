"""Records what PyTorch computes for the samples of wengert's operations.

    python record_reference.py SAMPLES OUTPUT

`cargo xtask reference` makes SAMPLES (crates/wengert/examples/dump_samples.rs says how it looks) and calls this
program. OUTPUT has for each sample, in order:

    > NAME FINGERPRINT EXPRESSION
    = DTYPE[SIZES] grad VALUE ...     an output; `grad` if it requires grad
    ~ VALUE ...                       the gradient of each floating input, `none` if it is undefined
    ! REASON                          instead of gradients: PyTorch has none here
    & ok                              a second backward through the same graph works (else it is the freed-graph error)

Gradients are those of the sum of all elements of the outputs that require grad, each weighted by cos(1 + k), k counting
elements in row-major order through all of these outputs. A value that repeats N times stands once, as VALUE*N. Double
precision is rounded to 13 digits, gradients to 11; narrower floats are exact.
"""

import math
import string
import sys
import warnings

import torch
import torch.nn.functional as F

VALUE_DIGITS, GRADIENT_DIGITS = 13, 11


class Sample:
    def __init__(self, fingerprint, name):
        self.fingerprint, self.name = fingerprint, name
        self.expression, self.inputs = None, []


def tensor(dtype, sizes, digits):
    dtype = getattr(torch, dtype)
    shape = [] if sizes == "-" else [int(n) for n in sizes.split(",")]
    if digits == "-":
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(bytearray.fromhex(digits), dtype=dtype).reshape(shape).clone()


def read(path):
    samples = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            word, _, rest = line.rstrip("\n").partition(" ")
            if word == "sample":
                samples.append(Sample(*rest.split(" ")))
            elif word == "torch":
                samples[-1].expression = rest
            elif word == "input":
                samples[-1].inputs.append(tensor(*rest.split(" ")))
    return samples


def flatten(result):
    """The tensors in a result, in order; plain numbers become tensors."""
    if isinstance(result, (tuple, list)):
        return [t for r in result for t in flatten(r)]
    return [result if isinstance(result, torch.Tensor) else torch.tensor(result)]


def evaluate(sample):
    leaves = [t.clone().requires_grad_(t.dtype.is_floating_point) for t in sample.inputs]
    names = dict(zip(string.ascii_lowercase, leaves))
    outputs = flatten(eval(sample.expression, {"torch": torch, "F": F, "math": math, **names}))
    return leaves, outputs


def weights(outputs):
    """cos(1 + k), k counting through all outputs."""
    out, k = [], 0
    for y in outputs:
        w = torch.arange(k, k + y.numel(), dtype=torch.float64).add(1).cos()
        out.append(w.reshape(y.shape).to(y.dtype))
        k += y.numel()
    return out


def number(value, dtype, digits):
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    if dtype == torch.float64:
        text = repr(float(f"{value:.{digits - 1}e}"))
    else:
        # The fewest digits that give the same number of the narrow type.
        for n in range(10):
            text = repr(float(f"{value:.{n}e}"))
            if torch.tensor(float(text), dtype=dtype).item() == value:
                break
    return text.removesuffix(".0")


def numbers(t, digits):
    if t._is_zerotensor():
        t = torch.zeros(t.shape, dtype=t.dtype)
    values = [number(v, t.dtype, digits) for v in t.detach().reshape(-1).tolist()]
    out = []
    while values:
        n = 1
        while n < len(values) and values[n] == values[0]:
            n += 1
        out.append(values[0] if n == 1 else f"{values[0]}*{n}")
        values = values[n:]
    return out


def record(sample):
    leaves, outputs = evaluate(sample)
    lines = [f"> {sample.name} {sample.fingerprint} {sample.expression}"]
    for y in outputs:
        if y.is_complex():
            raise TypeError("complex outputs are not recorded yet")
        sizes = ",".join(map(str, y.shape))
        words = [f"= {str(y.dtype).removeprefix('torch.')}[{sizes}]"]
        words += ["grad"] if y.requires_grad else []
        lines.append(" ".join(words + numbers(y, VALUE_DIGITS)))
    inputs = [x for x in leaves if x.requires_grad]
    tracked = [y for y in outputs if y.requires_grad]
    if inputs and tracked:

        def backward():
            return torch.autograd.grad(tracked, inputs, weights(tracked), allow_unused=True)

        try:
            grads = backward()
        except (RuntimeError, NotImplementedError) as e:
            return [*lines, f"! {str(e).splitlines()[0]}"]
        for g in grads:
            lines.append(" ".join(["~"] + (["none"] if g is None else numbers(g, GRADIENT_DIGITS))))
        try:
            backward()
            lines.append("& ok")
        except RuntimeError as e:
            if "backward through the graph a second time" not in str(e):
                raise
    return lines


def main():
    samples_path, output_path = sys.argv[1:]
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    samples = read(samples_path)
    lines, failures = [], []
    for sample in samples:
        try:
            lines += record(sample)
        except Exception as e:
            failures.append(f"{sample.name} `{sample.expression}`: {type(e).__name__}: {e}")
    version = torch.__version__.split("+")[0]
    head = f"# Recorded from PyTorch {version} by `cargo xtask reference`. "
    head += "How to read it: xtask/python/record_reference.py"
    with open(output_path, "w", encoding="utf-8") as file:
        file.write("\n".join([head, *lines]) + "\n")
    print(f"{len(samples) - len(failures)} of {len(samples)} samples recorded")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


main()
