//! From a proposal to a project that passed all gates: with the rules if they are good, and without them if not.
//!
//! At most [`ROUNDS`] times the author is told what went wrong. Then the last tree that is green is the blueprint's, which has to pass by
//! itself: a model can make a project better, or leave it as it was.

use super::{
    Asking,
    look::{self, Refused},
    rules::{self, Credit, Fault, Proposal},
};
use crate::{
    protocol::{Level, Problem},
    server::generate::{
        StageError,
        project::{
            blueprint::{self, File},
            input::Settled,
            verify::{Broken, Report, Trust, Verification, Workshop},
        },
    },
};

/// How often an author may mend.
pub const ROUNDS: usize = 2;

/// What is tried.
pub struct Trial<'t> {
    pub workshop: &'t Workshop,
    pub settled: &'t Settled,
    pub brief: &'t str,
    /// The project without any rules of a model.
    pub files: &'t [File],
}

/// How it ended.
pub struct Tried {
    /// All files and what the gates said of them; none: the rules are not kept.
    pub kept: Option<(Vec<File>, Report)>,
    pub credit: Credit,
    /// What mending used.
    pub tokens: u64,
}

impl Trial<'_> {
    /// Tries a proposal, and what its author makes of it.
    ///
    /// # Errors
    /// When the stage is to stop, or cannot go on.
    pub async fn run(
        &self,
        asking: Option<&Asking<'_>>,
        proposal: Proposal,
        context: &dyn crate::server::generate::StageContext,
    ) -> Result<Tried, StageError> {
        let mut proposal = proposal;
        let mut tokens = 0;
        let mut mended = 0;
        loop {
            let note = match self.attempt(&mut proposal, context).await? {
                Attempt::Passed(files, report) => {
                    context.log(Level::Info, format!("The rules of {} are kept: every gate was passed with them", proposal.by)).await?;
                    return Ok(Tried { kept: Some((files, report)), credit: credit(proposal, mended, None), tokens });
                }
                Attempt::Impossible(why) => why,
                Attempt::Failed(fault) => {
                    let said = format!("The rules of {} are not good: {}", proposal.by, fault.summary);
                    context.log(Level::Warning, said).await?;
                    let next = match asking.filter(|_| mended < ROUNDS) {
                        Some(asking) => {
                            context.log(Level::Info, format!("Its author is told what went wrong ({} of {ROUNDS})", mended + 1)).await?;
                            let left = Asking { tokens: asking.tokens.saturating_sub(tokens), ..*asking };
                            let (next, used) = rules::mend(&left, self.brief, self.settled, self.files, &proposal, &fault).await?;
                            tokens += used;
                            mended += 1;
                            next
                        }
                        None => None,
                    };
                    if let Some(next) = next {
                        proposal = next;
                        continue;
                    }
                    fault.summary
                }
            };
            context.log(Level::Warning, format!("The project is made without the rules of {}: {note}", proposal.by)).await?;
            return Ok(Tried { kept: None, credit: credit(proposal, mended, Some(note)), tokens });
        }
    }

    async fn attempt(&self, proposal: &mut Proposal, context: &dyn crate::server::generate::StageContext) -> Result<Attempt, StageError> {
        let plain = self.blueprint(None).await?;
        let ruled = match self.blueprint(Some(proposal)).await {
            Ok(files) => files,
            Err(StageError::Fail(problem)) => return Ok(Attempt::Impossible(problem.detail)),
            Err(error) => return Err(error),
        };
        let mut files = match over(self.files, &plain, &ruled) {
            Ok(files) => files,
            Err(why) => return Ok(Attempt::Impossible(why)),
        };
        files.extend(proposal.files.iter().cloned());
        match look::look(self.workshop, &files, self.settled.options.stack, proposal).await {
            Ok(ordered) => proposal.files = ordered,
            Err(Refused::Fault(fault)) => return Ok(Attempt::Failed(fault)),
            Err(Refused::Unread(why)) => return Ok(Attempt::Impossible(format!("it can only be run in a sandbox: {why}"))),
        }
        files.retain(|file| !proposal.files.iter().any(|own| own.path == file.path));
        files.extend(proposal.files.iter().cloned());
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let verification = Verification::new(self.workshop, context);
        match verification.run(&files, self.settled, Trust::Foreign { blueprint: &plain }).await {
            Ok(report) => match report.gates.iter().find(|gate| gate.name == "tests" && !gate.verified) {
                None => Ok(Attempt::Passed(files, report)),
                Some(gate) => Ok(Attempt::Impossible(format!("their tests cannot be run here: {}", gate.note))),
            },
            Err(Broken::Gate(failure)) => Ok(Attempt::Failed(Fault::from(&*failure))),
            Err(Broken::Stage(error)) => Err(error),
        }
    }

    async fn blueprint(&self, proposal: Option<&Proposal>) -> Result<Vec<File>, StageError> {
        let (settled, ruled) = (self.settled.clone(), proposal.map(|proposal| proposal.ruled.clone()).unwrap_or_default());
        let made = tokio::task::spawn_blocking(move || blueprint::blueprint_with(&settled.model, &settled.options, settled.seed, &ruled));
        let made = made.await.map_err(|_| StageError::Fail(Problem::internal()))?;
        made.map_err(|error| StageError::Fail(Problem::invalid(&error.place, error.to_string())))
    }
}

enum Attempt {
    Passed(Vec<File>, Report),
    Failed(Fault),
    /// Nothing that its author could mend.
    Impossible(String),
}

fn credit(proposal: Proposal, mended: usize, note: Option<String>) -> Credit {
    let files = proposal.files.into_iter().map(|file| file.path).collect();
    Credit { by: proposal.by, rules: proposal.rules, files, kept: note.is_none(), mended, note: note.unwrap_or_default() }
}

/// The project with the places for rules in it.
///
/// # Errors
/// Somebody has changed a file that would have to be another.
fn over(files: &[File], plain: &[File], ruled: &[File]) -> Result<Vec<File>, String> {
    let find = |files: &[File], path: &str| files.iter().find(|file| file.path == path).map(|file| file.content.clone());
    let mut all = files.to_vec();
    for file in ruled {
        let before = find(plain, &file.path);
        if before.as_ref() == Some(&file.content) {
            continue;
        }
        if find(files, &file.path) != before {
            return Err(format!("`{}` was changed by somebody, and rules would change it too", file.path));
        }
        all.retain(|other| other.path != file.path);
        all.push(file.clone());
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_changed_stays() {
        let files = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(path, content)| File { path: (*path).into(), content: (*content).into() }).collect::<Vec<_>>()
        };
        let (plain, ruled) = (files(&[("a", "1"), ("b", "1")]), files(&[("a", "1"), ("b", "2"), ("c", "3")]));
        assert_eq!(over(&files(&[("a", "mine"), ("b", "1")]), &plain, &ruled).unwrap(), files(&[("a", "mine"), ("b", "2"), ("c", "3")]));
        assert!(over(&files(&[("a", "1"), ("b", "mine")]), &plain, &ruled).unwrap_err().contains("`b`"));
    }
}
