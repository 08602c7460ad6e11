//! Names in their spellings (`BookLoan`, `book_loan`, `book-loan`), and English words in their numbers (`book`, `books`).
//!
//! Everything is ASCII: letters of other alphabets are written with their nearest relatives where there are some, and left out
//! otherwise. The numbers follow rules and a short list; an entity's `plural` is there for what they get wrong.

use crate::protocol::project::{Entity, ProjectModel, Relation, RelationKind};

/// `BookLoan`
pub fn pascal_case(text: &str) -> String {
    words(text).iter().map(|word| capitalised(word)).collect()
}

/// `bookLoan`
pub fn camel_case(text: &str) -> String {
    words(text).iter().enumerate().map(|(index, word)| if index == 0 { word.clone() } else { capitalised(word) }).collect()
}

/// `book_loan`
pub fn snake_case(text: &str) -> String {
    words(text).join("_")
}

/// `book-loan`
pub fn kebab_case(text: &str) -> String {
    words(text).join("-")
}

/// Many of an entity, `PascalCase`: `BookLoans`.
pub fn plural_of(entity: &Entity) -> String {
    entity.plural.clone().unwrap_or_else(|| plural(&entity.name))
}

/// The entity's table: `book_loans`.
pub fn table_of(entity: &Entity) -> String {
    snake_case(&plural_of(entity))
}

/// The table between the entities of a many-to-many relation: `book_tags` for `Book{tags} to Tag{books}`.
pub fn join_table_of(model: &ProjectModel, relation: &Relation) -> String {
    format!("{}_{}", snake_case(&relation.from.entity), end_names(model, relation).0)
}

/// What the two ends are called in their entities, given or made: `books` in an author, `author` in a book.
pub fn end_names(model: &ProjectModel, relation: &Relation) -> (String, String) {
    let many = |name: &str| {
        let entity = model.entities.iter().find(|entity| entity.name == name);
        snake_case(&entity.map_or_else(|| plural(name), plural_of))
    };
    let from = relation.from.field.clone().unwrap_or_else(|| many(&relation.to.entity));
    let to = relation.to.field.clone().unwrap_or_else(|| match relation.kind {
        RelationKind::OneToMany => snake_case(&relation.from.entity),
        RelationKind::ManyToMany => many(&relation.from.entity),
    });
    (from, to)
}

/// The words of a name or text, lower case: at blanks, signs and humps. `ISBNRecord2` is `isbn`, `record2`.
pub fn words(text: &str) -> Vec<String> {
    let chars: Vec<char> = ascii(text).chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for (index, c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            // An apostrophe is within a word: "author's" is `authors`.
            open &= *c == '\'';
            continue;
        }
        let before = index.checked_sub(1).map(|before| chars[before]);
        let after = chars.get(index + 1);
        let hump = c.is_ascii_uppercase()
            && (before.is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit())
                || (before.is_some_and(|before| before.is_ascii_uppercase()) && after.is_some_and(char::is_ascii_lowercase)));
        if open
            && !hump
            && let Some(word) = words.last_mut()
        {
            word.push(c.to_ascii_lowercase());
        } else {
            words.push(c.to_ascii_lowercase().to_string());
            open = true;
        }
    }
    words
}

/// Letters with marks as letters without.
fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ä' | 'æ' => plain.push_str("ae"),
            'ö' | 'ø' | 'œ' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'Ä' | 'Æ' => plain.push_str("Ae"),
            'Ö' | 'Ø' | 'Œ' => plain.push_str("Oe"),
            'Ü' => plain.push_str("Ue"),
            'ß' => plain.push_str("ss"),
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' => plain.push('a'),
            'À' | 'Á' | 'Â' | 'Ã' | 'Å' => plain.push('A'),
            'ç' | 'ć' | 'č' => plain.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => plain.push('e'),
            'É' | 'È' | 'Ê' => plain.push('E'),
            'ì' | 'í' | 'î' | 'ï' => plain.push('i'),
            'ł' => plain.push('l'),
            'ñ' | 'ń' => plain.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => plain.push('o'),
            'ś' | 'š' => plain.push('s'),
            'ù' | 'ú' | 'û' | 'ů' => plain.push('u'),
            'ý' | 'ÿ' => plain.push('y'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            '’' => plain.push('\''),
            c => plain.push(c),
        }
    }
    plain
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

const IRREGULAR: [(&str, &str); 42] = [
    ("person", "people"),
    ("child", "children"),
    ("man", "men"),
    ("woman", "women"),
    ("foot", "feet"),
    ("tooth", "teeth"),
    ("goose", "geese"),
    ("mouse", "mice"),
    ("ox", "oxen"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("wife", "wives"),
    ("knife", "knives"),
    ("shelf", "shelves"),
    ("half", "halves"),
    ("wolf", "wolves"),
    ("thief", "thieves"),
    ("loaf", "loaves"),
    ("calf", "calves"),
    ("hero", "heroes"),
    ("potato", "potatoes"),
    ("tomato", "tomatoes"),
    ("echo", "echoes"),
    ("torpedo", "torpedoes"),
    ("veto", "vetoes"),
    ("elf", "elves"),
    ("medium", "media"),
    ("criterion", "criteria"),
    ("phenomenon", "phenomena"),
    ("quiz", "quizzes"),
    ("movie", "movies"),
    ("cookie", "cookies"),
    ("tie", "ties"),
    ("cache", "caches"),
    ("axe", "axes"),
    ("calorie", "calories"),
    ("smoothie", "smoothies"),
    ("hoodie", "hoodies"),
    ("menu", "menus"),
    ("guru", "gurus"),
    ("taxi", "taxis"),
    ("ski", "skis"),
];

/// One and many are the same word.
const SAME: &str = "advice aircraft baggage bread cash data deer equipment feedback fish furniture gear hardware information knowledge luggage mail media \
    merchandise metadata money music news series sheep software species staff";

/// One of something, though it ends with an `s`; those in `ss`, `us` and `is` need no list.
const ONE: &str = "alias atlas bias bonsai canvas chaos christmas cosmos gas iris lens pancreas pyjamas plus yes gps sms dns cms pos";

/// `BookLoan` → `BookLoans`, `category` → `categories`; what is many already stays.
pub fn plural(name: &str) -> String {
    numbered(name, |word| {
        if has(SAME, word) || is_plural(word) {
            return word.to_owned();
        }
        if let Some((_, many)) = IRREGULAR.iter().find(|(one, _)| *one == word) {
            return (*many).to_owned();
        }
        if let Some(stem) = word.strip_suffix("person") {
            return format!("{stem}people");
        }
        if let Some(stem) = word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']) && !stem.is_empty()) {
            return format!("{stem}ies");
        }
        if let Some(stem) = word.strip_suffix("sis").filter(|stem| !stem.is_empty()) {
            return format!("{stem}ses");
        }
        let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
        format!("{word}{}", if hisses { "es" } else { "s" })
    })
}

