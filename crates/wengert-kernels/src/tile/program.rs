//! The program: leaves, steps, results.

use super::plan::Plan;
use super::{Compute, Lane, Micro, convert, move_, round_to};
use crate::dtype::DType;
use crate::lanes;
use crate::layout::{self, Dims, Strides};
use crate::view::View;
use smallvec::SmallVec;
use std::marker::PhantomData;
use std::sync::OnceLock;

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
pub(super) struct Step {
    pub(super) micro: Micro,
    pub(super) ins: SmallVec<[Operand; 4]>,
}

/// Elementwise work on arrays of one shape; see the [module](super).
#[derive(Clone, Debug)]
pub struct Program<'a> {
    shape: Dims,
    leaves: SmallVec<[Leaf; 4]>,
    steps: SmallVec<[Step; 2]>,
    /// The program's value, once there are steps.
    value: Option<Operand>,
    /// Values besides it that are results.
    outputs: SmallVec<[Operand; 2]>,
    /// Made when the program runs first.
    plan: OnceLock<Plan>,
    memory: PhantomData<View<'a>>,
}

// SAFETY: the pointers are borrows of plain memory that is only read.
unsafe impl Send for Program<'_> {}
// SAFETY: as above.
unsafe impl Sync for Program<'_> {}

impl<'a> Program<'a> {
    /// An empty program over arrays of `shape`.
    pub fn new(shape: &[usize]) -> Program<'a> {
        Program {
            shape: Dims::from_slice(shape),
            leaves: SmallVec::new(),
            steps: SmallVec::new(),
            value: None,
            outputs: SmallVec::new(),
            plan: OnceLock::new(),
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
            let ins: SmallVec<[Operand; 4]> = step.ins.iter().map(|&x| moved(x)).collect();
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
        if dims.len() == 1 && strides[0] == 0 && dims[0] > 0 {
            let mut bytes = [0u64; 1];
            // SAFETY: the view has at least one element, and eight bytes hold any lane.
            unsafe { move_::load(view.ptr, view.dtype, &dims, &strides, 0, 1, bytes.as_mut_ptr().cast(), compute) };
            let leaf = self.push_leaf(Leaf::Scalar(bytes[0].to_ne_bytes(), compute));
            return if needs_rounding { self.round(leaf, dtype) } else { leaf };
        }
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
        let same = |l: &Leaf| matches!(l, Leaf::Scalar(b, c) if *b == bytes && *c == compute);
        match self.leaves.iter().position(same) {
            Some(i) => Operand::Leaf(i as u16),
            None => self.push_leaf(Leaf::Scalar(bytes, compute)),
        }
    }

    fn push_leaf(&mut self, leaf: Leaf) -> Operand {
        self.plan = OnceLock::new();
        self.leaves.push(leaf);
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
        // What a fused chain computes twice (in backward often) is computed once.
        let same = |s: &Step| std::ptr::fn_addr_eq(s.micro.run, micro.run) && s.ins[..] == *ins;
        if let Some(i) = self.steps.iter().position(same) {
            return self.set_value(Operand::Step(i as u16));
        }
        self.steps.push(Step { micro: *micro, ins: SmallVec::from_slice(ins) });
        self.set_value(Operand::Step(self.steps.len() as u16 - 1))
    }

    /// Makes an operand the program's value. Every step does so with its result.
    pub fn set_value(&mut self, x: Operand) -> Operand {
        self.plan = OnceLock::new();
        self.value = Some(x);
        x
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

    /// The program's value: the result of the last step, or without steps the leaf added last.
    pub fn last(&self) -> Operand {
        self.value.unwrap_or(Operand::Leaf(self.leaves.len() as u16 - 1))
    }

    /// Makes a value a result besides the last one: see [`Program::run_all`].
    pub fn keep(&mut self, x: Operand) {
        self.plan = OnceLock::new();
        self.outputs.push(x);
    }

    /// All results.
    pub(super) fn kept(&self) -> impl Iterator<Item = Operand> {
        self.outputs.iter().copied().chain(std::iter::once(self.last()))
    }
    pub(super) fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }
    pub(super) fn plan(&self) -> &Plan {
        self.plan.get_or_init(|| Plan::of(self))
    }
    /// Number of micro-operations.
    pub fn len(&self) -> usize {
        self.steps.len()
    }
    /// Is there no micro-operation?
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
    /// Bytes that one run reads from memory, broadcast arrays counted once.
    pub fn bytes_read(&self) -> usize {
        let of = |leaf: &Leaf| match leaf {
            Leaf::Memory { dtype, dims, strides, .. } => {
                dims.iter().zip(strides).filter(|(_, s)| **s != 0).map(|(n, _)| n).product::<usize>() * dtype.size()
            }
            Leaf::Scalar(..) => 0,
        };
        self.leaves.iter().map(of).sum()
    }
}
