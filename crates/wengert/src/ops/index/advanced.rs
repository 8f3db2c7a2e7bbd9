//! index, index_put: advanced indexing with index tensors and masks.

use super::common::{apart, scalar_as, start_from};
use crate::apply::{apply_in_place, apply1, refuse_shared};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{expand, masked_fill_, movedim, nonzero, reshape, select, to_dtype, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, few, one};
use crate::scalar::Operand;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, bools, floats, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::index::{Combine, IndexError, index_get, index_put as put};
use wengert_kernels::layout::broadcast;
use wengert_kernels::{Dims, View};

/// Which dimensions have an index tensor. The tensors are inputs, `int64` and of one shape.
#[derive(Clone, Debug)]
struct Places(SmallVec<[usize; 4]>);

impl Places {
    /// Where in the result the dimensions of the indices come: in place of the indexed ones if these are neighbours, else in front.
    fn at(&self) -> usize {
        if self.0.windows(2).all(|w| w[1] == w[0] + 1) { self.0[0] } else { 0 }
    }
    fn result(&self, input: &[usize], common: &[usize]) -> Dims {
        let plain: Dims = (0..input.len()).filter(|d| !self.0.contains(d)).map(|d| input[d]).collect();
        let (before, after) = plain.split_at(self.at());
        [before, common, after].concat().into()
    }
    /// The places in a batch whose examples have indices of their own: the number of the example is an index, too. With the input and the
    /// indices (inputs below `end`), all with the batch at the front.
    fn behind_batch(&self, batch: &Batch, end: usize) -> Result<(Places, Vec<Tensor>)> {
        let mut dims: SmallVec<[usize; 4]> = SmallVec::from_slice(&[0]);
        dims.extend(self.0.iter().map(|p| p + 1));
        let indices: Vec<Tensor> = (1..end).map(|i| batch.front(i)).collect::<Result<_>>()?;
        let shape = Dims::from_slice(indices[0].shape());
        let mut column = Dims::from_elem(1, shape.len());
        column[0] = batch.size();
        let example = reshape(&Tensor::arange(batch.size() as i64), &column[..])?;
        let ins = [batch.front(0)?, expand(&example, &shape[..])?].into_iter().chain(indices);
        Ok((Places(dims), ins.collect()))
    }
    /// Moves the `n` dimensions of the indices, which are behind the batch, to where they belong.
    fn common_back(&self, out: &Tensor, n: usize) -> Result<Tensor> {
        let (from, to) = self.common(n);
        movedim(out, &from, &to)
    }
    /// Undoes [`Places::common_back`].
    fn common_front(&self, values: &Tensor, n: usize) -> Result<Tensor> {
        let (to, from) = self.common(n);
        movedim(values, &from, &to)
    }
    fn common(&self, n: usize) -> (Vec<isize>, Vec<isize>) {
        (1..=n).map(|d| (d as isize, (d + self.at()) as isize)).unzip()
    }
    /// The indices as the kernels take them: one for each dimension, or none.
    fn views<'a>(&self, indices: &'a [Array], ndim: usize) -> SmallVec<[Option<View<'a>>; 4]> {
        (0..ndim).map(|d| self.0.iter().position(|&p| p == d).map(|i| indices[i].view())).collect()
    }
    /// The error of an index out of range: dimensions count among the indexed ones.
    fn out_of_range(&self, e: IndexError) -> Error {
        let dim = self.0.iter().position(|&d| d == e.dim).unwrap_or(e.dim);
        Error::index(IndexError { dim, ..e }.to_string())
    }
    fn saves(&self, readers: &[usize]) -> Saves {
        (1..=self.0.len()).fold(Saves::NONE, |s, i| s.input(i, readers))
    }
    /// The arguments that the functions take, from what was saved.
    fn saved<'a>(&self, s: &'a Saved) -> Vec<Option<&'a Tensor>> {
        let last = self.0.last().map_or(0, |d| d + 1);
        (0..last).map(|d| self.0.iter().position(|&p| p == d).map(|i| s.input(i + 1))).collect()
    }
}

/// The elements at index tensors. Its transpose is [`IndexPut`] that accumulates.
#[derive(Debug)]
struct Index(Places);

