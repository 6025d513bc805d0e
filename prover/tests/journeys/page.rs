//! A page: its commands, and what it shows of what they say.

use crate::compare;

/// A command and what is shown of its output.
pub(crate) struct Step {
    /// As it is typed, over several lines where it goes on.
    pub(crate) command: String,
    /// What follows it.
    pub(crate) shown: Vec<String>,
    /// Its line on the page, from 1.
    pub(crate) line: usize,
}

impl Step {
    /// What a clone builds and tests is built and tested already.
    pub(crate) fn is_cargo(&self) -> bool {
        self.command.starts_with("cargo ")
    }
}

/// A page.
pub(crate) struct Page {
    lines: Vec<String>,
    pub(crate) steps: Vec<Step>,
}

/// What ends a text that is typed into a file.
fn terminator(line: &str) -> Option<&str> {
    let (_, word) = line.split_once("<<")?;
    word.split_whitespace()
        .next()
        .map(|word| word.trim_matches('\''))
}

impl Page {
    pub(crate) fn parse(text: &str) -> Page {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut steps: Vec<Step> = Vec::new();
        let (mut inside, mut at) = (false, 0);
        while at < lines.len() {
            let line = &lines[at];
            let number = at + 1;
            at += 1;
            if line.starts_with("```") {
                inside = line == "```console";
                continue;
            }
            if !inside {
                continue;
            }
            let Some(typed) = line.strip_prefix("$ ") else {
                steps.last_mut().unwrap().shown.push(line.clone());
                continue;
            };
            let mut command = vec![typed.to_owned()];
            let end = terminator(typed);
            while end.map_or_else(
                || command.last().is_some_and(|last| last.ends_with('\\')),
                |end| command.last().is_none_or(|last| last != end),
            ) {
                command.push(lines[at].clone());
                at += 1;
            }
            steps.push(Step {
                command: command.join("\n"),
                shown: Vec::new(),
                line: number,
            });
        }
        Page { lines, steps }
    }

    /// The page with what was said in the place of what it shows, where they differ.
    pub(crate) fn with(&self, said: &[Vec<String>]) -> String {
        let mut text = String::new();
        let mut push = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        let mut at = 0;
        for (step, said) in self.steps.iter().zip(said) {
            let first = step.line - 1 + step.command.lines().count();
            self.lines[at..first].iter().for_each(|line| push(line));
            at = first + step.shown.len();
            if compare::agree(&step.shown, said) {
                step.shown.iter().for_each(|line| push(line));
            } else {
                let lines = said.iter().map(|line| compare::kept(&step.shown, line));
                lines.for_each(|line| push(&line));
            }
        }
        self.lines[at..].iter().for_each(|line| push(line));
        text
    }

    /// Files that it leads to.
    pub(crate) fn links(&self) -> Vec<String> {
        let ends = self.lines.iter().flat_map(|line| line.split("](").skip(1));
        let targets = ends.filter_map(|rest| rest.split_once(')'));
        targets
            .map(|(target, _)| target.split('#').next().unwrap_or_default().to_owned())
            .filter(|target| !target.is_empty() && !target.contains("://"))
            .collect()
    }

    /// Tests that the last of three columns names.
    pub(crate) fn tests(&self) -> Vec<&str> {
        let rows = self.lines.iter().filter(|line| line.starts_with("| "));
        let cells = rows.filter_map(|row| match row.split(" | ").collect::<Vec<_>>()[..] {
            [_, _, last] => Some(last),
            _ => None,
        });
        cells
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .collect()
    }

    /// Blocks of Rust.
    pub(crate) fn code(&self) -> Vec<String> {
        let text = self.lines.join("\n");
        let blocks = text.split("\n```rust").skip(1);
        let bodies = blocks.filter_map(|block| {
            let (_, body) = block.split_once('\n')?;
            body.split_once("\n```")
                .map(|(body, _)| format!("{body}\n"))
        });
        bodies.collect()
    }
}
