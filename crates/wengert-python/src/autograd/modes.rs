//! What a thread's calls do: record, check, wrap. Python's `with` sets and sets back, so nothing here ends by itself.

use pyo3::prelude::*;
use std::cell::RefCell;
use std::mem::forget;
use wengert::autograd::{self, Anomaly, AnomalyMode, GradMode, InferenceMode};

/// Are operations recorded on this thread?
#[pyfunction]
fn is_grad_enabled() -> bool {
    autograd::is_grad_enabled()
}

/// Is inference mode on, on this thread?
#[pyfunction]
fn is_inference_mode_enabled() -> bool {
    autograd::is_inference_mode_enabled()
}

/// Records from here on, or does not; tells what was before.
#[pyfunction]
fn _set_grad_enabled(on: bool) -> bool {
    let before = autograd::is_grad_enabled();
    forget(GradMode::set(on));
    before
}

/// Inference mode from here on, or not; tells what it was before, and whether calls were recorded.
#[pyfunction]
fn _enter_inference(on: bool) -> (bool, bool) {
    let before = (autograd::is_inference_mode_enabled(), autograd::is_grad_enabled());
    forget(InferenceMode::set(on));
    before
}

/// Sets back what [`_enter_inference`] told.
#[pyfunction]
fn _leave_inference(inference: bool, grad: bool) {
    forget(InferenceMode::set(inference));
    forget(GradMode::set(grad));
}

thread_local! {
    static ANOMALY: RefCell<(u8, Option<AnomalyMode>)> = const { RefCell::new((0, None)) };
}

/// Looks for nothing (0), for NaN in backward (1), or for all that is not finite (2) from here on; tells what was before.
#[pyfunction]
fn _set_anomaly(what: u8) -> u8 {
    ANOMALY.with_borrow_mut(|(now, guard)| {
        // The old one sets back first.
        drop(guard.take());
        *guard = match what {
            1 => Some(AnomalyMode::set(Anomaly::NanInBackward)),
            2 => Some(AnomalyMode::set(Anomaly::NonFinite)),
            _ => None,
        };
        std::mem::replace(now, what)
    })
}

/// See [`_set_anomaly`].
#[pyfunction]
fn _anomaly() -> u8 {
    ANOMALY.with_borrow(|(now, _)| *now)
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_grad_enabled, module)?)?;
    module.add_function(wrap_pyfunction!(is_inference_mode_enabled, module)?)?;
    module.add_function(wrap_pyfunction!(_set_grad_enabled, module)?)?;
    module.add_function(wrap_pyfunction!(_enter_inference, module)?)?;
    module.add_function(wrap_pyfunction!(_leave_inference, module)?)?;
    module.add_function(wrap_pyfunction!(_set_anomaly, module)?)?;
    module.add_function(wrap_pyfunction!(_anomaly, module)?)
}
