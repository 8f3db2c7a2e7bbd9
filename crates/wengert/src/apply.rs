//! The doors. Every call of a primitive passes here; nothing else evaluates or records.

use crate::array::{Array, Storage, Write};
use crate::autograd::mode::{GRAD, TRANSFORM};
use crate::autograd::{self, WATCHED, mode, watch};
use crate::dtype::can_cast;
use crate::error::{Error, Result};
use crate::pointwise::Pointwise;
use crate::primitive::{Family, Meta, Op, few};
use crate::scalar::Operand;
use crate::tensor::Tensor;
use crate::transforms;
use smallvec::SmallVec;
use std::borrow::Borrow;
use std::marker::PhantomData;
use std::panic::Location;
use std::slice::from_ref;
use wengert_kernels::{View, ViewMut};

/// Results of a primitive.
pub type Outs = SmallVec<[Tensor; 1]>;

/// The functional door: infer, evaluate, record.
#[track_caller]
pub fn apply(op: impl Into<Op>, ins: &[Operand]) -> Result<Outs> {
    let op = op.into();
    let location = mode::location(Location::caller());
    if mode::has(TRANSFORM)
        && let Some(outs) = transforms::interpret(&op, ins, location).map_err(|e| e.at(op.name(), location))?
    {
        return Ok(outs);
    }
    if let Some(p) = op.pointwise() {
        let mut outs = Outs::new();
        outs.push(elementwise(p, ins, location)?);
        return Ok(outs);
    }
    let scalars = numbers(ins);
    let arrays = arrays(ins, &scalars);
    let outs = evaluate(&op, &arrays).map_err(|e| e.at(op.name(), location))?;
    let modes = mode::bits();
    let watched = (modes & WATCHED != 0).then(|| op.name());
    let outs = match modes & GRAD != 0 && ins.iter().any(|x| x.requires_grad()) && op.family() != Family::NoGrad {
        true => autograd::record(op, ins, outs, location),
        false => few(outs.into_iter().map(Tensor::from_array)),
    };
    if let Some(name) = watched {
        watch(&outs).map_err(|e| e.at(name, location))?;
    }
    Ok(outs)
}

/// [`apply`] for a primitive with one output.
#[track_caller]
pub fn apply1(op: impl Into<Op>, ins: &[Operand]) -> Result<Tensor> {
    let op = op.into();
    match op.pointwise() {
        Some(p) if !mode::has(TRANSFORM) => elementwise(p, ins, mode::location(Location::caller())),
        _ => Ok(apply(op, ins)?.swap_remove(0)),
    }
}

/// The functional door for elementwise operations: most calls, and the quickest.
#[inline]
fn elementwise(p: &'static Pointwise, ins: &[Operand], location: &'static Location<'static>) -> Result<Tensor> {
    let out = p.call(ins).map_err(|e| e.at(p.name, location))?;
    let modes = mode::bits();
    let out = match p.vjp.is_none() || !ins.iter().any(|x| x.requires_grad()) || modes & GRAD == 0 {
        true => Tensor::from_array(out),
        false => autograd::record1(p.into(), ins, out, location),
    };
    if modes & WATCHED != 0 {
        watch(from_ref(&out)).map_err(|e| e.at(p.name, location))?;
    }
    Ok(out)
}

/// The in-place door: `target` is the operation's first input and takes its result. Bumps the version; the graph goes on
/// from the new value.
///
/// # Errors
/// Those of the operation; a leaf that requires grad, a view of a tensor that requires grad, an expanded target; a result
/// whose shape or dtype `target` cannot hold. Nothing is written then.
#[track_caller]
pub fn apply_in_place(op: impl Into<Op>, name: &'static str, target: &Tensor, others: &[Operand]) -> Result<()> {
    let op = op.into();
    let location = mode::location(Location::caller());
    in_place(op, name, target, others, location).map_err(|e| e.at(name, location))
}

