//! Where in Python a call was made: the code object and the instruction, looked up when somebody asks for the line.

use pyo3::Python;

/// While it lives, what the library does was asked for by the Python line that runs now.
pub struct Here;

/// Says that the line which runs now asks for what follows.
#[inline]
pub fn here(_py: Python) -> Here {
    Here
}

/// A place on its way to where the lock is not held.
pub struct Kept;

impl Kept {
    /// Runs it as if from there.
    #[inline]
    pub fn within<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }
}

/// Runs what gives the lock away.
#[inline]
pub fn kept<R>(f: impl FnOnce(&Kept) -> R) -> R {
    f(&Kept)
}
