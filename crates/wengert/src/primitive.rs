//! [`Primitive`]: an operation is a value that knows its own rules. Plus what rules read and write: [`Meta`], [`Saves`], [`Saved`], [`Grads`].

pub use crate::apply::Outs;
use crate::array::Array;
use crate::autograd::{CustomCall, Edge, Needed};
use crate::dtype::DType;
use crate::error::Result;
use crate::few::Few;
use crate::ops::CopySlices;
use crate::pointwise::Pointwise;
use crate::shared::{Inner, Shared};
use crate::tensor::Tensor;
pub use crate::transforms::Batch;
use smallvec::SmallVec;
use std::fmt;
use std::ops::Deref;

use wengert_kernels::layout::copied;
use wengert_kernels::{Dims, Layout};

/// An operation that the library evaluates and differentiates itself. Attributes (dims, strides) are fields of the implementor.
///
/// The rules are written once, in the operation's own file. `vjp` is ordinary tensor code, so it can itself be differentiated: that
/// is all there is to derivatives of any order.
pub trait Primitive: fmt::Debug + Send + Sync + 'static {
    /// PyTorch's name of the operation: `mul`.
    fn name(&self) -> &'static str;
    /// PyTorch's name of the node that records it: `MulBackward0`.
    fn node_name(&self) -> &'static str;
    /// PyTorch's names of the inputs, as in the names of what is saved (`_saved_self`). `~` is before an input that never gets a gradient,
    /// such as an index or a number that is no tensor in PyTorch; `*` is behind one that stands for any number of inputs.
    fn arguments(&self) -> &'static str {
        "self other"
    }
    /// Where missing rules come from, and what the operation is to the graph.
    fn family(&self) -> Family;
    /// Shapes and dtypes of the outputs, or why the inputs do not fit. A [`Family::View`] says so in [`alias`](Primitive::alias) instead.
    fn infer(&self, ins: &[Meta]) -> Result<Metas>;
    /// Numbers only: fills `outs`, which have the shapes and dtypes that `infer` gave. Inputs may have any strides.
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()>;
    /// The operation as elementwise work that may wait and be fused with what comes before and after; `None`: it is evaluated at once.
    fn expression(&self, ins: &[&Array], out: &OutMeta) -> Option<Array> {
        let _ = (ins, out);
        None
    }
    /// For views: the layout of the output in the input's storage.
    fn alias(&self, input: &Layout) -> Result<Layout> {
        let _ = input;
        unreachable!("{} is not a view", self.name())
    }
    /// For views that [give a list](Primitive::gives_list): the layouts of all outputs.
    fn aliases(&self, input: &Layout) -> Result<SmallVec<[Layout; 1]>> {
        Ok(SmallVec::from_iter([self.alias(input)?]))
    }
    /// For views: does the operation give a list of views (`split`)? In-place writes to these are refused, as in PyTorch.
    fn gives_list(&self) -> bool {
        false
    }
    /// May the output be the memory of the first input? Where not, an in-place call computes a new array and copies it.
    fn writes_over_input(&self) -> bool {
        false
    }
    /// Does it write the same value to every element? It may then be called in place on an expanded tensor.
    fn writes_one_value(&self) -> bool {
        false
    }
    /// The in-place write to a part of a base that this is, as the library's own adapter for such writes.
    #[doc(hidden)]
    fn copy_slices(&self) -> Option<&CopySlices> {
        None
    }
    /// What `vjp` reads: declared, never captured.
    fn saves(&self) -> Saves;
    /// Vector-Jacobian product: from the gradients of the outputs those of the inputs. No formula undoes broadcasting or casts: the
    /// engine fits a gradient to the input's shape and dtype. Only gradients that [`Saved::needs`] asks for have to be computed.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads>;
    /// Tangents of the outputs from those of the inputs; `None`: the family's rule.
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let _ = (t, s);
        Ok(None)
    }
    /// One call for a whole batch (`vmap`): of inputs with a batch dimension at the front, outputs with one at the front; `None`: the
    /// family's rule, or a loop over the batch.
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let _ = batch;
        Ok(None)
    }
    /// The user's function that this is a call of.
    #[doc(hidden)]
    fn custom_call(&self) -> Option<&CustomCall> {
        None
    }
    /// Is output `i` differentiable? (Integer outputs never are.)
    fn differentiable(&self, output: usize) -> bool {
        let _ = output;
        true
    }
}

