//! `cargo xtask reference`: records what PyTorch computes for the samples of all operations, and what it shows for the recorded programs.
//! Run by hand after samples or programs changed.

use crate::{Result, files};
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// A Python that can import torch
    #[arg(long, default_value = "python3")]
    python: PathBuf,
    /// Record only these
    #[arg(long, value_enum)]
    only: Option<What>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// The samples of operations: testdata/reference.txt
    Samples,
    /// The programs of tests/it/cases: testdata/cases
    Cases,
    /// The programs of python/tests/programs: python/tests/recorded
    Python,
}

/// The recorded values must stay small enough to be read and compared by people.
const LARGEST: usize = 1 << 20;

pub fn run(args: &Args) -> Result<()> {
    let all = [(What::Samples, samples as fn(&Path) -> Result<()>), (What::Cases, cases), (What::Python, programs)];
    let chosen = all.iter().filter(|(what, _)| args.only.is_none_or(|only| only == *what));
    // What fails is named, and the rest is recorded.
    let failures: Vec<String> = chosen.filter_map(|(_, record)| record(&args.python).err()).collect();
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

fn samples(python: &Path) -> Result<()> {
    let root = files::root();
    let samples = root.join("target").join("samples.txt");
    let recorded = root.join("target").join("reference.txt");
    files::run(
        Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--package", "wengert", "--example", "dump_samples", "--"])
            .arg(&samples),
    )?;
    let _ = std::fs::remove_file(&recorded);
    let complete = files::run(
        Command::new(python).arg(root.join("xtask/python/record_reference.py")).arg(&samples).arg(&recorded),
    );
    let text = files::read(&recorded)?;
    if text.len() > LARGEST {
        return Err(format!("{} bytes are more than {LARGEST}: make the samples smaller", text.len()));
    }
    let path = root.join("crates/wengert/testdata/reference.txt");
    std::fs::write(&path, &text).map_err(|e| format!("{}: {e}", files::shown(&path)))?;
    println!("{}: {} kB", files::shown(&path), text.len() / 1000);
    complete
}

fn cases(python: &Path) -> Result<()> {
    let root = files::root();
    let programs = root.join("target").join("programs.json");
    // The programs stand in the tests, beside the same in Rust.
    files::run(
        Command::new(env!("CARGO"))
            .args(["test", "--quiet", "--package", "wengert", "--test", "it", "--", "--ignored", "--exact"])
            .arg("cases::write_programs")
            .env("WENGERT_PROGRAMS", &programs),
    )?;
    let script = root.join("xtask/python/record_cases.py");
    files::run(Command::new(python).arg(script).arg(&programs).arg(root.join("crates/wengert/testdata/cases")))
}

fn programs(python: &Path) -> Result<()> {
    files::run(Command::new(python).arg(files::root().join("python/tests/record.py")))
}
