//! Indexing: `x.i((.., 1..3, -1))`, and assignment to a part: `x.set((0, ..), 1.0)`.

use super::Tensor;
use crate::dtype::DType;
use crate::error::{Error, Named, Result, or_panic};
use crate::ops::{Region, index, index_set_, reshape, set_};
use crate::scalar::Operand;
use smallvec::{SmallVec, smallvec};
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// A new dimension of size 1, as Python's `None` in an index.
#[derive(Clone, Copy, Debug)]
pub struct NewAxis;

/// All dimensions that the rest of the index does not name, as Python's `...`.
#[derive(Clone, Copy, Debug)]
pub struct Ellipsis;

/// One entry of an index: what it does with a dimension.
#[derive(Clone, Debug)]
pub enum Item {
    /// One index, counted from the end if negative; the dimension is dropped.
    At(isize),
    /// Every `step`-th index from `start` up to but without `end`, as Python's `start:end:step`.
    Slice {
        /// The first index, counted from the end if negative.
        start: Option<isize>,
        /// The index to stop before, counted from the end if negative.
        end: Option<isize>,
        /// From one index to the next.
        step: isize,
    },
    /// A new dimension.
    NewAxis,
    /// All dimensions that are not named.
    Ellipsis,
    /// A new dimension of size 1 or, for `false`, 0.
    Bool(bool),
    /// Indices of one dimension, or a mask of one or more.
    Tensor(Tensor),
}

/// What may be one entry of an index: integers, ranges of integers, [`NewAxis`], [`Ellipsis`], booleans, tensors of integers or
/// booleans, and lists of integers.
pub trait IndexItem {
    /// As an entry.
    fn item(&self) -> Item;
}

impl IndexItem for Item {
    fn item(&self) -> Item {
        self.clone()
    }
}
impl IndexItem for NewAxis {
    fn item(&self) -> Item {
        Item::NewAxis
    }
}
impl IndexItem for Ellipsis {
    fn item(&self) -> Item {
        Item::Ellipsis
    }
}
impl IndexItem for bool {
    fn item(&self) -> Item {
        Item::Bool(*self)
    }
}
impl IndexItem for Tensor {
    fn item(&self) -> Item {
        Item::Tensor(self.clone())
    }
}
impl IndexItem for &Tensor {
    fn item(&self) -> Item {
        Item::Tensor((*self).clone())
    }
}
impl IndexItem for RangeFull {
    fn item(&self) -> Item {
        Item::Slice { start: None, end: None, step: 1 }
    }
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl IndexItem for $t {
            fn item(&self) -> Item {
                Item::At(*self as isize)
            }
        }
        impl IndexItem for Range<$t> {
            fn item(&self) -> Item {
                Item::Slice { start: Some(self.start as isize), end: Some(self.end as isize), step: 1 }
            }
        }
        impl IndexItem for RangeFrom<$t> {
            fn item(&self) -> Item {
                Item::Slice { start: Some(self.start as isize), end: None, step: 1 }
            }
        }
        impl IndexItem for RangeTo<$t> {
            fn item(&self) -> Item {
                Item::Slice { start: None, end: Some(self.end as isize), step: 1 }
            }
        }
        impl IndexItem for RangeInclusive<$t> {
            fn item(&self) -> Item {
                Item::Slice { start: Some(*self.start() as isize), end: after(*self.end() as isize), step: 1 }
            }
        }
        impl IndexItem for RangeToInclusive<$t> {
            fn item(&self) -> Item {
                Item::Slice { start: None, end: after(self.end as isize), step: 1 }
            }
        }
        impl IndexItem for [$t] {
            fn item(&self) -> Item {
                let list: SmallVec<[i64; 16]> = self.iter().map(|&i| i as i64).collect();
                Item::Tensor(Tensor::from_slice(&list, &[list.len()]))
            }
        }
        impl<const N: usize> IndexItem for [$t; N] {
            fn item(&self) -> Item {
                self[..].item()
            }
        }
        impl IndexItem for Vec<$t> {
            fn item(&self) -> Item {
                self[..].item()
            }
        }
        impl IndexItem for &[$t] {
            fn item(&self) -> Item {
                (**self).item()
            }
        }
    )*};
}
integers! { isize usize i64 i32 }

/// The end of a range that includes `last`; what follows index -1 is the end of the dimension.
fn after(last: isize) -> Option<isize> {
    if last == -1 { None } else { Some(last + 1) }
}

/// Every `step`-th index of a range: `step(1.., 2)` is Python's `1::2`.
///
/// # Panics
/// If `range` is not a range.
#[track_caller]
pub fn step(range: impl IndexItem, step: isize) -> Item {
    match range.item() {
        Item::Slice { start, end, .. } => Item::Slice { start, end, step },
        other => panic!("step takes a range, not {other:?}"),
    }
}

