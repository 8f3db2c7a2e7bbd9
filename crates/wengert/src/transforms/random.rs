//! Random numbers within `vmap`.

use super::level::{self, Randomness};
use super::{Role, batched, living, repeated, with_batch};
use crate::error::{Error, Result};
use crate::ops;
use crate::tensor::Tensor;

fn refused() -> Error {
    Error::runtime(
        "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on \
         vmap or perform the randomness operation out of vmap",
    )
}

/// Random numbers of a shape; one draw for each example, or one for all.
pub(crate) fn drawn(shape: &[usize], draw: &dyn Fn(&[usize]) -> Result<Tensor>) -> Result<Tensor> {
    match level::innermost_batch() {
        None => draw(shape),
        Some((_, _, Randomness::Error)) => Err(refused()),
        Some((id, _, Randomness::Same)) => {
            let _below = level::below(id);
            drawn(shape, draw)
        }
        Some((id, size, Randomness::Different)) => {
            let whole = with_batch(size, shape);
            let value = {
                let _below = level::below(id);
                drawn(&whole, draw)?
            };
            Ok(batched(id, value))
        }
    }
}

/// Throws with the probabilities `p`, for each example its own.
pub(crate) fn thrown(p: &Tensor, throw: &dyn Fn(&Tensor) -> Result<Tensor>) -> Result<Tensor> {
    let wrapper = living(p);
    let batch = level::innermost_batch();
    let top = wrapper.as_ref().map(|w| w.level).max(batch.map(|b| b.0));
    match (wrapper, batch) {
        (Some(w), _) if Some(w.level) == top => {
            let value = {
                let _below = level::below(w.level);
                match (&w.role, level_randomness(&batch, w.level)) {
                    (Role::Batched, Some(Randomness::Error)) => return Err(refused()),
                    (Role::Batched, Some(Randomness::Same)) => {
                        return Err(Error::runtime(
                            "Vmap does not currently support same randomness with a batched tensor input. Please use different randomness with vmap",
                        ));
                    }
                    _ => thrown(&w.inner, throw)?,
                }
            };
            Ok(if matches!(w.role, Role::Batched) { batched(w.level, value) } else { value })
        }
        (_, Some((_, _, Randomness::Error))) => Err(refused()),
        (_, Some((id, _, Randomness::Same))) => {
            let _below = level::below(id);
            thrown(p, throw)
        }
        (_, Some((id, size, Randomness::Different))) => {
            let value = {
                let _below = level::below(id);
                thrown(&repeated(p, size)?, throw)?
            };
            Ok(batched(id, value))
        }
        _ => throw(p),
    }
}

fn level_randomness(batch: &Option<(level::LevelId, usize, Randomness)>, id: level::LevelId) -> Option<Randomness> {
    batch.filter(|b| b.0 == id).map(|b| b.2)
}

/// In place of the numbers of a batch: new ones, for each example its own or for all the same.
pub(crate) fn filled(
    value: &Tensor,
    randomness: Randomness,
    fill: impl FnOnce(&Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    match randomness {
        Randomness::Error => Err(refused()),
        Randomness::Different => fill(value),
        Randomness::Same => ops::expand(&fill(&ops::select(value, 0, 0)?)?, value.shape()),
    }
}
