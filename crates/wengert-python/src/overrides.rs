//! `__torch_function__`: classes derived from `Tensor`, other classes, and modes, that take calls over.
//!
//! A call looks for arguments that want it (`taker`). If there are some, or a mode is active, it is handed to the innermost mode, then to the arguments, derived classes
//! first, until one does not answer `NotImplemented`.

use crate::arguments::scalar;
use crate::tensor::{PyTensor, as_tensor, is_exact, wrap_as};
use pyo3::Borrowed;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use pyo3::{ffi, intern};
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU8, AtomicUsize};
use wengert::ops;

type Keywords<'a, 'py> = [(Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>)];
type Takers<'py> = SmallVec<[Bound<'py, PyAny>; 2]>;

/// The `__torch_function__` that says: treat it as a tensor.
static DISABLED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
/// Classes of ours, not of tensors, that stand as arguments often: they take nothing over.
static PLAIN: [AtomicUsize; 8] = [const { AtomicUsize::new(0) }; 8];
/// How many modes are active, in all threads.
static MODES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Who may not take calls over: 0, all may; 1, classes may not; 2, modes neither.
    static OFF: Cell<u8> = const { Cell::new(0) };
    /// The modes, the innermost one last.
    static STACK: RefCell<Vec<Py<PyAny>>> = const { RefCell::new(Vec::new()) };
}

/// Until it is dropped, fewer may take calls over.
struct Off(u8);
impl Off {
    fn new(level: u8) -> Off {
        Off(OFF.replace(level.max(OFF.get())))
    }
}
impl Drop for Off {
    fn drop(&mut self) {
        OFF.set(self.0);
    }
}

/// Is a mode active in some thread?
#[inline]
pub fn modes() -> bool {
    MODES.load(Relaxed) != 0
}

fn has_mode() -> bool {
    modes() && OFF.get() < 2 && STACK.with_borrow(|s| !s.is_empty())
}

/// The innermost mode, which is not asked again while it is at work.
struct AtWork(Option<Py<PyAny>>);
impl Drop for AtWork {
    fn drop(&mut self) {
        STACK.with_borrow_mut(|s| s.extend(self.0.take()));
    }
}

/// Can no argument of this type take calls over? A quick look: numbers, strings and tensors themselves do not.
#[inline]
pub fn is_plain(object: Borrowed<PyAny>) -> bool {
    if is_exact(&object) {
        return true;
    }
    // SAFETY: reads the flags of a living object's type.
    unsafe {
        let class = ffi::Py_TYPE(object.as_ptr());
        let basic = ffi::Py_TPFLAGS_LONG_SUBCLASS | ffi::Py_TPFLAGS_UNICODE_SUBCLASS | ffi::Py_TPFLAGS_DICT_SUBCLASS;
        // A class of C, and no tensor: it does not know us.
        (*class).tp_flags & (basic | ffi::Py_TPFLAGS_HEAPTYPE) != ffi::Py_TPFLAGS_HEAPTYPE
            || PLAIN.iter().any(|p| p.load(Relaxed) == class as usize)
    }
}

/// Does the argument's class have a `__torch_function__` that is not disabled?
fn takes(object: Borrowed<PyAny>) -> PyResult<bool> {
    let (py, class) = (object.py(), object.get_type());
    let Some(f) = class.getattr_opt(intern!(py, "__torch_function__"))? else { return Ok(false) };
    let disabled = DISABLED.get(py).is_some_and(|d| f.is(d));
    Ok(!disabled && !object.is_instance_of::<PyType>())
}

/// Adds an argument to those that are asked: one of each class, derived classes before the classes they derive from.
fn add_taker<'py>(takers: &mut Takers<'py>, object: Bound<'py, PyAny>) -> PyResult<()> {
    let class = object.get_type();
    let mut at = takers.len();
    for (i, known) in takers.iter().enumerate().rev() {
        let other = known.get_type();
        if other.is(&class) {
            return Ok(());
        }
        if class.is_subclass(&other)? {
            at = i;
        }
    }
    takers.insert(at, object);
    Ok(())
}

