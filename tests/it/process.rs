//! The real binary, started by a test: with nothing of what a developer's environment says about Livegen, and ended with the test.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread::JoinHandle,
};

/// The program, without settings, addresses and keys that happen to be in this process' environment.
pub fn livegen() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_livegen"));
    forget_own(&mut command);
    command
}

/// For commands that start the program by a detour. Before any variable is set: what is forgotten stays forgotten.
pub fn forget_own(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_setting = text.starts_with("LIVEGEN_") || text.starts_with("LEPTOS_");
        if is_setting || text.ends_with("_API_KEY") || matches!(&*text, "DATABASE_URL" | "REDIS_URL" | "REDIS_URI" | "SMTP_PASSWORD") {
            command.env_remove(name);
        }
    }
}

/// `livegen serve` with its data in this folder.
pub fn serve(data: &Path, port: u16) -> Command {
    let mut command = livegen();
    command
        .arg("serve")
        .env("LIVEGEN_SERVER_ADDR", format!("127.0.0.1:{port}"))
        .env("LIVEGEN_DATABASE_URL", format!("sqlite://{}", data.join("livegen.db").display()))
        .env("LIVEGEN_QUEUE_POLL_MS", "50");
    command
}

/// A server that runs; killed when it is dropped.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    said: Vec<JoinHandle<String>>,
}

impl Process {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        // Read all the time: a full pipe would hold the server up.
        let errors = std::thread::spawn(move || text(&mut stderr));
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("Livegen is ready on http://") else {
            panic!("not ready: {line:?} {}", errors.join().unwrap());
        };
        let address = address.parse().unwrap();
        let rest = std::thread::spawn(move || line + &text(&mut stdout));
        Self { child, address, said: vec![rest, errors] }
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    pub fn kill(mut self) {
        self.signal("-KILL");
        self.child.wait().unwrap();
    }

    /// Everything that it has written, on both channels, once it has ended.
    pub fn said(mut self) -> String {
        self.child.wait().unwrap();
        self.said.drain(..).map(|reader| reader.join().unwrap()).collect()
    }
}

fn text(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = from.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whoever has only the program has no site.
#[tokio::test]
async fn without_a_site_there_are_pages_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(folder.path(), 0);
    command.current_dir(folder.path());
    let process = Process::start(command);
    for path in ["/", "/new/project", "/tasks"] {
        let answer = reqwest::get(format!("http://{}{path}", process.address)).await.unwrap();
        let (status, html) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success() && html.contains("<h1"), "{path} {status} {html}");
    }
    process.kill();
}

#[test]
fn nothing_of_the_environment_says_how_a_test_s_program_runs() {
    let removed = |command: &Command, name: &str| command.get_envs().any(|(known, value)| known == name && value.is_none());
    let here: Vec<String> = std::env::vars().map(|(name, _)| name).collect();
    let command = livegen();
    for name in here.iter().filter(|name| name.ends_with("_API_KEY") || name.starts_with("LIVEGEN_") || name.starts_with("REDIS_UR")) {
        assert!(removed(&command, name), "{name}");
    }
    assert!(!removed(&command, "PATH"));
}
