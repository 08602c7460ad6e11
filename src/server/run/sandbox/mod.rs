//! A sandbox for programs that nobody has looked at: bubblewrap, told to leave nothing open.
//!
//! A program in it sees the system's programs and libraries (read only), folders that are named to it, an empty `/tmp`, and its own
//! processes. It has no network but a loopback of its own, no capability, no way to get one, and bounds on time, memory, processes and
//! disk. All of it ends with the run, whatever it has started.
//!
//! bubblewrap is a tool, not a policy: the policy is in here, and `tests/it/sandbox` tries to get out of it. What it does not keep away is
//! a fault of the kernel itself; nor does it hide how fast the machine is or which programs are installed on it.

mod bounds;
mod filter;
mod watch;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

pub use bounds::Bounds;
use bounds::Hierarchies;

use super::{
    Ended, Program, Runner,
    held::{self, Held},
};

/// What a program sees besides the system.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// Folders that it may write to, at the places where they are.
    pub writable: Vec<PathBuf>,
    /// Files and folders that it may read: where they are, and where it sees them.
    pub readable: Vec<(PathBuf, PathBuf)>,
    pub bounds: Bounds,
}

impl Room {
    /// Readable where it is.
    pub fn read(&mut self, path: impl Into<PathBuf>) {
        let path = path.into();
        self.readable.push((path.clone(), path));
    }
}

/// A sandbox that was seen to work here.
#[derive(Debug)]
pub struct Sandbox {
    program: PathBuf,
    version: String,
    hierarchies: Hierarchies,
    /// The filters, and the few files of `/etc` that programs look for.
    files: Held,
}

/// Why there is none here, in words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Absent(pub String);

/// How the name of the folder with our files begins.
const PREFIX: &str = "livegen-sandbox-";
const FILTERS: [&str; 2] = ["denied.bpf", "unseen.bpf"];
/// What of `/etc` is ours, so that nobody learns who has accounts here.
const ETC: [(&str, &str); 4] = [
    ("passwd", "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"),
    ("group", "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n"),
    ("hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"),
    ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
];
/// What of `/etc` is the system's: where libraries, alternatives and certificates are.
const SYSTEM_ETC: [&str; 7] = ["alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ssl", "localtime", "mime.types"];
/// Folders of the system, or links into `/usr`.
const SYSTEM: [&str; 6] = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/// Closes what it was handed by mistake, enters the groups, takes the bounds, opens the filters, and becomes bubblewrap. Its arguments: how many groups, their doors, the two
/// filters, and bubblewrap's own.
const ENTER: &str = r#"
for open in /proc/self/fd/*; do
    open=${open##*/}
    [ "$open" -le 2 ] || eval "exec $open>&-"
done
count=$1; shift
while [ "$count" -gt 0 ]; do echo $$ > "$1"; shift; count=$((count - 1)); done
exec 8< "$1" 9< "$2"; shift 2
BOUNDS
exec "$@"
"#;

/// Says `walls stand` where they do.
const LOOK: &str = r#"
status=$(cat /proc/self/status)
for expected in "NoNewPrivs:	1" "Seccomp:	2" "CapEff:	0000000000000000" "CapBnd:	0000000000000000"; do
    case "$status" in *"$expected"*) ;; *) echo "$expected is not so"; exit 1 ;; esac
done
for path in / /etc /usr /dev /proc/sys/kernel/core_pattern; do
    [ ! -w "$path" ] || { echo "$path can be written to"; exit 1; }
done
[ "$(ls /proc | grep -c '^[0-9]')" -lt 8 ] || { echo "other processes can be seen"; exit 1; }
echo walls stand
"#;

const LOOK_LIMIT: Duration = Duration::from_secs(20);

