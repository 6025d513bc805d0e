//! Netting sets, trades and margin from files: what is read, what is refused and where, what is
//! written.
#![allow(missing_docs)]

mod refused;
#[path = "../support/mod.rs"]
mod support;

use std::fs;

use plimsoll_circuits::book::{Book, Instrument, Signed, Trade, Variant};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::book::{BookError, check, load, open, save};
use proptest::prelude::*;
use tempfile::TempDir;

const MANIFEST: &str = r#"institution = "Example Bank"
lei = "784F5XWPLTWKTBV3E584"
as_of = "2024-01-08T11:21:21Z"
currency = "USD"
scale = 2
rulebook = "basel-2023"
empty = ["collateral.csv", "capital.csv", "stated.csv", "margin.csv"]
"#;
const SETS: &str = "id,class,grade,remargin_days\nns,corporate,BBB,\nmargined,bank-ecra,A,1\n";
const TRADES: &str = "id,netting_set,class,side,notional,end\nswap,ns,interest-rate,bought,100,5\n";

fn snapshot() -> Snapshot {
    Snapshot::parse(
        "name = \"here\"\nat = 2024-01-08T11:21:21Z\nbase = \"USD\"\n\n[rates]\nETH = \"2222.19\"\n\
         EUR = \"1.1\"\n\n[prices]\nETH-26JAN24 = \"2241.65\"\n",
    )
    .unwrap()
}

/// A folder with a good book, some files of which are replaced; an empty text removes the file.
fn folder(changes: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("book.toml", MANIFEST),
        ("exposures.csv", "id,class,amount\na,retail,1\n"),
        ("netting_sets.csv", SETS),
        ("trades.csv", TRADES),
    ]
    .iter()
    .chain(changes)
    {
        let path = folder.path().join(name);
        if text.is_empty() {
            fs::remove_file(path).unwrap();
        } else {
            fs::write(path, text).unwrap();
        }
    }
    folder
}

fn read(changes: &[(&str, &str)]) -> Result<Book, BookError> {
    let folder = folder(changes);
    let opened = open(folder.path())?;
    let rulebook = Rulebook::builtin(opened.rulebook()).unwrap();
    let book = opened.read(Some(&rulebook), Some(&snapshot()))?;
    check(&book, &rulebook, &snapshot())?;
    Ok(book)
}

/// The trades of a `trades.csv`.
fn trades(text: &str) -> Vec<Trade> {
    read(&[("trades.csv", text)]).unwrap().trades
}

fn refusal(changes: &[(&str, &str)]) -> String {
    let error = match read(changes) {
        Ok(_) => panic!("accepted: {changes:?}"),
        Err(error) => error,
    };
    assert!(!error.hint().is_empty());
    format!("{error} / {}", error.hint())
}

/// Where a record of `trades.csv` with these columns is refused, and why.
fn trade(columns: &str, values: &str) -> String {
    let text = format!("id,netting_set,side,{columns}\nt,ns,bought,{values}\n");
    refusal(&[("trades.csv", &text)])
}

#[test]
fn the_worked_examples_are_read_and_written() {
    let folder = support::fixture("books/derivatives-bcbs");
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let text = fs::read_to_string(support::fixture("snapshots/bcbs-examples.toml")).unwrap();
    let snapshot = Snapshot::parse(&text).unwrap();
    let book = open(&folder)
        .unwrap()
        .read(Some(&rulebook), Some(&snapshot))
        .unwrap();
    check(&book, &rulebook, &snapshot).unwrap();
    assert_eq!(
        (
            book.netting_sets.len(),
            book.trades.len(),
            book.margin.len()
        ),
        (5, 21, 2)
    );
    let swaption = &book.trades[2];
    assert_eq!(
        (swaption.start, swaption.end, swaption.maturity),
        (1_460, 16_060, 1_460)
    );
    let option = Instrument::Option {
        put: true,
        price: 6,
        strike: 5,
        quoted: false,
        expiry: 365 * 86_400,
    };
    assert!(swaption.instrument == option);
    assert_eq!(book.trades[6].maturity, 1_095);
    assert!(
        book.trades[1].market_value
            == Signed {
                negative: true,
                magnitude: 20_000_000
            }
    );
    let terms = book.netting_sets[4].margin.unwrap();
    assert_eq!(
        (terms.remargin_days, terms.minimum_transfer),
        (5, 5_000_000)
    );
    assert!(book.margin[0].amount == 150_000_000 && !book.margin[0].variation);
    assert!(book.margin[1].variation && !book.margin[1].posted);
    // Years say nothing without a rulebook.
    let error = load(&folder).unwrap_err().to_string();
    assert!(
        error.starts_with("trades.csv:2, column `end`: nothing says how many days a year has"),
        "{error}"
    );

    // What is written needs neither: times are days.
    let there = tempfile::tempdir().unwrap();
    let out = there.path().join("book");
    save(&book, &out).unwrap();
    let again = load(&out).unwrap();
    assert!(again == book);
    for secret in ["10000000", "150000", "30000"] {
        assert!(!format!("{book:?}{:?}{:?}", book.trades, book.margin).contains(secret));
    }
}

