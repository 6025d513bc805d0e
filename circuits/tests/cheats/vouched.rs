//! Cheats on vouched exposures: those on plain ones, and on where the vouched rows end
//! (CONDITIONS S3).

use plimsoll_circuits::cells::plain::LANES;
use plimsoll_circuits::field::Fp;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::statement::RowCircuit;

use crate::catalogue::{Cheat, all_are_refused, cheat, fp};
use crate::honest::VOUCHED_ROWS;

/// First position of the first row that nobody vouched for.
const BEYOND: usize = VOUCHED_ROWS * LANES;

fn set_beyond(f: &mut Forgery, row: usize, value: impl Into<Fp>) {
    f.set(row * LANES, "beyond", value);
}

pub(crate) fn cheats() -> Vec<Cheat> {
    let last = "rows beyond those vouched for are the last ones";
    let nothing = "nothing stands beyond the rows vouched for";
    let before = "the last row vouched for is not beyond";
    let after = "the row after those vouched for is beyond";
    let mut all = crate::plain::of_the_rule();
    all.extend([
        // A longer list: in the first row after the vouched ones, in another lane, at the end.
        cheat(nothing, |f| f.set(BEYOND, "amount", 1)),
        cheat(nothing, |f| f.set(BEYOND + LANES - 1, "amount", 70_000)),
        cheat(nothing, |f| {
            let end = f.grid.layout().positions() - 1;
            f.set(end, "amount", u64::MAX);
        }),
        // A hole in what is beyond, with something in it.
        cheat(last, |f| {
            set_beyond(f, VOUCHED_ROWS + 3, 0);
            f.set((VOUCHED_ROWS + 3) * LANES + 2, "amount", 5);
        }),
        // Neither beyond nor not.
        cheat(last, |f| set_beyond(f, VOUCHED_ROWS - 2, fp(2))).and(nothing),
        cheat(last, |f| {
            let end = f.grid.layout().active_rows();
            set_beyond(f, end, 0);
        }),
        // The rows end earlier than the voucher says.
        cheat(before, |f| {
            set_beyond(f, VOUCHED_ROWS - 1, 1);
            for lane in 0..LANES {
                f.set((VOUCHED_ROWS - 1) * LANES + lane, "amount", 0);
            }
        }),
        // And later, with an exposure in the row that is won.
        cheat(after, |f| {
            set_beyond(f, VOUCHED_ROWS, 0);
            f.set(BEYOND, "amount", 9);
        }),
        cheat(after, |f| {
            let end = f.grid.layout().active_rows();
            (VOUCHED_ROWS..=end).for_each(|row| set_beyond(f, row, 0));
            f.set((end - 1) * LANES, "amount", 9);
        }),
    ]);
    all
}

#[test]
fn cheats_are_refused() {
    all_are_refused(RowCircuit::Vouched);
}
