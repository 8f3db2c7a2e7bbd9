//! Square matrices: inv, det, slogdet, logdet, solve. They are done in double precision, by LU with row exchanges.

use super::{dense, matmul};
use crate::apply::{apply, apply1};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{add, expand, log, matrix_transpose, mul, neg, squeeze_dim, unsqueeze};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints, uniform};
use wengert_kernels::layout::broadcast;

fn square_shape(name: &str, shape: &[usize]) -> Result<usize> {
    match *shape {
        [.., m, n] if m == n => Ok(n),
        [.., m, n] => Err(Error::runtime(format!(
            "linalg.{name}: A must be batches of square matrices, but they are {m} by {n} matrices"
        ))),
        _ => Err(Error::runtime(format!("linalg.{name}: The input tensor A must have at least 2 dimensions."))),
    }
}

/// Refuses what are not batches of square matrices.
pub(crate) fn square_matrices(name: &str, input: &Tensor) -> Result<()> {
    square_shape(name, input.shape()).map(drop)
}

/// An entry of an operation that refuses half precision.
pub(crate) fn no_halves(mut entry: Entry) -> Entry {
    for sample in &mut entry.samples {
        sample.skips.push((Check::Precision, "half precision is refused"));
    }
    entry
}

pub(crate) fn refuse_whole_numbers(name: &str, dtype: DType) -> Result<()> {
    match dtype {
        DType::F32 | DType::F64 => Ok(()),
        DType::F16 | DType::BF16 => {
            let text = format!("linalg.{name}: Low precision dtypes not supported. Got {}", dtype.scalar_name());
            Err(Error::runtime(text))
        }
        _ => {
            let kind = dtype.scalar_name();
            Err(Error::not_implemented(format!(
                "linalg.{name}: Expected a floating point or complex tensor as input. Got {kind}"
            )))
        }
    }
}

/// The identity matrix.
pub(crate) fn identity(n: usize) -> Tensor {
    Tensor::from_slice(&dense::identity(n), &[n, n])
}

/// Writes numbers in row-major order.
pub(super) fn put(values: &[f64], out: &mut Array) {
    Array::from_slice(values).into_shape(out.shape()).copy_into(&mut out.view_mut());
}

/// Which of several matrices an error is about.
pub(super) fn of_batch(i: usize, shape: &[usize]) -> String {
    if shape.len() > 2 { format!("(Batch element {i}): ") } else { String::new() }
}

/// `checked`: a singular matrix is an error, and not infinite.
#[derive(Debug)]
struct Inverse {
    checked: bool,
}

impl Primitive for Inverse {
    fn name(&self) -> &'static str {
        "linalg_inv_ex"
    }
    fn node_name(&self) -> &'static str {
        "LinalgInvExBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        square_shape("inv", ins[0].shape)?;
        refuse_whole_numbers("inv", ins[0].dtype)?;
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let n = square_shape("inv", ins[0].shape())?;
        let mut a = ins[0].to_vec::<f64>();
        let mut out = Vec::with_capacity(a.len());
        for (i, m) in a.chunks_exact_mut((n * n).max(1)).enumerate() {
            let (order, _) = dense::lu(m, n);
            if let Some(k) = dense::zero_pivot(m, n).filter(|_| self.checked) {
                return Err(Error::linalg(format!(
                    "linalg.inv: {}The diagonal element {k} is zero, the inversion could not be completed because the input matrix is singular.",
                    of_batch(i, ins[0].shape())
                )));
            }
            out.extend(dense::solve(m, &order, &dense::identity(n), n, n));
        }
        put(&out, &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Inverse { checked: self.checked })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let y = matrix_transpose(s.output(0))?;
        Ok(Grads::one(Some(neg(&matmul(&y, &matmul(&g[0], &y)?)?)?)))
    }
}

/// The inverses of square matrices.
///
/// # Errors
/// If the matrices are not square or one is singular; for integers, booleans and half precision.
#[track_caller]
pub fn inv(input: &Tensor) -> Result<Tensor> {
    apply1(Inverse { checked: true }, &[input.into()])
}

