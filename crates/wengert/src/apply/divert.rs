//! The harness's way to every operation's other forms: functional calls that go through another door.

use super::{Outs, apply, arrays, few, in_place::in_place, into_out, numbers};
use crate::autograd::mode::{Bit, DIVERTED};
use crate::autograd::no_grad;
use crate::error::Result;
use crate::ops;
use crate::place::Caller;
use crate::primitive::{Family, Meta, Op};
use crate::scalar::Operand;
use smallvec::SmallVec;
use std::cell::Cell;

/// Which door calls go through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// In place, on a copy of the first input.
    InPlace,
    /// In place, on a strided view of a base that holds the first input and requires grad if that does.
    ThroughView,
    /// Into a tensor that is there already; only where nothing is recorded.
    Out,
}

thread_local! {
    static FORM: Cell<Form> = const { Cell::new(Form::InPlace) };
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// Runs `f`. Calls in it whose result has shape and dtype of their first input go through another door, with the same result. Also tells
/// how many did.
pub fn diverted<R>(form: Form, f: impl FnOnce() -> R) -> (R, usize) {
    struct Back(Form, usize);
    impl Drop for Back {
        fn drop(&mut self) {
            FORM.set(self.0);
            COUNT.set(self.1);
        }
    }
    let _back = Back(FORM.replace(form), COUNT.replace(0));
    let _on = Bit::set(DIVERTED, true);
    let result = f();
    (result, COUNT.get())
}

/// The call through the other door, if that is possible.
#[cold]
pub(super) fn divert(op: &Op, ins: &[Operand], location: Caller) -> Result<Option<Outs>> {
    let _off = Bit::set(DIVERTED, false);
    let Some(Operand::Tensor(x)) = ins.first() else { return Ok(None) };
    if matches!(op.family(), Family::View | Family::NoGrad) {
        return Ok(None);
    }
    let scalars = numbers(ins);
    let metas: SmallVec<[Meta; 4]> = few(arrays(ins, &scalars).into_iter().map(Meta::of));
    // What is wrong with the call, the call itself says.
    let Ok(outs) = op.infer(&metas) else { return Ok(None) };
    match &outs[..] {
        [out] if out.shape[..] == *x.shape() && out.dtype == x.dtype() => {}
        _ => return Ok(None),
    }
    let target = match FORM.get() {
        Form::InPlace => ops::clone_row_major(x)?,
        Form::ThroughView => ops::select(&ops::stack(&[x, x], -1)?, -1, 1)?,
        Form::Out => x.new_zeros(x.shape()),
    };
    if FORM.get() == Form::Out {
        no_grad(|| into_out(op.name(), &target, || Ok(apply(op.clone(), ins)?.swap_remove(0))))?;
    } else {
        in_place(op.clone(), op.name(), &target, &ins[1..], location)?;
    }
    COUNT.set(COUNT.get() + 1);
    Ok(Some(Outs::from_iter([target])))
}
