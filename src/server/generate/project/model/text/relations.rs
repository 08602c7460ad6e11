//! Relations: `relationship OneToMany { Author{books} to Book{author required} }`.

use super::super::faults::shown;
use super::super::names;
use super::parser::{Failed, Parser, Step};
use super::statements::plain;
use super::tokens::{At, Token};
use crate::protocol::project::{Relation, RelationEnd, RelationKind};

impl Parser {
    pub fn relationship(&mut self) -> Step {
        self.part = ("relations".into(), "a relationship".into());
        let at = self.at();
        let word = self.word("`OneToMany`, `ManyToOne` or `ManyToMany`")?;
        let (kind, swapped) = match plain(&word).as_str() {
            "onetomany" => (RelationKind::OneToMany, false),
            "manytoone" => (RelationKind::OneToMany, true),
            "manytomany" => (RelationKind::ManyToMany, false),
            "onetoone" => {
                self.error(
                    at,
                    "`OneToOne` is not known: put the fields of the one into the other, or use `OneToMany` and make the many's number unique in its own field.".into(),
                );
                return Err(Failed);
            }
            _ => {
                self.error(at, format!("Expected `OneToMany`, `ManyToOne` or `ManyToMany`, found `{}`.", shown(&word)));
                return Err(Failed);
            }
        };
        self.sign('{', "before the relations")?;
        loop {
            self.take_annotations();
            if let Token::Doc(_) = self.peek() {
                self.take();
            } else if self.take_sign('}') {
                return Ok(());
            } else if !self.take_sign(',') {
                self.relation(kind, swapped)?;
            }
        }
    }

    fn relation(&mut self, kind: RelationKind, swapped: bool) -> Step {
        let at = self.at();
        self.place(format!("/relations/{}", self.parsed.model.relations.len()), at);
        let (left, left_at) = self.end()?;
        if !self.take_word("to") {
            return self.expected(&format!("`to` behind `{}`", shown(&left.entity)));
        }
        self.take_annotations();
        let (right, right_at) = self.end()?;
        if self.take_word("with") {
            self.note(self.at(), "what stands behind `with` is passed over.");
            self.take();
        }
        let ((from, from_at), (to, to_at)) =
            if swapped { ((right, right_at), (left, left_at)) } else { ((left, left_at), (right, right_at)) };
        if let Some(at) = from_at {
            let (one, many) = (shown(&from.entity), shown(&to.entity));
            self.error(at, format!("`required` stands with the many: a `{many}` can need its `{one}`, not the other way round."));
        }
        self.parsed.model.relations.push(Relation { kind, from, to, required: to_at.is_some() });
        Ok(())
    }

    /// An end, and where it says `required`.
    fn end(&mut self) -> Step<(RelationEnd, Option<At>)> {
        let entity = self.word("an entity's name or `}`")?;
        let mut end = RelationEnd { entity, field: None };
        let mut required = None;
        if self.take_sign('{') {
            while !self.take_sign('}') {
                let at = self.at();
                let word = self.word("what the other side is called, or `}`")?;
                if word == "required" && required.is_none() {
                    required = Some(at);
                } else if end.field.is_none() && required.is_none() {
                    end.field = Some(if word.contains(|c: char| c.is_ascii_uppercase()) { names::snake_case(&word) } else { word });
                } else {
                    self.error(at, format!("Expected `required` or `}}` in the end `{}`, found `{}`.", shown(&end.entity), shown(&word)));
                    return Err(Failed);
                }
                if *self.peek() == Token::Sign('(') {
                    self.note(self.at(), "what a relation is shown by is passed over.");
                    self.skip_brackets('(', ')');
                }
            }
        }
        Ok((end, required))
    }
}
