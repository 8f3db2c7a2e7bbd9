//! Transforms of functions that take and give lists of tensors, whose lengths nobody knows before: for front ends in other languages.

use super::forward::{check_tangent, parts};
use super::vmap::unwrapped;
use crate::error::Result;
use crate::tensor::Tensor;
use crate::transforms::level::{self, Kind, Randomness};
use crate::transforms::{batched, dual};

pub use crate::transforms::reverse::Recorded;

/// A tensor, and whether it has a batch as its first dimension.
pub type MaybeBatched = (Tensor, bool);

/// One call of `f` for a batch of `size` examples: what comes with `true` is given to it example by example. So come the results.
///
/// # Errors
/// Those of `f`.
pub fn in_batch(
    size: usize,
    randomness: Randomness,
    inputs: &[MaybeBatched],
    f: impl FnOnce(&[Tensor]) -> Result<Vec<Tensor>>,
) -> Result<Vec<MaybeBatched>> {
    let level = level::enter(Kind::Batch { size, randomness });
    let wrap = |(t, mapped): &MaybeBatched| if *mapped { batched(level.id, t.clone()) } else { t.clone() };
    let inputs: Vec<Tensor> = inputs.iter().map(wrap).collect();
    Ok(f(&inputs)?.iter().map(|out| unwrapped(out, level.id)).collect())
}

/// One call of `f` on `primals` that move along `tangents`: the results and their tangents, where they have one.
///
/// # Errors
/// Those of `f`; if a tangent's shape is not that of its primal.
pub fn along(
    primals: &[Tensor],
    tangents: &[Tensor],
    f: impl FnOnce(&[Tensor]) -> Result<Vec<Tensor>>,
) -> Result<Vec<(Tensor, Option<Tensor>)>> {
    let level = level::enter(Kind::Dual);
    let mut duals = Vec::with_capacity(primals.len());
    for (i, (x, t)) in primals.iter().zip(tangents).enumerate() {
        check_tangent(i, x, t)?;
        duals.push(dual(level.id, x.clone(), Some(t.clone())));
    }
    Ok(f(&duals)?.iter().map(|out| parts(out, level.id)).collect())
}
