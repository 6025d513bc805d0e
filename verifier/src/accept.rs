//! What is built in and accepted: all rulebooks for a reader without a trust file, for one with
//! such a file the rulebooks and snapshots that it lists by digest. A rulebook or a snapshot that
//! came from elsewhere is the reader's to name, and the trust file's to accept.

use plimsoll_circuits::rulebook::{self, Rulebook, RulebookError};
use plimsoll_circuits::snapshot::{self, Snapshot, SnapshotError};

use crate::trust::Trust;

/// Something built in does not parse: never in a released version.
#[derive(Debug, thiserror::Error)]
pub enum BuiltinError {
    /// A rulebook.
    #[error("{0}: {1}")]
    Rulebook(&'static str, RulebookError),
    /// A snapshot.
    #[error("{0}: {1}")]
    Snapshot(&'static str, SnapshotError),
}

/// The rulebooks that are built in and accepted.
///
/// # Errors
/// One that does not parse.
pub fn rulebooks(trust: Option<&Trust>) -> Result<Vec<Rulebook>, BuiltinError> {
    let mut accepted = Vec::new();
    for (name, _) in rulebook::BUILTIN {
        let one = Rulebook::builtin(name).map_err(|e| BuiltinError::Rulebook(name, e))?;
        let by = |trust: &Trust| {
            let rulebooks = &trust.rulebooks;
            rulebooks.accepts(&one.canonical(), one.digest(), None)
        };
        if trust.is_none_or(by) {
            accepted.push(one);
        }
    }
    Ok(accepted)
}

/// The snapshots that are built in and accepted: none without a trust file, since prices are for
/// the reader to choose.
///
/// # Errors
/// One that does not parse.
pub fn snapshots(trust: Option<&Trust>) -> Result<Vec<Snapshot>, BuiltinError> {
    let mut accepted = Vec::new();
    let Some(trust) = trust else {
        return Ok(accepted);
    };
    for (name, _) in snapshot::BUILTIN {
        let one = Snapshot::builtin(name).map_err(|e| BuiltinError::Snapshot(name, e))?;
        let snapshots = &trust.snapshots;
        if snapshots.accepts(&one.canonical(), one.digest(), None) {
            accepted.push(one);
        }
    }
    Ok(accepted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::hex;

    #[test]
    fn what_is_built_in_counts_where_the_trust_file_lists_it() {
        let names = |trust: Option<&Trust>| {
            let rulebooks = rulebooks(trust).unwrap().into_iter().map(|r| r.name);
            let snapshots = snapshots(trust).unwrap().into_iter().map(|s| s.name);
            (rulebooks.collect::<Vec<_>>(), snapshots.collect::<Vec<_>>())
        };
        let all = rulebook::BUILTIN.map(|(name, _)| name.to_owned()).to_vec();
        assert_eq!(names(None), (all, Vec::new()));
        let none = Trust::parse("version = 1").unwrap();
        assert_eq!(names(Some(&none)), (Vec::new(), Vec::new()));
        let (rulebook, snapshot) = ("basel-2023", "example-2022-12-30");
        let of_rulebook = hex(&Rulebook::builtin(rulebook).unwrap().digest());
        let of_snapshot = hex(&Snapshot::builtin(snapshot).unwrap().digest());
        let text = format!(
            "version = 1\n[[rulebook]]\nname = \"r\"\ndigest = \"{of_rulebook}\"\n\
             [[snapshot]]\nname = \"s\"\ndigest = \"{of_snapshot}\"\n"
        );
        let listed = Trust::parse(&text).unwrap();
        let expected = (vec![rulebook.to_owned()], vec![snapshot.to_owned()]);
        assert_eq!(names(Some(&listed)), expected);
    }
}
