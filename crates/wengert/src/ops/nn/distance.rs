//! cosine_similarity, pairwise_distance, cdist, pdist.

use crate::error::{Error, Named, Result};
use crate::ops::{
    add, broadcast_tensors, div, index_select, lt, mul, norm_dim, rsub, sub, sum_dim, to_dtype, triu_indices, unbind,
    unsqueeze, where_self, wrap_dim,
};
use crate::pointwise::broadcast_all;
use crate::primitive::Meta;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};

/// The cosine of the angle between vectors along `dim`, which is dropped. Lengths below `eps` count as `eps`. The inputs are broadcast.
///
/// # Errors
/// If the shapes do not broadcast, `dim` is out of range, or both are of integers.
#[track_caller]
pub fn cosine_similarity(x1: &Tensor, x2: &Tensor, dim: isize, eps: f64) -> Result<Tensor> {
    let dtype = crate::dtype::result_type(&[Meta::of(x1.array()), Meta::of(x2.array())]);
    if !dtype.is_float() {
        return Err(Error::runtime(format!(
            "expected common dtype to be floating point, yet common dtype is {}",
            dtype.scalar_name()
        )))
        .named("cosine_similarity");
    }
    let shape = broadcast_all(&[Meta::of(x1.array()), Meta::of(x2.array())]).named("cosine_similarity")?;
    wrap_dim(dim, shape.len()).named("cosine_similarity")?;
    let both = broadcast_tensors(&[&to_dtype(x1, dtype)?, &to_dtype(x2, dtype)?])?;
    // The bound is on the values: what is below it keeps the gradient of a length.
    let unit = |x: &Tensor| {
        let length = norm_dim(x, 2.0, &[dim], true)?;
        let now = length.detach();
        let missing = where_self(&lt(&now, eps)?, &rsub(&now, eps)?, 0.0)?;
        div(x, &add(&length, &missing)?)
    };
    sum_dim(&mul(&unit(&both[0])?, &unit(&both[1])?)?, &[dim], false)
}

/// The `p`-norm of `x1 - x2 + eps` along the last dimension, which is dropped or, with `keepdim`, becomes 1. The inputs are broadcast.
///
/// # Errors
/// If the shapes do not broadcast.
#[track_caller]
pub fn pairwise_distance(x1: &Tensor, x2: &Tensor, p: f64, eps: f64, keepdim: bool) -> Result<Tensor> {
    let last = x1.ndim().max(x2.ndim()) as isize - 1;
    norm_dim(&add(&sub(x1, x2)?, eps)?, p, &[last.max(0)], keepdim)
}

fn check_cdist(x1: &Tensor, x2: &Tensor, p: f64) -> Result<()> {
    for (name, x) in [("X1", x1), ("X2", x2)] {
        if !x.dtype().is_float() {
            return Err(Error::runtime(format!(
                "cdist only supports floating-point dtypes, {name} got: {}",
                x.dtype().scalar_name()
            )));
        }
    }
    for (name, x) in [("X1", x1), ("X2", x2)] {
        if x.ndim() < 2 {
            return Err(Error::runtime(format!("cdist only supports at least 2D tensors, {name} got: {}D", x.ndim())));
        }
    }
    let (c1, c2) = (x1.size(-1), x2.size(-1));
    if c1 != c2 {
        return Err(Error::runtime(format!("X1 and X2 must have the same number of columns. X1: {c1} X2: {c2}")));
    }
    if p < 0.0 || p.is_nan() {
        return Err(Error::runtime("cdist only supports non-negative p values"));
    }
    Ok(())
}

/// The `p`-norm of the difference between each row of `x1`, `[.., n, d]`, and each row of `x2`, `[.., m, d]`: `[.., n, m]`. The dimensions in front are
/// broadcast. Where rows are equal the gradient is zero.
///
/// # Errors
/// If there are fewer than two dimensions, rows differ in length, `p` is negative, or for integers.
///
/// ```
/// use wengert::{ops, tensor};
/// let x = tensor!([[0.0, 0.0], [3.0, 4.0]]);
/// assert_eq!(ops::cdist(&x, &x, 2.0)?.to_vec::<f32>(), [0.0, 5.0, 5.0, 0.0]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn cdist(x1: &Tensor, x2: &Tensor, p: f64) -> Result<Tensor> {
    check_cdist(x1, x2, p).named("cdist")?;
    if x1.size(-1) == 0 {
        return sum_dim(&mul(&unsqueeze(x1, -2)?, &unsqueeze(x2, -3)?)?, &[-1], false);
    }
    norm_dim(&sub(&unsqueeze(x1, -2)?, &unsqueeze(x2, -3)?)?, p, &[-1], false)
}

