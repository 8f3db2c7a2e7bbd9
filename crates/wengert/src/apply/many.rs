//! The in-place door for kernels that write many tensors at once.

use super::in_place::{refuse_inference_write, refuse_leaf, refuse_overlap};
use crate::array::{Array, Storage, Write};
use crate::autograd::{check_write, mode};
use crate::error::{Error, Result};
use crate::place::Caller;
use crate::tensor::Tensor;
use std::borrow::Borrow;
use std::marker::PhantomData;
use wengert_kernels::{View, ViewMut};

/// The in-place door for a kernel that writes many tensors in one pass, as a step of an optimizer does. `kernel` gets the memory of
/// all targets, to read and write, and that of all sources, to read; then every target's version is bumped. Nothing is recorded.
///
/// ```
/// use wengert::{apply::write_in_place, no_grad, tensor};
///
/// let (x, y) = (tensor!([1.0, 2.0]).requires_grad_(true), tensor!([5.0]));
/// let zero = || {
///     write_in_place("zero_both_", &[&x, &y], &[&x], |targets, sources| {
///         targets.iter_mut().for_each(|t| t.as_slice_mut::<f32>().expect("dense").fill(0.0));
///         // The source was copied before the targets were written.
///         assert_eq!(sources[0].as_slice::<f32>(), Some(&[1.0, 2.0][..]));
///         Ok(())
///     })
/// };
/// assert!(zero().unwrap_err().message().starts_with("a leaf Variable that requires grad"));
/// assert_eq!((y.item(), y.version()), (5.0, 0));
/// no_grad(zero)?;
/// assert_eq!((x.to_vec::<f32>(), y.item(), x.version(), y.version()), (vec![0.0, 0.0], 0.0, 1, 1));
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// A source that shares memory with any target, be it its own, is read from a copy. Targets may share memory with each other; they are
/// the caller's to keep apart.
///
/// # Errors
/// Those of the kernel, which must not have written then. An expanded target, and outside of `no_grad` one that requires grad; nothing is
/// written then.
#[track_caller]
pub fn write_in_place<T: Borrow<Tensor>, S: Borrow<Tensor>>(
    name: &'static str,
    targets: &[T],
    sources: &[S],
    kernel: impl FnOnce(&mut [ViewMut], &[View]) -> Result<()>,
) -> Result<()> {
    let location = Caller::here();
    let modes = mode::bits();
    let refuse = |target: &Tensor| {
        refuse_inference_write(target, modes)?;
        if mode::records(modes) && target.requires_grad() {
            refuse_leaf(target)?;
            return Err(Error::not_implemented(format!("{name} is not differentiable")).hint("call it in no_grad"));
        }
        refuse_overlap(target)
    };
    let mut outs = Vec::with_capacity(targets.len());
    for target in targets {
        let array = target.borrow().array();
        refuse(target.borrow()).map_err(|e| e.at(name, location))?;
        array.flush_readers();
        let View { ptr, layout, dtype } = array.view();
        outs.push(ViewMut { ptr: ptr.cast_mut(), layout, dtype, marker: PhantomData });
    }
    // A source in a target's memory is read from a copy. Addresses of storages as a set of bits tell most sources apart from all targets.
    let address = |t: &Tensor| t.array().storage().map(std::ptr::from_ref);
    let bit = |a: Option<*const Storage>| {
        let hash = a.map_or(0, |p| p.addr().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (usize::BITS - 14));
        (hash / 64, 1u64 << (hash % 64))
    };
    let mut seen = [0u64; 256];
    for target in targets {
        let (word, bit) = bit(address(target.borrow()));
        seen[word] |= bit;
    }
    let mut in_order: Vec<Option<*const Storage>> = Vec::new();
    let mut is_target = |a: Option<*const Storage>| {
        if in_order.is_empty() {
            in_order.extend(targets.iter().map(|t| address(t.borrow())));
            in_order.sort_unstable();
        }
        in_order.binary_search(&a).is_ok()
    };
    let mut copies: Vec<(usize, Array)> = Vec::new();
    for (i, source) in sources.iter().map(Borrow::borrow).enumerate() {
        let (word, bit) = bit(address(source));
        if seen[word] & bit != 0 && is_target(address(source)) {
            copies.push((i, source.array().copy_as(source.dtype())));
        }
    }
    let mut ins: Vec<View> = sources.iter().map(|s| s.borrow().array().view()).collect();
    for (i, copy) in &copies {
        ins[*i] = copy.view();
    }
    kernel(&mut outs, &ins).map_err(|e| e.at(name, location))?;
    for target in targets {
        let target = target.borrow();
        if !target.is_inference() {
            target.array().bump(Write { operation: name, location: location.place(), node: None });
        }
    }
    if mode::has(mode::ANOMALY) {
        let targets: Vec<&Tensor> = targets.iter().map(Borrow::borrow).collect();
        let sources: Vec<&Tensor> = sources.iter().map(Borrow::borrow).collect();
        check_write(name, &targets, &sources).map_err(|e| e.at(name, location))?;
    }
    Ok(())
}
