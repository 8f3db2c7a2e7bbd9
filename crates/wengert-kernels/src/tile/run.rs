//! The walk over tiles.

use super::plan::Instruction;
use super::program::{Leaf, Operand, Program};
use super::{Micro, TILE, counters, move_, permute};
use crate::dtype::DType;
use crate::layout::{self, Dims, Strides};
use crate::view::{View, ViewMut};
use crate::{lanes, parallel};
use smallvec::SmallVec;
use std::cell::Cell;

/// Tiles of one piece of work given to a thread.
const TILES_PER_PIECE: usize = 16;
/// Below this many elements a program runs on the calling thread alone.
const PARALLEL_FROM: usize = 2 * TILES_PER_PIECE * TILE;
/// Inputs of a micro-operation at most.
const PORTS: usize = 8;

/// Tile registers of one thread.
pub struct Scratch {
    memory: Vec<[u64; 8]>,
    /// Start of the registers, from one borrow of `memory`, so that pointers to several registers live side by side.
    base: *mut u8,
    bytes: usize,
    /// Where each leaf and then each step's result lies, for the current tile.
    values: SmallVec<[*const u8; 16]>,
}

thread_local! {
    static SCRATCH: Cell<Vec<[u64; 8]>> = const { Cell::new(Vec::new()) };
}

impl Scratch {
    fn new(bytes: usize, values: usize) -> Scratch {
        let mut memory = SCRATCH.take();
        let blocks = bytes.div_ceil(64) + 1;
        if memory.len() < blocks {
            memory.resize(blocks, [0; 8]);
        }
        let start = memory.as_mut_ptr().cast::<u8>();
        // SAFETY: one block more than needed was made, so the aligned start is inside.
        let base = unsafe { start.add(start.align_offset(64)) };
        Scratch { memory, base, bytes, values: SmallVec::from_elem(std::ptr::null(), values) }
    }
    fn register(&self, at: u32) -> *mut u8 {
        assert!((at as usize) < self.bytes, "the scratch is this program's own");
        // SAFETY: `new` made room for that many bytes.
        unsafe { self.base.add(at as usize) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A nested program may have left a buffer meanwhile; the larger one is not worth a search.
        SCRATCH.set(std::mem::take(&mut self.memory));
    }
}

/// Where a result goes.
struct Target {
    wanted: Operand,
    ptr: Address,
    dtype: DType,
    dims: Dims,
    strides: Strides,
    /// Tiles are computed in their place.
    direct: bool,
    /// Dense and large: written past the cache, which would fetch every line only to overwrite it.
    past_cache: bool,
}

/// Results of so many bytes are written past the cache: they would not stay in it.
const PAST_CACHE: usize = 16 << 20;

impl Program<'_> {
    /// Registers for one thread, with scalars already spread over theirs.
    pub fn scratch(&self) -> Scratch {
        let plan = self.plan();
        let (leaves, steps) = (self.leaves(), self.steps());
        let mut scratch = Scratch::new(plan.bytes, leaves.len() + steps.len());
        let n = self.numel().min(TILE);
        for &(i, r) in &plan.scalars {
            let Leaf::Scalar(bytes, compute) = &leaves[i as usize] else { unreachable!("only scalars are spread") };
            let out = scratch.register(r);
            lanes!(*compute, L => {
                // SAFETY: a register holds TILE lanes of any type of the program; bytes holds one lane of this type.
                unsafe { std::slice::from_raw_parts_mut(out.cast::<L>(), n).fill(bytes.as_ptr().cast::<L>().read_unaligned()) }
            });
            scratch.values[i as usize] = out;
        }
        scratch
    }

    /// Computes elements `start..start + n` (row-major) of `wanted`, a result of the program, where `n` is at most [`TILE`].
    ///
    /// The pointer is to `n` dense lanes of its compute type, in memory or in `scratch`, valid until the next call.
    /// If `into` is given, the step that makes `wanted` writes there instead of to its register.
    pub fn tile(
        &self,
        wanted: Operand,
        start: usize,
        n: usize,
        scratch: &mut Scratch,
        into: Option<*mut u8>,
    ) -> *const u8 {
        self.tiles(start, n, scratch, |x| if x == wanted { into } else { None });
        self.value(wanted, scratch)
    }

    fn value(&self, x: Operand, scratch: &Scratch) -> *const u8 {
        match x {
            Operand::Leaf(i) => scratch.values[i as usize],
            Operand::Step(i) => scratch.values[self.leaves().len() + i as usize],
        }
    }

