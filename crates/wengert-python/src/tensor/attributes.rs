//! What a tensor answers to without computing.

use super::{PyTensor, as_tensor, wrap};
use crate::arguments::{dimension, flag, integer, type_name};
use crate::error::{OrRaise, needs_memory};
use crate::{overrides, place, types};
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use wengert::{Tensor, ops};

#[pymethods]
impl PyTensor {
    /// The sizes of its dimensions.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        types::size(py, self.tensor().shape())
    }
    /// The type of its elements.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        types::dtype_object(py, self.tensor().dtype())
    }
    /// Where its memory is.
    #[getter]
    fn device<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        types::Device::CPU.into_pyobject(py).map(Bound::into_any)
    }
    /// How its memory is laid out.
    #[getter]
    fn layout<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        types::layout_object(py)
    }
    /// How many dimensions it has.
    #[getter]
    fn ndim(&self) -> usize {
        self.tensor().ndim()
    }
    /// The bytes of an element.
    #[getter]
    fn itemsize(&self) -> usize {
        self.tensor().dtype().size()
    }
    /// The bytes of all elements.
    #[getter]
    fn nbytes(&self) -> usize {
        self.tensor().numel() * self.tensor().dtype().size()
    }
    /// Is it asked to be differentiated?
    #[getter]
    fn requires_grad(&self) -> bool {
        self.tensor().requires_grad()
    }
    #[setter]
    fn set_requires_grad(&self, on: &Bound<PyAny>) -> PyResult<()> {
        let on = on.extract::<bool>().map_err(|_| PyRuntimeError::new_err("requires_grad must be a bool"))?;
        if on && !self.tensor().dtype().is_differentiable() {
            let text = "only Tensors of floating point and complex dtype can require gradients";
            return Err(PyRuntimeError::new_err(text));
        }
        self.tensor().set_requires_grad(on).or_raise()
    }
    /// Was it made by the user, or without being recorded?
    #[getter]
    fn is_leaf(&self) -> PyResult<bool> {
        Ok(self.tensor().try_grad_fn().or_raise()?.is_none())
    }
    /// Will `backward` leave a gradient here though it is no leaf?
    #[getter]
    fn retains_grad(&self) -> bool {
        self.tensor().retains_grad()
    }
    /// Which result of its `grad_fn` it is.
    #[getter]
    fn output_nr(&self) -> usize {
        self.tensor().output_nr()
    }
    /// How often its memory was written.
    #[getter]
    fn _version(&self) -> PyResult<u32> {
        self.tensor().try_version().or_raise()
    }
    /// The tensor that this is a view of.
    #[getter]
    fn _base<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.tensor().base().map(|b| wrap(py, b.clone())).transpose()
    }
    /// The gradient that `backward` left.
    #[getter]
    fn grad<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(grad) = self.tensor().grad() else {
            drop(self.grad_slot(py).take());
            self.warn_of_no_leaf(py)?;
            return Ok(None);
        };
        let object = wrap(py, grad)?;
        let known = self.grad_slot(py).as_ref().is_some_and(|known| known.is(&object));
        if !known {
            drop(self.grad_slot(py).replace(object.clone().unbind()));
        }
        Ok(Some(object))
    }
    #[setter]
    fn set_grad(this: &Bound<Self>, grad: Option<&Bound<PyAny>>) -> PyResult<()> {
        let py = this.py();
        let new = match grad {
            None => None,
            Some(g) => Some(as_tensor(g).ok_or_else(|| {
                PyTypeError::new_err(format!(
                    "assigned grad expected to be a Tensor or None but got grad of type {}",
                    g.get_type().name().map_or_else(|_| "object".into(), |n| n.to_string())
                ))
            })?),
        };
        if grad.is_some_and(|g| g.is(this)) {
            return Err(PyRuntimeError::new_err("can't assign Variable as its own grad"));
        }
        this.get().tensor().set_grad(new.map(PyTensor::tensor)).or_raise()?;
        drop(std::mem::replace(this.get().grad_slot(py), grad.map(|g| g.clone().unbind())));
        Ok(())
    }
    #[deleter]
    fn delete_grad(this: &Bound<Self>) -> PyResult<()> {
        Self::set_grad(this, None)
    }
    /// The same numbers outside of the graph. Setting it replaces them.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        wrap(py, self.tensor().data())
    }
    #[setter]
    fn set_data(this: &Bound<Self>, data: &Bound<PyAny>) -> PyResult<()> {
        let Some(data) = as_tensor(data) else {
            return Err(PyTypeError::new_err(format!(
                "Variable data has to be a tensor, but got {}",
                data.get_type().name()?
            )));
        };
        this.get().put_data(this.py(), data.tensor())
    }
    /// Its dimensions reversed.
    #[getter(T)]
    fn reversed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let _place = place::here(py);
        wrap(py, ops::reverse_dims(self.tensor()).or_raise()?)
    }
    /// Its last two dimensions exchanged.
    #[getter(mT)]
    fn matrix_transposed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let _place = place::here(py);
        wrap(py, ops::matrix_transpose(self.tensor()).or_raise()?)
    }
    /// A matrix transposed (and conjugated).
    #[getter(H)]
    fn hermitian<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let t = self.tensor();
        if !matches!(t.ndim(), 0 | 2) {
            return Err(PyRuntimeError::new_err(format!(
                "tensor.H is only supported on matrices (2-D tensors). Got {}-D tensor. For batches of matrices, consider using tensor.mH",
                t.ndim()
            )));
        }
        let _place = place::here(py);
        wrap(py, if t.ndim() == 0 { ops::alias(t) } else { ops::matrix_transpose(t) }.or_raise()?)
    }
    /// Its last two dimensions exchanged (and conjugated).
    #[getter(mH)]
    fn matrix_hermitian<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.matrix_transposed(py)
    }
    /// The real part: itself.
    #[getter]
    fn real<'py>(this: &Bound<'py, Self>) -> Bound<'py, PyAny> {
        this.clone().into_any()
    }
    #[getter]
    fn imag(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("imag is not implemented for tensors with non-complex dtypes."))
    }
    #[getter]
    fn is_cpu(&self) -> bool {
        true
    }
    /// Was it made in inference mode?
    fn is_inference(&self) -> bool {
        self.tensor().is_inference()
    }
    #[getter]
    fn names(&self) -> Vec<Option<String>> {
        vec![None; self.tensor().ndim()]
    }
    #[classattr]
    fn __array_priority__() -> i64 {
        1000
    }

    /// The sizes of all dimensions, or of one.
    #[pyo3(signature = (dim = None))]
    fn size<'py>(&self, py: Python<'py>, dim: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.tensor().shape();
        match dim {
            None => types::size(py, shape),
            Some(d) => Ok(shape[self.dim_of("size", d)?].into_pyobject(py)?.into_any()),
        }
    }
    /// The steps in memory from one element to the next, for all dimensions or one.
    #[pyo3(signature = (dim = None))]
    fn stride<'py>(&self, py: Python<'py>, dim: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let strides = self.tensor().strides();
        match dim {
            None => Ok(PyTuple::new(py, strides)?.into_any()),
            Some(d) => Ok(strides[self.dim_of("stride", d)?].into_pyobject(py)?.into_any()),
        }
    }
    /// How many dimensions it has.
    fn dim(&self) -> usize {
        self.tensor().ndim()
    }
    /// How many dimensions it has.
    fn ndimension(&self) -> usize {
        self.tensor().ndim()
    }
    /// How many elements it has.
    fn numel(&self) -> usize {
        self.tensor().numel()
    }
    /// How many elements it has.
    fn nelement(&self) -> usize {
        self.tensor().numel()
    }
    /// The bytes of an element.
    fn element_size(&self) -> usize {
        self.tensor().dtype().size()
    }
    /// Where in the memory its first element is.
    fn storage_offset(&self) -> usize {
        self.tensor().array().layout().offset
    }
    /// Are its elements in memory in the order of their indices?
    #[pyo3(signature = (memory_format = None))]
    fn is_contiguous(&self, memory_format: Option<&Bound<PyAny>>) -> PyResult<bool> {
        if let Some(m) = memory_format
            && types::as_memory_format(m).is_none()
        {
            return Err(PyTypeError::new_err("is_contiguous(): argument 'memory_format' must be torch.memory_format"));
        }
        Ok(self.tensor().is_contiguous())
    }
    /// The address of its first element.
    fn data_ptr(&self) -> PyResult<usize> {
        needs_memory(self.tensor())?;
        Ok(self.tensor().array().view().ptr as usize)
    }
    /// Does it have the shape, strides, memory and dtype of another?
    fn is_set_to(&self, tensor: &Bound<PyAny>) -> bool {
        as_tensor(tensor).is_some_and(|t| {
            let (a, b) = (self.tensor().array(), t.tensor().array());
            a.shares_memory(b) && a.layout() == b.layout() && a.dtype() == b.dtype()
        })
    }
    fn __len__(this: &Bound<Self>) -> PyResult<usize> {
        if let Some(answer) = overrides::slot(this, "__len__", &[])? {
            return answer.extract();
        }
        match this.get().tensor().shape().first() {
            Some(&n) => Ok(n),
            None => Err(PyTypeError::new_err("len() of a 0-d tensor")),
        }
    }

    /// Leaves the graph, in place.
    fn detach_<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let _place = place::here(this.py());
        this.get().tensor().try_detach_().or_raise()?;
        Ok(this.clone().into_any())
    }
    /// Asks for its gradient, or no longer, in place.
    #[pyo3(signature = (requires_grad = None))]
    fn requires_grad_<'py>(
        this: &Bound<'py, Self>,
        requires_grad: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let requires_grad = flag("requires_grad_", "requires_grad' (position 1)", requires_grad)?.unwrap_or(true);
        let _place = place::here(this.py());
        this.get().tensor().set_requires_grad(requires_grad).or_raise()?;
        Ok(this.clone().into_any())
    }
    /// Keeps the gradient of a result in `grad`.
    fn retain_grad(&self, py: Python) -> PyResult<()> {
        let _place = place::here(py);
        self.tensor().try_retain_grad().or_raise()
    }
}

