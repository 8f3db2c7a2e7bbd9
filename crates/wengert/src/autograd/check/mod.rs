//! Derivatives compared with finite differences: [`gradcheck`] and [`gradgradcheck`].
//!
//! `point.rs` is the function at its inputs; `numerical.rs` moves the inputs; `backward.rs` runs backward; `fast.rs` compares along
//! random directions instead of entry by entry; `coordinates.rs` sees a tensor as a list of real numbers; `report.rs` has the texts.

mod backward;
mod coordinates;
mod fast;
mod numerical;
mod point;
mod report;

use super::{Options, enable_grad, grad_with};
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use point::Point;
use report::{Failure, Verdict};

/// What [`gradcheck`] leaves to choose; names and defaults are PyTorch's.
#[derive(Clone, Copy, Debug)]
pub struct GradcheckOptions {
    /// Step of the differences: `(f(x + eps) - f(x - eps)) / 2 eps`.
    pub eps: f64,
    /// Largest absolute difference.
    pub atol: f64,
    /// Largest difference relative to the numerical value, added to `atol`.
    pub rtol: f64,
    /// A derivative that is wrong is an error; else the result is `false` then. Other errors stay errors.
    pub raise_exception: bool,
    /// How much two runs with the same inputs may differ; 0 asks for the same bits.
    pub nondet_tol: f64,
    /// Undefined gradients of outputs must count as zero.
    pub check_undefined_grad: bool,
    /// Gradients must have the dtype of their inputs.
    pub check_grad_dtypes: bool,
    /// Compare backward. With `false` one of the checks of forward mode has to be asked for.
    pub check_backward_ad: bool,
    /// Compare along one random direction of each input and output instead of entry by entry: two evaluations for each input, however
    /// large it is.
    pub fast_mode: bool,
}

impl Default for GradcheckOptions {
    fn default() -> GradcheckOptions {
        GradcheckOptions {
            eps: 1e-6,
            atol: 1e-5,
            rtol: 1e-3,
            raise_exception: true,
            nondet_tol: 0.0,
            check_undefined_grad: true,
            check_grad_dtypes: false,
            check_backward_ad: true,
            fast_mode: false,
        }
    }
}

impl GradcheckOptions {
    /// With `fast_mode`.
    pub fn fast() -> GradcheckOptions {
        GradcheckOptions { fast_mode: true, ..GradcheckOptions::default() }
    }

    fn validate(&self) -> Result<()> {
        if !self.check_backward_ad {
            return Err(Error::value("Expected at least one of check_forward_ad or check_backward_ad to be True"));
        }
        Ok(())
    }
}

/// Compares the gradients of `f` with central differences, for each input that requires grad (`torch.autograd.gradcheck`).
///
/// The whole Jacobian is built twice: by moving one input element at a time, and by running backward from one output
/// element at a time. Backward must also be linear in the gradient that it receives, and two runs must agree. With
/// [`fast_mode`](GradcheckOptions::fast_mode) both sides are multiplied by a random vector instead.
///
/// Inputs should be `float64`: in single precision differences are so coarse that `eps` and the tolerances have to be larger.
///
/// ```
/// use wengert::autograd::{GradcheckOptions, gradcheck};
/// use wengert::{Tensor, no_grad, ops};
///
/// let x = Tensor::from_slice(&[0.5f64, -1.0, 2.0], &[3]).requires_grad_(true);
/// assert!(gradcheck(|t| Ok(vec![&t[0] * &t[0]]), std::slice::from_ref(&x), GradcheckOptions::default())?);
///
/// // The second factor does not count for the gradient here, so half of it is missing.
/// let wrong = |t: &[Tensor]| Ok(vec![&t[0] * &t[0].detach()]);
/// let e = gradcheck(wrong, std::slice::from_ref(&x), GradcheckOptions::default()).unwrap_err();
/// assert!(e.message().starts_with("Jacobian mismatch for output 0 with respect to input 0"));
/// let options = GradcheckOptions { raise_exception: false, ..GradcheckOptions::fast() };
/// assert!(!gradcheck(wrong, &[x], options)?);
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// - no input requires grad, or one that does overlaps itself in memory;
/// - unless `raise_exception` is off: two runs differ, or a derivative does, with both Jacobians and the first wrong entry;
/// - what `f` or the backward pass says.
pub fn gradcheck(
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>,
    inputs: &[Tensor],
    options: GradcheckOptions,
) -> Result<bool> {
    options.validate()?;
    let verdict = enable_grad(|| examine(&f, inputs, options));
    match verdict {
        Ok(()) => Ok(true),
        Err(Failure::Wrong(_)) if !options.raise_exception => Ok(false),
        Err(Failure::Wrong(e) | Failure::Other(e)) => Err(e),
    }
}

