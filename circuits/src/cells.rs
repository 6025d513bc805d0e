//! The cells: each rule's row circuit, as a module of the engine.
//!
//! | module | rows |
//! | --- | --- |
//! | [`plain`] | one amount, one weight |
//! | [`vouched`] | the same, in columns that a data owner signed |
//! | [`banded`] | provisions, loan-to-value bands, splits, currency mismatch |
//! | [`secured`] | collateral by the comprehensive approach |
//! | [`secured_general`] | the same with a security lent or a maturity mismatch |
//! | [`capital`] | capital items, stated lines, claims

pub mod banded;
pub mod capital;
pub mod derivatives;
pub mod fill;
pub mod pack;
pub mod plain;
pub mod rows;
pub mod secured;
pub mod secured_general;
pub mod tables;
pub mod tags;
pub mod vouched;