fn in_place(
    op: Op,
    name: &'static str,
    target: &Tensor,
    others: &[Operand],
    location: &'static Location<'static>,
) -> Result<()> {
    let mut ins: SmallVec<[Operand; 4]> = SmallVec::new();
    ins.push(Operand::Tensor(target));
    ins.extend_from_slice(others);
    let tracked = mode::is_grad_enabled() && ins.iter().any(|x| x.requires_grad());
    if mode::is_grad_enabled() {
        refuse_leaf(target)?;
        // Expressions hold arrays, too: not so that anybody sees them.
        if tracked {
            target.array().flush_readers();
        }
        if tracked && (target.is_view() || target.array().is_seen_through_a_base()) {
            return Err(Error::not_implemented(format!(
                "{name} on a view that takes part in a graph is not supported yet"
            ))
            .hint("use the functional form, or write to the base tensor"));
        }
    }
    let layout = target.array().layout();
    refuse_overlap(target)?;
    let scalars = numbers(&ins);
    let copies: SmallVec<[Option<Array>; 4]>;
    let mut arrays = arrays(&ins, &scalars);
    let metas: SmallVec<[Meta; 4]> = arrays.iter().map(|a| Meta::of(a)).collect();
    let out = op.infer(&metas)?.swap_remove(0);
    if out.shape[..] != *target.shape() {
        return Err(Error::runtime(format!(
            "output with shape {:?} doesn't match the broadcast shape {:?}",
            target.shape(),
            &out.shape[..]
        )));
    }
    if !can_cast(out.dtype, target.dtype()) {
        return Err(Error::runtime(format!(
            "result type {} can't be cast to the desired output type {}",
            out.dtype.scalar_name(),
            target.dtype().scalar_name()
        )));
    }
    // Inputs that overlap the target in memory, but not element for element, are read from a copy.
    copies = arrays
        .iter()
        .map(|a| {
            let shared = a.shares_memory(target.array());
            (shared && a.layout() != layout).then(|| a.copy_as(a.dtype()))
        })
        .collect();
    for (a, c) in arrays.iter_mut().zip(&copies) {
        if let Some(c) = c {
            *a = c;
        }
    }
    // What backward reads of the old value must outlive the write.
    let readers = op.saves().inputs[0];
    let old = tracked && ins.iter().enumerate().any(|(j, x)| x.requires_grad() && readers >> j.min(7) & 1 == 1);
    let old = old.then(|| Tensor::from_array(target.array().copy_as(target.dtype())));
    let mut result = [target.array().clone()];
    op.eval(&arrays, &mut result)?;
    if let Some(storage) = target.array().storage() {
        storage.bump(Write { operation: name, location });
    }
    if tracked && op.family() != Family::NoGrad {
        autograd::record_in_place(op, &ins, old, target, location);
        if mode::has(WATCHED) {
            watch(from_ref(target))?;
        }
    }
    Ok(())
}

fn refuse_leaf(target: &Tensor) -> Result<()> {
    if target.requires_grad() && target.is_leaf() {
        return Err(Error::runtime("a leaf Variable that requires grad is being used in an in-place operation.")
            .hint("update parameters inside `no_grad(|| ...)`, or work on a copy"));
    }
    Ok(())
}

fn refuse_overlap(target: &Tensor) -> Result<()> {
    if target.array().layout().has_overlap() {
        return Err(Error::runtime(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location. Please clone() the tensor before performing the operation.",
        ));
    }
    Ok(())
}

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
    let location = mode::location(Location::caller());
    let refuse = |target: &Tensor| {
        if mode::is_grad_enabled() && target.requires_grad() {
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
        if let Some(storage) = target.borrow().array().storage() {
            storage.bump(Write { operation: name, location });
        }
    }
    Ok(())
}

fn numbers(ins: &[Operand]) -> SmallVec<[Array; 2]> {
    few(ins.iter().filter_map(|x| match x {
        Operand::Scalar(s) => Some(Array::scalar(*s)),
        Operand::Tensor(_) => None,
    }))
}

fn arrays<'a>(ins: &[Operand<'a>], scalars: &'a [Array]) -> SmallVec<[&'a Array; 4]> {
    let mut scalars = scalars.iter();
    few(ins.iter().map(|x| match x {
        Operand::Tensor(t) => t.array(),
        Operand::Scalar(_) => scalars.next().expect("one array for each number"),
    }))
}

/// An error if one stands for a batch whose `vmap` is over.
pub(crate) fn readable<'a>(mut ins: impl Iterator<Item = &'a Array>) -> Result<()> {
    if ins.any(Array::has_no_numbers) {
        return Err(Error::runtime("a tensor of a vmap is used after that vmap has ended")
            .hint("return it from the function instead of keeping it"));
    }
    Ok(())
}

fn evaluate(op: &Op, ins: &[&Array]) -> Result<SmallVec<[Array; 1]>> {
    let mut outs: SmallVec<[Array; 1]> = SmallVec::new();
    if op.family() == Family::View {
        outs.extend(op.aliases(ins[0].layout())?.into_iter().map(|layout| ins[0].with_layout(layout)));
        return Ok(outs);
    }
    readable(ins.iter().copied())?;
    let metas: SmallVec<[Meta; 4]> = few(ins.iter().map(|a| Meta::of(a)));
    let metas = op.infer(&metas)?;
    if let [out] = &metas[..]
        && let Some(pending) = op.expression(ins, out)
    {
        outs.push(pending);
        return Ok(outs);
    }
    for m in metas {
        outs.push(Array::try_empty(&m.shape, m.dtype)?);
    }
    op.eval(ins, &mut outs)?;
    Ok(outs)
}
