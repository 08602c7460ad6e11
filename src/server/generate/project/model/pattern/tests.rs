//! Patterns that are taken, patterns that are refused, and the values made of them.

use super::*;

#[test]
fn what_all_languages_read_alike_is_taken() {
    for (pattern, min, max, like) in [
        ("^[0-9]{13}$", 0, 255, "0123456789012"),
        ("[A-Z]{3}-[0-9]{2,4}", 0, 255, "ABC-4567"),
        ("^[a-z0-9]+(-[a-z0-9]+)*$", 0, 255, "a-cdefgh"),
        ("(ab|abcd)", 4, 4, "abcd"),
        (r"\+?[0-9 ]{6,}", 10, 10, "0123456789"),
        ("(?:red|green)?", 3, 9, "green"),
        ("[^@]+@[^@]+\\.[a-z]{2,}", 0, 255, "a@c.efgh"),
        ("(a{2,3}b){2}", 7, 7, "aabaaab"),
        ("[äöü]+", 2, 2, "äü"),
        (r"[\w]", 9, 1, ""),
    ] {
        if like.is_empty() {
            assert!(Pattern::read(pattern).is_err(), "{pattern}");
            continue;
        }
        let read = Pattern::read(pattern).unwrap_or_else(|error| panic!("{pattern} {error}"));
        let examples = read.examples(min, max, 3);
        assert_eq!(examples.first().map(String::as_str), Some(like), "{pattern}");
        assert!(examples.iter().all(|example| read.matches(example)));
    }
}

#[test]
fn what_they_read_differently_is_refused_with_a_proposal() {
    for (pattern, words) in [
        ("", "is empty"),
        (r"\d+", "write `[0-9]`"),
        (r"[\w-]+", "write `[A-Za-z0-9_]`"),
        (r"\bword\b", "not all languages know"),
        (r"(a)\1", "not all languages know"),
        (r"\p{L}+", "not all languages know"),
        ("(?=a)a", "begins a group with `(?`"),
        ("(?i)a", "begins a group with `(?`"),
        ("(?P<x>a)", "begins a group with `(?`"),
        ("a++", "repeats nothing"),
        ("*a", "repeats nothing"),
        ("(*a)", "repeats nothing"),
        ("a{,3}", "is no count"),
        ("a{3,2}", "is no count"),
        ("a{1001}", "is no count"),
        ("{", "repeats nothing"),
        ("a}", "closes nothing"),
        ("]", "closes nothing"),
        ("[]a]", "empty class"),
        ("[a", "not closed"),
        ("[[:alpha:]]", "a `[` within"),
        ("[a&&b]", "once is enough"),
        ("[a-b-c]", "joins nothing"),
        ("(a", "is no regular expression"),
        ("a)", "is no regular expression"),
        ("[z-a]", "is no regular expression"),
        ("😀", "not every language counts"),
        ("(a+)+", "run for ever"),
        ("(a|aa)*b", "run for ever"),
        ("([a-z]+-?)*", "run for ever"),
        ("((a{1000}){1000}){1000}", "is too large"),
        ("a\\", "escapes nothing"),
        (r"a\-b", "write `-`"),
    ] {
        let error = Pattern::read(pattern).expect_err(pattern);
        assert!(error.contains(words), "{pattern}: {error}");
    }
    assert!(Pattern::read(&"a".repeat(201)).is_err());
}

#[test]
fn usual_shorthands_have_a_shared_spelling() {
    for (pattern, shared) in [
        (r"^\d{5}$", "^[0-9]{5}$"),
        (r"[\d.-]+\s\w", r"[0-9.-]+[ \t\n\r][0-9A-Za-z_]"),
        (r"\D\@\-\.", r"[^0-9]@-\."),
        (r"[\-\]]\n", r"[\-\]]\n"),
    ] {
        assert_eq!(portable(pattern), shared, "{pattern}");
        assert!(Pattern::read(&portable(pattern)).is_ok(), "{pattern}");
    }
}

#[test]
fn as_many_examples_as_there_are() {
    let count = |pattern: &str, min, max| Pattern::read(pattern).unwrap().examples(min, max, 100).len();
    assert_eq!(count("[0-9]{13}", 0, 255), 100);
    assert_eq!(count("[0-9]{13}", 0, 12), 0);
    assert_eq!(count("a^b", 0, 255), 0);
    assert_eq!(count("yes|no", 0, 255), 2);
    assert_eq!(count("[ab]{0,2}", 0, 255), 7);
    assert!(count("(a{0,8}){8}", 0, 500) == 65);
}

/// Looking at a pattern is bounded, whatever it is.
#[test]
fn the_worst_patterns_take_no_longer_than_they_may() {
    for pattern in [
        "(?:(?:a?b?c?d?e?){8}f?){8}",
        "(?:x{0,1000}y{0,1000}){8}",
        "[a-z]{0,1000}[0-9]{0,1000}[A-Z]{0,1000}",
        "((a|bc|def){8}|(x|yz){8}){8}",
        "(.{1000}){4}",
        "(a{1,8}){8}(b{1,8}){8}(c{1,8}){8}(d{1,8}){8}(e{1,8}){8}(f{1,8}){8}(g{1,8}){8}(h{1,8}){8}(i{1,8}){8}(j{1,8}){8}",
    ] {
        let start = std::time::Instant::now();
        let read = Pattern::read(pattern).unwrap_or_else(|error| panic!("{pattern} {error}"));
        assert!(read.examples(0, 4_000, 20).len() <= 20);
        println!("{pattern}: {:?}", start.elapsed());
        // Of a test's build, on a busy machine.
        assert!(start.elapsed().as_secs() < 20, "{pattern}: {:?}", start.elapsed());
    }
}
