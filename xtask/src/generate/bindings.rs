//! The table of bindings as the operations' files write it: signatures, and what each call calls first.

use super::source::{Folder, Source};
use crate::{Result, files};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeMap;

/// What PyTorch's functions that make tensors take after their own parameters, as `create!` of the operations adds it.
const OPTIONS: &str = "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=False, bool requires_grad=False";

/// The names in place that the bindings for Python add.
const IN_PLACE: &str = "crates/wengert-python/src/in_place.txt";

/// An overload.
#[derive(Clone)]
pub struct Overload {
    /// `nn`, `Tensor`; empty if there is none.
    pub space: String,
    pub name: String,
    pub params: Vec<Param>,
    /// How many may be given by position.
    pub positional: usize,
    /// As it stands in the signature, without marks of shared memory.
    pub returns: String,
    /// The functions that the call names, in order.
    pub calls: Vec<String>,
}

/// A parameter.
#[derive(Clone)]
pub struct Param {
    /// Without `?`, marks of shared memory and sizes of lists: `int[]`.
    pub of: String,
    pub name: String,
    /// May `None` be given?
    pub optional: bool,
    /// May one number stand for the list?
    pub repeated: bool,
    pub default: Option<String>,
}

impl Overload {
    pub fn is_method(&self) -> bool {
        let first = self.params.first().is_some_and(|p| p.name == "self" && p.of == "Tensor");
        self.space == "Tensor" || (self.space.is_empty() && first)
    }
    pub fn is_function(&self) -> bool {
        self.space != "Tensor"
    }
}

/// All overloads, in the order of the files.
pub fn read(folders: &[Folder]) -> Result<Vec<Overload>> {
    let mut out = Vec::new();
    for source in folders.iter().flat_map(Folder::all) {
        for item in &source.file.items {
            if let syn::Item::Static(s) = item
                && s.ident == "BINDINGS"
            {
                lines(s.expr.to_token_stream(), source, &mut out)?;
            }
        }
    }
    in_place(&mut out)?;
    Ok(out)
}

/// The names in place of which the table has only the function.
fn in_place(out: &mut Vec<Overload>) -> Result<()> {
    let mut methods: BTreeMap<String, Vec<Overload>> = BTreeMap::new();
    for o in out.iter().filter(|o| o.is_method()) {
        methods.entry(o.name.clone()).or_default().push(o.clone());
    }
    for name in files::read(&files::root().join(IN_PLACE))?.lines() {
        if methods.contains_key(name) {
            continue;
        }
        for o in methods.get(name.trim_end_matches('_')).into_iter().flatten() {
            out.push(Overload { name: name.to_string(), space: "Tensor".to_string(), ..o.clone() });
        }
    }
    Ok(())
}

/// `bind!(...)` and `create!(...)`, wherever they stand.
fn lines(tokens: TokenStream, source: &Source, out: &mut Vec<Overload>) -> Result<()> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_macro = i >= 2 && matches!(&tokens[i - 1], TokenTree::Punct(p) if p.as_char() == '!');
        match is_macro.then(|| tokens[i - 2].to_string()).as_deref() {
            Some(kind @ ("bind" | "create")) => out.push(line(kind == "create", group.stream(), source)?),
            _ => lines(group.stream(), source, out)?,
        }
    }
    Ok(())
}

fn line(create: bool, tokens: TokenStream, source: &Source) -> Result<Overload> {
    let mut rest = tokens.into_iter();
    let first = rest.next().map(|t| t.to_token_stream()).unwrap_or_default();
    let rest: Vec<TokenTree> = rest.collect();
    let literal: syn::LitStr =
        syn::parse2(first).map_err(|e| format!("{}: a signature: {e}", files::shown(&source.path)))?;
    let mut text = literal.value();
    if create {
        let like = matches!(rest.get(1), Some(TokenTree::Ident(i)) if i == "like");
        text += OPTIONS;
        text += if like { ", MemoryFormat? memory_format=None) -> Tensor" } else { ") -> Tensor" };
    }
    let mut calls = Vec::new();
    called(&rest, &mut calls);
    parse(&text, calls).ok_or_else(|| format!("{}: no signature: {text}", files::shown(&source.path)))
}

/// The names before parentheses, apart from methods.
fn called(tokens: &[TokenTree], out: &mut Vec<String>) {
    for (i, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) => {
                let method = i > 0 && matches!(&tokens[i - 1], TokenTree::Punct(p) if p.as_char() == '.');
                let next = tokens.get(i + 1);
                if !method && matches!(next, Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis) {
                    out.push(name.to_string());
                }
            }
            TokenTree::Group(group) => called(&group.stream().into_iter().collect::<Vec<_>>(), out),
            _ => {}
        }
    }
}

/// `ns::name.overload(int[1]? dim=None, *, ...) -> Tensor(a!)`
fn parse(text: &str, calls: Vec<String>) -> Option<Overload> {
    let (head, rest) = text.split_once('(')?;
    let (params, returns) = rest.rsplit_once(") -> ")?;
    let (space, name) = head.split_once("::").unwrap_or(("", head));
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    let mut out = Overload {
        space: space.to_string(),
        name: name.to_string(),
        params: Vec::new(),
        positional: usize::MAX,
        returns: unmarked(returns.trim()),
        calls,
    };
    for part in split(params) {
        if part == "*" {
            out.positional = out.params.len();
        } else {
            out.params.push(param(part)?);
        }
    }
    out.positional = out.positional.min(out.params.len());
    Some(out)
}

fn param(text: &str) -> Option<Param> {
    let (declared, default) = match text.split_once('=') {
        Some((declared, default)) => (declared.trim(), Some(default.trim().to_string())),
        None => (text, None),
    };
    let (of, name) = declared.rsplit_once(' ')?;
    let of = unmarked(of);
    let optional = of.ends_with('?') || default.as_deref() == Some("None");
    let of = of.strip_suffix('?').unwrap_or(&of);
    let (of, repeated) = match of.split_once('[') {
        Some((base, size)) => (format!("{base}[]"), size != "]"),
        None => (of.to_string(), false),
    };
    Some(Param { of: of.replace("SymInt", "int"), name: name.to_string(), optional, repeated, default })
}

/// Without the marks of shared memory: `Tensor(a!)[]` is `Tensor[]`.
fn unmarked(text: &str) -> String {
    let mut out = text.to_string();
    for mark in ["(a!)", "(a)", "(a -> *)", "(b!)", "(b)"] {
        out = out.replace(mark, "");
    }
    out
}

/// The parts between commas that stand in no bracket.
pub fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
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
    parts.push(text[from..].trim());
    parts.retain(|p| !p.is_empty());
    parts
}
