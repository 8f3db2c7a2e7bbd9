//! Draws of indices with given weights.

use super::generator::Generator;
use super::{exponential, narrow};
use crate::dtype::{DType, Element};

/// Draws `samples` indices for each row of `weights` (rows of `categories` numbers) with probabilities in proportion to
/// the row, row by row into `out`: `torch.multinomial`.
///
/// With replacement (and more than one sample): the running sums of a row, divided by the total, in `f64` for `f64`
/// weights and in `f32` for the others; each sample is the first place whose sum is not below a 53-bit uniform sample. Otherwise: weights divided by
/// exponential samples, the `samples` largest of them in descending order ("exponential race"). Among equal
/// quotients, which single and double precision hardly ever give, the smaller index goes first; PyTorch's order is that
/// of an unstable sort.
///
/// # Panics
/// If the lengths do not fit.
pub fn multinomial<T: Element>(
    g: &mut Generator,
    out: &mut [i64],
    weights: &[T],
    categories: usize,
    samples: usize,
    replacement: bool,
) {
    if categories == 0 || samples == 0 {
        return assert!(out.is_empty(), "multinomial: nothing to draw from");
    }
    assert_eq!(weights.len() / categories * samples, out.len(), "multinomial: lengths do not fit");
    if replacement && samples > 1 {
        for (row, out) in weights.chunks_exact(categories).zip(out.chunks_exact_mut(samples)) {
            match T::DTYPE {
                DType::F64 => with_replacement::<T, f64>(g, out, row),
                _ => with_replacement::<T, f32>(g, out, row),
            }
        }
        return;
    }
    let mut race = vec![T::default(); weights.len()];
    exponential(g, &mut race, 1.0);
    for (q, w) in race.iter_mut().zip(weights) {
        *q = narrow(w.to_f64() / q.to_f64());
    }
    let mut order: Vec<usize> = Vec::with_capacity(categories);
    for (row, out) in race.chunks_exact(categories).zip(out.chunks_exact_mut(samples)) {
        order.clear();
        order.extend(0..categories);
        let descending = |a: &usize, b: &usize| row[*b].to_f64().total_cmp(&row[*a].to_f64()).then(a.cmp(b));
        if samples < categories {
            order.select_nth_unstable_by(samples - 1, descending);
        }
        order[..samples].sort_unstable_by(descending);
        for (o, &i) in out.iter_mut().zip(&order) {
            *o = i as i64;
        }
    }
}

/// Inversion of the cumulative distribution of one row. `A` is the type of the sums.
fn with_replacement<T: Element, A: Element>(g: &mut Generator, out: &mut [i64], row: &[T]) {
    let mut sum = A::default();
    let mut sums: Vec<A> = row
        .iter()
        .map(|w| {
            sum = A::from_f64(sum.to_f64() + w.to_f64());
            sum
        })
        .collect();
    if sum.to_f64() > 0.0 {
        for s in &mut sums {
            *s = A::from_f64(s.to_f64() / sum.to_f64());
        }
    }
    *sums.last_mut().expect("a row is not empty") = A::from_f64(1.0);
    for o in out {
        let u = g.unit_f64();
        *o = sums.partition_point(|s| s.to_f64() < u) as i64;
    }
}
