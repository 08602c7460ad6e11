//! Rust: crates that are fetched once, dependencies that are built once for all projects that have the same, and cargo's usual tools.

use super::{BOOT, FORMAT, INSTALL, LINT, MIGRATIONS, Means, Pins, Recipe, Rule, SEED, TESTS};
use crate::server::generate::project::blueprint::File;

/// In the place of the project's own name, so that projects that differ in nothing else share what is built.
const NAME: &str = "room";

pub const MEANS: Means = Means {
    recipe: Recipe {
        name: "axum",
        locks: &["Cargo.toml", "Cargo.lock", "rust-toolchain.toml"],
        room,
        installs: &["cargo fetch --locked"],
        prepares: &["cargo build --locked --all-targets", "cargo clippy --locked --all-targets"],
        shared: &[],
        copied: &["target"],
        programs: &["cargo", "cc"],
        environment: &[("CARGO_HOME", "{kept}/cargo")],
        inside: &[("CARGO_NET_OFFLINE", "true"), ("CARGO_TERM_COLOR", "never")],
    },
    gates: &[
        Rule(&["healthz"], BOOT),
        Rule(&["cargo fmt"], FORMAT),
        Rule(&["cargo clippy"], LINT),
        Rule(&["cargo test", "llvm-cov"], TESTS),
        Rule(&["migrate"], MIGRATIONS),
        Rule(&["seed"], SEED),
        Rule(&["cargo build", "cargo fetch"], INSTALL),
    ],
    environment: &[],
    down_and_up: &["cargo run --locked -- migrate down", "cargo run --locked -- migrate up"],
    serve: "cargo run --quiet --locked -- serve",
    coverage: Err("cargo has no means of its own to measure it, and cargo-llvm-cov is no part of the project"),
    provisions: &["psql ", "rustup "],
    mends: "true",
    formats: "true",
    pins: &[("Cargo.lock", Pins::Lock)],
};

/// A package without code, with the same dependencies.
fn room(files: &[File]) -> Vec<File> {
    let find = |path: &str| files.iter().find(|file| file.path == path);
    let Some(manifest) = find("Cargo.toml") else { return Vec::new() };
    let name = manifest.content.parse::<toml::Table>().ok();
    let name = name.as_ref().and_then(|table| table.get("package")?.get("name")?.as_str()).unwrap_or(NAME).to_owned();
    let renamed = |file: &File| {
        let lines = file.content.lines().filter(|line| !line.starts_with("description = "));
        let lines = lines.map(|line| if line == format!("name = \"{name}\"") { format!("name = \"{NAME}\"") } else { line.to_owned() });
        File { path: file.path.clone(), content: lines.collect::<Vec<_>>().join("\n") + "\n" }
    };
    let stubs = [("src/main.rs", "fn main() {}\n"), ("src/lib.rs", "")];
    let stubs = stubs.map(|(path, content)| File { path: path.into(), content: content.into() });
    let pinned = find("rust-toolchain.toml").cloned();
    [find("Cargo.toml"), find("Cargo.lock")].into_iter().flatten().map(renamed).chain(pinned).chain(stubs).collect()
}
