//! What the doors do after a call when the thread has a mode that watches calls.

use super::anomaly;
use super::mode::{self, ANOMALY, SAVED_HOOKS};
use super::saved_hooks;
use crate::error::Result;
use crate::primitive::Primitive;
use crate::scalar::Operand;
use crate::tensor::Tensor;

/// The modes that watch calls.
pub(crate) const WATCHED: u8 = ANOMALY | SAVED_HOOKS;

/// Looks at the results of a call, and sends what their node saved through this thread's hooks.
#[cold]
#[inline(never)]
pub(crate) fn watch(op: &dyn Primitive, ins: &[Operand], outs: &[Tensor]) -> Result<()> {
    if mode::has(ANOMALY) {
        anomaly::check_call(op, ins, outs, None)?;
    }
    pack_saved(outs)
}

/// Sends what the node of these new results saved through this thread's hooks.
#[cold]
#[inline(never)]
pub(crate) fn pack_saved(outs: &[Tensor]) -> Result<()> {
    if mode::has(SAVED_HOOKS)
        && let Some(node) = outs.iter().find_map(Tensor::grad_fn)
    {
        saved_hooks::pack_saved(&node)?;
    }
    Ok(())
}
