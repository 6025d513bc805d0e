//! The verifier as a page: one HTML file that checks attestations in a browser.
//!
//! The page runs `plimsoll-verifier`, compiled to WebAssembly, in a worker of its own. It carries
//! the public parameters and loads nothing: it works from a disk without a network. What it says
//! are the lines of [`plimsoll_verifier::report::sheet`], which are those of `plimsoll-verify`.
//!
//! | room | what for |
//! | --- | --- |
//! | [`desk`] | what a reader lays beside an attestation: a trust file, rulebooks, snapshots |
//! | [`reader`] | checks what is asked, and answers with an object for the page to show |
//! | [`about`] | the page's version, and every digest that it pins |
//! | `binding` | the same for JavaScript, in WebAssembly alone |
//! | `builder` | makes the page, on the machine that makes it |

pub mod about;
pub mod desk;
pub mod reader;

#[cfg(target_family = "wasm")]
pub mod binding;
#[cfg(not(target_family = "wasm"))]
pub mod builder;
