//! The syntax of patterns: what all three languages read, and what to write instead of what they do not.

/// Turns that a bounded repetition may have.
const MAX_TURNS: u32 = 1_000;

/// What may be escaped, and outside of classes has to be.
pub const fn is_special(c: char) -> bool {
    matches!(c, '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' | '-')
}

/// Reads the pattern by the rules that all three languages share.
pub fn check(pattern: &str) -> Result<(), String> {
    let chars: Vec<char> = pattern.chars().collect();
    if let Some(c) = chars.iter().find(|c| c.is_control() || u32::from(**c) > 0xFFFF) {
        return Err(format!("has the character `{}`, which not every language counts as one; leave it out", c.escape_default()));
    }
    let mut at = 0;
    // Whether there is something that a repetition could be of.
    let mut repeatable = false;
    while let Some(c) = chars.get(at).copied() {
        let next = chars.get(at + 1).copied();
        let mut repeats = false;
        at += 1;
        match c {
            '\\' => {
                escape(next, false)?;
                at += 1;
                repeats = true;
            }
            '[' => {
                at = check_class(&chars, at)?;
                repeats = true;
            }
            ']' | '}' => return Err(format!("has a `{c}` that closes nothing; write `\\{c}` for the sign itself")),
            '(' => {
                if next == Some('?') {
                    if chars.get(at + 1) != Some(&':') {
                        return Err("begins a group with `(?`; only `(…)` and `(?:…)` are read alike by all languages: write it without look-around, names and flags".into());
                    }
                    at += 2;
                }
            }
            '*' | '+' | '?' | '{' => {
                if !repeatable {
                    return Err(format!("has a `{c}` that repeats nothing; write `\\{c}` for the sign itself"));
                }
                if c == '{' {
                    at = check_count(&chars, at)?;
                }
                // Lazy: changes nothing for a whole value, and all languages know it.
                if chars.get(at) == Some(&'?') {
                    at += 1;
                }
            }
            '^' | '$' | '|' => {}
            _ => repeats = true,
        }
        repeatable = repeats;
    }
    Ok(())
}

fn escape(c: Option<char>, in_class: bool) -> Result<(), String> {
    match c {
        Some('-') if in_class => Ok(()),
        Some('-') => Err("escapes `-` outside of `[…]`; write `-`".into()),
        Some(c) if is_special(c) || matches!(c, 'n' | 'r' | 't') => Ok(()),
        Some('d') => Err("has `\\d`, which is not the same in all languages; write `[0-9]`".into()),
        Some('w') => Err("has `\\w`, which is not the same in all languages; write `[A-Za-z0-9_]`".into()),
        Some('s') => Err("has `\\s`, which is not the same in all languages; write a blank".into()),
        Some(c) => Err(format!("has `\\{}`, which not all languages know; write the characters themselves", c.escape_default())),
        None => Err("ends with a `\\` that escapes nothing".into()),
    }
}

/// From behind `[` to behind `]`.
fn check_class(chars: &[char], mut at: usize) -> Result<usize, String> {
    if chars.get(at) == Some(&'^') {
        at += 1;
    }
    let start = at;
    loop {
        let Some(c) = chars.get(at).copied() else { return Err("has a `[` that is not closed; write `\\[` for the sign itself".into()) };
        let next = chars.get(at + 1).copied();
        match c {
            ']' if at == start => return Err("has an empty class `[]`; write `\\]` for the sign itself".into()),
            ']' => return Ok(at + 1),
            '[' => return Err("has a `[` within `[…]`; write `\\[` for the sign itself".into()),
            '^' if at == start => return Err("has a `^` first in `[…]`; write `\\^` for the sign itself".into()),
            '&' | '~' | '|' if next == Some(c) => return Err(format!("has `{c}{c}` within `[…]`; once is enough")),
            '-' if at != start && next != Some(']') && !is_range(chars, start, at) => {
                return Err("has a `-` within `[…]` that joins nothing; write it last, or `\\-`".into());
            }
            '\\' => {
                escape(next, true)?;
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
}

/// Whether the `-` at `at` stands between two single characters of which the first ends no range.
fn is_range(chars: &[char], start: usize, at: usize) -> bool {
    let before = if at >= start + 2 && chars[at - 2] == '\\' { at - 2 } else { at - 1 };
    let ends_range = before > start && chars[before - 1] == '-' && before - 1 > start && chars.get(before.wrapping_sub(2)) != Some(&'\\');
    !ends_range && chars.get(at + 1) != Some(&'-')
}

/// From behind `{` to behind `}`: `{3}`, `{3,}` or `{3,5}`.
fn check_count(chars: &[char], at: usize) -> Result<usize, String> {
    let wrong = || {
        Err(format!(
            "has a `{{` that is no count from 0 to {MAX_TURNS} such as `{{3}}`, `{{3,}}` or `{{3,5}}`; write `\\{{` for the sign itself"
        ))
    };
    let Some(length) = chars[at..].iter().take(12).position(|c| *c == '}') else { return wrong() };
    let text: String = chars[at..at + length].iter().collect();
    let (low, high) = text.split_once(',').unwrap_or((&text, &text));
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let bounds = (number(low), if high.is_empty() && text.contains(',') { Some(MAX_TURNS) } else { number(high) });
    match bounds {
        (Some(low), Some(high)) if low <= high && high <= MAX_TURNS => Ok(at + length + 1),
        _ => wrong(),
    }
}
