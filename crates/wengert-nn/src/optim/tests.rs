use super::*;
use crate::recorded::{assert_close, assert_same_bits, floats};
use std::collections::HashMap;
use wengert::{Error, no_grad, ops, tensor};

/// What `xtask/python/record_optim.py` wrote.
const RECORDED: &str = include_str!("../../testdata/optim.txt");

fn lines(first: &str) -> impl Iterator<Item = &'static str> {
    RECORDED.lines().filter_map(move |l| l.strip_prefix(first)?.strip_prefix(' '))
}

/// The recorded starting point.
fn params() -> Vec<Tensor> {
    let vector = |l: &str| floats(l.split(' ').skip(1));
    let tensor = |v: Vec<f32>| Tensor::from_slice(&v, &[v.len()]).requires_grad_(true);
    lines("param").map(vector).map(tensor).collect()
}

/// Gives the parameters their recorded gradients for a step.
fn set_grads(params: &[Tensor], step: usize) {
    for (i, p) in params.iter().enumerate() {
        let key = format!("{step} {i} ");
        let line = lines("grad").find_map(|l| l.strip_prefix(&key)).unwrap();
        let g = floats(line.split(' '));
        p.set_grad(Some(&Tensor::from_slice(&g, &[g.len()]))).unwrap();
    }
}

fn apply_setting<R: Rule>(rule: &mut R, key: &str, value: &str) {
    let mut settings: HashMap<_, _> = rule.settings().into_iter().collect();
    match settings.get_mut(key).unwrap() {
        Setting::Number(v) => **v = value.parse().unwrap(),
        Setting::Flag(v) => **v = value.parse().unwrap(),
    }
}

fn make<R: Rule + Default>(params: &[Tensor], settings: &[(&str, &str)]) -> Box<dyn Optimizer> {
    let mut rule = R::default();
    settings.iter().for_each(|(k, v)| apply_setting(&mut rule, k, v));
    Box::new(Grouped::new(params.to_vec(), rule).unwrap())
}

fn make_named(name: &str, params: &[Tensor], settings: &[(&str, &str)]) -> Box<dyn Optimizer> {
    match name {
        "SGD" => make::<SGDOptions>(params, settings),
        "Adam" => make::<AdamOptions>(params, settings),
        "AdamW" => make::<AdamWOptions>(params, settings),
        other => panic!("no optimizer {other}"),
    }
}

fn pairs<'a>(words: impl Iterator<Item = &'a str>) -> Vec<(&'a str, &'a str)> {
    words.map(|w| w.split_once('=').unwrap()).collect()
}

#[test]
fn steps_are_pytorchs() {
    let mut case: Option<(&str, Vec<Tensor>, Box<dyn Optimizer>)> = None;
    let mut at = None;
    let mut compared = 0;
    for line in RECORDED.lines() {
        let mut words = line.split(' ');
        match words.next().unwrap() {
            "case" => {
                let (name, params) = (words.next().unwrap(), params());
                let optimizer = make_named(name, &params, &pairs(words));
                (case, at) = (Some((line, params, optimizer)), None);
            }
            "after" => {
                let (what, params, optimizer) = case.as_mut().unwrap();
                let step: usize = words.next().unwrap().parse().unwrap();
                let i: usize = words.next().unwrap().parse().unwrap();
                if at != Some(step) {
                    set_grads(params, step);
                    optimizer.step();
                    at = Some(step);
                }
                let expected = floats(words);
                let what = format!("{what}, step {step}, parameter {i}");
                // PyTorch's vectorized square root is not correctly rounded; everything else is the same arithmetic.
                if what.contains("Adam") {
                    assert_close(&params[i], &expected, 1e-6, &what);
                } else {
                    assert_same_bits(&params[i], &expected, &what);
                }
                compared += 1;
            }
            _ => {}
        }
    }
    assert_eq!(compared, 14 * 6 * 2);
}

