//! Calling a [`Function`], recording it, and running it backward.

use super::context::{ForwardContext, asks};
use super::{Function, levels};
use crate::array::Array;
use crate::autograd::mode::{self, SAVED_HOOKS, TRANSFORM};
use crate::autograd::node::{Edge, Node};
use crate::autograd::record::{self, OpNode};
use crate::autograd::saved::{OTHER, OUTPUT, SavedValue, SavedValues, Value};
use crate::autograd::saved_hooks::{self, SavedTensorsHooks};
use crate::autograd::{is_grad_enabled, no_grad};
use crate::error::{Error, Result};
use crate::few::Few;
use crate::ops;
use crate::place::{Ascribe, Caller};
use crate::primitive::{Family, Grads, Meta, Metas, Needs, OutMeta, Primitive, Saved, Saves};
use crate::scalar::Operand;
use crate::tensor::{Creation, Tensor};
use parking_lot::Mutex;
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A recorded call of a [`Function`], as the operation of its node.
pub struct CustomCall {
    pub(super) function: Arc<dyn Function>,
    node_name: &'static str,
    non_differentiable: Vec<bool>,
    materializes: bool,
    pub(super) value: Option<Arc<dyn Any + Send + Sync>>,
}

impl CustomCall {
    pub(super) fn new(function: &Arc<dyn Function>, call: &Finished) -> CustomCall {
        CustomCall {
            function: function.clone(),
            node_name: node_name(function.name()),
            non_differentiable: call.non_differentiable.clone(),
            materializes: call.materializes,
            value: call.value.clone(),
        }
    }
}

/// The name with `Backward` behind it. There are as many as types that implement [`Function`].
fn node_name(name: &'static str) -> &'static str {
    static NAMES: Mutex<BTreeMap<&'static str, &'static str>> = Mutex::new(BTreeMap::new());
    NAMES.lock().entry(name).or_insert_with(|| Box::leak(format!("{name}Backward").into_boxed_str()))
}

impl fmt::Debug for CustomCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.name())
    }
}

// The engine runs it by `run_backward`, and the doors do not see it: it is a primitive to have a place in a node.
impl Primitive for CustomCall {
    fn name(&self) -> &'static str {
        self.function.name()
    }
    fn node_name(&self) -> &'static str {
        self.node_name
    }
    fn arguments(&self) -> &'static str {
        "input*"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        Err(not_a_door())
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        Err(not_a_door())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, _: &Saved) -> Result<Grads> {
        Err(not_a_door())
    }
    fn differentiable(&self, output: usize) -> bool {
        !self.non_differentiable.get(output).copied().unwrap_or(false)
    }
    fn custom_call(&self) -> Option<&CustomCall> {
        Some(self)
    }
}

fn not_a_door() -> Error {
    Error::runtime("a Function is called by Function::apply")
}

/// What `forward` has said.
pub(super) struct Finished {
    pub saved: Vec<Origin>,
    pub non_differentiable: Vec<bool>,
    pub materializes: bool,
    pub value: Option<Arc<dyn Any + Send + Sync>>,
}

/// What a saved tensor was to the call.
pub(super) enum Origin {
    Input(usize),
    Output(usize),
    Other(Tensor),
}

