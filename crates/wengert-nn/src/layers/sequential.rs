//! Modules one after the other.

use crate::{Members, Module};
use wengert::{Result, Tensor};

/// Modules that each take the output of the one before; named `0`, `1`, ... unless they were given names.
///
/// Made by [`sequential!`](crate::sequential!) or step by step. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html>.
#[derive(Default)]
pub struct Sequential {
    modules: Vec<(String, Box<dyn Module>)>,
}

impl Sequential {
    /// Without modules: gives its input back.
    pub fn new() -> Sequential {
        Sequential::default()
    }

    /// Adds a module at the end, named by its position.
    pub fn push(&mut self, module: impl Module + 'static) {
        self.push_named(self.len().to_string(), module);
    }

    /// Adds a module at the end with a name.
    ///
    /// # Panics
    /// If the name is empty, has a dot in it, or is taken.
    #[track_caller]
    pub fn push_named(&mut self, name: impl Into<String>, module: impl Module + 'static) {
        let name = name.into();
        assert!(!name.is_empty(), "module name can't be empty string \"\"");
        assert!(!name.contains('.'), "module name can't contain \".\", got: {name}");
        assert!(self.modules.iter().all(|(n, _)| *n != name), "attribute '{name}' already exists");
        self.modules.push((name, Box::new(module)));
    }

    /// Number of modules.
    pub fn len(&self) -> usize {
        self.modules.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty()
    }

    /// The modules with their names, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &dyn Module)> {
        self.modules.iter().map(|(name, m)| (name.as_str(), &**m))
    }
}

impl Module for Sequential {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        // A loop and not a fold: a closure would hide the caller's line from the modules.
        let mut x = input.clone();
        for (_, module) in &self.modules {
            x = module.forward(&x)?;
        }
        Ok(x)
    }
    fn members(&self) -> Members<'_> {
        self.iter().fold(Members::new(), |members, (name, m)| members.module(name, m))
    }
}

/// A [`Sequential`](crate::Sequential) of these modules: `sequential![Linear::new(4, 8), ReLU, Linear::new(8, 3)]`.
#[macro_export]
macro_rules! sequential {
    ($($module:expr),* $(,)?) => {{
        #[allow(unused_mut, reason = "not every expansion of the macro changes it")]
        let mut modules = $crate::Sequential::new();
        $(modules.push($module);)*
        modules
    }};
}
