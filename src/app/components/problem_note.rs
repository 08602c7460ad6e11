//! What went wrong, where, and the lines around it.

use std::fmt::Write;

use leptos::prelude::*;

use crate::{
    app::{
        markup::{escape, escaped},
        signals::{switch, words},
    },
    protocol::{FieldError, Problem},
};

/// Lines shown before and after the one that is meant.
const AROUND: usize = 2;
const MAX_CHARS: usize = 160;

/// A problem, and the text that its places refer to (empty when there is none at hand).
pub type Trouble = Option<(Problem, String)>;

#[component]
pub fn ProblemNote(problem: Signal<Trouble>) -> impl IntoView {
    view! {
        <div
            class="note note-bad"
            role="alert"
            hidden=switch(move || problem.with(Option::is_none))
            inner_html=words(move || problem.with(|problem| problem.as_ref().map(|(problem, text)| html(problem, text)).unwrap_or_default()))
        ></div>
    }
}

fn html(problem: &Problem, text: &str) -> String {
    let mut html = r#"<svg class="icon" aria-hidden="true"><use href="/icon.svg#alert"></use></svg><div>"#.to_owned();
    paragraph("note-title", &problem.title, &mut html);
    if !problem.detail.is_empty() && problem.errors.iter().all(|error| error.message != problem.detail) {
        paragraph("", &problem.detail, &mut html);
    }
    for error in &problem.errors {
        paragraph("", &error.message, &mut html);
        paragraph("note-place", &place(error), &mut html);
        if let Some(pointer) = &error.pointer {
            let pointer = if pointer.is_empty() { "/ (the whole document)" } else { pointer };
            let _ = write!(html, r#"<p class="note-place">JSON pointer <code>{}</code></p>"#, escaped(pointer));
        }
        if let Some(lines) = error.line.and_then(|line| excerpt(text, line, error.column)) {
            let _ = write!(html, r#"<pre class="excerpt" tabindex="0" aria-label="The lines around the error">{}</pre>"#, escaped(&lines));
        }
    }
    html.push_str("</div>");
    html
}

fn paragraph(class: &str, text: &str, html: &mut String) {
    if !text.is_empty() {
        html.push_str("<p class=\"");
        html.push_str(class);
        html.push_str("\">");
        escape(text, html);
        html.push_str("</p>");
    }
}

fn place(error: &FieldError) -> String {
    match (error.line, error.column) {
        (Some(line), Some(column)) => format!("Line {line}, column {column}"),
        (Some(line), None) => format!("Line {line}"),
        _ => String::new(),
    }
}

/// The meant line with its neighbours, numbered, and a caret below the column.
fn excerpt(text: &str, line: u64, column: Option<u64>) -> Option<String> {
    let index = usize::try_from(line).ok()?.checked_sub(1)?;
    let from = index.saturating_sub(AROUND);
    let lines: Vec<&str> = text.lines().skip(from).take(index - from + 1 + AROUND).collect();
    lines.get(index - from)?;
    let mut shown = String::new();
    for (offset, content) in lines.iter().enumerate() {
        let number = from + offset + 1;
        let mark = if from + offset == index { '>' } else { ' ' };
        let content: String = content.chars().take(MAX_CHARS).collect();
        let _ = writeln!(shown, "{mark} {number:>5}  {content}");
        if let (true, Some(column)) = (from + offset == index, column)
            && let Ok(column) = usize::try_from(column)
            && (1..=MAX_CHARS).contains(&column)
        {
            let _ = writeln!(shown, "{:>width$}", '^', width = 9 + column);
        }
    }
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excerpt_points_at_the_place() {
        let text = "openapi: 3.1.0\ninfo:\n  title: Shop\n bad: [\npaths: {}\n";
        let expected = "      2  info:\n      3    title: Shop\n>     4   bad: [\n               ^\n      5  paths: {}\n";
        assert_eq!(excerpt(text, 4, Some(7)).as_deref(), Some(expected));
    }

    #[test]
    fn a_place_outside_of_the_text_has_no_excerpt() {
        for (text, line) in [("", 1), ("one", 2), ("one", 0), ("one", u64::MAX)] {
            assert_eq!(excerpt(text, line, Some(1)), None, "{text:?} {line}");
        }
    }

    #[test]
    fn what_is_said_twice_is_shown_once_and_nothing_is_markup() {
        let html = html(&Problem::invalid("url", "<b>no</b>"), "");
        assert_eq!(html.matches("&lt;b&gt;no&lt;/b&gt;").count(), 1, "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }
}
