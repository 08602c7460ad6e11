//! Lists: things, and what is known of each.
//!
//! Many of something are a thing of their own, one of something is a field, unless it is a thing already.

use super::super::{names, settle};
use super::clauses::Token;
use super::domains;
use super::fields::{self, has};
use super::phrases::{Piece, is_many, noun_of, pieces};
use super::read::{Found, Link, Thing};
use super::verbs;
use super::words::{ARTICLES, COLLECTIVE_MANY, DETERMINERS, HAS, NO_THING, PARTS, PREPOSITIONS, THINGS_IF_MANY};

/// More than a brief is about.
pub const MAX_ENTITIES: usize = 20;
const MAX_FIELDS: usize = 30;
/// A field is called by fewer words.
const MAX_WORDS: usize = 6;

/// Where one is in a list.
struct List {
    /// Things may come, not only what is known of one.
    top: bool,
    owner: Option<String>,
    /// What belongs to something: "a trip belongs to a vehicle and a driver and has a distance".
    bound: Option<String>,
    /// Somebody does something in it, and did from its beginning.
    acts: bool,
    begins: Option<bool>,
    end: End,
    /// The thing that was listed last.
    last: Option<String>,
    /// A thing, and how what comes next may have to do with it: "hours per project and client".
    around: Option<(String, String)>,
}

/// Whether a list of what is known of a thing is about to end: its last item stands behind an "and".
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Far,
    Near,
    Here,
}

impl Found {
    /// A list: things, or what is known of an owner.
    pub fn items(&mut self, tokens: &[Token], owner: Option<String>) {
        let mut list =
            List { top: owner.is_none(), owner, bound: None, acts: false, begins: None, end: End::Far, last: None, around: None };
        for piece in pieces(tokens) {
            self.piece(&piece, &mut list);
        }
    }

    fn piece(&mut self, piece: &Piece, list: &mut List) {
        let begins = *list.begins.get_or_insert_with(|| verbs::act(&piece.words, false).is_some());
        if !self.told(piece, list) && !self.joined(piece, list, begins) {
            self.listed(piece, list);
        }
    }

    /// Pieces with a verb: "users rate books", "a book has", "desks can be hot".
    fn told(&mut self, piece: &Piece, list: &mut List) -> bool {
        let words = &piece.words;
        if list.top
            && let Some(act) = verbs::act(words, list.acts)
        {
            // What comes behind "with" is known of it, what comes behind the object is another one.
            list.acts = !act.rest.iter().any(|word| has(HAS, word));
            list.end = End::Far;
            list.bound = None;
            let result = self.act(&act, piece);
            (list.owner, list.last) = if list.acts { (None, result) } else { (result, None) };
            return true;
        }
        // "contracts between tenants and landlords with a date"
        let between = list.around.clone().filter(|(preposition, _)| preposition == "between" && piece.joint == Token::And);
        if let Some((preposition, thing)) = between {
            let end = words.iter().position(|word| has(HAS, word)).unwrap_or(words.len());
            self.complement(&preposition, &words[..end], &thing);
            list.around = None;
            if end < words.len() {
                self.item(&piece.without(end + 1), Some(&thing));
                list.owner = Some(thing);
            }
            return true;
        }
        if let Some(at) = words.iter().position(|word| has(HAS, word)) {
            self.owned(&words[..at], list);
            (list.end, list.acts) = (End::Far, false);
            self.had(&piece.without(at + 1), list.owner.as_deref());
            return true;
        }
        let Some(at) = words.iter().position(|word| has(verbs::MODALS, word)).filter(|at| *at > 0 && list.top) else { return false };
        if !self.able(words) {
            noun_of(&words[..at]).and_then(|noun| self.thing(&noun));
            self.not_understood(&words.join(" "));
        }
        true
    }

    /// Whose what comes behind "has" is.
    fn owned(&mut self, words: &[String], list: &mut List) {
        let has_subject = words.iter().any(|word| !has(DETERMINERS, word));
        if list.top
            && let Some(object) = self.doing(words)
        {
            list.owner = Some(object);
        } else if !has_subject && !words.is_empty() && list.top {
            // "there are twelve flats, each with a number"
            list.owner.clone_from(&self.last);
        } else if let Some(thing) = noun_of(words).and_then(|noun| self.thing(&noun)) {
            self.complements(words, &thing);
            list.owner = Some(thing);
        } else if let Some(thing) = list.bound.take() {
            list.owner = Some(thing);
        } else if list.owner.is_none() {
            list.owner = list.last.take();
        }
    }

