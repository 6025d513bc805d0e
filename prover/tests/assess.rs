//! `plimsoll assess`: the filings stand where they say they stand.
#![allow(missing_docs)]

mod support;

use std::fs;
use std::path::Path;

use plimsoll_circuits::claim::Claim;
use plimsoll_circuits::rulebook::Rulebook;
use plimsoll_prover::assessment::assess;
use plimsoll_prover::book::save;
use plimsoll_prover::import::fr_y9c;
use plimsoll_prover::{report, sources};
use serde_json::Value;
use support::desk::plimsoll;

fn json(args: &[&str]) -> Value {
    let (status, out, err) = plimsoll(args);
    assert_eq!((status, err.as_str()), (0, ""));
    serde_json::from_str(&out).unwrap()
}

/// A percentage with four decimals from a fraction with twelve: to the nearest, as filings round.
fn percentage(ratio: &Value) -> String {
    let digits = ratio.as_str().unwrap().replace('.', "");
    let millionths = digits.parse::<u64>().unwrap() / 100_000;
    let rounded = (millionths + 5) / 10;
    format!("{}.{:04}", rounded / 10_000, rounded % 10_000)
}

#[test]
fn every_filing_stands_where_it_says() {
    for file in support::filings() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("book");
        let rulebook = Rulebook::builtin(fr_y9c::RULEBOOK).unwrap();
        save(&fr_y9c::import(&file, None, &rulebook).unwrap().book, &out).unwrap();
        let assessed = json(&["assess", out.to_str().unwrap(), "--json"]);

        let mut reader = csv::Reader::from_path(&file).unwrap();
        let items: Vec<(String, String)> = reader
            .records()
            .map(|r| r.unwrap())
            .map(|r| (r[0].to_owned(), r[2].to_owned()))
            .collect();
        let item = |code: &str| {
            items
                .iter()
                .find(|(known, _)| known == code)
                .map(|(_, value)| value.clone())
        };
        let dollars = |code: &str| item(code).map(|value| format!("{value}000"));
        let rwa = assessed["rwa"]["total"].as_str().unwrap();
        let thousands = &rwa.split('.').next().unwrap()[..rwa.split('.').next().unwrap().len() - 3];
        assert_eq!(Some(thousands.to_owned()), item("BHCAA223"));
        let capital = |name: &str| assessed["capital"][name].as_str().map(str::to_owned);
        assert_eq!(capital("cet1"), dollars("BHCAP859").or(dollars("BHCWP859")));
        assert_eq!(capital("tier1"), dollars("BHCA8274"));
        assert_eq!(capital("total"), dollars("BHCA3792"));
        for (name, code) in [
            ("cet1", "BHCAP793"),
            ("tier1", "BHCA7206"),
            ("total", "BHCA7205"),
            ("leverage", "BHCA7204"),
        ] {
            assert_eq!(
                Some(percentage(&assessed["ratios"][name])),
                item(code),
                "{} {name}",
                file.display()
            );
            assert_eq!(assessed["minima"][name]["without"], serde_json::json!([]));
        }
        let charges: Vec<&Value> = assessed["charges"].as_array().unwrap().iter().collect();
        assert_eq!(charges.len(), 1);
        assert_eq!(charges[0]["class"], "bucket");
        assert_eq!(charges[0]["rwa"], assessed["rwa"]["credit"]);

        // The claim at the floor of the CET1 ratio holds, a hundredth of a percent above it does not.
        let folder = out.as_path();
        let sources = sources::load(folder, None, None).unwrap();
        let assessment = assess(&sources, folder).unwrap();
        let floor = percentage_floor(&assessed["ratios"]["cet1"]);
        let claim = |hundredths: u64| {
            Claim::parse(&format!(
                "cet1>={}.{:02}%",
                hundredths / 100,
                hundredths % 100
            ))
            .unwrap()
        };
        let holds = |claim: Claim| {
            let ratio = assessment.capital.ratio(claim.ratio).unwrap();
            ratio.holds(claim.threshold)
        };
        assert!(holds(claim(floor)) && !holds(claim(floor + 1)));
    }
}

/// Hundredths of a percent, rounded down.
fn percentage_floor(ratio: &Value) -> u64 {
    ratio
        .as_str()
        .unwrap()
        .replace('.', "")
        .parse::<u64>()
        .unwrap()
        / 100_000_000
}

