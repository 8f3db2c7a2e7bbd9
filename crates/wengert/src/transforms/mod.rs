//! What runs between an operation's call and its evaluation while a transform is at work (`vmap`, forward mode, reverse mode within
//! another transform).
//!
//! A transform is a level. Its tensors are wrapped: a handle that holds tensors of lower levels. A call goes to the interpreter of the
//! highest level among its inputs; that one unwraps, calls the door again for what is inside, and wraps the results. So transforms
//! compose in any order, and none knows another.
//!
//! - [`batch`]: the value has a dimension more than it shows; rules of operations say what to call instead.
//! - [`dual`]: a value and its tangent; forward rules.
//! - [`tracked`]: a value below, and a place in the graph of its level. Without other transforms around it reverse mode needs no wrapper.

mod batch;
mod dual;
mod in_place;
pub(crate) mod level;
pub(crate) mod random;
pub(crate) mod reverse;
mod tracked;

pub use batch::Batch;
pub(crate) use batch::{aligned, repeated, with_batch, wrap as batched};
pub(crate) use dual::{Tangent, without_tangents, wrap as dual};
pub(crate) use in_place::write;
pub use level::Randomness;
pub(crate) use level::{Kind, LevelId};
pub(crate) use tracked::{leaf as tracked_leaf, wrap as tracked};

use crate::apply::Outs;
use crate::error::{Error, Result};
use crate::place::Caller;
use crate::primitive::{Op, few};
use crate::scalar::{Operand, Scalar};
use crate::tensor::Tensor;
use parking_lot::Mutex;
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// PyTorch's words for reading the numbers of a tensor that stands for a batch.
pub(crate) const NO_NUMBERS: &str = "vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. \
     We don't support that yet, please file an issue at https://github.com/pytorch/pytorch/issues .";

/// What a wrapped tensor holds.
#[derive(Clone)]
pub(crate) struct Wrapper {
    pub level: LevelId,
    /// The value one level below.
    pub inner: Tensor,
    pub role: Role,
}

/// What a wrapped tensor is to its level.
#[derive(Clone)]
pub(crate) enum Role {
    /// `inner` has the batch dimension at the front.
    Batched,
    /// With its tangent; none is zero.
    Dual(Option<Tensor>),
    /// The handle is in the graph of its level.
    Tracked,
}

/// An input of a call as it is one level below.
pub(crate) struct Inner {
    pub value: Value,
    /// Was it wrapped at that level? Then its tangent, if that is of interest, comes with it.
    pub wrapped: bool,
    pub tangent: Option<Tensor>,
}

pub(crate) enum Value {
    Tensor(Tensor),
    Number(Scalar),
}

impl Inner {
    pub fn operand(&self) -> Operand<'_> {
        match &self.value {
            Value::Tensor(t) => Operand::Tensor(t),
            Value::Number(s) => Operand::Scalar(*s),
        }
    }
    pub fn tensor(&self) -> Option<&Tensor> {
        match &self.value {
            Value::Tensor(t) => Some(t),
            Value::Number(_) => None,
        }
    }
}

/// The outermost wrapper of a level that is still running.
pub(crate) fn living(t: &Tensor) -> Option<Wrapper> {
    let mut wrapper = t.wrapper()?;
    loop {
        if level::kind(wrapper.level).is_some() {
            return Some(wrapper);
        }
        wrapper = wrapper.inner.wrapper()?;
    }
}

/// Hands a call to the interpreter of the highest level among its inputs; `None`: no input is wrapped.
pub(crate) fn interpret(op: &Op, ins: &[Operand], location: Caller) -> Result<Option<Outs>> {
    ins.iter().filter_map(|x| x.tensor()).try_for_each(in_place::settle)?;
    let wrappers: SmallVec<[Option<Wrapper>; 4]> = few(ins.iter().map(|x| x.tensor().and_then(living)));
    let Some(top) = wrappers.iter().flatten().map(|w| w.level).max() else { return Ok(None) };
    let kind = level::kind(top).expect("living wrappers are of running levels");
    let inner: SmallVec<[Inner; 4]> = few(ins.iter().zip(wrappers).map(|(x, w)| match (x, w) {
        (Operand::Scalar(s), _) => Inner { value: Value::Number(*s), wrapped: false, tangent: None },
        (Operand::Tensor(_), Some(w)) if w.level == top => {
            let tangent = if let Role::Dual(t) = w.role { t } else { None };
            Inner { value: Value::Tensor(w.inner), wrapped: true, tangent }
        }
        (Operand::Tensor(t), _) => Inner { value: Value::Tensor((*t).clone()), wrapped: false, tangent: None },
    }));
    let outs = match kind {
        Kind::Batch { size, randomness } => batch::call(op, top, (size, randomness), &inner),
        Kind::Dual => dual::call(op, top, &inner),
        Kind::Grad { .. } => tracked::call(op, top, ins, &inner, location),
    };
    outs.map(Some)
}

/// A rule that an operation lacks, so that something slower was done: for the page of derivatives, and to say so once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fallback {
    /// The tangent was computed by differentiating the vector-Jacobian product.
    Forward,
    /// The batch was computed in a loop.
    Loop,
}

thread_local! {
    static SEEN: RefCell<Option<BTreeSet<(Fallback, &'static str)>>> = const { RefCell::new(None) };
}
static TOLD: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// Runs `f`, and tells which operations had to do without a rule of their own on the way.
pub fn fallbacks<R>(f: impl FnOnce() -> R) -> (R, Vec<(Fallback, &'static str)>) {
    let before = SEEN.replace(Some(BTreeSet::new()));
    let result = f();
    let seen = SEEN.replace(before).unwrap_or_default();
    (result, seen.into_iter().collect())
}

fn fell_back(what: Fallback, op: &Op) {
    let watched = SEEN.with_borrow_mut(|seen| seen.as_mut().map(|seen| seen.insert((what, op.name()))).is_some());
    if what == Fallback::Loop && !watched && TOLD.lock().insert(op.name()) {
        eprintln!("wengert: vmap of {} runs in a loop over the batch: it has no batching rule", op.name());
    }
}

/// The tensor with the numbers of all examples together, below all wrappers: to look for what no example may have.
pub(crate) fn of_all_examples(t: &Tensor) -> Tensor {
    let mut t = t.clone();
    while let Some(w) = t.wrapper() {
        t = w.inner;
    }
    t
}

/// An error if the numbers of `t` are not there to be read, since it stands for a batch.
pub(crate) fn needs_numbers(t: &Tensor) -> Result<()> {
    if t.array().has_no_numbers() { Err(Error::runtime(NO_NUMBERS)) } else { Ok(()) }
}
