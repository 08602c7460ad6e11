//! What is promised of projects in Rust, as far as reading them can tell; that they build and pass is seen where they are built (`verify`).

use crate::protocol::project::{ProjectOptions, Stack};
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
