//! squeeze, unsqueeze.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Named, Result};
use crate::ops::{wrap_dim, wrap_dims};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};
use smallvec::SmallVec;
use wengert_kernels::Layout;

type DimList = SmallVec<[usize; 5]>;

/// Drops dimensions of size 1.
#[derive(Debug)]
struct Squeeze {
    /// Those to drop, sorted.
    dims: DimList,
    node: &'static str,
}

impl Primitive for Squeeze {
    fn name(&self) -> &'static str {
        "squeeze"
    }
    fn node_name(&self) -> &'static str {
        self.node
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
        let kept: DimList = (0..input.ndim()).filter(|d| !self.dims.contains(d)).collect();
        Ok(input.permute(&kept))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Squeeze { dims: self.dims.iter().map(|d| d + 1).collect(), node: self.node })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(unsqueeze_dims(&g[0], &self.dims)?)]))
    }
}

/// New dimensions of size 1.
#[derive(Debug)]
struct Unsqueeze {
    /// Their places in the result, sorted.
    dims: DimList,
}

impl Primitive for Unsqueeze {
    fn name(&self) -> &'static str {
        "unsqueeze"
    }
    fn node_name(&self) -> &'static str {
        "UnsqueezeBackward0"
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
        Ok(unsqueezed(input, &self.dims))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Unsqueeze { dims: self.dims.iter().map(|d| d + 1).collect() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(squeeze_as(&g[0], self.dims.clone(), "SqueezeBackward1")?)]))
    }
}

/// With a dimension of size 1 at each of `dims` (places in the result, sorted).
pub(super) fn unsqueezed(input: &Layout, dims: &[usize]) -> Layout {
    let mut out = input.clone();
    for &d in dims {
        let step = if d < out.ndim() { out.shape[d] as isize * out.strides[d] } else { 1 };
        out.shape.insert(d, 1);
        out.strides.insert(d, step);
    }
    out
}

/// Without the dimensions `dims` (sorted), which have size 1, under a node name of its own.
#[track_caller]
pub(crate) fn squeeze_as(input: &Tensor, dims: DimList, node: &'static str) -> Result<Tensor> {
    apply1(Squeeze { dims, node }, &[input.into()])
}

/// Without all dimensions of size 1: a view.
///
/// # Errors
/// None.
#[track_caller]
pub fn squeeze(input: &Tensor) -> Result<Tensor> {
    let dims = (0..input.ndim()).filter(|&d| input.shape()[d] == 1).collect();
    squeeze_as(input, dims, "SqueezeBackward0")
}

/// Without dimension `dim` if its size is 1, else all of it: a view.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn squeeze_dim(input: &Tensor, dim: isize) -> Result<Tensor> {
    let d = wrap_dim(dim, input.ndim()).named("squeeze")?;
    let dims = Some(d).filter(|&d| input.shape().get(d) == Some(&1));
    squeeze_as(input, dims.into_iter().collect(), "SqueezeBackward1")
}

/// Without those of the dimensions `dims` whose size is 1: a view.
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn squeeze_dims(input: &Tensor, dims: &[isize]) -> Result<Tensor> {
    let mut list = DimList::new();
    if !dims.is_empty() {
        list = wrap_dims(dims, input.ndim()).named("squeeze")?;
        list.retain(|d| input.shape()[*d] == 1);
    }
    squeeze_as(input, list, "SqueezeBackward2")
}

/// With a new dimension of size 1 at `dim` of the result: a view.
///
/// # Errors
/// If `dim` is out of range; the result has one dimension more than the input.
///
/// ```
/// use wengert::{Tensor, ops};
/// let x = Tensor::zeros(&[2, 3]);
/// assert_eq!(ops::unsqueeze(&x, -1)?.shape(), [2, 3, 1]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn unsqueeze(input: &Tensor, dim: isize) -> Result<Tensor> {
    let d = wrap_dim(dim, input.ndim() + 1).named("unsqueeze")?;
    unsqueeze_dims(input, &[d])
}

/// With a new dimension of size 1 at each of `dims` (places in the result, sorted).
#[track_caller]
pub(crate) fn unsqueeze_dims(input: &Tensor, dims: &[usize]) -> Result<Tensor> {
    apply1(Unsqueeze { dims: SmallVec::from_slice(dims) }, &[input.into()])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("squeeze(Tensor(a) self) -> Tensor(a)", |a| squeeze(a.tensor(0))),
    bind!("squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)", |a| squeeze_dim(a.tensor(0), a.dim(1))),
    bind!("squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)", |a| squeeze_dims(a.tensor(0), a.ints(1))),
    bind!("unsqueeze(Tensor(a) self, int dim) -> Tensor(a)", |a| unsqueeze(a.tensor(0), a.dim(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m) = (uniform(1, -2.0, 2.0, &[1, 3, 1, 2]), uniform(2, -2.0, 2.0, &[2, 3]));
    let s = uniform(3, -2.0, 2.0, &[]);
    vec![
        Entry::new("squeeze(Tensor(a) input) -> Tensor(a)")
            .sample("a.squeeze()", [a.clone()], |t| squeeze(&t[0]))
            .sample("a.squeeze()", [m.clone()], |t| squeeze(&t[0]))
            .sample("a.squeeze()", [s.clone()], |t| squeeze(&t[0])),
        Entry::new("squeeze.dim(Tensor(a) input, int dim) -> Tensor(a)")
            .sample("a.squeeze(-2)", [a.clone()], |t| squeeze_dim(&t[0], -2))
            .sample("a.squeeze(1)", [a.clone()], |t| squeeze_dim(&t[0], 1))
            .sample("a.squeeze(0)", [s.clone()], |t| squeeze_dim(&t[0], 0))
            .error(
                [m.clone()],
                |t| squeeze_dim(&t[0], 2),
                "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
            ),
        Entry::new("squeeze.dims(Tensor(a) input, int[] dim) -> Tensor(a)")
            .sample("a.squeeze((0, 1))", [a.clone()], |t| squeeze_dims(&t[0], &[0, 1]))
            .sample("a.squeeze((2, -4))", [a.clone()], |t| squeeze_dims(&t[0], &[2, -4]))
            .sample("a.squeeze(())", [a.clone()], |t| squeeze_dims(&t[0], &[]))
            .error([a.clone()], |t| squeeze_dims(&t[0], &[0, -4]), "dim 0 appears multiple times in the list of dims"),
        Entry::new("unsqueeze(Tensor(a) input, int dim) -> Tensor(a)")
            .sample("a.unsqueeze(1)", [m.clone()], |t| unsqueeze(&t[0], 1))
            .sample("a.unsqueeze(-1)", [m.clone()], |t| unsqueeze(&t[0], -1))
            .sample("a.unsqueeze(0)", [s.clone()], |t| unsqueeze(&t[0], 0))
            .error(
                [m.clone()],
                |t| unsqueeze(&t[0], 3),
                "Dimension out of range (expected to be in range of [-3, 2], but got 3)",
            ),
    ]
}
