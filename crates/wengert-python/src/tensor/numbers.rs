//! Between a tensor and Python's numbers, lists and texts.

use super::{PyTensor, wrap};
use crate::arguments::item;
use crate::convert::number;
use crate::error::{OrRaise, needs_memory};
use crate::numpy::warn_once;
use crate::{overrides, place};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyComplex, PyFloat, PyInt, PyIterator, PyList};
use std::sync::atomic::AtomicBool;
use wengert::dtype::Category;
use wengert::print::print_options;
use wengert::{DType, Scalar, Tensor, ops};
use wengert_kernels::Layout;

#[pymethods]
impl PyTensor {
    /// The number in a tensor of one element.
    fn item<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let _place = place::here(py);
        Ok(number(py, self.number(py)?))
    }
    /// Its numbers in nested lists; the number alone for one without dimensions.
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let t = self.tensor().clone();
        needs_memory(&t)?;
        let shape = t.shape();
        match t.dtype().category() {
            Category::Bool => nested(py, shape, &t.to_vec::<u8>(), &|v| number(py, Scalar::Bool(*v != 0))),
            Category::Int => nested(py, shape, &t.to_vec::<i64>(), &|v| number(py, Scalar::Int(*v))),
            Category::Complex => {
                nested(py, shape, &parts(&t)?, &|v| PyComplex::from_doubles(py, v[0], v[1]).into_any())
            }
            _ => nested(py, shape, &t.to_vec::<f64>(), &|v| number(py, Scalar::Float(*v))),
        }
    }
    fn __bool__(this: &Bound<Self>) -> PyResult<bool> {
        if let Some(answer) = overrides::slot(this, "__bool__", &[])? {
            return answer.extract();
        }
        match this.get().tensor().numel() {
            1 => {
                this.get().tensor().check_numbers().or_raise()?;
                Ok(this.get().number(this.py())?.to_f64() != 0.0)
            }
            0 => Err(PyRuntimeError::new_err("Boolean value of Tensor with no values is ambiguous")),
            _ => Err(PyRuntimeError::new_err("Boolean value of Tensor with more than one value is ambiguous")),
        }
    }
    fn __int__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(answer) = overrides::slot(this, "__int__", &[])? {
            return Ok(answer);
        }
        let py = this.py();
        match this.get().alone(py)? {
            // Python says what is wrong with infinities and NaN.
            Scalar::Float(f) => PyFloat::new(py, f).call_method0("__int__"),
            s => Ok(PyInt::new(py, s.to_i64()).into_any()),
        }
    }
    fn __float__(this: &Bound<Self>) -> PyResult<f64> {
        if let Some(answer) = overrides::slot(this, "__float__", &[])? {
            return answer.extract();
        }
        this.get().warn_of_graph(this.py())?;
        this.get().alone(this.py()).map(Scalar::to_f64)
    }
    fn __complex__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(answer) = overrides::slot(this, "__complex__", &[])? {
            return Ok(answer);
        }
        this.get().warn_of_graph(this.py())?;
        Ok(PyComplex::from_doubles(this.py(), this.get().alone(this.py())?.to_f64(), 0.0).into_any())
    }
    fn __index__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(answer) = overrides::slot(this, "__index__", &[])? {
            return Ok(answer);
        }
        let (py, t) = (this.py(), this.get().tensor());
        if t.numel() != 1 || t.dtype().category() == Category::Float {
            return Err(PyTypeError::new_err("only integer tensors of a single element can be converted to an index"));
        }
        Ok(PyInt::new(py, this.get().number(py)?.to_i64()).into_any())
    }
    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        let py = this.py();
        if (!super::is_exact(this.as_any()) || overrides::modes())
            && this.call_method0("dim")?.extract::<usize>().is_ok_and(|n| n > 0)
        {
            return this.call_method1("unbind", (0,))?.try_iter();
        }
        let t = this.get().tensor().clone();
        if t.ndim() == 0 {
            return Err(PyTypeError::new_err("iteration over a 0-d tensor"));
        }
        let _place = place::here(py);
        let items = ops::unbind(&t, 0).or_raise()?;
        let items: Vec<_> = items.into_iter().map(|t| wrap(py, t)).collect::<PyResult<_>>()?;
        PyList::new(py, items)?.try_iter()
    }
    fn __contains__(this: &Bound<Self>, element: &Bound<PyAny>) -> PyResult<bool> {
        if let Some(answer) = overrides::slot(this, "__contains__", &[element])? {
            return answer.extract();
        }
        let known = super::as_tensor(element).is_some() || crate::arguments::scalar(element.as_borrowed())?.is_some();
        if !known {
            return Err(PyRuntimeError::new_err(format!(
                "Tensor.__contains__ only supports Tensor or scalar, but you passed in a {}.",
                element.get_type()
            )));
        }
        // Of two tensors the element stands on the left, as errors tell.
        let equal = match super::as_tensor(element) {
            Some(_) => element.rich_compare(this, CompareOp::Eq)?,
            None => this.as_any().rich_compare(element, CompareOp::Eq)?,
        };
        equal.call_method0("any")?.is_truthy()
    }
    fn __repr__(this: &Bound<Self>) -> PyResult<String> {
        Self::_shown(this, None)
    }
    /// The text of `repr`, with another text in the place of the numbers.
    #[pyo3(signature = (contents = None))]
    fn _shown(this: &Bound<Self>, contents: Option<&str>) -> PyResult<String> {
        let t = this.get().tensor().clone();
        let name = match super::is_exact(this.as_any()) {
            true => "tensor".into(),
            false => this.get_type().name()?.to_string(),
        };
        Ok(this.py().detach(|| t.to_string_as(&name, contents, &print_options())))
    }
    fn __str__(this: &Bound<Self>) -> PyResult<String> {
        this.as_any().repr()?.extract()
    }
    fn __format__<'py>(this: &Bound<'py, Self>, spec: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let t = this.get().tensor();
        if t.ndim() == 0 && super::is_exact(this.as_any()) {
            return this.get().item(this.py())?.call_method1("__format__", (spec,));
        }
        this.py().import("builtins")?.getattr("object")?.call_method1("__format__", (this, spec))
    }
}

