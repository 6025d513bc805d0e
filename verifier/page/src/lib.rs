//! The verifier as a page.
