//! `torch.layout` and `torch.memory_format`: objects that are names.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// The module `wengert._C`, in which the functions stand that pickles name.
pub fn module(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    MODULE.get_or_try_init(py, || py.import("wengert._C").map(Bound::unbind)).map(|m| m.bind(py))
}

/// How numbers lie in memory. Our tensors are all strided.
#[pyclass(name = "layout", module = "torch", frozen)]
#[derive(Debug)]
pub struct PyLayout(&'static str);

/// An order of dimensions in memory.
#[pyclass(name = "memory_format", module = "torch", frozen)]
#[derive(Debug)]
pub struct PyMemoryFormat(&'static str);

const LAYOUTS: [&str; 8] =
    ["strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "jagged", "_mkldnn"];
const FORMATS: [&str; 4] = ["contiguous_format", "preserve_format", "channels_last", "channels_last_3d"];

/// The name of a layout object.
pub fn as_layout(object: &Bound<PyAny>) -> Option<&'static str> {
    object.cast::<PyLayout>().ok().map(|l| l.get().0)
}

/// The name of a memory format object.
pub fn as_memory_format(object: &Bound<PyAny>) -> Option<&'static str> {
    object.cast::<PyMemoryFormat>().ok().map(|f| f.get().0)
}

/// `torch.strided`.
pub fn layout_object(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static STRIDED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let strided = STRIDED.get_or_try_init(py, || module(py)?.getattr("strided").map(Bound::unbind))?;
    Ok(strided.bind(py).clone())
}

fn reduced<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyTuple>> {
    (module(py)?.getattr("_named")?, (name,)).into_pyobject(py)
}

#[pymethods]
impl PyLayout {
    fn __repr__(&self) -> String {
        format!("torch.{}", self.0)
    }
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        reduced(py, self.0)
    }
}

#[pymethods]
impl PyMemoryFormat {
    fn __repr__(&self) -> String {
        format!("torch.{}", self.0)
    }
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        reduced(py, self.0)
    }
}

/// The layout or memory format of that name: how one comes out of a pickle.
#[pyfunction]
#[pyo3(name = "_named")]
fn by_name<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    if LAYOUTS.contains(&name) || FORMATS.contains(&name) {
        return module(py)?.getattr(name);
    }
    Err(PyValueError::new_err(format!("there is no layout or memory format {name}")))
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_class::<PyLayout>()?;
    module.add_class::<PyMemoryFormat>()?;
    for name in LAYOUTS {
        module.add(name, PyLayout(name))?;
    }
    for name in FORMATS {
        module.add(name, PyMemoryFormat(name))?;
    }
    module.add("legacy_contiguous_format", module.getattr("contiguous_format")?)?;
    module.add_function(wrap_pyfunction!(by_name, module)?)
}
