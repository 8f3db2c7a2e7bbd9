//! The function under test at its inputs.

use super::GradcheckOptions;
use super::coordinates;
use super::report::{Failure, Verdict};
use crate::autograd::{Options, grad_with};
use crate::error::{Error, Result};
use crate::ops;
use crate::tensor::Tensor;

/// A function, and the point at which its derivatives are compared.
pub struct Point<'a, F> {
    pub f: &'a F,
    pub inputs: &'a [Tensor],
    /// Numbers of the inputs that require grad.
    pub moved: Vec<usize>,
    /// Those outputs that have a derivative at all.
    pub outputs: Vec<Tensor>,
    pub options: GradcheckOptions,
}

/// Outputs that have a derivative at all: integers have none.
pub fn differentiable(outputs: Vec<Tensor>) -> Vec<Tensor> {
    outputs.into_iter().filter(|y| y.dtype().is_differentiable()).collect()
}

impl<'a, F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Point<'a, F> {
    pub fn new(f: &'a F, inputs: &'a [Tensor], options: GradcheckOptions) -> Result<Self> {
        let moved: Vec<usize> = (0..inputs.len()).filter(|&i| inputs[i].requires_grad()).collect();
        if moved.is_empty() {
            return Err(Error::value(
                "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True.",
            ));
        }
        for &i in &moved {
            if inputs[i].array().layout().has_overlap() {
                return Err(Error::runtime(format!(
                    "The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping \
                     to be able to compute the numerical gradients correctly. You should call .contiguous on the input \
                     before passing it to gradcheck."
                )));
            }
        }
        Ok(Point { f, inputs, moved, outputs: differentiable(f(inputs)?), options })
    }

    /// Two calls must give the same.
    pub fn repeats(&self) -> Verdict {
        let again = differentiable((self.f)(self.inputs)?);
        if again.len() != self.outputs.len() {
            return Err(Failure::wrong("gradcheck: two calls of the function gave different numbers of outputs"));
        }
        for (o, (y, z)) in self.outputs.iter().zip(&again).enumerate() {
            if y.shape() != z.shape() || !self.same(&coordinates::of(y), &coordinates::of(z)) {
                return Err(Failure::wrong(format!(
                    "gradcheck: output {o} differs between two calls with the same inputs"
                )));
            }
        }
        Ok(())
    }

    /// The gradients by each moved input of the outputs with a weight; the gradients of other outputs are undefined.
    pub fn gradients(&self, weights: &[(usize, Tensor)]) -> Result<Vec<Option<Tensor>>> {
        let tracked: Vec<&(usize, Tensor)> = weights.iter().filter(|(o, _)| self.outputs[*o].requires_grad()).collect();
        if tracked.is_empty() {
            return Ok(vec![None; self.moved.len()]);
        }
        let outputs: Vec<&Tensor> = tracked.iter().map(|(o, _)| &self.outputs[*o]).collect();
        let weights: Vec<Option<&Tensor>> = tracked.iter().map(|(_, w)| Some(w)).collect();
        let inputs: Vec<&Tensor> = self.moved.iter().map(|&i| &self.inputs[i]).collect();
        grad_with(&outputs, &inputs, Some(&weights), Options { allow_unused: true, ..Options::retain_graph() })
    }

    /// The coordinates of [`Point::gradients`]; an undefined one is zero.
    pub fn vjp(&self, weights: &[(usize, Tensor)]) -> Result<Vec<Vec<f64>>, Failure> {
        let grads = self.gradients(weights)?;
        let mut out = Vec::with_capacity(grads.len());
        for (grad, &i) in grads.iter().zip(&self.moved) {
            let x = &self.inputs[i];
            let Some(g) = grad else {
                out.push(vec![0.0; coordinates::count(x)]);
                continue;
            };
            if g.shape() != x.shape() {
                return Err(Failure::wrong("Analytical gradient has incorrect size"));
            }
            if self.options.check_grad_dtypes && g.dtype() != x.dtype() {
                return Err(Failure::wrong("Gradient has dtype mismatch"));
            }
            out.push(coordinates::of(g));
        }
        Ok(out)
    }

    /// Numbers for output `o` that show every error.
    pub fn cotangent(&self, o: usize) -> Result<Tensor> {
        coordinates::cotangent(8000 + o as u64, &self.outputs[o])
    }

    /// Zeros for output `o`.
    pub fn zeros(&self, o: usize) -> Result<Tensor> {
        ops::to_dtype(&Tensor::zeros(self.outputs[o].shape()), self.outputs[o].dtype())
    }

    /// Near enough, with `atol` times `scale`.
    pub fn close(&self, expected: f64, value: f64, scale: f64) -> bool {
        let slack = self.options.atol * scale + self.options.rtol * expected.abs();
        value == expected || (value - expected).abs() <= slack
    }

    /// The same bits, or within the tolerance for what is not deterministic.
    pub fn same(&self, a: &[f64], b: &[f64]) -> bool {
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a - b).abs() <= self.options.nondet_tol;
        a.len() == b.len() && a.iter().zip(b).all(same)
    }
}
