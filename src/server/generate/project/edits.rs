//! Files that people have edited: checked when they come, and merged with what is generated anew.
//!
//! Three ways meet: what had been generated when the file was edited (base), the edit, what is generated now. Where only one side changed, that
//! side counts; where both did, the edit stands, and the place is reported with both sides.

use std::collections::HashSet;

use diffy::{ConflictStyle, IncompleteHunkStyle, MergeOptions};

use crate::protocol::{
    Problem,
    edit::{Conflict, ConflictHunk, ConflictKind, FileEdit, MAX_EDIT_BYTES, MAX_EDIT_LINES, MAX_EDITS, MAX_EDITS_BYTES},
};

/// Longer than anything that a file has at the beginning of a line.
const MARK: usize = 61;
/// Bounds of what is reported of one file: the result of a task has to fit into an event.
const MAX_HUNKS: usize = 5;
const MAX_SIDE_BYTES: usize = 600;

/// # Errors
/// Too many, too large, twice the same path, a path that no project has, or no text.
pub fn check(edits: &[FileEdit]) -> Result<(), Problem> {
    let refused = |index: usize, field: &str, words: String| Err(Problem::invalid(&format!("edits[{index}].{field}"), words));
    if edits.len() > MAX_EDITS {
        return Err(Problem::invalid("edits", format!("There are {} edited files; at most {MAX_EDITS} are kept.", edits.len())));
    }
    let mut seen = HashSet::new();
    for (index, FileEdit { path, base, content }) in edits.iter().enumerate() {
        if !is_path(path) {
            return refused(index, "path", "This is no path of a file inside of a project.".into());
        }
        if !seen.insert(path) {
            return refused(index, "path", format!("`{path}` is edited twice."));
        }
        for (field, text) in [("base", base), ("content", content)] {
            if text.len() > MAX_EDIT_BYTES {
                return refused(index, field, format!("`{path}` has {} bytes; at most {MAX_EDIT_BYTES} can be edited.", text.len()));
            }
            if text.lines().count() > MAX_EDIT_LINES {
                return refused(index, field, format!("`{path}` has more than {MAX_EDIT_LINES} lines, which is more than can be merged."));
            }
            if text.contains('\0') {
                return refused(index, field, format!("`{path}` is not text."));
            }
        }
    }
    let bytes: usize = edits.iter().map(|edit| edit.base.len() + edit.content.len()).sum();
    if bytes > MAX_EDITS_BYTES {
        return Err(Problem::invalid(
            "edits",
            format!("The edited files have {bytes} bytes together; at most {MAX_EDITS_BYTES} are kept."),
        ));
    }
    Ok(())
}

fn is_path(path: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.chars().any(|c| c.is_control() || c == '\\');
    (1..=240).contains(&path.len()) && path.split('/').all(is_part)
}

/// What becomes of an edited file.
#[derive(Debug, PartialEq, Eq)]
pub struct Merged {
    pub content: String,
    pub conflict: Option<Conflict>,
}

pub fn merge(edit: &FileEdit, generated: &str) -> Merged {
    let whole = |content: &str| Merged { content: content.to_owned(), conflict: None };
    if edit.base == generated || edit.content == generated {
        return whole(&edit.content);
    }
    if edit.content == edit.base {
        return whole(generated);
    }
    let marks = ["<", "=", ">"].map(|mark| mark.repeat(MARK));
    let [base, content, new] = [&edit.base, &edit.content, generated].map(with_end);
    let is_plain = |text: &String| !text.lines().any(|line| marks.iter().any(|mark| line.starts_with(mark.as_str())));
    if new.lines().count() > MAX_EDIT_LINES || ![&base, &content, &new].into_iter().all(is_plain) {
        let hunks = vec![hunk(1, &content, &new)];
        return Merged { conflict: Some(overlap(&edit.path, hunks, 1)), content };
    }
    let mut options = MergeOptions::new();
    options.set_conflict_marker_length(MARK).set_conflict_style(ConflictStyle::Merge).set_incomplete_hunk_style(IncompleteHunkStyle::Git);
    match options.merge(&base, &content, &new) {
        Ok(merged) => whole(&merged),
        Err(marked) => resolve(&edit.path, &marked, &marks),
    }
}

/// The file of an edit is not generated any more.
pub fn gone(edit: &FileEdit) -> Conflict {
    Conflict { path: edit.path.clone(), kind: ConflictKind::Gone, hunks: vec![hunk(1, &edit.content, "")], hunks_total: 1 }
}

/// Takes the edit's side of every conflict, and tells of both.
fn resolve(path: &str, marked: &str, marks: &[String; 3]) -> Merged {
    let [begins, divides, ends] = marks;
    let (mut content, mut hunks, mut total) = (String::with_capacity(marked.len()), Vec::new(), 0);
    let (mut edited, mut generated) = (String::new(), String::new());
    let mut side = 0;
    let mut line_number = 1;
    for line in marked.split_inclusive('\n') {
        if line.starts_with(begins.as_str()) {
            side = 1;
        } else if side == 1 && line.starts_with(divides.as_str()) {
            side = 2;
        } else if side == 2 && line.starts_with(ends.as_str()) {
            total += 1;
            if hunks.len() < MAX_HUNKS {
                hunks.push(hunk(line_number, &edited, &generated));
            }
            line_number += edited.lines().count();
            content.push_str(&edited);
            edited.clear();
            generated.clear();
            side = 0;
        } else {
            match side {
                0 => {
                    line_number += 1;
                    content.push_str(line);
                }
                1 => edited.push_str(line),
                _ => generated.push_str(line),
            }
        }
    }
    Merged { content, conflict: Some(overlap(path, hunks, total)) }
}

