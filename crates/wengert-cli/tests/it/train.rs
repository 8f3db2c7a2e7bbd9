//! `wengert train`.

use super::{Run, Scratch, error, ok, read, run, wengert};
use std::time::{Duration, Instant};

/// Options of a small run of two epochs, unless `more` says otherwise.
fn small(folder: &str, more: &[&str]) -> Vec<String> {
    let mut args = vec!["train", "digits", "--out", folder];
    for default in [["--epochs", "2"], ["--hidden", "32"]] {
        if !more.contains(&default[0]) {
            args.extend(default);
        }
    }
    args.iter().chain(more).map(|s| s.to_string()).collect()
}

fn train(folder: &str, more: &[&str]) -> String {
    let args = small(folder, more);
    ok(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

fn refused(folder: &str, more: &[&str]) -> String {
    let args = small(folder, more);
    error(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_same_weights_with_any_number_of_threads_and_nothing_overwritten() {
    let folder = Scratch::new("threads");
    let (one, two) = (folder.path("one"), folder.path("two"));
    let out = train(&one, &["--threads", "1"]);
    assert!(out.contains("test accuracy ") && out.contains("weight norm"), "{out}");
    train(&two, &["--threads", "2"]);
    for name in
        ["weights.safetensors", "checkpoint.safetensors", "metrics.csv", "parameters.csv", "loss.svg", "graph.svg"]
    {
        assert!(read(format!("{one}/{name}")) == read(format!("{two}/{name}")), "{name} depends on the threads");
    }
    let metrics = String::from_utf8(read(format!("{one}/metrics.csv"))).unwrap();
    assert_eq!(metrics.lines().count(), 3);
    assert!(read(format!("{one}/loss.png")).starts_with(b"\x89PNG"));
    let graph = String::from_utf8(read(format!("{one}/graph.svg"))).unwrap();
    for part in ["AddmmBackward0", "ReluBackward0", "NllLossBackward0", "0.weight", "float32 [32, 64]"] {
        assert!(graph.contains(part), "{part} is missing in the graph");
    }
    let before = read(format!("{one}/weights.safetensors"));
    assert!(refused(&one, &["--seed", "1"]).contains("holds a run already\nhint: --resume"));
    assert!(read(format!("{one}/weights.safetensors")) == before);
    train(&one, &["--seed", "1", "--force", "--quiet"]);
    assert!(read(format!("{one}/weights.safetensors")) != before);
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    let folder = Scratch::new("resume");
    let (whole, parts) = (folder.path("whole"), folder.path("parts"));
    let sgd = ["--optimizer", "sgd", "--momentum", "0.9", "--lr", "0.05", "--quiet", "--epochs"];
    train(&whole, &[&sgd[..], &["3"]].concat());
    train(&parts, &[&sgd[..], &["1"]].concat());
    ok(&["train", "digits", "--resume", &parts, "--epochs", "3", "--quiet"]);
    for name in ["weights.safetensors", "checkpoint.safetensors", "metrics.csv"] {
        assert!(read(format!("{whole}/{name}")) == read(format!("{parts}/{name}")), "{name} differs");
    }
    let e = error(&["train", "digits", "--resume", &parts, "--lr", "0.5"]);
    assert!(e.contains("the run was started with --lr 0.05, not 0.5"), "{e}");
    assert!(error(&["train", "digits", "--resume", &folder.path("none")]).contains("there is no run to resume"));
    std::fs::write(format!("{parts}/checkpoint.safetensors"), b"damaged").unwrap();
    assert!(error(&["train", "digits", "--resume", &parts]).contains("checkpoint.safetensors"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_keeps_the_run() {
    let folder = Scratch::new("interrupt");
    let (cut, whole) = (folder.path("cut"), folder.path("whole"));
    let child = wengert(&["train", "digits", "--hidden", "32", "--epochs", "1000000", "--out", &cut])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The first checkpoint is there: it is under way.
    let start = Instant::now();
    while !std::path::Path::new(&format!("{cut}/checkpoint.safetensors")).exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "no checkpoint in a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let r: Run = child.wait_with_output().unwrap().into();
    assert_eq!(r.code, Some(130), "{r:?}");
    assert!(r.err.contains(&format!("wengert train digits --resume {cut} goes on from here")), "{}", r.err);
    let metrics = String::from_utf8(read(format!("{cut}/metrics.csv"))).unwrap();
    let epochs = metrics.lines().count() - 1;
    assert!(epochs > 0);
    // Going on from the middle of an epoch gives what would have come.
    let more = (epochs + 1).to_string();
    ok(&["train", "digits", "--resume", &cut, "--epochs", &more, "--quiet"]);
    ok(&["train", "digits", "--hidden", "32", "--epochs", &more, "--out", &whole, "--quiet"]);
    for name in ["weights.safetensors", "metrics.csv"] {
        assert!(read(format!("{whole}/{name}")) == read(format!("{cut}/{name}")), "{name} differs");
    }
}

#[test]
fn what_cannot_be_done_is_said_at_once() {
    let folder = Scratch::new("bad");
    let file = folder.write("file", "");
    assert!(refused(&format!("{file}/run"), &[]).contains("cannot make the run folder"));
    let out = folder.path("run");
    for (name, text, message) in [
        ("nan.csv", "1,2,0\n3,nan,1\n", "nan.csv:2: 'nan' in column 2 is not a finite number"),
        ("text.csv", "1,2,0\n3,x,1\n", "text.csv:2: 'x' in column 2 is not a number"),
        ("columns.csv", "1,2,0\n3,1\n", "columns.csv:2: there are 2 columns, but 3"),
        ("label.csv", "1,2,0\n3,4,0.5\n", "the label '0.5' is not an integer"),
        ("one.csv", "1,2,0\n3,4,0\n3,4,0\n", "there must be from 2"),
        ("empty.csv", "", "there are no samples"),
    ] {
        let e = refused(&out, &["--data", &folder.write(name, text)]);
        assert!(e.contains(message), "{name}: {e}");
    }
    assert!(refused(&out, &["--data", &folder.path("none.csv")]).contains("none.csv"));
    assert!(refused(&out, &["--data", folder.0.to_str().unwrap()]).contains("train-images-idx3-ubyte"));
    assert!(refused(&out, &["--lr", "-1"]).contains("--lr must be a positive number"));
    assert!(refused(&out, &["--threads", "0"]).contains("--threads must be"));
    assert!(!std::path::Path::new(&out).exists(), "nothing is made before all is well");
    let diverged =
        super::run(&["train", "digits", "--out", &out, "--epochs", "2", "--optimizer", "sgd", "--lr", "1e30"]);
    assert_eq!(diverged.code, Some(2), "{diverged:?}");
    assert!(diverged.err.contains("the loss is") && diverged.err.contains("a smaller --lr may help"), "{diverged:?}");
}

#[test]
fn own_data_in_both_formats() {
    let folder = Scratch::new("data");
    let mut csv = "a,b,label\n".to_string();
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for i in 0..60u8 {
        let (label, v) = (i % 3, (i % 3) * 100);
        csv += &format!("{},{},{label}\n", v, 255 - v);
        pixels.extend([v, 255 - v]);
        labels.push(label);
    }
    let csv = folder.write("points.csv", &csv);
    let idx = |kind: u8, sizes: &[u32], bytes: &[u8]| {
        let mut out = vec![0, 0, 8, kind];
        sizes.iter().for_each(|s| out.extend(s.to_be_bytes()));
        [out, bytes.to_vec()].concat()
    };
    std::fs::write(folder.0.join("train-images-idx3-ubyte"), idx(3, &[60, 1, 2], &pixels)).unwrap();
    std::fs::write(folder.0.join("train-labels-idx1-ubyte"), idx(1, &[60], &labels)).unwrap();
    let more = |data: &str, out: &str| {
        train(out, &["--data", data, "--epochs", "40", "--lr", "0.02", "--batch", "8", "--quiet"])
    };
    let (a, b) = (folder.path("a"), folder.path("b"));
    assert!(more(&csv, &a).starts_with("test accuracy 100.00 % (12 of 12"));
    more(folder.0.to_str().unwrap(), &b);
    assert!(read(format!("{a}/weights.safetensors")) == read(format!("{b}/weights.safetensors")));
    assert_eq!(run(&["train", "digits", "--resume", &a, "--data", folder.0.to_str().unwrap()]).code, Some(0));
}
