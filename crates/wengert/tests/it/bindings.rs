//! The table of bindings: every call takes what its signature says and gives what it says.

use smallvec::smallvec;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use wengert::table::{Arg, Args, Binding, Out, bindings};
use wengert::{DType, Generator, Scalar, Tensor};

/// Types, names and defaults of a signature's parameters.
fn parameters(signature: &str) -> Vec<(String, String, Option<String>)> {
    let inner = &signature[signature.find('(').unwrap() + 1..signature.rfind(") -> ").unwrap()];
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (i, c) in inner.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let mut out = Vec::new();
    for part in parts.into_iter().map(str::trim).filter(|p| !p.is_empty() && *p != "*") {
        let (typed, default) = part.split_once('=').map_or((part, None), |(t, d)| (t, Some(d.to_string())));
        let (kind, name) = typed.rsplit_once(' ').unwrap_or_else(|| panic!("{signature}: {part}"));
        // `Tensor(a!)`: of whose memory it is.
        let kind = match kind.split_once(['(', ')']) {
            Some((before, _)) => format!("{before}{}", &kind[kind.find(')').unwrap() + 1..]),
            None => kind.to_string(),
        };
        out.push((kind, name.to_string(), default));
    }
    out
}

/// An argument of this type; what may be missing is missing unless `given`.
fn argument(kind: &str, default: Option<&str>, given: bool, signature: &str) -> Arg {
    let plain = kind.trim_end_matches('?');
    if !given && kind.ends_with('?') && !kind.ends_with("[]?") && default.is_none_or(|d| d == "None") {
        return Arg::None;
    }
    if !given && kind.ends_with('?') && default == Some("None") {
        return Arg::None;
    }
    let x = || Tensor::from_slice(&[0.5f32, 0.25, 0.75, 0.5], &[2, 2]);
    let list = plain.find('[').map(|i| &plain[..i]);
    match (list, plain) {
        (Some("int" | "SymInt"), _) => Arg::Ints(smallvec![1]),
        (Some("float"), _) => Arg::Floats(vec![1.0]),
        (Some("Scalar"), _) => Arg::Scalars(vec![Scalar::Int(1)]),
        (Some("bool"), _) => Arg::Bools(vec![true]),
        (Some("Tensor"), _) => Arg::Tensors(vec![x(), x()]),
        (Some("Tensor?"), _) => Arg::OptionalTensors(vec![Some(x()), None]),
        (None, "Tensor") => Arg::Tensor(x()),
        (None, "Scalar") => Arg::Scalar(Scalar::Int(1)),
        (None, "bool") => Arg::Bool(false),
        (None, "int" | "SymInt") => Arg::Int(1),
        (None, "float") => Arg::Float(0.5),
        (None, "str") => Arg::Str(default.map_or("mean", |d| d.trim_matches(['"', '\''])).into()),
        (None, "ScalarType") => Arg::DType(DType::F32),
        (None, "Generator") => Arg::Generator(Generator::new(0)),
        (None, "MemoryFormat") => Arg::Name("contiguous_format"),
        (None, "Layout") => Arg::Name("strided"),
        (None, "Device") => Arg::Name("cpu"),
        _ => panic!("{signature}: a type that nobody knows: {kind}"),
    }
}

fn call(binding: &Binding, given: bool) -> Result<(), String> {
    let signature = binding.signature;
    let args: Vec<Arg> = parameters(signature)
        .iter()
        .map(|(kind, _, default)| argument(kind, default.as_deref(), given, signature))
        .collect();
    let result = catch_unwind(AssertUnwindSafe(|| binding.call(&Args(&args)))).map_err(|p| {
        let text = p.downcast_ref::<String>().cloned().unwrap_or_default();
        format!("{signature} panics (given: {given}): {text}")
    })?;
    // What these arguments are refused for does not matter here.
    let Ok(out) = result else { return Ok(()) };
    let returned = signature.rsplit_once(") -> ").unwrap().1;
    let fits = match &out {
        // One signature for a tensor and for several, as a flag says.
        Out::Tensor(_) if [" as_tuple", " return_counts"].iter().any(|flag| signature.contains(flag)) => true,
        Out::Tensor(_) => returned.starts_with("Tensor") && !returned.ends_with("[]"),
        Out::Tensors(t) if returned.starts_with('(') => returned.matches("Tensor").count() == t.len(),
        Out::Tensors(_) => returned.ends_with("[]"),
        Out::Scalar(_) => matches!(returned, "Scalar" | "bool" | "int" | "SymInt" | "float"),
        Out::DType(_) => returned == "ScalarType",
        Out::Nothing => returned == "()",
    };
    if fits { Ok(()) } else { Err(format!("{signature} gives {out:?}")) }
}

#[test]
fn every_call_takes_and_gives_what_its_signature_says() {
    let wrong: Vec<String> =
        bindings().flat_map(|b| [false, true].map(|given| call(b, given))).filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(bindings().count() > 500);
}

#[test]
fn a_signature_stands_there_once() {
    let mut seen = HashSet::new();
    let twice: Vec<&str> = bindings().map(|b| b.signature).filter(|s| !seen.insert(*s)).collect();
    assert!(twice.is_empty(), "{}", twice.join("\n"));
}

#[test]
fn names_spaces_and_methods() {
    let find = |start: &str| bindings().find(|b| b.signature.starts_with(start)).unwrap();
    let add_ = find("Tensor::add_.Tensor(");
    assert_eq!((add_.namespace(), add_.name(), add_.is_method()), (Some("Tensor"), "add_", true));
    let exp_ = find("exp_(");
    assert_eq!((exp_.namespace(), exp_.name(), exp_.is_method()), (None, "exp_", true));
    let rsub = find("torch::rsub.Tensor(");
    assert_eq!((rsub.namespace(), rsub.name(), rsub.is_method()), (Some("torch"), "rsub", false));
    assert!(find("chunk(Tensor(a -> *) self").is_method());
    assert!(!find("where(").is_method());
}
