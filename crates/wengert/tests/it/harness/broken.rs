//! Each check of the harness must fail where it should: operations with one mistake each.

use super::recorded::Records;
use super::{Report, examine, threads};
use crate::twice::Twice;
use wengert::apply::apply1;
use wengert::testing::{Check, Entry, fingerprint, floats, uniform};
use wengert::{DType, Tensor, no_grad, ops};
use wengert_kernels::parallel::num_threads;

/// The square of the input, right in every respect, with one thing changed by `call`.
fn square(call: impl Fn(&[Tensor]) -> wengert::Result<Tensor> + Send + Sync + 'static) -> Entry {
    Entry::new("square(Tensor input) -> Tensor").sample("a * a", [uniform(5, 0.5, 2.0, &[3, 4])], call)
}

fn right(t: &[Tensor]) -> wengert::Result<Tensor> {
    ops::mul(&t[0], &t[0])
}

/// The record of an entry's only sample, as the entry itself computes it, changed by `edit`.
fn records(entry: &Entry, edit: impl Fn(String) -> String) -> Records {
    let sample = &entry.samples[0];
    let x = &sample.inputs[0];
    let y: Vec<f64> = x.to_vec::<f64>().iter().map(|v| v * v).collect();
    let g = x.to_vec::<f64>().into_iter().enumerate().map(|(k, v)| 2.0 * v * (1.0 + k as f64).cos());
    let words = |v: &mut dyn Iterator<Item = f64>| v.map(|v| format!(" {v:?}")).collect::<String>();
    let text = format!(
        "> square {} a * a\n= float64{:?} grad{}\n~{}\n",
        fingerprint(entry.name, sample),
        x.shape(),
        words(&mut y.into_iter()),
        words(&mut g.into_iter())
    );
    Records::parse(&edit(text.replace(", ", ",")))
}

/// All that is found wrong, in one text.
fn found(entry: &Entry) -> String {
    let mut report = examine(entry, &records(entry, |text| text));
    threads::check(entry, &mut report);
    assert_eq!(report.skips.len(), entry.samples[0].skips.len(), "{:?}", report.skips);
    report.failures.join("\n")
}

fn assert_found(entry: &Entry, expected: &[&str]) {
    let text = found(entry);
    for e in expected {
        assert!(text.contains(e), "not found: {e}\n{text}");
    }
}

#[test]
fn nothing_is_wrong_with_a_right_operation() {
    assert_eq!(found(&square(right)), "");
}

#[test]
fn wrong_values_and_wrong_records() {
    assert_found(&square(|t| Ok(right(t)? * 1.000_001)), &["`a * a`: recorded values: output 0: element 0 is"]);
    let entry = square(right);
    let with = |edit: fn(String) -> String| examine(&entry, &records(&entry, edit)).failures.join("\n");
    assert!(
        with(|t| t.replace("float64", "float32")).contains("torch.float64 of shape [3, 4] instead of torch.float32")
    );
    assert!(with(|t| t.replace("[3,4]", "[4,3]")).contains("shape [3, 4] instead of torch.float64 of shape [4, 3]"));
    assert!(with(|t| t.replace(" grad", "")).contains("output 0 has requires_grad=true, PyTorch's false"));
    assert!(with(|t| t.replace('~', "~ 1 2\n~")).contains("recorded gradient: 1 gradients instead of 2"));
    assert!(with(|t| t.replace("~ ", "~ 7")).contains("recorded gradient: of floating input 0: element 0 is"));
    assert!(with(|t| format!("{}\n~ none\n", t.split('~').next().unwrap())).contains("defined, but PyTorch's is None"));
    assert!(with(|t| t + "& ok\n").contains("second backward: the graph is freed, but PyTorch's is not"));
    assert!(
        with(|t| t + "! not implemented\n").contains("no gradient: there is one, but PyTorch says: not implemented")
    );
    assert!(with(|_| String::new()).contains("recorded values: there are none; run `cargo xtask reference"));
    let mut report = Report::default();
    records(&entry, |t| t.replace("> square ", "> square 1")).stale(std::slice::from_ref(&entry), &mut report);
    assert!(report.failures.join("\n").contains("square `a * a`: recorded, but there is no such sample"));
}

