//! to_dtype, clone, contiguous, copy_.

use crate::apply::{apply_in_place, apply1, refuse_partial_overlap};
use crate::array::{Array, Expression, Fusion};
use crate::dtype::DType;
use crate::dtype::{can_cast, promote_types, result_type};
use crate::error::{Error, Named, Result};
use crate::ops::{expand_layout, refuse_fewer};
use crate::pointwise::broadcast_all;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Operand;
use crate::scalar::Scalar;
use crate::table::{Arg, Args};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, uniform};
use crate::transforms::needs_numbers;
use wengert_kernels::tile;

/// A cast, recorded as PyTorch's `ToCopyBackward0`. Its gradient is cast back by the engine.
#[derive(Debug)]
struct ToCopy {
    dtype: DType,
    /// Keeps the order of the dimensions in memory.
    alike: bool,
}

impl Primitive for ToCopy {
    fn name(&self) -> &'static str {
        "to"
    }
    fn node_name(&self) -> &'static str {
        "ToCopyBackward0"
    }
    fn family(&self) -> Family {
        if self.dtype.is_differentiable() { Family::Linear } else { Family::NoGrad }
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, self.dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        ins[0].copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn expression(&self, ins: &[&Array], out: &OutMeta) -> Option<Array> {
        if self.alike && !ins[0].layout().is_row_major() {
            return ins[0].copy_alike(self.dtype).ok();
        }
        Array::deferred(&out.shape, out.dtype, || Cast { dtype: self.dtype, input: [ins[0].clone()] })
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(ToCopy { ..*self })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(g[0].clone())]))
    }
}

/// A cast that waits.
#[derive(Debug)]
struct Cast {
    dtype: DType,
    input: [Array; 1],
}

impl Expression for Cast {
    fn inputs(&self) -> &[Array] {
        &self.input
    }
    fn add_to<'a>(&'a self, fusion: &mut Fusion<'a>) -> tile::Operand {
        fusion.load(&self.input[0], self.dtype)
    }
}

/// The tensor in another dtype; itself if it has that dtype already.
///
/// # Errors
/// None between real dtypes.
#[track_caller]
pub fn to_dtype(input: &Tensor, dtype: DType) -> Result<Tensor> {
    if input.dtype() == dtype { Ok(input.clone()) } else { cast(input, dtype, true) }
}

/// A copy in a dtype, even in the same.
#[track_caller]
fn cast(input: &Tensor, dtype: DType, alike: bool) -> Result<Tensor> {
    if dtype != input.dtype() && (dtype.is_complex() || input.dtype().is_complex()) {
        return Err(Error::not_implemented(format!("conversion from {} to {dtype}", input.dtype())));
    }
    apply1(ToCopy { dtype, alike }, &[input.into()])
}

/// A copy with the same elements: [`clone_tensor`] and [`contiguous`].
#[derive(Debug)]
struct Clone_ {
    /// Keeps the order of the dimensions in memory.
    alike: bool,
}

impl Primitive for Clone_ {
    fn name(&self) -> &'static str {
        "clone"
    }
    fn node_name(&self) -> &'static str {
        "CloneBackward0"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        ins[0].copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn expression(&self, ins: &[&Array], out: &OutMeta) -> Option<Array> {
        (self.alike && !ins[0].layout().is_row_major()).then(|| ins[0].copy_alike(out.dtype).ok()).flatten()
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Clone_ { ..*self })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(g[0].clone())]))
    }
}

/// A copy of the numbers in memory of its own, in the graph (`torch.clone`; `clone()` on a Rust handle only shares it). It keeps the strides
/// of a tensor whose elements are dense in any order of dimensions, as a transposed one's are.
///
/// # Errors
/// None.
#[track_caller]
pub fn clone_tensor(input: &Tensor) -> Result<Tensor> {
    apply1(Clone_ { alike: true }, &[input.into()])
}

/// A copy whose elements are dense in row-major order.
#[track_caller]
pub(crate) fn clone_row_major(input: &Tensor) -> Result<Tensor> {
    apply1(Clone_ { alike: false }, &[input.into()])
}

/// Itself if its elements are dense in row-major order, else a copy that is.
///
/// # Errors
/// None.
#[track_caller]
pub fn contiguous(input: &Tensor) -> Result<Tensor> {
    if input.is_contiguous() { Ok(input.clone()) } else { clone_row_major(input) }
}

