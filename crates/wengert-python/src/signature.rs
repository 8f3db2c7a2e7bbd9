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
    /// Do messages say so?
    pub lists_out: bool,
    /// Do messages list it? Old forms, and those that PyTorch has no signature of their own for, are left out.
    pub listed: bool,
    /// Is it the form for a number of one that is listed?
    pub twin: bool,
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
        let mut out = parse(binding.name(), text).unwrap_or_else(|| panic!("signature {text}"));
        out.name = shown_name(binding);
        let plain = text.split_once('(').and_then(|(head, _)| head.rsplit_once("::")).map_or(0, |(ns, _)| ns.len() + 2);
        let plain = &text[plain..];
        out.lists_out = out.takes_out && !WITHOUT_OUT.iter().any(|head| plain.starts_with(head));
        out.twin = is_number_twin(plain);
        out.listed = !plain.contains(".deprecated(") && !out.twin;
        out
    }

    /// How many arguments PyTorch's own parser would take, at least and at most, `skip` of them apart: what `out=` it has counts.
    pub fn counts(&self, skip: usize) -> (usize, usize) {
        let least = self.params[skip..].iter().filter(|p| p.default.is_none()).count();
        (least, self.params.len() - skip + (self.lists_out && skip == 0) as usize)
    }

    /// May it take any number of integers instead of a list?
    pub fn takes_loose_ints(&self, skip: usize) -> bool {
        self.positional == skip + 1 && self.params[skip].kind == Kind::Ints
    }

    /// The parameters as PyTorch's messages show them, in parts: a `*` is one. `method`: without the first parameter.
    pub fn parts(&self, method: bool) -> Vec<String> {
        let mut parts = Vec::new();
        // Where `out` stands: behind what is the operation's own, before what describes a new tensor.
        let describes = self.requires_grad.and_then(|_| self.params.iter().position(|p| p.name == "dtype"));
        let out_at = describes.unwrap_or(self.params.len()).max(self.positional);
        let several = if self.returns == Returns::Plain { "Tensor" } else { "tuple of Tensors" };
        for i in 0..=self.params.len() {
            let outs = self.lists_out && !method && i == out_at;
            if i == self.positional && (outs || i < self.params.len()) {
                parts.push("*".to_string());
            }
            if outs {
                parts.push(format!("{several} out = None"));
            }
            let Some(p) = self.params.get(i).filter(|_| !method || i > 0) else { continue };
            let default = match (&p.default, p.default_text) {
                (None, _) => String::new(),
                (Some(Arg::Str(_)), text) => format!(" = \"{text}\""),
                (Some(_), text) => format!(" = {text}"),
            };
            parts.push(format!("{} {}{default}", p.kind.shown(), p.shown_name()));
        }
        parts
    }

    /// The parameters as PyTorch's messages show them. `method`: without the first one.
    pub fn shown(&self, method: bool) -> String {
        format!("({})", self.parts(method).join(", "))
    }
}

impl Param {
    /// Its name in messages.
    pub fn shown_name(&self) -> &'static str {
        if self.name == "self" && self.kind == Kind::Tensor { "input" } else { self.name }
    }
}

/// Overloads that take `out=` here, where PyTorch's do not list it.
const WITHOUT_OUT: [&str; 20] = [
    "sum(",
    "prod(",
    "std(",
    "var(",
    "median(",
    "where(",
    "where.Scalar",
    "arange.start(",
    "narrow",
    "atleast_",
    "repeat_interleave",
    "bernoulli.p",
    "bitwise_and.Scalar_Tensor",
    "bitwise_or.Scalar_Tensor",
    "bitwise_xor.Scalar_Tensor",
    "bucketize.Scalar",
    "argsort(",
    "count_nonzero",
    "trapezoid",
    "result_type",
];

/// Functions whose overload for a number PyTorch does not list beside that for a tensor.
const NUMBERS_ARE_TENSORS: [&str; 10] =
    ["add", "sub", "mul", "div", "subtract", "multiply", "divide", "add_", "sub_", "mul_"];

fn is_number_twin(text: &str) -> bool {
    let head = text.split('(').next().unwrap_or("");
    let name = head.rsplit("::").next().unwrap_or(head);
    name == "div_.Scalar" || name.strip_suffix(".Scalar").is_some_and(|base| NUMBERS_ARE_TENSORS.contains(&base))
}

/// The name in messages and of results with names: functions of `torch.linalg` are `linalg_inv` there, and two losses have names of their own.
fn shown_name(binding: &'static Binding) -> &'static str {
    match (binding.namespace(), binding.name()) {
        (Some(space @ ("linalg" | "special")), name) => Box::leak(format!("{space}_{name}").into_boxed_str()),
        (Some("nn"), "cross_entropy") => "cross_entropy_loss",
        (Some("nn"), "nll_loss") => "nll_loss_nd",
        (_, name) => name,
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
        lists_out: false,
        listed: true,
        twin: false,
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
