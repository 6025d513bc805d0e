//! A book against a rulebook and a snapshot: every name must be known, and capital must not
//! contradict itself.

mod derivatives;

use std::collections::{HashMap, HashSet};

use plimsoll_circuits::book::{Book, CollateralItem, Exposure, Line, Place};
use plimsoll_circuits::rulebook::{Haircuts, Role, Rulebook};
use plimsoll_circuits::snapshot::Snapshot;

use super::columns::{CAPITAL, MANIFEST, STATED};
use super::error::{BookError, Problem};

/// Checks that every class, grade, currency, conversion factor, haircut type, capital item and
/// stated line of `book` is in `rulebook` or `snapshot`, and that assets less liabilities equal
/// equity where the book has a balance sheet.
///
/// # Errors
/// The first thing that is wrong, with its file, line and column.
pub fn check(book: &Book, rulebook: &Rulebook, snapshot: &Snapshot) -> Result<(), BookError> {
    if book.currency.0 != snapshot.base {
        let problem = Problem::Base {
            book: book.currency.0.clone(),
            snapshot: snapshot.base.clone(),
        };
        return Err(BookError::file(MANIFEST, problem));
    }
    let names = Names::new(rulebook, snapshot);
    let secured: HashSet<&str> = book
        .collateral
        .iter()
        .map(|item| item.exposure.as_str())
        .collect();
    for exposure in &book.exposures {
        names.exposure(exposure, secured.contains(exposure.id.as_str()))?;
    }
    for item in &book.collateral {
        names.collateral(item)?;
    }
    derivatives::check(&names, book)?;
    let known = |lines: &[Line], what: &'static str, allowed: Vec<&str>| {
        let unknown = lines
            .iter()
            .find(|line| !allowed.contains(&line.name.as_str()));
        unknown.map_or(Ok(()), |line| {
            Err(at(
                &line.place,
                "name",
                names.unknown(what, &line.name, allowed.clone()),
            ))
        })
    };
    known(
        &book.capital,
        "capital item",
        rulebook
            .capital
            .iter()
            .map(|item| item.name.as_str())
            .collect(),
    )?;
    known(
        &book.stated,
        "stated line",
        rulebook
            .stated
            .iter()
            .map(|line| line.name.as_str())
            .collect(),
    )?;
    duplicates(&book.capital, CAPITAL.name)?;
    duplicates(&book.stated, STATED.name)?;
    balance_sheet(&book.capital, rulebook)
}

fn at(place: &Place, column: &str, problem: Problem) -> BookError {
    BookError::cell(place.file.clone(), place.line, column, problem)
}

/// A loaded book has no duplicates; one that was put together in memory may.
fn duplicates(lines: &[Line], file: &str) -> Result<(), BookError> {
    let mut seen: HashMap<&str, u64> = HashMap::new();
    for line in lines {
        if let Some(first) = seen.insert(&line.name, line.place.line) {
            let problem = Problem::Duplicate {
                id: line.name.to_string(),
                first,
            };
            return Err(BookError::cell(file, line.place.line, "name", problem));
        }
    }
    Ok(())
}

