//! The corpus of wrong files (`fixtures/wrong`): the page refuses each for the reason that its
//! header names, as command line and library do.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use toml::Table;
use url::Url;

use crate::driver::{Browser, browse};
use crate::{fixtures, page};

/// What stands between a header and the bytes that it speaks of.
const LINE: &[u8] = b"\n---\n";

struct Wrong {
    name: String,
    header: Table,
    /// Names and bytes: what is read, and what it is read with.
    files: Vec<(String, Vec<u8>)>,
}

fn read(path: &Path) -> Wrong {
    let all = fs::read(path).unwrap();
    let end = all.windows(LINE.len()).position(|at| at == LINE).unwrap();
    let header: Table = toml::from_str(str::from_utf8(&all[..end]).unwrap()).unwrap();
    let mut rest = &all[end + LINE.len()..];
    let parts = header["file"].as_array().unwrap().iter();
    let files = parts.map(|part| {
        let name = part["name"].as_str().unwrap().to_owned();
        if let Some(other) = part.get("same_as") {
            let path = fixtures().join(other.as_str().unwrap());
            return (name, fs::read(path).unwrap());
        }
        let count = usize::try_from(part["bytes"].as_integer().unwrap()).unwrap();
        let (bytes, left) = rest.split_at(count);
        rest = left;
        (name, bytes.to_vec())
    });
    let files = files.collect();
    Wrong {
        name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
        header,
        files,
    }
}

impl Wrong {
    fn says(&self, key: &str) -> Option<&str> {
        self.header.get(key).and_then(toml::Value::as_str)
    }

    /// Whether the mathematics alone are asked for; none where the command is another program's,
    /// or asks for something that the page does not do.
    fn unsigned(&self) -> Option<bool> {
        let command = self.header["command"].as_array().unwrap().iter();
        let command: Vec<&str> = command.map(|word| word.as_str().unwrap()).collect();
        let known = [
            "--trust",
            "--unsigned",
            "--rulebook",
            "--snapshot",
            "--json",
        ];
        let options = command.iter().filter(|word| word.starts_with("--"));
        let all_known = options.clone().all(|option| known.contains(option));
        (command[0] == "plimsoll-verify" && all_known)
            .then(|| options.clone().any(|option| *option == "--unsigned"))
    }
}

/// The page's own test of a name.
fn is_beside(name: &str) -> bool {
    let kind = Path::new(name).extension();
    kind.is_some_and(|kind| kind == "toml" || kind == "dsse")
}

/// What the page says of one, where that is not what its header expects.
async fn differs<'w>(
    browser: &Browser,
    wrong: &'w Wrong,
    laid: &mut Vec<(&'w str, &'w [u8])>,
) -> Option<String> {
    let files = wrong.files.iter();
    let files = files.map(|(name, bytes)| (&name[..], &bytes[..]));
    // What lies beside an attestation is added by itself, before it, where it is not there yet.
    let (beside, read): (Vec<_>, Vec<_>) = files.partition(|(name, _)| is_beside(name));
    for gone in laid.extract_if(.., |one| !beside.contains(one)) {
        browser.remove(gone.0).await;
    }
    let new = beside.into_iter().filter(|one| !laid.contains(one));
    let new: Vec<_> = new.collect();
    if !new.is_empty() {
        browser.choose("trust", &new).await;
        laid.extend(new);
    }
    browser.choose("files", &read).await;
    let words = browser.answer().await;
    let verdicts = browser.verdicts().await;
    browser.forget().await;
    let agrees = match (wrong.says("outcome"), verdicts.first()) {
        // What the reader gave is wrong: then there is no verdict.
        (Some("malformed"), None) => {
            let says = wrong.says("says").unwrap_or_default();
            words.contains("Nothing was checked") && words.contains(says)
        }
        (outcome, Some(verdict)) => {
            let said = (verdict["verdict"].as_str(), verdict["reason"].as_str());
            said == (outcome, wrong.says("reason")) && verdict["verdict"] != "holds"
        }
        (_, None) => false,
    };
    (!agrees).then(|| format!("{}: {words}", wrong.name))
}

#[test]
fn each_wrong_file_meets_its_own_reason() {
    let folder = fixtures().join("wrong");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "wrong"));
    paths.sort();
    // Those that are read with files of the same names share a page.
    let mut groups: BTreeMap<(bool, Vec<String>), Vec<Wrong>> = BTreeMap::new();
    for wrong in paths.iter().map(|path| read(path)) {
        if let Some(unsigned) = wrong.unsigned() {
            let names = wrong.files.iter().map(|(name, _)| name.clone()).collect();
            groups.entry((unsigned, names)).or_default().push(wrong);
        }
    }
    let count: usize = groups.values().map(Vec::len).sum();
    assert!(count >= 80, "{count} files");
    browse("wrong files", async |browser| {
        let address = Url::from_file_path(page()).unwrap();
        let mut differ = Vec::new();
        for ((unsigned, _), wrongs) in &groups {
            browser.client.goto(address.as_str()).await.unwrap();
            browser.tick(*unsigned).await;
            let mut laid = Vec::new();
            for wrong in wrongs {
                differ.extend(differs(&browser, wrong, &mut laid).await);
            }
        }
        assert!(differ.is_empty(), "{}", differ.join("\n\n"));
    });
}
