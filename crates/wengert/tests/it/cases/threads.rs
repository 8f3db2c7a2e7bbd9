//! Graphs and modes in several threads.

use super::Case;

pub fn cases() -> Vec<Case> {
    vec![]
}
