//! The type and the rules of a field by the words it is called with.

use serde_json::Number;

use super::super::{names, settle};
use crate::protocol::project::{Field, FieldType};

/// What is known of a field before its entity is complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Drafted {
    pub field: Field,
    /// Values of an enumeration to be made.
    pub values: Vec<String>,
    /// An assumption that is worth a note.
    pub note: Option<&'static str>,
}

const TEXT: &str = "description notes note body content contents text comment bio biography summary message instructions instruction details \
    remarks remark feedback abstract directions diagnosis synopsis excerpt caption plot symptoms allergies requirements about story answer";
const DECIMAL: &str = "price cost amount total subtotal balance salary fee budget revenue value discount tax deposit rent wage payment rate \
    fare charge profit income sum refund debt credit_limit";
const INTEGER: &str = "count quantity qty stock age pages capacity points score level position rank seats floor mileage servings calories \
    likes views portions credits minutes hours days weeks months seconds rooms guests participants reps sets laps goals views stars \
    persons people copies shares wins losses votes attempts bedrooms bathrooms";
const FLOAT: &str = "latitude longitude weight height width depth temperature distance length percentage percent area volume speed humidity \
    pressure size_cm gpa consumption";
const BOOLEAN: &str = "done completed complete active published available enabled paid verified archived public private finished approved \
    urgent favorite favourite deleted hidden locked visible featured vegetarian vegan returned sold read confirmed cancelled pinned attended \
    mandatory answered resolved shipped delivered important adopted vaccinated booked overdue inactive";
const DATE: &str = "date birthday deadline dob birthdate born anniversary expiry expiration due day";
const DATE_TIME: &str = "time timestamp datetime when start end begin starts ends arrival departure";
const LINK: &str = "url website link homepage site webpage image photo picture avatar logo cover video attachment file poster thumbnail";
const UNIQUE_CODE: &str = "sku barcode slug username login vin plate serial handle nickname ean iban ssn";
const MINUTES: &str = "duration runtime";

/// Words that say what values are like, not what they are.
const QUALITIES: &str = "unique optional required mandatory short long full complete own its their his her a an the some each every one \
    single current actual";

/// In front of a number of something: "max players".
pub const EXTREMES: &str = "min max minimum maximum minimal maximal total average num";

/// In brackets behind what they measure.
const MEASURES: &str = "hours minutes seconds days weeks months years km m cm mm kg g l ml percent celsius miles pounds inches feet";

/// A field out of its words and of what stands in brackets behind them.
pub fn field(words: &[String], values: &[String], range: Option<(i64, i64)>, entity: &str) -> Option<Drafted> {
    let is_unique = words.iter().any(|word| word == "unique");
    let is_required = words.iter().any(|word| word == "required" || word == "mandatory") && words.len() > 1;
    let plain: Vec<&str> = words.iter().map(String::as_str).filter(|word| words.len() == 1 || !has(QUALITIES, word)).collect();
    // "is online boolean"
    let spoken =
        plain.last().filter(|_| plain.len() > 1).and_then(|last| type_of(last).filter(|_| !has("text date number email url", last)));
    let plain = if spoken.is_some() { plain[..plain.len() - 1].to_vec() } else { plain };
    let (plain, count) = of_something(&plain);
    let name = named(&plain, entity)?;
    let mut drafted = Drafted { field: Field::plain(&name, FieldType::String), values: Vec::new(), note: None };
    drafted.field.required = is_required;
    let values: Vec<String> = values.iter().filter(|value| !has("optional required unique", value)).cloned().collect();
    let said = match values.as_slice() {
        [one] => type_of(one),
        _ => None,
    };
    if let Some(kind) = said.or(spoken) {
        drafted.field.kind = kind;
        drafted.field.unique = is_unique && matches!(kind, FieldType::String | FieldType::Email | FieldType::Integer | FieldType::Url);
        return Some(drafted);
    }
    if let [unit] = values.as_slice()
        && has(MEASURES, unit)
    {
        // "burn time (hours)"
        drafted.field.name = settle::field_name(&format!("{} {unit}", drafted.field.name), entity)?;
        drafted.field.kind = if has(INTEGER, unit) { FieldType::Integer } else { FieldType::Float };
        drafted.field.min = Some(0.into());
        return Some(drafted);
    }
    if values.len() > 1 {
        // "sizes (s, m, l)": each has one of them.
        drafted.field.name = names::singular(&drafted.field.name);
        drafted.field.kind = FieldType::Enum;
        drafted.values = values;
        return Some(drafted);
    }
    let last = plain.last().copied().unwrap_or_default();
    let first = plain.first().copied().unwrap_or_default();
    if count {
        drafted.field.kind = FieldType::Integer;
        drafted.field.min = Some(0.into());
    } else {
        by_words(&plain, first, last, &mut drafted);
    }
    if matches!(drafted.field.kind, FieldType::Integer | FieldType::Decimal) && drafted.field.name == names::snake_case(entity) {
        // A rating's rating.
        "value".clone_into(&mut drafted.field.name);
    }
    if let Some((min, max)) = range {
        let field = &mut drafted.field;
        if last == "value" || !matches!(field.kind, FieldType::Decimal | FieldType::Float) {
            field.kind = FieldType::Integer;
        }
        (field.min, field.max) = (Some(min.into()), Some(max.into()));
        (field.pattern, field.max_length, field.unique, field.enumeration) = (None, None, false, None);
        (drafted.values, drafted.note) = (Vec::new(), None);
    }
    if is_unique && matches!(drafted.field.kind, FieldType::String | FieldType::Email | FieldType::Integer | FieldType::Url) {
        drafted.field.unique = true;
    }
    Some(drafted)
}

