//! `cargo xtask`: what is done to the sources rather than by them.

mod bench;
mod ci;
mod files;
mod generate;
mod python;
mod reference;
mod tidy;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tools of the wengert repository")]
struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write what is derived from the operations' files: module lists, methods, the table, the page of operations
    Gen(generate::Args),
    /// Measure, alone or against PyTorch
    Bench(bench::Args),
    /// Record what PyTorch computes for the operations' samples
    Reference(reference::Args),
    /// Build the wheel, install it into an environment below target, and run its tests
    Python(python::Args),
    /// Run all checks and tests
    Test(ci::Args),
}

/// A result whose error is a text for the person at the terminal.
type Result<T, E = String> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let result = match Args::parse().task {
        Task::Gen(args) => generate::run(&args),
        Task::Bench(args) => bench::run(&files::root(), &args),
        Task::Reference(args) => reference::run(&args),
        Task::Python(args) => python::run(&args),
        Task::Test(args) => ci::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            if !text.is_empty() {
                eprintln!("{text}");
            }
            ExitCode::FAILURE
        }
    }
}