/// The `p`-norm of the difference between each two rows of `[n, d]`, in the order of the upper triangle of [`cdist`]: `[n (n - 1) / 2]`.
///
/// # Errors
/// If `input` is not a matrix of floats, or `p` is negative.
#[track_caller]
pub fn pdist(input: &Tensor, p: f64) -> Result<Tensor> {
    if input.ndim() != 2 {
        return Err(Error::runtime(format!("pdist only supports 2D tensors, got: {}D", input.ndim()))).named("pdist");
    }
    if !input.dtype().is_float() {
        return Err(Error::runtime("pdist only supports floating-point dtypes")).named("pdist");
    }
    if p < 0.0 || p.is_nan() {
        return Err(Error::runtime("pdist only supports non-negative p values")).named("pdist");
    }
    let n = input.shape()[0];
    let pairs = unbind(&triu_indices(n, n, 1)?, 0)?;
    let rows = |i: &Tensor| index_select(input, 0, i);
    norm_dim(&sub(&rows(&pairs[0])?, &rows(&pairs[1])?)?, p, &[-1], false)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("torch::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor", |a| {
        cosine_similarity(a.tensor(0), a.tensor(1), a.dim(2), a.float(3))
    }),
    bind!(
        "torch::pairwise_distance(Tensor x1, Tensor x2, float p=2.0, float eps=1e-06, bool keepdim=False) -> Tensor",
        |a| pairwise_distance(a.tensor(0), a.tensor(1), a.float(2), a.float(3), a.bool(4))
    ),
    bind!(
        "torch::cdist(Tensor x1, Tensor x2, float p=2.0, str compute_mode='use_mm_for_euclid_dist_if_necessary') -> Tensor",
        |a| { cdist(a.tensor(0), a.tensor(1), a.float(2)) }
    ),
    bind!("torch::pdist(Tensor self, float p=2.0) -> Tensor", |a| pdist(a.tensor(0), a.float(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[3, 4]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (m, n) = (uniform(3, -2.0, 2.0, &[2, 1, 3, 2]), uniform(4, -2.0, 2.0, &[4, 2]));
    let r = uniform(5, -2.0, 2.0, &[3, 2]);
    let two = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let far = move |p: f64| move |t: &[Tensor]| cdist(&t[0], &t[1], p);
    vec![
        Entry::new("cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor")
            .sample("F.cosine_similarity(a, b)", two(&a, &b), |t| cosine_similarity(&t[0], &t[1], 1, 1e-8))
            .sample("F.cosine_similarity(a, b, dim=-1, eps=0.1)", two(&m, &r), |t| {
                cosine_similarity(&t[0], &t[1], -1, 0.1)
            })
            .kink("F.cosine_similarity(a, b, eps=4.5)", two(&a, &b), |t| cosine_similarity(&t[0], &t[1], 1, 4.5))
            .kink("F.cosine_similarity(a, b, dim=0)", [a.clone(), a.new_zeros(&[3, 4])], |t| {
                cosine_similarity(&t[0], &t[1], 0, 1e-8)
            })
            .skip(Check::Precision, "in half precision `eps` is zero")
            .error(
                two(&ints(1, 0, 3, &[2, 2]), &ints(1, 0, 3, &[2, 2])),
                |t| cosine_similarity(&t[0], &t[1], 1, 1e-8),
                "expected common dtype to be floating point, yet common dtype is Long",
            )
            .error(
                two(&a, &b),
                |t| cosine_similarity(&t[0], &t[1], 2, 1e-8),
                "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
            ),
        Entry::new("pairwise_distance(Tensor x1, Tensor x2, float p=2, float eps=1e-06, bool keepdim=False) -> Tensor")
            .sample("F.pairwise_distance(a, b)", two(&a, &b), |t| pairwise_distance(&t[0], &t[1], 2.0, 1e-6, false))
            .sample("F.pairwise_distance(a, b, 1.5, 0.1, True)", two(&m, &r), |t| {
                pairwise_distance(&t[0], &t[1], 1.5, 0.1, true)
            }),
        Entry::new("cdist(Tensor x1, Tensor x2, float p=2) -> Tensor")
            .sample("torch.cdist(a, b)", two(&m, &n), far(2.0))
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("torch.cdist(a, b, p=1)", two(&a, &b), far(1.0))
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("torch.cdist(a, b, p=3.5)", two(&a, &b), far(3.5))
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("torch.cdist(a, b, p=float('inf'))", two(&a, &b), far(f64::INFINITY))
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .error(two(&a, &n), far(2.0), "X1 and X2 must have the same number of columns. X1: 4 X2: 2")
            .error(two(&a, &a), far(-1.0), "cdist only supports non-negative p values")
            .error(
                two(&ints(1, 0, 3, &[2, 2]), &n),
                far(2.0),
                "cdist only supports floating-point dtypes, X1 got: Long",
            ),
        Entry::new("pdist(Tensor input, float p=2) -> Tensor")
            .sample("torch.pdist(a)", [a.clone()], |t| pdist(&t[0], 2.0))
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .sample("torch.pdist(a, 1.5)", [n], |t| pdist(&t[0], 1.5))
            .skip(Check::SecondBackward, "PyTorch has no second derivative")
            .error([m], |t| pdist(&t[0], 2.0), "pdist only supports 2D tensors, got: 4D"),
    ]
}
