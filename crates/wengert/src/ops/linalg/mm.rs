//! mm, bmm, addmm, baddbmm.

use super::product::{Plain, Product, Scaled};
use crate::apply::{apply_in_place, apply1};
use crate::dtype::{DType, c_name};
use crate::error::{Error, Named, Result};
use crate::ops::{expand, flatten, matrix_transpose, reshape, t};
use crate::primitive::Batch;
use crate::scalar::Scalar;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::{Dims, Layout};

/// Matrix times matrix.
#[derive(Debug)]
pub(crate) struct Mm;

impl Mm {
    /// Is it one product of all rows of all examples? Only the left factor differs then.
    fn is_one(batch: &Batch, a: usize, b: usize) -> bool {
        batch.is_batched(a) && !batch.is_batched(b)
    }
}

impl Product for Mm {
    fn of_batch(batch: &Batch, a: usize, b: usize) -> Result<Tensor> {
        if Mm::is_one(batch, a, b) {
            let (x, y) = (batch.value(a), batch.value(b));
            let out = mm(&flatten(x, 0, 1)?, y)?;
            return reshape(&out, &[x.shape()[0], x.shape()[1], y.shape()[1]]);
        }
        bmm(&batch.front(a)?, &batch.front(b)?)
    }
    fn scaled_batch(beta: Scalar, alpha: Scalar, batch: &Batch) -> Result<Option<Tensor>> {
        if !Mm::is_one(batch, 1, 2) {
            return Ok(None);
        }
        let (x, y) = (batch.value(1), batch.value(2));
        let out = [x.shape()[0], x.shape()[1], y.shape()[1]];
        let rows = flatten(x, 0, 1)?;
        let input = if batch.is_batched(0) || batch.rank(0) > 1 {
            reshape(&expand(&batch.front_with_rank(0, 2)?, &out)?, &[out[0] * out[1], out[2]])?
        } else {
            batch.value(0).clone()
        };
        let whole = apply1(Scaled::<Mm>::new(beta, alpha), &[(&input).into(), (&rows).into(), y.into()])?;
        Ok(Some(reshape(&whole, &out)?))
    }
    const PLAIN: (&'static str, &'static str) = ("mm", "MmBackward0");
    const SCALED: (&'static str, &'static str) = ("addmm", "AddmmBackward0");
    const ARGUMENTS: (&'static str, &'static str) = ("self mat2", "self mat1 mat2");
    const KERNEL: &'static str = "addmm_impl_cpu_";
    fn shape(a: &[usize], b: &[usize], input: Option<&[usize]>) -> Result<Dims> {
        let name = if input.is_some() { "addmm" } else { "mm" };
        let matrix = |s: &[usize], what| match s.len() {
            2 => Ok(()),
            n => Err(Error::runtime(format!("{name}: {what} must be a matrix, got {n}-D tensor"))),
        };
        matrix(a, "self")?;
        matrix(b, "mat2")?;
        if a[1] != b[0] {
            return Err(Error::runtime(format!(
                "{name}: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})",
                a[0], a[1], b[0], b[1]
            ))
            .hint(format!("the {} columns of the left matrix must be as many as the rows of the right one", a[1])));
        }
        Ok(Dims::from_slice(&[a[0], b[1]]))
    }
    fn mismatch(a: DType, b: DType, input: Option<DType>) -> Error {
        match input {
            Some(i) if i == b => Error::runtime(format!(
                "mat1 and mat2 must have the same dtype, but got {} and {}",
                a.scalar_name(),
                b.scalar_name()
            )),
            Some(i) => Error::runtime(format!(
                "self and mat2 must have the same dtype, but got {} and {}",
                i.scalar_name(),
                b.scalar_name()
            )),
            None => Error::runtime(format!(
                "expected m1 and m2 to have the same dtype, but got: {} != {}",
                c_name(a),
                c_name(b)
            )),
        }
    }
    fn matrices(a: &Layout, b: &Layout, out: &Layout) -> [Layout; 3] {
        [a.clone(), b.clone(), out.clone()]
    }
    fn left(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        mm(g, &t(b)?)
    }
    fn right(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        mm(&t(a)?, g)
    }
    fn left_by_columns(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        t(&mm(b, &t(g)?)?)
    }
    fn right_by_columns(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        t(&mm(&t(g)?, a)?)
    }
}

