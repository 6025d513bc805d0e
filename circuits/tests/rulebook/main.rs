//! Rulebooks that ship, and every way in which one can be wrong.
#![allow(missing_docs)]

mod lists;
mod refused;
mod shipped;

use plimsoll_circuits::rulebook::Rulebook;

fn basel() -> Rulebook {
    Rulebook::builtin("basel-2023").expect("it ships")
}
