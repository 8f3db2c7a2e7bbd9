//! First and second derivatives against finite differences, at points where something is to be seen.

use super::call::{Outcome, caught};
use super::numbers::Numbers;
use super::{Case, Report, transforms};
use std::collections::BTreeMap;
use wengert::autograd::{GradcheckOptions, gradcheck, gradgradcheck};
use wengert::testing::{Check, Entry};

/// gradcheck and gradgradcheck in double precision, for the inputs that have a gradient: a constant (`b.detach()`) has none, and that it
/// has none in PyTorch either is a check of its own.
pub fn check(case: &mut Case, outcome: &Outcome) {
    let constant = constants(case, outcome);
    if !case.sample.smooth || constant.iter().all(|&c| c) {
        return;
    }
    let finite = case.sample.inputs.iter().all(|x| Numbers::of(x).finite());
    if !finite || !outcome.outputs.iter().all(|y| y.numbers.finite()) {
        if case.sample.skipped(Check::Gradcheck).is_none() {
            case.skip("gradcheck, gradgradcheck", "infinity and NaN have no neighbours");
        }
        return;
    }
    let inputs = transforms::points(&case.sample.inputs, &constant);
    let (sample, options) = (case.sample, GradcheckOptions::default());
    let tracked = match caught(|| (sample.call)(&inputs)) {
        Ok(Ok(outputs)) => outputs.iter().any(|y| y.requires_grad()),
        Ok(Err(e)) => return case.check("call in double precision", Err(e.to_string())),
        Err(text) => return case.check("call in double precision", Err(text)),
    };
    let flat = |r: Result<wengert::Result<bool>, String>| r.and_then(|r| r.map(drop).map_err(|e| e.to_string()));
    if !case.skipped(Check::Gradcheck) {
        case.check("gradcheck", flat(caught(|| gradcheck(&sample.call, &inputs, options))));
    }
    if tracked && !case.skipped(Check::Gradgradcheck) {
        case.check("gradgradcheck", flat(caught(|| gradgradcheck(&sample.call, &inputs, options))));
    }
    if tracked {
        transforms::check_differences(case, &inputs);
    }
}

/// Which inputs have no gradient.
fn constants(case: &Case, outcome: &Outcome) -> Vec<bool> {
    let mut grads = outcome.grads.iter();
    let floating = case.sample.inputs.iter().map(|x| x.dtype().is_float());
    floating.map(|floating| !(floating && grads.next().is_some_and(Option::is_some))).collect()
}

/// The largest gradient of each input over the samples of an operation.
#[derive(Default)]
pub struct Sizes(BTreeMap<usize, f64>);

/// A gradient below this shows nothing.
const SMALL: f64 = 1e-4;

impl Sizes {
    pub fn add(&mut self, case: &mut Case, outcome: &Outcome) {
        if outcome.grads.is_empty() || case.skipped(Check::NotSmall) {
            return;
        }
        let floating = (0..case.sample.inputs.len()).filter(|&i| case.sample.inputs[i].dtype().is_float());
        for (i, grad) in floating.zip(&outcome.grads) {
            if let Some(grad) = grad {
                let largest = self.0.entry(i).or_insert(0.0);
                *largest = largest.max(grad.largest());
            }
        }
    }

    pub fn check(&self, entry: &Entry, report: &mut Report) {
        for (i, size) in &self.0 {
            report.checks += 1;
            if *size <= SMALL {
                report.failures.push(format!(
                    "{} ({}): gradients seen: that of input {i} is at most {size:e} in all samples, which shows nothing",
                    entry.name, entry.file
                ));
            }
        }
    }
}
