//! A field's pattern in the writing that all languages read in the same way, and texts that match it or do not.

use crate::server::generate::test_suite::cases;

/// Places of a text that are varied, counted from its end.
const MAX_VARIED: usize = 8;

/// The pattern for the whole value: anchored, and with `\d`, `\w` and `\s` spelled out, because languages differ on what they hold.
pub fn whole(pattern: &str) -> String {
    let spelled = spelled_out(pattern);
    let bare = spelled.strip_prefix('^').unwrap_or(&spelled);
    let bare = match bare.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => bare,
    };
    if bare.contains('|') || bare.contains('^') || bare.contains('$') { format!("^(?:{spelled})$") } else { format!("^{bare}$") }
}

fn spelled_out(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let Some(next) = chars.next() else {
                    out.push('\\');
                    break;
                };
                let members = match next {
                    'd' => Some("0-9"),
                    'w' => Some("A-Za-z0-9_"),
                    's' => Some(r" \t\n\r\f\v"),
                    _ => None,
                };
                let negated = match next {
                    'D' => Some("0-9"),
                    'W' => Some("A-Za-z0-9_"),
                    'S' => Some(r" \t\n\r\f\v"),
                    _ => None,
                };
                match (members, negated, in_class) {
                    (Some(members), _, true) => out.push_str(members),
                    (Some(members), _, false) => out.push_str(&format!("[{members}]")),
                    (None, Some(members), false) => out.push_str(&format!("[^{members}]")),
                    // A slash needs no escape but in JavaScript's own literals.
                    _ if next == '/' => out.push('/'),
                    _ => out.extend(['\\', next]),
                }
            }
            '[' if !in_class => {
                in_class = true;
                out.push(c);
            }
            ']' if in_class => {
                in_class = false;
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// The `n`th of the texts that match, as far as they are found: each different from those before it.
pub fn matching(pattern: &str, min: usize, max: Option<usize>, n: usize) -> Option<String> {
    let regex = cases::compile(pattern)?;
    let base: Vec<char> = cases::matching(pattern, min, max)?.chars().collect();
    if n == 0 {
        return Some(base.into_iter().collect());
    }
    // What may stand at a place instead, all else as it is.
    let mut choices: Vec<(usize, Vec<char>)> = Vec::new();
    for at in (0..base.len()).rev() {
        let mut text = base.clone();
        let fits = |c: &char| {
            text[at] = *c;
            regex.is_match(&text.iter().collect::<String>())
        };
        let others: Vec<char> = ('0'..='9').chain('a'..='z').chain('A'..='Z').filter(|c| *c != base[at]).filter(fits).collect();
        if !others.is_empty() {
            choices.push((at, others));
        }
        if choices.len() == MAX_VARIED {
            break;
        }
    }
    // `n` in a number system whose places are the text's.
    let mut text = base;
    let mut rest = n;
    for (at, others) in &choices {
        let digit = rest % (others.len() + 1);
        rest /= others.len() + 1;
        if digit > 0 {
            text[*at] = others[digit - 1];
        }
    }
    let text: String = text.into_iter().collect();
    (rest == 0 && regex.is_match(&text)).then_some(text)
}

/// A text within the length that does not match.
pub fn missing(pattern: &str, min: usize, max: usize) -> Option<String> {
    let regex = cases::compile(pattern)?;
    let length = min.max(1).min(max.max(1));
    let candidates = ["!".repeat(length), "a".repeat(length), "0".repeat(length), " ".repeat(length), "~".repeat(length.max(2))];
    candidates.into_iter().find(|text| text.chars().count() <= max && !regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn patterns_hold_for_the_whole_value() {
        for (pattern, expected) in [
            ("[0-9]{13}", "^[0-9]{13}$"),
            ("^[0-9]{13}$", "^[0-9]{13}$"),
            ("a|b", "^(?:a|b)$"),
            (r"\d{3}-[\w.]+", "^[0-9]{3}-[A-Za-z0-9_.]+$"),
            (r"a\$", r"^(?:a\$)$"),
            (r"\/x\S", r"^(?:/x[^ \t\n\r\f\v])$"),
        ] {
            assert_eq!(whole(pattern), expected);
        }
    }

    #[test]
    fn texts_that_match_differ() {
        let pattern = whole("[A-Z]{2}[0-9]{3}");
        let texts: BTreeSet<String> = (0..500).filter_map(|n| matching(&pattern, 0, None, n)).collect();
        assert_eq!(texts.len(), 500);
        assert!(texts.iter().all(|text| cases::compile(&pattern).is_some_and(|regex| regex.is_match(text))));
        assert_eq!((0..9).filter_map(|n| matching("^[ab]$", 0, None, n)).count(), 2);
    }

    #[test]
    fn texts_that_do_not_match() {
        assert_eq!(missing("^[0-9]{13}$", 0, 13).as_deref(), Some("!"));
        assert_eq!(missing("^.*$", 0, 13), None);
    }
}
