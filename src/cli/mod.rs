//! The command line. Data goes to standard output, progress and notes to standard error.
//!
//! Exit codes: 0 ok · 1 the task failed · 2 usage or settings · 5 the input is not acceptable · 6 a file, the network or the server ·
//! 130 interrupted · 143 terminated.

mod accounts;
mod generate;
mod output;
mod project;
mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use livegen::server::config::Configuration;

#[derive(Parser)]
#[command(name = "livegen", version, about = "A self-hosted generation studio: generate it, and watch it happen.", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  livegen                                              start the studio on http://127.0.0.1:3000
  livegen generate test-suite openapi.yaml -o out.zip  make a test suite right here, without a server
  livegen accounts add ada@example.org < password.txt  make an account, also beside a server that runs
  livegen generate prompt rough.txt -o prompt.md       make a rough prompt a clear one
  livegen generate project brief.txt -o shop.zip       make a project of a brief in plain words, and test it
  livegen config show                                  print the settings in force and where each comes from";

#[derive(Subcommand)]
enum Command {
    /// Start the server (the default).
    Serve,
    /// Generate something right here, without a server.
    Generate {
        #[command(subcommand)]
        what: Generate,
    },
    /// Look after accounts: add, disable, grant tokens, see what was done.
    Accounts {
        #[command(subcommand)]
        what: accounts::AccountCommand,
    },
    /// Look at the settings.
    Config {
        #[command(subcommand)]
        what: Config,
    },
}

#[derive(Subcommand)]
enum Generate {
    /// An API test suite (pytest) from an OpenAPI or Swagger description.
    TestSuite {
        /// The description: a JSON or YAML file, or - for standard input.
        spec: PathBuf,
        /// Where to write the ZIP; - for standard output.
        #[arg(short, long, default_value = "test-suite.zip")]
        output: PathBuf,
        /// No progress, only errors.
        #[arg(short, long)]
        quiet: bool,
        /// Print the result as one JSON object on standard output.
        #[arg(long)]
        json: bool,
    },
    /// A clear prompt from a rough one, by rules: nothing definite is lost, and each change has a reason.
    Prompt {
        /// The rough prompt: a text file, or - for standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
        /// Where to write the result; - for standard output.
        #[arg(short, long, default_value = "-")]
        output: PathBuf,
        /// No progress, no changes, only errors.
        #[arg(short, long)]
        quiet: bool,
        /// Print the result with its changes and scores as one JSON object on standard output, and nothing else there.
        #[arg(long)]
        json: bool,
    },
    /// A software project that was installed, started and tested, from a brief in plain words.
    Project(project::Arguments),
}

#[derive(Subcommand)]
enum Config {
    /// Print every setting with its origin; secrets are masked.
    Show,
}

const EXIT_FAILED: u8 = 1;
const EXIT_USAGE: u8 = 2;
const EXIT_INVALID: u8 = 5;
const EXIT_OUTSIDE: u8 = 6;
const EXIT_INTERRUPTED: u8 = 130;
const EXIT_TERMINATED: u8 = 143;

pub fn run() -> ExitCode {
    let cli = Cli::parse();
    // The ring provider, once for the process: reqwest was built without one of its own.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => with_settings(serve::serve),
        Command::Generate { what: Generate::TestSuite { spec, output, quiet, json } } => generate::test_suite(&spec, &output, quiet, json),
        Command::Accounts { what } => with_settings(|configuration| accounts::run(&configuration, what)),
        Command::Generate { what: Generate::Prompt { file, output, quiet, json } } => generate::prompt(&file, &output, quiet, json),
        Command::Generate { what: Generate::Project(arguments) } => with_settings(|configuration| project::run(&configuration, &arguments)),
        Command::Config { what: Config::Show } => with_settings(|configuration| {
            for (key, value, origin) in configuration.entries() {
                println!("{key} = {value}  # {origin}");
            }
            for (name, set) in configuration.keys() {
                println!("# {name}: {}", if set { "set" } else { "not set" });
            }
            let mut models = configuration.models();
            models.push("the built-in generators".into());
            println!("# who is asked: {}", models.join(", then "));
            ExitCode::SUCCESS
        }),
    }
}

fn with_settings(then: impl FnOnce(Configuration) -> ExitCode) -> ExitCode {
    match Configuration::load() {
        Ok(configuration) => then(configuration),
        Err(error) => {
            eprintln!("livegen: {error}");
            ExitCode::from(EXIT_USAGE)
        }
    }
}
