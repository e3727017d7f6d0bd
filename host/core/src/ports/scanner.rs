use std::sync::Arc;

use super::Files;
use crate::Result;
use crate::scan::{Answer, ScannerIdentity};

/// Looks for dangerous content in files.
pub trait Scanner: Send + Sync {
    /// Which one it is.
    fn identity(&self) -> ScannerIdentity;

    /// What one call of it sees.
    fn scope(&self) -> Scope;

    /// Reads these files and says what is wrong with them. Takes as long as it
    /// takes: it is called on a worker's thread.
    ///
    /// # Errors
    /// [`crate::Kind::Refused`] where it breaks a limit, crashes, or speaks of
    /// files that are not there; otherwise by the scanner's own failure.
    fn scan(&self, files: Arc<dyn Files>) -> Result<Answer>;
}

/// What one call of a scanner sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One file: what goes wrong with it is that file's alone.
    EachFile,
    /// All files of the scan.
    AllFiles,
}
