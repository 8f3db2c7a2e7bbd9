//! Factorizations: cholesky, qr, eigh, svd, and what follows from them: eigvalsh, svdvals, pinv, matrix_rank. They are done in double
//! precision.

use super::inverse::{of_batch, put};
use super::{dense, identity, inv, matmul, no_halves, refuse_whole_numbers, square_matrices};
use crate::apply::{apply, apply1};
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{
    add, amax_dim, diag_embed, diagonal, div, gt, masked_fill, matrix_transpose, mul, narrow, reciprocal, sub, sum_dim,
    to_dtype, tril, triu, unsqueeze,
};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, OutMeta, Outs, Primitive, Saved, Saves, one};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, uniform};

fn matrices(name: &str, shape: &[usize]) -> Result<(usize, usize)> {
    match *shape {
        [.., m, n] => Ok((m, n)),
        _ => Err(Error::runtime(format!("linalg.{name}: The input tensor A must have at least 2 dimensions."))),
    }
}

/// The matrices of a batch.
fn each(a: &Array) -> Vec<Vec<f64>> {
    let (m, n) = matrices("", a.shape()).expect("infer checked it");
    let count: usize = a.shape()[..a.shape().len() - 2].iter().product();
    let values = a.to_vec::<f64>();
    (0..count).map(|i| values[i * m * n..(i + 1) * m * n].to_vec()).collect()
}

/// A shape with other sizes at its end.
fn ending(shape: &[usize], end: &[usize]) -> Vec<usize> {
    [&shape[..shape.len() - 2], end].concat()
}

fn square(x: &Tensor) -> Result<Tensor> {
    matmul(&matrix_transpose(x)?, x)
}

#[derive(Debug)]
struct Cholesky;

impl Primitive for Cholesky {
    fn name(&self) -> &'static str {
        "linalg_cholesky_ex"
    }
    fn node_name(&self) -> &'static str {
        "LinalgCholeskyExBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (_, n) = matrices("cholesky", ins[0].shape())?;
        let mut out = Vec::with_capacity(ins[0].numel());
        for (i, a) in each(ins[0]).iter().enumerate() {
            out.extend(dense::cholesky(a, n).map_err(|k| {
                Error::linalg(format!(
                    "linalg.cholesky: {}The factorization could not be completed because the input is not positive-definite (the leading minor of order {k} is not positive-definite).",
                    of_batch(i, ins[0].shape())
                ))
            })?);
        }
        put(&out, &mut outs[0]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Cholesky)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(0)
    }

    // Murray 2016, "Differentiation of the Cholesky decomposition", equation 9, symmetric.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let l = s.output(0);
        let p = half_of_lower(&matmul(&matrix_transpose(l)?, &tril(&g[0], 0)?)?)?;
        let back = inv(l)?;
        let a = matmul(&matrix_transpose(&back)?, &matmul(&p, &back)?)?;
        Ok(Grads::one(Some(mul(&add(&a, &matrix_transpose(&a)?)?, 0.5)?)))
    }
}

/// The lower triangle with half of the diagonal.
fn half_of_lower(x: &Tensor) -> Result<Tensor> {
    mul(&add(&tril(x, 0)?, &tril(x, -1)?)?, 0.5)
}

/// The lower triangular `L` with `L @ L^T = input`, for symmetric matrices that are positive definite; of `input`, the lower triangle is
/// read.
///
/// # Errors
/// If the matrices are not square or one is not positive definite; for integers, booleans and half precision.
#[track_caller]
pub fn cholesky(input: &Tensor) -> Result<Tensor> {
    square_matrices("cholesky", input).named("linalg.cholesky")?;
    refuse_whole_numbers("cholesky", input.dtype()).named("linalg.cholesky")?;
    apply1(Cholesky, &[input.into()])
}

fn triangle_of(input: &Tensor, upper: bool) -> Result<Tensor> {
    // PyTorch reads the other triangle then.
    if upper { matrix_transpose(&cholesky(&matrix_transpose(input)?)?) } else { cholesky(input) }
}

#[derive(Debug)]
struct Qr {
    complete: bool,
}

