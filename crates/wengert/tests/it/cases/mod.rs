//! Recorded programs: PyTorch's rules of autograd, one small program for each, whose lines were recorded from real PyTorch.
//!
//! A [`Case`] is the PyTorch program as text and the same program in Rust. Both *show* values, one line each; the lines must be the same,
//! but for the last digits of numbers and for what our errors say beyond PyTorch's first sentence. There is one file for each chapter.
//!
//! `cargo xtask reference --python PYTHON --only cases` records the lines into `testdata/cases`, one file for each chapter.

mod anomaly;
mod checkpoint;
mod compare;
mod forward;
mod function;
mod hooks;
mod in_place;
mod leaf;
mod modes;
mod retain;
mod saved;
mod show;
mod threads;
mod transforms;
mod views;

use serde_json::Value;
pub use show::Show;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

/// One rule of PyTorch's, as a program.
pub struct Case {
    /// What is shown, in a few words joined by `_`; no other case of the chapter has it.
    name: &'static str,
    /// The program in Python: `torch`, `nn`, `F`, `math` are there, and `show`, `raises`, `warns` (xtask/python/record_cases.py).
    torch: &'static str,
    /// The same program in Rust. It runs in a thread of its own, so modes that it leaves behind bother nobody. One that draws random
    /// numbers forks the generator (`random::fork`) and seeds with 0 first, as PyTorch's side does.
    run: fn(&mut Show),
}

impl Case {
    /// A case by its name, its program in Python and the same one in Rust.
    pub fn new(name: &'static str, torch: &'static str, run: fn(&mut Show)) -> Case {
        Case { name, torch, run }
    }

    /// A short number that changes with the program, so that lines of another program are not taken for its own (FNV-1a, 48 bits).
    fn fingerprint(&self) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325u64;
        for b in self.torch.trim().bytes() {
            hash = (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("{:012x}", hash >> 16)
    }
}

/// A name, and what gives the cases.
type Chapter = (&'static str, fn() -> Vec<Case>);

/// The chapters by name.
const CHAPTERS: [Chapter; 13] = [
    ("anomaly", anomaly::cases),
    ("checkpoint", checkpoint::cases),
    ("forward", forward::cases),
    ("function", function::cases),
    ("hooks", hooks::cases),
    ("in_place", in_place::cases),
    ("leaf", leaf::cases),
    ("modes", modes::cases),
    ("retain", retain::cases),
    ("saved", saved::cases),
    ("threads", threads::cases),
    ("transforms", transforms::cases),
    ("views", views::cases),
];

/// So many cases are promised.
const PROMISED: usize = 150;

/// What to do about lines that are missing.
const RECORD: &str = "run `cargo xtask reference --python PYTHON --only cases` with a Python that has torch";

fn file(chapter: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/cases").join(format!("{chapter}.json"))
}

/// The recorded cases of a chapter: of each its fingerprint and lines. A chapter without a file has none.
fn recorded(chapter: &str) -> BTreeMap<String, Vec<String>> {
    let Ok(text) = std::fs::read_to_string(file(chapter)) else { return BTreeMap::new() };
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("testdata/cases/{chapter}.json: {e}; {RECORD}"))
}

/// Runs all cases of a chapter and reports every line that differs.
fn chapter(name: &str) {
    let (_, cases) = CHAPTERS.iter().find(|(n, _)| *n == name).expect("a chapter of the table");
    let cases = cases();
    let mut recorded = recorded(name);
    let mut failures = Vec::new();
    for case in &cases {
        let lines = recorded.remove(case.name);
        if let Err(text) = examine(case, lines) {
            failures.push(format!("{name}/{}: {text}", case.name));
        }
    }
    for stale in recorded.keys() {
        failures.push(format!("{name}/{stale} is recorded, but there is no such case; {RECORD}"));
    }
    let n = failures.len();
    assert!(n == 0, "{n} of {} cases fail:\n\n{}", cases.len(), failures.join("\n\n"));
}

fn examine(case: &Case, recorded: Option<Vec<String>>) -> Result<(), String> {
    let Some((fingerprint, expected)) = recorded.as_ref().and_then(|r| r.split_first()) else {
        return Err(format!("PyTorch's lines are missing; {RECORD}"));
    };
    if *fingerprint != case.fingerprint() {
        return Err(format!("the recorded lines are those of another program; {RECORD}"));
    }
    let run = case.run;
    let thread = std::thread::Builder::new().name(case.name.to_string()).spawn(move || Show::lines_of(run));
    let (got, panic) = thread.expect("a thread").join().expect("panics are caught");
    compare::lines(expected, &got, panic.as_deref()).map_err(|text| {
        let program: Vec<String> = case.torch.trim().lines().map(|l| format!("    | {l}")).collect();
        format!("not as in PyTorch\n{}\n{text}", program.join("\n"))
    })
}

macro_rules! chapters {
    ($($name:ident)*) => {
        /// One test for each chapter.
        mod tests {
            $(#[test] fn $name() { super::chapter(stringify!($name)); })*
        }
        #[test]
        fn each_chapter_has_its_test() {
            assert_eq!([$(stringify!($name)),*], CHAPTERS.map(|(name, _)| name));
        }
    };
}
chapters! { anomaly checkpoint forward function hooks in_place leaf modes retain saved threads transforms views }

#[test]
fn count() {
    let mut text = String::new();
    let mut sum = 0;
    for (name, cases) in CHAPTERS {
        let cases = cases();
        let names: BTreeSet<&str> = cases.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), cases.len(), "two cases of {name} have the same name");
        text.push_str(&format!("{name} {}, ", cases.len()));
        sum += cases.len();
    }
    // Straight to the stream: libtest swallows the prints of tests that pass.
    let _ = std::io::stderr().write_all(format!("recorded programs: {text}in all {sum}\n").as_bytes());
    assert!(sum >= PROMISED, "{sum} cases, but {PROMISED} are promised");
}

/// Writes all programs to the file that `WENGERT_PROGRAMS` names, for `cargo xtask reference`.
#[test]
#[ignore = "writes a file"]
fn write_programs() {
    let path = std::env::var("WENGERT_PROGRAMS").expect("WENGERT_PROGRAMS names the file to write");
    let mut all = serde_json::Map::new();
    for (name, cases) in CHAPTERS {
        for case in cases() {
            let program = case.torch.trim().to_string();
            all.insert(format!("{name}/{}", case.name), Value::from(vec![case.fingerprint(), program]));
        }
    }
    std::fs::write(&path, Value::from(all).to_string()).unwrap_or_else(|e| panic!("{path}: {e}"));
}
