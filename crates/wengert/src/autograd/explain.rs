//! Why is this gradient `None`? Tensors that were computed from tracked ones without being recorded know the line where that happened, and
//! nodes know which of their inputs are such.

use super::node::{Key, Node};
use crate::place::Place;
use crate::scalar::Operand;
use crate::tensor::Tensor;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

/// Why a tensor that came from the graph is not part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CutReason {
    /// It was computed inside of `no_grad`.
    NoGrad,
    /// It was computed in inference mode.
    InferenceMode,
    /// It is a `detach()` of a tensor in the graph.
    Detach,
    /// The operation has no derivative, or its result is of integers or booleans.
    NotDifferentiable,
    /// A number was taken out with `item()`.
    Item,
}

impl fmt::Display for CutReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CutReason::NoGrad => "computed inside no_grad",
            CutReason::InferenceMode => "computed in inference mode",
            CutReason::Detach => "detached",
            CutReason::NotDifferentiable => "the result of an operation that has no derivative",
            CutReason::Item => "a number taken out with item()",
        })
    }
}

/// Where a value left the graph.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cut {
    /// How.
    pub reason: CutReason,
    /// The user's line.
    pub location: Place,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.reason, self.location)
    }
}

/// Why a gradient is `None`.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum WhyNone {
    /// It is not: there is a gradient.
    HasGradient,
    /// Integers and booleans have no gradient.
    Integers,
    /// The tensor does not require grad.
    NoRequiresGrad,
    /// The tensor was computed from the graph, but is not part of it.
    Cut(Cut),
    /// The tensor is a result, and results do not keep their gradient unless asked to.
    NotALeaf,
    /// It was cleared after it had arrived.
    Cleared(Place),
    /// The root does not depend on the tensor; perhaps because of one of these cuts.
    NotReached(Vec<Cut>),
    /// The root depends on it, and its graph was freed: backward ran, but not to this tensor's `.grad`.
    Freed,
    /// The root depends on it, or no root was named, and no gradient has arrived: backward did not run.
    NotRun,
}

impl fmt::Display for WhyNone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhyNone::HasGradient => write!(f, "the tensor has a gradient"),
            WhyNone::Integers => write!(f, "tensors of integers and booleans have no gradient"),
            WhyNone::NoRequiresGrad => {
                write!(f, "the tensor does not require grad: call requires_grad_(true) before it is used")
            }
            WhyNone::Cut(cut) => write!(f, "the tensor does not require grad, since it was {cut}"),
            WhyNone::NotALeaf => {
                write!(
                    f,
                    "the tensor is no leaf, and only leaves keep their gradient: call retain_grad() before backward"
                )
            }
            WhyNone::Cleared(at) => write!(f, "a gradient had arrived, and was cleared by zero_grad at {at}"),
            WhyNone::NotReached(cuts) => {
                write!(f, "the root does not depend on the tensor")?;
                for (i, cut) in cuts.iter().enumerate() {
                    let word = if i == 0 { "; what leads to the root was" } else { "," };
                    write!(f, "{word} {cut}")?;
                }
                Ok(())
            }
            WhyNone::Freed => write!(
                f,
                "backward ran through the root's graph and freed it, but did not add to this tensor's grad: autograd::grad and backward \
                 with inputs leave it alone"
            ),
            WhyNone::NotRun => write!(f, "no gradient has arrived yet: call backward() on a result of the tensor"),
        }
    }
}

/// Why is the gradient of `x` `None`?
///
/// ```
/// use wengert::autograd::{WhyNone, explain_grad, explain_grad_from};
/// use wengert::{no_grad, tensor};
///
/// let x = tensor!([1.0, 2.0]).requires_grad_(true);
/// assert_eq!(explain_grad(&x), WhyNone::NotRun);
/// let y = no_grad(|| &x * 2.0);
/// assert!(explain_grad(&y).to_string().starts_with("the tensor does not require grad, since it was computed inside no_grad at"));
/// let w = tensor!([3.0]).requires_grad_(true);
/// let loss = (&y * &w).sum();
/// loss.backward();
/// assert!(explain_grad_from(&x, &loss).to_string().contains("does not depend on the tensor; what leads to the root was computed inside"));
/// assert_eq!(explain_grad(&w), WhyNone::HasGradient);
/// ```
pub fn explain_grad(x: &Tensor) -> WhyNone {
    about(x).unwrap_or(WhyNone::NotRun)
}

