//! Prints the page of derivatives: for each operation whether first, second, forward-mode and batched derivatives come from a rule or
//! from a fallback. `cargo xtask gen` keeps it in `docs/derivatives.md`.
//!
//! Nothing here is declared: every sample of an operation is run, and the library tells where it had to do without a rule.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wengert::autograd::{Options, grad_with};
use wengert::func::{Fallback, Randomness, Vmap, fallbacks, jvp, vjp, vmap};
use wengert::testing::{Check, Entry, Sample, table};
use wengert::{Result, Tensor, ops};

/// What a kind of derivative is computed by.
#[derive(Clone, PartialEq, Eq)]
enum Answer {
    /// Rules of the operation, of its family, or of the operations that it is made of.
    Rule,
    /// Something general that takes longer, for these primitives.
    Fallback(Vec<&'static str>),
    /// There is none, and why.
    None(String),
}

impl Answer {
    fn text(&self) -> String {
        match self {
            Answer::Rule => "rule".to_string(),
            Answer::Fallback(of) => format!("fallback ({})", of.join(", ")),
            Answer::None(why) => why.clone(),
        }
    }
}

/// The kinds, in the order of the columns.
const KINDS: [&str; 4] = ["First", "Second", "Forward", "Batched"];

fn main() {
    // A sample that panics is one without this kind of derivative; the page says so.
    std::panic::set_hook(Box::new(|_| {}));
    let entries = table();
    println!("# Derivatives\n");
    println!(
        "Written by `cargo xtask gen`. For each operation: its first derivative (backward), its second (backward through backward), forward \
         mode (`jvp`), and batches (`vmap` of the operation and of its backward).\n"
    );
    println!(
        "*rule*: by the operation's own rule, its family's, or those of the operations that it is made of. *fallback*: by something \
         general that takes longer, for the primitives in parentheses: forward mode by differentiating backward twice, batches by a \
         loop. Anything else is the reason why there is none. The page is measured, not declared: all samples of an operation are run, \
         and the library reports every rule that it missed (`wengert::func::fallbacks`).\n"
    );
    let mut counts = [[0; 3]; KINDS.len()];
    let mut files: BTreeMap<&str, Vec<(&Entry, [Answer; 4])>> = BTreeMap::new();
    for e in &entries {
        files.entry(e.file).or_default().push((e, answers(e)));
    }
    for (file, rows) in &files {
        let name = file.strip_prefix("crates/wengert/src/").unwrap_or(file);
        println!("## [{name}](../{file})\n");
        println!("| Operation | {} |\n| --- | --- | --- | --- | --- |", KINDS.join(" | "));
        for (e, answers) in rows {
            for (count, answer) in counts.iter_mut().zip(answers) {
                count[match answer {
                    Answer::Rule => 0,
                    Answer::Fallback(_) => 1,
                    Answer::None(_) => 2,
                }] += 1;
            }
            let cells: Vec<String> = answers.iter().map(|a| cell(&a.text())).collect();
            println!("| `{}` | {} |", cell(e.name), cells.join(" | "));
        }
        println!();
    }
    println!("## In all\n\n{} operations.\n", entries.len());
    println!("| | by rule | by fallback | none, with the reason |\n| --- | ---: | ---: | ---: |");
    for (kind, [rule, fallback, none]) in KINDS.iter().zip(counts) {
        println!("| {kind} | {rule} | {fallback} | {none} |");
    }
}

/// Text inside a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn answers(e: &Entry) -> [Answer; 4] {
    let batched = answer(e, |s| s.skipped(Check::Batched), batched);
    if let Some(why) = e.not_differentiable {
        let none = Answer::None(why.to_string());
        return [none.clone(), none.clone(), none, batched];
    }
    let always = |_: &Sample| None;
    [answer(e, always, first), answer(e, always, second), answer(e, always, forward), batched]
}

/// Runs all samples. One that gives a result shows a rule, or a fallback; only if none does there is none.
fn answer(e: &Entry, skipped: fn(&Sample) -> Option<&'static str>, run: fn(&Sample) -> Result<bool>) -> Answer {
    let (mut seen, mut found) = (Vec::new(), false);
    let mut why = None;
    for s in &e.samples {
        // The reason of the harness, should it fail here.
        if let Some(reason) = skipped(s) {
            why.get_or_insert_with(|| reason.to_string());
        }
        let (result, missed) = fallbacks(|| catch_unwind(AssertUnwindSafe(|| run(s))));
        match result {
            Ok(Ok(true)) => {
                found = true;
                seen.extend(missed.into_iter().map(|(_, name): (Fallback, &str)| name));
            }
            Ok(Ok(false)) => {}
            Ok(Err(error)) => drop(why.get_or_insert_with(|| sentence(error.message()))),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map_or("", String::as_str);
                why.get_or_insert_with(|| sentence(text));
            }
        }
    }
    seen.sort_unstable();
    seen.dedup();
    match (found, seen.is_empty()) {
        (true, true) => Answer::Rule,
        (true, false) => Answer::Fallback(seen),
        (false, _) if e.samples.iter().all(|s| s.inputs.is_empty()) => Answer::None("it takes no tensor".to_string()),
        (false, _) => {
            Answer::None(why.unwrap_or_else(|| "no sample has a floating input with a derivative".to_string()))
        }
    }
}

