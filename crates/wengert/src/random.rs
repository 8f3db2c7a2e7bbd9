//! Random numbers: PyTorch's CPU streams, number for number.
//!
//! `manual_seed(0)` and then `Tensor::randn(&[3])` gives the floats that PyTorch gives. Every sampler takes its numbers from a
//! [`Generator`]; without one it is the process-wide default, which starts from the system's entropy as PyTorch's does.

use crate::apply::apply1;
use crate::array::Array;
use crate::dtype::{DType, default_dtype};
use crate::error::{Error, Result, or_panic};
use crate::primitive::{Batch, Family, Grads, Meta, Metas, Outs, Primitive, Saved, Saves, one};
use crate::scalar::{float_max, int_range};
use crate::tensor::Tensor;
use crate::transforms::level;
use crate::transforms::random::{drawn, filled, thrown};
use parking_lot::{ArcMutexGuard, Mutex, RawMutex};
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, LazyLock};
use wengert_kernels::random as kernels;
use wengert_kernels::{Layout, ViewMut, dispatch};

/// A stream of random numbers (mt19937). Clones share the stream.
#[derive(Clone)]
pub struct Generator(Arc<Mutex<kernels::Generator>>);

static DEFAULT: LazyLock<Generator> =
    LazyLock::new(|| Generator(Arc::new(Mutex::new(kernels::Generator::from_entropy()))));

thread_local! {
    /// What stands for the default generator in this thread, if it forked.
    static FORKED: RefCell<Option<Generator>> = const { RefCell::new(None) };
}

/// A stream that stands for the default generator in the thread that forked, until it is dropped.
#[must_use = "the fork ends when this is dropped"]
#[derive(Debug)]
pub struct Fork {
    outer: Option<Generator>,
    /// It ends in the thread where it began.
    here: PhantomData<*const ()>,
}

/// Gives this thread a default generator of its own: it goes on from where the default generator is, and what is drawn from it, or
/// how it is seeded, changes nothing outside (`torch.random.fork_rng`, except that other threads do not see it).
///
/// ```
/// use wengert::{Tensor, random};
/// random::manual_seed(7);
/// let within = {
///     let _fork = random::fork();
///     Tensor::rand(&[2]).to_vec::<f32>()
/// };
/// assert_eq!(Tensor::rand(&[2]).to_vec::<f32>(), within);
/// ```
pub fn fork() -> Fork {
    let stream = Generator(Arc::new(Mutex::new(DEFAULT.lock().clone())));
    Fork { outer: FORKED.replace(Some(stream)), here: PhantomData }
}

impl Drop for Fork {
    fn drop(&mut self) {
        // At a thread's end the variable may be gone already.
        let _ = FORKED.try_with(|forked| forked.replace(self.outer.take()));
    }
}

/// The generator of everything that is not given one.
pub fn default_generator() -> Generator {
    DEFAULT.clone()
}

/// Seeds the default generator (`torch.manual_seed`).
pub fn manual_seed(seed: u64) {
    DEFAULT.manual_seed(seed);
}

