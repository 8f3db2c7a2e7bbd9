//! Ctrl-C, and being told to end: a wish that training looks at between two steps.

use crate::error::{CliError, Result};
use std::sync::atomic::{AtomicBool, Ordering};

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// From here on the first signal is a wish to stop, and the second one ends the program at once.
pub fn listen() -> Result<()> {
    ctrlc::set_handler(|| {
        if REQUESTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .map_err(|e| CliError::new(format!("cannot listen for Ctrl-C: {e}")))
}

/// Does somebody want to stop?
pub fn requested() -> bool {
    REQUESTED.load(Ordering::Relaxed)
}
