//! The generator: mt19937 with the state, the seeding and the two cached normal samples of PyTorch's CPU generator.

use std::fmt;
use std::hash::{BuildHasher, Hasher};

use super::fused;

/// Words of the Mersenne Twister's state.
const N: usize = 624;
/// The distance of the second word that enters a new state word.
const M: usize = 397;
/// Numbers that the slice functions draw at a time; even, and a multiple of 16.
pub(super) const CHUNK: usize = 512;

/// A stream of random numbers: PyTorch's CPU generator, number for number.
///
/// The source is mt19937 (M. Matsumoto and T. Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed uniform
/// pseudo-random number generator", ACM TOMACS 8, 1998), seeded with the lower 32 bits of the seed by the recurrence of
/// 2002 (`init_genrand`). A 64-bit number is two 32-bit ones, the first in the upper half.
///
/// Beside the state it keeps the unused second result of the last Box-Muller pair, so the order of calls counts:
/// `randn(3)` leaves one for the next small `randn`.
#[derive(Clone, PartialEq)]
pub struct Generator {
    seed: u64,
    state: [u32; N],
    /// Words of `state` already given out; `N` before the next twist.
    next: usize,
    /// Freshly seeded: PyTorch writes `next` as 0 then, although the first draw twists.
    fresh: bool,
    cached_f32: Option<f32>,
    cached_f64: Option<f64>,
}

/// Why bytes are not a generator state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateError {
    /// Not [`Generator::STATE_BYTES`] long.
    Size(usize),
    /// The position in the state is impossible.
    Invalid,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::Size(n) => {
                write!(
                    f,
                    "Expected a CPUGeneratorImplState of size {} but found the input RNG state size to be {n}",
                    Generator::STATE_BYTES
                )
            }
            StateError::Invalid => write!(f, "Invalid mt19937 state"),
        }
    }
}

impl std::error::Error for StateError {}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").field("seed", &self.seed).field("next", &self.next).finish_non_exhaustive()
    }
}

impl Default for Generator {
    /// As `torch.Generator()`: seeded with [`Generator::DEFAULT_SEED`].
    fn default() -> Self {
        Generator::new(Generator::DEFAULT_SEED)
    }
}

impl Generator {
    /// The seed of a new `torch.Generator()`. (PyTorch's *global* generator starts from entropy.)
    pub const DEFAULT_SEED: u64 = 67_280_421_310_721;
    /// Bytes of [`Generator::state`], as of `torch.get_rng_state()`.
    pub const STATE_BYTES: usize = 5056;

    /// A generator seeded with `seed`.
    pub fn new(seed: u64) -> Self {
        let mut g = Generator { seed: 0, state: [0; N], next: N, fresh: true, cached_f32: None, cached_f64: None };
        g.manual_seed(seed);
        g
    }

    /// A generator seeded from the operating system's entropy, as PyTorch's global one at start.
    pub fn from_entropy() -> Self {
        Generator::new(entropy())
    }

    /// Restarts the stream at `seed` and forgets cached normal samples. Only the lower 32 bits choose the stream.
    pub fn manual_seed(&mut self, seed: u64) {
        self.seed = seed;
        self.state[0] = seed as u32;
        for j in 1..N {
            let x = self.state[j - 1];
            self.state[j] = 1_812_433_253u32.wrapping_mul(x ^ (x >> 30)).wrapping_add(j as u32);
        }
        self.next = N;
        self.fresh = true;
        self.cached_f32 = None;
        self.cached_f64 = None;
    }

    /// Seeds from the operating system's entropy and returns the seed.
    pub fn seed(&mut self) -> u64 {
        self.manual_seed(entropy());
        self.seed
    }

    /// The seed of the last [`Generator::manual_seed`] or [`Generator::seed`].
    pub fn initial_seed(&self) -> u64 {
        self.seed
    }

    /// The whole state in the layout of `torch.get_rng_state()`: seed, position, 624 words of 8 bytes each, cached
    /// double sample, cached single sample; little endian.
    pub fn state(&self) -> Vec<u8> {
        let mut b = Vec::with_capacity(Self::STATE_BYTES);
        let (left, next) = if self.fresh { (1, 0) } else { (N + 1 - self.next, self.next) };
        b.extend_from_slice(&self.seed.to_le_bytes());
        b.extend_from_slice(&(left as i32).to_le_bytes());
        b.extend_from_slice(&1i32.to_le_bytes());
        b.extend_from_slice(&(next as u64).to_le_bytes());
        for &w in &self.state {
            b.extend_from_slice(&u64::from(w).to_le_bytes());
        }
        // Two unused doubles surround the cached sample.
        b.extend_from_slice(&0f64.to_le_bytes());
        b.extend_from_slice(&self.cached_f64.unwrap_or(0.0).to_le_bytes());
        b.extend_from_slice(&0f64.to_le_bytes());
        b.extend_from_slice(&u64::from(self.cached_f64.is_some()).to_le_bytes());
        b.extend_from_slice(&self.cached_f32.unwrap_or(0.0).to_le_bytes());
        b.extend_from_slice(&u32::from(self.cached_f32.is_some()).to_le_bytes());
        b
    }

