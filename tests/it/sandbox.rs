//! The sandbox for code that nobody has looked at: what gets out of it, and what is left when it ends.
//!
//! Each way out is first gone outside, where it has to succeed: a probe that cannot is dead, and proves nothing inside. Some of them need
//! root for that; whoever runs the tests as somebody else tries the others.

mod left;
mod probes;

use std::{
    io::Write,
    net::TcpListener,
    os::{linux::net::SocketAddrExt, unix::net},
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::Arc,
    time::Duration,
};

use livegen::server::{
    clock::SystemClock,
    run::{
        Ended, Program, Runner,
        sandbox::{Bounds, Room, Sandbox},
    },
};

use probes::Probe;

const SECRET: &str = "9f3c-the-canary-77ab";
const LIMIT: Duration = Duration::from_secs(30);

fn runner() -> Runner {
    Runner::new(Arc::new(SystemClock), "")
}

pub async fn sandbox(runner: &Runner) -> Sandbox {
    Sandbox::detect(runner).await.unwrap_or_else(|absent| panic!("no sandbox: {absent}; scripts/setup.sh sandbox installs one"))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// What the probes are after: a secret in several places, a process that knows it, sockets that answer.
struct Target {
    folder: tempfile::TempDir,
    victim: Child,
    shared: PathBuf,
    segment: String,
    environment: Vec<(String, String)>,
    /// A file that the server has open, and forgot to close for others.
    _open: std::fs::File,
}

impl Target {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_owned();
        std::fs::write(place.join("secret"), SECRET).unwrap();
        let open = std::fs::File::open(place.join("secret")).unwrap();
        rustix::io::fcntl_setfd(&open, rustix::io::FdFlags::empty()).unwrap();
        let made = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('create table t as select 1'); c.commit()";
        let database = Command::new("python3").args(["-c", made]).arg(place.join("livegen.db")).status();
        assert!(database.unwrap().success());
        let victim = Command::new("sleep").arg("600").env("CANARY", SECRET).current_dir(&place).spawn().unwrap();
        let shared = PathBuf::from(format!("/dev/shm/livegen-{}", victim.id()));
        std::fs::write(&shared, SECRET).unwrap();
        let said = Command::new("ipcmk").args(["-M", "4096"]).output().unwrap().stdout;
        let segment = String::from_utf8(said).unwrap().split_whitespace().last().unwrap().to_owned();
        let port = |address: &str| answer(TcpListener::bind((address, 0)).unwrap());
        let name = format!("livegen-probe-{}", victim.id());
        let abstract_socket = net::SocketAddr::from_abstract_name(&name).unwrap();
        answer_unix(net::UnixListener::bind_addr(&abstract_socket).unwrap());
        answer_unix(net::UnixListener::bind(place.join("socket")).unwrap());
        let environment = [
            ("VICTIM", victim.id().to_string()),
            ("TARGET", place.display().to_string()),
            ("SECRET_IS", SECRET.to_owned()),
            ("HOST_HOME", std::env::var("HOME").unwrap()),
            ("SHARED", shared.file_name().unwrap().to_str().unwrap().to_owned()),
            ("SEGMENT", segment.clone()),
            ("ABSTRACT", name),
            ("PORT", port("0.0.0.0").to_string()),
            ("PORT6", port("::1").to_string()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        Self { folder, victim, shared, segment, environment, _open: open }
    }

    /// A new folder to work in, and the probe as a program.
    fn program(&self, body: &str) -> (tempfile::TempDir, Program) {
        // Beside the secret, on the same disk.
        let work = tempfile::tempdir_in(self.folder.path()).unwrap();
        let text = format!("{}\n{body}\n", probes::PRELUDE);
        let mut environment = self.environment.clone();
        environment.push(("WORK".into(), work.path().display().to_string()));
        let words = ["python3", "-c", &text].map(Into::into).into();
        let program = Program { words, folder: work.path().to_owned(), environment, limit: LIMIT };
        (work, program)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.victim.kill();
        let _ = self.victim.wait();
        let _ = std::fs::remove_file(&self.shared);
        let _ = Command::new("ipcrm").args(["-m", &self.segment]).status();
    }
}

/// Says something to everybody who connects.
fn answer(listener: TcpListener) -> u16 {
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || listener.incoming().flatten().for_each(|mut peer| drop(peer.write_all(b"hello"))));
    port
}

fn answer_unix(listener: net::UnixListener) {
    std::thread::spawn(move || listener.incoming().flatten().for_each(|mut peer| drop(peer.write_all(b"hello"))));
}

fn room(work: &Path, bounds: Bounds) -> Room {
    Room { writable: vec![work.to_owned()], bounds, ..Room::default() }
}

/// Goes each way outside and inside; how many there were.
async fn try_all(probes: &[Probe], bounds: Bounds) -> usize {
    let (runner, target) = (runner(), Target::new());
    let sandbox = sandbox(&runner).await;
    let (mut faults, mut tried) = (Vec::new(), 0);
    for (name, body, needs_root) in probes {
        if *needs_root && !is_root() {
            continue;
        }
        tried += 1;
        let (_work, program) = target.program(body);
        let outside = runner.run(&program).await.unwrap();
        if !outside.is_success() {
            faults.push(format!("dead: {name}: {outside:?}"));
        }
        let (work, program) = target.program(body);
        let inside = sandbox.run(&runner, &program, &room(work.path(), bounds)).await.unwrap();
        if inside.is_success() {
            faults.push(format!("ESCAPED: {name}: {inside:?}"));
        } else if !is_refusal(&inside) {
            faults.push(format!("never got as far as trying: {name}: {inside:?}"));
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    tried
}

/// The program began, and was refused something or ended for wanting it.
fn is_refusal(ended: &Ended) -> bool {
    let began = !ended.output.contains("bwrap:") && !ended.output.contains("SyntaxError") && !ended.output.contains("NameError");
    began && ended.exit_code != Some(127)
}

#[tokio::test]
async fn files_of_the_host_are_out_of_reach() {
    assert!(try_all(probes::FILES, Bounds::default()).await >= 14);
}

#[tokio::test]
async fn processes_of_the_host_are_out_of_reach() {
    assert!(try_all(probes::PROCESSES, Bounds::default()).await >= 10);
}

#[tokio::test]
async fn no_right_is_to_be_had() {
    assert!(try_all(probes::RIGHTS, Bounds::default()).await >= 6);
}

#[tokio::test]
async fn the_kernel_does_not_listen() {
    assert!(try_all(probes::KERNEL, Bounds::default()).await >= 5);
}

#[tokio::test]
async fn nobody_is_to_be_reached() {
    assert!(try_all(probes::NETWORK, Bounds::default()).await >= 8);
}

#[tokio::test]
async fn nobody_takes_more_than_there_is() {
    let bounds = Bounds {
        memory_bytes: 128 << 20,
        processes: 24,
        cpu_seconds: 1,
        file_bytes: 16 << 20,
        disk_bytes: 32 << 20,
        disk_files: 1000,
        temporary_bytes: 16 << 20,
    };
    assert!(try_all(probes::BOMBS, bounds).await >= 11);
}

#[test]
fn the_probes_are_many_and_different() {
    let all = [probes::FILES, probes::PROCESSES, probes::RIGHTS, probes::KERNEL, probes::NETWORK, probes::BOMBS].concat();
    let names: std::collections::BTreeSet<_> = all.iter().map(|(name, ..)| name).collect();
    let bodies: std::collections::BTreeSet<_> = all.iter().map(|(_, body, _)| body).collect();
    assert_eq!((names.len(), bodies.len()), (all.len(), all.len()));
    assert!(all.len() >= 80, "{}", all.len());
}

#[tokio::test]
async fn work_can_be_done_in_it() {
    let runner = runner();
    let sandbox = sandbox(&runner).await;
    let (work, given) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(given.path().join("a"), "given").unwrap();
    let script = r#"
import os, socket, subprocess, sys, threading
assert open(os.environ["GIVEN"] + "/a").read() == "given"
server = socket.create_server(("127.0.0.1", 8000))
threading.Thread(target=lambda: server.accept()[0].sendall(b"hi"), daemon=True).start()
assert socket.create_connection(("localhost", 8000)).recv(9) == b"hi"
assert subprocess.run(["sh", "-c", "id -un; umask 022; mkdir -p x/y; cp -a x z; chmod 755 x"], capture_output=True, text=True).stdout == "user\n"
open("/tmp/t", "w").write("x")
open("made", "w").write("yes")
try:
    open(os.environ["GIVEN"] + "/b", "w")
except OSError:
    print("done", sorted(os.environ))
"#;
    let environment = vec![("GIVEN".into(), given.path().display().to_string())];
    let words = ["python3", "-c", script].map(Into::into).into();
    let program = Program { words, folder: work.path().to_owned(), environment, limit: LIMIT };
    let mut room = room(work.path(), Bounds::default());
    room.read(given.path());
    let ended = sandbox.run(&runner, &program, &room).await.unwrap();
    assert!(ended.is_success(), "{}", ended.output);
    assert_eq!(ended.output.trim(), "done ['GIVEN', 'HOME', 'LANG', 'LC_CTYPE', 'PATH', 'PWD']".replace("'LC_CTYPE', ", ""));
    assert_eq!(std::fs::read_to_string(work.path().join("made")).unwrap(), "yes");
    let failing = Program { words: ["sh", "-c", "exit 7"].map(Into::into).into(), ..program };
    assert_eq!(sandbox.run(&runner, &failing, &room).await.unwrap().exit_code, Some(7));
}
