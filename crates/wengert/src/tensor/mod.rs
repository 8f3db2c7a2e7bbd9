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
use crate::autograd::{Edge, Node};
use crate::dtype::DType;
use crate::error::{Error, Result, or_panic};
use parking_lot::{Mutex, MutexGuard};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

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
pub struct Tensor(Arc<TensorImpl>);

/// A handle that does not keep the tensor alive.
#[derive(Clone)]
pub struct WeakTensor(Weak<TensorImpl>);

struct TensorImpl {
    array: Array,
    /// Leaf that requires grad, or result with history.
    requires_grad: AtomicBool,
    /// Shares memory with a base, and is differentiated through it.
    view: AtomicBool,
    state: Mutex<State>,
}

/// A tensor's place in the graph.
#[derive(Default)]
pub(crate) struct State {
    /// Its node; `None` for leaves.
    pub edge: Option<Edge>,
    extra: Option<Box<Extra>>,
}

/// What few tensors have.
#[derive(Default)]
pub(crate) struct Extra {
    pub grad: Option<Tensor>,
    /// The leaf's node. The graph owns it.
    pub accumulator: Option<Weak<dyn crate::autograd::Backward>>,
    pub retains_grad: bool,
}

impl State {
    pub fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }
    pub fn extra(&self) -> Option<&Extra> {
        self.extra.as_deref()
    }
}

impl Tensor {
    /// A leaf without gradient.
    pub fn from_array(array: Array) -> Tensor {
        Tensor(Arc::new(TensorImpl {
            array,
            requires_grad: AtomicBool::new(false),
            view: AtomicBool::new(false),
            state: Mutex::default(),
        }))
    }

    pub(crate) fn with_edge(array: Array, edge: Edge) -> Tensor {
        let t = Tensor::from_array(array);
        t.set_edge(edge, false);
        t
    }

    /// Moves the tensor to a place in the graph.
    pub(crate) fn set_edge(&self, edge: Edge, view: bool) {
        self.0.requires_grad.store(true, Ordering::Relaxed);
        self.0.view.store(view, Ordering::Relaxed);
        self.state().edge = Some(edge);
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock()
    }

    pub(crate) fn downgrade(&self) -> WeakTensor {
        WeakTensor(Arc::downgrade(&self.0))
    }

    /// Are both handles to the same tensor?
    pub fn is_same(&self, other: &Tensor) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
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
        self.0.requires_grad.load(Ordering::Relaxed)
    }
    /// Was it made by the user, or computed without history? Leaves that require grad get a `.grad`.
    pub fn is_leaf(&self) -> bool {
        self.state().edge.is_none()
    }
    pub(crate) fn is_view(&self) -> bool {
        self.0.view.load(Ordering::Relaxed)
    }
    /// The node that made it; `None` for leaves.
    pub fn grad_fn(&self) -> Option<Node> {
        self.state().edge.as_ref().map(|e| e.node.clone())
    }
    /// Which output of [`Tensor::grad_fn`] it is; 0 for leaves.
    pub fn output_nr(&self) -> usize {
        self.state().edge.as_ref().map_or(0, |e| e.output)
    }
    /// How often its memory was written in place (`_version`).
    pub fn version(&self) -> u32 {
        self.0.array.version()
    }

    /// The accumulated gradient.
    pub fn grad(&self) -> Option<Tensor> {
        self.state().extra().and_then(|e| e.grad.clone())
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
        self.state().extra_mut().grad = grad.cloned();
        Ok(())
    }

    /// Clears the gradient (`zero_grad(set_to_none=True)`).
    pub fn zero_grad(&self) {
        if let Some(extra) = &mut self.state().extra {
            extra.grad = None;
        }
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
        let weak = self.downgrade();
        let mut state = self.state();
        let Some(edge) = state.edge.clone() else { return };
        if !std::mem::replace(&mut state.extra_mut().retains_grad, true) {
            drop(state);
            edge.node.header().retained.lock().push((edge.output, weak));
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
        self.0.requires_grad.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// The same numbers, outside the graph: shares memory and version.
    pub fn detach(&self) -> Tensor {
        Tensor::from_array(self.0.array.clone())
    }

    /// Itself, or a contiguous copy if another owner shares its memory.
    pub(crate) fn to_own_memory(&self) -> Tensor {
        let array = &self.0.array;
        let alone = Arc::strong_count(&self.0) == 1 && array.is_sole_owner();
        if alone { self.clone() } else { Tensor::from_array(array.copy_as(array.dtype())) }
    }
}

impl WeakTensor {
    /// The tensor, if it still exists.
    pub fn upgrade(&self) -> Option<Tensor> {
        self.0.upgrade().map(Tensor)
    }
}

// A panic in the middle of an operation leaves no tensor half made: results are handed out whole, and locks are not poisoned.
impl std::panic::UnwindSafe for Tensor {}
impl std::panic::RefUnwindSafe for Tensor {}
