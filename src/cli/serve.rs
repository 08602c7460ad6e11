//! `livegen serve`: runs until SIGTERM or Ctrl-C.

use std::process::ExitCode;

use leptos::config::{LeptosOptions, get_configuration};
use livegen::server::{
    config::{Configuration, Settings},
    lifecycle::{Parts, Server},
    telemetry,
};
use tokio_util::sync::CancellationToken;

use super::EXIT_OUTSIDE;

pub fn serve(configuration: Configuration) -> ExitCode {
    match start(configuration.settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("livegen: {error:#}");
            ExitCode::from(EXIT_OUTSIDE)
        }
    }
}

fn start(settings: Settings) -> anyhow::Result<()> {
    telemetry::start(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::build(settings, leptos_options()?, Parts::default()).await?;
        // The line that scripts and tests wait for.
        println!("Livegen is ready on http://{}", server.address());
        let stop = CancellationToken::new();
        tokio::spawn(stop_on_signal(stop.clone()));
        server.run_until_stopped(stop).await
    })
}

/// How the site was built: from `Leptos.toml` where there is one, else what is built in.
fn leptos_options() -> anyhow::Result<LeptosOptions> {
    let file = std::env::var("LIVEGEN_CONFIG").unwrap_or_else(|_| "Leptos.toml".into());
    if std::path::Path::new(&file).exists() {
        return Ok(get_configuration(Some(&file))?.leptos_options);
    }
    Ok(LeptosOptions::builder().output_name("livegen").site_root("target/site").hash_files(true).build())
}

async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        tracing::error!("cannot listen for signals");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    stop.cancel();
    // A second signal does not wait for anything.
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    std::process::exit(i32::from(super::EXIT_INTERRUPTED));
}