impl Primitive for Qr {
    fn name(&self) -> &'static str {
        "linalg_qr"
    }
    fn node_name(&self) -> &'static str {
        "LinalgQrBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (m, n) = matrices("qr", ins[0].shape)?;
        refuse_whole_numbers("qr", ins[0].dtype)?;
        let k = if self.complete { m } else { m.min(n) };
        let meta = |end: &[usize]| OutMeta::new(&ending(ins[0].shape, end), ins[0].dtype);
        Ok([meta(&[m, k]), meta(&[k, n])].into_iter().collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (m, n) = matrices("qr", ins[0].shape())?;
        let k = if self.complete { m } else { m.min(n) };
        let (mut q, mut r) = (Vec::new(), Vec::new());
        for a in each(ins[0]) {
            let (left, right) = dense::qr(&a, m, n, k);
            q.extend(left);
            r.extend(right);
        }
        put(&q, &mut outs[0]);
        put(&r, &mut outs[1]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Qr { complete: self.complete })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(0).output(1)
    }

    // Walter and Lehmann 2018, "Algorithmic differentiation of linear algebra functions", for at least as many rows as columns.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (q, r) = (s.output(0), s.output(1));
        let (m, n) = (q.size(-2), r.size(-1));
        if m < n || (self.complete && m > n) {
            return Err(Error::runtime(
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols, or nrows < ncols",
            ));
        }
        let zero = |x: &Tensor| Tensor::zeros_like(x);
        let gq = g.get(0).cloned().unwrap_or_else(|| zero(q));
        let gr = g.get(1).cloned().unwrap_or_else(|| zero(r));
        let middle = sub(&matmul(r, &matrix_transpose(&gr)?)?, &matmul(&matrix_transpose(&gq)?, q)?)?;
        let lower = tril(&middle, 0)?;
        let both = add(&lower, &matrix_transpose(&tril(&middle, -1)?)?)?;
        let sum = add(&gq, &matmul(q, &both)?)?;
        Ok(Grads::one(Some(matmul(&sum, &matrix_transpose(&inv(r)?)?)?)))
    }
}

/// Orthogonal columns `Q` and upper triangular `R` with `Q @ R = input`: as many columns as the smaller side has, or, with `complete`, as
/// there are rows.
///
/// # Errors
/// If there are no matrices; for integers, booleans and half precision.
#[track_caller]
pub fn qr(input: &Tensor, complete: bool) -> Result<(Tensor, Tensor)> {
    let mut outs = apply(Qr { complete }, &[input.into()])?.into_iter();
    Ok((outs.next().expect("two outputs"), outs.next().expect("two outputs")))
}

fn qr_mode(input: &Tensor, mode: &str) -> Result<(Tensor, Tensor)> {
    match mode {
        "reduced" => qr(input, false),
        "complete" => qr(input, true),
        "r" => Ok((Tensor::zeros(&[0]), qr(&input.detach(), false)?.1)),
        _ => Err(Error::runtime(format!(
            "qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        ))),
    }
}

#[derive(Debug)]
struct Eigh;

impl Primitive for Eigh {
    fn name(&self) -> &'static str {
        "linalg_eigh"
    }
    fn node_name(&self) -> &'static str {
        "LinalgEighBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let n = ins[0].shape[ins[0].shape.len() - 1];
        let meta = |end: &[usize]| OutMeta::new(&ending(ins[0].shape, end), ins[0].dtype);
        Ok([meta(&[n]), meta(&[n, n])].into_iter().collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (_, n) = matrices("eigh", ins[0].shape())?;
        let (mut values, mut vectors) = (Vec::new(), Vec::new());
        for mut a in each(ins[0]) {
            // One triangle counts.
            (0..n).for_each(|i| (0..i).for_each(|j| a[j * n + i] = a[i * n + j]));
            let (l, v) = dense::eigh(&a, n);
            values.extend(l);
            vectors.extend(v);
        }
        put(&values, &mut outs[0]);
        put(&vectors, &mut outs[1]);
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Eigh)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(0).output(1)
    }

    // Giles 2008, "An extended collection of matrix derivative results", 3.1.
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (l, v) = (s.output(0), s.output(1));
        let vt = matrix_transpose(v)?;
        let mut inner = None;
        if let Some(gv) = g.get(1) {
            let gaps = sub(&unsqueeze(l, -2)?, &unsqueeze(l, -1)?)?;
            let gaps = masked_fill(&gaps, &diagonal_mask(l)?, f64::INFINITY)?;
            inner = Some(div(&matmul(&vt, gv)?, &gaps)?);
        }
        if let Some(gl) = g.get(0) {
            let on = diag_embed(gl, 0, -2, -1)?;
            inner = Some(inner.map_or_else(|| Ok(on.clone()), |inner| add(&inner, &on))?);
        }
        let Some(inner) = inner else { return Ok(Grads::one(None)) };
        Ok(Grads::one(Some(matmul(v, &matmul(&inner, &vt)?)?)))
    }
}

