//! TypeScript: packages by npm, whose installation runs no code; `tsc`, Biome, Vitest with coverage, Node.

use super::{BOOT, FORMAT, INSTALL, LINT, MIGRATIONS, Means, Pins, Recipe, Rule, SEED, TESTS};
use crate::server::generate::project::blueprint::File;

const LOCKS: &[&str] = &["package.json", "package-lock.json"];
/// In the place of the project's own name, so that projects that differ in nothing else share what is installed.
const NAME: &str = "room";

pub const MEANS: Means = Means {
    recipe: Recipe {
        name: "hono",
        locks: LOCKS,
        room,
        installs: &["npm ci --ignore-scripts"],
        prepares: &[],
        shared: &["node_modules"],
        copied: &[],
        programs: &["node", "npm"],
        environment: &[],
        inside: &[("npm_config_offline", "true"), ("NO_COLOR", "1")],
    },
    gates: &[
        Rule(&["healthz"], BOOT),
        Rule(&["npm ci", "npm run build"], INSTALL),
        Rule(&["npm run migrate"], MIGRATIONS),
        Rule(&["npm run seed"], SEED),
        Rule(&["npm run format"], FORMAT),
        Rule(&["npm run lint", "npm run types"], LINT),
        Rule(&["npm test"], TESTS),
    ],
    environment: &[],
    down_and_up: &["npm run migrate -- down all", "npm run migrate -- up"],
    serve: "node dist/main.js",
    coverage: Ok(()),
    provisions: &["psql "],
    mends: "true",
    formats: "true",
    pins: &[("package-lock.json", Pins::Lock)],
};

/// The lock file and what it locks, without what the project is called.
fn room(files: &[File]) -> Vec<File> {
    let manifest = files.iter().find(|file| file.path == "package.json");
    let name = manifest.and_then(|file| serde_json::from_str::<serde_json::Value>(&file.content).ok());
    let name = name.as_ref().and_then(|value| value["name"].as_str()).unwrap_or(NAME).to_owned();
    let said = format!("\"name\": \"{name}\",");
    let renamed = |file: &File| {
        let lines = file.content.lines().filter(|line| !line.starts_with("  \"description\": "));
        let lines = lines.map(|line| if line.trim() == said { line.replace(&said, &format!("\"name\": \"{NAME}\",")) } else { line.to_owned() });
        File { path: file.path.clone(), content: lines.collect::<Vec<_>>().join("\n") + "\n" }
    };
    files.iter().filter(|file| LOCKS.contains(&file.path.as_str())).map(renamed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_of_other_names_share_what_is_installed() {
        let files = |name: &str| {
            let manifest = format!("{{\n  \"name\": \"{name}\",\n  \"description\": \"Of {name}.\",\n  \"version\": \"0.1.0\"\n}}\n");
            let lock = format!("{{\n  \"name\": \"{name}\",\n  \"packages\": {{\n    \"\": {{\n      \"name\": \"{name}\",\n    }}\n  }}\n}}\n");
            let other = File { path: "src/main.ts".into(), content: name.into() };
            vec![File { path: "package.json".into(), content: manifest }, File { path: "package-lock.json".into(), content: lock }, other]
        };
        assert_eq!(room(&files("library")), room(&files("shop")));
        assert_eq!(room(&files("library")).len(), 2);
    }
}