    /// Computes one tile of every value. `into` says which steps write to memory.
    fn tiles(&self, start: usize, n: usize, scratch: &mut Scratch, into: impl Fn(Operand) -> Option<*mut u8>) {
        assert!(n <= TILE && start + n <= self.numel(), "a tile lies inside the program's shape");
        let (leaves, steps) = (self.leaves(), self.steps());
        for (i, leaf) in leaves.iter().enumerate() {
            if let Leaf::Memory { ptr, direct: true, compute, .. } = leaf {
                // SAFETY: start is inside the dense array.
                scratch.values[i] = unsafe { ptr.add(start * compute.size()) };
            }
        }
        for &instruction in &self.plan().code {
            match instruction {
                Instruction::Load(i, r) => {
                    let Leaf::Memory { ptr, dtype, dims, strides, compute, .. } = &leaves[i as usize] else {
                        unreachable!("only arrays are loaded")
                    };
                    let plain = compute.dtype() == *dtype;
                    scratch.values[i as usize] = match move_::dense_run(dims, strides, start, n) {
                        // SAFETY: the view vouches for its elements.
                        Some(offset) if plain => unsafe { ptr.offset(offset * compute.size() as isize) },
                        _ => {
                            let out = scratch.register(r);
                            // SAFETY: the view vouches for its elements; a register holds TILE lanes.
                            unsafe { move_::load(*ptr, *dtype, dims, strides, start, n, out, *compute) };
                            out
                        }
                    };
                }
                Instruction::Run(s, r) => {
                    let step = &steps[s as usize];
                    let mut ins = [std::ptr::null(); PORTS];
                    for (slot, &x) in ins.iter_mut().zip(&step.ins) {
                        *slot = self.value(x, scratch);
                    }
                    let out = into(Operand::Step(s)).unwrap_or_else(|| scratch.register(r));
                    // SAFETY: `step` checked the port types; every pointer has n lanes; the plan keeps registers distinct.
                    unsafe { (step.micro.run)(ins.as_ptr(), out, n) };
                    scratch.values[leaves.len() + s as usize] = out;
                }
            }
        }
    }

    /// Evaluates the program's value into `out`, casting to its dtype.
    ///
    /// `out` may be one of the arrays that are read, if both have the same layout; otherwise it must not overlap them.
    ///
    /// # Panics
    /// If `out` has another shape.
    pub fn run(&self, out: &mut ViewMut) {
        assert_eq!(self.shape(), &out.layout.shape[..], "the output has the program's shape");
        let target = self.target(self.last(), out);
        self.run_targets(&[target]);
    }

    /// Evaluates several values, each of them [kept](Program::keep), in one pass.
    ///
    /// # Panics
    /// If an output is not dense, or has another number of elements.
    pub fn run_all(&self, outs: &mut [(Operand, ViewMut)]) {
        for (_, out) in outs.iter() {
            assert!(out.layout.is_contiguous() && out.numel() == self.numel(), "outputs are dense");
        }
        let targets: SmallVec<[Target; 4]> = outs.iter().map(|(x, out)| self.target(*x, out)).collect();
        self.run_targets(&targets);
    }

    /// For evaluating ranges of `x`, which is [kept](Program::keep), into `out`.
    ///
    /// # Panics
    /// If `out` is not dense, or has another number of elements.
    pub fn ranges(&self, x: Operand, out: &ViewMut) -> Ranges<'_> {
        assert!(out.layout.is_contiguous() && out.numel() == self.numel(), "the output is dense");
        Ranges { target: self.target(x, out), program: self }
    }

    fn target(&self, wanted: Operand, out: &ViewMut) -> Target {
        let (dims, mut strides) = layout::coalesce(&out.layout.shape, &[&out.layout.strides]);
        let strides = strides.pop().expect("one operand");
        let dense = dims.len() == 1 && strides[0] == 1 && self.compute(wanted).dtype() == out.dtype;
        // A tile may not be written before all that read it have: an in-place result goes by way of a register.
        let in_place =
            self.leaves().iter().any(|l| matches!(l, Leaf::Memory { ptr, .. } if *ptr == out.ptr.cast_const()));
        let bytes = out.numel() * out.dtype.size();
        let past_cache = dense && !in_place && bytes >= PAST_CACHE && out.ptr.addr().is_multiple_of(64);
        let direct = dense && !in_place && !past_cache;
        Target { wanted, ptr: Address(out.ptr), dtype: out.dtype, dims, strides, direct, past_cache }
    }

    fn run_targets(&self, targets: &[Target]) {
        let n = self.numel();
        let written: usize = targets.iter().map(|t| n * t.dtype.size()).sum();
        // One element is no pass.
        if n > 1 {
            counters::count(self.bytes_read(), written);
        }
        let piece = |from: usize, to: usize| self.run_piece(targets, from, to);
        if n < PARALLEL_FROM {
            piece(0, n);
        } else {
            parallel::for_ranges(n, TILES_PER_PIECE * TILE, piece);
        }
    }
}

