//! mv, dot, vdot, outer, addmv, addr.

use super::product::{Plain, Product, Scaled};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{bmm, mm, mul, reshape, squeeze_dim, t, unsqueeze};
use crate::primitive::Batch;
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::{Dims, Layout};

fn column(v: &Layout) -> Layout {
    let mut out = v.clone();
    out.shape.push(1);
    out.strides.push(1);
    out
}

fn row(v: &Layout) -> Layout {
    let mut out = v.clone();
    out.shape.insert(0, 1);
    out.strides.insert(0, 1);
    out
}

/// Matrix times vector.
#[derive(Debug)]
struct Mv;

impl Product for Mv {
    fn of_batch(batch: &Batch, a: usize, b: usize) -> Result<Tensor> {
        if !batch.is_batched(a) && batch.is_batched(b) {
            return mm(batch.value(b), &t(batch.value(a))?);
        }
        squeeze_dim(&bmm(&batch.front(a)?, &unsqueeze(&batch.front(b)?, -1)?)?, -1)
    }
    const PLAIN: (&'static str, &'static str) = ("mv", "MvBackward0");
    const SCALED: (&'static str, &'static str) = ("addmv", "AddmvBackward0");
    const ARGUMENTS: (&'static str, &'static str) = ("self vec", "self mat vec");
    const KERNEL: &'static str = "addmv_impl_cpu";
    fn shape(a: &[usize], b: &[usize], input: Option<&[usize]>) -> Result<Dims> {
        let dims = input.map_or(1, <[usize]>::len);
        if a.len() != 2 || b.len() != 1 || dims > 1 {
            return Err(Error::runtime(format!(
                "vector + matrix @ vector expected, got {dims}, {}, {}",
                a.len(),
                b.len()
            )));
        }
        let n = match input {
            None => a[0],
            Some(s) => s.first().copied().unwrap_or(1),
        };
        if a[1] != b[0] || (n != a[0] && n != 1) {
            return Err(Error::runtime(format!(
                "size mismatch, got input ({n}), mat ({}x{}), vec ({})",
                a[0], a[1], b[0]
            )));
        }
        Ok(Dims::from_slice(&[a[0]]))
    }
    fn mismatch(a: DType, b: DType, input: Option<DType>) -> Error {
        let names = [input.unwrap_or(b), a, b].map(DType::scalar_name);
        Error::runtime(format!(
            "addmv input tensors must have the same dtype, but got {}, {}, and {}",
            names[0], names[1], names[2]
        ))
    }
    fn matrices(a: &Layout, b: &Layout, out: &Layout) -> [Layout; 3] {
        [a.clone(), column(b), column(out)]
    }
    fn left(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        outer(g, b)
    }
    fn right(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        mv(&t(a)?, g)
    }
}

/// The product of a matrix and a vector.
///
/// # Errors
/// If they are not a matrix and a vector, or their shapes or dtypes do not fit.
#[track_caller]
pub fn mv(input: &Tensor, vec: &Tensor) -> Result<Tensor> {
    apply1(Plain::<Mv>::new(), &[input.into(), vec.into()])
}

/// `beta * input + alpha * (mat @ vec)`, where `input` is broadcast to the shape of the product.
///
/// # Errors
/// If shapes or dtypes do not fit.
#[track_caller]
pub fn addmv(
    input: &Tensor,
    mat: &Tensor,
    vec: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    apply1(Scaled::<Mv>::new(beta, alpha), &[input.into(), mat.into(), vec.into()])
}

/// [`addmv`] into `input`.
///
/// # Errors
/// Those of [`addmv`] and of in-place writes in general.
#[track_caller]
pub fn addmv_(
    input: &Tensor,
    mat: &Tensor,
    vec: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    apply_in_place(Scaled::<Mv>::new(beta, alpha), "addmv_", input, &[mat.into(), vec.into()])?;
    Ok(input.clone())
}

/// The sum of the products of the elements of two vectors; `CONJUGATE` only names it.
#[derive(Debug)]
struct Dot<const CONJUGATE: bool>;

impl<const C: bool> Product for Dot<C> {
    fn of_batch(batch: &Batch, a: usize, b: usize) -> Result<Tensor> {
        let (x, y) = (unsqueeze(&batch.front(a)?, 1)?, unsqueeze(&batch.front(b)?, 2)?);
        reshape(&bmm(&x, &y)?, &[batch.size()])
    }
    const PLAIN: (&'static str, &'static str) = if C { ("vdot", "VdotBackward0") } else { ("dot", "DotBackward0") };
    const SCALED: (&'static str, &'static str) = Self::PLAIN;
    const ARGUMENTS: (&'static str, &'static str) = ("self vec", "self mat vec");
    const KERNEL: &'static str = "dot";
    fn shape(a: &[usize], b: &[usize], _: Option<&[usize]>) -> Result<Dims> {
        if a.len() != 1 || b.len() != 1 {
            return Err(Error::runtime(format!("1D tensors expected, but got {}D and {}D tensors", a.len(), b.len())));
        }
        if a != b {
            return Err(Error::runtime(format!(
                "inconsistent tensor size, expected tensor {a:?} and src {b:?} to have the same number of elements, but got {} and {} elements respectively",
                a[0], b[0]
            )));
        }
        Ok(Dims::new())
    }
    fn mismatch(a: DType, b: DType, _: Option<DType>) -> Error {
        Error::runtime(format!(
            "dot : expected both vectors to have same dtype, but found {} and {}",
            a.scalar_name(),
            b.scalar_name()
        ))
    }
    fn matrices(a: &Layout, b: &Layout, out: &Layout) -> [Layout; 3] {
        [row(a), column(b), column(&column(out))]
    }
    fn left(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        mul(g, b)
    }
    fn right(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        mul(g, a)
    }
}