#[test]
fn the_fixture_is_a_page() {
    let book = support::fixture("books/us-bancorp-2022-12-31");
    let (status, out, err) = plimsoll(&["assess", book.to_str().unwrap()]);
    assert_eq!((status, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[0],
        "U.S. BANCORP, N1GZ7BBF3NP8GI976H15, on 2022-12-31"
    );
    assert!(lines[1].starts_with("rulebook us-standardised, "));
    let rest = lines[3..].join("\n");
    assert_eq!(rest, include_str!("screens/us-bancorp.txt").trim_end());
    assert!(
        lines
            .iter()
            .all(|line| line.len() <= 100 && *line == line.trim_end())
    );
}

#[test]
fn ten_thousand_loans() {
    let Some(book) = support::loans() else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("loans");
    save(&book, &out).unwrap();
    let assessed = json(&["assess", out.to_str().unwrap(), "--json"]);
    assert_eq!(assessed["rwa"]["total"], "108441874.575");
    assert_eq!(assessed["charges"][0]["class"], "retail");
    assert_eq!(assessed["charges"][0]["exposures"], 10_000);
    assert_eq!(assessed["charges"][0]["exposure"], "144589166.1");
    assert_eq!(assessed["capital"]["cet1"], "0");
    assert_eq!(assessed["ratios"]["cet1"], "0.000000000000");
    // Nobody computed or stated the other modules, and the assessment says so.
    assert!(
        assessed["minima"]["cet1"]["without"]
            .as_array()
            .unwrap()
            .contains(&"market-risk".into())
    );
}

/// A book with collateral in another currency, and its charge worked by hand.
fn secured(folder: &Path) {
    fs::write(
        folder.join("book.toml"),
        "institution = \"Example Bank\"\nlei = \"784F5XWPLTWKTBV3E584\"\nas_of = \"2022-12-30\"\ncurrency = \"USD\"\n\
         scale = 2\nrulebook = \"basel-2023\"\nempty = [\"stated.csv\"]\n",
    )
    .unwrap();
    fs::write(
        folder.join("exposures.csv"),
        "id,class,grade,amount,holding_days,revaluation_days\na,corporate,unrated,1000,10,1\n",
    )
    .unwrap();
    fs::write(
        folder.join("collateral.csv"),
        "id,exposure,kind,amount\nc,a,gold,400\n",
    )
    .unwrap();
    fs::write(
        folder.join("capital.csv"),
        "name,amount\ncommon-shares,100.25\n",
    )
    .unwrap();
}

#[test]
fn collateral_is_worth_what_its_haircut_leaves() {
    let folder = tempfile::tempdir().unwrap();
    secured(folder.path());
    let book = folder.path().to_str().unwrap();
    let rulebook = Rulebook::builtin("basel-2023").unwrap();
    let gold = rulebook
        .haircuts
        .as_ref()
        .unwrap()
        .rows
        .iter()
        .find(|row| row.kind == "gold")
        .unwrap()
        .bands[0]
        .1;
    // Ten days and daily revaluation are what the table is written for: no scaling.
    let exposure = 10_000_000 - 400 * (10_000 - u64::from(gold));
    let assessed = json(&["assess", book, "--json"]);
    let rwa = format!("{}.{:04}", exposure / 10_000, exposure % 10_000);
    assert_eq!(
        assessed["rwa"]["total"],
        rwa.trim_end_matches('0').trim_end_matches('.')
    );
    assert_eq!(assessed["capital"]["cet1"], "100.25");
    assert_eq!(assessed["leverage_exposure"], "1000");

    // In another currency: only with a snapshot that has it, and with less worth.
    fs::write(
        folder.path().join("collateral.csv"),
        "id,exposure,kind,amount,currency\nc,a,gold,400,EUR\n",
    )
    .unwrap();
    let (status, out, err) = plimsoll(&["assess", book]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        err.contains("collateral.csv:2, column `currency`: unknown currency `EUR`"),
        "{err}"
    );
    let with = json(&["assess", book, "--snapshot", "example-2022-12-30", "--json"]);
    assert_eq!(with["snapshot"]["name"], "example-2022-12-30");
    assert_ne!(with["rwa"]["total"], assessed["rwa"]["total"]);
}

#[test]
fn combinations_that_are_not_built_are_refused_in_their_place() {
    let folder = tempfile::tempdir().unwrap();
    secured(folder.path());
    fs::write(
        folder.path().join("exposures.csv"),
        "id,class,grade,amount,provisions,holding_days,revaluation_days\na,corporate,unrated,1000,1,10,1\n",
    )
    .unwrap();
    let (status, out, err) = plimsoll(&["assess", folder.path().to_str().unwrap()]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("exposures.csv:2, column `"), "{err}");
    assert!(err.contains("is not supported yet\nhint: "), "{err}");
}

#[test]
fn another_rulebook() {
    let folder = support::fixture("books/us-bancorp-2022-12-31");
    let (status, out, err) = plimsoll(&[
        "assess",
        folder.to_str().unwrap(),
        "--rulebook",
        "basel-2023",
    ]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        err.contains("exposures.csv:2, column `class`: unknown class `bucket`\nhint: "),
        "{err}"
    );
    // A rulebook of one's own, from a file.
    let mine = tempfile::tempdir().unwrap();
    let file = mine.path().join("mine.toml");
    let text = include_str!("../../circuits/rulebooks/us-standardised.toml").replacen(
        "us-standardised",
        "mine",
        1,
    );
    fs::write(&file, text).unwrap();
    let assessed = json(&[
        "assess",
        folder.to_str().unwrap(),
        "--rulebook",
        file.to_str().unwrap(),
        "--json",
    ]);
    assert_eq!(assessed["rulebook"]["name"], "mine");
    let sources = sources::load(&folder, None, None).unwrap();
    let usual = report::json(&sources, &assess(&sources, &folder).unwrap(), false);
    assert_eq!(assessed["ratios"], usual["ratios"]);
    assert_ne!(assessed["rulebook"]["digest"], usual["rulebook"]["digest"]);
}

/// The worked examples of BCBS 279, Annex 4a (the fourth is the first two together).
fn worked_examples(more: &[&str]) -> Vec<String> {
    let path = |name: &str| support::fixture(name).to_str().unwrap().to_owned();
    let mut args = vec![
        "assess".to_owned(),
        path("books/derivatives-bcbs"),
        "--snapshot".to_owned(),
        path("snapshots/bcbs-examples.toml"),
    ];
    args.extend(more.iter().map(|arg| (*arg).to_owned()));
    args
}

#[test]
fn the_worked_examples_of_counterparty_risk() {
    let args = worked_examples(&["--json"]);
    let assessed = json(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let counterparty = &assessed["counterparty"];
    // In whole dollars what the examples have in thousands; rounded up by less than 10^-8 of it.
    let published = [
        ("rates", "569470.141", "346764.386", "1.000000"),
        ("credit", "381238.319", "282128.83", "0.96520828"),
        ("commodities", "5405615.98", "3841154.27", "1.000000"),
        ("rates and credit", "936450.50", "628893.21", "1.000000"),
        ("margined", "1879212.63", "1400962.38", "0.95812332"),
    ];
    let agreements = counterparty["agreements"].as_array().unwrap();
    assert_eq!(agreements.len(), published.len());
    for (agreement, (name, exposure, addon, multiplier)) in agreements.iter().zip(published) {
        let begins = |value: &Value, text: &str| {
            let value = value.as_str().unwrap();
            assert!(value.starts_with(text), "{name}: {value} is not {text}…");
        };
        let set = &agreement["netting_sets"][0];
        assert_eq!(agreement["name"], name);
        begins(&agreement["exposure"], exposure);
        begins(&set["addon"], addon);
        begins(&set["multiplier"], multiplier);
    }
    assert_eq!(agreements[4]["netting_sets"][0]["margin_period_days"], 14);
    assert_eq!(agreements[4]["netting_sets"][0]["collateral"], "200000");
    let swaption = &agreements[0]["netting_sets"][0]["asset_classes"][0]["hedging_sets"][1];
    assert_eq!(swaption["hedging_set"], "EUR");
    assert_eq!(swaption["subsets"][0]["bucket"], 3);
    assert_eq!(
        swaption["subsets"][0]["trades"][0]["delta"],
        "-0.269395217719"
    );
    let energy = &agreements[2]["netting_sets"][0]["asset_classes"][0]["hedging_sets"];
    assert_eq!(
        (&energy[0]["hedging_set"], &energy[1]["hedging_set"]),
        (&"energy".into(), &"metals".into())
    );

    // Counterparty risk is part of the total, and of no other line.
    assert_eq!(assessed["rwa"]["credit"], "0");
    assert_eq!(assessed["rwa"]["counterparty"], counterparty["rwa"]);
    assert_eq!(assessed["minima"]["cet1"]["without"], serde_json::json!([]));
}

#[test]
fn the_worked_examples_are_a_page() {
    let args = worked_examples(&[]);
    let (status, out, err) = plimsoll(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((status, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().skip(3).collect();
    let screen = "tests/screens/derivatives-bcbs.txt";
    let screen = Path::new(env!("CARGO_MANIFEST_DIR")).join(screen);
    if std::env::var_os("PLIMSOLL_WRITE_SCREENS").is_some() {
        fs::write(&screen, lines.join("\n") + "\n").unwrap();
    }
    assert_eq!(
        lines.join("\n"),
        fs::read_to_string(screen).unwrap().trim_end()
    );
    assert!(
        lines
            .iter()
            .all(|line| line.len() <= 100 && *line == line.trim_end())
    );
}

#[test]
fn counterparty_risk_is_computed_or_stated() {
    let folder = tempfile::tempdir().unwrap();
    let book = support::fixture("books/derivatives-bcbs");
    for file in fs::read_dir(book).unwrap().flatten() {
        fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
    }
    let mut args = worked_examples(&["--json"]);
    args[1] = folder.path().to_str().unwrap().to_owned();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let stated = folder.path().join("stated.csv");
    let text = fs::read_to_string(&stated).unwrap();
    fs::write(&stated, format!("{text}counterparty-risk,1\n")).unwrap();
    let (status, out, err) = plimsoll(&args);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(
        err.contains(
            "stated.csv:8, column `name`: module `counterparty-risk` is computed from the book's own records"
        ),
        "{err}"
    );
    for file in ["netting_sets.csv", "trades.csv", "margin.csv"] {
        fs::remove_file(folder.path().join(file)).unwrap();
    }
    let assessed = json(&args);
    assert_eq!(assessed["counterparty"], Value::Null);
    assert_eq!(assessed["rwa"]["counterparty"], "0");
    fs::write(&stated, text).unwrap();
    let without = &json(&args)["minima"]["cet1"]["without"];
    assert_eq!(without, &serde_json::json!(["counterparty-risk"]));
}
