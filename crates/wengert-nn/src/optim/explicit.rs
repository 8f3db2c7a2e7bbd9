//! Steps over parameters whose state somebody else keeps.

use super::Rule;
use super::grouped::Batch;
use super::state::storage;
use super::step::Copies;
use std::slice::from_ref;
use wengert::apply::write_in_place;
use wengert::{DType, Result, Tensor, no_grad};
use wengert_kernels::ViewMut;
use wengert_kernels::optim::{Item, STATES};

/// A parameter of a step, with what is kept for it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The parameter.
    pub param: Tensor,
    /// Its gradient.
    pub grad: Tensor,
    /// What is kept for it, in the order of [`Rule::BUFFERS`]: those in use with these settings are needed.
    pub states: [Option<Tensor>; STATES],
    /// How many steps it has made, one number in single or double precision, if the rule counts them.
    pub steps: Option<Tensor>,
    /// Do the states in use hold what an earlier step has left?
    pub kept: bool,
}

impl Target {
    /// Can a kernel take it?
    fn fits<R: Rule>(&self, keeps: u8) -> bool {
        let Target { param, grad, states, steps, .. } = self;
        let like = |t: &Tensor| t.dtype() == param.dtype() && t.shape() == param.shape();
        let count = |t: &Tensor| t.numel() == 1 && matches!(t.dtype(), DType::F32 | DType::F64);
        matches!(param.dtype(), DType::F16 | DType::BF16 | DType::F32 | DType::F64)
            && like(grad)
            && (0..STATES).filter(|k| keeps >> k & 1 == 1).all(|k| states[k].as_ref().is_some_and(like))
            && (!R::COUNTS || steps.as_ref().is_some_and(count))
    }

    /// What a step writes.
    fn written<R: Rule>(&self, keeps: u8) -> impl Iterator<Item = &Tensor> {
        let states = self.states.iter().enumerate().filter(move |(k, _)| keeps >> k & 1 == 1);
        [&self.param]
            .into_iter()
            .chain(states.filter_map(|(_, s)| s.as_ref()))
            .chain(self.steps.iter().filter(|_| R::COUNTS))
    }
}

/// One step of a rule, as [`Grouped`](super::Grouped) makes it, over parameters whose state is the caller's. It writes parameters and
/// states, counts the steps, and records nothing.
///
/// False if a kernel cannot take them, for their dtypes, their shapes or memory that a parameter shares with its own state: nothing was
/// done then.
///
/// ```
/// use wengert::{Tensor, tensor};
/// use wengert_nn::optim::{SGDOptions, Target, step_with};
///
/// let (param, grad, b) = (tensor!([1.0, 2.0]), tensor!([1.0, -1.0]), Tensor::zeros(&[2]));
/// let target = Target { param: param.clone(), grad, states: [Some(b.clone()), None, None], steps: None, kept: false };
/// let rule = SGDOptions { lr: 0.5, momentum: 0.9, ..Default::default() };
/// assert!(step_with(&rule, &[target])?);
/// assert_eq!((param.to_vec::<f32>(), b.to_vec::<f32>()), (vec![0.5, 2.5], vec![1.0, -1.0]));
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// If one of them cannot be written in place (an expanded tensor).
#[track_caller]
pub fn step_with<R: Rule>(rule: &R, targets: &[Target]) -> Result<bool> {
    let keeps = rule.keeps();
    if !targets.iter().all(|t| t.fits::<R>(keeps)) {
        return Ok(false);
    }
    if apart::<R>(targets, keeps) {
        no_grad(|| pass(rule, targets))?;
    } else if targets.iter().all(|t| apart::<R>(from_ref(t), keeps)) {
        // Parameters share memory with each other: they take turns.
        for target in targets {
            no_grad(|| pass(rule, from_ref(target)))?;
        }
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// Is everything that is written in a storage of its own?
fn apart<R: Rule>(targets: &[Target], keeps: u8) -> bool {
    let mut storages: Vec<_> = targets.iter().flat_map(|t| t.written::<R>(keeps)).map(storage).collect();
    storages.sort_unstable();
    storages.windows(2).all(|pair| pair[0] != pair[1])
}

#[track_caller]
fn pass<R: Rule>(rule: &R, targets: &[Target]) -> Result<()> {
    let keeps = rule.keeps();
    let written: Vec<&Tensor> = targets.iter().flat_map(|t| t.written::<R>(keeps)).collect();
    let grads: Vec<&Tensor> = targets.iter().map(|t| &t.grad).collect();
    write_in_place(R::NAME, &written, &grads, |views, grads| {
        let mut batches: Vec<Batch> = Vec::new();
        let mut copies = Copies::default();
        let mut at = 0;
        for (target, grad) in targets.iter().zip(grads) {
            let (dtype, len) = (views[at].dtype, views[at].numel());
            let mut next = |copies: &mut Copies| {
                at += 1;
                copies.param(at - 1, &mut views[at - 1])
            };
            let param = next(&mut copies);
            let mut state = [std::ptr::null_mut(); STATES];
            for (k, state) in state.iter_mut().enumerate() {
                if keeps >> k & 1 == 1 {
                    *state = next(&mut copies);
                }
            }
            let mut steps = 0;
            if R::COUNTS {
                steps = count(&mut views[at]);
                at += 1;
            }
            let kept = if target.kept { keeps } else { 0 };
            let item = Item { param, grad: copies.grad(*grad, dtype), state, len };
            Batch::add(&mut batches, item, dtype, steps, kept, targets.len());
        }
        batches.iter().for_each(|b| rule.update(b));
        copies.write_back(views);
        Ok(())
    })
}

/// Adds one to a number of steps, and gives what it was.
fn count(steps: &mut ViewMut) -> u64 {
    fn add<T: Copy + Into<f64>>(n: &mut T, next: impl Fn(f64) -> T) -> u64 {
        let before: f64 = (*n).into();
        *n = next(before + 1.0);
        before as u64
    }
    match steps.dtype {
        DType::F32 => steps.as_slice_mut::<f32>().map_or(0, |n| add(&mut n[0], |x| x as f32)),
        _ => steps.as_slice_mut::<f64>().map_or(0, |n| add(&mut n[0], |x| x)),
    }
}
