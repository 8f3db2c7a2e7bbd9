"""Records steps of PyTorch's optimizers, schedules and gradient clipping: the reference of `cargo test -p wengert-nn`.

How to run, from the root of the repository, with a Python that has torch (2.15 wrote the file that is checked in):

    python xtask/python/record_optim.py crates/wengert-nn/testdata/optim.txt

Lines of words. Tensors are the bits of their float32 elements in hexadecimal. All cases start from the same parameters
(`param`) and get the same gradients (`grad`, one line for each step and parameter).

    param NUMBER BITS...
    grad STEP NUMBER BITS...
    case OPTIMIZER key=value...        a new optimizer over both parameters (of dtype=..., if that is given), followed
                                       by its results:
    after STEP NUMBER BITS...          a parameter after a step
    state NAME NUMBER BITS...          what is kept for it in the end
    schedule NAME key=value... | RATES OF EPOCH 0, 1, ...
    clip_norm max_norm norm_type NORM | BITS... of both gradients of step 0
    clip_value value | BITS... of both gradients of step 0
"""

import argparse
import warnings

import torch

warnings.filterwarnings("ignore")

STEPS = 6
SIZES = [5, 19]
CASES = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.99), "eps": 1e-3}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.6)}),
    ("Adam", {"lr": 0.1, "maximize": True, "weight_decay": 0.1, "betas": (0.3, 0.9)}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.2}),
    ("AdamW", {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.6), "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.6, "weight_decay": 0.1, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.3, "centered": True, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.1, "centered": True, "momentum": 0.5, "maximize": True, "eps": 1e-2}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.3, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("Adagrad", {"lr": 0.1, "maximize": True, "eps": 1e-3}),
]
DTYPES = [torch.float16, torch.bfloat16, torch.float64]
DTYPE_CASES = [
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "maximize": True}),
    ("SGD", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1, "amsgrad": True, "betas": (0.5, 0.6), "eps": 1e-3}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.2, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.9, "centered": True, "momentum": 0.9, "weight_decay": 0.1, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.1, "eps": 1e-3}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "eps": 1e-3}),
]
SCHEDULES = [
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("StepLR", {"step_size": 1, "gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 5, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 12}),
]
CLIP_NORMS = [(0.5, 2.0), (100.0, 2.0), (1.5, 1.0), (0.7, float("inf"))]


def bits(*tensors):
    """The elements of tensors, as float32, as words."""
    words = torch.cat([t.detach().reshape(-1).float() for t in tensors]).view(torch.int32)
    return " ".join(f"{w & 0xFFFFFFFF:08x}" for w in words.tolist())


def settings(options):
    """Options as words."""
    words = []
    for key, value in options.items():
        if isinstance(value, tuple):
            words += [f"beta{i + 1}={v!r}" for i, v in enumerate(value)]
        else:
            words.append(f"{key}={value!r}".lower())
    return "".join(f" {w}" for w in words)


def main():
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    file = parser.parse_args().file
    torch.manual_seed(1)
    params = [torch.randn(n) for n in SIZES]
    grads = [[torch.randn(n) * 3.0 ** -(step % 3) for n in SIZES] for step in range(STEPS)]
    lines = [f"param {i} {bits(p)}" for i, p in enumerate(params)]
    lines += [f"grad {step} {i} {bits(g)}" for step in range(STEPS) for i, g in enumerate(grads[step])]
    cases = [(name, options, torch.float32) for name, options in CASES]
    cases += [(name, options, dtype) for dtype in DTYPES for name, options in DTYPE_CASES]
    for name, options, dtype in cases:
        of = "" if dtype is torch.float32 else f" dtype={str(dtype).removeprefix('torch.')}"
        lines.append(f"case {name}{of}{settings(options)}")
        # Half types: the rest of a tensor behind its last whole vectors is rounded more often than the vectors are.
        # We do as they do.
        times = 64 if dtype in (torch.float16, torch.bfloat16) else 1
        own = [p.to(dtype, copy=True).repeat(times).requires_grad_() for p in params]
        optimizer = getattr(torch.optim, name)(own, **options)
        for step in range(STEPS):
            for p, g in zip(own, grads[step]):
                p.grad = g.to(dtype, copy=True).repeat(times)
            optimizer.step()
            lines += [f"after {step} {i} {bits(p[:n])}" for i, (p, n) in enumerate(zip(own, SIZES))]
        for i, p in enumerate(own):
            kept = {key: t for key, t in optimizer.state[p].items() if key != "step" and t is not None}
            lines += [f"state {key} {i} {bits(t[: SIZES[i]])}" for key, t in kept.items()]
    for name, options in SCHEDULES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4)
        schedule = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
        rates = []
        for _ in range(13):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        lines.append(f"schedule {name}{settings(options)} | {' '.join(map(repr, rates))}")
    for max_norm, norm_type in CLIP_NORMS:
        own = [p.clone().requires_grad_() for p in params]
        for p, g in zip(own, grads[0]):
            p.grad = g.clone()
        norm = torch.nn.utils.clip_grad_norm_(own, max_norm, norm_type)
        lines.append(f"clip_norm {max_norm} {norm_type} {bits(norm)} | {bits(*[p.grad for p in own])}")
    for value in [0.25, 2.0]:
        own = [p.clone().requires_grad_() for p in params]
        for p, g in zip(own, grads[0]):
            p.grad = g.clone()
        torch.nn.utils.clip_grad_value_(own, value)
        lines.append(f"clip_value {value} | {bits(*[p.grad for p in own])}")
    with open(file, "w", encoding="ascii") as out:
        out.write(f"# PyTorch {torch.__version__}, written by xtask/python/record_optim.py\n")
        out.write("\n".join(lines) + "\n")


main()
