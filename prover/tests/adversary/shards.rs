//! Doors 3: proofs and copies left out, doubled, reordered; counts that start again.

use plimsoll_circuits::cells::secured::{CARRY_IN, CARRY_OUT};
use plimsoll_circuits::proofs::LinkError;
use plimsoll_circuits::protocol::circuit::SecondRound;
use plimsoll_circuits::protocol::prove::{TotalOpening, WORD, sum_openings};

use crate::bank::read;
use crate::plot::{Draft, base, blinding, plain_key, secured_key};
use crate::{CAPITAL, PLAIN, SECURED, refuses, unlinked};

/// All proofs as they are, and a capital proof on a sum of the adversary's.
fn linked_to(total: &TotalOpening) -> plimsoll_verifier::Verdict {
    let base = base();
    let digest = base.plot.statement.digest();
    let capital = base.plot.capital(total);
    let mut proofs = base.proofs.clone();
    proofs.push(capital.prove(digest));
    assert!(capital.is_valid(digest, &proofs[CAPITAL]));
    read(&base.plot.statement, &proofs)
}

#[test]
fn a_shard_left_out_of_the_sum() {
    let rows = &base().plot.rows;
    let openings: Vec<TotalOpening> = [PLAIN, SECURED[0]]
        .iter()
        .flat_map(|proof| rows[*proof].openings())
        .collect();
    unlinked(&linked_to(&sum_openings(&openings)), LinkError::Totals);
}

#[test]
fn a_copy_left_out_of_the_sum() {
    let rows = &base().plot.rows;
    let (copy, _) = crate::amounts::corporate(&rows[PLAIN]);
    let mut openings = rows[PLAIN].openings();
    openings.remove(copy);
    openings.extend(SECURED.iter().flat_map(|proof| rows[*proof].openings()));
    unlinked(&linked_to(&sum_openings(&openings)), LinkError::Totals);
}

/// The light copy in the place of the heavy one, in the sum alone.
#[test]
fn a_copy_counted_twice_for_another() {
    let rows = &base().plot.rows;
    let (copy, _) = crate::amounts::corporate(&rows[PLAIN]);
    let mut openings = rows[PLAIN].openings();
    openings[copy] = openings[1 - copy].clone();
    openings.extend(SECURED.iter().flat_map(|proof| rows[*proof].openings()));
    unlinked(&linked_to(&sum_openings(&openings)), LinkError::Totals);
}

/// The two copies of one proof change places, word by word; and one of them stands twice.
#[test]
fn copies_change_places_within_a_proof() {
    let base = base();
    let layout = plain_key().layout();
    let copy = WORD * (layout.first_round() + SecondRound::of(layout).count);
    let honest = &base.proofs[PLAIN];
    let (first, second) = (&honest[..copy], &honest[copy..2 * copy]);
    let capital = {
        let rows = &base.plot.rows;
        let (heavy, _) = crate::amounts::corporate(&rows[PLAIN]);
        let mut openings = rows[PLAIN].openings();
        openings[heavy] = openings[1 - heavy].clone();
        openings.extend(SECURED.iter().flat_map(|proof| rows[*proof].openings()));
        let draft = base.plot.capital(&sum_openings(&openings));
        draft.prove(base.plot.statement.digest())
    };
    for pair in [[second, first], [first, first], [second, second]] {
        let mut proofs = base.proofs.clone();
        proofs[PLAIN][..2 * copy].copy_from_slice(&pair.concat());
        proofs.push(capital.clone());
        refuses(&read(&base.plot.statement, &proofs), PLAIN);
    }
}

/// A proof made for the first place stands in the second, twice or in exchange. What it proves is
/// true, and it is made for another place.
#[test]
fn shards_doubled_and_reordered() {
    let base = base();
    let digest = base.plot.statement.digest();
    let rows = &base.plot.rows;
    let mut openings = rows[PLAIN].openings();
    for _ in 0..2 {
        openings.extend(rows[SECURED[0]].openings());
    }
    // As if it were one loan of half the size.
    let mut light = sum_openings(&openings);
    light.values[0] = base.plot.rows[PLAIN]
        .openings()
        .iter()
        .map(|opening| opening.values[0])
        .sum();
    let capital = base.plot.capital(&light).prove(digest);
    for order in [[0, 0], [1, 1], [1, 0]] {
        let mut proofs = base.proofs.clone();
        for (place, from) in SECURED.into_iter().zip(order) {
            proofs[place] = base.proofs[SECURED[from]].clone();
        }
        proofs.push(capital.clone());
        let first = if order[0] == 0 {
            SECURED[1]
        } else {
            SECURED[0]
        };
        refuses(&read(&base.plot.statement, &proofs), first);
    }
}

/// The second shard's witness is the first's, proven again for the second's place: a valid proof,
/// whose count of collateral starts again.
#[test]
fn a_count_that_starts_again() {
    let base = base();
    let rows = &base.plot.rows;
    let layout = secured_key().layout();
    let mut second = rows[SECURED[0]].clone();
    second.position = rows[SECURED[1]].position;
    let mut publics = rows[SECURED[1]].copies[0].forgery.publics.clone();
    std::mem::swap(&mut second.copies[0].forgery.publics, &mut publics);
    let chosen = &mut second.copies[0].chosen;
    for column in [0, CARRY_OUT] {
        let column = layout.total_column(column);
        let (_, own) = chosen.iter_mut().find(|(at, _)| *at == column).unwrap();
        *own = blinding();
    }
    // As far as the point goes he can take up what the first leaves: not the value.
    let handed_on = rows[SECURED[0]].copies[0].chosen.clone();
    let out = layout.total_column(CARRY_OUT);
    let taken_up = handed_on.into_iter().find(|(at, _)| *at == out).unwrap().1;
    chosen.push((layout.total_column(CARRY_IN), taken_up));
    assert!(second.copies[0].forgery.refused_by().is_empty());
    let digest = base.plot.statement.digest();
    let mut proofs = base.proofs.clone();
    proofs[SECURED[1]] = second.prove(digest);
    assert!(second.is_valid(digest, &proofs[SECURED[1]]));
    let mut openings: Vec<TotalOpening> = rows[PLAIN].openings();
    openings.extend(Draft::openings(&rows[SECURED[0]]));
    proofs.push(base.plot.capital(&sum_openings(&openings)).prove(digest));
    unlinked(&read(&base.plot.statement, &proofs), LinkError::Carry);
}
