//! Every pair of options for every stack, and many models. What only reads is looked at here, always, and one project each of two stacks
//! goes through all gates; with `LIVEGEN_TEST_PROJECTS=N` all of them do, and N random briefs and models: `make test-projects`. With
//! `LIVEGEN_TEST_STACK=axum` only those of one stack.

use livegen::{
    protocol::project::{Access, Database, Licence, ProjectInput, ProjectOptions, Stack},
    server::{
        config::SandboxUse,
        generate::project::{
            blueprint::{File, blueprint},
            input::{self, Settled},
            model::sample::{sample_brief, sample_model},
            review,
            verify::{Trust, Verification},
        },
    },
};

use super::{BRIEF, Listener, folder, workshop_in};

/// The stacks whose projects are built.
fn stacks() -> Vec<Stack> {
    let wanted = std::env::var("LIVEGEN_TEST_STACK").ok().filter(|text| !text.is_empty());
    let wanted = wanted.map(|text| Stack::parse(&text).expect("LIVEGEN_TEST_STACK is a stack"));
    Stack::ALL.iter().copied().filter(|stack| wanted.is_none_or(|wanted| wanted == *stack)).collect()
}

fn all(stack: Stack) -> Vec<ProjectOptions> {
    let mut all = Vec::new();
    for database in Database::ALL {
        for access in Access::ALL {
            for licence in Licence::ALL {
                for bits in 0..8 {
                    let (front_end, docker, ci) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
                    all.push(ProjectOptions { stack, database: *database, access: *access, front_end, docker, ci, licence: *licence });
                }
            }
        }
    }
    all
}

/// The values of an option, each as one of few numbers.
fn values(options: &ProjectOptions) -> [usize; 6] {
    let place = |found: Option<usize>| found.unwrap();
    [
        place(Database::ALL.iter().position(|value| *value == options.database)),
        place(Access::ALL.iter().position(|value| *value == options.access)),
        usize::from(options.front_end),
        usize::from(options.docker),
        usize::from(options.ci),
        place(Licence::ALL.iter().position(|value| *value == options.licence)),
    ]
}

type Pair = (usize, usize, usize, usize);

fn pairs(options: &ProjectOptions) -> Vec<Pair> {
    let values = values(options);
    (0..6).flat_map(|a| (a + 1..6).map(move |b| (a, values[a], b, values[b]))).collect()
}

/// As few as greed finds, so that every two values of two options are together in one of them.
fn pairwise(stack: Stack) -> Vec<ProjectOptions> {
    let all = all(stack);
    let mut open: std::collections::BTreeSet<Pair> = all.iter().flat_map(pairs).collect();
    let mut chosen = Vec::new();
    while !open.is_empty() {
        let gain = |options: &&ProjectOptions| pairs(options).iter().filter(|pair| open.contains(pair)).count();
        // The first of the best, so that it is the same every time.
        let best = *all.iter().rev().max_by_key(gain).unwrap();
        for pair in pairs(&best) {
            open.remove(&pair);
        }
        chosen.push(best);
    }
    chosen
}

fn made(input: &ProjectInput) -> (Vec<File>, Settled) {
    let settled = input::settle(input).unwrap();
    (blueprint(&settled.model, &settled.options, settled.seed).unwrap(), settled)
}

#[test]
fn every_pair_of_options_is_in_the_matrix() {
    for stack in Stack::ALL {
        let chosen = pairwise(*stack);
        let covered: std::collections::BTreeSet<Pair> = chosen.iter().flat_map(pairs).collect();
        assert_eq!(covered, all(*stack).iter().flat_map(pairs).collect());
        assert!(chosen.len() <= 10, "{}", chosen.len());
    }
}

#[test]
fn whatever_is_chosen_nothing_is_half_done() {
    for stack in Stack::ALL {
        for options in pairwise(*stack) {
            let input = ProjectInput { brief: Some(BRIEF.into()), options, ..ProjectInput::default() };
            let (files, settled) = made(&input);
            let findings = review::review_of(files.iter().map(|file| (file.path.as_str(), file.content.as_str())), &settled.model);
            assert_eq!(findings, [], "{options:?}");
            assert_eq!(made(&input).0, files, "the same every time");
        }
    }
}

#[test]
fn briefs_are_many_and_each_makes_a_project() {
    let briefs: std::collections::BTreeSet<String> = (0..100).map(sample_brief).collect();
    assert!(briefs.len() == 100, "{}", briefs.len());
    for brief in briefs {
        let input = ProjectInput { brief: Some(brief.clone()), ..ProjectInput::default() };
        assert!(!made(&input).1.model.entities.is_empty(), "{brief}");
    }
}

/// A project that goes through all gates, and what it is called.
fn projects(briefs: usize) -> Vec<(String, ProjectInput)> {
    let mut projects = Vec::new();
    for stack in &stacks() {
        for (at, options) in pairwise(*stack).into_iter().enumerate() {
            let model = Some(sample_model(at as u64, 4));
            projects.push((format!("{options:?}"), ProjectInput { model, options, ..ProjectInput::default() }));
        }
    }
    for seed in 0..briefs {
        // Stacks and ways in take turns, so that each of both meets each of the other.
        let (stacks, turn) = (stacks(), seed / Access::ALL.len());
        let (stack, access) = (stacks[turn % stacks.len()], Access::ALL[seed % Access::ALL.len()]);
        let options = ProjectOptions { stack, access, ..ProjectOptions::default() };
        let text = sample_brief(seed);
        projects.push((format!("{stack}, {text}"), ProjectInput { brief: Some(text), options, ..ProjectInput::default() }));
        let (model, entities) = (sample_model(1000 + seed as u64, 1 + seed % 6), 1 + seed % 6);
        let name = format!("{stack}, random model {seed} of {entities}");
        projects.push((name, ProjectInput { model: Some(model), options, ..ProjectInput::default() }));
    }
    projects
}

/// Where nobody asks for all of them (`make test-projects`): of the stacks that are built in seconds one each.
fn few() -> Vec<(String, ProjectInput)> {
    let project = |stack: Stack| {
        let options = ProjectOptions { stack, ..ProjectOptions::default() };
        (format!("{options:?}"), ProjectInput { model: Some(sample_model(5, 4)), options, ..ProjectInput::default() })
    };
    [Stack::FastApi, Stack::Hono].map(project).into()
}

#[tokio::test]
async fn they_pass_all_gates() {
    let briefs = std::env::var("LIVEGEN_TEST_PROJECTS").ok().map(|text| text.parse().expect("LIVEGEN_TEST_PROJECTS is a number"));
    let projects = briefs.map_or_else(few, projects);
    let workshop = workshop_in(&folder(), SandboxUse::Auto);
    let (mut green, mut faults) = (0, Vec::new());
    for (name, input) in projects {
        let (files, settled) = made(&input);
        let listener = Listener::default();
        match Verification::new(&workshop, &listener).run(&files, &settled, Trust::Blueprint).await {
            Ok(report) => {
                green += 1;
                let open: Vec<&str> = report.gates.iter().filter(|gate| !gate.verified).map(|gate| gate.name.as_str()).collect();
                println!(
                    "green: {name}{}",
                    if open.is_empty() { String::new() } else { format!(" (not verified here: {})", open.join(", ")) }
                );
            }
            Err(broken) => {
                println!("BROKEN: {name}: {broken}\n{}", listener.said());
                faults.push(format!("{name}: {broken}"));
            }
        }
    }
    println!("{green} of {} projects passed all gates that can be tried here", green + faults.len());
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}
