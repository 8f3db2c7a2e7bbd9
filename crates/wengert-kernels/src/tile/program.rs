//! The program: leaves, steps, results, and the walk over tiles.

use super::{Compute, Lane, Micro, TILE, convert, move_, round_to};
use crate::dtype::DType;
use crate::layout::{self, Dims, Strides};
use crate::view::{View, ViewMut};
use crate::{lanes, parallel};
use smallvec::SmallVec;
use std::cell::Cell;
use std::marker::PhantomData;

/// Tiles of one piece of work given to a thread.
const TILES_PER_PIECE: usize = 16;
/// Below this many elements a program runs on the calling thread alone.
const PARALLEL_FROM: usize = 2 * TILES_PER_PIECE * TILE;
/// Bytes of one register: a tile of the widest compute type.
const REGISTER: usize = TILE * 8;

/// What a program reads.
#[derive(Clone, Debug)]
pub enum Leaf {
    /// An array, already expanded to the program's shape.
    Memory {
        /// First element.
        ptr: *const u8,
        /// Its dtype.
        dtype: DType,
        /// Coalesced sizes.
        dims: Dims,
        /// Strides of `dims`.
        strides: Strides,
        /// Dense, and of its compute type: tiles are read in place.
        direct: bool,
        /// Type of the tile it is loaded as.
        compute: Compute,
    },
    /// One value for all elements, as the bytes of its compute type.
    Scalar([u8; 8], Compute),
}

/// Where a step takes an input from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    /// Leaf by number.
    Leaf(u16),
    /// Output of the step by number.
    Step(u16),
}

#[derive(Clone, Debug)]
struct Step {
    micro: Micro,
    ins: SmallVec<[Operand; 3]>,
    /// Scratch register of the output.
    register: u16,
}

/// Elementwise work on arrays of one shape; see the [module](super).
#[derive(Clone, Debug)]
pub struct Program<'a> {
    shape: Dims,
    leaves: SmallVec<[Leaf; 4]>,
    /// Scratch register of each leaf that is not read in place.
    leaf_registers: SmallVec<[u16; 4]>,
    steps: SmallVec<[Step; 2]>,
    registers: u16,
    memory: PhantomData<View<'a>>,
}

// SAFETY: the pointers are borrows of plain memory that is only read.
unsafe impl Send for Program<'_> {}
// SAFETY: as above.
unsafe impl Sync for Program<'_> {}

/// Tile registers of one thread.
pub struct Scratch {
    memory: Vec<[u64; 8]>,
    /// Start of the registers, from one borrow of `memory`, so that pointers to several registers live side by side.
    base: *mut u8,
    registers: usize,
}

thread_local! {
    static SCRATCH: Cell<Vec<[u64; 8]>> = const { Cell::new(Vec::new()) };
}

impl Scratch {
    fn new(registers: usize) -> Scratch {
        let mut memory = SCRATCH.take();
        let blocks = registers * REGISTER / 64;
        if memory.len() < blocks {
            memory.resize(blocks, [0; 8]);
        }
        let base = memory.as_mut_ptr().cast();
        Scratch { memory, base, registers }
    }
    fn register(&mut self, r: u16) -> *mut u8 {
        assert!((r as usize) < self.registers, "the scratch is this program's own");
        // SAFETY: `new` made room for that many registers.
        unsafe { self.base.add(r as usize * REGISTER) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A nested program may have left a buffer meanwhile; the larger one is not worth a search.
        SCRATCH.set(std::mem::take(&mut self.memory));
    }
}

impl<'a> Program<'a> {
    /// An empty program over arrays of `shape`.
    pub fn new(shape: &[usize]) -> Program<'a> {
        Program {
            shape: Dims::from_slice(shape),
            leaves: SmallVec::new(),
            leaf_registers: SmallVec::new(),
            steps: SmallVec::new(),
            registers: 0,
            memory: PhantomData,
        }
    }

