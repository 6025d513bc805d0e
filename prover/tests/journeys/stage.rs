//! A folder like a fresh clone in which both programs are built, and a shell in it.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::page::Step;
use crate::support::params::params_folder;

/// Ends what a command says, before its status.
const END: char = '\u{1e}';

/// Runs the commands of a page, in order; what each says, line by line.
pub(crate) fn run(steps: &[Step]) -> Vec<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("plimsoll");
    let built = clone.join("target/release");
    fs::create_dir_all(&built).unwrap();
    for entry in fs::read_dir(crate::root()).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        if name != "target" && name != ".git" {
            symlink(entry.path(), clone.join(name)).unwrap();
        }
    }
    symlink(env!("CARGO_BIN_EXE_plimsoll"), built.join("plimsoll")).unwrap();
    let verifier = std::env::current_exe().unwrap();
    symlink(verifier, built.join("plimsoll-verify")).unwrap();

    // The parameters are there, as after the first run.
    let caches = folder.path().join("caches");
    fs::create_dir(&caches).unwrap();
    symlink(params_folder(), caches.join("plimsoll")).unwrap();

    let mut script = String::new();
    for step in steps {
        script += if step.is_cargo() { ":" } else { &step.command };
        script += "\nstatus=$?; printf '\\036'; (exit $status)\n";
    }
    let file = folder.path().join("script");
    fs::write(&file, format!("exec 2>&1\n{script}")).unwrap();
    let output = Command::new("bash")
        .arg(&file)
        .current_dir(&clone)
        .env("XDG_CACHE_HOME", &caches)
        .env("HOME", folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut said: Vec<_> = said.split(END).map(lines).collect();
    assert_eq!(
        said.len(),
        steps.len() + 1,
        "the shell ended early: {said:?}"
    );
    said.pop();
    said
}

fn lines(said: &str) -> Vec<String> {
    said.lines().map(str::to_owned).collect()
}
