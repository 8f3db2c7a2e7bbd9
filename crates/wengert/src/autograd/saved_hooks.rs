//! Hooks for what the graph saves: `pack` makes something else of a tensor when it is saved, `unpack` makes the tensor of it again when
//! backward asks. They are set for all that a piece of code saves ([`saved_tensors_hooks`]), or for one saved tensor ([`SavedTensor`]).

mod kept;
mod ready;

pub(super) use kept::Kept;

use super::mode::{self, Bit, GradMode};
use super::node::{Edge, Node};
use super::record::OpNode;
use super::saved::{Keeps, OUTPUT, SavedValue, Value};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::primitive::OutMeta;
use crate::tensor::Tensor;
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// What a pack hook made: a value of any type.
type Anything = Box<dyn Any + Send + Sync>;

/// A pair of hooks; clones are the same pair.
///
/// ```
/// use wengert::autograd::{SavedTensorsHooks, saved_tensors_hooks};
/// use wengert::{Tensor, tensor};
///
/// // Saved tensors are kept as vectors of small integers.
/// let hooks = SavedTensorsHooks::new(
///     |t| Ok((t.to_vec::<i32>(), t.shape().to_vec())),
///     |(numbers, shape)| Tensor::try_from_slice(&numbers.iter().map(|&n| n as f32).collect::<Vec<_>>(), shape),
/// );
/// let x = tensor!([2.25, 3.0]).requires_grad_(true);
/// let y = saved_tensors_hooks(&hooks, || &x * &x)?;
/// y.sum().backward();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), [4.0, 6.0]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone)]
pub struct SavedTensorsHooks(Arc<dyn Pair>);

trait Pair: Send + Sync {
    fn pack(&self, tensor: &Tensor) -> Result<Anything>;
    fn unpack(&self, packed: &(dyn Any + Send + Sync)) -> Result<Tensor>;
}

struct Typed<P, F, G> {
    pack: F,
    unpack: G,
    packed: PhantomData<fn() -> P>,
}

impl<P, F, G> Pair for Typed<P, F, G>
where
    P: Any + Send + Sync,
    F: Fn(&Tensor) -> Result<P> + Send + Sync,
    G: Fn(&P) -> Result<Tensor> + Send + Sync,
{
    fn pack(&self, tensor: &Tensor) -> Result<Anything> {
        Ok(Box::new((self.pack)(tensor)?))
    }
    fn unpack(&self, packed: &(dyn Any + Send + Sync)) -> Result<Tensor> {
        (self.unpack)(packed.downcast_ref().expect("it was packed by this pair"))
    }
}

impl SavedTensorsHooks {
    /// From a function that is given each tensor to be saved and one that makes it again.
    ///
    /// Both run without recording. `pack` sees an input of the operation at its place in the graph, an output without. What it returns is
    /// kept instead of the tensor until the graph is freed. `unpack` may be called any number of times.
    pub fn new<P: Any + Send + Sync>(
        pack: impl Fn(&Tensor) -> Result<P> + Send + Sync + 'static,
        unpack: impl Fn(&P) -> Result<Tensor> + Send + Sync + 'static,
    ) -> SavedTensorsHooks {
        SavedTensorsHooks(Arc::new(Typed { pack, unpack, packed: PhantomData }))
    }

    /// Sets these hooks on this thread until the guard is dropped. Of several the last ones count.
    ///
    /// # Errors
    /// Inside [`disable_saved_tensors_hooks`], with its message.
    pub fn set(&self) -> Result<SavedTensorsGuard> {
        if let Some(message) = DISABLED.with_borrow(Clone::clone) {
            return Err(Error::runtime(message));
        }
        STACK.with_borrow_mut(|stack| stack.push(self.clone()));
        Ok(SavedTensorsGuard { _bit: Bit::set(mode::SAVED_HOOKS, true) })
    }

    /// Packs a tensor for a value of this shape and dtype.
    fn pack(&self, tensor: &Tensor) -> Result<Arc<Packed>> {
        let before = tensor.version();
        let packed = quietly(|| self.0.pack(tensor))?;
        if tensor.version() != before {
            return Err(Error::runtime(
                "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by \
                 in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place \
                 operations on the input to a pack hook.",
            )
            .hint("pack a clone of it"));
        }
        let meta = OutMeta::of(tensor.array());
        Ok(Arc::new(Packed { hooks: self.clone(), meta, content: Some(packed) }))
    }
}

