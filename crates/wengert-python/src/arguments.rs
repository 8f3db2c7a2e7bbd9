//! Arguments of a call, matched with a signature.

use crate::signature::{Kind, Param, Signature};
use crate::tensor::as_tensor;
use crate::types;
use pyo3::Borrowed;
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString, PyTuple};
use smallvec::SmallVec;
use wengert::table::Arg;
use wengert::{Scalar, Tensor};

/// All arguments of a signature, in order.
pub type Arguments = SmallVec<[Arg; 6]>;

/// The arguments as Python gave them, for a method after its tensor.
#[derive(Clone, Copy)]
pub struct Given<'a, 'py> {
    pub positional: &'a [Borrowed<'a, 'py, PyAny>],
    /// Keywords, but those that the dispatcher takes itself.
    pub keywords: &'a [(Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>)],
    /// Is it a method, whose first argument is its tensor?
    pub method: bool,
}

/// Why a signature does not fit.
pub enum Mismatch {
    /// Only which one it was: the caller tries others.
    Silent,
    /// An exception: of a signature that alone was meant, or raised by an argument.
    Raised(PyErr),
}

impl From<PyErr> for Mismatch {
    fn from(e: PyErr) -> Mismatch {
        Mismatch::Raised(e)
    }
}

/// The arguments in the order of a signature. `explain`: say what does not fit.
pub fn matched(s: &Signature, given: &Given, explain: bool) -> Result<Arguments, Mismatch> {
    let fail = |text: &dyn Fn() -> String| match explain {
        true => Mismatch::Raised(PyTypeError::new_err(text())),
        false => Mismatch::Silent,
    };
    let mut out = Arguments::new();
    let skip = given.method as usize;
    let n = given.positional.len();
    let loose = n > skip && s.positional > skip && s.takes_loose_ints(skip) && is_integer(given.positional[skip]);
    if n > s.positional && !loose {
        return Err(fail(&|| too_many(s, given)));
    }
    let mut used = 0;
    for (i, p) in s.params.iter().enumerate() {
        if loose && i == skip {
            let loose = &given.positional[skip..];
            match loose_ints(loose).map_err(|e| not_unpacked(s, p, loose.iter().copied(), e))? {
                Ok(ints) => out.push(ints),
                Err(at) => return Err(fail(&|| failed_to_unpack(s, p, loose[at], at + 1))),
            }
            continue;
        }
        let by_name = || given.keywords.iter().find(|(k, _)| names(p, k)).map(|(_, v)| *v);
        let (value, position) = match given.positional.get(i) {
            Some(v) if i < s.positional => (Some(*v), Some(i + 1 - skip)),
            _ => (by_name().inspect(|_| used += 1), None),
        };
        let Some(value) = value else {
            match &p.default {
                Some(default) => out.push(default.clone()),
                None if p.optional => out.push(Arg::None),
                None => return Err(fail(&|| missing(s, given))),
            }
            continue;
        };
        let converted = convert(s, p, value).map_err(|e| match sequence(value) {
            Some(items) if p.kind == Kind::Ints && items.iter().any(|v| integer(v.as_borrowed()).is_err()) => {
                not_unpacked(s, p, items.iter().map(|v| v.as_borrowed()), e)
            }
            _ => e,
        });
        match converted? {
            Some(arg) => out.push(arg),
            None => return Err(fail(&|| wrong_type(s, p, value, position))),
        }
    }
    if used != given.keywords.len() {
        return Err(fail(&|| unexpected(s, given)));
    }
    Ok(out)
}

/// Is a keyword this parameter's name, or numpy's for it?
fn names(p: &Param, keyword: &Borrowed<PyString>) -> bool {
    let Ok(k) = keyword.to_str() else { return false };
    p.name == k
        || match p.name {
            "self" => matches!(k, "input" | "a" | "x" | "x1"),
            "input" => matches!(k, "a" | "x" | "x1"),
            "other" => k == "x2",
            "dim" => k == "axis",
            "keepdim" => k == "keepdims",
            _ => false,
        }
}

/// What messages call the type of an object: `int`, `numpy.ndarray`.
pub fn type_name(object: Borrowed<PyAny>) -> String {
    // SAFETY: the name of a type lives as long as the type.
    let name = unsafe { std::ffi::CStr::from_ptr((*ffi::Py_TYPE(object.as_ptr())).tp_name) }.to_string_lossy();
    if as_tensor(&object).is_some() {
        return name.rsplit('.').next().unwrap_or(&name).to_string();
    }
    name.into_owned()
}