/// Assets − liabilities = equity, where both are in the book.
fn balance_sheet(capital: &[Line], rulebook: &Rulebook) -> Result<(), BookError> {
    let (mut assets, mut liabilities, mut equity) = (None, None, 0i128);
    let mut makes_equity = Vec::new();
    for item in &rulebook.capital {
        let line = capital.iter().find(|line| line.name == item.name);
        match item.role {
            Role::Assets => assets = Some((item, line)),
            Role::Liabilities => liabilities = Some((item, line)),
            _ if !item.equity => {}
            role => {
                makes_equity.push(item.name.clone());
                // 128 items below 2^64 stay far below 2^127.
                let amount = line.map_or(0, |line| i128::from(line.amount));
                equity += if role == Role::Deduction {
                    -amount
                } else {
                    amount
                };
            }
        }
    }
    let (Some((assets_item, assets)), Some((liabilities_item, liabilities))) =
        (assets, liabilities)
    else {
        return Ok(());
    };
    match (assets, liabilities) {
        (None, None) => Ok(()),
        // A rulebook that marks no item as equity has nothing to compare with.
        (Some(_), Some(_)) if makes_equity.is_empty() => Ok(()),
        (Some(there), None) | (None, Some(there)) => {
            let absent = if there.name == assets_item.name {
                liabilities_item
            } else {
                assets_item
            };
            let problem = Problem::HalfBalanceSheet {
                there: there.name.to_string(),
                absent: absent.name.clone(),
            };
            Err(at(&there.place, "name", problem))
        }
        (Some(assets), Some(liabilities)) => {
            if i128::from(assets.amount) - i128::from(liabilities.amount) == equity {
                return Ok(());
            }
            Err(at(
                &assets.place,
                "amount",
                Problem::BalanceSheet {
                    equity: makes_equity,
                },
            ))
        }
    }
}

/// Everything that can be named.
struct Names<'a> {
    rulebook: &'a Rulebook,
    /// Class → its grades.
    grades: HashMap<&'a str, Vec<&'a str>>,
    /// Banded class → whether it needs a counterparty.
    banded: HashMap<&'a str, bool>,
    conversions: Vec<&'a str>,
    currencies: HashSet<&'a str>,
    snapshot: &'a Snapshot,
}

