//! A tensor's numbers, and when two of them count as equal.

use wengert::{DType, Tensor};

/// Dtype, shape and elements of a tensor.
#[derive(Clone, PartialEq, Debug)]
pub struct Numbers {
    pub dtype: DType,
    pub shape: Vec<usize>,
    pub values: Values,
}

/// Elements in row-major order. Floats of any width fit into double precision, integers and booleans into 64 bits.
#[derive(Clone, PartialEq, Debug)]
pub enum Values {
    Floats(Vec<f64>),
    Ints(Vec<i64>),
}

impl Numbers {
    pub fn of(t: &Tensor) -> Numbers {
        let values = if t.dtype().is_float() { Values::Floats(t.to_vec()) } else { Values::Ints(t.to_vec()) };
        Numbers { dtype: t.dtype(), shape: t.shape().to_vec(), values }
    }

    /// The same numbers, rounded to another floating dtype. Integers stay.
    pub fn rounded(&self, dtype: DType) -> Numbers {
        match &self.values {
            Values::Floats(v) => {
                Numbers::of(&Tensor::from_array(Tensor::from_slice(v, &self.shape).array().copy_as(dtype)))
            }
            Values::Ints(_) => self.clone(),
        }
    }

    /// Is every element finite?
    pub fn finite(&self) -> bool {
        match &self.values {
            Values::Floats(v) => v.iter().all(|x| x.is_finite()),
            Values::Ints(_) => true,
        }
    }

    /// The same bits? Any NaN equals any other.
    pub fn same_bits(&self, other: &Numbers) -> bool {
        match (&self.values, &other.values) {
            (Values::Floats(a), Values::Floats(b)) => {
                let equal = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
                self.shape == other.shape && self.dtype == other.dtype && a.iter().zip(b).all(equal)
            }
            _ => self == other,
        }
    }

    /// The largest finite size of an element.
    pub fn largest(&self) -> f64 {
        match &self.values {
            Values::Floats(v) => v.iter().map(|x| x.abs()).filter(|x| x.is_finite()).fold(0.0, f64::max),
            Values::Ints(v) => v.iter().map(|x| x.abs() as f64).fold(0.0, f64::max),
        }
    }
}

/// How far floats may be apart; integers are always equal.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// Relative to the element.
    pub relative: f64,
    /// Relative to the largest element, for those that come from cancellation.
    pub of_largest: f64,
    /// Whatever the elements are, for gradients that come from cancellation.
    pub absolute: f64,
}

/// Spacing of a floating dtype's numbers at 1.
pub fn epsilon(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => 9.765625e-4,
        DType::BF16 => 7.8125e-3,
        DType::F32 => f64::from(f32::EPSILON),
        _ => f64::EPSILON,
    }
}

/// Are dtype and shape the same, and the elements within the tolerance? If not, the first that differs.
pub fn close(expected: &Numbers, got: &Numbers, tolerance: Tolerance) -> Result<(), String> {
    if (expected.dtype, &expected.shape) != (got.dtype, &got.shape) {
        return Err(format!(
            "{} of shape {:?} instead of {} of shape {:?}",
            got.dtype, got.shape, expected.dtype, expected.shape
        ));
    }
    let (first, count, shown) = match (&expected.values, &got.values) {
        (Values::Floats(e), Values::Floats(g)) => {
            let slack = tolerance.of_largest * expected.largest() + tolerance.absolute;
            let near = |e: f64, g: f64| {
                e == g || (e.is_nan() && g.is_nan()) || (e - g).abs() <= tolerance.relative * e.abs() + slack
            };
            let wrong: Vec<usize> = (0..e.len()).filter(|&i| !near(e[i], g[i])).collect();
            let Some(&i) = wrong.first() else { return Ok(()) };
            (i, wrong.len(), format!("{:?} instead of {:?}", g[i], e[i]))
        }
        (Values::Ints(e), Values::Ints(g)) => {
            let wrong: Vec<usize> = (0..e.len()).filter(|&i| e[i] != g[i]).collect();
            let Some(&i) = wrong.first() else { return Ok(()) };
            (i, wrong.len(), format!("{} instead of {}", g[i], e[i]))
        }
        _ => unreachable!("the dtypes are the same"),
    };
    let n: usize = expected.shape.iter().product();
    Err(format!("element {first} is {shown} ({count} of {n} differ)"))
}
