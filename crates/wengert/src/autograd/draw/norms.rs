//! Norms of gradients, noted by hooks while a backward pass runs.

use super::{Graph, reachable};
use crate::autograd::no_grad;
use crate::ops;
use crate::tensor::Tensor;
use parking_lot::Mutex;
use std::sync::Arc;

type Norms = Arc<Mutex<Vec<Option<f64>>>>;

/// What hooks write down about a node: norms of the gradients of its outputs and of its inputs.
struct Watched {
    outputs: Norms,
    inputs: Norms,
}

impl Graph {
    /// The graph behind `tensors`, as [`Graph::of`], with the norm of every gradient that `backward` sends through it: for each output of a
    /// node what arrived in sum, and for each edge what came back along it. Gives what `backward` gives, too.
    ///
    /// ```
    /// use wengert::{autograd::Graph, tensor};
    /// let x = tensor!([3.0, 4.0]).requires_grad_(true);
    /// let y = (&x * &x).sum();
    /// let (graph, ()) = Graph::with_norms(&[("x", &x), ("y", &y)], || y.backward());
    /// assert_eq!(graph.nodes[0].norms, [Some(10.0)]);
    /// println!("{graph}\n{}", graph.to_dot());
    /// ```
    pub fn with_norms<R>(tensors: &[(&str, &Tensor)], backward: impl FnOnce() -> R) -> (Graph, R) {
        let (nodes, hidden) = reachable(tensors, Graph::LIMIT);
        // What is saved is gone after backward: it is listed before.
        let mut graph = Graph::made_of(tensors, &nodes, hidden);
        let mut handles = Vec::new();
        let mut watched = Vec::new();
        for node in &nodes {
            let (outputs, inputs) = (Norms::default(), Norms::default());
            watched.push(Watched { outputs: outputs.clone(), inputs: inputs.clone() });
            handles.push(node.register_prehook(move |grads| {
                note(&outputs, grads);
                None
            }));
            handles.push(node.register_hook(move |grads, _| {
                note(&inputs, grads);
                None
            }));
        }
        let result = backward();
        handles.iter().for_each(|h| h.remove());
        for (node, seen) in graph.nodes.iter_mut().zip(&watched) {
            node.norms.clone_from(&seen.outputs.lock());
        }
        for edge in &mut graph.edges {
            edge.norm = match watched.get(edge.to) {
                Some(seen) => seen.inputs.lock().get(edge.input).copied().flatten(),
                // A box of a result: what arrived at the node above it.
                None => watched[edge.from].outputs.lock().get(edge.output).copied().flatten(),
            };
        }
        (graph, result)
    }
}

fn note(norms: &Norms, grads: &[Option<Tensor>]) {
    let norm = |g: &Tensor| no_grad(|| ops::norm(&g.detach())).map_or(f64::NAN, |n| n.item());
    let all: Vec<Option<f64>> = grads.iter().map(|g| g.as_ref().map(norm)).collect();
    *norms.lock() = all;
}
