//! Everything that is tested from outside, in one binary.

mod engine;
mod gradcheck;
mod harness;
