//! The library of Plimsoll: rules, numbers, cells, claims.
//!
//! Reading goes one way. A **rule** (a rulebook entry with its paragraph) becomes a **number**
//! (the integer twin), the number becomes **cells** (a module of the engine), and the cells
//! support a public **claim**. Nothing here reads a file, a clock or a terminal.

pub mod amount;
pub mod attestation;
pub mod book;
mod canonical;
pub mod capital;
pub mod cells;
pub mod claim;
pub mod counterparty_risk;
pub mod countersignature;
pub mod credit_risk;
pub mod decimal;
pub mod disclosure;
pub mod document;
pub mod envelope;
pub mod field;
pub mod fixed_point;
mod parallel;
pub mod pinned;
pub mod processor;
pub mod proofs;
pub mod protocol;
pub mod receipt;
pub mod rule_error;
pub mod rulebook;
mod silent;
pub mod snapshot;
pub mod statement;
pub mod text;
pub mod voucher;