    /// The program that is `view` itself, in its compute type.
    pub fn of_view(view: View<'a>) -> Program<'a> {
        let mut p = Program::new(&view.layout.shape);
        p.load(view, view.dtype);
        p
    }

    /// Shape of every array in the program.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Number of elements.
    pub fn numel(&self) -> usize {
        self.shape.iter().product()
    }

    /// Gives the program another shape with the same elements in row-major order; arrays added later broadcast to that one.
    ///
    /// # Panics
    /// If the number of elements differs.
    pub fn reshape(&mut self, shape: &[usize]) {
        assert_eq!(self.numel(), shape.iter().product::<usize>(), "a reshaped program keeps its number of elements");
        self.shape = Dims::from_slice(shape);
    }

    /// Adds the leaves and steps of a program over as many elements; its value is the result.
    ///
    /// # Panics
    /// If the number of elements differs.
    pub fn append(&mut self, other: &Program<'a>) -> Operand {
        assert_eq!(self.numel(), other.numel(), "both programs have the same elements");
        let (leaves, steps) = (self.leaves.len() as u16, self.steps.len() as u16);
        let moved = |x: Operand| match x {
            Operand::Leaf(i) => Operand::Leaf(i + leaves),
            Operand::Step(i) => Operand::Step(i + steps),
        };
        for leaf in &other.leaves {
            self.push_leaf(leaf.clone());
        }
        for step in &other.steps {
            let ins: SmallVec<[Operand; 3]> = step.ins.iter().map(|&x| moved(x)).collect();
            self.step(&step.micro, &ins);
        }
        moved(other.last())
    }

    /// Adds an array, broadcast to the program's shape and cast to `dtype`.
    ///
    /// # Panics
    /// If the shape does not broadcast, or a dtype is complex.
    pub fn load(&mut self, view: View<'a>, dtype: DType) -> Operand {
        let layout = view.layout.expand(&self.shape).expect("the leaf broadcasts to the program's shape");
        let compute = dtype.compute().expect("a real dtype");
        let own = view.dtype.compute().expect("a real dtype");
        // Narrow integers and half types must be cast by way of `dtype`; so must floats to integers to floats.
        let needs_rounding = view.dtype != dtype && round_to(dtype).is_some();
        let (dims, mut strides) = layout::coalesce(&layout.shape, &[&layout.strides]);
        let strides = strides.pop().expect("one operand");
        let direct = own == compute && own.dtype() == view.dtype && dims.len() == 1 && strides[0] == 1;
        let leaf = self.push_leaf(Leaf::Memory { ptr: view.ptr, dtype: view.dtype, dims, strides, direct, compute });
        if needs_rounding { self.round(leaf, dtype) } else { leaf }
    }

    /// Adds a number that all elements share. `value` is converted to the compute type of `dtype`, without rounding it to a half type.
    pub fn scalar<L: Lane>(&mut self, value: L, dtype: DType) -> Operand {
        let compute = dtype.compute().expect("a real dtype");
        let mut bytes = [0u8; 8];
        lanes!(compute, T => {
            let v = T::from_elem(value);
            // SAFETY: a lane is plain data of at most eight bytes.
            unsafe { std::ptr::copy_nonoverlapping((&raw const v).cast::<u8>(), bytes.as_mut_ptr(), size_of::<T>()) }
        });
        self.push_leaf(Leaf::Scalar(bytes, compute))
    }

    fn push_leaf(&mut self, leaf: Leaf) -> Operand {
        self.leaves.push(leaf);
        self.leaf_registers.push(self.registers);
        self.registers += 1;
        Operand::Leaf(self.leaves.len() as u16 - 1)
    }

    /// Adds a micro-operation.
    ///
    /// # Panics
    /// If an operand's type is not that of the port.
    pub fn step(&mut self, micro: &Micro, ins: &[Operand]) -> Operand {
        assert_eq!(micro.ins.len(), ins.len(), "the micro-operation has another number of inputs");
        for (&port, &x) in micro.ins.iter().zip(ins) {
            assert_eq!(port, self.compute(x), "an operand's compute type is not the port's");
        }
        self.steps.push(Step { micro: *micro, ins: SmallVec::from_slice(ins), register: self.registers });
        self.registers += 1;
        Operand::Step(self.steps.len() as u16 - 1)
    }

    /// Rounds an operand to what `dtype` can hold (nothing to do for most dtypes).
    pub fn round(&mut self, x: Operand, dtype: DType) -> Operand {
        match round_to(dtype) {
            Some(micro) => self.step(&micro, &[x]),
            None => x,
        }
    }

    /// Casts an operand to the compute type of `dtype` and rounds it to what `dtype` can hold.
    pub fn cast(&mut self, x: Operand, dtype: DType) -> Operand {
        let (from, to) = (self.compute(x), dtype.compute().expect("a real dtype"));
        let y = if from == to { x } else { self.step(&convert(from, to), &[x]) };
        self.round(y, dtype)
    }

    /// Compute type of an operand.
    pub fn compute(&self, x: Operand) -> Compute {
        match x {
            Operand::Leaf(i) => match &self.leaves[i as usize] {
                Leaf::Memory { compute, .. } | Leaf::Scalar(_, compute) => *compute,
            },
            Operand::Step(i) => self.steps[i as usize].micro.out,
        }
    }

    /// The operand added last: the program's value.
    pub fn last(&self) -> Operand {
        if self.steps.is_empty() {
            Operand::Leaf(self.leaves.len() as u16 - 1)
        } else {
            Operand::Step(self.steps.len() as u16 - 1)
        }
    }

    /// Registers for one thread, with scalars already spread over theirs.
    pub fn scratch(&self) -> Scratch {
        let mut scratch = Scratch::new(self.registers as usize + 1);
        let n = self.numel().min(TILE);
        for (leaf, &r) in self.leaves.iter().zip(&self.leaf_registers) {
            if let Leaf::Scalar(bytes, compute) = leaf {
                let out = scratch.register(r);
                lanes!(*compute, L => {
                    // SAFETY: a register holds TILE lanes of any type; bytes holds one lane of this type.
                    unsafe { std::slice::from_raw_parts_mut(out.cast::<L>(), n).fill(bytes.as_ptr().cast::<L>().read_unaligned()) }
                });
            }
        }
        scratch
    }

    /// Computes elements `start..start + n` (row-major) of `wanted`, where `n` is at most [`TILE`].
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
        assert!(n <= TILE && start + n <= self.numel(), "a tile lies inside the program's shape");
        let mut leaves: SmallVec<[*const u8; 8]> = SmallVec::new();
        for (leaf, &r) in self.leaves.iter().zip(&self.leaf_registers) {
            leaves.push(match leaf {
                // SAFETY: start is inside the dense array.
                Leaf::Memory { ptr, direct: true, compute, .. } => unsafe { ptr.add(start * compute.size()) },
                Leaf::Memory { ptr, dtype, dims, strides, compute, .. } => {
                    let out = scratch.register(r);
                    // SAFETY: the view vouches for its elements; a register holds TILE lanes.
                    unsafe { move_::load(*ptr, *dtype, dims, strides, start, n, out, *compute) };
                    out
                }
                Leaf::Scalar(..) => scratch.register(r),
            });
        }
        for (i, step) in self.steps.iter().enumerate() {
            let ins: SmallVec<[*const u8; 4]> = step
                .ins
                .iter()
                .map(|x| match *x {
                    Operand::Leaf(l) => leaves[l as usize],
                    Operand::Step(s) => scratch.register(self.steps[s as usize].register),
                })
                .collect();
            let out = match into {
                Some(p) if wanted == Operand::Step(i as u16) => p,
                _ => scratch.register(step.register),
            };
            // SAFETY: `step` checked the port types; every pointer has n lanes; registers are distinct.
            unsafe { (step.micro.run)(ins.as_ptr(), out, n) };
        }
        match wanted {
            Operand::Leaf(l) => leaves[l as usize],
            Operand::Step(s) => match into {
                Some(p) => p,
                None => scratch.register(self.steps[s as usize].register),
            },
        }
    }

