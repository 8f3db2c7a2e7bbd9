//! The gamma function and its kin: lgamma, digamma, polygamma, mvlgamma; erfinv and the normal distribution, ndtr.

use super::{add, erfc, exp, mul, named, neg, sub, unary_entry};
use crate::apply::apply1;
use crate::error::{Error, Result};
use crate::pointwise::{Pointwise, Promote};
use crate::primitive::{Grads, Saves};
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, uniform};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};
use wengert_kernels::{kernels, math};

static LGAMMA: Pointwise = Pointwise {
    name: "lgamma",
    node: "LgammaBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { libm::lgamma(x as f64) as T } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * digamma(s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// The logarithm of the gamma function's magnitude; integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn lgamma(input: &Tensor) -> Result<Tensor> {
    apply1(&LGAMMA, &[input.into()])
}

static DIGAMMA: Pointwise = Pointwise {
    name: "digamma",
    node: "DigammaBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { psi(x as f64) as T } },
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(&g[0] * polygamma(s.input(0), 1)?)))),
    ..Pointwise::DEFAULT
};

/// The logarithmic derivative of the gamma function: by recurrence to where the asymptotic series holds (Abramowitz and Stegun 6.3.5,
/// 6.3.18), by reflection below zero.
fn psi(x: f64) -> f64 {
    if x == 0.0 {
        return f64::INFINITY.copysign(-x);
    }
    if x < 0.0 {
        return if x == x.trunc() { f64::NAN } else { psi(1.0 - x) - PI / (PI * x.fract()).tan() };
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    const SERIES: [f64; 7] =
        [-1.0 / 12.0, 1.0 / 120.0, -1.0 / 252.0, 1.0 / 240.0, -1.0 / 132.0, 691.0 / 32760.0, -1.0 / 12.0];
    let square = 1.0 / (x * x);
    let series = SERIES.iter().rev().fold(0.0, |rest, c| (rest + c) * square);
    sum + x.ln() - 0.5 / x + series
}

/// The logarithmic derivative of the gamma function; integers give floats. At negative integers it is NaN.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn digamma(input: &Tensor) -> Result<Tensor> {
    apply1(&DIGAMMA, &[input.into()])
}

static POLYGAMMA: Pointwise = Pointwise {
    name: "polygamma",
    node: "PolygammaBackward0",
    promote: Promote::IntsToFloat,
    arguments: "self ~n",
    kernels: kernels! { f32, f64 => |x: T, n: T| -> T { nth_psi(n as f64, x as f64) as T } },
    saves: Saves::NONE.input(0, &[0]).input(1, &[0]),
    vjp: Some(|g, s| {
        let n = s.input(1).array().as_scalar().map_or(0, Scalar::to_i64);
        Ok(Grads::from([Some(&g[0] * polygamma(s.input(0), n + 1)?), None]))
    }),
    ..Pointwise::DEFAULT
};

/// `(-1)^(n+1) n! ζ(n+1, x)` (Abramowitz and Stegun 6.4.10).
fn nth_psi(n: f64, x: f64) -> f64 {
    if n == 1.0 && x < 0.5 {
        // Reflection (6.4.7).
        let root = PI / (PI * x).sin();
        return root * root - nth_psi(n, 1.0 - x);
    }
    let sign = if n % 2.0 == 0.0 { -1.0 } else { 1.0 };
    sign * libm::tgamma(n + 1.0) * hurwitz_zeta(n + 1.0, x)
}

/// The sum of `(x + k)^-s` over all `k` by Euler and Maclaurin: terms up to where the rest is a quick series.
fn hurwitz_zeta(s: f64, x: f64) -> f64 {
    if x <= 0.0 && x == x.trunc() {
        return if s % 2.0 == 0.0 || x == 0.0 { f64::INFINITY } else { f64::NAN };
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 12.0 {
        sum += x.powf(-s);
        x += 1.0;
    }
    // Bernoulli numbers over factorials: B_2k / (2k)!.
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30240.0,
        -1.0 / 1209600.0,
        1.0 / 47900160.0,
        -691.0 / 1307674368000.0,
        1.0 / 74724249600.0,
        -3617.0 / 10670622842880000.0,
    ];
    let power = x.powf(-s);
    let (mut factor, mut rest) = (s * power / x, 0.0);
    for (k, c) in SERIES.iter().enumerate() {
        rest += c * factor;
        let k = 2.0 * k as f64;
        factor *= (s + k + 1.0) * (s + k + 2.0) / (x * x);
    }
    sum + x.powf(1.0 - s) / (s - 1.0) + 0.5 * power + rest
}

/// The `n`th derivative of [`digamma`]; integers give floats. PyTorch's `polygamma(n, input)`.
///
/// # Errors
/// If `n` is negative.
#[track_caller]
pub fn polygamma(input: &Tensor, n: i64) -> Result<Tensor> {
    match n {
        ..0 => named("polygamma", Err(Error::runtime("polygamma(n, x) does not support negative n."))),
        0 => digamma(input),
        n => apply1(&POLYGAMMA, &[input.into(), Operand::Scalar(n.into())]),
    }
}

/// The logarithm of the multivariate gamma function of dimension `p`: the sum of `lgamma(input - j / 2)` for `j` below `p`, plus
/// `p (p - 1) / 4 log π`. Integers give floats.
///
/// # Errors
/// If `p` is not positive.
#[track_caller]
pub fn mvlgamma(input: &Tensor, p: i64) -> Result<Tensor> {
    if p < 1 {
        return named("mvlgamma", Err(Error::runtime("p has to be greater than or equal to 1")));
    }
    let mut sum = lgamma(input)?;
    for j in 1..p {
        sum = add(&sum, &lgamma(&sub(input, j as f64 / 2.0)?)?)?;
    }
    add(&sum, (p * (p - 1)) as f64 / 4.0 * PI.ln())
}

