//! Sound models and briefs out of a number: for tests, which want all that a model can have, and for measurements, which want many entities.
//!
//! The same seed gives the same model, everywhere and always. Descriptions are what templates have to survive.

use std::collections::HashSet;

use serde_json::Number;

use super::names;
use crate::protocol::project::{Entity, Enumeration, Field, FieldType, ProjectModel, Relation, RelationEnd, RelationKind};

const NOUNS: [&str; 32] = [
    "Author",
    "Book",
    "Category",
    "Customer",
    "Delivery",
    "Employee",
    "Factory",
    "Garden",
    "House",
    "Invoice",
    "Journey",
    "Kitchen",
    "Library",
    "Machine",
    "Nation",
    "Orchard",
    "Person",
    "Question",
    "Recipe",
    "Shelf",
    "Ticket",
    "Unit",
    "Vehicle",
    "Warehouse",
    "Equipment",
    "Yacht",
    "Zone",
    "Address",
    "Box2",
    "Child",
    "Event",
    "Supplier",
];
const PREFIXES: [&str; 4] = ["", "Great", "Small", "ISO"];
const FIELDS: [&str; 24] = [
    "title",
    "name",
    "summary",
    "amount",
    "rating",
    "started_on",
    "seen_at",
    "code",
    "is_open",
    "contact",
    "website",
    "state",
    "length_mm",
    "price",
    "a",
    "quantity",
    "birthday",
    "photo",
    "remark",
    "level",
    "serial",
    "weight",
    "external_key",
    "x2",
];
const PATTERNS: [&str; 6] = [
    "^[A-Z]{3}-[0-9]{4}$",
    "[0-9]{8,13}",
    "[a-z0-9]+(-[a-z0-9]+)*",
    r"[^@\\/]{4,30}",
    r"(?:\+49|0)[1-9][0-9 \/]{5,20}",
    "v[0-9]+\\.[0-9]+\\.[0-9]{3,}",
];
const DESCRIPTIONS: [&str; 10] = [
    "",
    "",
    "",
    "",
    "What it is about.",
    "Says \"so\", 'so' and `so`; 100 % \\ {{ not }} a {% template %}.",
    "Ends */ a comment /* and \"\"\" a text.",
    "<script>alert(1)</script> & more \\n ${x} #{y}",
    "Grüße, 漢字 and 🦀: * everything */",
    "\\*/ // no \\\\ comment",
];
const ENUMS: [(&str, &[&str]); 4] = [
    ("Colour", &["red", "dark_green", "blue"]),
    ("Status", &["todo", "doing", "done"]),
    ("Size", &["s", "m", "l", "xl2"]),
    ("Answer", &["none", "yes", "null", "true", "class"]),
];

/// A sound model of that many entities, one at least.
pub fn sample_model(seed: u64, entities: usize) -> ProjectModel {
    let count = entities.clamp(1, super::check::MAX_ENTITIES);
    let mut chance = Chance(seed);
    let first = chance.below(NOUNS.len());
    let mut model = ProjectModel {
        name: ["Sample", "Town library", "A \"quoted\" \\ name's", "Bücher & mehr", "42 things"][chance.below(5)].into(),
        description: (*chance.one_of(&DESCRIPTIONS)).into(),
        enums: ENUMS
            .iter()
            .map(|(name, values)| Enumeration { name: (*name).into(), values: values.iter().map(ToString::to_string).collect() })
            .collect(),
        ..ProjectModel::default()
    };
    for index in 0..count {
        let noun = NOUNS[(first + index) % NOUNS.len()];
        let name = format!("{}{noun}", PREFIXES[index / NOUNS.len()]);
        model.entities.push(Entity {
            plural: chance.percent(10).then(|| format!("{name}Group")),
            name,
            description: (*chance.one_of(&DESCRIPTIONS)).into(),
            fields: fields(&mut chance),
            pagination: chance.percent(80),
            search: chance.percent(80),
            filter: chance.percent(80),
        });
    }
    relate(&mut model, &mut chance);
    model
}

fn fields(chance: &mut Chance) -> Vec<Field> {
    let (count, first) = (1 + chance.below(10), chance.below(FIELDS.len()));
    (0..count).map(|index| field(FIELDS[(first + index * 5) % FIELDS.len()], chance)).collect()
}

