//! A tensor kept outside of nodes as nodes keep theirs.

use super::{Packed, SavedTensorsHooks, top};
use crate::array::Array;
use crate::autograd::node::Edge;
use crate::error::{Error, Result};
use crate::primitive::OutMeta;
use crate::tensor::Tensor;
use std::sync::Arc;

/// A tensor with its place in the graph: its numbers, or what this thread's hooks made of them.
pub(in crate::autograd) struct Kept {
    numbers: Numbers,
    edge: Option<Edge>,
}

enum Numbers {
    Array(Array, u32),
    Packed(Arc<Packed>),
}

impl Kept {
    /// Through the hooks of this thread, if it has any.
    pub fn new(t: &Tensor) -> Result<Kept> {
        let numbers = match top() {
            Some(hooks) => Numbers::Packed(hooks.pack(t)?),
            None => Numbers::Array(t.array().clone(), t.version()),
        };
        Ok(Kept { numbers, edge: t.edge() })
    }

    /// The tensor again.
    ///
    /// # Errors
    /// If it was overwritten since, or an unpack hook fails.
    pub fn get(&self) -> Result<Tensor> {
        let array = match &self.numbers {
            Numbers::Packed(p) => p.unpack()?.array().clone(),
            Numbers::Array(a, version) if a.version() == *version => a.clone(),
            Numbers::Array(a, version) => return Err(self.stale(a, *version)),
        };
        let leaf = self.edge.as_ref().and_then(|e| e.node.leaf());
        Ok(match (leaf, &self.edge) {
            (Some(leaf), _) if leaf.array().is_same(&array) => leaf.clone(),
            (_, Some(edge)) => Tensor::with_edge(array, edge.clone()),
            (_, None) => Tensor::from_array(array),
        })
    }

    fn stale(&self, array: &Array, version: u32) -> Error {
        let origin = self.edge.as_ref().filter(|e| e.node.leaf().is_none());
        let origin = origin.map(|e| format!(", which is output {} of {},", e.output, e.node.operation()));
        let meta = OutMeta::of(array);
        let shape: Vec<String> = meta.shape.iter().map(usize::to_string).collect();
        let write = array.storage().and_then(|s| s.last_write());
        let by = write.map(|w| format!(" by {} at {}", w.operation, w.location)).unwrap_or_default();
        Error::runtime(format!(
            "one of the variables needed for gradient computation has been modified by an inplace operation: \
             [torch.{}Tensor [{}]]{} is at version {}; expected version {version} instead.",
            meta.dtype.scalar_name(),
            shape.join(", "),
            origin.unwrap_or_default(),
            array.version(),
        ))
        .hint(format!("it is an input of a checkpoint, which needs it for the recomputation, and was overwritten{by}"))
    }
}

impl SavedTensorsHooks {
    /// Keeps a tensor as it is, with its history: what a node may keep but must not own without the care that [`Packed`] takes.
    pub(in crate::autograd) fn keep(t: &Tensor) -> Arc<Packed> {
        let hooks = SavedTensorsHooks::new(|t: &Tensor| Ok(t.clone()), |t| Ok(t.clone()));
        let meta = OutMeta::of(t.array());
        Arc::new(Packed { hooks, meta, content: Some(Box::new(t.clone())) })
    }
}
