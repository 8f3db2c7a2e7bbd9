//! `python/wengert/_C.pyi`: the types of the Python module's names, for type checkers and editors.
//!
//! What the table does not know stands in `by_hand.pyi`, which has the places for the rest.

use super::Output;
use super::bindings::{Overload, Param, split};
use crate::files;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const BY_HAND: &str = include_str!("by_hand.pyi");

/// Names that are Python's own and cannot be parameters.
const KEYWORDS: [&str; 3] = ["from", "in", "lambda"];

/// `_C.pyi`.
pub fn write(overloads: &[Overload]) -> Output {
    let by_hand: BTreeSet<&str> = BY_HAND.lines().filter_map(|l| l.strip_prefix("def ")?.split('(').next()).collect();
    let of_class: BTreeSet<&str> = by_hand_in_class().collect();
    let mut methods: BTreeMap<&str, Vec<&Overload>> = BTreeMap::new();
    let mut spaces: BTreeMap<&str, BTreeMap<&str, Vec<&Overload>>> = BTreeMap::new();
    let mut tuples: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for o in overloads {
        if o.is_method() && !of_class.contains(o.name.as_str()) {
            methods.entry(&o.name).or_default().push(o);
        }
        let space = if o.space == "torch" { "" } else { &o.space };
        if o.is_function() && !(space.is_empty() && by_hand.contains(o.name.as_str())) {
            spaces.entry(space).or_default().entry(&o.name).or_default().push(o);
        }
        if let Some(names) = result_names(&o.returns) {
            tuples.insert(tuple_class(&names), names);
        }
    }
    let mut classes = String::new();
    for (class, fields) in &tuples {
        let _ = writeln!(classes, "class {class}(NamedTuple):");
        for field in fields {
            let _ = writeln!(classes, "    {field}: Tensor");
        }
        classes.push('\n');
    }
    let mut functions = String::new();
    if let Some(own) = spaces.remove("") {
        own.iter().for_each(|(name, list)| define(&mut functions, "", name, list, Some("")));
    }
    for (space, names) in &spaces {
        let _ = writeln!(functions, "\nclass _{space}:");
        names.iter().for_each(|(name, list)| define(&mut functions, "    ", name, list, Some("@staticmethod")));
    }
    let mut of_tensor = String::new();
    methods.iter().for_each(|(name, list)| define(&mut of_tensor, "    ", name, list, None));
    let text = BY_HAND
        .replace("    # <methods>\n", &of_tensor)
        .replace("# <results>\n", &classes)
        .replace("# <functions>\n", &functions);
    Output { path: files::root().join("python/wengert/_C.pyi"), text }
}

/// The methods of tensors that stand in the file by hand.
fn by_hand_in_class() -> impl Iterator<Item = &'static str> {
    let class = BY_HAND.split("class Tensor:").nth(1).and_then(|t| t.split("# <methods>").next()).unwrap_or("");
    class.lines().filter_map(|l| l.trim_start().strip_prefix("def ")?.split('(').next())
}

/// A callable with its overloads. `decorator`: for functions, a method has none.
fn define(out: &mut String, indent: &str, name: &str, overloads: &[&Overload], decorator: Option<&str>) {
    // Another overload takes the number: as the other operand, or as a dimension.
    let number = |p: &Param| (p.of == "Scalar" && p.name == "other") || p.name == "dim";
    let takes_number = overloads.iter().any(|o| o.params.iter().any(number));
    let mut lines: Vec<String> = Vec::new();
    for o in overloads {
        for loose in [false, true] {
            if let Some(line) = signature(name, o, decorator.is_none(), loose, takes_number)
                && !lines.contains(&line)
            {
                lines.push(line);
            }
        }
    }
    for line in &lines {
        if lines.len() > 1 {
            let _ = writeln!(out, "{indent}@overload");
        }
        if let Some(decorator) = decorator.filter(|d| !d.is_empty()) {
            let _ = writeln!(out, "{indent}{decorator}");
        }
        let _ = writeln!(out, "{indent}def {name}{line}: ...");
    }
}