/// The transposed inverse, for gradients: infinite where there is none.
fn transposed_inverse(input: &Tensor) -> Result<Tensor> {
    matrix_transpose(&apply1(Inverse { checked: false }, &[input.into()])?)
}

/// `g` as a factor of matrices.
fn as_matrices(g: &Tensor) -> Result<Tensor> {
    unsqueeze(&unsqueeze(g, -1)?, -1)
}

#[derive(Debug)]
struct Determinant;

impl Primitive for Determinant {
    fn name(&self) -> &'static str {
        "linalg_det"
    }
    fn node_name(&self) -> &'static str {
        "LinalgDetBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        square_shape("det", ins[0].shape)?;
        refuse_whole_numbers("det", ins[0].dtype)?;
        Ok(one(&ins[0].shape[..ins[0].shape.len() - 2], ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let product = |sign: f64, pivots: &[f64]| sign * pivots.iter().product::<f64>();
        put(&of_pivots(ins[0], product), &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Determinant)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0]).output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let factor = as_matrices(&mul(&g[0], s.output(0))?)?;
        Ok(Grads::one(Some(mul(&factor, &transposed_inverse(s.input(0))?)?)))
    }
}

/// The determinants of square matrices: products of the pivots.
///
/// # Errors
/// If the matrices are not square; for integers, booleans and half precision.
#[track_caller]
pub fn det(input: &Tensor) -> Result<Tensor> {
    apply1(Determinant, &[input.into()])
}

/// What `f` makes of the sign of the order of rows and of the pivots, for each matrix.
fn of_pivots<R>(a: &Array, f: impl Fn(f64, &[f64]) -> R) -> Vec<R> {
    let n = a.shape()[a.shape().len() - 1];
    let count: usize = a.shape()[..a.shape().len() - 2].iter().product();
    let mut values = a.to_vec::<f64>();
    let of = |i: usize| {
        let m = &mut values[i * n * n..(i + 1) * n * n];
        let (_, sign) = dense::lu(m, n);
        f(sign, &(0..n).map(|k| m[k * n + k]).collect::<Vec<f64>>())
    };
    (0..count).map(of).collect()
}

fn sign_and_log(sign: f64, pivots: &[f64]) -> (f64, f64) {
    let sign = pivots.iter().fold(sign, |s, &p| if p == 0.0 { 0.0 } else { s * p.signum() });
    (sign, pivots.iter().map(|p| p.abs().ln()).sum())
}

#[derive(Debug)]
struct SignAndLog;

impl Primitive for SignAndLog {
    fn name(&self) -> &'static str {
        "linalg_slogdet"
    }
    fn node_name(&self) -> &'static str {
        "LinalgSlogdetBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        square_shape("slogdet", ins[0].shape)?;
        refuse_whole_numbers("slogdet", ins[0].dtype)?;
        let shape = &ins[0].shape[..ins[0].shape.len() - 2];
        Ok([OutMeta::new(shape, ins[0].dtype), OutMeta::new(shape, ins[0].dtype)].into_iter().collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (signs, logs): (Vec<f64>, Vec<f64>) = of_pivots(ins[0], sign_and_log).into_iter().unzip();
        put(&signs, &mut outs[0]);
        put(&logs, &mut outs[1]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(SignAndLog)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0])
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let Some(g) = g.get(1) else { return Ok(Grads::one(None)) };
        Ok(Grads::one(Some(mul(&as_matrices(g)?, &transposed_inverse(s.input(0))?)?)))
    }
}

/// The signs of the determinants of square matrices, and the logarithms of their magnitudes: 0 and -infinity for a singular one.
///
/// # Errors
/// As [`det`].
#[track_caller]
pub fn slogdet(input: &Tensor) -> Result<(Tensor, Tensor)> {
    let mut outs = apply(SignAndLog, &[input.into()])?.into_iter();
    Ok((outs.next().expect("two outputs"), outs.next().expect("two outputs")))
}

