//! Positions in listed options, priced by a chain.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use plimsoll_circuits::book::{Book, Currency, Instrument};
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_circuits::snapshot::Snapshot;
use plimsoll_prover::book::{load, open, save};
use plimsoll_prover::import::option_chain::{self, CLASS, Imported, snapshot_text};
use serde_json::Value;
use support::desk::plimsoll;
use tempfile::TempDir;

const CHAIN: &str = "\
,mark_price,underlying_index,underlying_price,estimated_delivery_price,creation_timestamp,base_currency,bid_price,\
instrument_name,expire_date,strike_price,option_type
0,0.000853,ETH-26JAN24,2241.65,2222.19,1704712781414,ETH,,ETH-26JAN24-1200-P,26JAN24,1200,P
1,9e-06,ETH-26JAN24,2241.64,2222.19,1704712781415,ETH,0.1,ETH-26JAN24-2300-C,26JAN24,2300,C
2,1.25,SYN.ETH-9JAN24,2223.1257250511408,2222.19,1704712781999,ETH,,ETH-9JAN24-5000-P,9JAN24,5000,P
3,,SYN.ETH-9JAN24,,2222.19,1704712781999,ETH,,ETH-9JAN24-5100-P,9JAN24,5100,P
4,0.1,ETH-8JAN24,2222.1,2222.19,1704712781999,ETH,,ETH-8JAN24-2000-C,8JAN24,2000,C
";
const POSITIONS: &str = "instrument,quantity,netting_set\n\
    ETH-26JAN24-1200-P,965.0,a\nETH-26JAN24-2300-C,-2.5,a\nETH-9JAN24-5000-P,-1,b\nETH-26JAN24-1200-P,-7,b\n";

/// A folder with a book that has everything but trades, a chain and positions.
fn folder(changes: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("book")).unwrap();
    for (name, text) in [
        (
            "book/book.toml",
            "institution = \"Bank of Examples\"\nlei = \"PLIMSOLL000000000025\"\nas_of = \"2024-01-08\"\n\
             currency = \"USD\"\nscale = 8\nrulebook = \"basel-2023\"\n\
             empty = [\"collateral.csv\", \"capital.csv\", \"stated.csv\", \"trades.csv\"]\n",
        ),
        ("book/exposures.csv", "id,class,amount\ncash,cash,1000\n"),
        (
            "book/netting_sets.csv",
            "id,class,grade,remargin_days\na,bank-ecra,A,1\nb,corporate,BBB,1\nc,retail,,1\n",
        ),
        (
            "book/margin.csv",
            "id,netting_set,kind,amount,side,purpose\nm,a,cash,25,received,variation\n",
        ),
        ("chain.csv", CHAIN),
        ("positions.csv", POSITIONS),
    ]
    .iter()
    .chain(changes)
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn import(folder: &Path, chain: &Path) -> (i32, String, String) {
    let at = |name: &str| folder.join(name).display().to_string();
    plimsoll(&[
        "import",
        "option-chain",
        "--file",
        chain.to_str().unwrap(),
        "--positions",
        &at("positions.csv"),
        "--book",
        &at("book"),
        "--out",
        &at("out"),
    ])
}

fn assess(folder: &Path, more: &[&str]) -> Value {
    let at = |name: &str| folder.join(name).display().to_string();
    let (book, snapshot) = (at("out"), at("out.snapshot.toml"));
    let mut args = vec!["assess", &book, "--snapshot", &snapshot, "--json"];
    args.extend(more);
    let (status, out, err) = plimsoll(&args);
    assert_eq!((status, err.as_str()), (0, ""));
    serde_json::from_str(&out).unwrap()
}

fn snapshot(folder: &Path) -> Snapshot {
    Snapshot::parse(&fs::read_to_string(folder.join("out.snapshot.toml")).unwrap()).unwrap()
}

