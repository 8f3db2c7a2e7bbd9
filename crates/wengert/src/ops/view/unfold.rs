//! unfold, as_strided.

use super::{Pick, Slots, embed_as};
use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{div, flatten, index_add, index_select, movedim, reshape, wrap_dim, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Op, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};
use wengert_kernels::{Dims, Layout, Strides};

/// Windows of one dimension, which may overlap; their elements become a new dimension at the end.
#[derive(Debug)]
struct Unfold {
    dim: usize,
    size: usize,
    step: usize,
}

impl Unfold {
    fn windows(&self, n: usize) -> usize {
        (n - self.size) / self.step + 1
    }
}

impl Primitive for Unfold {
    fn name(&self) -> &'static str {
        "unfold"
    }
    fn node_name(&self) -> &'static str {
        "UnfoldBackward0"
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
        let mut out = input.clone();
        let step = out.strides.get(self.dim).copied().unwrap_or(1);
        if let Some(n) = out.shape.get_mut(self.dim) {
            *n = self.windows(*n);
            out.strides[self.dim] = step * self.step as isize;
        }
        out.shape.push(self.size);
        out.strides.push(step);
        Ok(out)
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        match batch.rank(0) {
            0 => batch
                .call_aligned(Unfold { dim: 1, size: self.size, step: self.step }, &[Some(1)])?
                .map(|outs| outs.iter().map(|out| crate::ops::squeeze_dim(out, 1)).collect::<Result<_>>())
                .transpose(),
            _ => batch.call(Unfold { dim: self.dim + 1, size: self.size, step: self.step }),
        }
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let shape = s.shape(0);
        if shape.is_empty() {
            return Ok(Grads::from([Some(reshape(&g[0], shape)?)]));
        }
        // Each place of each window adds to the element that it shows.
        let n = self.windows(shape[self.dim]);
        let places: Vec<i64> = (0..n).flat_map(|w| (0..self.size).map(move |i| (w * self.step + i) as i64)).collect();
        let places = Tensor::from_slice(&places, &[places.len()]);
        let d = self.dim as isize;
        let pieces = flatten(&movedim(&g[0], &[-1], &[d + 1])?, d, d + 1)?;
        let zeros = zeros_without_memory(shape, g[0].dtype());
        Ok(Grads::from([Some(index_add(&zeros, d, &places, &pieces, 1)?)]))
    }
}

/// All windows of `size` along `dim`, each `step` after the one before, with their elements in a new last dimension: a view.
///
/// # Errors
/// If `dim` is out of range, smaller than `size`, or `step` is 0.
///
/// ```
/// use wengert::{Tensor, ops};
/// let windows = ops::unfold(&Tensor::arange(5), 0, 3, 2)?;
/// assert_eq!(windows.to_vec::<i64>(), [0, 1, 2, 2, 3, 4]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn unfold(input: &Tensor, dim: isize, size: usize, step: usize) -> Result<Tensor> {
    apply1(unfold_of(input.shape(), dim, size, step).named("unfold")?, &[input.into()])
}

fn unfold_of(shape: &[usize], dim: isize, size: usize, step: usize) -> Result<Unfold> {
    let dim = wrap_dim(dim, shape.len())?;
    let n = shape.get(dim).copied().unwrap_or(1);
    if size > n {
        return Err(Error::runtime(format!("maximum size for tensor at dimension {dim} is {n} but size is {size}")));
    }
    if step == 0 {
        return Err(Error::runtime("step is 0 but must be > 0"));
    }
    Ok(Unfold { dim, size, step })
}

/// Any layout of the input's storage.
#[derive(Debug)]
struct AsStrided {
    layout: Layout,
    /// Where the input's own elements are.
    input: Layout,
}

/// The view of a base that lies at `layout` in the base's storage.
pub(crate) fn part_of(base: &Layout, layout: &Layout) -> Op {
    AsStrided { layout: layout.clone(), input: base.clone() }.into()
}

/// The places in the storage, in row-major order.
pub(super) fn places(layout: &Layout) -> Tensor {
    let all = Tensor::arange(layout.extent() as i64);
    let of = all.array().with_layout(layout.clone()).copy_as(DType::I64);
    Tensor::from_array(of.with_layout(Layout::contiguous(&[layout.numel()])))
}

impl Primitive for AsStrided {
    fn name(&self) -> &'static str {
        "as_strided"
    }
    fn node_name(&self) -> &'static str {
        "AsStridedBackward0"
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
    fn alias(&self, _: &Layout) -> Result<Layout> {
        Ok(self.layout.clone())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let input = batch.front(0)?.array().layout().clone();
        let mut layout = self.layout.clone();
        layout.shape.insert(0, input.shape[0]);
        layout.strides.insert(0, input.strides[0]);
        within(&layout, &batch.front(0)?)?;
        batch.call(AsStrided { layout, input })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        if let Some(places) = Slots::of(&self.input, &self.layout).filter(|p| p.each_once()) {
            return Ok(Grads::from([Some(embed_as(Slots::BACKWARD, &g[0], places, s.shape(0))?)]));
        }
        // Add up what each place of the storage gets, then look at the input's places. Where several elements of the input are one
        // place they share it.
        let size = self.layout.extent().max(self.input.extent());
        let zeros = zeros_without_memory(&[size], g[0].dtype());
        let mut storage = index_add(&zeros, 0, &places(&self.layout), &reshape(&g[0], &[-1])?, 1)?;
        let own = places(&self.input);
        if self.input.has_overlap() {
            let ones = Tensor::full_of(own.shape(), 1, g[0].dtype());
            storage = div(&storage, &index_add(&zeros, 0, &own, &ones, 1)?)?;
        }
        Ok(Grads::from([Some(reshape(&index_select(&storage, 0, &own)?, s.shape(0))?)]))
    }
}

