//! Hooks: the user's functions that backward calls on its way, and what else few nodes carry.
//!
//! Note [order of hooks], PyTorch's. When a node's turn comes, all gradients of its outputs have arrived, and
//! 1. hooks of the tensors that are its outputs run, in the order of registration, each on what the one before made of the gradient;
//! 2. tensors that retain their gradient get it;
//! 3. the node's pre-hooks run;
//! 4. the node runs; at a leaf, this is the addition to `.grad`, and the leaf's post-accumulate hooks;
//! 5. the node's hooks run.
//!
//! `autograd::grad` stops at the tensors it was asked for: their hooks run (1, 2), their nodes do not.

use super::engine::Run;
use super::mode;
use super::node::{Key, Node};
use crate::error::{Error, Result, or_panic};
use crate::place::{Caller, Place};
use crate::primitive::Grads;
use crate::tensor::{Extra, Tensor};
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Weak};

type Slice = [Option<Tensor>];
type Replaced = Result<Option<Vec<Option<Tensor>>>>;
type OnGrad = dyn Fn(&Tensor) -> Result<Option<Tensor>> + Send + Sync;
type OnLeaf = dyn Fn(&Tensor) -> Result<()> + Send + Sync;
type BeforeNode = dyn Fn(&Slice) -> Replaced + Send + Sync;
type AfterNode = dyn Fn(&Slice, &Slice) -> Replaced + Send + Sync;
type OnGrads = dyn Fn(&Slice) -> Result<()> + Send + Sync;

/// What few nodes have: hooks, tensors that retain a gradient, metadata.
#[derive(Default)]
pub(crate) struct Hooks(Mutex<Lists>);

#[derive(Default)]
struct Lists {
    /// How many were ever registered; each is known by its number.
    count: u64,
    tensor: Vec<Registered<TensorHook>>,
    retained: Vec<(usize, Weak<Extra>)>,
    before: Vec<Registered<Arc<BeforeNode>>>,
    accumulated: Vec<Registered<Arc<OnLeaf>>>,
    after: Vec<Registered<Arc<AfterNode>>>,
    metadata: Vec<(String, Arc<dyn Any + Send + Sync>)>,
}

#[derive(Clone)]
struct Registered<H> {
    number: u64,
    hook: H,
    /// The user's line.
    location: Place,
}

/// A hook of output `output`.
#[derive(Clone)]
struct TensorHook {
    output: usize,
    action: Action,
}

#[derive(Clone)]
enum Action {
    Replace(Arc<OnGrad>),
    /// Part of a hook of many tensors, with the tensor's place among them.
    Collect(Arc<MultiGrad>, usize),
}

/// Removes the hooks that it was given for. Dropping it does not.
#[derive(Clone, Default)]
pub struct HookHandle(SmallVec<[(Weak<Hooks>, u64); 1]>);

impl HookHandle {
    /// The hook does not run from now on. Nothing happens if it was removed before, or if its node is gone.
    pub fn remove(&self) {
        for (hooks, number) in &self.0 {
            if let Some(hooks) = hooks.upgrade() {
                hooks.remove(*number);
            }
        }
    }
}

impl fmt::Debug for HookHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HookHandle({:?})", self.0.iter().map(|(_, number)| number).collect::<Vec<_>>())
    }
}

/// When a hook of many tensors runs: [`register_multi_grad_hook`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MultiGradMode {
    /// Once the gradients of all tensors that this backward reaches are there.
    All,
    /// At the first gradient of any of them.
    Any,
}

fn take<H>(list: &mut Vec<Registered<H>>, number: u64) -> Option<Registered<H>> {
    list.iter().position(|r| r.number == number).map(|i| list.remove(i))
}

impl Hooks {
    fn add<H>(
        self: &Arc<Hooks>,
        list: impl FnOnce(&mut Lists) -> &mut Vec<Registered<H>>,
        hook: H,
        location: Place,
    ) -> HookHandle {
        let mut lists = self.0.lock();
        lists.count += 1;
        let number = lists.count;
        list(&mut lists).push(Registered { number, hook, location });
        HookHandle(SmallVec::from_iter([(Arc::downgrade(self), number)]))
    }

