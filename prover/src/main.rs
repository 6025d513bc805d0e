//! `plimsoll`.

fn main() {}
