//! The `livegen` binary: `serve`, `generate`, `config`. The work is in the library; this is the edge.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
