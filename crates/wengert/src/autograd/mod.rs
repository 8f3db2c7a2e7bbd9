//! Reverse mode: the recorded graph, the engine that runs it backward, and what users call.
//!
//! `node.rs` is all that the engine sees; `record.rs` makes the node of a call and `saved.rs` holds what it saved; `accumulate.rs` is
//! what happens at a leaf; `engine.rs` runs; `hooks.rs` are the user's functions on the way; `mode.rs` says whether to record; `check`
//! compares with finite differences; `inspect.rs` and `draw.rs` show the graph.

mod accumulate;
mod anomaly;
mod check;
mod checkpoint;
mod draw;
mod engine;
mod explain;
pub mod forward_ad;
mod function;
pub mod functional;
mod hooks;
mod inspect;
mod interrupt;
mod ledger;
pub mod mode;
mod node;
mod record;
mod saved;
mod saved_hooks;
mod watch;

pub use anomaly::{Anomaly, AnomalyMode, detect_anomaly, trap_non_finite};
pub(crate) use anomaly::{before_write, check_call, check_write};
pub use check::{GradcheckOptions, GradgradcheckOptions, gradcheck, gradgradcheck};
pub use checkpoint::{CheckpointOptions, Step, checkpoint, checkpoint_sequential, checkpoint_with};
pub use draw::{Graph, GraphEdge, GraphKind, GraphNode};
pub(crate) use engine::{Goal, Needed, Task, run};
pub use explain::{Cut, CutReason, WhyNone, explain_grad, explain_grad_from};
pub(crate) use explain::{cut_of, note_cut_inputs, note_item};
pub use function::{Batched, Context, CustomCall, ForwardContext, Function, VmapInfo};
pub(crate) use hooks::Hooks;
pub use hooks::{HookHandle, MultiGradMode, register_multi_grad_hook};
pub use interrupt::set_interrupt;
pub use ledger::{Ledger, LedgerKind, LedgerRow, ledger};
pub use mode::{
    GradMode, InferenceMode, enable_grad, inference_mode, is_grad_enabled, is_inference_mode_enabled, no_grad,
    set_grad_enabled,
};
pub(crate) use node::next_sequence;
pub use node::{Edge, Node};
pub(crate) use record::{
    record, record_in_place, record_on_level, record_output, record_outputs, record1, view_of_base,
};
pub(crate) use saved::save_tangents;
pub use saved_hooks::{
    DisabledSavedTensorsHooks, SavedTensor, SavedTensorsGuard, SavedTensorsHooks, disable_saved_tensors_hooks,
    saved_tensors_hooks,
};
pub(crate) use watch::{WATCHED, pack_saved, watch};

use crate::error::{Error, Result, or_panic};
use crate::func::for_each;
use crate::ops;
use crate::place::Caller;
use crate::tensor::Tensor;
use crate::transforms::without_tangents;

/// What [`grad_with`] and [`backward_with`] leave to choose; the default is PyTorch's.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Keep what the graph saved, so that it can be run again. `None`: the value of `create_graph`.
    pub retain_graph: Option<bool>,
    /// Record the backward pass itself, for derivatives of higher order.
    pub create_graph: bool,
    /// The weights of [`grad_with`] have one more dimension, the first: a gradient is computed for each index of it, all in one pass
    /// (`is_grads_batched`).
    pub is_grads_batched: bool,
    /// An input that the outputs do not depend on gives `None` instead of an error.
    pub allow_unused: bool,
    /// An input that the outputs do not depend on gives zeros instead of an error; implies `allow_unused`.
    pub materialize_grads: bool,
}

impl Options {
    /// With `create_graph` (and so `retain_graph`).
    pub fn create_graph() -> Options {
        Options { create_graph: true, ..Options::default() }
    }
    /// With `retain_graph`.
    pub fn retain_graph() -> Options {
        Options { retain_graph: Some(true), ..Options::default() }
    }
    fn retains(&self) -> bool {
        self.retain_graph.unwrap_or(self.create_graph)
    }
}

