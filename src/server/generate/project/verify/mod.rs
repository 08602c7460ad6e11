//! The gates: a project is only called completed when it was installed, built, started and tested as its README says.
//!
//! Each gate leaves receipts: command, exit code, seconds. What a gate needs and this host does not have is said, never passed over; it
//! does not fail the project. Programs run without a sandbox here: all that they run was written by the blueprints and by the packages
//! that they pin.

mod outside;
mod readme;
mod workshop;

use serde::{Deserialize, Serialize};

pub use workshop::Workshop;

use super::blueprint::File;
use crate::{
    protocol::{
        Level, Problem,
        project::{Database, ProjectOptions, Stack},
    },
    server::{
        generate::{StageContext, StageError, Step},
        run::Ended,
    },
};

/// What was run, and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub command: String,
    pub exit_code: Option<i32>,
    pub seconds: f64,
}

/// A gate: what is expected, whether it was seen here, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    pub name: String,
    pub expectation: String,
    pub verified: bool,
    /// Why it was not verified here; or what was seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub receipts: Vec<Receipt>,
}

/// Words in a command, the gate that it belongs to, and what that gate expects. The first that fits.
const GATES: [(&[&str], &str, &str); 7] = [
    (&["healthz"], "boot", "It starts, and says that it is well."),
    (&["venv", "pip install", "cargo build"], "install", "It installs and builds from its lock file."),
    (&["alembic", "migrate"], "migrations", "The database goes up, down and up again."),
    (&["seed"], "seed", "There is something to look at."),
    (&["ruff format", "cargo fmt"], "format", "It is formatted as usual for its language."),
    (&["ruff check", "clippy"], "lint", "The usual tools find nothing."),
    (&["pytest", "cargo test"], "tests", "Its tests pass, and cover 80 % of its lines."),
];

fn gate_of(command: &str) -> (&'static str, &'static str) {
    let fits = |words: &[&str]| words.iter().any(|word| command.contains(word));
    GATES.iter().find(|(words, ..)| fits(words)).map_or(("readme", "Every command of the README works."), |(_, name, text)| (*name, *text))
}

/// The gates of one project, as they are run one after the other.
pub struct Verification<'v> {
    workshop: &'v Workshop,
    context: &'v dyn StageContext,
    gates: Vec<Gate>,
    /// Done and expected, for the bar.
    steps: (usize, usize),
}

impl<'v> Verification<'v> {
    pub fn new(workshop: &'v Workshop, context: &'v dyn StageContext) -> Self {
        Self { workshop, context, gates: Vec::new(), steps: (0, 1) }
    }

    /// Runs all gates.
    ///
    /// # Errors
    /// The first gate that failed, with the end of what its program said.
    pub async fn run(mut self, files: &[File], options: &ProjectOptions) -> Result<Vec<Gate>, StageError> {
        let bench =
            self.workshop.bench(files, options.stack).await.map_err(|error| StageError::Retry(format!("no room to verify in: {error}")))?;
        let readme = files.iter().find(|file| file.path == "README.md").map(|file| file.content.as_str()).unwrap_or_default();
        let commands = readme::commands(readme);
        let (down_and_up, suite) = (outside::down_and_up(options.stack), 3);
        self.steps.1 = commands.len() + down_and_up.len() + suite;
        let database = match options.database {
            Database::Sqlite => None,
            Database::Postgres => Some("it needs a PostgreSQL server"),
        };
        let mut missing: Option<String> = None;
        for command in &commands {
            let (name, expectation) = gate_of(&command.text);
            let needs_database = matches!(name, "migrations" | "seed" | "boot");
            let why = missing.clone().or_else(|| database.filter(|_| needs_database).map(str::to_owned));
            if let Some(why) = why {
                self.not_verified(name, expectation, &why).await?;
            } else {
                missing = self.command(&bench, name, expectation, &command.text, &format!("README.md, line {}", command.line)).await?;
            }
        }
        for words in down_and_up {
            let (name, expectation) = gate_of("alembic");
            match missing.clone().or_else(|| database.map(str::to_owned)) {
                Some(why) => self.not_verified(name, expectation, &why).await?,
                None => missing = self.command(&bench, name, expectation, words, "down and up again").await?,
            }
        }
        let (name, expectation) =
            ("own suite", "The test suite that Livegen makes of its OpenAPI description passes on the running project.");
        match missing.or_else(|| database.map(str::to_owned)) {
            Some(why) => self.not_verified(name, expectation, &why).await?,
            None => outside::suite(&mut self, &bench, options, name, expectation).await?,
        }
        Ok(self.gates)
    }

    /// Runs a command of a gate. `Some`: it could not be run here, and why.
    async fn command(
        &mut self,
        bench: &workshop::Bench<'_>,
        name: &str,
        expectation: &str,
        text: &str,
        place: &str,
    ) -> Result<Option<String>, StageError> {
        self.step(&format!("{name}: {}", text.lines().next().unwrap_or_default())).await?;
        let ended = tokio::select! {
            ended = bench.shell(text) => ended,
            () = self.context.stopped() => {
                // Says why, as an error.
                self.context.step(Step::default()).await?;
                return Err(StageError::Fail(Problem::internal()));
            }
        };
        match ended {
            Ok(ended) => self.ended(name, expectation, text, place, ended).await,
            Err(why) => {
                self.not_verified(name, expectation, &why).await?;
                Ok(Some(why))
            }
        }
    }

