//! Everything a run needs to go on, in one safetensors file.

use super::history::{self, Epoch};
use super::settings::Settings;
use crate::error::{CliError, Result};
use std::path::Path;
use wengert::io::{self, Metadata, Tensors};
use wengert_nn::Module;
use wengert_nn::optim::Optimizer;

/// The version of the checkpoint, under this name in its metadata.
const FORMAT: (&str, &str) = ("format", "wengert run 1");

/// Where a run stands, between two steps. Order and weights depend on the seed and the epoch alone, so there is no random state to keep.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Position {
    /// Complete epochs.
    pub epoch: usize,
    /// Steps made in the epoch after these.
    pub step: usize,
    /// Examples seen in these steps, their summed loss, and how many were recognized.
    pub seen: usize,
    /// See `seen`.
    pub loss: f64,
    /// See `seen`.
    pub correct: usize,
}

/// What is read from a checkpoint.
pub struct Checkpoint {
    /// The run's choices.
    pub settings: Settings,
    /// Where it stands.
    pub position: Position,
    /// Of the data it was started with.
    pub fingerprint: u64,
    /// The complete epochs.
    pub history: Vec<Epoch>,
    model: Tensors,
    optimizer: Tensors,
}

/// Writes a checkpoint, whole or not at all.
pub fn save(
    path: &Path,
    settings: &Settings,
    position: &Position,
    fingerprint: u64,
    history: &[Epoch],
    model: &dyn Module,
    optimizer: &dyn Optimizer,
) -> Result<()> {
    let mut metadata = settings.to_metadata();
    let mut put = |name: &str, value: String| metadata.insert(name.to_string(), value);
    put(FORMAT.0, FORMAT.1.to_string());
    put("fingerprint", format!("{fingerprint:016x}"));
    put("position.epoch", position.epoch.to_string());
    put("position.step", position.step.to_string());
    put("position.seen", position.seen.to_string());
    put("position.loss", format!("{:016x}", position.loss.to_bits()));
    put("position.correct", position.correct.to_string());
    let model = model.state_dict().into_iter().map(|(name, t)| (format!("model.{name}"), t));
    let optimizer = optimizer.state_dict().into_iter().map(|(name, t)| (format!("optimizer.{name}"), t));
    let history = [("history".to_string(), history::to_tensor(history))];
    Ok(io::save(path, model.chain(optimizer).chain(history), &metadata)?)
}

impl Checkpoint {
    /// Reads a checkpoint.
    ///
    /// # Errors
    /// If there is none, or it is not one of ours.
    pub fn load(path: &Path) -> Result<Checkpoint> {
        if !path.exists() {
            return Err(CliError::new(format!("there is no run to resume: {} does not exist", path.display())));
        }
        let (mut tensors, metadata) = io::load_with_metadata(path)?;
        let damaged = || CliError::new(format!("{} is no checkpoint of this program", path.display()));
        if metadata.get(FORMAT.0).map(String::as_str) != Some(FORMAT.1) {
            return Err(damaged());
        }
        let history = tensors.remove("history").ok_or_else(damaged)?;
        let mut part = |prefix: &str| {
            let mut out = Tensors::new();
            tensors.retain(|name, t| match name.strip_prefix(prefix) {
                Some(rest) => {
                    out.insert(rest.to_string(), t.clone());
                    false
                }
                None => true,
            });
            out
        };
        let checkpoint = Checkpoint {
            settings: Settings::from_metadata(&metadata).ok_or_else(damaged)?,
            position: position(&metadata).ok_or_else(damaged)?,
            fingerprint: hexadecimal(&metadata, "fingerprint").ok_or_else(damaged)?,
            history: history::from_tensor(&history)?,
            model: part("model."),
            optimizer: part("optimizer."),
        };
        if checkpoint.history.len() != checkpoint.position.epoch {
            return Err(damaged());
        }
        Ok(checkpoint)
    }

    /// Puts its state into a network and an optimizer.
    ///
    /// # Errors
    /// If they are not those it was made of.
    pub fn restore(&self, model: &dyn Module, optimizer: &mut dyn Optimizer) -> Result<()> {
        model.load_state_dict(&self.model)?;
        Ok(optimizer.load_state_dict(&self.optimizer)?)
    }
}

fn hexadecimal(m: &Metadata, name: &str) -> Option<u64> {
    u64::from_str_radix(m.get(name)?, 16).ok()
}

fn position(m: &Metadata) -> Option<Position> {
    Some(Position {
        epoch: m.get("position.epoch")?.parse().ok()?,
        step: m.get("position.step")?.parse().ok()?,
        seen: m.get("position.seen")?.parse().ok()?,
        loss: f64::from_bits(hexadecimal(m, "position.loss")?),
        correct: m.get("position.correct")?.parse().ok()?,
    })
}
