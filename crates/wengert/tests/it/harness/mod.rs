//! Walks the table of operations: every sample against PyTorch's recorded values, finite differences, other layouts, threads and
//! precisions. All failures come in one report.
//!
//! `WENGERT_OPS=mul,div` runs the operations with these names alone; `WENGERT_SKIPS=1` prints what is left out, and why.

mod broken;
mod call;
mod deferral;
mod differences;
mod doors;
mod layouts;
mod numbers;
mod precision;
mod recorded;
mod threads;
mod transforms;

use call::{Outcome, caught, leaves, run};
use recorded::Records;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::testing::{Check, Entry, Sample, table};

/// What was found in one entry, or in all.
#[derive(Default)]
struct Report {
    checks: usize,
    failures: Vec<String>,
    skips: Vec<String>,
}

impl Report {
    fn add(&mut self, other: Report) {
        self.checks += other.checks;
        self.failures.extend(other.failures);
        self.skips.extend(other.skips);
    }
}

/// One sample under test.
struct Case<'a> {
    entry: &'a Entry,
    sample: &'a Sample,
    report: &'a mut Report,
}

impl Case<'_> {
    /// Where a failure is, for the person who looks for it.
    fn place(&self) -> String {
        format!("{} ({}) `{}`", self.entry.name, self.entry.file, self.sample.torch)
    }

    /// Counts a check and keeps its failure.
    fn check(&mut self, name: &str, result: Result<(), String>) {
        self.report.checks += 1;
        if let Err(text) = result {
            self.report.failures.push(format!("{}: {name}: {text}", self.place()));
        }
    }

    /// Is this check left out? Notes the reason if so.
    fn skipped(&mut self, check: Check) -> bool {
        match self.sample.skipped(check) {
            Some(why) => {
                self.skip(&format!("{check:?}").to_lowercase(), why);
                true
            }
            None => false,
        }
    }

    fn skip(&mut self, check: &str, why: &str) {
        self.report.skips.push(format!("{}: {check}: {why}", self.place()));
    }

    /// Does a derivative of this sample exist at all?
    fn differentiable(&self) -> bool {
        self.entry.not_differentiable.is_none() && self.sample.inputs.iter().any(|t| t.dtype().is_float())
    }
}

#[test]
fn every_operation() {
    let chosen = std::env::var("WENGERT_OPS").ok();
    let names: Option<Vec<&str>> = chosen.as_deref().map(|s| s.split(',').collect());
    let entries: Vec<Entry> =
        table().into_iter().filter(|e| names.as_ref().is_none_or(|n| n.contains(&e.name))).collect();
    let records = Records::read();
    let mut report = Report::default();
    if names.is_none() {
        records.stale(&entries, &mut report);
    }
    // Whatever draws random numbers seeds the process's one generator: such entries take turns.
    let seeds = |e: &Entry| e.samples.iter().any(|s| s.torch.contains("manual_seed"));
    let (alone, together): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|e| seeds(e));
    let next = AtomicUsize::new(0);
    let reports = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
    std::thread::scope(|s| {
        for _ in 0..workers {
            s.spawn(|| {
                while let Some(entry) = together.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let done = examine(entry, &records);
                    reports.lock().unwrap().push((entry.name, done));
                }
            });
        }
    });
    let mut reports = reports.into_inner().unwrap();
    let fork = wengert::random::fork();
    reports.extend(alone.iter().map(|e| (e.name, examine(e, &records))));
    reports.sort_by_key(|(name, _)| *name);
    reports.into_iter().for_each(|(_, r)| report.add(r));
    // The number of threads is the process's, so this is done one sample at a time.
    entries.iter().for_each(|e| threads::check(e, &mut report));
    drop(fork);
    finish(&entries, report);
}

fn finish(entries: &[Entry], report: Report) {
    let samples: usize = entries.iter().map(|e| e.samples.len()).sum();
    // Straight to the stream: libtest swallows the prints of tests that pass.
    let mut text = format!(
        "{} operations, {samples} samples, {} checks, {} skips\n",
        entries.len(),
        report.checks,
        report.skips.len()
    );
    if std::env::var_os("WENGERT_SKIPS").is_some() {
        report.skips.iter().for_each(|s| text.push_str(&format!("skip {s}\n")));
    }
    let _ = std::io::stderr().write_all(text.as_bytes());
    let n = report.failures.len();
    assert!(n == 0, "{n} checks failed:\n{}", report.failures.join("\n"));
}

/// All checks of one operation but those that need the whole process.
fn examine(entry: &Entry, records: &Records) -> Report {
    let mut report = Report::default();
    let mut sizes = differences::Sizes::default();
    for sample in &entry.samples {
        let mut case = Case { entry, sample, report: &mut report };
        let outcome = match run(sample, &sample.inputs) {
            Ok(outcome) => outcome,
            Err(text) => {
                case.check("call", Err(text));
                continue;
            }
        };
        records.compare(&mut case, &outcome);
        case.check("inputs are left alone", call::unchanged(sample));
        if entry.not_differentiable.is_some() {
            let tracked = outcome.outputs.iter().any(|y| y.requires_grad);
            let text = "an output requires grad, but the operation says that it has no derivative";
            case.check("no derivative", if tracked { Err(text.to_string()) } else { Ok(()) });
        }
        if case.differentiable() {
            differences::check(&mut case, &outcome);
            sizes.add(&mut case, &outcome);
            transforms::check_products(&mut case, &outcome);
        }
        transforms::check_batches(&mut case);
        layouts::check(&mut case, &outcome);
        doors::check(&mut case, &outcome);
        precision::check(&mut case);
        deferral::check(&mut case);
    }
    sizes.check(entry, &mut report);
    errors(entry, &mut report);
    report
}

/// Calls that must fail, with the right words.
fn errors(entry: &Entry, report: &mut Report) {
    for (i, e) in entry.errors.iter().enumerate() {
        report.checks += 1;
        let inputs = leaves(&e.inputs);
        let failure = match caught(|| (e.call)(&inputs)) {
            Err(text) => text,
            Ok(Ok(_)) => format!("the call succeeds; expected: {}", e.text),
            Ok(Err(error)) if error.to_string().contains(e.text) => continue,
            Ok(Err(error)) => format!("the text is\n    {error}\n  and not\n    {}", e.text),
        };
        report.failures.push(format!("{} ({}), error {i}: {failure}", entry.name, entry.file));
    }
}

/// Compares two runs that should give the same numbers.
fn same(expected: &Outcome, got: &Outcome, tolerance: numbers::Tolerance) -> Result<(), String> {
    if expected.outputs.len() != got.outputs.len() {
        return Err(format!("{} outputs instead of {}", got.outputs.len(), expected.outputs.len()));
    }
    for (i, (e, g)) in expected.outputs.iter().zip(&got.outputs).enumerate() {
        numbers::close(&e.numbers, &g.numbers, tolerance).map_err(|text| format!("output {i}: {text}"))?;
    }
    if expected.no_gradient.is_some() != got.no_gradient.is_some() {
        let why = expected.no_gradient.as_ref().or(got.no_gradient.as_ref());
        return Err(format!("backward fails only once: {}", why.map_or("", String::as_str)));
    }
    for (i, (e, g)) in expected.grads.iter().zip(&got.grads).enumerate() {
        match (e, g) {
            (Some(e), Some(g)) => {
                numbers::close(e, g, tolerance).map_err(|text| format!("gradient {i}: {text}"))?;
            }
            (None, None) => {}
            _ => return Err(format!("gradient {i} is defined only once")),
        }
    }
    Ok(())
}
