//! Words that everybody reads differently: found, and turned into questions.

use super::{
    cues::gives_length,
    literals::prose,
    part::Part,
    phrases::{has, plain},
    read::{Form, Reading, placeholder},
    words::Words,
};

/// More questions than this would be a questionnaire.
const MOST: usize = 4;

/// A vague word of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vague {
    pub word: &'static str,
    pub sentence: String,
    /// Where the answer belongs.
    pub part: Part,
    /// `[“short”: how short, in words or sentences?]`
    pub question: String,
}

/// The vague words outside of material, each once, in the order of the text. A sentence that gives a length is definite.
pub fn find(reading: &Reading) -> Vec<Vague> {
    let words = reading.words;
    let mut found: Vec<Vague> = Vec::new();
    let units = reading.units.iter().filter(|unit| unit.form != Form::Block && !matches!(unit.part, Part::Inputs | Part::Examples));
    for unit in units {
        look(&unit.text, words, &mut found);
    }
    found
}

/// The same for what stands under headings.
pub fn find_in_tail(reading: &Reading) -> Vec<Vague> {
    let mut found = Vec::new();
    for (part, block) in reading.instructions() {
        if part.is_some() {
            look(&reading.tail[block].text, reading.words, &mut found);
        }
    }
    found
}

fn look(text: &str, words: &Words, found: &mut Vec<Vague>) {
    for sentence in super::sentences::sentences(text) {
        if placeholder(sentence.text).is_some() || found.len() >= MOST {
            continue;
        }
        let lower = plain(&prose(sentence.text));
        if gives_length(&lower) {
            continue;
        }
        for (word, part, question) in words.vague {
            if has(&lower, word)
                && found.len() < MOST
                && !found.iter().any(|vague| vague.word == *word || vague.question.ends_with(&format!(": {question}]")))
            {
                let name = words.what_means.replace("{}", word);
                found.push(Vague { word, sentence: sentence.text.into(), part: *part, question: format!("[{name}: {question}]") });
            }
        }
    }
}