/// Why did backward from `root` leave no gradient in `x`?
pub fn explain_grad_from(x: &Tensor, root: &Tensor) -> WhyNone {
    if let Some(why) = about(x) {
        return why;
    }
    let wanted = x.edge().map(|e| e.node.key());
    let (mut seen, mut cuts): (HashSet<Key>, Vec<Cut>) = (HashSet::new(), root.cut().into_iter().collect());
    let (mut reached, mut freed) = (false, false);
    let mut stack: Vec<Node> = root.edge().map(|e| e.node).into_iter().collect();
    while let Some(node) = stack.pop() {
        if !seen.insert(node.key()) {
            continue;
        }
        reached |= Some(node.key()) == wanted;
        freed |= node.op().is_some_and(|op| op.is_freed());
        if let Some(more) = node.metadata(CUTS) {
            cuts.extend(more.downcast_ref::<Vec<Cut>>().into_iter().flatten());
        }
        stack.extend(node.next().flatten().cloned());
    }
    match (reached, freed) {
        (true, true) => WhyNone::Freed,
        (true, false) => WhyNone::NotRun,
        (false, _) => {
            let items = ITEMS.with_borrow(Clone::clone);
            cuts.extend(items.into_iter().map(|location| Cut { reason: CutReason::Item, location }));
            let mut unique: Vec<Cut> = Vec::new();
            cuts.into_iter().for_each(|cut| {
                if !unique.contains(&cut) {
                    unique.push(cut);
                }
            });
            WhyNone::NotReached(unique)
        }
    }
}

/// What the tensor itself tells.
fn about(x: &Tensor) -> Option<WhyNone> {
    if x.grad().is_some() {
        return Some(WhyNone::HasGradient);
    }
    if let Some(at) = x.grad_cleared_at() {
        return Some(WhyNone::Cleared(at));
    }
    if !x.requires_grad() {
        return Some(match x.cut() {
            _ if !x.dtype().is_differentiable() => WhyNone::Integers,
            Some(cut) => WhyNone::Cut(cut),
            None => WhyNone::NoRequiresGrad,
        });
    }
    (!x.is_leaf() && !x.retains_grad()).then_some(WhyNone::NotALeaf)
}

/// Under this name nodes keep the cuts of their inputs.
const CUTS: &str = "wengert: inputs that were cut off";
/// So many lines of `item()` are remembered.
const ITEMS_KEPT: usize = 8;

thread_local! {
    static ITEMS: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// Remembers that a number was taken out of a tracked tensor.
#[cold]
pub(crate) fn note_item(location: Place) {
    ITEMS.with_borrow_mut(|list| {
        if !list.contains(&location) {
            if list.len() == ITEMS_KEPT {
                list.remove(0);
            }
            list.push(location);
        }
    });
}

/// Where a result of these inputs, which is not recorded, leaves the graph.
pub(crate) fn cut_of(ins: &[Operand], here: Cut) -> Cut {
    let tensors = || ins.iter().filter_map(|x| x.tensor());
    match tensors().any(Tensor::requires_grad) {
        true => here,
        false => tensors().find_map(Tensor::cut).unwrap_or(here),
    }
}

/// Lets a node remember the inputs that were cut off.
pub(crate) fn note_cut_inputs(out: &Tensor, ins: &[Operand]) {
    let cuts: Vec<Cut> = ins.iter().filter_map(|x| x.tensor()?.cut()).collect();
    if let (Some(node), false) = (out.grad_fn(), cuts.is_empty()) {
        node.set_metadata(CUTS, cuts);
    }
}
