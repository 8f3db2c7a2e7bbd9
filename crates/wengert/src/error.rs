//! One error type. Texts are PyTorch's words first, then a hint of ours.

use crate::place::{Caller, Place};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What kind of mistake an [`Error`] reports: the class of PyTorch's exception.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `RuntimeError`: shapes that do not match, a graph that was freed, an in-place change of a saved tensor.
    Runtime,
    /// `IndexError`: an index or a dimension out of range.
    Index,
    /// `TypeError`: an argument of the wrong type.
    Type,
    /// `ValueError`: an argument of the right type with a wrong value.
    Value,
    /// `NotImplementedError`: the operation has no meaning for this dtype.
    NotImplemented,
    /// `torch.linalg.LinAlgError`, a `RuntimeError`: a matrix that is singular, or not positive definite.
    Linalg,
    /// An error of the operating system while reading or writing.
    Io,
}

/// An error of wengert: its kind, what happened, what to do, and the user's line.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    message: String,
    hint: Option<String>,
    notes: Vec<String>,
    operation: Option<&'static str>,
    location: Option<Place>,
    payload: Option<Arc<dyn Any + Send + Sync>>,
}

/// `Result` with wengert's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            notes: Vec::new(),
            operation: None,
            location: None,
            payload: None,
        }))
    }
    /// A [`Kind::Runtime`] error.
    pub fn runtime(message: impl Into<String>) -> Error {
        Error::new(Kind::Runtime, message)
    }
    /// A [`Kind::Index`] error.
    pub fn index(message: impl Into<String>) -> Error {
        Error::new(Kind::Index, message)
    }
    /// A [`Kind::Type`] error.
    pub fn type_(message: impl Into<String>) -> Error {
        Error::new(Kind::Type, message)
    }
    /// A [`Kind::Value`] error.
    pub fn value(message: impl Into<String>) -> Error {
        Error::new(Kind::Value, message)
    }
    /// A [`Kind::NotImplemented`] error.
    pub fn not_implemented(message: impl Into<String>) -> Error {
        Error::new(Kind::NotImplemented, message)
    }
    /// A [`Kind::Linalg`] error.
    pub fn linalg(message: impl Into<String>) -> Error {
        Error::new(Kind::Linalg, message)
    }
    /// A [`Kind::Io`] error.
    pub fn io(message: impl Into<String>) -> Error {
        Error::new(Kind::Io, message)
    }

    /// Adds what the user can do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds what else belongs to it, such as another line that is involved.
    pub fn note(mut self, note: impl Into<String>) -> Error {
        self.0.notes.push(note.into());
        self
    }

    /// Carries what the caller's own code raised, in a hook or a function that the library called, so that the caller can have it back.
    pub fn with_payload(mut self, payload: Arc<dyn Any + Send + Sync>) -> Error {
        self.0.payload = Some(payload);
        self
    }

    /// What [`Error::with_payload`] put in.
    pub fn payload(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.0.payload.as_deref()
    }

    /// Gives an error in a backward pass the line that asked for it. The line that it had is that of the forward call.
    pub(crate) fn in_backward(mut self, location: impl Into<Place>) -> Error {
        let location = location.into();
        if let Some(forward) = self.0.location.replace(location)
            && forward != location
        {
            return self.note(format!("in the backward pass of what was computed at {forward}"));
        }
        self
    }

    /// Names the operation and the user's line, if none is named yet.
    pub fn at(mut self, operation: &'static str, location: impl Into<Place>) -> Error {
        self.0.operation.get_or_insert(operation);
        self.0.location.get_or_insert_with(|| location.into());
        self
    }

    /// The kind of mistake.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }
    /// What happened: PyTorch's words alone.
    pub fn message(&self) -> &str {
        &self.0.message
    }
    /// What to do about it, and what else belongs to it, as lines that begin with what they are: `hint: ...`, `note: ...`.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let hint = self.0.hint.iter().map(|h| format!("hint: {h}"));
        hint.chain(self.0.notes.iter().map(|n| format!("note: {n}")))
    }
    /// The operation that failed, if one did.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }
    /// The user's line, if it is known.
    pub fn location(&self) -> Option<Place> {
        self.0.location
    }

    /// The whole text without the location, for a panic that shows its own.
    pub(crate) fn without_location(&self) -> String {
        let mut s = String::new();
        // Some of PyTorch's words begin with the name themselves.
        let begins = |op: &str| self.0.message.strip_prefix(op).is_some_and(|rest| rest.starts_with([':', '(']));
        if let Some(op) = self.0.operation.filter(|op| !begins(op)) {
            s.push_str(op);
            s.push_str(": ");
        }
        s.push_str(&self.0.message);
        for note in self.notes() {
            s.push_str("\n  ");
            s.push_str(&note);
        }
        s
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.without_location())?;
        match self.0.location {
            Some(l) => write!(f, "\n  at {l}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Error {
        Error::io(e.to_string())
    }
}

/// What methods do with the `Result` of the function they stand for.
///
/// # Panics
/// At the caller's line, with the error's text.
#[track_caller]
#[inline]
pub fn or_panic<T>(r: Result<T>) -> T {
    match r {
        Ok(v) => v,
        Err(e) => panic!("{}", e.without_location()),
    }
}

/// Names the operation in an error that arises before the call of a primitive.
pub(crate) trait Named {
    /// With the operation's name and the caller's line, if none is named yet.
    #[track_caller]
    fn named(self, operation: &'static str) -> Self;
}

impl<T> Named for Result<T> {
    #[track_caller]
    fn named(self, operation: &'static str) -> Self {
        let location = Caller::here();
        self.map_err(|e| e.at(operation, location))
    }
}
