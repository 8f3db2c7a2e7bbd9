//! The harness's side of an operation: samples that stand in the operation's own file, for users' operations too.
//!
//! An [`Entry`] is one operation: its PyTorch signature, samples, and calls that must fail. Every sample is a Rust call beside the
//! same thing in Python, from which the reference values are recorded (`cargo xtask reference`).

mod fingerprint;
mod inputs;

pub use crate::apply::{Form, diverted};
pub use fingerprint::{bytes, fingerprint};
pub use inputs::{bools, floats, ints, uniform};

use crate::error::Result;
use crate::tensor::Tensor;

/// Every operation of the library, in the order of their files.
pub fn table() -> Vec<Entry> {
    let mut table = Table::default();
    crate::ops::table(&mut table);
    table.entries
}

/// Collects the entries of all files; the lists of modules fill it.
#[derive(Default)]
pub(crate) struct Table {
    entries: Vec<Entry>,
}

impl Table {
    /// Adds those of one file.
    pub(crate) fn file(&mut self, file: &'static str, entries: fn() -> Vec<Entry>) {
        self.entries.extend(entries().into_iter().map(|e| Entry { file, ..e }));
    }
}

/// One operation and how it is tested.
pub struct Entry {
    /// Where it stands: `crates/wengert/src/ops/reduce/sum.rs`. Empty for operations of others.
    pub file: &'static str,
    /// PyTorch's name.
    pub name: &'static str,
    /// PyTorch's signature in its schema notation, where that makes sense: `mul(Tensor input, Tensor other) -> Tensor`.
    pub signature: &'static str,
    /// Calls with their inputs.
    pub samples: Vec<Sample>,
    /// Calls that must fail, with a piece of the text.
    pub errors: Vec<ErrorSample>,
    /// Why the operation has no derivative, if it has none.
    pub not_differentiable: Option<&'static str>,
}

type Call = Box<dyn Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync>;

/// One call of an operation.
pub struct Sample {
    /// The call in Python; `a`, `b`, `c`, ... are the inputs, `torch` and `F` (`torch.nn.functional`) are at hand.
    pub torch: &'static str,
    /// The inputs; those of a floating dtype are differentiated.
    pub inputs: Vec<Tensor>,
    /// The call.
    pub call: Call,
    /// Is it differentiable at this point? At kinks the gradient is compared with PyTorch's alone, not with finite differences.
    pub smooth: bool,
    /// Why a check is left out: (name of the check, reason).
    pub skips: Vec<(Check, &'static str)>,
}

/// A check of the harness that a sample may leave out, with a reason.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
    /// Comparison with recorded PyTorch values.
    Reference,
    /// First derivatives against finite differences.
    Gradcheck,
    /// Second derivatives against finite differences.
    Gradgradcheck,
    /// The gradient has an element that is not small, for each input.
    NotSmall,
    /// Strided inputs give the same numbers.
    Strided,
    /// Lower precisions agree with double.
    Precision,
    /// A second backward is an error exactly where PyTorch's is.
    SecondBackward,
    /// Forward mode against backward and against finite differences.
    Forward,
    /// A whole batch (`vmap`) against one call for each example.
    Batched,
}

/// A call that must fail.
pub struct ErrorSample {
    /// The inputs.
    pub inputs: Vec<Tensor>,
    /// The call.
    pub call: Call,
    /// Must occur in the error's text.
    pub text: &'static str,
}

/// What a sample's call may return.
pub trait Outputs {
    /// All tensors, in order.
    fn into_vec(self) -> Vec<Tensor>;
}
impl Outputs for Tensor {
    fn into_vec(self) -> Vec<Tensor> {
        vec![self]
    }
}
impl Outputs for Vec<Tensor> {
    fn into_vec(self) -> Vec<Tensor> {
        self
    }
}
impl Outputs for (Tensor, Tensor) {
    fn into_vec(self) -> Vec<Tensor> {
        vec![self.0, self.1]
    }
}

impl Entry {
    /// An operation by its signature; the name is what stands before the parenthesis.
    pub fn new(signature: &'static str) -> Entry {
        let name = signature.split('(').next().unwrap_or(signature);
        Entry { file: "", name, signature, samples: Vec::new(), errors: Vec::new(), not_differentiable: None }
    }

    /// Says that there is no derivative, and why.
    pub fn not_differentiable(mut self, reason: &'static str) -> Entry {
        self.not_differentiable = Some(reason);
        self
    }

    /// Adds a call at a point where it is differentiable (or has no derivative at all).
    pub fn sample<R: Outputs>(
        self,
        torch: &'static str,
        inputs: impl Into<Vec<Tensor>>,
        call: impl Fn(&[Tensor]) -> Result<R> + Send + Sync + 'static,
    ) -> Entry {
        self.push(torch, inputs.into(), Box::new(move |t| call(t).map(R::into_vec)), true)
    }

    // What follows is compiled once, and not for each of a thousand samples.
    #[inline(never)]
    fn push(mut self, torch: &'static str, inputs: Vec<Tensor>, call: Call, smooth: bool) -> Entry {
        self.samples.push(Sample { torch, inputs, call, smooth, skips: Vec::new() });
        self
    }

    #[inline(never)]
    fn push_error(mut self, inputs: Vec<Tensor>, call: Call, text: &'static str) -> Entry {
        self.errors.push(ErrorSample { inputs, call, text });
        self
    }

    /// Adds a call at a kink, where the gradient is PyTorch's choice of a subgradient.
    pub fn kink<R: Outputs>(
        self,
        torch: &'static str,
        inputs: impl Into<Vec<Tensor>>,
        call: impl Fn(&[Tensor]) -> Result<R> + Send + Sync + 'static,
    ) -> Entry {
        self.push(torch, inputs.into(), Box::new(move |t| call(t).map(R::into_vec)), false)
    }

    /// Leaves a check out of the last sample.
    pub fn skip(mut self, check: Check, reason: &'static str) -> Entry {
        self.samples.last_mut().expect("skip follows a sample").skips.push((check, reason));
        self
    }

    /// Adds a call that must fail with a text that contains `text`.
    pub fn error<R: Outputs>(
        self,
        inputs: impl Into<Vec<Tensor>>,
        call: impl Fn(&[Tensor]) -> Result<R> + Send + Sync + 'static,
        text: &'static str,
    ) -> Entry {
        self.push_error(inputs.into(), Box::new(move |t| call(t).map(R::into_vec)), text)
    }
}

impl Sample {
    /// The reason to leave out `check`, if there is one.
    pub fn skipped(&self, check: Check) -> Option<&'static str> {
        self.reasons().into_iter().find(|(c, _)| *c == check).map(|(_, why)| why)
    }

    /// The checks that are left out, each with its reason; "as above" is that of the one before.
    pub fn reasons(&self) -> Vec<(Check, &'static str)> {
        let mut out: Vec<(Check, &'static str)> = Vec::new();
        for &(check, why) in &self.skips {
            let why = if why == "as above" { out.last().map_or(why, |(_, before)| before) } else { why };
            out.push((check, why));
        }
        out
    }
}
