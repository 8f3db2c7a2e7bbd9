//! Functions of the user's own: values of any type, transforms, hooks, faults. What PyTorch does is in `cases/function.rs`.

use std::sync::atomic::{AtomicUsize, Ordering};
use wengert::autograd::{
    self, Batched, Context, ForwardContext, Function, GradcheckOptions, Options, SavedTensorsHooks, VmapInfo,
    gradcheck, gradgradcheck, saved_tensors_hooks,
};
use wengert::func::{grad, jvp, vmap};
use wengert::{DType, Error, Result, Tensor, ops, tensor};

/// `scale * x * x + y`, with all rules; counts how often its vmap rule is called.
struct ScaledSquare(f64);

static RULES: AtomicUsize = AtomicUsize::new(0);

impl Function for ScaledSquare {
    fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
        ctx.save_for_backward(&[ins[0]]);
        ctx.set_value(self.0);
        Ok(vec![ins[0] * ins[0] * self.0 + ins[1]])
    }
    fn backward(&self, ctx: &Context, g: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let (x, scale) = (ctx.saved_tensors()?.remove(0), *ctx.value::<f64>());
        let g = g[0].as_ref().unwrap();
        Ok(vec![ctx.needs_input_grad(0).then(|| g * x * (2.0 * scale)), Some(g.clone())])
    }
    fn jvp(&self, ctx: &Context, t: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        let x = ctx.saved_tensors()?.remove(0);
        let of_x = t[0].as_ref().map(|t| t * x * (2.0 * self.0));
        Ok(vec![match (of_x, &t[1]) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or_else(|| b.clone()),
        }])
    }
    fn vmap(&self, info: &VmapInfo, ins: &[&Tensor]) -> Result<Option<Batched>> {
        RULES.fetch_add(1, Ordering::Relaxed);
        assert_eq!((info.batch_size, &info.in_dims[..]), (3, &[Some(0), None][..]));
        Ok(Some((ScaledSquare(self.0).apply(&[ins[0], ins[1]])?, vec![Some(0)])))
    }
}

/// The same without a vmap rule, and with a counter of its calls.
struct Plain;

static FORWARDS: AtomicUsize = AtomicUsize::new(0);
static BACKWARDS: AtomicUsize = AtomicUsize::new(0);

impl Function for Plain {
    fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
        FORWARDS.fetch_add(1, Ordering::Relaxed);
        let y = ins[0] * ins[0];
        ctx.save_for_backward(&[ins[0], &y, &ins[1].detach()]);
        Ok(vec![y * ins[1]])
    }
    // Three times the gradient, to tell it from that of the operations in `forward`.
    fn backward(&self, ctx: &Context, g: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
        BACKWARDS.fetch_add(1, Ordering::Relaxed);
        let saved = ctx.saved_tensors()?;
        let g = g[0].as_ref().unwrap();
        Ok(vec![Some(g * &saved[0] * &saved[2] * 6.0), Some(g * &saved[1] * 3.0)])
    }
}

fn f64s(values: &[f64]) -> Tensor {
    Tensor::from_slice(values, &[values.len()])
}

#[test]
fn it_passes_gradcheck() {
    let ins = [f64s(&[0.5, -1.0]).requires_grad_(true), f64s(&[2.0, 1.0]).requires_grad_(true)];
    let f = |t: &[Tensor]| ScaledSquare(1.5).apply(&[&t[0], &t[1]]);
    gradcheck(f, &ins, GradcheckOptions::default()).unwrap();
    gradgradcheck(f, &ins, GradcheckOptions::default()).unwrap();
}

#[test]
fn it_is_called_by_its_name() {
    let x = tensor!([1.0]).requires_grad_(true);
    let y = Plain.apply1(&[&x, &x]).unwrap();
    assert_eq!(y.grad_fn().unwrap().name(), "PlainBackward");
    let saved = y.grad_fn().unwrap().saved_tensors();
    assert_eq!(saved.iter().map(|s| s.name()).collect::<Vec<_>>(), ["input", "tensor", "tensor"]);
    struct Generic<T>(T);
    impl<T: Send + Sync + 'static> Function for Generic<T> {
        fn forward(&self, _: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
            Ok(vec![ins[0] * 1.0])
        }
    }
    assert_eq!(Generic(vec![1]).apply1(&[&x]).unwrap().grad_fn().unwrap().name(), "GenericBackward");
    assert!(Generic(0).apply1(&[&x]).is_ok());
}

