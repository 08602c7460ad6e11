//! What differs between a run and an earlier one: file by file, and in a file line by line.

use std::{collections::BTreeMap, time::Duration};

use similar::{Algorithm, ChangeTag, TextDiff};

use super::Caller;
use crate::protocol::{
    FileEntry, Problem, TaskId,
    diff::{Change, DiffHunk, DiffLine, DiffPiece, FileChange, FileDiff, LineChange, RunDiff},
};

/// Larger files are not compared line by line.
const MAX_DIFF_BYTES: usize = 512 * 1024;
const MAX_DIFF_LINES: usize = 10_000;
/// Lines that are shown of one file.
const MAX_SHOWN_LINES: usize = 2_000;
/// Longer lines are shown whole or not at all different.
const MAX_WORD_DIFF_CHARS: usize = 2_000;
const AROUND: usize = 3;
/// Then it is told that the rest is one change.
const MAX_TIME: Duration = Duration::from_millis(500);

impl Caller {
    /// The files of a run beside those of `against`, or of the run that it repeats.
    pub async fn diff(&self, task_id: TaskId, against: Option<TaskId>) -> Result<RunDiff, Problem> {
        let against = self.other_run(task_id, against).await?;
        let (before, now) = (self.files(against).await?, self.files(task_id).await?);
        Ok(RunDiff { task_id, against, files: changes(before, now) })
    }

    pub async fn file_diff(&self, task_id: TaskId, against: Option<TaskId>, path: &str) -> Result<FileDiff, Problem> {
        self.summary(task_id).await?;
        if against.is_none() && self.state.store.file(task_id, path).await?.is_none() {
            // Whatever the other run has: what was asked for is not there.
            let repeats = self.snapshot(task_id).await?.retry_of;
            if repeats.is_none() {
                return Err(Problem::not_found("file"));
            }
        }
        let against = self.other_run(task_id, against).await?;
        self.summary(against).await?;
        let content = async |run| Ok::<_, Problem>(self.state.store.file(run, path).await?.map(|file| file.content));
        let (before, now) = (content(against).await?, content(task_id).await?);
        if before.is_none() && now.is_none() {
            return Err(Problem::not_found("file"));
        }
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || compare(path, before, now)).await.map_err(|error| {
            tracing::error!(%error, "comparing panicked");
            Problem::internal()
        })
    }

    async fn other_run(&self, task_id: TaskId, against: Option<TaskId>) -> Result<TaskId, Problem> {
        let repeats = self.snapshot(task_id).await?.retry_of;
        against.or(repeats).ok_or_else(|| Problem::conflict("This is the first run: there is none before it to compare with."))
    }
}

fn changes(before: Vec<FileEntry>, now: Vec<FileEntry>) -> Vec<FileChange> {
    let mut files: BTreeMap<String, (Option<FileEntry>, Option<FileEntry>)> = BTreeMap::new();
    for file in before {
        let path = file.path.clone();
        files.entry(path).or_default().0 = Some(file);
    }
    for file in now {
        let path = file.path.clone();
        files.entry(path).or_default().1 = Some(file);
    }
    let change = |(path, (before, now)): (String, (Option<FileEntry>, Option<FileEntry>))| {
        let change = match (&before, &now) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            (Some(before), Some(now)) if before.sha256 == now.sha256 => Change::Same,
            _ => Change::Changed,
        };
        FileChange { path, change, bytes_before: before.map(|file| file.bytes), bytes: now.map(|file| file.bytes) }
    };
    files.into_iter().map(change).collect()
}

fn compare(path: String, before: Option<Vec<u8>>, now: Option<Vec<u8>>) -> FileDiff {
    let change = match (&before, &now) {
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        (Some(before), Some(now)) if before == now => Change::Same,
        _ => Change::Changed,
    };
    let not_shown = |why: &str| FileDiff { path: path.clone(), change, hunks: Vec::new(), not_shown: Some(why.into()) };
    let texts = (before.unwrap_or_default(), now.unwrap_or_default());
    if texts.0.len() + texts.1.len() > MAX_DIFF_BYTES {
        return not_shown("Both files together have more than 512 KiB, which is too much to compare line by line.");
    }
    let (Ok(before), Ok(now)) = (String::from_utf8(texts.0), String::from_utf8(texts.1)) else {
        return not_shown("The file is not text.");
    };
    if before.contains('\0') || now.contains('\0') {
        return not_shown("The file is not text.");
    }
    if before.lines().count() + now.lines().count() > MAX_DIFF_LINES {
        return not_shown("Both files together have more than 10,000 lines, which is too much to compare line by line.");
    }
    let (hunks, is_cut) = hunks(&before, &now);
    FileDiff {
        path,
        change,
        hunks,
        not_shown: is_cut.then(|| format!("Only the first {MAX_SHOWN_LINES} lines of what differs are shown.")),
    }
}

fn hunks(before: &str, now: &str) -> (Vec<DiffHunk>, bool) {
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).timeout(MAX_TIME).diff_lines(before, now);
    let (mut hunks, mut shown) = (Vec::new(), 0);
    for group in diff.grouped_ops(AROUND) {
        let mut lines = Vec::new();
        for op in &group {
            for change in diff.iter_changes(op) {
                let kind = match change.tag() {
                    ChangeTag::Equal => LineChange::Same,
                    ChangeTag::Delete => LineChange::Removed,
                    ChangeTag::Insert => LineChange::Added,
                };
                let text = change.value().trim_end_matches(['\n', '\r']);
                let pieces = vec![DiffPiece { differs: false, text: text.to_owned() }];
                let number = |index: Option<usize>| index.map(|index| index + 1);
                lines.push(DiffLine { change: kind, before: number(change.old_index()), now: number(change.new_index()), pieces });
                shown += 1;
                if shown == MAX_SHOWN_LINES {
                    mark_words(&mut lines);
                    hunks.push(DiffHunk { lines });
                    return (hunks, true);
                }
            }
        }
        mark_words(&mut lines);
        hunks.push(DiffHunk { lines });
    }
    (hunks, false)
}