/// `(self, other: Tensor, *, out: Tensor | None = None) -> Tensor`. `loose`: with integers instead of a list, if that can be.
fn signature(name: &str, o: &Overload, method: bool, loose: bool, takes_number: bool) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let skip = usize::from(method);
    if loose && !(o.positional == skip + 1 && o.params.get(skip).is_some_and(|p| p.of == "int[]")) {
        return None;
    }
    let in_place = name.ends_with('_');
    let takes_out = !method && !in_place && o.returns.contains("Tensor") && !o.returns.contains("[]");
    let mut starred = false;
    let mut defaulted = false;
    for (i, p) in o.params.iter().enumerate() {
        if method && i == 0 {
            parts.push("self".to_string());
            continue;
        }
        if i == o.positional && !loose {
            parts.push("*".to_string());
            starred = true;
        }
        if loose && i == skip {
            parts.push(format!("*{}: _int", p.name));
            starred = true;
            continue;
        }
        let mut part = parameter(p, takes_number);
        if i < o.positional {
            // What must be given cannot follow what need not be.
            if defaulted && p.default.is_none() {
                part += " = ...";
            }
            defaulted |= p.default.is_some();
        }
        parts.push(part);
    }
    if takes_out {
        if !starred {
            parts.push("*".to_string());
        }
        let of = if o.returns.starts_with('(') { "Sequence[Tensor]" } else { "Tensor" };
        parts.push(format!("out: {of} | None = None"));
    }
    Some(format!("({}) -> {}", parts.join(", "), returned(&o.returns)))
}

fn parameter(p: &Param, takes_number: bool) -> String {
    let name = match p.name.as_str() {
        "self" => "input".to_string(),
        name if KEYWORDS.contains(&name) => format!("{name}_"),
        name => name.to_string(),
    };
    let mut of = match p.of.as_str() {
        "Tensor" if p.name == "other" && !takes_number => "Tensor | _Number",
        "Tensor" => "Tensor",
        "Tensor[]" => "Sequence[Tensor]",
        "Tensor?[]" => "Sequence[Tensor | None]",
        "Scalar" => "_Number",
        "Scalar[]" => "Sequence[_Number]",
        "int" => "_int",
        "int[]" if p.repeated => "_int | Sequence[_int]",
        "int[]" => "Sequence[_int]",
        "float" => "_float",
        "float[]" => "Sequence[_float]",
        "bool" => "_bool",
        "bool[]" => "Sequence[_bool]",
        "str" => "_str",
        "ScalarType" => "_dtype",
        "Layout" => "_layout",
        "Device" => "_device | _str | _int",
        "MemoryFormat" => "memory_format",
        "Generator" => "Generator",
        _ => "Any",
    }
    .to_string();
    if p.name == "memory_format" && of == "memory_format" {
        of = "_memory_format".to_string();
    }
    if p.optional || p.default.as_deref() == Some("None") {
        of += " | None";
    }
    match p.default.as_deref() {
        None => format!("{name}: {of}"),
        Some(text) => format!("{name}: {of} = {}", default(text)),
    }
}

/// A default as Python writes it, where that is the same.
fn default(text: &str) -> &str {
    let number = text.parse::<f64>().is_ok() && !text.contains("inf") && !text.contains("nan");
    if number || ["None", "True", "False"].contains(&text) { text } else { "..." }
}

fn returned(text: &str) -> String {
    match text {
        "Tensor[]" => "tuple[Tensor, ...]".to_string(),
        "bool" => "_bool".to_string(),
        "int" => "_int".to_string(),
        "float" => "_float".to_string(),
        "Scalar" => "_Number".to_string(),
        "ScalarType" => "_dtype".to_string(),
        "()" => "None".to_string(),
        "Tensor" => "Tensor".to_string(),
        text => match (result_names(text), text.strip_prefix('(').and_then(|t| t.strip_suffix(')'))) {
            (Some(names), _) => tuple_class(&names),
            (None, Some(inner)) => format!("tuple[{}]", split(inner).join(", ")),
            _ => "Any".to_string(),
        },
    }
}

/// The names in `(Tensor values, Tensor indices)`.
fn result_names(text: &str) -> Option<Vec<String>> {
    let parts = split(text.strip_prefix('(')?.strip_suffix(')')?);
    parts
        .iter()
        .map(|p| p.split_once(' ').map(|(_, name)| name.to_string()))
        .collect::<Option<Vec<_>>>()
        .filter(|n| !n.is_empty())
}

fn tuple_class(names: &[String]) -> String {
    format!("_{}", names.join("_"))
}
