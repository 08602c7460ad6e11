//! `livegen generate …`: the same pipeline as the server's, with the terminal as its journal.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Read},
    path::Path,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use indicatif::{ProgressBar, ProgressStyle};
use livegen::{
    protocol::{Level, Problem, PromptInput, StagePlan, TaskInput, TestSuiteInput},
    server::generate::{
        Generator, Package, StageContext, StageError, Step, Stop,
        pipeline::{self, Course, Journal},
        prompt::Prompt,
        test_suite::TestSuite,
    },
};
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};

use super::{EXIT_FAILED, EXIT_INTERRUPTED, EXIT_INVALID, EXIT_OUTSIDE, EXIT_TERMINATED, output};

/// For what has to be cleared away in the end.
const CLEARING: Duration = Duration::from_secs(10);

pub fn test_suite(spec: &Path, output: &Path, quiet: bool, json: bool) -> ExitCode {
    let name = spec.file_name().map(|name| name.to_string_lossy().into_owned());
    let input = |description| TaskInput::TestSuite(TestSuiteInput { name, description: Some(description), url: None });
    let done = read_input(spec).and_then(|text| generate(&TestSuite, input(text), Some(output), quiet));
    conclude(done, |result| if json { result.to_string() } else { String::new() })
}

/// The prompt goes to standard output unless told otherwise; with `json` the result does.
pub fn prompt(file: &Path, output: &Path, quiet: bool, json: bool) -> ExitCode {
    let printed = output == Path::new("-");
    let input = |prompt| TaskInput::Prompt(PromptInput { prompt, from: None });
    let done = read_input(file).and_then(|text| generate(&Prompt::default(), input(text), (!(json && printed)).then_some(output), quiet));
    conclude(done, |result| if json { result.to_string() } else { String::new() })
}

pub fn conclude(done: Result<Value, Failure>, shown: impl FnOnce(&Value) -> String) -> ExitCode {
    match done {
        Ok(result) => {
            let shown = shown(&result);
            if !shown.is_empty() {
                println!("{shown}");
            }
            ExitCode::SUCCESS
        }
        Err((code, message)) => {
            eprintln!("livegen: {message}");
            ExitCode::from(code)
        }
    }
}

/// Exit code and words.
pub type Failure = (u8, String);

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
pub fn invalid(problem: Problem) -> Failure {
    (EXIT_INVALID, problem.to_string())
}

pub fn generate(generator: &dyn Generator, input: TaskInput, output: Option<&Path>, quiet: bool) -> Result<Value, Failure> {
    output.map_or(Ok(()), output::check)?;
    let inspected = generator.inspect(&input).map_err(invalid)?;
    let terminal = TerminalJournal(Arc::new(Terminal::new(quiet)));
    terminal.0.note(&format!("{} — {}", inspected.title, inspected.source));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| (EXIT_OUTSIDE, error.to_string()))?;
    let made = runtime.block_on(async {
        tokio::select! {
            biased;
            interrupted = interrupted() => Err(interrupted),
            made = make(generator, input, output, &terminal) => made,
        }
    });
    terminal.0.bar.finish_and_clear();
    // Work that was dropped is still being ended, and its folders removed.
    runtime.shutdown_timeout(CLEARING);
    made
}

async fn make(generator: &dyn Generator, input: TaskInput, output: Option<&Path>, terminal: &TerminalJournal) -> Result<Value, Failure> {
    let result = pipeline::run(generator, input, Vec::new(), terminal).await.map_err(|error| match error {
        StageError::Fail(problem) if problem.status < 500 => invalid(problem),
        StageError::Fail(problem) => (EXIT_FAILED, problem.to_string()),
        error => (EXIT_FAILED, error.to_string()),
    })?;
    terminal.0.bar.finish_and_clear();
    let Package { content, .. } = terminal.0.take_package().ok_or((EXIT_FAILED, "nothing was generated".to_owned()))?;
    let Some(output) = output else { return Ok(result) };
    let (path, bytes) = (output.to_owned(), content.len());
    // Whoever reads it may take their time, and whoever waits may have enough.
    let written = tokio::task::spawn_blocking(move || output::write(&path, &content)).await;
    written.map_err(|error| (EXIT_OUTSIDE, error.to_string()))??;
    terminal.0.note(&format!("{}\nWrote {} ({bytes} bytes)", generator.completed_message(), output.display()));
    Ok(result)
}

