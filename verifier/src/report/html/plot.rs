//! Which claims held over time: a line for each ratio, a mark for each attestation.

use std::fmt::Write as _;

use plimsoll_circuits::book::Day;
use plimsoll_circuits::claim::Ratio;

use super::{escaped, word};
use crate::verdict::{Facts, Verdict};

const LEFT: usize = 90;
const STEP: usize = 86;
const LINE: usize = 34;
const TOP: usize = 20;
/// Attestations that one plot shows: the last ones of a longer chain.
const MOST: usize = 40;

/// The plot, as SVG; its description says the same in words.
pub(super) fn claims(chain: &[(&str, &Verdict, &Facts)]) -> String {
    let chain = &chain[chain.len().saturating_sub(MOST)..];
    let made = |ratio: &Ratio| {
        let mut claims = chain
            .iter()
            .flat_map(|(_, _, facts)| &facts.statement.claims);
        claims.any(|claim| claim.ratio == *ratio)
    };
    let ratios: Vec<Ratio> = Ratio::ALL.into_iter().filter(made).collect();
    let width = LEFT + STEP * chain.len();
    let height = TOP + LINE * ratios.len() + 30;
    let mut svg = String::new();
    let mut words = String::new();
    for (row, ratio) in ratios.iter().enumerate() {
        let y = TOP + LINE * row;
        let _ = writeln!(
            svg,
            "<text x=\"0\" y=\"{}\">{ratio}</text>\
             <line x1=\"{LEFT}\" y1=\"{y}\" x2=\"{width}\" y2=\"{y}\" stroke=\"currentColor\" stroke-opacity=\"0.25\"/>",
            y + 4
        );
        for (column, (_, verdict, facts)) in chain.iter().enumerate() {
            let mut claims = facts.statement.claims.iter();
            let Some(claim) = claims.find(|claim| claim.ratio == *ratio) else {
                continue;
            };
            let x = LEFT + STEP * column + STEP / 2;
            let (sign, text, class) = word(&verdict.outcome);
            let claim = claim.to_string();
            let threshold = claim.split(">=").nth(1).unwrap_or_default();
            let _ = writeln!(
                svg,
                "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\" class=\"{class}\" style=\"fill:currentColor\">{sign} ≥ {}</text>",
                y + 4,
                escaped(threshold)
            );
            let number = facts.statement.sequence;
            let _ = write!(words, "number {number}, {}: {text}. ", escaped(&claim));
        }
    }
    for (column, (_, _, facts)) in chain.iter().enumerate() {
        let x = LEFT + STEP * column + STEP / 2;
        let day = Day::of_seconds(facts.statement.as_of);
        let day = day.map_or_else(String::new, |day| day.to_string());
        let y = TOP + LINE * ratios.len() + 14;
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{day}</text>"
        );
    }
    format!(
        "<svg role=\"img\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
         <title>Which claims held over time</title><desc>{words}</desc>\n{svg}</svg>\n"
    )
}
