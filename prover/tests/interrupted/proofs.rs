//! `prove` with an opening file and a predecessor, and `disclose`.

use std::sync::OnceLock;

use super::*;

use moments::{Disk, FULL, refuses};
use plimsoll_circuits::disclosure::Disclosure;
use plimsoll_prover::opening;
use plimsoll_verifier::chain::{Link, Seen, Standing, standings};

/// A folder with a first attestation and its opening file, made without interruption; the second
/// one's come to `secret` and `public`.
fn proven() -> &'static TempDir {
    static DESK: OnceLock<TempDir> = OnceLock::new();
    DESK.get_or_init(|| {
        let desk = desk();
        for folder in ["secret", "public"] {
            fs::create_dir(desk.path().join(folder)).unwrap();
        }
        done(prove(
            desk.path(),
            &["--out", "a.plimsoll", "--opening", "a.opening"],
        ));
        desk
    })
}

fn prove(folder: &Path, more: &[&str]) -> Command {
    let book = support::fixture("books/us-bancorp-2022-12-31");
    let mut command = plimsoll(folder, &["prove"]);
    command
        .arg(book)
        .args(["--claim", "cet1>=8.37%"])
        .args(more);
    command
        .args(["--opening-passphrase-file", "phrase", "--params-dir"])
        .arg(params_folder());
    command
}

const NEXT: [&str; 6] = [
    "--previous",
    "a.plimsoll",
    "--out",
    "public/b.plimsoll",
    "--opening",
    "secret/b.opening",
];

fn document(path: &Path) -> Document {
    Document::decode(&fs::read(path).unwrap(), Standard::K).unwrap()
}

/// Whatever there is, is whole; what is published can be opened, and follows the one before it.
fn sound(folder: &Path, moment: &Moment) {
    let (public, secret) = (
        folder.join("public/b.plimsoll"),
        folder.join("secret/b.opening"),
    );
    let opening = secret.exists().then(|| {
        let read = opening::read(&secret, &phrase());
        read.unwrap_or_else(|error| panic!("{moment:?}: {error}"))
    });
    if public.exists() {
        let (first, next) = (document(&folder.join("a.plimsoll")), document(&public));
        let opening = opening.unwrap_or_else(|| panic!("{moment:?}: the opening is lost"));
        assert_eq!(opening.attestation, next.digest, "{moment:?}");
        let standings = standings(&[Link::from(&first), Link::from(&next)], &Seen::default());
        assert_eq!(
            standings,
            [Standing::Followed, Standing::Newest],
            "{moment:?}"
        );
    }
    for (of, known) in [("public", "b.plimsoll"), ("secret", "b.opening")] {
        let there = visible(&folder.join(of));
        assert!(
            there.iter().all(|name| name == known),
            "{moment:?}: {there:?}"
        );
    }
}

#[test]
fn prove_publishes_nothing_whose_opening_is_lost() {
    let folder = proven().path();
    let growing = |name: &str| Moment::Growing(folder.join(name), ".tmp*");
    let at = |of: &str, name| Moment::At(folder.join(of), name);
    let late = [
        growing("secret"),
        at("secret", "b.opening"),
        growing("public"),
        at("public", "b.plimsoll"),
    ];
    let early = Moment::some(3, 3, Duration::from_secs(2));
    let mut killed = 0;
    for moment in late.into_iter().chain(early) {
        for of in ["secret", "public"] {
            fs::remove_dir_all(folder.join(of)).unwrap();
            fs::create_dir(folder.join(of)).unwrap();
        }
        let (output, ended) = run_until(&mut prove(folder, &NEXT), &moment);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(ended || output.status.success(), "{moment:?}: {said}");
        killed += u32::from(ended);
        sound(folder, &moment);
        // The first one is as it was.
        let first = opening::read(&folder.join("a.opening"), &phrase()).unwrap();
        assert_eq!(
            first.attestation,
            document(&folder.join("a.plimsoll")).digest
        );
    }
    assert!(killed >= 4, "{killed} killed");
}

/// Where the attestation finds no room, its opening file goes as well: it opens nothing. Where the
/// opening file finds none, nothing is published.
#[test]
fn a_full_disk_publishes_neither() {
    let Some(disk) = Disk::of(64) else { return };
    let desk = desk();
    disk.fill();
    let full = disk.path().join("a");
    let full = full.to_str().unwrap();
    let mut to_full = prove(desk.path(), &["--out", full, "--opening", "a.opening"]);
    refuses(&mut to_full, FULL.0, FULL.1);
    assert_eq!(visible(desk.path()), ["phrase"]);
    let mut opening_to_full = prove(desk.path(), &["--out", "a.plimsoll", "--opening", full]);
    refuses(&mut opening_to_full, FULL.0, FULL.1);
    assert_eq!(visible(desk.path()), ["phrase"]);
    assert_eq!(moments::names(disk.path()), [".filler"]);
}

#[test]
fn disclose_leaves_a_disclosure_or_none() {
    let folder = proven().path();
    let book = book::load(&support::fixture("books/us-bancorp-2022-12-31")).unwrap();
    let id = book.exposures[0].id.as_str();
    let desk = desk();
    let out = desk.path().join("d.json");
    let disclose = |out: &Path| {
        let args = [
            "disclose",
            "a.plimsoll",
            "--opening",
            "a.opening",
            "--position",
            id,
        ];
        let mut command = plimsoll(folder, &args);
        command
            .args(["--passphrase-file", "phrase", "--out"])
            .arg(out);
        command.arg("--params-dir").arg(params_folder());
        command
    };
    let before = fs::read(folder.join("a.opening")).unwrap();
    let growing = Moment::Growing(desk.path().to_owned(), ".tmp*");
    let there = Moment::At(desk.path().to_owned(), "d.json");
    let timed = Moment::some(41, 3, Duration::from_secs(2));
    for moment in [growing, there].into_iter().chain(timed) {
        let _ = fs::remove_file(&out);
        run_until(&mut disclose(&out), &moment);
        if let Ok(bytes) = fs::read(&out) {
            Disclosure::decode::<Standard>(&bytes).unwrap();
        }
        assert_eq!(
            fs::read(folder.join("a.opening")).unwrap(),
            before,
            "it is only read"
        );
    }
    let _ = fs::remove_file(&out);
    done(disclose(&out));
    let Some(disk) = Disk::of(64) else { return };
    disk.fill();
    let full = disk.path().join("d.json");
    refuses(&mut disclose(&full), FULL.0, FULL.1);
    assert!(!full.exists());
}
