//! Argument reduction modulo pi/2 for arguments of any size, after Payne and Hanek: only those bits of 2/pi are
//! multiplied that decide the quadrant and the fraction, in integers, so nothing cancels.

/// A zero word, then the first 1280 binary digits of 2/pi after the point (made with mpmath).
const TWO_OVER_PI: [u64; 21] = [
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
];

const MANTISSA: u32 = 52;

/// `(r, rl, n)` with `x = n pi/2 + r + rl` modulo 2 pi, `n` in 0..4, for a finite `x` of at least 1 in magnitude.
pub fn reduce(x: f64) -> (f64, f64, u32) {
    let bits = x.to_bits();
    let mantissa = (bits & ((1 << MANTISSA) - 1)) | (1 << MANTISSA);
    // |x| = mantissa 2^exponent; digits of 2/pi worth 4 or more in the product are left out.
    let exponent = ((bits >> MANTISSA) & 0x7ff) as i32 - 1075;
    let start = (64 + exponent - 2) as usize;
    let (word, shift) = (start / 64, (start % 64) as u32);
    let digits = |i: usize| {
        let pair = ((TWO_OVER_PI[word + i] as u128) << 64) | TWO_OVER_PI[word + i + 1] as u128;
        (pair << shift >> 64) as u64
    };
    // mantissa times three words, modulo one: `high` holds the first word of the product, `low` the other two.
    let last = mantissa as u128 * digits(2) as u128;
    let middle = mantissa as u128 * digits(1) as u128 + (last >> 64);
    let first = mantissa.wrapping_mul(digits(0)).wrapping_add((middle >> 64) as u64);
    let low = ((middle as u64 as u128) << 64) | last as u64 as u128;
    // In units of 2 pi. The nearest quarter goes into n; what is left is a signed fraction.
    let quarter = first.wrapping_add(1 << 61) >> 62;
    let left = first.wrapping_sub(quarter << 62);
    let below = (left as i64) < 0;
    let (high, low) = if below {
        let low_negated = low.wrapping_neg();
        (left.wrapping_neg().wrapping_sub((low != 0) as u64), low_negated)
    } else {
        (left, low)
    };
    // The first 128 significant bits of the 192, as two numbers of 53 bits.
    let leading = if high != 0 { high.leading_zeros() } else { 64 + ((low >> 64) as u64).leading_zeros() };
    let window = if leading == 0 {
        ((high as u128) << 64) | (low >> 64)
    } else if leading < 64 {
        ((high as u128) << 64 | low >> 64) << leading | (low as u64 as u128) << leading >> 64
    } else {
        low << (leading - 64)
    };
    let power = |n: i32| f64::from_bits(((1023 + n) as u64) << MANTISSA);
    // In units of pi/2: the window is worth 4 * 2^-leading.
    let unit = 2 - leading as i32;
    let h = (window >> 75) as u64 as f64 * power(unit - 53);
    let l = ((window >> 22) as u64 & ((1 << 53) - 1)) as f64 * power(unit - 106);
    let (pi, pi_low) = (std::f64::consts::FRAC_PI_2, 6.123233995736766e-17);
    let product = h * pi;
    let low = h.mul_add(pi, -product) + h.mul_add(pi_low, l * pi);
    let r = product + low;
    let rl = (product - r) + low;
    // The remainder has the sign of `below`, all of it the sign of x.
    let flip = below != (x < 0.0);
    let n = if x < 0.0 { quarter.wrapping_neg() } else { quarter } & 3;
    if flip { (-r, -rl, n as u32) } else { (r, rl, n as u32) }
}
