//! Python for the tests: one virtual environment with the suite's own pinned requirements, kept between runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The interpreter of an environment that holds what the suite asks for.
pub fn interpreter(requirements: &str) -> &'static Path {
    static INTERPRETER: OnceLock<PathBuf> = OnceLock::new();
    INTERPRETER.get_or_init(|| environment("venv", requirements))
}

/// Makes the environment `target/{name}` unless it is there with these very requirements, and gives its interpreter. Not for two at once.
///
/// # Panics
/// When Python is missing or the requirements cannot be installed: both are needed by `make test`.
pub fn environment(name: &str, requirements: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name);
    let interpreter = folder.join("bin/python");
    let receipt = folder.join("installed.txt");
    if fs::read_to_string(&receipt).is_ok_and(|installed| installed == requirements) {
        return interpreter;
    }
    fs::create_dir_all(&folder).unwrap();
    let list = folder.join("requirements.txt");
    fs::write(&list, requirements).unwrap();
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    run(Command::new(&interpreter).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&list));
    fs::write(&receipt, requirements).unwrap();
    interpreter
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Unpacks a ZIP with Python's own reader, as a user would.
pub fn unpack(zip: &[u8], folder: &Path) {
    let archive = folder.join("suite.zip");
    fs::write(&archive, zip).unwrap();
    run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&archive).arg(folder.join("unpacked")));
}
