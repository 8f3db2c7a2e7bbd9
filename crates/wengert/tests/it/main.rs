//! Everything that is tested from outside, in one binary.

mod deferral;
mod draw;
mod engine;
mod gradcheck;
mod harness;
mod indexing;
mod programs;