/// Takes the place of the first input: [`copy_`] and its like.
#[derive(Debug)]
pub(crate) struct Overwrite {
    node: &'static str,
    /// By one number.
    fills: bool,
}

pub(crate) const COPY: Overwrite = Overwrite { node: "CopyBackwards", fills: false };
const FILL: Overwrite = Overwrite { node: "FillBackward2", fills: true };

impl Primitive for Overwrite {
    fn name(&self) -> &'static str {
        "copy_"
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&broadcast_all(ins)?, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let mut out = outs[0].view_mut();
        if ins[1].shape() == ins[0].shape() {
            ins[1].copy_into(&mut out);
        } else {
            let source = ins[1].layout().expand(ins[0].shape()).expect("infer checked the shapes");
            tile::copy(ins[1].with_layout(source).view(), &mut out);
        }
        Ok(())
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn writes_one_value(&self) -> bool {
        self.fills
    }
    fn jvp(&self, t: &Grads, _: &Saved) -> Result<Option<Grads>> {
        Ok(Some(Grads::one(t.get(1).cloned())))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let rank = batch.rank(0).max(batch.rank(1));
        batch.call_aligned(Overwrite { ..*self }, &[Some(rank); 2])
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([s.when(0, || Tensor::zeros_like(&g[0])), s.when(1, || g[0].clone())]))
    }
}

/// Overwrites `input` with `source`, broadcast and cast.
///
/// # Errors
/// If `source` does not broadcast to the shape; those of in-place writes in general.
#[track_caller]
pub fn copy_<'a>(input: &Tensor, source: impl Into<Operand<'a>>) -> Result<Tensor> {
    let source = source.into();
    apart_or_same(input, source).named("copy_")?;
    apply_in_place(COPY, "copy_", input, &[source])?;
    Ok(input.clone())
}

/// [`copy_`] as assignment does it (`x[...] = source`).
#[track_caller]
pub(crate) fn set_(input: &Tensor, source: Operand) -> Result<()> {
    apart_or_same(input, source).named("__setitem__")?;
    let op = match source {
        Operand::Scalar(s) => {
            // PyTorch makes a tensor of the number first, which the small floats do not refuse.
            if !matches!(input.dtype(), DType::F16 | DType::BF16) {
                s.checked_to_dtype(input.dtype()).named("__setitem__")?;
            }
            FILL
        }
        Operand::Tensor(t) => {
            refuse_fewer(t, input.shape()).named("__setitem__")?;
            expand_layout(t.array().layout(), input.shape()).named("__setitem__")?;
            let fills = t.ndim() == 0 && input.ndim() > 0;
            if fills { Overwrite { node: "FillBackward3", fills } } else { COPY }
        }
    };
    apply_in_place(op, "__setitem__", input, &[source])
}

/// Overlap of source and target, other than element for element, would make the result depend on the order of writing.
fn apart_or_same(input: &Tensor, source: Operand) -> Result<()> {
    source.tensor().map_or(Ok(()), |t| refuse_partial_overlap(t.array(), input.array()))
}

/// Fills `input` with one number.
///
/// # Errors
/// Those of in-place writes in general.
#[track_caller]
pub fn fill_(input: &Tensor, value: impl Into<crate::Scalar>) -> Result<Tensor> {
    apply_in_place(FILL, "fill_", input, &[Operand::Scalar(value.into())])?;
    Ok(input.clone())
}

/// Fills `input` with zeros.
///
/// # Errors
/// Those of in-place writes in general.
#[track_caller]
pub fn zero_(input: &Tensor) -> Result<Tensor> {
    let op = Overwrite { node: "ZeroBackward0", fills: true };
    apply_in_place(op, "zero_", input, &[Operand::Scalar(0.into())])?;
    Ok(input.clone())
}

/// The tensor in another dtype; itself if it has that dtype already, unless a copy is asked for. `format`: the name of a memory format.
#[track_caller]
pub(crate) fn to(input: &Tensor, dtype: Option<DType>, copy: bool, format: Option<&str>) -> Result<Tensor> {
    let dtype = dtype.unwrap_or(input.dtype());
    let alike = keeps_order(format);
    if copy || dtype != input.dtype() || !(alike || input.is_contiguous()) {
        return cast(input, dtype, alike);
    }
    Ok(input.clone())
}

