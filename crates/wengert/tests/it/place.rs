//! Lines of programs that are not Rust.

use std::cell::Cell;
use std::panic::catch_unwind;
use wengert::autograd::{Context, ForwardContext, Function, Options, WhyNone, explain_grad, explain_grad_from, ledger};
use wengert::place::{Finder, Foreign, Place, Shown, call_from};
use wengert::{Result, Tensor, no_grad, ops, tensor};

fn show(site: &Foreign) -> Shown {
    let [_, line] = site.id();
    Shown { file: "train.py".to_string(), line: line as u32, function: "step".to_string() }
}

const fn line(n: usize) -> Foreign {
    Foreign::new([0, n], show)
}

static FORWARD: Foreign = line(10);
static LATER: Foreign = line(11);
static BACKWARD: Foreign = line(12);

fn leaf() -> Tensor {
    tensor!([1.0, 2.0]).requires_grad_(true)
}

fn backward(t: &Tensor, options: Options) -> Result<()> {
    call_from(&BACKWARD, || t.backward_with(Some(&Tensor::ones_like(t)), options))
}

fn made_at(t: &Tensor) -> Place {
    t.grad_fn().unwrap().location().unwrap()
}

#[test]
fn places_of_both_kinds() {
    let rust = Place::here();
    assert_eq!(rust.to_string(), format!("{}:{}:16", file!(), line!() - 1));
    assert_eq!((rust.file(), rust.line(), rust.short()), (file!(), line!() - 2, format!("place.rs:{}", line!() - 2)));
    assert!(rust.function().is_none() && rust.foreign().is_none() && rust.rust().is_some());

    let foreign = call_from(&FORWARD, Place::here);
    assert_eq!(foreign.to_string(), r#"File "train.py", line 10, in step"#);
    assert_eq!((foreign.file(), foreign.line(), foreign.function()), ("train.py", 10, Some("step")));
    assert_eq!((foreign.foreign().unwrap().id(), foreign.short()), ([0, 10], "train.py:10".to_string()));
    assert!(foreign.rust().is_none());

    assert_eq!(foreign, Place::from(&FORWARD));
    assert_ne!(foreign, Place::from(&LATER));
    assert_ne!(foreign, rust);
    assert_ne!(rust, Place::here());
    assert_eq!(size_of::<Option<Place>>(), size_of::<usize>());
}

#[test]
fn calls_lie_within_one_another_and_end() {
    let lines = || Place::here().line();
    let [first, inner, last] =
        call_from(&FORWARD, || [lines(), call_from(&LATER, || call_from(&BACKWARD, lines)), lines()]);
    assert_eq!([first, inner, last], [10, 12, 10]);
    assert!(catch_unwind(|| call_from(&FORWARD, || panic!("in a call"))).is_err());
    assert!(Place::here().rust().is_some());
    call_from(&FORWARD, || std::thread::spawn(|| assert!(Place::here().rust().is_some())).join().unwrap());
}

#[test]
fn errors_and_what_they_name() {
    let x = leaf();
    let e = call_from(&FORWARD, || ops::add(&x, &tensor!([1.0, 2.0, 3.0]))).unwrap_err();
    assert_eq!((e.operation(), e.location()), (Some("add"), Some(Place::from(&FORWARD))));

    let e = call_from(&FORWARD, || ops::bucketize(&x, &tensor!([[1.0]]), false, false)).unwrap_err();
    assert_eq!(e.location(), Some(Place::from(&FORWARD)));

    let y = call_from(&FORWARD, || x.exp());
    call_from(&LATER, || ops::mul_(&y, 2.0)).unwrap();
    insta::assert_snapshot!(backward(&y, Options::default()).unwrap_err(), @r#"
    one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2]], which is output 0 of Exp, is at version 1; expected version 0 instead.
      hint: it was saved by ExpBackward0 at File "train.py", line 10, in step and overwritten by mul_ at File "train.py", line 11, in step; use the out-of-place form there, or write to a clone()
      at File "train.py", line 12, in step
    "#);
}

