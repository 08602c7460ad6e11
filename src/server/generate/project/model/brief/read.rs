//! Clauses → things, what is known of them, and who belongs to whom.
//!
//! What stands before a colon is the domain or a thing; what stands behind "with", "has" or in brackets is known of it. Many of
//! something are a thing of their own, one of something is a field, unless it is a thing already.

use indexmap::IndexMap;

use super::super::{names, settle};
use super::clauses::{Clause, Token};
use super::domains::{self, Domain};
use super::fields::{self, has};
use super::phrases::{Piece, is_domain_only, is_many, last_noun, lists_things, noun_of, parts, pieces, title};
use super::verbs::{self, Sense};
use super::words::{APPS, COLLECTIONS, GENERIC, HAS, KEEP};

/// Of what was not understood, for the notes.
const MAX_UNREAD: usize = 6;
const MAX_SHOWN: usize = 100;

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
    /// Relations that hold if both things turn out to be some.
    pub maybe: Vec<Link>,
    /// Measures that nothing is said to have: "we want to track prices".
    pub loose: Vec<String>,
    /// What was read and gave nothing.
    pub unread: Vec<String>,
    /// Whom and what was spoken of last: "they", "them".
    pub subject: Option<String>,
    pub object: Option<String>,
    pub last: Option<String>,
    pub sense: Sense,
    /// How much was made something of, to see whether a clause was.
    pub gained: usize,
}

#[derive(Default)]
pub struct Thing {
    pub fields: Vec<fields::Drafted>,
    /// Fields of one word each, as they were written: `author`.
    pub singles: Vec<(String, String)>,
    /// What it is known to have was guessed, so it has what is usual, too.
    pub is_open: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub one: String,
    pub many: String,
    pub is_many_to_many: bool,
    /// None of the many is without its one.
    pub is_needed: bool,
}

impl Link {
    pub fn to_one(one: &str, many: &str) -> Self {
        Self { one: one.to_owned(), many: many.to_owned(), is_many_to_many: false, is_needed: false }
    }
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
        let before = found.gained;
        // A list of things under the first line is what the project is about.
        let lists = index == 0 && clauses.get(1).is_some_and(|next| next.is_bullet && begins_with_many(&next.tokens));
        let opened = if lists && (clause.opens || clause.is_heading) {
            found.look_for_domain(&clause.tokens);
            found.head(&clause.tokens, clause, true, &[])
        } else {
            found.clause(clause, index == 0, has_more)
        };
        if found.gained == before && opened.is_none() {
            found.not_understood(&clause.text);
        }
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
    pub fn not_understood(&mut self, text: &str) {
        let text: String = text.chars().take(MAX_SHOWN).collect();
        if self.unread.len() < MAX_UNREAD && !self.unread.contains(&text) && text.contains(char::is_alphabetic) {
            self.unread.push(text);
        }
    }

    pub fn call(&mut self, title: String) {
        if self.title.is_none() && !title.is_empty() {
            self.title = Some(title);
            self.gained += 1;
        }
    }

