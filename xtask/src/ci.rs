//! `cargo xtask test`: all that must hold before a change is accepted, on a machine with nothing but Rust and Python.

use crate::{Result, files, python, tidy};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

#[derive(clap::Args)]
pub struct Args {
    /// Only the steps whose names contain one of these words: format, generated, tidy, clippy, docs, tests, immediate, deferred, thread, python
    only: Vec<String>,
}

struct Step {
    name: &'static str,
    run: fn(&mut Tests) -> Result<()>,
}

/// What cargo's test binaries report.
#[derive(Default)]
struct Tests {
    passed: usize,
    failed: usize,
}

const STEPS: [Step; 11] = [
    Step { name: "format", run: |_| cargo(&["fmt", "--all", "--check"], &[]) },
    Step { name: "generated files", run: |_| this(&["gen", "--check", "--workspace"]) },
    Step { name: "tidy", run: |_| tidy::run() },
    Step {
        name: "clippy",
        run: |_| cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"], &[]),
    },
    Step {
        name: "docs",
        run: |_| cargo(&["doc", "--workspace", "--no-deps", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")]),
    },
    Step { name: "tests", run: |counts| tests(counts, &["--workspace"], &[]) },
    // The same results are due whenever elementwise work is done, and by however many threads.
    Step { name: "all immediate", run: |counts| tests(counts, &SAME_AGAIN, &[("WENGERT_DEFER", "0")]) },
    Step { name: "all deferred", run: |counts| tests(counts, &SAME_AGAIN, &[("WENGERT_DEFER", "2")]) },
    Step { name: "one thread", run: |counts| tests(counts, &SAME_AGAIN, &[("WENGERT_NUM_THREADS", "1")]) },
    Step { name: "python lint", run: |_| python::lint(&python::environment()?) },
    Step { name: "python", run: python_tests },
];

/// All tests but the documentation's.
const SAME_AGAIN: [&str; 4] = ["--workspace", "--lib", "--bins", "--tests"];

pub fn run(args: &Args) -> Result<()> {
    let mut tests = Tests::default();
    let mut summary = Vec::new();
    let mut failed = Vec::new();
    for step in &STEPS {
        if !args.only.is_empty() && !args.only.iter().any(|word| step.name.contains(word.as_str())) {
            continue;
        }
        println!("== {}", step.name);
        let start = Instant::now();
        let result = (step.run)(&mut tests);
        let seconds = start.elapsed().as_secs_f64();
        if let Err(text) = &result {
            println!("{text}");
            failed.push(step.name);
        }
        let word = if result.is_ok() { "ok" } else { "FAILED" };
        summary.push(format!("{:<16} {word:<6} {seconds:6.1} s", step.name));
    }
    println!("\n{}", summary.join("\n"));
    if !failed.is_empty() {
        println!("failed: {}", failed.join(", "));
    }
    if tests.passed + tests.failed > 0 {
        println!("{} passed, {} failed", tests.passed, tests.failed);
    }
    // All is said.
    if failed.is_empty() { Ok(()) } else { Err(String::new()) }
}

fn cargo(args: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    files::run(Command::new(env!("CARGO")).args(args).envs(environment.iter().copied()))
}

/// Another task of this program.
fn this(args: &[&str]) -> Result<()> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    files::run(Command::new(program).args(args))
}

/// Tests of all crates; a failing binary does not keep the others from running.
fn tests(counts: &mut Tests, which: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let mut child = Command::new(env!("CARGO"))
        .args(["test", "--no-fail-fast"])
        .args(which)
        .envs(environment.iter().copied())
        .current_dir(files::root())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cargo: {e}"))?;
    let output = child.stdout.take().expect("it was asked for");
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| e.to_string())?;
        println!("{line}");
        if let Some(result) = line.strip_prefix("test result: ") {
            counts.passed += count(result, "passed");
            counts.failed += count(result, "failed");
        }
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    if status.success() {
        return Ok(());
    }
    // What does not compile reports nothing, and is no success either.
    counts.failed = counts.failed.max(1);
    Err(format!("cargo test: {status}"))
}

/// The wheel, built and installed as users do, and its tests.
fn python_tests(counts: &mut Tests) -> Result<()> {
    let python = python::environment()?;
    python::install(&python)?;
    let (passed, failed) = python::tests(&python, &[])?;
    counts.passed += passed;
    counts.failed += failed;
    if failed == 0 { Ok(()) } else { Err(format!("{failed} tests of the Python package failed")) }
}

/// The number before a word: `3 passed`.
pub fn count(line: &str, word: &str) -> usize {
    let mut before = "";
    for piece in line.split([' ', ';']) {
        if piece == word {
            return before.parse().unwrap_or(0);
        }
        before = piece;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_are_read() {
        let line = "FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        assert_eq!((count(line, "passed"), count(line, "failed"), count(line, "eaten")), (12, 3, 0));
    }
}
