//! Clauses → things, what is known of them, and who belongs to whom.
//!
//! What stands before a colon is the domain or a thing; what stands behind "with", "has" or in brackets is known of it. Many of
//! something are a thing of their own, one of something is a field, unless it is a thing already.

use indexmap::IndexMap;

use super::super::{names, settle};
use super::clauses::{Clause, Token};
use super::domains::{self, Domain};
use super::fields::{self, has};
use super::words::{ADJECTIVES, APPS, BOUND, DETERMINERS, FIELD_PLURALS, GENERIC, HAS, KEEP, NO_THING, PAIRS};

/// More than a brief is about.
pub const MAX_ENTITIES: usize = 20;
const MAX_FIELDS: usize = 30;

/// What a brief is found to be about.
#[derive(Default)]
pub struct Found {
    pub things: IndexMap<String, Thing>,
    pub links: Vec<Link>,
    pub domain: Option<&'static Domain>,
    /// The words that the project is called by.
    pub title: Option<String>,
    pub skipped: usize,
}

#[derive(Default)]
pub struct Thing {
    pub fields: Vec<fields::Drafted>,
    /// Fields of one word each, as they were written: `author`.
    pub singles: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub one: String,
    pub many: String,
    pub is_many_to_many: bool,
}

/// Reads all clauses.
pub fn read(clauses: &[Clause]) -> Found {
    let mut found = Found::default();
    // What bullets below are about: the thing, or none for things of their own.
    let mut open: Option<(usize, Option<String>)> = None;
    for (index, clause) in clauses.iter().enumerate() {
        let has_more = clauses.get(index + 1).is_some_and(|next| next.is_bullet || next.indent > clause.indent);
        if !clause.is_bullet && !clause.is_heading {
            open = None;
        }
        if let Some((indent, owner)) = &open
            && (clause.is_bullet || clause.indent > *indent)
            && !clause.is_heading
            && let Some(owner) = owner.clone()
            && clause.indent >= *indent
        {
            found.items(&clause.tokens, Some(owner));
            continue;
        }
        let opened = found.clause(clause, index == 0, has_more);
        if clause.opens
            || clause.is_heading
            || (clause.is_bullet && has_more && clauses.get(index + 1).is_some_and(|next| next.indent > clause.indent))
        {
            open = Some((clause.indent + usize::from(clause.is_bullet), opened));
        }
    }
    found
}

impl Found {
    /// Reads one; the thing that it is about, if more may follow about it.
    fn clause(&mut self, clause: &Clause, is_first: bool, has_more: bool) -> Option<String> {
        let tokens = &clause.tokens;
        self.look_for_domain(tokens);
        if let Some(at) = tokens.iter().position(|token| *token == Token::Colon) {
            let (head, rest) = (&tokens[..at], &tokens[at + 1..]);
            let owner = self.head(
                head,
                clause,
                is_first && rest.iter().any(|token| matches!(token, Token::Aside(_)) || token.word().is_some_and(|word| has(HAS, word))),
                rest,
            );
            self.items(rest, owner);
            return None;
        }
        if clause.is_heading || (clause.opens && has_more) {
            return self.head(tokens, clause, false, &[]);
        }
        if clause.is_bullet {
            self.items(tokens, None);
            return last_noun(tokens)
                .and_then(|noun| settle::type_name(&names::singular(&noun)))
                .filter(|name| self.things.contains_key(name));
        }
        self.sentence(tokens, is_first);
        None
    }

    /// What stands before a colon or over a list: the domain (then things follow), or a thing (then what is known of it).
    fn head(&mut self, head: &[Token], clause: &Clause, things_follow: bool, rest: &[Token]) -> Option<String> {
        let words: Vec<&str> = head.iter().filter_map(Token::word).collect();
        let noun = last_noun(head)?;
        let about_app = words.iter().any(|word| has(APPS, word) || has(KEEP, word));
        let about_domain = Domain::of(&noun).is_some_and(|domain| domain.entity(&names::pascal_case(&names::singular(&noun))).is_none());
        let is_generic = words.iter().any(|word| has(GENERIC, word));
        let article = words.first().is_some_and(|word| has("a an my our the i we", word)) && !clause.is_bullet;
        let known = rest.iter().filter_map(Token::word).any(fields::is_usual);
        if about_app
            || about_domain
            || is_generic
            || things_follow
            || (article && !known)
            || (clause.is_heading && self.things.is_empty() && self.title.is_none() && Domain::of(&noun).is_some())
        {
            if !is_generic && self.title.is_none() {
                self.title = Some(title(head));
            }
            return None;
        }
        self.thing(&noun)
    }