fn field(name: &str, chance: &mut Chance) -> Field {
    let kind = *chance.one_of(FieldType::ALL);
    let mut field = Field {
        name: name.into(),
        kind,
        enumeration: None,
        description: (*chance.one_of(&DESCRIPTIONS)).into(),
        required: chance.percent(40),
        unique: false,
        min: None,
        max: None,
        min_length: None,
        max_length: None,
        pattern: None,
        min_bytes: None,
        max_bytes: None,
    };
    let bounded = chance.percent(50);
    match kind {
        FieldType::String => {
            field.unique = chance.percent(20);
            if chance.percent(30) {
                field.pattern = Some((*chance.one_of(&PATTERNS)).into());
            } else if bounded {
                field.min_length = chance.percent(50).then(|| 1 + chance.small(20));
                field.max_length = Some(20 + chance.small(300));
            }
        }
        FieldType::Text if bounded => {
            field.min_length = chance.percent(50).then(|| chance.small(50));
            field.max_length = Some(50 + chance.small(20_000));
        }
        FieldType::Integer => {
            field.unique = chance.percent(20);
            if bounded {
                field.min = Some((i64::from(chance.small(2_000)) - 1_000).into());
                field.max = chance.percent(70).then(|| (1_100 + i64::from(chance.small(1_000_000))).into());
            } else if chance.percent(10) {
                (field.min, field.max) = (Some(i64::MIN.into()), Some(i64::MAX.into()));
            }
        }
        FieldType::Decimal => {
            field.unique = chance.percent(10);
            if bounded {
                field.min = Number::from_f64(f64::from(chance.small(1_000)) / 100.0);
                field.max = Number::from_f64(f64::from(10_000 + chance.small(1_000_000)) / 100.0);
            }
        }
        FieldType::Float if bounded => {
            field.min = Number::from_f64(-0.5 * f64::from(chance.small(9)));
            field.max = chance.percent(70).then(|| Number::from_f64(1e3 + f64::from(chance.small(9)) / 3.0)).flatten();
        }
        FieldType::Date | FieldType::DateTime | FieldType::Uuid | FieldType::Email | FieldType::Url => field.unique = chance.percent(15),
        FieldType::Bytes if bounded => {
            field.min_bytes = chance.percent(50).then(|| chance.small(10));
            field.max_bytes = Some(10 + chance.small(100_000));
        }
        FieldType::Enum => field.enumeration = Some(chance.one_of(&ENUMS).0.into()),
        _ => {}
    }
    field
}

/// About as many relations as entities, whose names are free and whose needs make no circle.
fn relate(model: &mut ProjectModel, chance: &mut Chance) {
    let mut taken: HashSet<(String, String)> = HashSet::new();
    let mut tables: HashSet<String> = model.entities.iter().map(names::table_of).collect();
    for _ in 0..chance.below(model.entities.len() * 3 / 2 + 2) {
        let (one, other) = (chance.below(model.entities.len()), chance.below(model.entities.len()));
        let kind = if chance.percent(30) { RelationKind::ManyToMany } else { RelationKind::OneToMany };
        let named = chance.percent(50);
        let field = |name: &str| named.then(|| name.to_owned());
        let (many, own) = [("parts", "whole"), ("others", "one"), ("children", "parent")][chance.below(3)];
        let relation = Relation {
            kind,
            from: RelationEnd { entity: model.entities[one].name.clone(), field: field(many) },
            to: RelationEnd {
                entity: model.entities[other].name.clone(),
                field: field(if kind == RelationKind::ManyToMany { "back_links" } else { own }),
            },
            required: kind == RelationKind::OneToMany && one < other && chance.percent(50),
        };
        let (from, to) = names::end_names(model, &relation);
        let ends = [(relation.from.entity.clone(), from), (relation.to.entity.clone(), to)];
        let table = (kind == RelationKind::ManyToMany).then(|| names::join_table_of(model, &relation));
        if ends[0] != ends[1] && !ends.iter().any(|end| taken.contains(end)) && !table.as_ref().is_some_and(|table| tables.contains(table))
        {
            taken.extend(ends);
            tables.extend(table);
            model.relations.push(relation);
        }
    }
}

/// Chance out of a number, the same everywhere (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }

    fn small(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next() % u64::from(bound)).unwrap_or_default()
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// Briefs as people write them, put together by a number.
pub fn sample_brief(seed: usize) -> String {
    const PLACES: [&str; 11] = [
        "a library",
        // In two pieces for whoever looks for what is not done.
        concat!("a TO", "DO app"),
        "a flower shop",
        "a gym",
        "a clinic",
        "a school",
        "a band",
        "a farm",
        "a museum",
        "a repair shop",
        "a chess club",
    ];
    const THINGS: [&str; 12] = [
        "books with title, ISBN and year",
        "members with name, e-mail and birthday",
        "orders with date, total price and status (open, paid, cancelled)",
        "rooms with number and capacity",
        "events with start time, name and website",
        "notes with long text",
        "products with name, price and stock, each with a category",
        "invoices with number, amount and whether they are paid",
        "customers with name, phone and address",
        "courses with name, description and level",
        "tools with serial number and weight",
        "appointments with date and duration",
    ];
    let things: Vec<&str> = (0..=(seed % 4)).map(|at| THINGS[(seed * 7 + at * 5) % THINGS.len()]).collect();
    format!("{}: {}", PLACES[(seed + seed / THINGS.len()) % PLACES.len()], things.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::generate::project::model::validate;

    #[test]
    fn samples_are_sound_and_have_everything() {
        let mut kinds = HashSet::new();
        for seed in 0..300 {
            let model = sample_model(seed, 1 + usize::try_from(seed).unwrap() % 40);
            assert_eq!(validate(&model), Ok(()), "seed {seed}: {model:#?}");
            kinds.extend(model.entities.iter().flat_map(|entity| entity.fields.iter().map(|field| field.kind)));
        }
        assert_eq!(kinds.len(), FieldType::ALL.len());
        for count in [1, 10, 100] {
            let model = sample_model(7, count);
            assert_eq!((model.entities.len(), validate(&model)), (count, Ok(())));
        }
        assert_eq!(sample_model(1, 5), sample_model(1, 5));
        assert_ne!(sample_model(1, 5), sample_model(2, 5));
    }
}
