//! Looking things up in a rulebook: the tables that twins and circuits share.
//!
//! Every index counts from 1, so that 0 is "none" and a table row that nobody supplied (zeros)
//! never matches.

use super::{BandWeight, CapitalItem, Haircuts, Measure, Role, Rulebook, Treatment};
use crate::amount::WEIGHT_ONE;

/// One row of the banded table: the weights of one (class, counterparty, mismatch) in one band.
///
/// Both treatments read as one: the part of the exposure up to `share` of the property value
/// weighs `secured`, the rest weighs `rest`. For a whole loan `share` is 0 and the two weights
/// are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandedRow {
    /// Key of (class, counterparty, mismatch); bands of one key stand together, lowest first.
    pub key: u32,
    /// What the band compares; `None` where there is one open band and nothing to compare.
    pub measure: Option<Measure>,
    /// The measure is above this edge, 10^-6; `None` for the first band.
    pub above: Option<u32>,
    /// The measure is at most this edge, 10^-6; `None` for the last band.
    pub upto: Option<u32>,
    /// Share of the property value that weighs `secured`, 10^-6.
    pub share: u32,
    /// Weight of the part up to `share`, 10^-4.
    pub secured: u32,
    /// Weight of the rest, 10^-4; never below `secured`.
    pub rest: u32,
}

impl BandWeight {
    /// The weight for a counterparty of this weight, 10^-4.
    pub fn with(self, counterparty: u32) -> u32 {
        match self {
            Self::Fixed(weight) => weight,
            Self::AtMost(weight) => weight.min(counterparty),
            Self::Counterparty => counterparty,
        }
    }
}

impl Rulebook {
    /// Whether it names what a balance sheet compares: assets, liabilities, and items of equity.
    pub fn has_balance_sheet(&self) -> bool {
        let any = |of: &dyn Fn(&CapitalItem) -> bool| self.capital.iter().any(of);
        let counts = |item: &CapitalItem| !matches!(item.role, Role::Assets | Role::Liabilities);
        any(&|item| item.role == Role::Assets)
            && any(&|item| item.role == Role::Liabilities)
            && any(&|item| item.equity && counts(item))
    }

    /// Every (class, grade, weight in 10^-4) in order; row i has the class index i + 1.
    pub fn class_rows(&self) -> impl Iterator<Item = (&str, &str, u32)> {
        self.classes.iter().flat_map(|class| {
            class
                .grades
                .iter()
                .map(|(grade, weight)| (class.name.as_str(), grade.as_str(), *weight))
        })
    }

    /// Number of a haircut row, from 1.
    pub fn haircut_row_index(&self, kind: &str, rating: &str) -> Option<u32> {
        let rows = &self.haircuts.as_ref()?.rows;
        (1..)
            .zip(rows)
            .find(|(_, row)| row.kind == kind && row.rating == rating)
            .map(|(index, _)| index)
    }

    /// A weight raised for a currency mismatch (CRE20.93), 10^-4: times the multiplier, rounded up,
    /// at most the cap, and never below the weight itself.
    pub fn mismatched(&self, weight: u32) -> u32 {
        let raised = (u64::from(weight) * u64::from(self.mismatch_multiplier)).div_ceil(WEIGHT_ONE);
        // A weight is at most 125 000 and so is the cap: the minimum fits.
        let raised =
            u32::try_from(raised.min(u64::from(self.mismatch_cap))).unwrap_or(self.mismatch_cap);
        raised.max(weight)
    }

    /// Every row of the banded table, by key and band.
    pub fn banded_rows(&self) -> Vec<BandedRow> {
        self.each_banded_row().collect()
    }

    /// The same one by one: of a rulebook that was not counted yet there may be too many to hold.
    pub(super) fn each_banded_row(&self) -> impl Iterator<Item = BandedRow> {
        let keys = (1..).zip(self.banded_keys());
        keys.flat_map(|(number, key)| self.rows_of(number, &key))
    }

