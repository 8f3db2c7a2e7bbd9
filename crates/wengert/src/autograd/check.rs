//! Derivatives compared with finite differences: [`gradcheck`] and [`gradgradcheck`].

use super::{Options, enable_grad, grad_with};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::tensor::Tensor;
use crate::testing::uniform;
use std::fmt;

/// What [`gradcheck`] leaves to choose; the default is PyTorch's.
#[derive(Clone, Copy, Debug)]
pub struct GradcheckOptions {
    /// Step of the differences: `(f(x + eps) - f(x - eps)) / 2 eps`.
    pub eps: f64,
    /// Largest absolute difference.
    pub atol: f64,
    /// Largest difference relative to the numerical value, added to `atol`.
    pub rtol: f64,
    /// How much two runs with the same inputs may differ; 0 asks for the same bits.
    pub nondet_tol: f64,
}

impl Default for GradcheckOptions {
    fn default() -> GradcheckOptions {
        GradcheckOptions { eps: 1e-6, atol: 1e-5, rtol: 1e-3, nondet_tol: 0.0 }
    }
}

/// Compares the gradients of `f` with central differences, for each input that requires grad (`torch.autograd.gradcheck`).
///
/// The whole Jacobian is built twice: by columns, moving one input element at a time, and by rows, running backward from one output
/// element at a time. Backward must also be linear in the gradient that it receives, and two runs must agree.
///
/// ```
/// use wengert::autograd::{GradcheckOptions, gradcheck};
/// use wengert::{Tensor, no_grad, ops};
///
/// let x = Tensor::from_slice(&[0.5f64, -1.0, 2.0], &[3]).requires_grad_(true);
/// gradcheck(|t| Ok(vec![&t[0] * &t[0]]), std::slice::from_ref(&x), GradcheckOptions::default())?;
///
/// // The second factor does not count for the gradient here, so half of it is missing.
/// let wrong = |t: &[Tensor]| Ok(vec![&t[0] * &t[0].detach()]);
/// let e = gradcheck(wrong, &[x], GradcheckOptions::default()).unwrap_err();
/// assert!(e.message().starts_with("Jacobian mismatch for output 0 with respect to input 0"));
/// # Ok::<(), wengert::Error>(())
/// ```
///
/// # Errors
/// - no input requires grad, or one that does is not `float64` or overlaps itself in memory;
/// - two runs differ;
/// - an entry of the Jacobian differs, with its place and both values;
/// - what `f` or the backward pass says.
pub fn gradcheck(
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>,
    inputs: &[Tensor],
    options: GradcheckOptions,
) -> Result<()> {
    enable_grad(|| Check::new(&f, inputs, options)?.run())
}

/// Compares the second derivatives of `f` with central differences (`torch.autograd.gradgradcheck`): [`gradcheck`] of the gradient, as
/// a function of the inputs and of the gradients of the outputs, which are fixed pseudo-random numbers.
///
/// # Errors
/// As [`gradcheck`]; inputs are counted with the outputs' gradients behind them.
pub fn gradgradcheck(
    f: impl Fn(&[Tensor]) -> Result<Vec<Tensor>>,
    inputs: &[Tensor],
    options: GradcheckOptions,
) -> Result<()> {
    let outputs = enable_grad(|| f(inputs))?;
    let outputs = outputs.into_iter().filter(Tensor::requires_grad);
    let weights = outputs.enumerate().map(|(i, y)| cotangent(7000 + i as u64, y.shape()).requires_grad_(true));
    let mut all = inputs.to_vec();
    all.extend(weights);
    let n = inputs.len();
    if all.len() == n {
        return Err(Error::value("gradgradcheck: no output of the function requires grad"));
    }
    let gradient = |t: &[Tensor]| {
        let (inputs, weights) = t.split_at(n);
        let outputs: Vec<Tensor> = f(inputs)?.into_iter().filter(Tensor::requires_grad).collect();
        let inputs: Vec<&Tensor> = inputs.iter().filter(|x| x.requires_grad()).collect();
        let outputs: Vec<&Tensor> = outputs.iter().collect();
        let weights: Vec<Option<&Tensor>> = weights.iter().map(Some).collect();
        let options = Options { create_graph: true, allow_unused: true, ..Options::default() };
        let grads = grad_with(&outputs, &inputs, Some(&weights), options)?;
        Ok(grads.into_iter().flatten().collect())
    };
    gradcheck(gradient, &all, options)
}

