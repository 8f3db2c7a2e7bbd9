//! The graph in the language of Graphviz.

use super::{Graph, GraphKind, number};
use std::fmt::Write;

fn escape(s: &str) -> String {
    s.replace('\\', "\\\\").replace('"', "\\\"")
}

pub(super) fn write(graph: &Graph) -> String {
    let mut out =
        String::from("digraph wengert {\n  node [shape=box, style=\"rounded,filled\", fontname=monospace];\n");
    // Writing to a string cannot fail.
    for (i, node) in graph.nodes.iter().enumerate() {
        let fill = match node.kind {
            GraphKind::Leaf => "#e3effb",
            GraphKind::Operation => "#f7f7f5",
            GraphKind::Result => "#fdeedb",
        };
        let mut label = escape(&node.title());
        for line in node.lines() {
            label.push_str("\\n");
            label.push_str(&escape(&line));
        }
        let _ = writeln!(out, "  n{i} [label=\"{label}\", fillcolor=\"{fill}\"];");
    }
    for e in &graph.edges {
        let label = e.norm.map_or(String::new(), |n| format!(" [label=\"{}\"]", number(n)));
        let _ = writeln!(out, "  n{} -> n{}{label};", e.from, e.to);
    }
    if graph.hidden > 0 {
        let _ = writeln!(out, "  label=\"{} older nodes are not shown\";", graph.hidden);
    }
    out.push_str("}\n");
    out
}
