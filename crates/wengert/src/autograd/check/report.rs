//! What is found, in PyTorch's words, with the first wrong entry as a hint.

use super::coordinates::Place;
use crate::dtype::DType;
use crate::error::Error;
use crate::tensor::Tensor;

/// The result of a check.
pub type Verdict = Result<(), Failure>;

/// Why a check ends.
pub enum Failure {
    /// A derivative is wrong.
    Wrong(Error),
    /// The function cannot be checked.
    Other(Error),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Failure {
        Failure::Other(e)
    }
}

/// How the derivative that is compared with differences was computed.
#[derive(Clone, Copy)]
pub enum Mode {
    Backward,
    Forward,
}

impl Mode {
    /// PyTorch's words for it.
    fn words(self) -> &'static str {
        match self {
            Mode::Backward => "",
            Mode::Forward => "computed with forward mode ",
        }
    }
}

impl Failure {
    pub fn wrong(text: impl Into<String>) -> Failure {
        Failure::Wrong(Error::runtime(text))
    }

    pub fn hint(self, hint: impl Into<String>) -> Failure {
        match self {
            Failure::Wrong(e) => Failure::Wrong(e.hint(hint)),
            other => other,
        }
    }

    /// Entries of a Jacobian differ: those at the places `wrong`.
    pub fn mismatch(
        mode: Mode,
        output: (usize, &Tensor),
        input: (usize, &Tensor),
        (numerical, analytical): (&Jacobian, &Jacobian),
        wrong: &[usize],
    ) -> Failure {
        let text = format!(
            "{}numerical:{}\nanalytical:{}\n",
            head(mode, output.0, input.0),
            numerical.tensor(),
            analytical.tensor()
        );
        Failure::wrong(text).hint(place(
            output.1,
            input,
            (numerical, analytical),
            wrong[0],
            &format!(" ({} of {} entries differ)", wrong.len(), numerical.entries.len()),
        ))
    }

    /// The products of fast mode differ.
    pub fn fast_mismatch(
        mode: Mode,
        output: (usize, &Tensor),
        input: (usize, &Tensor),
        fast: (&str, &str),
        (numerical, analytical): (&Jacobian, &Jacobian),
    ) -> Failure {
        let gaps = numerical.entries.iter().zip(&analytical.entries).map(|(n, a)| (n - a).abs());
        let (worst, gap) = gaps.enumerate().fold((0, 0.0), |best, (i, gap)| if gap > best.1 { (i, gap) } else { best });
        let text = format!(
            "{}numerical:{}\nanalytical:{}\n\nThe above quantities relating the numerical and analytical jacobians are \
             computed in fast mode. Below, we recompute numerical and analytical jacobians in slow mode:\n\n\
             Numerical:\n {}\nAnalytical:\n{}\n\nThe max per-element difference (slow mode) is: {}.\n",
            head(mode, output.0, input.0),
            fast.0,
            fast.1,
            numerical.tensor(),
            analytical.tensor(),
            short(gap)
        );
        Failure::wrong(text).hint(place(output.1, input, (numerical, analytical), worst, ""))
    }
}

fn head(mode: Mode, o: usize, i: usize) -> String {
    format!("Jacobian {}mismatch for output {o} with respect to input {i},\n", mode.words())
}

/// Seven digits: differences have no more.
pub fn short(value: f64) -> String {
    format!("{:?}", format!("{value:.6e}").parse().unwrap_or(value))
}

/// An entry in words, with more about it, and what may be the reason.
fn place(
    y: &Tensor,
    (i, x): (usize, &Tensor),
    (numerical, analytical): (&Jacobian, &Jacobian),
    at: usize,
    more: &str,
) -> String {
    let (j, k) = (at / numerical.columns, at % numerical.columns);
    let mut text = format!(
        "d output{} / d input{} is {} numerically, {} analytically{more}",
        Place(k, y.shape()),
        Place(j, x.shape()),
        short(numerical.entries[at]),
        short(analytical.entries[at]),
    );
    if x.dtype() != DType::F64 {
        text +=
            &format!("; input {i} is {}, where differences are coarse: use torch.float64, or a larger eps", x.dtype());
    }
    text
}

/// Entry `[j, k]` is the derivative of output coordinate `k` by input coordinate `j`.
pub struct Jacobian {
    rows: usize,
    columns: usize,
    entries: Vec<f64>,
}

impl Jacobian {
    pub fn zeros(rows: usize, columns: usize) -> Jacobian {
        Jacobian { rows, columns, entries: vec![0.0; rows * columns] }
    }
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }
    /// The derivatives by input coordinate `j`.
    pub fn row(&mut self, j: usize) -> &mut [f64] {
        &mut self.entries[j * self.columns..][..self.columns]
    }
    pub fn row_of(&self, j: usize) -> &[f64] {
        &self.entries[j * self.columns..][..self.columns]
    }
    /// Sets the derivatives of output coordinate `k`.
    pub fn set_column(&mut self, k: usize, values: &[f64]) {
        for (j, &value) in values.iter().enumerate() {
            self.entries[j * self.columns + k] = value;
        }
    }
    /// For prints.
    fn tensor(&self) -> Tensor {
        Tensor::from_slice(&self.entries, &[self.rows, self.columns])
    }
}
