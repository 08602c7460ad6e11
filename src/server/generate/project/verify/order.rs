//! Files that somebody else wrote, put in order before any of them is run: read by a script of ours, then formatted by the project's own
//! tools. In the sandbox, for whoever wrote a file may have written it for its reader.

use super::{Workshop, install::NotInstalled, outcome::tail, stacks};
use crate::{protocol::project::Stack, server::generate::project::blueprint::File};

/// More than any file that is put in order has.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Why files are not in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disorder {
    /// What is wrong with them, a finding a line.
    Found(String),
    /// It cannot be said here, and why.
    Unknown(String),
}

impl Workshop {
    /// Reads and formats `paths` of a project's files; what became of them, in the same order. `reader` is a program in Python that gets a
    /// folder and the paths, and ends with 0 where it finds nothing.
    ///
    /// # Errors
    /// What it found; or why it cannot be asked.
    pub async fn in_order(&self, files: &[File], stack: Stack, paths: &[String], reader: &str) -> Result<Vec<File>, Disorder> {
        let unknown = |why: String| Disorder::Unknown(why);
        let sandbox = self.sandbox().await.map_err(|absent| unknown(absent.to_string()))?;
        let means = stacks::means(stack);
        let installed = self.installation(&means.recipe, files, Some(sandbox)).await.map_err(|error| match error {
            NotInstalled::Here(why) => unknown(why),
            NotInstalled::Failed(command, _) => unknown(format!("`{command}` failed")),
            NotInstalled::Io(error) => unknown(error.to_string()),
        })?;
        let bench = self.bench(files, means, &installed, Some(sandbox)).await.map_err(|error| unknown(error.to_string()))?;
        let ours = vec![File { path: "look.py".into(), content: reader.into() }];
        let placed = bench.put("reader", ours).await.map_err(|error| unknown(error.to_string()))?;
        let named = paths.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(" ");
        let text = format!(
            "python3 -I -B \"$READER/look.py\" . {named}\n{} -- {named} || true\n{} -- {named}\n\
             at=0; for path in {named}; do cp -- \"$path\" \"$OUT/$at\"; at=$((at + 1)); done",
            means.mends, means.formats,
        );
        let environment = [("READER".to_owned(), placed.display().to_string())];
        let ended = bench.script(&text, &environment, std::slice::from_ref(&placed)).await.map_err(unknown)?;
        if !ended.is_success() {
            return Err(Disorder::Found(tail(&ended.output).join("\n")));
        }
        let read = |(at, path): (usize, &String)| {
            let bytes = bench.read(&at.to_string(), MAX_FILE_BYTES).map_err(unknown)?;
            let content = String::from_utf8(bytes).map_err(|error| unknown(error.to_string()))?;
            Ok(File { path: path.clone(), content })
        };
        paths.iter().enumerate().map(read).collect()
    }
}

/// For a shell.
fn quoted(path: &str) -> String {
    format!("'{}'", path.replace('\'', r"'\''"))
}
