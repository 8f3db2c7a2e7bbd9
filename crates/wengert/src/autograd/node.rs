//! What the engine sees of a graph: nodes, edges, and how they are freed.

use crate::error::Result;
use crate::primitive::{Grads, OutMeta};
use crate::tensor::{Tensor, WeakTensor};
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

static SEQUENCE: AtomicU64 = AtomicU64::new(1);

/// What a node does in backward. The engine never learns what a primitive is.
pub trait Backward: Send + Sync {
    /// PyTorch's name: `MulBackward0`.
    fn name(&self) -> &str;
    /// The part that all nodes have.
    fn header(&self) -> &Header;
    /// From the gradients of the outputs those of the inputs, one for each edge; only where `needs` says so.
    /// `me` is the handle of this node.
    fn apply(&self, me: &Node, g: Grads, needs: &[bool]) -> Result<Grads>;
    /// Drops what was saved; a later `apply` that needs it is an error.
    fn release(&self);
    /// Names and shapes of what is saved, for displays of the graph.
    fn saved(&self) -> Vec<(String, OutMeta)> {
        Vec::new()
    }
    /// The leaf, if this node accumulates into one.
    fn leaf(&self) -> Option<&Tensor> {
        None
    }
}

/// The part that all nodes have.
pub struct Header {
    /// Younger nodes have higher numbers. A node is younger than those whose outputs it takes, so descending order is a
    /// topological one.
    pub sequence: u64,
    /// Where the gradient of each input goes; `None` for inputs without history.
    pub edges: SmallVec<[Option<Edge>; 2]>,
    /// Shape and dtype of each output of the forward call: incoming gradients are fitted to it.
    pub outputs: SmallVec<[OutMeta; 1]>,
    /// The user's line that made it.
    pub location: &'static Location<'static>,
    /// Tensors that keep the gradient of an output ([`Tensor::retain_grad`]).
    pub retained: Mutex<Vec<(usize, WeakTensor)>>,
}

impl Header {
    /// With the next sequence number.
    pub fn new(
        edges: SmallVec<[Option<Edge>; 2]>,
        outputs: SmallVec<[OutMeta; 1]>,
        location: &'static Location<'static>,
    ) -> Header {
        let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
        Header { sequence, edges, outputs, location, retained: Mutex::new(Vec::new()) }
    }
}

/// The gradient of one output of a node goes along this edge.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The node.
    pub node: Node,
    /// Which of its outputs.
    pub output: usize,
}

/// A shared node. Dropping the last handle of a long chain frees it in a loop, not by recursion.
pub struct Node(Option<Arc<dyn Backward>>);

impl Node {
    /// Shares a node.
    pub fn new(body: Arc<dyn Backward>) -> Node {
        Node(Some(body))
    }
    /// The shared body.
    pub fn arc(&self) -> &Arc<dyn Backward> {
        self.0.as_ref().expect("only drop empties a node")
    }
    /// Are these the same node?
    pub fn same(&self, other: &Node) -> bool {
        Arc::ptr_eq(self.arc(), other.arc())
    }
    /// Where gradients go from here: (`next_functions` in PyTorch).
    pub fn next(&self) -> impl Iterator<Item = Option<&Node>> {
        self.header().edges.iter().map(|e| e.as_ref().map(|e| &e.node))
    }
}

impl Clone for Node {
    fn clone(&self) -> Node {
        Node(Some(self.arc().clone()))
    }
}

impl Deref for Node {
    type Target = dyn Backward;
    #[inline]
    fn deref(&self) -> &(dyn Backward + 'static) {
        &**self.arc()
    }
}

/// As PyTorch shows a node: `<MulBackward0>`.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name())
    }
}

thread_local! {
    static FREEING: Cell<bool> = const { Cell::new(false) };
    static TO_FREE: RefCell<Vec<Arc<dyn Backward>>> = const { RefCell::new(Vec::new()) };
}

// Note [dropping a graph]: everything that owns a node owns it through `Node`, so this is the one place where a chain could
// recurse. The outermost drop frees in a loop; the drops that it causes, through edges or saved tensors, only put their node on the list.
impl Drop for Node {
    fn drop(&mut self) {
        let Some(body) = self.0.take() else { return };
        if Arc::strong_count(&body) > 1 {
            return;
        }
        let Ok(freeing) = FREEING.try_with(Cell::get) else { return };
        if freeing {
            TO_FREE.with_borrow_mut(|list| list.push(body));
            return;
        }
        FREEING.set(true);
        drop(body);
        while let Some(next) = TO_FREE.with_borrow_mut(Vec::pop) {
            drop(next);
        }
        FREEING.set(false);
    }
}
