//! A wrong file in the making: what it is, and what everyone is to say of it.

use std::collections::BTreeSet;
use std::fs;

use crate::base;
use crate::file::{Header, Part, Wrong, folder};

/// Files in the making, by name.
#[derive(Default)]
pub struct Corpus(Vec<(String, Header, Vec<Vec<u8>>)>);

pub struct Make {
    name: String,
    header: Header,
    bodies: Vec<Vec<u8>>,
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Make {
    /// A file of a kind; its command is said with it.
    pub fn new(kind: &str, name: &str, vice: &str, file: &str, bytes: impl Into<Vec<u8>>) -> Make {
        let bytes = bytes.into();
        Make {
            name: format!("{kind}-{name}"),
            header: Header {
                kind: kind.to_owned(),
                vice: vice.to_owned(),
                command: Vec::new(),
                outcome: String::new(),
                reason: String::new(),
                cause: None,
                says: None,
                status: 0,
                file: vec![Part {
                    name: file.to_owned(),
                    bytes: Some(bytes.len()),
                    same_as: None,
                }],
            },
            bodies: vec![bytes],
        }
    }

    /// An attestation, read by somebody who trusts its institution.
    pub fn attestation(name: &str, vice: &str, bytes: impl Into<Vec<u8>>) -> Make {
        Make::new("attestation", name, vice, "file.plimsoll", bytes)
            .command("plimsoll-verify file.plimsoll --trust trust.toml --json")
            .like("trust.toml", "wrong/base/trust.toml")
    }

    pub fn command(mut self, line: &str) -> Make {
        self.header.command = words(line);
        self
    }

    /// One more file, of the fixtures.
    pub fn like(mut self, name: &str, fixture: &str) -> Make {
        self.header.file.push(Part {
            name: name.to_owned(),
            bytes: None,
            same_as: Some(fixture.to_owned()),
        });
        self
    }

    /// One more file, of its own; it takes the place of one with its name.
    pub fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Make {
        let bytes = bytes.into();
        self.header.file.retain(|part| part.name != name);
        self.header.file.push(Part {
            name: name.to_owned(),
            bytes: Some(bytes.len()),
            same_as: None,
        });
        self.bodies.push(bytes);
        self
    }

    fn expect(mut self, outcome: &str, status: i32, reason: &str, cause: Option<&str>) -> Made {
        self.header.outcome = outcome.to_owned();
        self.header.status = status;
        self.header.reason = reason.to_owned();
        self.header.cause = cause.map(str::to_owned);
        Made(self)
    }

    /// It is not what it claims to be.
    pub fn refused(self, reason: &str, cause: &str) -> Made {
        self.expect("refused", 1, reason, Some(cause).filter(|c| !c.is_empty()))
    }

    /// Its reader does not know enough.
    pub fn cannot_tell(self, reason: &str, cause: &str) -> Made {
        self.expect(
            "cannot_tell",
            2,
            reason,
            Some(cause).filter(|c| !c.is_empty()),
        )
    }

    /// It cannot be read.
    pub fn unreadable(self, cause: &str) -> Made {
        self.cannot_tell("unreadable", cause)
    }

    /// A command does not take it: variants of the error, and part of what it says.
    pub fn malformed(mut self, reason: &str, says: &str) -> Made {
        self.header.says = Some(says.to_owned());
        self.expect("malformed", 2, reason, None)
    }
}

/// With its expectation.
pub struct Made(Make);

impl Corpus {
    pub fn add(&mut self, Made(make): Made) {
        self.0.push((make.name, make.header, make.bodies));
    }

    /// Writes all of them; what is there and is none of them is taken away.
    pub fn write(self) {
        let names: BTreeSet<String> = self.0.iter().map(|(name, ..)| name.clone()).collect();
        assert_eq!(names.len(), self.0.len(), "two of one name");
        for entry in fs::read_dir(folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "wrong") {
                fs::remove_file(path).unwrap();
            }
        }
        for (name, header, bodies) in &self.0 {
            let bytes = Wrong::encode(header, bodies);
            fs::write(folder().join(format!("{name}.wrong")), bytes).unwrap();
        }
    }
}

/// Everything, from the fixtures.
pub fn corpus() -> Corpus {
    let (base, mut corpus) = (base::Base::load(), Corpus::default());
    crate::envelopes::add(&base, &mut corpus);
    crate::payloads::add(&base, &mut corpus);
    crate::statements::add(&base, &mut corpus);
    crate::proofs::add(&base, &mut corpus);
    crate::signatures::add(&base, &mut corpus);
    crate::chains::add(&base, &mut corpus);
    crate::disclosures::add(&mut corpus);
    crate::rules::add(&mut corpus);
    crate::books::add(&mut corpus);
    crate::keys::add(&mut corpus);
    corpus
}
