//! How much folders hold. Disks have no bound for a folder, so somebody has to look, again and again.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf, time::Duration};

use super::Bounds;

const PAUSE: Duration = Duration::from_millis(500);

/// Says so when the folders hold more than they may. A program can write for a moment longer than that.
pub(super) async fn until_full(folders: &[PathBuf], bounds: &Bounds) -> String {
    if folders.is_empty() {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep(PAUSE).await;
        let (owned, bounds) = (folders.to_vec(), *bounds);
        let full = tokio::task::spawn_blocking(move || is_over(&owned, &bounds)).await;
        if full.unwrap_or(true) {
            return format!("it wrote more than {} MiB or {} files", bounds.disk_bytes >> 20, bounds.disk_files);
        }
    }
}

/// Counts until it is too much, so that a folder of millions takes no longer than one that is just too full.
fn is_over(folders: &[PathBuf], bounds: &Bounds) -> bool {
    let (mut bytes, mut files) = (0, 0);
    let mut open: Vec<PathBuf> = folders.to_vec();
    while let Some(folder) = open.pop() {
        // Gone meanwhile, or closed to us: there is nothing to count.
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let Ok(found) = fs::symlink_metadata(entry.path()) else { continue };
            files += 1;
            // What it takes, not how long it says it is.
            bytes += found.blocks() * 512;
            if bytes > bounds.disk_bytes || files > bounds.disk_files {
                return true;
            }
            if found.is_dir() {
                open.push(entry.path());
            }
        }
    }
    false
}
