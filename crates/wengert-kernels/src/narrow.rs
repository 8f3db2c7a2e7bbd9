//! Half types to and from `f32`, as branch-free functions on bits that the compiler turns into vector code.
//!
//! Results are bit for bit those of the `half` crate (and of the F16C instructions): rounding to nearest, ties to even,
//! subnormals kept, NaNs made quiet with the upper bits of their payload.

/// Bits of the first `f16` subnormal step, 2^-24, and of the smallest normal, 2^-14, as `f32`.
const SMALLEST_NORMAL: u32 = 113 << 23;
/// The first magnitude that an `f16` exponent cannot hold, 2^16.
const TOO_LARGE: u32 = 143 << 23;
const INFINITE: u32 = 0x7f80_0000;
const SIGN: u32 = 0x8000_0000;

/// The bits of `x` rounded to `f16`.
#[inline(always)]
pub fn f16_bits(x: f32) -> u16 {
    let bits = x.to_bits();
    let sign = bits & SIGN;
    let a = bits ^ sign;
    // Normal results: rebias the exponent and add just less than half a step, or half a step where the last bit is odd.
    let normal = a.wrapping_add(0xc800_0fff).wrapping_add((a >> 13) & 1) >> 13;
    // Subnormal results: adding 1/2 puts the last bit kept at the end of the f32, and the adder rounds.
    let small = (f32::from_bits(a) + 0.5).to_bits().wrapping_sub(126 << 23);
    let special = if a > INFINITE { 0x7e00 | ((a >> 13) & 0x3ff) } else { 0x7c00 };
    let finite = if a < SMALLEST_NORMAL { small } else { normal };
    ((sign >> 16) | if a >= TOO_LARGE { special } else { finite }) as u16
}

/// The `f32` equal to the `f16` with these bits.
#[inline(always)]
pub fn f16_value(bits: u16) -> f32 {
    let bits = bits as u32;
    let sign = (bits & 0x8000) << 16;
    let a = (bits & 0x7fff) << 13;
    // Normal: rebias. Subnormal: the bits are a count of 2^-24. Infinite and NaN: fill the exponent, make NaN quiet.
    let normal = a.wrapping_add(112 << 23);
    let small = ((bits & 0x7fff) as i32 as f32 * (1.0 / 16_777_216.0)).to_bits();
    let nan = if a > 0x0f80_0000 { 0x0040_0000 } else { 0 };
    let finite = if a < 0x0080_0000 { small } else { normal };
    f32::from_bits(sign | if a >= 0x0f80_0000 { a | INFINITE | nan } else { finite })
}

/// `x` rounded to `f16` and back.
#[inline(always)]
pub fn round_f16(x: f32) -> f32 {
    let bits = x.to_bits();
    let sign = bits & SIGN;
    let a = bits ^ sign;
    // 2^(e+13), where e is the exponent of x (at least that of the smallest normal), has the steps of an f16 of x's size.
    let exponent = (a & INFINITE).clamp(SMALLEST_NORMAL, TOO_LARGE);
    let magic = f32::from_bits(exponent + (13 << 23));
    let rounded = ((f32::from_bits(a) + magic) - magic).to_bits();
    let special = if a > INFINITE { (a | 0x0040_0000) & !0x1fff } else { INFINITE };
    // What rounds up to 2^16 is infinite too.
    let finite = if rounded >= TOO_LARGE { INFINITE } else { rounded };
    f32::from_bits(sign | if a >= TOO_LARGE { special } else { finite })
}

/// The bits of `x` rounded to `bf16`.
#[inline(always)]
pub fn bf16_bits(x: f32) -> u16 {
    (round_bf16(x).to_bits() >> 16) as u16
}

/// The `f32` equal to the `bf16` with these bits.
#[inline(always)]
pub fn bf16_value(bits: u16) -> f32 {
    f32::from_bits((bits as u32) << 16)
}

/// `x` rounded to `bf16` and back.
#[inline(always)]
pub fn round_bf16(x: f32) -> f32 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7fff).wrapping_add((bits >> 16) & 1);
    let nan = bits | 0x0040_0000;
    f32::from_bits(if bits & !SIGN > INFINITE { nan } else { rounded } & 0xffff_0000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use half::{bf16, f16};

    fn check(bits: u32) {
        let x = f32::from_bits(bits);
        let (h, b) = (f16::from_f32_const(x), bf16::from_f32(x));
        assert_eq!(f16_bits(x), h.to_bits(), "f16 of {bits:#x}");
        assert_eq!(round_f16(x).to_bits(), h.to_f32_const().to_bits(), "rounded to f16, {bits:#x}");
        assert_eq!(bf16_bits(x), b.to_bits(), "bf16 of {bits:#x}");
        assert_eq!(round_bf16(x).to_bits(), b.to_f32().to_bits(), "rounded to bf16, {bits:#x}");
    }

    #[test]
    fn every_half_has_its_value() {
        for bits in 0..=u16::MAX {
            assert_eq!(f16_value(bits).to_bits(), f16::from_bits(bits).to_f32_const().to_bits(), "{bits:#x}");
            // (`half` makes a signalling bf16 NaN quiet here; shifting, as PyTorch does, keeps it.)
            let (ours, theirs) = (bf16_value(bits), bf16::from_bits(bits).to_f32());
            assert!(ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan()), "{bits:#x}");
        }
    }

    #[test]
    fn rounding_is_that_of_half() {
        for bits in (0..=u32::MAX).step_by(997) {
            check(bits);
        }
        // All neighbourhoods of halves and of the points between two of them.
        for upper in 0..=u32::from(u16::MAX) {
            for lower in [0, 1, 0x7fff, 0x8000, 0x8001, 0xffff, 0xfff, 0x1000, 0x1001, 0x2fff, 0x3000, 0x3001] {
                check(upper << 16 | lower);
            }
        }
    }

    #[test]
    #[ignore = "a minute or two: every f32"]
    fn rounding_is_that_of_half_everywhere() {
        crate::parallel::for_each(1 << 12, |i| {
            for low in 0..1u32 << 20 {
                check((i as u32) << 20 | low);
            }
        });
    }
}
