//! rand, randn, randint, randperm, normal, bernoulli, multinomial, dropout, and what fills a tensor with random numbers.

use crate::apply::apply1;
use crate::array::Array;
use crate::autograd::GradMode;
use crate::dtype::{DType, default_dtype};
use crate::error::{Error, Named, Result};
use crate::ops::{add, broadcast_tensors, clone_tensor, copy_, expand, keeps_order, mul, mul_};
use crate::primitive::{Family, Grads, Meta, Metas, Primitive, Saved, Saves, one};
use crate::random::{Distribution, Generator, bernoulli, default_generator, dropout, in_bounds};
use crate::scalar::Operand;
use crate::table::{Args, Binding, bind};
use crate::tensor::Tensor;
use crate::transforms::level;
use crate::transforms::random::thrown;
use smallvec::{SmallVec, smallvec};
use wengert_kernels::dispatch;
use wengert_kernels::random as kernels;

const UNIFORM: Distribution = Distribution::Uniform(0.0, 1.0);
const NORMAL: Distribution = Distribution::Normal(0.0, 1.0);

fn integers(shape: &[usize], low: i64, high: i64, dtype: DType, generator: Option<&Generator>) -> Result<Tensor> {
    in_bounds(low, high, dtype)?;
    Distribution::Int(low, high).draw(shape, dtype, generator)
}

/// Numbers of the distribution in another tensor's shape: by default in its dtype.
fn like(a: &Args, distribution: Distribution) -> Result<Tensor> {
    drawn_like(a, distribution, a.opt_dtype(2), a.opt_generator(1))
}

/// The last argument is a memory format.
fn drawn_like(
    a: &Args,
    distribution: Distribution,
    dtype: Option<DType>,
    generator: Option<&Generator>,
) -> Result<Tensor> {
    let x = a.tensor(0);
    let dtype = dtype.unwrap_or(x.dtype());
    match keeps_order(a.opt_name(a.0.len() - 1)) {
        true => distribution.draw_like(x, dtype, generator),
        false => distribution.draw(x.shape(), dtype, generator),
    }
}

/// Integers in another tensor's shape; the bound may stand in a tensor without dimensions.
fn integers_like(a: &Args, low: i64, high: i64, rest: usize) -> Result<Tensor> {
    let dtype = a.opt_dtype(rest + 1);
    in_bounds(low, high, dtype.unwrap_or(a.tensor(0).dtype()))?;
    drawn_like(a, Distribution::Int(low, high), dtype, a.opt_generator(rest))
}

fn permutation(n: i64, dtype: DType, generator: Option<&Generator>) -> Result<Tensor> {
    let n = usize::try_from(n)
        .map_err(|_| Error::runtime(format!("Trying to create tensor with negative dimension {n}: [{n}]")))?;
    Distribution::Permutation.draw(&[n], dtype, generator)
}

/// Numbers that were drawn with parameters whose gradient is zero.
#[derive(Debug)]
struct Drawn {
    name: &'static str,
    node: &'static str,
    value: Array,
}

impl Primitive for Drawn {
    fn name(&self) -> &'static str {
        self.name
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, _: &[Meta]) -> Result<Metas> {
        Ok(one(self.value.shape(), self.value.dtype()))
    }
    fn eval(&self, _: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.value.copy_into(&mut outs[0].view_mut());
        Ok(())
    }
    fn jvp(&self, _: &Grads, _: &Saved) -> Result<Option<Grads>> {
        Ok(Some(Grads::one(None)))
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, s: &Saved) -> Result<Grads> {
        Ok((0..s.len()).map(|i| s.when(i, || Tensor::zeros_like(&g[0]))).collect())
    }
}

/// `value` with a place in the graph of its parameters, if they have one.
#[track_caller]
fn recorded(name: &'static str, node: &'static str, value: Tensor, parameters: &[&Tensor]) -> Result<Tensor> {
    if level::any() || !parameters.iter().any(|p| p.requires_grad()) {
        return Ok(value);
    }
    let parameters: Vec<Operand> = parameters.iter().map(|&p| p.into()).collect();
    apply1(Drawn { name, node, value: value.array().clone() }, &parameters)
}

