//! Everything that is tested from outside, in one binary.

mod anomaly;
mod bindings;
mod cases;
mod checkpoint;
mod deferral;
mod draw;
mod engine;
mod errors;
mod explain;
mod function;
mod gradcheck;
mod harness;
mod hooks;
mod in_place;
mod indexing;
mod place;
mod programs;
mod saved;
mod strides;
mod threads;
mod transforms;
mod twice;
