//! Tensors from Python's data: `tensor(...)`, `as_tensor(...)`, `Tensor(...)`.

use crate::arguments::{flag, item, overflow, scalar};
use crate::error::OrRaise;
use crate::numpy;
use crate::tensor::{PyTensor, as_tensor, wrap, wrap_as};
use crate::types;
use pyo3::exceptions::{PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyList, PySequence, PyString, PyTuple, PyType};
use smallvec::SmallVec;
use wengert::dtype::{Category, default_dtype, promote_types};
use wengert::{DType, Scalar, Tensor, ops};

/// Is it an array of numpy's, or something with its interface?
pub fn is_array(object: &Bound<PyAny>) -> bool {
    as_tensor(object).is_none()
        && object.hasattr("__array__").unwrap_or(false)
        && object.hasattr("shape").unwrap_or(false)
}

/// The numbers of nested lists as they are read.
#[derive(Default)]
struct Reading {
    shape: Vec<usize>,
    values: Vec<Scalar>,
    /// The dtype that all numbers fit into.
    dtype: Option<DType>,
    /// Was a dtype asked for?
    dtype_is_given: bool,
    /// Are there tensors or arrays among the numbers, with dimensions?
    has_tensors: bool,
}

impl Reading {
    fn number(&mut self, s: Scalar, dtype: DType) {
        self.values.push(s);
        self.dtype = Some(match self.dtype {
            Some(d) if d == dtype => d,
            Some(d) => promote_types(d, dtype),
            None => dtype,
        });
    }

    /// Reads what is at a depth.
    fn read(&mut self, data: &Bound<PyAny>, depth: usize) -> PyResult<()> {
        if let Ok(f) = data.cast_exact::<PyFloat>() {
            self.leaf(depth)?;
            self.number(Scalar::Float(f.value()), default_dtype());
            return Ok(());
        }
        if let Ok(list) = data.cast_exact::<PyList>() {
            self.level(list.len(), depth)?;
            return list.iter().try_for_each(|v| self.read(&v, depth + 1));
        }
        if let Some(t) = as_tensor(data) {
            if t.tensor().numel() != 1 {
                return Err(PyValueError::new_err("only one element tensors can be converted to Python scalars"));
            }
            t.warn_of_graph(data.py())?;
            self.leaf(depth)?;
            self.number(item(t.tensor())?, t.tensor().dtype());
            return Ok(());
        }
        if let Some(s) = self.scalar(data)? {
            self.leaf(depth)?;
            self.number(s, numpy::dtype_of_number(data)?.unwrap_or(s.dtype()));
            return Ok(());
        }
        if is_array(data) {
            let made = array(data)?;
            return self.tensor(&made, depth);
        }
        if data.cast::<PyString>().is_ok() {
            return Err(match depth > 0 && self.values.is_empty() {
                true => PyValueError::new_err("too many dimensions 'str'"),
                false if self.dtype_is_given && depth > 0 => PyTypeError::new_err("must be real number, not str"),
                false => PyTypeError::new_err("new(): invalid data type 'str'"),
            });
        }
        if let Ok(sequence) = data.cast::<PySequence>() {
            let n = sequence.len()?;
            self.level(n, depth)?;
            return (0..n).try_for_each(|i| self.read(&sequence.get_item(i)?, depth + 1));
        }
        let class = data.get_type().name()?;
        Err(match depth == 0 || !self.dtype_is_given {
            true => PyRuntimeError::new_err(format!("Could not infer dtype of {class}")),
            false => PyTypeError::new_err(format!("must be real number, not {class}")),
        })
    }

    /// A number. An integer that is too large is a float if floats came before it.
    fn scalar(&self, data: &Bound<PyAny>) -> PyResult<Option<Scalar>> {
        scalar(data.as_borrowed()).or_else(|e| match e.is_instance_of::<PyOverflowError>(data.py()) {
            true if self.dtype.is_some_and(DType::is_float) => data.extract().map(|f| Some(Scalar::Float(f))),
            true => Err(overflow()),
            false => Err(e),
        })
    }

