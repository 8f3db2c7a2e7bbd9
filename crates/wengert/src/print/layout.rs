//! Which elements are shown, and where they stand: brackets, lines, blank lines, and what follows them.

use super::number::{self, Cells};
use super::{PrintOptions, Value};

/// Stands for the elements left out within a line. The space before it is PyTorch's.
const GAP_IN_LINE: &str = " ...";
/// Stands for the rows left out.
const GAP: &str = "...";

/// The elements of a tensor in their brackets; a number without brackets for no dimensions.
pub(super) fn contents(shape: &[usize], get: &dyn Fn(usize) -> Value, indent: usize, options: &PrintOptions) -> String {
    let summarize = shape.iter().product::<usize>() > options.threshold;
    if summarize && options.edgeitems == 0 && !shape.is_empty() {
        return format!("[{GAP}]");
    }
    let dims: Vec<Shown> = shape.iter().map(|&size| Shown::of(size, summarize, options.edgeitems)).collect();
    let mut values = Vec::with_capacity(dims.iter().map(Shown::count).product());
    gather(&dims, 0, &mut |index| values.push(get(index)));

    let Cells { texts, width } = number::cells(&values, options);
    let mut writer = Writer { texts: texts.into_iter(), width, linewidth: options.linewidth, out: String::new() };
    writer.block(&dims, indent);
    writer.out
}

/// What is shown of one dimension.
#[derive(Clone, Copy)]
struct Shown {
    size: usize,
    /// The length of either edge if the middle is left out.
    edge: Option<usize>,
}

impl Shown {
    fn of(size: usize, summarize: bool, edgeitems: usize) -> Shown {
        let left_out = summarize && size > edgeitems.saturating_mul(2);
        Shown { size, edge: left_out.then_some(edgeitems) }
    }

    /// How many positions are shown.
    fn count(&self) -> usize {
        self.edge.map_or(self.size, |edge| 2 * edge)
    }

    /// The positions that are shown, in order.
    fn positions(self) -> impl Iterator<Item = usize> {
        let (head, tail) = self.edge.map_or((self.size, self.size), |edge| (edge, self.size - edge));
        (0..head).chain(tail..self.size)
    }
}

/// Calls `visit` with the row-major index of every element shown.
fn gather(dims: &[Shown], base: usize, visit: &mut dyn FnMut(usize)) {
    match dims.split_first() {
        None => visit(base),
        Some((first, rest)) => {
            for position in first.positions() {
                gather(rest, base * first.size + position, visit);
            }
        }
    }
}

/// Lays out the texts of the elements shown.
struct Writer {
    texts: std::vec::IntoIter<String>,
    width: usize,
    linewidth: usize,
    out: String,
}

impl Writer {
    /// Writes the dimensions `dims` of one slice, whose first character stands in column `indent`.
    fn block(&mut self, dims: &[Shown], indent: usize) {
        match dims {
            [] => self.out.extend(self.texts.next()),
            [last] => self.row(*last, indent),
            [first, rest @ ..] => {
                let separator = format!(",{}{}", "\n".repeat(rest.len()), " ".repeat(indent + 1));
                self.out.push('[');
                for i in 0..first.count() {
                    if i > 0 {
                        self.out.push_str(&separator);
                    }
                    if first.edge == Some(i) {
                        self.out.push_str(GAP);
                        self.out.push_str(&separator);
                    }
                    self.block(rest, indent + 1);
                }
                self.out.push(']');
            }
        }
    }

    /// Writes one slice of the last dimension, over as many lines as it takes.
    fn row(&mut self, dim: Shown, indent: usize) {
        let per_line = (self.linewidth.saturating_sub(indent) / (self.width + 2)).max(1);
        let mut items: Vec<String> = self.texts.by_ref().take(dim.count()).collect();
        if let Some(edge) = dim.edge {
            items.insert(edge, GAP_IN_LINE.to_string());
        }
        let lines: Vec<String> = items.chunks(per_line).map(|line| line.join(", ")).collect();
        self.out.push('[');
        self.out.push_str(&lines.join(&format!(",\n{}", " ".repeat(indent + 1))));
        self.out.push(']');
    }
}

/// Sizes as Python writes a tuple of them: `()`, `(3,)`, `(2, 3)`.
pub(super) fn tuple(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => {
            let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
            format!("({})", sizes.join(", "))
        }
    }
}

/// Appends each suffix to the last line of `text`, or begins a line with it if it does not fit, and closes the
/// parenthesis.
pub(super) fn with_suffixes(mut text: String, suffixes: &[String], indent: usize, linewidth: usize) -> String {
    // PyTorch counts two columns more than the line has.
    let mut column = text.rsplit('\n').next().unwrap_or_default().len() + 2;
    for suffix in suffixes {
        if column + suffix.len() + 2 > linewidth {
            text.push_str(&format!(",\n{}{suffix}", " ".repeat(indent)));
            column = indent + suffix.len();
        } else {
            text.push_str(&format!(", {suffix}"));
            column += suffix.len() + 2;
        }
    }
    text.push(')');
    text
}
