//! Where projects are verified: a folder for each, and beside them what was downloaded and built for earlier ones.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::sync::OnceCell;

use super::{
    install::{Installation, shell},
    stacks::{Means, Recipe},
    tools::Tools,
};
use crate::server::{
    generate::project::blueprint::File,
    run::{
        Ended, Program, Runner,
        held::{self, Held},
        read_back::read_back,
        sandbox::{self, Absent, Bounds, Room, Sandbox},
    },
};

/// Longest that one command may take: a first installation on a slow network.
pub(super) const LIMIT: Duration = Duration::from_mins(10);

/// How the names of projects' folders begin.
const PREFIX: &str = "project-";

/// When projects run in a sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// Where there is one. Without, only what the blueprints wrote is run.
    #[default]
    Auto,
    /// Without one, nothing is run.
    Required,
    /// In none; what others wrote is not run.
    Off,
}

/// The means to verify projects.
pub struct Workshop {
    runner: Runner,
    folder: PathBuf,
    /// What installers need to find packages: their settings, as the operator has them.
    pub(super) environment: Vec<(String, String)>,
    policy: Policy,
    sandbox: OnceCell<Result<Sandbox, Absent>>,
    tools: OnceCell<Tools>,
}

impl Workshop {
    /// `folder` is made when it is needed, and may be deleted whenever nothing is verified.
    pub fn new(runner: Runner, folder: PathBuf, environment: Vec<(String, String)>, policy: Policy) -> Self {
        Self { runner, folder: absolute(folder), environment, policy, sandbox: OnceCell::new(), tools: OnceCell::new() }
    }

    /// Those of these variables that installers look at, and nothing else: no keys, no addresses of databases.
    pub fn of_installers(variables: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
        const NAMES: [&str; 11] = [
            "HOME",
            "RUSTUP_HOME",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "SSL_CERT_FILE",
            "REQUESTS_CA_BUNDLE",
            "NODE_EXTRA_CA_CERTS",
        ];
        variables.filter(|(name, _)| name.starts_with("PIP_") || NAMES.contains(&name.as_str())).collect()
    }

    /// The sandbox of this host, or why none is used.
    pub async fn sandbox(&self) -> Result<&Sandbox, Absent> {
        if self.policy == Policy::Off {
            return Err(Absent("the settings say so".into()));
        }
        let detected = self.sandbox.get_or_init(|| Sandbox::detect(&self.runner)).await;
        detected.as_ref().map_err(Clone::clone)
    }

    pub(super) fn policy(&self) -> Policy {
        self.policy
    }

    pub(super) async fn tools(&self) -> &Tools {
        self.tools.get_or_init(|| Tools::find(&self.runner, &self.environment)).await
    }

    /// Where installations are.
    pub(super) fn kept(&self) -> PathBuf {
        self.folder.join("kept")
    }

    /// Where projects are laid out.
    fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// Removes what processes that were killed have left: here, of sandboxes, and of control groups.
    pub fn sweep(&self) {
        held::sweep(&self.work(), PREFIX, held::tree);
        sandbox::sweep();
    }

    pub(super) fn environment_of(&self, recipe: &Recipe, inside: bool) -> Vec<(String, String)> {
        let kept = self.kept().display().to_string();
        let inside = if inside { recipe.inside } else { &[] };
        let all = recipe.environment.iter().chain(inside);
        all.map(|(name, value)| ((*name).to_owned(), value.replace("{kept}", &kept))).collect()
    }

    /// What of the kept things a recipe names.
    pub(super) fn let_in(&self, recipe: &Recipe, room: &mut Room) {
        let named = recipe.environment.iter().filter_map(|(_, value)| value.strip_prefix("{kept}/"));
        named.map(|name| self.kept().join(name)).filter(|path| path.is_dir()).for_each(|path| room.read(path));
    }

    /// Lays the files out in a folder of their own, with what was installed for them.
    pub(super) async fn bench<'w>(
        &'w self,
        files: &[File],
        means: &Means,
        installed: &Installation,
        sandbox: Option<&'w Sandbox>,
    ) -> io::Result<Bench<'w>> {
        let tools = self.tools().await;
        let place = self.work();
        let (owned, room, recipe) = (files.to_vec(), installed.room.clone(), &means.recipe);
        let (shared, copied, is_inside) = (recipe.shared, recipe.copied, sandbox.is_some());
        let folder = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&place)?;
            let folder = Held::make(&place, PREFIX, held::tree)?;
            let project = folder.path().join("project");
            lay_out(&project, &owned)?;
            std::fs::create_dir(folder.path().join("out"))?;
            for path in shared {
                // In the sandbox it is laid over this.
                let (from, to) = (room.join(path), project.join(path));
                if is_inside { std::fs::create_dir_all(to)? } else { std::os::unix::fs::symlink(from, to)? }
            }
            for path in copied.iter().filter(|path| room.join(path).exists()) {
                copy(&room.join(path), &project.join(path))?;
            }
            Ok::<_, io::Error>(folder)
        });
        let folder = folder.await.map_err(io::Error::other)??;
        let mut environment: Vec<(String, String)> =
            means.environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.extend(self.environment_of(recipe, true));
        let mut room =
            Room { writable: vec![folder.path().join("project"), folder.path().join("out")], bounds: Bounds::default(), ..Room::default() };
        tools.let_in(&mut room);
        self.let_in(recipe, &mut room);
        for path in shared {
            // Where it was made too: programs in it may say so.
            room.read(installed.room.join(path));
            room.readable.push((installed.room.join(path), folder.path().join("project").join(path)));
        }
        // In the sandbox every port is free.
        let port = if sandbox.is_some() { USUAL_PORT } else { free_port().await? };
        Ok(Bench { runner: &tools.runner, sandbox, folder, environment, room, port })
    }
}

