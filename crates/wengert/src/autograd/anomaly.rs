//! Anomaly mode: PyTorch's error for a NaN in backward, and a trap for the first NaN or infinity anywhere.
//!
//! The doors call [`check_call`] after each call, the engine [`check_node`] after each node. Both look at results in one quick pass
//! ([`Array::is_finite`]); only where that finds something are inputs looked at, to tell what is new from what came in.

use super::mode::{self, Bit};
use super::node::Node;
use super::saved::Value;
use crate::array::Array;
use crate::deferral;
use crate::error::{Error, Result};
use crate::place;
use crate::primitive::{Grads, Primitive};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use std::cell::Cell;

/// What anomaly mode looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anomaly {
    /// A NaN in a gradient that a node returns, wherever it came from (`torch.autograd.detect_anomaly`).
    NanInBackward,
    /// The first NaN or infinity that an operation or a node makes of something else.
    ///
    /// What was there before is no anomaly: an infinity counts if no input has an infinity or a NaN, and a NaN counts if no input has one
    /// (`inf - inf` is found). So a mask of `-inf` passes, and so do its consequences until they become NaN.
    NonFinite,
}

thread_local! {
    static TRAP: Cell<bool> = const { Cell::new(false) };
}

/// Anomaly mode until it is dropped.
#[must_use = "anomaly mode ends when the guard is dropped"]
#[derive(Debug)]
pub struct AnomalyMode {
    _bit: Bit,
    before: bool,
    /// What is not computed yet cannot be looked at.
    _immediate: Option<deferral::Guard>,
}

impl AnomalyMode {
    /// Looks for `what` on this thread.
    pub fn set(what: Anomaly) -> AnomalyMode {
        let trap = what == Anomaly::NonFinite;
        AnomalyMode {
            _bit: Bit::set(mode::ANOMALY, true),
            before: TRAP.replace(trap),
            _immediate: trap.then(deferral::Guard::off),
        }
    }
}

impl Drop for AnomalyMode {
    fn drop(&mut self) {
        TRAP.set(self.before);
    }
}

/// Runs `f`; a backward pass in it that meets a NaN ends with PyTorch's error, which names the node and the line of its forward.
///
/// ```
/// use wengert::{autograd::{Options, detect_anomaly}, tensor};
///
/// let x = tensor!([0.0, 4.0]).requires_grad_(true);
/// let e = detect_anomaly(|| (x.sqrt() * 0.0).sum().backward_with(None, Options::default())).unwrap_err();
/// assert_eq!(e.message(), "Function 'SqrtBackward0' returned nan values in its 0th output.");
/// ```
pub fn detect_anomaly<R>(f: impl FnOnce() -> R) -> R {
    let _mode = AnomalyMode::set(Anomaly::NanInBackward);
    f()
}

/// Runs `f`; the first operation, or node of a backward pass, that makes a NaN or an infinity of finite numbers fails, with the numbers.
///
/// Nothing is deferred meanwhile, and all results are read once more. A training step takes up to 1.3 times as long.
///
/// ```
/// use wengert::{autograd::trap_non_finite, ops, tensor};
///
/// let x = tensor!([1.0, 0.0, 3.0]);
/// let e = trap_non_finite(|| ops::log(&x)).unwrap_err();
/// assert_eq!(e.message(), "log returned infinite values in its 0th output.");
/// assert!(e.to_string().contains("-inf at index [1] of float32 [3]; there input 0 is 0"));
/// ```
pub fn trap_non_finite<R>(f: impl FnOnce() -> R) -> R {
    let _mode = AnomalyMode::set(Anomaly::NonFinite);
    f()
}

/// What is not finite in numbers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen {
    nan: bool,
    infinite: bool,
}

impl Seen {
    fn number(&mut self, v: f64) {
        self.nan |= v.is_nan();
        self.infinite |= v.is_infinite();
    }
    fn array(&mut self, a: &Array) {
        if !a.is_finite() {
            a.to_vec::<f64>().into_iter().for_each(|v| self.number(v));
        }
    }
    /// Is there something in these results that these inputs do not explain?
    fn is_new_after(self, before: Seen) -> bool {
        let infinite = !self.nan && self.infinite && !before.infinite;
        !before.nan && (self.nan || infinite)
    }
    fn words(self) -> &'static str {
        if self.nan { "nan" } else { "infinite" }
    }
}

/// What an in-place call is about to overwrite, if the trap is set.
pub(crate) fn before_write(target: &Tensor) -> Seen {
    let mut seen = Seen::default();
    if TRAP.get() {
        seen.array(target.array());
    }
    seen
}

/// Looks at the results of a call; `overwritten` is what an in-place one found.
#[cold]
#[inline(never)]
pub(crate) fn check_call(
    op: &dyn Primitive,
    ins: &[Operand],
    outs: &[Tensor],
    overwritten: Option<Seen>,
) -> Result<()> {
    // Within formulas the engine looks.
    if !TRAP.get() || place::of_formula().is_some() {
        return Ok(());
    }
    let Some((k, out)) = outs.iter().enumerate().find(|(_, t)| !t.array().is_finite()) else { return Ok(()) };
    let mut found = Seen::default();
    found.array(out.array());
    let mut before = overwritten.unwrap_or_default();
    for x in &ins[usize::from(overwritten.is_some())..] {
        match x {
            Operand::Scalar(s) => before.number(s.to_f64()),
            Operand::Tensor(t) => before.array(t.array()),
        }
    }
    // Numbers that belong to the operation, such as the value of a padding, are seen in its text alone.
    let attributes = format!("{op:?}");
    before.infinite |= attributes.contains("inf");
    before.nan |= attributes.contains("NaN");
    if !found.is_new_after(before) {
        return Ok(());
    }
    let mut report = Report::of(out.array(), found);
    for (i, x) in ins.iter().enumerate() {
        match x {
            Operand::Scalar(s) => report.number(&format!("input {i}"), s.to_f64()),
            Operand::Tensor(_) if i == 0 && overwritten.is_some() => report.text("input 0 was overwritten"),
            Operand::Tensor(t) => report.array(&format!("input {i}"), t.array()),
        }
    }
    let message = format!("{} returned {} values in its {k}th output.", op.name(), found.words());
    Err(Error::runtime(message).hint(report.text))
}

