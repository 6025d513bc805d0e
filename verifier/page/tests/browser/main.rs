//! The page in a headless Chromium, through WebDriver. Where Chromium or its driver is not
//! installed, each test says so and returns.
#![allow(missing_docs)]

mod address;
mod closed;
mod driver;
mod files;
mod looks;
mod screenshot;
mod usable;
mod verdicts;
mod wrong;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_page::builder;
use plimsoll_verifier::cache;

const LEI: &str = "N1GZ7BBF3NP8GI976H15";

fn tmp() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// The page, made once from these sources.
fn page() -> &'static Path {
    static PAGE: OnceLock<PathBuf> = OnceLock::new();
    PAGE.get_or_init(|| {
        let out = tmp().join("page.html");
        builder::build(&out, Some(&tmp().join("params"))).unwrap();
        out
    })
}

/// The parameters, for the library beside the page.
fn params() -> Arc<PublicParams> {
    static PARAMS: OnceLock<Arc<PublicParams>> = OnceLock::new();
    let load = || cache::load(&tmp().join("params"), Standard::K, &mut |_| {}).unwrap();
    Arc::clone(PARAMS.get_or_init(|| Arc::new(load())))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

fn stored(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("proofs").join(name)).unwrap()
}
