//! The public parameters of tests, here and in the prover's: at full size on disk, once for all
//! tests of a target folder, and at the small size in memory.
#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use plimsoll_circuits::protocol::layout::{Size, Small, Standard};
use plimsoll_circuits::protocol::params::PublicParams;
use plimsoll_verifier::cache;

/// The folder that holds them at full size, for `--params-dir`.
pub fn params_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("params");
        cache::load(&folder, Standard::K, &mut |_| {}).unwrap();
        folder
    })
}

/// Those of full size.
pub fn params() -> Arc<PublicParams> {
    static PARAMS: OnceLock<Arc<PublicParams>> = OnceLock::new();
    let load = || Arc::new(cache::load(params_folder(), Standard::K, &mut |_| {}).unwrap());
    Arc::clone(PARAMS.get_or_init(load))
}

/// Those of the small size.
pub fn small_params() -> Arc<PublicParams> {
    static PARAMS: OnceLock<Arc<PublicParams>> = OnceLock::new();
    Arc::clone(PARAMS.get_or_init(|| Arc::new(PublicParams::derive(Small::K))))
}