#[test]
fn positions_become_trades() {
    let folder = folder(&[]);
    let folder = folder.path();
    let (status, out, err) = import(folder, &folder.join("chain.csv"));
    assert_eq!(status, 0, "{err}");
    assert!(
        out.ends_with(
            "Bank of Examples (LEI PLIMSOLL000000000025), 2024-01-08: 3 netting sets, 4 trades, 1 items of margin\n"
        ),
        "{out}"
    );
    assert!(
        err.contains("note: 1 forwards have more than 8 decimals"),
        "{err}"
    );
    assert!(
        err.contains("note: 2 options are priced by a synthetic forward"),
        "{err}"
    );

    // Every forward is there, held or not; two prices of one index are two assets.
    let snapshot = snapshot(folder);
    let prices: Vec<_> = snapshot
        .prices
        .iter()
        .map(|(name, price)| (name.as_str(), *price))
        .collect();
    assert_eq!(
        prices,
        [
            ("ETH-26JAN24", 224_164_000_000),
            ("ETH-26JAN24.2", 224_165_000_000),
            ("ETH-8JAN24", 222_210_000_000),
            ("SYN.ETH-9JAN24", 222_312_572_505),
        ]
    );
    assert_eq!(snapshot.rate("ETH"), Some(222_219_000_000));
    assert_eq!(
        (snapshot.at, snapshot.name.as_str()),
        (1_704_712_781, "eth-options-2024-01-08")
    );
    assert_eq!(
        Snapshot::parse(&snapshot_text(&snapshot)),
        Ok(snapshot.clone())
    );

    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let book = open(&folder.join("out"))
        .unwrap()
        .read(Some(&rulebook), Some(&snapshot))
        .unwrap();
    assert_eq!(book.as_of_time, 11 * 3600 + 19 * 60 + 41);
    let put = &book.trades[0];
    assert_eq!(
        (
            put.id.as_str(),
            put.class.as_str(),
            put.hedging_set.as_str()
        ),
        ("ETH-26JAN24-1200-P in a", "crypto-2a", "ETH")
    );
    assert!(put.bought && put.currency == "ETH-26JAN24.2" && put.value_currency == "ETH");
    assert_eq!(put.notional, 96_500_000_000);
    // 965 · 0.000853 coins.
    assert!(put.market_value.magnitude == 82_314_500 && !put.market_value.negative);
    let option = Instrument::Option {
        put: true,
        price: 224_165_000_000,
        strike: 120_000_000_000,
        quoted: true,
        expiry: 18 * 86_400 - 3 * 3600 - 19 * 60 - 41,
    };
    assert!(put.instrument == option);
    assert_eq!(put.maturity, 72);
    let call = &book.trades[1];
    assert_eq!(call.id, "ETH-26JAN24-2300-C");
    assert!(!call.bought && call.market_value.negative && call.market_value.magnitude == 2_250);
    let far = &book.trades[2];
    assert!(far.currency == "SYN.ETH-9JAN24" && far.market_value.magnitude == 125_000_000);

    let assessed = assess(folder, &[]);
    let agreements = assessed["counterparty"]["agreements"].as_array().unwrap();
    assert_eq!(agreements.len(), 3);
    assert_eq!(agreements[2]["exposure"], "0");
    assert_eq!(assessed["snapshot"]["name"], "eth-options-2024-01-08");

    // Nothing is written over.
    let (status, _, err) = import(folder, &folder.join("chain.csv"));
    assert_eq!(status, 2);
    assert!(err.contains("out: is there already"), "{err}");
}

