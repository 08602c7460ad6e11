//! Folders that are gone with whoever made them: dropped, they are removed; those of a process that was killed go with the next [`sweep`].
//!
//! Each is locked by its owner for as long as it is in use. A lock ends with its process however that ends, so nothing that somebody alive
//! uses is ever swept. Only folders of one's own are: in a folder that all share, others may lay what they like.

use std::{
    fs::{DirBuilder, File, read_dir, symlink_metadata},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    time::Duration,
};

use super::read_back::open_up;
use crate::server::random;

/// How a folder is removed.
pub type Remove = fn(&Path) -> io::Result<()>;

/// How often another name is tried, when somebody sweeps at this very moment.
const NAMES: u32 = 8;
/// How often a folder that is still in use is tried to be removed, and the time between.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(20);

/// A folder, held by whoever has this.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    remove: Remove,
    _lock: File,
}

impl Held {
    /// A new one, for nobody else to read, with a name that begins like this.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn make(parent: &Path, prefix: &str, remove: Remove) -> io::Result<Self> {
        for _ in 0..NAMES {
            let name: String = random::bytes::<8>().iter().map(|byte| format!("{byte:02x}")).collect();
            let path = parent.join(format!("{prefix}{name}"));
            DirBuilder::new().mode(0o700).create(&path)?;
            if let Some(lock) = lock(&path) {
                return Ok(Self { path, remove, _lock: lock });
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if is_removed(&self.path, self.remove) {
            return;
        }
        // Those that use it are being killed.
        let (path, remove) = (std::mem::take(&mut self.path), self.remove);
        apart(move || {
            for _ in 0..TRIES {
                #[allow(clippy::disallowed_methods, reason = "a thread of its own, which does nothing else")]
                std::thread::sleep(PAUSE);
                if is_removed(&path, remove) {
                    return;
                }
            }
            tracing::warn!(folder = %path.display(), "a folder could not be removed");
        });
    }
}

/// Removes the folders with such names that nobody holds any more.
pub fn sweep(parent: &Path, prefix: &str, remove: Remove) {
    let Ok(entries) = read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix)) {
        let path = entry.path();
        // Not through a link.
        let is_own = symlink_metadata(&path).is_ok_and(|found| found.is_dir() && found.uid() == rustix::process::geteuid().as_raw());
        let Some(_lock) = is_own.then(|| lock(&path)).flatten() else { continue };
        if is_removed(&path, remove) {
            tracing::info!(folder = %path.display(), "removed what a process that was killed had left");
        }
    }
}

/// With all that is in it.
///
/// # Errors
/// Something in it cannot be removed.
pub fn tree(folder: &Path) -> io::Result<()> {
    open_up(folder);
    std::fs::remove_dir_all(folder)
}

/// Where it holds nobody up; without a runtime, here. A runtime that ends waits for it.
pub fn apart(work: impl FnOnce() + Send + 'static) {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => drop(runtime.spawn_blocking(work)),
        Err(_) => work(),
    }
}

fn is_removed(path: &Path, remove: Remove) -> bool {
    remove(path).is_ok() || !path.exists()
}

/// None: somebody else has it, or has removed it before it was locked.
fn lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().ok()?;
    folder.exists().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_stays_and_what_is_left_goes() {
        let parent = tempfile::tempdir().unwrap();
        let path = |name: &str| parent.path().join(name);
        let held = Held::make(parent.path(), "work-", tree).unwrap();
        for name in ["work-left/a", "other", "elsewhere"] {
            std::fs::create_dir_all(path(name)).unwrap();
            std::fs::write(path(name).join("file"), "x").unwrap();
        }
        std::fs::write(path("work-file"), "x").unwrap();
        std::os::unix::fs::symlink(path("elsewhere"), path("work-link")).unwrap();
        // A program can take away even its own right to empty it.
        std::fs::set_permissions(path("work-left/a"), std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
        sweep(parent.path(), "work-", tree);
        assert!(!path("work-left").exists());
        assert!(held.path().is_dir() && path("other/file").exists() && path("elsewhere/file").exists());
        assert!(path("work-file").exists() && path("work-link").exists());
        let was = held.path().to_owned();
        drop(held);
        assert!(!was.exists());
        sweep(&path("nowhere"), "work-", tree);
    }

    /// A folder that is found before its owner has locked it is removed; its owner takes another.
    #[test]
    fn nobody_loses_a_folder_to_whoever_sweeps() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let maker = scope.spawn(|| {
                for _ in 0..300 {
                    let held = Held::make(parent.path(), "work-", tree).unwrap();
                    std::fs::write(held.path().join("file"), "x").unwrap();
                    assert!(held.path().join("file").exists());
                }
            });
            while !maker.is_finished() {
                sweep(parent.path(), "work-", tree);
            }
        });
        assert_eq!(read_dir(parent.path()).unwrap().count(), 0);
    }
}
