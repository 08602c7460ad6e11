//! What is promised of projects in Rust, as far as reading them can tell; that they build and pass is seen where they are built (`verify`).

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::protocol::project::{Access, Database, ProjectOptions, Stack};
use crate::server::generate::project::blueprint::blueprint;
use crate::server::generate::project::model::sample::sample_model;

#[test]
fn no_package_is_called_like_one_that_it_depends_on() {
    for (name, package) in [("Bytes", "bytes-server"), ("Log", "log-server"), ("Test", "test-server"), ("Town library", "town-library")] {
        let mut model = sample_model(1, 1);
        model.name = name.into();
        let files = blueprint(&model, &ProjectOptions { stack: Stack::Axum, ..ProjectOptions::default() }, 0).unwrap();
        let names = |path: &str| {
            let content = &files.iter().find(|file| file.path == path).unwrap().content;
            content.lines().filter(|line| *line == format!("name = \"{package}\"")).count()
        };
        assert_eq!((names("Cargo.toml"), names("Cargo.lock")), (1, 1), "{name}");
    }
}

/// Its packages by how others name them: by name, and by name and version.
fn packages(lock: &Table) -> BTreeMap<String, &Value> {
    let mut packages = BTreeMap::new();
    for package in lock["package"].as_array().unwrap() {
        let (name, version) = (package["name"].as_str().unwrap(), package["version"].as_str().unwrap());
        packages.insert(name.to_owned(), package);
        packages.insert(format!("{name} {version}"), package);
    }
    packages
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn a_lock_file_lists_what_is_depended_on_and_nothing_else() {
    for (database, access) in Database::ALL.iter().flat_map(|database| Access::ALL.iter().map(move |access| (*database, *access))) {
        let options = ProjectOptions { stack: Stack::Axum, database, access, ..ProjectOptions::default() };
        let files = blueprint(&sample_model(1, 2), &options, 0).unwrap();
        let read = |path: &str| files.iter().find(|file| file.path == path).unwrap().content.parse::<Table>().unwrap();
        let (manifest, lock) = (read("Cargo.toml"), read("Cargo.lock"));
        let packages = packages(&lock);
        let own = manifest["package"]["name"].as_str().unwrap();
        let named: BTreeSet<&str> = ["dependencies", "dev-dependencies"]
            .iter()
            .flat_map(|key| manifest[*key].as_table().unwrap().keys().map(String::as_str))
            .collect();
        let locked = texts(packages[own].get("dependencies")).into_iter().map(|text| text.split(' ').next().unwrap());
        assert_eq!(locked.collect::<BTreeSet<_>>(), named, "{options:?}");
        let (mut open, mut reached) = (vec![own], BTreeSet::new());
        while let Some(name) = open.pop() {
            let package = packages.get(name).unwrap_or_else(|| panic!("{options:?}: {name} is not locked"));
            if reached.insert(format!("{} {}", package["name"], package["version"])) {
                open.extend(texts(package.get("dependencies")));
            }
        }
        assert_eq!(reached.len(), lock["package"].as_array().unwrap().len(), "{options:?}: something is locked that nothing needs");
    }
}

#[test]
fn enumerations_are_not_called_like_parts_of_the_description() {
    let mut model = sample_model(1, 1);
    model.enums[0].name = "Reference".into();
    let refused = blueprint(&model, &ProjectOptions { stack: Stack::Axum, ..ProjectOptions::default() }, 0).unwrap_err();
    assert_eq!(refused.place, "enums.Reference");
}
