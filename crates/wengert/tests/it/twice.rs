//! An operation with rules that may be wrong.

use wengert::apply::Outs;
use wengert::array::Array;
use wengert::primitive::{Batch, Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use wengert::{Result, Tensor};
use wengert_kernels::Layout;

/// `2 x`, with rules of the test's choice.
#[derive(Debug)]
pub struct Twice {
    /// From the gradient of the result that of `x`.
    pub backward: fn(&Tensor) -> Result<Tensor>,
    /// The factor of the tangent.
    pub forward: f64,
    /// The factor for a whole batch.
    pub batched: f64,
}

impl Primitive for Twice {
    fn name(&self) -> &'static str {
        "twice"
    }
    fn node_name(&self) -> &'static str {
        "TwiceBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let doubled: Vec<f64> = ins[0].to_vec::<f64>().into_iter().map(|v| 2.0 * v).collect();
        let doubled = Array::from_slice(&doubled).with_layout(Layout::contiguous(ins[0].shape()));
        doubled.copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::one(Some((self.backward)(&g[0])?)))
    }
    fn jvp(&self, t: &Grads, _: &Saved) -> Result<Option<Grads>> {
        Ok(Some(Grads::one(t.get(0).map(|t| t * self.forward))))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        Batch::one(batch.value(0) * self.batched)
    }
}