impl PyTensor {
    /// A number out of the graph may be a mistake.
    pub fn warn_of_graph(&self, py: Python) -> PyResult<()> {
        static WARNED: AtomicBool = AtomicBool::new(false);
        if !self.tensor().requires_grad() {
            return Ok(());
        }
        let text = c"Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\nConsider using tensor.detach() first.";
        warn_once(py, &WARNED, text)
    }

    /// The number in a tensor of one element.
    fn number(&self, py: Python) -> PyResult<Scalar> {
        let t = self.tensor();
        if t.array().is_pending() {
            let t = t.clone();
            return py.detach(|| item(&t));
        }
        item(t)
    }

    /// [`number`](PyTensor::number) for Python's conversions, which have an error of their own.
    fn alone(&self, py: Python) -> PyResult<Scalar> {
        match self.tensor().numel() {
            1 => self.number(py),
            _ => Err(PyValueError::new_err("only one element tensors can be converted to Python scalars")),
        }
    }
}

/// The real and imaginary parts of complex numbers.
fn parts(t: &Tensor) -> PyResult<Vec<[f64; 2]>> {
    let real = if t.dtype() == DType::C64 { DType::F32 } else { DType::F64 };
    let dense = t.array().contiguous();
    let mut layout = Layout::contiguous(&[2 * t.numel()]);
    layout.offset = 2 * dense.layout().offset;
    let flat = dense.reinterpreted(layout, real).or_raise()?.to_vec::<f64>();
    Ok(flat.chunks_exact(2).map(|p| [p[0], p[1]]).collect())
}

/// Lists of lists.
fn nested<'py, T>(
    py: Python<'py>,
    shape: &[usize],
    data: &[T],
    number: &dyn Fn(&T) -> Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some((&n, rest)) = shape.split_first() else { return Ok(number(&data[0])) };
    if rest.is_empty() {
        return Ok(PyList::new(py, data.iter().map(number))?.into_any());
    }
    let step: usize = rest.iter().product();
    let rows = (0..n).map(|i| nested(py, rest, &data[i * step..(i + 1) * step], number));
    Ok(PyList::new(py, rows.collect::<PyResult<Vec<_>>>()?)?.into_any())
}
