//! `cargo xtask reference`: records what PyTorch computes for the samples of all operations. Run by hand after samples changed.

use crate::{Result, files};
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
pub struct Args {
    /// A Python that can import torch
    #[arg(long, default_value = "python3")]
    python: PathBuf,
}

/// The recorded values must stay small enough to be read and compared by people.
const LARGEST: usize = 1 << 20;

pub fn run(args: &Args) -> Result<()> {
    let root = files::root();
    let samples = root.join("target").join("samples.txt");
    let recorded = root.join("target").join("reference.txt");
    files::run(
        Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--package", "wengert", "--example", "dump_samples", "--"])
            .arg(&samples),
    )?;
    // What fails is named, and the rest is recorded.
    let _ = std::fs::remove_file(&recorded);
    let complete = files::run(
        Command::new(&args.python).arg(root.join("xtask/python/record_reference.py")).arg(&samples).arg(&recorded),
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
