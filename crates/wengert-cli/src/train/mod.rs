//! `wengert train`: a classifier, and a folder with everything about its run.

mod checkpoint;
mod data;
mod folder;
mod history;
mod interrupt;
mod model;
mod results;
mod session;
mod settings;

use crate::args::TrainArgs;
use crate::error::{CliError, Result};
use crate::output;
use crate::report;
use crate::style::Style;
use checkpoint::Checkpoint;
use data::Examples;
use folder::Folder;
use indicatif::{ProgressBar, ProgressStyle};
use session::{Outcome, Session};
use settings::Settings;
use std::path::{Path, PathBuf};
use std::time::Instant;
use wengert_nn::Module;

/// Where a run goes that is told nothing else.
const FOLDER: &str = "runs/digits";

/// `wengert train`.
pub fn run(args: &TrainArgs) -> Result<()> {
    if let Some(n) = args.threads {
        if !(1..=1024).contains(&n) {
            return Err(CliError::new(format!("--threads must be from 1 to 1024, but is {n}")));
        }
        wengert::set_num_threads(n);
    }
    let path = run_folder(args)?;
    let kept = args.resume.as_ref().map(|_| Checkpoint::load(&path.join(folder::CHECKPOINT))).transpose()?;
    let settings = match &kept {
        Some(c) => Settings::resumed(&c.settings, args)?,
        None => Settings::new(args)?,
    };
    if let Some(c) = kept.as_ref().filter(|c| c.position.epoch > settings.epochs) {
        return Err(CliError::new(format!("the run has {} epochs already", c.position.epoch)));
    }
    let examples = Examples::load(&settings)?;
    let folder = if kept.is_some() { Folder::open(&path)? } else { Folder::create(&path, args.force)? };
    let mut session = Session::new(settings, examples, kept.as_ref())?;
    interrupt::listen()?;
    train(&mut session, &folder, args)
}

/// The folder that the options name.
fn run_folder(args: &TrainArgs) -> Result<PathBuf> {
    let resumed = args.resume.clone().flatten();
    match (&args.out, resumed) {
        (Some(out), Some(dir)) if *out != dir => Err(CliError::new(format!(
            "--resume {} goes on in that folder, not in --out {}",
            dir.display(),
            out.display()
        ))),
        (_, Some(dir)) => Ok(dir),
        (Some(out), None) => Ok(out.clone()),
        (None, None) => Ok(Path::new(FOLDER).to_path_buf()),
    }
}

fn train(session: &mut Session, folder: &Folder, args: &TrainArgs) -> Result<()> {
    let style = Style::stdout();
    let (steps, epochs) = (session.steps(), session.settings.epochs);
    let done = session.position.epoch * steps + session.position.step;
    if !args.quiet {
        output::print(&headline(session, style))?;
    }
    let bar = if args.quiet { ProgressBar::hidden() } else { ProgressBar::new((epochs * steps) as u64) };
    let look = "{bar:32} {percent:>3} %  epoch {msg}  {elapsed} of about {duration}";
    bar.set_style(ProgressStyle::with_template(look).expect("the template is well formed").progress_chars("=> "));
    bar.set_position(done as u64);
    bar.reset_eta();
    bar.set_message((session.position.epoch + 1).min(epochs).to_string());
    let start = Instant::now();
    let result = session.train(
        folder,
        |_| bar.inc(1),
        |s| {
            bar.set_message((s.position.epoch + 1).min(epochs).to_string());
            if args.quiet { Ok(()) } else { bar.suspend(|| output::print(&line(s))) }
        },
    );
    bar.finish_and_clear();
    let outcome = result?;
    let seconds = start.elapsed().as_secs_f64();
    let norms = results::write(session, folder)?;
    if outcome == Outcome::Interrupted {
        return Err(interrupted(session, folder, args));
    }
    let accuracy = session.history.last().map_or(0.0, |e| e.test_accuracy);
    let mut text = String::new();
    if !args.quiet {
        text += &format!("\n{}\n", report::parameters(&norms));
    }
    text += &format!(
        "test accuracy {} ({} of {}) after {epochs} epochs, {seconds:.1} s; the run is in {}\n",
        style.bold(&percent(accuracy)),
        (accuracy * session.examples.test.len() as f64).round(),
        session.examples.test.len(),
        folder.display()
    );
    output::print(&text)
}

fn headline(session: &Session, style: Style) -> String {
    let (train, test) = (&session.examples.train, &session.examples.test);
    let layers: Vec<String> = std::iter::once(train.num_features())
        .chain(session.settings.hidden.iter().copied())
        .chain([train.num_classes()])
        .map(|n| n.to_string())
        .collect();
    let mut text = format!(
        "{} training and {} test examples; layers {}, {} parameters\n",
        train.len(),
        test.len(),
        layers.join(" > "),
        session.model.num_parameters()
    );
    if session.position.epoch + session.position.step > 0 {
        text += &format!("going on after {} epochs and {} steps\n", session.position.epoch, session.position.step);
    }
    text + &style.dim("epoch   training loss   accuracy   test loss   accuracy") + "\n"
}

/// The line of the last epoch.
fn line(session: &Session) -> String {
    let Some(e) = session.history.last() else { return String::new() };
    format!(
        "{:5}   {:13.4}   {:>8}   {:9.4}   {:>8}\n",
        session.history.len(),
        e.train_loss,
        percent(e.train_accuracy),
        e.test_loss,
        percent(e.test_accuracy)
    )
}

fn percent(part: f64) -> String {
    format!("{:.2} %", part * 100.0)
}

fn interrupted(session: &Session, folder: &Folder, args: &TrainArgs) -> CliError {
    let p = session.position;
    let named = args.out.is_some() || args.resume.as_ref().is_some_and(Option::is_some);
    let place = if named { format!(" {}", folder.display()) } else { String::new() };
    CliError::interrupted(format!(
        "after {} of {} epochs and {} of {} steps; everything is kept in {}",
        p.epoch,
        session.settings.epochs,
        p.step,
        session.steps(),
        folder.display()
    ))
    .hint(format!("wengert train digits --resume{place} goes on from here"))
}
