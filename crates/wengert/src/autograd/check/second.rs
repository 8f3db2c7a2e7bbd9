//! Second derivatives: the gradient, checked as a function.

use super::coordinates;
use super::{GradcheckOptions, gradcheck};
use crate::autograd::{Options, enable_grad, grad_with};
use crate::error::{Error, Result};
use crate::func;
use crate::tensor::Tensor;

/// What [`gradgradcheck`] leaves to choose; names and defaults are PyTorch's. Made from the [`GradcheckOptions`] of the check of the
/// gradient.
#[derive(Clone, Copy, Debug)]
pub struct GradgradcheckOptions<'a> {
    /// How the gradient, a function of inputs and outputs' gradients, is checked. What it says about `check_forward_ad` and
    /// `check_backward_ad` does not count here: see `check_fwd_over_rev` and `check_rev_over_rev`.
    pub check: GradcheckOptions,
    /// The outputs' gradients, one for each output that requires grad; `None`: fixed pseudo-random numbers.
    pub grad_outputs: Option<&'a [Tensor]>,
    /// Lay out these numbers with gaps, if none are given.
    pub gen_non_contig_grad_outputs: bool,
    /// Compare forward mode through the gradient.
    pub check_fwd_over_rev: bool,
    /// Compare backward through the gradient.
    pub check_rev_over_rev: bool,
}

impl Default for GradgradcheckOptions<'_> {
    fn default() -> Self {
        GradgradcheckOptions {
            check: GradcheckOptions::default(),
            grad_outputs: None,
            gen_non_contig_grad_outputs: false,
            check_fwd_over_rev: false,
            check_rev_over_rev: true,
        }
    }
}

impl From<GradcheckOptions> for GradgradcheckOptions<'_> {
    fn from(check: GradcheckOptions) -> Self {
        GradgradcheckOptions { check, ..GradgradcheckOptions::default() }
    }
}

impl GradgradcheckOptions<'_> {
    fn validate(&self) -> Result<()> {
        let text = if !self.check_fwd_over_rev && !self.check_rev_over_rev {
            "Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True"
        } else if self.check.check_undefined_grad && !self.check_rev_over_rev {
            "Setting check_undefined_grad=True requires check_rev_over_rev to be True"
        } else if self.check.check_batched_grad && !self.check_rev_over_rev {
            "Setting check_batched_grad=True requires check_rev_over_rev to be True"
        } else {
            return Ok(());
        };
        Err(Error::value(text))
    }

    /// The gradients of outputs at which the second derivative is taken.
    fn weights(&self, outputs: &[&Tensor]) -> Result<Vec<Tensor>> {
        match self.grad_outputs {
            Some(given) if given.len() != outputs.len() => {
                let (outputs, given) = (outputs.len(), given.len());
                Err(Error::value(format!(
                    "gradgradcheck: {given} grad_outputs for {outputs} outputs that require grad"
                )))
            }
            Some(given) => Ok(given.iter().map(|g| g.detach().requires_grad_(true)).collect()),
            None => {
                let of = |(i, y): (usize, &&Tensor)| {
                    let g = coordinates::cotangent(7000 + i as u64, y)?;
                    let g = if self.gen_non_contig_grad_outputs { coordinates::with_gaps(&g) } else { g };
                    Ok(g.requires_grad_(true))
                };
                outputs.iter().enumerate().map(of).collect()
            }
        }
    }
}

/// Compares the second derivatives of `f` with central differences (`torch.autograd.gradgradcheck`): [`gradcheck`] of the gradient, as
/// a function of the inputs and of the gradients of the outputs.
///
/// # Errors
/// As [`gradcheck`]; inputs are counted with the outputs' gradients behind them.
pub fn gradgradcheck<'a>(
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>,
    inputs: &[Tensor],
    options: impl Into<GradgradcheckOptions<'a>>,
) -> Result<bool> {
    let options = options.into();
    options.validate()?;
    let outputs = enable_grad(|| f(inputs))?;
    let tracked: Vec<usize> = (0..outputs.len()).filter(|&o| outputs[o].requires_grad()).collect();
    if tracked.is_empty() {
        return Err(Error::value("gradgradcheck: no output of the function requires grad"));
    }
    let mut all = inputs.to_vec();
    all.extend(options.weights(&tracked.iter().map(|&o| &outputs[o]).collect::<Vec<_>>())?);
    let moved = (0..inputs.len()).filter(|&i| inputs[i].requires_grad()).collect();
    let gradient = Gradient { f: &f, count: inputs.len(), moved, tracked };
    let check = options.check;
    if options.check_rev_over_rev {
        let check = GradcheckOptions { check_forward_ad: false, check_batched_forward_grad: false, ..check };
        if !gradcheck(|t| gradient.recorded(t), &all, GradcheckOptions { check_backward_ad: true, ..check })? {
            return Ok(false);
        }
    }
    if options.check_fwd_over_rev {
        let check = GradcheckOptions { check_backward_ad: false, check_batched_grad: false, ..check };
        return gradcheck(|t| gradient.transformed(t), &all, GradcheckOptions { check_forward_ad: true, ..check });
    }
    Ok(true)
}

/// The gradient of a function, as a function of its inputs and of the gradients of its outputs behind them.
struct Gradient<'a, F> {
    f: &'a F,
    /// Number of inputs.
    count: usize,
    /// Those that require grad.
    moved: Vec<usize>,
    /// The outputs that require grad.
    tracked: Vec<usize>,
}

impl<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Gradient<'_, F> {
    fn outputs(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        let outputs = (self.f)(inputs)?;
        Ok(self.tracked.iter().map(|&o| outputs[o].clone()).collect())
    }

    /// By a backward pass that is recorded.
    fn recorded(&self, t: &[Tensor]) -> Result<Vec<Tensor>> {
        let (inputs, weights) = t.split_at(self.count);
        let outputs = self.outputs(inputs)?;
        let inputs: Vec<&Tensor> = self.moved.iter().map(|&i| &inputs[i]).collect();
        let weights: Vec<Option<&Tensor>> = weights.iter().map(Some).collect();
        let options = Options { allow_unused: true, ..Options::create_graph() };
        let grads = grad_with(&outputs.iter().collect::<Vec<_>>(), &inputs, Some(&weights), options)?;
        Ok(grads.into_iter().flatten().collect())
    }

    /// By a transform, through which tangents go.
    fn transformed(&self, t: &[Tensor]) -> Result<Vec<Tensor>> {
        let (inputs, weights) = t.split_at(self.count);
        let f = |xs: &Vec<Tensor>| {
            let mut inputs = inputs.to_vec();
            for (&i, x) in self.moved.iter().zip(xs) {
                inputs[i] = x.clone();
            }
            self.outputs(&inputs)
        };
        let at: Vec<Tensor> = self.moved.iter().map(|&i| inputs[i].clone()).collect();
        let (_, back) = func::vjp(f, &at)?;
        back.call(&weights.to_vec())
    }
}