#[test]
fn every_kind_of_trade_survives_writing() {
    let book = read(&[
        ("book.toml", &MANIFEST.replace(", \"margin.csv\"", "")),
        (
            "netting_sets.csv",
            "PortfolioID,class,grade,currency,agreement,remargin_days,threshold,minimum_transfer,cleared,\
             illiquid,disputed,outside\n\
             ns,corporate,BBB,EUR,,,,,,,,\n\
             one,bank-ecra,A,,master,1,10.5,0.25,yes,,no,\n\
             two,bank-ecra,A,,master,5,,,,yes,yes,\n\
             sold,retail,,,,,,,,,,yes\n",
        ),
        (
            "trades.csv",
            "TradeID,PortfolioID,class,variant,hedging_set,Qualifier,side,notional,AmountCurrency,market_value,\
             value_currency,start,EndDate,maturity,option,price,strike,lambda,expiry,payoff,attachment,\
             detachment,nth,names\n\
             swap,ns,interest-rate,,,,bought,100,EUR,-0.01,,2024-02-01,2034-02-01,,,,,,,,,,,\n\
             basis,ns,interest-rate,basis,3m-6m,,sold,100,,,,,10,,,,,,,,,,,\n\
             vega,ns,equity-index,volatility,,SPX,bought,100,,,,,,0.5,,,,,,,,,,\n\
             coin,one,crypto-2a,plain,ETH,,bought,7.5,ETH-26JAN24,0.01,ETH,,,,call,,2300.5,,2024-01-26T08:00:00Z,,,,,\n\
             rate,one,interest-rate,,,,sold,100,,,,1,6,,put,-0.0025,0.001,0.03,1,,,,,\n\
             pair,two,fx,,EURUSD,,sold,100,EUR,,,,,2025-01-08,,,,,,,,,,\n\
             cdo,two,credit-index-IG,,,CDX,bought,100,,,,,5,,,,,,,,0.03,0.070,,\n\
             nth,two,credit-single-BBB,,,basket,bought,100,,,,,5,,,,,,,,,,2,7\n\
             third,two,credit-single-BBB,,,basket,bought,100,,,,,5,,,,,,,,1/3,1,,\n\
             digital,sold,crypto-2a,,ETH,,sold,,ETH-26JAN24,-5,,,,,put,,2000,,2024-01-26,1000,,,,\n",
        ),
        (
            "margin.csv",
            "id,netting_set,kind,rating,currency,amount,maturity_days,side,purpose\n\
             a,one,sovereign,AAA-AA,EUR,7,730,posted,variation\nb,one,cash,,,8.25,,received,independent\n",
        ),
    ])
    .unwrap();
    assert_eq!(book.trades.len(), 11);
    let trade = |id: &str| book.trades.iter().find(|trade| trade.id == id).unwrap();
    assert_eq!(trade("vega").variant, Variant::Volatility);
    // 0.0275 against 0.031.
    let rate = Instrument::Option {
        put: true,
        price: 275,
        strike: 310,
        quoted: false,
        expiry: 31_536_000,
    };
    assert!(trade("rate").instrument == rate);
    // From 11:21:21 on the eighth to 08:00 on the twenty-sixth.
    let coin = Instrument::Option {
        put: false,
        price: 224_165_000_000,
        strike: 230_050_000_000,
        quoted: true,
        expiry: 18 * 86_400 - 12_081,
    };
    assert!(trade("coin").instrument == coin);
    assert_eq!(trade("coin").maturity, 72);
    assert_eq!(trade("swap").start, 94);
    assert_eq!(trade("swap").end, 3677 * 4 - 1);
    let tranche = |attachment, detachment, of| Instrument::Tranche {
        attachment,
        detachment,
        of,
    };
    assert!(trade("cdo").instrument == tranche(3, 7, 100));
    assert!(trade("nth").instrument == tranche(1, 2, 7));
    assert!(trade("third").instrument == tranche(1, 3, 3));

    let there = tempfile::tempdir().unwrap();
    let out = there.path().join("book");
    save(&book, &out).unwrap();
    let manifest = fs::read_to_string(out.join("book.toml")).unwrap();
    assert!(manifest.contains("as_of = \"2024-01-08T11:21:21Z\""));
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let mut again = open(&out)
        .unwrap()
        .read(Some(&rulebook), Some(&snapshot()))
        .unwrap();
    // A digital option is written as the two that it is held as: one line more.
    for (trade, before) in again.trades.iter_mut().zip(&book.trades) {
        trade.place = before.place.clone();
    }
    assert!(again == book);
}

