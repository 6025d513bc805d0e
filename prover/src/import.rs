//! Books from what institutions already publish.

pub mod fr_y9c;
pub mod option_chain;
