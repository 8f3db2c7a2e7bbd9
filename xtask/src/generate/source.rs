//! The operations' files, parsed.

use crate::{Result, files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::parse::{Parse, ParseStream};

/// Where the list of modules begins and ends in a `mod.rs`.
pub const BEGIN: &str = "// <modules> written by `cargo xtask gen`";
/// See [`BEGIN`].
pub const END: &str = "// </modules>";

/// A folder of operations: `mod.rs`, files and subfolders.
pub struct Folder {
    /// The module's name.
    pub name: String,
    /// Its `mod.rs`.
    pub path: PathBuf,
    /// The text of `mod.rs`.
    pub text: String,
    /// The files beside it, without those that `mod.rs` declares by hand.
    pub files: Vec<Source>,
    /// The folders beside it.
    pub folders: Vec<Folder>,
}

/// A file of operations.
pub struct Source {
    /// The module's name.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What it contains.
    pub file: syn::File,
}

/// What a module lets others see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Visible {
    Nothing,
    ToTheCrate,
    ToAll,
}

impl Folder {
    /// Reads a folder and all below it.
    pub fn read(folder: &Path, name: &str) -> Result<Folder> {
        let path = folder.join("mod.rs");
        if !path.is_file() {
            return Err(format!(
                "{}: missing. A folder of operations has one with a line of documentation and the lines\n{BEGIN}\n{END}",
                files::shown(&path)
            ));
        }
        let text = files::read(&path)?;
        let by_hand = declared_by_hand(&path, &text)?;
        let mut out = Folder { name: name.to_string(), path, text, files: Vec::new(), folders: Vec::new() };
        for path in files::list(folder)? {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if by_hand.contains(&name) || name == "mod" {
                continue;
            }
            if path.is_dir() {
                // Beside `x.rs`, the folder `x` holds its submodules and is its own matter.
                if !path.with_extension("rs").is_file() {
                    out.folders.push(Folder::read(&path, &name)?);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.files.push(Source::read(path, name)?);
            }
        }
        Ok(out)
    }

    /// The file's lines before and after the list of modules.
    pub fn around(&self) -> Result<(&str, &str)> {
        around(&self.path, &self.text)
    }

    /// All files here and below, those of a folder together.
    pub fn all(&self) -> Vec<&Source> {
        let mut out: Vec<&Source> = self.files.iter().collect();
        out.extend(self.folders.iter().flat_map(Folder::all));
        out
    }

    /// What it lets others see.
    pub fn visible(&self) -> Visible {
        let files = self.files.iter().map(Source::visible);
        files.chain(self.folders.iter().map(Folder::visible)).max().unwrap_or(Visible::Nothing)
    }

    /// Are there samples here or below?
    pub fn has_entries(&self) -> bool {
        self.files.iter().any(Source::has_entries) || self.folders.iter().any(Folder::has_entries)
    }

    /// Are there bindings here or below?
    pub fn has_bindings(&self) -> bool {
        self.files.iter().any(Source::has_bindings) || self.folders.iter().any(Folder::has_bindings)
    }
}

fn around<'a>(path: &Path, text: &'a str) -> Result<(&'a str, &'a str)> {
    let begin = text.find(BEGIN);
    let end = text.find(END);
    match (begin, end) {
        (Some(b), Some(e)) if b < e => Ok((&text[..b], &text[e + END.len()..])),
        _ => Err(format!("{}: no lines\n{BEGIN}\n{END}", files::shown(path))),
    }
}

/// Modules that a `mod.rs` declares outside its list.
fn declared_by_hand(path: &Path, text: &str) -> Result<BTreeSet<String>> {
    let (before, after) = around(path, text)?;
    let file = parse(path, &format!("{before}{after}"))?;
    let names = file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(m) => Some(m.ident.to_string()),
        _ => None,
    });
    Ok(names.collect())
}

/// Parses Rust source; an error names file and line.
pub fn parse(path: &Path, text: &str) -> Result<syn::File> {
    syn::parse_file(text).map_err(|e| {
        let at = e.span().start();
        format!("{}:{}:{}: {e}", files::shown(path), at.line, at.column + 1)
    })
}

impl Source {
    fn read(path: PathBuf, name: String) -> Result<Source> {
        let mut file = parse(&path, &files::read(&path)?)?;
        let mut made = Vec::new();
        for item in &file.items {
            if let syn::Item::Macro(m) = item
                && m.mac.path.is_ident("in_place")
            {
                let functions: InPlace = syn::parse2(m.mac.tokens.clone())
                    .map_err(|e| format!("{}: in_place!: {e}", files::shown(&path)))?;
                made.extend(functions.0.into_iter().map(syn::Item::Fn));
            }
        }
        file.items.extend(made);
        Ok(Source { name, path, file })
    }