#[test]
fn schedules_are_pytorchs() {
    for line in lines("schedule") {
        let (head, rates) = line.split_once(" | ").unwrap();
        let mut words = head.split(' ');
        let name = words.next().unwrap();
        let settings: HashMap<_, _> = pairs(words).into_iter().collect();
        let number = |key: &str| settings.get(key).map_or(0.0, |v| v.parse::<f64>().unwrap());
        let mut sgd = SGD::new([tensor!([0.0])], SGDOptions { lr: 0.4, ..Default::default() }).unwrap();
        let mut schedule = match name {
            "StepLR" => Scheduler::step_lr(&sgd, number("step_size") as u64, number("gamma")),
            _ => Scheduler::cosine_annealing_lr(&sgd, number("t_max") as u64, number("eta_min")),
        };
        for (epoch, rate) in rates.split(' ').enumerate() {
            let rate: f64 = rate.parse().unwrap();
            assert_eq!((schedule.last_epoch(), schedule.last_lr()), (epoch as u64, vec![sgd.lr(0)]));
            assert!((sgd.lr(0) - rate).abs() < 1e-14, "{line}: epoch {epoch} gives {}", sgd.lr(0));
            schedule.step(&mut sgd);
        }
    }
}

#[test]
fn clipping_is_pytorchs() {
    let concatenated = |params: &[Tensor]| {
        let all: Vec<f32> = params.iter().flat_map(|p| p.grad().unwrap().to_vec::<f32>()).collect();
        Tensor::from_slice(&all, &[all.len()])
    };
    for line in lines("clip_norm") {
        let (head, expected) = line.split_once(" | ").unwrap();
        let words: Vec<&str> = head.split(' ').collect();
        let params = params();
        set_grads(&params, 0);
        let (max, p) = (words[0].parse().unwrap(), words[1].parse().unwrap());
        let norm = clip_grad_norm_(&params, max, p, true).unwrap();
        assert_close(&norm, &floats(words[2..].iter().copied()), 1e-6, line);
        assert_close(&concatenated(&params), &floats(expected.split(' ')), 1e-6, line);
    }
    for line in lines("clip_value") {
        let (value, expected) = line.split_once(" | ").unwrap();
        let params = params();
        set_grads(&params, 0);
        clip_grad_value_(&params, value.parse().unwrap()).unwrap();
        assert_same_bits(&concatenated(&params), &floats(expected.split(' ')), line);
    }
}

#[test]
fn a_norm_that_is_not_finite() {
    let p = tensor!([1.0, 2.0]).requires_grad_(true);
    assert_eq!(clip_grad_norm_(std::slice::from_ref(&p), 1.0, 2.0, true).unwrap().item(), 0.0);
    p.set_grad(Some(&tensor!([f64::INFINITY, 1.0]))).unwrap();
    let e = clip_grad_norm_(std::slice::from_ref(&p), 1.0, 2.0, true).unwrap_err();
    assert!(e.message().starts_with("The total norm of order 2 for gradients from `parameters` is non-finite"), "{e}");
    assert_eq!(p.grad().unwrap().to_vec::<f32>(), [f32::INFINITY, 1.0]);
    clip_grad_norm_(std::slice::from_ref(&p), 1.0, 2.0, false).unwrap();
    let clipped = p.grad().unwrap().to_vec::<f32>();
    assert!(clipped[0].is_nan() && clipped[1] == 0.0, "{clipped:?}");
}

/// Runs all recorded steps from `from` on.
fn run(optimizer: &mut dyn Optimizer, params: &[Tensor], from: usize, to: usize) {
    for step in from..to {
        set_grads(params, step);
        optimizer.step();
    }
}

