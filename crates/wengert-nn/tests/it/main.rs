//! Training from end to end: learning, interrupting, saving, loading.

use std::path::PathBuf;
use wengert::io::{self, Metadata};
use wengert::{Generator, Result, Tensor, no_grad, ops};
use wengert_nn::data::{self, Dataset};
use wengert_nn::optim::{
    Adam, AdamOptions, AdamW, AdamWOptions, Optimizer, SGD, SGDOptions, Scheduler, clip_grad_norm_,
};
use wengert_nn::{Linear, LinearOptions, Module, ReLU, Sequential, Tanh, sequential};

fn linear(generator: &Generator, inputs: usize, outputs: usize) -> Linear {
    let options = LinearOptions { generator: Some(generator.clone()), ..Default::default() };
    Linear::with_options(inputs, outputs, &options)
}

fn mlp(seed: u64) -> Sequential {
    let g = &Generator::new(seed);
    sequential![linear(g, 64, 32), ReLU, linear(g, 32, 10)]
}

fn cross_entropy(logits: &Tensor, labels: &Tensor) -> Result<Tensor> {
    ops::cross_entropy(logits, labels, Default::default())
}

fn train_epoch(model: &dyn Module, optimizer: &mut dyn Optimizer, data: &Dataset, epoch: u64) -> Result<f64> {
    let mut sum = 0.0;
    for (x, y) in data.shuffled_batches(64, 0, epoch) {
        let loss = cross_entropy(&model.forward(&x)?, &y)?;
        optimizer.zero_grad();
        loss.backward();
        clip_grad_norm_(&optimizer.parameters(), 5.0, 2.0, true)?;
        optimizer.step();
        sum += loss.item() * y.numel() as f64;
    }
    Ok(sum / data.len() as f64)
}

fn accuracy(model: &dyn Module, data: &Dataset) -> Result<f64> {
    let right = no_grad(|| {
        data.batches(256)
            .map(|(x, y)| {
                let predicted = ops::argmax_dim(&model.forward(&x)?, 1, false)?.to_vec::<i64>();
                Ok(predicted.iter().zip(y.to_vec::<i64>()).filter(|(p, y)| **p == *y).count())
            })
            .sum::<Result<usize>>()
    })?;
    Ok(right as f64 / data.len() as f64)
}

#[test]
fn an_mlp_learns_the_digits() {
    let (train, test) = data::digits().unwrap().train_test_split(0.2, 0).unwrap();
    let model = mlp(0);
    let mut adam = Adam::new(model.parameters(), AdamOptions { lr: 1e-2, ..Default::default() }).unwrap();
    let losses: Vec<f64> = (0..8).map(|epoch| train_epoch(&model, &mut adam, &train, epoch).unwrap()).collect();
    assert!(losses[0] > 1.0 && losses[7] < 0.2, "{losses:?}");
    let accuracy = accuracy(&model, &test).unwrap();
    assert!(accuracy > 0.95, "{accuracy}");
}

#[test]
fn an_epoch_goes_as_in_pytorch() {
    let recorded = include_str!("../../testdata/training.txt");
    let digits = data::digits().unwrap();
    let losses = |optimizer: &mut dyn Optimizer, model: &Sequential| -> Vec<f64> {
        let step = |(x, y)| {
            let loss = cross_entropy(&model.call(&x), &y).unwrap();
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            loss.item()
        };
        digits.batches(64).map(step).collect()
    };
    for line in recorded.lines().skip(1) {
        let (name, expected) = line.split_once(' ').unwrap();
        let model = mlp(0);
        let params = model.parameters();
        let nesterov = SGDOptions { lr: 0.1, momentum: 0.9, nesterov: true, ..Default::default() };
        let mut optimizer: Box<dyn Optimizer> = match name {
            "sgd" => Box::new(SGD::new(params, nesterov).unwrap()),
            _ => Box::new(AdamW::new(params, AdamWOptions { lr: 1e-2, ..Default::default() }).unwrap()),
        };
        let expected: Vec<f64> = expected.split(' ').map(|v| v.parse().unwrap()).collect();
        let got = losses(&mut *optimizer, &model);
        assert_eq!(got.len(), expected.len());
        let worst = got.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-4, "{name}: a loss is off by {worst}\n{got:?}\n{expected:?}");
    }
}

/// A file that is removed at the end.
struct File(PathBuf);

