//! A sample of the cheats through the real prover, and refused by the real verifier.

use plimsoll_circuits::cells::derivatives::Derivatives;
use plimsoll_circuits::protocol::challenge::ProofPosition;
use plimsoll_circuits::protocol::cheat::Forgery;
use plimsoll_circuits::protocol::key::ProvingKey;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_circuits::protocol::prove::{CopyWitness, SelfCheck, prove_shard};
use plimsoll_circuits::protocol::tape::OsEntropy;
use plimsoll_circuits::protocol::verify::{ProofError, verify_one};
use plimsoll_circuits::statement::RowCircuit;

use crate::honest::honest;

const STATEMENT: [u8; 32] = [7; 32];
const POSITION: ProofPosition = ProofPosition {
    module: 0,
    shard: 0,
    shards: 1,
};

/// Proves without looking, and verifies.
fn verdict(
    params: &PublicParams,
    key: &ProvingKey<Derivatives, Standard>,
    forgery: &Forgery,
) -> Result<(), ProofError> {
    let copy = CopyWitness {
        grid: forgery.grid.clone(),
        publics: forgery.publics.clone(),
        chosen: Vec::new(),
    };
    let proved = prove_shard(
        params,
        key,
        POSITION,
        STATEMENT,
        vec![copy],
        SelfCheck::Skip,
        &mut OsEntropy,
    );
    let proof = proved.expect("a proof").proof;
    let publics = std::slice::from_ref(&forgery.publics);
    let verified = verify_one(
        params,
        key.verifying(),
        POSITION,
        STATEMENT,
        publics,
        &proof,
    );
    verified.map(|_| ())
}

#[test]
fn the_verifier_refuses_derivative_cheats() {
    let circuit = RowCircuit::Derivatives;
    let params = PublicParams::derive(Standard::K);
    let key = ProvingKey::build(&params).expect("a key");
    assert_eq!(verdict(&params, &key, honest(circuit)), Ok(()));
    let all = super::cheats();
    for name in [
        "a bought call and a sold put are long, a sold call and a bought put short",
        "lookup: the maturity factor is the margin period's, or the maturity's without margin",
    ] {
        let cheat = all.iter().find(|cheat| cheat.refuses == name);
        let forgery = cheat.expect("a cheat").proven(circuit);
        let refused = verdict(&params, &key, &forgery);
        assert_eq!(refused, Err(ProofError::Invalid), "{name}");
    }
}
