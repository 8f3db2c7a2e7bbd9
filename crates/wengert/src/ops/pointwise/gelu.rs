//! gelu, exact and by tanh (Hendrycks and Gimpel 2016).

use super::{exp, float_entry, named, tanh, when};
use crate::apply::apply1;
use crate::error::{Error, Result};
use crate::pointwise::Pointwise;
use crate::primitive::{Grads, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};
use wengert_kernels::{kernels, math};

/// `1 / sqrt(2 pi)`, the height of the normal density.
const HEIGHT: f64 = 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2;

static GELU: Pointwise = Pointwise {
    name: "gelu",
    node: "GeluBackward0",
    // erfc instead of 1 + erf: no cancellation for negative x.
    kernels: kernels! { f32, f64 => |x: T| -> T { x * (0.5 * math::erfc(-x * FRAC_1_SQRT_2 as T)) } },
    kernel_name: "GeluKernelImpl",
    saves: Saves::NONE.input(0, &[0]),
    vjp: Some(|g, s| Ok(Grads::one(Some(gelu_backward(&g[0], s.input(0))?)))),
    ..Pointwise::DEFAULT
};

/// With the normal distribution P and its density p: `g * (P(x) + x * p(x))`; its derivative in `x` is `g * p(x) * (2 - x²)`.
static GELU_BACKWARD: Pointwise = Pointwise {
    name: "gelu_backward",
    node: "GeluBackwardBackward0",
    kernels: kernels! {
        f32, f64 => |g: T, x: T| -> T {
            let distribution = 0.5 * math::erfc(-x * FRAC_1_SQRT_2 as T);
            let density = HEIGHT as T * math::exp(-0.5 * x * x);
            g * (distribution + x * density)
        };
    },
    saves: Saves::NONE.input(0, &[1]).input(1, &[0, 1]),
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(1));
        Ok(Grads::from([
            when(s, 0, || gelu_backward(d, x))?,
            when(s, 1, || {
                let square = x * x;
                Ok(d * s.input(0) * (exp(&(&square * -0.5))? * HEIGHT) * (2 - square))
            })?,
        ]))
    }),
    ..Pointwise::DEFAULT
};

fn gelu_backward(g: &Tensor, x: &Tensor) -> Result<Tensor> {
    apply1(&GELU_BACKWARD, &[g.into(), x.into()])
}

/// The argument of tanh is `SLOPE * (x + CUBIC * x³)`.
const SLOPE: f64 = 2.0 * HEIGHT;
const CUBIC: f64 = 0.044715;

static GELU_TANH: Pointwise = Pointwise {
    kernels: kernels! {
        f32, f64 => |x: T| -> T {
            let inner = SLOPE as T * (x + CUBIC as T * x * x * x);
            0.5 * x * (1.0 + math::tanh(inner))
        };
    },
    vjp: Some(|g, s| Ok(Grads::one(Some(gelu_tanh_backward(&g[0], s.input(0))?)))),
    ..GELU
};

/// With `u` the argument and `t = tanh(u)`: `g * ((1 + t) / 2 + x / 2 * (1 - t²) * u')`; its derivative in `x` is
/// `g * (1 - t²) * (u' + x / 2 * (u'' - 2 * t * u'²))`.
static GELU_TANH_BACKWARD: Pointwise = Pointwise {
    kernels: kernels! {
        f32, f64 => |g: T, x: T| -> T {
            let t = math::tanh(SLOPE as T * (x + CUBIC as T * x * x * x));
            let slope = SLOPE as T * (1.0 + 3.0 * CUBIC as T * x * x);
            g * (0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * slope)
        };
    },
    vjp: Some(|g, s| {
        let (d, x) = (&g[0], s.input(1));
        Ok(Grads::from([
            when(s, 0, || gelu_tanh_backward(d, x))?,
            when(s, 1, || {
                let square = x * x;
                let t = tanh(&(x * (&square * (SLOPE * CUBIC) + SLOPE)))?;
                let slope = square * (3.0 * SLOPE * CUBIC) + SLOPE;
                let bend = x * (6.0 * SLOPE * CUBIC) - 2 * &t * &slope * &slope;
                Ok(d * s.input(0) * (1 - &t * &t) * (slope + 0.5 * x * bend))
            })?,
        ]))
    }),
    ..GELU_BACKWARD
};

fn gelu_tanh_backward(g: &Tensor, x: &Tensor) -> Result<Tensor> {
    apply1(&GELU_TANH_BACKWARD, &[g.into(), x.into()])
}

/// `input` times the probability that a normal variable is below it. `approximate` is `"none"` or `"tanh"`.
///
/// # Errors
/// If `approximate` is another word; for integers and booleans.
#[track_caller]
pub fn gelu(input: &Tensor, approximate: &str) -> Result<Tensor> {
    let op = match approximate {
        "none" => &GELU,
        "tanh" => &GELU_TANH,
        _ => return named("gelu", Err(Error::runtime("approximate argument must be either none or tanh."))),
    };
    apply1(op, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] =
    &[bind!("nn::gelu(Tensor self, *, str approximate=\"none\") -> Tensor", |a| gelu(a.tensor(0), a.str(1)))];

pub(crate) fn entries() -> Vec<Entry> {
    const SIGNATURE: &str = "gelu(Tensor input, *, str approximate='none') -> Tensor";
    // Further down PyTorch's 1 + erf has no digits left.
    let tails = || floats(&[-2.5, -2.0, 3.0, 5.0, 20.0], &[5]);
    vec![
        float_entry(SIGNATURE, "F.gelu(a)", |x| gelu(x, "none"), -2.0, 2.0)
            .kink("F.gelu(a)", [tails()], |t| gelu(&t[0], "none"))
            .error([tails()], |t| gelu(&t[0], "exact"), "approximate argument must be either none or tanh.")
            .error([ints(1, -3, 4, &[5])], |t| gelu(&t[0], "none"), "\"GeluKernelImpl\" not implemented for 'Long'"),
        float_entry(SIGNATURE, "F.gelu(a, approximate='tanh')", |x| gelu(x, "tanh"), -2.0, 2.0).kink(
            "F.gelu(a, approximate='tanh')",
            [tails()],
            |t| gelu(&t[0], "tanh"),
        ),
    ]
}