/// Numbers between 0.5 and 1.5 in size, of both signs, so that none hides an error.
fn cotangent(seed: u64, shape: &[usize]) -> Tensor {
    let values: Vec<f64> = uniform(seed, -1.0, 1.0, shape).to_vec();
    let values: Vec<f64> = values.into_iter().map(|v| v + 0.5f64.copysign(v)).collect();
    Tensor::from_slice(&values, shape)
}

/// Entry `[k, j]` is the derivative of output element `k` by input element `j`.
struct Jacobian {
    columns: usize,
    entries: Vec<f64>,
}

impl Jacobian {
    fn zeros(rows: usize, columns: usize) -> Jacobian {
        Jacobian { columns, entries: vec![0.0; rows * columns] }
    }
    fn row(&mut self, k: usize) -> &mut [f64] {
        &mut self.entries[k * self.columns..][..self.columns]
    }
}

struct Check<'a, F> {
    f: &'a F,
    inputs: &'a [Tensor],
    /// Numbers of the inputs that require grad.
    moved: Vec<usize>,
    /// The outputs at the given point that are real numbers.
    outputs: Vec<Tensor>,
    options: GradcheckOptions,
}

impl<'a, F: Fn(&[Tensor]) -> Result<Vec<Tensor>>> Check<'a, F> {
    fn new(f: &'a F, inputs: &'a [Tensor], options: GradcheckOptions) -> Result<Self> {
        let moved: Vec<usize> = (0..inputs.len()).filter(|&i| inputs[i].requires_grad()).collect();
        if moved.is_empty() {
            return Err(Error::value(
                "gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.",
            ));
        }
        for &i in &moved {
            if inputs[i].dtype() != DType::F64 {
                return Err(Error::value(format!(
                    "gradcheck: input {i} is {}, but finite differences need torch.float64",
                    inputs[i].dtype()
                )));
            }
            if inputs[i].array().layout().has_overlap() {
                return Err(Error::runtime(format!(
                    "The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping \
                     to be able to compute the numerical gradients correctly. You should call .contiguous on the input \
                     before passing it to gradcheck."
                )));
            }
        }
        let check = Check { f, inputs, moved, outputs: real(f(inputs)?), options };
        for (o, y) in check.outputs.iter().enumerate() {
            if y.dtype() != DType::F64 {
                return Err(Error::value(format!(
                    "gradcheck: output {o} is {}, but finite differences need torch.float64",
                    y.dtype()
                )));
            }
        }
        Ok(check)
    }

    fn run(&self) -> Result<()> {
        let again = real((self.f)(self.inputs)?);
        if again.len() != self.outputs.len() {
            return Err(Error::runtime("gradcheck: two calls of the function gave different numbers of outputs"));
        }
        for (o, (y, z)) in self.outputs.iter().zip(&again).enumerate() {
            if y.shape() != z.shape() || !self.repeats(&y.to_vec(), &z.to_vec()) {
                return Err(Error::runtime(format!(
                    "gradcheck: output {o} differs between two calls with the same inputs"
                )));
            }
        }
        let numerical = self.numerical()?;
        for (o, numerical) in numerical.iter().enumerate() {
            let analytical = self.analytical(o)?;
            for (i, (n, a)) in numerical.iter().zip(&analytical).enumerate() {
                self.compare(o, self.moved[i], n, a)?;
            }
            self.linear(o, &analytical)?;
        }
        Ok(())
    }

