//! An item of margin, after its haircut (CRE52.17, CRE22): received items are cut, posted ones
//! raised, and the horizon of the haircut is that of the netting set's margin period.
//!
//! | word | holds |
//! | --- | --- |
//! | n | market value |
//! | b | residual maturity, days |
//! | c | days to the end of its band |
//!
//! | bit | says |
//! | --- | --- |
//! | 0 | posted by the institution |
//! | 1 | variation margin; posted, it is independent where variation margin does not count |
//! | 2 | its currency is not the netting set's |

use crate::amount::HAIRCUT_ONE;
use crate::cells::derivatives::columns::Columns;
use crate::cells::derivatives::sequence::sum;
use crate::protocol::expr::{Expr, not};
use crate::protocol::layout::Declaration;

pub(super) fn declare(d: &mut Declaration, c: &Columns) {
    let (words, registers) = (&c.words, &c.registers);
    let on = || c.jobs.margin.here();
    let [posted, variation, foreign, ..] = c.bits;
    let [edge, period, mismatch, haircut, counts, _] = c.lines.values;
    let value = c.steps[0];
    d.gate(
        "margin matures within its band",
        on() * (edge.here() - words.b31.here() - words.c26.here()),
    );
    d.gate(
        "the haircut's horizon is the netting set's margin period",
        on() * (period.here() - registers.period.here()),
    );
    d.gate(
        "the haircut is that of a foreign currency or of the netting set's own",
        on() * (mismatch.here() - foreign.here()),
    );
    d.gate(
        "without the mismatch haircut, margin and netting set are in one currency",
        on() * not(foreign.here()) * (c.currency.here() - registers.currency.here()),
    );
    d.gate(
        "what is posted counts whatever it is for",
        on() * posted.here() * variation.here() * not(counts.here()),
    );
    let sign = Expr::from(1) - posted.here() * 2;
    d.gate(
        "received margin is cut and posted margin raised by the haircut",
        on() * (value.here()
            - words.n65.here() * c.rate.here() * (sign * HAIRCUT_ONE - haircut.here())),
    );
    sum(
        d,
        "independent amounts add up over a netting set",
        registers.independent,
        c.jobs.netting_set,
        on() * not(variation.here()) * value.here(),
    );
    sum(
        d,
        "variation margin adds up over a netting set",
        registers.variation,
        c.jobs.netting_set,
        on() * variation.here() * value.here(),
    );
}
