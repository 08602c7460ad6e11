//! Builds Livegen: `cargo run --release -p site -- build [--release]`.
//!
//! Does what `cargo leptos build` does, with the same names and the same result in `target/site`, but is itself built in
//! seconds, and binds the wasm with the very wasm-bindgen of `Cargo.lock`, so that the two cannot disagree. What has not
//! changed since the last time is left alone. Reloading the browser on save is left to `cargo leptos watch`.

mod browser;
mod files;
mod names;
mod style;

use std::{
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result, bail};

use files::{Site, hash_of};
use names::{Names, binary_folder};

const USAGE: &str = "usage: site build [--release]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let release = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["build"] => false,
        ["build", "--release"] => true,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match build(release) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build(release: bool) -> Result<()> {
    let names = Names::read("Cargo.toml").context("run from the project's folder")?;
    timed("server", || cargo(&names.server_arguments(release)))?;
    timed("browser", || cargo(&names.browser_arguments(release)))?;

    let site = Site::open(&names, release)?;
    let bound = timed("wasm", || browser::bind(&names, release))?;
    let style = timed("style", || style::bundle(names.style_file.as_ref()))?;
    timed("files", || {
        let style_hash = hash_of(style.as_bytes());
        site.put(&format!("{}/{}.{style_hash}.css", names.site_pkg_dir, names.output_name), style.as_bytes())?;
        for (name, bytes) in &bound.files {
            site.put(&format!("{}/{name}", names.site_pkg_dir), bytes)?;
        }
        // Leptos tells the browser from this list which parts the page that it sends will need.
        let manifest = format!("{}/__wasm_split_manifest.{}.json", names.site_pkg_dir, bound.hash);
        site.put(&manifest, serde_json::to_string(&bound.parts)?.as_bytes())?;
        site.put_folder(names.assets_dir.as_ref())?;
        site.remove_the_rest()?;
        // Leptos looks for this file beside the binary that runs.
        let lines = [("js", &bound.hash), ("wasm", &bound.hash), ("css", &style_hash), ("manifest", &bound.hash), ("split", &bound.hash)];
        let lines = lines.map(|(kind, hash)| format!("{kind}: {hash}\n")).concat();
        files::write(&binary_folder(release).join("hash.txt"), lines.as_bytes())
    })?;
    if release {
        site.print_weight(&bound.parts.into_values().flatten().collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Runs a step and prints how long it took.
fn timed<T>(name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = step().with_context(|| format!("{name} failed"))?;
    println!("  {name:<8} {:>6.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

fn cargo(arguments: &[String]) -> Result<()> {
    println!("cargo {}", arguments.join(" "));
    // The outer cargo's own variables would make the inner one rebuild what depends on them.
    let program = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_BIN_NAME" || name == "CARGO_CRATE_NAME"
        }) {
            command.env_remove(name);
        }
    }
    let status = command.args(arguments).status().context("cargo cannot be started")?;
    if !status.success() {
        bail!("cargo {} ended with {status}", arguments.join(" "));
    }
    Ok(())
}
