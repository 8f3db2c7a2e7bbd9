//! Reverse mode within another transform: a handle in the graph of its level, around a value of lower levels.

use super::{Inner, LevelId, Role, Wrapper, level};
use crate::apply::{Outs, apply};
use crate::autograd::{self, Edge, mode};
use crate::error::Result;
use crate::place::Caller;
use crate::primitive::{Family, Op, few};
use crate::scalar::Operand;
use crate::tensor::{Creation, Tensor};
use smallvec::SmallVec;

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

/// A view on the level of what it is a view of.
fn view_of(level: LevelId, out: Tensor, source: &Tensor, creation: Creation) -> Tensor {
    let (inner, edge) = match out.wrapper() {
        Some(w) if w.level == level => (w.inner, out.own_edge()),
        _ => (out, None),
    };
    let view = Tensor::view_of(inner.array().clone(), edge, source, creation);
    view.put_wrapper(Wrapper { level, inner, role: Role::Tracked });
    view
}

/// One call below the level, recorded on it.
pub(super) fn call(op: &Op, level: LevelId, ins: &[Operand], inner: &[Inner], location: Caller) -> Result<Outs> {
    let outs = {
        let _below = level::below(level);
        let operands: SmallVec<[Operand; 4]> = few(inner.iter().map(Inner::operand));
        apply(op.clone(), &operands)?
    };
    let on_level = ins.iter().zip(inner).filter(|(_, i)| i.wrapped).filter_map(|(x, _)| x.tensor());
    on_level.clone().try_for_each(Tensor::refresh)?;
    let differentiable = mode::is_grad_enabled() && op.family() != Family::NoGrad;
    let outs = match differentiable && on_level.clone().any(|t| t.own_edge().is_some()) {
        true => {
            let own = |(x, i): (&Operand, &Inner)| if i.wrapped { x.tensor()?.own_edge() } else { None };
            let edges: SmallVec<[Option<Edge>; 4]> = few(ins.iter().zip(inner).map(own));
            autograd::record_on_level(op.clone(), edges, inner, outs, level, location)
        }
        false => outs,
    };
    match (op.family(), ins[0].tensor()) {
        // In-place writes to a view are seen by its base, and the other way round.
        (Family::View, Some(source)) => {
            let creation = Creation::now(mode::bits(), op.gives_list());
            Ok(few(outs.into_iter().map(|out| view_of(level, out, source, creation))))
        }
        _ => Ok(outs),
    }
}