    /// Does it have samples?
    pub fn has_entries(&self) -> bool {
        self.functions().any(|f| f.sig.ident == "entries")
    }

    /// Does it have lines of the table of bindings?
    pub fn has_bindings(&self) -> bool {
        self.file.items.iter().any(|i| matches!(i, syn::Item::Static(s) if s.ident == "BINDINGS"))
    }

    /// What it lets others see, apart from its samples and bindings.
    pub fn visible(&self) -> Visible {
        let of = |vis: &syn::Visibility| match vis {
            syn::Visibility::Public(_) => Visible::ToAll,
            syn::Visibility::Restricted(r) if r.path.is_ident("crate") => Visible::ToTheCrate,
            _ => Visible::Nothing,
        };
        let items = self.file.items.iter().map(|item| match item {
            syn::Item::Fn(f) if f.sig.ident == "entries" => Visible::Nothing,
            syn::Item::Static(s) if s.ident == "BINDINGS" => Visible::Nothing,
            syn::Item::Const(i) => of(&i.vis),
            syn::Item::Enum(i) => of(&i.vis),
            syn::Item::Fn(i) => of(&i.vis),
            syn::Item::Mod(i) => of(&i.vis),
            syn::Item::Static(i) => of(&i.vis),
            syn::Item::Struct(i) => of(&i.vis),
            syn::Item::Trait(i) => of(&i.vis),
            syn::Item::Type(i) => of(&i.vis),
            syn::Item::Use(i) => of(&i.vis),
            // A macro's product is not seen; it is most likely public functions.
            syn::Item::Macro(m) if m.ident.is_none() => Visible::ToAll,
            _ => Visible::Nothing,
        });
        items.max().unwrap_or(Visible::Nothing)
    }

    /// The functions that stand at the file's top level.
    pub fn functions(&self) -> impl Iterator<Item = &syn::ItemFn> {
        self.file.items.iter().filter_map(|item| match item {
            syn::Item::Fn(f) => Some(f),
            _ => None,
        })
    }

    /// Which path each imported name stands for. `super` and `self` become the root module of operations, `module`, from which
    /// everything public can be had.
    pub fn imports(&self, module: &str) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        for item in &self.file.items {
            if let syn::Item::Use(u) = item {
                flatten(&u.tree, String::new(), module, &mut out);
            }
        }
        out
    }
}

fn flatten(tree: &syn::UseTree, prefix: String, module: &str, out: &mut BTreeMap<String, String>) {
    let join = |name: &syn::Ident| match (prefix.as_str(), name.to_string().as_str()) {
        ("", "super" | "self") => format!("crate::{module}"),
        ("", name) => name.to_string(),
        (p, "super") => p.to_string(),
        (p, name) => format!("{p}::{name}"),
    };
    match tree {
        syn::UseTree::Path(p) => flatten(&p.tree, join(&p.ident), module, out),
        syn::UseTree::Name(n) if n.ident == "self" => {
            let name = prefix.rsplit("::").next().unwrap_or_default().to_string();
            out.insert(name, prefix);
        }
        syn::UseTree::Name(n) => {
            out.insert(n.ident.to_string(), join(&n.ident));
        }
        syn::UseTree::Rename(r) => {
            out.insert(r.rename.to_string(), join(&r.ident));
        }
        syn::UseTree::Group(g) => g.items.iter().for_each(|t| flatten(t, prefix.clone(), module, out)),
        syn::UseTree::Glob(_) => {}
    }
}

/// The functions that `in_place!` of the elementwise operations makes, without their bodies.
struct InPlace(Vec<syn::ItemFn>);

impl Parse for InPlace {
    /// `pub fn exp_(input: &Tensor) -> Result<Tensor> = exp, EXP;`, any number of times.
    fn parse(input: ParseStream) -> syn::Result<InPlace> {
        let mut out = Vec::new();
        while !input.is_empty() {
            let (vis, sig): (syn::Visibility, syn::Signature) = (input.parse()?, input.parse()?);
            input.parse::<syn::Token![=]>()?;
            let functional: syn::Ident = input.parse()?;
            input.parse::<syn::Token![,]>()?;
            input.parse::<syn::Expr>()?;
            input.parse::<syn::Token![;]>()?;
            let doc = [
                format!(" [`{functional}`] into `input`."),
                String::new(),
                " # Errors".to_string(),
                format!(" Those of [`{functional}`] and of in-place writes in general."),
            ];
            out.push(syn::parse_quote!(#(#[doc = #doc])* #vis #sig {}));
        }
        Ok(InPlace(out))
    }
}