/// The arguments that want the call, those within lists and tuples too; with `all`, plain tensors with them if there are others, or a mode.
fn takers<'a, 'py: 'a>(
    values: impl Iterator<Item = Borrowed<'a, 'py, PyAny>> + Clone,
    all: bool,
) -> PyResult<Takers<'py>> {
    let mut found = Takers::new();
    if OFF.get() > 0 && !all {
        return Ok(found);
    }
    let mut look = |v: Borrowed<'_, 'py, PyAny>| -> PyResult<()> {
        if (all && as_tensor(&v).is_some() || !is_plain(v)) && takes(v)? {
            add_taker(&mut found, v.to_owned())?;
        }
        Ok(())
    };
    for v in values {
        match (v.cast_exact::<PyList>(), v.cast_exact::<PyTuple>()) {
            (Ok(list), _) => list.iter().try_for_each(|v| look(v.as_borrowed()))?,
            (_, Ok(tuple)) => tuple.iter().try_for_each(|v| look(v.as_borrowed()))?,
            _ => look(v)?,
        }
    }
    Ok(found)
}

/// Asks the innermost mode and then the arguments. `None`: all refuse.
fn ask<'py>(
    func: &Bound<'py, PyAny>,
    takers: &Takers<'py>,
    types: &Bound<'py, PyTuple>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = func.py();
    let hand = |to: &Bound<'py, PyAny>| {
        let f = to.getattr(intern!(py, "__torch_function__"))?;
        let answer = match kwargs {
            None => f.call1((func, types, args))?,
            Some(kwargs) => f.call1((func, types, args, kwargs))?,
        };
        Ok::<_, PyErr>((!answer.is(py.NotImplemented())).then_some(answer))
    };
    if has_mode() {
        let mode = AtWork(STACK.with_borrow_mut(Vec::pop));
        if let Some(mode) = &mode.0
            && let Some(answer) = hand(mode.bind(py))?
        {
            return Ok(Some(answer));
        }
    }
    if OFF.get() == 0 {
        for taker in takers {
            if let Some(answer) = hand(taker)? {
                return Ok(Some(answer));
            }
        }
    }
    Ok(None)
}

fn types_of<'py>(py: Python<'py>, takers: &Takers<'py>) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, takers.iter().map(|t| t.get_type()))
}

/// PyTorch's words for a call that all refuse.
#[cold]
fn refused(name: &str, takers: &Takers) -> PyErr {
    let mut text =
        format!("Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned NotImplemented:\n\n");
    if let (true, Some(py)) = (has_mode(), takers.first().map(|t| t.py())) {
        let shown = STACK.with_borrow(|s| s.last().map(|m| m.clone_ref(py)));
        text += &shown.map(|m| format!("  - mode object {}\n", m.bind(py))).unwrap_or_default();
    }
    for taker in takers {
        text += &format!("  - tensor subclass {}\n", taker.get_type());
    }
    PyTypeError::new_err(text)
}

/// Gives the call to an argument or mode that wants it. `None`: nobody does.
#[inline]
pub fn call<'py>(
    py: Python<'py>,
    called: impl Fn() -> PyResult<(Bound<'py, PyAny>, String)>,
    own: bool,
    positional: &[Borrowed<'_, 'py, PyAny>],
    keywords: &Keywords<'_, 'py>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let plain =
        |v: Borrowed<PyAny>| is_plain(v) && v.cast_exact::<PyList>().is_err() && v.cast_exact::<PyTuple>().is_err();
    if !modes() && positional.iter().all(|v| plain(*v)) && keywords.iter().all(|(_, v)| plain(*v)) {
        return Ok(None);
    }
    let values = positional.iter().copied().chain(keywords.iter().map(|(_, v)| *v));
    let takers = takers(values, false)?;
    if takers.is_empty() && !has_mode() {
        return Ok(None);
    }
    let (func, name) = called()?;
    let args = PyTuple::new(py, positional)?;
    let kwargs = (!keywords.is_empty()).then(|| PyDict::new(py));
    if let Some(kwargs) = &kwargs {
        for (k, v) in keywords {
            kwargs.set_item(k, v)?;
        }
    }
    let types = match own && takers.is_empty() {
        true => PyTuple::new(py, [positional[0].get_type()])?,
        false => types_of(py, &takers)?,
    };
    match ask(&func, &takers, &types, &args, kwargs.as_ref())? {
        None => Err(refused(&name, &takers)),
        answer => Ok(answer),
    }
}

