//! Running backward.

use super::node::as_edge;
use super::{optional, raised, tensor, tuple};
use crate::error::OrRaise;
use crate::place;
use crate::tensor::as_tensor;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::cell::Cell;
use wengert::Tensor;
use wengert::autograd::{self, Edge, Options};

/// What is differentiated: tensors, or places in the graph.
enum Ends {
    Tensors(Vec<Tensor>),
    Edges(Vec<(Edge, Option<Tensor>)>),
}

fn ends(objects: &Bound<PyAny>) -> PyResult<Ends> {
    let items: Vec<Bound<PyAny>> = objects.try_iter()?.collect::<PyResult<_>>()?;
    if items.iter().all(|o| as_tensor(o).is_some()) {
        return items.iter().map(tensor).collect::<PyResult<_>>().map(Ends::Tensors);
    }
    let edge = |o: &Bound<PyAny>| match as_edge(o)? {
        Some(edge) => Ok((edge, None)),
        None => {
            let t = tensor(o)?;
            Ok((t.gradient_edge().or_raise()?, Some(t)))
        }
    };
    items.iter().map(edge).collect::<PyResult<_>>().map(Ends::Edges)
}

fn weights(objects: Option<&Bound<PyAny>>) -> PyResult<Option<Vec<Option<Tensor>>>> {
    let Some(objects) = objects else { return Ok(None) };
    objects.try_iter()?.map(|o| optional(&o?)).collect::<PyResult<Vec<_>>>().map(Some)
}

fn edges(ends: Ends) -> PyResult<Vec<(Edge, Option<Tensor>)>> {
    match ends {
        Ends::Edges(edges) => Ok(edges),
        Ends::Tensors(ts) => ts.into_iter().map(|t| Ok((t.gradient_edge().or_raise()?, Some(t)))).collect(),
    }
}

/// Roots with their weights: ones for outputs of one element.
fn roots(ends: Ends, weights: Option<Vec<Option<Tensor>>>) -> PyResult<Vec<(Edge, Tensor)>> {
    let edges = edges(ends)?;
    let mut given = weights.unwrap_or_default().into_iter();
    let root = |(edge, _): (Edge, Option<Tensor>)| {
        let (shape, dtype) = edge.node.output(edge.output);
        let weight = match given.next().flatten() {
            Some(w) => w,
            None if shape.iter().product::<usize>() == 1 => Tensor::full_of(shape, 1, dtype),
            None => return Err(PyRuntimeError::new_err("grad can be implicitly created only for scalar outputs")),
        };
        Ok((edge, weight))
    };
    edges.into_iter().map(root).collect()
}

/// `torch.autograd.backward` after its arguments were sorted out in Python: tuples of tensors or edges.
#[pyfunction]
#[pyo3(signature = (tensors, grads, retain_graph, create_graph, inputs))]
fn _backward(
    py: Python,
    tensors: &Bound<PyAny>,
    grads: Option<&Bound<PyAny>>,
    retain_graph: Option<bool>,
    create_graph: bool,
    inputs: Option<&Bound<PyAny>>,
) -> PyResult<()> {
    let weights = weights(grads)?;
    let options = Options { retain_graph, create_graph, ..Options::default() };
    let _place = place::here(py);
    let _goes = Goes::everywhere(inputs.is_none());
    match (ends(tensors)?, inputs.map(ends).transpose()?) {
        (Ends::Tensors(of), None) => {
            place::kept(|p| py.detach(|| p.within(|| run(&of, weights.as_deref(), options, None))))
        }
        (Ends::Tensors(of), Some(Ends::Tensors(wanted))) => {
            place::kept(|p| py.detach(|| p.within(|| run(&of, weights.as_deref(), options, Some(&wanted)))))
        }
        (of, wanted) => {
            let roots = roots(of, weights)?;
            let wanted = wanted.map(edges).transpose()?;
            let wanted: Option<Vec<Edge>> = wanted.map(|w| w.into_iter().map(|(e, _)| e).collect());
            place::kept(|p| py.detach(|| p.within(|| autograd::backward_of_edges(roots, options, wanted.as_deref()))))
        }
    }
    .or_raise()
}