    fn sentence(&mut self, tokens: &[Token], is_first: bool) {
        for part in parts(tokens) {
            let part = self.without_preamble(part, is_first);
            let verb = part.iter().position(|token| token.word().is_some_and(|word| has(HAS, word)));
            match verb {
                Some(at) if self.is_project(&part[..at], is_first) => {
                    self.title = self.title.take().or_else(|| Some(title(&part[..at])));
                    self.items(&part[at + 1..], None);
                }
                Some(_) => self.items(part, None),
                None if part.len() < tokens.len() || lists_things(part) => self.items(part, None),
                None => self.relation(part),
            }
        }
    }

    /// Whether "a blog" in "a blog with posts" is the project and not a thing in it.
    fn is_project(&self, subject: &[Token], is_first: bool) -> bool {
        let words: Vec<&str> = subject.iter().filter_map(Token::word).collect();
        let Some(noun) = last_noun(subject) else { return is_first };
        let singular = names::pascal_case(&names::singular(&noun));
        let is_app = words.iter().any(|word| has(APPS, word));
        let article = words.first().is_some_and(|word| has("a an my our i we build create make want need", word));
        is_app
            || (is_first
                && article
                && !names::is_plural(&noun)
                && !self.things.contains_key(&singular)
                && !words.contains(&"each")
                && !words.contains(&"every")
                && (Domain::of(&noun).is_some() || domains::entity(&singular, None).is_none()))
    }

