//! `torch.autograd.Function`: a class of Python's as a function of the library's.
//!
//! The object `ctx` is Python's ([`Ctx`] with whatever is set on it). The node owns it; it does not know the node. While a rule runs it knows what the library
//! shows of the call.

use super::{raised, tensor};
use crate::error::OrRaise;
use crate::place;
use crate::tensor::{as_tensor, wrap};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple, PyType};
use pyo3::{PyTraverseError, PyVisit};
use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use wengert::autograd::{Batched, Context, ForwardContext, Function, Node, VmapInfo};
use wengert::func::Randomness;
use wengert::{Result, Tensor};

/// What a call keeps for its rules. Users set attributes on it: the classes derived from it in Python have a dictionary, which the collector of
/// cycles sees.
#[pyclass(name = "_FunctionBase", module = "torch._C", subclass, frozen)]
pub struct Ctx {
    /// The library's view of the call, while a rule runs.
    context: AtomicPtr<Context<'static>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    to_save: Option<Py<PyTuple>>,
    for_forward: Option<Py<PyTuple>>,
    dirty: Option<Py<PyTuple>>,
    non_differentiable: Option<Py<PyTuple>>,
    materializes: Option<bool>,
    /// For each argument: does it want a gradient?
    needs: Vec<bool>,
    /// Which of the saved values are tensors; the others were `None`.
    saved: Vec<bool>,
    /// Is `jvp` running?
    forward_mode: bool,
}

fn locked<T>(m: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

#[pymethods]
impl Ctx {
    #[new]
    fn new() -> Ctx {
        Ctx { context: AtomicPtr::default(), state: Mutex::default() }
    }
    /// Keeps tensors (or `None`) for `backward`.
    #[pyo3(signature = (*tensors))]
    fn save_for_backward(&self, tensors: Py<PyTuple>) {
        let before = locked(&self.state).to_save.replace(tensors);
        drop(before);
    }
    /// Keeps tensors (or `None`) for `jvp`.
    #[pyo3(signature = (*tensors))]
    fn save_for_forward(&self, tensors: Py<PyTuple>) -> PyResult<()> {
        Python::attach(|py| {
            for t in tensors.bind(py) {
                if as_tensor(&t).is_none() && !t.is_none() {
                    return Err(PyTypeError::new_err(
                        "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes on ctx.",
                    ));
                }
            }
            let before = locked(&self.state).for_forward.replace(tensors);
            drop(before);
            Ok(())
        })
    }
    /// Says which arguments were written in place; they must be results, too.
    #[pyo3(signature = (*args))]
    fn mark_dirty(&self, args: Py<PyTuple>) {
        let before = locked(&self.state).dirty.replace(args);
        drop(before);
    }
    /// Says which results have no gradient.
    #[pyo3(signature = (*args))]
    fn mark_non_differentiable(&self, args: Py<PyTuple>) {
        let before = locked(&self.state).non_differentiable.replace(args);
        drop(before);
    }
    /// Does `backward` get zeros for gradients that are not there (so it is at first), or `None`?
    fn set_materialize_grads(&self, value: bool) {
        locked(&self.state).materializes = Some(value);
    }
    /// For each argument of `forward`: does it want a gradient?
    #[getter]
    fn needs_input_grad<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let needs = locked(&self.state).needs.clone();
        PyTuple::new(py, needs)
    }
    #[getter]
    fn materialize_grads(&self) -> bool {
        locked(&self.state).materializes.unwrap_or(true)
    }
    /// What `save_for_backward` kept, in `jvp` what `save_for_forward` kept.
    #[getter]
    fn saved_tensors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        {
            let state = locked(&self.state);
            if let (true, Some(saved)) = (state.forward_mode && state.to_save.is_none(), &state.for_forward) {
                return Ok(saved.bind(py).clone());
            }
        }
        let context = self.context.load(Ordering::Relaxed);
        if context.is_null() {
            // Before the call was recorded: what is there to be saved.
            return match &locked(&self.state).to_save {
                Some(saved) => Ok(saved.bind(py).clone()),
                None => Ok(PyTuple::empty(py)),
            };
        }
        // PyTorch gives them with their history, recorded or not.
        let _places = wengert::autograd::GradMode::set(true);
        // SAFETY: it is set while the rule runs whose context it is, and this is called in that.
        let tensors = unsafe { &*context }.saved_tensors().or_raise()?;
        self.placed(py, tensors)
    }
    #[getter]
    fn saved_variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.saved_tensors(py)
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // What is being changed is not garbage.
        let Ok(state) = self.state.try_lock() else { return Ok(()) };
        for kept in [&state.to_save, &state.for_forward, &state.dirty, &state.non_differentiable] {
            visit.call(kept)?;
        }
        Ok(())
    }
    fn __clear__(&self) {
        let state = std::mem::take(&mut *locked(&self.state));
        drop(state);
    }
}

