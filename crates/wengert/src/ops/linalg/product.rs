//! What all matrix products share: one primitive for `a @ b`, one for `beta * input + alpha * (a @ b)`.

use crate::apply::apply1;
use crate::array::{Array, Blockwise};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::ops::{apart, expand_layout};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves, one};
use crate::scalar::Scalar;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::fmt;
use std::marker::PhantomData;
use wengert_kernels::matmul::{Block, Epilogue, matmul_finished};
use wengert_kernels::{Dims, Layout, View, ViewMut};

/// A product of two tensors, bilinear: what `mm`, `bmm`, `mv` and `dot` differ in.
pub(crate) trait Product: fmt::Debug + Send + Sync + 'static {
    /// Name and node name of the product alone.
    const PLAIN: (&'static str, &'static str);
    /// Name and node name of the scaled product with a summand.
    const SCALED: (&'static str, &'static str);
    /// PyTorch's names of the factors, and of summand and factors.
    const ARGUMENTS: (&'static str, &'static str);
    /// Name of PyTorch's kernel, for dtypes that it does not have.
    const KERNEL: &'static str;
    /// The shape of the result.
    fn shape(a: &[usize], b: &[usize], input: Option<&[usize]>) -> Result<Dims>;
    /// The error for dtypes that differ; `input` is that of the summand, if there is one.
    fn mismatch(a: DType, b: DType, input: Option<DType>) -> Error;
    /// The factors and the result, as matrices or batches of matrices.
    fn matrices(a: &Layout, b: &Layout, out: &Layout) -> [Layout; 3];
    /// The gradient of `a`.
    fn left(g: &Tensor, b: &Tensor) -> Result<Tensor>;
    /// The gradient of `b`.
    fn right(g: &Tensor, a: &Tensor) -> Result<Tensor>;
    /// The product for a batch, of inputs number `a` and `b`.
    fn of_batch(batch: &Batch, a: usize, b: usize) -> Result<Tensor>;
    /// The scaled product for a batch in one call, where that can be.
    fn scaled_batch(beta: Scalar, alpha: Scalar, batch: &Batch) -> Result<Option<Tensor>> {
        let _ = (beta, alpha, batch);
        Ok(None)
    }
    /// The gradient of `a` with dense columns, as `a` has itself: that of a transposed weight is then dense after transposing it back.
    fn left_by_columns(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        Self::left(g, b)
    }
    /// The gradient of `b` with dense columns.
    fn right_by_columns(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        Self::right(g, a)
    }
}

/// The gradients of the factors, inputs number `a` and `b`.
fn factors<P: Product>(g: &Tensor, s: &Saved, a: usize, b: usize) -> Result<[Option<Tensor>; 2]> {
    let left = |y| if s.is_by_columns(a) { P::left_by_columns(g, y) } else { P::left(g, y) };
    let right = |x| if s.is_by_columns(b) { P::right_by_columns(g, x) } else { P::right(g, x) };
    Ok([
        if s.needs(a) { Some(left(s.input(b))?) } else { None },
        if s.needs(b) { Some(right(s.input(a))?) } else { None },
    ])
}

/// The tangent of `alpha` times the product of inputs number `a` and `b`, bilinear, with something added to it.
fn product_tangent<P: Product>(
    added: Option<Tensor>,
    t: &Grads,
    s: &Saved,
    (a, b): (usize, usize),
    alpha: Scalar,
) -> Result<Option<Tensor>> {
    let mut out = added;
    let left = t.get(a).map(|ta| (ta, s.input(b)));
    let right = t.get(b).map(|tb| (s.input(a), tb));
    for (x, y) in left.into_iter().chain(right) {
        out = Some(match out {
            Some(before) if P::SCALED != P::PLAIN => {
                apply1(Scaled::<P>::new(1, alpha), &[(&before).into(), x.into(), y.into()])?
            }
            before => {
                let product = apply1(Plain::<P>::new(), &[x.into(), y.into()])?;
                let product = if alpha.to_f64() == 1.0 { product } else { &product * alpha };
                before.map_or(product.clone(), |before| before + &product)
            }
        });
    }
    Ok(out)
}

