//! The statement: everything an attestation says in public, in canonical bytes.
//!
//! Integers are little-endian and of fixed width; lists carry their length; there is one encoding
//! of each statement, and decoding refuses every other.
//!
//! | bytes | what |
//! | --- | --- |
//! | 4, 2 | `PLMS`, version 1 |
//! | 20 | LEI |
//! | 8 | as-of time, seconds since 1970-01-01T00:00:00Z, signed |
//! | 8 | sequence number, from 1 |
//! | 32 | digest of the previous attestation, proofs included; zeros for the first |
//! | 32, 32 | digests of rulebook and snapshot |
//! | 1 + n | reporting currency |
//! | 1 | decimal places of the unit, signed |
//! | 1 + 5 each | claims: ratio, threshold (10^-6), by ratio |
//! | 1 + 1 each | stated lines, by their index in the rulebook, ascending |
//! | 1 + (1 + n) each | modules left out by name, ascending |
//! | 1 | whether the balance sheet is in the book |
//! | 1 | prices of options: 0 no derivatives, 1 the snapshot's, 2 the snapshot's or the book's |
//! | 1 + 5 each | row circuits: kind, copies per proof, proofs; by kind |
//! | 2 | vouchers for signed columns, in the order of the proofs: |
//! | 32, 2 + 2 each | … digest of the voucher; its proofs, of each the rows vouched for |

use crate::amount::{MAX_SCALE, MIN_SCALE};
use crate::book::Lei;
use crate::claim::{Claim, MAX_THRESHOLD, Ratio};
use crate::protocol::layout::MAX_COPIES;

/// Version of the encoding.
pub const VERSION: u16 = 1;
const MAGIC: &[u8; 4] = b"PLMS";
/// Most vouchers of one statement.
pub const MAX_VOUCHERS: usize = 64;
/// Most copies in one proof.
pub const MAX_COPIES_PER_PROOF: u16 = 8;

/// A row circuit of credit risk or counterparty credit risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowCircuit {
    /// One amount, one weight.
    Plain,
    /// Bands, splits, provisions.
    Banded,
    /// Collateral.
    Secured,
    /// Collateral with a security lent or a maturity mismatch.
    SecuredGeneral,
    /// Derivatives by SA-CCR.
    Derivatives,
    /// Plain exposures in columns that data owners signed.
    Vouched,
    /// Plain exposures, one a row: the rule of [`RowCircuit::Plain`], for few of them.
    PlainSingle,
    /// Collateral, one position a row: the rule of [`RowCircuit::Secured`], for few of them.
    SecuredSingle,
}

impl RowCircuit {
    /// All, in the order of the statement.
    pub const ALL: [RowCircuit; 8] = [
        RowCircuit::Plain,
        RowCircuit::Banded,
        RowCircuit::Secured,
        RowCircuit::SecuredGeneral,
        RowCircuit::Derivatives,
        RowCircuit::Vouched,
        RowCircuit::PlainSingle,
        RowCircuit::SecuredSingle,
    ];

    /// Code in the statement.
    pub fn code(self) -> u8 {
        match self {
            RowCircuit::Plain => 0,
            RowCircuit::Banded => 1,
            RowCircuit::Secured => 2,
            RowCircuit::SecuredGeneral => 3,
            RowCircuit::Derivatives => 4,
            RowCircuit::Vouched => 5,
            RowCircuit::PlainSingle => 6,
            RowCircuit::SecuredSingle => 7,
        }
    }

    /// Whether its copies count collateral items by carry columns.
    pub fn carries(self) -> bool {
        use RowCircuit::{Secured, SecuredGeneral, SecuredSingle};
        matches!(self, Secured | SecuredGeneral | SecuredSingle)
    }

    /// The circuit that takes the same exposures and has more of them in a row; itself where there
    /// is none.
    pub fn wide(self) -> RowCircuit {
        match self {
            RowCircuit::PlainSingle => RowCircuit::Plain,
            RowCircuit::SecuredSingle => RowCircuit::Secured,
            other => other,
        }
    }

    /// The circuit that takes the same exposures, as many of them as fit one copy, one in a row.
    pub fn single(self) -> Option<RowCircuit> {
        let mut all = RowCircuit::ALL.into_iter();
        all.find(|circuit| *circuit != self && circuit.wide() == self)
    }

