//! batch_norm, instance_norm, group_norm, rms_norm.

use super::{layer_norm, widened};
use crate::autograd::GradMode;
use crate::dtype::DType;
use crate::error::{Error, Named, Result};
use crate::ops::{add, add_, mean_dim, mul, mul_, reshape, rsqrt, square, sub, to_dtype, var_mean_dim};
use crate::table::{Binding, bind};
use crate::tensor::Tensor;
use crate::testing::{Check, Entry, ints, uniform};

/// What [`batch_norm`] and [`instance_norm`] leave to choose.
#[derive(Clone, Copy, Debug)]
pub struct BatchNormOptions<'a> {
    /// The running mean of each channel: read, or in training moved towards that of the batch.
    pub running_mean: Option<&'a Tensor>,
    /// The running variance of each channel, as the mean.
    pub running_var: Option<&'a Tensor>,
    /// What each normalized channel is multiplied by.
    pub weight: Option<&'a Tensor>,
    /// What is added to each channel then.
    pub bias: Option<&'a Tensor>,
    /// Are mean and variance those of the input, or the running ones?
    pub training: bool,
    /// How far the running statistics move: 0.1 by default.
    pub momentum: f64,
    /// What is added to the variance: 1e-5 by default.
    pub eps: f64,
}

impl Default for BatchNormOptions<'_> {
    fn default() -> Self {
        BatchNormOptions {
            running_mean: None,
            running_var: None,
            weight: None,
            bias: None,
            training: false,
            momentum: 0.1,
            eps: 1e-5,
        }
    }
}

impl BatchNormOptions<'_> {
    fn check(&self, input: &Tensor) -> Result<()> {
        if !input.dtype().is_float() {
            return Err(Error::not_implemented(format!(
                "\"batch_norm\" not implemented for '{}'",
                input.dtype().scalar_name()
            )));
        }
        let channels = input.shape().get(1).copied().unwrap_or(0);
        let all = [
            ("running_mean", self.running_mean),
            ("running_var", self.running_var),
            ("weight", self.weight),
            ("bias", self.bias),
        ];
        for (name, t) in all {
            match t {
                Some(t) if t.numel() != channels => {
                    return Err(Error::runtime(format!("{name} should contain {channels} elements not {}", t.numel())));
                }
                None if !self.training && name.starts_with("running") => {
                    return Err(Error::runtime(format!("{name} must be defined in evaluation mode")));
                }
                _ => {}
            }
        }
        if input.ndim() < 2 {
            return Err(Error::runtime(format!(
                "Expected at least 2 dimensions for input tensor but received {}",
                input.ndim()
            )));
        }
        Ok(())
    }
}

/// One number for each channel, beside those of an input with `ndim` dimensions.
#[track_caller]
fn per_channel(t: &Tensor, ndim: usize) -> Result<Tensor> {
    let mut shape = vec![1; ndim];
    shape[1] = t.numel();
    reshape(t, &shape)
}

/// `x * weight + bias`, both for each channel, in the dtype of `like`.
#[track_caller]
fn scaled(x: Tensor, weight: Option<&Tensor>, bias: Option<&Tensor>, like: &Tensor) -> Result<Tensor> {
    let mut out = x;
    if let Some(w) = weight {
        out = mul(&out, &per_channel(w, like.ndim())?)?;
    }
    if let Some(b) = bias {
        out = add(&out, &per_channel(b, like.ndim())?)?;
    }
    to_dtype(&out, like.dtype())
}

/// Moves running statistics by `momentum` towards those of a batch.
#[track_caller]
fn follow(running: Option<&Tensor>, batch: &Tensor, momentum: f64) -> Result<()> {
    if let Some(running) = running {
        let batch = to_dtype(&reshape(batch, running.shape())?, running.dtype())?;
        add_(&mul_(running, 1.0 - momentum)?, &mul(&batch, momentum)?)?;
    }
    Ok(())
}

