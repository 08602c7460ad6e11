//! The site's folder: what the server hands out as it is, each file beside its compressed forms.
//!
//! A file that is already there with the same bytes is not touched, so that compressing costs once. Files are put in place by
//! renaming, so that a server that is running never reads half of one.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::names::Names;

pub struct Site {
    root: PathBuf,
    pkg: PathBuf,
    compress: bool,
    /// What belongs there after this run.
    kept: RefCell<BTreeSet<PathBuf>>,
}

impl Site {
    pub fn open(names: &Names, compress: bool) -> Result<Self> {
        let pkg = names.site_root.join(&names.site_pkg_dir);
        fs::create_dir_all(&pkg)?;
        Ok(Self { root: names.site_root.clone(), pkg, compress, kept: RefCell::default() })
    }

    /// Puts a file under the site's folder, and its compressed forms beside it.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.root.join(name);
        let fresh = fs::read(&path).ok().as_deref() != Some(bytes);
        if fresh {
            write(&path, bytes)?;
        }
        if self.compress && is_compressible(&path) {
            for (suffix, compress) in [(".br", brotli as fn(&[u8]) -> Result<Vec<u8>>), (".gz", gzip)] {
                let compressed = with_suffix(&path, suffix);
                if fresh || !compressed.exists() {
                    write(&compressed, &compress(bytes)?)?;
                }
                self.kept.borrow_mut().insert(compressed);
            }
        }
        self.kept.borrow_mut().insert(path);
        Ok(())
    }

    /// Puts every file of a folder; names that begin with a dot stay behind.
    pub fn put_folder(&self, folder: &Path) -> Result<()> {
        walk(folder, &mut |path| {
            let name = relative(path, folder)?;
            if name.split('/').any(|part| part.starts_with('.')) {
                return Ok(());
            }
            self.put(&name, &fs::read(path).with_context(|| format!("cannot read {}", path.display()))?)
        })
    }

    /// Removes what earlier runs left and this one did not put.
    pub fn remove_the_rest(&self) -> Result<()> {
        let kept = self.kept.borrow();
        walk(&self.root, &mut |path| {
            if !kept.contains(path) {
                fs::remove_file(path)?;
            }
            Ok(())
        })
    }

    /// What a first visit loads besides the page itself, as brotli sends it; `later` are the parts that it does not load.
    pub fn print_weight(&self, later: &[String]) -> Result<()> {
        let (mut first, mut rest) = (0, 0);
        println!("first visit, brotli:");
        for kind in ["wasm", "js", "css"] {
            let suffix = format!(".{kind}.br");
            let mut bytes = 0;
            for path in self.kept.borrow().iter() {
                let Some(stem) = path.strip_prefix(&self.pkg).ok().and_then(|path| path.to_str()?.strip_suffix(&suffix)) else { continue };
                let size = fs::metadata(path)?.len();
                *if later.iter().any(|part| part == stem) { &mut rest } else { &mut bytes } += size;
            }
            println!("  {kind:<8} {:>6.1} kB", kilobytes(bytes));
            first += bytes;
        }
        println!("  {:<8} {:>6.1} kB", "together", kilobytes(first));
        println!("when needed {:>6.1} kB", kilobytes(rest));
        Ok(())
    }
}

/// Calls `visit` with every file under a folder; a folder that is not there has none.
pub fn walk(folder: &Path, visit: &mut impl FnMut(&Path) -> Result<()>) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, visit)? } else { visit(&path)? }
    }
    Ok(())
}

/// A path under a folder, as it stands in an address.
pub fn relative(path: &Path, folder: &Path) -> Result<String> {
    Ok(path.strip_prefix(folder)?.to_str().context("a file's name is not UTF-8")?.replace('\\', "/"))
}

/// Writes a file as a whole: whoever reads it sees the old bytes or the new ones.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        let unfinished = with_suffix(path, ".new");
        fs::write(&unfinished, bytes)?;
        fs::rename(&unfinished, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Names a file by what is in it: 64 bits in characters that any address may hold.
pub fn hash_of(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes).iter().take(8).fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
    format!("{hash:016x}")
}

fn is_compressible(path: &Path) -> bool {
    !matches!(
        path.extension().and_then(|extension| extension.to_str()),
        Some("png" | "jpg" | "jpeg" | "webp" | "avif" | "gif" | "woff2" | "zip" | "mp4")
    )
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

#[allow(clippy::cast_precision_loss)]
fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}
