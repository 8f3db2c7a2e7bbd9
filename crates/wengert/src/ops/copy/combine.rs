//! block_diag, cartesian_prod, combinations, vander, renorm.

use crate::dtype::{DType, result_type};
use crate::error::{Error, Named, Result};
use crate::ops::{
    add, atleast_2d, cat, constant_pad_nd, gt, index_select, meshgrid, mul, norm_dim, ravel, reciprocal, reshape,
    stack, to_dtype, where_self, wrap_dim,
};
use crate::primitive::Meta;
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};

/// A matrix with the given ones along its diagonal and zeros elsewhere. A vector counts as a row, a number as one element.
///
/// # Errors
/// If one has more than two dimensions.
#[track_caller]
pub fn block_diag(tensors: &[&Tensor]) -> Result<Tensor> {
    if let Some((i, t)) = tensors.iter().enumerate().find(|(_, t)| t.ndim() > 2) {
        return Err(Error::runtime(format!(
            "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has {} dimensions",
            t.ndim()
        )))
        .named("block_diag");
    }
    if tensors.is_empty() {
        return Ok(Tensor::zeros(&[1, 0]));
    }
    let dtype = result_type(&tensors.iter().map(|t| Meta::of(t.array())).collect::<Vec<_>>());
    let blocks: Vec<Tensor> = tensors.iter().map(|t| to_dtype(&atleast_2d(t)?, dtype)).collect::<Result<_>>()?;
    let width: usize = blocks.iter().map(|b| b.shape()[1]).sum();
    let mut left = 0;
    let mut rows = Vec::with_capacity(blocks.len());
    for block in &blocks {
        let own = block.shape()[1];
        rows.push(constant_pad_nd(block, &[left as isize, (width - left - own) as isize], 0)?);
        left += own;
    }
    cat(&rows.iter().collect::<Vec<_>>(), 0)
}

fn vector(t: &Tensor) -> Result<()> {
    if t.ndim() == 1 {
        return Ok(());
    }
    Err(Error::runtime(format!("Expect a 1D vector, but got shape {:?}", t.shape())))
}

/// All ways to take one element of each vector, in the order of nested loops: `[ways, vectors]`. One vector alone is given back.
///
/// # Errors
/// If one is not a vector, or there is none.
#[track_caller]
pub fn cartesian_prod(tensors: &[&Tensor]) -> Result<Tensor> {
    tensors.iter().try_for_each(|t| vector(t)).named("cartesian_prod")?;
    if let [one] = tensors {
        return Ok((*one).clone());
    }
    let grids: Vec<Tensor> = meshgrid(tensors, "ij")?.iter().map(ravel).collect::<Result<_>>()?;
    stack(&grids.iter().collect::<Vec<_>>(), 1)
}

/// All ways to take `r` elements of a vector in its order: `[ways, r]`; with `with_replacement` an element may be taken again.
///
/// # Errors
/// If `input` is not a vector.
#[track_caller]
pub fn combinations(input: &Tensor, r: usize, with_replacement: bool) -> Result<Tensor> {
    vector(input).named("combinations")?;
    if r == 0 {
        return Ok(input.new_zeros(&[0]));
    }
    let n = input.numel() as i64;
    let mut places = Vec::new();
    let mut ways = 0;
    // The next way counts up the last place that can be, and starts those after it anew.
    let mut way: Vec<i64> = (0..r as i64).map(|k| if with_replacement { 0 } else { k }).collect();
    let most = |k: usize| if with_replacement { n - 1 } else { n - r as i64 + k as i64 };
    while way[0] <= most(0) && way[r - 1] <= most(r - 1) {
        places.extend_from_slice(&way);
        ways += 1;
        let Some(k) = (0..r).rev().find(|&k| way[k] < most(k)) else { break };
        way[k] += 1;
        for j in k + 1..r {
            way[j] = way[j - 1] + i64::from(!with_replacement);
        }
    }
    let places = Tensor::from_slice(&places, &[ways * r]);
    reshape(&index_select(input, 0, &places)?, &[ways, r])
}

