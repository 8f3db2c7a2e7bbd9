//! `torch.device`.

use pyo3::exceptions::{PyAssertionError, PyNotImplementedError, PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString, PyTuple};
use std::cell::RefCell;

/// The types that PyTorch's parser knows, with its numbers of them.
const TYPES: [(&str, u8); 20] = [
    ("cpu", 0),
    ("cuda", 1),
    ("ipu", 18),
    ("xpu", 12),
    ("mkldnn", 2),
    ("opengl", 3),
    ("opencl", 4),
    ("ideep", 5),
    ("hip", 6),
    ("ve", 16),
    ("fpga", 7),
    ("maia", 8),
    ("xla", 9),
    ("lazy", 17),
    ("vulkan", 10),
    ("mps", 13),
    ("meta", 14),
    ("hpu", 15),
    ("mtia", 19),
    ("privateuseone", 20),
];

/// A place for tensors. All that PyTorch can name exist as objects; tensors live on the CPU.
#[pyclass(name = "device", module = "torch", frozen, eq)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Device {
    kind: &'static str,
    index: Option<i8>,
}

thread_local! {
    /// Those of the `with` blocks that are running, each with the one before.
    static ENTERED: RefCell<Vec<Device>> = const { RefCell::new(Vec::new()) };
}

/// The device of the innermost `with torch.device(..)`, where there is one: where tensors are made that are not told.
pub fn default_device() -> Option<Device> {
    ENTERED.with_borrow(|e| e.last().copied())
}

/// A device from what stands for one: a device, its name, or the number of an accelerator. `None` for other objects.
///
/// # Errors
/// If the name is none of PyTorch's.
pub fn as_device(object: &Bound<PyAny>) -> PyResult<Option<Device>> {
    if let Ok(device) = object.cast::<Device>() {
        return Ok(Some(*device.get()));
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Device::parse(text.to_str()?).map(Some);
    }
    if object.is_instance_of::<PyInt>() {
        return Ok(Some(Device { kind: "cuda", index: Some(index(object.extract()?)?) }));
    }
    Ok(None)
}

fn index(i: i64) -> PyResult<i8> {
    if i < 0 {
        return Err(PyRuntimeError::new_err("Device index must not be negative"));
    }
    Ok(i as i8)
}

impl Device {
    /// Where tensors are.
    pub const CPU: Device = Device { kind: "cpu", index: None };

    fn parse(text: &str) -> PyResult<Device> {
        if text.is_empty() {
            return Err(PyRuntimeError::new_err("Device string must not be empty"));
        }
        let (kind, number) = match text.split_once(':') {
            Some((kind, number)) => (kind, Some(number)),
            None => (text, None),
        };
        let invalid = || PyRuntimeError::new_err(format!("Invalid device string: '{text}'"));
        if !kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') {
            return Err(invalid());
        }
        let index = match number {
            None => None,
            Some(n)
                if n.is_empty() || !n.bytes().all(|b| b.is_ascii_digit()) || (n.len() > 1 && n.starts_with('0')) =>
            {
                return Err(invalid());
            }
            Some(n) => Some(n.parse::<u32>().map_err(|_| invalid())? as i8),
        };
        let kind = Device::kind_of(kind).ok_or_else(|| unknown(text))?;
        Ok(Device { kind, index })
    }

    fn kind_of(name: &str) -> Option<&'static str> {
        TYPES.iter().find(|(n, _)| *n == name).map(|(n, _)| *n)
    }

    /// What a call does that would put a tensor on the device.
    ///
    /// # Errors
    /// If it is not the CPU.
    pub fn require_cpu(&self) -> PyResult<()> {
        match (self.kind, self.index) {
            ("cpu", None | Some(0)) => Ok(()),
            ("cpu", Some(i)) => Err(PyRuntimeError::new_err(format!("CPU device index must be -1 or zero, got {i}"))),
            ("cuda", _) => {
                let hint =
                    "hint: wengert computes on the CPU; guard the call with torch.cuda.is_available(), which is False";
                let raised = PyAssertionError::new_err("Torch not compiled with CUDA enabled");
                Err(crate::error::noted(raised, vec![hint.to_owned()]))
            }
            _ => Err(PyNotImplementedError::new_err(format!(
                "device '{}' is not available: wengert computes on the CPU",
                self.__str__()
            ))),
        }
    }
}

fn unknown(text: &str) -> PyErr {
    let names: Vec<_> = TYPES.iter().map(|(n, _)| *n).collect();
    PyRuntimeError::new_err(format!(
        "Expected one of {} device type at start of device string: {text}",
        names.join(", ")
    ))
}

