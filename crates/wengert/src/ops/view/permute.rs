//! permute, transpose, t, movedim, and their other names.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::wrap_dim;
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::Layout;

/// The dimensions in another order.
#[derive(Debug)]
struct Permute {
    /// For each dimension of the result, that of the input.
    dims: SmallVec<[usize; 5]>,
    /// PyTorch's name of the call that made it, and of its node.
    names: (&'static str, &'static str),
}

const PERMUTE: (&str, &str) = ("permute", "PermuteBackward0");
const TRANSPOSE: (&str, &str) = ("transpose", "TransposeBackward0");
const T: (&str, &str) = ("t", "TBackward0");

impl Primitive for Permute {
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
        unreachable!("views have `alias`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `alias`")
    }
    fn alias(&self, input: &Layout) -> Result<Layout> {
        Ok(input.permute(&self.dims))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let dims = std::iter::once(0).chain(self.dims.iter().map(|d| d + 1)).collect();
        batch.call(Permute { dims, names: self.names })
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        let mut dims: SmallVec<[usize; 5]> = SmallVec::from_elem(0, self.dims.len());
        for (i, &d) in self.dims.iter().enumerate() {
            dims[d] = i;
        }
        Ok(Grads::from([Some(apply1(Permute { dims, names: self.names }, &[(&g[0]).into()])?)]))
    }
}

/// The dimensions in the order `dims`: a view.
///
/// # Errors
/// If `dims` does not name every dimension exactly once.
///
/// ```
/// use wengert::{Tensor, ops};
/// let x = Tensor::zeros(&[2, 3, 5]);
/// assert_eq!(ops::permute(&x, &[2, 0, -2])?.shape(), [5, 2, 3]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn permute(input: &Tensor, dims: &[isize]) -> Result<Tensor> {
    let dims = order(dims, input.ndim()).named("permute")?;
    apply1(Permute { dims, names: PERMUTE }, &[input.into()])
}

/// [`permute`] for dimensions that are known to be right.
#[track_caller]
pub(crate) fn permute_dims(input: &Tensor, dims: &[usize]) -> Result<Tensor> {
    apply1(Permute { dims: SmallVec::from_slice(dims), names: PERMUTE }, &[input.into()])
}

fn order(dims: &[isize], ndim: usize) -> Result<SmallVec<[usize; 5]>> {
    if dims.len() != ndim {
        return Err(Error::runtime(format!(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {ndim} is not equal to len(dims) = {}",
            dims.len()
        )));
    }
    let mut out: SmallVec<[usize; 5]> = SmallVec::new();
    for &d in dims {
        let d = wrap_dim(d, ndim)?;
        if out.contains(&d) {
            return Err(Error::runtime("permute(): duplicate dims are not allowed."));
        }
        out.push(d);
    }
    Ok(out)
}

/// The input with two dimensions swapped: a view.
///
/// # Errors
/// If a dimension is out of range.
#[track_caller]
pub fn transpose(input: &Tensor, dim0: isize, dim1: isize) -> Result<Tensor> {
    let n = input.ndim();
    let (a, b) = (wrap_dim(dim0, n).named("transpose")?, wrap_dim(dim1, n).named("transpose")?);
    let mut dims: SmallVec<[usize; 5]> = (0..n).collect();
    if a != b {
        dims.swap(a, b);
    }
    apply1(Permute { dims, names: TRANSPOSE }, &[input.into()])
}

/// [`transpose`] under NumPy's name.
///
/// # Errors
/// Those of [`transpose`].
#[track_caller]
pub fn swapaxes(input: &Tensor, axis0: isize, axis1: isize) -> Result<Tensor> {
    transpose(input, axis0, axis1)
}

/// [`transpose`] under another name.
///
/// # Errors
/// Those of [`transpose`].
#[track_caller]
pub fn swapdims(input: &Tensor, dim0: isize, dim1: isize) -> Result<Tensor> {
    transpose(input, dim0, dim1)
}

/// A matrix transposed: a view. Vectors and numbers stay as they are.
///
/// # Errors
/// If there are more than two dimensions.
#[track_caller]
pub fn t(input: &Tensor) -> Result<Tensor> {
    let n = input.ndim();
    if n > 2 {
        return Err(Error::runtime(format!("t() expects a tensor with <= 2 dimensions, but self is {n}D"))).named("t");
    }
    apply1(Permute { dims: (0..n).rev().collect(), names: T }, &[input.into()])
}

