//! [`Tensor`]: a handle to an array and its place in the graph.

mod alter;
mod create;
mod data;
mod index;
mod operators;
mod show;
mod view;

pub use create::*;
pub use index::{Ellipsis, IndexItem, Indices, Item, NewAxis, step};
pub use operators::Rhs;
pub(crate) use view::Creation;

use crate::array::Array;
use crate::autograd::{Cut, CutReason, Edge, Hooks, Node, mode, next_sequence};
use crate::dtype::DType;
use crate::error::{Error, Result, or_panic};
use crate::once::OnceArc;
use crate::ops;
use crate::place::{Caller, Place};
use crate::shared::Shared;
use crate::transforms::{Role, Wrapper, batched};
use parking_lot::Mutex;
use std::any::Any;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// A multi-dimensional array of numbers that remembers how it was computed.
///
/// Cloning gives another handle to the same tensor. Methods and operators panic at the caller's line when shapes or dtypes do not
/// fit; the functions of [`ops`] are the same operations returning `Result`.
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
    /// For views: a [`Creation`].
    creation: AtomicU8,
    /// For views: the version of the memory at which its place in the graph was right.
    seen: AtomicU32,
    /// For views: what it is a view of, which is no view itself.
    base: Option<Tensor>,
    extra: OnceArc<Extra>,
    /// Another language's object for this tensor.
    foreign: AtomicPtr<()>,
}

/// Leaf that requires grad, or result with history.
pub(crate) const REQUIRES_GRAD: u8 = 1;
/// Shares memory with a base, and is differentiated through it.
pub(crate) const VIEW: u8 = 2;
/// It was moved to another place in the graph, or out of it, which [`State`] has.
const MOVED: u8 = 4;
/// Made in inference mode: nobody counts writes to it, and it takes part in no graph.
pub(crate) const INFERENCE: u8 = 16;

/// Holds tensors of lower levels of a transform.
pub(crate) const WRAPPED: u8 = 8;

/// Computed from the graph without being recorded.
pub(crate) const CUT: u8 = 32;

/// A tensor's place in the graph.
enum Origin {
    /// A leaf is a node itself, and this is its sequence number; 0 until it requires grad.
    Leaf(AtomicU64),
    Result(Edge),
    /// A leaf that was computed from the graph without being recorded.
    Cut(Cut),
}

/// What few tensors have; and the sequence number of a leaf that once was a result.
#[derive(Default)]
pub(crate) struct Extra {
    state: Mutex<State>,
    /// Hooks of a leaf, as a node.
    hooks: OnceLock<Arc<Hooks>>,
    /// The sequence number of a leaf that once was a result.
    sequence: AtomicU64,
}

#[derive(Default)]
struct State {
    grad: Option<Tensor>,
    /// Its place in the graph if it was moved.
    edge: Option<Edge>,
    retains_grad: bool,
    /// Where the gradient was cleared last.
    cleared: Option<Place>,
    wrapper: Option<Wrapper>,
}

impl Extra {
    /// Replaces the gradient.
    pub fn put_grad(&self, grad: Option<Tensor>) {
        // The old one is dropped outside the lock: freeing may reach other tensors.
        let old = std::mem::replace(&mut self.state.lock().grad, grad);
        drop(old);
    }

    /// Adds to the gradient. Threads that do so at the same time lose nothing: what runs no code of others runs under the lock, and what is
    /// recorded is done again if the gradient has changed meanwhile. `in_place`: the sum itself is not to be differentiated.
    pub fn add_to_grad(&self, new: Tensor, in_place: bool) -> Result<()> {
        let mut state = self.state.lock();
        if in_place {
            match &state.grad {
                // A gradient that shares memory with something else (an expanded or saved tensor) must not become `.grad`:
                // zero_grad and optimizers write to it.
                None => {
                    state.grad = Some(new.into_own_memory());
                    return Ok(());
                }
                Some(old) if !old.requires_grad() => {
                    ops::add_(old, &new)?;
                    return Ok(());
                }
                Some(_) => {}
            }
        }
        loop {
            let old = state.grad.clone();
            drop(state);
            let sum = match &old {
                None if new.owns_its_memory() => new.clone(),
                None => ops::clone_tensor(&new)?,
                Some(old) => ops::add(old, &new)?,
            };
            state = self.state.lock();
            let unchanged = match (&state.grad, &old) {
                (None, None) => true,
                (Some(now), Some(old)) => now.is_same(old),
                _ => false,
            };
            if unchanged {
                state.grad = Some(sum);
                drop(state);
                return Ok(());
            }
        }
    }
}