fn sentence(text: &str) -> String {
    text.split(['\n', ';']).next().unwrap_or_default().split(". ").next().unwrap_or_default().to_string()
}

/// The numbers of the floating inputs of a sample.
fn floating(s: &Sample) -> Vec<usize> {
    (0..s.inputs.len()).filter(|&i| s.inputs[i].dtype().is_float()).collect()
}

fn leaves(s: &Sample) -> Vec<Tensor> {
    s.inputs.iter().map(|x| x.detach().requires_grad_(x.dtype().is_float())).collect()
}

/// The differentiable results of a sample, for other floating inputs.
fn call(s: &Sample, xs: &[Tensor]) -> Result<Vec<Tensor>> {
    let mut inputs = s.inputs.clone();
    for (i, x) in floating(s).into_iter().zip(xs) {
        inputs[i] = x.clone();
    }
    Ok((s.call)(&inputs)?.into_iter().filter(|y| y.dtype().is_float()).collect())
}

/// The gradients of the inputs for gradients of ones, and those ones; none if no result requires grad.
fn gradients(s: &Sample, create_graph: bool) -> Result<Option<(Vec<Tensor>, Vec<Tensor>)>> {
    let inputs = leaves(s);
    let outputs: Vec<Tensor> = (s.call)(&inputs)?.into_iter().filter(Tensor::requires_grad).collect();
    if outputs.is_empty() {
        return Ok(None);
    }
    let ones: Vec<Tensor> = outputs.iter().map(|y| Tensor::full_like(y, 1.0).requires_grad_(true)).collect();
    let wanted: Vec<&Tensor> = inputs.iter().filter(|x| x.requires_grad()).collect();
    let options = Options { create_graph, allow_unused: true, ..Options::default() };
    let weights: Vec<Option<&Tensor>> = ones.iter().map(Some).collect();
    let grads = grad_with(&outputs.iter().collect::<Vec<_>>(), &wanted, Some(&weights), options)?;
    Ok(Some((grads.into_iter().flatten().collect(), ones)))
}

fn first(s: &Sample) -> Result<bool> {
    Ok(gradients(s, false)?.is_some_and(|(grads, _)| !grads.is_empty()))
}

fn second(s: &Sample) -> Result<bool> {
    let Some((grads, ones)) = gradients(s, true)? else { return Ok(false) };
    let tracked: Vec<&Tensor> = grads.iter().filter(|g| g.requires_grad()).collect();
    if tracked.is_empty() {
        return Ok(!grads.is_empty());
    }
    let weights: Vec<Tensor> = tracked.iter().map(|g| Tensor::full_like(g, 1.0)).collect();
    let weights: Vec<Option<&Tensor>> = weights.iter().map(Some).collect();
    let options = Options { allow_unused: true, ..Options::default() };
    grad_with(&tracked, &ones.iter().collect::<Vec<_>>(), Some(&weights), options)?;
    Ok(true)
}

fn forward(s: &Sample) -> Result<bool> {
    let xs: Vec<Tensor> = floating(s).into_iter().map(|i| s.inputs[i].clone()).collect();
    let tangents: Vec<Tensor> = xs.iter().map(|x| Tensor::full_like(x, 1.0)).collect();
    if xs.is_empty() {
        return Ok(false);
    }
    let (_, tangents) = jvp(|xs: &Vec<Tensor>| call(s, xs), &xs, &tangents)?;
    Ok(!tangents.is_empty())
}

/// A batch of two equal examples, through the operation and, where it has one, through its backward.
fn batched(s: &Sample) -> Result<bool> {
    if s.inputs.is_empty() {
        return Ok(false);
    }
    let twice = |x: &Tensor| ops::stack(&[x, x], 0);
    let inputs: Vec<Tensor> = s.inputs.iter().map(twice).collect::<Result<_>>()?;
    Vmap::new().randomness(Randomness::Same).call(|xs: &Vec<Tensor>| (s.call)(xs), &inputs)?;
    let xs: Vec<Tensor> = floating(s).into_iter().map(|i| s.inputs[i].clone()).collect();
    if matches!(catch_unwind(AssertUnwindSafe(|| first(s))), Ok(Ok(true))) {
        let (outputs, back) = vjp(|xs: &Vec<Tensor>| call(s, xs), &xs)?;
        let cotangents: Vec<Tensor> =
            outputs.iter().map(|y| twice(&Tensor::full_like(y, 1.0))).collect::<Result<_>>()?;
        vmap(|g: &Vec<Tensor>| back.call(g))(&cotangents)?;
    }
    Ok(true)
}
