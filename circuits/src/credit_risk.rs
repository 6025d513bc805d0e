//! Credit risk under the standardised approach, in the clear: the twin of the row circuits.
//!
//! Every exposure goes to exactly one [`Shape`]. All arithmetic is exact: exposures in 10^-12 and
//! risk-weighted assets in 10^-25 of the book's unit; the two places where something is rounded
//! (the root of a haircut, and E* under a maturity mismatch) lean against the institution.

mod banded;
mod collateral;
mod conversion;
mod debug;
mod haircut;
mod maturity_mismatch;
mod risk_weight;

use std::collections::HashMap;
use std::ops::Range;

use num_bigint::{BigInt, BigUint};

use crate::book::{Book, CollateralItem, Exposure};
use crate::rule_error::{RecordProblem, RuleError};
use crate::rulebook::{BandedRow, Rulebook};
use crate::snapshot::Snapshot;

pub use haircut::{capped, scaled_haircut};
pub use maturity_mismatch::{Matching, matching, recognised_quarter_days};

/// Which row circuit an exposure goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// Amount times weight.
    Plain,
    /// A band, a split, specific provisions, or a currency mismatch.
    Banded,
    /// Collateral.
    Secured,
    /// Collateral, with a security lent or a maturity mismatch.
    SecuredGeneral,
}

/// What one exposure costs, with what a row circuit needs to show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Charge {
    /// Index of the exposure in the book.
    pub exposure: usize,
    /// Row circuit.
    pub shape: Shape,
    /// Class index ([`CreditRules::class_row`]); for [`Shape::Banded`] the key
    /// ([`CreditRules::banded_key`]).
    pub class: u32,
    /// Conversion index, from 1.
    pub conversion: u32,
    /// Conversion factor, 10^-4.
    pub factor: u32,
    /// Currency index in the snapshot, from 1.
    pub currency: u32,
    /// Exchange rate, 10^-8.
    pub rate: u64,
    /// Risk weight, 10^-4; for a split loan, of the part that is not secured.
    pub weight: u32,
    /// Amount less provisions, in the book's unit of the exposure's currency.
    pub net: u64,
    /// What the shape adds.
    pub detail: Detail,
    /// Exposure measure, 10^-12 of the book's unit.
    pub measure: BigUint,
    /// Risk-weighted assets, 10^-25 of the book's unit.
    pub rwa: BigUint,
}

/// What a shape adds to a charge.
#[derive(Clone, PartialEq, Eq)]
pub enum Detail {
    /// Nothing.
    Plain,
    /// The band taken.
    Banded {
        /// Number of the row in [`Rulebook::banded_rows`], from 1.
        row: u32,
        /// Part of the net amount that takes the secured weight, 10^-6; 0 but for split loans.
        secured_part: u128,
        /// Weight of that part, 10^-4.
        secured_weight: u32,
    },
    /// The comprehensive approach.
    Secured(Box<Secured>),
}

/// The comprehensive approach (CRE22) for one exposure.
#[derive(Clone, PartialEq, Eq)]
pub struct Secured {
    /// Haircut band of the security lent ([`crate::rulebook::Haircuts::band`]) and He, 10^-9, which may pass one; zeros for a loan of cash.
    pub lent: (u32, u64),
    /// The items in the order of the book.
    pub items: Vec<SecuredItem>,
    /// Common denominator of the items' maturity shares; 1 where every item is matched.
    pub denominator: u32,
    /// Days up to which the maturity counts; 0 where no item has a shorter protection than its exposure.
    pub maturity_days: u32,
    /// What the haircuts leave, may be negative: 10^-17 of the book's unit, times the denominator.
    pub difference: BigInt,
    /// E*: 10^-17 of the book's unit; for [`Shape::SecuredGeneral`] whole units, rounded up.
    pub exposure_value: BigUint,
}

/// What one item of collateral is worth to its exposure.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecuredItem {
    /// Index of the item in the book.
    pub item: usize,
    /// Haircut band.
    pub band: u32,
    /// Hc, scaled, 10^-9.
    pub haircut: u32,
    /// Hfx, scaled, 10^-9; 0 in the exposure's currency.
    pub currency_haircut: u32,
    /// Hc + Hfx, at most 10^9.
    pub total_haircut: u32,
    /// Currency index in the snapshot, from 1.
    pub currency: u32,
    /// Exchange rate, 10^-8.
    pub rate: u64,
    /// Numerator of its maturity share.
    pub numerator: u32,
}

/// The charge of one class.
#[derive(Clone, PartialEq, Eq)]
pub struct ClassCharge {
    /// Class.
    pub class: String,
    /// Number of its exposures.
    pub exposures: usize,
    /// Exposure measure, 10^-12 of the book's unit.
    pub measure: BigUint,
    /// Risk-weighted assets, 10^-25 of the book's unit.
    pub rwa: BigUint,
}

