//! Commands whose words are a list, or stand under two keys.

use super::{Path, Step};

/// Bytes of a command that are kept.
const MOST: usize = 16 << 10;

/// The words of the command that is being read.
#[derive(Default)]
pub(super) struct Words {
    /// The way to what has the command.
    parent: Vec<Step>,
    text: String,
    count: usize,
}

/// Keys of commands and of their arguments.
pub(super) fn is_command(key: &str) -> bool {
    matches!(
        key,
        "command"
            | "commands"
            | "args"
            | "arguments"
            | "cmd"
            | "entrypoint"
            | "exec"
            | "run"
            | "script"
            | "pip_args"
            | "runArgs"
    ) || key.ends_with("Command")
}

impl Words {
    /// Adds a leaf; gives the command that ends before it.
    pub(super) fn leaf(&mut self, path: &Path, text: &str) -> Option<(String, bool)> {
        let place = path.steps.iter().rposition(|step| step.key().is_some_and(is_command))?;
        // Only a list of words, or one text.
        if path.steps.len() > place + 2 {
            return None;
        }
        let parent = path.steps.get(..place)?;
        let same = self.count > 0 && same(&self.parent, parent);
        let mut ended = None;
        if !same {
            ended = self.end();
            self.parent = parent.iter().map(copy).collect();
        }
        if self.text.len() + text.len() < MOST {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(text);
            self.count += 1;
        }
        ended
    }

    /// The command that was read, where it has more than one word, and whether
    /// it is one that an agent starts.
    pub(super) fn end(&mut self) -> Option<(String, bool)> {
        let many = self.count > 1;
        self.count = 0;
        let text = std::mem::take(&mut self.text);
        many.then(|| (text, super::agent::leads(&self.parent)))
    }
}

fn copy(step: &Step) -> Step {
    match step {
        Step::Key(key) => Step::Key(key.clone()),
        Step::Item(place) => Step::Item(*place),
    }
}

fn same(one: &[Step], other: &[Step]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| match (one, other) {
            (Step::Key(one), Step::Key(other)) => one == other,
            (Step::Item(one), Step::Item(other)) => one == other,
            _ => false,
        })
}
