//! PyTorch's recorded values. `xtask/python/record_reference.py` writes them and says how they look.

use super::call::{Outcome, runs_again};
use super::numbers::{Numbers, Tolerance, Values, close, epsilon};
use super::{Case, Report};
use std::collections::HashMap;
use wengert::DType;
use wengert::testing::{Check, Entry, fingerprint};

const COMMAND: &str = "run `cargo xtask reference --python PYTHON_WITH_TORCH`";

/// All records, by fingerprint.
pub struct Records(HashMap<String, Record>);

#[derive(Default)]
struct Record {
    name: String,
    expression: String,
    outputs: Vec<(Numbers, bool)>,
    /// Values alone; dtype and shape are the input's.
    grads: Vec<Option<Vec<f64>>>,
    no_gradient: Option<String>,
    again: bool,
}

impl Records {
    pub fn read() -> Records {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/reference.txt");
        Records::parse(&std::fs::read_to_string(path).unwrap_or_default())
    }

    pub fn parse(text: &str) -> Records {
        let mut out = HashMap::new();
        let mut fingerprint = String::new();
        for line in text.lines() {
            let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
            if mark == ">" {
                let mut words = rest.splitn(3, ' ');
                let mut word = || words.next().unwrap_or_default().to_string();
                let (name, key, expression) = (word(), word(), word());
                fingerprint.clone_from(&key);
                out.insert(key, Record { name, expression, ..Record::default() });
                continue;
            }
            let Some(record) = out.get_mut(&fingerprint) else { continue };
            match mark {
                "=" => record.outputs.push(output(rest)),
                "~" if rest == "none" => record.grads.push(None),
                "~" => record.grads.push(Some(floats(rest))),
                "!" => record.no_gradient = Some(rest.to_string()),
                "&" => record.again = true,
                _ => panic!("testdata/reference.txt: {line}"),
            }
        }
        Records(out)
    }

    /// Records that no sample asks for any more.
    pub fn stale(&self, entries: &[Entry], report: &mut Report) {
        let mut unused: HashMap<&String, &Record> = self.0.iter().collect();
        for e in entries {
            e.samples.iter().for_each(|s| _ = unused.remove(&fingerprint(e.name, s)));
        }
        let mut unused: Vec<String> = unused.values().map(|r| format!("{} `{}`", r.name, r.expression)).collect();
        unused.sort();
        for text in unused {
            report.failures.push(format!("{text}: recorded, but there is no such sample; {COMMAND}"));
        }
    }

    /// Values, dtypes, shapes, requires_grad, gradients, and what a second backward does.
    pub fn compare(&self, case: &mut Case, outcome: &Outcome) {
        if case.skipped(Check::Reference) {
            return;
        }
        let Some(record) = self.0.get(&fingerprint(case.entry.name, case.sample)) else {
            case.check("recorded values", Err(format!("there are none; {COMMAND}")));
            return;
        };
        case.check("recorded values", record.values(outcome));
        match &record.no_gradient {
            Some(why) => case.skip("recorded gradient", &format!("PyTorch: {why}")),
            None if record.grads.is_empty() && outcome.grads.is_empty() => {}
            None => {
                case.check("recorded gradient", record.gradients(case, outcome));
                let again = runs_again(case.sample).and_then(|again| match (again, record.again) {
                    (true, false) => Err("works, but PyTorch's graph is freed".to_string()),
                    (false, true) => Err("the graph is freed, but PyTorch's is not: it saves no tensor".to_string()),
                    _ => Ok(()),
                });
                case.check("second backward", again);
            }
        }
    }
}

impl Record {
    fn values(&self, outcome: &Outcome) -> Result<(), String> {
        if self.outputs.len() != outcome.outputs.len() {
            return Err(format!("{} outputs instead of {}", outcome.outputs.len(), self.outputs.len()));
        }
        for (i, ((expected, tracked), got)) in self.outputs.iter().zip(&outcome.outputs).enumerate() {
            let eps = epsilon(expected.dtype);
            let relative = if expected.dtype == DType::F64 { 1e-11 } else { 4.0 * eps };
            let tolerance = Tolerance { relative, of_largest: eps };
            close(expected, &got.numbers, tolerance).map_err(|text| format!("output {i}: {text}"))?;
            if *tracked != got.requires_grad {
                return Err(format!("output {i} has requires_grad={}, PyTorch's {tracked}", got.requires_grad));
            }
        }
        Ok(())
    }

    fn gradients(&self, case: &Case, outcome: &Outcome) -> Result<(), String> {
        let inputs: Vec<_> = case.sample.inputs.iter().filter(|t| t.dtype().is_float()).collect();
        if (self.grads.len(), outcome.grads.len()) != (inputs.len(), inputs.len()) {
            return Err(format!("{} gradients instead of {}", outcome.grads.len(), self.grads.len()));
        }
        for (i, ((expected, got), input)) in self.grads.iter().zip(&outcome.grads).zip(inputs).enumerate() {
            match (expected, got) {
                (None, None) => {}
                (Some(expected), Some(got)) => {
                    let expected = Numbers {
                        dtype: input.dtype(),
                        shape: input.shape().to_vec(),
                        values: Values::Floats(expected.clone()),
                    };
                    let eps = epsilon(expected.dtype);
                    let narrow = expected.dtype != DType::F64;
                    let tolerance = if narrow { 8.0 * eps } else { 1e-9 };
                    // Single precision in between makes gradients of double precision coarse too.
                    let coarse = self.outputs.iter().map(|(y, _)| epsilon(y.dtype)).fold(0.0, f64::max);
                    let coarse = if coarse > f64::EPSILON { 8.0 * coarse } else { 0.0 };
                    let tolerance = Tolerance { relative: tolerance.max(coarse), of_largest: (4.0 * eps).max(coarse) };
                    close(&expected, got, tolerance).map_err(|text| format!("of floating input {i}: {text}"))?;
                }
                (None, Some(_)) => return Err(format!("of floating input {i}: defined, but PyTorch's is None")),
                (Some(_), None) => return Err(format!("of floating input {i}: None, but PyTorch's is defined")),
            }
        }
        Ok(())
    }
}

/// `float64[2,3] grad 1 2.5 0*4`
fn output(text: &str) -> (Numbers, bool) {
    let (head, rest) = text.split_once(' ').unwrap_or((text, ""));
    let (tracked, rest) = if rest == "grad" { (true, "") } else { (rest.starts_with("grad "), rest) };
    let rest = rest.strip_prefix("grad ").unwrap_or(rest);
    let (dtype, sizes) = head.split_once('[').unwrap_or((head, ""));
    let dtype = DType::ALL.into_iter().find(|d| d.name() == dtype).unwrap_or_else(|| panic!("no dtype {dtype}"));
    let sizes = sizes.trim_end_matches(']').split(',').filter(|s| !s.is_empty());
    let shape: Vec<usize> = sizes.map(|s| s.parse().expect("sizes are numbers")).collect();
    let values = if dtype.is_float() { Values::Floats(floats(rest)) } else { Values::Ints(ints(rest)) };
    (Numbers { dtype, shape, values }, tracked)
}

/// Values separated by spaces, `VALUE*N` standing for N of them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|w| !w.is_empty()).flat_map(|w| {
        let (value, n) = w.split_once('*').unwrap_or((w, "1"));
        std::iter::repeat_n(value, n.parse().expect("a count is a number"))
    })
}

fn floats(text: &str) -> Vec<f64> {
    words(text).map(|w| w.parse().expect("values are numbers")).collect()
}

fn ints(text: &str) -> Vec<i64> {
    words(text).map(|w| w.parse().expect("values are numbers")).collect()
}