fn run(
    of: &[Tensor],
    weights: Option<&[Option<Tensor>]>,
    options: Options,
    wanted: Option<&[Tensor]>,
) -> wengert::Result<()> {
    let of: Vec<&Tensor> = of.iter().collect();
    let weights: Option<Vec<Option<&Tensor>>> = weights.map(|w| w.iter().map(Option::as_ref).collect());
    let wanted: Option<Vec<&Tensor>> = wanted.map(|w| w.iter().collect());
    autograd::backward_with(&of, weights.as_deref(), options, wanted.as_deref())
}

/// `torch.autograd.grad` after its arguments were sorted out in Python.
#[pyfunction]
#[pyo3(signature = (outputs, inputs, grads, retain_graph, create_graph, batched, allow_unused, materialize))]
#[expect(clippy::too_many_arguments, reason = "those of PyTorch's function")]
fn _grad<'py>(
    py: Python<'py>,
    outputs: &Bound<'py, PyAny>,
    inputs: &Bound<'py, PyAny>,
    grads: Option<&Bound<'py, PyAny>>,
    retain_graph: Option<bool>,
    create_graph: bool,
    batched: bool,
    allow_unused: bool,
    materialize: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let weights = weights(grads)?;
    let options =
        Options { retain_graph, create_graph, is_grads_batched: batched, allow_unused, materialize_grads: materialize };
    let _place = place::here(py);
    let _goes = Goes::everywhere(false);
    let grads = match (ends(outputs)?, ends(inputs)?) {
        (Ends::Tensors(of), Ends::Tensors(wanted)) => place::kept(|p| {
            py.detach(|| {
                p.within(|| {
                    let of: Vec<&Tensor> = of.iter().collect();
                    let wanted: Vec<&Tensor> = wanted.iter().collect();
                    let weights: Option<Vec<Option<&Tensor>>> =
                        weights.as_ref().map(|w| w.iter().map(Option::as_ref).collect());
                    autograd::grad_with(&of, &wanted, weights.as_deref(), options)
                })
            })
        }),
        _ if batched => {
            return Err(PyTypeError::new_err(
                "is_grads_batched with gradient edges is not supported: give the tensors",
            ));
        }
        (of, wanted) => {
            let roots = roots(of, weights)?;
            let wanted: Vec<Edge> = edges(wanted)?.into_iter().map(|(e, _)| e).collect();
            place::kept(|p| py.detach(|| p.within(|| autograd::grad_of_edges(roots, &wanted, options))))
        }
    }
    .or_raise()?;
    tuple(py, &grads)
}

thread_local! {
    /// Do the runs of this thread go to all leaves?
    static EVERYWHERE: Cell<bool> = const { Cell::new(true) };
}

/// A run that does or does not go to all leaves, until it is dropped.
struct Goes(bool);

impl Goes {
    fn everywhere(on: bool) -> Goes {
        Goes(EVERYWHERE.replace(on))
    }
}

impl Drop for Goes {
    fn drop(&mut self) {
        EVERYWHERE.set(self.0);
    }
}

/// Does the backward that is running go to all leaves? A reentrant checkpoint can take part in no other.
#[pyfunction]
fn _is_checkpoint_valid() -> bool {
    EVERYWHERE.get()
}

/// Has the user asked to stop?
fn interrupted() -> wengert::Result<()> {
    Python::attach(|py| py.check_signals()).map_err(raised)
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    autograd::set_interrupt(interrupted);
    module.add_function(wrap_pyfunction!(_backward, module)?)?;
    module.add_function(wrap_pyfunction!(_is_checkpoint_valid, module)?)?;
    module.add_function(wrap_pyfunction!(_grad, module)?)
}
