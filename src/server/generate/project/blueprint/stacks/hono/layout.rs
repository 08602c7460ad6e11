//! Breaks lines of TypeScript that are too long, where its formatter (Biome) breaks them: so templates can be written as if names were short.
//!
//! Knows the few forms that templates have: calls, objects, arrays, imports, type arguments, properties with a text. Comments, texts
//! between backticks, regular expressions and the heads of tests stay whole, as they do there.

use std::collections::VecDeque;

use unicode_width::UnicodeWidthStr;

/// Where lines are broken; `biome.json` of the blueprint says the same.
pub const WIDTH: usize = 100;
const STEP: usize = 2;

/// A piece of a line: brackets and what lies in them, or what lies between.
#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Group { open: char, items: Vec<Vec<Piece>>, close: char },
}

/// The whole file, with all lines as short as they can be.
pub fn fitted(source: &str) -> String {
    let mut lines: VecDeque<String> = source.lines().map(str::to_owned).collect();
    let mut out = String::with_capacity(source.len() + source.len() / 20);
    while let Some(line) = lines.pop_front() {
        let fitted = if stays(&line) { line } else { fit(&line, &mut lines) };
        out.push_str(&fitted);
        out.push('\n');
    }
    out
}

fn stays(line: &str) -> bool {
    let text = line.trim_start();
    line.width() <= WIDTH || ["/", "*", "test("].iter().any(|start| text.starts_with(start)) || has_template(text)
}

/// A backtick outside of quotes.
fn has_template(text: &str) -> bool {
    let mut chars: VecDeque<char> = text.chars().collect();
    while let Some(c) = chars.pop_front() {
        match c {
            '`' => return true,
            '"' | '\'' => quoted(c, &mut chars, &mut String::new()),
            _ => {}
        }
    }
    false
}

fn fit(line: &str, rest: &mut VecDeque<String>) -> String {
    let indent = line.len() - line.trim_start().len();
    let text = line.trim_start();
    if let Some(head) = text.strip_suffix(", {")
        && let Some(broken) = break_call(head, indent, rest)
    {
        return broken;
    }
    // What a block begins with is broken before it.
    let (text, tail) = match text.char_indices().next_back() {
        Some((at, '{' | ',' | ';')) => text.split_at(at),
        _ => (text, ""),
    };
    // The blank before it is its own: pieces lose theirs.
    let tail = format!("{}{tail}", &text[text.trim_end().len()..]);
    let mut chars: VecDeque<char> = text.chars().collect();
    let pieces = pieces(&mut chars, None).into_iter().next().unwrap_or_default();
    format!("{}{}{tail}", " ".repeat(indent), print(&pieces, indent, indent, tail.width()))
}

/// `f("a", "b", {`, and the lines of the object up to its end: all arguments get lines of their own.
fn break_call(head: &str, indent: usize, rest: &mut VecDeque<String>) -> Option<String> {
    let (before, arguments) = head.split_once('(')?;
    let end = format!("{}}})", " ".repeat(indent));
    let last = rest.iter().position(|line| line.starts_with(&end))?;
    let mut chars: VecDeque<char> = arguments.chars().collect();
    let mut chosen: Vec<String> = pieces(&mut chars, Some(')')).iter().map(|item| flat(item)).collect();
    chosen.push("{".into());
    let margin = " ".repeat(indent);
    let mut out = format!("{margin}{before}(");
    for (at, argument) in chosen.iter().enumerate() {
        let comma = if at + 1 < chosen.len() { "," } else { "" };
        out.push_str(&format!("\n{margin}{}{argument}{comma}", " ".repeat(STEP)));
    }
    // The object moves to the right, and is looked at after that.
    for line in rest.iter_mut().take(last) {
        *line = format!("{}{line}", " ".repeat(STEP));
    }
    let closing = rest.get_mut(last)?;
    let after = closing[end.len()..].to_owned();
    *closing = format!("{margin}{}}},", " ".repeat(STEP));
    rest.insert(last + 1, format!("{margin}){after}"));
    Some(out)
}

/// Reads up to `close`, or to the end: the parts between commas.
fn pieces(chars: &mut VecDeque<char>, close: Option<char>) -> Vec<Vec<Piece>> {
    let mut items: Vec<Vec<Piece>> = Vec::new();
    let mut item: Vec<Piece> = Vec::new();
    let mut text = String::new();
    while let Some(c) = chars.pop_front() {
        if Some(c) == close {
            break;
        }
        let group = match c {
            '(' => Some(')'),
            '[' => Some(']'),
            '{' => Some('}'),
            '<' if text.ends_with(char::is_alphanumeric) => Some('>'),
            _ => None,
        };
        match (c, group) {
            (open, Some(close)) => {
                if !text.is_empty() {
                    item.push(Piece::Text(std::mem::take(&mut text)));
                }
                item.push(Piece::Group { open, items: pieces(chars, Some(close)), close });
            }
            (',', _) if close.is_some() => {
                end(&mut item, &mut text);
                items.push(std::mem::take(&mut item));
            }
            ('"' | '\'', _) => quoted(c, chars, &mut text),
            ('=', _) if chars.front() == Some(&'>') => {
                chars.pop_front();
                text.push_str("=>");
            }
            (' ', _) if text.is_empty() && item.is_empty() => {}
            _ => text.push(c),
        }
    }
    end(&mut item, &mut text);
    if !item.is_empty() {
        items.push(item);
    }
    items
}

fn end(item: &mut Vec<Piece>, text: &mut String) {
    let rest = std::mem::take(text);
    // Blanks before a closing bracket belong to it.
    if !rest.trim_end().is_empty() {
        item.push(Piece::Text(rest.trim_end().to_owned()));
    }
}

