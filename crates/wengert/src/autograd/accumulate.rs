//! The node at a leaf: adds what arrives to `.grad`.

use super::mode;
use super::node::{Backward, Edge, Header, Node};
use crate::error::Result;
use crate::primitive::{Grads, OutMeta};
use crate::tensor::Tensor;
use smallvec::{SmallVec, smallvec};
use std::panic::Location;
use std::sync::Arc;

/// Adds the gradient that arrives to the leaf's `.grad`. Owned by the graph; the leaf knows it weakly, so that all uses
/// of a leaf in one graph meet in one node.
pub(crate) struct AccumulateGrad {
    header: Header,
    variable: Tensor,
}

impl AccumulateGrad {
    /// The edge into `leaf`'s accumulator, made on first use.
    #[track_caller]
    pub(crate) fn edge(leaf: &Tensor) -> Edge {
        let mut state = leaf.state();
        let extra = state.extra_mut();
        let node = match extra.accumulator.as_ref().and_then(std::sync::Weak::upgrade) {
            Some(node) => node,
            None => {
                let outputs = smallvec![OutMeta::new(leaf.shape(), leaf.dtype())];
                let header = Header::new(SmallVec::new(), outputs, Location::caller());
                let node: Arc<dyn Backward> = Arc::new(AccumulateGrad { header, variable: leaf.clone() });
                extra.accumulator = Some(Arc::downgrade(&node));
                node
            }
        };
        Edge { node: Node::new(node), output: 0 }
    }
}

impl Backward for AccumulateGrad {
    fn name(&self) -> &str {
        "AccumulateGrad"
    }
    fn header(&self) -> &Header {
        &self.header
    }
    fn apply(&self, _me: &Node, mut g: Grads, _needs: &[bool]) -> Result<Grads> {
        if let Some(new) = g.0[0].take() {
            accumulate(&self.variable, new)?;
        }
        Ok(Grads::default())
    }
    fn release(&self) {}
    fn leaf(&self) -> Option<&Tensor> {
        Some(&self.variable)
    }
}

/// `variable.grad += new`. While gradients are recorded (`create_graph`) the sum is a new tensor with history, else `.grad` is a
/// tensor without.
pub(crate) fn accumulate(variable: &Tensor, new: Tensor) -> Result<()> {
    let old = variable.grad();
    let sum = match old {
        None if mode::is_grad_enabled() => new,
        // A gradient that shares memory with something else (an expanded or saved tensor) must not become `.grad`:
        // zero_grad and optimizers write to it.
        None => new.to_own_memory(),
        // Under create_graph, and where others may look at the old tensor's history, out of place.
        Some(old) if mode::is_grad_enabled() || old.requires_grad() => crate::ops::add(&old, &new)?,
        Some(old) => {
            crate::ops::add_(&old, &new)?;
            return Ok(());
        }
    };
    variable.state().extra_mut().grad = Some(sum);
    Ok(())
}
