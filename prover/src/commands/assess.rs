//! `plimsoll assess`.

use crate::assessment;
use crate::cli::Assess;
use crate::error::Failure;
use crate::report;

/// `plimsoll assess`.
pub(super) fn assess(args: &Assess) -> Result<(), Failure> {
    let source = &args.source;
    let busy = super::Busy::with("assessing the book");
    let sources = source.load()?;
    let assessment = assessment::assess(&sources, &source.book)?;
    let text = if args.json {
        format!("{:#}\n", report::json(&sources, &assessment, args.trades))
    } else {
        report::page(&sources, &assessment, args.trades)
    };
    drop(busy);
    super::print(&text)
}
