//! split, chunk, unbind, tensor_split, hsplit, vsplit, dsplit.

use crate::apply::apply;
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{cat, narrowed, slice, stack, wrap_dim, zeros_without_memory};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use crate::transforms::needs_numbers;
use smallvec::SmallVec;
use wengert_kernels::Layout;

/// Neighbouring pieces of one dimension, all of them as views.
#[derive(Debug)]
struct Split {
    dim: usize,
    /// The size of each piece.
    sizes: SmallVec<[usize; 4]>,
    names: (&'static str, &'static str),
}

impl Primitive for Split {
    fn name(&self) -> &'static str {
        self.names.0
    }
    fn node_name(&self) -> &'static str {
        self.names.1
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("views have `aliases`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `aliases`")
    }
    fn aliases(&self, input: &Layout) -> Result<SmallVec<[Layout; 1]>> {
        let mut start = 0;
        Ok(self
            .sizes
            .iter()
            .map(|&n| {
                start += n;
                narrowed(input, self.dim, start - n, n)
            })
            .collect())
    }
    fn gives_list(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Split { dim: self.dim + 1, sizes: self.sizes.clone(), names: self.names })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let sizes = self.sizes.iter().map(|&n| {
            let mut shape = SmallVec::<[usize; 5]>::from_slice(s.shape(0));
            shape[self.dim] = n;
            shape
        });
        let pieces: Vec<Tensor> =
            g.0.iter()
                .zip(sizes)
                .map(|(g, n)| g.clone().unwrap_or_else(|| zeros_without_memory(&n, s.dtype(0))))
                .collect();
        Ok(Grads::from([Some(cat(&pieces.iter().collect::<Vec<_>>(), self.dim as isize)?)]))
    }
}

/// All indices of one dimension, each as a view without that dimension.
#[derive(Debug)]
struct Unbind {
    dim: usize,
}

impl Primitive for Unbind {
    fn name(&self) -> &'static str {
        "unbind"
    }
    fn node_name(&self) -> &'static str {
        "UnbindBackward0"
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("views have `aliases`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `aliases`")
    }
    fn aliases(&self, input: &Layout) -> Result<SmallVec<[Layout; 1]>> {
        let mut one = input.clone();
        let n = one.shape.remove(self.dim);
        let step = one.strides.remove(self.dim);
        let at = |i: usize| {
            let offset = if one.numel() > 0 { one.offset.strict_add_signed(i as isize * step) } else { one.offset };
            Layout { offset, ..one.clone() }
        };
        Ok((0..n).map(at).collect())
    }
    fn gives_list(&self) -> bool {
        true
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Unbind { dim: self.dim + 1 })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let mut shape = SmallVec::<[usize; 5]>::from_slice(s.shape(0));
        shape.remove(self.dim);
        let parts: Vec<Tensor> =
            g.0.iter().map(|g| g.clone().unwrap_or_else(|| zeros_without_memory(&shape, s.dtype(0)))).collect();
        Ok(Grads::from([Some(stack(&parts.iter().collect::<Vec<_>>(), self.dim as isize)?)]))
    }
}

const SPLIT: (&str, &str) = ("split", "SplitBackward0");
const WITH_SIZES: (&str, &str) = ("split_with_sizes", "SplitWithSizesBackward0");

/// Pieces of `split_size` along `dim`, the last of them smaller if it does not come out even: views.
///
/// # Errors
/// If `dim` is out of range, or `split_size` is 0 and the dimension is not empty.
///
/// ```
/// use wengert::{Tensor, ops};
/// let pieces = ops::split(&Tensor::arange(5), 2, 0)?;
/// assert_eq!(pieces[2].to_vec::<i64>(), [4]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn split(input: &Tensor, split_size: usize, dim: isize) -> Result<Vec<Tensor>> {
    let (dim, sizes) = split_sizes(input.shape(), split_size, dim).named("split")?;
    Ok(apply(Split { dim, sizes, names: SPLIT }, &[input.into()])?.into_vec())
}

fn split_sizes(shape: &[usize], size: usize, dim: isize) -> Result<(usize, SmallVec<[usize; 4]>)> {
    if shape.is_empty() {
        return Err(Error::runtime("split expects at least a 1-dimensional tensor"));
    }
    let d = wrap_dim(dim, shape.len())?;
    let n = shape[d];
    if size == 0 && n != 0 {
        return Err(Error::runtime(format!(
            "split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
        )));
    }
    // An empty dimension gives one empty piece.
    let pieces = if n == 0 { 1 } else { n.div_ceil(size) };
    Ok((d, (0..pieces).map(|i| size.min(n - (i * size).min(n))).collect()))
}

