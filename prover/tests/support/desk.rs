//! A folder that `plimsoll` is run in, and what it says.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use super::params::params_folder;

/// Runs `plimsoll` where the test stands: its exit status, standard output, standard error.
pub fn plimsoll(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(args)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// A folder of its own. What a test does there beyond this, it adds.
pub struct Desk(pub TempDir);

/// What a command said.
#[derive(Debug, PartialEq)]
pub struct Screen {
    /// Exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Screen {
    /// The input is refused, for this reason, and nothing stands on standard output.
    #[track_caller]
    pub fn refused(&self, said: &str) {
        assert_eq!((self.status, self.out.as_str()), (2, ""), "{said}");
        let error = &self.err;
        assert!(error.starts_with(&format!("error: {said}")), "{error}");
    }
}

impl Desk {
    /// With nothing in it.
    pub fn empty() -> Desk {
        Desk(tempfile::tempdir().unwrap())
    }

    /// With a passphrase in the file `phrase`.
    pub fn new() -> Desk {
        let desk = Desk::empty();
        fs::write(desk.path("phrase"), "correct horse\n").unwrap();
        desk
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs `plimsoll`.
    pub fn run(&self, args: &[&str]) -> Screen {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(args)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Screen {
            status: output.status.code().unwrap(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// The same, for commands that need the public parameters.
    pub fn with_params(&self, args: &[&str]) -> Screen {
        let more = ["--params-dir", params_folder().to_str().unwrap()];
        self.run(&[args, &more].concat())
    }

    /// The key `name` of `owner`, under the passphrase.
    pub fn key(&self, name: &str, owner: &str) {
        let args = ["keys", "new", "--for", owner, "--out", name];
        let screen = self.run(&[&args[..], &["--passphrase-file", "phrase"]].concat());
        assert_eq!(screen.status, 0, "{}", screen.err);
    }

    /// A book of the fixtures, with a change to its files.
    pub fn book(&self, from: &str, to: &str, change: impl Fn(&str, String) -> String) {
        fs::create_dir(self.path(to)).unwrap();
        for entry in fs::read_dir(super::fixture("books").join(from)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let text = change(name, fs::read_to_string(&path).unwrap());
            fs::write(self.path(to).join(name), text).unwrap();
        }
    }
}