/// The inner product of two vectors.
///
/// # Errors
/// If they are not vectors of one size and dtype.
#[track_caller]
pub fn dot(input: &Tensor, tensor: &Tensor) -> Result<Tensor> {
    apply1(Plain::<Dot<false>>::new(), &[input.into(), tensor.into()])
}

/// The inner product of two vectors, the first of them conjugated: for real numbers the same as [`dot`].
///
/// # Errors
/// If they are not vectors of one size and dtype.
#[track_caller]
pub fn vdot(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    apply1(Plain::<Dot<true>>::new(), &[input.into(), other.into()])
}

fn vectors(name: &str, a: &Tensor, b: &Tensor) -> Result<()> {
    for (v, what) in [(a, "self"), (b, "vec2")] {
        if v.ndim() != 1 {
            return Err(Error::runtime(format!("{name}: Expected 1-D argument {what}, but got {}-D", v.ndim())));
        }
    }
    Ok(())
}

/// The products of every element of one vector with every element of the other: `[n, m]`.
///
/// # Errors
/// If they are not vectors.
#[track_caller]
pub fn outer(input: &Tensor, vec2: &Tensor) -> Result<Tensor> {
    vectors("outer", input, vec2).named("outer")?;
    mul(&reshape(input, &[input.numel(), 1])?, vec2)
}

/// [`outer`] under another name.
///
/// # Errors
/// Those of [`outer`].
#[track_caller]
pub fn ger(input: &Tensor, vec2: &Tensor) -> Result<Tensor> {
    outer(input, vec2)
}

/// The outer product, as a summand's product.
#[derive(Debug)]
struct Outer;

impl Product for Outer {
    fn of_batch(batch: &Batch, a: usize, b: usize) -> Result<Tensor> {
        mul(&unsqueeze(&batch.front(a)?, 2)?, &unsqueeze(&batch.front(b)?, 1)?)
    }
    const PLAIN: (&'static str, &'static str) = ("outer", "GerBackward0");
    const SCALED: (&'static str, &'static str) = ("addr", "AddrBackward0");
    const ARGUMENTS: (&'static str, &'static str) = ("self vec2", "self vec1 vec2");
    const KERNEL: &'static str = "addr";
    fn shape(a: &[usize], b: &[usize], _: Option<&[usize]>) -> Result<Dims> {
        Ok(Dims::from_slice(&[a[0], b[0]]))
    }
    fn mismatch(a: DType, b: DType, input: Option<DType>) -> Error {
        let names = [input.unwrap_or(a), a, b].map(DType::scalar_name);
        Error::runtime(format!("addr: the dtypes differ: {}, {} and {}", names[0], names[1], names[2]))
    }
    fn matrices(a: &Layout, b: &Layout, out: &Layout) -> [Layout; 3] {
        [column(a), row(b), out.clone()]
    }
    fn left(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        mv(g, b)
    }
    fn right(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        mv(&t(g)?, a)
    }
}

/// `beta * input + alpha * outer(vec1, vec2)`, where `input` is broadcast to the shape of the product.
///
/// # Errors
/// If shapes or dtypes do not fit.
#[track_caller]
pub fn addr(
    input: &Tensor,
    vec1: &Tensor,
    vec2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    vectors("addr", vec1, vec2).named("addr")?;
    apply1(Scaled::<Outer>::new(beta, alpha), &[input.into(), vec1.into(), vec2.into()])
}

