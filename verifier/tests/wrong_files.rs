//! Files with one vice each (`fixtures/wrong`), as `plimsoll-verify` meets them: a process for
//! each, its exit status, and the reason that it names.
//!
//! They are made, and held against the library, by `prover/tests/wrong_files`.
#![allow(missing_docs)]

#[path = "support/wrong_file.rs"]
#[allow(dead_code, unreachable_pub)]
mod file;
#[path = "support/params.rs"]
mod params;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What the program says of one, or what differs from what its header expects.
fn run(wrong: &file::Wrong, params: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    wrong.lay(folder.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll-verify"));
    command.args(&wrong.header.command[1..]);
    command.arg("--params-dir").arg(params);
    let output = command.current_dir(folder.path()).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    let expected = &wrong.header;
    if output.status.code() != Some(expected.status) {
        return Err(format!("{}: {out}{err}", output.status));
    }
    if let Some(says) = expected.says.as_ref().filter(|says| {
        let said = [&out, &err];
        !said.iter().any(|said| said.contains(says.as_str()))
    }) {
        return Err(format!("`{says}` is not what it says: {out}{err}"));
    }
    if expected.outcome == "malformed" {
        let lines: Vec<&str> = err.lines().collect();
        return match lines[..] {
            [first, last] if first.starts_with("error: ") && last.starts_with("hint: ") => Ok(()),
            _ => Err(format!("not an error and a hint: {err}")),
        };
    }
    let object: Value =
        serde_json::from_str(&out).map_err(|error| format!("{error}: {out}{err}"))?;
    // Of several files the wrong one comes first.
    let said = object["attestations"].get(0).unwrap_or(&object);
    let outcome = said.get("verdict").unwrap_or(&said["outcome"]);
    let found = [outcome, &said["reason"], &said["cause"]];
    let cause = expected.cause.clone().map_or(Value::Null, Value::String);
    if found
        != [
            &Value::from(&*expected.outcome),
            &Value::from(&*expected.reason),
            &cause,
        ]
    {
        return Err(format!("{found:?}"));
    }
    Ok(())
}

#[test]
fn each_meets_its_own_reason() {
    let params = params::params_folder();
    let all = file::all();
    let mut tried = 0;
    let mut differ = Vec::new();
    for wrong in all.iter().filter(|wrong| wrong.is_for("plimsoll-verify")) {
        tried += 1;
        if let Err(what) = run(wrong, params) {
            differ.push(format!("{}: {what}", wrong.name));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    assert!(tried >= 80, "{tried} files");
}