    fn remove(&self, number: u64) {
        let mut lists = self.0.lock();
        // Dropped after the lock: a hook may own tensors and even this list's node.
        let removed = (
            take(&mut lists.tensor, number),
            take(&mut lists.before, number),
            take(&mut lists.accumulated, number),
            take(&mut lists.after, number),
        );
        drop(lists);
        drop(removed);
    }

    /// Lets a tensor keep the gradient of output `output`.
    pub fn retain(&self, output: usize, by: Weak<Extra>) {
        self.0.lock().retained.push((output, by));
    }

    /// Lets a tensor that moved to another node keep its gradient there only.
    pub fn release(&self, by: &Weak<Extra>) {
        self.0.lock().retained.retain(|(_, e)| !e.ptr_eq(by));
    }

    /// The hooks of tensors, then what they leave is retained.
    pub(super) fn on_tensors(&self, node: &Node, grads: &mut Grads, run: &Run) -> Result<()> {
        let _code = mode::users_code();
        let (hooks, retained) = {
            let lists = self.0.lock();
            (lists.tensor.clone(), lists.retained.clone())
        };
        for Registered { hook: TensorHook { output, action }, location, .. } in hooks {
            let grad = grads.get(output);
            match action {
                Action::Collect(multi, place) => multi.arrived(place, grad, run)?,
                Action::Replace(hook) => {
                    let Some(old) = grad else { continue };
                    let new = hook(old).and_then(|new| check(Some(old), new.as_ref()).map(|()| new));
                    if let Some(new) = new.map_err(|e| registered(e, location, node))? {
                        grads.0[output] = Some(new);
                    }
                }
            }
        }
        for (output, tensor) in retained {
            if let (Some(tensor), Some(grad)) = (tensor.upgrade(), grads.get(output)) {
                tensor.add_to_grad(grad.clone(), false)?;
            }
        }
        Ok(())
    }

    /// The node's pre-hooks.
    pub fn before_node(&self, node: &Node, grads: &mut Grads) -> Result<()> {
        let _code = mode::users_code();
        let hooks = self.0.lock().before.clone();
        for Registered { hook, location, .. } in hooks {
            hook(&grads.0).and_then(|new| replace(grads, new)).map_err(|e| registered(e, location, node))?;
        }
        Ok(())
    }

    /// The post-accumulate hooks of a leaf.
    pub fn after_accumulation(&self, leaf: &Tensor) -> Result<()> {
        let _code = mode::users_code();
        let hooks = self.0.lock().accumulated.clone();
        hooks.iter().try_for_each(|r| (r.hook)(leaf))
    }

    pub fn has_after(&self) -> bool {
        !self.0.lock().after.is_empty()
    }

    /// The node's hooks: on the gradients of its inputs, which they may replace, and of its outputs.
    pub fn after_node(&self, node: &Node, inputs: &mut Grads, outputs: &Grads) -> Result<()> {
        let _code = mode::users_code();
        let hooks = self.0.lock().after.clone();
        for Registered { hook, location, .. } in hooks {
            let new = hook(&inputs.0, &outputs.0);
            new.and_then(|new| replace(inputs, new)).map_err(|e| registered(e, location, node))?;
        }
        Ok(())
    }
}

fn replace(grads: &mut Grads, new: Option<Vec<Option<Tensor>>>) -> Result<()> {
    let Some(new) = new else { return Ok(()) };
    if new.len() != grads.len() {
        return Err(Error::runtime(format!(
            "hook '<lambda>' has returned an incorrect number of values (got {}, but expected {})",
            new.len(),
            grads.len()
        )));
    }
    for (slot, new) in grads.0.iter_mut().zip(new) {
        check(slot.as_ref(), new.as_ref())?;
        *slot = new;
    }
    Ok(())
}

