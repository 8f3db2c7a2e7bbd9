//! trace.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::{Diagonal, Over, Pick, embed_as, expand, sum_dim, sum_dtype};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::reduce::Reduction;

/// The sum of a matrix's diagonal.
#[derive(Debug)]
struct Trace;

impl Primitive for Trace {
    fn name(&self) -> &'static str {
        "trace"
    }
    fn node_name(&self) -> &'static str {
        "TraceBackward0"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        if ins[0].shape.len() != 2 {
            let n = ins[0].shape.len();
            return Err(Error::runtime(format!("trace: expected a matrix, but got tensor with dim {n}")));
        }
        Ok(one(&[], sum_dtype(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let diagonal = ins[0].with_layout(Diagonal::of(0, 0, 1, 2)?.layout(ins[0].layout()));
        Over::all(&Tensor::from_array(diagonal.clone())).reduce(Reduction::Sum, &diagonal, &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        Batch::one(sum_dim(&crate::ops::diagonal(&batch.front(0)?, 0, 1, 2)?, &[-1], false)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let shape = s.shape(0);
        let diagonal = expand(&g[0], &[shape[0].min(shape[1])])?;
        let pick = Diagonal::of(0, 0, 1, 2)?;
        Ok(Grads::from([Some(embed_as(("trace_backward", "TraceBackwardBackward0"), &diagonal, pick, shape)?)]))
    }
}

/// The sum of the diagonal of a matrix.
///
/// # Errors
/// If the input is not a matrix.
#[track_caller]
pub fn trace(input: &Tensor) -> Result<Tensor> {
    apply1(Trace, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[bind!("trace(Tensor self) -> Tensor", |a| trace(a.tensor(0)))];

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        Entry::new("trace(Tensor input) -> Tensor")
            .sample("a.trace()", [uniform(1, -2.0, 2.0, &[3, 4])], |t| trace(&t[0]))
            .sample("a.trace()", [ints(2, -9, 9, &[3, 2])], |t| trace(&t[0]))
            .sample("a.trace()", [uniform(1, -2.0, 2.0, &[0, 2])], |t| trace(&t[0]))
            .skip(crate::testing::Check::NotSmall, "there are no elements")
            .error(
                [uniform(1, -2.0, 2.0, &[3])],
                |t| trace(&t[0]),
                "trace: expected a matrix, but got tensor with dim 1",
            ),
    ]
}
