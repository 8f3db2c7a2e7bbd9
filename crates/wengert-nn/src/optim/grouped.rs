//! [`Grouped`]: what all optimizers have in common. Groups of parameters with settings, state, and both as tensors.

use super::{Optimizer, State};
use std::fmt;
use wengert::error::or_panic;
use wengert::io::Tensors;
use wengert::{DType, Error, Result, Tensor, no_grad};

/// How one parameter is changed, and the settings of that: what tells optimizers apart.
pub trait Rule: Clone + fmt::Debug + Send + Sync + 'static {
    /// Names of the tensors that may be kept for a parameter.
    const BUFFERS: &'static [&'static str];
    /// Do the settings make sense?
    ///
    /// # Errors
    /// PyTorch's, if not.
    fn check(&self) -> Result<()>;
    /// The learning rate.
    fn lr(&mut self) -> &mut f64;
    /// All settings, by name.
    fn settings(&mut self) -> Vec<(&'static str, Setting<'_>)>;
    /// Changes `param` in place. Called without recording.
    ///
    /// # Errors
    /// Those of the operations.
    fn update(&self, param: &Tensor, grad: &Tensor, state: &mut State) -> Result<()>;
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
}

#[derive(Debug)]
struct Group<R> {
    rule: R,
    params: Vec<(Tensor, State)>,
}

impl<R: Rule> Grouped<R> {
    /// With one group of parameters.
    ///
    /// # Errors
    /// If there are no parameters, one occurs twice or is not a leaf, or a setting is out of range.
    pub fn new(params: impl IntoIterator<Item = Tensor>, options: R) -> Result<Grouped<R>> {
        let mut optimizer = Grouped { groups: Vec::new() };
        optimizer.add_param_group(params, options)?;
        if optimizer.groups[0].params.is_empty() {
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
        let mut known = self.parameters();
        let mut group = Group { rule: options, params: Vec::new() };
        for p in params {
            if !p.is_leaf() {
                return Err(Error::value("can't optimize a non-leaf Tensor"));
            }
            if known.iter().any(|k| k.is_same(&p)) {
                return Err(Error::value("some parameters appear in more than one parameter group"));
            }
            known.push(p.clone());
            group.params.push((p, State::default()));
        }
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
    pub fn states(&self) -> impl Iterator<Item = &State> {
        self.groups.iter().flat_map(|g| g.params.iter().map(|(_, state)| state))
    }
}

impl<R: Rule> Optimizer for Grouped<R> {
    #[track_caller]
    fn step(&mut self) {
        let step = || {
            for group in &mut self.groups {
                for (p, state) in &mut group.params {
                    if let Some(grad) = p.grad() {
                        group.rule.update(p, &grad.detach(), state)?;
                    }
                }
            }
            Ok(())
        };
        or_panic(no_grad::<Result<()>>(step));
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
        self.groups.iter().flat_map(|g| g.params.iter().map(|(p, _)| p.clone())).collect()
    }

    fn state_dict(&self) -> Tensors {
        let mut dict = Tensors::new();
        for (i, group) in self.groups.iter().enumerate() {
            dict.insert(count_key(i), Tensor::full(&[], group.params.len()));
            for (name, setting) in group.rule.clone().settings() {
                dict.insert(setting_key(i, name), Tensor::full_of(&[], setting.get(), DType::F64));
            }
        }
        for (i, state) in self.states().enumerate() {
            if state.step > 0 {
                dict.insert(state_key(i, "step"), Tensor::full(&[], state.step as i64));
            }
            for (name, t) in state.iter() {
                dict.insert(state_key(i, name), t.detach());
            }
        }
        dict
    }

    fn load_state_dict(&mut self, dict: &Tensors) -> Result<()> {
        let mut reader = Reader { dict, used: 0 };
        let mut loaded = Vec::new();
        for (i, group) in self.groups.iter().enumerate() {
            if reader.number::<i64>(&count_key(i), "loaded state dict has a different number of parameter groups")?
                != group.params.len() as i64
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
            for (p, _) in &group.params {
                states.push(reader.state::<R>(index, p)?);
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
            for ((_, state), new) in group.params.iter_mut().zip(states) {
                *state = new;
            }
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
            state.keep(name, &wengert::ops::to_dtype(t, param.dtype())?)?;
        }
        Ok(state)
    }
}
