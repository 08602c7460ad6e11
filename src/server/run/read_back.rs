//! Reading what a program has left in a folder, when the program may be hostile: no links are followed, nothing is waited for, nothing but
//! a file is read, and not more of it than is wanted.

use std::{io::Read, path::Path};

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, fstat, open, openat2};

/// # Errors
/// In words: it is not there, no file, larger than `most_bytes`, or a link stands in the way.
pub fn read_back(folder: &Path, path: &str, most_bytes: u64) -> Result<Vec<u8>, String> {
    let fault = |what: &str| format!("`{path}` {what}");
    let unreadable = |error: rustix::io::Errno| fault(&format!("cannot be read: {error}"));
    let root = open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).map_err(unreadable)?;
    // A pipe would keep us waiting: not for its writer, but for its bytes; so ask what it is before reading.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let how = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_XDEV;
    let file = openat2(&root, path, flags, Mode::empty(), how).map_err(unreadable)?;
    let found = fstat(&file).map_err(unreadable)?;
    if rustix::fs::FileType::from_raw_mode(found.st_mode) != rustix::fs::FileType::RegularFile {
        return Err(fault("is no file"));
    }
    if found.st_nlink > 1 {
        return Err(fault("is a file with several names"));
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::from(file).take(most_bytes + 1).read_to_end(&mut bytes);
    read.map_err(|error| fault(&format!("cannot be read: {error}")))?;
    if bytes.len() as u64 > most_bytes {
        return Err(fault(&format!("has more than {most_bytes} bytes")));
    }
    Ok(bytes)
}

/// Makes every folder below one that can be emptied: a program can take away even its own right to.
pub fn open_up(folder: &Path) {
    let mut below = vec![folder.to_owned()];
    while let Some(folder) = below.pop() {
        // No link: that would be somebody else's.
        let Ok(found) = std::fs::symlink_metadata(&folder) else { continue };
        if !found.is_dir() {
            continue;
        }
        let handle =
            rustix::fs::openat(CWD, &folder, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty());
        if handle.is_err() {
            use std::os::unix::fs::PermissionsExt;
            let _ = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700));
        }
        if let Ok(entries) = std::fs::read_dir(&folder) {
            below.extend(entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()));
        }
    }
}
