//! Python's operators.
#![expect(unsafe_op_in_unsafe_fn, reason = "what PyO3 writes into a macro of ours")]

use super::{PyTensor, as_tensor, is_exact, wrap};
use crate::arguments::{scalar, type_name};
use crate::error::OrRaise;
use crate::{numpy, overrides, place};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::{Borrowed, ffi};
use wengert::error::Result;
use wengert::{DType, Operand, Scalar, Tensor, ops};

/// Elements from which on an operator gives the interpreter's lock away. Elementwise work is deferred before that.
const LONG: usize = 1 << 15;

/// The right or left side of an operator.
enum Side {
    Tensor(Tensor),
    Number(Scalar),
}

impl Side {
    #[inline]
    fn operand(&self) -> Operand<'_> {
        match self {
            Side::Tensor(t) => t.into(),
            Side::Number(s) => (*s).into(),
        }
    }
}

/// A tensor or a number; anything else has its own idea of the operation.
#[inline]
fn side(object: &Bound<PyAny>) -> PyResult<Option<Side>> {
    if let Some(t) = as_tensor(object) {
        return Ok(Some(Side::Tensor(t.tensor().clone())));
    }
    Ok(scalar(object.as_borrowed())?.map(Side::Number))
}

/// An operand that is neither tensor nor number: its class may take the operation over, or know it itself.
#[cold]
fn unknown<'py>(this: &Bound<'py, PyTensor>, other: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    let name = if name == "__eq__" { "eq" } else { name }; // as PyTorch calls it here
    let py = this.py();
    if let Some(taken) = overrides::operator(py, name, &[this.as_any(), other])? {
        return Ok(taken);
    }
    if name == "__rtruediv__" {
        // As PyTorch writes it, a product with the reciprocal: arrays know that, and classes with `__rmul__`.
        let inverse = wrap(py, ops::reciprocal(this.get().tensor()).or_raise()?)?;
        match inverse.mul(other) {
            Err(e) if e.is_instance_of::<PyTypeError>(py) => {}
            product => return product,
        }
    }
    Ok(py.NotImplemented().into_bound(py))
}

/// Does a class take over what its operators do? Then the table's function asks it.
#[inline]
fn is_overridden(this: &Bound<PyTensor>, other: &Bound<PyAny>) -> bool {
    !is_exact(this.as_any()) || (!is_exact(other) && as_tensor(other).is_some())
}

/// `this op other`.
#[inline]
fn binary<'py>(
    this: &Bound<'py, PyTensor>,
    other: &Bound<'py, PyAny>,
    name: &str,
    op: impl Fn(&Tensor, Operand) -> Result<Tensor> + Sync + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let py = this.py();
    if (is_overridden(this, other) || overrides::modes())
        && let Some(result) = overrides::operator(py, name, &[this.as_any(), other])?
    {
        return Ok(result);
    }
    let Some(b) = side(other)? else { return unknown(this, other, name) };
    computed(py, this.get().tensor(), &b, LONG, op)
}

/// `op(a, b)`; without the interpreter's lock if one of them has `long` elements.
#[inline]
fn computed<'py>(
    py: Python<'py>,
    a: &Tensor,
    b: &Side,
    long: usize,
    op: impl Fn(&Tensor, Operand) -> Result<Tensor> + Sync + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let _place = place::here(py);
    let most = match b {
        Side::Tensor(b) => a.numel().max(b.numel()),
        Side::Number(_) => a.numel(),
    };
    if most < long {
        return wrap(py, op(a, b.operand()).or_raise()?);
    }
    let a = a.clone();
    let result = place::kept(|p| py.detach(|| p.within(|| op(&a, b.operand())))).or_raise()?;
    wrap(py, result)
}

/// `this op= other`.
#[inline]
fn in_place<'py>(
    this: &Bound<'py, PyTensor>,
    other: &Bound<'py, PyAny>,
    name: &str,
    op: impl Fn(&Tensor, Operand) -> Result<Tensor> + Sync + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let result = binary(this, other, name, op)?;
    // Only a class or a mode gives another object. What is no tensor may know the plain operator: Python asks it then.
    Ok(if is_exact(this.as_any()) && is_exact(&result) && !overrides::modes() {
        this.clone().into_any()
    } else {
        result
    })
}

/// What a method like `x.__iadd__` does with a result, which PyO3 does not hand on. The operators themselves have slots that do: [`put_in_place`].
#[cold]
fn in_place_method<'py>(
    this: &Bound<'py, PyTensor>,
    other: &Bound<'py, PyAny>,
    name: &str,
    result: &Bound<'py, PyAny>,
) -> PyResult<()> {
    if !result.is(this.py().NotImplemented()) {
        return Ok(());
    }
    let symbol = match name {
        "__iadd__" => "+=",
        "__isub__" => "-=",
        "__imul__" => "*=",
        "__itruediv__" => "/=",
        "__ifloordiv__" => "//=",
        "__imod__" => "%=",
        "__iand__" => "&=",
        "__ior__" => "|=",
        "__ixor__" => "^=",
        "__ilshift__" => "<<=",
        "__irshift__" => ">>=",
        _ => "**=",
    };
    let [a, b] = [this.as_any(), other].map(|v| type_name(v.as_borrowed()));
    Err(PyTypeError::new_err(format!("unsupported operand type(s) for {symbol}: '{a}' and '{b}'")))
}

