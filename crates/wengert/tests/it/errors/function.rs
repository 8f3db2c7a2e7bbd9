//! Functions of the user's own: what forward, backward, jvp and vmap may not do.

use super::{backward, fails, leaf};
use wengert::autograd::{self, Batched, Context, ForwardContext, Function, Options, VmapInfo};
use wengert::func::{jvp, vmap};
use wengert::{Error, Result, Tensor, ops, tensor};

type Grads = Vec<Option<Tensor>>;

/// Twice the first input, and what the test makes of it.
struct Twice {
    forward: fn(&mut ForwardContext, &[&Tensor]) -> Result<Vec<Tensor>>,
    backward: fn(&[Option<Tensor>]) -> Result<Grads>,
    jvp: fn(&[Option<Tensor>]) -> Grads,
    once: bool,
}

const TWICE: Twice = Twice {
    forward: |_, ins| Ok(vec![ins[0] * 2.0]),
    backward: |g| Ok(vec![g[0].as_ref().map(|g| g * 2.0)]),
    jvp: |t| vec![t[0].as_ref().map(|t| t * 2.0)],
    once: false,
};

impl Function for Twice {
    fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
        (self.forward)(ctx, ins)
    }
    fn backward(&self, _: &Context, g: &[Option<Tensor>]) -> Result<Grads> {
        (self.backward)(g)
    }
    fn jvp(&self, _: &Context, t: &[Option<Tensor>]) -> Result<Grads> {
        Ok((self.jvp)(t))
    }
    fn once_differentiable(&self) -> bool {
        self.once
    }
    fn vmap(&self, _: &VmapInfo, ins: &[&Tensor]) -> Result<Option<Batched>> {
        Ok(Some((vec![ins[0] * 2.0], vec![Some(0), None])))
    }
}

/// Without any rule.
struct Bare;
impl Function for Bare {
    fn forward(&self, _: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
        Ok(vec![ins[0] * 2.0])
    }
}

