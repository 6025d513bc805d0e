//! Verification of attestations.
