//! Where every value of a program lies while a tile is computed.

use super::program::{Leaf, Operand, Program};
use super::{Compute, TILE};
use smallvec::SmallVec;

/// What is done for each tile, in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Instruction {
    /// Loads a leaf that is not read in place into the register at this byte.
    Load(u16, u32),
    /// Runs a step whose result goes to the register at this byte.
    Run(u16, u32),
}

/// The order of work and the registers. A register is taken by the next value as soon as nothing reads it any more, so that a long
/// program touches as little of the first-level cache as a short one.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub code: SmallVec<[Instruction; 8]>,
    /// Scalars, which are spread over registers of their own once for each thread.
    pub scalars: SmallVec<[(u16, u32); 4]>,
    /// Bytes of all registers.
    pub bytes: usize,
}

/// Never read again after the program: its results.
const FOREVER: usize = usize::MAX;

impl Plan {
    pub fn of(p: &Program) -> Plan {
        let (leaves, steps) = (p.leaves(), p.steps());
        let number = |x: Operand| match x {
            Operand::Leaf(i) => i as usize,
            Operand::Step(i) => leaves.len() + i as usize,
        };
        // The step that reads a value last, by number of the value; 0 is before all steps.
        let mut last: SmallVec<[usize; 24]> = SmallVec::from_elem(0, leaves.len() + steps.len());
        for (i, step) in steps.iter().enumerate() {
            for &x in &step.ins {
                last[number(x)] = i + 1;
            }
        }
        for x in p.kept() {
            last[number(x)] = FOREVER;
        }
        let width = (0..leaves.len())
            .map(|i| Operand::Leaf(i as u16))
            .chain((0..steps.len()).map(|i| Operand::Step(i as u16)))
            .map(|x| p.compute(x).size())
            .max()
            .unwrap_or(Compute::F64.size());
        let mut plan = Plan::default();
        let mut registers = Registers { free: SmallVec::new(), size: TILE * width + 64, end: 0 };
        for (i, leaf) in leaves.iter().enumerate() {
            if let Leaf::Scalar(..) = leaf {
                plan.scalars.push((i as u16, registers.take()));
            }
        }
        let mut place: SmallVec<[Option<u32>; 24]> = SmallVec::from_elem(None, last.len());
        let load = |plan: &mut Plan, registers: &mut Registers, place: &mut [Option<u32>], i: usize| {
            if let Leaf::Memory { direct: false, .. } = leaves[i]
                && place[i].is_none()
            {
                let r = registers.take();
                place[i] = Some(r);
                plan.code.push(Instruction::Load(i as u16, r));
            }
        };
        for (s, step) in steps.iter().enumerate() {
            for &x in &step.ins {
                if let Operand::Leaf(i) = x {
                    load(&mut plan, &mut registers, &mut place, i as usize);
                }
            }
            // The output's register is taken before those of the inputs are given back: a step may not write over what it reads.
            let r = registers.take();
            place[leaves.len() + s] = Some(r);
            plan.code.push(Instruction::Run(s as u16, r));
            for &x in step.ins.iter().chain(std::iter::once(&Operand::Step(s as u16))) {
                let x = number(x);
                if last[x] <= s + 1
                    && let Some(r) = place[x].take()
                {
                    registers.free.push(r);
                }
            }
        }
        for x in p.kept() {
            if let Operand::Leaf(i) = x {
                load(&mut plan, &mut registers, &mut place, i as usize);
            }
        }
        plan.bytes = registers.end as usize;
        plan
    }
}

struct Registers {
    free: SmallVec<[u32; 16]>,
    size: usize,
    end: u32,
}

impl Registers {
    fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            let r = self.end;
            self.end += self.size as u32;
            r
        })
    }
}
