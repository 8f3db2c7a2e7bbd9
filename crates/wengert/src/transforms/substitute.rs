//! Other tensors in the place of given ones: how a module is called with parameters that are not its own.

use crate::autograd::mode::{Bit, TRANSFORM};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::cell::RefCell;

thread_local! {
    static PAIRS: RefCell<Vec<(Tensor, Tensor)>> = const { RefCell::new(Vec::new()) };
}

struct Pairs(usize);

impl Drop for Pairs {
    fn drop(&mut self) {
        // Dropped outside of the borrow: freeing may reach other tensors.
        let dropped = PAIRS.with_borrow_mut(|pairs| pairs.split_off(self.0));
        drop(dropped);
    }
}

/// Runs `f`; in it every operation on the first tensor of a pair is one on the second instead. So a module, which owns its parameters,
/// becomes a function of parameters: `functional_call` of `wengert_nn`.
///
/// ```
/// use wengert::{func, tensor};
/// let w = tensor!([1.0, 2.0]);
/// let y = func::substitute(&[(&w, &tensor!([10.0, 20.0]))], || &w * 2.0);
/// assert_eq!(y.to_vec::<f32>(), [20.0, 40.0]);
/// ```
pub fn substitute<R>(pairs: &[(&Tensor, &Tensor)], f: impl FnOnce() -> R) -> R {
    let before = PAIRS.with_borrow_mut(|list| {
        let before = list.len();
        list.extend(pairs.iter().map(|(old, new)| ((*old).clone(), (*new).clone())));
        before
    });
    let _pairs = Pairs(before);
    let _transform = Bit::set(TRANSFORM, true);
    f()
}

/// Puts the pairs back when it is dropped.
pub(super) struct Hidden(Vec<(Tensor, Tensor)>);

/// Hides all pairs: what stands for another tensor is not substituted again.
pub(super) fn hide() -> Hidden {
    Hidden(PAIRS.take())
}

impl Drop for Hidden {
    fn drop(&mut self) {
        PAIRS.set(std::mem::take(&mut self.0));
    }
}

/// The tensors that stand for these operands; `None`: none is substituted.
pub(super) fn substituted(ins: &[Operand]) -> Option<SmallVec<[Option<Tensor>; 4]>> {
    PAIRS.with_borrow(|pairs| {
        if pairs.is_empty() {
            return None;
        }
        let of = |t: &Tensor| pairs.iter().rev().find(|(old, _)| old.is_same(t)).map(|(_, new)| new.clone());
        let found: SmallVec<[Option<Tensor>; 4]> = ins.iter().map(|x| x.tensor().and_then(of)).collect();
        found.iter().any(Option::is_some).then_some(found)
    })
}
