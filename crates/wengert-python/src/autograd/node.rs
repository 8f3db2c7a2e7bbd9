//! Nodes of the graph as objects: each kind has a class of its own, by its name, and a node has one object while somebody holds it.

use super::function;
use super::object;
use super::saved::PySavedTensor;
use crate::error::OrRaise;
use crate::tensor::{as_tensor, wrap};
use crate::types;
use pyo3::exceptions::{PyAttributeError, PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use wengert::autograd::{Edge, Node};

/// A node.
#[pyclass(name = "Node", module = "torch.autograd.graph", subclass, weakref, frozen)]
pub struct PyNode {
    node: Node,
}

type Known = HashMap<(u64, usize), usize>;

/// The objects of nodes, by the nodes' names for themselves. An object takes itself out when it goes.
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
static CLASSES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();

thread_local! {
    /// What the next object is to stand for.
    static ORDERED: Cell<Option<Node>> = const { Cell::new(None) };
}

fn known<R>(f: impl FnOnce(&mut Known) -> R) -> R {
    f(KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

impl Drop for PyNode {
    fn drop(&mut self) {
        known(|k| k.remove(&self.node.id()));
    }
}

/// The object of a node.
pub fn node_object<'py>(py: Python<'py>, node: &Node) -> PyResult<Bound<'py, PyAny>> {
    if let Some(object) = known(|k| k.get(&node.id()).copied()) {
        let object = object as *mut ffi::PyObject;
        // SAFETY: it is in the table until it is freed, which needs the lock that we hold; one whose count is 0 is on its way.
        unsafe {
            if ffi::Py_REFCNT(object) > 0 {
                return Ok(Bound::from_borrowed_ptr(py, object));
            }
        }
    }
    let classes = CLASSES.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
    let class = match classes.get_item(node.name())? {
        Some(class) => class,
        None => {
            let names = PyDict::new(py);
            names.set_item("__slots__", PyTuple::empty(py))?;
            let is_function = node.function_value().is_some();
            names.set_item("__module__", if is_function { "torch.autograd.function" } else { "builtins" })?;
            let bases = (py.get_type::<PyNode>(),);
            let class = py.get_type::<PyType>().call1((node.name(), bases, names))?;
            classes.set_item(node.name(), &class)?;
            class
        }
    };
    ORDERED.set(Some(node.clone()));
    let made = class.call0();
    ORDERED.set(None);
    let made = made?;
    known(|k| k.insert(node.id(), made.as_ptr() as usize));
    Ok(made)
}

/// The node in an object.
pub fn as_node<'a>(object: &'a Bound<PyAny>) -> Option<&'a Node> {
    object.cast::<PyNode>().ok().map(|n| &n.get().node)
}

/// The place in the graph that an object stands for: `GradientEdge(node, output_nr)`, or any pair like it.
pub fn as_edge(object: &Bound<PyAny>) -> PyResult<Option<Edge>> {
    if as_tensor(object).is_some() {
        return Ok(None);
    }
    let (Ok(node), Ok(output)) = (object.getattr("node"), object.getattr("output_nr")) else { return Ok(None) };
    let Some(node) = as_node(&node) else { return Ok(None) };
    Ok(Some(Edge { node: node.clone(), output: output.extract()? }))
}

impl PyNode {
    pub fn node(&self) -> &Node {
        &self.node
    }

    fn is_function(&self) -> bool {
        self.node.function_value().is_some()
    }
}

