//! A file, highlighted by the server, in chunks whose layout the browser skips while they are out of sight.

use leptos::{prelude::*, tachys::html::InertElement};
use leptos_router::location::Url;

use crate::{
    app::{
        components::{copy_button::CopyButton, icon::icon, problem_note::ProblemNote},
        figures,
        markup::escape,
        signals::switch,
        whole::Whole,
    },
    protocol::{FileLine, FileView, Problem, TaskId},
};

const CHUNK_LINES: usize = 200;

pub fn preview(task_id: TaskId, file: Option<Result<FileView, Problem>>, editable: Option<Signal<bool>>) -> impl IntoView {
    let (file, problem) = match file {
        None => (None, None),
        Some(Ok(file)) => (Some(file), None),
        Some(Err(problem)) => (None, Some((problem, String::new()))),
    };
    let nothing = file.is_none() && problem.is_none();
    let problem = Signal::stored(problem);
    Whole(view! {
        <p class="empty" hidden=!nothing>
            "Choose a file to see it."
        </p>
        <ProblemNote problem />
        {file.map(|file| view! { <File task_id file editable /> })}
    })
}

#[component]
fn File(task_id: TaskId, file: FileView, editable: Option<Signal<bool>>) -> impl IntoView {
    let parts: Vec<String> = file.path.split('/').map(Url::escape).collect();
    let raw = format!("/api/v1/tasks/{task_id}/files/{}", parts.join("/"));
    let mut code = r#"<pre class="code" tabindex="0" aria-label="Content of the file">"#.to_owned();
    for (index, lines) in file.lines.chunks(CHUNK_LINES).enumerate() {
        code.push_str(r#"<code class="code-chunk">"#);
        push_lines(index * CHUNK_LINES, lines, &mut code);
        code.push_str("</code>");
    }
    code.push_str("</pre>");
    let facts = match file.lines.len() as u64 {
        0 => figures::bytes(file.bytes),
        count => format!("{} · {}", figures::bytes(file.bytes), figures::count_of(count, "line", "lines")),
    };
    let explained = match (file.binary, file.truncated) {
        (true, _) => "This file is not text. The raw file has it whole.",
        (false, true) => "This is the beginning of a large file. The raw file has it whole.",
        (false, false) => "",
    };
    let plain = StoredValue::new(file.lines);
    let text = Callback::new(move |()| plain.try_with_value(|lines| plain_text(lines)).unwrap_or_default());
    let binary = file.binary;
    // What says what was seen of a run is nobody's to edit.
    let fixed = binary || file.truncated || file.path == "MANIFEST.json";
    let address = format!("/tasks/{task_id}/edit?file={}", Url::escape(&file.path));
    let edit = editable.map(|editable| {
        view! {
            <a class="button small" href=address rel="external" hidden=switch(move || fixed || !editable.get())>
                "Edit"
            </a>
        }
    });
    view! {
        <div class="preview-head">
            <h3>{file.path}</h3>
            <span class="muted">{facts}</span>
            <span class="spacer"></span>
            <CopyButton text hidden=switch(move || binary) />
            {edit}
            <a class="button small" href=raw rel="external">
                {icon("external")}
                "Raw"
            </a>
        </div>
        <p class="preview-note" hidden=explained.is_empty()>
            {explained}
        </p>
        {InertElement::new(code)}
    }
}

/// Lines as HTML. Everything that comes from the file or its highlighting is escaped.
fn push_lines(before: usize, lines: &[FileLine], html: &mut String) {
    for (index, line) in lines.iter().enumerate() {
        html.push_str("<span class=\"cl\" data-n=\"");
        html.push_str(&(before + index + 1).to_string());
        html.push_str("\">");
        for span in line {
            if span.class.is_empty() {
                escape(line_text(&span.text), html);
            } else {
                html.push_str("<span class=\"tok-");
                escape(&span.class, html);
                html.push_str("\">");
                escape(line_text(&span.text), html);
                html.push_str("</span>");
            }
        }
        html.push_str("\n</span>");
    }
}

/// Lines are told apart by being lines, not by what ends them.
fn line_text(text: &str) -> &str {
    text.trim_end_matches(['\n', '\r'])
}

fn plain_text(lines: &[FileLine]) -> String {
    let mut text = String::new();
    for line in lines {
        for span in line {
            text.push_str(line_text(&span.text));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Span;

    #[test]
    fn nothing_of_a_file_becomes_markup() {
        let span = |class: &str, text: &str| Span { class: class.into(), text: text.into() };
        let lines = [vec![span("string", "<script>\"&'"), span("", "x\n")], vec![span("\"><b", "y")]];
        let mut html = String::new();
        push_lines(10, &lines, &mut html);
        assert_eq!(
            html,
            "<span class=\"cl\" data-n=\"11\"><span class=\"tok-string\">&lt;script&gt;&quot;&amp;'</span>x\n</span>\
             <span class=\"cl\" data-n=\"12\"><span class=\"tok-&quot;&gt;&lt;b\">y</span>\n</span>"
        );
        assert_eq!(plain_text(&lines), "<script>\"&'x\ny\n");
    }
}