impl fmt::Debug for SavedTensorsHooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SavedTensorsHooks")
    }
}

thread_local! {
    static STACK: RefCell<Vec<SavedTensorsHooks>> = const { RefCell::new(Vec::new()) };
    static DISABLED: RefCell<Option<String>> = const { RefCell::new(None) };
    static DROPPING: RefCell<Option<Vec<Anything>>> = const { RefCell::new(None) };
}

/// The hooks of this thread that count.
fn top() -> Option<SavedTensorsHooks> {
    STACK.with_borrow(|stack| stack.last().cloned())
}

/// Runs a hook: what it computes is neither recorded nor packed.
fn quietly<R>(f: impl FnOnce() -> R) -> R {
    let _off = (GradMode::set(false), Bit::set(mode::SAVED_HOOKS, false), mode::users_code());
    f()
}

/// Takes the hooks away again when it is dropped. Guards must be dropped in the reverse order of their making, as scopes do.
#[must_use = "the hooks are taken away when the guard is dropped"]
#[derive(Debug)]
pub struct SavedTensorsGuard {
    _bit: Bit,
}

impl Drop for SavedTensorsGuard {
    fn drop(&mut self) {
        let last = STACK.with_borrow_mut(Vec::pop);
        drop(last);
    }
}

/// Runs `f`; what it saves for backward goes through these hooks (`torch.autograd.graph.saved_tensors_hooks`).
///
/// # Errors
/// Inside [`disable_saved_tensors_hooks`], with its message.
pub fn saved_tensors_hooks<R>(hooks: &SavedTensorsHooks, f: impl FnOnce() -> R) -> Result<R> {
    let _guard = hooks.set()?;
    Ok(f())
}

/// Runs `f`, in which hooks for saved tensors cannot be set: that is an error with this message
/// (`torch.autograd.graph.disable_saved_tensors_hooks`).
///
/// # Errors
/// With this message if such hooks are set already.
pub fn disable_saved_tensors_hooks<R>(message: &str, f: impl FnOnce() -> R) -> Result<R> {
    let _disabled = DisabledSavedTensorsHooks::set(message)?;
    Ok(f())
}

/// Hooks for saved tensors cannot be set until it is dropped: see [`disable_saved_tensors_hooks`].
#[must_use = "hooks can be set again when the guard is dropped"]
#[derive(Debug)]
pub struct DisabledSavedTensorsHooks {
    before: Option<String>,
}

impl DisabledSavedTensorsHooks {
    /// Disables them on this thread.
    ///
    /// # Errors
    /// With this message if such hooks are set already.
    pub fn set(message: &str) -> Result<DisabledSavedTensorsHooks> {
        if top().is_some() {
            return Err(Error::runtime(message));
        }
        Ok(DisabledSavedTensorsHooks { before: DISABLED.replace(Some(message.to_string())) })
    }
}

impl Drop for DisabledSavedTensorsHooks {
    fn drop(&mut self) {
        DISABLED.set(self.before.take());
    }
}

/// What a pack hook made of a tensor.
pub(crate) struct Packed {
    hooks: SavedTensorsHooks,
    meta: OutMeta,
    content: Option<Anything>,
}

impl Packed {
    /// Shape and dtype of the tensor.
    pub fn meta(&self) -> &OutMeta {
        &self.meta
    }

    /// The tensor that the unpack hook makes.
    pub fn unpack(&self) -> Result<Tensor> {
        let content = self.content.as_deref().expect("it is taken in drop alone");
        let tensor = quietly(|| self.hooks.0.unpack(content))?;
        if tensor.shape() != &self.meta.shape[..] {
            return Err(Error::runtime(format!(
                "a saved tensor unpack hook returned a tensor of shape {:?} for one of shape {:?}",
                tensor.shape(),
                &self.meta.shape[..]
            )));
        }
        Ok(tensor)
    }
}

// What was packed may hold a graph, whose nodes hold what was packed, and so on: whoever is first drops all of it in a loop.
impl Drop for Packed {
    fn drop(&mut self) {
        let Some(content) = self.content.take() else { return };
        let mut content = Some(content);
        let first = DROPPING.try_with(|list| match &mut *list.borrow_mut() {
            Some(list) => {
                list.extend(content.take());
                false
            }
            none => {
                *none = Some(Vec::new());
                true
            }
        });
        let mut next = content;
        while let Some(content) = next {
            drop(content);
            next = DROPPING.try_with(|list| list.borrow_mut().as_mut().and_then(Vec::pop)).ok().flatten();
        }
        if first == Ok(true) {
            _ = DROPPING.try_with(|list| list.take());
        }
    }
}

