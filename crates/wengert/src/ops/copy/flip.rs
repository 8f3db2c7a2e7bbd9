//! flip, fliplr, flipud, roll.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{clone_tensor, narrowed, reshape, transpose, wrap_dim, wrap_dims};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::{Layout, View, tile};

/// Reverses the order along some dimensions. It is its own transpose.
#[derive(Debug)]
struct Flip {
    dims: SmallVec<[usize; 5]>,
}

impl Primitive for Flip {
    fn name(&self) -> &'static str {
        "flip"
    }
    fn node_name(&self) -> &'static str {
        "FlipBackward0"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        if ins[0].numel() == 0 {
            return Ok(());
        }
        // The same memory with negative strides, from the last element of each flipped dimension on.
        let source = ins[0].view();
        let mut layout = source.layout.clone();
        let mut last = 0;
        for &d in &self.dims {
            last += (layout.shape[d] as isize - 1) * layout.strides[d];
            layout.strides[d] = -layout.strides[d];
        }
        let ptr = source.ptr.wrapping_offset(last * source.dtype.size() as isize);
        tile::copy(View { ptr, layout: &layout, ..source }, &mut outs[0].view_mut());
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Flip { dims: self.dims.iter().map(|d| d + 1).collect() })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(apply1(Flip { dims: self.dims.clone() }, &[(&g[0]).into()])?)]))
    }
}

/// A copy with the order along `dims` reversed. (PyTorch's views cannot have negative strides, and neither can ours.)
///
/// # Errors
/// If a dimension is out of range or given twice.
#[track_caller]
pub fn flip(input: &Tensor, dims: &[isize]) -> Result<Tensor> {
    let mut list = SmallVec::new();
    if !dims.is_empty() {
        list = wrap_dims(dims, input.ndim()).named("flip")?;
    }
    apply1(Flip { dims: list }, &[input.into()])
}

/// [`flip`] of the second dimension.
///
/// # Errors
/// If there are fewer than two dimensions.
#[track_caller]
pub fn fliplr(input: &Tensor) -> Result<Tensor> {
    if input.ndim() < 2 {
        return Err(Error::runtime("Input must be >= 2-d.")).named("fliplr");
    }
    flip(input, &[1])
}

/// [`flip`] of the first dimension.
///
/// # Errors
/// If there are no dimensions.
#[track_caller]
pub fn flipud(input: &Tensor) -> Result<Tensor> {
    if input.ndim() < 1 {
        return Err(Error::runtime("Input must be >= 1-d.")).named("flipud");
    }
    flip(input, &[0])
}

/// Moves elements along dimensions; those that fall off one end come in at the other.
#[derive(Clone, Debug)]
struct Roll {
    /// Dimension and shift.
    shifts: SmallVec<[(usize, isize); 2]>,
    /// All elements as one dimension.
    flat: bool,
}

impl Primitive for Roll {
    fn name(&self) -> &'static str {
        "roll"
    }
    fn node_name(&self) -> &'static str {
        "RollBackward0"
    }
    fn family(&self) -> Family {
        Family::Linear
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        if ins[0].numel() == 0 {
            return Ok(());
        }
        if self.flat {
            let flat = |a: &Array| {
                let line = Layout::contiguous(&[a.numel()]);
                a.with_layout(Layout { offset: a.layout().offset, ..line })
            };
            move_pieces(&flat(&ins[0].contiguous()), flat(&outs[0]), &self.shifts);
        } else {
            move_pieces(ins[0], outs[0].clone(), &self.shifts);
        }
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        if self.flat {
            let front = batch.front(0)?;
            let flat = reshape(&front, &[batch.size() as isize, -1])?;
            let shifts = self.shifts.iter().map(|(_, by)| (1, *by)).collect();
            let rolled = apply1(Roll { shifts, flat: false }, &[(&flat).into()])?;
            return Batch::one(reshape(&rolled, front.shape())?);
        }
        batch.call(Roll { shifts: self.shifts.iter().map(|(d, by)| (d + 1, *by)).collect(), flat: false })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        let shifts = self.shifts.iter().map(|&(d, n)| (d, -n)).collect();
        Ok(Grads::from([Some(apply1(Roll { shifts, flat: self.flat }, &[(&g[0]).into()])?)]))
    }
}

