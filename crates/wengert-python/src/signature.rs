//! PyTorch's schema notation, parsed: `sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`.

use smallvec::SmallVec;
use wengert::Scalar;
use wengert::table::{Arg, Binding};

/// The type of a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Tensor,
    Tensors,
    OptionalTensors,
    Scalar,
    Scalars,
    Int,
    Ints,
    Float,
    Floats,
    Bool,
    Bools,
    Str,
    DType,
    Layout,
    Device,
    MemoryFormat,
    Generator,
}

impl Kind {
    fn parse(text: &str, list: bool) -> Option<Kind> {
        Some(match (text, list) {
            ("Tensor", false) => Kind::Tensor,
            ("Tensor", true) => Kind::Tensors,
            ("Tensor?", true) => Kind::OptionalTensors,
            ("Scalar", false) => Kind::Scalar,
            ("Scalar", true) => Kind::Scalars,
            ("int" | "SymInt", false) => Kind::Int,
            ("int" | "SymInt", true) => Kind::Ints,
            ("float", false) => Kind::Float,
            ("float", true) => Kind::Floats,
            ("bool", false) => Kind::Bool,
            ("bool", true) => Kind::Bools,
            ("str", false) => Kind::Str,
            ("ScalarType", false) => Kind::DType,
            ("Layout", false) => Kind::Layout,
            ("Device", false) => Kind::Device,
            ("MemoryFormat", false) => Kind::MemoryFormat,
            ("Generator", false) => Kind::Generator,
            _ => return None,
        })
    }

    /// What PyTorch's messages call it.
    pub fn shown(self) -> &'static str {
        match self {
            Kind::Tensor => "Tensor",
            Kind::Tensors | Kind::OptionalTensors => "tuple of Tensors",
            Kind::Scalar => "Number",
            Kind::Scalars => "tuple of Scalars",
            Kind::Int => "int",
            Kind::Ints => "tuple of ints",
            Kind::Float => "float",
            Kind::Floats => "tuple of floats",
            Kind::Bool => "bool",
            Kind::Bools => "tuple of bools",
            Kind::Str => "str",
            Kind::DType => "torch.dtype",
            Kind::Layout => "torch.layout",
            Kind::Device => "torch.device",
            Kind::MemoryFormat => "torch.memory_format",
            Kind::Generator => "torch.Generator",
        }
    }
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    pub kind: Kind,
    /// `int[2]`: one integer stands for a list of so many.
    pub repeated: Option<usize>,
    /// May a number stand for the tensor?
    pub number: bool,
    /// May `None` be given?
    pub optional: bool,
    /// What it is if it is not given; without a default it must be.
    pub default: Option<Arg>,
    /// The default as it is written.
    default_text: &'static str,
}

/// How results are shown to Python.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Returns {
    /// As they are: a tensor, a number, nothing; several tensors as a tuple.
    Plain,
    /// Several tensors as a tuple with names.
    Named(Vec<&'static str>),
}

/// A signature.
#[derive(Debug)]
pub struct Signature {
    pub name: &'static str,
    pub params: Vec<Param>,
    /// How many may be given by position.
    pub positional: usize,
    pub returns: Returns,
    /// Does it write its first parameter?
    pub in_place: bool,
    /// May results go into `out=`?
    pub takes_out: bool,
    /// The parameter `requires_grad` of those that make tensors.
    pub requires_grad: Option<usize>,
    /// Its first parameter is the tensor whose method it is.
    pub has_self: bool,
}

impl Signature {
    /// Parses the signature of a binding.
    ///
    /// # Panics
    /// If it is not well formed: the table is ours, and a test parses all of it.
    pub fn parse(binding: &'static Binding) -> Signature {
        let text = binding.signature;
        parse(binding.name(), text).unwrap_or_else(|| panic!("signature {text}"))
    }

    /// May it take any number of integers instead of a list?
    pub fn takes_loose_ints(&self, skip: usize) -> bool {
        self.positional == skip + 1 && self.params[skip].kind == Kind::Ints
    }

    /// The parameters as PyTorch's messages show them. `method`: without the first one.
    pub fn shown(&self, method: bool) -> String {
        let mut parts = Vec::new();
        for (i, p) in self.params.iter().enumerate() {
            if i == self.positional {
                parts.push("*".to_string());
                if self.takes_out && !method {
                    parts.push("Tensor out = None".to_string());
                }
            }
            if method && i == 0 {
                continue;
            }
            let name = if p.name == "self" { "input" } else { p.name };
            let default = match (&p.default, p.default_text) {
                (None, _) => String::new(),
                (Some(_), text) => format!(" = {text}"),
            };
            parts.push(format!("{} {name}{default}", p.kind.shown()));
        }
        if self.params.len() == self.positional && self.takes_out && !method {
            parts.push("*".to_string());
            parts.push("Tensor out = None".to_string());
        }
        format!("({})", parts.join(", "))
    }
}

/// The functions that take a number for their first tensor, as in PyTorch.
const NUMBERS: [&str; 9] =
    ["add", "sub", "mul", "div", "divide", "multiply", "subtract", "true_divide", "floor_divide"];