/// The last two dimensions swapped (`x.mT`): a view of a matrix, or of each matrix of a batch, transposed.
///
/// # Errors
/// If there are fewer than two dimensions.
#[track_caller]
pub fn matrix_transpose(input: &Tensor) -> Result<Tensor> {
    if input.ndim() < 2 {
        let n = input.ndim();
        return Err(Error::runtime(format!(
            "tensor.mT is only supported on matrices or batches of matrices. Got {n}-D tensor."
        )))
        .named("mT");
    }
    transpose(input, -2, -1)
}

/// All dimensions in reverse order (`x.T`): a view.
///
/// # Errors
/// None.
#[track_caller]
pub fn reverse_dims(input: &Tensor) -> Result<Tensor> {
    apply1(Permute { dims: (0..input.ndim()).rev().collect(), names: PERMUTE }, &[input.into()])
}

/// The dimensions `source` moved to the places `destination`, the others keeping their order: a view.
///
/// # Errors
/// If the lists differ in length, repeat a dimension, or have one that is out of range.
#[track_caller]
pub fn movedim(input: &Tensor, source: &[isize], destination: &[isize]) -> Result<Tensor> {
    let dims = moved(source, destination, input.ndim()).named("movedim")?;
    apply1(Permute { dims, names: PERMUTE }, &[input.into()])
}

fn moved(source: &[isize], destination: &[isize], n: usize) -> Result<SmallVec<[usize; 5]>> {
    if source.len() != destination.len() {
        return Err(Error::runtime(format!(
            "movedim: Invalid source or destination dims: source ({source:?} dims) should contain the same number of dims as destination ({destination:?} dims)"
        )));
    }
    let wrapped = |list: &[isize], what: &str| {
        let mut out: SmallVec<[usize; 5]> = SmallVec::new();
        for &d in list {
            out.push(wrap_dim(d, n)?);
        }
        if (1..out.len()).any(|i| out[..i].contains(&out[i])) {
            return Err(Error::runtime(format!("movedim: repeated dim in `{what}` ({list:?})")));
        }
        Ok(out)
    };
    let (from, to) = (wrapped(source, "source")?, wrapped(destination, "destination")?);
    let mut rest = (0..n).filter(|d| !from.contains(d));
    Ok((0..n)
        .map(|d| match to.iter().position(|&x| x == d) {
            Some(i) => from[i],
            None => rest.next().expect("as many places as dimensions are left"),
        })
        .collect())
}

/// [`movedim`] under NumPy's name.
///
/// # Errors
/// Those of [`movedim`].
#[track_caller]
pub fn moveaxis(input: &Tensor, source: &[isize], destination: &[isize]) -> Result<Tensor> {
    movedim(input, source, destination)
}

