//! Every gate and lookup of every row circuit has a search that it takes part in, or speaks of
//! nothing but inputs.

#[test]
fn print() {
    let found = crate::derivatives::all();
    let layout = plimsoll_circuits::proofs::CircuitKind::Rows(
        plimsoll_circuits::statement::RowCircuit::Derivatives,
    )
    .layout::<plimsoll_circuits::protocol::layout::Standard>()
    .unwrap();
    for gate in &layout.gates {
        if !found.used.contains(gate.name) {
            println!("UNUSED {}", gate.name);
        }
    }
    for gate in &layout.lookups {
        if !found.used.contains(gate.name) {
            println!("UNUSED {}", gate.name);
        }
    }
    println!("{} {}", found.searches, found.witnesses);
}
