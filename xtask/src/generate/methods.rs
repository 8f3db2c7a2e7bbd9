//! The methods of `Tensor`: each public function of an operation whose first argument is `input`, with a panic for its `Result`.

use super::Output;
use super::source::{Folder, Source, parse};
use crate::{Result, files};
use quote::{ToTokens, format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use syn::visit::Visit;

const HEADER: &str = "\
//! One method of [`Tensor`] for each operation. Written by `cargo xtask gen`.
// Long because: one method for each operation.

";

struct Method<'a> {
    function: &'a syn::ItemFn,
    source: &'a Source,
    /// The crate's module with the function: `ops`.
    module: &'a str,
    /// What the function's `Result` holds.
    returns: &'a syn::Type,
}

/// `generated/methods.rs`.
pub fn write(folders: &[Folder], src: &Path) -> Result<Output> {
    let by_hand = methods_by_hand(src)?;
    let mut methods: BTreeMap<String, Method> = BTreeMap::new();
    let mut functions: BTreeMap<String, &str> = BTreeMap::new();
    for folder in folders {
        for source in folder.all() {
            for function in source.functions().filter(|f| matches!(f.vis, syn::Visibility::Public(_))) {
                let name = function.sig.ident.to_string();
                functions.insert(name.clone(), &folder.name);
                let Some(returns) = method_result(function) else { continue };
                if by_hand.contains(&name) {
                    continue;
                }
                let method = Method { function, source, module: &folder.name, returns };
                if let Some(other) = methods.insert(name.clone(), method) {
                    return Err(format!(
                        "{name} stands in {} and in {}",
                        files::shown(&other.source.path),
                        files::shown(&source.path)
                    ));
                }
            }
        }
    }
    let mut imports: BTreeSet<String> = BTreeSet::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let links = Links { methods: methods.keys().cloned().collect(), functions };
    let mut items = Vec::new();
    for m in methods.values() {
        for (name, path) in m.imports() {
            if let Some(other) = names.insert(name.clone(), path.clone())
                && other != path
            {
                return Err(format!("{}: {name} is {path} here but {other} elsewhere", files::shown(&m.source.path)));
            }
            imports.insert(path);
        }
        items.push(m.tokens(&links));
    }
    for (path, name) in [("crate::tensor::Tensor", "Tensor"), ("crate::error::or_panic", "or_panic")] {
        names.insert(name.to_string(), path.to_string());
        imports.insert(path.to_string());
    }
    let uses: Vec<syn::ItemUse> = imports
        .iter()
        .map(|path| syn::parse_str(&format!("use {path};")).map_err(|e| format!("use {path}: {e}")))
        .collect::<Result<_>>()?;
    let file: syn::File = syn::parse2(quote! { #(#uses)* impl Tensor { #(#items)* } }).map_err(|e| e.to_string())?;
    let text = prettyplease::unparse(&file).replace("\n    }\n    ///", "\n    }\n\n    ///");
    let text = text.replacen("impl Tensor", "\nimpl Tensor", 1);
    let path = src.join("generated/methods.rs");
    Ok(Output { path, text: files::rustfmt(&format!("{HEADER}{text}"))? })
}

/// `T` of `pub fn name(input: &Tensor, ...) -> Result<T>`.
fn method_result(f: &syn::ItemFn) -> Option<&syn::Type> {
    let Some(syn::FnArg::Typed(first)) = f.sig.inputs.first() else { return None };
    if first.pat.to_token_stream().to_string() != "input" || first.ty.to_token_stream().to_string() != "& Tensor" {
        return None;
    }
    let syn::ReturnType::Type(_, ty) = &f.sig.output else { return None };
    let syn::Type::Path(path) = &**ty else { return None };
    let last = path.path.segments.last().filter(|s| s.ident == "Result")?;
    let syn::PathArguments::AngleBracketed(args) = &last.arguments else { return None };
    match args.args.first() {
        Some(syn::GenericArgument::Type(t)) => Some(t),
        _ => None,
    }
}

impl Method<'_> {
    fn tokens(&self, links: &Links) -> proc_macro2::TokenStream {
        let sig = &self.function.sig;
        let (name, module) = (&sig.ident, format_ident!("{}", self.module));
        let (params, bounds) = (&sig.generics.params, &sig.generics.where_clause);
        let generics = if params.is_empty() { quote!() } else { quote!(<#params>) };
        let mut arguments = Vec::new();
        let mut passed = Vec::new();
        for argument in sig.inputs.iter().skip(1) {
            let syn::FnArg::Typed(a) = argument else { continue };
            let syn::Pat::Ident(pattern) = &*a.pat else { continue };
            let (ident, ty) = (&pattern.ident, &a.ty);
            arguments.push(quote!(#ident: #ty));
            passed.push(quote!(#ident));
        }
        let kept = |a: &&syn::Attribute| match &a.meta {
            syn::Meta::List(list) => ["allow", "doc", "expect"].iter().any(|k| list.path.is_ident(k)),
            other => other.path().is_ident("deprecated"),
        };
        let attributes = self.function.attrs.iter().filter(kept);
        let docs = documentation(&self.function.attrs, &self.source.imports(self.module), links);
        let returns = self.returns;
        quote! {
            #(#[doc = #docs])*
            #(#attributes)*
            #[track_caller]
            pub fn #name #generics (&self #(, #arguments)*) -> #returns #bounds {
                or_panic(crate::#module::#name(self #(, #passed)*))
            }
        }
    }

    /// Imports for the names in the signature.
    fn imports(&self) -> Vec<(String, String)> {
        let mut seen = Names::default();
        seen.visit_signature(&self.function.sig);
        let imports = self.source.imports(self.module);
        let own: BTreeSet<String> = self.source.file.items.iter().filter_map(defined).collect();
        let mut out = Vec::new();
        for name in seen.0 {
            if name == "Result" || name == "Tensor" {
                continue;
            }
            if own.contains(&name) {
                out.push((name.clone(), format!("crate::{}::{name}", self.module)));
            } else if let Some(path) = imports.get(&name) {
                out.push((name.clone(), path.clone()));
            }
        }
        out
    }
}

/// Types and traits that a file defines.
fn defined(item: &syn::Item) -> Option<String> {
    match item {
        syn::Item::Enum(i) => Some(i.ident.to_string()),
        syn::Item::Struct(i) => Some(i.ident.to_string()),
        syn::Item::Trait(i) => Some(i.ident.to_string()),
        syn::Item::Type(i) => Some(i.ident.to_string()),
        _ => None,
    }
}

/// First segments of all paths.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl<'a> Visit<'a> for Names {
    fn visit_path(&mut self, path: &'a syn::Path) {
        if let Some(first) = path.segments.first() {
            self.0.insert(first.ident.to_string());
        }
        syn::visit::visit_path(self, path);
    }
}

/// What documentation may point to.
struct Links<'a> {
    methods: BTreeSet<String>,
    /// With the module that has them.
    functions: BTreeMap<String, &'a str>,
}

/// The lines of documentation, with errors as panics and links that hold where the methods stand.
fn documentation(attributes: &[syn::Attribute], imports: &BTreeMap<String, String>, links: &Links) -> Vec<String> {
    let mut out = Vec::new();
    for a in attributes {
        if let syn::Meta::NameValue(m) = &a.meta
            && m.path.is_ident("doc")
            && let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) = &m.value
        {
            out.extend(s.value().lines().map(|l| relink(&with_self(l), imports, links)));
            if s.value().is_empty() {
                out.push(String::new());
            }
        }
    }
    if let Some(i) = out.iter().position(|l| l.trim() == "# Errors") {
        let rest: String = out[i + 1..].concat();
        if rest.trim_start().starts_with("None") {
            out.truncate(i);
            while out.last().is_some_and(|l| l.trim().is_empty()) {
                out.pop();
            }
        } else {
            out[i] = " # Panics".to_string();
        }
    }
    out
}

/// Inside code, the function's argument `input` is the method's `self`.
fn with_self(line: &str) -> String {
    let spans = line.split('`').enumerate().map(|(i, span)| match i % 2 {
        0 => span.to_string(),
        _ => {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let mut out = String::new();
            let mut rest = span;
            while let Some(at) = rest.find("input") {
                let (before, after) = (&rest[..at], &rest[at + "input".len()..]);
                let whole = !before.ends_with(word) && !after.starts_with(word);
                out.push_str(before);
                out.push_str(if whole { "self" } else { "input" });
                rest = after;
            }
            out + rest
        }
    });
    spans.collect::<Vec<_>>().join("`")
}

/// ``[`add`]`` becomes ``[`add`](Tensor::add)``.
fn relink(line: &str, imports: &BTreeMap<String, String>, links: &Links) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find("[`") {
        let Some(length) = rest[start..].find("`]") else { break };
        let (name, end) = (&rest[start + 2..start + length], start + length + 2);
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        if rest.starts_with('(') || rest.starts_with('[') {
            continue;
        }
        let head = name.split("::").next().unwrap_or(name);
        if links.methods.contains(name) {
            out.push_str(&format!("(Tensor::{name})"));
        } else if let Some(module) = links.functions.get(name) {
            out.push_str(&format!("(crate::{module}::{name})"));
        } else if let Some(path) = imports.get(head)
            && head != "Tensor"
        {
            out.push_str(&format!("({path}{})", &name[head.len()..]));
        }
    }
    out + rest
}

/// Names of the methods that `impl Tensor` blocks define elsewhere.
fn methods_by_hand(src: &Path) -> Result<BTreeSet<String>> {
    let mut out = BTreeSet::new();
    let generated = src.join("generated");
    for path in files::walk(src, "rs")?.iter().filter(|p| !p.starts_with(&generated)) {
        let file = parse(path, &files::read(path)?)?;
        for item in &file.items {
            let syn::Item::Impl(block) = item else { continue };
            if block.trait_.is_some() || block.self_ty.to_token_stream().to_string() != "Tensor" {
                continue;
            }
            out.extend(block.items.iter().filter_map(|i| match i {
                syn::ImplItem::Fn(f) => Some(f.sig.ident.to_string()),
                _ => None,
            }));
        }
    }
    Ok(out)
}
