//! The page of operations, which the library prints itself: `crates/wengert/examples/operations.rs`.

use super::Output;
use crate::{Result, files};
use std::process::{Command, Stdio};

/// `docs/operations.md`. `workspace`: the library is compiled with the features of the whole workspace.
pub fn write(workspace: bool) -> Result<Output> {
    let packages: &[&str] = if workspace { &["--workspace"] } else { &["--package", "wengert"] };
    files::run(Command::new(env!("CARGO")).args(["build", "--quiet", "--example", "operations"]).args(packages))?;
    let program = files::built("examples/operations")?;
    let out = Command::new(program)
        .current_dir(files::root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("examples/operations: {e}"))?;
    if !out.status.success() {
        return Err("docs/operations.md: the library does not run".to_string());
    }
    let text = String::from_utf8(out.stdout).map_err(|e| e.to_string())?;
    Ok(Output { path: files::root().join("docs/operations.md"), text })
}
