//! embedding_bag.

use super::embedding;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{div, index_add, index_select, mul, ravel, scatter_reduce, unsqueeze};
use crate::table::{Binding, Out, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, uniform};
use crate::transforms::needs_numbers;

/// What becomes of the rows of a bag.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum BagMode {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// Their largest, column by column.
    Max,
}

/// What [`embedding_bag`] leaves to choose.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddingBagOptions<'a> {
    /// What becomes of the rows of a bag.
    pub mode: BagMode,
    /// What each row counts; for sums alone.
    pub per_sample_weights: Option<&'a Tensor>,
    /// Is the last offset the number of indices, so that it begins no bag?
    pub include_last_offset: bool,
    /// This row does not count.
    pub padding_idx: Option<usize>,
}

impl Default for EmbeddingBagOptions<'_> {
    fn default() -> Self {
        EmbeddingBagOptions {
            mode: BagMode::Mean,
            per_sample_weights: None,
            include_last_offset: false,
            padding_idx: None,
        }
    }
}

/// The rows `input` (a vector) of the table `weight`, cut into bags that begin at `offsets`, each bag reduced to one row: `[bags, columns]`.
/// Empty bags give zeros.
///
/// # Errors
/// If an index is out of range, `offsets` do not ascend from 0, or weights are given for other than sums.
#[track_caller]
pub fn embedding_bag(
    input: &Tensor,
    weight: &Tensor,
    offsets: &Tensor,
    options: EmbeddingBagOptions,
) -> Result<Tensor> {
    Ok(bags(input, weight, offsets, options).named("embedding_bag")?.0)
}

/// The result, the bag of each index, and the size of each bag.
#[track_caller]
fn bags(
    input: &Tensor,
    weight: &Tensor,
    offsets: &Tensor,
    options: EmbeddingBagOptions,
) -> Result<(Tensor, Tensor, Tensor)> {
    let EmbeddingBagOptions { mode, per_sample_weights, include_last_offset, padding_idx } = options;
    if !input.dtype().is_int() || !offsets.dtype().is_int() {
        return Err(Error::runtime("expected the indices and offsets of embedding_bag to be of integers"));
    }
    if per_sample_weights.is_some() && mode != BagMode::Sum {
        return Err(Error::runtime(format!(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='{}'). Please open a feature request on GitHub.",
            if mode == BagMode::Mean { "mean" } else { "max" }
        )));
    }
    needs_numbers(input)?;
    needs_numbers(offsets)?;
    let indices: Vec<i64> = input.array().to_vec();
    let starts: Vec<i64> = offsets.array().to_vec();
    let rows = weight.shape().first().copied().unwrap_or(0) as i64;
    if let Some(bad) = indices.iter().find(|&&i| i < 0 || i >= rows) {
        return Err(Error::runtime(format!(
            "embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be {bad}"
        )));
    }
    if let Some(&first) = starts.first().filter(|&&s| s != 0) {
        return Err(Error::runtime(format!(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got {first}"
        )));
    }
    let last = starts.last().copied().unwrap_or(0);
    if last > indices.len() as i64 || starts.windows(2).any(|w| w[0] > w[1]) {
        return Err(Error::runtime(format!(
            "offsets[-1] can not be greater than input's length({}) but got offsets[-1] of {last}",
            indices.len()
        )));
    }
    let count = starts.len() - usize::from(include_last_offset && !starts.is_empty());
    let kept: Vec<usize> = (0..indices.len()).filter(|&k| padding_idx != Some(indices[k] as usize)).collect();
    let bag_of = |k: usize| starts[..count].partition_point(|&s| s <= k as i64) as i64 - 1;
    let bag: Vec<i64> = kept.iter().map(|&k| bag_of(k)).collect();
    let mut sizes = vec![0i64; count];
    bag.iter().for_each(|&b| sizes[b as usize] += 1);
    let list = |v: &[i64]| Tensor::from_slice(v, &[v.len()]);
    let mut found = embedding(&list(&kept.iter().map(|&k| indices[k]).collect::<Vec<_>>()), weight, None)?;
    if let Some(w) = per_sample_weights {
        let places: Vec<i64> = kept.iter().map(|&k| k as i64).collect();
        found = mul(&found, &unsqueeze(&index_select(&ravel(w)?, 0, &list(&places))?, 1)?)?;
    }
    let zeros = weight.new_zeros(&[count, weight.size(-1)]);
    let (bag, sizes) = (list(&bag), list(&sizes));
    let out = match mode {
        BagMode::Sum => index_add(&zeros, 0, &bag, &found, 1)?,
        BagMode::Mean => {
            let counts: Vec<f64> = sizes.array().to_vec::<f64>().iter().map(|n| n.max(1.0)).collect();
            let counts = Tensor::from_array(crate::array::Array::from_slice(&counts).copy_as(weight.dtype()));
            div(&index_add(&zeros, 0, &bag, &found, 1)?, &unsqueeze(&counts, 1)?)?
        }
        BagMode::Max => {
            let places = crate::ops::expand(&unsqueeze(&bag, 1)?, found.shape())?;
            scatter_reduce(&zeros, 0, &places, &found, "amax", false)?
        }
    };
    let all: Vec<i64> = (0..indices.len()).map(bag_of).collect();
    Ok((out, list(&all), sizes))
}

