//! [`Grouped`]: what all optimizers have in common. Groups of parameters with settings, state, and both as tensors.

use super::state::{Block, Slot, load, storage};
use super::{Optimizer, State, step};
use std::collections::HashSet;
use std::fmt;
use wengert::error::or_panic;
use wengert::io::Tensors;
use wengert::{DType, Error, Result, Tensor, no_grad};
use wengert_kernels::optim::Item;

/// How parameters are changed, and the settings of that: what tells optimizers apart.
pub trait Rule: Clone + fmt::Debug + Send + Sync + 'static {
    /// What an error or a prohibited write is ascribed to.
    const NAME: &'static str;
    /// Names of the tensors that may be kept for a parameter.
    const BUFFERS: &'static [&'static str];
    /// Is the number of steps part of the state?
    const COUNTS: bool;
    /// Do the settings make sense?
    ///
    /// # Errors
    /// PyTorch's, if not.
    fn check(&self) -> Result<()>;
    /// The learning rate.
    fn lr(&mut self) -> &mut f64;
    /// All settings, by name.
    fn settings(&mut self) -> Vec<(&'static str, Setting<'_>)>;
    /// Which of [`Rule::BUFFERS`] are in use with these settings, a bit for each.
    fn keeps(&self) -> u8;
    /// Changes all parameters of a batch, and what is kept for them.
    fn update(&self, batch: &Batch);
}

/// Parameters of one dtype that are changed together, with their gradients and states.
///
/// Whoever makes one vouches for the items: their pointers are valid for a kernel of [`wengert_kernels::optim`], with states wherever
/// [`Rule::keeps`] says so.
#[derive(Debug)]
pub struct Batch {
    pub(super) dtype: DType,
    pub(super) steps: u64,
    pub(super) kept: u8,
    pub(super) items: Vec<Item>,
}

impl Batch {
    /// Adds an item to the batch of those like it; mostly all are alike.
    pub(super) fn add(batches: &mut Vec<Batch>, item: Item, dtype: DType, steps: u64, kept: u8, most: usize) {
        match batches.iter_mut().rev().find(|b| b.dtype == dtype && b.steps == steps && b.kept == kept) {
            Some(batch) => batch.items.push(item),
            None => {
                let mut items = Vec::with_capacity(most);
                items.push(item);
                batches.push(Batch { dtype, steps, kept, items });
            }
        }
    }

    /// Dtype of parameters, gradients and states: one of the four floating types.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// How many steps each parameter has made before this one, if the rule counts them.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Which of the states in use were written by an earlier step, a bit for each of [`Rule::BUFFERS`]; the others are zeros.
    pub fn kept(&self) -> u8 {
        self.kept
    }

    /// The parameters.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// A setting that is saved with an optimizer.
#[derive(Debug)]
pub enum Setting<'a> {
    /// A number.
    Number(&'a mut f64),
    /// On or off.
    Flag(&'a mut bool),
}

impl Setting<'_> {
    fn get(&self) -> f64 {
        match self {
            Setting::Number(v) => **v,
            Setting::Flag(v) => f64::from(u8::from(**v)),
        }
    }
    fn set(&mut self, value: f64) {
        match self {
            Setting::Number(v) => **v = value,
            Setting::Flag(v) => **v = value != 0.0,
        }
    }
}

/// PyTorch's error for a setting that is negative (or NaN).
pub(super) fn not_negative(what: &str, value: f64) -> Result<()> {
    if value >= 0.0 { Ok(()) } else { Err(Error::value(format!("Invalid {what}: {value}"))) }
}

/// An optimizer: groups of parameters, each with its own settings, and a [`Rule`] for each step.
#[derive(Debug)]
pub struct Grouped<R> {
    groups: Vec<Group<R>>,
    /// Do parameters share memory with each other? Then they take their steps one after the other.
    share: bool,
}

#[derive(Debug)]
pub(super) struct Group<R> {
    pub rule: R,
    pub slots: Vec<Slot>,
    pub blocks: Vec<Block>,
}

impl<R: Rule> Grouped<R> {
    /// With one group of parameters.
    ///
    /// # Errors
    /// If there are no parameters, one occurs twice or is not a leaf, or a setting is out of range.
    pub fn new(params: impl IntoIterator<Item = Tensor>, options: R) -> Result<Grouped<R>> {
        let mut optimizer = Grouped { groups: Vec::new(), share: false };
        optimizer.add_param_group(params, options)?;
        if optimizer.groups[0].slots.is_empty() {
            return Err(Error::value("optimizer got an empty parameter list"));
        }
        Ok(optimizer)
    }

    /// Adds a group of parameters with settings of its own.
    ///
    /// # Errors
    /// If a parameter occurs twice or is not a leaf, or a setting is out of range.
    pub fn add_param_group(&mut self, params: impl IntoIterator<Item = Tensor>, options: R) -> Result<()> {
        options.check()?;
        let mut storages: HashSet<_> = self.parameters().iter().map(storage).collect();
        let mut known = self.parameters();
        let mut group = Group { rule: options, slots: Vec::new(), blocks: Vec::new() };
        let mut share = self.share;
        for p in params {
            if !p.is_leaf() {
                return Err(Error::value("can't optimize a non-leaf Tensor"));
            }
            if known.iter().any(|k| k.is_same(&p)) {
                return Err(Error::value("some parameters appear in more than one parameter group"));
            }
            share |= !storages.insert(storage(&p));
            known.push(p.clone());
            group.slots.push(Slot::new(p));
        }
        self.share = share;
        self.groups.push(group);
        Ok(())
    }

