//! What exactly is wrong, in one word for machines: `room.vice`, from a closed list.
//!
//! A reason says what a reader has to do with an answer; a cause says which check gave it. What is
//! unreadable is unreadable in some eighty ways, and a reader of logs wants to know which.

use plimsoll_circuits::attestation::AttestationError;
use plimsoll_circuits::countersignature::CountersignatureError;
use plimsoll_circuits::disclosure::{DisclosureError, RecordError};
use plimsoll_circuits::document::DocumentError;
use plimsoll_circuits::envelope::EnvelopeError;
use plimsoll_circuits::proofs::{LinkError, PlanError};
use plimsoll_circuits::protocol::opening::OpeningError;
use plimsoll_circuits::protocol::verify::ProofError;
use plimsoll_circuits::statement::StatementError;
use plimsoll_circuits::voucher::{Clause, VoucherError};

use super::{Outcome, Refusal, Unknown};
use crate::countersigned::CounterError;

/// The cause, where the reason's word does not say it all.
pub(super) fn of(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Refused(Refusal::Statement(error)) => Some(plan(error)),
        Outcome::Refused(Refusal::Proof { error, .. }) => Some(proof(error)),
        Outcome::Refused(Refusal::Link(error)) => Some(link(error)),
        Outcome::Refused(Refusal::Voucher(error)) => Some(clause(error.clause)),
        Outcome::Refused(Refusal::Countersignature(error)) => Some(counter(error)),
        Outcome::Refused(Refusal::Copy(field)) => Some(format!("copy.{field}")),
        Outcome::CannotTell(Unknown::Unreadable(error)) => Some(document(error)),
        Outcome::CannotTell(Unknown::File(_)) => Some("file.unreadable".to_owned()),
        _ => None,
    }
}

fn in_room(room: &str, vice: &str) -> String {
    format!("{room}.{vice}")
}

/// An envelope.
pub(crate) fn envelope(error: &EnvelopeError) -> String {
    let vice = match error {
        EnvelopeError::TooLarge(_) => "too_large",
        EnvelopeError::Malformed(error) => error.vice.word(),
        EnvelopeError::PayloadType { .. } => "payload_type",
        EnvelopeError::Base64(field) => return in_room("envelope.base64", field),
        EnvelopeError::KeyId => "key_id",
        EnvelopeError::SignatureLength => "signature_length",
        EnvelopeError::Order => "signature_order",
        EnvelopeError::TooMany => "too_many_signatures",
        EnvelopeError::NotCanonical => "form",
    };
    in_room("envelope", vice)
}

fn document(error: &DocumentError) -> String {
    let vice = match error {
        DocumentError::Envelope(error) => return envelope(error),
        DocumentError::Attestation(error) => return attestation(error),
        DocumentError::Voucher { error, .. } => return voucher(error),
        DocumentError::Malformed(error) => error.vice.word(),
        DocumentError::Version => "version",
        DocumentError::Base64 => "base64",
        DocumentError::Copy(_) => "copy",
        DocumentError::NotCanonical => "form",
    };
    in_room("payload", vice)
}

fn attestation(error: &AttestationError) -> String {
    let vice = match error {
        AttestationError::Statement(error) => return statement(error),
        AttestationError::TooLarge => "too_large",
        AttestationError::Short => "cut",
        AttestationError::Magic => "magic",
        AttestationError::Version(_) => "version",
        AttestationError::Proofs { .. } => "number_of_proofs",
    };
    in_room("attestation", vice)
}

fn statement(error: &StatementError) -> String {
    let vice = match error {
        StatementError::Field(field) => {
            let field = field.to_lowercase().replace(' ', "_");
            return in_room("statement", &field);
        }
        StatementError::Short => "cut",
        StatementError::Trailing => "trailing",
        StatementError::Magic => "magic",
        StatementError::Version(_) => "version",
    };
    in_room("statement", vice)
}

/// A voucher that cannot be read.
fn voucher(error: &VoucherError) -> String {
    let vice = match error {
        VoucherError::Envelope(error) => return envelope(error),
        VoucherError::Malformed(error) => error.vice.word(),
        VoucherError::Version => "version",
        VoucherError::Field(field) => field,
        VoucherError::NotCanonical => "form",
    };
    in_room("voucher", vice)
}

