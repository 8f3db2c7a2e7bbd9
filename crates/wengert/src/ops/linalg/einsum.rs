//! einsum.

use super::equation::{Equation, Label};
use crate::error::{Error, Named, Result};
use crate::ops::{batched, diagonal, mul, permute_dims, reshape, sum_dim, unsqueeze_dims, view};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, ints, uniform};
use smallvec::SmallVec;
use wengert_kernels::Dims;

/// Sums products of the operands' elements by Einstein's convention: `einsum("ij,jk->ik", [a, b])` is the matrix product.
///
/// Each letter is an index; letters that the result (after `->`) does not have are summed over. Without `->` the result has the
/// letters that occur once, in alphabetical order. `...` stands for any number of dimensions, which broadcast. A letter that occurs
/// twice in one operand takes its diagonal. The operands are contracted from left to right.
///
/// # Errors
/// If the equation is not well formed, or does not fit the operands.
///
/// ```
/// use wengert::{ops, tensor};
/// let m = tensor!([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(ops::einsum("ii", &[&m])?.item(), 5.0);
/// assert_eq!(ops::einsum("ij,j->i", &[&m, &tensor!([1.0, 10.0])])?.to_vec::<f32>(), [21.0, 43.0]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn einsum(equation: &str, operands: &[&Tensor]) -> Result<Tensor> {
    let shapes: Vec<&[usize]> = operands.iter().map(|t| t.shape()).collect();
    let plan = Equation::parse(equation, &shapes).named("einsum")?;
    // All indices in one order: the result's, then those that are summed over.
    let (kept, order) = (plan.output.len(), plan.order());
    let mut aligned = Vec::with_capacity(operands.len());
    for (t, labels) in operands.iter().zip(&plan.operands) {
        aligned.push(align(t, labels, &order)?);
    }
    let last = |d: usize| (0..aligned.len()).rev().find(|&i| aligned[i].shape()[d] != 1).unwrap_or(0);
    let sums: Vec<usize> = (kept..order.len()).map(last).collect();
    let at_step = |i: usize| -> SmallVec<[usize; 5]> {
        (kept..order.len()).filter(|d| sums[d - kept] == i && order.len() > kept).collect()
    };
    if let [only] = &aligned[..] {
        let dims: Vec<isize> = (kept..order.len()).map(|d| d as isize).collect();
        return if dims.is_empty() { Ok(only.clone()) } else { sum_dim(only, &dims, false) };
    }
    let mut result = summed(&aligned[0], &at_step(0))?;
    for (i, next) in aligned.iter().enumerate().skip(1) {
        result = contract(&result, next, &at_step(i))?;
    }
    if order.len() == kept {
        return Ok(result);
    }
    view(&result, &result.shape()[..kept])
}

/// An operand with its dimensions in the common order, of size 1 where it does not have one.
#[track_caller]
fn align(t: &Tensor, labels: &[Label], order: &[Label]) -> Result<Tensor> {
    let mut t = t.clone();
    let mut labels = labels.to_vec();
    let mut i = 0;
    while i < labels.len() {
        match labels[i + 1..].iter().position(|l| *l == labels[i]) {
            Some(j) => {
                let j = i + 1 + j;
                t = diagonal(&t, 0, i as isize, j as isize)?;
                let label = labels.remove(j);
                labels.remove(i);
                labels.push(label);
            }
            None => i += 1,
        }
    }
    // Missing dimensions come at the end and are moved to their places with the others.
    let there = labels.len();
    labels.extend(order.iter().filter(|l| !labels.contains(l)).copied().collect::<Vec<_>>());
    if labels.len() > there {
        t = unsqueeze_dims(&t, &(there..labels.len()).collect::<Dims>())?;
    }
    let place = |l: &Label| labels.iter().position(|m| m == l).expect("every label is there now");
    permute_dims(&t, &order.iter().map(place).collect::<Dims>())
}

