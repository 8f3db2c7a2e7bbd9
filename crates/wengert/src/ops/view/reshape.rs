//! view, reshape.

use crate::apply::{apply_unfollowed, apply1};
use crate::array::Array;
use crate::error::{Error, Named, Result};
use crate::ops::{clone_row_major, t};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, uniform};
use smallvec::SmallVec;
use wengert_kernels::{Dims, Layout};

/// The same elements with another shape, where strides allow it.
#[derive(Debug)]
struct View {
    shape: Dims,
    /// PyTorch's name of the call that made it.
    node: &'static str,
}

impl Primitive for View {
    fn name(&self) -> &'static str {
        "view"
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        unreachable!("views have `alias`")
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("views have `alias`")
    }
    fn alias(&self, input: &Layout) -> Result<Layout> {
        input.reshape(&self.shape).ok_or_else(|| {
            Error::runtime(
                "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
            )
        })
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let mut shape = Dims::from_elem(batch.size(), 1);
        shape.extend_from_slice(&self.shape);
        batch.call(View { shape, node: self.node })
    }
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(reshape(&g[0], s.shape(0))?)]))
    }
}

/// `[2, -1]`, as messages show it.
pub(crate) fn list_text(list: &[i128]) -> String {
    let list: Vec<String> = list.iter().map(i128::to_string).collect();
    format!("[{}]", list.join(", "))
}

/// `shape` with its one -1 replaced by what is left of `numel`.
fn infer_shape(shape: &[i128], numel: usize) -> Result<Dims> {
    let invalid = || Error::runtime(format!("shape '{}' is invalid for input of size {numel}", list_text(shape)));
    let mut known = 1usize;
    let mut hole = None;
    let mut out = Dims::new();
    for (d, &n) in shape.iter().enumerate() {
        match n {
            -1 if hole.is_some() => return Err(Error::runtime("only one dimension can be inferred")),
            -1 => {
                hole = Some(d);
                out.push(1);
            }
            n if n < 0 => {
                let list = list_text(shape);
                return Err(Error::runtime(format!("invalid shape dimension {n} at index {d} of shape {list}")));
            }
            n => {
                known = known.checked_mul(n as usize).ok_or_else(invalid)?;
                out.push(n as usize);
            }
        }
    }
    match hole {
        Some(_) if known == 0 && numel == 0 => Err(Error::runtime(format!(
            "cannot reshape tensor of 0 elements into shape {} because the unspecified dimension size -1 can be any value and is ambiguous",
            list_text(shape)
        ))),
        Some(d) if known > 0 && numel.is_multiple_of(known) => {
            out[d] = numel / known;
            Ok(out)
        }
        None if known == numel => Ok(out),
        _ => Err(invalid()),
    }
}

/// Sizes as arguments: `&[2, 3]` of any integer type; -1 in a signed type is left for the operation to infer.
pub trait Sizes {
    /// The sizes as they were given.
    fn given(&self) -> SmallVec<[i128; 5]>;

    /// The sizes for a tensor of `numel` elements; one -1 is inferred.
    ///
    /// # Errors
    /// If they do not multiply to `numel`, or more than one is -1.
    fn sizes(&self, numel: usize) -> Result<Dims> {
        infer_shape(&self.given(), numel)
    }
}

macro_rules! sizes {
    ($($t:ty),*) => {$(
        impl Sizes for [$t] {
            fn given(&self) -> SmallVec<[i128; 5]> {
                self.iter().map(|&n| n as i128).collect()
            }
        }
        impl Sizes for Vec<$t> {
            fn given(&self) -> SmallVec<[i128; 5]> {
                self[..].given()
            }
        }
        impl<const N: usize> Sizes for [$t; N] {
            fn given(&self) -> SmallVec<[i128; 5]> {
                self[..].given()
            }
        }
    )*};
}
sizes! { usize, isize, i32, i64 }

impl Sizes for Dims {
    fn given(&self) -> SmallVec<[i128; 5]> {
        self[..].given()
    }
}

/// The same memory with another shape; one size may be -1.
///
/// # Errors
/// If the number of elements differs, or the strides do not allow it ([`reshape`] copies then).
#[track_caller]
pub fn view<S: Sizes + ?Sized>(input: &Tensor, shape: &S) -> Result<Tensor> {
    view_as_shape(input, shape.sizes(input.numel()).named("view")?)
}

