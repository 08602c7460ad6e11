//! The rows of the model's form: one for each entity, field, enumeration and relation, with what is wrong beside it.
//!
//! A row writes into the model as somebody types and is not drawn again for it; only a row that comes or goes draws all of them.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};
use serde_json::Number;

use crate::{
    app::signals::{switch, words},
    protocol::{
        FieldError,
        project::{Entity, Enumeration, Field, FieldType, ProjectModel, Relation, RelationEnd, RelationKind},
    },
};

/// The model that the rows show.
#[derive(Clone, Copy)]
pub struct Edit {
    pub model: RwSignal<ProjectModel>,
    /// Rings when rows came or went.
    pub shape: Trigger,
    /// What is wrong with the model, by its places.
    pub errors: RwSignal<Vec<FieldError>>,
    /// Somebody has changed it.
    pub changed: Callback<()>,
}

impl Edit {
    pub fn set(self, change: impl FnOnce(&mut ProjectModel)) {
        self.model.update_untracked(change);
        self.changed.run(());
    }

    /// Draws all rows anew and moves the focus, which would be lost with the row that had it.
    pub fn reshape(self, focus: String, change: impl FnOnce(&mut ProjectModel)) {
        self.set(change);
        self.shape.notify();
        request_animation_frame(move || {
            let control = document().get_element_by_id(&focus).and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(control) = control {
                let _ = control.focus();
            }
        });
    }

    /// What is wrong at the places that `is_here` knows.
    fn wrong(self, is_here: impl Fn(&ProjectModel, &str) -> bool + Send + Sync + 'static) -> impl IntoView {
        let wrong = words(move || {
            let here = |error: &&FieldError| self.model.with_untracked(|model| is_here(model, &error.field));
            self.errors.with(|errors| errors.iter().filter(here).map(|error| error.message.as_str()).collect::<Vec<_>>().join(" "))
        });
        view! {
            <p class="field-error" hidden=switch(move || wrong.get().is_empty())>
                {wrong}
            </p>
        }
    }
}

/// `entities.Book` or, where the name is none, `entities[0]`.
fn is_under(place: &str, list: &str, index: usize, name: &str) -> bool {
    let rest = place
        .strip_prefix(&format!("{list}[{index}]"))
        .or_else(|| place.strip_prefix(&format!("{list}.{name}")).filter(|_| !name.is_empty()));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

type Set = Box<dyn Fn(String)>;
type Tick = Box<dyn Fn(bool)>;

fn text(id: String, label: &'static str, value: String, class: &'static str, set: Set) -> impl IntoView {
    view! {
        <label class=class>
            <span>{label}</span>
            <input id=id type="text" value=value autocomplete="off" autocapitalize="off" spellcheck="false" on:input=move |event| set(event_target_value(&event)) />
        </label>
    }
}

fn tick(label: &'static str, ticked: bool, set: Tick) -> impl IntoView {
    view! {
        <label class="tick">
            <input type="checkbox" checked=ticked autocomplete="off" on:change=move |event| set(event_target_checked(&event)) />
            {label}
        </label>
    }
}

fn select(label: &'static str, chosen: &str, all: Vec<String>, set: Set) -> impl IntoView + use<> {
    let options = all.into_iter().map(|value| {
        let (is_chosen, shown) = (value == chosen, value.clone());
        view! {
            <option value=value selected=is_chosen>
                {shown}
            </option>
        }
    });
    view! {
        <label>
            <span>{label}</span>
            <select autocomplete="off" on:change=move |event| set(event_target_value(&event))>
                {options.collect_view()}
            </select>
        </label>
    }
}

fn remove(label: String, gone: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button type="button" class="button small" aria-label=label on:click=move |_| gone()>
            "Remove"
        </button>
    }
}