    /// The keys in order: class rows; class rows that mismatch touches, raised; banded classes,
    /// by counterparty, each plain and then raised.
    pub(crate) fn banded_keys(&self) -> impl Iterator<Item = BandedKey<'_>> {
        let plain = |mismatch: bool| {
            self.classes
                .iter()
                .filter(move |class| class.mismatch || !mismatch)
                .flat_map(move |class| {
                    class.grades.iter().map(move |(grade, weight)| BandedKey {
                        class: &class.name,
                        grade,
                        counterparty: 0,
                        counterparty_weight: *weight,
                        mismatch,
                        banded: None,
                    })
                })
        };
        let banded = self.banded.iter().enumerate().flat_map(move |(at, class)| {
            let counterparties: Vec<(u32, u32)> = if class.needs_counterparty() {
                (1..)
                    .zip(self.class_rows())
                    .map(|(index, row)| (index, row.2))
                    .collect()
            } else {
                vec![(0, 0)]
            };
            let splits = move |weight: u32| match &class.treatment {
                Treatment::Split {
                    weight: secured, ..
                } => secured.with(weight) <= weight,
                Treatment::Whole(_) => true,
            };
            let raised: &[bool] = if class.mismatch {
                &[false, true]
            } else {
                &[false]
            };
            counterparties
                .into_iter()
                .filter(move |(_, weight)| splits(*weight))
                .flat_map(move |(counterparty, counterparty_weight)| {
                    raised.iter().map(move |mismatch| BandedKey {
                        class: &class.name,
                        grade: "",
                        counterparty,
                        counterparty_weight,
                        mismatch: *mismatch,
                        banded: Some(at),
                    })
                })
        });
        plain(false).chain(plain(true)).chain(banded)
    }

    fn rows_of(&self, number: u32, key: &BandedKey<'_>) -> Vec<BandedRow> {
        let weigh = |weight: BandWeight| {
            let weight = weight.with(key.counterparty_weight);
            if key.mismatch {
                self.mismatched(weight)
            } else {
                weight
            }
        };
        let whole = |measure, above, upto, weight| {
            let weight = weigh(weight);
            BandedRow {
                key: number,
                measure,
                above,
                upto,
                share: 0,
                secured: weight,
                rest: weight,
            }
        };
        let Some(class) = key.banded.and_then(|at| self.banded.get(at)) else {
            return vec![whole(None, None, None, BandWeight::Counterparty)];
        };
        match &class.treatment {
            Treatment::Whole(bands) => {
                let mut above = None;
                let mut rows = Vec::new();
                for band in bands {
                    rows.push(whole(Some(class.measure), above, band.upto, band.weight));
                    above = band.upto;
                }
                rows
            }
            Treatment::Split { upto, weight } => vec![BandedRow {
                key: number,
                measure: None,
                above: None,
                upto: None,
                share: *upto,
                secured: weigh(*weight),
                rest: weigh(BandWeight::Counterparty),
            }],
        }
    }
}

/// What a key of the banded table stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BandedKey<'a> {
    pub(crate) class: &'a str,
    pub(crate) grade: &'a str,
    pub(crate) counterparty: u32,
    /// For a class row its own weight, so that both read as "the counterparty's".
    pub(crate) counterparty_weight: u32,
    pub(crate) mismatch: bool,
    banded: Option<usize>,
}

impl Haircuts {
    /// Number among all rows and bands, from 1, and haircut (10^-4) of a row (numbered from 1) at
    /// a residual maturity in days.
    pub fn band(&self, row: u32, maturity_days: u32) -> Option<(u32, u32)> {
        let at = usize::try_from(row).ok()?.checked_sub(1)?;
        let before: usize = self.rows.get(..at)?.iter().map(|row| row.bands.len()).sum();
        let bands = &self.rows.get(at)?.bands;
        let band = bands
            .iter()
            .position(|(upto, _)| upto.is_none_or(|edge| maturity_days <= edge))?;
        let number = u32::try_from(before + band + 1).ok()?;
        Some((number, bands.get(band)?.1))
    }
}
