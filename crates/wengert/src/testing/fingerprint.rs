//! A short number that changes with a sample's inputs, so that recorded values of other inputs are not taken for its own.

use super::Sample;
use crate::dtype::{DType, bf16, f16};
use crate::tensor::Tensor;

/// The elements in row-major order as little-endian bytes, as PyTorch would store them.
pub fn bytes(t: &Tensor) -> Vec<u8> {
    let size = t.dtype().size();
    if !t.dtype().is_float() {
        return t.to_vec::<i64>().into_iter().flat_map(|v| v.to_le_bytes().into_iter().take(size)).collect();
    }
    let bits = |v: f64| match t.dtype() {
        DType::F16 => u64::from(f16::from_f64(v).to_bits()),
        DType::BF16 => u64::from(bf16::from_f64(v).to_bits()),
        DType::F32 => u64::from((v as f32).to_bits()),
        _ => v.to_bits(),
    };
    t.to_vec::<f64>().into_iter().flat_map(|v| bits(v).to_le_bytes().into_iter().take(size)).collect()
}

/// The fingerprint of an operation's sample: FNV-1a over name, expression, and dtype, shape and bytes of the inputs, 48 bits of it.
pub fn fingerprint(name: &str, sample: &Sample) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut add = |bytes: &[u8]| {
        for b in bytes {
            hash = (hash ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(name.as_bytes());
    add(b"\n");
    add(sample.torch.as_bytes());
    for t in &sample.inputs {
        add(format!("\n{:?} {:?} ", t.dtype(), t.shape()).as_bytes());
        add(&bytes(t));
    }
    format!("{:012x}", hash >> 16)
}