    /// Behind "I want to keep track of", "an app for": what is kept.
    fn without_preamble<'a>(&mut self, tokens: &'a [Token], is_first: bool) -> &'a [Token] {
        let end = tokens
            .iter()
            .position(|token| token.word().is_some_and(|word| has(HAS, word)) || *token == Token::Comma)
            .unwrap_or(tokens.len());
        let verb = tokens[..end].iter().rposition(|token| token.word().is_some_and(|word| has(KEEP, word)));
        let Some(verb) = verb else { return tokens };
        if is_first
            && self.title.is_none()
            && tokens[..verb].iter().any(|token| token.word().is_some_and(|word| has(APPS, word) || Domain::of(word).is_some()))
        {
            self.title = Some(title(&tokens[..verb])).filter(|title| !title.is_empty());
        }
        let rest = &tokens[verb + 1..];
        match rest.first().and_then(Token::word) {
            Some("of") => &rest[1..],
            _ => rest,
        }
    }

    /// A list: things, or what is known of an owner.
    pub fn items(&mut self, tokens: &[Token], owner: Option<String>) {
        let top = owner.is_none();
        let mut owner = owner;
        let mut closed = false;
        let mut and_before = false;
        for item in pieces(tokens) {
            let (words, aside, joint) = item;
            if let Some(at) = words.iter().position(|word| has(HAS, word)) {
                let subject = noun_of(&words[..at]);
                if let Some(thing) = subject.and_then(|noun| self.thing(&noun)) {
                    owner = Some(thing);
                }
                (closed, and_before) = (false, false);
                self.item(&words[at + 1..], &aside, owner.as_deref());
                continue;
            }
            if self.belonging(&words, owner.as_deref()) {
                continue;
            }
            and_before |= joint == Token::And;
            // "books with title and year, authors": the comma behind the "and" ends what is known of books.
            closed |= and_before && joint == Token::Comma;
            let noun = noun_of(&words);
            let is_many = noun.as_deref().is_some_and(is_many);
            if top && closed && is_many && !aside.is_empty() {
                owner = None;
            }
            let is_thing = owner.is_none() || (top && closed && is_many);
            if is_thing {
                owner = None;
            }
            let thing = self.item(&words, &aside, owner.as_deref());
            if is_thing && thing.is_some() {
                closed = false;
                and_before = false;
            }
        }
    }

    /// One piece of a list; the thing, if it is one.
    fn item(&mut self, words: &[String], aside: &[Vec<String>], owner: Option<&str>) -> Option<String> {
        let Some(owner) = owner else {
            let thing = self.thing(&noun_of(words)?)?;
            for words in aside {
                self.item(words, &[], Some(&thing));
            }
            return Some(thing);
        };
        let noun = noun_of(words)?;
        let article =
            words.iter().take_while(|word| has(DETERMINERS, word)).any(|word| matches!(word.as_str(), "a" | "an" | "one" | "exactly"));
        let singular = names::pascal_case(&names::singular(&noun));
        let known = self.things.contains_key(&singular) || domains::entity(&singular, self.domain).is_some();
        if (is_many(&noun) && aside.is_empty()) || (article && known && !fields::is_usual(noun.rsplit(' ').next().unwrap_or(&noun))) {
            let thing = self.thing(&noun)?;
            let link = if is_many(&noun) { self.link(owner, &thing) } else { self.link(&thing, owner) };
            self.add_link(link);
            return Some(thing);
        }
        self.field(owner, words, aside);
        None
    }

    fn field(&mut self, owner: &str, words: &[String], aside: &[Vec<String>]) {
        let plain: Vec<String> = words.iter().skip_while(|word| has(DETERMINERS, word)).filter(|word| !word.is_empty()).cloned().collect();
        let values: Vec<String> = aside.iter().map(|value| value.join("_")).collect();
        if plain.len() > 6 || matches!(plain.join("_").as_str(), "id" | "created_at" | "updated_at") {
            return;
        }
        let Some(field) = fields::field(&plain, &values, owner) else { return };
        let Some(thing) = self.things.get_mut(owner) else { return };
        if thing.fields.len() >= MAX_FIELDS || thing.fields.iter().any(|known| known.field.name == field.field.name) {
            return;
        }
        thing.singles.push((field.field.name.clone(), names::pascal_case(&plain.join(" "))));
        thing.fields.push(field);
    }

    /// "loans belong to a member", "written by an author".
    fn belonging(&mut self, words: &[String], owner: Option<&str>) -> bool {
        let Some(at) = words.iter().position(|word| has(BOUND, word)) else { return false };
        let behind = &words[at + 1..];
        let Some(to) = behind.iter().position(|word| matches!(word.as_str(), "to" | "by" | "in" | "on" | "of")) else { return false };
        if to > 1 {
            return false;
        }
        let many = noun_of(&words[..at]).and_then(|noun| self.thing(&noun)).or_else(|| owner.map(str::to_owned));
        let Some(noun) = noun_of(&behind[to + 1..]) else { return false };
        let (Some(many), Some(one)) = (many, self.thing(&noun)) else { return false };
        let link = if is_many(&noun) { Link { one, many, is_many_to_many: true } } else { Link { one, many, is_many_to_many: false } };
        self.add_link(link);
        true
    }

    /// "Members can borrow books", "books belong to a shelf"; of other sentences only things that are known anyway.
    fn relation(&mut self, tokens: &[Token]) {
        for (words, _, _) in pieces(tokens) {
            if self.belonging(&words, None) {
                continue;
            }
            let can = words.iter().position(|word| matches!(word.as_str(), "can" | "may" | "should" | "must" | "will"));
            let known: Vec<String> =
                words.iter().map(|word| names::pascal_case(&names::singular(word))).filter(|name| self.is_known(name)).collect();
            let Some(at) = can else {
                let many = words.iter().filter(|word| names::is_plural(word)).map(|word| names::pascal_case(&names::singular(word)));
                for name in many.filter(|name| domains::entity(name, self.domain).is_some()).collect::<Vec<_>>() {
                    self.thing(&name);
                }
                continue;
            };
            let subject = noun_of(&words[..at]).map(|noun| names::pascal_case(&names::singular(&noun)));
            let object = known.iter().rfind(|name| Some(*name) != subject.as_ref());
            if let (Some(subject), Some(object)) = (subject.filter(|subject| self.is_known(subject)), object)
                && let (Some(one), Some(many)) = (self.thing(&subject), self.thing(object))
            {
                let link = self.link(&one, &many);
                self.add_link(link);
            }
        }
    }

    fn is_known(&self, name: &str) -> bool {
        self.things.contains_key(name) || domains::entity(name, self.domain).is_some()
    }

    /// A thing by its noun, in whichever number; a new one if there is room.
    pub fn thing(&mut self, noun: &str) -> Option<String> {
        let singular = names::singular(&names::pascal_case(noun));
        if has(NO_THING, &names::snake_case(&singular)) || has(NO_THING, &names::snake_case(noun)) {
            return None;
        }
        let name = settle::type_name(&singular)?;
        if !self.things.contains_key(&name) {
            if self.things.len() >= MAX_ENTITIES {
                self.skipped += 1;
                return None;
            }
            self.things.insert(name.clone(), Thing::default());
        }
        Some(name)
    }

    fn link(&self, one: &str, many: &str) -> Link {
        let shared = |name: &str| has(PAIRS, &names::snake_case(name));
        Link { one: one.to_owned(), many: many.to_owned(), is_many_to_many: shared(many) && !shared(one) }
    }

    fn add_link(&mut self, link: Link) {
        let is_same =
            |known: &Link| (known.one == link.one && known.many == link.many) || (known.one == link.many && known.many == link.one);
        if !self.links.iter().any(is_same) {
            self.links.push(link);
        }
    }

    fn look_for_domain(&mut self, tokens: &[Token]) {
        if self.domain.is_none() {
            self.domain = tokens.iter().filter_map(Token::word).find_map(Domain::of);
        }
    }
}

