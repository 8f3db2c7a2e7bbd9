//! Prints recorded from PyTorch, compared character for character. `xtask/python/record_prints.py` writes the records
//! and says what they look like. `WENGERT_PRINTS` names another file of records to check instead.

use std::cell::RefCell;

use half::{bf16, f16};
use wengert::print::{PrintOptions, Printable, Value, format, python_complex_repr, python_float_repr};
use wengert_kernels::DType;

/// The records with their fields as they stand in the file.
struct Case<'a> {
    name: &'a str,
    shape: Vec<usize>,
    dtype: DType,
    default_dtype: DType,
    options: PrintOptions,
    data: Data,
    leaf: bool,
    grad_fn: Option<&'a str>,
    device: Option<&'a str>,
    tangent: Option<String>,
    text: String,
}

enum Data {
    Values(Vec<Value>),
    Linear { start: f64, step: f64 },
}

fn dtype_named(name: &str) -> DType {
    DType::ALL.into_iter().find(|d| d.name() == name).unwrap_or_else(|| panic!("no dtype {name}"))
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|e| panic!("number {text}: {e:?}"))
}

fn parse_value(text: &str, dtype: DType) -> Value {
    if dtype == DType::Bool {
        Value::Bool(text == "1")
    } else if let Some((re, im)) = text.split_once(',') {
        Value::Complex(number(re), number(im))
    } else if dtype.is_float() {
        Value::Float(number(text))
    } else {
        Value::Int(number(text))
    }
}

/// The element of a rule's tensor, in the precision of its type.
fn linear_value(x: f64, dtype: DType) -> Value {
    match dtype {
        DType::Bool => Value::Bool(x != 0.0),
        DType::U8 | DType::I8 | DType::I16 | DType::I32 | DType::I64 => Value::Int(x as i64),
        DType::F16 => Value::Float(f16::from_f64(x).to_f64()),
        DType::BF16 => Value::Float(bf16::from_f64(x).to_f64()),
        DType::F32 => Value::Float(x as f32 as f64),
        DType::F64 => Value::Float(x),
        DType::C64 => Value::Complex(x as f32 as f64, 0.0),
        DType::C128 => Value::Complex(x, 0.0),
    }
}

fn parse_options(words: &[&str]) -> PrintOptions {
    PrintOptions {
        precision: number(words[0]),
        threshold: if words[1] == "inf" { usize::MAX } else { number(words[1]) },
        edgeitems: number(words[2]),
        linewidth: number(words[3]),
        sci_mode: match words[4] {
            "always" => Some(true),
            "never" => Some(false),
            _ => None,
        },
    }
}

fn parse_case(block: &str) -> Case<'_> {
    let mut case = Case {
        name: "",
        shape: Vec::new(),
        dtype: DType::F32,
        default_dtype: DType::F32,
        options: PrintOptions::default(),
        data: Data::Values(Vec::new()),
        leaf: false,
        grad_fn: None,
        device: None,
        tangent: None,
        text: String::new(),
    };
    let (mut text, mut tangent) = (Vec::new(), Vec::new());
    for line in block.lines() {
        if let Some(line) = line.strip_prefix('|') {
            text.push(line);
            continue;
        }
        if let Some(line) = line.strip_prefix('^') {
            tangent.push(line);
            continue;
        }
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        match word {
            "case" => case.name = rest,
            "shape" => case.shape = words.iter().map(|w| number(w)).collect(),
            "dtype" => case.dtype = dtype_named(rest),
            "default" => case.default_dtype = dtype_named(rest),
            "options" => case.options = parse_options(&words),
            "values" => case.data = Data::Values(words.iter().map(|w| parse_value(w, case.dtype)).collect()),
            "linear" => case.data = Data::Linear { start: number(words[0]), step: number(words[1]) },
            "leaf" => case.leaf = true,
            "grad_fn" => case.grad_fn = Some(rest),
            "device" => case.device = Some(rest),
            _ => panic!("unknown word {word} in the records"),
        }
    }
    case.text = text.join("\n");
    case.tangent = (!tangent.is_empty()).then(|| tangent.join("\n"));
    case
}

impl Case<'_> {
    fn print(&self) -> String {
        let get = |i: usize| match &self.data {
            Data::Values(values) => values[i],
            Data::Linear { start, step } => linear_value(start + step * i as f64, self.dtype),
        };
        let printable = Printable {
            default_dtype: self.default_dtype,
            device: self.device,
            requires_grad: self.leaf,
            grad_fn: self.grad_fn,
            tangent: self.tangent.as_deref(),
            ..Printable::new(&self.shape, self.dtype, &get)
        };
        format(&printable, &self.options)
    }
}

/// Compares a line `float BITS TEXT` or `complex BITS BITS TEXT`; says what is wrong with it.
fn check_number(line: &str) -> Option<String> {
    let bits = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("hexadecimal digits"));
    let words: Vec<&str> = line.split(' ').collect();
    let (text, expected) = match words[..] {
        ["float", x, expected] => (python_float_repr(bits(x)), expected),
        ["complex", re, im, expected] => (python_complex_repr(bits(re), bits(im)), expected),
        _ => panic!("unknown record {line}"),
    };
    (text != expected).then(|| format!("{line}: we say {text}"))
}

#[test]
fn prints_are_pytorchs() {
    let records = match std::env::var_os("WENGERT_PRINTS") {
        Some(path) => std::fs::read_to_string(path).expect("the records"),
        None => include_str!("../testdata/prints.txt").to_string(),
    };
    let (mut prints, mut numbers, mut wrong) = (0, 0, Vec::new());
    for block in records.split("\n\n") {
        if !block.starts_with("case ") {
            numbers += block.lines().count();
            wrong.extend(block.lines().filter_map(check_number));
            continue;
        }
        let case = parse_case(block);
        prints += 1;
        let text = case.print();
        if text != case.text {
            wrong.push(format!("{}\nPyTorch:\n{}\nwengert:\n{text}", case.name, case.text));
        }
    }
    println!("{prints} prints and {numbers} numbers compared");
    assert!(prints > 250 && numbers > 150, "records are missing: {prints} prints, {numbers} numbers");
    assert!(wrong.is_empty(), "{} of {} differ\n\n{}", wrong.len(), prints + numbers, wrong.join("\n\n"));
}

#[test]
fn only_what_is_shown_is_read() {
    let read = RefCell::new(Vec::new());
    let get = |i: usize| {
        read.borrow_mut().push(i);
        Value::Float(i as f64)
    };
    let printable = Printable::new(&[1_000_000, 1_000_000], DType::F64, &get);
    let short = PrintOptions { edgeitems: 1, ..PrintOptions::default() };
    format(&printable, &short);
    assert_eq!(read.into_inner(), [0, 999_999, 999_999_000_000, 999_999_999_999]);
}