fn missing(s: &Signature, given: &Given) -> String {
    let n = given.positional.len();
    let required = |p: &&Param| p.default.is_none() && !p.optional;
    let absent: Vec<String> = s
        .params
        .iter()
        .skip(n)
        .filter(required)
        .filter(|p| !given.keywords.iter().any(|(k, _)| names(p, k)))
        .map(|p| format!("\"{}\"", p.shown_name()))
        .collect();
    // PyTorch has its plural where others have the singular.
    let plural = if absent.len() == 1 { "s" } else { "" };
    format!("{}() missing {} required positional argument{plural}: {}", s.name, absent.len(), absent.join(", "))
}

fn too_many(s: &Signature, given: &Given) -> String {
    let skip = given.method as usize;
    let most = s.positional - skip;
    let given = given.positional.len() - skip;
    let least = s.params[skip..s.positional].iter().filter(|p| p.default.is_none()).count();
    if most == 0 && s.params.len() == skip {
        return format!("TensorBase.{}() takes no arguments ({given} given)", s.name);
    }
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    let were = if given == 1 { "was" } else { "were" };
    match least == most {
        true => format!("{}() takes {most} positional argument{} but {given} {were} given", s.name, plural(most)),
        false => format!("{}() takes from {least} to {most} positional arguments but {given} {were} given", s.name),
    }
}

fn unexpected(s: &Signature, given: &Given) -> String {
    for (k, _) in given.keywords {
        let shown = k.to_string_lossy();
        match s.params.iter().position(|p| names(p, k)) {
            None => return format!("{}() got an unexpected keyword argument '{shown}'", s.name),
            Some(i) if i < given.positional.len() => {
                return format!("{}() got multiple values for argument '{shown}'", s.name);
            }
            Some(_) => {}
        }
    }
    format!("{}(): the keywords do not fit", s.name)
}

fn wrong_type(s: &Signature, p: &Param, value: Borrowed<PyAny>, position: Option<usize>) -> String {
    if matches!(p.kind, Kind::Tensors | Kind::OptionalTensors)
        && let Some(items) = sequence(value)
    {
        for (i, item) in items.into_iter().enumerate() {
            if as_tensor(&item).is_none() {
                let of = position.map_or(0, |p| p - 1);
                return format!(
                    "expected Tensor as element {i} in argument {of}, but got {}",
                    type_name(item.as_borrowed())
                );
            }
        }
    }
    let at = position.map_or(String::new(), |n| format!(" (position {n})"));
    let (name, kind) = (p.shown_name(), p.kind.shown());
    if p.kind == Kind::Ints
        && let Some(first) = sequence(value).and_then(|items| items.into_iter().next())
    {
        let class = type_name(first.as_borrowed());
        return format!(
            "{}(): argument '{name}'{at} must be {kind}, but found element of type {class} at pos 0",
            s.name
        );
    }
    format!("{}(): argument '{name}'{at} must be {kind}, not {}", s.name, type_name(value))
}

fn failed_to_unpack(s: &Signature, p: &Param, value: Borrowed<PyAny>, at: usize) -> String {
    format!(
        "{}(): argument '{}' failed to unpack the object at pos {at} with error \"type must be {},but got {}\"",
        s.name,
        p.shown_name(),
        p.kind.shown(),
        type_name(value)
    )
}

/// The exception of the first integer that cannot be taken.
#[cold]
fn not_unpacked<'a, 'py: 'a>(
    s: &Signature,
    p: &Param,
    mut values: impl Iterator<Item = Borrowed<'a, 'py, PyAny>>,
    raised: PyErr,
) -> PyErr {
    let at = values.position(|v| integer(v).is_err()).map_or(1, |i| i + 1);
    let name = p.shown_name();
    Python::attach(|py| {
        PyTypeError::new_err(format!(
            "{}(): argument '{name}' failed to unpack the object at pos {at} with error \"{}\"",
            s.name,
            raised.value(py)
        ))
    })
}