/// The credit risk of a book.
#[derive(Clone, PartialEq, Eq)]
pub struct CreditAssessment {
    /// One charge per exposure, in the order of the book.
    pub charges: Vec<Charge>,
    /// Charges by class, in the order of the rulebook; classes without exposures are left out.
    pub classes: Vec<ClassCharge>,
    /// Exposure measure, 10^-12 of the book's unit.
    pub measure: BigUint,
    /// Risk-weighted assets, 10^-25 of the book's unit.
    pub rwa: BigUint,
}

/// A rulebook and a snapshot, indexed for charging one exposure after another.
pub struct CreditRules<'a> {
    rulebook: &'a Rulebook,
    /// Class and grade → class index and weight.
    classes: HashMap<(&'a str, &'a str), (u32, u32)>,
    /// Class → whether mismatch touches it.
    mismatch: HashMap<&'a str, bool>,
    /// Banded class → whether it asks for the counterparty.
    banded: HashMap<&'a str, bool>,
    /// (class, grade, counterparty, mismatch) → key.
    keys: HashMap<(&'a str, &'a str, u32, bool), u32>,
    /// The banded table, and where the rows of each key stand.
    rows: Vec<BandedRow>,
    rows_of: Vec<Range<usize>>,
    conversions: HashMap<&'a str, (u32, u32)>,
    currencies: HashMap<&'a str, (u32, u64)>,
    haircut_rows: HashMap<(&'a str, &'a str), u32>,
    base: &'a str,
}

impl<'a> CreditRules<'a> {
    /// Indexes a rulebook and a snapshot.
    pub fn new(rulebook: &'a Rulebook, snapshot: &'a Snapshot) -> Self {
        let rows = rulebook.banded_rows();
        let mut rows_of: Vec<Range<usize>> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            match rows_of.get_mut(row.key as usize - 1) {
                Some(range) => range.end = at + 1,
                None => rows_of.push(at..at + 1),
            }
        }
        let haircut_rows = rulebook.haircuts.iter().flat_map(|haircuts| &haircuts.rows);
        let base = snapshot.base.as_str();
        Self {
            rulebook,
            classes: (1..)
                .zip(rulebook.class_rows())
                .map(|(index, (class, grade, weight))| ((class, grade), (index, weight)))
                .collect(),
            mismatch: rulebook
                .classes
                .iter()
                .map(|class| (class.name.as_str(), class.mismatch))
                .chain(
                    rulebook
                        .banded
                        .iter()
                        .map(|class| (class.name.as_str(), class.mismatch)),
                )
                .collect(),
            banded: rulebook
                .banded
                .iter()
                .map(|class| (class.name.as_str(), class.needs_counterparty()))
                .collect(),
            keys: (1..)
                .zip(rulebook.banded_keys())
                .map(|(number, key)| {
                    (
                        (key.class, key.grade, key.counterparty, key.mismatch),
                        number,
                    )
                })
                .collect(),
            rows,
            rows_of,
            conversions: (1..)
                .zip(&rulebook.conversions)
                .flat_map(|(index, conversion)| {
                    let entry = (index, conversion.factor);
                    // An empty name is the first kind, `on-balance`.
                    let unnamed = (index == 1).then_some(("", entry));
                    unnamed
                        .into_iter()
                        .chain([(conversion.name.as_str(), entry)])
                })
                .collect(),
            currencies: (1..)
                .zip(&snapshot.rates)
                .map(|(index, (code, rate))| (code.as_str(), (index, *rate)))
                .collect(),
            haircut_rows: (1..)
                .zip(haircut_rows)
                .map(|(index, row)| ((row.kind.as_str(), row.rating.as_str()), index))
                .collect(),
            base,
        }
    }

    /// Number of a class and grade among all, from 1, in the rulebook's order, and weight, 10^-4.
    pub fn class_row(&self, class: &str, grade: &str) -> Option<(u32, u32)> {
        self.classes.get(&(class, grade)).copied()
    }

    /// Number of a balance-sheet kind, from 1, and factor, 10^-4; an empty name is `on-balance`.
    pub fn conversion(&self, name: &str) -> Option<(u32, u32)> {
        self.conversions.get(name).copied()
    }

    /// Key in the banded table of (class, counterparty, mismatch), from 1; `None` where the
    /// combination does not exist.
    ///
    /// `grade` is the exposure's own and empty for a banded class; `counterparty` is the class
    /// index of the counterparty, and 0 where the class does not ask for one. `mismatch` must be
    /// false for a class that mismatch does not touch. A combination also does not exist where a
    /// split loan's counterparty weighs less than its secured part: such a loan is not split.
    pub fn banded_key(
        &self,
        class: &str,
        grade: &str,
        counterparty: u32,
        mismatch: bool,
    ) -> Option<u32> {
        let key = (class, grade, counterparty, mismatch);
        self.keys.get(&key).copied()
    }

    /// Charges one exposure; `items` is its collateral, each with its index in the book.
    ///
    /// # Errors
    /// Names the place and column of what the rules do not know or do not allow.
    pub fn charge(
        &self,
        index: usize,
        exposure: &Exposure,
        items: &[(usize, &CollateralItem)],
    ) -> Result<Charge, RuleError> {
        let place = &exposure.place;
        if exposure.provisions > exposure.amount {
            return Err(RuleError::record(
                place,
                "provisions",
                RecordProblem::Provisions,
            ));
        }
        let mismatch = self.is_mismatched(exposure)?;
        let banded = self.banded.contains_key(exposure.class.as_str());
        if !items.is_empty() || !exposure.lent_security.is_empty() {
            self.charge_secured(index, exposure, items, banded, mismatch)
        } else if banded || exposure.provisions > 0 || mismatch {
            self.charge_banded(index, exposure, mismatch)
        } else {
            self.charge_plain(index, exposure)
        }
    }

    /// Index and rate of a currency; empty is the reporting currency.
    fn currency(&self, name: &str) -> Option<(u32, u64)> {
        self.currencies
            .get(if name.is_empty() { self.base } else { name })
            .copied()
    }

    fn same_currency(&self, one: &str, other: &str) -> bool {
        self.currency(one) == self.currency(other)
    }
}

