//! [`Tensor`]: a handle to an array and its place in the graph.

mod create;
mod data;
mod index;
mod operators;
mod show;

pub use create::*;
pub use index::{Ellipsis, IndexItem, Indices, Item, NewAxis, step};
pub use operators::Rhs;

use crate::array::Array;
use crate::autograd::{Edge, Node, next_sequence};
use crate::dtype::DType;
use crate::error::{Error, Result, or_panic};
use crate::shared::Shared;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// A multi-dimensional array of numbers that remembers how it was computed.
///
/// Cloning gives another handle to the same tensor. Methods and operators panic at the caller's line when shapes or dtypes do not
/// fit; the functions of [`ops`](crate::ops) are the same operations returning `Result`.
///
/// ```
/// use wengert::{Tensor, tensor};
/// let x = tensor!([2.0]).requires_grad_(true);
/// let y = x.pow(2.0) + 2.0 * &x + 1.0;
/// y.backward();
/// assert_eq!(x.grad().unwrap().item(), 6.0);
/// ```
#[derive(Clone)]
pub struct Tensor(Shared<TensorImpl>);

struct TensorImpl {
    array: Array,
    /// Where it was made.
    origin: Origin,
    /// [`REQUIRES_GRAD`] and its like.
    flags: AtomicU8,
    extra: OnceLock<Arc<Extra>>,
}

/// Leaf that requires grad, or result with history.
const REQUIRES_GRAD: u8 = 1;
/// Shares memory with a base, and is differentiated through it.
const VIEW: u8 = 2;
/// An in-place operation moved it to another place in the graph.
const MOVED: u8 = 4;

/// A tensor's place in the graph.
enum Origin {
    /// A leaf is a node itself, and this is its sequence number; 0 until it requires grad.
    Leaf(AtomicU64),
    Result(Edge),
}

/// What few tensors have.
#[derive(Default)]
pub(crate) struct Extra(Mutex<State>);

#[derive(Default)]
struct State {
    grad: Option<Tensor>,
    /// Its place in the graph if it was moved.
    edge: Option<Edge>,
    retains_grad: bool,
}

impl Extra {
    /// Replaces the gradient.
    pub fn put_grad(&self, grad: Option<Tensor>) {
        // The old one is dropped outside the lock: freeing may reach other tensors.
        let old = std::mem::replace(&mut self.0.lock().grad, grad);
        drop(old);
    }
}

impl Tensor {
    /// A leaf without gradient.
    #[inline]
    pub fn from_array(array: Array) -> Tensor {
        let origin = Origin::Leaf(AtomicU64::new(0));
        Tensor::made_of(array, origin, 0)
    }

    /// A result at a place in the graph.
    #[inline]
    pub(crate) fn with_edge(array: Array, edge: Edge, view: bool) -> Tensor {
        Tensor::made_of(array, Origin::Result(edge), REQUIRES_GRAD | if view { VIEW } else { 0 })
    }

    #[inline]
    fn made_of(array: Array, origin: Origin, flags: u8) -> Tensor {
        // SAFETY: every field is written.
        let made = unsafe {
            Shared::emplace(|t: *mut TensorImpl| {
                (&raw mut (*t).array).write(array);
                (&raw mut (*t).origin).write(origin);
                (&raw mut (*t).flags).write(AtomicU8::new(flags));
                (&raw mut (*t).extra).write(OnceLock::new());
            })
        };
        Tensor(made)
    }

    /// Moves it to another place in the graph.
    pub(crate) fn move_to(&self, edge: Edge) {
        let old = self.extra().0.lock().edge.replace(edge);
        self.0.flags.store(REQUIRES_GRAD | MOVED, Ordering::Release);
        drop(old);
    }

    #[inline]
    fn has(&self, flag: u8) -> bool {
        self.0.flags.load(Ordering::Acquire) & flag != 0
    }

    fn extra(&self) -> &Arc<Extra> {
        self.0.extra.get_or_init(Arc::default)
    }

