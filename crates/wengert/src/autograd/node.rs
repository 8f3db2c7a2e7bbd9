//! What the engine sees of a graph: nodes, edges, and how they are freed.

use super::accumulate::accumulate;
use super::hooks::Hooks;
use super::record::OpNode;
use crate::dtype::DType;
use crate::error::Result;
use crate::few::Few;
use crate::place::Place;
use crate::primitive::{Grads, Needs, OutMeta};
use crate::shared::{Last, Shared};
use crate::tensor::Tensor;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(1) };
}

/// Note [sequence numbers]: a node is younger than those whose outputs it takes, so descending order is a topological one. Every
/// thread counts for itself and jumps ahead of what it takes from another thread (Lamport's clock), so numbers of one thread are in the
/// order of creation, and counting needs no shared memory. Nodes of two threads may have the same number; then neither leads to the
/// other.
#[inline]
pub(crate) fn next_sequence(after: u64) -> u64 {
    let sequence = NEXT.get().max(after + 1);
    NEXT.set(sequence + 1);
    sequence
}

/// A place where gradients arrive: a recorded call of an operation, or a leaf that requires grad, which is its own node.
#[derive(Clone)]
pub struct Node(Kind);

#[derive(Clone)]
enum Kind {
    Leaf(Tensor),
    Op(Shared<OpNode>),
}

/// The gradient of one output of a node goes along this edge.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The node.
    pub node: Node,
    /// Which of its outputs.
    pub output: usize,
}

/// Orders nodes by age and tells them apart.
pub(crate) type Key = (u64, usize);

impl Node {
    /// A leaf that requires grad.
    #[inline]
    pub(crate) fn leaf_of(tensor: Tensor) -> Node {
        Node(Kind::Leaf(tensor))
    }
    #[inline]
    pub(super) fn of(op: Last<OpNode>) -> Node {
        Node(Kind::Op(op.share()))
    }

    /// The call, unless it is a leaf.
    #[inline]
    pub(super) fn op(&self) -> Option<&OpNode> {
        match &self.0 {
            Kind::Leaf(_) => None,
            Kind::Op(op) => Some(op),
        }
    }

    /// How many handles there are to a call; 0 for a leaf.
    pub(super) fn op_owners(&self) -> usize {
        match &self.0 {
            Kind::Leaf(_) => 0,
            Kind::Op(op) => op.owners(),
        }
    }

