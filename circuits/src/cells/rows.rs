//! From charges to rows: what the twin found, in the numbers that the row circuits hold.
//!
//! The twin decides shape, weight and band; here its findings are put beside the indices of the
//! public tables. Nothing is computed twice.

use std::collections::HashSet;

use blake2b_simd::Params as Blake2b;

use crate::amount::RATE_ONE;
use crate::book::{Book, CollateralItem, Exposure};
use crate::cells::banded::{self, BandRow};
use crate::cells::pack::Sort;
use crate::cells::secured::{ExposureRow, ItemRow, LONGEST_MATURITY, Padding};
use crate::cells::secured_general::{Lent, MismatchRule, Protection};
use crate::cells::{plain, tables};
use crate::credit_risk::{Charge, CreditAssessment, Detail, SecuredItem, Shape};
use crate::rulebook::{Haircuts, Rulebook};
use crate::snapshot::Snapshot;
use crate::statement::RowCircuit;

impl From<Shape> for RowCircuit {
    fn from(shape: Shape) -> RowCircuit {
        match shape {
            Shape::Plain => RowCircuit::Plain,
            Shape::Banded => RowCircuit::Banded,
            Shape::Secured => RowCircuit::Secured,
            Shape::SecuredGeneral => RowCircuit::SecuredGeneral,
        }
    }
}

/// A book with its assessment, seen as rows.
#[derive(Debug)]
pub struct BookRows<'a> {
    rulebook: &'a Rulebook,
    snapshot: &'a Snapshot,
    book: &'a Book,
    bands: Vec<BandRow>,
    haircuts: Option<&'a Haircuts>,
    /// Exposures that stand in columns of somebody else's.
    vouched: HashSet<usize>,
}

/// The 120-bit digest of an external id.
pub fn id_digest(id: &str) -> u128 {
    digest_120(b"Plimsoll-rcid-01", id.as_bytes())
}

/// The 120-bit digest of an exposure's id and that of one of its items.
pub fn pair_digest(exposure: &str, item: &str) -> u128 {
    let mut bytes = Vec::with_capacity(exposure.len() + item.len() + 8);
    bytes.extend_from_slice(&(exposure.len() as u64).to_le_bytes());
    bytes.extend_from_slice(exposure.as_bytes());
    bytes.extend_from_slice(item.as_bytes());
    digest_120(b"Plimsoll-rcit-01", &bytes)
}

fn digest_120(personal: &[u8; 16], input: &[u8]) -> u128 {
    let hash = Blake2b::new()
        .hash_length(15)
        .personal(personal)
        .hash(input);
    let mut bytes = [0; 16];
    bytes[..15].copy_from_slice(hash.as_bytes());
    u128::from_le_bytes(bytes)
}

impl<'a> BookRows<'a> {
    /// Sees a book as rows.
    pub fn new(rulebook: &'a Rulebook, snapshot: &'a Snapshot, book: &'a Book) -> BookRows<'a> {
        BookRows {
            rulebook,
            snapshot,
            book,
            bands: tables::bands(rulebook),
            haircuts: rulebook.haircuts.as_ref(),
            vouched: HashSet::new(),
        }
    }

    /// The same, where data owners vouch for these exposures, by their index: they are plain ones,
    /// and leave the circuit of plain exposures.
    pub fn vouched_for(self, vouched: HashSet<usize>) -> BookRows<'a> {
        BookRows { vouched, ..self }
    }

    /// The circuit of a charge's kind, the wide one; whether its single one takes the charge is for
    /// the shape of the book to say.
    pub fn circuit(&self, charge: &Charge) -> RowCircuit {
        if self.vouched.contains(&charge.exposure) {
            RowCircuit::Vouched
        } else {
            charge.shape.into()
        }
    }

