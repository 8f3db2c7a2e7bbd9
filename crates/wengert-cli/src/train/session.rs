//! A run in progress: network, optimizer, data, and where it stands.

use super::checkpoint::{self, Checkpoint, Position};
use super::data::Examples;
use super::folder::{self, Folder};
use super::history::{self, Epoch};
use super::settings::Settings;
use super::{interrupt, model};
use crate::error::{CliError, Result};
use std::time::{Duration, Instant};
use wengert::{Tensor, no_grad, ops};
use wengert_nn::data::Dataset;
use wengert_nn::optim::Optimizer;
use wengert_nn::{Module, Sequential};

/// Examples that are computed at once where no step follows.
const MANY: usize = 1024;
/// A checkpoint is written after an epoch if the last one is older than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// A run.
pub struct Session {
    /// Its choices.
    pub settings: Settings,
    /// Its data.
    pub examples: Examples,
    /// The network.
    pub model: Sequential,
    /// Complete epochs.
    pub history: Vec<Epoch>,
    /// Where it stands.
    pub position: Position,
    optimizer: Box<dyn Optimizer>,
}

/// How training ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All epochs are complete.
    Complete,
    /// Somebody wanted to stop.
    Interrupted,
}

impl Session {
    /// A run at its beginning, or where the checkpoint was written.
    ///
    /// # Errors
    /// If the checkpoint is of other data.
    pub fn new(settings: Settings, examples: Examples, checkpoint: Option<&Checkpoint>) -> Result<Session> {
        let model = model::network(&settings, examples.train.num_features(), examples.train.num_classes());
        let mut optimizer = model::optimizer(&settings, &model)?;
        let (mut history, mut position) = (Vec::new(), Position::default());
        if let Some(c) = checkpoint {
            if c.fingerprint != examples.fingerprint {
                return Err(CliError::new("the data are not those that the run was started with"));
            }
            c.restore(&model, &mut *optimizer)?;
            history.clone_from(&c.history);
            position = c.position;
        }
        Ok(Session { settings, examples, model, history, position, optimizer })
    }

    /// Steps of an epoch.
    pub fn steps(&self) -> usize {
        self.examples.train.len().div_ceil(self.settings.batch)
    }

    /// The loss on some examples, with its graph, and the scores it was computed from.
    pub fn loss(&self, x: &Tensor, y: &Tensor) -> Result<(Tensor, Tensor)> {
        let scores = self.model.forward(x)?;
        Ok((ops::cross_entropy(&scores, y, ops::CrossEntropyOptions::default())?, scores))
    }

    /// Trains to the end, or until somebody wants to stop. `step` is called after each step, `epoch` after each epoch. The folder has a
    /// checkpoint of the state in which this returns, unless that cannot be written.
    ///
    /// # Errors
    /// If the loss is no number any more, or a checkpoint cannot be written.
    pub fn train(
        &mut self,
        folder: &Folder,
        step: impl Fn(&Self),
        epoch: impl Fn(&Self) -> Result<()>,
    ) -> Result<Outcome> {
        let mut saved = Instant::now();
        while self.position.epoch < self.settings.epochs {
            let outcome = self.epoch(&step)?;
            if outcome == Outcome::Interrupted {
                self.save(folder)?;
                return Ok(outcome);
            }
            if saved.elapsed() > PATIENCE {
                self.save(folder)?;
                saved = Instant::now();
            }
            epoch(self)?;
        }
        self.save(folder)?;
        Ok(Outcome::Complete)
    }

    /// The rest of the current epoch.
    fn epoch(&mut self, step: &impl Fn(&Self)) -> Result<Outcome> {
        let Settings { batch, seed, .. } = self.settings;
        let train = self.examples.train.clone();
        for (x, y) in train.shuffled_batches(batch, seed, self.position.epoch as u64).skip(self.position.step) {
            if interrupt::requested() {
                return Ok(Outcome::Interrupted);
            }
            self.step(&x, &y)?;
            step(self);
        }
        let Position { seen, loss, correct, epoch, .. } = self.position;
        let (test_loss, test_accuracy) = self.evaluate(&self.examples.test)?;
        self.history.push(Epoch {
            train_loss: loss / seen as f64,
            train_accuracy: correct as f64 / seen as f64,
            test_loss,
            test_accuracy,
        });
        self.position = Position { epoch: epoch + 1, ..Position::default() };
        Ok(Outcome::Complete)
    }

    fn step(&mut self, x: &Tensor, y: &Tensor) -> Result<()> {
        self.optimizer.zero_grad();
        let (loss, scores) = self.loss(x, y)?;
        let value = loss.item();
        if !value.is_finite() {
            return Err(CliError::new(format!(
                "the loss is {value} in step {} of epoch {}",
                self.position.step + 1,
                self.position.epoch + 1
            ))
            .hint("training has diverged; a smaller --lr may help"));
        }
        loss.backward();
        self.optimizer.step();
        let n = y.numel();
        self.position.step += 1;
        self.position.seen += n;
        self.position.loss += value * n as f64;
        self.position.correct += correct(&scores, y)?;
        Ok(())
    }

    /// Mean loss and part of the examples that are recognized.
    pub fn evaluate(&self, data: &Dataset) -> Result<(f64, f64)> {
        no_grad(|| {
            let (mut sum, mut right) = (0.0, 0);
            for (x, y) in data.batches(MANY) {
                let (loss, scores) = self.loss(&x, &y)?;
                sum += loss.item() * y.numel() as f64;
                right += correct(&scores, &y)?;
            }
            Ok((sum / data.len() as f64, right as f64 / data.len() as f64))
        })
    }

    /// Sets every parameter's gradient to that of the mean loss on all training examples, accumulated part by part.
    pub fn full_gradient(&self) -> Result<()> {
        self.optimizer.zero_grad();
        let n = self.examples.train.len() as f64;
        for (x, y) in self.examples.train.batches(MANY) {
            let (loss, _) = self.loss(&x, &y)?;
            ops::mul(&loss, y.numel() as f64 / n)?.backward();
        }
        Ok(())
    }

    /// Writes checkpoint and metrics.
    pub fn save(&self, folder: &Folder) -> Result<()> {
        checkpoint::save(
            &folder.file(folder::CHECKPOINT),
            &self.settings,
            &self.position,
            self.examples.fingerprint,
            &self.history,
            &self.model,
            &*self.optimizer,
        )?;
        folder.write(folder::METRICS, history::csv(&self.history))
    }
}

/// How many examples have their label as the highest score.
fn correct(scores: &Tensor, y: &Tensor) -> Result<usize> {
    no_grad(|| {
        let hit = ops::eq(&ops::argmax_dim(scores, 1, false)?, y)?;
        Ok(ops::sum(&hit)?.item() as usize)
    })
}
