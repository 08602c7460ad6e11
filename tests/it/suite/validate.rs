//! The bookshop's rules about what is sent to it, each of which a faulty shop can forget.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::bookshop::{Fault, Refusal};

type Object = Map<String, Value>;

fn demand(fine: bool, title: &'static str) -> Result<(), Refusal> {
    if fine { Ok(()) } else { Err(Refusal(400, title)) }
}

pub fn uuid(text: &str) -> Result<(), Refusal> {
    let fine = text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if [8, 13, 18, 23].contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() });
    demand(fine, "no UUID")
}

fn text(value: &Value, min: usize, max: usize) -> bool {
    value.as_str().is_some_and(|text| (min..=max).contains(&text.chars().count()))
}

fn optional(map: &Object, name: &str, fine: impl Fn(&Value) -> bool) -> bool {
    map.get(name).is_none_or(fine)
}

fn number(value: &Value, min: f64, below: f64) -> bool {
    value.as_f64().is_some_and(|number| number >= min && number < below)
}

fn whole(value: &Value, min: i64, max: i64) -> bool {
    value.as_i64().is_some_and(|number| (min..=max).contains(&number))
}

fn email(value: &Value) -> bool {
    value.as_str().and_then(|text| text.split_once('@')).is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn date(value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    let parts: Vec<&str> = text.split('-').collect();
    let number = |at: usize| parts.get(at).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    text.len() == 10 && parts.len() == 3 && (1..=12).contains(&number(1)) && (1..=31).contains(&number(2))
}

fn genre(text: &str) -> bool {
    ["fiction", "poetry", "science", "history", "children"].contains(&text)
}

fn isbn(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.len() == 14 && (text.starts_with("978-") || text.starts_with("979-")) && digits(&text[4..])
}

fn languages(value: &Value) -> bool {
    let Some(items) = value.as_array() else { return false };
    let texts: HashSet<&str> = items
        .iter()
        .filter_map(Value::as_str)
        .filter(|text| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase()))
        .collect();
    (1..=4).contains(&items.len()) && texts.len() == items.len()
}

pub fn new_book(book: &Object, fault: Option<Fault>) -> Result<(), Refusal> {
    let forgives = |wanted: Fault| fault == Some(wanted);
    demand(book.get("title").map_or(forgives(Fault::IgnoresRequired), |title| text(title, 1, 120)), "title")?;
    demand(optional(book, "subtitle", |value| value.is_null() || text(value, 0, 200)), "subtitle")?;
    uuid(book.get("authorId").and_then(Value::as_str).unwrap_or_default())?;
    let isbn_fits = book.get("isbn").and_then(Value::as_str).is_some_and(|text| isbn(text) || forgives(Fault::IgnoresPattern));
    demand(isbn_fits, "isbn")?;
    let genre_fits = book
        .get("genre")
        .and_then(Value::as_str)
        .is_some_and(|text| (genre(text) || forgives(Fault::IgnoresEnum)) && !(text == "poetry" && forgives(Fault::RefusesAnEnumValue)));
    demand(genre_fits, "genre")?;
    let price_fits =
        book.get("price").is_some_and(|price| number(price, 0.0, 10_000.0) || (forgives(Fault::IgnoresType) && price.is_string()));
    demand(price_fits, "price")?;
    demand(optional(book, "pages", |pages| whole(pages, 1, 5_000)), "pages")?;
    demand(optional(book, "published", date), "published")?;
    demand(optional(book, "languages", languages), "languages")
}

pub fn book_changes(changes: &Object) -> Result<(), Refusal> {
    demand(!changes.is_empty() && changes.keys().all(|key| key == "price" || key == "stock"), "changes")?;
    demand(optional(changes, "price", |price| number(price, 0.0, 10_000.0)), "price")?;
    demand(optional(changes, "stock", |stock| whole(stock, 0, 100_000)), "stock")
}

pub fn new_author(author: &Object, fault: Option<Fault>) -> Result<(), Refusal> {
    demand(author.get("name").is_some_and(|name| text(name, 1, 80)), "name")?;
    let latest = if fault == Some(Fault::RefusesItsMaximum) { 2_099 } else { 2_100 };
    demand(optional(author, "born", |born| whole(born, 1_000, latest)), "born")?;
    demand(optional(author, "website", |site| site.as_str().is_some_and(|site| site.contains(':'))), "website")
}

pub fn new_review(review: &Object, fault: Option<Fault>) -> Result<(), Refusal> {
    let known = |key: &String| ["rating", "text", "by"].contains(&key.as_str());
    demand(fault == Some(Fault::IgnoresUnexpectedProperty) || review.keys().all(known), "unexpected")?;
    demand(review.get("rating").is_some_and(|rating| whole(rating, 1, 5)), "rating")?;
    let longest = if fault == Some(Fault::IgnoresMaxLength) { usize::MAX } else { 500 };
    demand(optional(review, "text", |value| text(value, 0, longest)), "text")?;
    demand(optional(review, "by", |by| email(by) || (fault == Some(Fault::IgnoresFormat) && by.is_string())), "by")
}

pub fn new_order(order: &Object, fault: Option<Fault>) -> Result<(), Refusal> {
    demand(order.get("email").is_some_and(email), "email")?;
    let lines = order.get("lines").and_then(Value::as_array).ok_or(Refusal(400, "lines"))?;
    let fewest = usize::from(fault != Some(Fault::IgnoresMinItems));
    demand((fewest..=10).contains(&lines.len()), "lines")?;
    for line in lines {
        uuid(line.get("bookId").and_then(Value::as_str).unwrap_or_default())?;
        demand(line.get("quantity").is_some_and(|quantity| whole(quantity, 1, 20)), "quantity")?;
    }
    let delivery = order.get("delivery").and_then(Value::as_object).ok_or(Refusal(400, "delivery"))?;
    let keys = |names: &[&str]| delivery.keys().all(|key| names.contains(&key.as_str()));
    let fine = match delivery.get("kind").and_then(Value::as_str) {
        Some("pickup") => keys(&["kind"]),
        Some("shipping") => {
            let has = |name: &str, max| delivery.get(name).is_some_and(|value| text(value, 1, max));
            keys(&["kind", "street", "city"]) && has("street", 100) && has("city", 60)
        }
        _ => false,
    };
    demand(fine, "delivery")?;
    let note = |value: &Value| (value.is_null() && fault != Some(Fault::RefusesNull)) || text(value, 0, 140);
    demand(optional(order, "giftNote", note), "giftNote")
}

pub fn book_query(query: &HashMap<String, String>, fault: Option<Fault>) -> Result<(), Refusal> {
    let given = |name: &str, fine: &dyn Fn(&str) -> bool| query.get(name).is_none_or(|text| fine(text));
    let within = |text: &str, min: i64, max: i64| text.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number));
    let most = if fault == Some(Fault::IgnoresMaximum) { i64::MAX } else { 100 };
    demand(given("limit", &|text| within(text, 1, most)), "limit")?;
    demand(given("offset", &|text| within(text, 0, i64::MAX)), "offset")?;
    demand(given("genre", &genre), "genre")?;
    demand(given("title", &|text| (2..=40).contains(&text.chars().count())), "title")?;
    demand(given("maxPrice", &|text| text.parse::<f64>().is_ok_and(|price| price >= 0.0)), "maxPrice")?;
    demand(given("inStock", &|text| text == "true" || text == "false"), "inStock")?;
    let keys = |text: &str| text.split(',').count() <= 3 && text.split(',').all(|key| ["title", "price", "published"].contains(&key));
    demand(given("sort", &keys), "sort")
}
