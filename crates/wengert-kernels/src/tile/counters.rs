//! How often the thread went through memory: so that tests can assert "one pass".

use std::cell::Cell;

/// Passes through memory that this thread asked for: runs of tile programs, reductions and the like, however many threads did the work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Passes {
    /// Number of passes.
    pub passes: u64,
    /// Bytes read, broadcast arrays counted once.
    pub read: u64,
    /// Bytes written.
    pub written: u64,
}

thread_local! {
    static PASSES: Cell<Passes> = const { Cell::new(Passes { passes: 0, read: 0, written: 0 }) };
}

/// Counts one pass.
pub fn count(read: usize, written: usize) {
    let p = PASSES.get();
    PASSES.set(Passes { passes: p.passes + 1, read: p.read + read as u64, written: p.written + written as u64 });
}

/// What this thread has asked for so far.
pub fn passes() -> Passes {
    PASSES.get()
}

impl std::ops::Sub for Passes {
    type Output = Passes;
    fn sub(self, before: Passes) -> Passes {
        Passes {
            passes: self.passes - before.passes,
            read: self.read - before.read,
            written: self.written - before.written,
        }
    }
}
