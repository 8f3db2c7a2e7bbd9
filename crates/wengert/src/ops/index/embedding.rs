//! embedding, one_hot.

use super::common::long_index;
use super::common::{batch_of_index, row_numbers_of};
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{
    eq, fill_zero, flatten, index_fill, masked_fill, reshape, scatter, unsqueeze, where_self, zeros_without_memory,
};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use crate::transforms::{needs_numbers, of_all_examples};
use wengert_kernels::index::{Combine, index_combine, index_select};
use wengert_kernels::{Dims, Layout};

/// Rows of a table. The row `padding` gets no gradient.
#[derive(Debug)]
struct Embedding {
    padding: Option<usize>,
}

/// The indices as one dimension.
fn line(a: &Array) -> Array {
    let a = a.contiguous();
    a.with_layout(Layout { offset: a.layout().offset, ..Layout::contiguous(&[a.numel()]) })
}

/// `[.., d]` as `[n, d]`, of a dense array.
fn rows(a: &Array) -> Array {
    let d = a.shape()[a.shape().len() - 1];
    let n = a.shape()[..a.shape().len() - 1].iter().product();
    a.with_layout(Layout { offset: a.layout().offset, ..Layout::contiguous(&[n, d]) })
}

impl Primitive for Embedding {
    fn name(&self) -> &'static str {
        "embedding"
    }
    fn node_name(&self) -> &'static str {
        "EmbeddingBackward0"
    }
    fn arguments(&self) -> &'static str {
        "weight ~indices"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let &[_, d] = ins[0].shape else { return Err(Error::runtime("'weight' must be 2-D")) };
        let mut shape = Dims::from_slice(ins[1].shape);
        shape.push(d);
        Ok(one(&shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        index_select(ins[0].view(), 0, line(ins[1]).view(), rows(&outs[0]).view_mut())
            .map_err(|e| Error::index("index out of range in self").hint(e.to_string()))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if !batch.is_batched(0) {
            let op = Embedding { padding: self.padding };
            return batch_of_index(batch, |index| apply1(op, &[batch.value(0).into(), index.into()]));
        }
        let (weight, index) = (batch.value(0), batch.front(1)?);
        let numbers = row_numbers_of(&reshape(&index, &[batch.size() as isize, -1])?, weight.shape()[1])?;
        let out = apply1(Embedding { padding: None }, &[(&flatten(weight, 0, 1)?).into(), (&numbers).into()])?;
        let mut shape = Dims::from_slice(index.shape());
        shape.push(weight.shape()[2]);
        let out = reshape(&out, &shape[..])?;
        Batch::one(match self.padding {
            Some(row) => where_self(&unsqueeze(&eq(&index, row as i64)?, -1)?, &out.detach(), &out)?,
            None => out,
        })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0).input(1, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let op = EmbeddingDense { num: s.shape(0)[0], padding: self.padding };
        Ok(Grads::from([Some(apply1(op, &[(&g[0]).into(), s.input(1).into()])?), None]))
    }
}

/// The transpose of [`Embedding`]: adds rows to those of a table of zeros.
#[derive(Debug)]
struct EmbeddingDense {
    num: usize,
    padding: Option<usize>,
}

impl Primitive for EmbeddingDense {
    fn name(&self) -> &'static str {
        "embedding_dense_backward"
    }
    fn node_name(&self) -> &'static str {
        "EmbeddingDenseBackward0"
    }
    fn arguments(&self) -> &'static str {
        "grad_output ~indices"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&[self.num, ins[0].shape[ins[0].shape.len() - 1]], ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        fill_zero(&mut outs[0].view_mut());
        let g = rows(&ins[0].contiguous());
        index_combine(outs[0].view_mut(), 0, line(ins[1]).view(), g.view(), Combine::Add)
            .map_err(super::common::out_of_range)?;
        if let Some(row) = self.padding {
            let row = crate::ops::narrowed(outs[0].layout(), 0, row, 1);
            fill_zero(&mut outs[0].with_layout(row).view_mut());
        }
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let (g, index) = (batch.front(0)?, batch.front(1)?);
        let g = match self.padding {
            Some(row) => masked_fill(&g, &unsqueeze(&eq(&index, row as i64)?, -1)?, 0)?,
            None => g,
        };
        let numbers = row_numbers_of(&reshape(&index, &[batch.size() as isize, -1])?, self.num)?;
        let d = g.shape()[g.ndim() - 1];
        let g = reshape(&g, &[numbers.shape()[0] as isize, numbers.shape()[1] as isize, d as isize])?;
        let op = EmbeddingDense { num: self.num * batch.size(), padding: None };
        let out = apply1(op, &[(&g).into(), (&numbers).into()])?;
        Batch::one(reshape(&out, &[batch.size(), self.num, d])?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(1, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let table = match self.padding {
            Some(row) => index_fill(&g[0], 0, &Tensor::full(&[1], row), 0)?,
            None => g[0].clone(),
        };
        Ok(Grads::from([Some(apply1(Embedding { padding: None }, &[(&table).into(), s.input(1).into()])?), None]))
    }
}

/// The rows `input` of the table `weight`: `[.., d]` for indices `[..]` and a table `[n, d]`.
///
/// The row `padding_idx` (negative ones count from the end) is looked up like others, but gets no gradient.
///
/// # Errors
/// If `weight` is not a matrix, `input` is not of integers, or an index is out of range.
#[track_caller]
pub fn embedding(input: &Tensor, weight: &Tensor, padding_idx: Option<isize>) -> Result<Tensor> {
    let wrong = |d: DType| {
        Error::runtime(format!(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.{}Tensor instead (while checking arguments for embedding)",
            d.scalar_name()
        ))
    };
    let indices = long_index(input, wrong).named("embedding")?;
    let num = weight.shape().first().copied().unwrap_or(0);
    let padding = padding(padding_idx, num).named("embedding")?;
    apply1(Embedding { padding }, &[weight.into(), (&indices).into()])
}

