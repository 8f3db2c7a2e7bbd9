//! The picture as SVG text. A monospaced face, so that the width of a line is known without the font.

use super::layout::{Layout, Spot, layout};
use super::{Graph, GraphKind, GraphNode, number};
use std::fmt::Write;

const TITLE: f64 = 14.0;
const TEXT: f64 = 11.0;
const LABEL: f64 = 10.0;
const LINE: f64 = 16.0;
/// Width of a character in units of the font size: 0.6 in all common monospaced faces.
const EM: f64 = 0.61;
const PAD: f64 = 10.0;
const BETWEEN: f64 = 40.0;
const MARGIN: f64 = 20.0;

/// Fill and stroke of a box.
fn colours(kind: GraphKind) -> (&'static str, &'static str) {
    match kind {
        GraphKind::Leaf => ("#e3effb", "#2f6fb5"),
        GraphKind::Operation => ("#f7f7f5", "#8a8a85"),
        GraphKind::Result => ("#fdeedb", "#c9751f"),
    }
}

fn escape(s: &str) -> String {
    s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * EM
}

fn box_width(node: &GraphNode) -> f64 {
    let text = node.lines().iter().map(|l| width(l, TEXT)).fold(0.0, f64::max);
    text.max(width(&node.title(), TITLE)).max(40.0) + 2.0 * PAD
}

fn box_height(node: &GraphNode) -> f64 {
    (node.lines().len() + 1) as f64 * LINE + PAD
}

/// Top and height of each layer.
fn bands(graph: &Graph, l: &Layout) -> Vec<(f64, f64)> {
    let mut heights = vec![0.0f64; l.layers];
    for (node, spot) in graph.nodes.iter().zip(&l.spots) {
        heights[spot.layer] = heights[spot.layer].max(box_height(node));
    }
    let mut y = MARGIN;
    heights
        .into_iter()
        .map(|h| {
            let top = y;
            y += h + BETWEEN;
            (top, h)
        })
        .collect()
}

