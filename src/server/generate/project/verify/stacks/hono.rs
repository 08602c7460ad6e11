//! TypeScript: packages that run nothing when they are installed, `tsc`, Biome, Vitest with coverage, Node.

use serde_json::{Map, Value, json};

use super::{BOOT, FORMAT, INSTALL, LINT, MIGRATIONS, Means, Pins, Recipe, Rule, SEED, TESTS};
use crate::server::generate::project::blueprint::File;

/// In the place of the project's own name, so that projects that differ in nothing else share what is installed.
const NAME: &str = "room";

pub const MEANS: Means = Means {
    recipe: Recipe {
        name: "hono",
        locks: &["package.json", "package-lock.json"],
        room,
        installs: &["npm ci --ignore-scripts"],
        prepares: &[],
        shared: &["node_modules"],
        copied: &[],
        programs: &["node", "npm"],
        environment: &[],
        inside: &[],
    },
    gates: &[
        Rule(&["healthz"], BOOT),
        Rule(&["npm run format"], FORMAT),
        Rule(&["npm run lint", "npm run types"], LINT),
        Rule(&["npm test"], TESTS),
        Rule(&["npm run migrate"], MIGRATIONS),
        Rule(&["npm run seed"], SEED),
        Rule(&["npm ci", "npm run build"], INSTALL),
    ],
    environment: &[("npm_config_update_notifier", "false"), ("NO_COLOR", "1")],
    down_and_up: &["npm run migrate -- down all", "npm run migrate -- up"],
    asking_database: &[MIGRATIONS, SEED, BOOT],
    serve: "node dist/main.js",
    coverage: Ok(()),
    provisions: &["psql "],
    mends: "true",
    formats: "true",
    pins: &[("package-lock.json", Pins::Lock)],
};

/// What is depended on, and nothing else of the project: no scripts, no names.
fn room(files: &[File]) -> Vec<File> {
    let read = |path: &str| {
        let file = files.iter().find(|file| file.path == path)?;
        serde_json::from_str::<Map<String, Value>>(&file.content).ok()
    };
    let (Some(manifest), Some(mut lock)) = (read("package.json"), read("package-lock.json")) else { return Vec::new() };
    let wanted = |name: &str| manifest.get(name).cloned().unwrap_or_else(|| json!({}));
    let plain = json!({
        "name": NAME,
        "version": "0.0.0",
        "private": true,
        "dependencies": wanted("dependencies"),
        "devDependencies": wanted("devDependencies"),
    });
    lock.insert("name".into(), NAME.into());
    lock.insert("version".into(), "0.0.0".into());
    if let Some(own) = lock.get_mut("packages").and_then(|packages| packages.get_mut("")) {
        *own = plain.clone();
    }
    let file = |path: &str, content: &Value| File { path: path.into(), content: format!("{content:#}\n") };
    vec![file("package.json", &plain), file("package-lock.json", &Value::Object(lock))]
}
