//! view, reshape, unsqueeze.

use crate::apply::apply1;
use crate::array::Array;
use crate::error::{Error, Result};
use crate::ops::clone_tensor;
use crate::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves};
use crate::tensor::Tensor;
use crate::testing::{Entry, uniform};
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
    fn saves(&self) -> Saves {
        Saves::NONE.shape(0)
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(reshape(&g[0], s.shape(0))?)]))
    }
}

/// `shape` with its one -1 replaced by what is left of `numel`.
fn infer_shape<T: Copy + Into<i128>>(shape: &[T], numel: usize) -> Result<Dims> {
    let invalid = || {
        let list: Vec<String> = shape.iter().map(|&n| n.into().to_string()).collect();
        Error::runtime(format!("shape '[{}]' is invalid for input of size {numel}", list.join(", ")))
    };
    let mut known = 1usize;
    let mut hole = None;
    let mut out = Dims::new();
    for (d, &n) in shape.iter().enumerate() {
        match n.into() {
            -1 if hole.is_some() => return Err(Error::runtime("only one dimension can be inferred")),
            -1 => {
                hole = Some(d);
                out.push(1);
            }
            n if n < 0 => return Err(Error::runtime(format!("invalid shape dimension {n}"))),
            n => {
                known = known.checked_mul(n as usize).ok_or_else(invalid)?;
                out.push(n as usize);
            }
        }
    }
    match hole {
        Some(_) if known == 0 => Err(Error::runtime(
            "cannot reshape tensor of 0 elements into this shape because the unspecified dimension size -1 can be any value and is ambiguous",
        )),
        Some(d) if numel % known == 0 => {
            out[d] = numel / known;
            Ok(out)
        }
        None if known == numel => Ok(out),
        _ => Err(invalid()),
    }
}

/// Sizes as arguments: `&[2, 3]` of `usize`, or with one `-1` of a signed type, which is inferred.
pub trait Sizes {
    /// The sizes for a tensor of `numel` elements.
    ///
    /// # Errors
    /// If they do not multiply to `numel`, or more than one is -1.
    fn sizes(&self, numel: usize) -> Result<Dims>;
}

macro_rules! sizes {
    ($($t:ty => $via:ty),*) => {$(
        impl Sizes for [$t] {
            fn sizes(&self, numel: usize) -> Result<Dims> {
                let wide: SmallVec<[i128; 5]> = self.iter().map(|&n| n as $via as i128).collect();
                infer_shape(&wide, numel)
            }
        }
        impl<const N: usize> Sizes for [$t; N] {
            fn sizes(&self, numel: usize) -> Result<Dims> {
                self[..].sizes(numel)
            }
        }
    )*};
}
sizes! { usize => usize, isize => isize, i32 => i32, i64 => i64 }

impl Sizes for Dims {
    fn sizes(&self, numel: usize) -> Result<Dims> {
        self[..].sizes(numel)
    }
}

/// The same memory with another shape; one size may be -1.
///
/// # Errors
/// If the number of elements differs, or the strides do not allow it ([`reshape`] copies then).
#[track_caller]
pub fn view<S: Sizes + ?Sized>(input: &Tensor, shape: &S) -> Result<Tensor> {
    let shape = shape.sizes(input.numel()).map_err(|e| e.at("view", std::panic::Location::caller()))?;
    apply1(View { shape, node: "ViewBackward0" }, &[input.into()])
}

/// Another shape, as a view where strides allow it, else as a copy; one size may be -1.
///
/// # Errors
/// If the number of elements differs.
#[track_caller]
pub fn reshape<S: Sizes + ?Sized>(input: &Tensor, shape: &S) -> Result<Tensor> {
    let shape = shape.sizes(input.numel()).map_err(|e| e.at("reshape", std::panic::Location::caller()))?;
    if input.array().layout().reshape(&shape).is_some() {
        return apply1(View { shape, node: "ViewBackward0" }, &[input.into()]);
    }
    apply1(View { shape, node: "UnsafeViewBackward0" }, &[(&clone_tensor(input)?).into()])
}

/// With a new dimension of size 1 at each of `dims` (positions in the result, sorted).
pub(crate) fn unsqueeze_dims(input: &Tensor, dims: &[usize]) -> Result<Tensor> {
    let mut shape = Dims::from_slice(input.shape());
    for &d in dims {
        shape.insert(d, 1);
    }
    apply1(View { shape, node: "UnsqueezeBackward0" }, &[input.into()])
}

pub(crate) fn entries() -> Vec<Entry> {
    let a = uniform(1, -1.0, 1.0, &[2, 6]);
    vec![
        Entry::new("view(Tensor(a) input, SymInt[] size) -> Tensor(a)")
            .sample("a.view(3, -1)", [a.clone()], |t| view(&t[0], &[3, -1]))
            .skip(crate::testing::Check::Strided, "a view needs memory in order")
            .error([a.clone()], |t| view(&t[0], &[5, 2]), "shape '[5, 2]' is invalid for input of size 12"),
        Entry::new("reshape(Tensor(a) input, SymInt[] shape) -> Tensor(a)").sample(
            "a.reshape(4, 3)",
            [a.clone()],
            |t| reshape(&t[0], &[4, 3]),
        ),
    ]
}