/// Normal numbers with the given mean and standard deviation, of which one is a tensor at least (`torch.normal`).
#[track_caller]
fn normal(mean: Operand, std: Operand, generator: Option<&Generator>) -> Result<Tensor> {
    let value = {
        let _off = GradMode::set(false);
        let noise = |like: &Tensor, std: f64| {
            thrown(like, &|p| Distribution::Normal(0.0, std).draw(p.shape(), p.dtype(), generator))
        };
        if let Operand::Tensor(std) = std
            && !level::any()
            && std.array().to_vec::<f64>().iter().any(|&s| s < 0.0)
        {
            return Err(Error::runtime("normal expects all elements of std >= 0.0"));
        }
        match (mean, std) {
            // Standard numbers are shifted and scaled in the order of PyTorch's roundings.
            (Operand::Tensor(mean), Operand::Scalar(std)) => {
                let std = std.to_f64();
                if std < 0.0 || std.is_nan() {
                    return Err(Error::runtime(format!("normal expects std >= 0.0, but found std {std}")));
                }
                add(&noise(mean, std)?, mean)?
            }
            (Operand::Scalar(_), Operand::Tensor(std)) => add(&mul(&noise(std, 1.0)?, std)?, mean)?,
            (Operand::Tensor(m), Operand::Tensor(std)) => {
                let both = broadcast_tensors(&[m, std])?;
                NORMAL.check(m.dtype())?;
                add(&mul(&noise(&add(&both[0], &both[1])?, 1.0)?, std)?, m)?
            }
            (Operand::Scalar(mean), Operand::Scalar(std)) => {
                Distribution::Normal(mean.to_f64(), std.to_f64()).draw(&[], default_dtype(), generator)?
            }
        }
    };
    let (node, inputs): (_, SmallVec<[&Tensor; 2]>) = match (mean.tensor(), std.tensor()) {
        (Some(mean), None) => ("NormalBackward1", smallvec![mean]),
        (None, std) => ("NormalBackward2", std.into_iter().collect()),
        (Some(mean), Some(std)) => ("NormalBackward3", smallvec![mean, std]),
    };
    recorded("normal", node, value, &inputs)
}

/// Indices drawn with probabilities in proportion to `input`, for each row if there are two dimensions: `[samples]` or `[rows, samples]` of `int64`
/// (`torch.multinomial`).
///
/// # Errors
/// If `input` holds no weights, or fewer than are to be drawn without replacement.
#[track_caller]
pub fn multinomial(
    input: &Tensor,
    num_samples: usize,
    replacement: bool,
    generator: Option<&Generator>,
) -> Result<Tensor> {
    let draw = |weights: &Tensor| pick(weights, num_samples, replacement, generator);
    thrown(&input.detach(), &draw).named("multinomial")
}

fn pick(weights: &Tensor, samples: usize, replacement: bool, generator: Option<&Generator>) -> Result<Tensor> {
    if !weights.dtype().is_float() {
        return Err(Error::runtime(format!(
            "multinomial only supports floating-point dtypes for input, got: {}",
            weights.dtype().scalar_name()
        )));
    }
    let (rows, categories) = match *weights.shape() {
        [n] => (None, n),
        [rows, n] => (Some(rows), n),
        _ => return Err(Error::runtime("prob_dist must be 1 or 2 dim")),
    };
    if samples == 0 {
        return Err(Error::runtime("cannot sample n_sample <= 0 samples"));
    }
    if !replacement && samples > categories {
        return Err(Error::runtime("cannot sample n_sample > prob_dist.size(-1) samples without replacement"));
    }
    let dense = weights.array().contiguous();
    let numbers: Vec<f64> = dense.to_vec();
    if numbers.iter().any(|w| !w.is_finite() || *w < 0.0) {
        return Err(Error::runtime("probability tensor contains either `inf`, `nan` or element < 0"));
    }
    if numbers.chunks(categories.max(1)).any(|row| row.iter().sum::<f64>() <= 0.0) {
        return Err(Error::runtime("invalid multinomial distribution (sum of probabilities <= 0)"));
    }
    let mut out = vec![0i64; rows.unwrap_or(1) * samples];
    let default = default_generator();
    let mut g = generator.unwrap_or(&default).lock();
    dispatch!(weights.dtype(), T => {
        let view = dense.view();
        let weights = view.as_slice::<T>().expect("contiguous");
        kernels::multinomial(&mut g, &mut out, weights, categories, samples, replacement);
    }, else => unreachable!("weights are real"));
    let shape: SmallVec<[usize; 2]> = rows.into_iter().chain([samples]).collect();
    Ok(Tensor::from_slice(&out, &shape))
}

/// [`bernoulli`] with a place in the graph: the gradient is zero.
#[track_caller]
fn throws(p: &Tensor, generator: Option<&Generator>) -> Result<Tensor> {
    recorded("bernoulli", "BernoulliBackward0", bernoulli(p, generator)?, &[p])
}

