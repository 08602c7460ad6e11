//! Words that are spelt wrong, read as what was meant: neighbours swapped, letters doubled or not, vowels missing or wrong.
//!
//! Only towards words that briefs are made of, and only in those ways: a word that is not known is more often a name than an error.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use indexmap::IndexMap;

use super::super::names;
use super::domains::Domain;
use super::fields::{self, has};
use super::{verbs, words};

/// Shorter words are too near to others.
const MIN_LETTERS: usize = 5;
const MIN_LETTERS_VOWELS: usize = 6;
const MAX_LETTERS: usize = 24;

/// Right words that are near to those of briefs.
const RIGHT: &str = "trail trails dairy diary angel angels trial trials diner diners desert deserts stories patent patents plane planes curse curses \
    later latter hoping county counties posters scared sacred quite quiet except expect dealer dealers united coarse being doing bread break \
    causal casual marital martial formed sever severe tired tried hosed";
/// What no rule finds.
const USUAL: [(&str, &str); 14] = [
    ("adn", "and"),
    ("appoinment", "appointment"),
    ("appoinments", "appointments"),
    ("calender", "calendar"),
    ("costumer", "customer"),
    ("costumers", "customers"),
    ("emails", "email"),
    ("lenght", "length"),
    ("quanity", "quantity"),
    ("teh", "the"),
    ("tittle", "title"),
    ("wich", "which"),
    ("wieght", "weight"),
    ("adresses", "addresses"),
];

static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut known: HashSet<String> = HashSet::new();
    for entity in Domain::all().iter().flat_map(|domain| &domain.model.entities) {
        let words = names::words(&entity.name);
        known.extend(words.iter().map(|word| names::plural(word)));
        known.extend(words);
        known.extend(entity.fields.iter().flat_map(|field| names::words(&field.name)));
    }
    known.extend(fields::usual_words().map(str::to_owned));
    for list in [words::APPS, words::HAS, words::KEEP, words::BOUND, words::DETERMINERS, words::FIELD_PLURALS, words::KINDS] {
        known.extend(list.split_ascii_whitespace().map(str::to_owned));
    }
    known
});

/// A text with its words as they were meant, and which they are.
pub fn read(text: &str) -> (String, IndexMap<String, &'static str>) {
    let mut seen: HashMap<&str, Option<&'static str>> = HashMap::new();
    let mut misspelt = IndexMap::new();
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(length);
        let right = *seen.entry(word).or_insert_with(|| {
            // What begins with a capital letter may be a name, but not in the middle of a word.
            let plain = word.to_lowercase();
            let is_plain = word.chars().skip(1).all(char::is_lowercase);
            corrected(&plain).filter(|_| is_plain).inspect(|right| {
                misspelt.insert(plain.clone(), *right);
            })
        });
        read.push_str(right.unwrap_or(word));
        let sign = tail.chars().next();
        read.extend(sign);
        rest = sign.map_or("", |sign| &tail[sign.len_utf8()..]);
    }
    (read, misspelt)
}

/// What was meant by a lower-case word that is spelt wrong.
fn corrected(word: &str) -> Option<&'static str> {
    if let Some((_, right)) = USUAL.iter().find(|(wrong, _)| *wrong == word) {
        return Some(right);
    }
    let is_right = KNOWN.contains(word) || verbs::is_verb(word) || verbs::is_participle(word) || has(RIGHT, word);
    if is_right || !(MIN_LETTERS..=MAX_LETTERS).contains(&word.len()) || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    candidates(word).into_iter().find_map(|candidate| KNOWN.get(&candidate)).map(String::as_str)
}

fn candidates(word: &str) -> Vec<String> {
    let mut candidates = Vec::new();
    for at in 0..word.len() {
        let (start, rest) = word.split_at(at);
        let letter = &rest[..1];
        if let Some(next) = rest.get(1..2)
            && next != letter
        {
            candidates.push(format!("{start}{next}{letter}{}", &rest[2..]));
        }
        candidates.push(format!("{start}{letter}{rest}"));
        if rest.get(1..2) == Some(letter) {
            candidates.push(format!("{start}{}", &rest[1..]));
        }
    }
    if word.len() >= MIN_LETTERS_VOWELS {
        const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
        for at in 1..word.len() {
            let (start, rest) = word.split_at(at);
            let is_vowel = VOWELS.contains(&&rest[..1]);
            if is_vowel && at + 1 < word.len() {
                candidates.push(format!("{start}{}", &rest[1..]));
            }
            for vowel in VOWELS {
                candidates.push(format!("{start}{vowel}{rest}"));
                if is_vowel {
                    candidates.push(format!("{start}{vowel}{}", &rest[1..]));
                }
            }
        }
        candidates.extend(["a", "e", "i", "o", "u"].map(|vowel| format!("{word}{vowel}")));
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_corrected_and_names_are_left_alone() {
        for (wrong, right) in [
            ("adress", "address"),
            ("custmers", "customers"),
            ("emial", "email"),
            ("discription", "description"),
            ("employes", "employees"),
            ("invoces", "invoices"),
            ("managment", "management"),
            ("departements", "departments"),
        ] {
            assert_eq!(corrected(wrong), Some(right), "{wrong}");
        }
        for word in
            ["customers", "patents", "contracts", "teaches", "groomers", "stories", "snark", "trail", "vintage", "station", "courses"]
        {
            assert_eq!(corrected(word), None, "{word}");
        }
    }
}
