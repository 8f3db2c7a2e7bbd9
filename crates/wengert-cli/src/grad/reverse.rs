//! Reverse accumulation: the library's own. The list is evaluated on tensors, and [`autograd::grad_with`] differentiates the result,
//! then the derivatives, then theirs.

use super::index::{Index, Partial, listed};
use super::program::{Program, scalar};
use crate::error::Result;
use wengert::Tensor;
use wengert::autograd::{self, Options};

/// A list that was evaluated at a point.
pub struct Recorded<'a> {
    program: &'a Program,
    leaves: Vec<Tensor>,
    values: Vec<Tensor>,
    /// What the expression is at the point.
    pub result: Tensor,
}

impl<'a> Recorded<'a> {
    /// Evaluates and records.
    pub fn new(program: &'a Program, point: &[f64]) -> Result<Recorded<'a>> {
        let leaves: Vec<Tensor> = point.iter().map(|v| scalar(*v).requires_grad_(true)).collect();
        let values = program.evaluate(&leaves)?;
        let result = program.value(program.result, &values);
        Ok(Recorded { program, leaves, values, result })
    }

    /// The value of each step.
    pub fn values(&self) -> &[Tensor] {
        &self.values
    }

    /// For each order up to `order` the listed partial derivatives.
    pub fn derivatives(&self, order: usize) -> Result<Vec<Vec<Partial>>> {
        let mut out = Vec::new();
        let mut level: Vec<(Index, Tensor)> = vec![(Vec::new(), self.result.clone())];
        let leaves: Vec<&Tensor> = self.leaves.iter().collect();
        for k in 1..=order {
            let mut next: Vec<(Index, Tensor)> = Vec::new();
            for (index, t) in &level {
                for (v, g) in gradients(t, &leaves, k < order)?.into_iter().enumerate() {
                    let index = [&index[..], &[v]].concat();
                    if listed(&index) {
                        next.push((index, g.unwrap_or_else(|| scalar(0.0))));
                    }
                }
            }
            out.push(next.iter().map(|(i, t)| (i.clone(), t.item())).collect());
            level = next;
        }
        Ok(out)
    }

    /// The derivative of the result by each step; `None` where it does not depend on it.
    pub fn adjoints(&self) -> Result<Vec<Option<f64>>> {
        let steps: Vec<&Tensor> = self.values.iter().filter(|t| t.requires_grad()).collect();
        let mut found = gradients(&self.result, &steps, false)?.into_iter();
        let of = |t: &Tensor| if t.requires_grad() { found.next().flatten().map(|g| g.item()) } else { None };
        Ok(self.values.iter().map(of).collect())
    }

    /// Variables and result with their names, for the picture of the graph.
    pub fn named(&self) -> Vec<(&str, &Tensor)> {
        let leaves = self.program.variables.iter().map(String::as_str).zip(&self.leaves);
        leaves.chain([("f", &self.result)]).collect()
    }
}

/// Derivatives of a scalar; all `None` if it has no history.
fn gradients(of: &Tensor, by: &[&Tensor], create_graph: bool) -> Result<Vec<Option<Tensor>>> {
    if !of.requires_grad() || by.is_empty() {
        return Ok(vec![None; by.len()]);
    }
    let options = Options { retain_graph: Some(true), create_graph, allow_unused: true, ..Options::default() };
    Ok(autograd::grad_with(&[of], by, None, options)?)
}