#[test]
fn wrong_gradients() {
    let detached = square(|t| ops::mul(&t[0], &t[0].detach()));
    assert_found(&detached, &["recorded gradient: of floating input 0", "`a * a`: gradcheck: Jacobian mismatch"]);
    // The first derivative is right, but its own derivative is not.
    let frozen = |t: &[Tensor]| {
        let f = t[0].detach();
        ops::sub(&(&t[0] * &f * 2.0), &(&f * &f))
    };
    assert_found(&square(frozen), &["gradgradcheck: Jacobian mismatch for output 0 with respect to input 0"]);
    let kink = Entry::new("square(Tensor input) -> Tensor")
        .kink("a * a", [uniform(5, 0.5, 2.0, &[3, 4])], |t| ops::mul(&t[0], &t[0].detach()));
    assert!(!found(&kink).contains("gradcheck"));
}

#[test]
fn wrong_tangents_and_batches() {
    let by = |forward: f64, batched: f64| {
        square(move |t| {
            let twice = apply1(Twice { backward: |g| Ok(g * 2.0), forward, batched }, &[(&t[0]).into()])?;
            ops::mul(&t[0], &(twice * 0.5))
        })
    };
    assert_eq!(found(&by(2.0, 2.0)), "");
    let forward = "forward and batched: Jacobian computed with forward mode mismatch";
    assert_found(&by(3.0, 2.0), &[forward, "forward against backward: by forward mode"]);
    assert_found(&by(2.0, 3.0), &["vmap, All(0): output 0: element", "vmap, All(-1)"]);
}

#[test]
fn a_derivative_that_should_not_be() {
    let entry = square(right).not_differentiable("for the test");
    assert_found(&entry, &["no derivative: an output requires grad"]);
}

#[test]
fn gradients_that_show_nothing() {
    assert_found(&square(|t| Ok(right(t)? * 1e-6)), &["gradients seen: that of input 0 is at most"]);
    let skipped = square(|t| Ok(right(t)? * 1e-6)).skip(Check::NotSmall, "for the test");
    assert!(!found(&skipped).contains("gradients seen"));
}

#[test]
fn inputs_that_are_written_to() {
    let writes = |t: &[Tensor]| {
        no_grad(|| ops::add_(&t[0].detach(), 0.0))?;
        right(t)
    };
    assert_found(&square(writes), &["inputs are left alone: input 0 was written to"]);
}

#[test]
fn layouts_that_matter() {
    let blind = |t: &[Tensor]| match t[0].is_contiguous() {
        true => right(t),
        false => Ok(right(t)? + 1e-6),
    };
    assert_found(
        &square(blind),
        &["transposed memory: output 0", "spread memory: output 0", "expanded inputs: output 0"],
    );
    let refuses = |t: &[Tensor]| match t[0].strides().contains(&0) {
        true => Err(wengert::Error::runtime("no")),
        false => right(t),
    };
    assert_found(&square(refuses), &["expanded inputs: fails only when expanded: no"]);
}

#[test]
fn precisions_that_are_lost() {
    let coarse = |t: &[Tensor]| match t[0].dtype() {
        DType::F32 => Ok(right(t)? + 1e-3),
        DType::F16 => Ok(right(t)? + 0.1),
        DType::BF16 => Err(wengert::Error::runtime("no halves")),
        _ => right(t),
    };
    assert_found(&square(coarse), &["in float32: output 0", "in float16: output 0", "in bfloat16: no halves"]);
}

#[test]
fn threads_that_matter() {
    let counts = |t: &[Tensor]| match num_threads() {
        7 => Ok(right(t)? + 1e-14),
        _ => right(t),
    };
    assert_found(
        &square(counts),
        &["threads: output 0 is not the same", "threads, large inputs: output 0 is not the same"],
    );
}

#[test]
fn panics_and_errors() {
    assert_found(&square(|_| panic!("oh no")), &["`a * a`: call: panic: oh no"]);
    assert_found(&square(|_| Err(wengert::Error::value("not today"))), &["`a * a`: call: not today"]);
    let x = || [floats(&[1.0], &[1])];
    let entry = square(right)
        .error(x(), |t| ops::reshape(&t[0], &[2]), "is invalid for input of size 1")
        .error(x(), |t| ops::reshape(&t[0], &[2]), "is valid")
        .error(x(), |t| ops::reshape(&t[0], &[1]), "is invalid")
        .error(x(), |_| -> wengert::Result<Tensor> { panic!("oh no") }, "is invalid");
    let text = found(&entry);
    assert!(!text.contains("error 0"), "{text}");
    assert_found(&entry, &["error 1: the text is", "error 2: the call succeeds", "error 3: panic: oh no"]);
}
