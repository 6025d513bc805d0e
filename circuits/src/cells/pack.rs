//! Where the charges of a circuit stand: sorted so that neighbours share what a row shares, run by
//! run, each run in one copy.
//!
//! The positions of a row have one class, one currency and kind, one holding period. A charge of
//! another sort starts a new row; what it leaves empty is padded. At most `lanes − 1` positions
//! are lost per sort.

use std::ops::Range;

use crate::cells::rows::BookRows;
use crate::credit_risk::Charge;
use crate::protocol::layout::Layout;

/// What the positions of a row share.
pub type Sort = (u32, u32, u32, u64);

/// Hands out positions.
#[derive(Clone, Copy, Debug)]
pub struct Packer {
    lanes: usize,
    capacity: usize,
    position: usize,
    sort: Option<Sort>,
}

impl Packer {
    /// An empty copy.
    pub fn new(layout: &Layout) -> Packer {
        Packer {
            lanes: layout.lanes,
            capacity: layout.positions(),
            position: 0,
            sort: None,
        }
    }

    /// First position of a run of `size`; none if the copy is full.
    pub fn place(&mut self, sort: Sort, size: usize) -> Option<usize> {
        let start = if self.sort.is_none_or(|last| last == sort) {
            self.position
        } else {
            self.position.next_multiple_of(self.lanes)
        };
        if start + size > self.capacity {
            return None;
        }
        self.position = start + size;
        self.sort = Some(sort);
        Some(start)
    }
}

/// The rows that the charges of a copy take, the last one counted whole; none if they do not fit.
pub fn rows_taken(rows: &BookRows<'_>, layout: &Layout, charges: &[&Charge]) -> Option<usize> {
    let mut packer = Packer::new(layout);
    let mut taken = 0;
    for charge in charges {
        let size = BookRows::positions(charge);
        taken = (packer.place(rows.sort(charge), size)? + size).div_ceil(layout.lanes);
    }
    Some(taken)
}

/// Cuts sorted charges into copies: which of them each copy holds. A run that is longer than a
/// copy is none: the book cannot be proven.
pub fn cut(rows: &BookRows<'_>, layout: &Layout, charges: &[&Charge]) -> Option<Vec<Range<usize>>> {
    let mut copies = Vec::new();
    let mut packer = Packer::new(layout);
    let mut start = 0;
    for (index, charge) in charges.iter().enumerate() {
        let (sort, size) = (rows.sort(charge), BookRows::positions(charge));
        if packer.place(sort, size).is_none() {
            copies.push(start..index);
            start = index;
            packer = Packer::new(layout);
            packer.place(sort, size)?;
        }
    }
    if start < charges.len() {
        copies.push(start..charges.len());
    }
    Some(copies)
}
