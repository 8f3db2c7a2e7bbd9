//! The door for views: evaluation is a layout, and the result knows its base.

use super::{Outs, apply1, flags_of, is_recorded};
use crate::array::Array;
use crate::autograd::{self, Edge, mode};
use crate::error::Result;
use crate::place::Caller;
use crate::primitive::{Op, few};
use crate::scalar::Operand;
use crate::tensor::{Creation, Tensor};
use smallvec::SmallVec;
use std::cell::OnceCell;

/// [`apply`](super::apply) for views.
pub(super) fn apply_view(op: Op, ins: &[Operand], location: Caller) -> Result<Outs> {
    if !op.gives_list() {
        return Ok(few([apply_view1(op, ins, location)?].into_iter()));
    }
    let (modes, number) = (mode::bits(), OnceCell::new());
    let source = source(ins, &number);
    let name = op.name();
    let layouts = op.aliases(source.array().layout()).map_err(|e| e.at(name, location))?;
    let arrays: SmallVec<[Array; 1]> = few(layouts.into_iter().map(|l| source.array().with_layout(l)));
    if source.is_inference() {
        return Ok(few(arrays.into_iter().map(|a| source.detached(a))));
    }
    let make = |array, edge| made(array, edge, source, modes, true);
    if !is_recorded(&op, ins, modes, flags_of(ins)).map_err(|e| e.at(name, location))? {
        return Ok(few(arrays.into_iter().map(|a| make(a, None))));
    }
    let edges = autograd::record_outputs(op, ins, &arrays, location);
    Ok(few(arrays.into_iter().zip(edges).map(|(a, edge)| make(a, edge))))
}

/// [`apply_view`] for an operation that gives one view.
pub(super) fn apply_view1(op: Op, ins: &[Operand], location: Caller) -> Result<Tensor> {
    let modes = mode::bits();
    see(op, ins, modes, location, |array, edge, source| made(array, edge, source, modes, false))
}

/// For a view of a tensor that nobody else holds: PyTorch makes no view of it, and in-place writes are none of a base's business.
#[track_caller]
pub(crate) fn apply_unfollowed(op: impl Into<Op>, input: &Tensor) -> Result<Tensor> {
    let location = Caller::here();
    if mode::has(mode::TRANSFORM) {
        return apply1(op, &[input.into()]);
    }
    see(op.into(), &[input.into()], mode::bits(), location, unfollowed)
}

/// A view of `source`. `several`: one of a list of views.
#[inline]
fn made(array: Array, edge: Option<Edge>, source: &Tensor, modes: u8, several: bool) -> Tensor {
    // Nobody writes to the views of a formula that is not recorded, and its gradients need not keep the bases.
    match modes & mode::FORMULA {
        0 => Tensor::view_of(array, edge, source, Creation::now(modes, several)),
        _ => unfollowed(array, edge, source),
    }
}

#[inline]
fn unfollowed(array: Array, edge: Option<Edge>, source: &Tensor) -> Tensor {
    match edge {
        Some(edge) => Tensor::with_edge(array, edge),
        None => source.detached(array),
    }
}

/// What is looked at.
fn source<'a>(ins: &[Operand<'a>], number: &'a OnceCell<Tensor>) -> &'a Tensor {
    match ins[0] {
        Operand::Tensor(t) => t,
        Operand::Scalar(s) => number.get_or_init(|| Tensor::from_array(Array::scalar(s).stored())),
    }
}

#[inline]
fn see(
    op: Op,
    ins: &[Operand],
    modes: u8,
    location: Caller,
    make: impl FnOnce(Array, Option<Edge>, &Tensor) -> Tensor,
) -> Result<Tensor> {
    let number = OnceCell::new();
    let source = source(ins, &number);
    let name = op.name();
    let layout = op.alias(source.array().layout()).map_err(|e| e.at(name, location))?;
    let array = source.array().with_layout(layout);
    if source.is_inference() {
        return Ok(source.detached(array));
    }
    let recorded = is_recorded(&op, ins, modes, flags_of(ins)).map_err(|e| e.at(name, location))?;
    let edge = if recorded { autograd::record_output(op, ins, &array, location) } else { None };
    Ok(make(array, edge, source))
}
