//! Ways to say that somebody can do something, told in one way: "As a teacher I want to create courses", "the app should let teachers
//! create courses" and "teachers should be able to create courses" become "teachers can create courses".

use super::clauses::Token;
use super::fields::has;
use crate::server::generate::project::model::names;

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).and_then(Token::word).unwrap_or_default()
}

/// A clause as one or more, each told plainly.
pub fn told(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut told = Vec::new();
    let mut rest = story(tokens);
    // "… so that students can enroll in them"
    while let Some(at) = (1..rest.len()).find(|at| word(&rest, *at) == "so" && word(&rest, at + 1) == "that") {
        let behind = rest.split_off(at);
        told.push(able(&rest));
        rest = behind[2..].to_vec();
        if told.len() > 20 {
            break;
        }
    }
    told.push(able(&rest));
    told.retain(|tokens| !tokens.is_empty());
    told
}

/// "As a teacher, I want to …": the teacher does.
fn story(tokens: Vec<Token>) -> Vec<Token> {
    if !(word(&tokens, 0) == "as" && has("a an the", word(&tokens, 1))) {
        return tokens;
    }
    let Some(wish) = tokens.iter().take(12).position(|token| token.word().is_some_and(|word| has("i we", word))) else { return tokens };
    let mut subject: Vec<Token> = tokens[2..wish].iter().filter(|token| token.word().is_some()).cloned().collect();
    if let Some(Token::Word(last)) = subject.last_mut() {
        *last = names::plural(last);
    }
    let mut verb = wish + 1;
    while has("want need would like wish can could may should must will to be able also have", word(&tokens, verb)) {
        verb += 1;
    }
    subject.push(Token::Word("can".into()));
    subject.extend(tokens[verb.min(tokens.len())..].iter().cloned());
    subject
}

/// "should be able to", "are allowed to", "want to" → "can"; "lets users upload" → "users can upload".
fn able(tokens: &[Token]) -> Vec<Token> {
    let mut told: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    let mut lets = false;
    while at < tokens.len() {
        let words: Vec<&str> = (at..at + 5).map(|at| word(tokens, at)).collect();
        let length = match words.as_slice() {
            [modal, "be", "able" | "allowed", "to", _] if has("should must can will shall to", modal) => 4,
            ["are" | "is", "able" | "allowed", "to", ..] => 3,
            ["want" | "wants" | "need" | "needs" | "get" | "gets", "to", ..]
                if told.last().and_then(Token::word).is_some_and(names::is_plural) =>
            {
                2
            }
            _ => 0,
        };
        if length > 0 {
            told.push(Token::Word("can".into()));
            at += length;
            // "users should be able to: create boards, …"
            at += usize::from(tokens.get(at) == Some(&Token::Colon));
            continue;
        }
        let first = tokens[at].word().unwrap_or_default();
        if has("let lets allow allows enable enables help helps", first)
            && !has("me us", word(tokens, at + 1))
            && names::is_plural(last_of(&tokens[at + 1..]))
        {
            // What lets them is the project.
            if told.iter().all(|token| {
                token.word().is_some_and(|word| {
                    has(
                        "the our this it a an app application system site platform tool should must \
                 will to",
                        word,
                    )
                })
            }) {
                told.clear();
            } else {
                told.push(Token::Comma);
            }
            lets = true;
            at += 1;
            continue;
        }
        told.push(tokens[at].clone());
        at += 1;
        if lets && names::is_plural(first) {
            lets = false;
            told.push(Token::Word("can".into()));
            at += usize::from(word(tokens, at) == "to");
        }
    }
    told
}

/// The first word of many in front of other words: "dog owners to …".
fn last_of(tokens: &[Token]) -> &str {
    tokens.iter().take(3).filter_map(Token::word).find(|word| names::is_plural(word)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::clauses::clauses;
    use super::*;

    #[test]
    fn whoever_can_do_something_is_told_of_in_one_way() {
        for (text, expected) in [
            (
                "As a teacher, I want to create courses so that students can enroll",
                &["teachers can create courses", "students can enroll"][..],
            ),
            ("users should be able to upload photos", &["users can upload photos"]),
            ("the app lets dog owners book walks", &["dog owners can book walks"]),
            ("allow users to rate books", &["users can rate books"]),
            ("members are allowed to borrow books", &["members can borrow books"]),
            ("books with title", &["books with title"]),
        ] {
            let told: Vec<String> =
                clauses(text).iter().map(|clause| clause.tokens.iter().filter_map(Token::word).collect::<Vec<_>>().join(" ")).collect();
            assert_eq!(told, expected, "{text}");
        }
    }
}
