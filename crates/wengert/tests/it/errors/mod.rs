//! The texts of errors, whole: PyTorch's words, our hints and notes, and the lines that they name. One file for each chapter; that of
//! writes in place is `in_place.rs`, that of gradcheck `gradcheck.rs`.

mod anomaly;
mod checkpoint;
mod explain;
mod forward;
mod function;
mod hooks;
mod leaf;
mod modes;
mod retain;
mod saved;
mod tensors;
mod threads;
mod transforms;
mod views;

use std::fmt::Display;
use wengert::autograd::Options;
use wengert::{Result, Tensor, tensor};

/// A text without line numbers, which move with the file.
pub fn text(shown: impl Display) -> String {
    let shown = shown.to_string();
    let mut out = String::new();
    let mut rest = &*shown;
    while let Some(i) = rest.find(".rs:") {
        out.push_str(&rest[..i + 3]);
        rest = rest[i + 4..].trim_start_matches(|c: char| c.is_ascii_digit() || c == ':');
    }
    out + rest
}

/// What a call says that must fail.
#[track_caller]
pub fn fails<T>(result: Result<T>) -> String {
    text(result.err().expect("an error"))
}

/// Three numbers that require grad.
pub fn leaf() -> Tensor {
    tensor!([1.0, 2.0, 3.0]).requires_grad_(true)
}

/// Backward from the sum.
#[track_caller]
pub fn backward(t: &Tensor) -> Result<()> {
    t.sum().backward_with(None, Options::default())
}
