//! e2e
use plimsoll_circuits::{
    claim::Claim,
    protocol::{layout::*, params::PublicParams, prove::SelfCheck},
};
use plimsoll_prover::attest::{keys::ProvingKeys, *};
use std::{path::Path, time::Instant};
fn run<S: Size>(book: &str, claims: &[&str]) {
    let sources = plimsoll_prover::sources::load(Path::new(book), None, None)
        .map_err(|e| e.to_string())
        .unwrap();
    let params = PublicParams::derive(S::K);
    let mut keys = ProvingKeys::<S>::default();
    for claim in claims {
        let t = Instant::now();
        let claims = vec![Claim::parse(claim).unwrap()];
        let request = Request {
            book: &sources.book,
            rulebook: &sources.rulebook,
            snapshot: &sources.snapshot,
            claims: &claims,
            without: &[],
            sequence: 1,
            previous: [0; 32],
            check: SelfCheck::Verify,
        };
        match attest(&params, &mut keys, &request, &mut |p| {
            eprintln!("{p:?}");
            true
        }) {
            Ok(a) => println!(
                "{claim}: {} bytes {:?} {:?}",
                a.attestation.encode().len(),
                t.elapsed(),
                a.phases
            ),
            Err(e) => println!("{claim}: {e:?} {:?}", t.elapsed()),
        }
    }
}
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let claims: Vec<&str> = a[3..].iter().map(|s| s.as_str()).collect();
    if a[1] == "small" {
        run::<Small>(&a[2], &claims)
    } else {
        run::<Standard>(&a[2], &claims)
    }
}
