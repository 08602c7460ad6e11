//! What the rules know of a language: cue words, courtesies, headings and questions. Data only.
//!
//! Everything is lower case and matched between word boundaries; a cue that ends in `*` matches beginnings of words.

mod de;
mod en;
mod es;
mod fr;

use super::part::{Part, Work};

#[derive(Debug)]
pub struct Words {
    /// ISO 639-1.
    pub code: &'static str,
    pub name: &'static str,
    /// Frequent small words by which the language is told.
    pub stop: &'static [&'static str],
    /// The first is the one that is written; all of them are understood.
    pub headings: &'static [(Part, &'static [&'static str])],
    pub cues: &'static [(Part, &'static [&'static str])],
    /// Verbs that begin a task, in the forms in which orders are given.
    pub verbs: &'static [(Work, &'static [&'static str])],
    /// Politeness before an order, the longest first. Taken away only before a verb of `verbs`.
    pub openers: &'static [&'static str],
    /// Small words that may be taken away before anything.
    pub pleas: &'static [&'static str],
    /// Politeness at the end of a sentence.
    pub closers: &'static [&'static str],
    /// Whole sentences that ask for nothing.
    pub courtesies: &'static [&'static str],
    /// Words that everybody reads differently, what each leaves open, and where the answer belongs.
    pub vague: &'static [(&'static str, Part, &'static str)],
    /// What to ask when a part is missing.
    pub questions: &'static [(Part, &'static str)],
    /// `What does “{}” mean here?`
    pub what_means: &'static str,
}

impl Words {
    pub fn heading(&self, part: Part) -> &'static str {
        self.headings.iter().find(|(of, _)| *of == part).and_then(|(_, names)| names.first()).copied().unwrap_or_default()
    }

    pub fn question(&self, part: Part) -> &'static str {
        self.questions.iter().find(|(of, _)| *of == part).map(|(_, question)| *question).unwrap_or_default()
    }

    /// The part that a heading's words name.
    pub fn named(&self, heading: &str) -> Option<Part> {
        let heading = heading.trim().to_lowercase();
        let same = |name: &&str| name.chars().flat_map(char::to_lowercase).eq(heading.chars());
        self.headings.iter().find(|(_, names)| names.iter().any(&same)).map(|(part, _)| *part)
    }
}

/// The languages whose prompts are rewritten.
pub const KNOWN: [&Words; 4] = [&en::WORDS, &de::WORDS, &fr::WORDS, &es::WORDS];

/// Small words of languages that the rules only have to tell from the known ones.
#[rustfmt::skip]
pub const OTHERS: &[&[&str]] = &[
    &[
        "il", "lo", "gli", "di", "che", "è", "per", "con", "una", "della", "del", "sono", "non", "scrivi", "questo", "come", "dei",
        "più", "mi", "sul",
    ],
    &[
        "o", "os", "um", "uma", "não", "para", "com", "que", "em", "do", "da", "dos", "você", "escreva", "isso", "mais", "por", "são",
        "ao", "sobre",
    ],
    &[
        "de", "het", "een", "niet", "voor", "met", "van", "dat", "op", "schrijf", "zijn", "je", "ik", "maar", "ook", "over", "naar",
        "aan", "bij", "moet",
    ],
    &[
        "och", "att", "det", "som", "en", "på", "är", "av", "för", "med", "inte", "jag", "skriv", "om", "till", "og", "ikke", "til",
        "af", "på",
    ],
    &["i", "w", "na", "się", "nie", "z", "do", "że", "jest", "to", "dla", "napisz", "jak", "po", "o", "który", "oraz", "przez", "od", "za"],
];
