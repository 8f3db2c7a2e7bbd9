//! One thread, two and seven give the same bits, on inputs that are large enough to be cut into pieces.

use super::call::{Outcome, run};
use super::{Case, Report};
use std::time::{Duration, Instant};
use wengert::Tensor;
use wengert::testing::{Entry, Sample};
use wengert_kernels::Layout;
use wengert_kernels::parallel::{num_threads, set_num_threads};

/// Elements of the enlarged input.
const LARGE: usize = 200_000;
/// What a call with a hundredth of that may take, so that nothing runs for minutes.
const PATIENCE: Duration = Duration::from_millis(2);

/// A way to make a sample's inputs larger: which of them, and along which dimension.
#[derive(Clone, Copy)]
enum Grow {
    FirstInput,
    LastDimension,
    AllInputs,
}

pub fn check(entry: &Entry, report: &mut Report) {
    for sample in &entry.samples {
        let mut case = Case { entry, sample, report };
        let large = enlarged(sample);
        for threads in [2, 7] {
            let same = |x: &[Tensor]| bits(&run_with(1, sample, x), &run_with(threads, sample, x));
            case.check("threads", same(&sample.inputs));
            if let Some(large) = &large {
                case.check("threads, large inputs", same(large));
            }
        }
    }
}

fn run_with(threads: usize, sample: &Sample, inputs: &[Tensor]) -> Result<Outcome, String> {
    let before = num_threads();
    set_num_threads(threads);
    let outcome = run(sample, inputs);
    set_num_threads(before);
    outcome
}

/// Are both outcomes the same, bit for bit?
pub fn bits(one: &Result<Outcome, String>, seven: &Result<Outcome, String>) -> Result<(), String> {
    let (one, seven) = match (one, seven) {
        (Ok(one), Ok(seven)) => (one, seven),
        (Err(_), Err(_)) => return Ok(()),
        (Err(e), Ok(_)) | (Ok(_), Err(e)) => return Err(format!("one of two runs fails: {e}")),
    };
    for (i, (a, b)) in one.outputs.iter().zip(&seven.outputs).enumerate() {
        if !a.numbers.same_bits(&b.numbers) {
            return Err(format!("output {i} is not the same"));
        }
    }
    for (i, (a, b)) in one.grads.iter().zip(&seven.grads).enumerate() {
        let same = match (a, b) {
            (Some(a), Some(b)) => a.same_bits(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if !same {
            return Err(format!("gradient {i} is not the same"));
        }
    }
    Ok(())
}

/// Large inputs that the sample's call takes, if it takes any.
pub fn enlarged(sample: &Sample) -> Option<Vec<Tensor>> {
    let ways = [Grow::FirstInput, Grow::LastDimension, Grow::AllInputs];
    ways.into_iter().find_map(|way| enlarged_by(sample, way))
}

/// Large inputs; `None` if it takes none of this kind, or would take too long or too much memory.
fn enlarged_by(sample: &Sample, way: Grow) -> Option<Vec<Tensor>> {
    let first = sample.inputs.iter().find(|t| t.ndim() > 0 && t.numel() > 0)?;
    let results = |n: usize| -> Option<usize> {
        let outcome = run(sample, &repeated(&sample.inputs, way, n)).ok()?;
        Some(outcome.outputs.iter().map(|y| y.numbers.shape.iter().product::<usize>()).sum())
    };
    // A result that grows faster than the inputs (an outer product) would not fit.
    let (once, thrice) = (results(1)?, results(3)?);
    if thrice > 3 * once {
        return None;
    }
    let times = LARGE.div_ceil(first.numel().max(once));
    let time = || {
        let start = Instant::now();
        results(times.div_ceil(100)).map(|_| start.elapsed())
    };
    let fastest = (0..3).filter_map(|_| time()).min()?;
    (fastest < PATIENCE).then(|| repeated(&sample.inputs, way, times))
}

/// The inputs `n` times one after the other along a dimension.
fn repeated(inputs: &[Tensor], way: Grow, n: usize) -> Vec<Tensor> {
    let first = inputs.iter().position(|t| t.ndim() > 0 && t.numel() > 0);
    let grow = |(i, t): (usize, &Tensor)| match way {
        _ if t.ndim() == 0 => t.clone(),
        Grow::AllInputs => along(t, 0, n),
        Grow::FirstInput if Some(i) == first => along(t, 0, n),
        Grow::LastDimension if Some(i) == first => along(t, t.ndim() - 1, n),
        _ => t.clone(),
    };
    inputs.iter().enumerate().map(grow).collect()
}

fn along(t: &Tensor, dim: usize, n: usize) -> Tensor {
    // [.., d, ..] as [.., 1, d, ..], expanded to [.., n, d, ..], copied, and seen as [.., n * d, ..].
    let layout = t.array().layout();
    let mut shape = layout.shape.clone();
    let mut strides = layout.strides.clone();
    shape.insert(dim, n);
    strides.insert(dim, 0);
    let spread = t.array().with_layout(Layout { shape, strides, offset: layout.offset });
    let mut joined = layout.shape.clone();
    joined[dim] *= n;
    Tensor::from_array(spread.copy_as(t.dtype()).with_layout(Layout::contiguous(&joined)))
}