    async fn ended(&mut self, name: &str, expectation: &str, text: &str, place: &str, ended: Ended) -> Result<Option<String>, StageError> {
        let receipt = receipt(text, &ended);
        let said = format!("{name}: `{}` {} in {:.1} s", one_line(text), how(&ended), receipt.seconds);
        if ended.is_success() {
            self.context.log(Level::Info, said).await?;
            self.verified(name, expectation, receipt, last_figure(&ended.output));
            return Ok(None);
        }
        if let Some(why) = missing_here(&ended) {
            self.not_verified(name, expectation, &why).await?;
            return Ok(Some(why));
        }
        self.context.log(Level::Error, said.clone()).await?;
        for line in tail(&ended.output) {
            self.context.log(Level::Error, line.to_owned()).await?;
        }
        let detail = format!("{expectation} {said} ({place}). The log has the end of what it said.");
        Err(StageError::Fail(Problem::new(500, "gate-failed", &format!("The gate “{name}” was not passed"), detail)))
    }

    fn gate(&mut self, name: &str, expectation: &str) -> Option<&mut Gate> {
        if !self.gates.iter().any(|gate| gate.name == name) {
            self.gates.push(Gate {
                name: name.into(),
                expectation: expectation.into(),
                verified: true,
                note: String::new(),
                receipts: Vec::new(),
            });
        }
        self.gates.iter_mut().find(|gate| gate.name == name)
    }

    fn verified(&mut self, name: &str, expectation: &str, receipt: Receipt, note: Option<String>) {
        if let Some(gate) = self.gate(name, expectation) {
            gate.receipts.push(receipt);
            gate.note = note.unwrap_or_else(|| std::mem::take(&mut gate.note));
        }
    }

    async fn not_verified(&mut self, name: &str, expectation: &str, why: &str) -> Result<(), StageError> {
        let Some(gate) = self.gate(name, expectation) else { return Ok(()) };
        if gate.verified {
            gate.verified = false;
            why.clone_into(&mut gate.note);
            self.context.log(Level::Warning, format!("{name}: not verified here: {why}")).await?;
        }
        Ok(())
    }

    async fn step(&mut self, message: &str) -> Result<(), StageError> {
        self.steps.0 += 1;
        let percent = u8::try_from(self.steps.0.min(self.steps.1) * 90 / self.steps.1.max(1)).unwrap_or(90);
        Ok(self.context.step(Step { percent, message: message.to_owned(), ..Step::default() }).await?)
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
fn receipt(text: &str, ended: &Ended) -> Receipt {
    Receipt { command: text.to_owned(), exit_code: ended.exit_code, seconds: ended.milliseconds as f64 / 1000.0 }
}

fn how(ended: &Ended) -> String {
    match ended.exit_code {
        _ if ended.timed_out => "was ended because it took too long".into(),
        Some(code) => format!("ended with {code}"),
        None => "was ended by a signal".into(),
    }
}

/// What a failure says about the host instead of about the project.
fn missing_here(ended: &Ended) -> Option<String> {
    let said = |words: &[&str]| words.iter().any(|word| ended.output.contains(word));
    if ended.exit_code == Some(127) || said(&["command not found", "not found\n"]) && ended.exit_code == Some(127) {
        return Some(format!("a program is missing: {}", tail(&ended.output).last().copied().unwrap_or_default()));
    }
    if said(&["ensurepip is not available"]) {
        return Some("Python cannot make virtual environments here (package python3-venv)".into());
    }
    if said(&[
        "Temporary failure in name resolution",
        "NewConnectionError",
        "Failed to establish a new connection",
        "No matching distribution found",
        "Read timed out",
    ]) {
        return Some("packages cannot be fetched from here".into());
    }
    None
}

const MAX_TAIL_LINES: usize = 30;

fn tail(output: &str) -> Vec<&str> {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(MAX_TAIL_LINES)..].to_vec()
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("; ")
}

/// `46 passed in 1.2s`, `TOTAL … 97%`: what test runners end with.
fn last_figure(output: &str) -> Option<String> {
    let total = output.lines().rev().find(|line| line.starts_with("TOTAL")).and_then(|line| line.split_whitespace().last());
    let passed = output.lines().rev().find(|line| line.contains(" passed")).map(|line| line.trim_matches(['=', ' ']).to_owned());
    match (passed, total) {
        (Some(passed), Some(total)) => Some(format!("{passed}, {total} of lines covered")),
        (passed, _) => passed,
    }
}

/// How a project is started, on a port of its own.
fn serve(stack: Stack, port: u16) -> String {
    match stack {
        Stack::FastApi => format!(".venv/bin/uvicorn app.main:app --port {port}"),
        Stack::Axum => format!("env PORT={port} cargo run --locked -- serve"),
        Stack::Hono => format!("PORT={port} npm start"),
    }
}
