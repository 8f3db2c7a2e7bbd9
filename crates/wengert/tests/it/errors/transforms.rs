//! Transforms of functions: structures, dimensions, what is not allowed within.

use super::{backward, fails, leaf};
use std::cell::RefCell;
use wengert::apply::apply1;
use wengert::array::Array;
use wengert::autograd::functional::{self, Strategy, Strict};
use wengert::func::{Randomness, Tree, Vmap, grad, grad_and_value, hessian, jacrev, linearize, vjp, vmap};
use wengert::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use wengert::random::bernoulli;
use wengert::{Result, Tensor, ops, tensor};
use wengert_kernels::Layout;

/// An operation without a rule for batches.
#[derive(Debug)]
struct Unbatched;

impl Primitive for Unbatched {
    fn name(&self) -> &'static str {
        "unbatched"
    }
    fn node_name(&self) -> &'static str {
        "UnbatchedBackward0"
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, ins: &[&Array], outs: &mut [Array]) -> Result<()> {
        ins[0].copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::one(Some(g[0].clone())))
    }
}

/// A view without such a rule.
#[derive(Debug)]
struct Same;

impl Primitive for Same {
    fn name(&self) -> &'static str {
        "same"
    }
    fn node_name(&self) -> &'static str {
        "SameBackward0"
    }
    fn family(&self) -> Family {
        Family::View
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, _: &[&Array], _: &mut [Array]) -> Result<()> {
        unreachable!("it is a view")
    }
    fn alias(&self, input: &Layout) -> Result<Layout> {
        Ok(input.clone())
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        // One too many.
        Ok(Grads::from([Some(g[0].clone()), None]))
    }
}

fn twice(x: &Tensor) -> Tensor {
    x * 2.0
}

fn matrix() -> Tensor {
    tensor!([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
}

#[test]
fn dimensions_of_vmap() {
    let x = matrix();
    let pair = (x.clone(), tensor!([1.0, 2.0, 3.0]));
    insta::assert_snapshot!(fails(Vmap::new().in_dims(&[Some(0), None]).call(twice, &x)), @"vmap(f, in_dims=(0, None), ...)(<inputs>): in_dims is not compatible with the structure of `inputs`. in_dims has 2 elements but inputs has 1.");
    insta::assert_snapshot!(fails(Vmap::new().in_dims(&[Some(2)]).call(twice, &x)), @"vmap(f, in_dims=(2,), ...)(<inputs>): Got in_dim=2 for some input, but that input is a Tensor of dimensionality 2 so expected in_dim to satisfy -2 <= in_dim < 2.");
    insta::assert_snapshot!(fails(Vmap::new().in_dims(&[Some(-3)]).call(twice, &x)), @"vmap(f, in_dims=(-3,), ...)(<inputs>): Got in_dim=-3 for some input, but that input is a Tensor of dimensionality 2 so expected in_dim to satisfy -2 <= in_dim < 2.");
    insta::assert_snapshot!(fails(vmap(twice)(&tensor!(1.0))), @"vmap(f, in_dims=0, ...)(<inputs>): Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 so expected in_dim to satisfy -0 <= in_dim < 0.");
    insta::assert_snapshot!(fails(Vmap::new().in_dims(&[None]).call(twice, &x)), @"vmap: at least one input must be mapped over: every in_dim is None");
    insta::assert_snapshot!(fails(vmap(|(a, b): &(Tensor, Tensor)| a * b)(&pair)), @"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes [2, 3] for the mapped dimension");
    insta::assert_snapshot!(fails(Vmap::new().chunk_size(0).call(twice, &x)), @"vmap: chunk_size should be None or greater than 0. (got 0)");
    insta::assert_snapshot!(fails(Vmap::new().out_dims(&[Some(0), Some(0)]).call(twice, &x)), @"vmap(f, ..., out_dims=(0, 0)): out_dims is not compatible with the structure of `outputs`. out_dims has 2 elements but outputs has 1.");
    insta::assert_snapshot!(fails(Vmap::new().out_dims(&[Some(2)]).call(twice, &x)), @r#"
    movedim: Dimension out of range (expected to be in range of [-2, 1], but got 2)
      at crates/wengert/src/func/vmap.rs
    "#);
    insta::assert_snapshot!(fails(Vmap::new().out_dims(&[None]).call(twice, &x)), @"vmap(f, ...): `f` can not return a BatchedTensor when out_dim is None");
}

#[test]
fn numbers_of_a_batch() {
    let x = matrix();
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| Ok(x * x.sum().item_as::<f64>()?))(&x)), @"vmap: It looks like you're calling .item() on a Tensor. We don't support vmap over calling .item() on a Tensor, please try to rewrite what you're doing with other operations. If error is occurring somewhere inside PyTorch internals, please file a bug report.");
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| ops::masked_select(x, &x.gt(2.0)))(&x)), @r#"
    masked_select: vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an issue at https://github.com/pytorch/pytorch/issues .
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| ops::nonzero(x))(&x)), @r#"
    nonzero: vmap: It looks like you're attempting to use a Tensor in some data-dependent control flow. We don't support that yet, please file an issue at https://github.com/pytorch/pytorch/issues .
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    let kept = RefCell::new(None);
    vmap(|x: &Tensor| {
        kept.replace(Some(x.clone()));
        x * 1.0
    })(&x)
    .unwrap();
    insta::assert_snapshot!(fails(ops::sum(kept.borrow().as_ref().unwrap())), @r#"
    sum: a tensor of a vmap is used after that vmap has ended
      hint: return it from the function instead of keeping it
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| apply1(Same, &[x.into()]))(&x)), @r#"
    same: vmap of the view same has no batching rule
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    insta::assert_snapshot!(fails(backward(&apply1(Same, &[(&leaf()).into()]).unwrap())), @r#"
    Function SameBackward0 returned an incorrect number of gradients (expected 1, got 2)
      note: SameBackward0 was made at crates/wengert/tests/it/errors/transforms.rs
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| apply1(Unbatched, &[x.into()]))(&Tensor::zeros(&[0, 2]))), @r#"
    unbatched: Batching rule not implemented for aten::unbatched; the fallback path doesn't work on vmap over dims of size 0.
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
}

