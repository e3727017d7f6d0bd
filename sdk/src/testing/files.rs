use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::{Entry, Failure, Files, Level};

/// Files that a test made up, and the lines of log that were written.
#[derive(Debug, Default)]
pub struct ScriptedFiles {
    files: BTreeMap<String, Vec<u8>>,
    lines: RefCell<Vec<String>>,
}

impl ScriptedFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }

    /// The lines of log so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }
}

impl Files for ScriptedFiles {
    fn list(&self) -> Vec<Entry> {
        let entry = |(id, (path, bytes)): (u32, (&String, &Vec<u8>))| Entry {
            id,
            path: path.clone(),
            size: bytes.len() as u64,
        };
        (0..).zip(&self.files).map(entry).collect()
    }

    fn read_at(&self, id: u32, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let bytes = self.files.values().nth(id as usize).ok_or_else(|| {
            Failure::new(crate::FailureKind::Denied, format!("there is no file {id} in this scan"))
        })?;
        let begin = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let end = begin.saturating_add(length as usize).min(bytes.len());
        Ok(bytes[begin..end].to_vec())
    }

    fn log(&self, _: Level, message: &str, fields: &[(&str, &str)]) {
        self.lines.borrow_mut().push(super::line(message, fields));
    }
}