impl Tensor {
    /// A leaf without gradient; in inference mode an inference tensor.
    #[inline]
    pub fn from_array(array: Array) -> Tensor {
        Tensor::plain(array, mode::bits())
    }

    /// [`Tensor::from_array`] where the modes are at hand.
    #[inline]
    pub(crate) fn plain(array: Array, modes: u8) -> Tensor {
        const { assert!(mode::INFERENCE << 3 == INFERENCE) };
        Tensor::made_of(array, Origin::Leaf(AtomicU64::new(0)), (modes & mode::INFERENCE) << 3, None)
    }

    /// [`Tensor::plain`], with the line where it left the graph.
    pub(crate) fn cut_off(array: Array, modes: u8, cut: Cut) -> Tensor {
        Tensor::made_of(array, Origin::Cut(cut), (modes & mode::INFERENCE) << 3 | CUT, None)
    }

    /// Where it left the graph, if it was computed from it without being recorded.
    pub(crate) fn cut(&self) -> Option<Cut> {
        match &self.0.origin {
            Origin::Cut(cut) if self.has(CUT) => Some(*cut),
            _ => None,
        }
    }

    /// Where its gradient was cleared.
    pub(crate) fn grad_cleared_at(&self) -> Option<Place> {
        self.0.extra.get().and_then(|extra| extra.state.lock().cleared)
    }

    /// A result at a place in the graph.
    #[inline]
    pub(crate) fn with_edge(array: Array, edge: Edge) -> Tensor {
        Tensor::made_of(array, Origin::Result(edge), REQUIRES_GRAD, None)
    }

    #[inline]
    fn made_of(array: Array, origin: Origin, flags: u8, base: Option<Tensor>) -> Tensor {
        // SAFETY: every field is written.
        let made = unsafe {
            Shared::emplace(|t: *mut TensorImpl| {
                (&raw mut (*t).array).write(array);
                (&raw mut (*t).origin).write(origin);
                (&raw mut (*t).flags).write(AtomicU8::new(flags));
                (&raw mut (*t).creation).write(AtomicU8::new(0));
                (&raw mut (*t).seen).write(AtomicU32::new(0));
                (&raw mut (*t).base).write(base);
                (&raw mut (*t).extra).write(OnceArc::new());
                (&raw mut (*t).foreign).write(AtomicPtr::new(std::ptr::null_mut()));
            })
        };
        Tensor(made)
    }

    /// A place for the object that stands for this tensor in another language, so that one tensor is one object there. The library does
    /// not look at it.
    #[inline]
    pub fn foreign(&self) -> &AtomicPtr<()> {
        &self.0.foreign
    }

    /// A handle on the level of a transform.
    pub(crate) fn wrapped(array: Array, wrapper: Wrapper) -> Tensor {
        let tensor = Tensor::made_of(array, Origin::Leaf(AtomicU64::new(0)), WRAPPED, None);
        tensor.extra().state.lock().wrapper = Some(wrapper);
        tensor
    }

    /// [`Tensor::wrapped`], at a place in the graph of that level.
    pub(crate) fn wrapped_with_edge(array: Array, edge: Edge, wrapper: Wrapper) -> Tensor {
        let tensor = Tensor::made_of(array, Origin::Result(edge), REQUIRES_GRAD | WRAPPED, None);
        tensor.extra().state.lock().wrapper = Some(wrapper);
        tensor
    }

    /// Puts it on the level of a transform.
    pub(crate) fn put_wrapper(&self, wrapper: Wrapper) {
        self.extra().state.lock().wrapper = Some(wrapper);
        self.0.flags.fetch_or(WRAPPED, Ordering::Release);
    }

    /// Changes what it is to its level.
    pub(crate) fn set_role(&self, role: Role) {
        if let Some(w) = &mut self.extra().state.lock().wrapper {
            w.role = role;
        }
    }

    /// Is it a leaf, on the level of a transform, that requires grad?
    pub(crate) fn is_tracked_leaf(&self) -> bool {
        self.is_wrapped() && self.has(REQUIRES_GRAD) && self.is_leaf()
    }