/// The product of two matrices.
///
/// # Errors
/// If they are not matrices, or their shapes or dtypes do not fit.
///
/// ```
/// use wengert::{ops, tensor};
/// let (a, b) = (tensor!([[1, 2], [3, 4]]), tensor!([[0, 1], [1, 0]]));
/// assert_eq!(ops::mm(&a, &b)?.to_vec::<i64>(), [2, 1, 4, 3]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn mm(input: &Tensor, mat2: &Tensor) -> Result<Tensor> {
    apply1(Plain::<Mm>::new(), &[input.into(), mat2.into()])
}

/// `beta * input + alpha * (mat1 @ mat2)`, where `input` is broadcast to the shape of the product. With a `beta` of 0, NaN in
/// `input` does not count.
///
/// # Errors
/// If shapes or dtypes do not fit.
#[track_caller]
pub fn addmm(
    input: &Tensor,
    mat1: &Tensor,
    mat2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    apply1(Scaled::<Mm>::new(beta, alpha), &[input.into(), mat1.into(), mat2.into()])
}

/// [`addmm`] into `input`.
///
/// # Errors
/// Those of [`addmm`] and of in-place writes in general.
#[track_caller]
pub fn addmm_(
    input: &Tensor,
    mat1: &Tensor,
    mat2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    apply_in_place(Scaled::<Mm>::new(beta, alpha), "addmm_", input, &[mat1.into(), mat2.into()])?;
    Ok(input.clone())
}

/// Matrix times matrix for each index of the batch dimensions, which are equal and may be any number.
#[derive(Debug)]
pub(crate) struct Bmm;

impl Product for Bmm {
    fn of_batch(batch: &Batch, a: usize, b: usize) -> Result<Tensor> {
        batched(&batch.front(a)?, &batch.front(b)?)
    }
    const PLAIN: (&'static str, &'static str) = ("bmm", "BmmBackward0");
    const SCALED: (&'static str, &'static str) = ("baddbmm", "BaddbmmBackward0");
    const ARGUMENTS: (&'static str, &'static str) = ("self mat2", "self batch1 batch2");
    const KERNEL: &'static str = "bmm";
    fn shape(a: &[usize], b: &[usize], _: Option<&[usize]>) -> Result<Dims> {
        let last = a.len() - 1;
        let fits = a.len() == b.len() && a[..last - 1] == b[..last - 1] && a[last] == b[last - 1];
        if !fits {
            return Err(Error::runtime(format!(
                "Expected size for first two dimensions of batch2 tensor to be: [{}, {}] but got: [{}, {}].",
                // As if the batch's dimensions were one.
                a[..last - 1].iter().product::<usize>(),
                a[last],
                b[..b.len() - 2].iter().product::<usize>(),
                b[b.len() - 2]
            )));
        }
        let mut shape = Dims::from_slice(&a[..last]);
        shape.push(b[last]);
        Ok(shape)
    }
    fn mismatch(a: DType, b: DType, input: Option<DType>) -> Error {
        match input {
            Some(i) if i != a => Error::runtime(format!(
                "Input dtypes must be the same, got: input {}, batch1: {}, batch2: {}",
                c_name(i),
                c_name(a),
                c_name(b)
            )),
            _ => Error::runtime(format!("expected scalar type {} but found {}", a.scalar_name(), b.scalar_name())),
        }
    }
    fn matrices(a: &Layout, b: &Layout, out: &Layout) -> [Layout; 3] {
        [a.clone(), b.clone(), out.clone()]
    }
    fn left(g: &Tensor, b: &Tensor) -> Result<Tensor> {
        batched(g, &matrix_transpose(b)?)
    }
    fn right(g: &Tensor, a: &Tensor) -> Result<Tensor> {
        batched(&matrix_transpose(a)?, g)
    }
}

