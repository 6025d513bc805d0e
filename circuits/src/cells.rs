//! The cells: each rule's row circuit, as a module of the engine.
//!
//! | module | rows |
//! | --- | --- |
//! | [`plain`] | one amount, one weight |

pub mod plain;
pub mod tags;
