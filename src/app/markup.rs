//! Text as HTML, for what writes HTML itself: log and preview, whose thousands of lines would be thousands of views, and
//! places in which a view would leave its markers.

/// Appends `text` so that it is nothing but text, in an element or in a quoted attribute.
pub fn escape(text: &str, html: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
}

pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    escape(text, &mut html);
    html
}

/// The inside of a text area. The first line break is the parser's, not the text's.
pub fn text_area(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{}", escaped(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut html = String::new();
        escape("</textarea><script a=\"b\">&amp;", &mut html);
        assert_eq!(html, "&lt;/textarea&gt;&lt;script a=&quot;b&quot;&gt;&amp;amp;");
        assert_eq!((text_area(""), text_area("\na<b")), (String::new(), "\n\na&lt;b".to_owned()));
    }
}