impl Primitive for Index {
    fn name(&self) -> &'static str {
        "index"
    }
    fn node_name(&self) -> &'static str {
        "IndexBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~indices*"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.0.result(ins[0].shape, ins[1].shape), ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        // Without elements there is no index to be out of range.
        if outs[0].numel() == 0 {
            return Ok(());
        }
        let indices: SmallVec<[Array; 4]> = ins[1..].iter().map(|&a| a.clone()).collect();
        let views = self.0.views(&indices, ins[0].shape().len());
        index_get(ins[0].view(), &views, self.0.at(), outs[0].view_mut()).map_err(|e| self.0.out_of_range(e))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if self.0.0.len() >= 7 {
            return Ok(None);
        }
        if (1..batch.len()).any(|i| batch.is_batched(i)) {
            let (places, ins) = self.0.behind_batch(batch, batch.len())?;
            let out = apply1(Index(places), &few::<_, 8>(ins.iter().map(Operand::from)))?;
            return Batch::one(self.0.common_back(&out, batch.rank(1))?);
        }
        let places = Places(self.0.0.iter().map(|p| p + 1).collect());
        let in_front = places.at() == 0;
        let input = batch.front(0)?;
        let ins: SmallVec<[Operand; 8]> =
            std::iter::once(Operand::from(&input)).chain((1..batch.len()).map(|i| batch.operand(i))).collect();
        let out = apply1(Index(places), &ins)?;
        // Scattered indices put what they pick in front of everything, the batch too.
        Batch::one(if in_front { movedim(&out, &[batch.rank(1) as isize], &[0])? } else { out })
    }
    fn saves(&self) -> Saves {
        self.0.saves(&[0]).shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let zeros = zeros_without_memory(s.shape(0), g[0].dtype());
        let indices: Vec<Tensor> = (1..s.len()).map(|i| s.input(i).clone()).collect();
        let mut ins = operands(&zeros, &indices);
        ins.push((&g[0]).into());
        let input = apply1(IndexPut { node: "IndexPutImplBackward0", places: self.0.clone(), accumulate: true }, &ins)?;
        Ok((0..s.len()).map(|i| (i == 0).then(|| input.clone())).collect())
    }
}

const PUT: &str = "IndexPutBackward0";
const INDEX_FILL: &str = "IndexFillBackward0";

/// Writes values to the places of index tensors, or adds them to what is there. The values are the last input.
#[derive(Debug)]
struct IndexPut {
    /// PyTorch's name for it: that of a gradient has another.
    node: &'static str,
    places: Places,
    accumulate: bool,
}

impl Primitive for IndexPut {
    fn name(&self) -> &'static str {
        "index_put"
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn arguments(&self) -> &'static str {
        "self ~indices* values"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let values = &ins[ins.len() - 1];
        let result = self.places.result(ins[0].shape, ins[1].shape);
        if broadcast(&result, values.shape).as_deref() != Some(&result[..]) {
            return Err(Error::runtime(format!(
                "shape mismatch: value tensor of shape {:?} cannot be broadcast to indexing result of shape {:?}",
                values.shape,
                &result[..]
            )));
        }
        if !values.wrapped && values.dtype != ins[0].dtype {
            return Err(Error::runtime(format!(
                "Index put requires the source and destination dtypes match, got {} for the destination and {} for the source.",
                ins[0].dtype.scalar_name(),
                values.dtype.scalar_name()
            )));
        }
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let last = ins.len() - 1;
        let indices: SmallVec<[Array; 4]> = ins[1..last].iter().map(|a| apart(a, &outs[0])).collect();
        let values = scalar_as(&apart(ins[last], &outs[0]), outs[0].dtype());
        let result = self.places.result(ins[0].shape(), ins[1].shape());
        let values = values.with_layout(values.layout().expand(&result).expect("infer checked the shapes"));
        start_from(ins[0], &mut outs[0]);
        let views = self.places.views(&indices, ins[0].shape().len());
        let how = if self.accumulate { Combine::Add } else { Combine::Set };
        put(outs[0].view_mut(), &views, self.places.at(), values.view(), how).map_err(|e| match self.node {
            INDEX_FILL => Error::index(e.to_string()),
            _ => self.places.out_of_range(e),
        })
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if self.places.0.len() >= 7 {
            return Ok(None);
        }
        let last = batch.len() - 1;
        let (places, mut ins) = self.places.behind_batch(batch, last)?;
        let common = batch.rank(1);
        let values = match batch.operand(last) {
            Operand::Scalar(_) => None,
            Operand::Tensor(t) if t.array().as_scalar().is_some() => Some(t.clone()),
            Operand::Tensor(_) => {
                let result = self.places.result(batch.shape(0), batch.shape(1));
                let mut shape = Dims::from_elem(batch.size(), 1);
                shape.extend_from_slice(&result);
                let values = expand(&batch.front_with_rank(last, result.len())?, &shape[..])?;
                Some(self.places.common_front(&values, common)?)
            }
        };
        ins.extend(values);
        let mut operands: SmallVec<[Operand; 8]> = few(ins.iter().map(Operand::from));
        if let Operand::Scalar(s) = batch.operand(last) {
            operands.push(Operand::Scalar(s));
        }
        Batch::one(apply1(IndexPut { node: self.node, places, accumulate: self.accumulate }, &operands)?)
    }
    fn saves(&self) -> Saves {
        let values = self.places.0.len() + 1;
        if self.accumulate { self.places.saves(&[values]) } else { self.places.saves(&[0, values]) }
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let values = self.places.0.len() + 1;
        let mut out = Grads((0..s.len()).map(|_| None).collect());
        if s.needs(0) {
            let kept = || index_put(&g[0], &self.places.saved(s), 0, false);
            out.0[0] = Some(if self.accumulate { g[0].clone() } else { kept()? });
        }
        if s.needs(values) {
            out.0[values] = Some(index(&g[0], &self.places.saved(s))?);
        }
        Ok(out)
    }
}