pub fn entity(edit: Edit, index: usize, entity: &Entity, enums: &[Enumeration]) -> impl IntoView + use<> {
    let name = entity.name.clone();
    let fields = entity.fields.iter().enumerate().map(|(at, one)| field(edit, index, at, one, &name, enums)).collect_view();
    let count = entity.fields.len();
    let rename = move |new: String| {
        edit.set(|model| {
            let old = std::mem::replace(&mut model.entities[index].name, new.clone());
            let ends = model.relations.iter_mut().flat_map(|relation| [&mut relation.from, &mut relation.to]);
            ends.filter(|end| end.entity == old).for_each(|end| end.entity.clone_from(&new));
        });
    };
    let add = move |_| {
        edit.reshape(format!("field-{index}-{count}"), |model| model.entities[index].fields.push(new_field()));
    };
    let gone = move || {
        edit.reshape("add-entity".into(), |model| {
            let name = model.entities.remove(index).name;
            model.relations.retain(|relation| relation.from.entity != name && relation.to.entity != name);
        });
    };
    let here = move |model: &ProjectModel, place: &str| {
        let name = model.entities.get(index).map_or("", |entity| entity.name.as_str());
        is_under(place, "entities", index, name) && !place.contains(".fields.") && !place.contains(".fields[")
    };
    view! {
        <fieldset class="entity">
            <legend class="offscreen">{format!("Entity {name}")}</legend>
            <div class="model-row">
                {text(format!("entity-{index}"), "Entity", name.clone(), "grow", Box::new(rename))} {remove(format!("Remove the entity {name}"), gone)}
            </div>
            {edit.wrong(here)}
            <ul class="model-fields">{fields}</ul>
            <button type="button" class="button small" on:click=add>
                "Add a field"
            </button>
        </fieldset>
    }
}

pub fn new_field() -> Field {
    Field {
        name: String::new(),
        kind: FieldType::String,
        enumeration: None,
        description: String::new(),
        required: false,
        unique: false,
        min: None,
        max: None,
        min_length: None,
        max_length: None,
        pattern: None,
        min_bytes: None,
        max_bytes: None,
    }
}

fn field(edit: Edit, entity: usize, index: usize, field: &Field, entity_name: &str, enums: &[Enumeration]) -> impl IntoView + use<> {
    let set = move |change: fn(&mut Field, String)| -> Set {
        Box::new(move |value| edit.set(|model| change(&mut model.entities[entity].fields[index], value)))
    };
    let number = |number: &Option<Number>| number.as_ref().map(ToString::to_string).unwrap_or_default();
    let count = |count: Option<u32>| count.map(|count| count.to_string()).unwrap_or_default();
    let types = FieldType::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    let kind = move |word: String| {
        let Some(kind) = FieldType::parse(&word) else { return };
        // Whether an enumeration has to be named changes what is shown.
        edit.reshape(format!("field-{entity}-{index}"), |model| {
            let first = model.enums.first().map(|one| one.name.clone());
            let field = &mut model.entities[entity].fields[index];
            field.kind = kind;
            field.enumeration = if kind == FieldType::Enum { field.enumeration.take().or(first) } else { None };
        });
    };
    let of = (field.kind == FieldType::Enum).then(|| {
        let names = enums.iter().map(|one| one.name.clone()).collect();
        let set = set(|field, value| field.enumeration = Some(value));
        select("Enum", field.enumeration.as_deref().unwrap_or_default(), names, set)
    });
    let here = move |model: &ProjectModel, place: &str| {
        let Some(entity_row) = model.entities.get(entity) else { return false };
        let name = entity_row.fields.get(index).map_or("", |field| field.name.as_str());
        [format!("entities[{entity}]"), format!("entities.{}", entity_row.name)]
            .iter()
            .any(|start| place.strip_prefix(&format!("{start}.")).is_some_and(|rest| is_under(rest, "fields", index, name)))
    };
    let gone = move || edit.reshape(format!("entity-{entity}"), |model| drop(model.entities[entity].fields.remove(index)));
    let id = |rule: &str| format!("field-{entity}-{index}-{rule}");
    view! {
        <li class="model-field">
            <div class="model-row">
                {text(format!("field-{entity}-{index}"), "Field", field.name.clone(), "grow", set(|field, value| field.name = value))}
                {select("Type", field.kind.as_str(), types, Box::new(kind))} {of}
                {tick("required", field.required, Box::new(move |yes| edit.set(|model| model.entities[entity].fields[index].required = yes)))}
                {tick("unique", field.unique, Box::new(move |yes| edit.set(|model| model.entities[entity].fields[index].unique = yes)))}
                {remove(format!("Remove the field {} of {entity_name}", field.name), gone)}
            </div>
            {edit.wrong(here)}
            <details class="rules">
                <summary>"Rules"</summary>
                <div class="model-row">
                    {text(id("min"), "min", number(&field.min), "", set(|field, value| field.min = serde_json::from_str(&value).ok()))}
                    {text(id("max"), "max", number(&field.max), "", set(|field, value| field.max = serde_json::from_str(&value).ok()))}
                    {text(id("minlength"), "minlength", count(field.min_length), "", set(|field, value| field.min_length = value.trim().parse().ok()))}
                    {text(id("maxlength"), "maxlength", count(field.max_length), "", set(|field, value| field.max_length = value.trim().parse().ok()))}
                    {text(id("minbytes"), "minbytes", count(field.min_bytes), "", set(|field, value| field.min_bytes = value.trim().parse().ok()))}
                    {text(id("maxbytes"), "maxbytes", count(field.max_bytes), "", set(|field, value| field.max_bytes = value.trim().parse().ok()))}
                    {text(
                        id("pattern"),
                        "pattern",
                        field.pattern.clone().unwrap_or_default(),
                        "grow",
                        set(|field, value| field.pattern = Some(value).filter(|value| !value.is_empty())),
                    )}
                </div>
            </details>
        </li>
    }
}

