//! A wrong file: a header in TOML, a line `---`, and the bytes that it speaks of.
//!
//! ```toml
//! kind = "attestation"        # what is wrong
//! vice = "…"                  # how, in words; one vice in each file
//! command = ["plimsoll-verify", "file.plimsoll", "--trust", "trust.toml", "--json"]
//! outcome = "refused"         # refused, cannot_tell; malformed where a command takes no input
//! reason = "copy"             # as in `--json`; else the variants of the error
//! cause = "copy.claims"       # as in `--json`
//! says = "the readable"       # stands in the message
//! status = 1                  # of the command
//! [[file]]                    # the wrong one first; then what it is read with
//! name = "file.plimsoll"
//! bytes = 16527
//! [[file]]
//! name = "trust.toml"
//! same_as = "wrong/base/trust.toml"
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What stands between header and bytes.
const LINE: &[u8] = b"\n---\n";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub kind: String,
    pub vice: String,
    pub command: Vec<String>,
    pub outcome: String,
    pub reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    pub status: i32,
    pub file: Vec<Part>,
}

/// A file: bytes of its own, or those of a file of the fixtures.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
}

pub struct Wrong {
    /// Its name in the corpus.
    pub name: String,
    pub header: Header,
    /// Where its bytes begin.
    pub offset: usize,
    /// Names and bytes, in the order of the header.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Wrong {
    /// The file that is wrong.
    pub fn bytes(&self) -> &[u8] {
        &self.files[0].1
    }

    /// Lays its files into a folder.
    pub fn lay(&self, folder: &Path) {
        for (name, bytes) in &self.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// Whether its command is this program.
    pub fn is_for(&self, program: &str) -> bool {
        self.header.command[0] == program
    }

    /// Header and bytes.
    pub fn encode(header: &Header, bodies: &[Vec<u8>]) -> Vec<u8> {
        let text = toml::to_string(header).unwrap();
        [text.trim_end().as_bytes(), LINE, &bodies.concat()].concat()
    }

    fn read(path: &Path) -> Wrong {
        let all = fs::read(path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let end = all.windows(LINE.len()).position(|w| w == LINE);
        let end = end.unwrap_or_else(|| panic!("{name}: no line `---`"));
        let header = std::str::from_utf8(&all[..end]).unwrap();
        let header: Header = toml::from_str(header).unwrap_or_else(|e| panic!("{name}: {e}"));
        let offset = end + LINE.len();
        let mut rest = &all[offset..];
        let mut files = Vec::new();
        for part in &header.file {
            let bytes = match (part.bytes, &part.same_as) {
                (Some(count), None) => {
                    let (bytes, left) = rest.split_at(count);
                    rest = left;
                    bytes.to_vec()
                }
                (None, Some(path)) => fs::read(fixtures().join(path)).unwrap(),
                _ => panic!("{name}: {} is neither here nor elsewhere", part.name),
            };
            files.push((part.name.clone(), bytes));
        }
        assert!(rest.is_empty(), "{name}: bytes that belong to no file");
        Wrong {
            name,
            header,
            offset,
            files,
        }
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The folder of the corpus.
pub fn folder() -> PathBuf {
    fixtures().join("wrong")
}

/// All of them, by name.
pub fn all() -> Vec<Wrong> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "wrong"));
    paths.sort();
    paths.iter().map(|path| Wrong::read(path)).collect()
}
