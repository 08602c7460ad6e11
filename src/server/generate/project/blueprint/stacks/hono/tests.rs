//! Random models make whole projects, in the writing that the formatter leaves alone.

use std::collections::BTreeMap;

use crate::protocol::project::{Access, Database, FieldType, Licence, ProjectModel, ProjectOptions, Stack};
use crate::server::generate::project::blueprint::{BlueprintError, blueprint};
use crate::server::generate::project::model::sample::sample_model;
use crate::server::generate::project::review;

type Tree = BTreeMap<String, String>;

fn made(model: &ProjectModel, options: ProjectOptions) -> Result<Tree, BlueprintError> {
    let options = ProjectOptions { stack: Stack::Hono, ..options };
    let files = blueprint(model, &options, 7)?;
    Ok(files.into_iter().map(|file| (file.path, file.content)).collect())
}

/// All choices, the less usual ones in turn.
fn options(number: u64) -> ProjectOptions {
    let bit = |place: u64| (number >> place) & 1 == 1;
    ProjectOptions {
        stack: Stack::Hono,
        database: if bit(0) { Database::Postgres } else { Database::Sqlite },
        access: if bit(1) { Access::Accounts } else { Access::Open },
        front_end: !bit(2),
        docker: !bit(3),
        ci: !bit(4),
        licence: if bit(2) { Licence::None } else { Licence::Mit },
    }
}

#[test]
fn random_models_make_whole_projects() {
    for seed in 0..40 {
        let model = sample_model(seed, 1 + usize::try_from(seed % 9).unwrap());
        let files = made(&model, options(seed)).unwrap_or_else(|error| panic!("{seed}: {error}"));
        assert_eq!(made(&model, options(seed)).unwrap(), files, "{seed}");
        let findings = review::review_of(files.iter().map(|(path, content)| (path.as_str(), content.as_str())), &model);
        assert_eq!(findings, [], "{seed}");
        assert_eq!(files.contains_key("src/auth/routes.ts"), options(seed).access == Access::Accounts);
        assert_eq!(files.contains_key("web/index.html"), options(seed).front_end);
        for (path, content) in files.iter().filter(|(path, _)| path.ends_with(".ts")) {
            assert!(content.ends_with('\n') && !content.ends_with("\n\n") && !content.contains("\n\n\n"), "{seed}: {path}\n{content}");
            assert!(!content.lines().any(|line| line.ends_with(' ')), "{seed}: {path}");
        }
    }
}

#[test]
fn only_what_cannot_be_broken_is_long() {
    let model = sample_model(3, 40);
    for (path, content) in made(&model, options(2)).unwrap().iter().filter(|(path, _)| path.starts_with("src/")) {
        for line in content.lines().filter(|line| line.chars().count() > super::layout::WIDTH) {
            let text = line.trim_start();
            let whole = ["\"", "'", "/", "*", "description:"].iter().any(|start| text.starts_with(start)) || text.contains('`');
            assert!(whole, "{path}: {line}");
        }
    }
}

#[test]
fn whole_numbers_beyond_javascript_are_refused_by_name() {
    let mut model = sample_model(1, 1);
    let field = &mut model.entities[0].fields[0];
    (field.kind, field.enumeration, field.unique, field.pattern) = (FieldType::Integer, None, false, None);
    (field.min, field.max) = (Some(i64::MAX.into()), None);
    (field.min_length, field.max_length, field.min_bytes, field.max_bytes) = (None, None, None, None);
    let place = format!("entities.{}.fields.{}", model.entities[0].name, model.entities[0].fields[0].name);
    assert_eq!(made(&model, options(0)).unwrap_err().place, place);
}
