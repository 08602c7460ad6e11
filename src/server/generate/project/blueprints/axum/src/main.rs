//! The program: `server serve`, `server migrate up|down`, `server seed`.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Context;
use app::settings::Settings;
use app::{App, db, router, seed};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

const USAGE: &str = "usage: server serve | migrate up | migrate down | seed";

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    // What is set in the environment counts for more than what stands in the file.
    if let Err(error) = dotenvy::dotenv()
        && !error.not_found()
    {
        return Err(error).context(".env cannot be read");
    }
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();

    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let settings = Settings::from_environment()?;
    match words[..] {
        [] | ["serve"] => serve(settings).await?,
        ["migrate", "up"] => db::migrate_up(&db::connect(&settings.database_url).await?).await?,
        ["migrate", "down"] => {
            db::migrate_down(&db::connect(&settings.database_url).await?).await?;
        }
        ["seed"] => {
            let added = seed::fill(&db::connect(&settings.database_url).await?).await?;
            println!("{added} things were added.");
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let (host, port) = (settings.host.clone(), settings.port);
    let stopped = told_to_stop(signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let pool = db::connect(&settings.database_url).await?;
    let app = App::new(pool.clone(), settings);
    let listener = TcpListener::bind((host.as_str(), port)).await;
    let listener = listener.with_context(|| format!("cannot listen on {host}, port {port}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    // Who asks is known to the handlers: wrong passwords are counted by it.
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stopped).await?;
    pool.close().await;
    Ok(())
}

/// Ends at the first signal; requests that were begun are answered before the program ends.
async fn told_to_stop(mut terminate: Signal, mut interrupt: Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
}
