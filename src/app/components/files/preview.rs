//! A file, highlighted by the server, in chunks whose layout the browser skips while they are out of sight.

use leptos::{either::EitherOf3, prelude::*};

use crate::{
    app::{
        components::{copy_button::CopyButton, icon::Icon, problem_note::ProblemNote},
        figures,
        markup::escape,
    },
    protocol::{FileLine, FileView, Problem, TaskId},
};

const CHUNK_LINES: usize = 200;

#[component]
pub fn Preview(task_id: TaskId, view: Option<Result<FileView, Problem>>) -> impl IntoView {
    match view {
        None => EitherOf3::A(view! { <p class="empty">"Choose a file to see it."</p> }),
        Some(Err(problem)) => EitherOf3::B(view! { <ProblemNote problem /> }),
        Some(Ok(file)) => EitherOf3::C(view! { <File task_id file /> }),
    }
}

#[component]
fn File(task_id: TaskId, file: FileView) -> impl IntoView {
    let raw = format!("/api/v1/tasks/{task_id}/files/{}", file.path.split('/').map(leptos_router::location::Url::escape).collect::<Vec<_>>().join("/"));
    let chunks = file.lines.chunks(CHUNK_LINES).enumerate().map(|(index, lines)| html(index * CHUNK_LINES, lines)).collect::<Vec<_>>();
    let count = file.lines.len() as u64;
    let plain = StoredValue::new(file.lines);
    let text = Callback::new(move |()| plain.with_value(|lines| plain_text(lines)));
    let explained = match (file.binary, file.truncated) {
        (true, _) => Some("This file is not text. The raw file has it whole."),
        (false, true) => Some("This is the beginning of a large file. The raw file has it whole."),
        (false, false) => None,
    };
    view! {
        <div class="preview-head">
            <h3>{file.path}</h3>
            <span class="muted">{figures::bytes(file.bytes)} {(count > 0).then(|| format!(" · {}", figures::count_of(count, "line", "lines")))}</span>
            <span class="spacer"></span>
            {(!file.binary).then(|| view! { <CopyButton text label="Copy" /> })}
            <a class="button small" href=raw rel="external">
                <Icon name="external" />
                "Raw"
            </a>
        </div>
        {explained.map(|text| view! { <p class="preview-note">{text}</p> })}
        <pre class="code" tabindex="0" aria-label="Content of the file">
            {chunks.into_iter().map(|html| view! { <code class="code-chunk" inner_html=html></code> }).collect_view()}
        </pre>
    }
}

/// Lines as HTML. Everything that comes from the file or its highlighting is escaped.
fn html(before: usize, lines: &[FileLine]) -> String {
    let mut html = String::with_capacity(lines.len() * 80);
    for (index, line) in lines.iter().enumerate() {
        html.push_str("<span class=\"cl\" data-n=\"");
        html.push_str(&(before + index + 1).to_string());
        html.push_str("\">");
        for span in line {
            if span.class.is_empty() {
                escape(line_text(&span.text), &mut html);
            } else {
                html.push_str("<span class=\"tok-");
                escape(&span.class, &mut html);
                html.push_str("\">");
                escape(line_text(&span.text), &mut html);
                html.push_str("</span>");
            }
        }
        html.push_str("\n</span>");
    }
    html
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
        assert_eq!(
            html(10, &lines),
            "<span class=\"cl\" data-n=\"11\"><span class=\"tok-string\">&lt;script&gt;&quot;&amp;'</span>x\n</span>\
             <span class=\"cl\" data-n=\"12\"><span class=\"tok-&quot;&gt;&lt;b\">y</span>\n</span>"
        );
        assert_eq!(plain_text(&lines), "<script>\"&'x\ny\n");
    }
}
