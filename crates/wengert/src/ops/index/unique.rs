//! unique, unique_consecutive, isin.

use crate::array::Array;
use crate::dtype::result_type;
use crate::error::{Error, Named, Result};
use crate::ops::{index_select, movedim, ravel, wrap_dim};
use crate::primitive::Meta;
use crate::scalar::{Operand, Scalar};
use crate::table::{Binding, Out, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, floats, ints};
use crate::transforms::needs_numbers;
use std::cmp::Ordering;
use wengert_kernels::{Element, dispatch};

/// What [`unique`] and its like found.
#[derive(Clone, Debug)]
pub struct Unique {
    /// The elements, or slices, each once.
    pub values: Tensor,
    /// Which of `values` each element, or slice, is: `int64`.
    pub inverse: Tensor,
    /// How often each of `values` occurs: `int64`.
    pub counts: Tensor,
}

impl Unique {
    fn chosen(self, inverse: bool, counts: bool) -> Out {
        if !inverse && !counts {
            return self.values.into();
        }
        let rest = [inverse.then_some(self.inverse), counts.then_some(self.counts)];
        Out::Tensors(std::iter::once(self.values).chain(rest.into_iter().flatten()).collect())
    }
}

/// Which elements, or slices, are equal: representatives, the group of each, and the size of each group.
struct Groups {
    firsts: Vec<i64>,
    inverse: Vec<i64>,
    counts: Vec<i64>,
}

impl Groups {
    /// Goes through `order` and begins a group wherever an element differs from the one before it.
    fn of(order: &[usize], same: impl Fn(usize, usize) -> bool) -> Groups {
        let mut groups = Groups { firsts: Vec::new(), inverse: vec![0; order.len()], counts: Vec::new() };
        for (k, &i) in order.iter().enumerate() {
            match groups.counts.last_mut() {
                Some(count) if same(order[k - 1], i) => *count += 1,
                _ => {
                    groups.firsts.push(i as i64);
                    groups.counts.push(1);
                }
            }
            groups.inverse[i] = groups.firsts.len() as i64 - 1;
        }
        groups
    }

    fn of_rows<T: Element>(data: &[T], rows: usize, sorted: bool) -> Groups {
        let width = data.len() / rows.max(1);
        let row = |i: usize| &data[i * width..(i + 1) * width];
        let mut order: Vec<usize> = (0..rows).collect();
        if sorted {
            order.sort_by(|&i, &j| {
                let unequal = row(i).iter().zip(row(j)).map(|(a, b)| compare(a, b)).find(|o| o.is_ne());
                unequal.unwrap_or(Ordering::Equal)
            });
        }
        Groups::of(&order, |i, j| row(i) == row(j))
    }
}

/// The order of numbers, with NaN behind all others.
fn compare<T: Element>(a: &T, b: &T) -> Ordering {
    a.partial_cmp(b).unwrap_or_else(|| {
        let nan = |x: &T| x.to_f64().is_nan();
        nan(a).cmp(&nan(b))
    })
}

/// Groups of the elements, or of the slices of a dimension, which comes first.
fn groups(array: &Array, rows: usize, sorted: bool) -> Groups {
    let dense = array.contiguous();
    dispatch!(dense.dtype(), T => {
        Groups::of_rows::<T>(dense.view().as_slice().expect("contiguous"), rows, sorted)
    }, else => unreachable!("complex tensors cannot be made yet"))
}

#[track_caller]
fn find(input: &Tensor, dim: Option<isize>, sorted: bool) -> Result<Unique> {
    needs_numbers(input)?;
    let input = input.detach();
    let list = |v: &[i64]| Tensor::from_slice(v, &[v.len()]);
    let (of, shape) = match dim {
        None => (ravel(&input)?, input.shape().to_vec()),
        Some(dim) => {
            let d = wrap_dim(dim, input.ndim())?;
            let n = input.shape().get(d).copied().unwrap_or(1);
            if n != 0 && input.numel() == 0 {
                return Err(Error::runtime(
                    "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied",
                ));
            }
            (movedim(&input, &[dim], &[0])?, vec![n])
        }
    };
    let rows = of.shape().first().copied().unwrap_or(1);
    let found = groups(of.array(), rows, sorted);
    let source = if dim.is_some() { &input } else { &of };
    let values = index_select(source, dim.unwrap_or(0), &list(&found.firsts))?;
    Ok(Unique { values, inverse: Tensor::from_slice(&found.inverse, &shape), counts: list(&found.counts) })
}

/// The different elements in ascending order; with `dim`, the different slices of that dimension in the order of their first elements that
/// differ. NaN equals nothing and comes last.
///
/// # Errors
/// If `dim` is out of range, or another dimension is empty.
///
/// ```
/// use wengert::{ops, tensor};
/// let found = ops::unique(&tensor!([3, 1, 3]), None)?;
/// assert_eq!(found.values.to_vec::<i64>(), [1, 3]);
/// assert_eq!(found.inverse.to_vec::<i64>(), [1, 0, 1]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[track_caller]
pub fn unique(input: &Tensor, dim: Option<isize>) -> Result<Unique> {
    find(input, dim, true).named("unique")
}