#[test]
fn what_cannot_be_imported_is_refused_in_its_place() {
    let chain = |from: &str, to: &str| CHAIN.replacen(from, to, 1);
    let held = |line: &str| format!("instrument,quantity,netting_set\n{line}\n");
    let base = |from: &str, to: &str| {
        let folder = folder(&[]);
        fs::read_to_string(folder.path().join("book/book.toml"))
            .unwrap()
            .replacen(from, to, 1)
    };
    for (file, text, why) in [
        ("chain.csv", String::new(), "chain.csv: there is no header"),
        (
            "chain.csv",
            format!("{}\n", CHAIN.lines().next().unwrap()),
            "chain.csv: there is no option in the chain",
        ),
        (
            "chain.csv",
            chain("mark_price", "mark"),
            "chain.csv:1, column `mark_price`: the column is missing",
        ),
        (
            "chain.csv",
            chain(",1200,P\n", ",1200\n"),
            "chain.csv:2: the record does not have as many values",
        ),
        (
            "chain.csv",
            chain("0.000853", "x"),
            "chain.csv:2, column `mark_price`: not a decimal",
        ),
        (
            "chain.csv",
            chain("0.000853", "-1"),
            "chain.csv:2, column `mark_price`: not a decimal",
        ),
        (
            "chain.csv",
            chain("0,0.000853,", "0,,"),
            "chain.csv:2, column `mark_price`: the value is blank",
        ),
        (
            "chain.csv",
            chain("2241.65", ""),
            "chain.csv:2, column `underlying_price`: the value is blank",
        ),
        (
            "chain.csv",
            chain("2241.65", "0"),
            "chain.csv:2, column `underlying_price`: not a price above zero",
        ),
        (
            "chain.csv",
            chain("2241.65", "2e9"),
            "chain.csv:2, column `underlying_price`: not a price above zero",
        ),
        (
            "chain.csv",
            chain(",ETH-26JAN24,", ",ETH 26,"),
            "chain.csv:2, column `underlying_index`: not a name",
        ),
        (
            "chain.csv",
            chain("2222.19", "2222.18"),
            "chain.csv:3, column `estimated_delivery_price`: two different",
        ),
        (
            "chain.csv",
            chain("1704712781414", "1704712681414"),
            "chain.csv:3, column `creation_timestamp`: not a time",
        ),
        (
            "chain.csv",
            chain("1704712781414", "yesterday"),
            "chain.csv:2, column `creation_timestamp`: not a time",
        ),
        (
            "chain.csv",
            chain("1704712781414", "+1704712781414"),
            "chain.csv:2, column `creation_timestamp`: not a time",
        ),
        (
            "chain.csv",
            chain("1704712781414", "0001704712781414"),
            "chain.csv:2, column `creation_timestamp`: not a time",
        ),
        (
            "chain.csv",
            chain(",26JAN24,1200", ",31FEB24,1200"),
            "chain.csv:2, column `expire_date`: not a day",
        ),
        (
            "chain.csv",
            chain(",26JAN24,1200", ",2024-01-26,1200"),
            "chain.csv:2, column `expire_date`: not a day",
        ),
        (
            "chain.csv",
            chain(",26JAN24,1200", ",27JAN24,1200"),
            "chain.csv:2, column `instrument_name`: the name contradicts",
        ),
        (
            "chain.csv",
            chain(",1200,P", ",1200,C"),
            "chain.csv:2, column `instrument_name`: the name contradicts",
        ),
        (
            "chain.csv",
            chain(",1200,P", ",1200,X"),
            "chain.csv:2, column `option_type`: neither C nor P",
        ),
        (
            "chain.csv",
            chain(",1200,P", ",0,P"),
            "chain.csv:2, column `strike_price`: not a decimal number",
        ),
        (
            "chain.csv",
            format!("{CHAIN}{}\n", CHAIN.lines().nth(1).unwrap()),
            "chain.csv:7, column `instrument_name`: `ETH-26JAN24-1200-P` occurs twice: first on line 2",
        ),
        (
            "positions.csv",
            held("ETH-26JAN24-1250-P,1,a"),
            "positions.csv:2, column `instrument`: the chain has no option",
        ),
        (
            "positions.csv",
            held("ETH-9JAN24-5100-P,1,a"),
            "chain.csv:5, column `underlying_price`: the value is blank",
        ),
        (
            "positions.csv",
            held("ETH-8JAN24-2000-C,1,a"),
            "chain.csv:6, column `expire_date`: the option expired",
        ),
        (
            "positions.csv",
            held("ETH-26JAN24-1200-P,1,d"),
            "positions.csv:2, column `netting_set`: the book has no netting set `d`",
        ),
        (
            "positions.csv",
            held("ETH-26JAN24-1200-P,one,a"),
            "positions.csv:2, column `quantity`: not a decimal",
        ),
        (
            "positions.csv",
            held("ETH-26JAN24-1200-P,0.001,a"),
            "positions.csv:2, column `quantity`: the position or its value",
        ),
        (
            "positions.csv",
            held("ETH-26JAN24-1200-P,,a"),
            "positions.csv:2, column `quantity`: the value is blank",
        ),
        (
            "positions.csv",
            held("ETH-26JAN24-1200-P,1,a\nETH-26JAN24-1200-P,2,a"),
            "positions.csv:3, column `instrument`: `ETH-26JAN24-1200-P` occurs twice",
        ),
        (
            "book/book.toml",
            base("2024-01-08", "2024-01-09"),
            "the book describes 2024-01-09, the chain 2024-01-08",
        ),
        (
            "book/book.toml",
            base("\"USD\"", "\"EUR\""),
            "the chain quotes in dollars",
        ),
        (
            "book/book.toml",
            base("scale = 8", "scale = 2"),
            "the position or its value has more decimals than the book's scale, 2",
        ),
    ] {
        let folder = folder(&[(file, &text)]);
        let folder = folder.path();
        let (status, out, err) = import(folder, &folder.join("chain.csv"));
        assert_eq!((status, out.as_str()), (2, ""), "{why}");
        assert!(err.contains(why), "{why}: {err}");
        assert!(err.contains("\nhint: "), "{err}");
        assert!(!folder.join("out").exists() && !folder.join("out.snapshot.toml").exists());
    }
}

