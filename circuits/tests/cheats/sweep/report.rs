//! What a sweep found, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use plimsoll_circuits::protocol::layout::Layout;

use super::reasons::{FREE, why};
use super::whole;

/// Alterations that were tried, and what was said to them.
#[derive(Clone, Debug, Default)]
pub(super) struct Report {
    /// Those that change nothing.
    idle: usize,
    /// By the first constraint that refuses.
    refused: BTreeMap<String, usize>,
    /// By what was altered.
    accepted: BTreeMap<String, usize>,
}

impl Report {
    pub(super) fn idle(&mut self) {
        self.idle += 1;
    }

    pub(super) fn asked(&mut self, what: &str, refusal: Option<impl Into<String>>) {
        let count = match refusal {
            Some(constraint) => self.refused.entry(constraint.into()),
            None => self.accepted.entry(what.to_owned()),
        };
        *count.or_default() += 1;
    }

    pub(super) fn and(mut self, other: Report) -> Report {
        self.idle += other.idle;
        for (into, from) in [
            (&mut self.refused, other.refused),
            (&mut self.accepted, other.accepted),
        ] {
            for (name, count) in from {
                *into.entry(name).or_default() += count;
            }
        }
        self
    }

    fn text(&self, layout: &Layout, rows: usize) -> String {
        let (refused, accepted) = (self.refused.values(), self.accepted.values());
        let (refused, accepted): (usize, usize) = (refused.sum(), accepted.sum());
        let mut text = format!(
            "{}: {rows} rows altered of {}\n{} alterations: {} of them none, {refused} refused, \
             {accepted} accepted\n\nrefused first by\n",
            layout.name,
            layout.usable_rows(),
            self.idle + refused + accepted,
            self.idle
        );
        for (name, count) in &self.refused {
            let _ = writeln!(text, "{count:>9}  {name}");
        }
        text.push_str("\naccepted, and why\n");
        for (name, count) in &self.accepted {
            let _ = writeln!(text, "{count:>9}  {name}: {}", why(name).unwrap_or("?"));
        }
        text
    }

    /// Nothing is accepted that has no reason. A whole sweep leaves its figures in a file; any other
    /// accepts nothing that the file does not know.
    pub(super) fn conclude(&self, layout: &Layout, rows: usize, circuit: &str) {
        let text = self.text(layout, rows);
        println!("{circuit}\n{text}");
        let open: Vec<_> = self.accepted.keys().filter(|n| why(n).is_none()).collect();
        assert!(open.is_empty(), "{circuit}: these can be altered: {open:?}");
        assert!(self.refused.len() > 3, "{circuit}: something is refused");
        let name = format!("{}-v{}.sweep.txt", layout.name, layout.version);
        let file =
            PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/circuits")).join(name);
        if whole() {
            std::fs::write(&file, &text).expect("the figures are written");
            return;
        }
        let kept = std::fs::read_to_string(&file).expect("the figures of the whole sweep");
        let known: BTreeSet<&str> = kept.lines().map(str::trim_start).collect();
        for name in self.accepted.keys() {
            let line = format!("  {name}: {}", why(name).unwrap_or("?"));
            assert!(
                known.iter().any(|known| known.ends_with(&line)),
                "{circuit}: the whole sweep never accepted `{name}`; PLIMSOLL_SWEEP=1 runs it anew"
            );
        }
    }
}

/// Reasons are not kept for what no sweep accepts.
#[test]
fn every_reason_is_needed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/circuits");
    let files = std::fs::read_dir(folder).expect("the pinned files");
    let files = files.map(|entry| entry.expect("an entry").path());
    let sweeps = files.filter(|path| path.to_string_lossy().ends_with(".sweep.txt"));
    let text: String = sweeps
        .map(|path| std::fs::read_to_string(path).expect("figures"))
        .collect();
    for (name, why) in FREE {
        assert!(text.contains(&format!("{name}: {why}\n")), "{name}: {why}");
    }
}
