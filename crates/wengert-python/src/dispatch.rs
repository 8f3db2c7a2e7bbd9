//! The functions and methods of the table, as Python's callables.
//!
//! All share [`call`]. A callable knows its number, at compile time: that makes it an ordinary C function of Python's, with the quick calling convention and no object of ours in between.

use crate::arguments::{self, Arguments, Given, Mismatch, matched};
use crate::convert;
use crate::error::OrRaise;
use crate::signature::{Kind, Param, Returns, Signature};
use crate::tensor::{PyTensor, as_tensor, is_exact};
use crate::written::{self, Written};
use crate::{overrides, place};
use pyo3::Borrowed;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::sync::OnceLock;
use wengert::apply::into_out;
use wengert::table::{Arg, Args, Binding, Out, bindings};
use wengert::{Tensor, ops};

/// A name with its overloads.
struct Callable {
    name: &'static str,
    /// The module of the function; of a method, `Tensor`.
    space: &'static str,
    bindings: Vec<&'static Binding>,
    method: bool,
    /// Instead of bindings: what PyO3 made of a function of ours.
    written: Option<Written>,
    /// What users know it as.
    object: OnceLock<Py<PyAny>>,
    /// An in-place name without a kernel of its own: what the function gives is copied into the tensor.
    copies: bool,
    /// Parsed when it is called first.
    signatures: OnceLock<Vec<Signature>>,
    /// For calls with one tensor and nothing else.
    alone: OnceLock<Option<Alone>>,
}

/// The overload that takes one tensor, and the defaults of all else.
struct Alone {
    binding: &'static Binding,
    defaults: Vec<Arg>,
}

static CALLABLES: OnceLock<Vec<Callable>> = OnceLock::new();

/// The names in place that PyTorch's tensors have, where the table has only the function.
const IN_PLACE: &str = include_str!("in_place.txt");

/// Elements from which on a call gives the interpreter's lock away.
pub const LONG: usize = 1 << 14;

impl Callable {
    /// See [`Alone`].
    fn alone(&self) -> Option<&Alone> {
        let find = || {
            let default = |p: &Param| p.default.clone().or_else(|| p.optional.then_some(Arg::None));
            let of = |s: &Signature| {
                let takes = s.params.first().is_some_and(|p| p.kind == Kind::Tensor) && s.positional > 0;
                let plain = takes && !s.in_place && s.returns == Returns::Plain;
                plain.then(|| s.params[1..].iter().map(default).collect::<Option<Vec<Arg>>>()).flatten()
            };
            let found = self.signatures().iter().enumerate().find_map(|(i, s)| of(s).map(|d| (i, d)))?;
            (!self.copies).then(|| Alone { binding: self.bindings[found.0], defaults: found.1 })
        };
        self.alone.get_or_init(find).as_ref()
    }

    fn signatures(&self) -> &[Signature] {
        self.signatures.get_or_init(|| self.bindings.iter().map(|b| Signature::parse(b)).collect())
    }

    /// The call, if a class or a mode takes it over: see [`crate::overrides`].
    #[inline]
    fn taken_over<'py>(
        &self,
        py: Python<'py>,
        positional: &[Borrowed<'_, 'py, PyAny>],
        keywords: &Keywords<'_, 'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let called = || {
            let object = self.object.get().expect("set when it was made").bind(py).clone();
            let space = if self.space.is_empty() { String::new() } else { format!("{}.", self.space) };
            Ok((object, format!("torch.{space}{}", self.name)))
        };
        // As in PyTorch: methods without arguments name the tensor's own class to modes.
        let own = self.written.is_some() && self.method && !matches!(self.name, "size" | "stride" | "requires_grad_");
        overrides::call(py, called, own, positional, keywords)
    }
}

