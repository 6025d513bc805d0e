//! Makes the page, from the project's own files.
//!
//! 1. Compiles this crate for WebAssembly, one thread, under the profile `page`.
//! 2. Binds it to JavaScript with the library behind `wasm-bindgen`, of the macro's version.
//! 3. Packs code, parameters, style and script into one HTML file, whose own policy allows that
//!    script and that style by their hashes, WebAssembly, a worker, and an address that the reader
//!    types; and nothing else.

mod compose;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;
use plimsoll_circuits::protocol::layout::{Size, Standard};
use plimsoll_verifier::cache::{self, CacheError};
use plimsoll_verifier::verdict::hex;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use compose::{Parts, compose};

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "page";

/// What stands in the way of the page.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file that cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The compiler did not finish.
    #[error("the verifier does not compile for {TARGET}")]
    Compile,
    /// The binding did not succeed.
    #[error("the verifier cannot be bound to JavaScript: {0}")]
    Bind(String),
    /// No parameters.
    #[error(transparent)]
    Params(#[from] CacheError),
}

impl BuildError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        match self {
            BuildError::Io { .. } => "name a file in a folder that can be written",
            BuildError::Compile => {
                "the compiler says why above; the target comes with `rustup target add \
                 wasm32-unknown-unknown`"
            }
            BuildError::Bind(_) => "build it again from a clean checkout",
            BuildError::Params(error) => error.hint(),
        }
    }
}

/// A page that was written.
#[derive(Clone, Debug)]
pub struct Built {
    /// Its size.
    pub bytes: usize,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// Makes the page and writes it, beside its place first: it is whole or as it was.
///
/// # Errors
/// What stands in the way; then nothing was written.
pub fn build(out: &Path, params: Option<&Path>) -> Result<Built, BuildError> {
    let folder = cache::folder(params)?;
    let params = cache::load(&folder, Standard::K, &mut |text| eprintln!("{text}"))?;
    let (glue, code) = bind(&compile()?)?;
    let page = compose(&Parts {
        glue: &glue,
        code: &deflated(&code).map_err(|error| at(out, error))?,
        params: &params.to_bytes(),
    });
    write(out, page.as_bytes())?;
    Ok(Built {
        bytes: page.len(),
        sha256: hex(&Sha256::digest(page.as_bytes())),
    })
}

fn at(path: &Path, error: io::Error) -> BuildError {
    BuildError::Io {
        path: path.to_owned(),
        error,
    }
}

/// The workspace that this program was made from.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compiles this crate for the browser, with the compiler that made this program.
fn compile() -> Result<PathBuf, BuildError> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(named) => PathBuf::from(named),
        None => workspace().join("target"),
    };
    let status = Command::new(cargo)
        .current_dir(workspace())
        .args([
            "build",
            "--locked",
            "--package",
            env!("CARGO_PKG_NAME"),
            "--lib",
        ])
        .args(["--target", TARGET, "--profile", PROFILE, "--target-dir"])
        .arg(&target)
        .status();
    match status {
        Ok(status) if status.success() => {
            let name = format!("{}.wasm", env!("CARGO_CRATE_NAME"));
            Ok(target.join(TARGET).join(PROFILE).join(name))
        }
        Ok(_) => Err(BuildError::Compile),
        Err(error) => Err(at(Path::new("cargo"), error)),
    }
}

/// The script that loads the code, and the code.
fn bind(wasm: &Path) -> Result<(String, Vec<u8>), BuildError> {
    let failed = |error: &dyn std::fmt::Display| BuildError::Bind(format!("{error:#}"));
    let mut output = Bindgen::new()
        .input_path(wasm)
        .no_modules(true)
        .and_then(|bindgen| {
            bindgen
                .typescript(false)
                .omit_default_module_path(true)
                .remove_name_section(true)
                .remove_producers_section(true)
                .generate_output()
        })
        .map_err(|error| failed(&error))?;
    let code = output.wasm_mut().emit_wasm();
    Ok((output.js().to_owned(), code))
}

/// As `DecompressionStream("deflate-raw")` reads it.
fn deflated(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// A temporary file that others may read: the page is no secret.
fn readable() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o644));
    }
    builder
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BuildError> {
    let failed = |error| at(path, error);
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = readable().tempfile_in(folder).map_err(failed)?;
    temporary
        .write_all(bytes)
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(failed)?;
    temporary
        .persist(path)
        .map(drop)
        .map_err(|error| failed(error.error))
}
