//! `torch.finfo` and `torch.iinfo`: the limits of dtypes.

use super::dtype::{as_dtype, is_dtype};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use wengert::DType;
use wengert::dtype::default_dtype;

/// The limits of a floating dtype; of a complex one, those of its parts.
#[pyclass(name = "finfo", module = "torch", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct FInfo(DType);

/// The limits of an integer dtype.
#[pyclass(name = "iinfo", module = "torch", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash, Debug)]
pub struct IInfo(DType);

fn dtype_argument(class: &str, given: &Bound<PyAny>) -> PyResult<DType> {
    as_dtype(given).ok_or_else(|| {
        if is_dtype(given) {
            return PyTypeError::new_err(format!(
                "torch.{class}() does not know {given}: wengert has no tensors of it"
            ));
        }
        let name = given.get_type().name().map(|n| n.to_string()).unwrap_or_default();
        PyTypeError::new_err(format!("{class}(): argument 'type' (position 1) must be torch.dtype, not {name}"))
    })
}

/// As C++ streams write a double.
fn shown(py: Python, value: f64) -> PyResult<String> {
    value.into_pyobject(py)?.call_method1("__format__", (".6g",))?.extract()
}

#[pymethods]
impl FInfo {
    #[new]
    #[pyo3(signature = (r#type=None))]
    fn new(r#type: Option<&Bound<PyAny>>) -> PyResult<FInfo> {
        let dtype = match r#type {
            Some(given) => dtype_argument("finfo", given)?,
            None => default_dtype(),
        };
        Ok(FInfo(match dtype {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            d if d.is_float() => d,
            _ => {
                return Err(PyTypeError::new_err(
                    "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'",
                ));
            }
        }))
    }
    /// Bits of one number.
    #[getter]
    fn bits(&self) -> usize {
        8 * self.0.size()
    }
    /// The distance of 1 from the next larger number.
    #[getter]
    fn eps(&self) -> f64 {
        match self.0 {
            DType::F16 => 2f64.powi(-10),
            DType::BF16 => 2f64.powi(-7),
            DType::F32 => f64::from(f32::EPSILON),
            _ => f64::EPSILON,
        }
    }
    /// The largest finite number.
    #[getter]
    fn max(&self) -> f64 {
        match self.0 {
            DType::F16 => half::f16::MAX.to_f64(),
            DType::BF16 => half::bf16::MAX.to_f64(),
            DType::F32 => f64::from(f32::MAX),
            _ => f64::MAX,
        }
    }
    /// The smallest finite number.
    #[getter]
    fn min(&self) -> f64 {
        -self.max()
    }
    /// The smallest positive number of full precision.
    #[getter]
    fn smallest_normal(&self) -> f64 {
        match self.0 {
            DType::F16 => 2f64.powi(-14),
            DType::BF16 | DType::F32 => f64::from(f32::MIN_POSITIVE),
            _ => f64::MIN_POSITIVE,
        }
    }
    /// The older name of `smallest_normal`.
    #[getter]
    fn tiny(&self) -> f64 {
        self.smallest_normal()
    }
    /// The decimal digits that it keeps, as a number: 1e-6.
    #[getter]
    fn resolution(&self) -> f64 {
        match self.0 {
            DType::F16 => 1e-3,
            DType::BF16 => 1e-2,
            DType::F32 => 1e-6,
            _ => 1e-15,
        }
    }
    /// The name of the dtype.
    #[getter]
    fn dtype(&self) -> &'static str {
        self.0.name()
    }
    fn __repr__(&self, py: Python) -> PyResult<String> {
        let tiny = shown(py, self.tiny())?;
        Ok(format!(
            "finfo(resolution={}, min={}, max={}, eps={}, smallest_normal={tiny}, tiny={tiny}, dtype={})",
            shown(py, self.resolution())?,
            shown(py, self.min())?,
            shown(py, self.max())?,
            shown(py, self.eps())?,
            self.dtype(),
        ))
    }
}

#[pymethods]
impl IInfo {
    #[new]
    #[pyo3(signature = (r#type=None))]
    fn new(r#type: Option<&Bound<PyAny>>) -> PyResult<IInfo> {
        let given =
            r#type.ok_or_else(|| PyTypeError::new_err("iinfo() missing 1 required positional arguments: \"type\""))?;
        let dtype = dtype_argument("iinfo", given)?;
        if dtype == DType::Bool {
            return Err(PyTypeError::new_err("torch.bool is not supported by torch.iinfo"));
        }
        if !dtype.is_int() {
            return Err(PyTypeError::new_err(
                "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'",
            ));
        }
        Ok(IInfo(dtype))
    }
    /// Bits of one number.
    #[getter]
    fn bits(&self) -> usize {
        8 * self.0.size()
    }
    /// The largest number.
    #[getter]
    fn max(&self) -> i64 {
        match self.0 {
            DType::U8 => 255,
            _ => i64::MAX >> (64 - self.bits()),
        }
    }
    /// The smallest number.
    #[getter]
    fn min(&self) -> i64 {
        match self.0 {
            DType::U8 => 0,
            _ => i64::MIN >> (64 - self.bits()),
        }
    }
    /// The name of the dtype.
    #[getter]
    fn dtype(&self) -> &'static str {
        self.0.name()
    }
    fn __repr__(&self, py: Python) -> PyResult<String> {
        let (min, max) = (shown(py, self.min() as f64)?, shown(py, self.max() as f64)?);
        Ok(format!("iinfo(min={min}, max={max}, dtype={})", self.dtype()))
    }
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_class::<FInfo>()?;
    module.add_class::<IInfo>()
}