/// The powers of each element of a vector, from `columns - 1` (by default as many columns as elements) down to 0, or with `increasing` up from 0: `[n, columns]`.
///
/// # Errors
/// If `input` is not a vector.
#[track_caller]
pub fn vander(input: &Tensor, columns: Option<usize>, increasing: bool) -> Result<Tensor> {
    if input.ndim() != 1 {
        return Err(Error::runtime("x must be a one-dimensional tensor.")).named("vander");
    }
    // Truth values count as integers.
    let x = if input.dtype() == DType::Bool { to_dtype(input, DType::I64)? } else { input.clone() };
    powers(&x, columns.unwrap_or(x.numel()), increasing)
}

/// The powers 0 to `n - 1` of the elements, in a new last dimension.
fn powers(x: &Tensor, n: usize, increasing: bool) -> Result<Tensor> {
    if n == 0 {
        return Ok(x.new_zeros(&[x.shape(), &[0]].concat()));
    }
    let mut powers = vec![Tensor::ones_like(x)];
    for k in 1..n {
        powers.push(mul(&powers[k - 1], x)?);
    }
    if !increasing {
        powers.reverse();
    }
    stack(&powers.iter().collect::<Vec<_>>(), -1)
}

/// `torch.linalg.vander`: of many vectors, with increasing powers.
fn vander_of_batch(x: &Tensor, columns: Option<i64>) -> Result<Tensor> {
    if x.dtype() == DType::Bool {
        return Err(Error::not_implemented(
            "linalg.vander supports floating point, complex, and integer tensors, but got Bool",
        ));
    }
    let last = x.shape().last().map_or(1, |&n| n as i64);
    match usize::try_from(columns.unwrap_or(last)) {
        Ok(n) if n > 1 => powers(x, n, true),
        _ => Err(Error::runtime("N must be greater than 1.")),
    }
}

