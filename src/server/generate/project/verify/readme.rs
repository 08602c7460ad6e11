//! The commands of a README: its fenced `sh` blocks, as somebody would type them.

/// One command, or several that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub text: String,
    /// Lines of the README, for what is said when it fails.
    pub line: usize,
}

/// In order. A block in which something is put into the background is one command, else each line is.
pub fn commands(readme: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut block: Option<(usize, Vec<&str>)> = None;
    for (index, line) in readme.lines().enumerate() {
        match (&mut block, line.trim_end()) {
            (None, "```sh") => block = Some((index + 2, Vec::new())),
            (None, _) => {}
            (Some(_), "```") => {
                let Some((first, lines)) = block.take() else { continue };
                if lines.iter().any(|line| line.trim_end().ends_with('&')) {
                    commands.push(Command { text: lines.join("\n"), line: first });
                } else {
                    let single = lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
                    commands.extend(single.map(|(at, line)| Command { text: (*line).to_owned(), line: first + at }));
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
        let found: Vec<(usize, String)> = commands(readme).into_iter().map(|command| (command.line, command.text)).collect();
        assert_eq!(found, [(4, "make a".into()), (7, "make b".into()), (15, "serve &\nask\nkill $!".into())]);
        assert_eq!(commands("```sh\nnever closed\n"), []);
    }
}
