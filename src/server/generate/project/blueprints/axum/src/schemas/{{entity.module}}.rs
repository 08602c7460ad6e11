//! {{ entity.headings }} in requests and answers.

use uuid::Uuid;

use crate::db::Connection;
{% if 'enum' in entity.kinds %}
use crate::enums;
{% endif %}
{{ fold_import("crate::fields", ["self"] + entity.rules) }}
{% if entity.ones or entity.lists %}
use crate::lookup::Related;
use crate::models;
{% endif %}
use crate::models::{{ entity.module }}::Row;
use crate::requests::Properties;
use crate::schemas::{{ "{Reference, Request, answer}" if entity.ones or entity.lists else "{Request, answer}" }};

{% for pattern in entity.patterns %}
{{ fold("static " ~ pattern.name ~ ": Pattern = Pattern::new(", [pattern.literal], ");") }}
{% endfor %}
{{ fold("const SORTS: [&str; " ~ entity.sort_keys|length ~ "] = [", entity.sort_keys|quoted, "];") }}

/// {{ (entity.one|capital ~ " as it is sent")|doc }}
#[derive(Clone, Debug)]
pub struct Input {
{% for field in entity.fields %}
    pub {{ field.name }}: {{ field.type }},
{% endfor %}
{% for one in entity.ones %}
    pub {{ one.field }}_id: {{ "Uuid" if one.required else "Option<Uuid>" }},
{% endfor %}
{% for list in entity.lists %}
    pub {{ list.one }}_ids: Vec<Uuid>,
{% endfor %}
}

impl Request for Input {
    const NAME: &'static str = "{{ entity.name }}Input";
    const ABOUT: &'static str = "{{ entity.one|capital }} as it is sent.";

    fn read(from: &mut impl Properties) -> Option<Self> {
{% for field in entity.fields %}
{{ fold("        let " ~ field.name ~ " = from." ~ ("required" if field.required else "optional") ~ "(", ['"' ~ field.name ~ '"', "&" ~ field.rule], ");") }}
{% if field.description %}
{{ fold("        from.about(", [field.description|rust], ");") }}
{% endif %}
{% if field.example %}
{{ fold("        from.example(", [field.example], ");") }}
{% endif %}
{% endfor %}
{% for one in entity.ones %}
{{ fold("        let " ~ one.field ~ "_id = from." ~ ("required" if one.required else "optional") ~ "(", ['"' ~ one.field ~ '_id"', "&Key"], ");") }}
{{ fold("        from.about(", ['"' ~ one.target.one|capital ~ ' that exists."'], ");") }}
{{ fold("        from.refers_to(", ['"/api/' ~ one.target.path ~ '"', '"' ~ one.field ~ '"'], ");") }}
{% endfor %}
{% for list in entity.lists %}
{{ fold("        let " ~ list.one ~ "_ids = from.or_else(", ['"' ~ list.one ~ '_ids"', "&Ids", "Vec::new()"], ");") }}
{{ fold("        from.about(", ['"' ~ list.target.headings ~ ' that exist, each once."'], ");") }}
{{ fold("        from.refers_to(", ['"/api/' ~ list.target.path ~ '"', '"' ~ list.field ~ '"'], ");") }}
{% endfor %}
{{ fold_struct("        Some(Self", entity.input_values, ")") }}
    }
}

answer! {
    /// {{ (entity.one|capital ~ " as it is kept")|doc }}
    pub struct Output as "{{ entity.name }}Output" {
        pub id: Uuid,
{% for field in entity.fields %}
{% if field.description %}
        /// {{ field.description|doc }}
{% endif %}
        pub {{ field.name }}: {{ field.type }},
{% endfor %}
{% for one in entity.ones %}
        pub {{ one.field }}_id: {{ "Uuid" if one.required else "Option<Uuid>" }},
        pub {{ one.field }}: {{ "Reference" if one.required else "Option<Reference>" }},
{% endfor %}
{% for list in entity.lists %}
        pub {{ list.field }}: Vec<Reference>,
{% endfor %}
        pub created_at: fields::Instant,
        pub updated_at: fields::Instant,
    }
}

{% if entity.ones or entity.lists %}
impl Output {
    /// Rows as answers, with what they show of other things.
    pub async fn of(db: &mut Connection, rows: Vec<Row>) -> sqlx::Result<Vec<Self>> {
        let mut related = Related::default();
{% if entity.ones %}
        for row in &rows {
{% for one in entity.ones %}
            related.want(&models::{{ one.target.module }}::TABLE, row.{{ one.field }}_id);
{% endfor %}
        }
{% endif %}
{% if entity.lists %}
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
{% for list in entity.lists %}
        related.want_lists(db, &models::{{ entity.module }}::{{ list.table|upper }}, &ids).await?;
{% endfor %}
{% endif %}
        related.fetch(db).await?;
        Ok(rows.into_iter().map(|row| Self::with(row, &related)).collect())
    }

    fn with(row: Row, related: &Related) -> Self {
{{ fold_struct("        Self", entity.output_values, "") }}
    }
}
{% else %}
impl Output {
    /// Rows as answers.
    pub async fn of(_: &mut Connection, rows: Vec<Row>) -> sqlx::Result<Vec<Self>> {
        Ok(rows.into_iter().map(Self::from).collect())
    }
}

impl From<Row> for Output {
    fn from(row: Row) -> Self {
{{ fold_struct("        Self", entity.output_values, "") }}
    }
}
{% endif %}
{% if entity.pagination %}

answer! {
    /// A page of {{ entity.labels }}, and how many there are on all pages.
    pub struct Page as "{{ entity.name }}Page" {
        pub items: Vec<Output>,
        pub page: u32,
        pub page_size: u32,
        pub total: i64,
    }
}
{% endif %}

/// What a list of {{ entity.labels }} can be asked for.
#[derive(Clone, Debug)]
pub struct Query {
{% if entity.pagination %}
    pub page: u32,
    pub page_size: u32,
{% endif %}
    pub sort: &'static str,
{% if entity.search %}
    pub q: Option<String>,
{% endif %}
{% for filter in entity.filters %}
    pub {{ filter.parameter }}: Option<{{ filter.type }}>,
{% endfor %}
}

impl Request for Query {
    const NAME: &'static str = "{{ entity.name }}Query";
    const ABOUT: &'static str = "What a list of {{ entity.labels }} can be asked for.";

    fn read(from: &mut impl Properties) -> Option<Self> {
{% if entity.pagination %}
        let page = from.or_else("page", &Count { least: 1, most: 1_000_000 }, 1);
        from.about("Counted from 1.");
        let page_size = from.or_else("page_size", &Count { least: 1, most: 100 }, 20);
{% endif %}
        let sort = from.or_else("sort", &Word(&SORTS), "created_at");
        from.about("A property; with a hyphen before it, downwards.");
{% if entity.search %}
        let q = from.optional("q", &Text::new(1, 200));
        from.about("Only what has this text in it.");
{% endif %}
{% for filter in entity.filters %}
{{ fold("        let " ~ filter.parameter ~ " = from.optional(", ['"' ~ filter.parameter ~ '"', "&" ~ filter.rule], ");") }}
{{ fold("        from.about(", [filter.description|rust], ");") }}
{% endfor %}
{{ fold_struct("        Some(Self", entity.query_values, ")") }}
    }
}
