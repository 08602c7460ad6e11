//! What went wrong, where, and the lines around it.

use leptos::prelude::*;

use super::icon::Icon;
use crate::protocol::{FieldError, Problem};

/// Lines shown before and after the one that is meant.
const AROUND: usize = 2;
const MAX_CHARS: usize = 160;

#[component]
pub fn ProblemNote(
    problem: Problem,
    /// The text that the places refer to.
    #[prop(optional, into)]
    text: Option<String>,
    #[prop(optional, into)] id: Option<&'static str>,
) -> impl IntoView {
    let repeats = problem.errors.iter().any(|error| error.message == problem.detail);
    let detail = (!repeats && !problem.detail.is_empty()).then_some(problem.detail);
    let errors = problem.errors.into_iter().map(|error| view! { <FieldNote error text=text.as_deref() /> }).collect_view();
    view! {
        <div class="note note-bad" role="alert" id=id>
            <Icon name="alert" />
            <div>
                <p class="note-title">{problem.title}</p>
                {detail.map(|detail| view! { <p>{detail}</p> })}
                {errors}
            </div>
        </div>
    }
}

#[component]
fn FieldNote<'t>(error: FieldError, text: Option<&'t str>) -> impl IntoView + use<> {
    let place = place(&error);
    let shown = error.line.zip(text).and_then(|(line, text)| excerpt(text, line, error.column));
    view! {
        <p>{error.message}</p>
        {(!place.is_empty()).then(|| view! { <p class="note-place">{place}</p> })}
        {error.pointer.map(|pointer| {
            let pointer = if pointer.is_empty() { "/ (the whole document)".to_owned() } else { pointer };
            view! { <p class="note-place">"JSON pointer " <code>{pointer}</code></p> }
        })}
        {shown.map(|lines| view! { <pre class="excerpt" tabindex="0" aria-label="The lines around the error">{lines}</pre> })}
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
        shown.push_str(&format!("{mark} {number:>5}  {content}\n"));
        if let (true, Some(column)) = (from + offset == index, column)
            && let Ok(column) = usize::try_from(column)
            && (1..=MAX_CHARS).contains(&column)
        {
            shown.push_str(&format!("{:>width$}\n", '^', width = 9 + column));
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
}
