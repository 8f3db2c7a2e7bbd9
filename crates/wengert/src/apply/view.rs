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

/// [`apply`](super::apply) for views.
pub(super) fn apply_view(op: Op, ins: &[Operand], location: Caller) -> Result<Outs> {
    let modes = mode::bits();
    // Nobody writes to the views of a formula that is not recorded, and its gradients need not keep the bases.
    let followed = modes & mode::FORMULA == 0;
    let several = op.gives_list();
    see(op, ins, modes, location, |array, edge, source| match edge {
        _ if followed => Tensor::view_of(array, edge, source, Creation::now(modes, several)),
        Some(edge) => Tensor::with_edge(array, edge),
        None => source.detached(array),
    })
}

/// For a view of a tensor that nobody else holds: PyTorch makes no view of it, and in-place writes are none of a base's business.
#[track_caller]
pub(crate) fn apply_unfollowed(op: impl Into<Op>, input: &Tensor) -> Result<Tensor> {
    let location = Caller::here();
    if mode::has(mode::TRANSFORM) {
        return apply1(op, &[input.into()]);
    }
    let mut outs = see(op.into(), &[input.into()], mode::bits(), location, |array, edge, source| match edge {
        Some(edge) => Tensor::with_edge(array, edge),
        None => source.detached(array),
    })?;
    Ok(outs.swap_remove(0))
}

fn see(
    op: Op,
    ins: &[Operand],
    modes: u8,
    location: Caller,
    make: impl Fn(Array, Option<Edge>, &Tensor) -> Tensor,
) -> Result<Outs> {
    let number;
    let source = match ins[0] {
        Operand::Tensor(t) => t,
        Operand::Scalar(s) => {
            number = Tensor::from_array(Array::scalar(s).stored());
            &number
        }
    };
    let name = op.name();
    let mut layouts = op.aliases(source.array().layout()).map_err(|e| e.at(name, location))?;
    if layouts.len() == 1 && !source.is_inference() {
        let array = source.array().with_layout(layouts.swap_remove(0));
        let recorded = is_recorded(&op, ins, modes, flags_of(ins)).map_err(|e| e.at(name, location))?;
        let edge = if recorded { autograd::record_output(op, ins, &array, location) } else { None };
        let mut outs = Outs::new();
        outs.push(make(array, edge, source));
        return Ok(outs);
    }
    let arrays: SmallVec<[Array; 1]> = few(layouts.into_iter().map(|l| source.array().with_layout(l)));
    if source.is_inference() {
        return Ok(few(arrays.into_iter().map(|a| source.detached(a))));
    }
    if !is_recorded(&op, ins, modes, flags_of(ins)).map_err(|e| e.at(name, location))? {
        return Ok(few(arrays.into_iter().map(|a| make(a, None, source))));
    }
    let edges = autograd::record_outputs(op, ins, &arrays, location);
    Ok(few(arrays.into_iter().zip(edges).map(|(a, edge)| make(a, edge, source))))
}
