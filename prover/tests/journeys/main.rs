//! The pages of `fixtures/journeys`: every command is run, in its order, and what the page shows is
//! what the programs say.
//!
//! `PLIMSOLL_WRITE_JOURNEYS=1 cargo test --release -p plimsoll-prover --test journeys` writes the
//! outputs anew, to be read before they are committed. A page's name behind `--` runs that page.
//!
//! This test has a `main` of its own: under the name `plimsoll-verify` it is that program, so that
//! a shell finds both programs whichever package is tested.
#![allow(missing_docs)]

mod compare;
mod page;
mod stage;
#[path = "../support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use page::{Page, Step};

/// Two screens, about.
const MOST_LINES: usize = 105;
const PAGES: [&str; 4] = ["risk-officer", "regulator", "counterparty", "engineer"];

fn main() -> ExitCode {
    let called = std::env::args_os().next().map(PathBuf::from);
    if called.as_deref().and_then(Path::file_name) == Some("plimsoll-verify".as_ref()) {
        return plimsoll_verifier::cli::main();
    }
    let filters: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&String> = filters
        .iter()
        .filter(|word| !word.starts_with('-'))
        .collect();
    let wanted =
        |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let mut wrong = Vec::new();
    for name in PAGES.into_iter().filter(|name| wanted(name)) {
        let found = problems(name);
        println!(
            "journey {name} … {}",
            if found.is_empty() { "ok" } else { "FAILED" }
        );
        wrong.extend(found);
    }
    wrong.iter().for_each(|problem| println!("{problem}\n"));
    ExitCode::from(u8::from(!wrong.is_empty()))
}

pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.canonicalize().unwrap()
}

/// What is wrong with a page.
fn problems(name: &str) -> Vec<String> {
    let path = root().join(format!("fixtures/journeys/{name}.md"));
    let text = fs::read_to_string(&path).unwrap();
    let page = Page::parse(&text);
    let said = stage::run(&page.steps);
    if std::env::var_os("PLIMSOLL_WRITE_JOURNEYS").is_some() {
        fs::write(&path, page.with(&said)).unwrap();
        return Vec::new();
    }
    let mut found = Vec::new();
    for (step, said) in page.steps.iter().zip(&said) {
        if !compare::agree(&step.shown, said) {
            found.push(format!(
                "{name}.md, line {}: `{}` says\n{}\nwhere the page has\n{}",
                step.line,
                step.command,
                said.join("\n"),
                step.shown.join("\n"),
            ));
        }
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        found.push(format!(
            "{name}.md: {lines} lines are more than two screens"
        ));
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    if !readme.contains(&format!("(fixtures/journeys/{name}.md)")) {
        found.push(format!("README.md does not lead to {name}.md"));
    }
    found.extend(page.steps.iter().filter_map(unknown_test));
    let any = |test: &str| {
        ["circuits", "prover", "verifier"]
            .iter()
            .any(|p| is_test(p, test))
    };
    let unknown = page.tests().into_iter().filter(|test| !any(test));
    found.extend(unknown.map(|test| format!("{name}.md: there is no test `{test}`")));
    found.extend(page.links().into_iter().filter_map(|link| {
        let target = path.parent()?.join(&link);
        (!target.exists()).then(|| format!("{name}.md: {link} is not there"))
    }));
    // Code on a page stands in a file that is compiled; rustdoc compiles that of the counterparty.
    let module = fs::read_to_string(root().join("circuits/tests/first_module.rs")).unwrap();
    let library = fs::read_to_string(root().join("verifier/src/lib.rs")).unwrap();
    for code in page.code() {
        let compiled = library.contains(&format!("fixtures/journeys/{name}.md"));
        if !compiled && !module.contains(&code) {
            found.push(format!("{name}.md: no test compiles\n{code}"));
        }
    }
    found
}

/// Whether a package has this test.
fn is_test(folder: &str, target: &str) -> bool {
    let tests = root().join(folder).join("tests");
    let files = [format!("{target}.rs"), format!("{target}/main.rs")];
    files.iter().any(|file| tests.join(file).exists())
}

/// Tests that a page names are there, though only an engineer runs them.
fn unknown_test(step: &Step) -> Option<String> {
    let words: Vec<&str> = step.command.split_whitespace().collect();
    if !step.is_cargo() || words.get(1) != Some(&"test") {
        return None;
    }
    let after = |flag| {
        let pairs = words.windows(2).filter(move |pair| pair[0] == flag);
        pairs.map(|pair| pair[1])
    };
    let folder = match after("-p").next() {
        Some("plimsoll-circuits") => "circuits",
        Some("plimsoll-prover") => "prover",
        Some("plimsoll-verifier") => "verifier",
        other => return Some(format!("line {}: package {other:?}", step.line)),
    };
    let is_there = |target: &&str| is_test(folder, target);
    let unknown = after("--test").find(|target| !is_there(target))?;
    Some(format!("line {}: there is no test `{unknown}`", step.line))
}
