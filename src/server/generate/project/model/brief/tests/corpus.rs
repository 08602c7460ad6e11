//! Briefs as people write them, and the models that the rules make of them: `corpus.txt`, reviewed in diffs.
//!
//! `UPDATE_CORPUS=1` writes the models anew; the briefs in the file are its own.

use std::fmt::Write as _;

use super::super::super::{Drafted, names, text, validate};
use super::super::from_brief;
use crate::protocol::project::RelationKind;

const CORPUS: &str = include_str!("corpus.txt");

/// Blocks of a brief (`> …`) and what was made of it.
fn briefs() -> Vec<String> {
    let blocks = CORPUS.split("\n\n").filter(|block| !block.trim().is_empty());
    blocks
        .map(|block| {
            block
                .lines()
                .filter_map(|line| line.strip_prefix('>'))
                .map(|line| line.strip_prefix(' ').unwrap_or(line))
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect()
}

#[test]
fn every_brief_gives_the_model_that_was_reviewed() {
    let briefs = briefs();
    assert!(briefs.len() >= 100, "{}", briefs.len());
    let mut all = String::new();
    for brief in &briefs {
        let drafted = from_brief(brief);
        assert_eq!(validate(&drafted.model), Ok(()), "{brief}");
        assert_eq!(text::parse(&text::print(&drafted.model)).as_ref(), Ok(&drafted.model), "{brief}");
        for line in brief.lines() {
            let _ = writeln!(all, "> {line}");
        }
        let _ = writeln!(all, "{}", shown(&drafted));
    }
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/generate/project/model/brief/tests/corpus.txt"), &all).unwrap();
        return;
    }
    for (made, reviewed) in all.split("\n\n").zip(CORPUS.split("\n\n")) {
        assert_eq!(made.trim(), reviewed.trim());
    }
}

fn shown(drafted: &Drafted) -> String {
    let model = &drafted.model;
    let mut lines = vec![format!("= {}", model.name)];
    for entity in &model.entities {
        let fields: Vec<String> = entity
            .fields
            .iter()
            .map(|field| {
                let values = model
                    .enums
                    .iter()
                    .find(|known| Some(&known.name) == field.enumeration.as_ref())
                    .map(|known| format!("({})", known.values.join(" ")));
                let kind = values.unwrap_or_else(|| field.kind.to_string());
                let bounds = match (&field.min, &field.max) {
                    (Some(min), Some(max)) => format!(" {min}..{max}"),
                    _ => String::new(),
                };
                format!(
                    "{} {kind}{bounds}{}{}",
                    field.name,
                    if field.required { "!" } else { "" },
                    if field.unique { " unique" } else { "" }
                )
            })
            .collect();
        lines.push(format!("{}: {}", entity.name, fields.join(", ")));
    }
    for relation in &model.relations {
        let (from, to) = names::end_names(model, relation);
        let kind = match (relation.kind, relation.required) {
            (RelationKind::ManyToMany, _) => "n-n",
            (_, true) => "1!-n",
            (_, false) => "1-n",
        };
        lines.push(format!("{}.{from} {kind} {}.{to}", relation.from.entity, relation.to.entity));
    }
    lines.extend(drafted.notes.iter().map(|note| format!("! {note}")));
    lines.join("\n") + "\n"
}