/// Collateral, that of one exposure after that of another.
struct Pledged<'a> {
    /// Each with its index in the book, in the order of the book.
    items: Vec<(usize, &'a CollateralItem)>,
    /// How many each exposure has.
    counts: Vec<usize>,
}

impl<'a> Pledged<'a> {
    /// The collateral of a book.
    ///
    /// # Errors
    /// Names the item whose exposure is not in the book, or the exposure whose id stands twice.
    fn of(book: &'a Book) -> Result<Self, RuleError> {
        let mut index_of = HashMap::with_capacity(book.exposures.len());
        for (index, exposure) in book.exposures.iter().enumerate() {
            if index_of.insert(exposure.id.as_str(), index).is_some() {
                let problem = RecordProblem::Duplicate(exposure.id.to_string());
                return Err(RuleError::record(&exposure.place, "id", problem));
            }
        }
        let mut counts = vec![0; book.exposures.len()];
        let mut owned = Vec::with_capacity(book.collateral.len());
        for (number, item) in book.collateral.iter().enumerate() {
            let unknown =
                || RuleError::unknown(&item.place, "exposure", "exposure", &item.exposure);
            let index = *index_of.get(item.exposure.as_str()).ok_or_else(unknown)?;
            *counts.get_mut(index).ok_or_else(unknown)? += 1;
            owned.push((index, (number, item)));
        }
        // A stable order: the book's, within each exposure.
        owned.sort_by_key(|(index, _)| *index);
        let items = owned.into_iter().map(|(_, item)| item).collect();
        Ok(Self { items, counts })
    }
}

/// Charges a whole book.
///
/// # Errors
/// The first place that the rules do not know or do not allow.
pub fn assess_credit(
    book: &Book,
    rulebook: &Rulebook,
    snapshot: &Snapshot,
) -> Result<CreditAssessment, RuleError> {
    if book.currency.0 != snapshot.base {
        return Err(RuleError::Currency {
            book: book.currency.0.clone(),
            snapshot: snapshot.base.clone(),
        });
    }
    let rules = CreditRules::new(rulebook, snapshot);
    let pledged = Pledged::of(book)?;
    let mut rest = pledged.items.as_slice();
    let mut charges = Vec::with_capacity(book.exposures.len());
    let names = rulebook.classes.iter().map(|class| &class.name);
    let mut classes: Vec<ClassCharge> = names
        .chain(rulebook.banded.iter().map(|class| &class.name))
        .map(|class| ClassCharge {
            class: class.clone(),
            exposures: 0,
            measure: BigUint::ZERO,
            rwa: BigUint::ZERO,
        })
        .collect();
    let class_at: HashMap<String, usize> = classes
        .iter()
        .enumerate()
        .map(|(at, class)| (class.class.clone(), at))
        .collect();
    for (index, (exposure, count)) in book.exposures.iter().zip(pledged.counts).enumerate() {
        let items = rest.split_off(..count).unwrap_or_default();
        let charge = rules.charge(index, exposure, items)?;
        if let Some(class) = class_at
            .get(exposure.class.as_str())
            .and_then(|at| classes.get_mut(*at))
        {
            class.exposures += 1;
            class.measure += &charge.measure;
            class.rwa += &charge.rwa;
        }
        charges.push(charge);
    }
    classes.retain(|class| class.exposures > 0);
    let measure = classes.iter().map(|class| &class.measure).sum();
    let rwa = classes.iter().map(|class| &class.rwa).sum();
    Ok(CreditAssessment {
        charges,
        classes,
        measure,
        rwa,
    })
}
