//! What no single place shows: sources that are left out, lists that are empty or too long for the
//! circuits' tables, alone or together, and texts that are no rulebook.

use plimsoll_circuits::rulebook::{BUILTIN, Rulebook, RulebookError, RulebookProblem};

use crate::basel;

/// Wherever a paragraph or a degree of certainty stands, it has to.
#[test]
fn no_source_may_be_empty() {
    for (name, text) in BUILTIN {
        for key in ["\nparagraph = \"", "\nsure = \""] {
            let places: Vec<usize> = text.match_indices(key).map(|(at, _)| at).collect();
            assert!(places.len() > 10, "{name}: {key}");
            for at in places {
                let value = at + key.len();
                let end = value + text[value..].find('"').expect("a closing quote");
                let changed = format!("{}{}", &text[..value], &text[end..]);
                let Err(RulebookError::Invalid { problem, .. }) = Rulebook::parse(&changed) else {
                    panic!("{name}: {} may be empty", &text[value..end]);
                };
                assert!(
                    matches!(
                        problem,
                        RulebookProblem::Paragraph | RulebookProblem::Sure(_)
                    ),
                    "{name}: {problem:?}"
                );
            }
        }
    }
}

#[test]
fn maturities_that_the_circuits_tell_apart_are_accepted() {
    for (from, to) in [
        ("[\"3650 days\", \"4%\"]", "[\"8190 days\", \"4%\"]"),
        ("cap_days = 1825", "cap_days = 2139"),
        (
            "cap_days = 1825\nfloor_quarter_days = 365",
            "cap_days = 8191\nfloor_quarter_days = 24572",
        ),
    ] {
        assert!(BUILTIN[0].1.contains(from), "{from}");
        let changed = BUILTIN[0].1.replacen(from, to, 1);
        assert!(Rulebook::parse(&changed).is_ok(), "{to}");
    }
    // What they are divided by has 13 bits.
    for (from, to) in [
        ("cap_days = 1825", "cap_days = 2140"),
        (
            "cap_days = 1825\nfloor_quarter_days = 365",
            "cap_days = 8191\nfloor_quarter_days = 24571",
        ),
    ] {
        match Rulebook::parse(&BUILTIN[0].1.replacen(from, to, 1)) {
            Err(RulebookError::Invalid {
                key,
                problem: RulebookProblem::Bound { .. },
                ..
            }) => assert_eq!(key, "haircuts.maturity_mismatch"),
            other => panic!("{to}: {:?}", other.map(|rulebook| rulebook.name)),
        }
    }
}

#[test]
fn lists_beyond_the_tables_are_refused() {
    let text = BUILTIN[0].1;
    let parsed = basel();
    // As many as there is room for are read, and one more is not.
    let filled = |there: usize, limit: usize, entry: &dyn Fn(usize) -> String| {
        let with = |count: usize| -> String { (there..count).map(entry).collect() };
        let read = Rulebook::parse(&format!("{text}{}", with(limit)));
        assert!(read.is_ok(), "{read:?}");
        match Rulebook::parse(&format!("{text}{}", with(limit + 1))) {
            Err(RulebookError::Invalid {
                problem: RulebookProblem::Capacity { count, limit: is },
                ..
            }) => assert_eq!((count, is), (limit + 1, limit)),
            other => panic!("{other:?}"),
        }
    };
    let tail = "paragraph = \"none\"\nsure = \"X\"\n";
    let grades = parsed.classes.iter().map(|class| class.grades.len()).sum();
    filled(grades, 512, &|i| {
        format!("\n[[class]]\nname = \"c{i}\"\nweight = \"1%\"\n{tail}")
    });
    filled(parsed.capital.len(), 128, &|i| {
        format!("\n[[capital]]\nname = \"c{i}\"\ntier = \"cet1\"\nrole = \"component\"\n{tail}")
    });
    filled(parsed.stated.len(), 64, &|i| {
        format!("\n[[stated]]\nname = \"c{i}\"\neffect = \"adds-to-rwa\"\n{tail}")
    });
    let haircuts = parsed.haircuts.as_ref().expect("the section");
    let bands = haircuts.rows.iter().map(|row| row.bands.len()).sum();
    filled(bands, 256, &|i| {
        format!("\n[[haircuts.row]]\nkind = \"c{i}\"\nbands = [[\"open\", \"1%\"]]\n{tail}")
    });
    filled(parsed.conversions.len(), 64, &|i| {
        format!("\n[[conversion]]\nname = \"c{i}\"\nfactor = \"1%\"\n{tail}")
    });
    let banded: String = (0..60)
        .map(|i| {
            format!(
                "\n[[banded]]\nname = \"c{i}\"\nmeasure = \"loan-to-value\"\n\
                 split = [\"1%\", \"0%\"]\n{tail}"
            )
        })
        .collect();
    match Rulebook::parse(&format!("{text}{banded}")) {
        Err(RulebookError::Invalid {
            problem: RulebookProblem::Capacity { limit, .. },
            ..
        }) => assert_eq!(limit, 4096),
        other => panic!("{other:?}"),
    }
}