fn by_words(plain: &[&str], first: &str, last: &str, drafted: &mut Drafted) {
    let field = &mut drafted.field;
    let bounded = |field: &mut Field, min: Option<i64>, max: Option<i64>| {
        field.kind = FieldType::Integer;
        field.min = min.map(Number::from);
        field.max = max.map(Number::from);
    };
    match last {
        "status" | "state" | "stage" if plain.len() == 1 || last != "state" => {
            field.kind = FieldType::Enum;
            drafted.values = ["todo", "doing", "done"].map(str::to_owned).to_vec();
            drafted.note = Some("its values were assumed");
        }
        "priority" | "severity" | "urgency" | "difficulty" => {
            field.kind = FieldType::Enum;
            drafted.values = ["low", "medium", "high"].map(str::to_owned).to_vec();
            drafted.note = Some("its values were assumed");
        }
        "email" | "mail" => field.kind = FieldType::Email,
        "from" | "to" if plain.len() == 1 => field.kind = FieldType::Date,
        _ if plain.len() > 1 && has(super::words::UNITS, last) => field.kind = FieldType::Float,
        "uuid" | "guid" => field.kind = FieldType::Uuid,
        "isbn" => {
            field.unique = true;
            field.pattern = Some("^[0-9-]{9,16}[0-9X]$".into());
        }
        "year" => bounded(field, Some(0), Some(9999)),
        "rating" => {
            bounded(field, Some(1), Some(5));
            drafted.note = Some("it was assumed to go from 1 to 5");
        }
        "age" => bounded(field, Some(0), Some(150)),
        "phone" | "telephone" | "mobile" | "fax" => field.max_length = Some(30),
        "name" | "title" => {}
        _ if ["is", "has", "can", "was", "in"].contains(&first) && plain.len() > 1 => field.kind = FieldType::Boolean,
        "hours" if has("working opening office business visiting", first) => {}
        _ if plain.contains(&"phone") => field.max_length = Some(30),
        _ if has(MINUTES, last) || (last == "time" && has("cooking prep preparation running baking reading travel waiting", first)) => {
            bounded(field, Some(0), None);
            field.name = format!("{}_minutes", field.name.trim_end_matches("_time"));
            drafted.note = Some("it was assumed to be in minutes");
        }
        _ if last.ends_with("_at") || last == "at" => field.kind = FieldType::DateTime,
        _ if has(DATE, last) || plain.contains(&"date") || last == "on" => field.kind = FieldType::Date,
        _ if has(DATE_TIME, last) => {
            field.kind = FieldType::DateTime;
            match field.name.as_str() {
                "start" | "begin" | "starts" => "starts_at".clone_into(&mut field.name),
                "end" | "ends" | "ends_on" => "ends_at".clone_into(&mut field.name),
                _ => {}
            }
        }
        _ if has(LINK, last) => field.kind = FieldType::Url,
        _ if has(TEXT, last) => field.kind = FieldType::Text,
        _ if has(DECIMAL, last) => {
            field.kind = FieldType::Decimal;
            if last != "balance" && last != "amount" && last != "value" {
                field.min = Some(0.into());
            }
        }
        _ if plain.len() > 1 && has(EXTREMES, first) && names::is_plural(last) => bounded(field, Some(0), None),
        _ if has(INTEGER, last) => bounded(field, Some(0), None),
        _ if has(FLOAT, last) => field.kind = FieldType::Float,
        _ if has(BOOLEAN, last) => field.kind = FieldType::Boolean,
        _ if has(UNIQUE_CODE, last)
            || (last == "number" && has("serial order invoice customer member licence license registration account", first)) =>
        {
            field.unique = true;
            field.max_length = Some(60);
        }
        _ => {}
    }
}

