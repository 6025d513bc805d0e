//! What a cheat is: a name, the one constraint that has to refuse it, and what the cheat does.

use std::collections::BTreeSet;

use ff::PrimeField;
use num_bigint::{BigInt, BigUint};
use plimsoll_circuits::field::{Fp, power_of_two};
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::layout::{Size, Small};
use plimsoll_circuits::statement::RowCircuit;

use crate::honest::honest;

/// A cheat.
pub(crate) struct Cheat {
    /// The constraint that refuses it.
    pub(crate) refuses: String,
    /// Constraints that cannot but refuse it as well, because they say in part the same.
    pub(crate) also: Vec<String>,
    /// What is done to an honest witness; limbs, totals and multiplicities follow by themselves.
    pub(crate) forge: Box<dyn Fn(&mut Forgery) + Sync>,
    /// Whether `forge` leaves limbs, totals and multiplicities as they have to be.
    pub(crate) solved: bool,
    /// Whether constraints that are not named may refuse it as well.
    pub(crate) loose: bool,
}

pub(crate) fn cheat(refuses: &str, forge: impl Fn(&mut Forgery) + Sync + 'static) -> Cheat {
    Cheat {
        refuses: refuses.to_owned(),
        also: Vec::new(),
        forge: Box::new(forge),
        solved: false,
        loose: false,
    }
}

impl Cheat {
    /// Names a constraint that refuses it as well.
    pub(crate) fn and(mut self, also: &str) -> Cheat {
        self.also.push(also.to_owned());
        self
    }

    /// It cannot but break more than its own constraint.
    pub(crate) fn among_others(mut self) -> Cheat {
        self.loose = true;
        self
    }

    /// The names of all constraints that refuse it.
    pub(crate) fn refused_by(&self) -> BTreeSet<String> {
        self.also.iter().chain([&self.refuses]).cloned().collect()
    }

    /// What is wrong about the cheat, if other constraints refused it than those it names.
    pub(crate) fn mistaken(&self, refused: &BTreeSet<String>) -> Option<String> {
        let fits = if self.loose {
            refused.is_superset(&self.refused_by())
        } else {
            *refused == self.refused_by()
        };
        (!fits).then(|| format!("{}: refused by {refused:?}", self.refuses))
    }

    /// The forged witness, re-solved.
    pub(crate) fn on(&self, circuit: RowCircuit) -> Forgery {
        let mut forgery = honest(circuit).clone();
        self.apply(circuit, &mut forgery);
        forgery
    }

    /// Forges an honest witness, and re-solves it. Of derivatives the multiplicities stay: see
    /// [`Cheat::proven`].
    pub(crate) fn apply(&self, circuit: RowCircuit, forgery: &mut Forgery) {
        (self.forge)(forgery);
        if self.solved {
            return;
        }
        match circuit {
            RowCircuit::Plain | RowCircuit::PlainSingle => {}
            RowCircuit::Banded | RowCircuit::Vouched => {}
            RowCircuit::Secured | RowCircuit::SecuredSingle => crate::secured::settle(forgery),
            RowCircuit::SecuredGeneral => crate::general::settle(forgery),
            RowCircuit::Derivatives => return crate::derivatives::settle(forgery),
        }
        forgery.resolve();
    }

    /// The same, with the multiplicities that a prover needs.
    pub(crate) fn proven(&self, circuit: RowCircuit) -> Forgery {
        let mut forgery = self.on(circuit);
        forgery.recount();
        forgery
    }
}

/// All cheats on a row circuit.
pub(crate) fn cheats(circuit: RowCircuit) -> Vec<Cheat> {
    let mut all = match circuit {
        RowCircuit::Plain | RowCircuit::PlainSingle => crate::plain::cheats(),
        RowCircuit::Banded => crate::banded::cheats(),
        RowCircuit::Secured | RowCircuit::SecuredSingle => crate::secured::cheats(),
        RowCircuit::SecuredGeneral => crate::general::cheats(),
        RowCircuit::Derivatives => crate::derivatives::cheats(),
        RowCircuit::Vouched => crate::vouched::cheats(),
    };
    all.extend(limb_cheats(honest(circuit)));
    all.extend(total_cheats(honest(circuit)));
    all
}

/// For each committed limb: it borrows from the next one, so that the sum stays what it was.
fn limb_cheats(forgery: &Forgery) -> Vec<Cheat> {
    let layout = forgery.grid.layout();
    let mut cheats = Vec::new();
    for (check, range) in layout.range_checks.iter().enumerate() {
        let column = layout.columns[range.col.0].name;
        for limb in 0..range.limbs.len() {
            let position = room_above(forgery, check, limb);
            let step = power_of_two(layout.limb_bits);
            let name = format!("range: {column} limb {limb}");
            let committed = range.limbs.len();
            let mut made = cheat(&name, move |f| {
                *f.limb(position, check, limb) -= step;
                if limb + 1 < committed {
                    *f.limb(position, check, limb + 1) += Fp::one();
                }
                if f.grid.layout().k == Small::K {
                    f.recount();
                }
            });
            made.solved = true;
            cheats.push(made);
        }
    }
    cheats
}

/// A position, the later the better, where the limb above can take one more.
fn room_above(forgery: &Forgery, check: usize, limb: usize) -> usize {
    let layout = forgery.grid.layout();
    let range = &layout.range_checks[check];
    let bits = if limb + 1 < range.limbs.len() {
        layout.limb_bits
    } else {
        range.top_bits
    };
    let full = (BigInt::from(1) << bits) - 1;
    let takes_one = |position: &usize| {
        let value = signed(forgery.grid.get(*position, range.col));
        let above: BigInt = value >> (layout.limb_bits as usize * (limb + 1));
        (above & &full) < full
    };
    let found = (0..layout.positions()).rev().find(takes_one);
    found.expect("a value that is not full")
}

/// For each total: one less than the sum. And junk in the first row that no total has.
fn total_cheats(forgery: &Forgery) -> Vec<Cheat> {
    let layout = forgery.grid.layout();
    let mut cheats = Vec::new();
    for (row, total) in layout.totals.iter().enumerate() {
        let mut made = cheat(total.name, move |f| {
            *f.total(0, row) -= Fp::one();
            // The carry is handed on as the total says.
            if row == 2 {
                *f.total(2, 0) -= Fp::one();
            }
        });
        made.solved = true;
        cheats.push(made);
    }
    let junk = [
        (0, layout.totals.len()),
        (0, 100),
        (0, layout.active_rows()),
        (layout.total_columns.len() - 1, 7),
    ];
    for (column, row) in junk {
        let mut made = cheat("a total column is zero outside its rows", move |f| {
            *f.total(column, row) += Fp::one();
        });
        made.solved = true;
        cheats.push(made);
    }
    cheats
}

/// Runs every cheat: each is refused by its own constraint and by no other, unless it says so.
pub(crate) fn all_are_refused(circuit: RowCircuit) {
    let mut wrong = Vec::new();
    for cheat in cheats(circuit) {
        wrong.extend(cheat.mistaken(&cheat.on(circuit).refused_by()));
    }
    assert!(wrong.is_empty(), "{circuit:?}:\n{}", wrong.join("\n"));
}

/// A field element as the integer nearest to zero.
pub(crate) fn signed(value: Fp) -> BigInt {
    let integer = |value: Fp| BigInt::from(BigUint::from_bytes_le(&value.to_repr()));
    let (plus, minus) = (integer(value), integer(-value));
    if plus <= minus { plus } else { -minus }
}

/// A small number as a field element.
pub(crate) fn fp(value: i64) -> Fp {
    let magnitude = Fp::from(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}