impl<'a> Names<'a> {
    fn new(rulebook: &'a Rulebook, snapshot: &'a Snapshot) -> Self {
        let grades = |class: &'a plimsoll_circuits::rulebook::ExposureClass| {
            class
                .grades
                .iter()
                .map(|(grade, _)| grade.as_str())
                .collect::<Vec<_>>()
        };
        Self {
            rulebook,
            grades: rulebook
                .classes
                .iter()
                .map(|class| (class.name.as_str(), grades(class)))
                .collect(),
            banded: rulebook
                .banded
                .iter()
                .map(|class| (class.name.as_str(), class.needs_counterparty()))
                .collect(),
            conversions: rulebook
                .conversions
                .iter()
                .map(|conversion| conversion.name.as_str())
                .collect(),
            currencies: snapshot
                .rates
                .iter()
                .map(|(code, _)| code.as_str())
                .collect(),
            snapshot,
        }
    }

    fn unknown(&self, what: &'static str, name: &str, known: Vec<&str>) -> Problem {
        let known = match known.len() {
            0 => format!("rulebook `{}` has none", self.rulebook.name),
            1..=24 => format!("rulebook `{}` has {}", self.rulebook.name, quoted(&known)),
            _ => format!("rulebook `{}` lists what there is", self.rulebook.name),
        };
        Problem::Unknown {
            what,
            name: name.to_owned(),
            known,
        }
    }

    fn exposure(&self, exposure: &Exposure, secured: bool) -> Result<(), BookError> {
        let fail = |column: &str, problem| Err(at(&exposure.place, column, problem));
        match self.banded.get(exposure.class.as_str()) {
            Some(_) if !exposure.grade.is_empty() => {
                return fail("grade", self.unknown("grade", &exposure.grade, Vec::new()));
            }
            Some(true) if exposure.counterparty_class.is_empty() => {
                return fail("counterparty_class", Problem::MissingValue);
            }
            Some(_) => {}
            None => self.class(
                &exposure.place,
                ("class", &exposure.class),
                ("grade", &exposure.grade),
            )?,
        }
        if !exposure.counterparty_class.is_empty() {
            let class = ("counterparty_class", exposure.counterparty_class.as_str());
            self.class(
                &exposure.place,
                class,
                ("counterparty_grade", &exposure.counterparty_grade),
            )?;
        } else if !exposure.counterparty_grade.is_empty() {
            return fail("counterparty_class", Problem::MissingValue);
        }
        if !self.conversions.contains(&exposure.conversion.as_str()) {
            let problem =
                self.unknown("conversion", &exposure.conversion, self.conversions.clone());
            return fail("conversion", problem);
        }
        self.currency(&exposure.place, "currency", &exposure.currency)?;
        self.currency(
            &exposure.place,
            "income_currency",
            &exposure.income_currency,
        )?;
        if !exposure.lent_security.is_empty() {
            let kind = ("lent_security", exposure.lent_security.as_str());
            self.security(
                &exposure.place,
                kind,
                ("lent_rating", &exposure.lent_rating),
            )?;
        }
        if let (true, Some(haircuts)) = (secured, &self.rulebook.haircuts) {
            if !haircuts.holding_days.contains(&exposure.holding_days) {
                return fail("holding_days", Problem::HaircutDays("holding period"));
            }
            if !haircuts
                .revaluation_days
                .contains(&exposure.revaluation_days)
            {
                return fail(
                    "revaluation_days",
                    Problem::HaircutDays("revaluation interval"),
                );
            }
        }
        Ok(())
    }

    fn collateral(&self, item: &CollateralItem) -> Result<(), BookError> {
        self.security(&item.place, ("kind", &item.kind), ("rating", &item.rating))?;
        self.currency(&item.place, "currency", &item.currency)
    }

    /// A class and a grade of it, each with its column.
    fn class(
        &self,
        place: &Place,
        class: (&str, &str),
        grade: (&str, &str),
    ) -> Result<(), BookError> {
        let Some(grades) = self.grades.get(class.1) else {
            let mut known: Vec<&str> = self
                .rulebook
                .classes
                .iter()
                .map(|class| class.name.as_str())
                .collect();
            if class.0 == "class" {
                known.extend(self.rulebook.banded.iter().map(|class| class.name.as_str()));
            }
            return Err(at(place, class.0, self.unknown("class", class.1, known)));
        };
        if grades.contains(&grade.1) {
            return Ok(());
        }
        let problem = if grade.1.is_empty() {
            Problem::MissingValue
        } else {
            self.unknown(
                "grade",
                grade.1,
                grades
                    .iter()
                    .copied()
                    .filter(|grade| !grade.is_empty())
                    .collect(),
            )
        };
        Err(at(place, grade.0, problem))
    }

    fn currency(&self, place: &Place, column: &str, code: &str) -> Result<(), BookError> {
        if code.is_empty() || self.currencies.contains(code) {
            return Ok(());
        }
        let known = format!(
            "snapshot `{}` has no rate for it: name another with --snapshot",
            self.snapshot.name
        );
        Err(at(
            place,
            column,
            Problem::Unknown {
                what: "currency",
                name: code.to_owned(),
                known,
            },
        ))
    }

    /// A type and a rating band of the haircut table, each with its column.
    fn security(
        &self,
        place: &Place,
        kind: (&str, &str),
        rating: (&str, &str),
    ) -> Result<(), BookError> {
        let rows = self
            .rulebook
            .haircuts
            .as_ref()
            .map_or(&[][..], |Haircuts { rows, .. }| rows);
        let ratings: Vec<&str> = rows
            .iter()
            .filter(|row| row.kind == kind.1)
            .map(|row| row.rating.as_str())
            .collect();
        if ratings.is_empty() {
            let mut kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
            kinds.dedup();
            return Err(at(
                place,
                kind.0,
                self.unknown("haircut type", kind.1, kinds),
            ));
        }
        if ratings.contains(&rating.1) {
            return Ok(());
        }
        let problem = if rating.1.is_empty() {
            Problem::MissingValue
        } else {
            self.unknown(
                "rating",
                rating.1,
                ratings
                    .into_iter()
                    .filter(|rating| !rating.is_empty())
                    .collect(),
            )
        };
        Err(at(place, rating.0, problem))
    }
}

fn quoted(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