/// `BookLoans` → `BookLoan`, `categories` → `category`; what is one already stays.
pub fn singular(name: &str) -> String {
    numbered(name, |word| {
        if has(SAME, word) {
            return word.to_owned();
        }
        one_of(word).unwrap_or_else(|| word.to_owned())
    })
}

/// Whether a lower-case word means many.
pub fn is_plural(word: &str) -> bool {
    !has(SAME, word) && one_of(word).is_some()
}

fn has(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|known| known == word)
}

/// One of what a plural means; `None` for a word that is none.
fn one_of(word: &str) -> Option<String> {
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == word) {
        return Some((*one).to_owned());
    }
    if let Some(stem) = word.strip_suffix("people") {
        return Some(format!("{stem}person"));
    }
    let stem = word.strip_suffix('s').filter(|stem| stem.len() >= 2)?;
    if has(ONE, word) || stem.ends_with(['s', 'u', 'i']) {
        return None;
    }
    if let Some(start) = stem.strip_suffix("ie").filter(|start| start.len() >= 2) {
        return Some(format!("{start}y"));
    }
    if let Some(start) = stem.strip_suffix('e')
        && (start.ends_with("alys") || start == "thes")
    {
        return Some(format!("{start}is"));
    }
    if let Some(start) = stem.strip_suffix('e')
        && !["aus", "ous"].iter().any(|end| start.ends_with(end))
        && (["ss", "x", "ch", "sh", "us", "zz"].iter().any(|end| start.ends_with(end))
            || ["lens", "gas", "alias", "canvas", "atlas"].contains(&start))
    {
        return Some(start.to_owned());
    }
    Some(stem.to_owned())
}

/// The last word of a name changed, its spelling kept.
fn numbered(name: &str, change: impl Fn(&str) -> String) -> String {
    let at = name
        .char_indices()
        .rev()
        .find(|(at, c)| {
            (c.is_ascii_uppercase() && name[*at + 1..].starts_with(|next: char| next.is_ascii_lowercase())) || !c.is_ascii_alphanumeric()
        })
        .map_or(0, |(at, c)| if c.is_ascii_alphanumeric() { at } else { at + c.len_utf8() });
    let (start, last) = name.split_at(at);
    if last.is_empty() {
        return name.to_owned();
    }
    let changed = change(&last.to_ascii_lowercase());
    let changed = if last.starts_with(|c: char| c.is_ascii_uppercase()) { capitalised(&changed) } else { changed };
    format!("{start}{changed}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_four_spellings() {
        for (text, snake, pascal) in [
            ("BookLoan", "book_loan", "BookLoan"),
            ("ISBNRecord2", "isbn_record2", "IsbnRecord2"),
            ("due date", "due_date", "DueDate"),
            ("Müller's Bücher-Laden", "muellers_buecher_laden", "MuellersBuecherLaden"),
            ("book2Author", "book2_author", "Book2Author"),
            ("  __x--y ", "x_y", "XY"),
            ("漢字", "", ""),
        ] {
            assert_eq!((snake_case(text).as_str(), pascal_case(text).as_str()), (snake, pascal), "{text}");
        }
        assert_eq!((kebab_case("BookLoan"), camel_case("book_loan")), ("book-loan".into(), "bookLoan".into()));
    }

    #[test]
    fn words_have_two_numbers() {
        for (one, many) in [
            ("book", "books"),
            ("category", "categories"),
            ("day", "days"),
            ("box", "boxes"),
            ("dish", "dishes"),
            ("class", "classes"),
            ("address", "addresses"),
            ("status", "statuses"),
            ("bus", "buses"),
            ("analysis", "analyses"),
            ("course", "courses"),
            ("invoice", "invoices"),
            ("license", "licenses"),
            ("person", "people"),
            ("BookShelf", "BookShelves"),
            ("movie", "movies"),
            ("quiz", "quizzes"),
            ("lens", "lenses"),
            ("recipe", "recipes"),
            ("size", "sizes"),
            ("price", "prices"),
            ("photo", "photos"),
            ("branch", "branches"),
            ("purchase", "purchases"),
            ("equipment", "equipment"),
            ("office_house", "office_houses"),
            ("employee", "employees"),
            ("issue", "issues"),
            ("menu", "menus"),
            ("salesperson", "salespeople"),
        ] {
            assert_eq!(plural(one), many, "one {one}");
            assert_eq!(plural(many), many, "many {many}");
            assert_eq!(singular(many), one, "many {many}");
            assert_eq!(singular(one), one, "one {one}");
        }
    }
}
