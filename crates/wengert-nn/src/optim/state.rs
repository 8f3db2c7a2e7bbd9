//! What an optimizer keeps: for each parameter the number of its steps and some tensors, which lie side by side in memory.

use super::Rule;
use wengert::array::Array;
use wengert::{DType, Result, Tensor};
use wengert_kernels::Layout;
use wengert_kernels::optim::STATES;

/// What an optimizer keeps for one parameter: the number of its steps, and tensors by name, which share memory with the optimizer.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Steps made.
    pub step: u64,
    pub(super) tensors: Vec<(&'static str, Tensor)>,
}

impl State {
    /// The tensor of this name, if there is one yet.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.iter().find(|(n, _)| *n == name).map(|(_, t)| t)
    }

    /// All tensors with their names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Tensor)> {
        self.tensors.iter().map(|(name, t)| (*name, t))
    }
}

/// A parameter of a group and where its state is.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub param: Tensor,
    /// Steps made, if the rule counts them.
    pub steps: u64,
    /// Which buffers it has, a bit for each.
    pub kept: u8,
    /// Its block, and its first element there.
    pub place: Option<(usize, usize)>,
}

/// State tensors of several parameters of one dtype, end to end: one allocation for each kind, and one sweep through memory.
#[derive(Clone, Debug)]
pub(super) struct Block {
    dtype: DType,
    len: usize,
    pub buffers: [Option<Tensor>; STATES],
}

/// Tensors begin at multiples of so many elements: a cache line or more.
const ALIGN: usize = 32;

impl Block {
    /// The buffer of this number; zeros at first.
    pub fn buffer(&mut self, k: usize) -> &Tensor {
        self.buffers[k].get_or_insert_with(|| Tensor::full_of(&[self.len], 0.0, self.dtype))
    }

    /// The part of a buffer that belongs to a parameter.
    fn part(&self, k: usize, at: usize, shape: &[usize]) -> Option<Tensor> {
        let layout = Layout { offset: at, ..Layout::contiguous(shape) };
        self.buffers[k].as_ref().map(|b| Tensor::from_array(b.array().with_layout(layout)))
    }
}

impl Slot {
    pub fn new(param: Tensor) -> Slot {
        Slot { param, steps: 0, kept: 0, place: None }
    }

    /// Its state, as tensors.
    pub fn state<R: Rule>(&self, blocks: &[Block]) -> State {
        let mut state = State { step: self.steps, tensors: Vec::new() };
        let Some((block, at)) = self.place else { return state };
        for (k, name) in R::BUFFERS.iter().enumerate().filter(|(k, _)| self.kept >> k & 1 == 1) {
            state.tensors.extend(blocks[block].part(k, at, self.param.shape()).map(|t| (*name, t)));
        }
        state
    }
}

/// Gives each of these slots that has no place one in a new block, all of a dtype in the same.
pub(super) fn make_room<'a>(slots: impl Iterator<Item = &'a mut Slot>, blocks: &mut Vec<Block>) {
    let old = blocks.len();
    for slot in slots.filter(|s| s.place.is_none()) {
        let dtype = slot.param.dtype();
        let new = match blocks[old..].iter().position(|b| b.dtype == dtype) {
            Some(i) => old + i,
            None => {
                blocks.push(Block { dtype, len: 0, buffers: Default::default() });
                blocks.len() - 1
            }
        };
        slot.place = Some((new, blocks[new].len));
        blocks[new].len += slot.param.numel().next_multiple_of(ALIGN);
    }
}

/// Takes over states, one for each slot, as copies.
pub(super) fn load<R: Rule>(slots: &mut [Slot], blocks: &mut Vec<Block>, states: &[State]) -> Result<()> {
    blocks.clear();
    for (slot, state) in slots.iter_mut().zip(states) {
        *slot = Slot { steps: state.step, ..Slot::new(slot.param.clone()) };
        for (k, name) in R::BUFFERS.iter().enumerate() {
            slot.kept |= u8::from(state.get(name).is_some()) << k;
        }
    }
    make_room(slots.iter_mut().filter(|s| s.kept != 0), blocks);
    for (slot, state) in slots.iter().zip(states) {
        let Some((block, at)) = slot.place else { continue };
        for (k, name) in R::BUFFERS.iter().enumerate() {
            let Some(value) = state.get(name) else { continue };
            blocks[block].buffer(k);
            let part = blocks[block].part(k, at, slot.param.shape()).expect("the buffer was just made");
            wengert::no_grad(|| wengert::ops::copy_(&part, value))?;
        }
    }
    Ok(())
}

/// A contiguous array of the same numbers, if these are not contiguous or of another dtype.
pub(super) fn dense(view: wengert_kernels::View, dtype: DType) -> Option<Array> {
    if view.dtype == dtype && view.layout.is_contiguous() {
        return None;
    }
    let mut copy = Array::empty(&view.layout.shape, dtype);
    wengert_kernels::tile::copy(view, &mut copy.view_mut());
    Some(copy)
}

/// Where a tensor's storage is.
pub(super) fn storage(t: &Tensor) -> Option<usize> {
    t.array().storage().map(|s| std::ptr::from_ref(s).addr())
}