fn checked<P: Product>(a: &Meta, b: &Meta, input: Option<&Meta>) -> Result<Metas> {
    let shape = P::shape(a.shape, b.shape, input.map(|m| m.shape))?;
    if a.dtype != b.dtype || input.is_some_and(|m| m.dtype != a.dtype) {
        return Err(P::mismatch(a.dtype, b.dtype, input.map(|m| m.dtype)));
    }
    if a.dtype == DType::Bool {
        return Err(Error::not_implemented(format!("\"{}\" not implemented for 'Bool'", P::KERNEL)));
    }
    Ok(one(&shape, a.dtype))
}

/// `a @ b`.
pub(crate) struct Plain<P>(PhantomData<P>);

impl<P> Plain<P> {
    pub(crate) const fn new() -> Plain<P> {
        Plain(PhantomData)
    }
}

impl<P: Product> fmt::Debug for Plain<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(P::PLAIN.0)
    }
}

impl<P: Product> Primitive for Plain<P> {
    fn name(&self) -> &'static str {
        P::PLAIN.0
    }
    fn node_name(&self) -> &'static str {
        P::PLAIN.1
    }
    fn arguments(&self) -> &'static str {
        P::ARGUMENTS.0
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        checked::<P>(&ins[0], &ins[1], None)
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        multiply::<P>(ins[0], ins[1], None, &mut outs[0].view_mut(), (0.0, 1.0), None);
        Ok(())
    }
    fn expression(&self, ins: &[&Array], out: &OutMeta) -> Option<Array> {
        waiting::<P>(out, [ins[0], ins[1]], None, (0.0, 1.0))
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        Ok(Some(Grads::one(product_tangent::<P>(None, t, s, (0, 1), 1.into())?)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        Batch::one(P::of_batch(batch, 0, 1)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[1]).input(1, &[0]).shape(0).shape(1)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from(factors::<P>(&g[0], s, 0, 1)?))
    }
}

/// A product that waits: what follows elementwise is done on its blocks.
struct Waiting<P> {
    /// The factors, and what is added.
    ins: SmallVec<[Array; 3]>,
    shape: Dims,
    beta: f64,
    alpha: f64,
    product: PhantomData<P>,
}

impl<P: Product> fmt::Debug for Waiting<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", P::PLAIN.0, self.shape)
    }
}

fn waiting<P: Product>(out: &OutMeta, factors: [&Array; 2], add: Option<Array>, scale: (f64, f64)) -> Option<Array> {
    let floats = matches!(out.dtype, DType::F32 | DType::F64);
    let work = || Waiting::<P> {
        ins: factors.into_iter().cloned().chain(add).collect(),
        shape: out.shape.clone(),
        beta: scale.0,
        alpha: scale.1,
        product: PhantomData,
    };
    if floats { Array::deferred_blocks(&out.shape, out.dtype, work) } else { None }
}

impl<P: Product> Blockwise for Waiting<P> {
    fn inputs(&self) -> &[Array] {
        &self.ins
    }
    fn columns(&self) -> usize {
        let [.., c] = P::matrices(self.ins[0].layout(), self.ins[1].layout(), &Layout::contiguous(&self.shape));
        c.shape.last().copied().unwrap_or(1)
    }
    fn run(&self, out: &mut ViewMut, finish: Option<&(dyn Fn(Block) + Sync)>) {
        multiply::<P>(&self.ins[0], &self.ins[1], self.ins.get(2), out, (self.beta, self.alpha), finish);
    }
}

/// `out = beta * add + alpha * (a @ b)`.
fn multiply<P: Product>(
    a: &Array,
    b: &Array,
    add: Option<&Array>,
    out: &mut ViewMut,
    (beta, alpha): (f64, f64),
    finish: Option<&(dyn Fn(Block) + Sync)>,
) {
    let [la, lb, lc] = P::matrices(a.layout(), b.layout(), out.layout);
    let seen = add.map(|x| P::matrices(a.layout(), b.layout(), x.layout()));
    let add = add.zip(seen.as_ref()).map(|(x, [.., layout])| View { layout, ..x.view() });
    let (a, b) = (View { layout: &la, ..a.view() }, View { layout: &lb, ..b.view() });
    let out = ViewMut { ptr: out.ptr, layout: &lc, dtype: out.dtype, marker: out.marker };
    matmul_finished(a, b, out, &Epilogue { alpha, beta, add, finish });
}