/// Where the diagonal of a square matrix of these eigenvalues is.
fn diagonal_mask(values: &Tensor) -> Result<Tensor> {
    gt(&identity(values.size(-1)), 0)
}

/// Eigenvalues of symmetric matrices in ascending order and their eigenvectors in columns; the lower triangle is read. A vector's sign is
/// not determined: a gradient that depends on it means nothing.
///
/// # Errors
/// If the matrices are not square; for integers, booleans and half precision.
#[track_caller]
pub fn eigh(input: &Tensor) -> Result<(Tensor, Tensor)> {
    square_matrices("eigh", input).named("linalg.eigh")?;
    refuse_whole_numbers("eigh", input.dtype()).named("linalg.eigh")?;
    let mut outs = apply(Eigh, &[input.into()])?.into_iter();
    Ok((outs.next().expect("two outputs"), outs.next().expect("two outputs")))
}

fn eigh_of(input: &Tensor, triangle: &str) -> Result<(Tensor, Tensor)> {
    match triangle {
        "L" | "l" => eigh(input),
        "U" | "u" => eigh(&matrix_transpose(input)?),
        _ => Err(Error::runtime(format!("Expected UPLO argument to be 'L' or 'U', but got {triangle}"))),
    }
}

#[derive(Debug)]
struct Svd;

impl Primitive for Svd {
    fn name(&self) -> &'static str {
        "linalg_svd"
    }
    fn node_name(&self) -> &'static str {
        "LinalgSvdBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        let (m, n) = matrices("svd", ins[0].shape)?;
        refuse_whole_numbers("svd", ins[0].dtype)?;
        let k = m.min(n);
        let meta = |end: &[usize]| OutMeta::new(&ending(ins[0].shape, end), ins[0].dtype);
        Ok([meta(&[m, k]), meta(&[k]), meta(&[k, n])].into_iter().collect())
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        let (m, n) = matrices("svd", ins[0].shape())?;
        let (mut u, mut s, mut vt) = (Vec::new(), Vec::new(), Vec::new());
        for a in each(ins[0]) {
            let (left, sizes, right) = dense::svd(&a, m, n);
            u.extend(left);
            s.extend(sizes);
            vt.extend(right);
        }
        for (values, out) in [u, s, vt].iter().zip(outs) {
            put(values, out);
        }
        Ok(())
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        batch.call(Svd)
    }
    fn saves(&self) -> Saves {
        Saves::NONE.output(0).output(1).output(2)
    }

    // Townsend 2016, "Differentiating the singular value decomposition".
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        let (u, sizes, vt) = (s.output(0), s.output(1), s.output(2));
        let (m, n, k) = (u.size(-2), vt.size(-1), sizes.size(-1));
        let (ut, v) = (matrix_transpose(u)?, matrix_transpose(vt)?);
        let (rows, columns) = (unsqueeze(sizes, -2)?, unsqueeze(sizes, -1)?);
        let gaps = sub(&mul(&rows, &rows)?, &mul(&columns, &columns)?)?;
        let gaps = masked_fill(&gaps, &diagonal_mask(sizes)?, f64::INFINITY)?;
        let turning = |x: &Tensor| -> Result<Tensor> { div(&sub(x, &matrix_transpose(x)?)?, &gaps) };
        let mut parts: Vec<Tensor> = Vec::new();
        let mut inner: Vec<Tensor> = Vec::new();
        if let Some(gu) = g.get(0) {
            let along = matmul(&ut, gu)?;
            inner.push(mul(&turning(&along)?, &rows)?);
            if m > k {
                let rest = div(&sub(gu, &matmul(u, &along)?)?, &rows)?;
                parts.push(matmul(&rest, vt)?);
            }
        }
        if let Some(gs) = g.get(1) {
            inner.push(diag_embed(gs, 0, -2, -1)?);
        }
        if let Some(gvt) = g.get(2) {
            let along = matmul(gvt, &v)?;
            inner.push(mul(&columns, &turning(&matrix_transpose(&along)?)?)?);
            if n > k {
                let rest = div(&sub(gvt, &matmul(&along, vt)?)?, &columns)?;
                parts.push(matmul(u, &rest)?);
            }
        }
        let sum = |parts: Vec<Tensor>| -> Result<Option<Tensor>> {
            let mut parts = parts.into_iter();
            let Some(first) = parts.next() else { return Ok(None) };
            parts.try_fold(first, |sum, x| add(&sum, &x)).map(Some)
        };
        if let Some(inner) = sum(inner)? {
            parts.push(matmul(u, &matmul(&inner, vt)?)?);
        }
        Ok(Grads::one(sum(parts)?))
    }
}