    /// Settings of a group.
    ///
    /// # Panics
    /// If there is no such group.
    pub fn options(&self, group: usize) -> &R {
        &self.groups[group].rule
    }

    /// Settings of a group, to change. They are not checked again.
    ///
    /// # Panics
    /// If there is no such group.
    pub fn options_mut(&mut self, group: usize) -> &mut R {
        &mut self.groups[group].rule
    }

    /// What is kept for each parameter, in the order of [`Optimizer::parameters`].
    pub fn states(&self) -> impl Iterator<Item = State> {
        self.groups.iter().flat_map(|g| g.slots.iter().map(|s| s.state::<R>(&g.blocks)))
    }
}

impl<R: Rule> Optimizer for Grouped<R> {
    #[track_caller]
    fn step(&mut self) {
        let together = if self.share { 1 } else { usize::MAX };
        or_panic(no_grad(|| self.groups.iter_mut().try_for_each(|group| step::run(group, together))));
    }

    fn num_groups(&self) -> usize {
        self.groups.len()
    }

    fn lr(&self, group: usize) -> f64 {
        *self.groups[group].rule.clone().lr()
    }

    fn set_lr(&mut self, group: usize, lr: f64) {
        *self.groups[group].rule.lr() = lr;
    }

    fn parameters(&self) -> Vec<Tensor> {
        self.groups.iter().flat_map(|g| g.slots.iter().map(|s| s.param.clone())).collect()
    }

    fn state_dict(&self) -> Tensors {
        let mut dict = Tensors::new();
        for (i, group) in self.groups.iter().enumerate() {
            dict.insert(count_key(i), Tensor::full(&[], group.slots.len()));
            for (name, setting) in group.rule.clone().settings() {
                dict.insert(setting_key(i, name), Tensor::full_of(&[], setting.get(), DType::F64));
            }
        }
        for (i, state) in self.states().enumerate() {
            if state.step > 0 {
                dict.insert(state_key(i, "step"), Tensor::full(&[], state.step as i64));
            }
            for (name, t) in state.tensors {
                dict.insert(state_key(i, name), t);
            }
        }
        dict
    }

    fn load_state_dict(&mut self, dict: &Tensors) -> Result<()> {
        let mut reader = Reader { dict, used: 0 };
        let mut loaded = Vec::new();
        for (i, group) in self.groups.iter().enumerate() {
            if reader.number::<i64>(&count_key(i), "loaded state dict has a different number of parameter groups")?
                != group.slots.len() as i64
            {
                return Err(Error::value(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
                ));
            }
            let mut rule = group.rule.clone();
            for (name, mut setting) in rule.settings() {
                setting.set(reader.number(&setting_key(i, name), "the state dict is of another optimizer")?);
            }
            rule.check()?;
            loaded.push((rule, Vec::new()));
        }
        let mut index = 0;
        for (group, (_, states)) in self.groups.iter().zip(&mut loaded) {
            for slot in &group.slots {
                states.push(reader.state::<R>(index, &slot.param)?);
                index += 1;
            }
        }
        if reader.used < dict.len() {
            return Err(Error::value("the state dict has entries that this optimizer does not know").hint(format!(
                "it is of another optimizer or of other parameters: {} of its {} entries are known",
                reader.used,
                dict.len()
            )));
        }
        for (group, (rule, states)) in self.groups.iter_mut().zip(loaded) {
            group.rule = rule;
            load::<R>(&mut group.slots, &mut group.blocks, &states)?;
        }
        Ok(())
    }
}

fn count_key(group: usize) -> String {
    setting_key(group, "params")
}

fn setting_key(group: usize, name: &str) -> String {
    format!("param_groups.{group}.{name}")
}

fn state_key(param: usize, name: &str) -> String {
    format!("state.{param}.{name}")
}

/// Takes entries out of a state dict and counts them, so that what nobody knows is noticed.
struct Reader<'a> {
    dict: &'a Tensors,
    used: usize,
}

impl<'a> Reader<'a> {
    fn get(&mut self, key: &str) -> Option<&'a Tensor> {
        let found = self.dict.get(key);
        self.used += usize::from(found.is_some());
        found
    }

    fn number<T: wengert::dtype::Element>(&mut self, key: &str, otherwise: &str) -> Result<T> {
        let missing = || Error::value(otherwise).hint(format!("'{key}' is missing"));
        self.get(key).ok_or_else(missing)?.item_as()
    }

    fn state<R: Rule>(&mut self, index: usize, param: &Tensor) -> Result<State> {
        let mut state = State::default();
        if let Some(step) = self.get(&state_key(index, "step")) {
            state.step = u64::try_from(step.item_as::<i64>()?).map_err(|e| Error::value(format!("step: {e}")))?;
        }
        for &name in R::BUFFERS {
            let key = state_key(index, name);
            let Some(t) = self.get(&key) else { continue };
            if t.shape() != param.shape() {
                return Err(Error::value(format!(
                    "'{key}' has the shape {:?}, but the parameter has {:?}",
                    t.shape(),
                    param.shape()
                )));
            }
            state.tensors.push((name, wengert::ops::to_dtype(t, param.dtype())?));
        }
        Ok(state)
    }
}