/// Index tensors of one shape, and the dimensions that they index.
///
/// # Errors
/// See [`index`].
fn places(input: &Tensor, indices: &[Option<&Tensor>]) -> Result<(Places, Vec<Tensor>)> {
    let shape = input.shape();
    let (mut dims, mut tensors) = (SmallVec::<[usize; 4]>::new(), Vec::new());
    let mut d = 0;
    for index in indices {
        let Some(index) = index else {
            d += 1;
            continue;
        };
        match index.dtype() {
            DType::I64 | DType::I32 => {
                dims.push(d);
                tensors.push(to_dtype(index, DType::I64)?);
                d += 1;
            }
            DType::Bool | DType::U8 => {
                if d + index.ndim() > shape.len() {
                    return Err(too_many(d + index.ndim(), shape.len()));
                }
                if let Some(e) = (0..index.ndim()).find(|&e| index.shape()[e] != shape[d + e]) {
                    return Err(Error::index(format!(
                        "The shape of the mask {:?} at index {e} does not match the shape of the indexed tensor {shape:?} at index {}",
                        index.shape(),
                        d + e
                    )));
                }
                let found = nonzero(index)?;
                for e in 0..index.ndim() {
                    dims.push(d + e);
                    tensors.push(select(&found, 1, e as isize)?);
                }
                d += index.ndim();
            }
            _ => return Err(Error::index("tensors used as indices must be long, int, byte or bool tensors")),
        }
    }
    if d > shape.len() {
        return Err(too_many(d, shape.len()));
    }
    if tensors.is_empty() {
        return Err(Error::index("at least one index must be provided"));
    }
    if tensors.len() > 7 {
        return Err(Error::not_implemented(format!(
            "indexing with {} tensors at once: 7 are supported",
            tensors.len()
        ))
        .hint("flatten some dimensions and compute their common index"));
    }
    let mut common = Dims::new();
    for t in &tensors {
        common = broadcast(&common, t.shape()).ok_or_else(|| {
            let shapes: Vec<String> = tensors.iter().map(|t| format!("{:?}", t.shape())).collect();
            Error::index(format!(
                "shape mismatch: indexing tensors could not be broadcast together with shapes {}",
                shapes.join(", ")
            ))
        })?;
    }
    if dims.iter().any(|&d| shape[d] == 0) && !common.contains(&0) {
        return Err(Error::index("index is out of bounds for dimension with size 0"));
    }
    for t in &mut tensors {
        if *t.shape() != common[..] {
            *t = expand(t, &common)?;
        }
    }
    Ok((Places(dims), tensors))
}

fn too_many(got: usize, ndim: usize) -> Error {
    Error::index(format!("too many indices for tensor of dimension {ndim} (got {got})"))
}

fn operands<'a>(input: &'a Tensor, indices: &'a [Tensor]) -> SmallVec<[Operand<'a>; 8]> {
    std::iter::once(input).chain(indices).map(Operand::from).collect()
}

