//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// PyTorch's autograd in Rust: train, differentiate, learn how it works.
#[derive(Parser, Debug)]
#[command(name = "wengert", version, subcommand_required = true, arg_required_else_help = true)]
#[command(after_help = "Examples:\n  \
    wengert train digits\n  \
    wengert grad '3*x**2 + 2*x*y + y**2' --at x=2,y=1 --order 2\n  \
    wengert tour")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Train a classifier and keep everything about the run in a folder
    Train(TrainArgs),
    /// Differentiate an expression at a point
    Grad(GradArgs),
    /// Lessons on automatic differentiation: a few lines of code each, and what they print
    Tour(TourArgs),
}

/// Directions of differentiation.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// From the result back to the variables: one sweep for all of them
    Reverse,
    /// From the variables to the result, along with the values: one sweep for each
    Forward,
}

/// `wengert grad`.
#[derive(Args, Debug)]
#[command(after_help = crate::grad::help())]
pub struct GradArgs {
    /// The expression, in Python's notation with PyTorch's functions
    #[arg(value_name = "EXPR", allow_hyphen_values = true)]
    pub expression: String,
    /// Values of the variables; each value is itself an expression
    #[arg(long, value_name = "x=2,y=pi/4", allow_hyphen_values = true)]
    pub at: Vec<String>,
    /// Derivatives up to this order
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub order: usize,
    /// Direction in which the chain rule runs
    #[arg(long, value_enum, default_value_t = Mode::Reverse)]
    pub mode: Mode,
    /// Show Wengert's list: each step with its value and its adjoint (reverse) or tangents (forward)
    #[arg(long)]
    pub steps: bool,
    /// Draw the recorded graph into an SVG file
    #[arg(long, value_name = "FILE.svg")]
    pub graph: Option<PathBuf>,
}

/// `wengert tour`.
#[derive(Args, Debug)]
pub struct TourArgs {
    /// One lesson, by name or number; without it, all of them in order
    pub lesson: Option<String>,
    /// Only list the lessons
    #[arg(long)]
    pub list: bool,
}

/// What can be learned.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Task {
    /// Handwritten digits
    Digits,
}

/// How weights are updated.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptimizerKind {
    /// Stochastic gradient descent
    Sgd,
    /// Adam
    Adam,
}

/// `wengert train`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  wengert train digits
  wengert train digits --optimizer sgd --lr 0.1 --momentum 0.9 --epochs 40
  wengert train digits --data my-digits.csv --hidden 128,64 --out runs/mine
  wengert train digits --resume --epochs 60

Data: without --data the 1,797 digits of 8x8 pixels that are part of this program (E. Alpaydin, C. Kaynak, 1998, UCI Machine Learning
Repository, CC BY 4.0). A CSV file has one example a line, the label last. A folder holds train-images-idx3-ubyte and
train-labels-idx1-ubyte (MNIST; also .gz); t10k-* are taken as the test set if they are there. Otherwise a fifth of the data, drawn
by the seed, is held out for the test.

The run folder: weights.safetensors, checkpoint.safetensors, metrics.csv, loss.svg, loss.png, graph.svg, parameters.csv.
The same seed gives the same weights, byte for byte, with any number of threads. Ctrl-C ends the run after the current step and
keeps it; --resume goes on as if nothing had happened.")]
pub struct TrainArgs {
    /// What to learn
    pub task: Task,
    /// CSV file, or folder with MNIST's files, instead of the built-in digits
    #[arg(long, value_name = "PATH")]
    pub data: Option<PathBuf>,
    /// Passes through the data [default: 30]
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,
    /// Examples a step [default: 32]
    #[arg(long, value_name = "N")]
    pub batch: Option<usize>,
    /// Learning rate [default: 0.001 for adam, 0.1 for sgd]
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    pub lr: Option<f64>,
    /// Width of each hidden layer [default: 128]
    #[arg(long, value_name = "N,...", value_delimiter = ',')]
    pub hidden: Option<Vec<usize>>,
    /// How weights are updated [default: adam]
    #[arg(long, value_enum)]
    pub optimizer: Option<OptimizerKind>,
    /// Momentum, for sgd [default: 0]
    #[arg(long, value_name = "M", allow_hyphen_values = true)]
    pub momentum: Option<f64>,
    /// L2 penalty on the weights [default: 0]
    #[arg(long, value_name = "W", allow_hyphen_values = true)]
    pub weight_decay: Option<f64>,
    /// Seed of weights, order and held-out examples [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Threads; the results do not depend on it [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// The run folder [default: runs/digits]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with the run in DIR (or in the run folder)
    #[arg(long, value_name = "DIR", num_args = 0..=1, conflicts_with = "force")]
    pub resume: Option<Option<PathBuf>>,
    /// Replace an earlier run in the run folder
    #[arg(long)]
    pub force: bool,
    /// No progress bar and no table, only the result
    #[arg(long, short)]
    pub quiet: bool,
}
