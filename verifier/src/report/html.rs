//! One page that needs no other file: the table, each institution's chain, and which claims held
//! over time. It prints well, follows the reader's light or dark scheme, and says everything in
//! words: colour is never the only sign. Nothing in it runs, and nothing is loaded.

mod plot;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plimsoll_circuits::book::{Day, Lei};
use plimsoll_circuits::text::shown;

use super::sheet::REFUSAL;
use super::table::Counts;
use super::{NOT_PROVEN, countersigned_by, signed_by, vouched};
use crate::verdict::{Facts, Outcome, Verdict, short};

const STYLE: &str = include_str!("html/style.css");

/// Text that cannot be taken for markup, wherever it stands, and that hides nothing.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(shown(c)),
        }
    }
    out
}

/// Sign, word and class of an outcome.
pub(super) fn word(outcome: &Outcome) -> (&'static str, &'static str, &'static str) {
    let (sign, word) = super::sheet::word(outcome);
    let class = match outcome {
        Outcome::Holds => "holds",
        Outcome::Refused(_) => "refused",
        Outcome::CannotTell(_) => "unknown",
    };
    (sign, word, class)
}

/// The page.
pub fn page(checked: &[(String, Verdict)]) -> String {
    let counts = Counts::of(checked);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Attestations of regulatory capital</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>Attestations of regulatory capital</h1>\n\
         <p>{} attestations: {} hold, {} refused, {} cannot tell. Checked by plimsoll-verify {}.</p>\n",
        checked.len(),
        counts.holds,
        counts.refused,
        counts.cannot_tell,
        env!("CARGO_PKG_VERSION"),
    );
    let mut known: BTreeMap<Lei, Vec<(&str, &Verdict, &Facts)>> = BTreeMap::new();
    let mut unread = Vec::new();
    for (name, verdict) in checked {
        match &verdict.facts {
            Some(facts) => {
                let chain = known.entry(facts.statement.lei).or_default();
                chain.push((name, verdict, facts));
            }
            None => unread.push((name, verdict)),
        }
    }
    for (lei, chain) in &mut known {
        chain.sort_by_key(|(_, _, facts)| facts.statement.sequence);
        institution(&mut page, *lei, chain);
    }
    if !unread.is_empty() {
        page.push_str("<section>\n<h2>Not read</h2>\n<ul>\n");
        for (name, verdict) in unread {
            let (sign, _, class) = word(&verdict.outcome);
            let _ = writeln!(
                page,
                "<li><span class=\"{class}\">{sign}</span> {}: {}</li>",
                escaped(name),
                escaped(&verdict.outcome.to_string())
            );
        }
        page.push_str("</ul>\n</section>\n");
    }
    page.push_str("<section>\n<h2>Not proven</h2>\n<ul>\n");
    for line in NOT_PROVEN {
        let _ = writeln!(page, "<li>{}</li>", escaped(line));
    }
    let _ = write!(
        page,
        "</ul>\n<p>{REFUSAL}</p>\n</section>\n</body>\n</html>\n"
    );
    page
}

fn institution(page: &mut String, lei: Lei, chain: &[(&str, &Verdict, &Facts)]) {
    let name = chain.iter().find_map(|(_, _, facts)| facts.name.as_deref());
    let _ = writeln!(
        page,
        "<section>\n<h2>{}{lei}</h2>",
        name.map_or_else(String::new, |name| format!("{} · ", escaped(name)))
    );
    page.push_str(&plot::claims(chain));
    page.push_str(
        "<table>\n<thead><tr><th>number</th><th>as of</th><th>verdict</th><th>claims</th>\
         <th>computed, stated, left out</th><th>signed by</th><th>digest, follows</th>\
         <th>file</th></tr></thead>\n<tbody>\n",
    );
    for (file, verdict, facts) in chain {
        let statement = &facts.statement;
        let (sign, text, class) = word(&verdict.outcome);
        let claims: Vec<String> = statement.claims.iter().map(ToString::to_string).collect();
        let reason = match &verdict.outcome {
            Outcome::Holds => String::new(),
            Outcome::Refused(refusal) => format!(": {refusal}"),
            Outcome::CannotTell(unknown) => format!(": {unknown}"),
        };
        let day = Day::of_seconds(statement.as_of).map_or_else(String::new, |d| d.to_string());
        let mut what = format!("computed: {}", facts.recomputed.join(", "));
        let _ = write!(what, "; stated: capital items");
        for line in &facts.stated {
            let _ = write!(what, ", {line}");
        }
        if !facts.reducing.is_empty() {
            let _ = write!(what, "; stated, reducing: {}", facts.reducing.join(", "));
        }
        if !statement.without.is_empty() {
            let _ = write!(what, "; left out: {}", statement.without.join(", "));
        }
        let mut what = escaped(&what);
        // Each in a paragraph of its own: what a data owner calls itself makes no second one.
        for line in vouched::lines(verdict) {
            let _ = write!(what, "<p>vouched for: {}</p>", escaped(&line));
        }
        if let Some(line) = vouched::nobody(verdict) {
            let _ = write!(what, "<p>vouched for by nobody: {}</p>", escaped(&line));
        }
        let follows = match statement.sequence {
            1 => "the first".to_owned(),
            _ => short(&statement.previous),
        };
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{day}</td><td class=\"{class}\">{sign} {text}{}</td><td>{}</td>\
             <td>{}</td><td>{}</td><td><code>{}</code>, <code>{}</code></td><td>{}</td></tr>",
            statement.sequence,
            escaped(&reason),
            escaped(&claims.join(", ")),
            what,
            escaped(&format!(
                "{}; countersigned {}",
                signed_by(facts),
                countersigned_by(facts)
            )),
            short(&facts.digest),
            escaped(&follows),
            escaped(file),
        );
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}
