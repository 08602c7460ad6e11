//! One style sheet from several: `style/main.css` imports the others, in the order in which they count.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

/// The text of a style sheet with its imports put in their places, without comments and needless white space.
pub fn bundle(path: &Path) -> Result<String> {
    let mut seen = Vec::new();
    Ok(minified(&inlined(path, &mut seen)?))
}

fn inlined(path: &Path, seen: &mut Vec<std::path::PathBuf>) -> Result<String> {
    ensure!(!seen.iter().any(|earlier| earlier == path), "{} is imported twice", path.display());
    seen.push(path.to_owned());
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut out = String::new();
    for line in text.lines() {
        let Some(import) = line.trim_start().strip_prefix("@import ") else {
            out.push_str(line);
            out.push('\n');
            continue;
        };
        let Some((name, layer)) = parse_import(import) else {
            bail!(
                "{}: only `@import \"file.css\";` and `@import \"file.css\" layer(name);`, one a line, are understood: {line}",
                path.display()
            );
        };
        let inner = inlined(&path.with_file_name(name), seen)?;
        match layer {
            Some(layer) => out.extend(["@layer ", layer, " {\n", &inner, "}\n"]),
            None => out.push_str(&inner),
        }
    }
    Ok(out)
}

/// File and layer of what follows `@import`.
fn parse_import(text: &str) -> Option<(&str, Option<&str>)> {
    let (name, rest) = text.trim().strip_prefix('"')?.split_once('"')?;
    let rest = rest.trim().strip_suffix(';')?.trim();
    match rest {
        "" => Some((name, None)),
        _ => Some((name, Some(rest.strip_prefix("layer(")?.strip_suffix(')')?))),
    }
}

/// Without comments, and with white space only where it may mean something; strings stay as they are.
fn minified(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css.chars().peekable();
    let mut space = false;
    while let Some(char) = rest.next() {
        match char {
            '/' if rest.peek() == Some(&'*') => {
                rest.next();
                let mut star = false;
                for inner in rest.by_ref() {
                    if star && inner == '/' {
                        break;
                    }
                    star = inner == '*';
                }
                space = true;
            }
            '"' | '\'' => {
                push_space(&mut out, &mut space, char);
                out.push(char);
                while let Some(inner) = rest.next() {
                    out.push(inner);
                    if inner == '\\' {
                        out.extend(rest.next());
                    } else if inner == char {
                        break;
                    }
                }
            }
            _ if char.is_ascii_whitespace() => space = true,
            _ => {
                push_space(&mut out, &mut space, char);
                if char == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(char);
            }
        }
    }
    out
}

/// A space that stood between two characters is kept unless one of them separates anyway.
fn push_space(out: &mut String, space: &mut bool, next: char) {
    const SEPARATES: [char; 4] = ['{', '}', ';', ','];
    let wanted = std::mem::take(space) && !SEPARATES.contains(&next);
    if wanted && out.chars().next_back().is_some_and(|last| !SEPARATES.contains(&last)) {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::{minified, parse_import};

    #[test]
    fn white_space_and_comments_go_where_they_mean_nothing() {
        let cases = [
            ("a {\n  color: red;\n  margin: 0 1px;\n}\n", "a{color: red;margin: 0 1px}"),
            ("/* x */a/**/b :hover , c > d { }", "a b :hover,c > d{}"),
            ("a::after { content: \" /* not ; a } comment \\\" */ \"; }", "a::after{content: \" /* not ; a } comment \\\" */ \"}"),
            (
                "@media (width > 40em) and (hover) { a { width: calc(1px + 2px) } }",
                "@media (width > 40em) and (hover){a{width: calc(1px + 2px)}}",
            ),
            ("/* unclosed", ""),
        ];
        for (css, expected) in cases {
            assert_eq!(minified(css), expected);
        }
    }

    #[test]
    fn imports_name_a_file_and_perhaps_a_layer() {
        assert_eq!(parse_import("\"a.css\";"), Some(("a.css", None)));
        assert_eq!(parse_import("\"a.css\" layer(base) ;"), Some(("a.css", Some("base"))));
        for wrong in ["a.css;", "\"a.css\"", "\"a.css\" print;", "url(\"a.css\");"] {
            assert_eq!(parse_import(wrong), None, "{wrong}");
        }
    }
}