/// Why a signature with as many parts does not fit, as a line below it; empty if the numbers differ already.
pub fn reason(s: &Signature, given: &Given) -> String {
    let skip = given.method as usize;
    let n = given.positional.len() - skip + given.keywords.len();
    // PyTorch counts the star, and nothing as one part.
    if n != s.parts(given.method).len().max(1) {
        return String::new();
    }
    let named = |k: &Borrowed<PyString>, v| s.params.iter().skip(skip).any(|p| names(p, k) && suits(s, p, v));
    let wrong: Vec<_> = given.keywords.iter().filter(|(k, v)| !named(k, *v)).collect();
    if !wrong.is_empty() {
        let names: Vec<_> = wrong.iter().map(|(k, _)| k.to_string_lossy()).collect();
        return format!("\n      didn't match because some of the keywords were incorrect: {}", names.join(", "));
    }
    format!("\n      didn't match because some of the arguments have invalid types: {}", marked(s, given))
}

/// What was given, with marks around what has not the type that the signature wants.
pub fn marked(s: &Signature, given: &Given) -> String {
    let skip = given.method as usize;
    let positional = given.positional[skip..].iter().enumerate();
    let types = positional.map(|(i, v)| match s.params[..s.positional].get(skip + i) {
        Some(p) if suits(s, p, *v) => described(*v),
        _ => format!("!{}!", described(*v)),
    });
    let keywords = given.keywords.iter().map(|(k, v)| format!("{}={}", k.to_string_lossy(), described(*v)));
    format!("({})", types.chain(keywords).collect::<Vec<_>>().join(", "))
}

/// Is the argument of the parameter's type, as PyTorch's explanation sees it? Numbers and lists never are.
fn suits(s: &Signature, p: &Param, value: Borrowed<PyAny>) -> bool {
    p.kind != Kind::Scalar && sequence(value).is_none() && matches!(convert(s, p, value), Ok(Some(_)))
}

/// The type of an argument, with those of a list's items.
fn described(value: Borrowed<PyAny>) -> String {
    let Some(items) = sequence(value) else { return type_name(value) };
    let types: Vec<_> = items.iter().map(|v| type_name(v.as_borrowed())).collect();
    let (open, close) = if value.cast::<PyTuple>().is_ok() { ('(', ')') } else { ('[', ']') };
    format!("{} of {open}{}{close}", type_name(value), types.join(", "))
}

/// What was given, as the messages show it: `(Tensor, int, dim=str)`.
pub fn shown(given: &Given) -> String {
    let skip = given.method as usize;
    let mut parts: Vec<String> = given.positional[skip..].iter().map(|v| type_name(*v)).collect();
    parts.extend(given.keywords.iter().map(|(k, v)| format!("{}={}", k.to_string_lossy(), type_name(*v))));
    let trailing = if given.positional.len() == skip && !given.keywords.is_empty() { ", " } else { "" };
    format!("({}{trailing})", parts.join(", "))
}

/// Integers instead of a list of them; or where the first is that is none.
fn loose_ints(values: &[Borrowed<PyAny>]) -> PyResult<Result<Arg, usize>> {
    let mut ints = SmallVec::new();
    for (i, v) in values.iter().enumerate() {
        match integer(*v)? {
            Some(n) => ints.push(n as isize),
            None => return Ok(Err(i)),
        }
    }
    Ok(Ok(Arg::Ints(ints)))
}

/// A list or a tuple.
fn sequence<'py>(value: Borrowed<'_, 'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
    if let Ok(t) = value.cast::<PyTuple>() {
        return Some(t.iter().collect());
    }
    value.cast::<PyList>().ok().map(|l| l.iter().collect())
}

