//! Records as text: amounts, headers, encodings, ids that occur twice or lead nowhere. Each is refused
//! at its line and column, and no amount is shown.

use plimsoll_prover::book::load;

use crate::{exposures, folder, refusal};

#[test]
fn amounts_are_refused_with_their_place_and_without_themselves() {
    for (amount, why) in [
        ("-31415", "the amount is negative"),
        ("314e15", "the amount has an exponent"),
        ("NaN", "the amount is not a finite number"),
        (
            "314.159",
            "the amount has more decimals than the book's scale allows",
        ),
        (
            "184467440737095516.16",
            "the amount is too large: 2^64 units of the book or more",
        ),
        (
            "\"31,415\"",
            "the amount has a thousands separator or a decimal comma",
        ),
        ("31415$", "the amount is not a decimal number"),
        ("", "the amount is missing"),
    ] {
        let error = exposures(&format!("x,retail,1\ny,retail,{amount}\n"));
        assert!(
            error.starts_with(&format!("exposures.csv:3, column `amount`: {why} / ")),
            "{error}"
        );
        assert!(
            !error.contains("314") && !error.contains("18446"),
            "{error}"
        );
    }
    let error = refusal(&[("collateral.csv", b"id,exposure,kind,amount\nc,a,cash,-1\n")]);
    assert!(
        error.starts_with("collateral.csv:2, column `amount`: the amount is negative"),
        "{error}"
    );
    let error = refusal(&[(
        "exposures.csv",
        b"id,class,amount,provisions\na,retail,1,1.01\n",
    )]);
    assert!(
        error.starts_with("exposures.csv:2, column `provisions`: the provisions exceed the amount"),
        "{error}"
    );
}

#[test]
fn headers() {
    for (header, expected) in [
        (
            "id,class",
            "exposures.csv:1, column `amount`: the column is missing",
        ),
        (
            "id,class,amount,amount",
            "exposures.csv:1, column `amount`: the column occurs twice",
        ),
        (
            "id,class,amount,colour",
            "exposures.csv:1, column `colour`: unknown column / the columns are id, class",
        ),
        (
            "id,class,Amount",
            "exposures.csv:1, column `Amount`: unknown column",
        ),
        (
            "id;class;amount",
            "exposures.csv:1, column `id;class;amount`: unknown column",
        ),
        ("\n", "exposures.csv:1: there is no header"),
    ] {
        let error = refusal(&[(
            "exposures.csv",
            format!("{header}\nx,retail,1,2\n").as_bytes(),
        )]);
        assert!(error.starts_with(expected), "{error}");
    }
    let error = exposures("x,retail\n");
    assert!(
        error.starts_with("exposures.csv:2: the header has 3 columns, this record has 2"),
        "{error}"
    );
    let error = exposures("x,retail,1,2\n");
    assert!(
        error.starts_with("exposures.csv:2: the header has 3 columns, this record has 4"),
        "{error}"
    );
}

#[test]
fn encodings() {
    let error = refusal(&[(
        "exposures.csv",
        b"id,class,amount\nx,retail,1\nfi\xe8,retail,2\n",
    )]);
    assert!(
        error.starts_with("exposures.csv:3, column 3: not UTF-8: probably Latin-1"),
        "{error}"
    );
    let error = refusal(&[("book.toml", b"institution = \"Cr\xe9dit\"\n")]);
    assert!(
        error.starts_with("book.toml:1, column 18: not UTF-8"),
        "{error}"
    );
    let error = refusal(&[(
        "exposures.csv",
        b"\xef\xbb\xbfid,class,amount\nx,retail,1\n",
    )]);
    assert!(
        error.starts_with("exposures.csv:1, column 1: the file begins with a byte order mark"),
        "{error}"
    );
    let error = exposures("\"x\ny\",retail,1\n");
    assert!(
        error.starts_with("exposures.csv:2, column `id`: a control character or a line break"),
        "{error}"
    );
    let error = exposures(" x,retail,1\n");
    assert!(
        error.starts_with("exposures.csv:2, column `id`: the value begins or ends with a space"),
        "{error}"
    );
    // Lengths are those of characters, not of bytes.
    let error = exposures(&format!("x,retail,1\n{},retail,1\n", "x".repeat(121)));
    assert!(
        error.starts_with("exposures.csv:3, column `id`: the value is longer than 120 characters"),
        "{error}"
    );
    let long = format!("id,class,amount\n{},retail,1\n", "é".repeat(120));
    let folder = folder(&[
        ("exposures.csv", long.as_bytes()),
        ("collateral.csv", b"id,exposure,kind,amount\n"),
    ]);
    assert_eq!(load(folder.path()).unwrap().exposures[0].id.len(), 240);
}

#[test]
fn records_against_each_other() {
    let error = exposures("x,retail,1\r\n\r\ny,retail,1\r\nx,retail,2\r\n");
    assert!(
        error.starts_with("exposures.csv:5, column `id`: `x` occurs twice: first on line 2"),
        "{error}"
    );
    let error = exposures(",retail,1\n");
    assert!(
        error.starts_with("exposures.csv:2, column `id`: the value is missing"),
        "{error}"
    );
    let error = exposures("");
    assert!(
        error.starts_with("exposures.csv:1: the book has no exposure"),
        "{error}"
    );
    let error = refusal(&[("collateral.csv", b"id,exposure,kind,amount\nc,z,cash,1\n")]);
    assert!(
        error.starts_with("collateral.csv:2, column `exposure`: there is no exposure `z`"),
        "{error}"
    );
    let error = refusal(&[(
        "collateral.csv",
        b"id,exposure,kind,amount\nc,a,cash,1\nc,b,cash,1\n",
    )]);
    assert!(
        error.starts_with("collateral.csv:3, column `id`: `c` occurs twice: first on line 2"),
        "{error}"
    );
}