    /// The edge into it: to its node, or to itself as a leaf; `None` if it does not require grad.
    #[inline]
    pub(crate) fn edge(&self) -> Option<Edge> {
        if !self.requires_grad() {
            return None;
        }
        Some(self.node_edge().unwrap_or_else(|| Edge { node: Node::leaf_of(self.clone()), output: 0 }))
    }

    /// The edge to its node; `None` for leaves.
    #[inline]
    fn node_edge(&self) -> Option<Edge> {
        match &self.0.origin {
            _ if self.has(MOVED) => self.extra().0.lock().edge.clone(),
            Origin::Leaf(_) => None,
            Origin::Result(edge) => Some(edge.clone()),
        }
    }

    /// The sequence number of a leaf that requires grad, as a node.
    #[inline]
    pub(crate) fn leaf_sequence(&self) -> u64 {
        match &self.0.origin {
            Origin::Leaf(sequence) => sequence.load(Ordering::Relaxed),
            Origin::Result(_) => unreachable!("only leaves are their own nodes"),
        }
    }

    /// Where it lies: tells tensors apart.
    #[inline]
    pub(crate) fn address(&self) -> usize {
        self.0.address()
    }

    /// Are both handles to the same tensor?
    pub fn is_same(&self, other: &Tensor) -> bool {
        self.0.ptr_eq(&other.0)
    }

