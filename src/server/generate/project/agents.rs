//! The twelve agents: who does what, after whom, and whose a file is.

use crate::protocol::StagePlan;

/// One agent: a stage of the task.
pub struct Agent {
    pub name: &'static str,
    pub label: &'static str,
    weight: u8,
    after: &'static [&'static str],
}

pub const REQUIREMENTS: &str = "requirements";
pub const ARCHITECTURE: &str = "architecture";
pub const VALIDATION: &str = "validation";
pub const REVIEW: &str = "review";
pub const VERIFICATION: &str = "verification";

const fn agent(name: &'static str, label: &'static str, weight: u8, after: &'static [&'static str]) -> Agent {
    Agent { name, label, weight, after }
}

/// Weights are shares of the time that is usually spent: most of it goes into the last.
pub const AGENTS: [Agent; 12] = [
    agent(REQUIREMENTS, "Requirements", 3, &[]),
    agent(ARCHITECTURE, "Architecture", 3, &[REQUIREMENTS]),
    agent("data_model", "Data model", 4, &[ARCHITECTURE]),
    agent("api_contract", "API contract", 4, &["data_model"]),
    agent("back_end", "Back end", 4, &["api_contract"]),
    agent(VALIDATION, "Validation", 3, &["api_contract"]),
    agent("front_end", "Front end", 4, &["api_contract"]),
    agent("tests", "Tests", 4, &["back_end", "validation"]),
    agent("documentation", "Documentation", 3, &["api_contract"]),
    agent("operations", "Operations", 3, &[ARCHITECTURE]),
    agent(REVIEW, "Review", 5, &["back_end", "validation", "front_end", "tests", "documentation", "operations"]),
    agent(VERIFICATION, "Verification and packaging", 60, &[REVIEW]),
];

pub fn plan() -> Vec<StagePlan> {
    let after = |agent: &Agent| Some(agent.after.iter().map(|name| (*name).to_owned()).collect());
    AGENTS.iter().map(|agent| StagePlan { after: after(agent), ..StagePlan::new(agent.name, agent.label, agent.weight) }).collect()
}

/// Whose a file of a project is, in whatever stack.
pub fn author(path: &str) -> &'static str {
    let (top, rest) = path.split_once('/').unwrap_or(("", path));
    match top {
        "migrations" => "data_model",
        "tests" => "tests",
        ".github" => "operations",
        "app" | "src" => match rest.split('/').next().unwrap_or(rest) {
            "static" => "front_end",
            "models" | "tables" | "db.py" | "db.rs" | "enums.py" | "enums.rs" | "enums.ts" | "seed.json" => "data_model",
            "schemas" | "openapi.py" | "openapi.rs" => "api_contract",
            "rules" | "fields" | "requests.rs" | "fields.py" | "fields.rs" | "problems.py" | "problems.rs" => "validation",
            "api" => match rest {
                "api/fields.ts" | "api/problems.ts" => "validation",
                "api/openapi.ts" | "api/shapes.ts" | "api/operation.ts" => "api_contract",
                _ => "back_end",
            },
            _ => "back_end",
        },
        "web" => "front_end",
        "" => match rest {
            "README.md" | "LICENSE" | ".env.example" => "documentation",
            "alembic.ini" | "seed.json" => "data_model",
            super::MANIFEST => VERIFICATION,
            _ => "operations",
        },
        _ => "back_end",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_is_whole_and_in_order() {
        assert_eq!(AGENTS.iter().map(|agent| u32::from(agent.weight)).sum::<u32>(), 100);
        for (index, agent) in AGENTS.iter().enumerate() {
            for before in agent.after {
                assert!(AGENTS[..index].iter().any(|other| other.name == *before), "{} comes after {before}", agent.name);
            }
        }
    }

    #[test]
    fn every_file_is_somebody_s() {
        for (path, expected) in [
            ("app/models/book.py", "data_model"),
            ("app/schemas/book.py", "api_contract"),
            ("app/routes/books.py", "back_end"),
            ("app/main.py", "back_end"),
            ("app/static/main.js", "front_end"),
            ("tests/api/test_books.py", "tests"),
            ("README.md", "documentation"),
            ("Dockerfile", "operations"),
            ("migrations/versions/0001_initial.py", "data_model"),
            ("app/fields.py", "validation"),
            ("src/api/fields.ts", "validation"),
            ("src/api/operation.ts", "api_contract"),
            ("src/schemas/book.ts", "api_contract"),
            ("src/tables/book.ts", "data_model"),
            ("src/routes/books.ts", "back_end"),
            ("seed.json", "data_model"),
            ("MANIFEST.json", VERIFICATION),
            ("app/rules/loan.py", "validation"),
        ] {
            assert_eq!(author(path), expected, "{path}");
            assert!(AGENTS.iter().any(|agent| agent.name == author(path)));
        }
    }
}
