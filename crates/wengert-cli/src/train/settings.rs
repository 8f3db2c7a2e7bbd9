//! What a run is: every choice that its numbers depend on.

use crate::args::{OptimizerKind, TrainArgs};
use crate::error::{CliError, Result};
use clap::ValueEnum;
use std::path::PathBuf;
use wengert::io::Metadata;

/// The choices of a run. They are kept in its checkpoint.
#[derive(Clone, PartialEq, Debug)]
pub struct Settings {
    /// Passes through the data.
    pub epochs: usize,
    /// Examples a step.
    pub batch: usize,
    /// Learning rate.
    pub lr: f64,
    /// Width of each hidden layer.
    pub hidden: Vec<usize>,
    /// How weights are updated.
    pub optimizer: OptimizerKind,
    /// Momentum of SGD.
    pub momentum: f64,
    /// L2 penalty.
    pub weight_decay: f64,
    /// Seed of everything random.
    pub seed: u64,
    /// Data of the user, as an absolute path; else the built-in digits.
    pub data: Option<PathBuf>,
}

impl Settings {
    /// From the command line, with the defaults for what it leaves open.
    ///
    /// # Errors
    /// For values out of range.
    pub fn new(args: &TrainArgs) -> Result<Settings> {
        let optimizer = args.optimizer.unwrap_or(OptimizerKind::Adam);
        let lr = match optimizer {
            OptimizerKind::Adam => 1e-3,
            OptimizerKind::Sgd => 0.1,
        };
        let settings = Settings {
            epochs: args.epochs.unwrap_or(30),
            batch: args.batch.unwrap_or(32),
            lr: args.lr.unwrap_or(lr),
            hidden: args.hidden.clone().unwrap_or_else(|| vec![128]),
            optimizer,
            momentum: args.momentum.unwrap_or(0.0),
            weight_decay: args.weight_decay.unwrap_or(0.0),
            seed: args.seed.unwrap_or(0),
            data: args.data.as_ref().map(|p| std::path::absolute(p).unwrap_or_else(|_| p.clone())),
        };
        settings.check()?;
        Ok(settings)
    }

    /// Those of an earlier run, with what the command line changes.
    ///
    /// # Errors
    /// If it changes anything but the number of epochs and the place of the data: that would be another run.
    pub fn resumed(kept: &Settings, args: &TrainArgs) -> Result<Settings> {
        let mut settings = kept.clone();
        settings.epochs = args.epochs.unwrap_or(kept.epochs);
        if let Some(data) = &args.data {
            settings.data = Some(std::path::absolute(data).unwrap_or_else(|_| data.clone()));
        }
        let asked = kept.overridden(args);
        let changed = asked.to_metadata().into_iter().zip(kept.to_metadata()).find(|(new, old)| new != old);
        if let Some(((name, new), (_, old))) = changed {
            return Err(CliError::new(format!("the run was started with --{name} {old}, not {new}"))
                .hint("leave the option out to go on, or start another run with another --out"));
        }
        settings.check()?;
        Ok(settings)
    }

    /// With what the command line says about a run's identity.
    fn overridden(&self, args: &TrainArgs) -> Settings {
        let old = self.clone();
        Settings {
            batch: args.batch.unwrap_or(old.batch),
            lr: args.lr.unwrap_or(old.lr),
            hidden: args.hidden.clone().unwrap_or(old.hidden),
            optimizer: args.optimizer.unwrap_or(old.optimizer),
            momentum: args.momentum.unwrap_or(old.momentum),
            weight_decay: args.weight_decay.unwrap_or(old.weight_decay),
            seed: args.seed.unwrap_or(old.seed),
            ..old
        }
    }