    /// Its numbers.
    pub fn array(&self) -> &Array {
        &self.0.array
    }
    /// Sizes of the dimensions.
    pub fn shape(&self) -> &[usize] {
        self.0.array.shape()
    }
    /// Number of dimensions.
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }
    /// Number of elements.
    pub fn numel(&self) -> usize {
        self.0.array.numel()
    }
    /// Size of dimension `dim`, which may be negative (counted from the end).
    ///
    /// # Panics
    /// If it is out of range.
    #[track_caller]
    pub fn size(&self, dim: isize) -> usize {
        self.shape()[or_panic(crate::ops::wrap_dim(dim, self.ndim()))]
    }
    /// Element type.
    pub fn dtype(&self) -> DType {
        self.0.array.dtype()
    }
    /// Strides in elements.
    pub fn strides(&self) -> &[isize] {
        &self.0.array.layout().strides
    }
    /// Are the elements dense in row-major order?
    pub fn is_contiguous(&self) -> bool {
        self.0.array.layout().is_contiguous()
    }

    /// Does it take part in differentiation: a leaf that was asked to, or computed from one?
    #[inline]
    pub fn requires_grad(&self) -> bool {
        self.has(REQUIRES_GRAD)
    }
    /// Was it made by the user, or computed without history? Leaves that require grad get a `.grad`.
    #[inline]
    pub fn is_leaf(&self) -> bool {
        matches!(self.0.origin, Origin::Leaf(_)) && !self.has(MOVED)
    }
    pub(crate) fn is_view(&self) -> bool {
        self.has(VIEW)
    }
    /// The node that made it; `None` for leaves.
    pub fn grad_fn(&self) -> Option<Node> {
        self.node_edge().map(|e| e.node)
    }
    /// Which output of [`Tensor::grad_fn`] it is; 0 for leaves.
    pub fn output_nr(&self) -> usize {
        self.node_edge().map_or(0, |e| e.output)
    }
    /// How often its memory was written in place (`_version`).
    pub fn version(&self) -> u32 {
        self.0.array.version()
    }

    /// The accumulated gradient.
    pub fn grad(&self) -> Option<Tensor> {
        self.0.extra.get().and_then(|e| e.0.lock().grad.clone())
    }

    /// Sets or clears the gradient.
    ///
    /// # Errors
    /// If shape or dtype differ from the tensor's.
    pub fn set_grad(&self, grad: Option<&Tensor>) -> Result<()> {
        if let Some(g) = grad {
            if g.shape() != self.shape() {
                return Err(Error::runtime(format!(
                    "assigned grad has data of a different size: expected {:?}, got {:?}",
                    self.shape(),
                    g.shape()
                )));
            }
            if g.dtype() != self.dtype() {
                return Err(Error::runtime(format!(
                    "assigned grad has data of a different type: expected {}, got {}",
                    self.dtype(),
                    g.dtype()
                )));
            }
        }
        self.put_grad(grad.cloned());
        Ok(())
    }

    /// Clears the gradient (`zero_grad(set_to_none=True)`).
    pub fn zero_grad(&self) {
        if let Some(extra) = self.0.extra.get() {
            extra.put_grad(None);
        }
    }

    /// Replaces the gradient.
    pub(crate) fn put_grad(&self, grad: Option<Tensor>) {
        self.extra().put_grad(grad);
    }

    /// Keeps the gradient of a tensor that is not a leaf (`retain_grad()`). Nothing happens for leaves.
    ///
    /// # Panics
    /// If it does not require grad.
    #[track_caller]
    pub fn retain_grad(&self) {
        if !self.requires_grad() {
            panic!("can't retain_grad on Tensor that has requires_grad=False");
        }
        let Some(edge) = self.node_edge() else { return };
        let extra = self.extra();
        if !std::mem::replace(&mut extra.0.lock().retains_grad, true) {
            edge.node.retain(edge.output, Arc::downgrade(extra));
        }
    }

    /// Asks for a gradient of this leaf, or no longer, and gives the tensor back.
    ///
    /// # Panics
    /// If it is of integers or booleans; if it is not a leaf and `on` is false.
    #[track_caller]
    pub fn requires_grad_(self, on: bool) -> Tensor {
        or_panic(self.set_requires_grad(on));
        self
    }

    /// [`Tensor::requires_grad_`] with a `Result`.
    ///
    /// # Errors
    /// As it panics.
    pub fn set_requires_grad(&self, on: bool) -> Result<()> {
        if on && !self.dtype().is_differentiable() {
            return Err(Error::runtime("only Tensors of floating point dtype can require gradients"));
        }
        if !on && !self.is_leaf() {
            return Err(Error::runtime(
                "you can only change requires_grad flags of leaf variables. If you want to use a computed variable in a subgraph that doesn't require differentiation use var_no_grad = var.detach().",
            ));
        }
        if on {
            if let Origin::Leaf(sequence) = &self.0.origin
                && sequence.load(Ordering::Relaxed) == 0
            {
                // Before anything can be computed from it as a node. Of two threads that do this one counts.
                let _ = sequence.compare_exchange(0, next_sequence(0), Ordering::Relaxed, Ordering::Relaxed);
            }
            self.0.flags.fetch_or(REQUIRES_GRAD, Ordering::Release);
        } else {
            self.0.flags.fetch_and(!REQUIRES_GRAD, Ordering::Release);
        }
        Ok(())
    }

    /// The same numbers, outside the graph: shares memory and version.
    pub fn detach(&self) -> Tensor {
        Tensor::from_array(self.0.array.clone())
    }

    /// Is this the only handle, and the memory nobody else's?
    #[inline]
    pub(crate) fn owns_its_memory(&self) -> bool {
        self.0.is_unique() && self.0.array.is_sole_owner()
    }

    /// Itself, or a contiguous copy if another owner shares its memory.
    pub(crate) fn into_own_memory(self) -> Tensor {
        if self.owns_its_memory() { self } else { Tensor::from_array(self.array().copy_as(self.dtype())) }
    }

    /// Drops this handle to a leaf. If it was the last, the edge of the leaf's gradient is left over: what frees a graph goes on there.
    #[inline]
    pub(crate) fn into_edge_of_grad(self) -> Option<Edge> {
        let mut leaf = Shared::into_last(self.0)?;
        let extra = Arc::into_inner(leaf.extra.take()?)?;
        let mut grad = Shared::into_last(extra.0.into_inner().grad?.0)?;
        match std::mem::replace(&mut grad.origin, Origin::Leaf(AtomicU64::new(0))) {
            Origin::Result(edge) => Some(edge),
            Origin::Leaf(_) => None,
        }
    }
}

// A panic in the middle of an operation leaves no tensor half made: results are handed out whole, and locks are not poisoned.
impl std::panic::UnwindSafe for Tensor {}
impl std::panic::RefUnwindSafe for Tensor {}