impl Sandbox {
    /// Looks whether there is one here, by using it.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn detect(runner: &Runner) -> Result<Self, Absent> {
        let absent = |why: String| Absent(why);
        let program = runner.find("bwrap").ok_or_else(|| absent("bubblewrap (bwrap) is not installed".into()))?;
        if runner.find("bash").is_none() {
            return Err(absent("bash is not installed".into()));
        }
        let filters = filter::filters().ok_or_else(|| absent("there is no filter for this kind of processor".into()))?;
        let files = Held::make(&std::env::temp_dir(), PREFIX, held::tree).map_err(|error| absent(error.to_string()))?;
        let contents = FILTERS.into_iter().zip(&filters).map(|(name, bytes)| (name, bytes.as_slice()));
        for (name, bytes) in contents.chain(ETC.iter().map(|(name, text)| (*name, text.as_bytes()))) {
            std::fs::write(files.path().join(name), bytes).map_err(|error| absent(error.to_string()))?;
        }
        let hierarchies = Hierarchies::detect();
        if rustix::process::geteuid().is_root() && !hierarchies.bound_processes() {
            return Err(absent("for root, only control groups bound the number of processes, and none can be made here".into()));
        }
        let asked = Program {
            words: vec![program.display().to_string(), "--version".into()],
            folder: "/".into(),
            environment: Vec::new(),
            limit: LOOK_LIMIT,
        };
        let said = runner.run(&asked).await.map_err(|error| absent(format!("bubblewrap cannot be started: {error}")))?;
        let sandbox = Self { program, version: said.output.trim().to_owned(), hierarchies, files };
        let look = Program { words: ["sh", "-c", LOOK].map(Into::into).into(), folder: "/".into(), ..asked };
        let seen = sandbox.run(runner, &look, &Room::default()).await.map_err(|error| absent(error.to_string()))?;
        if seen.is_success() && seen.output.trim() == "walls stand" {
            Ok(sandbox)
        } else {
            Err(absent(format!("{} does not work here: {}", sandbox.version, seen.output.trim())))
        }
    }

    /// For people: what it is, and how it bounds.
    pub fn describe(&self) -> String {
        let memory = if self.hierarchies.bound_memory() { "memory of all together" } else { "memory of each process" };
        format!("{}, no network, {memory} and the number of processes bounded", self.version)
    }

    /// Runs a program in it, as [`Runner::run`] does outside.
    ///
    /// # Errors
    /// It cannot be started.
    ///
    /// # Cancel safety
    /// Dropped, it ends the program and all that it has started.
    pub async fn run(&self, runner: &Runner, program: &Program, room: &Room) -> std::io::Result<Ended> {
        // Whoever cleans up the folder for what is temporary may take them: that is no fault of the program's.
        if FILTERS.iter().any(|name| !self.files.path().join(name).is_file()) {
            return Err(std::io::Error::other("the sandbox's own files are gone; they are made anew at the next start"));
        }
        let groups = self.hierarchies.groups(&room.bounds)?;
        let mut words: Vec<String> = ["bash", "-euc"].map(Into::into).into();
        words.push(ENTER.replace("BOUNDS", &room.bounds.of_each()));
        words.extend(["bash".to_owned(), groups.len().to_string()]);
        words.extend(groups.iter().map(|group| group.door().display().to_string()));
        words.extend(FILTERS.map(|name| self.files.path().join(name).display().to_string()));
        words.push(self.program.display().to_string());
        words.extend(self.walls(room));
        let environment =
            [("PATH", runner.path()), ("HOME", "/tmp"), ("LANG", "C.UTF-8")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        for (name, value) in environment.iter().chain(&program.environment) {
            words.extend(["--setenv".to_owned(), name.clone(), value.clone()]);
        }
        words.extend(["--chdir".to_owned(), program.folder.display().to_string(), "--".to_owned()]);
        words.extend(program.words.iter().cloned());
        let around = Program { words, folder: "/".into(), environment: Vec::new(), limit: program.limit };
        let ended = runner.run_until(&around, watch::until_full(&room.writable, &room.bounds)).await;
        drop(groups);
        ended
    }

    /// bubblewrap's arguments. In order: what comes later lies over what came before.
    fn walls(&self, room: &Room) -> Vec<String> {
        let mut words: Vec<String> = [
            "--unshare-all",
            "--unshare-user",
            "--disable-userns",
            "--die-with-parent",
            "--new-session",
            "--cap-drop",
            "ALL",
            "--clearenv",
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--hostname",
            "sandbox",
            "--add-seccomp-fd",
            "8",
            "--add-seccomp-fd",
            "9",
            "--ro-bind",
            "/usr",
            "/usr",
        ]
        .map(Into::into)
        .into();
        let mut say = |some: &[&str]| words.extend(some.iter().map(|word| (*word).to_owned()));
        for folder in SYSTEM {
            match std::fs::read_link(folder) {
                Ok(target) => say(&["--symlink", &target.display().to_string(), folder]),
                Err(_) => say(&["--ro-bind-try", folder, folder]),
            }
        }
        for name in SYSTEM_ETC {
            say(&["--ro-bind-try", &format!("/etc/{name}"), &format!("/etc/{name}")]);
        }
        for (name, _) in ETC {
            say(&["--ro-bind", &self.files.path().join(name).display().to_string(), &format!("/etc/{name}")]);
        }
        let size = room.bounds.temporary_bytes.to_string();
        // For root outside, what lies in /proc/sys would be its own, and bubblewrap covers only what it cannot write to itself.
        say(&["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--perms", "1777", "--size", &size, "--tmpfs", "/dev/shm"]);
        say(&["--remount-ro", "/dev", "--perms", "1777", "--size", &size, "--tmpfs", "/tmp"]);
        for folder in &room.writable {
            say(&["--bind", &folder.display().to_string(), &folder.display().to_string()]);
        }
        for (from, to) in &room.readable {
            say(&["--ro-bind", &from.display().to_string(), &to.display().to_string()]);
        }
        say(&["--remount-ro", "/"]);
        words
    }
}

/// Removes what sandboxes of killed processes have left outside.
pub fn sweep() {
    held::sweep(&std::env::temp_dir(), PREFIX, held::tree);
    bounds::sweep();
}

/// Whether the system's part of a sandbox has it already.
pub fn is_of_the_system(path: &Path) -> bool {
    path.starts_with("/usr") || SYSTEM.iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::server::clock::SystemClock;

    #[tokio::test]
    async fn no_program_is_blamed_for_files_of_ours_that_are_gone() {
        let runner = Runner::new(Arc::new(SystemClock), "");
        let sandbox = Sandbox::detect(&runner).await.unwrap();
        let words = vec!["true".to_owned()];
        let program = Program { words, folder: std::env::temp_dir(), environment: Vec::new(), limit: Duration::from_secs(30) };
        assert!(sandbox.run(&runner, &program, &Room::default()).await.unwrap().is_success());
        std::fs::remove_file(sandbox.files.path().join(FILTERS[0])).unwrap();
        let error = sandbox.run(&runner, &program, &Room::default()).await.unwrap_err();
        assert!(error.to_string().contains("made anew at the next start"), "{error}");
    }
}