    /// Reads one; the thing that it is about, if more may follow about it.
    fn clause(&mut self, clause: &Clause, is_first: bool, has_more: bool) -> Option<String> {
        let tokens = &clause.tokens;
        self.look_for_domain(tokens);
        if let Some(at) = tokens.iter().position(|token| *token == Token::Colon) {
            let (head, rest) = (&tokens[..at], &tokens[at + 1..]);
            let things_follow = rest.iter().any(|token| token.word().is_some_and(|word| has(HAS, word)))
                || pieces(rest).iter().any(|piece| !piece.aside.is_empty() && noun_of(&piece.words).is_some_and(|noun| is_many(&noun)));
            let things_follow = things_follow || (is_first && self.tells(head, rest));
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

    /// Whether behind the colon things are listed or sentences are told, rather than what is known of the one thing before it.
    fn tells(&self, head: &[Token], rest: &[Token]) -> bool {
        let is_known = last_noun(head).is_some_and(|noun| self.is_known(&names::pascal_case(&names::singular(&noun))));
        let pieces = pieces(rest);
        let lists = pieces.len() > 1 && pieces.iter().all(|piece| noun_of(&piece.words).is_some_and(|noun| is_many(&noun)));
        let does =
            |piece: &Piece| verbs::act(&piece.words, false).is_some() || piece.words.iter().skip(1).any(|word| has(verbs::MODALS, word));
        !is_known && (lists || pieces.iter().any(does))
    }

    /// What stands before a colon or over a list: the domain (then things follow), or a thing (then what is known of it).
    fn head(&mut self, head: &[Token], clause: &Clause, things_follow: bool, rest: &[Token]) -> Option<String> {
        let words: Vec<&str> = head.iter().filter_map(Token::word).collect();
        let noun = last_noun(head)?;
        let about_app = words.iter().any(|word| has(APPS, word) || has(KEEP, word));
        let about_domain = Domain::of(&noun).is_some_and(|domain| domain.entity(&names::pascal_case(&names::singular(&noun))).is_none());
        let is_generic =
            words.iter().any(|word| has(GENERIC, word)) && (words.len() <= 4 || words.last().is_some_and(|word| has(GENERIC, word)));
        let article = words.first().is_some_and(|word| has("a an my our the i we", word)) && !clause.is_bullet;
        let known = rest.iter().filter_map(Token::word).any(fields::is_usual);
        if about_app
            || about_domain
            || is_generic
            || things_follow
            || (article && !known)
            || (clause.is_heading && self.things.is_empty() && self.title.is_none() && Domain::of(&noun).is_some())
        {
            if is_generic {
                self.gained += 1;
            } else {
                self.call(title(head));
            }
            return None;
        }
        self.thing(&noun)
    }

    fn sentence(&mut self, tokens: &[Token], is_first: bool) {
        for (index, part) in parts(tokens).into_iter().enumerate() {
            let is_first = is_first && index == 0;
            let whole = part.len();
            let part = self.without_preamble(part, is_first);
            let verb = part.iter().position(|token| token.word().is_some_and(|word| has(HAS, word)));
            let words: Vec<&str> = part.iter().filter_map(Token::word).collect();
            if is_first
                && verb.is_none()
                && matches!(words.as_slice(), ["i" | "we", "run" | "own" | "organize" | "organise" | "are" | "am", ..])
            {
                self.call(title(&part[2..]));
                continue;
            }
            self.gained += usize::from(words.iter().all(|word| has(GENERIC, word)));
            let acts = pieces(part).iter().any(|piece| verbs::act(&piece.words, false).is_some());
            match verb {
                Some(at) if self.is_project(&part[..at], is_first) => {
                    self.call(title(&part[..at]));
                    let owner = self.collected(&part[..at], &part[at + 1..]);
                    self.items(&part[at + 1..], owner);
                }
                Some(_) => self.items(part, None),
                None if acts || part.len() < whole || index > 0 || lists_things(part) => self.items(part, None),
                None => {
                    // "an app for teachers to grade homework" is for teachers.
                    let aim = words
                        .iter()
                        .position(|word| *word == "for")
                        .and_then(|at| words[at..].iter().position(|word| *word == "to").map(|to| at + to));
                    let title = title(&part[..aim.unwrap_or(part.len()).min(part.len())]);
                    let is_app = words.iter().take_while(|word| **word != "for").any(|word| has(APPS, word)) || opens_project(&words);
                    let is_setting = part.len() < tokens.len() && words.last().is_some_and(|word| is_domain_only(word));
                    if is_first
                        && (is_app
                            || is_setting
                            || (part.len() <= 6 && title.contains(' ') && !words.iter().any(|word| has("is are was were", word))))
                    {
                        self.call(title);
                    }
                    self.relation(part);
                }
            }
        }
    }

    /// What a collection is of, if what follows is known of it: "a recipe collection with ingredients".
    fn collected(&mut self, subject: &[Token], rest: &[Token]) -> Option<String> {
        let words: Vec<&str> = subject.iter().filter_map(Token::word).collect();
        let at = words.iter().rposition(|word| has(COLLECTIONS, word)).filter(|at| *at > 0)?;
        let noun = names::singular(words[at - 1]);
        let name = names::pascal_case(&noun);
        let items = pieces(rest);
        let names_itself = items.iter().any(|piece| piece.words.iter().any(|word| names::singular(word) == noun));
        let known_of = items.first().and_then(|piece| piece.words.last()).is_some_and(|word| fields::is_usual(word));
        let is_thing = domains::entity(&name, None).is_some() && !is_domain_only(&noun);
        if names_itself || !(is_thing || known_of) { None } else { self.thing(&noun) }
    }

    /// Whether "a blog" in "a blog with posts" is the project and not a thing in it.
    fn is_project(&self, subject: &[Token], is_first: bool) -> bool {
        let words: Vec<&str> = subject.iter().filter_map(Token::word).collect();
        let Some(noun) = last_noun(subject) else { return is_first };
        let singular = names::pascal_case(&names::singular(&noun));
        let is_app =
            words.iter().any(|word| has(APPS, word)) || (words.len() > 1 && words.last().is_some_and(|word| has(COLLECTIONS, word)));
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
        if pieces(&tokens[..end]).iter().any(|piece| verbs::act(&piece.words, false).is_some()) {
            return tokens;
        }
        let is_app = |tokens: &[Token]| tokens.iter().any(|token| token.word().is_some_and(|word| has(APPS, word)));
        let verb = (0..end).rfind(|at| {
            let word = tokens[*at].word().unwrap_or_default();
            // "tickets for screenings" are tickets, "an app for screenings" is not kept.
            has(KEEP, word) && (word != "for" || is_app(&tokens[..*at]))
        });
        let Some(verb) = verb else { return tokens };
        let rest = &tokens[verb + 1..];
        let rest = if rest.first().and_then(Token::word) == Some("of") { &rest[1..] } else { rest };
        // "an app for my grandmother": she is not kept.
        let keeps = pieces(rest).first().and_then(|piece| noun_of(&piece.words)).is_some_and(|noun| is_many(&noun));
        if !keeps && !rest.iter().any(|token| token.word().is_some_and(|word| has(HAS, word))) {
            return tokens;
        }
        if is_first
            && self.title.is_none()
            && tokens[..verb].iter().any(|token| token.word().is_some_and(|word| has(APPS, word) || Domain::of(word).is_some()))
        {
            self.call(title(&tokens[..verb]));
        }
        rest
    }

    /// What comes before the list says what it is all about.
    fn look_for_domain(&mut self, tokens: &[Token]) {
        if self.domain.is_none() {
            let end = tokens.iter().position(|token| *token == Token::Colon || token.word().is_some_and(|word| has(HAS, word)));
            let words: Vec<&str> = tokens[..end.unwrap_or(tokens.len())].iter().filter_map(Token::word).collect();
            let pairs = words.windows(2).map(<[&str]>::concat);
            self.domain = words.iter().find_map(|word| Domain::of(word)).or_else(|| pairs.into_iter().find_map(|pair| Domain::of(&pair)));
            self.gained += usize::from(self.domain.is_some());
        }
    }
}

fn begins_with_many(tokens: &[Token]) -> bool {
    pieces(tokens).first().is_some_and(|piece| piece.words.len() < 3 && noun_of(&piece.words).is_some_and(|noun| is_many(&noun)))
}

/// "I need …", "we run a small …": what the project is called follows.
fn opens_project(words: &[&str]) -> bool {
    matches!(words, ["i" | "we", "need" | "want" | "run" | "have" | "own" | "am" | "are", ..] | ["id" | "wed", "like", ..])
}
