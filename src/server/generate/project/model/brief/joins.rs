//! Who belongs to whom: "loans belong to a member", "orders of customers", "members can borrow books".

use super::super::names;
use super::clauses::Token;
use super::domains;
use super::fields::{self, has};
use super::phrases::{is_domain_only, is_many, noun_of, pieces};
use super::read::{Found, Link};
use super::verbs;
use super::words::{AGENTS, BOUND, COLLECTIVE_MANY, DETERMINERS, PAIRS, PREPOSITIONS, STAFF};

impl Found {
    /// "loans belong to a member", "written by an author", "stored in stations".
    pub fn belonging(&mut self, words: &[String], owner: Option<&str>) -> Option<String> {
        let at = words.iter().enumerate().position(|(at, word)| {
            // "spots are on levels"
            let is_there = at > 0 && has("is are", word) && words.get(at + 1).is_some_and(|next| has("in on at under within", next));
            is_there || has(BOUND, word) || verbs::is_participle(word)
        })?;
        let is_plain = has(BOUND, &words[at]);
        let behind = &words[at + 1..];
        let to = behind.iter().take(2).position(|word| has(PREPOSITIONS, word))?;
        // "a campaign each shift belongs to"
        let each = words[..at].iter().position(|word| matches!(word.as_str(), "each" | "every")).filter(|each| *each > 0);
        let of_which = &behind[to + 1..];
        let (of, noun) = match (noun_of(of_which), each) {
            (Some(noun), _) if is_plain || self.is_definite(of_which, &noun) => (&words[..at], noun),
            (None, Some(each)) => (&words[each..at], noun_of(&words[..each])?),
            _ => return None,
        };
        let of = noun_of(of).filter(|noun| noun != "are" && noun != "is");
        let many = of.and_then(|noun| self.thing(&noun)).or_else(|| owner.map(str::to_owned));
        let (many, one) = (many?, self.thing(&noun)?);
        if one == many {
            return None;
        }
        // Guests are invited to many events, books are placed on one shelf.
        let joins = has("invited enrolled registered subscribed used", &words[at]) && is_many(&noun);
        let mut shared = of_which.iter().take_while(|word| has(DETERMINERS, word));
        self.add_link(Link { is_many_to_many: joins || shared.any(|word| has(COLLECTIVE_MANY, word)), ..Link::to_one(&one, &many) });
        if let Some(next) = of_which.iter().position(|word| has(PREPOSITIONS, word)) {
            self.complements(&of_which[next..], &many);
        }
        Some(many)
    }

    /// Whether a noun with these words means something that is kept: many, one of them, or something that is known.
    pub fn is_definite(&self, words: &[String], noun: &str) -> bool {
        let last = noun.rsplit(' ').next().unwrap_or(noun);
        let name = names::pascal_case(&names::singular(noun));
        if self.is_known(&name) {
            return true;
        }
        let singled = words.first().is_some_and(|word| has("a an one each every exactly", word));
        !self.is_setting(last) && !fields::is_usual(last) && (is_many(noun) || singled)
    }

    /// What stands behind a thing: "reviews of books by members", "appointments for their dogs".
    pub fn complements(&mut self, words: &[String], of: &str) {
        let mut rest = words;
        while let Some(at) = rest.iter().position(|word| has(PREPOSITIONS, word)) {
            let preposition = rest[at].as_str();
            rest = &rest[at + 1..];
            let end = rest.iter().position(|word| has(PREPOSITIONS, word)).unwrap_or(rest.len());
            self.complement(preposition, &rest[..end], of);
        }
    }

    pub fn complement(&mut self, preposition: &str, words: &[String], of: &str) {
        let Some(noun) = noun_of(words) else { return };
        let theirs = words.first().is_some_and(|word| has("their his her its", word));
        let last = noun.rsplit(' ').next().unwrap_or(&noun);
        if words.first().is_some_and(|word| has(verbs::PRONOUNS, word)) || has(STAFF, &names::singular(last)) || self.is_setting(last) {
            return;
        }
        let name = names::singular(&names::pascal_case(&noun));
        let own = names::snake_case(of);
        let agent = |name: &str| has(AGENTS, name.rsplit('_').next().unwrap_or_default());
        let link = |other: &str| {
            if preposition == "of" && agent(&own) && !agent(&names::snake_case(other)) {
                Link::to_one(of, other)
            } else {
                Link::to_one(other, of)
            }
        };
        let is_one = words.len() == 1 && !is_many(&noun) && preposition != "per";
        let is_there = theirs
            || self.things.contains_key(&name)
            || (!is_one && (self.is_known(&name) || (has("by per from between", preposition) && self.is_definite(words, &noun))));
        if !is_there {
            if !fields::is_usual(last) {
                self.maybe.push(link(&name));
            }
            return;
        }
        let Some(other) = self.thing(&noun) else { return };
        if other == of {
            return;
        }
        self.add_link(link(&other));
        if theirs && let Some(subject) = self.subject.clone().filter(|subject| *subject != other) {
            self.add_link(Link::to_one(&subject, &other));
        }
    }

