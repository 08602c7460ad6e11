//! Where this host's toolchains are, so that a sandbox can show them: version managers put programs into people's homes, behind programs
//! that only choose.

use std::{path::PathBuf, time::Duration};

use crate::server::run::{
    Program, Runner,
    sandbox::{Room, is_of_the_system},
};

const LIMIT: Duration = Duration::from_secs(20);

/// The toolchains.
pub(super) struct Tools {
    /// Finds their programs themselves, before those that only choose.
    pub runner: Runner,
    /// Folders beside the system's that they need.
    folders: Vec<PathBuf>,
}

impl Tools {
    pub async fn find(runner: &Runner, environment: &[(String, String)]) -> Self {
        let mut folders = Vec::new();
        for words in [["python3", "-c", "import sys; print(sys.base_prefix)"], ["rustc", "--print", "sysroot"]] {
            folders.extend(ask(runner, &words, environment).await);
        }
        // npm lies beside Node.
        folders.extend(runner.find("node").and_then(|node| Some(node.canonicalize().ok()?.parent()?.parent()?.to_owned())));
        folders.retain(|folder| folder.is_absolute() && folder.components().count() > 2 && !is_of_the_system(folder));
        let programs = folders.iter().map(|folder| folder.join("bin"));
        Self { runner: runner.with(programs), folders }
    }

    /// What the first of these programs says of itself: what one version has built is of no use to another.
    pub async fn version(&self, programs: &[&str], environment: &[(String, String)]) -> String {
        let Some(program) = programs.first() else { return String::new() };
        let words = vec![(*program).to_owned(), "--version".to_owned()];
        let program = Program { words, folder: "/".into(), environment: environment.to_vec(), limit: LIMIT };
        self.runner.run(&program).await.map(|ended| ended.output).unwrap_or_default()
    }

    pub fn let_in(&self, room: &mut Room) {
        self.folders.iter().for_each(|folder| room.read(folder));
    }
}

/// The folder that a program names.
async fn ask(runner: &Runner, words: &[&str], environment: &[(String, String)]) -> Option<PathBuf> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let ended = runner.run(&Program { words, folder: "/".into(), environment: environment.to_vec(), limit: LIMIT }).await.ok()?;
    ended.is_success().then(|| PathBuf::from(ended.output.trim())).filter(|folder| folder.is_dir())
}