/// `op this`.
#[inline]
fn unary<'py>(
    this: &Bound<'py, PyTensor>,
    name: &str,
    op: impl Fn(&Tensor) -> Result<Tensor>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = this.py();
    if (!is_exact(this.as_any()) || overrides::modes())
        && let Some(result) = overrides::operator(py, name, &[this.as_any()])?
    {
        return Ok(result);
    }
    let _place = place::here(py);
    wrap(py, op(this.get().tensor()).or_raise()?)
}

/// A number as a tensor, for operations of two tensors.
fn tensor_of(x: Operand) -> Tensor {
    match x {
        Operand::Tensor(t) => t.clone(),
        Operand::Scalar(s) => Tensor::full(&[], s),
    }
}

/// A number: what stands on the left of a reflected operator. (A tensor there has been asked first.)
fn number(x: Operand) -> Scalar {
    match x {
        Operand::Scalar(s) => s,
        Operand::Tensor(t) => Scalar::Float(t.item()),
    }
}

macro_rules! operators {
    (|$a:ident, $b:ident| $($name:ident $reflected:ident $in_place:ident: $op:expr, $reflected_op:expr, $in_place_op:expr;)*) => {
        #[pymethods]
        impl PyTensor {$(
            fn $name<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                binary(this, other, stringify!($name), |$a, $b| $op)
            }
            fn $reflected<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                binary(this, other, stringify!($reflected), |$a, $b| $reflected_op)
            }
            fn $in_place<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<()> {
                in_place_method(this, other, stringify!($in_place), &results::$in_place(this, other)?)
            }
        )*}
        /// `this op= other`, and what `this` is then: a class may give another object.
        mod results {
            use super::*;
            $(pub fn $in_place<'py>(this: &Bound<'py, PyTensor>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                in_place(this, other, stringify!($in_place), |$a, $b| $in_place_op)
            })*
        }
    };
}

/// Puts functions with a result into Python's slots of `+=` and its like, which PyO3 fills with ones that have none.
///
/// # Safety
/// The class is that of tensors, and nobody uses it yet.
pub unsafe fn put_in_place(class: *mut ffi::PyTypeObject) {
    macro_rules! put {
        ($($slot:ident $name:ident)*) => {$({
            unsafe extern "C" fn operate(this: *mut ffi::PyObject, other: *mut ffi::PyObject) -> *mut ffi::PyObject {
                // SAFETY: Python calls with the lock held, a tensor and an object, which live as long as the call.
                unsafe {
                    let py = Python::assume_attached();
                    let (this, other) = (Borrowed::from_ptr(py, this), Borrowed::from_ptr(py, other));
                    crate::dispatch::guarded(py, || results::$name(&this.cast_unchecked(), &other))
                }
            }
            // SAFETY: classes made by PyO3 have the table of numbers; see above.
            unsafe { (*(*class).tp_as_number).$slot = Some(operate) };
        })*};
    }
    unsafe extern "C" fn power(
        this: *mut ffi::PyObject,
        other: *mut ffi::PyObject,
        modulo: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: as above; the modulus is an object, too.
        unsafe {
            let py = Python::assume_attached();
            let [this, other, modulo] = [this, other, modulo].map(|p| Borrowed::from_ptr(py, p));
            crate::dispatch::guarded(py, || {
                refuse_modulo(&this, &other, &modulo)?;
                in_place_power(&this.cast_unchecked(), &other)
            })
        }
    }
    // SAFETY: as above.
    unsafe { (*(*class).tp_as_number).nb_inplace_power = Some(power) };
    put! {
        nb_inplace_add __iadd__ nb_inplace_subtract __isub__ nb_inplace_multiply __imul__
        nb_inplace_true_divide __itruediv__ nb_inplace_floor_divide __ifloordiv__ nb_inplace_remainder __imod__
        nb_inplace_and __iand__ nb_inplace_or __ior__ nb_inplace_xor __ixor__
        nb_inplace_lshift __ilshift__ nb_inplace_rshift __irshift__
    }
}

fn in_place_power<'py>(this: &Bound<'py, PyTensor>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    in_place(this, other, "__ipow__", |a, b| ops::pow_(a, b))
}