/// Poisson-distributed numbers with the given rates (`torch.poisson`). The gradient is zero.
///
/// # Errors
/// If a rate is negative, or for integers.
#[track_caller]
pub fn poisson(input: &Tensor, generator: Option<&Generator>) -> Result<Tensor> {
    let draw = |rates: &Tensor| {
        let dense = rates.array().contiguous();
        let mut out = Array::try_empty(rates.shape(), rates.dtype())?;
        if !rates.dtype().is_float() {
            let text = format!("\"poisson_cpu\" not implemented for '{}'", rates.dtype().scalar_name());
            return Err(Error::not_implemented(text));
        }
        if dense.to_vec::<f64>().iter().any(|r| r.is_nan() || *r < 0.0) {
            return Err(Error::runtime("invalid Poisson rate, expected rate to be non-negative"));
        }
        let default = default_generator();
        let mut g = generator.unwrap_or(&default).lock();
        dispatch!(rates.dtype(), T => {
            let view = dense.view();
            let mut numbers = out.view_mut();
            let numbers = numbers.as_slice_mut::<T>().expect("a new array is dense");
            kernels::poisson(&mut g, numbers, view.as_slice().expect("contiguous"));
        }, else => unreachable!("rates are real"));
        Ok(Tensor::from_array(out))
    };
    let value = thrown(&input.detach(), &draw).named("poisson")?;
    recorded("poisson", "PoissonBackward0", value, &[input])
}

/// PyTorch's function of this name complains in another class than its layers do.
fn probability(p: f64) -> Result<f64> {
    if (0.0..=1.0).contains(&p) {
        return Ok(p);
    }
    Err(Error::runtime(format!("dropout probability has to be between 0 and 1, but got {p}")))
}

/// Overwrites `input` with throws of the probabilities `p`, broadcast.
#[track_caller]
fn throws_(input: &Tensor, p: &Tensor, generator: Option<&Generator>) -> Result<Tensor> {
    copy_(input, &bernoulli(&expand(&p.detach(), input.shape())?, generator)?)
}

