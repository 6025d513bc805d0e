//! Every help screen, the manual pages and the completions, out of one definition.
//!
//! `PLIMSOLL_WRITE_HELP=1 cargo test --release -p plimsoll-prover --test help` writes the screens
//! anew, to be read before they are committed.
#![allow(missing_docs)]

mod support;

use std::fs;

use clap::CommandFactory;
use plimsoll_prover::cli::Cli;
use support::desk::plimsoll;

fn definitions() -> [clap::Command; 2] {
    [Cli::command(), plimsoll_verifier::cli::Cli::command()]
}

/// (words of the command, its definition), itself first.
fn commands(command: &clap::Command, words: &str) -> Vec<(String, clap::Command)> {
    let words = format!("{words} {}", command.get_name());
    let words = words.trim().to_owned();
    let below = command.get_subcommands().filter(|c| c.get_name() != "help");
    let mut all = vec![(words.clone(), command.clone())];
    all.extend(below.flat_map(|c| commands(c, &words)));
    all
}

#[test]
fn every_help_screen_is_as_it_was_read() {
    let mut screens = String::new();
    for definition in definitions() {
        let mut built = definition.term_width(100);
        built.build();
        for (words, command) in commands(&built, "") {
            let help = command.term_width(100).render_help();
            screens.push_str(&format!("$ {words} -h\n{help}\n"));
        }
    }
    let path = support::fixture("screens/help.txt");
    if std::env::var_os("PLIMSOLL_WRITE_HELP").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &screens).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap();
    let differs = stored.lines().zip(screens.lines()).find(|(a, b)| a != b);
    assert_eq!(differs, None);
    assert_eq!(stored, screens);
}

#[test]
fn every_argument_says_what_it_is() {
    for definition in definitions() {
        for (words, command) in commands(&definition, "") {
            assert!(command.get_about().is_some(), "{words}");
            for argument in command.get_arguments() {
                let help = argument.get_help().map(ToString::to_string);
                let help = help.unwrap_or_default();
                let id = argument.get_id();
                assert!(!help.is_empty(), "{words}: {id}");
                // One author: a sentence starts with a capital letter and clap takes the last stop.
                let first = help.chars().next().unwrap();
                assert!(first.is_uppercase(), "{words}: {id}: {help}");
                assert!(!help.ends_with('.'), "{words}: {id}: {help}");
            }
        }
    }
}

#[test]
fn completions_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (status, script, _) = plimsoll(&["completions", shell]);
        assert_eq!(status, 0);
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            assert!(script.contains(name), "{shell}: {name}");
        }
        let (status, script, _) = plimsoll(&["completions", shell, "--program", "plimsoll-verify"]);
        assert_eq!(status, 0);
        assert!(script.contains("max-age"), "{shell}");
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man1");
    let (status, text, _) = plimsoll(&["man", "--out", out.to_str().unwrap()]);
    assert_eq!((status, text.as_str()), (0, ""));
    for definition in definitions() {
        for (words, command) in commands(&definition, "") {
            let page = out.join(format!("{}.1", words.replace(' ', "-")));
            let page = fs::read_to_string(&page).unwrap_or_else(|_| panic!("{words}"));
            let about = command.get_about().unwrap().to_string();
            let word = about.split_whitespace().next().unwrap();
            assert!(page.contains(word), "{words}");
            let flags = command.get_arguments().filter_map(|a| a.get_long());
            for flag in flags {
                assert!(page.contains(&flag.replace('-', "\\-")), "{words}: {flag}");
            }
        }
    }
}
