//! The pages about operations, which the library prints itself: `crates/wengert/examples/operations.rs` and `derivatives.rs`.

use super::Output;
use crate::{Result, files};
use std::process::{Command, Stdio};

/// Pages of this name in `docs`, each printed by the example of this name.
const PAGES: [&str; 2] = ["operations", "derivatives"];

/// `docs/operations.md` and `docs/derivatives.md`. `workspace`: the library is compiled with the features of the whole workspace.
pub fn write(workspace: bool) -> Result<Vec<Output>> {
    let packages: &[&str] = if workspace { &["--workspace"] } else { &["--package", "wengert"] };
    let examples = PAGES.iter().flat_map(|name| ["--example", name]);
    files::run(Command::new(env!("CARGO")).args(["build", "--quiet"]).args(examples).args(packages))?;
    PAGES.iter().map(|name| page(name)).collect()
}

fn page(name: &str) -> Result<Output> {
    let program = files::built(&format!("examples/{name}"))?;
    let out = Command::new(program)
        .current_dir(files::root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("examples/{name}: {e}"))?;
    if !out.status.success() {
        return Err(format!("docs/{name}.md: the library does not run"));
    }
    let text = String::from_utf8(out.stdout).map_err(|e| e.to_string())?;
    Ok(Output { path: files::root().join(format!("docs/{name}.md")), text })
}