/// A voucher that does not vouch for what the attestation says.
fn clause(clause: Clause) -> String {
    let vice = match clause {
        Clause::Missing => "missing",
        Clause::Unnamed => "unnamed",
        Clause::Signature => "signature",
        Clause::Schema => "schema",
        Clause::Scale => "scale",
        Clause::Parameters => "parameters",
        Clause::Circuit => "circuit",
        Clause::Words => "words",
        Clause::Beneficiary => "beneficiary",
        Clause::AsOf => "as_of",
        Clause::Account => "account",
        Clause::Rows => "rows",
        Clause::Position => "position",
        Clause::Twice => "twice",
    };
    in_room("voucher", vice)
}

fn plan(error: &PlanError) -> String {
    let vice = match error {
        PlanError::Ratio(_) => "ratio",
        PlanError::Line(_) => "line",
        PlanError::StatedLine(_) => "stated_line",
        PlanError::Twice(_) => "twice",
        PlanError::Derivatives => "derivatives",
        PlanError::BalanceSheet => "balance_sheet",
        PlanError::Without => "without",
        PlanError::Currency => "currency",
        PlanError::VouchedRows => "vouched_rows",
        PlanError::Rulebook(_) => "rulebook",
    };
    in_room("rules", vice)
}

fn proof(error: &ProofError) -> String {
    let vice = match error {
        ProofError::Empty => "empty",
        ProofError::Length { .. } => "length",
        ProofError::Point => "point",
        ProofError::Commitments => "commitments",
        ProofError::Table(_) => "table",
        ProofError::Invalid => "invalid",
    };
    in_room("proof", vice)
}

fn link(error: &LinkError) -> String {
    let vice = match error {
        LinkError::Totals => "totals",
        LinkError::Carry => "carry",
        LinkError::Capital => "capital",
    };
    in_room("link", vice)
}

/// A countersignature.
fn counter(error: &CounterError) -> String {
    let vice = match error {
        CounterError::Unreadable(error) => return countersignature(error),
        CounterError::OtherAttestation => "other_attestation",
        CounterError::Commitments => "commitments",
        CounterError::Unsigned => "unsigned",
        CounterError::Signature(_) => "signature",
        CounterError::Own(_) => "own_key",
    };
    in_room("countersignature", vice)
}

fn countersignature(error: &CountersignatureError) -> String {
    let vice = match error {
        CountersignatureError::Envelope(error) => return envelope(error),
        CountersignatureError::Malformed(error) => error.vice.word(),
        CountersignatureError::Version => "version",
        CountersignatureError::Form(field) => field,
        CountersignatureError::NotCanonical => "form",
    };
    in_room("countersignature", vice)
}

/// A disclosure that cannot be read, or one of its records.
pub(crate) fn disclosure(error: &DisclosureError) -> String {
    let vice = match error {
        DisclosureError::Envelope(error) => return envelope(error),
        DisclosureError::Malformed(error) => error.vice.word(),
        DisclosureError::Version => "version",
        DisclosureError::Form(field) => field,
        DisclosureError::Count => "count",
        DisclosureError::Order => "order",
        DisclosureError::Record { error, .. } => return record(error),
        DisclosureError::NotCanonical => "form",
    };
    in_room("disclosure", vice)
}

fn record(error: &RecordError) -> String {
    let vice = match error {
        RecordError::Circuit => "circuit",
        RecordError::Columns => "columns",
        RecordError::Value(_) => "value",
        RecordError::Positions => "positions",
        RecordError::Id => "id",
        RecordError::Run => "run",
        RecordError::Contradiction => "contradiction",
    };
    in_room("record", vice)
}

/// An opening's argument.
pub(crate) fn opening(error: &OpeningError) -> String {
    let vice = match error {
        OpeningError::Empty => "empty",
        OpeningError::TooMany(_) => "too_many",
        OpeningError::Order => "order",
        OpeningError::Place { .. } => "place",
        OpeningError::Column(_) => "column",
        OpeningError::Row(_) => "row",
        OpeningError::Length { .. } => "length",
        OpeningError::Point => "point",
        OpeningError::Invalid => "invalid",
    };
    in_room("opening", vice)
}