    /// Another handle to the same value at the same place, for when this one goes up to a level; as a view of `base`.
    pub(crate) fn lowered(&self, base: Option<&Tensor>) -> Result<Tensor> {
        if self.has(REQUIRES_GRAD) && self.is_leaf() {
            return Err(Error::runtime("a leaf Variable that requires grad is being used in an in-place operation."));
        }
        let (array, edge) = (self.array().clone(), self.own_edge());
        let same = match (base, edge) {
            (Some(base), edge) => Tensor::view_of(array, edge, base, self.creation()),
            (None, Some(edge)) => Tensor::with_edge(array, edge),
            (None, None) => Tensor::from_array(array),
        };
        if let Some(wrapper) = self.wrapper() {
            same.put_wrapper(wrapper);
        }
        Ok(same)
    }

    /// Goes up to a level; what it was so far is inside of `wrapper`.
    pub(crate) fn raise(&self, wrapper: Wrapper) {
        let mut state = self.extra().state.lock();
        let old = state.edge.take();
        state.wrapper = Some(wrapper);
        // The place that it was made at is that of what is inside.
        self.0.flags.store(self.flags() & VIEW | MOVED | WRAPPED, Ordering::Release);
        drop(state);
        drop(old);
    }

    /// What it holds, if it is on the level of a transform.
    #[inline]
    pub(crate) fn wrapper(&self) -> Option<Wrapper> {
        if !self.is_wrapped() {
            return None;
        }
        self.extra().state.lock().wrapper.clone()
    }

    /// Is it on the level of a transform?
    #[inline]
    pub(crate) fn is_wrapped(&self) -> bool {
        self.has(WRAPPED)
    }

    /// Moves it to another place in the graph; with no edge, out of it. Its hooks stay with the value that it had; a retained gradient is
    /// that of the new one.
    pub(crate) fn move_to(&self, edge: Option<Edge>) {
        let requires_grad = if edge.is_some() { REQUIRES_GRAD } else { 0 };
        let before = self.last_edge();
        let extra = self.extra();
        let mut state = extra.state.lock();
        let replaced = std::mem::replace(&mut state.edge, edge.clone());
        let retains = state.retains_grad;
        self.0.flags.store(self.flags() & !REQUIRES_GRAD | requires_grad | MOVED, Ordering::Release);
        drop(state);
        drop(replaced);
        if retains {
            let weak = Arc::downgrade(&self.0.extra.share());
            if let Some(hooks) = before.as_ref().and_then(|e| e.node.hooks()) {
                hooks.release(&weak);
            }
            if let Some(edge) = edge {
                edge.node.hooks_or_new().retain(edge.output, weak);
            }
        }
    }

    /// [`REQUIRES_GRAD`] and its like.
    #[inline]
    pub(crate) fn flags(&self) -> u8 {
        self.0.flags.load(Ordering::Acquire)
    }

    /// The hooks of a leaf, as a node.
    #[inline]
    pub(crate) fn leaf_hooks(&self) -> Option<&Arc<Hooks>> {
        self.0.extra.get().and_then(|extra| extra.hooks.get())
    }
    pub(crate) fn leaf_hooks_or_new(&self) -> &Arc<Hooks> {
        self.extra().hooks.get_or_init(Arc::default)
    }

    /// What arrives at a leaf is added to its gradient.
    #[inline]
    pub(crate) fn accumulate(&self, new: Tensor, in_place: bool) -> Result<()> {
        if self.0.flags.load(Ordering::Acquire) & (REQUIRES_GRAD | MOVED) != REQUIRES_GRAD {
            return self.accumulate_after_move(new, in_place);
        }
        self.extra().add_to_grad(new, in_place)
    }

    #[cold]
    fn accumulate_after_move(&self, new: Tensor, in_place: bool) -> Result<()> {
        if self.has(MOVED) && self.last_edge().is_some() {
            return Err(Error::runtime("leaf variable has been moved into the graph interior").hint(
                "it was modified in place, by an operation that is recorded, after the graph had been made from it",
            ));
        }
        if self.has(REQUIRES_GRAD) {
            // A result that was detached in place, and is a leaf since.
            return self.extra().add_to_grad(new, in_place);
        }
        // requires_grad_(false) came after the graph: nobody wants the gradient any more.
        Ok(())
    }

    #[inline]
    fn has(&self, flag: u8) -> bool {
        self.flags() & flag != 0
    }

    fn extra(&self) -> &Extra {
        self.0.extra.get_or_init()
    }

