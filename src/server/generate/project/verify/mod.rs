//! The gates: a project is only called completed when it was installed, built, started and tested as its README says.
//!
//! Each gate leaves receipts: command, exit code, seconds, and whether it ran in a sandbox. What a gate needs and this host does not have
//! is said, never passed over; it does not fail the project.
//!
//! Only fetching packages happens outside of the sandbox: by commands that stand in this program, of lock files that a blueprint wrote, and
//! without running any code of the packages (`install`). What a language model or a person has had a hand in runs in a sandbox, or not at
//! all; what the blueprints wrote runs in one where there is one.

mod figures;
mod install;
mod operations;
mod order;
mod outcome;
mod readme;
mod stacks;
mod suite;
mod tools;
mod workshop;

pub use order::Disorder;
pub use outcome::{Broken, Failure, Gate, MAX_TAIL_LINES, Receipt, Report};
pub use workshop::{Policy, Workshop};

use install::NotInstalled;
use outcome::{how, one_line, receipt};
use stacks::{Expected, Means};
use workshop::Bench;

use super::{blueprint::File, input::Settled, review};
use crate::{
    protocol::{
        Level, Problem,
        project::{Database, ProjectModel, ProjectOptions},
    },
    server::{
        generate::{StageContext, StageError, Step, Stop},
        run::{Ended, sandbox::Sandbox},
    },
};

/// Who had a hand in the files.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'t> {
    /// A blueprint alone.
    Blueprint,
    /// A language model or a person too; and what the blueprint alone would have written.
    Foreign { blueprint: &'t [File] },
}

/// Runs the gates of projects, as often as somebody likes.
pub struct Verification<'v> {
    workshop: &'v Workshop,
    context: &'v dyn StageContext,
}

impl<'v> Verification<'v> {
    pub fn new(workshop: &'v Workshop, context: &'v dyn StageContext) -> Self {
        Self { workshop, context }
    }

    /// Runs all gates on the files of a project. What is installed is kept, so a second run of changed files is fast.
    ///
    /// # Errors
    /// The first gate that was not passed, with the end of what its program said; or that it cannot go on.
    pub async fn run(&self, files: &[File], of: &Settled, trust: Trust<'_>) -> Result<Report, Broken> {
        let Settled { model, options, .. } = of;
        let means = stacks::means(options.stack);
        let commands = readme::of(files, trust);
        let of_commands = commands.iter().map(|command| command.text.as_str()).chain(means.down_and_up.iter().copied());
        let shares = of_commands.map(|text| means.gate_of(text).share()).sum::<usize>();
        let steps = (0, shares + stacks::MISSING.share() + stacks::INSTALL.share() + 2 + stacks::SUITE.share());
        let mut run = Run { workshop: self.workshop, context: self.context, gates: Vec::new(), steps };
        run.read(files, model, means, &commands).await?;
        let sandbox = self.workshop.sandbox().await;
        let described = match &sandbox {
            Ok(sandbox) => sandbox.describe(),
            Err(absent) => format!("none: {absent}"),
        };
        let is_foreign = matches!(trust, Trust::Foreign { .. });
        let sandbox = match sandbox {
            Ok(sandbox) => Some(sandbox),
            Err(absent) if is_foreign || self.workshop.policy() == Policy::Required => {
                let who = if is_foreign { "not only a blueprint has written it" } else { "the settings require it" };
                let why = format!("it runs only in a sandbox, because {who}, and there is none: {absent}");
                run.nothing(means, &commands, &why).await?;
                return Ok(Report { gates: run.gates, sandbox: described });
            }
            Err(absent) => {
                self.context.log(Level::Info, format!("Without a sandbox ({absent}): only a blueprint has written it")).await?;
                None
            }
        };
        run.programs(files, means, &commands, options, trust, sandbox).await?;
        Ok(Report { gates: run.gates, sandbox: described })
    }
}

/// The gates of one project, as they are run one after the other.
struct Run<'v> {
    workshop: &'v Workshop,
    context: &'v dyn StageContext,
    gates: Vec<Gate>,
    /// Shares of the time that are begun and expected, for the bar.
    steps: (usize, usize),
}

