//! What the rules of a [`Function`](super::Function) see of a call.

use super::run::CustomCall;
use crate::autograd::node::Node;
use crate::autograd::record::OpNode;
use crate::error::Result;
use crate::primitive::Needs;
use crate::tensor::Tensor;
use std::any::Any;
use std::sync::Arc;

/// What `forward` says about its call.
pub struct ForwardContext {
    pub(super) needs_input_grad: Vec<bool>,
    pub(super) to_save: Vec<Tensor>,
    pub(super) dirty: Vec<Tensor>,
    pub(super) non_differentiable: Vec<Tensor>,
    pub(super) materializes: bool,
    pub(super) value: Option<Arc<dyn Any + Send + Sync>>,
}

impl ForwardContext {
    pub(super) fn new(needs_input_grad: Vec<bool>) -> ForwardContext {
        ForwardContext {
            needs_input_grad,
            to_save: Vec::new(),
            dirty: Vec::new(),
            non_differentiable: Vec::new(),
            materializes: true,
            value: None,
        }
    }

    /// Keeps these tensors for the other rules, which find them in [`Context::saved_tensors`]. Inputs, results and others may be saved; that
    /// they are not overwritten is checked. A second call replaces the first.
    pub fn save_for_backward(&mut self, tensors: &[&Tensor]) {
        self.to_save = tensors.iter().map(|t| (*t).clone()).collect();
    }
    /// Does input `i` require grad?
    pub fn needs_input_grad(&self, i: usize) -> bool {
        self.needs_input_grad.get(i).copied().unwrap_or(false)
    }
    /// These inputs were written in place. Each must be a result, too.
    pub fn mark_dirty(&mut self, inputs: &[&Tensor]) {
        self.dirty = inputs.iter().map(|t| (*t).clone()).collect();
    }
    /// These results have no gradient, as those of integers never have.
    pub fn mark_non_differentiable(&mut self, outputs: &[&Tensor]) {
        self.non_differentiable = outputs.iter().map(|t| (*t).clone()).collect();
    }
    /// Is `backward` to get zeros for undefined gradients (so it is, unless this says no), or `None`?
    pub fn set_materialize_grads(&mut self, on: bool) {
        self.materializes = on;
    }
    /// Keeps a value of any type for the other rules, which find it with [`Context::value`]. A second call replaces the first.
    pub fn set_value<T: Any + Send + Sync>(&mut self, value: T) {
        self.value = Some(Arc::new(value));
    }
}

/// What `backward` and `jvp` see of the call of `forward`.
pub struct Context<'a> {
    pub(super) source: Source<'a>,
    pub(super) value: Option<&'a (dyn Any + Send + Sync)>,
    pub(super) needs: &'a dyn Fn(usize) -> bool,
}

/// Where saved tensors come from.
pub(super) enum Source<'a> {
    Node(&'a OpNode, &'a Node),
    List(&'a [Tensor]),
}

impl<'a> Context<'a> {
    /// The saved tensors in the order in which they were saved; under `create_graph` at their places in the graph.
    ///
    /// # Errors
    /// If the graph was freed, one of them was overwritten since, or an unpack hook fails.
    pub fn saved_tensors(&self) -> Result<Vec<Tensor>> {
        match self.source {
            Source::List(tensors) => Ok(tensors.to_vec()),
            Source::Node(op, me) => op.values()?.iter().map(|v| op.recall(v, me)).collect(),
        }
    }
    /// Does somebody want the gradient of input `i`? (For `jvp`: has it a tangent?)
    pub fn needs_input_grad(&self, i: usize) -> bool {
        (self.needs)(i)
    }
    /// The value that `forward` kept.
    ///
    /// # Panics
    /// If it kept none, or one of another type.
    #[track_caller]
    pub fn value<T: Any>(&self) -> &'a T {
        self.value.expect("forward kept no value").downcast_ref().expect("forward kept a value of another type")
    }
}

impl CustomCall {
    /// The value that `forward` kept.
    pub(in crate::autograd) fn kept(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.value.as_deref()
    }
    /// [`CustomCall::kept`], if nobody else has it or the function.
    pub(in crate::autograd) fn solely_kept(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.value.as_ref().filter(|value| Arc::strong_count(value) == 1 && Arc::strong_count(&self.function) == 1)
    }
    /// What `backward` sees of a recorded call.
    pub(super) fn context<'a>(&'a self, op: &'a OpNode, me: &'a Node, needs: &'a dyn Fn(usize) -> bool) -> Context<'a> {
        Context { source: Source::Node(op, me), value: self.value.as_deref(), needs }
    }
}

/// As a closure, for [`Context`].
pub(super) fn asks<'a>(needs: &'a Needs<'a>) -> impl Fn(usize) -> bool + 'a {
    move |i| needs.get(i)
}
