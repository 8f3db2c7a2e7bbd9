//! `vmap`: a function of one example becomes one of a batch.

use super::tree::{Returns, Tree};
use crate::error::{Error, Result};
use crate::ops;
use crate::tensor::Tensor;
use crate::transforms::level::{self, Kind, Randomness};
use crate::transforms::{Role, batched, repeated};

/// The function for a batch: all tensors of its argument and its result have the batch as their first dimension (`torch.func.vmap`).
///
/// See [`Vmap`] for other dimensions, constants, random numbers and less memory.
pub fn vmap<I: Tree, R: Returns>(f: impl Fn(&I) -> R) -> impl Fn(&I) -> Result<R::Value> {
    move |inputs| Vmap::new().call(&f, inputs)
}

/// Options of [`vmap`].
///
/// ```
/// use wengert::{Tensor, func::Vmap, tensor};
/// let (x, w) = (tensor!([[1.0, 2.0], [3.0, 4.0]]), tensor!([10.0, 1.0]));
/// // Over the columns of x; w is the same for all.
/// let y = Vmap::new().in_dims(&[Some(1), None]).call(|(x, w): &(Tensor, Tensor)| x.dot(w), &(x, w))?;
/// assert_eq!(y.to_vec::<f32>(), [13.0, 24.0]);
/// # Ok::<(), wengert::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Vmap {
    in_dims: Option<Vec<Option<isize>>>,
    out_dims: Option<Vec<Option<isize>>>,
    randomness: Randomness,
    chunk_size: Option<usize>,
}

impl Vmap {
    /// Over the first dimension of everything.
    pub fn new() -> Vmap {
        Vmap::default()
    }
    /// For each tensor of the argument the dimension to map over; `None`: it is the same for all examples.
    pub fn in_dims(mut self, dims: &[Option<isize>]) -> Vmap {
        self.in_dims = Some(dims.to_vec());
        self
    }
    /// For each tensor of the result where the batch goes; one for all, too. `None`: it does not differ from example to example.
    pub fn out_dims(mut self, dims: &[Option<isize>]) -> Vmap {
        self.out_dims = Some(dims.to_vec());
        self
    }
    /// What random operations do.
    pub fn randomness(mut self, randomness: Randomness) -> Vmap {
        self.randomness = randomness;
        self
    }
    /// So many examples at a time.
    pub fn chunk_size(mut self, examples: usize) -> Vmap {
        self.chunk_size = Some(examples);
        self
    }

    /// Calls `f` for the batch.
    ///
    /// # Errors
    /// If nothing is mapped over, sizes differ, a dimension is out of range, an option does not fit the function; and those of `f`.
    pub fn call<I: Tree, R: Returns>(&self, f: impl Fn(&I) -> R, inputs: &I) -> Result<R::Value> {
        let leaves = inputs.leaves();
        let dims = self.dims_of(&leaves)?;
        let size = mapped_size(&leaves, &dims)?;
        let fronts: Vec<Part> = leaves
            .iter()
            .zip(&dims)
            .map(|(t, d)| match d {
                Some(d) => Ok((ops::movedim(t, &[*d as isize], &[0])?, true)),
                None => Ok((t.clone(), false)),
            })
            .collect::<Result<_>>()?;
        let chunk = self.chunk_size.unwrap_or(size).max(1);
        if self.chunk_size == Some(0) {
            return Err(Error::value("vmap: chunk_size should be None or greater than 0. (got 0)"));
        }
        let mut parts: Vec<Vec<Part>> = Vec::new();
        let mut start = 0;
        let structure = loop {
            let n = chunk.min(size - start);
            let ins: Vec<Part> = fronts
                .iter()
                .map(|(t, mapped)| match mapped {
                    true if n < size => Ok((ops::narrow(t, 0, start as isize, n)?, true)),
                    _ => Ok((t.clone(), *mapped)),
                })
                .collect::<Result<_>>()?;
            let (tree, outs) = self.once(n, &ins, inputs, &f)?;
            parts.push(outs);
            start += n;
            if start >= size {
                break tree;
            }
        };
        let outs = self.placed(size, parts)?;
        structure.with_leaves(outs)
    }

    fn dims_of(&self, leaves: &[Tensor]) -> Result<Vec<Option<usize>>> {
        let given = self.in_dims.clone().unwrap_or_else(|| vec![Some(0); leaves.len()]);
        if given.len() != leaves.len() {
            return Err(Error::value(format!(
                "vmap(f, in_dims={}, ...)(<inputs>): in_dims is not compatible with the structure of `inputs`. in_dims has {} elements but inputs has {}.",
                text(&given),
                given.len(),
                leaves.len()
            )));
        }
        let in_range = |(t, d): (&Tensor, &Option<isize>)| match d {
            None => Ok(None),
            Some(d) => {
                let n = t.ndim() as isize;
                if *d < -n || *d >= n {
                    return Err(Error::value(format!(
                        "vmap(f, in_dims={}, ...)(<inputs>): Got in_dim={d} for some input, but that input is a Tensor of dimensionality {n} so expected in_dim to satisfy -{n} <= in_dim < {n}.",
                        self.in_dims.as_deref().map_or("0".to_string(), text),
                    )));
                }
                Ok(Some(if *d < 0 { d + n } else { *d } as usize))
            }
        };
        leaves.iter().zip(&given).map(in_range).collect()
    }

