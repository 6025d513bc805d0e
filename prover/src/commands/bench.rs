//! `plimsoll bench`.

use std::process::{Command, Stdio};
use std::time::Instant;

use indicatif::ProgressBar;

use crate::attest::Progress;
use crate::bench::gadgets::gauge_all;
use crate::bench::probe::Probe;
use crate::bench::targets::{BOOKS, Book};
use crate::bench::{Kind, chart, measure, targets};
use crate::cli::Bench;
use crate::commands::prove::{Replace, params, write};
use crate::error::Failure;

/// Sizes that are measured where none is named.
const SIZES: [usize; 2] = [1_000, 65_536];

/// `plimsoll bench`.
pub(super) fn bench(args: &Bench) -> Result<(), Failure> {
    if args.gadgets {
        return gadgets(args);
    }
    if args.targets {
        return all(args);
    }
    match (args.positions.as_slice(), args.kind) {
        ([positions], Some(kind)) => one(args, kind, *positions),
        (sizes, _) => {
            let sizes = if sizes.is_empty() { &SIZES } else { sizes };
            let kinds = args
                .kind
                .map_or(vec![Kind::Plain, Kind::Secured], |kind| vec![kind]);
            kinds
                .iter()
                .flat_map(|kind| sizes.iter().map(move |size| (*kind, *size)))
                .try_for_each(|(kind, size)| {
                    let output = apart(args, kind, size, args.json)?;
                    super::print(&String::from_utf8_lossy(&output))
                })
        }
    }
}

/// Every book that has a target, what their bare commitments and transforms would take, and the
/// chart.
fn all(args: &Bench) -> Result<(), Failure> {
    let params = params(&args.params)?;
    let probe = Probe::run(&params);
    let sizes = BOOKS
        .iter()
        .flat_map(|(kind, sizes)| sizes.iter().map(move |size| (*kind, *size)));
    let sizes: Vec<(Kind, usize)> = sizes
        .filter(|(_, size)| args.up_to.is_none_or(|most| *size <= most))
        .collect();
    let mut books = Vec::with_capacity(sizes.len());
    for (kind, positions) in sizes {
        let output = apart(args, kind, positions, true)?;
        let measured = serde_json::from_slice(&output).map_err(|_| failed(positions))?;
        books.push(Book {
            kind,
            positions,
            measured,
        });
    }
    if let Some(file) = &args.chart {
        let text = chart::svg(&books).map_err(|error| Failure::Run(error.to_string()))?;
        write(file, text.as_bytes(), Replace::Always)?;
    }
    super::print(&if args.json {
        format!("{:#}\n", targets::json(&books, &probe))
    } else {
        targets::table(&books, &probe)
    })
}

fn failed(positions: usize) -> Failure {
    Failure::Run(format!("a measurement of {positions} positions failed"))
}

/// Every gadget of the fixed-point library, one after the other.
fn gadgets(args: &Bench) -> Result<(), Failure> {
    let params = params(&args.params)?;
    let mut printed = Ok(());
    gauge_all(&params, &mut |gauged| {
        let text = if args.json {
            format!("{}\n", gauged.json())
        } else {
            gauged.line()
        };
        if printed.is_ok() {
            printed = super::print(&text);
        }
    })?;
    printed
}

/// One measurement in this process.
fn one(args: &Bench, kind: Kind, positions: usize) -> Result<(), Failure> {
    let clock = Instant::now();
    let params = params(&args.params)?;
    let took = clock.elapsed();
    let bar = ProgressBar::new(0);
    let measured = measure((params, took), kind, positions, &mut |event| {
        match event {
            Progress::Steps(steps) => bar.set_length(steps),
            Progress::Done(steps) => bar.set_position(steps),
            Progress::Key(_) | Progress::Proof(..) => bar.tick(),
        }
        true
    });
    bar.finish_and_clear();
    let measured = measured?;
    super::print(&if args.json {
        format!("{}\n", measured.json())
    } else {
        measured.line()
    })
}

/// What one measurement prints, in a process of its own, so that its peak of memory is its own.
fn apart(args: &Bench, kind: Kind, positions: usize, json: bool) -> Result<Vec<u8>, Failure> {
    let program = std::env::current_exe().map_err(Failure::Output)?;
    let mut command = Command::new(program);
    command
        .arg("bench")
        .arg("--positions")
        .arg(positions.to_string());
    command.arg("--kind").arg(match kind {
        Kind::Plain => "plain",
        Kind::Secured => "secured",
        Kind::Trades => "trades",
    });
    if json {
        command.arg("--json");
    }
    if let Some(folder) = &args.params.folder {
        command.arg("--params-dir").arg(folder);
    }
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(Failure::Output)?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(failed(positions))
    }
}
