//! [`Members`]: what a module consists of.

use super::{Module, Parameter};
use std::sync::atomic::{AtomicBool, Ordering};
use wengert::Tensor;

/// Is a module training or in use? Part of modules that behave differently, such as dropout.
#[derive(Debug)]
pub struct Mode(AtomicBool);

impl Mode {
    /// Is it training?
    pub fn is_training(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Default for Mode {
    /// Training, as every new module is.
    fn default() -> Mode {
        Mode(AtomicBool::new(true))
    }
}

/// Something inside a module.
#[derive(Clone, Copy)]
pub enum Member<'a> {
    /// Trained.
    Parameter(&'a Parameter),
    /// Saved but not trained.
    Buffer(&'a Tensor),
    /// Another module.
    Module(&'a dyn Module),
}

impl<'a> Member<'a> {
    /// The parameter or buffer.
    pub fn tensor(self) -> Option<&'a Tensor> {
        match self {
            Member::Parameter(p) => Some(p.tensor()),
            Member::Buffer(b) => Some(b),
            Member::Module(_) => None,
        }
    }
}

/// The members of a module, listed by [`Module::members`]:
/// `Members::new().parameter("weight", &self.weight).module("head", &self.head)`.
#[derive(Default)]
pub struct Members<'a> {
    named: Vec<(String, Member<'a>)>,
    mode: Option<&'a Mode>,
}

impl<'a> Members<'a> {
    /// None.
    pub fn new() -> Members<'a> {
        Members::default()
    }

    /// Adds a parameter; nothing for `None`.
    pub fn parameter(mut self, name: impl Into<String>, p: impl Into<Option<&'a Parameter>>) -> Self {
        self.named.extend(p.into().map(|p| (name.into(), Member::Parameter(p))));
        self
    }

    /// Adds a buffer: state that is saved but not trained.
    pub fn buffer(mut self, name: impl Into<String>, b: &'a Tensor) -> Self {
        self.named.push((name.into(), Member::Buffer(b)));
        self
    }

    /// Adds a module.
    pub fn module(mut self, name: impl Into<String>, m: &'a dyn Module) -> Self {
        self.named.push((name.into(), Member::Module(m)));
        self
    }

    /// The flag that [`Module::train`] and [`Module::eval`] set.
    pub fn mode(mut self, mode: &'a Mode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Members of this module alone, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Member<'a>)> {
        self.named.iter().map(|(name, member)| (name.as_str(), *member))
    }

    /// Every parameter and buffer inside, with its full name: those of a module before those of the modules in it, as in PyTorch.
    pub(super) fn walk(&self, f: &mut dyn FnMut(String, Member<'a>)) {
        self.walk_under("", f);
    }

    fn walk_under(&self, prefix: &str, f: &mut dyn FnMut(String, Member<'a>)) {
        for (name, member) in self.iter().filter(|(_, m)| m.tensor().is_some()) {
            f(format!("{prefix}{name}"), member);
        }
        for (name, member) in self.iter() {
            if let Member::Module(m) = member {
                m.members().walk_under(&format!("{prefix}{name}."), f);
            }
        }
    }

    pub(super) fn set_training(&self, on: bool) {
        if let Some(Mode(flag)) = self.mode {
            flag.store(on, Ordering::Relaxed);
        }
        for (_, member) in self.iter() {
            if let Member::Module(m) = member {
                m.members().set_training(on);
            }
        }
    }

    /// `(name): text` of each module.
    pub(super) fn repr_of_modules(&self) -> Vec<String> {
        let line = |(name, member)| match member {
            Member::Module(m) => Some(format!("({name}): {}", m.repr())),
            _ => None,
        };
        self.iter().filter_map(line).collect()
    }
}
