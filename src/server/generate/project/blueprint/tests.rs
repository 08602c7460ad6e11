//! What is promised of blueprints, whatever the stack: any sound model gives whole files, the same ones each time.

use proptest::prelude::*;

use super::{BlueprintError, File, blueprint, stacks, trees};
use crate::protocol::project::{Access, Database, Licence, ProjectModel, ProjectOptions, Stack};
use crate::server::generate::project::model::sample::sample_model;
use crate::server::generate::project::{model::text, review};

/// One of all choices.
fn options(stack: Stack, choice: u8) -> ProjectOptions {
    let is_on = |bit: u8| choice & (1 << bit) == 0;
    ProjectOptions {
        stack,
        database: if is_on(0) { Database::Sqlite } else { Database::Postgres },
        access: if is_on(1) { Access::Open } else { Access::Accounts },
        front_end: is_on(2),
        docker: is_on(3),
        ci: is_on(4),
        licence: if is_on(5) { Licence::Mit } else { Licence::None },
    }
}

fn made(model: &ProjectModel, options: &ProjectOptions) -> Result<Vec<File>, BlueprintError> {
    blueprint(model, options, 7)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_sound_model_gives_whole_files_and_the_same_ones_each_time(seed in any::<u64>(), entities in 1_usize..12, choice in 0_u8..64) {
        let model = sample_model(seed, entities);
        for stack in Stack::ALL {
            let options = options(*stack, choice);
            let files = made(&model, &options);
            prop_assert!(files.is_ok(), "{stack}: {files:?}");
            let files = files.unwrap_or_default();
            prop_assert_eq!(&files, &made(&model, &options).unwrap_or_default());
            let all = files.iter().map(|file| (file.path.as_str(), file.content.as_str()));
            let found = review::review_of(all, &model);
            prop_assert!(found.is_empty(), "{stack}: {found:?}");
            let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
            prop_assert!(paths.is_sorted() && paths.iter().all(|path| !path.contains("..") && !path.starts_with('/')));
        }
    }
}

#[test]
fn a_hundred_entities_make_a_whole_project() {
    let model = sample_model(1, 100);
    for stack in Stack::ALL {
        let files = made(&model, &options(*stack, 2)).unwrap_or_else(|error| panic!("{stack}: {error}"));
        assert!(files.len() > 300, "{stack}: {}", files.len());
    }
}

/// A small model with a bit of everything.
const LIBRARY: &str = "project \"Town library\"
enum Genre {
  novel, science_fiction
}
entity Author {
  name string required
}
entity Tag {
  name string required unique maxlength(40)
}
/** Something to read. */
entity Book {
  title string required maxlength(200)
  isbn string unique pattern(/^[0-9]{13}$/)
  price decimal min(0)
  genre Genre
}
relationship OneToMany {
  Author{books} to Book{author required}
  Book{sequels} to Book{sequel_of}
}
relationship ManyToMany {
  Book{tags} to Tag{books}
}
paginate Tag no
";

/// Written by installers, and reviewed by nobody.
const LOCKS: [&str; 4] = ["Cargo.lock", "package-lock.json", "requirements.txt", "requirements-dev.txt"];

/// The whole tree of each stack, to be looked at in diffs: `INSTA_UPDATE=always cargo test --lib a_small_library` writes what is new. What is
/// in the project as it is in the tree of templates is only named, and so is what there is for authors: books have all of it, and tags
/// what is different without pages.
#[test]
fn a_small_library() {
    let model = text::parse(LIBRARY).unwrap_or_else(|problem| panic!("{problem}"));
    for stack in Stack::ALL {
        let options = ProjectOptions { stack: *stack, access: Access::Accounts, ..ProjectOptions::default() };
        let files = made(&model, &options).unwrap_or_else(|error| panic!("{stack}: {error}"));
        let templates = trees::templates(stacks::of(*stack).trees()).unwrap_or_default();
        let mut golden = files.iter().map(|file| format!("{}\n", file.path)).collect::<String>();
        for File { path, content } in &files {
            let is_copied = templates.get(path).is_some_and(|template| template.content == *content);
            if !is_copied && !LOCKS.contains(&path.as_str()) && !path.contains("author") {
                golden.push_str(&format!("\n=== {path}\n{content}"));
            }
        }
        insta::assert_snapshot!(stack.as_str(), golden);
    }
}

#[test]
fn what_an_option_switches_off_is_gone() {
    let model = text::parse(LIBRARY).unwrap_or_else(|problem| panic!("{problem}"));
    for stack in Stack::ALL {
        let all = made(&model, &options(*stack, 0b10)).unwrap_or_default();
        let least = made(&model, &options(*stack, 0b11_1100)).unwrap_or_default();
        let has = |files: &[File], end: &str| files.iter().any(|file| file.path.ends_with(end));
        for end in ["LICENSE", "Dockerfile", "ci.yml", "signin.js", "style.css"] {
            assert!(has(&all, end) && !has(&least, end), "{stack}: {end}");
        }
        assert!(has(&least, "README.md") && has(&least, ".gitignore") && has(&least, ".env.example"), "{stack}");
    }
}