pub(crate) static BINDINGS: &[Binding] = &[bind!(
    "torch::embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int? padding_idx=None) -> (Tensor, Tensor, Tensor, Tensor)",
    |a| {
        if a.bool(3) || a.bool(5) {
            return Err(Error::not_implemented("embedding_bag: scale_grad_by_freq and sparse gradients"));
        }
        let mode = match a.int(4) {
            0 => BagMode::Sum,
            1 => BagMode::Mean,
            2 => BagMode::Max,
            n => return Err(Error::runtime(format!("mode {n} is no mode of embedding_bag"))),
        };
        let rows = a.tensor(0).shape().first().copied().unwrap_or(0) as i64;
        let padding = a.opt_int(8).map(|i| if i < 0 { i + rows } else { i });
        let options = EmbeddingBagOptions {
            mode,
            per_sample_weights: a.opt_tensor(6),
            include_last_offset: a.bool(7),
            padding_idx: padding.and_then(|i| usize::try_from(i).ok()),
        };
        let (out, bag, sizes) = bags(a.tensor(1), a.tensor(0), a.tensor(2), options).named("embedding_bag")?;
        let counts = if mode == BagMode::Sum { Tensor::full_of(sizes.shape(), 0, DType::I64) } else { sizes };
        Result::<_>::Ok(Out::from(vec![out, bag, counts.clone(), counts]))
    }
)];

pub(crate) fn entries() -> Vec<Entry> {
    let w = uniform(1, -2.0, 2.0, &[4, 3]);
    let i = Tensor::from_slice(&[0i64, 3, 1, 3, 2], &[5]);
    let (o, e) = (Tensor::from_slice(&[0i64, 2], &[2]), Tensor::from_slice(&[0i64, 2, 2, 5], &[4]));
    let p = uniform(2, 0.5, 2.0, &[5]);
    let numbers = "it looks at indices and offsets";
    let all = |x: &Tensor| [x.clone(), i.clone(), o.clone()];
    let by = |mode| {
        move |t: &[Tensor]| {
            embedding_bag(&t[1], &t[0], &t[2], EmbeddingBagOptions { mode, ..EmbeddingBagOptions::default() })
        }
    };
    vec![
        Entry::new("embedding_bag(Tensor input, Tensor weight, Tensor offsets, str mode='mean', Tensor? per_sample_weights=None, bool include_last_offset=False, int? padding_idx=None) -> Tensor")
            .sample("F.embedding_bag(b, a, c)", all(&w), by(BagMode::Mean))
            .skip(Check::Batched, numbers)
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("F.embedding_bag(b, a, c, mode='max')", all(&w), by(BagMode::Max))
            .skip(Check::Batched, numbers)
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("F.embedding_bag(b, a, c, mode='sum', per_sample_weights=d)", [w.clone(), i.clone(), o.clone(), p], |t| {
                let options = EmbeddingBagOptions { mode: BagMode::Sum, per_sample_weights: Some(&t[3]), ..EmbeddingBagOptions::default() };
                embedding_bag(&t[1], &t[0], &t[2], options)
            })
            .skip(Check::Batched, numbers)
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("F.embedding_bag(b, a, c, mode='mean', include_last_offset=True, padding_idx=3)", [w.clone(), i.clone(), e], |t| {
                let options = EmbeddingBagOptions { include_last_offset: true, padding_idx: Some(3), ..EmbeddingBagOptions::default() };
                embedding_bag(&t[1], &t[0], &t[2], options)
            })
            .skip(Check::Batched, numbers)
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .error([w.clone(), Tensor::from_slice(&[4i64], &[1]), o.clone()], by(BagMode::Sum), "embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be 4"),
    ]
}