/// A view of the input's storage with these sizes and strides (in elements), from `storage_offset` on (by default where the input
/// begins). What it shows depends on how the input lies in memory.
///
/// # Errors
/// If the lists differ in length, a stride is negative, or the view would leave the storage.
#[track_caller]
pub fn as_strided(input: &Tensor, size: &[usize], stride: &[isize], storage_offset: Option<usize>) -> Result<Tensor> {
    let layout = strided(input, size, stride, storage_offset).named("as_strided")?;
    apply1(AsStrided { layout, input: input.array().layout().clone() }, &[input.into()])
}

fn strided(input: &Tensor, size: &[usize], stride: &[isize], offset: Option<usize>) -> Result<Layout> {
    if size.len() != stride.len() {
        return Err(Error::runtime("mismatch in length of strides and shape"));
    }
    if stride.iter().any(|&s| s < 0) {
        return Err(Error::runtime(format!(
            "as_strided: Negative strides are not supported at the moment, got strides: {stride:?}"
        )));
    }
    let offset = offset.unwrap_or(input.array().layout().offset);
    let layout = Layout { shape: Dims::from_slice(size), strides: Strides::from_slice(stride), offset };
    within(&layout, input)?;
    Ok(layout)
}

/// Refuses a layout that reaches past the storage. That of a batch is known one level below, where the rule for batches asks again.
fn within(layout: &Layout, input: &Tensor) -> Result<()> {
    let Some(storage) = input.array().storage() else { return Ok(()) };
    let (item, have) = (input.dtype().size(), storage.nbytes());
    let Layout { shape, strides, offset } = layout;
    if layout.extent() * item > have {
        return Err(Error::runtime(format!(
            "setStorage: sizes {:?}, strides {:?}, storage offset {offset}, and itemsize {item} requiring a storage size of {} are out of bounds for storage of size {have}",
            &shape[..],
            &strides[..],
            layout.extent() * item
        )));
    }
    Ok(())
}

/// Storage offsets count from the front of the memory.
fn offset(n: Option<i64>) -> Result<Option<usize>> {
    n.map(|n| usize::try_from(n).map_err(|_| Error::runtime(format!("Tensor: invalid storage offset {n}")))).transpose()
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("Tensor::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)", |a| {
        let (size, step) = (a.int(2), a.int(3));
        if step <= 0 || size < 0 {
            let (what, n, least) = if size < 0 { ("size", size, ">=") } else { ("step", step, ">") };
            return Err(Error::runtime(format!("{what} is {n} but must be {least} 0")));
        }
        unfold(a.tensor(0), a.dim(1), size as usize, step as usize)
    }),
    bind!(
        "as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)",
        |a| { as_strided(a.tensor(0), &a.sizes(1)?, a.ints(2), offset(a.opt_int(3))?) }
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m) = (uniform(1, -2.0, 2.0, &[2, 5, 3]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (i, s, row) = (ints(3, -9, 9, &[7]), uniform(4, -2.0, 2.0, &[]), uniform(5, -2.0, 2.0, &[3]));
    vec![
        Entry::new("unfold(Tensor(a) input, int dimension, int size, int step) -> Tensor(a)")
            .sample("a.unfold(1, 2, 1)", [a.clone()], |t| unfold(&t[0], 1, 2, 1))
            .sample("a.unfold(-2, 2, 3)", [a.clone()], |t| unfold(&t[0], -2, 2, 3))
            .sample("a.unfold(0, 3, 2)", [i.clone()], |t| unfold(&t[0], 0, 3, 2))
            .sample("a.unfold(0, 1, 1)", [s.clone()], |t| unfold(&t[0], 0, 1, 1))
            .error([m.clone()], |t| unfold(&t[0], 1, 5, 1), "maximum size for tensor at dimension 1 is 4 but size is 5")
            .error([m.clone()], |t| unfold(&t[0], 1, 2, 0), "step is 0 but must be > 0"),
        Entry::new("as_strided(Tensor(a) input, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)")
            .sample("a.as_strided((2, 2), (1, 3), 2)", [m.clone()], |t| as_strided(&t[0], &[2, 2], &[1, 3], Some(2)))
            .skip(Check::Batched, "it reads memory by strides, and a batch has others")
            .skip(Check::Strided, "what it shows depends on how the input lies in memory")
            .sample("a.t().as_strided((3, 2), (2, 2))", [m.clone()], |x| {
                as_strided(&crate::ops::t(&x[0])?, &[3, 2], &[2, 2], None)
            })
            .skip(Check::Batched, "it reads memory by strides, and a batch has others")
            .skip(Check::Strided, "what it shows depends on how the input lies in memory")
            .sample("a.expand(2, 3).as_strided((2, 2), (1, 1))", [row.clone()], |t| {
                as_strided(&crate::ops::expand(&t[0], &[2, 3])?, &[2, 2], &[1, 1], None)
            })
            .skip(Check::Batched, "it reads memory by strides, and a batch has others")
            .skip(Check::Strided, "what it shows depends on how the input lies in memory")
            .error([m.clone()], |t| as_strided(&t[0], &[2, 2], &[1], None), "mismatch in length of strides and shape")
            .error(
                [m.clone()],
                |t| as_strided(&t[0], &[20, 2], &[1, 1], None),
                "setStorage: sizes [20, 2], strides [1, 1], storage offset 0, and itemsize 8 requiring a storage size of 168 are out of bounds for storage of size 96",
            ),
    ]
}
