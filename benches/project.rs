//! Projects, timed: `cargo bench --bench project`. How long the blueprints take for 1, 10 and 100 entities, and how long it is from a brief
//! to a ZIP that was verified, with the share of each gate. `cargo bench --bench project -- briefs 100 fastapi` says how many
//! projects of so many random briefs pass all gates, by rules alone.
//!
//! Packages are kept in `target/workshop`, as a server keeps them: the figures are of a second project, and the first is said too.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use livegen::{
    protocol::{
        Level,
        project::{Access, ProjectInput, ProjectModel, ProjectOptions, Stack},
    },
    server::{
        clock::{Clock, SystemClock},
        config::ProjectSettings,
        generate::{
            Package, StageContext, Step, Stop, archive,
            project::{
                blueprint::{File, blueprint},
                input,
                model::sample::{sample_brief, sample_model},
                verify::{Broken, Report, Trust, Verification, Workshop},
            },
        },
        lifecycle,
    },
};

const ROUNDS: usize = 7;
const BRIEF: &str = "a library: books with title, ISBN and year, authors, loans with due date";

/// Nobody listens.
struct Nobody;

#[async_trait]
impl StageContext for Nobody {
    async fn step(&self, _: Step) -> Result<(), Stop> {
        Ok(())
    }

    async fn log(&self, _: Level, _: String) -> Result<(), Stop> {
        Ok(())
    }

    async fn file(&self, _: &str, _: Vec<u8>) -> Result<(), Stop> {
        Ok(())
    }

    async fn files(&self) -> Result<Vec<String>, Stop> {
        Ok(Vec::new())
    }

    async fn read_file(&self, _: &str) -> Result<Option<Vec<u8>>, Stop> {
        Ok(None)
    }

    async fn package(&self, _: Package) -> Result<(), Stop> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = ProjectSettings { folder: "target/workshop".into(), ..ProjectSettings::default() };
    let workshop = lifecycle::workshop(&settings, &clock).ok_or("projects are not verified here")?;
    let named: Vec<Stack> = words.iter().filter_map(|word| Stack::parse(word)).collect();
    let stacks = if named.is_empty() { Stack::ALL } else { &named };
    if let [word, count, ..] = words.as_slice()
        && word == "briefs"
    {
        return green(&workshop, count.parse()?, stacks).await;
    }
    for stack in stacks {
        let options = ProjectOptions { stack: *stack, ..ProjectOptions::default() };
        for entities in [1, 10, 100] {
            blueprints(&sample_model(7, entities), &options, entities)?;
        }
        whole(&workshop, options).await?;
    }
    Ok(())
}

fn blueprints(model: &ProjectModel, options: &ProjectOptions, entities: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut times = Vec::new();
    let mut files = Vec::new();
    for _ in 0..ROUNDS {
        let began = Instant::now();
        files = blueprint(model, options, 0)?;
        times.push(began.elapsed());
    }
    times.sort();
    let bytes: usize = files.iter().map(|file| file.content.len()).sum();
    let (median, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
    println!(
        "{}, {entities} entities: {} files, {} KiB in {median:.1?} (worst of {ROUNDS}: {worst:.1?})",
        options.stack.label(),
        files.len(),
        bytes / 1024
    );
    Ok(())
}

/// From a brief to a ZIP, twice.
async fn whole(workshop: &Workshop, options: ProjectOptions) -> Result<(), Box<dyn std::error::Error>> {
    for round in ["first", "second"] {
        let began = Instant::now();
        let settled = input::settle(&ProjectInput { brief: Some(BRIEF.into()), options, ..ProjectInput::default() })?;
        let files = blueprint(&settled.model, &settled.options, 0)?;
        let made = began.elapsed();
        let report = Verification::new(workshop, &Nobody).run(&files, &settled, Trust::Blueprint).await?;
        let zip = archive::zip(files.iter().map(|file: &File| (file.path.as_str(), file.content.as_bytes())))?;
        println!(
            "{}: brief to verified ZIP, {round}: {:.1?} (blueprint {made:.1?}, {} KiB)",
            options.stack.label(),
            began.elapsed(),
            zip.len() / 1024
        );
        shares(&report, began.elapsed());
    }
    Ok(())
}

fn shares(report: &Report, whole: Duration) {
    println!("  {}", report.sandbox);
    for gate in &report.gates {
        let seconds: f64 = gate.receipts.iter().filter(|receipt| !receipt.kept).map(|receipt| receipt.seconds).sum();
        let how = if gate.verified { "" } else { "not verified here: " };
        println!("  {:<16} {seconds:>6.2} s {:>3.0} %  {how}{}", gate.name, 100.0 * seconds / whole.as_secs_f64(), gate.note);
    }
}

/// How many projects of random briefs pass all gates.
async fn green(workshop: &Workshop, count: usize, stacks: &[Stack]) -> Result<(), Box<dyn std::error::Error>> {
    for stack in stacks {
        let (mut green, began) = (0, Instant::now());
        for seed in 0..count {
            let options = ProjectOptions { stack: *stack, access: Access::ALL[seed % Access::ALL.len()], ..ProjectOptions::default() };
            let brief = sample_brief(seed);
            let settled = input::settle(&ProjectInput { brief: Some(brief.clone()), options, ..ProjectInput::default() })?;
            let files = blueprint(&settled.model, &settled.options, 0)?;
            match Verification::new(workshop, &Nobody).run(&files, &settled, Trust::Blueprint).await {
                Ok(report) if report.gates.iter().all(|gate| gate.verified) => green += 1,
                Ok(report) => println!("  not all of it is verified here: {brief}: {:?}", report.gates),
                Err(Broken::Gate(failure)) => println!("  {brief}: {failure:#?}"),
                Err(broken) => println!("  {brief}: {broken}"),
            }
        }
        println!("{}: {green} of {count} projects of random briefs passed all gates, in {:.0?}", stack.label(), began.elapsed());
    }
    Ok(())
}