#[test]
fn forward_mode_uses_its_rule() {
    let f = |x: &Tensor| ScaledSquare(2.0).apply1(&[x, x]);
    let (y, t) = jvp(f, &f64s(&[3.0]), &f64s(&[1.0])).unwrap();
    assert_eq!((y.item(), t.item()), (21.0, 13.0));
    let e = jvp(|x: &Tensor| Plain.apply1(&[x, x]), &f64s(&[3.0]), &f64s(&[1.0])).unwrap_err();
    assert!(e.message().starts_with("You must implement the jvp function for custom autograd.Function"), "{e}");
}

#[test]
fn reverse_transforms_use_backward() {
    let f = |x: &Tensor| Plain.apply1(&[x, &f64s(&[2.0, 5.0])]).unwrap().sum();
    assert_eq!(grad(f)(&f64s(&[3.0, 1.0])).unwrap().to_vec::<f64>(), [36.0, 30.0]);
    let second = grad(|x: &Tensor| grad(f)(x).unwrap().sum());
    assert_eq!(second(&f64s(&[3.0, 1.0])).unwrap().to_vec::<f64>(), [12.0, 30.0]);
}

#[test]
fn vmap_takes_the_rule_or_the_function_itself() {
    let xs = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[3, 2]);
    let y = f64s(&[10.0, 20.0]);
    let before = RULES.load(Ordering::Relaxed);
    let out = vmap(|x: &Tensor| ScaledSquare(1.0).apply1(&[x, &y]))(&xs).unwrap();
    assert_eq!(out.to_vec::<f64>(), [11.0, 24.0, 19.0, 36.0, 35.0, 56.0]);
    assert_eq!(RULES.load(Ordering::Relaxed), before + 1);
    let before = FORWARDS.load(Ordering::Relaxed);
    let out = vmap(|x: &Tensor| Plain.apply1(&[x, &y]))(&xs).unwrap();
    assert_eq!(out.to_vec::<f64>(), [10.0, 80.0, 90.0, 320.0, 250.0, 720.0]);
    assert!(FORWARDS.load(Ordering::Relaxed) > before);
}

#[test]
fn vmap_and_gradients_compose_in_both_orders() {
    let xs = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 2]);
    let w = f64s(&[10.0, 20.0]);
    // Of each example: three times the gradient of x * x * w, which is 6 x w.
    let each = vmap(|x: &Tensor| grad(|x: &Tensor| Plain.apply1(&[x, &w]).unwrap().sum())(x));
    assert_eq!(each(&xs).unwrap().to_vec::<f64>(), [60.0, 240.0, 180.0, 480.0]);
    let all = grad(|x: &Tensor| vmap(|x: &Tensor| Plain.apply1(&[x, &w]))(x).unwrap().sum());
    assert_eq!(all(&xs).unwrap().to_vec::<f64>(), [60.0, 240.0, 180.0, 480.0]);
    // With respect to what is the same for all examples, the sum over them.
    let of_w = grad(|w: &Tensor| vmap(|x: &Tensor| Plain.apply1(&[x, w]))(&xs).unwrap().sum());
    assert_eq!(of_w(&w).unwrap().to_vec::<f64>(), [30.0, 60.0]);
    // And by the tape.
    let leaf = w.detach().requires_grad_(true);
    vmap(|x: &Tensor| Plain.apply1(&[x, &leaf]))(&xs).unwrap().sum().backward();
    assert_eq!(leaf.grad().unwrap().to_vec::<f64>(), [30.0, 60.0]);
    let scaled = vmap(|x: &Tensor| grad(|x: &Tensor| ScaledSquare(1.0).apply1(&[x, &w]).unwrap().sum())(x));
    assert_eq!(scaled(&xs).unwrap().to_vec::<f64>(), [2.0, 4.0, 6.0, 8.0]);
}