/// [`bmm`] with any number of equal batch dimensions.
#[track_caller]
pub(crate) fn batched(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    apply1(Plain::<Bmm>::new(), &[a.into(), b.into()])
}

#[track_caller]
fn three_dims(a: &Tensor, b: &Tensor) -> Result<()> {
    for (t, what) in [(a, "batch1"), (b, "batch2")] {
        if t.ndim() != 3 {
            return Err(Error::runtime(format!("{what} must be a 3D tensor")));
        }
    }
    Ok(())
}

/// The products of the matrices of two batches, `[b, m, k]` and `[b, k, n]`.
///
/// # Errors
/// If they are not batches of matrices, or their shapes or dtypes do not fit.
#[track_caller]
pub fn bmm(input: &Tensor, mat2: &Tensor) -> Result<Tensor> {
    three_dims(input, mat2).named("bmm")?;
    batched(input, mat2)
}

/// `beta * input + alpha * (batch1 @ batch2)`, as [`addmm`] for each matrix of a batch.
///
/// # Errors
/// If shapes or dtypes do not fit.
#[track_caller]
pub fn baddbmm(
    input: &Tensor,
    batch1: &Tensor,
    batch2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    three_dims(batch1, batch2).named("baddbmm")?;
    apply1(Scaled::<Bmm>::new(beta, alpha), &[input.into(), batch1.into(), batch2.into()])
}

