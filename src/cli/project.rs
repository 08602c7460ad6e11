//! `livegen generate project`: what it takes, and how the words become choices.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use livegen::{
    protocol::{
        Problem, TaskInput,
        project::{Access, Database, Licence, ModelDraft, ProjectInput, ProjectOptions, Stack},
    },
    server::{
        clock::{Clock, SystemClock},
        config::Configuration,
        generate::project::{self, Project},
        lifecycle,
        model::Models,
    },
};
use serde_json::Value;

use super::{
    EXIT_FAILED,
    generate::{Failure, conclude, generate, invalid, read_input},
};

/// Parses one of the words of the protocol.
macro_rules! word {
    ($type:ident) => {
        PossibleValuesParser::new($type::ALL.iter().map(|word| word.as_str())).try_map(|word| $type::parse(&word).ok_or("no such word"))
    };
}

const EXAMPLES: &str = "Examples:
  livegen generate project brief.txt -o shop.zip             of a brief in plain words, installed and tested
  echo 'a zoo: animals with name' | livegen generate project --draft > zoo.jdl
  livegen generate project --model zoo.jdl --access accounts of a model, after you have looked at it
  livegen generate project --openapi api.yaml --no-verify    of the resources of an API, files only

Exit codes: 0 made, 1 a gate was not passed, 2 usage or settings, 5 the brief or the model is not acceptable, 6 a file,
130 interrupted, 143 terminated.";

#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "switches of a command line")]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// What it is to be, in plain words: a text file, or - for standard input, which is read when nothing else is given.
    brief: Option<PathBuf>,
    /// The model of its entities instead: JSON, or `entity Book { title string required }`. A brief beside it says what was meant; language
    /// models find rules in it, where there are any.
    #[arg(long, value_name = "FILE", conflicts_with = "openapi")]
    model: Option<PathBuf>,
    /// An OpenAPI description instead, whose resources become entities.
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// What the project is called; otherwise as its model says, or made of the brief.
    #[arg(long)]
    name: Option<String>,
    /// Where to write the ZIP; - for standard output.
    #[arg(short, long, default_value = "project.zip")]
    output: PathBuf,
    /// Print the model that would be used, in the language of entities (with --json as JSON), and make nothing. By rules, nobody is asked.
    #[arg(long)]
    draft: bool,
    /// Ask no language model, whatever the settings say.
    #[arg(long)]
    by_rules: bool,
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
    let done = input(arguments).and_then(|input| {
        if arguments.draft {
            return draft(&input, arguments.json);
        }
        let settings = &configuration.settings;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let workshop = if arguments.no_verify { None } else { lifecycle::workshop(&settings.project, &clock) };
        let models = if arguments.by_rules { Models::none() } else { Models::from_settings(settings, Arc::clone(&clock)) };
        let tokens = settings.accounts.project_tokens;
        let project = Project { workshop, no_verify: arguments.no_verify, models: Some(Arc::new(models)), tokens };
        generate(&project, TaskInput::Project(Box::new(input)), Some(&arguments.output), arguments.quiet)
    });
    conclude(done, |result| if arguments.json && !arguments.draft { result.to_string() } else { String::new() })
}

fn input(arguments: &Arguments) -> Result<ProjectInput, Failure> {
    let options = ProjectOptions {
        stack: arguments.stack,
        database: arguments.database,
        access: arguments.access,
        front_end: !arguments.no_front_end,
        docker: !arguments.no_docker,
        ci: !arguments.no_ci,
        licence: arguments.licence,
    };
    let mut input = ProjectInput { name: arguments.name.clone(), options, seed: arguments.seed, ..ProjectInput::default() };
    if let Some(path) = &arguments.model {
        let text = read_input(path)?;
        if text.trim_start().starts_with('{') {
            let document =
                serde_json::from_str(&text).map_err(|error| invalid(Problem::invalid("model", format!("It is no JSON: {error}."))))?;
            input.model = Some(project::model::json::read(&document, "").map_err(invalid)?);
        } else {
            input.text = Some(text);
        }
    }
    input.description = arguments.openapi.as_deref().map(read_input).transpose()?;
    let is_alone = arguments.model.is_none() && arguments.openapi.is_none();
    let brief = arguments.brief.as_deref().or(is_alone.then_some(Path::new("-")));
    input.brief = brief.map(read_input).transpose()?;
    Ok(input)
}

/// What was assumed goes to standard error.
fn draft(input: &ProjectInput, json: bool) -> Result<Value, Failure> {
    let settled = project::input::settle(input).map_err(invalid)?;
    let text = project::model::text::print(&settled.model);
    if json {
        let draft = ModelDraft { text, model: settled.model, notes: settled.notes };
        println!("{}", serde_json::to_string(&draft).map_err(|error| (EXIT_FAILED, error.to_string()))?);
    } else {
        settled.notes.iter().for_each(|note| eprintln!("{note}"));
        print!("{text}");
    }
    Ok(Value::Null)
}
