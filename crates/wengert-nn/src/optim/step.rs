//! One step of one group: the rule's kernel runs once over all parameters that are alike.

use super::Rule;
use super::grouped::{Batch, Group};
use super::state::{dense, make_room};
use wengert::apply::write_in_place;
use wengert::array::Array;
use wengert::{DType, Error, Result, Tensor};
use wengert_kernels::optim::{Item, STATES};
use wengert_kernels::{View, ViewMut};

/// Changes the parameters of a group that have gradients, at most `together` of them in one pass.
#[track_caller]
pub(super) fn run<R: Rule>(group: &mut Group<R>, together: usize) -> Result<()> {
    let mut grads: Vec<Tensor> = Vec::with_capacity(group.slots.len());
    let mut with_grad: Vec<usize> = Vec::with_capacity(group.slots.len());
    for (i, slot) in group.slots.iter().enumerate() {
        if let Some(grad) = slot.param.grad() {
            if !matches!(slot.param.dtype(), DType::F16 | DType::BF16 | DType::F32 | DType::F64) {
                let name = slot.param.dtype().scalar_name();
                return Err(Error::not_implemented(format!("\"{}\" not implemented for '{name}'", R::NAME)));
            }
            with_grad.push(i);
            grads.push(grad);
        }
    }
    for (some, grads) in
        with_grad.chunks(together.min(with_grad.len().max(1))).zip(grads.chunks(together.min(grads.len().max(1))))
    {
        pass(group, some, grads)?;
    }
    Ok(())
}

/// One pass over the slots of these numbers.
#[track_caller]
fn pass<R: Rule>(group: &mut Group<R>, numbers: &[usize], grads: &[Tensor]) -> Result<()> {
    let Group { rule, slots, blocks } = group;
    let keeps = rule.keeps();
    if keeps != 0 && numbers.iter().any(|&i| slots[i].place.is_none()) {
        let mut wanted = numbers.iter().peekable();
        let chosen = slots.iter_mut().enumerate().filter(|(i, _)| wanted.next_if(|w| **w == *i).is_some());
        make_room(chosen.map(|(_, slot)| slot), blocks);
    }
    // The state tensors are written too: they are targets behind the parameters.
    let mut targets: Vec<&Tensor> = numbers.iter().map(|&i| &slots[i].param).collect();
    let mut starts = vec![[usize::MAX; STATES]; blocks.len()];
    for (block, starts) in blocks.iter_mut().zip(&mut starts) {
        (0..STATES).filter(|k| keeps >> k & 1 == 1).for_each(|k| {
            block.buffer(k);
        });
        for (k, buffer) in block.buffers.iter().enumerate().filter(|(k, _)| keeps >> k & 1 == 1) {
            starts[k] = targets.len();
            targets.extend(buffer);
        }
    }
    write_in_place(R::NAME, &targets, grads, |targets, grads| {
        let (params, buffers) = targets.split_at_mut(numbers.len());
        let base = |t: usize| buffers.get(t.wrapping_sub(numbers.len())).map_or(std::ptr::null_mut(), |b| b.ptr);
        let bases: Vec<[*mut u8; STATES]> = starts.iter().map(|s| s.map(base)).collect();
        let mut batches: Vec<Batch> = Vec::new();
        let mut copies = Copies::default();
        for (at, ((&i, param), grad)) in numbers.iter().zip(params.iter_mut()).zip(grads).enumerate() {
            let slot = &slots[i];
            let (dtype, steps, kept) = (param.dtype, slot.steps, slot.kept & keeps);
            let state = slot.place.map_or([std::ptr::null_mut(); STATES], |(block, at)| {
                bases[block].map(|base| base.wrapping_add(if base.is_null() { 0 } else { at * dtype.size() }))
            });
            let item =
                Item { param: copies.param(at, param), grad: copies.grad(*grad, dtype), state, len: param.numel() };
            Batch::add(&mut batches, item, dtype, steps, kept, numbers.len());
        }
        batches.iter().for_each(|b| rule.update(b));
        copies.write_back(params);
        Ok(())
    })?;
    for &i in numbers {
        slots[i].steps += u64::from(R::COUNTS);
        slots[i].kept |= keeps;
    }
    Ok(())
}

/// Contiguous copies of what is not contiguous. Those that are to be written back go by number.
#[derive(Default)]
pub(super) struct Copies {
    params: Vec<(usize, Array)>,
    grads: Vec<Array>,
}

impl Copies {
    /// Where the elements of a parameter can be changed; copies are to be written back.
    pub fn param(&mut self, i: usize, param: &mut ViewMut) -> *mut u8 {
        match dense(param.as_view(), param.dtype) {
            None => param.ptr,
            Some(mut copy) => {
                let ptr = copy.view_mut().ptr;
                self.params.push((i, copy));
                ptr
            }
        }
    }

    /// Where the elements of a gradient can be read.
    pub fn grad(&mut self, grad: View, dtype: DType) -> *const u8 {
        match dense(grad, dtype) {
            None => grad.ptr,
            Some(copy) => {
                let ptr = copy.view().ptr;
                self.grads.push(copy);
                ptr
            }
        }
    }

    /// Writes what was changed in copies back.
    pub fn write_back(&self, params: &mut [ViewMut]) {
        for (i, copy) in &self.params {
            wengert_kernels::tile::copy(copy.view(), &mut params[*i]);
        }
    }
}