#[test]
fn a_loaded_state_goes_on_exactly() {
    let cases = [
        ("SGD", vec![("lr", "0.1")]),
        ("SGD", vec![("lr", "0.1"), ("momentum", "0.9"), ("nesterov", "true")]),
        ("Adam", vec![("amsgrad", "true"), ("lr", "0.1")]),
        ("AdamW", vec![("beta1", "0.5")]),
    ];
    for (name, settings) in cases {
        let whole = params();
        run(&mut *make_named(name, &whole, &settings), &whole, 0, 6);
        let first = params();
        let mut optimizer = make_named(name, &first, &settings);
        run(&mut *optimizer, &first, 0, 3);
        let second = params();
        no_grad(|| first.iter().zip(&second).for_each(|(a, b)| drop(ops::copy_(b, a).unwrap())));
        let mut resumed = make_named(name, &second, &[]);
        resumed.load_state_dict(&optimizer.state_dict()).unwrap();
        // The first goes on too: the second must have copies.
        run(&mut *optimizer, &first, 3, 6);
        run(&mut *resumed, &second, 3, 6);
        for ((a, b), c) in whole.iter().zip(&first).zip(&second) {
            assert_same_bits(b, &a.to_vec::<f32>(), name);
            assert_same_bits(c, &a.to_vec::<f32>(), name);
        }
        assert_eq!(optimizer.state_dict().keys().collect::<Vec<_>>(), resumed.state_dict().keys().collect::<Vec<_>>());
    }
}