/// May `new` take the place of `old`?
fn check(old: Option<&Tensor>, new: Option<&Tensor>) -> Result<()> {
    let Some(new) = new else { return Ok(()) };
    let Some(old) = old else {
        return Err(Error::runtime("can't replace a None gradient with a non-None value"));
    };
    if new.dtype() != old.dtype() {
        return Err(Error::runtime(format!(
            "hook '<lambda>' has changed the type of value (was torch.{}Tensor got torch.{}Tensor)",
            old.dtype().scalar_name(),
            new.dtype().scalar_name()
        )));
    }
    if new.shape() != old.shape() {
        return Err(Error::runtime("hook '<lambda>' has changed the size of value").hint(format!(
            "the gradient has shape {:?}, the hook gave {:?}",
            old.shape(),
            new.shape()
        )));
    }
    Ok(())
}

#[cold]
fn registered(e: Error, location: Place, node: &Node) -> Error {
    let made = node.location().map(|l| format!(", made at {l}")).unwrap_or_default();
    e.note(format!("the hook of {}{made}, was registered at {location}", node.name()))
}

/// A hook of many tensors, and the backwards that have begun to reach them.
struct MultiGrad {
    mode: MultiGradMode,
    /// The nodes of the tensors. By number: the hook belongs to these nodes, and must not own them.
    nodes: Vec<Key>,
    hook: Box<OnGrads>,
    runs: Mutex<Vec<Progress>>,
}

struct Progress {
    run: Weak<()>,
    /// How many have not arrived.
    missing: usize,
    grads: Vec<Option<Tensor>>,
}

impl MultiGrad {
    fn arrived(&self, place: usize, grad: Option<&Tensor>, run: &Run) -> Result<()> {
        let mut runs = self.runs.lock();
        // A run that failed never comes back.
        let (mut runs_before, alive): (Vec<_>, Vec<_>) =
            std::mem::take(&mut *runs).into_iter().partition(|p| p.run.strong_count() == 0);
        *runs = alive;
        let now = Arc::downgrade(run.token());
        let i = runs.iter().position(|p| p.run.ptr_eq(&now)).unwrap_or_else(|| {
            let missing = match self.mode {
                MultiGradMode::All => self.nodes.iter().filter(|n| run.visits(**n)).count(),
                MultiGradMode::Any => 1,
            };
            runs.push(Progress { run: now, missing, grads: vec![None; self.nodes.len()] });
            runs.len() - 1
        });
        let progress = &mut runs[i];
        if progress.missing == 0 || (self.mode == MultiGradMode::Any && grad.is_none()) {
            return Ok(());
        }
        progress.grads[place] = grad.cloned();
        progress.missing -= 1;
        if progress.missing > 0 {
            return Ok(());
        }
        let grads = std::mem::take(&mut progress.grads);
        drop(runs);
        runs_before.clear();
        (self.hook)(&grads)
    }
}

/// Registers one hook for several tensors (`torch.autograd.graph.register_multi_grad_hook`). In each backward that reaches some of
/// them it gets their gradients, in the order of `tensors`: all of those that are reached, or the first one, as `mode` says; the others
/// are `None`.
///
/// # Errors
/// If a tensor does not require grad.
#[track_caller]
pub fn register_multi_grad_hook(
    tensors: &[&Tensor],
    mode: MultiGradMode,
    hook: impl Fn(&[Option<Tensor>]) -> Result<()> + Send + Sync + 'static,
) -> Result<HookHandle> {
    let location = Caller::of_user().place();
    let edges = tensors.iter().map(|t| t.edge()).collect::<Option<Vec<_>>>();
    let edges = edges.ok_or_else(|| {
        Error::runtime("Expected gradient function to be set")
            .hint("every tensor of a multi-grad hook must require grad")
    })?;
    let nodes = edges.iter().map(|e| e.node.key()).collect();
    let multi = Arc::new(MultiGrad { mode, nodes, hook: Box::new(hook), runs: Mutex::default() });
    let mut handle = HookHandle::default();
    for (place, edge) in edges.iter().enumerate() {
        let hook = TensorHook { output: edge.output, action: Action::Collect(multi.clone(), place) };
        handle.0.extend(edge.node.hooks_or_new().add(|l| &mut l.tensor, hook, location).0);
    }
    Ok(handle)
}

