//! hann_window, hamming_window, blackman_window, bartlett_window.

use crate::dtype::{DType, default_dtype};
use crate::error::{Error, Result};
use crate::ops::{add, cos, mul, narrow, rsub, sub};
use crate::table::Binding;
use crate::tensor::Tensor;
use std::f64::consts::PI;

/// A window of `n` numbers: `shape` of the places `0, 1, ...` of a symmetric one, or of one that is longer by the number that periodic ones leave out.
fn window(
    name: &str,
    n: i64,
    periodic: bool,
    dtype: Option<DType>,
    shape: impl FnOnce(&Tensor, f64) -> Result<Tensor>,
) -> Result<Tensor> {
    let dtype = dtype.unwrap_or_else(default_dtype);
    if !dtype.is_float() {
        return Err(Error::runtime(format!("{name} expects floating point dtypes, got: {dtype}")));
    }
    let n = usize::try_from(n)
        .map_err(|_| Error::runtime(format!("{name} requires non-negative window_length, got window_length={n}")))?;
    if n < 2 {
        return Tensor::try_full(&[n], 1, dtype);
    }
    let places = n + usize::from(periodic);
    let x = Tensor::arange_of(0, places as i64, 1, Some(dtype))?;
    narrow(&shape(&x, places as f64 - 1.0)?, 0, 0, n).map(|w| Tensor::from_array(w.array().contiguous()))
}

/// `alpha - beta * cos(2 pi x / n)`.
fn cosine(x: &Tensor, n: f64, alpha: f64, beta: f64) -> Result<Tensor> {
    add(&mul(&cos(&mul(x, PI * 2.0 / n)?)?, -beta)?, alpha)
}

fn hamming(name: &str, n: i64, periodic: bool, (alpha, beta): (f64, f64), dtype: Option<DType>) -> Result<Tensor> {
    window(name, n, periodic, dtype, |x, n| cosine(x, n, alpha, beta))
}

fn blackman(n: i64, periodic: bool, dtype: Option<DType>) -> Result<Tensor> {
    window("blackman_window", n, periodic, dtype, |x, n| {
        let x = mul(x, PI / n)?;
        let fine = mul(&cos(&mul(&x, 4.0)?)?, 0.08)?;
        add(&sub(&fine, &mul(&cos(&mul(&x, 2.0)?)?, 0.5)?)?, 0.42)
    })
}

fn bartlett(n: i64, periodic: bool, dtype: Option<DType>) -> Result<Tensor> {
    window("bartlett_window", n, periodic, dtype, |x, n| {
        let x = mul(x, 2.0 / n)?;
        crate::ops::minimum(&x, &rsub(&x, 2.0)?)
    })
}

const HANN: (f64, f64) = (0.5, 0.5);
const HAMMING: (f64, f64) = (0.54, 0.46);

pub(crate) static BINDINGS: &[Binding] = &[
    create!("torch::hann_window(int window_length, *, ", |a| {
        hamming("hann_window", a.int(0), true, HANN, a.opt_dtype(1))
    }),
    create!("torch::hann_window.periodic(int window_length, bool periodic, *, ", |a| {
        hamming("hann_window", a.int(0), a.bool(1), HANN, a.opt_dtype(2))
    }),
    create!("torch::hamming_window(int window_length, *, ", |a| {
        hamming("hamming_window", a.int(0), true, HAMMING, a.opt_dtype(1))
    }),
    create!("torch::hamming_window.periodic(int window_length, bool periodic, *, ", |a| {
        hamming("hamming_window", a.int(0), a.bool(1), HAMMING, a.opt_dtype(2))
    }),
    create!("torch::hamming_window.periodic_alpha(int window_length, bool periodic, float alpha, *, ", |a| {
        hamming("hamming_window", a.int(0), a.bool(1), (a.float(2), 0.46), a.opt_dtype(3))
    }),
    create!(
        "torch::hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta, *, ",
        |a| { hamming("hamming_window", a.int(0), a.bool(1), (a.float(2), a.float(3)), a.opt_dtype(4)) }
    ),
    create!("torch::blackman_window(int window_length, *, ", |a| blackman(a.int(0), true, a.opt_dtype(1))),
    create!("torch::blackman_window.periodic(int window_length, bool periodic, *, ", |a| {
        blackman(a.int(0), a.bool(1), a.opt_dtype(2))
    }),
    create!("torch::bartlett_window(int window_length, *, ", |a| bartlett(a.int(0), true, a.opt_dtype(1))),
    create!("torch::bartlett_window.periodic(int window_length, bool periodic, *, ", |a| {
        bartlett(a.int(0), a.bool(1), a.opt_dtype(2))
    }),
];
