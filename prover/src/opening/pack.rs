//! A column in few bytes: a width, the rows up to where the last value repeats, that value.
//!
//! `width (1) ‖ rows (4) ‖ rows × width ‖ width`, little-endian.

use ff::PrimeField;
use plimsoll_circuits::field::Fp;
use zeroize::Zeroizing;

/// Bytes of a field element.
const WIDEST: usize = 32;

/// Packs a column.
pub(super) fn packed(column: &[Fp]) -> Zeroizing<Vec<u8>> {
    let last = column.last().copied().unwrap_or_default();
    let rows = column.iter().rposition(|value| *value != last);
    let rows = rows.map_or(0, |row| row + 1);
    let used = |value: &Fp| {
        let bytes = value.to_repr();
        bytes
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1)
    };
    let width = column.iter().map(used).max().unwrap_or(0);
    let mut out = Zeroizing::new(Vec::with_capacity(5 + (rows + 1) * width));
    out.push(width as u8);
    out.extend_from_slice(&(rows as u32).to_le_bytes());
    for value in column[..rows].iter().chain([&last]) {
        out.extend_from_slice(&value.to_repr()[..width]);
    }
    out
}

/// Unpacks a column of `length` rows; none if the bytes are no such column.
pub(super) fn unpacked(bytes: &[u8], length: usize) -> Option<Zeroizing<Vec<Fp>>> {
    let (width, rest) = bytes.split_first()?;
    let width = usize::from(*width);
    let (rows, rest) = rest.split_first_chunk::<4>()?;
    let rows = u32::from_le_bytes(*rows) as usize;
    if width > WIDEST || rows > length || rest.len() != (rows + 1).checked_mul(width)? {
        return None;
    }
    let element = |at: usize| {
        let mut repr = [0; WIDEST];
        repr[..width].copy_from_slice(&rest[at * width..(at + 1) * width]);
        Option::<Fp>::from(Fp::from_repr(repr))
    };
    let mut column = Zeroizing::new(Vec::with_capacity(length));
    for at in 0..rows {
        column.push(element(at)?);
    }
    column.resize(length, element(rows)?);
    Some(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_come_back() {
        let numbers = |all: &[u64]| all.iter().map(|n| Fp::from(*n)).collect::<Vec<_>>();
        for column in [
            numbers(&[0; 9]),
            numbers(&[7; 9]),
            numbers(&[1, 2, 3, 256, 0, 0, 0, 0, 0]),
            numbers(&[0, 0, 0, 0, 0, 0, 0, 0, u64::MAX]),
            vec![-Fp::one(); 9],
        ] {
            let bytes = packed(&column);
            assert_eq!(unpacked(&bytes, 9).as_deref(), Some(&column));
            assert_eq!(unpacked(&bytes[..bytes.len() - 1], 9), None);
            let more = [&bytes[..], &[0]].concat();
            assert_eq!(unpacked(&more, 9), None);
        }
        assert_eq!(packed(&numbers(&[5; 9])).len(), 6);
        assert_eq!(unpacked(&packed(&numbers(&[1, 2, 3])), 1), None);
        assert_eq!(unpacked(&[], 1), None);
        // An element is below p.
        let above = [&[32, 0, 0, 0, 0][..], &[0xff; 32]].concat();
        assert_eq!(unpacked(&above, 1), None);
    }
}
