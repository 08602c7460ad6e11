//! Rust: crates that are fetched once, dependencies that are built once for all projects that have the same, and cargo's usual tools.

use super::{BOOT, FORMAT, INSTALL, LINT, MIGRATIONS, Means, Pins, Recipe, Rule, SEED, TESTS_ALONE};
use crate::server::generate::project::blueprint::File;

/// In the place of the project's own name, so that projects that differ in nothing else share what is built. No project can be called so:
/// what cargo keeps of the room is of no use to it.
const NAME: &str = "the_room";

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
        // As many compilers at once as the sandbox has memory for.
        inside: &[("CARGO_NET_OFFLINE", "true"), ("CARGO_TERM_COLOR", "never"), ("CARGO_INCREMENTAL", "0"), ("CARGO_BUILD_JOBS", "4")],
    },
    gates: &[
        Rule(&["healthz"], BOOT),
        Rule(&["cargo fmt"], FORMAT),
        Rule(&["cargo clippy"], LINT),
        Rule(&["cargo test", "llvm-cov"], TESTS_ALONE),
        Rule(&["migrate"], MIGRATIONS),
        Rule(&["seed"], SEED),
        Rule(&["cargo build", "cargo fetch"], INSTALL),
    ],
    environment: &[],
    down_and_up: &["cargo run --locked -- migrate down", "cargo run --locked -- migrate up"],
    asking_database: &[MIGRATIONS, SEED, BOOT, TESTS_ALONE],
    serve: "cargo run --quiet --locked -- serve",
    coverage: Err("cargo has no means of its own to measure it, and cargo-llvm-cov is no part of the project"),
    provisions: &["psql ", "rustup "],
    mends: "true",
    formats: "true",
    pins: &[("Cargo.lock", Pins::Lock)],
};

/// A package without code, with the same dependencies: the same one for all projects that have them.
fn room(files: &[File]) -> Vec<File> {
    let find = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.content.as_str());
    let Some((manifest, lock)) = find("Cargo.toml").zip(find("Cargo.lock")) else { return Vec::new() };
    let table = manifest.parse::<toml::Table>().ok();
    let name = table.as_ref().and_then(|table| table.get("package")?.get("name")?.as_str()).unwrap_or(NAME);
    let pinned = find("rust-toolchain.toml").map(|content| ("rust-toolchain.toml", content.to_owned()));
    let rest = [("Cargo.toml", nameless(manifest, name)), ("Cargo.lock", without_place(lock, name))];
    let stubs = [("src/main.rs", "fn main() {}\n".to_owned()), ("src/lib.rs", String::new())];
    let all = rest.into_iter().chain(pinned).chain(stubs);
    all.map(|(path, content)| File { path: path.into(), content }).collect()
}

/// A manifest that does not say what the package is about, nor what may be done with it.
fn nameless(manifest: &str, name: &str) -> String {
    let own = format!("name = \"{name}\"");
    let is_about = |line: &&str| ["description = ", "license = "].iter().any(|start| line.starts_with(start));
    let lines = manifest.lines().filter(|line| !is_about(line));
    lines.map(|line| if line == own { format!("name = \"{NAME}\"\n") } else { format!("{line}\n") }).collect()
}

/// A lock file in which the package's own entry comes last, wherever its name puts it.
fn without_place(lock: &str, name: &str) -> String {
    let own = format!("[[package]]\nname = \"{name}\"\n");
    let (ours, others): (Vec<&str>, Vec<&str>) = lock.trim_end().split("\n\n").partition(|entry| entry.starts_with(&own));
    let ours = ours.iter().map(|entry| entry.replacen(&own, &format!("[[package]]\nname = \"{NAME}\"\n"), 1));
    let entries: Vec<String> = others.iter().map(ToString::to_string).chain(ours).collect();
    entries.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::project::{Access, Database, Licence, ProjectOptions, Stack},
        server::generate::project::{blueprint::blueprint, model::sample::sample_model},
    };

    #[test]
    fn projects_with_the_same_dependencies_share_what_is_built() {
        let rooms = |options: ProjectOptions| -> std::collections::BTreeSet<String> {
            let others = (0..5).flat_map(|seed| Licence::ALL.iter().map(move |licence| (seed, *licence)));
            others
                .map(|(seed, licence)| {
                    let files = blueprint(&sample_model(seed, 2), &ProjectOptions { licence, ..options }, seed).unwrap();
                    format!("{:?}", room(&files))
                })
                .collect()
        };
        let mut all = std::collections::BTreeSet::new();
        for database in Database::ALL {
            for access in Access::ALL {
                let options = ProjectOptions { stack: Stack::Axum, database: *database, access: *access, ..ProjectOptions::default() };
                let found = rooms(options);
                assert_eq!(found.len(), 1, "{options:?}");
                all.extend(found);
            }
        }
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|room| !room.contains("license") && room.contains("the_room")));
    }
}
