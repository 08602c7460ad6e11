//! `livegen serve`: runs until SIGTERM or Ctrl-C.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use leptos::config::{LeptosOptions, get_configuration};
use livegen::server::{
    config::{Configuration, Settings},
    lifecycle::{Parts, Server},
    telemetry,
};
use tokio_util::sync::CancellationToken;

use super::EXIT_OUTSIDE;

const STACK_BYTES: usize = 16 * 1024 * 1024;

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
    // A page's rendering goes deep, without optimisation beyond 4 MiB; more leaves room, and costs address space only.
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK_BYTES).enable_all().build()?;
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
    let mut options = if Path::new(&file).exists() {
        get_configuration(Some(&file))?.leptos_options
    } else {
        LeptosOptions::builder().output_name("livegen").site_root("target/site").hash_files(true).build()
    };
    // Leptos panics at every page where it looks for a list of names that is not there.
    options.hash_files &= beside_program(&options.hash_file).is_file();
    if let Some(root) = find_site(&options) {
        options.site_root = root.into();
    } else {
        tracing::warn!(
            site_root = %options.site_root,
            "the site is not there, so pages have no style and no script: `make build` builds it; a folder `site` beside the program serves too"
        );
    }
    Ok(options)
}

/// The site's folder: where it was built, for whoever starts in the project's folder; else with the program that runs.
fn find_site(options: &LeptosOptions) -> Option<String> {
    [PathBuf::from(&*options.site_root), beside_program("site"), beside_program("../site")]
        .into_iter()
        .find(|root| root.join(&*options.site_pkg_dir).is_dir())
        .and_then(|root| root.to_str().map(str::to_owned))
}

fn beside_program(path: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.parent().unwrap_or(Path::new("")).join(path)
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
