//! Verbs: whether a phrase says that somebody does something, and what that means for a model.
//!
//! "Members rate books" is a subject, a verb and an object; some verbs name a thing that stands between the two (a rating), others
//! say whose something is. There is no grammar of English here: a word is taken for a verb by its form and by what is beside it.

use super::super::names;
use super::domains;
use super::fields::has;
use super::words::{DETERMINERS, HAS, PREPOSITIONS};

/// What doing it means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sense {
    /// One makes or has many: "speakers submit talks".
    #[default]
    Makes,
    /// Many have to do with many: "students attend courses".
    Shares,
    /// Many are at one: "nurses work in wards".
    IsAt,
    /// Nothing that is kept, though what it is about may be.
    Looks,
    /// A thing of its own between the two: "attendees rate talks".
    Between(&'static str),
}

const MAKES: &str = "submit write create post upload add place publish send own open raise host organize organise plan teach lead sell offer \
    make record log start give issue file prescribe get receive request propose suggest schedule hold run produce report contribute handle treat \
    conduct answer share collect define bring repair fix process tutor coach leave launch invite feed put";
const SHARES: &str = "attend join follow take see play use watch read visit save study operate complete finish";
const IS_AT: &str = "work live stay sit stand grow hang happen occur reside";
const LOOKS: &str = "view search find browse filter sort track manage edit delete remove update change approve reject check reset export import print \
    download monitor access cancel moderate see list show display";
const BETWEEN: [(&str, &str); 31] = [
    ("adopt", "Adoption"),
    ("apply", "Application"),
    ("bid", "Bid"),
    ("book", "Booking"),
    ("borrow", "Loan"),
    ("buy", "Purchase"),
    ("comment", "Comment"),
    ("donate", "Donation"),
    ("enrol", "Enrollment"),
    ("enroll", "Enrollment"),
    ("evaluate", "Evaluation"),
    ("favorite", "Favorite"),
    ("favourite", "Favorite"),
    ("grade", "Grade"),
    ("inspect", "Inspection"),
    ("lend", "Loan"),
    ("like", "Like"),
    ("order", "Order"),
    ("pay", "Payment"),
    ("pledge", "Pledge"),
    ("purchase", "Purchase"),
    ("rate", "Rating"),
    ("register", "Registration"),
    ("rent", "Rental"),
    ("reply", "Reply"),
    ("reserve", "Reservation"),
    ("respond", "Reply"),
    ("review", "Review"),
    ("score", "Rating"),
    ("subscribe", "Subscription"),
    ("vote", "Vote"),
];
/// What is done is a thing by itself: who books an appointment has one, and there is no booking of it.
const ACTS: &str = "appointment booking order reservation loan rental ticket registration payment visit session lesson review rating comment vote \
    request application enrollment purchase donation subscription trip claim complaint bid drive transaction grade like signup slot";

/// Somebody does something.
#[derive(Debug)]
pub struct Act<'a> {
    pub subject: &'a [String],
    pub sense: Sense,
    pub rest: &'a [String],
}

/// What a phrase says that is done; with `continues`, by somebody who was named before: "… and rate talks".
pub fn act(words: &[String], continues: bool) -> Option<Act<'_>> {
    let end = words.iter().position(|word| has(HAS, word)).unwrap_or(words.len());
    for at in 0..end {
        let Some((sense, is_base)) = sense_of(&words[at]) else { continue };
        let rest = &words[at + 1..];
        let is_modal = at > 0 && has(MODALS, &words[at - 1]);
        let is_verb = match at.checked_sub(1).map(|before| words[before].as_str()) {
            None => continues && is_base && begins_object(rest),
            Some(before) if has(MODALS, before) => is_base,
            // "people who book appointments", though not "track which books I lent"
            Some("who" | "that" | "which") => at > 1 && sense_of(&words[at - 2]).is_none() && begins_object(rest),
            Some(before) if is_base => is_many_word(before) && begins_object(rest),
            Some(before) => {
                at > 1
                    && (has(SINGLE, &words[0]) || has(SINGLE, &words[at - 2]))
                    && !names::is_plural(before)
                    && begins_object(rest)
                    && !has(DETERMINERS, before)
            }
        };
        if is_verb {
            // Whoever wants to see something looks at it; whoever sees somebody meets them.
            let sense = match words[at].as_str() {
                "see" if is_modal => Sense::Looks,
                "list" if !is_modal => Sense::Makes,
                _ => sense,
            };
            let subject = words[..at].iter().rposition(|word| !has(MODALS, word) && !has("who that which also then not", word));
            let subject = &words[..subject.map_or(0, |last| last + 1)];
            // "After a walk the owner rates the walker": the owner does.
            let from = subject.iter().rposition(|word| has(SINGLE, word)).unwrap_or_default();
            return Some(Act { subject: &subject[from..], sense, rest: without_particle(rest) });
        }
    }
    None
}