/// Adds all functions to their modules, and all methods to the class.
pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    let py = module.py();
    let mut methods: BTreeMap<&str, Vec<&'static Binding>> = BTreeMap::new();
    let mut functions: BTreeMap<(&str, &str), Vec<&'static Binding>> = BTreeMap::new();
    for b in bindings() {
        if b.is_method() {
            methods.entry(b.name()).or_default().push(b);
        }
        match b.namespace() {
            Some("Tensor") => {}
            Some("torch") | None => functions.entry(("", b.name())).or_default().push(b),
            Some(ns) => functions.entry((ns, b.name())).or_default().push(b),
        }
    }
    let mut all = Vec::new();
    let callable = |name, space, bindings, copies| Callable {
        name,
        space,
        bindings,
        method: space == "Tensor",
        written: None,
        object: OnceLock::new(),
        copies,
        signatures: OnceLock::new(),
        alone: OnceLock::new(),
    };
    let class = py.get_type::<PyTensor>();
    for (name, written) in written::methods(&class)?.into_iter().filter(|(name, _)| !methods.contains_key(name)) {
        all.push(Callable { written: Some(written), ..callable(name, "Tensor", Vec::new(), false) });
    }
    for name in ["tensor", "as_tensor", "frombuffer"] {
        let written = Written::of(&module.getattr(name)?);
        all.push(Callable { written, ..callable(name, "", Vec::new(), false) });
    }
    for name in IN_PLACE.lines() {
        if let (false, Some(function)) = (methods.contains_key(name), methods.get(name.trim_end_matches('_'))) {
            all.push(callable(name, "Tensor", function.clone(), true));
        }
    }
    all.extend(methods.into_iter().map(|(name, bindings)| callable(name, "Tensor", bindings, false)));
    all.extend(functions.into_iter().map(|((space, name), bindings)| callable(name, space, bindings, false)));
    let all = CALLABLES.get_or_init(|| all);
    assert!(all.len() <= COUNT, "more callables than numbers");
    let mut modules: BTreeMap<&str, Bound<PyModule>> = BTreeMap::new();
    modules.insert("", module.clone());
    for (i, c) in all.iter().enumerate() {
        let name = CString::new(c.name)?.into_raw();
        let def = Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: name,
            ml_meth: ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: NUMBERED[i] },
            ml_flags: ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
            ml_doc: c.written.as_ref().map_or_else(|| crate::docs::of(c.name), Written::doc),
        }));
        // SAFETY: the definition lives forever; new references or errors.
        unsafe {
            if c.method {
                let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), def);
                let method = Bound::from_owned_ptr_or_err(py, method)?;
                class.setattr(c.name, &method)?;
                let _ = c.object.set(method.unbind());
            } else {
                let space = c.space;
                if !modules.contains_key(space) {
                    modules.insert(space, PyModule::new(py, &format!("wengert._C._{space}"))?);
                }
                let module_name =
                    if space.is_empty() { "wengert._C".to_owned() } else { format!("wengert._C._{space}") };
                let module_name = PyString::new(py, &module_name);
                let function = ffi::PyCFunction_NewEx(def, null_mut(), module_name.as_ptr());
                let function = Bound::from_owned_ptr_or_err(py, function)?;
                modules[space].add(c.name, &function)?;
                let _ = c.object.set(function.unbind());
            }
        }
    }
    for (space, sub) in modules.iter().filter(|(space, _)| !space.is_empty()) {
        module.add(format!("_{space}"), sub)?;
        // Where pickles of its functions look.
        py.import("sys")?.getattr("modules")?.set_item(format!("wengert._C._{space}"), sub)?;
    }
    Ok(())
}

/// The C function with a number.
unsafe extern "C" fn numbered<const I: usize>(
    this: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    n: ffi::Py_ssize_t,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: Python calls with the lock held, `n` arguments by position, and as many more as there are names.
    unsafe { enter(&CALLABLES.get().unwrap_unchecked()[I], this, args, n as usize, names) }
}

/// How many numbers there are.
const COUNT: usize = 2000;

macro_rules! numbers {
    (@tens $h:literal: $($t:literal)*) => { [$(numbers!(@ones $h, $t)),*] };
    (@ones $h:literal, $t:literal) => {
        [numbers!(@f $h $t 0), numbers!(@f $h $t 1), numbers!(@f $h $t 2), numbers!(@f $h $t 3), numbers!(@f $h $t 4),
         numbers!(@f $h $t 5), numbers!(@f $h $t 6), numbers!(@f $h $t 7), numbers!(@f $h $t 8), numbers!(@f $h $t 9)]
    };
    (@f $h:literal $t:literal $o:literal) => { numbered::<{ $h * 100 + $t * 10 + $o }> as Numbered };
    ($($h:literal)*) => { [$(numbers!(@tens $h: 0 1 2 3 4 5 6 7 8 9)),*] };
}

