//! Finding phrases in text without regard to case, between word boundaries.

/// A sentence prepared for looking for cues: lower case, one kind of apostrophe, one space between words.
pub fn plain(text: &str) -> String {
    text.to_lowercase().replace('’', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `text`, prepared by [`plain`], has the cue. A cue that ends in `*` may go on.
pub fn has(text: &str, cue: &str) -> bool {
    let (word, open) = cue.strip_suffix('*').map_or((cue, false), |word| (word, true));
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !goes_on(before, word.chars().next()) && (open || !goes_on(after, word.chars().next_back()))
    })
}

/// Whether `text`, prepared by [`plain`], begins with the cue.
pub fn begins(text: &str, cue: &str) -> bool {
    let (word, open) = cue.strip_suffix('*').map_or((cue, false), |word| (word, true));
    text.strip_prefix(word).is_some_and(|rest| open || !goes_on(rest.chars().next(), word.chars().next_back()))
}

/// Strips `phrase` (lower case) from the beginning of `text`, whatever its case, if a word ends there.
pub fn strip_start<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for expected in phrase.chars() {
        if !same(rest.next()?, expected) {
            return None;
        }
    }
    let rest = rest.as_str();
    (!goes_on(rest.chars().next(), phrase.chars().next_back())).then_some(rest)
}

/// Strips `phrase` (lower case) from the end of `text`, whatever its case, if a word begins there.
pub fn strip_end<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for expected in phrase.chars().rev() {
        if !same(rest.next_back()?, expected) {
            return None;
        }
    }
    let rest = rest.as_str();
    (!goes_on(rest.chars().next_back(), phrase.chars().next())).then_some(rest)
}

fn same(letter: char, expected: char) -> bool {
    letter == expected || (expected == '\'' && letter == '’') || letter.to_lowercase().eq(std::iter::once(expected))
}

/// Whether two neighbours belong to one word.
fn goes_on(outside: Option<char>, inside: Option<char>) -> bool {
    outside.is_some_and(|c| c.is_alphanumeric() || c == '_') && inside.is_some_and(|c| c.is_alphanumeric() || c == '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_end_where_words_end() {
        assert!(has("make it short.", "short") && !has("shorten it", "short") && has("for beginners", "beginner*"));
        assert!(has("use json, please", "json") && has("z.b. so", "z.b."));
        assert!(begins("write a poem", "write") && !begins("writers write", "write"));
        assert_eq!(strip_start("Please, write", "please"), Some(", write"));
        assert_eq!(strip_start("pleased", "please"), None);
        assert_eq!(strip_start("S’il te plaît écris", "s'il te plaît"), Some(" écris"));
        assert_eq!(strip_end("do it, Thanks", "thanks"), Some("do it, "));
        assert_eq!(strip_end("outthanks", "thanks"), None);
    }
}