/// Pieces of the given sizes along `dim`: views.
///
/// # Errors
/// If `dim` is out of range, or the sizes do not add up to its size.
#[track_caller]
pub fn split_with_sizes(input: &Tensor, split_sizes: &[usize], dim: isize) -> Result<Vec<Tensor>> {
    let dim = checked_sizes(input.shape(), split_sizes, dim).named("split_with_sizes")?;
    let sizes = SmallVec::from_slice(split_sizes);
    Ok(apply(Split { dim, sizes, names: WITH_SIZES }, &[input.into()])?.into_vec())
}

fn checked_sizes(shape: &[usize], sizes: &[usize], dim: isize) -> Result<usize> {
    if shape.is_empty() {
        return Err(Error::runtime("split expects at least a 1-dimensional tensor"));
    }
    let d = wrap_dim(dim, shape.len())?;
    if sizes.iter().sum::<usize>() != shape[d] {
        return Err(Error::runtime(format!(
            "split_with_sizes expects split_sizes to sum exactly to {} (input tensor's size at dimension {d}), but got split_sizes={sizes:?}",
            shape[d]
        )));
    }
    Ok(d)
}

/// At most `chunks` pieces of equal size along `dim`, the last of them smaller if it does not come out even: views.
///
/// # Errors
/// If `dim` is out of range or `chunks` is 0.
#[track_caller]
pub fn chunk(input: &Tensor, chunks: usize, dim: isize) -> Result<Vec<Tensor>> {
    if input.ndim() == 0 {
        return Err(Error::runtime("chunk expects at least a 1-dimensional tensor")).named("chunk");
    }
    if chunks == 0 {
        return Err(Error::runtime("chunk expects `chunks` to be greater than 0, got: 0")).named("chunk");
    }
    let d = wrap_dim(dim, input.ndim()).named("chunk")?;
    let n = input.shape()[d];
    if n == 0 {
        // As many empty pieces as were asked for.
        return split_with_sizes(input, &vec![0; chunks], dim);
    }
    split(input, n.div_ceil(chunks), dim)
}

/// All indices of dimension `dim`, each without that dimension: views.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn unbind(input: &Tensor, dim: isize) -> Result<Vec<Tensor>> {
    if input.ndim() == 0 {
        let message = format!("Dimension specified as {dim} but tensor has no dimensions");
        return Err(Error::index(message)).named("unbind");
    }
    let dim = wrap_dim(dim, input.ndim()).named("unbind")?;
    if input.shape()[dim] == 0 {
        return Ok(Vec::new());
    }
    let outs: Outs = apply(Unbind { dim }, &[input.into()])?;
    Ok(outs.into_vec())
}

/// `sections` pieces along `dim` whose sizes differ by at most one: views.
///
/// # Errors
/// If `dim` is out of range or `sections` is 0.
#[track_caller]
pub fn tensor_split(input: &Tensor, sections: usize, dim: isize) -> Result<Vec<Tensor>> {
    let d = splittable(input, dim).named("tensor_split")?;
    if sections == 0 {
        return Err(Error::runtime("number of sections must be larger than 0, got 0")).named("tensor_split");
    }
    let (each, more) = (input.shape()[d] / sections, input.shape()[d] % sections);
    let starts: Vec<isize> = (1..sections).map(|i| (i * each + i.min(more)) as isize).collect();
    tensor_split_indices(input, &starts, dim)
}

/// Pieces along `dim` that begin at 0 and at each of `indices`, which are bounds as in [`slice`](fn@crate::ops::slice): views.
///
/// # Errors
/// If `dim` is out of range.
#[track_caller]
pub fn tensor_split_indices(input: &Tensor, indices: &[isize], dim: isize) -> Result<Vec<Tensor>> {
    splittable(input, dim).named("tensor_split")?;
    let mut out = Vec::with_capacity(indices.len() + 1);
    let mut start = None;
    for end in indices.iter().map(|&i| Some(i)).chain([None]) {
        out.push(slice(input, dim, start, end, 1)?);
        start = end;
    }
    Ok(out)
}

