//! matmul, linear.

use crate::error::{Error, Named, Result};
use crate::ops::{
    add, addmm, batched, contiguous, dot, expand, matrix_transpose, mm, mv, reshape, squeeze_as, squeeze_dim, t,
    unsafe_view, unsqueeze,
};
use crate::pointwise::broadcast_all;
use crate::primitive::Meta;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use wengert_kernels::Dims;

/// The matrix product, by PyTorch's rule: vectors count as a row on the left and as a column on the right, and dimensions before
/// the last two are a batch and broadcast. Two vectors give their inner product.
///
/// # Errors
/// If one has no dimensions, or shapes or dtypes do not fit.
///
/// ```
/// use wengert::{Tensor, ops};
/// let (x, w) = (Tensor::ones(&[5, 1, 2, 3]), Tensor::ones(&[4, 3, 7]));
/// assert_eq!(ops::matmul(&x, &w)?.shape(), [5, 4, 2, 7]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn matmul(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    let (a, b) = (input, other);
    match (a.ndim(), b.ndim()) {
        (0, _) | (_, 0) => Err(Error::runtime(format!(
            "both arguments to matmul need to be at least 1D, but they are {}D and {}D",
            a.ndim(),
            b.ndim()
        )))
        .named("matmul"),
        (1, 1) => dot(a, b),
        (2, 1) => mv(a, b),
        (2, 2) => mm(a, b),
        (1, 2) => row_times_matrix(a, b),
        (3, 3) if b.requires_grad() && b.shape()[0] == 1 && a.shape()[0] != 1 => matmul(a, &squeeze_dim(b, 0)?),
        (3, 3) if a.requires_grad() && a.shape()[0] == 1 && b.shape()[0] != 1 => matmul(&squeeze_dim(a, 0)?, b),
        _ if folds(a, b) => folded(a, b),
        _ => in_batches(a, b),
    }
}

#[track_caller]
fn row_times_matrix(row: &Tensor, matrix: &Tensor) -> Result<Tensor> {
    // PyTorch drops the dimension in place, which names the node.
    squeeze_as(&mm(&unsqueeze(row, 0)?, matrix)?, [0].into_iter().collect(), "SqueezeBackward4")
}

/// Is a batch of matrices times one matrix (or vector) better one product with the batch's rows in one matrix?
fn folds(a: &Tensor, b: &Tensor) -> bool {
    let batch_left = a.ndim() >= b.ndim();
    let (batch, single) = if batch_left { (a, b) } else { (b, a) };
    if batch.ndim() < 3 || single.ndim() > 2 {
        return false;
    }
    // Else the gradient of the single matrix would be one matrix for each of the batch before it is summed.
    if single.requires_grad() {
        return true;
    }
    if !batch_left && single.ndim() == 2 {
        return false;
    }
    if batch.numel() == 0 {
        return true;
    }
    // No copy needed: the batch's dimensions and rows are walked as one.
    let rows = if batch_left { batch.ndim() - 2 } else { batch.ndim() - 1 };
    let dims: Dims = (0..batch.ndim() - 2).chain([rows]).collect();
    let (shape, strides) = (batch.shape(), batch.strides());
    dims.windows(2).all(|d| strides[d[0]] == strides[d[1]] * shape[d[1]] as isize)
}

#[track_caller]
fn folded(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let batch_left = a.ndim() >= b.ndim();
    let (batch, single) = if batch_left {
        (a.clone(), b.clone())
    } else {
        (matrix_transpose(b)?, if a.ndim() == 2 { t(a)? } else { a.clone() })
    };
    let (last, shape) = (batch.ndim() - 1, batch.shape());
    let rows = reshape(&batch, &[shape[..last].iter().product(), shape[last]])?;
    let mut out = Dims::from_slice(&shape[..last]);
    if single.ndim() == 1 {
        return unsafe_view(&mv(&rows, &single)?, &out);
    }
    let product = mm(&rows, &single)?;
    out.push(single.shape()[1]);
    let product = unsafe_view(&product, &out)?;
    if batch_left { Ok(product) } else { contiguous(&matrix_transpose(&product)?) }
}