/// Subtracts from each channel, the second dimension, its mean, and divides by its standard deviation (biased, with `eps` added to the variance); then
/// multiplies by a weight and adds a bias, one for each channel. In training, mean and variance are those of the input, over all other dimensions, and
/// the running ones follow them (the variance unbiased); else the running ones are used.
///
/// # Errors
/// If there are fewer than two dimensions, a parameter has not one number for each channel, running statistics are missing in evaluation, or for integers.
#[track_caller]
pub fn batch_norm(input: &Tensor, options: BatchNormOptions) -> Result<Tensor> {
    options.check(input).named("batch_norm")?;
    let n = input.ndim();
    let x = widened(input)?;
    let (mean, scale) = if options.training && input.numel() > 0 {
        let dims: Vec<isize> = (0..n as isize).filter(|&d| d != 1).collect();
        let (variance, mean) = var_mean_dim(&x, &dims, 0.0, true)?;
        let count = (input.numel() / input.shape()[1]) as f64;
        let _off = GradMode::set(false);
        let (mean_now, variance_now) = (mean.detach(), variance.detach());
        follow(options.running_mean, &mean_now, options.momentum)?;
        if options.running_var.is_some() {
            follow(options.running_var, &mul(&variance_now, count / (count - 1.0))?, options.momentum)?;
        }
        drop(_off);
        (mean, rsqrt(&add(&variance, options.eps)?)?)
    } else {
        match (options.running_mean, options.running_var) {
            (Some(mean), Some(variance)) => {
                (per_channel(mean, n)?, rsqrt(&add(&per_channel(variance, n)?, options.eps)?)?)
            }
            _ => return Ok(input.clone()),
        }
    };
    scaled(mul(&sub(&x, &mean)?, &scale)?, options.weight, options.bias, input)
}

/// [`batch_norm`] with mean and variance of each channel of each example; with `training` unset, the running ones are used. Running ones follow
/// the mean over the examples.
///
/// # Errors
/// Those of [`batch_norm`].
#[track_caller]
pub fn instance_norm(input: &Tensor, options: BatchNormOptions) -> Result<Tensor> {
    if !options.training && (options.running_mean.is_none() || options.running_var.is_none()) {
        let text = "Expected running_mean and running_var to be defined when use_input_stats is false";
        return Err(Error::runtime(text)).named("instance_norm");
    }
    BatchNormOptions { training: true, ..options }.check(input).named("instance_norm")?;
    if !options.training {
        return batch_norm(input, options);
    }
    let (examples, channels) = (input.shape()[0], input.shape()[1]);
    let mut shape = input.shape().to_vec();
    (shape[0], shape[1]) = (1, examples * channels);
    if options.running_mean.is_some() || options.running_var.is_some() {
        let _off = GradMode::set(false);
        let x = widened(&input.detach())?;
        let dims: Vec<isize> = (2..input.ndim() as isize).collect();
        let count = shape[2..].iter().product::<usize>() as f64;
        let (variance, mean) = var_mean_dim(&x, &dims, 0.0, false)?;
        follow(options.running_mean, &mean_dim(&mean, &[0], false)?, options.momentum)?;
        let unbiased = mul(&mean_dim(&variance, &[0], false)?, count / (count - 1.0))?;
        follow(options.running_var, &unbiased, options.momentum)?;
    }
    let each = BatchNormOptions { running_mean: None, running_var: None, weight: None, bias: None, ..options };
    let normalized = reshape(&batch_norm(&reshape(&widened(input)?, &shape)?, each)?, input.shape())?;
    scaled(normalized, options.weight, options.bias, input)
}

/// Cuts the channels, the second dimension, into groups, and normalizes each group of each example to mean 0 and variance 1 (biased, with `eps` added to the
/// variance); then multiplies by a weight and adds a bias, one for each channel.
///
/// # Errors
/// If there are fewer than two dimensions, the groups do not come out even, a parameter has not one number for each channel, or for integers.
#[track_caller]
pub fn group_norm(
    input: &Tensor,
    num_groups: usize,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    eps: f64,
) -> Result<Tensor> {
    check_groups(input, num_groups, weight, bias).named("group_norm")?;
    if input.numel() == 0 {
        return scaled(input.clone(), weight, bias, input);
    }
    let x = widened(input)?;
    let rows = input.shape()[0] * num_groups;
    let size = input.numel() / rows;
    let normalized = layer_norm(&reshape(&x, &[rows, size])?, &[size], None, None, eps)?;
    scaled(reshape(&normalized, input.shape())?, weight, bias, input)
}

fn check_groups(input: &Tensor, groups: usize, weight: Option<&Tensor>, bias: Option<&Tensor>) -> Result<()> {
    let shape = input.shape();
    if shape.len() < 2 {
        return Err(Error::runtime(format!(
            "Expected at least 2 dimensions for input tensor but received {}",
            shape.len()
        )));
    }
    if groups == 0 {
        return Err(Error::runtime("Expected num groups to be greater than 0, got 0"));
    }
    if !shape[1].is_multiple_of(groups) {
        return Err(Error::runtime(format!(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape {shape:?} and num_groups={groups}"
        )));
    }
    for (name, t) in [("weight", weight), ("bias", bias)] {
        if let Some(t) = t.filter(|t| t.shape() != &shape[1..2]) {
            return Err(Error::runtime(format!(
                "Expected {name} to be a vector of size equal to the number of channels in input, but got {name} of shape {:?} and input of shape {shape:?}",
                t.shape()
            )));
        }
    }
    Ok(())
}

