//! Files in memory, and scanners that do as they are told.

use std::sync::Arc;

use bytes::Bytes;
use nix_ai_model_core::ports::{Files, ScanEntry, Scanner, Scope};
use nix_ai_model_core::scan::{Answer, Finding, Level, ScannerIdentity};
use nix_ai_model_core::{Error, Kind, Result};

/// The digest of the file "a", whose content is its path.
pub(crate) const SHA256_OF_A: &str =
    "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

/// Files whose content is their path.
pub(crate) struct Memory {
    entries: Vec<ScanEntry>,
    pub(crate) changed: Option<usize>,
    pub(crate) unreadable: Option<usize>,
}

impl Memory {
    pub(crate) fn new(paths: &[&str]) -> Self {
        let entry = |path: &&str| ScanEntry { path: (*path).to_owned(), size: path.len() as u64 };
        Self { entries: paths.iter().map(entry).collect(), changed: None, unreadable: None }
    }
}

impl Files for Memory {
    fn entries(&self) -> &[ScanEntry] {
        &self.entries
    }

    fn read_at(&self, file: usize, offset: u64, length: usize) -> Result<Bytes> {
        let entry = self.entries.get(file);
        let entry = entry.ok_or_else(|| Error::new(Kind::NotFound, "no such file"))?;
        let begin = usize::try_from(offset).unwrap().min(entry.path.len());
        let end = begin.saturating_add(length).min(entry.path.len());
        Ok(Bytes::copy_from_slice(&entry.path.as_bytes()[begin..end]))
    }

    fn check(&self, file: usize) -> Result<()> {
        if self.changed == Some(file) {
            return Err(Error::new(Kind::Refused, "it changed"));
        }
        if self.unreadable == Some(file) {
            return Err(Error::new(Kind::Disk, "it cannot be read"));
        }
        Ok(())
    }
}

/// What a scanner does with a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Behaviour {
    Ignore,
    Find(Level),
    LeaveOut,
    Crash,
    Flood(usize),
}

pub(crate) struct Double {
    name: &'static str,
    scope: Scope,
    act: Box<dyn Fn(&str) -> Behaviour + Send + Sync>,
}

impl Double {
    pub(crate) fn new(
        name: &'static str,
        scope: Scope,
        act: impl Fn(&str) -> Behaviour + Send + Sync + 'static,
    ) -> Self {
        Self { name, scope, act: Box::new(act) }
    }

    fn found(&self, path: &str, level: Level, offset: Option<u64>) -> Finding {
        Finding {
            scanner: self.name.to_owned(),
            rule: "test/found".to_owned(),
            level,
            path: path.to_owned(),
            offset,
            member: None,
            message: "it is there".to_owned(),
            advice: None,
        }
    }
}

impl Scanner for Double {
    fn identity(&self) -> ScannerIdentity {
        ScannerIdentity {
            name: self.name.to_owned(),
            version: Some("1.2.3".to_owned()),
            sha256: Some(SHA256_OF_A.to_owned()),
        }
    }

    fn scope(&self) -> Scope {
        self.scope
    }

    fn scan(&self, files: Arc<dyn Files>) -> Result<Answer> {
        let mut answer = Answer::default();
        for ScanEntry { path, .. } in files.entries() {
            match (self.act)(path) {
                Behaviour::Ignore => continue,
                Behaviour::Find(level) => answer.findings.push(self.found(path, level, Some(7))),
                Behaviour::LeaveOut => {
                    answer.findings.push(self.found(path, Level::Low, None));
                    continue;
                }
                Behaviour::Crash => {
                    return Err(Error::new(Kind::Refused, format!("plugin {} crashed", self.name)));
                }
                Behaviour::Flood(count) => answer
                    .findings
                    .extend((0..count as u64).map(|at| self.found(path, Level::Low, Some(at)))),
            }
            answer.judged.push(path.clone());
        }
        Ok(answer)
    }
}
