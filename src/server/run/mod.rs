//! Runs other people's programs: with an environment of its own, bounded in time and in what is kept of their output, and ended with
//! everything that they have started.
//!
//! By itself it keeps nothing from a program that the server's user may do. For code that nobody has looked at there is `sandbox`, and
//! `read_back` for what such code has left in a folder; `held` for folders that go with whoever made them.

pub mod held;
pub mod read_back;
pub mod sandbox;

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, Command},
};

use super::clock::Clock;

/// What is kept of a program's output: its end, where the reasons stand.
const MAX_OUTPUT_BYTES: usize = 64 * 1024;
/// For what a program that has ended left in its pipes.
const REST: Duration = Duration::from_millis(500);
/// Programs are found here, and nowhere else.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What to run.
#[derive(Clone, Debug)]
pub struct Program {
    /// Name and arguments.
    pub words: Vec<String>,
    pub folder: PathBuf,
    /// All that it sees of the environment, besides `PATH`, `HOME` and `LANG`.
    pub environment: Vec<(String, String)>,
    pub limit: Duration,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// None: ended by a signal, or by us.
    pub exit_code: Option<i32>,
    pub milliseconds: u64,
    /// The last of what it said, both streams as they came.
    pub output: String,
    pub timed_out: bool,
    /// Why it was ended by us, if it was not for its time.
    pub stopped_for: Option<String>,
}

impl Ended {
    pub fn is_success(&self) -> bool {
        self.exit_code == Some(0)
    }
}

/// Starts programs.
#[derive(Clone)]
pub struct Runner {
    clock: Arc<dyn Clock>,
    /// Folders that are looked into before the usual ones.
    path: String,
}

impl Runner {
    /// `path`: folders with programs beside the system's, as in `PATH`.
    pub fn new(clock: Arc<dyn Clock>, path: &str) -> Self {
        let path = if path.is_empty() { PATH.to_owned() } else { format!("{path}:{PATH}") };
        Self { clock, path }
    }

    /// Where no other programs are to be found.
    pub fn only(clock: Arc<dyn Clock>, path: &str) -> Self {
        Self { clock, path: path.to_owned() }
    }

    /// Where programs are looked for, as in `PATH`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same, with these folders looked into before all others.
    #[must_use]
    pub fn with(&self, folders: impl Iterator<Item = PathBuf>) -> Self {
        let path = folders.map(|folder| folder.display().to_string()).chain([self.path.clone()]).collect::<Vec<_>>().join(":");
        Self { clock: Arc::clone(&self.clock), path }
    }

    /// Where a program is.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        self.path.split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.is_absolute() && path.is_file())
    }

    /// Runs a program to its end, or to its limit.
    ///
    /// # Errors
    /// It cannot be started: mostly because it is not there.
    ///
    /// # Cancel safety
    /// Dropped, it ends the program and what that has started.
    pub async fn run(&self, program: &Program) -> std::io::Result<Ended> {
        self.run_until(program, std::future::pending()).await
    }

    /// The same; and it is ended when `enough` says why.
    ///
    /// # Errors
    /// It cannot be started.
    pub async fn run_until(&self, program: &Program, enough: impl Future<Output = String>) -> std::io::Result<Ended> {
        let began = self.clock.now();
        let mut running = self.start(program)?;
        let mut output = Vec::new();
        let mut stopped_for = None;
        let status = {
            let ended = tokio::time::timeout(program.limit, running.listen(&mut output));
            tokio::select! {
                status = ended => Some(status),
                why = enough => {
                    stopped_for = Some(why);
                    None
                }
            }
        };
        running.group.end();
        let timed_out = matches!(status, Some(Err(_)));
        if timed_out || status.is_none() {
            let _ = running.child.wait().await;
        }
        let _ = tokio::time::timeout(REST, running.read(&mut output)).await;
        let milliseconds = u64::try_from(self.clock.now().ms_since(began)).unwrap_or(0);
        let exit_code = status.and_then(|status| status.ok()?.ok()?.code());
        Ok(Ended { exit_code, milliseconds, output: String::from_utf8_lossy(&output).into_owned(), timed_out, stopped_for })
    }

    /// Starts a program that goes on until it is dropped.
    fn start(&self, program: &Program) -> std::io::Result<Running> {
        let (name, arguments) = program.words.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
        let mut command = Command::new(name);
        command.args(arguments).current_dir(&program.folder).env_clear();
        command.env("PATH", &self.path).env("HOME", &program.folder).env("LANG", "C.UTF-8");
        command.envs(program.environment.iter().map(|(name, value)| (name, value)));
        // In a group of its own, so that it can be ended with all of its children.
        command.process_group(0).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn()?;
        let group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
        Ok(Running { group, child })
    }
}

/// A program that has been started. Dropped, it is ended with all that it has started.
struct Running {
    // Before the child: its number is only its own until it has been waited for.
    group: Group,
    child: Child,
}

impl Running {
    /// What it says until it ends by itself, and how it ends.
    async fn listen(&mut self, output: &mut Vec<u8>) -> std::io::Result<std::process::ExitStatus> {
        let (mut out, mut err) = (self.child.stdout.take(), self.child.stderr.take());
        let status = {
            let ended = self.child.wait();
            tokio::pin!(ended);
            loop {
                let (mut a, mut b) = ([0; 4096], [0; 4096]);
                tokio::select! {
                    status = &mut ended => break status,
                    read = read_some(out.as_mut(), &mut a), if out.is_some() => if read == 0 { out = None } else { keep(output, &a[..read]) },
                    read = read_some(err.as_mut(), &mut b), if err.is_some() => if read == 0 { err = None } else { keep(output, &b[..read]) },
                }
            }
        };
        (self.child.stdout, self.child.stderr) = (out, err);
        status
    }

    /// What is left in the pipes.
    async fn read(&mut self, output: &mut Vec<u8>) {
        let (mut out, mut err) = (self.child.stdout.take(), self.child.stderr.take());
        let mut buffer = [0; 4096];
        loop {
            let read = read_some(out.as_mut(), &mut buffer).await;
            if read == 0 {
                break;
            }
            keep(output, &buffer[..read]);
        }
        loop {
            let read = read_some(err.as_mut(), &mut buffer).await;
            if read == 0 {
                break;
            }
            keep(output, &buffer[..read]);
        }
    }
}

/// 0 at the end, and when there is nothing to read from.
async fn read_some(pipe: Option<&mut (impl AsyncRead + Unpin)>, buffer: &mut [u8]) -> usize {
    match pipe {
        Some(pipe) => pipe.read(buffer).await.unwrap_or(0),
        None => 0,
    }
}

fn keep(output: &mut Vec<u8>, fresh: &[u8]) {
    output.extend_from_slice(fresh);
    if output.len() > 2 * MAX_OUTPUT_BYTES {
        output.drain(..output.len() - MAX_OUTPUT_BYTES);
    }
}

/// A group of processes, ended when it is dropped.
struct Group(Option<Pid>);

impl Group {
    fn end(&mut self) {
        if let Some(leader) = self.0.take() {
            // Gone already: then there is nobody to end.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests;
