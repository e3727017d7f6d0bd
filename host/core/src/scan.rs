//! What a scan found.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Unusual.
    Low,
    /// Could not be shown to be harmless.
    Medium,
    /// Dangerous.
    High,
    /// Runs an attacker's code when loaded.
    Critical,
    /// Not a verdict but the lack of one: what could not be read to its end.
    Unjudged,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
            Self::Unjudged => "unjudged",
        })
    }
}

/// One thing found. Its texts are escaped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's stable identifier.
    pub rule: String,
    /// How bad it is.
    pub level: Level,
    /// The file's path below the scanned folder.
    pub path: String,
    /// Where in the file, in bytes, where that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// The part of the file, where it is an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What was found and why it matters.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What a scan found, and what it covered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The findings, in path order, the worst of a file first.
    pub findings: Vec<Finding>,
    /// The paths of the files that were judged, in order.
    pub judged: Vec<String>,
}