    /// An array as a part of the data.
    fn tensor(&mut self, t: &Tensor, depth: usize) -> PyResult<()> {
        for (i, &n) in t.shape().iter().enumerate() {
            self.level(n, depth + i)?;
        }
        self.leaf(depth + t.ndim())?;
        self.has_tensors |= t.ndim() > 0;
        t.check_numbers().or_raise()?;
        let dtype = t.dtype();
        match dtype.category() {
            Category::Bool => t.to_vec::<u8>().into_iter().for_each(|v| self.number(Scalar::Bool(v != 0), dtype)),
            Category::Int => t.to_vec::<i64>().into_iter().for_each(|v| self.number(Scalar::Int(v), dtype)),
            _ => t.to_vec::<f64>().into_iter().for_each(|v| self.number(Scalar::Float(v), dtype)),
        }
        Ok(())
    }

    /// Is there a number at this depth wherever there is one?
    #[inline]
    fn leaf(&mut self, depth: usize) -> PyResult<()> {
        if self.shape.len() != depth {
            return Err(match self.shape.len() > depth {
                true if !self.has_tensors => PyTypeError::new_err("not a sequence"),
                _ => PyValueError::new_err("only one element tensors can be converted to Python scalars"),
            });
        }
        Ok(())
    }

    /// A list of `n` at this depth: all there are as long.
    fn level(&mut self, n: usize, depth: usize) -> PyResult<()> {
        match self.shape.get(depth) {
            Some(&known) if known == n => Ok(()),
            Some(known) => {
                Err(PyValueError::new_err(format!("expected sequence of length {known} at dim {depth} (got {n})")))
            }
            None if !self.values.is_empty() => {
                Err(PyTypeError::new_err(match self.dtype.is_some_and(|d| d.is_float()) {
                    true => "must be real number, not list",
                    false => "'list' object cannot be interpreted as an integer",
                }))
            }
            None => {
                self.shape.push(n);
                Ok(())
            }
        }
    }

    /// The tensor of a dtype.
    fn finish(self, dtype: Option<DType>) -> PyResult<Tensor> {
        let dtype = dtype.or(self.dtype).unwrap_or_else(default_dtype);
        match dtype {
            DType::F32 => {
                let data: Vec<f32> = self.values.iter().map(|s| s.to_f64() as f32).collect();
                Tensor::try_from_slice(&data, &self.shape).or_raise()
            }
            DType::F64 => {
                let data: Vec<f64> = self.values.iter().map(|s| s.to_f64()).collect();
                Tensor::try_from_slice(&data, &self.shape).or_raise()
            }
            d if d.is_float() => {
                let data: Vec<f64> = self.values.iter().map(|s| s.to_f64()).collect();
                ops::to_dtype(&Tensor::try_from_slice(&data, &self.shape).or_raise()?, d).or_raise()
            }
            DType::Bool => {
                let data: Vec<i64> = self.values.iter().map(|s| (s.to_f64() != 0.0) as i64).collect();
                ops::to_dtype(&Tensor::try_from_slice(&data, &self.shape).or_raise()?, DType::Bool).or_raise()
            }
            DType::C64 | DType::C128 => {
                Err(pyo3::exceptions::PyNotImplementedError::new_err("wengert has no complex arithmetic"))
            }
            d => {
                let values = self.values.iter().map(|s| s.checked_to_dtype(d).map(Scalar::to_i64));
                let overflow = |_| {
                    PyRuntimeError::new_err(format!("value cannot be converted to type {} without overflow", d.name()))
                };
                let data: Vec<i64> = values.collect::<wengert::Result<_>>().map_err(overflow)?;
                ops::to_dtype(&Tensor::try_from_slice(&data, &self.shape).or_raise()?, d).or_raise()
            }
        }
    }
}

/// What has numpy's interface as a tensor with memory of its own.
fn array(data: &Bound<PyAny>) -> PyResult<Tensor> {
    if numpy::is_ndarray(data) { numpy::copied(data) } else { numpy::copied(&data.call_method0("__array__")?) }
}

