//! Where the command line writes what it has made: whole or not at all, so that a run that is interrupted leaves no half ZIP behind.

use std::{
    fs::Permissions,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use tempfile::NamedTempFile;

use super::{EXIT_OUTSIDE, generate::Failure};

/// Whether it can be written: asked before there is anything to write.
pub fn check(path: &Path) -> Result<(), Failure> {
    begin(path).map(drop).map_err(|error| fault(path, &error))
}

pub fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let written = begin(path).and_then(|part| match part {
        _ if path == Path::new("-") => io::stdout().write_all(content),
        None => std::fs::write(path, content),
        Some(mut part) => {
            part.write_all(content)?;
            part.persist(path)?;
            Ok(())
        }
    });
    written.map_err(|error| fault(path, &error))
}

fn fault(path: &Path, error: &io::Error) -> Failure {
    (EXIT_OUTSIDE, format!("cannot write {}: {error}", path.display()))
}

/// The file that is going to take its place; none where there is something that is no file, such as a pipe, or a link to one.
fn begin(path: &Path) -> io::Result<Option<NamedTempFile>> {
    if path == Path::new("-") || path.symlink_metadata().is_ok_and(|found| !found.is_file() && !path.is_dir()) {
        return Ok(None);
    }
    if path.is_dir() || path.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no folder {}", folder.display())));
    }
    // Whatever is usual here, as for any new file.
    tempfile::Builder::new().prefix(".livegen-").permissions(Permissions::from_mode(0o666)).tempfile_in(folder).map(Some)
}
