//! Openings of a published proof: what is shown is what was committed to (ATTACKS 25, CONDITIONS
//! S10, P1, P2).
#![allow(missing_docs)]

mod common;

use std::sync::{Arc, OnceLock};

use plimsoll_circuits::book::{Book, Exposure};
use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::cells::rows::{BookRows, id_digest};
use plimsoll_circuits::cells::{fill, tables};
use plimsoll_circuits::credit_risk::assess_credit;
use plimsoll_circuits::field::{Fp, to_u128};
use plimsoll_circuits::proofs::CircuitKind;
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::expr::Col;
use plimsoll_circuits::protocol::key::ProvingKey;
use plimsoll_circuits::protocol::layout::{BLINDING_ROWS, Layout, Size, Small};
use plimsoll_circuits::protocol::opening::{
    Cell, MAX_ROWS, OpenError, OpeningError, Secret, Source, check, open, openable,
};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::publics::Publics;
use plimsoll_circuits::protocol::tape::{Entropy, EntropyError, MasterSeed, OsEntropy};
use plimsoll_circuits::protocol::witness::Grid;

const STATEMENT: [u8; 32] = [7; 32];
const ATTESTATION: [u8; 32] = [9; 32];
const WORD: usize = 32;

/// Two proofs of the same book: of two copies, and of one.
struct Published {
    params: PublicParams,
    key: ProvingKey<Plain, Small>,
    grids: Vec<Grid>,
    proofs: Vec<(Vec<u8>, MasterSeed, u32)>,
}

fn book() -> Book {
    let exposures = (1..=12).map(|number| Exposure {
        id: format!("loan {number}").into(),
        ..common::exposure("corporate", "unrated", 1_000 + number)
    });
    Book {
        exposures: exposures.collect(),
        ..common::book()
    }
}

fn published() -> &'static Published {
    static PUBLISHED: OnceLock<Published> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let params = PublicParams::derive(Small::K);
        let key = ProvingKey::<Plain, Small>::build(&params).expect("a key");
        let (book, rulebook, snapshot) = (book(), common::basel(), common::snapshot());
        let credit = assess_credit(&book, &rulebook, &snapshot).expect("a sound book");
        let rows = BookRows::new(&rulebook, &snapshot, &book);
        let charges: Vec<_> = credit.charges.iter().collect();
        let table = Arc::new(tables::plain(&rulebook, &snapshot));
        let publics = Publics::of_rows(key.layout(), table);
        let grid = |part: &[_]| {
            let mut grid = Grid::new(Arc::clone(key.layout()));
            fill::plain(&key.columns, &rows, &mut grid, part);
            grid.complete(&publics).expect("it fits");
            grid
        };
        let grids = vec![grid(&charges[..7]), grid(&charges[7..])];
        let proofs = [&grids[..], &grids[1..]].map(|grids| {
            let copy = |grid: &Grid| CopyWitness {
                grid: grid.clone(),
                publics: publics.clone(),
                chosen: Vec::new(),
            };
            let position = ProofPosition {
                module: 0,
                shard: 0,
                shards: 1,
            };
            let copies = grids.iter().map(copy).collect();
            let (check, os) = (SelfCheck::Verify, &mut OsEntropy);
            let shard = prove_shard(&params, &key, position, STATEMENT, copies, check, os);
            let shard = shard.expect("a proof");
            (shard.proof, shard.seed, grids.len() as u32)
        });
        Published {
            proofs: proofs.into(),
            params,
            grids,
            key,
        }
    })
}

impl Published {
    fn sources(&self) -> Vec<Source<'_>> {
        let mut sources = Vec::new();
        for (proof, _, copies) in &self.proofs {
            sources.push(Source {
                circuit: self.key.verifying().id(),
                layout: self.key.layout(),
                copies: *copies,
                proof,
            });
        }
        sources
    }

    fn secret(&self, proof: u32, copy: u32, column: u32) -> Option<Secret> {
        let grid = &self.grids[(proof + copy) as usize];
        let seed = &self.proofs[proof as usize].1;
        Some(Secret {
            rows: grid.columns()[column as usize].clone(),
            blinding: seed.column_key(copy, column).blinding(),
        })
    }

    fn open(&self, cells: &[Cell]) -> Result<Opening, OpenError> {
        let mut secret = |proof, copy, column| self.secret(proof, copy, column);
        let (params, sources) = (&self.params, self.sources());
        let cells = cells.iter().copied();
        open(
            params,
            &ATTESTATION,
            &sources,
            cells,
            &mut secret,
            &mut OsEntropy,
        )
    }

    fn check(&self, (cells, argument): &Opening) -> Result<(), OpeningError> {
        check(&self.params, &ATTESTATION, &self.sources(), cells, argument)
    }

    /// Column of a position, by its declared name.
    fn column(&self, name: &str, lane: usize) -> u32 {
        column(self.key.layout(), name, lane)
    }
}