fn padding(index: Option<isize>, num: usize) -> Result<Option<usize>> {
    let Some(i) = index else { return Ok(None) };
    let n = num as isize;
    if i < -n || i >= n {
        return Err(Error::value("Padding_idx must be within num_embeddings"));
    }
    Ok(Some(if i < 0 { i + n } else { i } as usize))
}

/// Vectors with one 1 at each index and zeros elsewhere: `[.., num_classes]` of `int64`. Without `num_classes` it is one more than the
/// largest index.
///
/// # Errors
/// If `input` is not `int64`, or an index is negative or not smaller than `num_classes`.
#[track_caller]
pub fn one_hot(input: &Tensor, num_classes: Option<usize>) -> Result<Tensor> {
    let n = classes(input, num_classes).named("one_hot")?;
    let mut shape = Dims::from_slice(input.shape());
    shape.push(n);
    if input.numel() == 0 {
        return Ok(Tensor::full_of(&shape, 0, DType::I64));
    }
    scatter(&zeros_without_memory(&shape, DType::I64), -1, &unsqueeze(input, -1)?, 1)
}

fn classes(input: &Tensor, num_classes: Option<usize>) -> Result<usize> {
    if input.dtype() != DType::I64 {
        return Err(Error::runtime("one_hot is only applicable to index tensor of type LongTensor."));
    }
    if num_classes.is_none() {
        needs_numbers(input)?;
    }
    let list = of_all_examples(input).to_vec::<i64>();
    let Some(&largest) = list.iter().max() else {
        return num_classes.ok_or_else(|| Error::runtime("Can not infer total number of classes from empty tensor."));
    };
    if list.iter().any(|&i| i < 0) {
        return Err(Error::runtime("Class values must be non-negative."));
    }
    match num_classes {
        Some(n) if largest >= n as i64 => Err(Error::runtime("Class values must be smaller than num_classes.")),
        Some(n) => Ok(n),
        None => Ok(largest as usize + 1),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "torch::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
        |a| {
            if a.bool(3) || a.bool(4) {
                return Err(Error::not_implemented("embedding: scale_grad_by_freq and sparse gradients"));
            }
            embedding(a.tensor(1), a.tensor(0), (a.int(2) >= 0).then_some(a.dim(2)))
        }
    ),
    bind!("nn::one_hot(Tensor self, int num_classes=-1) -> Tensor", |a| {
        let n = match a.int(1) {
            -1 => None,
            n => {
                Some(usize::try_from(n).map_err(|_| Error::runtime("Class values must be smaller than num_classes."))?)
            }
        };
        one_hot(a.tensor(0), n)
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (w, i) = (uniform(1, -2.0, 2.0, &[4, 3]), ints(2, 0, 4, &[2, 5]));
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let look = |padding| move |t: &[Tensor]| embedding(&t[1], &t[0], padding);
    vec![
        Entry::new("embedding(Tensor input, Tensor weight, SymInt padding_idx=-1) -> Tensor")
            .sample("F.embedding(b, a)", pair(&w, &i), look(None))
            .sample("F.embedding(b, a, padding_idx=1)", pair(&w, &i), look(Some(1)))
            .skip(Check::Forward, "the row of the padding gets no gradient, though the result depends on it")
            .skip(Check::Gradcheck, "the row of the padding gets no gradient, though the result depends on it")
            .sample("F.embedding(b.int(), a, padding_idx=-2)", pair(&w, &i), |t| {
                embedding(&crate::ops::to_dtype(&t[1], DType::I32)?, &t[0], Some(-2))
            })
            .sample("F.embedding(b[0, 0], a)", pair(&w, &i), |t| {
                embedding(&reshape(&crate::ops::narrow(&crate::ops::select(&t[1], 0, 0)?, 0, 0, 1)?, &[0usize; 0])?, &t[0], None)
            })
            .error(pair(&w, &ints(0, 7, 8, &[1])), look(None), "index out of range in self")
            .error(pair(&w, &ints(0, -1, 0, &[1])), look(None), "index out of range in self")
            .error(pair(&floats(&[1.0], &[1]), &i), look(None), "'weight' must be 2-D")
            .error(pair(&w, &w), look(None), "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got torch.DoubleTensor instead")
            .error(pair(&w, &i), look(Some(4)), "Padding_idx must be within num_embeddings"),
        Entry::new("one_hot(Tensor input, int num_classes=-1) -> Tensor")
            .not_differentiable("integers have no derivative")
            .sample("F.one_hot(a, 5)", [i.clone()], |t| one_hot(&t[0], Some(5)))
            .sample("F.one_hot(a)", [i.clone()], |t| one_hot(&t[0], None))
            .skip(Check::Batched, "the shape of the result depends on numbers")
            .sample("F.one_hot(a, 3)", [ints(0, 0, 1, &[0])], |t| one_hot(&t[0], Some(3)))
            .error([i.clone()], |t| one_hot(&t[0], Some(2)), "Class values must be smaller than num_classes.")
            .error([ints(0, -2, 0, &[2])], |t| one_hot(&t[0], None), "Class values must be non-negative.")
            .error([w.clone()], |t| one_hot(&t[0], None), "one_hot is only applicable to index tensor of type LongTensor."),
    ]
}
