//! Where projects are verified: a folder for each, and packages that are kept between projects with the same lock file.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sha2::{Digest, Sha256};
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
    /// Held while something is installed, by lock file: two installations into one place would be none.
    installing: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Workshop {
    /// `folder` is made when it is needed, and may be deleted whenever nothing is verified.
    pub fn new(runner: Runner, folder: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self { runner, folder, environment, installing: Mutex::default() }
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
        let lock = match stack {
            Stack::FastApi => "requirements-dev.txt",
            Stack::Axum => "Cargo.lock",
        };
        let text: String = files
            .iter()
            .filter(|file| file.path.starts_with("requirements") || file.path == lock)
            .map(|file| file.content.as_str())
            .collect();
        let key = hex(&Sha256::digest(text.as_bytes()))[..16].to_owned();
        let mut environment = self.environment.clone();
        let kept = self.folder.join("kept").join(&key);
        if stack == Stack::FastApi {
            // Its virtual environment is one that earlier projects have filled.
            tokio::fs::create_dir_all(&kept).await?;
            tokio::fs::symlink(&kept, folder.path().join(".venv")).await?;
        } else {
            environment.push(("CARGO_TARGET_DIR".into(), kept.display().to_string()));
        }
        environment.push(("PIP_CACHE_DIR".into(), self.folder.join("pip").display().to_string()));
        environment.push(("PIP_DISABLE_PIP_VERSION_CHECK".into(), "1".into()));
        environment.push(("PYTHONDONTWRITEBYTECODE".into(), "1".into()));
        let installing = Arc::clone(self.installing.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        Ok(Bench { workshop: self, folder, environment, installing, port: free_port().await? })
    }
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
    workshop: &'w Workshop,
    folder: TempDir,
    environment: Vec<(String, String)>,
    installing: Arc<tokio::sync::Mutex<()>>,
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
    pub async fn shell(&self, text: &str, installs: bool) -> Result<Ended, String> {
        let _alone = if installs { Some(self.installing.lock().await) } else { None };
        let ended = self.workshop.runner.run(&self.program(text, self.folder(), &[])).await;
        ended.map_err(|error| format!("bash cannot be started: {error}"))
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