/// [`addr`] into `input`.
///
/// # Errors
/// Those of [`addr`] and of in-place writes in general.
#[track_caller]
pub fn addr_(
    input: &Tensor,
    vec1: &Tensor,
    vec2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    vectors("addr", vec1, vec2).named("addr_")?;
    apply_in_place(Scaled::<Outer>::new(beta, alpha), "addr_", input, &[vec1.into(), vec2.into()])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("mv(Tensor self, Tensor vec) -> Tensor", |a| mv(a.tensor(0), a.tensor(1))),
    bind!("addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor", |a| addmv(
        a.tensor(0),
        a.tensor(1),
        a.tensor(2),
        a.scalar(3),
        a.scalar(4)
    )),
    bind!("addmv_(Tensor(a!) self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)", |a| {
        addmv_(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3), a.scalar(4))
    }),
    bind!("dot(Tensor self, Tensor tensor) -> Tensor", |a| dot(a.tensor(0), a.tensor(1))),
    bind!("vdot(Tensor self, Tensor other) -> Tensor", |a| vdot(a.tensor(0), a.tensor(1))),
    bind!("outer(Tensor self, Tensor vec2) -> Tensor", |a| outer(a.tensor(0), a.tensor(1))),
    bind!("ger(Tensor self, Tensor vec2) -> Tensor", |a| ger(a.tensor(0), a.tensor(1))),
    bind!("addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", |a| addr(
        a.tensor(0),
        a.tensor(1),
        a.tensor(2),
        a.scalar(3),
        a.scalar(4)
    )),
    bind!(
        "Tensor::addr_(Tensor(a!) self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)",
        |a| addr_(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3), a.scalar(4))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (m, n) = (uniform(1, -2.0, 2.0, &[3, 4]), uniform(6, -2.0, 2.0, &[3, 4]));
    let (u, v, w) = (uniform(2, -2.0, 2.0, &[4]), uniform(3, -2.0, 2.0, &[4]), uniform(4, -2.0, 2.0, &[3]));
    let (i, j) = (ints(5, -9, 9, &[4, 2]), ints(7, -9, 9, &[2]));
    let single = Tensor::from_array(v.array().copy_as(DType::F32));
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    vec![
        Entry::new("mv(Tensor input, Tensor vec) -> Tensor")
            .sample("a.mv(b)", pair(&m, &v), |t| mv(&t[0], &t[1]))
            .sample("a.t().mv(b)", pair(&m, &w), |x| mv(&t(&x[0])?, &x[1]))
            .sample("a.mv(b)", pair(&i, &j), |t| mv(&t[0], &t[1]))
            .error(pair(&m, &w), |t| mv(&t[0], &t[1]), "size mismatch, got input (3), mat (3x4), vec (3)")
            .error(pair(&m, &m), |t| mv(&t[0], &t[1]), "vector + matrix @ vector expected, got 1, 2, 2")
            .error(pair(&m, &single), |t| mv(&t[0], &t[1]), "addmv input tensors must have the same dtype, but got Float, Double, and Float"),
        Entry::new("addmv(Tensor input, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor")
            .sample("torch.addmv(c, a, b, beta=2, alpha=0.5)", [m.clone(), v.clone(), w.clone()], |t| {
                addmv(&t[2], &t[0], &t[1], 2, 0.5)
            })
            .error([v.clone(), m.clone()], |t| addmv(&t[0], &t[1], &t[0], 1, 1), "size mismatch, got input (4), mat (3x4), vec (4)"),
        Entry::new("dot(Tensor input, Tensor tensor) -> Tensor")
            .sample("a.dot(b)", pair(&u, &v), |t| dot(&t[0], &t[1]))
            .sample("a.dot(a)", [u.clone()], |t| dot(&t[0], &t[0]))
            .sample("a.dot(a)", [j.clone()], |t| dot(&t[0], &t[0]))
            .error(pair(&m, &v), |t| dot(&t[0], &t[1]), "1D tensors expected, but got 2D and 1D tensors")
            .error(
                pair(&v, &w),
                |t| dot(&t[0], &t[1]),
                "inconsistent tensor size, expected tensor [4] and src [3] to have the same number of elements, but got 4 and 3 elements respectively",
            )
            .error(pair(&v, &single), |t| dot(&t[0], &t[1]), "dot : expected both vectors to have same dtype, but found Double and Float"),
        Entry::new("vdot(Tensor input, Tensor other) -> Tensor")
            .sample("torch.vdot(a, b)", pair(&u, &v), |t| vdot(&t[0], &t[1])),
        Entry::new("outer(Tensor input, Tensor vec2) -> Tensor")
            .sample("torch.outer(a, b)", pair(&v, &w), |t| outer(&t[0], &t[1]))
            .sample("torch.outer(a, b)", pair(&j, &w), |t| outer(&t[0], &t[1]))
            .error(pair(&m, &v), |t| outer(&t[0], &t[1]), "outer: Expected 1-D argument self, but got 2-D"),
        Entry::new("ger(Tensor input, Tensor vec2) -> Tensor")
            .sample("torch.ger(a, b)", pair(&v, &w), |t| ger(&t[0], &t[1])),
        Entry::new("addr(Tensor input, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")
            .sample("torch.addr(a, b, c, beta=-1, alpha=2)", [n.clone(), w.clone(), v.clone()], |t| {
                addr(&t[0], &t[1], &t[2], -1, 2)
            })
            .error([n.clone(), v.clone()], |t| addr(&t[0], &t[1], &t[0], 1, 1), "addr: Expected 1-D argument vec2, but got 2-D"),
    ]
}
