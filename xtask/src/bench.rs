//! `cargo xtask bench`: wengert's workloads, and PyTorch's beside them, measured in turn.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Args {
    /// Measure the same work in PyTorch, interleaved; or the program for PyTorch on wengert from Python.
    #[arg(long, value_parser = ["torch", "wengert"])]
    against: Option<String>,
    /// A Python that has torch, or wengert.
    #[arg(long, default_value = "python3")]
    python: String,
    /// Only workloads whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Rounds; the median counts.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Numbers of threads to measure with.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
    threads: Vec<usize>,
    /// Measure the machine's limits instead.
    #[arg(long)]
    limits: bool,
    /// Also measure a clean release build, in a folder of its own.
    #[arg(long)]
    build: bool,
}

/// A process that answers one measurement at a time.
struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> Result<Peer, String> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("cannot start {command:?}: {e}"))?;
        let stdin = child.stdin.take().ok_or("no standard input")?;
        let stdout = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Peer { child, stdin, stdout })
    }

    fn ask(&mut self, question: &str) -> Result<String, String> {
        writeln!(self.stdin, "{question}").map_err(|e| e.to_string())?;
        let mut line = String::new();
        self.stdout.read_line(&mut line).map_err(|e| e.to_string())?;
        let line = line.trim().to_string();
        if line.is_empty() || line.starts_with("error") { Err(format!("{question}: {line}")) } else { Ok(line) }
    }

    fn nanoseconds(&mut self, name: &str, threads: usize) -> Result<f64, String> {
        self.ask(&format!("{name} {threads}"))?.parse().map_err(|e| format!("{name}: {e}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It waits for input; there is nothing to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs the benchmarks and prints a table in Markdown.
pub fn run(root: &Path, args: &Args) -> Result<(), String> {
    if args.build {
        clean_build(root)?;
    }
    cargo(root, &["build", "--release", "--quiet", "-p", "wengert-bench"], None)?;
    let release = root.join("target/release");
    let bench = release.join("wengert-bench");
    if args.limits {
        let status = Command::new(bench).arg("--limits").status().map_err(|e| e.to_string())?;
        return if status.success() { Ok(()) } else { Err("the measurement of limits failed".to_string()) };
    }
    let list = Command::new(&bench).arg("--list").output().map_err(|e| e.to_string())?;
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let mut ours = Peer::start(&mut Command::new(bench))?;
    let runner: &[&str] = if args.against.as_deref() == Some("wengert") { &["-m", "wengert"] } else { &[] };
    let peer = if runner.is_empty() { "PyTorch" } else { "from Python" };
    let mut theirs = match args.against {
        Some(_) => {
            let program = root.join("xtask/python/bench_torch.py");
            Some(Peer::start(Command::new(&args.python).args(runner).arg(program))?)
        }
        None => None,
    };
    if let Some(t) = &mut theirs {
        println!("Against {peer} {}, medians of {} interleaved rounds.\n", t.ask("version 0")?, args.rounds);
    }
    println!("| work | threads | wengert | {peer} | {peer} / wengert | wanted |\n|---|---|---|---|---|---|");
    let (mut wanted, mut missed) = (0, Vec::new());
    for line in list.lines() {
        let mut columns = line.split('\t');
        let (Some(name), Some(unit), Some(goal)) = (columns.next(), columns.next(), columns.next()) else { continue };
        if !name.contains(&args.only) {
            continue;
        }
        for &threads in &args.threads {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            for _ in 0..args.rounds.max(1) {
                a.push(ours.nanoseconds(name, threads)?);
                if let Some(t) = &mut theirs {
                    b.push(t.nanoseconds(name, threads)?);
                }
            }
            let a = median(&mut a);
            let b = (!b.is_empty()).then(|| median(&mut b));
            let (theirs, ratio) = b.map_or(Default::default(), |b| (show(b), format!("{:.2}", b / a)));
            let (shown, reached) = judge(goal, a, b);
            wanted += usize::from(reached.is_some());
            if reached == Some(false) {
                missed.push(format!("{name} ({threads})"));
            }
            println!("| {name} (per {unit}) | {threads} | {} | {theirs} | {ratio} | {shown} |", show(a));
        }
    }
    println!("\n{} of {wanted} wanted figures are reached.", wanted - missed.len());
    if !missed.is_empty() {
        println!("Not reached (threads): {}.", missed.join(", "));
    }
    if args.only.is_empty() {
        cargo(root, &["build", "--release", "--quiet", "-p", "wengert-cli"], None)?;
        let size = std::fs::metadata(release.join("wengert")).map_err(|e| e.to_string())?.len();
        println!("\nThe release binary `wengert` is {:.1} MB.", size as f64 / 1e6);
    }
    Ok(())
}

/// The goal as it is shown, and whether it is reached: a ratio (`5 x`) or nanoseconds at most (`120 ns`); nothing if there is none.
fn judge(goal: &str, ours: f64, theirs: Option<f64>) -> (String, Option<bool>) {
    if let Some(ratio) = goal.strip_suffix(" x").and_then(|r| r.parse::<f64>().ok()) {
        return (format!("{ratio}"), theirs.map(|t| t / ours >= ratio));
    }
    match goal.strip_suffix(" ns").and_then(|ns| ns.parse::<f64>().ok()) {
        Some(ns) => (show(ns), Some(ours <= ns)),
        None => (String::new(), None),
    }
}

fn median(v: &mut [f64]) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

fn show(ns: f64) -> String {
    match ns {
        ns if ns < 1e3 => format!("{ns:.0} ns"),
        ns if ns < 1e6 => format!("{:.2} us", ns / 1e3),
        ns => format!("{:.2} ms", ns / 1e6),
    }
}

fn cargo(root: &Path, args: &[&str], target: Option<&PathBuf>) -> Result<(), String> {
    let mut c = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    c.current_dir(root).args(args);
    if let Some(t) = target {
        c.env("CARGO_TARGET_DIR", t);
    }
    let status = c.status().map_err(|e| e.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("cargo {} failed", args.join(" "))) }
}

fn clean_build(root: &Path) -> Result<(), String> {
    let target = root.join("target/clean-build");
    // It may not exist yet.
    let _ = std::fs::remove_dir_all(&target);
    let start = Instant::now();
    cargo(root, &["build", "--release", "--quiet"], Some(&target))?;
    println!("A clean release build takes {:.0} s.\n", start.elapsed().as_secs_f64());
    std::fs::remove_dir_all(&target).map_err(|e| e.to_string())
}
