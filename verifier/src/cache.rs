//! The public parameters on disk: derived once, checked by digest each time, written atomically.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use plimsoll_circuits::protocol::params::{ParamsError, PublicParams, pinned_digest};

use crate::verdict::hex;

/// What stands in the way of the parameters.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// There is no folder for caches.
    #[error("this account has no cache folder")]
    NoFolder,
    /// A file or folder cannot be written or read.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// What was derived is not what is pinned: this program was built wrongly.
    #[error("the parameters derived here are not the pinned ones: this program was built wrongly")]
    NotPinned,
}

impl CacheError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        match self {
            CacheError::NoFolder | CacheError::Io { .. } => {
                "name a folder that can be written: --params-dir DIR"
            }
            CacheError::NotPinned => "build it again from a clean checkout",
        }
    }
}

/// State of a cached file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There, with the pinned digest.
    Good,
    /// There, with other bytes.
    Corrupt,
    /// Not there.
    Absent,
}

/// The folder of cached parameters: the one named, or the platform's cache folder.
///
/// # Errors
/// Where the account has no cache folder and none is named.
pub fn folder(named: Option<&Path>) -> Result<PathBuf, CacheError> {
    if let Some(folder) = named {
        return Ok(folder.to_owned());
    }
    let project = directories::ProjectDirs::from("", "", "plimsoll").ok_or(CacheError::NoFolder)?;
    Ok(project.cache_dir().to_owned())
}

/// The file of the parameters for k.
pub fn file(folder: &Path, k: u32) -> PathBuf {
    let digest = pinned_digest(k).map_or_else(|| "unpinned".to_owned(), |d| hex(&d[..8]));
    folder.join(format!("params-{k}-{digest}.bin"))
}

/// What is cached.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn state(folder: &Path, k: u32) -> Result<State, CacheError> {
    Ok(match read(folder, k)? {
        None => State::Absent,
        Some(Ok(_)) => State::Good,
        Some(Err(_)) => State::Corrupt,
    })
}

fn read(folder: &Path, k: u32) -> Result<Option<Result<PublicParams, ParamsError>>, CacheError> {
    let path = file(folder, k);
    // Exactly as long as parameters are: 4 bytes, 2·2^k + 2 points.
    let expected = 4 + 64 * (1u64 << k) + 64;
    match fs::metadata(&path) {
        Ok(data) if data.len() != expected => return Ok(Some(Err(ParamsError::Digest(k)))),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(CacheError::Io { path, error }),
    }
    let bytes = fs::read(&path).map_err(|error| CacheError::Io { path, error })?;
    Ok(Some(PublicParams::from_bytes(k, &bytes)))
}

/// The parameters: from the cache if it is good, derived and cached otherwise. `say` is told what
/// takes long; a cache that cannot be written is said and not fatal.
///
/// # Errors
/// Where the parameters derived are not the pinned ones.
pub fn load(folder: &Path, k: u32, say: &mut dyn FnMut(&str)) -> Result<PublicParams, CacheError> {
    match read(folder, k) {
        Ok(Some(Ok(params))) => return Ok(params),
        Ok(Some(Err(_))) => say("the cached parameters are corrupt: deriving them again"),
        Ok(None) => {}
        Err(error) => say(&format!("{error}: deriving the parameters again")),
    }
    let params = derive(k)?;
    if let Err(error) = write(folder, k, &params) {
        say(&format!("the parameters are not cached: {error}"));
    }
    Ok(params)
}

/// Derives the parameters, with a spinner on a terminal, and compares them with the pinned digest.
///
/// # Errors
/// Where they differ.
pub fn derive(k: u32) -> Result<PublicParams, CacheError> {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar.set_message(format!(
        "deriving the public parameters (k = {k}), once for this machine"
    ));
    bar.enable_steady_tick(Duration::from_millis(100));
    let params = PublicParams::derive(k);
    bar.finish_and_clear();
    match pinned_digest(k) {
        Some(pinned) if pinned != params.digest() => Err(CacheError::NotPinned),
        _ => Ok(params),
    }
}

/// Writes the parameters beside their place and moves them there.
///
/// # Errors
/// A folder that cannot be written.
pub fn write(folder: &Path, k: u32, params: &PublicParams) -> Result<(), CacheError> {
    let at = |path: &Path, error| CacheError::Io {
        path: path.to_owned(),
        error,
    };
    fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    let path = file(folder, k);
    let mut temporary =
        tempfile::NamedTempFile::new_in(folder).map_err(|error| at(folder, error))?;
    temporary
        .write_all(&params.to_bytes())
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(|error| at(&path, error))?;
    temporary
        .persist(&path)
        .map_err(|error| at(&path, error.error))?;
    Ok(())
}