    /// Name for people.
    pub fn name(self) -> &'static str {
        match self {
            RowCircuit::Plain => "plain exposures",
            RowCircuit::Banded => "banded exposures",
            RowCircuit::Secured => "secured exposures",
            RowCircuit::SecuredGeneral => "secured exposures, general",
            RowCircuit::Derivatives => "derivatives",
            RowCircuit::Vouched => "vouched exposures",
            RowCircuit::PlainSingle => "plain exposures, few",
            RowCircuit::SecuredSingle => "secured exposures, few",
        }
    }
}

/// Module number of the capital proof in challenges; row circuits have their code.
pub(crate) const CAPITAL_MODULE: u32 = 255;

/// Where the prices come from on which the deltas of options rest. Spot prices of notionals and
/// exchange rates are the snapshot's always.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prices {
    /// From the snapshot alone.
    Snapshot,
    /// From the snapshot or the book, option by option.
    Book,
}

impl Prices {
    /// For people; printed in signed files.
    pub fn name(self) -> &'static str {
        match self {
            Prices::Snapshot => "snapshot",
            Prices::Book => "snapshot or book",
        }
    }
}

/// How many proofs of a row circuit there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowProofs {
    /// Which circuit.
    pub circuit: RowCircuit,
    /// Copies in each proof.
    pub copies: u16,
    /// Number of proofs.
    pub shards: u16,
}

/// A voucher that a statement rests on, and the proofs whose columns it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherRef {
    /// Digest of the voucher ([`crate::voucher`]).
    pub digest: [u8; 32],
    /// For each of its proofs, in order: how many rows are vouched for.
    pub rows: Vec<u16>,
}

/// Which modules the row circuits of a statement compute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// Credit risk of exposures.
    pub credit_risk: bool,
    /// Counterparty credit risk of derivatives.
    pub counterparty_risk: bool,
}

impl Linked {
    /// Those of a list of row circuits.
    pub fn of(rows: &[RowProofs]) -> Self {
        let derivatives = |rows: &&RowProofs| rows.circuit == RowCircuit::Derivatives;
        let count = rows.iter().filter(derivatives).count();
        Self {
            credit_risk: rows.len() > count,
            counterparty_risk: count > 0,
        }
    }

    /// Whether anything is linked.
    pub fn any(self) -> bool {
        self.credit_risk || self.counterparty_risk
    }
}

/// The statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The institution.
    pub lei: Lei,
    /// What time the book describes, seconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
    /// Sequence number of the institution's attestations, from 1.
    pub sequence: u64,
    /// Digest of the previous attestation, proofs included; zeros for the first.
    pub previous: [u8; 32],
    /// Digest of the rulebook.
    pub rulebook: [u8; 32],
    /// Digest of the snapshot.
    pub snapshot: [u8; 32],
    /// Reporting currency.
    pub currency: String,
    /// Decimal places of the unit.
    pub scale: i8,
    /// Claims, by ratio, each at most once.
    pub claims: Vec<Claim>,
    /// Stated lines, by their index in the rulebook, ascending.
    pub stated: Vec<u8>,
    /// Modules that the claims need and that are neither linked nor stated, ascending.
    pub without: Vec<String>,
    /// Whether assets, liabilities and equity are in the book and agree.
    pub balance_sheet: bool,
    /// Where the prices of options come from; none without derivatives.
    pub prices: Option<Prices>,
    /// Row circuits, by kind.
    pub rows: Vec<RowProofs>,
    /// Vouchers, in the order of the proofs of vouched exposures; each proof has one.
    pub vouchers: Vec<VoucherRef>,
}

/// Why bytes are not a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// It ends too early.
    #[error("the statement is cut short")]
    Short,
    /// Something follows.
    #[error("there are bytes after the statement")]
    Trailing,
    /// Not a statement at all.
    #[error("this is not a statement")]
    Magic,
    /// Another version.
    #[error("statement version {0} is not known")]
    Version(u16),
    /// A field holds a value that no statement has.
    #[error("the statement's {0} is not in canonical form")]
    Field(&'static str),
}

