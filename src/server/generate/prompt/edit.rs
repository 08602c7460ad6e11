//! Leaves out what says nothing: politeness around an order, whole sentences of it, and what was said before.
//!
//! A sentence that would lose a number, name, negation or anything else of [`Literals`] stays as it stood.

use std::collections::HashSet;

use super::{
    cues::work_of,
    literals::Literals,
    part::Part,
    phrases::{plain, strip_end, strip_start},
    read::{Form, Unit},
    words::Words,
};
use crate::protocol::prompt::{Change, ChangeKind};

/// A shorter sentence may be said twice.
const MIN_DUPLICATE_CHARS: usize = 8;

/// A sentence without its politeness; `None` when it says nothing else.
pub fn polish(sentence: &str, words: &Words) -> Option<String> {
    if is_courtesy(sentence, words) {
        return Literals::of(sentence).missing_in("").is_empty().then_some(()).map_or(Some(sentence.to_owned()), |()| None);
    }
    let polished = without_politeness(sentence, words);
    if polished != sentence && Literals::of(sentence).missing_in(&polished).is_empty() { Some(polished) } else { Some(sentence.to_owned()) }
}

/// Edits the units in place and says what was left out. Material and examples are not touched.
pub fn edit(units: &mut Vec<Unit>, words: &Words, changes: &mut Vec<Change>) {
    let mut said: HashSet<String> = HashSet::new();
    let mut kept = Vec::with_capacity(units.len());
    for mut unit in units.drain(..) {
        if unit.form != Form::Sentence || matches!(unit.part, Part::Inputs | Part::Examples) {
            kept.push(unit);
            continue;
        }
        let Some(text) = polish(&unit.text, words) else {
            changes.push(Change {
                kind: ChangeKind::Filler,
                reason: "Politeness is for people; it tells a model nothing.".into(),
                before: unit.text,
                after: String::new(),
            });
            continue;
        };
        if text != unit.text {
            changes.push(Change {
                kind: ChangeKind::Filler,
                reason: "The order says the same without the words around it.".into(),
                before: unit.text,
                after: text.clone(),
            });
            unit.text = text;
        }
        let text = capitalised(&unit.text, words);
        without_label(&text, unit.part, words).clone_into(&mut unit.text);
        let key: String = unit.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let again = key.chars().count() >= MIN_DUPLICATE_CHARS && !said.insert(key);
        if again && Literals::of(&unit.text).is_empty() {
            changes.push(Change {
                kind: ChangeKind::Duplicate,
                reason: "It was said before.".into(),
                before: unit.text,
                after: String::new(),
            });
            continue;
        }
        kept.push(unit);
    }
    *units = kept;
}

/// `Audience: journalists` under the heading "Audience" need not say so again.
fn without_label<'t>(text: &'t str, part: Part, words: &Words) -> &'t str {
    match text.split_once(':') {
        Some((name, rest))
            if words.named(name) == Some(part)
                && rest.chars().any(char::is_alphanumeric)
                && Literals::of(text).missing_in(rest).is_empty() =>
        {
            rest.trim()
        }
        _ => text,
    }
}

fn is_courtesy(sentence: &str, words: &Words) -> bool {
    let bare = sentence.trim_matches(|c: char| !c.is_alphanumeric() && c != '¿');
    let bare = plain(bare.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '¿'));
    words.courtesies.contains(&bare.as_str())
}

fn without_politeness(sentence: &str, words: &Words) -> String {
    let mut text = sentence.trim();
    let mut asked = false;
    let mut changed = true;
    while changed {
        changed = false;
        if let Some(rest) = words.pleas.iter().find_map(|plea| strip_start(text, plea)).map(|rest| rest.trim_start_matches([' ', ',']))
            && rest.chars().any(char::is_alphabetic)
        {
            (text, changed) = (rest, true);
        }
        if let Some(rest) =
            words.openers.iter().find_map(|opener| strip_start(text, opener)).map(|rest| rest.trim_start_matches([' ', ',']))
            && work_of(&plain(rest), words, false).is_some()
        {
            (text, changed, asked) = (rest, true, true);
        }
    }
    let body = text.trim_end_matches(['.', '!', '?', '…', ' ', '\u{a0}']);
    let mut end = &text[body.len()..];
    let mut body = body;
    while let Some(rest) = without_closer(body, words) {
        body = rest;
    }
    if asked && end.contains('?') {
        end = ".";
    }
    let mut polished = body.to_owned();
    polished.push_str(end);
    if polished == sentence { polished } else { capitalised(&polished, words) }
}

fn without_closer<'t>(body: &'t str, words: &Words) -> Option<&'t str> {
    words.closers.iter().find_map(|closer| {
        let rest = strip_end(body, closer)?;
        let bare = rest.trim_end();
        let before = bare.trim_end_matches([',', ';', '–', '-', ' ']);
        // Without a comma it may belong to what is said ("a poem of thanks").
        let apart = bare.ends_with([',', ';', '–']) || words.pleas.contains(closer);
        (apart && before.chars().any(char::is_alphanumeric)).then_some(before)
    })
}

/// With a capital letter, where the first word is a plain verb of work.
pub fn capitalised(text: &str, words: &Words) -> String {
    let first: String = text.chars().take_while(|c| c.is_alphabetic()).collect();
    let plain_word =
        !first.is_empty() && first.chars().all(char::is_lowercase) && !text[first.len()..].starts_with(['_', '(', '.', '/', ':', '=']);
    let known = words.verbs.iter().any(|(_, verbs)| verbs.iter().any(|verb| verb.split(' ').next() == Some(first.as_str())));
    if !(plain_word && known) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |letter| letter.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::super::words::KNOWN;
    use super::*;

    #[test]
    fn politeness_goes_and_nothing_else() {
        for (language, sentence, expect) in [
            (0, "Could you please write a poem about cats?", "Write a poem about cats."),
            (0, "please write a poem, thanks!", "Write a poem!"),
            (0, "Write a poem of thanks", "Write a poem of thanks"),
            (0, "I want you to explain it please.", "Explain it."),
            (0, "Just in time production is a topic.", "Just in time production is a topic."),
            (0, "Please keep Bob informed", "keep Bob informed"),
            (0, "Thanks in advance!", ""),
            (0, "Can you see the moon?", "Can you see the moon?"),
            (1, "Bitte schreibe einen Text, danke.", "Schreibe einen Text."),
            (1, "Vielen Dank!", ""),
            (2, "Peux-tu écrire un poème ?", "Écrire un poème."),
            (2, "Écris un poème, s'il te plaît.", "Écris un poème."),
            (3, "¿Puedes escribir un poema?", "Escribir un poema."),
            (3, "Escribe un poema por favor", "Escribe un poema"),
        ] {
            let words = KNOWN[language];
            let polished = polish(sentence, words);
            assert_eq!(polished.as_deref().unwrap_or_default(), expect, "{sentence}");
            if let Some(text) = polished {
                assert_eq!(polish(&text, words).as_deref(), Some(text.as_str()), "twice");
            }
        }
    }
}
