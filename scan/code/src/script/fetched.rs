//! Programs that one line of a script fetches and another starts.

use crate::shell;

/// Files that are kept.
const MOST: usize = 32;

/// What was fetched from a stranger, by its last name.
#[derive(Default)]
pub(super) struct Fetched(Vec<String>);

impl Fetched {
    /// Takes a line in; whether it starts what was fetched.
    pub(super) fn line(&mut self, line: &str) -> bool {
        let lower = line.to_ascii_lowercase();
        let words = || lower.split(|c: char| c.is_whitespace() || "\"';&|()".contains(c));
        let downloads = words().any(|word| matches!(word, "curl" | "wget" | "aria2c" | "fetch"));
        if !downloads {
            return !self.0.is_empty() && self.starts(words());
        }
        if !shell::is_foreign(&lower) || self.0.len() >= MOST {
            return false;
        }
        let mut before = "";
        for word in words().filter(|word| !word.is_empty()) {
            let is_target = matches!(before, "-o" | "--output" | "-O" | "--output-document" | ">");
            if is_target || word.contains("://") {
                let name = word.split(['?', '#']).next().unwrap_or(word);
                let name = name.rsplit('/').next().unwrap_or(name);
                if !name.is_empty() {
                    self.0.push(name.to_owned());
                }
            }
            before = word;
        }
        false
    }

    fn starts<'w>(&self, words: impl Iterator<Item = &'w str>) -> bool {
        let mut program = "";
        for word in words.filter(|word| !word.is_empty()) {
            let name = word.rsplit('/').next().unwrap_or(word);
            let is_it = self.0.iter().any(|held| held == name);
            let starts = program.is_empty() && word.contains('/')
                || matches!(
                    program,
                    "sh" | "bash"
                        | "zsh"
                        | "python"
                        | "python3"
                        | "perl"
                        | "source"
                        | "."
                        | "nohup"
                        | "sudo"
                );
            if is_it && starts {
                return true;
            }
            if !word.starts_with('-') {
                program = word;
            }
        }
        false
    }
}
