//! Looking at a graph: what PyTorch's users read from a node.

use super::node::{Edge, Node};
use crate::error::Result;
use crate::primitive::OutMeta;
use crate::tensor::Tensor;
use std::any::Any;
use std::sync::Arc;

/// Input `i` of `n` in a list as of [`Primitive::arguments`](crate::primitive::Primitive::arguments): its name, and whether it can get
/// a gradient.
pub(super) fn argument(list: &'static str, i: usize, n: usize) -> (&'static str, bool) {
    let count = list.split(' ').count();
    // So many inputs share the name with the star.
    let repeated = (n + 1).saturating_sub(count);
    let star = list.split(' ').position(|word| word.ends_with('*'));
    let place = match star {
        Some(star) if i >= star => star.max((i + 1).saturating_sub(repeated)),
        _ => i,
    };
    let word = list.split(' ').nth(place).unwrap_or("input").trim_end_matches('*');
    match word.strip_prefix('~') {
        Some(name) => (name, false),
        None => (word, true),
    }
}

impl Node {
    /// Where the gradients go from here, as PyTorch lists it: one item for each input that can get a gradient, `None` if it needs none.
    /// (Index tensors, masks, and numbers that PyTorch does not turn into tensors are left out. [`Node::edges`] has an item for every
    /// input.)
    pub fn next_functions(&self) -> Vec<Option<Edge>> {
        self.listed().into_iter().map(|i| self.edges()[i].clone()).collect()
    }

    /// Which of [`Node::edges`] are in [`Node::next_functions`].
    pub fn listed(&self) -> Vec<usize> {
        let edges = self.edges();
        let list = self.arguments();
        let listed = edges.iter().enumerate().filter(|(i, e)| e.is_some() || argument(list, *i, edges.len()).1);
        listed.map(|(i, _)| i).collect()
    }

    /// The value that the forward of a [`Function`](super::Function) kept for the other rules.
    pub fn function_value(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.op()?.op.custom_call()?.kept()
    }

    /// Is this the only handle to the node of a call?
    pub(crate) fn is_sole(&self) -> bool {
        self.op_owners() == 1
    }

    /// [`Node::function_value`], if the node alone has it and the function.
    pub(crate) fn sole_function_value(&self) -> Option<&Arc<dyn Any + Send + Sync>> {
        self.op()?.op.custom_call()?.solely_kept()
    }

    /// What a [`Function`](super::Function) saved, in the order in which it saved it.
    ///
    /// # Errors
    /// If it was freed by a backward pass, or overwritten since.
    pub fn function_saved(&self) -> Result<Vec<Tensor>> {
        let Some(op) = self.op() else { return Ok(Vec::new()) };
        op.values()?.iter().map(|v| op.recall(v, self)).collect()
    }

    /// PyTorch's `_sequence_nr`: that of a leaf is the highest number there is.
    pub fn sequence_nr(&self) -> u64 {
        if self.leaf().is_some() { u64::MAX } else { self.sequence() }
    }

    /// Shape and dtype of each output of the forward call, which its gradients must have (`_input_metadata`).
    pub fn input_metadata(&self) -> Vec<OutMeta> {
        let outputs = (0..self.output_count()).map(|i| self.output(i));
        outputs.map(|(shape, dtype)| OutMeta::new(shape, dtype)).collect()
    }

    /// A saved value by PyTorch's name (`_saved_self`): the tensor, at its place in the graph; `None` if nothing of that name is saved.
    /// [`Node::saved`] lists the names.
    ///
    /// # Errors
    /// If it was freed by a backward pass, or overwritten since.
    ///
    /// ```
    /// use wengert::tensor;
    /// let x = tensor!([1.0, 2.0]).requires_grad_(true);
    /// let node = x.exp().grad_fn().unwrap();
    /// assert!(node.saved_value("result")?.unwrap().grad_fn().unwrap().same(&node));
    /// # Ok::<(), wengert::Error>(())
    /// ```
    pub fn saved_value(&self, name: &str) -> Result<Option<Tensor>> {
        self.op().map_or(Ok(None), |op| op.saved_value(self, name))
    }
}

#[cfg(test)]
mod tests {
    use super::argument;

    #[test]
    fn names_by_place() {
        let names = |list, n| (0..n).map(|i| argument(list, i, n)).collect::<Vec<_>>();
        assert_eq!(names("self other", 1), [("self", true)]);
        assert_eq!(names("self ~index", 2), [("self", true), ("index", false)]);
        assert_eq!(names("tensors*", 3), [("tensors", true); 3]);
        let put = [("self", true), ("indices", false), ("indices", false), ("values", true)];
        assert_eq!(names("self ~indices* values", 4), put);
        assert_eq!(names("self ~indices* values", 3), [put[0], put[1], put[3]]);
        assert_eq!(names("self", 2)[1], ("input", true));
    }
}