type Numbered = unsafe extern "C" fn(
    *mut ffi::PyObject,
    *const *mut ffi::PyObject,
    ffi::Py_ssize_t,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;

static NESTED: [[[Numbered; 10]; 10]; COUNT / 100] = numbers!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19);
// SAFETY: arrays of arrays are laid out as one array.
static NUMBERED: &[Numbered; COUNT] = unsafe { &*(&raw const NESTED).cast() };

/// From Python's calling convention to [`call`], and its error or panic back.
///
/// # Safety
/// As [`numbered`]: the lock is held, and there are as many arguments as `n` and `names` say.
unsafe fn enter(
    c: &'static Callable,
    this: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    n: usize,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: Python calls with the lock held.
    let py = unsafe { Python::assume_attached() };
    if let Some(written) = &c.written {
        // SAFETY: the caller's promise; `this` is a tensor if it is a method.
        return unsafe {
            match !overrides::modes() && (!c.method || is_exact(&Borrowed::from_ptr(py, this))) {
                true => written.call(this, args, n, names),
                false => enter_written(py, c, written, this, args, n, names),
            }
        };
    }
    guarded(py, || {
        // SAFETY: the caller's arguments live as long as the call.
        unsafe {
            if n + c.method as usize == 1 && names.is_null() && !overrides::modes() {
                let first = Borrowed::from_ptr(py, if c.method { this } else { *args });
                if is_exact(&first)
                    && let Some(t) = as_tensor(&first)
                    && t.tensor().numel() < LONG
                    && let Some(alone) = c.alone()
                {
                    return call_alone(py, alone, t.tensor().clone());
                }
            }
            let (positional, keywords) = written::collect(py, c.method.then_some(this), args, n, names);
            call(c, py, &positional, &keywords)
        }
    })
}

/// A function of PyO3's that a class or a mode may take over. The functions among them make tensors: only modes are asked.
///
/// # Safety
/// As [`enter`].
#[cold]
unsafe fn enter_written(
    py: Python,
    c: &'static Callable,
    written: &Written,
    this: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    n: usize,
    names: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: the caller's promise.
    guarded(py, || unsafe {
        let (positional, keywords) = written::collect(py, c.method.then_some(this), args, n, names);
        if let Some(result) = c.taken_over(py, &positional, &keywords)? {
            return Ok(result);
        }
        Bound::from_owned_ptr_or_err(py, written.call(this, args, n, names))
    })
}

/// Runs what gives an object; errors and panics become Python's.
#[inline]
pub fn guarded<'py>(py: Python<'py>, f: impl FnOnce() -> PyResult<Bound<'py, PyAny>>) -> *mut ffi::PyObject {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(object)) => object.into_ptr(),
        Ok(Err(e)) => {
            e.restore(py);
            null_mut()
        }
        Err(panic) => {
            panicked(panic).restore(py);
            null_mut()
        }
    }
}

/// A panic as an exception: it is a fault of ours.
#[cold]
pub fn panicked(panic: Box<dyn std::any::Any + Send>) -> PyErr {
    let text = match (panic.downcast_ref::<&str>(), panic.downcast_ref::<String>()) {
        (Some(s), _) => s.to_string(),
        (_, Some(s)) => s.clone(),
        _ => "unknown".to_string(),
    };
    PyRuntimeError::new_err(format!("internal error of wengert, please report it: {text}"))
}

#[inline]
fn call_alone<'py>(py: Python<'py>, alone: &Alone, tensor: Tensor) -> PyResult<Bound<'py, PyAny>> {
    let mut args: SmallVec<[Arg; 3]> = SmallVec::new();
    args.push(Arg::Tensor(tensor));
    args.extend(alone.defaults.iter().cloned());
    let _place = place::here(py);
    convert::out(py, alone.binding.call(&Args(&args)).or_raise()?)
}