/// Programs run in folders of their own: to them a relative path would be another one.
fn absolute(folder: PathBuf) -> PathBuf {
    std::path::absolute(&folder).unwrap_or(folder)
}

/// Writes the files below a folder.
pub(super) fn lay_out(folder: &Path, files: &[File]) -> io::Result<()> {
    for file in files {
        if !is_inside(&file.path) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("`{}` would lie outside", file.path)));
        }
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &file.content)?;
    }
    Ok(())
}

/// Whether a path stays below the folder that it is meant for.
fn is_inside(path: &str) -> bool {
    let parts = Path::new(path).components();
    !path.is_empty() && !path.contains('\0') && parts.into_iter().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// A copy of a folder, with the times of its files: builders go by them.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let copied = std::process::Command::new("cp").arg("-a").arg("--reflink=auto").arg("--").arg(from).arg(to).status()?;
    if copied.success() { Ok(()) } else { Err(io::Error::other(format!("{} cannot be copied", from.display()))) }
}

/// The one that READMEs name.
const USUAL_PORT: u16 = 8000;

/// A port of loopback that was free a moment ago.
async fn free_port() -> io::Result<u16> {
    Ok(tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}

/// One project's folder. Dropped, it is deleted.
pub(super) struct Bench<'w> {
    runner: &'w Runner,
    sandbox: Option<&'w Sandbox>,
    folder: Held,
    environment: Vec<(String, String)>,
    room: Room,
    /// In the place of the one that its README names.
    pub port: u16,
}

impl Bench<'_> {
    pub fn is_sandboxed(&self) -> bool {
        self.sandbox.is_some()
    }

    /// Runs a command of a shell in the project's folder.
    ///
    /// # Errors
    /// There is no shell here, in words.
    pub async fn shell(&self, text: &str) -> Result<Ended, String> {
        let text = text.replace(&USUAL_PORT.to_string(), &self.port.to_string());
        self.script(&text, &[], &[]).await
    }

    /// The same, as it is, with more to know and to see. `$OUT` is a folder to leave something in.
    pub async fn script(&self, text: &str, environment: &[(String, String)], readable: &[PathBuf]) -> Result<Ended, String> {
        let folder = self.folder.path().join("project");
        let out = ("OUT".to_owned(), self.folder.path().join("out").display().to_string());
        let environment = self.environment.iter().chain(environment).chain([&out]).cloned().collect();
        let program = Program { words: shell(text), folder, environment, limit: LIMIT };
        let ended = match self.sandbox {
            None => self.runner.run(&program).await,
            Some(sandbox) => {
                let mut room = self.room.clone();
                for path in readable {
                    room.read(path);
                }
                sandbox.run(self.runner, &program, &room).await
            }
        };
        ended.map_err(|error| format!("bash cannot be started: {error}"))
    }

    /// What a script has left in `$OUT`.
    pub fn read(&self, name: &str, most_bytes: u64) -> Result<Vec<u8>, String> {
        read_back(&self.folder.path().join("out"), name, most_bytes)
    }

    /// Lays files of ours beside the project, where its programs can read them; where they are.
    pub async fn put(&self, name: &str, files: Vec<File>) -> io::Result<PathBuf> {
        let folder = self.folder.path().join(name);
        let place = folder.clone();
        tokio::task::spawn_blocking(move || lay_out(&place, &files)).await.map_err(io::Error::other)??;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_are_not_written() {
        for path in ["../x", "a/../../x", "/etc/x", "", "a/\0b", "./../x", ".."] {
            assert!(!is_inside(path), "{path:?}");
            let folder = tempfile::tempdir().unwrap();
            let file = File { path: path.into(), content: String::new() };
            assert!(lay_out(&folder.path().join("inner"), &[file]).is_err());
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        assert!(is_inside("a/b.py") && is_inside(".github/workflows/ci.yml"));
    }
}
