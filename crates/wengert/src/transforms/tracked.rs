//! Reverse mode within another transform: a handle in the graph of its level, around a value of lower levels.

use super::{Inner, LevelId, Role, Wrapper, level};
use crate::apply::{Outs, apply};
use crate::autograd::{self, Edge, mode};
use crate::error::Result;
use crate::primitive::{Family, Op, few};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::panic::Location;

/// A leaf of the level that requires grad, or not.
pub(crate) fn leaf(level: LevelId, value: &Tensor, requires_grad: bool) -> Result<Tensor> {
    let wrapper = Wrapper { level, inner: value.clone(), role: Role::Tracked };
    let leaf = Tensor::wrapped(value.array().clone(), wrapper);
    if requires_grad {
        leaf.track_leaf();
    }
    Ok(leaf)
}

/// A value at a place in the graph of the level.
pub(crate) fn wrap(level: LevelId, value: Tensor, edge: Edge) -> Tensor {
    let array = value.array().clone();
    Tensor::wrapped_with_edge(array, edge, Wrapper { level, inner: value, role: Role::Tracked })
}

/// One call below the level, recorded on it.
pub(super) fn call(
    op: &Op,
    level: LevelId,
    ins: &[Operand],
    inner: &[Inner],
    location: &'static Location<'static>,
) -> Result<Outs> {
    let outs = {
        let _below = level::below(level);
        let operands: SmallVec<[Operand; 4]> = few(inner.iter().map(Inner::operand));
        apply(op.clone(), &operands)?
    };
    let edges =
        || few::<_, 4>(ins.iter().zip(inner).map(|(x, i)| if i.wrapped { x.tensor()?.own_edge() } else { None }));
    if !mode::is_grad_enabled() || op.family() == Family::NoGrad {
        return Ok(outs);
    }
    let edges: SmallVec<[Option<Edge>; 4]> = edges();
    if edges.iter().all(Option::is_none) {
        return Ok(outs);
    }
    Ok(autograd::record_on_level(op.clone(), edges, inner, outs, level, location))
}