/// The value as an argument of that type; `None` if it is of another one.
fn convert(s: &Signature, p: &Param, value: Borrowed<PyAny>) -> Result<Option<Arg>, PyErr> {
    if value.is_none() {
        let nothing = p.optional || matches!(p.default, Some(Arg::None));
        return Ok(nothing.then_some(Arg::None));
    }
    Ok(match p.kind {
        Kind::Tensor => match as_tensor(&value) {
            Some(t) => Some(Arg::Tensor(t.tensor().clone())),
            None if p.number => scalar(value)?.map(|s| Arg::Tensor(Tensor::full(&[], s))),
            None => None,
        },
        Kind::Scalar => scalar(value)?.map(Arg::Scalar),
        Kind::Int => integer(value)?.map(Arg::Int),
        Kind::Float => float(value)?.map(Arg::Float),
        Kind::Bool => boolean(value).map(Arg::Bool),
        Kind::Str => value.cast::<PyString>().ok().map(|s| s.to_str().map(|s| Arg::Str(s.into()))).transpose()?,
        Kind::Ints => ints(s, p, value)?,
        Kind::Tensors => tensors(value).map(Arg::Tensors),
        Kind::OptionalTensors => optional_tensors(value).map(Arg::OptionalTensors),
        Kind::Floats => list(value, |v| Ok(scalar(v)?.map(Scalar::to_f64)))?.map(Arg::Floats),
        Kind::Scalars => list(value, scalar)?.map(Arg::Scalars),
        Kind::Bools => list(value, |v| Ok(boolean(v)))?.map(Arg::Bools),
        Kind::DType => types::as_dtype(&value).map(Arg::DType),
        Kind::Device => types::as_device(&value)?.map(|d| d.require_cpu().map(|()| Arg::Name("cpu"))).transpose()?,
        Kind::Layout => types::as_layout(&value).map(Arg::Name),
        Kind::MemoryFormat => types::as_memory_format(&value).map(Arg::Name),
        Kind::Generator => types::as_generator(&value).map(Arg::Generator),
    })
}

fn list<T>(value: Borrowed<PyAny>, item: impl Fn(Borrowed<PyAny>) -> PyResult<Option<T>>) -> PyResult<Option<Vec<T>>> {
    let Some(items) = sequence(value) else { return Ok(None) };
    items.iter().map(|v| item(v.as_borrowed())).collect()
}

fn boolean(value: Borrowed<PyAny>) -> Option<bool> {
    if let Ok(b) = value.cast::<PyBool>() {
        return Some(b.is_true());
    }
    is_numpy(value, "numpy.bool").then(|| value.is_truthy().unwrap_or(false))
}

/// Is it one of numpy's scalars, whose type's name begins like this?
fn is_numpy(value: Borrowed<PyAny>, prefix: &str) -> bool {
    // SAFETY: the name of a type lives as long as the type.
    let name = unsafe { std::ffi::CStr::from_ptr((*ffi::Py_TYPE(value.as_ptr())).tp_name) };
    name.to_bytes().starts_with(prefix.as_bytes()) && name.to_bytes() != b"numpy.ndarray"
}

/// A number, a number of numpy's, or a tensor of one element that needs no gradient.
pub fn scalar(value: Borrowed<PyAny>) -> PyResult<Option<Scalar>> {
    if let Ok(f) = value.cast_exact::<PyFloat>() {
        return Ok(Some(Scalar::Float(f.value())));
    }
    if let Ok(b) = value.cast::<PyBool>() {
        return Ok(Some(Scalar::Bool(b.is_true())));
    }
    if let Ok(i) = value.cast::<PyInt>() {
        return match long(i.as_any().as_borrowed())? {
            Some(n) => Ok(Some(Scalar::Int(n))),
            None => Err(PyOverflowError::new_err("int too big to convert")),
        };
    }
    if let Ok(f) = value.cast::<PyFloat>() {
        return Ok(Some(Scalar::Float(f.value())));
    }
    if let Some(t) = as_tensor(&value) {
        let t = t.tensor();
        return match t.numel() == 1 && t.ndim() == 0 && !t.requires_grad() {
            true => Ok(Some(item(t)?)),
            false => Ok(None),
        };
    }
    if is_numpy(value, "numpy.bool") {
        // It is no integer for PyTorch, hence a float.
        return Ok(Some(Scalar::Float(value.is_truthy()? as i64 as f64)));
    }
    if is_numpy(value, "numpy.int") || is_numpy(value, "numpy.uint") {
        return integer(value).map(|n| n.map(Scalar::Int));
    }
    if is_numpy(value, "numpy.float") {
        return value.extract().map(|f| Some(Scalar::Float(f)));
    }
    Ok(None)
}

/// A number as a float; Python's integers of any size.
fn float(value: Borrowed<PyAny>) -> PyResult<Option<f64>> {
    match scalar(value) {
        Err(e) if e.is_instance_of::<PyOverflowError>(value.py()) => value.extract().map(Some),
        other => Ok(other?.map(Scalar::to_f64)),
    }
}

/// The number in a tensor of one element.
pub fn item(t: &Tensor) -> PyResult<Scalar> {
    use crate::error::OrRaise;
    use wengert::dtype::Category;
    Ok(match t.dtype().category() {
        Category::Bool => Scalar::Bool(t.item_as::<i64>().or_raise()? != 0),
        Category::Int => Scalar::Int(t.item_as::<i64>().or_raise()?),
        _ => Scalar::Float(t.item_as::<f64>().or_raise()?),
    })
}