/// Does a copy keep the order of the dimensions in memory, if this memory format is asked for? The formats with channels last are taken for the usual one.
pub(crate) fn keeps_order(format: Option<&str>) -> bool {
    matches!(format, None | Some("preserve_format"))
}

/// Fills `input` with the number in a tensor.
///
/// # Errors
/// If `value` has dimensions; those of in-place writes in general.
#[track_caller]
pub(crate) fn fill_tensor_(input: &Tensor, value: &Tensor) -> Result<Tensor> {
    if value.ndim() > 0 {
        return Err(Error::runtime(format!(
            "fill_ only supports 0-dimension value tensor but got tensor with {} dimensions.",
            value.ndim()
        )))
        .named("fill_");
    }
    apply_in_place(Overwrite { node: "FillBackward3", fills: input.ndim() > 0 }, "fill_", input, &[value.into()])?;
    Ok(input.clone())
}

/// The dtype in which arithmetic of two operands is done.
fn mixed(a: &Args) -> Result<DType> {
    let arrays: Vec<Array> = (0..2)
        .map(|i| match &a.0[i] {
            Arg::Tensor(t) => t.array().clone(),
            _ => Array::scalar(a.scalar(i)),
        })
        .collect();
    Ok(result_type(&arrays.iter().map(Meta::of).collect::<Vec<_>>()))
}

