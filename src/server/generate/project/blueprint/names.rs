//! The names of one thing in the places that it has one: class, module, table, address, heading.
//!
//! Made of `PascalCase` and `snake_case` words by rules alone. English plurals are right for what is usual; a model may name its own.

use std::cmp::Ordering;

/// Words that are the same for one and for many.
const SAME: [&str; 21] = [
    "aircraft",
    "bread",
    "cash",
    "data",
    "deer",
    "equipment",
    "feedback",
    "fish",
    "furniture",
    "information",
    "knowledge",
    "luggage",
    "media",
    "money",
    "music",
    "news",
    "series",
    "sheep",
    "software",
    "species",
    "staff",
];

const IRREGULAR: [(&str, &str); 16] = [
    ("analysis", "analyses"),
    ("basis", "bases"),
    ("child", "children"),
    ("crisis", "crises"),
    ("criterion", "criteria"),
    ("diagnosis", "diagnoses"),
    ("foot", "feet"),
    ("goose", "geese"),
    ("man", "men"),
    ("mouse", "mice"),
    ("person", "people"),
    ("quiz", "quizzes"),
    ("thesis", "theses"),
    ("tooth", "teeth"),
    ("woman", "women"),
    ("ox", "oxen"),
];

/// `f` becomes `ves`.
const VES: [&str; 12] = ["calf", "elf", "half", "knife", "leaf", "life", "loaf", "self", "shelf", "thief", "wife", "wolf"];
/// `o` becomes `oes`.
const OES: [&str; 6] = ["echo", "hero", "potato", "tomato", "torpedo", "veto"];

/// `LoanItem`, `loan item` and `loan-item` are the words loan, item. `ISBNCode`: isbn, code.
pub fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(at + 1);
        let begins = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if (begins || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

pub fn snake(name: &str) -> String {
    words(name).join("_")
}

pub fn kebab(name: &str) -> String {
    words(name).join("-")
}

pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capital(word)).collect()
}

pub fn camel(name: &str) -> String {
    words(name).iter().enumerate().map(|(at, word)| if at == 0 { word.clone() } else { capital(word) }).collect()
}

/// For people, in the middle of a sentence: `loan item`.
pub fn label(name: &str) -> String {
    words(name).join(" ")
}

/// For people, at the beginning: `Loan item`.
pub fn heading(name: &str) -> String {
    capital(&label(name))
}

pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Many of what the words name: the last of them changes. In the shape of `snake`.
pub fn plural(name: &str) -> String {
    let mut words = words(name);
    if let Some(last) = words.last_mut() {
        *last = plural_of(last);
    }
    words.join("_")
}

fn plural_of(word: &str) -> String {
    if SAME.contains(&word) {
        return word.to_owned();
    }
    if let Some((_, many)) = IRREGULAR.iter().find(|(one, _)| *one == word) {
        return (*many).to_owned();
    }
    if VES.contains(&word) {
        let stem = word.strip_suffix("fe").or_else(|| word.strip_suffix('f')).unwrap_or(word);
        return format!("{stem}ves");
    }
    let before_last = word.chars().rev().nth(1).unwrap_or('a');
    if let Some(stem) = word.strip_suffix('y')
        && !"aeiou".contains(before_last)
    {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    if hisses || OES.contains(&word) { format!("{word}es") } else { format!("{word}s") }
}

/// One of what the words name, as far as rules can tell. In the shape of `snake`.
pub fn singular(name: &str) -> String {
    let mut words = words(name);
    if let Some(last) = words.last_mut() {
        *last = singular_of(last);
    }
    words.join("_")
}

fn singular_of(word: &str) -> String {
    if SAME.contains(&word) {
        return word.to_owned();
    }
    if let Some((one, _)) = IRREGULAR.iter().find(|(_, many)| *many == word) {
        return (*one).to_owned();
    }
    let candidates = [
        word.strip_suffix("ves").map(|stem| format!("{stem}f")),
        word.strip_suffix("ves").map(|stem| format!("{stem}fe")),
        word.strip_suffix("ies").map(|stem| format!("{stem}y")),
        word.strip_suffix("es").map(str::to_owned),
        word.strip_suffix('s').filter(|stem| !stem.ends_with('s')).map(str::to_owned),
    ];
    // What makes the same word again.
    let mut fitting: Vec<String> = candidates.into_iter().flatten().filter(|one| !one.is_empty() && plural_of(one) == word).collect();
    fitting.pop().unwrap_or_else(|| word.to_owned())
}

/// `a book`, `an author`.
pub fn article(label: &str) -> &'static str {
    let vowel = label.chars().next().is_some_and(|first| "aeiou".contains(first));
    let sounds_like_you = ["uni", "use", "usa", "uti", "eu", "one"].iter().any(|start| label.starts_with(start))
        && !["unin", "unim", "unid"].iter().any(|start| label.starts_with(start));
    if vowel && !sounds_like_you { "an" } else { "a" }
}

