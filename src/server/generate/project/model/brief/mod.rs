//! A brief in plain words → a model, by rules: no language model, the same answer every time, and every assumption said.
//!
//! `clauses` cuts the text, `read` finds things and what is known of them, `fields` guesses types by words, `domains` knows what
//! usual projects are about, `finish` puts it together. The draft is to be shown for editing; what the rules cannot read they
//! leave out. English, and German as far as its words are in `german`.

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
mod values;
mod verbs;
mod words;

#[cfg(test)]
mod tests;

use super::{Drafted, names, settle};
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
    let mut misspelt: Vec<String> = Vec::new();
    for word in names::words(english.as_deref().unwrap_or(&clean)) {
        if let Some(right) =
            spelling::corrected(&word).map(|right| format!("“{word}” as “{right}”")).filter(|note| !misspelt.contains(note))
        {
            misspelt.push(right);
        }
    }
    if !misspelt.is_empty() {
        misspelt.truncate(MAX_MISSPELT);
        notes.push(format!("Read {}.", misspelt.join(", ")));
    }
    if english.is_some() {
        notes.push("German words are named in English, as far as they are known.".into());
    }
    let found = read::read(&clauses::clauses(english.as_deref().unwrap_or(&clean)));
    let mut model = finish::finish(found, &clean, &mut notes);
    settle::settle(&mut model, &mut notes);
    Drafted { model, notes }
}