/// The elements at index tensors, one for each dimension from the first on; `None` takes all of a dimension (`x[i, :, j]`).
///
/// Index tensors of integers broadcast to one shape, which takes the place of the dimensions that they index, or comes first if those
/// are not neighbours. Negative indices count from the end. A mask of booleans stands for the indices where it is true, and for as
/// many dimensions as it has.
///
/// # Errors
/// If there are more indices than dimensions, their shapes do not broadcast, a mask has another shape, or for an index out of range.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = tensor!([[1, 2], [3, 4]]);
/// assert_eq!(ops::index(&x, &[Some(&tensor!([0, 1])), Some(&tensor!([1, 0]))])?.to_vec::<i64>(), [2, 3]);
/// assert_eq!(ops::index(&x, &[None, Some(&tensor!([1]))])?.to_vec::<i64>(), [2, 4]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn index(input: &Tensor, indices: &[Option<&Tensor>]) -> Result<Tensor> {
    let (places, tensors) = places(input, indices).named("index")?;
    apply1(Index(places), &operands(input, &tensors))
}

/// A copy of `input` with `values` (a number or a tensor, broadcast) at the places of index tensors, or added to what is there. Of
/// several at one place the last counts, or with `accumulate` all add up, in their order.
///
/// # Errors
/// Those of [`index`]; if `values` does not broadcast to the shape that [`index`] would give, or is of another dtype.
#[track_caller]
pub fn index_put<'a>(
    input: &Tensor,
    indices: &[Option<&Tensor>],
    values: impl Into<Operand<'a>>,
    accumulate: bool,
) -> Result<Tensor> {
    let (places, tensors) = places(input, indices).named("index_put")?;
    let mut ins = operands(input, &tensors);
    ins.push(values.into());
    apply1(IndexPut { node: PUT, places, accumulate }, &ins)
}

/// [`index_put`] into `input`.
///
/// # Errors
/// Those of [`index_put`] and of in-place writes in general.
#[track_caller]
pub fn index_put_<'a>(
    input: &Tensor,
    indices: &[Option<&Tensor>],
    values: impl Into<Operand<'a>>,
    accumulate: bool,
) -> Result<Tensor> {
    let values = values.into();
    write(input, indices, values, PUT, accumulate).named("index_put_")?;
    Ok(input.clone())
}

/// [`index_put_`] as assignment does it (`x[i] = values`): a number fills.
#[track_caller]
pub(crate) fn index_set_(input: &Tensor, indices: &[Option<&Tensor>], values: Operand) -> Result<()> {
    let Operand::Scalar(s) = values else {
        return write(input, indices, values, PUT, false).named("__setitem__");
    };
    let node = match single(indices) {
        Some(mask) if mask.dtype() == DType::Bool && mask.shape() == input.shape() => {
            return masked_fill_(input, mask, s).map(drop);
        }
        Some(mask) if mask.dtype() == DType::Bool => "MaskedFillBackward0",
        Some(index) if index.dtype() == DType::I64 => INDEX_FILL,
        _ => PUT,
    };
    s.checked_to_dtype(input.dtype()).named("__setitem__")?;
    write(input, indices, values, node, false).named("__setitem__")
}

/// The one index tensor, if there is only one.
fn single<'a>(indices: &[Option<&'a Tensor>]) -> Option<&'a Tensor> {
    let mut given = indices.iter().flatten();
    given.next().filter(|_| given.next().is_none()).copied()
}

