//! Why some alterations are accepted: each gives another honest witness.

/// Columns of which an alteration alone gives another honest witness, and why.
pub(super) const FREE: &[(&str, &str)] = &[
    (
        "cell after the last row",
        "the sentinel's row: no gate reads it there",
    ),
    (
        "cell that nothing reads there",
        "of a column that other rows use; with anything in it, every gate holds and no total moves",
    ),
    ("two rows", "another order of the same book"),
    ("rows", "another book: a row of it twice, another one gone"),
    (
        "total column `credit risk`",
        "the count of items: linked by its commitment, and weighed by no relation",
    ),
    (
        "maturity",
        "in a row that is no trade: another one of the same factor",
    ),
    (
        "subset number",
        "an entity's number, all along its subset, that no other one of the hedging set has",
    ),
    (
        "settlement currency",
        "another term of the netting set, where no margin is in a currency",
    ),
    ("id", "committed, and read by no rule"),
    ("amount", "another book: the totals follow"),
    ("class", "another class of the same weight"),
    ("kind", "another class with the same band and weights"),
    (
        "conversion",
        "another balance-sheet kind of the same factor",
    ),
    (
        "holding period",
        "another period, where haircuts are zero or whole anyway",
    ),
    (
        "currency mismatch",
        "a mismatch haircut on what has no mismatch, where nothing is left of the value",
    ),
    (
        "security lent",
        "another type with the same band and haircut",
    ),
];

/// The reason of what was altered.
pub(super) fn why(name: &str) -> Option<&'static str> {
    // Of derivatives the job of the row stands before the column.
    let column = name.split_once(": ").map_or(name, |(_, column)| column);
    FREE.iter()
        .find(|(of, _)| *of == column)
        .map(|(_, why)| *why)
}
