//! take.

use super::common::as_vector;
use super::common::{batch_of_index, row_numbers_of};
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{index_put, lt, reshape, where_self, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use crate::transforms::aligned;
use wengert_kernels::Layout;
use wengert_kernels::index::index_get;

/// Elements by their number in row-major order.
#[derive(Debug)]
struct Take;

impl Primitive for Take {
    fn name(&self) -> &'static str {
        "take"
    }
    fn node_name(&self) -> &'static str {
        "TakeBackward0"
    }
    fn arguments(&self) -> &'static str {
        "self ~index"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[1].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let flat = ins[0].contiguous();
        let line = |a: &Array| {
            let n = as_vector(a.shape()).iter().product();
            a.with_layout(Layout { offset: a.layout().offset, ..Layout::contiguous(&[n]) })
        };
        let (source, index) = (line(&flat), line(&ins[1].contiguous()));
        index_get(source.view(), &[Some(index.view())], 0, line(&outs[0]).view_mut()).map_err(|e| {
            Error::index(format!("out of range: tried to access index {} on a tensor of {} elements.", e.index, e.size))
        })
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if !batch.is_batched(0) {
            return batch_of_index(batch, |index| apply1(Take, &[batch.value(0).into(), index.into()]));
        }
        let flat = reshape(batch.value(0), &[batch.size() as isize, -1])?;
        let index = aligned(&batch.front(1)?, 1)?;
        let n = flat.shape()[1];
        let index = reshape(&index, &[batch.size() as isize, -1])?;
        // Negative numbers count from the end of each example.
        let index = where_self(&lt(&index, 0)?, &(&index + n as i64), &index)?;
        let numbers = row_numbers_of(&index, n)?;
        let out = apply1(Take, &[(&flat).into(), (&numbers).into()])?;
        Batch::one(reshape(&out, batch.front(1)?.shape())?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0).input(1, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let zeros = zeros_without_memory(&[s.shape(0).iter().product()], g[0].dtype());
        let flat = index_put(&zeros, &[Some(s.input(1))], &g[0], true)?;
        Ok(Grads::from([Some(reshape(&flat, s.shape(0))?), None]))
    }
}

/// The elements with the numbers `index` in row-major order, in the shape of `index`. Negative numbers count from the end.
///
/// # Errors
/// If `index` is not `int64`, or holds a number out of range.
#[track_caller]
pub fn take(input: &Tensor, index: &Tensor) -> Result<Tensor> {
    if index.dtype() != DType::I64 {
        let name = index.dtype().scalar_name();
        return Err(Error::runtime(format!("take(): Expected a long tensor for index, but got {name}"))).named("take");
    }
    apply1(Take, &[input.into(), index.into()])
}

pub(crate) static BINDINGS: &[Binding] =
    &[bind!("take(Tensor self, Tensor index) -> Tensor", |a| take(a.tensor(0), a.tensor(1)))];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, i) = (uniform(1, -2.0, 2.0, &[3, 4]), ints(2, -12, 12, &[2, 3]));
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    vec![
        Entry::new("take(Tensor input, Tensor index) -> Tensor")
            .sample("a.take(b)", pair(&a, &i), |t| take(&t[0], &t[1]))
            .sample("a.t().take(b)", pair(&ints(3, -9, 9, &[3, 4]), &i), |x| take(&crate::ops::t(&x[0])?, &x[1]))
            .sample("a.take(b)", pair(&a, &ints(4, 0, 12, &[])), |t| take(&t[0], &t[1]))
            .error(
                pair(&a, &ints(0, 12, 13, &[1])),
                |t| take(&t[0], &t[1]),
                "out of range: tried to access index 12 on a tensor of 12 elements.",
            )
            .error(
                pair(&a, &floats(&[0.0], &[1])),
                |t| take(&t[0], &t[1]),
                "take(): Expected a long tensor for index, but got Double",
            ),
    ]
}
