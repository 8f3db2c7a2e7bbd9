//! Forward mode by hand (`torch.autograd.forward_ad`): tensors with tangents, for as long as a level lasts.
//!
//! ```
//! use wengert::{autograd::forward_ad::{dual_level, make_dual, unpack_dual}, tensor};
//! let x = tensor!([1.0, 2.0]);
//! dual_level(|| {
//!     let y = make_dual(&x, &tensor!([1.0, 0.0]))?.pow(3.0);
//!     let (value, tangent) = unpack_dual(&y);
//!     assert_eq!(value.to_vec::<f32>(), [1.0, 8.0]);
//!     assert_eq!(tangent.unwrap().to_vec::<f32>(), [3.0, 0.0]);
//!     Ok::<(), wengert::Error>(())
//! })?;
//! # Ok::<(), wengert::Error>(())
//! ```

use crate::error::{Error, Result};
use crate::func::{check_tangent, parts};
use crate::tensor::Tensor;
use crate::transforms::dual;
use crate::transforms::level::{self, Entered, Kind, LevelId};
use std::cell::RefCell;

thread_local! {
    static LEVELS: RefCell<Vec<LevelId>> = const { RefCell::new(Vec::new()) };
}

/// A level of forward mode; it ends when this is dropped. Levels may be nested: each has tangents of its own. What was computed keeps
/// its value and loses its tangent.
#[must_use = "the level ends when the guard is dropped"]
pub struct DualLevel {
    entered: Entered,
}

impl DualLevel {
    /// Enters a level.
    pub fn enter() -> DualLevel {
        let entered = level::enter(Kind::Dual);
        LEVELS.with_borrow_mut(|levels| levels.push(entered.id));
        DualLevel { entered }
    }
}

impl Drop for DualLevel {
    fn drop(&mut self) {
        LEVELS.with_borrow_mut(|levels| levels.retain(|id| *id != self.entered.id));
    }
}

/// Runs `f` on a level of its own.
pub fn dual_level<R>(f: impl FnOnce() -> R) -> R {
    let _level = DualLevel::enter();
    f()
}

/// Is it a level of forward mode by hand?
pub(crate) fn holds(level: LevelId) -> bool {
    LEVELS.with_borrow(|levels| levels.contains(&level))
}

fn current() -> Option<LevelId> {
    LEVELS.with_borrow(|levels| levels.last().copied())
}

/// `tensor` with a tangent on the innermost level.
///
/// # Errors
/// Outside of a level; if dtypes or shapes differ; if the dtype has no derivative; if it has a tangent on that level already.
pub fn make_dual(tensor: &Tensor, tangent: &Tensor) -> Result<Tensor> {
    let Some(level) = current() else {
        return Err(Error::runtime(
            "Trying to create a dual Tensor for forward AD but no level exists, make sure to enter_dual_level() first.",
        ));
    };
    for (t, what) in [(tensor, "primal"), (tangent, "tangent")] {
        if !t.dtype().is_differentiable() {
            return Err(Error::value(format!(
                "Expected {what} to be floating point or complex, but got: {}",
                t.dtype()
            )));
        }
    }
    if parts(tensor, level).1.is_some() {
        return Err(Error::runtime(format!(
            "Making a dual Tensor based on a Tensor that already has a forward gradient at the same level {} is not supported.",
            LEVELS.with_borrow(|levels| levels.len() - 1)
        )));
    }
    check_tangent(0, tensor, tangent)?;
    Ok(dual(level, tensor.clone(), Some(tangent.clone())))
}

/// The value and the tangent of a tensor on the innermost level.
pub fn unpack_dual(tensor: &Tensor) -> (Tensor, Option<Tensor>) {
    match current() {
        Some(level) => parts(tensor, level),
        None => (tensor.clone(), None),
    }
}
