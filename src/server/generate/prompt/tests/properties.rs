//! What holds for every prompt, tried on random ones made of the parts that matter.

use proptest::prelude::*;

use super::super::{improve, literals::Literals};
use crate::{protocol::prompt::apply, server::inert::clean_text};

const PIECES: &[&str] = &[
    "write",
    "Could you please write",
    "a poem",
    "about cats",
    "please",
    "thanks",
    "Thanks in advance!",
    "never",
    "don't",
    "not",
    "42",
    "3.5",
    "12:30",
    "https://a.example/b?c=1",
    "bob@example.org",
    "@team",
    "#tag",
    "`code`",
    "\"quoted text.\"",
    "«cité»",
    "{name}",
    "{{x}}",
    "<tag>",
    "$VAR",
    "Paris",
    "NASA",
    "iPhone",
    ".",
    "?",
    "!",
    ",",
    ":",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "## Task\n",
    "Role:",
    "\n```\nlet x = 1;\n\n\n  y\n```\n",
    "\n| a | b |\n",
    "> cited",
    "Here is the text:",
    "kein",
    "nicht",
    "ne … pas",
    "sin",
    "bitte",
    "schreibe einen Text",
    "écris un texte",
    "escribe un texto",
    "short",
    "etc.",
    "for beginners",
    "as JSON",
    "You are a cook.",
    "must",
    "[Audience: who?]",
    "**Task**",
    "```",
    "e.g.",
    "\t",
    "    indented",
    "é",
    "漢字",
    "\u{7}",
    "\u{1b}[31m",
    "\u{FFFD}",
    "\u{a0}",
    "the",
    "der",
    "le",
    "el",
];

fn prompts() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(PIECES);
    let joint = proptest::sample::select(vec![" ", " ", " ", "", "\n"]);
    proptest::collection::vec((piece, joint), 0..40)
        .prop_map(|pieces| pieces.into_iter().flat_map(|(piece, joint)| [piece, joint]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn improving_twice_is_improving_once(text in prompts()) {
        let once = improve(&text);
        let twice = improve(&once.prompt);
        prop_assert_eq!(&twice.prompt, &once.prompt);
    }

    #[test]
    fn nothing_definite_is_lost(text in prompts()) {
        let improved = improve(&text);
        let clean = clean_text(&text);
        let clean = if text.contains('\u{FFFD}') { clean.into_owned() } else { clean.replace('\u{FFFD}', "") };
        let lost = Literals::of(&clean).missing_in(&improved.prompt);
        prop_assert!(lost.is_empty(), "{:?} of {:?} in {:?}", lost, clean, improved.prompt);
    }

    #[test]
    fn every_change_taken_is_the_result_and_none_the_original(text in prompts()) {
        let improved = improve(&text);
        prop_assert_eq!(apply(&improved.segments, |_| true), improved.prompt);
        prop_assert_eq!(apply(&improved.segments, |_| false), improved.original);
    }

    #[test]
    fn any_text_is_accepted(text in any::<String>()) {
        let once = improve(&text);
        prop_assert_eq!(&improve(&once.prompt).prompt, &once.prompt);
    }
}