#[track_caller]
fn write(
    input: &Tensor,
    indices: &[Option<&Tensor>],
    values: Operand,
    node: &'static str,
    accumulate: bool,
) -> Result<()> {
    let cast;
    let mut values = values;
    // Where one mask stands and one value comes, PyTorch fills: any dtype will do, but the mask must be of booleans.
    if let Some(mask) = single(indices)
        && !accumulate
        && values.tensor().is_none_or(|t| t.numel() == 1)
    {
        match (mask.dtype(), values) {
            (DType::U8, _) => return masked_fill_(input, mask, 0).map(drop), // which refuses it
            (DType::Bool, Operand::Tensor(t)) if t.dtype() != input.dtype() => {
                cast = to_dtype(t, input.dtype())?;
                values = Operand::Tensor(&cast);
            }
            _ => {}
        }
    }
    for read in indices.iter().flatten().copied().chain(values.tensor()) {
        refuse_shared(read.array(), input.array())?;
    }
    let (places, tensors) = places(input, indices)?;
    let mut ins = operands(input, &tensors);
    ins.push(values);
    apply_in_place(IndexPut { node, places, accumulate }, "index_put_", input, &ins[1..])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", |a| {
        index_put(a.tensor(0), &a.optional_tensors(1), a.tensor(2), a.bool(3))
    }),
    bind!("index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)", |a| {
        index_put_(a.tensor(0), &a.optional_tensors(1), a.tensor(2), a.bool(3))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m) = (uniform(1, -2.0, 2.0, &[2, 3, 4]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (i, j) = (Tensor::from_slice(&[2i64, 0, -1], &[3]), Tensor::from_slice(&[1i64, -4, 3], &[3]));
    let k = Tensor::from_slice(&[0i64, 1], &[2, 1]);
    let (whole, mask, rows) = (ints(3, -9, 9, &[3, 4]), bools(4, &[3, 4]), bools(6, &[3]));
    let two = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let three = |x: &Tensor, y: &Tensor, z: &Tensor| [x.clone(), y.clone(), z.clone()];
    let far = Tensor::from_slice(&[0i64, 7], &[2]);
    let only = |t: &[Tensor]| index(&t[0], &[Some(&t[1])]);
    vec![
        Entry::new("index(Tensor input, Tensor?[] indices) -> Tensor")
            .sample("a[b]", two(&m, &i), only)
            .sample("a[:, b]", two(&m, &j), |t| index(&t[0], &[None, Some(&t[1])]))
            .sample("a[b, c]", three(&m, &i, &j), |t| index(&t[0], &[Some(&t[1]), Some(&t[2])]))
            .sample("a[b, :, c]", three(&a, &k, &j), |t| index(&t[0], &[Some(&t[1]), None, Some(&t[2])]))
            .sample("a[:, b, c]", three(&a, &i, &j), |t| index(&t[0], &[None, Some(&t[1]), Some(&t[2])]))
            .sample("a[b]", two(&m, &mask), only)
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a[b]", two(&whole, &rows), only)
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a[:, b]", two(&a, &mask), |t| index(&t[0], &[None, Some(&t[1])]))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a[b.int()]", two(&whole, &i), |t| index(&t[0], &[Some(&to_dtype(&t[1], DType::I32)?)]))
            .sample("torch.ops.aten.index(a, [b[0]])", two(&m, &i), |t| index(&t[0], &[Some(&select(&t[1], 0, 0)?)]))
            .sample("a[b]", two(&m, &ints(0, 0, 1, &[0])), only)
            .error(two(&m, &far), only, "index 7 is out of bounds for dimension 0 with size 3")
            .error(two(&m, &i), |t| index(&t[0], &[None, None, Some(&t[1])]), "too many indices for tensor of dimension 2 (got 3)")
            .error(three(&m, &i, &far), |t| index(&t[0], &[Some(&t[1]), Some(&t[2])]), "shape mismatch: indexing tensors could not be broadcast together with shapes [3], [2]")
            .error(two(&m, &bools(0, &[3, 5])), only, "The shape of the mask [3, 5] at index 1 does not match the shape of the indexed tensor [3, 4] at index 1")
            .error(two(&m, &floats(&[0.5], &[1])), only, "tensors used as indices must be long, int, byte or bool tensors")
            .error([m.clone()], |t| index(&t[0], &[]), "at least one index must be provided"),
        Entry::new("index_put(Tensor input, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor")
            .sample("a.index_put((b[:2],), c)", three(&m, &i, &uniform(7, -2.0, 2.0, &[2, 4])), |t| {
                index_put(&t[0], &[Some(&crate::ops::narrow(&t[1], 0, 0, 2)?)], &t[2], false)
            })
            .sample("a.index_put((b,), c, accumulate=True)", three(&m, &i, &uniform(7, -2.0, 2.0, &[4])), |t| {
                index_put(&t[0], &[Some(&t[1])], &t[2], true)
            })
            .sample("a.index_put((b, b + 1), c)", three(&m, &k, &uniform(8, -2.0, 2.0, &[1])), |t| {
                index_put(&t[0], &[Some(&t[1]), Some(&(&t[1] + 1))], &t[2], false)
            })
            .sample("a.index_put((b,), c)", three(&m, &mask, &uniform(9, -2.0, 2.0, &[])), |t| {
                index_put(&t[0], &[Some(&t[1])], &t[2], false)
            })
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("a.index_put((b,), torch.tensor(5), accumulate=True)", two(&whole, &rows), |t| {
                index_put(&t[0], &[Some(&t[1])], 5, true)
            })
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .error(three(&m, &i, &m), |t| index_put(&t[0], &[Some(&t[2]), Some(&t[1])], &t[2], false), "tensors used as indices must be long")
            .error(two(&m, &k), |t| index_put(&t[0], &[Some(&t[1])], &t[0], false), "shape mismatch: value tensor of shape [3, 4] cannot be broadcast to indexing result of shape [2, 1, 4]")
            .error(three(&m, &i, &whole), |t| index_put(&t[0], &[Some(&t[1])], &t[2], false), "Index put requires the source and destination dtypes match, got Double for the destination and Long for the source."),
    ]
}
