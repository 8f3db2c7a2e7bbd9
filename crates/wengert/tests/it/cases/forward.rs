//! Forward mode: dual tensors, levels, tangents.

use super::Case;

pub fn cases() -> Vec<Case> {
    vec![]
}