impl File {
    fn new(name: &str) -> File {
        File(std::env::temp_dir().join(format!("wengert-nn-it-{}-{name}.safetensors", std::process::id())))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn bits(model: &dyn Module) -> Vec<u32> {
    model.parameters().iter().flat_map(|p| p.to_vec::<f32>()).map(f32::to_bits).collect()
}

/// Trains from one epoch to another with a schedule.
fn run(
    model: &Sequential,
    optimizer: &mut dyn Optimizer,
    schedule: &mut Scheduler,
    data: &Dataset,
    epochs: std::ops::Range<u64>,
) {
    for epoch in epochs {
        train_epoch(model, optimizer, data, epoch).unwrap();
        schedule.step(optimizer);
    }
}

/// Trains four epochs at once, and two and two with files between; both must give the same bits.
fn resumes(name: &str, make: impl Fn(&Sequential) -> Box<dyn Optimizer>) {
    let data = data::digits().unwrap().select(&(0..300).collect::<Vec<_>>()).unwrap();
    let whole = mlp(1);
    let mut optimizer = make(&whole);
    let mut schedule = Scheduler::cosine_annealing_lr(&*optimizer, 4, 1e-4);
    run(&whole, &mut *optimizer, &mut schedule, &data, 0..4);

    let files = ["model", "optimizer", "schedule"].map(|part| File::new(&format!("{name}-{part}")));
    let first = mlp(1);
    let mut optimizer = make(&first);
    let mut schedule = Scheduler::cosine_annealing_lr(&*optimizer, 4, 1e-4);
    run(&first, &mut *optimizer, &mut schedule, &data, 0..2);
    let states = [first.state_dict(), optimizer.state_dict(), schedule.state_dict()];
    for (file, state) in files.iter().zip(&states) {
        io::save(&file.0, state, &Metadata::new()).unwrap();
    }

    let second = mlp(2);
    assert_ne!(bits(&second), bits(&first));
    let mut optimizer = make(&second);
    let mut schedule = Scheduler::cosine_annealing_lr(&*optimizer, 4, 1e-4);
    second.load_state_dict(&io::load(&files[0].0).unwrap()).unwrap();
    optimizer.load_state_dict(&io::load(&files[1].0).unwrap()).unwrap();
    schedule.load_state_dict(&io::load(&files[2].0).unwrap()).unwrap();
    assert_eq!(bits(&second), bits(&first));
    run(&second, &mut *optimizer, &mut schedule, &data, 2..4);
    assert_eq!(bits(&second), bits(&whole), "{name}");
}

#[test]
fn a_resumed_run_equals_an_uninterrupted_one() {
    resumes("adam", |m| Box::new(Adam::new(m.parameters(), AdamOptions { lr: 1e-2, ..Default::default() }).unwrap()));
    let momentum = SGDOptions { lr: 0.05, momentum: 0.9, weight_decay: 1e-4, nesterov: true, ..Default::default() };
    resumes("sgd", |m| Box::new(SGD::new(m.parameters(), momentum).unwrap()));
}

#[test]
fn a_file_of_another_model_is_refused() {
    let file = File::new("other");
    io::save(&file.0, mlp(0).state_dict(), &Metadata::from([("made".into(), "here".into())])).unwrap();
    let g = &Generator::new(0);
    let other = sequential![linear(g, 64, 16), Tanh, linear(g, 16, 10), Tanh, linear(g, 10, 2)];
    let (state, metadata) = io::load_with_metadata(&file.0).unwrap();
    assert_eq!(metadata["made"], "here");
    let e = other.load_state_dict(&state).unwrap_err();
    for text in [
        "Error(s) in loading state_dict for Sequential:",
        "Missing key(s) in state_dict: \"4.weight\", \"4.bias\".",
        "size mismatch for 0.weight: copying a param with shape torch.Size([32, 64]) from checkpoint, the shape in current model is torch.Size([16, 64]).",
    ] {
        assert!(e.message().contains(text), "{e}");
    }
    std::fs::write(&file.0, b"0.0,1.0,2\n").unwrap();
    let e = io::load(&file.0).unwrap_err();
    assert!(e.message().contains("not a safetensors file"), "{e}");
}

#[test]
fn gradient_descent_finds_a_line() {
    // y = 2 x - 1, without noise.
    let x = Tensor::linspace(-1.0, 1.0, 32);
    let x = ops::reshape(&x, &[32, 1]).unwrap();
    let y = &x * 2.0 - 1.0;
    let model = linear(&Generator::new(0), 1, 1);
    let mut sgd = SGD::new(model.parameters(), SGDOptions { lr: 0.5, ..Default::default() }).unwrap();
    for _ in 0..200 {
        let difference = &model.call(&x) - &y;
        sgd.zero_grad();
        ops::mean(&(&difference * &difference)).unwrap().backward();
        sgd.step();
    }
    let (w, b) = (model.weight.item(), model.bias.as_ref().unwrap().item());
    assert!((w - 2.0).abs() < 1e-5 && (b + 1.0).abs() < 1e-5, "{w} {b}");
}
