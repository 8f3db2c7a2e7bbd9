//! Derivatives of a whole batch of gradients or tangents at once, against one after the other.

use super::coordinates;
use super::point::Point;
use super::report::{Failure, Mode, Verdict};
use crate::error::{Error, Result};
use crate::func::for_each;
use crate::ops;
use crate::tensor::Tensor;

/// So many at once.
const BATCH: usize = 2;

impl<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Point<'_, F> {
    /// Backward with a batch of gradients for each output.
    pub fn check_batched_grad(&self) -> Verdict {
        for (o, y) in self.outputs.iter().enumerate().filter(|(_, y)| y.requires_grad()) {
            let zeros = |grads: Vec<Option<Tensor>>| -> Vec<Option<Tensor>> {
                let pairs = grads.into_iter().zip(&self.moved);
                pairs.map(|(g, &i)| Some(g.unwrap_or_else(|| Tensor::full_like(&self.inputs[i], 0.0)))).collect()
            };
            let gradients = |g: &Tensor| Ok(zeros(self.gradients(&[(o, g.clone())])?));
            let pairs =
                both(&batch(5000 + 10 * o as u64, y)?, gradients).map_err(|e| failed(&e, "check_batched_grad"))?;
            for (&i, (got, expected)) in self.moved.iter().zip(&pairs) {
                compare(Mode::Backward, o, i, got, expected)?;
            }
        }
        Ok(())
    }

    /// Forward mode with a batch of tangents for each input.
    pub fn check_batched_forward(&self) -> Verdict {
        for (at, &i) in self.moved.iter().enumerate() {
            let tangents = |t: &Tensor| Ok(self.jvp(&[(at, t.clone())])?.into_iter().map(Some).collect());
            let pairs = both(&batch(5500 + 10 * i as u64, &self.inputs[i])?, tangents)
                .map_err(|e| failed(&e, "check_batched_forward_grad"))?;
            for (o, (got, expected)) in pairs.iter().enumerate() {
                compare(Mode::Forward, o, i, got, expected)?;
            }
        }
        Ok(())
    }
}

/// Random tensors like `like`.
fn batch(seed: u64, like: &Tensor) -> Result<Vec<Tensor>> {
    (0..BATCH).map(|b| coordinates::cotangent(seed + b as u64, like)).collect()
}

/// What `f` gives for the batch at once, and for one example after the other.
fn both(batch: &[Tensor], f: impl Fn(&Tensor) -> Result<Vec<Option<Tensor>>>) -> Result<Vec<(Tensor, Tensor)>> {
    let at_once = for_each(BATCH, &[Some(ops::stack(&batch.iter().collect::<Vec<_>>(), 0)?)], |x| {
        f(x[0].as_ref().expect("it was given"))
    })?;
    let one_by_one: Vec<Vec<Option<Tensor>>> = batch.iter().map(f).collect::<Result<_>>()?;
    let mut out = Vec::with_capacity(at_once.len());
    for (k, got) in at_once.into_iter().enumerate() {
        let expected: Vec<&Tensor> = one_by_one.iter().filter_map(|all| all[k].as_ref()).collect();
        out.push((got.expect("all are defined"), ops::stack(&expected, 0)?));
    }
    Ok(out)
}

fn compare(mode: Mode, o: usize, i: usize, got: &Tensor, expected: &Tensor) -> Verdict {
    let close = |(a, b): (&f64, &f64)| a == b || (a - b).abs() <= 1e-8 + 1e-5 * b.abs();
    let (a, b) = (coordinates::of(got), coordinates::of(expected));
    if got.shape() == expected.shape() && a.iter().zip(&b).all(close) {
        return Ok(());
    }
    let kind = match mode {
        Mode::Backward => "batched gradient",
        Mode::Forward => "batched forward gradient",
    };
    Err(Failure::wrong(format!(
        "For output {o} and input {i}:\n\ngradcheck or gradgradcheck failed while testing {kind} computation.\n\n\
         Got:\n{got}\n\nExpected:\n{expected}"
    )))
}

fn failed(e: &Error, option: &str) -> Failure {
    Failure::wrong(format!("While computing batched gradients, got: {}", e.message()))
        .hint(format!("do without with `{option}: false`"))
}