    /// The edge into it: to its node, or to itself as a leaf; `None` if it does not require grad. That of a tensor with a tangent is
    /// that of its value. (A view that requires grad only because its base does, and that was made without recording, has none.)
    #[inline]
    #[track_caller]
    pub(crate) fn edge(&self) -> Option<Edge> {
        if self.is_wrapped() && !self.has(REQUIRES_GRAD) {
            let w = self.wrapper()?;
            return if matches!(w.role, Role::Dual(_)) { w.inner.edge() } else { None };
        }
        self.own_edge()
    }

    /// The edge into this very handle.
    #[inline]
    #[track_caller]
    pub(crate) fn own_edge(&self) -> Option<Edge> {
        if !self.has(REQUIRES_GRAD | VIEW) {
            return None;
        }
        let as_leaf = || self.has(REQUIRES_GRAD).then(|| Edge { node: Node::leaf_of(self.clone()), output: 0 });
        self.node_edge().or_else(as_leaf)
    }

    /// The edge to its node; `None` for leaves.
    #[inline]
    #[track_caller]
    fn node_edge(&self) -> Option<Edge> {
        if self.has(VIEW) {
            or_panic(self.refresh());
        }
        self.last_edge()
    }

    /// [`Tensor::node_edge`]; of a tensor with a tangent, that of its value.
    #[inline]
    #[track_caller]
    fn node_edge_or_inner(&self) -> Option<Edge> {
        self.node_edge().or_else(|| self.inner_edge())
    }

    fn inner_edge(&self) -> Option<Edge> {
        let w = self.wrapper()?;
        if matches!(w.role, Role::Dual(_)) { w.inner.node_edge_or_inner() } else { None }
    }

    /// The edge to the node that it had when somebody last looked.
    #[inline]
    fn last_edge(&self) -> Option<Edge> {
        match &self.0.origin {
            _ if self.has(MOVED) => self.extra().state.lock().edge.clone(),
            Origin::Leaf(_) | Origin::Cut(_) => None,
            Origin::Result(edge) => Some(edge.clone()),
        }
    }

    /// The sequence number of a leaf that requires grad, as a node.
    #[inline]
    pub(crate) fn leaf_sequence(&self) -> u64 {
        self.sequence().load(Ordering::Relaxed)
    }