impl Generator {
    /// A stream of its own, from a seed.
    pub fn new(seed: u64) -> Generator {
        Generator(Arc::new(Mutex::new(kernels::Generator::new(seed))))
    }
    /// The stream, for the time of a draw.
    pub(crate) fn lock(&self) -> ArcMutexGuard<RawMutex, kernels::Generator> {
        let forked = if Arc::ptr_eq(&self.0, &DEFAULT.0) { FORKED.with_borrow(Clone::clone) } else { None };
        forked.as_ref().unwrap_or(self).0.lock_arc()
    }
    /// Starts the stream anew from a seed.
    pub fn manual_seed(&self, seed: u64) {
        self.lock().manual_seed(seed);
    }
    /// Starts the stream anew from a seed of the system's entropy, and returns that.
    pub fn seed(&self) -> u64 {
        self.lock().seed()
    }
    /// The seed it was last given.
    pub fn initial_seed(&self) -> u64 {
        self.lock().initial_seed()
    }
    /// The state, in PyTorch's layout of 5056 bytes (`torch.get_rng_state`).
    pub fn state(&self) -> Vec<u8> {
        self.lock().state().to_vec()
    }
    /// Goes back to a state.
    ///
    /// # Errors
    /// If the bytes are not such a state.
    pub fn set_state(&self, state: &[u8]) -> Result<()> {
        self.lock().set_state(state).map_err(|e| Error::runtime(e.to_string()))
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generator {{ initial_seed: {} }}", self.initial_seed())
    }
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Distribution {
    Uniform(f64, f64),
    Normal(f64, f64),
    /// From the first number up to but without the second.
    Int(i64, i64),
    /// From the number up to what the dtype holds exactly.
    IntFrom(i64),
    /// All 64-bit integers.
    AnyInt,
    /// From zero up to what the dtype holds exactly.
    NonNegativeInt,
    Permutation,
    Bernoulli(f64),
    DropoutNoise(f64),
    Exponential(f64),
    Cauchy(f64, f64),
    Geometric(f64),
    LogNormal(f64, f64),
}

impl Distribution {
    /// Can numbers of this dtype be drawn?
    pub(crate) fn check(self, dtype: DType) -> Result<()> {
        let continuous = |name: &str, dtype: &str| {
            Err(Error::runtime(format!(
                "{name} distribution is a continuous probability distribution. dtype must be a floating point but you specified {dtype}"
            )))
        };
        let kernel = match self {
            _ if dtype.is_float() => return Ok(()),
            Distribution::Exponential(_) => return continuous("Exponential", dtype.scalar_name()),
            Distribution::Cauchy(..) => return continuous("Cauchy", c_name(dtype)),
            Distribution::Uniform(..) => "check_uniform_bounds",
            Distribution::Normal(..) => "normal_kernel_cpu",
            Distribution::LogNormal(..) => "log_normal_cpu",
            Distribution::DropoutNoise(_) => "bernoulli_scalar_cpu_",
            _ if dtype.is_complex() => "random",
            _ => return Ok(()),
        };
        Err(Error::not_implemented(format!("\"{kernel}\" not implemented for '{}'", dtype.scalar_name())))
    }

    /// Fills an array. The numbers follow each other as the elements do in memory.
    fn fill(self, out: &mut Array, generator: &Generator) {
        let dense = out.layout().is_contiguous();
        let ordered = out.layout().permute(&out.layout().memory_order());
        let mut values = if dense { out.clone() } else { Array::empty(&ordered.shape, out.dtype()) };
        let g = &mut *generator.lock();
        dispatch!(out.dtype(), T => {
            let mut view = values.view_mut();
            let data = view.as_slice_mut::<T>().expect("the array is dense");
            match self {
                Distribution::Uniform(lo, hi) => kernels::uniform(g, data, lo, hi),
                // PyTorch fills strided tensors one by one, which is another stream.
                Distribution::Normal(mean, std) if !dense => kernels::normal_serial(g, data, mean, std),
                Distribution::Normal(mean, std) => kernels::normal(g, data, mean, std),
                Distribution::Int(low, high) => kernels::randint(g, data, low, high),
                Distribution::IntFrom(low) => kernels::random_from(g, data, low),
                Distribution::AnyInt => kernels::random_full(g, data),
                Distribution::NonNegativeInt => kernels::random(g, data),
                Distribution::Permutation => kernels::randperm(g, data),
                Distribution::Bernoulli(p) => kernels::bernoulli_scalar(g, data, p),
                Distribution::DropoutNoise(p) => kernels::dropout_noise(g, data, p),
                Distribution::Exponential(lambda) => kernels::exponential(g, data, lambda),
                Distribution::Cauchy(median, sigma) => kernels::cauchy(g, data, median, sigma),
                Distribution::Geometric(p) => kernels::geometric(g, data, p),
                Distribution::LogNormal(mean, std) => kernels::log_normal(g, data, mean, std),
            }
        }, else => unreachable!("complex tensors cannot be made yet"));
        if !dense {
            wengert_kernels::tile::copy(values.view(), &mut ViewMut { layout: &ordered, ..out.view_mut() });
        }
    }

