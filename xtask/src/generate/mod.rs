//! `cargo xtask gen`: everything that follows from the operations' files is written from them and checked in.
//!
//! `source.rs` reads the files and `bindings.rs` the table in them; `modules.rs` writes the module lists, `methods.rs` the methods of
//! `Tensor`, `docs.rs` the documentation by name, `stubs.rs` what type checkers read about the Python module, `page.rs` the pages of
//! operations and of derivatives.

mod bindings;
mod docs;
mod methods;
mod modules;
mod page;
mod source;
mod stubs;

use crate::{Result, files};
use std::fs;
use std::path::PathBuf;

#[derive(clap::Args)]
pub struct Args {
    /// Write nothing; fail with the names of the files that are stale
    #[arg(long)]
    check: bool,
    /// Leave out the pages of operations and derivatives, for which the library has to be compiled
    #[arg(long)]
    no_page: bool,
    /// Compile the library for that as `cargo test --workspace` does, and not as `cargo test -p wengert`
    #[arg(long)]
    workspace: bool,
}

/// The folders with operations, below the library's `src`. Each is a module of the crate with the same name.
const FOLDERS: [&str; 2] = ["ops", "composite"];

/// A file and what should be in it.
struct Output {
    path: PathBuf,
    text: String,
}

pub fn run(args: &Args) -> Result<()> {
    let src = files::root().join("crates/wengert/src");
    let mut outputs = Vec::new();
    let mut sources = Vec::new();
    for name in FOLDERS {
        let folder = src.join(name);
        if folder.is_dir() {
            let folder = source::Folder::read(&folder, name)?;
            modules::write(&folder, &mut outputs)?;
            sources.push(folder);
        }
    }
    outputs.push(methods::write(&sources, &src)?);
    let bindings = bindings::read(&sources)?;
    outputs.push(docs::write(&sources, &bindings, &src)?);
    outputs.push(stubs::write(&bindings));
    let mut stale = settle(&outputs, args.check)?;
    if !args.no_page && stale.is_empty() | !args.check {
        stale.extend(settle(&page::write(args.workspace)?, args.check)?);
    }
    match (stale.is_empty(), args.check) {
        (true, _) => Ok(()),
        (false, true) => Err(format!("stale, run `cargo xtask gen`:\n  {}", stale.join("\n  "))),
        (false, false) => {
            println!("written:\n  {}", stale.join("\n  "));
            Ok(())
        }
    }
}

/// Writes the outputs that differ from what is there, unless this is a check; names them.
fn settle(outputs: &[Output], check: bool) -> Result<Vec<String>> {
    let mut differing = Vec::new();
    for o in outputs {
        if fs::read_to_string(&o.path).is_ok_and(|old| old == o.text) {
            continue;
        }
        differing.push(files::shown(&o.path));
        if !check {
            let folder = o.path.parent().expect("a file lies in a folder");
            fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", files::shown(folder)))?;
            fs::write(&o.path, &o.text).map_err(|e| format!("{}: {e}", files::shown(&o.path)))?;
        }
    }
    Ok(differing)
}