fn dollars() -> Snapshot {
    Snapshot::builtin("usd-only").unwrap()
}

/// An import into the book of the folder, in which prices of `known` are known.
fn taken(changes: &[(&str, &str)], known: &Snapshot) -> Result<Imported, String> {
    let folder = folder(changes);
    let at = |name: &str| folder.path().join(name);
    let book = load(&at("book")).unwrap();
    option_chain::import(&at("chain.csv"), &at("positions.csv"), &book, known, CLASS).map_err(
        |error| {
            let here = format!("{}/", folder.path().display());
            format!("{error}; hint: {}", error.hint()).replace(&here, "")
        },
    )
}

#[test]
fn what_is_imported_is_what_is_written() {
    let imported = taken(&[], &dollars()).unwrap();
    let folder = folder(&[]);
    let out = folder.path().join("out");
    save(&imported.book, &out).unwrap();
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let read = open(&out)
        .unwrap()
        .read(Some(&rulebook), Some(&imported.snapshot))
        .unwrap();
    assert!(read == imported.book, "to the line");
    // A second import would lose the trades of the first.
    let at = |name: &str| folder.path().join(name);
    let (chain, positions) = (at("chain.csv"), at("positions.csv"));
    let again = option_chain::import(&chain, &positions, &read, &dollars(), CLASS).unwrap_err();
    assert_eq!(
        format!("{} / {}", again.problem, again.hint()),
        "the book has trades already / name trades.csv in `empty` in book.toml"
    );
    // Both the book and what is known are in dollars.
    let mut euros = load(&at("book")).unwrap();
    euros.currency = Currency("EUR".to_owned());
    let mut known = dollars();
    let import = |book: &Book, known: &Snapshot| {
        option_chain::import(&chain, &positions, book, known, CLASS)
            .unwrap_err()
            .to_string()
    };
    let refused = import(&euros, &known);
    assert!(refused.contains("the chain quotes in dollars"), "{refused}");
    known.base = "EUR".to_owned();
    let book = load(&at("book")).unwrap();
    let refused = import(&book, &known);
    assert!(refused.contains("the chain quotes in dollars"), "{refused}");
}

