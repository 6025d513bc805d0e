//! Files are written whole: beside their place, to the disk, and then moved there.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// Writes a file in place of what is there, readable by its owner alone: it is whole or as it was.
///
/// # Errors
/// What the system says; the file is as it was.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut temporary = tempfile::NamedTempFile::new_in(folder_of(path))?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    settle(path);
    Ok(())
}

/// Asks the system to write down that a file was moved to its place, as far as it can be asked:
/// what is published after it is then not on the disk before it. The file is there in any case.
pub fn settle(path: &Path) {
    if let Ok(folder) = File::open(folder_of(path)) {
        let _ = folder.sync_all();
    }
}

/// The folder that a file lies in.
pub fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    folder
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Whether it is the disk that says no: it is full, or nobody may write to it.
pub fn no_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
    )
}

/// What to do where a file cannot be written.
pub fn unwritten(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "make room on the disk and run it again: nothing that was there has changed"
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            "name a file in a folder that can be written"
        }
        ErrorKind::AlreadyExists => "name a new file: one that is there is not written over",
        _ => "name a new file in a folder that can be written",
    }
}

/// A lock that one process holds at a time, and that ends with it however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until it is free. `say` is told if that is not at once.
    ///
    /// The file stays: taking it away would let two hold it.
    ///
    /// # Errors
    /// A folder that cannot be written.
    pub fn hold(path: &Path, say: &mut dyn FnMut(&str)) -> io::Result<Lock> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => {
                say(&format!("waiting for the one who holds {}", path.display()));
                file.lock()?;
            }
            Err(fs::TryLockError::Error(error)) => return Err(error),
        }
        Ok(Lock { _file: file })
    }
}