/// [`tensor_split`] of the second dimension, or of the only one.
///
/// # Errors
/// If there are no dimensions or `sections` does not divide the dimension.
#[track_caller]
pub fn hsplit(input: &Tensor, sections: usize) -> Result<Vec<Tensor>> {
    let dim = evenly(input, sections, "hsplit", 1, if input.ndim() == 1 { 0 } else { 1 }).named("hsplit")?;
    tensor_split(input, sections, dim)
}

/// [`tensor_split`] of the first dimension.
///
/// # Errors
/// If there are fewer than two dimensions or `sections` does not divide the dimension.
#[track_caller]
pub fn vsplit(input: &Tensor, sections: usize) -> Result<Vec<Tensor>> {
    let dim = evenly(input, sections, "vsplit", 2, 0).named("vsplit")?;
    tensor_split(input, sections, dim)
}

/// [`tensor_split`] of the third dimension.
///
/// # Errors
/// If there are fewer than three dimensions or `sections` does not divide the dimension.
#[track_caller]
pub fn dsplit(input: &Tensor, sections: usize) -> Result<Vec<Tensor>> {
    let dim = evenly(input, sections, "dsplit", 3, 2).named("dsplit")?;
    tensor_split(input, sections, dim)
}

/// The dimension, if there are enough of them.
fn deep_enough(input: &Tensor, name: &'static str, least: usize, dim: usize) -> Result<usize> {
    if input.ndim() < least {
        return Err(Error::runtime(format!(
            "torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {} dimensions!",
            input.ndim()
        )));
    }
    Ok(dim)
}

/// The dimension, if it can be cut into equal sections.
fn evenly(input: &Tensor, sections: usize, name: &'static str, least: usize, dim: usize) -> Result<isize> {
    deep_enough(input, name, least, dim)?;
    let size = input.shape()[dim];
    if sections == 0 || !size.is_multiple_of(sections) {
        return Err(Error::runtime(format!(
            "torch.{name} attempted to split along dimension {dim}, but the size of the dimension {size} is not divisible by the split_size {sections}!"
        )));
    }
    Ok(dim as isize)
}

fn splittable(input: &Tensor, dim: isize) -> Result<usize> {
    if input.ndim() == 0 {
        return Err(Error::runtime(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims",
        ));
    }
    wrap_dim(dim, input.ndim())
}

fn piece(n: i64) -> Result<usize> {
    usize::try_from(n)
        .map_err(|_| Error::runtime(format!("split expects split_size be non-negative, but got split_size={n}")))
}

fn pieces(sizes: &[isize]) -> Result<SmallVec<[usize; 4]>> {
    sizes
        .iter()
        .map(|&n| {
            usize::try_from(n).map_err(|_| {
                Error::runtime(format!(
                    "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes:?}"
                ))
            })
        })
        .collect()
}

fn section_count(n: i64) -> Result<usize> {
    usize::try_from(n).map_err(|_| Error::runtime(format!("number of sections must be larger than 0, got {n}")))
}

