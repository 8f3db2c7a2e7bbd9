//! Neural networks with wengert: modules, initializers, optimizers with schedules, data sets, after `torch.nn`, `torch.optim` and
//! `torch.utils.data`.
//!
//! ```
//! use wengert::{manual_seed, ops};
//! use wengert_nn::data::{self, Dataset};
//! use wengert_nn::optim::{Adam, AdamOptions, Optimizer};
//! use wengert_nn::{Linear, Module, ReLU, sequential};
//!
//! manual_seed(0);
//! let model = sequential![Linear::new(64, 32), ReLU, Linear::new(32, 10)];
//! let mut optimizer = Adam::new(model.parameters(), AdamOptions { lr: 1e-2, ..Default::default() })?;
//! let digits = data::digits()?;
//! for (x, y) in digits.shuffled_batches(256, 0, 0) {
//!     let loss = ops::cross_entropy(&model.call(&x), &y, Default::default())?;
//!     optimizer.zero_grad();
//!     loss.backward();
//!     optimizer.step();
//! }
//! # Ok::<(), wengert::Error>(())
//! ```
#![warn(missing_docs)]

pub mod data;
pub mod init;
pub mod layers;
pub mod module;
pub mod optim;

pub use layers::{Dropout, Flatten, GELU, LayerNorm, Linear, LinearOptions, ReLU, Sequential, Sigmoid, Tanh};
pub use module::{Member, Members, Mode, Module, Parameter};

#[cfg(test)]
mod recorded;