/// The method that an operator of Python's is called, and whether PyTorch's is written in Python: such name plain tensors, too.
fn method_of(operator: &str) -> (&str, bool) {
    match operator {
        "__add__" | "__radd__" => ("add", false),
        "__sub__" => ("sub", false),
        "__mul__" | "__rmul__" => ("mul", false),
        "__truediv__" => ("div", false),
        "__mod__" => ("remainder", false),
        "__matmul__" => ("matmul", false),
        "__iadd__" => ("add_", false),
        "__isub__" => ("sub_", false),
        "__imul__" => ("mul_", false),
        "__itruediv__" => ("div_", false),
        "__ifloordiv__" => ("floor_divide_", false),
        "__imod__" => ("remainder_", false),
        "__rand__" => ("bitwise_and", false),
        "__ror__" => ("bitwise_or", false),
        "__rxor__" => ("bitwise_xor", false),
        "__ne__" => ("ne", false),
        "__lt__" => ("lt", false),
        "__le__" => ("le", false),
        "__gt__" => ("gt", false),
        "__ge__" => ("ge", false),
        "__neg__" => ("neg", false),
        "__pos__" => ("positive", false),
        "__abs__" => ("abs", false),
        "__pow__" => ("pow", true),
        "__ipow__" => ("pow_", true),
        "__rtruediv__" => ("__rdiv__", true),
        "__rsub__" | "__floordiv__" | "__rfloordiv__" | "__rmod__" | "__rpow__" | "__rlshift__" | "__rrshift__" => {
            (operator, true)
        }
        _ => (operator, false),
    }
}

/// Is it a tensor, a number, or of a class that takes calls over?
fn is_operand(object: &Bound<PyAny>, numbers: bool) -> PyResult<bool> {
    let object = object.as_borrowed();
    let plain = as_tensor(&object).is_some() || numbers && scalar(object)?.is_some();
    Ok(plain || !is_plain(object) && takes(object)?)
}

/// [`call`] for an operator of Python's. One of two operands that all refuse is `NotImplemented`: the other operand's class may know it.
#[cold]
pub fn operator<'py>(
    py: Python<'py>,
    name: &str,
    operands: &[&Bound<'py, PyAny>],
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let (name, python) = method_of(name);
    let binary = operands.len() == 2 && name != "__getitem__";
    if binary && !is_operand(operands[1], name != "matmul")? {
        return Ok(None); // not for us: its class may know the operation
    }
    let values = operands.iter().map(|o| o.as_borrowed());
    let found = takers(values.clone(), false)?;
    if found.is_empty() && !has_mode() {
        return Ok(None);
    }
    let found = if python { takers(values, true)? } else { found };
    let func = py.get_type::<PyTensor>().getattr(name)?;
    let (args, kwargs) = (PyTuple::new(py, operands)?, python.then(|| PyDict::new(py)));
    match ask(&func, &found, &types_of(py, &found)?, &args, kwargs.as_ref())? {
        None if binary => Ok(Some(py.NotImplemented().into_bound(py))),
        None => Err(refused(&format!("torch.Tensor.{name}"), &found)),
        answer => Ok(answer),
    }
}

/// [`call`] for what Python asks of a tensor by itself, as `len`.
#[inline]
pub fn slot<'py>(
    this: &Bound<'py, PyTensor>,
    name: &str,
    rest: &[&Bound<'py, PyAny>],
) -> PyResult<Option<Bound<'py, PyAny>>> {
    match is_exact(this.as_any()) && !modes() {
        true => Ok(None),
        false => {
            let py = this.py();
            let kwargs = matches!(name, "__len__" | "__contains__").then(|| PyDict::new(py));
            of_tensor(this.as_any(), rest, kwargs, || Ok((py.get_type::<PyTensor>().getattr(name)?, name.to_owned())))
        }
    }
}