    /// The Jacobian of each output by each input, by differences.
    fn numerical(&self) -> Result<Vec<Vec<Jacobian>>> {
        let empty =
            |y: &Tensor| self.moved.iter().map(|&i| Jacobian::zeros(y.numel(), self.inputs[i].numel())).collect();
        let mut out: Vec<Vec<Jacobian>> = self.outputs.iter().map(empty).collect();
        let mut inputs = self.inputs.to_vec();
        for (at, &i) in self.moved.iter().enumerate() {
            let mut values: Vec<f64> = self.inputs[i].to_vec();
            for j in 0..values.len() {
                let middle = values[j];
                let mut side = |x: f64| -> Result<Vec<Vec<f64>>> {
                    values[j] = x;
                    inputs[i] = with_values(&self.inputs[i], &values);
                    let outputs = real((self.f)(&inputs)?);
                    for (o, y) in outputs.iter().enumerate() {
                        if self.outputs.get(o).is_none_or(|there| there.shape() != y.shape()) {
                            return Err(Error::runtime(format!(
                                "gradcheck: the shape of output {o} depends on input {i}"
                            )));
                        }
                    }
                    Ok(outputs.iter().map(Tensor::to_vec).collect())
                };
                let (above, below) = (middle + self.options.eps, middle - self.options.eps);
                let (plus, minus) = (side(above)?, side(below)?);
                values[j] = middle;
                for (o, (p, m)) in plus.iter().zip(&minus).enumerate() {
                    for (k, (p, m)) in p.iter().zip(m).enumerate() {
                        out[o][at].row(k)[j] = (p - m) / (above - below);
                    }
                }
            }
            inputs[i] = self.inputs[i].clone();
        }
        Ok(out)
    }

    /// The Jacobian of output `o` by each input, by backward from each element.
    fn analytical(&self, o: usize) -> Result<Vec<Jacobian>> {
        let y = &self.outputs[o];
        let mut out: Vec<Jacobian> =
            self.moved.iter().map(|&i| Jacobian::zeros(y.numel(), self.inputs[i].numel())).collect();
        let mut unit = vec![0.0; y.numel()];
        for k in 0..y.numel() {
            unit[k] = 1.0;
            let rows = self.vjp(o, &Tensor::from_slice(&unit, y.shape()))?;
            unit[k] = 0.0;
            for (jacobian, row) in out.iter_mut().zip(rows) {
                jacobian.row(k).copy_from_slice(&row);
            }
        }
        Ok(out)
    }

    /// The gradient of output `o`, weighted by `g`, by each input.
    fn vjp(&self, o: usize, g: &Tensor) -> Result<Vec<Vec<f64>>> {
        let y = &self.outputs[o];
        let inputs: Vec<&Tensor> = self.moved.iter().map(|&i| &self.inputs[i]).collect();
        if !y.requires_grad() {
            return Ok(inputs.iter().map(|x| vec![0.0; x.numel()]).collect());
        }
        let options = Options { allow_unused: true, ..Options::retain_graph() };
        let grads = grad_with(&[y], &inputs, Some(&[Some(g)]), options)?;
        let mut out = Vec::with_capacity(grads.len());
        for (grad, &i) in grads.iter().zip(&self.moved) {
            let x = &self.inputs[i];
            out.push(match grad {
                None => vec![0.0; x.numel()],
                Some(g) if g.shape() != x.shape() || g.dtype() != x.dtype() => {
                    return Err(Error::runtime(format!(
                        "gradcheck: the gradient of input {i} is {} of shape {:?}, but the input {} of shape {:?}",
                        g.dtype(),
                        g.shape(),
                        x.dtype(),
                        x.shape()
                    )));
                }
                Some(g) => g.to_vec(),
            });
        }
        Ok(out)
    }