/// The logarithms of the determinants; NaN for a negative one.
///
/// # Errors
/// As [`det`].
#[track_caller]
pub fn logdet(input: &Tensor) -> Result<Tensor> {
    if let [.., m, n] = *input.shape()
        && m != n
    {
        let text = format!("logdet: A must be batches of square matrices, but they are {m} by {n} matrices");
        return Err(Error::runtime(text)).named("logdet");
    }
    let (sign, log_of_size) = slogdet(input)?;
    add(&log(&sign)?, &log_of_size)
}

/// Matrices and as many right-hand sides.
#[derive(Debug)]
struct Solve;

impl Primitive for Solve {
    fn name(&self) -> &'static str {
        "linalg_solve_ex"
    }
    fn node_name(&self) -> &'static str {
        "LinalgSolveExBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[1].shape, ins[1].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (n, m) = match *ins[1].shape() {
            [.., n, m] => (n, m),
            _ => unreachable!("matrices"),
        };
        let (mut a, b) = (ins[0].to_vec::<f64>(), ins[1].to_vec::<f64>());
        let mut out = Vec::with_capacity(b.len());
        if b.is_empty() {
            return Ok(());
        }
        for (i, (a, b)) in a.chunks_exact_mut(n * n).zip(b.chunks_exact(n * m)).enumerate() {
            let (order, _) = dense::lu(a, n);
            if dense::zero_pivot(a, n).is_some() {
                return Err(Error::linalg(format!(
                    "torch.linalg.solve: {}The solver failed because the input matrix is singular.",
                    of_batch(i, ins[0].shape())
                )));
            }
            out.extend(dense::solve(a, &order, b, n, m));
        }
        put(&out, &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Solve)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.input(0, &[0, 1]).output(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let gb = apply1(Solve, &[(&matrix_transpose(s.input(0))?).into(), (&g[0]).into()])?;
        let ga = match s.needs(0) {
            true => Some(neg(&matmul(&gb, &matrix_transpose(s.output(0))?)?)?),
            false => None,
        };
        Ok(Grads::from([ga, Some(gb)]))
    }
}

/// `X` with `input @ X = other`: `other` is a vector, matrices of columns, or a batch of vectors if it has one dimension less than
/// `input` and its sizes. Batches are broadcast.
///
/// # Errors
/// If the matrices are not square or one is singular, or shapes or dtypes do not fit.
#[track_caller]
pub fn solve(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    checked_solve(input, other).named("linalg.solve")
}

fn checked_solve(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let n = square_shape("solve", a.shape())?;
    refuse_whole_numbers("solve", a.dtype())?;
    if a.dtype() != b.dtype() {
        return Err(Error::runtime(format!(
            "linalg.solve: Expected A and B to have the same dtype, but found A of type {} and B of type {} instead",
            a.dtype().scalar_name(),
            b.dtype().scalar_name()
        )));
    }
    let vector = b.ndim() == 1 || (b.ndim() + 1 == a.ndim() && b.shape() == &a.shape()[..b.ndim()]);
    let b = if vector { unsqueeze(b, -1)? } else { b.clone() };
    if b.ndim() < 2 || b.size(-2) != n {
        return Err(Error::runtime(format!(
            "linalg.solve: Incompatible shapes of A and B for the equation AX = B ({n}x{n} and {}x{})",
            if b.ndim() < 2 { 1 } else { b.size(-2) },
            b.size(-1)
        )));
    }
    let of = |t: &Tensor| t.shape()[..t.ndim() - 2].to_vec();
    let Some(batch) = broadcast(&of(a), &of(&b)) else {
        return Err(Error::runtime(format!(
            "The size of tensor a ({:?}) must match the size of tensor b ({:?}) at non-singleton dimension 0",
            of(a),
            of(&b)
        )));
    };
    let whole = |t: &Tensor| expand(t, &[&batch[..], &t.shape()[t.ndim() - 2..]].concat()[..]);
    let x = apply1(Solve, &[(&whole(a)?).into(), (&whole(&b)?).into()])?;
    if vector { squeeze_dim(&x, -1) } else { Ok(x) }
}

