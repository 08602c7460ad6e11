//! A rubric for prompts: eight criteria, 0–100 each with a reason, and their weighted mean.
//!
//! It judges the form: whether what an answer depends on is said, where it is found, and how definite it is. It cannot judge
//! whether what is said is right.

use super::{
    literals::Literals,
    part::{Part, Work},
    read::Reading,
    vague,
};
use crate::protocol::prompt::{Mark, Score};

/// Criterion, label, weight.
const RUBRIC: [(&str, &str, u8); 8] = [
    ("task", "Clear task", 25),
    ("context", "Context", 15),
    ("audience", "Audience", 10),
    ("constraints", "Constraints", 15),
    ("output_format", "Output format", 15),
    ("examples", "Examples", 5),
    ("success_criteria", "Success criteria", 5),
    ("specificity", "Specificity", 10),
];

/// Longer task sentences are hard to follow.
const LONG_TASK_WORDS: usize = 60;

pub fn score(reading: &Reading, text: &str) -> Score {
    let judge = |part| judge(reading, part);
    let verdicts = [
        task(reading),
        judge(Part::Context),
        judge(Part::Audience),
        judge(Part::Constraints),
        judge(Part::Format),
        judge(Part::Examples),
        judge(Part::Success),
        specificity(reading, text),
    ];
    let marks: Vec<Mark> = RUBRIC
        .into_iter()
        .zip(verdicts)
        .map(|((criterion, label, weight), (points, reason))| Mark {
            criterion: criterion.into(),
            label: label.into(),
            points,
            weight,
            reason,
        })
        .collect();
    let total = marks.iter().map(|mark| u32::from(mark.points) * u32::from(mark.weight)).sum::<u32>() / 100;
    Score { total: u8::try_from(total.min(100)).unwrap_or(100), marks }
}

/// When the rules do not know the language: nothing is judged.
pub fn unknown() -> Score {
    let reason = "The rules do not know this language, so nothing was judged.";
    let marks = RUBRIC.map(|(criterion, label, weight)| Mark {
        criterion: criterion.into(),
        label: label.into(),
        points: 0,
        weight,
        reason: reason.into(),
    });
    Score { total: 0, marks: marks.into() }
}

type Verdict = (u8, String);

fn task(reading: &Reading) -> Verdict {
    let headed = reading.headed.contains(Part::Task);
    let longest = reading.units.iter().filter(|unit| unit.part == Part::Task).map(|unit| unit.text.split_whitespace().count()).max();
    match (headed, reading.work, longest) {
        (true, Some(_), _) => (100, "It begins with what is to be done, under a heading of its own.".into()),
        (true, None, _) => (80, "The task has a heading, but no verb says what is to be done.".into()),
        (_, Some(_), Some(words)) if words > LONG_TASK_WORDS => (55, format!("The task is one sentence of {words} words.")),
        (_, Some(_), _) if reading.tail.is_empty() && reading.units.iter().all(|unit| unit.part == Part::Task) => {
            (90, "It says what is to be done, and nothing else.".into())
        }
        (_, Some(_), _) => (75, "It says what is to be done, among other things.".into()),
        (_, None, Some(_)) => (40, "No verb says what is to be done.".into()),
        (_, None, None) => (0, "There is no task.".into()),
    }
}

fn judge(reading: &Reading, part: Part) -> Verdict {
    let label = part.label();
    let needed = reading.work.is_none_or(|work| work.needs().contains(&part)) && !matches!(part, Part::Examples | Part::Success)
        || (part == Part::Success && reading.work == Some(Work::Code));
    let capital = || label[..1].to_uppercase() + &label[1..];
    if reading.headed.contains(part) {
        (100, format!("{} under a heading of its own.", capital()))
    } else if reading.signals.contains(part) {
        (70, format!("{} mentioned in passing.", capital()))
    } else if reading.asked.contains(part) {
        (35, format!("{} asked for by a placeholder: fill it in.", capital()))
    } else if needed {
        (0, format!("Nothing about the {label}, and the answer depends on it."))
    } else {
        (30, format!("Nothing about the {label}; this kind of work can do without."))
    }
}

fn specificity(reading: &Reading, text: &str) -> Verdict {
    let details = Literals::of(text).details().min(6);
    let vague =
        vague::find(reading).into_iter().chain(vague::find_in_tail(reading)).filter(|vague| !text.contains(&vague.question)).count().min(4);
    let length = text.split_whitespace().count();
    let points = (30 + 10 * details + usize::from(length >= 20) * 10).saturating_sub(10 * vague).min(100);
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let reason = format!(
        "{} such as numbers and names; {} left open.",
        count(details, "definite detail", "definite details"),
        count(vague, "vague word is", "vague words are")
    );
    (u8::try_from(points).unwrap_or(100), reason)
}