/// Summed over `dims`, which become 1; those of size 1 need no sum.
#[track_caller]
fn summed(t: &Tensor, dims: &[usize]) -> Result<Tensor> {
    let dims: Vec<isize> = dims.iter().filter(|&&d| t.shape()[d] != 1).map(|&d| d as isize).collect();
    if dims.is_empty() { Ok(t.clone()) } else { sum_dim(t, &dims, true) }
}

/// The product of two aligned operands, summed over `dims`: a product of batches of matrices.
#[track_caller]
fn contract(a: &Tensor, b: &Tensor, dims: &[usize]) -> Result<Tensor> {
    let one_sided = |t: &Tensor, other: &Tensor| -> Dims {
        dims.iter().copied().filter(|&d| t.shape()[d] != 1 && other.shape()[d] == 1).collect()
    };
    let (in_a, in_b) = (one_sided(a, b), one_sided(b, a));
    let (a, b) = (summed(a, &in_a)?, summed(b, &in_b)?);
    let both = |d: &usize| a.shape()[*d] != 1 && b.shape()[*d] != 1;
    let sums: Dims = dims.iter().copied().filter(both).collect();
    if sums.is_empty() {
        return mul(&a, &b);
    }
    let rest = || (0..a.ndim()).filter(|d| !sums.contains(d));
    let batch: Dims = rest().filter(both).collect();
    let rows: Dims = rest().filter(|d| a.shape()[*d] != 1 && b.shape()[*d] == 1).collect();
    let columns: Dims = rest().filter(|d| a.shape()[*d] == 1).collect();
    let size = |t: &Tensor, dims: &Dims| -> usize { dims.iter().map(|&d| t.shape()[d]).product() };
    let chain = |parts: [&Dims; 4]| -> Dims { parts.into_iter().flatten().copied().collect() };
    let left = permute_dims(&a, &chain([&batch, &rows, &sums, &columns]))?;
    let left = reshape(&left, &[size(&a, &batch), size(&a, &rows), size(&a, &sums)])?;
    let right = permute_dims(&b, &chain([&batch, &sums, &columns, &rows]))?;
    let right = reshape(&right, &[size(&b, &batch), size(&b, &sums), size(&b, &columns)])?;
    let product = batched(&left, &right)?;
    let dims = chain([&batch, &rows, &columns, &sums]);
    let shape: Dims =
        dims.iter().map(|&d| if sums.contains(&d) { 1 } else { a.shape()[d].max(b.shape()[d]) }).collect();
    let mut back = Dims::from_elem(0, dims.len());
    for (i, &d) in dims.iter().enumerate() {
        back[d] = i;
    }
    permute_dims(&view(&product, &shape)?, &back)
}