    fn compare(&self, o: usize, i: usize, numerical: &Jacobian, analytical: &Jacobian) -> Result<()> {
        let pairs = || numerical.entries.iter().zip(&analytical.entries);
        let wrong: Vec<usize> =
            pairs().enumerate().filter(|(_, (n, a))| !self.close(**n, **a)).map(|(at, _)| at).collect();
        let Some(&at) = wrong.first() else { return Ok(()) };
        let (y, x) = (&self.outputs[o], &self.inputs[i]);
        let (k, j) = (at / numerical.columns, at % numerical.columns);
        Err(Error::runtime(format!(
            "Jacobian mismatch for output {o} with respect to input {i}: d output{} / d input{} is {:?} numerically, {:?} \
             analytically ({} of {} entries differ)",
            Index(k, y.shape()),
            Index(j, x.shape()),
            numerical.entries[at],
            analytical.entries[at],
            wrong.len(),
            numerical.entries.len(),
        )))
    }

    /// Backward with several weights at once must be the same combination of rows, and come out the same twice.
    fn linear(&self, o: usize, rows: &[Jacobian]) -> Result<()> {
        let y = &self.outputs[o];
        if y.numel() == 0 {
            return Ok(());
        }
        let g = cotangent(8000 + o as u64, y.shape());
        let weights: Vec<f64> = g.to_vec();
        let (whole, again) = (self.vjp(o, &g)?, self.vjp(o, &g)?);
        for (at, &i) in self.moved.iter().enumerate() {
            if !self.repeats(&whole[at], &again[at]) {
                return Err(Error::runtime(format!(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives \
                     different values: the gradient of output {o} with respect to input {i}"
                )));
            }
            for (j, &value) in whole[at].iter().enumerate() {
                let columns = rows[at].columns;
                let sum: f64 = weights.iter().enumerate().map(|(k, w)| w * rows[at].entries[k * columns + j]).sum();
                if !self.close(sum, value) {
                    return Err(Error::runtime(format!(
                        "Backward is not linear in grad_output: for output {o} with respect to input {i}, element{}, the \
                         weighted rows of the Jacobian give {sum:?}, one backward with all weights {value:?}",
                        Index(j, self.inputs[i].shape())
                    )));
                }
            }
        }
        Ok(())
    }

    fn close(&self, expected: f64, value: f64) -> bool {
        value == expected || (value - expected).abs() <= self.options.atol + self.options.rtol * expected.abs()
    }

    fn repeats(&self, a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len()
            && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || (a - b).abs() <= self.options.nondet_tol)
    }
}

/// Outputs that have a derivative at all.
fn real(outputs: Vec<Tensor>) -> Vec<Tensor> {
    outputs.into_iter().filter(|y| y.dtype().is_differentiable()).collect()
}

/// A leaf with other numbers in the same layout.
fn with_values(like: &Tensor, values: &[f64]) -> Tensor {
    let layout = like.array().layout();
    let mut memory = vec![0.0; layout.extent()];
    for (index, value) in values.iter().enumerate() {
        let (mut rest, mut at) = (index, layout.offset as isize);
        for (&n, &s) in layout.shape.iter().zip(&layout.strides).rev() {
            at += (rest % n) as isize * s;
            rest /= n;
        }
        memory[at as usize] = *value;
    }
    Tensor::from_array(Array::from_slice(&memory).with_layout(layout.clone())).requires_grad_(true)
}

/// A place in a tensor: row-major number and shape, shown as `[1, 0]`, and not at all for a scalar.
struct Index<'a>(usize, &'a [usize]);

impl fmt::Display for Index<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1.is_empty() {
            return Ok(());
        }
        let mut rest = self.0;
        let mut at: Vec<usize> = self.1.iter().rev().map(|&n| (rest % n, rest /= n).0).collect();
        at.reverse();
        write!(f, "{at:?}")
    }
}
