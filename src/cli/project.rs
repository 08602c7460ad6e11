//! `livegen generate project`: what it takes, and how the words become choices.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use livegen::{
    protocol::{
        TaskInput,
        project::{Access, Database, Licence, ProjectInput, ProjectOptions, Stack},
    },
    server::{
        clock::{Clock, SystemClock},
        config::Configuration,
        generate::project::{self, Project},
        lifecycle,
    },
};

use super::generate::{Failure, conclude, generate, invalid, read_input};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// Plain words: `a library: books with title and year, authors`.
    Brief,
    /// A model in the language of entities: `entity Book { title string required }`.
    Model,
    /// An OpenAPI description, whose resources become entities.
    Openapi,
}

/// Parses one of the words of the protocol.
macro_rules! word {
    ($type:ident) => {
        PossibleValuesParser::new($type::ALL.iter().map(|word| word.as_str())).try_map(|word| $type::parse(&word).ok_or("no such word"))
    };
}

#[derive(Args)]
pub struct Arguments {
    /// What it is made of: a text file, or - for standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// What the file is.
    #[arg(long, value_enum, default_value_t = From::Brief)]
    from: From,
    /// Where to write the ZIP; - for standard output.
    #[arg(short, long, default_value = "project.zip")]
    output: PathBuf,
    /// Print the model that would be used, in the language of entities, and make nothing.
    #[arg(long)]
    draft: bool,
    #[arg(long, default_value = "fastapi", value_parser = word!(Stack))]
    stack: Stack,
    #[arg(long, default_value = "sqlite", value_parser = word!(Database))]
    database: Database,
    #[arg(long, default_value = "open", value_parser = word!(Access))]
    access: Access,
    #[arg(long, default_value = "mit", value_parser = word!(Licence))]
    licence: Licence,
    /// Leave the web front end out.
    #[arg(long)]
    no_front_end: bool,
    /// Leave the Dockerfile out.
    #[arg(long)]
    no_docker: bool,
    /// Leave the CI workflow out.
    #[arg(long)]
    no_ci: bool,
    /// Decides about sample values only.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Do not install, start and test it; its manifest says so.
    #[arg(long)]
    no_verify: bool,
    /// No progress, only errors.
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as one JSON object on standard output.
    #[arg(long)]
    json: bool,
}

pub fn run(configuration: &Configuration, arguments: &Arguments) -> ExitCode {
    let done = read_input(&arguments.file).map(|text| input(arguments, text)).and_then(|input| {
        if arguments.draft {
            print(&input)?;
            return Ok(serde_json::Value::Null);
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let workshop = if arguments.no_verify { None } else { lifecycle::workshop(&configuration.settings.project, &clock) };
        generate(&Project { workshop, ..Project::default() }, TaskInput::Project(Box::new(input)), Some(&arguments.output), arguments.quiet)
    });
    conclude(done, |result| if arguments.json && !arguments.draft { result.to_string() } else { String::new() })
}

fn input(arguments: &Arguments, text: String) -> ProjectInput {
    let options = ProjectOptions {
        stack: arguments.stack,
        database: arguments.database,
        access: arguments.access,
        front_end: !arguments.no_front_end,
        docker: !arguments.no_docker,
        ci: !arguments.no_ci,
        licence: arguments.licence,
    };
    let input = ProjectInput { options, seed: arguments.seed, ..ProjectInput::default() };
    match arguments.from {
        From::Brief => ProjectInput { brief: Some(text), ..input },
        From::Model => ProjectInput { text: Some(text), ..input },
        From::Openapi => ProjectInput { description: Some(text), ..input },
    }
}

fn print(input: &ProjectInput) -> Result<(), Failure> {
    let settled = project::input::settle(input).map_err(invalid)?;
    for note in settled.notes {
        eprintln!("{note}");
    }
    print!("{}", project::model::text::print(&settled.model));
    Ok(())
}
