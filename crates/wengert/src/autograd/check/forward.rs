//! Forward mode against differences.

use super::coordinates;
use super::fast::{direction, slack};
use super::point::{Point, differentiable};
use super::report::{Failure, Jacobian, Mode, Verdict};
use crate::error::Result;
use crate::func;
use crate::tensor::Tensor;

impl<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Point<'_, F> {
    /// The tangents of all outputs, where some of the moved inputs have tangents: pairs of the number among the moved ones, and tangent.
    pub fn jvp(&self, moving: &[(usize, Tensor)]) -> Result<Vec<Tensor>> {
        let places: Vec<usize> = moving.iter().map(|(at, _)| self.moved[*at]).collect();
        let primals: Vec<Tensor> = places.iter().map(|&i| self.inputs[i].detach()).collect();
        let tangents: Vec<Tensor> = moving.iter().map(|(_, t)| t.clone()).collect();
        let f = |xs: &Vec<Tensor>| {
            let mut inputs: Vec<Tensor> = self.inputs.iter().map(Tensor::detach).collect();
            for (&i, x) in places.iter().zip(xs) {
                inputs[i] = x.clone();
            }
            (self.f)(&inputs).map(differentiable)
        };
        Ok(func::jvp(f, &primals, &tangents)?.1)
    }

    /// Compares every entry of every Jacobian, a column for each coordinate of an input.
    pub fn check_forward(&self) -> Verdict {
        for at in 0..self.moved.len() {
            let (numerical, forward) = (self.numerical(at)?, self.by_tangents(at)?);
            for (o, (n, a)) in numerical.iter().zip(&forward).enumerate() {
                self.compare(o, at, n, a, Mode::Forward)?;
            }
        }
        Ok(())
    }

    /// The Jacobian of each output by the moved input number `at`, by forward mode along each of its coordinates.
    fn by_tangents(&self, at: usize) -> Result<Vec<Jacobian>> {
        let x = &self.inputs[self.moved[at]];
        let n = coordinates::count(x);
        let mut out: Vec<Jacobian> = self.outputs.iter().map(|y| Jacobian::zeros(n, coordinates::count(y))).collect();
        let mut unit = vec![0.0; n];
        for j in 0..n {
            unit[j] = 1.0;
            let tangents = self.jvp(&[(at, coordinates::tensor(x, &unit)?)])?;
            unit[j] = 0.0;
            for (jacobian, t) in out.iter_mut().zip(tangents) {
                jacobian.row(j).copy_from_slice(&coordinates::of(&t));
            }
        }
        Ok(out)
    }

    /// Compares `J u` with differences along `u`, one random direction for each input.
    pub fn check_forward_fast(&self) -> Verdict {
        for (at, &i) in self.moved.iter().enumerate() {
            let u = direction(9000 + i as u64, &self.inputs[i])?;
            let numerical = self.along(at, &u, "")?;
            let tangents = self.jvp(&[(at, coordinates::tensor(&self.inputs[i], &u)?)])?;
            for (o, (n, t)) in numerical.iter().zip(&tangents).enumerate() {
                let t = coordinates::of(t);
                if n.iter().zip(&t).any(|(n, t)| !self.close(*n, *t, slack(&u))) {
                    return Err(self.forward_in_slow_mode(o, at, (n, &t)));
                }
            }
        }
        Ok(())
    }

    /// The failure of fast mode, with both Jacobians for the reader.
    fn forward_in_slow_mode(&self, o: usize, at: usize, fast: (&[f64], &[f64])) -> Failure {
        let jacobians = || -> Result<(Jacobian, Jacobian)> {
            Ok((self.numerical(at)?.swap_remove(o), self.by_tangents(at)?.swap_remove(o)))
        };
        let (i, x, y) = (self.moved[at], &self.inputs[self.moved[at]], &self.outputs[o]);
        let shown = |v: &[f64]| Tensor::from_slice(v, &[v.len()]).to_string();
        match jacobians() {
            Ok((n, a)) => {
                Failure::fast_mismatch(Mode::Forward, (o, y), (i, x), (&shown(fast.0), &shown(fast.1)), (&n, &a))
            }
            Err(e) => e.into(),
        }
    }

    /// An input without a tangent must count as one with a tangent of zeros.
    pub fn check_undefined_forward(&self) -> Verdict {
        let tangent = |at: usize| {
            let i = self.moved[at];
            coordinates::cotangent(6000 + i as u64, &self.inputs[i])
        };
        if self.moved.len() < 2 {
            return Ok(());
        }
        for still in 0..self.moved.len() {
            let mut moving = Vec::with_capacity(self.moved.len());
            for at in (0..self.moved.len()).filter(|&at| at != still) {
                moving.push((at, tangent(at)?));
            }
            let without = self.jvp(&moving)?;
            moving.push((still, Tensor::full_like(&self.inputs[self.moved[still]], 0.0)));
            let with = self.jvp(&moving)?;
            for (o, (a, b)) in without.iter().zip(&with).enumerate() {
                let (a, b) = (coordinates::of(a), coordinates::of(b));
                if a.iter().zip(&b).any(|(a, b)| !self.close(*b, *a, 1.0)) {
                    return Err(Failure::wrong(format!(
                        "Mismatch in tangent values for output with index: {o} when input: {} has an undefined tangent value.",
                        self.moved[still]
                    )));
                }
            }
        }
        Ok(())
    }
}