/// A rulebook without one of the lists that the rules are made of is none, nor one where it is empty.
#[test]
fn lists_may_not_be_empty() {
    for (table, name) in [
        ("", "class"),
        ("", "capital"),
        ("haircuts", "row"),
        ("derivatives", "group"),
        ("derivatives", "class"),
    ] {
        let list = [table, name].join(".");
        let list = list.trim_start_matches('.');
        let (heading, entry) = (format!("[{table}]"), format!("[[{list}]]"));
        let (mut without, mut inside) = (String::new(), false);
        for line in BUILTIN[0].1.lines() {
            if line.starts_with('[') {
                inside = line == entry;
            }
            if !inside {
                without.push_str(line);
                without.push('\n');
            }
        }
        assert!(without.len() < BUILTIN[0].1.len(), "{list}");
        let missing = Rulebook::parse(&without);
        assert!(matches!(missing, Err(RulebookError::Malformed { .. })));
        let none = format!("{name} = []\n");
        let empty = match without.split_once(&format!("{heading}\n")) {
            Some((before, after)) => format!("{before}{heading}\n{none}{after}"),
            None if table.is_empty() => format!("{none}{without}"),
            None => format!("{without}\n{heading}\n{none}"),
        };
        match Rulebook::parse(&empty) {
            Err(RulebookError::Invalid {
                key,
                problem: RulebookProblem::Empty,
                ..
            }) => assert_eq!(key, list),
            other => panic!("{list}: {other:?}"),
        }
    }
}

/// Each list is within its bound, and what the tables make of them is not.
#[test]
fn lists_that_are_too_long_together_are_refused() {
    let text = BUILTIN[0].1;
    let days = |count: u32| {
        let days: Vec<String> = (1..=count).map(|day| day.to_string()).collect();
        format!("[{}]", days.join(", "))
    };
    let rows = |count: usize| -> String {
        let row = |i| {
            format!(
                "\n[[haircuts.row]]\nkind = \"c{i}\"\nbands = [[\"open\", \"{}.01%\"]]\n\
                 paragraph = \"none\"\nsure = \"X\"\n",
                i % 90
            )
        };
        (0..count).map(row).collect()
    };
    let refused = |text: &str| match Rulebook::parse(text) {
        Err(RulebookError::Invalid {
            key,
            problem: RulebookProblem::Capacity { count, limit },
            ..
        }) => {
            assert!(count > limit && limit == 16_374);
            key
        }
        other => panic!("{:?}", other.map(|rulebook| rulebook.name)),
    };
    let intervals = text.replacen("[5, 10, 20, 250]", &days(16), 1).replacen(
        "[1, 5, 10, 20, 60]",
        &days(16),
        1,
    );
    assert!(intervals.contains(&days(16)));
    assert!(Rulebook::parse(&intervals).is_ok());
    for list in ["[5, 10, 20, 250]", "[1, 5, 10, 20, 60]"] {
        match Rulebook::parse(&text.replacen(list, &days(17), 1)) {
            Err(RulebookError::Invalid {
                problem: RulebookProblem::Capacity { count, limit },
                ..
            }) => assert_eq!((count, limit), (17, 16)),
            other => panic!("{:?}", other.map(|rulebook| rulebook.name)),
        }
    }
    assert_eq!(refused(&format!("{intervals}{}", rows(60))), "haircuts");

    // The most margin periods, 32, and none: 33 times 249 bands, with and without a mismatch.
    let more = "48, 58, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69]";
    let periods = text.replacen("48, 58]", more, 1);
    let rules = Rulebook::parse(&periods).expect("valid");
    let listed = rules.derivatives.expect("it charges them").margin_periods;
    assert_eq!(listed.len(), 32);
    let bands = rules.haircuts.expect("it has them").rows;
    let bands: usize = bands.iter().map(|row| row.bands.len()).sum();
    let grown = |bands_in_all: usize| format!("{periods}{}", rows(bands_in_all - bands));
    assert!(Rulebook::parse(&grown(248)).is_ok());
    assert_eq!(refused(&grown(249)), "derivatives.margin");
}

