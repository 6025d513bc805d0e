//! Whether a system of linear equations has a solution without a negative number, exactly.

use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// Σ coefficient · variable = constant.
#[derive(Clone, Debug)]
pub(crate) struct Equation {
    pub(crate) terms: Vec<(usize, BigRational)>,
    pub(crate) constant: BigRational,
}

/// Phase one of the simplex method with Bland's rule, over fractions.
pub(crate) fn is_feasible(equations: &[Equation], variables: usize) -> bool {
    let rows = equations.len();
    // Each row: variables, then the right side, which is never negative. The artificial variable of
    // a row is its basis at first; one that has left never comes back.
    let mut table: Vec<Vec<BigRational>> = equations
        .iter()
        .map(|equation| {
            let mut row = vec![BigRational::zero(); variables + 1];
            for (variable, c) in &equation.terms {
                row[*variable] += c;
            }
            row[variables].clone_from(&equation.constant);
            if row[variables].is_negative() {
                row.iter_mut().for_each(|entry| *entry = -entry.clone());
            }
            row
        })
        .collect();
    let mut basis: Vec<Option<usize>> = vec![None; rows];
    loop {
        // What is left of the artificial variables, as a sum of rows.
        let artificial: Vec<usize> = (0..rows).filter(|row| basis[*row].is_none()).collect();
        let left = |column: usize| -> BigRational {
            artificial.iter().map(|row| &table[*row][column]).sum()
        };
        if left(variables).is_zero() {
            return true;
        }
        let Some(entering) = (0..variables).find(|column| left(*column).is_positive()) else {
            return false;
        };
        let ratio = |row: &usize| &table[*row][variables] / &table[*row][entering];
        let candidates = (0..rows).filter(|row| table[*row][entering].is_positive());
        // Bland: of equal ratios the lowest variable; artificial ones first of all.
        let leaving = candidates.min_by(|a, b| {
            let rank = |row: &usize| basis[*row].map_or(0, |variable| variable + 1);
            ratio(a).cmp(&ratio(b)).then(rank(a).cmp(&rank(b)))
        });
        let leaving = leaving.expect("the sum is bounded below by zero");
        let pivot = table[leaving][entering].clone();
        table[leaving].iter_mut().for_each(|entry| *entry /= &pivot);
        let row = table[leaving].clone();
        for (number, other) in table.iter_mut().enumerate() {
            if number != leaving && !other[entering].is_zero() {
                let factor = other[entering].clone();
                for (entry, by) in other.iter_mut().zip(&row) {
                    if !by.is_zero() {
                        *entry -= by * &factor;
                    }
                }
            }
        }
        basis[leaving] = Some(entering);
    }
}

#[test]
fn small_systems() {
    let number = |n: i64| BigRational::from_integer(n.into());
    let system = |rows: &[(&[i64], i64)]| {
        let equation = |(terms, constant): &(&[i64], i64)| Equation {
            terms: terms.iter().map(|c| number(*c)).enumerate().collect(),
            constant: number(*constant),
        };
        is_feasible(&rows.iter().map(equation).collect::<Vec<_>>(), 3)
    };
    assert!(system(&[]));
    assert!(system(&[(&[1, 1, 0], 5), (&[1, -1, 0], 1)]));
    assert!(!system(&[(&[1, 1, 0], 5), (&[1, -1, 0], 6)]));
    assert!(!system(&[(&[1, 1, 1], -1)]));
    assert!(system(&[(&[-1, -1, -1], -1)]));
    assert!(!system(&[(&[2, 3, 0], 1), (&[4, 6, 0], 3)]));
    assert!(system(&[
        (&[1, 0, -1], 0),
        (&[0, 1, -1], 0),
        (&[1, 1, 1], 0)
    ]));
}
