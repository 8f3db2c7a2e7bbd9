//! What a program shows, one line for each value, in the words of xtask/python/record_cases.py.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wengert::autograd::Node;
use wengert::error::Kind;
use wengert::{DType, Error, Tensor};

/// Collects the lines that a program shows.
#[derive(Default)]
pub struct Show(Vec<String>);

impl Show {
    /// The lines that `run` shows, and the text of the panic that ended it, if one did.
    pub fn lines_of(run: fn(&mut Show)) -> (Vec<String>, Option<String>) {
        let mut show = Show::default();
        let end = catch_unwind(AssertUnwindSafe(|| run(&mut show)));
        (show.0, end.err().map(|e| text_of(&*e)))
    }

    /// A tensor: dtype, shape, whether it requires grad, elements.
    pub fn tensor(&mut self, t: &Tensor) {
        let mut line = format!("tensor {} {:?}", t.dtype().to_string().trim_start_matches("torch."), t.shape());
        if t.requires_grad() {
            line.push_str(" grad");
        }
        let words: Vec<String> = match t.dtype().is_float() {
            true => t.to_vec::<f64>().iter().map(f64::to_string).collect(),
            false => t.to_vec::<i64>().iter().map(i64::to_string).collect(),
        };
        for word in words {
            line.push(' ');
            line.push_str(&word);
        }
        self.0.push(line);
    }

    /// Several tensors, one line each: `show((a, b))`.
    pub fn tensors<'a>(&mut self, tensors: impl IntoIterator<Item = &'a Tensor>) {
        tensors.into_iter().for_each(|t| self.tensor(t));
    }

    /// A tensor that may not be there: `show(x.grad)`.
    pub fn grad(&mut self, t: Option<Tensor>) {
        match t {
            Some(t) => self.tensor(&t),
            None => self.none(),
        }
    }

    /// `show(None)`.
    pub fn none(&mut self) {
        self.0.push("none".to_string());
    }

    /// A truth value: `show(x.requires_grad)`.
    pub fn flag(&mut self, b: bool) {
        self.0.push(b.to_string());
    }

    /// A number: `show(x._version)`.
    pub fn number(&mut self, x: impl Display) {
        self.0.push(format!("number {x}"));
    }

    /// A text: `show("called")`.
    pub fn text(&mut self, s: impl Display) {
        self.0.push(format!("text {s}"));
    }

    /// A dtype as PyTorch prints it: `show(str(x.dtype))`.
    pub fn dtype(&mut self, dtype: DType) {
        self.text(dtype);
    }

    /// A node's name: `show(x.grad_fn)`.
    pub fn node(&mut self, node: Option<Node>) {
        match node {
            Some(node) => self.0.push(format!("node {}", node.name())),
            None => self.none(),
        }
    }

    /// How a call ended that gives a `Result`: `with raises(): f()`.
    pub fn error<T>(&mut self, result: Result<T, Error>) {
        self.0.push(match result {
            Ok(_) => "no error".to_string(),
            Err(e) => format!("error {} {}", class(e.kind()), e.message()),
        });
    }

    /// How a call ended that panics where others give a `Result`: `with raises(): f()`. A panic has no class.
    pub fn panics<R>(&mut self, f: impl FnOnce() -> R) {
        self.0.push(match catch_unwind(AssertUnwindSafe(f)) {
            Ok(_) => "no error".to_string(),
            Err(e) => format!("error ? {}", text_of(&*e)),
        });
    }
}

/// PyTorch's class of an error.
fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Runtime => "RuntimeError",
        Kind::Index => "IndexError",
        Kind::Type => "TypeError",
        Kind::Value => "ValueError",
        Kind::NotImplemented => "NotImplementedError",
        Kind::Linalg => "_LinAlgError",
        Kind::Io => "OSError",
    }
}

/// What a panic says.
pub fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text").to_string()
}