/// Collects few items by pushing: `collect` of a small vector costs more than the work of a small operation.
#[inline]
pub(crate) fn few<T, const N: usize>(items: impl Iterator<Item = T>) -> SmallVec<[T; N]> {
    let mut out = SmallVec::new();
    for x in items {
        out.push(x);
    }
    out
}

/// What kind of operation a primitive is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// Element by element, with broadcasting and promotion.
    Pointwise,
    /// Linear in all its tensor inputs: its forward derivative is itself.
    Linear,
    /// The same memory seen otherwise: evaluation is a layout.
    View,
    /// Over dimensions.
    Reduce,
    /// Without a derivative: its outputs never require grad.
    NoGrad,
    /// Everything else.
    Other,
}

/// An operation in use: a static one, or one with attributes.
#[derive(Clone)]
pub struct Op(Repr);

#[derive(Clone)]
enum Repr {
    Static(&'static Pointwise),
    Shared(Shared<dyn Primitive>),
}

impl Deref for Op {
    type Target = dyn Primitive;
    #[inline]
    fn deref(&self) -> &(dyn Primitive + 'static) {
        match &self.0 {
            Repr::Static(p) => *p,
            Repr::Shared(p) => &**p,
        }
    }
}

impl Op {
    /// The elementwise operation that it is, if it is one.
    #[inline]
    pub(crate) fn pointwise(&self) -> Option<&'static Pointwise> {
        match &self.0 {
            Repr::Static(p) => Some(p),
            Repr::Shared(_) => None,
        }
    }
}

impl<P: Primitive> From<P> for Op {
    fn from(p: P) -> Op {
        // SAFETY: a coercion.
        Op(Repr::Shared(unsafe { Shared::new(p).coerced(|p| p as *mut Inner<dyn Primitive>) }))
    }
}

impl From<&'static Pointwise> for Op {
    fn from(p: &'static Pointwise) -> Op {
        Op(Repr::Static(p))
    }
}

impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Shape and dtype of an input, as `infer` sees it.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// Sizes.
    pub shape: &'a [usize],
    /// Element type.
    pub dtype: DType,
    /// A number and not a tensor (PyTorch's "wrapped number"): it weighs least in promotion.
    pub wrapped: bool,
}

impl<'a> Meta<'a> {
    /// Of an array.
    pub fn of(a: &'a Array) -> Meta<'a> {
        Meta { shape: a.shape(), dtype: a.dtype(), wrapped: a.as_scalar().is_some() }
    }
}

/// Shape and dtype of an output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutMeta {
    /// Sizes.
    pub shape: Dims,
    /// Element type.
    pub dtype: DType,
}

impl OutMeta {
    /// Those of an array.
    #[inline]
    pub(crate) fn of(a: &Array) -> OutMeta {
        OutMeta { shape: copied(&a.layout().shape), dtype: a.dtype() }
    }
    /// From sizes and dtype.
    pub fn new(shape: &[usize], dtype: DType) -> OutMeta {
        OutMeta { shape: Dims::from_slice(shape), dtype }
    }
}

/// Shapes and dtypes of all outputs.
pub type Metas = SmallVec<[OutMeta; 1]>;

/// One output.
pub fn one(shape: &[usize], dtype: DType) -> Metas {
    let mut m = Metas::new();
    m.push(OutMeta::new(shape, dtype));
    m
}

/// What a rule reads in backward: inputs, outputs, or only shapes of inputs. A small set, built in a `const`:
///
/// `Saves::NONE.input(0, &[1]).input(1, &[0])` is that of `mul`: input 0 for the gradient of input 1, and the reverse.
#[derive(Clone, Copy, Debug)]
pub struct Saves {
    /// For input `i`: bit `j` says that the gradient of input `j` reads it.
    pub(crate) inputs: [u8; 8],
    /// Bit `i`: output `i` is read.
    pub(crate) outputs: u8,
    /// Bit `i`: shape and dtype of input `i` are read.
    pub(crate) shapes: u8,
    /// Bit `i`: input `i` is a number that belongs to the operation.
    pub(crate) attributes: u8,
}

impl Saves {
    /// Nothing.
    pub const NONE: Saves = Saves { inputs: [0; 8], outputs: 0, shapes: 0, attributes: 0 };

