//! Saved tensors: hooks that fail, tensors that are gone or changed.

use super::{backward, fails, leaf, text};
use wengert::autograd::{SavedTensorsHooks, disable_saved_tensors_hooks, saved_tensors_hooks};
use wengert::{Error, Tensor, no_grad, ops};

fn identity() -> SavedTensorsHooks {
    SavedTensorsHooks::new(|t: &Tensor| Ok(t.clone()), |t| Ok(t.clone()))
}

#[test]
fn where_hooks_are_disabled() {
    let inside = disable_saved_tensors_hooks("not here", || saved_tensors_hooks(&identity(), || ())).unwrap();
    insta::assert_snapshot!(fails(inside), @"not here");
    let around = saved_tensors_hooks(&identity(), || disable_saved_tensors_hooks("not there", || ())).unwrap();
    insta::assert_snapshot!(fails(around), @"not there");
}

#[test]
fn hooks_that_fail() {
    let x = leaf();
    let writes = SavedTensorsHooks::new(|t: &Tensor| ops::add_(t, 1.0).map(|_| t.clone()), |t| Ok(t.clone()));
    insta::assert_snapshot!(fails(saved_tensors_hooks(&writes, || ops::exp(&x)).unwrap()), @r#"
    exp: A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform in-place operations on the input to a pack hook.
      hint: pack a clone of it
      at crates/wengert/tests/it/errors/saved.rs
    "#);
    let refuses = SavedTensorsHooks::new(|_| Err::<(), _>(Error::runtime("mine")), |_| unreachable!());
    insta::assert_snapshot!(fails(saved_tensors_hooks(&refuses, || ops::exp(&x)).unwrap()), @r#"
    exp: mine
      at crates/wengert/tests/it/errors/saved.rs
    "#);
    let reshapes = SavedTensorsHooks::new(|_| Ok(()), |_| Ok(Tensor::ones(&[4])));
    insta::assert_snapshot!(fails(backward(&saved_tensors_hooks(&reshapes, || x.exp()).unwrap())), @r#"
    a saved tensor unpack hook returned a tensor of shape [4] for one of shape [3]
      at crates/wengert/tests/it/errors/saved.rs
    "#);
    let lost = SavedTensorsHooks::new(|_| Ok(()), |_| Err(Error::io("it is gone")));
    insta::assert_snapshot!(fails(backward(&saved_tensors_hooks(&lost, || x.exp()).unwrap())), @r#"
    it is gone
      at crates/wengert/tests/it/errors/saved.rs
    "#);
}

#[test]
fn files() {
    let missing = fails(SavedTensorsHooks::on_disk_in("/nowhere/at/all"));
    // The folder's name has the process's number and a count in it.
    let (start, rest) = missing.split_once("saved-").unwrap();
    let text = format!("{start}saved-{}", rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-'));
    insta::assert_snapshot!(text, @"cannot make the folder /nowhere/at/all/wengert-saved-: No such file or directory (os error 2)");
    let folder = std::env::temp_dir().join(format!("wengert-errors-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let y = saved_tensors_hooks(&SavedTensorsHooks::on_disk_in(&folder).unwrap(), || leaf().exp()).unwrap();
    let own = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let file = own.join("0.safetensors");
    wengert::io::save(&file, [] as [(&str, Tensor); 0], &wengert::io::Metadata::default()).unwrap();
    let text = fails(backward(&y)).replace(&own.display().to_string(), "FOLDER");
    insta::assert_snapshot!(text, @r#"
    FOLDER/0.safetensors holds no tensor
      at crates/wengert/tests/it/errors/saved.rs
    "#);
    drop(y);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn hooks_of_one_saved_tensor() {
    let x = leaf();
    let y = &x * &x.exp();
    let saved = y.grad_fn().unwrap().saved_tensors();
    saved[0].register_hooks(&identity()).unwrap();
    insta::assert_snapshot!(fails(saved[0].register_hooks(&identity())), @"Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed at a time.");
    backward(&y).unwrap();
    insta::assert_snapshot!(fails(saved[1].register_hooks(&identity())), @"Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved variables after calling backward.");
    insta::assert_snapshot!(fails(saved[1].get()), @r#"
    Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.
      hint: the freed node is MulBackward0, made at crates/wengert/tests/it/errors/saved.rs
    "#);
}

#[test]
fn a_saved_tensor_that_was_overwritten() {
    let x = leaf();
    let y = &x * 2.0;
    let z = &y * &y;
    let saved = z.grad_fn().unwrap().saved_tensors();
    no_grad(|| ops::add_(&y, 1.0)).unwrap();
    insta::assert_snapshot!(fails(saved[0].get()), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of Mul, is at version 1; expected version 0 instead.
      hint: it was saved by MulBackward0 at crates/wengert/tests/it/errors/saved.rs and overwritten by add_ at crates/wengert/tests/it/errors/saved.rs; use the out-of-place form there, or write to a clone()
    "#);
    y.increment_version();
    insta::assert_snapshot!(text(backward(&z).unwrap_err()), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [3]], which is output 0 of Mul, is at version 2; expected version 0 instead.
      hint: it was saved by MulBackward0 at crates/wengert/tests/it/errors/saved.rs and overwritten by increment_version at crates/wengert/tests/it/errors/saved.rs; use the out-of-place form there, or write to a clone()
      at crates/wengert/tests/it/errors/saved.rs
    "#);
}
