//! A brief in plain words → a model, by rules: no language model, the same answer every time, and every assumption said.
//!
//! `clauses` cuts the text, `read` finds things and what is known of them, `fields` guesses types by words, `domains` knows what
//! usual projects are about, `finish` puts it together. The draft is to be shown for editing; what the rules cannot read they
//! leave out. English, and German as far as its words are in `german`.

mod clauses;
mod domains;
mod fields;
mod finish;
mod german;
mod joins;
mod phrases;
mod read;
mod words;

#[cfg(test)]
mod tests;

use super::{Drafted, settle};
use crate::server::inert::clean_text;

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
    let found = read::read(&clauses::clauses(english.as_deref().unwrap_or(&clean)));
    let mut model = finish::finish(found, &clean, &mut notes);
    settle::settle(&mut model, &mut notes);
    Drafted { model, notes }
}