/// Gradients of the sum of `outputs` (scalars) with respect to `inputs` (`torch.autograd.grad`), without touching `.grad`.
///
/// # Panics
/// Where [`grad_with`] gives an error: an output that is no scalar or has no history, an input that is not reached.
#[track_caller]
pub fn grad(outputs: &[&Tensor], inputs: &[&Tensor]) -> Vec<Tensor> {
    let grads = or_panic(grad_with(outputs, inputs, None, Options::default()));
    grads.into_iter().map(|g| g.expect("unused inputs are errors here")).collect()
}

/// Gradients of `outputs`, weighted by `grad_outputs` (ones for scalars where `None`), with respect to `inputs`.
///
/// # Errors
/// - `grad can be implicitly created only for scalar outputs`: an output with more elements and no weight;
/// - a weight of another shape than its output;
/// - an output or an input that does not require grad;
/// - no input, or one that is not reached, unless `allow_unused` or `materialize_grads`;
/// - a graph that was freed, or a saved tensor that was overwritten.
#[track_caller]
pub fn grad_with(
    outputs: &[&Tensor],
    inputs: &[&Tensor],
    grad_outputs: Option<&[Option<&Tensor>]>,
    options: Options,
) -> Result<Vec<Option<Tensor>>> {
    if options.is_grads_batched {
        return in_backward(|| grads_batched(outputs, inputs, grad_outputs, options));
    }
    in_backward(|| {
        if inputs.is_empty() {
            return Err(Error::runtime("`inputs` argument to `grad()` cannot be empty."));
        }
        let roots = roots(outputs, grad_outputs, options.create_graph)?;
        let wanted = edges_of(inputs)?;
        let mut grads = engine::run(engine::Task {
            roots,
            retain_graph: options.retains(),
            create_graph: options.create_graph,
            record: records(outputs, options),
            goal: engine::Goal::Capture(&wanted),
        })?;
        for (i, (grad, input)) in grads.iter_mut().zip(inputs).enumerate().filter(|(_, (g, _))| g.is_none()) {
            if options.materialize_grads {
                *grad = Some(Tensor::full_like(input, 0.0));
            } else if !options.allow_unused {
                return Err(unused(i, input));
            }
        }
        Ok(grads)
    })
}

/// [`grad_with`] for each of many weights, given along the first dimension of each.
#[track_caller]
fn grads_batched(
    outputs: &[&Tensor],
    inputs: &[&Tensor],
    grad_outputs: Option<&[Option<&Tensor>]>,
    options: Options,
) -> Result<Vec<Option<Tensor>>> {
    let weights: Vec<Option<Tensor>> = grad_outputs.unwrap_or_default().iter().map(|g| g.cloned()).collect();
    let size =
        weights.iter().flatten().next().and_then(|g| g.shape().first().copied()).ok_or_else(|| {
            Error::runtime("is_grads_batched=True needs grad_outputs whose first dimension counts them")
        })?;
    if let Some(g) = weights.iter().flatten().find(|g| g.shape().first() != Some(&size)) {
        return Err(Error::runtime(format!(
            "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension: it is {size}, but {:?} \
             has another",
            g.shape()
        )));
    }
    for_each(size, &weights, |weights| {
        let weights: Vec<Option<&Tensor>> = weights.iter().map(Option::as_ref).collect();
        grad_with(outputs, inputs, Some(&weights), Options { is_grads_batched: false, ..options })
    })
}

/// What goes wrong in `f` is ascribed to the caller's line, too.
#[track_caller]
fn in_backward<R>(f: impl FnOnce() -> Result<R>) -> Result<R> {
    let location = Caller::of_user();
    f().map_err(|e| e.in_backward(location))
}

