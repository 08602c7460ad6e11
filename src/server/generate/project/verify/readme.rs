//! The commands of a README: its fenced `sh` blocks, as somebody would type them.

use super::Trust;
use crate::server::generate::project::blueprint::File;

const PATH: &str = "README.md";

/// One command, or several that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub text: String,
    /// For what is said when it fails.
    pub place: String,
}

/// What the gates run, in order. Whoever edits the README adds commands and takes none away: a gate that is not run is not passed.
pub fn of(files: &[File], trust: Trust<'_>) -> Vec<Command> {
    let said_in = |files: &[File]| files.iter().find(|file| file.path == PATH).map(|file| commands(&file.content)).unwrap_or_default();
    let own = said_in(files);
    let Trust::Foreign { blueprint } = trust else { return own };
    let mut all = said_in(blueprint);
    for command in &mut all {
        match own.iter().find(|other| other.text == command.text) {
            Some(same) => command.place.clone_from(&same.place),
            None => command.place = format!("{PATH} before it was edited"),
        }
    }
    let added: Vec<Command> = own.into_iter().filter(|command| all.iter().all(|known| known.text != command.text)).collect();
    all.extend(added);
    all
}

/// In order. A block in which something is put into the background is one command, else each line is.
fn commands(readme: &str) -> Vec<Command> {
    let place = |line: usize| format!("{PATH}, line {line}");
    let mut commands = Vec::new();
    let mut block: Option<(usize, Vec<&str>)> = None;
    for (index, line) in readme.lines().enumerate() {
        match (&mut block, line.trim_end()) {
            (None, "```sh") => block = Some((index + 2, Vec::new())),
            (None, _) => {}
            (Some(_), "```") => {
                let Some((first, lines)) = block.take() else { continue };
                if lines.iter().any(|line| line.trim_end().ends_with('&')) {
                    commands.push(Command { text: lines.join("\n"), place: place(first) });
                } else {
                    let single = lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
                    commands.extend(single.map(|(at, line)| Command { text: (*line).to_owned(), place: place(first + at) }));
                }
            }
            (Some((_, lines)), _) => lines.push(line),
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_line_by_line_unless_something_stays_in_the_background() {
        let readme = "# A\n\n```sh\nmake a\n# a remark\n\nmake b\n```\n\n```console\n$ no\n```\n\n```sh\nserve &\nask\nkill $!\n```\n";
        let found: Vec<(String, String)> = commands(readme).into_iter().map(|command| (command.place, command.text)).collect();
        let expected = [("4", "make a"), ("7", "make b"), ("15", "serve &\nask\nkill $!")];
        assert_eq!(found, expected.map(|(line, text)| (format!("README.md, line {line}"), text.to_owned())));
        assert_eq!(commands("```sh\nnever closed\n"), []);
    }

    #[test]
    fn an_edited_readme_takes_no_command_away() {
        let files = |content: &str| vec![File { path: PATH.into(), content: content.into() }];
        let blueprint = files("```sh\nmigrate\ntest\n```\n");
        let foreign = Trust::Foreign { blueprint: &blueprint };
        let found =
            |content: &str| of(&files(content), foreign).into_iter().map(|command| (command.text, command.place)).collect::<Vec<_>>();
        let expected = |pairs: [(&str, &str); 3]| pairs.map(|(text, place)| (text.to_owned(), format!("README.md{place}")));
        let edited = "# Mine\n\n```sh\nmore\ntest\n```\n";
        assert_eq!(found(edited), expected([("migrate", " before it was edited"), ("test", ", line 5"), ("more", ", line 4")]));
        assert_eq!(of(&[], foreign).len(), 2);
        assert_eq!(of(&files(edited), Trust::Blueprint).len(), 2);
    }
}