impl Program<'_> {
    /// Elements `from..to` of all targets, on this thread.
    fn run_piece(&self, targets: &[Target], from: usize, to: usize) {
        let mut scratch = self.scratch();
        let mut at = from;
        while at < to {
            let len = TILE.min(to - at);
            let place = |t: &Target| {
                // SAFETY: `at` is inside the dense output.
                t.direct.then(|| unsafe { t.ptr.get().add(at * self.compute(t.wanted).size()) })
            };
            self.tiles(at, len, &mut scratch, |x| targets.iter().find(|t| t.wanted == x).and_then(place));
            for t in targets {
                let tile = self.value(t.wanted, &scratch);
                let compute = self.compute(t.wanted);
                if t.past_cache {
                    // SAFETY: the output is dense; pieces are disjoint and start at whole tiles, hence at whole lines.
                    unsafe { move_::stream(tile, t.ptr.get().add(at * compute.size()), len * compute.size()) };
                } else if place(t).map(|p| p.cast_const()) != Some(tile) {
                    // SAFETY: out's view vouches for its elements; pieces are disjoint.
                    unsafe { move_::store(tile, compute, t.ptr.get(), t.dtype, &t.dims, &t.strides, at, len) };
                }
            }
            at += len;
        }
        if targets.iter().any(|t| t.past_cache) {
            move_::end_stream();
        }
    }
}

/// A program whose result is evaluated range by range: see [`Program::ranges`].
pub struct Ranges<'p> {
    program: &'p Program<'p>,
    target: Target,
}

impl Ranges<'_> {
    /// Evaluates elements `from..to`, on this thread. Ranges that run at the same time must not overlap.
    ///
    /// # Panics
    /// If the range does not lie in the program's shape.
    pub fn run(&self, from: usize, to: usize) {
        self.program.run_piece(std::slice::from_ref(&self.target), from, to);
    }
}

/// A pointer that pieces of one output share.
#[derive(Clone, Copy)]
struct Address(*mut u8);

impl Address {
    fn get(self) -> *mut u8 {
        self.0
    }
}
// SAFETY: pieces write disjoint elements.
unsafe impl Send for Address {}
// SAFETY: as above.
unsafe impl Sync for Address {}

/// Runs one micro-operation straight from input memory to output memory, if everything is dense, of the ports' types and at most
/// one tile long. Returns false, having done nothing, where a [`Program`] is needed.
#[inline]
pub fn run_small(micro: &Micro, ins: &[View], out: &mut ViewMut) -> bool {
    let n = out.numel();
    assert_eq!(ins.len(), micro.ins.len(), "the micro-operation has another number of inputs");
    if n > TILE || micro.out.dtype() != out.dtype || !out.layout.is_contiguous() {
        return false;
    }
    let mut ptrs = [std::ptr::null(); PORTS];
    for (i, (x, port)) in ins.iter().zip(micro.ins).enumerate() {
        let fits = x.layout.shape == out.layout.shape || (n == 1 && x.numel() == 1);
        if x.dtype != port.dtype() || !fits || !x.layout.is_contiguous() || (x.ptr == out.ptr.cast_const()) {
            return false;
        }
        ptrs[i] = x.ptr;
    }
    // SAFETY: types, sizes and density are checked above; only the same start address could overlap, and was excluded.
    unsafe { (micro.run)(ptrs.as_ptr(), out.ptr, n) };
    true
}

/// Copies `src` to `dst` of the same shape, casting to its dtype (PyTorch's `copy_`). They may be the same memory with the same layout.
pub fn copy(src: View, dst: &mut ViewMut) {
    let dtype = dst.dtype;
    if permute::copy(&src, dst) {
        let bytes = dst.numel() * dtype.size();
        return counters::count(bytes, bytes);
    }
    let mut p = Program::new(&dst.layout.shape);
    let same_kind = src.dtype.compute() == dtype.compute();
    p.load(src, if same_kind { src.dtype } else { dtype });
    p.run(dst);
}