impl Tensor {
    /// Registers a function that gets the gradient of this tensor in every backward that computes it, and may replace it.
    ///
    /// The hook stays with the value that the tensor has now: if the tensor is modified in place later, it gets the gradient of the value
    /// before. Hooks run in the order of registration, each on what the one before left; see the order of all kinds of hooks in
    /// [`Node::register_hook`].
    ///
    /// ```
    /// use wengert::tensor;
    /// let x = tensor!([1.0, 2.0]).requires_grad_(true);
    /// let handle = x.register_hook(|g| Some(g * 10.0));
    /// x.sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [10.0, 10.0]);
    /// handle.remove();
    /// ```
    ///
    /// # Panics
    /// If the tensor does not require grad. Backward fails if the hook returns another shape or dtype.
    #[track_caller]
    pub fn register_hook(&self, hook: impl Fn(&Tensor) -> Option<Tensor> + Send + Sync + 'static) -> HookHandle {
        or_panic(self.try_register_hook(move |g| Ok(hook(g))))
    }

    /// [`Tensor::register_hook`] for a hook that may fail: backward then stops with its error.
    ///
    /// # Errors
    /// If the tensor does not require grad.
    #[track_caller]
    pub fn try_register_hook(
        &self,
        hook: impl Fn(&Tensor) -> Result<Option<Tensor>> + Send + Sync + 'static,
    ) -> Result<HookHandle> {
        let location = Caller::of_user().place();
        let edge = self.edge().ok_or_else(no_gradient)?;
        let hook = TensorHook { output: edge.output, action: Action::Replace(Arc::new(hook)) };
        Ok(edge.node.hooks_or_new().add(|l| &mut l.tensor, hook, location))
    }

    /// Registers a function that gets this leaf after a backward has added to its `.grad`: a place to step an optimizer and free the
    /// gradient.
    ///
    /// # Panics
    /// If it is not a leaf that requires grad.
    #[track_caller]
    pub fn register_post_accumulate_grad_hook(&self, hook: impl Fn(&Tensor) + Send + Sync + 'static) -> HookHandle {
        or_panic(self.try_register_post_accumulate_grad_hook(move |t| {
            hook(t);
            Ok(())
        }))
    }

    /// [`Tensor::register_post_accumulate_grad_hook`] for a hook that may fail: backward then stops with its error.
    ///
    /// # Errors
    /// If it is not a leaf that requires grad.
    #[track_caller]
    pub fn try_register_post_accumulate_grad_hook(
        &self,
        hook: impl Fn(&Tensor) -> Result<()> + Send + Sync + 'static,
    ) -> Result<HookHandle> {
        let location = Caller::of_user().place();
        let edge = self.edge().ok_or_else(no_gradient)?;
        if edge.node.leaf().is_none() {
            return Err(Error::runtime("post accumulate grad hooks cannot be registered on non-leaf tensors")
                .hint("register_hook gets the gradient of any tensor"));
        }
        let hook: Arc<OnLeaf> = Arc::new(hook);
        Ok(edge.node.hooks_or_new().add(|l| &mut l.accumulated, hook, location))
    }
}

fn no_gradient() -> Error {
    Error::runtime("cannot register a hook on a tensor that doesn't require gradient")
}

