//! The program `wengert`: train, differentiate, learn.

mod args;
mod error;
mod grad;
mod output;
mod report;
mod style;
mod tour;
mod train;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = args::Cli::parse();
    let result = match &cli.command {
        args::Command::Grad(a) => grad::run(a),
        args::Command::Train(a) => train::run(a),
        args::Command::Tour(a) => tour::run(a),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprint!("{}", e.render(style::Style::stderr()));
            ExitCode::from(e.code)
        }
    }
}