    /// Takes over a state written by [`Generator::state`] or by `torch.get_rng_state()`.
    pub fn set_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        if bytes.len() != Self::STATE_BYTES {
            return Err(StateError::Size(bytes.len()));
        }
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let half = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let (left, seeded, next) = (half(8) as usize, half(12), word(16));
        let fresh = left == 1 && next == 0;
        if seeded & 0xff == 0 || next > N as u64 || !(fresh || left + next as usize == N + 1) {
            return Err(StateError::Invalid);
        }
        self.seed = word(0);
        for (i, w) in self.state.iter_mut().enumerate() {
            *w = word(24 + 8 * i) as u32;
        }
        self.fresh = fresh;
        self.next = if fresh { N } else { next as usize };
        let after = 24 + 8 * N;
        self.cached_f64 = (half(after + 24) != 0).then(|| f64::from_bits(word(after + 8)));
        self.cached_f32 = (bytes[after + 36] != 0).then(|| f32::from_bits(half(after + 32)));
        Ok(())
    }

    /// The next 32 bits.
    #[inline]
    pub fn random_u32(&mut self) -> u32 {
        if self.next >= N {
            self.twist();
        }
        let y = temper(self.state[self.next]);
        self.next += 1;
        y
    }

    /// The next 64 bits: two 32-bit numbers, the first in the upper half.
    #[inline]
    pub fn random_u64(&mut self) -> u64 {
        let hi = self.random_u32();
        let lo = self.random_u32();
        (u64::from(hi) << 32) | u64::from(lo)
    }

    /// Fills `out` with the next 32-bit numbers.
    pub fn fill_u32(&mut self, mut out: &mut [u32]) {
        while !out.is_empty() {
            if self.next >= N {
                self.twist();
            }
            let k = out.len().min(N - self.next);
            let (now, later) = out.split_at_mut(k);
            let from = &self.state[self.next..];
            fused(|| {
                for (o, &s) in now.iter_mut().zip(from) {
                    *o = temper(s);
                }
            });
            self.next += k;
            out = later;
        }
    }

    /// Fills `out` with uniform samples of `[0, 1)`: the lower 24 bits of one 32-bit number each.
    pub fn fill_unit_f32(&mut self, out: &mut [f32]) {
        let mut bits = [0u32; CHUNK];
        for part in out.chunks_mut(CHUNK) {
            let bits = &mut bits[..part.len()];
            self.fill_u32(bits);
            fused(|| {
                for (o, &b) in part.iter_mut().zip(&*bits) {
                    // 24 bits fit an i32, whose conversion is one instruction.
                    *o = (b & 0x00ff_ffff) as i32 as f32 * (1.0 / (1u32 << 24) as f32);
                }
            });
        }
    }

    /// Fills `out` with uniform samples of `[0, 1)`: the lower 53 bits of one 64-bit number each.
    pub fn fill_unit_f64(&mut self, out: &mut [f64]) {
        let mut bits = [0u32; CHUNK];
        for part in out.chunks_mut(CHUNK / 2) {
            let bits = &mut bits[..2 * part.len()];
            self.fill_u32(bits);
            fused(|| {
                for (o, b) in part.iter_mut().zip(bits.as_chunks::<2>().0) {
                    // 21 upper and 32 lower bits: conversions, products and sum are exact.
                    let upper = f64::from((b[0] & 0x001f_ffff) as i32) * (1.0 / (1u64 << 21) as f64);
                    *o = upper + f64::from(b[1]) * (1.0 / (1u64 << 53) as f64);
                }
            });
        }
    }

    /// One uniform sample of `[0, 1)` with 53 bits.
    #[inline]
    pub fn unit_f64(&mut self) -> f64 {
        (self.random_u64() & ((1 << 53) - 1)) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// The second normal sample left over by the last pair in single precision; no sampler of today's PyTorch leaves one.
    pub fn next_float_normal_sample(&self) -> Option<f32> {
        self.cached_f32
    }

    /// Sets or clears the single precision sample that [`Generator::next_float_normal_sample`] shows.
    pub fn set_next_float_normal_sample(&mut self, sample: Option<f32>) {
        self.cached_f32 = sample;
    }

    /// The second normal sample left over by the last pair: the next one that a small `normal` gives out.
    pub fn next_double_normal_sample(&self) -> Option<f64> {
        self.cached_f64
    }

    /// Sets or clears the sample that [`Generator::next_double_normal_sample`] shows.
    pub fn set_next_double_normal_sample(&mut self, sample: Option<f64>) {
        self.cached_f64 = sample;
    }

    /// Computes the next 624 state words in place.
    #[cold]
    fn twist(&mut self) {
        let s = &mut self.state;
        fused(|| {
            for i in 0..N - M {
                s[i] = s[i + M] ^ mix(s[i], s[i + 1]);
            }
            for i in N - M..N - 1 {
                s[i] = s[i + M - N] ^ mix(s[i], s[i + 1]);
            }
            s[N - 1] = s[M - 1] ^ mix(s[N - 1], s[0]);
        });
        self.next = 0;
        self.fresh = false;
    }
}

/// The linear part of the recurrence: top bit of `u`, other bits of `v`, times the companion matrix.
#[inline(always)]
fn mix(u: u32, v: u32) -> u32 {
    let y = (u & 0x8000_0000) | (v & 0x7fff_ffff);
    (y >> 1) ^ ((v & 1).wrapping_neg() & 0x9908_b0df)
}

/// The tempering of an output word.
#[inline(always)]
fn temper(mut y: u32) -> u32 {
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c_5680;
    y ^= (y << 15) & 0xefc6_0000;
    y ^ (y >> 18)
}

/// 64 bits from the operating system, through the keys of the standard library's hash maps.
fn entropy() -> u64 {
    let mut h = std::collections::hash_map::RandomState::new().build_hasher();
    h.write_u64(std::time::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_nanos() as u64));
    h.finish()
}