#[test]
fn random_numbers() {
    let ps = Tensor::full(&[3, 2], 0.5);
    let of = |r: Randomness| Vmap::new().randomness(r).call(|p: &Tensor| bernoulli(p, None), &ps);
    insta::assert_snapshot!(fails(of(Randomness::Error)), @"vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap");
    insta::assert_snapshot!(fails(of(Randomness::Same)), @"Vmap does not currently support same randomness with a batched tensor input. Please use different randomness with vmap");
}

#[test]
fn writes() {
    let outside = Tensor::zeros(&[3]);
    insta::assert_snapshot!(fails(vmap(|x: &Tensor| ops::add_(&outside, x))(&matrix())), @r#"
    add_: vmap: add_(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has more elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over in a vmap. Please try to use out-of-place operators instead of add_. If said operator is being called inside the PyTorch framework, please file a bug report instead.
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    let of_leaf = |x: &Tensor| -> Result<Tensor> { ops::sum(&ops::add_(x, 1.0)?) };
    insta::assert_snapshot!(fails(grad(of_leaf)(&outside)), @r#"
    add_: a leaf Variable that requires grad is being used in an in-place operation.
      hint: update parameters inside `no_grad(|| ...)`, or work on a copy
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    let through_view = |x: &Tensor| -> Result<Tensor> {
        ops::add_(&x.i(..1), 1.0)?;
        ops::sum(x)
    };
    insta::assert_snapshot!(fails(grad(through_view)(&outside)), @r#"
    add_: a view of a leaf Variable that requires grad is being used in an in-place operation.
      hint: update parameters inside `no_grad(|| ...)`, or work on a copy
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    let own = |x: &Tensor| -> Result<Tensor> {
        let leaf = Tensor::zeros(&[3]).requires_grad_(true);
        ops::sum(&ops::mul_(&leaf, x)?)
    };
    insta::assert_snapshot!(fails(grad(own)(&outside)), @r#"
    mul_: a leaf Variable that requires grad is being used in an in-place operation.
      hint: update parameters inside `no_grad(|| ...)`, or work on a copy
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    let marks = |x: &Tensor| -> Result<Tensor> {
        x.set_requires_grad(true)?;
        ops::sum(x)
    };
    insta::assert_snapshot!(fails(vmap(marks)(&outside)), @"You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a function being transformed by a functorch transform. This is unsupported, please attempt to use the functorch transforms (e.g. grad, vjp, jacrev, jacfwd, hessian) or call requires_grad_() outside of a function being transformed instead.");
    let detaches = |x: &Tensor| -> Result<Tensor> {
        let y = x * 2.0;
        y.try_detach_()?;
        ops::sum(&y)
    };
    insta::assert_snapshot!(fails(vmap(detaches)(&outside)), @r#"
    detach_ inside of a transform
      hint: use detach()
    "#);
}

#[test]
fn results_of_functions() {
    let x = tensor!([1.0, 2.0]);
    insta::assert_snapshot!(fails(grad(twice)(&x)), @"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with 1 dims. Maybe you wanted to use the vjp or jacrev APIs instead?");
    insta::assert_snapshot!(fails(grad_and_value(|x: &Tensor| x.sum().gt(0.0))(&x)), @"grad_and_value(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype torch.bool");
    let signs = |x: &Tensor| x.gt(0.0);
    insta::assert_snapshot!(fails(vjp(signs, &x)), @"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype torch.bool");
    insta::assert_snapshot!(fails(linearize(signs, &x)), @"linearize(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype torch.bool");
    insta::assert_snapshot!(fails(jacrev(signs)(&x)), @"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype torch.bool");
    insta::assert_snapshot!(fails(hessian(signs)(&x)), @"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype torch.bool");
    let (_, back) = vjp(twice, &x).unwrap();
    insta::assert_snapshot!(fails(back.call(&tensor!([1.0]))), @"Mismatch in shape: grad_output[0] has a shape of torch.Size([1]) and output[0] has a shape of torch.Size([2]).");
    let wrong = |x: &Tensor| -> Result<Tensor> { ops::sum(&ops::add(x, &Tensor::ones(&[3]))?) };
    insta::assert_snapshot!(fails(grad(wrong)(&x)), @r#"
    add: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0
      hint: the shapes are [2] and [3]; sizes are compared from the right, and only a 1 stretches
      at crates/wengert/tests/it/errors/transforms.rs
    "#);
    insta::assert_snapshot!(fails((x.clone(), x).with_leaves(vec![tensor!([1.0])])), @"a tree was built from too few tensors");
}

#[test]
fn functional_api() {
    let x = tensor!([1.0, 2.0]);
    insta::assert_snapshot!(fails(functional::hessian(twice, &x)), @"The Tensor returned by the function given to hessian should contain a single element");
    insta::assert_snapshot!(fails(functional::hvp(twice, &x, &x)), @"The Tensor returned by the function given to hvp should contain a single element");
    insta::assert_snapshot!(fails(functional::vhp(twice, &x, &x)), @"The Tensor returned by the function given to vhp should contain a single element");
    insta::assert_snapshot!(fails(functional::vjp(twice, &x, &tensor!([1.0]))), @"v has invalid size: should be torch.Size([2]) but got torch.Size([1]).");
    insta::assert_snapshot!(fails(functional::hvp(|x: &Tensor| x.sum(), &x, &tensor!([1.0]))), @"v has invalid size: should be torch.Size([2]) but got torch.Size([1]).");
    insta::assert_snapshot!(fails(functional::jacobian(|x: &Tensor| x.gt(0.0), &x, Strategy::Reverse)), @"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype torch.bool");
}

#[test]
fn strict_mode() {
    let xs = (tensor!([1.0, 2.0]), tensor!([3.0, 4.0]));
    let of_one = |(x, _): &(Tensor, Tensor)| x * 2.0;
    insta::assert_snapshot!(fails(Strict.jacobian(|_: &Tensor| Tensor::ones(&[2]), &xs.0)), @"Output 0 of the user-provided function does not require gradients. The outputs must be computed in a differentiable manner from the input when running in strict mode.");
    insta::assert_snapshot!(fails(Strict.jacobian(of_one, &xs)), @"Output 0 of the user-provided function is independent of input 1. This is not allowed in strict mode.");
    insta::assert_snapshot!(fails(Strict.vjp(of_one, &xs, &xs.0)), @"The output of the user-provided function is independent of input 1. This is not allowed in strict mode.");
    insta::assert_snapshot!(fails(Strict.hessian(|x: &Tensor| x.sum(), &xs.0)), @"While computing the hessian, found that the jacobian of the user-provided function with respect to input 0 is independent of the input. This is not allowed in strict mode. You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for example).");
}