#[pymethods]
impl PyNode {
    #[new]
    fn new() -> PyResult<PyNode> {
        let node = ORDERED.take().ok_or_else(|| PyTypeError::new_err("cannot create 'Node' instances"))?;
        Ok(PyNode { node })
    }
    fn __repr__(this: &Bound<Self>) -> String {
        let space = if this.get().is_function() { "torch.autograd.function." } else { "" };
        format!("<{space}{} object at {:#x}>", this.get().node.name(), this.as_ptr() as usize)
    }
    /// PyTorch's name of it.
    fn name(&self) -> String {
        let name = self.node.name();
        match name {
            "AccumulateGrad" | "CopySlices" | "CopyBackwards" => format!("torch::autograd::{name}"),
            _ => name.to_string(),
        }
    }
    /// Where the gradients of its inputs go: pairs of a node and the number of its output.
    #[getter]
    fn next_functions<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let pair = |edge: &Option<Edge>| match edge {
            Some(edge) => (node_object(py, &edge.node)?, edge.output).into_pyobject(py),
            None => (py.None(), 0).into_pyobject(py),
        };
        PyTuple::new(py, self.node.next_functions().iter().map(pair).collect::<PyResult<Vec<_>>>()?)
    }
    /// Anything that the user keeps with it.
    #[getter]
    fn metadata<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        if let Some(kept) = self.node.metadata("python")
            && let Some(dict) = kept.downcast_ref::<Py<PyDict>>()
        {
            return dict.bind(py).clone();
        }
        let dict = PyDict::new(py);
        self.node.set_metadata("python", dict.clone().unbind());
        dict
    }
    /// Shape and dtype of each output of its forward call.
    #[getter]
    fn _input_metadata<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let space = py.import("types")?.getattr("SimpleNamespace")?;
        let show = |i: usize| {
            let (shape, dtype) = self.node.output(i);
            let fields = PyDict::new(py);
            fields.set_item("shape", types::size(py, shape)?)?;
            fields.set_item("dtype", types::dtype_object(py, dtype))?;
            fields.set_item("device", types::Device::CPU.into_pyobject(py)?)?;
            fields.set_item("is_nested_tensor", false)?;
            space.call((), Some(&fields))
        };
        PyTuple::new(py, (0..self.node.output_count()).map(show).collect::<PyResult<Vec<_>>>()?)
    }
    /// Its age: younger nodes have higher numbers.
    fn _sequence_nr(&self) -> u64 {
        self.node.sequence_nr()
    }
    /// Registers a function that gets the gradients of the inputs and of the outputs, and may replace the former.
    fn register_hook<'py>(&self, py: Python<'py>, r#fn: Py<PyAny>) -> PyResult<Bound<'py, PyAny>> {
        removable(py, self.add_hook(py, r#fn))
    }
    /// Registers a function that gets the gradients of the outputs before the node runs, and may replace them.
    fn register_prehook<'py>(&self, py: Python<'py>, r#fn: Py<PyAny>) -> PyResult<Bound<'py, PyAny>> {
        removable(py, self.add_prehook(py, r#fn))
    }
    /// The line of the forward call, if it is known.
    #[getter]
    fn _location(&self) -> Option<String> {
        self.node.location().map(|l| l.to_string())
    }
    /// What it saved for its formula, by name.
    #[getter]
    fn _saved_names(&self) -> Vec<String> {
        self.node.saved_tensors().iter().map(|s| s.name().to_string()).collect()
    }
    fn __getattr__<'py>(this: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let (py, node) = (this.py(), &this.get().node);
        if name == "variable"
            && let Some(leaf) = node.leaf()
        {
            return wrap(py, leaf.clone());
        }
        if let Some(of) = function::ctx_of(py, node) {
            if matches!(name, "saved_tensors" | "saved_variables") {
                return function::saved_of(py, node, &of).map(Bound::into_any);
            }
            if let Some(value) = of.getattr_opt(name)? {
                return Ok(value);
            }
        }
        if let Some(of) = name.strip_prefix("_raw_saved_")
            && let Some(saved) = PySavedTensor::find(node, of)
        {
            return Ok(saved.into_pyobject(py)?.into_any());
        }
        if let Some(of) = name.strip_prefix("_saved_") {
            match node.saved_value(of).or_raise() {
                Ok(Some(t)) => return object(py, Some(&t)),
                Ok(None) => {}
                Err(e) => {
                    let freed = e.value(py).to_string().contains("backward through the graph a second time");
                    return Err(if freed {
                        PyRuntimeError::new_err(
                            "Trying to backward through the graph a second time (or directly access saved tensors after they have already \
                             been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). \
                             Specify retain_graph=True if you need to backward through the graph a second time or if you need to access \
                             saved tensors after calling backward.",
                        )
                    } else {
                        e
                    });
                }
            }
        }
        Err(PyAttributeError::new_err(format!("'{}' object has no attribute '{name}'", node.name())))
    }
    fn __eq__(&self, other: &Bound<PyAny>) -> bool {
        as_node(other).is_some_and(|o| o.same(&self.node))
    }
    fn __hash__(&self) -> u64 {
        let (sequence, address) = self.node.id();
        sequence ^ (address as u64)
    }
}

/// `torch.utils.hooks.RemovableHandle` for a hook of the library's.
pub fn removable<'py>(py: Python<'py>, handle: super::hooks::Handle) -> PyResult<Bound<'py, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class =
        CLASS.get_or_try_init(py, || py.import("wengert.autograd._hooks")?.getattr("Handle").map(Bound::unbind))?;
    class.bind(py).call1((handle,))
}

/// The node of a tensor, `None` for leaves.
#[pyfunction]
fn _grad_fn<'py>(py: Python<'py>, of: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(t) = as_tensor(of) else { return Err(PyTypeError::new_err("grad_fn is an attribute of tensors")) };
    match t.tensor().try_grad_fn().or_raise()? {
        Some(node) => node_object(py, &node),
        None => Ok(py.None().into_bound(py)),
    }
}

/// The node and output number where the gradient of a tensor arrives.
#[pyfunction]
fn _gradient_edge<'py>(py: Python<'py>, of: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, usize)> {
    let edge = super::tensor(of)?.gradient_edge().or_raise()?;
    Ok((node_object(py, &edge.node)?, edge.output))
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add("_Node", module.py().get_type::<PyNode>())?;
    module.add_function(wrap_pyfunction!(_grad_fn, module)?)?;
    module.add_function(wrap_pyfunction!(_gradient_edge, module)?)
}
