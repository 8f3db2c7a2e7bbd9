//! Poisson-distributed numbers.

use super::{Generator, narrow};
use crate::dtype::Element;

/// Fills `out` with Poisson-distributed numbers of the given rates: `torch.poisson`.
///
/// Below a rate of 10 uniform numbers are multiplied until the product falls below `exp(-rate)` (Knuth); above, candidates are accepted or rejected by the
/// transformed rejection of W. Hormann, "The transformed rejection method for generating Poisson random variables", 1993. All in double precision.
///
/// # Panics
/// If the lengths differ.
pub fn poisson<T: Element>(g: &mut Generator, out: &mut [T], rates: &[T]) {
    assert_eq!(out.len(), rates.len(), "poisson: lengths differ");
    for (o, rate) in out.iter_mut().zip(rates) {
        *o = narrow(sample(g, rate.to_f64()));
    }
}

fn sample(g: &mut Generator, rate: f64) -> f64 {
    if rate >= 10.0 {
        return by_rejection(g, rate);
    }
    if rate == 0.0 {
        return 0.0;
    }
    let limit = (-rate).exp();
    let (mut product, mut n) = (1.0, 0.0);
    loop {
        product *= g.unit_f64();
        if product <= limit {
            return n;
        }
        n += 1.0;
    }
}

fn by_rejection(g: &mut Generator, rate: f64) -> f64 {
    let root = rate.sqrt();
    let b = 0.931 + 2.53 * root;
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let quick = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = g.unit_f64() - 0.5;
        let v = g.unit_f64();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + rate + 0.43).floor();
        if us >= 0.07 && v <= quick {
            return k;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let left = v.ln() + inverse_alpha.ln() - (a / (us * us) + b).ln();
        if left <= -rate + k * rate.ln() - ln_factorial(k) {
            return k;
        }
    }
}

/// `ln(k!)`: a sum of few, or Stirling's series.
fn ln_factorial(k: f64) -> f64 {
    if k < 16.0 {
        return (2..=k as u32).map(|i| f64::from(i).ln()).sum();
    }
    let n = k + 1.0;
    let series = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * n * n)) / (n * n)) / n;
    (n - 0.5) * n.ln() - n + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials() {
        let sum = |k: u32| (2..=k).map(|i| f64::from(i).ln()).sum::<f64>();
        for k in [0, 1, 5, 15, 16, 17, 40, 170] {
            assert!((ln_factorial(f64::from(k)) - sum(k)).abs() < 1e-11 * (1.0 + sum(k)), "{k}");
        }
    }

    #[test]
    fn pytorchs_numbers() {
        // torch.poisson(torch.tensor([.5, 3, 20, 100, 0]), torch.Generator().manual_seed(0))
        let (mut g, mut out) = (Generator::new(0), [0f32; 5]);
        poisson(&mut g, &mut out, &[0.5, 3.0, 20.0, 100.0, 0.0]);
        assert_eq!(out, [2.0, 4.0, 21.0, 99.0, 0.0]);
    }
}
