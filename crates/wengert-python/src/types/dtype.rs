//! `torch.dtype`: one object for each, compared by identity.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use wengert::DType;

/// A dtype. There are objects for some that no tensor of ours can have: programs name them in lists and comparisons.
#[pyclass(name = "dtype", module = "torch", frozen)]
#[derive(Debug)]
pub struct PyDType {
    row: &'static Row,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    /// PyTorch's other name.
    short: Option<&'static str>,
    ours: Option<DType>,
    itemsize: usize,
    class: Class,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Bool,
    Unsigned,
    Signed,
    Float,
    Complex,
}

const fn row(
    name: &'static str,
    short: Option<&'static str>,
    ours: Option<DType>,
    itemsize: usize,
    class: Class,
) -> Row {
    Row { name, short, ours, itemsize, class }
}

/// Ours first, in the order of `DType`.
static ROWS: [Row; 23] = [
    row("bool", None, Some(DType::Bool), 1, Class::Bool),
    row("uint8", None, Some(DType::U8), 1, Class::Unsigned),
    row("int8", None, Some(DType::I8), 1, Class::Signed),
    row("int16", Some("short"), Some(DType::I16), 2, Class::Signed),
    row("int32", Some("int"), Some(DType::I32), 4, Class::Signed),
    row("int64", Some("long"), Some(DType::I64), 8, Class::Signed),
    row("float16", Some("half"), Some(DType::F16), 2, Class::Float),
    row("bfloat16", None, Some(DType::BF16), 2, Class::Float),
    row("float32", Some("float"), Some(DType::F32), 4, Class::Float),
    row("float64", Some("double"), Some(DType::F64), 8, Class::Float),
    row("complex64", Some("cfloat"), Some(DType::C64), 8, Class::Complex),
    row("complex128", Some("cdouble"), Some(DType::C128), 16, Class::Complex),
    row("uint16", None, None, 2, Class::Unsigned),
    row("uint32", None, None, 4, Class::Unsigned),
    row("uint64", None, None, 8, Class::Unsigned),
    row("complex32", Some("chalf"), None, 4, Class::Complex),
    row("float8_e4m3fn", None, None, 1, Class::Float),
    row("float8_e4m3fnuz", None, None, 1, Class::Float),
    row("float8_e5m2", None, None, 1, Class::Float),
    row("float8_e5m2fnuz", None, None, 1, Class::Float),
    row("qint8", None, None, 1, Class::Signed),
    row("quint8", None, None, 1, Class::Unsigned),
    row("qint32", None, None, 4, Class::Signed),
];

static OBJECTS: PyOnceLock<Vec<Py<PyDType>>> = PyOnceLock::new();
static CLASS: AtomicUsize = AtomicUsize::new(0);

fn objects(py: Python<'_>) -> PyResult<&Vec<Py<PyDType>>> {
    OBJECTS.get_or_try_init(py, || ROWS.iter().map(|row| Py::new(py, PyDType { row })).collect())
}

fn named<'py>(py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyDType>>> {
    let i = ROWS.iter().position(|r| r.name == name || r.short == Some(name));
    Ok(match i {
        Some(i) => Some(objects(py)?[i].bind(py).clone()),
        None => None,
    })
}

/// The object of a dtype.
#[inline]
pub fn dtype_object(py: Python, dtype: DType) -> Bound<PyAny> {
    let objects = OBJECTS.get(py).expect("the module was made");
    objects[dtype as usize].bind(py).clone().into_any()
}

/// Is it a `torch.dtype`, perhaps one that our tensors cannot have?
pub fn is_dtype(object: &Bound<PyAny>) -> bool {
    // SAFETY: reading the type of a living object.
    unsafe { ffi::Py_TYPE(object.as_ptr()) as usize == CLASS.load(Relaxed) }
}

/// The dtype of an object: a `torch.dtype`, or Python's `float`, `int`, `bool` or `complex`.
#[inline]
pub fn as_dtype(object: &Bound<PyAny>) -> Option<DType> {
    if is_dtype(object) {
        // SAFETY: the type was just compared.
        return unsafe { object.cast_unchecked::<PyDType>() }.get().row.ours;
    }
    let is = |class: *mut ffi::PyTypeObject| object.as_ptr() == class.cast();
    if is(&raw mut ffi::PyFloat_Type) {
        Some(DType::F64)
    } else if is(&raw mut ffi::PyLong_Type) {
        Some(DType::I64)
    } else if is(&raw mut ffi::PyBool_Type) {
        Some(DType::Bool)
    } else if is(&raw mut ffi::PyComplex_Type) {
        Some(DType::C128)
    } else {
        None
    }
}

#[pymethods]
impl PyDType {
    fn __repr__(&self) -> String {
        format!("torch.{}", self.row.name)
    }
    #[getter]
    fn is_floating_point(&self) -> bool {
        self.row.class == Class::Float
    }
    #[getter]
    fn is_complex(&self) -> bool {
        self.row.class == Class::Complex
    }
    #[getter]
    fn is_signed(&self) -> bool {
        !matches!(self.row.class, Class::Bool | Class::Unsigned)
    }
    #[getter]
    fn itemsize(&self) -> usize {
        self.row.itemsize
    }
    /// The dtype of the real and imaginary parts of its numbers; of real ones, itself.
    fn to_real<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDType>> {
        let name = match self.row.name {
            "complex32" => "float16",
            "complex64" => "float32",
            "complex128" => "float64",
            same => same,
        };
        Ok(named(py, name)?.expect("it is in the table"))
    }
    /// The dtype of complex numbers whose parts have this one.
    fn to_complex<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDType>> {
        let name = match self.row.name {
            "float16" => "complex32",
            "float32" => "complex64",
            "float64" => "complex128",
            same if self.is_complex() => same,
            other => {
                let shown = self.row.ours.map_or(other, DType::scalar_name);
                return Err(PyRuntimeError::new_err(format!("Unknown Complex ScalarType for {shown}")));
            }
        };
        Ok(named(py, name)?.expect("it is in the table"))
    }
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let function = super::named::module(py)?.getattr("_dtype_named")?;
        (function, (self.row.name,)).into_pyobject(py)
    }
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }
    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<PyAny>) -> Py<Self> {
        slf
    }
}

/// The dtype of that name: how one comes out of a pickle.
#[pyfunction]
#[pyo3(name = "_dtype_named")]
fn dtype_named<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyDType>> {
    named(py, name)?.ok_or_else(|| PyValueError::new_err(format!("there is no dtype {name}")))
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let py = module.py();
    let class = py.get_type::<PyDType>();
    CLASS.store(class.as_type_ptr() as usize, Relaxed);
    module.add("dtype", class)?;
    for (row, object) in ROWS.iter().zip(objects(py)?) {
        module.add(row.name, object.bind(py))?;
        if let Some(short) = row.short {
            module.add(short, object.bind(py))?;
        }
    }
    module.add_function(wrap_pyfunction!(dtype_named, module)?)
}
