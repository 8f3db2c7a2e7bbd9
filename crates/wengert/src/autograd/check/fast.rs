//! Derivatives compared along random directions: two evaluations for each input, one backward for each output.

use super::coordinates;
use super::point::Point;
use super::report::{Failure, Jacobian, Mode, Verdict, short};
use crate::error::Result;
use crate::tensor::Tensor;

/// Numbers that show every error, of length one.
pub fn direction(seed: u64, like: &Tensor) -> Result<Vec<f64>> {
    let values = coordinates::of(&coordinates::cotangent(seed, like)?);
    let length = values.iter().map(|v| v * v).sum::<f64>().sqrt();
    Ok(values.into_iter().map(|v| v / length).collect())
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Each entry may be off by `atol`, so a product with these may be off by so many times that.
pub fn slack(a: &[f64]) -> f64 {
    a.iter().map(|a| a.abs()).sum()
}

impl<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Point<'_, F> {
    /// Compares `vᵀ (J u)`, by differences along `u`, with `(vᵀ J) u`, by backward with `v`.
    pub fn check_fast(&self) -> Verdict {
        let mut u = Vec::with_capacity(self.moved.len());
        let mut numerical = Vec::with_capacity(self.moved.len());
        for (at, &i) in self.moved.iter().enumerate() {
            u.push(direction(9000 + i as u64, &self.inputs[i])?);
            numerical.push(self.along(at, &u[at], "")?);
        }
        for (o, y) in self.outputs.iter().enumerate() {
            let v = direction(9500 + o as u64, y)?;
            let grads = self.vjp_twice(o, &coordinates::tensor(y, &v)?)?;
            for (at, grad) in grads.iter().enumerate() {
                self.expect_zero(o, &numerical[at][o])?;
                let (n, a) = (dot(&v, &numerical[at][o]), dot(grad, &u[at]));
                if !self.close(n, a, slack(&u[at]) * slack(&v)) {
                    return Err(self.in_slow_mode(o, at, (n, a)));
                }
            }
        }
        Ok(())
    }

    /// The failure of fast mode, with both Jacobians for the reader.
    fn in_slow_mode(&self, o: usize, at: usize, fast: (f64, f64)) -> Failure {
        let jacobians = || -> Result<(Jacobian, Jacobian), Failure> {
            Ok((self.numerical(at)?.swap_remove(o), self.analytical(o)?.swap_remove(at)))
        };
        let (i, x, y) = (self.moved[at], &self.inputs[self.moved[at]], &self.outputs[o]);
        match jacobians() {
            Ok((n, a)) => {
                Failure::fast_mismatch(Mode::Backward, (o, y), (i, x), (&short(fast.0), &short(fast.1)), (&n, &a))
            }
            Err(failure) => failure,
        }
    }
}