    /// Pieces that say to what the piece before belongs, or go on with what it says.
    fn joined(&mut self, piece: &Piece, list: &mut List, begins: bool) -> bool {
        let Piece { words, joint, .. } = piece;
        let before = [&list.owner, &list.bound, &list.last].into_iter().find_map(Option::as_deref);
        if let Some(many) = self.belonging(words, before) {
            self.known_of(&many, piece);
            list.bound = Some(many);
            return true;
        }
        if let Some(many) = &list.bound {
            if let Some(one) = noun_of(words).and_then(|noun| self.thing(&noun)) {
                self.add_link(Link::to_one(&one, many));
            }
            return true;
        }
        // "rooms, students rent rooms, contracts": what comes behind a comma is an item again.
        if list.acts && (begins || *joint != Token::Comma) && self.acted_on(words) {
            return true;
        }
        if let Some((preposition, thing)) = list.around.take()
            && matches!(joint, Token::And | Token::Or)
            && noun_of(words).is_some_and(|noun| !is_many(&noun))
        {
            self.complement(&preposition, words, &thing);
            return true;
        }
        if list.acts && begins && words.len() == 1 && !names::is_plural(&words[0]) {
            // "… and log in": what is done needs no thing.
            self.not_understood(&words.join(" "));
            return true;
        }
        false
    }

    /// A thing, or what is known of one.
    fn listed(&mut self, piece: &Piece, list: &mut List) {
        let Piece { words, joint, .. } = piece;
        // "books with title and year, authors": the comma behind the "and" ends what is known of books.
        list.end = match (list.end, joint) {
            (End::Far, Token::And) => End::Near,
            (End::Near, Token::Comma) => End::Here,
            (end, _) => end,
        };
        let is_many = noun_of(words).as_deref().is_some_and(is_many);
        let is_over = list.top && list.end == End::Here && is_many;
        if is_over {
            list.owner = None;
        }
        if *joint == Token::Or && list.owner.is_none() && !is_many {
            self.not_understood(&words.join(" "));
            return;
        }
        let is_thing = list.owner.is_none();
        let before = self.gained;
        let thing = self.item(piece, list.owner.as_deref());
        if self.gained == before {
            self.not_understood(&words.join(" "));
        }
        if is_thing && thing.is_some() {
            list.end = End::Far;
            let preposition = words.iter().rfind(|word| has(PREPOSITIONS, word)).cloned();
            list.last.clone_from(&thing);
            list.around = preposition.zip(thing);
        }
    }

    /// What is behind "has", which may have something itself: "boards have lists with a title".
    fn had(&mut self, piece: &Piece, owner: Option<&str>) {
        let Some(at) = piece.words.iter().position(|word| has(HAS, word)).filter(|at| *at > 0 && owner.is_some()) else {
            self.item(piece, owner);
            return;
        };
        let before = self.things.len();
        let inner = Piece { words: piece.words[..at].to_vec(), aside: Vec::new(), range: None, joint: piece.joint.clone() };
        match self.item(&inner, owner) {
            Some(thing) if self.things.len() > before => {
                self.item(&piece.without(at + 1), Some(&thing));
            }
            _ => self.not_understood(&piece.words[at..].join(" ")),
        }
    }

    /// One piece of a list; the thing, if it is one.
    pub fn item(&mut self, piece: &Piece, owner: Option<&str>) -> Option<String> {
        let Piece { words, aside, .. } = piece;
        let Some(owner) = owner else {
            if words.first().is_some_and(|word| has("where when how why whether", word)) {
                return None;
            }
            let noun = noun_of(words)?;
            let one = names::singular(&noun);
            let is_loose =
                names::is_plural(&noun) && fields::is_measure(&one) && domains::entity(&names::pascal_case(&one), None).is_none();
            if is_loose && aside.is_empty() {
                self.loose.push(one);
                self.gained += 1;
                return None;
            }
            let thing = self.thing(&noun)?;
            self.known_of(&thing, piece);
            self.complements(words, &thing);
            return Some(thing);
        };
        let Some(noun) = noun_of(words) else {
            self.field(owner, piece);
            return None;
        };
        let last = noun.rsplit(' ').next().unwrap_or(&noun);
        let first = words.iter().take_while(|word| has(DETERMINERS, word)).any(|word| has("a an one exactly", word));
        let singular = names::pascal_case(&names::singular(&noun));
        let known = self.things.contains_key(&singular) || domains::entity(&singular, self.domain).is_some();
        // Behind "genres" are its values, behind "chapters" what is known of each.
        let has_fields = aside.iter().filter_map(|piece| piece.words.last()).any(|word| fields::is_usual(word));
        let said = words.iter().take_while(|word| has(DETERMINERS, word)).any(|word| has(COLLECTIVE_MANY, word));
        // In some languages one and many are spelt alike; the article tells them apart.
        let is_one = first && !words.iter().any(|word| has("lot few couple", word));
        let many = !is_one
            && (is_many(&noun) || (said && !fields::is_usual(last)))
            && (aside.is_empty() || has_fields || piece.range.is_some())
            && !words.iter().any(|word| word == "to" || has(fields::EXTREMES, word));
        if many || (first && known && !fields::is_usual(last)) {
            // The lines of an order are no lines of something else.
            let noun = if has(PARTS, &noun) && !self.things.contains_key(&singular) { format!("{owner} {noun}") } else { noun };
            let thing = self.thing(&noun)?;
            // "purchase orders with lines, suppliers of purchase orders" says itself who has whom.
            self.complements(words, &thing);
            self.add_link(if many { Self::link(owner, &thing) } else { Self::link(&thing, owner) });
            self.known_of(&thing, piece);
            return Some(thing);
        }
        self.field(owner, piece);
        None
    }