type Opening = (Vec<(Cell, Fp)>, Vec<u8>);

fn column(layout: &Layout, name: &str, lane: usize) -> u32 {
    let index = layout.columns.iter().position(|column| column.name == name);
    layout.physical(lane, Col(index.expect("a column"))) as u32
}

fn cell(proof: u32, copy: u32, column: u32, row: u32) -> Cell {
    Cell {
        proof,
        copy,
        column,
        row,
    }
}

/// Ids and amounts of three positions: two of one row, one of another copy, one of another proof.
fn some(published: &Published) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (proof, copy, row, lane) in [(0, 0, 0, 1), (0, 0, 1, 1), (0, 1, 0, 3), (1, 0, 0, 0)] {
        for name in ["id", "amount", "class"] {
            cells.push(cell(proof, copy, published.column(name, lane), row));
        }
    }
    cells
}

fn opening() -> &'static Opening {
    static OPENING: OnceLock<Opening> = OnceLock::new();
    OPENING.get_or_init(|| {
        let published = published();
        published.open(&some(published)).expect("an opening")
    })
}

/// The opening with something changed.
fn changed(change: impl FnOnce(&mut Opening)) -> Opening {
    let mut opening = opening().clone();
    change(&mut opening);
    opening
}

#[test]
fn what_is_opened_is_what_was_proven() {
    let published = published();
    let opening = opening();
    assert_eq!(published.check(opening), Ok(()));
    let value = |proof, copy, name, lane, row| {
        let wanted = cell(proof, copy, published.column(name, lane), row);
        let found = opening.0.iter().find(|(cell, _)| *cell == wanted);
        found.and_then(|(_, value)| to_u128(value)).expect("opened")
    };
    assert_eq!(value(0, 0, "id", 1, 0), id_digest("loan 2"));
    assert_eq!(value(0, 0, "amount", 1, 0), 1_002);
    assert_eq!(value(0, 0, "amount", 1, 1), 1_007);
    assert_eq!(value(0, 1, "amount", 3, 0), 1_011);
    assert_eq!(value(1, 0, "amount", 0, 0), 1_008);
}

#[test]
fn attacks_25_a_value_that_is_not_the_one_opened() {
    let published = published();
    for index in 0..opening().0.len() {
        for delta in [Fp::one(), -Fp::one()] {
            let forged = changed(|(cells, _)| cells[index].1 += delta);
            assert_eq!(
                published.check(&forged),
                Err(OpeningError::Invalid),
                "{index}"
            );
        }
    }
    // Two values of one column change places; two of one row do.
    let amount = published.column("amount", 1);
    let at = |row| {
        let found = opening()
            .0
            .iter()
            .position(|(c, _)| *c == cell(0, 0, amount, row));
        found.expect("opened")
    };
    for (one, other) in [(at(0), at(1)), (at(0), at(0) - 2)] {
        let forged = changed(|(cells, _)| {
            let value = cells[one].1;
            cells[one].1 = cells[other].1;
            cells[other].1 = value;
        });
        assert_ne!(opening().0[one].1, opening().0[other].1);
        assert_eq!(published.check(&forged), Err(OpeningError::Invalid));
    }
}

#[test]
fn attacks_25_another_row_column_copy_or_proof() {
    let published = published();
    let one = cell(0, 0, published.column("amount", 1), 1);
    let opened = published.open(&[one]).expect("an opening");
    assert_eq!(published.check(&opened), Ok(()));
    for other in [
        Cell { row: 0, ..one },
        Cell { row: 2, ..one },
        Cell {
            column: published.column("amount", 2),
            ..one
        },
        Cell {
            column: published.column("id", 1),
            ..one
        },
        Cell { copy: 1, ..one },
        Cell { proof: 1, ..one },
    ] {
        let mut forged = opened.clone();
        forged.0[0].0 = other;
        assert_eq!(
            published.check(&forged),
            Err(OpeningError::Invalid),
            "{other:?}"
        );
    }
    // The second proof holds the same values as the second copy of the first: still another one.
    let twin = published
        .open(&[cell(0, 1, one.column, 0)])
        .expect("an opening");
    let mut forged = twin.clone();
    forged.0[0].0 = cell(1, 0, one.column, 0);
    assert_eq!(published.check(&forged), Err(OpeningError::Invalid));
}

