//! Clauses → things, what is known of them, and who belongs to whom.
//!
//! What stands before a colon is the domain or a thing; what stands behind "with", "has" or in brackets is known of it. Many of
//! something are a thing of their own, one of something is a field, unless it is a thing already.

use indexmap::IndexMap;

use super::super::{names, settle};
use super::clauses::{Clause, Token};
use super::domains::{self, Domain};
use super::fields::{self, has};
use super::phrases::{is_domain_only, is_many, last_noun, lists_things, noun_of, parts, pieces, title};
use super::words::{APPS, ARTICLES, DETERMINERS, GENERIC, HAS, KEEP, NO_THING};

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
    /// What could not be called as it is, and what it is called instead.
    pub renamed: Vec<(String, String)>,
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
            let things_follow = rest.iter().any(|token| token.word().is_some_and(|word| has(HAS, word)))
                || pieces(rest).iter().any(|(words, aside, _)| !aside.is_empty() && noun_of(words).is_some_and(|noun| is_many(&noun)));
            // "store devices and their measurements: temperature, humidity"
            let kept = if things_follow { head } else { self.without_preamble(head, is_first) };
            if kept.len() < head.len() {
                self.items(kept, None);
                let last = last_noun(kept).and_then(|noun| self.thing(&noun));
                self.items(rest, last);
                return None;
            }
            let owner = self.head(head, clause, is_first && things_follow, rest);
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
                None => {
                    let title = title(part);
                    if is_first && self.title.is_none() && part.len() <= 6 && title.contains(' ') {
                        self.title = Some(title);
                    }
                    self.relation(part);
                }
            }
        }
    }

    /// Whether "a blog" in "a blog with posts" is the project and not a thing in it.
    fn is_project(&self, subject: &[Token], is_first: bool) -> bool {
        let words: Vec<&str> = subject.iter().filter_map(Token::word).collect();
        let Some(noun) = last_noun(subject) else { return is_first };
        let singular = names::pascal_case(&names::singular(&noun));
        let is_app = words.iter().any(|word| has(APPS, word));
        let opens = words.first().is_some_and(|word| has("a an my our i we build create make want need", word));
        let of_domain = words.iter().any(|word| is_domain_only(word));
        let is_new = domains::entity(&singular, None).is_none() && !self.things.contains_key(&singular);
        is_app || (is_first && !names::is_plural(&noun) && !has("each every", words[0]) && (of_domain || (opens && is_new)))
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
        let rest = if rest.first().and_then(Token::word) == Some("of") { &rest[1..] } else { rest };
        // "an app for my grandmother": she is not kept.
        let keeps = pieces(rest).first().and_then(|(words, _, _)| noun_of(words)).is_some_and(|noun| is_many(&noun));
        if keeps || rest.iter().any(|token| token.word().is_some_and(|word| has(HAS, word))) { rest } else { tokens }
    }

    /// A list: things, or what is known of an owner.
    pub fn items(&mut self, tokens: &[Token], owner: Option<String>) {
        let top = owner.is_none();
        let mut owner = owner;
        // What belongs to something: "a trip belongs to a vehicle and a driver and has a distance".
        let mut bound: Option<String> = None;
        let mut closed = false;
        let mut and_before = false;
        for (words, aside, joint) in pieces(tokens) {
            if let Some(at) = words.iter().position(|word| has(HAS, word)) {
                if let Some(thing) = noun_of(&words[..at]).and_then(|noun| self.thing(&noun)) {
                    owner = Some(thing);
                } else if let Some(thing) = bound.take() {
                    owner = Some(thing);
                }
                (closed, and_before) = (false, false);
                self.item(&words[at + 1..], &aside, owner.as_deref());
                continue;
            }
            if let Some(many) = self.belonging(&words, owner.as_deref()) {
                bound = Some(many);
                continue;
            }
            if let Some(many) = &bound {
                if let Some(one) = noun_of(&words).and_then(|noun| self.thing(&noun)) {
                    self.add_link(Link { one, many: many.clone(), is_many_to_many: false });
                }
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
        let Some(noun) = noun_of(words) else {
            self.field(owner, words, aside);
            return None;
        };
        let last = noun.rsplit(' ').next().unwrap_or(&noun);
        let first = words.iter().take_while(|word| has(DETERMINERS, word)).any(|word| has("a an one exactly", word));
        let singular = names::pascal_case(&names::singular(&noun));
        let known = self.things.contains_key(&singular) || domains::entity(&singular, self.domain).is_some();
        // Behind "genres" are its values, behind "chapters" what is known of each.
        let has_fields = aside.iter().filter_map(|words| words.last()).any(|word| fields::is_usual(word));
        let many = is_many(&noun) && (aside.is_empty() || has_fields) && !words.iter().any(|word| word == "to");
        if many || (first && known && !fields::is_usual(last)) {
            let thing = self.thing(&noun)?;
            let link = if many { Self::link(owner, &thing) } else { Self::link(&thing, owner) };
            self.add_link(link);
            for words in aside {
                self.item(words, &[], Some(&thing));
            }
            return Some(thing);
        }
        self.field(owner, words, aside);
        None
    }

    fn field(&mut self, owner: &str, words: &[String], aside: &[Vec<String>]) {
        let plain: Vec<String> = words.iter().skip_while(|word| words.len() > 1 && has(ARTICLES, word)).cloned().collect();
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

    /// A thing by its noun, in whichever number; a new one if there is room.
    pub fn thing(&mut self, noun: &str) -> Option<String> {
        // "rate books" is about books, if there are books already.
        let last = noun.rsplit(' ').next().unwrap_or(noun);
        let one_of = |noun: &str| names::singular(&names::pascal_case(noun));
        let is_there = self.things.contains_key(&one_of(last)) && !self.is_known(&one_of(noun));
        let noun = if is_there { last } else { noun };
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
            if names::snake_case(&name) != names::snake_case(&singular) {
                self.renamed.push((singular, name.clone()));
            }
            self.things.insert(name.clone(), Thing::default());
        }
        Some(name)
    }

    /// What comes before the list says what it is all about.
    fn look_for_domain(&mut self, tokens: &[Token]) {
        if self.domain.is_none() {
            let end = tokens.iter().position(|token| *token == Token::Colon || token.word().is_some_and(|word| has(HAS, word)));
            let words: Vec<&str> = tokens[..end.unwrap_or(tokens.len())].iter().filter_map(Token::word).collect();
            let pairs = words.windows(2).map(<[&str]>::concat);
            self.domain = words.iter().find_map(|word| Domain::of(word)).or_else(|| pairs.into_iter().find_map(|pair| Domain::of(&pair)));
        }
    }
}
