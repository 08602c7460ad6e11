//! All cases of one operation: collected, made unique, bounded, numbered by name.

use std::collections::BTreeMap;

use super::fixtures::Fixtures;
use super::sample::Fill;
use super::template::Template;
use super::{Case, Oracle, body, flows, names, parameters, protocol, references};
use crate::server::generate::test_suite::model::Model;

/// Cases of one operation. What lies beyond is counted as skipped, with the reason.
pub const MAX_CASES: usize = 60;

/// Cases of one operation that are compared with each other.
const MAX_CANDIDATES: usize = 500;

#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order in which they stand in the file. Some have a `skip`.
    pub cases: Vec<Case>,
    /// What is not in there and why: reason and how many.
    pub left_out: BTreeMap<String, usize>,
    /// What is worth a line in the log.
    pub remarks: Vec<String>,
}

impl Plan {
    /// Cases that are not run: those with a `skip` and those left out.
    pub fn skipped(&self) -> usize {
        self.cases.iter().filter(|case| case.skip.is_some()).count() + self.left_out.values().sum::<usize>()
    }
}

/// Makes the cases of the model's operation at `index`, whose name in ids is `slug`.
pub fn plan(model: &Model, fixtures: &Fixtures, slug: &str, index: usize) -> Plan {
    let mut plan = Plan::default();
    let Some(operation) = model.operations.get(index) else { return plan };
    let mut cases: Vec<Case> = Vec::new();
    if let Some(server) = &operation.own_server {
        let reason = format!("it has a server of its own ({})", crate::server::generate::test_suite::description::one_line(server, 80));
        *plan.left_out.entry(reason.clone()).or_default() += 1;
        plan.remarks.push(format!("{}: no cases, because {reason}", operation.line()));
        return plan;
    }
    let mut beyond = 0;
    let mut push = |case: Case| {
        if cases.len() < MAX_CANDIDATES { cases.push(case) } else { beyond += 1 }
    };
    match Template::new(model, fixtures, operation, Fill::Required) {
        Ok(template) => {
            protocol::plain_call(operation, &template, &mut push);
            plan.remarks = body::cases(model, fixtures, operation, &template, &mut push);
            parameters::cases(model, operation, &template, &mut push);
            parameters::path_cases(model, operation, &template, &mut push);
            flows::flows(model, fixtures, index, &template, &mut push);
            protocol::unknown_id(model, operation, &template, &mut push);
            protocol::credentials(model, operation, &template, &mut push);
            protocol::broken_body(operation, &template, &mut push);
            body::media_types(operation, &template, &mut push);
        }
        Err(why) => {
            *plan.left_out.entry(format!("no valid request could be made: {why}")).or_default() += 1;
            plan.remarks.push(format!("{}: no cases from a valid request, because {why}", operation.line()));
        }
    }
    protocol::undocumented_method(model, fixtures, index, &mut push);
    // A client that only asks for the head gets no body to look at.
    if operation.method == "HEAD" || operation.method == "TRACE" || operation.method == "OPTIONS" {
        cases.retain(|case| matches!(case.oracle, Oracle::Conforms { .. }));
    }
    if operation.is_upgrade() {
        let all = cases.len();
        cases.retain(|case| !matches!(case.oracle, Oracle::Conforms { .. }));
        plan.left_out.insert("it becomes a WebSocket, which these tests do not speak".into(), all - cases.len());
    }
    if references::is_sign_in(&operation.path, &operation.key) {
        doubt_credentials(&mut cases);
    }
    finish(&mut plan, cases, slug, index);
    if beyond > 0 {
        *plan.left_out.entry(too_many()).or_default() += beyond;
    }
    plan
}

fn too_many() -> String {
    format!("more than {MAX_CASES} cases for one operation")
}

/// An operation that looks at credentials may refuse what has a valid shape.
fn doubt_credentials(cases: &mut [Case]) {
    for case in cases {
        if let Oracle::Conforms { needs, .. } = &mut case.oracle
            && needs.is_none()
        {
            *needs = Some("credentials or a state that only the server knows".into());
        }
    }
}

fn finish(plan: &mut Plan, mut cases: Vec<Case>, slug: &str, index: usize) {
    cases.sort_by_key(|case| case.kind);
    // The same request with the same expectation says nothing new.
    let mut kept: Vec<Case> = Vec::new();
    for case in cases {
        if !kept.iter().any(|other| {
            other.before == case.before
                && other.request == case.request
                && std::mem::discriminant(&other.oracle) == std::mem::discriminant(&case.oracle)
        }) {
            kept.push(case);
        }
    }
    if kept.len() > MAX_CASES {
        plan.left_out.insert(too_many(), kept.len() - MAX_CASES);
        kept.truncate(MAX_CASES);
    }
    let mut names = names::Unique::default();
    for case in &mut kept {
        case.name = names.name(std::mem::take(&mut case.name));
        case.operation = index;
        case.id = format!("{slug}/{}/{}", case.kind.as_str(), case.name.replace('_', "-"));
    }
    plan.cases = kept;
}

/// The operations' names in ids and functions, each unique within the model.
pub fn slugs(model: &Model) -> Vec<String> {
    let mut names = names::Unique::default();
    model.operations.iter().map(|operation| names.name(names::snake(&operation.key))).collect()
}

/// How many cases of each kind.
pub fn by_kind<'a>(cases: impl Iterator<Item = &'a Case>) -> BTreeMap<&'static str, u64> {
    let mut counts = BTreeMap::new();
    for case in cases {
        *counts.entry(case.kind.as_str()).or_default() += 1;
    }
    counts
}