/// `beta * input + alpha * (a @ b)`.
pub(crate) struct Scaled<P> {
    beta: Scalar,
    alpha: Scalar,
    product: PhantomData<P>,
}

impl<P> Scaled<P> {
    pub(crate) fn new(beta: impl Into<Scalar>, alpha: impl Into<Scalar>) -> Scaled<P> {
        Scaled { beta: beta.into(), alpha: alpha.into(), product: PhantomData }
    }
}

impl<P> Scaled<P> {
    /// What is added, seen with the shape of the result. With a beta of zero it is not looked at: it may hold NaN.
    fn summand(&self, input: &Array, beta: f64, shape: &[usize]) -> Result<Option<Array>> {
        if beta == 0.0 {
            return Ok(None);
        }
        Ok(Some(input.with_layout(expand_layout(input.layout(), shape)?)))
    }
}

impl<P: Product> fmt::Debug for Scaled<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(beta={}, alpha={})", P::SCALED.0, self.beta, self.alpha)
    }
}

/// A number as it counts for a dtype: integers take the integer part.
fn factor(s: Scalar, dtype: DType) -> f64 {
    if dtype.is_int() { s.to_i64() as f64 } else { s.to_f64() }
}

impl<P: Product> Primitive for Scaled<P> {
    fn name(&self) -> &'static str {
        P::SCALED.0
    }
    fn node_name(&self) -> &'static str {
        P::SCALED.1
    }
    fn arguments(&self) -> &'static str {
        P::ARGUMENTS.1
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let metas = checked::<P>(&ins[1], &ins[2], Some(&ins[0]))?;
        expand_layout(&Layout::contiguous(ins[0].shape), &metas[0].shape)?;
        Ok(metas)
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (beta, alpha) = (factor(self.beta, outs[0].dtype()), factor(self.alpha, outs[0].dtype()));
        let (a, b) = (apart(ins[1], &outs[0]), apart(ins[2], &outs[0]));
        let add = self.summand(ins[0], beta, outs[0].shape())?;
        multiply::<P>(&a, &b, add.as_ref(), &mut outs[0].view_mut(), (beta, alpha), None);
        Ok(())
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn expression(&self, ins: &[&Array], out: &OutMeta) -> Option<Array> {
        let (beta, alpha) = (factor(self.beta, out.dtype), factor(self.alpha, out.dtype));
        let add = self.summand(ins[0], beta, &out.shape).ok()?;
        waiting::<P>(out, [ins[1], ins[2]], add, (beta, alpha))
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        let input = t.get(0).map(|t| if self.beta.to_f64() == 1.0 { t.clone() } else { t * self.beta });
        Ok(Some(Grads::one(product_tangent::<P>(input, t, s, (1, 2), self.alpha)?)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if let Some(whole) = P::scaled_batch(self.beta, self.alpha, batch)? {
            return Batch::one(whole);
        }
        let times = |t: Tensor, by: Scalar| if by.to_f64() == 1.0 { t } else { &t * by };
        let product = times(P::of_batch(batch, 1, 2)?, self.alpha);
        if self.beta.to_f64() == 0.0 {
            return Batch::one(product);
        }
        let input = batch.front_with_rank(0, product.ndim() - 1)?;
        Batch::one(product + times(input, self.beta))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[2]).input(2, &[1]).shape(1).shape(2)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let times = |t: Tensor, by: Scalar| if by.to_f64() == 1.0 { t } else { &t * by };
        let [left, right] = factors::<P>(&g[0], s, 1, 2)?.map(|t| t.map(|t| times(t, self.alpha)));
        Ok(Grads::from([s.when(0, || times(g[0].clone(), self.beta)), left, right]))
    }
}