/// `U`, singular values in descending order and `V^T` with `U @ diag(S) @ V^T = input`, of the smaller side's size. Signs of the vectors
/// are not determined: a gradient that depends on them means nothing.
///
/// # Errors
/// If there are no matrices; for integers, booleans and half precision.
#[track_caller]
pub fn svd(input: &Tensor) -> Result<Vec<Tensor>> {
    Ok(apply(Svd, &[input.into()])?.into_iter().collect())
}

/// With `full`, the sides are made square by orthogonal vectors, without derivative.
fn svd_of(input: &Tensor, full: bool) -> Result<Vec<Tensor>> {
    let out = svd(input)?;
    let (m, n) = (input.size(-2), input.size(-1));
    if !full || m == n {
        return Ok(out);
    }
    let whole = |x: &Tensor| -> Result<Tensor> {
        let (rows, k) = (x.size(-2), x.size(-1));
        if rows == k {
            return Ok(x.clone());
        }
        // The columns beyond the first of a complete Q are orthogonal to them.
        let (q, _) = qr(&x.detach(), true)?;
        crate::ops::cat(&[x, &narrow(&q, -1, k as isize, rows - k)?], -1)
    };
    let v = matrix_transpose(&whole(&matrix_transpose(&out[2])?)?)?;
    Ok(vec![whole(&out[0])?, out[1].clone(), v])
}

/// PyTorch's older `svd`, with `V` instead of its transpose.
fn svd_old(input: &Tensor, some: bool) -> Result<Vec<Tensor>> {
    let mut out = svd_of(input, !some)?;
    out[2] = matrix_transpose(&out[2])?;
    Ok(out)
}

/// `X` with `A @ X = input`, from the Cholesky factor of `A`.
fn cholesky_solve(input: &Tensor, factor: &Tensor, upper: bool) -> Result<Tensor> {
    let factor = if upper { triu(factor, 0)? } else { tril(factor, 0)? };
    let t = matrix_transpose(&factor)?;
    let (first, second) = if upper { (t, factor) } else { (factor, t) };
    super::solve(&second, &super::solve(&first, input)?)
}

/// Singular values in descending order.
///
/// # Errors
/// As [`svd`].
#[track_caller]
pub fn svdvals(input: &Tensor) -> Result<Tensor> {
    Ok(svd(input)?.swap_remove(1))
}

/// The pseudoinverse (Moore and Penrose): singular values up to `rtol` times the largest count as 0; by default, the larger side times the
/// dtype's rounding error.
///
/// # Errors
/// As [`svd`].
#[track_caller]
pub fn pinv(input: &Tensor, rtol: Option<f64>) -> Result<Tensor> {
    pinv_above(input, None, rtol)
}

/// [`pinv`] for which singular values up to `atol` count as 0, too.
fn pinv_above(input: &Tensor, atol: Option<f64>, rtol: Option<f64>) -> Result<Tensor> {
    if input.ndim() < 2 {
        return Err(Error::runtime(format!(
            "linalg.pinv({}{{{:?}}}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types",
            input.dtype().scalar_name(),
            input.shape()
        )));
    }
    let out = svd(input)?;
    let [u, s, vt] = &out[..] else { unreachable!("three outputs") };
    let small = crate::ops::logical_not(&gt(&s.detach(), &threshold(input, s, atol, rtol)?)?)?;
    let back = masked_fill(&reciprocal(s)?, &small, 0)?;
    matmul(&mul(&matrix_transpose(vt)?, &unsqueeze(&back, -2)?)?, &matrix_transpose(u)?)
}

