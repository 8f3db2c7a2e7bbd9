//! Steps of optimizers over lists of parameters: `_C._optim`.
//!
//! Each function makes one step and says whether it did: False means that its kernels do not know these dtypes or layouts, and nothing was done.

use crate::dispatch::LONG;
use crate::error::OrRaise;
use crate::place;
use crate::tensor::as_tensor;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use wengert::Tensor;
use wengert_kernels::optim::STATES;
use wengert_nn::optim::{
    AdagradOptions, AdamOptions, AdamWOptions, RMSpropOptions, Rule, SGDOptions, Target, step_with,
};

type Names<'a> = [Option<&'a Bound<'a, PyString>>; STATES];

/// The parameters with gradients and states; `None` if one is no tensor or a state is missing.
fn targets(
    params: &Bound<PyList>,
    grads: &Bound<PyList>,
    states: &Bound<PyList>,
    names: Names,
) -> PyResult<Option<Vec<Target>>> {
    let step = intern!(params.py(), "step");
    let tensor = |object: Option<Bound<PyAny>>| object.as_ref().and_then(as_tensor).map(|t| t.tensor().clone());
    let mut targets = Vec::with_capacity(params.len());
    for ((param, grad), state) in params.iter().zip(grads).zip(states) {
        let Ok(state) = state.cast::<PyDict>() else { return Ok(None) };
        let (Some(param), Some(grad), Some(steps)) =
            (tensor(Some(param)), tensor(Some(grad)), tensor(state.get_item(step)?))
        else {
            return Ok(None);
        };
        let mut kept: [Option<Tensor>; STATES] = Default::default();
        for (kept, name) in kept.iter_mut().zip(&names) {
            if let Some(name) = name {
                *kept = tensor(state.get_item(name)?);
            }
        }
        targets.push(Target { param, grad, states: kept, steps: Some(steps), kept: true });
    }
    Ok(Some(targets))
}

/// The step, without the interpreter's lock if it may take long.
fn run<R: Rule>(py: Python, rule: &R, targets: Option<Vec<Target>>) -> PyResult<bool> {
    let Some(targets) = targets else { return Ok(false) };
    let _place = place::here(py);
    match targets.iter().map(|t| t.param.numel()).sum::<usize>() >= LONG {
        true => place::kept(|p| py.detach(|| p.within(|| step_with(rule, &targets)))).or_raise(),
        false => step_with(rule, &targets).or_raise(),
    }
}

/// Gradient descent. `buffers` has the momentum of each parameter, which is written alone if this is the `first` step; None without momentum.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the settings of the optimizer")]
fn sgd(
    params: &Bound<PyList>,
    grads: &Bound<PyList>,
    buffers: Option<&Bound<PyList>>,
    first: bool,
    lr: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
    maximize: bool,
) -> PyResult<bool> {
    let mut targets = Vec::with_capacity(params.len());
    for (i, (param, grad)) in params.iter().zip(grads).enumerate() {
        let (Some(param), Some(grad)) = (as_tensor(&param), as_tensor(&grad)) else { return Ok(false) };
        let (param, grad) = (param.tensor().clone(), grad.tensor().clone());
        let buffer = buffers.map(|b| b.get_item(i)).transpose()?;
        let buffer = buffer.as_ref().and_then(as_tensor).map(|b| b.tensor().clone());
        targets.push(Target { param, grad, states: [buffer, None, None], steps: None, kept: !first });
    }
    let rule = SGDOptions { lr, momentum, dampening, weight_decay, nesterov, maximize };
    run(params.py(), &rule, Some(targets))
}

/// Adam, or AdamW if the decay is `decoupled`. `states` are dictionaries with `"step"`, `"exp_avg"`, `"exp_avg_sq"` and, with `amsgrad`, `"max_exp_avg_sq"`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the settings of the optimizer")]
fn adam(
    params: &Bound<PyList>,
    grads: &Bound<PyList>,
    states: &Bound<PyList>,
    lr: f64,
    beta1: f64,
    beta2: f64,
    eps: f64,
    weight_decay: f64,
    maximize: bool,
    amsgrad: bool,
    decoupled: bool,
) -> PyResult<bool> {
    let py = params.py();
    let largest = amsgrad.then_some(intern!(py, "max_exp_avg_sq"));
    let targets =
        targets(params, grads, states, [Some(intern!(py, "exp_avg")), Some(intern!(py, "exp_avg_sq")), largest])?;
    let betas = (beta1, beta2);
    match decoupled {
        true => run(py, &AdamWOptions { lr, betas, eps, weight_decay, amsgrad, maximize }, targets),
        false => run(py, &AdamOptions { lr, betas, eps, weight_decay, amsgrad, maximize }, targets),
    }
}

/// RMSprop. `states` are dictionaries with `"step"`, `"square_avg"` and, with momentum, `"momentum_buffer"`, centered, `"grad_avg"`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the settings of the optimizer")]
fn rmsprop(
    params: &Bound<PyList>,
    grads: &Bound<PyList>,
    states: &Bound<PyList>,
    lr: f64,
    alpha: f64,
    eps: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
    maximize: bool,
) -> PyResult<bool> {
    let py = params.py();
    let buffer = (momentum > 0.0).then_some(intern!(py, "momentum_buffer"));
    let mean = centered.then_some(intern!(py, "grad_avg"));
    let targets = targets(params, grads, states, [Some(intern!(py, "square_avg")), buffer, mean])?;
    run(py, &RMSpropOptions { lr, alpha, eps, weight_decay, momentum, centered, maximize }, targets)
}

/// Adagrad. `states` are dictionaries with `"step"` and `"sum"`.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "the settings of the optimizer")]
fn adagrad(
    params: &Bound<PyList>,
    grads: &Bound<PyList>,
    states: &Bound<PyList>,
    lr: f64,
    lr_decay: f64,
    eps: f64,
    weight_decay: f64,
    maximize: bool,
) -> PyResult<bool> {
    let py = params.py();
    let targets = targets(params, grads, states, [Some(intern!(py, "sum")), None, None])?;
    run(py, &AdagradOptions { lr, lr_decay, weight_decay, initial_accumulator_value: 0.0, eps, maximize }, targets)
}

/// Adds the submodule.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let optim = PyModule::new(module.py(), "_optim")?;
    optim.add_function(wrap_pyfunction!(sgd, &optim)?)?;
    optim.add_function(wrap_pyfunction!(adam, &optim)?)?;
    optim.add_function(wrap_pyfunction!(rmsprop, &optim)?)?;
    optim.add_function(wrap_pyfunction!(adagrad, &optim)?)?;
    module.add_submodule(&optim)
}
