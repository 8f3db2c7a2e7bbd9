//! Hooks that cannot be registered, and what hooks may not return.

use super::{backward, fails, leaf};
use wengert::autograd::{MultiGradMode, register_multi_grad_hook};
use wengert::{DType, Error, Tensor, ops, tensor};

#[test]
fn where_no_gradient_arrives() {
    let plain = tensor!([1.0]);
    insta::assert_snapshot!(fails(plain.try_register_hook(|_| Ok(None))), @"cannot register a hook on a tensor that doesn't require gradient");
    insta::assert_snapshot!(fails(plain.try_register_post_accumulate_grad_hook(|_| Ok(()))), @"cannot register a hook on a tensor that doesn't require gradient");
    insta::assert_snapshot!(fails((leaf() * 2.0).try_register_post_accumulate_grad_hook(|_| Ok(()))), @r#"
    post accumulate grad hooks cannot be registered on non-leaf tensors
      hint: register_hook gets the gradient of any tensor
    "#);
    let multi = register_multi_grad_hook(&[&leaf(), &plain], MultiGradMode::All, |_| Ok(()));
    insta::assert_snapshot!(fails(multi), @r#"
    Expected gradient function to be set
      hint: every tensor of a multi-grad hook must require grad
    "#);
}

#[test]
fn hooks_of_tensors() {
    let with = |hook: fn(&Tensor) -> Tensor| {
        let y = leaf() * 2.0;
        y.register_hook(move |g| Some(hook(g)));
        fails(backward(&y))
    };
    insta::assert_snapshot!(with(|g| g.i(..2)), @r#"
    hook '<lambda>' has changed the size of value
      hint: the gradient has shape [3], the hook gave [2]
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
    insta::assert_snapshot!(with(|g| ops::to_dtype(g, DType::F64).unwrap()), @r#"
    hook '<lambda>' has changed the type of value (was torch.FloatTensor got torch.DoubleTensor)
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
    let y = leaf() * 2.0;
    y.try_register_hook(|_| Err(Error::value("not today"))).unwrap();
    insta::assert_snapshot!(fails(backward(&y)), @r#"
    not today
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
}

#[test]
fn hooks_of_nodes() {
    let after = |hook: fn(&[Option<Tensor>]) -> Vec<Option<Tensor>>| {
        let y = leaf() * tensor!([1.0, 2.0, 3.0]);
        y.grad_fn().unwrap().register_hook(move |inputs, _| Some(hook(inputs)));
        fails(backward(&y))
    };
    insta::assert_snapshot!(after(|_| Vec::new()), @r#"
    hook '<lambda>' has returned an incorrect number of values (got 0, but expected 2)
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
    insta::assert_snapshot!(after(|g| vec![g[0].clone(), g[0].clone()]), @r#"
    can't replace a None gradient with a non-None value
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
    insta::assert_snapshot!(after(|_| vec![Some(Tensor::ones(&[4])), None]), @r#"
    hook '<lambda>' has changed the size of value
      hint: the gradient has shape [3], the hook gave [4]
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
    let y = leaf() * 2.0;
    y.grad_fn().unwrap().register_prehook(|g| Some([g, g].concat()));
    insta::assert_snapshot!(fails(backward(&y)), @r#"
    hook '<lambda>' has returned an incorrect number of values (got 2, but expected 1)
      note: the hook of MulBackward0, made at crates/wengert/tests/it/errors/hooks.rs, was registered at crates/wengert/tests/it/errors/hooks.rs
      at crates/wengert/tests/it/errors/hooks.rs
    "#);
}