/// A tensor that a node saved, to look at or to set hooks on.
#[derive(Clone, Debug)]
pub struct SavedTensor {
    node: Node,
    index: usize,
    name: String,
    meta: OutMeta,
}

impl SavedTensor {
    /// Which of the node's inputs or outputs it is, by PyTorch's name: `self`, `result`.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Sizes.
    pub fn shape(&self) -> &[usize] {
        &self.meta.shape
    }
    /// Element type.
    pub fn dtype(&self) -> DType {
        self.meta.dtype
    }

    /// The tensor itself, unpacked if it was packed; as a part of the graph while gradients are recorded.
    ///
    /// # Errors
    /// If the graph was freed, the tensor was overwritten since it was saved, or an unpack hook fails.
    pub fn get(&self) -> Result<Tensor> {
        let op = self.op();
        let values = op.values()?;
        op.recall(&values[self.index], &self.node)
    }

    /// Packs it now, and lets backward unpack it.
    ///
    /// # Errors
    /// - `Calling register_hooks on a saved tensor whose hooks have already been set`;
    /// - the graph was freed;
    /// - what the pack hook says.
    pub fn register_hooks(&self, hooks: &SavedTensorsHooks) -> Result<()> {
        let op = self.op();
        let values = op.values().map_err(|_| {
            Error::runtime(
                "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when \
                 you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second \
                 time or if you need to access saved variables after calling backward.",
            )
        })?;
        let value = &values[self.index];
        if matches!(value.value, Value::Packed(_)) {
            return Err(Error::runtime(
                "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a \
                 time.",
            ));
        }
        op.pack(self.index, value, hooks)
    }

    fn op(&self) -> &OpNode {
        self.node.op().expect("leaves save nothing")
    }
}

impl Node {
    /// The tensors that it saved for its formula, until they are freed.
    pub fn saved_tensors(&self) -> Vec<SavedTensor> {
        let Some(op) = self.op() else { return Vec::new() };
        let handle = |(index, v): (usize, &SavedValue)| {
            let meta = v.meta(&op.edges);
            let is_number = matches!(v.value, Value::Number(_));
            (!is_number).then(|| SavedTensor { node: self.clone(), index, name: op.saved_name(v), meta })
        };
        op.values().unwrap_or_default().iter().enumerate().filter_map(handle).collect()
    }
}

/// Packs what the node of a new result saved, since this thread has hooks.
#[cold]
pub(super) fn pack_saved(node: &Node) -> Result<()> {
    let (Some(hooks), Some(op)) = (top(), node.op()) else { return Ok(()) };
    for (index, value) in op.values()?.iter().enumerate() {
        op.pack(index, value, &hooks)?;
    }
    Ok(())
}

impl OpNode {
    /// Puts what the hooks make of a saved value in its place. Numbers, what is packed, and what a transform saves stay as they are.
    fn pack(&self, index: usize, value: &SavedValue, hooks: &SavedTensorsHooks) -> Result<()> {
        let tensor = match &value.value {
            Value::Number(_) | Value::Packed(_) | Value::Below(..) | Value::Dual(_) => return Ok(()),
            Value::Leaf => leaf_of(value.which, &self.edges).clone(),
            Value::Array(array) => at_its_place(array, value.which, &self.edges),
        };
        let packed = hooks.pack(&tensor)?;
        let before = self.saved.change(|values| std::mem::replace(&mut values[index].value, Value::Packed(packed)));
        if self.keeps.get() != Keeps::Function {
            self.keeps.set(Keeps::Hooked);
        }
        drop(before);
        Ok(())
    }
}

/// Note [packed outputs]: an output is packed without its place in the graph, or a hook that keeps it would let the node own itself.
fn at_its_place(array: &Array, which: u8, edges: &[Option<Edge>]) -> Tensor {
    match edges.get(which as usize).cloned().flatten() {
        Some(edge) if which & OUTPUT == 0 => Tensor::with_edge(array.clone(), edge),
        _ => Tensor::from_array(array.clone()),
    }
}

fn leaf_of(input: u8, edges: &[Option<Edge>]) -> &Tensor {
    edges[input as usize].as_ref().and_then(|e| e.node.leaf()).expect("a saved leaf has an edge")
}