/// Calls a function: on this level if nothing transforms it. `needs_saved`: the caller wants to know what was saved.
pub(super) fn run(
    function: &Arc<dyn Function>,
    ins: &[&Tensor],
    location: Caller,
    needs_saved: bool,
) -> Result<(Vec<Tensor>, Finished)> {
    if mode::has(TRANSFORM)
        && let Some(result) = levels::run(function, ins, location, needs_saved)?
    {
        return Ok(result);
    }
    let needs: Vec<bool> = ins.iter().map(|x| x.requires_grad()).collect();
    let records = is_grad_enabled() && needs.contains(&true);
    let mut ctx = ForwardContext::new(needs);
    let outs = no_grad(|| function.forward(&mut ctx, ins))?;
    let place = |list: &[Tensor], t: &Tensor| list.iter().position(|x| x.is_same(t));
    let input = |t: &Tensor| ins.iter().position(|x| x.is_same(t));
    if ctx.dirty.iter().any(|t| place(&outs, t).is_none()) {
        return Err(Error::runtime(
            "Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace \
             must all be outputs of the Function.",
        ));
    }
    let origin = |t: &Tensor| match (input(t), place(&outs, t)) {
        (Some(i), None) => Origin::Input(i),
        (Some(i), Some(_)) if place(&ctx.dirty, t).is_none() => Origin::Input(i),
        (_, Some(o)) => Origin::Output(o),
        (None, None) => Origin::Other(t.clone()),
    };
    let done = Finished {
        saved: ctx.to_save.iter().map(origin).collect(),
        non_differentiable: outs.iter().map(|t| place(&ctx.non_differentiable, t).is_some()).collect(),
        materializes: ctx.materializes,
        value: ctx.value,
    };
    if !records {
        // An input that comes back is another tensor, as it would be if it were recorded.
        let plain = |t: Tensor| match t.requires_grad() || (input(&t).is_some() && place(&ctx.dirty, &t).is_none()) {
            true => t.detach(),
            false => t,
        };
        return Ok((outs.into_iter().map(plain).collect(), done));
    }
    for t in &ctx.dirty {
        refuse_dirty(t, outs.len())?;
    }
    let node = record_call(function, ins, &outs, &done, location)?;
    let mut results = Vec::with_capacity(outs.len());
    for (i, out) in outs.iter().enumerate() {
        let edge = Edge { node: node.clone(), output: i };
        results.push(if !node.is_differentiable(i, out.dtype()) {
            if out.requires_grad() || input(out).is_some() { out.detach() } else { out.clone() }
        } else if place(&ctx.dirty, out).is_some() {
            match out.base() {
                Some(_) => write_through(out, edge, location),
                None => out.move_to(Some(edge)),
            }
            out.clone()
        } else {
            match ins.iter().find(|x| x.array().shares_memory(out.array())) {
                Some(source) => Tensor::view_of(out.array().clone(), Some(edge), source, Creation::Function),
                None => Tensor::with_edge(out.array().clone(), edge),
            }
        });
    }
    Ok((results, done))
}

/// Inputs that may not be written in place.
fn refuse_dirty(t: &Tensor, outputs: usize) -> Result<()> {
    // A view made in `no_grad` counts as a leaf, too.
    let leaf = if t.is_view() { t.creation() == Creation::NoGrad } else { t.is_leaf() };
    if leaf && t.requires_grad() {
        return Err(Error::runtime("a leaf Variable that requires grad has been used in an in-place operation.")
            .hint("give the function a copy of it, or a result computed from it"));
    }
    if !t.is_view() {
        return Ok(());
    }
    t.refuse_write(false)?;
    if t.base().is_some_and(|base| base.is_leaf() && base.requires_grad()) {
        return Err(Error::runtime(
            "a view of a leaf Variable that requires grad is being used in an in-place operation.",
        )
        .hint("give the function a copy of it, or a result computed from it"));
    }
    if outputs > 1 {
        return Err(Error::runtime(
            "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one \
             Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a view (using \
             .clone() for example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing \
             the inplace that returns a single Tensor and a second one that does the other operations). You can ask on the forum \
             https://discuss.pytorch.org/ if you need help to do this change.",
        ));
    }
    Ok(())
}

/// A view that the function wrote in place: its base is now what it was with the function's result in the view's place, as after `copy_`.
fn write_through(view: &Tensor, edge: Edge, location: Caller) {
    let result = Tensor::with_edge(view.array().clone(), edge);
    let mut ins = [Operand::Tensor(view), Operand::Tensor(&result)];
    record::record_in_place(ops::COPY.into(), &mut ins, None, view, location);
    view.look_again();
}

