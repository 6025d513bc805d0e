//! What the project aims at, beside what this machine measured.

use std::fmt::Write as _;

use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::layout::Standard;
use serde_json::{Value, json};

use super::Kind;
use super::probe::Probe;

/// Books that are measured, and their sizes.
pub const BOOKS: [(Kind, &[usize]); 3] = [
    (Kind::Plain, &[1_000, 10_000, 65_536, 1_000_000]),
    (Kind::Secured, &[1_000, 10_000, 65_536, 1_000_000]),
    (Kind::Trades, &[1_000, 10_000, 100_000]),
];

/// One measurement, as its own process printed it.
#[derive(Clone, Debug)]
pub struct Book {
    /// Which rows.
    pub kind: Kind,
    /// How many positions.
    pub positions: usize,
    /// What [`Measured::json`](super::Measured::json) gave.
    pub measured: Value,
}

/// A target.
#[derive(Clone, Debug)]
struct Target {
    what: &'static str,
    unit: &'static str,
    target: f64,
    /// Whether more is better.
    at_least: bool,
    measured: Option<f64>,
}

impl Book {
    fn figure(&self, path: &str) -> Option<f64> {
        self.measured.pointer(path)?.as_f64()
    }
}

/// The worst of a figure over the books of some kinds and one size: the lowest rate, the highest
/// cost.
fn worst(books: &[Book], at_least: bool, kinds: &[Kind], size: usize, path: &str) -> Option<f64> {
    let chosen = books
        .iter()
        .filter(|book| kinds.contains(&book.kind) && book.positions == size);
    let worse = if at_least { f64::min } else { f64::max };
    chosen.filter_map(|book| book.figure(path)).reduce(worse)
}

fn targets(books: &[Book]) -> Vec<Target> {
    let (plain, secured, trades) = (&[Kind::Plain], &[Kind::Secured], &[Kind::Trades]);
    let lending = &[Kind::Plain, Kind::Secured];
    let (small, large, million) = (1_000, 65_536, 1_000_000);
    let rate = "/positions_per_second";
    let values = "/range_checked_u64_per_second_per_core";
    let (warm, cold) = ("/seconds/attest_warm", "/seconds/attest_cold");
    let (verify, memory) = ("/seconds/verify_warm", "/peak_memory_mib");
    let bytes = "/attestation_bytes";
    let target = |what, unit, target, at_least, kinds: &[Kind], size, path| Target {
        what,
        unit,
        target,
        at_least,
        measured: worst(books, at_least, kinds, size, path),
    };
    let rate_of =
        |what, aim, kinds: &[Kind], size| target(what, "a second", aim, true, kinds, size, rate);
    let values_of = |what, size| {
        target(
            what,
            "a second a core",
            15_000.0,
            true,
            lending,
            size,
            values,
        )
    };
    let at_most = |what, unit, aim, kinds: &[Kind], size, path| {
        target(what, unit, aim, false, kinds, size, path)
    };
    vec![
        rate_of("secured exposures, 65 536", 10_000.0, secured, large),
        rate_of("secured exposures, 1 000 000", 10_000.0, secured, million),
        rate_of("plain exposures, 65 536", 20_000.0, plain, large),
        rate_of("plain exposures, 1 000 000", 20_000.0, plain, million),
        rate_of("derivative trades, 10 000", 2_000.0, trades, 10_000),
        values_of("range-checked 64-bit values, 65 536", large),
        values_of("the same, 1 000 000", million),
        at_most(
            "peak memory, 1 000 000",
            "MiB",
            4_096.0,
            lending,
            million,
            memory,
        ),
        at_most(
            "attest 1 000 plain, keys warm",
            "s",
            5.0,
            plain,
            small,
            warm,
        ),
        at_most(
            "attest 1 000 plain, keys cold",
            "s",
            8.0,
            plain,
            small,
            cold,
        ),
        at_most(
            "attest 1 000 secured, keys warm",
            "s",
            5.0,
            secured,
            small,
            warm,
        ),
        at_most(
            "attest 1 000 secured, keys cold",
            "s",
            8.0,
            secured,
            small,
            cold,
        ),
        at_most("verify 1 000 exposures", "s", 0.1, lending, small, verify),
        at_most(
            "verify 1 000 000 exposures",
            "s",
            1.5,
            lending,
            million,
            verify,
        ),
        at_most(
            "attestation of 1 000",
            "bytes",
            40_000.0,
            lending,
            small,
            bytes,
        ),
        at_most(
            "attestation of 1 000 000",
            "bytes",
            400_000.0,
            lending,
            million,
            bytes,
        ),
    ]
}

impl Target {
    fn met(&self) -> Option<bool> {
        let measured = self.measured?;
        Some(if self.at_least {
            measured >= self.target
        } else {
            measured <= self.target
        })
    }