fn edges_of(inputs: &[&Tensor]) -> Result<Vec<Edge>> {
    let edge =
        |t: &&Tensor| t.edge().ok_or_else(|| Error::runtime("One of the differentiated Tensors does not require grad"));
    inputs.iter().map(edge).collect()
}

fn unused(i: usize, input: &Tensor) -> Error {
    let e = Error::runtime(format!(
        "The differentiated Tensor at index {i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."
    ));
    match input.grad_fn() {
        Some(node) => match node.location() {
            Some(l) => e.note(format!("that tensor is an output of {}, made at {l}", node.name())),
            None => e,
        },
        None => e.note(format!("that tensor is a leaf of shape {:?}", input.shape())),
    }
}

/// Runs backward from several tensors at once (`torch.autograd.backward`) and adds to the `.grad` of the leaves, or of `inputs` alone
/// if they are given. Those that are not leaves retain their gradient from then on, as in PyTorch; naming one twice changes nothing.
///
/// # Errors
/// As [`grad_with`], without those about inputs that are not reached; `inputs` that are empty or do not require grad.
#[track_caller]
pub fn backward_with(
    tensors: &[&Tensor],
    gradients: Option<&[Option<&Tensor>]>,
    options: Options,
    inputs: Option<&[&Tensor]>,
) -> Result<()> {
    in_backward(|| {
        let roots = roots(tensors, gradients, options.create_graph)?;
        let wanted;
        let goal = match inputs {
            None => engine::Goal::Leaves,
            Some([]) => return Err(Error::runtime("`inputs` argument to `backward()` cannot be empty.")),
            Some(inputs) => {
                for t in inputs {
                    t.try_retain_grad()?;
                }
                wanted = edges_of(inputs)?;
                engine::Goal::Only(&wanted)
            }
        };
        let (retain_graph, create_graph) = (options.retains(), options.create_graph);
        let record = records(tensors, options);
        engine::run(engine::Task { roots, retain_graph, create_graph, record, goal })?;
        Ok(())
    })
}

/// [`grad_with`] from and to places in the graph instead of tensors. Weights are given for all roots.
///
/// # Errors
/// - a weight of another shape than the output that its root is;
/// - a wanted place that is not reached, unless `allow_unused`;
/// - a graph that was freed, or a saved tensor that was overwritten.
#[track_caller]
pub fn grad_of_edges(roots: Vec<(Edge, Tensor)>, wanted: &[Edge], options: Options) -> Result<Vec<Option<Tensor>>> {
    in_backward(|| {
        check_roots(&roots)?;
        let (retain_graph, create_graph) = (options.retains(), options.create_graph);
        let goal = engine::Goal::Capture(wanted);
        let grads = engine::run(engine::Task { roots, retain_graph, create_graph, record: create_graph, goal })?;
        let allowed = options.allow_unused || options.materialize_grads;
        if let Some(i) = grads.iter().position(Option::is_none).filter(|_| !allowed) {
            return Err(Error::runtime(format!(
                "The differentiated Tensor at index {i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior."
            )));
        }
        let full = |(g, e): (Option<Tensor>, &Edge)| match g {
            None if options.materialize_grads => {
                let (shape, dtype) = e.node.output(e.output);
                Some(Tensor::full_of(shape, 0, dtype))
            }
            g => g,
        };
        Ok(grads.into_iter().zip(wanted).map(full).collect())
    })
}

/// [`backward_with`] from places in the graph, to all leaves or to the wanted places alone.
///
/// # Errors
/// As [`grad_of_edges`], without those about places that are not reached.
#[track_caller]
pub fn backward_of_edges(roots: Vec<(Edge, Tensor)>, options: Options, wanted: Option<&[Edge]>) -> Result<()> {
    in_backward(|| {
        check_roots(&roots)?;
        let (retain_graph, create_graph) = (options.retains(), options.create_graph);
        let goal = wanted.map_or(engine::Goal::Leaves, engine::Goal::Only);
        engine::run(engine::Task { roots, retain_graph, create_graph, record: create_graph, goal })?;
        Ok(())
    })
}

