//! The family of elementwise operations: a static value each, and one `impl Primitive` for all of them.

use crate::array::Array;
use crate::dtype::{DType, int_to_float, result_type};
use crate::error::{Error, Result};
use crate::primitive::{Family, Grads, Meta, Metas, OutMeta, Primitive, Saved, Saves, few};
use crate::scalar::Scalar;
use smallvec::SmallVec;
use wengert_kernels::layout::broadcast;
use wengert_kernels::tile::{self, Compute, Kernels, Micro, Operand, Program};
use wengert_kernels::{Dims, View};

/// An elementwise operation of one to four inputs without attributes; numbers are inputs like others.
#[derive(Debug)]
pub struct Pointwise {
    /// PyTorch's name.
    pub name: &'static str,
    /// PyTorch's node name.
    pub node: &'static str,
    /// In which dtype it is computed, and what it returns.
    pub promote: Promote,
    /// The scalar functions.
    pub kernels: Kernels,
    /// PyTorch's name of its kernel in "not implemented for" messages, where that is not `name`.
    pub kernel_name: &'static str,
    /// Number operands are rounded to the computed dtype first, as PyTorch does everywhere but in arithmetic (there a
    /// half type's number keeps its precision). Integers are always wrapped, and comparisons always round.
    pub rounds_numbers: bool,
    /// What `vjp` reads.
    pub saves: Saves,
    /// The formula; `None` if the operation has no derivative (its outputs never require grad).
    pub vjp: Option<fn(&Grads, &Saved) -> Result<Grads>>,
}

/// Dtype rules of elementwise operations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Promote {
    /// The common dtype of the inputs: `add`.
    Common,
    /// The same, with integers and booleans becoming the default float: `exp`, `div`.
    IntsToFloat,
    /// Computed in the common dtype, gives bool: `lt`.
    Compare,
    /// Every input counts as bool, gives bool: `logical_and`.
    Logical,
    /// The first input is a condition, the others have a common dtype: `where`.
    Where,
    /// The dtype of the first input, whatever the others are: `masked_fill`.
    First,
}

impl Pointwise {
    /// Without rules of differentiation: the base for `..`.
    pub const DEFAULT: Pointwise = Pointwise {
        name: "",
        node: "",
        promote: Promote::Common,
        kernels: Kernels::NONE,
        kernel_name: "",
        rounds_numbers: false,
        saves: Saves::NONE,
        vjp: None,
    };

    /// The dtype in which it is computed.
    fn computed(&self, ins: &[Meta]) -> DType {
        match self.promote {
            Promote::Common | Promote::Compare => result_type(ins),
            Promote::IntsToFloat => int_to_float(result_type(ins)),
            Promote::Logical => DType::Bool,
            Promote::Where => result_type(&ins[1..]),
            Promote::First => ins[0].dtype,
        }
    }

    fn returned(&self, computed: DType) -> DType {
        match self.promote {
            Promote::Compare | Promote::Logical => DType::Bool,
            _ => computed,
        }
    }

    fn micro(&self, computed: DType) -> Result<&Micro> {
        computed.compute().and_then(|c| self.kernels.get(c)).ok_or_else(|| {
            let name = if self.kernel_name.is_empty() { self.name } else { self.kernel_name };
            Error::not_implemented(format!("\"{name}\" not implemented for '{}'", computed.scalar_name()))
        })
    }

    /// A number operand as it enters the loop.
    fn number(&self, v: Scalar, dtype: DType) -> Scalar {
        let round = self.rounds_numbers || self.promote == Promote::Compare || dtype.is_int();
        if round { v.to_dtype(dtype) } else { v }
    }

    /// Adds this operation to a program over the outputs' shape; gives the operand that holds the result, in `computed`'s compute type.
    fn add_to(&self, p: &mut Program, computed: DType, ins: &[Operand]) -> Result<Operand> {
        let out = p.step(self.micro(computed)?, ins);
        Ok(p.round(out, self.returned(computed)))
    }
}

/// The dtype in which input `i` enters the loop.
fn port_dtype(micro: &Micro, i: usize, computed: DType) -> DType {
    if micro.ins[i] == Compute::Bool { DType::Bool } else { computed }
}

/// PyTorch's broadcasting over all inputs.
pub(crate) fn broadcast_all(ins: &[Meta]) -> Result<Dims> {
    let mut shape = Dims::from_slice(ins[0].shape);
    for m in &ins[1..] {
        if shape[..] != *m.shape {
            shape = broadcast(&shape, m.shape).ok_or_else(|| broadcast_error(&shape, m.shape))?;
        }
    }
    Ok(shape)
}

fn broadcast_error(a: &[usize], b: &[usize]) -> Error {
    let n = a.len().max(b.len());
    let size = |s: &[usize], d: usize| if d + s.len() >= n { s[d + s.len() - n] } else { 1 };
    let d = (0..n).rev().find(|&d| size(a, d) != size(b, d) && size(a, d) != 1 && size(b, d) != 1).unwrap_or(0);
    Error::runtime(format!(
        "The size of tensor a ({}) must match the size of tensor b ({}) at non-singleton dimension {d}",
        size(a, d),
        size(b, d)
    ))
    .hint(format!("the shapes are {a:?} and {b:?}; sizes are compared from the right, and only a 1 stretches"))
}

impl Primitive for Pointwise {
    fn name(&self) -> &'static str {
        self.name
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn family(&self) -> Family {
        if self.vjp.is_some() { Family::Pointwise } else { Family::NoGrad }
    }

    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let computed = self.computed(ins);
        self.micro(computed)?;
        let mut metas = Metas::new();
        metas.push(OutMeta { shape: broadcast_all(ins)?, dtype: self.returned(computed) });
        Ok(metas)
    }

    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let metas: SmallVec<[Meta; 4]> = few(ins.iter().map(|a| Meta::of(a)));
        let computed = self.computed(&metas);
        let micro = self.micro(computed)?;
        let mut out = outs[0].view_mut();
        let views: SmallVec<[View; 4]> = few(ins.iter().map(|a| a.view()));
        if tile::run_small(micro, &views, &mut out) && tile::round_to(out.dtype).is_none() {
            return Ok(());
        }
        let mut p = Program::new(&out.layout.shape);
        let mut operands: SmallVec<[Operand; 4]> = SmallVec::new();
        for (i, a) in ins.iter().enumerate() {
            let dtype = port_dtype(micro, i, computed);
            operands.push(match a.as_scalar().map(|v| self.number(v, dtype)) {
                Some(Scalar::Float(v)) => p.scalar(v, dtype),
                Some(v) => p.scalar(v.to_i64(), dtype),
                None => p.load(views[i], dtype),
            });
        }
        self.add_to(&mut p, computed, &operands)?;
        p.run(&mut out);
        Ok(())
    }

    fn saves(&self) -> Saves {
        self.saves
    }

    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        self.vjp.expect("only differentiable operations are recorded")(g, s)
    }
}