impl PyTensor {
    /// Warns whoever looks for a gradient where none will arrive.
    fn warn_of_no_leaf(&self, py: Python) -> PyResult<()> {
        let t = self.tensor();
        if !t.requires_grad() || t.retains_grad() || t.try_grad_fn().or_raise()?.is_none() {
            return Ok(());
        }
        let text = c"The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during \
            autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf \
            Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See \
            github.com/pytorch/pytorch/pull/30531 for more informations.";
        PyErr::warn(py, &py.get_type::<pyo3::exceptions::PyUserWarning>(), text, 1)
    }

    /// A dimension of this tensor, counted from the end if negative.
    fn dim_of(&self, function: &str, dim: &Bound<PyAny>) -> PyResult<usize> {
        if integer(dim.as_borrowed())?.is_none() {
            let class = type_name(dim.as_borrowed());
            return Err(PyTypeError::new_err(format!(
                "{function}(): argument 'dim' (position 1) must be int, not {class}"
            )));
        }
        let n = self.tensor().ndim();
        let d = dimension(dim, n)?;
        if n == 0 {
            return Err(pyo3::exceptions::PyIndexError::new_err(
                "Dimension specified as 0 but tensor has no dimensions",
            ));
        }
        Ok(d)
    }

    /// Takes the numbers of another tensor. Those of the same shape and dtype are copied, or the tensor's place would change under the graphs that know it; else this
    /// object stands for another tensor from now on.
    fn put_data(&self, py: Python, data: &Tensor) -> PyResult<()> {
        let this = self.tensor().clone();
        if this.requires_grad() && !data.dtype().is_differentiable() {
            return Err(PyRuntimeError::new_err(
                "data set to a tensor that requires gradients must be floating point or complex dtype",
            ));
        }
        if this.array().layout() == data.array().layout() && this.dtype() == data.dtype() {
            return this.set_data(data).or_raise();
        }
        let made = Tensor::from_array(data.array().clone());
        if this.is_leaf() && this.requires_grad() {
            made.set_requires_grad(true).or_raise()?;
        }
        if let Some(g) = this.grad().filter(|g| g.shape() == made.shape() && g.dtype() == made.dtype()) {
            made.set_grad(Some(&g)).or_raise()?;
        }
        self.replace(py, made);
        Ok(())
    }
}
