//! Anomaly mode and its messages.

use super::Case;

pub fn cases() -> Vec<Case> {
    vec![]
}