    /// A tensor of such numbers in the shape of another one, in the same order of dimensions in memory.
    pub(crate) fn draw_like(self, other: &Tensor, dtype: DType, generator: Option<&Generator>) -> Result<Tensor> {
        let layout = other.array().layout();
        if level::any() || layout.is_row_major() {
            return self.draw(other.shape(), dtype, generator);
        }
        self.check(dtype)?;
        let mut out = Array::try_laid_out(layout.alike(), dtype)?;
        self.fill(&mut out, generator.unwrap_or(&DEFAULT));
        Ok(Tensor::from_array(out))
    }

    /// A tensor of such numbers.
    pub(crate) fn draw(self, shape: &[usize], dtype: DType, generator: Option<&Generator>) -> Result<Tensor> {
        self.check(dtype)?;
        let generator = generator.unwrap_or(&DEFAULT);
        let draw = |shape: &[usize]| {
            let mut out = Array::try_empty(shape, dtype)?;
            match (self, shape) {
                // Each example of a vmap has a permutation of its own.
                (Distribution::Permutation, [.., n]) if shape.len() > 1 => {
                    for k in 0..out.numel() / n.max(&1) {
                        let row = Layout { offset: k * n, ..Layout::contiguous(&[*n]) };
                        self.fill(&mut out.with_layout(row), generator);
                    }
                }
                _ => self.fill(&mut out, generator),
            }
            Ok(Tensor::from_array(out))
        };
        if level::any() { drawn(shape, &draw) } else { draw(shape) }
    }
}

/// Overwrites a tensor with random numbers: its gradient is zero.
#[derive(Debug)]
struct Fill {
    name: &'static str,
    node: &'static str,
    distribution: Distribution,
    generator: Generator,
}

impl Primitive for Fill {
    fn name(&self) -> &'static str {
        self.name
    }
    fn node_name(&self) -> &'static str {
        self.node
    }
    fn family(&self) -> Family {
        Family::Other
    }
    fn infer(&self, ins: &[Meta]) -> Result<Metas> {
        self.distribution.check(ins[0].dtype)?;
        Ok(one(ins[0].shape, ins[0].dtype))
    }
    fn eval(&self, _: &[&Array], outs: &mut [Array]) -> Result<()> {
        self.distribution.fill(&mut outs[0], &self.generator);
        Ok(())
    }
    fn writes_over_input(&self) -> bool {
        true
    }
    fn jvp(&self, _: &Grads, _: &Saved) -> Result<Option<Grads>> {
        Ok(Some(Grads::one(None)))
    }
    fn vmap(&self, batch: &Batch) -> Result<Option<Outs>> {
        let fill = |t: &Tensor| {
            let Fill { name, node, distribution, ref generator } = *self;
            apply1(Fill { name, node, distribution, generator: generator.clone() }, &[t.into()])
        };
        Batch::one(filled(&batch.front(0)?, batch.randomness(), fill)?)
    }
    fn saves(&self) -> Saves {
        Saves::NONE
    }
    fn vjp(&self, g: &Grads, _: &Saved) -> Result<Grads> {
        Ok(Grads::from([Some(Tensor::zeros_like(&g[0]))]))
    }
}

fn probability(p: f64, what: &str) -> Result<()> {
    if (0.0..=1.0).contains(&p) {
        return Ok(());
    }
    Err(Error::runtime(format!("{what} expects p to be in [0, 1], but got p={p}")))
}

/// `input` with each element zeroed with probability `p` and the others divided by `1 - p`, while `training`; else `input` itself.
///
/// # Errors
/// If `p` is no probability.
#[track_caller]
pub fn dropout(input: &Tensor, p: f64, training: bool, generator: Option<&Generator>) -> Result<Tensor> {
    if !(0.0..=1.0).contains(&p) {
        return Err(Error::value(format!("dropout probability has to be between 0 and 1, but got {p}")));
    }
    if !training || p == 0.0 || input.numel() == 0 {
        return Ok(input.clone());
    }
    let noise = Distribution::DropoutNoise(p).draw_like(input, input.dtype(), generator)?;
    crate::ops::mul(input, &noise)
}

