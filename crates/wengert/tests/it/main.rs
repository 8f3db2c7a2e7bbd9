//! Everything that is tested from outside, in one binary.

mod draw;
mod engine;
mod indexing;
mod gradcheck;
mod harness;