#[test]
fn names_in_a_state_dict() {
    let params = params();
    let mut adam = Adam::new(params.clone(), AdamOptions::default()).unwrap();
    set_grads(&params[..1], 0);
    adam.step();
    let dict = adam.state_dict();
    let states: Vec<&String> = dict.keys().filter(|k| k.starts_with("state")).collect();
    assert_eq!(states, ["state.0.exp_avg", "state.0.exp_avg_sq", "state.0.step"]);
    assert_eq!(dict["param_groups.0.beta2"].item(), 0.999);
    assert_eq!(dict["param_groups.0.params"].item(), 2.0);
    assert_eq!(adam.states().map(|s| s.step).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn state_dicts_that_do_not_fit() {
    let (one, two) = (params(), params());
    let mut sgd = SGD::new(one.clone(), SGDOptions { momentum: 0.9, ..Default::default() }).unwrap();
    run(&mut sgd, &one, 0, 1);
    let dict = sgd.state_dict();
    let refused = |other: &mut dyn Optimizer, dict: &Tensors| -> Error {
        let before = other.state_dict().len();
        let e = other.load_state_dict(dict).unwrap_err();
        assert_eq!(other.state_dict().len(), before);
        e
    };
    let mut adam = Adam::new(two.clone(), AdamOptions::default()).unwrap();
    assert_eq!(refused(&mut adam, &dict).message(), "the state dict is of another optimizer");
    let mut fewer = SGD::new(two[..1].to_vec(), SGDOptions::default()).unwrap();
    assert!(refused(&mut fewer, &dict).message().contains("doesn't match the size of optimizer's group"));
    let mut groups = SGD::new(two[..1].to_vec(), SGDOptions::default()).unwrap();
    groups.add_param_group(two[1..].to_vec(), SGDOptions::default()).unwrap();
    assert!(groups.load_state_dict(&dict).is_err());
    let mut same = SGD::new(two.clone(), SGDOptions::default()).unwrap();
    let with = |key: &str, t: Tensor| {
        let mut changed = dict.clone();
        changed.insert(key.into(), t);
        changed
    };
    assert!(
        refused(&mut same, &with("state.0.momentum_buffer", tensor!([1.0]))).message().contains("has the shape [1]")
    );
    assert!(refused(&mut same, &with("state.7.momentum_buffer", tensor!([1.0]))).message().contains("does not know"));
    assert_eq!(refused(&mut same, &with("param_groups.0.lr", tensor!(-1.0))).message(), "Invalid learning rate: -1");
    assert!(
        refused(&mut same, &with("param_groups.0.lr", tensor!([1.0, 2.0]))).message().contains("cannot be converted")
    );
    assert!(refused(&mut same, &with("state.0.step", tensor!(-3))).message().contains("step"));
    same.load_state_dict(&dict).unwrap();
    assert_eq!(same.options(0).momentum, 0.9);
}

#[test]
fn settings_out_of_range() {
    let text = |r: Result<()>| r.unwrap_err().message().to_string();
    let sgd = |o: SGDOptions| text(o.check());
    assert_eq!(sgd(SGDOptions { lr: -0.1, ..Default::default() }), "Invalid learning rate: -0.1");
    assert_eq!(sgd(SGDOptions { momentum: -1.0, ..Default::default() }), "Invalid momentum value: -1");
    assert!(sgd(SGDOptions { nesterov: true, ..Default::default() }).contains("Nesterov momentum requires"));
    let adam = |o: AdamOptions| text(o.check());
    assert_eq!(adam(AdamOptions { lr: f64::NAN, ..Default::default() }), "Invalid learning rate: NaN");
    assert_eq!(adam(AdamOptions { betas: (0.9, 1.0), ..Default::default() }), "Invalid beta parameter at index 1: 1");
    assert_eq!(adam(AdamOptions { eps: -1.0, ..Default::default() }), "Invalid epsilon value: -1");
    assert_eq!(AdamOptions::default().weight_decay, 0.0);
    assert_eq!(AdamWOptions::default().weight_decay, 0.01);
}

#[test]
fn parameters_and_groups() {
    let none = SGD::new([], SGDOptions::default()).unwrap_err();
    assert_eq!(none.message(), "optimizer got an empty parameter list");
    let (x, y) = (tensor!([1.0]).requires_grad_(true), tensor!([1.0]).requires_grad_(true));
    assert!(SGD::new([&x * 2.0], SGDOptions::default()).unwrap_err().message().contains("non-leaf"));
    let mut sgd = SGD::new([x.clone()], SGDOptions { lr: 0.5, ..Default::default() }).unwrap();
    assert!(sgd.add_param_group([x.clone()], SGDOptions::default()).unwrap_err().message().contains("more than one"));
    sgd.add_param_group([y.clone()], SGDOptions { lr: 0.25, ..Default::default() }).unwrap();
    assert_eq!((sgd.num_groups(), sgd.parameters().len()), (2, 2));
    ops::sum(&(&x + &y)).unwrap().backward();
    sgd.step();
    assert_eq!((x.item(), y.item()), (0.5, 0.75));
    let mut schedule = Scheduler::step_lr(&sgd, 1, 0.5);
    schedule.step(&mut sgd);
    assert_eq!((sgd.lr(0), sgd.lr(1)), (0.25, 0.125));
    sgd.set_lr(1, 3.0);
    assert_eq!(sgd.options(1).lr, 3.0);
    sgd.options_mut(0).momentum = 0.5;
    sgd.zero_grad();
    assert!(x.grad().is_none());
    // Without gradients nothing happens.
    sgd.step();
    assert_eq!((x.item(), y.item(), x.is_leaf(), x.version()), (0.5, 0.75, true, 1));
}

#[test]
fn a_schedule_goes_on_from_its_state() {
    let sgd = |lr| SGD::new([tensor!([0.0])], SGDOptions { lr, ..Default::default() }).unwrap();
    let (mut one, mut two) = (sgd(0.4), sgd(1.0));
    let mut schedule = Scheduler::lambda_lr(&one, |epoch| 1.0 / (1 + epoch) as f64);
    schedule.step(&mut one);
    let mut resumed = Scheduler::lambda_lr(&two, |epoch| 1.0 / (1 + epoch) as f64);
    resumed.load_state_dict(&schedule.state_dict()).unwrap();
    schedule.step(&mut one);
    resumed.step(&mut two);
    assert_eq!((one.lr(0), two.lr(0), resumed.last_epoch()), (0.4 / 3.0, 0.4 / 3.0, 2));
    assert!(resumed.load_state_dict(&Tensors::new()).unwrap_err().message().contains("'last_epoch' is missing"));
    let mut other = schedule.state_dict();
    other.insert("base_lrs".into(), tensor!([1.0, 2.0]));
    assert!(resumed.load_state_dict(&other).unwrap_err().message().contains("for 2 parameter groups"));
}
