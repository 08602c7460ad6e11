//! Formats: an example of each that is known, and what can be told about a text.
//!
//! An unknown `format` is no constraint (JSON Schema says so), but a server may have one in mind: see [`is_known`].

use super::conforms::Verdict;

/// A valid text of the format.
pub fn example(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "2026-03-14",
        "date-time" => "2026-03-14T15:09:26Z",
        "time" => "15:09:26Z",
        "duration" => "P3D",
        "email" | "idn-email" => "reader@example.com",
        "uuid" | "guid" => "6f1c2d3e-4b5a-4978-8c6d-7e8f90a1b2c3",
        "uri" | "url" | "iri" => "https://example.com/page",
        "uri-reference" | "iri-reference" => "/page",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" => "192.0.2.10",
        "ipv6" => "2001:db8::10",
        "byte" => "dGV4dA==",
        "binary" => "text",
        "password" => "Correct-Horse-7",
        _ => return None,
    })
}

/// Whether a made text can be expected to be accepted.
pub fn is_known(format: &str) -> bool {
    example(format).is_some()
        || matches!(format, "int32" | "int64" | "float" | "double" | "number" | "string" | "text" | "textarea" | "html")
}

/// A text that is not of the format, for formats that servers do check.
pub fn counterexample(format: &str) -> Option<&'static str> {
    Some(match format {
        "date" => "not-a-date",
        "date-time" => "not-a-date-time",
        "email" => "not-an-email",
        "uuid" => "not-a-uuid",
        "ipv4" => "256.256.256.256",
        "ipv6" => "not:an:address",
        _ => return None,
    })
}

/// Whether the text is of the format, as far as that can be told for certain.
pub fn check(format: &str, text: &str) -> Verdict {
    let valid = match format {
        "date" => is_date(text),
        "date-time" => {
            text.len() > 11
                && text.is_char_boundary(10)
                && is_date(&text[..10])
                && matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '))
        }
        "email" => {
            text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace))
        }
        "uuid" => {
            text.len() == 36
                && text
                    .bytes()
                    .enumerate()
                    .all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
        }
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "byte" => return if text.len().is_multiple_of(4) { Verdict::Valid } else { Verdict::Unknown },
        "binary" | "password" | "string" => return Verdict::Valid,
        // Known to the makers of texts, but not checked for certain.
        _ => return if Some(text) == example(format) { Verdict::Valid } else { Verdict::Unknown },
    };
    if valid { Verdict::Valid } else { Verdict::Invalid }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Ok(year_number), Ok(month), Ok(day)) = (year.parse::<u32>(), month.parse::<u32>(), day.parse::<u32>()) else { return false };
    let leap = year_number % 4 == 0 && (year_number % 100 != 0 || year_number % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    text.len() == 10 && year.len() == 4 && (1..=days).contains(&day)
}