    /// The charges of one circuit, sorted by what a row shares and otherwise in the book's order.
    pub fn of<'c>(&self, credit: &'c CreditAssessment, circuit: RowCircuit) -> Vec<&'c Charge> {
        let of_circuit = |charge: &&Charge| self.circuit(charge) == circuit.wide();
        let mut charges: Vec<&Charge> = credit.charges.iter().filter(of_circuit).collect();
        charges.sort_by_cached_key(|charge| self.sort(charge));
        charges
    }

    /// What a charge shares with the other positions of its row; nothing in the circuits that always
    /// have one position per row. A single circuit takes the order of its wide one.
    pub fn sort(&self, charge: &Charge) -> Sort {
        match self.circuit(charge) {
            RowCircuit::Plain | RowCircuit::PlainSingle | RowCircuit::Vouched => {
                (charge.class, charge.currency, charge.conversion, 0)
            }
            RowCircuit::Secured | RowCircuit::SecuredSingle => {
                let period = self.period(self.exposure(charge));
                (charge.class, charge.currency, charge.conversion, period)
            }
            RowCircuit::Banded | RowCircuit::SecuredGeneral | RowCircuit::Derivatives => {
                (0, 0, 0, 0)
            }
        }
    }

    fn period(&self, exposure: &Exposure) -> u64 {
        let code = self.haircuts.and_then(|haircuts| {
            tables::period_code(haircuts, exposure.holding_days, exposure.revaluation_days)
        });
        code.unwrap_or(0)
    }

    /// Positions that a charge takes.
    pub fn positions(charge: &Charge) -> usize {
        match &charge.detail {
            Detail::Secured(secured) => secured.items.len().max(1),
            _ => 1,
        }
    }

    /// Collateral items of a charge.
    pub fn items(charge: &Charge) -> usize {
        match &charge.detail {
            Detail::Secured(secured) => secured.items.len(),
            _ => 0,
        }
    }

    fn exposure(&self, charge: &Charge) -> &'a Exposure {
        &self.book.exposures[charge.exposure]
    }

    fn code(&self, charge: &Charge) -> u64 {
        tables::conversion_code(self.rulebook, charge.currency, charge.conversion)
    }

    /// A legal plain row without an amount.
    pub fn plain_padding(&self) -> plain::Row {
        let weight = self
            .rulebook
            .class_rows()
            .next()
            .map_or(0, |(_, _, weight)| weight);
        let factor = self
            .rulebook
            .conversions
            .first()
            .map_or(0, |kind| u64::from(kind.factor));
        plain::Row {
            class: 1,
            weight: weight.into(),
            code: 1,
            factor: RATE_ONE * factor,
            ..plain::Row::default()
        }
    }

    /// Row of a plain exposure.
    pub fn plain(&self, charge: &Charge) -> plain::Row {
        plain::Row {
            id: id_digest(&self.exposure(charge).id),
            amount: charge.net,
            class: charge.class.into(),
            weight: charge.weight.into(),
            code: self.code(charge),
            factor: charge.rate * u64::from(charge.factor),
        }
    }

    /// A legal banded row without an amount.
    pub fn banded_padding(&self) -> banded::Row {
        let plain = self.plain_padding();
        banded::Row {
            band: self.bands.first().copied().unwrap_or_default(),
            code: plain.code,
            currency: 1,
            factor: plain.factor,
            income: 1,
            ..banded::Row::default()
        }
    }

    /// Row of a banded exposure.
    pub fn banded(&self, charge: &Charge) -> banded::Row {
        let exposure = self.exposure(charge);
        let band = match charge.detail {
            Detail::Banded { row, .. } => self.bands[row as usize - 1],
            _ => BandRow::default(),
        };
        banded::Row {
            id: id_digest(&exposure.id),
            gross: exposure.amount,
            provisions: exposure.provisions,
            property: exposure.property_value,
            band,
            code: self.code(charge),
            currency: charge.currency.into(),
            factor: charge.rate * u64::from(charge.factor),
            income: self.income(exposure, charge, band.mismatch),
        }
    }

    /// Index of the income's currency; one that the snapshot does not quote is 0.
    fn income(&self, exposure: &Exposure, charge: &Charge, mismatch: bool) -> u64 {
        if exposure.income_currency.is_empty() || !mismatch {
            return charge.currency.into();
        }
        let rates = (1..).zip(&self.snapshot.rates);
        rates
            .into_iter()
            .find(|(_, (code, _))| *code == exposure.income_currency)
            .map_or(0, |(index, _)| index)
    }

    /// A legal row without amounts for the secured circuits.
    pub fn secured_padding(&self) -> Padding {
        let plain = self.plain_padding();
        let conversion = self
            .rulebook
            .conversions
            .first()
            .map_or(0, |kind| u64::from(kind.factor));
        Padding {
            exposure: ExposureRow {
                class: plain.class,
                weight: plain.weight,
                code: plain.code,
                currency: 1,
                rate: RATE_ONE,
                conversion,
                period: 1,
                ..ExposureRow::default()
            },
            item: ItemRow {
                currency: 1,
                rate: RATE_ONE,
                edge: LONGEST_MATURITY,
                haircut: tables::NO_ITEM,
                scaled: crate::amount::HAIRCUT_ONE,
                ..ItemRow::default()
            },
        }
    }

    /// Exposure part of a secured charge.
    pub fn secured_exposure(&self, charge: &Charge) -> ExposureRow {
        let exposure = self.exposure(charge);
        ExposureRow {
            id: id_digest(&exposure.id),
            amount: exposure.amount,
            class: charge.class.into(),
            weight: charge.weight.into(),
            code: self.code(charge),
            currency: charge.currency.into(),
            rate: charge.rate,
            conversion: charge.factor.into(),
            period: self.period(exposure),
        }
    }

    /// Items of a secured charge.
    pub fn secured_items(&self, charge: &Charge) -> Vec<ItemRow> {
        let Detail::Secured(secured) = &charge.detail else {
            return Vec::new();
        };
        secured
            .items
            .iter()
            .map(|item| self.item(charge, item))
            .collect()
    }

    fn item(&self, charge: &Charge, found: &SecuredItem) -> ItemRow {
        let item: &CollateralItem = &self.book.collateral[found.item];
        let (row, edge, haircut) = self.haircut(&item.kind, &item.rating, item.maturity_days);
        ItemRow {
            id: pair_digest(&item.exposure, &item.id),
            amount: item.amount,
            currency: found.currency.into(),
            rate: found.rate,
            haircut_row: row,
            maturity: u64::from(item.maturity_days).min(LONGEST_MATURITY),
            edge,
            haircut,
            mismatch: found.currency != charge.currency,
            scaled: found.total_haircut.into(),
        }
    }

    /// (row, longest maturity of the band, ten-day haircut).
    fn haircut(&self, kind: &str, rating: &str, maturity: u32) -> (u64, u64, u64) {
        let number = self.rulebook.haircut_row_index(kind, rating).unwrap_or(0);
        let row = self
            .haircuts
            .and_then(|h| h.rows.get((number as usize).wrapping_sub(1)));
        let band = row.and_then(|row| {
            row.bands
                .iter()
                .find(|(upto, _)| upto.is_none_or(|edge| maturity <= edge))
        });
        band.map_or((0, 0, 0), |(upto, haircut)| {
            (number.into(), tables::band_edge(*upto), u64::from(*haircut))
        })
    }

    /// What a general exposure has beyond a plain secured one.
    pub fn lent(&self, charge: &Charge) -> Lent {
        let exposure = self.exposure(charge);
        let exposure_maturity = exposure.maturity_days.into();
        let Detail::Secured(secured) = &charge.detail else {
            return Lent::default();
        };
        if exposure.lent_security.is_empty() {
            return Lent {
                edge: LONGEST_MATURITY,
                exposure_maturity,
                ..Lent::default()
            };
        }
        let maturity = exposure.lent_maturity_days;
        let (row, edge, haircut) =
            self.haircut(&exposure.lent_security, &exposure.lent_rating, maturity);
        Lent {
            row,
            maturity: u64::from(maturity).min(LONGEST_MATURITY),
            edge,
            haircut,
            scaled: secured.lent.1,
            exposure_maturity,
        }
    }

    /// How long each item of a general charge protects.
    pub fn protections(&self, charge: &Charge) -> Vec<Protection> {
        let Detail::Secured(secured) = &charge.detail else {
            return Vec::new();
        };
        let or_longest = |days: u32| {
            if days == 0 {
                LONGEST_MATURITY
            } else {
                u64::from(days).min(LONGEST_MATURITY)
            }
        };
        let items = secured
            .items
            .iter()
            .map(|found| &self.book.collateral[found.item]);
        items
            .map(|item| Protection {
                days: or_longest(item.protection_days),
                original: or_longest(item.original_days),
            })
            .collect()
    }

    /// The maturity mismatch's numbers.
    pub fn mismatch_rule(&self) -> MismatchRule {
        self.haircuts.map(tables::mismatch_rule).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_26_ids_of_exposure_and_item_do_not_run_together() {
        let pairs = [("ab", "c"), ("a", "bc"), ("abc", ""), ("", "abc")];
        let mut digests: Vec<u128> = pairs.iter().map(|(e, c)| pair_digest(e, c)).collect();
        digests.push(id_digest("abc"));
        for (at, digest) in digests.iter().enumerate() {
            assert_eq!(digests.iter().position(|known| known == digest), Some(at));
            assert!(*digest < 1 << 120);
        }
    }
}
