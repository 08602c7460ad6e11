//! Files → ZIP with the same bytes for the same files: sorted, without clocks and users.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive could not be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("the archive could not be written: {0}")]
    Io(#[from] std::io::Error),
    #[error("`{0}` is no path for an archive")]
    Path(String),
}

/// Writes the files, ordered by path.
///
/// # Errors
/// A path that could lead out of the folder that the archive is unpacked into, or a failing writer.
pub fn zip<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, ArchiveError> {
    let mut files: Vec<_> = files.collect();
    files.sort_by_key(|(path, _)| *path);
    // 1980-01-01, the format's zero, and plain permissions.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        if !is_safe(path) {
            return Err(ArchiveError::Path(path.chars().take(200).collect()));
        }
        writer.start_file(path, options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// A relative path of plain names. The names are ours already; this is the last line of defence.
fn is_safe(path: &str) -> bool {
    path.len() <= 240
        && path.split('/').all(|part| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && !part.ends_with(['.', ' '])
                && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\:*?\"<>|".contains(&byte))
        })
}
