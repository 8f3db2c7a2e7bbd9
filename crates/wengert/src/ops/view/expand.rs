//! expand, broadcast_to, expand_as, broadcast_tensors.

use super::{Sizes, reshape::list_text};
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::sum_to;
use crate::pointwise::broadcast_all;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
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
        expand_layout(input, &self.shape)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let mut shape = Dims::from_elem(batch.size(), 1);
        shape.extend_from_slice(&self.shape);
        batch.call_aligned(Expand { shape }, &[Some(self.shape.len())])
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(sum_to(&g[0], s.shape(0))?)]))
    }
}

/// Strides for `shape`, or the error that says which size does not fit.
pub(crate) fn expand_layout(input: &Layout, shape: &[usize]) -> Result<Layout> {
    input.expand(shape).ok_or_else(|| {
        let (from, to) = (&input.shape[..], shape);
        if from.len() > to.len() {
            return fewer(from, to);
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

fn fewer(from: &[usize], to: &[usize]) -> Error {
    Error::runtime(format!(
        "the number of sizes provided ({}) must be greater or equal to the number of dimensions in the tensor ({})",
        to.len(),
        from.len()
    ))
}

/// A shape of fewer dimensions. PyTorch's words for it begin with the call.
pub(crate) fn refuse_fewer(input: &Tensor, shape: &[usize]) -> Result<()> {
    let from = input.shape();
    if from.len() <= shape.len() {
        return Ok(());
    }
    let class = match input.dtype() {
        dtype @ (DType::Bool | DType::BF16) => format!("CPU{}Type", dtype.scalar_name()),
        dtype => format!("torch.{}Tensor", dtype.scalar_name()),
    };
    let text = fewer(from, shape);
    Err(Error::runtime(format!("expand({class}{{{from:?}}}, size={shape:?}): {}", text.message())))
}

/// `input` broadcast to `shape`, sharing its memory; -1 keeps the size of a dimension.
///
/// # Errors
/// If a size is neither 1 nor that of `shape`.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = tensor!([[1.0], [2.0]]);
/// assert_eq!(ops::expand(&x, &[-1, 3])?.to_vec::<f32>(), [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn expand<S: Sizes + ?Sized>(input: &Tensor, shape: &S) -> Result<Tensor> {
    let shape = kept_sizes(&shape.given(), input.shape()).named("expand")?;
    refuse_fewer(input, &shape).named("expand")?;
    apply1(Expand { shape }, &[input.into()])
}

/// `shape` with -1 replaced by the size that is there.
fn kept_sizes(shape: &[i128], from: &[usize]) -> Result<Dims> {
    let mut out = Dims::new();
    for (d, &n) in shape.iter().enumerate() {
        let existing = (d + from.len()).checked_sub(shape.len()).map(|i| from[i]);
        out.push(match (n, existing) {
            (-1, Some(size)) => size,
            (n, None) if n < 0 => {
                return Err(Error::runtime(format!(
                    "The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing dimension {d}"
                )));
            }
            (n, Some(size)) if n < 0 => {
                return Err(Error::runtime(format!(
                    "The expanded size of the tensor ({n}) must match the existing size ({size}) at non-singleton dimension {d}.  Target sizes: {}.  Tensor sizes: {from:?}",
                    list_text(shape)
                )));
            }
            (n, _) => n as usize,
        });
    }
    Ok(out)
}

/// [`expand`] under NumPy's name.
///
/// # Errors
/// Those of [`expand`].
#[track_caller]
pub fn broadcast_to<S: Sizes + ?Sized>(input: &Tensor, shape: &S) -> Result<Tensor> {
    expand(input, shape)
}

/// [`expand`] to the sizes of `other`.
///
/// # Errors
/// Those of [`expand`].
#[track_caller]
pub fn expand_as(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    expand(input, other.shape())
}

/// All of `tensors` broadcast to their common shape.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn broadcast_tensors(tensors: &[&Tensor]) -> Result<Vec<Tensor>> {
    let metas: Vec<Meta> = tensors.iter().map(|t| Meta::of(t.array())).collect();
    if metas.is_empty() {
        return Ok(Vec::new());
    }
    let shape = broadcast_all(&metas).named("broadcast_tensors")?;
    let mut out = Vec::with_capacity(tensors.len());
    for t in tensors {
        out.push(if *t.shape() == shape[..] { (*t).clone() } else { expand(t, &shape)? });
    }
    Ok(out)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("Tensor::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)", |a| {
        expand(a.tensor(0), a.ints(1))
    }),
    bind!("broadcast_to(Tensor(a) self, SymInt[] size) -> Tensor(a)", |a| broadcast_to(a.tensor(0), a.ints(1))),
    bind!("Tensor::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)", |a| expand_as(a.tensor(0), a.tensor(1))),
    bind!("broadcast_tensors(Tensor[] tensors) -> Tensor[]", |a| broadcast_tensors(&a.tensors(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -1.0, 1.0, &[3, 1]), uniform(2, -1.0, 1.0, &[2, 3, 2]));
    vec![
        Entry::new("expand(Tensor(a) input, SymInt[] size) -> Tensor(a)")
            .sample("a.expand(2, 3, 4)", [a.clone()], |t| expand(&t[0], &[2, 3, 4]))
            .sample("a.expand(2, -1, 4)", [a.clone()], |t| expand(&t[0], &[2, -1, 4]))
            .sample("a.expand(3, 0)", [a.clone()], |t| expand(&t[0], &[3, 0]))
            .error(
                [uniform(1, -1.0, 1.0, &[3, 2])],
                |t| expand(&t[0], &[3, 4]),
                "The expanded size of the tensor (4) must match the existing size (2) at non-singleton dimension 1.  Target sizes: [3, 4].  Tensor sizes: [3, 2]",
            )
            .error(
                [a.clone()],
                |t| expand(&t[0], &[-1, 3, 4]),
                "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension 0",
            )
            .error([a.clone()], |t| expand(&t[0], &[3]), "expand(torch.DoubleTensor{[3, 1]}, size=[3]): the number of sizes provided (1) must be greater or equal to the number of dimensions in the tensor (2)"),
        Entry::new("broadcast_to(Tensor(a) input, SymInt[] size) -> Tensor(a)")
            .sample("a.broadcast_to((2, 3, 2))", [a.clone()], |t| broadcast_to(&t[0], &[2, 3, 2])),
        Entry::new("expand_as(Tensor(a) input, Tensor other) -> Tensor(a)")
            .sample("a.expand_as(b.detach())", [a.clone(), b.clone()], |t| expand_as(&t[0], &t[1].detach())),
        Entry::new("broadcast_tensors(Tensor[] tensors) -> Tensor[]")
            .sample("torch.broadcast_tensors(a, b)", [a.clone(), b.clone()], |t| broadcast_tensors(&[&t[0], &t[1]])),
    ]
}