type Keywords<'a, 'py> = [(Borrowed<'a, 'py, PyString>, Borrowed<'a, 'py, PyAny>)];

fn call<'py>(
    c: &'static Callable,
    py: Python<'py>,
    positional: &[Borrowed<'_, 'py, PyAny>],
    keywords: &Keywords<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(result) = c.taken_over(py, positional, keywords)? {
        return Ok(result);
    }
    let mut out = None;
    let kept: SmallVec<[_; 4]>;
    let mut given = Given { positional, keywords, method: c.method };
    if !c.method
        && let Some(at) = keywords.iter().position(|(k, _)| *k == "out")
    {
        out = Some(keywords[at].1).filter(|v| !v.is_none());
        kept = keywords[..at].iter().chain(&keywords[at + 1..]).copied().collect();
        given.keywords = &kept;
    }
    let (i, args) = choose(c, &given)?;
    let (binding, signature) = (c.bindings[i], &c.signatures()[i]);
    if let Some(out) = out {
        return into(py, binding, signature, args, out);
    }
    let result = run(py, binding, &args)?;
    if c.copies {
        return copy_back(py, c.name, &args, result).map(|()| positional[0].to_owned());
    }
    if signature.in_place && c.method {
        return Ok(positional[0].to_owned());
    }
    if let Some(at) = signature.requires_grad
        && let (Arg::Bool(true), Out::Tensor(t)) = (&args[at], &result)
    {
        if !t.dtype().is_differentiable() {
            let text = "Only Tensors of floating point and complex dtype can require gradients";
            return Err(PyRuntimeError::new_err(text));
        }
        t.set_requires_grad(true).or_raise()?;
    }
    match &signature.returns {
        Returns::Named(names) => convert::named(py, signature.name, names, result),
        Returns::Plain => convert::out(py, result),
    }
}

/// Calls it, without the interpreter's lock if it may take long.
fn run(py: Python, binding: &'static Binding, args: &Arguments) -> PyResult<Out> {
    let size = |a: &Arg| match a {
        Arg::Tensor(t) => t.numel(),
        Arg::Tensors(t) => t.iter().map(Tensor::numel).sum(),
        Arg::Ints(n) => n.iter().fold(1, |p: usize, &n| p.saturating_mul(n.unsigned_abs())),
        _ => 0,
    };
    let _place = place::here(py);
    match args.iter().map(size).max().unwrap_or(0) >= LONG {
        true => place::kept(|p| py.detach(|| p.within(|| binding.call(&Args(args))))).or_raise(),
        false => binding.call(&Args(args)).or_raise(),
    }
}

/// The first overload that fits, and its arguments.
fn choose(c: &'static Callable, given: &Given) -> PyResult<(usize, Arguments)> {
    let signatures = c.signatures();
    if let [only] = signatures {
        return match matched(only, given, true) {
            Ok(args) => Ok((0, args)),
            Err(Mismatch::Raised(e)) => Err(e),
            Err(Mismatch::Silent) => unreachable!("explained"),
        };
    }
    for (i, s) in signatures.iter().enumerate() {
        match matched(s, given, false) {
            Ok(args) => return Ok((i, args)),
            Err(Mismatch::Silent) => {}
            Err(Mismatch::Raised(e)) => return Err(e),
        }
    }
    Err(no_overload(c, given))
}