/// Independent halves: "a project has many tasks and each task belongs to a user".
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in 1..tokens.len() {
        let begins = tokens[at].word().is_some_and(|word| matches!(word, "each" | "every" | "where" | "which" | "who" | "that"))
            && matches!(tokens[at - 1], Token::And | Token::Comma);
        if begins {
            parts.push(&tokens[start..at - 1]);
            start = at;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

type Piece = (Vec<String>, Vec<Vec<String>>, Token);

/// The pieces of a list: words, what stands in brackets behind them, and what joins them to the piece before.
fn pieces(tokens: &[Token]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut joint = Token::Comma;
    let mut begun = false;
    for token in tokens {
        match token {
            Token::Word(word) => {
                if !begun {
                    pieces.push((Vec::new(), Vec::new(), joint.clone()));
                    begun = true;
                }
                if let Some((words, _, _)) = pieces.last_mut() {
                    words.push(word.clone());
                }
            }
            Token::Aside(parts) => {
                if let Some((_, aside, _)) = pieces.last_mut() {
                    aside.extend(parts.iter().cloned());
                }
            }
            Token::Comma | Token::And | Token::Colon => {
                // ", and" counts as "and".
                joint = if begun || *token == Token::And { token.clone() } else { joint };
                begun = false;
            }
        }
    }
    expand(pieces)
}

/// "start and end date" are two dates.
fn expand(mut pieces: Vec<Piece>) -> Vec<Piece> {
    const TWINS: [(&str, &str); 9] = [
        ("start", "end"),
        ("first", "last"),
        ("begin", "end"),
        ("opening", "closing"),
        ("min", "max"),
        ("arrival", "departure"),
        ("birth", "death"),
        ("home", "away"),
        ("starting", "ending"),
    ];
    for index in 1..pieces.len() {
        let (before, here) = pieces.split_at_mut(index);
        if let (Some((first, _, _)), Some((second, _, Token::And))) = (before.last_mut(), here.first())
            && let (Some(one), [other, rest @ ..]) = (first.last().cloned(), second.as_slice())
            && !rest.is_empty()
            && TWINS.contains(&(one.as_str(), other.as_str()))
        {
            first.extend(rest.iter().cloned());
        }
    }
    pieces
}

/// The noun of a phrase: its last two words at most, without articles and adjectives; what comes behind "for", "from" … is no part of it.
fn noun_of(words: &[String]) -> Option<String> {
    let end = words
        .iter()
        .position(|word| has("for from who which that where when by of in on at to per", word))
        .filter(|end| *end > 0)
        .unwrap_or(words.len());
    let nouns: Vec<&str> =
        words[..end].iter().map(String::as_str).filter(|word| !has(DETERMINERS, word) && !has(ADJECTIVES, word)).collect();
    let nouns = &nouns[nouns.len().saturating_sub(2)..];
    let noun = nouns.join(" ");
    (noun.contains(|c: char| c.is_ascii_lowercase()) && noun.len() <= 40).then_some(noun)
}

fn last_noun(tokens: &[Token]) -> Option<String> {
    let words: Vec<String> = tokens.iter().filter_map(Token::word).filter(|word| !has(APPS, word)).map(str::to_owned).collect();
    let behind = words.iter().rposition(|word| word == "for").map_or(0, |at| at + 1);
    let nouns: Vec<String> = words[behind..].to_vec();
    noun_of(&nouns).or_else(|| noun_of(&words)).map(|noun| {
        if Domain::of(noun.rsplit(' ').next().unwrap_or_default()).is_some()
            && domains::entity(&names::pascal_case(&names::singular(&noun)), None).is_none()
        {
            noun.rsplit(' ').next().unwrap_or_default().to_owned()
        } else {
            noun
        }
    })
}

/// More than one, and not only by its spelling.
fn is_many(noun: &str) -> bool {
    let last = noun.rsplit(' ').next().unwrap_or_default();
    names::is_plural(last) && !has(FIELD_PLURALS, last)
}

/// "books, authors and loans"
fn lists_things(tokens: &[Token]) -> bool {
    let pieces = pieces(tokens);
    pieces.len() > 1 && pieces.iter().all(|(words, _, _)| words.len() <= 4 && noun_of(words).is_some_and(|noun| is_many(&noun)))
        || matches!(pieces.as_slice(), [(words, aside, _)] if !aside.is_empty() && words.len() <= 3)
}

/// The words of a head as a title.
fn title(head: &[Token]) -> String {
    let words: Vec<&str> = head
        .iter()
        .filter_map(Token::word)
        .filter(|word| !has(DETERMINERS, word) && !has(KEEP, word) && !has("build create make need want would like please i we us me to for and that which with develop write give design simple small", word))
        .collect();
    let mut title = words[..words.len().min(5)].join(" ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}