#[test]
fn attacks_25_another_attestation_circuit_number_of_copies_or_commitment() {
    let published = published();
    let (cells, argument) = opening();
    let sources = published.sources();
    let invalid = Err(OpeningError::Invalid);
    let with = |attestation: [u8; 32], sources: &[Source<'_>]| {
        check(&published.params, &attestation, sources, cells, argument)
    };
    assert_eq!(with(ATTESTATION, &sources), Ok(()));
    assert_eq!(with([8; 32], &sources), invalid);
    let mut other = sources.clone();
    other[0].circuit[5] ^= 1;
    assert_eq!(with(ATTESTATION, &other), invalid);
    let mut other = sources.clone();
    other[0].copies += 1;
    assert_eq!(with(ATTESTATION, &other), invalid);

    // The commitment is taken from the proof's bytes: another one there, and nothing opens.
    let amount = published.column("amount", 1) as usize;
    let mut bytes = sources[0].proof.to_vec();
    let neighbour: Vec<u8> = bytes[WORD * (amount + 1)..][..WORD].to_vec();
    bytes[WORD * amount..][..WORD].copy_from_slice(&neighbour);
    let mut other = sources.clone();
    other[0].proof = &bytes;
    assert_eq!(with(ATTESTATION, &other), invalid);
    bytes[WORD * amount..][..WORD].fill(0xff);
    let mut other = sources;
    other[0].proof = &bytes;
    assert_eq!(with(ATTESTATION, &other), Err(OpeningError::Point));
}

#[test]
fn conditions_s10_every_byte_of_the_argument_counts() {
    let published = published();
    let length = opening().1.len();
    for word in 0..length / WORD {
        let forged = changed(|(_, argument)| argument[WORD * word] ^= 1);
        assert_eq!(
            published.check(&forged),
            Err(OpeningError::Invalid),
            "{word}"
        );
    }
    for forged in [
        changed(|(_, argument)| argument.push(0)),
        changed(|(_, argument)| argument.truncate(length - 1)),
        changed(|(_, argument)| argument.clear()),
    ] {
        let got = forged.1.len();
        let expected = length;
        assert_eq!(
            published.check(&forged),
            Err(OpeningError::Length { expected, got })
        );
    }
}

#[test]
fn conditions_s10_form() {
    let published = published();
    let empty = changed(|(cells, _)| cells.clear());
    assert_eq!(published.check(&empty), Err(OpeningError::Empty));
    let twice = changed(|(cells, _)| cells.insert(0, cells[0]));
    assert_eq!(published.check(&twice), Err(OpeningError::Order));
    let order = changed(|(cells, _)| cells.swap(0, 1));
    assert_eq!(published.check(&order), Err(OpeningError::Order));
    let one = cell(0, 0, published.column("amount", 1), 0);
    let layout = published.key.layout();
    let usable = layout.usable_rows() as u32;
    for (wrong, error) in [
        (Cell { row: usable, ..one }, OpeningError::Row(usable)),
        (
            Cell {
                row: u32::MAX,
                ..one
            },
            OpeningError::Row(u32::MAX),
        ),
        (
            Cell { copy: 2, ..one },
            OpeningError::Place { proof: 0, copy: 2 },
        ),
        (
            Cell { proof: 2, ..one },
            OpeningError::Place { proof: 2, copy: 0 },
        ),
    ] {
        let forged = changed(|(cells, _)| *cells = vec![(wrong, Fp::one())]);
        assert_eq!(published.check(&forged), Err(error));
        let made = published.open(&[one]).map(|mut opening| {
            opening.0[0].0 = wrong;
            published.check(&opening)
        });
        assert_eq!(made.expect("an opening"), Err(error));
    }
    // A limb, a multiplicity, the totals, a column of the second round.
    let limb = published.column("amount", 0) + 1;
    let rest = [
        limb,
        layout.range_multiplicity() as u32,
        layout.total_column(0) as u32,
        layout.first_round() as u32,
        u32::MAX,
    ];
    for column in rest {
        let forged = changed(|(cells, _)| *cells = vec![(Cell { column, ..one }, Fp::one())]);
        assert_eq!(published.check(&forged), Err(OpeningError::Column(column)));
    }
    let many = (0..=MAX_ROWS as u32).map(|row| Cell { row, ..one });
    let many: Vec<Cell> = many.collect();
    let refused = published.open(&many).map(drop);
    let limit = OpeningError::TooMany("rows of one copy");
    assert!(matches!(refused, Err(OpenError::Refused(error)) if error == limit));
}

