//! Names that give away that a value must come from somewhere: ids of other things, cursors, secrets.
//!
//! A made-up value for them may rightly be refused, so no positive case depends on one.

/// `customerId`, `author_ids`, `parentUuid`: names something that must exist.
pub fn is_reference(name: &str) -> bool {
    let words = words(name);
    match words.last().map(String::as_str) {
        Some("id" | "ids" | "uuid" | "guid" | "ref") => true,
        Some("key") => words.iter().any(|word| word == "foreign"),
        _ => false,
    }
}

/// `url`, `spec_url`: an address that the server may go to, where what stands is nobody's here to know.
pub fn is_address(name: &str) -> bool {
    let words = words(name);
    let is_fetched = |word: &String| ["callback", "feed", "import", "source", "spec", "webhook"].contains(&word.as_str());
    matches!(words.last().map(String::as_str), Some("url" | "uri")) && (words.len() == 1 || words.iter().any(is_fetched))
}

/// A value that only an earlier answer, or a person, can supply.
pub fn is_opaque(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| {
        matches!(
            word.as_str(),
            "cursor"
                | "token"
                | "marker"
                | "etag"
                | "signature"
                | "nonce"
                | "otp"
                | "captcha"
                | "code"
                | "continuation"
                | "upload"
                | "session"
        )
    }) || matches!(
        name.to_ascii_lowercase().as_str(),
        "after" | "before" | "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" | "next"
    )
}

/// Operations whose job is to look at credentials: they may refuse a valid shape.
pub fn is_sign_in(path: &str, key: &str) -> bool {
    let all = format!("{path} {key}").to_ascii_lowercase();
    ["login", "logout", "signin", "sign-in", "token", "oauth", "authorize", "authenticate", "password", "session", "verify"]
        .iter()
        .any(|word| all.contains(word))
}

/// `customerId` → customer, id.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut lower_before = false;
    for c in name.chars().take(200) {
        let boundary = !c.is_alphanumeric() || (c.is_uppercase() && lower_before);
        if boundary && !current.is_empty() {
            words.push(std::mem::take(&mut current));
        }
        if c.is_alphanumeric() {
            current.extend(c.to_lowercase());
        }
        lower_before = c.is_lowercase() || c.is_ascii_digit();
    }
    if !current.is_empty() {
        words.push(current);
    }
    words
}