/// The conjugate transpose of matrices; of real ones, the transpose of the last two dimensions.
///
/// # Errors
/// If there is one dimension alone.
#[track_caller]
pub fn adjoint(input: &Tensor) -> Result<Tensor> {
    if input.ndim() == 0 {
        return Ok(input.clone());
    }
    if input.ndim() == 1 {
        let message = "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.";
        return Err(Error::runtime(message)).named("adjoint");
    }
    transpose(input, -2, -1)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("permute(Tensor(a) self, int[] dims) -> Tensor(a)", |a| permute(a.tensor(0), a.ints(1))),
    bind!("transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)", |a| {
        transpose(a.tensor(0), a.dim(1), a.dim(2))
    }),
    bind!("swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)", |a| {
        swapaxes(a.tensor(0), a.dim(1), a.dim(2))
    }),
    bind!("swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)", |a| swapdims(a.tensor(0), a.dim(1), a.dim(2))),
    bind!("t(Tensor(a) self) -> Tensor(a)", |a| t(a.tensor(0))),
    bind!("adjoint(Tensor(a) self) -> Tensor(a)", |a| adjoint(a.tensor(0))),
    bind!("movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)", |a| {
        movedim(a.tensor(0), &[a.dim(1)], &[a.dim(2)])
    }),
    bind!("movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)", |a| {
        movedim(a.tensor(0), a.ints(1), a.ints(2))
    }),
    bind!("moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)", |a| {
        moveaxis(a.tensor(0), &[a.dim(1)], &[a.dim(2)])
    }),
    bind!("moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)", |a| {
        moveaxis(a.tensor(0), a.ints(1), a.ints(2))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, m) = (uniform(1, -2.0, 2.0, &[2, 3, 4]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (v, s) = (uniform(3, -2.0, 2.0, &[4]), uniform(4, -2.0, 2.0, &[]));
    let range = "Dimension out of range (expected to be in range of [-3, 2], but got 3)";
    vec![
        Entry::new("permute(Tensor(a) input, int[] dims) -> Tensor(a)")
            .sample("a.permute(2, 0, 1)", [a.clone()], |t| permute(&t[0], &[2, 0, 1]))
            .sample("a.permute(-1, 1, 0)", [ints(5, -9, 9, &[2, 3, 4])], |t| permute(&t[0], &[-1, 1, 0]))
            .sample("a.permute(())", [s.clone()], |t| permute(&t[0], &[]))
            .error([a.clone()], |t| permute(&t[0], &[0, 1]), "input.dim() = 3 is not equal to len(dims) = 2")
            .error([a.clone()], |t| permute(&t[0], &[0, 1, -2]), "permute(): duplicate dims are not allowed.")
            .error([a.clone()], |t| permute(&t[0], &[0, 1, 3]), range),
        Entry::new("transpose(Tensor(a) input, int dim0, int dim1) -> Tensor(a)")
            .sample("a.transpose(0, -1)", [a.clone()], |t| transpose(&t[0], 0, -1))
            .sample("a.transpose(1, 1)", [a.clone()], |t| transpose(&t[0], 1, 1))
            .sample("a.transpose(0, -1)", [s.clone()], |t| transpose(&t[0], 0, -1))
            .error([a.clone()], |t| transpose(&t[0], 0, 3), range),
        Entry::new("swapaxes(Tensor(a) input, int axis0, int axis1) -> Tensor(a)").sample(
            "a.swapaxes(0, 1)",
            [a.clone()],
            |t| swapaxes(&t[0], 0, 1),
        ),
        Entry::new("swapdims(Tensor(a) input, int dim0, int dim1) -> Tensor(a)").sample(
            "a.swapdims(1, 2)",
            [a.clone()],
            |t| swapdims(&t[0], 1, 2),
        ),
        Entry::new("t(Tensor(a) input) -> Tensor(a)")
            .sample("a.t()", [m.clone()], |x| t(&x[0]))
            .sample("a.t()", [v.clone()], |x| t(&x[0]))
            .sample("a.t()", [s.clone()], |x| t(&x[0]))
            .error([a.clone()], |x| t(&x[0]), "t() expects a tensor with <= 2 dimensions, but self is 3D"),
        Entry::new("matrix_transpose(Tensor(a) input) -> Tensor(a)")
            .sample("a.mT", [a.clone()], |t| matrix_transpose(&t[0]))
            .error([v.clone()], |t| matrix_transpose(&t[0]), "tensor.mT is only supported on matrices"),
        Entry::new("reverse_dims(Tensor(a) input) -> Tensor(a)").sample("a.T", [m.clone()], |t| reverse_dims(&t[0])),
        Entry::new("movedim(Tensor(a) input, int[] source, int[] destination) -> Tensor(a)")
            .sample("a.movedim(0, 2)", [a.clone()], |t| movedim(&t[0], &[0], &[2]))
            .sample("a.movedim((0, -1), (1, 0))", [a.clone()], |t| movedim(&t[0], &[0, -1], &[1, 0]))
            .error(
                [a.clone()],
                |t| movedim(&t[0], &[0, 1], &[0]),
                "source ([0, 1] dims) should contain the same number of dims",
            )
            .error([a.clone()], |t| movedim(&t[0], &[0, 0], &[0, 1]), "movedim: repeated dim in `source` ([0, 0])"),
        Entry::new("moveaxis(Tensor(a) input, int[] source, int[] destination) -> Tensor(a)").sample(
            "a.moveaxis(2, 0)",
            [a.clone()],
            |t| moveaxis(&t[0], &[2], &[0]),
        ),
        Entry::new("adjoint(Tensor(a) input) -> Tensor(a)")
            .sample("a.adjoint()", [uniform(9, -2.0, 2.0, &[2, 3, 4])], |t| adjoint(&t[0]))
            .error(
                [uniform(9, -2.0, 2.0, &[4])],
                |t| adjoint(&t[0]),
                "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.",
            ),
    ]
}
