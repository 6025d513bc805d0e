//! probe
use plimsoll_circuits::cells::{
    plain::{Plain, Row},
    tags,
};
use plimsoll_circuits::protocol::{
    challenge::ProofPosition, key::ProvingKey, layout::*, params::PublicParams, prove::*,
    publics::*, tape::OsEntropy, verify::*, witness::Grid,
};
use std::sync::Arc;
use std::time::Instant;
fn run<S: Size>(b: usize) {
    let t = Instant::now();
    let path = format!("/tmp/params-{}", S::K);
    let params = PublicParams::derive(S::K);
    let _ = path;
    println!("params {:?}", t.elapsed());
    let t = Instant::now();
    let key = ProvingKey::<Plain, S>::build(&params).unwrap();
    println!("key {:?}", t.elapsed());
    let layout = Arc::clone(key.layout());
    println!(
        "A1 {} positions {}",
        layout.first_round(),
        layout.positions()
    );
    let mut table = PublicTable::default();
    for i in 1..=80u64 {
        table.push(tags::RISK_WEIGHT, &[i, i * 100]);
    }
    for i in 1..=70u64 {
        table.push(tags::CONVERSION, &[i, 1_000_000_000_000]);
    }
    let table = Arc::new(table);
    for _ in 0..2 {
        let t = Instant::now();
        let copies: Vec<_> = (0..b)
            .map(|_| {
                let mut grid = Grid::new(Arc::clone(&layout));
                for p in 0..layout.positions() {
                    let x = (p as u64 / 4).wrapping_mul(0x9E3779B97F4A7C15) >> 8;
                    key.columns.fill(
                        &mut grid,
                        p,
                        &Row {
                            id: (x as u128) << 60,
                            amount: x >> 16,
                            class: 1 + x % 80,
                            weight: (1 + x % 80) * 100,
                            code: 1 + x % 70,
                            factor: 1_000_000_000_000,
                        },
                    );
                }
                let publics = Publics::of_rows(&layout, Arc::clone(&table));
                grid.complete(&publics).unwrap();
                CopyWitness {
                    grid,
                    publics,
                    chosen: vec![],
                }
            })
            .collect();
        println!("witness {:?}", t.elapsed());
        let publics: Vec<_> = copies.iter().map(|c| c.publics.clone()).collect();
        let pos = ProofPosition {
            module: 0,
            shard: 0,
            shards: 1,
        };
        let t = Instant::now();
        let proved = prove_shard(
            &params,
            &key,
            pos,
            [7; 32],
            copies,
            SelfCheck::Verify,
            &mut OsEntropy,
        )
        .unwrap();
        println!(
            "prove {:?} {:?} bytes {} (expected {})",
            t.elapsed(),
            proved.phases,
            proved.proof.len(),
            proof_length(&layout, b)
        );
        println!(
            "positions/s {:.0}",
            (b * layout.positions()) as f64 / t.elapsed().as_secs_f64()
        );
        let t = Instant::now();
        verify_one(
            &params,
            key.verifying(),
            pos,
            [7; 32],
            &publics,
            &proved.proof,
        )
        .unwrap();
        println!("verify {:?}", t.elapsed());
        let mut bad = proved.proof.clone();
        bad[40] ^= 1;
        println!(
            "{:?}",
            verify_one(&params, key.verifying(), pos, [7; 32], &publics, &bad).map(|_| ())
        );
        println!(
            "{:?}",
            verify_one(
                &params,
                key.verifying(),
                pos,
                [8; 32],
                &publics,
                &proved.proof
            )
            .map(|_| ())
        );
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!(
        "{}",
        status.lines().find(|l| l.starts_with("VmHWM")).unwrap()
    );
}
fn main() {
    if std::env::args().nth(1).as_deref() == Some("small") {
        run::<Small>(2)
    } else {
        run::<Standard>(std::env::args().nth(1).map_or(4, |s| s.parse().unwrap()))
    }
}