/// Lower-case ASCII letters, digits and hyphens, at most 40 characters, for folders and packages: never empty.
pub fn slug(name: &str) -> String {
    let ascii: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let mut slug = String::new();
    for word in ascii.split_whitespace() {
        if slug.len() + word.len() > 39 && !slug.is_empty() {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word[..word.len().min(40)]);
    }
    if slug.starts_with(|first: char| first.is_ascii_alphabetic()) {
        slug
    } else {
        format!("project-{slug}").trim_end_matches('-').to_owned()
    }
}

/// Order in which runs of digits count as numbers: `item2` before `item10`, as tools that sort imports have it.
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (pieces(a).into_iter(), pieces(b).into_iter());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => match compare(&left, &right) {
                Ordering::Equal => {}
                other => return other,
            },
        }
    }
}

fn compare(left: &str, right: &str) -> Ordering {
    let number = |text: &str| text.starts_with(|first: char| first.is_ascii_digit()).then(|| text.trim_start_matches('0').to_owned());
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.len().cmp(&right.len()).then_with(|| left.cmp(&right)),
        _ => left.cmp(right),
    }
}

/// Runs of digits, and single characters between them.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for c in text.chars() {
        match pieces.last_mut() {
            Some(last) if c.is_ascii_digit() && last.starts_with(|first: char| first.is_ascii_digit()) => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_any_writing() {
        for (name, expected) in [
            ("LoanItem", "loan_item"),
            ("ISBNCode", "isbn_code"),
            ("Order2Item", "order2_item"),
            ("published_on", "published_on"),
            ("Town library", "town_library"),
        ] {
            assert_eq!(snake(name), expected);
        }
        assert_eq!(
            (kebab("LoanItem"), pascal("loan_item"), camel("loan_item")),
            ("loan-item".into(), "LoanItem".into(), "loanItem".into())
        );
        assert_eq!((label("LoanItem"), heading("due_date")), ("loan item".into(), "Due date".into()));
    }

    #[test]
    fn one_and_many() {
        for (one, many) in [
            ("book", "books"),
            ("category", "categories"),
            ("day", "days"),
            ("address", "addresses"),
            ("box", "boxes"),
            ("branch", "branches"),
            ("shelf", "shelves"),
            ("wife", "wives"),
            ("person", "people"),
            ("staff", "staff"),
            ("loan_item", "loan_items"),
            ("status", "statuses"),
            ("hero", "heroes"),
            ("photo", "photos"),
            ("house", "houses"),
            ("course", "courses"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
        }
    }

    #[test]
    fn articles() {
        let said: Vec<&str> = ["book", "author", "user", "hour", "order", "university", "unit", "item"].into_iter().map(article).collect();
        assert_eq!(said, ["a", "an", "a", "a", "an", "a", "a", "an"]);
    }

    #[test]
    fn slugs_are_never_empty_or_long() {
        assert_eq!(slug("Town library"), "town-library");
        assert_eq!(slug("Bücherei 2"), "b-cherei-2");
        assert_eq!(slug("图书馆"), "project");
        assert_eq!(slug("3 bears"), "project-3-bears");
        assert!(slug(&"word ".repeat(40)).len() <= 40);
    }

    #[test]
    fn numbers_within_names_count_as_numbers() {
        let mut names = vec!["item10", "item2", "item", "item_b", "itema"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["item", "item2", "item10", "item_b", "itema"]);
    }
}