impl Ctx {
    fn take_for_forward(&self) -> Option<Py<PyTuple>> {
        locked(&self.state).for_forward.take()
    }

    /// Saved tensors with `None` where that was saved.
    fn placed<'py>(&self, py: Python<'py>, tensors: Vec<Tensor>) -> PyResult<Bound<'py, PyTuple>> {
        let saved = locked(&self.state).saved.clone();
        let mut tensors = tensors.into_iter();
        let place = |is_tensor: bool| match is_tensor {
            true => tensors.next().map_or_else(|| Ok(py.None().into_bound(py)), |t| wrap(py, t)),
            false => Ok(py.None().into_bound(py)),
        };
        PyTuple::new(py, saved.into_iter().map(place).collect::<PyResult<Vec<_>>>()?)
    }
}

/// What the node keeps: the call, with the `ctx`.
struct Kept(Arc<Call>);

/// Shows what a function's node owns to a collection of cycles. Nobody else has `value` and the function: see Note [cycles through the library].
pub fn visit(value: &Arc<dyn Any + Send + Sync>, visit: &PyVisit) -> Result<(), PyTraverseError> {
    match value.downcast_ref::<Kept>() {
        // The function has the other handle.
        Some(Kept(call)) if Arc::strong_count(call) == 2 => {
            visit.call(&call.ctx)?;
            visit.call(&call.class)
        }
        _ => Ok(()),
    }
}

/// The `ctx` of the node of a function of Python's.
pub fn ctx_of<'py>(py: Python<'py>, node: &Node) -> Option<Bound<'py, PyAny>> {
    node.function_value()?.downcast_ref::<Kept>().map(|k| k.0.ctx.bind(py).clone())
}

/// What such a node saved.
pub fn saved_of<'py>(py: Python<'py>, node: &Node, ctx: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let tensors = node.function_saved().or_raise()?;
    ctx.cast::<Ctx>()?.get().placed(py, tensors)
}

/// Shows the library's view of a call to its `ctx` while it lives.
struct Shown<'a> {
    ctx: &'a Ctx,
    before: *mut Context<'static>,
    forward_mode: bool,
}

impl<'a> Shown<'a> {
    fn new(ctx: &'a Ctx, context: &Context, needs: Vec<bool>, forward_mode: bool) -> Shown<'a> {
        let context: *const Context = context;
        let before = ctx.context.swap(context.cast_mut().cast(), Ordering::Relaxed);
        let mut state = locked(&ctx.state);
        state.needs = needs;
        let forward_mode = std::mem::replace(&mut state.forward_mode, forward_mode);
        Shown { ctx, before, forward_mode }
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.ctx.context.store(self.before, Ordering::Relaxed);
        locked(&self.ctx.state).forward_mode = self.forward_mode;
    }
}

/// A call.
struct Call {
    class: Py<PyAny>,
    ctx: Py<PyAny>,
    name: &'static str,
    /// Which arguments are tensors.
    places: Vec<usize>,
    arguments: usize,
    /// The arguments, tensors as `None`, until the call has returned.
    others: Mutex<Option<Vec<Py<PyAny>>>>,
    /// What forward gave: the results that are no tensors at their places, `None` for tensors. Is it a tuple?
    results: Arc<Mutex<Option<Results>>>,
    /// For each result: is it a tensor?
    which: Mutex<Vec<bool>>,
}

struct Results {
    items: Vec<Option<Py<PyAny>>>,
    is_tuple: bool,
}

/// A name that lives forever. There are as many as classes.
fn lasting(name: &str) -> &'static str {
    static NAMES: Mutex<Option<HashMap<String, &'static str>>> = Mutex::new(None);
    let mut names = locked(&NAMES);
    let names = names.get_or_insert_default();
    match names.get(name) {
        Some(lasting) => lasting,
        None => {
            let lasting: &'static str = Box::leak(name.to_string().into_boxed_str());
            names.insert(name.to_string(), lasting);
            lasting
        }
    }
}