#[test]
fn the_last_that_is_read() {
    let of = |columns: &str, values: &str| {
        trades(&format!("id,netting_set,side,{columns}\n{values}\n")).remove(0)
    };
    // Eight decimals of a strike.
    let fine = of(
        "class,hedging_set,notional,currency,option,strike,expiry",
        "t,ns,bought,crypto-2a,ETH,1,ETH-26JAN24,call,2300.00000001,1",
    );
    let option = Instrument::Option {
        put: false,
        price: 224_165_000_000,
        strike: 230_000_000_001,
        quoted: true,
        expiry: 31_536_000,
    };
    assert!(fine.instrument == option);
    // Parts in sixths, and the last default of a basket; of the largest, too.
    for (columns, values, tranche) in [
        ("attachment,detachment", "1/3,1/2", (2, 3, 6)),
        ("attachment,detachment", "1/2,2/3", (3, 4, 6)),
        ("nth,names", "7,7", (6, 7, 7)),
        (
            "nth,names",
            "1048576,1048576",
            (1_048_575, 1_048_576, 1_048_576),
        ),
    ] {
        let trade = of(
            &format!("class,entity,notional,end,{columns}"),
            &format!("t,ns,bought,credit-index-IG,X,1,5,{values}"),
        );
        let (attachment, detachment, of) = tranche;
        let expected = Instrument::Tranche {
            attachment,
            detachment,
            of,
        };
        assert!(trade.instrument == expected, "{values}");
    }
    // Nothing is not below zero.
    let columns = "class,hedging_set,notional,maturity,market_value";
    for (value, negative) in [("-0", false), ("-0.00", false), ("-0.01", true)] {
        let trade = of(columns, &format!("t,ns,bought,crypto-2b,X,1,5,{value}"));
        assert_eq!(trade.market_value.negative, negative, "{value}");
    }
    // An option that has the name of a digital option's half is an option.
    let half = of(
        "class,entity,notional,option,price,strike,expiry",
        "t/0.95K,ns,bought,equity-single,X,5,call,98,100,0.5",
    );
    assert_eq!((half.id.as_str(), half.notional), ("t/0.95K", 500));
}

#[test]
fn a_digital_option_is_a_collar() {
    let header =
        "id,netting_set,class,entity,side,currency,market_value,option,price,strike,expiry,payoff";
    let of = |line: &str| trades(&format!("{header}\n{line}\n"));
    // 98 against 95 and 105, in twentieths; 1000 / (0.1 · 100) units at 98.
    let call = of("d,ns,equity-single,X,bought,,7,call,98,100,0.5,1000");
    let legs: Vec<_> = call
        .iter()
        .map(|t| {
            (
                t.id.as_str(),
                t.bought,
                t.notional,
                t.market_value.magnitude,
            )
        })
        .collect();
    assert_eq!(
        legs,
        [
            ("d/0.95K", true, 980_000, 700),
            ("d/1.05K", false, 980_000, 0)
        ]
    );
    let option = |put, strike| Instrument::Option {
        put,
        price: 1_960,
        strike,
        quoted: false,
        expiry: 15_768_000,
    };
    assert!(call[0].instrument == option(false, 1_900));
    assert!(call[1].instrument == option(false, 2_100));
    let put = of("d,ns,equity-single,X,sold,,,put,98,100,0.5,1000");
    assert!(put[0].instrument == option(true, 2_100) && !put[0].bought);
    assert!(put[1].instrument == option(true, 1_900) && put[1].bought);
    // On an asset there are units of it: 1000 / (0.1 · 2300), rounded up.
    let header = header.replace("entity", "hedging_set");
    let coin = trades(&format!(
        "{header}\nd,ns,crypto-2a,ETH,bought,ETH-26JAN24,,call,,2300,0.1,1000\n"
    ));
    assert_eq!(coin[0].notional, 435);
    let strikes: Vec<_> = coin
        .iter()
        .map(|t| match t.instrument {
            Instrument::Option { strike, quoted, .. } => (strike, quoted),
            _ => panic!("not an option"),
        })
        .collect();
    assert_eq!(strikes, [(218_500_000_000, true), (241_500_000_000, true)]);
}

