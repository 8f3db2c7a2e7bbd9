//! The family of elementwise operations: a static value each, and one `impl Primitive` for all of them.

use crate::array::{Array, Expression, Fusion};
use crate::deferral;
use crate::dtype::{DType, int_to_float, result_type};
use crate::error::{Error, Result};
use crate::primitive::{Family, Grads, Meta, Metas, OutMeta, Primitive, Saved, Saves, few};
use crate::scalar::{Operand, Scalar};
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::mem::MaybeUninit;
use wengert_kernels::layout::broadcast;
use wengert_kernels::tile::{self, Compute, Kernels, Micro};
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
    /// As [`Primitive::arguments`].
    pub arguments: &'static str,
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
        arguments: "self other",
        promote: Promote::Common,
        kernels: Kernels::NONE,
        kernel_name: "",
        rounds_numbers: false,
        saves: Saves::NONE,
        vjp: None,
    };

    /// The dtype in which it is computed.
    pub(crate) fn computed(&self, ins: &[Meta]) -> DType {
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

    /// The shape and the dtype of the result, whether or not there is a kernel for it.
    pub(crate) fn outline(&self, ins: &[Meta]) -> Result<OutMeta> {
        Ok(OutMeta { shape: broadcast_all(ins)?, dtype: self.returned(self.computed(ins)) })
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

    /// Adds this operation to a fusion over the output's shape; gives the operand that holds the result, in the compute type of what
    /// is returned.
    fn add_to<'a>(
        &self,
        f: &mut Fusion<'a>,
        computed: DType,
        ins: impl Iterator<Item = &'a Array>,
    ) -> Result<tile::Operand> {
        let micro = self.micro(computed)?;
        let mut operands: SmallVec<[tile::Operand; 4]> = SmallVec::new();
        for (i, a) in ins.enumerate() {
            let dtype = port_dtype(micro, i, computed);
            operands.push(match a.as_scalar().map(|v| self.number(v, dtype)) {
                Some(Scalar::Float(v)) => f.program().scalar(v, dtype),
                Some(v) => f.program().scalar(v.to_i64(), dtype),
                None => f.load(a, dtype),
            });
        }
        let out = f.program().step(micro, &operands);
        Ok(f.program().round(out, self.returned(computed)))
    }

    /// The operation's result: at once if it is small, else perhaps an expression.
    #[inline]
    pub(crate) fn call(&'static self, ins: &[Operand]) -> Result<Array> {
        if let [Operand::Tensor(a), Operand::Tensor(b)] = ins
            && let Some(out) = self.pair(a.array(), b.array())
        {
            return Ok(out);
        }
        match self.small(ins) {
            Some(small) => Ok(small),
            None => self.general(ins),
        }
    }

    /// The loop over two operands of this dtype, and a result of the same, without any conversion.
    #[inline]
    fn plain(&self, dtype: DType) -> Option<&Micro> {
        let compute = match dtype {
            DType::F32 => Compute::F32,
            DType::F64 => Compute::F64,
            _ => return None,
        };
        let micro = self.kernels.get(compute)?;
        let plain = matches!(self.promote, Promote::Common | Promote::IntsToFloat)
            && micro.out == compute
            && matches!(micro.ins[..], [a, b, ..] if a == compute && b == compute);
        plain.then_some(micro)
    }

    /// The result for two operands of few elements and one shape: nothing is asked that these would not need.
    #[inline]
    pub(crate) fn pair(&self, a: &Array, b: &Array) -> Option<Array> {
        let n = a.few_as(b)?;
        let micro = self.plain(a.dtype())?;
        if deferral::defers(n) {
            return None;
        }
        let out = Array::like(a.layout(), n * micro.out.size(), a.dtype())?;
        // SAFETY: all three have n dense lanes of the loop's one type, and nobody else sees the output.
        unsafe { (micro.run)([a.inside().cast_const(), b.inside().cast_const()].as_ptr(), out.inside(), n) };
        Some(out)
    }

    /// Writes the result for two operands of few elements over the first, which nobody else sees. `false` if it cannot be.
    #[inline]
    pub(crate) fn pair_into(&self, a: &Array, b: &Array) -> bool {
        let Some(n) = a.few_as(b) else { return false };
        let Some(micro) = self.plain(a.dtype()).filter(|_| a.is_unseen() && !deferral::defers(n)) else { return false };
        // SAFETY: as in `pair`; each lane of the target is read before it is written.
        unsafe { (micro.run)([a.inside().cast_const(), b.inside().cast_const()].as_ptr(), a.inside(), n) };
        true
    }

    #[inline(never)]
    fn general(&'static self, ins: &[Operand]) -> Result<Array> {
        let arrays: SmallVec<[Array; 4]> = few(ins.iter().map(|x| match x {
            Operand::Tensor(t) => t.array().clone(),
            Operand::Scalar(s) => Array::scalar(*s),
        }));
        crate::apply::readable(arrays.iter())?;
        let metas: SmallVec<[Meta; 4]> = few(arrays.iter().map(Meta::of));
        let out = self.infer(&metas)?.swap_remove(0);
        let computed = self.computed(&metas);
        drop(metas);
        let expression = || Elementwise { operation: self, computed, ins: arrays.clone() };
        if let Some(pending) = Array::deferred(&out.shape, out.dtype, expression) {
            return Ok(pending);
        }
        let mut result = [Array::try_empty(&out.shape, out.dtype)?];
        self.eval(&few::<_, 4>(arrays.iter()), &mut result)?;
        let [result] = result;
        Ok(result)
    }

    /// The result for few elements without any conversion: straight from input memory to output memory, on this thread.
    #[inline]
    fn small(&self, ins: &[Operand]) -> Option<Array> {
        let first = ins.iter().filter_map(|x| x.tensor()).map(Tensor::array).find(|a| a.as_scalar().is_none())?;
        let (dtype, layout) = (first.dtype(), first.layout());
        let compute = dtype.compute()?;
        let returned = match self.promote {
            Promote::Common => dtype,
            Promote::IntsToFloat if dtype.is_float() => dtype,
            Promote::Compare => DType::Bool,
            _ => return None,
        };
        let micro = self.kernels.get(compute)?;
        let n = layout.numel();
        if n >= AT_ONCE
            || deferral::defers(n)
            || compute.dtype() != dtype
            || micro.out.dtype() != returned
            || !layout.is_row_major()
        {
            return None;
        }
        let mut ptrs = [std::ptr::null(); 4];
        let mut numbers = [[const { MaybeUninit::<u64>::uninit() }; NUMBERS]; 2];
        let mut free = 0;
        // Bit `i`: input `i` is a number.
        let mut scalars = 0u8;
        let mut chunk = n;
        for (i, x) in ins.iter().enumerate() {
            if micro.ins[i] != compute {
                return None;
            }
            let number = match x {
                Operand::Tensor(t) => {
                    let a = t.array();
                    if a.is_same(first) || (a.dtype() == dtype && a.layout().is_row_major_as(layout)) {
                        ptrs[i] = a.ready()?;
                        continue;
                    }
                    // In a formula, a number comes back as a tensor.
                    a.as_scalar()?
                }
                Operand::Scalar(s) => *s,
            };
            if free == numbers.len() || (dtype.is_int() && number.is_float()) || dtype == DType::Bool {
                return None;
            }
            free += 1;
            chunk = chunk.min(NUMBERS * 8 / compute.size());
            ptrs[i] = spread(self.number(number, dtype), compute, &mut numbers[free - 1], chunk);
            scalars |= 1 << i;
        }
        let mut out = Array::like(layout, n * returned.size(), returned)?;
        let to = out.fresh();
        if chunk == n {
            // SAFETY: every pointer is to n dense lanes of its port's type, and the output is fresh.
            unsafe { (micro.run)(ptrs.as_ptr(), to, n) };
        } else {
            // SAFETY: as above, but for numbers, of which there are `chunk` lanes.
            unsafe { in_chunks(micro, &mut ptrs, scalars, to, n, chunk) };
        }
        Some(out)
    }
}