/// Both as batches of matrices, broadcast to a common batch shape.
#[track_caller]
fn in_batches(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let left = if a.ndim() == 1 { unsqueeze(a, 0)? } else { a.clone() };
    let right = if b.ndim() == 1 { unsqueeze(b, 1)? } else { b.clone() };
    let meta = |t: &Tensor| Dims::from_slice(&t.shape()[..t.ndim() - 2]);
    let (batch_a, batch_b) = (meta(&left), meta(&right));
    let dtype = a.dtype();
    let of = |shape| Meta { shape, dtype, wrapped: false };
    let batch = broadcast_all(&[of(&batch_a), of(&batch_b)]).named("matmul")?;
    let full = |t: &Tensor| {
        let mut shape = batch.clone();
        shape.extend_from_slice(&t.shape()[t.ndim() - 2..]);
        shape
    };
    let (left, right) = (expand(&left, &full(&left))?, expand(&right, &full(&right))?);
    let flat =
        |t: &Tensor| Dims::from_slice(&[batch.iter().product(), t.shape()[t.ndim() - 2], t.shape()[t.ndim() - 1]]);
    let (flat_left, flat_right) = (flat(&left), flat(&right));
    let viewable = |t: &Tensor, shape: &[usize]| t.array().layout().reshape(shape).is_some();
    let vectors = (a.ndim() == 1, b.ndim() == 1);
    if viewable(&left, &flat_left) && viewable(&right, &flat_right) {
        let mut product = batched(&reshape(&left, &flat_left)?, &reshape(&right, &flat_right)?)?;
        if vectors.1 {
            product = squeeze_dim(&product, -1)?;
        }
        let mut shape = batch.clone();
        shape.extend_from_slice(&product.shape()[if vectors.0 { 2 } else { 1 }..]);
        return unsafe_view(&product, &shape);
    }
    // The kernel takes a batch of any strides, so what cannot be viewed as one dimension is not copied, as PyTorch does.
    let product = batched(&left, &right)?;
    match vectors {
        (true, _) => squeeze_dim(&product, -2),
        (_, true) => squeeze_dim(&product, -1),
        _ => Ok(product),
    }
}