fn class_name(object: &Bound<PyAny>) -> String {
    object.get_type().name().map(|n| n.to_string()).unwrap_or_default()
}

/// PyTorch's error for arguments that are none of a device's.
fn no_combination(args: &Bound<PyTuple>) -> PyErr {
    let classes: Vec<_> = args.iter().map(|a| class_name(&a)).collect();
    let mut text = format!(
        "device() received an invalid combination of arguments - got ({}), but expected one of:\n * (torch.device device)\n",
        classes.join(", ")
    );
    if !classes.is_empty() {
        let wrong: Vec<_> = classes.iter().map(|c| format!("!{c}!")).collect();
        text +=
            &format!("      didn't match because some of the arguments have invalid types: ({})\n", wrong.join(", "));
    }
    text += " * (str type, int index = -1)\n";
    PyTypeError::new_err(text)
}

#[pymethods]
impl Device {
    #[new]
    #[pyo3(signature = (*args, **kwargs))]
    fn new(args: &Bound<PyTuple>, kwargs: Option<&Bound<PyDict>>) -> PyResult<Device> {
        let keyword = |name: &str| kwargs.map(|k| k.get_item(name)).transpose().map(Option::flatten);
        let first = match args.len() {
            0 => keyword("type")?.or(keyword("device")?),
            _ => Some(args.get_item(0)?),
        };
        let second = if args.len() > 1 { Some(args.get_item(1)?) } else { keyword("index")? };
        let Some(first) = first.filter(|_| args.len() <= 2) else { return Err(no_combination(args)) };
        let Some(second) = second.filter(|s| !s.is_none()) else {
            return as_device(&first)?.ok_or_else(|| no_combination(args));
        };
        let kind = first.cast::<PyString>().map_err(|_| {
            let shown = if first.cast::<Device>().is_ok() { "torch.device".to_string() } else { class_name(&first) };
            PyTypeError::new_err(format!("device(): argument 'type' (position 1) must be str, not {shown}"))
        })?;
        let device = Device::parse(kind.to_str()?)?;
        if device.index.is_some() {
            return Err(PyRuntimeError::new_err(format!(
                "type (string) must not include an index because index was passed explicitly: {kind}"
            )));
        }
        let wrong = |_| {
            let class = class_name(&second);
            PyTypeError::new_err(format!("device(): argument 'index' (position 2) must be int, not {class}"))
        };
        Ok(Device { index: Some(index(second.extract().map_err(wrong)?)?), ..device })
    }
    /// The name of its kind: `cpu`, `cuda`.
    #[getter]
    fn r#type(&self) -> &'static str {
        self.kind
    }
    /// Its number among those of its kind, if it was given.
    #[getter]
    fn index(&self) -> Option<i8> {
        self.index
    }
    fn __repr__(&self) -> String {
        match self.index {
            Some(i) => format!("device(type='{}', index={i})", self.kind),
            None => format!("device(type='{}')", self.kind),
        }
    }
    fn __str__(&self) -> String {
        match self.index {
            Some(i) => format!("{}:{i}", self.kind),
            None => self.kind.to_string(),
        }
    }
    fn __hash__(&self) -> u64 {
        let number = TYPES.iter().find(|(n, _)| *n == self.kind).map_or(0, |(_, n)| u64::from(*n));
        number << 16 | u64::from(self.index.map_or(255, |i| i as u8))
    }
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let function = super::named::module(py)?.getattr("_device_of")?;
        match self.index {
            Some(i) => (function, (self.kind, i)).into_pyobject(py),
            None => (function, (self.kind,)).into_pyobject(py),
        }
    }
    /// Until the `with` block ends, tensors that are not told where are made here.
    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        ENTERED.with_borrow_mut(|e| e.push(*slf.get()));
        slf
    }
    #[pyo3(signature = (*_args))]
    fn __exit__(&self, _args: &Bound<PyTuple>) -> bool {
        ENTERED.with_borrow_mut(Vec::pop);
        false
    }
}

/// A device from its parts: how one comes out of a pickle.
#[pyfunction]
#[pyo3(name = "_device_of", signature = (kind, index=None))]
fn device_of(kind: &str, index: Option<i8>) -> PyResult<Device> {
    Ok(Device { index, ..Device::parse(kind)? })
}

/// The device of the innermost `with`, or `None`.
#[pyfunction]
#[pyo3(name = "_entered_device")]
fn entered_device() -> Option<Device> {
    default_device()
}

pub fn add(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_class::<Device>()?;
    module.add_function(wrap_pyfunction!(device_of, module)?)?;
    module.add_function(wrap_pyfunction!(entered_device, module)?)
}