/// Copies `source` to `out`, moved by the shifts of distinct dimensions.
fn move_pieces(source: &Array, mut out: Array, shifts: &[(usize, isize)]) {
    let Some((&(d, shift), rest)) = shifts.split_first() else {
        return tile::copy(source.view(), &mut out.view_mut());
    };
    let n = source.shape()[d];
    let k = shift.rem_euclid(n as isize) as usize;
    let part = |a: &Array, start, len| a.with_layout(narrowed(a.layout(), d, start, len));
    for (from, to, len) in [(0, k, n - k), (n - k, 0, k)] {
        if len > 0 {
            move_pieces(&part(source, from, len), part(&out, to, len), rest);
        }
    }
}

/// A copy whose elements are moved by `shifts[i]` places along `dims[i]`, those that fall off one end coming in at the other. Without
/// dims, all elements in row-major order are moved by the one shift.
///
/// # Errors
/// If there are not as many shifts as dims, or a dimension is out of range.
#[track_caller]
pub fn roll(input: &Tensor, shifts: &[isize], dims: &[isize]) -> Result<Tensor> {
    apply1(roll_of(shifts, dims, input.ndim()).named("roll")?, &[input.into()])
}

fn roll_of(shifts: &[isize], dims: &[isize], ndim: usize) -> Result<Roll> {
    if shifts.is_empty() {
        return Err(Error::runtime("`shifts` required"));
    }
    if dims.is_empty() && shifts.len() == 1 {
        return Ok(Roll { shifts: SmallVec::from_slice(&[(0, shifts[0])]), flat: true });
    }
    if shifts.len() != dims.len() {
        return Err(Error::runtime(format!(
            "shifts and dimensions must align. shifts: {}, dims:{}",
            shifts.len(),
            dims.len()
        )));
    }
    let mut list: SmallVec<[(usize, isize); 2]> = SmallVec::new();
    for (&shift, &d) in shifts.iter().zip(dims) {
        if ndim == 0 {
            return Err(Error::index(format!("Dimension specified as {d} but tensor has no dimensions")));
        }
        let d = wrap_dim(d, ndim)?;
        match list.iter_mut().find(|(e, _)| *e == d) {
            Some((_, sum)) => *sum += shift,
            None => list.push((d, shift)),
        }
    }
    Ok(Roll { shifts: list, flat: false })
}

/// `input` turned by `k` right angles in the plane of two dimensions, from the first of them towards the second.
///
/// # Errors
/// If `dims` are not two different dimensions.
#[track_caller]
pub fn rot90(input: &Tensor, k: i64, dims: &[isize]) -> Result<Tensor> {
    let [d0, d1] = plane(input.ndim(), dims).named("rot90")?;
    match k.rem_euclid(4) {
        1 => transpose(&flip(input, &[d1])?, d0, d1),
        2 => flip(input, &[d0, d1]),
        3 => transpose(&flip(input, &[d0])?, d0, d1),
        _ => clone_tensor(input),
    }
}

