//! Expressions over the cells of one position, as a module's author writes them.
//!
//! The same tree is lowered to halo2 (`circuit`), evaluated to solve a witness (`witness`) and
//! evaluated again to say which constraint fails (`evaluate`).

use std::ops::{Add, Mul, Neg, Sub};

use ff::Field;

use crate::field::Fp;

/// A data column of a module, by its index in the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Col(pub usize);

impl Col {
    /// The cell at this position.
    pub fn here(self) -> Expr {
        Expr::Cell {
            col: self,
            next: false,
        }
    }

    /// The cell at the next position: the next lane of the row, or the first lane of the next row.
    pub fn next(self) -> Expr {
        Expr::Cell {
            col: self,
            next: true,
        }
    }
}

/// A polynomial over cells of first-round columns.
#[derive(Clone, Debug)]
pub enum Expr {
    /// A constant.
    Const(Fp),
    /// A cell.
    Cell {
        /// Its column.
        col: Col,
        /// Whether it is the next position's.
        next: bool,
    },
    /// A sum.
    Sum(Box<Expr>, Box<Expr>),
    /// A product.
    Product(Box<Expr>, Box<Expr>),
    /// A product with a constant.
    Scaled(Box<Expr>, Fp),
}

impl Expr {
    /// The polynomial's degree in the cells.
    pub fn degree(&self) -> usize {
        match self {
            Expr::Const(_) => 0,
            Expr::Cell { .. } => 1,
            Expr::Sum(a, b) => a.degree().max(b.degree()),
            Expr::Product(a, b) => a.degree() + b.degree(),
            Expr::Scaled(a, _) => a.degree(),
        }
    }

    /// Whether a cell of the next position occurs.
    pub fn looks_ahead(&self) -> bool {
        match self {
            Expr::Const(_) => false,
            Expr::Cell { next, .. } => *next,
            Expr::Sum(a, b) | Expr::Product(a, b) => a.looks_ahead() || b.looks_ahead(),
            Expr::Scaled(a, _) => a.looks_ahead(),
        }
    }

    /// Calls `visit` on every cell that occurs.
    pub fn for_each_cell(&self, visit: &mut impl FnMut(Col, bool)) {
        match self {
            Expr::Const(_) => {}
            Expr::Cell { col, next } => visit(*col, *next),
            Expr::Sum(a, b) | Expr::Product(a, b) => {
                a.for_each_cell(visit);
                b.for_each_cell(visit);
            }
            Expr::Scaled(a, _) => a.for_each_cell(visit),
        }
    }

    /// The value, given the cells.
    pub fn eval(&self, cell: &impl Fn(Col, bool) -> Fp) -> Fp {
        match self {
            Expr::Const(c) => *c,
            Expr::Cell { col, next } => cell(*col, *next),
            Expr::Sum(a, b) => a.eval(cell) + b.eval(cell),
            Expr::Product(a, b) => {
                let left = a.eval(cell);
                if bool::from(left.is_zero()) {
                    Fp::ZERO
                } else {
                    left * b.eval(cell)
                }
            }
            Expr::Scaled(a, c) => a.eval(cell) * c,
        }
    }

    /// The same polynomial in another algebra.
    pub fn lower<T>(&self, cell: &mut impl FnMut(Col, bool) -> T, constant: &impl Fn(Fp) -> T) -> T
    where
        T: Add<T, Output = T> + Mul<T, Output = T> + Mul<Fp, Output = T>,
    {
        match self {
            Expr::Const(c) => constant(*c),
            Expr::Cell { col, next } => cell(*col, *next),
            Expr::Sum(a, b) => {
                let left = a.lower(cell, constant);
                left + b.lower(cell, constant)
            }
            Expr::Product(a, b) => {
                let left = a.lower(cell, constant);
                left * b.lower(cell, constant)
            }
            Expr::Scaled(a, c) => a.lower(cell, constant) * *c,
        }
    }
}

impl From<u64> for Expr {
    fn from(value: u64) -> Self {
        Expr::Const(Fp::from(value))
    }
}

impl Add for Expr {
    type Output = Expr;
    fn add(self, other: Expr) -> Expr {
        Expr::Sum(Box::new(self), Box::new(other))
    }
}

impl Neg for Expr {
    type Output = Expr;
    fn neg(self) -> Expr {
        Expr::Scaled(Box::new(self), -Fp::ONE)
    }
}

impl Sub for Expr {
    type Output = Expr;
    fn sub(self, other: Expr) -> Expr {
        self + (-other)
    }
}

impl Mul for Expr {
    type Output = Expr;
    fn mul(self, other: Expr) -> Expr {
        Expr::Product(Box::new(self), Box::new(other))
    }
}

impl Mul<Fp> for Expr {
    type Output = Expr;
    fn mul(self, factor: Fp) -> Expr {
        Expr::Scaled(Box::new(self), factor)
    }
}

impl Mul<u64> for Expr {
    type Output = Expr;
    fn mul(self, factor: u64) -> Expr {
        Expr::Scaled(Box::new(self), Fp::from(factor))
    }
}

/// 1 − x.
pub fn not(x: Expr) -> Expr {
    Expr::from(1) - x
}