/// An index: one entry, or several for the dimensions in turn, as a tuple of up to six or a slice of [`Item`]s.
pub trait Indices {
    /// The entries, and whether they came as a list of entries and not as one.
    fn items(&self) -> (SmallVec<[Item; 6]>, bool);
}

impl<T: IndexItem> Indices for T {
    fn items(&self) -> (SmallVec<[Item; 6]>, bool) {
        (smallvec![self.item()], false)
    }
}
impl Indices for &[Item] {
    fn items(&self) -> (SmallVec<[Item; 6]>, bool) {
        (self.iter().cloned().collect(), true)
    }
}
impl Indices for Vec<Item> {
    fn items(&self) -> (SmallVec<[Item; 6]>, bool) {
        (&self[..]).items()
    }
}

macro_rules! tuples {
    ($(($($t:ident $i:tt)*))*) => {$(
        impl<$($t: IndexItem),*> Indices for ($($t,)*) {
            fn items(&self) -> (SmallVec<[Item; 6]>, bool) {
                (smallvec![$(self.$i.item()),*], true)
            }
        }
    )*};
}
tuples! { () (A 0) (A 0 B 1) (A 0 B 1 C 2) (A 0 B 1 C 2 D 3) (A 0 B 1 C 2 D 3 E 4) (A 0 B 1 C 2 D 3 E 4 F 5) }

/// An index that fits a tensor: a part that views show, and the index tensors for its dimensions.
struct Plan {
    region: Region,
    tensors: Vec<Option<Tensor>>,
}

/// An entry as it counts: tensors without dimensions are numbers.
fn plain(item: Item) -> Item {
    match item {
        Item::Tensor(t) if t.ndim() == 0 && !t.dtype().is_differentiable() => match t.dtype() {
            DType::Bool | DType::U8 => Item::Bool(t.item() != 0.0),
            _ => Item::At(t.item() as isize),
        },
        other => other,
    }
}

fn is_mask(t: &Tensor) -> bool {
    matches!(t.dtype(), DType::Bool | DType::U8)
}

/// How many of the tensor's dimensions an entry is for.
fn width(item: &Item) -> usize {
    match item {
        Item::At(_) | Item::Slice { .. } => 1,
        Item::Tensor(t) if is_mask(t) => t.ndim(),
        Item::Tensor(_) => 1,
        _ => 0,
    }
}

impl Plan {
    /// `keep_all`: a slice of all of a dimension is a view of its own.
    fn new(shape: &[usize], index: &impl Indices, keep_all: bool) -> Result<Plan> {
        let (items, listed) = index.items();
        let number = !listed && matches!(items[0], Item::At(_));
        let items: SmallVec<[Item; 6]> = items.into_iter().map(plain).collect();
        let named: usize = items.iter().map(width).sum();
        if named > shape.len() {
            return Err(Error::index(match items[0] {
                Item::At(i) if number && i != 0 => format!("index {i} is out of bounds for dimension 0 with size 0"),
                Item::At(_) if number => "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number".to_string(),
                Item::Slice { .. } if !listed => "slice() cannot be applied to a 0-dim tensor.".to_string(),
                _ => format!("too many indices for tensor of dimension {}", shape.len()),
            }));
        }
        let mut plan = Plan { region: Region::default(), tensors: Vec::new() };
        // The next dimension of the part, the next of the tensor, and how many dimensions `tensors` is for.
        let (mut dim, mut own, mut covered) = (0, 0, 0);
        let mut rest = Some(shape.len() - named);
        let mut record = |plan: &mut Plan, dim: usize, t: Tensor, width: usize| {
            plan.tensors.resize(plan.tensors.len() + dim - covered, None);
            plan.tensors.push(Some(t));
            covered = dim + width;
        };
        for (place, item) in items.into_iter().enumerate() {
            let taken = width(&item);
            match item {
                Item::At(i) => plan.region.select(dim, checked(i, shape[own], place)?),
                Item::Slice { step, .. } if step <= 0 => {
                    let zero = step == 0;
                    return Err(Error::value(if zero {
                        "slice step cannot be zero"
                    } else {
                        "step must be greater than zero"
                    }));
                }
                Item::Slice { start, end, step } => {
                    plan.region.slice((dim, shape[own]), start, end, step as usize, keep_all && !listed);
                    dim += 1;
                }
                Item::NewAxis => {
                    plan.region.insert(dim);
                    dim += 1;
                }
                Item::Ellipsis => {
                    let n = rest.take().unwrap_or(0);
                    dim += n;
                    own += n;
                }
                Item::Bool(b) => {
                    plan.region.insert(dim);
                    record(&mut plan, dim, Tensor::from_slice(&[b], &[1]), 1);
                    dim += 1;
                }
                Item::Tensor(t) => {
                    record(&mut plan, dim, t, taken);
                    dim += taken;
                }
            }
            own += taken;
        }
        Ok(plan)
    }