    /// Input `i`, read by the gradients of the inputs `readers`.
    pub const fn input(mut self, i: usize, readers: &[usize]) -> Saves {
        let mut k = 0;
        while k < readers.len() {
            self.inputs[i] |= 1 << readers[k];
            k += 1;
        }
        self
    }
    /// Input `i`, which belongs to the operation as a stride would if it is a number: it then does not count as saved, so a node
    /// without other saved inputs can run any number of times. (PyTorch keeps the weight of `lerp` so, but the 3 of `x * 3` as a tensor.)
    pub const fn attribute(mut self, i: usize, readers: &[usize]) -> Saves {
        self.attributes |= 1 << i;
        self.input(i, readers)
    }
    /// Input `i`, read by any gradient.
    pub const fn input_for_all(mut self, i: usize) -> Saves {
        self.inputs[i] = 0xff;
        self
    }
    /// Output `i`.
    pub const fn output(mut self, i: usize) -> Saves {
        self.outputs |= 1 << i;
        self
    }
    /// Shape and dtype of input `i`.
    pub const fn shape(mut self, i: usize) -> Saves {
        self.shapes |= 1 << i;
        self
    }
}

/// The reading side of [`Saves`]: what a rule can see of the forward call.
pub struct Saved<'a> {
    /// By number of the input, or of the output with the highest bit set; `None` if nobody wants the gradients that read it.
    pub(crate) tensors: Few<(u8, SavedTensor<'a>)>,
    /// The shapes that the rule may read, as in [`Saves`].
    pub(crate) shapes: u8,
    /// Those of them that are matrices with dense columns.
    pub(crate) by_columns: u8,
    /// The shapes of inputs without an edge, and of a view that was written in place.
    pub(crate) metas: &'a [(u8, OutMeta)],
    pub(crate) needs: Needs<'a>,
}

/// A tensor as a rule reads it: a leaf is the very tensor.
pub(crate) enum SavedTensor<'a> {
    Leaf(&'a Tensor),
    Own(Tensor),
}

/// Which gradients somebody wants.
#[derive(Clone, Copy)]
pub(crate) enum Needs<'a> {
    /// Those along edges, or only along those that lead to a chosen node.
    Edges { edges: &'a [Option<Edge>], only: Option<&'a Needed> },
    /// Those of some of so many inputs, without a node.
    Inputs { count: usize, wanted: &'a dyn Fn(usize) -> bool },
}

impl<'a> Needs<'a> {
    /// Those along any edge.
    #[inline]
    pub fn all(edges: &'a [Option<Edge>]) -> Needs<'a> {
        Needs::Edges { edges, only: None }
    }
    /// Are those along all edges wanted?
    #[inline]
    pub fn is_all(&self) -> bool {
        matches!(self, Needs::Edges { only: None, .. })
    }
    /// Are only those wanted that lead to chosen nodes?
    #[inline]
    pub fn only_some(&self) -> bool {
        matches!(self, Needs::Edges { only: Some(_), .. })
    }
    /// Number of inputs.
    #[inline]
    fn len(&self) -> usize {
        match self {
            Needs::Edges { edges, .. } => edges.len(),
            Needs::Inputs { count, .. } => *count,
        }
    }
    /// That of input `i`?
    #[inline]
    pub fn get(&self, i: usize) -> bool {
        match self {
            Needs::Edges { edges, only } => match (edges.get(i), only) {
                (Some(Some(_)), None) => true,
                (Some(Some(e)), Some(only)) => only.contains_key(&e.node.key()),
                _ => false,
            },
            Needs::Inputs { count, wanted } => i < *count && wanted(i),
        }
    }
    /// As in [`Saves`]: bit `j` for input `j`, the last one for all further inputs.
    #[inline]
    pub fn mask(&self) -> u8 {
        let mut mask = 0;
        for j in 0..self.len() {
            if self.get(j) {
                mask |= 1 << j.min(7);
            }
        }
        mask
    }
    fn edge(&self, i: usize) -> Option<&'a Edge> {
        match self {
            Needs::Edges { edges, .. } => edges[i].as_ref(),
            Needs::Inputs { .. } => None,
        }
    }
}