/// [`tensor_split`] with the number of sections, or [`tensor_split_indices`] with the indices, from a tensor.
#[track_caller]
fn tensor_split_tensor(input: &Tensor, numbers: &Tensor, dim: isize) -> Result<Vec<Tensor>> {
    if numbers.dtype() != DType::I64 || numbers.ndim() > 1 {
        return Err(Error::runtime(if numbers.dtype() != DType::I64 {
            "tensor_split expected tensor_indices_or_sections to have dtype of long, but got ".to_string()
                + numbers.dtype().scalar_name()
        } else {
            format!(
                "tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with {} dims",
                numbers.ndim()
            )
        }));
    }
    needs_numbers(numbers)?;
    let list = numbers.to_vec::<i64>();
    if numbers.ndim() == 0 {
        return tensor_split(input, section_count(list[0])?, dim);
    }
    tensor_split_indices(input, &list.iter().map(|&i| i as isize).collect::<Vec<_>>(), dim)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("Tensor::split.Tensor(Tensor(a -> *) self, SymInt split_size, int dim=0) -> Tensor(a)[]", |a| {
        split(a.tensor(0), piece(a.int(1))?, a.dim(2))
    }),
    bind!("Tensor::split.sizes(Tensor(a -> *) self, SymInt[] split_size, int dim=0) -> Tensor(a)[]", |a| {
        split_with_sizes(a.tensor(0), &pieces(a.ints(1))?, a.dim(2))
    }),
    bind!("torch::split.Tensor(Tensor(a -> *) tensor, SymInt split_size_or_sections, int dim=0) -> Tensor(a)[]", |a| {
        split(a.tensor(0), piece(a.int(1))?, a.dim(2))
    }),
    bind!(
        "torch::split.sizes(Tensor(a -> *) tensor, SymInt[] split_size_or_sections, int dim=0) -> Tensor(a)[]",
        |a| { split_with_sizes(a.tensor(0), &pieces(a.ints(1))?, a.dim(2)) }
    ),
    bind!("split_with_sizes(Tensor(a -> *) self, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]", |a| {
        split_with_sizes(a.tensor(0), &pieces(a.ints(1))?, a.dim(2))
    }),
    bind!("chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]", |a| {
        let n = usize::try_from(a.int(1))
            .map_err(|_| Error::runtime(format!("chunk expects `chunks` to be greater than 0, got: {}", a.int(1))))?;
        chunk(a.tensor(0), n, a.dim(2))
    }),
    bind!("unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]", |a| unbind(a.tensor(0), a.dim(1))),
    bind!("tensor_split.indices(Tensor(a -> *) self, SymInt[] indices, int dim=0) -> Tensor(a)[]", |a| {
        tensor_split_indices(a.tensor(0), a.ints(1), a.dim(2))
    }),
    bind!(
        "tensor_split.tensor_indices_or_sections(Tensor(a -> *) self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor(a)[]",
        |a| tensor_split_tensor(a.tensor(0), a.tensor(1), a.dim(2))
    ),
    bind!("tensor_split.sections(Tensor(a -> *) self, SymInt sections, int dim=0) -> Tensor(a)[]", |a| {
        tensor_split(a.tensor(0), section_count(a.int(1))?, a.dim(2))
    }),
    bind!("hsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", |a| {
        hsplit(a.tensor(0), usize::try_from(a.int(1)).unwrap_or(0))
    }),
    bind!("hsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", |a| {
        let dim = deep_enough(a.tensor(0), "hsplit", 1, if a.tensor(0).ndim() == 1 { 0 } else { 1 })?;
        tensor_split_indices(a.tensor(0), a.ints(1), dim as isize)
    }),
    bind!("vsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", |a| {
        vsplit(a.tensor(0), usize::try_from(a.int(1)).unwrap_or(0))
    }),
    bind!("vsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", |a| {
        let dim = deep_enough(a.tensor(0), "vsplit", 2, 0)?;
        tensor_split_indices(a.tensor(0), a.ints(1), dim as isize)
    }),
    bind!("dsplit.int(Tensor(a -> *) self, int sections) -> Tensor(a)[]", |a| {
        dsplit(a.tensor(0), usize::try_from(a.int(1)).unwrap_or(0))
    }),
    bind!("dsplit.array(Tensor(a -> *) self, int[] indices) -> Tensor(a)[]", |a| {
        let dim = deep_enough(a.tensor(0), "dsplit", 3, 2)?;
        tensor_split_indices(a.tensor(0), a.ints(1), dim as isize)
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m) = (uniform(1, -2.0, 2.0, &[5, 3]), ints(2, -9, 9, &[2, 5]));
    let s = uniform(3, 0.0, 1.0, &[]);
    let empty = uniform(4, 0.0, 1.0, &[0, 3]);
    vec![
        Entry::new("split(Tensor(a) input, SymInt split_size, int dim=0) -> Tensor(a)[]")
            .sample("a.split(2)", [a.clone()], |t| split(&t[0], 2, 0))
            .sample("a.split(7, -1)", [a.clone()], |t| split(&t[0], 7, -1))
            .sample("a.split(2, 1)", [m.clone()], |t| split(&t[0], 2, 1))
            .sample("a.split(2)[1]", [a.clone()], |t| Ok(split(&t[0], 2, 0)?.swap_remove(1)))
            .sample("a.split(0)", [empty.clone()], |t| split(&t[0], 0, 0))
            .error([a.clone()], |t| split(&t[0], 0, 0), "split_size can only be 0 if dimension size is 0, but got dimension size of 5")
            .error([s.clone()], |t| split(&t[0], 1, 0), "split expects at least a 1-dimensional tensor"),
        Entry::new("split_with_sizes(Tensor(a) input, SymInt[] split_sizes, int dim=0) -> Tensor(a)[]")
            .sample("a.split((1, 0, 4))", [a.clone()], |t| split_with_sizes(&t[0], &[1, 0, 4], 0))
            .sample("a.split((2, 3), 1)[0]", [m.clone()], |t| Ok(split_with_sizes(&t[0], &[2, 3], 1)?.swap_remove(0)))
            .error(
                [a.clone()],
                |t| split_with_sizes(&t[0], &[1, 1], 0),
                "split_with_sizes expects split_sizes to sum exactly to 5 (input tensor's size at dimension 0), but got split_sizes=[1, 1]",
            ),
        Entry::new("chunk(Tensor(a) input, int chunks, int dim=0) -> Tensor(a)[]")
            .sample("a.chunk(3)", [a.clone()], |t| chunk(&t[0], 3, 0))
            .sample("a.chunk(4)", [a.clone()], |t| chunk(&t[0], 4, 0))
            .sample("a.chunk(2, -1)", [a.clone()], |t| chunk(&t[0], 2, -1))
            .sample("a.chunk(2)", [empty.clone()], |t| chunk(&t[0], 2, 0))
            .error([a.clone()], |t| chunk(&t[0], 0, 0), "chunk expects `chunks` to be greater than 0, got: 0"),
        Entry::new("unbind(Tensor(a) input, int dim=0) -> Tensor(a)[]")
            .sample("a.unbind()", [a.clone()], |t| unbind(&t[0], 0))
            .sample("a.unbind(-1)[1]", [a.clone()], |t| Ok(unbind(&t[0], -1)?.swap_remove(1)))
            .error([a.clone()], |t| unbind(&t[0], 2), "Dimension out of range (expected to be in range of [-2, 1], but got 2)")
            .error([s.clone()], |t| unbind(&t[0], 0), "Dimension specified as 0 but tensor has no dimensions"),
        Entry::new("tensor_split(Tensor(a) input, SymInt sections, int dim=0) -> Tensor(a)[]")
            .sample("a.tensor_split(3)", [a.clone()], |t| tensor_split(&t[0], 3, 0))
            .sample("a.tensor_split(7)", [a.clone()], |t| tensor_split(&t[0], 7, 0))
            .error([a.clone()], |t| tensor_split(&t[0], 0, 0), "number of sections must be larger than 0, got 0")
            .error([s.clone()], |t| tensor_split(&t[0], 1, 0), "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"),
        Entry::new("tensor_split.indices(Tensor(a) input, SymInt[] indices, int dim=0) -> Tensor(a)[]")
            .sample("a.tensor_split((1, -1))", [a.clone()], |t| tensor_split_indices(&t[0], &[1, -1], 0))
            .sample("a.tensor_split((2, 1, 9), 1)", [a.clone()], |t| tensor_split_indices(&t[0], &[2, 1, 9], 1)),
        Entry::new("hsplit.int(Tensor(a) input, int sections) -> Tensor(a)[]")
            .sample("a.hsplit(3)", [a.clone()], |t| hsplit(&t[0], 3))
            .sample("a[:, 0].hsplit(5)", [a.clone()], |t| hsplit(&crate::ops::select(&t[0], 1, 0)?, 5))
            .error([s.clone()], |t| hsplit(&t[0], 1), "torch.hsplit requires a tensor with at least 1 dimension, but got a tensor with 0 dimensions!"),
        Entry::new("vsplit.int(Tensor(a) input, int sections) -> Tensor(a)[]")
            .sample("a.vsplit(5)", [a.clone()], |t| vsplit(&t[0], 5))
            .error([a.clone()], |t| vsplit(&t[0], 2), "torch.vsplit attempted to split along dimension 0, but the size of the dimension 5 is not divisible by the split_size 2!"),
        Entry::new("dsplit.int(Tensor(a) input, int sections) -> Tensor(a)[]")
            .sample("a[None].dsplit(3)", [a.clone()], |t| dsplit(&crate::ops::unsqueeze(&t[0], 0)?, 3))
            .error([a.clone()], |t| dsplit(&t[0], 3), "torch.dsplit requires a tensor with at least 3 dimension, but got a tensor with 2 dimensions!"),
    ]
}