/// Singular values up to this count as 0.
fn threshold(input: &Tensor, s: &Tensor, atol: Option<f64>, rtol: Option<f64>) -> Result<Tensor> {
    let rounding = if input.dtype() == crate::DType::F64 { f64::EPSILON } else { f32::EPSILON as f64 };
    let side = input.size(-2).max(input.size(-1)) as f64;
    let default = if atol.is_some_and(|a| a > 0.0) { 0.0 } else { side * rounding };
    let relative = mul(&amax_dim(&s.detach(), &[-1], true)?, rtol.unwrap_or(default))?;
    crate::ops::clamp_min(&relative, atol.unwrap_or(0.0))
}

/// How many singular values are above a threshold, as in [`pinv`]; or above `atol`.
///
/// # Errors
/// As [`svd`].
#[track_caller]
pub fn matrix_rank(input: &Tensor, atol: Option<f64>, rtol: Option<f64>) -> Result<Tensor> {
    if input.ndim() < 2 {
        let text = "torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.";
        return Err(Error::runtime(text));
    }
    let s = svdvals(&input.detach())?;
    sum_dim(&gt(&s, &threshold(input, &s, atol, rtol)?)?, &[-1], false)
}

/// `X` with `L @ X = other` or, of an upper triangular `input`, `U @ X = other`; only the one triangle is read.
fn solve_triangular(a: &Tensor, b: &Tensor, upper: bool, left: bool, unit: bool) -> Result<Tensor> {
    square_matrices("solve_triangular", a)?;
    let triangle = if upper { triu(a, 0)? } else { tril(a, 0)? };
    let triangle = match unit {
        true => {
            let diagonal = diag_embed(&diagonal(&triangle, 0, -2, -1)?, 0, -2, -1)?;
            add(&sub(&triangle, &diagonal)?, &to_dtype(&identity(a.size(-1)), a.dtype())?)?
        }
        false => triangle,
    };
    if left {
        return super::solve(&triangle, b);
    }
    matrix_transpose(&super::solve(&matrix_transpose(&triangle)?, &matrix_transpose(b)?)?)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("cholesky(Tensor self, bool upper=False) -> Tensor", |a| triangle_of(a.tensor(0), a.bool(1))),
    bind!("linalg::cholesky(Tensor self, *, bool upper=False) -> Tensor", |a| triangle_of(a.tensor(0), a.bool(1))),
    bind!("qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)", |a| qr(a.tensor(0), !a.bool(1))),
    bind!("linalg::qr(Tensor A, str mode=\"reduced\") -> (Tensor Q, Tensor R)", |a| qr_mode(a.tensor(0), a.str(1))),
    bind!("linalg::eigh(Tensor self, str UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)", |a| eigh_of(
        a.tensor(0),
        a.str(1)
    )),
    bind!("linalg::eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor", |a| eigh_of(a.tensor(0), a.str(1)).map(|e| e.0)),
    bind!("svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)", |a| {
        match a.bool(2) {
            true => svd_old(a.tensor(0), a.bool(1)),
            false => Err(Error::not_implemented("svd() with compute_uv=False: use torch.linalg.svdvals")),
        }
    }),
    bind!("linalg::svd(Tensor A, bool full_matrices=True) -> (Tensor U, Tensor S, Tensor Vh)", |a| svd_of(
        a.tensor(0),
        a.bool(1)
    )),
    bind!("linalg::svdvals(Tensor A) -> Tensor", |a| svdvals(a.tensor(0))),
    bind!("pinverse(Tensor self, float rcond=1e-15) -> Tensor", |a| pinv(a.tensor(0), Some(a.float(1)))),
    bind!("linalg::pinv(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor", |a| {
        pinv_above(a.tensor(0), a.opt_float(1), a.opt_float(2))
    }),
    bind!(
        "linalg::matrix_rank(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
        |a| matrix_rank(a.tensor(0), a.opt_float(1), a.opt_float(2))
    ),
    bind!(
        "linalg::solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
        |a| solve_triangular(a.tensor(0), a.tensor(1), a.bool(2), a.bool(3), a.bool(4))
    ),
    bind!("cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor", |a| cholesky_solve(
        a.tensor(0),
        a.tensor(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -1.0, 1.0, &[3, 3]);
    let tall = || uniform(2, -1.0, 1.0, &[4, 3]);
    let several = || uniform(3, -1.0, 1.0, &[2, 3, 3]);
    let positive = |t: &Tensor| add(&square(t)?, &to_dtype(&identity(3), t.dtype())?);
    // What does not depend on signs.
    let rebuilt = |t: &Tensor| -> Result<Tensor> {
        let out = svd(t)?;
        matmul(&mul(&out[0], &unsqueeze(&mul(&out[1], &out[1])?, -2)?)?, &out[2])
    };
    let spectral = |t: &Tensor| -> Result<Tensor> {
        let (l, v) = eigh(&add(t, &matrix_transpose(t)?)?)?;
        matmul(&mul(&v, &unsqueeze(&mul(&l, &mul(&l, &l)?)?, -2)?)?, &matrix_transpose(&v)?)
    };
    let entries = vec![
        Entry::new("linalg.cholesky(Tensor input, *, bool upper=False) -> Tensor")
            .sample("torch.linalg.cholesky(a.mT @ a + torch.eye(3).double())", [a()], move |t| cholesky(&positive(&t[0])?))
            .sample("torch.linalg.cholesky(a.mT @ a + torch.eye(3).double())", [several()], move |t| cholesky(&positive(&t[0])?))
            .error(
                [floats(&[-1.0], &[1, 1])],
                |t| cholesky(&t[0]),
                "linalg.cholesky: The factorization could not be completed because the input is not positive-definite (the leading minor of order 1 is not positive-definite).",
            ),
        Entry::new("linalg.qr(Tensor A, str mode='reduced') -> (Tensor Q, Tensor R)")
            .sample("torch.linalg.qr(a)", [a()], |t| qr(&t[0], false))
            .sample("torch.linalg.qr(a)", [tall()], |t| qr(&t[0], false))
            .sample("torch.linalg.qr(a)", [several()], |t| qr(&t[0], false))
            .sample("torch.linalg.qr(a.detach(), 'complete')", [tall()], |t| qr(&t[0].detach(), true))
            .skip(Check::NotSmall, "there is no derivative"),
        Entry::new("linalg.eigh(Tensor A, str UPLO='L') -> (Tensor eigenvalues, Tensor eigenvectors)")
            .sample("torch.linalg.eigh(a + a.mT)[0]", [a()], |t| eigh(&add(&t[0], &matrix_transpose(&t[0])?)?).map(|e| e.0))
            .sample("(lambda e: e[1] * e[0].pow(3).unsqueeze(-2) @ e[1].mT)(torch.linalg.eigh(a + a.mT))", [several()], move |t| spectral(&t[0])),
        Entry::new("linalg.svd(Tensor A, bool full_matrices=True) -> (Tensor U, Tensor S, Tensor Vh)")
            .sample("torch.linalg.svdvals(a)", [tall()], |t| svdvals(&t[0]))
            .sample("(lambda e: e[0] * e[1].pow(2).unsqueeze(-2) @ e[2])(torch.linalg.svd(a, False))", [tall()], move |t| rebuilt(&t[0]))
            .sample("(lambda e: e[0] * e[1].pow(2).unsqueeze(-2) @ e[2])(torch.linalg.svd(a, False))", [uniform(5, -1.0, 1.0, &[2, 2, 3])], move |t| rebuilt(&t[0])),
        Entry::new("linalg.pinv(Tensor input, float? rtol=None) -> Tensor")
            .sample("torch.linalg.pinv(a)", [tall()], |t| pinv(&t[0], None)),
        Entry::new("linalg.matrix_rank(Tensor input) -> Tensor")
            .not_differentiable("it counts")
            .sample("torch.linalg.matrix_rank(a)", [tall()], |t| matrix_rank(&t[0], None, None))
            .sample("torch.linalg.matrix_rank(a)", [floats(&[1.0, 2.0, 2.0, 4.0], &[2, 2])], |t| matrix_rank(&t[0], None, None)),
    ];
    entries.into_iter().map(no_halves).collect()
}