/// Whether somebody can do it: after these comes a verb.
pub const MODALS: &str = "can may should must will could shall";

/// In front of one of something.
const SINGLE: &str = "a an each every the one";

/// The sense of a verb, and whether it has its plain form.
fn sense_of(word: &str) -> Option<(Sense, bool)> {
    let of = |base: &str| {
        BETWEEN
            .iter()
            .find(|(verb, _)| *verb == base)
            .map(|(_, thing)| Sense::Between(thing))
            .or_else(|| has(SHARES, base).then_some(Sense::Shares))
            .or_else(|| has(MAKES, base).then_some(Sense::Makes))
            .or_else(|| has(IS_AT, base).then_some(Sense::IsAt))
            .or_else(|| has(LOOKS, base).then_some(Sense::Looks))
            .or_else(|| (base == "sign").then_some(Sense::Between("Registration")))
    };
    if let Some(sense) = of(word) {
        return Some((sense, true));
    }
    let stem = word.strip_suffix('s')?;
    let other = stem.strip_suffix("ie").map(|stem| format!("{stem}y"));
    of(stem).or_else(|| of(other.as_deref()?)).or_else(|| of(stem.strip_suffix('e')?)).map(|sense| (sense, false))
}

/// Whether a word is a form of a verb that is known here.
pub fn is_verb(word: &str) -> bool {
    sense_of(word).is_some()
}

fn is_many_word(word: &str) -> bool {
    names::is_plural(word) || has("they we i you people staff", word)
}

/// An object, or a word that leads to one, begins here.
fn begins_object(rest: &[String]) -> bool {
    let rest = without_particle(rest);
    let Some(first) = rest.first() else { return false };
    has(DETERMINERS, first)
        || has(PREPOSITIONS, first)
        || has(PRONOUNS, first)
        || rest.iter().take(3).any(|word| names::is_plural(word))
        || domains::entity(&names::pascal_case(first), None).is_some()
        || has("rent money", first)
}

pub const PRONOUNS: &str = "them it these those him her";

/// "sign up for", "check out"
fn without_particle(rest: &[String]) -> &[String] {
    match rest {
        [first, second, ..] if has("up out off back down", first) || (first == "in" && has(PREPOSITIONS, second)) => &rest[1..],
        _ => rest,
    }
}

/// An act that is a thing, or what is called like one: `TestDrive`.
pub fn is_act(name: &str) -> bool {
    has(ACTS, names::snake_case(name).rsplit('_').next().unwrap_or_default())
}

/// `taught`, `stored`: what something is by somebody or somewhere.
pub fn is_participle(word: &str) -> bool {
    const IRREGULAR: &str =
        "taught written made led run held sold kept grown given driven built sent paid bought taken shown found worn known";
    has(IRREGULAR, word) || (word.len() > 3 && word.ends_with("ed") && !has("speed feed breed need seed shed unpublished hundred", word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_told_by_what_is_beside_them() {
        for (phrase, continues, expected) in [
            ("members rate books", false, Some(("members", Sense::Between("Rating"), "books"))),
            ("rate talks", true, Some(("", Sense::Between("Rating"), "talks"))),
            ("rate talks", false, None),
            (
                "dog owners can book appointments for their dogs",
                false,
                Some(("dog owners", Sense::Between("Booking"), "appointments for their dogs")),
            ),
            ("a student takes several courses", false, Some(("a student", Sense::Shares, "several courses"))),
            ("members sign up for classes", false, Some(("members", Sense::Between("Registration"), "for classes"))),
            ("purchase orders with lines", false, None),
            ("customer orders", false, None),
            ("books", false, None),
            ("daily rate", false, None),
        ] {
            let words: Vec<String> = phrase.split(' ').map(str::to_owned).collect();
            let found = act(&words, continues);
            let found = found.map(|act| (act.subject.join(" "), act.sense, act.rest.join(" ")));
            assert_eq!(found, expected.map(|(subject, sense, rest)| (subject.to_owned(), sense, rest.to_owned())), "{phrase}");
        }
    }
}