/// `input @ weight^T + bias`: rows of `input`, of size `in`, times the rows of `weight` (`[out, in]`).
///
/// # Errors
/// If shapes or dtypes do not fit.
#[track_caller]
pub fn linear(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let n = input.ndim();
    if n == 0 || weight.ndim() == 0 {
        return Err(Error::runtime(format!(
            "both arguments to linear need to be at least 1D, but they are {n}D and {}D",
            weight.ndim()
        )))
        .named("linear");
    }
    let transposed = t(weight)?;
    let Some(bias) = bias else { return matmul(input, &transposed) };
    if n == 2 {
        return addmm(bias, input, &transposed, 1, 1);
    }
    if !input.is_contiguous() || weight.ndim() != 2 || bias.ndim() > 1 {
        return add(&matmul(input, &transposed)?, bias);
    }
    let (rows, size) = input.shape().split_at(n - 1);
    let flat = reshape(input, &[rows.iter().product(), size[0]])?;
    let mut shape = Dims::from_slice(rows);
    shape.push(weight.shape()[0]);
    unsafe_view(&addmm(bias, &flat, &transposed, 1, 1)?, &shape)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("matmul(Tensor self, Tensor other) -> Tensor", |a| matmul(a.tensor(0), a.tensor(1))),
    bind!("linalg::matmul(Tensor self, Tensor other) -> Tensor", |a| matmul(a.tensor(0), a.tensor(1))),
    bind!("nn::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor", |a| linear(
        a.tensor(0),
        a.tensor(1),
        a.opt_tensor(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let real = |seed, shape: &[usize]| uniform(seed, -2.0, 2.0, shape);
    let (v, w, m) = (real(1, &[4]), real(2, &[3]), real(3, &[3, 4]));
    let (b, c) = (real(4, &[2, 3, 4]), real(5, &[2, 4, 2]));
    let (d, e, one) = (real(6, &[2, 1, 2, 3]), real(7, &[3, 3, 2]), real(8, &[1, 4, 2]));
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let product = |t: &[Tensor]| matmul(&t[0], &t[1]);
    let bias = real(9, &[5]);
    let weight = real(10, &[5, 4]);
    let layer = |x: &Tensor| vec![x.clone(), weight.clone(), bias.clone()];
    vec![
        Entry::new("matmul(Tensor input, Tensor other) -> Tensor")
            .sample("a @ b", pair(&v, &v), product)
            .sample("a @ b", pair(&m, &v), product)
            .sample("a @ b", pair(&w, &m), product)
            .sample("a @ b.t()", pair(&m, &m), |x| matmul(&x[0], &t(&x[1])?))
            .sample("a @ b", pair(&b, &c), product)
            .sample("a @ b.mT", pair(&b, &b), |t| matmul(&t[0], &matrix_transpose(&t[1])?))
            .sample("a @ b", pair(&b, &real(11, &[4, 2])), product)
            .sample("a @ b.detach()", pair(&b, &real(11, &[4, 2])), |t| matmul(&t[0], &t[1].detach()))
            .skip(crate::testing::Check::NotSmall, "one input is detached")
            .sample("a.transpose(0, 1) @ b", pair(&b, &real(11, &[4, 2])), |t| {
                matmul(&crate::ops::transpose(&t[0], 0, 1)?, &t[1])
            })
            .sample("a @ b", pair(&real(12, &[2, 4]), &c), product)
            .sample("a @ b", pair(&b, &v), product)
            .sample("a @ b", pair(&v, &c), product)
            .sample("a.mT @ b.detach()", pair(&b, &w), |t| matmul(&matrix_transpose(&t[0])?, &t[1].detach()))
            .skip(crate::testing::Check::NotSmall, "one input is detached")
            .sample("a @ b", pair(&b, &one), product)
            .sample("b.mT @ a.mT", pair(&b, &one), |t| matmul(&matrix_transpose(&t[1])?, &matrix_transpose(&t[0])?))
            .sample("a @ b", pair(&one, &real(13, &[1, 2, 3])), product)
            .sample("a @ b", pair(&d, &e), product)
            .sample("a @ b", pair(&real(14, &[2, 2, 2, 3]), &real(15, &[1, 2, 3, 2])), product)
            .sample(
                "a.transpose(1, 2) @ b.transpose(1, 2).mT",
                pair(&real(14, &[2, 2, 3, 2]), &real(15, &[2, 2, 3, 2])),
                |t| {
                    let swap = |x| crate::ops::transpose(x, 1, 2);
                    matmul(&swap(&t[0])?, &matrix_transpose(&swap(&t[1])?)?)
                },
            )
            .sample("a @ b", pair(&ints(16, -9, 9, &[2, 3, 2]), &ints(17, -9, 9, &[2, 4])), product)
            .sample("a @ b", pair(&real(0, &[0, 3, 4]), &real(18, &[4, 2])), product)
            .skip(crate::testing::Check::NotSmall, "there are no elements")
            .sample("a @ b", pair(&real(0, &[2, 3, 0]), &real(0, &[0, 2])), product)
            .skip(crate::testing::Check::NotSmall, "there are no elements")
            .error(
                pair(&real(1, &[]), &m),
                product,
                "both arguments to matmul need to be at least 1D, but they are 0D and 2D",
            )
            .error(pair(&m, &m), product, "mm: mat1 and mat2 shapes cannot be multiplied (3x4 and 3x4)")
            .error(pair(&b, &m), product, "mm: mat1 and mat2 shapes cannot be multiplied (6x4 and 3x4)")
            .error(
                pair(&b, &real(1, &[3, 4, 5])),
                product,
                "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0",
            )
            .error(
                pair(&b, &real(1, &[2, 3, 5])),
                product,
                "Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [2, 3].",
            ),
        Entry::new("linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor")
            .sample("F.linear(a, b, c)", layer(&m), |t| linear(&t[0], &t[1], Some(&t[2])))
            .sample("F.linear(a, b)", pair(&m, &weight), |t| linear(&t[0], &t[1], None))
            .sample("F.linear(a, b, c)", layer(&b), |t| linear(&t[0], &t[1], Some(&t[2])))
            .sample("F.linear(a.transpose(0, 1), b, c)", layer(&b), |t| {
                linear(&crate::ops::transpose(&t[0], 0, 1)?, &t[1], Some(&t[2]))
            })
            .sample("F.linear(a, b)", pair(&b, &weight), |t| linear(&t[0], &t[1], None))
            .sample("F.linear(a, b, c)", layer(&v), |t| linear(&t[0], &t[1], Some(&t[2])))
            .sample("F.linear(a, b)", pair(&v, &weight), |t| linear(&t[0], &t[1], None))
            .sample("F.linear(a, b)", pair(&m, &v), |t| linear(&t[0], &t[1], None))
            .error(
                pair(&m, &real(1, &[5, 3])),
                |t| linear(&t[0], &t[1], None),
                "mm: mat1 and mat2 shapes cannot be multiplied (3x4 and 3x5)",
            )
            .error(
                pair(&real(1, &[]), &m),
                |t| linear(&t[0], &t[1], None),
                "both arguments to linear need to be at least 1D, but they are 0D and 2D",
            ),
    ]
}
