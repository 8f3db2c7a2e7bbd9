//! `cargo xtask python`: the wheel in a virtual environment of its own, below `target`, and its tests.

use crate::{Result, files};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[derive(clap::Args)]
pub struct Args {
    /// Install what is there already compiled, without looking for changes
    #[arg(long)]
    no_build: bool,
    /// What pytest is told
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pytest: Vec<String>,
}

/// What the tests need beside wengert.
const PACKAGES: [&str; 5] = ["maturin>=1.9,<2", "numpy", "pytest", "safetensors", "ruff"];

pub fn run(args: &Args) -> Result<()> {
    let python = environment()?;
    if !args.no_build {
        install(&python)?;
    }
    let (passed, failed) = tests(&python, &args.pytest)?;
    println!("{passed} passed, {failed} failed");
    if failed == 0 { Ok(()) } else { Err(String::new()) }
}

/// The environment's Python; the environment is made if it is not there.
pub fn environment() -> Result<PathBuf> {
    let folder = files::root().join("target").join("venv");
    let python = folder.join("bin").join("python");
    if !python.is_file() {
        files::run(Command::new(system_python()).args(["-m", "venv"]).arg(&folder))?;
    }
    let marker = folder.join("packages");
    let wanted = PACKAGES.join("\n");
    if std::fs::read_to_string(&marker).ok().as_deref() != Some(&wanted) {
        files::run(
            Command::new(&python)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args(PACKAGES),
        )?;
        std::fs::write(&marker, wanted).map_err(|e| format!("{}: {e}", files::shown(&marker)))?;
    }
    Ok(python)
}

/// Python 3.11 where it is to be had, or what `python3` is.
fn system_python() -> PathBuf {
    if let Some(python) = std::env::var_os("PYTHON") {
        return python.into();
    }
    let works = |name: &str| {
        let version = Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.is_ok_and(|s| s.success())
    };
    if works("python3.11") { "python3.11".into() } else { "python3".into() }
}

/// `pip install .`
pub fn install(python: &Path) -> Result<()> {
    files::run(
        Command::new(python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--no-build-isolation",
                "--no-deps",
            ])
            .args(["--force-reinstall", "."])
            .env("PATH", path_with(python))
            .current_dir(files::root()),
    )
}

/// The environment's programs come first: the build finds its maturin.
fn path_with(python: &Path) -> std::ffi::OsString {
    let own = python.parent().map(Path::to_path_buf).into_iter();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.chain(std::env::split_paths(&rest))).unwrap_or(rest)
}

/// Format and lints of the Python sources.
pub fn lint(python: &Path) -> Result<()> {
    let ruff = python.with_file_name("ruff");
    let places = ["python", "xtask/python"];
    files::run(Command::new(&ruff).args(["check", "--quiet"]).args(places).current_dir(files::root()))?;
    files::run(Command::new(&ruff).args(["format", "--quiet", "--check"]).args(places).current_dir(files::root()))
}

/// Runs pytest; how many tests passed and failed.
pub fn tests(python: &Path, args: &[String]) -> Result<(usize, usize)> {
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "python/tests"]).args(args);
    let output = command
        .current_dir(files::root())
        .stdout(Stdio::piped())
        .output()
        .map_err(|e| format!("{}: {e}", python.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    let summary = text.lines().rev().find(|l| l.contains(" passed") || l.contains(" failed") || l.contains(" error"));
    let count = |word| summary.map_or(0, |l| crate::ci::count(&l.replace(',', ""), word));
    let failed = count("failed") + count("error") + count("errors");
    // A run that ends early reports nothing, and is no success either.
    Ok((count("passed"), if output.status.success() { failed } else { failed.max(1) }))
}