/// Another shape, as a view where strides allow it, else as a copy; one size may be -1.
///
/// # Errors
/// If the number of elements differs.
#[track_caller]
pub fn reshape<S: Sizes + ?Sized>(input: &Tensor, shape: &S) -> Result<Tensor> {
    let shape = shape.sizes(input.numel()).named("reshape")?;
    if input.is_contiguous() {
        return view_as_shape(input, shape);
    }
    if input.array().layout().reshape(&shape).is_some() {
        return apply1(View { shape, node: "ReshapeAliasBackward0" }, &[input.into()]);
    }
    unsafe_view(&clone_row_major(input)?, &shape)
}

#[track_caller]
fn view_as_shape(input: &Tensor, shape: Dims) -> Result<Tensor> {
    apply1(View { shape, node: "ViewBackward0" }, &[input.into()])
}

/// [`view`] of a tensor that nobody else holds, as PyTorch records it.
#[track_caller]
pub(crate) fn unsafe_view(input: &Tensor, shape: &[usize]) -> Result<Tensor> {
    apply_unfollowed(View { shape: Dims::from_slice(shape), node: "UnsafeViewBackward0" }, input)
}

/// [`view`] with the sizes of `other`.
///
/// # Errors
/// Those of [`view`].
#[track_caller]
pub fn view_as(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    view(input, other.shape())
}

/// [`reshape`] to the sizes of `other`.
///
/// # Errors
/// Those of [`reshape`].
#[track_caller]
pub fn reshape_as(input: &Tensor, other: &Tensor) -> Result<Tensor> {
    reshape(input, other.shape())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!("Tensor::view(Tensor(a) self, SymInt[] size) -> Tensor(a)", |a| view(a.tensor(0), a.ints(1))),
    bind!("Tensor::view_as(Tensor(a) self, Tensor other) -> Tensor(a)", |a| view_as(a.tensor(0), a.tensor(1))),
    bind!("reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)", |a| reshape(a.tensor(0), a.ints(1))),
    bind!("Tensor::reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)", |a| reshape_as(a.tensor(0), a.tensor(1))),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (a, b) = (uniform(1, -1.0, 1.0, &[2, 6]), uniform(2, -1.0, 1.0, &[3, 4]));
    vec![
        Entry::new("view(Tensor(a) input, SymInt[] size) -> Tensor(a)")
            .sample("a.view(3, -1)", [a.clone()], |t| view(&t[0], &[3, -1]))
            .skip(crate::testing::Check::Strided, "a view needs memory in order")
            .sample("a.view(())", [uniform(3, -1.0, 1.0, &[1])], |t| view(&t[0], &[0usize; 0]))
            .sample("a.view(0, 5)", [uniform(3, -1.0, 1.0, &[2, 0])], |t| view(&t[0], &[0, 5]))
            .error([a.clone()], |t| view(&t[0], &[5, 2]), "shape '[5, 2]' is invalid for input of size 12")
            .error([a.clone()], |t| view(&t[0], &[-1, -1]), "only one dimension can be inferred")
            .error([a.clone()], |t| view(&t[0], &[2, -2]), "invalid shape dimension -2 at index 1 of shape [2, -2]")
            .error(
                [uniform(3, -1.0, 1.0, &[0])],
                |t| view(&t[0], &[-1, 0]),
                "cannot reshape tensor of 0 elements into shape [-1, 0] because",
            )
            .error(
                [a.clone()],
                |x| view(&t(&x[0])?, &[12]),
                "view size is not compatible with input tensor's size and stride",
            ),
        Entry::new("reshape(Tensor(a) input, SymInt[] shape) -> Tensor(a)")
            .sample("a.reshape(4, 3)", [a.clone()], |t| reshape(&t[0], &[4, 3]))
            .sample("a.t().reshape(4, 3)", [a.clone()], |x| reshape(&t(&x[0])?, &[4, -1])),
        Entry::new("view_as(Tensor(a) input, Tensor other) -> Tensor(a)")
            .sample("a.view_as(b.detach())", [a.clone(), b.clone()], |t| view_as(&t[0], &t[1].detach()))
            .skip(Check::Strided, "not every layout can be seen with this shape"),
        Entry::new("reshape_as(Tensor(a) input, Tensor other) -> Tensor(a)").sample(
            "a.reshape_as(b.detach())",
            [a.clone(), b.clone()],
            |t| reshape_as(&t[0], &t[1].detach()),
        ),
    ]
}
