//! Disks that are full, or take nothing.

use super::*;

use moments::{Disk, FROZEN, FULL, refuses};

/// A disk with a key, a passphrase, an attestation and a rulebook.
fn laid(kilobytes: u32) -> Option<Disk> {
    let disk = Disk::of(kilobytes)?;
    let folder = disk.path();
    fs::write(folder.join("phrase"), format!("{PHRASE}\n")).unwrap();
    let attestation = support::fixture("proofs/us-bancorp-2022-12-31.plimsoll");
    fs::copy(attestation, folder.join("a.plimsoll")).unwrap();
    let rules = support::fixture("../circuits/rulebooks/us-standardised.toml");
    fs::copy(rules, folder.join("rules.toml")).unwrap();
    done(new_key(folder));
    Some(disk)
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let read = |name: String| {
        let bytes = fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    };
    moments::names(folder).into_iter().map(read).collect()
}

/// Everything that writes to the disk says what is wrong, and leaves it as it was.
fn nothing_is_written(disk: &Disk, (says, hint): (&str, &str)) {
    let folder = disk.path();
    let before = contents(folder);
    let mut another = plimsoll(folder, &["keys", "new", "--for", LEI, "--out", "other"]);
    refuses(another.args(["--passphrase-file", "phrase"]), says, hint);
    refuses(&mut signing(folder, "a.plimsoll"), says, hint);
    refuses(&mut signing(folder, "rules.toml"), says, hint);
    if let Some(filing) = support::filings().into_iter().next() {
        let mut import = plimsoll(folder, &["import", "fr-y9c"]);
        import.arg(filing).args(["--lei", LEI, "--out", "book"]);
        // A book's own words: the folder, its permissions and the space left.
        refuses(&mut import, says, "the space left");
    }
    let after = contents(folder);
    let names = |all: &[(String, Vec<u8>)]| -> Vec<String> {
        all.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&before), names(&after));
    assert!(before == after, "a file has changed");
}

#[test]
fn a_full_disk() {
    let Some(disk) = laid(192) else { return };
    disk.fill();
    nothing_is_written(&disk, FULL);
}

#[test]
fn a_folder_that_cannot_be_written() {
    let Some(disk) = laid(192) else { return };
    disk.freeze();
    nothing_is_written(&disk, FROZEN);
    let folder = disk.path();
    // Before anything is proven.
    let book = support::fixture("books/us-bancorp-2022-12-31");
    let mut prove = plimsoll(folder, &["prove"]);
    prove
        .arg(book)
        .args(["--claim", "cet1>=8.37%", "--out", "b.plimsoll"]);
    refuses(&mut prove, FROZEN.0, FROZEN.1);
    let mut derive = plimsoll(folder, &["params", "derive", "--params-dir", "params"]);
    refuses(&mut derive, FROZEN.0, FROZEN.1);
}

#[test]
fn an_output_that_takes_nothing() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        println!("skipped: there is no /dev/full");
        return;
    };
    let book = support::fixture("books/four-shapes");
    let mut assess = plimsoll(Path::new("."), &["assess"]);
    let assess = assess
        .arg(book)
        .stdout(full)
        .stderr(std::process::Stdio::piped());
    let output = assess.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        err.contains("standard output") && err.contains("hint: "),
        "{err}"
    );
}