pub(super) fn write(graph: &Graph) -> String {
    let widths: Vec<f64> = graph.nodes.iter().map(box_width).collect();
    let edges: Vec<(usize, usize)> = graph.edges.iter().map(|e| (e.from, e.to)).collect();
    let mut l = layout(&widths, &edges);
    let legend = legend(graph);
    let needed = l.spots.iter().map(|s| s.x + s.width / 2.0).fold(0.0, f64::max);
    let total = needed.max(legend.iter().map(|t| width(t, TEXT) + 18.0).fold(0.0, f64::max)) + 2.0 * MARGIN;
    let shift = (total - needed) / 2.0;
    l.spots.iter_mut().for_each(|s| s.x += shift);
    let bands = bands(graph, &l);
    let bottom = bands.last().map_or(MARGIN, |(top, h)| top + h + MARGIN);
    let height = bottom + legend.len() as f64 * LINE + MARGIN;

    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{total:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {total:.0} {height:.0}\" \
         font-family=\"'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"{TEXT}\" text-anchor=\"middle\">\n\
         <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">\
         <path d=\"M0 0L8 4L0 8z\" fill=\"#666\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    draw_edges(&mut out, graph, &l, &bands);
    for (node, spot) in graph.nodes.iter().zip(&l.spots) {
        draw_box(&mut out, node, spot, bands[spot.layer]);
    }
    for (i, text) in legend.iter().enumerate() {
        let y = bottom + (i + 1) as f64 * LINE;
        if let Some(kind) = [GraphKind::Leaf, GraphKind::Operation].get(i) {
            let (fill, stroke) = colours(*kind);
            let _ = writeln!(
                out,
                "<rect x=\"{MARGIN}\" y=\"{:.1}\" width=\"12\" height=\"10\" rx=\"2\" fill=\"{fill}\" stroke=\"{stroke}\"/>",
                y - 9.0
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{y:.1}\" text-anchor=\"start\" fill=\"#555\">{}</text>",
            MARGIN + 18.0,
            escape(text)
        );
    }
    out.push_str("</svg>\n");
    out
}

fn legend(graph: &Graph) -> Vec<String> {
    let mut lines = vec![
        "leaf: its gradient is added to .grad".to_string(),
        "operation, its backward node, its result".to_string(),
        "arrows: forward; gradients run against them".to_string(),
    ];
    if graph.nodes.iter().any(|n| !n.norms.is_empty()) {
        lines.push("|g|, and red at an arrow: the norm of the gradient".to_string());
    }
    if graph.nodes.iter().all(|n| n.kind == GraphKind::Result) {
        lines.push("no history: nothing here requires grad".to_string());
    }
    if graph.hidden > 0 {
        lines.push(format!("{} older nodes are not shown", graph.hidden));
    }
    lines
}

fn draw_box(out: &mut String, node: &GraphNode, spot: &Spot, (top, band): (f64, f64)) {
    let (fill, stroke) = colours(node.kind);
    let (w, h) = (spot.width, box_height(node));
    let (x, y) = (spot.x - w / 2.0, top + (band - h) / 2.0);
    let mut tip: Vec<String> = node.location.iter().map(|l| format!("made at {l}")).collect();
    tip.extend(node.saved.iter().map(|s| format!("saved {s}")));
    let radius = if node.kind == GraphKind::Operation { 4.0 } else { h / 2.0 };
    let _ = write!(
        out,
        "<g>{}<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{:.1}\" fill=\"{fill}\" stroke=\"{stroke}\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{TITLE}\" font-weight=\"bold\" fill=\"#222\">{}</text>",
        if tip.is_empty() { String::new() } else { format!("<title>{}</title>", escape(&tip.join("\n"))) },
        radius.min(14.0),
        spot.x,
        y + LINE + 2.0,
        escape(&node.title())
    );
    for (i, line) in node.lines().iter().enumerate() {
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#444\">{}</text>",
            spot.x,
            y + LINE * (i + 2) as f64 + 2.0,
            escape(line)
        );
    }
    out.push_str("</g>\n");
}

/// The ends of edges at a box are spread over its side in the order of where they come from, so that `x * x` has two arrows.
fn ports(l: &Layout, boxes: usize, end: impl Fn(&[usize]) -> (usize, usize)) -> Vec<f64> {
    let mut at: Vec<Vec<(usize, f64)>> = vec![Vec::new(); boxes];
    for (k, path) in l.paths.iter().enumerate() {
        let (here, there) = end(path);
        at[here].push((k, l.spots[there].x));
    }
    let mut x = vec![0.0; l.paths.len()];
    for (i, list) in at.iter_mut().enumerate() {
        list.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let room = l.spots[i].width - 2.0 * PAD;
        let step = (room / list.len().max(1) as f64).min(24.0);
        let first = l.spots[i].x - step * (list.len() as f64 - 1.0) / 2.0;
        for (p, (k, _)) in list.iter().enumerate() {
            x[*k] = first + step * p as f64;
        }
    }
    x
}

fn draw_edges(out: &mut String, graph: &Graph, l: &Layout, bands: &[(f64, f64)]) {
    let n = graph.nodes.len();
    let starts = ports(l, n, |p| (p[0], p[1]));
    let ends = ports(l, n, |p| (p[p.len() - 1], p[p.len() - 2]));
    // Boxes are centred in their band; lines start and end at the box.
    let inset = |i: usize| (bands[l.spots[i].layer].1 - box_height(&graph.nodes[i])) / 2.0;
    for (k, path) in l.paths.iter().enumerate() {
        let (first, last) = (path[0], path[path.len() - 1]);
        let (top, h) = bands[l.spots[first].layer];
        let (mut x, mut y) = (starts[k], top + h - inset(first));
        let mut d = format!("M{x:.1} {y:.1}");
        for &i in &path[1..path.len() - 1] {
            let (top, h) = bands[l.spots[i].layer];
            curve(&mut d, (x, y), (l.spots[i].x, top));
            let _ = write!(d, "V{:.1}", top + h);
            (x, y) = (l.spots[i].x, top + h);
        }
        let top = bands[l.spots[last].layer].0 + inset(last);
        curve(&mut d, (x, y), (ends[k], top));
        let middle = ((x + ends[k]) / 2.0, (y + top) / 2.0);
        let _ = writeln!(
            out,
            "<path d=\"{d}\" fill=\"none\" stroke=\"#666\" stroke-width=\"1.2\" marker-end=\"url(#tip)\"/>"
        );
        if let Some(norm) = graph.edges[k].norm {
            // Beside the arrow: of two into one box, the left one has it on its left.
            let (dx, anchor) = if ends[k] < l.spots[last].x - 1.0 { (-5.0, "end") } else { (5.0, "start") };
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{LABEL}\" text-anchor=\"{anchor}\" fill=\"#a33\">{}</text>",
                middle.0 + dx,
                middle.1,
                number(norm)
            );
        }
    }
}

/// An S-curve that starts and ends vertically.
fn curve(d: &mut String, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) {
    let half = (y1 - y0) / 2.0;
    let _ = write!(d, "C{x0:.1} {:.1} {x1:.1} {:.1} {x1:.1} {y1:.1}", y0 + half, y1 - half);
}
