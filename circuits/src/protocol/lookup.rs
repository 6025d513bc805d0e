//! How the lookups of a row are packed into helper columns.
//!
//! The log-derivative argument: with a random α, the multiset of inputs lies in the table exactly
//! if Σ 1/(α + input) = Σ m/(α + entry) for some multiplicities m. A helper column holds the left
//! side for two or three inputs of a row, so that its gate stays at degree five:
//!
//! - three range inputs (degree 1 each): h·A·B·C = AB + BC + CA
//! - a tuple (degree 2, folded in place) and a range input: h·A·B = A + B
//! - what is left over: fewer inputs of the same kinds.

use crate::protocol::layout::Layout;

/// One input of the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A limb of a range check; `limb` counts the committed limbs, then the top one.
    Range {
        /// Lane.
        lane: usize,
        /// Which range check.
        check: usize,
        /// Which limb.
        limb: usize,
    },
    /// A tuple that must be in a public table.
    Tuple {
        /// Lane.
        lane: usize,
        /// Which lookup.
        lookup: usize,
    },
}

/// The inputs of each helper column, in order.
pub fn helpers(layout: &Layout) -> Vec<Vec<Input>> {
    let mut tuples = Vec::new();
    let mut ranges = Vec::new();
    for lane in 0..layout.lanes {
        for (check, range) in layout.range_checks.iter().enumerate() {
            ranges.extend((0..=range.limbs.len()).map(|limb| Input::Range { lane, check, limb }));
        }
        let here = |lookup: &usize| lane == 0 || !layout.lookups[*lookup].shared;
        let lookups = (0..layout.lookups.len()).filter(here);
        tuples.extend(lookups.map(|lookup| Input::Tuple { lane, lookup }));
    }
    let mut ranges = ranges.into_iter();
    let mut helpers: Vec<Vec<Input>> = tuples
        .into_iter()
        .map(|tuple| std::iter::once(tuple).chain(ranges.next()).collect())
        .collect();
    let rest: Vec<Input> = ranges.collect();
    helpers.extend(rest.chunks(3).map(<[Input]>::to_vec));
    helpers
}
