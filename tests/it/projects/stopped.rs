//! `livegen generate project` stopped in the middle of its gates: by a signal it clears away what it has begun, and what a killed one leaves
//! goes with the next start.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use crate::process::livegen;

const BRIEF: &str = "books with title";
/// In the place of Python: installs programs that do nothing, and one that never ends once it has said that it began.
const PYTHON: &str = r#"#!/bin/sh
[ "$1" = -m ] || exit 1
mkdir -p .venv/bin
printf '#!/bin/sh\n' | tee .venv/bin/pip > .venv/bin/python
printf '#!/bin/sh\ntouch began\nexec sleep SECONDS\n' > .venv/bin/alembic
chmod +x .venv/bin/*
"#;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["tmp", "bin"] {
            std::fs::create_dir(place.path(folder)).unwrap();
        }
        std::fs::write(place.path("bin/python3"), PYTHON.replace("SECONDS", &place.seconds())).unwrap();
        std::fs::set_permissions(place.path("bin/python3"), PermissionsExt::from_mode(0o755)).unwrap();
        std::fs::write(place.path("brief.txt"), BRIEF).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// By which the program that never ends is known among all that run here.
    fn seconds(&self) -> String {
        let name = self.0.path().to_string_lossy().bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        format!("4{name:010}")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = livegen();
        command.args(["generate", "project", "-q", "-o", "a.zip"]).args(arguments).current_dir(self.0.path());
        command.env("LIVEGEN_PROJECT_FOLDER", self.path("workshop")).env("LIVEGEN_PROJECT_PATH", self.path("bin"));
        command.env("TMPDIR", self.path("tmp")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// One whose gates have begun.
    async fn start(&self) -> Child {
        let before = left(&self.path("workshop/work"));
        let mut child = self.command(&["brief.txt"]).spawn().unwrap();
        let has_begun = |folder: &PathBuf| !before.contains(folder) && folder.join("project/began").exists();
        while !left(&self.path("workshop/work")).iter().any(has_begun) {
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child
    }

    fn is_clear(&self) -> bool {
        let is_running = |process: &Path| {
            let words = std::fs::read(process.join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).split('\0').any(|word| word == self.seconds())
        };
        left(&self.path("workshop/work")).is_empty()
            && left(&self.path("tmp")).is_empty()
            && !left(Path::new("/proc")).iter().any(|path| is_running(path))
    }
}

fn left(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn a_signal_ends_it_without_a_trace() {
    for (name, code, word) in [("-INT", 130, "interrupted"), ("-TERM", 143, "terminated")] {
        let place = Place::new();
        let child = place.start().await;
        signal(&child, name);
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let said = String::from_utf8(stderr).unwrap();
        assert_eq!((status.code(), stdout.len(), said.lines().count()), (Some(code), 0, 1), "{said}");
        assert!(said.contains(word), "{said}");
        assert!(place.is_clear() && !place.path("a.zip").exists());
    }
}

#[tokio::test]
async fn the_next_start_clears_away_what_a_killed_one_left_and_nothing_that_is_in_use() {
    let place = Place::new();
    let killed = place.start().await;
    signal(&killed, "-KILL");
    killed.wait_with_output().unwrap();
    assert!(!place.is_clear());
    let living = place.start().await;
    assert_eq!(left(&place.path("workshop/work")).len(), 1, "the one of the living");
    let in_use = left(&place.path("workshop/work"));
    // Whatever comes of it, it starts.
    std::fs::write(place.path("bad.jdl"), "entity").unwrap();
    assert_eq!(place.command(&["--model", "bad.jdl"]).status().unwrap().code(), Some(5));
    assert_eq!(left(&place.path("workshop/work")), in_use);
    signal(&living, "-INT");
    assert_eq!(living.wait_with_output().unwrap().status.code(), Some(130));
    assert!(place.is_clear());
}
