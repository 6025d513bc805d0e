//! prims
use ff::Field;
use halo2_proofs::poly::{
    EvaluationDomain,
    commitment::{Blind, Params},
};
use plimsoll_circuits::field::{Fp, Point};
use std::time::Instant;
fn main() {
    let k = 14;
    let n = 1usize << k;
    let params = Params::<Point>::new(k);
    let domain = EvaluationDomain::<Fp>::new(5, k);
    let mut x = Fp::from(7);
    let full: Vec<Fp> = (0..n)
        .map(|_| {
            x = x * x + Fp::from(3);
            x
        })
        .collect();
    let small = |bits: u32| -> Vec<Fp> {
        (0..n)
            .map(|i| {
                let v = (i as u64).wrapping_mul(0x9E3779B97F4A7C15);
                Fp::from(if bits == 64 { v } else { v >> (64 - bits) })
            })
            .collect()
    };
    for (name, v) in [
        ("full", full.clone()),
        ("const", vec![full[5]; n]),
        ("13", small(13)),
        ("17", small(17)),
        ("20", small(20)),
        ("64", small(64)),
        ("zero", vec![Fp::ZERO; n]),
    ] {
        let p = domain.lagrange_from_vec(v);
        let t = Instant::now();
        for _ in 0..5 {
            std::hint::black_box(params.commit_lagrange(&p, Blind(full[3])));
        }
        println!("commit {name}: {:?}", t.elapsed() / 5);
    }
    let p = domain.lagrange_from_vec(full.clone());
    let t = Instant::now();
    let c = domain.lagrange_to_coeff(p);
    println!("ifft {:?}", t.elapsed());
    let t = Instant::now();
    for _ in 0..5 {
        std::hint::black_box(domain.coeff_to_extended(c.clone()));
    }
    println!("coset {:?}", t.elapsed() / 5);
    let t = Instant::now();
    let mut acc = full[1];
    for _ in 0..1_000_000 {
        acc *= full[2];
    }
    println!("mul {:?} {:?}", t.elapsed() / 1_000_000, acc.is_zero());
    let t = Instant::now();
    for _ in 0..5 {
        std::hint::black_box(halo2_proofs::arithmetic::eval_polynomial(&full, full[9]));
    }
    println!("eval {:?}", t.elapsed() / 5);
}
