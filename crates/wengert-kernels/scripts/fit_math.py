"""Fits the polynomials of src/math/coef.rs and writes that file to standard output (`cargo fmt` after).

Method: for each kernel the smooth function left after the leading terms are taken out is sampled at the Chebyshev
nodes of its interval, with 60 digits, as a least-squares polynomial (near-minimax). Coefficients are rounded to the
target format one after another from the lowest, each time fitting the remaining ones again, so that later coefficients
absorb the rounding of earlier ones. Needs mpmath and numpy.
"""
import mpmath as mp
import numpy as np

mp.mp.dps = 60


def rounded(value, single):
    return mp.mpf(float(np.float32(float(value)))) if single else mp.mpf(float(value))


def fit(f, lo, hi, n, single):
    """n coefficients in the target format, and the largest error seen of the polynomial they make."""
    lo, hi = mp.mpf(lo), mp.mpf(hi)
    count = 3 * n
    xs = [(lo + hi) / 2 + (hi - lo) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    left = [f(x) for x in xs]
    done = []
    for i in range(n):
        a = mp.matrix(count, n - i)
        for row, x in enumerate(xs):
            for j in range(i, n):
                a[row, j - i] = x**j
        c = rounded(mp.lu_solve(a, mp.matrix(left))[0], single)
        left = [y - c * x**i for x, y in zip(xs, left)]
        done.append(c)
    worst = mp.mpf(0)
    for i in range(400):
        x = lo + (hi - lo) * (i + mp.mpf(1) / 3) / 400
        worst = max(worst, abs(sum(c * x**j for j, c in enumerate(done)) - f(x)))
    return done, worst


def exp_q(r):
    return mp.fsum(r**k / mp.factorial(k + 2) for k in range(40))


def log_l(z):
    return 2 * mp.fsum(z**k / (2 * k + 3) for k in range(60))


def log_w(z):
    return mp.fsum(z**k / (2 * k + 5) for k in range(60))


def sin_p(z):
    return mp.fsum((-1) ** (k + 1) * z**k / mp.factorial(2 * k + 3) for k in range(40))


def cos_q(z):
    return mp.fsum((-1) ** k * z**k / mp.factorial(2 * k + 4) for k in range(40))


def atan_p(z):
    return mp.fsum((-1) ** (k + 1) * z**k / (2 * k + 3) for k in range(120))


def asin_p(z):
    return mp.fsum(mp.binomial(2 * k + 2, k + 1) / 4 ** (k + 1) / (2 * k + 3) * z**k for k in range(160))


def erf_p(z):
    return 2 / mp.sqrt(mp.pi) * mp.fsum((-1) ** k * z**k / mp.factorial(k) / (2 * k + 1) for k in range(80)) - 1


def erfc_r(center):
    def r(t):
        x = center * (1 + t) / (1 - t)
        return (1 + 2 * x) * mp.erfc(x) * mp.exp(x * x)
    return r


# name, what it is, function, f32 (lo, hi, count), f64 (lo, hi, count)
KERNELS = [
    ("EXP", "`(e^r - 1 - r) / r^2`, in `r`", exp_q, (-0.348, 0.348, 5), (-0.348, 0.348, 11)),
    ("LOG", "`(2 atanh(s) / s - 2) / z`, in `z = s^2`", log_l, (0, 0.0295, 3), (0, 0.0295, 7)),
    ("LOG_TAIL", "`(atanh(s) / s - 1 - z / 3) / z^2`, in `z = s^2`", log_w, (0, 0.0295, 4), (0, 0.0295, 8)),
    ("SIN", "`(sin r - r) / r^3`, in `z = r^2`", sin_p, (0, 0.618, 3), (0, 0.618, 6)),
    ("COS", "`(cos r - 1 + z / 2) / z^2`, in `z = r^2`", cos_q, (0, 0.618, 3), (0, 0.618, 6)),
    ("ATAN", "`(atan t - t) / t^3`, in `z = t^2`", atan_p, (0, 0.1717, 5), (0, 0.1717, 11)),
    ("ASIN", "`(asin s - s) / s^3`, in `z = s^2`", asin_p, (0, 0.25, 5), (0, 0.25, 13)),
    ("ERF", "`erf(x) / x - 1`, in `z = x^2`", erf_p, (0, 0.5626, 6), (0, 0.5626, 11)),
    ("ERFC", "`(1 + 2x) erfc(x) e^(x^2)`, in `t = (x - c) / (x + c)`", None, (2.75, -0.5715, 0.5716, 11), (4.58, -0.7187, 0.7189, 22)),
]


def literal(value, single):
    text = repr(float(value))
    if single:
        text = str(np.float32(float(value)))
    return text


def main():
    print("//! Polynomial coefficients, lowest power first. Written by `scripts/fit_math.py`; each table names the function it")
    print("//! approximates, its interval and the largest absolute error of the rounded polynomial.")
    print("// A coefficient may lie close to a named constant without being it.")
    print("#![allow(clippy::approx_constant)]")
    for name, what, f, single_range, double_range in KERNELS:
        for single, bounds in ((True, single_range), (False, double_range)):
            g = f
            if f is None:
                g = erfc_r(mp.mpf(bounds[0]))
                what_here = what + f" with `c = {bounds[0]}`"
                bounds = bounds[1:]
            else:
                what_here = what
            coefficients, worst = fit(g, *bounds, single)
            kind = "f32" if single else "f64"
            print()
            print(f"/// {what_here}, on [{bounds[0]}, {bounds[1]}], error {mp.nstr(worst, 2)}.")
            print(f"pub const {name}_{kind.upper()}: [{kind}; {bounds[2]}] = [")
            for c in coefficients:
                print(f"    {literal(c, single)},")
            print("];")


main()
