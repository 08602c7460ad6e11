//! Who belongs to whom: "loans belong to a member", "members can borrow books".

use super::super::names;
use super::clauses::Token;
use super::domains;
use super::fields::has;
use super::phrases::{is_many, noun_of, pieces};
use super::read::{Found, Link};
use super::words::{BOUND, PAIRS};

impl Found {
    /// "loans belong to a member", "written by an author".
    pub fn belonging(&mut self, words: &[String], owner: Option<&str>) -> Option<String> {
        let at = words.iter().position(|word| has(BOUND, word))?;
        let behind = &words[at + 1..];
        let to = behind.iter().take(2).position(|word| matches!(word.as_str(), "to" | "by" | "in" | "on" | "of"))?;
        // "a campaign each shift belongs to"
        let each = words[..at].iter().position(|word| matches!(word.as_str(), "each" | "every")).filter(|each| *each > 0);
        let (of, noun) = match (noun_of(&behind[to + 1..]), each) {
            (Some(noun), _) => (&words[..at], noun),
            (None, Some(each)) => (&words[each..at], noun_of(&words[..each])?),
            (None, None) => return None,
        };
        let many = noun_of(of).and_then(|noun| self.thing(&noun)).or_else(|| owner.map(str::to_owned));
        let (many, one) = (many?, self.thing(&noun)?);
        // In some languages one and many are spelt alike; the article tells them apart.
        let is_one = behind.get(to + 1).is_some_and(|word| has("a an one exactly each", word));
        self.add_link(Link { one, many: many.clone(), is_many_to_many: is_many(&noun) && !is_one });
        Some(many)
    }

    /// "Members can borrow books", "books belong to a shelf"; of other sentences only things that are known anyway.
    pub fn relation(&mut self, tokens: &[Token]) {
        for (words, _, _) in pieces(tokens) {
            if self.belonging(&words, None).is_some() {
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
                let link = Self::link(&one, &many);
                self.add_link(link);
            }
        }
    }

    pub fn is_known(&self, name: &str) -> bool {
        self.things.contains_key(name) || domains::entity(name, self.domain).is_some()
    }

    pub fn link(one: &str, many: &str) -> Link {
        let shared = |name: &str| has(PAIRS, &names::snake_case(name));
        Link { one: one.to_owned(), many: many.to_owned(), is_many_to_many: shared(many) && !shared(one) }
    }

    pub fn add_link(&mut self, link: Link) {
        let is_same =
            |known: &Link| (known.one == link.one && known.many == link.many) || (known.one == link.many && known.many == link.one);
        if !self.links.iter().any(is_same) {
            self.links.push(link);
        }
    }
}
