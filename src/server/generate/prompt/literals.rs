//! What must not get lost: numbers, addresses, names, quotations, code, template variables and negations.
//!
//! [`Literals::of`] counts them, [`Literals::missing_in`] says which of them another text has fewer times. What can be told
//! by itself (an address, a quotation) is looked for as it stands; numbers, names and negations are looked for as words.

use std::{collections::BTreeMap, ops::Range, sync::LazyLock};

use regex::Regex;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Literal {
    Fence,
    Code,
    Quote,
    Url,
    Email,
    Handle,
    Variable,
    Number,
    Name,
    Negation,
}

/// In the order in which they are looked for. What they match is no place to end a sentence, numbers aside.
static PATTERNS: LazyLock<Vec<(Literal, Regex)>> = LazyLock::new(|| {
    [
        (Literal::Fence, r"(?s)```.*?(?:```|\z)|~~~.*?(?:~~~|\z)"),
        (Literal::Code, r"`[^`\n]{1,500}`"),
        (Literal::Quote, r#""[^"\n]{1,300}"|“[^”\n]{1,300}”|„[^“”\n]{1,300}[“”]|«[^»\n]{1,300}»|‘[^’\n]{1,300}’"#),
        (Literal::Url, r#"(?i)\b(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[^\s<>"`)\]}»”]*[^\s<>"`)\]}»”.,;:!?']"#),
        (Literal::Email, r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+"),
        (Literal::Handle, r"(?:^|[^\w@#&/])([@#]\w+)"),
        (
            Literal::Variable,
            r"\{\{[^{}\n]{1,100}\}\}|\$?\{[^{}\n]{1,100}\}|</?[A-Za-z][A-Za-z0-9_ .-]{0,99}>|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%",
        ),
        (Literal::Number, r"\d+(?:[.,:/\-–]\d+)*"),
    ]
    .into_iter()
    .filter_map(|(kind, pattern)| Regex::new(pattern).ok().map(|regex| (kind, regex)))
    .collect()
});

#[rustfmt::skip]
const NEGATIONS: &[&str] = &[
    "not", "no", "never", "none", "nothing", "neither", "nor", "without", "cannot", "nobody", "nowhere", "nicht", "nie", "niemals",
    "nichts", "ohne", "weder", "niemand", "kein", "keine", "keinen", "keinem", "keiner", "keines", "ne", "pas", "jamais", "sans",
    "aucun", "aucune", "rien", "ni", "nunca", "sin", "jamás", "nada", "ningún", "ninguna", "ninguno", "tampoco", "nadie",
];

/// Capital letters of mere politeness.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "Dank", "Danke", "Dir", "Voraus", "Grüße", "Gruß", "Tag", "Morgen", "Abend", "Sie", "Ihnen", "AI", "Hi", "Hello", "Thanks",
    "Bonjour", "Merci", "Hola", "Gracias",
];

/// How often a text has each of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Literals(BTreeMap<(Literal, String), usize>);

impl Literals {
    pub fn of(text: &str) -> Self {
        let mut counts = BTreeMap::new();
        let mut count = |kind, text: &str| *counts.entry((kind, text.to_owned())).or_insert(0) += 1;
        for (kind, regex) in PATTERNS.iter() {
            for found in regex.captures_iter(text) {
                if let Some(found) = found.get(1).or_else(|| found.get(0)) {
                    // Code that is never closed ends where the text does.
                    count(*kind, found.as_str().trim_end());
                }
            }
        }
        for word in words(text) {
            if is_negation(word) {
                count(Literal::Negation, &word.to_lowercase().replace('’', "'"));
            }
        }
        for (at, word) in plain_words(text) {
            if is_name(text, at, word) {
                count(Literal::Name, word);
            }
        }
        Self(counts)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is something to work on: code, a quotation, a variable.
    pub fn has_material(&self) -> bool {
        self.0.keys().any(|(kind, _)| matches!(kind, Literal::Fence | Literal::Quote | Literal::Variable))
    }

    /// How many different ones that say something definite: no negations, no code.
    pub fn details(&self) -> usize {
        self.0.keys().filter(|(kind, _)| !matches!(kind, Literal::Negation | Literal::Fence)).count()
    }

    /// Those that `text` has fewer times.
    pub fn missing_in(&self, text: &str) -> Vec<(Literal, String)> {
        let there = Self::of(text);
        let mut words: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, word) in plain_words(text) {
            *words.entry(word).or_insert(0) += 1;
        }
        let has = |kind: Literal, literal: &str, count: usize| {
            there.0.get(&(kind, literal.to_owned())).is_some_and(|there| *there >= count)
                || match kind {
                    Literal::Name => words.get(literal).is_some_and(|there| *there >= count),
                    Literal::Number | Literal::Negation => false,
                    _ => text.matches(literal).count() >= count,
                }
        };
        self.0.iter().filter(|((kind, literal), count)| !has(*kind, literal, **count)).map(|(key, _)| key.clone()).collect()
    }
}

/// A text without its code and quotations, for whoever looks for words of its own.
pub fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut from = 0;
    for range in protected(text) {
        prose.push_str(&text[from..range.start]);
        prose.push(' ');
        from = range.end;
    }
    prose.push_str(&text[from..]);
    prose
}

/// Where a text must not be cut: quotations, code, addresses and the like. Ordered, without overlaps.
pub fn protected(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = PATTERNS
        .iter()
        .filter(|(kind, _)| *kind != Literal::Number)
        .flat_map(|(_, regex)| regex.find_iter(text).map(|found| found.range()))
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Words with the apostrophes inside of them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’')))
        .map(|word| word.trim_matches(['\'', '’']))
        .filter(|word| !word.is_empty())
}

fn plain_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(move |word| (word.as_ptr() as usize - start, word))
}

