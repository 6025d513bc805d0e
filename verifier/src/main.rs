//! `plimsoll-verify`.

fn main() {}
