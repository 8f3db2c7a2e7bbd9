//! Checkpoints: what a piece of the graph saves is computed again when backward needs it, instead of being kept.
//!
//! The hooks for saved tensors do it. While the function runs, `pack` keeps only a number: the how manieth saved tensor this is. The first
//! `unpack` runs the function again, with hooks that collect what it saves in the same order, and hands the tensors out from there.

use super::is_grad_enabled;
use super::mode::{self, Bit, GradMode};
use super::saved_hooks::{Kept, SavedTensorsHooks, saved_tensors_hooks};
use crate::error::{Error, Result};
use crate::place::Ascribe;
use crate::primitive::OutMeta;
use crate::random::{self, Fork, default_generator};
use crate::tensor::Tensor;
use parking_lot::Mutex;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// What [`checkpoint_with`] leaves to choose; the default is PyTorch's.
#[derive(Clone, Copy, Debug)]
pub struct CheckpointOptions {
    /// Start the default random generator for the recomputation where it was in the first run (and put it back afterwards), so that dropout
    /// throws the same coins.
    pub preserve_rng_state: bool,
    /// Check that the recomputation saves tensors of the same shapes and dtypes.
    pub determinism_check: bool,
    /// End the recomputation as soon as all saved tensors are there. It ends by unwinding, as a panic does but without a message, so the
    /// function must not take the unwinding for an error.
    pub early_stop: bool,
}

impl Default for CheckpointOptions {
    fn default() -> CheckpointOptions {
        CheckpointOptions { preserve_rng_state: true, determinism_check: true, early_stop: true }
    }
}

type Run = dyn Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync;

/// A checkpointed call: all that its nodes keep together.
struct Frame {
    run: Box<Run>,
    inputs: Vec<Kept>,
    random: Option<Vec<u8>>,
    options: CheckpointOptions,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Shapes and dtypes of what the first run saved.
    saved: Vec<OutMeta>,
    /// What was computed again and not handed out yet.
    recomputed: Vec<Option<Tensor>>,
}

/// Stands for saved tensor number `index`.
struct Holder {
    frame: Arc<Frame>,
    index: usize,
}

impl Drop for Holder {
    fn drop(&mut self) {
        let unused = self.frame.state.lock().recomputed.get_mut(self.index).and_then(Option::take);
        drop(unused);
    }
}

/// Runs `f` on `inputs`; what it saves for backward is not kept, but computed again by another run of `f` in backward
/// (`torch.utils.checkpoint.checkpoint` with `use_reentrant=False`).
///
/// The graph is the same as without, and so are gradients of any order. `f` must do the same each time; it may contain checkpoints itself.
/// Memory then holds what one checkpoint saves at a time, for the price of about one more forward pass.
///
/// ```
/// use wengert::autograd::checkpoint;
/// use wengert::tensor;
///
/// let x = tensor!([0.5, 1.0]).requires_grad_(true);
/// let y = checkpoint(|x| Ok(vec![x[0].sin().exp()]), &[&x])?.remove(0);
/// y.sum().backward();
/// let expected = x.cos() * x.sin().exp();
/// assert_eq!(x.grad().unwrap().to_vec::<f32>(), expected.to_vec::<f32>());
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// What `f` says, and `disable_saved_tensors_hooks` around it. In backward: what `f` says then; an input that was overwritten since; a
/// recomputation that saves other tensors than the first run.
pub fn checkpoint(
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync + 'static,
    inputs: &[&Tensor],
) -> Result<Vec<Tensor>> {
    checkpoint_with(CheckpointOptions::default(), f, inputs)
}

/// [`checkpoint`] with options.
///
/// # Errors
/// As there.
pub fn checkpoint_with(
    options: CheckpointOptions,
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>> + Send + Sync + 'static,
    inputs: &[&Tensor],
) -> Result<Vec<Tensor>> {
    let own: Vec<Tensor> = inputs.iter().map(|x| (*x).clone()).collect();
    if !is_grad_enabled() {
        return f(&own);
    }
    let kept = inputs.iter().map(|x| Kept::new(x)).collect::<Result<_>>()?;
    let random = options.preserve_rng_state.then(|| default_generator().state());
    let frame = Arc::new(Frame { run: Box::new(f), inputs: kept, random, options, state: Mutex::default() });
    let run = frame.clone();
    let pack = move |t: &Tensor| {
        let mut state = frame.state.lock();
        state.saved.push(OutMeta::of(t.array()));
        Ok(Holder { frame: frame.clone(), index: state.saved.len() - 1 })
    };
    let hooks = SavedTensorsHooks::new(pack, |holder: &Holder| holder.frame.get(holder.index));
    saved_tensors_hooks(&hooks, || (run.run)(&own))?
}

/// One step of [`checkpoint_sequential`].
pub type Step = Arc<dyn Fn(&Tensor) -> Result<Tensor> + Send + Sync>;

