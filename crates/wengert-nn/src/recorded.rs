//! Reading the values recorded from PyTorch in `testdata`.

use wengert::Tensor;

/// Floats from the hexadecimal words of their bits.
pub(crate) fn floats<'a>(words: impl Iterator<Item = &'a str>) -> Vec<f32> {
    words.map(|w| f32::from_bits(u32::from_str_radix(w, 16).unwrap_or_else(|e| panic!("{w}: {e}")))).collect()
}

/// Fails unless all elements are the same bit for bit.
#[track_caller]
pub(crate) fn assert_same_bits(got: &Tensor, expected: &[f32], what: &str) {
    let got = got.to_vec::<f32>();
    let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&got), bits(expected), "{what}:\n     got {got:?}\nexpected {expected:?}");
}

/// Fails unless all elements differ by at most `tolerance`, relative to those above 1.
#[track_caller]
pub(crate) fn assert_close(got: &Tensor, expected: &[f32], tolerance: f32, what: &str) {
    let got = got.to_vec::<f32>();
    assert_eq!(got.len(), expected.len(), "{what}");
    for (i, (a, b)) in got.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{what}, element {i}: {a} instead of {b}");
    }
}