/// A type by its own name.
fn type_of(word: &str) -> Option<FieldType> {
    Some(match word {
        "string" => FieldType::String,
        "text" => FieldType::Text,
        "integer" | "int" | "number" => FieldType::Integer,
        "decimal" | "money" => FieldType::Decimal,
        "float" | "double" => FieldType::Float,
        "boolean" | "bool" | "flag" => FieldType::Boolean,
        "date" => FieldType::Date,
        "datetime" | "timestamp" => FieldType::DateTime,
        "email" => FieldType::Email,
        "url" | "link" => FieldType::Url,
        "uuid" => FieldType::Uuid,
        _ => return None,
    })
}

/// `number of pages` is a count of pages, `date of birth` a birth date.
fn of_something<'a>(words: &[&'a str]) -> (Vec<&'a str>, bool) {
    let Some(at) = words.iter().position(|word| *word == "of").filter(|at| *at > 0 && at + 1 < words.len()) else {
        return (words.to_vec(), false);
    };
    let (what, of) = (&words[..at], &words[at + 1..]);
    match what {
        ["number" | "amount" | "count"] => ([of, &["count"]].concat(), true),
        _ => ([of, what].concat(), false),
    }
}

fn named(words: &[&str], entity: &str) -> Option<String> {
    let joined = match words {
        [noun, "count"] => format!("{} count", names::singular(noun)),
        // "price in euros", "weight (kg)": the last few words are enough.
        _ => words[words.len().saturating_sub(4)..].join(" "),
    };
    settle::field_name(&joined, entity)
}

pub fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether a word says yes or no.
pub fn is_flag(word: &str) -> bool {
    has(BOOLEAN, word)
}

/// Whether a noun is a number or day that something has, no thing by itself: `price`, `due date`.
pub fn is_measure(word: &str) -> bool {
    let last = word.rsplit(' ').next().unwrap_or(word);
    [DECIMAL, FLOAT, "date deadline"].iter().any(|list| has(list, last))
}

const OTHER: &str = "name title status state stage priority severity email mail isbn year rating age phone telephone mobile address city country \
    street zip color colour code number type kind gender currency language unit location brand model format subject id size position role \
    firstname lastname surname label reason species breed address difficulty edition publisher specialty hours make";
const USUAL: [&str; 11] = [TEXT, DECIMAL, INTEGER, FLOAT, BOOLEAN, DATE, DATE_TIME, LINK, UNIQUE_CODE, MINUTES, OTHER];

/// Whether a word, in whichever number, is usually a field rather than a thing of its own.
pub fn is_usual(word: &str) -> bool {
    USUAL.iter().any(|list| has(list, word))
}

/// All of those words.
pub fn usual_words() -> impl Iterator<Item = &'static str> {
    USUAL.iter().flat_map(|list| list.split_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_say_what_a_field_is() {
        for (words, expected) in [
            ("title", "title string"),
            ("isbn", "isbn string unique"),
            ("due date", "due_date date"),
            ("date of birth", "birth_date date"),
            ("number of pages", "page_count integer"),
            ("price", "price decimal"),
            ("unique email", "email email unique"),
            ("is active", "is_active boolean"),
            ("start", "starts_at date_time"),
            ("type", "kind string"),
            ("order", "position string"),
            ("status", "status enum"),
            ("cooking time", "cooking_minutes integer"),
            ("serial number", "serial_number string unique"),
            ("room number", "room_number string"),
            ("website", "website url"),
            ("2nd name", "n_2nd_name string"),
        ] {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            let field = field(&words, &[], None, "Book").expect("a field").field;
            let unique = if field.unique { " unique" } else { "" };
            assert_eq!(format!("{} {}{unique}", field.name, field.kind), expected);
        }
        assert_eq!(field(&["漢".into()], &[], None, "Book"), None);
    }
}