fn check_roots(roots: &[(Edge, Tensor)]) -> Result<()> {
    for (i, (edge, weight)) in roots.iter().enumerate() {
        let (shape, _) = edge.node.output(edge.output);
        if weight.shape() != shape {
            return Err(Error::runtime(format!(
                "Mismatch in shape: grad_output[{i}] has a shape of torch.Size({:?}) and output[{i}] has a shape of torch.Size({shape:?}).",
                weight.shape(),
            )));
        }
    }
    Ok(())
}

/// A graph on the level of a transform is differentiated below that level, where others may record.
fn records(outputs: &[&Tensor], options: Options) -> bool {
    options.create_graph || (mode::is_grad_enabled() && outputs.iter().any(|t| without_tangents(t).is_wrapped()))
}

#[track_caller]
fn roots(
    tensors: &[&Tensor],
    gradients: Option<&[Option<&Tensor>]>,
    create_graph: bool,
) -> Result<Vec<(Edge, Tensor)>> {
    if let Some(g) = gradients
        && g.len() != tensors.len()
    {
        return Err(Error::runtime(format!("got {} tensors and {} gradients", tensors.len(), g.len())));
    }
    let mut out = Vec::with_capacity(tensors.len());
    for (i, t) in tensors.iter().enumerate() {
        let grad = match gradients.and_then(|g| g[i]) {
            Some(g) => {
                if g.shape() != t.shape() {
                    return Err(Error::runtime(format!(
                        "Mismatch in shape: grad_output[{i}] has a shape of torch.Size({:?}) and output[{i}] has a shape of torch.Size({:?}).",
                        g.shape(),
                        t.shape()
                    )));
                }
                if g.dtype().is_complex() != t.dtype().is_complex() {
                    return Err(Error::runtime(format!(
                        "For complex Tensors, both grad_output and output are required to have the same dtype. \
                         Mismatch in dtype: grad_output[{i}] has a dtype of {} and output[{i}] has a dtype of {}.",
                        g.dtype(),
                        t.dtype()
                    )));
                }
                let g = if g.dtype() == t.dtype() { g.clone() } else { ops::to_dtype(g, t.dtype())? };
                if create_graph { g } else { g.detach() }
            }
            None if !t.requires_grad() => return Err(no_history(i, t)),
            None if t.numel() != 1 => {
                return Err(Error::runtime("grad can be implicitly created only for scalar outputs").hint(format!(
                    "the output has shape {:?}: pass a gradient of that shape, or reduce it with sum() or mean()",
                    t.shape()
                )));
            }
            None => Tensor::full_like(t, 1.0),
        };
        out.push((t.edge().ok_or_else(|| no_history(i, t))?, grad));
    }
    Ok(out)
}

fn no_history(i: usize, t: &Tensor) -> Error {
    let hint = if t.dtype().is_differentiable() {
        "no leaf that it was computed from requires grad, or it was computed inside no_grad or from a detached tensor"
    } else {
        "tensors of integers and booleans have no gradient"
    };
    Error::runtime(format!("element {i} of tensors does not require grad and does not have a grad_fn")).hint(hint)
}

impl Tensor {
    /// Gradients of this scalar with respect to the leaves it was computed from, added to their `.grad`; frees the graph.
    ///
    /// # Panics
    /// If it is not a scalar, has no history, or its graph was freed or damaged by in-place writes.
    #[track_caller]
    pub fn backward(&self) {
        or_panic(backward_with(&[self], None, Options::default(), None));
    }

    /// [`Tensor::backward`] with the weight of each element (the vector of the vector-Jacobian product) and options.
    ///
    /// # Errors
    /// See [`grad_with`].
    #[track_caller]
    pub fn backward_with(&self, gradient: Option<&Tensor>, options: Options) -> Result<()> {
        backward_with(&[self], Some(&[gradient]), options, None)
    }
}
