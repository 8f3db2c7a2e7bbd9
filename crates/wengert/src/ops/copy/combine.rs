//! block_diag, cartesian_prod, combinations.

use crate::dtype::result_type;
use crate::error::{Error, Named, Result};
use crate::ops::{atleast_2d, cat, constant_pad_nd, index_select, meshgrid, ravel, reshape, stack, to_dtype};
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

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("torch::block_diag(Tensor[] tensors) -> Tensor", |a| block_diag(&a.tensors(0))),
    bind!("torch::cartesian_prod(Tensor[] tensors) -> Tensor", |a| cartesian_prod(&a.tensors(0))),
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
    ]
}