/// [`unique`], but only neighbours count as equal, and the order stays.
///
/// # Errors
/// Those of [`unique`].
#[track_caller]
pub fn unique_consecutive(input: &Tensor, dim: Option<isize>) -> Result<Unique> {
    find(input, dim, false).named("unique_consecutive")
}

/// Which elements occur in `test_elements` (or, with `invert`, do not), in the shape of `elements`: booleans.
///
/// # Errors
/// None for real dtypes.
#[track_caller]
pub fn isin<'a, 'b>(
    elements: impl Into<Operand<'a>>,
    test_elements: impl Into<Operand<'b>>,
    invert: bool,
) -> Result<Tensor> {
    let array = |x: Operand| match x {
        Operand::Tensor(t) => needs_numbers(t).map(|()| t.detach().array().clone()),
        Operand::Scalar(s) => Ok(Array::scalar(s)),
    };
    let (elements, tests) = (array(elements.into()).named("isin")?, array(test_elements.into()).named("isin")?);
    let dtype = result_type(&[Meta::of(&elements), Meta::of(&tests)]);
    let (own, tests) = (elements.copy_as(dtype), tests.copy_as(dtype));
    let found: Vec<bool> = dispatch!(dtype, T => {
        let mut tests: Vec<T> = tests.to_vec();
        tests.retain(|t| !t.to_f64().is_nan());
        tests.sort_by(compare);
        own.to_vec::<T>().iter().map(|x| tests.binary_search_by(|t| compare(t, x)).is_ok() != invert).collect()
    }, else => unreachable!("complex tensors cannot be made yet"));
    Ok(Tensor::from_slice(&found, elements.shape()))
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "unique(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False, int? dim=None) -> Tensor[]",
        |a| unique(a.tensor(0), a.opt_dim(4)).map(|u| u.chosen(a.bool(2), a.bool(3)))
    ),
    bind!(
        "unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> Tensor[]",
        |a| unique_consecutive(a.tensor(0), a.opt_dim(3)).map(|u| u.chosen(a.bool(1), a.bool(2)))
    ),
    bind!(
        "torch::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
        |a| isin(a.operand(0), a.operand(1), a.bool(3))
    ),
    bind!(
        "torch::isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor",
        |a| isin(a.operand(0), a.operand(1), a.bool(3))
    ),
    bind!(
        "torch::isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool assume_unique=False, bool invert=False) -> Tensor",
        |a| isin(a.operand(0), a.operand(1), a.bool(3))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (i, m) = (ints(1, -3, 3, &[3, 4]), ints(2, 0, 2, &[6, 2]));
    let nan = floats(&[2.0, f64::NAN, -1.0, 2.0, f64::NAN, -0.0, 0.0], &[7]);
    let all = |u: Result<Unique>| u.map(|u| vec![u.values, u.inverse, u.counts]);
    let reason = "whether elements are equal has no derivative";
    let numbers = "the shape of the result depends on numbers";
    vec![
        Entry::new("unique(Tensor input, bool sorted=True, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)")
            .not_differentiable(reason)
            .sample("torch.unique(a, return_inverse=True, return_counts=True)", [i.clone()], move |t| all(unique(&t[0], None)))
            .skip(Check::Batched, numbers)
            .sample("torch.unique(a.detach(), return_inverse=True, return_counts=True)", [nan.clone()], move |t| all(unique(&t[0], None)))
            .skip(Check::Batched, numbers)
            .sample("torch.unique(a, return_inverse=True, return_counts=True, dim=0)", [m.clone()], move |t| all(unique(&t[0], Some(0))))
            .skip(Check::Batched, numbers)
            .sample("torch.unique(a, return_inverse=True, return_counts=True, dim=-1)", [i.clone()], move |t| all(unique(&t[0], Some(-1))))
            .skip(Check::Batched, numbers)
            .error([ints(1, 0, 3, &[2, 0])], move |t| all(unique(&t[0], Some(0))), "There are 0 sized dimensions, and they aren't selected, so unique cannot be applied"),
        Entry::new("unique_consecutive(Tensor input, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)")
            .not_differentiable(reason)
            .sample("torch.unique_consecutive(a, return_inverse=True, return_counts=True)", [ints(3, 0, 2, &[9])], move |t| all(unique_consecutive(&t[0], None)))
            .skip(Check::Batched, numbers)
            .sample("torch.unique_consecutive(a, return_inverse=True, return_counts=True, dim=0)", [m.clone()], move |t| all(unique_consecutive(&t[0], Some(0))))
            .skip(Check::Batched, numbers),
        Entry::new("isin(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor")
            .not_differentiable(reason)
            .sample("torch.isin(a, b)", [i.clone(), ints(4, -3, 3, &[2])], |t| isin(&t[0], &t[1], false))
            .skip(Check::Batched, "it looks at numbers")
            .sample("torch.isin(a, b, invert=True)", [nan.clone(), floats(&[2.0, f64::NAN, 0.0], &[3])], |t| isin(&t[0], &t[1], true))
            .skip(Check::Batched, "it looks at numbers")
            .sample("torch.isin(a, 1)", [i.clone()], |t| isin(&t[0], Scalar::Int(1), false))
            .skip(Check::Batched, "it looks at numbers"),
    ]
}
