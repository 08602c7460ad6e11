//! What somebody does: subject, verb and object, made into things and relations.

use super::super::names;
use super::fields::{self, has};
use super::phrases::{Piece, noun_of};
use super::read::{Found, Link};
use super::verbs::{self, Act, PRONOUNS, Sense};
use super::words::{DETERMINERS, HAS, PREPOSITIONS, STAFF};

impl Found {
    /// Reads it; the thing that what follows is known of.
    pub fn act(&mut self, act: &Act, piece: &Piece) -> Option<String> {
        if !act.subject.is_empty() {
            self.subject = self.somebody(act.subject, act.sense);
        }
        let subject = self.subject.clone();
        let with = act.rest.iter().position(|word| has(HAS, word)).unwrap_or(act.rest.len());
        let (object, behind) = act.rest.split_at(with);
        let direct = object.first().is_some_and(|word| has(PREPOSITIONS, word));
        let object = if direct { &object[1..] } else { object };
        let end = object.iter().position(|word| has(PREPOSITIONS, word)).unwrap_or(object.len());
        let (object, around) = object.split_at(end);
        self.sense = act.sense;
        let result = if direct && act.sense == Sense::Makes { subject.clone() } else { self.done(object, act.sense) };
        let Some(result) = result else {
            // "They can log in": nothing that is kept.
            if act.sense == Sense::Looks && subject.is_some() {
                self.gained += 1;
            }
            return None;
        };
        self.complements(around, &result);
        let inner = Piece { words: Vec::new(), ..piece.clone() };
        if let Some((_, behind)) = behind.split_first() {
            self.accompanied(&result, &piece_of(behind, piece));
        } else {
            self.known_of(&result, &inner);
        }
        Some(result)
    }

    /// Who does it, as a thing; nobody for those who look after everything.
    fn somebody(&mut self, words: &[String], sense: Sense) -> Option<String> {
        let noun = noun_of(words)?;
        if noun == "they" {
            return self.subject.clone();
        }
        let name = names::pascal_case(&names::singular(&noun));
        let is_there = self.things.contains_key(&name);
        if has(STAFF, &names::singular(&noun)) || (sense == Sense::Looks && !is_there) {
            return None;
        }
        // "The municipality receives complaints": there is one of it.
        if has("the our my", &words[0]) && !names::is_plural(&noun) && !self.is_known(&name) {
            self.call(noun[..1].to_ascii_uppercase() + &noun[1..]);
            return None;
        }
        self.thing(&noun)
    }

    /// Another object of the same verb: "users write articles and comments".
    pub fn acted_on(&mut self, words: &[String]) -> bool {
        let end = words.iter().position(|word| has(PREPOSITIONS, word)).unwrap_or(words.len());
        let (object, around) = words.split_at(end);
        let Some(noun) = noun_of(object) else { return false };
        if !self.is_definite(object, &noun) {
            return false;
        }
        let Some(result) = self.done(object, self.sense) else { return false };
        self.complements(around, &result);
        true
    }

    /// What is done to an object; the thing that more may be said of.
    fn done(&mut self, object: &[String], sense: Sense) -> Option<String> {
        let subject = self.subject.clone();
        let object = self.object_of(object);
        let act = match (&sense, &object) {
            (Sense::Between("Application"), Some(object)) => format!("{object}Application"),
            (Sense::Between(act), _) => (*act).to_owned(),
            _ => String::new(),
        };
        match (sense, subject, object) {
            (Sense::Looks, _, object) | (_, None, object) => object,
            (Sense::Between("Payment" | "Donation" | "Pledge"), Some(subject), None) => {
                let act = self.thing(&act)?;
                self.add_link(Link::to_one(&subject, &act));
                Some(act)
            }
            (_, Some(_), None) => None,
            (Sense::Between(_), Some(subject), Some(object)) if !verbs::is_act(&object) && object != act => {
                let act = self.thing(&act)?;
                for one in [&subject, &object] {
                    self.add_link(Link { is_needed: true, ..Link::to_one(one, &act) });
                }
                Some(act)
            }
            (sense, Some(subject), Some(object)) => {
                if subject == object {
                    self.not_understood(&format!("{} and other {0}", names::snake_case(&names::plural(&subject)).replace('_', " ")));
                    return None;
                }
                self.add_link(match sense {
                    Sense::Shares => Link { is_many_to_many: true, ..Link::to_one(&subject, &object) },
                    Sense::IsAt => Link::to_one(&object, &subject),
                    _ => Self::link(&subject, &object),
                });
                Some(if sense == Sense::IsAt { subject } else { object })
            }
        }
    }

    /// What it is done to, as a thing.
    fn object_of(&mut self, words: &[String]) -> Option<String> {
        if words.first().is_some_and(|word| has(PRONOUNS, word)) {
            return self.object.clone();
        }
        let noun = noun_of(words)?;
        let last = noun.rsplit(' ').next().unwrap_or(&noun);
        if self.is_setting(last) || !self.is_definite(words, &noun) || (fields::is_measure(&names::singular(last)) && !self.is_known(&noun))
        {
            return None;
        }
        let thing = self.thing(&noun)?;
        let theirs = words.iter().take_while(|word| has(DETERMINERS, word)).any(|word| has("their his her my", word));
        if let Some(subject) = self.subject.clone().filter(|subject| theirs && *subject != thing) {
            self.add_link(Link::to_one(&subject, &thing));
        }
        self.object = Some(thing.clone());
        Some(thing)
    }

    /// Behind "with": somebody else who has to do with it, or what is known of it.
    fn accompanied(&mut self, result: &str, piece: &Piece) {
        let other = noun_of(&piece.words).filter(|noun| {
            let last = noun.rsplit(' ').next().unwrap_or(noun);
            verbs::is_act(result) && piece.aside.is_empty() && !fields::is_usual(last) && self.is_definite(&piece.words, noun)
        });
        match other.and_then(|noun| self.thing(&noun)) {
            Some(other) if other != result => self.add_link(Link::to_one(&other, result)),
            _ => {
                self.item(piece, Some(result));
            }
        }
    }
}

fn piece_of(words: &[String], of: &Piece) -> Piece {
    Piece { words: words.to_vec(), ..of.clone() }
}