impl Call {
    fn ctx<'py>(&self, py: Python<'py>) -> Bound<'py, Ctx> {
        // SAFETY: `_apply` makes the call with an object of this class.
        unsafe { self.ctx.bind(py).clone().cast_into_unchecked() }
    }

    /// The arguments with these tensors.
    fn arguments<'py>(&self, py: Python<'py>, tensors: &[&Tensor]) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let others = locked(&self.others);
        let others = others.as_ref().ok_or_else(|| PyRuntimeError::new_err("forward ran already"))?;
        let mut all: Vec<Bound<PyAny>> = others.iter().map(|o| o.bind(py).clone()).collect();
        for (&place, t) in self.places.iter().zip(tensors) {
            all[place] = wrap(py, (*t).clone())?;
        }
        Ok(all)
    }

    /// For each argument, from what is said of each tensor.
    fn for_all(&self, of: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut all = vec![false; self.arguments];
        for (k, &place) in self.places.iter().enumerate() {
            all[place] = of(k);
        }
        all
    }

    fn run_forward(
        self: &Arc<Call>,
        py: Python,
        context: &mut ForwardContext,
        inputs: &[&Tensor],
    ) -> PyResult<Vec<Tensor>> {
        let ctx = self.ctx(py);
        locked(&ctx.get().state).needs = self.for_all(|k| context.needs_input_grad(k));
        let args = PyTuple::new(py, self.arguments(py, inputs)?)?;
        let given = ctx.call_method1("_run_forward", (self.class.bind(py), args))?;
        let is_tuple = given.cast::<PyTuple>().is_ok();
        let items: Vec<Bound<PyAny>> = match given.cast::<PyTuple>() {
            Ok(t) => t.iter().collect(),
            Err(_) => vec![given.clone()],
        };
        let mut tensors = Vec::new();
        let mut kept = Vec::with_capacity(items.len());
        for item in &items {
            match as_tensor(item) {
                Some(t) => {
                    tensors.push(t.tensor().clone());
                    kept.push(None);
                }
                None => kept.push(Some(item.clone().unbind())),
            }
        }
        *locked(&self.which) = kept.iter().map(Option::is_none).collect();
        let before = locked(&self.results).replace(Results { items: kept, is_tuple });
        drop(before);
        self.read(py, ctx.get(), context)?;
        Ok(tensors)
    }

    /// What forward said about its call.
    fn read(self: &Arc<Call>, py: Python, ctx: &Ctx, context: &mut ForwardContext) -> PyResult<()> {
        let (save, dirty, constant, materializes) = {
            let mut state = locked(&ctx.state);
            let clone = |t: &Option<Py<PyTuple>>| t.as_ref().map(|t| t.clone_ref(py));
            let for_forward = clone(&state.for_forward);
            let save = state.to_save.take().or_else(|| for_forward.as_ref().map(|t| t.clone_ref(py)));
            (save, state.dirty.take(), state.non_differentiable.take(), state.materializes)
        };
        let list = |of: &Option<Py<PyTuple>>, what: &str| -> PyResult<Vec<Tensor>> {
            let Some(of) = of else { return Ok(Vec::new()) };
            let item = |(i, o): (usize, Bound<PyAny>)| {
                tensor(&o).map_err(|_| {
                    let class = crate::arguments::type_name(o.as_borrowed());
                    let text = format!("{what} can only accept variables, but argument {i} is of type {class}");
                    PyRuntimeError::new_err(text)
                })
            };
            of.bind(py).iter().enumerate().map(item).collect()
        };
        let dirty = list(&dirty, "mark_dirty")?;
        // PyTorch counts the change of the history, too.
        dirty.iter().for_each(Tensor::increment_version);
        context.mark_dirty(&dirty.iter().collect::<Vec<_>>());
        let constant = list(&constant, "mark_non_differentiable")?;
        context.mark_non_differentiable(&constant.iter().collect::<Vec<_>>());
        if let Some(on) = materializes {
            context.set_materialize_grads(on);
        }
        if let Some(save) = save {
            let save = save.bind(py);
            let mut tensors = Vec::with_capacity(save.len());
            let mut which = Vec::with_capacity(save.len());
            for (i, o) in save.iter().enumerate() {
                which.push(!o.is_none());
                if !o.is_none() {
                    tensors.push(tensor(&o).map_err(|_| {
                        let class = o.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
                        PyTypeError::new_err(format!(
                            "save_for_backward can only save variables, but argument {i} is of type {class}"
                        ))
                    })?);
                }
            }
            locked(&ctx.state).saved = which;
            context.save_for_backward(&tensors.iter().collect::<Vec<_>>());
        }
        context.set_value(Kept(self.clone()));
        Ok(())
    }

    /// Calls `backward` or `jvp` through the `ctx`.
    fn rule<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        context: &Context,
        given: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let ctx = self.ctx(py);
        let needs = self.for_all(|k| context.needs_input_grad(k));
        let _shown = Shown::new(ctx.get(), context, needs, method == "apply_jvp");
        let result = ctx.call_method1(method, PyTuple::new(py, given)?)?;
        match result.cast::<PyTuple>() {
            Ok(t) => Ok(t.iter().collect()),
            Err(_) => match result.cast::<PyList>() {
                Ok(l) => Ok(l.iter().collect()),
                Err(_) => Ok(vec![result]),
            },
        }
    }

    fn run_backward(&self, py: Python, context: &Context, grads: &[Option<Tensor>]) -> PyResult<Vec<Option<Tensor>>> {
        let mut grads = grads.iter();
        let which = locked(&self.which).clone();
        let spread = |is_tensor: bool| match is_tensor.then(|| grads.next()).flatten() {
            Some(Some(g)) => wrap(py, g.clone()),
            _ => Ok(py.None().into_bound(py)),
        };
        let given = which.into_iter().map(spread).collect::<PyResult<Vec<_>>>()?;
        let mut result = self.rule(py, "apply", context, given)?;
        while result.len() > self.arguments && result.last().is_some_and(|r| r.is_none()) {
            result.pop();
        }
        if result.len() != self.arguments {
            return Err(PyRuntimeError::new_err(format!(
                "function {}Backward returned an incorrect number of gradients (expected {}, got {})",
                self.name,
                self.arguments,
                result.len()
            )));
        }
        let mut out = vec![None; self.places.len()];
        for (i, g) in result.iter().enumerate().filter(|(_, g)| !g.is_none()) {
            let Some(k) = self.places.iter().position(|&p| p == i) else {
                return Err(PyRuntimeError::new_err(format!(
                    "function {}Backward returned a gradient different than None at position {}, but the corresponding forward input was not a \
                     Variable",
                    self.name,
                    i + 1
                )));
            };
            out[k] = Some(tensor(g).map_err(|_| {
                let class = g.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
                PyRuntimeError::new_err(format!("expected Variable or None (got {class})"))
            })?);
        }
        Ok(out)
    }

    fn run_jvp(&self, py: Python, context: &Context, tangents: &[Option<Tensor>]) -> PyResult<Vec<Option<Tensor>>> {
        let mut given: Vec<Bound<PyAny>> = vec![py.None().into_bound(py); self.arguments];
        for (&place, t) in self.places.iter().zip(tangents) {
            given[place] = super::object(py, t.as_ref())?;
        }
        let result = self.rule(py, "apply_jvp", context, given)?;
        let which = locked(&self.which).clone();
        if result.len() != which.len() {
            return Err(PyRuntimeError::new_err(format!(
                "{}Backward's jvp must return one value for each result of forward (expected {}, got {})",
                self.name,
                which.len(),
                result.len()
            )));
        }
        result.iter().zip(which).filter(|(_, is_tensor)| *is_tensor).map(|(t, _)| super::optional(t)).collect()
    }

    fn run_vmap(&self, py: Python, info: &VmapInfo, inputs: &[&Tensor]) -> PyResult<Option<Batched>> {
        let class = self.class.bind(py);
        if !class.call_method0("_has_vmap_rule")?.is_truthy()? {
            return Ok(None);
        }
        let args = PyTuple::new(py, self.arguments(py, inputs)?)?;
        let mut dims: Vec<Option<usize>> = vec![None; self.arguments];
        for (&place, dim) in self.places.iter().zip(&info.in_dims) {
            dims[place] = *dim;
        }
        let randomness = match info.randomness {
            Randomness::Error => "error",
            Randomness::Different => "different",
            Randomness::Same => "same",
        };
        let given = self
            .ctx(py)
            .call_method1("_run_vmap", (class, info.batch_size, randomness, PyTuple::new(py, dims)?, args))?;
        let (results, out_dims): (Bound<PyAny>, Bound<PyAny>) = given.extract()?;
        let is_tuple = results.cast::<PyTuple>().is_ok();
        let items: Vec<Bound<PyAny>> = match results.cast::<PyTuple>() {
            Ok(t) => t.iter().collect(),
            Err(_) => vec![results.clone()],
        };
        let dims: Vec<Option<usize>> = match out_dims.extract::<Option<usize>>() {
            Ok(one) => vec![one; items.len()],
            Err(_) => out_dims.extract()?,
        };
        let mut out = (Vec::new(), Vec::new());
        let mut kept = Vec::new();
        for (item, dim) in items.iter().zip(dims) {
            match as_tensor(item) {
                Some(t) => {
                    out.0.push(t.tensor().clone());
                    out.1.push(dim);
                    kept.push(None);
                }
                None => kept.push(Some(item.clone().unbind())),
            }
        }
        let before = locked(&self.results).replace(Results { items: kept, is_tuple });
        drop(before);
        Ok(Some(out))
    }
}