impl Statement {
    /// What the row circuits compute, for people: circuits of one rule once.
    pub fn computed(&self) -> Vec<&'static str> {
        let mut computed: Vec<&str> = Vec::new();
        for rows in &self.rows {
            let name = rows.circuit.wide().name();
            if !computed.contains(&name) {
                computed.push(name);
            }
        }
        computed
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.lei.0);
        bytes.extend_from_slice(&self.as_of.to_le_bytes());
        bytes.extend_from_slice(&self.sequence.to_le_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.rulebook);
        bytes.extend_from_slice(&self.snapshot);
        text(&mut bytes, &self.currency);
        bytes.extend_from_slice(&self.scale.to_le_bytes());
        bytes.push(self.claims.len() as u8);
        for claim in &self.claims {
            bytes.push(slot(claim.ratio));
            bytes.extend_from_slice(&claim.threshold.to_le_bytes());
        }
        bytes.push(self.stated.len() as u8);
        bytes.extend_from_slice(&self.stated);
        bytes.push(self.without.len() as u8);
        for module in &self.without {
            text(&mut bytes, module);
        }
        bytes.push(self.balance_sheet.into());
        bytes.push(match self.prices {
            None => 0,
            Some(Prices::Snapshot) => 1,
            Some(Prices::Book) => 2,
        });
        bytes.push(self.rows.len() as u8);
        for rows in &self.rows {
            bytes.push(rows.circuit.code());
            bytes.extend_from_slice(&rows.copies.to_le_bytes());
            bytes.extend_from_slice(&rows.shards.to_le_bytes());
        }
        bytes.extend_from_slice(&(self.vouchers.len() as u16).to_le_bytes());
        for voucher in &self.vouchers {
            bytes.extend_from_slice(&voucher.digest);
            bytes.extend_from_slice(&(voucher.rows.len() as u16).to_le_bytes());
            for rows in &voucher.rows {
                bytes.extend_from_slice(&rows.to_le_bytes());
            }
        }
        bytes
    }

    /// Reads canonical bytes.
    pub fn decode(bytes: &[u8]) -> Result<Statement, StatementError> {
        let mut reader = Reader(bytes);
        if reader.take(4)? != MAGIC {
            return Err(StatementError::Magic);
        }
        let version = u16::from_le_bytes(reader.array()?);
        if version != VERSION {
            return Err(StatementError::Version(version));
        }
        let statement = Statement {
            lei: reader.lei()?,
            as_of: i64::from_le_bytes(reader.array()?),
            sequence: u64::from_le_bytes(reader.array()?),
            previous: reader.array()?,
            rulebook: reader.array()?,
            snapshot: reader.array()?,
            currency: reader.text(8, "currency")?,
            scale: i8::from_le_bytes(reader.array()?),
            claims: reader.claims()?,
            stated: reader.stated()?,
            without: reader.without()?,
            balance_sheet: match reader.byte()? {
                0 => false,
                1 => true,
                _ => return Err(StatementError::Field("balance sheet mark")),
            },
            prices: match reader.byte()? {
                0 => None,
                1 => Some(Prices::Snapshot),
                2 => Some(Prices::Book),
                _ => return Err(StatementError::Field("source of prices")),
            },
            rows: reader.rows()?,
            vouchers: reader.vouchers()?,
        };
        if statement.prices.is_some() != statement.linked().counterparty_risk {
            return Err(StatementError::Field("source of prices"));
        }
        if !statement.vouches_once() {
            return Err(StatementError::Field("list of signed columns"));
        }
        if !reader.0.is_empty() {
            return Err(StatementError::Trailing);
        }
        if statement.sequence == 0 || (statement.sequence == 1) != (statement.previous == [0; 32]) {
            return Err(StatementError::Field("sequence"));
        }
        if !(MIN_SCALE..=MAX_SCALE).contains(&statement.scale) {
            return Err(StatementError::Field("scale"));
        }
        let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        if statement.currency.len() < 2 || !statement.currency.chars().all(upper) {
            return Err(StatementError::Field("currency"));
        }
        Ok(statement)
    }

    /// Whether each proof of vouched exposures has its voucher, and every voucher its proofs.
    fn vouches_once(&self) -> bool {
        let mut proofs = self.rows.iter();
        let vouched = proofs.find(|rows| rows.circuit == RowCircuit::Vouched);
        let blocks: usize = self.vouchers.iter().map(|voucher| voucher.rows.len()).sum();
        blocks == vouched.map_or(0, |rows| usize::from(rows.shards))
    }

    /// Which modules its row circuits compute.
    pub fn linked(&self) -> Linked {
        Linked::of(&self.rows)
    }

    /// BLAKE2b-256 over the canonical bytes.
    pub fn digest(&self) -> [u8; 32] {
        crate::canonical::digest(b"Plimsoll-stmt-01", &self.encode())
    }
}