/// What lists have to begin with, and what their entries may be.
#[test]
fn the_least_that_a_list_may_hold() {
    let with = |from: &str, to: &str| {
        let text = BUILTIN[0].1;
        assert!(text.contains(from), "{from}");
        match Rulebook::parse(&text.replacen(from, to, 1)) {
            Ok(rulebook) => Ok(rulebook),
            Err(RulebookError::Invalid { key, problem, .. }) => Err((key, problem)),
            Err(other) => panic!("{other:?}"),
        }
    };
    // Steps of conservation may stay as they are, and have to be there.
    let steps = "steps = [[\"25%\", \"100%\"], [\"50%\", \"80%\"]";
    let level = with(steps, "steps = [[\"25%\", \"80%\"], [\"50%\", \"80%\"]");
    let level = level.expect("valid").conservation_steps;
    let conserved: Vec<u32> = level.iter().map(|step| step.conserve).collect();
    assert_eq!(conserved, [800_000, 800_000, 600_000, 400_000, 0]);
    let rises = "steps = [[\"25%\", \"79%\"], [\"50%\", \"80%\"]";
    let refused = |key: &str, problem| Err((key.to_owned(), problem));
    let problem = RulebookProblem::ConservationRises;
    assert_eq!(with(steps, rises), refused("conservation", problem));
    let all = BUILTIN[0]
        .1
        .lines()
        .find(|line| line.starts_with("steps ="));
    let none = with(all.expect("a line of steps"), "steps = []");
    assert_eq!(none, refused("conservation", RulebookProblem::Empty));
    // A stated line without a module says so or says nothing.
    let line = "\n[[stated]]\nname = \"more\"\neffect = \"adds-to-rwa\"\n\
                paragraph = \"none\"\nsure = \"X\"\n";
    let stated = |module: &str| {
        let read = Rulebook::parse(&format!("{}{line}{module}", BUILTIN[0].1));
        read.expect("valid").stated
    };
    assert_eq!(stated("module = \"\"\n"), stated(""));
    // What is on the balance sheet is there without being listed after it.
    let text = BUILTIN[0].1;
    let (before, rest) = text.split_once("[[conversion]]").expect("a list of them");
    let last = rest.rfind("[[conversion]]").expect("more than one");
    let after = rest[last + 1..].find("\n[").expect("a section after");
    let after = &rest[last + 1 + after..];
    match Rulebook::parse(&format!("conversion = []\n{before}{after}")) {
        Err(RulebookError::Invalid { key, problem, .. }) => {
            assert_eq!(
                (key.as_str(), problem),
                ("conversion", RulebookProblem::OnBalance)
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn provisions_have_one_cap() {
    let second = "\n[[capital]]\nname = \"more\"\ntier = \"tier2\"\nrole = \"capped-provisions\"\n\
                  cap = \"1%\"\nparagraph = \"none\"\nsure = \"X\"\n";
    match Rulebook::parse(&format!("{}{second}", BUILTIN[0].1)) {
        Err(RulebookError::Invalid {
            key,
            problem: RulebookProblem::Duplicate(_),
            ..
        }) => {
            assert_eq!(key, "capital.more");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_a_rulebook_is_malformed() {
    let text = BUILTIN[0].1;
    let malformed = |text: &str| match Rulebook::parse(text) {
        Err(RulebookError::Malformed { at, message }) => (at.line, message),
        other => panic!("{other:?}"),
    };
    assert!(malformed("").1.contains("missing field"));
    assert_eq!(malformed("name = \"x").0, 1);
    let (line, message) = malformed(&text.replacen("weight = \"75%\"", "wait = \"75%\"", 1));
    assert!(message.contains("wait"), "{message}");
    assert!(line > 100);
    assert!(malformed(&text.replacen("weight = \"75%\"", "weight = 0.75", 1)).0 > 100);
    assert!(
        malformed(&text.replacen("minimum = \"3%\"\n", "", 1))
            .1
            .contains("minimum")
    );
}

#[test]
fn no_text_panics() {
    for (_, text) in BUILTIN {
        let mut start = 0;
        for (at, _) in text.match_indices('\n') {
            // Cut after this line, and cut this line out.
            let _ = Rulebook::parse(&text[..at]);
            let _ = Rulebook::parse(&format!("{}{}", &text[..start], &text[at..]));
            start = at;
        }
    }
}
