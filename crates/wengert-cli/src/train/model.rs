//! The network and its optimizer.

use super::settings::Settings;
use crate::args::OptimizerKind;
use crate::error::Result;
use wengert::Generator;
use wengert_nn::optim::{Adam, AdamOptions, Optimizer, SGD, SGDOptions};
use wengert_nn::{Linear, LinearOptions, Module, ReLU, Sequential};

/// Linear layers with ReLU between them; the weights depend on the seed alone.
pub fn network(settings: &Settings, features: usize, classes: usize) -> Sequential {
    let options = LinearOptions { generator: Some(Generator::new(settings.seed)), ..Default::default() };
    let mut model = Sequential::new();
    let mut width = features;
    for &n in &settings.hidden {
        model.push(Linear::with_options(width, n, &options));
        model.push(ReLU);
        width = n;
    }
    model.push(Linear::with_options(width, classes, &options));
    model
}

/// The optimizer of a network's parameters.
pub fn optimizer(settings: &Settings, model: &dyn Module) -> Result<Box<dyn Optimizer>> {
    let Settings { lr, momentum, weight_decay, .. } = *settings;
    let parameters = model.parameters();
    Ok(match settings.optimizer {
        OptimizerKind::Sgd => {
            Box::new(SGD::new(parameters, SGDOptions { lr, momentum, weight_decay, ..Default::default() })?)
        }
        OptimizerKind::Adam => Box::new(Adam::new(parameters, AdamOptions { lr, weight_decay, ..Default::default() })?),
    })
}