/// A list of nothing but Python's floats, for the default dtype: the commonest data, and the quickest.
fn floats(list: &Bound<PyList>, dtype: Option<DType>) -> PyResult<Option<Tensor>> {
    if dtype.unwrap_or_else(default_dtype) != DType::F32 || list.is_empty() {
        return Ok(None);
    }
    let mut values: SmallVec<[f32; 16]> = SmallVec::new();
    for v in list.iter() {
        match v.cast_exact::<PyFloat>() {
            Ok(f) => values.push(f.value() as f32),
            Err(_) => return Ok(None),
        }
    }
    Tensor::try_from_slice(&values, &[values.len()]).or_raise().map(Some)
}

/// Nested lists, numbers, arrays: a new tensor with their numbers.
pub fn from_data(data: &Bound<PyAny>, dtype: Option<DType>) -> PyResult<Tensor> {
    if let Some(t) = as_tensor(data) {
        let copy = t.tensor().array().copy_alike(dtype.unwrap_or(t.tensor().dtype())).or_raise()?;
        return Ok(Tensor::from_array(copy));
    }
    if let Ok(list) = data.cast_exact::<PyList>() {
        if let Some(made) = floats(list, dtype)? {
            return Ok(made);
        }
    } else if is_array(data) {
        let made = array(data)?;
        return match dtype {
            Some(d) => ops::to_dtype(&made, d).or_raise(),
            None => Ok(made),
        };
    }
    let mut reading = Reading { dtype_is_given: dtype.is_some(), ..Reading::default() };
    reading.read(data, 0)?;
    reading.finish(dtype)
}

/// A new tensor with the numbers of `data`: a number, nested sequences, an array, another tensor (copied, and outside of the graph).
#[pyfunction]
#[pyo3(signature = (data, *, dtype = None, device = None, requires_grad = None, pin_memory = false, names = None))]
fn tensor<'py>(
    data: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
    requires_grad: Option<&Bound<'py, PyAny>>,
    pin_memory: bool,
    names: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let _ = (pin_memory, names);
    let requires_grad = flag("tensor", "requires_grad'", requires_grad)?.unwrap_or(false);
    let py = data.py();
    require_cpu(device)?;
    if as_tensor(data).is_some() {
        let text = c"To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).";
        PyErr::warn(py, &py.get_type::<pyo3::exceptions::PyUserWarning>(), text, 1)?;
    }
    let made = from_data(data, dtype_of("tensor", dtype)?)?;
    if requires_grad {
        if !made.dtype().is_differentiable() {
            return Err(PyRuntimeError::new_err(
                "Only Tensors of floating point and complex dtype can require gradients",
            ));
        }
        made.set_requires_grad(true).or_raise()?;
    }
    wrap(py, made)
}

/// A device must be one that we have memory on.
fn require_cpu(device: Option<&Bound<PyAny>>) -> PyResult<()> {
    match device.map(types::as_device).transpose()?.flatten() {
        Some(d) => d.require_cpu(),
        None => Ok(()),
    }
}

/// The dtype that was asked for.
pub fn dtype_of(function: &str, dtype: Option<&Bound<PyAny>>) -> PyResult<Option<DType>> {
    dtype
        .map(|d| {
            types::as_dtype(d).ok_or_else(|| {
                let class = d.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string());
                PyTypeError::new_err(format!("{function}(): argument 'dtype' must be torch.dtype, not {class}"))
            })
        })
        .transpose()
}

/// A tensor that shares memory with `data` where that is possible.
#[pyfunction(name = "as_tensor")]
#[pyo3(signature = (data, dtype = None, device = None))]
fn as_tensor_of<'py>(
    data: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    require_cpu(device)?;
    let dtype = dtype_of("as_tensor", dtype)?;
    if let Some(t) = as_tensor(data) {
        return match dtype {
            Some(d) if d != t.tensor().dtype() => wrap(data.py(), ops::to_dtype(t.tensor(), d).or_raise()?),
            _ => Ok(data.clone()),
        };
    }
    if numpy::is_ndarray(data) {
        let made = numpy::shared(data)?;
        return match dtype {
            Some(d) if d != made.dtype() => wrap(data.py(), ops::to_dtype(&made, d).or_raise()?),
            _ => wrap(data.py(), made),
        };
    }
    wrap(data.py(), from_data(data, dtype)?)
}