fn examine<F: Fn(&[Tensor]) -> Result<Vec<Tensor>>>(f: &F, inputs: &[Tensor], options: GradcheckOptions) -> Verdict {
    let point = Point::new(f, inputs, options)?;
    point.repeats()?;
    if options.fast_mode {
        point.check_fast()?
    } else {
        point.check_whole()?
    }
    point.check_multiplied()?;
    if options.check_undefined_grad {
        point.check_undefined()?;
    }
    Ok(())
}

/// What [`gradgradcheck`] leaves to choose; names and defaults are PyTorch's. Made from the [`GradcheckOptions`] of the check of the
/// gradient.
#[derive(Clone, Copy, Debug, Default)]
pub struct GradgradcheckOptions<'a> {
    /// How the gradient, a function of inputs and outputs' gradients, is checked. Its `check_backward_ad` is PyTorch's
    /// `check_rev_over_rev`.
    pub check: GradcheckOptions,
    /// The outputs' gradients, one for each output that requires grad; `None`: fixed pseudo-random numbers.
    pub grad_outputs: Option<&'a [Tensor]>,
    /// Lay out these numbers with gaps, if none are given.
    pub gen_non_contig_grad_outputs: bool,
}

impl From<GradcheckOptions> for GradgradcheckOptions<'_> {
    fn from(check: GradcheckOptions) -> Self {
        GradgradcheckOptions { check, ..GradgradcheckOptions::default() }
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
    let outputs = enable_grad(|| f(inputs))?;
    let outputs: Vec<Tensor> = outputs.into_iter().filter(Tensor::requires_grad).collect();
    if outputs.is_empty() {
        return Err(Error::value("gradgradcheck: no output of the function requires grad"));
    }
    let n = inputs.len();
    let mut all = inputs.to_vec();
    match options.grad_outputs {
        Some(given) if given.len() != outputs.len() => {
            let (outputs, given) = (outputs.len(), given.len());
            return Err(Error::value(format!(
                "gradgradcheck: {given} grad_outputs for {outputs} outputs that require grad"
            )));
        }
        Some(given) => all.extend(given.iter().map(|g| g.detach().requires_grad_(true))),
        None => {
            for (i, y) in outputs.iter().enumerate() {
                let g = coordinates::cotangent(7000 + i as u64, y)?;
                let g = if options.gen_non_contig_grad_outputs { coordinates::with_gaps(&g) } else { g };
                all.push(g.requires_grad_(true));
            }
        }
    }
    let gradient = |t: &[Tensor]| {
        let (inputs, weights) = t.split_at(n);
        let outputs: Vec<Tensor> = f(inputs)?.into_iter().filter(Tensor::requires_grad).collect();
        let inputs: Vec<&Tensor> = inputs.iter().filter(|x| x.requires_grad()).collect();
        let outputs: Vec<&Tensor> = outputs.iter().collect();
        let weights: Vec<Option<&Tensor>> = weights.iter().map(Some).collect();
        let options = Options { allow_unused: true, ..Options::create_graph() };
        let grads = grad_with(&outputs, &inputs, Some(&weights), options)?;
        Ok(grads.into_iter().flatten().collect())
    };
    gradcheck(gradient, &all, options.check)
}