    /// Evaluates the program's value into `out`, casting to its dtype.
    ///
    /// `out` may be one of the arrays that are read, if both have the same layout; otherwise it must not overlap them.
    ///
    /// # Panics
    /// If `out` has another shape.
    pub fn run(&self, out: &mut ViewMut) {
        let (result, shape) = (self.last(), &out.layout.shape);
        assert_eq!(&self.shape[..], &shape[..], "the output has the program's shape");
        let n = self.numel();
        let compute = self.compute(result);
        let (dims, mut strides) = layout::coalesce(shape, &[&out.layout.strides]);
        let strides = strides.pop().expect("one operand");
        let dense = dims.len() == 1 && strides[0] == 1 && compute.dtype() == out.dtype;
        // Micro-operations may not write over what they read, so an in-place result goes by way of a register.
        let in_place =
            self.leaves.iter().any(|l| matches!(l, Leaf::Memory { ptr, .. } if *ptr == out.ptr.cast_const()));
        let direct = dense && !in_place;
        let (ptr, dtype) = (Address(out.ptr), out.dtype);
        let piece = |from: usize, to: usize| {
            let mut scratch = self.scratch();
            let mut at = from;
            while at < to {
                let len = TILE.min(to - at);
                // SAFETY: `at` is inside the dense output.
                let into = direct.then(|| unsafe { ptr.get().add(at * compute.size()) });
                let tile = self.tile(result, at, len, &mut scratch, into);
                if into != Some(tile.cast_mut()) {
                    // SAFETY: out's view vouches for its elements; pieces are disjoint.
                    unsafe { move_::store(tile, compute, ptr.get(), dtype, &dims, &strides, at, len) };
                }
                at += len;
            }
        };
        if n < PARALLEL_FROM {
            piece(0, n);
        } else {
            parallel::for_ranges(n, TILES_PER_PIECE * TILE, piece);
        }
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
    let mut ptrs = [std::ptr::null(); 8];
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
    if super::permute::copy(&src, dst) {
        return;
    }
    let dtype = dst.dtype;
    let mut p = Program::new(&dst.layout.shape);
    let same_kind = src.dtype.compute() == dtype.compute();
    p.load(src, if same_kind { src.dtype } else { dtype });
    p.run(dst);
}
