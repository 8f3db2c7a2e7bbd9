//! What one thread did to a graph, as another one is told.

use super::{backward, fails, leaf};
use std::thread::scope;
use wengert::ops;

#[test]
fn lines_of_other_threads() {
    let x = leaf();
    let y = x.exp();
    scope(|s| s.spawn(|| backward(&y)).join().unwrap()).unwrap();
    insta::assert_snapshot!(fails(backward(&y)), @r#"
    Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.
      hint: the freed node is ExpBackward0, made at crates/wengert/tests/it/errors/threads.rs
      at crates/wengert/tests/it/errors/threads.rs
    "#);
    let z = x.exp();
    scope(|s| s.spawn(|| ops::add_(&z, 1.0).map(drop)).join().unwrap()).unwrap();
    insta::assert_snapshot!(fails(backward(&z)), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of Exp, is at version 1; expected version 0 instead.
      hint: it was saved by ExpBackward0 at crates/wengert/tests/it/errors/threads.rs and overwritten by add_ at crates/wengert/tests/it/errors/threads.rs; use the out-of-place form there, or write to a clone()
      at crates/wengert/tests/it/errors/threads.rs
    "#);
}