fn parse(name: &'static str, text: &'static str) -> Option<Signature> {
    let (head, rest) = text.split_once('(')?;
    let (params, returns) = rest.rsplit_once(") -> ").map_or_else(|| rest.rsplit_once(')'), Some)?;
    let mut out = Signature {
        name,
        params: Vec::new(),
        positional: usize::MAX,
        returns: named(returns),
        in_place: name.ends_with('_') && !name.ends_with("__"),
        takes_out: false,
        requires_grad: None,
        has_self: false,
    };
    for part in split(params) {
        if part == "*" {
            out.positional = out.params.len();
            continue;
        }
        out.params.push(param(part)?);
    }
    out.positional = out.positional.min(out.params.len());
    out.requires_grad = out.params.iter().position(|p| p.name == "requires_grad");
    out.has_self = out.params.first().is_some_and(|p| p.name == "self" && p.kind == Kind::Tensor);
    if NUMBERS.contains(&name)
        && let Some(first) = out.params.first_mut()
    {
        first.number = true;
    }
    out.takes_out =
        !out.in_place && !head.starts_with("Tensor::") && returns.contains("Tensor") && !returns.contains("[]");
    Some(out)
}

/// The parts between commas that stand in no bracket.
fn split(text: &'static str) -> SmallVec<[&'static str; 8]> {
    let mut parts = SmallVec::new();
    let (mut depth, mut from) = (0, 0);
    for (i, c) in text.bytes().enumerate() {
        match c {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth -= 1,
            b',' if depth == 0 => {
                parts.push(text[from..i].trim());
                from = i + 1;
            }
            _ => {}
        }
    }
    let last = text[from..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// `int[1]? dim=None`
fn param(text: &'static str) -> Option<Param> {
    let (declared, default_text) = match text.split_once('=') {
        Some((declared, default)) => (declared.trim(), Some(default.trim())),
        None => (text, None),
    };
    let (mut of, name) = declared.rsplit_once(' ')?;
    let optional = of.ends_with('?');
    of = of.strip_suffix('?').unwrap_or(of);
    let (mut list, mut repeated) = (false, None);
    // `Tensor(a!)`: what is written, and what shares memory, is the binding's own matter.
    if let (true, Some((base, _))) = (of.contains("(a"), of.split_once('(')) {
        let after = of.rsplit_once(')').map_or("", |(_, after)| after);
        list = after.starts_with('[');
        of = base;
    } else if let Some((base, size)) = of.split_once('[') {
        list = true;
        repeated = size.strip_suffix(']').and_then(|n| n.parse().ok());
        of = base;
    }
    let kind = Kind::parse(of, list)?;
    let default = match default_text {
        Some(text) => Some(value(kind, repeated, text)?),
        None => None,
    };
    Some(Param {
        name,
        kind,
        repeated,
        number: false,
        optional,
        default,
        default_text: shown_default(default_text.unwrap_or("")),
    })
}

fn shown_default(text: &'static str) -> &'static str {
    match text {
        "contiguous_format" => "torch.contiguous_format",
        "preserve_format" => "torch.preserve_format",
        other => other.trim_matches(['"', '\'']),
    }
}

/// A default.
fn value(kind: Kind, repeated: Option<usize>, text: &'static str) -> Option<Arg> {
    if text == "None" {
        return Some(Arg::None);
    }
    let inner = || text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
    let items = || split(inner().unwrap_or(text));
    let number = |t: &str| match t {
        "True" => Some(Scalar::Bool(true)),
        "False" => Some(Scalar::Bool(false)),
        "inf" => Some(Scalar::Float(f64::INFINITY)),
        "-inf" => Some(Scalar::Float(f64::NEG_INFINITY)),
        t => t.parse().map(Scalar::Int).or_else(|_| t.parse().map(Scalar::Float)).ok(),
    };
    Some(match kind {
        Kind::Bool => Arg::Bool(matches!(number(text)?, Scalar::Bool(true))),
        Kind::Int => Arg::Int(text.parse().ok()?),
        Kind::Float => Arg::Float(number(text)?.to_f64()),
        Kind::Scalar => Arg::Scalar(number(text)?),
        Kind::Ints if inner().is_none() => Arg::Ints(SmallVec::from_elem(text.parse().ok()?, repeated.unwrap_or(1))),
        Kind::Ints => Arg::Ints(items().iter().map(|t| t.parse().ok()).collect::<Option<_>>()?),
        Kind::Str => Arg::Str(text.trim_matches(['"', '\'']).into()),
        Kind::Tensors if items().is_empty() => Arg::Tensors(Vec::new()),
        Kind::OptionalTensors if items().is_empty() => Arg::OptionalTensors(Vec::new()),
        Kind::Floats => Arg::Floats(items().iter().map(|t| t.parse().ok()).collect::<Option<_>>()?),
        Kind::MemoryFormat | Kind::Layout | Kind::Device => Arg::None,
        _ => return None,
    })
}

/// `(Tensor values, Tensor indices)`: names of several results.
fn named(returns: &'static str) -> Returns {
    let inner = returns.trim().strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    let names: Vec<_> = inner
        .map(|t| split(t).iter().filter_map(|p| p.split_once(' ').map(|(_, name)| name)).collect())
        .unwrap_or_default();
    if names.is_empty() { Returns::Plain } else { Returns::Named(names) }
}