#[test]
fn rules_that_are_missing() {
    insta::assert_snapshot!(fails(backward(&Bare.apply1(&[&leaf()]).unwrap())), @r#"
    BareBackward: You must implement either the backward or vjp method for your custom autograd.Function to use it with backward mode AD.
      hint: implement Function::backward for Bare
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/function.rs
      at crates/wengert/tests/it/errors/function.rs
    "#);
    let x = tensor!([1.0]);
    insta::assert_snapshot!(fails(jvp(|x: &Tensor| Bare.apply1(&[x]), &x, &x)), @r#"
    Bare: You must implement the jvp function for custom autograd.Function to use it with forward mode AD.
      hint: implement Function::jvp for Bare
      at crates/wengert/tests/it/errors/function.rs
    "#);
}

#[test]
fn results_of_forward() {
    let with = |forward| Twice { forward, ..TWICE };
    insta::assert_snapshot!(fails(with(|_, _| Err(Error::type_("not such tensors"))).apply(&[&leaf()])), @r#"
    Twice: not such tensors
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(fails(with(|_, _| Ok(Vec::new())).apply(&[&leaf()])), @r#"
    Twice: Twice must have a result
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(fails(with(|_, ins| Ok(vec![ins[0] * 2.0, ins[0] * 3.0])).apply1(&[&leaf()])), @r#"
    Twice: Twice has 2 results and not one
      at crates/wengert/tests/it/errors/function.rs
    "#);
    let many = with(|ctx, ins| {
        let outs: Vec<Tensor> = (0..200).map(|i| ins[0] * i).collect();
        ctx.save_for_backward(&[&outs[199]]);
        Ok(outs)
    });
    insta::assert_snapshot!(fails(many.apply(&[&leaf()])), @r#"
    Twice: a Function can save its first 127 results, and no others
      at crates/wengert/tests/it/errors/function.rs
    "#);
}

#[test]
fn inputs_that_were_written() {
    let dirty = |outs: fn(&Tensor) -> Vec<Tensor>| {
        move |x: &Tensor| {
            struct Writes(fn(&Tensor) -> Vec<Tensor>);
            impl Function for Writes {
                fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
                    ops::mul_(ins[0], 2.0)?;
                    ctx.mark_dirty(&[ins[0]]);
                    Ok((self.0)(ins[0]))
                }
            }
            fails(Writes(outs).apply(&[x]))
        }
    };
    insta::assert_snapshot!(dirty(|x| vec![x * 1.0])(&(leaf() * 1.0)), @r#"
    Writes: Some elements marked as dirty during the forward method were not returned as output. The inputs that are modified inplace must all be outputs of the Function.
      at crates/wengert/tests/it/errors/function.rs
    "#);
    let returned = dirty(|x| vec![x.clone()]);
    insta::assert_snapshot!(returned(&leaf()), @r#"
    Writes: a leaf Variable that requires grad has been used in an in-place operation.
      hint: give the function a copy of it, or a result computed from it
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(returned(&leaf().i(..2)), @r#"
    Writes: a view of a leaf Variable that requires grad is being used in an in-place operation.
      hint: give the function a copy of it, or a result computed from it
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(dirty(|x| vec![x.clone(), x * 1.0])(&(leaf() * 1.0).i(..2)), @r#"
    Writes: If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than one Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it into two Functions: one doing the inplace that returns a single Tensor and a second one that does the other operations). You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change.
      at crates/wengert/tests/it/errors/function.rs
    "#);
}

#[test]
fn gradients_of_backward() {
    let with = |f: fn(&[Option<Tensor>]) -> Result<Grads>| {
        let y = Twice { backward: f, ..TWICE }.apply1(&[&leaf()]).unwrap();
        fails(backward(&y))
    };
    insta::assert_snapshot!(with(|g| Ok(vec![g[0].clone(), g[0].clone()])), @r#"
    TwiceBackward: function TwiceBackward returned an incorrect number of gradients (expected 1, got 2)
      hint: Twice::backward must return one gradient for each input of forward
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/function.rs
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(with(|_| Ok(Vec::new())), @r#"
    TwiceBackward: function TwiceBackward returned an incorrect number of gradients (expected 1, got 0)
      hint: Twice::backward must return one gradient for each input of forward
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/function.rs
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(with(|_| Ok(vec![Some(Tensor::ones(&[4]))])), @r#"
    Function TwiceBackward returned an invalid gradient at index 0 - got [4] but expected shape compatible with [3]
      note: TwiceBackward was made at crates/wengert/tests/it/errors/function.rs
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(with(|_| Err(Error::value("not now"))), @r#"
    TwiceBackward: not now
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/function.rs
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(with(|g| Ok(vec![Some(ops::matmul(g[0].as_ref().unwrap(), &Tensor::ones(&[2]))?)])), @r#"
    dot: inconsistent tensor size, expected tensor [3] and src [2] to have the same number of elements, but got 3 and 2 elements respectively
      note: in the backward pass of what was computed at crates/wengert/tests/it/errors/function.rs
      at crates/wengert/tests/it/errors/function.rs
    "#);
}

#[test]
fn second_derivatives() {
    let x = leaf();
    let y = Twice { once: true, ..TWICE }.apply1(&[&(&x * &x)]).unwrap();
    let w = leaf();
    let g = autograd::grad_with(&[&y], &[&x], Some(&[Some(&w)]), Options::create_graph()).unwrap().remove(0).unwrap();
    insta::assert_snapshot!(fails(backward(&g)), @r#"
    trying to differentiate twice a function that was marked with @once_differentiable
      hint: make Function::backward of tensor code, and let once_differentiable return false
      at crates/wengert/tests/it/errors/function.rs
    "#);
}

#[test]
fn tangents_and_batches() {
    let x = tensor!([1.0, 2.0]);
    let with = |f: fn(&[Option<Tensor>]) -> Grads| {
        let f = move |x: &Tensor| Twice { jvp: f, ..TWICE }.apply1(&[x]);
        fails(jvp(f, &tensor!([1.0, 2.0]), &tensor!([1.0, 2.0])))
    };
    insta::assert_snapshot!(with(|_| Vec::new()), @r#"
    Twice: Expected custom autograd function Twice's jvp to return 1 tangents, one for each output, but got 0
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(with(|_| vec![Some(Tensor::ones(&[3]))]), @r#"
    Twice: Twice's jvp returned a tangent of shape [3] for an output of shape [2]
      at crates/wengert/tests/it/errors/function.rs
    "#);
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| TWICE.apply1(&[x]))(&x)), @r#"
    Twice: Twice's vmap returned 1 outputs, but 2 out_dims
      at crates/wengert/tests/it/errors/function.rs
    "#);
}