/// [`solve`], or with `left` false `X` with `X @ input = other`.
fn solve_from(input: &Tensor, other: &Tensor, left: bool) -> Result<Tensor> {
    if left {
        return solve(input, other);
    }
    matrix_transpose(&solve(&matrix_transpose(input)?, &matrix_transpose(other)?)?)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("inverse(Tensor self) -> Tensor", |a| inv(a.tensor(0))),
    bind!("linalg::inv(Tensor A) -> Tensor", |a| inv(a.tensor(0))),
    bind!("det(Tensor self) -> Tensor", |a| det(a.tensor(0))),
    bind!("linalg::det(Tensor A) -> Tensor", |a| det(a.tensor(0))),
    bind!("slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)", |a| slogdet(a.tensor(0))),
    bind!("linalg::slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)", |a| slogdet(a.tensor(0))),
    bind!("logdet(Tensor self) -> Tensor", |a| logdet(a.tensor(0))),
    bind!("linalg::solve(Tensor A, Tensor B, *, bool left=True) -> Tensor", |a| solve_from(
        a.tensor(0),
        a.tensor(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -1.0, 1.0, &[3, 3]);
    let several = || uniform(2, -1.0, 1.0, &[2, 3, 3]);
    let singular = || floats(&[1.0, 2.0, 2.0, 4.0], &[2, 2]);
    let entries = vec![
        Entry::new("linalg.inv(Tensor input) -> Tensor")
            .sample("torch.linalg.inv(a)", [a()], |t| inv(&t[0]))
            .sample("torch.linalg.inv(a)", [several()], |t| inv(&t[0]))
            .error(
                [uniform(1, 0.0, 1.0, &[2, 3])],
                |t| inv(&t[0]),
                "linalg.inv: A must be batches of square matrices, but they are 2 by 3 matrices",
            )
            .error(
                [singular()],
                |t| inv(&t[0]),
                "linalg.inv: The diagonal element 2 is zero, the inversion could not be completed",
            )
            .error(
                [ints(1, 0, 3, &[2, 2])],
                |t| inv(&t[0]),
                "linalg.inv: Expected a floating point or complex tensor as input. Got Long",
            ),
        Entry::new("linalg.det(Tensor input) -> Tensor").sample("torch.linalg.det(a)", [a()], |t| det(&t[0])).sample(
            "torch.linalg.det(a)",
            [several()],
            |t| det(&t[0]),
        ),
        Entry::new("slogdet(Tensor input) -> (Tensor sign, Tensor logabsdet)")
            .sample("torch.linalg.slogdet(a)", [a()], |t| slogdet(&t[0]))
            .sample("torch.linalg.slogdet(a)[1]", [several()], |t| slogdet(&t[0]).map(|x| x.1)),
        Entry::new("logdet(Tensor input) -> Tensor")
            .sample("torch.logdet(a @ a.T)", [a()], |t| logdet(&matmul(&t[0], &matrix_transpose(&t[0])?)?)),
        Entry::new("linalg.solve(Tensor input, Tensor other) -> Tensor")
            .sample("torch.linalg.solve(a, b)", [a(), uniform(3, -1.0, 1.0, &[3])], |t| solve(&t[0], &t[1]))
            .sample("torch.linalg.solve(a, b)", [several(), uniform(3, -1.0, 1.0, &[3, 2])], |t| solve(&t[0], &t[1]))
            .sample("torch.linalg.solve(a, b)", [several(), uniform(3, -1.0, 1.0, &[2, 3])], |t| solve(&t[0], &t[1]))
            .error(
                [singular(), uniform(3, -1.0, 1.0, &[2])],
                |t| solve(&t[0], &t[1]),
                "torch.linalg.solve: The solver failed because the input matrix is singular.",
            ),
    ];
    entries.into_iter().map(no_halves).collect()
}
