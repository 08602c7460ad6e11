//! What usual domains are about: small models, as text, beside this file.
//!
//! They are taken whole for briefs that say no more than "a blog", and are asked for the fields and relations of things that a
//! brief only names.

use std::sync::LazyLock;

use super::super::text;
use crate::protocol::project::{Entity, ProjectModel, Relation};

pub struct Domain {
    /// Words that mean it, each one word or two.
    pub words: &'static str,
    pub model: ProjectModel,
}

/// Words and model; what comes first is preferred.
const SOURCES: [(&str, &str); 28] = [
    ("library libraries bookshelf", include_str!("domains/library.jdl")),
    ("blog blogs weblog blogging magazine", include_str!("domains/blog.jdl")),
    ("shop store webshop e-commerce ecommerce boutique marketplace bookshop bookstore", include_str!("domains/shop.jdl")),
    ("todo to-do todos task kanban issue-tracker", include_str!("domains/tasks.jdl")),
    ("clinic hospital doctor practice medical dentist", include_str!("domains/clinic.jdl")),
    ("hotel hostel motel guesthouse", include_str!("domains/hotel.jdl")),
    ("school university college academy classroom", include_str!("domains/school.jdl")),
    ("inventory warehouse stock", include_str!("domains/inventory.jdl")),
    ("event conference meetup ticketing festival", include_str!("domains/events.jdl")),
    ("crm sales leads", include_str!("domains/crm.jdl")),
    ("recipe recipes cookbook cooking", include_str!("domains/recipes.jdl")),
    ("gym fitness yoga", include_str!("domains/gym.jdl")),
    ("fleet trucks taxi", include_str!("domains/fleet.jdl")),
    ("forum community discussion", include_str!("domains/forum.jdl")),
    ("helpdesk support ticket-system", include_str!("domains/helpdesk.jdl")),
    ("invoice invoicing invoices billing bookkeeping", include_str!("domains/invoicing.jdl")),
    ("estate rental property landlord apartments", include_str!("domains/estate.jdl")),
    ("music", include_str!("domains/music.jdl")),
    ("movie movies film films cinema", include_str!("domains/movies.jdl")),
    ("restaurant cafe bistro diner", include_str!("domains/restaurant.jdl")),
    ("recruiting careers jobs", include_str!("domains/jobs.jdl")),
    ("budget finance expenses money", include_str!("domains/budget.jdl")),
    ("vet veterinary veterinarian", include_str!("domains/vet.jdl")),
    ("quiz trivia", include_str!("domains/quiz.jdl")),
    ("survey poll questionnaire", include_str!("domains/survey.jdl")),
    ("hr personnel staff", include_str!("domains/employees.jdl")),
    ("league sports football soccer tournament", include_str!("domains/sports.jdl")),
    // Things that occur in many domains.
    ("general", include_str!("domains/general.jdl")),
];

static DOMAINS: LazyLock<Vec<Domain>> = LazyLock::new(|| {
    let read = |(words, source): &(&'static str, &'static str)| text::parse(source).ok().map(|model| Domain { words, model });
    SOURCES.iter().filter_map(read).collect()
});

impl Domain {
    pub fn all() -> &'static [Self] {
        &DOMAINS
    }

    /// The domain that a word means.
    pub fn of(word: &str) -> Option<&'static Self> {
        Self::all().iter().find(|domain| domain.words != "general" && domain.words.split(' ').any(|known| known == word))
    }

    pub fn entity(&self, name: &str) -> Option<&Entity> {
        self.model.entities.iter().find(|entity| entity.name == name)
    }
}

/// An entity of this name in the domain, or else in any.
pub fn entity(name: &str, domain: Option<&'static Domain>) -> Option<(&'static Domain, &'static Entity)> {
    domain.into_iter().chain(Domain::all()).find_map(|domain| domain.entity(name).map(|entity| (domain, entity)))
}

/// Relations between two entities, of the first domain that has some.
pub fn relations(one: &str, other: &str, domain: Option<&'static Domain>) -> Vec<&'static Relation> {
    let joins = |relation: &&Relation| {
        let ends = (relation.from.entity.as_str(), relation.to.entity.as_str());
        ends == (one, other) || ends == (other, one)
    };
    let each = domain.into_iter().chain(Domain::all());
    each.map(|domain| domain.model.relations.iter().filter(joins).collect::<Vec<_>>()).find(|found| !found.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_domain_is_a_sound_model() {
        for (words, source) in SOURCES {
            text::parse(source).unwrap_or_else(|problem| panic!("{words}: {problem}"));
        }
        assert_eq!(Domain::all().len(), SOURCES.len());
        assert_eq!(Domain::of("blog").map(|domain| domain.model.name.as_str()), Some("Blog"));
        assert_eq!(relations("Book", "Author", None).len(), 1);
    }
}