    /// Sentences whose verb is not known: "mechanics mend their cars"; of others only things that are known anyway.
    pub fn relation(&mut self, tokens: &[Token]) {
        for piece in pieces(tokens) {
            let words = &piece.words;
            if let Some(many) = self.belonging(words, None) {
                self.known_of(&many, &piece);
                continue;
            }
            if self.doing(words).is_some() {
                continue;
            }
            if let ["there", "are" | "is", ..] = words.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
                && let Some(noun) = noun_of(&words[2..]).filter(|noun| self.is_definite(&words[2..], noun))
                && let Some(thing) = self.thing(&noun)
            {
                self.complements(words, &thing);
                continue;
            }
            if words.iter().any(|word| has(verbs::MODALS, word)) {
                self.able(words);
                continue;
            }
            let many = words.iter().filter(|word| names::is_plural(word)).map(|word| names::pascal_case(&names::singular(word)));
            for name in many.filter(|name| domains::entity(name, self.domain).is_some()).collect::<Vec<_>>() {
                self.thing(&name);
            }
        }
    }

    /// "A tag can be on many posts": two things that are known have to do with each other.
    pub fn able(&mut self, words: &[String]) -> bool {
        let Some(at) = words.iter().position(|word| has(verbs::MODALS, word)) else { return false };
        let subject = noun_of(&words[..at]).map(|noun| names::pascal_case(&names::singular(&noun)));
        let mut known = words.iter().map(|word| names::pascal_case(&names::singular(word))).filter(|name| self.is_known(name));
        let object = known.rfind(|name| Some(name) != subject.as_ref());
        if let (Some(subject), Some(object)) = (subject.filter(|subject| self.is_known(subject)), object)
            && let (Some(one), Some(many)) = (self.thing(&subject), self.thing(&object))
        {
            self.add_link(Self::link(&one, &many));
            return true;
        }
        false
    }

    /// Many, one word, many: the word between is a verb, whatever it means.
    pub fn doing(&mut self, words: &[String]) -> Option<String> {
        let at = words.iter().position(|word| !has(DETERMINERS, word))?;
        let (subject, verb, behind) = match &words[at..] {
            [subject, verb, behind @ ..] if is_many(subject) => (subject, verb, behind),
            _ => return None,
        };
        let is_no_verb = [PREPOSITIONS, DETERMINERS, "was were as"].iter().any(|list| has(list, verb)) || fields::is_usual(verb);
        if is_no_verb || names::is_plural(verb) || self.is_known(&names::pascal_case(verb)) || has(STAFF, &names::singular(subject)) {
            return None;
        }
        let nouns = behind.iter().filter(|word| !has(DETERMINERS, word)).count();
        let object = noun_of(behind).filter(|object| nouns <= 2 && is_many(object))?;
        let (one, many) = (self.thing(subject)?, self.thing(&object)?);
        if one != many {
            // "flights depart from airports"
            let is_at = behind.first().is_some_and(|word| has("in on at from under within", word));
            self.add_link(if is_at { Link::to_one(&many, &one) } else { Self::link(&one, &many) });
        }
        Some(many)
    }

    /// Whether a word means what it is all about, rather than a thing in it.
    pub fn is_setting(&self, word: &str) -> bool {
        is_domain_only(word) && !self.things.contains_key(&names::pascal_case(&names::singular(word)))
    }

    /// The thing of this name, or the only one that is called by it at the end: "walkers" are the dog walkers that were spoken of.
    pub fn resolved(&self, name: &str) -> Option<String> {
        if self.things.contains_key(name) {
            return Some(name.to_owned());
        }
        let is_one_word = name.chars().filter(char::is_ascii_uppercase).count() == 1;
        let mut longer = self.things.keys().filter(|thing| is_one_word && thing.ends_with(name));
        longer.next().filter(|_| longer.next().is_none()).cloned()
    }

    pub fn is_known(&self, name: &str) -> bool {
        self.resolved(name).is_some() || domains::entity(name, self.domain).is_some()
    }

    pub fn link(one: &str, many: &str) -> Link {
        let shared = |name: &str| has(PAIRS, &names::snake_case(name));
        Link { is_many_to_many: shared(many) && !shared(one), ..Link::to_one(one, many) }
    }

    pub fn add_link(&mut self, link: Link) {
        let is_same =
            |known: &Link| (known.one == link.one && known.many == link.many) || (known.one == link.many && known.many == link.one);
        self.gained += 1;
        if !self.links.iter().any(is_same) {
            self.links.push(link);
        }
    }
}
