//! Files are written whole: beside their place, to the disk, and then moved there. Attestations are
//! found in a folder by their names.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

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

/// The `.plimsoll` files of a folder, in order of their names.
///
/// # Errors
/// The folder cannot be read.
pub fn attestations_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "plimsoll") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
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
    moved.map_err(|error| error.error)?;
    settle(path);
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_over_only_where_it_may_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let put = |replace, text: &str| {
            let fill = |file: &mut File| io::Write::write_all(file, text.as_bytes());
            write(&path, replace, Readers::All, fill).map_err(|error| error.kind())
        };
        check_place(&path).unwrap();
        assert_eq!(put(Replace::Never, "one"), Ok(()));
        let there = check_place(&path).unwrap_err();
        assert_eq!(there.kind(), ErrorKind::AlreadyExists);
        assert_eq!(put(Replace::Never, "two"), Err(ErrorKind::AlreadyExists));
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(put(Replace::Always, "two"), Ok(()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let nowhere = folder.path().join("none/a");
        assert_eq!(
            check_place(&nowhere).unwrap_err().kind(),
            ErrorKind::NotFound
        );
        // Nothing is left beside it.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn who_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        for (readers, mode) in [(Readers::All, 0o644), (Readers::Owner, 0o600)] {
            let path = folder.path().join(format!("{readers:?}"));
            write(&path, Replace::Never, readers, |_| Ok(())).unwrap();
            let is = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(is & 0o777, mode, "{readers:?}");
        }
    }

    #[test]
    fn attestations_of_a_folder_by_name() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.plimsoll", "a.plimsoll", "c.txt", "plimsoll"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("d.plimsoll")).unwrap();
        let found = attestations_in(folder.path()).unwrap();
        assert_eq!(
            found,
            ["a.plimsoll", "b.plimsoll"].map(|name| folder.path().join(name))
        );
        assert!(attestations_in(&folder.path().join("none")).is_err());
        assert_eq!(folder_of(Path::new("a")), Path::new("."));
        assert_eq!(folder_of(Path::new("in/a")), Path::new("in"));
    }

    #[test]
    fn what_the_disk_says_and_what_to_do() {
        let error = |kind: ErrorKind| io::Error::from(kind);
        for (kind, full, hint) in [
            (ErrorKind::StorageFull, true, "make room"),
            (ErrorKind::QuotaExceeded, true, "make room"),
            (
                ErrorKind::ReadOnlyFilesystem,
                true,
                "name a file in a folder",
            ),
            (
                ErrorKind::PermissionDenied,
                false,
                "name a file in a folder",
            ),
            (ErrorKind::AlreadyExists, false, "name a new file: one"),
            (ErrorKind::NotFound, false, "name a new file in a folder"),
        ] {
            assert_eq!(no_room(&error(kind)), full, "{kind:?}");
            assert!(unwritten(&error(kind)).starts_with(hint), "{kind:?}");
        }
    }
}