fn overlap(path: &str, hunks: Vec<ConflictHunk>, hunks_total: usize) -> Conflict {
    Conflict { path: path.into(), kind: ConflictKind::Overlap, hunks, hunks_total }
}

fn hunk(line: usize, edited: &str, generated: &str) -> ConflictHunk {
    ConflictHunk { line, edited: short(edited), generated: short(generated) }
}

fn short(text: &str) -> String {
    if text.len() <= MAX_SIDE_BYTES { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(MAX_SIDE_BYTES)]) }
}

/// A file of text ends with the end of a line; forms may have taken it.
fn with_end(text: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE: &str = "one\ntwo\nthree\nfour\nfive\n";

    fn edit(content: &str) -> FileEdit {
        FileEdit { path: "app/main.py".into(), base: BASE.into(), content: content.into() }
    }

    #[test]
    fn both_sides_are_kept_where_they_do_not_meet() {
        for (content, generated, expected) in [
            ("one\nTWO\nthree\nfour\nfive\n", BASE, "one\nTWO\nthree\nfour\nfive\n"),
            ("one\nTWO\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "one\nTWO\nthree\nfour\nFIVE\n"),
            (BASE, "new\n", "new\n"),
            ("one\nTWO\nthree\nfour\nfive", "zero\none\ntwo\nthree\nfour\nfive\n", "zero\none\nTWO\nthree\nfour\nfive\n"),
            ("one\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nfive\nsix\n", "one\nthree\nfour\nfive\nsix\n"),
            ("same\n", "same\n", "same\n"),
        ] {
            assert_eq!(merge(&edit(content), generated), Merged { content: expected.into(), conflict: None }, "{content:?} {generated:?}");
        }
    }

    #[test]
    fn where_they_meet_the_edit_stands_and_both_are_told() {
        let merged = merge(&edit("one\nTWO\nthree\nfour\nfive\n"), "one\n2\nthree\nfour\n5\n");
        assert_eq!(merged.content, "one\nTWO\nthree\nfour\n5\n");
        let conflict = merged.conflict.unwrap();
        assert_eq!((conflict.path.as_str(), conflict.kind, conflict.hunks_total), ("app/main.py", ConflictKind::Overlap, 1));
        assert_eq!(conflict.hunks, [ConflictHunk { line: 2, edited: "TWO\n".into(), generated: "2\n".into() }]);
        // Taken away on one side, changed on the other.
        let merged = merge(&edit("one\nthree\nfour\nfive\n"), "one\n2\nthree\nfour\nfive\n");
        assert_eq!(merged.content, "one\nthree\nfour\nfive\n");
        assert!(merged.conflict.is_some());
    }

    #[test]
    fn what_looks_like_a_mark_harms_nothing() {
        let mark = format!("{} ours\n", "<".repeat(MARK));
        let merged = merge(&edit(&format!("one\n{mark}three\nfour\nfive\n")), "one\n2\nthree\nfour\nfive\n");
        assert_eq!(merged.content, format!("one\n{mark}three\nfour\nfive\n"));
        assert!(merged.conflict.is_some());
    }

    #[test]
    fn what_is_no_edit_is_refused_by_its_place() {
        let fine = edit("x\n");
        let at = |path: &str| FileEdit { path: path.into(), ..fine.clone() };
        assert_eq!(check(&[fine.clone(), at("README.md")]), Ok(()));
        for (edits, field) in [
            (vec![fine.clone(), fine.clone()], "edits[1].path"),
            (vec![at("../etc/passwd")], "edits[0].path"),
            (vec![at("/etc/passwd")], "edits[0].path"),
            (vec![at("a\\b")], "edits[0].path"),
            (vec![at("")], "edits[0].path"),
            (vec![edit("a\0b")], "edits[0].content"),
            (vec![edit(&"x\n".repeat(MAX_EDIT_LINES + 1))], "edits[0].content"),
            (vec![edit(&"x".repeat(MAX_EDIT_BYTES + 1))], "edits[0].content"),
            ((0..=MAX_EDITS).map(|number| at(&format!("{number}"))).collect(), "edits"),
            ((0..20).map(|number| FileEdit { base: "x".repeat(MAX_EDIT_BYTES), ..at(&format!("{number}")) }).collect(), "edits"),
        ] {
            assert_eq!(check(&edits).unwrap_err().errors[0].field, field);
        }
    }

    #[test]
    fn a_report_is_bounded() {
        let lines = |mark: &str| {
            (0..200).map(|n| if n % 2 == 0 { format!("{n}\n") } else { format!("{mark}{n} {}\n", "y".repeat(700)) }).collect::<String>()
        };
        let edit = FileEdit { path: "a".into(), base: lines("a"), content: lines("b") };
        let conflict = merge(&edit, &lines("c")).conflict.unwrap();
        assert_eq!((conflict.hunks.len(), conflict.hunks_total), (MAX_HUNKS, 100));
        assert!(serde_json::to_string(&conflict).unwrap().len() < 8_000);
    }

    proptest! {
        #[test]
        fn an_edit_is_never_lost(base in "([a-c]\n){0,8}", content in "([a-d]\n){0,8}", generated in "([a-c]\n){0,8}") {
            let edit = FileEdit { path: "a".into(), base: base.clone(), content: content.clone() };
            let merged = merge(&edit, &generated);
            prop_assert!(!merged.content.contains("<<<<"));
            // Lines that only the edit can have brought are in it as often as in the edit.
            let count = |text: &str| text.matches('d').count();
            prop_assert_eq!(count(&merged.content), count(&content));
            if generated == base {
                prop_assert_eq!(merged, Merged { content, conflict: None });
            } else if content == base {
                prop_assert_eq!(merged, Merged { content: generated, conflict: None });
            }
        }
    }
}
