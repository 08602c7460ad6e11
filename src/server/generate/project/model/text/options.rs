//! `paginate Book no`, and JHipster's longer `paginate * with pagination except Book`.

use super::parser::{Parser, Step};
use super::tokens::{At, Token};
use crate::protocol::project::Entity;

/// An option's choice for some entities.
pub struct Choice {
    option: &'static str,
    /// Name and place; none: all.
    entities: Vec<(String, At)>,
    /// The opposite for these of them.
    except: Vec<(String, At)>,
    is_on: bool,
}

impl Parser {
    pub fn option(&mut self, option: &'static str) -> Step {
        self.part = ("text".into(), format!("the option `{option}`"));
        let entities = if self.take_sign('*') || self.take_word("all") { Vec::new() } else { self.entity_names()? };
        let mut choice = Choice { option, entities, except: Vec::new(), is_on: true };
        while !self.begins_line(0) {
            match self.peek().clone() {
                Token::Word(word) if matches!(word.as_str(), "no" | "off" | "none") => choice.is_on = false,
                // How lists are paged and searched is the blueprint's.
                Token::Word(word)
                    if matches!(
                        word.as_str(),
                        "with" | "yes" | "on" | "pagination" | "pager" | "infinite" | "scroll" | "elasticsearch" | "couchbase"
                    ) => {}
                Token::Sign('-') => {}
                Token::Word(word) if word == "except" => {
                    self.take();
                    choice.except = self.entity_names()?;
                    continue;
                }
                Token::Sign('}') | Token::End => break,
                _ => return self.expected("`yes` or `no`"),
            }
            self.take();
        }
        self.options.push(choice);
        Ok(())
    }

    fn entity_names(&mut self) -> Step<Vec<(String, At)>> {
        let mut names = Vec::new();
        loop {
            let at = self.at();
            names.push((self.word("an entity's name, or `*` for all")?, at));
            if !self.take_sign(',') {
                return Ok(names);
            }
        }
    }

    /// Once all entities are known.
    pub fn apply_options(&mut self) {
        for choice in std::mem::take(&mut self.options) {
            self.part = ("text".into(), String::new());
            for (name, at) in choice.entities.iter().chain(&choice.except) {
                if !self.parsed.model.entities.iter().any(|entity| entity.name == *name) {
                    self.error(
                        *at,
                        format!(
                            "The option `{}` is for an entity that is not there: {}.",
                            choice.option,
                            Token::Word(name.clone()).shown()
                        ),
                    );
                }
            }
            for entity in &mut self.parsed.model.entities {
                let named = |list: &[(String, At)]| list.iter().any(|(name, _)| *name == entity.name);
                if choice.entities.is_empty() || named(&choice.entities) {
                    *switch(entity, choice.option) = choice.is_on != named(&choice.except);
                }
            }
        }
    }
}

fn switch<'a>(entity: &'a mut Entity, option: &str) -> &'a mut bool {
    match option {
        "paginate" => &mut entity.pagination,
        "search" => &mut entity.search,
        _ => &mut entity.filter,
    }
}
