//! What `cargo xtask gen` writes from the operations' files.

pub(crate) mod docs;
mod methods;