/// A text with its quotes is never taken apart.
fn quoted(quote: char, chars: &mut VecDeque<char>, text: &mut String) {
    text.push(quote);
    while let Some(c) = chars.pop_front() {
        text.push(c);
        match c {
            '\\' => text.extend(chars.pop_front()),
            _ if c == quote => return,
            _ => {}
        }
    }
}

fn flat(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Group { open, items, close } => {
                let pad = if *open == '{' && !items.is_empty() { " " } else { "" };
                let inner = items.iter().map(|item| flat(item)).collect::<Vec<_>>().join(", ");
                out.push_str(&format!("{open}{pad}{inner}{pad}{close}"));
            }
        }
    }
    out
}

/// `column`: where it begins; `tail`: what comes behind it on its last line.
fn print(pieces: &[Piece], indent: usize, column: usize, tail: usize) -> String {
    let line = flat(pieces);
    if column + line.width() + tail <= WIDTH {
        return line;
    }
    let last = pieces.iter().rposition(|piece| matches!(piece, Piece::Group { items, .. } if !items.is_empty()));
    let Some(at) = last else { return break_text(&line, indent) };
    let Piece::Group { open, items, close } = &pieces[at] else { return line };
    let (before, after) = (flat(&pieces[..at]), flat(&pieces[at + 1..]));
    if let (Some((Piece::Group { open: '{' | '[', .. }, [])), true) = (items.last().and_then(|item| item.split_first()), *open == '(') {
        let others: String = items[..items.len() - 1].iter().map(|item| format!("{}, ", flat(item))).collect();
        let Some([Piece::Group { open: inner, items: entries, close: outer }]) = items.last().map(Vec::as_slice) else { return line };
        let first = format!("{before}({others}{inner}");
        if column + first.width() <= WIDTH {
            return format!("{first}{}{outer}){after}", broken(entries, indent, true));
        }
    }
    format!("{before}{open}{}{close}{after}", broken(items, indent, *open != '<'))
}

/// One item a line, up to where the bracket closes.
fn broken(items: &[Vec<Piece>], indent: usize, comma: bool) -> String {
    let inner = indent + STEP;
    let mut out = String::new();
    for (at, item) in items.iter().enumerate() {
        let comma = if comma || at + 1 < items.len() { "," } else { "" };
        out.push_str(&format!("\n{}{}{comma}", " ".repeat(inner), print(item, inner, inner, comma.len())));
    }
    format!("{out}\n{}", " ".repeat(indent))
}

/// What has no brackets to break at: behind the arrow, or before a text.
fn break_text(line: &str, indent: usize) -> String {
    let inner = " ".repeat(indent + STEP);
    if let Some((head, value)) = line.split_once(" => ") {
        return format!("{head} =>\n{inner}{value}");
    }
    for sign in [": ", " = "] {
        if let Some((head, value)) = line.split_once(sign).filter(|(_, value)| value.starts_with(['"', '\''])) {
            return format!("{head}{}\n{inner}{value}", sign.trim_end());
        }
    }
    line.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written as Biome writes it.
    const FITTED: &str = r#"import {
  OneNameThatIsQuiteLong,
  AnotherNameThatIsLong,
  AThirdNameThatIsLong,
} from "../schemas/one.js";
export const agreementTableOfCustomers: Table<
  CustomerSubscriptionAgreementInput,
  CustomerSubscriptionAgreementOutput
> = {
  customer_subscription_agreement: filter(
    choice(enums.GenreWithALongName),
    "Only with this customer subscription agreement.",
  ),
  isbn: optional(
    text({
      maxLength: 255,
      pattern: "^[0-9]{13}$",
      examples: ["9780000000000"],
      description:
        "It says, and it says so again and again, that a text, however long (or short), is never broken.",
    }),
  ),
  customer_subscription_agreement_and_more: () =>
    customerSubscriptionAgreementAndMoreOfThatTable,
};
export const CustomerSubscriptionAgreementInput = shape(
  "CustomerSubscriptionAgreementInput",
  "A customer's subscription as it is sent.",
  {
    a: 1,
  },
);
"#;

    #[test]
    fn long_lines_are_broken_as_the_formatter_breaks_them() {
        let long = r#"import { OneNameThatIsQuiteLong, AnotherNameThatIsLong, AThirdNameThatIsLong } from "../schemas/one.js";
export const agreementTableOfCustomers: Table<CustomerSubscriptionAgreementInput, CustomerSubscriptionAgreementOutput> = {
  customer_subscription_agreement: filter(choice(enums.GenreWithALongName), "Only with this customer subscription agreement."),
  isbn: optional(text({ maxLength: 255, pattern: "^[0-9]{13}$", examples: ["9780000000000"], description: "It says, and it says so again and again, that a text, however long (or short), is never broken." })),
  customer_subscription_agreement_and_more: () => customerSubscriptionAgreementAndMoreOfThatTable,
};
export const CustomerSubscriptionAgreementInput = shape("CustomerSubscriptionAgreementInput", "A customer's subscription as it is sent.", {
  a: 1,
});
"#;
        let expected = FITTED.replace("more: () =>\n    customer", "more: () => customer");
        assert_eq!(fitted(long), expected);
        assert_eq!(fitted(&expected), expected);
    }

    #[test]
    fn what_cannot_be_broken_stays() {
        for line in [format!("// {}", "a ".repeat(80)), format!("test(\"{}\", async () => {{", "a ".repeat(60))] {
            assert_eq!(fitted(&line), format!("{line}\n"));
        }
    }
}
