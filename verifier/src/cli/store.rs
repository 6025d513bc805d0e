//! The file of what was seen, in the hands of one process at a time.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{UsageError, sources};
use crate::chain::{Link, Seen};
use crate::files::{self, Lock, Readers, Replace};
use crate::verdict::Verdict;

/// What was seen, locked: from the reading to the writing nobody else changes it, so that of two
/// verifiers at once neither forgets what the other saw, nor passes what the other saw to be old.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    seen: Seen,
    _lock: Lock,
}

impl Store {
    /// Waits for the lock, and reads.
    pub(super) fn open(path: &Path) -> Result<Store, UsageError> {
        let path = &sources::seen_file(path)?;
        // Beside the file, which is replaced as a whole and cannot itself be held.
        let mut name = OsString::from(path);
        name.push(".lock");
        let beside = PathBuf::from(name);
        let lock = Lock::hold(&beside, &mut |text| eprintln!("{text}"));
        Ok(Store {
            _lock: lock.map_err(|error| UsageError::unwritable(&beside, error))?,
            seen: sources::seen(path)?,
            path: path.clone(),
        })
    }

    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Notes what is good in its place, also where this reader asks for more, and writes the file if
    /// that is anything new.
    pub(super) fn remember(mut self, verdicts: &[Verdict]) -> Result<(), UsageError> {
        let before = self.seen.clone();
        for verdict in verdicts.iter().filter(|verdict| verdict.outcome.is_sound()) {
            if let Some(facts) = &verdict.facts {
                self.seen.note(&Link::of(facts));
            }
        }
        if self.seen == before && self.path.exists() {
            return Ok(());
        }
        let text = self.seen.to_text();
        let fill = |file: &mut File| file.write_all(text.as_bytes());
        files::write(&self.path, Replace::Always, Readers::Owner, fill)
            .map_err(|error| UsageError::unwritable(&self.path, error))
    }
}
