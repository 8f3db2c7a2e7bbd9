//! What `cargo xtask gen` writes from the operations' files.

mod methods;
