//! A dealer of listed options: the chain is real; quantities are the open interest; sides, sets,
//! margin, exposures and capital are made up.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::shared;

/// Margin of the three sets.
pub const MARGIN: &str = "id,netting_set,kind,amount,side,purpose\n\
    made up 1,a,cash,2000000,received,variation\n\
    made up 2,b,cash,1500000,posted,variation\n\
    made up 3,c,cash,500000,received,independent\n";
/// The three sets, all margined daily.
pub const SETS: &str =
    "id,class,grade,remargin_days\na,bank-ecra,A,1\nb,corporate,BBB,1\nc,retail,,1\n";

/// Every instrument of a chain in its open interest: sides alternate, sets go round.
pub fn positions(chain: &Path) -> String {
    let mut positions = "instrument,quantity,netting_set\n".to_owned();
    let mut reader = csv::Reader::from_path(chain).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|known| known == name).unwrap();
    let (name, interest) = (column("instrument_name"), column("open_interest"));
    for (index, record) in reader.records().enumerate() {
        let record = record.unwrap();
        let sign = if index % 2 == 0 { "" } else { "-" };
        let set = ["a", "b", "c"][index % 3];
        writeln!(
            positions,
            "{},{sign}{},{set}",
            &record[name], &record[interest]
        )
        .unwrap();
    }
    positions
}

/// The chain of the reference data imported into `out`, with `out.snapshot.toml` beside it; `None`
/// where the reference data is absent.
pub fn imported() -> Option<TempDir> {
    let chain = shared("data/options/deribit_eth_2024-01-08.csv")?;
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("book");
    fs::create_dir(&base).unwrap();
    let manifest = "institution = \"A dealer that is made up\"\nlei = \"PLIMSOLL000000000025\"\n\
        as_of = \"2024-01-08\"\ncurrency = \"USD\"\nscale = 8\nrulebook = \"basel-2023\"\n\
        empty = [\"trades.csv\"]\n";
    for (name, text) in [
        ("book.toml", manifest),
        (
            "exposures.csv",
            "id,class,grade,amount,holding_days,revaluation_days\n\
             loans,corporate,BBB,250000000,,\nlombard,corporate,A,40000000,20,1\n",
        ),
        (
            "collateral.csv",
            "id,exposure,kind,amount\ndeposit,lombard,cash,15000000\n",
        ),
        ("capital.csv", "name,amount\ncommon-shares,900000000\n"),
        (
            "stated.csv",
            "name,amount\ncva,0\nsecuritisation,0\nmarket-risk,50000000\n\
             operational-risk,50000000\nleverage-derivatives,0\nleverage-sft,0\n",
        ),
        ("netting_sets.csv", SETS),
        ("margin.csv", MARGIN),
    ] {
        fs::write(base.join(name), text).unwrap();
    }
    fs::write(folder.path().join("positions.csv"), positions(&chain)).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(folder.path())
        .args(["import", "option-chain", "--positions", "positions.csv"])
        .args(["--book", "book", "--out", "out", "--file"])
        .arg(chain)
        .status()
        .unwrap();
    assert!(status.success());
    Some(folder)
}
