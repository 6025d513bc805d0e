//! Books, assessments and proofs.
