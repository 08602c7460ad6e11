//! The test suites that this program makes: what they need to run.

use super::Recipe;

const LOCKS: &[&str] = &["requirements.txt"];

pub const RECIPE: Recipe = Recipe {
    name: "suite",
    locks: LOCKS,
    room: |files| files.iter().filter(|file| LOCKS.contains(&file.path.as_str())).cloned().collect(),
    installs: &["python3 -m venv .venv", ".venv/bin/pip install --quiet -r requirements.txt"],
    prepares: &[],
    shared: &[".venv"],
    copied: &[],
    programs: &["python3"],
    environment: &[],
    inside: &[],
};
