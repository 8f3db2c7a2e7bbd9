//! Grad mode, and the line to which new nodes are ascribed. Both are of the thread.

use std::cell::Cell;
use std::panic::Location;

thread_local! {
    static GRAD: Cell<bool> = const { Cell::new(true) };
    static LINE: Cell<Option<&'static Location<'static>>> = const { Cell::new(None) };
}

/// Are operations recorded on this thread?
#[inline]
pub fn is_grad_enabled() -> bool {
    GRAD.get()
}

/// Sets grad mode until it is dropped.
#[must_use = "grad mode is set back when the guard is dropped"]
#[derive(Debug)]
pub struct GradMode {
    before: bool,
    /// Grad mode is of the thread, so the guard must not leave it.
    not_send: std::marker::PhantomData<*const ()>,
}

impl GradMode {
    /// Records (`true`) or does not (`false`) from here on.
    pub fn set(enabled: bool) -> GradMode {
        GradMode { before: GRAD.replace(enabled), not_send: std::marker::PhantomData }
    }
}

impl Drop for GradMode {
    fn drop(&mut self) {
        GRAD.set(self.before);
    }
}

/// Runs `f` without recording (`torch.no_grad`).
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    let _guard = GradMode::set(false);
    f()
}

/// Runs `f` with recording (`torch.enable_grad`).
pub fn enable_grad<R>(f: impl FnOnce() -> R) -> R {
    let _guard = GradMode::set(true);
    f()
}

/// The line to ascribe a call to: that of the forward call, if a formula is running in backward, else the caller's.
#[inline]
pub(crate) fn location(caller: &'static Location<'static>) -> &'static Location<'static> {
    LINE.get().unwrap_or(caller)
}

/// Ascribes calls to `line` until it is dropped.
pub(crate) struct Ascribe(Option<&'static Location<'static>>);

impl Ascribe {
    pub(crate) fn to(line: &'static Location<'static>) -> Ascribe {
        Ascribe(LINE.replace(Some(line)))
    }
}

impl Drop for Ascribe {
    fn drop(&mut self) {
        LINE.set(self.0);
    }
}