/// Results of so many elements are not computed at once by one call of a loop: threads could share the work.
const AT_ONCE: usize = 1 << 16;
/// Words on the stack for a number that is spread over a tensor's elements.
const NUMBERS: usize = 128;

/// Runs a micro-operation chunk by chunk, since its numbers are there for one chunk only.
///
/// # Safety
/// The inputs that are not `scalars` have `n` dense lanes, the others `chunk`; `out` has room for `n`, and nobody else sees it.
#[inline(never)]
unsafe fn in_chunks(micro: &Micro, ptrs: &mut [*const u8; 4], scalars: u8, out: *mut u8, n: usize, chunk: usize) {
    for start in (0..n).step_by(chunk) {
        let len = chunk.min(n - start);
        // SAFETY: the caller's contract; start + len is at most n.
        unsafe {
            (micro.run)(ptrs.as_ptr(), out.add(start * micro.out.size()), len);
            for (i, (p, port)) in ptrs.iter_mut().zip(micro.ins).enumerate() {
                if scalars >> i & 1 == 0 {
                    *p = p.add(len * port.size());
                }
            }
        }
    }
}

/// Writes `n` lanes that all have this value.
#[inline]
fn spread(value: Scalar, compute: Compute, to: &mut [MaybeUninit<u64>; NUMBERS], n: usize) -> *const u8 {
    let out = to.as_mut_ptr().cast::<u8>();
    debug_assert!(n * compute.size() <= size_of_val(to));
    // SAFETY: the caller has checked that n lanes fit.
    unsafe {
        match compute {
            Compute::F32 => {
                let v = value.to_f64() as f32;
                (0..n).for_each(|i| out.cast::<f32>().add(i).write(v));
            }
            Compute::F64 => {
                let v = value.to_f64();
                (0..n).for_each(|i| out.cast::<f64>().add(i).write(v));
            }
            Compute::I64 => {
                let v = value.to_i64();
                (0..n).for_each(|i| out.cast::<i64>().add(i).write(v));
            }
            Compute::Bool => unreachable!("numbers do not meet small booleans"),
        }
    }
    out
}