#[pymethods]
impl PyTensor {
    /// `Tensor()` is empty, `Tensor(2, 3)` has that shape and no particular numbers, `Tensor([..])` has those numbers; of the default dtype, as `FloatTensor` was.
    #[new]
    #[pyo3(signature = (*args, **kwargs))]
    pub fn __new__<'py>(
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, pyo3::types::PyDict>>,
    ) -> PyResult<PyTensor> {
        require_cpu(kwargs.map(|k| k.get_item("device")).transpose()?.flatten().as_ref())?;
        let data = kwargs.map(|k| k.get_item("data")).transpose()?.flatten();
        let tensor = match data {
            Some(data) => legacy(&PyTuple::new(args.py(), [data])?, default_dtype())?,
            None => legacy(args, default_dtype())?,
        };
        Ok(PyTensor::new(tensor))
    }
}

/// What the constructors of old types make: see [`PyTensor::__new__`].
pub fn legacy(args: &Bound<PyTuple>, dtype: DType) -> PyResult<Tensor> {
    let zeros = |shape: &[usize]| Ok(Tensor::full_of(shape, 0, dtype));
    if args.is_empty() {
        return zeros(&[0]);
    }
    if let Ok(sizes) = args.extract::<Vec<i64>>()
        && args.iter().all(|a| as_tensor(&a).is_none())
    {
        let shape: Vec<usize> = sizes
            .iter()
            .map(|&n| {
                usize::try_from(n).map_err(|_| {
                    pyo3::exceptions::PyRuntimeError::new_err(format!(
                        "Trying to create tensor with negative dimension {n}: {sizes:?}"
                    ))
                })
            })
            .collect::<PyResult<_>>()?;
        return zeros(&shape);
    }
    let data = args.get_item(0)?;
    if args.len() > 1 {
        let is_size = |a: &Bound<PyAny>| a.extract::<i64>().is_ok();
        let odd = args.iter().position(|a| !is_size(&a)).filter(|&i| i > 0);
        return Err(PyTypeError::new_err(match odd {
            Some(i) => format!(
                "new(): argument 'size' failed to unpack the object at pos {} with error \"type must be tuple of ints,but got {}\"",
                i + 1,
                args.get_item(i)?.get_type().name()?
            ),
            None => "new() received an invalid combination of arguments".to_owned(),
        }));
    }
    if types::is_size(&data) {
        return zeros(&data.extract::<Vec<usize>>()?);
    }
    if let Some(t) = as_tensor(&data) {
        if t.tensor().dtype() != dtype {
            return Err(PyTypeError::new_err(format!("expected {dtype} (got {})", t.tensor().dtype())));
        }
        return ops::alias(&t.tensor().detach()).or_raise();
    }
    if data.is_none() || data.cast::<PyFloat>().is_ok() {
        let class = data.get_type().name()?.to_string();
        return Err(PyTypeError::new_err(format!("new(): data must be a sequence (got {class})")));
    }
    from_data(&data, Some(dtype))
}

/// A tensor of an old type: `FloatTensor(2, 3)` is `_legacy_tensor(torch.float32, cls, (2, 3))`.
#[pyfunction]
fn _legacy_tensor<'py>(
    dtype: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    class: Option<&Bound<'py, PyType>>,
) -> PyResult<Bound<'py, PyAny>> {
    let dtype = dtype_of("new", Some(dtype))?.unwrap_or_else(default_dtype);
    let made = legacy(args, dtype)?;
    match class {
        Some(class) => wrap_as(class, made),
        None => wrap(args.py(), made),
    }
}

/// Adds the functions.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(tensor, module)?)?;
    module.add("as_tensor", wrap_pyfunction!(as_tensor_of, module)?)?;
    module.add_function(wrap_pyfunction!(_legacy_tensor, module)?)
}