#[cold]
fn no_overload(c: &'static Callable, given: &Given) -> PyErr {
    let skip = given.method as usize;
    let n = given.positional.len() - skip + given.keywords.len();
    let fits = |s: &&Signature| {
        let (least, most) = s.counts(skip);
        s.listed && (least..=most).contains(&n)
    };
    let known: Vec<&Signature> = c.signatures().iter().filter(|s| !s.twin).collect();
    let plausible = match known.len() {
        1 => known,
        _ => c.signatures().iter().filter(fits).collect(),
    };
    if let [one] = plausible[..] {
        // A number is explained by the form for numbers.
        let number = |v: &Borrowed<PyAny>| as_tensor(v).is_none() && matches!(arguments::scalar(*v), Ok(Some(_)));
        let twin = c.signatures().iter().find(|s| s.twin).filter(|_| given.positional.get(1).is_some_and(number));
        if let Err(Mismatch::Raised(e)) = matched(twin.unwrap_or(one), given, true) {
            return e;
        }
    }
    let name = c.signatures()[0].name;
    let received = format!("{name}() received an invalid combination of arguments - got ");
    let listed: Vec<&Signature> = c.signatures().iter().filter(|s| s.listed).collect();
    if let [one] = listed[..] {
        let got = match arguments::reason(one, given).is_empty() {
            true => arguments::shown(given),
            false => arguments::marked(one, given),
        };
        return PyTypeError::new_err(format!("{received}{got}, but expected {}", one.shown(c.method)));
    }
    let received = received + &arguments::shown(given);
    let mut text = format!("{received}, but expected one of:");
    for s in listed {
        text.push_str("\n * ");
        text.push_str(&s.shown(c.method));
        text.push_str(&arguments::reason(s, given));
    }
    text.push('\n');
    PyTypeError::new_err(text)
}

/// `out=`: the result goes into tensors that are there. Empty ones take its shape.
fn into<'py>(
    py: Python<'py>,
    binding: &'static Binding,
    s: &'static Signature,
    args: Arguments,
    out: Borrowed<'_, 'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    if !s.takes_out {
        return Err(PyTypeError::new_err(format!("{}() got an unexpected keyword argument 'out'", s.name)));
    }
    let wrong = || {
        let wanted = if s.returns == Returns::Plain { "Tensor" } else { "tuple of Tensors" };
        let class = arguments::type_name(out);
        PyTypeError::new_err(format!("{}(): argument 'out' must be {wanted}, not {class}", s.name))
    };
    let targets: Vec<Bound<PyAny>> = match (&s.returns, as_tensor(&out)) {
        (Returns::Plain, Some(_)) => vec![out.to_owned()],
        (Returns::Named(names), None) => {
            let targets: Vec<_> = out.cast::<PyTuple>().map_err(|_| wrong())?.iter().collect();
            let (n, wanted) = (targets.len(), names.len());
            if n != wanted {
                return Err(PyTypeError::new_err(format!("expected tuple of {wanted} elements but got {n}")));
            }
            targets
        }
        _ => return Err(wrong()),
    };
    let result = match run(py, binding, &args)? {
        Out::Tensor(t) => SmallVec::from_iter([t]),
        Out::Tensors(t) => t,
        _ => return Err(wrong()),
    };
    if targets.len() != result.len() {
        return Err(wrong());
    }
    let dtype = args.iter().zip(&s.params).find_map(|(a, p)| match a {
        Arg::DType(d) if p.name == "dtype" => Some(*d),
        _ => None,
    });
    let _place = place::here(py);
    for (target, result) in targets.iter().zip(result) {
        let inside = as_tensor(target).ok_or_else(wrong)?;
        // Functions that make tensors take the dtype of `out`.
        let makes = dtype.is_none() && s.requires_grad.is_some();
        let result = if makes { ops::to_dtype(&result, inside.tensor().dtype()).or_raise()? } else { result };
        if inside.tensor().numel() == 0 && inside.tensor().shape() != result.shape() {
            let made = Tensor::full_of(result.shape(), 0, inside.tensor().dtype());
            inside.replace(py, made);
        }
        into_out(s.name, inside.tensor(), || Ok(result)).or_raise()?;
    }
    Ok(out.to_owned())
}

/// The in-place form of an operation that has no kernel for it.
fn copy_back(py: Python, name: &'static str, args: &Arguments, result: Out) -> PyResult<()> {
    let (Some(Arg::Tensor(target)), Out::Tensor(result)) = (args.first(), result) else {
        return Err(PyTypeError::new_err(format!("{name}() gives no tensor")));
    };
    if name == "float_power_" && result.dtype() != target.dtype() {
        let (of, wants) = (target.dtype().scalar_name(), result.dtype().scalar_name());
        return Err(PyRuntimeError::new_err(format!(
            "the base given to float_power_ has dtype {of} but the operation's result requires dtype {wants}"
        )));
    }
    let _place = place::here(py);
    wengert::apply::assign(name, target, &result).or_raise()
}