static ERFINV: Pointwise = Pointwise {
    name: "erfinv",
    node: "ErfinvBackward0",
    promote: Promote::IntsToFloat,
    kernels: kernels! { f32, f64 => |x: T| -> T { inverse_erf(x as f64) as T } },
    saves: Saves::NONE.output(0),
    vjp: Some(|g, s| {
        let y = s.output(0);
        Ok(Grads::one(Some(&g[0] * (exp(&(y * y))? * (1.0 / FRAC_2_SQRT_PI)))))
    }),
    ..Pointwise::DEFAULT
};

/// Winitzki's estimate, then Halley's method; for large arguments on the complement, which keeps its digits.
fn inverse_erf(x: f64) -> f64 {
    if x.abs() >= 1.0 {
        return if x.abs() == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN };
    }
    const A: f64 = 0.147;
    let log = ((1.0 - x) * (1.0 + x)).ln();
    let t = 2.0 / (PI * A) + 0.5 * log;
    let mut y = ((t * t - log / A).sqrt() - t).max(0.0).sqrt().copysign(x);
    for _ in 0..3 {
        let error = if x.abs() < 0.5 { math::erf(y) - x } else { ((1.0 - x.abs()) - math::erfc(y.abs())) * x.signum() };
        let step = error / (FRAC_2_SQRT_PI * (-y * y).exp());
        y -= step / (1.0 + y * step);
    }
    y
}

/// The inverse of [`erf`](crate::ops::erf); infinite at -1 and 1, NaN beyond. Integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn erfinv(input: &Tensor) -> Result<Tensor> {
    apply1(&ERFINV, &[input.into()])
}

/// The normal distribution: the probability that a standard normal variable is below `input`. Integers give floats.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn ndtr(input: &Tensor) -> Result<Tensor> {
    mul(&erfc(&mul(&neg(input)?, FRAC_1_SQRT_2)?)?, 0.5)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("lgamma(Tensor self) -> Tensor", |a| lgamma(a.tensor(0))),
    bind!("special::gammaln(Tensor self) -> Tensor", |a| lgamma(a.tensor(0))),
    bind!("digamma(Tensor self) -> Tensor", |a| digamma(a.tensor(0))),
    bind!("special::digamma(Tensor self) -> Tensor", |a| digamma(a.tensor(0))),
    bind!("special::psi(Tensor self) -> Tensor", |a| digamma(a.tensor(0))),
    bind!("torch::polygamma(int n, Tensor self) -> Tensor", |a| polygamma(a.tensor(1), a.int(0))),
    bind!("Tensor::polygamma(Tensor self, int n) -> Tensor", |a| polygamma(a.tensor(0), a.int(1))),
    bind!("special::polygamma(int n, Tensor self) -> Tensor", |a| polygamma(a.tensor(1), a.int(0))),
    bind!("mvlgamma(Tensor self, int p) -> Tensor", |a| mvlgamma(a.tensor(0), a.int(1))),
    bind!("special::multigammaln(Tensor self, int p) -> Tensor", |a| mvlgamma(a.tensor(0), a.int(1))),
    bind!("erfinv(Tensor self) -> Tensor", |a| erfinv(a.tensor(0))),
    bind!("special::erfinv(Tensor self) -> Tensor", |a| erfinv(a.tensor(0))),
    bind!("special::ndtr(Tensor self) -> Tensor", |a| ndtr(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let negative = || floats(&[-0.5, -1.5, -2.3, 0.1, 12.5, 40.0], &[6]);
    vec![
        unary_entry("lgamma(Tensor input) -> Tensor", "torch.lgamma(a)", lgamma, 0.3, 4.0).sample(
            "torch.lgamma(a)",
            [negative()],
            |t| lgamma(&t[0]),
        ),
        unary_entry("digamma(Tensor input) -> Tensor", "torch.digamma(a)", digamma, 0.3, 4.0).sample(
            "torch.digamma(a)",
            [negative()],
            |t| digamma(&t[0]),
        ),
        Entry::new("polygamma(Tensor input, int n) -> Tensor")
            .sample("torch.polygamma(1, a)", [uniform(1, 0.3, 4.0, &[2, 3])], |t| polygamma(&t[0], 1))
            .skip(Check::Reference, "PyTorch's trigamma has nine digits")
            .sample("torch.polygamma(3, a)", [uniform(1, 0.3, 4.0, &[2, 3])], |t| polygamma(&t[0], 3))
            .error([negative()], |t| polygamma(&t[0], -1), "polygamma(n, x) does not support negative n."),
        Entry::new("mvlgamma(Tensor input, int p) -> Tensor")
            .sample("torch.mvlgamma(a, 3)", [uniform(1, 1.3, 4.0, &[2, 3])], |t| mvlgamma(&t[0], 3))
            .error([negative()], |t| mvlgamma(&t[0], 0), "p has to be greater than or equal to 1"),
        unary_entry("erfinv(Tensor input) -> Tensor", "torch.erfinv(a)", erfinv, -0.95, 0.95).kink(
            "torch.erfinv(a)",
            [floats(&[0.999, -0.9999999, 1e-9], &[3])],
            |t| erfinv(&t[0]),
        ),
        unary_entry("special.ndtr(Tensor input) -> Tensor", "torch.special.ndtr(a)", ndtr, -2.0, 2.0),
    ]
}