/// [`baddbmm`] into `input`.
///
/// # Errors
/// Those of [`baddbmm`] and of in-place writes in general.
#[track_caller]
pub fn baddbmm_(
    input: &Tensor,
    batch1: &Tensor,
    batch2: &Tensor,
    beta: impl Into<Scalar>,
    alpha: impl Into<Scalar>,
) -> Result<Tensor> {
    three_dims(batch1, batch2).named("baddbmm_")?;
    apply_in_place(Scaled::<Bmm>::new(beta, alpha), "baddbmm_", input, &[batch1.into(), batch2.into()])?;
    Ok(input.clone())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("mm(Tensor self, Tensor mat2) -> Tensor", |a| mm(a.tensor(0), a.tensor(1))),
    bind!("addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", |a| addmm(
        a.tensor(0),
        a.tensor(1),
        a.tensor(2),
        a.scalar(3),
        a.scalar(4)
    )),
    bind!("addmm.deprecated(Scalar beta, Tensor self, Scalar alpha, Tensor mat1, Tensor mat2) -> Tensor", |a| addmm(
        a.tensor(1),
        a.tensor(3),
        a.tensor(4),
        a.scalar(0),
        a.scalar(2)
    )),
    bind!(
        "Tensor::addmm_(Tensor(a!) self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)",
        |a| addmm_(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3), a.scalar(4))
    ),
    bind!("bmm(Tensor self, Tensor mat2) -> Tensor", |a| bmm(a.tensor(0), a.tensor(1))),
    bind!("baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor", |a| {
        baddbmm(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3), a.scalar(4))
    }),
    bind!(
        "Tensor::baddbmm_(Tensor(a!) self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor(a!)",
        |a| baddbmm_(a.tensor(0), a.tensor(1), a.tensor(2), a.scalar(3), a.scalar(4))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (c, row) = (uniform(3, -2.0, 2.0, &[2, 4]), uniform(4, -2.0, 2.0, &[4]));
    let (i, j) = (ints(5, -9, 9, &[2, 3]), ints(6, -9, 9, &[3, 2]));
    let (p, q) = (uniform(7, -2.0, 2.0, &[2, 3, 2]), uniform(8, -2.0, 2.0, &[2, 2, 4]));
    let (r, none) = (uniform(9, -2.0, 2.0, &[3, 4]), uniform(0, 0.0, 1.0, &[2, 0]));
    let pair = |x: &crate::Tensor, y: &crate::Tensor| [x.clone(), y.clone()];
    let single = |x: &Tensor| Tensor::from_array(x.array().copy_as(DType::F32));
    let nan = Tensor::full_of(&[2, 4], f64::NAN, DType::F64);
    vec![
        Entry::new("mm(Tensor input, Tensor mat2) -> Tensor")
            .sample("a.mm(b)", pair(&a, &b), |t| mm(&t[0], &t[1]))
            .sample("a.mm(a.t())", [a.clone()], |x| mm(&x[0], &t(&x[0])?))
            .sample("a.mm(b)", pair(&i, &j), |t| mm(&t[0], &t[1]))
            .sample("a.mm(b.t())", pair(&none, &none), |x| mm(&x[0], &t(&x[1])?))
            .skip(crate::testing::Check::NotSmall, "empty inputs have no gradient")
            .error(pair(&a, &a), |t| mm(&t[0], &t[1]), "mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")
            .error(pair(&a, &row), |t| mm(&t[0], &t[1]), "mm: mat2 must be a matrix, got 1-D tensor")
            .error(pair(&single(&a), &b), |t| mm(&t[0], &t[1]), "expected m1 and m2 to have the same dtype, but got: float != double"),
        Entry::new("addmm(Tensor input, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")
            .sample("torch.addmm(c, a, b)", [a.clone(), b.clone(), c.clone()], |t| addmm(&t[2], &t[0], &t[1], 1, 1))
            .sample("torch.addmm(c, a, b, beta=0.5, alpha=-2)", [a.clone(), b.clone(), row.clone()], |t| {
                addmm(&t[2], &t[0], &t[1], 0.5, -2)
            })
            .sample("torch.addmm(c.detach(), a, b, beta=0)", [a.clone(), b.clone(), nan], |t| {
                addmm(&t[2].detach(), &t[0], &t[1], 0, 1)
            })
            .skip(crate::testing::Check::NotSmall, "the summand does not count")
            .sample("torch.addmm(a.mm(b), a, b, beta=2, alpha=3)", pair(&i, &j), |t| {
                addmm(&mm(&t[0], &t[1])?, &t[0], &t[1], 2, 3)
            })
            .error(
                [c.clone(), a.clone(), single(&b)],
                |t| addmm(&t[0], &t[1], &t[2], 1, 1),
                "self and mat2 must have the same dtype, but got Double and Float",
            )
            .error(
                [a.clone(), b.clone()],
                |t| addmm(&t[0], &t[0], &t[1], 1, 1),
                "The expanded size of the tensor (4) must match the existing size (3) at non-singleton dimension 1.  Target sizes: [2, 4].  Tensor sizes: [2, 3]",
            ),
        Entry::new("bmm(Tensor input, Tensor mat2) -> Tensor")
            .sample("a.bmm(b)", pair(&p, &q), |t| bmm(&t[0], &t[1]))
            .sample("a.mT.bmm(a)", [p.clone()], |t| bmm(&matrix_transpose(&t[0])?, &t[0]))
            .error(pair(&p, &b), |t| bmm(&t[0], &t[1]), "batch2 must be a 3D tensor")
            .error(
                pair(&p, &p),
                |t| bmm(&t[0], &t[1]),
                "Expected size for first two dimensions of batch2 tensor to be: [2, 2] but got: [2, 3].",
            )
            .error(pair(&p, &single(&q)), |t| bmm(&t[0], &t[1]), "expected scalar type Double but found Float"),
        Entry::new("baddbmm(Tensor input, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor")
            .sample("torch.baddbmm(c, a, b, beta=3, alpha=0.5)", [p.clone(), q.clone(), r.clone()], |t| {
                baddbmm(&t[2], &t[0], &t[1], 3, 0.5)
            })
            .error([single(&r), p.clone(), q.clone()], |t| baddbmm(&t[0], &t[1], &t[2], 1, 1), "Input dtypes must be the same, got: input float, batch1: double, batch2: double"),
    ]
}