/// Where as many lines went as came, each pair shows which words differ.
fn mark_words(lines: &mut [DiffLine]) {
    let mut at = 0;
    while at < lines.len() {
        let run = |from: usize, kind: LineChange| lines[from..].iter().take_while(|line| line.change == kind).count();
        let removed = run(at, LineChange::Removed);
        if removed == 0 {
            at += 1;
            continue;
        }
        let added = run(at + removed, LineChange::Added);
        if added == removed {
            for pair in at..at + removed {
                let (was, is) = (text(&lines[pair]), text(&lines[pair + removed]));
                if let Some((old, new)) = words(&was, &is) {
                    lines[pair].pieces = old;
                    lines[pair + removed].pieces = new;
                }
            }
        }
        at += removed + added;
    }
}

fn text(line: &DiffLine) -> String {
    line.pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// Both lines in pieces; none when they have nothing to do with each other.
fn words(was: &str, is: &str) -> Option<(Vec<DiffPiece>, Vec<DiffPiece>)> {
    if was.len() + is.len() > MAX_WORD_DIFF_CHARS {
        return None;
    }
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_words(was, is);
    if diff.ratio() < 0.3 {
        return None;
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        let differs = change.tag() != ChangeTag::Equal;
        if change.tag() != ChangeTag::Insert {
            push(&mut old, differs, change.value());
        }
        if change.tag() != ChangeTag::Delete {
            push(&mut new, differs, change.value());
        }
    }
    Some((old, new))
}

fn push(pieces: &mut Vec<DiffPiece>, differs: bool, text: &str) {
    match pieces.last_mut() {
        Some(last) if last.differs == differs => last.text.push_str(text),
        _ => pieces.push(DiffPiece { differs, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(diff: &FileDiff) -> Vec<String> {
        let line = |line: &DiffLine| {
            let mark = match line.change {
                LineChange::Same => ' ',
                LineChange::Added => '+',
                LineChange::Removed => '-',
            };
            let text: String =
                line.pieces.iter().map(|piece| if piece.differs { format!("[{}]", piece.text) } else { piece.text.clone() }).collect();
            format!("{mark}{} {text}", line.now.or(line.before).unwrap())
        };
        diff.hunks.iter().flat_map(|hunk| &hunk.lines).map(line).collect()
    }

    #[test]
    fn lines_and_words_that_differ_are_told() {
        let before = "a\nb\nc\nd = old value\ne\nf\ng\nh\ni\n";
        let now = before.replace("old value", "new value").replace("i\n", "i\nj\n");
        let diff = compare("x".into(), Some(before.into()), Some(now.into()));
        assert_eq!(diff.change, Change::Changed);
        let expected =
            [" 1 a", " 2 b", " 3 c", "-4 d = [old] value", "+4 d = [new] value", " 5 e", " 6 f", " 7 g", " 8 h", " 9 i", "+10 j"];
        assert_eq!(shown(&diff), expected);
        assert_eq!(shown(&compare("x".into(), None, Some(b"one\ntwo".to_vec()))), ["+1 one", "+2 two"]);
        assert_eq!(compare("x".into(), Some(b"one\n".to_vec()), None).change, Change::Removed);
        let same = compare("x".into(), Some(b"one\n".to_vec()), Some(b"one\n".to_vec()));
        assert_eq!((same.change, same.hunks.len()), (Change::Same, 0));
    }

    #[test]
    fn what_is_too_much_or_no_text_has_a_reason() {
        let large = vec![b'x'; MAX_DIFF_BYTES];
        for (before, now, why) in [
            (large.clone(), b"y".to_vec(), "512 KiB"),
            ("x\n".repeat(6_000).into_bytes(), "y\n".repeat(6_000).into_bytes(), "10,000 lines"),
            (vec![0xFF, 0xFE], b"y".to_vec(), "not text"),
            (b"a\0b".to_vec(), b"y".to_vec(), "not text"),
            (Vec::new(), "y\n".repeat(3_000).into_bytes(), "first 2000 lines"),
        ] {
            let diff = compare("x".into(), Some(before), Some(now));
            assert!(diff.not_shown.as_ref().is_some_and(|reason| reason.contains(why)), "{:?}", diff.not_shown);
            assert!(shown(&diff).len() <= MAX_SHOWN_LINES);
        }
    }

    proptest! {
        #[test]
        fn both_files_are_in_their_diff(before in "([a-c ]{0,4}\n){0,12}", now in "([a-c ]{0,4}\n){0,12}") {
            let diff = compare("x".into(), Some(before.clone().into_bytes()), Some(now.clone().into_bytes()));
            for (text, is_now) in [(before, false), (now, true)] {
                let lines: Vec<&str> = text.lines().collect();
                for line in diff.hunks.iter().flat_map(|hunk| &hunk.lines) {
                    if let Some(number) = if is_now { line.now } else { line.before } {
                        let shown = super::text(line);
                        prop_assert_eq!(shown.as_str(), lines[number - 1]);
                    }
                }
            }
        }
    }
}
