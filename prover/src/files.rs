//! New files: written beside their place and moved there, so that each is whole or not there.

use std::fs::File;
use std::io;
use std::path::Path;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody: what it says is public.
    All,
    /// Its owner alone.
    Owner,
}

/// What happens to a file that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// Nothing: the new one is not written.
    Never,
    /// It is replaced.
    Always,
}

/// The folder that a file stands in.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    let named = folder.filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// Whether a new file can be written there: asked before anything takes its time.
///
/// # Errors
/// It is there, or its folder cannot be written.
pub fn check_place(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    tempfile::NamedTempFile::new_in(folder_of(path)).map(drop)
}

/// Writes a file; `fill` gives it its bytes. They are on the disk before the file has its name.
///
/// # Errors
/// What the system says, or `fill`; and a file that is there and may not be replaced.
pub fn write(
    path: &Path,
    replace: Replace,
    readers: Readers,
    fill: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    // A temporary file of this library is its owner's alone from the start.
    let mut temporary = tempfile::NamedTempFile::new_in(folder_of(path))?;
    fill(temporary.as_file_mut())?;
    if readers == Readers::All {
        publish(temporary.as_file())?;
    }
    temporary.as_file().sync_all()?;
    let moved = match replace {
        Replace::Never => temporary.persist_noclobber(path),
        Replace::Always => temporary.persist(path),
    };
    moved.map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
fn publish(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn publish(_: &File) -> io::Result<()> {
    Ok(())
}
