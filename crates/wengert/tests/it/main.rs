//! Everything that is tested from outside, in one binary.

mod engine;
mod indexing;
mod gradcheck;
mod harness;
