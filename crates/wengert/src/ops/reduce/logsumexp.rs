//! logsumexp.

use super::Over;
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::int_to_float;
use crate::error::Result;
use crate::ops::exp;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use wengert_kernels::reduce::Reduction;

/// The logarithm of a sum of exponentials; its derivative is the softmax.
#[derive(Debug)]
struct LogSumExp(Over);

impl Primitive for LogSumExp {
    fn name(&self) -> &'static str {
        "logsumexp"
    }
    fn node_name(&self) -> &'static str {
        "LogsumexpBackward0"
    }
    fn family(&self) -> Family {
        Family::Reduce
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(&self.0.shape(ins[0].shape), int_to_float(ins[0].dtype)))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let dtype = outs[0].dtype();
        self.0.reduce_with(Reduction::LogSumExp, ins[0], &mut outs[0], |p| {
            let last = p.last();
            p.cast(last, dtype);
        });
        Ok(())
    }
    fn jvp(&self, t: &Grads, s: &Saved) -> Result<Option<Grads>> {
        self.0.jvp(self, t, s).map(Some)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(LogSumExp(self.0.behind_batch()))
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let y = self.0.restore(s.output(0))?;
        Ok(Grads::one(Some(self.0.restore(&g[0])? * exp(&(s.input(0) - y))?)))
    }
}

/// `log(sum(exp(input)))` over `dims` (all of them if empty; negative ones count from the end) without overflow. They are
/// dropped or, with `keepdim`, become 1. No elements give -inf; integers and booleans give the default float.
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn logsumexp(input: &Tensor, dims: &[isize], keepdim: bool) -> Result<Tensor> {
    apply1(LogSumExp(Over::dims("logsumexp", input, dims, keepdim)?), &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor", |a| logsumexp(
        a.tensor(0),
        a.ints(1),
        a.bool(2)
    )),
    bind!("special::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor", |a| logsumexp(
        a.tensor(0),
        a.ints(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -2.0, 2.0, &[2, 3, 4]);
    let inf = f64::INFINITY;
    vec![
        Entry::new("logsumexp(Tensor input, int[1] dim, bool keepdim=False) -> Tensor")
            .sample("a.logsumexp(1)", [a.clone()], |t| logsumexp(&t[0], &[1], false))
            .sample("a.logsumexp((0, -1), keepdim=True)", [a.clone()], |t| logsumexp(&t[0], &[0, -1], true))
            .sample("a.logsumexp((0, 1, 2))", [a.clone()], |t| logsumexp(&t[0], &[], false))
            .sample("a.logsumexp(0)", [uniform(3, 0.0, 1.0, &[])], |t| logsumexp(&t[0], &[0], false))
            .sample("a.logsumexp(0)", [floats(&[1000.0, 999.0, -1000.0], &[3])], |t| logsumexp(&t[0], &[0], false))
            .skip(crate::testing::Check::Precision, "half types cannot tell numbers so large apart")
            .kink("a.logsumexp(1)", [floats(&[-inf, 1.0, -inf, -inf, inf, 2.0, f64::NAN, 0.0], &[4, 2])], |t| {
                logsumexp(&t[0], &[1], false)
            })
            .sample("a.logsumexp(0)", [ints(2, -3, 3, &[4, 2])], |t| logsumexp(&t[0], &[0], false))
            .sample("a.logsumexp(0)", [uniform(1, 0.0, 1.0, &[0, 3])], |t| logsumexp(&t[0], &[0], false))
            .error(
                [a],
                |t| logsumexp(&t[0], &[3], false),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
    ]
}
