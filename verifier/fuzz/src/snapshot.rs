//! Snapshots.

use plimsoll_circuits::snapshot::Snapshot;

/// Two readings agree; each quote is found under its name.
pub fn check(bytes: &[u8]) {
    let Some(text) = super::text(bytes) else {
        return;
    };
    let snapshot = match Snapshot::parse(text) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            super::message(&error.to_string());
            return super::message(&error.hint());
        }
    };
    let again = Snapshot::parse(&format!("{text}\n")).expect("read a moment ago");
    assert_eq!(snapshot, again);
    assert_eq!(snapshot.canonical(), again.canonical());
    assert_eq!(snapshot.digest(), again.digest());
    assert_eq!(snapshot.rate(""), snapshot.rate(&snapshot.base));
    for (number, (name, rate)) in (1..).zip(snapshot.quotes()) {
        assert_eq!(snapshot.rate(name), Some(*rate));
        assert_eq!(snapshot.currency_index(name), Some(number));
    }
}