    /// What stands in brackets behind a thing: what is known of it, or the bounds of its value.
    pub fn known_of(&mut self, thing: &str, piece: &Piece) {
        if let Some(range) = piece.range {
            let value = Piece { words: vec!["value".into()], aside: Vec::new(), range: Some(range), joint: Token::Comma };
            self.field(thing, &value);
            return;
        }
        for piece in &piece.aside {
            self.item(piece, Some(thing));
        }
    }

    fn field(&mut self, owner: &str, piece: &Piece) {
        let words = referred(&piece.words);
        let plain: Vec<String> = words.iter().skip_while(|word| words.len() > 1 && has(ARTICLES, word)).cloned().collect();
        let values: Vec<String> = piece.aside.iter().map(|value| value.words.join("_")).filter(|value| !value.is_empty()).collect();
        if matches!(plain.join("_").as_str(), "id" | "created_at" | "updated_at") {
            self.gained += 1;
            return;
        }
        if let [kind] = piece.aside.as_slice()
            && let Some(one) = Some(names::pascal_case(&kind.words.join(" "))).filter(|kind| self.is_known(kind) && kind != owner)
        {
            // "assignee (user)"
            if let Some(one) = self.thing(&one) {
                self.add_link(Link::to_one(&one, owner));
            }
            return;
        }
        let is_clause = plain.first().is_some_and(|word| {
            has("where when how why what whom", word) || (plain.len() > 1 && (has(verbs::MODALS, word) || has(PREPOSITIONS, word)))
        });
        if plain.len() > MAX_WORDS || is_clause {
            self.not_understood(&plain.join(" "));
            return;
        }
        let Some(field) = fields::field(&plain, &values, piece.range, owner) else { return };
        let Some(thing) = self.things.get_mut(owner) else { return };
        self.gained += 1;
        if thing.fields.len() >= MAX_FIELDS || thing.fields.iter().any(|known| known.field.name == field.field.name) {
            return;
        }
        thing.singles.push((field.field.name.clone(), names::pascal_case(&plain.join(" "))));
        thing.fields.push(field);
    }

    /// A thing by its noun, in whichever number; a new one if there is room.
    pub fn thing(&mut self, noun: &str) -> Option<String> {
        // "rate books" is about books, if there are books already.
        let last = noun.rsplit(' ').next().unwrap_or(noun);
        let one_of = |noun: &str| names::singular(&names::pascal_case(noun));
        let is_there = self.things.contains_key(&one_of(last)) && !self.is_known(&one_of(noun));
        let noun = if is_there { last } else { noun };
        let singular = names::singular(&names::pascal_case(noun));
        let singular = self.resolved(&singular).unwrap_or(singular);
        let is_none = has(NO_THING, &names::snake_case(&singular)) || has(NO_THING, &names::snake_case(noun));
        if is_none && !has(THINGS_IF_MANY, noun) {
            return None;
        }
        let name = settle::type_name(&singular)?;
        if !self.things.contains_key(&name) {
            if self.things.len() >= MAX_ENTITIES {
                self.skipped += 1;
                return None;
            }
            if names::snake_case(&name) != names::snake_case(&singular) {
                self.renamed.push((singular, name.clone()));
            }
            self.things.insert(name.clone(), Thing::default());
        }
        self.gained += 1;
        self.last = Some(name.clone());
        Some(name)
    }
}

/// "room it's in" is a room.
fn referred(words: &[String]) -> &[String] {
    let at = words.iter().position(|word| matches!(word.as_str(), "it" | "its" | "they" | "theyre")).filter(|at| *at > 0);
    match (at, words.last()) {
        (Some(at), Some(last)) if has("in on at to by from under with of", last) => &words[..at],
        _ => words,
    }
}

impl Piece {
    /// What is behind its first words.
    pub fn without(&self, words: usize) -> Self {
        Self { words: self.words.get(words..).unwrap_or_default().to_vec(), ..self.clone() }
    }
}
