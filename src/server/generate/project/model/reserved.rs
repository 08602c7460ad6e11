//! Names that generated code could not carry: words of its languages, and of what it is built with.
//!
//! One list for all stacks, so that a model can change its stack. Each refusal comes with a proposal.

use super::names;

/// Keywords of Python, Rust, JavaScript and TypeScript, and constants that read like them.
const KEYWORDS: &str = "abstract and any arguments as assert async await become box break case catch class const continue crate debugger declare def \
    default del delete do dyn elif else enum eval except export extends extern false final finally fn for from function gen \
    global if impl implements import in infer instanceof interface is keyof lambda let loop macro match mod module move mut \
    namespace never new nonlocal none not null or override package pass priv private protected pub public raise readonly ref \
    return satisfies self static struct super switch this throw trait true try type typeof undefined union unique unknown unsafe \
    unsized use var virtual void where while with yield";

/// Fields that every entity has, that the base classes have, and parameters that every list has.
const TAKEN: &str = "id created_at updated_at version metadata registry copy dict json schema validate construct page page_size per_page sort q \
    search cursor constructor prototype hash_code";

/// Words that databases do not take as a column's name.
const SQL: &str = "all asc between cast check collate column constraint create current_date current_time current_timestamp current_user \
    deferrable desc distinct drop end exists fetch foreign grant group having index initially insert intersect into isnull join \
    like limit natural offset on only order outer primary references returning rowid select session_user set table then to \
    transaction update user using values when window";

/// Classes and modules that generated code uses beside those of the entities, and names that no file has on Windows.
const CLASSES: &str = "aux com1 con lpt1 nul prn api app array auth base base_model big_int body bool boolean bytes column config date db decimal depends dict engine err \
    error exception extension field float form future hash_map header infinity init int integer json lib list literal main mapped \
    map math model na_n nan number object ok option optional page path pool problem promise proxy query request response result \
    router seed serialize session set settings some state status_code str string symbol table test text url uuid vec window";

/// What is made of an entity's name must not be another entity's name.
pub const MADE: [&str; 8] = ["Create", "Update", "Page", "Read", "Ref", "Body", "Input", "Output"];

/// Why a field or a relation's end cannot be called so, if it cannot: the proposal.
pub fn field_proposal(name: &str, entity: &str, is_relation: bool) -> Option<String> {
    let dunder = name.starts_with("model_");
    // The text language says `Book{required}` of an end without a name.
    let special = if is_relation { name == "required" } else { has(SQL, name) };
    let reserved = is_keyword(name) || has(TAKEN, name) || special;
    if !reserved && !dunder {
        return None;
    }
    let own = names::snake_case(entity);
    Some(match name {
        "type" | "class" => "kind".to_owned(),
        "from" => "starts_on".to_owned(),
        "to" | "end" => "ends_on".to_owned(),
        "order" | "index" | "sort" => "position".to_owned(),
        "group" => "group_name".to_owned(),
        "user" => "user_name".to_owned(),
        "desc" => "description".to_owned(),
        "page" => "page_number".to_owned(),
        "id" if !own.is_empty() => format!("{own}_number"),
        "created_at" | "updated_at" => format!("{}_on", &name[..7]),
        _ if dunder && name.len() > "model_".len() => format!("the_{name}"),
        _ if !own.is_empty() && own != name && own.len() + name.len() < 40 => format!("{own}_{name}"),
        _ => format!("the_{name}"),
    })
}

/// Why an entity or enumeration cannot be called so, if it cannot: the proposal.
pub fn type_proposal(name: &str) -> Option<String> {
    let snake = names::snake_case(name);
    let reserved = is_keyword(&snake) || has(CLASSES, &snake);
    reserved.then(|| match snake.as_str() {
        "case" => "CaseFile".to_owned(),
        "class" => "Course".to_owned(),
        "list" => "ItemList".to_owned(),
        "map" => "AreaMap".to_owned(),
        "match" => "Fixture".to_owned(),
        "module" => "CourseModule".to_owned(),
        "package" => "Parcel".to_owned(),
        "date" => "CalendarDate".to_owned(),
        "session" => "EventSession".to_owned(),
        "page" => "WebPage".to_owned(),
        "path" => "Route".to_owned(),
        "table" => "DiningTable".to_owned(),
        "test" => "Exam".to_owned(),
        "type" => "Kind".to_owned(),
        _ => format!("{}Record", names::pascal_case(name)),
    })
}

fn has(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|known| known == word)
}

fn is_keyword(word: &str) -> bool {
    has(KEYWORDS, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_words_are_reserved() {
        for word in ["yield", "class", "type", "fn", "self", "none", "typeof"] {
            assert!(is_keyword(word), "{word}");
        }
    }

    #[test]
    fn proposals_are_free_themselves() {
        for word in [KEYWORDS, TAKEN, SQL, "model_config model_"].into_iter().flat_map(str::split_ascii_whitespace) {
            let proposal = field_proposal(word, "Book", false).unwrap_or_else(|| panic!("{word} is reserved"));
            assert_eq!(field_proposal(&proposal, "Book", false), None, "{word} → {proposal}");
        }
        for word in [KEYWORDS, CLASSES].into_iter().flat_map(str::split_ascii_whitespace) {
            let name = names::pascal_case(word);
            let proposal = type_proposal(&name).unwrap_or_else(|| panic!("{name} is reserved"));
            assert_eq!(type_proposal(&proposal), None, "{name} → {proposal}");
        }
    }
}