/// Is the only number another than zero: the truth value of a tensor.
fn is_nonzero(input: &Tensor) -> Result<bool> {
    match input.numel() {
        1 => {
            needs_numbers(input)?;
            let n: Vec<f64> = input.detach().array().to_vec();
            Ok(n[0] != 0.0)
        }
        0 => Err(Error::runtime("Boolean value of Tensor with no values is ambiguous")),
        _ => Err(Error::runtime("Boolean value of Tensor with more than one value is ambiguous")),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "Tensor::to.device(Tensor(a) self, Device? device=None, ScalarType? dtype=None, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None) -> Tensor(a)",
        |a| to(a.tensor(0), a.opt_dtype(2), a.bool(4), a.opt_name(5))
    ),
    bind!(
        "Tensor::to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None) -> Tensor(a)",
        |a| to(a.tensor(0), a.opt_dtype(1), a.bool(3), a.opt_name(4))
    ),
    bind!(
        "Tensor::to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, *, MemoryFormat? memory_format=None) -> Tensor(a)",
        |a| to(a.tensor(0), Some(a.tensor(1).dtype()), a.bool(3), a.opt_name(4))
    ),
    bind!("Tensor::type_as(Tensor self, Tensor other) -> Tensor", |a| to_dtype(a.tensor(0), a.tensor(1).dtype())),
    bind!("Tensor::cpu(Tensor(a) self, *, MemoryFormat? memory_format=None) -> Tensor(a)", |a| {
        to(a.tensor(0), None, false, a.opt_name(1))
    }),
    bind!("Tensor::double(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::F64), false, a.opt_name(1))
    }),
    bind!("Tensor::float(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::F32), false, a.opt_name(1))
    }),
    bind!("Tensor::half(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::F16), false, a.opt_name(1))
    }),
    bind!("Tensor::bfloat16(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::BF16), false, a.opt_name(1))
    }),
    bind!("Tensor::long(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::I64), false, a.opt_name(1))
    }),
    bind!("Tensor::int(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::I32), false, a.opt_name(1))
    }),
    bind!("Tensor::short(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::I16), false, a.opt_name(1))
    }),
    bind!("Tensor::char(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::I8), false, a.opt_name(1))
    }),
    bind!("Tensor::byte(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::U8), false, a.opt_name(1))
    }),
    bind!("Tensor::bool(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        to(a.tensor(0), Some(DType::Bool), false, a.opt_name(1))
    }),
    bind!("clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", |a| {
        if keeps_order(a.opt_name(1)) { clone_tensor(a.tensor(0)) } else { clone_row_major(a.tensor(0)) }
    }),
    bind!("Tensor::contiguous(Tensor(a) self, *, MemoryFormat memory_format=contiguous_format) -> Tensor(a)", |a| {
        contiguous(a.tensor(0))
    }),
    bind!("Tensor::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)", |a| {
        copy_(a.tensor(0), a.tensor(1))
    }),
    bind!("Tensor::copy_.Scalar(Tensor(a!) self, Scalar src, bool non_blocking=False) -> Tensor(a!)", |a| {
        copy_(a.tensor(0), a.scalar(1))
    }),
    bind!("fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)", |a| fill_tensor_(a.tensor(0), a.tensor(1))),
    bind!("fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)", |a| fill_(a.tensor(0), a.scalar(1))),
    bind!("torch::fill.Scalar(Tensor self, Scalar value) -> Tensor", |a| {
        fill_(&clone_tensor(a.tensor(0))?, a.scalar(1))
    }),
    bind!("torch::fill.Tensor(Tensor self, Tensor value) -> Tensor", |a| {
        fill_tensor_(&clone_tensor(a.tensor(0))?, a.tensor(1))
    }),
    bind!("zero_(Tensor(a!) self) -> Tensor(a!)", |a| zero_(a.tensor(0))),
    bind!("torch::result_type.Tensor(Tensor tensor, Tensor other) -> ScalarType", |a| mixed(a)),
    bind!("torch::result_type.Scalar(Tensor tensor, Scalar other) -> ScalarType", |a| mixed(a)),
    bind!("torch::result_type.Scalar_Tensor(Scalar scalar, Tensor tensor) -> ScalarType", |a| mixed(a)),
    bind!("torch::result_type.Scalar_Scalar(Scalar scalar1, Scalar scalar2) -> ScalarType", |a| mixed(a)),
    bind!("torch::promote_types(ScalarType type1, ScalarType type2) -> ScalarType", |a| {
        Result::<_>::Ok(promote_types(a.dtype(0), a.dtype(1)))
    }),
    bind!("torch::can_cast(ScalarType from_, ScalarType to) -> bool", |a| {
        Result::<_>::Ok(can_cast(a.dtype(0), a.dtype(1)))
    }),
    bind!("is_floating_point(Tensor self) -> bool", |a| Result::<_>::Ok(a.tensor(0).dtype().is_float())),
    bind!("is_complex(Tensor self) -> bool", |a| Result::<_>::Ok(a.tensor(0).dtype().is_complex())),
    bind!("is_signed(Tensor self) -> bool", |a| {
        Result::<_>::Ok(!matches!(a.tensor(0).dtype(), DType::Bool | DType::U8))
    }),
    bind!("numel(Tensor self) -> int", |a| Result::<_>::Ok(Scalar::Int(a.tensor(0).numel() as i64))),
    bind!("Tensor::nelement(Tensor self) -> int", |a| Result::<_>::Ok(Scalar::Int(a.tensor(0).numel() as i64))),
    bind!("Tensor::dim(Tensor self) -> int", |a| Result::<_>::Ok(Scalar::Int(a.tensor(0).ndim() as i64))),
    bind!("Tensor::ndimension(Tensor self) -> int", |a| Result::<_>::Ok(Scalar::Int(a.tensor(0).ndim() as i64))),
    bind!("is_same_size(Tensor self, Tensor other) -> bool", |a| {
        Result::<_>::Ok(a.tensor(0).shape() == a.tensor(1).shape())
    }),
    bind!("is_nonzero(Tensor self) -> bool", |a| is_nonzero(a.tensor(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -3.0, 3.0, &[2, 3]);
    vec![
        Entry::new("to(Tensor input, ScalarType dtype) -> Tensor")
            .sample("a.to(torch.float32)", [a.clone()], |t| to_dtype(&t[0], DType::F32))
            .skip(Check::Forward, "single precision is too coarse")
            .skip(crate::testing::Check::Gradcheck, "single precision is too coarse for finite differences")
            .skip(crate::testing::Check::Gradgradcheck, "as above")
            .sample("a.to(torch.int64)", [floats(&[-1.7, 0.0, 2.9], &[3])], |t| to_dtype(&t[0], DType::I64)),
        Entry::new("clone(Tensor input) -> Tensor").sample("a.clone()", [a.clone()], |t| clone_tensor(&t[0])),
    ]
}
