//! The graph as a picture: [`Graph`] collects the nodes behind some tensors, `draw/norms.rs` watches a backward pass go through them,
//! `draw/layout.rs` places them in layers, `draw/svg.rs` and `draw/dot.rs` write them.

mod dot;
mod layout;
mod norms;
mod svg;

use super::Node;
use super::node::Key;
use crate::dtype::DType;
use crate::place::Place;
use crate::tensor::Tensor;
use std::collections::HashMap;
use std::fmt;

/// A recorded graph, to look at.
///
/// ```no_run
/// use wengert::{autograd::Graph, tensor};
/// let x = tensor!(2.0).requires_grad_(true);
/// let y = 3.0 * &x * &x;
/// std::fs::write("graph.svg", Graph::of(&[("y", &y), ("x", &x)]).to_svg()).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// From the oldest to the youngest, so that every edge leads to a later node.
    pub nodes: Vec<GraphNode>,
    /// In the direction of the forward computation.
    pub edges: Vec<GraphEdge>,
    /// How many older nodes are not shown because there are too many.
    pub hidden: usize,
}

/// A box of the picture.
#[derive(Clone, Debug)]
pub struct GraphNode {
    /// What kind of box.
    pub kind: GraphKind,
    /// The user's name for the tensor, if one was given.
    pub name: Option<String>,
    /// The forward operation, `mul`; empty for leaves and results.
    pub operation: String,
    /// The backward node, `MulBackward0`; empty for results.
    pub backward: String,
    /// Dtype and shape of each output.
    pub outputs: Vec<String>,
    /// What the node keeps for the backward pass: name, dtype and shape.
    pub saved: Vec<String>,
    /// The line that made it, for operations.
    pub location: Option<Place>,
    /// The Euclidean norm of the gradient of each output, `None` where none arrived; empty unless a backward pass was watched
    /// ([`Graph::with_norms`]).
    pub norms: Vec<Option<f64>>,
}

/// Kinds of [`GraphNode`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GraphKind {
    /// A leaf that requires grad: here `.grad` is accumulated.
    Leaf,
    /// An operation.
    Operation,
    /// A tensor that the graph was asked about.
    Result,
}

/// The output of one node is an input of another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct GraphEdge {
    /// Index of the node that computes it.
    pub from: usize,
    /// Which of its outputs.
    pub output: usize,
    /// Index of the node that uses it.
    pub to: usize,
    /// Which of its inputs.
    pub input: usize,
    /// The norm of the gradient that came back along it, if a backward pass was watched.
    pub norm: Option<f64>,
}

impl Graph {
    /// How many nodes a picture has at most by default; of larger graphs the youngest are shown.
    pub const LIMIT: usize = 300;

    /// The graph behind all of `tensors`, which it calls by the given names. Tensors that another one was computed from are named in
    /// place; the others are its results.
    pub fn of(tensors: &[(&str, &Tensor)]) -> Graph {
        Graph::with_limit(tensors, Graph::LIMIT)
    }

    /// [`Graph::of`] with at most `limit` nodes.
    pub fn with_limit(tensors: &[(&str, &Tensor)], limit: usize) -> Graph {
        let (nodes, hidden) = reachable(tensors, limit);
        Graph::made_of(tensors, &nodes, hidden)
    }

    fn made_of(tensors: &[(&str, &Tensor)], nodes: &[Node], hidden: usize) -> Graph {
        let index: HashMap<Key, usize> = nodes.iter().enumerate().map(|(i, n)| (n.key(), i)).collect();
        let mut graph = Graph { nodes: nodes.iter().map(describe).collect(), edges: Vec::new(), hidden };
        for (to, node) in nodes.iter().enumerate() {
            for (input, edge) in node.edges().iter().enumerate() {
                if let Some(edge) = edge
                    && let Some(&from) = index.get(&edge.node.key())
                {
                    graph.edges.push(GraphEdge { from, output: edge.output, to, input, norm: None });
                }
            }
        }
        let mut used = vec![false; nodes.len()];
        graph.edges.iter().for_each(|e| used[e.from] = true);
        for (name, t) in tensors {
            graph.add_name(name, t, nodes, &index, &used);
        }
        graph
    }

    /// Puts a name to the tensor's node, and a box of its own below if nothing was computed from it.
    fn add_name(&mut self, name: &str, t: &Tensor, nodes: &[Node], index: &HashMap<Key, usize>, used: &[bool]) {
        let leaf = nodes.iter().position(|n| n.leaf().is_some_and(|l| l.is_same(t)));
        let node = t.grad_fn().and_then(|n| index.get(&n.key()).copied());
        if let Some(i) = leaf.or(node) {
            self.nodes[i].name.get_or_insert_with(|| name.to_string());
            if leaf.is_some() || used[i] {
                return;
            }
            let to = self.nodes.len();
            self.edges.push(GraphEdge { from: i, output: t.output_nr(), to, input: 0, norm: None });
            self.nodes[i].name = None;
        }
        self.nodes.push(GraphNode {
            kind: GraphKind::Result,
            name: Some(name.to_string()),
            operation: String::new(),
            backward: String::new(),
            outputs: vec![meta_text(t.shape(), t.dtype())],
            saved: Vec::new(),
            location: None,
            norms: Vec::new(),
        });
    }

