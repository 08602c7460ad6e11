//! The process's own log: text for people or one JSON object per line for machines, on standard error.

use tracing_subscriber::EnvFilter;

use super::config::{LogFormat, LogSettings};

/// Starts logging. Called once, by the binary.
///
/// # Errors
/// When the filter cannot be read, or logging was started before.
pub fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let started = match settings.format {
        LogFormat::Text => subscriber.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
        LogFormat::Json => subscriber.json().try_init(),
    };
    started.map_err(anyhow::Error::from_boxed)
}