#[test]
fn only_the_columns_that_were_proven_are_opened() {
    let published = published();
    let one = cell(0, 0, published.column("amount", 1), 0);
    let opened = |change: &dyn Fn(&mut Secret)| {
        let mut secret = |proof, copy, column| {
            let mut secret = published.secret(proof, copy, column)?;
            change(&mut secret);
            Some(secret)
        };
        let (params, sources) = (&published.params, published.sources());
        open(
            params,
            &ATTESTATION,
            &sources,
            [one],
            &mut secret,
            &mut OsEntropy,
        )
        .map(drop)
    };
    assert!(opened(&|_| ()).is_ok());
    for change in [
        &(|secret: &mut Secret| secret.rows[3] += Fp::one()) as &dyn Fn(&mut Secret),
        &|secret| secret.blinding.rows[0] += Fp::one(),
        &|secret| secret.blinding.blind += Fp::one(),
    ] {
        assert!(matches!(opened(change), Err(OpenError::Commitment { .. })));
    }
    assert!(matches!(
        opened(&|secret| secret.rows.truncate(3)),
        Err(OpenError::Missing { .. })
    ));
}

/// The operating system's, then none.
#[derive(Clone)]
struct Dry(usize);

impl Entropy for Dry {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0 = self.0.checked_sub(1).ok_or(EntropyError)?;
        OsEntropy.fill(bytes)
    }
}

#[test]
fn conditions_p1_each_set_of_rows_has_a_fresh_mask() {
    let published = published();
    let cells = some(published);
    let (again, other) = published.open(&cells).expect("an opening");
    let (first, argument) = opening();
    assert_eq!(&again, first);
    // Copy 0: the columns of lane 1 and the shared class at rows 0 and 1; then two single rows,
    // which are one set. Two sets, two masks.
    let (sets, values, rounds) = (2, 3, 2 * Small::K as usize);
    assert_eq!(
        argument.len(),
        WORD * (sets + values + 2 + rounds + sets + 2)
    );
    // Nothing that the library or a mask writes stands twice in two openings of the same cells:
    // each word of one is absent from the other.
    let words: std::collections::HashSet<&[u8]> = argument.chunks(WORD).collect();
    assert_eq!(words.len(), argument.len() / WORD);
    assert!(other.chunks(WORD).all(|word| !words.contains(word)));
    // Without randomness for the masks, nothing is opened.
    let mut secret = |proof, copy, column| published.secret(proof, copy, column);
    let (params, sources) = (&published.params, published.sources());
    let one = cells[..1].iter().copied();
    let dry = open(
        params,
        &ATTESTATION,
        &sources,
        one,
        &mut secret,
        &mut Dry(40),
    );
    assert!(matches!(dry.map(drop), Err(OpenError::Entropy(_))));
}

#[test]
fn conditions_p2_openable_columns_leave_a_random_row_to_spare() {
    const { assert!(BLINDING_ROWS == 9) };
    for kind in CircuitKind::all() {
        let layout = kind.layout::<Small>();
        // The derivatives circuit does not fit the small size.
        let Ok(layout) = layout else { continue };
        let open = openable(&layout);
        assert_eq!(
            open.len(),
            layout.lanes * data(&layout, false) + data(&layout, true)
        );
        for total in 0..layout.total_columns.len() {
            assert!(!open.contains(&(layout.total_column(total) as u32)));
        }
    }
}

fn data(layout: &Layout, shared: bool) -> usize {
    let of_kind = |column: &&_| {
        let column: &&plimsoll_circuits::protocol::layout::Column = column;
        column.shared == shared
    };
    layout.columns.iter().filter(of_kind).count()
}