/// Divides by the root of the mean of squares over the last dimensions, whose sizes are `normalized_shape`, plus `eps` (by default the distance from 1 to the
/// next number of the dtype), and then multiplies by `weight`, which has that shape.
///
/// # Errors
/// If the last sizes of `input` or those of `weight` differ from `normalized_shape`, which must not be empty; for integers.
#[track_caller]
pub fn rms_norm(
    input: &Tensor,
    normalized_shape: &[usize],
    weight: Option<&Tensor>,
    eps: Option<f64>,
) -> Result<Tensor> {
    check_rms(input, normalized_shape, weight).named("rms_norm")?;
    let x = widened(input)?;
    let eps = eps.unwrap_or(if x.dtype() == DType::F64 { f64::EPSILON } else { f64::from(f32::EPSILON) });
    let dims: Vec<isize> = (1..=normalized_shape.len() as isize).map(|d| -d).collect();
    let scale = rsqrt(&add(&mean_dim(&square(&x)?, &dims, true)?, eps)?)?;
    let mut out = mul(&x, &scale)?;
    if let Some(w) = weight {
        out = mul(&out, w)?;
    }
    to_dtype(&out, input.dtype())
}

fn check_rms(input: &Tensor, normalized: &[usize], weight: Option<&Tensor>) -> Result<()> {
    if normalized.is_empty() {
        return Err(Error::runtime(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = []",
        ));
    }
    if let Some(w) = weight.filter(|w| w.shape() != normalized) {
        return Err(Error::runtime(format!(
            "Expected weight to be of same shape as normalized_shape, but got weight of shape {:?} and normalized_shape = {normalized:?}",
            w.shape()
        )));
    }
    if !input.shape().ends_with(normalized) {
        let list: Vec<String> = normalized.iter().map(usize::to_string).collect();
        return Err(Error::runtime(format!(
            "Given normalized_shape={normalized:?}, expected input with shape [*{}], but got input of size{:?}",
            list.join(", "),
            input.shape()
        )));
    }
    if !input.dtype().is_float() {
        let text = format!("\"rms_norm\" not implemented for '{}'", input.dtype().scalar_name());
        return Err(Error::not_implemented(text));
    }
    Ok(())
}

pub(crate) static BINDINGS: &[Binding] = &[
    bind!(
        "torch::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
        |a| batch_norm(
            a.tensor(0),
            BatchNormOptions {
                weight: a.opt_tensor(1),
                bias: a.opt_tensor(2),
                running_mean: a.opt_tensor(3),
                running_var: a.opt_tensor(4),
                training: a.bool(5),
                momentum: a.float(6),
                eps: a.float(7),
            }
        )
    ),
    bind!(
        "torch::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor",
        |a| instance_norm(
            a.tensor(0),
            BatchNormOptions {
                weight: a.opt_tensor(1),
                bias: a.opt_tensor(2),
                running_mean: a.opt_tensor(3),
                running_var: a.opt_tensor(4),
                training: a.bool(5),
                momentum: a.float(6),
                eps: a.float(7),
            }
        )
    ),
    bind!(
        "torch::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor",
        |a| {
            let groups = usize::try_from(a.int(1))
                .map_err(|_| Error::runtime(format!("Expected num groups to be greater than 0, got {}", a.int(1))))?;
            group_norm(a.tensor(0), groups, a.opt_tensor(2), a.opt_tensor(3), a.float(4))
        }
    ),
    bind!(
        "torch::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
        |a| rms_norm(a.tensor(0), &a.sizes(1)?, a.opt_tensor(2), a.opt_float(3))
    ),
];