/// Looks at what a kernel wrote that works on many tensors at once.
#[cold]
#[inline(never)]
pub(crate) fn check_write(name: &'static str, targets: &[&Tensor], sources: &[&Tensor]) -> Result<()> {
    if !TRAP.get() {
        return Ok(());
    }
    let Some((k, bad)) = targets.iter().enumerate().find(|(_, t)| !t.array().is_finite()) else { return Ok(()) };
    if sources.iter().any(|t| !t.array().is_finite()) {
        return Ok(());
    }
    let mut found = Seen::default();
    found.array(bad.array());
    let report = Report::of(bad.array(), found);
    let message = format!("{name} wrote {} values to its {k}th tensor.", found.words());
    Err(Error::runtime(message).hint(report.text))
}

/// Looks at the gradients that a node returned; what it saved is still there.
#[cold]
#[inline(never)]
pub(super) fn check_node(node: &Node, g: &Grads, result: &Grads) -> Result<()> {
    let bad = |t: &&Option<Tensor>| t.as_ref().is_some_and(|t| !t.array().is_finite());
    let Some(location) = node.location() else { return Ok(()) };
    for (i, t) in result.0.iter().enumerate().filter(|(_, t)| bad(t)) {
        let array = t.as_ref().expect("it is there").array();
        let mut found = Seen::default();
        found.array(array);
        let trap = TRAP.get();
        if !found.nan && !trap {
            continue;
        }
        let saved = node.op().and_then(|op| Some((op, op.values().ok()?)));
        let mut report = Report::of(array, found);
        let mut before = Seen::default();
        for (k, t) in g.0.iter().enumerate() {
            if let Some(t) = t {
                before.array(t.array());
                report.array(&format!("incoming gradient {k}"), t.array());
            }
        }
        for (op, v) in saved.iter().flat_map(|(op, values)| values.iter().map(move |v| (op, v))) {
            match (&v.value, v.array(&op.edges)) {
                (Value::Number(s), _) => before.number(s.to_f64()),
                (_, Some(a)) => {
                    before.array(a);
                    report.array(&format!("saved {}", op.saved_name(v)), a);
                }
                (_, None) => {}
            }
        }
        if trap && !found.is_new_after(before) {
            continue;
        }
        let name = node.name();
        return Err(Error::runtime(format!(
            "Function '{name}' returned {} values in its {i}th output.",
            found.words()
        ))
        .hint(format!("{name} was made at {location}; {}", report.text))
        .at(name, location));
    }
    Ok(())
}

/// The numbers around an anomaly, as text.
struct Report {
    text: String,
    shape: Vec<usize>,
    index: Vec<usize>,
}

impl Report {
    fn of(array: &Array, found: Seen) -> Report {
        let values = array.to_vec::<f64>();
        let bad = |v: &f64| if found.nan { v.is_nan() } else { v.is_infinite() };
        let at = values.iter().position(bad).unwrap_or(0);
        let shape = array.shape().to_vec();
        let mut index = vec![0; shape.len()];
        let mut rest = at;
        for d in (0..shape.len()).rev() {
            index[d] = rest % shape[d];
            rest /= shape[d];
        }
        let count = values.iter().filter(|v| !v.is_finite()).count();
        let dtype = array.dtype().to_string();
        let dtype = dtype.trim_start_matches("torch.");
        let value = values.get(at).copied().unwrap_or(f64::NAN);
        let text = format!(
            "{count} of {} elements are not finite, the first is {} at index {index:?} of {dtype} {shape:?}",
            values.len(),
            shown(value)
        );
        Report { text, shape, index }
    }

    fn text(&mut self, text: &str) {
        self.text += "; ";
        self.text += text;
    }
    fn number(&mut self, what: &str, v: f64) {
        self.text(&format!("{what} is the number {}", shown(v)));
    }
    /// The element that belongs to the anomaly if the shapes tell which one that is; else what is in it.
    fn array(&mut self, what: &str, a: &Array) {
        let shape = a.shape();
        let skipped = self.shape.len().checked_sub(shape.len());
        let fits = |skipped: usize| shape.iter().zip(&self.shape[skipped..]).all(|(a, b)| a == b || *a == 1);
        let values = a.to_vec::<f64>();
        if let Some(skipped) = skipped.filter(|&s| fits(s) && !values.is_empty()) {
            let place =
                shape.iter().zip(&self.index[skipped..]).fold(0, |at, (n, i)| at * n + if *n == 1 { 0 } else { *i });
            let there = format!("there {what} is {}", shown(values[place]));
            return self.text(&there);
        }
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        let range = format!("{what} has shape {shape:?} and values from {} to {}", shown(low), shown(high));
        self.text(&range);
    }
}

/// As PyTorch writes numbers: `inf`, `nan`, `0.5`, `3e38`.
fn shown(v: f64) -> String {
    match v.abs() {
        _ if v.is_nan() => "nan".to_string(),
        size if size.is_finite() && size != 0.0 && !(1e-5..1e16).contains(&size) => format!("{v:e}"),
        _ => format!("{v}"),
    }
}