fn is_negation(word: &str) -> bool {
    let word = word.to_lowercase().replace('’', "'");
    NEGATIONS.contains(&word.as_str()) || word.ends_with("n't") || (word.starts_with("n'") && word.len() > 2)
}

/// Capital letters where a sentence does not begin, or beyond the first letter.
fn is_name(text: &str, at: usize, word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next().is_some_and(char::is_uppercase);
    let further = letters.any(char::is_uppercase);
    if word.chars().count() < 2 || !(first || further) || NO_NAMES.contains(&word) {
        return false;
    }
    let before = text[..at].trim_end_matches([' ', '\t', '"', '\'', '“', '„', '«', '(', '*', '_', '¿', '¡', '\u{a0}']);
    let begins = before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '-', '#', '>', '|', '…', ';']);
    further || !begins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), 8);
    }

    #[test]
    fn what_must_not_get_lost_is_found() {
        for (text, kind, literal) in [
            ("costs 1,299.50 euro", Literal::Number, "1,299.50"),
            ("see https://a.example/x?y=1.", Literal::Url, "https://a.example/x?y=1"),
            ("mail bob.o@ex-ample.org, now", Literal::Email, "bob.o@ex-ample.org"),
            ("ask @ops_team now", Literal::Handle, "@ops_team"),
            ("say \"as is\" there", Literal::Quote, "\"as is\""),
            ("sag „so ist es“ dort", Literal::Quote, "„so ist es“"),
            ("run `rm -rf x`", Literal::Code, "`rm -rf x`"),
            ("a\n```rust\nlet x = 1;\n```\nb", Literal::Fence, "```rust\nlet x = 1;\n```"),
            ("dear {{first name}}", Literal::Variable, "{{first name}}"),
            ("dear {name}", Literal::Variable, "{name}"),
            ("a <customer> b", Literal::Variable, "<customer>"),
            ("echo $HOME now", Literal::Variable, "$HOME"),
            ("it doesn’t work", Literal::Negation, "doesn't"),
            ("das ist keine Option", Literal::Negation, "keine"),
            ("n'utilise rien", Literal::Negation, "n'utilise"),
            ("ask Paris about iPhones", Literal::Name, "Paris"),
            ("iPhones are dear", Literal::Name, "iPhones"),
        ] {
            assert!(Literals::of(text).0.contains_key(&(kind, literal.to_owned())), "{text}: {:?}", Literals::of(text));
        }
        assert_eq!(Literals::of("Plain words here. They say little.").0.len(), 0);
    }

    #[test]
    fn losses_are_counted() {
        let literals = Literals::of("Ask Bob for 3 and 3 more, never 4.");
        assert_eq!(literals.missing_in("Bob: 3, 3, never 4"), []);
        assert_eq!(
            literals.missing_in("Ask bob for 3 and 4."),
            [(Literal::Number, "3".into()), (Literal::Name, "Bob".into()), (Literal::Negation, "never".into())]
        );
    }
}
