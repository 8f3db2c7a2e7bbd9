//! The door for results that go into a tensor that is there already (`out=`).

use super::in_place::{refuse_inference_write, refuse_overlap};
use crate::array::Write;
use crate::autograd::mode;
use crate::dtype::can_cast;
use crate::error::{Error, Result};
use crate::place::Caller;
use crate::tensor::Tensor;

/// What `f` gives, written into `out`: PyTorch's `out=`, for any operation. A large elementwise result is computed straight into the memory
/// of `out`. What `f` reads may be `out` itself.
///
/// ```
/// use wengert::{Tensor, apply::into_out, ops, tensor};
///
/// let (x, out) = (tensor!([1.0, 2.0]), Tensor::zeros(&[2]));
/// into_out("add", &out, || ops::add(&x, 1.0))?;
/// assert_eq!((out.to_vec::<f32>(), out.version()), (vec![2.0, 3.0], 1));
/// let w = x.requires_grad_(true);
/// let e = into_out("add", &out, || ops::add(&w, 1.0)).unwrap_err();
/// assert!(e.message().starts_with("add(): functions with out=... arguments don't support automatic differentiation"));
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// Those of `f`. Where calls are recorded, `out` or a result that requires grad. A result of another shape than `out` (PyTorch gives `out`
/// that shape; a tensor of ours has its shape for life), or of a dtype that `out` cannot hold; an expanded `out`; an inference tensor outside
/// of inference mode. Nothing is written then.
#[track_caller]
pub fn into_out(name: &'static str, out: &Tensor, f: impl FnOnce() -> Result<Tensor>) -> Result<()> {
    let location = Caller::here();
    let modes = mode::bits();
    let at = |e: Error| e.at(name, location);
    let untracked = |t: &Tensor| match mode::records(modes) && t.requires_grad() {
        true => Err(at(Error::runtime(format!(
            "{name}(): functions with out=... arguments don't support automatic differentiation, but one of the arguments requires grad."
        )))),
        false => Ok(()),
    };
    untracked(out)?;
    refuse_inference_write(out, modes).map_err(at)?;
    refuse_overlap(out).map_err(at)?;
    let result = f()?;
    untracked(&result)?;
    if !can_cast(result.dtype(), out.dtype()) {
        return Err(at(Error::runtime(format!(
            "result type {} can't be cast to the desired output type {}",
            result.dtype().scalar_name(),
            out.dtype().scalar_name()
        ))));
    }
    if result.shape() != out.shape() {
        return Err(at(Error::not_implemented(format!(
            "An output has shape {:?}, which does not match the required output shape {:?}",
            out.shape(),
            result.shape()
        ))
        .hint("a tensor has its shape for life: make one of the right shape")));
    }
    let source = result.array();
    let copy = source.shares_memory(out.array()).then(|| source.copy_as(source.dtype()));
    copy.as_ref().unwrap_or(source).copy_into(&mut out.array().clone().view_mut());
    if !out.is_inference() {
        out.array().bump(Write { operation: name, location: location.place(), node: None });
    }
    Ok(())
}