    /// One chunk: the function's results with the batch at the front, if they have one.
    fn once<I: Tree, R: Returns>(
        &self,
        size: usize,
        ins: &[Part],
        like: &I,
        f: impl Fn(&I) -> R,
    ) -> Result<(R::Value, Vec<Part>)> {
        let level = level::enter(Kind::Batch { size, randomness: self.randomness });
        let leaves =
            ins.iter().map(|(t, mapped)| if *mapped { batched(level.id, t.clone()) } else { t.clone() }).collect();
        let tree = f(&like.with_leaves(leaves)?).into_result()?;
        let outs = tree.leaves();
        let outs = outs.iter().map(|out| unwrapped(out, level.id)).collect();
        Ok((tree, outs))
    }

    /// The results of all chunks, with the batch where it is wanted.
    fn placed(&self, size: usize, parts: Vec<Vec<Part>>) -> Result<Vec<Tensor>> {
        let count = parts[0].len();
        let dims = match &self.out_dims {
            None => vec![Some(0); count],
            Some(d) if d.len() == 1 => vec![d[0]; count],
            Some(d) if d.len() == count => d.clone(),
            Some(d) => {
                return Err(Error::value(format!(
                    "vmap(f, ..., out_dims={}): out_dims is not compatible with the structure of `outputs`. out_dims has {} elements but outputs has {count}.",
                    text(d),
                    d.len(),
                )));
            }
        };
        (0..count)
            .map(|k| {
                let mapped = parts.iter().any(|p| p[k].1);
                let Some(dim) = dims[k] else {
                    if mapped {
                        return Err(Error::value(
                            "vmap(f, ...): `f` can not return a BatchedTensor when out_dim is None",
                        ));
                    }
                    return Ok(parts[0][k].0.clone());
                };
                let whole = if !mapped {
                    repeated(&parts[0][k].0, size)?
                } else if let [only] = &parts[..] {
                    only[k].0.clone()
                } else {
                    ops::cat(&parts.iter().map(|p| &p[k].0).collect::<Vec<_>>(), 0)?
                };
                if dim == 0 { Ok(whole) } else { ops::movedim(&whole, &[0], &[dim]) }
            })
            .collect()
    }
}

/// A tensor of one chunk; has it the batch at the front?
type Part = (Tensor, bool);

/// The value without the wrapper of a level: with the batch at the front, or none.
pub(super) fn unwrapped(out: &Tensor, level: level::LevelId) -> (Tensor, bool) {
    match out.wrapper() {
        Some(w) if w.level == level && matches!(w.role, Role::Batched) => (w.inner, true),
        _ => (out.clone(), false),
    }
}

/// Calls `f` once for examples that are given along the first dimension of tensors; its results have it there, too. `None` stays `None`.
pub(crate) fn for_each(
    size: usize,
    inputs: &[Option<Tensor>],
    f: impl FnOnce(&[Option<Tensor>]) -> Result<Vec<Option<Tensor>>>,
) -> Result<Vec<Option<Tensor>>> {
    let outs = {
        let level = level::enter(Kind::Batch { size, randomness: Randomness::Error });
        let ins: Vec<Option<Tensor>> =
            inputs.iter().map(|t| t.as_ref().map(|t| batched(level.id, t.clone()))).collect();
        let outs = f(&ins)?;
        outs.iter().map(|out| out.as_ref().map(|out| unwrapped(out, level.id))).collect::<Vec<_>>()
    };
    outs.into_iter()
        .map(|out| out.map(|(out, mapped)| if mapped { Ok(out) } else { repeated(&out, size) }).transpose())
        .collect()
}

fn mapped_size(leaves: &[Tensor], dims: &[Option<usize>]) -> Result<usize> {
    let sizes: Vec<usize> = leaves.iter().zip(dims).filter_map(|(t, d)| d.map(|d| t.shape()[d])).collect();
    let Some(&size) = sizes.first() else {
        return Err(Error::value("vmap: at least one input must be mapped over: every in_dim is None"));
    };
    if sizes.iter().any(|s| *s != size) {
        return Err(Error::value(format!(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes:?} for the mapped dimension"
        )));
    }
    Ok(size)
}

fn text(dims: &[Option<isize>]) -> String {
    let items: Vec<String> = dims.iter().map(|d| d.map_or("None".to_string(), |d| d.to_string())).collect();
    if items.len() == 1 { format!("({},)", items[0]) } else { format!("({})", items.join(", ")) }
}
