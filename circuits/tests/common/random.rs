//! Seeded randomness, so that a failure can be run again by its seed.

use num_bigint::BigUint;

/// Environment variable that runs one seed only.
const REPLAY: &str = "PLIMSOLL_SEED";

/// SplitMix64.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`, which is not zero.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// True in `percent` of a hundred cases.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    /// A number of any length up to `bits`, every length alike, and often an extreme of its length.
    pub(crate) fn amount(&mut self, bits: u32) -> u64 {
        let length = self.below(u64::from(bits) + 1) as u32;
        let full = u64::MAX.checked_shr(64 - length).unwrap_or(0);
        match self.below(8) {
            0 => full,
            1 => full / 2 + full % 2,
            _ => self.next() & full,
        }
    }

    /// The same without a bound of 64 bits.
    pub(crate) fn big(&mut self, bits: u64) -> BigUint {
        let length = self.below(bits + 1);
        let digits: Vec<u32> = (0..bits.div_ceil(32)).map(|_| self.next() as u32).collect();
        let full = (BigUint::from(1_u32) << length) - 1_u32;
        match self.below(8) {
            0 => full,
            _ => BigUint::new(digits) & full,
        }
    }
}

/// Runs `test` for `count` seeds from `first` on, or for the one that `PLIMSOLL_SEED` names; a
/// failure prints its seed.
pub(crate) fn seeds(first: u64, count: u64, test: impl Fn(u64) + Sync) {
    use rayon::prelude::*;
    if let Some(seed) = std::env::var(REPLAY).ok().and_then(|s| s.parse().ok()) {
        return test(seed);
    }
    let run = |seed: &u64| {
        let tested = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(*seed)));
        tested.is_err().then_some(*seed)
    };
    let all: Vec<u64> = (first..first + count).collect();
    if let Some(seed) = all.par_iter().find_map_first(run) {
        panic!("seed {seed}: run it alone with {REPLAY}={seed}");
    }
}