/// [`call`] for what is asked of a tensor alone: the other arguments have no say.
#[cold]
pub fn of_tensor<'py>(
    this: &Bound<'py, PyAny>,
    rest: &[&Bound<'py, PyAny>],
    kwargs: Option<Bound<'py, PyDict>>,
    called: impl Fn() -> PyResult<(Bound<'py, PyAny>, String)>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = this.py();
    let takers = takers(std::iter::once(this.as_borrowed()), false)?;
    if takers.is_empty() && !has_mode() {
        return Ok(None);
    }
    let (func, name) = called()?;
    let types = PyTuple::new(py, [this.get_type()])?;
    let args: SmallVec<[&Bound<PyAny>; 3]> = std::iter::once(this).chain(rest.iter().copied()).collect();
    let args = PyTuple::new(py, args)?;
    match ask(&func, &takers, &types, &args, kwargs.as_ref())? {
        None => Err(refused(&format!("torch.Tensor.{name}"), &takers)),
        answer => Ok(answer),
    }
}

#[pymethods]
impl PyTensor {
    /// What a class derived from `Tensor` does with functions of torch: it calls them, and tensors in the result become of that class.
    ///
    /// Gradients and bases stay as they are. Arguments of a class that is neither this one nor one above it make it refuse (`NotImplemented`).
    #[classmethod]
    #[pyo3(signature = (func, types, args = None, kwargs = None))]
    fn __torch_function__<'py>(
        cls: &Bound<'py, PyType>,
        func: &Bound<'py, PyAny>,
        types: &Bound<'py, PyAny>,
        args: Option<Bound<'py, PyTuple>>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = cls.py();
        for class in types.try_iter()? {
            if !cls.is_subclass(&class?)? {
                return Ok(py.NotImplemented().into_bound(py));
            }
        }
        let result = {
            let _off = Off::new(1);
            func.call(args.unwrap_or_else(|| PyTuple::empty(py)), kwargs)?
        };
        match keeps_class(func)? {
            true => Ok(result),
            false => converted(result, cls),
        }
    }
}

/// Does it read an attribute whose tensor is no result of an operation on this one?
fn keeps_class(func: &Bound<PyAny>) -> PyResult<bool> {
    if func.get_type().name()? != "method-wrapper" || func.getattr("__name__")?.extract::<String>()? != "__get__" {
        return Ok(false);
    }
    let of = func.getattr("__self__")?.getattr_opt("__name__")?;
    Ok(of.is_some_and(|n| n.extract::<String>().is_ok_and(|n| matches!(&n[..], "grad" | "_grad" | "_base"))))
}

/// Tensors, also within tuples and lists, as objects of the class.
fn converted<'py>(result: Bound<'py, PyAny>, class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    if class.is(py.get_type::<PyTensor>()) {
        return Ok(result);
    }
    if let Some(t) = as_tensor(&result) {
        if result.is_instance(class)? {
            return Ok(result);
        }
        let alias = crate::error::OrRaise::or_raise(ops::alias(t.tensor()))?;
        return wrap_as(class, alias);
    }
    if result.is_instance_of::<PyTuple>() || result.is_instance_of::<PyList>() {
        let items: Vec<_> = result.try_iter()?.map(|item| converted(item?, class)).collect::<PyResult<_>>()?;
        return result.get_type().call1((PyList::new(py, items)?,));
    }
    Ok(result)
}

/// The `__torch_function__` of classes that are treated as tensors: it calls the function, and results are plain tensors.
#[pyfunction]
#[pyo3(signature = (func, types, args = None, kwargs = None))]
fn _disabled_torch_function_impl<'py>(
    func: Bound<'py, PyAny>,
    types: Bound<'py, PyAny>,
    args: Option<Bound<'py, PyTuple>>,
    kwargs: Option<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let _ = types;
    let _off = Off::new(1);
    func.call(args.unwrap_or_else(|| PyTuple::empty(func.py())), kwargs.as_ref())
}

/// Would a function of Python's with these arguments be taken over?
#[pyfunction]
fn _takes_over<'py>(args: &Bound<'py, PyTuple>, kwargs: &Bound<'py, PyDict>) -> PyResult<bool> {
    let plain = |v: &Bound<PyAny>| {
        is_plain(v.as_borrowed()) && v.cast_exact::<PyList>().is_err() && v.cast_exact::<PyTuple>().is_err()
    };
    if modes() && has_mode() {
        return Ok(true);
    }
    if args.iter().all(|v| plain(&v)) && kwargs.iter().all(|(_, v)| plain(&v)) {
        return Ok(false);
    }
    let values: Vec<Bound<PyAny>> = args.iter().chain(kwargs.values().iter()).collect();
    Ok(!takers(values.iter().map(|v| v.as_borrowed()), false)?.is_empty())
}