    /// As a picture: boxes in layers, from the leaves at the top to the results at the bottom.
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }

    /// In the language of Graphviz, with the same texts.
    pub fn to_dot(&self) -> String {
        dot::write(self)
    }
}

/// One line for each node, oldest first: `3: mul <MulBackward0> float32 [2] <- 0, 2`.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hidden > 0 {
            writeln!(f, "({} older nodes are not shown)", self.hidden)?;
        }
        for (i, n) in self.nodes.iter().enumerate() {
            write!(f, "{i}: {}", n.title())?;
            if !n.backward.is_empty() {
                write!(f, " <{}>", n.backward)?;
            }
            write!(f, " {}", n.outputs.join(", "))?;
            if !n.norms.is_empty() {
                write!(f, ", {}", n.norm_text())?;
            }
            let from: Vec<String> = self.edges.iter().filter(|e| e.to == i).map(|e| e.from.to_string()).collect();
            if !from.is_empty() {
                write!(f, " <- {}", from.join(", "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl GraphNode {
    /// Its first line: name and operation.
    pub fn title(&self) -> String {
        match (&self.name, self.kind) {
            (Some(name), GraphKind::Operation) => format!("{name} = {}", self.operation),
            (Some(name), _) => name.clone(),
            (None, GraphKind::Operation) => self.operation.clone(),
            (None, _) => "leaf".to_string(),
        }
    }

    /// What is written below the title, line by line: backward node, outputs, the user's line, norms of gradients.
    fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        lines.extend((!self.backward.is_empty()).then(|| self.backward.clone()));
        lines.extend(self.outputs.iter().cloned());
        lines.extend(self.location.map(Place::short));
        if !self.norms.is_empty() {
            lines.push(self.norm_text());
        }
        lines
    }

    fn norm_text(&self) -> String {
        let all: Vec<String> = self.norms.iter().map(|n| n.map_or("none".to_string(), number)).collect();
        format!("|g| {}", all.join(", "))
    }
}

/// A norm, in few characters.
fn number(x: f64) -> String {
    if x == 0.0 || (1e-3..1e4).contains(&x.abs()) {
        let digits = format!("{x:.4}");
        digits.trim_end_matches('0').trim_end_matches('.').to_string()
    } else {
        format!("{x:.2e}")
    }
}

/// The nodes behind the tensors by age, at most `limit` of the youngest, and how many are left out.
fn reachable(tensors: &[(&str, &Tensor)], limit: usize) -> (Vec<Node>, usize) {
    let mut seen: HashMap<Key, Node> = HashMap::new();
    let mut stack: Vec<Node> = tensors.iter().filter_map(|(_, t)| t.edge()).map(|e| e.node).collect();
    while let Some(node) = stack.pop() {
        let key = node.key();
        if seen.contains_key(&key) {
            continue;
        }
        stack.extend(node.next().flatten().cloned());
        seen.insert(key, node);
    }
    let mut nodes: Vec<Node> = seen.into_values().collect();
    nodes.sort_unstable_by_key(Node::key);
    let hidden = nodes.len().saturating_sub(limit);
    nodes.drain(..hidden);
    (nodes, hidden)
}

fn describe(node: &Node) -> GraphNode {
    let leaf = node.leaf().is_some();
    let outputs = (0..node.output_count()).map(|i| node.output(i));
    GraphNode {
        kind: if leaf { GraphKind::Leaf } else { GraphKind::Operation },
        name: None,
        operation: if leaf { String::new() } else { forward_name(node.name()) },
        backward: node.name().to_string(),
        outputs: outputs.map(|(shape, dtype)| meta_text(shape, dtype)).collect(),
        saved: node
            .saved()
            .iter()
            .map(|(name, meta)| format!("{name}: {}", meta_text(&meta.shape, meta.dtype)))
            .collect(),
        location: node.location(),
        norms: Vec::new(),
    }
}

fn meta_text(shape: &[usize], dtype: DType) -> String {
    format!("{} {shape:?}", dtype.to_string().trim_start_matches("torch."))
}

/// The operation that a backward node is named after: `linalg_vector_norm` of `LinalgVectorNormBackward0`.
fn forward_name(backward: &str) -> String {
    let stem = backward.trim_end_matches(|c: char| c.is_ascii_digit());
    let stem = stem.strip_suffix("Backward").unwrap_or(backward);
    let mut out = String::new();
    for c in stem.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
