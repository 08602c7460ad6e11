//! Words for samples: what a field's name makes one expect to read in it, cut or stretched to its bounds.

use super::chance::Chance;
use super::limits::Limits;
use super::names;
use crate::protocol::project::{Field, FieldType};

const FIRST_NAMES: [&str; 14] =
    ["Ada", "Amara", "Bruno", "Carmen", "Dmitri", "Elif", "Fatima", "Hiro", "Ingrid", "Jamal", "Lucia", "Noah", "Priya", "Yara"];
const LAST_NAMES: [&str; 14] = [
    "Abara", "Berg", "Costa", "Duarte", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen", "Kowalski", "Lindgren", "Mori", "Novak",
];
const PLACES: [&str; 10] = ["Aarhus", "Bergen", "Coimbra", "Dakar", "Galway", "Kyoto", "Leuven", "Medellin", "Porto", "Tartu"];
const STREETS: [&str; 8] =
    ["Canal Street", "Cedar Lane", "Harbour Road", "High Street", "Hill Road", "Mill Lane", "Park Avenue", "Station Road"];
const ADJECTIVES: [&str; 12] =
    ["Bright", "Calm", "Clear", "Early", "Golden", "Hidden", "Long", "Northern", "Patient", "Quiet", "Silver", "Winter"];
const NOUNS: [&str; 12] =
    ["Anchor", "Bridge", "Compass", "Forest", "Garden", "Harbour", "Island", "Lantern", "Meadow", "Orchard", "River", "Summit"];
const SENTENCES: [&str; 8] = [
    "Checked twice and found in good order.",
    "Everyone who was asked liked it.",
    "It was looked after well from the beginning.",
    "Nothing further is known at the moment.",
    "Please handle it with care.",
    "The details were agreed on by all sides.",
    "There is more to say about this another time.",
    "This one is worth a second look.",
];
const COLOURS: [&str; 6] = ["amber", "blue", "green", "grey", "red", "white"];
const COUNTRIES: [&str; 8] = ["Brazil", "Denmark", "Estonia", "Ireland", "Japan", "Norway", "Portugal", "Senegal"];

/// One line or many, by what the field is called.
pub fn text(field: &Field, limits: &Limits, chance: &mut Chance, attempt: u64) -> String {
    let words = names::words(&field.name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let mut pick = |list: &[&'static str]| chance.pick(list).unwrap_or_default().to_owned();
    let mut text = if field.kind == FieldType::Text
        || has(&["description", "note", "notes", "comment", "summary", "body", "content", "text", "bio"])
    {
        format!("{} {}", pick(&SENTENCES), pick(&SENTENCES))
    } else if has(&["phone", "mobile", "fax", "telephone"]) {
        format!("+45 555 01{:02}", chance.below(100))
    } else if has(&["city", "town", "place", "location", "venue", "origin", "destination"]) {
        pick(&PLACES)
    } else if has(&["country", "nationality"]) {
        pick(&COUNTRIES)
    } else if has(&["street", "address"]) {
        format!("{} {}", 1 + chance.below(99), chance.pick(&STREETS).unwrap_or_default())
    } else if has(&["zip", "postcode", "postal"]) {
        format!("{}", 10_000 + chance.below(89_999))
    } else if has(&["colour", "color"]) {
        pick(&COLOURS)
    } else if has(&["code", "sku", "number", "reference", "serial", "barcode", "isbn", "plate", "vin", "slug", "key"]) {
        format!("{}-{}", words.first().map_or("a", |word| &word[..word.len().min(2)]).to_uppercase(), 1_000 + chance.below(9_000))
    } else if has(&["first", "given", "forename"]) {
        pick(&FIRST_NAMES)
    } else if has(&["last", "family", "surname"]) {
        pick(&LAST_NAMES)
    } else if has(&[
        "author", "person", "customer", "member", "owner", "contact", "patient", "doctor", "teacher", "student", "guest", "username",
        "user",
    ]) {
        format!("{} {}", pick(&FIRST_NAMES), pick(&LAST_NAMES))
    } else if has(&["title", "subject", "headline"]) {
        format!("The {} {}", pick(&ADJECTIVES), pick(&NOUNS))
    } else {
        format!("{} {}", pick(&ADJECTIVES), pick(&NOUNS))
    };
    if attempt > 0 {
        text = format!("{text} {}", attempt + 1);
    }
    let counted = if attempt > 0 { attempt.to_string() } else { String::new() };
    fitted(&text, limits, &counted)
}

/// Cut or stretched to the bounds; `mark` stands at the end of what was cut.
fn fitted(text: &str, limits: &Limits, mark: &str) -> String {
    let mut text = text.to_owned();
    while text.chars().count() < limits.min_length {
        text.push_str(if text.ends_with(' ') { "more words" } else { " " });
    }
    if text.chars().count() > limits.max_length {
        let kept = limits.max_length.saturating_sub(mark.len());
        text = text.chars().take(kept).chain(mark.chars()).take(limits.max_length).collect();
    }
    // A blank at an end is lost too easily.
    if text.starts_with(' ') || text.ends_with(' ') { text.replace(' ', "-") } else { text }
}

/// What a whole number of this name usually is.
pub fn usual_integers(name: &str) -> (i64, i64) {
    let words = names::words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&["year"]) {
        (1950, 2025)
    } else if has(&["age"]) {
        (18, 80)
    } else if has(&["rating", "stars", "score", "priority", "level", "rank"]) {
        (1, 5)
    } else if has(&["pages"]) {
        (80, 640)
    } else if has(&["percent", "percentage"]) {
        (0, 100)
    } else if has(&["minutes", "duration"]) {
        (5, 180)
    } else {
        (1, 50)
    }
}

pub fn date(chance: &mut Chance, attempt: u64) -> String {
    format!("{}-{:02}-{:02}", 2024 + chance.below(3), 1 + (chance.below(12) + attempt) % 12, 1 + (chance.below(28) + attempt) % 28)
}

pub fn email(limits: &Limits, chance: &mut Chance, attempt: u64) -> Option<String> {
    let name = format!("{}.{}", chance.pick(&FIRST_NAMES)?, chance.pick(&LAST_NAMES)?).to_lowercase();
    let number = if attempt > 0 { attempt.to_string() } else { String::new() };
    let long = format!("{name}{number}@example.com");
    let padding = limits.min_length.saturating_sub(long.len());
    let long = format!("{name}{}{number}@example.com", "x".repeat(padding));
    let short = format!("{}{number}@a.io", &name[..1]);
    [long, short].into_iter().find(|text| (limits.min_length..=limits.max_length).contains(&text.len()))
}

pub fn address(limits: &Limits, chance: &mut Chance, attempt: u64) -> Option<String> {
    let word = format!("{}-{}", chance.pick(&ADJECTIVES)?, chance.pick(&NOUNS)?).to_lowercase();
    let number = if attempt > 0 { attempt.to_string() } else { String::new() };
    let long = format!("https://example.com/{word}{number}");
    let padding = limits.min_length.saturating_sub(long.len());
    let long = format!("{long}{}", "x".repeat(padding));
    let short = format!("http://a.io/{number}");
    [long, short].into_iter().find(|text| (limits.min_length..=limits.max_length).contains(&text.len()))
}

pub fn bytes(limits: &Limits, chance: &mut Chance) -> Vec<u8> {
    let noun = chance.pick(&NOUNS).unwrap_or_default().bytes();
    let length = limits.min_bytes.max(6).min(limits.max_bytes);
    noun.cycle().take(length).collect()
}

/// With padding, in the usual alphabet.
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
