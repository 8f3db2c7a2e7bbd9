//! Dropout.

use crate::{Members, Mode, Module};
use wengert::random::{self, Generator};
use wengert::{Error, Result, Tensor};

/// While training, each element is zeroed with probability `p` and the others are divided by `1 - p`; in use, nothing happens.
///
/// N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 15, 2014. After
/// <https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html>.
#[derive(Debug)]
pub struct Dropout {
    p: f64,
    generator: Option<Generator>,
    mode: Mode,
}

impl Dropout {
    /// With this probability, and numbers from the default generator.
    ///
    /// # Errors
    /// If `p` is not between 0 and 1.
    pub fn new(p: f64) -> Result<Dropout> {
        if !(0.0..=1.0).contains(&p) {
            return Err(Error::value(format!("dropout probability has to be between 0 and 1, but got {p}")));
        }
        Ok(Dropout { p, generator: None, mode: Mode::default() })
    }

    /// The same with a generator of its own.
    pub fn with_generator(self, generator: Generator) -> Dropout {
        Dropout { generator: Some(generator), ..self }
    }
}

impl Module for Dropout {
    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        random::dropout(input, self.p, self.mode.is_training(), self.generator.as_ref())
    }
    fn members(&self) -> Members<'_> {
        Members::new().mode(&self.mode)
    }
    fn extra_repr(&self) -> String {
        format!("p={}, inplace=False", self.p)
    }
}