/// An elementwise operation that waits.
#[derive(Debug)]
struct Elementwise {
    operation: &'static Pointwise,
    computed: DType,
    ins: SmallVec<[Array; 4]>,
}

impl Expression for Elementwise {
    fn inputs(&self) -> &[Array] {
        &self.ins
    }
    fn add_to<'a>(&'a self, fusion: &mut Fusion<'a>) -> tile::Operand {
        let value = self.operation.add_to(fusion, self.computed, self.ins.iter());
        value.expect("the kernel was looked up when the expression was made")
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
    fn arguments(&self) -> &'static str {
        self.arguments
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn family(&self) -> Family {
        if self.vjp.is_some() { Family::Pointwise } else { Family::NoGrad }
    }

    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let mut metas = Metas::new();
        metas.push(self.outline(ins)?);
        self.micro(self.computed(ins))?;
        Ok(metas)
    }

    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let metas: SmallVec<[Meta; 4]> = few(ins.iter().map(|a| Meta::of(a)));
        let computed = self.computed(&metas);
        let micro = self.micro(computed)?;
        let mut out = outs[0].view_mut();
        if out.numel() <= tile::TILE && tile::round_to(out.dtype).is_none() {
            let views: SmallVec<[View; 4]> = few(ins.iter().map(|a| a.view()));
            if tile::run_small(micro, &views, &mut out) {
                return Ok(());
            }
        }
        let mut f = Fusion::new(&out.layout.shape);
        self.add_to(&mut f, computed, ins.iter().copied())?;
        f.run(&mut out);
        Ok(())
    }

    fn saves(&self) -> Saves {
        self.saves
    }

    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        self.vjp.expect("only differentiable operations are recorded")(g, s)
    }
}