/// Runs `steps` one after the other, cut into so many segments, each of which is a [`checkpoint`] but for the last
/// (`torch.utils.checkpoint.checkpoint_sequential`).
///
/// # Errors
/// If there are no segments or fewer steps than segments, and as [`checkpoint`].
pub fn checkpoint_sequential(steps: &[Step], segments: usize, input: &Tensor) -> Result<Tensor> {
    if segments == 0 || steps.len() < segments {
        return Err(Error::value(format!("cannot cut {} steps into {segments} segments", steps.len())));
    }
    let through = |steps: &[Step], x: &Tensor| steps.iter().try_fold(x.clone(), |x, step| step(&x));
    let size = steps.len() / segments;
    let mut x = input.clone();
    for start in (0..size * (segments - 1)).step_by(size) {
        let part = steps[start..start + size].to_vec();
        x = checkpoint(move |x| Ok(vec![through(&part, &x[0])?]), &[&x])?.remove(0);
    }
    through(&steps[size * (segments - 1)..], &x)
}

/// What unwinds from a recomputation that has seen all it needs, or more than there was.
enum Stop {
    Complete,
    TooMany,
}

impl Frame {
    /// Saved tensor number `index`.
    fn get(&self, index: usize) -> Result<Tensor> {
        if let Some(t) = self.state.lock().recomputed.get_mut(index).and_then(Option::take) {
            return Ok(t);
        }
        // Nothing is locked meanwhile: the user's code runs.
        let mut all = self.recompute()?;
        let wanted = all.get_mut(index).and_then(Option::take);
        let before = std::mem::replace(&mut self.state.lock().recomputed, all);
        drop(before);
        wanted.ok_or_else(|| Error::runtime("a checkpoint's recomputation did not save what the first run saved"))
    }

    fn recompute(&self) -> Result<Vec<Option<Tensor>>> {
        let inputs: Vec<Tensor> = self.inputs.iter().map(Kept::get).collect::<Result<_>>()?;
        let expected = self.state.lock().saved.clone();
        let collected: Arc<Mutex<Vec<Tensor>>> = Arc::default();
        let (early_stop, count, list) = (self.options.early_stop, expected.len(), collected.clone());
        let pack = move |t: &Tensor| {
            let mut list = list.lock();
            if list.len() == count {
                drop(list);
                resume_unwind(Box::new(Stop::TooMany));
            }
            list.push(t.detach());
            if early_stop && list.len() == count {
                drop(list);
                resume_unwind(Box::new(Stop::Complete));
            }
            Ok(t.detach())
        };
        let hooks = SavedTensorsHooks::new(pack, |t| Ok(t.clone()));
        let run = || {
            let _random = self.random.as_ref().map(|state| fork_at(state)).transpose()?;
            let _modes = (
                GradMode::set(true),
                Bit::set(mode::INFERENCE, false),
                Bit::set(mode::FORMULA, false),
                Ascribe::nowhere(),
            );
            saved_tensors_hooks(&hooks, || (self.run)(&inputs))?
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(result) => drop(result?),
            Err(payload) => match payload.downcast_ref() {
                Some(Stop::Complete) => {}
                Some(Stop::TooMany) => {
                    return Err(Error::runtime(
                        "torch.utils.checkpoint: trying to save more tensors during recomputation than during the original forward \
                         pass.",
                    )
                    .hint(SAME));
                }
                None => resume_unwind(payload),
            },
        }
        let collected = std::mem::take(&mut *collected.lock());
        if collected.len() != count {
            return Err(Error::runtime(format!(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and recomputation.\n\
                 Number of tensors saved during forward: {count}\n\
                 Number of tensors saved during recomputation: {}.",
                collected.len()
            ))
            .hint(SAME));
        }
        if self.options.determinism_check {
            compare(&expected, &collected)?;
        }
        Ok(collected.into_iter().map(Some).collect())
    }
}

const SAME: &str = "the checkpointed function must do the same each time it runs";

fn compare(expected: &[OutMeta], got: &[Tensor]) -> Result<()> {
    let got: Vec<OutMeta> = got.iter().map(|t| OutMeta::of(t.array())).collect();
    let show = |m: &OutMeta| {
        format!("{{'shape': torch.Size({:?}), 'dtype': {}, 'device': device(type='cpu')}}", &m.shape[..], m.dtype)
    };
    let mut text = String::new();
    for (i, (a, b)) in expected.iter().zip(&got).enumerate().filter(|(_, (a, b))| a != b) {
        text += &format!("\ntensor at position {i}:\nsaved metadata: {}\nrecomputed metadata: {}", show(a), show(b));
    }
    if text.is_empty() {
        return Ok(());
    }
    Err(Error::runtime(format!(
        "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during the forward pass.{text}"
    ))
    .hint(SAME))
}

/// The default random generator in an earlier state, for this thread until it is dropped: other threads draw on undisturbed.
fn fork_at(state: &[u8]) -> Result<Fork> {
    let fork = random::fork();
    default_generator().set_state(state)?;
    Ok(fork)
}
