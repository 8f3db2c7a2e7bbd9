//! Do tensors agree: allclose, equal; both ends: aminmax.

use super::{all, amax_dim, amin_dim};
use crate::error::{Error, Named, Result};
use crate::ops::{eq, isclose};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Entry, floats, ints, uniform};
use smallvec::SmallVec;

/// Is every element within `atol + rtol * |other|` of the other's? PyTorch's `allclose`, as a tensor.
///
/// # Errors
/// As [`isclose`].
#[track_caller]
pub fn allclose(input: &Tensor, other: &Tensor, rtol: f64, atol: f64, equal_nan: bool) -> Result<Tensor> {
    all(&isclose(input, other, rtol, atol, equal_nan)?)
}

fn truth(t: &Tensor) -> Result<bool> {
    t.item_as::<bool>()
}

/// Have both the same shape and the same elements?
fn same(input: &Tensor, other: &Tensor) -> Result<bool> {
    Ok(input.shape() == other.shape() && truth(&all(&eq(&input.detach(), &other.detach())?)?)?)
}

/// The smallest and the largest element, of all or along `dim`, which is dropped or, with `keepdim`, becomes 1. Gradients are shared
/// evenly by equal ones.
///
/// # Errors
/// If `dim` is out of range, or there is nothing to choose from.
#[track_caller]
pub fn aminmax(input: &Tensor, dim: Option<isize>, keepdim: bool) -> Result<(Tensor, Tensor)> {
    let dims: SmallVec<[isize; 4]> = match dim {
        Some(dim) => SmallVec::from_elem(dim, 1),
        None if input.numel() == 0 => {
            return Err(Error::runtime(
                "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.",
            ))
            .named("aminmax");
        }
        None => (0..input.ndim() as isize).collect(),
    };
    Ok((amin_dim(input, &dims, keepdim)?, amax_dim(input, &dims, keepdim)?))
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool",
        |a| truth(&allclose(a.tensor(0), a.tensor(1), a.float(2), a.float(3), a.bool(4))?)
    ),
    bind!("equal(Tensor self, Tensor other) -> bool", |a| same(a.tensor(0), a.tensor(1))),
    bind!("aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)", |a| aminmax(
        a.tensor(0),
        a.opt_dim(1),
        a.bool(2)
    )),
];

pub(crate) fn entries() -> Vec<Entry> {
    let a = || uniform(1, -2.0, 2.0, &[3, 4]);
    vec![
        Entry::new(
            "allclose(Tensor input, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
        )
        .not_differentiable("its result is a truth value")
        .sample("torch.tensor(torch.allclose(a, a + 1e-9))", [a()], |t| {
            allclose(&t[0], &crate::ops::add(&t[0], 1e-9)?, 1e-5, 1e-8, false)
        })
        .sample("torch.tensor(torch.allclose(a, a, equal_nan=True))", [floats(&[1.0, f64::NAN], &[2])], |t| {
            allclose(&t[0], &t[0], 1e-5, 1e-8, true)
        })
        .sample("torch.tensor(torch.allclose(a, a + 1e-3))", [a()], |t| {
            allclose(&t[0], &crate::ops::add(&t[0], 1e-3)?, 1e-5, 1e-8, false)
        }),
        Entry::new("aminmax(Tensor input, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)")
            .sample("torch.aminmax(a)", [a()], |t| aminmax(&t[0], None, false))
            .sample("torch.aminmax(a, dim=0, keepdim=True)", [a()], |t| aminmax(&t[0], Some(0), true))
            .sample("torch.aminmax(a, dim=-1)", [ints(2, -9, 9, &[3, 4])], |t| aminmax(&t[0], Some(-1), false))
            .error(
                [floats(&[], &[0])],
                |t| aminmax(&t[0], None, false),
                "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.",
            ),
    ]
}