    #[inline]
    fn sequence(&self) -> &AtomicU64 {
        match &self.0.origin {
            Origin::Leaf(sequence) => sequence,
            // A result that was detached in place, or what came from the graph.
            Origin::Result(_) | Origin::Cut(_) => &self.extra().sequence,
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
        self.shape()[or_panic(ops::wrap_dim(dim, self.ndim()))]
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
    ///
    /// A view does as soon as its base does, as in PyTorch: also one that was made in `no_grad`.
    #[inline]
    pub fn requires_grad(&self) -> bool {
        let flags = self.flags();
        flags & REQUIRES_GRAD != 0 || (flags & (VIEW | WRAPPED) != 0 && self.requires_grad_elsewhere())
    }

    #[inline(never)]
    fn requires_grad_elsewhere(&self) -> bool {
        match self.base() {
            Some(base) => base.requires_grad(),
            None => self.wrapper().is_some_and(|w| w.inner.requires_grad()),
        }
    }
    /// Was it made by the user, or computed without history? Leaves that require grad get a `.grad`.
    ///
    /// # Panics
    /// As [`Tensor::grad_fn`].
    #[inline]
    #[track_caller]
    pub fn is_leaf(&self) -> bool {
        match (&self.0.origin, self.flags() & (VIEW | MOVED | WRAPPED)) {
            (Origin::Leaf(_) | Origin::Cut(_), 0) => true,
            (Origin::Result(_), 0) => false,
            _ => self.node_edge_or_inner().is_none(),
        }
    }
    /// The node that made it; `None` for leaves.
    ///
    /// # Panics
    /// If it is a view that was made in `no_grad` or as one of several, and its base was written in place since.
    #[track_caller]
    pub fn grad_fn(&self) -> Option<Node> {
        self.node_edge_or_inner().map(|e| e.node)
    }
    /// [`Tensor::grad_fn`] of a tensor that may be a view which was written in a way that has no gradient.
    ///
    /// # Errors
    /// If it is one.
    #[track_caller]
    pub fn try_grad_fn(&self) -> Result<Option<Node>> {
        if self.has(VIEW) {
            self.refresh()?;
        }
        Ok(self.last_edge().or_else(|| self.inner_edge()).map(|e| e.node))
    }
    /// Where its gradient arrives: at its node, or at itself as a leaf (`torch.autograd.graph.get_gradient_edge`).
    ///
    /// # Errors
    /// If it does not require grad.
    pub fn gradient_edge(&self) -> Result<Edge> {
        self.edge().ok_or_else(|| {
            Error::runtime("It is not possible to get the gradient edge for a Tensor that does not require gradients")
        })
    }
    /// Which output of [`Tensor::grad_fn`] it is; 0 for leaves.
    ///
    /// # Panics
    /// As [`Tensor::grad_fn`].
    #[track_caller]
    pub fn output_nr(&self) -> usize {
        self.node_edge_or_inner().map_or(0, |e| e.output)
    }
    /// How often its memory was written in place (`_version`).
    ///
    /// # Panics
    /// If it is an inference tensor: nobody counts.
    #[track_caller]
    pub fn version(&self) -> u32 {
        or_panic(self.try_version())
    }

    /// The accumulated gradient.
    pub fn grad(&self) -> Option<Tensor> {
        self.0.extra.get().and_then(|e| e.state.lock().grad.clone())
    }

    /// Sets or clears the gradient.
    ///
    /// # Errors
    /// If shape or dtype differ from the tensor's.
    pub fn set_grad(&self, grad: Option<&Tensor>) -> Result<()> {
        if let Some(g) = grad {
            if g.shape() != self.shape() {
                return Err(Error::runtime(format!(
                    "attempting to assign a gradient of size '{:?}' to a tensor of size '{:?}'. Please ensure that the gradient and the \
                     tensor are the same size",
                    g.shape(),
                    self.shape()
                )));
            }
            if g.dtype() != self.dtype() {
                return Err(Error::runtime(format!(
                    "attempting to assign a gradient with dtype '{}' to a tensor with grad_dtype '{}'. The gradient must match the tensor's \
                     grad_dtype (defaults to the tensor's dtype).",
                    crate::scalar::cpp_name(g.dtype()),
                    self.dtype().scalar_name()
                )));
            }
        }
        self.put_grad(grad.cloned());
        Ok(())
    }

    /// Clears the gradient (`zero_grad(set_to_none=True)`).
    #[track_caller]
    pub fn zero_grad(&self) {
        if let Some(extra) = self.0.extra.get() {
            let mut state = extra.state.lock();
            if state.grad.is_some() {
                state.cleared = Some(Caller::of_user().place());
            }
            drop(state);
            extra.put_grad(None);
        }
    }

    /// Replaces the gradient.
    pub(crate) fn put_grad(&self, grad: Option<Tensor>) {
        self.extra().put_grad(grad);
    }

    /// Keeps the gradient of a tensor that is not a leaf (`retain_grad()`): every backward adds to its `.grad`, after the hooks of the
    /// tensor. If the tensor is modified in place, it is the gradient of its last value. Nothing happens for leaves.
    ///
    /// # Panics
    /// If it does not require grad.
    #[track_caller]
    pub fn retain_grad(&self) {
        or_panic(self.try_retain_grad());
    }

    /// [`Tensor::retain_grad`] with a `Result`.
    ///
    /// # Errors
    /// If it does not require grad.
    pub fn try_retain_grad(&self) -> Result<()> {
        if !self.requires_grad() {
            return Err(Error::runtime("can't retain_grad on Tensor that has requires_grad=False"));
        }
        let Some(edge) = self.node_edge() else { return Ok(()) };
        if !std::mem::replace(&mut self.extra().state.lock().retains_grad, true) {
            edge.node.hooks_or_new().retain(edge.output, Arc::downgrade(&self.0.extra.share()));
        }
        Ok(())
    }

    /// Was [`Tensor::retain_grad`] called? Leaves always keep theirs, and give `false`.
    pub fn retains_grad(&self) -> bool {
        self.0.extra.get().is_some_and(|e| e.state.lock().retains_grad)
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
        if self.is_wrapped() {
            return Err(Error::runtime(
                "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a function \
                 being transformed by a functorch transform. This is unsupported, please attempt to use the functorch transforms \
                 (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside of a function being transformed instead.",
            ));
        }
        if on && self.is_inference() && !mode::has(mode::INFERENCE) {
            return Err(Error::runtime(
                "Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.",
            )
            .hint("clone() it outside of inference mode to get a normal tensor"));
        }
        if on {
            self.track_leaf();
        } else {
            self.0.flags.fetch_and(!REQUIRES_GRAD, Ordering::Release);
        }
        Ok(())
    }

    /// Makes a node of this leaf.
    pub(crate) fn track_leaf(&self) {
        if self.is_leaf() && self.leaf_sequence() == 0 {
            // Before anything can be computed from it as a node. Of two threads that do this one counts.
            let _ = self.sequence().compare_exchange(0, next_sequence(0), Ordering::Relaxed, Ordering::Relaxed);
        }
        // From here on it counts for itself, wherever it came from.
        self.0.flags.fetch_and(!CUT, Ordering::Release);
        self.0.flags.fetch_or(REQUIRES_GRAD, Ordering::Release);
    }

    /// The same numbers, outside the graph: shares memory and version.
    #[track_caller]
    pub fn detach(&self) -> Tensor {
        if let Some(w) = self.wrapper() {
            let inner = w.inner.detach();
            return if matches!(w.role, Role::Batched) { batched(w.level, inner) } else { inner };
        }
        if self.flags() & (REQUIRES_GRAD | INFERENCE) == REQUIRES_GRAD {
            let location = Place::here();
            return Tensor::cut_off(self.0.array.clone(), 0, Cut { reason: CutReason::Detach, location });
        }
        self.detached(self.0.array.clone())
    }

    /// A tensor of its memory outside the graph.
    #[inline]
    pub(crate) fn detached(&self, array: Array) -> Tensor {
        Tensor::made_of(array, Origin::Leaf(AtomicU64::new(0)), self.flags() & INFERENCE, None)
    }

    /// For collectors of cycles in other languages: is this the only handle, so that whoever has it owns the tensor's hooks, too? Those of a
    /// result belong to its node: nobody else may have that either. `false` where that cannot be told.
    pub fn owns_hooks(&self) -> bool {
        let plain = self.0.is_unique() && self.flags() & (VIEW | MOVED | WRAPPED) == 0;
        plain && if let Origin::Result(edge) = &self.0.origin { edge.node.is_sole() } else { true }
    }

    /// For collectors of cycles in other languages: what the [`Function`](crate::autograd::Function) that made it keeps, if nobody else leads
    /// there: this is the only handle, and the function's node only this tensor's. Nobody else has the result then.
    pub fn owned_function_value(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        match &self.0.origin {
            Origin::Result(edge) if self.owns_hooks() => edge.node.sole_function_value(),
            _ => None,
        }
    }

    /// Is this the only handle to a tensor that is no view and nobody's leaf?
    #[inline]
    pub(crate) fn is_unshared(&self) -> bool {
        self.0.is_unique() && self.0.flags.load(Ordering::Relaxed) == 0
    }

    /// Is this the only handle, and the memory nobody else's?
    #[inline]
    pub(crate) fn owns_its_memory(&self) -> bool {
        self.0.is_unique() && self.0.array.is_sole_owner()
    }

    /// Itself, or a contiguous copy if another owner shares its memory.
    pub(crate) fn into_own_memory(self) -> Tensor {
        if self.owns_its_memory() || self.is_wrapped() {
            self
        } else {
            Tensor::from_array(self.array().copy_as(self.dtype()))
        }
    }

    /// Drops this handle to a leaf. If it was the last, edges of its gradient and its base are left over: what frees a graph goes on there.
    #[inline]
    pub(crate) fn into_edges(self) -> [Option<Edge>; 2] {
        let Some(mut leaf) = Shared::into_last(self.0) else { return [None, None] };
        let extra = leaf.extra.take().and_then(Arc::into_inner);
        let grad = extra.and_then(|e| e.state.into_inner().grad).and_then(Tensor::into_edge);
        [grad, leaf.base.take().and_then(Tensor::into_edge)]
    }

    /// Drops this handle; if it was the last, gives its edge.
    fn into_edge(self) -> Option<Edge> {
        let mut last = Shared::into_last(self.0)?;
        if let Some(extra) = last.extra.take().and_then(Arc::into_inner)
            && let Some(edge) = extra.state.into_inner().edge
        {
            // What it was made by is older: the rest of the way leads there, if anybody else still knows it.
            return Some(edge);
        }
        match std::mem::replace(&mut last.origin, Origin::Leaf(AtomicU64::new(0))) {
            Origin::Result(edge) => Some(edge),
            Origin::Leaf(_) | Origin::Cut(_) => None,
        }
    }
}

// A panic in the middle of an operation leaves no tensor half made: results are handed out whole, and locks are not poisoned.
impl std::panic::UnwindSafe for Tensor {}
impl std::panic::RefUnwindSafe for Tensor {}