operators! { |a, b|
    __add__ __radd__ __iadd__: ops::add(a, b), ops::add(a, b), ops::add_(a, b);
    __sub__ __rsub__ __isub__: ops::sub(a, b), ops::rsub(a, b), ops::sub_(a, b);
    __mul__ __rmul__ __imul__: ops::mul(a, b), ops::mul(a, b), ops::mul_(a, b);
    __truediv__ __rtruediv__ __itruediv__: ops::div(a, b), ops::rdiv(a, b), ops::div_(a, b);
    __floordiv__ __rfloordiv__ __ifloordiv__: ops::floor_divide(a, b), ops::rfloor_divide(a, number(b)), ops::floor_divide_(a, b);
    __mod__ __rmod__ __imod__: ops::remainder(a, b), ops::rremainder(a, number(b)), ops::remainder_(a, b);
    __and__ __rand__ __iand__: ops::bitwise_and(a, b), ops::bitwise_and(a, b), ops::bitwise_and_(a, b);
    __or__ __ror__ __ior__: ops::bitwise_or(a, b), ops::bitwise_or(a, b), ops::bitwise_or_(a, b);
    __xor__ __rxor__ __ixor__: ops::bitwise_xor(a, b), ops::bitwise_xor(a, b), ops::bitwise_xor_(a, b);
    __lshift__ __rlshift__ __ilshift__: ops::bitwise_left_shift(a, b), ops::bitwise_left_shift(&tensor_of(b), a),
        ops::bitwise_left_shift_(a, b);
    __rshift__ __rrshift__ __irshift__: ops::bitwise_right_shift(a, b), ops::bitwise_right_shift(&tensor_of(b), a),
        ops::bitwise_right_shift_(a, b);
}

#[pymethods]
impl PyTensor {
    fn __pow__<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        modulo: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        refuse_modulo(this, other, modulo)?;
        binary(this, other, "__pow__", |a, b| ops::pow(a, b))
    }
    fn __rpow__<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        modulo: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        refuse_modulo(other, this, modulo)?;
        binary(this, other, "__rpow__", |a, b| ops::rpow(a, number(b)))
    }
    fn __ipow__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>, modulo: &Bound<'py, PyAny>) -> PyResult<()> {
        refuse_modulo(this, other, modulo)?;
        in_place_method(this, other, "__ipow__", &in_place_power(this, other)?)
    }
    fn __matmul__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        if (is_overridden(this, other) || overrides::modes())
            && let Some(result) = overrides::operator(py, "__matmul__", &[this.as_any(), other])?
        {
            return Ok(result);
        }
        let Some(b) = as_tensor(other) else { return unknown(this, other, "__matmul__") };
        let b = Side::Tensor(b.tensor().clone());
        computed(py, this.get().tensor(), &b, LONG / 8, |a, b| ops::matmul(a, &tensor_of(b)))
    }
    fn __rmatmul__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        // Another tensor would have been asked first.
        unknown(this, other, "__matmul__")
    }
    fn __richcmp__<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        op: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        match op {
            CompareOp::Eq if numpy::is_ndarray(other) => {
                let other = wrap(this.py(), numpy::shared(other)?)?;
                binary(this, &other, "__eq__", |a, b| ops::eq(a, b))
            }
            CompareOp::Eq => binary(this, other, "__eq__", |a, b| ops::eq(a, b)),
            CompareOp::Ne => binary(this, other, "__ne__", |a, b| ops::ne(a, b)),
            CompareOp::Lt => binary(this, other, "__lt__", |a, b| ops::lt(a, b)),
            CompareOp::Le => binary(this, other, "__le__", |a, b| ops::le(a, b)),
            CompareOp::Gt => binary(this, other, "__gt__", |a, b| ops::gt(a, b)),
            CompareOp::Ge => binary(this, other, "__ge__", |a, b| ops::ge(a, b)),
        }
    }
    fn __hash__(this: &Bound<Self>) -> isize {
        this.as_ptr() as isize // `id(x)`
    }
    fn __neg__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        unary(this, "__neg__", ops::neg)
    }
    fn __pos__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let taken = match is_exact(this.as_any()) && !overrides::modes() {
            true => None,
            false => overrides::operator(this.py(), "__pos__", &[this.as_any()])?,
        };
        match taken {
            Some(taken) => Ok(taken),
            None => ops::positive(this.get().tensor()).or_raise().map(|_| this.clone().into_any()),
        }
    }
    fn __abs__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        unary(this, "__abs__", ops::abs)
    }
    fn __invert__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let dtype = this.get().tensor().dtype();
        if is_exact(this.as_any()) && !dtype.is_int() && dtype != DType::Bool {
            return Err(PyTypeError::new_err(
                "~ (operator.invert) is only implemented on integer and Boolean-type tensors",
            ));
        }
        unary(this, "__invert__", ops::bitwise_not)
    }
    fn __getitem__<'py>(this: &Bound<'py, Self>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        super::getitem(this, index)
    }
    fn __setitem__(this: &Bound<Self>, index: &Bound<PyAny>, value: &Bound<PyAny>) -> PyResult<()> {
        super::setitem(this, index, value)
    }
    fn __delitem__(this: &Bound<Self>, index: &Bound<PyAny>) -> PyResult<()> {
        let _ = (this, index);
        Err(PyTypeError::new_err("Tensor does not support deleting items"))
    }
}

/// `pow(base, exponent, modulo)`.
fn refuse_modulo(base: &Bound<PyAny>, exponent: &Bound<PyAny>, modulo: &Bound<PyAny>) -> PyResult<()> {
    if modulo.is_none() {
        return Ok(());
    }
    let [a, b, c] = [base, exponent, modulo].map(|v| type_name(v.as_borrowed()));
    Err(PyTypeError::new_err(format!("unsupported operand type(s) for ** or pow(): '{a}', '{b}', '{c}'")))
}
