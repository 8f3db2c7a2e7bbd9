//! The engine: accumulation, freeing, retaining, deep graphs.

use wengert::autograd::{self, Options};
use wengert::{Tensor, no_grad, ops, tensor};

fn panic_text(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let e = std::panic::catch_unwind(f).expect_err("it must panic");
    e.downcast_ref::<String>().cloned().unwrap_or_else(|| e.downcast_ref::<&str>().unwrap().to_string())
}

#[test]
fn gradients_of_two_uses_add_up() {
    let x = tensor!([2.0, 3.0]).requires_grad_(true);
    let y = &x * &x + 3.0 * &x;
    ops::sum(&y).unwrap().backward();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [7.0, 9.0]);
    assert_eq!(y.to_string(), "tensor([10., 18.], grad_fn=<AddBackward0>)");
}

#[test]
fn second_derivative() {
    let x = tensor!(3.0).requires_grad_(true);
    let y = &x * &x * &x;
    let g = autograd::grad_with(&[&y], &[&x], None, Options::create_graph()).unwrap()[0].clone().unwrap();
    assert_eq!(g.item(), 27.0);
    let gg = autograd::grad(&[&g], &[&x]);
    assert_eq!(gg[0].item(), 18.0);
}

#[test]
fn a_freed_graph_says_so() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = &x * &x;
    y.backward();
    let text = panic_text(|| y.backward());
    assert!(text.contains("Trying to backward through the graph a second time"), "{text}");
    assert!(text.contains("engine.rs"), "{text}");
    assert_eq!(x.grad().unwrap().item(), 4.0);
}

#[test]
fn a_stale_saved_tensor_names_both_lines() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = &x * 2.0;
    let z = &y * &y;
    let line = line!() + 1;
    ops::add_(&y, 1.0).unwrap();
    let text = panic_text(|| z.backward());
    assert!(text.contains("has been modified by an inplace operation"), "{text}");
    assert!(text.contains("is at version 1; expected version 0 instead"), "{text}");
    assert!(text.contains(&format!("overwritten by add_ at crates/wengert/tests/it/engine.rs:{line}")), "{text}");
    assert!(text.contains("saved by MulBackward0 at crates/wengert/tests/it/engine.rs"), "{text}");
}

#[test]
fn in_place_is_part_of_the_graph() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = &x * 3.0;
    ops::mul_(&y, &x).unwrap();
    y.backward();
    assert_eq!(x.grad().unwrap().item(), 12.0);
    let leaf = panic_text(|| {
        ops::add_(&x, 1.0).map_err(|e| panic!("{e}")).unwrap();
    });
    assert!(leaf.contains("a leaf Variable that requires grad is being used in an in-place operation."), "{leaf}");
    no_grad(|| ops::add_(&x, 1.0)).unwrap();
    assert_eq!(x.item(), 3.0);
}

#[test]
fn an_in_place_operand_that_is_overwritten_says_so() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = &x * 3.0;
    ops::mul_(&y, &y).unwrap();
    let text = panic_text(|| y.backward());
    assert!(text.contains("has been modified by an inplace operation"), "{text}");
    // What an in-place comparison overwrites gets the gradient zero.
    let y = &x * 3.0;
    ops::eq_(&y, 6.0).unwrap();
    assert_eq!(y.to_string(), "tensor([1.], grad_fn=<EqBackward1>)");
    y.backward();
    assert_eq!(x.grad().unwrap().item(), 0.0);
}

#[test]
fn a_million_additions_on_a_small_stack() {
    let run = || {
        let x = tensor!([1.0]).requires_grad_(true);
        let mut y = &x + 0.0;
        for _ in 0..1_000_000 {
            y = &y + &x;
        }
        assert_eq!(y.item(), 1_000_001.0);
        y.backward();
        assert_eq!(x.grad().unwrap().item(), 1_000_001.0);
        drop(y);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn retained_and_wanted_gradients() {
    let x = tensor!([2.0]).requires_grad_(true);
    let y = &x * 3.0;
    y.retain_grad();
    let z = &y * &y;
    z.backward_with(None, Options::retain_graph()).unwrap();
    assert_eq!(y.grad().unwrap().item(), 12.0);
    let g = autograd::grad(&[&z], &[&y, &x]);
    assert_eq!((g[0].item(), g[1].item()), (12.0, 36.0));
    let other = Tensor::ones(&[1]).requires_grad_(true);
    let w = &x * 1.0;
    let e = autograd::grad_with(&[&w], &[&other], None, Options::default()).unwrap_err();
    assert!(e.message().contains("appears to not have been used in the graph"));
}

#[test]
fn a_write_that_is_refused_changes_nothing() {
    let base = Tensor::zeros(&[2, 2]);
    let row = no_grad(|| base.select(0, 0));
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let e = ops::copy_(&row, &x).unwrap_err();
    assert!(e.message().starts_with("A view was created in no_grad mode and is being modified inplace"), "{e}");
    assert_eq!((base.to_vec::<f32>(), base.version(), base.requires_grad()), (vec![0.0; 4], 0, false));
    no_grad(|| ops::copy_(&row, &x)).unwrap();
    assert_eq!(base.to_vec::<f32>(), [1.0, 2.0, 0.0, 0.0]);
    // A copy onto itself changes nothing.
    ops::copy_(&base, &base).unwrap();
    assert_eq!(base.to_vec::<f32>(), [1.0, 2.0, 0.0, 0.0]);
}
