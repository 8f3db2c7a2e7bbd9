//! Stopping a run of the engine from outside.

use crate::error::Result;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

static CHECK: OnceLock<fn() -> Result<()>> = OnceLock::new();

/// How long a run goes on between two looks.
const INTERVAL: Duration = Duration::from_millis(50);
/// So much work lies between two looks at the clock: nodes, of which those with much to do count more.
const WORK: usize = 16;
/// Elements of a gradient from which on its node counts more.
const LARGE: usize = 1 << 14;

/// Sets a function that backward asks between nodes, about every 50 ms: its error ends the run, as one of a hook does. A front end looks for the user's
/// interrupt there. Only the first call counts.
pub fn set_interrupt(check: fn() -> Result<()>) {
    let _ = CHECK.set(check);
}

/// The time of a run.
pub(super) struct Pulse {
    check: Option<fn() -> Result<()>>,
    work: usize,
    since: Option<Instant>,
}

impl Pulse {
    pub fn new() -> Pulse {
        Pulse { check: CHECK.get().copied(), work: 0, since: None }
    }

    /// Before a node that gets a gradient of so many elements.
    #[inline]
    pub fn beat(&mut self, numel: usize) -> Result<()> {
        let Some(check) = self.check else { return Ok(()) };
        self.work += if numel >= LARGE { WORK } else { 1 };
        if self.work < WORK { Ok(()) } else { self.look(check) }
    }

    #[cold]
    fn look(&mut self, check: fn() -> Result<()>) -> Result<()> {
        self.work = 0;
        let now = Instant::now();
        let since = *self.since.get_or_insert(now);
        if now - since < INTERVAL {
            return Ok(());
        }
        self.since = Some(now);
        check()
    }
}
