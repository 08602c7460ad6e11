//! A brief in plain words → a model, by rules: no language model, the same answer every time, and every assumption said.
//!
//! The way of a brief, each step a file: `german` and `spelling` (words as they are meant) → `clauses` (cut into tokens; `values`
//! puts bounds and listed values in brackets, `stories` tells "as a user I want to" plainly) → `read` (which clause says what) →
//! `lists` (things, and what is known of each), `acts` with `verbs` (who does what to what) and `joins` (what belongs to what) →
//! `finish` (what is usual, relations, notes; `titles` names the project). `fields` guesses types by words, `domains` knows what usual
//! projects are about, `words` has the rest of the vocabulary.
//!
//! Nothing is tied to one sentence: rules are about forms (subject, verb, object; "their dogs"; brackets behind a thing or behind a
//! field; "a, b or c"), and words are in lists. The draft is to be shown for editing; its notes say what was assumed and what was
//! not understood. English, and German as far as its words are in `german`; names are English then, as the code is.

mod acts;
mod clauses;
mod domains;
mod fields;
mod finish;
mod german;
mod joins;
mod lists;
mod phrases;
mod read;
mod spelling;
mod stories;
mod titles;
mod values;
mod verbs;
mod words;

#[cfg(test)]
mod tests;

use super::{Drafted, settle};
use crate::server::inert::clean_text;

/// In the notes.
const MAX_MISSPELT: usize = 12;
/// Longer briefs are read up to here.
pub const MAX_CHARS: usize = 20_000;

/// A sound model of what a brief is about; never fails, and says what it assumed.
pub fn from_brief(text: &str) -> Drafted {
    let mut notes = Vec::new();
    let short: String = text.chars().take(MAX_CHARS).collect();
    if short.len() < text.len() {
        notes.push(format!("Only the first {MAX_CHARS} characters of the brief were read."));
    }
    let clean = clean_text(&short);
    let english = german::in_english(&clean);
    let (read, misspelt) = spelling::read(english.as_deref().unwrap_or(&clean));
    if !misspelt.is_empty() {
        let shown: Vec<String> = misspelt.iter().take(MAX_MISSPELT).map(|(wrong, right)| format!("“{wrong}” as “{right}”")).collect();
        notes.push(format!("Read {}.", shown.join(", ")));
    }
    if english.is_some() {
        notes.push("German words are named in English, as far as they are known.".into());
    }
    let found = read::read(&clauses::clauses(&read));
    let mut model = finish::finish(found, &clean, &mut notes);
    settle::settle(&mut model, &mut notes);
    Drafted { model, notes }
}