    fn check(&self) -> Result<()> {
        let wrong = |option: &str, must: &str, is: String| {
            Err(CliError::new(format!("--{option} must be {must}, but is {is}")))
        };
        if self.epochs == 0 {
            return wrong("epochs", "at least 1", "0".to_string());
        }
        if self.batch == 0 {
            return wrong("batch", "at least 1", "0".to_string());
        }
        if !(self.lr > 0.0 && self.lr.is_finite()) {
            return wrong("lr", "a positive number", self.lr.to_string());
        }
        if let Some(n) = self.hidden.iter().find(|n| !(1..=65_536).contains(*n)) {
            return wrong("hidden", "widths from 1 to 65536", n.to_string());
        }
        if self.hidden.len() > 64 {
            return wrong("hidden", "at most 64 layers", self.hidden.len().to_string());
        }
        if !(0.0..1.0).contains(&self.momentum) {
            return wrong("momentum", "from 0 up to but without 1", self.momentum.to_string());
        }
        if self.momentum > 0.0 && self.optimizer == OptimizerKind::Adam {
            return Err(CliError::new("--momentum is an option of SGD; Adam has its own")
                .hint("add --optimizer sgd, or leave --momentum out"));
        }
        if !(self.weight_decay >= 0.0 && self.weight_decay.is_finite()) {
            return wrong("weight-decay", "a number that is not negative", self.weight_decay.to_string());
        }
        Ok(())
    }

    /// As strings, each under the name of its option.
    pub fn to_metadata(&self) -> Metadata {
        let hidden: Vec<String> = self.hidden.iter().map(usize::to_string).collect();
        let optimizer = self.optimizer.to_possible_value().expect("no kind is skipped");
        let mut out = Metadata::new();
        let mut put = |name: &str, value: String| out.insert(name.to_string(), value);
        put("epochs", self.epochs.to_string());
        put("batch", self.batch.to_string());
        put("lr", self.lr.to_string());
        put("hidden", hidden.join(","));
        put("optimizer", optimizer.get_name().to_string());
        put("momentum", self.momentum.to_string());
        put("weight-decay", self.weight_decay.to_string());
        put("seed", self.seed.to_string());
        if let Some(path) = &self.data {
            put("data", path.to_string_lossy().into_owned());
        }
        out
    }

    /// From [`Settings::to_metadata`]; `None` if something is missing or malformed.
    pub fn from_metadata(m: &Metadata) -> Option<Settings> {
        let settings = Settings {
            epochs: m.get("epochs")?.parse().ok()?,
            batch: m.get("batch")?.parse().ok()?,
            lr: m.get("lr")?.parse().ok()?,
            hidden: m.get("hidden")?.split(',').map(|n| n.parse().ok()).collect::<Option<_>>()?,
            optimizer: OptimizerKind::from_str(m.get("optimizer")?, false).ok()?,
            momentum: m.get("momentum")?.parse().ok()?,
            weight_decay: m.get("weight-decay")?.parse().ok()?,
            seed: m.get("seed")?.parse().ok()?,
            data: m.get("data").map(PathBuf::from),
        };
        settings.check().is_ok().then_some(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn args(options: &str) -> TrainArgs {
        let line = format!("wengert train digits {options}");
        match crate::args::Cli::parse_from(line.split_whitespace()).command {
            crate::args::Command::Train(a) => a,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn settings_survive_the_checkpoint() {
        let s = Settings::new(&args("--lr 0.05 --hidden 32,16 --optimizer sgd --momentum 0.9 --seed 7 --data x.csv"))
            .unwrap();
        assert_eq!(Settings::from_metadata(&s.to_metadata()), Some(s.clone()));
        assert_eq!(Settings::resumed(&s, &args("--epochs 50 --seed 7")).unwrap().epochs, 50);
        let e = Settings::resumed(&s, &args("--lr 0.1")).unwrap_err().to_string();
        assert!(e.contains("started with --lr 0.05, not 0.1"), "{e}");
    }

    #[test]
    fn senseless_settings_are_refused() {
        for (options, part) in [
            ("--epochs 0", "--epochs must be at least 1"),
            ("--lr -1", "--lr must be a positive number, but is -1"),
            ("--lr nan", "--lr must be"),
            ("--hidden 32,0", "--hidden must be"),
            ("--momentum 0.9", "--momentum is an option of SGD"),
            ("--optimizer sgd --momentum 1", "--momentum must be"),
            ("--weight-decay -0.1", "--weight-decay must be"),
        ] {
            let e = Settings::new(&args(options)).unwrap_err().to_string();
            assert!(e.contains(part), "{options}: {e}");
        }
    }
}
