//! The list of modules in each `mod.rs`: declarations, re-exports, and the way to samples and bindings.

use super::Output;
use super::source::{BEGIN, END, Folder, Visible};
use crate::{Result, files};
use std::fmt::Write;

/// The `mod.rs` of a folder and of all below it.
pub fn write(folder: &Folder, out: &mut Vec<Output>) -> Result<()> {
    let (before, after) = folder.around()?;
    let text = format!("{before}{BEGIN}\n{}{END}{after}", list(folder));
    out.push(Output { path: folder.path.clone(), text: files::rustfmt(&text)? });
    folder.folders.iter().try_for_each(|f| write(f, out))
}

fn list(folder: &Folder) -> String {
    let files = folder.files.iter().map(|f| (f.name.as_str(), f.visible(), f.has_entries(), false));
    let folders = folder.folders.iter().map(|f| (f.name.as_str(), f.visible(), f.has_entries(), true));
    let mut modules: Vec<_> = files.chain(folders).collect();
    modules.sort();
    let mut s = String::new();
    for (name, ..) in &modules {
        let _ = writeln!(s, "mod {name};");
    }
    s.push('\n');
    for (name, visible, ..) in &modules {
        match visible {
            Visible::ToAll => _ = writeln!(s, "pub use {name}::*;"),
            Visible::ToTheCrate => _ = writeln!(s, "pub(crate) use {name}::*;"),
            Visible::Nothing => {}
        }
    }
    if folder.has_entries() {
        s.push_str("\n/// The samples here and below.\npub(crate) fn table(out: &mut crate::testing::Table) {\n");
    }
    for (name, _, entries, is_folder) in &modules {
        match (entries, is_folder) {
            (true, true) => _ = writeln!(s, "{name}::table(out);"),
            (true, false) => {
                let file = files::shown(&folder.path.with_file_name(format!("{name}.rs")));
                let _ = writeln!(s, "out.file({file:?}, {name}::entries);");
            }
            _ => {}
        }
    }
    if folder.has_entries() {
        s.push_str("}\n");
    }
    if !folder.has_bindings() {
        return s;
    }
    s.push_str("\n/// The bindings here and below.\npub(crate) fn bindings(out: &mut crate::table::Lists) {\n");
    let files =
        folder.files.iter().filter(|f| f.has_bindings()).map(|f| (&f.name, format!("out.add({}::BINDINGS);", f.name)));
    let folders =
        folder.folders.iter().filter(|f| f.has_bindings()).map(|f| (&f.name, format!("{}::bindings(out);", f.name)));
    let mut lines: Vec<_> = files.chain(folders).collect();
    lines.sort();
    for (_, line) in lines {
        let _ = writeln!(s, "{line}");
    }
    s.push_str("}\n");
    s
}