#[test]
fn its_saved_tensors_pass_through_hooks() {
    let x = tensor!([1.0, 2.0]).requires_grad_(true);
    let packed = std::sync::Arc::new(AtomicUsize::new(0));
    let count = packed.clone();
    let hooks = SavedTensorsHooks::new(
        move |t: &Tensor| {
            count.fetch_add(1, Ordering::Relaxed);
            Ok(t.detach())
        },
        |t| Ok(t.clone()),
    );
    let y = saved_tensors_hooks(&hooks, || Plain.apply1(&[&x, &Tensor::ones(&[2])])).unwrap().unwrap();
    assert_eq!(packed.load(Ordering::Relaxed), 3);
    y.sum().backward();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [6.0, 12.0]);
}

#[test]
fn a_fault_in_backward_leaves_the_graph_whole() {
    struct Faulty(AtomicUsize);
    impl Function for Faulty {
        fn forward(&self, ctx: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
            ctx.save_for_backward(ins);
            Ok(vec![ins[0] * ins[0]])
        }
        fn backward(&self, ctx: &Context, g: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
            let x = ctx.saved_tensors()?.remove(0);
            match self.0.fetch_add(1, Ordering::Relaxed) {
                0 => Err(Error::value("not now")),
                1 => panic!("nor now"),
                _ => Ok(vec![g[0].as_ref().map(|g| g * x * 2.0)]),
            }
        }
    }
    let x = tensor!([3.0]).requires_grad_(true);
    let y = Faulty(AtomicUsize::new(0)).apply1(&[&x]).unwrap();
    let e = y.backward_with(None, Options::default()).unwrap_err();
    assert_eq!(e.message(), "not now");
    assert!(e.to_string().contains("tests/it/function.rs"), "{e}");
    assert!(std::panic::catch_unwind(|| y.backward()).is_err());
    assert!(autograd::is_grad_enabled());
    y.backward();
    assert_eq!(x.grad().unwrap().item(), 6.0);
}

#[test]
fn a_fault_in_forward_leaves_the_modes_as_they_were() {
    struct Panics;
    impl Function for Panics {
        fn forward(&self, _: &mut ForwardContext, _: &[&Tensor]) -> Result<Vec<Tensor>> {
            panic!("in forward")
        }
    }
    let x = tensor!([3.0]).requires_grad_(true);
    assert!(std::panic::catch_unwind(|| Panics.apply(&[&x])).is_err());
    assert!(autograd::is_grad_enabled());
    struct Fails;
    impl Function for Fails {
        fn forward(&self, _: &mut ForwardContext, _: &[&Tensor]) -> Result<Vec<Tensor>> {
            Err(Error::type_("not such tensors"))
        }
    }
    let line = line!() + 1;
    let e = Fails.apply1(&[&x]).unwrap_err().to_string();
    assert!(e.starts_with("Fails: not such tensors") && e.contains(&format!("function.rs:{line}")), "{e}");
}

#[test]
fn a_long_chain_is_dropped_on_a_small_stack() {
    let run = || {
        let x = tensor!([1.0]).requires_grad_(true);
        let mut y = &x * 1.0;
        let one = Tensor::ones(&[1]);
        for _ in 0..50_000 {
            y = ScaledSquare(0.5).apply1(&[&y, &one]).unwrap() * 0.1;
        }
        drop(y);
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn an_in_place_write_to_a_view_that_it_made_is_refused() {
    struct Identity;
    impl Function for Identity {
        fn forward(&self, _: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
            Ok(vec![ins[0].clone()])
        }
    }
    let y = Identity.apply1(&[&Tensor::ones(&[2]).requires_grad_(true)]).unwrap();
    assert!(ops::mul_(&y, 2.0).is_err());
    assert_eq!(y.dtype(), DType::F32);
}
