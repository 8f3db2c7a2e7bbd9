//! The program as users meet it: what it prints, what it writes, how it ends.

mod grad;
mod tour;
mod train;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The program, not run yet.
fn wengert(args: &[&str]) -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_wengert"));
    c.args(args).env_remove("WENGERT_NUM_THREADS");
    c
}

/// How a run ended and what it wrote.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(o: Output) -> Run {
        let text = |b: Vec<u8>| String::from_utf8(b).expect("the program writes UTF-8");
        Run { code: o.status.code(), out: text(o.stdout), err: text(o.stderr) }
    }
}

fn run(args: &[&str]) -> Run {
    wengert(args).output().expect("the program starts").into()
}

/// Output of a run that must succeed.
fn ok(args: &[&str]) -> String {
    let r = run(args);
    assert_eq!((r.code, r.err.as_str()), (Some(0), ""), "{args:?}: {r:?}");
    r.out
}

/// Message of a run that must end with status 2 and print nothing.
fn error(args: &[&str]) -> String {
    let r = run(args);
    assert_eq!((r.code, r.out.as_str()), (Some(2), ""), "{args:?}: {r:?}");
    assert!(!r.err.contains("panicked"), "{}", r.err);
    r.err
}

/// A folder that goes away with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("wengert-{name}-{}", std::process::id()));
        // Left over by a process of the same number.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("there is room for temporary files");
        Scratch(path)
    }
    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("a temporary path is UTF-8").to_string()
    }
    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.0.join(name), text).expect("there is room for temporary files");
        self.path(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nobody minds a temporary folder that stays.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn read(path: impl AsRef<Path>) -> Vec<u8> {
    std::fs::read(path.as_ref()).unwrap_or_else(|e| panic!("{}: {e}", path.as_ref().display()))
}

#[test]
fn version_help_and_unknown_options() {
    assert_eq!(ok(&["--version"]), format!("wengert {}\n", env!("CARGO_PKG_VERSION")));
    for command in ["train", "grad", "tour"] {
        assert!(ok(&["--help"]).contains(command));
        assert!(ok(&[command, "--help"]).contains("Usage: wengert"));
    }
    assert!(error(&["train", "digits", "--epoch", "3"]).contains("'--epochs'"));
    assert!(error(&["grad", "x", "--at", "x=1", "--ordr", "2"]).contains("'--order'"));
    assert!(error(&["fly"]).contains("unrecognized subcommand 'fly'"));
    assert_eq!(run(&[]).code, Some(2));
}