    fn indices(&self) -> Vec<Option<&Tensor>> {
        self.tensors.iter().map(Option::as_ref).collect()
    }
}

/// An index counted from the front. `place` is that of the entry, as PyTorch's message counts dimensions.
fn checked(index: isize, size: usize, place: usize) -> Result<usize> {
    let n = size as isize;
    if index < -n || index >= n {
        return Err(Error::index(format!("index {index} is out of bounds for dimension {place} with size {size}")));
    }
    Ok(if index < 0 { index + n } else { index } as usize)
}

impl Tensor {
    /// A part of the tensor, by PyTorch's rules for `x[...]`: integers, ranges, [`NewAxis`] and [`Ellipsis`] give views; index tensors,
    /// masks and lists of integers copy (see [`index`]).
    ///
    /// ```
    /// use wengert::tensor::{NewAxis, step};
    /// use wengert::{Tensor, tensor};
    /// let x = Tensor::arange(24).view(&[2, 3, 4]);
    /// assert_eq!(x.i(0).shape(), [3, 4]);
    /// assert_eq!(x.i((.., 1..3, -1)).to_vec::<i64>(), [7, 11, 19, 23]);
    /// assert_eq!(x.i((1, .., step(.., 2))).shape(), [3, 2]);
    /// assert_eq!(x.i((NewAxis, 1)).shape(), [1, 3, 4]);
    /// assert_eq!(x.i((0, [2, 0])).to_vec::<i64>(), [8, 9, 10, 11, 0, 1, 2, 3]);
    /// assert_eq!(x.i(&x.gt(20)).to_vec::<i64>(), [21, 22, 23]);
    /// ```
    ///
    /// # Panics
    /// If the index does not fit the tensor.
    #[track_caller]
    pub fn i(&self, index: impl Indices) -> Tensor {
        or_panic(self.try_i(index))
    }

    /// [`Tensor::i`] with a `Result`.
    ///
    /// # Errors
    /// If there are more entries than dimensions, an index is out of range, a step is not positive, a mask has another shape, or index
    /// tensors do not broadcast.
    #[track_caller]
    pub fn try_i(&self, at: impl Indices) -> Result<Tensor> {
        let plan = Plan::new(self.shape(), &at, true).named("__getitem__")?;
        if plan.tensors.is_empty() {
            return plan.region.view(self);
        }
        index(&plan.region.steps(self)?, &plan.indices())
    }

    /// Writes a number or a tensor, broadcast and cast, over the part of the tensor that [`Tensor::i`] shows: `x[...] = value`. The
    /// gradient goes on from the new value.
    ///
    /// ```
    /// use wengert::{Tensor, tensor};
    /// let x = Tensor::zeros(&[2, 3]);
    /// x.set((0, 1..), 5.0);
    /// x.set((1, [0, 2]), &tensor!([1.0, 2.0]));
    /// x.set(&x.eq(0.0), -1.0);
    /// assert_eq!(x.to_vec::<f32>(), [-1.0, 5.0, 5.0, 1.0, -1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If the index does not fit the tensor, or the value the part; where in-place writes are refused.
    #[track_caller]
    pub fn set<'a>(&self, index: impl Indices, value: impl Into<Operand<'a>>) {
        or_panic(self.try_set(index, value));
    }

    /// [`Tensor::set`] with a `Result`.
    ///
    /// # Errors
    /// As it panics.
    #[track_caller]
    pub fn try_set<'a>(&self, at: impl Indices, value: impl Into<Operand<'a>>) -> Result<()> {
        if let ([Item::Bool(false)], false) = (&at.items().0[..], at.items().1) {
            return Ok(()); // of nothing, as in PyTorch, not even the graph hears
        }
        let plan = Plan::new(self.shape(), &at, false).named("__setitem__")?;
        let value = value.into();
        let short;
        let value = match value {
            Operand::Tensor(t) if t.shape().first() == Some(&1) => {
                short = reshape(t, &t.shape()[t.shape().iter().take_while(|&&n| n == 1).count()..])?;
                Operand::Tensor(&short)
            }
            other => other,
        };
        let part = plan.region.steps(self)?;
        if plan.tensors.is_empty() { set_(&part, value) } else { index_set_(&part, &plan.indices(), value) }
    }
}