/// One throw for each element, 1 with that probability, in the dtype of `p` (`torch.bernoulli`).
///
/// # Errors
/// If `p` is not of a floating dtype or an element is no probability.
pub fn bernoulli(p: &Tensor, generator: Option<&Generator>) -> Result<Tensor> {
    if !p.dtype().is_float() {
        return Err(Error::not_implemented(format!(
            "\"bernoulli_tensor_cpu_p_\" not implemented for '{}'",
            p.dtype().scalar_name()
        )));
    }
    if level::any() {
        return thrown(p, &|p| throw(p, generator));
    }
    throw(p, generator)
}

fn throw(p: &Tensor, generator: Option<&Generator>) -> Result<Tensor> {
    let ps = p.array().contiguous();
    let mut out = Array::empty(p.shape(), p.dtype());
    let bad = dispatch!(p.dtype(), T => {
        let view = ps.view();
        let data = view.as_slice::<T>().expect("contiguous");
        let bad = data.iter().map(|&v| wengert_kernels::Element::to_f64(v)).find(|v| !(0.0..=1.0).contains(v));
        if bad.is_none() {
            let mut out = out.view_mut();
            kernels::bernoulli::<T, T>(&mut generator.unwrap_or(&DEFAULT).lock(), out.as_slice_mut().expect("fresh"), data);
        }
        bad
    }, else => unreachable!("checked above"));
    match bad {
        Some(_) => Err(Error::runtime("Expected p_in >= 0 && p_in <= 1 to be true, but got false.")),
        None => Ok(Tensor::from_array(out)),
    }
}

