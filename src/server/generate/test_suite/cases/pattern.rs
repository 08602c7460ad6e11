//! `pattern`: bounded, linear-time matching, and texts that match.
//!
//! Patterns are written for ECMAScript. What the `regex` crate cannot read or would need too much memory for is
//! no constraint to us: `None`, and the case that would need it is not made.

use std::cell::RefCell;
use std::collections::HashMap;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

const MAX_PATTERN_BYTES: usize = 1024;
const MAX_COMPILED_BYTES: usize = 1024 * 1024;
/// Compiled patterns kept per thread: each is matched many times while an operation's cases are made.
const MAX_KEPT: usize = 64;
/// Length of a made text.
const MAX_CHARS: usize = 256;
/// Nesting of a pattern; both the reader and the walk below recurse along it.
const NEST_LIMIT: u32 = 32;

/// A pattern ready to match; `None` when it is too large or not in the linear-time language.
pub fn compile(pattern: &str) -> Option<Regex> {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::new(HashMap::new());
    }
    if pattern.len() > MAX_PATTERN_BYTES {
        return None;
    }
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(known) = compiled.get(pattern) {
            return known.clone();
        }
        if compiled.len() >= MAX_KEPT {
            compiled.clear();
        }
        let regex = build(pattern);
        compiled.insert(pattern.to_owned(), regex.clone());
        regex
    })
}

fn build(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&translated(pattern))
        .size_limit(MAX_COMPILED_BYTES)
        .dfa_size_limit(MAX_COMPILED_BYTES)
        .nest_limit(NEST_LIMIT)
        .build()
        .ok()
}

/// ECMAScript spellings that Rust writes differently.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            // `\d` and `\w` are ASCII there.
            ('\\', Some('d')) => {
                chars.next();
                out.push_str("[0-9]");
            }
            ('\\', Some('w')) => {
                chars.next();
                out.push_str("[0-9A-Za-z_]");
            }
            ('\\', Some('/')) => {
                chars.next();
                out.push('/');
            }
            ('\\', Some(next)) => {
                chars.next();
                out.push('\\');
                out.push(next);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Whether backtracking engines (Python's, JavaScript's) read the pattern too and cannot be made to run for long by it.
pub fn is_portable(pattern: &str) -> bool {
    // Spellings on which engines differ.
    if !pattern.is_ascii()
        || ["\\p", "\\P", "\\x", "\\u", "\\z", "\\A", "\\Q", "(?", "[[:", "&&", "--", "~~"].iter().any(|token| pattern.contains(token))
    {
        return false;
    }
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(&translated(pattern));
    compile(pattern).is_some() && parsed.is_ok_and(|hir| is_tame(&hir, false))
}

/// No repetition or alternation within an unbounded repetition: what makes backtracking exponential.
fn is_tame(hir: &Hir, inside: bool) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let long = repetition.max.is_none_or(|max| max > 8);
            !(inside && repetition.max != Some(repetition.min)) && is_tame(&repetition.sub, inside || long)
        }
        HirKind::Capture(capture) => is_tame(&capture.sub, inside),
        HirKind::Concat(parts) => parts.iter().all(|part| is_tame(part, inside)),
        HirKind::Alternation(parts) => !inside && parts.iter().all(|part| is_tame(part, inside)),
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => true,
    }
}

/// A text that matches, of a length within the bounds; verified, so never wrong, but not always found.
pub fn matching(pattern: &str, min_length: usize, max_length: Option<usize>) -> Option<String> {
    let regex = compile(pattern)?;
    let hir = regex_syntax::ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(&translated(pattern)).ok()?;
    let fits = |text: &str| {
        let length = text.chars().count();
        length >= min_length && max_length.is_none_or(|max| length <= max) && regex.is_match(text)
    };
    // More turns of `*` and `+` until the text is long enough.
    for turns in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128] {
        let mut text = String::new();
        if write_match(&hir, turns, &mut text).is_none() {
            break;
        }
        if fits(&text) {
            return Some(text);
        }
        let length = text.chars().count();
        if length < min_length && !pattern.ends_with('$') {
            text.extend(std::iter::repeat_n('a', min_length - length));
            if fits(&text) {
                return Some(text);
            }
        }
    }
    None
}

fn write_match(hir: &Hir, turns: u32, text: &mut String) -> Option<()> {
    if text.len() > MAX_CHARS * 4 {
        return None;
    }
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(()),
        HirKind::Literal(literal) => {
            text.push_str(std::str::from_utf8(&literal.0).ok()?);
            Some(())
        }
        HirKind::Class(Class::Unicode(class)) => {
            text.push(class.ranges().iter().flat_map(|range| pleasant(range.start(), range.end())).min_by_key(|c| rank(*c))?);
            Some(())
        }
        HirKind::Class(Class::Bytes(class)) => {
            text.push(
                class
                    .ranges()
                    .iter()
                    .flat_map(|range| pleasant(char::from(range.start()), char::from(range.end())))
                    .min_by_key(|c| rank(*c))?,
            );
            Some(())
        }
        HirKind::Repetition(repetition) => {
            let wanted = if repetition.min > 0 && turns == 1 { repetition.min } else { turns.max(repetition.min) };
            for _ in 0..wanted.min(repetition.max.unwrap_or(u32::MAX)) {
                write_match(&repetition.sub, turns, text)?;
            }
            Some(())
        }
        HirKind::Capture(capture) => write_match(&capture.sub, turns, text),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write_match(part, turns, text)),
        HirKind::Alternation(parts) => write_match(parts.first()?, turns, text),
    }
}

/// Readable members of a range, or else its first.
fn pleasant(start: char, end: char) -> impl Iterator<Item = char> {
    ['a', 'A', '1', '0'].into_iter().filter(move |c| (start..=end).contains(c)).chain([start])
}

fn rank(c: char) -> u8 {
    match c {
        'a' => 0,
        'A' => 1,
        '1' => 2,
        '0' => 3,
        c if c.is_ascii_alphanumeric() => 4,
        c if c.is_ascii_graphic() => 5,
        ' ' => 6,
        _ => 7,
    }
}
