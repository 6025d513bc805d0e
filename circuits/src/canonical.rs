//! Canonical bytes: little-endian integers of fixed width, strings and lists with their length.

use blake2b_simd::Params;

/// Collects canonical bytes.
#[derive(Default)]
pub(crate) struct Bytes(Vec<u8>);

impl Bytes {
    pub(crate) fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    /// Bytes of a fixed number.
    pub(crate) fn array<const N: usize>(&mut self, value: &[u8; N]) {
        self.0.extend_from_slice(value);
    }

    /// Length as u32, then UTF-8.
    pub(crate) fn text(&mut self, value: &str) {
        self.len(value.len());
        self.0.extend_from_slice(value.as_bytes());
    }

    /// The length of a list; the parsers' limits keep it far below 2^32.
    pub(crate) fn len(&mut self, len: usize) {
        self.u32(u32::try_from(len).unwrap_or(u32::MAX));
    }

    /// 0, or 1 and the value.
    pub(crate) fn option(&mut self, value: Option<u32>) {
        match value {
            None => self.u8(0),
            Some(value) => {
                self.u8(1);
                self.u32(value);
            }
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// BLAKE2b-256 with a personalisation of at most 16 bytes.
pub(crate) fn digest(personal: &[u8; 16], bytes: &[u8]) -> [u8; 32] {
    let hash = Params::new().hash_length(32).personal(personal).hash(bytes);
    let mut out = [0; 32];
    out.copy_from_slice(hash.as_bytes());
    out
}
