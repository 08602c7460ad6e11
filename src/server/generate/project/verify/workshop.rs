//! Where projects are verified: a folder for each, and beside them what was downloaded and built for earlier ones.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;

use crate::{
    protocol::project::Stack,
    server::{
        generate::project::blueprint::File,
        run::{Ended, Program, Runner, Running},
    },
};

/// Longest that one command may take: a first installation on a slow network.
const LIMIT: Duration = Duration::from_secs(600);

/// The means to verify projects.
pub struct Workshop {
    runner: Runner,
    folder: PathBuf,
    /// What installers need to find packages: their settings, as the operator has them.
    environment: Vec<(String, String)>,
    /// Held while the packages of our own suites are installed: two installations into one place would be none.
    pub(super) installing: tokio::sync::Mutex<()>,
}

impl Workshop {
    /// `folder` is made when it is needed, and may be deleted whenever nothing is verified.
    pub fn new(runner: Runner, folder: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self { runner, folder: absolute(folder), environment, installing: tokio::sync::Mutex::default() }
    }

    /// Those of these variables that installers look at, and nothing else: no keys, no addresses of databases.
    pub fn of_installers(variables: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
        const NAMES: [&str; 8] =
            ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"];
        variables.filter(|(name, _)| name.starts_with("PIP_") || NAMES.contains(&name.as_str())).collect()
    }

    /// Lays the files out in a folder of their own.
    pub(super) async fn bench(&self, files: &[File], stack: Stack) -> io::Result<Bench<'_>> {
        let place = self.folder.join("work");
        let owned = files.to_vec();
        let folder = tokio::task::spawn_blocking(move || lay_out(&place, &owned)).await??;
        let mut environment = self.environment.clone();
        if stack == Stack::Axum {
            // Its dependencies are built once for all projects that have the same.
            environment.push(("CARGO_TARGET_DIR".into(), self.folder.join("target").display().to_string()));
        }
        environment.push(("PIP_CACHE_DIR".into(), self.folder.join("pip").display().to_string()));
        environment.push(("PIP_DISABLE_PIP_VERSION_CHECK".into(), "1".into()));
        environment.push(("PYTHONDONTWRITEBYTECODE".into(), "1".into()));
        Ok(Bench { workshop: self, folder, environment, port: free_port().await? })
    }
}

/// Programs run in folders of their own: to them a relative path would be another one.
fn absolute(folder: PathBuf) -> PathBuf {
    std::path::absolute(&folder).unwrap_or(folder)
}

/// Writes the files below a new folder in `place`.
fn lay_out(place: &Path, files: &[File]) -> io::Result<TempDir> {
    std::fs::create_dir_all(place)?;
    let folder = tempfile::Builder::new().prefix("project-").tempdir_in(place)?;
    for file in files {
        let path = folder.path().join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, &file.content)?;
    }
    Ok(folder)
}

/// A port of loopback that was free a moment ago.
pub(super) async fn free_port() -> io::Result<u16> {
    Ok(tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}

/// One project's folder. Dropped, it is deleted.
pub(super) struct Bench<'w> {
    pub(super) workshop: &'w Workshop,
    folder: TempDir,
    environment: Vec<(String, String)>,
    /// In the place of the one that its README names.
    port: u16,
}

impl Bench<'_> {
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a command of a shell in the project's folder.
    ///
    /// # Errors
    /// There is no shell here, in words.
    pub async fn shell(&self, text: &str) -> Result<Ended, String> {
        self.shell_in(self.folder(), text, &[]).await
    }

    /// The same in another folder, with more to know.
    pub async fn shell_in(&self, folder: &Path, text: &str, environment: &[(String, String)]) -> Result<Ended, String> {
        let ended = self.workshop.runner.run(&self.program(text, folder, environment)).await;
        ended.map_err(|error| format!("bash cannot be started: {error}"))
    }

    /// Starts something that goes on until it is dropped.
    pub fn start(&self, text: &str, environment: &[(String, String)]) -> Result<Running, String> {
        self.workshop.runner.start(&self.program(&format!("exec {text}"), self.folder(), environment)).map_err(|error| error.to_string())
    }

    /// Where packages of our own test suites are kept.
    pub fn kept(&self, name: &str) -> PathBuf {
        self.workshop.folder.join("kept").join(name)
    }

    fn program(&self, text: &str, folder: &Path, environment: &[(String, String)]) -> Program {
        let text = text.replace("8000", &self.port.to_string());
        Program {
            words: vec!["bash".into(), "-euo".into(), "pipefail".into(), "-c".into(), text],
            folder: folder.to_owned(),
            environment: self.environment.iter().chain(environment).cloned().collect(),
            limit: LIMIT,
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