fn slot(ratio: Ratio) -> u8 {
    Ratio::ALL
        .iter()
        .position(|known| *known == ratio)
        .unwrap_or(0) as u8
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(text.len() as u8);
    bytes.extend_from_slice(text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], StatementError> {
        if self.0.len() < count {
            return Err(StatementError::Short);
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StatementError> {
        let taken = self.take(N)?;
        Ok(std::array::from_fn(|i| taken[i]))
    }

    fn byte(&mut self) -> Result<u8, StatementError> {
        Ok(self.array::<1>()?[0])
    }

    fn lei(&mut self) -> Result<Lei, StatementError> {
        let bytes = self.array::<20>()?;
        let text = std::str::from_utf8(&bytes).map_err(|_| StatementError::Field("LEI"))?;
        Lei::parse(text).map_err(|_| StatementError::Field("LEI"))
    }

    fn text(&mut self, longest: usize, what: &'static str) -> Result<String, StatementError> {
        let length = usize::from(self.byte()?);
        if length == 0 || length > longest {
            return Err(StatementError::Field(what));
        }
        let bytes = self.take(length)?;
        let printable = bytes.iter().all(|b| b.is_ascii_graphic());
        let text = std::str::from_utf8(bytes).map_err(|_| StatementError::Field(what))?;
        if printable {
            Ok(text.to_owned())
        } else {
            Err(StatementError::Field(what))
        }
    }

    fn claims(&mut self) -> Result<Vec<Claim>, StatementError> {
        let mut claims: Vec<Claim> = Vec::new();
        for _ in 0..self.byte()? {
            let ratio = Ratio::ALL.get(usize::from(self.byte()?)).copied();
            let threshold = u32::from_le_bytes(self.array()?);
            let claim = ratio.map(|ratio| Claim { ratio, threshold });
            let in_order =
                |claim: &Claim| claims.last().is_none_or(|last| last.ratio < claim.ratio);
            match claim.filter(|c| c.threshold <= MAX_THRESHOLD && in_order(c)) {
                Some(claim) => claims.push(claim),
                None => return Err(StatementError::Field("claim")),
            }
        }
        if claims.is_empty() {
            Err(StatementError::Field("claim"))
        } else {
            Ok(claims)
        }
    }

    fn stated(&mut self) -> Result<Vec<u8>, StatementError> {
        let count = usize::from(self.byte()?);
        let stated = self.take(count)?.to_vec();
        if stated.is_sorted_by(|a, b| a < b) {
            Ok(stated)
        } else {
            Err(StatementError::Field("stated lines"))
        }
    }

    fn without(&mut self) -> Result<Vec<String>, StatementError> {
        let mut without = Vec::new();
        for _ in 0..self.byte()? {
            without.push(self.text(64, "list of modules left out")?);
        }
        let ascending = without.is_sorted_by(|a, b| a < b);
        if ascending {
            Ok(without)
        } else {
            Err(StatementError::Field("list of modules left out"))
        }
    }

    fn rows(&mut self) -> Result<Vec<RowProofs>, StatementError> {
        let mut list: Vec<RowProofs> = Vec::new();
        let mut copies_in_all = 0usize;
        for _ in 0..self.byte()? {
            let code = self.byte()?;
            let copies = u16::from_le_bytes(self.array()?);
            let shards = u16::from_le_bytes(self.array()?);
            let total = usize::from(copies) * usize::from(shards);
            copies_in_all += total;
            let circuit = RowCircuit::ALL.into_iter().find(|kind| kind.code() == code);
            let in_order = |kind: &RowCircuit| list.last().is_none_or(|last| last.circuit < *kind);
            // How many rows are vouched for is public anyway.
            let whole = match circuit {
                Some(RowCircuit::Vouched) => copies == 1 && shards > 0,
                _ => total.is_power_of_two(),
            };
            let fits = whole && copies <= MAX_COPIES_PER_PROOF && copies_in_all <= MAX_COPIES;
            match circuit.filter(|kind| in_order(kind) && fits) {
                Some(circuit) => list.push(RowProofs {
                    circuit,
                    copies,
                    shards,
                }),
                None => return Err(StatementError::Field("list of proofs")),
            }
        }
        Ok(list)
    }

    fn vouchers(&mut self) -> Result<Vec<VoucherRef>, StatementError> {
        let wrong = StatementError::Field("list of signed columns");
        let mut list: Vec<VoucherRef> = Vec::new();
        let count = u16::from_le_bytes(self.array()?);
        if usize::from(count) > MAX_VOUCHERS {
            return Err(wrong);
        }
        for _ in 0..count {
            let digest = self.array()?;
            let blocks = u16::from_le_bytes(self.array()?);
            let mut rows = Vec::new();
            for _ in 0..blocks {
                rows.push(u16::from_le_bytes(self.array()?));
            }
            let new = list.iter().all(|known| known.digest != digest);
            if !new || rows.is_empty() || rows.contains(&0) {
                return Err(wrong);
            }
            list.push(VoucherRef { digest, rows });
        }
        Ok(list)
    }
}
