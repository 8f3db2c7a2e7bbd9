//! Looking at gradients and graphs: why a gradient is missing, what a graph keeps alive, pictures.

use super::tensor;
use crate::types;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use wengert::Tensor;
use wengert::autograd::{self, Graph, LedgerKind};

/// Why the gradient of `x` is `None`, in words.
#[pyfunction]
#[pyo3(signature = (x, root))]
fn _explain_grad(x: &Bound<PyAny>, root: Option<&Bound<PyAny>>) -> PyResult<String> {
    let x = tensor(x)?;
    Ok(match root {
        Some(root) => autograd::explain_grad_from(&x, &tensor(root)?).to_string(),
        None => autograd::explain_grad(&x).to_string(),
    })
}

/// What a graph keeps alive: text, bytes, bytes of leaves, rows.
#[pyfunction]
fn _ledger<'py>(py: Python<'py>, of: &Bound<'py, PyAny>) -> PyResult<(String, usize, usize, Bound<'py, PyList>)> {
    let ledger = autograd::ledger(&tensor(of)?);
    let rows = PyList::empty(py);
    for row in &ledger.rows {
        let fields = PyDict::new(py);
        fields.set_item("bytes", row.bytes)?;
        fields.set_item("shape", types::size(py, &row.shape)?)?;
        fields.set_item("dtype", types::dtype_object(py, row.dtype))?;
        fields.set_item("operation", row.operation)?;
        fields.set_item("name", &row.name)?;
        fields.set_item("location", row.location.map(|l| l.to_string()))?;
        let kind = match row.kind {
            LedgerKind::Saved => "saved",
            LedgerKind::Leaf => "leaf",
            LedgerKind::Shared(_) => "shared",
            LedgerKind::Pending => "pending",
            LedgerKind::Packed => "packed",
        };
        fields.set_item("kind", kind)?;
        rows.append(fields)?;
    }
    Ok((ledger.to_string(), ledger.bytes(), ledger.leaf_bytes(), rows))
}

/// A picture of the graph behind named tensors, as SVG and as DOT.
#[pyfunction]
fn _draw_graph(names: Vec<String>, tensors: &Bound<PyAny>, limit: usize) -> PyResult<(String, String)> {
    let tensors: Vec<Tensor> = super::tensors(tensors)?;
    let named: Vec<(&str, &Tensor)> = names.iter().map(String::as_str).zip(&tensors).collect();
    let graph = Graph::with_limit(&named, limit);
    Ok((graph.to_svg(), graph.to_dot()))
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_explain_grad, module)?)?;
    module.add_function(wrap_pyfunction!(_ledger, module)?)?;
    module.add_function(wrap_pyfunction!(_draw_graph, module)?)
}
