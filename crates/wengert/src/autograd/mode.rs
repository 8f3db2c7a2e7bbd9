//! What a thread's calls do besides computing: record, check, wrap. One word of bits, which a door reads once; every bit but that of
//! recording leads off the quick path.

use std::cell::Cell;
use std::marker::PhantomData;

/// Calls are recorded.
pub(crate) const GRAD: u8 = 1;
/// Results are inference tensors.
pub(crate) const INFERENCE: u8 = 2;
/// Results are searched for what is not finite.
pub(crate) const ANOMALY: u8 = 4;
/// What is saved goes through hooks.
pub(crate) const SAVED_HOOKS: u8 = 8;
/// A transform is running: inputs may be wrapped tensors.
pub(crate) const TRANSFORM: u8 = 16;
/// What a node on the level of a transform saved comes back at its place in the graph.
pub(crate) const CREATE_GRAPH: u8 = 32;
/// A formula is running that is not recorded: nobody will write to its views, so they need not know their bases.
pub(crate) const FORMULA: u8 = 64;
/// Functional calls go through another door: the harness compares the two.
pub(crate) const DIVERTED: u8 = 128;

thread_local! {
    static BITS: Cell<u8> = const { Cell::new(GRAD) };
}

/// The bits of this thread.
#[inline]
pub(crate) fn bits() -> u8 {
    BITS.get()
}

/// Are calls recorded with these modes? In inference mode they never are.
#[inline]
pub(crate) fn records(bits: u8) -> bool {
    bits & (GRAD | INFERENCE) == GRAD
}

/// Is one of these bits set on this thread?
#[inline]
pub(crate) fn has(bit: u8) -> bool {
    BITS.get() & bit != 0
}

/// Sets a bit, or clears it, until it is dropped.
#[must_use = "the mode is set back when the guard is dropped"]
#[derive(Debug)]
pub(crate) struct Bit {
    bit: u8,
    before: u8,
    /// Modes are of the thread, so the guard must not leave it.
    not_send: PhantomData<*const ()>,
}

impl Bit {
    #[inline]
    pub fn set(bit: u8, on: bool) -> Bit {
        let bits = BITS.get();
        BITS.set(if on { bits | bit } else { bits & !bit });
        Bit { bit, before: bits & bit, not_send: PhantomData }
    }
}

impl Drop for Bit {
    #[inline]
    fn drop(&mut self) {
        BITS.set(BITS.get() & !self.bit | self.before);
    }
}

/// For what users wrote and backward calls: until this is dropped, views know their bases again.
pub(crate) fn users_code() -> Bit {
    Bit::set(FORMULA, false)
}

/// The modes of a thread, to go on with its work on another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snapshot {
    bits: u8,
}

/// The modes of this thread.
#[expect(dead_code, reason = "for work that moves to another thread")]
pub(crate) fn snapshot() -> Snapshot {
    Snapshot { bits: BITS.get() }
}

impl Snapshot {
    /// Sets this thread's modes for good: it was made for this work.
    #[expect(dead_code, reason = "for work that moves to another thread")]
    pub(crate) fn restore(self) {
        BITS.set(self.bits);
    }
}

/// Are operations recorded on this thread?
#[inline]
pub fn is_grad_enabled() -> bool {
    has(GRAD)
}

/// Sets grad mode until it is dropped.
#[must_use = "grad mode is set back when the guard is dropped"]
#[derive(Debug)]
pub struct GradMode(#[expect(dead_code, reason = "it acts when it is dropped")] Bit);

impl GradMode {
    /// Records (`true`) or does not (`false`) from here on.
    #[inline]
    pub fn set(enabled: bool) -> GradMode {
        GradMode(Bit::set(GRAD, enabled))
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

/// Runs `f` with or without recording (`torch.set_grad_enabled`).
pub fn set_grad_enabled<R>(enabled: bool, f: impl FnOnce() -> R) -> R {
    let _guard = GradMode::set(enabled);
    f()
}

/// Is inference mode on, on this thread?
#[inline]
pub fn is_inference_mode_enabled() -> bool {
    has(INFERENCE)
}

/// Sets inference mode until it is dropped. Switching it off, within a piece of code that runs in it, switches recording on, as in PyTorch.
#[must_use = "inference mode is set back when the guard is dropped"]
#[derive(Debug)]
pub struct InferenceMode {
    // They act when they are dropped.
    _inference: Bit,
    _grad: Bit,
}

impl InferenceMode {
    /// Nothing is recorded (`true`), or everything is as outside (`false`), from here on.
    pub fn set(enabled: bool) -> InferenceMode {
        InferenceMode { _inference: Bit::set(INFERENCE, enabled), _grad: Bit::set(GRAD, !enabled) }
    }
}

/// Runs `f` in inference mode (`torch.inference_mode`): nothing is recorded, not even within [`enable_grad`], and nobody counts writes to
/// the tensors that are made. Such *inference tensors* can be used outside as well, but not where something is recorded that would have to
/// save them, and they cannot be written there.
///
/// ```
/// use wengert::{autograd::inference_mode, tensor};
/// let w = tensor!([2.0]).requires_grad_(true);
/// let y = inference_mode(|| &w * 3.0);
/// assert!(y.is_inference() && !y.requires_grad());
/// let e = wengert::ops::mul(&w, &y).unwrap_err();
/// assert!(e.message().starts_with("Inference tensors cannot be saved for backward."));
/// assert_eq!((&w + &y).grad_fn().unwrap().name(), "AddBackward0");
/// ```
pub fn inference_mode<R>(f: impl FnOnce() -> R) -> R {
    let _guard = InferenceMode::set(true);
    f()
}