fn plane(ndim: usize, dims: &[isize]) -> Result<[isize; 2]> {
    let &[a, b] = dims else {
        return Err(Error::runtime(format!("expected total rotation dims == 2, but got dims = {}", dims.len())));
    };
    if ndim < 2 {
        return Err(Error::runtime(format!("expected total dims >= 2, but got total dims = {ndim}")));
    }
    if a == b || (a - b).unsigned_abs() == ndim {
        return Err(Error::runtime(format!(
            "expected rotation dims to be different, but got dim0 = {a} and dim1 = {b}"
        )));
    }
    Ok([wrap_dim(a, ndim)? as isize, wrap_dim(b, ndim)? as isize])
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("flip(Tensor self, int[] dims) -> Tensor", |a| flip(a.tensor(0), a.ints(1))),
    bind!("fliplr(Tensor self) -> Tensor", |a| fliplr(a.tensor(0))),
    bind!("flipud(Tensor self) -> Tensor", |a| flipud(a.tensor(0))),
    bind!("rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor", |a| rot90(a.tensor(0), a.int(1), a.ints(2))),
    bind!("roll(Tensor self, SymInt[1] shifts, int[1] dims=[]) -> Tensor", |a| roll(a.tensor(0), a.ints(1), a.ints(2))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, s) = (uniform(1, -2.0, 2.0, &[3, 4]), uniform(2, -2.0, 2.0, &[]));
    let i = ints(3, -9, 9, &[2, 3, 4]);
    vec![
        Entry::new("flip(Tensor input, int[] dims) -> Tensor")
            .sample("a.flip(0)", [a.clone()], |t| flip(&t[0], &[0]))
            .sample("a.t().flip(0, 1)", [a.clone()], |t| flip(&crate::ops::t(&t[0])?, &[0, 1]))
            .sample("a.flip((-1, 0))", [i.clone()], |t| flip(&t[0], &[-1, 0]))
            .sample("a.flip(())", [a.clone()], |t| flip(&t[0], &[]))
            .sample("a.flip(0)", [s.clone()], |t| flip(&t[0], &[0]))
            .error([a.clone()], |t| flip(&t[0], &[0, -2]), "dim 0 appears multiple times in the list of dims")
            .error(
                [a.clone()],
                |t| flip(&t[0], &[2]),
                "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
            ),
        Entry::new("fliplr(Tensor input) -> Tensor").sample("a.fliplr()", [a.clone()], |t| fliplr(&t[0])),
        Entry::new("flipud(Tensor input) -> Tensor").sample("a.flipud()", [a.clone()], |t| flipud(&t[0])),
        Entry::new("roll(Tensor input, SymInt[] shifts, int[] dims=[]) -> Tensor")
            .sample("a.roll(1)", [a.clone()], |t| roll(&t[0], &[1], &[]))
            .sample("a.t().roll(-5)", [a.clone()], |t| roll(&crate::ops::t(&t[0])?, &[-5], &[]))
            .sample("a.roll((1, -6), (0, 1))", [a.clone()], |t| roll(&t[0], &[1, -6], &[0, 1]))
            .sample("a.roll((1, 2), (-1, 2))", [i.clone()], |t| roll(&t[0], &[1, 2], &[-1, 2]))
            .sample("a.roll(1)", [s.clone()], |t| roll(&t[0], &[1], &[]))
            .sample("a.roll(2, 1)", [uniform(4, 0.0, 1.0, &[2, 0])], |t| roll(&t[0], &[2], &[1]))
            .error([s.clone()], |t| roll(&t[0], &[1], &[0]), "Dimension specified as 0 but tensor has no dimensions")
            .error([a.clone()], |t| roll(&t[0], &[1, 2], &[0]), "shifts and dimensions must align. shifts: 2, dims:1")
            .error(
                [a.clone()],
                |t| roll(&t[0], &[1], &[5]),
                "Dimension out of range (expected to be in range of [-2, 1], but got 5)",
            ),
        Entry::new("rot90(Tensor input, int k=1, int[] dims=[0,1]) -> Tensor")
            .sample("torch.rot90(a)", [a.clone()], |t| rot90(&t[0], 1, &[0, 1]))
            .sample("torch.rot90(a, 2, (-1, 0))", [a.clone()], |t| rot90(&t[0], 2, &[-1, 0]))
            .sample("torch.rot90(a, -1, (0, 1))", [a.clone()], |t| rot90(&t[0], -1, &[0, 1]))
            .sample("torch.rot90(a, 4)", [a.clone()], |t| rot90(&t[0], 4, &[0, 1]))
            .error([a.clone()], |t| rot90(&t[0], 1, &[0]), "expected total rotation dims == 2, but got dims = 1")
            .error(
                [a.clone()],
                |t| rot90(&t[0], 1, &[0, 0]),
                "expected rotation dims to be different, but got dim0 = 0 and dim1 = 0",
            ),
    ]
}