    /// PyTorch's name: `MulBackward0`.
    pub fn name(&self) -> &'static str {
        match &self.0 {
            Kind::Leaf(_) => "AccumulateGrad",
            Kind::Op(op) => op.op.node_name(),
        }
    }
    /// The operation that the name is for, as PyTorch's messages have it: `Mul` for `MulBackward0`.
    pub(crate) fn operation(&self) -> Cow<'static, str> {
        operation(self.name())
    }
    /// Younger nodes have higher numbers: Note \[sequence numbers\].
    #[inline]
    pub fn sequence(&self) -> u64 {
        match &self.0 {
            Kind::Leaf(t) => t.leaf_sequence(),
            Kind::Op(op) => op.sequence,
        }
    }
    #[inline]
    pub(crate) fn key(&self) -> Key {
        match &self.0 {
            Kind::Leaf(t) => (t.leaf_sequence(), t.address()),
            Kind::Op(op) => (op.sequence, op.address()),
        }
    }
    /// Tells nodes apart while they live.
    pub fn id(&self) -> (u64, usize) {
        self.key()
    }
    /// Are these the same node?
    pub fn same(&self, other: &Node) -> bool {
        self.key() == other.key()
    }
    /// Where the gradient of each input goes; `None` for inputs without history.
    #[inline]
    pub fn edges(&self) -> &[Option<Edge>] {
        match &self.0 {
            Kind::Leaf(_) => &[],
            Kind::Op(op) => &op.edges,
        }
    }
    /// The nodes that gradients go to from here.
    pub fn next(&self) -> impl Iterator<Item = Option<&Node>> {
        self.edges().iter().map(|e| e.as_ref().map(|e| &e.node))
    }
    /// The leaf, if this node accumulates into one.
    pub fn leaf(&self) -> Option<&Tensor> {
        match &self.0 {
            Kind::Leaf(t) => Some(t),
            Kind::Op(_) => None,
        }
    }
    /// The user's line that made it; leaves have none.
    pub fn location(&self) -> Option<Place> {
        match &self.0 {
            Kind::Leaf(_) => None,
            Kind::Op(op) => Some(op.location),
        }
    }
    /// Number of outputs of the forward call.
    #[inline]
    pub fn output_count(&self) -> usize {
        match &self.0 {
            Kind::Leaf(_) => 1,
            Kind::Op(op) => op.outputs.len(),
        }
    }
    /// Shape and dtype of an output of the forward call: incoming gradients are fitted to it.
    #[inline]
    pub fn output(&self, i: usize) -> (&[usize], DType) {
        match &self.0 {
            Kind::Leaf(t) => (t.shape(), t.dtype()),
            Kind::Op(op) => {
                let meta = op.outputs.get(i);
                (&meta.shape, meta.dtype)
            }
        }
    }
    /// As of [`Primitive::arguments`](crate::primitive::Primitive::arguments).
    pub(super) fn arguments(&self) -> &'static str {
        match &self.0 {
            Kind::Leaf(_) => "",
            Kind::Op(op) => op.op.arguments(),
        }
    }
    /// PyTorch's names, and the shapes, of what is saved: `self` for `_saved_self`. Nothing after it was freed.
    pub fn saved(&self) -> Vec<(String, OutMeta)> {
        match &self.0 {
            Kind::Leaf(_) => Vec::new(),
            Kind::Op(op) => op.list_saved(),
        }
    }

    #[inline]
    pub(super) fn is_differentiable(&self, output: usize, dtype: DType) -> bool {
        match &self.0 {
            Kind::Leaf(_) => true,
            Kind::Op(op) => op.differentiable(output, dtype),
        }
    }

    /// Hooks and the like, which hardly any node has.
    #[inline]
    pub(crate) fn hooks(&self) -> Option<&Arc<Hooks>> {
        match &self.0 {
            Kind::Leaf(t) => t.leaf_hooks(),
            Kind::Op(op) => op.hooks.get(),
        }
    }
    pub(crate) fn hooks_or_new(&self) -> &Arc<Hooks> {
        match &self.0 {
            Kind::Leaf(t) => t.leaf_hooks_or_new(),
            Kind::Op(op) => op.hooks.get_or_init(Arc::default),
        }
    }

    /// From the gradients of the outputs those of the inputs, one for each edge; only where `needs` says so. Unless `retain`, what
    /// was saved is gone then, and a later call that needs it is an error.
    #[inline]
    pub(super) fn apply(&self, mut g: Grads, needs: Needs, retain: bool) -> Result<Grads> {
        match &self.0 {
            Kind::Op(op) => op.apply(self, &g, needs, retain),
            Kind::Leaf(t) => {
                if let Some(new) = g.0[0].take() {
                    accumulate(t, new)?;
                }
                Ok(Grads::default())
            }
        }
    }

    /// Frees what is saved, as [`Node::apply`] does.
    pub(super) fn release(&self) {
        if let Kind::Op(op) = &self.0 {
            op.release();
        }
    }
}

/// See [`Node::operation`].
pub(crate) fn operation(node: &'static str) -> Cow<'static, str> {
    if node == "CopySlices" {
        return "torch::autograd::CopySlices".into();
    }
    let stem = node.trim_end_matches(|c: char| c.is_ascii_digit());
    let Some(name) = stem.strip_suffix("Backward") else { return node.into() };
    match &node[stem.len()..] {
        "" | "0" => name.into(),
        overload => format!("{name}{overload}").into(),
    }
}

/// As PyTorch shows a node: `<MulBackward0>`.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name())
    }
}

// Note [dropping a graph]: only edges lead from node to node, so this is the one place where a long chain could recurse. A node that is
// freed hands its edges to the loop that frees it, and so has none left when it is dropped itself.
impl Drop for OpNode {
    #[inline]
    fn drop(&mut self) {
        let mut rest = Few::None;
        for edge in self.edges.iter_mut() {
            free(edge.take(), &mut rest);
        }
        if !matches!(rest, Few::None) {
            free_all(rest);
        }
    }
}

#[inline]
fn free_all(mut rest: Few<Edge>) {
    while let Some(edge) = rest.pop() {
        free(Some(edge), &mut rest);
    }
}

/// Drops an edge; if it was the last one to its node, that node's edges are left over.
#[inline]
fn free(edge: Option<Edge>, rest: &mut Few<Edge>) {
    match edge {
        None => {}
        Some(Edge { node: Node(Kind::Op(op)), .. }) => {
            if let Some(mut last) = Shared::into_last(op) {
                for edge in last.edges.iter_mut() {
                    if let Some(edge) = edge.take() {
                        rest.push(edge);
                    }
                }
            }
        }
        // The gradient of a leaf that only the graph knew may have a history of its own, and so may what it is a view of.
        Some(Edge { node: Node(Kind::Leaf(leaf)), .. }) => {
            for edge in leaf.into_edges().into_iter().flatten() {
                rest.push(edge);
            }
        }
    }
}
