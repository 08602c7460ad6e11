//! Code that a model wrote, read before it is run: it parses, imports only what rules need, and has no way out. Then it is formatted.

use super::rules::{Fault, Proposal};
use crate::{
    protocol::project::Stack,
    server::generate::project::{
        blueprint::File,
        verify::{Disorder, Workshop},
    },
};

/// Run by Python in the sandbox; it runs nothing of what it reads.
const READER: &str = include_str!("look.py");

/// Why a proposal is not looked at further.
pub enum Refused {
    /// Its author may mend it.
    Fault(Fault),
    /// It cannot be read here.
    Unread(String),
}

/// The files of a proposal as they go into the project; `files` is the whole tree with them in it.
///
/// # Errors
/// What is wrong with them, or why nobody can say.
pub async fn look(workshop: &Workshop, files: &[File], stack: Stack, proposal: &Proposal) -> Result<Vec<File>, Refused> {
    let paths: Vec<String> = proposal.files.iter().map(|file| file.path.clone()).collect();
    workshop.in_order(files, stack, &paths, READER).await.map_err(|disorder| match disorder {
        Disorder::Found(output) => Refused::Fault(Fault {
            summary: format!("the files are not as they have to be: {}", output.lines().next().unwrap_or_default()),
            command: "reading the files".into(),
            output,
        }),
        Disorder::Unknown(why) => Refused::Unread(why),
    })
}
