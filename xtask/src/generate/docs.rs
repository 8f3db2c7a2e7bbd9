//! `generated/docs.rs`: what is said to Python's `help` about each name of the table: signatures and the operation's documentation.

use super::Output;
use super::bindings::{Overload, Param};
use super::source::{Folder, parse};
use crate::{Result, files};
use quote::ToTokens;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

const HEADER: &str = "\
//! Signatures and documentation of the names of the table. Written by `cargo xtask gen`.
// Long because: one text for each operation.

/// Sorted by name. Texts end with a zero, for callers from C.
pub static DOCS: &[(&str, &str)] = &[
";

/// `generated/docs.rs`.
pub fn write(folders: &[Folder], overloads: &[Overload], src: &Path) -> Result<Output> {
    let texts = documented(folders, src)?;
    let mut names: BTreeMap<&str, Vec<&Overload>> = BTreeMap::new();
    for o in overloads {
        names.entry(&o.name).or_default().push(o);
    }
    let mut s = HEADER.to_string();
    for (name, overloads) in &names {
        let mut text = String::new();
        let mut shown = Vec::new();
        // A name that is a function too is shown as one.
        let functions = overloads.iter().any(|o| o.is_function());
        for o in overloads.iter().filter(|o| o.is_function() == functions) {
            let line = signature(o);
            if !shown.contains(&line) {
                let _ = writeln!(text, "{line}");
                shown.push(line);
            }
        }
        if let Some(said) = said(name, &names, &texts) {
            let _ = write!(text, "\n{said}");
        }
        let _ = writeln!(s, "({name:?}, {:?}),", format!("{}\0", text.trim_end()));
    }
    s += "];\n";
    Ok(Output { path: src.join("generated/docs.rs"), text: files::rustfmt(&s)? })
}

/// The documentation of the function of this name, else of the first public one that the binding calls.
fn said(name: &str, names: &BTreeMap<&str, Vec<&Overload>>, texts: &BTreeMap<String, String>) -> Option<String> {
    if let Some(text) = texts.get(name) {
        return Some(text.clone());
    }
    if let Some(function) = name.strip_suffix('_').filter(|f| names.contains_key(f)) {
        return Some(format!("`{function}`, written into the tensor itself."));
    }
    names[name].iter().flat_map(|o| &o.calls).find_map(|called| texts.get(called)).cloned()
}

/// `sum(input, dim, keepdim=False, *, dtype=None) -> Tensor`
fn signature(o: &Overload) -> String {
    let mut parts = Vec::new();
    for (i, p) in o.params.iter().enumerate() {
        if i == o.positional {
            parts.push("*".to_string());
        }
        if i == 0 && o.space == "Tensor" {
            continue;
        }
        parts.push(parameter(p));
    }
    format!("{}({}) -> {}", o.name, parts.join(", "), if o.returns == "()" { "None" } else { &o.returns })
}

fn parameter(p: &Param) -> String {
    let name = if p.name == "self" { "input" } else { &p.name };
    p.default.as_ref().map_or_else(|| name.to_string(), |default| format!("{name}={default}"))
}

/// The documentation of public functions, and of the functions of `Tensor` written by hand, by name.
fn documented(folders: &[Folder], src: &Path) -> Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    let mut add = |name: &syn::Ident, vis: &syn::Visibility, attributes: &[syn::Attribute]| {
        let text = text(attributes);
        if matches!(vis, syn::Visibility::Public(_)) && !text.is_empty() {
            out.entry(name.to_string()).or_insert(text);
        }
    };
    for source in folders.iter().flat_map(Folder::all) {
        source.functions().for_each(|f| add(&f.sig.ident, &f.vis, &f.attrs));
    }
    for path in files::walk(&src.join("tensor"), "rs")? {
        for item in parse(&path, &files::read(&path)?)?.items {
            let syn::Item::Impl(block) = item else { continue };
            if block.trait_.is_some() || block.self_ty.to_token_stream().to_string() != "Tensor" {
                continue;
            }
            for item in block.items {
                if let syn::ImplItem::Fn(f) = item {
                    add(&f.sig.ident, &f.vis, &f.attrs);
                }
            }
        }
    }
    Ok(out)
}

/// The documentation as plain text: without Rust's examples and links.
fn text(attributes: &[syn::Attribute]) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut code = false;
    let mut heading = false;
    for a in attributes {
        let syn::Meta::NameValue(m) = &a.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) = &m.value else { continue };
        if !m.path.is_ident("doc") {
            continue;
        }
        let whole = s.value();
        for line in whole.split('\n') {
            let line = line.strip_prefix(' ').unwrap_or(line);
            if line.trim_start().starts_with("```") {
                code = !code;
            } else if code {
            } else if let Some(title) = line.strip_prefix("# ") {
                // With the sentence that follows: "Errors: if ...".
                lines.push(format!("{title}:"));
                heading = true;
            } else if heading && !line.is_empty() {
                heading = false;
                let title = lines.last_mut().expect("a heading was pushed");
                if title == "Errors:" && line.starts_with("None") {
                    lines.pop();
                } else {
                    let _ = write!(title, " {}", plain(line));
                }
            } else if !(line.is_empty() && lines.last().is_none_or(String::is_empty)) {
                lines.push(plain(line));
            }
        }
    }
    lines.join("\n").trim_end().to_string()
}

/// ``[`add`](crate::ops::add)`` becomes `` `add` ``; Rust's paths lose their modules.
fn plain(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find("[`") {
        let Some(length) = rest[start..].find("`]") else { break };
        out.push_str(&rest[..start]);
        let name = &rest[start + 2..start + length];
        let name = name.strip_prefix("crate::").unwrap_or(name);
        let parts: Vec<&str> = name.split("::").collect();
        let kept = if parts[..parts.len() - 1].contains(&"Tensor") { 2 } else { 1 };
        let _ = write!(out, "`{}`", parts[parts.len().saturating_sub(kept)..].join("."));
        rest = &rest[start + length + 2..];
        if let Some(target) = rest.strip_prefix('(')
            && let Some(end) = target.find(')')
        {
            rest = &target[end + 1..];
        }
    }
    out + rest
}
