//! Numbers as text: the elements of a tensor with their common width, and Python's own `repr` of a float.

use super::{PrintOptions, Value};

/// Numbers above this are written with an exponent.
const LARGE: f64 = 1e8;
/// Numbers below this are written with an exponent.
const SMALL: f64 = 1e-4;
/// A larger ratio between the largest and the smallest number also asks for exponents.
const RATIO: f64 = 1000.0;

/// The texts of some elements, all padded on the left to the same width where their kind asks for it.
pub(super) struct Cells {
    /// One text for each element.
    pub texts: Vec<String>,
    /// The columns that an element takes in a line.
    pub width: usize,
}

/// Writes elements so that they align under each other.
pub(super) fn cells(values: &[Value], options: &PrintOptions) -> Cells {
    let real = FloatStyle::of(values.iter().filter_map(|v| v.real()), options);
    let imag = FloatStyle::of(values.iter().filter_map(|v| v.imag()), options);

    let texts: Vec<String> = values
        .iter()
        .map(|&value| match value {
            Value::Bool(true) => "True".to_string(),
            Value::Bool(false) => "False".to_string(),
            Value::Int(i) => i.to_string(),
            Value::Float(x) | Value::Complex(x, _) => real.text(x),
        })
        .collect();
    // Zeros, infinities and NaN do not count for the width of floats: they stick out if they must.
    let counts = |value: &Value| value.real().is_none_or(counts_for_style);
    let width = values.iter().zip(&texts).filter(|(v, _)| counts(v)).map(|(_, t)| t.len()).max().unwrap_or(1);

    let imag_width = values.iter().filter_map(|v| v.imag()).filter(|&y| counts_for_style(y));
    let imag_width = imag_width.map(|y| imag.text(y).len()).max().unwrap_or(1);
    let complex = values.iter().any(|v| v.imag().is_some());
    let texts = values.iter().zip(texts).map(|(value, text)| match value.imag() {
        None => format!("{text:>width$}"),
        Some(y) => {
            let y = imag.text(y);
            let sign = if y.starts_with('-') { "" } else { "+" };
            format!("{text:>width$}{sign}{y}j")
        }
    });
    Cells { texts: texts.collect(), width: if complex { width + imag_width + 1 } else { width } }
}

impl Value {
    /// The float, or the real part of a complex number.
    fn real(&self) -> Option<f64> {
        match *self {
            Value::Float(x) | Value::Complex(x, _) => Some(x),
            Value::Bool(_) | Value::Int(_) => None,
        }
    }

    /// The imaginary part of a complex number.
    fn imag(&self) -> Option<f64> {
        match *self {
            Value::Complex(_, y) => Some(y),
            _ => None,
        }
    }
}

/// Only such numbers decide how all are written.
fn counts_for_style(x: f64) -> bool {
    x.is_finite() && x != 0.0
}

/// How all floats of one tensor are written.
#[derive(Clone, Copy, PartialEq, Debug)]
enum FloatStyle {
    /// `12.`: there is no fraction anywhere.
    Whole,
    /// `12.5000`, with so many digits.
    Fixed(usize),
    /// `1.2500e+01`, with so many digits.
    Scientific(usize),
}

impl FloatStyle {
    /// The style for these numbers together.
    fn of(values: impl Iterator<Item = f64>, options: &PrintOptions) -> FloatStyle {
        let (mut low, mut high, mut whole) = (f64::INFINITY, 0.0f64, true);
        for x in values.filter(|&x| counts_for_style(x)) {
            whole &= x == x.ceil();
            low = low.min(x.abs());
            high = high.max(x.abs());
        }
        if high == 0.0 {
            return FloatStyle::Whole;
        }
        let extreme = high / low > RATIO || high > LARGE || low < SMALL;
        match (options.sci_mode.unwrap_or(extreme), whole) {
            (true, _) => FloatStyle::Scientific(options.precision),
            (false, true) => FloatStyle::Whole,
            (false, false) => FloatStyle::Fixed(options.precision),
        }
    }

    /// One number in this style.
    fn text(self, x: f64) -> String {
        if !x.is_finite() {
            return not_finite(x).to_string();
        }
        match self {
            FloatStyle::Whole => format!("{x:.0}."),
            FloatStyle::Fixed(precision) => format!("{x:.precision$}"),
            FloatStyle::Scientific(precision) => scientific(x, precision),
        }
    }
}

/// Python's words for infinities and NaN, whose sign it does not tell.
fn not_finite(x: f64) -> &'static str {
    match x {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => "nan",
    }
}

/// C's `%.*e` of a finite number: the exponent has a sign and at least two digits.
fn scientific(x: f64, precision: usize) -> String {
    let text = format!("{x:.precision$e}");
    with_c_exponent(&text)
}

/// Turns the exponent of `1.5e-7` into that of `1.5e-07`.
fn with_c_exponent(text: &str) -> String {
    let Some((digits, exponent)) = text.split_once('e') else {
        return text.to_string();
    };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |e| ('-', e));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// What Python's `repr(float)` says: the fewest digits that give the same number back.
///
/// ```
/// use wengert::print::python_float_repr;
///
/// assert_eq!(python_float_repr(2.0), "2.0");
/// assert_eq!(python_float_repr(0.1f32 as f64), "0.10000000149011612");
/// assert_eq!(python_float_repr(1e16), "1e+16");
/// ```
pub fn python_float_repr(x: f64) -> String {
    let text = shortest(x);
    let has_mark = text.contains(['.', 'e', 'n']); // also `inf` and `nan`
    if has_mark { text } else { text + ".0" }
}

/// What Python's `repr(complex)` says: `(1+2j)`, `2j`, `(-0+2.5j)`.
///
/// ```
/// assert_eq!(wengert::print::python_complex_repr(1.0, -2.5), "(1-2.5j)");
/// assert_eq!(wengert::print::python_complex_repr(0.0, 1.0), "1j");
/// ```
pub fn python_complex_repr(real: f64, imag: f64) -> String {
    let imag = shortest(imag);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imag}j");
    }
    let sign = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imag}j)", shortest(real))
}

/// The shortest digits, with an exponent where Python has one and without `.0`.
fn shortest(x: f64) -> String {
    if !x.is_finite() {
        return not_finite(x).to_string();
    }
    // Rust finds how many digits it takes, but of two such texts equally near to `x` it takes the larger one; Python
    // takes the one with an even last digit, as rounding to that many digits does. Rounding may however end on a
    // neighbour of `x` where floats lie unevenly, at powers of two.
    let nearest = |even: String, other: String| if even.parse() == Ok(x) { even } else { other };
    let text = format!("{x:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let fraction = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    match exponent.parse::<i64>() {
        Ok(exponent @ -4..=15) => {
            let places = (fraction as i64 - exponent).max(0) as usize;
            nearest(format!("{x:.places$}"), format!("{x}"))
        }
        _ => with_c_exponent(&nearest(format!("{x:.fraction$e}"), text)),
    }
}
