//! Generated suites, run for real: everything passes on a correct server, and each one-fault server is caught.

pub mod bookshop;
pub mod python;
mod validate;

use std::path::{Path, PathBuf};
use std::process::Command;

use bookshop::{Fault, TOKEN};
use livegen::server::generate::test_suite;

const BOOKSHOP: &str = include_str!("../../public/samples/bookshop.yaml");

/// A suite that lies unpacked in a folder of its own.
struct Unpacked {
    folder: tempfile::TempDir,
}

impl Unpacked {
    fn new(description: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let zip = test_suite::generate(description).unwrap().zip().unwrap();
        python::unpack(&zip, folder.path());
        Self { folder }
    }

    fn root(&self) -> PathBuf {
        let unpacked = self.folder.path().join("unpacked");
        let mut entries = std::fs::read_dir(unpacked).unwrap();
        let root = entries.next().unwrap().unwrap().path();
        assert!(entries.next().is_none(), "a suite unpacks into one folder");
        root
    }

    /// Runs pytest; `tests` narrows it to a file.
    fn run(&self, base_url: &str, tests: &str) -> Outcome {
        let root = self.root();
        let requirements = std::fs::read_to_string(root.join("requirements.txt")).unwrap();
        let output = Command::new(python::interpreter(&requirements))
            .args(["-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", tests])
            .env("BASE_URL", base_url)
            .env("API_TOKEN", TOKEN)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(&root)
            .output()
            .unwrap();
        Outcome { text: String::from_utf8_lossy(&output.stdout).into_owned(), code: output.status.code() }
    }
}

struct Outcome {
    text: String,
    code: Option<i32>,
}

impl Outcome {
    fn count(&self, word: &str) -> usize {
        let last = self.text.lines().last().unwrap_or_default();
        last.split(", ").find_map(|part| part.trim_matches('=').trim().strip_suffix(word)?.trim().parse().ok()).unwrap_or(0)
    }

    fn failed(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| line.strip_prefix("FAILED ")).collect()
    }
}

async fn run(suite: &'static Unpacked, fault: Option<Fault>, tests: &'static str) -> Outcome {
    let address = bookshop::open(fault).await;
    tokio::task::spawn_blocking(move || suite.run(&format!("http://{address}"), tests)).await.unwrap()
}

fn bookshop_suite() -> &'static Unpacked {
    static SUITE: std::sync::OnceLock<Unpacked> = std::sync::OnceLock::new();
    SUITE.get_or_init(|| Unpacked::new(BOOKSHOP))
}

#[tokio::test]
async fn a_correct_server_passes_everything() {
    let outcome = run(bookshop_suite(), None, "tests").await;
    assert_eq!(outcome.code, Some(0), "{}", outcome.text);
    assert_eq!(outcome.failed(), Vec::<&str>::new());
    let passed =
        outcome.text.lines().last().unwrap_or_default().split(' ').next().and_then(|count| count.parse::<usize>().ok()).unwrap_or(0);
    assert!(passed > 250, "{}", outcome.text);
    assert_eq!(outcome.count(" skipped"), 0, "{}", outcome.text);
}

/// Each fault, the file whose tests must notice, and the operation that they must name.
const FAULTS: [(Fault, &str, &str); 28] = [
    (Fault::IgnoresRequired, "books", "create_book"),
    (Fault::IgnoresEnum, "books", "create_book"),
    (Fault::IgnoresMaximum, "books", "list_books"),
    (Fault::IgnoresMaxLength, "reviews", "add_review"),
    (Fault::IgnoresPattern, "books", "create_book"),
    (Fault::IgnoresFormat, "reviews", "add_review"),
    (Fault::IgnoresMinItems, "orders", "place_order"),
    (Fault::IgnoresType, "books", "create_book"),
    (Fault::IgnoresUnexpectedProperty, "reviews", "add_review"),
    (Fault::IgnoresRequiredHeader, "orders", "place_order"),
    (Fault::RefusesNull, "orders", "place_order"),
    (Fault::RefusesItsMaximum, "authors", "create_author"),
    (Fault::RefusesAnEnumValue, "books", "create_book"),
    (Fault::WrongStatus, "books", "create_book"),
    (Fault::WrongFieldType, "books", "get_book"),
    (Fault::MissingField, "orders", "place_order"),
    (Fault::WrongContentType, "reviews", "list_reviews"),
    (Fault::MissingHeader, "books", "list_books"),
    (Fault::BreaksOnUnknownId, "books", "get_book"),
    (Fault::FindsUnknownId, "orders", "get_order"),
    (Fault::BreaksOnBrokenJson, "reviews", "add_review"),
    (Fault::TakesAnyContentType, "reviews", "add_review"),
    (Fault::NoAuthCheck, "books", "delete_book"),
    (Fault::TakesAnyToken, "authors", "create_author"),
    (Fault::AllowsMethod, "authors", "create_author"),
    (Fault::NoAllowHeader, "authors", "create_author"),
    (Fault::DeleteDoesNothing, "books", "delete_book"),
    (Fault::PatchDoesNothing, "books", "update_book"),
];

#[tokio::test]
async fn every_faulty_server_is_caught() {
    let mut missed = Vec::new();
    for (fault, file, operation) in FAULTS {
        let tests: &'static str = match file {
            "books" => "tests/test_books.py",
            "reviews" => "tests/test_reviews.py",
            "authors" => "tests/test_authors.py",
            _ => "tests/test_orders.py",
        };
        let outcome = run(bookshop_suite(), Some(fault), tests).await;
        let named = outcome.failed().iter().any(|test| test.contains(&format!("test_{operation}__")));
        if outcome.code != Some(1) || !named {
            missed.push(format!("{fault:?}: {}", outcome.text.lines().last().unwrap_or_default()));
        }
    }
    assert!(missed.is_empty(), "not caught: {missed:#?}");
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let zip = || test_suite::generate(BOOKSHOP).unwrap().zip().unwrap();
    assert_eq!(zip(), zip());
}

/// Compiles every Python file of a suite.
fn compile(root: &Path) {
    let output = Command::new("python3").args(["-m", "compileall", "-q"]).arg(root).output().unwrap();
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

#[test]
fn python_compiles_whatever_the_names_are() {
    let suite = Unpacked::new(include_str!("../fixtures/hostile-names.json"));
    compile(&suite.root());
    let outcome = suite.run("http://127.0.0.1:9", "--collect-only");
    assert_eq!(outcome.code, Some(0), "{}", outcome.text);
}
