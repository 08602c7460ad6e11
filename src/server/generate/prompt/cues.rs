//! What the words of a sentence tell: which parts of a prompt it says something about, and what work it orders.

use super::{
    part::{Part, Work},
    phrases::{begins, has},
    words::Words,
};

/// Measures say something about the form only together with a number.
#[rustfmt::skip]
const MEASURES: &[&str] = &[
    "words", "pages", "page", "characters", "sentences", "paragraphs", "columns", "headings", "wörter", "sätze", "sätzen", "worte",
    "wörtern", "seiten", "seite", "zeichen", "absatz", "spalten", "überschriften", "mots", "caractères", "phrases", "colonnes", "titres",
    "lignes", "palabras", "páginas", "página", "caracteres", "frases", "oraciones", "columnas", "títulos", "ans", "años", "years old",
];

/// Words that go on with what was said before.
#[rustfmt::skip]
const SEQUELS: &[&str] = &[
    "then", "after that", "afterwards", "next", "finally", "also", "and", "dann", "danach", "anschließend", "außerdem", "zum schluss",
    "puis", "ensuite", "enfin", "aussi", "luego", "después", "además", "también", "y",
];
/// What is written in code rather than in prose.
#[rustfmt::skip]
const CODE_NOUNS: &[&str] = &[
    "sql", "script", "skript", "function", "funktion", "fonction", "función", "code", "código", "regex", "query", "abfrage", "requête",
    "consulta", "website", "webseite", "app", "api", "snippet", "test", "tests", "class", "module", "cli",
];
/// How far into a sentence they are looked for: what is made stands next to its verb.
const CODE_NOUN_WORDS: usize = 5;

/// A set of parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts(u16);

impl Parts {
    pub fn insert(&mut self, part: Part) {
        self.0 |= 1 << part as u16;
    }

    pub const fn contains(self, part: Part) -> bool {
        self.0 & (1 << part as u16) != 0
    }

    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Whether a sentence, prepared by [`plain`](super::phrases::plain), goes on with the one before.
pub fn is_sequel(sentence: &str) -> bool {
    SEQUELS.iter().any(|sequel| begins(sentence, sequel))
}

pub fn cues(words: &Words, part: Part) -> &'static [&'static str] {
    words.cues.iter().find(|(of, _)| *of == part).map_or(&[], |(_, cues)| cues)
}

/// Whether a sentence, prepared by [`plain`](super::phrases::plain), gives a length in numbers.
pub fn gives_length(sentence: &str) -> bool {
    sentence.contains(|c: char| c.is_ascii_digit()) && MEASURES.iter().any(|measure| has(sentence, measure))
}

pub fn measured(cue: &str, sentence: &str) -> bool {
    !MEASURES.contains(&cue) || sentence.contains(|c: char| c.is_ascii_digit())
}

/// Everything that a sentence, prepared by [`plain`](super::phrases::plain), says something about.
pub fn signals_of(sentence: &str, words: &Words) -> Parts {
    let mut signals = Parts::default();
    for (part, cues) in words.cues {
        if cues.iter().any(|cue| has(sentence, cue) && measured(cue, sentence)) {
            signals.insert(*part);
        }
    }
    signals
}

/// What work a sentence begins with, once its politeness is passed over. Wishes and questions count only where no task was
/// found before.
pub fn work_of(sentence: &str, words: &Words, first: bool) -> Option<Work> {
    let mut rest = sentence.trim_start_matches(['¿', '¡', '"', ' ']);
    for _ in 0..4 {
        let opener = words.openers.iter().chain(words.pleas).find(|opener| begins(rest, opener));
        let Some(opener) = opener else { break };
        rest = rest[opener.len()..].trim_start_matches([' ', ',']);
    }
    let (verb, work) =
        words.verbs.iter().flat_map(|(work, verbs)| verbs.iter().map(move |verb| (verb, work))).find(|(verb, _)| begins(rest, verb))?;
    let wish = verb.contains([' ', '\'']);
    let asks = *work == Work::Explain && rest.trim_end().ends_with('?');
    let interrogative = matches!(
        *verb,
        "how"
            | "what"
            | "why"
            | "when"
            | "which"
            | "who"
            | "where"
            | "is"
            | "are"
            | "does"
            | "wie"
            | "was"
            | "warum"
            | "wann"
            | "welche"
            | "welcher"
            | "welches"
            | "wer"
            | "wo"
            | "comment"
            | "pourquoi"
            | "quand"
            | "quel"
            | "quelle"
            | "quels"
            | "quelles"
            | "qui"
            | "cómo"
            | "por qué"
            | "cuándo"
            | "cuál"
            | "cuáles"
            | "qué"
            | "quién"
            | "dónde"
    );
    let counts = (!wish && !interrogative) || (wish && first) || (interrogative && asks);
    let code = *work == Work::Text
        && rest.split(' ').take(CODE_NOUN_WORDS).any(|word| CODE_NOUNS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric())));
    counts.then_some(if code { Work::Code } else { *work })
}
