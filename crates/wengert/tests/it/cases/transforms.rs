//! Transforms: vjp, jvp, grad, jacobians, hessians, vmap, and how they compose.

use super::Case;

pub fn cases() -> Vec<Case> {
    vec![]
}