impl Saved<'_> {
    /// Input `i`, which [`Primitive::saves`] must name for a gradient that is needed.
    #[inline]
    pub fn input(&self, i: usize) -> &Tensor {
        self.tensor(i as u8).expect("a rule reads only the inputs that its `saves` declares")
    }
    /// Output `i`, linked to its node again. Note \[saved output\]: the node itself keeps it without that link, or the two
    /// would own each other.
    #[inline]
    pub fn output(&self, i: usize) -> &Tensor {
        self.tensor(0x80 | i as u8).expect("a rule reads only the outputs that its `saves` declares")
    }
    #[inline]
    fn tensor(&self, which: u8) -> Option<&Tensor> {
        self.tensors.iter().find(|t| t.0 == which).map(|t| match &t.1 {
            SavedTensor::Leaf(t) => *t,
            SavedTensor::Own(t) => t,
        })
    }
    /// Sizes of input `i`.
    pub fn shape(&self, i: usize) -> &[usize] {
        self.meta(i).0
    }
    /// Dtype of input `i`.
    pub fn dtype(&self, i: usize) -> DType {
        self.meta(i).1
    }
    /// Had input `i`, a matrix, dense columns?
    pub fn is_by_columns(&self, i: usize) -> bool {
        i < 8 && self.by_columns >> i & 1 == 1
    }
    fn meta(&self, i: usize) -> (&[usize], DType) {
        assert!(i < 8 && self.shapes >> i & 1 == 1, "a rule reads only the shapes that its `saves` declares");
        // What is kept comes first: an in-place write to a view has the edge of the base.
        match (self.metas.iter().find(|m| m.0 as usize == i), self.needs.edge(i)) {
            (Some((_, meta)), _) => (&meta.shape, meta.dtype),
            (None, Some(e)) => e.node.output(e.output),
            (None, None) => unreachable!("without an edge it is kept"),
        }
    }
    /// Does anybody want the gradient of input `i`?
    #[inline]
    pub fn needs(&self, i: usize) -> bool {
        self.needs.get(i)
    }
    /// Number of inputs.
    pub fn len(&self) -> usize {
        self.needs.len()
    }
    /// Are there no inputs?
    pub fn is_empty(&self) -> bool {
        self.needs.len() == 0
    }
    /// The gradient of input `i` if somebody wants it.
    #[inline]
    pub fn when(&self, i: usize, f: impl FnOnce() -> Tensor) -> Option<Tensor> {
        self.needs(i).then(f)
    }
}

/// Gradients (or tangents), one for each output or input; `None` is an undefined one, which counts as zero.
#[derive(Clone, Debug, Default)]
pub struct Grads(pub SmallVec<[Option<Tensor>; 3]>);

impl Grads {
    /// The gradient of output `i`, if it is defined.
    pub fn get(&self, i: usize) -> Option<&Tensor> {
        self.0.get(i).and_then(Option::as_ref)
    }
    /// Number of gradients.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// One gradient.
    #[inline]
    pub fn one(g: Option<Tensor>) -> Grads {
        Grads::from([g])
    }
}

/// The gradient of output `i`. A primitive with one output always gets it defined.
impl std::ops::Index<usize> for Grads {
    type Output = Tensor;
    fn index(&self, i: usize) -> &Tensor {
        self.0[i].as_ref().expect("the gradient of a primitive's only output is defined")
    }
}

/// From lists of all lengths that formulas use. Short ones are moved item by item: going through an iterator costs as much as a small
/// operation's loop.
macro_rules! grads_from {
    ($($n:literal: $($x:ident)+, $($rest:ident)*;)+) => {$(
        impl From<[Option<Tensor>; $n]> for Grads {
            #[inline]
            fn from([$($x),+]: [Option<Tensor>; $n]) -> Grads {
                $(let $rest = None;)*
                Grads(SmallVec::from_buf_and_len([$($x,)+ $($rest),*], $n))
            }
        }
    )+};
    (long $($n:literal)+) => {$(
        impl From<[Option<Tensor>; $n]> for Grads {
            fn from(grads: [Option<Tensor>; $n]) -> Grads {
                grads.into_iter().collect()
            }
        }
    )+};
}
grads_from! { 1: a, b c; 2: a b, c; 3: a b c,; }
grads_from! { long 4 5 6 7 8 }

impl FromIterator<Option<Tensor>> for Grads {
    fn from_iter<I: IntoIterator<Item = Option<Tensor>>>(iter: I) -> Grads {
        Grads(iter.into_iter().collect())
    }
}
