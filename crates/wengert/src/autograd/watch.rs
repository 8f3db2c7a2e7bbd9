//! What the doors do after a call when the thread has a mode that watches calls.

use super::mode::{self, ANOMALY, SAVED_HOOKS};
use super::saved_hooks;
use crate::error::Result;
use crate::tensor::Tensor;

/// The modes that watch calls.
pub(crate) const WATCHED: u8 = ANOMALY | SAVED_HOOKS;

/// Sends what the node of a call's results saved through this thread's hooks.
#[cold]
#[inline(never)]
pub(crate) fn watch(outs: &[Tensor]) -> Result<()> {
    if mode::has(SAVED_HOOKS)
        && let Some(node) = outs.iter().find_map(Tensor::grad_fn)
    {
        saved_hooks::pack_saved(&node)?;
    }
    Ok(())
}