#[test]
fn hooks_say_where_they_were_registered() {
    let x = leaf();
    let y = call_from(&FORWARD, || &x * &x);
    call_from(&LATER, || y.register_hook(|g| Some(g.sum())));
    insta::assert_snapshot!(backward(&y, Options::default()).unwrap_err(), @r#"
    hook '<lambda>' has changed the size of value
      hint: the gradient has shape [2], the hook gave []
      note: the hook of MulBackward0, made at File "train.py", line 10, in step, was registered at File "train.py", line 11, in step
      at File "train.py", line 12, in step
    "#);
}

#[test]
fn nodes_keep_the_forward_line_through_backward() {
    let x = leaf();
    let y = call_from(&FORWARD, || x.sin());
    assert_eq!(made_at(&y), Place::from(&FORWARD));
    assert_eq!(call_from(&LATER, || ledger(&y)).rows[0].location, Some(Place::from(&FORWARD)));
    backward(&y, Options::create_graph()).unwrap();
    let g = x.grad().unwrap();
    assert_eq!((g.grad_fn().unwrap().name(), made_at(&g)), ("MulBackward0", Place::from(&FORWARD)));
}

#[test]
fn a_function_that_calls_back() {
    struct Foreigner;
    impl Function for Foreigner {
        fn name(&self) -> &'static str {
            "Foreigner"
        }
        fn forward(&self, _: &mut ForwardContext, ins: &[&Tensor]) -> Result<Vec<Tensor>> {
            assert_eq!(call_from(&LATER, Place::here), Place::from(&LATER));
            assert_eq!(Place::here(), Place::from(&FORWARD));
            Ok(vec![ins[0] * 2.0])
        }
        fn backward(&self, _: &Context, g: &[Option<Tensor>]) -> Result<Vec<Option<Tensor>>> {
            assert_eq!(call_from(&LATER, Place::here), Place::from(&FORWARD));
            Ok(vec![g[0].as_ref().map(|g| call_from(&LATER, || g * 2.0))])
        }
    }
    let x = leaf();
    let y = call_from(&FORWARD, || Foreigner.apply1(&[&x])).unwrap();
    assert_eq!(made_at(&y), Place::from(&FORWARD));
    backward(&y, Options::default()).unwrap();
    assert_eq!(x.grad().unwrap().to_vec::<f32>(), [2.0, 2.0]);
    assert!(Place::here().rust().is_some());
}

#[test]
fn cuts() {
    let x = leaf();
    let detached = call_from(&FORWARD, || x.detach());
    let unrecorded = call_from(&LATER, || no_grad(|| &x * 2.0));
    let item = call_from(&BACKWARD, || x.sum().item());
    let root = &(&detached + &unrecorded) * &(leaf() * item);
    for (t, at) in [(&detached, &FORWARD), (&unrecorded, &LATER)] {
        match explain_grad(t) {
            WhyNone::Cut(cut) => assert_eq!(cut.location, Place::from(at)),
            other => panic!("{other}"),
        }
    }
    insta::assert_snapshot!(explain_grad_from(&x, &root), @r#"the root does not depend on the tensor; what leads to the root was detached at File "train.py", line 10, in step, a number taken out with item() at File "train.py", line 12, in step"#);
    x.sum().backward();
    call_from(&LATER, || x.zero_grad());
    insta::assert_snapshot!(explain_grad(&x), @r#"a gradient had arrived, and was cleared by zero_grad at File "train.py", line 11, in step"#);
}

#[test]
fn a_place_is_looked_for_and_shown_only_if_somebody_asks() {
    thread_local! {
        static FOUND: Cell<u32> = const { Cell::new(0) };
        static SHOWN: Cell<u32> = const { Cell::new(0) };
    }
    static SITE: Foreign = Foreign::new([1, 20], |site| {
        SHOWN.set(SHOWN.get() + 1);
        show(site)
    });
    static FINDER: Finder = Finder::new(|| {
        FOUND.set(FOUND.get() + 1);
        &SITE
    });
    let x = leaf();
    let plain = tensor!([1.0, 2.0]);
    call_from(&FINDER, || &plain + &plain.sum());
    assert_eq!(FOUND.get(), 0);
    let y = call_from(&FINDER, || &x + 1.0);
    assert_eq!((FOUND.get(), SHOWN.get()), (1, 0));
    assert_eq!(made_at(&y), Place::from(&SITE));
    assert_eq!((FOUND.get(), SHOWN.get()), (1, 0));
    call_from(&FINDER, || ops::add_(&plain, 1.0)).unwrap();
    call_from(&FINDER, || ops::add(&plain, &tensor!([1.0, 2.0, 3.0]))).unwrap_err();
    assert_eq!((FOUND.get(), SHOWN.get()), (3, 0));
    assert_eq!((made_at(&y).line(), made_at(&y).to_string()), (20, r#"File "train.py", line 20, in step"#.to_string()));
    assert_eq!((FOUND.get(), SHOWN.get()), (3, 1));
}