/// Exit code and words, as soon as somebody wants it to stop.
async fn interrupted() -> Failure {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => (EXIT_INTERRUPTED, "interrupted: nothing was made".into()),
        _ = terminate.recv() => (EXIT_TERMINATED, "terminated: nothing was made".into()),
    }
}

pub fn read_input(path: &Path) -> Result<String, Failure> {
    read(path).map_err(|error| (EXIT_OUTSIDE, format!("cannot read {}: {error}", path.display())))
}

fn read(path: &Path) -> std::io::Result<String> {
    if path != Path::new("-") {
        return std::fs::read_to_string(path);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text)
}

/// A bar on a terminal, one line per stage elsewhere.
struct Terminal {
    bar: ProgressBar,
    quiet: bool,
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    package: Mutex<Option<Package>>,
}

impl Terminal {
    fn new(quiet: bool) -> Self {
        let bar = if quiet || !std::io::stderr().is_terminal() { ProgressBar::hidden() } else { ProgressBar::new(100) };
        if let Ok(style) = ProgressStyle::with_template("{percent:>3} % {wide_bar} {msg}") {
            bar.set_style(style);
        }
        Self { bar, quiet, files: Mutex::default(), package: Mutex::default() }
    }

    fn note(&self, text: &str) {
        if !self.quiet {
            self.bar.suspend(|| eprintln!("{text}"));
        }
    }

    fn take_package(&self) -> Option<Package> {
        self.package.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

struct TerminalJournal(Arc<Terminal>);

#[async_trait]
impl Journal for TerminalJournal {
    async fn begin(&self, stage: &StagePlan, course: &Arc<Course>) -> Result<Arc<dyn StageContext>, Stop> {
        if self.0.bar.is_hidden() {
            self.0.note(&format!("{}…", stage.label));
        }
        Ok(Arc::new(TerminalStage { terminal: Arc::clone(&self.0), stage: stage.clone(), course: Arc::clone(course) }))
    }

    async fn finish(&self, stage: &StagePlan, course: &Course, _output: &Value) -> Result<(), Stop> {
        self.0.bar.set_position(u64::from(course.at(&stage.name, 100)));
        Ok(())
    }
}

struct TerminalStage {
    terminal: Arc<Terminal>,
    stage: StagePlan,
    course: Arc<Course>,
}

#[async_trait]
impl StageContext for TerminalStage {
    async fn step(&self, step: Step) -> Result<(), Stop> {
        let made_of_all = self.course.at(&self.stage.name, step.percent);
        let overall = step.overall.unwrap_or(made_of_all);
        self.terminal.bar.set_position(u64::from(overall));
        self.terminal.bar.set_message(step.message);
        Ok(())
    }

    async fn log(&self, level: Level, message: String) -> Result<(), Stop> {
        if level >= Level::Warning {
            self.terminal.note(&format!("{level}: {message}"));
        }
        Ok(())
    }

    async fn file(&self, path: &str, content: Vec<u8>) -> Result<(), Stop> {
        self.terminal.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.into(), content);
        Ok(())
    }

    async fn files(&self) -> Result<Vec<String>, Stop> {
        Ok(self.terminal.files.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect())
    }

    async fn read_file(&self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        Ok(self.terminal.files.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned())
    }

    async fn package(&self, package: Package) -> Result<(), Stop> {
        *self.terminal.package.lock().unwrap_or_else(PoisonError::into_inner) = Some(package);
        Ok(())
    }
}