/// `input` with each slice of dimension `dim` scaled down to the `p`-norm `maxnorm` if it has a larger one.
///
/// # Errors
/// If there are fewer than two dimensions, `dim` is out of range, `p` is not positive, or `maxnorm` is negative.
#[track_caller]
pub fn renorm(input: &Tensor, p: f64, dim: isize, maxnorm: f64) -> Result<Tensor> {
    let n = input.ndim();
    let problem = if p <= 0.0 || p.is_nan() {
        Some("renorm: non-positive-norm not supported".to_string())
    } else if maxnorm < 0.0 {
        Some(format!("renorm: expected maxnorm to be >= 0 but got {maxnorm}"))
    } else if n < 2 {
        Some(format!("renorm: input needs at least 2 dimensions, got {n} dimensions"))
    } else {
        None
    };
    if let Some(text) = problem {
        return Err(Error::runtime(text)).named("renorm");
    }
    let d = wrap_dim(dim, n).named("renorm")? as isize;
    let others: Vec<isize> = (0..n as isize).filter(|&e| e != d).collect();
    let norms = norm_dim(input, p, &others, true)?;
    // PyTorch keeps clear of a division by zero.
    let scale = mul(&reciprocal(&add(&norms, 1e-7)?)?, maxnorm)?;
    mul(input, &where_self(&gt(&norms, maxnorm)?, &scale, 1.0)?)
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("torch::block_diag(Tensor[] tensors) -> Tensor", |a| block_diag(&a.tensors(0))),
    bind!("torch::cartesian_prod(Tensor[] tensors) -> Tensor", |a| cartesian_prod(&a.tensors(0))),
    bind!("torch::vander(Tensor x, int? N=None, bool increasing=False) -> Tensor", |a| {
        let columns = match a.opt_int(1) {
            Some(n) => Some(usize::try_from(n).map_err(|_| Error::runtime("N must be non-negative."))?),
            None => None,
        };
        vander(a.tensor(0), columns, a.bool(2))
    }),
    bind!("linalg::vander(Tensor x, *, int? N=None) -> Tensor", |a| vander_of_batch(a.tensor(0), a.opt_int(1))),
    bind!("renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor", |a| {
        renorm(a.tensor(0), a.scalar(1).to_f64(), a.dim(2), a.scalar(3).to_f64())
    }),
    bind!("torch::combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor", |a| {
        let r = usize::try_from(a.int(1))
            .map_err(|_| Error::runtime(format!("Expect a non-negative number, but got {}", a.int(1))))?;
        combinations(a.tensor(0), r, a.bool(2))
    }),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (m, v, s) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3]), uniform(3, 1.0, 2.0, &[]));
    let i = ints(4, -9, 9, &[4]);
    vec![
        Entry::new("block_diag(Tensor[] tensors) -> Tensor")
            .sample("torch.block_diag(a, b, c)", [m.clone(), v.clone(), s.clone()], |t| {
                block_diag(&[&t[0], &t[1], &t[2]])
            })
            .sample("torch.block_diag(a, a)", [i.clone()], |t| block_diag(&[&t[0], &t[0]]))
            .sample("torch.block_diag(a, b)", [m.clone(), uniform(5, 0.0, 1.0, &[2, 0])], |t| {
                block_diag(&[&t[0], &t[1]])
            })
            .error(
                [uniform(1, 0.0, 1.0, &[1, 2, 2])],
                |t| block_diag(&[&t[0]]),
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. Input 0 has 3 dimensions",
            ),
        Entry::new("cartesian_prod(Tensor[] tensors) -> Tensor")
            .sample("torch.cartesian_prod(a, b)", [v.clone(), uniform(6, -2.0, 2.0, &[2])], |t| {
                cartesian_prod(&[&t[0], &t[1]])
            })
            .sample("torch.cartesian_prod(a)", [v.clone()], |t| cartesian_prod(&[&t[0]]))
            .error([m.clone()], |t| cartesian_prod(&[&t[0]]), "Expect a 1D vector, but got shape [2, 3]"),
        Entry::new("combinations(Tensor input, int r=2, bool with_replacement=False) -> Tensor")
            .sample("torch.combinations(a)", [v.clone()], |t| combinations(&t[0], 2, false))
            .sample("torch.combinations(a, 3)", [i.clone()], |t| combinations(&t[0], 3, false))
            .sample("torch.combinations(a, 3, True)", [v.clone()], |t| combinations(&t[0], 3, true))
            .sample("torch.combinations(a, 1)", [v.clone()], |t| combinations(&t[0], 1, false))
            .sample("torch.combinations(a, 5)", [i.clone()], |t| combinations(&t[0], 5, false))
            .error([m.clone()], |t| combinations(&t[0], 2, false), "Expect a 1D vector, but got shape [2, 3]"),
        Entry::new("vander(Tensor input, int? N=None, bool increasing=False) -> Tensor")
            // PyTorch's own torch.vander has no gradient: it overwrites what it saved.
            .sample("torch.vander(a.detach())", [v.clone()], |t| vander(&t[0].detach(), None, false))
            .sample("torch.vander(a.detach(), 5, True)", [v.clone()], |t| vander(&t[0].detach(), Some(5), true))
            .sample("torch.linalg.vander(a)", [v.clone()], |t| vander(&t[0], None, true))
            .sample("torch.linalg.vander(a, N=5).flip(-1)", [v.clone()], |t| vander(&t[0], Some(5), false))
            .sample("torch.linalg.vander(a)", [m.clone()], |t| vander_of_batch(&t[0], None))
            .sample("torch.vander(a, 2)", [i.clone()], |t| vander(&t[0], Some(2), false))
            .error([m.clone()], |t| vander(&t[0], None, false), "x must be a one-dimensional tensor."),
        Entry::new("renorm(Tensor input, Scalar p, int dim, Scalar maxnorm) -> Tensor")
            .sample("torch.renorm(a, 2, 0, 1.5)", [m.clone()], |t| renorm(&t[0], 2.0, 0, 1.5))
            .sample("torch.renorm(a, 1, -1, 2)", [uniform(5, -2.0, 2.0, &[2, 3, 4])], |t| renorm(&t[0], 1.0, -1, 2.0))
            .error(
                [v.clone()],
                |t| renorm(&t[0], 2.0, 0, 1.0),
                "renorm: input needs at least 2 dimensions, got 1 dimensions",
            )
            .error([m.clone()], |t| renorm(&t[0], 0.0, 0, 1.0), "renorm: non-positive-norm not supported"),
    ]
}