/// The integer, if it is not too large.
fn long(value: Borrowed<PyAny>) -> PyResult<Option<i64>> {
    // SAFETY: an integer, and the error is asked for.
    let n = unsafe { ffi::PyLong_AsLongLong(value.as_ptr()) };
    if n == -1
        && let Some(e) = PyErr::take(value.py())
    {
        return if e.is_instance_of::<PyOverflowError>(value.py()) { Ok(None) } else { Err(e) };
    }
    Ok(Some(n))
}

/// What an integer that is too large for a size or a dimension raises.
pub fn overflow() -> PyErr {
    PyValueError::new_err("Overflow when unpacking long long")
}

fn is_integer(value: Borrowed<PyAny>) -> bool {
    // SAFETY: looks at the type of a living object.
    let index = unsafe { ffi::PyIndex_Check(value.as_ptr()) } != 0;
    if value.cast::<PyBool>().is_ok() {
        return false;
    }
    match as_tensor(&value) {
        Some(t) => t.tensor().numel() == 1 && t.tensor().ndim() == 0 && !t.tensor().dtype().is_float(),
        None => index,
    }
}

/// An integer, or what has `__index__`; truth values are none.
pub fn integer(value: Borrowed<PyAny>) -> PyResult<Option<i64>> {
    if value.cast_exact::<PyInt>().is_ok() {
        return long(value)?.ok_or_else(overflow).map(Some);
    }
    if !is_integer(value) {
        return Ok(None);
    }
    // SAFETY: a new reference or an error.
    let index = unsafe { Bound::from_owned_ptr_or_err(value.py(), ffi::PyNumber_Index(value.as_ptr()))? };
    long(index.as_borrowed())?.ok_or_else(overflow).map(Some)
}

/// A list of integers: the first item says whether it is meant to be one.
fn ints(s: &Signature, p: &Param, value: Borrowed<PyAny>) -> PyResult<Option<Arg>> {
    if let Some(n) = p.repeated
        && let Some(i) = integer(value)?
    {
        return Ok(Some(Arg::Ints(SmallVec::from_elem(i as isize, n))));
    }
    let Some(items) = sequence(value) else { return Ok(None) };
    let mut ints = SmallVec::with_capacity(items.len());
    for (i, v) in items.iter().enumerate() {
        match integer(v.as_borrowed())? {
            Some(n) => ints.push(n as isize),
            None if i == 0 => return Ok(None),
            None => return Err(PyTypeError::new_err(failed_to_unpack(s, p, v.as_borrowed(), i + 1))),
        }
    }
    Ok(Some(Arg::Ints(ints)))
}

fn tensors(value: Borrowed<PyAny>) -> Option<Vec<Tensor>> {
    sequence(value)?.iter().map(|v| as_tensor(v).map(|t| t.tensor().clone())).collect()
}

fn optional_tensors(value: Borrowed<PyAny>) -> Option<Vec<Option<Tensor>>> {
    let item = |v: &Bound<PyAny>| match v.is_none() {
        true => Some(None),
        false => as_tensor(v).map(|t| Some(t.tensor().clone())),
    };
    sequence(value)?.iter().map(item).collect()
}

/// What must be `True` or `False`, if it is given. `name`: with the quote behind it, and the position if it has one.
pub fn flag(function: &str, name: &str, value: Option<&Bound<PyAny>>) -> PyResult<Option<bool>> {
    let Some(value) = value else { return Ok(None) };
    boolean(value.as_borrowed()).map(Some).ok_or_else(|| {
        let class = type_name(value.as_borrowed());
        PyTypeError::new_err(format!("{function}(): argument '{name} must be bool, not {class}"))
    })
}

/// A dimension that a hand-written method takes.
pub fn dimension(value: &Bound<PyAny>, ndim: usize) -> PyResult<usize> {
    let dim: isize = value.extract()?;
    let n = ndim.max(1) as isize;
    if (-n..n).contains(&dim) {
        return Ok(if dim < 0 { dim + n } else { dim } as usize);
    }
    Err(PyIndexError::new_err(format!(
        "Dimension out of range (expected to be in range of [{}, {}], but got {dim})",
        -n,
        n - 1
    )))
}
