//! multi_dot, chain_matmul.

use crate::error::{Error, Named, Result};
use crate::ops::{mm, unsqueeze, view};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};

/// The product of several matrices, in the order of multiplication that costs least. The first tensor may be a vector, which counts as
/// a row, and the last one, which counts as a column.
///
/// # Errors
/// If there are fewer than two, one is not a matrix, or their shapes or dtypes do not fit.
#[track_caller]
pub fn multi_dot(tensors: &[&Tensor]) -> Result<Tensor> {
    check(tensors).named("multi_dot")?;
    let last = tensors.len() - 1;
    let mut matrices: Vec<Tensor> = tensors.iter().map(|&t| t.clone()).collect();
    let (row, column) = (tensors[0].ndim() == 1, tensors[last].ndim() == 1);
    if row {
        matrices[0] = unsqueeze(&matrices[0], 0)?;
    }
    if column {
        matrices[last] = unsqueeze(&matrices[last], 1)?;
    }
    let product = Order::of(&matrices).product(&matrices, 0, last)?;
    let mut shape = vec![product.shape()[0], product.shape()[1]];
    if column {
        shape.pop();
    }
    if row {
        shape.remove(0);
    }
    view(&product, &shape)
}

fn check(tensors: &[&Tensor]) -> Result<()> {
    let n = tensors.len();
    if n < 2 {
        return Err(Error::runtime(format!("multi_dot(): expected at least 2 tensors but got {n}")));
    }
    for (i, t) in tensors.iter().enumerate() {
        let (outer, d) = (i == 0 || i == n - 1, t.ndim());
        if outer && d != 1 && d != 2 {
            let which = if i == 0 { "first" } else { "last" };
            return Err(Error::runtime(format!("multi_dot(): the {which} tensor must be 1D or 2D but got {d}D")));
        }
        if !outer && d != 2 {
            return Err(Error::runtime(format!("multi_dot(): tensor {i} must be 2D but got {d}D")));
        }
        if t.dtype() != tensors[0].dtype() {
            return Err(Error::runtime(format!(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is {} and tensor {i} {}",
                tensors[0].dtype().scalar_name(),
                t.dtype().scalar_name()
            )));
        }
    }
    for i in 1..n {
        let (a, b) = (tensors[i - 1].shape(), tensors[i].shape());
        // Two vectors meet as a row and a column.
        if a[a.len() - 1] != b[0] {
            return Err(Error::runtime(format!(
                "multi_dot(): tensors {} and {i} with shapes {a:?} and {b:?} cannot be multiplied",
                i - 1
            )));
        }
    }
    Ok(())
}

/// Where to split each run of factors, by dynamic programming over the number of multiplications.
struct Order {
    n: usize,
    split: Vec<usize>,
}

impl Order {
    fn of(matrices: &[Tensor]) -> Order {
        let n = matrices.len();
        let size = |i: usize| if i == 0 { matrices[0].shape()[0] } else { matrices[i - 1].shape()[1] } as u128;
        let (mut cost, mut split) = (vec![0u128; n * n], vec![0; n * n]);
        for len in 1..n {
            for from in 0..n - len {
                let to = from + len;
                let price =
                    |k: usize| cost[from * n + k] + cost[(k + 1) * n + to] + size(from) * size(k + 1) * size(to + 1);
                // Of equal prices the first split, as PyTorch.
                let best = (from..to).min_by_key(|&k| price(k)).unwrap_or(from);
                cost[from * n + to] = price(best);
                split[from * n + to] = best;
            }
        }
        Order { n, split }
    }

    /// The product of the factors `from..=to`. It goes as deep as there are factors.
    #[track_caller]
    fn product(&self, matrices: &[Tensor], from: usize, to: usize) -> Result<Tensor> {
        if from == to {
            return Ok(matrices[from].clone());
        }
        let k = self.split[from * self.n + to];
        mm(&self.product(matrices, from, k)?, &self.product(matrices, k + 1, to)?)
    }
}

/// [`multi_dot`] of matrices; of one matrix it is that matrix.
///
/// # Errors
/// Those of [`multi_dot`].
#[track_caller]
pub fn chain_matmul(matrices: &[&Tensor]) -> Result<Tensor> {
    match matrices {
        [] => Err(Error::runtime("chain_matmul(): Expected one or more matrices")).named("chain_matmul"),
        [only] => Ok((*only).clone()),
        _ => multi_dot(matrices),
    }
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("linalg::multi_dot(Tensor[] tensors) -> Tensor", |a| multi_dot(&a.tensors(0))),
    bind!("chain_matmul(Tensor[] matrices) -> Tensor", |a| chain_matmul(&a.tensors(0))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let real = |seed, shape: &[usize]| uniform(seed, -2.0, 2.0, shape);
    let (a, b, c, d) = (real(1, &[2, 3]), real(2, &[3, 4]), real(3, &[4, 2]), real(4, &[2, 5]));
    let (u, v) = (real(5, &[2]), real(6, &[4]));
    let four = || vec![a.clone(), b.clone(), c.clone(), d.clone()];
    let all = |t: &[Tensor]| multi_dot(&t.iter().collect::<Vec<_>>());
    vec![
        Entry::new("multi_dot(Tensor[] tensors) -> Tensor")
            .sample("torch.linalg.multi_dot([a, b, c, d])", four(), all)
            .sample("torch.linalg.multi_dot([a, b, c])", [u.clone(), a.clone(), b.clone()], all)
            .sample("torch.linalg.multi_dot([a, b, c, d])", [u.clone(), a.clone(), b.clone(), v.clone()], all)
            .sample("torch.linalg.multi_dot([a, b])", [u.clone(), u.clone()], all)
            .error([a.clone()], all, "multi_dot(): expected at least 2 tensors but got 1")
            .error(
                [a.clone(), c.clone()],
                all,
                "multi_dot(): tensors 0 and 1 with shapes [2, 3] and [4, 2] cannot be multiplied",
            )
            .error([a.clone(), u.clone(), b.clone()], all, "multi_dot(): tensor 1 must be 2D but got 1D"),
        Entry::new("chain_matmul(Tensor[] matrices) -> Tensor").sample(
            "torch.chain_matmul(a, b, c)",
            [a.clone(), b.clone(), c.clone()],
            |t| chain_matmul(&[&t[0], &t[1], &t[2]]),
        ),
    ]
}