pub(crate) static BINDINGS: &[Binding] = &[
    create!("torch::rand(SymInt[] size, *, Generator? generator=None, ", |a| {
        UNIFORM.draw(&a.sizes(0)?, a.opt_dtype(2).unwrap_or_else(default_dtype), a.opt_generator(1))
    }),
    create!("torch::randn(SymInt[] size, *, Generator? generator=None, ", |a| {
        NORMAL.draw(&a.sizes(0)?, a.opt_dtype(2).unwrap_or_else(default_dtype), a.opt_generator(1))
    }),
    create!("torch::rand_like(Tensor self, *, Generator? generator=None, ", like, |a| like(a, UNIFORM)),
    create!("torch::randn_like(Tensor self, *, Generator? generator=None, ", like, |a| like(a, NORMAL)),
    create!("torch::randint(SymInt high, SymInt[] size, *, Generator? generator=None, ", |a| {
        integers(&a.sizes(1)?, 0, a.int(0), a.opt_dtype(3).unwrap_or(DType::I64), a.opt_generator(2))
    }),
    create!("torch::randint.low(SymInt low, SymInt high, SymInt[] size, *, Generator? generator=None, ", |a| {
        integers(&a.sizes(2)?, a.int(0), a.int(1), a.opt_dtype(4).unwrap_or(DType::I64), a.opt_generator(3))
    }),
    create!("torch::randint_like(Tensor self, SymInt high, *, Generator? generator=None, ", like, |a| {
        integers_like(a, 0, a.int(1), 2)
    }),
    create!(
        "torch::randint_like.low_dtype(Tensor self, SymInt low, SymInt high, *, Generator? generator=None, ",
        like,
        |a| { integers_like(a, a.int(1), a.int(2), 3) }
    ),
    create!("torch::randperm(SymInt n, *, Generator? generator=None, ", |a| {
        permutation(a.int(0), a.opt_dtype(2).unwrap_or(DType::I64), a.opt_generator(1))
    }),
    bind!("torch::normal.Tensor_Tensor(Tensor mean, Tensor std, *, Generator? generator=None) -> Tensor", |a| {
        normal(a.operand(0), a.operand(1), a.opt_generator(2))
    }),
    bind!("torch::normal.Tensor_float(Tensor mean, float std=1.0, *, Generator? generator=None) -> Tensor", |a| {
        normal(a.operand(0), a.float(1).into(), a.opt_generator(2))
    }),
    bind!("torch::normal.float_Tensor(float mean, Tensor std, *, Generator? generator=None) -> Tensor", |a| {
        normal(a.float(0).into(), a.operand(1), a.opt_generator(2))
    }),
    create!("torch::normal.float_float(float mean, float std, SymInt[] size, *, Generator? generator=None, ", |a| {
        let std = a.float(1);
        if std < 0.0 || std.is_nan() {
            return Err(Error::runtime(format!("normal expects std >= 0.0, but found std {std}")));
        }
        let dtype = a.opt_dtype(4).unwrap_or_else(default_dtype);
        Distribution::Normal(a.float(0), std).draw(&a.sizes(2)?, dtype, a.opt_generator(3))
    }),
    bind!("bernoulli(Tensor self, *, Generator? generator=None) -> Tensor", |a| throws(
        a.tensor(0),
        a.opt_generator(1)
    )),
    bind!("bernoulli.p(Tensor self, float p, *, Generator? generator=None) -> Tensor", |a| {
        clone_tensor(&a.tensor(0).detach())?.bernoulli_(a.float(1), a.opt_generator(2))
    }),
    bind!(
        "multinomial(Tensor self, SymInt num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor",
        |a| { multinomial(a.tensor(0), usize::try_from(a.int(1)).unwrap_or(0), a.bool(2), a.opt_generator(3)) }
    ),
    bind!("torch::poisson(Tensor self, Generator? generator=None) -> Tensor", |a| poisson(
        a.tensor(0),
        a.opt_generator(1)
    )),
    bind!("torch::dropout(Tensor input, float p, bool train) -> Tensor", |a| {
        dropout(a.tensor(0), probability(a.float(1))?, a.bool(2), None)
    }),
    bind!("torch::dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)", |a| {
        if !a.bool(2) || a.float(1) == 0.0 {
            return Ok(a.tensor(0).clone().into());
        }
        let noise = dropout(&Tensor::ones_like(&a.tensor(0).detach()), probability(a.float(1))?, true, None)?;
        mul_(a.tensor(0), &noise)
    }),
    bind!(
        "Tensor::uniform_(Tensor(a!) self, float from=0.0, float to=1.0, *, Generator? generator=None) -> Tensor(a!)",
        |a| { a.tensor(0).uniform_(a.float(1), a.float(2), a.opt_generator(3)) }
    ),
    bind!(
        "Tensor::normal_(Tensor(a!) self, float mean=0.0, float std=1.0, *, Generator? generator=None) -> Tensor(a!)",
        |a| { a.tensor(0).normal_(a.float(1), a.float(2), a.opt_generator(3)) }
    ),
    bind!("Tensor::bernoulli_.Tensor(Tensor(a!) self, Tensor p, *, Generator? generator=None) -> Tensor(a!)", |a| {
        throws_(a.tensor(0), a.tensor(1), a.opt_generator(2))
    }),
    bind!("Tensor::bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)", |a| {
        a.tensor(0).bernoulli_(a.float(1), a.opt_generator(2))
    }),
    bind!("Tensor::exponential_(Tensor(a!) self, float lambd=1.0, *, Generator? generator=None) -> Tensor(a!)", |a| {
        a.tensor(0).exponential_(a.float(1), a.opt_generator(2))
    }),
    bind!("Tensor::random_.to(Tensor(a!) self, int to, *, Generator? generator=None) -> Tensor(a!)", |a| {
        in_bounds(0, a.int(1), a.tensor(0).dtype())?;
        a.tensor(0).fill_random("random_", "RandomBackward1", Distribution::Int(0, a.int(1)), a.opt_generator(2))
    }),
    bind!(
        "Tensor::random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)",
        |a| { a.tensor(0).random_(a.int(1), a.opt_int(2), a.opt_generator(3)) }
    ),
    bind!("Tensor::random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)", |a| {
        a.tensor(0).fill_random("random_", "RandomBackward2", Distribution::NonNegativeInt, a.opt_generator(1))
    }),
    bind!(
        "Tensor::cauchy_(Tensor(a!) self, float median=0.0, float sigma=1.0, *, Generator? generator=None) -> Tensor(a!)",
        |a| { a.tensor(0).cauchy_(a.float(1), a.float(2), a.opt_generator(3)) }
    ),
    bind!("Tensor::geometric_(Tensor(a!) self, float p, *, Generator? generator=None) -> Tensor(a!)", |a| {
        a.tensor(0).geometric_(a.float(1), a.opt_generator(2))
    }),
    bind!(
        "Tensor::log_normal_(Tensor(a!) self, float mean=1.0, float std=2.0, *, Generator? generator=None) -> Tensor(a!)",
        |a| { a.tensor(0).log_normal_(a.float(1), a.float(2), a.opt_generator(3)) }
    ),
];