/// Calls a function of the class: `Function.apply`.
#[pyfunction]
#[pyo3(signature = (class, *args))]
fn _apply_function<'py>(class: &Bound<'py, PyType>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let backward = class.getattr("_backward_cls")?;
    let ctx = backward.call0()?;
    ctx.cast::<Ctx>()?;
    let mut tensors = Vec::new();
    let mut places = Vec::new();
    let mut others = Vec::with_capacity(args.len());
    for (i, a) in args.iter().enumerate() {
        match as_tensor(&a) {
            Some(t) => {
                tensors.push(t.tensor().clone());
                places.push(i);
                others.push(py.None());
            }
            None => others.push(a.unbind()),
        }
    }
    let results = Arc::new(Mutex::new(None));
    let call = Call {
        class: class.clone().into_any().unbind(),
        ctx: ctx.unbind(),
        name: lasting(&class.name()?.to_string()),
        places,
        arguments: args.len(),
        others: Mutex::new(Some(others)),
        results: results.clone(),
        which: Mutex::default(),
    };
    let inputs: Vec<&Tensor> = tensors.iter().collect();
    let _place = place::here(py);
    let outs = run(Arc::new(call), &inputs).or_raise()?;
    let Some(Results { items, is_tuple }) = locked(&results).take() else {
        return Err(PyRuntimeError::new_err("forward did not run"));
    };
    let mut outs = outs.into_iter();
    let place = |item: Option<Py<PyAny>>| match item {
        Some(other) => Ok(other.into_bound(py)),
        None => outs.next().map_or_else(|| Ok(py.None().into_bound(py)), |t| wrap(py, t)),
    };
    let mut all = items.into_iter().map(place).collect::<PyResult<Vec<_>>>()?;
    match (is_tuple, all.len()) {
        (false, 1) => Ok(all.remove(0)),
        _ => Ok(PyTuple::new(py, all)?.into_any()),
    }
}