impl Node {
    /// Registers a function that runs after this node, on the gradients of the forward call's inputs and of its outputs; what it returns
    /// takes the place of the gradients of the inputs.
    ///
    /// The order of hooks is PyTorch's: those of tensors ([`Tensor::register_hook`]) that are outputs of the node; tensors that
    /// retain their gradient get it; the node's pre-hooks; the node; for a leaf its post-accumulate hooks; the node's hooks.
    ///
    /// Backward fails if the hook returns another number of gradients, other shapes or dtypes, or a gradient where there was none.
    #[track_caller]
    pub fn register_hook(
        &self,
        hook: impl Fn(&[Option<Tensor>], &[Option<Tensor>]) -> Option<Vec<Option<Tensor>>> + Send + Sync + 'static,
    ) -> HookHandle {
        self.try_register_hook(move |inputs, outputs| Ok(hook(inputs, outputs)))
    }

    /// [`Node::register_hook`] for a hook that may fail: backward then stops with its error.
    #[track_caller]
    pub fn try_register_hook(
        &self,
        hook: impl Fn(&[Option<Tensor>], &[Option<Tensor>]) -> Replaced + Send + Sync + 'static,
    ) -> HookHandle {
        let hook: Arc<AfterNode> = Arc::new(hook);
        self.hooks_or_new().add(|l| &mut l.after, hook, Caller::of_user().place())
    }

    /// Registers a function that runs before this node, on the gradients of the forward call's outputs, which it may replace.
    #[track_caller]
    pub fn register_prehook(
        &self,
        hook: impl Fn(&[Option<Tensor>]) -> Option<Vec<Option<Tensor>>> + Send + Sync + 'static,
    ) -> HookHandle {
        self.try_register_prehook(move |outputs| Ok(hook(outputs)))
    }

    /// [`Node::register_prehook`] for a hook that may fail: backward then stops with its error.
    #[track_caller]
    pub fn try_register_prehook(
        &self,
        hook: impl Fn(&[Option<Tensor>]) -> Replaced + Send + Sync + 'static,
    ) -> HookHandle {
        let hook: Arc<BeforeNode> = Arc::new(hook);
        self.hooks_or_new().add(|l| &mut l.before, hook, Caller::of_user().place())
    }

    /// Keeps any value with the node, by a name.
    pub fn set_metadata(&self, key: &str, value: impl Any + Send + Sync) {
        let value: Arc<dyn Any + Send + Sync> = Arc::new(value);
        let hooks = self.hooks_or_new();
        let mut lists = hooks.0.lock();
        let old = match lists.metadata.iter_mut().find(|(k, _)| k == key) {
            Some((_, slot)) => Some(std::mem::replace(slot, value)),
            None => {
                lists.metadata.push((key.to_string(), value));
                None
            }
        };
        drop(lists);
        drop(old);
    }

    /// What [`Node::set_metadata`] kept under this name.
    pub fn metadata(&self, key: &str) -> Option<Arc<dyn Any + Send + Sync>> {
        let lists = self.hooks()?.0.lock();
        lists.metadata.iter().find(|(k, _)| k == key).map(|(_, value)| value.clone())
    }
}

thread_local! {
    /// What waits to be dropped, while something of its kind is being dropped.
    static BURIED: RefCell<Option<Vec<Box<dyn Any>>>> = const { RefCell::new(None) };
}

/// Note [burying]: a hook may own a tensor, whose node has a hook that owns a tensor, and so on: dropping one within the other would
/// recurse along all of them. Here what is dropped meanwhile waits for its turn in a loop.
pub(crate) fn bury(x: Box<dyn Any>) {
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            // After a panic the rest is dropped here.
            BURIED.with(|b| b.take());
        }
    }
    // At the end of a thread there is no list any more, and the value is dropped in place.
    let outermost = BURIED.try_with(|b| match &mut *b.borrow_mut() {
        Some(list) => {
            list.push(x);
            false
        }
        none => {
            *none = Some(vec![x]);
            true
        }
    });
    if outermost == Ok(true) {
        let _end = End;
        while let Some(next) = BURIED.with(|b| b.borrow_mut().as_mut().and_then(Vec::pop)) {
            drop(next);
        }
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        bury(Box::new(std::mem::take(self.0.get_mut())));
    }
}