pub fn enumeration(edit: Edit, index: usize, one: &Enumeration) -> impl IntoView + use<> {
    let name = one.name.clone();
    let rename = move |new: String| {
        edit.set(|model| {
            let old = std::mem::replace(&mut model.enums[index].name, new.clone());
            let fields = model.entities.iter_mut().flat_map(|entity| &mut entity.fields);
            fields.filter(|field| field.enumeration.as_ref() == Some(&old)).for_each(|field| field.enumeration = Some(new.clone()));
        });
    };
    let values = move |text: String| {
        let values = text.split(',').map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
        edit.set(|model| model.enums[index].values = values);
    };
    let here = move |model: &ProjectModel, place: &str| {
        is_under(place, "enums", index, model.enums.get(index).map_or("", |one| one.name.as_str()))
    };
    let gone = move || edit.reshape("add-enum".into(), |model| drop(model.enums.remove(index)));
    view! {
        <li class="model-field">
            <div class="model-row">
                {text(format!("enum-{index}"), "Enum", name.clone(), "", Box::new(rename))}
                {text(format!("enum-{index}-values"), "Values, with commas between them", one.values.join(", "), "grow", Box::new(values))}
                {remove(format!("Remove the enum {name}"), gone)}
            </div>
            {edit.wrong(here)}
        </li>
    }
}

pub fn relation(edit: Edit, index: usize, relation: &Relation, entities: &[Entity]) -> impl IntoView + use<> {
    let names = || entities.iter().map(|entity| entity.name.clone()).collect::<Vec<_>>();
    let kinds = RelationKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
    let set = move |change: fn(&mut Relation, String)| -> Set {
        Box::new(move |value| edit.set(|model| change(&mut model.relations[index], value)))
    };
    let kind = set(|relation, word| relation.kind = RelationKind::parse(&word).unwrap_or(relation.kind));
    let field = |end: &RelationEnd| end.field.clone().unwrap_or_default();
    let here = move |_: &ProjectModel, place: &str| is_under(place, "relations", index, "");
    let gone = move || edit.reshape("add-relation".into(), |model| drop(model.relations.remove(index)));
    view! {
        <li class="model-field">
            <div class="model-row">
                {select("One or many", relation.kind.as_str(), kinds, kind)}
                {select("From", &relation.from.entity, names(), set(|relation, value| relation.from.entity = value))}
                {text(
                    format!("relation-{index}"),
                    "calls them",
                    field(&relation.from),
                    "",
                    set(|relation, value| relation.from.field = Some(value).filter(|value| !value.is_empty())),
                )}
                {select("To", &relation.to.entity, names(), set(|relation, value| relation.to.entity = value))}
                {text(
                    format!("relation-{index}-to"),
                    "calls it",
                    field(&relation.to),
                    "",
                    set(|relation, value| relation.to.field = Some(value).filter(|value| !value.is_empty())),
                )}
                {tick("required", relation.required, Box::new(move |yes| edit.set(|model| model.relations[index].required = yes)))}
                {remove(format!("Remove relation {}", index + 1), gone)}
            </div>
            {edit.wrong(here)}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::is_under;

    #[test]
    fn places_are_found_by_name_and_by_number() {
        for (place, list, index, name, expected) in [
            ("entities.Book.name", "entities", 0, "Book", true),
            ("entities.Book", "entities", 3, "Book", true),
            ("entities.Bookcase.name", "entities", 0, "Book", false),
            ("entities[1].name", "entities", 1, "", true),
            ("entities[1].name", "entities", 0, "", false),
            ("entities.Book.name", "entities", 0, "", false),
            ("relations[0].to.field", "relations", 0, "", true),
            ("fields.title.max_length", "fields", 4, "title", true),
        ] {
            assert_eq!(is_under(place, list, index, name), expected, "{place} {name}");
        }
    }
}
