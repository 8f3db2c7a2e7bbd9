//! Derivatives compared with finite differences: [`gradcheck`] and [`gradgradcheck`].
//!
//! `point.rs` is the function at its inputs; `numerical.rs` moves the inputs; `backward.rs` runs backward,
//! `forward.rs` forward mode, `batched.rs` both for a whole batch; `second.rs` is [`gradgradcheck`]; `fast.rs` compares along
//! random directions instead of entry by entry; `coordinates.rs` sees a tensor as a list of real numbers; `report.rs` has the texts.

mod backward;
mod batched;
mod coordinates;
mod fast;
mod forward;
mod numerical;
mod point;
mod report;
mod second;

use super::enable_grad;
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use point::Point;
use report::{Failure, Verdict};
pub use second::{GradgradcheckOptions, gradgradcheck};

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
    /// Compare backward of a batch of gradients with backward of one after the other.
    pub check_batched_grad: bool,
    /// Compare forward mode with a batch of tangents with one after the other; needs `check_forward_ad`.
    pub check_batched_forward_grad: bool,
    /// Compare forward mode with differences.
    pub check_forward_ad: bool,
    /// Compare backward. With `false`, `check_forward_ad` has to be asked for.
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
            check_batched_grad: false,
            check_batched_forward_grad: false,
            check_forward_ad: false,
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
        let text = if !self.check_backward_ad && !self.check_forward_ad {
            "Expected at least one of check_forward_ad or check_backward_ad to be True"
        } else if self.check_batched_grad && !self.check_backward_ad {
            "Setting check_batched_grad=True requires check_backward_ad to be True"
        } else if self.check_batched_forward_grad && !self.check_forward_ad {
            "Setting check_batched_forward_grad=True requires check_forward_ad to be True"
        } else {
            return Ok(());
        };
        Err(Error::value(text))
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
    if options.check_forward_ad {
        match options.fast_mode {
            true => point.check_forward_fast()?,
            false => point.check_forward()?,
        }
        if options.check_undefined_grad {
            point.check_undefined_forward()?;
        }
        if options.check_batched_forward_grad {
            point.check_batched_forward()?;
        }
    }
    if options.check_backward_ad {
        match options.fast_mode {
            true => point.check_fast()?,
            false => point.check_whole()?,
        }
        if options.check_batched_grad {
            point.check_batched_grad()?;
        }
        point.check_multiplied()?;
        if options.check_undefined_grad {
            point.check_undefined()?;
        }
    }
    Ok(())
}
