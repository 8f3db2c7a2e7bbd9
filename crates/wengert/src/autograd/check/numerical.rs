//! Derivatives by moving the inputs: central differences.

use super::coordinates;
use super::point::{Point, differentiable};
use super::report::Jacobian;
use crate::error::{Error, Result};
use crate::tensor::Tensor;

impl<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Point<'_, F> {
    /// The Jacobian of each output by the moved input number `at`, one coordinate of it after the other.
    pub fn numerical(&self, at: usize) -> Result<Vec<Jacobian>> {
        let x = &self.inputs[self.moved[at]];
        let n = coordinates::count(x);
        let mut out: Vec<Jacobian> = self.outputs.iter().map(|y| Jacobian::zeros(n, coordinates::count(y))).collect();
        let mut direction = vec![0.0; n];
        for j in 0..n {
            direction[j] = 1.0;
            let place = format!("on index {} ", coordinates::Place(j, x.shape()));
            let column = self.along(at, &direction, &place)?;
            direction[j] = 0.0;
            for (jacobian, column) in out.iter_mut().zip(column) {
                jacobian.row(j).copy_from_slice(&column);
            }
        }
        Ok(out)
    }

    /// The derivative of each output along a direction of the moved input number `at`.
    pub fn along(&self, at: usize, direction: &[f64], place: &str) -> Result<Vec<Vec<f64>>> {
        let i = self.moved[at];
        let middle = coordinates::of(&self.inputs[i]);
        let side = |step: f64| -> Result<(Vec<f64>, Vec<Tensor>)> {
            let moved: Vec<f64> = middle.iter().zip(direction).map(|(x, d)| x + step * d).collect();
            let mut inputs = self.inputs.to_vec();
            inputs[i] = coordinates::leaf(&self.inputs[i], &moved);
            Ok((coordinates::of(&inputs[i]), differentiable((self.f)(&inputs)?)))
        };
        let ((above, plus), (below, minus)) = (side(self.options.eps)?, side(-self.options.eps)?);
        // As far as it really went: `x + eps` is rounded.
        let length: f64 = direction.iter().map(|d| d * d).sum();
        let went: f64 = above.iter().zip(&below).zip(direction).map(|((a, b), d)| (a - b) * d).sum();
        let width = if length > 0.0 { went / length } else { 1.0 };
        for outputs in [&plus, &minus] {
            self.same_outputs(outputs, place)?;
        }
        let difference = |(p, m): (&Tensor, &Tensor)| {
            let pairs = coordinates::of(p).into_iter().zip(coordinates::of(m));
            pairs.map(|(p, m)| (p - m) / width).collect()
        };
        Ok(plus.iter().zip(&minus).map(difference).collect())
    }

    /// The outputs of moved inputs must have the shapes and dtypes of the others.
    fn same_outputs(&self, moved: &[Tensor], place: &str) -> Result<()> {
        let what = format!("when inputs are perturbed {place}by {:?}, but got:", self.options.eps);
        if moved.len() != self.outputs.len() {
            let (one, two) = (self.outputs.len(), moved.len());
            return Err(Error::value(format!("Expected `func` to return as many outputs {what} {one} and {two}.")));
        }
        for (y, z) in self.outputs.iter().zip(moved) {
            if y.shape() != z.shape() {
                return Err(Error::value(format!(
                    "Expected `func` to return outputs with the same shape {what} shapes torch.Size({:?}) and torch.Size({:?}).",
                    y.shape(),
                    z.shape()
                )));
            }
            if y.dtype() != z.dtype() {
                return Err(Error::value(format!(
                    "Expected `func` to return outputs with the same dtype {what} dtypes {} and {}.",
                    y.dtype(),
                    z.dtype()
                )));
            }
        }
        Ok(())
    }
}