pub(crate) fn entries() -> Vec<Entry> {
    let (x, m) = (uniform(1, -2.0, 2.0, &[3, 4, 2]), uniform(2, -2.0, 2.0, &[5, 3]));
    let (w, b) = (uniform(3, 0.5, 2.0, &[4]), uniform(4, -1.0, 1.0, &[4]));
    let (mean, var) = (uniform(5, -1.0, 1.0, &[4]), uniform(6, 0.5, 2.0, &[4]));
    let training = BatchNormOptions { training: true, ..BatchNormOptions::default() };
    let four = |a: &Tensor, b: &Tensor, c: &Tensor, d: &Tensor| [a.clone(), b.clone(), c.clone(), d.clone()];
    // What is left in the running statistics, after the result.
    let moved = |f: fn(&Tensor, BatchNormOptions) -> Result<Tensor>| {
        move |t: &[Tensor]| {
            let (mean, var) = (
                Tensor::from_array(t[1].array().copy_as(DType::F64)),
                Tensor::from_array(t[2].array().copy_as(DType::F64)),
            );
            let options = BatchNormOptions {
                running_mean: Some(&mean),
                running_var: Some(&var),
                training: true,
                momentum: 0.3,
                ..BatchNormOptions::default()
            };
            Ok(vec![f(&t[0], options)?, mean, var])
        }
    };
    let plain = move |t: &[Tensor]| batch_norm(&t[0], training);
    let reason = "running statistics are written, which a batch cannot share";
    vec![
        Entry::new("batch_norm(Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight=None, Tensor? bias=None, bool training=False, float momentum=0.1, float eps=1e-05) -> Tensor")
            .sample("F.batch_norm(a, None, None, training=True)", [x.clone()], plain)
            .skip(Check::Batched, "each example has statistics of its own")
            .sample("F.batch_norm(a, None, None, b, c, training=True, eps=0.1)", [x.clone(), w.clone(), b.clone()], move |t| {
                batch_norm(&t[0], BatchNormOptions { weight: Some(&t[1]), bias: Some(&t[2]), eps: 0.1, ..training })
            })
            .sample("F.batch_norm(a, b.detach(), c.detach(), d)", four(&x, &mean, &var, &w), |t| {
                let (mean, var) = (t[1].detach(), t[2].detach());
                batch_norm(&t[0], BatchNormOptions { running_mean: Some(&mean), running_var: Some(&var), weight: Some(&t[3]), ..BatchNormOptions::default() })
            })
            .skip(Check::Forward, "running statistics are constants")
            .sample("(lambda m, v: (F.batch_norm(a, m, v, training=True, momentum=0.3), m, v))(b.detach().clone(), c.detach().clone())", [x.clone(), mean.detach(), var.detach()], moved(batch_norm))
            .skip(Check::Batched, reason)
            .skip(Check::Gradcheck, "running statistics are outside the graph")
            .skip(Check::Forward, "running statistics are outside the graph")
            .error([m.clone()], |t| batch_norm(&t[0], BatchNormOptions::default()), "running_mean must be defined in evaluation mode")
            .error([m.clone(), w.clone()], move |t| batch_norm(&t[0], BatchNormOptions { weight: Some(&t[1]), ..training }), "weight should contain 3 elements not 4")
            .error([ints(1, 0, 3, &[2, 2])], plain, "\"batch_norm\" not implemented for 'Long'"),
        Entry::new("instance_norm(Tensor input, Tensor? running_mean=None, Tensor? running_var=None, Tensor? weight=None, Tensor? bias=None, bool use_input_stats=True, float momentum=0.1, float eps=1e-05) -> Tensor")
            .sample("F.instance_norm(a, weight=b, bias=c, eps=0.1)", [x.clone(), w.clone(), b.clone()], move |t| {
                instance_norm(&t[0], BatchNormOptions { weight: Some(&t[1]), bias: Some(&t[2]), eps: 0.1, ..training })
            })
            .sample("(lambda m, v: (F.instance_norm(a, m, v, momentum=0.3), m, v))(b.detach().clone(), c.detach().clone())", [x.clone(), mean.detach(), var.detach()], moved(instance_norm))
            .skip(Check::Batched, reason)
            .skip(Check::Gradcheck, "running statistics are outside the graph")
            .skip(Check::Forward, "running statistics are outside the graph")
            .error([x.clone()], |t| instance_norm(&t[0], BatchNormOptions::default()), "Expected running_mean and running_var to be defined when use_input_stats is false"),
        Entry::new("group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05) -> Tensor")
            .sample("F.group_norm(a, 2, b, c)", [x.clone(), w.clone(), b.clone()], |t| group_norm(&t[0], 2, Some(&t[1]), Some(&t[2]), 1e-5))
            .sample("F.group_norm(a, 1, eps=0.1)", [x.clone()], |t| group_norm(&t[0], 1, None, None, 0.1))
            .error([x.clone()], |t| group_norm(&t[0], 3, None, None, 0.1), "Expected number of channels in input to be divisible by num_groups, but got input of shape [3, 4, 2] and num_groups=3")
            .error([w.clone()], |t| group_norm(&t[0], 1, None, None, 0.1), "Expected at least 2 dimensions for input tensor but received 1"),
        Entry::new("rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor")
            .sample("F.rms_norm(a, (2,))", [x.clone()], |t| rms_norm(&t[0], &[2], None, None))
            .sample("F.rms_norm(a, (4, 2), b, 0.1)", [x.clone(), uniform(7, 0.5, 2.0, &[4, 2])], |t| rms_norm(&t[0], &[4, 2], Some(&t[1]), Some(0.1)))
            .error([x], |t| rms_norm(&t[0], &[3], None, None), "Given normalized_shape=[3], expected input with shape [*3], but got input of size[3, 4, 2]"),
    ]
}