    fn verdict(&self) -> String {
        let Some((measured, met)) = self.measured.zip(self.met()) else {
            return "not measured".to_owned();
        };
        let ratio = if self.at_least {
            self.target / measured
        } else {
            measured / self.target
        };
        if met {
            "met".to_owned()
        } else {
            format!("missed by {ratio:.2}")
        }
    }
}

fn number(value: f64) -> String {
    if value < 100.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

/// Seconds that the bare commitments and transforms of a book's copies take.
fn bare(book: &Book, probe: &Probe) -> Option<f64> {
    let layout = CircuitKind::Rows(book.kind.circuit(book.positions)).layout::<Standard>();
    Some(book.figure("/copies")? * probe.copy(&layout.ok()?))
}

/// The table for people.
pub fn table(books: &[Book], probe: &Probe) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{:<22} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>8} {:>9}",
        "s, by phase",
        "positions",
        "attest",
        "witness",
        "commit",
        "lookups",
        "quotient",
        "opening",
        "verify",
        "MiB",
        "bytes",
        "bare"
    );
    for book in books {
        let figure = |path: &str| book.figure(path).map_or_else(|| "-".to_owned(), number);
        let whole = |path: &str| {
            book.figure(path)
                .map_or_else(|| "-".to_owned(), |v| format!("{v:.0}"))
        };
        let _ = writeln!(
            text,
            "{:<22} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>8} {:>9}",
            book.kind.circuit(book.positions).name(),
            book.positions,
            figure("/seconds/attest_warm"),
            figure("/seconds/first_round"),
            figure("/seconds/commitments"),
            figure("/seconds/second_round"),
            figure("/seconds/quotient"),
            figure("/seconds/opening"),
            figure("/seconds/verify_warm"),
            whole("/peak_memory_mib"),
            whole("/attestation_bytes"),
            bare(book, probe).map_or_else(|| "-".to_owned(), number),
        );
    }
    let _ = writeln!(
        text,
        "\n{:<36} {:>10} {:>10}  {:<16}",
        "target", "aim", "measured", ""
    );
    for target in targets(books) {
        let sign = if target.at_least { "≥" } else { "≤" };
        let measured = target.measured.map_or_else(|| "-".to_owned(), number);
        let _ = writeln!(
            text,
            "{:<36} {:>10} {:>10}  {:<16} {}",
            target.what,
            format!("{sign} {}", number(target.target)),
            measured,
            target.unit,
            target.verdict(),
        );
    }
    let _ = writeln!(
        text,
        "{:<36} {:>10} {:>10}  {:<16} not built",
        "customers of a liabilities tree", "≥ 2000", "-", "a second"
    );
    text
}

/// The object for machines.
pub fn json(books: &[Book], probe: &Probe) -> Value {
    let measured: Vec<Value> = books
        .iter()
        .map(|book| {
            let mut measured = book.measured.clone();
            measured["seconds"]["bare_commitments_and_transforms"] = json!(bare(book, probe));
            measured
        })
        .collect();
    let targets = targets(books);
    let targets = targets.iter().map(|target| {
        json!({
            "what": target.what,
            "unit": target.unit,
            "target": target.target,
            "at_least": target.at_least,
            "measured": target.measured,
            "met": target.met(),
        })
    });
    json!({
        "books": measured,
        "targets": targets.collect::<Vec<Value>>(),
        "probe": probe.json(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(kind: Kind, positions: usize, rate: f64, memory: u64) -> Book {
        let measured = json!({
            "positions_per_second": rate,
            "peak_memory_mib": memory,
        });
        Book {
            kind,
            positions,
            measured,
        }
    }

    #[test]
    fn the_lowest_rate_and_the_largest_memory_count() {
        let books = [
            book(Kind::Plain, 1_000, 99_000.0, 1),
            book(Kind::Plain, 65_536, 8_000.0, 500),
            book(Kind::Plain, 1_000_000, 16_000.0, 4_000),
            book(Kind::Secured, 1_000_000, 10_000.0, 5_000),
        ];
        let targets = targets(&books);
        let found = |what: &str| targets.iter().find(|t| t.what == what).unwrap();
        let plain = found("plain exposures, 1 000 000");
        assert_eq!(plain.measured, Some(16_000.0));
        assert_eq!(plain.verdict(), "missed by 1.25");
        assert_eq!(found("plain exposures, 65 536").verdict(), "missed by 2.50");
        assert_eq!(found("secured exposures, 1 000 000").verdict(), "met");
        assert_eq!(found("secured exposures, 65 536").verdict(), "not measured");
        assert_eq!(found("peak memory, 1 000 000").measured, Some(5_000.0));
        assert_eq!(found("peak memory, 1 000 000").verdict(), "missed by 1.22");
        assert_eq!(found("derivative trades, 10 000").verdict(), "not measured");
        // Of two kinds the slower one.
        let lending = &[Kind::Plain, Kind::Secured];
        let rate = worst(&books, true, lending, 1_000_000, "/positions_per_second");
        assert_eq!(rate, Some(10_000.0));
    }
}
