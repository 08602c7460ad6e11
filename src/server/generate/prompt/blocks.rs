//! A text as blocks of lines: headings, paragraphs, list items, tables, code. [`join`] puts them together again as they stood,
//! but for empty lines beyond the first.

use super::{part::Part, words::Words};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line that names what follows; the part when the name is a known one.
    Heading(Option<Part>),
    Paragraph,
    /// A list item with the lines that belong to it.
    Item,
    /// Code, tables, quotations: kept as they are.
    Verbatim,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub shape: Shape,
    pub text: String,
    /// Whether an empty line stands before it.
    pub gap: bool,
}

pub fn split(text: &str, words: &[&Words]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut gap = false;
    let mut fence = None;
    for line in text.lines() {
        let bare = line.trim();
        let fenced = fence.is_some();
        fence = fence_after(line, fence);
        if fenced {
            extend(&mut blocks, line);
            continue;
        }
        if bare.is_empty() {
            gap = !blocks.is_empty();
            continue;
        }
        let (shape, last) = (shape_of(line, bare, words), blocks.last().map(|block| block.shape));
        let line = if fence.is_some() { line } else { line.trim_end() };
        let goes_on = !gap
            && match (last, shape) {
                (Some(Shape::Paragraph), Shape::Paragraph) => true,
                (Some(Shape::Item), Shape::Paragraph) => line.starts_with([' ', '\t']),
                (Some(Shape::Verbatim), Shape::Verbatim) => fence.is_none(),
                _ => false,
            };
        if goes_on {
            extend(&mut blocks, line);
        } else {
            blocks.push(Block { shape, text: line.to_owned(), gap });
        }
        gap = false;
    }
    blocks
}

/// Whether code is open after a line, and by which mark, when it was or was not before.
pub fn fence_after(line: &str, before: Option<&'static str>) -> Option<&'static str> {
    let (mut open, mut rest) = (before, line);
    loop {
        let next = match open {
            Some(mark) => rest.find(mark).map(|at| (at, None)),
            None => ["```", "~~~"].into_iter().filter_map(|mark| rest.find(mark).map(|at| (at, Some(mark)))).min_by_key(|(at, _)| *at),
        };
        let Some((at, after)) = next else { return open };
        (open, rest) = (after, &rest[at + 3..]);
    }
}

/// What [`split`] took apart, without trailing empty lines.
pub fn join(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push_str(if block.gap { "\n\n" } else { "\n" });
        }
        text.push_str(&block.text);
    }
    text
}

/// `- `, `* `, `1. `, `a) ` and the spaces before them.
pub fn marker(line: &str) -> Option<&str> {
    let start = line.len() - line.trim_start().len();
    let rest = &line[start..];
    let mark = match rest.chars().next()? {
        '-' | '*' | '+' | '•' => rest.chars().next()?.len_utf8(),
        c if c.is_ascii_digit() => {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            (digits <= 3 && rest[digits..].starts_with(['.', ')'])).then_some(digits + 1)?
        }
        c if c.is_ascii_lowercase() && rest[1..].starts_with(')') => 2,
        _ => return None,
    };
    let spaces = rest[mark..].len() - rest[mark..].trim_start_matches(' ').len();
    (spaces > 0).then(|| &line[..start + mark + spaces])
}

fn extend(blocks: &mut [Block], line: &str) {
    if let Some(block) = blocks.last_mut() {
        block.text.push('\n');
        block.text.push_str(line);
    }
}

fn shape_of(line: &str, bare: &str, words: &[&Words]) -> Shape {
    if let Some(heading) = heading(bare, words) {
        return heading;
    }
    if bare.starts_with("```")
        || bare.starts_with("~~~")
        || bare.starts_with(['|', '>'])
        || line.starts_with("    ")
        || line.starts_with('\t')
    {
        return Shape::Verbatim;
    }
    if marker(line).is_some() { Shape::Item } else { Shape::Paragraph }
}

/// `## Name`, `**Name**`, `Name:`, `<name>`, and `Name: what it is` with a known name.
fn heading(bare: &str, words: &[&Words]) -> Option<Shape> {
    let named = |name: &str| words.iter().find_map(|words| words.named(name.trim().trim_matches(['*', ':', ' ', '\u{a0}'])));
    let hashes = bare.len() - bare.trim_start_matches('#').len();
    if (1..=6).contains(&hashes) && bare[hashes..].starts_with(' ') {
        return Some(Shape::Heading(named(&bare[hashes..])));
    }
    if let Some(name) = bare.strip_prefix("**").and_then(|rest| rest.split_once("**")).map(|(name, _)| name) {
        return named(name).map(|part| Shape::Heading(Some(part)));
    }
    if let Some(name) = bare.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        let plain = !name.is_empty() && name.len() <= 40 && name.chars().all(|c| c.is_alphanumeric() || "_- ".contains(c));
        return plain.then(|| Shape::Heading(named(&name.replace(['_', '-'], " "))));
    }
    let (name, _) = bare.split_once(':')?;
    if name.len() > 40 { None } else { named(name).map(|part| Shape::Heading(Some(part))) }
}

#[cfg(test)]
mod tests {
    use super::super::words::KNOWN;
    use super::*;

    #[test]
    fn texts_come_apart_and_together() {
        let text = "Write it.\nSoon.\n\n## Output format\n- one\n  more\n- two\n\n| a | b |\n| 1 | 2 |\n\n```rust\nlet a = 1;\n\n\nlet b;\n```\nRole: you are a cook\n<context>\nx\n</context>";
        let blocks = split(text, &KNOWN);
        let shapes: Vec<Shape> = blocks.iter().map(|block| block.shape).collect();
        assert_eq!(
            shapes,
            [
                Shape::Paragraph,
                Shape::Heading(Some(Part::Format)),
                Shape::Item,
                Shape::Item,
                Shape::Verbatim,
                Shape::Verbatim,
                Shape::Heading(Some(Part::Role)),
                Shape::Heading(Some(Part::Context)),
                Shape::Paragraph,
            ]
        );
        assert_eq!(join(&blocks), text);
    }

    #[test]
    fn markers_are_those_of_lists() {
        for (line, found) in
            [("- a", "- "), ("  12) b", "  12) "), ("a) c", "a) "), ("-no", ""), ("1999. x", ""), ("3.5 l", ""), ("• x", "• ")]
        {
            assert_eq!(marker(line).unwrap_or_default(), found, "{line}");
        }
    }
}
