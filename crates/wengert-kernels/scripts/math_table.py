"""Writes reference values for the f64 functions of src/math, made with mpmath: `math_table.py COUNT > reference.txt`.

A line is: function, argument(s) and result as hexadecimal bits, then the exact value's distance from that result in
units of the result's last place.
"""
import random
import struct
import sys

import mpmath as mp

mp.mp.prec = 1400
count = int(sys.argv[1])
random.seed(12345)


def bits(x):
    return "%x" % struct.unpack("<Q", struct.pack("<d", x))[0]


def nearest(v):
    """The nearest f64 of v, also a subnormal one, and the distance in units of the last place."""
    if v == 0:
        return 0.0, mp.mpf(0)
    exponent = max(int(mp.floor(mp.log(abs(v), 2))), -1022) - 52
    unit = mp.mpf(2) ** exponent
    scaled = v / unit
    whole = mp.nint(scaled)
    result = float(int(whole)) * 2.0**exponent if exponent > -1000 else float(int(whole)) * 2.0**-900 * 2.0 ** (exponent + 900)
    return result, scaled - whole


def uniform(lo, hi):
    return lambda: random.uniform(lo, hi)


def spread(lo, hi, signed=True):
    def draw():
        x = 2.0 ** random.uniform(lo, hi)
        return -x if signed and random.random() < 0.5 else x
    return draw


def near(center, lo=-50, hi=-1):
    return lambda: center + random.choice((-1, 1)) * 2.0 ** random.uniform(lo, hi)


def near_quarter():
    n = random.randrange(1, 1 << random.randrange(1, 60))
    return float(mp.mpf(n) * mp.pi / 2)


PI_HARD = [6381956970095103.0 * 2.0**797, 1.7976931348623157e308, 1e22, 710.0, 2.0**1023, 1e8, 1.00000001e8]
trig = [uniform(-1, 1), uniform(-30, 30), spread(-40, 27), spread(27, 1023), near_quarter, spread(-1060, -20)]
positive = [spread(-1070, 1023, False), uniform(0.5, 2), near(1.0), uniform(0, 100)]
FUNCTIONS = {
    "exp": (mp.exp, [uniform(-745, 709.7), uniform(-1, 1), spread(-60, 0), uniform(-745.1, -700)]),
    "exp2": (lambda x: mp.mpf(2) ** x, [uniform(-1074, 1023.9), uniform(-1, 1), spread(-60, 0), uniform(-1074, -1020)]),
    "expm1": (mp.expm1, [uniform(-45, 709.7), uniform(-1.5, 1.5), spread(-1060, 0), uniform(-2, 3)]),
    "log": (mp.log, positive),
    "log2": (lambda x: mp.log(x) / mp.log(2), positive),
    "log10": (lambda x: mp.log(x) / mp.log(10), positive),
    "log1p": (mp.log1p, [uniform(-1, 2), spread(-1060, 0), spread(0, 1023, False), lambda: 2.0 ** random.uniform(-50, -1) - 1, uniform(-0.5, 1)]),
    "sin": (mp.sin, trig),
    "cos": (mp.cos, trig),
    "tan": (mp.tan, trig),
    "tanh": (mp.tanh, [uniform(-22, 22), uniform(-1, 1), spread(-1060, 0)]),
    "sinh": (mp.sinh, [uniform(-710, 710), uniform(-2, 2), spread(-1060, 0), uniform(709, 710.47)]),
    "cosh": (mp.cosh, [uniform(-710, 710), uniform(-2, 2), spread(-60, 0), uniform(709, 710.47)]),
    "asin": (mp.asin, [uniform(-1, 1), spread(-1060, 0), near(0.5), lambda: 1 - 2.0 ** random.uniform(-50, -1)]),
    "acos": (mp.acos, [uniform(-1, 1), spread(-60, 0), near(0.5), lambda: random.choice((-1, 1)) * (1 - 2.0 ** random.uniform(-50, -1))]),
    "atan": (mp.atan, [uniform(-3, 3), spread(-1060, 60), near(1.0), uniform(-30, 30)]),
    "asinh": (mp.asinh, [uniform(-3, 3), spread(-1060, 1023), spread(-10, 10)]),
    "acosh": (mp.acosh, [uniform(1, 3), spread(0, 1023, False), lambda: 1 + 2.0 ** random.uniform(-50, 3)]),
    "atanh": (mp.atanh, [uniform(-1, 1), spread(-1060, 0), lambda: 1 - 2.0 ** random.uniform(-50, -1)]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), [uniform(-745, 40), uniform(-3, 3), uniform(-40, 40)]),
    "erf": (mp.erf, [uniform(-6, 6), spread(-1060, 0), uniform(-1, 1)]),
    "erfc": (mp.erfc, [uniform(-6, 6), uniform(0, 26.5), spread(-60, 0), uniform(26.5, 27.2), uniform(0.5, 3)]),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), positive),
}


def line(name, arguments, value):
    result, rest = nearest(value)
    print(name, *(bits(x) for x in arguments), bits(result), mp.nstr(rest, 3))


for name, (f, draws) in FUNCTIONS.items():
    if name in ("erf", "erfc"):
        mp.mp.prec = 300
    else:
        mp.mp.prec = 1400 if name in ("sin", "cos", "tan") else 1200
    points = [draws[i % len(draws)]() for i in range(count)]
    if name in ("sin", "cos", "tan"):
        points += PI_HARD
    for x in points:
        value = f(mp.mpf(x))
        if mp.mpf(2) ** -1074 <= abs(value) < mp.mpf(2) ** 1024 * (1 - mp.mpf(2) ** -53):
            line(name, (x,), value)

mp.mp.prec = 300
for i in range(count * 2):
    kind = i % 5
    if kind == 0:
        x, y = 2.0 ** random.uniform(-1070, 1023), random.uniform(-3, 3)
    elif kind == 1:
        x = random.uniform(0.5, 2)
        y = random.uniform(-740, 709) / float(mp.log(x))
    elif kind == 2:
        x = 1 + random.choice((-1, 1)) * 2.0 ** random.uniform(-52, -2)
        y = random.uniform(-740, 709) / float(mp.log(x))
    elif kind == 3:
        x, y = random.choice((-1, 1)) * random.uniform(0, 20), float(random.randrange(-40, 41))
    else:
        x = 2.0 ** random.uniform(-20, 20)
        y = random.uniform(-744, -700) / float(mp.log(x))
    value = mp.mpf(x) ** mp.mpf(y)
    if mp.mpf(2) ** -1074 <= abs(value) < mp.mpf(2) ** 1024 * (1 - mp.mpf(2) ** -53):
        line("pow", (x, y), value)

mp.mp.prec = 1300
for i in range(count):
    y, x = (spread(-1060, 1000)(), spread(-1060, 1000)()) if i % 2 else (random.uniform(-3, 3), random.uniform(-3, 3))
    value = mp.atan2(y, x)
    if abs(value) >= mp.mpf(2) ** -1074:
        line("atan2", (y, x), value)
