//! Backward against differences, and what else must hold of backward.

use super::coordinates::{self, Place};
use super::point::Point;
use super::report::{Failure, Jacobian, Mode, Verdict};
use crate::error::Result;
use crate::tensor::Tensor;

impl<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Point<'_, F> {
    /// Compares every entry of every Jacobian.
    pub fn check_whole(&self) -> Verdict {
        // By input, then by output.
        let numerical: Vec<Vec<Jacobian>> =
            (0..self.moved.len()).map(|at| self.numerical(at)).collect::<Result<_>>()?;
        for o in 0..self.outputs.len() {
            let analytical = self.analytical(o)?;
            for (at, (a, n)) in analytical.iter().zip(&numerical).enumerate() {
                let n = &n[o];
                self.expect_zero(o, n.entries())?;
                self.compare(o, at, n, a, Mode::Backward)?;
            }
            self.check_linear(o, &analytical)?;
        }
        Ok(())
    }

    /// An output without a graph says that it does not depend on the inputs.
    pub fn expect_zero(&self, o: usize, numerical: &[f64]) -> Verdict {
        if !self.outputs[o].requires_grad() && numerical.iter().any(|&n| !self.close(n, 0.0, 1.0)) {
            return Err(Failure::wrong("Numerical gradient for function expected to be zero").hint(format!(
                "output {o} does not require grad: it was computed from detached tensors or inside no_grad"
            )));
        }
        Ok(())
    }

    /// The Jacobian of output `o` by each input, by backward from each coordinate.
    pub fn analytical(&self, o: usize) -> Result<Vec<Jacobian>, Failure> {
        let y = &self.outputs[o];
        let n = coordinates::count(y);
        let mut out: Vec<Jacobian> =
            self.moved.iter().map(|&i| Jacobian::zeros(coordinates::count(&self.inputs[i]), n)).collect();
        let mut unit = vec![0.0; n];
        for k in 0..n {
            unit[k] = 1.0;
            let grads = self.vjp(&[(o, coordinates::tensor(y, &unit)?)])?;
            unit[k] = 0.0;
            for (jacobian, grad) in out.iter_mut().zip(grads) {
                jacobian.set_column(k, &grad);
            }
        }
        Ok(out)
    }

    /// Are the entries near each other? `at` is the number of the input among those that are moved.
    pub fn compare(&self, o: usize, at: usize, numerical: &Jacobian, analytical: &Jacobian, mode: Mode) -> Verdict {
        let pairs = numerical.entries().iter().zip(analytical.entries());
        let wrong: Vec<usize> =
            pairs.enumerate().filter(|(_, (n, a))| !self.close(**n, **a, 1.0)).map(|(place, _)| place).collect();
        if wrong.is_empty() {
            return Ok(());
        }
        let (i, x, y) = (self.moved[at], &self.inputs[self.moved[at]], &self.outputs[o]);
        Err(Failure::mismatch(mode, (o, y), (i, x), (numerical, analytical), &wrong))
    }

    /// Backward with several weights at once must be the same combination of rows, and come out the same twice.
    fn check_linear(&self, o: usize, analytical: &[Jacobian]) -> Verdict {
        let weight = self.cotangent(o)?;
        let weights = coordinates::of(&weight);
        let whole = self.vjp_twice(o, &weight)?;
        for (at, &i) in self.moved.iter().enumerate() {
            for (j, &value) in whole[at].iter().enumerate() {
                let sum: f64 = analytical[at].row_of(j).iter().zip(&weights).map(|(a, w)| a * w).sum();
                if !self.close(sum, value, 1.0) {
                    return Err(Failure::wrong(format!(
                        "Backward is not linear in grad_output: for output {o} with respect to input {i}, element{}, the \
                         weighted rows of the Jacobian give {sum:?}, one backward with all weights {value:?}",
                        Place(j, self.inputs[i].shape())
                    )));
                }
            }
        }
        Ok(())
    }

    /// Two runs of backward must give the same.
    pub fn vjp_twice(&self, o: usize, weight: &Tensor) -> Result<Vec<Vec<f64>>, Failure> {
        let once = self.vjp(&[(o, weight.clone())])?;
        let again = self.vjp(&[(o, weight.clone())])?;
        for (at, &i) in self.moved.iter().enumerate() {
            if !self.same(&once[at], &again[at]) {
                return Err(Failure::wrong(format!(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives \
                     different values, although analytical gradient matches numerical gradient.The tolerance for \
                     nondeterminism was {:?}.",
                    self.options.nondet_tol
                ))
                .hint(format!("it is the gradient of output {o} with respect to input {i}; allow it with `nondet_tol`")));
            }
        }
        Ok(once)
    }

    /// With gradients of zero for all outputs those of the inputs must be zero.
    pub fn check_multiplied(&self) -> Verdict {
        let zeros: Vec<(usize, Tensor)> =
            (0..self.outputs.len()).map(|o| Ok((o, self.zeros(o)?))).collect::<Result<_>>()?;
        for (grad, &i) in self.vjp(&zeros)?.iter().zip(&self.moved) {
            if grad.iter().any(|&g| g != 0.0) {
                return Err(Failure::wrong("backward not multiplied by grad_output")
                    .hint(format!("the gradient of input {i} is not zero where those of all outputs are")));
            }
        }
        Ok(())
    }

    /// The undefined gradients of outputs that nothing was computed from must count as zeros.
    pub fn check_undefined(&self) -> Verdict {
        if self.outputs.len() < 2 {
            return Ok(());
        }
        for o in 0..self.outputs.len() {
            let mut weights = vec![(o, self.cotangent(o)?)];
            let alone = self.vjp(&weights)?;
            for other in (0..self.outputs.len()).filter(|&other| other != o) {
                weights.push((other, self.zeros(other)?));
            }
            let with_zeros = self.vjp(&weights)?;
            for (at, (a, z)) in alone.iter().zip(&with_zeros).enumerate() {
                if a.iter().zip(z).any(|(a, z)| !self.close(*z, *a, 1.0)) {
                    return Err(Failure::wrong("Expected backward function to handle undefined output grads.").hint(
                        format!(
                            "the gradient of input {} is not the same when the outputs other than {o} have undefined \
                             gradients as when they have zeros",
                            self.moved[at]
                        ),
                    ));
                }
            }
        }
        Ok(())
    }
}
