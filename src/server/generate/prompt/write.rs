//! Puts a prompt together: its parts under headings in its own language, and a placeholder where something that matters is missing.

use std::fmt::Write;

use super::{
    blocks::{self, Block, Shape},
    edit,
    part::{Part, Work},
    read::{Form, Reading, Unit, placeholder},
    sentences::sentences,
    vague::{self, Vague},
};
use crate::protocol::prompt::{Change, ChangeKind};

/// What matters when nothing tells what kind of work it is.
const NEEDS: &[Part] = &[Part::Context, Part::Format];

/// The prompt anew, and why it is as it is. With `edits` off, everything stays word for word and only finds its place.
pub fn compose(mut reading: Reading, edits: bool) -> (String, Vec<Change>) {
    let mut changes = Vec::new();
    if edits {
        let words = reading.words;
        edit::edit(&mut reading.units, words, &mut changes);
        edit_tail(&mut reading, &mut changes);
    }
    let missing = missing(&reading);
    // What has a structure is not filled with questions; they are only said.
    let questions = if reading.tail.is_empty() { vague::find(&reading) } else { Vec::new() };
    for vague in vague::find_in_tail(&reading).iter().chain(&questions) {
        let after = if questions.contains(vague) { vague.question.clone() } else { vague.sentence.clone() };
        let reason = format!("“{}” is read differently by everybody. Say what it means here.", vague.word);
        changes.push(Change { kind: ChangeKind::Vague, reason, before: vague.sentence.clone(), after });
    }
    let plain =
        reading.tail.is_empty() && missing.is_empty() && questions.is_empty() && reading.units.iter().all(|unit| unit.part == Part::Task);
    if plain {
        return (body(&reading.units.iter().collect::<Vec<_>>(), Part::Task), changes);
    }
    let text = sections(reading, &missing, &questions, &mut changes);
    (text, changes)
}

/// Parts that matter for this work and that nothing is said about.
pub fn missing(reading: &Reading) -> Vec<Part> {
    if reading.units.is_empty() && reading.tail.is_empty() {
        return Vec::new();
    }
    let needs = reading.work.map_or(NEEDS, Work::needs);
    needs.iter().copied().filter(|part| !reading.signals.contains(*part) && !reading.asked.contains(*part)).collect()
}

fn sections(reading: Reading, missing: &[Part], questions: &[Vague], changes: &mut Vec<Change>) -> String {
    let words = reading.words;
    let hashes = heading_level(&reading.tail);
    let mut tail = reading.tail;
    let (mut head, mut end) = (String::new(), String::new());
    for part in Part::ALL {
        let units: Vec<&Unit> = reading.units.iter().filter(|unit| unit.part == part).collect();
        let asked = missing.contains(&part).then(|| format!("[{}: {}]", words.heading(part), words.question(part)));
        if let Some(asked) = &asked {
            let reason = format!("Nothing is said about the {}, and the answer depends on it.", part.label());
            changes.push(Change { kind: ChangeKind::Missing, reason, before: String::new(), after: asked.clone() });
        }
        let open: Vec<&str> =
            questions.iter().filter(|vague| vague.part == part).map(|vague| &*vague.question).chain(asked.as_deref()).collect();
        if units.is_empty() && open.is_empty() {
            continue;
        }
        let mut content = body(&units, part);
        for question in open {
            let bullet = content.lines().next_back().is_some_and(|line| line.starts_with("- "));
            let _ = write!(content, "{}{}{question}", if content.is_empty() { "" } else { "\n" }, if bullet { "- " } else { "" });
        }
        if let Some(at) = tail.iter().position(|block| block.shape == Shape::Heading(Some(part))) {
            tail.insert(at + 1, Block { shape: Shape::Paragraph, text: content, gap: false });
            continue;
        }
        let heading = format!("{hashes} {}", words.heading(part));
        if !units.is_empty() {
            let reason = format!("This is the {}: under a heading of its own it is not overlooked.", part.label());
            let before = units.iter().map(|unit| &*unit.text).collect::<Vec<_>>().join(" ");
            changes.push(Change { kind: ChangeKind::Structure, reason, before, after: heading.clone() });
        }
        let place = if units.is_empty() && !tail.is_empty() { &mut end } else { &mut head };
        let _ = write!(place, "{}{heading}\n{content}", if place.is_empty() { "" } else { "\n\n" });
    }
    let tail = blocks::join(&tail);
    [head, tail, end].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Units of one part: conditions as a list, everything else as it was written.
fn body(units: &[&Unit], part: Part) -> String {
    let loose = units.iter().filter(|unit| unit.form == Form::Sentence).count();
    let listed = matches!(part, Part::Constraints | Part::Tone | Part::Format | Part::Success)
        && (loose >= 2 || units.iter().any(|unit| unit.form == Form::Item));
    let mut text = String::new();
    let mut before: Option<Form> = None;
    for unit in units {
        let separator = match (before, unit.form) {
            (None, _) => "",
            (Some(Form::Block), _) | (_, Form::Block) => "\n\n",
            (Some(Form::Sentence), Form::Sentence) if !listed && !unit.line => " ",
            _ => "\n",
        };
        text.push_str(separator);
        if listed && unit.form == Form::Sentence {
            let _ = write!(text, "- {}", unit.text.replace('\n', " "));
        } else {
            text.push_str(&unit.text);
        }
        before = Some(unit.form);
    }
    text
}

fn heading_level(tail: &[Block]) -> String {
    let level = tail.iter().find_map(|block| {
        let hashes = block.text.len() - block.text.trim_start_matches('#').len();
        (hashes > 0 && matches!(block.shape, Shape::Heading(Some(_)))).then_some(hashes)
    });
    "#".repeat(level.unwrap_or(2))
}

/// The same politeness is left out of sections whose part is known and that are no material.
fn edit_tail(reading: &mut Reading, changes: &mut Vec<Change>) {
    let words = reading.words;
    let editable: Vec<usize> = reading.instructions().filter(|(part, _)| part.is_some()).map(|(_, index)| index).collect();
    for index in editable {
        let block = &mut reading.tail[index];
        let marker = blocks::marker(&block.text).unwrap_or_default().len();
        let mut text = block.text[..marker].to_owned();
        let mut from = 0;
        let content = &block.text[marker..];
        for sentence in sentences(content) {
            let at = sentence.text.as_ptr() as usize - content.as_ptr() as usize;
            let polished =
                if placeholder(sentence.text).is_some() { Some(sentence.text.to_owned()) } else { edit::polish(sentence.text, words) };
            if polished.as_deref() != Some(sentence.text) {
                changes.push(Change {
                    kind: ChangeKind::Filler,
                    reason: "The order says the same without the words around it.".into(),
                    before: sentence.text.to_owned(),
                    after: polished.clone().unwrap_or_default(),
                });
            }
            if let Some(polished) = polished {
                text.push_str(&content[from..at]);
                text.push_str(&polished);
            }
            from = at + sentence.text.len();
        }
        block.text = text;
    }
    // A list item that was nothing but a courtesy leaves its marker.
    reading.tail.retain(|block| {
        blocks::marker(&format!("{} ", block.text)).is_none_or(|marker| marker.trim() != block.text.trim()) && !block.text.trim().is_empty()
    });
}