/// Runs a call, and lets go of its arguments: the node keeps what was saved, and nothing else.
fn run(call: Arc<Call>, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
    let outs = Shared(call.clone()).apply(inputs);
    let others = locked(&call.others).take();
    drop(others);
    // Forward mode has used them. Kept, a result among them would keep its own node.
    Python::attach(|py| drop(call.ctx(py).get().take_for_forward()));
    match outs {
        // A function without tensors among its results is not recorded.
        Err(e) if call.gave_no_tensor() && e.payload().is_none() => Ok(Vec::new()),
        outs => outs,
    }
}

impl Call {
    fn gave_no_tensor(&self) -> bool {
        locked(&self.results).as_ref().is_some_and(|r| r.items.iter().all(Option::is_some))
    }
}

/// A call, known to the node and to the one who called.
struct Shared(Arc<Call>);

impl Function for Shared {
    fn name(&self) -> &'static str {
        self.0.name
    }
    fn forward(&self, ctx: &mut ForwardContext, inputs: &[&Tensor]) -> Result<Vec<Tensor>> {
        Python::attach(|py| self.0.run_forward(py, ctx, inputs)).map_err(raised)
    }
    fn backward(&self, ctx: &Context, grads: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        Python::attach(|py| self.0.run_backward(py, ctx, grads)).map_err(raised)
    }
    fn once_differentiable(&self) -> bool {
        let flag = |py: Python| -> PyResult<bool> {
            let backward = self.0.class.bind(py).getattr("backward")?;
            Ok(backward.getattr_opt("_once_differentiable")?.is_some())
        };
        Python::attach(|py| flag(py).unwrap_or(false))
    }
    fn jvp(&self, ctx: &Context, tangents: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        Python::attach(|py| self.0.run_jvp(py, ctx, tangents)).map_err(raised)
    }
    fn vmap(&self, info: &VmapInfo, inputs: &[&Tensor]) -> Result<Option<Batched>> {
        Python::attach(|py| self.0.run_vmap(py, info, inputs)).map_err(raised)
    }
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add("_FunctionBase", module.py().get_type::<Ctx>())?;
    module.add_function(wrap_pyfunction!(_apply_function, module)?)
}
