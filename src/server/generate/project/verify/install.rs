//! Installations, and what is kept of them.
//!
//! What a lock file names is installed once, in a room of its own, and every later project with the same lock file uses it: only to read,
//! or as a copy. Into that room comes nothing of a project but its lock file, and no code of a project ever runs there, so no project can
//! leave anything for the next one. Commands that fetch run outside of the sandbox, for they need the network; they are told to take no
//! package whose installation would run code. Whatever builds runs inside.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sha2::{Digest, Sha256};

use super::{
    figures::{missing_here, unreachable},
    outcome::{Receipt, receipt},
    stacks::Recipe,
    workshop::{LIMIT, Workshop, lay_out},
};
use crate::server::{
    generate::project::blueprint::File,
    run::{
        Ended, Program,
        sandbox::{Bounds, Room, Sandbox},
    },
};

/// Written last: without it, what is there is half done.
const MARK: &str = "receipts.json";
/// As many installations are kept; the ones that were used longest ago go.
const MOST_KEPT: usize = 24;
/// Longest that building what is depended on may take: on a slow machine, once.
const BUILD_LIMIT: Duration = Duration::from_mins(30);
/// How often is looked whether somebody else has finished installing.
const PAUSE: Duration = Duration::from_millis(100);

/// Installers run no code of what they install.
const INERT: [(&str, &str); 5] = [
    ("PIP_ONLY_BINARY", ":all:"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_NO_INPUT", "1"),
    ("npm_config_ignore_scripts", "true"),
    ("npm_config_update_notifier", "false"),
];

/// An installation.
#[derive(Clone, Debug)]
pub(super) struct Installation {
    /// Where it was made, and stays.
    pub room: PathBuf,
    /// Of its commands, in order.
    pub receipts: Vec<Receipt>,
}

/// Why there is none.
pub(super) enum NotInstalled {
    /// This host lacks something.
    Here(String),
    /// A command failed.
    Failed(String, Box<Ended>),
    Io(io::Error),
}

impl From<io::Error> for NotInstalled {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Workshop {
    /// What the recipe makes of these files, now or earlier.
    ///
    /// # Cancel safety
    /// Dropped, what is half done is thrown away by whoever comes next.
    pub(super) async fn installation(
        &self,
        recipe: &Recipe,
        files: &[File],
        sandbox: Option<&Sandbox>,
    ) -> Result<Installation, NotInstalled> {
        for program in recipe.programs {
            if self.tools().await.runner.find(program).is_none() {
                return Err(NotInstalled::Here(format!("{program} is not installed here")));
            }
        }
        let wanted = (recipe.room)(files);
        let version = self.tools().await.version(recipe.programs, &self.environment).await;
        let place = self.kept().join(format!("{}-{}", recipe.name, name_of(recipe, &version, &wanted)));
        let room = place.join("room");
        if let Some(receipts) = earlier(&place).await {
            return Ok(Installation { room, receipts });
        }
        // One after the other, in all processes that keep things here: two of the same would be in each other's way, and two of different
        // ones share their caches.
        let _alone = alone(&self.kept()).await?;
        if let Some(receipts) = earlier(&place).await {
            return Ok(Installation { room, receipts });
        }
        let (kept, own) = (self.kept(), place.clone());
        let (emptied, whole) = (room.clone(), wanted);
        let prepared = tokio::task::spawn_blocking(move || {
            prune(&kept, MOST_KEPT - 1);
            if own.exists() {
                std::fs::remove_dir_all(&own)?;
            }
            std::fs::create_dir_all(own.join("home"))?;
            lay_out(&emptied, &whole)
        });
        prepared.await.map_err(io::Error::other)??;
        let mut receipts = Vec::new();
        for text in recipe.installs {
            let ended = self.step(recipe, text, &place, None, LIMIT).await?;
            let here = unreachable(&ended);
            receipts.push(well(text, ended, false, here)?);
        }
        for text in recipe.prepares {
            let ended = self.step(recipe, text, &place, sandbox, BUILD_LIMIT).await?;
            let here = ended.timed_out.then(|| format!("building what it depends on takes longer than {BUILD_LIMIT:?} here"));
            receipts.push(well(text, ended, sandbox.is_some(), here)?);
        }
        tokio::fs::write(place.join(MARK), serde_json::to_vec(&receipts).map_err(io::Error::other)?).await?;
        Ok(Installation { room, receipts })
    }

    /// One command of a recipe.
    async fn step(&self, recipe: &Recipe, text: &str, place: &Path, sandbox: Option<&Sandbox>, limit: Duration) -> io::Result<Ended> {
        let tools = self.tools().await;
        let room = place.join("room");
        let mut environment = vec![("HOME".to_owned(), place.join("home").display().to_string())];
        environment.extend(self.environment.iter().filter(|(name, _)| name != "HOME").cloned());
        environment.extend(INERT.map(|(name, value)| (name.to_owned(), value.to_owned())));
        environment.push(("PIP_CACHE_DIR".into(), self.kept().join("pip").display().to_string()));
        environment.push(("npm_config_cache".into(), self.kept().join("npm").display().to_string()));
        environment.extend(self.environment_of(recipe, sandbox.is_some()));
        let mut program = Program { words: shell(text), folder: room.clone(), environment, limit };
        match sandbox {
            None => tools.runner.run(&program).await,
            Some(sandbox) => {
                program.environment = self.environment_of(recipe, true);
                let mut around = Room { writable: vec![room], bounds: Bounds::default(), ..Room::default() };
                tools.let_in(&mut around);
                self.let_in(recipe, &mut around);
                sandbox.run(&tools.runner, &program, &around).await
            }
        }
    }
}

/// The receipt of a command, if it has ended well. `here`: what of this host keeps it from that, if anything does.
fn well(text: &str, ended: Ended, sandboxed: bool, here: Option<String>) -> Result<Receipt, NotInstalled> {
    if ended.is_success() {
        return Ok(receipt(text, &ended, sandboxed));
    }
    let here = missing_here(&ended).or(here);
    Err(here.map_or_else(|| NotInstalled::Failed(text.to_owned(), Box::new(ended)), NotInstalled::Here))
}

/// Waits until nobody else installs anything there. Held until it is dropped, or the process ends.
async fn alone(kept: &Path) -> io::Result<std::fs::File> {
    tokio::fs::create_dir_all(kept).await?;
    let lock = std::fs::File::create(kept.join("lock"))?;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(std::fs::TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
            Err(std::fs::TryLockError::Error(error)) => return Err(error),
        }
    }
}

pub(super) fn shell(text: &str) -> Vec<String> {
    vec!["bash".into(), "-euo".into(), "pipefail".into(), "-c".into(), text.to_owned()]
}

/// The receipts of an installation that is whole, said to be kept; it counts as used now.
async fn earlier(place: &Path) -> Option<Vec<Receipt>> {
    let mark = place.join(MARK);
    let bytes = tokio::fs::read(&mark).await.ok()?;
    let receipts: Vec<Receipt> = serde_json::from_slice(&bytes).ok()?;
    let _ = tokio::fs::write(&mark, &bytes).await;
    Some(receipts.into_iter().map(|receipt| Receipt { kept: true, ..receipt }).collect())
}

/// Equal for equal installations.
fn name_of(recipe: &Recipe, version: &str, files: &[File]) -> String {
    let mut digest = Sha256::new();
    let commands = recipe.installs.iter().chain(recipe.prepares).copied();
    let parts = commands.chain([version]).chain(files.iter().flat_map(|file| [file.path.as_str(), file.content.as_str()]));
    for part in parts {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    hex(&digest.finalize()[..8])
}

/// Removes the installations that were used longest ago.
fn prune(kept: &Path, most: usize) {
    let Ok(entries) = std::fs::read_dir(kept) else { return };
    let used = |path: PathBuf| Some((std::fs::metadata(path.join(MARK)).ok()?.modified().ok()?, path));
    let mut found: Vec<_> = entries.flatten().filter_map(|entry| used(entry.path())).collect();
    found.sort();
    for (_, path) in found.iter().take(found.len().saturating_sub(most)) {
        // Without its mark it counts as half done, should removing it fail half-way.
        let _ = std::fs::remove_file(path.join(MARK));
        let _ = std::fs::remove_dir_all(path);
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
