//! `$ref`: followed by graph, never by copying; only within the document.

use super::fault::Fault;
use super::place::Place;

/// A chain of references that only lead to references.
const MAX_HOPS: usize = 64;

/// Where a place leads when its references are followed; the place itself when it is none.
pub fn resolve<'a>(root: &Place<'a>, place: &Place<'a>) -> Result<Place<'a>, Fault> {
    let mut here = place.clone();
    for _ in 0..MAX_HOPS {
        let Some(reference) = here.text("$ref") else { return Ok(here) };
        here = target(root, reference).map_err(|message| Fault::at(here.pointer(), message))?;
    }
    Err(Fault::at(place.pointer(), "this reference leads round in a circle and never arrives at anything"))
}

/// The place that a reference names.
pub fn target<'a>(root: &Place<'a>, reference: &str) -> Result<Place<'a>, String> {
    let shown: String = reference.chars().take(200).collect();
    let Some(fragment) = reference.strip_prefix('#') else {
        return Err(format!(
            "`$ref: {shown}` leads out of this document; only references within it (`#/…`) can be followed: bundle the files into one first"
        ));
    };
    if !fragment.is_empty() && !fragment.starts_with('/') {
        return Err(format!("`$ref: {shown}` names an anchor; only pointers (`#/…`) can be followed"));
    }
    root.follow(&percent_decoded(fragment)).ok_or_else(|| format!("`$ref: {shown}` leads to nothing in this document"))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(code)) = (first, code) {
            bytes.push(code);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