/// `torch.overrides.has_torch_function`: does the class of one of the arguments, or a mode, take calls over?
#[pyfunction]
fn _has_torch_function(relevant_args: &Bound<PyAny>) -> PyResult<bool> {
    if has_mode() {
        return Ok(true);
    }
    for arg in relevant_args.try_iter()? {
        let arg = arg?;
        if OFF.get() == 0 && !is_plain(arg.as_borrowed()) && takes(arg.as_borrowed())? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `torch.overrides.handle_torch_function`, with the function's name for the message.
#[pyfunction]
fn _handle_torch_function<'py>(
    func: &Bound<'py, PyAny>,
    name: &str,
    relevant_args: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let values: Vec<Bound<PyAny>> = relevant_args.try_iter()?.collect::<PyResult<_>>()?;
    let takers = takers(values.iter().map(|v| v.as_borrowed()), true)?;
    let types = types_of(func.py(), &takers)?;
    match ask(func, &takers, &types, args, Some(kwargs))? {
        Some(answer) => Ok(answer),
        None => {
            let types: Vec<String> = types.iter().map(|t| t.to_string()).collect();
            Err(PyTypeError::new_err(format!(
                "no implementation found for '{name}' on types that implement __torch_function__: [{}]",
                types.join(", ")
            )))
        }
    }
}

/// Makes a mode the innermost one of this thread.
#[pyfunction]
fn _push_on_torch_function_stack(mode: Py<PyAny>) {
    STACK.with_borrow_mut(|s| s.push(mode));
    MODES.fetch_add(1, Relaxed);
}

/// Takes the innermost mode of this thread away.
#[pyfunction]
fn _pop_torch_function_stack() -> PyResult<Py<PyAny>> {
    let mode = STACK.with_borrow_mut(Vec::pop);
    if mode.is_some() {
        MODES.fetch_sub(1, Relaxed);
    }
    mode.ok_or_else(|| PyIndexError::new_err("no mode is active"))
}

#[pyfunction]
fn _len_torch_function_stack() -> usize {
    STACK.with_borrow(Vec::len)
}

#[pyfunction]
fn _get_function_stack_at(py: Python, level: usize) -> PyResult<Py<PyAny>> {
    let mode = STACK.with_borrow(|s| s.get(level).map(|m| m.clone_ref(py)));
    mode.ok_or_else(|| PyIndexError::new_err("there are not so many modes"))
}

/// Says which classes take nothing over, of those that stand as arguments often.
#[pyfunction]
fn _set_plain_classes(classes: Vec<Bound<PyType>>) {
    for (place, class) in PLAIN.iter().zip(classes) {
        place.store(class.into_ptr() as usize, Relaxed); // it lives forever
    }
}

macro_rules! disabling {
    ($($name:ident $level:literal $doc:literal)*) => {$(
        #[doc = $doc]
        #[pyclass(frozen, module = "torch._C")]
        struct $name(AtomicU8);
        #[pymethods]
        impl $name {
            #[new]
            fn new() -> $name {
                $name(AtomicU8::new(0))
            }
            fn __enter__(&self) {
                self.0.store(OFF.get(), Relaxed);
                OFF.set(OFF.get().max($level));
            }
            #[pyo3(signature = (*_args))]
            fn __exit__(&self, _args: &Bound<PyTuple>) {
                OFF.set(self.0.load(Relaxed));
            }
        }
    )*};
}
disabling! {
    DisableTorchFunctionSubclass 1 "Within it, classes do not take calls over."
    DisableTorchFunction 2 "Within it, neither classes nor modes take calls over."
}

/// Adds what Python needs of this.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let disabled = wrap_pyfunction!(_disabled_torch_function_impl, module)?;
    DISABLED.get_or_init(module.py(), || disabled.clone().into_any().unbind());
    module.add_function(disabled)?;
    module.add_function(wrap_pyfunction!(_takes_over, module)?)?;
    module.add_function(wrap_pyfunction!(_has_torch_function, module)?)?;
    module.add_function(wrap_pyfunction!(_handle_torch_function, module)?)?;
    module.add_function(wrap_pyfunction!(_push_on_torch_function_stack, module)?)?;
    module.add_function(wrap_pyfunction!(_pop_torch_function_stack, module)?)?;
    module.add_function(wrap_pyfunction!(_len_torch_function_stack, module)?)?;
    module.add_function(wrap_pyfunction!(_get_function_stack_at, module)?)?;
    module.add_function(wrap_pyfunction!(_set_plain_classes, module)?)?;
    module.add_class::<DisableTorchFunctionSubclass>()?;
    module.add_class::<DisableTorchFunction>()
}