#[test]
fn a_chain_and_a_snapshot_that_disagree() {
    let with = |rates: &[(&str, u64)], prices: &[(&str, u64)]| {
        let own = |entry: &(&str, u64)| (entry.0.to_owned(), entry.1);
        let mut known = dollars();
        known.rates.extend(rates.iter().map(own));
        known.prices.extend(prices.iter().map(own));
        taken(&[], &known)
    };
    let (coin, forward) = (("ETH", 222_219_000_000), ("ETH-26JAN24", 224_164_000_000));
    let both = with(&[coin, ("EUR", 110_000_000)], &[forward, ("GOLD", 1)]).unwrap();
    assert_eq!(both.snapshot.rate("EUR"), Some(110_000_000));
    assert_eq!(both.snapshot.rate("GOLD"), Some(1));
    for (rates, prices, column, name) in [
        (
            vec![("ETH", 222_219_000_001)],
            vec![],
            "estimated_delivery_price",
            "ETH",
        ),
        (
            vec![],
            vec![("ETH-26JAN24", 224_164_000_001)],
            "underlying_index",
            "ETH-26JAN24",
        ),
        (
            vec![("ETH-26JAN24", 224_164_000_000)],
            vec![],
            "underlying_index",
            "ETH-26JAN24",
        ),
    ] {
        assert_eq!(
            with(&rates, &prices).map(|_| ()),
            Err(format!(
                "chain.csv, column `{column}`: two different prices of `{name}`; \
                 hint: keep the one that the chain means"
            ))
        );
    }
}

#[test]
fn rows_of_a_chain() {
    // A minute apart is one chain; a row without values is none.
    let later = |time: &str| CHAIN.replace("1704712781999", time);
    let minute = later("1704712841414") + ",,,,,,,,,,,\n";
    let imported = taken(&[("chain.csv", &minute)], &dollars()).unwrap();
    assert_eq!(imported.snapshot.at, 1_704_712_781);
    let refused = taken(&[("chain.csv", &later("1704712841415"))], &dollars());
    assert_eq!(
        refused.map(|_| ()),
        Err(
            "chain.csv:4, column `creation_timestamp`: not a time, or more than a minute from the \
             first row's; hint: the time is in milliseconds since 1970, and the rows are of one \
             minute"
                .to_owned()
        )
    );
    // Forwards that are exact are not said to be rounded.
    let exact = CHAIN.replace("2223.1257250511408", "2223.12572505");
    let notes = taken(&[("chain.csv", &exact)], &dollars()).unwrap().notes;
    assert_eq!(
        notes,
        ["2 options are priced by a synthetic forward (SYN.): no future expires with them"]
    );
}

/// All options of the chain in three netting sets with margin. The exchange publishes no positions:
/// quantities are the open interest, sides alternate, sets go round, margin is made up.
#[test]
fn a_whole_chain() {
    let Some(chain) = support::shared("data/options/deribit_eth_2024-01-08.csv") else {
        return;
    };
    let positions = support::chain::positions(&chain);
    let folder = folder(&[
        ("positions.csv", &positions),
        ("book/margin.csv", support::chain::MARGIN),
    ]);
    let folder = folder.path();
    let (status, out, err) = import(folder, &chain);
    assert_eq!(status, 0, "{err}");
    assert!(
        out.contains("3 netting sets, 684 trades, 3 items of margin"),
        "{out}"
    );
    assert!(
        err.contains("note: 172 options are priced by a synthetic forward"),
        "{err}"
    );
    // Fifteen forwards in eleven expiries.
    assert_eq!(snapshot(folder).prices.len(), 15);

    let assessed = assess(folder, &[]);
    let agreements = assessed["counterparty"]["agreements"].as_array().unwrap();
    let mut trades = 0;
    for agreement in agreements {
        let set = &agreement["netting_sets"][0];
        trades += set["trades"].as_u64().unwrap();
        let classes = set["asset_classes"].as_array().unwrap();
        assert_eq!(classes.len(), 1);
        assert_eq!(classes[0]["hedging_sets"][0]["hedging_set"], "ETH");
        let subset = &classes[0]["hedging_sets"][0]["subsets"][0];
        assert_eq!(
            subset["trades"],
            Value::Null,
            "684 are too many to list unasked"
        );
        assert_ne!(agreement["exposure"], "0");
    }
    assert_eq!(trades, 684);
    let listed = assess(folder, &["--trades"]);
    let subset = &listed["counterparty"]["agreements"][0]["netting_sets"][0]["asset_classes"][0]["hedging_sets"]
        [0]["subsets"][0];
    assert_eq!(subset["trades"].as_array().unwrap().len(), 228);
    assert_eq!(listed["rwa"], assessed["rwa"]);
}