/// The node of a call.
fn record_call(
    function: &Arc<dyn Function>,
    ins: &[&Tensor],
    outs: &[Tensor],
    done: &Finished,
    location: Caller,
) -> Result<Node> {
    ins.iter().try_for_each(|x| x.refresh())?;
    let edges = Few::from_fn(ins.len(), |i| ins[i].edge());
    let mut saved: SavedValues = Few::None;
    for origin in &done.saved {
        saved.push(match origin {
            Origin::Input(i) if *i < OTHER as usize => SavedValue::input(*i as u8, ins[*i], edges[*i].as_ref()),
            Origin::Output(i) if *i < OTHER as usize => of_array(OUTPUT | *i as u8, &outs[*i]),
            Origin::Output(_) => {
                return Err(Error::runtime(format!("a Function can save its first {OTHER} results, and no others")));
            }
            Origin::Input(i) => of_other(ins[*i]),
            Origin::Other(t) => of_other(t),
        });
    }
    let metas = outs.iter().map(|out| OutMeta::of(out.array())).collect();
    let node = record::function_node(CustomCall::new(function, done), edges, metas, saved, location)?;
    if mode::has(SAVED_HOOKS) {
        saved_hooks::pack_saved(&node)?;
    }
    Ok(node)
}

fn of_array(which: u8, t: &Tensor) -> SavedValue {
    SavedValue { which, version: t.version(), value: Value::Array(t.array().clone()) }
}

/// A tensor without an edge of the node's.
fn of_other(t: &Tensor) -> SavedValue {
    match t.requires_grad() {
        true => SavedValue { which: OTHER, version: 0, value: Value::Packed(SavedTensorsHooks::keep(t)) },
        false => of_array(OTHER, t),
    }
}

/// Runs `backward` of a recorded call.
#[cold]
#[inline(never)]
pub(in crate::autograd) fn run_backward(
    op: &OpNode,
    me: &Node,
    g: &Grads,
    needs: Needs,
    retain: bool,
) -> Result<Grads> {
    let call = op.op.custom_call().expect("only calls of Functions keep what they save as such");
    let grads: Vec<Option<Tensor>> = (0..op.outputs.len())
        .map(|i| match g.get(i) {
            None if call.materializes => {
                let meta = op.outputs.get(i);
                Some(Tensor::full_of(&meta.shape, 0, meta.dtype))
            }
            g => g.cloned(),
        })
        .collect();
    let _line = Ascribe::to(op.location);
    let _code = mode::users_code();
    let wanted = asks(&needs);
    let ctx = call.context(op, me, &wanted);
    let backward = || call.function.backward(&ctx, &grads);
    let result = if !call.function.once_differentiable() {
        backward()
    } else {
        let differentiated = is_grad_enabled() && g.0.iter().flatten().any(Tensor::requires_grad);
        let plain = no_grad(backward);
        if differentiated { plain.and_then(refuse_second_derivative) } else { plain }
    };
    let mut result = result.map_err(|e| e.at(call.node_name, op.location))?;
    let expected = op.edges.len();
    while result.len() > expected && result.last().is_some_and(Option::is_none) {
        result.pop();
    }
    if result.len() != expected {
        return Err(Error::runtime(format!(
            "function {} returned an incorrect number of gradients (expected {expected}, got {})",
            call.node_name,
            result.len()
        ))
        .hint(format!("{}::backward must return one gradient for each input of forward", call.function.name()))
        .at(call.node_name, op.location));
    }
    if !retain {
        op.release();
    }
    Ok(result.into_iter().collect())
}

/// Results of a `backward` that must not be differentiated.
fn refuse_second_derivative(grads: Vec<Option<Tensor>>) -> Result<Vec<Option<Tensor>>> {
    let refuse = |g: Option<Tensor>| match g {
        Some(g) if g.dtype().is_differentiable() => {
            let g = g.detach().requires_grad_(true);
            Ok(Some(crate::apply::apply1(DelayedError, &[(&g).into()])?))
        }
        g => Ok(g),
    };
    grads.into_iter().map(refuse).collect()
}

/// The identity, whose gradient is an error.
#[derive(Debug)]
struct DelayedError;

impl Primitive for DelayedError {
    fn name(&self) -> &'static str {
        "error"
    }
    fn node_name(&self) -> &'static str {
        "Error"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(crate::primitive::one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        ins[0].copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, _: &Grads, _: &Saved) -> Result<Grads> {
        Err(Error::runtime("trying to differentiate twice a function that was marked with @once_differentiable")
            .hint("make Function::backward of tensor code, and let once_differentiable return false"))
    }
}