pub(crate) static BINDINGS: &[Binding] = &[bind!(
    "einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor",
    |a| einsum(a.str(0), &a.tensors(1))
)];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -2.0, 2.0, &[2, 3]), uniform(2, -2.0, 2.0, &[3, 4]));
    let (p, q) = (uniform(3, -2.0, 2.0, &[2, 3, 4]), uniform(4, -2.0, 2.0, &[2, 4, 2]));
    let (square, v, s) = (uniform(5, -2.0, 2.0, &[3, 3]), uniform(6, -2.0, 2.0, &[3]), uniform(7, -2.0, 2.0, &[]));
    let i = ints(8, -9, 9, &[2, 3]);
    let pair = |x: &Tensor, y: &Tensor| [x.clone(), y.clone()];
    let two = |equation: &'static str| move |t: &[Tensor]| einsum(equation, &[&t[0], &t[1]]);
    let one = |equation: &'static str| move |t: &[Tensor]| einsum(equation, &[&t[0]]);
    vec![
        Entry::new("einsum(str equation, Tensor[] operands) -> Tensor")
            .sample("torch.einsum('ij,jk->ik', a, b)", pair(&a, &b), two("ij,jk->ik"))
            .sample("torch.einsum('ij , jk -> ki', a, b)", pair(&a, &b), two("ij , jk -> ki"))
            .sample("torch.einsum('ij,jk', a, b)", pair(&a, &b), two("ij,jk"))
            .sample("torch.einsum('ij->ji', a)", [a.clone()], one("ij->ji"))
            .sample("torch.einsum('ij->', a)", [i.clone()], one("ij->"))
            .sample("torch.einsum('ba', a)", [a.clone()], one("ba"))
            .sample("torch.einsum('ii', a)", [square.clone()], one("ii"))
            .sample("torch.einsum('ii->i', a)", [square.clone()], one("ii->i"))
            .sample("torch.einsum('jij->ij', a.expand(3, 3, 3))", [square.clone()], |t| {
                einsum("jij->ij", &[&crate::ops::expand(&t[0], &[3, 3, 3])?])
            })
            .sample("torch.einsum('bij,bjk->bik', a, b)", pair(&p, &q), two("bij,bjk->bik"))
            .sample("torch.einsum('bij,bjk->', a, b)", pair(&p, &q), two("bij,bjk->"))
            .sample("torch.einsum('...ij,...jk->...ik', a, b[0])", pair(&p, &q), |t| {
                einsum("...ij,...jk->...ik", &[&t[0], &crate::ops::select(&t[1], 0, 0)?])
            })
            .sample("torch.einsum('i...->...', a)", [p.clone()], one("i...->..."))
            .sample("torch.einsum('i,j->ij', a, a)", [v.clone()], |t| einsum("i,j->ij", &[&t[0], &t[0]]))
            .sample("torch.einsum('i,i->i', a, a)", [v.clone()], |t| einsum("i,i->i", &[&t[0], &t[0]]))
            .sample("torch.einsum(',ij', b, a)", pair(&a, &s), |t| einsum(",ij", &[&t[1], &t[0]]))
            .sample("torch.einsum('ij,ij->', a, b[:, :1])", pair(&b, &square), |t| {
                einsum("ij,ij->", &[&t[0], &crate::ops::narrow(&t[1], 1, 0, 1)?])
            })
            .sample("torch.einsum('ij,jk,bkl->bl', a, b, c)", [a.clone(), b.clone(), q.clone()], |t| {
                einsum("ij,jk,bkl->bl", &[&t[0], &t[1], &t[2]])
            })
            .sample("torch.einsum('ij,kj->ik', a, a)", [i.clone()], |t| einsum("ij,kj->ik", &[&t[0], &t[0]]))
            .error([a.clone()], one("ij,jk"), "einsum(): fewer operands were provided than specified in the equation")
            .error(pair(&a, &b), two("ij"), "einsum(): more operands were provided than specified in the equation")
            .error(
                [a.clone()],
                one("ijk"),
                "einsum(): the number of subscripts in the equation (3) does not match the number of dimensions (2) for operand 0 and no ellipsis was given",
            )
            .error(
                pair(&a, &a),
                two("ij,jk->ik"),
                "einsum(): subscript j has size 2 for operand 1 which does not broadcast with previously seen size 3",
            )
            .error([a.clone()], one("ij->ik"), "einsum(): output subscript k does not appear in the equation for any input operand")
            .error([a.clone()], one("ij->ii"), "einsum(): output subscript i appears more than once in the output")
            .error([a.clone()], one("i1"), "einsum(): invalid subscript given at index 1 in the equation string, subscripts must be in [a-zA-Z]")
            .error([a.clone()], one("i.j"), "einsum(): found '.' for operand 0 that is not part of any ellipsis")
            .error([a.clone()], one("ii"), "einsum(): subscript i is repeated for operand 0 but the sizes don't match, 3 != 2")
            .error([], |_| einsum("ij", &[]), "einsum(): must provide at least one operand"),
    ]
}

/// A mismatch in the words of PyTorch, which begin with the operation's name.
pub(super) fn mistake(text: impl std::fmt::Display) -> Error {
    Error::runtime(format!("einsum(): {text}"))
}
