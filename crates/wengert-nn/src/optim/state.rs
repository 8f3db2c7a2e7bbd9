//! What an optimizer keeps for one parameter.

use std::collections::BTreeMap;
use wengert::{Result, Tensor, ops};

/// What an optimizer keeps for one parameter: the number of its steps, and tensors by name.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Steps made.
    pub step: u64,
    tensors: BTreeMap<&'static str, Tensor>,
}

impl State {
    /// The tensor of this name, if there is one yet.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }

    /// The tensor of this name; zeros like `like` at first.
    pub fn zeros_at_first(&mut self, name: &'static str, like: &Tensor) -> Tensor {
        self.tensors.entry(name).or_insert_with(|| Tensor::zeros_like(like)).clone()
    }

    /// Keeps a copy of a tensor under this name.
    ///
    /// # Errors
    /// None for real dtypes.
    pub fn keep(&mut self, name: &'static str, value: &Tensor) -> Result<()> {
        self.tensors.insert(name, ops::clone_tensor(value)?.detach());
        Ok(())
    }

    /// All tensors with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Tensor)> {
        self.tensors.iter().map(|(name, t)| (*name, t))
    }
}