impl Run<'_> {
    /// The gates that only read.
    async fn read(&mut self, files: &[File], model: &ProjectModel, means: &Means, commands: &[readme::Command]) -> Result<(), Broken> {
        self.step("Reading every file", stacks::MISSING.share()).await?;
        let findings = review::review_of(files.iter().map(|file| (file.path.as_str(), file.content.as_str())), model);
        let said = |secret: bool| {
            let of_kind = findings.iter().filter(move |finding| finding.is_secret == secret);
            of_kind.map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.what)).collect::<Vec<_>>()
        };
        self.looked_at(stacks::MISSING, said(false), format!("{} files", files.len())).await?;
        self.looked_at(stacks::SECRETS, said(true), "by the shapes of keys that are in use".into()).await?;
        let asked = "whether there are newer ones is not asked here";
        self.looked_at(stacks::PINS, operations::pins(files, means), asked.into()).await?;
        let fixed = means.recipe.installs.iter().chain(means.down_and_up).copied();
        let known: Vec<&str> = commands.iter().map(|command| command.text.as_str()).chain(fixed).collect();
        if let Some(faults) = operations::operations(files, means, &known) {
            self.looked_at(stacks::OPERATIONS, faults, "read, not run".into()).await?;
        }
        Ok(())
    }

    async fn looked_at(&mut self, gate: Expected, faults: Vec<String>, note: String) -> Result<(), Broken> {
        if let Some(first) = faults.first() {
            let how = if faults.len() == 1 { first.clone() } else { format!("{} faults; the first: {first}", faults.len()) };
            return Err(self.broken(Failure::new(gate, "", "read", &how, &faults.join("\n"))).await?);
        }
        self.gate(gate).note = note;
        Ok(())
    }

    /// The gates that run programs.
    async fn programs(
        &mut self,
        files: &[File],
        means: &Means,
        commands: &[readme::Command],
        options: &ProjectOptions,
        trust: Trust<'_>,
        sandbox: Option<&Sandbox>,
    ) -> Result<(), Broken> {
        let recipe = &means.recipe;
        if let Trust::Foreign { blueprint } = trust {
            // What is fetched is fetched outside: so it has to be what the blueprint names.
            if let Some(changed) = changed(&recipe.locks_of(files), &recipe.locks_of(blueprint)) {
                let how = format!("`{changed}` is not as the blueprint wrote it; only its own packages are fetched");
                return Err(self.broken(Failure::new(stacks::INSTALL, "", &changed, &how, "")).await?);
            }
        }
        self.step(&format!("{}: {}", stacks::INSTALL.0, recipe.installs.join("; ")), stacks::INSTALL.share()).await?;
        let installed = self.unless_stopped(self.workshop.installation(recipe, files, sandbox)).await?;
        let installed = match installed {
            Ok(installed) => installed,
            Err(NotInstalled::Here(why)) => return Ok(self.nothing(means, commands, &why).await?),
            Err(NotInstalled::Io(error)) => return Err(StageError::Retry(format!("no room to verify in: {error}")).into()),
            Err(NotInstalled::Failed(command, ended)) => return Err(self.failed(stacks::INSTALL, &command, "installing", &ended).await?),
        };
        for receipt in installed.receipts.clone() {
            self.passed(stacks::INSTALL, receipt, None).await?;
        }
        let bench = self.workshop.bench(files, means, &installed, sandbox).await;
        let bench = bench.map_err(|error| StageError::Retry(format!("no room to verify in: {error}")))?;
        let database = (options.database == Database::Postgres).then_some("it needs a PostgreSQL server");
        let mut missing: Option<String> = None;
        let of_readme = commands.iter().map(|command| (command.text.as_str(), command.place.clone()));
        let more = means.down_and_up.iter().map(|text| (*text, "down and up again".to_owned()));
        for (text, place) in of_readme.chain(more) {
            if recipe.installs.contains(&text) {
                continue;
            }
            let gate = means.gate_of(text);
            match missing.clone().or_else(|| database.filter(|_| means.asking_database.contains(&gate)).map(str::to_owned)) {
                Some(why) => self.not_verified(gate, &why).await?,
                None => missing = self.command(&bench, means, gate, text, &place).await?,
            }
        }
        match missing.or_else(|| database.map(str::to_owned)) {
            Some(why) => self.not_verified(stacks::SUITE, &why).await?,
            None => suite::suite(self, &bench, means, options, sandbox).await?,
        }
        Ok(())
    }

    /// None of the gates that run programs, for one reason.
    async fn nothing(&mut self, means: &Means, commands: &[readme::Command], why: &str) -> Result<(), Stop> {
        self.not_verified(stacks::INSTALL, why).await?;
        for text in commands.iter().map(|command| command.text.as_str()).chain(means.down_and_up.iter().copied()) {
            self.not_verified(means.gate_of(text), why).await?;
        }
        self.not_verified(stacks::SUITE, why).await
    }

    /// Runs a command of a gate. `Some`: it could not be run here, and why.
    async fn command(
        &mut self,
        bench: &Bench<'_>,
        means: &Means,
        gate: Expected,
        text: &str,
        place: &str,
    ) -> Result<Option<String>, Broken> {
        self.step(&format!("{}: {}", gate.0, text.lines().next().unwrap_or_default()), gate.share()).await?;
        let ended = match self.unless_stopped(bench.shell(text)).await? {
            Ok(ended) => ended,
            Err(why) => {
                self.not_verified(gate, &why).await?;
                return Ok(Some(why));
            }
        };
        if !ended.is_success() {
            if let Some(why) = figures::missing_here(&ended) {
                self.not_verified(gate, &why).await?;
                return Ok(Some(why));
            }
            return Err(self.failed(gate, text, place, &ended).await?);
        }
        let mut note = None;
        let is_tests = gate.0 == stacks::TESTS.0;
        if is_tests {
            let figures = figures::figures(&ended.output);
            if let Some(how) = figures.fault(means.coverage) {
                return Err(self.broken(Failure::new(gate, text, place, &how, &ended.output)).await?);
            }
            note = figures.note();
        }
        self.passed(gate, receipt(text, &ended, bench.is_sandboxed()), note).await?;
        if let (true, Err(why)) = (is_tests, means.coverage) {
            self.not_verified(stacks::COVERAGE, why).await?;
        }
        Ok(None)
    }

    /// Waits for something, but not longer than the stage may go on.
    async fn unless_stopped<T>(&self, something: impl Future<Output = T>) -> Result<T, Broken> {
        tokio::select! {
            done = something => Ok(done),
            () = self.context.stopped() => {
                // Says why, as an error.
                self.context.step(Step::default()).await?;
                Err(StageError::Fail(Problem::internal()).into())
            }
        }
    }

    fn gate(&mut self, Expected(name, expectation): Expected) -> &mut Gate {
        let at = self.gates.iter().position(|gate| gate.name == name).unwrap_or_else(|| {
            let (name, expectation) = (name.to_owned(), expectation.to_owned());
            self.gates.push(Gate { name, expectation, verified: true, note: String::new(), receipts: Vec::new() });
            self.gates.len() - 1
        });
        &mut self.gates[at]
    }

    async fn passed(&mut self, gate: Expected, receipt: Receipt, note: Option<String>) -> Result<(), Stop> {
        let said = note.as_deref().unwrap_or(if receipt.kept { "done earlier, for the same lock files," } else { "passed" });
        let said = format!("{}: `{}` {said} in {:.1} s", gate.0, one_line(&receipt.command), receipt.seconds);
        self.context.log(Level::Info, said).await?;
        let gate = self.gate(gate);
        gate.receipts.push(receipt);
        if let Some(note) = note {
            gate.note = note;
        }
        Ok(())
    }

    async fn not_verified(&mut self, gate: Expected, why: &str) -> Result<(), Stop> {
        let found = self.gate(gate);
        if found.verified {
            found.verified = false;
            why.clone_into(&mut found.note);
            self.context.log(Level::Warning, format!("{}: not verified here: {why}", gate.0)).await?;
        }
        Ok(())
    }

    /// A command that did not end well, as an error; logged.
    async fn failed(&self, gate: Expected, text: &str, place: &str, ended: &Ended) -> Result<Broken, Stop> {
        let failure = Failure { exit_code: ended.exit_code, ..Failure::new(gate, text, place, &how(ended), &ended.output) };
        self.broken(failure).await
    }

    async fn broken(&self, failure: Failure) -> Result<Broken, Stop> {
        self.context.log(Level::Error, format!("{} ({})", failure.summary(), failure.place)).await?;
        for line in &failure.output {
            self.context.log(Level::Error, line.clone()).await?;
        }
        Ok(Broken::Gate(Box::new(failure)))
    }

    /// Says what begins, and of the time for all how much that usually takes.
    async fn step(&mut self, message: &str, share: usize) -> Result<(), Stop> {
        let percent = u8::try_from(self.steps.0.min(self.steps.1) * 90 / self.steps.1.max(1)).unwrap_or(90);
        self.steps.0 += share;
        self.context.step(Step { percent, message: message.to_owned(), ..Step::default() }).await
    }
}

/// The first file that is not the same in both.
fn changed(files: &[File], others: &[File]) -> Option<String> {
    let missing = |one: &[File], other: &[File]| one.iter().find(|file| !other.contains(file)).map(|file| file.path.clone());
    missing(files, others).or_else(|| missing(others, files))
}
