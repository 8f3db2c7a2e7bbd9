//! The transforms that are running on a thread, each on a level above those around it.

use crate::autograd::mode::{self, Bit, GRAD, GradMode, TRANSFORM};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names a level: never used again, and higher than those of the levels around it.
pub(crate) type LevelId = u64;

/// What a level does to the calls of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `vmap` over so many examples.
    Batch { size: usize, randomness: Randomness },
    /// Forward mode.
    Dual,
    /// Reverse mode; `outside`: were calls recorded around it?
    Grad { outside: bool },
}

/// What random operations do within `vmap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Randomness {
    /// They are errors.
    #[default]
    Error,
    /// Every example gets numbers of its own.
    Different,
    /// All examples get the same numbers.
    Same,
}

#[derive(Clone, Copy)]
struct Level {
    id: LevelId,
    kind: Kind,
}

thread_local! {
    static STACK: RefCell<Vec<Level>> = const { RefCell::new(Vec::new()) };
}
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Leaves a level when it is dropped.
pub(crate) struct Entered {
    pub id: LevelId,
    _transform: Bit,
    _grad: Option<GradMode>,
}

/// Enters a level. One of reverse mode records, whatever is done around it.
pub(crate) fn enter(kind: Kind) -> Entered {
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    STACK.with_borrow_mut(|stack| stack.push(Level { id, kind }));
    let grad = matches!(kind, Kind::Grad { .. }).then(|| GradMode::set(true));
    Entered { id, _transform: Bit::set(TRANSFORM, true), _grad: grad }
}

impl Drop for Entered {
    fn drop(&mut self) {
        STACK.with_borrow_mut(|stack| stack.retain(|l| l.id != self.id));
        super::dual::forget(self.id);
    }
}

/// Does a transform run on this thread?
pub(crate) fn any() -> bool {
    mode::has(TRANSFORM)
}

/// What a level does, if it is still there.
pub(crate) fn kind(id: LevelId) -> Option<Kind> {
    STACK.with_borrow(|stack| stack.iter().rev().find(|l| l.id == id).map(|l| l.kind))
}

/// How many levels there are up to this one, without those to skip; `None`: it has ended.
pub(crate) fn depth(id: LevelId, skip: impl Fn(LevelId) -> bool) -> Option<usize> {
    STACK.with_borrow(|stack| {
        let at = stack.iter().position(|l| l.id == id)?;
        Some(stack[..=at].iter().filter(|l| !skip(l.id)).count())
    })
}

/// The innermost `vmap`: its level, size, and what random operations do.
pub(crate) fn innermost_batch() -> Option<(LevelId, usize, Randomness)> {
    STACK.with_borrow(|stack| {
        stack.iter().rev().find_map(|l| match l.kind {
            Kind::Batch { size, randomness } => Some((l.id, size, randomness)),
            _ => None,
        })
    })
}

/// Shows the level again, and those above it, when it is dropped.
pub(crate) struct Below {
    hidden: SmallVec<[Level; 4]>,
    _transform: Bit,
    _grad: Bit,
}

/// Hides a level and those above it: what is done now is done below them. Nothing is recorded there that was not to be recorded around
/// a level of reverse mode.
pub(crate) fn below(id: LevelId) -> Below {
    let (hidden, some_left) = STACK.with_borrow_mut(|stack| {
        let at = stack.iter().position(|l| l.id >= id).unwrap_or(stack.len());
        let hidden: SmallVec<[Level; 4]> = stack.drain(at..).collect();
        (hidden, !stack.is_empty())
    });
    let grad = hidden.iter().all(|l| l.kind != Kind::Grad { outside: false });
    Below { hidden, _transform: Bit::set(TRANSFORM, some_left), _grad: Bit::set(GRAD, grad && mode::has(GRAD)) }
}

impl Drop for Below {
    fn drop(&mut self) {
        STACK.with_borrow_mut(|stack| stack.extend(self.hidden.drain(..)));
    }
}
