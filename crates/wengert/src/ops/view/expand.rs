//! expand.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::sum_to;
use crate::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};
use wengert_kernels::{Dims, Layout};

/// Broadcasts without copying: new and stretched dimensions have stride 0.
#[derive(Debug)]
struct Expand {
    shape: Dims,
}

impl Primitive for Expand {
    fn name(&self) -> &'static str {
        "expand"
    }
    fn node_name(&self) -> &'static str {
        "ExpandBackward0"
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("views have `alias`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `alias`")
    }
    fn alias(&self, input: &Layout) -> Result<Layout> {
        input.expand(&self.shape).ok_or_else(|| {
            let (from, to) = (&input.shape[..], &self.shape[..]);
            if from.len() > to.len() {
                return Error::runtime(format!(
                    "expand: the number of sizes provided ({}) must be greater or equal to the number of dimensions in the tensor ({})",
                    to.len(),
                    from.len()
                ));
            }
            let lead = to.len() - from.len();
            let d = (0..from.len()).rev().find(|&d| from[d] != 1 && from[d] != to[lead + d]).unwrap_or(0);
            Error::runtime(format!(
                "The expanded size of the tensor ({}) must match the existing size ({}) at non-singleton dimension {}.  Target sizes: {to:?}.  Tensor sizes: {from:?}",
                to[lead + d],
                from[d],
                lead + d
            ))
        })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(sum_to(&g[0], s.shape(0))?)]))
    }
}

/// `input` broadcast to `shape`, sharing its memory.
///
/// # Errors
/// If a size is neither 1 nor that of `shape`.
#[track_caller]
pub fn expand(input: &Tensor, shape: &[usize]) -> Result<Tensor> {
    apply1(Expand { shape: Dims::from_slice(shape) }, &[input.into()])
}

pub(crate) fn entries() -> Vec<Entry> {
    vec![
        Entry::new("expand(Tensor(a) input, SymInt[] size) -> Tensor(a)")
            .sample("a.expand(2, 3, 4)", [uniform(1, -1.0, 1.0, &[3, 1])], |t| expand(&t[0], &[2, 3, 4]))
            .error(
                [uniform(1, -1.0, 1.0, &[3, 2])],
                |t| expand(&t[0], &[3, 4]),
                "The expanded size of the tensor (4) must match the existing size (2) at non-singleton dimension 1",
            ),
    ]
}