#[test]
fn files_that_go_together() {
    // None of the three is a book without derivatives.
    let book = read(&[("netting_sets.csv", ""), ("trades.csv", "")]).unwrap();
    assert!(book.netting_sets.is_empty() && book.trades.is_empty());
    let refused = refusal(&[("trades.csv", "")]);
    assert!(
        refused.contains("trades.csv: there is no such file / add it, or name it in `empty`"),
        "{refused}"
    );
    let refused = refusal(&[("netting_sets.csv", "")]);
    assert!(
        refused.starts_with("netting_sets.csv: there is no such file"),
        "{refused}"
    );
    let refused = refusal(&[("margin.csv", "id,netting_set,kind,amount,side,purpose\n")]);
    assert!(
        refused.contains("`book.toml` says that this file is empty"),
        "{refused}"
    );
    // A set without trades is one.
    let book = read(&[("trades.csv", "id,netting_set,class,side,notional,end\n")]).unwrap();
    assert_eq!((book.netting_sets.len(), book.trades.len()), (2, 0));
    // Nor do sets need trades, or trades margin, to be written.
    let there = tempfile::tempdir().unwrap();
    for (name, book) in [("sets", book), ("trades", read(&[]).unwrap())] {
        let out = there.path().join(name);
        save(&book, &out).unwrap();
        assert!(load(&out).unwrap() == book, "{name}");
    }
    // A rulebook without the rules.
    let manifest = MANIFEST.replace("basel-2023", "us-standardised");
    let refused = refusal(&[
        ("book.toml", &manifest),
        ("exposures.csv", "id,class,grade,amount\na,bucket,0%,1\n"),
        ("trades.csv", &TRADES.replace(",5\n", ",2029-01-08\n")),
    ]);
    assert!(
        refused.starts_with(
            "netting_sets.csv:2: rulebook `us-standardised` has no rules for derivatives"
        ),
        "{refused}"
    );
}

#[test]
fn a_digital_option_counts_for_no_more_than_it_pays() {
    let header =
        "id,netting_set,class,variant,entity,side,market_value,option,price,strike,expiry,payoff";
    let of = |line: &str| trades(&format!("{header}\n{line}\n"));
    // On a volatility, a day before expiry: half of 10 · payoff, a fifth of it for the maturity, and
    // 160 % of that is more than the payoff. 625 times 160 % is not.
    let capped = of("d,ns,equity-single,volatility,X,bought,7,call,100,100,0.004,1000");
    assert_eq!(capped.len(), 1);
    let trade = &capped[0];
    assert!(trade.instrument == Instrument::Linear);
    assert_eq!(
        (
            trade.id.as_str(),
            trade.bought,
            trade.notional,
            trade.maturity
        ),
        ("d", true, 62_500, 1_460)
    );
    assert_eq!(trade.market_value.magnitude, 700);
    assert!(!of("d,ns,equity-single,volatility,X,bought,7,put,100,100,0.004,1000")[0].bought);
    // Far from the strike, of the price itself, or with margin, the collar stays. So it does where
    // duration multiplies: 44.2 times the payoff in half of it, 6 % of that.
    let rates = header.replace("payoff", "payoff,end,maturity");
    let line = "d,ns,credit-single-CCC,,X,bought,7,call,100,100,0.004,1000,5,5";
    assert_eq!(trades(&format!("{rates}\n{line}\n")).len(), 2);
    for line in [
        "d,ns,equity-single,volatility,X,bought,7,call,100,150,0.004,1000",
        "d,ns,equity-single,,X,bought,7,call,100,100,0.004,1000",
        "d,margined,equity-single,volatility,X,bought,7,call,100,100,0.004,1000",
    ] {
        assert_eq!(of(line).len(), 2, "{line}");
    }
}

/// Something that could stand in a cell, some of it sensible.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("-1".to_owned()),
        Just("call".to_owned()),
        Just("2024-01-26T08:00:00Z".to_owned()),
        Just("ETH-26JAN24".to_owned()),
        "[0-9]{1,18}(\\.[0-9]{1,12})?",
        "[0-9]{1,10}/[0-9]{1,10}",
        "[ -~]{0,12}",
    ]
}

proptest! {
    #[test]
    fn no_record_panics(cells in proptest::collection::vec(cell(), 18)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let header = "id,netting_set,class,side,notional,currency,market_value,start,end,maturity,option,\
            price,strike,lambda,expiry,payoff,attachment,detachment,nth,names,entity,hedging_set";
        writer.write_record(header.split(',')).unwrap();
        let mut record = vec!["t", "ns", "crypto-2a", "bought"];
        record.extend(cells.iter().map(String::as_str));
        writer.write_record(&record).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let _ = read(&[("trades.csv", &text)]);
    }
}