/// Are the integers from `low` up to but without `high` a range, and does the dtype hold them?
pub(crate) fn in_bounds(low: i64, high: i64, dtype: DType) -> Result<()> {
    if low >= high {
        return Err(Error::runtime(format!(
            "random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )));
    }
    let (least, most) = match dtype {
        DType::Bool => (0.0, 1.0),
        d if d.is_float() => (-float_max(d), float_max(d)),
        d => {
            let (least, most) = int_range(d);
            (least as f64, most as f64)
        }
    };
    for (name, n) in [("from", low), ("to - 1", high - 1)] {
        if !(least..=most).contains(&(n as f64)) {
            return Err(Error::runtime(format!("{name} is out of bounds for {}", c_name(dtype))));
        }
    }
    Ok(())
}

/// What PyTorch's messages about samplers call a dtype.
fn c_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "bool",
        DType::U8 => "unsigned char",
        DType::I8 => "signed char",
        DType::I16 => "short int",
        DType::I32 => "int",
        DType::I64 => "long int",
        DType::F16 => "c10::Half",
        DType::BF16 => "c10::BFloat16",
        DType::F32 => "float",
        DType::F64 => "double",
        DType::C64 => "c10::complex<float>",
        DType::C128 => "c10::complex<double>",
    }
}

impl Tensor {
    /// Uniform numbers in `[0, 1)` of the default dtype.
    ///
    /// # Panics
    /// Within a `vmap` that was not told what random numbers to take; so do all that draw.
    #[track_caller]
    pub fn rand(shape: &[usize]) -> Tensor {
        Tensor::rand_of(shape, default_dtype(), &DEFAULT)
    }
    /// [`Tensor::rand`] with dtype and generator.
    #[track_caller]
    pub fn rand_of(shape: &[usize], dtype: DType, generator: &Generator) -> Tensor {
        or_panic(Distribution::Uniform(0.0, 1.0).draw(shape, dtype, Some(generator)))
    }
    /// Standard normal numbers of the default dtype.
    #[track_caller]
    pub fn randn(shape: &[usize]) -> Tensor {
        Tensor::randn_of(shape, default_dtype(), &DEFAULT)
    }
    /// [`Tensor::randn`] with dtype and generator.
    #[track_caller]
    pub fn randn_of(shape: &[usize], dtype: DType, generator: &Generator) -> Tensor {
        or_panic(Distribution::Normal(0.0, 1.0).draw(shape, dtype, Some(generator)))
    }
    /// `int64` numbers from `low` up to but without `high`.
    ///
    /// # Panics
    /// If the range is empty.
    #[track_caller]
    pub fn randint(low: i64, high: i64, shape: &[usize]) -> Tensor {
        or_panic(Tensor::randint_of(low, high, shape, DType::I64, &DEFAULT))
    }
    /// [`Tensor::randint`] with dtype and generator.
    ///
    /// # Errors
    /// If the range is empty.
    pub fn randint_of(low: i64, high: i64, shape: &[usize], dtype: DType, generator: &Generator) -> Result<Tensor> {
        in_bounds(low, high, dtype)?;
        Distribution::Int(low, high).draw(shape, dtype, Some(generator))
    }
    /// The numbers `0..n` in random order, as `int64`.
    #[track_caller]
    pub fn randperm(n: usize) -> Tensor {
        Tensor::randperm_of(n, DType::I64, &DEFAULT)
    }
    /// [`Tensor::randperm`] with dtype and generator.
    #[track_caller]
    pub fn randperm_of(n: usize, dtype: DType, generator: &Generator) -> Tensor {
        or_panic(Distribution::Permutation.draw(&[n], dtype, Some(generator)))
    }

    #[track_caller]
    pub(crate) fn fill_random(
        &self,
        name: &'static str,
        node: &'static str,
        distribution: Distribution,
        generator: Option<&Generator>,
    ) -> Result<Tensor> {
        let generator = generator.cloned().unwrap_or_else(default_generator);
        crate::apply::apply_in_place(Fill { name, node, distribution, generator }, name, self, &[])?;
        Ok(self.clone())
    }

    /// Fills it with uniform numbers in `[lo, hi)`.
    ///
    /// # Errors
    /// If `lo > hi`, for integers, and those of in-place writes.
    #[track_caller]
    pub fn uniform_(&self, lo: f64, hi: f64, generator: Option<&Generator>) -> Result<Tensor> {
        if lo.partial_cmp(&hi).is_none_or(|o| o.is_gt()) {
            return Err(Error::runtime(format!(
                "uniform_ expects to return a [from, to) range, but found from={lo} > to={hi}"
            )));
        }
        self.fill_random("uniform_", "UniformBackward0", Distribution::Uniform(lo, hi), generator)
    }

    /// Fills it with normal numbers.
    ///
    /// # Errors
    /// If `std < 0`, for integers, and those of in-place writes.
    #[track_caller]
    pub fn normal_(&self, mean: f64, std: f64, generator: Option<&Generator>) -> Result<Tensor> {
        if std < 0.0 || std.is_nan() {
            return Err(Error::runtime(format!("normal expects std >= 0.0, but found std {std}")));
        }
        self.fill_random("normal_", "NormalBackward0", Distribution::Normal(mean, std), generator)
    }

    /// Fills it with throws that are 1 with probability `p`.
    ///
    /// # Errors
    /// If `p` is no probability, for integers, and those of in-place writes.
    #[track_caller]
    pub fn bernoulli_(&self, p: f64, generator: Option<&Generator>) -> Result<Tensor> {
        probability(p, "bernoulli_")?;
        self.fill_random("bernoulli_", "BernoulliBackward2", Distribution::Bernoulli(p), generator)
    }

    /// Fills it with exponential numbers of rate `lambda`.
    ///
    /// # Errors
    /// If the rate is not positive, for integers, and those of in-place writes.
    #[track_caller]
    pub fn exponential_(&self, lambda: f64, generator: Option<&Generator>) -> Result<Tensor> {
        if lambda <= 0.0 || lambda.is_nan() {
            return Err(Error::runtime(format!("exponential_ expects lambda > 0.0, but found lambda={lambda}")));
        }
        self.fill_random("exponential_", "ExponentialBackward0", Distribution::Exponential(lambda), generator)
    }

    /// Fills it with numbers of the Cauchy distribution.
    ///
    /// # Errors
    /// If `sigma` is not positive, for integers, and those of in-place writes.
    #[track_caller]
    pub fn cauchy_(&self, median: f64, sigma: f64, generator: Option<&Generator>) -> Result<Tensor> {
        if sigma <= 0.0 || sigma.is_nan() {
            return Err(Error::runtime(format!("cauchy_ expects sigma > 0.0, but found sigma={sigma}")));
        }
        self.fill_random("cauchy_", "CauchyBackward0", Distribution::Cauchy(median, sigma), generator)
    }

    /// Fills it with the number of throws up to the first success, of probability `p` each.
    ///
    /// # Errors
    /// If `p` is not between 0 and 1, and those of in-place writes.
    #[track_caller]
    pub fn geometric_(&self, p: f64, generator: Option<&Generator>) -> Result<Tensor> {
        if !(p > 0.0 && p < 1.0) {
            return Err(Error::runtime(format!("geometric_ expects p to be in (0, 1), but got p={p}")));
        }
        self.fill_random("geometric_", "GeometricBackward0", Distribution::Geometric(p), generator)
    }

    /// Fills it with `exp` of normal numbers.
    ///
    /// # Errors
    /// If `std` is not positive, for integers, and those of in-place writes.
    #[track_caller]
    pub fn log_normal_(&self, mean: f64, std: f64, generator: Option<&Generator>) -> Result<Tensor> {
        if std <= 0.0 || std.is_nan() {
            return Err(Error::runtime(format!("log_normal_ expects std > 0.0, but found std={std}")));
        }
        self.fill_random("log_normal_", "LogNormalBackward0", Distribution::LogNormal(mean, std), generator)
    }

    /// Fills it with integers from `low` up to but without `high`; without `high`, up to the largest that the dtype holds exactly.
    ///
    /// # Errors
    /// If the range is empty or the dtype does not hold it, and those of in-place writes.
    #[track_caller]
    pub fn random_(&self, low: i64, high: Option<i64>, generator: Option<&Generator>) -> Result<Tensor> {
        let distribution = match high {
            Some(high) => {
                in_bounds(low, high, self.dtype())?;
                Distribution::Int(low, high)
            }
            None if low == i64::MIN => Distribution::AnyInt,
            None => {
                let most = match self.dtype() {
                    DType::Bool => 1,
                    DType::F16 => 1 << 11,
                    DType::BF16 => 1 << 8,
                    DType::F32 => 1 << 24,
                    DType::F64 => 1 << 53,
                    d => int_range(d).1,
                };
                if low > most {
                    return Err(Error::runtime(format!(
                        "random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got from={low} > to_inc={most}"
                    )));
                }
                Distribution::IntFrom(low)
            }
        };
        self.fill_random("random_", "RandomBackward0", distribution, generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_pytorchs_numbers() {
        // torch.manual_seed(0); torch.rand(3), torch.randn(3), torch.randint(0, 10, (5,)), torch.randperm(5)
        let g = Generator::new(0);
        let r = Tensor::rand_of(&[3], DType::F32, &g);
        assert_eq!(r.to_string(), "tensor([0.4963, 0.7682, 0.0885])");
        let g = Generator::new(0);
        assert_eq!(Tensor::randn_of(&[3], DType::F32, &g).to_string(), "tensor([ 1.5410, -0.2934, -2.1788])");
    }

    #[test]
    fn the_gradient_of_overwritten_numbers_is_zero() {
        let x = Tensor::ones(&[4]).requires_grad_(true);
        let y = &x * 2.0;
        y.normal_(0.0, 1.0, Some(&Generator::new(1))).unwrap();
        crate::ops::sum(&y).unwrap().backward();
        assert_eq!(x.grad().unwrap().to_vec::<f32>(), [0.0; 4]);
        assert!(x.uniform_(0.0, 1.0, None).unwrap_err().message().contains("a leaf Variable that requires grad"));
    }

    #[test]
    fn dropout_scales_what_it_keeps() {
        let x = Tensor::ones(&[1000]);
        let y = dropout(&x, 0.25, true, Some(&Generator::new(3))).unwrap().to_vec::<f32>();
        let kept = y.iter().filter(|&&v| v != 0.0).count();
        assert!(y.iter().all(|&v| v == 0.0 || v == 1.0 / 0.75));
        assert!((700..800).contains(&kept), "{kept}");
        assert!(dropout(&x, 1.5, true, None).is_err());
        assert!(dropout(&x, 0.5, false, None).unwrap().is_same(&x));
    }
}
