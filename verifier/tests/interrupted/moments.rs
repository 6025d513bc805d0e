//! Moments at which a command is killed, and disks that take nothing more.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any command here takes, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often a folder is looked at.
const GLANCE: Duration = Duration::from_micros(100);

/// When a command is killed. The tests of two programs share this, and not every moment.
#[derive(Clone, Debug)]
#[allow(dead_code)]
pub enum Moment {
    /// After this time.
    After(Duration),
    /// When something in this folder has this name, or one that begins so: `.tmp*`.
    At(PathBuf, &'static str),
    /// When a file in this folder, of such a name, has a byte in it.
    Growing(PathBuf, &'static str),
    /// Not at all.
    Never,
}

fn is(name: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == wanted,
    }
}

impl Moment {
    /// Times from nothing to `most`, from a seed.
    pub fn some(seed: u64, count: u32, most: Duration) -> impl Iterator<Item = Moment> {
        let mut state = seed;
        (0..count).map(move |_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let share = (state >> 33) as u32;
            Moment::After(most.mul_f64(f64::from(share) / f64::from(1u32 << 31)))
        })
    }

    fn has_come(&self, since: Instant) -> bool {
        match self {
            Moment::After(time) => since.elapsed() >= *time,
            Moment::At(folder, wanted) => names(folder).iter().any(|name| is(name, wanted)),
            Moment::Growing(folder, wanted) => names(folder).iter().any(|name| {
                let grown = |file: fs::Metadata| file.len() > 0;
                is(name, wanted) && fs::metadata(folder.join(name)).is_ok_and(grown)
            }),
            Moment::Never => false,
        }
    }
}

/// What stands in a folder, by name.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The names that are no leftovers of a command that was killed: those are hidden, and nobody
/// reads them.
pub fn visible(folder: &Path) -> Vec<String> {
    let mut names = names(folder);
    names.retain(|name| !name.starts_with('.'));
    names
}

/// Runs a command until its moment, and kills it then. Whether it was killed is the second answer:
/// it may have been quicker.
pub fn run_until(command: &mut Command, moment: &Moment) -> (Output, bool) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child: Child = command.spawn().unwrap();
    let since = Instant::now();
    let mut killed = false;
    loop {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        if moment.has_come(since) {
            // SIGKILL: nobody can be asked to clean up.
            killed = child.kill().is_ok();
            break;
        }
        assert!(since.elapsed() < PATIENCE, "{command:?} does not end");
        thread::sleep(GLANCE);
    }
    (child.wait_with_output().unwrap(), killed)
}

/// A disk of its own, in memory, that goes with its value. Only root may have one.
pub struct Disk(PathBuf);

impl Disk {
    /// A disk with room for `kilobytes`; none without the right to mount one.
    pub fn of(kilobytes: u32) -> Option<Disk> {
        let folder = tempfile::tempdir().unwrap().keep();
        let size = format!("size={kilobytes}k");
        let mount = mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], &folder);
        if !mount {
            println!("skipped: a disk cannot be mounted here");
            fs::remove_dir(&folder).unwrap();
            return None;
        }
        Some(Disk(folder))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Fills what room there is left. Names can still be given, bytes cannot be written.
    pub fn fill(&self) {
        let filler = self.0.join(".filler");
        let mut bytes = vec![0; 64 << 10];
        let mut file = fs::File::create(filler).unwrap();
        while !bytes.is_empty() {
            if std::io::Write::write_all(&mut file, &bytes).is_err() {
                bytes.truncate(bytes.len() / 2);
            }
        }
    }

    /// Nothing can be changed on it from here on.
    pub fn freeze(&self) {
        assert!(mount(&["-o", "remount,ro"], &self.0));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = fs::remove_dir(&self.0);
    }
}

fn mount(args: &[&str], folder: &Path) -> bool {
    let mount = Command::new("mount").args(args).arg(folder).output();
    mount.is_ok_and(|output| output.status.success())
}

/// A command that says what is wrong and what to do, and ends with 2.
pub fn refuses(command: &mut Command, says: &str, hint: &str) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{command:?}: {err}");
    assert!(err.contains(says), "{command:?}: {err}");
    let hinted = err
        .lines()
        .any(|line| line.starts_with("hint: ") && line.contains(hint));
    assert!(hinted, "{command:?}: {err}");
}

/// What the system says of a full disk, and what we say.
pub const FULL: (&str, &str) = ("No space left on device", "make room");
/// The same of one that cannot be written to.
pub const FROZEN: (&str, &str) = ("Read-only file system", "can be written");
