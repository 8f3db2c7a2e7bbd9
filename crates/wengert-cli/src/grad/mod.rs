//! `wengert grad`: derivatives of an expression.
//!
//! `lexer.rs` and `parser.rs` turn the text into a [`Program`](program::Program): Wengert's list of 1964, one operation a line. `point.rs`
//! reads `--at`. `reverse.rs` and `forward.rs` differentiate the list in the two directions; `show.rs` prints.

mod command;
mod forward;
mod functions;
mod index;
mod lexer;
mod operators;
mod parser;
mod point;
mod program;
mod reverse;
mod show;

pub use command::run;
pub use functions::help;
