//! Circuits that the engine refuses to build, and tables that it refuses to take.

use plimsoll_circuits::cells::plain::Plain;
use plimsoll_circuits::protocol::expr::{Col, Expr};
use plimsoll_circuits::protocol::layout::{
    COMMITTED_ONLY, Declaration, FIRST_PUBLIC_TAG, Layout, LayoutError, MAX_DEGREE, Module, Small,
};
use plimsoll_circuits::protocol::publics::{PublicTable, TableError};

macro_rules! module {
    ($name:ident, |$d:ident| $body:block) => {
        #[derive(Clone, Copy, Debug, Default)]
        struct $name;

        impl Module for $name {
            const NAME: &'static str = "test";
            const VERSION: u32 = 1;
            const LANES: usize = 2;
            type Columns = ();
            fn declare($d: &mut Declaration) $body
        }
    };
}

module!(RangeTag, |d| {
    let a = d.column("a", 8);
    d.lookup("tag of a range table", 8, vec![a.here()]);
});
module!(NoTag, |d| {
    let a = d.column("a", 8);
    d.lookup("tag of rows that nobody supplied", 0, vec![a.here()]);
});
module!(Unread, |d| {
    d.bounded_by("a", "nothing at all");
});
module!(OpenedOnly, |d| {
    d.bounded_by("a", COMMITTED_ONLY);
});
module!(Steep, |d| {
    let a = d.column("a", 8);
    let power = (0..MAX_DEGREE).fold(Expr::from(1), |power, _| power * a.here());
    d.gate("too steep", power);
});
module!(SteepLookup, |d| {
    let a = d.column("a", 8);
    let cube = a.here() * a.here() * a.here();
    d.lookup("too steep to fold", FIRST_PUBLIC_TAG, vec![cube]);
});
module!(AheadLookup, |d| {
    let a = d.column("a", 8);
    d.lookup("looks ahead", FIRST_PUBLIC_TAG, vec![a.next()]);
});
module!(AheadTotal, |d| {
    let a = d.column("a", 8);
    d.total("looks ahead", a.next());
});
module!(ManyTables, |d| {
    // Limbs of eight bits, and tops of one to seven: 2^8 + … + 2 rows fit; there are no more.
    for bits in 1..8 {
        d.column("narrow", bits);
    }
});

fn refused<M: Module>() -> Option<LayoutError> {
    Layout::of::<M, Small>().err()
}

#[test]
fn declarations_that_would_not_hold_are_refused() {
    assert_eq!(
        refused::<RangeTag>(),
        Some(LayoutError::Tag("tag of a range table"))
    );
    let unsupplied = "tag of rows that nobody supplied";
    assert_eq!(refused::<NoTag>(), Some(LayoutError::Tag(unsupplied)));
    assert_eq!(refused::<Unread>(), Some(LayoutError::Unread("a")));
    assert_eq!(refused::<OpenedOnly>(), None);
    assert!(matches!(
        refused::<Steep>(),
        Some(LayoutError::Degree {
            name: "too steep",
            ..
        })
    ));
    assert!(matches!(
        refused::<SteepLookup>(),
        Some(LayoutError::Degree { .. })
    ));
    assert_eq!(
        refused::<AheadLookup>(),
        Some(LayoutError::LooksAhead("looks ahead"))
    );
    assert_eq!(
        refused::<AheadTotal>(),
        Some(LayoutError::LooksAhead("looks ahead"))
    );
    assert_eq!(refused::<ManyTables>(), None);
}

/// CONDITIONS S5: columns of the second round are of another kind. What an author can write is
/// constants and cells of declared columns, which are all of the first round: a challenge, a helper
/// or a multiplicity is not among the kinds of expression.
#[test]
fn expressions_speak_of_the_first_round_only() {
    fn kind(expr: &Expr) -> &'static str {
        match expr {
            Expr::Const(_) => "constant",
            Expr::Cell {
                col: Col(_),
                next: _,
            } => "cell of a declared column",
            Expr::Sum(..) | Expr::Product(..) | Expr::Scaled(..) => "made of others",
        }
    }
    assert_eq!(kind(&Expr::from(1)), "constant");
    let layout = Layout::of::<Plain, Small>().expect("a layout").0;
    for lookup in &layout.lookups {
        for value in &lookup.values {
            value.for_each_cell(&mut |col, _| assert!(col.0 < layout.columns.len()));
        }
    }
    // Declared columns, multiplicities and totals are what the challenge covers.
    let declared = layout.lanes * layout.lane_width + layout.shared;
    assert_eq!(layout.range_multiplicity(), declared);
    assert!(layout.public_multiplicity() < Some(layout.first_round()));
    assert!(layout.total_column(0) < layout.first_round());
}

#[test]
fn tables_that_could_be_mistaken_are_refused() {
    let layout = Layout::of::<Plain, Small>().expect("a layout").0;
    let table = |rows: &[(u64, &[u64])]| {
        let mut table = PublicTable::default();
        rows.iter()
            .for_each(|(tag, values)| table.push(*tag, values));
        table.check(&layout)
    };
    assert_eq!(table(&[(FIRST_PUBLIC_TAG, &[1, 2])]), Ok(()));
    for tag in [0, 8, FIRST_PUBLIC_TAG - 1] {
        assert_eq!(table(&[(tag, &[0, 0])]), Err(TableError::Tag(tag)));
    }
    assert_eq!(table(&[(FIRST_PUBLIC_TAG, &[])]), Err(TableError::Width(0)));
    assert_eq!(
        table(&[(FIRST_PUBLIC_TAG, &[1, 2, 3])]),
        Err(TableError::Width(3))
    );
    let capacity = layout.active_rows();
    let mut long = PublicTable::default();
    (0..=capacity as u64).for_each(|row| long.push(FIRST_PUBLIC_TAG, &[row, 1]));
    let expected = TableError::TooLong {
        rows: capacity + 1,
        capacity,
    };
    assert_eq!(long.check(&layout), Err(expected));
}
